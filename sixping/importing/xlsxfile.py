"""XLSX workbooks, read as a stream: one row in memory, and the texts that cells share.

No library: those there are build the whole sheet, so that a 4.6 kB file with one cell at
XFD1048576 makes them ask for gigabytes and abort. A worksheet is read twice: surveyed for
merged ranges (which stand after the cells) and for its size, then read.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from sys import getsizeof
from typing import IO, TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.importing import package
from sixping.importing.merges import MAX_RANGES, Filler, Span, too_many
from sixping.importing.numbers import EXACT, Look, look_of, shown
from sixping.importing.package import COPY, Handler, damaged, local, parse, parse_all
from sixping.importing.rows import (
    LAST_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW,
    Broken,
    Row,
    SheetNames,
    choose_sheet,
    error_words,
    letter,
    unreadable,
)

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

MAX_VALUES = 6_000_000  # cells written in a sheet: a quarter of a minute
MAX_STYLES = 400_000  # tags of the part with the styles; a spreadsheet keeps 65,490 styles
MAX_TEXTS = 160 << 20  # bytes in memory of what cells share

MAX_SHARED = 150_000_000  # characters that cells take from what is shared

_CHUNK = 1 << 20
_OVERLAP = 1 << 8
_FOREIGN = 12  # tags for each cell or row: what has more is no table
_LETTERS = 3
_LEAST = 60  # bytes in memory of the shortest text
_LONG = 200  # characters from which a shared text is kept packed
_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]{0,99}?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):"""
    rb"""\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "spreadsheetml.sheet.main+xml"
_MACROS = ("macroenabled", "vbaproject", "macrosheet", "vbadata")
_NO_MACROS = "宏可能带有恶意程序, 不读取。请另存为不带宏的 .xlsx 再导入。"


class Book(NamedTuple):
    """What a workbook says of itself: its sheets with their parts, and where its days begin."""

    sheets: SheetNames
    parts: dict[str, str]
    from_1904: bool
    strings: str | None
    styles: str | None


def read_xlsx(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet that are not blank, merged cells filled downwards.

    Raises ``BadData``: hostile, damaged, encrypted, with macros, no such sheet.
    """
    try:
        with package.open_package(path) as archive:
            book = _open_book(path.name, archive)
            name = choose_sheet(path.name, book.sheets, sheet)
            member = _part(path.name, archive, book.parts[name])
            with archive.open(member) as part:
                spans = _survey(path.name, part)
            texts = _texts(path.name, archive, book.strings)
            reader = _SheetReader(path.name, texts, _looks(path.name, archive, book), book)
            filler = Filler(path.name, spans)
            with archive.open(member) as part:
                for _ in parse(path.name, part, reader):
                    for row in reader.take():
                        if filled := filler.row(row):
                            yield filled
    except OSError as error:
        raise unreadable(path, error) from None


def open_xlsx(path: Path) -> Book:
    """Return what a workbook says of itself. Raises ``BadData``, ``InputOutput``."""
    try:
        with package.open_package(path) as archive:
            return _open_book(path.name, archive)
    except OSError as error:
        raise unreadable(path, error) from None


# --- the parts of a package ---------------------------------------------------------------


class _Elements(Handler):
    """The attributes of the few elements that matter in the small parts."""

    def __init__(self, *wanted: str) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []
        self._wanted = wanted

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) in self._wanted and len(self.found) < MAX_RANGES:
            self.found.append((local(name), attributes))


def _elements(
    file: str, archive: zipfile.ZipFile, part: str, *wanted: str
) -> list[tuple[str, dict[str, str]]]:
    member = package.member_of(archive, part)
    if member is None:
        return []
    handler = _Elements(*wanted)
    with archive.open(member) as content:
        parse_all(file, content, handler)
    return handler.found


def _part(file: str, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    member = package.member_of(archive, name)
    if member is None:
        raise damaged(file)
    return member


def _relations(file: str, archive: zipfile.ZipFile, base: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of a part inside the package: id to kind and target."""
    folder, _, name = base.rpartition("/")
    part = f"{folder}/_rels/{name}.rels".lstrip("/")
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", "").rpartition("/")[2],
            package.resolve(base, attributes.get("Target", "")),
        )
        for _, attributes in _elements(file, archive, part, "Relationship")
        if attributes.get("TargetMode", "").casefold() != "external"
    }


def _open_book(file: str, archive: zipfile.ZipFile) -> Book:
    types = {
        attributes.get("PartName", "").lstrip("/").casefold(): attributes.get("ContentType", "")
        for _, attributes in _elements(file, archive, "[Content_Types].xml", "Override")
    }
    _refuse_kinds(file, archive, types)
    main = [target for kind, target in _relations(file, archive, "").values()
            if kind == "officeDocument"]  # fmt: skip
    stated = types.get(main[0].casefold(), _MAIN) if main else ""
    if not main or not stated.endswith((_MAIN, "spreadsheetml.template.main+xml", "/xml")):
        raise BadData(f"{file} 不是 .xlsx 工作簿", "请用 Excel 或 WPS 另存为 .xlsx。")
    package.refuse_declarations(file, archive)
    relations = _relations(file, archive, main[0])
    if any(
        "vba" in kind.casefold() or "macro" in kind.casefold() for kind, _ in relations.values()
    ):
        raise BadData(f"{file} 带有宏", _NO_MACROS)
    return _book(file, archive, main[0], relations)


def _refuse_kinds(file: str, archive: zipfile.ZipFile, types: dict[str, str]) -> None:
    stated = " ".join(types.values()).casefold()
    defaults = _elements(file, archive, "[Content_Types].xml", "Default")
    stated += " ".join(a.get("ContentType", "") for _, a in defaults).casefold()
    if "sheet.binary" in stated:
        raise BadData(f"{file} 是二进制工作簿 (.xlsb)", "请用 Excel 或 WPS 另存为 .xlsx。")
    names = (name.casefold() for name in archive.namelist())
    if any(word in stated for word in _MACROS) or any("vbaproject" in name for name in names):
        raise BadData(f"{file} 带有宏", _NO_MACROS)


def _book(
    file: str, archive: zipfile.ZipFile, main: str, relations: dict[str, tuple[str, str]]
) -> Book:
    sheets, from_1904 = SheetNames([], []), False
    parts: dict[str, str] = {}
    for element, attributes in _elements(file, archive, main, "sheet", "workbookPr"):
        if element == "workbookPr":
            from_1904 = attributes.get("date1904", "").casefold() in ("1", "true", "on")
            continue
        identity = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        kind, target = relations.get(identity, ("", ""))
        if kind == "worksheet":
            name = attributes.get("name", "")
            shown_at = attributes.get("state", "visible") == "visible"
            (sheets.visible if shown_at else sheets.hidden).append(name)
            parts.setdefault(name, target)
    found = dict(relations.values())
    return Book(sheets, parts, from_1904, found.get("sharedStrings"), found.get("styles"))


def _looks(file: str, archive: zipfile.ZipFile, book: Book) -> list[Look]:
    """Return how each style of the book shows a number."""
    if not book.styles:
        return []
    handler = _Styles(file)
    if member := package.member_of(archive, book.styles):
        with archive.open(member) as part:
            parse_all(file, part, handler)
    return [look_of(number, handler.codes.get(number)) for number in handler.formats]


class _Styles(Handler):
    """The number formats, and which of them each style of a cell has."""

    def __init__(self, file: str) -> None:
        self.codes: dict[int, str] = {}
        self.formats: list[int] = []
        self._file, self._tags = file, 0
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > MAX_STYLES:
            raise BadData(f"{self._file} 的单元格格式太多, 超出可读范围", COPY)
        element = local(name)
        if element == "numFmt" and "numFmtId" in attributes:
            self.codes.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif element == "cellXfs":
            self._in_cells = True
        elif element == "xf" and self._in_cells:
            self.formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self._in_cells = False


# --- what cells share ---------------------------------------------------------------------


class _Texts(Handler):
    """The shared texts of a book, long ones packed: they may be most of the file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._texts: list[str | bytes] = []
        self._memory, self._length = 0, 0
        self._pieces: list[str] = []
        self._open, self._phonetic = False, False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        element = local(name)
        if element == "si":
            self._pieces, self._length = [], 0
        elif element == "rPh":
            self._phonetic = True
        elif element == "t":
            self._open = not self._phonetic

    def text(self, data: str) -> None:
        if self._open:
            self._length += len(data)
            if self._length > MAX_ROW:
                raise BadData(f"{self._file} 有超过 400 万字的单元格", COPY)
            self._pieces.append(data)

    def end(self, name: str) -> None:
        element = local(name)
        if element == "t":
            self._open = False
        elif element == "rPh":
            self._phonetic = False
        elif element == "si":
            text = "".join(self._pieces)
            kept = zlib.compress(text.encode(), 1) if len(text) > _LONG else text
            self._texts.append(kept)
            self._memory += getsizeof(kept) + 8
            if self._memory > MAX_TEXTS:
                raise _too_much(self._file)

    def __getitem__(self, index: int) -> str:
        if index < 0:
            raise IndexError(index)
        kept = self._texts[index]
        return kept if isinstance(kept, str) else zlib.decompress(kept).decode()


def _texts(file: str, archive: zipfile.ZipFile, name: str | None) -> _Texts:
    texts = _Texts(file)
    if name and (member := package.member_of(archive, name)):
        with archive.open(member) as part:
            _count_texts(file, part)
        with archive.open(member) as part:
            parse_all(file, part, texts)
    return texts


def _count_texts(file: str, part: IO[bytes]) -> None:
    """Refuse more shared texts than memory holds before the first is taken apart."""
    count = 0
    while chunk := part.read(_CHUNK):
        count += chunk.count(b"<si>") + chunk.count(b":si>") // 2
        if count * _LEAST > MAX_TEXTS:
            raise _too_much(file)


def _too_much(file: str) -> BadData:
    return BadData(f"{file} 的文字太多, 超出可读范围", "请分成几个文件导入。")


# --- a worksheet --------------------------------------------------------------------------


def _survey(file: str, part: IO[bytes]) -> dict[int, list[Span]]:
    """Return the merged ranges by their first row; refuse a sheet too large to be a table."""
    cells, rows, tags, ranges, tail = 0, 0, 0, set[tuple[bytes, ...]](), b""
    while chunk := part.read(_CHUNK):
        if len(chunk) == _CHUNK and b"<" not in chunk:
            raise BadData(f"{file} 有超过 1 MB 的单元格", COPY)
        cells += chunk.count(b"<c ") + chunk.count(b":c ") + chunk.count(b"<c>")
        rows += chunk.count(b"<row") + chunk.count(b":row ")
        tags += chunk.count(b"<")
        text = tail + chunk
        if b"mergeCell" in text:
            ranges.update(_MERGE.findall(text))
            if len(ranges) > MAX_RANGES:
                raise too_many(file)
        if cells > MAX_VALUES or rows > LAST_ROW:
            raise BadData(
                f"{file} 有 {rows} 行、{cells} 个单元格以上, 最多 {MAX_VALUES} 个单元格",
                "请分成几个文件导入。",
            )
        if tags > _FOREIGN * (cells + rows + MAX_RANGES):
            raise BadData(f"{file} 的工作表里多半不是单元格", COPY)
        tail = text[-_OVERLAP:]
    return _spans(ranges)


def _spans(ranges: set[tuple[bytes, ...]]) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    for left, top, right, bottom in sorted(ranges):
        first = _column(left.decode())
        span = Span(first, int(bottom), wide=_column(right.decode()) > first)
        spans.setdefault(int(top), []).append(span)
    return spans


@lru_cache(MAX_COLUMNS)
def _column(letters: str) -> int:
    column = 0
    for sign in letters.upper():
        column = column * 26 + ord(sign) - 64
    return column - 1


class _SheetReader(Handler):
    """The rows of a worksheet, in the order in which they end."""

    counts = True

    def __init__(self, file: str, texts: _Texts, looks: list[Look], book: Book) -> None:
        self._file, self._texts, self._looks = file, texts, looks
        self._from_1904 = book.from_1904
        self._rows: list[Row] = []
        self._row = self._width = self._length = 0
        self._row_text, self._shared = "", 0
        self._c, self._v, self._t, self._row_tag = "", "", "", ""
        self._kind, self._style, self._column = "", "", 0
        self._pieces: list[str] = []
        self._open = self._phonetic = False
        self._begin_row()

    def take(self) -> list[Row]:
        """Hand out the rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def _begin_row(self) -> None:
        self._cells: list[str] = []
        self._lossy: list[int] = []
        self._broken: list[Broken] = []
        self._column, self._length = -1, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.deep += 1
        if name == self._c:
            reference = attributes.get("r")
            self._column = self._column_of(reference) if reference else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._pieces = []
        elif name in (self._v, self._t):
            self._open = not self._phonetic
        elif name == self._row_tag:
            self._begin_row()
            row = int(attributes.get("r") or self._row + 1)
            if not self._row < row <= LAST_ROW:
                raise self._far(row, self._width) if row > LAST_ROW else damaged(self._file)
            self._row, self._row_text = row, str(row)
        elif local(name) == "rPh":
            self._phonetic = True
        elif not self._c:
            prefix = name[: -len("worksheet")] if name.endswith("worksheet") else ""
            self._c, self._v, self._t = f"{prefix}c", f"{prefix}v", f"{prefix}t"
            self._row_tag = f"{prefix}row"

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        if not letters.isalpha() or not letters.isascii():
            raise damaged(self._file)
        if reference[len(letters) :] != self._row_text:
            raise self._far(int(reference[len(letters) :]), self._width + 1)
        if len(letters) > _LETTERS:
            raise self._far(self._row, MAX_COLUMNS)
        return _column(letters)

    def text(self, data: str) -> None:
        if self._open:
            self._length += len(data)
            if self._length > MAX_ROW:
                raise self._long()
            self._pieces.append(data)

    def end(self, name: str) -> None:
        self.deep -= 1
        if name in (self._v, self._t):
            self._open = False
        elif name == self._c:
            if self._pieces:
                self._cell("".join(self._pieces))
        elif name == self._row_tag:
            if self._cells:
                lossy, broken = tuple(self._lossy), tuple(self._broken)
                self._rows.append(Row(self._row, self._cells, lossy, broken))
        elif local(name) == "rPh":
            self._phonetic = False

    def _cell(self, raw: str) -> None:
        """Put what a cell says into its row."""
        text, why = self._said(raw)
        if not text and not why:
            return
        column, cells = self._column, self._cells
        self._width = max(self._width, column)
        if column >= MAX_COLUMNS or self._row * (self._width + 1) > MAX_CELLS:
            raise self._far(self._row, self._width + 1)
        if column >= len(cells):
            cells += [""] * (column + 1 - len(cells))
        cells[column] = text or raw
        if self._kind == "s":
            self._length += len(text)
            self._shared += len(text)
            if self._length > MAX_ROW:
                raise self._long()
            if self._shared > MAX_SHARED:
                raise BadData(f"{self._file} 把一段长文字重复太多次, 超出可读范围", COPY)
        if why:
            self._broken.append((column, why))

    def _said(self, raw: str) -> tuple[str, str | None]:
        kind = self._kind
        if kind == "s":
            return _plain(self._texts[int(raw)]), None
        if kind in ("inlineStr", "str"):
            return _plain(raw), None
        if kind == "b":
            return ("FALSE" if raw.strip() in ("0", "false") else "TRUE"), None
        if kind == "e":
            return raw, error_words(raw)
        if kind == "d":
            return raw.replace("T", " ", 1), None
        value = float(raw)
        look = self._looks[int(self._style)] if self._looks else Look.FIGURE
        if look is Look.FIGURE and abs(value) >= EXACT:
            self._lossy.append(self._column)
        return shown(value, look, from_1904=self._from_1904)

    def _far(self, rows: int, columns: int) -> BadData:
        what = f"{self._file} 有远处的单元格: {rows} 行 x {columns} 列, 超出可读范围"
        return BadData(what, COPY)

    def _long(self) -> BadData:
        where = f"第 {self._row} 行 {letter(max(self._column, 0))} 列"
        return BadData(f"{self._file} {where}的内容超过 400 万字", COPY)


def _plain(text: str) -> str:
    """Undo how a workbook writes signs that XML has not: ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return match[0] if "\ud800" <= sign <= "\udfff" else sign
