"""Working days: the calendar as a prefix-count index, and the arithmetic of periods.

Three layers, later ones on top: provisional years from the statute, published years
(chinese-calendar, corrected, overridden by imported years), local orders. Days are plain
dates of Shanghai; no clock, no loop over days: the n-th working day is one look-up.
"""

from __future__ import annotations

import datetime as dt
from itertools import accumulate, compress
from typing import TYPE_CHECKING, NamedTuple

from sixping.clock import SHANGHAI, instant
from sixping.daylayers import FIRST_YEAR, LAST_YEAR, Layer, LocalOrder, PublishedYear
from sixping.errors import BadData, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sixping.statute import Statute

CIVIL_CODE = "civil-code"
NEXT_OPENING = "next-opening"
PROFILES = (CIVIL_CODE, NEXT_OPENING)

_Mark = tuple[bool, str, str, str]  # working, kind, name, source
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKLY_REST = "国务院关于职工工作时间的规定第七条"
_SATURDAY = 5
# One slot before the first day, so that a period can start on the day before it.
_ORIGIN = dt.date(FIRST_YEAR, 1, 1).toordinal() - 1
_SPAN = dt.date(LAST_YEAR, 12, 31).toordinal() - _ORIGIN


class Hours(NamedTuple):
    """Office hours of a working day (一.2), Shanghai time."""

    opens: dt.time
    closes: dt.time


class Day(NamedTuple):
    """What a day is: kind, name of the rest (or swap), where that comes from, worked or not."""

    kind: str
    name: str
    source: str
    working: bool


class CountedDay(NamedTuple):
    """One line of an explanation."""

    date: dt.date
    kind: str
    name: str
    source: str
    counted: bool


class Calendar:
    """The days of 2004 to 2100: which are worked, since when that is certain, and why."""

    __slots__ = ("_count", "_fingerprint", "_flags", "_marks", "_ordinals", "orders", "published")

    def __init__(
        self, years: Iterable[PublishedYear], orders: Iterable[LocalOrder], statute: Statute
    ) -> None:
        """Lay the layers over each other; of two naming one day the later in order holds.

        Raises ``BadData`` when a year is left without a working day.
        """
        self.published: Mapping[int, str] = {}
        self.orders = tuple(orders)
        self._marks: dict[int, _Mark] = {}
        self._fingerprint = ""
        self._lay(sorted(years, key=lambda each: each.year), statute)
        self._index()

    @property
    def confirmed_until(self) -> dt.date:
        """Return the last day up to which every year is published."""
        year = FIRST_YEAR
        while year in self.published:
            year += 1
        return dt.date(year - 1, 12, 31)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of which days are worked and which years are published."""
        if not self._fingerprint:
            from hashlib import sha256

            years = ",".join(map(str, sorted(self.published)))
            head = f"sixping calendar 1;{FIRST_YEAR}-{LAST_YEAR};{years};"
            self._fingerprint = sha256(head.encode() + self._flags).hexdigest()
        return self._fingerprint

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether a day is worked. Raises ``BadData`` outside 2004 to 2100."""
        return bool(self._flags[_slot(day) - 1])

    def day(self, day: dt.date) -> Day:
        """Return kind, name and source of a day. Raises ``BadData`` outside 2004 to 2100.

        Every day of an unpublished year is ``provisional``, except by a local order.
        """
        working = self.is_workday(day)
        mark = self._marks.get(day.toordinal())
        weekday = day.weekday()
        if mark:
            return Day(mark[1], mark[2], mark[3], working)
        name = "" if working else _WEEKDAYS[weekday]
        if day.year not in self.published:
            return Day("provisional", name, "暂定: 放假通知尚未公布, 按平常周推算", working)
        return Day("workday" if working else "weekend", name, _WEEKLY_REST, working)

    def provisional(self, start: dt.date, end: dt.date) -> bool:
        """Tell whether a day in (start, end] lies in a year whose notice is not known."""
        return self._missing(start, end) is not None

    def require_confirmed(self, start: dt.date, end: dt.date) -> None:
        """Raise ``BadData`` naming the first unpublished year in (start, end]."""
        year = self._missing(start, end)
        if year is not None:
            raise BadData(
                f"{year} 年的放假通知尚未导入, 不能给出确定的日期",
                "请先用 sixping calendar import 导入该年的放假安排, 或接受暂定日期。",
            )

    def _missing(self, start: dt.date, end: dt.date) -> int | None:
        first = (start + dt.timedelta(days=1)).year
        if end <= start:
            return None
        return next((y for y in range(first, end.year + 1) if y not in self.published), None)

    def _lay(self, years: list[PublishedYear], statute: Statute) -> None:
        published = {each.year: each.source for each in years}
        self.published = published
        marks, assumed = self._marks, statute.source
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            if year not in published:
                for ordinal, name in statute.days_off(year).items():
                    marks[ordinal] = (False, "provisional", name, assumed)
        for layer in years:  # ascending: the December before belongs to the later notice
            source = layer.source
            for day, working, name in layer.days:
                kind = _published_kind(day, working=working)
                marks[day.toordinal()] = (working, kind, name, source)
        for order in self.orders:
            for day, working, name in order.days:
                marks[day.toordinal()] = (working, "local", name, order.document)

    def _index(self) -> None:
        shift = _ORIGIN % 7  # ordinal 1 was a Monday
        flags = bytearray((b"\1\1\1\1\1\0\0" * (_SPAN // 7 + 2))[shift : shift + _SPAN])
        for ordinal, mark in self._marks.items():
            if 0 < ordinal - _ORIGIN <= _SPAN:
                flags[ordinal - _ORIGIN - 1] = mark[0]
        self._flags = bytes(flags)
        # _count[i] + n is the place in _ordinals of the n-th working day after slot i.
        self._count = list(accumulate(flags, initial=-1))
        self._ordinals = list(compress(range(_ORIGIN + 1, _ORIGIN + _SPAN + 1), flags))
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            first = dt.date(year, 1, 1).toordinal() - _ORIGIN
            if not any(self._flags[first - 1 : first + 364]):
                raise BadData(
                    f"日历 {year} 年没有一个工作日 (来自 {self._blame(year)})",
                    "请改正或移除这一层数据。",
                )

    def _blame(self, year: int) -> str:
        named = [
            each.source or each.document
            for each in self.orders
            if any(day.date.year == year for day in each.days)
        ]
        return "、".join([*named, self.published.get(year, "法定节假日")])


def load_calendar(folder: Path | None = None, *, extra: Sequence[Layer] = ()) -> Calendar:
    """Build the calendar from the data folder and the layers entered in the ledger.

    ``folder`` stands in for the shipped ``data/calendar``: files it lacks are the shipped
    ones, but local orders and imported years are only its own. Of ``extra``, a published
    year replaces the same year of the files; local orders count where their scope names
    one of this office's places (``here.toml``), later ones over earlier.
    Raises ``BadData`` naming file and key.
    """
    from sixping.calendarfiles import read_layers

    layers = read_layers(folder)
    years = layers.years | {each.year: each for each in extra if isinstance(each, PublishedYear)}
    orders = [*layers.orders, *(each for each in extra if isinstance(each, LocalOrder))]
    here = [each for each in orders if not layers.places.isdisjoint(each.scope)]
    return Calendar(years.values(), here, layers.statute)


def add_workdays(
    start: dt.date, count: int, calendar: Calendar, *, confirmed_only: bool = False
) -> dt.date:
    """Return the ``count``-th working day after ``start`` (which is itself not counted).

    ``count`` 0 is ``start``. Raises ``BadData`` outside 2004 to 2100 and, for
    ``confirmed_only``, when a day counted lies in an unpublished year; ``UsageFault`` for
    a negative count (五.1; 民法典 201 条).
    """
    slot = start.toordinal() - _ORIGIN
    if slot < 1 or count < 1:
        return _unusual(start, count)
    try:
        found = dt.date.fromordinal(calendar._ordinals[calendar._count[slot] + count])  # noqa: SLF001
    except IndexError:
        raise _beyond(max(start.year, LAST_YEAR + 1)) from None
    if confirmed_only:
        calendar.require_confirmed(start, found)
    return found


def workdays_between(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Return the working days in (start, end]; negative when ``end`` is before ``start``.

    Raises ``BadData`` outside 2004 to 2100.
    """
    count = calendar._count  # noqa: SLF001
    return count[_slot(end)] - count[_slot(start)]


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
    received = instant(received)
    hours = hours or _hours_in_force(received.date())
    start = counted_from(received, calendar, profile, hours)
    due = add_workdays(start, count, calendar)
    if confirmed_only:
        calendar.require_confirmed(received.date(), due)
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
    from sixping.policy import load_policy

    counting = load_policy().edition_at(day).counting
    return Hours(counting.opens, counting.closes)


def _published_kind(day: dt.date, *, working: bool) -> str:
    if not working:
        return "holiday"
    return "make_up" if day.weekday() >= _SATURDAY else "workday"


def _slot(day: dt.date) -> int:
    slot = day.toordinal() - _ORIGIN
    if 0 < slot <= _SPAN:
        return slot
    raise _beyond(day.year)


def _unusual(start: dt.date, count: int) -> dt.date:
    if count < 0:
        raise UsageFault(f"工作日数不能为负: {count}", "请写 0 或更大的整数。")
    _slot(start)
    return start


def _beyond(year: int) -> BadData:
    return BadData(
        f"{year} 年超出日历范围 ({FIRST_YEAR}-{LAST_YEAR} 年)", "请检查日期或工作日数是否写错。"
    )
