"""A terminal of 80 x 24 with the program on it, as somebody sits before it.

Every read has a deadline; nothing sleeps. Import it behind ``pytest.importorskip("pty")``.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.kit.deadline import reaped

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60.0  # a machine may stand still for a while: red only where nothing comes at all
LEFT, RIGHT, UP, HOME, END = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[H", "\x1b[F"
BACKSPACE, CTRL_C, CTRL_D, ENTER = "\x7f", "\x03", "\x04", "\r"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")


def pasted(text: str) -> str:
    """Return what a terminal sends for a pasted block."""
    return f"\x1b[200~{text}\x1b[201~"


class Terminal:
    """One command on a terminal of its own; ``until`` goes on from what was seen last."""

    def __init__(self, ledger: Path, now: str, *argv: str, term: str = "xterm") -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # pragma: no cover - the child becomes the program
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where pytest runs under nohup
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            env = {
                "PYTHONPATH": str(ROOT), "HOME": str(ledger.parent), "PYTHONUTF8": "1",
                "SIXPING_LEDGER": str(ledger), "SIXPING_NOW": now, "TERM": term,
            }  # fmt: skip
            os.execve(sys.executable, [sys.executable, "-m", "sixping", *argv], env)  # noqa: S606
        self._raw = b""
        self._from = 0

    @property
    def seen(self) -> str:
        """All that was shown, without what moves the cursor and colours."""
        return _ESCAPES.sub("", self._raw.decode(errors="replace"))

    def until(self, words: str) -> None:
        """Wait for words that were not yet waited for."""
        deadline = time.monotonic() + SECONDS
        while (at := self.seen.find(words, self._from)) < 0:
            assert self._read(deadline), f"{words!r} never came: {self.seen[self._from :]!r}"
        self._from = at + len(words)

    def type(self, keys: str) -> None:
        """Press keys, as they are."""
        os.write(self.fd, keys.encode())

    def answer(self, question: str, keys: str = "") -> None:
        """Wait for a question, press keys and Enter."""
        self.until(question)
        self.type(keys + ENTER)

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        deadline = time.monotonic() + SECONDS
        while self._read(deadline):
            pass
        if time.monotonic() >= deadline:
            os.kill(self.pid, signal.SIGKILL)
            pytest.fail(f"the program did not end: {self.seen}")
        os.close(self.fd)
        return reaped(self.pid, SECONDS)

    def _read(self, deadline: float) -> bool:
        """Take in what comes; False once the program has gone or the time is over."""
        if not select.select([self.fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:  # the program has gone
            return False
        self._raw += got
        return bool(got)
