# ruff: noqa: S608 - statements are put together from the schema's own names
"""Ledgers to damage: one rich in kinds, one tiny; what they hold, read by plain SQLite alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from sixping.ledger import transaction
from sixping.services import adoption
from sixping.store import ddl, documents
from sixping.store.documents import adopt
from tests.kit import events as ev
from tests.kit.ledgerkit import NOW, do, make, raw, stamp, take_in
from tests.ledgers import make as sample

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = os.environ.get("SIXPING_ANOMALY") == "full"
SEED = int(os.environ.get("SIXPING_ANOMALY_SEED", "12"))

Row = tuple[object, ...]
Content = dict[str, list[str]]

PROFILE = """
name = "own"
title = "演示"
mode = "history"
optional = ["source_no"]
[columns]
source_no = "编号"
text = "内容"
received = "时间"
status = "状态"
[values.status]
"办完" = "已归档"
[defaults]
channel = "投诉举报电话"
"""
HEADER = "编号,内容,时间,状态\n"
FILES = {  # how numbers are given → rows: one number twice, none twice
    "": "7号,路灯不亮,2026-03-02 09:00:00,办完\n"
        ",窨井盖缺失,2026-03-03 09:00:00,办完\n,窨井盖缺失,2026-03-03 09:00:00,办完\n",
    "按月": "1号,路灯又不亮,2026-03-04 09:00:00,办完\n1号,树枝折断,2026-04-04 09:00:00,办完\n",
    "多行": "9号,井盖响,2026-03-05 09:00:00,办完\n9号,路面破损,2026-03-05 09:00:00,办完\n",
}  # fmt: skip


def imports(folder: Path) -> list[tuple[str, ...]]:
    """Return the imports of files whose numbers tell reports apart in every way there is."""
    found: list[tuple[str, ...]] = []
    for numbering, rows in FILES.items():
        name = numbering or "own"
        said = f'numbering = "{numbering}"\n' if numbering else ""
        profile, file = folder / f"{name}.toml", folder / f"{name}.csv"
        profile.write_text(said + PROFILE, encoding="utf-8")
        file.write_text(HEADER + rows, encoding="utf-8")
        found.append(("import", str(file), "--profile", str(profile), "--partial"))
    return found


def more(folder: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the steps that make the sample ledger richer; files they need are written."""
    rules = folder / "rules"
    rules.mkdir()
    own = adoption.offered()["units"]
    (rules / "units.toml").write_text(f"{own}\n# 演示\n", encoding="utf-8")
    return (
        ("2026-11-22T11:05", ("amend", "2", "--source-no", "演示2号", "--reason", "演示")),
        *(("2026-11-22T11:25", argv) for argv in imports(folder)),
        ("2026-11-22T11:30", ("policy", "adopt", str(rules))),
        ("2026-11-22T11:35", ("export", "events", "-o", str(folder / "events.jsonl"), "--reveal",
                              "--reason", "移交")),
    )  # fmt: skip


def rich(folder: Path) -> Path:
    """Return a ledger with every table in use: a sample's life, taken over, and lived on."""
    old, new = folder / "old.sqlite3", folder / "rich.sqlite3"
    sample.make(old)
    sample.make(old, more(folder))
    sample.make(new, (
        ("2026-11-22T12:00", ("init",)),
        ("2026-11-22T12:05", ("import", str(folder / "events.jsonl"))),
        ("2026-11-22T12:10", ("intake", "占道经营", "--request-id", "演示-9")),
    ))  # fmt: skip
    with transaction(new, stamp(NOW)) as work:
        seq = work.note("organisation", "演示", "noted", {})
        work.note("organisation", "演示", "voided", {"seq": seq}, voided=seq)
    return new


def tiny(folder: Path) -> Path:
    """Return a ledger of few bytes with something in almost every table."""
    with patch.object(ddl, "PAGE_SIZE", 1024):
        path = make(folder)
    number = take_in(path, "占道", key="1")
    do(path, number, ev.Accepted(standard=True), ev.Amended(place="演示路1号", reason="演示"))
    other = take_in(path, "噪声", key="2")
    with transaction(path, stamp()) as work:
        adopt(work, "演示", "a = 1\n")
        first = work.entries(other)[0].seq
        work.erase([first], "本人申请")
        seq = work.note("organisation", "演示", "noted", {})
        work.note("organisation", "演示", "voided", {"seq": seq}, voided=seq)
    raw(path, "VACUUM")
    return path


parsed_once = patch.object(documents, "parsed", lru_cache(maxsize=64)(documents.parsed))
"""Rules are parsed once for many checks: a pure function of their text."""


# --- what a file holds -------------------------------------------------------------------


class Column(NamedTuple):
    """A column of a table, and where it stands in the key (0: not in it)."""

    table: str
    name: str
    key: int


def columns(path: Path) -> list[Column]:
    """Return every column of every table, as the schema itself says."""
    with closing(sqlite3.connect(path)) as con:
        tables = con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [
            Column(table, name, key)
            for (table,) in tables.fetchall()
            for _, name, _, _, _, key in con.execute(f'PRAGMA table_info("{table}")')
        ]


def content(path: Path) -> Content | None:
    """Return all that a file holds, by plain SQLite; None where it cannot be read any more."""
    try:
        with closing(sqlite3.connect(path)) as con:
            con.text_factory = bytes
            schema = con.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
            found = {"": sorted(repr(row) for row in [*schema, *_own(con)])}
            for kind, name, *_ in schema:
                if kind == b"table":
                    table = name.decode("utf-8", "surrogateescape")
                    rows = con.execute(f'SELECT * FROM "{table}" NOT INDEXED')
                    found[table] = [repr(row) for row in rows]
            return found
    except (sqlite3.Error, UnicodeError):
        return None


def _own(con: sqlite3.Connection) -> Iterator[Row]:
    for pragma in ("application_id", "user_version", "encoding"):
        yield from con.execute(f"PRAGMA {pragma}")


_HEADER, _OVERFLOW = 100, 4
_HEADS = {2: 12, 5: 12, 10: 8, 13: 8}  # kind of page → bytes of its own


def used_bytes(good: bytes) -> list[int]:
    """Return the places of a file that mean something: headers, pointers, cells, overflow."""
    size = int.from_bytes(good[16:18], "big")
    places = list(range(_HEADER))
    for number in range(len(good) // size):
        begin = number * size
        head = begin + (0 if number else _HEADER)
        kind = good[head]
        if kind not in _HEADS or (not number and kind not in (5, 13)):
            places += range(begin, begin + size)  # a page of text that overflowed
            continue
        cells = int.from_bytes(good[head + 3 : head + 5], "big")
        first = int.from_bytes(good[head + 5 : head + 7], "big") or size
        places += range(head, head + _HEADS[kind] + 2 * cells)
        places += range(begin + first, begin + size)
    return places
