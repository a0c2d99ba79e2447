"""The sample ledger is made the same each time, and every kept one is read by this build.

A kept ledger is what a program of its day wrote; it is never made again (decision 89).
"""

from __future__ import annotations

import shutil
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from sixping.services.upkeep import books
from sixping.store import ddl, orm, sqlite, verify
from tests.conftest import Runner
from tests.kit.corruption import loosened, tightened
from tests.kit.ledgerkit import rows, stamp
from tests.ledgers.make import DAYS, make
from tests.ledgers.test_facts import LINES

KEPT = sorted(Path(__file__).parent.glob("*.sqlite3"))
FROZEN = {
    "format1": "eb476e89a957dfb10896f2eae5c5478df17d05c58141c5b27878e1a6f1fa6bd8",
    "format2": "bac8739a62283057487dd125230aeb0b950c4b72faf5f3e103d77c3649d9aad7",
    "format3": "31e2c83a7951ac33eaaa7ca453cd360ecf32b97db2f400cd84695d9016953759",
}
LINKS = "SELECT seq, kind, at, facts, sealed, hash FROM events ORDER BY seq"


def test_the_same_steps_make_the_same_chain(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite3", tmp_path / "other.sqlite3"
    make(one, DAYS[:60])
    make(other, DAYS[:60])
    assert rows(one, LINKS) == rows(other, LINKS)
    assert verify.verify(one)["ok"]
    assert not any("/" in str(row) for row in rows(one, "SELECT os_user, host FROM sources"))


def test_a_ledger_of_every_format_is_kept_as_it_was_written() -> None:
    found = {path.stem: sha256(path.read_bytes()).hexdigest() for path in KEPT}
    assert found == FROZEN
    assert list(found) == [f"format{n}" for n, _ in enumerate(ddl.MIGRATIONS, 1)]


def test_the_kept_ledger_holds_every_kind_of_event_and_something_in_every_table() -> None:
    kept = KEPT[0]
    tables = [name for (name,) in rows(kept, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert not [name for name in tables if not rows(kept, f"SELECT 1 FROM {name} LIMIT 1")]  # noqa: S608 - its own names
    held = {f"{stream}/{kind}" for stream, kind in rows(kept, "SELECT stream, kind FROM events")}
    assert {kind for kind, *_ in LINES} <= held


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_kept_ledger_is_read_verified_and_rebuilt(kept: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path))
    assert verify.verify(path)["ok"]
    assert books.rebuild(path, stamp()) == []  # brought up to date before
    assert books.rebuild(path, stamp(), check=True) == []
    assert verify.verify(path)["ok"]
    assert rows(path, "PRAGMA user_version") == [(len(ddl.MIGRATIONS),)]


def test_the_newest_format_has_the_tables_that_are_declared() -> None:
    """Word for word, but for the line breaks: a column that was added stands behind another."""
    made = sqlite.written(ddl.MIGRATIONS)
    assert made is not None
    kept = {" ".join(sql.split()) for (kind, _), sql in made.items() if kind in {"table", "index"}}
    declared = {" ".join(statement.split()) for statement in orm.statements()}
    assert declared == kept, "declare the change in a migration"


@pytest.mark.parametrize(
    ("kind", "was", "now", "argv"),
    [
        ("unit_ended", "江一社区第三网格", "江一社区第九网格", ("show", "1")),
        ("swapped", '"out":"p2"', '"out":"p7"', ("duty", "roster", "--month", "2026-11")),
        (
            "signed_out",
            '"person":"p1"',
            '"person":"p2"',
            ("duty", "attendance", "--month", "2026-11"),
        ),
        ("task_done", '"m1.1"', '"m1.9"', ("meeting", "task", "list", "--all")),
        ("operation_resulted", '"o1"', '"o9"', ("operation", "list")),
        ("unit_ended", "unit_ended", "unit_vnded", ("show", "1")),
    ],
)
def test_a_stored_event_that_makes_no_sense_any_more_is_no_fault_of_who_asks(
    call: Runner, tmp_path: Path, kind: str, was: str, now: str, argv: tuple[str, ...]
) -> None:
    path = Path(shutil.copy(KEPT[-1], tmp_path / "kept.sqlite3"))
    harm = "UPDATE events SET facts = replace(facts, ?, ?), kind = replace(kind, ?, ?)"
    with closing(loosened(path)) as con:
        con.execute(f"{harm} WHERE kind = ?", (was, now, was, now, kind))
    tightened(path)
    refused = call("--ledger", str(path), *argv, now="2026-11-23T09:00:00")
    assert refused.code == 78, refused
    assert "读不懂" in refused.err
    assert "sixping verify" in refused.err
    assert "vnded" not in refused.err, "no word of a changed file is told"
    assert call("--ledger", str(path), "verify").code == 78
