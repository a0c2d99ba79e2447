"""Under whose hand an event is recorded: time, account, host and program."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sixping import __version__

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """When, on whose behalf, by which account, where and with what an event is recorded."""

    now: datetime
    by: str | None
    user: str
    host: str
    program: str
    stated_now: bool = False

    @classmethod
    def take(cls, now: datetime, stated_now: bool, by: str | None) -> Stamp:  # noqa: FBT001
        """Take the stamp of this process; the clock's reading is an argument."""
        return cls(now, by, _account(), socket.gethostname(), f"sixping {__version__}", stated_now)


def _account() -> str:
    try:
        import pwd
    except ImportError:  # Windows
        return os.environ.get("USERNAME", "?")
    uid = os.getuid()
    try:
        return f"{pwd.getpwuid(uid).pw_name}({uid})"
    except KeyError:
        return f"({uid})"
