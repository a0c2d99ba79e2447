"""Breaches with the unit that answers for each, as the readings divide them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.oracle.days import Calendar, end_of, start_of
from tests.oracle.late import verdicts
from tests.oracle.model import Case
from tests.oracle.street import Street

Lapse = tuple[Any, ...]


def lapses(street: Street, first: date, last: date, now: datetime) -> list[Lapse]:
    """(number, kind, unit, due, happened, workdays late, since) of each lapse of a period."""
    end = end_of(last)
    found = []
    for case in street.cases.values():
        for kind, unit, due, happened, since in breaches(street, case, now):
            if start_of(first) <= since <= end:
                late = None if due is None else workdays_late(street.calendar, due, happened or now)
                found.append((case.number, kind, unit, str(due), str(happened), str(late)))
    return sorted(found, key=str)


def workdays_late(calendar: Calendar, due: datetime, happened: datetime) -> int:
    return calendar.between(due.date(), happened.date())


def breaches(street: Street, case: Case, now: datetime) -> Iterator[Lapse]:
    for late in verdicts(case, street.calendar, now):
        yield late.kind, late.unit, late.due, late.ended, late.due
    if case.waited_for and case.verified is not False:
        yield "feedback", case.results[-1].unit, None, None, case.resolved
