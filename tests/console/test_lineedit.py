"""What a terminal sends by itself, and keys that are no letters, leave no trace in an answer."""

from __future__ import annotations

import string

import pytest

pytest.importorskip("pty", reason="a terminal of its own needs a Unix")

from typing import TYPE_CHECKING

from tests.kit.ptykit import ENTER, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"

#: reports and keys that edit nothing: colours, mouse (three protocols), cursor, focus, F-keys, …
NOISE = [
    *(f"\x1b[{number}m" for number in ("", "0", "31", "1;31", "38;5;196", "48;2;1;2;3")),
    "\x1b[M !!", "\x1b[96;14;13M", "\x1b[<0;3;4M", "\x1b[<64;85;12M", "\x1b[<35;1;1m",
    "\x1b[<0;1M", "\x1b[0;0;0M", "\x1b[24;80R", "\x1b[1;1R", "\x1b[I", "\x1b[O", "\x1b[?1;2c",
    "\x1b[>41;0;0c", "\x1b[99;5~", "\x1b[62~", "\x1b[2~", "\x1b[24~", "\x1b[1;2P", "\x1b[13;5u",
    "\x1b[2J", "\x1b[K", "\x1bOP", "\x1bOS", "\x1bOp", "\x1bOk", "\x1b]0;x\x07",
    "\x1b]11;rgb:0/0/0\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b_a\x1b\\",
    *"\x00\x07\x0f\x11\x12\x13\x16\x18\x1a\x1c\x1d\x1e",
    *(f"\x1b{sign}" for sign in string.printable[:94] if sign not in "[O]PX^_bdf"),
]  # fmt: skip


def noisy(word: str) -> str:
    """Return a word with all of the noise between its signs."""
    return "".join(NOISE).join(word)


def test_noise_of_the_terminal_at_questions_of_a_call_leaves_no_trace(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--channel", "微信")
    desk.answer(">", noisy("路灯") + ENTER)
    desk.answer("来电号码 [无]:", noisy("139") + "00001111")
    desk.answer("[不清楚]:", noisy("2"))
    desk.answer("地点 [无]:", noisy("3幢"))
    desk.answer("匿名]:", noisy("李"))
    desk.answer("建议]:", noisy("0"))
    desk.answer("建议]:", noisy("1"))
    desk.until("留草稿):")
    desk.answer(">", "".join(NOISE))
    assert desk.end() == 0, desk.seen
    case = call("show", "1", "--json", "--reveal", "--reason", "核对", now=NOW).json()
    said = [case[name] for name in ("text", "phone", "grid", "place", "reporter", "severity")]
    assert said == ["路灯", "13900001111", "江一社区第二网格", "3幢", "李", "一般"]


def test_noise_at_the_grade_that_accept_asks_for_is_no_answer(call: Runner, ledger: Path) -> None:
    call("intake", "化工厂爆炸有人受伤", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.answer("3 重大:", "".join(NOISE))
    desk.until("请输入 1 到 3 的数字")
    desk.answer("3 重大:", noisy("重大"))
    assert desk.end() == 0, desk.seen
    clocks = call("show", "1", "--json", now=NOW).json()["clocks"]
    assert len(clocks) > 1, "somebody found the grade"


@pytest.mark.parametrize("block", [False, True])
def test_every_sequence_the_editor_knows_is_survived(ledger: Path, block: bool) -> None:
    from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES

    ends = {"\x03", "\x04", "\r", "\n", "\x1b[200~"}
    known = [sequence for sequence in ANSI_SEQUENCES if sequence not in ends]
    desk = Terminal(ledger, NOW, *(["triage"] if block else ["intake", "路灯"]))
    desk.until(">" if block else "[不清楚]:")
    for sequence in known:
        desk.type(f"字{sequence}")
    desk.type("\x03")
    assert desk.end() == 130, desk.seen
    assert "Unhandled" not in desk.seen
