# ruff: noqa: S608 - the pieces of SQL are the constants of this file and views.GROUPS
"""What happened in a period and how things stood: the aggregates reports are made of.

Same rules as ``views``: an open reading connection, complete lists, ``as_of`` a seq,
instants as the ledger's text with ``start <= x < end``. Rows are grouped by all of
``views.GROUPS`` at once (as the case stands at ``as_of``), so one query feeds every table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.views import GROUPS, valid

if TYPE_CHECKING:
    from sixping.storage import Connection
    from sixping.views import Rows

_GROUPED = ", ".join(f"c.{name}" for name in GROUPS)
_STOOD = "(e.seq <= :seq OR :seq IS NULL)"
_NOT_VOID = (
    "NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq AND (:seq IS NULL OR v.by_seq <= :seq))"
)
STEPS = {
    "accepted": "accepted",
    "declined": "declined",
    "resolved": "resolved",
    "refer_replied": "resolved",
    "closed": "closed",
    "referred": "referred",
    "reopened": "reopened",
    "returned": "returned",
    "merged": "merged",
    "fed_back": "fed_back",
}
"""Event kind → what it counts as; a district reply that sends the case back counts as nothing."""


def flows(con: Connection, start: str, end: str, as_of: int | None = None) -> Rows:
    """Return (measure, n, groups…): what happened in a period, by the time it happened.

    Measures: ``received`` and the values of ``STEPS``. Voided steps do not count; what a
    file says was resolved counts on the day it names.
    """
    kinds = ", ".join(f"'{kind}'" for kind in STEPS)
    measure = " ".join(f"WHEN '{kind}' THEN '{name}'" for kind, name in STEPS.items())
    return con.execute(
        f"SELECT 'received' AS measure, count(*) AS n, {_GROUPED} FROM case_states c"
        f" WHERE c.received_at >= :start AND c.received_at < :end AND {valid('c', as_of)}"
        f" GROUP BY {_GROUPED}"
        f" UNION ALL SELECT CASE e.kind {measure} END AS measure, count(*) AS n, {_GROUPED}"
        " FROM events e JOIN case_states c ON c.number = e.subject"
        f" WHERE e.kind IN ({kinds}) AND e.at >= :start AND e.at < :end AND e.stream = 'case'"
        " AND (e.kind <> 'refer_replied' OR json_extract(e.facts, '$.returned') IS NULL)"
        f" AND {_STOOD} AND {_NOT_VOID} AND {valid('c', as_of)} GROUP BY measure, {_GROUPED}"
        f" UNION ALL SELECT 'resolved' AS measure, count(*) AS n, {_GROUPED}"
        " FROM case_states i JOIN case_states c ON c.number = i.number"
        " WHERE i.imported = 1 AND i.from_seq = i.intake_seq AND i.resolved_at >= :start"
        " AND i.resolved_at < :end AND (:seq IS NULL OR i.from_seq <= :seq)"
        f" AND {valid('c', as_of)} GROUP BY {_GROUPED}",
        {"start": start, "end": end, "seq": as_of},
    ).fetchall()


def cohort(con: Connection, start: str, end: str, as_of: int | None = None) -> Rows:
    """Return (n, resolved, ended, groups…) of the cases received in a period, as of the report."""
    return con.execute(
        "SELECT count(*) AS n, sum(c.resolved_at IS NOT NULL) AS resolved,"
        f" sum(c.open = 0) AS ended, {_GROUPED} FROM case_states c"
        f" WHERE c.received_at >= :start AND c.received_at < :end AND {valid('c', as_of)}"
        f" GROUP BY {_GROUPED}",
        {"start": start, "end": end, "seq": as_of},
    ).fetchall()


def fell_due(con: Connection, start: str, end: str, as_of: int | None = None) -> Rows:
    """Return the clocks due in a period, each with its terms and its case's groups.

    Columns: ``number kind round started due stopped dropped workdays clause`` and the
    groups. A clock whose end the ledger does not know is in no cohort.
    """
    return con.execute(
        "SELECT k.number, k.kind, k.round, k.started, k.due, k.stopped, k.dropped, k.workdays,"
        f" k.clause, {_GROUPED}"
        " FROM clock_states k JOIN case_states c ON c.number = k.number"
        " WHERE k.due >= :start AND k.due < :end AND k.due IS NOT NULL AND k.unknown = 0"
        f" AND {valid('k', as_of)} AND {valid('c', as_of)} ORDER BY k.due, k.number",
        {"start": start, "end": end, "seq": as_of},
    ).fetchall()


def ended(con: Connection, start: str, end: str, as_of: int | None = None) -> Rows:
    """Return the cases resolved in a period as they stand: for satisfaction and feedback.

    Columns: ``number resolved_at fed_back satisfaction anonymous imported`` and the groups.
    """
    return con.execute(
        "SELECT c.number, c.resolved_at, c.fed_back, c.satisfaction, c.anonymous, c.imported,"
        f" {_GROUPED} FROM case_states c WHERE c.resolved_at >= :start AND c.resolved_at < :end"
        f" AND {valid('c', as_of)} ORDER BY c.resolved_at, c.number",
        {"start": start, "end": end, "seq": as_of},
    ).fetchall()


def standing(con: Connection, moment: str, as_of: int | None = None) -> Rows:
    """Return (open, overdue, groups…): how things stood at an instant, as known at ``as_of``.

    Open: received by then, not ended by then. Overdue: open with a clock that was due
    before then and had not stopped by then.
    """
    was_open = (
        "(CASE WHEN c.round = 1 THEN c.ended_at IS NULL OR c.ended_at > :moment ELSE"
        " coalesce((SELECT e.kind = 'reopened' FROM events e"
        " WHERE e.subject = c.number AND e.stream = 'case' AND e.at <= :moment"
        " AND (e.kind IN ('resolved', 'declined', 'merged', 'reopened')"
        " OR (e.kind = 'refer_replied' AND json_extract(e.facts, '$.returned') IS NULL))"
        f" AND {_STOOD} AND {_NOT_VOID} ORDER BY e.version DESC LIMIT 1), 1) END)"
    )
    late = (
        "EXISTS (SELECT 1 FROM clock_states k WHERE k.number = c.number AND k.due < :moment"
        " AND (k.stopped IS NULL OR k.stopped > :moment) AND k.unknown = 0"
        f" AND {valid('k', as_of)})"
    )
    return con.execute(
        f"SELECT count(*) AS open, sum({late}) AS overdue, {_GROUPED} FROM case_states c"
        f" WHERE c.received_at <= :moment AND {valid('c', as_of)}"
        f" AND (c.open = 1 OR c.round > 1 OR c.ended_at > :moment) AND {was_open}"
        f" GROUP BY {_GROUPED}",
        {"moment": moment, "seq": as_of},
    ).fetchall()
