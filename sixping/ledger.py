"""The only door for writing: events, hash chain, projections; one transaction a command.

The lock before the first read, number and version inside it, COMMIT before the answer
(decision 3). What may happen to a case is judged in ``store.writer`` alone.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sixping.errors import RECORDED, NoPermission, SixpingError
from sixping.store import ddl, log, sqlite
from sixping.store.transaction import Transaction
from sixping.store.upgrade import upgrade
from sixping.store.writer import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = ["SAVED", "Stamp", "Transaction", "drafting", "transaction"]
SAVED = "复查台账, 这一步已经保存, 不要重做。"
"""What became of a step whose COMMIT failed after it was done."""
_NOTHING = "这一次没有新的记录。"


@contextmanager
def transaction(
    path: str | os.PathLike[str],
    stamp: Stamp,
    warm: Callable[[sqlite.Connection], object] | None = None,
) -> Iterator[Transaction]:
    """Do one command: all of it or nothing.

    ``warm`` reads what is kept for the process (rules) before others have to wait. Raises
    ``LedgerBusy``, ``LedgerUnusable``, ``NoPermission`` or ``InputOutput``; the sentence says
    whether the step was saved.
    """
    con = _opened(path)
    name = os.path.realpath(path)
    with sqlite.explained_sqlite(name):
        try:
            version = sqlite.check_identity(con, name)
            if version < len(ddl.MIGRATIONS):
                con.close()
                way = sqlite.OLDER.get()
                way.upgrade(name) if way else upgrade(name, stamp)
                con = sqlite.open_writer(name)
            if warm:
                warm(con)
            sqlite.begin(con)
            sqlite.check_schema(con, name)
            work = Transaction(con, stamp)
            before = work.seq
            yield work
            work.finish()
            _commit(con, name, work, before)
        except BaseException:
            with suppress(sqlite.Error):
                con.rollback()
            raise
        finally:
            con.close()


@contextmanager
def drafting(draft: str, failed: str) -> Iterator[None]:
    """Take steps in a draft, which last only once it has its name.

    What fails there is told as ``failed``: whatever became of the step, it went with the draft.
    """
    before = len(RECORDED)
    try:
        yield
    except SixpingError as fault:
        why = fault.what.partition(f": {draft}")[0]
        raise type(fault)(f"{failed} ({why})", fault.hint) from fault
    finally:
        del RECORDED[before:]


def _opened(path: str | os.PathLike[str]) -> sqlite.Connection:
    """Open to write; who may not is told first where the ledger waits for an upgrade."""
    try:
        return sqlite.open_writer(path)
    except NoPermission:
        with suppress(NoPermission):
            sqlite.open_reader(path).close()
        raise


def _commit(con: sqlite.Connection, name: str, work: Transaction, before: int) -> None:
    """Make it durable and keep that it is; ``before``: the seq that the transaction found."""
    try:
        sqlite.commit(con)
    except sqlite.Error as error:
        with suppress(sqlite.Error):
            con.rollback()
        con.close()
        became = _what_became_of(name, work) if work.seq > before else _NOTHING
        raise sqlite.translated(error, name, became) or error from error
    except BaseException:  # Ctrl-C is heard when SQLite has done its work
        if not con.in_transaction and work.seq > before:
            RECORDED.append(work.seq)
        raise
    if work.seq > before:
        RECORDED.append(work.seq)


def _what_became_of(name: str, work: Transaction) -> str:
    """Look whether a failed COMMIT left the events behind (E13)."""
    seq, link = work.head()
    try:
        con = sqlite.open_reader(name)
        try:
            stored = log.link_at(con, seq)
        finally:
            con.close()
    except (sqlite.Error, SixpingError):
        return "不知道这一步是否已保存, 请用 sixping log 查看后再决定是否重做。"
    if stored and stored.hex() == link:
        return SAVED
    return sqlite.UNSAVED
