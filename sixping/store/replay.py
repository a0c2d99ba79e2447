"""The tables that reports read, held against a replay of the events and made anew from it."""

from __future__ import annotations

import json
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sixping.cases.contactkeys import contact_keys
from sixping.errors import LedgerUnusable, SixpingError
from sixping.store import documents, log, projection, sqlite
from sixping.store.rows import CASE_COLUMNS, CLOCK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sixping.store.projection import Row
    from sixping.store.transaction import Transaction

Finding = dict[str, Any]


def finding(layer: str, seq: int | None, number: str | None, what: str) -> Finding:
    """Return one finding in the form of ``verify --json``."""
    return {"layer": layer, "seq": seq, "number": number, "what": what}


def histories(
    con: sqlite.Connection,
) -> Iterator[tuple[str, projection.History | None, dict[int, int], str]]:
    """Replay case by case: number, its rows, its voids (seq → by) or why it cannot be replayed."""
    for number, entries in log.read_all(con):
        voided: dict[int, int] = {}
        history = None
        try:
            for case, seq, gone in projection.replay(number, entries):
                history = history or projection.History(number, seq)
                history.add(case, seq)
                if gone is not None:
                    voided[gone] = seq
        except (ValueError, KeyError, TypeError, AttributeError, SixpingError) as error:
            yield number, None, {}, str(error)
        else:
            yield number, history, voided, ""


def check_projection(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the projections against a replay; findings name case and column."""
    voided: dict[int, int] = {}
    yield from _cases(con, voided)
    yield from _listed(con, voided)
    yield from _compared(con)
    for what in documents.wrong_parsed(con):
        yield finding("projection", None, None, what)


def _cases(con: sqlite.Connection, voided: dict[int, int]) -> Iterator[Finding]:
    """Hold the rows of every case against its replay; adds the voids it meets."""
    states = _grouped(con, "case_states", CASE_COLUMNS, "number, from_seq")
    clocks = _grouped(con, "clock_states", CLOCK_COLUMNS, "number, round, kind, from_seq")
    for number, history, gone, why in histories(con):
        voided |= gone
        if history is None:
            yield finding("projection", None, number, f"{number} 的记录无法重放: {why}")
        for columns, table, expected in (
            (CASE_COLUMNS, states, history.cases if history else []),
            (CLOCK_COLUMNS, clocks, sorted_clocks(history) if history else []),
        ):
            for extra, _ in table.before(number):
                yield finding("projection", None, extra, f"多出没有记录的 {extra}")
            what = _unlike(columns, expected, table.take(number))
            if what and history:
                yield finding("projection", None, number, f"{number} 与记录的重放不符: {what}")
    for table in (states, clocks):
        for extra, _ in table.before(None):
            yield finding("projection", None, extra, f"多出没有记录的 {extra}")


def erased_by(facts: str) -> list[int]:
    """Return what an erasure says it erased; none where its facts were tampered with."""
    try:
        return list(json.loads(facts)["seqs"])
    except (ValueError, TypeError, KeyError):
        return []


def _listed(con: sqlite.Connection, voided: dict[int, int]) -> Iterator[Finding]:
    """Check the small tables: voids, erasures, request keys."""
    voided |= dict(con.execute(log.OTHER_VOIDS).fetchall())
    erased: dict[int, int] = {}
    for by, facts in con.execute("SELECT seq, facts FROM events WHERE kind = 'erased'"):
        erased |= dict.fromkeys(erased_by(facts), by)
    for table, expected, what in (("voids", voided, "撤销"), ("erasures", erased, "删除")):
        if dict(con.execute(f"SELECT seq, by_seq FROM {table}").fetchall()) != expected:
            yield finding("projection", None, None, f"{what}的登记与记录不符")
    for (seq,) in con.execute(f"SELECT e.seq {_KEYS} WHERE r.seq IS NOT e.seq"):
        yield finding("projection", seq, None, f"第 {seq} 号的来源编号登记不符")
    (total,) = con.execute(f"SELECT count(*) {_KEYS}").fetchone()
    if con.execute("SELECT count(*) FROM requests").fetchone()[0] != total:
        yield finding("projection", None, None, "来源编号的登记多出或缺少")


_KEYS = """FROM (SELECT seq, request_keys FROM events
    WHERE request_keys IS NOT NULL AND json_valid(request_keys)) e,
  json_each(e.request_keys) j LEFT JOIN requests r ON r.key = j.value"""
"""Each request key of an event that can be read (else the chain says so), as registered."""


def _compared(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the comparable phones and places against the private text.

    Where that is missing or unreadable without an erasure, the chain's layer says so.
    """
    found = con.execute(
        "SELECT x.* FROM traces x LEFT JOIN told t ON t.seq = x.seq WHERE CASE"
        " WHEN t.seq IS NULL"
        " THEN x.seq NOT IN (SELECT seq FROM events) OR x.seq IN (SELECT seq FROM erasures)"
        " WHEN json_valid(t.fields) THEN json_type(t.fields) = 'object' END"
        " ORDER BY x.seq"
    )
    if any(row != expected for row, expected in zip_longest(found, _contact_keys(con))):
        yield finding("projection", None, None, "电话和地点的比对登记与记录不符")


def _contact_keys(con: sqlite.Connection) -> Iterator[Row]:
    private = con.execute(
        "SELECT e.seq, e.subject, e.at, json_extract(t.fields, '$.phone'),"
        " json_extract(t.fields, '$.place') FROM events e JOIN told t ON t.seq = e.seq"
        " WHERE e.kind IN ('reported', 'imported') AND e.stream = 'case' AND json_valid(t.fields)"
        " ORDER BY e.seq"
    )
    for seq, number, at, phone, place in private:
        if keys := contact_keys(phone, place):
            yield (seq, number, at, *keys)


_KEY = itemgetter(2, 1, 3)  # round, kind, from_seq


def sorted_clocks(history: projection.History) -> list[Row]:
    """Return the clock rows in the order of the table's key."""
    return sorted(history.clocks, key=_KEY)


def _unlike(columns: Sequence[str], expected: list[Row], present: list[Row]) -> str:
    if expected == present:
        return ""
    if len(expected) != len(present):
        return f"应有 {len(expected)} 行, 现有 {len(present)} 行"
    for one, other in zip(expected, present, strict=True):
        for column, should, has in zip(columns, one, other, strict=True):
            if should != has:
                return f"{column} 应为 {should}, 现为 {has}"
    return "行数相同而内容不同"


class _Grouped:
    """Rows of a table in order of number, taken case by case."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = ((str(n), list(rows)) for n, rows in groupby(rows, itemgetter(0)))
        self._next = next(self._groups, None)

    def before(self, number: str | None) -> Iterator[tuple[str, list[Row]]]:
        """Take the groups that come before a number (None: all that are left)."""
        while self._next and (number is None or self._next[0] < number):
            yield self._next
            self._next = next(self._groups, None)

    def take(self, number: str) -> list[Row]:
        """Take the rows of a number, if it is next."""
        if not self._next or self._next[0] != number:
            return []
        rows = self._next[1]
        self._next = next(self._groups, None)
        return rows


def _grouped(con: sqlite.Connection, table: str, columns: Sequence[str], order: str) -> _Grouped:
    return _Grouped(con.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"))


def rewrite(work: Transaction) -> None:
    """Make the projections anew; raises ``LedgerUnusable`` when a case cannot be replayed."""
    work.writer.rewrite(_replayed(work.con), _contact_keys(work.con))
    documents.rewrite_parsed(work.con)


def _replayed(con: sqlite.Connection) -> Iterator[tuple[projection.History, dict[int, int]]]:
    for number, history, voided, why in histories(con):
        if history is None:
            raise LedgerUnusable(f"{number} 的记录无法重放, 没有重建: {why}", sqlite.DAMAGED)
        yield history, voided
