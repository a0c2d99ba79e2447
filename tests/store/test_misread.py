"""One failing read is no damage: a check says so only of what a second look finds again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sixping.errors import InputOutput, LedgerUnusable
from sixping.services.upkeep import books
from sixping.store import documents, layers, sqlite
from sixping.store.layers.secondlook import stored_wrongly
from sixping.store.verify import verify
from tests.kit.ledgerkit import make, raw, stamp, take_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make(tmp_path)
    take_in(path)
    return path


def failing(plain: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
    """Return a check that cannot read the disk at first, not even when it tries again."""
    fails = [True, True]

    def check(*given: object, **named: object) -> Iterator[object]:
        if fails:
            fails.pop()
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
            raise error
        return plain(*given, **named)

    return check


def test_reading_that_fails_for_a_moment_is_no_finding_of_a_check(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_integrity", failing(layers._integrity))
    with pytest.raises(InputOutput, match="复查文件是好的"):
        verify(path)
    assert verify(path)["ok"]


def test_reading_that_fails_for_a_moment_makes_no_rebuild_call_the_records_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "wrong_documents", failing(documents.wrong_documents))
    with pytest.raises(InputOutput, match="复查文件是好的"):
        books.rebuild(path, stamp())
    assert books.rebuild(path, stamp()) == []


def test_reading_that_fails_for_a_moment_is_not_called_a_wrong_value(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_integrity", failing(layers._integrity))
    assert stored_wrongly(path) is None
    raw(path, "UPDATE counters SET value = 7 WHERE name = 'seq'")
    assert isinstance(stored_wrongly(path), LedgerUnusable)


def test_where_nothing_can_be_read_nobody_says_what_the_file_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise TimeoutError

    raw(path, "UPDATE counters SET value = 7 WHERE name = 'seq'")
    assert not verify(path)["ok"]
    monkeypatch.setattr(sqlite, "unless_busy", busy)
    with pytest.raises(InputOutput, match="不能断定"):
        verify(path)


class Misread(sqlite3.Connection):
    """A connection whose first check reads a page wrongly."""

    unread: int | None = None

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        said = "SELECT 'Tree 3 page 5: btreeInitPage() returns error code 11'"
        return super().execute(said if "_check" in sql else sql, *given)

    def backup(self, target: sqlite3.Connection, **named: Any) -> None:
        if self.unread:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self.unread
            raise error
        super().backup(target, **named)


@pytest.mark.parametrize("check", [sqlite.check_sound, sqlite.check_pages])
def test_pages_are_called_damaged_only_by_a_check_that_says_so_twice(
    path: Path, check: Callable[[sqlite3.Connection, str], object]
) -> None:
    with closing(sqlite3.connect(path, factory=Misread)) as con:
        with pytest.raises(InputOutput, match="复查文件是好的"):
            check(con, str(path))
        con.unread = sqlite3.SQLITE_IOERR_READ
        with pytest.raises(InputOutput, match="没有读成"):
            check(con, str(path))
        con.unread = sqlite3.SQLITE_CORRUPT
        with pytest.raises(LedgerUnusable, match="已损坏"):
            check(con, str(path))
    moved = "UPDATE sqlite_master SET rootpage = 3 WHERE name = 'events_kind'"
    raw(path, "PRAGMA writable_schema=ON", moved)
    with closing(sqlite3.connect(path)) as con, pytest.raises(LedgerUnusable, match="已损坏"):
        check(con, str(path))


def test_a_read_that_ended_its_transaction_is_told_as_itself(path: Path) -> None:
    def fails(con: sqlite3.Connection) -> None:
        con.execute("ROLLBACK")  # as SQLite does where the disk fails
        raise sqlite3.OperationalError("disk I/O error")

    with sqlite.opened(path) as con, pytest.raises(sqlite3.OperationalError, match="disk"):  # noqa: SIM117
        with sqlite.still(con):
            fails(con)
