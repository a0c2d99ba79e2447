"""Runs tests by the hundred, each in a fork of one process that has loaded everything foreign.

Starting Python with pytest takes longer than most tests do. What is tried is loaded anew each time:
the process itself knows no module of the tree.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOREIGN = ("pytest", "hypothesis", "xdist", "typer", "typer.testing", "sqlmodel", "openpyxl",
            "xlsxwriter", "orjson", "icalendar", "rich.console", "unittest.mock", "multiprocessing",
            "platformdirs", "dateutil.parser")  # fmt: skip
_ARGV = ("-x", "-q", "-p", "no:cacheprovider", "-n", "0", "--tb", "line",
         "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
WITHOUT_END = -1


class Ended(NamedTuple):
    """How pytest ended: its exit code (``WITHOUT_END``: it was stopped) and what it said."""

    code: int
    said: str


@contextmanager
def forked(tree: Path, deadline: int) -> Iterator[Callable[[str], Ended]]:
    """Give what runs a test of a tree, for at most ``deadline`` seconds."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SIXPING_")}
    server = subprocess.Popen(
        [sys.executable, "-P", __file__, str(deadline)],
        cwd=tree,
        env=environment | {"PYTHONPATH": str(tree), "CI": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    asked, answers = server.stdin, server.stdout
    said = tree.parent / "said.txt"

    def run(test: str) -> Ended:
        said.write_bytes(b"")
        print(test, said, sep="\t", file=asked, flush=True)
        code = int(answers.readline())
        return Ended(code, said.read_text("utf-8", "replace"))

    try:
        yield run
    finally:
        asked.close()
        answers.close()
        server.wait(timeout=deadline)


def _serve(deadline: int) -> None:
    for name in _FOREIGN:
        with suppress(ImportError):
            import_module(name)
    from _pytest.config import default_plugins

    for name in default_plugins:
        import_module(f"_pytest.{name}")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    for line in sys.stdin:
        test, _, output = line.rstrip("\n").partition("\t")
        child = os.fork()
        if not child:
            _run(test, output)
        ended = signal.sigtimedwait({signal.SIGCHLD}, deadline)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # and whatever it began
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status) if ended else WITHOUT_END, flush=True)


def _run(test: str, output: str) -> None:
    code = 4
    try:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        written = os.open(output, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for handle, place in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(handle, place)
        import pytest

        code = int(pytest.main([*_ARGV, test]))
        sys.stdout.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
