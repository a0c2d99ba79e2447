"""Cases given out: read as one photograph, row by row, and every time on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sixping.documents.handout import (
    ANSWERING,
    ENDINGS,
    TOLD,
    Answered,
    answer_row,
    case_row,
    request_json,
)
from sixping.errors import LedgerBusy, LedgerUnusable
from sixping.ledger import transaction
from sixping.queries import cases, limits
from sixping.queries.office import registers_begun
from sixping.services.office.persons import Names
from sixping.services.personal.named import Named
from sixping.store import sqlite

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.documents.cases import People
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp

    Made = Iterable[dict[str, Any]]

T = TypeVar("T")
#: cases read at once: their limits and entries come with one query each, and writers go on
#: between two of them
BATCH = 500


class Photograph(NamedTuple):
    """How many rows there are, and the rows as they come; read them before the ledger closes.

    ``last``: when the last event that they know was recorded, where somebody asks.
    """

    total: int
    rows: Iterator[dict[str, Any]]
    last: str = ""


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

    All as they stand now, whatever is recorded while they are read; the ledger is held for a page
    at a time. ``open311``: each as a service request. Verdicts are those of ``now``.
    """
    wanted = cases.Asked(asked, every)
    with sqlite.still(con):
        seq, _ = cases.head(con)
        count = cases.count_cases(con, seq, wanted)

    def make(page: Sequence[CaseRow]) -> Made:
        return (_requests if open311 else _rows)(con, page, seq, now, reveal=reveal)

    return Photograph(count, whole(con, seq, _pages(con, wanted, seq, make)))


def _pages(
    con: Connection, wanted: cases.Asked, seq: int, make: Callable[[Sequence[CaseRow]], Made]
) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        with sqlite.still(con):
            page = cases.page_of_cases(con, after, BATCH, seq, wanted)
            rows = make(page)
        yield from rows
        if len(page) < BATCH:
            return
        if page[-1].number <= after:  # a damaged index leads back: it would never end
            raise LedgerUnusable("台账已损坏: 事项的次序不对。", sqlite.DAMAGED)
        after = page[-1].number


def whole(con: Connection, seq: int, rows: Iterator[T]) -> Iterator[T]:
    """Yield what is read in pages; raises ``LedgerBusy`` if words of it were erased meanwhile."""
    yield from rows
    if cases.erased_since(con, seq):
        raise LedgerBusy("导出期间台账里依法删除了内容, 这次导出作废。", "请再导出一次。")


def _rows(
    con: Connection, page: Sequence[CaseRow], seq: int, now: datetime, *, reveal: bool
) -> Made:
    numbers = [row.number for row in page]
    clocks = limits.clocks_of(con, numbers, seq)
    events = cases.events_of(con, numbers, TOLD, seq)
    people = _people(con, page, seq)
    registers, names = registers_begun(con), None
    if "persons" in registers:
        names = Names(con, seq)

    def made(row: CaseRow) -> dict[str, Any]:
        of = clocks.get(row.number, []), events.get(row.number, [])
        made = case_row(row, *of, now, people[row.number], reveal=reveal)
        if names:
            made["person"] = names.of(row.person, people[row.number]) or row.person
        return made | ({"service": row.service} if "services" in registers else {})

    return map(made, page)


def _people(con: Connection, page: Iterable[CaseRow], seq: int) -> dict[str, People]:
    named = Named(con, seq)
    return {row.number: named.of_case(row) for row in page}


def _requests(
    con: Connection, page: Sequence[CaseRow], seq: int, _: datetime, *, reveal: bool
) -> Made:
    numbers = [row.number for row in page]
    clocks = limits.clocks_of(con, numbers, seq)
    events, updated = cases.events_of(con, numbers, ENDINGS, seq), cases.updated_at(con, page)
    people = _people(con, page, seq)

    def made(row: CaseRow) -> dict[str, Any]:
        of = clocks.get(row.number, []), events.get(row.number, []), updated.get(row.number)
        return request_json(row, *of, people[row.number], reveal=reveal)

    return map(made, page)


def answers(con: Connection, channel: str, since: str, *, reveal: bool) -> Photograph:
    """Return what a channel waits for: its reports answered by a step recorded since an instant.

    Only those with a number at their source. A report merged into another case has its result.
    """
    with sqlite.still(con):
        seq, _ = cases.head(con)
        last = cases.recorded_at(con, seq)
        numbers = cases.answered_since(con, channel, since, [*ANSWERING])
    count = sum(len(page) for page in _answered(con, numbers, seq))
    return Photograph(count, whole(con, seq, _answers(con, numbers, seq, reveal=reveal)), last)


def _answered(con: Connection, numbers: Sequence[str], seq: int) -> Iterator[Sequence[Answered]]:
    """Yield by pages the reports that have a number at their source, each with what answers it."""
    for start in range(0, len(numbers), BATCH):
        with sqlite.still(con):
            rows = [cases.case(con, number, seq) for number in numbers[start : start + BATCH]]
            rows = [row for row in rows if cases.private_of(row).get("source_no")]
            mains = {
                row.number: cases.case(con, row.merged_into, seq) if row.merged_into else row
                for row in rows
            }
            told = cases.events_of(con, [m.number for m in mains.values()], ENDINGS, seq)
            people = _people(con, rows, seq)
        yield [
            Answered(row, main := mains[row.number], told.get(main.number, []), people[row.number])
            for row in rows
        ]


def _answers(
    con: Connection, numbers: Sequence[str], seq: int, *, reveal: bool
) -> Iterator[dict[str, Any]]:
    for page in _answered(con, numbers, seq):
        for answered in page:
            yield answer_row(answered, reveal=reveal)


def record(
    path: str | os.PathLike[str], stamp: Stamp, facts: Mapping[str, Any], reason: str | None
) -> None:
    """Record that something was given out; ``reason``: why personal data were shown."""
    with transaction(path, stamp) as work:
        work.note("job", "export", "exported", facts, {"reason": reason} if reason else None)
