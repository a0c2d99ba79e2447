"""A period report as a document, and what every document of a period begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.reports.office.market import market_json
from sixping.reports.period import EARLIER, FILED, FLOW, STEPS, TOTALS, per_day
from sixping.reports.worked import Average

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sixping.reports.beside import Beside
    from sixping.reports.period import Figures, Handling, PeriodReport, Span, Waiting
    from sixping.reports.worked import Repeated, Worked


def report_json(report: PeriodReport) -> dict[str, Any]:
    """Return the promised document; every rate is ``{n, d, rate, cohort}``."""
    return {
        "period": span_json(report.period),
        "as_of": report.as_of,
        "ledger": {"seq": report.seq, "head": report.head},
        "totals": report.totals,
        "daily": {name: per_day(report.totals[name], report.days) for name in DAILY},
        "cohorts": cohorts(report),
        "rates": report.rates,
        "finish": report.finish,
        "scores": report.scores,
        **worked_json(report.worked),
        **handling_json(report.handling),
        "left_out": report.left_out,
        **beside_json(report.beside),
        **{f"by_{name}": rows_json(report, name) for name in report.by},
        "trend": [month._asdict() for month in report.trend],
        "cases": report.cases,
        "comparison": {
            "previous": _compared_json(report.previous),
            "last_year": _compared_json(report.last_year),
        },
        "narrow": report.narrow._asdict(),
        **({"registers": report.registers} if report.registers else {}),
        **market_json(report.market),
    }


#: what is told as a daily mean, too
DAILY = ("received", "resolved")


def rows_json(report: PeriodReport, dimension: str) -> list[dict[str, Any]]:
    """Return the rows of a breakdown; units with their days and their oldest missed limit."""
    if dimension != "unit":
        return report.by[dimension]
    worked = report.worked
    return [
        row
        | {
            "days": worked.unit_days.get(row["name"], Average())._asdict(),
            "overdue_longest": worked.longest.get(row["name"]),
        }
        for row in report.by[dimension]
    ]


def worked_json(worked: Worked) -> dict[str, Any]:
    """Return ``{averages: {street|unit: {grade: {mean median n open_mean open_n}}}, …}``.

    Lengths are working days. ``to_check``: results that may be none, ``passed``: what their check
    found, null: none was made. ``repeated`` is null where the policy sets no number.
    """
    return {
        "averages": {
            whose: {grade: each._asdict() for grade, each in grades.items()}
            for whose, grades in worked.averages.items()
        },
        "to_check": [each._asdict() for each in worked.to_check] if worked.known else None,
        "repeated": _repeated_json(worked.repeated),
    }


def _repeated_json(found: Sequence[Repeated] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    places = [each._asdict() for each in found if each.place is not None]
    callers = [{"numbers": each.numbers} for each in found if each.place is None]
    return {"places": places, "callers": callers}


def handling_json(handling: Handling) -> dict[str, Any]:
    """Return ``{outcomes, solved, decisions_waiting, unassigned, district}``."""
    return {
        "outcomes": handling.outcomes,
        "solved": handling.solved,
        **waiting_json(handling.waiting),
    }


def waiting_json(waiting: Mapping[str, Waiting]) -> dict[str, Any]:
    """Return ``{n, longest}`` of what waits without a limit; null where nobody knows."""
    return {what: wait._asdict() for what, wait in waiting.items()}


def beside_json(beside: Beside) -> dict[str, Any]:
    """Return what stands beside totals and rates, each figure open to its rows by ``--drill``.

    ``{transferred_out: {kind: n}, with_transferred: {rate: {n, d, rate, cohort}},
    overdue_undone, stated: {n, changed}, extended: {n, share, by_first_limit}, exceptions,
    unsent, failed}``.
    """
    return {
        "transferred_out": beside.transferred_out,
        "with_transferred": beside.with_transferred,
        "overdue_undone": beside.undone,
        "stated": {"n": beside.stated, "changed": beside.changed},
        "extended": {
            "n": beside.extended, "share": beside.share, "by_first_limit": beside.by_first_limit,
        },
        "exceptions": beside.exceptions,
        "unsent": beside.unsent,
        "failed": beside.failed,
    }  # fmt: skip


def cohorts(report: PeriodReport) -> dict[str, str]:
    """Return in words what ``open`` and ``overdue`` (``stock``) and all others (``flow``) count.

    ``steps`` is there where only files tell of the period, ``earlier`` where a figure to compare
    with is older than the ledger.
    """
    said = {"stock": report.stock.value, "flow": FLOW}
    if report.stock.known and any(report.totals[m] is None for m in TOTALS if m not in FILED):
        said["steps"] = STEPS
    return said | ({"earlier": EARLIER} if report.before_ledger else {})


def span_json(span: Span) -> dict[str, date]:
    """Return a period of whole days, both ends included."""
    return {"from": span.first, "to": span.last}


def _compared_json(pair: tuple[Span, Figures] | None) -> dict[str, Any] | None:
    if pair is None:
        return None
    span, figures = pair
    return {
        "period": span_json(span),
        "totals": figures.totals,
        "rates": figures.rates,
        "left_out": figures.left_out,
        "received_by": {
            dimension: [{"name": name, "received": n} for name, n in counts.items()]
            for dimension, counts in figures.received.items()
        },
    }
