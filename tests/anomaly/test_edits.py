# ruff: noqa: S608 - statements are put together from the schema's own names
"""Every edit of any column, row or pair of rows of any table is a finding that names its place.

The columns come from the schema itself, so a new one is covered; the values are of every type, also
such as a STRICT table refuses: for the edit its text is loosened, then put back.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sixping.store import ddl
from sixping.store.verify import verify
from tests.anomaly import table as results
from tests.kit.damage import FULL, SEED, Column, columns, content, parsed_once, rich

QUICK = {"columns": 40, "deletions": 8, "insertions": 8, "swaps": 8}
NAMES = {"columns": "每张表每一列", "deletions": "删除每一行", "insertions": "每张表添一行",
         "swaps": "对调相邻的行"}  # fmt: skip
LOOSE = (
    "UPDATE sqlite_master SET sql = replace(replace(replace(sql, ', STRICT', ''), ' STRICT', ''),"
    " ' NOT NULL', '') WHERE type = 'table'"
)
GUARDS = tuple(sql for step in ddl.MIGRATIONS for sql in step if "CREATE TRIGGER" in sql)

#: tables whose rows are an event's or a case's, by the column that says which
BY_SEQ = ("events", "told", "traces", "requests", "voids", "erasures", "case_words", "case_facts")
BY_CASE = ("case_moves", "clock_moves")
LAYERS = {
    "sources": {"chain"}, "counters": {"chain"}, "documents": {"chain", "projection"},
    "parsed": {"projection"}, "meta": {"schema", "chain", "projection"},
    "clock_terms": {"projection", "integrity"},
}  # fmt: skip


class Edit(NamedTuple):
    """A change to a row: SQL with its values, what it is told as, and the row's own place."""

    said: str
    sql: tuple[tuple[str, tuple[Any, ...]], ...]
    table: str
    places: tuple[Any, ...] = ()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich(tmp_path_factory.mktemp("rich"))


@pytest.fixture(scope="module")
def loose(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ledger with tables that take every value, and without its triggers."""
    path = Path(shutil.copy(ledger, tmp_path_factory.mktemp("loose") / "loose.sqlite3"))
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for (trigger,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            con.execute(f"DROP TRIGGER {trigger}")
        con.execute("PRAGMA writable_schema = ON")
        con.execute(LOOSE)
    return path


class Bench:
    """Where edits are tried, one after another, each on a fresh copy."""

    def __init__(self, ledger: Path, loose: Path, folder: Path) -> None:
        self.loose, self.path = loose, folder / "edited.sqlite3"
        self.before = content(ledger)
        with closing(sqlite3.connect(ledger)) as con:
            self.schema = con.execute("SELECT sql, name FROM sqlite_master").fetchall()
            self.cases = dict(con.execute("SELECT seq, subject FROM events WHERE stream = 'case'"))

    def tried(self, edit: Edit) -> list[dict[str, Any]] | None:
        """Return the findings after an edit; None where it cannot be made or changes nothing."""
        shutil.copy(self.loose, self.path)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as con:
            try:
                con.execute("BEGIN")
                for sql, values in edit.sql:
                    con.execute(sql, values)
                con.execute("COMMIT")
            except sqlite3.IntegrityError:  # a key of another type than a row can have
                return None
            con.execute("PRAGMA writable_schema = ON")
            con.executemany("UPDATE sqlite_master SET sql = ? WHERE name = ?", self.schema)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as con:
            for guard in GUARDS:
                con.execute(guard)
        if content(self.path) == self.before:
            return None
        found = verify(self.path)["findings"]
        assert isinstance(found, list)
        return found

    def wrong(self, edit: Edit) -> str:
        """Return what is amiss with the findings of an edit; empty where its place is named."""
        found = self.tried(edit)
        if found is None:
            return ""
        if not found:
            return f"{edit.said}: not noticed"
        if edit.table in LAYERS:
            named = any(f["layer"] in LAYERS[edit.table] for f in found)
        else:
            cases = {self.cases.get(place) for place in edit.places if isinstance(place, int)}
            wanted = {place for place in (*edit.places, *cases) if place is not None}
            named = any(f["seq"] in wanted or f["number"] in wanted for f in found)
        return "" if named else f"{edit.said}: place not named in {found[:3]}"


@pytest.fixture
def bench(ledger: Path, loose: Path, tmp_path: Path) -> Bench:
    return Bench(ledger, loose, tmp_path)


def chosen(edits: list[Edit], most: int) -> list[Edit]:
    """Return all edits of the full part; else as many, spread by a seeded draw."""
    chance = random.Random(SEED)  # noqa: S311 - seeded on purpose
    return edits if FULL or len(edits) <= most else chance.sample(edits, most)


def held(path: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table by column."""
    with closing(sqlite3.connect(path)) as con:
        con.row_factory = sqlite3.Row
        return [dict(row) for row in con.execute(f"SELECT * FROM {table}")]


def where(keys: list[Column], row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that finds one row."""
    return " AND ".join(f'"{k.name}" IS ?' for k in keys), tuple(row[k.name] for k in keys)


def by_table(path: Path) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for column in columns(path):
        found.setdefault(column.table, []).append(column)
    return found


def place(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the events and the case by which a finding may name a row."""
    if table in BY_SEQ:
        # Behind the last event nothing tells of it but the counter: that names the one before.
        before = (row["seq"] - 1,) if table == "events" else ()
        return row["seq"], row.get("by_seq"), row.get("number"), *before
    return (row["number"],) if table in BY_CASE else ()


def values(was: object) -> list[object]:
    """Return what a column may hold instead: nothing, other types, near and broken ones."""
    near: list[object] = []
    if isinstance(was, int):
        near = [was + 1, was - 1, -was - 1, float(was) + 0.5, 1 << 62]
    elif isinstance(was, str):
        near = [was + "x", was[:-1], was.swapcase(), was + "\0", was.encode()]
    elif isinstance(was, bytes):
        near = [was + b"\0", was[:-1], bytes([was[0] ^ 1]) + was[1:] if was else b"x"]
    broken = ["{}", "[]", "[1]", "{", "", "null", "[" * 2000, b"\xff\xfe", 0, None]
    return [*near, *broken]


def column_edits(path: Path, chance: random.Random) -> list[Edit]:
    edits = []
    for table, cols in by_table(path).items():
        rows, keys = held(path, table), [c for c in cols if c.key]
        for col in cols:
            row = chance.choice(rows)
            term, key = where(keys, row)
            tries: list[tuple[str, object]] = [("?", new) for new in values(row[col.name])]
            tries.append(("CAST(? AS TEXT)", b"\xff\xc3("))  # broken UTF-8 as text
            for sign, new in tries:
                sql = f'UPDATE {table} SET "{col.name}" = {sign} WHERE {term}'
                also = (new,) if isinstance(new, int | str) else ()
                said = f"{table}.{col.name} = {str(new)[:30]!r} where {key}"
                edits.append(Edit(said, ((sql, (new, *key)),), table, (*place(table, row), *also)))
    return edits


def deletions(path: Path) -> list[Edit]:
    edits = []
    for table, cols in by_table(path).items():
        for row in held(path, table):
            term, key = where([c for c in cols if c.key], row)
            sql = (f"DELETE FROM {table} WHERE {term}", key)
            edits.append(Edit(f"delete {table} {key}", (sql,), table, place(table, row)))
    return edits


def insertions(path: Path) -> list[Edit]:
    """Return a new row for each table, like one that is there but under another key."""
    edits = []
    for table, cols in by_table(path).items():
        rows = held(path, table)
        for row in (rows[0], rows[-1]):
            new = dict(row)
            for col in (c for c in cols if c.key):
                was = row[col.name]
                new[col.name] = (
                    max(r[col.name] for r in rows) + 1 if isinstance(was, int)
                    else was + "x" if isinstance(was, str) else bytes(len(was))
                )  # fmt: skip
                if table == "events":
                    new["version"] = row["version"] + 1000
                names = ", ".join(f'"{name}"' for name in new)
                marks = ", ".join("?" * len(new))
                sql = (f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(new.values()))
                also = (*place(table, new), *place(table, row))
                edits.append(Edit(f"insert into {table} {col.name}", (sql,), table, also))
    return edits


def swaps(path: Path) -> list[Edit]:
    """Return the exchange of the keys of two rows, pair by pair of neighbours."""
    edits = []
    for table, cols in by_table(path).items():
        keys, others = [c for c in cols if c.key], [c.name for c in cols if not c.key]
        rows = held(path, table)
        for one, other in pairwise(rows):
            if not others or all(one[name] == other[name] for name in others):
                continue
            found = [where(keys, row) for row in (one, other)]
            remove = [(f"DELETE FROM {table} WHERE {term}", key) for term, key in found]
            names = ", ".join(f'"{c.name}"' for c in cols)
            marks = ", ".join("?" * len(cols))
            add = [
                (
                    f"INSERT INTO {table} ({names}) VALUES ({marks})",
                    tuple((mine if c.key else yours)[c.name] for c in cols),
                )
                for mine, yours in ((one, other), (other, one))
            ]
            places = (*place(table, one), *place(table, other))
            said = f"swap {table} {found[0][1]} {found[1][1]}"
            edits.append(Edit(said, (*remove, *add), table, places))
    return edits


def test_the_ledger_is_rich_and_its_loosened_copy_is_put_back(ledger: Path, bench: Bench) -> None:
    assert verify(ledger)["findings"] == []
    empty = [table for table in by_table(ledger) if not held(ledger, table)]
    assert empty == []
    assert bench.tried(Edit("nothing", (), "events")) is None
    assert verify(bench.path)["findings"] == []


@pytest.mark.parametrize("what", ["columns", "deletions", "insertions", "swaps"])
def test_every_edit_is_a_finding_that_names_its_place(
    ledger: Path, bench: Bench, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - seeded on purpose
    every = {
        "columns": column_edits(ledger, chance),
        "deletions": deletions(ledger),
        "insertions": insertions(ledger),
        "swaps": swaps(ledger),
    }[what]
    edits = chosen(every, QUICK[what])
    with parsed_once:
        wrong = [said for edit in edits if (said := bench.wrong(edit))]
    results.note(f"改动台账: {NAMES[what]}", len(edits), "处", len(wrong), SEED)
    with capsys.disabled():
        if FULL:
            print(f"\n{what}: {len(edits)} edits, {len(wrong)} not named")
    assert not wrong, f"{len(wrong)} of {len(edits)}:\n" + "\n".join(wrong[:20])
