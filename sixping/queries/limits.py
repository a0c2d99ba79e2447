"""The clocks of one case as they stand, and every due date it was promised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.cases.model import Clock
from sixping.policy.vocabulary import ClockKind
from sixping.queries.conditions import clocks as clock_rows
from sixping.queries.conditions import holds
from sixping.store.rows import EVENT_RECORDED_AT, RULE_COLUMNS, TERM_COLUMNS, Promise
from sixping.util.clock import from_text
from sixping.util.records import made

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.store.sqlite import Connection

_TERMS = ", ".join(f"{'t' if name in RULE_COLUMNS else 'k'}.{name}" for name in TERM_COLUMNS)
_TERMS_THEN = _TERMS.replace(
    "k.stopped", "CASE WHEN k.stop_seq > :seq THEN NULL ELSE k.stopped END AS stopped"
)
_IN_ORDER = (
    "k.round, CASE k.kind WHEN 'accept' THEN 0 WHEN 'refer' THEN 1 WHEN 'finish' THEN 2 ELSE 3 END"
)
_KINDS = {kind.value: kind for kind in ClockKind}


def clocks(con: Connection, number: str, as_of: int | None = None) -> list[Clock]:
    """Return the clocks of a case: rounds oldest first, in each accept refer finish ceiling."""
    rows = con.execute(
        f"SELECT k.kind, k.round, {_TERMS if as_of is None else ', '.join(TERM_COLUMNS)}"
        f" FROM {clock_rows(as_of)} k"
        f"{' LEFT JOIN clock_terms t ON t.id = k.terms' if as_of is None else ''}"
        f" WHERE k.number = :number AND {holds('k', as_of)}"
        f" ORDER BY {_IN_ORDER}",
        {"number": number, "seq": as_of},
    ).fetchall()
    return [read_clock(row) for row in rows]


def clocks_of(con: Connection, numbers: Sequence[str], as_of: int) -> dict[str, list[Clock]]:
    """Return the clocks of cases as ``clocks`` does, by number.

    A row that stopped later was running then; the view of both would be read whole for each page.
    """
    rows = con.execute(
        f"SELECT k.number, k.kind, k.round, {_TERMS_THEN}"
        " FROM clock_moves k LEFT JOIN clock_terms t ON t.id = k.terms"
        f" WHERE k.number IN (SELECT value FROM json_each(:numbers)) AND {holds('k', as_of)}"
        f" ORDER BY k.number, {_IN_ORDER}",
        {"numbers": json.dumps(list(numbers)), "seq": as_of},
    )
    found: dict[str, list[Clock]] = {}
    for number, *row in rows:
        found.setdefault(number, []).append(read_clock(row))
    return found


def promises(con: Connection, number: str) -> list[Promise]:
    """Return every due date a case was promised, by clock, in the order they were made."""
    rows = con.execute(
        f"SELECT k.kind, k.round, k.due, k.provisional, e.seq, {EVENT_RECORDED_AT}, e.kind,"
        " json_extract(e.facts, '$.why') FROM clock_states k JOIN events e ON e.seq = k.from_seq"
        " WHERE k.number = :number AND k.due IS NOT NULL ORDER BY k.round, k.kind, k.from_seq",
        {"number": number},
    ).fetchall()
    return [Promise(*row) for row in rows]


def read_clock(row: Sequence[Any]) -> Clock:
    """Return the clock of a row ``kind round`` and ``TERM_COLUMNS``.

    ``holds`` stays empty: when it stood still before, only the log knows.
    """
    (
        kind, round_, started, due, stopped, held_at, dropped, unknown, workdays, provisional,
        born_late,
        clause, profile, edition, calendar,
    ) = row  # fmt: skip
    return made(
        Clock,
        {
            "kind": _KINDS[kind], "round": round_, "started": started and from_text(started),
            "due": due and from_text(due), "stopped": stopped and from_text(stopped),
            "held_at": held_at and from_text(held_at), "dropped": dropped == 1,
            "unknown": unknown == 1, "workdays": workdays, "clause": clause,
            "provisional": provisional == 1, "born_late": born_late == 1,
            "profile": profile, "edition": edition, "calendar": calendar,
        },
    )  # fmt: skip
