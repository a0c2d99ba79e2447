"""Cases given out: read as one photograph, row by row, and every time on record."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.handout import (
    ANSWERING,
    ENDINGS,
    TOLD,
    Answered,
    answer_row,
    case_row,
    request_json,
)
from sixping.ledger import transaction
from sixping.queries import cases, limits

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp

#: cases read at once: their limits and entries come with one query each
BATCH = 500


class Photograph(NamedTuple):
    """How many rows there are, and the rows as they come; read them before the ledger closes."""

    total: int
    rows: Iterator[dict[str, Any]]


def photograph(
    con: Connection,
    asked: Mapping[str, str | None],
    now: datetime,
    *,
    every: bool,
    reveal: bool,
    open311: bool = False,
) -> Photograph:
    """Return the cases that fit what a list is asked, by number, each as one row.

    ``open311``: each as a service request. Verdicts are those of ``now``.
    """
    count, found = cases.each_case(con, **asked, every=every)
    make = _requests if open311 else _rows
    return Photograph(count, make(con, found, now, reveal=reveal))


def _batches(rows: Iterator[CaseRow]) -> Iterator[list[CaseRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _rows(
    con: Connection, found: Iterator[CaseRow], now: datetime, *, reveal: bool
) -> Iterator[dict[str, Any]]:
    for batch in _batches(found):
        numbers = [row.number for row in batch]
        clocks, events = limits.clocks_of(con, numbers), cases.events_of(con, numbers, TOLD)
        for row in batch:
            of = clocks.get(row.number, []), events.get(row.number, [])
            yield case_row(row, *of, now, reveal=reveal)


def _requests(
    con: Connection, found: Iterator[CaseRow], _: datetime, *, reveal: bool
) -> Iterator[dict[str, Any]]:
    for batch in _batches(found):
        numbers = [row.number for row in batch]
        clocks, events = limits.clocks_of(con, numbers), cases.events_of(con, numbers, ENDINGS)
        updated = cases.updated_at(con, batch)
        for row in batch:
            of = clocks.get(row.number, []), events.get(row.number, []), updated.get(row.number)
            yield request_json(row, *of, reveal=reveal)


def answers(con: Connection, channel: str, since: str, *, reveal: bool) -> Photograph:
    """Return what a channel waits for: its reports answered by a step recorded since an instant.

    Only those with a number at their source. A report merged into another case has its result.
    """
    rows = [cases.case(con, n) for n in cases.answered_since(con, channel, since, [*ANSWERING])]
    rows = [row for row in rows if cases.private_of(row).get("source_no")]
    return Photograph(len(rows), _answers(con, rows, reveal=reveal))


def _answers(con: Connection, rows: Sequence[CaseRow], *, reveal: bool) -> Iterator[dict[str, Any]]:
    for row in rows:
        main = cases.case(con, row.merged_into) if row.merged_into else row
        events = cases.events_of(con, [main.number], ENDINGS).get(main.number, [])
        yield answer_row(Answered(row, main, events), reveal=reveal)


def record(
    path: str | os.PathLike[str], stamp: Stamp, facts: Mapping[str, Any], reason: str | None
) -> None:
    """Record that something was given out; ``reason``: why personal data were shown."""
    with transaction(path, stamp) as work:
        work.note("job", "export", "exported", facts, {"reason": reason} if reason else None)
