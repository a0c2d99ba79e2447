"""The tables that reports read as a replay of the events gives them, and made anew from it."""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING

from sixping.cases.book import unlike_state
from sixping.cases.contactkeys import contact_keys
from sixping.cases.legible import ILLEGIBLE
from sixping.cases.legible import why as why_illegible
from sixping.errors import LedgerUnusable, SixpingError
from sixping.store import amended, documents, log, projection, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.step import CaseEntry
    from sixping.store.projection import Row
    from sixping.store.transaction import Transaction

History = tuple[str, projection.History | None, dict[int, int], str]
"""Number, rows, voids (seq → by) and what is wrong of a case; without rows it has no replay."""


def histories(con: sqlite.Connection) -> Iterator[History]:
    """Replay case by case; what is wrong may be that its clocks contradict its state.

    Of a case that the file does not give whole this is said, and the next one is read.
    """
    after: str | None = ""
    while after is not None:
        last = after
        try:
            for number, entries in log.read_all(con, after):
                last = max(last, number)  # a damaged index may lead back
                yield _replayed(number, entries)
            after = None
        except sqlite.Error:
            after = log.next_case(con, last)
            if after is not None and after <= last:
                after = None  # not in order: it would never end
            if after is not None:
                yield after, None, {}, "文件已损坏, 读不出来"


def _replayed(number: str, entries: Iterator[CaseEntry]) -> History:
    voided: dict[int, int] = {}
    history, why = None, ""
    try:
        for case, seq, gone in projection.replay(number, entries):
            history = history or projection.History(number, seq)
            history.add(case, seq)
            if not why and (unlike := unlike_state(case)):
                why = f"第 {seq} 号之后{unlike}"
            if gone is not None:
                voided[gone] = seq
    except (*ILLEGIBLE, SixpingError) as error:
        return number, None, {}, why_illegible(error)
    return number, history, voided, why


def contact_rows(con: sqlite.Connection) -> Iterator[Row]:
    """Yield the rows of ``traces`` as what was said gives them, by seq and form."""
    amended_too = amended.contact_rows_of(con)
    yield from merge(_said_contacts(con), amended_too, key=lambda row: (row[2], row[0]))


_CONTACTS = (
    "SELECT e.seq, e.at, json_extract(t.fields, '$.phone'), json_extract(t.fields, '$.place')"
    " FROM events e JOIN told t ON t.seq = e.seq"
    " WHERE e.kind IN ('reported', 'imported') AND e.stream = 'case'"
    " AND CASE WHEN json_valid(t.fields) THEN json_type(t.fields) = 'object' END ORDER BY e.seq"
)


def _said_contacts(con: sqlite.Connection) -> Iterator[Row]:
    for seq, at, phone, place in con.execute(_CONTACTS):
        try:
            forms = contact_keys(phone, place)
        except ILLEGIBLE:  # the chain's layer says so
            continue
        for form in forms:
            yield (form, at, seq)


def rewrite(work: Transaction) -> str | None:
    """Make the projections anew; raises ``LedgerUnusable`` when a case cannot be replayed.

    Returns the commitment to the secret of the handles where that had to be a new one.
    """
    made = work.writer.rewrite(_sound(work.con), contact_rows(work.con))
    documents.rewrite_parsed(work.con)
    for name in sqlite.statistics(work.con):
        work.con.execute(f"DROP TABLE {name}")
    return made


def _sound(con: sqlite.Connection) -> Iterator[tuple[projection.History, dict[int, int]]]:
    for number, history, voided, why in histories(con):
        if history is None:
            raise LedgerUnusable(f"{number} 的记录无法重放, 没有重建: {why}", sqlite.DAMAGED)
        yield history, voided
