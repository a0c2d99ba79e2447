"""JSON as rows: an array of objects, one object a line, or an object with one list of them.

Open311 answers are such files (an array of requests, or ``{"service_requests": […]}``). The
header is the union of the keys, in the order in which they are first met, so a file is read
twice; memory holds one record. Nested objects give ``address.street``, lists of plain values
are joined with 、, lists of objects give ``attributes.0.name``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData
from sixping.importing.csvfile import without_marks
from sixping.importing.decoding import MARK, decide_encoding, open_text
from sixping.importing.rows import MAX_CELLS, MAX_COLUMNS, Row, first_bytes, unreadable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from io import TextIOWrapper
    from pathlib import Path

MAX_FILE = 512 << 20
MAX_RECORD = 4 << 20  # characters
_MAX_DEPTH = 20  # of a record; what is deeper is no report
_CHUNK = 1 << 16
_BLANK = "\ufeff \t\r\n\x1e"
_SPACE = re.compile(r"[ \t\r\n\ufeff\x1e]*")
_HALF = re.compile("[\ud800-\udfff]")
_LINE = "请改正或删去这一条后再导入。"
_AGAIN = "请重新导出; 可用: 一个数组, 每行一个对象, 或含一个对象列表的对象。"


class _Number(str):
    """A number as the file wrote it: its digits are kept."""

    __slots__ = ()


def _no_constant(name: str) -> None:
    raise ValueError(name)


class _Twice(dict[str, Any]):
    """An object that says two things under one name: which holds, nobody knows."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs) and any(said[name] != value for name, value in pairs):
        return _Twice(said)
    return said


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_no_constant, strict=False,
    object_pairs_hook=_object,
)  # fmt: skip


class _Record(NamedTuple):
    """A record, or (without fields) why it cannot be read."""

    fields: dict[str, str]
    why: str = ""


def read_json(path: Path, encoding: str | None) -> Iterator[Row]:
    """Yield the header (row 1) and a row for each record, numbered from 2.

    A record that is not whole is a broken row in JSON lines; elsewhere nothing behind it can
    be told apart, so the file ends there with ``BadData``. Raises it, too, for JSON without
    records and for several lists of them.
    """
    start = first_bytes(path)
    refuse_json_size(path)
    encoding = decide_encoding(path, start, encoding, lines=False)
    try:
        names: dict[str, None] = {}
        for record in _records(path, encoding):
            names.update(dict.fromkeys(record.fields))
            if len(names) > MAX_COLUMNS:
                raise BadData(f"{path.name} 的字段超过 {MAX_COLUMNS} 个", _AGAIN)
        if not names:
            raise BadData(f"{path.name} 里没有记录", _AGAIN)
        header = list(names)
        yield _row(1, header, encoding)
        for number, record in enumerate(_records(path, encoding), 2):
            yield from _one(path.name, number, record, header, encoding)
    except OSError as error:
        raise unreadable(path, error) from None


def refuse_json_size(path: Path) -> None:
    """Raise ``BadData`` for a file larger than one reads twice."""
    size = path.stat().st_size
    if size > MAX_FILE:
        what = f"{path.name} 有 {size >> 20} MB, 最多 {MAX_FILE >> 20} MB"
        raise BadData(what, "请分成几个文件导入。")


def _one(
    file: str, number: int, record: _Record, header: list[str], encoding: str
) -> Iterator[Row]:
    if record.why:
        yield Row(number, [""], (), ((-1, record.why),))
    elif any(record.fields.values()):
        if number * len(header) > MAX_CELLS:
            raise BadData(f"{file} 的记录和字段太多", "请分成几个文件导入。")
        yield _row(number, [record.fields.get(name, "") for name in header], encoding)


def _row(number: int, cells: list[str], encoding: str) -> Row:
    """Return a row; half characters, which JSON can write, are damage."""
    row = Row(number, cells)
    if "".join(cells).isascii():
        return row
    whole = [_HALF.sub(MARK, cell) if _HALF.search(cell) else cell for cell in cells]
    return without_marks(Row(number, whole), encoding)


# --- records ------------------------------------------------------------------------------


def _records(path: Path, encoding: str) -> Iterator[_Record]:
    with open_text(path, encoding) as file:
        if _is_lines(file):
            file.seek(0)
            yield from _from_lines(path.name, file)
        else:
            file.seek(0)
            yield from _from_document(path.name, file)


def _is_lines(file: TextIOWrapper) -> bool:
    """Tell whether the first line that is not blank is an object, and something follows it."""
    if not file.read(_CHUNK).lstrip(_BLANK).startswith("{"):
        return False
    file.seek(0)
    first = ""
    while not first.strip(_BLANK):
        first = file.readline(MAX_RECORD)
        if not first:
            return False
    rest = file.read(_CHUNK).lstrip(_BLANK)
    # A first line cut short still is one, if the next begins anew.
    return bool(rest) if _decoded(first) is not None else rest.startswith("{")


def _decoded(line: str) -> dict[str, Any] | None:
    try:
        value = _DECODER.decode(line.strip(_BLANK))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _from_lines(file: str, lines: TextIOWrapper) -> Iterator[_Record]:
    while line := lines.readline(MAX_RECORD):
        if len(line) >= MAX_RECORD and not line.endswith("\n"):
            raise BadData(f"{file} 有超过 400 万字的一行", _AGAIN)
        if not line.strip(_BLANK):
            continue
        value = _decoded(line)
        if value is None:
            yield _Record({}, "这一条不是完整的 JSON 对象")
        else:
            yield _flat(value)


def _from_document(file: str, text: TextIOWrapper) -> Iterator[_Record]:
    scanner = _Scanner(file, text)
    opening = scanner.peek()
    if opening == "[":
        yield from map(_flat_item, scanner.items())
    elif opening == "{":
        yield from scanner.lists()
    else:
        raise scanner.fault()
    if scanner.peek():
        raise scanner.fault()


def _flat_item(value: Any) -> _Record:  # noqa: ANN401
    if not isinstance(value, dict):
        return _Record({}, "这一条不是 JSON 对象")
    return _flat(value)


class _TwiceError(Exception):
    """Somewhere in a record one name says two things."""


def _flat(value: dict[str, Any]) -> _Record:
    fields: dict[str, str] = {}
    try:
        _flatten(value, "", fields, 0)
    except _TwiceError:
        return _Record({}, "这一条里同一个字段写了两次, 内容不同")
    except ValueError:
        return _Record({}, "这一条的层次或字段太多")
    return _Record(fields)


def _flatten(value: dict[str, Any], prefix: str, fields: dict[str, str], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError(depth)
    if isinstance(value, _Twice):
        raise _TwiceError
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict):
            _flatten(inner, f"{name}.", fields, depth + 1)
        elif isinstance(inner, list) and any(isinstance(each, dict | list) for each in inner):
            numbered = {str(place): each for place, each in enumerate(inner)}
            _flatten(numbered, f"{name}.", fields, depth + 1)
        elif isinstance(inner, list):
            fields[name] = "、".join(_word(each) for each in inner if each is not None)
        else:
            fields[name] = _word(inner)
        if len(fields) > MAX_COLUMNS:
            raise ValueError(name)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


class _Scanner:
    """A JSON document taken apart as it is read, one value of a list at a time."""

    def __init__(self, file: str, text: TextIOWrapper) -> None:
        self._file, self._text = file, text
        self._buffer, self._at, self._ended = "", 0, False
        self._records = 0

    def fault(self) -> BadData:
        """Return the complaint about what is no JSON, by the record."""
        where = f"第 {self._records} 条之后" if self._records else "开头"
        return BadData(f"{self._file} {where}不是完整的 JSON", _LINE if self._records else _AGAIN)

    def peek(self) -> str:
        """Return the next sign that is not blank; nothing at the end."""
        while True:
            blank = _SPACE.match(self._buffer, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def _more(self, most: int = _CHUNK) -> bool:
        """Read on; what was used is dropped."""
        chunk = "" if self._ended else self._text.read(most)
        self._ended = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def _take(self, sign: str) -> None:
        if self.peek() != sign:
            raise self.fault()
        self._at += 1

    def value(self) -> Any:  # noqa: ANN401
        """Return the next value whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise self.fault() from None
            except (ValueError, IndexError):
                end = -1
            # A number at the edge of what is read may go on behind it.
            if end >= 0 and (end < len(self._buffer) or self._ended):
                self._at = end
                return value
            length = len(self._buffer) - self._at
            if length > MAX_RECORD or (not self._more(max(_CHUNK, length)) and end < 0):
                raise self.fault()

    def items(self) -> Iterator[Any]:
        """Yield the values of the list that begins here."""
        self._take("[")
        if self.peek() != "]":
            while True:
                value = self.value()
                self._records += 1
                yield value
                if self.peek() != ",":
                    break
                self._take(",")
        self._take("]")

    def lists(self) -> Iterator[_Record]:
        """Yield the records of the one list of objects inside the object that begins here."""
        kept: dict[str, Any] = {}
        found = yield from self._members("", kept, 0)
        if not found:
            yield _flat(kept)

    def _members(
        self, path: str, kept: dict[str, Any], depth: int, found: str = ""
    ) -> Generator[_Record, None, str]:
        """Yield the records of a list in this object; return its name."""
        self._take("{")
        while self.peek() not in ("}", ""):
            key = self.value()
            if not isinstance(key, str) or depth > _MAX_DEPTH:
                raise self.fault()
            self._take(":")
            name = f"{path}{key}"
            opening = self.peek()
            if opening == "{":
                inner: dict[str, Any] = {}
                kept[key] = inner
                found = yield from self._members(f"{name}.", inner, depth + 1, found)
            elif opening == "[" and self._of_objects():
                if found:
                    what = f"{self._file} 有两个对象列表: {found[:40]}、{name[:40]}"
                    raise BadData(what, "请只留下要导入的一个。")
                found = name
                yield from map(_flat_item, self.items())
            else:
                kept[key] = self.value()
            if self.peek() != ",":
                break
            self._take(",")
        self._take("}")
        return found

    def _of_objects(self) -> bool:
        """Tell whether the list that begins here holds objects."""
        ahead = re.compile(r"\[\s*(\S)")
        while not (match := ahead.match(self._buffer, self._at)):
            if len(self._buffer) - self._at > MAX_RECORD or not self._more():
                raise self.fault()
        return match[1] == "{"
