"""A table of a paper on a terminal: names, figures, bars; split by columns where it is too wide."""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.documents.phrases import NO_RATE
from sixping.render.paper.blocks import Bar, Cell, Figure, text_of
from sixping.util.text import clean, columns, narrow, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.render.paper.blocks import Runs, Table

HEADING: Final = "\x1b[4m"
LATE: Final = "\x1b[1;31m"
_PLAIN: Final = "\x1b[0m"
_GAP: Final = "  "
_BAR, _LEAST_BAR = 20, 8  # cells of a bar where nothing bounds a line; of one that says something
_LEAST_TEXT, _LEAST_NAME = 16, 12
_MOST_LINES = 3  # of a text in the last column
_PIECES: Final = re.compile(r" ?[^ 、]+、?|[ 、]")
_MIDDLE: Final = "=+:%"  # signs of the parts of a bar between the first and the late one


def paint(text: str, look: str, *, color: bool) -> str:
    """Return text in the colour of its role; what it says does not need it."""
    return f"{look}{text}{_PLAIN}" if color and text else text


def folded(text: str, width: int | None) -> list[tuple[int, int]]:
    """Return where each line of a text begins and ends, whichever width a console gives a sign."""
    if width is None:
        return [(0, len(text))]
    widest = "".join("＊" if unicodedata.east_asian_width(c) == "A" else c for c in text)
    spans, at = [], 0
    for line in wrap(widest, width):
        at = widest.index(line, at)
        spans.append((at, at + len(line)))
        at += len(line)
    return spans


def said(cell: Cell) -> str:
    """Return a cell as it stands in a table."""
    text = text_of(cell)
    return "-" if text == NO_RATE else narrow(text)


class _Column(NamedTuple):
    """A column as it is laid out; ``whole``: its texts are never cut."""

    place: int
    title: str
    width: int
    right: bool
    whole: bool


def lines(table: Table, width: int | None, *, color: bool) -> Iterator[str]:
    """Yield the lines of a table: caption, parts of it with their heads, notes."""
    parts = _parts(table, width)
    drawn = _bars(table, parts[-1], width)
    if table.caption:
        legend = f"  {drawn.legend}" if drawn else ""
        yield from _paragraph(f"{narrow(table.caption)}{legend}", width)
    if not table.read:
        yield "没有。"
    for nth, part in enumerate(parts if table.read else ()):
        if nth:
            yield ""
        last = nth == len(parts) - 1
        yield from _part(table, part, drawn if last else None, width, color=color)
    for runs in table.notes:
        yield from _paragraph("".join(map(text_of, runs)), width)


def _paragraph(text: str, width: int | None) -> list[str]:
    text = clean(text)
    return [text[start:end] for start, end in folded(text, width)]


def _parts(table: Table, width: int | None) -> list[list[_Column]]:
    """Return the columns of each part; the first column is in all of them."""
    every = [
        _column(table, place, head.short or head.title, right=head.kind == "figure")
        for place, head in enumerate(table.heads)
        if head.kind in ("text", "figure")
    ]
    name, *rest = every
    barred = any(head.kind == "bar" for head in table.heads)
    needed = sum(each.width + len(_GAP) for each in every)
    if width is None or needed + (_LEAST_BAR if barred else -len(_GAP)) <= width:
        return [every]
    name = _named(table, name, max(width // 2, _LEAST_NAME))
    parts, part, left = [], [name], width - name.width
    for at, each in enumerate(rest):
        least = (
            min(each.width, _LEAST_TEXT) if at == len(rest) - 1 and not each.right else each.width
        )
        if least + len(_GAP) > left and len(part) > 1:
            parts.append(part)
            part, left = [name], width - name.width
        fits = each._replace(width=min(each.width, left - len(_GAP)))
        part.append(fits)
        left -= fits.width + len(_GAP)
    return [*parts, part]


def _column(table: Table, place: int, title: str, *, right: bool) -> _Column:
    rows = [*table.read, *([table.total] if table.total else [])]
    widest = max((columns(said(row[place])) for row in rows), default=0)
    return _Column(place, narrow(title), max(widest, columns(narrow(title))), right, table.whole)


def _named(table: Table, name: _Column, most: int) -> _Column:
    """Return the column of names with room for all that are not very long; those get a line."""
    rows = [*table.read, *([table.total] if table.total else [])]
    every = (columns(said(row[name.place])) for row in rows)
    return name._replace(width=max([columns(name.title), *(n for n in every if n <= most)]))


def _bars(table: Table, part: list[_Column], width: int | None) -> _Bars | None:
    """Return the bars beside a part; None where there are none, or too few cells for them."""
    place = next((i for i, head in enumerate(table.heads) if head.kind == "bar"), None)
    taken = sum(each.width + len(_GAP) for each in part)
    room = _BAR if width is None else width - taken
    if place is None or room < _LEAST_BAR:
        return None
    bars = [bar for row in table.read if isinstance(bar := row[place], Bar)]
    return _Bars(table, place, bars, room) if any(map(sum, (b.parts for b in bars))) else None


def _part(
    table: Table, part: list[_Column], bars: _Bars | None, width: int | None, *, color: bool
) -> Iterator[str]:
    titles = ([each.title[a:b] for a, b in folded(each.title, each.width)] for each in part)
    for line in zip_longest(*titles, fillvalue=""):
        heads = [
            pad(text, each.width, right=each.right) for each, text in zip(part, line, strict=True)
        ]
        yield paint(_GAP.join(heads).rstrip(), HEADING, color=color)
    for at, row in enumerate(table.read):
        if table.groups and at in table.groups:
            yield from _paragraph(narrow(table.groups[at]), width)
        yield from _row(row, part, bars, width, color=color)
    if table.total:
        yield from _row(table.total, part, bars, width, color=color)


def _row(
    row: Sequence[Cell], part: list[_Column], bars: _Bars | None, width: int | None, *, color: bool
) -> Iterator[str]:
    name, *rest = part
    shown = said(row[name.place])
    if columns(shown) > name.width:
        yield from _paragraph(shown, width)
        shown = ""
    cells = [[shown], *(_lines_of(row[each.place], each, each is part[-1]) for each in rest)]
    for nth, line in enumerate(zip_longest(*cells, fillvalue="")):
        padded = [
            _painted(row[each.place], pad(text, each.width, right=each.right), color=color)
            for each, text in zip(part, line, strict=True)
        ]
        if bars and nth == 0 and (drawn := bars.draw(row, color=color)):
            padded.append(drawn)
        yield _GAP.join(padded).rstrip()


def _lines_of(cell: Cell, column: _Column, last: bool) -> list[str]:  # noqa: FBT001
    """Return the lines of a cell; a long text in the last column is cut after some."""
    text = said(cell)
    if columns(text) <= column.width:
        return [text]
    if column.whole:
        return _packed(text, column.width)
    if last:
        return shortened(text, column.width)
    return [text[start:end] for start, end in folded(text, column.width)]


def _packed(text: str, width: int) -> list[str]:
    """Return lines of whole names or numbers: it goes on after a space or ``、``."""
    lines: list[str] = []
    for piece in _PIECES.findall(text):
        if lines and columns(f"{lines[-1]}{piece}") <= width:
            lines[-1] += piece
        else:
            bare = piece.strip()
            lines += [bare[start:end] for start, end in folded(bare, width)]
    return lines


def shortened(text: str, width: int | None) -> list[str]:
    """Return the first lines of a text; ``..`` says that there is more."""
    text = clean(text)
    every = [text[start:end] for start, end in folded(text, width)]
    if len(every) <= _MOST_LINES:
        return every
    start, end = folded(every[_MOST_LINES - 1], (width or 2) - 2)[0]
    return [*every[: _MOST_LINES - 1], f"{every[_MOST_LINES - 1][start:end]}.."]


def _painted(cell: Cell, padded: str, *, color: bool) -> str:
    if not (color and isinstance(cell, Figure) and cell.urgent):
        return padded
    text = padded.strip()
    return padded.replace(text, paint(text, LATE, color=color), 1)


class _Bars:
    """Bars of one sign a part, the longest as long as there is room for."""

    def __init__(self, table: Table, place: int, bars: list[Bar], room: int) -> None:
        self._place, self._room = place, room
        self._most = max(sum(bar.parts) for bar in bars)
        self._signs = _signs(max(len(bar.parts) for bar in bars))
        named = zip(self._signs, table.legend, strict=False)
        listed = ", ".join(f"{sign}={narrow(name)}" for sign, name in named)
        self.legend = f"(条: {listed + ', ' if listed else ''}最长 {self._most:g})"

    def draw(self, row: Sequence[Cell], *, color: bool) -> str:
        """Return the bar of a row; a part that is not nothing has a sign at least."""
        bar = row[self._place]
        if not isinstance(bar, Bar):
            return ""
        scale = self._room / self._most
        lengths = [max(round(part * scale), 1) if part else 0 for part in bar.parts]
        while sum(lengths) > self._room and max(lengths) > 1:
            lengths[lengths.index(max(lengths))] -= 1
        drawn = [sign * length for sign, length in zip(self._signs, lengths, strict=True)]
        if len(drawn) > 1:
            drawn[-1] = paint(drawn[-1], LATE, color=color)
        return "".join(drawn)


def _signs(parts: int) -> str:
    return "#" if parts == 1 else f"#{_MIDDLE[: parts - 2]}!"


def plain_lines(runs: Runs, width: int | None, *, color: bool) -> list[str]:
    """Return a sentence as lines; what is late in it stands out."""
    text, late = "", []
    for run in runs:
        shown = clean(text_of(run))
        if isinstance(run, Figure) and run.urgent:
            late.append((len(text), len(text) + len(shown)))
        text += shown
    return [
        "".join(_pieces(text, start, end, late, color=color)) for start, end in folded(text, width)
    ]


def _pieces(
    text: str, start: int, end: int, late: list[tuple[int, int]], *, color: bool
) -> Iterator[str]:
    at = start
    for first, last in late:
        if first >= end or last <= at:
            continue
        yield text[at : max(first, at)]
        yield paint(text[max(first, at) : min(last, end)], LATE, color=color)
        at = min(last, end)
    yield text[at:end]
