"""One reader and one writer a command: how often a command opens the ledger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sixping.store import documents, sqlite
from tests.conftest import Runner

NOW = "2026-11-24T09:00:00+08:00"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the connections that are opened from here on."""
    count: Counter[str] = Counter()
    for name in ("open_reader", "open_writer"):
        plain = getattr(sqlite, name)

        def counted(*args: Any, _name: str = name, _plain: Any = plain, **more: Any) -> Any:
            count[_name] += 1
            return _plain(*args, **more)

        monkeypatch.setattr(sqlite, name, counted)
    return count


@pytest.mark.parametrize(
    ("argv", "readers", "writers"),
    [
        (["intake", "路灯不亮"], 1, 1),
        (["intake", "路灯不亮", "--json"], 1, 1),
        (["accept", "1"], 0, 1),
        (["accept", "1", "--json"], 1, 1),
        (["show", "1"], 1, 0),
        (["show", "1", "--reveal", "--reason", "回访"], 1, 1),
        (["list"], 1, 0),
        (["overdue"], 1, 0),
        (["patrol", "gaps"], 1, 0),
        (["duty", "today"], 1, 0),
        (["duty", "check"], 1, 0),
        (["meeting", "propose"], 1, 0),
    ],
)
def test_a_command_opens_one_reader_and_one_writer_at_most(
    call: Runner,
    ledger: Path,  # noqa: ARG001 - where ``call`` looks for it
    opened: Counter[str],
    argv: list[str],
    readers: int,
    writers: int,
) -> None:
    assert call("intake", "占道经营", now=NOW).code == 0
    opened.clear()
    done = call(*argv, now=NOW)
    assert done.code == 0, done.err
    assert (opened["open_reader"], opened["open_writer"]) == (readers, writers)


def test_rules_are_read_before_others_have_to_wait(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: list[bool] = []
    plain = documents._data

    def noted(con: Any, name: str, digest: str) -> dict[str, Any]:
        held.append(con.in_transaction)
        return plain(con, name, digest)

    monkeypatch.setattr(documents, "_data", noted)
    documents._read.clear()
    assert call("intake", "占道经营", now=NOW).code == 0
    assert len(held) >= 4, "policy, calendar, taxonomy, signals, units"
    assert not held[0]
    assert held[:5] == [False] * 5
