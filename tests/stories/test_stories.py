"""Ten whole cases as a supervisor would tell them, taken through the real commands.

Each story gives the exact due dates; the days are those of the State Council's notices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

Case = dict[str, Any]
LEADER = ("--approved-by", "分管领导")  # nobody of the role is registered


class Tale:
    """A ledger in which things happen one after another, each at its own time."""

    def __init__(self, call: Runner) -> None:
        self.call = call
        self.case: Case = {}

    def on(self, when: str, *argv: str) -> Case:
        """Take a step at a time ("2026-09-30 15:00") and keep the case it answers with."""
        self.case = self.call(*argv, "--json", now=_time(when)).json()
        return self.case

    def refused(self, when: str, *argv: str, code: int = 1) -> str:
        """Try a step that may not be taken and return what was said."""
        result = self.call(*argv, now=_time(when))
        assert result.code == code, result
        return result.err

    def show(self, when: str, number: str = "1") -> Case:
        found: Case = self.call("show", number, "--json", now=_time(when)).json()
        return found

    def overdue(self, when: str) -> list[tuple[str, str | None]]:
        """Return what the list of a moment says: (kind, due day)."""
        items = self.call("overdue", "--within", "1", "--json", now=_time(when)).json()["items"]
        return sorted((i["kind"], i["due"] and i["due"][:10]) for i in items)

    def take(self, when: str, severity: str = "一般", **more: str) -> Case:
        """Register a report and accept it at once."""
        given = [word for name, value in more.items() for word in (f"--{name}", value)]
        self.on(when, "intake", "江南大道占道经营", "--severity", severity, *given)
        return self.on(when, "accept", self.case["number"])


def _time(when: str) -> str:
    return when.replace(" ", "T") + (":00" if len(when) == len("2026-09-30 15:00") else "")


def dues(case: Case, round_: int = 1) -> dict[str, str]:
    """Return the due day of each clock of a round; all fall at 17:00:00."""
    found = {c["kind"]: c["due"] for c in case["clocks"] if c["round"] == round_}
    assert all(due.endswith("T17:00:00+08:00") for due in found.values())
    return {kind: due[:10] for kind, due in found.items()}


def verdicts(case: Case, round_: int = 1) -> dict[str, bool | None]:
    return {c["kind"]: c["late"] for c in case["clocks"] if c["round"] == round_}


@pytest.fixture
def tale(call: Runner, ledger: Path) -> Tale:
    assert ledger.exists()
    return Tale(call)


def test_1_an_ordinary_case_over_the_national_holiday(tale: Tale) -> None:
    """一般, 两个单位。

    2026年9月30日(周三)下午来电。10月1日至7日放假, 10月10日(周六)补班:
    受理期限 10月8日, 办结期限 10月13日, 最长时限 10月27日。
    城管执法中队牵头, 市场监管所协办, 分属两个平台, 由平安建设办协调。
    市场监管所的分工 10月9日前完成; 没完成时不能办结。
    10月13日 17:00:00 办结: 按时。反馈、核查、归档。
    """
    tale.take("2026-09-30 15:00")
    assert dues(tale.case) == {"accept": "2026-10-08", "finish": "2026-10-13",
                               "ceiling": "2026-10-27"}  # fmt: skip
    tale.on("2026-10-08 09:00", "assign", "1", "--lead", "城管执法中队", "--assist", "市场监管所")
    assert tale.case["coordinator"] == "平安建设办"
    tale.on("2026-10-08 09:30", "sign", "1")
    tale.on("2026-10-08 10:00", "part", "1", "--unit", "市场监管所", "--due", "2026-10-09",
            "--task", "核查证照")  # fmt: skip
    tale.on("2026-10-09 10:00", "note", "1", "现场有食品摊位", "--to", "市场监管所")
    assert "市场监管所的分工还没有完成" in tale.refused(
        "2026-10-09 11:00", "resolve", "1", "--outcome", "已劝离"
    )
    tale.on("2026-10-09 16:00", "part-done", "1", "--unit", "市场监管所", "--outcome", "证照齐全")
    tale.on("2026-10-13 17:00", "resolve", "1", "--outcome", "已劝离")
    assert verdicts(tale.case) == {"accept": False, "finish": False, "ceiling": False}
    assert "还没有向反映人反馈" in tale.refused("2026-10-14 09:00", "close", "1")
    tale.on("2026-10-14 09:10", "feedback", "1", "已劝离", "--satisfaction", "5")
    tale.on("2026-10-14 10:00", "verify-result", "1", "--pass")
    assert tale.on("2026-10-14 10:05", "close", "1")["status"] == "已归档"


def test_2_a_serious_case_waits_for_the_meeting(tale: Tale) -> None:
    """较大: 没有天数, 只有会商定的日期。

    2020年3月16日收到, 只有受理期限 3月17日; 受理后列为待联席会议研究, 不能分派、不能办结。
    3月20日联席会议决定: 平安建设办牵头, 4月30日前办结。这个日期不能延期, 只能重新会商。
    3月25日重新会商, 改到 5月8日。5月8日 17:00:01 办结: 超期 1 秒也是超期。
    """
    tale.take("2020-03-16 15:00", "较大")
    assert (tale.case["status"], dues(tale.case)) == ("待联席会议研究", {"accept": "2020-03-17"})
    assert ("decision", None) in tale.overdue("2020-03-18 09:00")
    assert "待联席会议研究" in tale.refused("2020-03-18 09:00", "resolve", "1", "--outcome", "好")
    tale.on("2020-03-18 10:00", "consult", "1", "--leader", "分管领导")
    decide = ("decide", "1", "--lead", "平安建设办", "--due")  # the leader consulted decides
    assert "已经过去" in tale.refused("2020-03-20 10:00", *decide, "2020-03-19", code=2)
    assert dues(tale.on("2020-03-20 10:00", *decide, "2020-04-30"))["finish"] == "2020-04-30"
    longer = ("extend", "1", "--workdays", "3", "--reason", "等", *LEADER)
    said = tale.refused("2020-03-24 10:00", *longer)
    assert "由会商决定" in said
    assert "sixping decide" in said
    assert dues(tale.on("2020-03-25 10:00", *decide, "2020-05-08"))["finish"] == "2020-05-08"
    assert verdicts(tale.on("2020-05-08 17:00:01", "resolve", "1", "--outcome", "好"))["finish"]


def test_3_a_major_case_goes_to_the_district_and_comes_back(tale: Tale) -> None:
    """重大: 1 个工作日内上报, 区级退回另起一轮。

    2020年4月30日(周四)收到, 五一放假到 5月5日: 受理和上报期限都是 5月6日。
    5月6日 16:00 上报, 列为区级办理中; 同日补报回执, 时限不变。
    5月9日(周六, 补班)区级退回: 第二轮上报期限 5月11日。再次上报, 区级办好, 反馈后归档。
    """
    tale.take("2020-04-30 10:00", "重大")
    assert dues(tale.case) == {"accept": "2020-05-06", "refer": "2020-05-06"}
    refer = ("refer", "1", "--to", "区级平台", "--content", "跨区管网")
    assert tale.on("2020-05-06 16:00", *refer)["status"] == "区级办理中"
    again = tale.on("2020-05-06 16:30", *refer, "--receipt", "收文88号")
    assert again["clocks"][-1]["stopped"].startswith("2020-05-06T16:00:00")
    back = tale.on("2020-05-09 10:00", "refer-reply", "1", "--outcome", "请先处置", "--returned")
    assert (back["status"], dues(back, 2)) == ("待上报", {"refer": "2020-05-11"})
    assert verdicts(back) == {"accept": False, "refer": False}
    tale.on("2020-05-11 17:00", *refer)
    done = tale.on("2020-05-20 10:00", "refer-reply", "1", "--outcome", "已修复")
    assert (done["status"], verdicts(done, 2)) == ("已办结", {"refer": False})
    tale.on("2020-05-20 11:00", "feedback", "1", "已修复")
    assert tale.on("2020-05-20 11:05", "close", "1")["status"] == "已归档"


def test_4_raising_and_lowering_cures_nothing(tale: Tale) -> None:
    """改级不能消除超期。

    2020年3月16日收到一般事项, 办结期限 3月23日, 最长时限 4月7日。3月25日已超期, 升为重大:
    当时起算上报, 期限 3月26日; 办结的超期保留。3月27日(上报已超期)降回一般:
    办结期限仍是 3月23日, 仍在超期; 上报的超期也留着; 再升为重大, 上报期限还是 3月26日。
    """
    tale.take("2020-03-16 15:00")
    tale.on("2020-03-17 09:00", "assign", "1", "--lead", "城管执法中队")
    why = ("--reason", "核实")
    up = tale.on("2020-03-25 10:00", "regrade", "1", "--severity", "重大", *why)
    assert dues(up) == {"accept": "2020-03-17", "refer": "2020-03-26", "finish": "2020-03-23",
                        "ceiling": "2020-04-07"}  # fmt: skip
    assert verdicts(up)["finish"] is True
    down = tale.on("2020-03-27 10:00", "regrade", "1", "--severity", "一般", *why)
    assert (dues(down)["finish"], verdicts(down)["refer"]) == ("2020-03-23", True)
    assert ("finish", "2020-03-23") in tale.overdue("2020-03-27 10:01")
    up = tale.on("2020-03-27 11:00", "regrade", "1", "--severity", "重大", *why)
    assert dues(up)["refer"] == "2020-03-26"
    assert ("refer", "2020-03-26") in tale.overdue("2020-03-27 11:01")


def test_5_an_extension_and_a_leaders_exception(tale: Tale) -> None:
    """延期: 期限之前, 最长时限之内; 超过最长时限只能特批。

    2026年12月10日(周四)收到: 办结期限 12月17日, 最长时限 12月31日。
    12月16日延期 5 个工作日, 到 12月24日; 再延 8 个工作日要到 2027年, 超过最长时限, 不准。
    领导特批: 期限和最长时限同时改动。期限过后不能再延; 12月16日升级又降回, 延期不丢。
    """
    tale.take("2026-12-10 10:00")
    assert dues(tale.case)["ceiling"] == "2026-12-31"
    tale.on("2026-12-10 11:00", "assign", "1", "--lead", "城管执法中队")

    def extend(days: str) -> tuple[str, ...]:
        return ("extend", "2026-000001", "--workdays", days, "--reason", "鉴定", *LEADER)

    tale.on("2026-12-16 10:00", *extend("5"))
    assert dues(tale.case) == {"accept": "2026-12-11", "finish": "2026-12-24",
                               "ceiling": "2026-12-31"}  # fmt: skip
    for grade in ("重大", "一般"):
        tale.on("2026-12-16 11:00", "regrade", "1", "--severity", grade, "--reason", "核实")
    assert dues(tale.case)["finish"] == "2026-12-24"
    said = tale.refused("2026-12-17 10:00", *extend("6"))
    assert "超过 15 个工作日的最长时限 2026年12月31日(周四)" in said
    assert "--beyond-ceiling" in said
    tale.on("2026-12-17 10:00", *extend("6"), "--beyond-ceiling")
    assert dues(tale.case)["finish"] == dues(tale.case)["ceiling"] == "2027-01-04"
    assert "已过" in tale.refused("2027-01-04 17:00:01", *extend("1"))
    assert tale.show("2027-01-04 17:00:00", "2026-000001")["clocks"][-1]["late"] is False


def test_6_suspended_days_are_counted_once_and_the_ceiling_runs_on(tale: Tale) -> None:
    """中止: 整工作日才算, 重叠只算一次, 最长时限不动。

    2026年11月16日(周一)收到: 办结期限 11月23日(周一), 最长时限 12月7日(周一)。
    11月20日(周五)17:00 中止, 23日(周一)8:00 恢复: 0 个工作日, 期限不变。
    11月23日 8:00 中止, 25日(周三)12:00 恢复: 满 2 个工作日, 期限 11月25日。
    25日 12:00 又中止到 17:00: 与前一次相接, 25日也满了, 期限 11月26日。
    26日 9:00 中止, 不在超期清单里; 12月8日 9:00 已过最长时限, 最长时限照样超期;
    这时办结: 中止先在此刻结束, 满 7 个工作日, 期限 12月7日, 超期。
    """
    tale.take("2026-11-16 10:00")
    tale.on("2026-11-16 11:00", "assign", "1", "--lead", "城管执法中队")

    def hold(start: str, end: str) -> str:
        tale.on(start, "suspend", "1", "--reason", "等材料", *LEADER)
        return dues(tale.on(end, "resume", "1"))["finish"]

    assert hold("2026-11-20 17:00", "2026-11-23 08:00") == "2026-11-23"
    assert hold("2026-11-23 08:00", "2026-11-25 12:00") == "2026-11-25"
    assert hold("2026-11-25 12:00", "2026-11-25 17:00") == "2026-11-26"
    held = tale.on("2026-11-26 09:00", "suspend", "1", "--reason", "等材料", *LEADER)
    assert (held["status"], verdicts(held)["finish"]) == ("办理中", None)
    kinds = {kind for kind, _ in tale.overdue("2026-12-08 09:00")}
    assert "ceiling" in kinds
    assert "finish" not in kinds
    done = tale.on("2026-12-08 09:00", "resolve", "1", "--outcome", "好")
    assert dues(done) == {"accept": "2026-11-17", "finish": "2026-12-07", "ceiling": "2026-12-07"}
    assert verdicts(done) == {"accept": False, "finish": True, "ceiling": True}


def test_7_close_reopen_close_resets_nothing(tale: Tale) -> None:
    """重新办理: 以前的超期留着, 归档的日子不算, 新一轮有自己的期限。

    2020年1月23日(周四)收到, 春节延长假期: 期限 2月7日, 最长时限 2月21日。2月10日办结, 超期。
    3月20日(周五)重新办理: 第二轮期限 3月27日, 最长时限 4月13日(清明 4月6日放假)。
    3月27日按时办结。第一轮仍是超期; 第二轮办结前没有再次反馈就不能归档。
    """
    tale.take("2020-01-23 10:00")
    assert dues(tale.case) == {"accept": "2020-02-03", "finish": "2020-02-07",
                               "ceiling": "2020-02-21"}  # fmt: skip
    tale.on("2020-02-03 09:00", "assign", "1", "--lead", "城管执法中队")
    tale.on("2020-02-10 09:00", "resolve", "1", "--outcome", "好")
    tale.on("2020-02-10 10:00", "feedback", "1", "好")
    tale.on("2020-02-10 10:05", "close", "1")
    again = tale.on("2020-03-20 10:00", "reopen", "1", "--reason", "又出现")
    assert (again["status"], dues(again, 2)) == (
        "办理中", {"finish": "2020-03-27", "ceiling": "2020-04-13"},
    )  # fmt: skip
    assert tale.overdue("2020-03-20 10:01") == []
    tale.on("2020-03-27 16:00", "resolve", "1", "--outcome", "好")
    assert "还没有向反映人反馈" in tale.refused("2020-03-27 16:10", "close", "1")
    tale.on("2020-03-27 16:20", "feedback", "1", "好")
    done = tale.on("2020-03-27 16:30", "close", "1")
    assert [r["late"] for r in done["rounds"]] == [True, False]


def test_8_one_nuisance_reported_four_times(tale: Tale) -> None:
    """重复反映: 办一次, 每个人都要答复。

    2026年11月16日同一处占道四人反映, 第三人匿名。2、3、4 号并入 1 号, 时限按 1 号:
    11月23日。4 号其实是另一处, 拆出: 恢复待受理, 自己的期限仍是 11月17日和 11月23日。
    办结后只答复第 1 人不能归档; 第 2 人的答复用他自己的编号记; 匿名的注明无法反馈。
    """
    for minute in range(4):
        who = ("--anonymous",) if minute == 2 else ("--phone", f"1380000000{minute}")
        report = ("intake", "江南大道占道经营", "--severity", "一般", *who)
        tale.on(f"2026-11-16 09:0{minute}", *report)
    tale.on("2026-11-16 10:00", "accept", "1")
    for number in "234":
        gone = tale.on("2026-11-16 10:10", "merge", number, "--into", "1")
        assert (gone["status"], gone["merged_into"]) == ("已并入", "2026-000001")
    assert "它已并入 2026-000001" in tale.refused("2026-11-16 10:20", "merge", "1", "--into", "2")
    apart = tale.on("2026-11-16 14:00", "unmerge", "4", "--reason", "不是同一处")
    assert (apart["status"], apart["merged_into"]) == ("待受理", None)
    assert dues(apart) == {"accept": "2026-11-17", "finish": "2026-11-23", "ceiling": "2026-12-07"}
    tale.on("2026-11-16 15:00", "assign", "1", "--lead", "城管执法中队")
    tale.on("2026-11-20 10:00", "resolve", "1", "--outcome", "已劝离")
    tale.on("2026-11-20 10:10", "feedback", "1", "已劝离")
    said = tale.refused("2026-11-20 10:20", "close", "1")
    assert "2026-000002 的反映人" in said
    assert "2026-000003" not in said
    main = tale.on("2026-11-20 10:30", "feedback", "2", "已劝离")
    assert main["reports"] == [
        {"number": "2026-000001", "reachable": True, "answered": True},
        {"number": "2026-000002", "reachable": True, "answered": True},
        {"number": "2026-000003", "reachable": False, "answered": False},
    ]
    closed = tale.on("2026-11-20 10:40", "close", "1")
    assert closed["events"][-1]["unreachable"] is True
    totals = tale.call("report", "--month", "2026-11", "--json", now="2026-12-01T09:00:00").json()
    assert totals["totals"]["received"] == 4


def test_9_passed_from_unit_to_unit(tale: Tale) -> None:
    """三次退回后由协调单位决定。

    2026年11月16日收到, 期限 11月23日, 换单位不改期限。三个单位依次退回;
    第四次分派必须写明由谁确定; 之后照常办理。11月23日 17:00:01 办结, 超期一秒。
    """
    tale.take("2026-11-16 10:00")
    for day, unit in ((16, "城管执法中队"), (17, "市场监管所"), (18, "城管执法中队")):
        tale.on(f"2026-11-{day} 14:00", "assign", "1", "--lead", unit)
        tale.on(f"2026-11-{day} 16:00", "return", "1", "--reason", "不属于本单位")
    assert tale.case["returns"] == 3
    assert {kind for kind, _ in tale.overdue("2026-11-19 09:00")} == {"returned"}
    assign = ("assign", "1", "--lead", "市场监管所")
    said = tale.refused("2026-11-19 09:00", *assign)
    assert "平安建设办" in said
    assert "--decided-by" in said
    fixed = tale.on("2026-11-19 09:10", *assign, "--decided-by", "演示领导")
    assert (fixed["lead"], dues(fixed)["finish"]) == ("市场监管所", "2026-11-23")
    done = tale.on("2026-11-23 17:00:01", "resolve", "1", "--outcome", "好")
    assert verdicts(done) == {"accept": False, "finish": True, "ceiling": False}


def test_10_urged_three_times(tale: Tale) -> None:
    """督办: 普通、黄牌、红牌, 逐级, 每级都要答复。

    2026年11月16日收到, 期限 11月23日, 最长时限 12月7日。11月24日普通督办, 11月26日前答复。
    不答复也可以升级: 11月30日黄牌。不能跳过黄牌直接红牌, 也不能再来一次普通。
    12月1日答复的是最早未答复的普通; 黄牌一直列着, 到 12月3日答复。
    12月8日超过最长时限, 红牌; 红牌以后没有下一级。记错的一步: 撤销黄牌不行, 因为红牌在它之后。
    """
    tale.take("2026-11-16 10:00")
    tale.on("2026-11-16 11:00", "assign", "1", "--lead", "城管执法中队")

    def urge(level: str, *more: str) -> tuple[str, ...]:
        return ("urge", "1", "--level", level, "--reason", "超期", *more)

    assert "下一级是“普通”" in tale.refused("2026-11-24 09:00", *urge("黄牌"))
    tale.on("2026-11-24 09:00", *urge("普通", "--answer-by", "2026-11-26"))
    assert "下一级是“黄牌”" in tale.refused("2026-11-30 09:00", *urge("普通"))
    assert "下一级是“黄牌”" in tale.refused("2026-11-30 09:00", *urge("红牌"))
    tale.on("2026-11-30 09:00", *urge("黄牌"))
    tale.on("2026-12-01 09:00", "answer-urge", "1", "已增派人员")
    assert [(u["level"], bool(u["answered_at"])) for u in tale.case["urges"]] == [
        ("普通", True), ("黄牌", False),
    ]  # fmt: skip
    tale.on("2026-12-03 09:00", "answer-urge", "1", "明日完成")
    assert "没有未答复的督办" in tale.refused("2026-12-03 09:10", "answer-urge", "1", "完成")
    urged = tale.on("2026-12-08 09:00", *urge("红牌"))
    yellow = next(e["seq"] for e in urged["events"] if e.get("level") == "黄牌")
    assert "最高一级已经督办过" in tale.refused("2026-12-09 09:00", *urge("红牌"))
    said = tale.refused("2026-12-09 09:00", "void", "1", str(yellow), "--reason", "误记")
    assert "就不成立了" in said
