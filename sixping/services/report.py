"""The period report gathered from the ledger, and what its reader has to know beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta

from sixping.documents.cases import summary_of
from sixping.office.organisation import organisation_at
from sixping.policy.vocabulary import LIMITS, ClockKind, Severity, found_grade
from sixping.queries import periods, photographs
from sixping.queries.cases import case
from sixping.queries.clocks import rests_on_provisional
from sixping.reports.beside import WITH_TRANSFERRED, beside, nothing_known, of_family
from sixping.reports.drill import (
    BY_FIRST,
    LEFT_OUT,
    OUTCOMES,
    SECOND,
    SEEN,
    SETTLED,
    Drilled,
    as_drilled,
    of_results,
    of_seen,
    title_of,
)
from sixping.reports.handling import UNSAID, WAITING, handling, waiting
from sixping.reports.period import (
    BEFORE,
    DIMENSIONS,
    OMITTED,
    RATES,
    STOCK,
    TOTALS,
    Figures,
    Month,
    PeriodReport,
    Span,
    Tally,
    breakdown,
    figures,
)
from sixping.reports.spans import a_year_earlier, before, bounds, same_days
from sixping.reports.watched import BY_FORMER, EXTENDED
from sixping.services.lapses import watched
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sixping.queries.periods import AsOf, Behind
    from sixping.queries.photographs import CaseBehind, Photograph
    from sixping.reports.period import Waiting
    from sixping.reports.spans import ReportRequest
    from sixping.reports.watched import Seen
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection


#: a limit of a case: its kind and round
Limit = tuple[str, str | None, int | None]


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
    found = watched(con, state, rulebooks, request.span, request.moment)
    figures = _report(con, request, state, satisfied, rulebooks, found)
    if not figures.stock.known:
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
    con: Connection,
    request: ReportRequest,
    state: AsOf,
    satisfied: int,
    rulebooks: Rulebooks,
    found: Seen,
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
    edition = rulebooks.policy.edition_at(span.last)
    ceiling = edition.limit(ClockKind.CEILING, Severity.ORDINARY)
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
            edition,
            waiting_at(con, photo, rulebooks),
            known=photo.stock.known,
        ),
        beside=beside(found, total.rates) if photo.stock.known else nothing_known(),
        ceiling=ceiling.workdays if ceiling else None,
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
        points.append(point if photo.stock.known else Month(point.month, None, None, None))
    return points


def revealed(con: Connection, figures: PeriodReport) -> PeriodReport:
    """Return a report with the summaries of its cases as they were said."""
    said = [
        row | {"summary": summary_of(case(con, row["number"]).private, reveal=True)}
        for row in figures.cases
    ]
    return figures._replace(cases=said)


def _case(row: CaseBehind) -> dict[str, Any]:
    """Return a case behind the figures as it is, and as it stood if it was open at the end."""
    then = row.at_end
    return {
        "number": row.case.number,
        "received_at": row.case.received_at,
        "category": row.case.category,
        "nature": row.case.nature,
        "platform": row.case.platform,
        "severity": found_grade(row.case.severity, confirmed=bool(row.case.confirmed)),
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
_THEN = ("status", "severity", "platform", "unit", "community", "grid", "category", "nature")


# --- the rows behind one figure ----------------------------------------------------------


def drill(con: Connection, request: ReportRequest, key: str) -> list[Drilled]:
    """Return exactly the rows that a figure of a report counts, in the order of their numbers.

    ``key`` is as ``reports.drill.figure_named`` returns it. A rate gives its denominator, the
    numerator marked. A figure that is not known of a period (—) has no rows. Raises
    ``UsageFault`` for a kind of result that the report does not count.
    """
    state = state_of(con, request)
    rulebooks = rulebooks_on(con, state.seq)
    rows = _rows(con, request, state, rulebooks, key)
    return rows if photographed(con, state, [request.span])[0].stock.known else []


def _rows(
    con: Connection, request: ReportRequest, state: AsOf, rulebooks: Rulebooks, key: str
) -> list[Drilled]:
    if key in TOTALS or key in WAITING:
        return _total(con, request, state, rulebooks, key)
    if key.partition(".")[0] in {OUTCOMES, SETTLED}:
        return _results(con, request, state, rulebooks, key)
    if key.startswith(LEFT_OUT):
        clock = key.removeprefix(f"{LEFT_OUT}.")
        return _told(con, key, _behind(con, request, state, rulebooks, f"{clock}_{LEFT_OUT}"))
    if key in RATES:
        return _told(con, key, _behind(con, request, state, rulebooks, key))
    seen = watched(con, state, rulebooks, request.span, request.moment)
    if key in SEEN:
        return of_seen(seen.rows, key)
    name, replaced = _anew(seen, key)
    first = _behind(con, request, state, rulebooks, name)
    kept = [row for row in first if (row.number, row.clock, row.round) not in replaced]
    return sorted([*_told(con, name, kept), *replaced.values()], key=lambda row: row.number or "")


def _total(
    con: Connection, request: ReportRequest, state: AsOf, rulebooks: Rulebooks, key: str
) -> list[Drilled]:
    photo = photographed(con, state, [request.span])[0]
    if key in WAITING:
        return _told(con, key, photographs.waiting_behind(con, photo, key))
    if key in STOCK:
        return _told(con, key, photographs.behind(con, photo, key))
    return _told(con, key, _behind(con, request, state, rulebooks, key))


def _results(
    con: Connection, request: ReportRequest, state: AsOf, rulebooks: Rulebooks, key: str
) -> list[Drilled]:
    """Return the results behind ``solved``, those that count as solved marked, or ``outcomes``."""
    period, edition = bounds(request.span), rulebooks.policy.edition_at(request.span.last)
    found = periods.results(con, state, period)
    if key == SETTLED:
        found = [
            (kind, row._replace(counted=kind in edition.settling)) for kind, row in found if kind
        ]
    rows = _told(con, key, [row for _, row in found])
    said = [row._replace(what=kind or UNSAID) for (kind, _), row in zip(found, rows, strict=True)]
    if key == SETTLED:
        return said
    counted = handling(periods.outcomes(con, state, period), edition, {})
    return of_results(said, key, counted.outcomes)


def _behind(
    con: Connection, request: ReportRequest, state: AsOf, rulebooks: Rulebooks, key: str
) -> Sequence[Behind]:
    pair = (RATES[key].n, RATES[key].d) if key in RATES else (key, key)
    satisfied = rulebooks.policy.edition_at(request.span.last).readings.satisfied_from
    room = organisation_at(con, request.span.last, state.seq).units.room
    period = bounds(request.span)
    return periods.behind(con, state, period, pair, satisfied=satisfied, room=room)


def _told(con: Connection, key: str, rows: Iterable[Behind]) -> list[Drilled]:
    rows = list(rows)
    names = periods.names_of(con, [row.seq for row in rows if row.seq])
    return [
        Drilled(
            number=row.number,
            unit=row.unit,
            clock=LIMITS[row.clock] if row.clock else None,
            due=row.due,
            at=row.at,
            what=_words(key, row),
            by=names.get(row.seq) if row.seq else None,
            counted=row.counted,
            seq=row.seq,
            community=row.community,
        )
        for row in rows
    ]


def _words(key: str, row: Behind) -> str:
    if key.startswith(LEFT_OUT):
        return f"{OMITTED[key.removeprefix(f'{LEFT_OUT}.')].why}, 未纳入统计"
    if row.clock:
        return f"{LIMITS[row.clock]}: {'按时' if row.counted else '超期'}"
    return title_of(key)


def _anew(seen: Seen, key: str) -> tuple[str, dict[Limit, Drilled]]:
    """Return the first rate that a second one rests on, and the limits judged otherwise in it."""
    if key == BY_FIRST:
        rows = of_family(seen.rows, EXTENDED)
        return "finish_on_time", {(r.number, r.clock, r.round): as_drilled(r) for r in rows}
    name = key.removesuffix(SECOND)
    kind = WITH_TRANSFERRED[name]
    left = [limit for limit in seen.second if limit.kind is kind]
    return name, {
        (r.number, r.kind, r.own): as_drilled(r.row)._replace(verdict=BY_FORMER[r.met])
        for r in left
    }
