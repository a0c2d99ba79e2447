"""A paper as a workbook: the paper itself first, then a sheet a table, its charts, its cases.

All rows are in it, also those that a paper to read leaves out; from the sheets of details every
figure can be counted again.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from sixping.render.paper.blocks import (
    Block,
    Chart,
    Head,
    Pair,
    Ratio,
    Table,
    percent,
    plain,
    text_of,
)
from sixping.render.paper.bookcells import GRID, PAGE_WIDTH, Cells, height, set_up
from sixping.render.paper.bookcharts import CHARTS, write_charts
from sixping.render.paper.bookfront import FRONT, write_front
from sixping.render.workbook import MOST_ROWS, ahead, width_for, workbook
from sixping.util.text import clean, columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sixping.render.paper.blocks import Cell, Details, Paper

    Row = Sequence[Cell | datetime]

CASES: Final = "明细"
RECORDS: Final = "计数明细"
#: the column of a case that says which figures count it
COUNTED_IN: Final = "计入"
_GROUP: Final = Head("分组")
_LONGEST_NAME = 31  # of a sheet, in UTF-16
_REFUSED = dict.fromkeys(map(ord, "[]:*?/\\"), "_")
_FILTER = 4  # half-width signs that the button of a filter hides
_HEAD, _WRITE = 14, 24  # widths: of a head in one line, of a column to write in


def write(paper: Paper, out: BinaryIO) -> None:
    """Write a paper as a workbook; the records of its details are read as they are written.

    Raises ``SixpingError`` without XlsxWriter, ``OSError`` as the system says it.
    """
    with workbook(out, chinese=True) as book:
        book.set_properties({**book.doc_properties, **_properties(paper)})
        cells, names = Cells(book), _Names()
        front = book.add_worksheet(names.take(FRONT))
        sheets = [(table, names.take(table.name)) for table in _tables(paper)]
        charts = [block for block in _flat(paper) if isinstance(block, Chart)]
        drawn = names.take(CHARTS) if charts else ""
        write_front(front, paper, cells, _places(paper, sheets, drawn))
        for table, name in sheets:
            _write_table(book.add_worksheet(name), table, paper, cells)
        if charts:
            write_charts(book, book.add_worksheet(drawn), charts, paper, cells)
        if paper.details:
            _write_details(_Pages(book, names, paper), paper.details, cells)


def _properties(paper: Paper) -> dict[str, str]:
    return {"title": clean(paper.title)[:255], "author": clean(paper.office)[:255]}


def _flat(paper: Paper) -> Iterator[Block]:
    for block in (*paper.blocks, *paper.annex):
        yield from block if isinstance(block, Pair) else (block,)


def _tables(paper: Paper) -> list[Table]:
    """Return the tables that get a sheet: of one that the annex has in full, the annex's."""
    annex = {(table.heads, table.rows) for table in _of_annex(paper)}
    every = [block for block in _flat(paper) if isinstance(block, Table)]
    return [
        table for table in every if not _is_cut(table) or (table.heads, table.rows) not in annex
    ]


def _of_annex(paper: Paper) -> list[Table]:
    return [block for block in paper.annex if isinstance(block, Table) and not _is_cut(block)]


def _is_cut(table: Table) -> bool:
    return table.shown is not None and len(table.rows) > table.shown


def _places(paper: Paper, sheets: list[tuple[Table, str]], drawn: str) -> Mapping[int, str]:
    """Return block (by ``id``) → the sheet where it is."""
    full = {(table.heads, table.rows): name for table, name in sheets}
    places = {
        id(block): full[block.heads, block.rows] if isinstance(block, Table) else drawn
        for block in _flat(paper)
        if isinstance(block, Table | Chart)
    }
    return places | {id(table): name for table, name in sheets}


class _Names:
    """Names of sheets as a workbook takes them, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """Return the name, made to fit; one that is taken gets a number."""
        plain = clean(wanted).translate(_REFUSED).strip().strip("'").strip() or "表"
        name, nth = _fitted(plain, ""), 1
        while name.casefold() in self._taken:
            nth += 1
            name = _fitted(plain, f"({nth})")
        self._taken.add(name.casefold())
        return name


def _fitted(name: str, end: str) -> str:
    while len((name + end).encode("utf-16-le")) // 2 > _LONGEST_NAME:
        name = name[:-1]
    return name.rstrip("' ") + end


def _write_table(page: Any, table: Table, paper: Paper, cells: Cells) -> None:  # noqa: ANN401
    heads, rows, total = _columns(table)
    widths = [_width(i, head, [*rows, total]) for i, head in enumerate(heads)]
    for place, wide in enumerate(widths):
        page.set_column(place, place, wide)
    set_up(page, paper, wide=paper.landscape or sum(widths) > PAGE_WIDTH)
    cells.put(page, (0, 0), table.caption, bold=True, font_size=12, text_wrap=False)
    page.set_row(
        1, height([(head.title, wide) for head, wide in zip(heads, widths, strict=True)]) + 8
    )
    for place, head in enumerate(heads):
        cells.head(page, (1, place), head.title)
    page.freeze_panes(2, 1)
    page.repeat_rows(0, 1)
    for at, row in enumerate(rows, 2):
        _write_row(page, at, row, cells)
    page.autofilter(1, 0, 1 + len(rows), len(heads) - 1)
    at = 2 + len(rows)
    if table.total:
        _write_row(page, at, total, cells, bold=True, top=2)
        at += 1
    for runs in table.notes:
        at += 1
        where = (at, 0, at, max(len(heads) - 1, 1))
        cells.joined(page, where, plain(runs), room=max(sum(widths), 20))


def _columns(table: Table) -> tuple[list[Head], list[list[Cell]], list[Cell]]:
    """Return heads, rows and total as a sheet has them: no bars, groups as a column."""
    every = [*table.rows, *([table.total] if table.total else [])]
    shares = {at for row in every for at, cell in enumerate(row) if isinstance(cell, Ratio)}
    kept = [at for at, head in enumerate(table.heads) if head.kind != "bar"]
    heads = [head for at in kept for head in _heads(table.heads[at], shared=at in shares)]
    rows = [_spread(row, kept, shares) for row in table.rows]
    total = _spread(table.total, kept, shares) if table.total else []
    if not table.groups:
        return heads, rows, total
    group, grouped = "", []
    for place, row in enumerate(rows):
        group = table.groups.get(place, group)
        grouped.append([group, *row])
    return [_GROUP, *heads], grouped, [None, *total] if total else []


def _heads(head: Head, *, shared: bool) -> list[Head]:
    """Return the columns of a head: three where it is how many of what."""
    more = (Head(f"{head.title}(计入)", "figure"), Head(f"{head.title}(应计)", "figure"))
    return [head, *more] if shared else [head]


def _spread(row: Sequence[Cell], kept: Sequence[int], shares: Collection[int]) -> list[Cell]:
    """Return the cells of a row, those of ``shares`` as share, how many, of what."""
    cells: list[Cell] = []
    for at in kept:
        cell = row[at]
        if isinstance(cell, Ratio):
            cells += [cell.rate or percent(None), cell.n, cell.d]
        else:
            cells += [cell, None, None] if at in shares else [cell]
    return cells


def _width(place: int, head: Head, rows: Sequence[Sequence[Cell]]) -> int:
    if head.kind == "write":
        return _WRITE
    title = min(columns(clean(head.title)) + _FILTER, _HEAD)
    return max(width_for(clean(text_of(row[place])) for row in rows if row), title)


def _write_row(page: Any, at: int, row: Row, cells: Cells, **look: object) -> None:  # noqa: ANN401
    for place, cell in enumerate(row):
        cells.put(page, (at, place), cell, **GRID, **look)


class _Pages(NamedTuple):
    """Where further sheets are added."""

    book: Any
    names: _Names
    paper: Paper


def _write_details(pages: _Pages, details: Details, cells: Cells) -> None:
    """Write the cases, and every counted thing; more rows than a sheet holds go onto another."""
    counted = _counted(details)
    cases = ((*row, counted.get(number, "")) for number, row in details.cases.items())
    heads = [*details.heads, Head(COUNTED_IN)]
    _write_long(pages, CASES, heads, cases, cells)
    if details.records:
        _write_long(pages, RECORDS, details.records.heads, details.records.rows, cells)


def _counted(details: Details) -> dict[str, str]:
    """Return number of a case → what the figures are called that count it, ×2 where twice."""
    behind: dict[str, dict[str, int]] = {}
    for key, numbers in details.behind.items():
        title = clean(details.titles.get(key, key)).replace(";", ",")
        once: dict[str, int] = {}
        for number in numbers:
            once[number] = once.get(number, 0) + 1
        for number, times in once.items():
            of = behind.setdefault(number, {})
            of[title] = max(of.get(title, 0), times)
    return {
        number: "; ".join(f"{title}×{n}" if n > 1 else title for title, n in of.items())
        for number, of in behind.items()
    }


def _write_long(
    pages: _Pages, name: str, heads: Sequence[Head], rows: Iterable[Row], cells: Cells
) -> None:
    first, rest = ahead(rows)
    seen = [[_as_wide(cell) for cell in row] for row in first]
    widths = [_width(place, head, seen) for place, head in enumerate(heads)]
    following: Row | None = None
    while True:
        page = pages.book.add_worksheet(pages.names.take(name))
        for place, (head, wide) in enumerate(zip(heads, widths, strict=True)):
            page.set_column(place, place, wide)
            cells.head(page, (0, place), head.title)
        set_up(page, pages.paper, wide=True)
        page.freeze_panes(1, 1)
        page.repeat_rows(0)
        begun = [] if following is None else [following]
        at = 0
        for at, row in enumerate(islice(chain(begun, rest), MOST_ROWS - 1), 1):
            for place, cell in enumerate(row):
                cells.put(page, (at, place), cell, text_wrap=False)
        page.autofilter(0, 0, at, len(heads) - 1)
        page.print_area(0, 0, at, len(heads) - 1)  # what is long is cut there, on no further page
        following = next(rest, None)
        if following is None:
            return


def _as_wide(cell: Cell | datetime) -> Cell:
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell
