"""Which cases an assessment has to look at, as of a state of the ledger; plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from sixping.queries.periods import AsOf, Period


def touched(con: sqlite3.Connection, as_of: AsOf, period: Period) -> list[str]:
    """Return the cases in which something happened or fell due in a period, or that ran on into it.

    Those that ended before it and were left alone since have nothing to say.
    """
    states = f"SELECT s.number FROM case_states s WHERE {as_of.holds('s')}"
    sql = f"""SELECT e.subject FROM events e WHERE e.stream = 'case' AND e.seq <= :seq
        AND e.at BETWEEN :first AND :last
      UNION SELECT k.number FROM clock_states k WHERE k.from_seq <= :seq AND k.unknown = 0
        AND k.due IS NOT NULL AND k.due BETWEEN :first AND :last
      UNION {states} AND s.received_at <= :last
        AND (s.open = 1 OR s.owes_feedback = 1 OR coalesce(s.ended_at, s.resolved_at) >= :first)
      ORDER BY 1"""
    first, last = period
    rows = con.execute(sql, {"first": first, "last": last, "seq": as_of.seq})
    return [row[0] for row in rows.fetchall()]
