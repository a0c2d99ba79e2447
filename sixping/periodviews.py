"""Counts for the reports, read as of a ``seq``: one grouped query a measure.

Every row is ``(measure, (platform, unit, community, grid, channel, category, severity),
count)``; a case counts under the unit and grade it has as of that seq. Instants are
fixed-width text, so text order is time order; no date functions, plain SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

Tally = tuple[str, tuple[str | None, ...], int]

_DIMENSIONS = "s.platform, s.lead, s.community, s.grid, s.channel, s.category, s.severity"

#: the state of each case as of :seq
_STATE = (
    "(SELECT * FROM case_states WHERE from_seq <= :seq AND (to_seq IS NULL OR to_seq > :seq))"
)

#: the last word on each round of a case as of :seq, rounds a voiding undid left out
_ROUND = """(SELECT c.* FROM case_states c WHERE c.from_seq <= :seq AND NOT EXISTS (
  SELECT 1 FROM case_states n WHERE n.number = c.number AND n.round = c.round
  AND n.from_seq > c.from_seq AND n.from_seq <= :seq))"""

_CLOCK = (
    "(SELECT * FROM clock_states WHERE from_seq <= :seq AND (to_seq IS NULL OR to_seq > :seq)"
    " AND unknown = 0)"
)

_STEP = (
    "(SELECT e.subject AS number, e.kind, e.at FROM events e WHERE e.stream = 'case'"
    " AND e.seq <= :seq AND e.at BETWEEN :first AND :last"
    " AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq AND v.by_seq <= :seq))"
)

_IN_PERIOD = "BETWEEN :first AND :last"

#: in the cohort of a clock: ended, or past due; a promise that left in time gave no verdict
_DUE = (
    f"k.due {_IN_PERIOD} AND (k.stopped IS NOT NULL OR k.due < :as_of)"
    " AND NOT (k.dropped = 1 AND k.stopped <= k.due)"
)
_MET = "k.stopped IS NOT NULL AND k.stopped <= k.due"

_RESOLVED = (
    f"{_ROUND} r JOIN {_STATE} s ON s.number = r.number AND r.round <= s.round"
    f" WHERE r.resolved_at {_IN_PERIOD}"
)


def _steps(kind: str) -> str:
    return f"FROM {_STEP} e JOIN {_STATE} s ON s.number = e.number WHERE e.kind = '{kind}'"


def _clock(kind: str, verdict: str = "") -> str:
    met = f" AND {verdict}" if verdict else ""
    return (
        f"FROM {_CLOCK} k JOIN {_STATE} s ON s.number = k.number"
        f" WHERE k.kind = '{kind}' AND {_DUE}{met}"
    )


_ASSIGNED = (
    f"FROM {_STEP} e JOIN {_STATE} s ON s.number = e.number WHERE e.kind IN ('assigned','decided')"
)

_RECEIVED = f"FROM {_STATE} s WHERE s.received_at {_IN_PERIOD}"

#: measure → (what is counted, from where); counts are of rows unless distinct cases are said
_FLOWS: dict[str, tuple[str, str]] = {
    "received": ("*", _RECEIVED),
    "received_resolved": ("*", f"{_RECEIVED} AND s.status IN ('已办结', '已归档')"),
    "accepted": ("*", _steps("accepted")),
    "declined": ("*", _steps("declined")),
    "closed": ("*", _steps("closed")),
    "referred": ("*", _steps("referred")),
    "reopened": ("*", _steps("reopened")),
    "returned": ("*", _steps("returned")),
    "merged": ("*", _steps("merged")),
    "assigned": ("DISTINCT s.number", _ASSIGNED),
    "assigned_returned": ("DISTINCT s.number", f"{_ASSIGNED} AND s.returns > 0"),
    "resolved": ("*", f"FROM {_RESOLVED}"),
    "resolved_reopened": ("*", f"FROM {_RESOLVED} AND s.round > r.round"),
    "resolved_owing": ("*", f"FROM {_RESOLVED} AND r.anonymous = 0"),
    "resolved_fed_back": ("*", f"FROM {_RESOLVED} AND r.anonymous = 0 AND r.fed_back = 1"),
    "scored": ("*", f"FROM {_RESOLVED} AND r.satisfaction IS NOT NULL"),
    "satisfied": ("*", f"FROM {_RESOLVED} AND r.satisfaction >= :satisfied_from"),
    **{f"{kind}_due": ("*", _clock(kind)) for kind in ("accept", "refer", "finish", "ceiling")},
    **{
        f"{kind}_met": ("*", _clock(kind, _MET))
        for kind in ("accept", "refer", "finish", "ceiling")
    },
}

#: cases open at :last, and those of them past a due date then
_OPEN = f"""FROM {_STATE} s WHERE s.number IN (
  SELECT number FROM {_STATE} WHERE round = 1 AND received_at <= :last
  AND (open = 1 OR ended_at > :last)
  UNION SELECT r.number FROM {_ROUND} r JOIN {_STATE} s ON s.number = r.number
  WHERE s.round > 1 AND r.round <= s.round AND r.round_at <= :last
  AND (r.ended_at > :last OR (r.ended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM case_states n WHERE n.number = r.number AND n.round = r.round + 1
    AND n.round <= s.round AND n.round_at <= :last AND n.from_seq <= :seq))))"""

_OVERDUE = f"""FROM {_STATE} s WHERE s.number IN (
  SELECT number FROM {_CLOCK} WHERE started <= :last AND due < :last
  AND (stopped IS NULL OR stopped > :last))"""

_STANDS = {"open": ("*", _OPEN), "overdue": ("*", _OVERDUE)}


def tallies(
    connection: sqlite3.Connection, *, first: str, last: str, seq: int, as_of: str, satisfied: int
) -> list[Tally]:
    """Return every measure of a period; ``first`` and ``last`` are instants, both included."""
    bound = {"first": first, "seq": seq, "as_of": as_of, "satisfied_from": satisfied}
    flows = _grouped(connection, _FLOWS, bound | {"last": last})
    # A period still running stands where the report stands, not where it will end.
    return flows + _grouped(connection, _STANDS, bound | {"last": min(last, as_of)})


def _grouped(
    connection: sqlite3.Connection, measures: dict[str, tuple[str, str]], bound: dict[str, Any]
) -> list[Tally]:
    found: list[Tally] = []
    for measure, (counted, source) in measures.items():
        sql = f"SELECT {_DIMENSIONS}, count({counted}) {source} GROUP BY {_DIMENSIONS}"
        found += [(measure, tuple(row[:7]), row[7]) for row in connection.execute(sql, bound)]
    return found


def totals(
    connection: sqlite3.Connection, names: tuple[str, ...], *, first: str, last: str, seq: int,
    as_of: str,
) -> tuple[int, ...]:  # fmt: skip
    """Return plain totals of some measures, for a trend."""
    bound = {"first": first, "seq": seq, "as_of": as_of}
    out = []
    for name in names:
        counted, source = (_FLOWS | _STANDS)[name]
        end = min(last, as_of) if name in _STANDS else last
        row = connection.execute(f"SELECT count({counted}) {source}", bound | {"last": end})
        out.append(row.fetchone()[0])
    return tuple(out)


#: the cases behind the figures: received, resolved, open or overdue in the period
_CASES = f"""SELECT s.*, (SELECT t.fields FROM told t WHERE t.seq = s.intake_seq) AS told,
  s.number IN (SELECT s.number {_OPEN}) AS stood_open,
  s.number IN (SELECT s.number {_OVERDUE}) AS stood_overdue
FROM {_STATE} s WHERE s.number IN (
  SELECT s.number {_RECEIVED} UNION SELECT s.number FROM {_RESOLVED}
  UNION SELECT s.number {_OPEN} UNION SELECT s.number {_OVERDUE}) ORDER BY s.number"""


def cases(
    connection: sqlite3.Connection, *, first: str, last: str, seq: int, as_of: str
) -> list[dict[str, Any]]:
    """Return the cases behind the figures, so that every figure can be traced to a list."""
    bound = {"first": first, "last": min(last, as_of), "seq": seq}
    cursor = connection.execute(_CASES, bound)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def seq_at(connection: sqlite3.Connection, moment: str | None) -> tuple[int, str]:
    """Return ``(seq, head)`` of the ledger as it was recorded at an instant (None: now)."""
    sql = "SELECT seq, lower(hex(hash)) FROM events"
    if moment is None:
        row = connection.execute(f"{sql} ORDER BY seq DESC LIMIT 1").fetchone()
    else:
        # Order is by seq, never by time: a clock that went back does not hide what follows.
        later = "SELECT min(seq) FROM events WHERE recorded_at > :moment"
        row = connection.execute(
            f"{sql} WHERE seq < coalesce(({later}), 9223372036854775807)"
            " ORDER BY seq DESC LIMIT 1",
            {"moment": moment},
        ).fetchone()
    return (row[0], row[1]) if row else (0, "")
