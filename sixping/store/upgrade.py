"""Ledgers of older formats: brought up to date for good, or read in today's format for a moment.

All steps of an upgrade, the format's number and the event ``migrated`` are one transaction (E9):
killed at any moment, the ledger is the old one or the new one. A copy of the old one is beside it
before anything changes.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import LedgerUnusable, NoPermission, SixpingError
from sixping.store import ddl, log, sqlite
from sixping.store.transaction import Transaction
from sixping.util.files import published, require_room

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sixping.store.writer import Stamp

_UNCHANGED = "台账没有升级, 还是原来的样子。"
_EITHER = "升级没有得到确认: 台账不是旧格式就是新格式, 两者都完好。"


class Upgraded(NamedTuple):
    """From which format to which, and where the ledger as it was before lies."""

    old: int
    new: int
    copy: str


def upgrade(path: str, stamp: Stamp) -> Upgraded | None:
    """Bring an older ledger to the newest format; None where another process already has.

    Raises ``LedgerUnusable`` where it may not be written or its structure was changed, and what
    ``sqlite.explained`` raises: then the ledger is as it was.
    """
    try:
        with closing(sqlite.open_writer(path)) as con:
            return _upgraded(con, path, stamp)
    except NoPermission as fault:
        raise LedgerUnusable(
            f"台账的格式是旧的, 要先升级, 而这个账号不能写: {path} ({fault.what})",
            f"文件属于 {_owner(path)}。{sqlite.UPGRADE}"
            "在只读的盘上时, 请先把台账移到能写的文件夹。",
        ) from fault


def upgrade_copy(path: str, stamp: Stamp) -> None:
    """Bring a copy to the newest format; what it was copied from stays, so none is put beside."""
    with closing(sqlite.open_writer(path)) as con:
        _upgraded(con, path, stamp, copied=True)


def _upgraded(
    con: sqlite.Connection, path: str, stamp: Stamp, *, copied: bool = False
) -> Upgraded | None:
    newest = len(ddl.MIGRATIONS)
    with sqlite.explained(path, _UNCHANGED):
        sqlite.allow_rebuilt_tables(con)
        sqlite.begin(con)  # whoever else upgrades waits here, and finds it done
        version = sqlite.check_identity(con, path)
        if version == newest:
            return None
        sqlite.check_released(con, path, version)
        copy = "" if copied else _saved(con, path, stamp.now)
        _take_steps(con, path, version)
        work = Transaction(con, stamp)
        facts = {"from": version, "to": newest, "program": stamp.program}
        work.note("organisation", "ledger", "migrated", facts)
        work.finish()
    with sqlite.explained(path, _EITHER):
        sqlite.commit(con)
    return Upgraded(version, newest, copy)


def _take_steps(con: sqlite.Connection, path: str, version: int) -> None:
    """Make a ledger of this format one of the newest, within a transaction."""
    for step in ddl.MIGRATIONS[version:]:
        sqlite.run(con, step)
    con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
    sqlite.check_schema(con, path)
    if con.execute("PRAGMA foreign_key_check").fetchone():
        raise LedgerUnusable(f"升级会留下对不上的记录, 没有升级: {path}", sqlite.DAMAGED)


def _owner(path: str) -> str:
    try:
        return Path(path).owner()
    except (KeyError, NotImplementedError):  # no name for it, or Windows
        return "另一个账号"


# --- the copy of before ------------------------------------------------------------------


def _saved(con: sqlite.Connection, path: str, now: datetime) -> str:
    """Return where a checked copy of a ledger lies that nobody else writes now.

    One that an upgrade left which was killed is as good: disks do not fill up with them.
    """
    state = _state(con)
    start = f"{Path(path).name}."
    for earlier in Path(path).parent.iterdir():
        named = earlier.name.startswith(start) and earlier.name.endswith(".bak")
        if named and _is_such_a_copy(earlier, state):
            return str(earlier)
    # the copy, and the journal that holds what the steps change
    require_room(Path(path).parent, 2 * Path(path).stat().st_size, _UNCHANGED)
    name = f"{path}.{now:%Y%m%d%H%M%S}"
    names = (f"{name}{number}.bak" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    target = next(target for target in names if not os.path.lexists(target))
    _save_as_it_is(path, target, lambda copy, draft: _check_copy(copy, draft, state))
    return target


def _state(con: sqlite.Connection) -> tuple[object, ...]:
    """Return what tells one state of one ledger from every other."""
    (version,) = con.execute("PRAGMA user_version").fetchone()
    return version, log.ledger_id(con), log.last_link(con)


def _check_copy(copy: sqlite.Connection, path: str, state: tuple[object, ...]) -> None:
    """Refuse a copy that is damaged, changed or of another state."""
    sqlite.check_sound(copy, path)
    require_any_format(copy, path)
    if _state(copy) != state:
        raise LedgerUnusable(f"另存的一份与台账不同: {path} {_UNCHANGED}", "请重试。")


def _is_such_a_copy(path: Path, state: tuple[object, ...]) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with closing(sqlite.connect(str(path), "ro")) as copy:
            _check_copy(copy, str(path), state)
    except (sqlite.Error, SixpingError, UnicodeDecodeError):
        return False
    return True


def _save_as_it_is(
    path: str, target: str, check: Callable[[sqlite.Connection, str], object]
) -> None:
    """Copy a ledger of an older format to a new name; ``check`` refuses a copy that is not right.

    Raises ``NotAllowed`` for an existing target.
    """
    with published(target) as draft:
        with closing(sqlite.connect(path, "rw")) as source:
            sqlite.copy(source, draft)
        with closing(sqlite.connect(draft, "rw")) as copy:
            check(copy, draft)


# --- read for a moment -------------------------------------------------------------------


def in_todays_format(con: sqlite.Connection, path: str, version: int) -> sqlite.Connection:
    """Return a reader of what an open ledger of an older format holds, in today's.

    It reads a copy in a file without a name, which is gone with the process however that ends.
    Raises ``LedgerUnusable`` where the structure was changed, and ``sqlite.Error``.
    """
    sqlite.check_released(con, path, version)
    new = sqlite.nameless()
    try:
        con.backup(new)
        sqlite.allow_rebuilt_tables(new)
        sqlite.begin(new)
        _take_steps(new, path, version)
        sqlite.commit(new)
        sqlite.apply_profile(new, writing=False)
    except BaseException:
        new.close()
        raise
    return new


def require_any_format(con: sqlite.Connection, path: str) -> int:
    """Return the format of an open ledger; refuse one that is not as it was released in it."""
    version = sqlite.check_identity(con, path)
    sqlite.check_released(con, path, version)
    return version


def of_any_format(path: str | os.PathLike[str]) -> sqlite.Connection:
    """Return a reader of a ledger, in today's format; raises what ``open_reader`` does."""
    try:
        return sqlite.open_reader(path)
    except sqlite.OlderFormat:
        return read_as_it_is(os.fspath(path))


def read_as_it_is(path: str) -> sqlite.Connection:
    """Return a reader of an older ledger in today's format; raises what ``open_reader`` does."""
    with closing(sqlite.open_reader(path, checked=False)) as con, sqlite.explained(path, ""):
        return in_todays_format(con, path, sqlite.check_identity(con, path))
