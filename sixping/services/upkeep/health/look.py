"""What a check of the machine looks at, and what it tells; a ledger that cannot be read is none."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.errors import LedgerUnusable, SixpingError
from sixping.store import custody, ddl, log, sqlite
from sixping.store.layers import reading
from sixping.util.clock import from_text, instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sixping.store.custody import Done, What
    from sixping.store.sqlite import Connection

#: what a damaged file may raise where it is read: each is a thing not known, never a crash
UNREADABLE: Final = (*reading.UNREADABLE, OSError)


class Told(NamedTuple):
    """What a check came to: True fine, False a promise not kept, None not known or a mere note."""

    ok: bool | None
    what: str
    hint: str = ""


class Look(NamedTuple):
    """A ledger as one look found it, at ``now``.

    ``con`` is None where it cannot be read (``fault`` says why); ``format`` is its format where
    that could be read; ``ledger_id`` of one that cannot be read is that of the ledger last verified
    there; ``seq``, ``head`` and ``recorded`` are of its last event.
    """

    path: Path
    now: datetime
    stated_now: bool = False
    con: Connection | None = None
    fault: SixpingError | None = None
    format: int | None = None
    wal: bool = False
    ledger_id: str | None = None
    seq: int = 0
    head: str = ""
    recorded: datetime | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a file at all."""
        try:
            return self.path.exists()
        except OSError:
            return False

    def last(self, what: What) -> Done | None:
        """Return what was last done: by the records of this account, and by manifests beside."""
        known = custody.last(self.ledger_id, what)
        if what != "backup" or self.ledger_id is None:
            return known
        folders = [self.path.parent, *_folders_in(self.path.parent)]
        if known and known.where:
            folders.append(self.path.parent.joinpath(known.where).parent)
        found = [each for folder in folders for each in manifests(folder, self.ledger_id)]
        return max([*found, *([known] if known else [])], key=lambda each: each.at, default=None)


@contextmanager
def looking(path: Path, now: datetime, *, stated_now: bool = False) -> Iterator[Look]:
    """Look at a ledger, or at what is there in its place; raises nothing for what it finds."""
    blank = Look(path, now, stated_now, wal=_in_wal(path), ledger_id=custody.known_at(path))
    try:
        con = sqlite.open_reader(path, checked=False)
    except UNREADABLE as fault:
        yield blank._replace(fault=_fault(fault, path))
        return
    with closing(con):
        yield _read(blank, con)


def _read(blank: Look, con: Connection) -> Look:
    name = str(blank.path)
    look = blank
    try:
        with sqlite.explained_sqlite(name, ""):
            sqlite.hold_still(con)
            look = look._replace(format=sqlite.check_identity(con, name))
            seq, link, recorded = log.last_link(con) if look.format else (0, b"", None)
            look = look._replace(ledger_id=log.ledger_id(con), seq=seq, head=link.hex())
            look = look._replace(recorded=from_text(recorded) if recorded else None)
            if look.format == len(ddl.MIGRATIONS):
                sqlite.check_schema(con, name)
                return look._replace(con=con)
    except UNREADABLE as fault:
        return look._replace(fault=_fault(fault, blank.path))
    return look


def _fault(fault: BaseException, path: Path) -> SixpingError:
    if isinstance(fault, SixpingError):
        return fault
    return LedgerUnusable(f"台账读不出: {path}", sqlite.DAMAGED)


def _in_wal(path: Path) -> bool:
    """Tell by the head of the file, before SQLite has it open; a pipe would wait for ever."""
    if not path.is_file():
        return False
    with suppress(OSError), path.open("rb") as stream:
        return stream.read(20)[18:20] == b"\x02\x02"
    return False


def _folders_in(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    return []


def manifests(folder: Path, ledger_id: str) -> Iterator[Done]:
    """Yield the backups in a folder that have a manifest and are there."""
    with suppress(OSError):
        for file in sorted(folder.glob(f"sixping-{ledger_id[:8]}-*.json")):
            with suppress(*UNREADABLE):
                said = json.loads(file.read_bytes())
                copy = folder / str(said["file"])
                at, anchor = instant(from_text(said["made_at"])), said["anchor"]
                if copy.is_file() and said["ledger"] == ledger_id:
                    yield custody.Done(at, int(anchor["seq"]), str(anchor["head"]), str(copy))
