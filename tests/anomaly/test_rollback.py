# ruff: noqa: S608 - statements are put together from the schema's own names
"""An end cut off, an old copy put back, everything hashed anew: one later anchor tells of each."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sixping.ledger import transaction
from sixping.services.upkeep import books
from sixping.store import chain, ddl
from sixping.store.documents import adopt
from sixping.store.rows import event_term
from sixping.store.verify import verify
from tests.anomaly import table
from tests.kit.ledgerkit import lived, raw, rows, stamp, take_in

Anchor = tuple[int, str]
DIGITS = 16  # of a receipt
GUARDS = tuple(sql for step in ddl.MIGRATIONS for sql in step if "CREATE TRIGGER" in sql)
UNGUARDED = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")
DERIVED = ("case_moves", "case_facts", "clock_moves", "clock_terms", "traces", "requests", "voids")
LINKED = (
    f"SELECT {', '.join(map(event_term, chain.FIELDS))} FROM events e"
    " JOIN sources o ON o.id = e.source ORDER BY e.seq"
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, _ = lived(tmp_path_factory.mktemp("lived"))
    for text in ("噪声扰民", "路灯不亮"):
        take_in(path, text, key=text)
    with transaction(path, stamp()) as work:
        adopt(work, "演示", "a = 1\n")
    return path


@pytest.fixture
def path(ledger: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(ledger, tmp_path / "ledger.db"))


def anchors(path: Path) -> list[Anchor]:
    """Return an anchor of every event, as its receipt printed it."""
    links = rows(path, "SELECT seq, lower(hex(hash)) FROM events ORDER BY seq")
    return [(int(str(seq)), str(link)[-DIGITS:]) for seq, link in links]


def cut(path: Path, last: int) -> None:
    """Cut the end off as somebody would who knows every table."""
    raw(
        path,
        *UNGUARDED,
        *[f"DELETE FROM {table}" for table in DERIVED],
        f"DELETE FROM told WHERE seq > {last}",
        f"DELETE FROM events WHERE seq > {last}",
        "DELETE FROM counters WHERE name <> 'seq'",
        f"UPDATE counters SET value = {last} WHERE name = 'seq'",
        "INSERT INTO counters SELECT 'case/' || substr(subject, 1, 4), count(*) FROM events"
        " WHERE stream = 'case' AND version = 1 GROUP BY 1",
        "DELETE FROM documents WHERE digest NOT IN"
        " (SELECT json_extract(facts, '$.digest') FROM events WHERE kind = 'adopted')",
        "DELETE FROM parsed WHERE digest NOT IN (SELECT digest FROM documents)",
        *GUARDS,
    )


def rehash(path: Path) -> None:
    """Hash everything anew, as somebody would who knows the chain."""
    raw(path, *UNGUARDED)
    with closing(sqlite3.connect(path)) as con, con:
        (name,) = con.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
        previous = chain.GENESIS
        for row in con.execute(LINKED).fetchall():
            previous = chain.link(chain.prefix(name), previous, row)
            con.execute("UPDATE events SET hash = ? WHERE seq = ?", (previous, row[0]))
    raw(path, *GUARDS)


def told_by(path: Path, kept: list[Anchor]) -> list[int]:
    """Return which of these anchors, each alone, tell that something is wrong."""
    found = []
    for anchor in kept:
        layers = {f["layer"] for f in verify(path, [anchor])["findings"]}
        table.note(
            "截去末尾、换回旧文件、全部重算, 对照后来的锚点", 1, "次", len(layers - {"anchor"})
        )
        assert layers <= {"anchor"}
        found += [anchor[0]] if layers else []
    return found


def test_an_end_cut_off_anywhere_is_told_by_any_later_anchor_alone(path: Path) -> None:
    kept = anchors(path)
    for last in range(len(kept) - 1, 0, -1):
        cut(path, last)
        books.rebuild(path, stamp())
        assert verify(path)["ok"]  # a shorter ledger, and nothing in it tells
        assert told_by(path, kept) == [seq for seq, _ in kept if seq > last]


def test_an_old_copy_put_back_is_told_by_any_anchor_taken_after_it(
    ledger: Path, path: Path
) -> None:
    take_in(path, "后来的一件")
    take_in(path, "又一件")
    kept = anchors(path)
    shutil.copy(ledger, path)
    length = len(anchors(path))
    assert told_by(path, kept) == [seq for seq, _ in kept if seq > length]


def test_everything_hashed_anew_is_told_by_any_anchor_behind_the_edit(path: Path) -> None:
    kept = anchors(path)
    raw(path, *UNGUARDED, "UPDATE events SET at = replace(at, '09:00', '09:01') WHERE seq = 4")
    raw(path, *GUARDS)
    rehash(path)
    books.rebuild(path, stamp())
    assert verify(path)["ok"]  # whoever knows the chain leaves no trace in the ledger itself
    assert told_by(path, kept) == [seq for seq, _ in kept if seq >= 4]
