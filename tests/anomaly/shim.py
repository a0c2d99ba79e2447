"""Between the program and the C library: what it writes is noted down, or one call fails.

``shim.c`` is compiled with gcc and loaded before everything else (LD_PRELOAD), so it sees what
Python and SQLite ask of the system. It works in forked children at once, where strace would cost
a start of Python for each of thousands of faults.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import shutil
import subprocess
import sys
from pathlib import Path
from struct import Struct
from typing import NamedTuple

SOURCE = Path(__file__).with_name("shim.c")
KINDS = ("open", "read", "write", "sync", "truncate", "rename", "link", "unlink", "mkdir", "lock")
ERRORS: dict[str, tuple[int, ...]] = {
    "open": (errno.EMFILE, errno.EIO, errno.ENOSPC),
    "read": (errno.EIO,),
    "write": (errno.EIO, errno.ENOSPC),
    "sync": (errno.EIO, errno.ENOSPC),
    "truncate": (errno.EIO,),
    "rename": (errno.EIO, errno.ENOSPC),
    "link": (errno.EIO, errno.ENOSPC),
    "unlink": (errno.EIO,),
    "mkdir": (errno.EIO, errno.ENOSPC),
    "lock": (errno.EIO,),
}
"""What each kind of call may answer when it fails."""
_HEAD = Struct("<cqqqq")


class Op(NamedTuple):
    """A call that reached the files.

    ``c``reated, ``w``rote, ``t``runcated, ``s``ynced, ``r``enamed, ``l``inked, ``u``nlinked, made a
    ``d``irectory; ``o`` and ``e`` are words of the program.
    """

    what: str
    path: str
    other: str
    number: int
    data: bytes


def missing() -> str:
    """Say what keeps the shim from working here; nothing when it does."""
    if not sys.platform.startswith("linux"):
        return "needs Linux (LD_PRELOAD)"
    return "" if shutil.which("gcc") else "needs gcc"


def loaded_into(folder: Path) -> dict[str, str]:
    """Compile the shim and return the environment in which a process loads it."""
    made = folder / "shim.so"
    subprocess.run(
        ["gcc", "-O1", "-fPIC", "-shared", "-o", str(made), str(SOURCE)], check=True, timeout=60
    )
    return os.environ | {"LD_PRELOAD": str(made)}


def record(folder: Path, notes: Path) -> None:
    """Note down, from here on, what this process does to the files of a folder."""
    notes_fd = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    ctypes.CDLL(None).anomaly_record(os.fsencode(folder), notes_fd)


def recorded(notes: Path) -> list[Op]:
    """Read what was noted down."""
    data, at, ops = notes.read_bytes(), 0, []
    while at < len(data):
        what, one, two, number, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        words = []
        for size in (one, two, length):
            words.append(data[at : at + size])
            at += size
        ops.append(
            Op(what.decode(), os.fsdecode(words[0]), os.fsdecode(words[1]), number, words[2])
        )
    return ops


class Counts:
    """How often each kind of call was made in a child, and how often one failed: shared memory."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self._cells = (ctypes.c_int * (len(KINDS) + 1)).from_buffer(self._memory)

    def clear(self) -> None:
        """Begin to count anew."""
        for place in range(len(self._cells)):
            self._cells[place] = 0

    def calls(self) -> dict[str, int]:
        """Return the calls by kind."""
        return dict(zip(KINDS, self._cells[:-1], strict=True))

    def failed(self) -> int:
        """Return how many calls were made to fail."""
        return int(self._cells[len(KINDS)])

    def fail(self, folder: Path, kind: str, error: int, nth: int, *, lasting: bool) -> None:
        """Let the N-th call on files of a folder fail in this process (0: only count)."""
        ctypes.CDLL(None).anomaly_fail(
            os.fsencode(folder), ctypes.byref(self._cells), KINDS.index(kind), error, nth, lasting
        )
