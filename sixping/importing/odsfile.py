"""ODS sheets (LibreOffice, WPS), read as a stream; repeated cells cost what they say, no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sixping.errors import BadData
from sixping.importing import package
from sixping.importing.merges import Filler, Span
from sixping.importing.numbers import EXACT, number_text
from sixping.importing.package import COPY, Handler, parse, parse_all
from sixping.importing.rows import (
    LAST_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW,
    Broken,
    Contents,
    Row,
    SheetNames,
    choose_sheet,
    error_words,
    unreadable,
)

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

MAX_ALIKE = 1_000  # rows that a file repeats by a number instead of writing them
_LENGTH = re.compile(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_MIDNIGHT = "T00:00:00"
_CONTENT = "content.xml"
_IGNORED = ("office:annotation", "table:shapes", "draw:frame", "draw:g", "table:detective")


def read_ods(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet that are not blank, merged cells filled downwards.

    Raises ``BadData``: hostile, damaged, encrypted, no such sheet.
    """
    try:
        with package.open_package(path) as archive:
            name = choose_sheet(path.name, _tables(path.name, archive).sheets, sheet)
            reader, filler = _TableReader(path.name, name), Filler(path.name)
            with archive.open(_CONTENT) as part:
                for _ in parse(path.name, part, reader):
                    for row, spans in reader.take():
                        if filled := filler.row(row, spans):
                            yield filled
                    if reader.done:
                        return
    except OSError as error:
        raise unreadable(path, error) from None


def ods_contents(path: Path) -> Contents:
    """Return the sheets of a file and its day zero. Raises ``BadData``, ``InputOutput``."""
    try:
        with package.open_package(path) as archive:
            tables = _tables(path.name, archive)
            return Contents(tables.sheets, tables.from_1904)
    except OSError as error:
        raise unreadable(path, error) from None


class _Manifest(Handler):
    """Whether any part is encrypted."""

    def __init__(self) -> None:
        self.encrypted = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        self.encrypted = self.encrypted or name.endswith("encryption-data")


class _Tables(Handler):
    """The names of the tables, which of them a style hides, and from when days are counted."""

    def __init__(self) -> None:
        self.from_1904 = False
        self.sheets = SheetNames([], [])
        self._hidden: set[str] = set()
        self._style, self._depth = "", 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden.add(self._style)
        elif name == "table:null-date":
            self.from_1904 = attributes.get("table:date-value", "").startswith("1904-01-01")
        elif name == "table:table":
            self._depth += 1
            if self._depth == 1 and len(self.sheets.visible) < MAX_COLUMNS:
                hidden = attributes.get("table:style-name") in self._hidden
                names = self.sheets.hidden if hidden else self.sheets.visible
                names.append(attributes.get("table:name", ""))

    def end(self, name: str) -> None:
        self._depth -= name == "table:table"


def _tables(file: str, archive: zipfile.ZipFile) -> _Tables:
    package.refuse_declarations(file, archive)
    if member := package.member_of(archive, "META-INF/manifest.xml"):
        manifest = _Manifest()
        with archive.open(member) as part:
            parse_all(file, part, manifest)
        if manifest.encrypted:
            raise BadData(f"{file} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    tables = _Tables()
    with archive.open(_CONTENT) as part:
        parse_all(file, part, tables)
    return tables


class _TableReader(Handler):
    """The rows of one table, in the order in which they end, with the ranges that begin there."""

    def __init__(self, file: str, name: str) -> None:
        self.done = False
        self._file, self._name = file, name
        self._inside, self._depth, self._ignored = False, 0, 0
        self._rows: list[tuple[Row, list[Span]]] = []
        self._row, self._rows_alike, self._total = 0, 1, 0
        self._cells: list[str] = []
        self._lossy: list[int] = []
        self._broken: list[Broken] = []
        self._spans: list[Span] = []
        self._column, self._length = 0, 0
        self._cell: dict[str, str] | None = None
        self._pieces: list[str] = []
        self._paragraphs = 0

    def take(self) -> list[tuple[Row, list[Span]]]:
        """Hand out the rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._depth += 1
            if self._depth == 1 and not self.done:
                self._inside = attributes.get("table:name", "") == self._name
        elif not self._inside or self._depth > 1:
            return
        elif self._ignored or name in _IGNORED:
            self._ignored += 1
        elif name == "table:table-row":
            self._cells, self._lossy, self._broken, self._spans = [], [], [], []
            self._column, self._length = 0, 0
            self._rows_alike = _count(attributes, "table:number-rows-repeated")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._pieces, self._paragraphs = attributes, [], 0
            if name == "table:covered-table-cell":
                self._cell = {k: v for k, v in attributes.items() if k.endswith("repeated")}
        elif self._cell is not None:
            self._inner(name, attributes)

    def _inner(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            if self._paragraphs:
                self.text("\n", typed=False)
            self._paragraphs += 1
        elif name == "text:s":
            self.text(" " * min(_count(attributes, "text:c"), MAX_ROW), typed=False)
        elif name == "text:tab":
            self.text("\t", typed=False)
        elif name == "text:line-break":
            self.text("\n", typed=False)

    def text(self, data: str, *, typed: bool = True) -> None:
        if self._cell is None or self._ignored or (typed and not self._paragraphs):
            return
        self._length += len(data)
        if self._length > MAX_ROW:
            raise BadData(f"{self._file} 第 {self._row + 1} 行的内容超过 400 万字", COPY)
        self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "table:table":
            self._depth -= 1
            if not self._depth and self._inside:
                self._inside, self.done = False, True
        elif not self._inside or self._depth > 1:
            return
        elif self._ignored:
            self._ignored -= 1
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell(self._cell or {})
            self._cell = None
        elif name == "table:table-row":
            self._end_row()

    def _end_cell(self, attributes: dict[str, str]) -> None:
        alike = _count(attributes, "table:number-columns-repeated")
        text, why = self._said(attributes, "".join(self._pieces))
        down = _count(attributes, "table:number-rows-spanned")
        wide = _count(attributes, "table:number-columns-spanned") > 1
        if down > 1 or wide:
            self._spans.append(Span(self._column, self._row + down, wide))
        if text or why:
            if self._column + alike > MAX_COLUMNS:
                raise self._far(self._column + alike)
            self._cells += [""] * (self._column - len(self._cells)) + [text] * alike
            places = range(self._column, self._column + alike)
            self._broken += [(column, why) for column in places] if why else []
            if _is_lossy(attributes):
                self._lossy += places
        self._column += alike

    def _said(self, attributes: dict[str, str], text: str) -> tuple[str, str | None]:
        kind = attributes.get("office:value-type")
        if attributes.get("calcext:value-type") == "error" or (
            text.startswith("#") and "table:formula" in attributes
        ):
            return text or "#", error_words(text)
        if kind in ("float", "percentage", "currency"):
            return number_text(float(attributes.get("office:value", "0"))), None
        if kind == "date":
            stated = attributes.get("office:date-value", "")
            return stated.removesuffix(_MIDNIGHT).replace("T", " ", 1).split(".")[0], None
        if kind == "time":
            return _length(attributes.get("office:time-value", "")), None
        if kind == "boolean":
            return attributes.get("office:boolean-value", "").upper(), None
        if kind == "string" and not self._paragraphs:
            return attributes.get("office:string-value", ""), None
        return (text, None) if kind else ("", None)

    def _end_row(self) -> None:
        first, alike = self._row + 1, self._rows_alike
        self._row += alike
        if not any(self._cells):
            return
        self._total += alike * len(self._cells)
        if self._row > LAST_ROW or self._total > MAX_CELLS or alike > MAX_ALIKE:
            raise self._far(len(self._cells))
        lossy, broken = tuple(self._lossy), tuple(self._broken)
        for number in range(first, first + alike):
            self._rows.append((Row(number, self._cells, lossy, broken), self._spans))

    def _far(self, columns: int) -> BadData:
        rows = self._row
        what = f"{self._file} 有远处的单元格: {rows} 行 x {columns} 列, 超出可读范围"
        return BadData(what, COPY)


def _count(attributes: dict[str, str], name: str) -> int:
    return max(1, int(attributes.get(name, "1")))


def _is_lossy(attributes: dict[str, str]) -> bool:
    return abs(float(attributes.get("office:value", "0"))) >= EXACT


def _length(stated: str) -> str:
    parts = _LENGTH.fullmatch(stated)
    if not parts:
        raise ValueError(stated)
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return f"{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
