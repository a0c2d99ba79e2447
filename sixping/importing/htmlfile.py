"""HTML tables, which old systems write and name .xls: text only, nothing of a page is run.

The table is the first that has a row of two cells, or the one named (by its caption, its
``id``, or as 表2). Tags inside cells are dropped; ``<br>`` and paragraphs break the line.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from sixping.errors import BadData
from sixping.importing.csvfile import without_marks
from sixping.importing.decoding import Damage, decide_encoding, known, open_text
from sixping.importing.merges import Filler, Span
from sixping.importing.package import refuse_size
from sixping.importing.rows import (
    LAST_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW,
    Row,
    SheetNames,
    choose_sheet,
    first_bytes,
    unreadable,
    with_errors,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_SPAN = 1_000  # columns one cell spans; more is a slip or worse
MAX_TABLES = 1_000

_CHUNK = 1 << 15
_LONGEST = 1 << 18  # characters of one tag or comment
_MAX_DEPTH = 50
_FOREIGN, _ASIDE = 50, 2_000  # tags a cell may have around it, and cells' worth of other tags
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_CHINESE = ("gb2312", "gbk", "gb_2312-80", "gb18030", "cp936", "hz-gb-2312", "x-gbk")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_BREAKS = frozenset(("p", "div", "li", "tr", "h1", "h2", "h3"))
_SILENT = frozenset(("script", "style", "template", "title", "noscript", "object", "iframe"))
_SCIENTIFIC = re.compile(r"[\d.]+[eE]\+?\d+")


def read_html(path: Path, table: str | None, encoding: str | None) -> Iterator[Row]:
    """Yield the rows of one table that are not blank, spanned cells filled downwards.

    Raises ``BadData``: no table, no such table, an encoding that does not fit, a page that
    never closes a tag.
    """
    encoding = _encoding(path, encoding)
    chosen = _choose(path, encoding, table)
    before, filler = Damage.count, Filler(path.name)
    for _, row, spans in _read(path, encoding, chosen):
        whole = row if Damage.count == before else without_marks(row, encoding)
        if filled := filler.row(with_errors(whole), spans):
            yield filled


def html_tables(path: Path, encoding: str | None = None) -> SheetNames:
    """Return the names of the tables of a page. Raises ``BadData``, ``InputOutput``."""
    return SheetNames([*_tables(path, _encoding(path, encoding)).values()], [])


def _encoding(path: Path, stated: str | None) -> str:
    refuse_size(path.name, path.stat().st_size)
    start = first_bytes(path)
    said = _CHARSET.search(start.replace(b"\x00", b""))
    hinted = said[1].decode().casefold() if said else None
    if hinted in _CHINESE:
        hinted = "gb18030"
    # A page in UTF-16 says so by its mark; that the bytes could be read shows it is not.
    if hinted and (hinted.startswith(("utf-16", "utf16", "unicode")) or not known(hinted)):
        hinted = None
    return decide_encoding(path, start, stated, hinted=hinted, lines=False)


def _choose(path: Path, encoding: str, wanted: str | None) -> int:
    """Return which table is read."""
    if not wanted:
        for number, _, _ in _read(path, encoding, None):
            return number
    tables = _tables(path, encoding)
    if not tables:
        raise BadData(
            f"{path.name} 是网页, 里面没有表格", "请从来源系统重新导出; 多半是登录已过期的页面。"
        )
    name = choose_sheet(path.name, SheetNames([*tables.values()], []), wanted)
    return next(number for number, each in tables.items() if each == name)


def _tables(path: Path, encoding: str) -> dict[int, str]:
    """Return the tables that have a row of two cells, or else all, with their names.

    Those that only lay out a page are no tables; the order is that in which rows end.
    """
    page, found = _Page(path.name, None), dict[int, None]()
    for _ in _feed(path, encoding, page):
        found.update(dict.fromkeys(number for number, _, _ in page.take()))
    return {
        number: page.names.get(number, "").strip() or f"表{number + 1}"
        for number in found or range(page.count)
    }


def _read(path: Path, encoding: str, chosen: int | None) -> Iterator[tuple[int, Row, list[Span]]]:
    """Yield the rows of one table; of no one in particular, those with two cells or more."""
    page = _Page(path.name, chosen)
    for _ in _feed(path, encoding, page):
        yield from page.take()


def _feed(path: Path, encoding: str, page: _Page) -> Iterator[None]:
    try:
        with open_text(path, encoding) as file:
            marks = 0
            while chunk := file.read(_CHUNK):
                marks += chunk.count("<")
                page.feed(chunk)
                if marks > _FOREIGN * (page.cells + _ASIDE):
                    raise BadData(f"{path.name} 里多半不是表格", "请从来源系统导出单独的表格。")
                if len(page.rawdata) > _LONGEST:
                    raise BadData(
                        f"{path.name} 有一个没有闭合的标记", "请重新导出, 或打开后另存为 .xlsx。"
                    )
                yield
        page.close()
        page.finish()
        yield
    except (AssertionError, ValueError, IndexError):  # the parser gave up
        raise BadData(f"{path.name} 的网页格式已损坏", "请重新导出。") from None
    except OSError as error:
        raise unreadable(path, error) from None


class _Table:
    """A table that is open: its rows so far, and the cells that hang into the next."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.row = 0
        self.cells: list[str] = []
        self.spans: list[Span] = []
        self.hanging: dict[int, int] = {}  # column: last row
        self.column = 0
        self.in_row = False
        self.pieces: list[str] | None = None
        self.span = (1, 1)
        self.stated: str | None = None


class _Page(HTMLParser):
    """The rows of one table (of None: of each, if they have two cells), as they end."""

    def __init__(self, file: str, chosen: int | None) -> None:
        super().__init__(convert_charrefs=True)
        self.count = self.cells = 0
        self.names: dict[int, str] = {}
        self._file, self._chosen = file, chosen
        self._open: list[_Table] = []
        self._rows: list[tuple[int, Row, list[Span]]] = []
        self._silent, self._caption = 0, False
        self._length, self._total = 0, 0

    def take(self) -> list[tuple[int, Row, list[Span]]]:
        """Hand out the rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._begin_table(dict(attrs))
        elif self._open:
            table = self._open[-1]
            if tag == "tr":
                self._end_row(table)
                self._begin_row(table)
            elif tag in ("td", "th"):
                self._begin_cell(table, dict(attrs))
            elif tag == "caption":
                self._caption = True
            elif table.pieces is not None and (tag == "br" or tag in _BREAKS):
                table.pieces.append("\n" if tag == "br" else "\v")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "caption":
            self._caption = False
        elif self._open:
            table = self._open[-1]
            if tag in ("td", "th"):
                self._end_cell(table)
            elif tag == "tr":
                self._end_row(table)
            elif tag == "table":
                self._end_row(table)
                self._open.pop()
            elif table.pieces is not None and tag in _BREAKS:
                table.pieces.append("\v")

    def handle_data(self, data: str) -> None:
        if self._silent or not self._open:
            return
        table = self._open[-1]
        if self._caption and len(self.names.get(table.number, "")) < _MAX_DEPTH:
            name = _BLANKS.sub(" ", self.names.get(table.number, "") + data)
            self.names[table.number] = name[:_MAX_DEPTH]
        elif table.pieces is not None:
            self._length += len(data)
            if self._length > MAX_ROW:
                what = f"{self._file} 第 {table.row} 行的内容超过 400 万字"
                raise BadData(what, "请确认这是表格文件。")
            table.pieces.append(_BLANKS.sub(" ", data))

    def finish(self) -> None:
        """End what the page left open."""
        for table in self._open:
            self._end_row(table)

    def _begin_table(self, attributes: dict[str, str | None]) -> None:
        if self.count >= MAX_TABLES or len(self._open) >= _MAX_DEPTH:
            raise BadData(f"{self._file} 里的表格太多", "请从来源系统导出单独的表格。")
        if name := attributes.get("id") or attributes.get("name"):
            self.names[self.count] = name[:_MAX_DEPTH]
        self._open.append(_Table(self.count))
        self.count += 1

    def _begin_row(self, table: _Table) -> None:
        table.row += 1
        if table.row > LAST_ROW:
            raise BadData(f"{self._file} 有超过 {LAST_ROW} 行", "请分成几个文件导入。")
        table.cells, table.spans, table.column, table.in_row = [], [], 0, True
        self._length = 0

    def _begin_cell(self, table: _Table, attributes: dict[str, str | None]) -> None:
        self._end_cell(table)
        self.cells += 1
        if not table.in_row:
            self._begin_row(table)
        down, wide = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
        table.span = (down or LAST_ROW, min(wide or 1, MAX_SPAN))
        table.stated = attributes.get("x:num")
        table.pieces = []

    def _end_cell(self, table: _Table) -> None:
        if table.pieces is None:
            return
        text, table.pieces = _laid_out("".join(table.pieces)), None
        if table.stated and _SCIENTIFIC.fullmatch(text):
            text = table.stated.strip()
        down, wide = table.span
        while table.hanging.get(table.column, 0) >= table.row:
            table.column += 1
        column, last = table.column, min(table.row + down - 1, LAST_ROW)
        if column + wide > MAX_COLUMNS:
            what = f"{self._file} 第 {table.row} 行超过 {MAX_COLUMNS} 列"
            raise BadData(what, "请确认这是表格文件。")
        table.cells += [""] * (column - len(table.cells)) + [text] + [""] * (wide - 1)
        if down > 1:
            table.hanging.update(dict.fromkeys(range(column, column + wide), last))
        if down > 1 or wide > 1:
            table.spans.append(Span(column, last, wide > 1))
        table.column += wide

    def _end_row(self, table: _Table) -> None:
        self._end_cell(table)
        if not table.in_row:
            return
        table.in_row = False
        self._total += len(table.cells)
        if self._total > MAX_CELLS:
            raise BadData(f"{self._file} 的单元格太多", "请分成几个文件导入。")
        wanted = self._chosen == table.number or (self._chosen is None and len(table.cells) > 1)
        if wanted and any(table.cells):
            self._rows.append((table.number, Row(table.row, table.cells), table.spans))


def _span(stated: str | None) -> int:
    """Return how far a cell spans: 1 where nothing sensible is said, 0 for "to the end"."""
    text = (stated or "1").strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < len("1048576") else 1


def _laid_out(text: str) -> str:
    """Return the text of a cell as a page shows it."""
    lines = (line.strip(" ") for line in text.replace("\v", "\n").split("\n"))
    return "\n".join(line for line in lines if line) if "\v" in text else "\n".join(lines).strip()
