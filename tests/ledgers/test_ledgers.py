"""The sample ledger is made the same each time, and every kept one is read by this build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sixping.services.upkeep import books
from sixping.store import ddl, verify
from tests.kit.ledgerkit import rows, stamp
from tests.ledgers.freeze import DDL, declared
from tests.ledgers.make import make

KEPT = sorted(Path(__file__).parent.glob("*.sqlite3"))
LINKS = "SELECT seq, kind, at, facts, sealed, hash FROM events ORDER BY seq"


def test_the_same_steps_make_the_same_chain(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite3", tmp_path / "other.sqlite3"
    make(one)
    make(other)
    assert rows(one, LINKS) == rows(other, LINKS)
    assert verify.verify(one)["ok"]
    assert not any("/" in str(row) for row in rows(one, "SELECT os_user, host FROM sources"))


def test_a_ledger_of_every_format_is_kept() -> None:
    assert [path.stem for path in KEPT] == ["format1"]


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_kept_ledger_is_read_verified_and_rebuilt(kept: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path))
    assert verify.verify(path)["ok"]
    assert books.rebuild(path, stamp(), check=True) == []


def test_the_frozen_text_is_what_the_declared_tables_compile_to() -> None:
    assert declared() == ddl.TABLES_1, "python -m tests.ledgers.freeze, or a migration"
    assert ddl.TABLES_1 in DDL.read_text(encoding="utf-8")
