"""Changes of the organisation: tried on what is known, recorded, or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.cases.codec import Recorded
    from sixping.console.context import Context
    from sixping.office.organisation import History, Organisation
    from sixping.office.streams import StreamEntry
    from sixping.store.transaction import Transaction


def organisation_of(context: Context, day: date) -> Organisation:
    """Return the organisation of a day: the ledger's where there is one, else the data's."""
    from sixping.office.organisation import History, organisation_at, seed_of
    from sixping.policy.units import load_units
    from sixping.queries import cases

    if not context.ledger.exists():
        return History(seed_of(load_units()), ()).at(day)
    with cases.reading(context.ledger) as con:
        return organisation_at(con, day)


def record_changes(
    tx: Transaction, changes: Iterable[tuple[str, Recorded]]
) -> tuple[list[int], Organisation]:
    """Record (subject, event) changes of the organisation, all of them or none.

    Returns their seqs and the organisation after the last of them, on its day. Raises
    ``NotAllowed`` or ``NotFound`` when the history would make no sense.
    """
    from sixping.office import streams
    from sixping.office.organisation import STREAM

    made = list(changes)
    history = try_changes(tx, made)
    seqs = [streams.record(tx, STREAM, subject, event, tx.stamp.now) for subject, event in made]
    today = tx.stamp.now.date()
    return seqs, history.at(max((getattr(event, "day", today) for _, event in made), default=today))


def try_changes(tx: Transaction, changes: Iterable[tuple[str, Recorded]]) -> History:
    """Return the history with these changes; raises as ``record_changes``, recording nothing."""
    from sixping.office import streams
    from sixping.office.organisation import PEOPLE, STREAM, UNITS, History, base

    entries = [e for name in (UNITS, PEOPLE) for e in streams.entries(tx.con, STREAM, name)]
    now = tx.stamp.now
    for ahead, (subject, event) in enumerate(changes, 1):
        entries.append(streams.StreamEntry(tx.seq + ahead, subject, now, now, event))
    history = History(base(tx.con), entries)
    history.check()
    return history


def refuse_orphans(con: Any, rest: Sequence[StreamEntry]) -> None:  # noqa: ANN401 - a connection
    """Raise ``NotAllowed`` when duty records name somebody who never joined."""
    joined = {entry.event.person for entry in rest if entry.event.kind == "person_joined"}
    rows = con.execute(
        "SELECT facts FROM events WHERE stream = 'organisation' AND kind = 'person_joined'"
    )
    for (facts,) in rows.fetchall():
        person = json.loads(facts)["person"]
        used = (
            person not in joined
            and con.execute(
                "SELECT 1 FROM events e WHERE e.stream <> 'organisation' AND instr(e.facts, ?)"
                " AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq) LIMIT 1",
                (f'"{person}"',),
            ).fetchone()
        )
        if used:
            raise NotAllowed(
                f"{person} 已有排班、考勤等记录, 离开请用 sixping units person leave。"
            )
