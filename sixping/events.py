"""What can happen to a case: one small type each, past tense, and its stored form.

Facts (units, grades, due dates) go into the event and so into the hash chain; what
people said or who they are (``told`` fields) goes into the side table beside it
(decision 6) and comes back as None after a lawful erasure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import EnumType
from functools import cache
from typing import Any, ClassVar, TypeVar

from sixping.clock import from_text, to_text
from sixping.model import ClockKind, ClockStep, Op, Platform, Severity, Status, Terms
from sixping.records import made


def told(default: str | None = None) -> Any:  # noqa: ANN401 - what dataclasses.field returns
    """Declare a field that lies beside the chain: free text or personal data."""
    return field(default=default, metadata={"told": True})


def fact(read: Any, default: Any = None) -> Any:  # noqa: ANN401
    """Declare a fact that needs reading back from JSON by ``read``."""
    return field(default=default, metadata={"read": read})


def _words(value: list[str]) -> tuple[str, ...]:
    return tuple(value)


_OPS = {str(op): op for op in Op}
_KINDS = {str(kind): kind for kind in ClockKind}
_INSTANTS = ("started", "due", "stopped")


def _steps(value: list[dict[str, Any]]) -> tuple[ClockStep, ...]:
    value = [dict(step) for step in value]
    for step in value:
        step["op"] = _OPS[step["op"]]
        step["kind"] = _KINDS[step["kind"]]
        for name in _INSTANTS:
            if name in step:
                step[name] = from_text(step[name])
    return tuple([made(ClockStep, step) for step in value])


def _terms(value: dict[str, str]) -> Terms:
    return Terms(**value)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What every event of every stream is: facts and ``told`` fields under a kind."""

    kind: ClassVar[str]


Known = TypeVar("Known", bound=Recorded)


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Recorded):
    """What every event of a case may carry: operations on its clocks, with their terms."""

    steps: tuple[ClockStep, ...] = fact(_steps, ())
    terms: Terms | None = fact(_terms)
    stated_why: str | None = told()  # why the step is stated after the fact (``--at``)


@dataclass(frozen=True, kw_only=True)
class Reported(CaseEvent):
    """A report reached the room (二.1); the suggestion is kept beside the choice (二.2)."""

    kind: ClassVar[str] = "reported"

    channel: str
    source_no: str | None = None
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
    text: str | None = told()
    place: str | None = told()
    reporter: str | None = told()
    phone: str | None = told()
    reasons: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Imported(Reported):
    """A record of the past taken from a file: its facts only, nothing made up."""

    kind: ClassVar[str] = "imported"

    profile: str
    unit: str | None = None
    status: Status | None = fact(Status)
    resolved_at: datetime | None = fact(from_text)
    answered: bool = False
    satisfaction: int | None = None
    outcome: str | None = told()
    feedback: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Accepted(CaseEvent):
    """The room took the report on and said so (五.1a)."""

    kind: ClassVar[str] = "accepted"

    standard: bool = False
    channel: str | None = None  # through which it was said
    feedback: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Declined(CaseEvent):
    """The room did not take the report on, said so and why (五.1a)."""

    kind: ClassVar[str] = "declined"

    standard: bool = False
    channel: str | None = None
    feedback: str | None = told()
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Assigned(CaseEvent):
    """Sent to the unit that leads and those that assist (二.2, 四.1, 四.2)."""

    kind: ClassVar[str] = "assigned"

    lead: str
    assist: tuple[str, ...] = fact(_words, ())
    coordinator: str | None = None


@dataclass(frozen=True, kw_only=True)
class Signed(CaseEvent):
    """The unit acknowledged it holds the case (签收)."""

    kind: ClassVar[str] = "signed"


@dataclass(frozen=True, kw_only=True)
class Returned(CaseEvent):
    """The unit sent the case back to the room (退回)."""

    kind: ClassVar[str] = "returned"

    unit: str | None = None
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Noted(CaseEvent):
    """Somebody wrote down what happened; nothing else changes."""

    kind: ClassVar[str] = "noted"

    text: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Regraded(CaseEvent):
    """Category or severity changed; the start of the clocks does not (三)."""

    kind: ClassVar[str] = "regraded"

    severity: Severity = fact(Severity, Severity.ORDINARY)
    category: str | None = None
    platform: Platform | None = fact(Platform)
    confirmed: bool = False  # the officer named the category: it is no longer unsure
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Consulted(CaseEvent):
    """Put before the joint meeting or a named leader (三.2)."""

    kind: ClassVar[str] = "consulted"

    leader: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Decided(CaseEvent):
    """The meeting or leader fixed units and a date; that date is the finish limit (三.2)."""

    kind: ClassVar[str] = "decided"

    lead: str
    assist: tuple[str, ...] = fact(_words, ())
    coordinator: str | None = None
    anew: bool = False  # the limit before it was missed: that round keeps its breach
    decided_by: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Referred(CaseEvent):
    """Reported to the district: addressee, content, receipt (三.3, 五.1b)."""

    kind: ClassVar[str] = "referred"

    to: str
    severity: Severity = fact(Severity, Severity.MAJOR)
    content: str | None = told()
    receipt: str | None = told()


@dataclass(frozen=True, kw_only=True)
class ReferReplied(CaseEvent):
    """The district settled it, or sent it back to the street."""

    kind: ClassVar[str] = "refer_replied"

    returned: bool = False
    outcome: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Resolved(CaseEvent):
    """The unit settled the matter (办结)."""

    kind: ClassVar[str] = "resolved"

    outcome: str | None = told()


@dataclass(frozen=True, kw_only=True)
class FedBack(CaseEvent):
    """The reporter was told the result (三.1)."""

    kind: ClassVar[str] = "fed_back"

    satisfaction: int | None = None
    text: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Verified(CaseEvent):
    """The room checked the result on the spot (核查)."""

    kind: ClassVar[str] = "verified"

    passed: bool
    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Closed(CaseEvent):
    """Filed (归档)."""

    kind: ClassVar[str] = "closed"

    unreachable: bool = False  # anonymous, so nobody could be told the result


@dataclass(frozen=True, kw_only=True)
class Reopened(CaseEvent):
    """Taken up again: a new round with limits of its own; a breach stays."""

    kind: ClassVar[str] = "reopened"

    reason: str | None = told()


@dataclass(frozen=True, kw_only=True)
class Rescheduled(CaseEvent):
    """The calendar changed: due dates moved, or were confirmed; ``why`` names the document."""

    kind: ClassVar[str] = "rescheduled"

    why: str


@dataclass(frozen=True, kw_only=True)
class Voided(CaseEvent):
    """An earlier entry is left out because it was a mistake; both stay on record."""

    kind: ClassVar[str] = "voided"

    seq: int
    reason: str | None = told()


TYPES: dict[str, type[CaseEvent]] = {
    t.kind: t
    for t in (
        Reported, Imported, Accepted, Declined, Assigned, Signed, Returned, Noted, Regraded,
        Consulted, Decided, Referred, ReferReplied, Resolved, FedBack, Verified, Closed,
        Reopened, Rescheduled, Voided,
    )
}  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ClockStep | Terms):
        return {
            f.name: _plain(v)
            for f in fields(value)
            if (v := getattr(value, f.name)) is not None and v is not False
        }
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def facts_of(event: Recorded) -> str:
    """Return the event's facts as the JSON text that is stored and hashed verbatim."""
    out = {}
    for f in fields(event):
        if "told" in f.metadata:
            continue
        value = getattr(event, f.name)
        if value != f.default:
            out[f.name] = _plain(value)
    return json.dumps(out, ensure_ascii=False, separators=(",", ":"))


def told_by(event: Recorded) -> dict[str, str]:
    """Return what lies beside the chain: free text and personal fields that are present."""
    return {
        f.name: v
        for f in fields(event)
        if "told" in f.metadata and (v := getattr(event, f.name)) is not None
    }


def read_event(kind: str, facts: str, told: dict[str, str] | None = None) -> CaseEvent:
    """Read an event back; a kind or a field that a newer version wrote raises ValueError."""
    cls = TYPES.get(kind)
    if cls is None:
        raise ValueError(kind)
    return read_as(cls, facts, told)


@cache
def _readers(cls: type[Recorded]) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a type that JSON does not carry as they are, looked up once."""
    found = {f.name: read for f in fields(cls) if (read := f.metadata.get("read"))}
    return tuple((name, _members(read)) for name, read in found.items())


def _members(read: Any) -> Any:  # noqa: ANN401
    """Return for an enum the look-up of its members: asking the enum costs five times as much."""
    if not isinstance(read, EnumType):
        return read
    members: dict[str, Any] = {word.value: word for word in list[Any](read)}
    return members.__getitem__


def read_as(cls: type[Known], facts: str, told: dict[str, str] | None = None) -> Known:
    """Read an event of a known type back; a field this version lacks raises ValueError."""
    values: dict[str, Any] = json.loads(facts)
    try:
        for name, read in _readers(cls):  # type: ignore[arg-type]  # a class is hashable
            value = values.get(name)
            if value is not None:
                values[name] = read(value)
        return made(cls, values | told if told else values)
    except (TypeError, KeyError) as error:
        raise ValueError(cls.kind) from error


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log of a case; ``at`` is when it happened, ``seq`` is its order."""

    seq: int
    at: datetime
    recorded_at: datetime
    event: CaseEvent
    by: str | None = None
