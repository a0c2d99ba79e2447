"""Merged cells of a sheet: what spans rows holds for all of them, a cell over others is a title.

A merged range costs by the rows that are really there, never by its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.importing.rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_RANGES = 200_000
MAX_FILLED = 2_000_000  # cells that take their value from a range above


class Span(NamedTuple):
    """A merged range by its first column (0-based), its last row (1-based), and if it is wide."""

    column: int
    last_row: int
    wide: bool


class _Kept(NamedTuple):
    last_row: int
    value: str
    lossy: bool
    why: str | None


class Filler:
    """Puts the value of a merged range into its later rows, and marks title lines."""

    def __init__(self, file: str, spans: Mapping[int, Sequence[Span]] | None = None) -> None:
        """Take the ranges known beforehand, by the number of their first row."""
        self._file = file
        self._spans = spans or {}
        self._active: dict[int, _Kept] = {}
        self._ends = 0  # the first row at which one of them may have ended
        self._filled = 0

    def row(self, row: Row, spans: Sequence[Span] = ()) -> Row | None:
        """Return a row with what holds for it, or marked as a title; None for a blank row."""
        spans = spans or self._spans.get(row.number, ())
        own = len(row.cells) - row.cells.count("")
        title = own == 1 and any(span.wide and any(row.cells[span.column :][:1]) for span in spans)
        if title and any(kept.last_row >= row.number for kept in self._active.values()):
            title = False  # other cells of it are merged with those above: it says more
        filled = self._fill(row) if self._active and own and not title else row
        for span in spans:
            self._keep(row, span)
        if title:
            filled = filled._replace(title=True)
        return filled if own else None

    def _keep(self, row: Row, span: Span) -> None:
        if span.last_row <= row.number or span.column >= len(row.cells):
            return
        if value := row.cells[span.column]:
            why = next((why for column, why in row.broken if column == span.column), None)
            kept = _Kept(span.last_row, value, span.column in row.lossy, why)
            self._ends = min(self._ends, span.last_row) if self._active else span.last_row
            self._active[span.column] = kept

    def _fill(self, row: Row) -> Row:
        if self._ends < row.number:
            self._active = {at: k for at, k in self._active.items() if k.last_row >= row.number}
            self._ends = min((kept.last_row for kept in self._active.values()), default=0)
        self._filled += len(self._active)
        if self._filled > MAX_FILLED:
            raise BadData(f"{self._file} 的合并单元格太多", "请取消合并后再导入。")
        cells, lossy, broken = list(row.cells), [*row.lossy], [*row.broken]
        cells += [""] * (max(self._active, default=-1) + 1 - len(cells))
        for column, kept in self._active.items():
            if not cells[column]:
                _, cells[column], is_lossy, why = kept
                lossy += [column] if is_lossy else ()
                broken += [(column, why)] if why else ()
        return Row(row.number, cells, tuple(sorted(lossy)), tuple(sorted(broken)))


def too_many(file: str) -> BadData:
    """Return the complaint about more merged ranges than any list has."""
    return BadData(f"{file} 的合并单元格超过 {MAX_RANGES} 处", "请取消合并后再导入。")
