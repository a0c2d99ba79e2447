"""Breaches with the unit that answers for each, as the readings divide them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.oracle.days import CLOSES, OPENS, Calendar, end_of, start_of
from tests.oracle.model import ROOM, Case, Row
from tests.oracle.street import Street

Lapse = tuple[Any, ...]
WORKDAY = datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)


def lapses(street: Street, first: date, last: date, now: datetime) -> list[Lapse]:
    """(number, kind, unit, due, happened, workdays late, since) of each lapse of a period."""
    end = end_of(last)
    found = []
    for case in street.cases.values():
        for kind, unit, due, happened, since in breaches(case, street.calendar, now):
            if start_of(first) <= since <= end:
                late = None if due is None else workdays_late(street.calendar, due, happened or now)
                found.append((case.number, kind, unit, str(due), str(happened), str(late)))
    return sorted(found, key=str)


def workdays_late(calendar: Calendar, due: datetime, happened: datetime) -> int:
    return calendar.between(due.date(), happened.date())


def breaches(case: Case, calendar: Calendar, now: datetime) -> Iterator[Lapse]:
    for row in case.rows:
        if row.late(now):
            yield row.kind, answers_for(case, row, calendar), row.due, row.stopped, row.due
    for urge in case.urges:
        if urge.due and (urge.answered or now) > urge.due:
            yield "urge", urge.unit, urge.due, urge.answered, urge.due
    for part in case.parts:
        if part.due and (part.ended or now) > part.due:
            yield "part", part.unit, part.due, part.ended, part.due
    for signing in case.signings:
        due = calendar.due(signing.since, 1)
        if (signing.ended or now) > due:
            yield "unsigned", signing.unit, due, signing.ended, due
    if case.waited_for and case.verified is not False:
        yield "feedback", case.results[-1].unit, None, None, case.resolved


def holder_at(case: Case, moment: datetime) -> str | None:
    """Who had it at an instant, by the times that were stated."""
    return [holder.unit for holder in case.holders if holder.at <= moment][-1]


def answers_for(case: Case, row: Row, calendar: Calendar) -> str | None:
    """五.2: who held it when it fell due; taken over within a working day, who handed it over."""
    if row.taken_late or row.kind in {"accept", "refer"} or (row.born and row.born > row.due):
        return ROOM
    held = [holder for holder in case.holders if holder.at < row.due]
    while held[1:] and held[-1].at > row.started:
        if calendar.office_time(held[-1].at, row.due) >= WORKDAY:
            break
        held.pop()
    return held[-1].unit
