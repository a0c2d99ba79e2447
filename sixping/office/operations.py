"""Joint operations (四.3): a plan with platforms, units and people, and one result.

Pure. The subject of each event is the operation's id (``o2``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPlanned(Recorded):
    """Platforms pool people for a day: joint enforcement or special rectification (四.3)."""

    kind: ClassVar[str] = "operation_planned"

    operation: str
    day: date = fact(date.fromisoformat)
    start: str | None = None
    end: str | None = None
    platforms: tuple[str, ...] = fact(words, ())
    units: tuple[str, ...] = fact(words, ())
    people: tuple[str, ...] = fact(words, ())
    cases: tuple[str, ...] = fact(words, ())
    coordinator: str | None = None
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResulted(Recorded):
    """What came of it; the same was recorded on each case."""

    kind: ClassVar[str] = "operation_resulted"

    operation: str
    cases: tuple[str, ...] = fact(words, ())
    outcome: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (OperationPlanned, OperationResulted)}


@dataclass(slots=True)
class Operation:
    """One operation as it stands; texts are None after a lawful erasure."""

    id: str
    plan: OperationPlanned
    outcome: str | None = None
    ended: date | None = None
    cases: tuple[str, ...] = ()


def fold(entries: Iterable[StreamEntry]) -> dict[str, Operation]:
    """Return the operations by id, oldest first. Raises ``NotAllowed`` or ``NotFound``."""
    operations: dict[str, Operation] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, OperationPlanned):
            operations[event.operation] = Operation(event.operation, event, cases=event.cases)
            continue
        operation = find(operations, event.operation)
        if operation.ended is not None:
            raise NotAllowed(
                f"{operation.id} 已经记录结果。",
                "记错了: sixping operation void 序号 --reason 理由",
            )
        operation.outcome, operation.ended = event.outcome, entry.at.date()
        operation.cases = event.cases
    return operations


def operations_on(con: Connection) -> dict[str, Operation]:
    """Return all operations of a ledger by id, oldest first."""
    return streams.stored(fold, streams.entries(con, STREAM))


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of an operation. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def find(operations: Mapping[str, Operation], name: str) -> Operation:
    """Return an operation by its id. Raises ``NotFound``."""
    operation = operations.get(name.strip().lower())
    if operation is None:
        raise NotFound(f"没有这次行动: {name}", "编号 (如 o2) 见: sixping operation list")
    return operation
