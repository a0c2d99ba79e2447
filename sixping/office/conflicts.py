"""One person is in one place at a time: duty, patrols, operations and meetings together.

Pure. Minutes are of a day, Shanghai time; a stretch ends before its last minute.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed
from sixping.office.duty import DAY_END, DayBook, DutyRecord, clock
from sixping.office.meetings import meetings_on
from sixping.office.operations import operations_on
from sixping.office.patrols import patrols_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sixping.office.meetings import Meeting
    from sixping.office.operations import Operation
    from sixping.office.patrols import Patrolled
    from sixping.store.sqlite import Connection

#: what attendance in the command room is called
DUTY = "值守"

Hours = tuple[str | None, str | None]
"""From and to, as ``08:05``; both None where nobody said."""


class Engagement(NamedTuple):
    """Where somebody was on a day, from minute to minute."""

    person: str
    start: int
    end: int
    what: str
    id: str = ""


def minute(value: str) -> int:
    """Return ``08:05`` as a minute of the day."""
    hours, _, minutes = value.partition(":")
    return int(hours) * 60 + int(minutes)


def engagements(
    day: date,
    book: DayBook,
    patrols: Iterable[Patrolled],
    operations: Iterable[Operation],
    meetings: Iterable[Meeting],
) -> Iterator[Engagement]:
    """Yield where people were on a day; what has no hours on record is left out."""
    for who, start, end, *_ in book.spells():
        yield Engagement(who, start, end, DUTY)
    for patrol in patrols:
        if patrol.day == day:
            yield from _all(patrol.people, patrol.start, patrol.end, "巡查")
    for operation in operations:
        if operation.on(day):
            plan = operation.plan
            yield from _all(operation.people(day), plan.start, plan.end, "联合执法", operation.id)
    for meeting in meetings:
        if meeting.day == day:
            yield from _all(meeting.people, meeting.start, meeting.end, meeting.sort, meeting.id)


def _all(
    people: Iterable[str], start: str | None, end: str | None, what: str, name: str = ""
) -> Iterator[Engagement]:
    if start is not None and end is not None:
        for who in people:
            yield Engagement(who, minute(start), minute(end), what, name)


def refuse_clash(
    known: Iterable[Engagement],
    people: Iterable[str],
    start: str,
    end: str,
    but: str | None = None,
) -> None:
    """Raise ``NotAllowed`` when one of them was elsewhere; ``but``: what is being recorded."""
    wanted, first, last = set(people), minute(start), minute(end)
    for other in known:
        if other.person in wanted and other.id != but and other.start < last and first < other.end:
            until = "尚未签退" if other.end == DAY_END else f"至 {clock(other.end)}"
            name = f"{other.what} {other.id}".rstrip()
            raise NotAllowed(
                f"{other.person} 自 {clock(other.start)} 在{name} ({until}),"
                f" {start}-{end} 不能又在别处: 一个人不能同时在两处。",
                f"请核对人员和时间; 值守的先签退: sixping duty out {other.person} --at 时间。",
            )


def refuse_away(record: DutyRecord, person: str, day: date) -> None:
    """Raise ``NotAllowed`` when a person is on leave on a day."""
    if record.away(person, day):
        raise NotAllowed(
            f"{person} 在{understood_day(day)}请假。",
            "请换别人; 请假记错了: sixping duty void 序号 --reason 理由。",
        )


def refuse_elsewhere(
    con: Connection,
    day: date,
    people: Iterable[str],
    hours: Hours,
    *,
    but: str | None = None,
    duty: bool = True,
) -> None:
    """Raise ``NotAllowed`` when one of them is on leave or somewhere else at those hours.

    ``but``: the id of what is being recorded; ``duty`` False: attendance itself is being
    recorded and was judged already. Without hours only leave counts.
    """
    Elsewhere(con, day, day).refuse(day, people, hours, but=but, duty=duty)


class Elsewhere:
    """Where people are on some days, read once; what only hours need is read when they do."""

    def __init__(self, con: Connection, first: date, last: date) -> None:
        """Read who is on duty and on leave on these days."""
        self._con, self._first, self._last = con, first, last
        self._record = DutyRecord(con, first, last)

    @cached_property
    def _told(self) -> tuple[list[Patrolled], list[Operation], list[Meeting]]:
        return (
            list(patrols_on(self._con, self._first, self._last)),
            list(operations_on(self._con).values()),
            list(meetings_on(self._con).values()),
        )

    def refuse(
        self,
        day: date,
        people: Iterable[str],
        hours: Hours,
        *,
        but: str | None = None,
        duty: bool = True,
    ) -> None:
        """Raise ``NotAllowed`` as ``refuse_elsewhere`` does."""
        wanted = list(people)
        for who in wanted:
            refuse_away(self._record, who, day)
        start, end = hours
        if start is None or end is None:
            return
        known = engagements(day, self._record.at(day), *self._told)
        known = (other for other in known if duty or other.what != DUTY)
        refuse_clash(known, wanted, start, end, but)


def away_on_business(con: Connection) -> dict[date, list[Engagement]]:
    """Return by day who was on patrol, at a meeting or on a joint operation, and when."""
    patrols, operations = patrols_on(con), list(operations_on(con).values())
    meetings = list(meetings_on(con).values())
    days = {
        *(patrol.day for patrol in patrols),
        *(day for operation in operations for day in operation.each_day()),
        *(meeting.day for meeting in meetings),
    }
    return {day: list(engagements(day, DayBook(), patrols, operations, meetings)) for day in days}
