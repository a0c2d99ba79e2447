"""Which cases may have failed something in a period: found by index, judged by replay.

Plain SQL over an open connection. What is returned is never too few: every case with a
limit that fell due late, or with a step whose own date may have passed, in the period.
Instants are the fixed-width text of the ledger, both bounds included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STANDS = "e.stream = 'case' AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq)"
_LATE = """SELECT k.number FROM clock_states k WHERE k.due BETWEEN :first AND :last
  AND k.due IS NOT NULL AND k.to_seq IS NULL AND k.unknown = 0
  AND coalesce(k.stopped, :now) > k.due"""
_RETURNED = f"""SELECT e.subject FROM events e WHERE e.kind = 'returned'
  AND e.at BETWEEN :first AND :last AND {_STANDS}"""
_OWING = """SELECT c.number FROM case_states c WHERE c.to_seq IS NULL AND c.owes_feedback = 1
  AND c.resolved_at BETWEEN :back AND :last"""
#: the day stands in the event: it may have been set long before
_DATED = f"""SELECT e.subject FROM events e WHERE {_STANDS} AND (
  (e.kind = 'urged' AND json_extract(e.facts, '$.answer_by') BETWEEN :from AND :to)
  OR (e.kind = 'part_set' AND json_extract(e.facts, '$.due') BETWEEN :from AND :to))
  AND e.kind IN ('urged', 'part_set')"""
#: what may have put a case into a unit's hands, to be signed for
_UNSIGNED = f"""SELECT e.subject FROM events e
  WHERE e.kind IN ('assigned', 'decided', 'reopened', 'regraded', 'unmerged')
  AND e.at BETWEEN :back AND :last AND {_STANDS}"""
_TOLD_LATE = f"""SELECT e.subject FROM events e
  WHERE e.kind IN ('resolved', 'refer_replied') AND e.at BETWEEN :back AND :last AND {_STANDS}"""


def candidates(
    con: sqlite3.Connection, *, first: str, last: str, back: str, now: str, feedback_late: bool
) -> list[str]:
    """Return the numbers of the cases to be judged, in order.

    ``back`` is the earliest instant from which a step's date may lie in the period;
    ``feedback_late``: feedback has a date of its own (policy).
    """
    parts = [_LATE, _RETURNED, _OWING, _DATED, _UNSIGNED, *([_TOLD_LATE] if feedback_late else [])]
    rows = con.execute(
        " UNION ".join(parts) + " ORDER BY 1",
        {
            "first": first, "last": last, "back": back, "now": now,
            "from": first[:10], "to": last[:10],
        },
    )  # fmt: skip
    return [row[0] for row in rows]


def late_now(con: sqlite3.Connection, now: str) -> list[str]:
    """Return the numbers of the open cases past a limit that runs and is not held."""
    rows = con.execute(
        "SELECT DISTINCT k.number FROM clock_states k INDEXED BY clock_running"
        " JOIN case_states c ON c.number = k.number AND c.to_seq IS NULL AND c.open = 1"
        " WHERE k.to_seq IS NULL AND k.stopped IS NULL AND k.unknown = 0 AND k.due < ?"
        " AND k.due IS NOT NULL AND k.held_at IS NULL ORDER BY 1",
        (now,),
    )
    return [row[0] for row in rows]
