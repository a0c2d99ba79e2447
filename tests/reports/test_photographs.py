"""What stood open when a period ended stays as it stood, whatever is recorded afterwards."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sixping.queries import photographs
from sixping.queries.photographs import Photograph
from sixping.render.paper.wording import punctuated
from sixping.reports.period import DIMENSIONS, Stock
from sixping.store.sqlite import reading
from tests.conftest import Runner
from tests.kit.histories import Life
from tests.kit.ledgerkit import make

JANUARY = ("report", "--month", "2026-01")
FIRST = "02-01 09:00"
A_YEAR_LATER = "2027-02-01T09:00:00+08:00"
#: every form a paper of people and programs has, and the width of the terminal
FORMS = (
    ("json", "80"), ("csv", "80"), ("tsv", "80"), ("md", "80"), ("table", "80"), ("table", "120"),
)  # fmt: skip
LOCAL = ("--off", "2026-02-04", "--document", "演字1号", "--scope", "滨江区")


class Street:
    """A ledger begun on New Year's Day, and what is recorded in it at stated times."""

    def __init__(self, call: Runner) -> None:
        self.call = call
        self.step("01-01 09:00", "init")

    def step(self, at: str, *argv: str) -> None:
        done = self.call(*argv, now=f"2026-{at.replace(' ', 'T')}:00+08:00")
        assert done.code == 0, (argv, done.err)

    def paper(self, at: str, *argv: str) -> dict[str, Any]:
        made: dict[str, Any] = self.call(
            *(argv or JANUARY), "--json", now=f"2026-{at.replace(' ', 'T')}:00+08:00"
        ).json()
        return made


@pytest.fixture
def street(call: Runner) -> Street:
    """A January at whose end seven cases are open, of every kind that later steps may move."""
    made = Street(call)
    made.step("01-05 09:00", "intake", "演示: 占道经营甲", "--severity", "较大")
    for name in "乙丙丁戊己庚辛":
        made.step("01-05 09:00", "intake", f"演示: 占道经营{name}", "--severity", "一般")
    for number in "1245678":
        made.step("01-05 10:00", "accept", number)
    made.step("01-05 10:00", "merge", "3", "--into", "2")
    for number in "4567":
        made.step("01-06 10:00", "assign", number, "--lead", "城管执法中队")
    made.step("01-07 10:00", "suspend", "7", "--approved-by", "分管领导", "--reason", "等待鉴定")
    made.step("01-12 10:00", "resolve", "6", "--outcome", "已清理")
    made.step("01-29 10:00", "intake", "演示: 噪声", "--severity", "一般")
    return made


def stock(made: dict[str, Any]) -> dict[str, Any]:
    """Return everything a report says of the end of its period."""
    return {
        "totals": (made["totals"]["open"], made["totals"]["overdue"]),
        "by": {
            (name, row["name"]): (row["open"], row["overdue"])
            for name in DIMENSIONS
            for row in made[f"by_{name}"]
            if row["open"]
        },
        "cases": {c["number"]: (c["overdue"], c["at_end"]) for c in made["cases"] if c["open"]},
        "trend": made["trend"][-1]["overdue"],
    }


LATER: dict[str, tuple[tuple[str, ...], ...]] = {
    "lowered": (("regrade", "1", "--severity", "一般", "--reason", "演示"),),
    "unmerged": (("unmerge", "3", "--reason", "演示"),),
    "voided": (("void", "6", "{resolved}", "--reason", "演示"),),
    "stated": (
        (
            "resolve",
            "5",
            "--outcome",
            "演示",
            "--at",
            "2026-01-20",
            "--reason",
            "补记",
            "--approved-by",
            "分管领导",
        ),
    ),
    "received": (("intake", "演示: 补登", "--received", "2026-01-10"),),
    "given": (("return", "4", "--reason", "演示"), ("assign", "4", "--lead", "市场监管所")),
    "counted anew": (("calendar", "add-local", *LOCAL, "--yes"), ("calendar", "apply")),
    "reopened": (("reopen", "6", "--reason", "演示"),),
    "resumed": (("resume", "7"),),
    "declined": (("decline", "9", "--reason", "演示", "--approved-by", "分管领导"),),
}


@pytest.mark.parametrize("later", LATER)
def test_no_later_step_moves_what_stood_open_when_a_month_ended(street: Street, later: str) -> None:
    first = street.paper(FIRST)
    assert first["totals"]["open"] == 7
    assert 0 < first["totals"]["overdue"] < 7
    log = street.paper(FIRST, "show", "6")["events"]
    resolved = str(next(e["seq"] for e in log if e["kind"] == "resolved"))
    for argv in LATER[later]:
        street.step("02-05 10:00", *(word.format(resolved=resolved) for word in argv))
    again = street.paper("02-05 11:00")
    assert stock(again) == stock(first)
    assert again["comparison"] == first["comparison"]
    march = street.paper("03-02 09:00", "report", "--month", "2026-02")
    before = march["comparison"]["previous"]["totals"]
    assert (before["open"], before["overdue"]) == stock(first)["totals"]
    assert march["trend"][-2]["overdue"] == first["totals"]["overdue"]


def test_the_stock_stands_under_the_facts_of_then_and_the_flow_under_those_of_now(
    street: Street,
) -> None:
    street.step("02-05 10:00", "return", "4", "--reason", "演示")
    street.step("02-05 10:00", "assign", "4", "--lead", "市场监管所")
    street.step("02-05 10:00", "regrade", "1", "--severity", "一般", "--reason", "演示")
    made = street.paper("02-05 11:00")
    units = {row["name"]: row for row in made["by_unit"]}
    assert (units["城管执法中队"]["open"], units["市场监管所"]["open"]) == (3, 0)
    assert units["市场监管所"]["received"] == 1
    grades = {row["name"]: (row["received"], row["open"]) for row in made["by_severity"]}
    assert grades == {"一般": (9, 6), "较大": (0, 1)}
    case = next(c for c in made["cases"] if c["number"] == "2026-000004")
    assert (case["unit"], case["at_end"]["unit"]) == ("市场监管所", "城管执法中队")
    page = street.call(*JANUARY, "--format", "md", now="2026-02-05T11:00:00+08:00").out
    assert f"{punctuated(Stock.PHOTOGRAPH)}。" in page
    (late,) = [line for line in page.splitlines() if line.startswith("| 2026-000004 |")]
    assert late.split(" | ")[2] == "城管执法中队"


def test_the_paper_of_the_first_is_made_again_a_year_later_byte_for_byte(street: Street) -> None:
    def papers(*more: str, now: str) -> dict[tuple[str, str], str]:
        return {
            (form, width): street.call(
                *JANUARY, *more, "--format", form, now=now, env={"COLUMNS": width}
            ).out
            for form, width in FORMS
        }

    first = papers(now="2026-02-01T09:00:00+08:00")
    assert all(first.values())
    log = street.paper(FIRST, "show", "6")["events"]
    resolved = str(next(e["seq"] for e in log if e["kind"] == "resolved"))
    for name, steps in LATER.items():
        for argv in steps if name != "reopened" else ():
            street.step("02-05 10:00", *(word.format(resolved=resolved) for word in argv))
    assert papers("--as-of", "2026-02-01 09:00", now=A_YEAR_LATER) == first
    assert papers(now=A_YEAR_LATER) != first


def test_an_assessment_as_of_then_is_the_one_made_then(street: Street) -> None:
    def sheets(*more: str, now: str) -> list[str]:
        """Return the sheet in every form, but for when it was made."""
        argv = ("assess", "--month", "2026-01", *more, "--format")
        made = (street.call(*argv, form, now=now).out for form in ("json", "csv", "md"))
        when = r'"made_at": "[^"]+"|[^\n]*生成[^\n]*|\n\d{4}年\d+月\d+日\n'
        return [re.sub(when, "", page) for page in made]

    first = sheets(now="2026-02-01T09:00:00+08:00")
    for name in ("lowered", "unmerged", "stated", "given", "counted anew"):
        for argv in LATER[name]:
            street.step("02-05 10:00", *argv)
    assert sheets("--as-of", "2026-02-01 09:00", now=A_YEAR_LATER) == first
    assert sheets(now=A_YEAR_LATER) != first


def test_what_is_recorded_by_a_clock_gone_back_is_in_the_photograph_like_what_stands_before_it(
    street: Street,
) -> None:
    street.step("01-31 20:00", "resolve", "4", "--outcome", "演示")
    street.step("01-31 19:00", "resolve", "5", "--outcome", "演示")
    assert street.paper(FIRST)["totals"]["open"] == 5


def test_a_running_period_stands_as_it_is_now(street: Street) -> None:
    made = street.paper("02-10 09:00", "report", "--month", "2026-02")
    assert made["totals"]["open"] == 7
    assert made["cohorts"]["stock"] == Stock.RUNNING
    street.step("02-10 10:00", "resolve", "4", "--outcome", "演示")
    assert street.paper("02-10 11:00", "report", "--month", "2026-02")["totals"]["open"] == 6
    assert street.paper("02-10 11:00")["totals"]["open"] == 7
    street.step("02-10 13:00", "resolve", "5", "--outcome", "演示")
    made = street.paper("02-10 12:00", "report", "--month", "2026-02")
    assert made["totals"]["open"] == 5, "what a clock ahead recorded is there"


# --- before the ledger -----------------------------------------------------------------

HISTORY = """\
name = "history"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
resolved = "办结时间"
status = "状态"
[values.status]
"办完" = "已归档"
"在办" = "办理中"
[defaults]
channel = "投诉举报电话"
"""
ROWS = """\
编号,内容,收到时间,办结时间,状态
1,演示占道甲,2025-10-08 09:00,2025-10-20 09:00,办完
2,演示占道乙,2025-10-28 09:00,2025-11-20 09:00,办完
3,演示占道丙,2025-10-09 09:00,,在办
4,演示占道丁,2025-10-10 09:00,,办完
"""


def history(street: Street, folder: Path, at: str) -> None:
    """Take the file of an old system in."""
    (folder / "history.toml").write_text(HISTORY, encoding="utf-8")
    (folder / "old.csv").write_text(ROWS, encoding="utf-8")
    street.step(at, "import", "old.csv", "--profile", "history.toml")


def test_of_a_time_before_the_ledger_nothing_is_known_until_files_tell_of_it(
    call: Runner, tmp_path: Path
) -> None:
    street = Street(call)
    october = ("report", "--month", "2025-10")
    nothing = street.paper("01-02 09:00", *october)
    assert set(nothing["totals"].values()) == {None}
    assert nothing["cohorts"]["stock"] == Stock.UNKNOWN
    assert set(nothing["trend"][-1].values()) == {"2025-10", None}
    assert nothing["cohorts"]["earlier"].endswith("没有记录的为 —")
    page = call(*october, "--format", "md", now="2026-01-02T09:00:00+08:00").out
    assert "台账里没有2025年10月的记录。" in page
    history(street, tmp_path, "01-05 09:00")
    made = street.paper("01-06 09:00", *october)
    assert made["totals"]["received"] == 4
    assert made["totals"]["open"] == 2  # 2 until November, 3 to this day; of 4 nobody knows
    assert made["cohorts"]["stock"] == Stock.IMPORTED
    september = street.paper("01-06 09:00", "report", "--month", "2025-09")
    assert set(september["totals"].values()) == {None}


def test_what_files_told_of_a_time_before_the_ledger_is_not_moved_by_steps(
    call: Runner, tmp_path: Path
) -> None:
    street = Street(call)
    history(street, tmp_path, "01-05 09:00")
    november = ("report", "--month", "2025-11")
    made = street.paper("01-06 09:00", *november)
    assert made["totals"]["open"] == 1
    number = next(c["number"] for c in made["cases"] if c["open"])
    street.step("01-07 09:00", "assign", number, "--lead", "城管执法中队")
    street.step("01-07 10:00", "resolve", number, "--outcome", "演示", "--at", "2025-11-03",
                "--reason", "补记")  # fmt: skip
    assert stock(street.paper("01-08 09:00", *november)) == stock(made)


def test_what_was_taken_in_later_stood_in_no_earlier_photograph(
    street: Street, tmp_path: Path
) -> None:
    first = stock(street.paper(FIRST))
    history(street, tmp_path, "02-05 09:00")
    assert stock(street.paper("02-05 10:00")) == first
    february = street.paper("03-02 09:00", "report", "--month", "2026-02")
    assert february["totals"]["open"] == 8  # the open one of the file among them
    late = [month["overdue"] for month in february["trend"]]
    assert late[-4:] == [1, 1, first["trend"], february["totals"]["overdue"]]


def test_a_report_typed_in_after_the_month_is_received_in_it_and_no_stock_of_it(
    call: Runner,
) -> None:
    street = Street(call)
    street.step("01-05 09:00", "intake", "演示: 占道经营", "--received", "2025-12-20")
    made = street.paper("01-06 09:00", "report", "--month", "2025-12")
    assert made["totals"]["received"] == 1
    assert (made["totals"]["open"], made["totals"]["overdue"]) == (None, None)
    assert made["cohorts"]["stock"] == Stock.ABSENT
    assert all(row["open"] is None for row in made["by_severity"])


@pytest.mark.parametrize("stock", [Stock.PHOTOGRAPH, Stock.RUNNING, Stock.IMPORTED])
def test_a_photograph_reads_no_table_from_end_to_end(tmp_path: Path, stock: Stock) -> None:
    photo = Photograph("2026-01-31T23:59:59+08:00", 5, stock)
    seen: list[str] = []
    with reading(make(tmp_path)) as con:
        con.set_trace_callback(seen.append)
        photographs.tallies(con, photo)
        photographs.overdue(con, photo)
        con.set_trace_callback(None)
        assert len(seen) == 2
        for sql in seen:
            plan = [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {sql}")]
            of_tables = [line for line in plan if re.match(r"SCAN [mfks]\b", line)]
            assert all("case_open" in line for line in of_tables), plan


# --- random lives ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", [11, 12])
def test_the_papers_of_a_random_year_stay_what_they_were(
    seed: int, tmp_path: Path, call: Runner
) -> None:
    """Merges, voids, statements about the past, lowered grades, imports: papers stay."""
    life = Life(tmp_path / "life.sqlite3", seed)
    path = ("--ledger", str(life.path))
    made: dict[datetime, dict[Any, str]] = {}
    while len(made) < 5:
        month = life.now.month
        life.live(30)
        if life.now.month != month:
            made[life.now] = papers(call, path, life.now)
    life.live(120)
    for at, paper in made.items():
        assert papers(call, path, life.now, "--as-of", at.isoformat(" ")[:19]) == paper, at
        then = json.loads(paper["json", "80"])
        argv = ("report", "--month", then["period"]["from"][:7], "--json", *path)
        now = call(*argv, now=life.now.isoformat()).json()
        if then["period"]["from"] > "2026-01":
            assert stock(now) == stock(then), at


def papers(call: Runner, path: tuple[str, ...], now: datetime, *more: str) -> dict[Any, str]:
    """Return the paper of the last full month in every form."""
    return {
        (form, width): call(
            "report", "--month", *more, "--format", form, *path, now=now.isoformat(),
            env={"COLUMNS": width},
        ).out
        for form, width in FORMS
    }  # fmt: skip
