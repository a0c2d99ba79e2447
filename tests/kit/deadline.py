"""Reading from a child has an end: it is killed when it says nothing for too long."""

from __future__ import annotations

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
