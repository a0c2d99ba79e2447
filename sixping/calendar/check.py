"""Checks and views of calendars: what differs, a month as a grid, what deserves attention.

Pure: ``today`` is an argument. All days are dates of Shanghai.
"""

from __future__ import annotations

import datetime as dt
from calendar import Calendar as Weeks
from typing import TYPE_CHECKING, NamedTuple

from sixping.calendar.layers import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.calendar.layers import PublishedYear
    from sixping.calendar.table import Calendar, Day

_SATURDAY = 5


class Difference(NamedTuple):
    """A day two calendars see differently; ``worked`` tells whether due dates can move."""

    date: dt.date
    old: Day
    new: Day

    @property
    def worked(self) -> bool:
        """Tell whether one calendar has the day worked and the other not."""
        return self.old.working != self.new.working


class GridDay(NamedTuple):
    """A day in a month grid; ``inside`` is false for days of the months beside it."""

    date: dt.date
    day: Day | None
    inside: bool


class Finding(NamedTuple):
    """Something about the calendar a person should know, and what to do about it.

    ``kind``: ``horizon``, ``unpublished``, ``gap``, ``statute`` or ``disagreement``.
    """

    kind: str
    what: str
    hint: str


def difference(old: Calendar, new: Calendar) -> list[Difference]:
    """Return the days that are worked, named or confirmed differently, oldest first.

    Plain days of a year that merely became published are left out: for those compare
    ``published``.
    """
    changed = []
    for date in _days(FIRST_YEAR, max(old.named_until.year, new.named_until.year)):
        before, after = old.day(date), new.day(date)
        same = before.working == after.working and before.name == after.name
        if not same or (before.kind == "local") != (after.kind == "local"):
            changed.append(Difference(date, before, after))
    return changed


def month_grid(calendar: Calendar, year: int, month: int) -> list[list[GridDay]]:
    """Return the weeks (Monday first) of a month.

    Raises ``BadData`` for a month outside 2004 to 2100.
    """
    calendar.day(dt.date(year, month, 1))
    weeks = Weeks().monthdatescalendar(year, month)
    return [[_grid_day(calendar, day, month) for day in week] for week in weeks]


def check(calendar: Calendar, today: dt.date, longest: int) -> list[Finding]:
    """Return what deserves attention on ``today``: coverage, horizon, layers that disagree.

    ``longest`` is the longest limit in use, in working days (五.1c).
    """
    return [*_horizon(calendar, today, longest), *_gaps(calendar), *_statutory(calendar)]


def matters_from(calendar: Calendar, longest: int) -> dt.date:
    """Return the first day of receipt whose longest limit reaches an unpublished year."""
    last = day = calendar.confirmed_until
    while calendar.between(day, last) < longest:
        day -= dt.timedelta(days=1)
    return day + dt.timedelta(days=1)


def disagreements(calendar: Calendar, shipped: Mapping[int, PublishedYear]) -> Iterator[Finding]:
    """Yield the years whose imported notice works other days than the shipped data."""
    for number, known in sorted(shipped.items()):
        year = calendar.year(number)
        if year is None or year.days == known.days:
            continue
        ours, theirs = _worked(year), _worked(known)
        days = sorted(d for d in ours.keys() | theirs.keys() if _differ(d, ours, theirs))
        if days:
            yield Finding(
                "disagreement",
                f"{number} 年: {year.source} 与 {known.source} 对"
                f"{'、'.join(map(str, days))} 是否上班说法不同",
                "以导入的为准; 请与该年通知的原文核对。",
            )


def _worked(year: PublishedYear) -> dict[dt.date, bool]:
    return {day.date: day.working for day in year.days}


def _differ(day: dt.date, ours: dict[dt.date, bool], theirs: dict[dt.date, bool]) -> bool:
    ordinary = day.weekday() < _SATURDAY
    return ours.get(day, ordinary) != theirs.get(day, ordinary)


def _horizon(calendar: Calendar, today: dt.date, longest: int) -> Iterator[Finding]:
    last = calendar.confirmed_until
    hint = "请在国务院办公厅公布后运行 sixping calendar import 导入下一年的放假安排。"
    if today > last:
        yield Finding(
            "unpublished", f"{last.year + 1} 年的放假通知尚未导入, 今年的期限都是暂定", hint
        )
    elif calendar.provisional(today, calendar.after(today, longest)):
        left = calendar.between(today, last)
        yield Finding(
            "horizon",
            f"已公布的放假安排到 {last} 为止, 还剩 {left} 个工作日, 更长的期限为暂定",
            hint,
        )


def _gaps(calendar: Calendar) -> Iterator[Finding]:
    for year in sorted(calendar.published):
        if year > calendar.confirmed_until.year:
            yield Finding(
                "gap",
                f"{year} 年已导入, 之前的 {calendar.confirmed_until.year + 1} 年却没有",
                "请补齐中间年份的放假安排。",
            )


def _statutory(calendar: Calendar) -> Iterator[Finding]:
    for date, name in calendar.statutory_days():
        if date.year in calendar.published and calendar.is_workday(date):
            yield Finding(
                "statute",
                f"{date} 是法定节日 ({name}), 日历却为工作日 ({calendar.day(date).source})",
                "请与该年通知或地方文件的原文核对。",
            )


def _grid_day(calendar: Calendar, day: dt.date, month: int) -> GridDay:
    known = FIRST_YEAR <= day.year <= LAST_YEAR
    return GridDay(day, calendar.day(day) if known else None, day.month == month)


def _days(first: int, last: int) -> Iterator[dt.date]:
    day = dt.date(first, 1, 1)
    while day.year <= last:
        yield day
        day += dt.timedelta(days=1)
