"""What is on record of disputes (附1.3): plain SQL to rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sixping.queries.conditions import not_voided
from sixping.store.rows import NO_END, of_kind

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection


class Mediation(NamedTuple):
    """What was said last of a dispute: its kind, whether it was mediated, by which unit."""

    sort: str
    mediated: str
    unit: str | None


_MEDIATED = (
    f"SELECT e.subject, e.facts FROM events e WHERE {of_kind('e', 'mediated')}"
    f" AND e.stream = 'case' AND e.seq <= :seq AND {not_voided('e', as_of=True)}"
    " ORDER BY e.subject, e.seq"
)


def mediations(con: Connection, as_of: int | None = None) -> dict[str, Mediation]:
    """Return case → what was said last of it up to seq ``as_of``, voided entries aside."""
    found = {}
    seq = NO_END if as_of is None else as_of
    for number, facts in con.execute(_MEDIATED, {"seq": seq}).fetchall():
        said = json.loads(facts)
        found[number] = Mediation(said["sort"], said["mediated"], said.get("unit"))
    return found
