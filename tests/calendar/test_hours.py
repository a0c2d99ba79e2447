"""Office hours with a lunch break: what of a stretch of time is office time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.util.clock import SHANGHAI
from sixping.workdays import Hours, load_calendar, office_time

HOURS = Hours(time(8, 30), time(17, 30), time(12), time(13, 30))
CALENDAR = load_calendar()
FIRST = datetime(2026, 11, 20, tzinfo=SHANGHAI)  # a Friday
MINUTES = st.integers(0, 6 * 24 * 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23T11:00", "2026-11-23T14:00", 90),
        ("2026-11-23T12:10", "2026-11-23T13:20", 0),
        ("2026-11-23T00:00", "2026-11-23T23:59", 450),
        ("2026-11-23T17:00", "2026-11-24T09:00", 60),
        ("2026-11-20T13:00", "2026-11-23T12:30", 240 + 210),
    ],
)
def test_a_break_is_no_office_time(start: str, end: str, minutes: int) -> None:
    assert office_time(at(start), at(end), CALENDAR, HOURS) == timedelta(minutes=minutes)


@given(MINUTES, MINUTES)
def test_office_time_is_the_minutes_in_which_the_office_is_open(one: int, other: int) -> None:
    first, last = sorted((one, other))
    open_minutes = 0
    for minute in range(first, last):
        moment = FIRST + timedelta(minutes=minute)
        clock = moment.time()
        rests = time(12) <= clock < time(13, 30)
        open_ = time(8, 30) <= clock < time(17, 30) and not rests
        open_minutes += open_ and CALENDAR.is_workday(moment.date())
    start, end = (FIRST + timedelta(minutes=minute) for minute in (first, last))
    assert office_time(start, end, CALENDAR, HOURS) == timedelta(minutes=open_minutes)


def test_the_office_is_open_at_both_ends_of_its_stretches_and_not_between() -> None:
    for moment in (time(8, 30), time(12), time(13, 30), time(17, 30)):
        assert HOURS.hold(moment)
    for moment in (time(8, 29), time(12, 1), time(13, 29), time(17, 30, 1)):
        assert not HOURS.hold(moment)
    assert HOURS.length == timedelta(hours=7, minutes=30)
    assert Hours(time(8), time(17)).length == timedelta(hours=9)
    assert CALENDAR.is_workday(date(2026, 11, 20))
