"""The events and what lies beside them, held against the chain that seals both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.legible import facts_in
from sixping.store import chain, log
from sixping.store.layers.reading import (
    MOST,
    UNREADABLE,
    Gap,
    by_number,
    case_of,
    finding,
    rows,
)
from sixping.store.rescue import numbers, restored
from sixping.store.rows import EVENT_RECORDED_AT, SOURCE_COLUMNS, of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sixping.store import sqlite
    from sixping.store.anchors import Anchor
    from sixping.store.layers.reading import Finding, Row

_EVENTS = (
    "SELECT e.seq, e.stream, e.subject, e.version, e.kind, e.at,"
    f" {EVENT_RECORDED_AT}, e.source, e.facts, e.sealed, e.remarks, e.hash"
    " FROM events e WHERE e.seq > ? ORDER BY e.seq"
)
_TOLD = "SELECT t.seq, t.salt, t.fields FROM told t WHERE t.seq > ? ORDER BY t.seq"
_SOURCES = (
    f"SELECT o.id, {', '.join(f'o.{name}' for name in SOURCE_COLUMNS)} FROM sources o"
    " WHERE o.id > ? ORDER BY o.id"
)
_NOBODY: Row = (None,) * len(SOURCE_COLUMNS)
_BEFORE_SOURCE, _SOURCE = 7, 8


def check_chain(
    con: sqlite.Connection, since: Anchor | None = None, done: Callable[[int], object] = int
) -> Iterator[Finding]:
    """Recompute every link and every seal; one finding for each event that is wrong.

    ``since``: only what came after it, linked to its head.
    """
    name = _name(con)
    if name is None:
        yield finding("chain", None, None, "台账的标识 (ledger_id) 不见了或读不出来, 链无法核对")
    prefix = chain.prefix(name or "")
    after = since.seq if since else None
    beside = _Beside(con, after)
    erasures = erasures_in(con)
    sources: dict[object, Row] = {}
    yield from _read_sources(con, sources)
    used: set[object] = set()
    genesis = bytes.fromhex(since.head) if since else chain.GENESIS
    previous: bytes | None = genesis if name else None
    expected = since.seq + 1 if since else 1
    for row in by_number(con, _EVENTS, after):
        done(1)
        if isinstance(row, Gap):
            yield finding("chain", row.first, None, f"{row}记录读不出来: 文件已损坏")
            previous, expected = None, (row.last or -1) + 1
            continue
        seq, stored = row[0], row[-1]
        number = case_of(row[1], row[2])
        used.add(row[_BEFORE_SOURCE])
        yield from beside.ownerless(seq)
        if seq != expected and expected:
            last = f"到 {seq - 1} " if seq - 1 > expected else ""
            yield finding("chain", expected, None, f"缺少第 {expected} {last}号记录")
        link = _hash_due(prefix, previous, row, sources.get(row[_BEFORE_SOURCE], _NOBODY))
        if link != stored and previous is not None:
            yield finding("chain", seq, number, _broken(seq))
        wrong = beside.wrong(seq, row[_SOURCE + 1], erasures)
        if wrong:
            yield finding("chain", seq, number, f"第 {seq} 号记录{wrong}")
        if name:
            previous = stored if _is_link(stored) else link
        expected = seq + 1
    yield from beside.ownerless(None)
    if since is None:
        yield from _sources(sources, used)
    yield from _counted(con, expected - 1)


def _read_sources(con: sqlite.Connection, sources: dict[object, Row]) -> Iterator[Finding]:
    """Add who recorded, where and with what, by id."""
    for row in by_number(con, _SOURCES):
        if isinstance(row, Gap):
            yield finding("chain", None, None, f"来源{row}读不出来: 文件已损坏")
        else:
            sources[row[0]] = row[1:]


def _name(con: sqlite.Connection) -> str | None:
    try:
        return log.ledger_id(con)
    except UNREADABLE:
        return None


def _broken(seq: int) -> str:
    if seq == 1:
        return "第 1 号记录被改动过, 或者台账的标识 (ledger_id) 被改动过"
    return f"第 {seq} 号记录或它的前一条被改动过"


def _is_link(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == len(chain.GENESIS)


def _hash_due(prefix: str, previous: bytes | None, row: Row, source: Row) -> bytes | None:
    """Return the hash that an event must have; None where its text is none to be hashed."""
    if previous is None:
        return None
    values = (*row[:_BEFORE_SOURCE], *source, *row[_SOURCE:-1])
    try:
        return chain.link(prefix, previous, values)
    except UNREADABLE:
        return None


class Erasures(NamedTuple):
    """What was lawfully erased: seq → by which event, and the seals of what stayed."""

    gone: dict[int, int]
    kept: dict[int, bytes]


def erasures_in(con: sqlite.Connection) -> Erasures:
    """Read them off the chain; nothing of an erasure whose facts were tampered with."""
    found = Erasures({}, {})
    for seq, facts in rows(con, _ERASED):
        found.gone.update((gone, seq) for gone in erased_by(facts))
        found.kept.update(kept_by(facts))
    return found


_ERASED = (
    f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', 'erased')}"
    " AND e.stream = 'organisation' ORDER BY e.seq"
)


def erased_by(facts: str) -> list[int]:
    """Return what an erasure says it erased; none where its facts were tampered with."""
    try:
        return [seq for seq in json.loads(facts)["seqs"] if isinstance(seq, int)]
    except UNREADABLE:
        return []


def kept_by(facts: str) -> dict[int, bytes]:
    """Return the seals of what an erasure let stay; none where its facts were tampered with."""
    try:
        kept = json.loads(facts).get("kept", {})
        return {int(seq): bytes.fromhex(seal) for seq, seal in kept.items()}
    except UNREADABLE:
        return {}


class _Beside:
    """What lies beside the events, taken in the order of their seq."""

    def __init__(self, con: sqlite.Connection, after: int | None = None) -> None:
        """Begin after a seq; without one at the first."""
        self._rows = by_number(con, _TOLD, after)
        self._next: Row | Gap | None = next(self._rows, None)

    def ownerless(self, seq: int | None) -> Iterator[Finding]:
        """Take what comes before an event (None: all that is left): it belongs to none."""
        while self._next is not None:
            if isinstance(self._next, Gap):
                last = self._next.last
                if seq is not None and (last is None or last >= seq):
                    return
                if seq is not None or last is None:
                    yield finding(
                        "chain", self._next.first, None, f"{self._next}记录旁的内容读不出来"
                    )
            elif seq is None or self._next[0] < seq:
                own = self._next[0]
                yield finding("chain", own, None, f"有内容属于不存在的第 {own} 号记录")
            else:
                return
            self._next = next(self._rows, None)

    def wrong(self, seq: int, sealed: object, erasures: Erasures) -> str:
        """Take what lies beside an event and say what is wrong with it; empty where nothing."""
        if isinstance(self._next, Gap):
            return "旁的内容读不出来: 文件已损坏" if sealed is not None else ""
        salt = private = None
        if self._next is not None and self._next[0] == seq:
            _, salt, private = self._next
            self._next = next(self._rows, None)
        kept = erasures.kept.get(seq, sealed) if sealed is not None else None
        return _beside(kept, salt, private, erased=seq in erasures.gone)


def _beside(sealed: object, salt: object, private: object, *, erased: bool) -> str:
    if sealed is None:
        return "旁多出了不属于它的内容" if (salt, private) != (None, None) else ""
    if salt is None and private is None:
        return "" if erased else "旁的内容不见了, 也没有依法删除的记录"
    if erased:
        return "旁已依法删除的内容又出现了"
    try:
        seal = chain.commitment(salt, private)  # type: ignore[arg-type]
    except UNREADABLE:  # another type of value than was ever stored
        return "旁的内容读不懂, 被改动过"
    return "" if seal == sealed else "旁的内容被改动过"


def _sources(sources: dict[object, Row], used: set[object]) -> Iterator[Finding]:
    """Check that each source is some event's, and stands once."""
    for number in sorted(sources.keys() - used, key=str):
        yield finding("chain", None, None, f"多出没有记录的来源 {number}")
    first: dict[Row, object] = {}
    for number, source in sources.items():
        if first.setdefault(source, number) != number:
            yield finding("chain", None, None, f"来源 {number} 与 {first[source]} 重复")


def _counted(con: sqlite.Connection, last: int) -> Iterator[Finding]:
    """Check the counters against the events."""
    counters: dict[object, object] = dict(rows(con, "SELECT name, value FROM counters"))
    if counters.pop("seq", None) != last:
        yield finding("chain", last, None, "流水号计数与最后一条记录不符, 末尾可能被截去")
    for year, number in _numbered(con):
        if counters.pop(f"{numbers.COUNTER}{year}", None) != number:
            yield finding("chain", None, None, f"{year} 年的编号不连续或与计数不符")
    for name in counters:
        yield finding("chain", None, None, f"计数 {name} 没有对应的记录")


_GIVEN = (
    "SELECT substr(subject, 1, 4), count(*), min(CAST(substr(subject, 6) AS INTEGER)),"
    " max(CAST(substr(subject, 6) AS INTEGER))"
    " FROM events WHERE stream = 'case' AND version = 1 AND seq > ? AND seq < ? GROUP BY 1"
)
_LOST = (
    f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', *numbers.KINDS)}"
    f" AND e.stream = '{numbers.STREAM}' ORDER BY e.seq"
)


def _numbered(con: sqlite.Connection) -> Iterator[tuple[object, object]]:
    """Yield the last number of each year, None where one is lacking that no event says was lost."""
    ends: dict[object, Any] = {}
    before = 0
    for seq, facts in [*rows(con, _LOST), (MOST, "null")]:
        for year, count, first, highest in rows(con, _GIVEN, (before, seq)):
            end = ends.get(year, 0)
            joined = end is not None and first == end + 1 and count == highest - end
            ends[year] = highest if joined else None
        for year, number in numbers.recorded(facts_in(facts)).items():
            end = ends.get(year, 0)
            ends[year] = None if end is None else max(end, number)
        before = seq
    yield from ends.items()


def check_anchors(con: sqlite.Connection, anchors: Iterable[Anchor]) -> Iterator[Finding]:
    """Hold the chain against heads that were kept elsewhere: seq, hash or its tail in hex."""
    for seq, kept, *_ in anchors:
        try:
            link = log.link_at(con, seq)
        except UNREADABLE:
            yield finding("anchor", seq, None, f"第 {seq} 号读不出来, 不能与锚点核对")
            continue
        if link is None:
            why = _explained(con, seq) or "末尾被截去"
            yield finding("anchor", seq, None, f"锚点是第 {seq} 号, 台账里已没有: {why}")
        elif not _is_link(link) or not link.hex().endswith(kept):
            why = _explained(con, seq) or "它或它之前的记录被改写"
            yield finding("anchor", seq, None, f"第 {seq} 号与锚点不同: {why}")


def _explained(con: sqlite.Connection, seq: int) -> str:
    """Return what a restore may have to do with it; empty where none has, or none can be read."""
    try:
        return restored.explained(con, seq)
    except UNREADABLE:
        return ""
