"""A command that is killed before its n-th change of a name or n-th syncing of a file."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from tests.kit.deadline import reaped

if TYPE_CHECKING:
    from tests.conftest import Runner

_CALLS = ("replace", "link", "unlink", "rename", "fsync")
_SECONDS = 120.0


def killed(call: Runner, place: int, *argv: str, now: str) -> int:
    """Run a command in a copy of this process, killed before its ``place``-th such call.

    Returns its exit code, negative where a signal ended it.
    """
    child = os.fork()
    if child == 0:  # pragma: no cover - the child becomes the program
        code = 70
        try:
            _kill_at(place)
            code = call(*argv, now=now).code
        finally:
            os._exit(code)
    return reaped(child, _SECONDS)


def _kill_at(place: int) -> None:  # pragma: no cover - in the child
    count = 0

    def counted(real: Any) -> Any:
        def wrapped(*args: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == place:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        return wrapped

    for name in _CALLS:
        setattr(os, name, counted(getattr(os, name)))
