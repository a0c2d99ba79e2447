"""Recorded events beside the cases (people, duty, meetings …): written, read, voided.

Each stream has a module of its event types (``TYPES``: kind → frozen dataclass over
``codec.Recorded``); facts and private fields lie as those of cases do (decision 6).
Subjects are few for a stream, so that the index on them finds the entries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sixping.cases.codec import facts_of, private_fields
from sixping.cases.legible import beyond_us
from sixping.cases.step import Voided
from sixping.errors import NotAllowed, NotFound
from sixping.store import documents
from sixping.store.log import origin, read_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from sixping.cases.codec import Recorded
    from sixping.store.transaction import Transaction
    from sixping.util.toml import RuleFile

T = TypeVar("T")
#: stream → the module of its event types; imported when the stream is read
MODULES = {
    "organisation": "sixping.office.organisation",
    "duty": "sixping.office.duty",
    "assessment": "sixping.office.marks",
    "meeting": "sixping.office.meetings",
    "patrol": "sixping.office.patrols",
    "operation": "sixping.office.operations",
    "inspection": "sixping.office.inspections",
    "group": "sixping.office.groups",
    "report": "sixping.office.issues",
    "procedure": "sixping.office.procedure",
    "letter": "sixping.office.letters",
    "accountability": "sixping.office.accountability",
    "shift": "sixping.office.shifts",
    "register": "sixping.office.registers",
}


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


def check_of(stream: str) -> Callable[[str, list[StreamEntry]], None] | None:
    """Return what judges the rest of a subject after a void; None: its entries stand alone."""
    found: Callable[[str, list[StreamEntry]], None] | None = getattr(
        import_module(MODULES[stream]), "check", None
    )
    return found


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
    rows = read_stream(con, types_of(stream), stream, subject, as_of)
    return map(StreamEntry._make, rows)


def stored(fold: Callable[[Iterable[StreamEntry]], T], entries: Iterable[StreamEntry]) -> T:
    """Return what a fold makes of entries that were judged when they were recorded.

    Raises ``LedgerUnusable`` where they make no sense any more: they were changed. Who judges what
    was just recorded folds the entries himself.
    """
    seq = 0

    def told() -> Iterator[StreamEntry]:
        nonlocal seq
        for entry in entries:
            seq = entry.seq
            yield entry

    try:
        return fold(told())
    except (NotAllowed, NotFound) as error:
        raise beyond_us(seq) from error


def adopted(
    con: Any,  # noqa: ANN401
    file: RuleFile[T],
    as_of: int | None = None,
) -> list[tuple[int, datetime, T]]:
    """Return seq, time and content of each adoption of a document of rules, oldest first."""
    return [
        (one.seq, one.at, documents.read(con, file, one.digest))
        for one in documents.adoptions(con, as_of)
        if one.name == file.name
    ]


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
    found_in, kind, subject = origin(tx.con, seq) or ("", "", "")
    ours = found_in == stream and kind in types_of(stream)
    effective = entries(tx.con, stream, subject) if ours else []
    target = next((entry for entry in effective if entry.seq == seq), None)
    if target is None:
        raise NotFound(
            f"第 {seq} 号不是可以撤销的记录 (不存在、不属于这里, 或已经撤销)。",
            f"序号见: sixping log --stream {stream}",
        )
    try:
        check(target.subject, [entry for entry in effective if entry.seq != seq])
    except (NotAllowed, NotFound) as fault:
        raise NotAllowed(
            f"第 {seq} 号不能撤销, 后面的记录以它为据: {fault.what}", "请先撤销后面的记录。"
        ) from None
    voided = Voided(seq=seq, reason=reason)
    facts, private = facts_of(voided), private_fields(voided)
    tx.note(stream, subject, voided.kind, facts, private, tx.stamp.now, voided=seq)
    return target
