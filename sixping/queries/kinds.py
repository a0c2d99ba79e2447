"""Entries of one kind of step, of all cases: what a register of the office lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries.cases import EVENT
from sixping.queries.conditions import not_voided
from sixping.store.rows import NO_END, EventRow, of_kind

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection


def count_of_kind(con: Connection, kind: str) -> int:
    """Return how many entries of a kind count."""
    (count,) = con.execute(
        f"SELECT count(*) FROM events e WHERE {of_kind('e', kind)} AND e.stream = 'case'"
        f" AND {not_voided('e')}"
    ).fetchone()
    return int(count)


def page_of_kind(con: Connection, kind: str, after: int, most: int) -> list[EventRow]:
    """Return the next ``most`` entries of a kind that count, behind a seq, oldest first."""
    rows = con.execute(
        f"{EVENT} WHERE {of_kind('e', kind)} AND e.stream = 'case' AND +e.seq > :after"
        f" AND {not_voided('e')} ORDER BY e.seq LIMIT :most",
        {"after": after, "most": most},
    ).fetchall()
    return [EventRow(*row) for row in rows]


def of_kinds(
    con: Connection, kinds: tuple[str, ...], as_of: int | None = None, start: str = ""
) -> list[EventRow]:
    """Return the entries of these kinds that counted after a seq, from an instant on, by seq."""
    rows = con.execute(
        f"{EVENT} WHERE {of_kind('e', *kinds)} AND e.at >= :start AND e.stream = 'case'"
        f" AND e.seq <= :seq AND {not_voided('e', as_of=True)} ORDER BY e.seq",
        {"start": start, "seq": NO_END if as_of is None else as_of},
    ).fetchall()
    return [EventRow(*row) for row in rows]
