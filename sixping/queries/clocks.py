"""The clocks of open cases and the promises they carry, as the calendar counts them.

Instants are the fixed-width text of the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.queries.conditions import counting, due_before, grade, holds, is_open, running

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

#: SQLite left to choose walks every clock there ever was; the running ones have an index
_CLOCKS = (
    "clock_moves k INDEXED BY clock_running JOIN case_states c ON c.number = k.number"
    f" AND {holds('c')} AND {is_open('c')} WHERE {holds('k')}"
)


class CountedClock(NamedTuple):
    """A running clock counted in working days, and when its case was received."""

    number: str
    kind: str
    round: int
    started: str
    due: str
    workdays: int
    provisional: int
    from_seq: int
    received_at: str


class OpenClock(NamedTuple):
    """A counting clock, with what a feed may say of its case."""

    number: str
    kind: str
    round: int
    due: str
    provisional: int
    from_seq: int
    severity: str
    platform: str | None
    lead: str | None
    community: str | None


def counted_clocks(
    con: Connection, calendar: str, since: int, counted: int = 0
) -> list[CountedClock]:
    """Return the running clocks whose due date another calendar gave, by case number.

    ``calendar`` is the fingerprint in force; clocks set up to the event ``since`` are
    passed over, as are those that a decision fixed: they have no count of working days.
    ``counted``: those set up to this event were counted by other office hours.
    """
    rows = con.execute(
        "SELECT k.number, k.kind, k.round, k.started, k.due, k.workdays, k.provisional,"
        f" k.from_seq, c.received_at FROM {_CLOCKS} AND {running('k')}"
        " AND k.workdays IS NOT NULL AND (k.from_seq <= :counted OR k.from_seq > :since AND NOT"
        " EXISTS (SELECT 1 FROM clock_terms t WHERE t.id = k.terms AND t.calendar = :calendar))"
        " ORDER BY k.number, k.round, k.due",
        {"since": since, "calendar": calendar, "counted": counted},
    ).fetchall()
    return [CountedClock(*row) for row in rows]


def open_clocks(con: Connection, unit: str | None = None) -> list[OpenClock]:
    """Return the clocks that count in open cases, nearest due first."""
    of_unit = "" if unit is None else " AND c.lead = :unit"
    rows = con.execute(
        "SELECT k.number, k.kind, k.round, k.due, k.provisional, k.from_seq,"
        f" {grade('c')}, c.platform, c.lead, c.community"
        f" FROM {_CLOCKS} AND {counting('k')}{of_unit}"
        " ORDER BY k.due, k.number, k.kind",
        {"unit": unit},
    ).fetchall()
    return [OpenClock(*row) for row in rows]


def rests_on_provisional(con: Connection, now: str) -> bool:
    """Tell whether a case counts as late by a promise that is provisional."""
    row = con.execute(
        f"SELECT 1 FROM {_CLOCKS} AND {due_before('k', ':now')} AND k.provisional = 1 LIMIT 1",
        {"now": now},
    ).fetchone()
    return row is not None
