"""What is not complete yet: how it is named, and when the rest of something killed may go."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: begins the name of what becomes an export, and of the folder where a workbook is made
PREFIX: Final = ".sixping-"
#: what the random part of such a name may be
PATTERN: Final = r"\.sixping-[a-z0-9_]{8}"
#: seconds: a copy is written within them, or was killed
_ALIVE = 600


def in_temporary() -> Iterator[Path]:
    """Yield what this account left where the system puts temporary files."""
    with suppress(OSError):
        for path in sorted(Path(gettempdir()).glob(f"{PREFIX}*")):
            with suppress(OSError):
                if path.lstat().st_uid == _account():
                    yield path


def _account() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def sweep(path: Path, now: float) -> bool:
    """Remove a leftover unless it may still be written at ``now``; return whether it went."""
    with suppress(OSError):
        parts = [path, *path.iterdir()] if path.is_dir() else [path]
        if max(part.stat().st_mtime for part in parts) <= now - _ALIVE:
            for part in parts[1:]:
                part.unlink()
            path.rmdir() if path.is_dir() else path.unlink()
            return True
    return False
