"""Rows read off the pages of a file, without SQLite: what a damaged tree no longer leads to.

SQLite finds a row by the pages above it; one of them damaged hides all below. Here every page is
looked at for itself (https://www.sqlite.org/fileformat.html), so that a row is lost only with its
own bytes. Which table a row is of its page does not say: its shape does, and the chain proves it.
"""

from __future__ import annotations

import mmap
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sixping.store import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    Value = str | int | bytes | None

MAGIC = b"SQLite format 3\x00"
_HEADER = 100  # bytes of the first page before its tree
_LEAF, _INDEX_LEAF, _INDEX_INSIDE = 0x0D, 0x0A, 0x02
_INTEGERS = (0, 1, 2, 3, 4, 6, 8)  # serial type → bytes
_FLOAT, _ZERO, _ONE, _BLOB = 7, 8, 9, 12
_LONGEST_VARINT = 9
_SMALLEST = 512  # bytes of a page
_WRONG = (ValueError, IndexError, OverflowError)


class Place(NamedTuple):
    """Where a row stands: its page, from 1, and the byte of its cell in the file."""

    page: int
    cell: int


class Row(NamedTuple):
    """A row: the values as stored; ``key`` is its number, None in a table without."""

    key: int | None
    values: tuple[Value, ...]


class Pages:
    """The pages of one file, of which every row that can be read is given."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        """Take the size of pages from the header; where that is gone, the one of every ledger."""
        self._data = data
        size = int.from_bytes(data[16:18], "big")
        known = bytes(data[:16]) == MAGIC and (size == 1 or size >= _SMALLEST)
        self.size = (1 << 16 if size == 1 else size) if known else ddl.PAGE_SIZE
        self._usable = self.size - (data[20] if known else 0)
        self.count = len(data) // self.size

    def rows(self) -> Iterator[tuple[Place, Row]]:
        """Yield every row that can be read, page by page; what cannot is passed over."""
        for page in range(1, self.count + 1):
            for cell in self._cells(page):
                place = Place(page, cell)
                row = self.row(place)
                if row is not None:
                    yield place, row

    def row(self, place: Place) -> Row | None:
        """Read the row of a cell; None where its bytes are no row."""
        try:
            return self._row(*place)
        except _WRONG:
            return None

    def _start(self, page: int) -> int:
        return (page - 1) * self.size + (_HEADER if page == 1 else 0)

    def _cells(self, page: int) -> Iterator[int]:
        start = self._start(page)
        kind = self._data[start]
        if kind not in {_LEAF, _INDEX_LEAF, _INDEX_INSIDE}:
            return
        pointers = start + (12 if kind == _INDEX_INSIDE else 8)
        count = int.from_bytes(self._data[start + 3 : start + 5], "big")
        most = (page * self.size - pointers) // 2
        for n in range(min(count, most)):
            offset = int.from_bytes(self._data[pointers + 2 * n : pointers + 2 * n + 2], "big")
            if 0 < offset < self._usable:
                yield (page - 1) * self.size + offset

    def _row(self, page: int, cell: int) -> Row:
        kind = self._data[self._start(page)]
        at = cell + 4 if kind == _INDEX_INSIDE else cell
        length, at = self._varint(at)
        key = None
        if kind == _LEAF:
            key, at = self._varint(at)
        return Row(key, _record(self._payload(at, length, page, of_index=kind != _LEAF)))

    def _payload(self, at: int, length: int, page: int, *, of_index: bool) -> bytes:
        """Return what a cell holds, with what overflows into pages of its own."""
        usable = self._usable
        if length > len(self._data):
            raise ValueError(length)
        most = (usable - 12) * 64 // 255 - 23 if of_index else usable - 35
        local = length
        if length > most:
            least = (usable - 12) * 32 // 255 - 23
            local = least + (length - least) % (usable - 4)
            local = local if local <= most else least
        if at + local > page * self.size:
            raise ValueError(at)
        parts, held = [self._data[at : at + local]], local
        following = int.from_bytes(self._data[at + local : at + local + 4], "big")
        while held < length:
            if not 1 < following <= self.count:
                raise ValueError(following)
            start = (following - 1) * self.size
            parts.append(self._data[start + 4 : start + min(usable, 4 + length - held)])
            held += len(parts[-1])
            following = int.from_bytes(self._data[start : start + 4], "big")
        return b"".join(parts)

    def _varint(self, at: int) -> tuple[int, int]:
        return _varint(self._data[at : at + _LONGEST_VARINT], 0, at)


@contextmanager
def pages_of(path: str) -> Iterator[Pages]:
    """Lend the pages of a file that no connection of this process has open."""
    with Path(path).open("rb") as file:
        if not file.seek(0, 2):
            yield Pages(bytes(_HEADER))
            return
        with closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as data:
            yield Pages(data if len(data) >= _HEADER else bytes(data).ljust(_HEADER, b"\0"))


def _varint(data: bytes, at: int, base: int = 0) -> tuple[int, int]:
    """Return a number of up to nine bytes, and where the next one begins."""
    value = 0
    for n in range(_LONGEST_VARINT - 1):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the sign that more follow
            return value, base + at + n + 1
    value = value << 8 | data[at + _LONGEST_VARINT - 1]
    return value - (1 << 64 if value >> 63 else 0), base + at + _LONGEST_VARINT


def _record(payload: bytes) -> tuple[Value, ...]:
    """Return the values of a record; raises ``ValueError`` or ``IndexError`` for what is none."""
    header, at = _varint(payload, 0)
    if not at <= header <= len(payload):
        raise ValueError(header)
    types = []
    while at < header:
        kind, at = _varint(payload, at)
        types.append(kind)
    values, at = [], header
    for kind in types:
        length = _length(kind)
        if length > len(payload) - at:
            raise ValueError(kind)
        values.append(_value(kind, payload[at : at + length]))
        at += length
    return tuple(values)


def _length(kind: int) -> int:
    if kind < 0 or kind in {10, 11}:
        raise ValueError(kind)
    if kind >= _BLOB:
        return (kind - _BLOB) // 2
    return _INTEGERS[kind] if kind < _FLOAT else 8 if kind == _FLOAT else 0


def _value(kind: int, data: bytes) -> Value:
    if kind >= _BLOB:
        return data.decode() if kind % 2 else data
    if kind in {_ZERO, _ONE}:
        return kind - _ZERO
    if kind in {0, _FLOAT}:
        return None  # no column of the ledger holds a fraction
    return int.from_bytes(data, "big", signed=True)
