"""What a figure counts, as a street office would accept it: report, assessment and lapses alike."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sixping.policy.assessment import load_scheme
from sixping.reports.period import RATES
from tests.conftest import Runner

CITY, ROOM = "城管执法中队", "综合信息指挥室"
MONTH = ("--month", "2026-10", "--json")
END = "2026-12-01T09:00:00+08:00"


class Office:
    """A ledger in which steps are taken at stated times of 2026."""

    def __init__(self, call: Runner) -> None:
        self._call = call

    def do(self, at: str, *argv: str) -> None:
        done = self._call(*argv, now=f"2026-{at}:00+08:00")
        assert done.code == 0, (argv, done.err)

    def paper(self, *argv: str) -> Any:
        return self._call(*argv, now=END).json()

    def text(self, *argv: str) -> str:
        return self._call(*argv, now=END).out

    def intake(self, at: str, severity: str = "一般", *more: str) -> None:
        self.do(at, "intake", "演示: 占道经营", "--severity", severity, *more)

    def handled(self, number: str, at: str = "10-09T09:00") -> None:
        self.intake(at)
        self.do(at, "accept", number)
        self.do(at, "assign", number, "--lead", CITY)

    def rate(self, name: str) -> tuple[int, int]:
        rate = self.paper("report", *MONTH)["rates"][name]
        return rate["n"], rate["d"]

    def assessed(self, name: str) -> tuple[int, int]:
        """Return n and d of all subjects and nobody."""
        made = self.paper("assess", *MONTH)
        rates = [s["rates"][name] for s in made["subjects"] if name in s["rates"]]
        rates.append(made["nobody"]["rates"][name])
        return sum(r["n"] for r in rates), sum(r["d"] for r in rates)


@pytest.fixture
def office(call: Runner, ledger: Path) -> Office:
    assert ledger.exists()
    return Office(call)


def test_a_late_decline_is_one_breach_of_the_room_everywhere(office: Office) -> None:
    office.intake("10-09T09:00")
    office.do("10-28T09:00", "decline", "1", "--reason", "不属实", "--approved-by", "分管领导")
    report = office.paper("report", *MONTH)["rates"]
    assert {name: r["d"] for name, r in report.items() if r["d"]} == {"accept_on_time": 1}
    assert office.assessed("accept_on_time") == office.rate("accept_on_time") == (0, 1)
    assert office.assessed("finish_on_time") == office.assessed("within_ceiling") == (0, 0)
    span = ("--from", "2026-10-01", "--to", "2026-12-01", "--json")
    (lapse,) = office.paper("lapses", *span)["items"]
    assert (lapse["kind"], lapse["unit"]) == ("accept", ROOM)


def test_the_finish_rate_is_over_what_the_street_took_on_and_can_finish(office: Office) -> None:
    for number in "12":
        office.handled(number)
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    office.intake("10-12T09:00")  # 3: not decided on yet
    office.intake("10-12T09:00")
    office.do("10-12T10:00", "decline", "4", "--reason", "不属实")
    assert office.rate("finish_rate") == office.assessed("place_resolved") == (1, 2)
    office.intake("10-12T11:00", "重大")
    office.do("10-12T11:00", "accept", "5")
    assert office.rate("finish_rate") == (1, 2), "beyond the street"
    office.do("10-12T12:00", "refer", "2", "--to", "区级平台", "--content", "超出权限")
    assert office.rate("finish_rate") == office.assessed("place_resolved") == (1, 1)
    office.do("10-13T09:00", "refer-reply", "2", "--outcome", "街道可以办", "--returned")
    assert office.rate("finish_rate") == (1, 1), "returned, and 重大 still"
    office.do("10-13T10:00", "regrade", "2", "--severity", "一般", "--reason", "街道办理")
    assert office.rate("finish_rate") == office.assessed("place_resolved") == (1, 2)


def test_a_merged_report_is_finished_when_its_main_case_is(office: Office) -> None:
    office.handled("1")
    office.intake("10-10T09:00", "一般", "--community", "江一社区")
    office.do("10-10T10:00", "merge", "2", "--into", "1")
    assert office.rate("finish_rate") == office.assessed("place_resolved") == (0, 2)
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    assert office.rate("finish_rate") == office.assessed("place_resolved") == (2, 2)
    community = {row["name"]: row for row in office.paper("report", *MONTH)["by_community"]}
    assert community["江一社区"]["finish_rate"]["d"] == 1
    assert community["江一社区"]["received"] == 1


@pytest.mark.parametrize("withdrawn", ["check", "reopen"])
def test_a_result_withdrawn_before_anyone_was_told_owes_nothing(
    office: Office, withdrawn: str
) -> None:
    office.handled("1")
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (0, 1)
    if withdrawn == "check":
        office.do("10-12T10:00", "verify-result", "1", "--fail", "--reason", "仍在")
    else:
        office.do("10-12T10:00", "reopen", "1", "--reason", "仍在")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (0, 0)
    lapses = office.paper("lapses", "--from", "2026-10-01", "--to", "2026-12-01", "--json")["items"]
    assert "feedback" not in {lapse["kind"] for lapse in lapses}


def test_who_is_owed_an_answer_is_told_by_what_is_known_of_the_reporter_now(
    office: Office,
) -> None:
    office.handled("1")
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    office.do("10-12T10:00", "feedback", "1", "已告知")
    office.do("10-13T10:00", "reopen", "1", "--reason", "又来了")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (1, 1)
    office.do("10-14T10:00", "amend", "1", "--anonymous", "--reason", "不愿留名")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (0, 0)


def test_a_result_reopened_after_it_was_told_counts_what_was_told(office: Office) -> None:
    office.handled("1")
    office.intake("10-10T09:00")
    office.do("10-10T10:00", "merge", "2", "--into", "1")
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    office.do("10-12T10:00", "feedback", "2", "已告知")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (1, 2)
    office.do("10-13T10:00", "reopen", "1", "--reason", "又来了")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (1, 1)
    assert office.rate("reopened_rate") == office.assessed("reopened_rate") == (1, 1)
    office.do("10-14T10:00", "resolve", "1", "--outcome", "再清理")
    assert office.rate("reopened_rate") == (1, 2), "two results of one case are two 件次"


def test_who_was_told_before_the_reports_were_parted_stays_told(office: Office) -> None:
    office.handled("1")
    office.intake("10-10T09:00")
    office.do("10-10T10:00", "merge", "2", "--into", "1")
    office.do("10-12T09:00", "resolve", "1", "--outcome", "已清理")
    office.do("10-12T10:00", "feedback", "2", "已告知")
    office.do("10-13T10:00", "reopen", "1", "--reason", "又来了")
    office.do("10-13T11:00", "unmerge", "2", "--reason", "不是同一处")
    assert office.rate("feedback_rate") == office.assessed("feedback_rate") == (1, 1)


def test_each_assignment_counts_once_and_comes_back_once(office: Office) -> None:
    office.handled("1")
    office.do("10-10T09:00", "return", "1", "--reason", "不属本单位")
    office.do("10-10T10:00", "assign", "1", "--lead", "市场监管所")
    assert office.rate("returned_rate") == office.assessed("returned_rate") == (1, 2)


def test_a_return_is_of_the_last_assignment_alone(office: Office) -> None:
    office.handled("1")
    office.do("10-10T09:00", "assign", "1", "--lead", "市场监管所")
    office.do("10-10T10:00", "return", "1", "--reason", "不属本单位")
    assert office.rate("returned_rate") == office.assessed("returned_rate") == (1, 2)


def test_what_nobody_of_the_street_answers_for_is_listed_and_adds_up(office: Office) -> None:
    office.handled("1")
    office.do("10-12T09:00", "refer", "1", "--to", "区级平台", "--content", "超出权限")
    office.do("10-13T09:00", "refer-reply", "1", "--outcome", "已由区级办结")
    made = office.paper("assess", *MONTH)
    assert made["nobody"]["rates"]["reopened_rate"] == {"n": 0, "d": 1, "rate": 0.0}
    rows = office.paper("assess", *MONTH, "--drill", "reopened_rate", "--unit", "无单位承担")
    assert [(row["unit"], row["number"]) for row in rows] == [(None, "2026-000001")]
    assert rows == office.paper("assess", *MONTH, "--drill", "reopened_rate")
    page = office.text("assess", "--month", "2026-10", "--format", "md")
    assert "无单位承担的：重办率0/1" in page
    heads = next(line for line in page.splitlines() if "无单位承担 |" in line)
    place = heads.split(" | ").index("无单位承担")
    (row,) = [line for line in page.splitlines() if line.startswith("| 重办率 |")][-1:]
    assert row.split(" | ")[place] == "0/1"


def test_every_cohort_says_what_it_counts() -> None:
    """件 is a case once, 件次 each time, 人 a reporter."""
    said = {name: rate.cohort for name, rate in RATES.items()}
    said |= {i.id: i.cohort for i in load_scheme().indicators}
    units = {"件次": "以件次计", "人": "以人计", "件": "以件计", "日": "以日计"}
    counted = {
        name: [unit for unit, words in units.items() if words in cohort]
        for name, cohort in said.items()
    }
    assert all(len(found) == 1 for found in counted.values()), counted
    assert counted["feedback_rate"] == ["人"]
    assert counted["finish_rate"] == counted["place_resolved"] == ["件"]
    times = ("accept_on_time", "finish_on_time", "reopened_rate", "satisfied", "returned_rate")
    assert {counted[name][0] for name in times} == {"件次"}


# --- limits in words -----------------------------------------------------------------


def test_a_limit_that_grew_says_what_was_added(office: Office) -> None:
    office.handled("1", "11-02T09:00")
    asked = ("--reason", "等待鉴定", "--approved-by", "分管领导")
    office.do("11-02T10:00", "extend", "1", "--workdays", "2", *asked)
    words = "5+2个工作日 (延期 2 个工作日)"
    assert words in office.text("show", "1")
    assert words in office.text("explain", "1", "--format", "table")
    items = office.paper("lapses", "--from", "2026-11-01", "--json")["items"]
    why = [item["why"] for item in items]
    assert any(words in each for each in why)
    assert "7个工作日" not in office.text("show", "1")
    office.do("11-03T09:00", "suspend", "1", *asked)
    office.do("11-06T09:00", "resume", "1")
    (grown,) = office.paper("show", "1", "--json")["grown"]
    assert grown == {
        "kind": "finish", "round": 1, "first_workdays": 5, "extended": 2, "stood": 2,
    }  # fmt: skip
    assert "5+2+2个工作日 (延期 2 个工作日, 中止 2 个工作日)" in office.text("show", "1")


def test_an_extension_taken_back_has_added_nothing(office: Office) -> None:
    office.handled("1", "11-02T09:00")
    office.do(
        "11-02T10:00",
        "extend",
        "1",
        "--workdays",
        "2",
        "--reason",
        "难",
        "--approved-by",
        "分管领导",
    )
    seq = office.paper("show", "1", "--json")["events"][-1]["seq"]
    office.do("11-02T11:00", "void", "1", str(seq), "--reason", "弄错了")
    assert re.search("^办结 +5个工作日 ", office.text("show", "1"), re.MULTILINE)


def test_a_decided_date_has_its_line_in_every_form(office: Office) -> None:
    office.intake("11-02T09:00", "较大")
    office.do("11-02T10:00", "accept", "1")
    office.do("11-02T10:00", "consult", "1", "--leader", "分管领导")
    office.do("11-03T10:00", "decide", "1", "--lead", CITY, "--due", "2026-11-20",
              "--decided-by", "分管领导")  # fmt: skip
    assert "办结\t2026-11-20\t议定日期\t会商决定的期限\t\t三.2" in office.text("explain", "1")
    table = office.text("explain", "1", "--format", "table")
    assert "办结: 会商决定的期限 11月20日(周五) 17:00 (三.2), 不按工作日计算。" in table


# --- before the first day ------------------------------------------------------------


def test_before_the_first_report_nothing_is_known_though_the_ledger_was_there(
    office: Office,
) -> None:
    """The ledger was made before; the first report is of 10-09: September is no 0, October is."""
    office.intake("10-09T09:00")
    october = office.paper("report", *MONTH)
    assert set(october["comparison"]["previous"]["totals"].values()) == {None}
    assert set(october["comparison"]["last_year"]["totals"].values()) == {None}
    assert [m["received"] for m in october["trend"]] == [None] * 11 + [1]
    assert [m["overdue"] for m in october["trend"]][:11] == [None] * 11
    september = ("--month", "2026-09", "--json")
    made = office.paper("report", *september)
    assert set(made["totals"].values()) == set(made["left_out"].values()) == {None}
    rates = [*made["rates"].values(), *made["with_transferred"].values(), made["solved"]]
    rates += [
        made["extended"]["by_first_limit"],
        *october["comparison"]["previous"]["rates"].values(),
    ]
    assert {(r["n"], r["d"], r["rate"]) for r in rates} == {(None, None, None)}
    beside = [made[name] for name in ("overdue_undone", "exceptions", "unsent", "failed")]
    beside += [*made["transferred_out"].values(), *made["stated"].values()]
    beside += [*made["outcomes"].values(), made["extended"]["n"], made["extended"]["share"]]
    assert set(beside) == {None}
    assert office.paper("report", *september, "--drill", "transferred_out") == []
    text = office.text("report", "--month", "2026-09", "--format", "md")
    assert "0/0" not in text
    assert not [line for line in text.splitlines() if line.startswith("|") and "| 0 |" in line]
    assert not any(made[f"by_{name}"] for name in ("unit", "community", "grid", "severity"))
    assessed = office.paper("assess", *september)
    assert {s["cases"] for s in assessed["subjects"]} == {None}
    assert {c["n"] for s in assessed["subjects"] for c in s["deductions"].values()} == {None}
    parts = [*assessed["subjects"], assessed["nobody"]]
    assert {(r["n"], r["d"]) for part in parts for r in part["rates"].values()} == {(None, None)}
    assert {n for part in parts for n in part["beside"].values()} == {None}
    assert set(assessed["left_out"].values()) == {None}
    days = {"2026-09-30": False, "2026-10-31": True}
    for last, known in days.items():
        made = office.paper("lapses", "--from", f"{last[:7]}-01", "--to", last, "--json")
        assert made["known"] is known, "an empty list of a time nobody knows is no all-clear"
    week = office.paper("report", "--week", "2026-10-12", "--json")
    assert week["totals"]["received"] == 0, "after the first day, none came in: 0"
    assert week["comparison"]["previous"]["totals"]["received"] == 1
    page = office.text("assess", "--month", "2026-09", "--format", "md")
    assert "台账里没有本期的记录，各数为 —" in page


def test_grids_of_a_time_before_the_first_report_have_no_counts(office: Office) -> None:
    office.intake("10-09T09:00", "一般", "--channel", "网格员", "--community", "江一社区")
    for month, expected in (("2026-09", {None}), ("2026-10", {0, 1})):
        lines = office.paper("units", "grids", "--month", month, "--json")
        assert {line["reports"] for line in lines} == expected
