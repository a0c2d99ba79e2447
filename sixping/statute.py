"""Provisional years: the days off by law where no notice is out yet.

Dates are handled as ordinals (``date.toordinal``), for the calendar is built at every
start. Weekends are assumed ordinary: which of them will be made working days nobody knows
before the notice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.tomltable import Table, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADVICE = "请改正这一行后重试。"
_SATURDAY = 5


class Statute(NamedTuple):
    """The statutory days of each year of the festival table.

    ``fixed``: name, month, day. ``moving``: name, column of the table, offset in days.
    """

    title: str
    document: str
    fixed: tuple[tuple[str, int, int], ...]
    moving: tuple[tuple[str, int, int], ...]
    festivals: dict[int, str]
    table: str

    @property
    def source(self) -> str:
        """Return what a provisional day is based on."""
        return f"暂定: 《{self.title}》({self.document})"

    def days(self, year: int) -> list[tuple[int, str]]:
        """Return ordinal and name of the statutory days (one date can carry two)."""
        found = [(date(year, month, day).toordinal(), name) for name, month, day in self.fixed]
        festivals = self._moon_and_sun(year)
        found += [(festivals[column] + offset, name) for name, column, offset in self.moving]
        found.sort()
        return found

    def _moon_and_sun(self, year: int) -> list[int]:
        # Read when asked: a start needs two of a hundred years.
        line = self.festivals[year]
        try:
            return [date.fromisoformat(f"{year}-{day}").toordinal() for day in line.split()]
        except ValueError:
            raise BadData(f"{self.table}: table 这一行有误: {year} {line}", _ADVICE) from None

    def days_off(self, year: int) -> dict[int, str]:
        """Return statutory days and the weekday taken for each that falls on a weekend."""
        statutory = self.days(year)
        off: dict[int, str] = {}
        for day, name in statutory:
            off[day] = f"{off[day]}、{name}" if day in off else name
        for day, name in statutory:
            if (day - 1) % 7 >= _SATURDAY:
                taken = day + 1
                while taken in off or (taken - 1) % 7 >= _SATURDAY:
                    taken += 1
                off[taken] = f"{name}补假"
        return off


def parse_statute(text: str, source: str, table_text: str, table_source: str) -> Statute:
    """Read ``statute.toml`` and ``festivals.toml``.

    Raises ``BadData`` naming file and key.
    """
    columns, festivals = _festivals(parse(table_text, table_source))
    table = parse(text, source)
    fixed: list[tuple[str, int, int]] = []
    moving: list[tuple[str, int, int]] = []
    for entry in table.tables("holiday"):
        name = entry.text("name")
        if entry.has("dates"):
            fixed += [(name, *_month_day(entry, each)) for each in entry.texts("dates")]
        else:
            moving += [(name, *each) for each in _offsets(entry, columns)]
        entry.finish()
    title, document = table.text("title"), table.text("document")
    table.finish()
    return Statute(title, document, tuple(fixed), tuple(moving), festivals, table_source)


def _offsets(entry: Table, columns: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    festival = entry.text("festival")
    if festival not in columns:
        raise entry.fault("festival", f"应为以下之一: {'、'.join(columns)}")
    offsets = dict(entry.items()).get("offsets")
    if not isinstance(offsets, list) or any(type(x) is not int or abs(x) > 14 for x in offsets):  # noqa: PLR2004
        raise entry.fault("offsets", "应为相差天数的列表 (如 [-1, 0, 1, 2])")
    return ((columns.index(festival), offset) for offset in offsets)


def _month_day(entry: Table, text: str) -> tuple[int, int]:
    try:
        found = date.fromisoformat(f"2001-{text}")  # no leap year: 02-29 is no yearly day
    except ValueError:
        raise entry.fault("dates", f"应为月-日 (如 05-01), 现为 {text!r}") from None
    return found.month, found.day


def _festivals(table: Table) -> tuple[tuple[str, ...], dict[int, str]]:
    columns = table.texts("columns")
    lines = table.text("table").splitlines()
    table.finish()
    rows: dict[int, str] = {}
    for line in filter(None, lines):
        year, _, days = line.partition(" ")
        wrong = not year.isdigit() or len(days.split()) != len(columns)
        if wrong or int(year) in rows:
            raise table.fault("table", f"这一行有误或年份重复: {line}")
        rows[int(year)] = days
    return columns, rows
