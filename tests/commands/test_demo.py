"""``demo``: the invented ledger is there whole or not at all."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from sixping.store import sqlite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"


def fail_at(monkeypatch: pytest.MonkeyPatch, nth: int, *, done: bool) -> None:
    """Let the nth COMMIT fail; ``done``: what it was to keep is on the disk in spite of it."""
    commits, commit = iter(range(1, 10_000)), sqlite.commit

    def failing(con: sqlite.Connection) -> None:
        last = next(commits) == nth
        if done or not last:
            commit(con)
        if last:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    monkeypatch.setattr(sqlite, "commit", failing)


@pytest.mark.parametrize("done", [False, True])
def test_a_demo_that_fails_halfway_leaves_nothing_and_says_so(
    call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    path = tmp_path / "试用" / "demo.sqlite3"
    fail_at(monkeypatch, 8, done=done)
    made = call("--ledger", str(path), "demo", now=NOW)
    assert made.code == 74
    assert f"没有建成演示台账: {path} (读写台账时出了一次错" in made.err
    assert "请重试。" in made.err
    assert "已经记入" not in made.err, "what was recorded went with the draft"
    assert "保存" not in made.err
    assert list(path.parent.iterdir()) == []
