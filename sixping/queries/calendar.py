"""Reading what the ledger knows of the calendar: layers, and the promises they touch.

Plain SQL over an open connection, as in ``queries.cases``; instants are the fixed-width text of the
ledger. All events of the calendar have one stream and one subject, so an index finds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    Rows = list[sqlite3.Row]

STREAM = SUBJECT = "calendar"
YEAR, ORDER, APPLIED = "year_imported", "order_added", "applied"

#: SQLite left to choose walks every clock there ever was; the running ones have an index
_RUNNING = "clock_states k INDEXED BY clock_running"

#: a promise counted in working days that still runs; those a decision fixed have no count
_COUNTED = (
    "k.to_seq IS NULL AND k.stopped IS NULL AND k.unknown = 0 AND k.due IS NOT NULL"
    " AND k.workdays IS NOT NULL"
)


def calendar_events(con: sqlite3.Connection) -> list[tuple[int, str, str, str]]:
    """Return (seq, kind, facts, on whose behalf) of the calendar's events, oldest first."""
    return con.execute(
        "SELECT seq, kind, facts, coalesce(by_name, os_user) FROM events"
        " WHERE subject = ? AND stream = ? AND NOT EXISTS"
        " (SELECT 1 FROM voids WHERE voids.seq = events.seq) ORDER BY version",
        (SUBJECT, STREAM),
    ).fetchall()


def ledger_id(con: sqlite3.Connection) -> str:
    """Return the ledger's own name, which no other ledger has."""
    (name,) = con.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
    return str(name)


def counted_clocks(con: sqlite3.Connection, calendar: str, since: int) -> Rows:
    """Return the running clocks whose due date another calendar gave, by case number.

    ``calendar`` is the fingerprint in force; clocks set up to the event ``since`` are
    passed over. Columns:
    number kind round started due workdays provisional from_seq received_at.
    """
    return con.execute(
        "SELECT k.number, k.kind, k.round, k.started, k.due, k.workdays, k.provisional,"
        " k.from_seq, c.received_at"
        f" FROM {_RUNNING} JOIN case_states c ON c.number = k.number AND c.to_seq IS NULL"
        f" WHERE {_COUNTED} AND k.from_seq > ? AND k.calendar IS NOT ? AND c.open = 1"
        " ORDER BY k.number, k.round, k.due",
        (since, calendar),
    ).fetchall()


def open_clocks(con: sqlite3.Connection, unit: str | None = None) -> Rows:
    """Return the clocks that run in open cases, nearest due first, with what a feed may say.

    Columns: number kind round due provisional from_seq severity platform lead community.
    """
    return con.execute(
        "SELECT k.number, k.kind, k.round, k.due, k.provisional, k.from_seq, c.severity,"
        " c.platform, c.lead, c.community"
        f" FROM {_RUNNING} JOIN case_states c ON c.number = k.number AND c.to_seq IS NULL"
        " WHERE k.to_seq IS NULL AND k.stopped IS NULL AND k.unknown = 0 AND k.due IS NOT NULL"
        " AND k.held_at IS NULL AND c.open = 1 AND (?1 IS NULL OR c.lead = ?1)"
        " ORDER BY k.due, k.number, k.kind",
        (unit,),
    ).fetchall()


def rests_on_provisional(con: sqlite3.Connection, now: str) -> bool:
    """Tell whether a case counts as late by a promise that is provisional."""
    row = con.execute(
        f"SELECT 1 FROM {_RUNNING} JOIN case_states c ON c.number = k.number"
        " AND c.to_seq IS NULL AND c.open = 1 WHERE k.to_seq IS NULL AND k.stopped IS NULL"
        " AND k.unknown = 0 AND k.due IS NOT NULL AND k.due < ? AND k.provisional = 1"
        " AND k.held_at IS NULL LIMIT 1",
        (now,),
    ).fetchone()
    return row is not None


def promises(con: sqlite3.Connection, number: str) -> Rows:
    """Return every due date a case was promised, by clock, in the order they were made.

    Columns: kind round due provisional seq at step why; a row for each change of a clock.
    """
    return con.execute(
        "SELECT k.kind, k.round, k.due, k.provisional, e.seq, e.recorded_at AS at,"
        " e.kind AS step, json_extract(e.facts, '$.why') AS why"
        " FROM clock_states k JOIN events e ON e.seq = k.from_seq"
        " WHERE k.number = ? AND k.due IS NOT NULL ORDER BY k.round, k.kind, k.from_seq",
        (number,),
    ).fetchall()
