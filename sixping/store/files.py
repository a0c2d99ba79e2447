"""Files of a ledger: make one, publish what is complete.

A file appears under its name only when it is complete and on disk (``util.files``).
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable, NotAllowed
from sixping.store import chain, ddl, documents, log, requests, sqlite
from sixping.store.transaction import Transaction
from sixping.store.upgrade import require_any_format
from sixping.util.files import (
    COMPANIONS,
    Kept,
    is_database,
    located,
    make_folder,
    published,
    require_room,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from sixping.store.writer import Stamp


def create(
    path: str | os.PathLike[str],
    stamp: Stamp,
    seed: Mapping[str, Any],
    rules: Mapping[str, str] = MappingProxyType({}),
    live: Callable[[str], object] | None = None,
) -> tuple[int, str]:
    """Make a new ledger whose first event holds ``seed``, adopt its rules; return its head.

    ``rules``: the text of each document by name; ``live``: what is done in it, at the path of
    its draft, before it gets its name.

    An existing path raises ``NotAllowed``: a ledger is never overwritten.
    """
    target = os.path.join(*located(path))
    with sqlite.explained(target, "没有建成台账。"):
        make_folder(os.path.dirname(target))
        sqlite.refuse_network(target)
        _refuse_taken(target)
        with published(target) as draft:
            with closing(sqlite.connect(draft, "rw")) as con:
                head = _initialised(con, stamp, seed, rules)
            if live:
                live(draft)
        return head


def _initialised(
    con: sqlite.Connection, stamp: Stamp, seed: Mapping[str, Any], rules: Mapping[str, str]
) -> tuple[int, str]:
    own = {"ledger_id": os.urandom(16), requests.SECRET: os.urandom(chain.SECRET_BYTES)}
    lay_out(con, {name: value.hex() for name, value in own.items()})
    work = Transaction(con, stamp)
    secret = {requests.COMMITMENT: requests.commitment(own[requests.SECRET])}
    said = {"format": len(ddl.MIGRATIONS), **secret, **seed}
    work.note("organisation", "ledger", "initialised", said)
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
    sqlite.allow_rebuilt_tables(con)
    sqlite.begin(con)
    con.execute(f"PRAGMA application_id={ddl.APPLICATION_ID}")
    for step in ddl.MIGRATIONS:
        sqlite.run(con, step)
    con.execute(f"PRAGMA user_version={len(ddl.MIGRATIONS)}")
    sqlite.commit(con)
    con.execute("PRAGMA legacy_alter_table=OFF")
    sqlite.apply_profile(con, writing=True)
    sqlite.begin(con)
    con.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", list(own.items()))
    con.execute("INSERT INTO counters (name, value) VALUES ('seq', 0)")


@contextmanager
def copied(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool
) -> Iterator[str]:
    """Give a copy of a ledger in use as a draft; publish it as ``target`` when all went well.

    ``force`` replaces an earlier copy of this ledger and nothing else. Raises ``NotAllowed``,
    and ``UsageFault`` for the ledger's journal.
    """
    aim = os.path.join(*located(target))
    name = sqlite.real_path(path)
    if os.path.exists(aim) and os.path.samefile(aim, name):
        raise NotAllowed(f"备份的去处就是台账本身: {target}", "请换一个文件名。")
    with sqlite.explained(aim, "没有做成备份。"):
        make_folder(os.path.dirname(aim))
        _refuse_companions(aim)
        require_room(os.path.dirname(aim), os.path.getsize(name), "没有做成备份。")
        with published(
            aim,
            force=force,
            kept=Kept((Path(name),)),
            replaceable=partial(_require_earlier_copy, name),
        ) as draft:
            with (
                sqlite.explained_sqlite(name, f"没有做成备份: {target}"),
                closing(sqlite.open_reader(path, checked=False)) as source,
            ):
                require_any_format(source, name)
                sqlite.copy(source, draft)
            yield draft


def _refuse_taken(target: str) -> None:
    if os.path.lexists(target):
        raise NotAllowed(f"文件已经存在, 不会覆盖: {target}", "请换一个文件名, 或先移走它。")
    _refuse_companions(target)


def _refuse_companions(target: str) -> None:
    """Refuse a name beside which another database left its journal: it would be played back.

    One too long for a journal beside it is refused too.
    """
    sqlite.require_room_for_journal(target)
    for ending in COMPANIONS:
        if os.path.lexists(f"{target}{ending}"):
            raise NotAllowed(
                f"旁边有另一个数据库的日志文件: {target}{ending}", "请换一个文件名, 或先移走它。"
            )


def _require_earlier_copy(ledger: str, target: str) -> None:
    """Refuse to replace what is no earlier copy of this ledger."""
    what = _otherwise_than_a_copy(ledger, target)
    if what:
        raise NotAllowed(
            f"{what}, 备份不会覆盖它: {target}", "请换一个文件名; 确实不要了的, 先移走它。"
        )


def _otherwise_than_a_copy(ledger: str, target: str) -> str | None:
    """Return what a file is when it is no earlier copy of a ledger."""
    if not is_database(target):
        return "这不是备份, 是别的文件"
    try:
        with closing(sqlite.connect(target, "ro")) as copy:
            sqlite.check_identity(copy, target)
            whose, head = log.ledger_id(copy), log.last_head(copy)
        with closing(sqlite.connect(ledger, "ro")) as con:
            if log.ledger_id(con) != whose:
                return "这是另一个台账, 或它的备份"
            known = log.link_at(con, head[0])
    except LedgerUnusable:
        return "这不是本程序能读的台账"
    except sqlite.Error:
        return "这个数据库文件读不出"
    return None if known == head[1] else "这份备份里有台账现在没有的记录"
