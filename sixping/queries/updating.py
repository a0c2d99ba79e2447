"""How the cases of an import stand, by batches: what a row may say already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.store.sqlite import Connection


class State(NamedTuple):
    """How a case stands, as far as a row of a file can say the same."""

    version: int
    imported: int
    status: str
    lead: str | None
    accepted_at: str | None
    assigned_at: str | None
    resolved_at: str | None
    fed_back: int | None
    satisfaction: int | None
    source_due: str | None


Said = set[tuple[str, str, str]]
"""What logs of cases have: number, a kind of step, its time or nothing; or words of a result."""

_STATES = (
    f"SELECT m.number, {', '.join(f'm.{name}' for name in State._fields[:-1])}, f.source_due"
    " FROM case_moves m"
    " JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.number = m.number"
    " WHERE m.to_seq IS NULL AND m.number IN (SELECT value FROM json_each(?))"
)
OUTCOME, FEEDBACK = "outcome", "feedback"
"""In place of a kind: the last words of a result, and of what its reporter was told."""
_DATED = (
    "SELECT e.subject, e.kind, e.at FROM events e WHERE e.stream = 'case'"
    " AND e.subject IN (SELECT value FROM json_each(?)) AND e.version > 1"
    " AND +e.kind IN ('fed_back', 'closed', 'voided', 'reopened')"
)
_WORDS = (
    "SELECT e.subject, e.kind, json_extract(t.fields, '$.outcome'),"
    " json_extract(t.fields, '$.feedback') FROM events e JOIN told t ON t.seq = e.seq"
    " WHERE e.stream = 'case' AND e.subject IN (SELECT value FROM json_each(?))"
    " AND +e.kind IN ('imported', 'resolved', 'refer_replied', 'source_stated')"
    " AND json_valid(t.fields) ORDER BY e.seq"
)


def states(con: Connection, numbers: Sequence[str]) -> dict[str, State]:
    """Return how these cases stand now."""
    rows = con.execute(_STATES, (json.dumps(numbers),))
    return {number: State(*state) for number, *state in rows}


def said(con: Connection, numbers: Sequence[str]) -> Said:
    """Return what of feedback and filing these cases have, and when, and words of results."""
    asked = (json.dumps(numbers),)
    found: Said = set()
    for number, kind, at in con.execute(_DATED, asked):
        found |= {(number, kind, at), (number, kind, "")}
    words: dict[tuple[str, str], str] = {}
    for number, kind, outcome, feedback in con.execute(_WORDS, asked):
        words |= {(number, OUTCOME): outcome} if outcome else {}
        words |= {(number, FEEDBACK): feedback} if feedback and kind != "refer_replied" else {}
    return found | {(*which, squeezed(said)) for which, said in words.items()}


def squeezed(words: str) -> str:
    """Return words for comparison: how they are spaced does not count."""
    return " ".join(words.split())
