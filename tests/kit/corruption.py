"""Ledgers spoilt in every way that a disk, a hand or another program may spoil one; seeded."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

PAGE = 4096
_LEAF, _INDEX_LEAF, _INNER, _INDEX_INNER = 0x0D, 0x0A, 0x05, 0x02
_ODD: tuple[object, ...] = (
    None, 0, -1, 7, 2**62, 1.5, float("inf"), "", "x", "{", "[]", "{}", "null", '{"a":1}', "第",
    "0",
    "2026-13-45T99:99:99+08:00", "2026-11-02", "2026-000099", b"", b"\xff\xfe", "[" * 3000, "\x00",
    "9" * 400, "重大", "已办结",
)  # fmt: skip


def spoil(path: Path, dice: Random) -> str:
    """Spoil the ledger and return in what way."""
    name = dice.choice([*_WAYS])
    _WAYS[name](path, dice)
    return name


def _bytes(path: Path, dice: Random) -> None:
    page = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 1, 3, 20])):
        page[dice.randrange(len(page))] = dice.randrange(256)
    path.write_bytes(page)


def _burst(path: Path, dice: Random) -> None:
    page = bytearray(path.read_bytes())
    at, size = dice.randrange(100, len(page)), dice.choice([4, 16, 64, 512])
    page[at : at + size] = dice.randbytes(min(size, len(page) - at))
    path.write_bytes(page)


def _zeroed(path: Path, dice: Random) -> None:
    page = bytearray(path.read_bytes())
    at = dice.randrange(len(page) // PAGE) * PAGE
    page[at : at + PAGE] = bytes(PAGE)
    path.write_bytes(page)


def _truncated(path: Path, dice: Random) -> None:
    page = path.read_bytes()
    end = dice.randrange(len(page))
    path.write_bytes(page[: end - end % PAGE if dice.random() < 0.5 else end])


def _swapped(path: Path, dice: Random) -> None:
    page = path.read_bytes()
    pages = [page[at : at + PAGE] for at in range(0, len(page), PAGE)]
    one, other = dice.sample(range(1, len(pages)), 2)
    pages[one], pages[other] = pages[other], pages[one]
    path.write_bytes(b"".join(pages))


def cells(page: bytes | bytearray) -> list[int]:
    """Return where rows and index entries begin in the file's bytes."""
    found = []
    for base in range(0, len(page), PAGE):
        head = base + (100 if base == 0 else 0)
        kind, count = page[head], int.from_bytes(page[head + 3 : head + 5], "big")
        if kind not in {_LEAF, _INDEX_LEAF, _INNER, _INDEX_INNER}:
            continue
        first = head + (12 if kind in {_INNER, _INDEX_INNER} else 8)
        for place in range(first, min(first + 2 * count, base + PAGE - 1), 2):
            at = int.from_bytes(page[place : place + 2], "big")
            if 0 < at < PAGE - 16:
                found.append(base + at)
    return found


def _header(path: Path, dice: Random) -> None:
    """Change the lengths and types at the head of a row."""
    page = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 1, 2, 5])):
        page[dice.choice(cells(page)) + dice.randrange(16)] ^= 1 << dice.randrange(8)
    path.write_bytes(page)


def _letters(path: Path, dice: Random) -> None:
    """Break letters: what is no UTF-8 in the middle of words."""
    page = bytearray(path.read_bytes())
    words = [m.start() for m in re.finditer(rb"[\xe4-\xe9][\x80-\xbf]{2}", page)]
    for at in dice.sample(words, min(len(words), dice.choice([1, 5, 50]))):
        page[at + dice.randrange(3)] = dice.choice([0xFF, 0xC0, 0x80, 0x00])
    path.write_bytes(page)


def _json(path: Path, dice: Random) -> None:
    """Write wrong JSON of the same length over some of the file."""
    page = bytearray(path.read_bytes())
    signs = [m.start() for m in re.finditer(rb'[{}\[\]":,]', page)]
    for at in dice.sample(signs, min(len(signs), dice.choice([1, 2, 10]))):
        page[at] = dice.choice(b'{}[]":,0 x')
    path.write_bytes(page)


def _edited(path: Path, dice: Random) -> None:
    """Store what no step stores, by hand, leaving schema and triggers as they were."""
    with closing(loosened(path)) as con:
        for _ in range(dice.choice([1, 1, 1, 2, 4])):
            table, column = dice.choice(columns(con))
            _set(con, table, column, dice)
    tightened(path)


def _set(con: sqlite3.Connection, table: str, column: str, dice: Random) -> None:
    rows = con.execute(f'SELECT "{column}" FROM "{table}"').fetchall()  # noqa: S608
    if not rows:
        return
    (old,) = dice.choice(rows)
    value = _altered(old, dice) if dice.random() < 0.6 else dice.choice(_ODD)
    if isinstance(value, float) and dice.random() < 0.5:
        value = "1e999"
    with suppress(sqlite3.Error):  # a key twice
        only = f'"{column}" IS ?' if dice.random() < 0.8 else "1 OR ? IS NULL"
        con.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {only}', (value, old))  # noqa: S608


def _altered(old: object, dice: Random) -> object:
    """Return a value near to what stood there: JSON with a part too few or of another type."""
    if isinstance(old, int):
        return old + dice.choice([-1, 1, 1000])
    if isinstance(old, bytes):
        return old[:-1] if dice.random() < 0.5 else bytes(len(old))
    try:
        value = json.loads(str(old))
    except ValueError:
        return f"{old}x" if dice.random() < 0.5 else str(old)[:-1]
    return json.dumps(_changed(value, dice), ensure_ascii=False, separators=(",", ":"))


def _changed(value: Any, dice: Random) -> Any:
    if isinstance(value, dict) and value:
        key = dice.choice(sorted(value))
        others = {name: part for name, part in value.items() if name != key}
        if dice.random() < 0.25:
            return others
        if dice.random() < 0.2:
            return {**value, "odd": 1}
        return {**value, key: _changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.5:
        place = dice.randrange(len(value))
        return [*value[:place], _changed(value[place], dice), *value[place + 1 :]]
    return dice.choice([None, 0, -5, 3.5, "", "x", [], {}, [None], {"a": []}, True, "2026-99-99"])


_SCHEMA = "SELECT rowid, type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_kept: dict[Path, list[tuple[int, str, str, str]]] = {}


def loosened(path: Path) -> sqlite3.Connection:
    """Open a ledger whose triggers are away and whose tables take anything."""
    with _at_once(path) as con:
        schema = _kept[path] = con.execute(_SCHEMA).fetchall()
        for _, kind, name, _ in schema:
            if kind == "trigger":
                con.execute(f"DROP TRIGGER {name}")
        con.execute("PRAGMA writable_schema=ON")
        for rowid, kind, _, sql in schema:
            if kind == "table":
                loose = re.sub(r"\bNOT NULL\b|, STRICT|\) STRICT", _loose, sql)
                con.execute("UPDATE sqlite_master SET sql = ? WHERE rowid = ?", (loose, rowid))
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute("PRAGMA ignore_check_constraints=ON")
    return opened


@contextmanager
def _at_once(path: Path) -> Iterator[sqlite3.Connection]:
    """Change a ledger in one transaction: its schema takes dozens of statements."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("BEGIN IMMEDIATE")
        yield con
        con.execute("COMMIT")


def _loose(found: re.Match[str]) -> str:
    return ")" if found[0].startswith(")") else ""


def tightened(path: Path) -> None:
    """Put tables and triggers back, to the letter."""
    with _at_once(path) as con:
        con.execute("PRAGMA writable_schema=ON")
        for rowid, kind, _, sql in _kept.pop(path):
            if kind == "table":
                con.execute("UPDATE sqlite_master SET sql = ? WHERE rowid = ?", (sql, rowid))
            elif kind == "trigger":
                con.execute(sql)


def columns(con: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return every column of every table."""
    return con.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    ).fetchall()


_WAYS: dict[str, Callable[[Path, Random], None]] = {
    "bytes": _bytes, "burst": _burst, "zeroed": _zeroed, "truncated": _truncated,
    "swapped": _swapped, "header": _header, "letters": _letters, "json": _json,
    "edited": _edited, "edited again": _edited, "edited once more": _edited,
}  # fmt: skip
