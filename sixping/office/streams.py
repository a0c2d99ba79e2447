"""Recorded events beside the cases: organisation, duty, and what joins them later.

Each stream has a module of its event types (``TYPES``: kind → frozen dataclass over
``codec.Recorded``); facts and private fields lie as those of cases do (decision 6).
Subjects are few and fixed for a stream, so that the index on them finds the entries.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import facts_of, private_fields, read_as
from sixping.cases.steps import Voided
from sixping.errors import LedgerUnusable, NotAllowed, NotFound
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sixping.cases.codec import Recorded
    from sixping.store.transaction import Transaction

#: stream → the module of its event types; imported when the stream is read
MODULES = {
    "organisation": "sixping.office.organisation",
    "duty": "sixping.office.duty",
    "assessment": "sixping.office.marks",
    "meeting": "sixping.office.meetings",
    "patrol": "sixping.office.patrols",
    "operation": "sixping.office.operations",
}

_READ = (
    "SELECT e.seq, e.subject, e.at, e.recorded_at, e.kind, e.facts, e.by_name, t.fields"
    " FROM events e LEFT JOIN told t ON t.seq = e.seq"
    " WHERE e.stream = :stream AND e.kind <> 'voided' AND e.seq <= :seq"
    " AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq AND v.by_seq <= :seq)"
)
_END = 1 << 62


class StreamEntry(NamedTuple):
    """One event of a stream; ``at`` is when it happened, ``seq`` is its order."""

    seq: int
    subject: str
    at: datetime
    recorded_at: datetime
    event: Any
    by: str | None = None


def types_of(stream: str) -> Mapping[str, type[Recorded]]:
    """Return the event types of a stream by kind."""
    types: Mapping[str, type[Recorded]] = import_module(MODULES[stream]).TYPES
    return types


def record(tx: Transaction, stream: str, subject: str, event: Recorded, at: datetime) -> int:
    """Record an event and return its seq; whether it may happen is judged before."""
    return tx.note(stream, subject, event.kind, facts_of(event), private_fields(event), at)


def entries(
    con: Any,  # noqa: ANN401 - a connection of the reader or of a transaction
    stream: str,
    subject: str | None = None,
    as_of: int | None = None,
) -> list[StreamEntry]:
    """Return what was recorded and is not voided, oldest first, up to seq ``as_of``.

    Without ``subject``: of all subjects, by the index on kinds. What was private and then
    erased comes back as None. Raises ``LedgerUnusable`` for what this version cannot read.
    """
    return list(iterate(con, stream, subject, as_of))


def iterate(
    con: Any,  # noqa: ANN401
    stream: str,
    subject: str | None = None,
    as_of: int | None = None,
) -> Iterator[StreamEntry]:
    """Yield what ``entries`` returns, one at a time: a year of attendance is large."""
    types = types_of(stream)
    values: dict[str, object] = {"stream": stream, "seq": _END if as_of is None else as_of}
    if subject is not None:
        where, values["subject"] = " AND e.subject = :subject", subject
    else:
        where, values["kinds"] = (
            " AND e.kind IN (SELECT value FROM json_each(:kinds))", json.dumps(list(types)),
        )  # fmt: skip
    rows = con.execute(f"{_READ}{where} ORDER BY e.seq", values)
    for seq, name, at, noted, kind, facts, by, words in rows.fetchall():
        event = _read(types, seq, kind, facts, words)
        yield StreamEntry(seq, name, from_text(at), from_text(noted), event, by)


def seed(con: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what a ledger was begun with: the facts of its first event."""
    row = con.execute("SELECT facts FROM events WHERE seq = 1").fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found


def _read(
    types: Mapping[str, type[Recorded]], seq: int, kind: str, facts: str, words: str | None
) -> Recorded:
    try:
        return read_as(types[kind], facts, json.loads(words) if words else None)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise LedgerUnusable(
            f"第 {seq} 号记录 ({kind}) 读不懂: 由更新的 sixping 写成, 或已被改动。",
            "请升级 sixping; 版本相同时请运行 sixping verify。",
        ) from error


def void(
    tx: Transaction,
    stream: str,
    seq: int,
    reason: str,
    check: Callable[[str, list[StreamEntry]], object],
) -> StreamEntry:
    """Leave an entry out because it was a mistake; both stay on record.

    ``check`` takes the subject and its remaining entries and raises when they no longer
    make sense. Raises ``NotFound`` for a seq that is no entry of this stream and
    ``NotAllowed`` for one that was voided before or that later entries rest on.
    """
    row = tx.con.execute(
        "SELECT stream, kind, subject FROM events WHERE seq = ?", (seq,)
    ).fetchone()
    ours = row is not None and row[0] == stream and row[1] in types_of(stream)
    standing = entries(tx.con, stream, row[2]) if ours else []
    target = next((entry for entry in standing if entry.seq == seq), None)
    if target is None:
        raise NotFound(
            f"第 {seq} 号不是可以撤销的记录 (不存在、不属于这里, 或已经撤销)。",
            f"序号见: sixping log --stream {stream}",
        )
    try:
        check(target.subject, [entry for entry in standing if entry.seq != seq])
    except (NotAllowed, NotFound) as fault:
        raise NotAllowed(
            f"第 {seq} 号不能撤销, 后面的记录以它为据: {fault.what}", "请先撤销后面的记录。"
        ) from None
    by = record(tx, stream, target.subject, Voided(seq=seq, reason=reason), tx.stamp.now)
    tx.con.execute("INSERT INTO voids (seq, by_seq) VALUES (?, ?)", (seq, by))
    return target
