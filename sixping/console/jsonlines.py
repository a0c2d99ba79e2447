"""Many reports at once: one JSON object a line in, one answer a line out, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sixping.console.stdin import read_lines
from sixping.errors import BadData, InputOutput, Interrupted, NotAllowed, NotFound, UsageFault
from sixping.util.text import dump_json, mask_text

if TYPE_CHECKING:
    from sixping.console.context import Context

#: faults of a line: answered in its place; any other fault ends the work
_OF_A_LINE = (BadData, NotAllowed, NotFound, UsageFault)

#: makes the answer to one line: its values, and "第 3 行 " for what is wrong with them
Take = Callable[[dict[str, Any], str], dict[str, Any]]


def answer_lines(context: Context, take: Take, *, recorded: bool) -> int:
    """Answer every line of standard input; a bad line is answered, not fatal.

    ``recorded``: answers stand for cases in the ledger, so a lost answer is a failure.
    Returns 65 when a line was bad. Raises ``InputOutput`` and ``Interrupted`` saying how
    far the work went.
    """
    done = bad = 0
    try:
        for number, line in read_lines():
            answer = _answered(take, number, line)
            done, bad = done + 1, bad + ("error" in answer)
            if "error" in answer:
                context.say(f"第 {number} 行: {answer['error']} {answer['hint']}".rstrip())
            _write(answer, number, recorded=recorded)
    except KeyboardInterrupt:
        raise Interrupted(f"已中断: 处理了 {done} 行, 其后各行没有处理。") from None
    context.say(f"共 {done} 行" + (f", 其中 {bad} 行有误。" if bad else "。"))
    return BadData.exit_code if bad else 0


def _answered(take: Take, number: int, line: str) -> dict[str, Any]:
    try:
        return take(_object(line), f"第 {number} 行 ")
    except _OF_A_LINE as fault:
        what = fault.what.removeprefix(f"第 {number} 行 ")
        return {"line": number, "error": mask_text(what), "hint": mask_text(fault.hint)}


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # no JSON, numbers of a million digits, towers of [
        raise BadData("不是 JSON。", "每行一个 JSON 对象。") from None
    if not isinstance(value, dict):
        raise BadData("不是 JSON 对象。", '例如 {"text": "江南大道占道经营"}')
    return value


def _write(answer: dict[str, Any], line: int, *, recorded: bool) -> None:
    try:
        sys.stdout.write(f"{dump_json(answer)}\n")
        sys.stdout.flush()
    except OSError as fault:
        if not recorded:
            raise
        number = answer.get("number")
        kept = f" (已登记为 {number})" if number else ""
        raise InputOutput(
            f"写不出回答, 停在第 {line} 行{kept}, 其后各行没有处理。",
            "请从下一行起重新提交; 带 request_id 的可以整批重来。",
        ) from fault
