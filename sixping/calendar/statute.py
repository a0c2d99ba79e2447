"""Provisional years: the days off by law where no notice is out yet.

Dates are handled as ordinals (``date.toordinal``), for the calendar is built at every
start. Weekends are assumed ordinary: which of them will be made working days nobody knows
before the notice.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sixping.errors import BadData
from sixping.util.toml import Table, parse

_ADVICE = "请改正这一行后重试。"
_SATURDAY = 5
_FARTHEST = 14


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
    for line in filter(None, table.text("days").splitlines()):
        name, *words = line.split()
        try:
            if words[0] in columns:
                column = columns.index(words[0])
                moving += [(name, column, _offset(word)) for word in words[1:]]
            else:
                fixed += [(name, *_month_day(word)) for word in words]
        except (ValueError, IndexError):
            hint = f"应为节名和月-日 (如 05-01), 或节名、{'、'.join(columns)} 之一和相差天数"
            raise table.fault("days", f"这一行有误: {line} ({hint})") from None
    title, document = table.text("title"), table.text("document")
    table.finish()
    return Statute(title, document, tuple(fixed), tuple(moving), festivals, table_source)


def _offset(word: str) -> int:
    offset = int(word)
    if abs(offset) > _FARTHEST:
        raise ValueError(word)
    return offset


def _month_day(word: str) -> tuple[int, int]:
    found = date.fromisoformat(f"2001-{word}")  # no leap year: 02-29 is no yearly day
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
