"""The tables that reports read, held against a replay of the events and made anew from it."""

from __future__ import annotations

import json
from heapq import merge
from itertools import chain, groupby, islice, zip_longest
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sixping.cases.book import unlike_state
from sixping.cases.contactkeys import contact_keys
from sixping.errors import LedgerUnusable, SixpingError
from sixping.store import amended, documents, log, projection, requests, sqlite
from sixping.store.rows import MOVE_COLUMNS, RULE_COLUMNS, SAID_COLUMNS, STOPPED_COLUMNS, of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sixping.store.projection import Row
    from sixping.store.transaction import Transaction

Finding = dict[str, Any]
_BATCH = 500


def finding(layer: str, seq: int | None, number: str | None, what: str) -> Finding:
    """Return one finding in the form of ``verify --json``."""
    return {"layer": layer, "seq": seq, "number": number, "what": what}


def histories(
    con: sqlite.Connection,
) -> Iterator[tuple[str, projection.History | None, dict[int, int], str]]:
    """Replay case by case: number, its rows, its voids (seq → by), and what is wrong.

    Without rows it cannot be replayed; else its clocks contradict its state.
    """
    for number, entries in log.read_all(con):
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
        except (ValueError, KeyError, TypeError, AttributeError, SixpingError) as error:
            yield number, None, {}, str(error)
        else:
            yield number, history, voided, why


def check_projection(
    con: sqlite.Connection, done: Callable[[int], object] = int
) -> Iterator[Finding]:
    """Hold the projections against a replay; findings name case and column.

    ``done`` is told of every case replayed.
    """
    voided: dict[int, int] = {}
    yield from _cases(con, voided, done)
    yield from _listed(con, voided)
    yield from _requested(con)
    yield from _compared(con)
    yield from _worded(con)
    for what in documents.wrong_parsed(con):
        yield finding("projection", None, None, what)


def _cases(
    con: sqlite.Connection, voided: dict[int, int], done: Callable[[int], object]
) -> Iterator[Finding]:
    """Hold the rows of every case against its replay; adds the voids it meets."""
    states = _Grouped(con.execute(_STATES))
    clocks = _Grouped(con.execute(_CLOCKS))
    said = 0
    for number, history, gone, why in histories(con):
        done(1)
        voided |= gone
        said += len(history.facts) if history else 0
        if why:
            wrong = "的状态与时限不符" if history else "的记录无法重放"
            yield finding("projection", None, number, f"{number} {wrong}: {why}")
        for columns, table, expected in (
            (_STATE_COLUMNS, states, whole_states(history) if history else []),
            (STOPPED_COLUMNS, clocks, sorted_clocks(history) if history else []),
        ):
            for extra, _ in table.before(number):
                yield finding("projection", None, extra, f"多出没有记录的 {extra}")
            what = _unlike(columns, expected, table.take(number))
            if what and history:
                yield finding("projection", None, number, f"{number} 与记录的重放不符: {what}")
    for table in (states, clocks):
        for extra, _ in table.before(None):
            yield finding("projection", None, extra, f"多出没有记录的 {extra}")
    if said != con.execute("SELECT count(*) FROM case_facts").fetchone()[0]:
        yield finding("projection", None, None, "事项的登记内容多出或缺少")
    for (terms,) in con.execute(_UNUSED):
        yield finding("projection", None, None, f"期限的依据多出第 {terms} 种")


_STATE_COLUMNS = (*MOVE_COLUMNS, *SAID_COLUMNS)
_STATES = (
    f"SELECT {', '.join(f'm.{name}' for name in MOVE_COLUMNS)},"
    f" {', '.join(f'f.{name}' for name in SAID_COLUMNS)} FROM case_moves m"
    " LEFT JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq)"
    " AND f.number = m.number"
    " ORDER BY m.number, m.from_seq"
)
_WHOLE = ", ".join(f"{'t' if c in RULE_COLUMNS else 'm'}.{c}" for c in STOPPED_COLUMNS)
_CLOCKS = (
    f"SELECT {_WHOLE}"
    " FROM clock_moves m LEFT JOIN clock_terms t ON t.id = m.terms"
    " ORDER BY m.number, m.round, m.kind, m.from_seq"
)
_UNUSED = (
    "SELECT id FROM clock_terms WHERE id NOT IN"
    " (SELECT terms FROM clock_moves WHERE terms IS NOT NULL)"
)


def whole_states(history: projection.History) -> list[Row]:
    """Return what the steps moved with what was said of the case, row by row."""
    said = {row[0]: row[2:] for row in history.facts}
    return [(*row, *said[row[_FACTS_SEQ] or history.intake_seq]) for row in history.moves]


def erased_by(facts: str) -> list[int]:
    """Return what an erasure says it erased; none where its facts were tampered with."""
    try:
        return list(json.loads(facts)["seqs"])
    except (ValueError, TypeError, KeyError):
        return []


def kept_by(facts: str) -> dict[int, bytes]:
    """Return the seals of what an erasure let stay; none where its facts were tampered with."""
    try:
        kept = json.loads(facts).get("kept", {})
        return {int(seq): bytes.fromhex(seal) for seq, seal in kept.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _listed(con: sqlite.Connection, voided: dict[int, int]) -> Iterator[Finding]:
    """Check the small tables: voids and erasures."""
    voided |= dict(con.execute(log.OTHER_VOIDS).fetchall())
    erased: dict[int, int] = {}
    erasures = f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', 'erased')}"
    for by, facts in con.execute(erasures):
        erased |= dict.fromkeys(erased_by(facts), by)
    for table, expected, what in (("voids", voided, "撤销"), ("erasures", erased, "删除")):
        if dict(con.execute(f"SELECT seq, by_seq FROM {table}").fetchall()) != expected:
            yield finding("projection", None, None, f"{what}的登记与记录不符")


_LEGIBLE = """LEFT JOIN told t ON t.seq = x.seq WHERE CASE
  WHEN t.seq IS NULL
  THEN x.seq NOT IN (SELECT seq FROM events) OR x.seq IN (SELECT seq FROM erasures)
  WHEN json_valid(t.fields) THEN json_type(t.fields) = 'object' END"""
"""Rows ``x`` made of private text, but where that is gone or illegible without an erasure: of
those the chain's layer tells."""


def _requested(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the handles of requests against what is sealed."""
    key = requests.secret(con)
    if key is None:
        yield finding("projection", None, None, "识别重复登记的密钥不见了或被改动")
        return
    total, sealed = 0, chain(requests.sealed_handles(con, key), amended.request_rows(con))
    while batch := list(islice(sealed, _BATCH)):
        total += len(batch)
        marks = ", ".join("?" * len(batch))
        known = "SELECT handle, seq FROM requests WHERE handle IN"
        kept = dict(con.execute(f"{known} ({marks})", [handle for handle, _ in batch]).fetchall())
        for handle, seq in batch:
            if kept.get(handle) != seq:
                yield finding("projection", seq, None, f"第 {seq} 号识别重复登记的依据不符")
    if con.execute(f"SELECT count(*) FROM requests x {_LEGIBLE}").fetchone()[0] != total:
        yield finding("projection", None, None, "识别重复登记的依据多出或缺少")


def _compared(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the comparable phones and places against the private text."""
    found = con.execute(
        f"SELECT x.form, x.received_at, x.seq FROM traces x {_LEGIBLE} ORDER BY x.seq, x.form"
    )
    if any(row != expected for row, expected in zip_longest(found, _contact_keys(con))):
        yield finding("projection", None, None, "电话和地点的比对登记与记录不符")


def _worded(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the words of amended reports against the private text."""
    found = con.execute("SELECT seq, fields FROM case_words ORDER BY seq").fetchall()
    if found != amended.word_rows(con):
        yield finding("projection", None, None, "更正后的内容与记录不符")


def _contact_keys(con: sqlite.Connection) -> Iterator[Row]:
    amended_too = amended.contact_rows_of(con)
    yield from merge(_said_contacts(con), amended_too, key=lambda row: (row[2], row[0]))


def _said_contacts(con: sqlite.Connection) -> Iterator[Row]:
    private = con.execute(
        "SELECT e.seq, e.at, json_extract(t.fields, '$.phone'),"
        " json_extract(t.fields, '$.place') FROM events e JOIN told t ON t.seq = e.seq"
        " WHERE e.kind IN ('reported', 'imported') AND e.stream = 'case' AND json_valid(t.fields)"
        " ORDER BY e.seq"
    )
    for seq, at, phone, place in private:
        for form in contact_keys(phone, place):
            yield (form, at, seq)


_FACTS_SEQ = MOVE_COLUMNS.index("facts_seq")
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


def rewrite(work: Transaction) -> None:
    """Make the projections anew; raises ``LedgerUnusable`` when a case cannot be replayed."""
    work.writer.rewrite(_replayed(work.con), _contact_keys(work.con))
    documents.rewrite_parsed(work.con)


def _replayed(con: sqlite.Connection) -> Iterator[tuple[projection.History, dict[int, int]]]:
    for number, history, voided, why in histories(con):
        if history is None:
            raise LedgerUnusable(f"{number} 的记录无法重放, 没有重建: {why}", sqlite.DAMAGED)
        yield history, voided
