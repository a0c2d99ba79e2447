"""The tables that reports read, held against a replay of the events."""

from __future__ import annotations

import json
from functools import partial
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sixping.store import amended, documents, requests, sqlite
from sixping.store.layers.chained import erasures_in
from sixping.store.layers.reading import UNREADABLE, case_of, finding, guarded, order, rows, unlike
from sixping.store.projection import History
from sixping.store.replay import contact_rows, histories
from sixping.store.rows import MOVE_COLUMNS, RULE_COLUMNS, SAID_COLUMNS, STOPPED_COLUMNS, of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sixping.store.layers.reading import Finding, Row

_BATCH = 500
_LOST = "读不出来: 文件已损坏"


def check_projection(
    con: sqlite.Connection, done: Callable[[int], object] = int
) -> Iterator[Finding]:
    """Hold the projections against a replay; findings name case and column.

    ``done`` is told of every case replayed.
    """
    voided: dict[int, int] = {}
    for what, check in (
        ("事项", partial(_cases, voided=voided, done=done)),
        ("撤销的登记", partial(_voided, voided=voided)),
        ("删除的登记", _erased),
        ("识别重复登记的依据", _requested),
        ("电话和地点的比对登记", _compared),
        ("更正后的内容", _worded),
        ("规则的读出内容", _parsed),
        ("别的程序留下的统计", _statistics),
    ):
        yield from guarded(con, "projection", what, check)


def _statistics(con: sqlite.Connection) -> Iterator[Finding]:
    for name in sqlite.statistics(con):
        what = f"多出别的程序做的统计 {name}, 台账的内容没有变: 可用 sixping rebuild 去掉"
        yield finding("schema", None, None, what)


def _numbered(con: sqlite.Connection, seq: object, what: str) -> Finding:
    """Return a finding about an event, with the case it is of."""
    number = None
    if isinstance(seq, int):
        try:
            sql = "SELECT stream, subject FROM events WHERE seq = ?"
            number = case_of(*next(iter(rows(con, sql, (seq,))), (None, None)))
        except UNREADABLE:  # the chain's layer says so
            pass
    return finding("projection", seq, number, what)


# --- cases and their clocks ------------------------------------------------------------------


def _cases(
    con: sqlite.Connection, voided: dict[int, int], done: Callable[[int], object]
) -> Iterator[Finding]:
    """Hold the rows of every case against its replay; adds the voids it meets."""
    states, clocks = _Grouped(con, _STATES), _Grouped(con, _CLOCKS)
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
            yield from _extra(table.before(number))
            present = table.take(number)
            what = _LOST if present is None else _unlike(columns, expected, present)
            if what and history:
                yield finding("projection", None, number, f"{number} 与记录的重放不符: {what}")
    for table in (states, clocks):
        yield from _extra(table.before(None))
    yield from guarded(con, "projection", "事项的登记内容", partial(_facts, said=said))
    yield from guarded(con, "projection", "期限的依据", _terms)


def _extra(numbers: Iterable[object]) -> Iterator[Finding]:
    for extra in numbers:
        yield finding("projection", None, extra, f"多出没有记录的 {extra}")


def _facts(con: sqlite.Connection, said: int) -> Iterator[Finding]:
    """Check that nothing is said of a case but what its steps refer to."""
    if rows(con, "SELECT count(*) FROM case_facts") == [(said,)]:
        return
    extra = rows(con, _UNREFERRED)
    for seq, number in extra:
        yield finding("projection", seq, number, f"多出没有记录的登记内容 (第 {seq} 号)")
    if not extra:
        yield finding("projection", None, None, "事项的登记内容多出或缺少")


def _terms(con: sqlite.Connection) -> Iterator[Finding]:
    """Check that what clocks have in common is some clock's, and stands once."""
    for (terms,) in rows(con, _UNUSED):
        yield finding("projection", None, None, f"期限的依据多出第 {terms} 种")
    for (terms,) in rows(con, _DOUBLED):
        yield finding("projection", None, None, f"期限的依据第 {terms} 种重复")
    for (terms,) in rows(con, _UNKNOWN):
        yield finding("projection", None, None, f"期限的依据第 {terms} 种不见了")


_STATE_COLUMNS = (*MOVE_COLUMNS, *SAID_COLUMNS)
_STATES = (
    f"SELECT {', '.join(f'm.{name}' for name in MOVE_COLUMNS)},"
    f" {', '.join(f'f.{name}' for name in SAID_COLUMNS)} FROM case_moves m"
    " LEFT JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq)"
    " AND f.number = m.number"
    " {} ORDER BY m.number, m.from_seq"
)
_WHOLE = ", ".join(f"{'t' if c in RULE_COLUMNS else 'm'}.{c}" for c in STOPPED_COLUMNS)
_CLOCKS = (
    f"SELECT {_WHOLE}"
    " FROM clock_moves m LEFT JOIN clock_terms t ON t.id = m.terms"
    " {} ORDER BY m.number, m.round, m.kind, m.from_seq"
)
_UNREFERRED = (
    "SELECT f.seq, f.number FROM case_facts f WHERE NOT EXISTS (SELECT 1 FROM case_moves m"
    " WHERE m.number = f.number AND coalesce(m.facts_seq, m.intake_seq) = f.seq) ORDER BY f.seq"
)
_UNUSED = (
    "SELECT id FROM clock_terms WHERE id NOT IN"
    " (SELECT terms FROM clock_moves WHERE terms IS NOT NULL)"
)
_DOUBLED = (
    f"SELECT max(id) FROM clock_terms GROUP BY {', '.join(RULE_COLUMNS)} HAVING count(*) > 1"
    f" OR coalesce({', '.join(RULE_COLUMNS)}) IS NULL"
)
_UNKNOWN = (
    "SELECT DISTINCT terms FROM clock_moves WHERE terms IS NOT NULL"
    " AND terms NOT IN (SELECT id FROM clock_terms)"
)


def whole_states(history: History) -> list[Row]:
    """Return what the steps moved with what was said of the case, row by row."""
    said = {row[0]: row[2:] for row in history.facts}
    return [(*row, *said[row[_FACTS_SEQ] or history.intake_seq]) for row in history.moves]


_FACTS_SEQ = MOVE_COLUMNS.index("facts_seq")
_KEY = itemgetter(2, 1, 3)  # round, kind, from_seq


def sorted_clocks(history: History) -> list[Row]:
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
    """Rows of a table in order of number, taken case by case.

    Where the file does not give the next row, each case that is asked for is looked up.
    """

    def __init__(self, con: sqlite.Connection, sql: str) -> None:
        self._con, self._sql = con, sql
        self._rows = groupby(con.execute(sql.format("")), itemgetter(0))
        self._torn = False
        self._next: tuple[object, list[Row]] | None = None
        self._step()

    def _step(self) -> None:
        try:
            number, found = next(self._rows, (None, None))
            self._next = None if found is None else (number, list(found))
        except sqlite.Error:
            self._torn, self._next = True, None

    def before(self, number: object) -> Iterator[object]:
        """Take the groups that come before a number (None: all that are left)."""
        place = order(number)
        while self._next and (number is None or order(self._next[0]) < place):
            yield self._next[0]
            self._step()

    def take(self, number: str) -> list[Row] | None:
        """Take the rows of a number, if it is next; None where the file does not give them."""
        if self._torn:
            try:
                return rows(self._con, self._sql.format("WHERE m.number = ?"), (number,))
            except UNREADABLE:
                return None
        if not self._next or self._next[0] != number:
            return []
        found = self._next[1]
        self._step()
        return found


# --- the small tables ------------------------------------------------------------------------


def _voided(con: sqlite.Connection, voided: dict[int, int]) -> Iterator[Finding]:
    """Hold the voids against those of the cases and those beside them."""
    for by, facts in rows(con, _OTHER_VOIDS):
        try:
            voided[json.loads(facts)["seq"]] = by
        except UNREADABLE:  # the chain's layer says so
            continue
    yield from _registered(con, "voids", voided, "撤销")


_OTHER_VOIDS = (
    f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', 'voided')} AND e.stream <> 'case'"
    " ORDER BY e.seq"
)


def _erased(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the erasures against what the events say was erased."""
    yield from _registered(con, "erasures", erasures_in(con).gone, "删除")


def _registered(
    con: sqlite.Connection, table: str, expected: Mapping[int, int], what: str
) -> Iterator[Finding]:
    present: dict[int, int] = dict(rows(con, f"SELECT seq, by_seq FROM {table}"))
    for seq in sorted(present.keys() | expected.keys(), key=order):
        if present.get(seq) != expected.get(seq):
            said = f"第 {seq} 号的{what}登记与记录不符"
            yield _numbered(con, seq, said)


_LEGIBLE = """LEFT JOIN told t ON t.seq = x.seq LEFT JOIN events e ON e.seq = x.seq WHERE CASE
  WHEN e.sealed IS NULL THEN 1
  WHEN t.seq IS NULL THEN x.seq IN (SELECT seq FROM erasures)
  WHEN json_valid(t.fields) THEN json_type(t.fields) = 'object' END"""
"""Rows ``x`` made of private text, but where that is gone or illegible without an erasure: of
those the chain's layer tells."""


def _requested(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the handles of requests against what is sealed."""
    key = requests.secret(con)
    if key is None:
        yield finding("projection", None, None, "识别重复登记的密钥不见了或被改动")
        return
    total = 0
    apart: list[tuple[bytes, int]] = []
    sealed = _handles(con, key)
    while batch := list(islice(sealed, _BATCH)):
        total += len(batch)
        marks = ", ".join("?" * len(batch))
        known = f"SELECT handle, seq FROM requests WHERE handle IN ({marks})"
        kept = dict(con.execute(known, [handle for handle, _ in batch]).fetchall())
        apart += [row for row in batch if kept.get(row[0]) != row[1]]
    again = _given_before(con, key, apart)
    wrong = [row for row in apart if row not in again]
    for _, seq in wrong:
        yield _numbered(con, seq, f"第 {seq} 号识别重复登记的依据不符")
    if rows(con, f"SELECT count(*) FROM requests x {_LEGIBLE}") != [(total - len(again),)]:
        yield from _surplus(con, key, again, named=bool(wrong))


def _handles(con: sqlite.Connection, key: bytes) -> Iterator[tuple[bytes, int]]:
    return chain(requests.sealed_handles(con, key), amended.request_rows(con, key))


def _given_before(
    con: sqlite.Connection, key: bytes, apart: Sequence[tuple[bytes, int]]
) -> set[tuple[bytes, int]]:
    """Return those of ``apart`` whose handle an earlier report has: it stays that one's.

    Two reports of one request come of a retry while its handle had been taken out of the ledger.
    """
    first: dict[bytes, int] = {}
    if sought := {handle for handle, _ in apart}:
        for handle, seq in _handles(con, key):
            if handle in sought:
                first.setdefault(handle, seq)
    return {(handle, seq) for handle, seq in apart if first[handle] != seq}


def _surplus(
    con: sqlite.Connection, key: bytes, again: set[tuple[bytes, int]], *, named: bool
) -> Iterator[Finding]:
    """Name the handles that follow from nothing; only looked for where there are any."""
    by_seq = itemgetter(1, 0)
    sealed = (sorted(group, key=by_seq) for _, group in groupby(
        requests.sealed_handles(con, key), itemgetter(1)
    ))  # fmt: skip
    every = merge(
        chain.from_iterable(sealed), sorted(amended.request_rows(con, key), key=by_seq), key=by_seq
    )
    expected = (row for row in every if row not in again)
    present = con.execute(
        f"SELECT x.handle, x.seq FROM requests x {_LEGIBLE} ORDER BY x.seq, x.handle"
    )
    for (_, seq), extra in unlike(present, expected, _in_order(1, 0)):
        if extra:
            named = True
            yield _numbered(con, seq, f"第 {seq} 号多出识别重复登记的依据")
    if not named:
        yield finding("projection", None, None, "识别重复登记的依据多出或缺少")


def _in_order(*places: int) -> Callable[[Row], Any]:
    return lambda row: tuple([order(row[place]) for place in places])


def _compared(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the comparable phones and places against the private text."""
    found = con.execute(
        f"SELECT x.form, x.received_at, x.seq FROM traces x {_LEGIBLE}"
        " ORDER BY x.seq, x.form, x.received_at"
    )
    for (_, _, seq), extra in unlike(found, contact_rows(con), _in_order(2, 0, 1)):
        what = "多出" if extra else "缺少"
        yield _numbered(con, seq, f"第 {seq} 号的电话和地点的比对登记{what}")


def _worded(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold the words of amended reports against the private text."""
    present: dict[object, object] = dict(rows(con, "SELECT seq, fields FROM case_words"))
    expected: dict[object, object] = dict(amended.word_rows(con))
    for seq in sorted(present.keys() | expected.keys(), key=order):
        if present.get(seq) != expected.get(seq):
            yield _numbered(con, seq, f"第 {seq} 号更正后的内容与记录不符")


def _parsed(con: sqlite.Connection) -> Iterator[Finding]:
    for what in documents.wrong_parsed(con):
        yield finding("projection", None, None, what)
