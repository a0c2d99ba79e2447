"""What happens to a case beside its handling: time, repeat reports, supervision, parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sixping.eventforms import CaseEvent, fact, told


@dataclass(frozen=True, kw_only=True)
class Rescheduled(CaseEvent):
    """The calendar changed: due dates moved, or were confirmed; ``why`` names the document."""

    kind: ClassVar[str] = "rescheduled"

    why: str


@dataclass(frozen=True, kw_only=True)
class Extended(CaseEvent):
    """The target was moved before it passed; beyond the ceiling only by a leader (五.1c)."""

    kind: ClassVar[str] = "extended"

    workdays: int
    beyond_ceiling: bool = False
    approved_by: str | None = told()
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Suspended(CaseEvent):
    """The target stands still from here on; the ceiling runs on (五.1c)."""

    kind: ClassVar[str] = "suspended"

    approved_by: str | None = told()
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Resumed(CaseEvent):
    """The target runs again, later by the working days that stood still."""

    kind: ClassVar[str] = "resumed"


@dataclass(frozen=True, kw_only=True)
class Merged(CaseEvent):
    """A repeat report: handled with the case ``into``, whose log has ``Absorbed``."""

    kind: ClassVar[str] = "merged"

    into: str


@dataclass(frozen=True, kw_only=True)
class Absorbed(CaseEvent):
    """A repeat report came in: its reporter is owed the answer here from now on."""

    kind: ClassVar[str] = "absorbed"

    number: str
    reachable: bool = True  # false: anonymous, nobody can be told


@dataclass(frozen=True, kw_only=True)
class Unmerged(CaseEvent):
    """Not a repeat after all: state and promises are given back."""

    kind: ClassVar[str] = "unmerged"

    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Released(CaseEvent):
    """A report taken in by mistake left again; its own log has ``Unmerged``."""

    kind: ClassVar[str] = "released"

    number: str
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Urged(CaseEvent):
    """The supervisors demanded action and an answer (五.3)."""

    kind: ClassVar[str] = "urged"

    level: str
    after: str | None = None  # the level before, None for the first: none is skipped or repeated
    answer_by: date | None = fact(date.fromisoformat)
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class UrgeAnswered(CaseEvent):
    """The unit answered the demand of this level."""

    kind: ClassVar[str] = "urge_answered"

    level: str
    text: str | None = told()


@dataclass(frozen=True, kw_only=True)
class PartSet(CaseEvent):
    """A unit's own part of the matter, with a date of its own (四.1)."""

    kind: ClassVar[str] = "part_set"

    unit: str
    due: date | None = fact(date.fromisoformat)
    text: str | None = told()


@dataclass(frozen=True, kw_only=True)
class PartDone(CaseEvent):
    """A unit did its part."""

    kind: ClassVar[str] = "part_done"

    unit: str
    outcome: str | None = told()
