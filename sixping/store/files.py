"""Whole files of a ledger: make one, copy one, bring an old one up to date.

A file appears under its name only when it is complete and on disk: built under a
temporary name in the same directory (0600), synced, then published in one step.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable, NotAllowed
from sixping.store import ddl, paths, sqlite
from sixping.store.transaction import Transaction
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from sixping.store.provenance import Stamp


def create(path: str | os.PathLike[str], stamp: Stamp, seed: Mapping[str, Any]) -> tuple[int, str]:
    """Make a new ledger whose first event holds ``seed``; return its head.

    An existing path raises ``NotAllowed``: a ledger is never overwritten.
    """
    target = os.path.abspath(path)
    with sqlite.explained(target, "没有建成台账。"):
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        paths.refuse_network(target)
        with _published(target, force=False) as draft:
            con = sqlite.connect(draft, "rw")
            try:
                return _initialised(con, stamp, seed)
            finally:
                con.close()


def _initialised(con: sqlite.Connection, stamp: Stamp, seed: Mapping[str, Any]) -> tuple[int, str]:
    con.execute(f"PRAGMA page_size={ddl.PAGE_SIZE}")
    con.execute("PRAGMA journal_mode=DELETE")
    sqlite.apply_profile(con, writing=True)
    con.execute("BEGIN IMMEDIATE")
    con.execute(f"PRAGMA application_id={ddl.APPLICATION_ID}")
    for step in ddl.MIGRATIONS:
        sqlite.run(con, step)
    con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
    facts = (("ledger_id", os.urandom(16).hex()), ("created_at", to_text(stamp.now)))
    con.executemany("INSERT INTO meta VALUES (?, ?)", facts)
    con.execute("INSERT INTO counters VALUES ('seq', 0)")
    work = Transaction(con, stamp)
    work.note("organisation", "ledger", "initialised", seed)
    work.finish()
    con.execute("COMMIT")
    return work.head()


def backup(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool = False
) -> tuple[int, str]:
    """Copy a ledger in use, verify the copy, publish it; return the copy's head.

    Raises ``NotAllowed`` for an existing target without ``force`` and ``LedgerUnusable``
    when the copy does not verify (then nothing is published).
    """
    from sixping.store.verify import verify

    aim = os.path.abspath(target)
    name = paths.real_path(path)
    if aim == name or (os.path.exists(aim) and os.path.samefile(aim, name)):
        raise NotAllowed(f"备份的去处就是台账本身: {target}", "请换一个文件名。")
    with sqlite.explained(aim, "没有做成备份。"):
        os.makedirs(os.path.dirname(aim), mode=0o700, exist_ok=True)
        with _published(aim, force=force) as draft:
            source = sqlite.open_reader(path)
            try:
                sqlite.copy(source, draft)
            finally:
                source.close()
            result = verify(draft)
            if not result["ok"]:
                first = result["findings"][0]["what"]
                raise LedgerUnusable(
                    f"备份没有通过核对, 已丢弃: {first}", "请先运行 sixping verify 查看台账。"
                )
            return result["seq"], result["head"]


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
            con.execute("BEGIN IMMEDIATE")
            found = sqlite.check_identity(con, path)
            for step in ddl.MIGRATIONS[found:]:
                sqlite.run(con, step)
            con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
            sqlite.check_schema(con, path)
            work = Transaction(con, stamp)
            work.note(
                "organisation",
                "ledger",
                "migrated",
                {"from": found, "to": len(ddl.MIGRATIONS), "program": stamp.program},
            )
            work.finish()
            con.execute("COMMIT")
    finally:
        con.close()
    return copy


def _plain_copy(path: str, target: str) -> None:
    """Copy an older ledger: its bytes are checked here, its content by the new version."""
    with _published(target, force=True) as draft:
        source = sqlite.connect(path, "rw")
        try:
            sqlite.copy(source, draft)
        finally:
            source.close()
        copied = sqlite.connect(draft, "rw")
        try:
            sqlite.check_sound(copied, draft)
        finally:
            copied.close()


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
        paths.sync_file(draft)
        _place(draft, target, force=force)
        paths.sync_directory(folder)
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
