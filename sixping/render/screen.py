"""A table on a terminal, or as aligned lines where a table is asked for elsewhere.

A screenful is laid out by rich (wrapping, colour). Rich costs half a millisecond a
row, so longer tables, and all that is not on a terminal, are written as plain aligned
lines, a hundred times faster; rich is not even imported then. In both, only elastic
columns yield: a case number or a due date is never cut, rather the line grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TextIO

from sixping.documents.phrases import NO_RATE
from sixping.render.table import Column, Page, Row, Tone, cells_for_people
from sixping.util.text import ambiguous_is_wide, clean, columns, cut, pad

SCREENFUL: Final = 200
_GAP = "  "
_LEAST = 12
#: left of the last column only signs stand whose width every console agrees on
_NOTHING = "-"
_STYLES: Final[dict[Tone, str]] = {"late": "red", "soon": "yellow", "quiet": "dim"}


def write(rows: Sequence[Row], heads: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write a table for people; nothing at all when there are no rows."""
    if not rows:
        return
    makers = cells_for_people(heads, page, clean)
    cells = [
        [make(row.get(head.key)) for head, make in zip(heads, makers, strict=True)] for row in rows
    ]
    for line in cells:
        line[:-1] = [_NOTHING if cell == NO_RATE else cell for cell in line[:-1]]
    widths = _widths(cells, heads, page)
    if page.width is None or len(rows) > SCREENFUL or ambiguous_is_wide():
        out.writelines(_lines(cells, heads, page, widths))
    else:
        tones = [page.tone(row) if page.tone else None for row in rows]
        _write_rich(cells, heads, out, page, (widths, tones))


def least_width(rows: Sequence[Row], heads: Sequence[Column], this_year: int) -> int:
    """Return the cells a row takes at least: all but the elastic columns in full."""
    makers = cells_for_people(heads, Page(this_year=this_year), clean)
    wide = [
        _LEAST
        if head.elastic
        else max(map(columns, [head.title, *(make(row.get(head.key)) for row in rows)]))
        for head, make in zip(heads, makers, strict=True)
    ]
    return sum(wide) + len(_GAP) * (len(wide) - 1)


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
    spare = page.width - len(_GAP) * (len(heads) - 1)
    spare -= sum(width for width, head in zip(widths, heads, strict=True) if not head.elastic)
    for done, place in enumerate(elastic):
        widths[place] = min(widths[place], max(spare // (len(elastic) - done), _LEAST))
        spare -= widths[place]
    return widths


def _lines(
    cells: Sequence[Sequence[str]], heads: Sequence[Column], page: Page, widths: Sequence[int]
) -> Iterator[str]:
    lines = [[head.title for head in heads], *cells] if page.headers else cells
    for line in lines:
        yield (
            _GAP.join(
                pad(cut(cell, width), width, right=head.right)
                for cell, head, width in zip(line, heads, widths, strict=True)
            ).rstrip(" ")
            + "\n"
        )


def _write_rich(
    cells: Sequence[Sequence[str]],
    heads: Sequence[Column],
    out: TextIO,
    page: Page,
    layout: tuple[Sequence[int], Sequence[Tone | None]],
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    widths, tones = layout
    table = Table(box=None, padding=(0, len(_GAP), 0, 0), pad_edge=False)
    table.show_header = page.headers
    for head, width in zip(heads, widths, strict=True):
        table.add_column(
            Text(head.title, style="bold"),
            justify="right" if head.right else "left",
            width=width,
            overflow="fold",
        )
    for line, tone in zip(cells, tones, strict=True):
        kept = [
            cut(cell, width) if head.one_line else cell
            for cell, head, width in zip(line, heads, widths, strict=True)
        ]
        table.add_row(*(Text(cell) for cell in kept), style=_STYLES[tone] if tone else "")
    Console(
        file=out,
        width=max(page.width or 0, sum(widths) + len(_GAP) * len(widths)),
        force_terminal=page.color,
        color_system="standard" if page.color else None,
        no_color=not page.color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    ).print(table)
