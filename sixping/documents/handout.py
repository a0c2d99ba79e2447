"""A case as one flat row to hand out, as an answer to its source, and as Open311 has requests.

Citizen text is masked here unless it is to be revealed, and cleaned by whichever format prints it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.cases import masked
from sixping.policy.vocabulary import ClockKind, Status, found_grade
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sixping.cases.model import Clock
    from sixping.documents.cases import People
    from sixping.store.rows import CaseRow, EventRow

#: steps that say why a report was not taken on
_NOT_TAKEN = ("declined", "transferred", "guided", "sent_back")
#: steps that say how a case ended, and what was told of it
ENDINGS = (
    "imported", "source_stated", "resolved", "refer_replied", "fed_back", "closed", "reopened",
    *_NOT_TAKEN,
)  # fmt: skip
#: and those a row of a case further tells of
TOLD = (*ENDINGS, "extended")
#: steps by which a source learns something it waits for, if it did not state them itself
ANSWERING = frozenset(
    {"source_stated", "resolved", "refer_replied", "fed_back", "closed", *_NOT_TAKEN}
)


class Ending(NamedTuple):
    """How the present round of a case ended, in the words that were recorded."""

    outcome: str | None = None
    feedback: str | None = None
    fed_back_at: str | None = None
    closed_at: str | None = None
    extensions: int = 0
    extended_workdays: int = 0


def ending(events: Sequence[EventRow]) -> Ending:
    """Return how a case ended, of its effective entries, oldest first; a new round forgets."""
    found = Ending()
    for event in events:
        facts: dict[str, Any] = json.loads(event.facts)
        private: dict[str, Any] = json.loads(event.private) if event.private else {}
        found = _after(found, event, facts, private)
    return found


def _after(
    found: Ending, event: EventRow, facts: Mapping[str, Any], private: Mapping[str, Any]
) -> Ending:
    kind = event.kind
    if kind == "reopened" or (kind == "refer_replied" and facts.get("returned")):
        return Ending(extensions=found.extensions, extended_workdays=found.extended_workdays)
    if kind == "extended":
        days = found.extended_workdays + facts.get("workdays", 0)
        return found._replace(extensions=found.extensions + 1, extended_workdays=days)
    if kind == "closed":
        return found._replace(closed_at=event.at)
    if kind in ("imported", "source_stated") or (kind == "resolved" and facts.get("by_file")):
        return _of_file(found, facts, private)
    if kind in ("resolved", "refer_replied"):
        return found._replace(
            outcome=private.get("outcome"), feedback=None, fed_back_at=None, closed_at=None
        )
    if kind == "fed_back" and (facts.get("to") is None or facts.get("everyone")):
        before = found.feedback if facts.get("by_file") else None  # it says known words once
        return found._replace(feedback=private.get("text") or before, fed_back_at=event.at)
    if kind in _NOT_TAKEN:
        said = private.get("feedback")
        return found._replace(outcome=private.get("reason"), feedback=said)
    return found


def _of_file(found: Ending, facts: Mapping[str, Any], private: Mapping[str, Any]) -> Ending:
    """Return what is known with what a file adds: it states the same end bit by bit."""
    outcome = private.get("outcome") or found.outcome
    told = private.get("feedback") or (outcome if facts.get("answered") else None)
    return found._replace(outcome=outcome, feedback=told or found.feedback)


def case_row(
    row: CaseRow,
    clocks: Sequence[Clock],
    events: Sequence[EventRow],
    now: datetime,
    people: People,
    *,
    reveal: bool,
) -> dict[str, Any]:
    """Return a case as one row; ``events``: its effective entries of the kinds ``TOLD``.

    Each limit is that of the last round; ``late``: some limit of any round was or is missed.
    """
    private: dict[str, Any] = json.loads(row.private) if row.private else {}
    end = ending(events)

    def shown(name: str, value: str | None) -> str | None:
        return masked(name, value, reveal=reveal, people=people)

    said = {name: shown(name, private.get(name)) for name in _SAID}
    return {
        "number": row.number, "channel": row.channel, "received_at": row.received_at,
        "recorded_at": row.recorded_at, "community": row.community, "grid": row.grid,
        "category": row.category, "platform": row.platform,
        "severity": found_grade(row.severity, confirmed=bool(row.confirmed)),
        "status": row.status, "lead": row.lead, "assist": json.loads(row.assist),
        "accepted_at": row.accepted_at, "resolved_at": row.resolved_at,
        "fed_back_at": end.fed_back_at, "closed_at": end.closed_at,
        "outcome_kind": row.outcome_kind, "outcome": shown("outcome", end.outcome),
        "feedback": shown("feedback", end.feedback), "satisfaction": row.satisfaction,
        "extensions": end.extensions, "extended_workdays": end.extended_workdays,
        "suspended": any(c.running and c.held_at is not None for c in clocks),
        "source_due": row.source_due, "merged_into": row.merged_into,
        "version": row.version, "nature": row.nature, **said, **_limits(clocks, now),
    }  # fmt: skip


_SAID = ("source_no", "text", "place", "reporter", "phone")


def _limits(clocks: Sequence[Clock], now: datetime) -> dict[str, Any]:
    last = max((clock.round for clock in clocks), default=0)
    kept = {c.kind: c for c in clocks if c.round == last and not (c.dropped and not c.missed)}
    limits: dict[str, Any] = {}
    for kind in ClockKind:
        clock = kept.get(kind)
        limits[f"{kind.value}_due"] = clock and clock.due and to_text(clock.due)
        limits[f"{kind.value}_late"] = clock and clock.late(now)
    return limits | {"late": any(clock.late(now) for clock in clocks)}


class Answered(NamedTuple):
    """A report as its source is answered: itself, and the case that answers for it.

    ``people``: who of both and of what else was merged is not to be named.
    """

    row: CaseRow
    main: CaseRow
    events: Sequence[EventRow]
    people: People


def answer_row(answered: Answered, *, reveal: bool) -> dict[str, Any]:
    """Return what a source is told of a report: that of its main case where it was merged."""
    row, main = answered.row, answered.main
    own = json.loads(row.private) if row.private else {}
    end = ending(answered.events)
    merged = row.number != main.number

    def shown(name: str, value: str | None) -> str | None:
        return masked(name, value, reveal=reveal, people=answered.people)

    return {
        "source_no": shown("source_no", own.get("source_no")),
        "number": row.number,
        "source_due": row.source_due,
        "status": main.status,
        "merged_into": main.number if merged else None,
        "outcome_kind": main.outcome_kind,
        "outcome": shown("outcome", end.outcome),
        "feedback": shown("feedback", end.feedback),
        "satisfaction": row.satisfaction if merged else main.satisfaction,
        "accepted_at": main.accepted_at,
        "resolved_at": main.resolved_at,
        "fed_back_at": end.fed_back_at,
        "closed_at": end.closed_at,
    }


def request_json(
    row: CaseRow,
    clocks: Sequence[Clock],
    events: Sequence[EventRow],
    updated_at: str | None,
    people: People,
    *,
    reveal: bool,
) -> dict[str, Any]:
    """Return a case as a service request of GeoReport v2; nothing personal but the words.

    ``expected_datetime`` is the target of the last round, null where there is none.
    """
    private: dict[str, Any] = json.loads(row.private) if row.private else {}
    end = ending(events)

    def shown(name: str, value: str | None) -> str | None:
        return masked(name, value, reveal=reveal, people=people)

    last = max((clock.round for clock in clocks), default=0)
    due = next(
        (c.due for c in clocks if c.kind is ClockKind.FINISH and c.round == last and not c.dropped),
        None,
    )
    return {
        "service_request_id": row.number,
        "status": "open" if Status(row.status).open else "closed",
        "status_notes": shown("outcome", end.outcome) or row.status,
        "service_name": row.category,
        "service_code": row.category,
        "description": shown("text", private.get("text")),
        "agency_responsible": row.lead,
        "service_notice": None,
        "requested_datetime": row.received_at,
        "updated_datetime": updated_at,
        "expected_datetime": due and to_text(due),
        "address": shown("place", private.get("place")),
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }
