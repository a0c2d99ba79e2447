"""Working days: how periods are counted, and why a due day is the day it is.

Days are plain dates of Shanghai, instants are aware; given a calendar everything here is
pure. ``load_calendar`` reads the data in force.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from sixping.calendar.files import load_layers
from sixping.calendar.layers import Layer, LocalOrder, PublishedYear
from sixping.calendar.table import Calendar
from sixping.errors import UsageFault
from sixping.policy.editions import load_policy
from sixping.util.clock import SHANGHAI, instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sixping.calendar.layers import Layers
    from sixping.policy.editions import Counting

CIVIL_CODE = "civil-code"
NEXT_OPENING = "next-opening"
PROFILES = (CIVIL_CODE, NEXT_OPENING)


class Hours(NamedTuple):
    """Office hours of a working day (一.2), Shanghai time, with the lunch break if there is one."""

    opens: dt.time
    closes: dt.time
    rest_from: dt.time | None = None
    rest_until: dt.time | None = None

    @property
    def length(self) -> dt.timedelta:
        """Return how long a working day is, without the break."""
        return self.gone_by(self.closes)

    def gone_by(self, moment: dt.time) -> dt.timedelta:
        """Return how much of the day's office hours has gone by at a time of day."""
        worked = _seconds(self.opens, min(max(moment, self.opens), self.closes))
        if self.rest_from and self.rest_until:
            worked -= _seconds(self.rest_from, min(max(moment, self.rest_from), self.rest_until))
        return dt.timedelta(seconds=worked)

    def hold(self, moment: dt.time) -> bool:
        """Tell whether the office is open at a time of day; both ends belong to it."""
        if self.rest_from and self.rest_until and self.rest_from < moment < self.rest_until:
            return False
        return self.opens <= moment <= self.closes


class CountedDay(NamedTuple):
    """One line of an explanation."""

    date: dt.date
    kind: str
    name: str
    source: str
    counted: bool


def load_calendar(folder: Path | None = None, *, extra: Sequence[Layer] = ()) -> Calendar:
    """Build the calendar from the data folder and the layers entered in the ledger.

    ``folder`` stands in for the shipped ``data/calendar``: files it lacks are the shipped
    ones, but local orders and imported years are only its own. Raises ``BadData`` naming file
    and key.
    """
    return laid(load_layers(folder), extra)


def laid(layers: Layers, extra: Sequence[Layer] = ()) -> Calendar:
    """Build the calendar from adopted layers and those entered in the ledger since.

    Of ``extra``, a published year replaces the same year of ``layers``; local orders count
    where their scope names one of this office's places, later ones over earlier.
    """
    years = layers.years | {year.year: year for year in extra if isinstance(year, PublishedYear)}
    orders = [*layers.orders, *(order for order in extra if isinstance(order, LocalOrder))]
    ours = [order for order in orders if not layers.places.isdisjoint(order.scope)]
    return Calendar(years.values(), ours, layers.statute)


def add_workdays(
    start: dt.date, count: int, calendar: Calendar, *, confirmed_only: bool = False
) -> dt.date:
    """Return the ``count``-th working day after ``start`` (which is itself not counted).

    ``count`` 0 is ``start``. Raises ``BadData`` outside 2004 to 2100 and, for
    ``confirmed_only``, when a day counted lies in an unpublished year; ``UsageFault`` for
    a negative count (五.1; 民法典 201 条).
    """
    if count < 1:
        if count < 0:
            raise UsageFault(f"工作日数不能为负: {count}", "请写 0 或更大的整数。")
        calendar.is_workday(start)  # refuses a day outside the calendar
        return start
    try:  # the body of Calendar.after: one call less on the path of every deadline
        due = calendar._dates[calendar._counts[start.toordinal()] + count]  # noqa: SLF001
    except LookupError:
        due = calendar.after(start, count)
    if confirmed_only:
        calendar.require_confirmed(start, due)
    return due


def workdays_between(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Return the working days in (start, end]; negative when ``end`` is before ``start``.

    Raises ``BadData`` outside 2004 to 2100.
    """
    return calendar.between(start, end)


def office_time(
    start: dt.datetime, end: dt.datetime, calendar: Calendar, hours: Hours
) -> dt.timedelta:
    """Return how much of [start, end) lies within office hours of working days (一.2).

    Shanghai time; nothing where ``end`` is not after ``start``. Raises ``BadData`` outside
    2004 to 2100.
    """
    if end <= start:
        return dt.timedelta(0)
    whole = hours.length
    first, last = instant(start), instant(end)
    worked = calendar.between(first.date(), last.date()) * whole
    if calendar.is_workday(first.date()):
        worked += whole - hours.gone_by(first.time())
    if calendar.is_workday(last.date()):
        worked += hours.gone_by(last.time()) - whole
    return worked


def _seconds(start: dt.time, end: dt.time) -> int:
    first, last = (clock.hour * 3600 + clock.minute * 60 + clock.second for clock in (start, end))
    return last - first


def due_at(
    received: dt.datetime,
    count: int,
    calendar: Calendar,
    profile: str = CIVIL_CODE,
    hours: Hours | None = None,
    *,
    confirmed_only: bool = False,
) -> dt.datetime:
    """Return the close of business of the ``count``-th working day after receipt.

    ``hours`` default to those of the policy edition in force at receipt (一.2). Shanghai
    time. Raises ``BadData`` as ``add_workdays``; ``UsageFault`` for an unknown profile.
    """
    hours = hours or _hours_in_force(instant(received).date())
    start = counted_from(received, calendar, profile, hours)
    due = add_workdays(start, count, calendar)
    if confirmed_only:
        calendar.require_confirmed(instant(received).date(), due)
    return dt.datetime.combine(due, hours.closes, SHANGHAI)


def counted_from(received: dt.datetime, calendar: Calendar, profile: str, hours: Hours) -> dt.date:
    """Return the day of receipt, as the profile deems it: the day that is not counted.

    ``next-opening``: what comes in after close or on a rest day is deemed received at the
    next opening. Raises ``UsageFault`` for an unknown profile.
    """
    received = instant(received)
    day = received.date()
    if profile == CIVIL_CODE:
        return day
    if profile != NEXT_OPENING:
        raise UsageFault(f"没有这种计期方式: {profile}", f"可用: {'、'.join(PROFILES)}。")
    if calendar.is_workday(day) and received.time() <= hours.closes:
        return day
    return add_workdays(day, 1, calendar)


def explain_days(
    start: dt.date, count: int, calendar: Calendar, *, deemed: dt.date | None = None
) -> list[CountedDay]:
    """Return every day after ``start`` up to the due day, counted or not, and why.

    ``deemed`` is the day of receipt as ``counted_from`` gives it: nothing is counted up to
    and including it. The counted lines are ``count``. Raises as ``add_workdays``.
    """
    deemed = deemed or start
    due = add_workdays(deemed, count, calendar)
    lines = []
    for ordinal in range(start.toordinal() + 1, due.toordinal() + 1):
        date = dt.date.fromordinal(ordinal)
        kind, name, source, working = calendar.day(date)
        if date == deemed:
            name = f"{name}(视为收到之日)" if name else "视为收到之日"
        lines.append(CountedDay(date, kind, name, source, working and date > deemed))
    return lines


def _hours_in_force(day: dt.date) -> Hours:
    return hours_of(load_policy().edition_at(day).counting)


def hours_of(counting: Counting) -> Hours:
    """Return the office hours of an edition of the policy (一.2)."""
    return Hours(counting.opens, counting.closes, counting.rest_from, counting.rest_until)
