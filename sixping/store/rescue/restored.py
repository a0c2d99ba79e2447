"""What a restore knows of two states of a ledger, and what the ledger says of it afterwards.

A backup put in place takes the chain back: what was recorded behind it is gone, and the next event
gets a number that another one had. So an event ``restored`` says where the chain goes on, in which
incarnation, and what was known of what is lost: later anchors of the lost end are explained by it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.store import log
from sixping.store.anchors import LEAST_DIGITS
from sixping.store.rows import of_kind
from sixping.util.clock import from_text, instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sixping.store.anchors import Anchor
    from sixping.store.sqlite import Connection

KIND = "restored"
_FACTS = (
    f"SELECT e.seq, e.facts, coalesce(e.recorded_at, e.at) FROM events e WHERE {of_kind('e', KIND)}"
    " AND e.stream = 'organisation' ORDER BY e.seq"
)
_LATER = (
    "SELECT subject, min(version) FROM events WHERE stream = 'case' AND seq > ?"
    " GROUP BY subject ORDER BY subject"
)

_ERASED = (
    "SELECT DISTINCT e.subject FROM erasures x JOIN events e ON e.seq = x.seq"
    " WHERE x.by_seq > ? AND x.seq <= ? AND e.stream = 'case' ORDER BY e.subject"
)


class State(NamedTuple):
    """Where a ledger stands: its id, its last event and that one's hash, its incarnation."""

    ledger: str
    seq: int
    head: str
    incarnation: int


class Later(NamedTuple):
    """What a ledger has behind an event: events, cases that began, cases that went on.

    ``erased``: the cases before it whose words were erased since: they are in the older state.
    """

    events: int
    begun: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()


class Restored(NamedTuple):
    """What an event ``restored`` says: up to where the backup was, and the end that is lost.

    ``lost_seq`` is 0 where nothing was known of it; ``lost_head`` may be its last digits;
    ``known``: seq and last digits of other events known to be of what is lost; ``at``: when;
    ``first``: the last event that stayed, the backup's or where both went different ways.
    """

    seq: int
    backup_seq: int
    incarnation: int
    lost_seq: int
    lost_head: str
    known: tuple[tuple[int, str], ...] = ()
    at: datetime | None = None
    first: int = 0

    def names(self, anchor: Anchor) -> bool:
        """Return whether an anchor is that of an event it names as lost."""
        ends = ((self.lost_seq, self.lost_head), *self.known)
        return any(seq == anchor.seq and _same(head, anchor.head) for seq, head in ends)


def state_of(con: Connection) -> State:
    """Return where a ledger stands."""
    seq, link, _ = log.last_link(con)
    incarnations = [one.incarnation for one in restorations(con)]
    return State(log.ledger_id(con) or "", seq, link.hex(), max(incarnations, default=1))


def fork_of(con: Connection, other: Connection) -> int:
    """Return the last event that two states of one ledger share; 0 where there is none."""
    low, high = 0, min(log.last_link(con)[0], log.last_link(other)[0])
    while low < high:  # what the chain shares it shares up to there
        middle = (low + high + 1) // 2
        if log.link_at(con, middle) == log.link_at(other, middle):
            low = middle
        else:
            high = middle - 1
    return low


def later_than(con: Connection, seq: int) -> Later:
    """Return what a ledger has behind an event."""
    (count,) = con.execute("SELECT count(*) FROM events WHERE seq > ?", (seq,)).fetchone()
    rows = con.execute(_LATER, (seq,)).fetchall()
    begun = tuple(number for number, version in rows if version == 1)
    moved = tuple(number for number, version in rows if version > 1)
    erased = tuple(number for (number,) in con.execute(_ERASED, (seq, seq)))
    return Later(count, begun, moved, erased)


def restorations(con: Connection) -> Iterator[Restored]:
    """Yield every restore that a ledger records; one that cannot be read the chain tells of."""
    for seq, facts, at in con.execute(_FACTS).fetchall():
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            said = json.loads(facts)
            lost = said.get("lost") or {}
            known = tuple((int(each), str(head)) for each, head in lost.get("known") or ())
            yield Restored(
                seq, int(said["seq"]), int(said["incarnation"]), int(lost.get("seq") or 0),
                str(lost.get("head") or ""), known, instant(from_text(at)),
                int(said.get("fork") or said["seq"]),
            )  # fmt: skip


def accounted(con: Connection, anchors: Sequence[Anchor]) -> list[tuple[Anchor, int]]:
    """Return which anchors a restore names as the end that was lost, and the event that does."""
    named = list(restorations(con))
    found: list[tuple[Anchor, int]] = []
    for anchor in anchors:
        link = log.link_at(con, anchor.seq)
        if link is None or not _same(link.hex(), anchor.head):
            by = [one.seq for one in named if one.names(anchor)]
            found += [(anchor, by[0])] if by else []
    return found


class Standing(Enum):
    """How what was once known of a ledger fits it: a restore tells why what it lost is gone."""

    HOLDS = "holds"
    LOST = "lost"
    OTHER = "other"


def standing(con: Connection, known: Anchor) -> Standing:
    """Hold what was known of a ledger on this machine against it.

    Unlike an anchor from elsewhere it need not be named by the restore: it is enough that it is
    from before the restore and behind the backup.
    """
    link = log.link_at(con, known.seq)
    if link is not None and _same(link.hex(), known.head):
        return Standing.HOLDS
    lost = any(one.names(known) or _before(one, known) for one in restorations(con))
    return Standing.LOST if lost else Standing.OTHER


def _before(one: Restored, known: Anchor) -> bool:
    early = known.at is None or one.at is None or known.at <= one.at
    return early and one.first < known.seq and (known.seq <= one.lost_seq or not one.lost_seq)


def explained(con: Connection, seq: int) -> str:
    """Return what a restore may have to do with an anchor that does not fit; empty for nothing."""
    for one in restorations(con):
        if one.first < seq and (seq <= one.lost_seq or not one.lost_seq):
            return (
                f"自恢复记录可知, 第 {one.seq} 号记录恢复到第 {one.backup_seq} 号;"
                " 锚点取自恢复之前的, 属于失去的那一段, 此外即被改写"
            )
    return ""


def remarks(con: Connection, lost: Sequence[tuple[Anchor, int]]) -> Iterator[dict[str, Any]]:
    """Remark on every restore and on the anchors of what they lost, as ``verify --json`` has it."""
    for one in restorations(con):
        known = f", 当时已知记到第 {one.lost_seq} 号" if one.lost_seq > one.backup_seq else ""
        what = (
            f"第 {one.seq} 号: 由备份恢复, 备份到第 {one.backup_seq} 号{known};"
            f" 此后为第 {one.incarnation} 代"
        )
        yield {"remark": KIND, "what": what, "count": 1, "seqs": [one.seq]}
    for anchor, by in lost:
        which = f"锚点第 {anchor.seq} 号 (校验码 {anchor.head[-LEAST_DIGITS:]})"
        what = f"{which}: 自恢复记录 (第 {by} 号) 可知, 这一段在恢复时失去"
        yield {"remark": "anchor_lost", "what": what, "count": 1, "seqs": [by]}


def _same(one: str, other: str) -> bool:
    """Return whether both are the end of the same hash."""
    return bool(one and other) and (one.endswith(other) or other.endswith(one))
