"""What can happen to a meeting: one small type each (三.2, 附1, 附3.1).

The subject of each is the meeting's id (``m3``). Facts name people by id; what was said,
guests and reasons are told, so they can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sixping.events import Recorded, fact, told
from sixping.model import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping


def _words(value: list[str]) -> tuple[str, ...]:
    return tuple(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMeeting(Recorded):
    """What every event of a meeting has: its id."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(OfMeeting):
    """A meeting was called by a role entitled to; ``grave``: 特别重大 (附1.1)."""

    kind: ClassVar[str] = "meeting_planned"

    sort: str
    day: date = fact(date.fromisoformat)
    convener: str
    start: str | None = None
    end: str | None = None
    platform: Platform | None = fact(Platform)
    extraordinary: bool = False
    grave: bool = False
    reason: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMoved(OfMeeting):
    """A meeting was put on another day, with the reason."""

    kind: ClassVar[str] = "meeting_moved"

    day: date = fact(date.fromisoformat)
    start: str | None = None
    end: str | None = None
    reason: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAttended(OfMeeting):
    """Who was there."""

    kind: ClassVar[str] = "meeting_attended"

    people: tuple[str, ...] = fact(_words, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestInvited(OfMeeting):
    """Somebody who is no member was asked to come (附1.2)."""

    kind: ClassVar[str] = "guest_invited"

    guest: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaAdded(OfMeeting):
    """A free item was put under a heading."""

    kind: ClassVar[str] = "agenda_added"

    heading: int
    text: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Minuted(OfMeeting):
    """The minutes were written, on what state of the ledger; one slot's text at a time."""

    kind: ClassVar[str] = "minuted"

    ledger_seq: int
    ledger_head: str
    slot: str | None = None
    text: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided(OfMeeting):
    """The meeting decided on a case; the case's own step was recorded with it (三.2)."""

    kind: ClassVar[str] = "case_decided"

    number: str
    unit: str
    due: date = fact(date.fromisoformat)
    text: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTask(OfMeeting):
    """What every event of a task has: its id (``m3.1``)."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet(OfTask):
    """The meeting gave a unit something to do by a day (附1.3)."""

    kind: ClassVar[str] = "task_set"

    unit: str
    due: date = fact(date.fromisoformat)
    text: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMoved(OfTask):
    """The day of a task was put off, with the reason."""

    kind: ClassVar[str] = "task_moved"

    due: date = fact(date.fromisoformat)
    reason: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(OfTask):
    """The unit did it."""

    kind: ClassVar[str] = "task_done"

    text: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDropped(OfTask):
    """It need not be done any more, with the reason."""

    kind: ClassVar[str] = "task_dropped"

    reason: str | None = told()


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (
        MeetingPlanned, MeetingMoved, MeetingAttended, GuestInvited, AgendaAdded, Minuted,
        CaseDecided, TaskSet, TaskMoved, TaskDone, TaskDropped,
    )
}  # fmt: skip
