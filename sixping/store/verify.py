"""Is the ledger what it says? Four layers, one pass each, in flat memory.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay. No layer can prove that nothing was changed: whoever
re-hashes everything between two anchors leaves no trace, and the statement says so.
"""

from __future__ import annotations

from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sixping.errors import InputOutput, LedgerUnusable, SixpingError
from sixping.store import layers, log, sqlite
from sixping.store.anchors import LEAST_DIGITS, Anchor, too_short
from sixping.store.layers import Finding, finding
from sixping.store.layers.reading import UNREADABLE
from sixping.store.layers.secondlook import misread
from sixping.store.rescue import restored

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

MOST_FINDINGS = 1000
TOO_MANY = "问题过多, 后面的不再列出"


def verify(
    path: str | os.PathLike[str],
    anchors: Iterable[Anchor | tuple[int, str]] = (),
    *,
    since: Anchor | None = None,
    done: Callable[[int], object] = int,
) -> dict[str, Any]:
    """Check a ledger and say what can be said of it.

    ``anchors``: kept outside the ledger; those of another ledger are remarked, not held against
    this one, unless none is of this: then it may not be the ledger that is meant. ``since``: the
    head (64 hex digits) and time of a check before; only what came after it is recomputed, and the
    tables are not replayed. ``done`` is told of events and cases done. Raises ``BadData`` for an
    anchor of too few digits, and ``InputOutput`` or ``LedgerBusy`` where reading failed and a
    second look does not find the same (``Unread``, where it is known what cannot be read); else
    only when the file is no ledger of this version or cannot be read at all.
    """
    name = sqlite.real_path(path)
    try:
        return _verified(name, anchors, since, done)
    except InputOutput as fault:
        if unread := _unread(name):
            raise Unread(fault, unread) from fault
        raise


class Unread(InputOutput):
    """Reading failed; ``findings`` name what the disk does not give, none of them damage."""

    def __init__(self, fault: InputOutput, findings: list[Finding]) -> None:
        """Say what was said already, and hold the places."""
        super().__init__(fault.what, fault.hint)
        self.findings = findings


def _unread(name: str) -> list[Finding]:
    with (
        suppress(SixpingError, sqlite.Error),
        closing(sqlite.open_reader(name, checked=False)) as con,
    ):
        return layers.unread_pages(con)
    return []


def _verified(
    name: str,
    anchors: Iterable[Anchor | tuple[int, str]],
    since: Anchor | None,
    done: Callable[[int], object],
) -> dict[str, Any]:
    kept = [_sound(Anchor(*each)) for each in anchors]
    with closing(sqlite.open_reader(name, checked=False)) as con:
        try:
            sqlite.hold_still(con)
            con.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite.Error as error:
            _refuse_transient(error, name)
        count, last = layers.extent(con)
        ledger_id = _id_of(con) or ""
        own = [each for each in kept if each.of(ledger_id)]
        lost, told = _restored(con, own)
        gone = [anchor for anchor, _ in lost]
        own = [each for each in own if each not in gone]
        findings = _found(con, name, own, since, done)
        foreign = _foreign([each for each in kept if not each.of(ledger_id)])
        if foreign and not own and not lost:
            findings.append(finding("anchor", None, None, _of_none(foreign, ledger_id)))
        remarks = [*layers.remarks(con), *told, *layers.exposed(name), *foreign]
    return {
        "ok": not findings,
        "events": count,
        "seq": last[0],
        "head": last[1],
        "statement": _statement(name, findings, own, since, lost=bool(lost)),
        "findings": findings,
        "remarks": remarks,
    }


def _found(
    con: sqlite.Connection,
    name: str,
    anchors: list[Anchor],
    since: Anchor | None,
    done: Callable[[int], object],
) -> list[Finding]:
    """Return what the layers find, as far as a second look finds it again."""
    findings: list[Finding] = []
    try:
        for one in layers.findings(con, anchors, since, done):
            findings.append(one)
            if len(findings) >= MOST_FINDINGS:
                findings.append(finding("projection", None, None, TOO_MANY))
                break
    except sqlite.Error as error:
        _refuse_transient(error, name)
        findings.append(finding("integrity", None, None, "文件已损坏, 读不下去"))
    again = partial(layers.findings, anchors=anchors, since=since)
    if findings and (fault := misread(con, name, findings, again)):
        raise fault
    return findings


def _refuse_transient(error: sqlite.Error, name: str) -> None:
    """Raise what tells of a lock or a disk; damage is left to the layers, which name its place."""
    fault = sqlite.translated(error, name)
    if fault is not None and not isinstance(fault, LedgerUnusable):
        raise fault from error


def unreadable(fault: SixpingError, findings: list[Finding] | None = None) -> dict[str, Any]:
    """Return the answer for a file that cannot be opened as a ledger, or not be read."""
    return {
        "ok": False,
        "events": 0,
        "seq": 0,
        "head": "",
        "statement": "打不开, 无法核验" if findings is None else "没有读全, 不能断定是好是坏",
        "findings": findings or [finding("integrity", None, None, fault.what)],
        "remarks": [],
    }


def extent_of(path: str | os.PathLike[str]) -> tuple[str | None, int, int]:
    """Return a ledger's id, and how many events and cases a check of it goes through."""
    with closing(sqlite.open_reader(path, checked=False)) as con:
        try:
            (cases,) = con.execute(_CASES).fetchone()
            return log.ledger_id(con), int(log.last_link(con)[0]), int(cases)
        except UNREADABLE:  # the check itself will say what is wrong
            return None, 0, 0


def _id_of(con: sqlite.Connection) -> str | None:
    try:
        return log.ledger_id(con)
    except UNREADABLE:
        return None


_CASES = "SELECT coalesce(sum(value), 0) FROM counters WHERE substr(name, 1, 5) = 'case/'"


def _sound(anchor: Anchor) -> Anchor:
    if len(anchor.head) < LEAST_DIGITS:
        raise too_short(f"锚点第 {anchor.seq} 号", anchor.head)
    return anchor._replace(head=anchor.head.lower())


def _restored(
    con: sqlite.Connection, anchors: list[Anchor]
) -> tuple[list[tuple[Anchor, int]], list[dict[str, Any]]]:
    """Return the anchors of what restores say was lost, and what is to be remarked of them."""
    try:
        lost = restored.accounted(con, anchors)
        return lost, list(restored.remarks(con, lost))
    except UNREADABLE:  # a layer says what is wrong
        return [], []


def _foreign(anchors: list[Anchor]) -> list[dict[str, Any]]:
    """Remark which anchors name another ledger: they say nothing of this one."""
    if not anchors:
        return []
    ids = "、".join(dict.fromkeys((each.ledger or "")[:8] for each in anchors))
    what = f"{len(anchors)} 个锚点属于另一台账 (标识 {ids}), 没有用来核对"
    seqs = [each.seq for each in anchors[: layers.MOST_SEQS]]
    return [{"remark": "other_ledger", "what": what, "count": len(anchors), "seqs": seqs}]


def _of_none(foreign: list[dict[str, Any]], ledger_id: str) -> str:
    """Say that nothing was held against the anchors: one ledger in place of another is no match."""
    return (
        f"给出的锚点没有一个是这个台账的 (标识 {ledger_id[:8]}): {foreign[0]['what']};"
        " 拿错了锚点文件或 --ledger 写错了, 或台账被换成了另一个"
    )


def _statement(
    name: str,
    findings: list[Finding],
    anchors: list[Anchor],
    since: Anchor | None,
    *,
    lost: bool,
) -> str:
    if findings:
        named = "、".join(dict.fromkeys(f["layer"] for f in findings))
        return f"不一致: {len(findings)} 处 ({named}): {name}"
    said = []
    if since is not None:
        when = f"{since.at:%Y-%m-%d %H:%M}, " if since.at else ""
        said.append(
            f"自上次核验 ({when}第 {since.seq} 号) 以来一致; 以前的记录和汇总表这次没有重算"
        )
    if anchors:
        seq, digest, *_ = max(anchors, key=lambda each: each.seq)
        point = f"锚点 (第 {seq} 号, 校验码 {digest[-LEAST_DIGITS:]})"
        after = since is None or seq >= since.seq
        said.append(f"自{point} 以来一致" if after else f"与{point} 相符")
    without = "给出的锚点都属于恢复时失去的一段" if lost else "未提供锚点"
    return "; ".join(said) or f"自洽 ({without})"
