"""Which form a result takes, and the one way out for tables of rows.

``choose_format`` reads the user's wish, ``emit`` writes to a stream, ``save`` to a file
that appears whole or not at all. A format is one line in ``FORMATS``; its writer is
imported when asked for.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TextIO

from sixping.errors import InputOutput, NoPermission, UsageFault, system_reason
from sixping.render.table import Column, Page, Row

Writer = Callable[[Sequence[Row], Sequence[Column], TextIO, Page], None]


class Format(NamedTuple):
    """Where the writer of a text format lives, and the endings of its files."""

    module: str
    writer: str
    endings: tuple[str, ...]


FORMATS: Final[Mapping[str, Format]] = {
    "table": Format("sixping.render.screen", "write", (".txt",)),
    "tsv": Format("sixping.render.sheets", "write_tsv", (".tsv", ".tab")),
    "csv": Format("sixping.render.sheets", "write_csv", (".csv",)),
    "json": Format("sixping.render.sheets", "write_json", (".json",)),
    "jsonl": Format("sixping.render.sheets", "write_jsonl", (".jsonl", ".ndjson")),
    "md": Format("sixping.render.sheets", "write_md", (".md", ".markdown")),
}
_ENDINGS: Final[Mapping[str, str]] = {
    ending: name for name, known in FORMATS.items() for ending in known.endings
} | {".html": "html", ".htm": "html", ".docx": "docx", ".xlsx": "xlsx"}


def choose_format(
    wanted: str | None,
    *,
    json: bool,
    path: str | Path | None,
    isatty: bool,
    possible: Sequence[str] = tuple(FORMATS),
) -> str:
    """Return the format: ``--format``, else ``--json``, else by ``-o``, else by the stream.

    Without a wish a terminal gets ``table`` and everything else ``tsv``. ``possible``
    are the formats of this command. Raises ``UsageFault`` listing them.
    """
    listed = f"可用的格式: {', '.join(possible)}"
    if wanted is not None:
        name = wanted.strip().casefold()
        if json and name != "json":
            raise UsageFault(f"--json 与 --format {wanted} 相互矛盾", "请只用其中一个。")
    elif json:
        name = "json"
    elif path is not None and str(path) != "-":
        ending = Path(path).suffix.casefold()
        name = _ENDINGS.get(ending, "")
        if not name:
            raise UsageFault(f"从文件名看不出格式: {path}", f"请加 --format。{listed}")
    else:
        name = "table" if isatty else "tsv"
    if name not in possible:
        raise UsageFault(f"这里不能用格式 {wanted or name}", listed)
    return name


def emit(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    fmt: str,
    out: TextIO,
    page: Page = Page(),  # noqa: B008 - immutable
) -> None:
    """Write rows in a text format to a stream, masked unless ``page.reveal``.

    Without rows nothing is written, no header either (cron mails whatever is printed);
    only JSON still says ``[]``.
    """
    if rows or fmt == "json":
        _write(rows, columns, fmt, out, page)


def _write(
    rows: Sequence[Row], columns: Sequence[Column], fmt: str, out: TextIO, page: Page
) -> None:
    known = FORMATS[fmt]
    writer: Writer = getattr(import_module(known.module), known.writer)
    writer(rows, columns, out, page)


def save(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    fmt: str,
    path: Path,
    page: Page = Page(),  # noqa: B008 - immutable
) -> None:
    """Write rows to a file as a whole; CSV with byte order mark and CRLF for spreadsheets."""
    with writing_text(path, sheet=fmt == "csv") as out:
        _write(rows, columns, fmt, out, page._replace(width=None, color=False))


@contextmanager
def writing_text(path: Path, *, sheet: bool = False) -> Iterator[TextIO]:
    """Open a UTF-8 text file as ``writing`` does; ``sheet`` writes BOM and CRLF."""
    encoding, newline = ("utf-8-sig", "\r\n") if sheet else ("utf-8", "\n")
    with writing(path) as raw:
        out = io.TextIOWrapper(raw, encoding=encoding, newline=newline)
        yield out
        out.flush()
        out.detach()


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that replaces ``path`` when all is written and on the disk.

    The file is readable by its owner alone: results name people. A device (``/dev/null``)
    is written to directly. Raises ``NoPermission`` and ``InputOutput``.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as device:
                yield device
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except PermissionError as fault:
        raise NoPermission(f"没有权限写入: {path}", "请换一个文件夹, 或核对权限。") from fault
    except BrokenPipeError:
        raise
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError)
        why = "没有这个文件夹" if missing else system_reason(fault)
        raise InputOutput(f"写入失败: {path} ({why})", _ADVICE) from fault


_ADVICE = "原有文件未改动。请核对路径和磁盘空间后重试。"


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    from tempfile import mkstemp

    if target.is_dir():
        raise InputOutput(f"这是一个文件夹: {target}", "请写出文件名。")
    handle, name = mkstemp(prefix=".sixping-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Put the new name itself on the disk, where folders can be synced at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
