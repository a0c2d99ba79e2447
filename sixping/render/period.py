"""The period report as one flat table, and what other pages take from it."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

from sixping.documents.period import (
    beside_json,
    cohorts,
    handling_json,
    report_json,
    rows_json,
)
from sixping.render import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.reports.period import Handling, PeriodReport

#: the flat table: key → title
HEADS = {"table": "表", "name": "名称", "measure": "项目", "value": "数值"}


def flat_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    """Return the report as one flat table: ``table name measure value``, values as text."""
    for measure, count in report.totals.items():
        yield _flat("totals", None, measure, count)
    for name, words in cohorts(report).items():
        yield _flat("cohorts", name, "cohort", words)
    for name, entry in report.rates.items():
        for part, value in entry.items():
            yield _flat("rates", name, part, value)
    yield from _handling_rows(report.handling)
    yield from _worked_rows(report)
    yield from (_flat("left_out", clock, "n", n) for clock, n in report.left_out.items())
    yield from starmap(_flat, beside.flat(beside_json(report.beside)))
    for name, figures in report.registers.items():
        for part, value in figures.items():
            yield _flat("registers", name, part, value)
    yield from _breakdown_rows(report)
    yield from _market_rows(report)
    for month in report.trend:
        for measure, count in month._asdict().items():
            if measure != "month":
                yield _flat("trend", month.month, measure, count)


def _market_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    if found := report.market.inspections:
        for row in found.rows:
            yield _flat("inspections", f"{row.platform} {row.kind}", row.measure, row.n)
        yield _flat("inspections", None, "without_case", found.without_case)
    if served := report.market.services:
        for each in served.rows:
            for measure, value in each._asdict().items():
                if measure != "name":
                    yield _flat("services", each.name, measure, value)


def reprint_rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the document of a frozen period says besides its figures."""
    for name, value in document["frozen"].items():
        yield _flat("frozen", None, name, ",".join(value) if isinstance(value, list) else value)
    for change in document["changed"]:
        for state in ("frozen", "now"):
            value = change[state]
            parts = value.items() if isinstance(value, dict) else [("", value)]
            for part, each in parts:
                measure = f"{state}.{part}" if part else state
                yield _flat("changed", change["figure"], measure, each)


def _handling_rows(handling: Handling) -> Iterator[dict[str, Any]]:
    for table, figures in handling_json(handling).items():
        for measure, value in figures.items():
            yield _flat(table, None, measure, value)


def _worked_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    """Yield the figures that have a table of their own; of lists their length."""
    document = report_json(report)
    for table in ("daily", "finish", "scores"):
        for measure, value in document[table].items():
            yield _flat(table, None, measure, value)
    for whose, grades in document["averages"].items():
        for grade, average in grades.items():
            for measure, value in average.items():
                yield _flat(f"averages_{whose}", grade, measure, value)
    checks = document["to_check"]
    yield _flat("to_check", None, "n", None if checks is None else len(checks))
    for sort, found in (document["repeated"] or {}).items():
        yield _flat("repeated", sort, "n", len(found))


def _breakdown_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    for dimension in report.by:
        for entry in rows_json(report, dimension):
            yield from _entry_rows(f"by_{dimension}", entry)


def _entry_rows(table: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for measure, value in entry.items():
        if isinstance(value, dict):  # of a rate the cohort stands in the table of rates
            for part, n in value.items():
                if part != "cohort":
                    yield _flat(table, entry["name"], f"{measure}.{part}", n)
        elif measure != "name":
            yield _flat(table, entry["name"], measure, value)


def _flat(table: str, name: str | None, measure: str, value: object) -> dict[str, Any]:
    shown = f"{value:.2f}" if isinstance(value, float) else None if value is None else str(value)
    return {"table": table, "name": name, "measure": measure, "value": shown}
