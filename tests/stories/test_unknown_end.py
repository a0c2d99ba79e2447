"""A record of the past that says neither that it was settled nor that it was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sixping.queries import periods
from sixping.queries.periods import AsOf
from sixping.reports.overdue import KINDS
from sixping.store.sqlite import reading
from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
PROFILE = """
name = "old"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到"
resolved = "办结"
status = "状态"
unit = "单位"
severity = "等级"
[values.status]
"在办" = "办理中"
"办完" = "已归档"
[values.severity]
"普通" = "一般"
"大" = "较大"
"急" = "重大"
[defaults]
channel = "投诉举报电话"
"""
ROWS = """\
编号,内容,收到,办结,状态,单位,等级
1,演示路灯不亮,2026-03-02 09:00,,,城管执法中队,普通
2,演示围墙倾斜,2026-03-02 09:00,,,城管执法中队,急
3,演示道路塌陷,2026-03-02 09:00,,,,大
"""
MORE = """\
4,演示占道经营,2026-03-02 09:00,2026-03-05 09:00,,城管执法中队,普通
5,演示乱停车,2026-03-02 09:00,,办完,城管执法中队,普通
6,演示噪声,2026-03-02 09:00,,在办,城管执法中队,普通
"""
MARCH = ("--month", "2026-03", "--json")
CLOCKS = ("accept", "refer", "finish", "ceiling")


class Office:
    """A ledger of November into which a file of March was taken."""

    def __init__(self, call: Runner, folder: Path) -> None:
        self._call, self._folder = call, folder
        self.ok("init")

    def ok(self, *argv: str, now: str = NOW) -> str:
        done = self._call(*argv, now=now)
        assert done.code == 0, (argv, done.err)
        return done.out

    def refused(self, *argv: str) -> str:
        done = self._call(*argv, now=NOW)
        assert done.code == 1, done.out
        return done.err

    def paper(self, *argv: str, now: str = NOW) -> Any:
        return self._call(*argv, now=now).json()

    def take_in(self, rows: str, profile: str = PROFILE) -> str:
        (self._folder / "old.toml").write_text(profile, encoding="utf-8")
        (self._folder / "old.csv").write_text(rows, encoding="utf-8")
        done = self._call("import", "old.csv", "--profile", "old.toml", "--no-triage", now=NOW)
        assert done.code == 0, done.err
        return done.err

    @property
    def ledger(self) -> Path:
        return next(self._folder.rglob("ledger.sqlite3"))


@pytest.fixture
def office(call: Runner, tmp_path: Path) -> Office:
    made = Office(call, tmp_path)
    made.take_in(ROWS)
    return made


def test_it_runs_no_clock_and_stands_in_no_list_of_what_is_to_be_done(office: Office) -> None:
    case = office.paper("show", "1", "--json")
    assert case["status"] == "状态不详"
    assert {(c["late"], c["stopped"], c["running"]) for c in case["clocks"]} == {
        (None, None, False)
    }
    assert office.paper("overdue", "--within", "250", "--json")["items"] == []
    for kind in set(KINDS) - {"due_soon"}:
        assert office.paper("overdue", "--kind", kind, "--json")["items"] == []
    assert office.paper("list", "--json") == []
    assert len(office.paper("list", "--all", "--json")) == 3
    assert len(office.paper("list", "--status", "状态不详", "--json")) == 3
    assert office.paper("lapses", "--from", "2026-03-01", "--json")["items"] == []
    assert office.paper("verify", "--json")["ok"]


def test_it_is_in_no_cohort_and_the_papers_say_how_many_are_left_out(office: Office) -> None:
    report, assess = office.paper("report", *MARCH), office.paper("assess", *MARCH)
    assert {(r["n"], r["d"]) for r in report["rates"].values()} == {(0, 0)}
    assert (report["totals"]["open"], report["totals"]["overdue"]) == (0, 0)
    expected = {"accept": 3, "refer": 1, "finish": 1, "ceiling": 1, "finish_rate": 2}
    assert report["left_out"] == assess["left_out"]
    assert {key: n for key, n in report["left_out"].items() if n} == expected
    for key, n in report["left_out"].items():
        assert sum(row["left_out"][key] for row in report["by_unit"]) == n
    assert all(r["d"] == 0 for s in assess["subjects"] for r in s["rates"].values())
    page = office.ok("report", "--month", "2026-03", "--format", "md")
    assert page.count("时间不详，未纳入统计 1 件") == 3
    assert page.count("时间不详，未纳入统计 3 件") == 1
    assert page.count("是否办结不详，未纳入统计 2 件") == 1
    assert "城管执法中队办结1件、受理2件" in page


def test_the_import_says_how_many_there_are(office: Office) -> None:
    more = ROWS.replace("\n1,", "\n11,").replace("\n2,", "\n12,").replace("\n3,", "\n13,")
    assert "其中 3 件没有写明是否办结、何时办结: 状态不详" in office.take_in(more)
    assert "状态不详" not in office.take_in(ROWS), "nothing new came in"


def test_what_is_left_out_opens_to_its_cases(office: Office) -> None:
    with reading(office.ledger) as con:
        period = ("2026-03-01T00:00:00+08:00", "2026-03-31T23:59:59+08:00")
        rows = periods.left_out(con, AsOf.present(con, NOW), period)
    expected = office.paper("report", *MARCH)["left_out"]
    for clock in CLOCKS:
        assert sum(r.clock == clock for r in rows) == expected[clock]
    drilled = office.paper("assess", *MARCH, "--drill", "left_out")
    assert len(drilled) == sum(expected.values())
    assert all(row["counted"] for row in drilled)


def test_only_what_a_file_says_counts_and_what_is_open_by_it_runs(office: Office) -> None:
    """Settled with its time: a verdict; settled, or not, without: out; said to be open: late."""
    assert "不详" not in office.take_in(ROWS.splitlines()[0] + "\n" + MORE)
    report = office.paper("report", *MARCH)
    on_time = report["rates"]["finish_on_time"]
    assert (on_time["n"], on_time["d"]) == (1, 2)
    assert {clock: report["left_out"][clock] for clock in CLOCKS} == {
        "accept": 6, "refer": 1, "finish": 2, "ceiling": 2,
    }  # fmt: skip
    assert {
        i["number"] for i in office.paper("overdue", "--kind", "finish", "--json")["items"]
    } == {"2026-000006"}


def test_settled_it_is_only_at_a_time_that_somebody_states(office: Office) -> None:
    assert "--at" in office.refused("resolve", "1", "--outcome", "已修好")
    stated = ("--at", "2026-03-20T10:00", "--reason", "查旧台账")
    office.ok("resolve", "1", "--outcome", "已修好", *stated)
    case = office.paper("show", "1", "--json")
    assert {c["kind"]: c["late"] for c in case["clocks"]} == {
        "accept": None, "finish": True, "ceiling": False,
    }  # fmt: skip
    report, assess = office.paper("report", *MARCH), office.paper("assess", *MARCH)
    assert report["totals"]["resolved"] == 1
    assert {clock: report["left_out"][clock] for clock in CLOCKS} == {
        "accept": 3, "refer": 1, "finish": 0, "ceiling": 0,
    }  # fmt: skip
    lead = next(s for s in assess["subjects"] if s["name"] == "城管执法中队")
    assert (lead["rates"]["finish_on_time"]["n"], lead["rates"]["finish_on_time"]["d"]) == (0, 1)
    failed = office.paper("lapses", "--from", "2026-03-01", "--to", "2026-03-31", "--json")["items"]
    lapse = next(lapse for lapse in failed if lapse["kind"] in CLOCKS)
    assert (lapse["kind"], lapse["unit"]) == ("finish", "城管执法中队")


def test_taken_up_again_it_begins_a_round_of_its_own(office: Office) -> None:
    office.ok("reopen", "1", "--reason", "现场仍不亮")
    case = office.paper("show", "1", "--json")
    assert case["status"] == "办理中"
    runs = {(c["round"], c["kind"]) for c in case["clocks"] if c["running"]}
    assert runs == {(2, "finish"), (2, "ceiling")}
    assert all(c["started"] == NOW for c in case["clocks"] if c["running"])
    office.ok("resolve", "1", "--outcome", "已修好")
    assert office.paper("report", *MARCH)["left_out"]["finish"] == 1, (
        "the first round stays unknown"
    )
    assert office.paper("verify", "--json")["ok"]


def test_a_settlement_taken_back_leaves_its_end_unknown_again(office: Office) -> None:
    before = office.paper("show", "1", "--json")["clocks"]
    office.ok("resolve", "1", "--outcome", "已修好", "--at", "2026-03-20", "--reason", "查旧台账")
    seq = office.paper("show", "1", "--json")["events"][-1]["seq"]
    office.ok("void", "1", str(seq), "--reason", "看错了", "--approved-by", "分管领导")
    case = office.paper("show", "1", "--json")
    assert (case["status"], case["clocks"]) == ("状态不详", before)


# --- whether anybody was told ----------------------------------------------------------

WITH_FEEDBACK = PROFILE.replace('severity = "等级"', 'severity = "等级"\nfeedback = "反馈"')
DONE = "编号,内容,收到,办结,状态,单位,等级,反馈\n"
ENDED = "演示乱停车,2026-03-02 09:00,2026-03-05 09:00,,城管执法中队,普通,"
TOLD_AND_NOT = f"{DONE}11,{ENDED}已电话告知\n12,{ENDED}\n"


def rate(paper: Any, name: str) -> tuple[int, int]:
    return paper["rates"][name]["n"], paper["rates"][name]["d"]


def owing(office: Office) -> set[str]:
    found = office.paper("overdue", "--kind", "feedback", "--json")["items"]
    lapses = office.paper("lapses", "--from", "2026-03-01", "--to", "2026-03-31", "--json")
    failed = {item["number"] for item in lapses["items"] if item["kind"] == "feedback"}
    assert {item["number"] for item in found} == failed
    return failed


@pytest.mark.parametrize("rows", [MORE, TOLD_AND_NOT], ids=["no column", "an empty cell"])
def test_whom_a_file_does_not_say_to_have_been_told_nobody_owes_an_answer(
    office: Office, rows: str
) -> None:
    filled = rows == TOLD_AND_NOT
    said = office.take_in(
        rows if filled else ROWS.splitlines()[0] + "\n" + MORE, WITH_FEEDBACK if filled else PROFILE
    )
    assert f"其中 {1 if filled else 2} 件没有写明办结后是否告知反映人" in said
    case = office.paper("show", "5" if filled else "4", "--json")
    assert (case["status"], case["fed_back"], case["reports"][0]["answered"]) == (
        "已办结", None, None,
    )  # fmt: skip
    assert owing(office) == set()
    report, assess = office.paper("report", *MARCH), office.paper("assess", *MARCH)
    assert rate(report, "feedback_rate") == ((1, 1) if filled else (0, 0))
    assert report["left_out"]["feedback_rate"] == assess["left_out"]["feedback_rate"] == 1
    page = office.ok("report", "--month", "2026-03", "--format", "md")
    assert page.count("是否反馈不详，未纳入统计 1 人") == 1
    drill = office.paper("report", *MARCH, "--drill", "left_out.feedback_rate")
    assert [row["number"] for row in drill] == [case["number"]]
    assert office.paper("verify", "--json")["ok"]
    office.ok("feedback", case["number"], "已电话告知")
    report = office.paper("report", *MARCH)
    assert rate(report, "feedback_rate") == ((2, 2) if filled else (1, 1))
    assert report["left_out"]["feedback_rate"] == 0


def test_where_the_profile_says_so_an_empty_cell_means_that_nobody_was_told(
    office: Office,
) -> None:
    office.take_in(TOLD_AND_NOT, 'empty_feedback = "未反馈"\n' + WITH_FEEDBACK)
    report = office.paper("report", *MARCH)
    assert rate(report, "feedback_rate") == (1, 2)
    assert report["left_out"]["feedback_rate"] == 0
    assert owing(office) == {"2026-000005"}


def test_what_an_empty_cell_means_cannot_be_said_of_no_column(call: Runner, tmp_path: Path) -> None:
    call("init", now=NOW)
    (tmp_path / "old.toml").write_text('empty_feedback = "未反馈"\n' + PROFILE, encoding="utf-8")
    (tmp_path / "old.csv").write_text(ROWS, encoding="utf-8")
    done = call("import", "old.csv", "--profile", "old.toml", now=NOW)
    assert done.code == 65
    assert "empty_feedback" in done.err


def test_an_end_looked_up_later_does_not_say_that_nobody_was_told(office: Office) -> None:
    office.ok("resolve", "1", "--outcome", "已修好", "--at", "2026-03-20", "--reason", "查旧台账")
    assert owing(office) == set()
    report, assess = office.paper("report", *MARCH), office.paper("assess", *MARCH)
    assert rate(report, "feedback_rate") == (0, 0)
    assert report["left_out"]["feedback_rate"] == assess["left_out"]["feedback_rate"] == 1
    office.ok("reopen", "1", "--reason", "现场仍不亮")
    office.ok("resolve", "1", "--outcome", "已修好")
    assert office.paper("show", "1", "--json")["fed_back"] is False, "of its own result one knows"


def test_results_of_a_file_are_in_no_rate_of_what_was_taken_up_again(office: Office) -> None:
    office.take_in(ROWS.splitlines()[0] + "\n" + MORE)
    report, assess = office.paper("report", *MARCH), office.paper("assess", *MARCH)
    assert report["totals"]["resolved"] == report["left_out"]["reopened_rate"] == 1
    assert assess["left_out"] == report["left_out"]
    assert rate(report, "reopened_rate") == (0, 0)
    (left,) = office.paper("report", *MARCH, "--drill", "left_out.reopened_rate")
    assert left["number"] == "2026-000004"


def test_of_a_month_that_files_alone_tell_of_no_step_is_known_to_be_none(office: Office) -> None:
    office.take_in(ROWS.splitlines()[0] + "\n" + MORE)
    report = office.paper("report", *MARCH)
    known = {name: n for name, n in report["totals"].items() if n is not None}
    assert known == {"received": 6, "resolved": 1, "open": 1, "overdue": 1}
    assert "受理、退回等步骤没有记录的为 —" in office.ok(
        "report", "--month", "2026-03", "--format", "md"
    )
    office.ok("resolve", "1", "--outcome", "已修好", "--at", "2026-03-20", "--reason", "查旧台账")
    assert office.paper("report", *MARCH)["totals"]["closed"] is None
