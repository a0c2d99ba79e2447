"""A frozen report keeps its figures whatever is recorded later, and says what that changed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sixping.documents.frozen import Change, changes, figures_of, plain_json, recorded, restored
from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.render.paper import markdown
from sixping.render.paper.blocks import Table
from sixping.render.paper.period.frozen import CHANGED
from sixping.reports.drill import key_named
from sixping.reports.issue import Issue
from sixping.reports.period import Narrow
from sixping.reports.spans import ReportRequest, requested
from sixping.services.drill import Rows
from sixping.services.papers.frozen import drafted, freeze, reported, source_of
from sixping.services.papers.period import Made
from sixping.store.sqlite import reading
from tests.kit.histories import Life
from tests.kit.ledgerkit import stamp

MONTHS = ("2026-02", "2026-04")
BEFORE, AFTER = 120, 50


class Frozen(NamedTuple):
    """A life in which months were frozen, and which went on: what was printed on the day."""

    life: Life
    papers: dict[str, str]
    documents: dict[str, dict[str, Any]]
    issues: dict[str, Issue]


def asked(life: Life, month: str, narrow: Narrow = Narrow()) -> ReportRequest:  # noqa: B008
    request = requested(life.now + timedelta(days=1), None, {"month": month})
    return request._replace(narrow=narrow)


def put_down(life: Life, month: str, *, again: bool = False) -> Issue:
    request = asked(life, month)
    with reading(life.path) as con:
        made = drafted(con, request, again=again)
    with transaction(life.path, stamp(request.moment)) as tx:
        return freeze(tx, made, "演示" if again else None)


def made_of(life: Life, month: str, *, restate: bool = False) -> Made:
    with reading(life.path) as con:
        return reported(con, asked(life, month), restate=restate)


def paper_of(life: Life, month: str) -> str:
    with reading(life.path) as con:
        return markdown.text(reported(con, asked(life, month)).paper(details=False))


@pytest.fixture(scope="module", params=(3,))
def frozen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    life = Life(tmp_path_factory.mktemp("life") / "ledger.sqlite3", request.param)
    life.live(BEFORE)
    issues = {month: put_down(life, month) for month in MONTHS}
    papers = {month: paper_of(life, month) for month in MONTHS}
    documents = {month: plain_json(made_of(life, month).report) for month in MONTHS}
    assert papers == {month: paper_of(life, month) for month in MONTHS}
    life.live(AFTER)
    return Frozen(life, papers, documents, issues)


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every number of a document by where it stands: rows by their name, lists by their length."""
    if isinstance(value, dict):
        if "cohort" in value:
            value = {name: part for name, part in value.items() if name != "cohort"}
        return {
            k: v for name, part in value.items() for k, v in leaves(part, f"{path}/{name}").items()
        }
    if not isinstance(value, list):
        return {path: value}
    names = [next((row[k] for k in ("name", "month") if k in row), None) for row in value]
    if value and all("name" in row or "month" in row for row in value):
        return {
            k: v for name, row in zip(names, value, strict=True)
            for k, v in leaves(row, f"{path}[{name}]").items()
            if not k.endswith(("/name", "/month"))
        }  # fmt: skip
    return {path: len(value)} if "/by_" not in path and "/received_by" not in path else {}


_NO_FIGURES = ("period", "as_of", "ledger", "cohorts", "cases", "narrow")


def all_of(document: dict[str, Any]) -> dict[str, Any]:
    return leaves({k: v for k, v in document.items() if k not in _NO_FIGURES})


def test_recorded_figures_read_back_are_the_report(frozen: Frozen) -> None:
    for month in MONTHS:
        report = made_of(frozen.life, month, restate=True).report
        figures = json.loads(json.dumps(recorded(report)))
        assert restored(report, figures) == report
        assert figures_of(figures) == figures_of(plain_json(report))


def test_what_a_later_version_counts_besides_is_counted_by_it(frozen: Frozen) -> None:
    report = made_of(frozen.life, MONTHS[0], restate=True).report
    figures = recorded(report)
    del figures["by_grid"], figures["rates"]["surveyed"], figures["totals"]["merged"]
    for compared in figures["comparison"].values():
        compared["received_by"].pop("grid", None)
    assert restored(report, figures) == report


@pytest.mark.parametrize("month", MONTHS)
def test_later_entries_never_change_what_was_put_on_the_table(frozen: Frozen, month: str) -> None:
    made = made_of(frozen.life, month)
    assert plain_json(made.report) == frozen.documents[month]
    assert made.reprint is not None
    assert not made.reprint.differs
    assert made.reprint.changed, "the life went on without touching this month"
    before, after = frozen.papers[month].splitlines(), paper_of(frozen.life, month).splitlines()
    assert not [line for line in before if line not in after]
    place = after.index("## 定稿后变动")
    *kept, seal = before
    assert after[:place] == kept[:place]
    assert after[-1] == seal


@pytest.mark.parametrize("month", MONTHS)
def test_every_figure_that_changed_is_listed_and_none_besides(frozen: Frozen, month: str) -> None:
    was = frozen.documents[month]
    made = made_of(frozen.life, month, restate=True)
    now = plain_json(made.report)
    with reading(frozen.life.path) as con:
        alone = Made.of(con, asked(frozen.life, month))
    assert made.report == alone.report
    assert made.reprint is not None
    changed = made.reprint.changed
    assert len({each.figure for each in changed}) == len(changed)
    assert all(each.frozen != each.now for each in changed)
    one, other = all_of(was), all_of(now)
    moved = [k for k in dict.fromkeys([*one, *other]) if one.get(k) != other.get(k)]
    parts = [
        (each.figure, part)
        for each in changed
        for part in _keys(each.frozen, each.now)
        if _part(each.frozen, part) != _part(each.now, part)
    ]
    assert len(parts) == len(moved), sorted(moved)


def _keys(*values: Any) -> list[str]:
    found = [k for value in values if isinstance(value, dict) for k in value]
    return list(dict.fromkeys(found)) or [""]


def _part(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, dict) else value


@pytest.mark.parametrize("month", MONTHS)
def test_the_cases_named_for_a_total_are_those_that_came_and_went(
    frozen: Frozen, month: str
) -> None:
    request = asked(frozen.life, month)
    with reading(frozen.life.path) as con:
        made = reported(con, request)
        assert made.reprint is not None
        for each in made.reprint.changed:
            if each.figure not in made.report.totals:
                continue
            rows = [
                Rows(source_of(con, request, restate=restate)[0]).of(key_named(each.figure))
                for restate in (False, True)
            ]
            assert [len(found) for found in rows] == [each.frozen, each.now]
            was, now = ([row.number for row in found] for found in rows)
            apart = {n for n in {*was, *now} if was.count(n) != now.count(n)}
            assert apart == set(each.numbers), each


def test_a_later_step_is_named_with_when_it_happened_and_was_recorded(frozen: Frozen) -> None:
    made = made_of(frozen.life, MONTHS[0])
    assert made.reprint is not None
    later = made.reprint.later
    assert {step.number for step in later} <= {n for c in made.reprint.changed for n in c.numbers}
    assert all(step.seq > frozen.issues[MONTHS[0]].seq for step in later)
    assert any(step.within for step in later)
    assert all(step.at <= step.recorded_at for step in later)


def test_a_part_of_the_street_is_counted_in_the_frozen_state(frozen: Frozen) -> None:
    month = MONTHS[0]
    whole = made_of(frozen.life, month).report
    unit = next(row for row in whole.by["unit"] if row["name"] and row["received"])
    with reading(frozen.life.path) as con:
        own = reported(con, asked(frozen.life, month, Narrow(unit=unit["name"])))
    assert own.report.totals["received"] == unit["received"]
    assert own.report.finish == unit["finish"]
    assert own.reprint is not None
    assert own.reprint.issue_words is None


def test_a_correction_takes_the_number_of_its_issue_and_stands_from_then_on(
    frozen: Frozen, tmp_path: Path
) -> None:
    life = Life(tmp_path / "ledger.sqlite3", 3)
    life.path.write_bytes(frozen.life.path.read_bytes())
    life.now = frozen.life.now
    first = frozen.issues[MONTHS[1]]
    issue = put_down(life, MONTHS[1], again=True)
    assert (issue.number, issue.total) == (first.number, first.total) == (2, 2)
    assert issue.words == "第2期（总第2期）（更正）"
    made = made_of(life, MONTHS[1])
    assert made.reprint is not None
    assert made.reprint.issue.correction == 1
    assert not made.reprint.changed
    assert changes(figures_of(first.figures), figures_of(issue.figures))
    with pytest.raises(NotAllowed, match="没有可更正的"):
        put_down(life, MONTHS[1], again=True)


def test_what_stands_in_one_table_only_was_nothing_in_the_other() -> None:
    row = {"n": 2, "d": 3, "rate": 66.67}
    was: dict[str, Any] = {"totals": 1, "averages.unit.较大": {"mean": 5.0, "n": 1, "open_n": 0}}
    now: dict[str, Any] = {
        "by_unit.演示.received": 2,
        "by_unit.演示.share": 50.0,
        "by_unit.演示.finish_rate": row,
    }
    now |= {"by_unit.演示.open": 0, "by_unit.演示.overdue_longest": 3}
    assert [(c.figure, c.frozen, c.now) for c in changes(was, now)] == [
        ("totals", 1, None),  # no row of a table: nobody counted it
        ("averages.unit.较大", was["averages.unit.较大"], {"mean": None, "n": 0, "open_n": 0}),
        ("by_unit.演示.received", 0, 2),
        ("by_unit.演示.share", None, 50.0),
        ("by_unit.演示.finish_rate", {"n": 0, "d": 0, "rate": None}, row),
        ("by_unit.演示.overdue_longest", None, 3),
    ]


def test_figures_of_the_whole_and_of_its_rows_are_two_tables(frozen: Frozen) -> None:
    reprint = made_of(frozen.life, MONTHS[0]).reprint
    assert reprint is not None
    figures = ("extended.by_first_limit", "by_unit.演示.open", "previous.by_unit.演示.received")
    changed = [Change(figure, 0, 1) for figure in figures]
    with reading(frozen.life.path) as con:
        made = reported(con, asked(frozen.life, MONTHS[0]))
        paper = made._replace(reprint=reprint._replace(changed=changed)).paper(details=False)
    whole, rows = (b for b in paper.annex if isinstance(b, Table) and b.name.startswith(CHANGED))
    assert (len(whole.rows), len(rows.rows)) == (1, 2)
