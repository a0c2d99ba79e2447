"""What comes on standard input, as text: UTF-8 first, then what the console says it is."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING, BinaryIO

from sixping.errors import BadData, UsageFault
from sixping.util.text import TEXT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

#: longest line of a bulk input, in bytes: every field at its limit, and then some
LONGEST_LINE = 4_000_000
_CHINESE = {"gbk", "gb2312", "gb18030", "cp936"}


def read_text() -> str:
    """Return all of standard input without its last line break.

    Raises ``BadData`` when it is too long or in no encoding that can be told.
    """
    longest = 4 * TEXT_LIMIT + 8
    raw = _stream().read(longest)
    if len(raw) == longest:
        raise BadData(f"标准输入的内容太长, 最多 {TEXT_LIMIT} 字", "请摘出要点, 其余另存为附件。")
    return _decoded(raw, "标准输入").replace("\r\n", "\n").removesuffix("\n")


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
