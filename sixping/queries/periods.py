"""Counts for the reports, read as of a ``seq``: one grouped query for each sort of figure.

A case counts under the unit and grade it has as of that seq. Instants are
fixed-width text, so text order is time order; no date functions, plain SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sixping.policy.vocabulary import ClockKind, Status
from sixping.queries.cases import CASE_FIELDS
from sixping.queries.conditions import (
    clocks,
    due_before,
    ended_in_time,
    flag,
    has_status,
    has_verdict,
    holds,
    is_open,
    late,
    not_voided,
    number_of,
    was_late,
)
from sixping.reports.period import DIMENSIONS, Tally
from sixping.store.rows import CaseRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from sixping.store.sqlite import Connection

#: first and last instant of a period, both included
Period = tuple[str, str]

_KEYS = "s.platform, s.lead, s.community, s.grid, s.channel, s.category, s.severity"
_WIDTH = len(DIMENSIONS)
_IN_PERIOD = "BETWEEN :first AND :last"

_NEVER = 1_000_000_000
"""A version that no case reaches."""

_RESOLVED = (Status.RESOLVED, Status.CLOSED)

#: event kind → total it counts in; what was resolved has a query of its own
_STEPS = ("accepted", "declined", "closed", "referred", "reopened", "returned", "merged")


class AsOf(NamedTuple):
    """The state of the ledger a report is made from.

    ``seq`` is its last event, ``moment`` the instant of the report; ``past`` says that
    later events are to be left out, which costs the indexes of the present state.
    """

    seq: int
    head: str
    moment: str
    past: bool = False

    @classmethod
    def present(cls, con: Connection, moment: str) -> Self:
        """Take the ledger as it is."""
        row = con.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return cls(row[0], row[1].hex(), moment)

    @classmethod
    def recorded(cls, con: Connection, moment: str) -> Self:
        """Take the ledger as it was when its last event up to an instant was recorded.

        Order is by ``seq``, never by time: what stands before that event belongs to it,
        also when its clock was ahead (``ahead`` counts those).
        """
        row = con.execute(
            "SELECT seq, hash FROM events WHERE recorded_at <= :moment ORDER BY seq DESC LIMIT 1",
            {"moment": moment},
        ).fetchone()
        seq, head = (row[0], row[1].hex()) if row else (0, "")
        return cls(seq, head, moment, past=True)

    def ahead(self, con: Connection) -> int:
        """Return how many events of cases carry a time after this moment."""
        sql = (
            "SELECT count(*) FROM events"
            " WHERE seq <= :seq AND recorded_at > :moment AND stream = 'case'"
        )
        found = con.execute(sql, {"seq": self.seq, "moment": self.moment}).fetchone()
        return int(found[0])

    @property
    def clocks(self) -> str:
        """Return where the rows of clocks are that ``holds`` is asked of."""
        return clocks(self.seq if self.past else None)

    def holds(self, alias: str) -> str:
        """Return the condition that a row of a state table holds as of ``seq``."""
        return holds(alias, self.seq if self.past else None)


def _effective(alias: str) -> str:
    """Return the condition that an event counts as of ``seq``: recorded and not voided."""
    counts = not_voided(alias, as_of=True)
    return f"{alias}.stream = 'case' AND {alias}.seq <= :seq AND {counts}"


def _later(kind: str, alias: str, than: str) -> str:
    """Return the clauses for a later step of a kind of the same case."""
    return (
        f"FROM events {alias} WHERE {alias}.subject = {than}.number AND {alias}.kind = '{kind}'"
        f" AND {alias}.version > {than}.version AND {_effective(alias)}"
    )


# --- what happened in the period -------------------------------------------------------


def _received(as_of: AsOf) -> str:
    return (
        f"SELECT {_KEYS}, count(*) AS received,"
        f" {number_of('NOT ' + has_status('s', Status.MERGED))} AS received_cases,"
        f" {number_of(has_status('s', *_RESOLVED))} AS received_resolved"
        f" FROM case_states s WHERE s.received_at {_IN_PERIOD} AND {as_of.holds('s')}"
        f" GROUP BY {_KEYS}"
    )


def _taken(as_of: AsOf) -> str:
    counts = ", ".join(f"""{number_of(f"e.kind = '{kind}'")} AS {kind}""" for kind in _STEPS)
    kinds = ", ".join(f"'{kind}'" for kind in _STEPS)
    return (
        f"SELECT {_KEYS}, {counts} FROM events e JOIN case_states s ON s.number = e.subject"
        f" WHERE e.kind IN ({kinds}) AND e.at {_IN_PERIOD} AND {_effective('e')}"
        f" AND {as_of.holds('s')} GROUP BY {_KEYS}"
    )


def _assigned(as_of: AsOf) -> str:
    """Count cases, not steps: assigned in the period, and returned at any time after it."""
    returned = f"EXISTS (SELECT 1 {_later('returned', 'r', 'a')})"
    return (
        f"SELECT {_KEYS}, count(*) AS assigned, sum(a.back) AS assigned_returned FROM ("
        f"  SELECT a.number, max({flag(returned)}) AS back"
        "   FROM (SELECT e.subject AS number, e.version FROM events e"
        "    WHERE e.kind IN ('assigned', 'decided')"
        f"    AND e.at {_IN_PERIOD} AND {_effective('e')}) a"
        "   GROUP BY a.number"
        f") a JOIN case_states s ON s.number = a.number WHERE {as_of.holds('s')} GROUP BY {_KEYS}"
    )


#: what ended a case as resolved: a step, or the line of a file that says so
_RESOLUTIONS = f"""
  SELECT e.subject AS number, e.version, 0 AS told, CAST(NULL AS INTEGER) AS score FROM events e
  WHERE e.kind IN ('resolved', 'refer_replied') AND e.at {_IN_PERIOD} AND {_effective("e")}
    AND (e.kind = 'resolved' OR json_extract(e.facts, '$.returned') IS NULL)
  UNION ALL SELECT i.number, 1, i.fed_back, i.satisfaction FROM case_states i
  WHERE i.imported = 1 AND i.from_seq = i.intake_seq AND i.from_seq <= :seq
    AND {has_status("i", *_RESOLVED)} AND i.resolved_at {_IN_PERIOD}"""

#: its feedback is what follows before the case is reopened, whatever is the case's present round
_UNTIL_REOPENED = (
    f"FROM events f WHERE f.subject = x.number AND f.kind = 'fed_back' AND {_effective('f')}"
    " AND f.version > x.version AND f.version < x.reopened"
)
_OWN = "(json_extract(f.facts, '$.to') IS NULL)"
#: the repeat reports a case answers for when it is resolved: merged in and not taken out again
_OTHERS = f"""FROM events a WHERE a.subject = x.number AND a.kind = 'absorbed'
  AND {_effective("a")} AND a.version < x.version
  AND json_extract(a.facts, '$.reachable') IS NULL AND NOT EXISTS (SELECT 1 FROM events o
    WHERE o.subject = a.subject AND o.kind = 'released' AND {_effective("o")}
    AND o.version > a.version AND o.version < x.reopened
    AND json_extract(o.facts, '$.number') = json_extract(a.facts, '$.number'))"""
_ANSWERED = f"""EXISTS (SELECT 1 {_UNTIL_REOPENED}
  AND (json_extract(f.facts, '$.everyone') IS NOT NULL
    OR json_extract(f.facts, '$.to') = json_extract(a.facts, '$.number')))"""
_ENDINGS = f"""
  SELECT x.number, {flag(f"x.reopened < {_NEVER}")} AS again,
    {flag(f"x.told = 1 OR EXISTS (SELECT 1 {_UNTIL_REOPENED} AND {_OWN})")} AS told,
    (SELECT count(*) {_OTHERS}) AS others,
    (SELECT count(*) {_OTHERS} AND {_ANSWERED}) AS others_told,
    coalesce((SELECT CAST(json_extract(f.facts, '$.satisfaction') AS INTEGER) {_UNTIL_REOPENED}
      AND json_extract(f.facts, '$.satisfaction') IS NOT NULL ORDER BY f.version DESC LIMIT 1),
      x.score) AS score
  FROM (SELECT r.*, coalesce((SELECT min(g.version) {_later("reopened", "g", "r")}), {_NEVER})
    AS reopened FROM ({_RESOLUTIONS}) r) x"""


def _resolved(as_of: AsOf) -> str:
    return f"""SELECT {_KEYS}, count(*) AS resolved, sum(x.again) AS resolved_reopened,
      sum((1 - s.anonymous) + x.others) AS resolved_owing,
      sum((1 - s.anonymous) * x.told + x.others_told) AS resolved_fed_back,
      count(x.score) AS scored, {number_of("x.score >= :satisfied")} AS satisfied
      FROM ({_ENDINGS}) x JOIN case_states s ON s.number = x.number
      WHERE {as_of.holds("s")} GROUP BY {_KEYS}"""


def _fell_due(as_of: AsOf) -> str:
    """Count clocks due in the period that have ended or are past due.

    One whose case left in time (regraded, declined) gave no verdict; one whose end
    nobody recorded has none, nor has one that stands still.
    """
    in_time = ended_in_time("k")
    counts = ", ".join(
        f"{number_of(is_kind)} AS {kind}_due, {number_of(f'{is_kind} AND {in_time}')} AS {kind}_met"
        for kind in ClockKind
        for is_kind in [f"k.kind = '{kind}'"]
    )
    return (
        f"SELECT {_KEYS}, {counts} FROM {as_of.clocks} k JOIN case_states s ON s.number = k.number"
        f" WHERE k.due {_IN_PERIOD} AND {has_verdict('k')}"
        f" AND ({in_time} OR {late('k', ':moment')})"
        f" AND NOT (k.dropped = 1 AND {in_time})"
        f" AND {as_of.holds('k')} AND {as_of.holds('s')} GROUP BY {_KEYS}"
    )


# --- how things stood ------------------------------------------------------------------


def _open(as_of: AsOf) -> str:
    """Return the numbers of the cases open at ``:end``: received by then and not ended.

    The last row of a round says when it began and ended. A round that never ended was
    gone on with in the next (sent back by the district, decided anew); one whose end
    nobody recorded is open at no instant.
    """
    state = f"SELECT s.number FROM case_states s WHERE {as_of.holds('s')}"
    last = f"""SELECT r.number, r.round, r.round_at, r.ended_at, r.open FROM case_states r
      JOIN case_states s ON s.number = r.number AND s.round > 1 AND {as_of.holds("s")}
      WHERE r.round <= s.round AND r.from_seq <= :seq AND NOT EXISTS (SELECT 1 FROM case_states n
        WHERE n.number = r.number AND n.round = r.round AND n.from_seq > r.from_seq
        AND n.from_seq <= :seq)"""
    return f"""WITH rounds AS MATERIALIZED ({last})
      {state} AND s.round = 1 AND {is_open("s")} AND s.received_at <= :end
      UNION ALL {state} AND s.round = 1 AND s.ended_at IS NOT NULL AND s.ended_at > :end
        AND s.received_at <= :end
      UNION SELECT r.number FROM rounds r LEFT JOIN rounds b
        ON b.number = r.number AND b.round = r.round - 1
      WHERE r.round_at <= :end AND (b.open IS NULL OR b.open = 0)
        AND :end < coalesce((SELECT coalesce(n.ended_at, '') FROM rounds n
          WHERE n.number = r.number AND n.round >= r.round AND n.open = 0
          ORDER BY n.round LIMIT 1), '9')"""


def _overdue(as_of: AsOf) -> str:
    """Return the numbers of the cases past a due date at ``:end``, and open then.

    Two halves for two indexes: clocks that still run, and those that stopped too late.
    The planner takes neither by itself; of the past there is no index.
    """
    running, stopped = (
        ("", "") if as_of.past else (" INDEXED BY clock_running", " INDEXED BY clock_late")
    )
    clock, rows = f"WHERE {as_of.holds('k')} AND k.started <= :end", as_of.clocks
    return (
        f"SELECT l.number FROM (SELECT k.number FROM {rows} k{running} {clock}"
        f" AND {due_before('k', ':end')} UNION SELECT k.number FROM {rows} k{stopped} {clock}"
        f" AND {was_late('k', ':end')}) l INTERSECT SELECT o.number FROM ({_open(as_of)}) o"
    )


def _stock(as_of: AsOf) -> str:
    """Count what was open at ``:end``, and how much of it past due."""
    return f"""SELECT {_KEYS}, count(*) AS open,
      {number_of(f"s.number IN ({_overdue(as_of)})")} AS overdue
      FROM case_states s WHERE {as_of.holds("s")} AND s.number IN ({_open(as_of)})
      GROUP BY {_KEYS}"""


_MEASURES = (_received, _taken, _assigned, _resolved, _fell_due, _stock)


def tallies(con: Connection, as_of: AsOf, period: Period, *, satisfied: int) -> list[Tally]:
    """Return every measure of a period."""
    bound = _bound(as_of, period) | {"satisfied": satisfied}
    found: list[Tally] = []
    for measure in _MEASURES:
        found += _split(con.execute(measure(as_of), bound))
    return found


def _bound(as_of: AsOf, period: Period) -> dict[str, Any]:
    """Bind a period; one still running stands where the report stands, not where it will end."""
    first, last = period
    end = min(last, as_of.moment)
    return {"first": first, "last": last, "end": end, "seq": as_of.seq, "moment": as_of.moment}


def _split(cursor: sqlite3.Cursor) -> Iterator[Tally]:
    names = [column[0] for column in cursor.description[_WIDTH:]]
    for row in cursor:
        values = tuple(row)
        for name, count in zip(names, values[_WIDTH:], strict=True):
            if count:
                yield Tally(name, values[:_WIDTH], int(count))


# --- months ----------------------------------------------------------------------------


def months(con: Connection, as_of: AsOf, periods: Iterable[Period]) -> list[tuple[int, int, int]]:
    """Return ``(received, resolved, overdue)`` of each period, overdue as it stood at its end."""
    sql = (
        f"SELECT (SELECT count(*) FROM case_states s WHERE s.received_at {_IN_PERIOD}"
        f" AND {as_of.holds('s')}), (SELECT count(*) FROM ({_RESOLUTIONS}) e),"
        f" (SELECT count(*) FROM ({_overdue(as_of)}) l)"
    )
    rows = (con.execute(sql, _bound(as_of, period)).fetchone() for period in periods)
    return [(row[0], row[1], row[2]) for row in rows]


# --- the cases behind the figures ------------------------------------------------------


class CaseBehind(NamedTuple):
    """A case behind the figures, and how it stood at the end of the period."""

    case: CaseRow
    open: bool
    overdue: bool


def cases(con: Connection, as_of: AsOf, period: Period) -> list[CaseBehind]:
    """Return the cases behind the figures, so that every figure can be traced to a list."""
    sql = f"""WITH stood AS MATERIALIZED ({_open(as_of)}),
      late AS MATERIALIZED ({_overdue(as_of)})
      SELECT {CASE_FIELDS}, {flag("c.number IN (SELECT number FROM stood)")},
        {flag("c.number IN (SELECT number FROM late)")}
      FROM case_states c LEFT JOIN told t ON t.seq = c.intake_seq
      WHERE {as_of.holds("c")} AND c.number IN (
        SELECT number FROM stood
        UNION SELECT e.number FROM ({_RESOLUTIONS}) e
        UNION SELECT i.number FROM case_states i WHERE i.received_at {_IN_PERIOD}
          AND {as_of.holds("i")})
      ORDER BY c.number"""
    rows = con.execute(sql, _bound(as_of, period))
    return [CaseBehind(CaseRow(*row[:-2]), bool(row[-2]), bool(row[-1])) for row in rows]
