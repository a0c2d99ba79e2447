"""Joint operations (四.3): a plan with platforms, units and people, and one result.

One of several days (专项整治) has stages, other people on some days and a record of each day.
Pure. The subject of each event is the operation's id (``o2``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPlanned(Recorded):
    """Platforms pool people: joint enforcement, or a rectification of days (四.3).

    ``until``: its last day, None: one day only; ``objects``: how many are to be checked, a count
    and never one of penalties.
    """

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
    until: date | None = fact(date.fromisoformat)
    objects: int | None = None
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStaged(Recorded):
    """A stage of a rectification: its days, its name and what is done in it."""

    kind: ClassVar[str] = "operation_staged"

    operation: str
    first: date = fact(date.fromisoformat)
    last: date = fact(date.fromisoformat)
    stage: str | None = private()
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationManned(Recorded):
    """Who takes part on a day instead of those of the plan; nobody: it rests."""

    kind: ClassVar[str] = "operation_manned"

    operation: str
    day: date = fact(date.fromisoformat)
    people: tuple[str, ...] = fact(words, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDay(Recorded):
    """What was done on a day: how many objects were checked, the cases that were come upon."""

    kind: ClassVar[str] = "operation_day"

    operation: str
    day: date = fact(date.fromisoformat)
    checked: int = 0
    people: tuple[str, ...] = fact(words, ())
    cases: tuple[str, ...] = fact(words, ())
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResulted(Recorded):
    """What came of it; the same was recorded on each case."""

    kind: ClassVar[str] = "operation_resulted"

    operation: str
    cases: tuple[str, ...] = fact(words, ())
    outcome: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (
        OperationPlanned, OperationStaged, OperationManned, OperationDay, OperationResulted,
    )
}  # fmt: skip


@dataclass(slots=True)
class Operation:
    """One operation as it stands; texts are None after a lawful erasure.

    ``days``: the record of each day of several, by day; one without is unknown, not nothing.
    """

    id: str
    plan: OperationPlanned
    outcome: str | None = None
    ended: date | None = None
    cases: tuple[str, ...] = ()
    stages: list[OperationStaged] = field(default_factory=list)
    manned: dict[date, tuple[str, ...]] = field(default_factory=dict)
    days: dict[date, OperationDay] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """Return its last day, as planned."""
        return self.plan.until or self.plan.day

    @property
    def long(self) -> bool:
        """Return whether it is a rectification, planned over days."""
        return self.plan.until is not None

    @property
    def checked(self) -> int:
        """Return how many objects were checked on the days that have a record."""
        return sum(day.checked for day in self.days.values())

    def on(self, day: date) -> bool:
        """Return whether a day belongs to it."""
        return self.plan.day <= day <= self.last

    def people(self, day: date) -> tuple[str, ...]:
        """Return who takes part on a day, as planned or put on for it."""
        return self.manned.get(day, self.plan.people) if self.on(day) else ()

    def each_day(self) -> Iterator[date]:
        """Yield its days."""
        for ahead in range((self.last - self.plan.day).days + 1):
            yield self.plan.day + timedelta(days=ahead)


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
        _change(operation, event, entry)
    return operations


def _change(operation: Operation, event: Recorded, entry: StreamEntry) -> None:
    if isinstance(event, OperationStaged):
        operation.stages.append(event)
    elif isinstance(event, OperationManned):
        operation.manned[event.day] = event.people
    elif isinstance(event, OperationDay):
        if event.day in operation.days:
            raise NotAllowed(
                f"{operation.id} 已有{understood_day(event.day)}的情况。",
                "记错了: sixping operation void 序号 --reason 理由",
            )
        operation.days[event.day] = event
        operation.cases = tuple(dict.fromkeys((*operation.cases, *event.cases)))
    elif isinstance(event, OperationResulted):
        operation.outcome, operation.ended = event.outcome, entry.at.date()
        operation.cases = event.cases


def operations_on(con: Connection, as_of: int | None = None) -> dict[str, Operation]:
    """Return all operations of a ledger by id, oldest first, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, as_of=as_of))


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of an operation. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def find(operations: Mapping[str, Operation], name: str) -> Operation:
    """Return an operation by its id. Raises ``NotFound``."""
    operation = operations.get(name.strip().lower())
    if operation is None:
        raise NotFound(f"没有这次行动: {name}", "编号 (如 o2) 见: sixping operation list")
    return operation
