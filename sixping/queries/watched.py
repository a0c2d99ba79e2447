"""Which cases have something to be seen in a period: found by index, judged by replay.

Plain SQL over an open connection. What is returned is never too few: every case with a step in
the period that may leave a limit or was stated after the fact, or with a limit of the period
that was left, moved or stood still. Instants are the ledger's text, both bounds included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.steps import FAMILIES
from sixping.queries.conditions import end_known
from sixping.queries.periods import IN_PERIOD, bound
from sixping.store.rows import STATED_AFTER, UNLISTED, of_kind

if TYPE_CHECKING:
    from sixping.queries.periods import AsOf, Period
    from sixping.store.sqlite import Connection

#: what every case goes through, and leaves no limit by
_QUIET = {
    "accepted",
    "assigned",
    "signed",
    "resolved",
    "verified",
    "closed",
    "noted",
    "told",
    *UNLISTED,
}
_LEAVING = [kind for kind in FAMILIES if kind not in _QUIET]
_KNOWN = "e.stream = 'case' AND e.seq <= :seq"
_STEPS = f"SELECT e.subject FROM events e WHERE {of_kind('e', *_LEAVING)} AND {_KNOWN}"
#: another grade was found, or the reporter was told by form only
_ACCEPTED = f"""SELECT e.subject FROM events e WHERE {of_kind("e", "accepted")} AND {_KNOWN}
  AND e.at {IN_PERIOD} AND (instr(e.facts, '"severity":') > 0 OR instr(e.facts, '"told":false') > 0)
"""
_FAILED = f"""SELECT e.subject FROM events e WHERE {of_kind("e", "verified")} AND {_KNOWN}
  AND e.at {IN_PERIOD} AND instr(e.facts, '"passed":false') > 0"""
_STATED = f"""SELECT e.subject FROM events e
  WHERE {STATED_AFTER} AND e.at {IN_PERIOD} AND {_KNOWN}"""
_EXTENDED = f"""SELECT e.subject FROM events e
  WHERE {of_kind("e", "extended")} AND e.at <= :last AND {_KNOWN} AND EXISTS (
    SELECT 1 FROM clock_moves k WHERE k.number = e.subject AND k.due {IN_PERIOD})"""
_MOVED = f"""SELECT k.number FROM clock_moves k WHERE {end_known("k")} AND k.due {IN_PERIOD}
  AND k.from_seq <= :seq AND (k.dropped = 1 OR k.to_seq IS NOT NULL OR k.held_at IS NOT NULL)"""
_ALL = (f"{_STEPS} AND e.at {IN_PERIOD}", _ACCEPTED, _FAILED, _STATED, _EXTENDED, _MOVED)


def candidates(con: Connection, as_of: AsOf, period: Period) -> list[str]:
    """Return the numbers of the cases to be judged, in order."""
    rows = con.execute(" UNION ".join(_ALL) + " ORDER BY 1", bound(as_of, period))
    return [row[0] for row in rows.fetchall()]
