"""Copies of a ledger beside it: leftovers of what was killed, and backups that still hold words.

A leftover is known by its name (``.NAME.<12 hex>.tmp`` of a backup, as ``files`` makes them,
``.sixping-…`` of an export) and is swept when it is older than what may still be written; a backup
is known by the ledger's own name, or by that of the ledger whose events it took over.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, NamedTuple

from sixping.store import ddl, log, sqlite
from sixping.store.rows import of_kind
from sixping.util.unfinished import PATTERN, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LEFTOVER = re.compile(rf"\..+\.[0-9a-f]{{12}}\.tmp(?:-journal)?|{PATTERN}")
#: seconds: a copy is written within them, or was killed
_ALIVE = 600
_MAGIC, _HEADER = b"SQLite format 3\x00", 72
_SALTS = "SELECT seq, salt FROM told WHERE seq IN (SELECT value FROM json_each(?))"
_ORIGINS = (
    "SELECT json_extract(e.facts, '$.ledger'), json_extract(e.facts, '$.first') - 1 FROM events e"
    f" WHERE {of_kind('e', 'taken_over')}"
)


class Copies(NamedTuple):
    """Files removed, files that hold what was erased, and leftovers too young to be removed."""

    swept: tuple[Path, ...]
    holding: tuple[Path, ...]
    unfinished: tuple[Path, ...]


def copies_of(
    path: str | os.PathLike[str], seqs: Sequence[int], folders: Iterable[Path] = ()
) -> Copies:
    """Sweep the leftovers beside a ledger, and name its copies that have words of these events.

    Looked at: the folder of the ledger, the folders in it, and ``folders``; for leftovers where
    the system puts temporary files too.
    """
    name = Path(sqlite.real_path(path))
    with closing(sqlite.open_reader(path)) as con:
        salts = _salts(con, seqs)
        words = {log.ledger_id(con): _Words(seqs, salts)}
        for origin, before in con.execute(_ORIGINS).fetchall():
            words[origin] = _Words([seq - before for seq in seqs], salts, before)
    written = name.stat().st_mtime
    swept: list[Path] = []
    holding: list[Path] = []
    young: list[Path] = []
    for file in _files(name, folders):
        if _LEFTOVER.fullmatch(file.name):
            (swept if _sweep(file, written) else young).append(file)
        elif _is_ledger(file) and _holds(file, words):
            holding.append(file)
    return Copies(tuple(swept), tuple(holding), tuple(young))


def leftovers(ledger: Path, now: float, folders: Iterable[Path] = ()) -> list[Path]:
    """Return what killed commands left beside a ledger and nobody can be writing still.

    Looked at: as in ``copies_of``. ``ledger``: its real path; ``now``: seconds since 1970.
    """
    found = []
    for file in _files(ledger, folders):
        with suppress(OSError):
            if _LEFTOVER.fullmatch(file.name) and file.stat().st_mtime <= now - _ALIVE:
                found.append(file)
    return found


class _Words(NamedTuple):
    """Of which events of a ledger words went, and under which salt others of them are here now.

    ``before``: how much less the numbers of these events are there.
    """

    seqs: Sequence[int]
    salts: Mapping[int, bytes]
    before: int = 0


def _files(ledger: Path, folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the regular files of the folders, each once; never the ledger or a link."""
    beside = [ledger.parent]
    with suppress(OSError):
        beside += sorted(f for f in ledger.parent.iterdir() if not f.is_symlink())
    seen: set[Path] = {ledger}
    for folder in [*beside, *folders]:
        with suppress(OSError):
            for file in sorted(folder.iterdir()):
                real = Path(os.path.realpath(file))
                if real not in seen and _may_be_ours(file):
                    seen.add(real)
                    yield file
    yield from filter(_may_be_ours, _in_temporary())


def _may_be_ours(path: Path) -> bool:
    """Return whether this is a file, or the folder in which a workbook is made."""
    return not path.is_symlink() and (path.is_file() or path.name.startswith(PREFIX))


def _in_temporary() -> Iterator[Path]:
    """Yield what this account left where the system puts temporary files."""
    with suppress(OSError):
        for path in sorted(Path(gettempdir()).glob(f"{PREFIX}*")):
            with suppress(OSError):
                if path.lstat().st_uid == _account():
                    yield path


def _account() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _sweep(path: Path, now: float) -> bool:
    """Remove a leftover unless it may still be written at ``now``; return whether it went."""
    with suppress(OSError):
        parts = [path, *path.iterdir()] if path.is_dir() else [path]
        if max(part.stat().st_mtime for part in parts) <= now - _ALIVE:
            for part in parts[1:]:
                part.unlink()
            path.rmdir() if path.is_dir() else path.unlink()
            return True
    return False


def _is_ledger(file: Path) -> bool:
    """Tell by the head of a file; it is no file that this process has open."""
    with suppress(OSError), file.open("rb") as stream:
        head = stream.read(_HEADER)
        return head.startswith(_MAGIC) and head[68:72] == ddl.APPLICATION_ID.to_bytes(4, "big")
    return False


def _holds(file: Path, words: Mapping[str | None, _Words]) -> bool:
    """Return whether a copy has words that went; one that cannot be read may have them."""
    try:
        with closing(sqlite3.connect(sqlite.uri(str(file), "ro"), uri=True, timeout=1)) as con:
            wanted = words.get(log.ledger_id(con))
            if wanted is None:
                return False
            found = _salts(con, wanted.seqs)
    except sqlite3.Error:
        return True
    return any(wanted.salts.get(seq + wanted.before) != salt for seq, salt in found.items())


def _salts(con: sqlite.Connection, seqs: Sequence[int]) -> dict[int, bytes]:
    return dict(con.execute(_SALTS, (json.dumps(list(seqs)),)).fetchall())
