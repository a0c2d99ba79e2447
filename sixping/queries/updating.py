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


Dated = set[tuple[str, str, str]]
"""Steps of cases: number, kind, time."""

_STATES = (
    f"SELECT m.number, {', '.join(f'm.{name}' for name in State._fields[:-1])}, f.source_due"
    " FROM case_moves m"
    " JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.number = m.number"
    " WHERE m.to_seq IS NULL AND m.number IN (SELECT value FROM json_each(?))"
)
#: in place of a kind: a result that somebody of the office recorded, one that has words
OF_DESK, WORDED = "desk", "words"
_DATED = (
    f"SELECT e.subject, CASE e.kind WHEN 'resolved' THEN '{OF_DESK}' ELSE e.kind END, e.at"
    " FROM events e WHERE e.stream = 'case'"
    " AND e.subject IN (SELECT value FROM json_each(?)) AND e.version > 1"
    " AND (e.kind = 'fed_back' OR e.kind = 'closed'"
    "  OR (e.kind = 'resolved' AND instr(e.facts, '\"by_file\":') = 0))"
)
_WORDS = (
    f"SELECT e.subject, '{WORDED}', '' FROM events e JOIN told t ON t.seq = e.seq"
    " WHERE e.stream = 'case' AND e.subject IN (SELECT value FROM json_each(?))"
    " AND +e.kind IN ('imported', 'resolved', 'refer_replied', 'source_stated')"
    " AND instr(t.fields, '\"outcome\":') > 0"
)


def states(con: Connection, numbers: Sequence[str]) -> dict[str, State]:
    """Return how these cases stand now."""
    rows = con.execute(_STATES, (json.dumps(numbers),))
    return {number: State(*state) for number, *state in rows}


def dated(con: Connection, numbers: Sequence[str]) -> Dated:
    """Return what of feedback and filing these cases have, and when: number, kind, time.

    And of which the words of a result are known, at no time.
    """
    asked = (json.dumps(numbers),)
    return {tuple(row) for query in (_DATED, _WORDS) for row in con.execute(query, asked)}
