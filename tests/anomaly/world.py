"""A folder with a desk in it, and commands in processes forked from one that is warm.

A start of Python costs ten times what a command does. So a driver (a process of its own, with one
thread) imports sixping, does each command once, and forks: the child is the program from its first
line on, with streams, files and a process of its own, and dies like any other.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

NOW = "2026-11-23T09:00:00+08:00"
DEADLINE = 90.0
"""Seconds after which a child that is still there is a fault of its own."""


class Ended(NamedTuple):
    """What became of a command: its exit code (None: killed) and what it had said."""

    code: int | None
    out: str
    err: str


def nothing() -> None:
    """Prepare nothing in a child."""


class World:
    """A folder of its own: a home, a desk with the ledger, and beside it what was said."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.desk = root / "desk"
        self.said = root.parent / f"{root.name}-said"
        self.ledger = self.desk / "ledger.sqlite3"
        self.said.mkdir(parents=True, exist_ok=True)

    def line(self, argv: Sequence[str]) -> list[str]:
        """Return the arguments of a command, on this world's ledger unless they name another."""
        return list(argv) if argv[0] == "--ledger" else ["--ledger", str(self.ledger), *argv]

    def start(
        self,
        argv: Sequence[str],
        name: str,
        stdin: bytes = b"",
        prepare: Callable[[], None] = nothing,
    ) -> int:
        """Fork a child that does one command; return its process id."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        source = self.said / f"{name}.in"
        source.write_bytes(stdin)
        for end in ("out", "err"):  # one killed at once is not to speak with another's words
            (self.said / f"{name}.{end}").unlink(missing_ok=True)
        pid = os.fork()
        if pid:
            return pid
        try:
            self._become(name, source)
            prepare()
            os._exit(_program()(self.line(argv)))
        finally:
            os._exit(99)

    def _become(self, name: str, source: Path) -> None:
        os.environ["HOME"] = str(self.root / "home")
        os.environ["SIXPING_NOW"] = NOW
        os.chdir(self.desk)
        os.dup2(os.open(source, os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        for number, end in ((1, "out"), (2, "err")):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
            os.dup2(os.open(self.said / f"{name}.{end}", flags, 0o600), number)

    def ended(self, name: str, status: int) -> Ended:
        """Return what a child that is gone had said."""
        killed = os.WIFSIGNALED(status)
        return Ended(None if killed else os.waitstatus_to_exitcode(status), *self.words(name))

    def words(self, name: str) -> tuple[str, str]:
        """Return what a child has said so far."""
        out, err = (self._read(name, end) for end in ("out", "err"))
        return out, err

    def _read(self, name: str, end: str) -> str:
        path = self.said / f"{name}.{end}"
        return path.read_bytes().decode(errors="replace") if path.exists() else ""

    def run(
        self, argv: Sequence[str], stdin: bytes = b"", prepare: Callable[[], None] = nothing
    ) -> Ended:
        """Do a command in a child to its end; one that does not end is killed and answers 98."""
        pid = self.start(argv, "run", stdin, prepare)
        until = time.monotonic() + DEADLINE
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return self.ended("run", status)
            if time.monotonic() > until:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                return Ended(98, *self.words("run"))
            time.sleep(0.0005)

    def call(self, argv: Sequence[str], stdin: bytes = b"", now: str = NOW) -> Ended:
        """Do a command in this very process: the quickest, and it warms what is forked later."""
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
        before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(stdin), encoding="utf-8")
        home = {"HOME": str(self.root / "home"), "SIXPING_NOW": now}
        saved = {name: os.environ.get(name) for name in home}
        os.environ.update(home)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = _program()(self.line(argv))
        finally:
            sys.stdin = before
            for key, value in saved.items():
                if value is None:
                    del os.environ[key]
                else:
                    os.environ[key] = value
        return Ended(code, *(_text(stream) for stream in (out, err)))

    def ok(self, argv: Sequence[str], stdin: bytes = b"", now: str = NOW) -> Ended:
        """Do what must succeed."""
        done = self.call(argv, stdin, now)
        if done.code:
            raise AssertionError(f"{argv}: {done.code} {done.err}")
        return done

    def twin(self, name: str) -> World:
        """Return a copy of this world: same files, another place."""
        other = World(self.root.parent / name)
        other.clear()
        shutil.copytree(self.root, other.root)
        other.said.mkdir(exist_ok=True)
        return other

    def clear(self) -> None:
        """Remove the files of this world."""
        for folder in (self.root, self.said):
            shutil.rmtree(folder, ignore_errors=True)


def _program() -> Callable[[Sequence[str]], int]:
    from sixping.cli import main

    return main


def _text(stream: TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode(errors="replace")


@contextmanager
def worlds(*, memory: bool) -> Iterator[Path]:
    """Lend a folder for worlds, in memory where there is such a place and the disk is not asked."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    place = shared if memory and shared.is_dir() and os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sixping-anomaly-", dir=place) as name:
        yield Path(name)
