"""``accept`` asks on a terminal for a grade that is only suggested (三)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pty", reason="a terminal of its own needs a Unix")

from tests.kit.ptykit import BACKSPACE, CTRL_C, CTRL_D, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
ASKED = "只按回车不算"
QUESTION = "3 重大:"

pytestmark = pytest.mark.usefixtures("suspected")


@pytest.fixture
def suspected(call: Runner, ledger: Path) -> None:  # noqa: ARG001 - there must be one
    """One report that is only suggested to be 重大."""
    assert call("intake", "演示街化工厂爆炸有人受伤", now=NOW).code == 0


def shown(call: Runner) -> dict[str, Any]:
    case: dict[str, Any] = call("show", "1", "--json", now=NOW).json()
    return case


@pytest.mark.parametrize("answer", ["1", "2", "3", "重大"])
def test_the_number_or_the_word_is_the_grade_that_was_found(
    call: Runner, ledger: Path, answer: str
) -> None:
    grades = {"1": "一般", "2": "较大", "3": "重大"}
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.until(ASKED)
    desk.answer("等级", answer)
    assert desk.end() == 0, desk.seen
    case = shown(call)
    assert case["severity"] == grades.get(answer, answer)
    assert case["confirmed"] is True
    assert case["status"] != "待受理"
    assert case["grade"]["suggested"] == "重大"


def test_enter_alone_confirms_nothing_and_the_question_comes_again(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.until(ASKED)
    desk.answer("等级")
    desk.answer("等级", "9")
    desk.answer("等级", "3" + BACKSPACE + "2")
    assert desk.end() == 0, desk.seen
    assert shown(call)["severity"] == "较大"


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_an_interruption_records_nothing(call: Runner, ledger: Path, key: str) -> None:
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.until(ASKED)
    desk.until("等级")
    desk.type("3" * (key == CTRL_C) + key)
    assert desk.end() == 130, desk.seen
    case = shown(call)
    assert (case["status"], case["version"], case["confirmed"]) == ("待受理", 1, False)


def test_a_case_that_moved_while_somebody_thought_is_refused(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.until(ASKED)
    desk.until("等级")
    assert call("note", "1", "核实中", now=NOW).code == 0
    desk.type("3\r")
    assert desk.end() == 1, desk.seen
    case = shown(call)
    assert (case["status"], case["version"], case["confirmed"]) == ("待受理", 2, False)


def test_what_is_said_or_confirmed_already_is_not_asked(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "accept", "1", "--severity", "较大")
    assert desk.end() == 0, desk.seen
    assert ASKED not in desk.seen
    assert call("intake", "演示: 路灯不亮", now=NOW).code == 0
    desk = Terminal(ledger, NOW, "accept", "2")
    assert desk.end() == 0, desk.seen
    assert ASKED not in desk.seen


def test_without_input_nobody_is_asked_and_both_ways_are_named(ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "accept", "1", "--no-input")
    assert desk.end() != 0, desk.seen
    assert "--severity" in desk.seen
    assert ASKED not in desk.seen
