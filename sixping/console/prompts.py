"""Every question of the program: a line, a block, a choice by number, yes or no.

On stderr, and only where ``Context.interactive`` says that somebody can answer. Ctrl-C and
Ctrl-D at an empty line end the command (130); no question is asked inside a transaction, so
nothing is half recorded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sixping.console.lineedit import read_block, read_line
from sixping.errors import BadData, NotFound, UsageFault
from sixping.policy.vocabulary import Severity
from sixping.util.text import clean, columns, typed

if TYPE_CHECKING:
    from sixping.console.context import Context

#: cells that a question takes at most: it stands whole at 80 columns
WIDEST = 76

#: what an answer besides the numbered ones means; raises what ``_RETRIED`` has for one that is none
Read = Callable[[str], str]
_RETRIED = (BadData, NotFound, UsageFault)


def ask(context: Context, question: str) -> str:
    """Ask for one line; Enter alone answers with the empty text."""
    _refuse_unattended(context)
    return read_line(_laid_out(context, [question]))


def ask_unseen(context: Context, question: str) -> str:
    """Ask for one line that is not echoed and stands in no list of processes."""
    from getpass import getpass

    _refuse_unattended(context)
    return typed(getpass(_laid_out(context, [question]), sys.stderr)).strip()


def ask_block(context: Context, question: str) -> str:
    """Ask for a text of several lines, ended by an empty line; a pasted block is taken whole."""
    _refuse_unattended(context)
    context.say(question)
    return read_block("> ")


def confirm(context: Context, question: str) -> bool:
    """Ask whether to go on; only y and 是 mean yes."""
    return ask(context, f"{question} [y = 是, 回车 = 否]: ").lower() in {"y", "yes", "是", "好"}


def choose(
    context: Context,
    label: str,
    options: Sequence[str],
    *,
    enter: str = "",
    zero: str = "",
    read: Read | None = None,
) -> str:
    """Ask to choose by number or word; ask again until the answer is one.

    Returns the option, ``""`` for Enter alone (allowed where ``enter`` says what it means) and
    ``"0"`` for none of them (where ``zero`` says so). ``read`` takes any other answer.
    """
    numbered = [f"{number} {option}" for number, option in enumerate(options, 1)]
    numbered += [f"0 {zero}"] if zero else []
    question = [label, *numbered, f"[{enter}]: " if enter else ": "]
    while True:
        answer = ask_laid(context, question)
        if not answer and enter:
            return ""
        near = [option for option in options if answer and option.startswith(answer)]
        if answer in options or (len(near) == 1 and not read):
            return answer if answer in options else near[0]
        if answer.isascii() and answer.isdigit() and int(answer) <= len(options):
            if int(answer):
                return options[int(answer) - 1]
            if zero:
                return "0"
        elif answer and read and (taken := retried(context, read, answer)):
            return taken
        if not (answer and read):
            context.say(f"请输入 {0 if zero else 1} 到 {len(options)} 的数字。")


def choose_grade(context: Context, number: str, suggested: str) -> Severity:
    """Ask which grade a person finds (三); Enter alone confirms nothing of a suggestion."""
    context.say(f"{number} 的等级“{suggested}”只是程序的建议, 请确认 (只按回车不算):")
    return Severity(choose(context, "等级", [grade.value for grade in Severity]))


def ask_laid(context: Context, pieces: Sequence[str]) -> str:
    """Ask a question made of pieces, none of which is broken over two lines."""
    _refuse_unattended(context)
    return read_line(_laid_out(context, pieces))


def retried(context: Context, read: Read, answer: str) -> str:
    """Return what an answer means; what is wrong with it is said, and is the empty text."""
    try:
        return read(answer)
    except _RETRIED as fault:
        context.say(fault.what, *([fault.hint] if fault.hint else []))
        return ""


def _laid_out(context: Context, pieces: Sequence[str]) -> str:
    """Say all but the last line of a question; return that, for the cursor to stand behind."""
    line = ""
    for piece in map(clean, pieces):
        joined = f"{line}  {piece}" if line and piece != ": " else f"{line}{piece}"
        if line and columns(joined) > WIDEST:
            context.say(line)
            joined = f"  {piece}"
        line = joined
    return line


def _refuse_unattended(context: Context) -> None:
    if not context.interactive:
        raise UsageFault("没有终端可以询问。", "请把要问的写成选项。")
