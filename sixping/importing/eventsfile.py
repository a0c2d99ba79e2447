"""Is a file the events of a ledger? It says so in its first line (``documents.eventlines``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FIRST = b'{"what": "sixping-events"'


def is_events_file(path: Path) -> bool:
    """Return whether a file begins as one of events does; False for what cannot be read."""
    if not path.is_file():
        return False  # a pipe would be waited for
    try:
        with path.open("rb") as file:
            return file.read(len(_FIRST)) == _FIRST
    except OSError:
        return False  # whoever reads it says why
