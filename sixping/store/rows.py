"""Rows of the tables as types: what a query gives, by name.

Fields stand in the order of the columns; the last ones, with a default, are joined to them.
Instants are the ledger's fixed-width text, truth values 0 and 1, lists JSON.
"""

from __future__ import annotations

from typing import NamedTuple


class CaseRow(NamedTuple):
    """A row of ``case_states``, with ``private``: the JSON of what the reporter said.

    ``private`` is None after an erasure; ``next_due`` is there in lists only.
    """

    number: str
    from_seq: int
    to_seq: int | None
    version: int
    last_seq: int
    intake_seq: int
    status: str
    channel: str
    received_at: str
    recorded_at: str
    severity: str
    platform: str | None
    category: str | None
    unsure: int
    community: str | None
    grid: str | None
    anonymous: int
    confirmed: int
    words_seq: int | None
    about_unit: str | None
    about_person: str | None
    source_due: str | None
    nature: str | None
    service: str | None
    imported: int
    lead: str | None
    assist: str
    coordinator: str | None
    round: int
    round_at: str
    accepted_at: str | None
    assigned_at: str | None
    signed_at: str | None
    returned_at: str | None
    returns: int
    resolved_at: str | None
    ended_at: str | None
    fed_back: int | None
    satisfaction: int | None
    verified: int | None
    consulted_at: str | None
    decided_at: str | None
    referred_at: str | None
    outcome_kind: str | None
    to_platform: int
    received: int
    merged_into: str | None
    merged_from: str | None
    others: str
    urges: str
    parts: str
    urge_level: str | None
    urge_since: str | None
    urge_answer_by: str | None
    open: int
    owes_feedback: int
    emergency: int
    person: str | None
    owed: str
    private: str | None = None
    next_due: str | None = None


class Promise(NamedTuple):
    """A due date as a step promised it."""

    kind: str
    round: int
    due: str
    provisional: int
    seq: int
    at: str
    step: str
    why: str | None


class OwedRow(NamedTuple):
    """What is owed on a case beside its limits; ``due``: a day."""

    kind: str
    n: int
    since: str
    unit: str | None
    due: str | None


class EventRow(NamedTuple):
    """A row of ``events``, with what was said and by which events it was voided or erased."""

    seq: int
    stream: str
    subject: str
    version: int
    kind: str
    at: str
    recorded_at: str
    by_name: str | None
    os_user: str
    host: str
    program: str
    facts: str
    sealed: bytes | None
    remarks: str | None
    hash: bytes
    private: str | None = None
    voided_by: int | None = None
    erased_by: int | None = None


CASE_COLUMNS = CaseRow._fields[: CaseRow._fields.index("private")]
EVENT_COLUMNS = EventRow._fields[: EventRow._fields.index("private")]
SOURCE_COLUMNS = ("by_name", "os_user", "host", "program")
"""What of an event stands once, in ``sources``."""
UNLISTED = ("fed_back", "imported", "reported")
"""Kinds that ``events_kind`` leaves out: every case has one, and nobody looks for them by kind."""
STATED_AFTER = (
    "e.recorded_at IS NOT NULL AND e.stream = 'case' AND e.kind <> 'imported'"
    " AND e.kind <> 'reported'"
)
"""A step was recorded at another time than it happened, intake aside: the terms of its index."""
NO_END = 1 << 62
"""A seq, or a limit of rows, that nothing reaches."""

EVENT_RECORDED_AT = "coalesce(e.recorded_at, e.at)"
"""When an event was recorded: the column says so only where that is not when it happened."""

SAID_COLUMNS = (
    "channel", "received_at", "recorded_at", "severity", "platform", "category", "unsure",
    "community", "grid", "anonymous", "confirmed", "words_seq", "about_unit", "about_person",
    "source_due", "nature", "service",
)  # fmt: skip
FACT_COLUMNS = ("seq", "number", *SAID_COLUMNS)
"""What stands of a case until another step says otherwise, and the step that said it."""
STATE_COLUMNS = (
    "status", "imported", "lead", "assist", "coordinator", "round", "round_at", "accepted_at",
    "assigned_at", "signed_at", "returned_at", "returns", "resolved_at", "ended_at", "fed_back",
    "satisfaction", "verified", "consulted_at", "decided_at", "referred_at", "outcome_kind",
    "to_platform", "received", "merged_into", "merged_from", "others", "urges", "parts",
    "urge_level", "urge_since", "urge_answer_by", "open", "owes_feedback", "emergency",
    "person", "owed",
)  # fmt: skip
MOVE_COLUMNS = (
    "number", "from_seq", "to_seq", "version", "last_seq", "intake_seq", "facts_seq",
    *STATE_COLUMNS,
)  # fmt: skip
"""What the steps move: a new row begins when one of the attributes changes, or what was said."""

RULE_COLUMNS = ("clause", "profile", "edition", "calendar")
"""What many clocks have in common: it stands once, in ``clock_terms``."""
LIMIT_COLUMNS = (
    "started", "due", "stopped", "held_at", "dropped", "unknown", "workdays", "provisional",
    "born_late",
)  # fmt: skip
TERM_COLUMNS = (*LIMIT_COLUMNS, *RULE_COLUMNS)
_CLOCK_KEY = ("number", "kind", "round", "from_seq", "to_seq")
CLOCK_COLUMNS = (*_CLOCK_KEY, *TERM_COLUMNS)
STOPPED_COLUMNS = (*_CLOCK_KEY, "stop_seq", *TERM_COLUMNS)
"""One row for a clock that ran and then stopped: until ``stop_seq`` it had not."""
CLOCK_MOVE_COLUMNS = (*_CLOCK_KEY, "stop_seq", *LIMIT_COLUMNS, "terms")


def listed(event: str) -> str:
    """Return that an event is of a kind that ``events_kind`` has: the terms of that index."""
    return " AND ".join(f"{event}.kind <> '{kind}'" for kind in UNLISTED)  # NOT IN costs a table


def of_kind(event: str, *kinds: str) -> str:
    """Return that an event is of one of some listed kinds, which are found by their index."""
    words = ", ".join(f"'{kind}'" for kind in kinds)
    return f"{event}.kind IN ({words}) AND {listed(event)}"


def event_term(column: str) -> str:
    """Return the SQL of a column of an event, from ``events e`` and ``sources o``."""
    if column == "recorded_at":
        return EVENT_RECORDED_AT
    return f"{'o' if column in SOURCE_COLUMNS else 'e'}.{column}"
