"""Which cases may have failed something in a period: found by index, judged by replay.

Plain SQL over an open connection. What is returned is never too few: every case with a
limit that fell due late, or with a step whose own date may have passed, in the period.
Instants are the fixed-width text of the ledger, both bounds included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries.conditions import due_before, holds, is_open, late, not_voided
from sixping.store.rows import of_kind

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

_EFFECTIVE = f"e.stream = 'case' AND {not_voided('e')}"
_LATE = f"""SELECT k.number FROM clock_moves k WHERE k.due BETWEEN :first AND :last
  AND {holds("k")} AND {late("k", ":now")}"""
_RETURNED = f"""SELECT e.subject FROM events e WHERE {of_kind("e", "returned")}
  AND e.at BETWEEN :first AND :last AND {_EFFECTIVE}"""
_OWING = f"""SELECT c.number FROM case_states c WHERE {holds("c")} AND c.owes_feedback = 1
  AND c.resolved_at BETWEEN :back AND :last"""
#: the day stands in the event: it may have been set long before
_DATED = f"""SELECT e.subject FROM events e WHERE {_EFFECTIVE} AND (
  (e.kind = 'urged' AND json_extract(e.facts, '$.answer_by') BETWEEN :from AND :to)
  OR (e.kind = 'part_set' AND json_extract(e.facts, '$.due') BETWEEN :from AND :to))
  AND {of_kind("e", "urged", "part_set")}"""
#: what may have put a case into a unit's hands, to be signed for
_UNSIGNED = f"""SELECT e.subject FROM events e
  WHERE {of_kind("e", "assigned", "decided", "reopened", "regraded", "unmerged")}
  AND e.at BETWEEN :back AND :last AND {_EFFECTIVE}"""
_TOLD_LATE = f"""SELECT e.subject FROM events e
  WHERE {of_kind("e", "resolved", "refer_replied")} AND e.at BETWEEN :back AND :last
  AND {_EFFECTIVE}"""


def candidates(
    con: Connection, *, first: str, last: str, back: str, now: str, feedback_late: bool
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


def late_now(con: Connection, now: str) -> list[str]:
    """Return the numbers of the open cases past a limit that runs and is not suspended."""
    rows = con.execute(
        "SELECT DISTINCT k.number FROM clock_moves k INDEXED BY clock_running"
        f" JOIN case_states c ON c.number = k.number AND {holds('c')} AND {is_open('c')}"
        f" WHERE {holds('k')} AND {due_before('k', ':now')} ORDER BY 1",
        {"now": now},
    )
    return [row[0] for row in rows]
