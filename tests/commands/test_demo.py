"""``demo``: the invented ledger is there whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.ledgerkit import fail_commit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"


@pytest.mark.parametrize("done", [False, True])
def test_a_demo_that_fails_halfway_leaves_nothing_and_says_so(
    call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    path = tmp_path / "试用" / "demo.sqlite3"
    fail_commit(monkeypatch, 8, done=done)
    made = call("--ledger", str(path), "demo", now=NOW)
    assert made.code == 74
    assert f"没有建成演示台账: {path} (读写台账时出了一次错" in made.err
    assert "请重试。" in made.err
    assert "已经记入" not in made.err, "what was recorded went with the draft"
    assert "保存" not in made.err
    assert list(path.parent.iterdir()) == []
