"""What the ledger itself knows of the calendar: one stream, one subject, found by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries.conditions import not_voided
from sixping.store.rows import NO_END

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

STREAM = SUBJECT = "calendar"
YEAR, ORDER, APPLIED = "year_imported", "order_added", "applied"


def calendar_events(con: Connection, as_of: int | None = None) -> list[tuple[int, str, str, str]]:
    """Return (seq, kind, facts, on whose behalf) of the calendar's events, oldest first.

    Up to seq ``as_of``.
    """
    return con.execute(
        "SELECT seq, kind, facts, coalesce(sources.by_name, sources.os_user) FROM events"
        " JOIN sources ON sources.id = events.source WHERE subject = :subject"
        f" AND stream = :stream AND seq <= :seq AND {not_voided('events')} ORDER BY version",
        {"subject": SUBJECT, "stream": STREAM, "seq": NO_END if as_of is None else as_of},
    ).fetchall()
