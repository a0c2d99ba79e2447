"""Is the ledger what it says? Four layers, one pass each, in flat memory.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay. No layer can prove that nothing was changed: whoever
re-hashes everything between two anchors leaves no trace, and the statement says so.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.store import chain, documents, log, requests, sqlite
from sixping.store.replay import Finding, check_projection, erased_by, finding, kept_by
from sixping.store.rescue import restored
from sixping.store.rows import event_term, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sixping.errors import LedgerUnusable

MOST_FINDINGS = 1000
MOST_SEQS = 20
TOO_MANY = "问题过多, 后面的不再列出"
REMARKS = {
    "stated_now": "记录时用 SIXPING_NOW 代替了时钟",
    "clock_back": "记录时机器的时钟早于前一条记录",
    "stated_past": "说的是过去的事 (发生时间早于记录时间)",
    "world_readable": "这台机器上的任何账号都能读台账, 里面有反映人的电话和住址: 请 chmod o-r",
}


def verify(path: str | os.PathLike[str], anchors: Iterable[tuple[int, str]] = ()) -> dict[str, Any]:
    """Check a ledger and say what can be said of it.

    ``anchors``: (seq, hash or its tail in hex) kept outside the ledger. Raises only when
    the file is no ledger of this version or cannot be read at all.
    """
    name = sqlite.real_path(path)
    kept = list(anchors)
    findings: list[Finding] = []
    count, last, remarks = 0, (0, ""), []
    with closing(sqlite.open_reader(path, checked=False)) as con:
        try:
            sqlite.hold_still(con)
            count, last = _extent(con)
            lost = restored.accounted(con, kept)
            kept = [anchor for anchor in kept if anchor not in lost]
            for one in _layers(con, kept):
                findings.append(one)
                if len(findings) >= MOST_FINDINGS:
                    findings.append(finding("projection", None, None, TOO_MANY))
                    break
            remarks = [
                *_remarks(con), *_taken_over(con), *restored.remarks(con, lost), *_exposed(name)
            ]  # fmt: skip
        except sqlite.Error as error:
            findings.append(finding("integrity", None, None, f"文件已损坏, 读不下去: {error}"))
    return {
        "ok": not findings,
        "events": count,
        "seq": last[0],
        "head": last[1],
        "statement": _statement(name, findings, kept),
        "findings": findings,
        "remarks": remarks,
    }


def unreadable(fault: LedgerUnusable) -> dict[str, Any]:
    """Return the answer for a file that cannot be opened as a ledger at all."""
    return {
        "ok": False,
        "events": 0,
        "seq": 0,
        "head": "",
        "statement": "打不开, 无法核验",
        "findings": [finding("integrity", None, None, fault.what)],
        "remarks": [],
    }


def _extent(con: sqlite.Connection) -> tuple[int, tuple[int, str]]:
    """Return how many events there are, and the last one's seq and hash."""
    (count,) = con.execute("SELECT count(*) FROM events").fetchone()
    seq, link, _ = log.last_link(con)
    return count, (seq, link.hex() if count else "")


def _statement(name: str, findings: list[Finding], anchors: list[tuple[int, str]]) -> str:
    if findings:
        layers = "、".join(dict.fromkeys(f["layer"] for f in findings))
        return f"不一致: {len(findings)} 处 ({layers}): {name}"
    if anchors:
        seq, digest = max(anchors)
        return f"自锚点 (第 {seq} 号, 尾号 {digest[-8:]}) 以来一致"
    return "自洽 (未提供锚点)"


def _layers(con: sqlite.Connection, anchors: list[tuple[int, str]]) -> Iterator[Finding]:
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


def _exposed(path: str) -> list[dict[str, Any]]:
    """Remark that every account of the machine may read what citizens said."""
    if os.name != "posix" or not Path(path).stat().st_mode & stat.S_IROTH:
        return []
    return [{"remark": "world_readable", "what": REMARKS["world_readable"], "count": 1, "seqs": []}]


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


def _remarks(con: sqlite.Connection) -> list[dict[str, Any]]:
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
            why = restored.explained(con, seq) or "末尾被截去"
            yield finding("anchor", seq, None, f"锚点是第 {seq} 号, 台账里已没有: {why}")
        elif not link.hex().endswith(kept.strip().lower()):
            why = restored.explained(con, seq) or "它或它之前的记录被改写"
            yield finding("anchor", seq, None, f"第 {seq} 号与锚点不同: {why}")
