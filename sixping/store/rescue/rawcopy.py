"""A byte-for-byte copy of a damaged ledger, taken without changing it and beside other programs.

SQLite cannot be asked for a page it finds malformed, so the file itself is read: by a process that
has no connection to it (closing a file drops the locks of its own connections), under the shared
lock SQLite takes to read, so that no writer changes a page meanwhile. What a killed writer left to
be rolled back goes along and is rolled back in the copy alone.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, BinaryIO

from sixping.errors import LedgerBusy
from sixping.store import sqlite

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK, _BLOCK = 1 << 20, 4096
# https://www.sqlite.org/lockingv3.html, as os.h has them: pending, reserved, shared
_PENDING, _SHARED, _SHARED_SIZE = 0x40000000, 0x40000002, 510
_WITH = ("-journal", "-wal")


def raw_copy(source: Path, folder: Path) -> tuple[str, int]:
    """Copy a file with its journal; return the copy's path and how many bytes were unreadable.

    Raises ``LedgerBusy`` while another process writes it, ``OSError`` where it cannot be opened.
    """
    copy = folder / "copy.sqlite3"
    with source.open("rb") as file:
        _hold(file, source)
        lost = _copied(file, copy)
        for suffix in _WITH:
            beside = source.with_name(source.name + suffix)
            if beside.is_file() and not beside.is_symlink():
                with beside.open("rb") as journal:
                    _copied(journal, copy.with_name(copy.name + suffix))
    with suppress(sqlite3.Error), closing(sqlite.connect(str(copy), "rw")) as con:
        con.execute("SELECT count(*) FROM sqlite_master").fetchone()  # rolls back
        con.execute("PRAGMA journal_mode=DELETE")
    for suffix in _WITH:
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    return str(copy), lost


def _hold(file: BinaryIO, source: Path) -> None:
    """Take SQLite's shared lock until the file is closed. Raises ``LedgerBusy``."""
    if sys.platform == "win32":
        return
    try:
        for start, length in ((_PENDING, 1), (_SHARED, _SHARED_SIZE)):
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, length, start, os.SEEK_SET)
        fcntl.lockf(file, fcntl.LOCK_UN, 1, _PENDING, os.SEEK_SET)
    except OSError:
        raise LedgerBusy(f"台账正被另一个程序写入: {source}", "请等它完成后再试。") from None


def _copied(file: BinaryIO, target: Path) -> int:
    """Copy a file; what the disk does not give is zeros. Return how many bytes that is."""
    lost, size = 0, os.fstat(file.fileno()).st_size
    with target.open("xb") as copy:
        for start in range(0, size, _CHUNK):
            content, unread = _read(file, start, min(_CHUNK, size - start))
            copy.write(content)  # what cannot be written is no loss of the file: it is raised
            lost += unread
    return lost


def _read(file: BinaryIO, start: int, length: int) -> tuple[bytes, int]:
    """Return what is there, block by block where it cannot be read whole, and the bytes lost."""
    try:
        file.seek(start)
        return file.read(length), 0
    except OSError:
        if length <= _BLOCK:
            return bytes(length), length
    parts = [
        _read(file, block, min(_BLOCK, start + length - block))
        for block in range(start, start + length, _BLOCK)
    ]
    return b"".join(content for content, _ in parts), sum(unread for _, unread in parts)
