"""Copies of a ledger beside it: leftovers of killed backups, and backups that still hold words.

A leftover is known by its name (``.NAME.<12 hex>.tmp``, as ``files`` makes them) and is swept
when it is older than what may still be written; a backup is known by the ledger's own name.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sixping.store import ddl, log, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LEFTOVER = re.compile(r"\..+\.[0-9a-f]{12}\.tmp(?:-journal)?")
_MAGIC, _HEADER = b"SQLite format 3\x00", 72
#: seconds: a copy is written within them, or was killed
_ALIVE = 600
_HOLDS = "SELECT 1 FROM told WHERE seq IN (SELECT value FROM json_each(?)) LIMIT 1"


class Copies(NamedTuple):
    """Files removed, files that hold what was erased, and leftovers too young to be removed."""

    swept: tuple[Path, ...]
    holding: tuple[Path, ...]
    unfinished: tuple[Path, ...]


def copies_of(
    path: str | os.PathLike[str], seqs: Sequence[int], folders: Iterable[Path] = ()
) -> Copies:
    """Sweep the leftovers beside a ledger, and name its copies that have words of these events.

    Looked at: the folder of the ledger, the folders in it, and ``folders``.
    """
    name = Path(sqlite.real_path(path))
    with closing(sqlite.open_reader(path)) as con:
        own = log.ledger_id(con)
    swept: list[Path] = []
    holding: list[Path] = []
    young: list[Path] = []
    for file in _files(name, folders):
        if _LEFTOVER.fullmatch(file.name):
            (swept if _sweep(file, name) else young).append(file)
        elif _is_ledger(file) and _holds(file, own, seqs):
            holding.append(file)
    return Copies(tuple(swept), tuple(holding), tuple(young))


def _files(ledger: Path, folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the regular files of the folders, each once; never the ledger or a link."""
    beside = [ledger.parent]
    with suppress(OSError):
        beside += sorted(f for f in ledger.parent.iterdir() if f.is_dir() and not f.is_symlink())
    seen: set[Path] = set()
    for folder in [*beside, *folders]:
        with suppress(OSError):
            for file in sorted(folder.iterdir()):
                real = Path(os.path.realpath(file))
                if real not in {ledger, *seen} and file.is_file() and not file.is_symlink():
                    seen.add(real)
                    yield file


def _sweep(file: Path, ledger: Path) -> bool:
    """Remove a leftover, unless it may still be written; the ledger was written just now."""
    with suppress(OSError):
        if file.stat().st_mtime <= ledger.stat().st_mtime - _ALIVE:
            file.unlink()
            return True
    return False


def _is_ledger(file: Path) -> bool:
    """Tell by the head of a file; it is no file that this process has open."""
    with suppress(OSError), file.open("rb") as stream:
        head = stream.read(_HEADER)
        return head.startswith(_MAGIC) and head[68:72] == ddl.APPLICATION_ID.to_bytes(4, "big")
    return False


def _holds(file: Path, own: str | None, seqs: Sequence[int]) -> bool:
    """Return whether a copy has words of these events; one that cannot be read may have them."""
    try:
        with closing(sqlite3.connect(sqlite.uri(str(file), "ro"), uri=True, timeout=1)) as con:
            if log.ledger_id(con) != own:
                return False
            return con.execute(_HOLDS, (json.dumps(list(seqs)),)).fetchone() is not None
    except sqlite3.Error:
        return True
