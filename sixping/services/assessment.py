"""An assessment gathered from the ledger: the rows of every case, of duty, of what was recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from sixping.policy.units import UnitKind
from sixping.reports.assessment import Assessment, ManualItem, Sheet, assess, others
from sixping.reports.assessrows import Row, Scope, case_rows, duty_rows, task_rows
from sixping.reports.lapses import task_lapses
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from sixping.office.organisation import History
    from sixping.office.streams import StreamEntry
    from sixping.queries.periods import AsOf
    from sixping.reports.period import Span
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

Found = tuple[Assessment, list[Row]]


def gather(con: Connection, sort: str, span: Span, state: AsOf) -> Found:
    """Return the assessment of a period as of a state of the ledger, and the rows behind it.

    A period that is over stands at its last second: the page of a month is the same
    whenever it is made from the same ledger.
    """
    from sixping.office import streams
    from sixping.office.marks import ITEMS, STREAM, TEXTS
    from sixping.office.organisation import history
    from sixping.policy.assessment import load_scheme
    from sixping.services.periods import bounds
    from sixping.services.rulebooks import rulebooks_on

    rulebooks, people = rulebooks_on(con), history(con, state.seq)
    first, last = (from_text(text) for text in bounds(span))
    now = min(last, from_text(state.moment))
    units = _units(people, span)
    rows = list(_case_rows(con, state, rulebooks, people, (first, last, now)))
    rows += _duty_rows(con, rulebooks, span, state, now)
    tasks = streams.entries(con, "meeting", None, state.seq)
    rows += task_rows(task_lapses(tasks, rulebooks.rules(span.last), now), first, last)
    recorded = streams.entries(con, STREAM, ITEMS, state.seq)
    items = [item_of(e) for e in recorded if span.first <= e.event.day <= span.last]
    scheme, few = load_scheme(), rulebooks.policy.edition_at(span.last).readings.small_sample
    found = Assessment(
        sort=sort,
        period=span,
        as_of=now,
        seq=state.seq,
        head=state.head,
        scheme=scheme,
        small_sample=few,
        subjects=tuple(assess(scheme, units, rows, items, few)),
        others=tuple(others(units, rows)),
        sheets=tuple(_sheets(units, streams.entries(con, STREAM, TEXTS, state.seq), span))
        if sort == "year"
        else (),
    )
    return found, rows


def _units(people: History, span: Span) -> dict[str, UnitKind]:
    """Return the units there were on any day of a period, with their kinds."""
    found: dict[str, UnitKind] = {}
    for ahead in range((span.last - span.first).days + 1):
        units = people.at(span.first + timedelta(days=ahead)).units
        found |= {unit.name: unit.kind for unit in units}
    return found


def _case_rows(
    con: Connection,
    state: AsOf,
    rulebooks: Rulebooks,
    people: History,
    times: tuple[datetime, datetime, datetime],
) -> Iterator[Row]:
    from sixping.queries.assessment import touched
    from sixping.reports.responsibility import Ground, trail
    from sixping.store.log import read_many
    from sixping.util.clock import to_text

    first, last, now = times
    numbers = touched(con, state, (to_text(first), to_text(last)))
    room, home = people.at(last.date()).units.room, _homes(people)
    for number, entries in read_many(con, numbers):
        path = trail(number, [e for e in entries if e.seq <= state.seq], room)
        if path:
            rules = rulebooks.rules(path[0].case.received_at.date())
            yield from case_rows(path, Scope(Ground(rules, room, now), first, last, home))


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
    con: Connection, rulebooks: Rulebooks, span: Span, state: AsOf, now: datetime
) -> Iterable[Row]:
    """Return the rows of duty; none where nobody recorded any in the whole period."""
    from sixping.office.duty import DutyRecord
    from sixping.reports.dutycover import compliance
    from sixping.services.dutycover import rule_of, started

    book = DutyRecord(con, span.first, span.last, state.seq)
    if not any(span.first <= day <= span.last for day in book.days):
        return ()
    days = started(rulebooks, book, span.first, span.last, now)
    return duty_rows(days, compliance(days, rule_of(rulebooks, span.first)))


def item_of(entry: StreamEntry) -> ManualItem:
    """Return points given by hand as they were recorded."""
    event = entry.event
    points = Decimal(event.points)
    return ManualItem(entry.seq, event.unit, event.day, points, event.reason, entry.by)


def _sheets(
    units: Mapping[str, UnitKind], texts: Iterable[StreamEntry], span: Span
) -> Iterator[Sheet]:
    """Return one sheet an agency with what was recorded of it in the year (附3.5)."""
    entries = list(texts)
    for name, kind in units.items():
        if kind is not UnitKind.AGENCY:
            continue
        opinions, consents = [], []
        for entry in entries:
            event = entry.event
            if event.agency != name:
                continue
            if event.kind == "opinion_given" and event.year == span.first.year:
                opinions.append((entry.seq, entry.at.date(), event.text, entry.by))
            elif event.kind == "consent_given" and span.first <= event.day <= span.last:
                consents.append((entry.seq, event.day, event.text, entry.by))
        yield Sheet(name, tuple(opinions), tuple(consents))
