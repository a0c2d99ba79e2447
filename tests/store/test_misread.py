"""One failing read is no damage: a check says so only of what a second look finds again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

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
