"""The period report gathered from the ledger, and what its reader has to know beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta

from sixping.documents.cases import summary_of
from sixping.office.organisation import organisation_at
from sixping.queries import periods, photographs
from sixping.queries.clocks import rests_on_provisional
from sixping.reports.handling import handling, waiting
from sixping.reports.period import (
    BEFORE,
    DIMENSIONS,
    Figures,
    Month,
    PeriodReport,
    Span,
    Stock,
    Tally,
    breakdown,
    figures,
)
from sixping.reports.spans import a_year_earlier, before, bounds, same_days
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.queries.periods import AsOf
    from sixping.queries.photographs import CaseBehind, Photograph
    from sixping.reports.period import Waiting
    from sixping.reports.spans import ReportRequest
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection


class Caveats(NamedTuple):
    """What a report rests on: a provisional calendar, promises to recount, a clock set ahead.

    ``ahead`` counts the events recorded under a time after the moment of the report; ``begins``
    is when the first report came in, where the period ended before anything is known.
    """

    provisional: bool = False
    recounting: int = 0
    ahead: int = 0
    begins: str | None = None


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
    figures = _report(con, request, state, satisfied, rulebooks)
    if figures.stock is Stock.UNKNOWN:
        caveats = caveats._replace(begins=photographs.first_day(con, state))
    return figures, caveats


def tallied(
    con: Connection, state: AsOf, span: Span, photo: Photograph, satisfied: int
) -> list[Tally]:
    """Return every measure of a span, what was open and overdue at its end included."""
    room = organisation_at(con, span.last, state.seq).units.room
    found = periods.tallies(con, state, bounds(span), satisfied=satisfied, room=room)
    return found + photographs.tallies(con, photo)


def _report(
    con: Connection, request: ReportRequest, state: AsOf, satisfied: int, rulebooks: Rulebooks
) -> PeriodReport:
    span, months = request.span, _months(request.span)
    today = request.moment.date()
    earlier = (before(request.kind, span), a_year_earlier(request.kind, span))
    previous, last_year = (same_days(span, other, today) for other in earlier)
    photo, *others = photographed(con, state, [span, previous, last_year, *months])

    def compared(of: Span, taken: Photograph) -> tuple[Span, Figures]:
        return of, figures(tallied(con, state, of, taken, satisfied), taken.stock)

    own = tallied(con, state, span, photo, satisfied)
    total = figures(own, photo.stock)
    return PeriodReport(
        period=span,
        as_of=from_text(state.moment),
        seq=state.seq,
        head=state.head,
        stock=photo.stock,
        before_ledger=any(other.stock in BEFORE for other in others),
        totals=total.totals,
        rates=total.rates,
        left_out=total.left_out,
        by={name: breakdown(own, name, photo.stock) for name in DIMENSIONS},
        trend=_trend(con, state, months, others[2:]),
        cases=[_case(row) for row in photographs.cases(con, state, bounds(span), photo)],
        previous=compared(previous, others[0]),
        last_year=compared(last_year, others[1]),
        handling=handling(
            periods.outcomes(con, state, bounds(span)),
            rulebooks.policy.edition_at(span.last),
            waiting_at(con, photo, rulebooks),
        ),
    )


def photographed(con: Connection, state: AsOf, spans: Sequence[Span]) -> list[Photograph]:
    """Return the photograph of the end of each span."""
    return photographs.photographs(con, state, [bounds(span) for span in spans])


def waiting_at(con: Connection, photo: Photograph, rulebooks: Rulebooks) -> dict[str, Waiting]:
    """Return what waited without a limit when the photograph was taken."""
    end = from_text(photo.end).date()
    return waiting(photographs.waiting(con, photo), end, rulebooks.calendar)


def _months(span: Span) -> list[Span]:
    """Return the twelve months up to and including the one the period ends in."""
    first = date(span.last.year, span.last.month, 1)
    this = Span(first, first + relativedelta(months=1, days=-1))
    return [before("month", this, back) for back in range(11, -1, -1)]


def _trend(
    con: Connection, state: AsOf, months: Sequence[Span], photos: Sequence[Photograph]
) -> list[Month]:
    counts = periods.months(con, state, [bounds(month) for month in months])
    points = []
    for month, (received, resolved), photo in zip(months, counts, photos, strict=True):
        point = Month(f"{month.first:%Y-%m}", received, resolved, photographs.overdue(con, photo))
        unknown = photo.stock is Stock.UNKNOWN
        points.append(point._replace(received=None, resolved=None) if unknown else point)
    return points


def _case(row: CaseBehind) -> dict[str, Any]:
    """Return a case behind the figures as it is, and as it stood if it was open at the end."""
    then = row.at_end
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
        "open": then is not None,
        "overdue": then is not None and then.overdue,
        "at_end": then and {name: getattr(then, name) for name in _THEN},
        "summary": summary_of(row.case.private),
    }


#: the facts under which a case that was open at the end counts in ``open`` and ``overdue``
_THEN = ("status", "severity", "platform", "unit", "community", "grid", "category")
