"""Periods in working days: the anchors of the notice's reading, an oracle, properties."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.calendar.files import load_layers
from sixping.calendar.layers import LocalOrder, NamedDay, PublishedYear
from sixping.calendar.table import Calendar
from sixping.errors import BadData, UsageFault
from sixping.util.clock import SHANGHAI
from sixping.workdays import (
    Hours,
    add_workdays,
    counted_from,
    due_at,
    explain_days,
    load_calendar,
    workdays_between,
)

SHARED = Path(__file__).parents[3] / "shared" / "data"
HOURS = Hours(time(8), time(17))
LAYERS = load_layers(None)
CALENDAR = load_calendar()
NATIONAL = Calendar(LAYERS.years.values(), (), LAYERS.statute)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST, date(2060, 12, 31))
MOMENTS = st.datetimes(
    datetime(2004, 1, 2),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(SHANGHAI),
)
COUNTS = st.integers(0, 400)
G20_OFF = [date(2016, 9, n) for n in (1, 2, 5, 6, 7)]
G20_WORKED = [date(2016, 8, 28), date(2016, 9, 10), date(2016, 9, 11)]

ANCHORS = """
2020-03-16 2020-03-17 2020-03-23 2020-04-07
2020-01-23 2020-02-03 2020-02-07 2020-02-21
2020-04-30 - 2020-05-11 -
2020-06-24 2020-06-28 - -
2020-09-21 - - 2020-10-16
2020-09-25 - 2020-10-09 -
2020-03-21 2020-03-23 - -
2024-02-09 2024-02-18 2024-02-22 2024-03-07
2025-01-24 2025-01-26 2025-02-07 2025-02-20
2026-02-13 2026-02-14 2026-02-27 2026-03-12
2026-09-30 2026-10-08 2026-10-13 2026-10-27
2026-12-10 2026-12-11 2026-12-17 2026-12-31
"""


def between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("line", ANCHORS.split("\n")[1:-1])
def test_the_anchor_dates_come_out_right(line: str) -> None:
    start, *dues = line.split()
    for count, due in zip((1, 5, 15), dues, strict=True):
        if due != "-":
            assert str(add_workdays(date.fromisoformat(start), count, CALENDAR)) == due


def test_the_golden_deadlines_come_out_right() -> None:
    path = SHARED / "golden_deadlines.csv"
    if not path.is_file():
        pytest.skip("needs ../shared/data/golden_deadlines.csv")
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            start = date.fromisoformat(row["receipt_date"])
            assert str(NATIONAL.is_workday(start)) == row["receipt_is_workday"]
            got = [str(add_workdays(start, n, NATIONAL)) for n in (1, 5, 15)]
            assert got == [row["due_1wd"], row["due_5wd"], row["due_15wd"]], start


def test_every_day_and_every_count_agree_with_an_independent_oracle_counted_by_hand() -> None:
    oracle = holidays.country_holidays("CN", years=range(2004, 2029))  # 2027 on: statute
    working = {day: oracle.is_working_day(day) for day in between(FIRST, date(2027, 12, 31))}
    wrong = []
    for start in between(FIRST, LAST):
        day = start
        for count in range(1, 31):
            day += timedelta(days=1)
            while not working[day]:
                day += timedelta(days=1)
            if add_workdays(start, count, NATIONAL) != day:
                wrong.append((start, count, day))
    assert not wrong


def test_provisional_years_agree_with_the_oracle_for_two_generations() -> None:
    oracle = holidays.country_holidays("CN", years=range(2027, 2101))
    # The oracle has 清明 2100 on 04-04; the sun reaches 15 degrees at 00:40 on the 5th.
    # 04-04 is a Sunday, so there the day off in lieu is the Monday, the day itself here.
    wrong = [
        day
        for day in between(date(2027, 1, 1), date(2100, 12, 31))
        if oracle.is_working_day(day) != NATIONAL.is_workday(day)
    ]
    assert not wrong


@given(DAYS, COUNTS, COUNTS)
def test_counting_on_is_counting_once(start: date, m: int, n: int) -> None:
    assert add_workdays(start, m + n, CALENDAR) == add_workdays(
        add_workdays(start, m, CALENDAR), n, CALENDAR
    )


@given(DAYS, DAYS, COUNTS, COUNTS)
def test_later_receipts_and_longer_limits_are_never_due_earlier(
    a: date, b: date, m: int, n: int
) -> None:
    (a, b), (m, n) = sorted((a, b)), sorted((m, n))
    assert add_workdays(a, m, CALENDAR) <= add_workdays(b, n, CALENDAR)


@given(DAYS, st.integers(1, 400))
def test_a_due_day_is_worked_and_measures_back_to_the_count(start: date, count: int) -> None:
    due = add_workdays(start, count, CALENDAR)
    assert CALENDAR.is_workday(due)
    assert workdays_between(start, due, CALENDAR) == count
    assert workdays_between(due, start, CALENDAR) == -count


@given(DAYS, st.integers(0, 40))
def test_the_counted_lines_of_an_explanation_sum_to_the_count(start: date, count: int) -> None:
    lines = explain_days(start, count, CALENDAR)
    assert sum(line.counted for line in lines) == count
    assert [line.date for line in lines] == between(
        start + timedelta(days=1), add_workdays(start, count, CALENDAR)
    )
    for line in lines:
        assert line.name or line.counted
        assert line.source


@given(MOMENTS, st.integers(1, 30))
def test_the_hour_of_receipt_does_not_matter_to_the_civil_code(at: datetime, n: int) -> None:
    due = due_at(at, n, CALENDAR, "civil-code", HOURS)
    assert due == datetime.combine(add_workdays(at.date(), n, CALENDAR), time(17), SHANGHAI)


def test_receipt_is_dated_in_shanghai_whatever_the_zone_it_came_in() -> None:
    late = datetime(2020, 3, 31, 16, 30, tzinfo=UTC)  # 1 April in Shanghai
    due = due_at(late, 1, CALENDAR, "civil-code", HOURS)
    assert due.isoformat() == "2020-04-02T17:00:00+08:00"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2020-03-16T07:59:59", "2020-03-17"),
        ("2020-03-16T17:00:00", "2020-03-17"),
        ("2020-03-16T17:00:01", "2020-03-18"),
        ("2020-03-21T10:00:00", "2020-03-24"),  # Saturday: deemed received on Monday
        ("2020-04-25T10:00:00", "2020-04-27"),  # before a Sunday worked: deemed that Sunday
        ("2026-10-03T10:00:00", "2026-10-09"),
    ],
)
def test_next_opening_deems_what_comes_after_hours_received_at_the_next_opening(
    received: str, due: str
) -> None:
    at = datetime.fromisoformat(received)
    assert str(due_at(at, 1, CALENDAR, "next-opening", HOURS).date()) == due
    deemed = counted_from(at, CALENDAR, "next-opening", HOURS)
    lines = explain_days(at.date(), 1, CALENDAR, deemed=deemed)
    assert [str(line.date) for line in lines if line.counted] == [due]


def test_an_unknown_profile_and_a_negative_count_are_refused() -> None:
    with pytest.raises(UsageFault, match="lunar"):
        due_at(datetime(2026, 1, 5, tzinfo=SHANGHAI), 1, CALENDAR, "lunar", HOURS)
    with pytest.raises(UsageFault, match="-1"):
        add_workdays(date(2026, 1, 5), -1, CALENDAR)


def test_the_eight_days_of_the_summit_are_right_with_the_order_and_wrong_without() -> None:
    days = [(day, False) for day in G20_OFF] + [(day, True) for day in G20_WORKED]
    assert [CALENDAR.is_workday(day) for day, _ in days] == [worked for _, worked in days]
    assert [NATIONAL.is_workday(day) for day, _ in days] == [not worked for _, worked in days]
    assert {CALENDAR.day(day).kind for day, _ in days} == {"local"}
    others = set(between(FIRST, LAST)) - {day for day, _ in days}
    assert all(CALENDAR.is_workday(day) == NATIONAL.is_workday(day) for day in others)


def test_an_order_for_other_places_changes_nothing() -> None:
    day = NamedDay(date(2026, 11, 24), working=False, name="演示调休")
    order = LocalOrder("演示调休", "演字1号", ("别处县",), "演示甲", date(2026, 11, 1), (day,))
    assert load_calendar(extra=[order]).fingerprint == CALENDAR.fingerprint
    here = order._replace(scope=("滨江区",))
    assert not load_calendar(extra=[here]).is_workday(day.date)


def test_days_beyond_the_last_notice_are_provisional_and_say_so() -> None:
    assert str(CALENDAR.confirmed_until) == "2026-12-31"
    start = date(2026, 12, 11)
    due = add_workdays(start, 15, CALENDAR)
    assert str(due) == "2027-01-04"
    assert CALENDAR.provisional(start, due)
    assert not CALENDAR.provisional(date(2026, 12, 10), date(2026, 12, 31))
    assert not CALENDAR.provisional(date(2027, 1, 5), date(2026, 12, 31))
    assert {line.kind for line in explain_days(start, 15, CALENDAR)} == {
        "workday",
        "weekend",
        "provisional",
    }
    assert CALENDAR.day(date(2027, 2, 10))[:2] == ("provisional", "春节补假")


def test_asking_for_confirmed_days_names_the_missing_year() -> None:
    with pytest.raises(BadData, match="2027"):
        add_workdays(date(2026, 12, 11), 15, CALENDAR, confirmed_only=True)
    with pytest.raises(BadData, match="2027"):
        due_at(
            datetime(2026, 12, 11, tzinfo=SHANGHAI),
            15,
            CALENDAR,
            "civil-code",
            HOURS,
            confirmed_only=True,
        )
    due = add_workdays(date(2026, 12, 10), 15, CALENDAR, confirmed_only=True)
    assert str(due) == "2026-12-31"


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2101, 1, 1), date.max, date.min])
def test_days_outside_the_calendar_are_refused_by_year(day: date) -> None:
    for ask in (
        lambda: CALENDAR.is_workday(day),
        lambda: CALENDAR.day(day),
        lambda: add_workdays(day, 1, CALENDAR),
        lambda: add_workdays(day, 0, CALENDAR),
        lambda: workdays_between(day, date(2020, 1, 1), CALENDAR),
    ):
        with pytest.raises(BadData, match=str(day.year)):
            ask()
    with pytest.raises(BadData, match="2101"):
        add_workdays(date(2100, 12, 30), 10, CALENDAR)


def test_the_fault_of_the_library_is_corrected() -> None:
    assert CALENDAR.is_workday(date(2005, 12, 31))
    assert CALENDAR.day(date(2005, 12, 31)).kind == "make_up"


def test_the_promise_of_a_day_follows_the_calendar_known_that_day() -> None:
    days = [day for day in LAYERS.years[2020].days if day.date not in _EXTENSION]
    worked = [NamedDay(date(2020, 2, 1), working=True, name="春节")]
    first = load_calendar(extra=[PublishedYear(2020, "首次公布", (*days, *worked))])
    start = date(2020, 1, 22)
    assert str(add_workdays(start, 5, first)) == "2020-02-04"
    assert str(add_workdays(start, 5, CALENDAR)) == "2020-02-06"
    assert first.fingerprint != CALENDAR.fingerprint


_EXTENSION = {date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)}


def test_the_december_before_belongs_to_the_later_notice_and_nothing_else_does() -> None:
    only = PublishedYear(2018, "只有国庆", (NamedDay(date(2018, 10, 1), False, "国庆节"),))
    calendar = load_calendar(extra=[only])
    assert calendar.is_workday(date(2018, 12, 29))  # of the notice for 2019
    assert not calendar.is_workday(date(2018, 12, 31))
    assert calendar.is_workday(date(2018, 5, 1))
    assert not calendar.is_workday(date(2017, 10, 2))


def test_a_calendar_without_working_days_is_refused_naming_its_source() -> None:
    days = tuple(NamedDay(day, False, "演示") for day in between(FIRST, date(2004, 12, 31)))
    order = LocalOrder("演示", "演字2号", ("滨江区",), "演示甲", FIRST, days, "all.toml")
    with pytest.raises(BadData, match=r"2004 年没有一个工作日.*all\.toml"):
        load_calendar(extra=[order])


def test_the_fingerprint_is_the_same_in_any_process_zone_and_locale() -> None:
    code = "from sixping.workdays import load_calendar; print(load_calendar().fingerprint)"
    for extra in ({"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "7"}, {}):
        env = {**os.environ, **extra}
        out = subprocess.check_output([sys.executable, "-c", code], env=env, timeout=120)
        assert out.decode().strip() == CALENDAR.fingerprint
    marks = load_calendar()
    marks.day(date(2090, 1, 1))  # indexing the far years changes nothing
    assert marks.fingerprint == CALENDAR.fingerprint


def test_hours_are_those_of_the_edition_in_force_when_none_are_given() -> None:
    due = due_at(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI), 1, CALENDAR, "civil-code")
    assert due.isoformat() == "2026-11-24T17:00:00+08:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [("2004-01-01", "2026-11-23"), ("2026-11-23", "2004-01-01"), ("2026-11-23", "2100-12-31")],
)
def test_years_indexed_on_demand_count_like_the_rest(start: str, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    days = between(min(first, last), max(first, last))[1:]
    worked = sum(CALENDAR.is_workday(day) for day in days)
    fresh = workdays_between(first, last, load_calendar())
    assert fresh == (worked if first < last else -worked)
    if first < last:
        due = add_workdays(first, worked, load_calendar())
        assert due == max(day for day in days if CALENDAR.is_workday(day))


def test_what_a_day_is_called_and_whether_it_is_worked_are_one_story() -> None:
    worked = {"workday": True, "make_up": True, "weekend": False, "holiday": False}
    for day in between(FIRST, date(2060, 12, 31)):
        kind, name, source, working = CALENDAR.day(day)
        assert working == CALENDAR.is_workday(day)
        assert worked.get(kind, working) == working, day
        assert source
        assert working or name, day
