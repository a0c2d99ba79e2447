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
    assert "同一来电人的反映 1 件" in desk.seen


def test_what_is_written_is_not_asked_for_and_nobody_is_said_in_words(ended: Path) -> None:
    desk = Terminal(ended, NOW, "lookup", "--name", "柯南雀", "--reason", "来电人询问进展")
    assert desk.end() == 0, desk.seen
    assert "没有这位来电人的反映。" in desk.seen
    desk = Terminal(ended, NOW, "lookup", "--name", NAME, "--phone", "-", "--reason", "询问")
    desk.answer("电话 (不显示)", PHONE)
    assert desk.end() == 0, desk.seen
    assert "同一来电人的反映 1 件" in desk.seen
    assert (NAME in desk.seen, PHONE in desk.seen) == (False, False)


def test_without_a_ledger_nobody_is_asked_who_called(tmp_path: Path) -> None:
    desk = Terminal(tmp_path / "没有.sqlite3", NOW, "lookup")
    assert desk.end() == 78, desk.seen
    assert "没有找到台账" in desk.seen
