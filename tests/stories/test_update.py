"""A newer export moves known cases on, never back and never against what the desk recorded."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sixping.errors import BadData
from sixping.importing.profiles import Profile, load_profile, parse_profile
from sixping.services import updating
from tests.conftest import Result, Runner

NOW = "2026-11-28T10:00:00+08:00"
PROFILE = """
name = "pingtai"
title = "平台"
mode = "{mode}"
[columns]
source_no = "编号"
text = "内容"
received = "收到"
accepted = "受理"
assigned = "分派"
resolved = "办结"
fed_back = "反馈"
closed = "归档"
withdrawn = "撤回"
source_due = "期限"
unit = "单位"
status = "状态"
outcome = "结果"
feedback = "答复"
satisfaction = "满意度"
severity = "等级"
[values.status]
"待受理" = "待受理"
"待分派" = "待分派"
"在办" = "办理中"
"待研究" = "待联席会议研究"
"待上报" = "待上报"
"区里在办" = "区级办理中"
"办结" = "已办结"
"归档" = "已归档"
"不受理" = "不予受理"
"并件" = "已并入"
"撤件" = "来源撤回"
[values.severity]
"普通" = "一般"
"大" = "较大"
"急" = "重大"
[defaults]
channel = "投诉举报电话"
"""
COLUMNS = (
    "编号", "内容", "收到", "受理", "分派", "办结", "反馈", "归档", "撤回", "单位", "状态", "结果",
    "答复", "满意度", "等级", "期限",
)  # fmt: skip
RECEIVED = "2026-11-02 09:00"
MORNING = "2026-11-02T09:30:00+08:00"
TEAM, OTHER = "城管执法中队", "市场监管所"
MODES = ("live", "history")


def row(number: str = "1", **said: str) -> dict[str, str]:
    """Return a row of an export: an ordinary report of 2 November unless said otherwise."""
    own = {"编号": number, "内容": f"演示占道经营{number}", "收到": RECEIVED, "等级": "普通"}
    return own | said


class Office:
    """A ledger, and what is taken into it."""

    def __init__(self, call: Runner, folder: Path) -> None:
        self._call, self._folder = call, folder
        self.ok("init")

    def ok(self, *argv: str, now: str = NOW) -> str:
        done = self._call(*argv, now=now)
        assert done.code == 0, (argv, done.err)
        return done.out

    def refused(self, *argv: str, code: int = 1) -> str:
        done = self._call(*argv, now=NOW)
        assert done.code == code, (argv, done.out, done.err)
        return done.err

    def take(
        self,
        *rows: dict[str, str],
        mode: str = "live",
        options: tuple[str, ...] = (),
        code: int = 0,
        now: str = NOW,
    ) -> Result:
        profile, file = self._folder / f"{mode}.toml", self._folder / "export.csv"
        profile.write_text(PROFILE.format(mode=mode), encoding="utf-8")
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        argv = ("import", str(file), "--profile", str(profile), "--no-triage", *options)
        done = self._call(*argv, now=now)
        assert done.code == code, (done.out, done.err)
        return done

    def update(self, *rows: dict[str, str], mode: str = "live", code: int = 0) -> str:
        return self.take(*rows, mode=mode, options=("--update",), code=code).err

    def case(self, number: str = "1") -> dict[str, Any]:
        case: dict[str, Any] = self._call("show", number, "--json", now=NOW).json()
        return case

    def clock(self, kind: str, number: str = "1") -> dict[str, Any]:
        return next(c for c in self.case(number)["clocks"] if c["kind"] == kind)

    def kinds(self, number: str = "1") -> list[str]:
        return [event["kind"] for event in self.case(number)["events"]]

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = self._call(
            "report", "--month", "2026-11", "--json", now=NOW
        ).json()
        return report

    def paper(self, *argv: str) -> dict[str, Any]:
        paper: dict[str, Any] = self._call(*argv, "--json", now=NOW).json()
        return paper

    def sound(self) -> int:
        """Return how many events there are, once the ledger holds together."""
        found = self._call("verify", "--json", now=NOW).json()
        assert found["ok"], found
        return int(found["events"])


@pytest.fixture
def office(call: Runner, tmp_path: Path) -> Office:
    return Office(call, tmp_path)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- open states of a record of the past are kept (I3) ---------------------------------------

STEPS = {
    "待受理": ("普通", "待受理", ("accept", "1")),
    "待分派": ("普通", "待分派", ("assign", "1", "--lead", TEAM)),
    "在办": ("普通", "办理中", ("sign", "1")),
    "待研究": ("大", "待联席会议研究",
              ("decide", "1", "--lead", TEAM, "--due", "2026-12-20", "--leader", "分管领导")),
    "待上报": ("急", "待上报", ("refer", "1", "--to", "区级平台", "--content", "演示")),
    "区里在办": ("急", "区级办理中", ("refer-reply", "1", "--outcome", "演示已处置")),
}  # fmt: skip


@pytest.mark.parametrize("word", STEPS)
def test_an_open_state_of_a_file_is_kept_and_the_case_goes_on_from_it(
    office: Office, word: str
) -> None:
    grade, status, step = STEPS[word]
    office.take(row(状态=word, 等级=grade, 单位=TEAM), mode="history")
    assert office.case()["status"] == status
    office.sound()
    office.ok(*step)
    office.sound()


@pytest.mark.parametrize(
    "steps",
    [
        (("sign", "1"), ("return", "1", "--reason", "演示"), ("assign", "1", "--lead", OTHER)),
        (("resolve", "1", "--outcome", "演示"), ("reopen", "1", "--reason", "演示"), ("sign", "1")),
        (("assign", "1", "--lead", OTHER), ("resolve", "1", "--outcome", "演示"),
         ("void", "1", "last", "--reason", "演示")),
        (("regrade", "1", "--severity", "重大", "--reason", "演示", "--approved-by", "分管领导"),
         ("refer", "1", "--to", "区级平台", "--content", "演示")),
    ],
)  # fmt: skip
def test_a_case_that_a_file_says_is_handled_takes_every_way_on(
    office: Office, steps: tuple[tuple[str, ...], ...]
) -> None:
    office.take(row(状态="在办", 单位=TEAM), mode="history")
    for step in steps:
        if step[0] == "void":
            step = (*step[:2], str(office.sound()), *step[3:])  # noqa: PLW2901 - the last event
        office.ok(*step)
        office.sound()


def test_what_a_file_says_is_accepted_is_not_accepted_again(office: Office) -> None:
    office.take(row(状态="待分派", 单位=TEAM), mode="history")
    told = office.refused("accept", "1")
    assert "现在是“待分派”, 不能受理" in told
    assert "分派(assign)" in told
    office.ok("assign", "1", "--lead", TEAM)
    assert office.case()["status"] == "办理中"
    assert not office.report()["totals"]["accepted"]


def test_the_clocks_follow_the_state_and_an_acceptance_nobody_dated_has_no_verdict(
    office: Office,
) -> None:
    office.take(row(状态="在办", 单位=TEAM), row("2", 状态="待受理"), mode="history")
    assert [(c["kind"], c["running"], c["late"]) for c in office.case()["clocks"]] == [
        ("accept", False, None), ("finish", True, True), ("ceiling", True, True),
    ]  # fmt: skip
    assert all(c["running"] for c in office.case("2")["clocks"])
    report = office.report()
    assert report["rates"]["accept_on_time"]["d"] == 1, "the one that is said to wait"
    assert report["left_out"]["accept"] == 1


def test_a_state_that_its_grade_cannot_have_is_refused(office: Office) -> None:
    done = office.take(row(状态="区里在办"), row("2", 状态="待研究"), mode="history", code=65)
    assert "第 2 行 K 状态: 状态“区级办理中”只用于重大事件, 这一行的等级是“一般”" in done.err
    assert "第 3 行 K 状态: 状态“待联席会议研究”只用于较大事件" in done.err


@pytest.mark.parametrize(
    ("state", "grade"), [("待联席会议研究", "较大"), ("待上报", "重大"), ("区级办理中", "重大")]
)
def test_a_state_that_no_row_of_a_profile_can_have_is_refused_in_the_profile(
    state: str, grade: str
) -> None:
    text = PROFILE.format(mode="history").replace('severity = "等级"\n', "")
    text = text.partition("[values.severity]")[0].replace('"区里在办" = "区级办理中"\n', "")
    text = text.replace('"待研究" = "待联席会议研究"\n', "").replace('"待上报" = "待上报"\n', "")
    text += '[defaults]\nchannel = "投诉举报电话"\n'
    parse_profile(text, "old.toml")
    with pytest.raises(BadData, match=f"values.status.别的.*“{state}”只用于{grade}事件"):
        parse_profile(text.replace('"在办" =', f'"别的" = "{state}"\n"在办" ='), "old.toml")


def test_a_handled_case_without_a_unit_is_the_rooms_until_it_is_assigned(office: Office) -> None:
    office.take(row(状态="在办"), mode="history")
    assert office.case()["segments"][-1]["role"] == "指挥室"
    office.ok("assign", "1", "--lead", TEAM)
    office.sound()


# --- known cases go on ------------------------------------------------------------------------

MARCH = row(状态="在办", 单位=TEAM)
APRIL = row(
    受理="2026-11-02 15:00", 分派="2026-11-02 16:00", 办结="2026-11-05 10:00",
    反馈="2026-11-05 11:00", 归档="2026-11-06 09:00", 单位=TEAM, 状态="归档", 结果="演示已清理",
    答复="演示已告知", 满意度="5",
)  # fmt: skip


def test_a_newer_export_moves_a_case_on_with_the_files_times(office: Office, mode: str) -> None:
    office.take(MARCH, mode=mode)
    told = office.update(APRIL, mode=mode)
    assert "推进 1 件 (受理 1, 分派 1, 办结 1, 反馈 1, 归档 1), 没有变化 0 件" in told
    case = office.case()
    assert (case["status"], case["lead"], case["satisfaction"]) == ("已归档", TEAM, 5)
    assert case["resolved_at"] == "2026-11-05T10:00:00+08:00"
    stopped = {c["kind"]: (c["stopped"][:16], c["late"]) for c in case["clocks"]}
    assert stopped["accept"] == ("2026-11-02T15:00", False)
    assert stopped["finish"] == ("2026-11-05T10:00", False)
    said = [e for e in case["events"] if e.get("by_file")]
    assert {e["by_file"] for e in said} == {"pingtai"}
    assert {word for e in said for word in e["remarks"]} <= {"stated_now"}
    assert "据 pingtai 导出" in office.ok("show", "1")
    totals = office.report()["totals"]
    assert (totals["accepted"], totals["resolved"], totals["closed"]) == (1, 1, 1)
    assert office.report()["stated"] == {"n": 0, "changed": 0}
    office.sound()


def test_the_same_file_again_and_an_older_one_change_nothing(office: Office, mode: str) -> None:
    office.take(MARCH, mode=mode)
    office.update(APRIL, mode=mode)
    events = office.sound()
    for file in (APRIL, MARCH, APRIL):
        assert "推进 0 件, 没有变化 1 件, 与台账记录不一致 0 件" in office.update(file, mode=mode)
    assert office.sound() == events
    assert "加 --update" not in office.take(APRIL, mode=mode).err


def test_without_the_option_the_cases_that_would_move_are_counted(
    office: Office, mode: str
) -> None:
    office.take(MARCH, row("2", 状态="待受理"), mode=mode)
    events = office.sound()
    done = office.take(APRIL, row("2", 状态="待受理"), mode=mode)
    assert "来源有新进展 1 件, 加 --update 更新" in done.err
    assert office.sound() == events


def test_a_look_ahead_says_what_the_run_does(office: Office, mode: str) -> None:
    office.take(MARCH, row("2", 状态="待受理"), mode=mode)
    rows = (APRIL, row("2", 状态="在办", 单位=TEAM), APRIL | {"编号": "3", "内容": "演示新件"})
    events = office.sound()
    ahead = office.take(*rows, mode=mode, options=("--update", "-n")).err
    assert office.sound() == events
    done = office.take(*rows, mode=mode, options=("--update",)).err
    line = next(line for line in done.splitlines() if line.startswith("更新"))
    assert line.replace("推进", "可推进", 1) in ahead


def test_rows_of_one_file_follow_each_other(office: Office) -> None:
    rows = (row(状态="待受理"), row(受理="2026-11-02 15:00", 状态="待分派"), APRIL)
    ahead = office.take(*rows, options=("--update", "-n")).err
    done = office.take(*rows, options=("--update",)).err
    assert office.case()["status"] == "已归档"
    lines = [said.partition("更新: ")[2].splitlines()[0] for said in (ahead, done)]
    counts = [line.replace("可推进", "推进") for line in lines]
    assert counts[0] == counts[1]
    office.sound()


def test_a_row_that_goes_back_on_one_before_it_is_listed_in_the_look_ahead_too(
    office: Office,
) -> None:
    first = row(分派="2026-11-03 10:00", 单位=TEAM, 状态="在办")
    office.take(row(状态="待受理"))
    office.update(first)
    rows = (row(分派="2026-11-04 10:00", 单位=OTHER, 状态="在办"), first)
    ahead = office.take(*rows, options=("--update", "-n")).err
    done = office.take(*rows, options=("--update",)).err
    for told in (ahead, done):
        assert "推进 1 件 (分派 1), 没有变化 0 件, 与台账记录不一致 1 件" in told
        assert f"办理单位不一致: 文件: {TEAM}; 台账: {OTHER}" in told


def test_what_the_ledger_was_told_at_first_is_no_news_after_the_desk_went_on(
    office: Office,
) -> None:
    office.take(MARCH, mode="history")
    office.ok("assign", "1", "--lead", OTHER)
    told = office.update(MARCH, mode="history")
    assert "推进 0 件, 没有变化 1 件, 与台账记录不一致 0 件" in told


def test_rows_of_a_new_report_that_contradict_are_named_in_a_look_ahead(office: Office) -> None:
    rows = [row(办结=f"2026-11-0{day} 10:00", 单位=TEAM, 状态="办结") for day in (5, 6)]
    told = office.take(*rows, options=("--update", "-n")).err
    assert "第 3 行 新登记 办结时间不一致: 文件: 2026-11-06 10:00; 台账: 2026-11-05 10:00" in told


def test_a_look_ahead_forgets_what_is_too_much_and_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "KEPT", 1)
    known = row("9", 状态="待受理")
    office.take(known)
    rows = (row("1", 状态="待受理"), row("2", 状态="待受理"), row("1", 受理="2026-11-02 15:00"))
    told = office.take(*rows, known, options=("--update", "-n")).err
    assert "可推进 0 件, 没有变化 2 件" in told


def test_times_that_cannot_be_by_what_the_ledger_has_are_remarked_on_and_all_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "MOST", 4)
    office.take(*(row(str(n), 办结="2026-11-05 09:00", 单位=TEAM) for n in range(1, 7)))
    told = office.update(*(row(str(n), 归档="2026-11-04 09:00") for n in range(1, 7)))
    words = "归档时间 2026-11-04 09:00 早于办结时间 2026-11-05 09:00, 按不详处理"
    assert f"第 2 行: {words}" in told
    assert "这样的时间共 6 处" in told


def test_of_a_new_report_it_is_told_how_far_it_came_and_what_stands_in_the_way(
    office: Office,
) -> None:
    told = office.take(
        row(受理="2026-11-02 10:00", 状态="区里在办"), row("2", 受理="2026-11-02 10:00")
    ).err
    assert "按文件写明的进展推进 2 件 (受理 2)" in told
    assert "第 2 行 2026-000001 状态不一致: 文件: 区级办理中 (只用于重大事件)" in told


def test_all_that_differs_is_counted_and_only_with_the_option_listed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "MOST", 22)
    said = [row(str(n), 办结="2026-11-05 10:00", 单位=TEAM) for n in range(1, 25)]
    office.take(*said)
    other = [each | {"办结": "2026-11-06 10:00"} for each in said]
    told = office.take(*other).err
    assert "来源有新进展 24 件" in told
    assert "不一致" not in told
    told = office.update(*other)
    assert "与台账记录不一致 24 件" in told
    assert "不一致的共 24 处, 以上是前 20 处" in told


def test_a_new_report_goes_on_in_the_run_it_comes_in(office: Office) -> None:
    assert "按文件写明的进展推进 1 件" in office.take(APRIL).err
    assert office.case()["status"] == "已归档"
    assert office.kinds() == ["reported", "accepted", "assigned", "resolved", "fed_back", "closed"]
    office.sound()


def test_what_a_file_does_not_date_is_not_made_up(office: Office) -> None:
    """Settled, and not when it was accepted; settled, and not when; each without a verdict."""
    office.take(row(状态="待受理"), row("2", 状态="待受理"))
    office.update(
        row(办结="2026-11-12 10:00", 单位=TEAM, 状态="办结"), row("2", 状态="办结", 单位=TEAM)
    )
    assert office.clock("accept")["late"] is None
    assert office.clock("finish")["late"] is True
    assert {c["late"] for c in office.case("2")["clocks"]} == {None}
    assert office.case("2")["resolved_at"] is None
    report = office.report()
    assert report["rates"]["accept_on_time"]["d"] == 0
    assert (report["rates"]["finish_on_time"]["n"], report["rates"]["finish_on_time"]["d"]) == (
        0,
        1,
    )
    assert (report["totals"]["accepted"], report["totals"]["resolved"]) == (0, 1)
    assert report["left_out"]["accept"] == 2
    office.sound()


def test_a_time_that_is_told_later_becomes_known(office: Office, mode: str) -> None:
    office.take(row(状态="待受理"), mode=mode)
    office.update(row(状态="办结", 单位=TEAM), mode=mode)
    office.update(APRIL, mode=mode)
    case = office.case()
    assert case["status"] == "已归档"
    assert {c["kind"]: c["late"] for c in case["clocks"]} == {
        "accept": False, "finish": False, "ceiling": False,
    }  # fmt: skip
    assert office.report()["totals"]["resolved"] == 1
    office.sound()


def test_a_record_of_unknown_end_is_known_from_a_newer_export(office: Office) -> None:
    office.take(row(单位=TEAM), row("2"), mode="history")
    assert office.case()["status"] == "状态不详"
    office.update(
        row(单位=TEAM, 办结="2026-11-05 10:00"), row("2", 状态="在办", 单位=TEAM), mode="history"
    )
    assert (office.case()["status"], office.case("2")["status"]) == ("已办结", "办理中")
    assert office.clock("finish")["late"] is False
    assert office.clock("finish", "2")["running"] is True
    office.sound()


def test_a_case_of_the_desk_is_moved_on_by_its_number_at_the_source(office: Office) -> None:
    office.ok("intake", "演示占道经营1", "--channel", "投诉举报电话", "--source-no", "1",
              "--severity", "一般", now="2026-11-02T09:30:00+08:00")  # fmt: skip
    office.ok("accept", "1", now="2026-11-02T15:00:00+08:00")
    office.update(APRIL)
    assert office.case()["status"] == "已归档"
    office.sound()


def test_whether_anybody_was_told_is_what_the_file_says(office: Office) -> None:
    office.take(*[row(n, 状态="在办", 单位=TEAM) for n in "12"])
    office.update(
        row("1", 办结="2026-11-05 10:00", 单位=TEAM, 状态="办结"),
        row("2", 办结="2026-11-05 10:00", 单位=TEAM, 状态="办结", 答复="演示已告知", 满意度="4"),
    )
    assert (office.case("1")["fed_back"], office.case("2")["fed_back"]) == (None, True)
    rates = office.report()["rates"]
    assert (rates["feedback_rate"]["n"], rates["feedback_rate"]["d"]) == (1, 1)
    assert (rates["satisfied"]["n"], rates["satisfied"]["d"]) == (1, 1)
    office.update(row("1", 办结="2026-11-05 10:00", 单位=TEAM, 状态="办结", 答复="演示已告知"))
    assert office.case("1")["fed_back"] is True
    assert office.report()["rates"]["feedback_rate"]["d"] == 2
    office.sound()


def test_a_matter_given_to_another_unit_follows_the_files_time(office: Office) -> None:
    office.take(row(受理="2026-11-02 10:00", 分派="2026-11-02 11:00", 单位=TEAM, 状态="在办"))
    told = office.update(row(受理="2026-11-02 10:00", 单位=OTHER, 状态="在办"))
    assert f"办理单位不一致: 文件: {OTHER}; 台账: {TEAM}" in told
    assert office.case()["lead"] == TEAM
    later = row(受理="2026-11-02 10:00", 分派="2026-11-04 11:00", 单位=OTHER, 状态="在办")
    office.update(later)
    assert office.case()["lead"] == OTHER
    events = office.sound()
    office.update(row(受理="2026-11-02 10:00", 分派="2026-11-02 11:00", 单位=TEAM, 状态="在办"))
    assert (office.case()["lead"], office.sound()) == (OTHER, events)


def test_a_report_withdrawn_at_its_source_came_in_and_went(office: Office, mode: str) -> None:
    office.take(row(状态="待受理"), row("2", 状态="待受理"), mode=mode)
    office.update(row(撤回="2026-11-03 10:00", 状态="撤件"), row("2", 状态="撤件"), mode=mode)
    assert {office.case(n)["status"] for n in "12"} == {"来源撤回"}
    totals = office.report()["totals"]
    assert (totals["received"], totals["open"]) == (2, 0)
    assert not any(totals[name] for name in ("accepted", "declined"))
    assert office.report()["rates"]["accept_on_time"]["d"] == 0
    assert office.report()["rates"]["finish_rate"]["d"] == 0
    events = office.sound()
    office.update(row(撤回="2026-11-03 10:00", 状态="撤件"), row("2", 状态="撤件"), mode=mode)
    assert office.sound() == events


def test_a_due_date_its_source_put_off_is_taken_over_and_never_back(office: Office) -> None:
    first, later = "2026-12-02 18:00", "2026-12-09 18:00"
    office.update(row(期限=first, 状态="在办", 单位=TEAM))
    said = office.update(row(期限=later, 状态="在办", 单位=TEAM))
    assert "推进 1 件 (来源期限 1)" in said
    assert office.case()["source_due"] == "2026-12-09T18:00:00+08:00"
    assert "推进 0 件, 没有变化 1 件" in office.update(row(期限=later, 状态="在办", 单位=TEAM))
    said = office.update(row(期限=first, 状态="在办", 单位=TEAM))
    assert "推进 0 件, 没有变化 1 件" in said, "the file is the older export"
    office.ok("amend", "1", "--source-due", "2026-12-20", "--reason", "电话约定")
    said = office.update(row(期限="2026-12-30 18:00", 状态="在办", 单位=TEAM))
    assert "来源期限不一致: 文件: 2026-12-30 18:00; 台账: 2026-12-20" in said
    assert office.case()["source_due"].startswith("2026-12-20")


def test_a_grade_that_nobody_found_stays_to_be_confirmed(office: Office) -> None:
    """A file that says when a report was accepted finds no grade (三)."""
    said = {"内容": "演示: 居民楼燃气泄漏爆炸, 多人受伤", "等级": ""}
    profile_rows = row(状态="待受理") | said
    office.ok("intake", said["内容"], "--channel", "投诉举报电话", "--source-no", "1",
              now="2026-11-02T09:00:00+08:00")  # fmt: skip
    if office.case()["confirmed"]:
        pytest.skip("the rules suggest an ordinary grade")
    office.update(profile_rows | {"受理": "2026-11-02 10:00", "状态": "待分派"})
    case = office.case()
    assert (case["status"], case["confirmed"]) == ("待分派", False)
    office.ok("regrade", "1", "--severity", "一般", "--reason", "演示")
    office.sound()


# --- what the desk recorded stands ------------------------------------------------------------


def test_another_time_than_the_desks_is_listed_with_both_and_nothing_is_recorded(
    office: Office,
) -> None:
    office.take(row(状态="待受理"), now=MORNING)
    office.ok("accept", "1", now="2026-11-02T11:00:00+08:00")
    events = office.sound()
    told = office.update(APRIL)
    assert "推进 0 件, 没有变化 0 件, 与台账记录不一致 1 件" in told
    assert "受理时间不一致: 文件: 2026-11-02 15:00; 台账: 2026-11-02 11:00; 这一行没有记录" in told
    assert office.sound() == events
    assert office.case()["status"] == "待分派"


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((("decline", "1", "--reason", "演示", "--approved-by", "分管领导"),), "不予受理"),
        ((("merge", "1", "--into", "2"),), "已并入"),
        ((("accept", "1"), ("refer", "1", "--to", "区级平台", "--content", "演示")), "区级办理中"),
        ((("accept", "1"), ("assign", "1", "--lead", TEAM), ("suspend", "1", "--reason", "演示",
          "--approved-by", "分管领导")), "中止中"),
    ],
)  # fmt: skip
def test_what_the_desk_decided_stands_and_is_listed(
    office: Office, steps: tuple[tuple[str, ...], ...], words: str
) -> None:
    office.take(row(状态="待受理"), row("2", 状态="待受理"), now=MORNING)
    for step in steps:
        office.ok(*step, now=MORNING)
    events, status = office.sound(), office.case()["status"]
    told = office.update(row(办结="2026-11-28 09:30", 状态="办结", 单位=TEAM))
    assert "与台账记录不一致 1 件" in told
    assert words in told
    assert (office.sound(), office.case()["status"]) == (events, status)


def test_a_result_of_a_round_before_is_passed_over(office: Office) -> None:
    office.take(APRIL)
    office.ok("reopen", "1", "--reason", "演示")
    events = office.sound()
    office.update(APRIL)
    assert (office.sound(), office.case()["status"]) == (events, "办理中")


def test_a_step_that_was_voided_is_not_taken_again(office: Office) -> None:
    office.take(row(受理="2026-11-02 15:00", 状态="待分派"))
    seq = office.case()["events"][-1]["seq"]
    office.ok("void", "1", str(seq), "--reason", "演示")
    events = office.sound()
    told = office.update(row(受理="2026-11-02 15:00", 状态="待分派"))
    assert "台账已撤销" in told
    assert office.sound() == events


def test_words_of_a_result_are_listed_masked(office: Office) -> None:
    office.take(row(状态="在办", 单位=TEAM), now=MORNING)
    office.ok(
        "resolve", "1", "--outcome", "演示已回拨 13912345678", now="2026-11-05T10:00:00+08:00"
    )
    said = {"办结": "2026-11-05 10:00", "结果": "致电 13987654321"}
    told = office.update(row(状态="办结", 单位=TEAM) | said)
    assert "办理结果不一致" in told
    assert "13912345678" not in told
    assert "13987654321" not in told


def test_a_step_of_a_file_can_be_voided_and_the_rest_is_judged_without_it(office: Office) -> None:
    office.take(APRIL)
    accepted, resolved = (e["seq"] for e in office.case()["events"] if e["kind"] in
                          {"accepted", "resolved"})  # fmt: skip
    assert "就不成立了" in office.refused("void", "1", str(resolved), "--reason", "演示")
    office.ok("void", "1", str(accepted), "--reason", "演示")
    assert office.clock("accept")["late"] is None, "nobody says when it was accepted"
    assert office.clock("finish")["late"] is False
    office.sound()


def test_what_is_made_anew_from_the_record_is_the_same(office: Office, mode: str) -> None:
    office.take(MARCH, row("2", 状态="待受理"), row("3", 状态="在办"), mode=mode)
    rows = (APRIL, row("2", 状态="撤件"), row("3", 办结="2026-11-05 10:00", 单位=TEAM, 状态="办结"))
    office.update(*rows, mode=mode)
    events = office.sound()
    office.ok("rebuild")
    assert office.sound() >= events


def test_nobody_is_late_to_sign_for_what_a_file_says_was_assigned(
    office: Office, mode: str
) -> None:
    office.take(
        row(受理="2026-11-02 10:00", 分派="2026-11-02 11:00", 单位=TEAM, 状态="在办"),
        row("2", 单位=TEAM, 状态="在办"), mode=mode,
    )  # fmt: skip
    for paper in (("overdue", "--kind", "unsigned"), ("lapses", "--from", "2026-11-01")):
        items = office.paper(*paper)["items"]
        assert not [item for item in items if item["kind"] == "unsigned"]
    office.ok("assign", "2", "--lead", OTHER, now="2026-11-20T09:00:00+08:00")
    items = office.paper("overdue", "--kind", "unsigned")["items"]
    assert [item["number"] for item in items] == ["2026-000002"]


# --- what cannot be ---------------------------------------------------------------------------


def test_a_time_after_now_is_an_error_of_its_row(office: Office, mode: str) -> None:
    done = office.take(row(受理="2026-12-01 10:00"), mode=mode, code=65)
    assert "第 2 行 D 受理: 时间 2026-12-01 10:00:00 晚于现在" in done.err


def test_other_content_under_a_known_number_is_refused_with_the_option_too(
    office: Office,
) -> None:
    office.take(row(状态="待受理"))
    events = office.sound()
    told = office.update(APRIL | {"内容": "演示别的事"}, code=65)
    assert "来源编号 1" in told
    assert (office.sound(), office.case()["status"]) == (events, "待受理")


def test_faulty_rows_leave_everything_as_it_was_but_with_partial(office: Office) -> None:
    office.take(MARCH)
    events = office.sound()
    rows = (APRIL, row("2", 状态="没有这个词"))
    office.take(*rows, options=("--update",), code=65)
    assert office.sound() == events
    office.take(*rows, options=("--update", "--partial"), code=65)
    assert office.case()["status"] == "已归档"


# --- figures ----------------------------------------------------------------------------------


def test_an_updated_case_counts_as_one_worked_at_the_desk_at_these_times(
    call: Runner, tmp_path: Path
) -> None:
    def at(text: str) -> str:
        return f"2026-11-{text.replace(' ', 'T')}:00+08:00"

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    env = [{"SIXPING_LEDGER": str(tmp_path / name / "x.db")} for name in "ab"]

    def first(*argv: str, now: str = NOW) -> Result:
        done = call(*argv, now=now, env=env[0])
        assert done.code == 0, done.err
        return done

    def second(*argv: str, now: str = NOW) -> Result:
        return call(*argv, now=now, env=env[1])

    first("init", now=at("01 08:00"))
    first("intake", "演示占道经营1", "--severity", "一般", "--source-no", "1", now=at("02 09:00"))
    first("accept", "1", now=at("02 15:00"))
    first("assign", "1", "--lead", TEAM, now=at("02 16:00"))
    first("sign", "1", now=at("02 16:30"))  # a file does not tell who signed
    first("resolve", "1", "--outcome", "演示已清理", now=at("12 10:00"))
    first("feedback", "1", "演示已告知", "--satisfaction", "5", now=at("12 11:00"))
    first("close", "1", now=at("13 09:00"))
    office = Office(second, tmp_path / "b")
    office.take(MARCH)
    office.update(
        APRIL | {"办结": "2026-11-12 10:00", "反馈": "2026-11-12 11:00", "归档": "2026-11-13 09:00"}
    )
    ours, theirs = office.report(), first("report", "--month", "2026-11", "--json").json()
    for key in ("totals", "rates", "left_out", "by_unit", "by_channel", "by_severity", "trend"):
        assert ours[key] == theirs[key], key
    found = [run("lapses", "--from", "2026-11-01", "--json").json() for run in (first, second)]
    late = [[(item["kind"], item.get("unit")) for item in one["items"]] for one in found]
    assert late[0] == late[1]


# --- any exports in any order -----------------------------------------------------------------

PLACES = ("待受理", "待分派", "办理中", "已办结", "已归档")
FACTS = ("status", "lead", "resolved_at", "fed_back", "satisfaction")
CLOCK = ("kind", "round", "started", "due", "stopped", "late", "running")


def exports(rng: Random) -> list[dict[str, str]]:
    """Return what a source says of a matter from time to time, the fuller the later.

    It may leave out times, also for good; it dates no stage before one that it dated.
    """
    days = iter(sorted(rng.sample(range(2, 27), 5)))
    whole: dict[str, str] = {}
    files = [row(状态="待受理")]
    for place, (column, word) in enumerate(
        [("受理", "待分派"), ("分派", "在办"), ("办结", "办结"), ("反馈", ""), ("归档", "归档")]
    ):
        day = f"2026-11-{next(days):02} 1{place}:00"
        if rng.random() < 0.7:
            whole[column] = day
        if column == "分派":
            whole["单位"] = TEAM
        if column == "反馈":
            whole |= {"答复": "演示已告知", "满意度": "4"}
        whole["状态"] = word or whole["状态"]
        if rng.random() < 0.8:
            files.append(row(**whole))
    return files


@pytest.mark.parametrize("seed", range(12))
def test_exports_in_any_order_never_lead_back_and_come_to_what_the_last_one_says(
    call: Runner, tmp_path: Path, seed: int
) -> None:
    rng = Random(seed)  # noqa: S311 - examples, not secrets
    mode = rng.choice(MODES)
    files = exports(rng)
    shuffled = rng.sample(files, len(files))
    (tmp_path / "once").mkdir()
    (tmp_path / "each").mkdir()
    once, each = (
        Office(partial(call, env={"SIXPING_LEDGER": str(tmp_path / n / "x.db")}), tmp_path / n)
        for n in ("once", "each")
    )
    once.take(files[-1], mode=mode)
    reached = 0
    for file in (*shuffled, files[-1]):
        each.update(file, mode=mode)
        place = PLACES.index(each.case()["status"])
        assert place >= reached
        reached, events = place, each.sound()
        assert "推进 0 件" in each.update(file, mode=mode)
        assert each.sound() == events
    ours, theirs = each.case(), once.case()
    assert {n: ours[n] for n in FACTS} == {n: theirs[n] for n in FACTS}
    assert [[c[n] for n in CLOCK] for c in ours["clocks"]] == [
        [c[n] for n in CLOCK] for c in theirs["clocks"]
    ]
    once.sound()


# --- by when the source wants the result ------------------------------------------------------

DUE, LATER_DUE = "2026-12-04T17:00:00+08:00", "2026-12-11T17:00:00+08:00"


def test_other_words_of_a_result_are_listed_also_when_the_case_went_on(office: Office) -> None:
    office.take(MARCH)
    office.update(APRIL)
    told = office.update(APRIL | {"结果": "演示没有清理"})
    assert "办理结果不一致: 文件: 演示没有清理; 台账: 演示已清理" in told
    assert "没有变化 1 件" in office.update(APRIL | {"结果": "演示已清理 "})


def test_what_was_told_in_other_words_is_taken_or_listed_where_nobody_dated_it(
    office: Office,
) -> None:
    said = row(办结="2026-11-05 10:00", 单位=TEAM, 结果="演示已清理", 答复="演示已清理")
    office.take(row(状态="待受理"))
    office.update(said)
    assert "推进 1 件" in office.update(said | {"答复": "演示已告知"})
    assert "没有变化 1 件" in office.update(said | {"答复": "演示已告知"})
    told = office.update(said | {"答复": "演示没有告知"})
    assert "答复不一致: 文件: 演示没有告知; 台账: 演示已告知" in told


def test_a_time_the_ledger_has_is_no_other_state_of_what_the_desk_merged(office: Office) -> None:
    accepted = row(受理="2026-11-02 10:00")
    office.take(accepted, row("2", 状态="待受理"))
    office.ok("merge", "1", "--into", "2")
    told = office.update(accepted | {"满意度": "4"})
    assert "没有变化 1 件, 与台账记录不一致 0 件" in told
    assert "状态不一致" in office.update(accepted | {"状态": "待分派"})


def test_a_limit_of_the_source_that_was_unknown_and_one_put_off_are_taken_over(
    office: Office, mode: str
) -> None:
    office.take(row(状态="待受理"), mode=mode)
    assert "推进 1 件 (来源期限 1)" in office.update(row(状态="待受理", 期限=DUE[:10]), mode=mode)
    clocks, events = office.case()["clocks"], office.sound()
    assert office.case()["source_due"].startswith(DUE[:10])
    office.update(row(状态="待受理", 期限=LATER_DUE), mode=mode)
    assert (office.case()["source_due"], office.case()["clocks"]) == (LATER_DUE, clocks)
    assert office.sound() == events + 1


def test_an_older_export_does_not_bring_an_earlier_limit_back(office: Office, mode: str) -> None:
    for due in (DUE, LATER_DUE):
        office.update(row(状态="待受理", 期限=due), mode=mode)
    events = office.sound()
    assert "没有变化 1 件" in office.update(row(状态="待受理", 期限=DUE), mode=mode)
    assert (office.case()["source_due"], office.sound()) == (LATER_DUE, events)


def test_a_limit_that_is_earlier_or_was_amended_at_the_desk_is_listed(office: Office) -> None:
    office.take(row(状态="待受理", 期限=LATER_DUE))
    assert "来源期限不一致" in office.update(row(状态="待受理", 期限=DUE))
    office.ok("amend", "1", "--source-due", "2026-12-08", "--reason", "演示")
    amended = office.case()["source_due"]
    assert "来源期限不一致" in office.update(row(状态="待受理", 期限="2026-12-18 17:00"))
    assert office.case()["source_due"] == amended


# --- withdrawn at its source, in the first export already --------------------------------------


@pytest.mark.parametrize("said", ["撤件", ""])
def test_a_record_that_came_in_withdrawn_keeps_when_it_was_accepted_and_withdrawn(
    office: Office, mode: str, said: str
) -> None:
    told = office.take(
        row(受理="2026-11-02 10:00", 撤回="2026-11-12 09:00", 状态=said), mode=mode
    ).err
    assert "不一致" not in told
    assert "状态不详" not in told
    assert office.case()["status"] == "来源撤回"
    assert office.clock("accept")["stopped"] == "2026-11-02T10:00:00+08:00"
    assert office.clock("finish")["late"] is True  # it was due on the 9th
    office.sound()


def test_a_record_withdrawn_on_an_unknown_day_keeps_when_it_was_accepted(office: Office) -> None:
    told = office.take(row(受理="2026-11-02 10:00", 状态="撤件"), mode="history").err
    assert "不一致" not in told
    assert office.case()["status"] == "来源撤回"
    assert office.clock("accept")["late"] is False
    assert office.clock("finish")["late"] is None
    office.sound()


def test_what_follows_a_result_without_a_time_is_recorded_at_once(office: Office) -> None:
    office.take(row(状态="待受理"))
    said = row(
        状态="归档", 单位=TEAM, 结果="演示已清理", 反馈="2026-11-05 09:00", 答复="演示已告知",
        归档="2026-11-06 09:00", 满意度="5",
    )  # fmt: skip
    assert "归档 1" in office.update(said)
    assert office.kinds()[-2:] == ["fed_back", "closed"]
    assert office.case()["status"] == "已归档"
    events = office.sound()
    assert "没有变化 1 件" in office.update(said)
    assert office.sound() == events


def test_what_cannot_be_is_said_in_one_sentence(office: Office) -> None:
    office.take(row(撤回="2026-11-03 09:00", 状态="撤件"))
    told = office.update(row(分派="2026-11-04 09:00", 单位=TEAM, 状态="在办"))
    assert "台账: 现在是“来源撤回”, 不能分派; 这一行没有记录。" in told


# --- the profiles that come with the program -------------------------------------------------

FOLLOWED = ("110", "dianhua", "pingan", "tousu", "wangge", "zhangshang", "zhengwu")
STAGES: tuple[dict[str, str], ...] = (
    {},
    {"source_due": "2026-11-09 17:00"},
    {"resolved": "2026-11-04 10:00", "outcome": "演示: 已清理"},
    {"fed_back": "2026-11-04 11:00", "feedback": "演示: 已告知"},
    {"closed": "2026-11-05 09:00"},
)


def export_of(profile: Profile, **said: str) -> list[dict[str, str]]:
    """Return an export of one report with the usual columns; what is not said is empty."""
    said = {"source_no": "S1", "text": "演示占道经营", "received": RECEIVED} | said
    usual = {**profile.columns, "received": profile.columns["received"][-1:]}
    return [{
        names[0]: said.get(field, "") if at == len(columns) - 1 else ""
        for field, columns in usual.items() for at, names in enumerate(columns)
    }]  # fmt: skip


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_newer_export_moves_on_what_came_in_by_a_shipped_profile(
    call: Runner, tmp_path: Path, name: str
) -> None:
    profile = load_profile(name)
    call("init", now=NOW)
    said: dict[str, str] = {}

    def export(*options: str) -> Result:
        rows = export_of(profile, **said)
        with (tmp_path / "导出.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        done = call("import", "导出.csv", "--profile", name, *options, now=NOW)
        assert done.code == 0, done.err
        return done

    assert "导入 1 件" in export().err
    for stage in STAGES[1:]:
        fresh = {field: at for field, at in stage.items() if field in profile.columns}
        said |= fresh
        assert ("推进 1 件" in export("--update").err) is bool(fresh)
        assert "推进 0 件, 没有变化 1 件, 与台账记录不一致 0 件" in export("--update").err
    case = call("show", "1", "--json", now=NOW).json()
    ended = "已归档" if "closed" in profile.columns else "已办结"
    assert (case["status"], case["source_due"]) == (ended, "2026-11-09T17:00:00+08:00")
    if "fed_back" in profile.columns:
        assert any(event["kind"] == "fed_back" for event in case["events"])


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_shipped_profile_reads_a_file_without_any_progress(
    call: Runner, tmp_path: Path, name: str
) -> None:
    profile = load_profile(name)
    call("init", now=NOW)
    least = {"text": "演示占道经营", "received": RECEIVED}
    least |= {"source_no": "S1"} if "source_no" in profile.required else {}
    names = {field: profile.columns[field][-1][0] for field in least}
    text = f"{','.join(names.values())}\n{','.join(least[field] for field in names)}\n"
    for titles in profile.columns["text"][:-1]:
        text = text.replace("\n", f",{titles[0]}\n", 1).replace("占道经营\n", "占道经营,\n")
    (tmp_path / "导出.csv").write_text(text, encoding="utf-8")
    done = call("import", "导出.csv", "--profile", name, now=NOW)
    assert (done.code, "导入 1 件" in done.err) == (0, True), done.err
    case = call("show", "1", "--json", now=NOW).json()
    assert (case["status"], case["source_due"]) == ("待受理", None)


def test_what_is_accepted_after_its_source_withdrew_it_is_listed(office: Office) -> None:
    office.take(row(状态="待受理"))
    office.update(row(撤回="2026-11-03 09:00", 状态="撤件"))
    assert "受理 1" in office.update(row(撤回="2026-11-03 09:00", 受理="2026-11-02 10:00"))
    events = office.sound()
    office.take(row("2", 状态="待受理"))
    office.update(row("2", 撤回="2026-11-03 09:00", 状态="撤件"))
    told = office.update(row("2", 受理="2026-11-04 09:00", 状态="在办"))
    assert "受理时间不一致: 文件: 2026-11-04 09:00; 台账: 来源撤回 2026-11-03 09:00" in told
    assert "推进 0 件, 没有变化 0 件, 与台账记录不一致 1 件" in told
    assert (office.kinds("2"), office.sound()) == (["reported", "source_withdrawn"], events + 2)


def test_a_case_that_moves_on_and_differs_is_counted_as_both(office: Office) -> None:
    office.take(row(状态="待受理", 期限="2026-12-20 17:00"))
    said = row(受理="2026-11-02 10:00", 期限="2026-12-01 17:00")
    ahead = office.take(said, options=("--update", "-n")).err
    told = office.update(said)
    for words in (ahead, told):
        assert "没有变化 0 件, 与台账记录不一致 1 件 (其中 1 件的其余进展已推进)" in words
    assert "与台账记录不一致 1 件。" in office.update(said)
