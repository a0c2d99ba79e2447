"""Old workbooks (.xls) made by hand: a container with one stream, and the records in it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

SECTOR = 512
FREE, LAST, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERRORS = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#N/A": 0x2A}


def container(stream: bytes, name: str = "Workbook", *others: str) -> bytes:
    """Return an OLE file with a stream, and empty entries of other names."""
    stream += bytes(-len(stream) % SECTOR + SECTOR * 8)  # never among the small ones
    count = len(stream) // SECTOR
    tables = 1
    while tables * (SECTOR // 4) < count + 1 + tables:
        tables += 1
    follow = [TABLE] * tables + [LAST] + list(range(tables + 2, tables + 1 + count)) + [LAST]
    follow += [FREE] * (tables * (SECTOR // 4) - len(follow))
    places = [*range(tables)] + [FREE] * (109 - tables)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0,
                          4096, LAST, 0, LAST, 0)  # fmt: skip
    header += struct.pack("<109I", *places)
    entries = entry("Root Entry", 5, LAST, 0) + entry(name, 2, tables + 1, len(stream))
    entries += b"".join(entry(other, 1, LAST, 0) for other in others)
    directory = entries.ljust(SECTOR, b"\0")
    return header + struct.pack(f"<{len(follow)}I", *follow) + directory + stream


def entry(name: str, kind: int, start: int, size: int) -> bytes:
    """Return a line of the directory."""
    raw = name.encode("utf-16-le") + b"\0\0"
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII36xIII", len(raw), kind, 1, FREE, FREE, FREE, start, size, 0)
    )  # fmt: skip


def record(kind: int, data: bytes = b"") -> bytes:
    """Return one record."""
    return struct.pack("<HH", kind, len(data)) + data


def cell(row: int, column: int, value: object) -> bytes:
    """Return a cell by its 0-based place: text, a number, an error, a (number, style)."""
    style = 0
    if isinstance(value, tuple):
        value, style = value
    place = struct.pack("<HHH", row, column, style)
    if value in ERRORS:
        return record(0x0205, place + bytes([ERRORS[str(value)], 1]))
    if isinstance(value, str):
        raw = value.encode("utf-16-le")
        return record(0x0204, place + struct.pack("<HB", len(raw) // 2, 1) + raw)
    return record(0x0203, place + struct.pack("<d", value))


def broken_formula(row: int, column: int) -> bytes:
    """Return a formula whose result is #DIV/0!."""
    result = bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF])
    return record(0x0006, struct.pack("<HHH", row, column, 0) + result + bytes(8))


def sheet(
    rows: Sequence[Sequence[object]],
    merged: Iterable[tuple[int, int, int, int]] = (),
    extra: bytes = b"",
    size: tuple[int, int] | None = None,
) -> bytes:
    """Return the records of a sheet; ``merged``: first and last row, first and last column."""
    table = [list(row) for row in rows]
    down, wide = size or (len(table), max((len(row) for row in table), default=0))
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6))
    body += record(0x0200, struct.pack("<IIHHH", 0, down, 0, wide, 0))
    for number, row in enumerate(table):
        for at, value in enumerate(row):
            if value is not None:
                body += cell(number, at, value)
    ranges = list(merged)
    if ranges:
        packed = b"".join(struct.pack("<HHHH", *each) for each in ranges)
        body += record(0x00E5, struct.pack("<H", len(ranges)) + packed)
    return body + extra + record(0x000A)


def book(*sheets: tuple[str, int, bytes], from_1904: bool = False, extra: bytes = b"") -> bytes:
    """Return the stream of a book: name, visibility (0: visible) and records of each sheet."""
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6)) + extra
    start += record(0x0022, struct.pack("<H", from_1904))
    for code in (0, 14, 22):  # styles 0, 1, 2: plain, a day, a moment
        start += record(0x00E0, struct.pack("<HHHBBBBIIH", 0, code, 0, 0, 0, 0, 0, 0, 0, 0))
    names = [
        (struct.pack("<BBBB", seen, 0, len(name), 1) + name.encode("utf-16-le"), body)
        for name, seen, body in sheets
    ]
    at = len(start) + sum(8 + len(named) for named, _ in names) + 4
    for named, body in names:
        start += record(0x0085, struct.pack("<I", at) + named)
        at += len(body)
    return start + record(0x000A) + b"".join(body for _, body in names)
