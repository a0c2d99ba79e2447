"""The log of cases read back into entries, from whatever connection is open."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from sixping.cases.steps import CaseEntry, read_event
from sixping.errors import LedgerUnusable
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.cases.codec import CaseEvent
    from sixping.store.sqlite import Connection


def read_entries(con: Connection, number: str) -> list[CaseEntry]:
    """Return the log of a case from an open connection."""
    rows = con.execute(
        "SELECT e.seq, e.at, e.recorded_at, e.kind, e.facts, e.by_name, t.fields"
        " FROM events e LEFT JOIN told t ON t.seq = e.seq"
        " WHERE e.subject = ? AND e.stream = 'case' ORDER BY e.version",
        (number,),
    )
    return [
        CaseEntry(
            seq=seq,
            at=from_text(at),
            recorded_at=from_text(recorded_at),
            event=read_stored(seq, kind, facts, private),
            by=by,
        )
        for seq, at, recorded_at, kind, facts, by, private in rows.fetchall()
    ]


def read_many(con: Connection, numbers: Sequence[str]) -> Iterator[tuple[str, list[CaseEntry]]]:
    """Yield the logs of many cases without what was told: enough to replay them."""
    rows = con.execute(
        "SELECT subject, seq, at, recorded_at, kind, facts, by_name FROM events"
        " WHERE stream = 'case' AND subject IN (SELECT value FROM json_each(?))"
        " ORDER BY subject, version",
        (json.dumps(numbers),),
    )
    for number, group in groupby(rows.fetchall(), itemgetter(0)):
        yield (
            number,
            [
                CaseEntry(
                    seq=seq,
                    at=from_text(at),
                    recorded_at=from_text(recorded_at),
                    event=read_stored(seq, kind, facts, None),
                    by=by,
                )
                for _, seq, at, recorded_at, kind, facts, by in group
            ],
        )


def read_stored(seq: int, kind: str, facts: str, private: str | None) -> CaseEvent:
    """Read an event back; what this version does not understand raises ``LedgerUnusable``."""
    try:
        return read_event(kind, facts, json.loads(private) if private else None)
    except (ValueError, AttributeError) as error:
        raise LedgerUnusable(
            f"第 {seq} 号记录 ({kind}) 读不懂: 由更新的 sixping 写成, 或已被改动。",
            "请升级 sixping; 版本相同时请运行 sixping verify。",
        ) from error
