"""What of a case is late, and who answers for it; who is rid of it when things stand otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tests.oracle.days import CLOSES, OPENS, Calendar
from tests.oracle.model import ORDER, ROOM, Case, Holder, Join, Row

WORKDAY = datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)


@dataclass(frozen=True)
class Verdict:
    """One thing that is late: ``who`` answers, in words where it is no unit."""

    kind: str
    key: tuple[object, ...]
    unit: str | None
    who: str | None
    due: datetime
    ended: datetime | None
    row: Row | None = None


def verdicts(case: Case, calendar: Calendar, now: datetime) -> Iterator[Verdict]:
    """Limits first, then demands, parts and signatures."""
    for row in sorted(case.rows, key=lambda row: (row.round, ORDER.index(row.kind))):
        if row.late(now):
            unit, who = answers_for(case, row, calendar)
            yield Verdict(row.kind, (row.kind, row.round), unit, who, row.due, row.stopped, row)
    others = sorted(others_of(case, calendar), key=lambda v: (GRAVITY.index(v.kind), v.due))
    yield from (late for late in others if (late.ended or now) > late.due)


def others_of(case: Case, calendar: Calendar) -> Iterator[Verdict]:
    """What has a date besides the limits, late or not."""
    for urge in case.urges:
        if urge.due:
            key = "urge", urge.by, urge.due
            yield Verdict("urge", key, urge.unit, urge.unit, urge.due, urge.answered)
    for part in case.parts:
        if part.due:
            key = "part", part.by, part.due
            yield Verdict("part", key, part.unit, part.unit, part.due, part.ended)
    for signing in case.signings:
        due = calendar.due(signing.since, 1)
        key = "unsigned", signing.by, due
        yield Verdict("unsigned", key, signing.unit, signing.unit, due, signing.ended)


GRAVITY = ("urge", "part", "unsigned")


def rid_of(
    before: Case, after: Case, calendar: Calendar, now: datetime
) -> list[tuple[Verdict, str | None]]:
    """What is late in the one, and in the other not, or another's (whose)."""
    still = {late.key: late.who or "" for late in verdicts(after, calendar, now)}
    return [
        (late, still.get(late.key))
        for late in verdicts(before, calendar, now)
        if still.get(late.key) != (late.who or "")
    ]


def holder_at(case: Case, moment: datetime) -> str | None:
    """Who had it at an instant, by the times that were stated."""
    return [holder.unit for holder in case.holders if holder.at <= moment][-1]


def answers_for(case: Case, row: Row, calendar: Calendar) -> tuple[str | None, str | None]:
    """五.2: who held it when it fell due; taken over within a working day, who handed it over."""
    if row.taken_late or row.kind in {"accept", "refer"} or (row.born and row.born > row.due):
        return ROOM, ROOM
    held = [holder for holder in hands(case, row) if holder.at < row.due]
    while held[1:] and held[-1].at > row.started:
        if calendar.office_time(held[-1].at, row.due) >= WORKDAY:
            break
        held.pop()
    return held[-1].unit, held[-1].who


def hands(case: Case, row: Row) -> list[Holder]:
    """Who had what a limit is of: until it was merged, those who had that report.

    Where the same had it on, nobody handed it over.
    """
    join = next((join for join in reversed(case.joined) if brought(case, row, join)), None)
    if join is None:
        return case.holders
    before = [holder for holder in join.held if holder.at < join.at]
    past = [holder for holder in case.holders if holder.at <= join.at]
    later = [holder for holder in case.holders if holder.at > join.at]
    taker = past[-1]
    if before and before[-1].who == taker.who:
        return [*before, *later]
    return [*before, Holder(join.at, taker.unit, taker.who), *later]


def brought(case: Case, row: Row, join: Join) -> bool:
    """Did this report bring the limit that the case runs to?"""
    shared = {offer.number for offer in row.offers if offer.limit[0] == row.started}
    if not join.held or row.started == case.received or None in shared:
        return False
    return join.number in shared or (not shared and join.receipt == row.started)
