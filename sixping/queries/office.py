"""Counts and names asked of the events of the office (people, meetings, operations)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sixping.queries.conditions import not_voided

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

_JOINED = "SELECT facts FROM events WHERE stream = 'organisation' AND kind = 'person_joined'"
_NAMED = (
    "SELECT 1 FROM events e WHERE e.stream <> 'organisation' AND instr(e.facts, :named) > 0"
    f" AND {not_voided('e')} LIMIT 1"
)


def recorded(con: Connection, kind: str, subject: str | None = None) -> int:
    """Count the events of a kind, of one subject or of all; a voided one keeps its number."""
    of_one = "" if subject is None else " AND subject = :subject"
    sql = f"SELECT count(*) FROM events WHERE kind = :kind{of_one}"
    (count,) = con.execute(sql, {"kind": kind, "subject": subject}).fetchone()
    return int(count)


def joined_people(con: Connection) -> list[str]:
    """Return the ids of everybody who ever joined, those voided included."""
    return [json.loads(facts)["person"] for (facts,) in con.execute(_JOINED).fetchall()]


def is_named(con: Connection, person: str) -> bool:
    """Tell whether a record of duty, meetings or the like names a person."""
    return con.execute(_NAMED, {"named": f'"{person}"'}).fetchone() is not None
