"""In January a bare number that could mean last year's open case is never taken in silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Runner

OLD, NOW, LATER = (f"{day}T09:00:00+08:00" for day in ("2025-12-20", "2026-01-05", "2026-02-02"))


@pytest.fixture
def december(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001
    """Lend a desk whose one case of last year is still open."""
    assert call("intake", "演示: 占道经营", now=OLD).code == 0
    return call


@pytest.mark.parametrize("command", ["accept 1", "show 1", "log 1", "explain 1"])
def test_where_this_years_is_not_there_last_years_open_one_is_named(
    december: Runner, command: str
) -> None:
    done = december(*command.split(), now=NOW)
    assert done.code == 1
    assert "去年的 2025-000001 还在办理" in done.err
    assert "2025-1" in done.err
    assert december(*command.replace(" 1", " 2025-1").split(), now=NOW).code == 0


def test_where_both_are_open_the_step_is_this_years_and_the_other_is_named_before(
    december: Runner,
) -> None:
    assert december("intake", "演示: 路灯不亮", now=NOW).code == 0
    done = december("accept", "1", now=NOW)
    first, *rest = done.err.splitlines()
    assert "去年的 2025-000001 也还在办理" in first
    assert "2026-000001 已记录" in "".join(rest)
    assert "去年" in december("accept", "1", now=NOW).err  # it cannot be taken on this year's
    for number, now in (("2026-1", NOW), ("1", LATER)):
        assert "去年" not in december("note", number, "记事", now=now).err


def test_where_last_years_has_ended_nothing_is_said(december: Runner) -> None:
    december("decline", "2025-1", "--reason", "不属职责", now=OLD)
    assert december("intake", "演示: 路灯不亮", now=NOW).code == 0
    assert "去年" not in december("accept", "1", now=NOW).err
    assert "去年" not in december("accept", "2", now=NOW).err
