"""What ``verify`` looks at, layer by layer, in flat memory; each fault is a finding.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.store import chain, documents, log, requests, sqlite
from sixping.store.replay import Finding, check_projection, erased_by, finding, kept_by
from sixping.store.rows import event_term, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SEQS = 20
REMARKS = {
    "stated_now": "记录时用 SIXPING_NOW 代替了时钟",
    "clock_back": "记录时机器的时钟早于前一条记录",
    "stated_past": "说的是过去的事 (发生时间早于记录时间)",
    "world_readable": "这台机器上的任何账号都能读台账, 里面有反映人的电话和住址: 请 chmod o-r",
}


def extent(con: sqlite.Connection) -> tuple[int, tuple[int, str]]:
    """Return how many events there are, and the last one's seq and hash."""
    (count,) = con.execute("SELECT count(*) FROM events").fetchone()
    seq, link, _ = log.last_link(con)
    return count, (seq, link.hex() if count else "")


def findings(con: sqlite.Connection, anchors: list[tuple[int, str]]) -> Iterator[Finding]:
    """Yield what is wrong, layer by layer; ``anchors`` as ``verify`` takes them."""
    for (line,) in con.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield finding("integrity", None, None, f"文件内部损坏: {line}")
    for name in sqlite.differences(con):
        yield finding("schema", None, None, f"结构被改动: {name}")
    yield from _own(con)
    yield from check_chain(con)
    for seq, what in documents.wrong_documents(con):
        yield finding("chain", seq, None, what)
    yield from _anchored(con, anchors)
    yield from check_projection(con)


_FORMAT = (
    "SELECT seq, coalesce(json_extract(facts, '$.to'), json_extract(facts, '$.format')) FROM events"
    " WHERE stream = 'organisation' AND subject = 'ledger' AND kind IN ('initialised', 'migrated',"
    " 'taken_over')"
    " AND json_valid(facts) ORDER BY seq DESC LIMIT 1"
)
"""The format that the chain says the file has."""


def _own(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold what the file says of itself against what the chain says of it."""
    (version,) = con.execute("PRAGMA user_version").fetchone()
    said = con.execute(_FORMAT).fetchone()
    if said is None or said[1] != version:
        seq = said[0] if said else None
        yield finding("schema", seq, None, f"格式号 {version} 与记录不符")
    for (key,) in con.execute("SELECT key FROM meta ORDER BY key"):
        if key not in {"ledger_id", requests.SECRET}:
            yield finding("schema", None, None, f"meta 多出 {key}")


# --- the chain and what lies beside it ---------------------------------------------------


def check_chain(con: sqlite.Connection) -> Iterator[Finding]:
    """Recompute every link and every seal; one finding for each event that is wrong."""
    prefix = chain.prefix(log.ledger_id(con) or "")
    erased, kept = _lawfully_erased(con)
    previous, expected = chain.GENESIS, 1
    sources = set()
    for *values, digest, source, salt, private in con.execute(_LINKS):
        seq, stream, subject = values[:3]
        sources.add(source)
        number = subject if stream == "case" else None
        if seq != expected:
            yield finding("chain", expected, None, f"缺少第 {expected} 到 {seq - 1} 号记录")
        if chain.link(prefix, previous, values) != digest:
            yield finding("chain", seq, number, f"第 {seq} 号记录或它的前一条被改动过")
        sealed = kept.get(seq, values[12]) if values[12] else None
        wrong = _beside(sealed, salt, private, erased=seq in erased)
        if wrong:
            yield finding("chain", seq, number, f"第 {seq} 号记录{wrong}")
        previous, expected = digest, seq + 1
    for (source,) in con.execute("SELECT id FROM sources ORDER BY id"):
        if source not in sources:
            yield finding("chain", None, None, f"多出没有记录的来源 {source}")
    yield from _counted(con, expected - 1)


_LINKS = (
    f"SELECT {', '.join(map(event_term, chain.FIELDS))}, e.hash, e.source, t.salt, t.fields"
    " FROM events e LEFT JOIN sources o ON o.id = e.source"
    " LEFT JOIN told t ON t.seq = e.seq ORDER BY e.seq"
)


def _beside(sealed: bytes | None, salt: bytes | None, private: str | None, *, erased: bool) -> str:
    if sealed is None:
        return "旁多出了不属于它的内容" if salt is not None else ""
    if salt is None or private is None:
        return "" if erased else "旁的内容不见了, 也没有依法删除的记录"
    if erased:
        return "旁已依法删除的内容又出现了"
    try:
        seal = chain.commitment(salt, private)
    except (TypeError, AttributeError):  # another type of value than was ever stored
        return "旁的内容读不懂, 被改动过"
    return "" if seal == sealed else "旁的内容被改动过"


def _lawfully_erased(con: sqlite.Connection) -> tuple[set[int], dict[int, bytes]]:
    """Return the events that lost their words, and the seals of what stayed of others."""
    erased = of_kind("e", "erased")
    rows = con.execute(
        f"SELECT e.facts FROM events e WHERE {erased} AND e.stream = 'organisation' ORDER BY e.seq"
    )
    gone: set[int] = set()
    kept: dict[int, bytes] = {}
    for (facts,) in rows:
        gone.update(erased_by(facts))
        kept |= kept_by(facts)
    return gone, kept


def _counted(con: sqlite.Connection, last: int) -> Iterator[Finding]:
    """Check the counters and that nothing lies beside an event that is not there."""
    counters = dict(con.execute("SELECT name, value FROM counters").fetchall())
    if counters.pop("seq", None) != last:
        yield finding("chain", last, None, "流水号计数与最后一条记录不符, 末尾可能被截去")
    numbers = con.execute(
        "SELECT 'case/' || substr(subject, 1, 4), count(*),"
        " max(CAST(substr(subject, 6) AS INTEGER))"
        " FROM events WHERE stream = 'case' AND version = 1 GROUP BY 1"
    )
    for name, count, highest in numbers:
        if not counters.pop(name, None) == count == highest:
            yield finding("chain", None, None, f"{name[5:]} 年的编号不连续或与计数不符")
    for name in counters:
        yield finding("chain", None, None, f"计数 {name} 没有对应的记录")
    orphans = con.execute("SELECT seq FROM told WHERE seq NOT IN (SELECT seq FROM events)")
    for (seq,) in orphans:
        yield finding("chain", seq, None, f"有内容属于不存在的第 {seq} 号记录")


def _anchored(con: sqlite.Connection, anchors: list[tuple[int, str]]) -> Iterator[Finding]:
    for seq, kept in anchors:
        link = log.link_at(con, seq)
        if link is None:
            yield finding("anchor", seq, None, f"锚点是第 {seq} 号, 台账里已没有: 末尾被截去")
        elif not link.hex().endswith(kept.strip().lower()):
            yield finding("anchor", seq, None, f"第 {seq} 号与锚点不同: 它或它之前的记录被改写")


# --- what is worth a remark and no fault ---------------------------------------------------


def remarks(con: sqlite.Connection) -> list[dict[str, Any]]:
    """Return what the events say of how they were recorded, and what was taken over."""
    return [*_remarked(con), *_taken_over(con)]


def _remarked(con: sqlite.Connection) -> list[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for seq, words in con.execute(
        "SELECT seq, remarks FROM events WHERE remarks IS NOT NULL ORDER BY seq"
    ):
        for word in json.loads(words):
            entry = entries.setdefault(
                word, {"remark": word, "what": REMARKS.get(word, word), "count": 0, "seqs": []}
            )
            entry["count"] += 1
            if entry["count"] <= MOST_SEQS:
                entry["seqs"].append(seq)
    return list(entries.values())


def _taken_over(con: sqlite.Connection) -> Iterator[dict[str, Any]]:
    """Remark which events were recorded in another ledger, and in which."""
    for seq, facts in con.execute(
        f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', 'taken_over')} ORDER BY e.seq"
    ).fetchall():
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(facts)
            what = (
                f"第 {said['first']} 到 {said['last']} 号接收自另一台账 (标识 {said['ledger'][:8]},"
                f" 到第 {said['seq']} 号, 校验码 {said['head'][-16:]}), 时间和经办人照原来的记录"
            )
            yield {"remark": "taken_over", "what": what, "count": said["events"], "seqs": [seq]}


def exposed(path: str) -> list[dict[str, Any]]:
    """Remark that every account of the machine may read what citizens said."""
    if os.name != "posix" or not Path(path).stat().st_mode & stat.S_IROTH:
        return []
    return [{"remark": "world_readable", "what": REMARKS["world_readable"], "count": 1, "seqs": []}]
