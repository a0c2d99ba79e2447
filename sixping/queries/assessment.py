"""Which cases an assessment has to look at, as of a state of the ledger; plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.vocabulary import Severity, Status
from sixping.queries.conditions import end_known, end_unknown, is_open
from sixping.queries.periods import IN_PERIOD, bound

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
      UNION SELECT k.number FROM clock_moves k WHERE k.from_seq <= :seq
        AND {end_unknown("k")} AND k.due BETWEEN :first AND :last
      UNION SELECT s.number FROM case_states s WHERE {as_of.holds("s")} AND s.received_at <= :last
        AND ({is_open("s")} OR s.owes_feedback = 1 OR coalesce(s.ended_at, s.resolved_at) >= :first)
      ORDER BY 1"""
    first, last = period
    rows = con.execute(sql, {"first": first, "last": last, "seq": as_of.seq})
    return [row[0] for row in rows.fetchall()]


def mains(con: Connection, as_of: AsOf, period: Period) -> dict[str, tuple[Status, Severity, bool]]:
    """Return where the cases stand that answer for the merged reports received in a period.

    With their grade, and whether the last check of their result failed.
    """
    sql = f"""SELECT DISTINCT m.number, m.status, m.severity, m.verified FROM case_states s
      JOIN case_states m ON m.number = s.merged_into AND {as_of.holds("m")}
      WHERE s.received_at {IN_PERIOD} AND {as_of.holds("s")}"""
    rows = con.execute(sql, bound(as_of, period))
    return {
        number: (Status(status), Severity(grade), verified == 0)
        for number, status, grade, verified in rows
    }
