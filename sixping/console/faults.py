"""What a command that fails says, and its exit code: the one translator of errors.

Imported only when something failed. Nothing here shows the text of a foreign exception, which
may quote what a citizen said; ``SIXPING_DEBUG=1`` shows where it arose.
"""

from __future__ import annotations

import errno
import os
import select
import sys
import traceback
from hashlib import sha256
from typing import TYPE_CHECKING

import typer

from sixping.console.context import tell
from sixping.console.help import in_chinese
from sixping.errors import (
    RECORDED,
    BadData,
    InputOutput,
    Interrupted,
    NoPermission,
    NotFound,
    SixpingError,
    UsageFault,
    system_reason,
)
from sixping.util.masking import mask_text
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.console.context import Context

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


def answer(fault: BaseException, context: Context | None = None) -> int:
    """Tell the user what happened and return the exit code.

    ``context`` knows which ledger the command worked on.
    """
    if isinstance(fault, SystemExit):
        return fault.code if isinstance(fault.code, int) else int(fault.code is not None)
    if isinstance(fault, BrokenPipeError) and _reader_left():
        _silence_stdout()
        return 0
    if os.environ.get("SIXPING_DEBUG") == "1":
        tell("\n".join(_traces(fault)))
    named = explain(fault, context)
    if isinstance(fault, OSError | KeyboardInterrupt) or isinstance(fault.__cause__, OSError):
        _silence_stdout()
    _tell(named)
    return named.exit_code


def explain(fault: BaseException, context: Context | None = None) -> SixpingError:
    """Return the error of ours that says what another's exception means."""
    if isinstance(fault, SixpingError):
        return fault
    if isinstance(fault, typer.TyperException):
        return in_chinese(fault)
    if isinstance(fault, KeyboardInterrupt | EOFError | typer.Abort):
        return Interrupted("已中断, 没有完成。")
    return _of_ledger(fault, context) or _of_system(fault) or _unforeseen(fault)


def _of_ledger(fault: BaseException, context: Context | None) -> SixpingError | None:
    """Say what of the ledger it was, if it was: its file, or a value that it holds."""
    if context is None or isinstance(fault, OSError | MemoryError | ImportError):
        return None
    from sixping.store import sqlite
    from sixping.store.layers.secondlook import stored_wrongly

    try:
        path = str(context.ledger)
    except SixpingError:  # there is none
        return None
    if of_file := sqlite.translated(fault, path):
        return of_file
    if context.errors.isatty:
        tell("出错了, 正在复查台账里存的内容, 大的台账要一会儿。")
    return stored_wrongly(path)


def _of_system(fault: BaseException) -> SixpingError | None:
    if isinstance(fault, PermissionError):
        return NoPermission(f"没有权限: {_place(fault)}", "请检查文件和所在文件夹的权限。")
    if isinstance(fault, OSError):
        return _of_device(fault)
    if isinstance(fault, UnicodeError):
        return BadData("文字编码无法识别或无法写出。", "请把文件另存为 UTF-8 编码后重试。")
    if isinstance(fault, MemoryError):
        return InputOutput("内存不足, 没有完成。", "请分批处理, 或换一台内存更大的机器。")
    if isinstance(fault, RecursionError):
        return BadData("数据嵌套层次过深, 无法处理。", "请检查输入的文件或 JSON。")
    return None


def _of_device(fault: OSError) -> SixpingError:
    if fault.errno in _NO_SPACE:
        return InputOutput(
            f"磁盘已满, 没有写完: {_place(fault)}",
            "请腾出空间后重试。",
        )
    what = f"读写失败: {_place(fault)} ({system_reason(fault)})"
    return InputOutput(what, "请检查路径、磁盘和网络盘。")


def _place(fault: OSError) -> str:
    return str(fault.filename) if fault.filename is not None else "标准输出或文件"


def _unforeseen(fault: BaseException) -> SixpingError:
    """Name a fault of the program by where it lies: the same fault, the same id."""
    where = _origin(fault)
    name = sha256(f"{type(fault).__name__} {where}".encode()).hexdigest()[:8]
    return SixpingError(
        f"程序内部出错, 编号 {name} ({type(fault).__name__}, {where})。",
        "没有完成的操作不会留下半条记录; 请把编号和所用命令告诉维护人员。",
    )


def _origin(fault: BaseException) -> str:
    """Return file and line of our own innermost frame: never a word of the data."""
    trace, where = fault.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}sixping{os.sep}" in code.co_filename:
            inside = code.co_filename.rpartition(f"{os.sep}sixping{os.sep}")[2]
            where = f"{inside}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where


def _traces(fault: BaseException | None) -> Iterator[str]:
    """Yield where a fault arose and those behind it, each by its kind: its text may tell people."""
    while fault is not None:
        yield f"Traceback ({type(fault).__name__}):"
        yield "".join(traceback.format_tb(fault.__traceback__)).rstrip()
        fault = fault.__cause__ or fault.__context__


def _tell(fault: SixpingError) -> None:
    lines = [f"错误: {fault.what}", *([fault.hint] if fault.hint else [])]
    if RECORDED:
        seq = RECORDED[-1]
        lines.append(f"出错之前已经记入台账 (到第 {seq} 号): 先用 sixping log 查看, 不要直接重做。")
    if isinstance(fault, UsageFault | NotFound):  # they quote what was typed; no file names
        lines = [mask_text(line) for line in lines]
    tell(clean("\n".join(lines), multiline=True))


def _reader_left() -> bool:
    """Tell a pipe our output went to from any other pipe that broke."""
    if not hasattr(select, "poll"):  # Windows cannot ask
        return True
    try:
        watch = select.poll()
        watch.register(sys.stdout.fileno(), 0)
        return any(seen & (select.POLLERR | select.POLLHUP) for _, seen in watch.poll(0))
    except (OSError, ValueError, AttributeError):
        return False


def _silence_stdout() -> None:
    """Keep Python's last flush of a dead stdout from printing a complaint."""
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)
    except (OSError, ValueError, AttributeError):
        return
