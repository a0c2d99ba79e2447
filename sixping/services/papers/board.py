"""The wall gathered from the ledger: what counts this minute, from one state of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sixping.office.duty import DutyRecord
from sixping.queries.board import standing
from sixping.queries.cases import running
from sixping.queries.meetings import open_tasks
from sixping.render.paper.board import Board, DueToday, LateUnit, Post, Task
from sixping.services.dutycover import lacking_now, rule_of
from sixping.services.personal.atmeetings import Veil
from sixping.services.rulebooks import naming_on, rulebooks_on
from sixping.util.clock import SHANGHAI, from_text, to_text
from sixping.util.daytext import understood_day
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.policy.units import Unit
    from sixping.queries.cases import Running
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: a picture older than this was not drawn when it should have been
_FRESH = timedelta(minutes=15)
_TASKS_AHEAD = timedelta(days=7)


def board(con: Connection, now: datetime) -> Board:
    """Return what the wall shows at an instant, Shanghai time."""
    rulebooks, naming = rulebooks_on(con), naming_on(con, now.date())
    today = now.date()
    midnight = datetime.combine(today, time(), SHANGHAI)
    clocks = running(con, to_text(midnight + timedelta(days=1)))
    late = [clock for clock in clocks if clock.due < to_text(now)]
    counts = standing(con, to_text(midnight))
    record = DutyRecord(con, today, today)
    return Board(
        street=naming.street,
        office=record.people(today).units.room,
        day=understood_day(today),
        as_of=f"{now:%H:%M}",
        stale_after=f"{now + _FRESH:%H:%M}",
        late=len({clock.case.number for clock in late}),
        due_today=_due_today([clock for clock in clocks if clock.due >= to_text(now)]),
        open=counts.open,
        received_today=counts.received,
        units=_late_units(late, record.people(today).units.room, rulebooks, today),
        duty=_duty(rulebooks, record, now),
        tasks=tuple(_tasks(con, rulebooks, now)),
        deciding=counts.deciding,
        to_accept=counts.to_accept,
    )


def _due_today(clocks: Sequence[Running]) -> DueToday:
    def cases(*kinds: str) -> int:
        return len({clock.case.number for clock in clocks if clock.kind in kinds})

    whole = len({clock.case.number for clock in clocks})
    return DueToday(whole, cases("accept"), cases("refer"), cases("finish", "ceiling"))


def _late_units(
    late: Sequence[Running], room: str, rulebooks: Rulebooks, today: date
) -> tuple[LateUnit, ...]:
    """Return who has what is late, most first: a case once, under its oldest missed limit.

    The room answers for what nobody has yet, and for the limits that are its own.
    """
    own = rulebooks.policy.edition_at(today).readings.room_answers_for
    oldest = {clock.case.number: clock for clock in reversed(late)}
    units: dict[str, list[int]] = {}
    for clock in oldest.values():
        unit = room if clock.kind in own or not clock.case.lead else clock.case.lead
        days = workdays_between(from_text(clock.due).date(), today, rulebooks.calendar)
        units.setdefault(unit, []).append(days)
    found = [LateUnit(unit, len(days), max(days)) for unit, days in units.items()]
    return tuple(sorted(found, key=lambda unit: (-unit.late, -unit.longest, unit.name)))


def _duty(rulebooks: Rulebooks, record: DutyRecord, now: datetime) -> tuple[Post, ...] | str:
    if not rulebooks.calendar.is_workday(now.date()):
        return "今日休息"
    posts = tuple(
        _post(rulebooks, record, unit, now)
        for unit in record.people(now.date()).units
        if unit.duty is not None
    )
    return posts or "没有须值守的单位"


def _post(rulebooks: Rulebooks, record: DutyRecord, unit: Unit, now: datetime) -> Post:
    """Return who of an agency is there; before the beginning of checks nobody knows."""
    day, minute = now.date(), now.hour * 60 + now.minute
    members = {person.id for person in record.people(day).members(unit.name)}
    here = [
        who
        for who, start, end in record.at(day).spells()
        if start <= minute < end and who in members
    ]
    due = len(record.at(day).rosters.get(unit.name, ())) or rule_of(rulebooks, day).staff
    if record.begun is None or day < record.begun:
        return Post(unit.name, None, due)
    return Post(unit.name, len(here), due, lacking_now(rulebooks, record, unit, here, now))


def _tasks(con: Connection, rulebooks: Rulebooks, now: datetime) -> Iterator[Task]:
    """Yield the open tasks of meetings that are due within a week, late ones first."""
    today = now.date()
    closes = rulebooks.policy.edition_at(today).counting.closes
    veil = Veil(con)
    for row in open_tasks(con, (today + _TASKS_AHEAD).isoformat()):
        day = date.fromisoformat(row.due)
        late = datetime.combine(day, closes, SHANGHAI) < now
        words = f"{day.month}月{day.day}日"
        if late:
            words = f"超{workdays_between(day, today, rulebooks.calendar) or '不足1'}日"
        elif day == today:
            words = "今日到期"
        yield Task(row.lead, veil.task(row), words, late)
