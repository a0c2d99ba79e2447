"""A table on a terminal, or as aligned lines where a table is asked for elsewhere.

Only elastic columns yield: a case number or a due date is never cut, rather the line grows.
A cell is coloured, never a row, and what a colour says the words of the cell say too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final, TextIO

from sixping.documents.phrases import NO_RATE
from sixping.render.table import Column, Page, Row, Tone, cells_for_people
from sixping.util.text import clean, columns, cut_whole, narrow, wrap

GAP: Final = "  "
_INDENT: Final = "      "
_LEAST = 12
#: only signs stand in a column whose width every console agrees on
_NOTHING = "-"
#: bold and two colours that are read on white and on black
_STYLES: Final[dict[Tone, str]] = {"late": "1;31", "soon": "1", "grave": "1;35"}
_HEAD = "4"


def write(rows: Sequence[Row], heads: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write a table for people; nothing at all when there are no rows."""
    if not rows:
        return
    below = next((head for head in heads if head.under), None)
    heads = [head for head in heads if not head.under]
    cells = _cells(rows, heads, page)
    cells = [[_NOTHING if cell == NO_RATE else cell for cell in line] for line in cells]
    widths = _widths(cells, heads, page)
    if page.headers:
        titles = dict.fromkeys((head.key for head in heads), _HEAD if page.color else "")
        out.write(_line([head.title for head in heads], heads, widths, titles))
    texts = [] if below is None else [text for (text,) in _cells(rows, [below], page)]
    out.writelines(_lines((rows, cells, texts), heads, page, widths))


def _cells(rows: Sequence[Row], heads: Sequence[Column], page: Page) -> list[list[str]]:
    makers = _makers(heads, page)
    return [
        [make(row.get(head.key)) for head, make in zip(heads, makers, strict=True)] for row in rows
    ]


def _makers(heads: Sequence[Column], page: Page) -> list[Callable[[Any], str]]:
    """Return what makes cells; left of the last column in signs of a width nobody disputes."""
    makers = cells_for_people(heads, page, clean)
    return [*map(_narrowed, makers[:-1]), *makers[-1:]]


def _narrowed(make: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: narrow(make(value))


def least_width(rows: Sequence[Row], heads: Sequence[Column], this_year: int) -> int:
    """Return the cells a row takes at least: all but the elastic columns in full."""
    wide = [
        _LEAST if head.elastic else width
        for head, width in zip(heads, full_widths(rows, heads, this_year), strict=True)
    ]
    return sum(wide) + len(GAP) * (len(wide) - 1)


def full_widths(rows: Sequence[Row], heads: Sequence[Column], this_year: int) -> list[int]:
    """Return the cells each column takes in full, its title among them."""
    makers = _makers(heads, Page(this_year=this_year))
    return [
        max(map(columns, [head.title, *(make(row.get(head.key)) for row in rows)]))
        for head, make in zip(heads, makers, strict=True)
    ]


def _widths(cells: Sequence[Sequence[str]], heads: Sequence[Column], page: Page) -> list[int]:
    """Return column widths: as wide as needed, elastic ones sharing what is left."""
    widths = [
        max(columns(head.title) if page.headers else 0, *map(columns, column))
        for head, column in zip(heads, zip(*cells, strict=True), strict=True)
    ]
    if page.width is None:
        return widths
    elastic = sorted(
        (place for place, head in enumerate(heads) if head.elastic), key=widths.__getitem__
    )
    spare = page.width - len(GAP) * (len(heads) - 1)
    spare -= sum(width for width, head in zip(widths, heads, strict=True) if not head.elastic)
    for done, place in enumerate(elastic):
        widths[place] = min(widths[place], max(spare // (len(elastic) - done), _LEAST))
        spare -= widths[place]
    return widths


def _lines(
    table: tuple[Sequence[Row], Sequence[Sequence[str]], Sequence[str]],
    heads: Sequence[Column],
    page: Page,
    widths: Sequence[int],
) -> Iterator[str]:
    rows, cells, texts = table
    for row, line, text in zip_longest(rows, cells, texts):
        tones = page.tone(row) if page.tone and page.color else {}
        styles = {key: _STYLES[tone] for key, tone in tones.items()}
        parts = [
            [cut_whole(cell, width)] if head.one_line else wrap(cell, width)
            for cell, head, width in zip(line, heads, widths, strict=True)
        ]
        for each in zip_longest(*parts, fillvalue=""):
            yield _line(each, heads, widths, styles)
        if text:
            yield f"{_INDENT}{cut_whole(text, (page.width or len(text) * 2) - len(_INDENT))}\n"


def _line(
    cells: Sequence[str], heads: Sequence[Column], widths: Sequence[int], styles: Mapping[str, str]
) -> str:
    last = max((place for place, cell in enumerate(cells) if cell), default=-1)
    said = []
    for place, (cell, head, width) in enumerate(zip(cells, heads, widths, strict=True)):
        style = styles.get(head.key)
        shown = f"\x1b[{style}m{cell}\x1b[0m" if style and cell else cell
        fill = " " * (width - columns(cell))
        said.append(fill + shown if head.right else shown + (fill if place < last else ""))
        if place == last:
            break
    return GAP.join(said) + "\n"
