"""November 2026 at the street, from the command line: what each clause of the notice is for.

One long story; every figure it ends with was counted by hand from what happened in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sixping.workdays import load_calendar
from tests.conftest import Result, Runner

CITY, MARKET, POLICE, JUSTICE = "城管执法中队", "市场监管所", "派出所", "司法所"
SAFETY, BUILDING, ROOM = "平安建设办", "城市建设办", "综合信息指挥室"
PLACE, GRID = "江一社区", "江一社区第一网格"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
AFTER = "2026-12-01T09:00:00+08:00"

PEOPLE = (  # p1, p2, …: unit, licensed
    (CITY, True), (CITY, False), (MARKET, True), (MARKET, False), (JUSTICE, False),
    (CITY, True), (SAFETY, False), (PLACE, False), (BUILDING, False),
)  # fmt: skip


class Street:
    """The room's desk: says when, runs a command, insists that it succeeds."""

    def __init__(self, call: Runner) -> None:
        self.call = call

    def do(self, when: str, *argv: str) -> Result:
        """Run a command at ``05 09:00`` of November, or at a whole instant."""
        now = when if "T" in when else f"2026-11-{when[:2]}T{when[3:]}:00+08:00"
        result = self.call("--by", "演示甲", *argv, now=now)
        assert result.code == 0, (argv, result.err)
        return result

    def refused(self, when: str, *argv: str) -> str:
        """Run a command that must be refused; return what was said."""
        result = self.call(*argv, now=f"2026-11-{when[:2]}T{when[3:]}:00+08:00")
        assert result.code == 1, (argv, result.out)
        return result.err

    def intake(self, when: str, text: str, *argv: str) -> str:
        made = self.do(when, "intake", text, "--community", PLACE, "--json", *argv).json()
        return str(made["number"])

    def show(self, when: str, number: str) -> Any:
        return self.do(when, "show", number, "--json").json()

    def read(self, *argv: str) -> Any:
        return self.do(AFTER, *argv, "--json").json()


def workdays() -> Iterator[date]:
    calendar = load_calendar()
    for ahead in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=ahead)
        if calendar.is_workday(day):
            yield day


def test_a_month_at_the_street(call: Runner, ledger: Path, tmp_path: Path) -> None:
    assert ledger.exists()
    street = Street(call)
    people_and_roster(street)
    first_meeting(street)
    an_ordinary_matter_and_its_repeat(street)
    a_serious_matter_goes_through_the_joint_meeting(street)
    a_major_matter_goes_to_the_district(street)
    a_patrol_finds_something_and_an_operation_settles_it(street)
    a_matter_is_forgotten_and_demanded(street)
    a_matter_needs_longer(street)
    a_platform_meets_about_its_week(street)
    attendance(street, tmp_path)
    the_overdue_list_of_the_last_day(street)
    the_month_report(street)
    the_grids(street)
    the_lapses_and_the_assessment(street)
    the_next_meeting(street)
    assert street.do(AFTER, "verify", "--json").json()["ok"]


# --- how the month begins --------------------------------------------------------------


def people_and_roster(street: Street) -> None:
    street.do("01 08:00", "duty", "begin", "2026-11-01")
    for place, (unit, licensed) in enumerate(PEOPLE, 1):
        licence = ("--licence", f"A{place}", "--licence-until", "2027-12-31") if licensed else ()
        how = ("--online",) if unit == JUSTICE else ("--stationed",)
        street.do("01 08:00", "units", "person", "add", f"演示{place}", "--unit", unit, *how,
                  "--from", "2026-10-01", *licence)  # fmt: skip
    street.do("01 08:10", "units", "person", "add", "演示领导", "--unit", "党政综合办",
              "--role", "分管领导", "--from", "2026-10-01")  # fmt: skip
    for day in workdays():
        roster = ("p1", "p2", "p3", "p4", "p5")
        street.do("01 09:00", "duty", "plan", day.isoformat(), *roster)


def first_meeting(street: Street) -> None:
    proposed = street.do("01 09:30", "meeting", "propose", "--month", "2026-11", "--json").json()
    assert "2026-11-02" in {row["date"] for row in proposed if row["kind"] == "集体会商"}
    plan = (
        "meeting",
        "plan",
        "集体会商",
        "--date",
        "2026-11-02",
        "--from",
        "14:00",
        "--to",
        "15:00",
    )
    assert "召集" in street.refused("01 10:00", *plan, "--convener", BUILDING)
    street.do("01 10:00", *plan, "--convener", "领导小组办公室")
    street.do("02 15:00", "meeting", "attend", "m1", "p7", "p9")
    street.do("02 15:10", "meeting", "minutes", "m1", "--decision", "排查老旧小区电梯",
              "--unit", BUILDING, "--due", "2026-11-20")  # fmt: skip
    street.do("02 15:20", "meeting", "minutes", "m1", "--decision", "梳理夜市点位",
              "--unit", CITY, "--due", "2026-11-13")  # fmt: skip
    street.do("12 09:00", "meeting", "task", "done", "m1.2", "已梳理 6 处")


# --- cases -----------------------------------------------------------------------------


def an_ordinary_matter_and_its_repeat(street: Street) -> None:
    number = street.intake("03 09:00", "演示: 江南大道店外占道经营", "--severity", "一般")
    assert number == "2026-000001"
    street.do("03 10:00", "accept", "1")
    street.do("03 10:05", "assign", "1", "--lead", CITY, "--assist", MARKET)
    street.do("03 11:00", "sign", "1")
    assert street.show("03 11:00", "1")["coordinator"] == SAFETY  # two platforms: 四.2
    street.intake("04 09:00", "演示: 江南大道又有店外占道", "--severity", "一般",
                  "--channel", "网格员", "--grid", GRID)  # fmt: skip
    street.do("04 09:10", "accept", "2")
    street.do("04 09:20", "merge", "2", "--into", "1")
    street.do("05 16:00", "resolve", "1", "--outcome", "已劝离, 店主书面承诺")
    street.do("05 16:30", "feedback", "1", "已告知办理结果", "--satisfaction", "5")
    street.do("06 09:00", "verify-result", "1", "--pass")
    # Who reported it again is owed an answer as well, and nobody remembers (三.1).
    assert "2026-000002 的反映人" in street.refused("06 09:10", "close", "1")


def a_serious_matter_goes_through_the_joint_meeting(street: Street) -> None:
    street.intake("04 10:00", "演示: 住宅外墙大面积脱落", "--severity", "较大")
    street.do("04 11:00", "accept", "3")
    street.do("04 11:10", "consult", "3")
    waits = street.do("05 09:00", "overdue", "--json").json()["items"]
    assert ("2026-000003", "decision") in {(i["number"], i["kind"]) for i in waits}
    street.do("05 09:30", "meeting", "plan", "联席会议", "--date", "2026-11-05",
              "--from", "10:00", "--to", "11:00", "--convener", "街道领导")  # fmt: skip
    street.do("05 11:00", "meeting", "minutes", "m2", "--decision", "先围护后修缮",
              "--unit", BUILDING, "--due", "2026-11-18", "--case", "3")  # fmt: skip
    decided = street.show("05 11:30", "3")
    (finish,) = [c for c in decided["clocks"] if c["kind"] == "finish"]
    assert (decided["lead"], finish["due"]) == (BUILDING, "2026-11-18T17:00:00+08:00")
    street.do("05 14:00", "sign", "3")
    street.do("18 17:00", "resolve", "3", "--outcome", "已围护并修缮")  # to the second in time
    street.do("19 09:00", "feedback", "3", "已告知办理结果", "--satisfaction", "3")


def a_major_matter_goes_to_the_district(street: Street) -> None:
    street.intake("09 09:00", "演示: 河道出现大量死鱼", "--severity", "重大")
    street.do("09 10:00", "accept", "4")
    street.do("10 09:00", "refer", "4", "--to", "生态环境分局", "--content", "请查明来源",
              "--receipt", "已收悉")  # fmt: skip
    assert street.show("10 09:00", "4")["status"] == "区级办理中"
    street.do("24 09:00", "refer-reply", "4", "--outcome", "来源已查明并处置")
    street.do("24 10:00", "feedback", "4", "已告知办理结果")


def a_patrol_finds_something_and_an_operation_settles_it(street: Street) -> None:
    when = ("--date", "2026-11-11", "--from", "9:00", "--to", "11:00")
    assert "社区工作人员" in street.refused(
        "11 11:30", "patrol", "record", "--grid", GRID, "--member", "p6", "--member", "p7", *when
    )
    street.do("11 11:30", "patrol", "record", "--grid", GRID, "--member", "p6", "--member", "p7",
              "--member", "p8", *when, "--found", "夜市油烟直排")  # fmt: skip
    found = street.show("11 11:40", "5")
    assert (found["channel"], found["grid"]) == ("巡查发现", GRID)
    street.do("11 11:40", "accept", "5")
    street.do("11 11:45", "assign", "5", "--lead", CITY)
    street.do("11 11:50", "sign", "5")
    street.do("12 10:00", "operation", "plan", "夜市油烟专项整治", "--date", "2026-11-13",
              "--from", "19:00", "--to", "22:00", "--unit", CITY, "--unit", MARKET,
              "--person", "p1", "--person", "p3", "--case", "5")  # fmt: skip
    street.do("13 22:30", "operation", "result", "o1", "检查 8 家, 责令整改 3 家")
    assert "责令整改 3 家" in street.do("13 22:40", "show", "5").out
    street.do("16 09:00", "resolve", "5", "--outcome", "已整改")
    street.do("16 10:00", "feedback", "5", "已告知办理结果", "--satisfaction", "4")


def a_matter_is_forgotten_and_demanded(street: Street) -> None:
    street.intake("12 09:00", "演示: 流动摊贩堵塞路口", "--severity", "一般")
    street.do("12 10:00", "accept", "6")
    street.do("12 10:10", "assign", "6", "--lead", CITY)
    # Due on Thursday the 19th; passed on ten minutes before: the blame is not (五.2).
    street.do("19 16:50", "return", "6", "--reason", "认为应由市场监管办理")
    street.do("19 16:52", "assign", "6", "--lead", MARKET)
    late = street.do("20 09:00", "overdue", "--json").json()["items"]
    assert ("2026-000006", "finish") in {(i["number"], i["kind"]) for i in late}
    street.do("20 09:30", "urge", "6", "--level", "普通", "--reason", "已超期")
    street.do("20 15:00", "answer-urge", "6", "明日到场")
    street.do("25 09:00", "urge", "6", "--level", "黄牌", "--reason", "仍未办结")


def a_matter_needs_longer(street: Street) -> None:
    street.intake("13 09:00", "演示: 无照经营", "--severity", "一般")
    street.do("13 09:30", "accept", "7")
    street.do("13 09:40", "assign", "7", "--lead", MARKET, "--assist", CITY)
    street.do("13 10:00", "sign", "7")
    street.do("13 10:10", "part", "7", "--unit", CITY, "--due", "2026-11-18", "--task", "现场协助")
    street.do("18 16:00", "part-done", "7", "--unit", CITY, "--outcome", "已协助")
    street.do("19 09:00", "extend", "7", "--workdays", "3", "--reason", "等待鉴定",
              "--approved-by", "演示领导")  # fmt: skip
    clocks = {c["kind"]: c["due"][:10] for c in street.show("19 09:10", "7")["clocks"]}
    assert (clocks["finish"], clocks["ceiling"]) == ("2026-11-25", "2026-12-04")
    street.do("25 16:59", "resolve", "7", "--outcome", "已取缔")
    street.do("26 09:00", "feedback", "7", "已告知办理结果")


def a_platform_meets_about_its_week(street: Street) -> None:
    week = street.do("16 09:00", "report", "--week", "2026-11-09", "--json").json()
    assert (week["totals"]["received"], week["totals"]["referred"]) == (4, 1)
    street.do("15 09:00", "meeting", "plan", "平台协调组例会", "--date", "2026-11-16",
              "--platform", "综合执法", "--convener", "平台牵头单位")  # fmt: skip
    agenda = street.do("16 09:30", "meeting", "agenda", "m3", "--format", "md").out
    assert "上周工作情况" in agenda


# --- duty ------------------------------------------------------------------------------


def attendance(street: Street, folder: Path) -> None:
    """Everybody was there on every working day, but p1 went for a minute on the 17th."""
    lines = ["编号,姓名,单位,日期,签到,签退"]
    for day in workdays():
        spells = [("08:00", "17:00")]
        for who in ("p1", "p2", "p3", "p4"):
            mine = spells
            if who == "p1" and day.day == 17:
                mine = [("08:00", "10:00"), ("10:01", "17:00")]
            lines += [f"{who},演示{who[1:]},,{day},{start},{end}" for start, end in mine]
    file = folder / "考勤.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    street.do("30 17:30", "duty", "import", str(file))
    found = street.read("duty", "check", "--month", "2026-11")
    assert [(b["date"], b["agency"], b["minutes"], b["lacks"]) for b in found["breaches"]] == [
        ("2026-11-17", CITY, 1, "缺 1 人, 无人具有执法资格"),
    ]
    assert {remark["agency"] for remark in found["remarks"]} == {POLICE}


# --- what the month came to ------------------------------------------------------------


def the_overdue_list_of_the_last_day(street: Street) -> None:
    items = street.do("30 17:30", "overdue", "--json").json()["items"]
    assert {(i["number"], i["kind"]) for i in items} == {
        ("2026-000006", "finish"),
        ("2026-000006", "unsigned"),
        ("2026-000006", "urge"),
        ("2026-000001", "feedback"),  # the one who reported it again was never told
        ("2026-000004", "emergency"),  # nobody said that it was reported as one
        (None, "task"),  # the lifts: due on the 20th
    }


def the_month_report(street: Street) -> None:
    report = street.read("report", "--month", "2026-11")
    assert report["totals"] == {
        "received": 7, "accepted": 7, "declined": 0, "transferred": 0,
        "guided": 0, "sent_back": 0, "resolved": 5, "closed": 0, "referred": 1,
        "reopened": 0, "returned": 1, "merged": 1, "open": 1, "overdue": 1,
    }  # fmt: skip
    rates = {name: (rate["n"], rate["d"]) for name, rate in report["rates"].items()}
    assert rates["accept_on_time"] == (7, 7)
    assert rates["refer_on_time"] == (1, 1)
    assert rates["finish_on_time"] == (4, 5)  # the merged report left its limit in time
    assert rates["satisfied"] == (2, 3)
    page = street.do(AFTER, "report", "--month", "2026-11", "--format", "md").out
    assert "、存在问题\n" in page
    assert "(由会商填写。)" in page
    assert page == street.do(AFTER, "report", "--month", "2026-11", "--format", "md").out


def the_grids(street: Street) -> None:
    rows = street.read("units", "grids", "--month", "2026-11")
    (grid,) = [row for row in rows if row["level"] == "grid" and row["grid"] == GRID]
    assert (grid["reports"], grid["valid"]["rate"], grid["patrols"]) == (1, 100.0, 1)
    gaps = {row["grid"]: row["last"] for row in street.read("patrol", "gaps")}
    assert gaps[GRID] == "2026-11-11"
    assert set(gaps.values()) == {"2026-11-11", None}


def the_lapses_and_the_assessment(street: Street) -> None:
    items = street.read("lapses", "--from", "2026-11-01", "--to", "2026-11-30")["items"]
    late = [(i["number"], i["unit"], i["coordinator"]) for i in items if i["kind"] == "finish"]
    assert late == [("2026-000006", CITY, None)]

    found = street.read("assess", "--month", "2026-11")
    by_name = {one["name"]: one for one in found["subjects"]}

    def pair(name: str, indicator: str) -> tuple[int, int]:
        rate = by_name[name]["rates"][indicator]
        return rate["n"], rate["d"]

    assert pair(ROOM, "accept_on_time") == (7, 7)
    assert pair(ROOM, "refer_on_time") == (1, 1)
    assert pair(CITY, "finish_on_time") == (2, 3)
    assert pair(MARKET, "finish_on_time") == (1, 1)
    assert pair(BUILDING, "finish_on_time") == (1, 1)
    assert pair(CITY, "returned_rate") == (1, 3)
    assert pair(MARKET, "urge_answered") == (1, 2)
    assert pair(CITY, "duty_compliance") == (20, 21)
    assert pair(MARKET, "duty_compliance") == (21, 21)
    assert pair(PLACE, "place_accepted") == (7, 7)
    assert {one["rank"] for one in found["subjects"]} == {None}  # no weight is invented

    # The lifts were due on the 20th; the stalls were listed the day before theirs.
    assert by_name[BUILDING]["deductions"]["tasks_late"]["n"] == 1
    assert by_name[CITY]["deductions"]["tasks_late"]["n"] == 0
    assert by_name[BUILDING]["cases"] == 1

    drill = street.read("assess", "--month", "2026-11", "--drill", "finish_on_time", "--unit", CITY)
    assert {(row["number"], row["counted"]) for row in drill} == {
        ("2026-000001", True), ("2026-000005", True), ("2026-000006", False),
    }  # fmt: skip
    days = street.read("assess", "--month", "2026-11", "--drill", "duty_compliance", "--unit", CITY)
    assert [row["day"] for row in days if not row["counted"]] == ["2026-11-17"]


def the_next_meeting(street: Street) -> None:
    """The month's failures stand on the agenda of the first of December (附1.3)."""
    street.do("30 16:00", "meeting", "plan", "集体会商", "--date", "2026-12-01", "--from", "10:00",
              "--to", "11:00", "--convener", "领导小组办公室")  # fmt: skip
    agenda = street.do(AFTER, "meeting", "agenda", "m4", "--format", "md").out
    accountability, others = (agenda.split(f"## {no}、")[1].split("\n## ")[0] for no in "六八")
    assert "2026-000006" in accountability
    assert CITY in others
    assert "电梯" in others
    assert "由会议填写" in agenda
    street.do("2026-12-01T11:00:00+08:00", "meeting", "minutes", "m4", "--slot", "存在的问题",
              "临期转办")  # fmt: skip
    minutes = street.do("2026-12-01T11:10:00+08:00", "meeting", "minutes", "m4", "--format", "md")
    assert "临期转办" in minutes.out
