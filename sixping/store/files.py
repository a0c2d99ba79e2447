"""Files of a ledger: make one, bring an old one up to date, publish what is complete.

A file appears under its name only when it is complete and on disk: built under a
temporary name in the same directory (0600), synced, then published in one step.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from sixping.errors import NotAllowed
from sixping.store import chain, ddl, documents, requests, sqlite
from sixping.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
    own = {"ledger_id": os.urandom(16), requests.SECRET: os.urandom(chain.SECRET_BYTES)}
    lay_out(con, {name: value.hex() for name, value in own.items()})
    work = Transaction(con, stamp)
    work.note("organisation", "ledger", "initialised", {"format": len(ddl.MIGRATIONS), **seed})
    for name, text in rules.items():
        documents.adopt(work, name, text)
    work.finish()
    sqlite.commit(con)
    return work.head()


def lay_out(con: sqlite.Connection, own: Mapping[str, str]) -> None:
    """Begin a ledger without events in an empty file: its tables, and what it says of itself.

    ``own``: the rows of ``meta``. The transaction is left open.
    """
    con.execute(f"PRAGMA page_size={ddl.PAGE_SIZE}")
    con.execute("PRAGMA journal_mode=DELETE")
    sqlite.apply_profile(con, writing=True)
    sqlite.begin(con)
    con.execute(f"PRAGMA application_id={ddl.APPLICATION_ID}")
    for step in ddl.MIGRATIONS:
        sqlite.run(con, step)
    con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
    con.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", list(own.items()))
    con.execute("INSERT INTO counters (name, value) VALUES ('seq', 0)")


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
            with closing(sqlite.open_reader(path)) as source:
                sqlite.copy(source, draft)
            yield draft


def migrate(path: str, stamp: Stamp) -> str:
    """Bring an older ledger to the newest version, after a verified backup beside it.

    All steps and the version number change in one transaction: killed at any moment, the
    ledger is the old one or the new one (E9). Returns the path of the backup.
    """
    copy = f"{path}.{stamp.now:%Y%m%d%H%M%S}.bak"
    con = sqlite.open_writer(path)
    try:
        with sqlite.explained(path, "台账没有升级, 还是原来的样子。"):
            _plain_copy(path, copy)
            sqlite.begin(con)
            version = sqlite.check_identity(con, path)
            for step in ddl.MIGRATIONS[version:]:
                sqlite.run(con, step)
            con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
            sqlite.check_schema(con, path)
            work = Transaction(con, stamp)
            work.note(
                "organisation",
                "ledger",
                "migrated",
                {"from": version, "to": len(ddl.MIGRATIONS), "program": stamp.program},
            )
            work.finish()
            sqlite.commit(con)
    finally:
        con.close()
    return copy


def _plain_copy(path: str, target: str) -> None:
    """Copy an older ledger: its bytes are checked here, its content by the new version."""
    with _published(target, force=True) as draft:
        with closing(sqlite.connect(path, "rw")) as source:
            sqlite.copy(source, draft)
        with closing(sqlite.connect(draft, "rw")) as copy:
            sqlite.check_sound(copy, draft)


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
