"""The figures of a report as they are recorded, read back into a report, and held against others.

Recorded are figures alone: no case, no word, no place or caller that comes again (what is erased
must not live on in a paper's record), of lists their length. Rows of tables are recorded under one
head, so that hundreds of rows stay small.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.period import report_json
from sixping.reports.beside import Beside
from sixping.reports.drill import UNNAMED
from sixping.reports.period import Handling, Month, Waiting
from sixping.reports.spans import KIND_WORDS
from sixping.reports.worked import Average
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.reports.issue import Issue
    from sixping.reports.period import Figures, PeriodReport, Span
    from sixping.reports.worked import Worked

#: what a figure is: a number, or the numbers of one thing that are read together (``n d rate``)
Value = int | float | dict[str, Any] | None
#: what is no figure, or is read anew from the state that was frozen (registers of the office)
_NO_FIGURES = (
    "period", "as_of", "ledger", "cohorts", "cases", "narrow", "inspections", "services",
)  # fmt: skip
_COLUMNS, _ROWS = "columns", "rows"
_POINT = "."


def recorded(report: PeriodReport) -> dict[str, Any]:
    """Return the figures of a report as they are recorded, and so that JSON gives them back."""
    document = {k: v for k, v in plain_json(report).items() if k not in _NO_FIGURES}
    return {name: _packed(value) for name, value in _counted(document).items()}


def plain_json(report: PeriodReport) -> dict[str, Any]:
    """Return the document of a report as JSON reads it back."""
    document: dict[str, Any] = json.loads(dump_json(report_json(report)))
    return document


def _counted(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with the lengths of the lists that name cases."""
    checks, again = document["to_check"], document["repeated"]
    return {
        **document,
        "to_check": None if checks is None else len(checks),
        "repeated": again and {sort: len(found) for sort, found in again.items()},
    }


def _packed(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return rows as one head and lists; what a rate counts is said once, beside the rates."""
    if isinstance(value, dict):
        return {name: _packed(part) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    rows = [dict(_flat(row)) for row in value]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return {_COLUMNS: columns, _ROWS: [[row.get(name) for name in columns] for row in rows]}


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}{_POINT}")
        elif name != "cohort":
            yield f"{before}{name}", value


def unpacked(value: Any) -> Any:  # noqa: ANN401
    """Return recorded figures as they stand in the document of a report."""
    if not isinstance(value, dict):
        return value
    if value.keys() != {_COLUMNS, _ROWS}:
        return {name: unpacked(part) for name, part in value.items()}
    return [_row(value[_COLUMNS], row) for row in value[_ROWS]]


def _row(columns: list[str], cells: list[Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        *path, name = column.split(_POINT)
        into = row
        for part in path:
            into = into.setdefault(part, {})
        into[name] = cell
    return row


# --- read back into a report --------------------------------------------------------------


def restored(report: PeriodReport, figures: Mapping[str, Any]) -> PeriodReport:
    """Return a report with recorded figures in place of its own; the rest was made anew.

    What a later program counts besides stays as it counts it.
    """
    was = unpacked(dict(figures))
    solved = report.handling.solved | was["solved"]
    waiting = {what: Waiting(**was[what]) for what in report.handling.waiting if what in was}
    return report._replace(
        totals=report.totals | was["totals"],
        rates=report.rates | was["rates"],
        finish=report.finish | was["finish"],
        scores=report.scores | was["scores"],
        left_out=report.left_out | was["left_out"],
        by=report.by
        | {name: _by(report, name, was[f"by_{name}"]) for name in report.by if f"by_{name}" in was},
        trend=[Month(**month) for month in was["trend"]],
        previous=_compared(report.previous, was["comparison"]["previous"]),
        last_year=_compared(report.last_year, was["comparison"]["last_year"]),
        handling=Handling(was["outcomes"], solved, {**report.handling.waiting, **waiting}),
        registers=was.get("registers", report.registers),
        beside=_beside(report.beside, was),
        worked=_worked(report.worked, was),
    )


_OF_UNITS = ("days", "overdue_longest")


def _by(report: PeriodReport, dimension: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    anew = {row["name"]: row for row in report.by[dimension]}
    cohorts = {name: {"cohort": rate["cohort"]} for name, rate in report.rates.items()}
    return [
        anew.get(row["name"], {})
        | {
            name: value | cohorts[name] if name in cohorts else value
            for name, value in row.items()
            if name not in _OF_UNITS
        }
        for row in rows
    ]


def _compared(
    pair: tuple[Span, Figures] | None, was: Mapping[str, Any] | None
) -> tuple[Span, Figures] | None:
    if pair is None or was is None:
        return None
    span, figures = pair
    by = {
        dimension: {row["name"]: row["received"] for row in rows}
        for dimension, rows in was["received_by"].items()
    }
    totals, rates = figures.totals | was["totals"], figures.rates | was["rates"]
    left = figures.left_out | was["left_out"]
    return span, figures._replace(
        totals=totals, rates=rates, left_out=left, received=figures.received | by
    )


def _beside(beside: Beside, was: Mapping[str, Any]) -> Beside:
    stated, extended = was["stated"], was["extended"]
    return beside._replace(
        transferred_out=was["transferred_out"],
        with_transferred=beside.with_transferred | was["with_transferred"],
        undone=was["overdue_undone"],
        stated=stated["n"],
        changed=stated["changed"],
        extended=extended["n"],
        share=extended["share"],
        by_first_limit=beside.by_first_limit | extended["by_first_limit"],
        exceptions=was["exceptions"],
        unsent=was["unsent"],
        failed=was["failed"],
    )


def _worked(worked: Worked, was: Mapping[str, Any]) -> Worked:
    units = {row["name"]: row for row in was["by_unit"]}
    return worked._replace(
        averages={
            whose: {grade: Average(**each) for grade, each in grades.items()}
            for whose, grades in was["averages"].items()
        },
        unit_days={
            name: each
            for name, row in units.items()
            if (each := Average(**row["days"])) != Average()
        },
        longest={
            name: row["overdue_longest"]
            for name, row in units.items()
            if row["overdue_longest"] is not None
        },
    )


# --- held against each other ---------------------------------------------------------------


class Change(NamedTuple):
    """A figure that is no longer what was recorded; ``figure`` is its key, as for ``--drill``.

    ``numbers``: the cases that stand behind it in one state and not, or otherwise, in the other.
    """

    figure: str
    frozen: Value
    now: Value
    numbers: tuple[str, ...] = ()


class Later(NamedTuple):
    """A step recorded after a report was frozen; ``within``: it happened before the end of it."""

    number: str
    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    within: bool


class Reprint(NamedTuple):
    """What is said beside a report of a frozen period.

    ``own``: the report is the frozen one, not of a part of the street. ``differs``: the keys of
    figures that the ledger of then gives otherwise today. ``until``: up to when what changed was
    looked at. ``restated``: the figures of the report are those of today.
    """

    issue: Issue
    own: bool
    changed: Sequence[Change]
    later: Sequence[Later]
    differs: Sequence[str]
    until: datetime
    restated: bool = False

    @property
    def issue_words(self) -> str | None:
        """Return the number to print; None: this paper is no issue."""
        return self.issue.words if self.own and not self.restated else None


def changes(frozen: Mapping[str, Value], now: Mapping[str, Value]) -> list[Change]:
    """Return the figures that differ, in the order of the report; one that is missing is None.

    A row of which there was nothing stands in no table: its counts are 0, as are those of a grade.
    """
    keys = dict.fromkeys([*frozen, *now])
    both = ((key, _or_nothing(key, frozen, now), _or_nothing(key, now, frozen)) for key in keys)
    return [Change(*change) for change in both if change[1] != change[2]]


_LEFT_AWAY = ("by_", "averages.")
_COUNTS = frozenset({"n", "d", "open_n"})


def _or_nothing(key: str, own: Mapping[str, Value], other: Mapping[str, Value]) -> Value:
    """Return a figure; of a row that is not there nothing was counted, which is no age."""
    if key in own or not key.startswith(_LEFT_AWAY):
        return own.get(key)
    value = other[key]
    if isinstance(value, dict):
        return {part: 0 if part in _COUNTS else None for part in value}
    return 0 if isinstance(value, int) and not key.endswith(".overdue_longest") else None


def figures_of(document: Mapping[str, Any]) -> dict[str, Value]:
    """Return every figure of a report's document, or of recorded figures, by its key."""
    told = {k: v for k, v in unpacked(dict(document)).items() if k not in _NO_FIGURES}
    return dict(_figures(_lengths(told)))


def _lengths(document: dict[str, Any]) -> dict[str, Any]:
    return _counted(document) if isinstance(document.get("to_check"), list) else document


def _figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for table, value in document.items():
        if table in {"totals", "rates"}:
            yield from _leaves("", value)
        elif table.startswith("by_"):
            yield from _of_rows(f"{table}.", value)
        elif table == "trend":
            for month in value:
                yield from _leaves(f"trend.{month['month']}.", _without(month, "month"))
        elif table == "comparison":
            for span, compared in value.items():
                yield from _of_span(f"{span}.", compared or {})
        else:
            yield from _leaves("", {table: value})


def _of_span(before: str, compared: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for table in ("totals", "rates"):
        yield from _leaves(before, compared.get(table, {}))
    yield from _leaves(before, {"left_out": compared.get("left_out", {})})
    for dimension, rows in compared.get("received_by", {}).items():
        yield from _of_rows(f"{before}by_{dimension}.", rows)


def _of_rows(before: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, Value]]:
    for row in rows:
        yield from _leaves(f"{before}{row['name'] or UNNAMED}.", _without(row, "name"))


def _leaves(before: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Yield the figures of a table: what has a number ``n`` is one figure, with all beside it."""
    for name, value in values.items():
        key = f"{before}{name}"
        if not isinstance(value, dict):
            yield key, value
            continue
        inner = {part: each for part, each in value.items() if isinstance(each, dict)}
        if "n" in value:
            yield key, {k: v for k, v in value.items() if k not in inner and k != "cohort"}
        else:
            inner = value
        yield from _leaves(f"{key}.", inner)


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


# --- as JSON -------------------------------------------------------------------------------


def issue_json(issue: Issue) -> dict[str, Any]:
    """Return what is promised of a frozen report besides its figures and period."""
    return {
        "issue": issue.number,
        "total": issue.total,
        "correction": issue.correction,
        "at": issue.at,
        "by": issue.by,
        "as_of": issue.as_of,
        "digest": issue.digest,
        "seq": issue.ledger_seq,
        "head": issue.head,
    }


def listed_json(issue: Issue) -> dict[str, Any]:
    """Return a row of the list of frozen reports."""
    return {
        **issue_json(issue),
        "period": KIND_WORDS[issue.kind],
        "from": issue.span.first,
        "to": issue.span.last,
    }


def reprint_json(reprint: Reprint) -> dict[str, Any]:
    """Return ``{frozen, changed: [{figure, frozen, now, numbers}], late_entries: [{number …}]}``.

    In ``frozen``, ``differs``: the figures that the ledger of then gives otherwise today.
    """
    return {
        "frozen": issue_json(reprint.issue) | {"differs": reprint.differs},
        "changed": [each._asdict() for each in reprint.changed],
        "late_entries": [each._asdict() for each in reprint.later],
    }
