"""Reading from a child has an end: it is killed when it says nothing for too long."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


@contextmanager
def killed_after(seconds: float, child: subprocess.Popen[Any]) -> Iterator[None]:
    """Kill a child that still runs when the time is over: whoever reads from it reads its end."""
    timer = Timer(seconds, child.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def reaped(pid: int, seconds: float) -> int:
    """Wait for the end of a forked child, which is killed when the time is over; return its code.

    A child that was killed answers with the negative number of the signal.
    """
    timer = Timer(seconds, os.kill, (pid, signal.SIGKILL))
    timer.start()
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        timer.cancel()
        timer.join(seconds)  # the next fork is to find one thread
