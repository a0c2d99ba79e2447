"""Which cases a report may repeat: a capped number of candidates, each found by an index.

Same phone or place first (``traces``), then the same
community or none, nearest in time. The cost depends on the cap and not on the ledger.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sixping.cases.contactkeys import contact_keys
from sixping.cases.similarity import Side
from sixping.policy.vocabulary import Status
from sixping.queries.conditions import WORDS, has_status, holds, is_open, words
from sixping.store.rows import NO_END

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

#: share of the candidates that one phone or place may take: a hotline's own number
#: stands in every report it passes on
_SHARE = 4
#: characters of a text that are fetched; a report may hold a hundred thousand
_FETCHED = 1200

#: to each side of the report's instant; {0} is what is equal, {1} an order and its bound
_TRACED = (
    "SELECT e.subject FROM traces f JOIN events e ON e.seq = f.seq"
    " WHERE {0} AND f.received_at {1} LIMIT :limit"
)
_NEAR = (
    "SELECT f.number FROM case_facts f JOIN case_moves m ON m.number = f.number"
    " AND coalesce(m.facts_seq, m.intake_seq) = f.seq AND m.to_seq IS NULL"
    " WHERE {0} AND f.received_at {1} LIMIT :limit"
)
_BEFORE = "<= :at AND f.received_at >= :since ORDER BY f.received_at DESC, f.seq DESC"
_AFTER = "> :at AND f.received_at < :until ORDER BY f.received_at, f.seq"
_EVER_BEFORE = "<= :at ORDER BY f.received_at DESC, f.seq DESC"


def report(con: Connection, number: str, as_of: int | None = None) -> Side | None:
    """Return a case with what is compared, if it is there."""
    rows = _sides(con, [number], "", as_of)
    return rows[0] if rows else None


def candidates(
    con: Connection,
    side: Side,
    *,
    since: str,
    until: str,
    cap: int,
    as_of: int | None = None,
) -> list[Side]:
    """Return at most ``cap`` cases near a report, with what is compared.

    Received within ``since <= x < until``, or with the same phone or place and not ended
    before ``since``.
    """
    values = {
        "number": side.number, "at": side.received_at, "community": side.community,
        "since": since, "until": until,
    }  # fmt: skip
    numbers: dict[str, None] = {}
    for query, what, more in _ways(side):
        share = cap // _SHARE if query is _TRACED else cap - len(numbers)
        spans = (_EVER_BEFORE if query is _TRACED else _BEFORE, _AFTER)
        for span in spans:
            sql = query.format(what, span)
            rows = con.execute(sql, {**values, **more, "limit": max(share, 1) + 1})
            numbers |= dict.fromkeys(row[0] for row in rows)
            numbers.pop(side.number, None)
    return _sides(con, list(numbers)[:cap], since, as_of)


_EARLIER = (
    "FROM traces t JOIN events e ON e.seq = t.seq WHERE t.form IN"
    " (SELECT value FROM json_each(:forms)) AND e.subject != :number"
    " AND t.received_at <= :at AND t.seq <= :seq"
    " AND NOT EXISTS (SELECT 1 FROM traces own JOIN events f ON f.seq = own.seq"
    " WHERE own.form = t.form AND own.received_at = t.received_at AND own.seq < t.seq"
    " AND f.subject = :number)"
)


def _earlier(as_of: int | None = None) -> str:
    """Return which reports of a phone count: one that was withdrawn was none."""
    gone = f"{holds('c', as_of)} AND {has_status('c', Status.WITHDRAWN)}"
    return (
        f"{_EARLIER} AND NOT EXISTS"
        f" (SELECT 1 FROM case_moves c WHERE c.number = e.subject AND {gone})"
    )


def earlier_count(
    con: Connection, phone: str | None, at: str, number: str = "", as_of: int | None = None
) -> int | None:
    """Return how many other cases a phone had reported by an instant; None without a phone."""
    forms = contact_keys(phone, None)
    if not forms:
        return None
    values = {
        "forms": json.dumps(forms),
        "at": at,
        "number": number,
        "seq": NO_END if as_of is None else as_of,
    }
    sql = f"SELECT count(DISTINCT e.subject) {_earlier(as_of)}"
    count: int = con.execute(sql, values).fetchone()[0]
    return count


def earlier_numbers(con: Connection, phone: str, at: str, limit: int) -> list[str]:
    """Return the last cases a phone had reported by an instant, newest first."""
    forms = contact_keys(phone, None)
    if not forms:
        return []
    rows = con.execute(
        f"SELECT e.subject {_earlier()} GROUP BY e.subject"
        " ORDER BY max(t.received_at) DESC, e.subject DESC LIMIT :limit",
        {"forms": json.dumps(forms), "at": at, "number": "", "seq": NO_END, "limit": limit},
    )
    return [row[0] for row in rows]


def _ways(side: Side) -> list[tuple[str, str, dict[str, str | None]]]:
    ways: list[tuple[str, str, dict[str, str | None]]] = [
        (_TRACED, "f.form = :form", {"form": form}) for form in contact_keys(side.phone, side.place)
    ]
    if side.community is None:
        return [*ways, (_NEAR, "1 = 1", {})]
    return [*ways, (_NEAR, "f.community = :community", {}), (_NEAR, "f.community IS NULL", {})]


def _sides(con: Connection, numbers: list[str], since: str, as_of: int | None) -> list[Side]:
    """Return the cases of these numbers that are open or did not end before ``since``."""
    if not numbers:
        return []
    marks = ", ".join(f":n{index}" for index in range(len(numbers)))
    rows = con.execute(
        "SELECT c.number, c.received_at, c.status,"
        f" substr(json_extract({WORDS}, '$.text'), 1, {_FETCHED}),"
        f" json_extract({WORDS}, '$.place'), json_extract({WORDS}, '$.phone'),"
        " c.community, c.grid, c.category"
        f" FROM case_states c {words('c', 'c')}"
        f" WHERE c.number IN ({marks}) AND {holds('c', as_of)}"
        f" AND NOT {has_status('c', Status.WITHDRAWN)}"
        f" AND ({is_open('c')} OR coalesce(c.ended_at, c.received_at) >= :since)",
        {"since": since, "seq": as_of} | {f"n{i}": n for i, n in enumerate(numbers)},
    ).fetchall()
    return [Side(*row) for row in rows]
