"""Is the ledger what it says? Four layers, one pass each, in flat memory.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay. No layer can prove that nothing was changed: whoever
re-hashes everything between two anchors leaves no trace, and the statement says so.
"""

from __future__ import annotations

import json
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sixping import chain, projection, storage
from sixping.clock import from_text
from sixping.errors import SixpingError
from sixping.events import Entry, read_event
from sixping.ledger import INSERT_CLOCK, INSERT_STATE, transaction

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from sixping.ledger import Stamp, Transaction
    from sixping.projection import Row

    Finding = dict[str, Any]

MOST_FINDINGS = 1000
MOST_SEQS = 20
REMARKS = {
    "stated_now": "记录时用 SIXPING_NOW 代替了时钟",
    "clock_back": "记录时机器的时钟早于前一条记录",
    "stated_past": "说的是过去的事 (发生时间早于记录时间)",
}


def verify(path: str | os.PathLike[str], anchors: Iterable[tuple[int, str]] = ()) -> dict[str, Any]:
    """Check a ledger and say what can be said of it.

    ``anchors``: (seq, hash or its tail in hex) kept outside the ledger. Raises only when
    the file is no ledger of this version or cannot be read at all.
    """
    name = storage.real_path(path)
    kept = list(anchors)
    findings: list[Finding] = []
    count, seq, tail, remarks = 0, 0, "", []
    with closing(storage.open_reader(path, checked=False)) as con:
        try:
            con.execute("BEGIN")
            for finding in _layers(con, kept):
                findings.append(finding)
                if len(findings) >= MOST_FINDINGS:
                    findings.append(_finding("projection", None, None, "问题过多, 后面的不再列出"))
                    break
            (count,) = con.execute("SELECT count(*) FROM events").fetchone()
            row = con.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            seq, tail = (row[0], row[1].hex()) if row else (0, "")
            remarks = _remarks(con)
        except storage.Error as error:
            findings.append(_finding("integrity", None, None, f"文件已损坏, 读不下去: {error}"))
    return {
        "ok": not findings,
        "events": count,
        "head": {"seq": seq, "hash": tail},
        "statement": _statement(name, findings, kept),
        "findings": findings,
        "remarks": remarks,
    }


def _statement(name: str, findings: list[Finding], anchors: list[tuple[int, str]]) -> str:
    if findings:
        layers = "、".join(dict.fromkeys(f["layer"] for f in findings))
        return f"不一致: {len(findings)} 处 ({layers}): {name}"
    if anchors:
        seq, digest = max(anchors)
        return f"自锚点 (第 {seq} 号, 尾号 {digest[-8:]}) 以来一致"
    return "自洽 (未提供锚点)"


def _finding(layer: str, seq: int | None, number: str | None, what: str) -> Finding:
    return {"layer": layer, "seq": seq, "number": number, "what": what}


def _layers(con: storage.Connection, anchors: list[tuple[int, str]]) -> Iterator[Finding]:
    for (line,) in con.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield _finding("integrity", None, None, f"文件内部损坏: {line}")
    for name in storage.differences(con):
        yield _finding("schema", None, None, f"结构被改动: {name}")
    yield from check_chain(con)
    yield from _anchored(con, anchors)
    yield from check_projection(con)


def _remarks(con: storage.Connection) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for seq, words in con.execute(
        "SELECT seq, remarks FROM events WHERE remarks IS NOT NULL ORDER BY seq"
    ):
        for word in json.loads(words):
            entry = found.setdefault(
                word, {"remark": word, "what": REMARKS.get(word, word), "count": 0, "seqs": []}
            )
            entry["count"] += 1
            if entry["count"] <= MOST_SEQS:
                entry["seqs"].append(seq)
    return list(found.values())


# --- the chain and what lies beside it ---------------------------------------------------


def check_chain(con: storage.Connection) -> Iterator[Finding]:
    """Recompute every link and every seal; one finding for each event that is wrong."""
    (ledger_id,) = con.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone() or ("",)
    prefix = chain.prefix(ledger_id)
    erased = _lawfully_erased(con)
    previous, expected = chain.GENESIS, 1
    columns = ", ".join(f"e.{name}" for name in chain.FIELDS)
    rows = con.execute(
        f"SELECT {columns}, e.hash, t.salt, t.fields"  # - our own names
        " FROM events e LEFT JOIN told t ON t.seq = e.seq ORDER BY e.seq"
    )
    for *values, digest, salt, told in rows:
        seq, stream, subject = values[:3]
        number = subject if stream == "case" else None
        if seq != expected:
            yield _finding("chain", expected, None, f"缺少第 {expected} 到 {seq - 1} 号记录")
        if chain.link(prefix, previous, values) != digest:
            yield _finding("chain", seq, number, f"第 {seq} 号记录或它的前一条被改动过")
        wrong = _beside(values[12], salt, told, erased=seq in erased)
        if wrong:
            yield _finding("chain", seq, number, f"第 {seq} 号记录{wrong}")
        previous, expected = digest, seq + 1
    yield from _counted(con, expected - 1)


def _beside(sealed: bytes | None, salt: bytes | None, told: str | None, *, erased: bool) -> str:
    if sealed is None:
        return "旁多出了不属于它的内容" if salt is not None else ""
    if salt is None or told is None:
        return "" if erased else "旁的内容不见了, 也没有依法删除的记录"
    if erased:
        return "旁已依法删除的内容又出现了"
    try:
        seal = chain.commitment(salt, json.loads(told))
    except (ValueError, AttributeError, TypeError):
        return "旁的内容读不懂, 被改动过"
    return "" if seal == sealed else "旁的内容被改动过"


def _lawfully_erased(con: storage.Connection) -> set[int]:
    rows = con.execute("SELECT facts FROM events WHERE kind = 'erased' AND stream = 'organisation'")
    return {seq for (facts,) in rows for seq in json.loads(facts)["seqs"]}


def _counted(con: storage.Connection, last: int) -> Iterator[Finding]:
    """Check the counters and that nothing lies beside an event that is not there."""
    counters = dict(con.execute("SELECT name, value FROM counters").fetchall())
    if counters.pop("seq", None) != last:
        yield _finding("chain", last, None, "流水号计数与最后一条记录不符, 末尾可能被截去")
    numbers = con.execute(
        "SELECT 'case/' || substr(subject, 1, 4), count(*),"
        " max(CAST(substr(subject, 6) AS INTEGER))"
        " FROM events WHERE stream = 'case' AND version = 1 GROUP BY 1"
    )
    for name, count, highest in numbers:
        if not counters.pop(name, None) == count == highest:
            yield _finding("chain", None, None, f"{name[5:]} 年的编号不连续或与计数不符")
    for name in counters:
        yield _finding("chain", None, None, f"计数 {name} 没有对应的记录")
    orphans = con.execute("SELECT seq FROM told WHERE seq NOT IN (SELECT seq FROM events)")
    for (seq,) in orphans:
        yield _finding("chain", seq, None, f"有内容属于不存在的第 {seq} 号记录")


def _anchored(con: storage.Connection, anchors: list[tuple[int, str]]) -> Iterator[Finding]:
    for seq, kept in anchors:
        row = con.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            yield _finding("anchor", seq, None, f"锚点是第 {seq} 号, 台账里已没有: 末尾被截去")
        elif not row[0].hex().endswith(kept.strip().lower()):
            yield _finding("anchor", seq, None, f"第 {seq} 号与锚点不同: 它或它之前的记录被改写")


# --- the tables that reports read --------------------------------------------------------


def histories(
    con: storage.Connection,
) -> Iterator[tuple[str, projection.History | None, dict[int, int], str]]:
    """Replay case by case: number, its rows, its voids (seq → by) or why it cannot be replayed."""
    rows = con.execute(
        "SELECT subject, seq, at, recorded_at, kind, facts, by_name FROM events"
        " WHERE stream = 'case' ORDER BY subject, version"
    )
    for number, group in groupby(rows, itemgetter(0)):
        voided: dict[int, int] = {}
        history = None
        try:
            for case, seq, gone in projection.replay(number, map(_entry, group)):
                history = history or projection.History(number, seq)
                history.add(case, seq)
                if gone is not None:
                    voided[gone] = seq
        except (ValueError, KeyError, TypeError, AttributeError, SixpingError) as error:
            yield number, None, {}, str(error)
        else:
            yield number, history, voided, ""


def _entry(row: Sequence[Any]) -> Entry:
    _, seq, at, recorded_at, kind, facts, by = row
    return Entry(
        seq=seq,
        at=from_text(at),
        recorded_at=from_text(recorded_at),
        event=read_event(kind, facts),
        by=by,
    )


def check_projection(con: storage.Connection) -> Iterator[Finding]:
    """Hold the projections against a replay; findings name case and column."""
    states = _grouped(con, "case_states", projection.CASE_COLUMNS, "number, from_seq")
    clocks = _grouped(
        con, "clock_states", projection.CLOCK_COLUMNS, "number, round, kind, from_seq"
    )
    voided: dict[int, int] = {}
    for number, history, gone, why in histories(con):
        voided |= gone
        if history is None:
            yield _finding("projection", None, number, f"{number} 的记录无法重放: {why}")
        for columns, table, expected in (
            (projection.CASE_COLUMNS, states, history.cases if history else []),
            (projection.CLOCK_COLUMNS, clocks, sorted_clocks(history) if history else []),
        ):
            for extra, _ in table.before(number):
                yield _finding("projection", None, extra, f"多出没有记录的 {extra}")
            what = _unlike(columns, expected, table.take(number))
            if what and history:
                yield _finding("projection", None, number, f"{number} 与记录的重放不符: {what}")
    for table in (states, clocks):
        for extra, _ in table.before(None):
            yield _finding("projection", None, extra, f"多出没有记录的 {extra}")
    yield from _listed(con, voided)


def _listed(con: storage.Connection, voided: dict[int, int]) -> Iterator[Finding]:
    """Check the small tables: voids, erasures, request keys."""
    erased: dict[int, int] = {}
    for by, facts in con.execute("SELECT seq, facts FROM events WHERE kind = 'erased'"):
        erased |= dict.fromkeys(json.loads(facts)["seqs"], by)
    for table, expected, what in (("voids", voided, "撤销"), ("erasures", erased, "删除")):
        if dict(con.execute(f"SELECT seq, by_seq FROM {table}").fetchall()) != expected:
            yield _finding("projection", None, None, f"{what}的登记与记录不符")
    total = 0
    keyed = con.execute("SELECT seq, request_keys FROM events WHERE request_keys IS NOT NULL")
    for seq, keys in keyed:
        for key in json.loads(keys):
            total += 1
            row = con.execute("SELECT seq FROM requests WHERE key = ?", (key,)).fetchone()
            if row is None or row[0] != seq:
                yield _finding("projection", seq, None, f"第 {seq} 号的来源编号登记不符")
    if con.execute("SELECT count(*) FROM requests").fetchone()[0] != total:
        yield _finding("projection", None, None, "来源编号的登记多出或缺少")


def sorted_clocks(history: projection.History) -> list[Row]:
    """Return the clock rows in the order of the table's key."""
    return sorted(history.clocks, key=lambda row: (row[2], row[1], row[3]))


def _unlike(columns: Sequence[str], expected: list[Row], found: list[Row]) -> str:
    if expected == found:
        return ""
    if len(expected) != len(found):
        return f"应有 {len(expected)} 行, 现有 {len(found)} 行"
    for one, other in zip(expected, found, strict=True):
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


def _grouped(con: storage.Connection, table: str, columns: Sequence[str], order: str) -> _Grouped:
    return _Grouped(con.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"))


# --- rebuild -----------------------------------------------------------------------------


def rebuild(path: str | os.PathLike[str], stamp: Stamp, *, check: bool = False) -> list[Finding]:
    """Make the projections anew from the events; return what was wrong with them before.

    ``check`` only looks. A rebuild that changed something is itself recorded. Raises
    ``LedgerUnusable`` when a case cannot be replayed (nothing is changed then).
    """
    if check:
        with closing(storage.open_reader(path)) as con, storage.explained_sqlite(str(path), ""):
            con.execute("BEGIN")
            return list(check_projection(con))
    with transaction(path, stamp) as work:
        findings = list(check_projection(work.con))
        if findings:
            _rewrite(work)
            work.note("organisation", "ledger", "rebuilt", {"findings": len(findings)})
    return findings


def _rewrite(work: Transaction) -> None:
    con = work.con
    for table in ("case_states", "clock_states", "voids", "erasures"):
        con.execute(f"DELETE FROM {table}")
    for number, history, voided, why in histories(con):
        if history is None:
            raise storage.damaged(f"{number} 的记录无法重放, 没有重建: {why}")
        con.executemany(INSERT_STATE, history.cases)
        con.executemany(INSERT_CLOCK, history.clocks)
        con.executemany("INSERT INTO voids (seq, by_seq) VALUES (?, ?)", voided.items())
    con.execute(
        "INSERT INTO erasures (seq, by_seq) SELECT j.value, e.seq FROM events e,"
        " json_each(e.facts, '$.seqs') j WHERE e.kind = 'erased'"
    )
    con.execute(
        "DELETE FROM requests WHERE NOT EXISTS (SELECT 1 FROM events e,"
        " json_each(e.request_keys) j WHERE e.seq = requests.seq AND j.value = requests.key)"
    )
    con.execute(
        "INSERT OR IGNORE INTO requests (key, seq) SELECT j.value, e.seq FROM events e,"
        " json_each(e.request_keys) j WHERE e.request_keys IS NOT NULL"
    )
