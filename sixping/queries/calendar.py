"""What the ledger itself knows of the calendar: one stream, one subject, found by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries.conditions import not_voided

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

STREAM = SUBJECT = "calendar"
YEAR, ORDER, APPLIED = "year_imported", "order_added", "applied"


def calendar_events(con: Connection) -> list[tuple[int, str, str, str]]:
    """Return (seq, kind, facts, on whose behalf) of the calendar's events, oldest first."""
    return con.execute(
        "SELECT seq, kind, facts, coalesce(by_name, os_user) FROM events"
        " JOIN sources ON sources.id = events.source"
        f" WHERE subject = :subject AND stream = :stream AND {not_voided('events')}"
        " ORDER BY version",
        {"subject": SUBJECT, "stream": STREAM},
    ).fetchall()
