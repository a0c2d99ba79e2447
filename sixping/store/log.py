"""The log read back from an open connection: cases, streams beside them, links of the chain."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sixping.cases.codec import read_as
from sixping.cases.legible import ILLEGIBLE, beyond_us
from sixping.cases.step import CaseEntry
from sixping.cases.steps import read_event
from sixping.store import chain
from sixping.store.rows import EVENT_RECORDED_AT, NO_END, listed, of_kind
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.cases.codec import Recorded
    from sixping.cases.step import Step
    from sixping.store.sqlite import Connection

_BY = "(SELECT o.by_name FROM sources o WHERE o.id = e.source)"
_ENTRY = f"SELECT e.subject, e.seq, e.at, e.recorded_at, e.kind, e.facts, {_BY}"
_WHOLE = f"{_ENTRY}, t.fields FROM events e LEFT JOIN told t ON t.seq = e.seq WHERE"
_FACTS = f"{_ENTRY} FROM events e WHERE e.stream = 'case'"
_STREAM = (
    f"{_WHOLE} e.stream = :stream AND e.kind <> 'voided' AND e.seq <= :seq"
    " AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq AND v.by_seq <= :seq)"
)

OTHER_VOIDS = (
    "SELECT json_extract(e.facts, '$.seq'), e.seq FROM events e"
    f" WHERE {of_kind('e', 'voided')} AND e.stream <> 'case'"
)
"""What was voided in the streams beside the cases, and by which event."""


# --- cases -----------------------------------------------------------------------------


def read_entries(con: Connection, number: str) -> list[CaseEntry]:
    """Return the log of a case, oldest first; what was erased comes back as None."""
    rows = con.execute(
        f"{_WHOLE} e.subject = ? AND e.stream = 'case' ORDER BY e.version", (number,)
    )
    return [_stored_entry(row) for row in rows.fetchall()]


def read_many(con: Connection, numbers: Sequence[str]) -> Iterator[tuple[str, list[CaseEntry]]]:
    """Yield the logs of many cases without their private text: enough to replay them."""
    rows = con.execute(
        f"{_FACTS} AND e.subject IN (SELECT value FROM json_each(?)) ORDER BY e.subject, e.version",
        (json.dumps(numbers),),
    )
    for number, group in groupby(rows.fetchall(), itemgetter(0)):
        yield number, [_stored_entry((*row, None)) for row in group]


def read_all(con: Connection, after: str = "") -> Iterator[tuple[str, Iterator[CaseEntry]]]:
    """Yield the logs of all cases likewise, one at a time; of those that come after a number.

    What cannot be read raises one of ``ILLEGIBLE``: ``verify`` names it.
    """
    rows = con.execute(f"{_FACTS} AND e.subject > ? ORDER BY e.subject, e.version", (after,))
    for number, group in groupby(rows, itemgetter(0)):
        yield number, (_case_entry((*row, None)) for row in group)


def next_case(con: Connection, after: str) -> str | None:
    """Return the number of the case that comes after one: read off an index alone."""
    row = con.execute(
        "SELECT subject FROM events WHERE subject > ? AND stream = 'case' ORDER BY subject LIMIT 1",
        (after,),
    ).fetchone()
    return row[0] if row else None


def _case_entry(row: Sequence[Any]) -> CaseEntry:
    _, seq, at, recorded_at, kind, facts, by, private = row
    return CaseEntry(
        seq=seq,
        at=from_text(at),
        recorded_at=from_text(recorded_at or at),
        event=read_event(kind, facts, json.loads(private) if private else None),
        by=by,
    )


def _stored_entry(row: Sequence[Any]) -> CaseEntry:
    """Read an entry; what this version does not understand raises ``LedgerUnusable``."""
    try:
        return _case_entry(row)
    except ILLEGIBLE as error:
        raise beyond_us(row[1]) from error


def read_stored(seq: int, kind: str, facts: str, private: str | None) -> Step:
    """Read an event back; what this version does not understand raises ``LedgerUnusable``."""
    try:
        return read_event(kind, facts, json.loads(private) if private else None)
    except ILLEGIBLE as error:
        raise beyond_us(seq) from error


# --- the streams beside the cases --------------------------------------------------------


def read_stream(
    con: Connection,
    types: Mapping[str, type[Recorded]],
    stream: str,
    subject: str | None = None,
    as_of: int | None = None,
) -> Iterator[tuple[int, str, datetime, datetime, Any, str | None]]:
    """Yield seq, subject, times, event and name of what is not voided, up to seq ``as_of``.

    Without ``subject``: of all subjects, by the index on the kinds of ``types``. What was
    private and then erased comes back as None. Raises ``LedgerUnusable`` for what this
    version cannot read.
    """
    values: dict[str, object] = {"stream": stream, "seq": NO_END if as_of is None else as_of}
    if subject is not None:
        where, values["subject"] = "e.subject = :subject", subject
    else:
        where = f"e.kind IN (SELECT value FROM json_each(:kinds)) AND {listed('e')}"
        values["kinds"] = json.dumps(list(types))
    rows = con.execute(f"{_STREAM} AND {where} ORDER BY e.seq", values)
    for name, seq, at, recorded_at, kind, facts, by, private in rows.fetchall():
        try:
            event = read_as(types[kind], facts, json.loads(private) if private else None)
            when, recorded = from_text(at), from_text(recorded_at or at)
        except ILLEGIBLE as error:
            raise beyond_us(seq) from error
        yield seq, name, when, recorded, event, by


def origin(con: Connection, seq: int) -> tuple[str, str, str] | None:
    """Return stream, kind and subject of an event, None where there is none."""
    row = con.execute("SELECT stream, kind, subject FROM events WHERE seq = ?", (seq,)).fetchone()
    return tuple(row) if row else None


# --- the chain ---------------------------------------------------------------------------


def ledger_id(con: Connection) -> str | None:
    """Return the ledger's own name, which no other ledger has; None where it is missing."""
    row = con.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
    return str(row[0]) if row else None


def last_link(con: Connection) -> tuple[int, bytes, str | None]:
    """Return seq, hash and time of recording of the last event."""
    row = con.execute(
        f"SELECT e.seq, e.hash, {EVENT_RECORDED_AT} FROM events e ORDER BY e.seq DESC LIMIT 1"
    ).fetchone()
    return tuple(row) if row else (0, chain.GENESIS, None)


def last_head(con: Connection) -> tuple[int, bytes]:
    """Return seq and hash of the last event, also of an older format."""
    row = con.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return tuple(row) if row else (0, chain.GENESIS)


def link_at(con: Connection, seq: int) -> bytes | None:
    """Return the hash of an event, None where there is none."""
    row = con.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else None


def last_recorded(con: Connection, moment: str | None = None) -> int:
    """Return the seq of the last event, or of the last one recorded by an instant."""
    row = con.execute(
        f"SELECT e.seq FROM events e WHERE {EVENT_RECORDED_AT} <= :moment"
        " ORDER BY e.seq DESC LIMIT 1",
        {"moment": "9" if moment is None else moment},
    ).fetchone()
    return int(row[0]) if row else 0
