"""A calendar people can read: months as grids, then what the marked days are and why.

Pure: grids come in, lines go out. Marks: 休 off, 班 worked at a weekend, ``*`` by a local
order; a month of a year without a notice says 暂定 in its head. All signs are in GBK.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sixping.util.text import clean, columns, pad, wrap

if TYPE_CHECKING:
    from datetime import date

    from sixping.calendar.check import GridDay
    from sixping.calendar.table import Day

    Month = Sequence[Sequence[GridDay]]

LEGEND = "休 放假   班 周末上班   * 本地文件   暂定 通知未公布, 按法定节日推算"
_CELL = 5
_GRID = 7 * _CELL
_GAP = 4
_MOST_ACROSS = 3
_SPAN = 18
_HEAD = "".join(pad(f" {name}", _CELL) for name in "一二三四五六日")
_RED, _YELLOW, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


class Run(NamedTuple):
    """Days in a row that are off, or worked, for one reason."""

    first: date
    last: date
    day: Day

    @property
    def span(self) -> str:
        """Return ``10月1日至8日``."""
        first, last = self.first, self.last
        text = f"{first.month}月{first.day}日"
        if last == first:
            return text
        return f"{text}至{f'{last.month}月' if last.month != first.month else ''}{last.day}日"


def calendar_page(months: Sequence[Month], width: int | None, *, color: bool) -> str:
    """Return months as grids, as many beside each other as ``width`` allows, and the notes."""
    room = width or 80
    fitting = (room + _GAP) // (_GRID + _GAP)
    across = max(1, min(fitting, _MOST_ACROSS, len(months)))
    lines: list[str] = []
    for start in range(0, len(months), across):
        grids = [_grid(month, color=color) for month in months[start : start + across]]
        lines += [*_beside(grids), ""]
    return "\n".join([*lines, *_notes(months, room), LEGEND]) + "\n"


def runs(months: Sequence[Month]) -> Iterator[Run]:
    """Yield what the marked days are, in order; ordinary days are left out."""
    days = [
        (cell.date, cell.day)
        for month in months
        for week in month
        for cell in week
        if cell.inside and cell.day and _marked(cell.day)
    ]

    def alike(item: tuple[int, tuple[date, Day]]) -> tuple[object, ...]:
        place, (when, day) = item
        return (when.toordinal() - place, day)

    for _, group in groupby(enumerate(days), alike):
        items = [item for _, item in group]
        yield Run(items[0][0], items[-1][0], items[0][1])


def _marked(day: Day) -> bool:
    if day.kind == "provisional":  # by the statute, not by the week
        return not day.working and not day.name.startswith("周")
    return day.kind not in {"workday", "weekend"}


def _beside(grids: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in range(max(map(len, grids))):
        cells = [grid[row] if row < len(grid) else " " * _GRID for grid in grids]
        yield (" " * _GAP).join(cells).rstrip()


def _grid(weeks: Month, *, color: bool) -> list[str]:
    inside = [cell for week in weeks for cell in week if cell.inside]
    first = inside[0].date
    worked = sum(cell.day.working for cell in inside if cell.day)
    assumed = any(cell.day and cell.day.kind == "provisional" for cell in inside)
    head = f"{first.year}年{first.month}月{' 暂定' if assumed else ''}"
    title = head + pad(f"工作日 {worked} ", _GRID - columns(head), right=True)
    return [title, _HEAD, *("".join(_cell(cell, color=color) for cell in week) for week in weeks)]


def _cell(cell: GridDay, *, color: bool) -> str:
    if not cell.inside or cell.day is None:
        return " " * _CELL
    day = cell.day
    tag, tone = "", "" if day.working else _DIM
    if _marked(day):
        tag, tone = ("班", _YELLOW) if day.working else ("休", _RED)
    text = pad(f"{cell.date.day:>2}{tag}{'*' if day.kind == 'local' else ''}", _CELL)
    return f"{tone}{text}{_PLAIN}" if color and tone else text


def _notes(months: Sequence[Month], width: int) -> Iterator[str]:
    marked = list(runs(months))
    for run in marked:
        mark = "班" if run.day.working else "休"
        local = " (本地文件)" if run.day.kind == "local" else ""
        yield clean(f"{mark} {pad(run.span, _SPAN)} {run.day.name}{local}")
    for source in dict.fromkeys(run.day.source for run in marked):
        first, *rest = wrap(clean(source), max(width - 6, 20))
        yield f"依据: {first}"
        yield from (f"      {line}" for line in rest)
