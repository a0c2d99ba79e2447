"""How a workbook is opened, and how a text gets into a cell of it: as a text and nothing else.

Rows are written as they come and forgotten, so that any number of them takes the same memory.
The same content gives the same bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from sixping.errors import SixpingError
from sixping.util.files import PREFIX
from sixping.util.text import clean, columns, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Each = TypeVar("Each")

MOST_ROWS: Final = 1_048_576  # of a sheet, the head among them
MOST_SIGNS: Final = 32_767  # of a cell, in UTF-16
TOO_LONG: Final = " (单元格最多 32767 字, 以下略去; 全文请用 CSV 或 JSON)"
WIDEST: Final = 60  # of a column, in half-width signs
NARROWEST: Final = 8
TIME: Final = "yyyy-mm-dd hh:mm"
DAY: Final = "yyyy-mm-dd"
A4: Final = 9  # as workbooks number the sizes of paper
FONT: Final = "宋体"  # of papers
_LOOKED_AT = 50
#: and what it makes of a column: 72 pixels (8 a half-width sign)
_CHINESE: Final = {
    "default_format_properties": {"font_name": FONT, "font_size": 11},
    "default_column_width": 72,
}
#: when it was made: no clock, and no two files for one content
_MADE = datetime(1980, 1, 1, tzinfo=UTC)


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


@contextmanager
def workbook(out: BinaryIO, *, chinese: bool = False) -> Iterator[Any]:
    """Open a workbook (XlsxWriter's) that is written to ``out`` when all went well.

    ``chinese``: in the font of a paper, which is wider. Raises ``SixpingError`` without
    XlsxWriter, ``OSError`` as the system says it.
    """
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as parts:
        target = _Target(out)
        book = _opened(target, parts, chinese=chinese)
        try:
            yield book
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


def _opened(out: _Target, parts: str, *, chinese: bool) -> Any:  # noqa: ANN401 - no types
    """Return a workbook whose rows wait in a folder of its own, where nobody else looks."""
    try:
        import xlsxwriter
    except ImportError as fault:
        raise SixpingError(
            "写 Excel 工作簿 (xlsx) 需要 XlsxWriter。",
            '请运行: python -m pip install "sixping[office]" ; 也可改用 CSV (-o 文件.csv)。',
        ) from fault
    options: dict[str, object] = {
        "constant_memory": True,
        "tmpdir": parts,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    } | (_CHINESE if chinese else {})
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _MADE.replace(tzinfo=None)})
    return book


def shown(text: str) -> str:
    """Return text as a cell shows it, line breaks and all; what is hidden is a visible sign."""
    return clean(text, multiline=True)


def fitting(text: str) -> str:
    """Return what of a shown text a cell holds, and that it is not all."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # XlsxWriter writes such a text unescaped, as markup of its own
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


def ahead(rows: Iterable[Each]) -> tuple[list[Each], Iterator[Each]]:
    """Return the first rows, by which the columns get their widths, and all of them."""
    every = iter(rows)
    first = [row for _, row in zip(range(_LOOKED_AT), every, strict=False)]
    return first, chain(first, every)


def width_for(texts: Iterable[str]) -> int:
    """Return the width of a column of these texts, the head among them."""
    wide = max((columns(cut(text, WIDEST)) for text in texts), default=0)
    return min(max(wide + 2, NARROWEST), WIDEST)
