"""What was last done for a ledger on this machine: backup, anchor, drill, verify.

It is kept outside the ledger, in the account's state folder: whoever puts an old copy of the
ledger back does not put this back with it. It is a reminder and a second witness, no part of the
ledger: losing it costs a warning, writing it never fails a command. Each thing has a file of its
own: two programs that end at once take nothing from each other.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sixping.errors import SixpingError
from sixping.util.clock import from_text, instant, to_text
from sixping.util.files import make_folder, published
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from datetime import datetime

What = Literal["backup", "anchor", "drill", "verify"]

_LEDGER = re.compile(r"[0-9a-f]{32}")  # anything else would name a file elsewhere


class Done(NamedTuple):
    """One thing done: when, at which state of the ledger (seq, head in hex), and to where."""

    at: datetime
    seq: int
    head: str
    where: str | None


def record(
    ledger_id: str | None,
    what: What,
    at: datetime,
    seq: int,
    head: str,
    where: str | None = None,
) -> None:
    """Keep what was done in place of what was done before; never fails the command."""
    path = _file(ledger_id, what)
    if path is None:
        return
    said = {"at": to_text(at), "seq": seq, "head": head, "where": where}
    with suppress(OSError, SixpingError):
        make_folder(path.parent)
        with published(path, force=True) as draft:
            Path(draft).write_text(f"{dump_json(said, indent=2)}\n", encoding="utf-8")


def last(ledger_id: str | None, what: What) -> Done | None:
    """Return what was last done on this machine, None where nothing is known of it."""
    path = _file(ledger_id, what)
    said: Any = _read(path) if path else None
    try:
        seq, head, where = int(said["seq"]), str(said["head"]), said["where"]
        return Done(instant(from_text(said["at"])), seq, head, where and str(where))
    except (KeyError, TypeError, ValueError):
        return None


def unkept() -> str | None:
    """Return the folder where this account can keep nothing of this, None where it can."""
    folder = _folder()
    if folder is None:
        return "没有主目录"
    with suppress(OSError):  # a folder that cannot be looked into
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return None
    return str(folder)


def known_at(path: Path) -> str | None:
    """Return the id of the ledger that was last verified under a name: the file may be gone."""
    name, found, folder = os.path.realpath(path), [], _folder()
    with suppress(OSError, RuntimeError):
        for file in sorted(folder.glob("*.verify.json")) if folder else ():
            ledger_id = file.name.partition(".")[0]
            done = last(ledger_id, "verify")
            if done is not None and done.where == name:
                found.append((done.at, ledger_id))
    return max(found)[1] if found else None


def _file(ledger_id: str | None, what: What) -> Path | None:
    if ledger_id is None or not _LEDGER.fullmatch(ledger_id):
        return None
    folder = _folder()
    return folder / f"{ledger_id}.{what}.json" if folder else None


def _folder() -> Path | None:
    import platformdirs

    with suppress(OSError, RuntimeError):  # an account without a home
        return platformdirs.user_state_path("sixping", appauthor=False) / "custody"
    return None


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
