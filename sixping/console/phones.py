"""A telephone as an option: ``-`` is asked without echo, so that no list of processes has it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sixping.errors import UsageFault
from sixping.util.masking import mask_phone, mask_text
from sixping.util.text import typed

if TYPE_CHECKING:
    from sixping.console.context import Context

_SEEN = "写在命令行上, 同机的人看得到, 也留在命令历史里"


def given_phone(
    context: Context, value: str | None, *, text: str | None = None, option: str = "--phone"
) -> str | None:
    """Return the telephone that is meant: ``-`` is asked, or the first line of standard input.

    ``text``: what else may be read from there; both ``-`` raise ``UsageFault``. A number that
    stands on the command line is remarked on, once a command.
    """
    if value != "-":
        if value and mask_phone(value) != value:
            _remark(context, f"注意: 电话{_SEEN}; 请改用 {option} -")
        elif text and text != "-" and mask_text(text) != text:
            _remark(context, f"注意: 内容里的号码{_SEEN}; 请改用 - 从标准输入读取")
        return value
    if text == "-":
        raise UsageFault(
            f"{option} - 与内容 - 不能同用。", "标准输入只有一个: 请把其中一个写在别处。"
        )
    return _asked(context, option)


def _remark(context: Context, words: str) -> None:
    if "argv" not in context.remarked:
        context.remarked.add("argv")
        context.say(words)


def _asked(context: Context, option: str) -> str:
    if context.interactive:
        from getpass import getpass

        said = getpass("电话 (输入不显示): ", stream=sys.stderr)
    elif sys.stdin is not None and sys.stdin.isatty():
        raise UsageFault(f"{option} - 要在终端上输入。", "请去掉 --no-input, 或用管道给出电话。")
    else:
        from sixping.console.incoming import read_line

        said = read_line()
    phone = typed(said).strip()
    if not phone:
        raise UsageFault(f"{option} - 没有读到电话。", "请输入电话, 或去掉这个选项。")
    return phone
