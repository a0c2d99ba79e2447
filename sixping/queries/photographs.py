"""What was open and overdue when a period ended: its photograph, which nothing later moves.

A photograph is a state of the ledger, that after the last event recorded by the end of the
period, judged at that end; a period that still runs stands where the report stands. What is
recorded later (steps, voids, reports received before, statements about the past) is in none.
Of a period that ended before the ledger began there is none: all that can be told of it is what
files taken in later say, by the row each of their records began with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.policy.vocabulary import Status
from sixping.queries.cases import CASE_FIELDS
from sixping.queries.conditions import (
    flag,
    has_status,
    has_verdict,
    holds,
    is_open,
    number_of,
    words,
)
from sixping.queries.periods import (
    GRADE,
    IN_PERIOD,
    KEYS,
    RESOLUTIONS,
    Behind,
    bound,
    of_keys,
    of_pair,
    opened,
    split,
)
from sixping.reports.period import Stock
from sixping.store.rows import EVENT_RECORDED_AT, CaseRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.queries.periods import AsOf, Period
    from sixping.reports.period import Tally
    from sixping.store.sqlite import Connection


class Photograph(NamedTuple):
    """The state of the ledger in which a period ended, and the instant it is judged at.

    ``seq`` is the last event of that state; where the ledger began later, the last up to which
    files were taken in.
    """

    end: str
    seq: int
    stock: Stock


def photographs(con: Connection, as_of: AsOf, periods: Sequence[Period]) -> list[Photograph]:
    """Return the photograph of each period.

    Order is by ``seq``, as in ``AsOf.recorded``: what stands before the last event belongs to
    it, also when its clock was ahead.
    """
    found: dict[str, Photograph] = {}
    seq, firsts, began = as_of.seq, None, first_day(con, as_of)
    for last in sorted({last for _, last in periods}, reverse=True):
        end = min(last, as_of.moment)
        if last <= as_of.moment:
            seq = _last_recorded(con, end, seq)
        stock = Stock.PHOTOGRAPH if last <= as_of.moment else Stock.RUNNING
        if not seq:
            firsts = firsts or _firsts(con, as_of)
            known = (s for s, first in firsts.items() if first and first <= end)
            stock = next(known, Stock.UNKNOWN)
        if began and end < began:
            stock = Stock.UNKNOWN  # nothing was received yet: that is not known, it is not 0
        found[last] = Photograph(end, seq or as_of.seq, stock)
    return [found[last] for _, last in periods]


def _last_recorded(con: Connection, end: str, most: int) -> int:
    sql = (
        f"SELECT e.seq FROM events e WHERE {EVENT_RECORDED_AT} <= :end AND e.seq <= :most"
        " ORDER BY e.seq DESC LIMIT 1"
    )
    row = con.execute(sql, {"end": end, "most": most}).fetchone()
    return int(row[0]) if row else 0


def first_day(con: Connection, as_of: AsOf) -> str | None:
    """Return when the earliest report known came in, imported history included."""
    sql = f"""SELECT f.received_at FROM case_facts f INDEXED BY case_received
      JOIN case_moves m ON m.number = f.number AND f.seq = coalesce(m.facts_seq, m.intake_seq)
        AND {as_of.holds("m")} AND NOT {has_status("m", Status.WITHDRAWN)}
      ORDER BY f.received_at LIMIT 1"""
    row = con.execute(sql, {"seq": as_of.seq}).fetchone()
    return str(row[0]) if row else None


#: the first row of a case that a file told of, and what it told
_RECORDED = (
    "m.imported = 1 AND m.from_seq = m.intake_seq AND m.from_seq <= :at AND f.seq = m.intake_seq"
)


def _firsts(con: Connection, as_of: AsOf) -> dict[Stock, str | None]:
    """Return when the earliest report came in of those that files told of, and of all."""
    told = f" AND EXISTS (SELECT 1 FROM case_moves m WHERE m.number = f.number AND {_RECORDED})"
    found = {}
    for stock, more in ((Stock.IMPORTED, told), (Stock.ABSENT, "")):
        sql = (
            "SELECT f.received_at FROM case_facts f INDEXED BY case_received"
            f" WHERE f.seq <= :at{more} ORDER BY f.received_at LIMIT 1"
        )
        row = con.execute(sql, {"at": as_of.seq}).fetchone()
        found[stock] = row[0] if row else None
    return found


def _stood(photo: Photograph) -> str:
    """Return ``(number, from_seq)`` of the rows of the cases that stood open.

    Two halves for two indexes: what stands open to this day, and what did so until later.
    """
    if not photo.stock.counted:
        return "SELECT m.number, m.from_seq FROM case_moves m WHERE 1 = 0"
    if photo.stock is Stock.IMPORTED:
        record = f"""SELECT m.number, m.from_seq FROM case_moves m INDEXED BY case_imported
          JOIN case_facts f ON {_RECORDED} AND f.received_at <= :end WHERE"""
        return f"""{record} m.resolved_at > :end
          UNION ALL {record} m.resolved_at IS NULL AND {is_open("m")}"""
    rows = "SELECT m.number, m.from_seq FROM case_moves m INDEXED BY"
    return f"""{rows} case_open WHERE m.to_seq IS NULL AND {is_open("m")} AND m.from_seq <= :at
      UNION ALL {rows} case_stood WHERE m.to_seq > :at AND {is_open("m")} AND m.from_seq <= :at"""


def _late(photo: Photograph, case: str) -> str:
    """Return the condition that a case was past a due date; a suspended one is not.

    A clock that stopped after the photograph was running in it, by ``stop_seq``.
    """
    return f"EXISTS (SELECT 1 {_missed(photo, case)})"


def _missed(photo: Photograph, case: str) -> str:
    """Return what follows the columns of a query for the due dates that a case was past."""
    if photo.stock is Stock.IMPORTED:
        ran = "k.stopped IS NULL OR k.stopped > :end OR k.stop_seq IS NOT NULL"
        clock = f"k.from_seq = {case}.from_seq AND ({ran})"
    else:
        ran = "k.stopped IS NULL OR k.stop_seq > :at"
        clock = f"{holds('k', photo.seq, ':at')} AND ({ran})"
    return f"""FROM clock_moves k WHERE k.number = {case}.number AND {clock}
      AND {has_verdict("k")} AND k.due < :end"""


def as_values(photo: Photograph) -> dict[str, str | int]:
    """Return the parameters of a photograph."""
    return {"at": photo.seq, "end": photo.end}


def tallies(con: Connection, photo: Photograph) -> list[Tally]:
    """Return what was ``open`` and ``overdue``, under the facts the cases had then."""
    if not photo.stock.counted:
        return []
    return list(split(con.execute(_counts(photo), as_values(photo))))


def _counts(photo: Photograph, more: str = "") -> str:
    return f"""{standing_cases(photo)}
      SELECT {KEYS}{more}, count(*) AS open, {number_of(_late(photo, "s"))} AS overdue
      {OF_STANDING} GROUP BY {KEYS}{more}"""


def behind(con: Connection, photo: Photograph, measure: str) -> list[Behind]:
    """Return the rows behind ``open`` or ``overdue``, by the statement that counts."""
    if not photo.stock.counted:
        return []
    cursor = con.execute(_counts(photo, ", s.number, s.received_at"), as_values(photo))
    return of_pair(opened(cursor, ("number", "at")), measure, measure)


def overdue(con: Connection, photo: Photograph) -> int | None:
    """Return how many cases were overdue, None where nobody knows."""
    if not photo.stock.counted:
        return None
    sql = f"SELECT count(*) FROM ({_stood(photo)}) o WHERE {_late(photo, 'o')}"
    (count,) = con.execute(sql, as_values(photo)).fetchone()
    return int(count)


def waiting(con: Connection, photo: Photograph, what: str) -> list[Behind]:
    """Return the cases that waited, by number, and since when each did; a new round begins anew.

    ``what`` is one of ``WAITS``. Nothing where nobody knows.
    """
    if not photo.stock.counted:
        return []
    condition, column = WAITS[what]
    since = f"CASE WHEN s.{column} > s.round_at THEN s.{column} ELSE s.round_at END"
    sql = f"""{standing_cases(photo)} SELECT {KEYS}, s.number, {since} {OF_STANDING}
      AND {condition} ORDER BY s.number"""
    return [of_keys(row, "number", "at") for row in con.execute(sql, as_values(photo))]


def standing_cases(photo: Photograph) -> str:
    """Return the beginning of a query of the cases that stood open, with ``OF_STANDING``."""
    return f"WITH stood AS MATERIALIZED ({_stood(photo)})"


#: where the rows come from, and their condition
OF_STANDING = """FROM stood o JOIN case_states s ON s.number = o.number
  AND s.from_seq = o.from_seq WHERE s.received_at <= :end"""


def missed(con: Connection, photo: Photograph) -> list[Behind]:
    """Return what was overdue, by number, each with the earliest due date that it was past."""
    if not photo.stock.counted:
        return []
    sql = f"""{standing_cases(photo)} SELECT {KEYS}, s.number,
        (SELECT min(k.due) {_missed(photo, "s")}) {OF_STANDING}
      AND {_late(photo, "s")} ORDER BY s.number"""
    return [of_keys(row, "number", "at") for row in con.execute(sql, as_values(photo))]


#: what cases wait for that no limit counts → the condition, and since when
WAITS = {
    "decisions_waiting": (has_status("s", Status.DECISION), "accepted_at"),
    "unassigned": (
        f"{has_status('s', Status.ACCEPTED)} AND s.returned_at IS NULL", "accepted_at"
    ),
    "district": (has_status("s", Status.DISTRICT), "referred_at"),
}  # fmt: skip


# --- the cases behind the figures ------------------------------------------------------


class Stood(NamedTuple):
    """How a case stood when a period ended, in the words of then."""

    status: str
    severity: str
    platform: str | None
    unit: str | None
    community: str | None
    grid: str | None
    category: str | None
    nature: str | None
    overdue: bool
    due: str | None


class CaseBehind(NamedTuple):
    """A case behind the figures, and how it stood at the end of the period if it was open."""

    case: CaseRow
    at_end: Stood | None


def cases(con: Connection, as_of: AsOf, period: Period, photo: Photograph) -> list[CaseBehind]:
    """Return the cases behind the figures, so that every figure can be traced to a list."""
    width = len(Stood._fields)
    sql = f"""WITH stood AS MATERIALIZED ({_stood(photo)}), standing AS MATERIALIZED (
        SELECT s.number, s.status, {GRADE} AS severity, s.platform, s.lead, s.community,
          s.grid, s.category, s.nature, {flag(_late(photo, "s"))} AS late,
          (SELECT min(k.due) {_missed(photo, "s")}) AS due
        FROM stood o JOIN case_states s ON s.number = o.number AND s.from_seq = o.from_seq
        WHERE s.received_at <= :end)
      SELECT {CASE_FIELDS},
        b.status, b.severity, b.platform, b.lead, b.community, b.grid, b.category, b.nature, b.late,
        b.due
      FROM case_states c {words("c", "c")}
        LEFT JOIN standing b ON b.number = c.number
      WHERE {as_of.holds("c")} AND c.number IN (
        SELECT number FROM standing
        UNION SELECT e.number FROM ({RESOLUTIONS}) e
        UNION SELECT i.number FROM case_states i WHERE i.received_at {IN_PERIOD}
          AND {as_of.holds("i")} AND NOT {has_status("i", Status.WITHDRAWN)})
      ORDER BY c.number"""
    return [
        CaseBehind(CaseRow(*row[:-width]), _stood_as(*row[-width:]))
        for row in con.execute(sql, bound(as_of, period) | as_values(photo))
    ]


def _stood_as(status: str | None, *facts: Any) -> Stood | None:  # noqa: ANN401 - as selected
    *told, late, due = facts
    return Stood._make((status, *told, late == 1, due)) if status else None
