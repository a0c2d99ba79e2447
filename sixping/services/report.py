"""The period report gathered from the ledger, and what its reader has to know beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dateutil.relativedelta import relativedelta

from sixping.cases.contactkeys import bare
from sixping.documents.cases import summary_of
from sixping.office.organisation import organisation_at
from sixping.policy.vocabulary import ClockKind, Severity, found_grade
from sixping.queries import handled, periods, photographs
from sixping.queries.cases import case
from sixping.queries.clocks import rests_on_provisional
from sixping.reports.beside import beside, nothing_known
from sixping.reports.handling import handling, waiting
from sixping.reports.period import (
    BEFORE,
    DIMENSIONS,
    Figures,
    Month,
    Narrow,
    PeriodReport,
    Span,
    Tally,
    breakdown,
    figures,
)
from sixping.reports.spans import a_year_earlier, before, bounds, same_days
from sixping.reports.watched import Seen
from sixping.reports.worked import (
    Repeated,
    Spent,
    ToCheck,
    Worked,
    averages,
    by_unit,
    only_passed_on,
)
from sixping.services.filters import Places
from sixping.services.lapses import watched
from sixping.services.office.figures import figures as figures_of_registers
from sixping.services.office.market import market
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import from_text, to_text
from sixping.util.masking import mask_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from sixping.policy.editions import Edition
    from sixping.queries.handled import Length
    from sixping.queries.periods import AsOf, Behind
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


class Source(NamedTuple):
    """What the figures of a report are read from: one state of the ledger, its rules, the request.

    ``first`` and ``last`` of the period are ``period``, as the ledger writes instants.
    """

    con: Connection
    request: ReportRequest
    state: AsOf
    rulebooks: Rulebooks

    @classmethod
    def of(cls, con: Connection, request: ReportRequest) -> Self:
        """Take the state of the ledger that a report is made from."""
        state = state_of(con, request)
        return cls(con, request, state, rulebooks_on(con, state.seq))

    @property
    def edition(self) -> Edition:
        """The rules at the end of the period."""
        return self.rulebooks.policy.edition_at(self.request.span.last)

    @property
    def period(self) -> periods.Period:
        """The first and the last instant of the period."""
        return bounds(self.request.span)

    @property
    def room(self) -> str:
        """The command room at the end of the period."""
        return organisation_at(self.con, self.request.span.last, self.state.seq).units.room

    @property
    def narrow(self) -> Narrow:
        """Of whom the report is."""
        return self.request.narrow

    def photographs(self, *spans: Span) -> list[Photograph]:
        """Return the photograph of the end of each span."""
        return photographed(self.con, self.state, spans)

    def photograph(self) -> Photograph:
        """Return the photograph of the end of the period."""
        return self.photographs(self.request.span)[0]

    def seen(self) -> Seen:
        """Return what has to be seen in the period, of those the report is of."""
        request = self.request
        found = watched(self.con, self.state, self.rulebooks, request.span, request.moment)
        if not any(self.narrow):
            return found
        lines = handled.lines(self.con, self.state, [row.number for row in found.rows])
        platforms = {line.number: line.platform for line in lines}
        rows = [
            row
            for row in found.rows
            if self.narrow.keeps(
                unit=row.unit, community=row.community, platform=platforms[row.number]
            )
        ]
        left = {id(row) for row in rows}
        return Seen(rows, [limit for limit in found.second if id(limit.row) in left])

    def tallied(self, span: Span, photo: Photograph) -> list[Tally]:
        """Return every measure of a span of whom the report is, its photograph included."""
        satisfied = self.edition.readings.satisfied_from
        found = tallied(self.con, self.state, span, photo, satisfied)
        return [tally for tally in found if self.narrow.takes(tally.keys)]

    def kept(self, rows: Iterable[Behind]) -> list[Behind]:
        """Return the rows of whom the report is."""
        return [row for row in rows if self.narrow.takes(row.keys)]


def state_of(con: Connection, request: ReportRequest) -> AsOf:
    """Return the state of the ledger that a report is made from."""
    take = periods.AsOf.recorded if request.past else periods.AsOf.present
    return take(con, to_text(request.moment))


def narrowed(con: Connection, request: ReportRequest, asked: Narrow) -> ReportRequest:
    """Return the request with of whom it is, names in full. Raises ``UnknownName``."""
    places = Places(asked.unit, asked.community).resolved(con)
    return request._replace(narrow=Narrow(places.unit, places.community, asked.platform))


def gather(con: Connection, request: ReportRequest) -> tuple[PeriodReport, Caveats]:
    """Read every figure of a report from one state of the ledger."""
    return gathered(Source.of(con, request))


def gathered(source: Source) -> tuple[PeriodReport, Caveats]:
    """Read the same from a state that was taken already."""
    con, request, state = source.con, source.request, source.state
    if request.past:
        caveats = Caveats(ahead=state.ahead(con))
    else:
        caveats = Caveats(
            rests_on_provisional(con, state.moment),
            promises_to_recount(con, source.rulebooks, request.moment),
        )
    report = _report(source)
    if not report.stock.known:
        caveats = caveats._replace(begins=photographs.first_day(con, state))
    return report, caveats


def tallied(
    con: Connection, state: AsOf, span: Span, photo: Photograph, satisfied: int
) -> list[Tally]:
    """Return every measure of a span, what was open and overdue at its end included."""
    room = organisation_at(con, span.last, state.seq).units.room
    found = periods.tallies(con, state, bounds(span), satisfied=satisfied, room=room)
    found += _as_tallies(handled.first_leads(con, state, bounds(span)))
    return found + photographs.tallies(con, photo)


def _as_tallies(leads: Iterable[Behind]) -> Iterator[Tally]:
    """Yield what ``first_lead`` counts, one thing at a time."""
    for row in leads:
        yield Tally("first_lead_known", row.keys, 1)
        if row.counted:
            yield Tally("first_lead_kept", row.keys, 1)


def _report(source: Source) -> PeriodReport:
    con, request, state = source.con, source.request, source.state
    span, months = request.span, _months(request.span)
    today = request.moment.date()
    previous, last_year = (same_days(span, other, today) for other in earlier(request))
    photo, *others = source.photographs(span, previous, last_year, *months)

    def compared(of: Span, taken: Photograph) -> tuple[Span, Figures]:
        return of, figures(source.tallied(of, taken), taken.stock)

    own = source.tallied(span, photo)
    total = figures(own, photo.stock)
    ceiling = source.edition.limit(ClockKind.CEILING, Severity.ORDINARY)
    return PeriodReport(
        kind=request.kind,
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
        trend=_trend(source, months, others[2:]),
        cases=list(_cases(source, photo)),
        previous=compared(previous, others[0]),
        last_year=compared(last_year, others[1]),
        handling=handling(
            _outcomes(source), source.edition, _waiting(source, photo), known=photo.stock.known
        ),
        beside=beside(source.seen(), total.rates) if photo.stock.known else nothing_known(),
        ceiling=ceiling.workdays if ceiling else None,
        narrow=source.narrow,
        days=(min(span.last, today) - span.first).days + 1,
        worked=worked(source, photo),
        finish=total.finish,
        scores=total.scores,
        least=source.edition.readings.small_sample,
        registers=figures_of_registers(con, source.rulebooks, span, source.narrow, state.seq),
        market=market(source),
    )


def earlier(request: ReportRequest) -> tuple[Span, Span]:
    """Return the period before, and the same one of the year before, both whole."""
    return before(request.kind, request.span), a_year_earlier(request.kind, request.span)


def photographed(con: Connection, state: AsOf, spans: Sequence[Span]) -> list[Photograph]:
    """Return the photograph of the end of each span."""
    return photographs.photographs(con, state, [bounds(span) for span in spans])


def _outcomes(source: Source) -> dict[str | None, int]:
    """Return how many results of the period came to what, None where nobody said."""
    counts: dict[str | None, int] = {}
    for kind, row in periods.results(source.con, source.state, source.period):
        if source.narrow.takes(row.keys):
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def _waiting(source: Source, photo: Photograph) -> dict[str, Waiting]:
    return waiting_at(source.con, photo, source.rulebooks, source.kept)


def waiting_at(
    con: Connection,
    photo: Photograph,
    rulebooks: Rulebooks,
    kept: Callable[[list[Behind]], list[Behind]] = list,
) -> dict[str, Waiting]:
    """Return what waited without a limit when the photograph was taken; ``kept`` chooses rows."""
    found = {}
    for what in photographs.WAITS if photo.stock.counted else ():
        rows = kept(photographs.waiting(con, photo, what))
        longest = min((row.at for row in rows if row.at), default=None)
        found[what] = len(rows), from_text(longest) if longest else None
    return waiting(found, from_text(photo.end).date(), rulebooks.calendar)


def _months(span: Span) -> list[Span]:
    """Return the twelve months up to and including the one the period ends in."""
    first = date(span.last.year, span.last.month, 1)
    this = Span(first, first + relativedelta(months=1, days=-1))
    return [before("month", this, back) for back in range(11, -1, -1)]


def _trend(source: Source, months: Sequence[Span], photos: Sequence[Photograph]) -> list[Month]:
    points = []
    for month, counts, photo in zip(months, _flows(source, months), photos, strict=True):
        name = f"{month.first:%Y-%m}"
        if photo.stock.known:
            points.append(Month(name, *counts, _late_at(source, photo)))
        else:
            points.append(Month(name, None, None, None))
    return points


def _flows(source: Source, months: Sequence[Span]) -> list[tuple[int, int]]:
    """Return ``(received, resolved)`` of each month."""
    if not any(source.narrow):
        return periods.months(source.con, source.state, [bounds(month) for month in months])
    found = []
    for month in months:
        flows = periods.flows(source.con, source.state, bounds(month))
        own = [tally for tally in flows if source.narrow.takes(tally.keys)]
        received, resolved = (
            sum(tally.n for tally in own if tally.measure == measure)
            for measure in ("received", "resolved")
        )
        found.append((received, resolved))
    return found


def _late_at(source: Source, photo: Photograph) -> int | None:
    if not any(source.narrow) or not photo.stock.counted:
        return photographs.overdue(source.con, photo)
    return len(source.kept(photographs.missed(source.con, photo)))


# --- how it was handled ------------------------------------------------------------------


def worked(source: Source, photo: Photograph) -> Worked:
    """Return how reports were handled in the period; before the first day nothing is known."""
    if not photo.stock.known:
        return Worked({}, {}, [], None, {}, known=False)
    spent = list(times_spent(source, photo))
    return Worked(
        averages(spent),
        by_unit(spent),
        to_check(source),
        repeated(source),
        _longest(source, photo),
    )


def times_spent(source: Source, photo: Photograph) -> Iterator[Spent]:
    """Yield the working days that each result took, and that each open case has taken so far."""
    end = from_text(photo.end).date()
    done = handled.lengths(source.con, source.state, source.period)
    for length in (*done, *handled.ages(source.con, photo)):
        if source.narrow.takes(length.row.keys):
            yield from _spent(source, length, end)


def _spent(source: Source, length: Length, end: date) -> Iterator[Spent]:
    row = length.row
    last = end if length.end is None else from_text(length.end).date()
    grade = row.keys[tuple(DIMENSIONS).index("severity")] or ""
    for whose, begun in (("street", length.begun), ("unit", length.assigned)):
        if begun is None or (whose == "unit" and row.unit is None):
            continue
        took = workdays_between(from_text(begun).date(), last, source.rulebooks.calendar)
        yield Spent(whose, grade, row.number, row.unit, took, length.end is None, row.seq, row.at)


def to_check(source: Source) -> list[ToCheck]:
    """Return the results by which a case was only passed on, or that say nothing (以转代办)."""
    edition = source.edition
    passing = [kind.name for kind in edition.outcomes if kind.passed_on]
    hollow = {bare(words) for words in edition.readings.hollow_answers or ()}
    found = []
    for answer in handled.answers(source.con, source.state, source.period):
        why = only_passed_on(
            answer.kind, answer.outcome, passing, lambda words: bare(words) in hollow
        )
        if why and source.narrow.takes(answer.row.keys):
            row = answer.row
            found.append(ToCheck(row.number, row.unit, why, answer.passed, row.seq, row.at))
    return found


def repeated(source: Source) -> list[Repeated] | None:
    """Return the places and callers of several reports; None where the policy sets no number."""
    readings, span = source.edition.readings, source.request.span
    if readings.repeated_days is None or readings.repeated_reports is None:
        return None
    since = Span(span.last - timedelta(days=readings.repeated_days - 1), span.last)
    found = handled.again(
        source.con, source.state, bounds(since)[0], source.period, readings.repeated_reports
    )
    named = [number for again in found for number in again.numbers]
    lines = handled.lines(source.con, source.state, named) if any(source.narrow) else ()
    keys = {line.number: line.keys for line in lines}
    return [
        Repeated(again.place and mask_text(again.place), again.numbers)
        for again in found
        if not keys or any(source.narrow.takes(keys[number]) for number in again.numbers)
    ]


def _longest(source: Source, photo: Photograph) -> dict[str | None, int]:
    """Return for how many working days the oldest limit of each unit has been missed."""
    end, calendar = from_text(photo.end).date(), source.rulebooks.calendar
    longest: dict[str | None, int] = {}
    for row in source.kept(photographs.missed(source.con, photo)):
        late = workdays_between(from_text(row.at or "").date(), end, calendar)
        longest[row.unit] = max(late, longest.get(row.unit, 0))
    return longest


# --- the cases behind the figures ----------------------------------------------------------


def revealed(con: Connection, figures: PeriodReport, numbers: Collection[str]) -> PeriodReport:
    """Return a report with the summaries of the cases of these numbers as they were said."""
    said = [
        row | {"summary": summary_of(case(con, row["number"]).private, reveal=True)}
        if row["number"] in numbers
        else row
        for row in figures.cases
    ]
    return figures._replace(cases=said)


def _cases(source: Source, photo: Photograph) -> Iterator[dict[str, Any]]:
    end, calendar = from_text(photo.end).date(), source.rulebooks.calendar
    for row in photographs.cases(source.con, source.state, source.period, photo):
        told, then = row.case, row.at_end
        now = source.narrow.keeps(unit=told.lead, community=told.community, platform=told.platform)
        stood = then and source.narrow.keeps(
            unit=then.unit, community=then.community, platform=then.platform
        )
        if now or stood:
            late = None
            if then is not None and then.due:
                late = workdays_between(from_text(then.due).date(), end, calendar)
            yield _case(row) | {"workdays_late": late}


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
