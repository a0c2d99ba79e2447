"""``erase`` on a terminal: what goes is shown, and the number is typed before anything goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pty", reason="a terminal of its own needs a Unix")

from tests.kit.canary import NAME, PHONE, bytes_found
from tests.kit.ptykit import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"


@pytest.fixture
def ended(call: Runner, ledger: Path) -> Path:
    call("intake", "夜间噪声", "--reporter", NAME, "--phone", PHONE, "--severity", "一般", now=NOW)
    assert call("decline", "1", "--reason", "重复", "--told", now=NOW).code == 0
    return ledger


@pytest.mark.parametrize(
    ("answer", "code"), [("2026-000001", 0), ("1", 1), ("y", 1)], ids=["number", "short", "yes"]
)
def test_only_the_whole_number_erases(ended: Path, answer: str, code: int) -> None:
    desk = Terminal(ended, NOW, "erase", "1", "--basis", "本人申请")
    desk.until("将删除 2026-000001 的内容、姓名、电话")
    desk.answer("请输入编号", answer)
    assert desk.end() == code, desk.seen
    assert NAME not in desk.seen
    assert bool(bytes_found(ended, (NAME, PHONE))) is bool(code)


def test_a_caller_is_asked_for_unseen(ended: Path) -> None:
    desk = Terminal(ended, NOW, "lookup")
    desk.answer("电话 (不显示)", PHONE)
    desk.answer("为什么查找", "来电人询问进展")
    assert desk.end() == 0, desk.seen
    assert "2026-000001" in desk.seen
    assert PHONE not in desk.seen
