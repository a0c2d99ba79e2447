"""The period report gathered from the ledger, and what its reader has to know beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta

from sixping.documents.cases import summary_of
from sixping.queries import periods
from sixping.queries.clocks import rests_on_provisional
from sixping.reports.period import DIMENSIONS, Month, PeriodReport, Span, Tally, breakdown, figures
from sixping.reports.spans import a_year_earlier, before, bounds
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from sixping.queries.periods import AsOf, CaseBehind
    from sixping.reports.period import Figures
    from sixping.reports.spans import ReportRequest
    from sixping.store.sqlite import Connection


class Caveats(NamedTuple):
    """What a report rests on: a provisional calendar, promises to recount, a clock set ahead.

    ``ahead`` counts the events recorded under a time after the moment of the report.
    """

    provisional: bool = False
    recounting: int = 0
    ahead: int = 0


def state_of(con: Connection, request: ReportRequest) -> AsOf:
    """Return the state of the ledger that a report is made from."""
    take = periods.AsOf.recorded if request.past else periods.AsOf.present
    return take(con, to_text(request.moment))


def gather(con: Connection, request: ReportRequest) -> tuple[PeriodReport, Caveats]:
    """Read every figure of a report from one state of the ledger."""
    state = state_of(con, request)
    rulebooks = rulebooks_on(con, state.seq)
    if request.past:
        caveats = Caveats(ahead=state.ahead(con))
    else:
        caveats = Caveats(
            rests_on_provisional(con, state.moment),
            promises_to_recount(con, rulebooks, request.moment),
        )
    satisfied = rulebooks.policy.edition_at(request.span.last).readings.satisfied_from
    return _report(con, request, state, satisfied), caveats


def _report(con: Connection, request: ReportRequest, state: AsOf, satisfied: int) -> PeriodReport:
    kind, span = request.kind, request.span

    def tallies(of: Span) -> list[Tally]:
        return periods.tallies(con, state, bounds(of), satisfied=satisfied)

    def compared(of: Span) -> tuple[Span, Figures]:
        return of, figures(tallies(of))

    own = tallies(span)
    total = figures(own)
    return PeriodReport(
        period=span,
        as_of=from_text(state.moment),
        seq=state.seq,
        head=state.head,
        totals=total.totals,
        rates=total.rates,
        by={name: breakdown(own, name) for name in DIMENSIONS},
        trend=_trend(con, span, state),
        cases=[_case(row) for row in periods.cases(con, state, bounds(span))],
        previous=compared(before(kind, span)),
        last_year=compared(a_year_earlier(kind, span)),
    )


def _trend(con: Connection, span: Span, state: AsOf) -> list[Month]:
    """Return the twelve months up to and including the one the period ends in."""
    first = date(span.last.year, span.last.month, 1)
    this = Span(first, first + relativedelta(months=1, days=-1))
    months = [before("month", this, back) for back in range(11, -1, -1)]
    counts = periods.months(con, state, [bounds(month) for month in months])
    return [
        Month(f"{month.first:%Y-%m}", *count) for month, count in zip(months, counts, strict=True)
    ]


def _case(row: CaseBehind) -> dict[str, Any]:
    """Return a case behind the figures, as the document and the page have it."""
    return {
        "number": row.case.number,
        "received_at": row.case.received_at,
        "category": row.case.category,
        "platform": row.case.platform,
        "severity": row.case.severity,
        "status": row.case.status,
        "unit": row.case.lead,
        "community": row.case.community,
        "resolved_at": row.case.resolved_at,
        "open": row.open,
        "overdue": row.overdue,
        "summary": summary_of(row.case.private),
    }
