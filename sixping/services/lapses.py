"""The failures of a period, and what has to be seen beside them, gathered from the ledger."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from sixping.office.organisation import history, organisation_at
from sixping.office.streams import entries
from sixping.queries.lapses import candidates
from sixping.queries.office import keeps
from sixping.queries.periods import AsOf
from sixping.queries.photographs import first_day
from sixping.queries.watched import candidates as to_be_watched
from sixping.reports.lapses import gravity, lapses, task_lapses
from sixping.reports.period import Span
from sixping.reports.responsibility import Ground, trail
from sixping.reports.spans import bounds, instants
from sixping.reports.watched import Seen, Watch, seen, states
from sixping.reports.waysout import turns
from sixping.services.filters import Places
from sixping.services.office.persons import presence
from sixping.services.rulebooks import rulebooks_on
from sixping.store.log import read_many
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sixping.cases.step import CaseEntry
    from sixping.office.streams import StreamEntry
    from sixping.policy.editions import Policy
    from sixping.reports.lapses import Lapse
    from sixping.reports.watched import State, Watched
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: cases replayed at a time: memory stays flat over a year
_AT_ONCE = 500


def gather(
    con: Connection, span: Span, now: datetime, unit: str | None, community: str | None
) -> list[Lapse]:
    """Return the failures of a period, gravest first.

    ``unit``: only those it answers for or coordinates; ``community``: only those of one. Names
    are as people write them; raises ``NotFound`` for one that nobody knows.
    """
    where = Places(unit, community).resolved(con)
    return sorted(
        (
            lapse
            for lapse in failures(con, rulebooks_on(con), *span, now)
            if where.unit in {None, lapse.unit, lapse.coordinator}
            and where.community in {None, lapse.community}
        ),
        key=gravity,
    )


def beside(
    con: Connection, span: Span, now: datetime, unit: str | None, community: str | None
) -> list[Watched]:
    """Return what is no failure of a period but has to be seen; filters as of ``gather``."""
    where = Places(unit, community).resolved(con)
    state = AsOf.present(con, to_text(now))
    return [
        row
        for row in watched(con, state, rulebooks_on(con), span, now).rows
        if where.unit in {None, row.unit} and where.community in {None, row.community}
    ]


def begins_after(con: Connection, span: Span, now: datetime) -> str | None:
    """Return when the first report came in where the period ended before; None: it did not."""
    first = first_day(con, AsOf.present(con, to_text(now)))
    return first if first and first > bounds(span)[1] else None


def watched(con: Connection, state: AsOf, rulebooks: Rulebooks, span: Span, now: datetime) -> Seen:
    """Return what every case has to show in a period, by the log as of a state of the ledger."""
    roles = organisation_at(con, span.last, state.seq).units.roles

    @cache
    def mains(number: str) -> Sequence[State]:
        (log,) = (log for _, log in _logs(con, state, [number]))
        return states(number, log, list(turns(number, log)))

    found = Seen([], [])
    for number, log in _logs(con, state, to_be_watched(con, state, bounds(span))):
        rules = rulebooks.rules(log[0].at.date())
        path, ground = list(turns(number, log)), Ground(rules, roles, now)
        counts = states(number, log, path)
        own = seen(Watch(number, log, path, counts, ground, *instants(span), mains))
        found.rows.extend(own.rows)
        found.second.extend(own.second)
    found.rows.sort(key=lambda row: (row.at, row.seq))
    return found


def _logs(
    con: Connection, state: AsOf, numbers: Sequence[str]
) -> Iterator[tuple[str, list[CaseEntry]]]:
    for place in range(0, len(numbers), _AT_ONCE):
        for number, log in read_many(con, numbers[place : place + _AT_ONCE]):
            known = [entry for entry in log if entry.seq <= state.seq]
            if known:
                yield number, known


def failures(
    con: Connection, rulebooks: Rulebooks, first: date, last: date, now: datetime
) -> Iterator[Lapse]:
    """Yield every failure that belongs to a period of whole days, case by case."""
    start, end = instants(Span(first, last))
    for lapse in _judged(con, rulebooks, (start, end), now):
        if start <= lapse.since <= min(end, now):
            yield lapse


def _judged(
    con: Connection, rulebooks: Rulebooks, period: tuple[datetime, datetime], now: datetime
) -> Iterator[Lapse]:
    """Yield the failures of the cases that may have one in the period, and of all tasks."""
    yield from of_cases(con, rulebooks, _candidates(con, rulebooks.policy, period, now), now)
    yield from task_lapses(_of_tasks(con), rulebooks.rules(now.date()), now)


def _of_tasks(con: Connection) -> list[StreamEntry]:
    """Return the entries of meetings; without plans and measures while their register sleeps."""
    found = entries(con, "meeting")
    if keeps(con, "meetings"):
        return found
    plans = {e.event.task for e in found if e.event.kind == "task_set" and e.event.sort}
    return [e for e in found if getattr(e.event, "task", None) not in plans]


def of_cases(
    con: Connection, rulebooks: Rulebooks, numbers: Sequence[str], now: datetime
) -> Iterator[Lapse]:
    """Yield every failure of some cases, whenever it was."""
    people = history(con)
    roles, there = people.at(now.date()).units.roles, presence(people)
    for place in range(0, len(numbers), _AT_ONCE):
        for number, log in read_many(con, numbers[place : place + _AT_ONCE]):
            path = trail(number, log, roles)
            rules = rulebooks.rules(path[-1].case.received_at.date())
            yield from lapses(path, Ground(rules, roles, now, there))


def _candidates(
    con: Connection, policy: Policy, period: tuple[datetime, datetime], now: datetime
) -> list[str]:
    """Return the cases to be judged: those a step of which may have had its day in the period."""
    readings = [edition.readings for edition in policy.editions]
    reach = max(max(r.unsigned_after_workdays, r.feedback_workdays or 0) for r in readings)
    back = period[0] - timedelta(days=2 * reach + 20)  # no run of days off is that long
    return candidates(
        con,
        first=to_text(period[0]),
        last=to_text(period[1]),
        back=to_text(back),
        now=to_text(now),
        feedback_late=any(r.feedback_workdays for r in readings),
    )
