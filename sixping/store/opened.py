"""A ledger opened by another program: typed, read-only, one state of it (docs/python.md).

What people said does not come with it: looking at personal data is recorded, and who only reads
cannot record. Tables with private text and what is made of it cannot be read at all. From its
first release this only grows: names and fields stay as they are.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, create_engine, or_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, col, select

from sixping.store import sqlite
from sixping.store.layers.secondlook import stored_wrongly
from sixping.store.log import last_recorded, link_at
from sixping.store.orm import Case, Clock, Entry
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row", Case, Clock, Entry)

__all__ = ["Case", "Clock", "Entry", "Ledger", "open_ledger"]

_CLOSED = {"told", "case_words", "traces", "requests", "meta"}
"""Private text, what is made of it, and the ledger's secret."""


@contextmanager
def open_ledger(
    path: str | os.PathLike[str], *, as_of: int | datetime | None = None
) -> Iterator[Ledger]:
    """Open a ledger to read one state of it, whatever others write meanwhile.

    ``as_of``: the state after an event (its seq), or after the last one recorded by an instant;
    None: as it is now. Raises ``LedgerUnusable``, ``LedgerBusy``, ``NoPermission`` or
    ``InputOutput`` (``sixping.errors``), each with a sentence and what to do.
    """
    name = os.fspath(path)
    try:
        with sqlite.explained_sqlite(name, ""), closing(sqlite.open_reader(path)) as con:
            sqlite.hold_still(con)
            at = to_text(as_of) if isinstance(as_of, datetime) else None
            seq = as_of if isinstance(as_of, int) else last_recorded(con, at)
            head = (link_at(con, seq) or b"").hex()
            con.set_authorizer(_allowed)
            engine = create_engine(
                "sqlite://", creator=lambda: con, poolclass=StaticPool, pool_reset_on_return=None
            )
            with Session(engine) as session:
                yield Ledger(session, seq, head, name)
    except DBAPIError as error:
        raise sqlite.translated(error, name) or error from error.__cause__


def _allowed(_: int, table: str | None, *__: Any) -> int:  # noqa: ANN401 - as SQLite calls it
    return sqlite3.SQLITE_DENY if table in _CLOSED else sqlite3.SQLITE_OK


class Ledger:
    """One state of a ledger: that after the event ``seq``, whose hash is ``head`` (hex).

    ``session`` takes any statement of SQLModel over ``Case``, ``Clock`` and ``Entry``; rows there
    are those of all states (``from_seq``, ``to_seq``), while the methods give those that held.
    """

    def __init__(self, session: Session, seq: int, head: str, path: str = "") -> None:
        """Take a session of a connection that holds still; ``path``: of its file."""
        self._path = path
        self.session = session
        self.seq = seq
        self.head = head

    def cases(self, *where: ColumnElement[bool] | bool) -> list[Case]:
        """Return the cases for which every condition holds, by number."""
        held = self._held(col(Case.from_seq), col(Case.to_seq))
        return self._read(select(Case).where(*held, *where).order_by(col(Case.number)))

    def case(self, number: str) -> Case | None:
        """Return a case by its whole number, as ``2026-000123``; None where there is none."""
        return next(iter(self.cases(col(Case.number) == number)), None)

    def clocks(self, *where: ColumnElement[bool] | bool) -> list[Clock]:
        """Return the limits for which every condition holds, by case, round and due date."""
        held = self._held(col(Clock.from_seq), col(Clock.to_seq))
        order = (col(Clock.number), col(Clock.round), col(Clock.due))
        return self._read(select(Clock).where(*held, *where).order_by(*order))

    def log(self, *where: ColumnElement[bool] | bool) -> list[Entry]:
        """Return the recorded events for which every condition holds, oldest first."""
        known = col(Entry.seq) <= self.seq
        return self._read(select(Entry).where(known, *where).order_by(col(Entry.seq)))

    def events(self, number: str) -> list[Entry]:
        """Return the steps of a case that count, oldest first: those voided are left out."""
        voided_by = col(Entry.voided_by)
        counts = or_(voided_by.is_(None), voided_by > self.seq)
        return self.log(col(Entry.stream) == "case", col(Entry.subject) == number, counts)

    def _read(self, statement: SelectOfScalar[Row]) -> list[Row]:
        """Return the rows; a value that the ledger should not hold raises ``LedgerUnusable``."""
        try:
            return [*self.session.exec(statement)]
        except (DBAPIError, ValueError, LookupError, TypeError, AttributeError) as error:
            fault = sqlite.translated(error, self._path) or stored_wrongly(self._path)
            raise fault or error from error

    def _held(self, begun: Any, ended: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401
        return (begun <= self.seq, or_(ended.is_(None), ended > self.seq))
