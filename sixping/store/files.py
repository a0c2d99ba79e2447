"""Files of a ledger: make one, copy one, bring an old one up to date, publish what is complete.

A file appears under its name only when it is complete and on disk: built under a
temporary name in the same directory (0600), synced, then published in one step.
All steps of an upgrade, the format's number and the event ``migrated`` are one transaction (E9):
killed at any moment, the ledger is the old one or the new one.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import LedgerUnusable, NoPermission, NotAllowed, SixpingError
from sixping.store import chain, ddl, documents, log, requests, sqlite
from sixping.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from sixping.store.writer import Stamp


def create(
    path: str | os.PathLike[str],
    stamp: Stamp,
    seed: Mapping[str, Any],
    rules: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, str]:
    """Make a new ledger whose first event holds ``seed``, adopt its rules; return its head.

    ``rules``: the text of each document by name.

    An existing path raises ``NotAllowed``: a ledger is never overwritten.
    """
    target = os.path.abspath(path)
    with sqlite.explained(target, "没有建成台账。"):
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        sqlite.refuse_network(target)
        with (
            _published(target, force=False) as draft,
            closing(sqlite.connect(draft, "rw")) as con,
        ):
            return _initialised(con, stamp, seed, rules)


def _initialised(
    con: sqlite.Connection, stamp: Stamp, seed: Mapping[str, Any], rules: Mapping[str, str]
) -> tuple[int, str]:
    con.execute(f"PRAGMA page_size={ddl.PAGE_SIZE}")
    con.execute("PRAGMA journal_mode=DELETE")
    sqlite.apply_profile(con, writing=True)
    sqlite.begin(con)
    con.execute(f"PRAGMA application_id={ddl.APPLICATION_ID}")
    for step in ddl.MIGRATIONS:
        sqlite.run(con, step)
    con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
    own = {"ledger_id": os.urandom(16), requests.SECRET: os.urandom(chain.SECRET_BYTES)}
    con.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?)", [(k, v.hex()) for k, v in own.items()]
    )
    con.execute("INSERT INTO counters (name, value) VALUES ('seq', 0)")
    work = Transaction(con, stamp)
    work.note("organisation", "ledger", "initialised", {"format": len(ddl.MIGRATIONS), **seed})
    for name, text in rules.items():
        documents.adopt(work, name, text)
    work.finish()
    sqlite.commit(con)
    return work.head()


@contextmanager
def copied(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool
) -> Iterator[str]:
    """Give a copy of a ledger in use as a draft; publish it as ``target`` when all went well.

    Raises ``NotAllowed`` for an existing target without ``force``.
    """
    aim = os.path.abspath(target)
    name = sqlite.real_path(path)
    if aim == name or (os.path.exists(aim) and os.path.samefile(aim, name)):
        raise NotAllowed(f"备份的去处就是台账本身: {target}", "请换一个文件名。")
    with sqlite.explained(aim, "没有做成备份。"):
        os.makedirs(os.path.dirname(aim), mode=0o700, exist_ok=True)
        with _published(aim, force=force) as draft:
            with closing(sqlite.open_reader(path, checked=False)) as source:
                sqlite.check_released(source, name, sqlite.check_identity(source, name))
                sqlite.copy(source, draft)
            yield draft


@contextmanager
def _published(target: str, *, force: bool) -> Iterator[str]:
    """Give a temporary name beside ``target``; publish it there when all went well."""
    if not force and os.path.lexists(target):
        raise NotAllowed(f"文件已经存在, 不会覆盖: {target}", "请换一个文件名, 或先移走它。")
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name}.{os.urandom(6).hex()}.tmp")
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(draft, flags, 0o600))
    try:
        yield draft
        _sync_file(draft)
        _place(draft, target, force=force)
        _sync_directory(folder)
    finally:
        for leftover in (draft, f"{draft}-journal"):
            with suppress(FileNotFoundError):
                os.unlink(leftover)


def _place(draft: str, target: str, *, force: bool) -> None:
    if force:
        os.replace(draft, target)
        return
    try:
        os.link(draft, target)  # refuses an existing name, which rename would not
    except FileExistsError:
        raise NotAllowed(f"文件已经存在, 不会覆盖: {target}", "请换一个文件名。") from None
    except OSError:  # a file system without links
        os.rename(draft, target)


def _sync_directory(path: str) -> None:
    """Make the names in a directory durable, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # Windows opens no directories
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_file(path: str) -> None:
    """Make a finished file durable."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- older formats ------------------------------------------------------------------------

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


def _upgraded(con: sqlite.Connection, path: str, stamp: Stamp) -> Upgraded | None:
    newest = len(ddl.MIGRATIONS)
    with sqlite.explained(path, _UNCHANGED):
        sqlite.allow_rebuilt_tables(con)
        sqlite.begin(con)  # whoever else upgrades waits here, and finds it done
        version = sqlite.check_identity(con, path)
        if version == newest:
            return None
        sqlite.check_released(con, path, version)
        copy = _saved(con, path, stamp.now)
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
    sqlite.check_released(copy, path, sqlite.check_identity(copy, path))
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
    with _published(target, force=False) as draft:
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


def read_as_it_is(path: str) -> sqlite.Connection:
    """Return a reader of an older ledger in today's format; raises what ``open_reader`` does."""
    with closing(sqlite.open_reader(path, checked=False)) as con, sqlite.explained(path, ""):
        return in_todays_format(con, path, sqlite.check_identity(con, path))
