"""The figures by which a copy of a ledger is held against the ledger, as of one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.queries.conditions import holds
from sixping.queries.photographs import Photograph, overdue
from sixping.reports.period import Stock
from sixping.store.rows import EVENT_RECORDED_AT

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

_EVENTS = "SELECT count(*) FROM events WHERE seq <= ?"
_MOMENT = f"SELECT {EVENT_RECORDED_AT} FROM events e WHERE e.seq = ?"
_CASES = (
    f"SELECT substr(s.received_at, 1, 4), s.status, count(*) FROM case_states s"
    f" WHERE {holds('s', 0)} GROUP BY 1, 2 ORDER BY 1, 2"
)


def figures(con: Connection, seq: int) -> dict[str, Any]:
    """Return events, cases by year and state, and how many were overdue, all as of an event."""
    (events,) = con.execute(_EVENTS, (seq,)).fetchone()
    moment = con.execute(_MOMENT, (seq,)).fetchone()
    cases: dict[str, dict[str, int]] = {}
    for year, status, count in con.execute(_CASES, {"seq": seq}):
        cases.setdefault(year, {})[status] = count
    late = overdue(con, Photograph(moment[0], seq, Stock.PHOTOGRAPH)) if moment else 0
    return {"events": events, "cases": cases, "overdue": late}
