"""What comes in on standard input: a text, lines, a JSON object a line.

It is UTF-8 first, then what the console says it is. Questions are ``prompts``'.
"""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from sixping.errors import BadData, InputOutput, Interrupted, NotAllowed, NotFound, UsageFault
from sixping.util.cellmask import tells_person, word_shown
from sixping.util.masking import mask_text
from sixping.util.text import TEXT_LIMIT, dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.console.context import Context

#: longest line of a bulk input, in bytes: every field at its limit, and then some
LONGEST_LINE = 4_000_000
_CHINESE = {"gbk", "gb2312", "gb18030", "cp936"}


class Taken(NamedTuple):
    """What came of the questions of a call: the values of the report, and the case it repeats.

    ``unknown``: what nobody knows whatever the text says, as ``read_input`` takes it;
    ``shown``: the likely repeats that somebody has looked at.
    """

    values: dict[str, Any]
    unknown: frozenset[str] = frozenset()
    into: str | None = None
    shown: frozenset[str] = frozenset()


def read_text() -> str:
    """Return all of standard input without its last line break.

    Raises ``BadData`` when it is too long or in no encoding that can be told.
    """
    longest = 4 * TEXT_LIMIT + 8
    raw = _stream().read(longest)
    if len(raw) == longest:
        raise BadData(f"标准输入的内容太长, 最多 {TEXT_LIMIT} 字", "请摘出要点, 其余另存为附件。")
    return _decoded(raw, "标准输入").replace("\r\n", "\n").removesuffix("\n")


def read_line() -> str:
    """Return the first line of standard input; raises ``BadData`` as above."""
    return _decoded(_stream().readline(LONGEST_LINE), "标准输入")


def read_lines() -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, numbered from 1; raises ``BadData`` as above."""
    stream, number = _stream(), 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise BadData(f"第 {number} 行太长。", "每行一件; 请核对换行。")
        if line := _decoded(raw, f"第 {number} 行").strip():
            yield number, line


def _stream() -> BinaryIO:
    if sys.stdin is None:
        raise UsageFault("没有标准输入。", "请用管道或 < 文件 给出内容。")
    return sys.stdin.buffer


def _decoded(raw: bytes, what: str) -> str:
    """Decode; bytes that are no UTF-8 are tried as Chinese only where the console is."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if codecs.lookup(sys.stdin.encoding).name in _CHINESE:
            return raw.decode("gb18030", errors="surrogateescape")
        raise BadData(
            f"{what}不是 UTF-8 文字 (第 {fault.start + 1} 个字节起)。", "请先转换编码。"
        ) from None


# --- many reports at once ----------------------------------------------------------------

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
    values: dict[str, Any] = {}
    try:
        values = _object(line)
        return take(dict(values), f"第 {number} 行 ")
    except _OF_A_LINE as fault:
        what = _nameless(fault.what.removeprefix(f"第 {number} 行 "), values)
        return {"line": number, "error": mask_text(what), "hint": mask_text(fault.hint)}


def _nameless(what: str, values: dict[str, Any]) -> str:
    """Return what is wrong with a line without the people it tells: fields may be mixed up."""
    for word in {*values, *(value for value in values.values() if isinstance(value, str))}:
        if len(word) > 1 and word in what and tells_person(word):
            what = what.replace(word, word_shown(word))
    return what


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
