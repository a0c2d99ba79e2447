"""The period report on the command line: periods, forms, states of the past."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from sixping.reports.period import DIMENSIONS
from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
TOTALS = (
    "received accepted declined transferred guided sent_back resolved closed referred reopened"
    " returned merged open overdue"
)
RATES = {
    "accept_on_time", "finish_on_time", "finish_rate", "refer_on_time", "within_ceiling",
    "returned_rate", "reopened_rate", "satisfied", "surveyed", "first_lead", "feedback_rate",
}  # fmt: skip


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """A ledger with an October: one case done in time, one late, one never accepted."""

    def step(at: str, *argv: str) -> None:
        made = call(*argv, now=f"2026-{at}:00+08:00")
        assert made.code == 0, made.err

    intake = ("intake", "演示: 占道经营", "--severity", "一般", "--channel", "网格员")
    for number, day in (("1", "10-08"), ("2", "10-09")):
        step(f"{day}T09:00", *intake)
        step(f"{day}T10:00", "accept", number)
        step(f"{day}T10:00", "assign", number, "--lead", "城管执法中队")
    step("10-12T09:00", *intake)
    step("10-12T10:00", "resolve", "1", "--outcome", "已清理")
    step("10-13T09:00", "feedback", "1", "已告知", "--satisfaction", "5")
    step("10-28T10:00", "resolve", "2", "--outcome", "已清理")
    return call


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ([], "2026-10-01", "2026-10-31"),
        (["--month"], "2026-10-01", "2026-10-31"),
        (["--month", "2019-06"], "2019-06-01", "2019-06-30"),
        (["--month=2026-02"], "2026-02-01", "2026-02-28"),
        (["--week"], "2026-11-16", "2026-11-22"),
        (["--week", "2026-11-18"], "2026-11-16", "2026-11-22"),
        (["--quarter"], "2026-07-01", "2026-09-30"),
        (["--quarter", "2026Q4"], "2026-10-01", "2026-12-31"),
        (["--year"], "2025-01-01", "2025-12-31"),
        (["--year", "2026"], "2026-01-01", "2026-12-31"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_a_period_is_stated_or_the_last_full_one(
    call: Runner, asked: list[str], first: str, last: str
) -> None:
    for argv in (["report", *asked, "--json"], ["report", "--json", *asked]):
        assert call(*argv, now=NOW).json()["period"] == {"from": first, "to": last}


@pytest.mark.usefixtures("ledger")
def test_two_periods_or_one_to_come_are_refused(call: Runner) -> None:
    assert call("report", "--month", "--week", now=NOW).code == 2
    ahead = call("report", "--month", "2026-12", now=NOW)
    assert ahead.code == 2
    assert "还没有开始" in ahead.err
    assert call("report", "--as-of", "2026-12-01", now=NOW).code == 2


def test_the_document_has_the_promised_shape(street: Runner) -> None:
    made = street("report", "--json", now=NOW).json()
    assert list(made)[:4] == ["period", "as_of", "ledger", "totals"]
    assert list(made["totals"]) == TOTALS.split()
    assert set(made["rates"]) == RATES
    assert all(list(rate) == ["n", "d", "rate", "cohort"] for rate in made["rates"].values())
    for name in DIMENSIONS:
        for row in made[f"by_{name}"]:
            assert list(row)[:5] == ["name", "received", "resolved", "open", "overdue"]
            more = {"days", "overdue_longest"} if name == "unit" else set()
            assert set(row) == {*list(row)[:5], *RATES, "left_out", "share", "finish", *more}
    assert [list(m) for m in made["trend"]] == [["month", "received", "resolved", "overdue"]] * 12
    assert made["trend"][-1] == {"month": "2026-10", "received": 3, "resolved": 2, "overdue": 1}
    assert [m["month"] for m in made["trend"]] == sorted(m["month"] for m in made["trend"])
    assert {c["number"] for c in made["cases"]} == {f"2026-00000{n}" for n in (1, 2, 3)}
    assert made["ledger"]["seq"] == 19
    assert len(made["ledger"]["head"]) == 64


def test_the_figures_of_a_month(street: Runner) -> None:
    """Two accepted in time, the third never; one resolved in time, one late, one open and late."""
    made = street("report", "--json", now=NOW).json()
    assert {k: v for k, v in made["totals"].items() if v} == {
        "received": 3, "accepted": 2, "resolved": 2, "open": 1, "overdue": 1,
    }  # fmt: skip
    shown = {name: (r["n"], r["d"], r["rate"]) for name, r in made["rates"].items()}
    assert shown == {
        "accept_on_time": (2, 3, 66.67),
        "finish_on_time": (1, 3, 33.33),
        "finish_rate": (2, 2, 100.0),
        "refer_on_time": (0, 0, None),
        "within_ceiling": (2, 2, 100.0),
        "returned_rate": (0, 2, 0.0),
        "reopened_rate": (0, 2, 0.0),
        "satisfied": (1, 1, 100.0),
        "surveyed": (1, 2, 50.0),
        "first_lead": (2, 2, 100.0),
        "feedback_rate": (1, 2, 50.0),
    }
    assert [row["name"] for row in made["by_unit"]] == ["城管执法中队", None]


def test_csv_is_one_table(street: Runner, tmp_path: Path) -> None:
    made = street("report", "--format", "csv", now=NOW).out
    rows = list(csv.DictReader(io.StringIO(made)))
    assert list(rows[0]) == ["table", "name", "measure", "value"]
    found = {(r["table"], r["name"], r["measure"]): r["value"] for r in rows}
    assert found["totals", "", "received"] == "3"
    assert found["rates", "accept_on_time", "rate"] == "66.67"
    assert found["rates", "refer_on_time", "rate"] == ""
    assert found["rates", "within_ceiling", "rate"] == "100.00"
    assert found["by_unit", "城管执法中队", "finish_on_time.n"] == "1"
    assert found["trend", "2026-10", "overdue"] == "1"
    bare = street("report", "--format", "csv", "--no-headers", now=NOW).out
    assert bare == made.partition("\n")[2]
    target = tmp_path / "月报.csv"
    street("report", "-o", str(target), now=NOW)
    assert target.read_text(encoding="utf-8-sig").replace("\r\n", "\n") == made


def test_the_page_prints_each_cohort_a_dash_for_nothing_and_the_anchor(street: Runner) -> None:
    head = street("report", "--json", now=NOW).json()["ledger"]["head"]
    for more in (("md",), ("table", "--cohorts")):
        page = street("report", "--format", *more, now=NOW).out
        assert "受理期限在本期内届满的，以件次计" in page
        assert "66.67%" in page
        assert re.search("[-—]", page)
        assert head[-16:] in page
    assert "社区未填" in street("report", "--format", "md", now=NOW).out
    assert "由会商填写" in street("report", "--format", "md", now=NOW).out
    assert "受理期限在本期内届满的" not in street("report", "--format", "table", now=NOW).out


def test_beside_a_breakdown_by_place_stands_how_much_names_none(street: Runner) -> None:
    assert street("intake", "江一社区第一网格路灯不亮", now="2026-10-29T09:00:00+08:00").code == 0
    page = street("report", "--month", "2026-10", "--format", "md", now=NOW).out
    assert "社区未填3件，占75.00%。" in page
    assert "网格未填3件，占75.00%。" in page


def test_a_running_period_stands_where_the_report_does(street: Runner) -> None:
    early = "2026-10-20T09:00:00+08:00"
    argv = ("report", "--month", "2026-10", "--as-of", "2026-10-20 09:00")
    assert street(*argv, "--json", now=NOW).json()["totals"]["open"] == 2
    assert "本期尚未结束" in street(*argv, "--format", "md", now=NOW).out
    assert "本期尚未结束" not in street("report", "--format", "md", now=NOW).out
    assert street(*argv, "--json", now=NOW).json()["as_of"] == early


@pytest.mark.usefixtures("ledger")
def test_a_report_of_the_past_is_the_report_made_then_byte_for_byte(call: Runner) -> None:
    then = "2026-10-20T09:00:00+08:00"
    argv = ("report", "--month", "2026-10")

    def step(at: str, *argv: str) -> None:
        made = call(*argv, now=at)
        assert made.code == 0, made.err

    step("2026-10-08T09:00:00+08:00", "intake", "演示: 占道经营", "--severity", "一般")
    step("2026-10-08T10:00:00+08:00", "accept", "1")
    made = {fmt: call(*argv, "--format", fmt, now=then).out for fmt in ("json", "csv", "md")}
    step("2026-10-21T09:00:00+08:00", "assign", "1", "--lead", "城管执法中队")
    step("2026-10-21T10:00:00+08:00", "resolve", "1", "--outcome", "已清理")
    step("2026-10-22T10:00:00+08:00", "feedback", "1", "已告知")
    for fmt, page in made.items():
        again = call(*argv, "--as-of", then, "--format", fmt, now=NOW)
        assert again.out == page, fmt
        assert "10月20日" in again.err
        assert call(*argv, "--format", fmt, now=NOW).out != page


@pytest.mark.usefixtures("ledger")
def test_a_clock_that_was_ahead_hides_nothing(call: Runner) -> None:
    """One report is taken with the clock a year ahead; those after it are there all the same."""
    for at in ("2026-10-08", "2027-10-08", "2026-10-09"):
        made = call("intake", "演示: 占道经营", now=f"{at}T09:00:00+08:00")
        assert made.code == 0, made.err
    found = call("report", "--month", "2026-10", "--as-of", "2026-10-10", "--json", now=NOW)
    assert found.json()["totals"]["received"] == 2
    assert "1 条的记录时间晚于此刻" in found.err


def test_a_day_alone_means_its_end(street: Runner) -> None:
    made = street("report", "--month", "2026-10", "--as-of", "2026-10-28", "--json", now=NOW).json()
    assert made["as_of"] == "2026-10-28T23:59:59+08:00"
    assert made["totals"]["resolved"] == 2


def test_before_the_ledger_began_there_is_nothing(street: Runner) -> None:
    made = street("report", "--month", "--as-of", "2026-01-15", "--json", now=NOW).json()
    assert made["period"] == {"from": "2025-12-01", "to": "2025-12-31"}
    assert made["ledger"] == {"seq": 0, "head": ""}
    assert not any(made["totals"].values())


def test_a_merged_report_counts_as_its_main_case_does(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    """Three people report one stall: three reports finished at once, three owed the answer."""

    def step(*argv: str, at: str = "10-09T09:00") -> None:
        made = call(*argv, now=f"2026-{at}:00+08:00")
        assert made.code == 0, made.err

    def counted(*names: str) -> list[tuple[int, int]]:
        rates = call("report", "--month", "2026-10", "--json", now=NOW).json()["rates"]
        return [(rates[name]["n"], rates[name]["d"]) for name in names]

    for number in ("1", "2", "3"):
        step("intake", "演示: 占道经营", "--severity", "一般")
        step("accept", number)
    step("assign", "1", "--lead", "城管执法中队")
    for number in ("2", "3"):
        step("merge", number, "--into", "1")
    step("resolve", "1", "--outcome", "已清理", at="10-12T09:00")
    step("feedback", "2", "已告知", at="10-12T10:00")
    totals = call("report", "--month", "2026-10", "--json", now=NOW).json()["totals"]
    assert (totals["received"], totals["merged"], totals["resolved"]) == (3, 2, 1)
    assert counted("finish_rate", "feedback_rate") == [(3, 3), (1, 3)]
    step("unmerge", "3", "--reason", "演示: 不是同一处", at="10-12T11:00")
    assert counted("finish_rate", "feedback_rate") == [(2, 3), (1, 2)]
    step("feedback", "1", "已告知", "--all", "--satisfaction", "5", at="10-12T12:00")
    assert counted("feedback_rate", "satisfied") == [(2, 2), (1, 1)]


def test_a_running_month_is_compared_with_the_same_days_and_says_so(
    call: Runner,
    ledger: Path,  # noqa: ARG001
) -> None:
    now = "2026-11-28T09:00:00+08:00"
    asked = ("report", "--month", "2026-11")
    compared = call(*asked, "--json", now=now).json()["comparison"]
    assert compared["previous"]["period"] == {"from": "2026-10-01", "to": "2026-10-28"}
    assert compared["last_year"]["period"] == {"from": "2025-11-01", "to": "2025-11-28"}
    page = call(*asked, "--format", "md", now=now).out
    assert "| 上月同期 |" in page
    assert "上月同期（10月1日至10月28日）" in page
    over = call("report", "--month", "2026-10", "--format", "md", now=now).out
    assert "上月同期" not in over


def test_the_week_of_a_platform_is_what_its_own_cases_come_to(call: Runner, ledger: Path) -> None:
    """附3.1: of one week, one platform's cases, recounted from the list."""
    assert ledger.exists()
    for day, text in (
        ("15", "占道经营"),
        ("16", "占道经营"),
        ("22", "占道经营"),
        ("18", "食品变质"),
    ):
        made = call(
            "intake", f"演示: {text}", "--severity", "一般", now=f"2026-11-{day}T09:00+08:00"
        )
        assert made.code == 0, made.err
    week = ("--week", "2026-11-18", "--platform", "综合执法")
    totals = call("report", *week, "--json", now=NOW).json()
    listed = call("list", "--all", "--platform", "综合执法", "--from", "2026-11-16", "--to",
                  "2026-11-22", "--json", now=NOW).json()  # fmt: skip
    assert [case["number"] for case in listed] == ["2026-000002", "2026-000003"]
    assert totals["totals"]["received"] == len(listed) == 2
    assert [row["name"] for row in totals["by_platform"] if row["received"]] == ["综合执法"]
    drilled = call("report", *week, "--drill", "接收", "--json", now=NOW).json()
    assert sorted(row["number"] for row in drilled) == [case["number"] for case in listed]
