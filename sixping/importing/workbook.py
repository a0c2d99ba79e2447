"""Workbooks, read in a child process behind the guard.

The library is compiled code that aborts its whole process when memory runs out, which
no ``except`` catches. The guard refuses what is known to be hostile; the child, with
limits on memory and processor time, contains what is not known yet. It costs about
30 ms a file; the parent keeps one row in memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.errors import BadData
from sixping.importing import guard
from sixping.importing.rows import Row, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_READER = Path(__file__).with_name("sheetreader.py")


def read_workbook(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet that are not blank.

    Raises ``BadData``: refused by the guard, no such sheet, ``office`` extra missing,
    or the reader died.
    """
    import subprocess

    try:
        guard.inspect(path)
    except OSError as error:
        raise unreadable(path, error) from None
    command = [sys.executable, "-P", str(_READER), str(path.resolve()), sheet or ""]
    with subprocess.Popen(  # noqa: S603 - our own file, by its path, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield from _rows(path, child.stdout or ())
        finally:
            child.kill()  # a caller who stops early leaves no reader behind


def _rows(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401
    for line in lines:
        try:
            answer = json.loads(line)
        except ValueError:  # killed in the middle of a line
            break
        if isinstance(answer, dict):
            if answer.get("end"):
                return
            raise _fault(path, answer)
        number, cells, lossy = answer
        yield Row(number, cells, tuple(lossy))
    raise BadData(
        f"{path.name} 读到一半时读取进程被终止 (内存或时间超限, 或内容已损坏)",
        "请只把数据区域复制到新的工作簿, 另存为 .xlsx 再导入。",
    )


def _fault(path: Path, answer: dict[str, Any]) -> BadData:
    kind, words = answer["fault"], answer["words"]
    if kind == "missing":
        return BadData(
            "读取 .xlsx 需要 python-calamine, 尚未安装",
            '请运行: python -m pip install "sixping[office]" ; 也可另存为 CSV 再导入。',
        )
    if kind == "sheet":
        return BadData(f"{path.name} 没有这个工作表", f"可选: {'、'.join(words)}")
    if kind == "encrypted":
        return BadData(f"{path.name} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    return BadData(f"{path.name} 无法读取: {words[0]}", "请用 Excel 或 WPS 打开后另存为 .xlsx。")
