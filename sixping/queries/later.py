"""The steps of cases that were recorded after an event: they moved what was frozen then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sixping.store.rows import EVENT_RECORDED_AT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sixping.store.sqlite import Connection


class LaterStep(NamedTuple):
    """A step that was recorded later; ``at``: when it happened, both as ledger text."""

    number: str
    seq: int
    kind: str
    at: str
    recorded_at: str


def later_steps(con: Connection, numbers: Iterable[str], seq: int) -> list[LaterStep]:
    """Return the steps of these cases that were recorded after an event, in their order."""
    sql = f"""SELECT e.subject, e.seq, e.kind, e.at, {EVENT_RECORDED_AT} FROM events e
      WHERE e.stream = 'case' AND e.seq > :seq
      AND e.subject IN (SELECT value FROM json_each(:numbers)) ORDER BY e.subject, e.version"""
    values = {"seq": seq, "numbers": json.dumps(sorted(set(numbers)))}
    return [LaterStep(*row) for row in con.execute(sql, values)]
