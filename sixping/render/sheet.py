"""A workbook of tables: what an office hands on, opened by Excel, WPS or LibreOffice.

Every text is a text: no formula, no link, no number out of a phone or a code. Rows are written as
they come and forgotten, so that any number of them takes the same memory.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from sixping.errors import NotAllowed, SixpingError
from sixping.render.table import (
    Column,
    Page,
    Row,
    cells_for_people,
    cells_for_sheets,
    day_of,
    moment_of,
)
from sixping.util.files import PREFIX
from sixping.util.text import clean, columns, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS: Final = 1_048_576  # of a sheet, the head among them
MOST_SIGNS: Final = 32_767  # of a cell, in UTF-16
TOO_LONG: Final = " (单元格最多 32767 字, 以下略去; 全文请用 CSV 或 JSON)"
_WIDEST, _NARROWEST, _LOOKED_AT = 60, 8, 50
_TIME = "yyyy-mm-dd hh:mm"
_DAY = "yyyy-mm-dd"
_A4 = 9  # as workbooks number the sizes of paper


class Sheet(NamedTuple):
    """One table of a workbook, under a name of its own."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]


class _Target:
    """Where a workbook goes; once it is given up, what still comes of it goes nowhere.

    The archive of one that failed is closed when it is collected, and would write its end.
    """

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.given_up = out, False

    def write(self, content: bytes) -> int:
        return len(content) if self.given_up else self.out.write(content)

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0 if self.given_up else self.out.seek(offset, whence)

    def tell(self) -> int:
        return 0 if self.given_up else self.out.tell()

    def flush(self) -> None:
        if not self.given_up:
            self.out.flush()


def write(rows: Iterable[Row], heads: Sequence[Column], out: BinaryIO, page: Page) -> None:
    """Write one table as a workbook; raises what ``write_sheets`` raises."""
    write_sheets([Sheet("Sheet1", heads, rows)], out, page)


def write_sheets(sheets: Iterable[Sheet], out: BinaryIO, page: Page) -> None:
    """Write tables as the sheets of a workbook.

    For people (``page.people``) titles and dates that can be sorted; else keys and ISO times.
    Raises ``NotAllowed`` for more rows than a sheet holds, ``SixpingError`` without XlsxWriter.
    """
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as parts:
        target = _Target(out)
        book = _workbook(target, parts)
        marks = _Marks(book)
        try:
            for sheet in sheets:
                _write_sheet(book.add_worksheet(sheet.name), sheet, page, marks)
            book.close()
        except BaseException as fault:
            _give_up(book)
            target.given_up = True
            if fault.args and isinstance(fault.args[0], OSError):
                raise fault.args[0] from None  # XlsxWriter wraps what the system says
            raise


def _give_up(book: Any) -> None:  # noqa: ANN401
    """Leave nothing open of a workbook that will not be: its folder goes with all it has."""
    for page in book.worksheets():
        page.row_data_fh.close()
    book.fileclosed = True


def _workbook(out: _Target, parts: str) -> Any:  # noqa: ANN401 - XlsxWriter is loaded with the first workbook
    """Return a workbook whose rows wait in a folder of its own, where nobody else looks."""
    try:
        import xlsxwriter
    except ImportError as fault:
        raise SixpingError(
            "写 Excel 工作簿 (xlsx) 需要 XlsxWriter。",
            '请运行: python -m pip install "sixping[office]" ; 也可改用 CSV (-o 文件.csv)。',
        ) from fault
    return xlsxwriter.Workbook(out, {"constant_memory": True, "tmpdir": parts})


class _Marks:
    """The formats of cells."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401
        self.head = book.add_format({"bold": True, "num_format": "@"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.time = book.add_format({"num_format": _TIME, "valign": "top", "align": "left"})
        self.day = book.add_format({"num_format": _DAY, "valign": "top", "align": "left"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.plain = book.add_format({"valign": "top"})


def _write_sheet(target: Any, sheet: Sheet, page: Page, marks: _Marks) -> None:  # noqa: ANN401
    heads = [column.title if page.people else column.key for column in sheet.columns]
    makers = (cells_for_people if page.people else cells_for_sheets)(sheet.columns, page, _shown)
    first, rows = _ahead(sheet.rows)
    for place, (column, head) in enumerate(zip(sheet.columns, heads, strict=True)):
        seen = [makers[place](row.get(column.key)) for row in first]
        wide = max(map(columns, [head, *(cut(text, _WIDEST) for text in seen)]))
        target.set_column(place, place, min(max(wide + 2, _NARROWEST), _WIDEST))
    if page.headers:
        for place, head in enumerate(heads):
            target.write_string(0, place, head, marks.head)
        target.freeze_panes(1, 0)
        target.repeat_rows(0)
    target.set_paper(_A4)
    target.set_landscape()
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


def _ahead(rows: Iterable[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Return the first rows, by which the columns get their widths, and all of them."""
    every = iter(rows)
    first = [row for _, row in zip(range(_LOOKED_AT), every, strict=False)]
    return first, chain(first, every)


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
    elif page.people and column.kind in ("time", "day"):
        if column.kind == "day":
            target.write_datetime(*place, day_of(value), marks.day)
        else:
            target.write_datetime(*place, moment_of(value).replace(tzinfo=None), marks.time)
    else:
        text = _fitting(make(value))
        wraps = page.people and ("\n" in text or columns(text) > _WIDEST)
        target.write_string(*place, text, marks.wrapped if wraps else marks.text)


def _shown(text: str) -> str:
    return clean(text, multiline=True)


def _fitting(text: str) -> str:
    """Return what of a text a cell holds, and that it is not all."""
    if len(text) * 2 <= MOST_SIGNS or _signs(text) <= MOST_SIGNS:
        return text
    room, kept = MOST_SIGNS - _signs(TOO_LONG), 0
    for sign in text:
        room -= 2 if sign > "\uffff" else 1
        if room < 0:
            break
        kept += 1
    return text[:kept] + TOO_LONG


def _signs(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
