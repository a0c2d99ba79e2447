"""A workbook of tables: what an office hands on, opened by Excel, WPS or LibreOffice.

Every text is a text: no formula, no link, no number out of a phone or a code. Rows are written as
they come and forgotten, so that any number of them takes the same memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from sixping.errors import NotAllowed
from sixping.render.table import (
    Column,
    Page,
    Row,
    cells_for_people,
    cells_for_sheets,
    day_of,
    moment_of,
    percent_of,
)
from sixping.render.workbook import (
    A4,
    DAY,
    MOST_ROWS,
    TIME,
    WIDEST,
    ahead,
    fitting,
    shown,
    width_for,
    workbook,
)
from sixping.util.text import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Sheet(NamedTuple):
    """One table of a workbook, under a name of its own."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def write(rows: Iterable[Row], heads: Sequence[Column], out: BinaryIO, page: Page) -> None:
    """Write one table as a workbook; raises what ``write_sheets`` raises."""
    write_sheets([Sheet("Sheet1", heads, rows)], out, page)


def write_sheets(sheets: Iterable[Sheet], out: BinaryIO, page: Page) -> None:
    """Write tables as the sheets of a workbook.

    For people (``page.people``) titles and dates that can be sorted; else keys and ISO times.
    Raises ``NotAllowed`` for more rows than a sheet holds, ``SixpingError`` without XlsxWriter.
    """
    with workbook(out) as book:
        marks = _Marks(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, page, marks)


class _Marks:
    """The formats of cells."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401
        self.head = book.add_format({"bold": True, "num_format": "@"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.time = book.add_format({"num_format": TIME, "valign": "top", "align": "left"})
        self.day = book.add_format({"num_format": DAY, "valign": "top", "align": "left"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        right = {"valign": "top", "align": "right", "indent": 1}  # apart from the text beside it
        self.rate = book.add_format(right | {"num_format": "0.00%"})
        self.plain = book.add_format(right)


def _write_sheet(target: Any, sheet: Sheet, page: Page, marks: _Marks) -> None:  # noqa: ANN401
    heads = [column.title if page.people else column.key for column in sheet.columns]
    makers = (cells_for_people if page.people else cells_for_sheets)(sheet.columns, page, shown)
    first, rows = ahead(sheet.rows)
    for place, (column, head) in enumerate(zip(sheet.columns, heads, strict=True)):
        seen = [makers[place](row.get(column.key)) for row in first]
        target.set_column(place, place, width_for([head, *seen]))
    if page.headers:
        for place, head in enumerate(heads):
            target.write_string(0, place, head, marks.head)
        target.freeze_panes(1, 0)
        target.repeat_rows(0)
    target.set_paper(A4)
    target.set_landscape()
    if page.people:
        target.fit_to_pages(1, 0)
        target.set_footer("&R第 &P 页, 共 &N 页")
    at = 0 if page.headers else -1
    for at, row in enumerate(rows, int(page.headers)):
        if at >= MOST_ROWS:
            raise NotAllowed(
                f"一张工作表最多 {MOST_ROWS - 1} 行, 放不下。",
                "请用条件分成几份 (如 --from --to), 或改用 CSV (-o 文件.csv)。",
            )
        for place, (column, make) in enumerate(zip(sheet.columns, makers, strict=True)):
            _write_cell(target, (at, place), column, row.get(column.key), make, page, marks)
    if page.headers and heads:
        target.autofilter(0, 0, max(at, 0), len(heads) - 1)


def _write_cell(
    target: Any,  # noqa: ANN401
    place: tuple[int, int],
    column: Column,
    value: Any,  # noqa: ANN401
    make: Any,  # noqa: ANN401
    page: Page,
    marks: _Marks,
) -> None:
    if value is None:
        return
    if column.kind == "int":
        target.write_number(*place, value, marks.plain)
    elif page.people and column.kind == "day":
        target.write_datetime(*place, day_of(value), marks.day)
    elif page.people and column.kind == "time":
        target.write_datetime(*place, moment_of(value).replace(tzinfo=None), marks.time)
    elif page.people and column.kind == "rate" and (percent := percent_of(value)) is not None:
        target.write_number(*place, percent / 100, marks.rate)
    else:
        text = fitting(make(value))
        wraps = page.people and ("\n" in text or columns(text) > WIDEST)
        target.write_string(*place, text, marks.wrapped if wraps else marks.text)
