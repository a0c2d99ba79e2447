"""A ledger put in the place of another, which is set aside and never deleted.

The old one gets a second name first, then the new one takes the first name in one step: killed at
any moment, one of them is in place and whole. Who waits for the old one's lock meanwhile is refused
by SQLite, which sees that its file has moved.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sixping.errors import InputOutput, LedgerUnusable, SixpingError, system_reason
from sixping.store import sqlite
from sixping.util.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = ("-journal", "-wal")


def require_replaceable(name: Path) -> None:
    """Refuse to set aside what was never a ledger: a folder, a device, another program's database.

    A file that cannot be read as a database may be a damaged ledger. Raises ``LedgerUnusable``,
    and ``NotAllowed`` for a name too long to be written to later.
    """
    sqlite.require_room_for_journal(name)
    if not name.exists():
        return
    if not name.is_file():
        raise LedgerUnusable(f"这不是文件, 没有恢复: {name}", "请核对 --ledger 的路径。")
    with (
        suppress(sqlite.Error, UnicodeDecodeError),
        closing(sqlite.connect(str(name), "ro")) as con,
    ):
        if sqlite.is_of_another_program(con):
            raise LedgerUnusable(
                f"这是别的程序的数据库, 没有恢复: {name}", "请核对 --ledger 的路径。"
            )


@contextmanager
def locked(name: Path) -> Iterator[sqlite.Connection | None]:
    """Keep every writer out of a ledger; None where the file is no database that can be locked.

    What a killed writer left is rolled back by it. Raises ``LedgerBusy``.
    """
    con = None
    with sqlite.explained(str(name), "没有恢复。"):
        try:
            con = sqlite.connect(str(name), "rw")
            con.execute("BEGIN IMMEDIATE")
        except sqlite.Error as error:
            if con is not None:
                con.close()
            con = None
            if not sqlite.is_damage(error):
                raise
        try:
            yield con
        finally:
            if con is not None:
                with suppress(sqlite.Error, SixpingError):
                    con.rollback()
                con.close()


def replace(draft: str, name: Path, aside: Path | None) -> None:
    """Put ``draft`` in the place of ``name``, whose file goes on as ``aside``; all of it on disk.

    ``aside`` None: nothing is there. What belongs to the old file and would be rolled back into the
    new one goes along. Raises ``InputOutput`` where it is done and the disk does not confirm it.
    """
    with Path(draft).open("rb+") as file:
        os.fsync(file.fileno())
    if aside is not None:
        _set_aside(name, aside)
    Path(draft).replace(name)
    try:
        sync_folder(name.parent)
    except OSError as fault:
        raise InputOutput(
            f"已经换上, 但磁盘没有确认: {name} ({system_reason(fault)})",
            "不要重做; 请检查磁盘, 再用 sixping verify 核验。",
        ) from fault


def _set_aside(name: Path, aside: Path) -> None:
    try:
        os.link(name, aside)
    except FileExistsError:  # of a restore that was killed here
        if not aside.samefile(name):
            raise
    except OSError:  # a file system without links
        name.rename(aside)
    sync_folder(name.parent)
    for suffix in _BESIDE:
        beside = name.with_name(name.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    sync_folder(name.parent)
