"""The name under which a replaced ledger lies beside the new one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_STAMP = "%Y%m%d-%H%M%S"
MARK = ".replaced-"
"""Stands in the name of a ledger that was set aside, before the time."""


def name_aside(name: Path, now: datetime) -> Path:
    """Return a free name beside a ledger for the file itself when it is set aside."""
    stem = f"{name.name}{MARK}{now:{_STAMP}}"
    nth, aside = 1, name.with_name(stem)
    while os.path.lexists(aside):
        nth += 1
        aside = name.with_name(f"{stem}-{nth}")
    return aside


def other_name(name: str) -> Path | None:
    """Return the second name that a killed restore left of a ledger, None where it is another."""
    path = Path(name)
    with suppress(OSError):
        for one in sorted(path.parent.glob(f"{_escaped(path.name)}{MARK}*")):
            if not one.is_symlink() and one.samefile(path):
                return one
    return None


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
