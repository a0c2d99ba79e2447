"""An assessment gathered from the ledger: the rows of every case, of duty, of what was recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from sixping.office import registers, streams
from sixping.office.duty import DutyRecord
from sixping.office.marks import ITEMS, STREAM, TEXTS, ConsentGiven, OpinionGiven
from sixping.office.organisation import history
from sixping.policy.assessment import SCHEME, load_scheme
from sixping.policy.units import UnitKind
from sixping.queries.assessment import mains, touched
from sixping.reports.assessment import (
    AgencySheet,
    Assessment,
    ManualItem,
    RecordedText,
    assess,
    left_out,
    nobody,
    others,
    unknown,
    unknown_counts,
    unknown_nobody,
)
from sixping.reports.assessrows import (
    AssessmentRow,
    Scope,
    case_rows,
    duty_rows,
    online_rows,
    seen_rows,
    task_rows,
)
from sixping.reports.dutycover import compliance
from sixping.reports.lapses import task_lapses
from sixping.reports.office.persons import person_rows, persons_of
from sixping.reports.onlineduty import assignments
from sixping.reports.responsibility import Ground, trail
from sixping.reports.spans import bounds, instants
from sixping.services.dutycover import online_of, rule_of, started
from sixping.services.lapses import watched
from sixping.services.office.letters import of_agency
from sixping.services.office.persons import KEY as PERSONS
from sixping.services.office.persons import Names, presence
from sixping.services.report import photographed, state_of, waiting_at
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.store.log import read_many
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sixping.office.organisation import History, Organisation
    from sixping.office.streams import StreamEntry
    from sixping.queries.periods import AsOf
    from sixping.reports.assessment import Subject
    from sixping.reports.period import Span
    from sixping.reports.spans import ReportRequest
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection


def gather(
    con: Connection, request: ReportRequest, state: AsOf | None = None
) -> tuple[Assessment, list[AssessmentRow]]:
    """Return the assessment of a period as of a state of the ledger, and the rows behind it.

    A period that is over stands at its last second: the page of a month is the same
    whenever it is made from the same ledger. ``state``: None for that of the request.
    """
    span, state = request.span, state or state_of(con, request)
    now = min(instants(span)[1], from_text(state.moment))
    rulebooks, people = rulebooks_on(con, state.seq), history(con, state.seq)
    units = _units(people, span)
    readings = rulebooks.policy.edition_at(span.last).readings
    since = registers.begun(con, PERSONS, state.seq)
    rows = list(_case_rows(con, state, rulebooks, people, span, now, since))
    rows += _duty_rows(con, state, rulebooks, span, now)
    rows += _task_rows(con, state, rulebooks, span, now)
    rows += seen_rows(watched(con, state, rulebooks, span, now).rows)
    rows = _of_communities(people, rows)
    items = [i for i in manual_items(con, state.seq) if span.first <= i.day <= span.last]
    scheme = rule_on(con, SCHEME, load_scheme, state.seq)
    subjects = assess(scheme, units, rows, items, readings.small_sample)
    if since:
        subjects = _with_persons(subjects, rows, Names(con, state.seq), people.at(span.last))
    photo = photographed(con, state, [span])[0]
    known, of_nobody, left = photo.stock.known, nobody(scheme, units, rows), left_out(rows)
    assessment = Assessment(
        sort=request.kind,
        period=span,
        as_of=now,
        made_at=request.moment,
        counts_until=request.moment,
        known=known,
        seq=state.seq,
        head=state.head,
        scheme=scheme,
        small_sample=readings.small_sample,
        units=units,
        subjects=tuple(subjects if known else map(unknown, subjects)),
        nobody=of_nobody if known else unknown_nobody(of_nobody),
        left_out=left if known else unknown_counts(left),
        others=tuple(others(units, rows)),
        sheets=tuple(_sheets(con, state, units, span)) if request.kind == "year" else (),
        waiting=waiting_at(con, photo, rulebooks),
        persons_since=since,
    )
    return assessment, rows


def _with_persons(
    subjects: Iterable[Subject],
    rows: Sequence[AssessmentRow],
    names: Names,
    organisation: Organisation,
) -> list[Subject]:
    """Return the subjects with who answered for cases in them (附2.1), each under his unit."""

    def home(who: str) -> str | None:
        person = organisation.people.get(who)
        return person.unit if person else None

    found = persons_of(rows, names.of, home)
    return [subject._replace(persons=found.get(subject.name, ())) for subject in subjects]


def _units(people: History, span: Span) -> dict[str, UnitKind]:
    """Return the units there were on any day of a period, with their kinds."""
    kinds: dict[str, UnitKind] = {}
    for ahead in range((span.last - span.first).days + 1):
        units = people.at(span.first + timedelta(days=ahead)).units
        kinds |= {unit.name: unit.kind for unit in units}
    return kinds


def _of_communities(people: History, rows: Iterable[AssessmentRow]) -> list[AssessmentRow]:
    """Return the rows with those of a grid under its community of the day (五.2 knows no grids)."""

    @cache
    def community(unit: str, day: date) -> str | None:
        known = people.at(day).units.get(unit)
        return known.parent if known and known.kind is UnitKind.GRID else None

    def rolled(row: AssessmentRow) -> AssessmentRow:
        day = row.at.date() if isinstance(row.at, datetime) else row.at
        above = community(row.unit, day) if row.unit else None
        return row._replace(unit=above, what=f"{row.what} ({row.unit})") if above else row

    return [rolled(row) for row in rows]


def _case_rows(
    con: Connection,
    state: AsOf,
    rulebooks: Rulebooks,
    people: History,
    span: Span,
    now: datetime,
    persons_since: date | None,
) -> Iterator[AssessmentRow]:
    roles, home = people.at(span.last).units.roles, _homes(people)
    satisfied = rulebooks.policy.edition_at(span.last).readings.satisfied_from
    others_main, there = mains(con, state, bounds(span)), presence(people)
    for number, entries in read_many(con, touched(con, state, bounds(span))):
        path = trail(number, [e for e in entries if e.seq <= state.seq], roles)
        if path:
            rules = rulebooks.rules(path[-1].case.received_at.date())
            ground = Ground(rules, roles, now, there)
            scope = Scope(ground, *instants(span), home, satisfied, others_main)
            yield from case_rows(path, scope)
            if persons_since:
                yield from person_rows(path, scope, persons_since)
            yield from online_rows(assignments(path, ground), scope, online_of(people))


def _homes(people: History) -> Callable[[str, date], str | None]:
    """Return what tells the unit of a person, named by id or by a name nobody else has."""

    @cache
    def home(who: str, day: date) -> str | None:
        known = people.at(day).people
        if who in known:
            return known[who].unit
        named = [person.unit for person in known.values() if person.name == who]
        return named[0] if len(named) == 1 else None

    return home


def _duty_rows(
    con: Connection, state: AsOf, rulebooks: Rulebooks, span: Span, now: datetime
) -> Iterable[AssessmentRow]:
    """Return the rows of duty, from the day the room declared as its beginning."""
    record = DutyRecord(con, *span, state.seq)
    days = started(rulebooks, record, *span, now)
    return duty_rows(days, compliance(days, rule_of(rulebooks, span.first)))


def _task_rows(
    con: Connection, state: AsOf, rulebooks: Rulebooks, span: Span, now: datetime
) -> Iterator[AssessmentRow]:
    tasks = streams.entries(con, "meeting", as_of=state.seq)
    return task_rows(task_lapses(tasks, rulebooks.rules(span.last), now), *instants(span))


# --- what was recorded by hand ----------------------------------------------------------


def manual_items(con: Connection, as_of: int | None = None) -> list[ManualItem]:
    """Return the points given by hand as they were recorded, oldest first."""
    return [
        ManualItem(e.seq, e.event.unit, e.event.day, Decimal(e.event.points), e.event.reason, e.by)
        for e in streams.entries(con, STREAM, ITEMS, as_of)
    ]


def opinion_of(con: Connection, agency: str, year: int) -> int | None:
    """Return the seq of the opinion on an agency's cadres of a year, None: there is none yet."""
    opinions = _opinions(streams.entries(con, STREAM, TEXTS), agency, year)
    return next((opinion.seq for opinion in opinions), None)


def _sheets(
    con: Connection, state: AsOf, units: Mapping[str, UnitKind], span: Span
) -> Iterator[AgencySheet]:
    """Return one sheet an agency with what was recorded of it in the year (附3.5)."""
    entries = streams.entries(con, STREAM, TEXTS, state.seq)
    for name, kind in units.items():
        if kind is UnitKind.AGENCY:
            opinions = _opinions(entries, name, span.first.year)
            consents = (
                RecordedText(e.seq, e.event.day, e.event.text, e.by)
                for e in entries
                if isinstance(e.event, ConsentGiven)
                and e.event.agency == name
                and span.first <= e.event.day <= span.last
            )
            letters = of_agency(con, name, span.first.year, state.seq)
            yield AgencySheet(name, tuple(opinions), tuple(consents), letters)


def _opinions(entries: Sequence[StreamEntry], agency: str, year: int) -> Iterator[RecordedText]:
    for entry in entries:
        event = entry.event
        if isinstance(event, OpinionGiven) and (event.agency, event.year) == (agency, year):
            yield RecordedText(entry.seq, entry.at.date(), event.text, entry.by)
