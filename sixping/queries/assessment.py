"""Which cases an assessment has to look at, as of a state of the ledger; plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries.conditions import end_known, is_open

if TYPE_CHECKING:
    from sixping.queries.periods import AsOf, Period
    from sixping.store.sqlite import Connection


def touched(con: Connection, as_of: AsOf, period: Period) -> list[str]:
    """Return the cases in which something happened or fell due in a period, or that ran on into it.

    Those that ended before it and were left alone since have nothing to say.
    """
    sql = f"""SELECT e.subject FROM events e WHERE e.stream = 'case' AND e.seq <= :seq
        AND e.at BETWEEN :first AND :last
      UNION SELECT k.number FROM clock_moves k WHERE k.from_seq <= :seq
        AND {end_known("k")} AND k.due BETWEEN :first AND :last
      UNION SELECT s.number FROM case_states s WHERE {as_of.holds("s")} AND s.received_at <= :last
        AND ({is_open("s")} OR s.owes_feedback = 1 OR coalesce(s.ended_at, s.resolved_at) >= :first)
      ORDER BY 1"""
    first, last = period
    rows = con.execute(sql, {"first": first, "last": last, "seq": as_of.seq})
    return [row[0] for row in rows.fetchall()]
