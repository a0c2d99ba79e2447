"""The steps of a case, one small type each: facts and private text, kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import CaseEvent, fact, private, read_as, words
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Reported(CaseEvent):
    """A report reached the room (二.1); the suggestion is kept beside the choice (二.2)."""

    kind: ClassVar[str] = "reported"

    channel: str
    community: str | None = None
    grid: str | None = None
    category: str | None = None
    platform: Platform | None = fact(Platform)
    severity: Severity = fact(Severity, Severity.ORDINARY)
    lead: str | None = None
    unsure: bool = False
    anonymous: bool = False
    suggestion: dict[str, Any] | None = None
    pins: dict[str, str] | None = None
    text: str | None = private()
    place: str | None = private()
    reporter: str | None = private()
    phone: str | None = private()
    reasons: str | None = private()
    source_no: str | None = private()
    request_id: str | None = private()
    row: str | None = private()  # what tells a row of a file without numbers apart, beside the rest
    digest: str | None = private()  # salted, of what was given: by it a retry is known


@dataclass(frozen=True, kw_only=True)
class Imported(Reported):
    """A record of the past taken from a file: its facts only, nothing made up.

    ``answered`` without words of its own: the reporter was told the outcome.
    """

    kind: ClassVar[str] = "imported"

    profile: str
    unit: str | None = None
    status: Status | None = fact(Status)
    resolved_at: datetime | None = fact(from_text)
    answered: bool = False
    satisfaction: int | None = None
    outcome: str | None = private()
    feedback: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Accepted(CaseEvent):
    """The room took the report on and said so (五.1a)."""

    kind: ClassVar[str] = "accepted"

    standard: bool = False
    channel: str | None = None  # through which it was said
    feedback: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Declined(CaseEvent):
    """The room did not take the report on, said so and why (五.1a)."""

    kind: ClassVar[str] = "declined"

    standard: bool = False
    channel: str | None = None
    feedback: str | None = private()
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Assigned(CaseEvent):
    """Sent to the unit that leads and those that assist (二.2, 四.1, 四.2)."""

    kind: ClassVar[str] = "assigned"

    lead: str
    assist: tuple[str, ...] = fact(words, ())
    coordinator: str | None = None
    decided_by: str | None = private()  # who settled it, after too many returns


@dataclass(frozen=True, kw_only=True)
class Signed(CaseEvent):
    """The unit acknowledged it holds the case (签收)."""

    kind: ClassVar[str] = "signed"


@dataclass(frozen=True, kw_only=True)
class Returned(CaseEvent):
    """The unit sent the case back to the room (退回)."""

    kind: ClassVar[str] = "returned"

    unit: str | None = None
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Noted(CaseEvent):
    """Somebody wrote down what happened, or one unit told another (附3.3)."""

    kind: ClassVar[str] = "noted"

    to: str | None = None
    text: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Regraded(CaseEvent):
    """Category or severity changed; the start of the clocks does not (三)."""

    kind: ClassVar[str] = "regraded"

    severity: Severity = fact(Severity, Severity.ORDINARY)
    category: str | None = None
    platform: Platform | None = fact(Platform)
    confirmed: bool = False  # the officer named the category: it is no longer unsure
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Consulted(CaseEvent):
    """Put before the joint meeting or a named leader (三.2)."""

    kind: ClassVar[str] = "consulted"

    leader: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Decided(CaseEvent):
    """The meeting or leader fixed units and a date; that date is the finish limit (三.2)."""

    kind: ClassVar[str] = "decided"

    lead: str
    assist: tuple[str, ...] = fact(words, ())
    coordinator: str | None = None
    anew: bool = False  # the limit before it was missed: that round keeps its breach
    decided_by: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Referred(CaseEvent):
    """Reported to the district: addressee, content, receipt (三.3, 五.1b)."""

    kind: ClassVar[str] = "referred"

    to_platform: bool = False  # the district's platform is among the addressees (五.1b)
    severity: Severity = fact(Severity, Severity.MAJOR)
    received: bool = False  # a receipt was given: its text may be erased, the fact stays
    to: str | None = private()
    content: str | None = private()
    receipt: str | None = private()


@dataclass(frozen=True, kw_only=True)
class ReferReplied(CaseEvent):
    """The district settled it, or sent it back to the street."""

    kind: ClassVar[str] = "refer_replied"

    returned: bool = False
    outcome: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Resolved(CaseEvent):
    """The unit settled the matter (办结)."""

    kind: ClassVar[str] = "resolved"

    outcome: str | None = private()


@dataclass(frozen=True, kw_only=True)
class FedBack(CaseEvent):
    """A reporter was told the result (三.1)."""

    kind: ClassVar[str] = "fed_back"

    to: str | None = None  # the repeat report that was answered; None: this case's own
    everyone: bool = False  # all who can be reached
    satisfaction: int | None = None
    text: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Verified(CaseEvent):
    """The room checked the result on the spot (核查)."""

    kind: ClassVar[str] = "verified"

    passed: bool
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Closed(CaseEvent):
    """Filed (归档)."""

    kind: ClassVar[str] = "closed"

    unreachable: bool = False  # anonymous, so nobody could be told the result


@dataclass(frozen=True, kw_only=True)
class Reopened(CaseEvent):
    """Taken up again: a new round with limits of its own; a breach stays."""

    kind: ClassVar[str] = "reopened"

    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Voided(CaseEvent):
    """An earlier entry is left out because it was a mistake; both stay on record."""

    kind: ClassVar[str] = "voided"

    seq: int
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Absorbed(CaseEvent):
    """A repeat report came in: its reporter is owed the answer here from now on."""

    kind: ClassVar[str] = "absorbed"

    number: str
    reachable: bool = True  # false: anonymous, nobody can be told


@dataclass(frozen=True, kw_only=True)
class Extended(CaseEvent):
    """The target was moved before it passed; beyond the ceiling only by a leader (五.1c)."""

    kind: ClassVar[str] = "extended"

    workdays: int
    beyond_ceiling: bool = False
    approved_by: str | None = private()
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Merged(CaseEvent):
    """A repeat report: handled with the case ``into``, whose log has ``Absorbed``."""

    kind: ClassVar[str] = "merged"

    into: str


@dataclass(frozen=True, kw_only=True)
class PartDone(CaseEvent):
    """A unit did its part."""

    kind: ClassVar[str] = "part_done"

    unit: str
    outcome: str | None = private()


@dataclass(frozen=True, kw_only=True)
class PartSet(CaseEvent):
    """A unit's own part of the matter, with a date of its own (四.1)."""

    kind: ClassVar[str] = "part_set"

    unit: str
    due: date | None = fact(date.fromisoformat)
    text: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Released(CaseEvent):
    """A report taken in by mistake left again; its own log has ``Unmerged``."""

    kind: ClassVar[str] = "released"

    number: str
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Rescheduled(CaseEvent):
    """The calendar changed: due dates moved, or were confirmed; ``why`` names the document."""

    kind: ClassVar[str] = "rescheduled"

    why: str


@dataclass(frozen=True, kw_only=True)
class Resumed(CaseEvent):
    """The target runs again, later by the working days that stood still."""

    kind: ClassVar[str] = "resumed"


@dataclass(frozen=True, kw_only=True)
class Suspended(CaseEvent):
    """The target stands still from here on; the ceiling runs on (五.1c)."""

    kind: ClassVar[str] = "suspended"

    approved_by: str | None = private()
    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Unmerged(CaseEvent):
    """Not a repeat after all: state and promises are given back."""

    kind: ClassVar[str] = "unmerged"

    reason: str | None = private()


@dataclass(frozen=True, kw_only=True)
class UrgeAnswered(CaseEvent):
    """The unit answered the demand of this level."""

    kind: ClassVar[str] = "urge_answered"

    level: str
    text: str | None = private()


@dataclass(frozen=True, kw_only=True)
class Urged(CaseEvent):
    """The supervisors demanded action and an answer (五.3)."""

    kind: ClassVar[str] = "urged"

    level: str
    after: str | None = None  # the level before, None for the first: none is skipped or repeated
    answer_by: date | None = fact(date.fromisoformat)
    reason: str | None = private()


TYPES: dict[str, type[CaseEvent]] = {
    t.kind: t
    for t in (
        Reported, Imported, Accepted, Declined, Assigned, Signed, Returned, Noted, Regraded,
        Consulted, Decided, Referred, ReferReplied, Resolved, FedBack, Verified, Closed,
        Reopened, Rescheduled, Voided, Extended, Suspended, Resumed, Merged, Absorbed,
        Unmerged, Released, Urged, UrgeAnswered, PartSet, PartDone,
    )
}  # fmt: skip


def read_event(kind: str, facts: str, private: dict[str, str] | None = None) -> CaseEvent:
    """Read an event back; a kind or a field that a newer version wrote raises ValueError."""
    cls = TYPES.get(kind)
    if cls is None:
        raise ValueError(kind)
    return read_as(cls, facts, private)


@dataclass(frozen=True, kw_only=True)
class CaseEntry:
    """One line of the log of a case; ``at`` is when it happened, ``seq`` is its order."""

    seq: int
    at: datetime
    recorded_at: datetime
    event: CaseEvent
    by: str | None = None


def suggested_lead(log: Sequence[CaseEntry], category: str | None) -> str | None:
    """Return the unit suggested at receipt; None once the case has another category."""
    first = log[0].event
    return first.lead if isinstance(first, Reported) and first.category == category else None
