"""What comes of keys and pasted blocks, and how a question is laid out and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.console import prompts
from sixping.console.context import Context
from sixping.errors import NotFound, UsageFault
from sixping.util.text import columns, typed

Ask = Callable[..., str]


class Attended(Context):
    """A context in which somebody sits at a terminal."""

    interactive = True


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is typed at the next questions, first come first served."""
    given: list[str] = []
    monkeypatch.setattr(prompts, "read_line", lambda _: given.pop(0))
    yield given
    assert not given, "every answer was asked for"


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("江一\x1b[D社区\x1b[99;5~", "江一社区"),
        ("\x1b[31m红\x1b[0m", "红"),
        ("\x1b]0;标题\x07字", "字"),
        ("\x1bOP字\x1b", "字"),
        ("甲\x00\x07\x7f\x9b\u202e\u2066乙", "甲乙"),
        ("一\r\n二\r三\t四", "一\n二\n三\t四"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("半个\udce5", "半个"),
    ],
)
def test_escape_sequences_and_controls_are_not_what_was_meant(keys: str, meant: str) -> None:
    assert typed(keys) == meant


@given(st.text())
def test_whatever_is_typed_no_escape_and_no_control_is_left(keys: str) -> None:
    left = typed(keys)
    assert not [sign for sign in left if ord(sign) < 32 and sign not in "\n\t"]
    assert not set(left) & set("\x7f\x9b\u202e\u2066\u2028")
    assert typed(left) == left


@pytest.mark.parametrize(
    ("typed_in", "taken"),
    [("2", "较大"), ("较大", "较大"), ("", ""), ("0", "0"), ("9", "重大"), ("²", "重大")],
)
def test_a_choice_is_a_number_a_word_enter_or_none_of_them(
    answers: list[str], typed_in: str, taken: str
) -> None:
    again = ["3"] if taken == "重大" else []
    answers += [typed_in, *again]
    grades = ("一般", "较大", "重大")
    chosen = prompts.choose(Attended(), "等级", grades, enter="一般, 建议", zero="不清楚")
    assert chosen == taken


def test_where_enter_means_nothing_a_number_is_asked_for(
    answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += ["", "0", "1"]
    assert prompts.choose(Attended(), "等级", ("一般", "较大")) == "一般"
    assert "请输入 1 到 2 的数字" in capsys.readouterr().err


def test_another_answer_is_read_and_what_is_wrong_with_it_is_said(
    answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def read(given: str) -> str:
        if given != "江一":
            raise NotFound(f"没有这个社区: {given}")
        return "江一社区"

    answers += ["江九", "江一"]
    assert prompts.choose(Attended(), "社区", (), enter="不清楚", read=read) == "江一社区"
    assert "没有这个社区: 江九" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("是", True), ("", False), ("n", False)]
)
def test_only_a_clear_yes_goes_on(answers: list[str], answer: str, agreed: bool) -> None:
    answers.append(answer)
    assert prompts.confirm(Attended(), "记入台账?") is agreed


def test_no_option_is_broken_over_two_lines_of_76_cells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def answer(line: str) -> str:
        asked.append(line)
        return "1"

    monkeypatch.setattr(prompts, "read_line", answer)
    names = [f"第{number}号社区" for number in range(40)]
    prompts.choose(Attended(), "社区", names, enter="不清楚")
    lines = [*capsys.readouterr().err.splitlines(), *asked]
    assert max(map(columns, lines)) <= 76
    assert all(any(f"{at} {name}" in line for line in lines) for at, name in enumerate(names, 1))


def test_where_nobody_can_answer_nobody_is_asked() -> None:
    context = Attended()
    context.interactive = False
    for question in (prompts.ask, prompts.ask_block, prompts.confirm):
        with pytest.raises(UsageFault):
            question(context, "?")
