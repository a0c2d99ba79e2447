"""Many steps in one durable transaction, fast and in flat memory (import, rescheduling).

The rows are those ``Transaction.append`` makes, by the same functions; only the way into
the database differs: prepared statements over batches, random bytes fetched in batches.
"""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.codec import facts_text, private_fields_fast
from sixping.cases.contactkeys import trace_of
from sixping.cases.lifecycle import evolve, fold
from sixping.cases.steps import CaseEntry, Imported, Reported, Voided
from sixping.cases.transitions import check_transition
from sixping.errors import BadData
from sixping.store import chain, log, projection, transaction
from sixping.util.clock import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.cases.codec import CaseEvent
    from sixping.cases.model import Case
    from sixping.store.transaction import Transaction

BATCH = 500
MOST_CONFLICTS = 1000

_KNOWN = "SELECT 1 FROM requests WHERE key = ?"


class BulkStep(NamedTuple):
    """One step: of the case ``number``, or of a new case that gets the next number of ``at``."""

    event: CaseEvent
    at: datetime
    number: str | None = None
    request_keys: tuple[str, ...] = ()
    content: bytes = b""


class BulkResult(NamedTuple):
    """What became of the items: how many were recorded, which were there already."""

    added: int
    known: int
    conflicts: list[tuple[str, str]]
    """(request key, number) of the first thousand that are there with other content."""


def append_many(work: Transaction, items: Iterable[BulkStep]) -> BulkResult:
    """Record the items in order; one whose request key is known is passed over.

    Raises what ``Transaction.append`` raises; then nothing of the transaction stays.
    """
    batch = _Batch(work)
    stream = iter(items)
    while chunk := list(islice(stream, BATCH)):
        batch.expect(chunk)
        for item in chunk:
            if not (item.request_keys and batch.passed_over(item)):
                batch.add(item)
                if len(batch.events) >= BATCH:
                    batch.flush()
    batch.flush()
    return BulkResult(batch.added, batch.known, batch.conflicts)


class _Batch:
    """Rows on their way into the database."""

    def __init__(self, work: Transaction) -> None:
        self.work = work
        self.added = self.known = 0
        self.conflicts: list[tuple[str, str]] = []
        self.remarks = work.common_remarks()
        self.common = (
            work.now, work.stamp.by, work.stamp.user, work.stamp.host, work.stamp.program,
        )  # fmt: skip
        self.encoded = chain.encode(self.common)
        self.serials: dict[int, int] = {}
        self.cases: dict[str, tuple[Case, int]] = {}
        self.touched: set[str] = set()
        self.keys: dict[str, str] = {}
        self.random = b""
        self.events: list[tuple[object, ...]] = []
        self.private: list[tuple[int, bytes, str]] = []
        self.traces: list[projection.Row] = []
        self.requests: list[tuple[str, int, bytes | None]] = []
        self.states: list[projection.Row] = []
        self.clocks: list[projection.Row] = []
        self.ended_states: list[tuple[int, str]] = []
        self.touched_states: list[tuple[int, int, str]] = []
        self.ended_clocks: list[tuple[int, str, str, int]] = []

    def expect(self, items: list[BulkStep]) -> None:
        """Replay at once the cases that go on in these items: one query for all."""
        self.flush()
        going = {item.number for item in items if item.number is not None}
        self.cases = dict(_replayed(self.work, sorted(going)))

    def passed_over(self, item: BulkStep) -> bool:
        """Count an item that is in the ledger or in this batch already."""
        for key in item.request_keys:
            if key in self.keys:
                self.flush()
            if self.work.con.execute(_KNOWN, (key,)).fetchone():
                number = self.work.request(key) or ""
                self.known += 1
                # What was erased cannot differ: it stays erased and is not taken in again.
                other = item.content and self.work.same_content(key, item.content) is False
                if other and len(self.conflicts) < MOST_CONFLICTS:
                    self.conflicts.append((key, number))
                return True
        return False

    def add(self, item: BulkStep) -> None:
        """Judge and record one item, or let the ledger do it where a case goes on."""
        if item.number is not None or isinstance(item.event, Voided):
            self._go_on(item)
            return
        event, at, work = item.event, item.at, self.work
        number = self._next_number(at.year)
        check_transition(None, event, at)
        entry = CaseEntry(
            seq=work.seq + 1, at=at, recorded_at=work.stamp.now, event=event, by=work.stamp.by
        )
        case = evolve(None, entry, number)
        past = at < work.stamp.now and not isinstance(event, Imported)
        seq = self._record(number, item, case.version, ("stated_past",) if past else ())
        if isinstance(event, Reported) and (trace := trace_of(event.phone, event.place)):
            self.traces.append((seq, number, text_of(at), *trace))
        state = projection.state_of(case)
        self.states.append((number, seq, None, case.version, seq, seq, *state))
        for clock in case.clocks:
            terms = projection.terms_of(clock)
            self.clocks.append((number, clock.kind.value, clock.round, seq, None, *terms))
        self.added += 1

    def _go_on(self, item: BulkStep) -> None:
        number = item.number or ""
        if number in self.touched:
            self.flush()
        if number not in self.cases or isinstance(item.event, Voided):
            self._append(item, number)
            return
        before, intake_seq = self.cases[number]
        event, work = item.event, self.work
        check_transition(before, event, item.at)
        entry = CaseEntry(
            seq=work.seq + 1, at=item.at, recorded_at=work.stamp.now, event=event,
            by=work.stamp.by,
        )  # fmt: skip
        after = evolve(before, entry, number)
        past = item.at < work.stamp.now
        seq = self._record(number, item, after.version, ("stated_past",) if past else ())
        self._project(before, after, seq, intake_seq)
        self.cases[number] = (after, intake_seq)
        self.touched.add(number)
        self.added += 1

    def _project(self, before: Case, after: Case, seq: int, intake_seq: int) -> None:
        number, state = after.number, projection.state_of(after)
        if projection.state_of(before) == state:
            self.touched_states.append((after.version, seq, number))
        else:
            self.ended_states.append((seq, number))
            self.states.append((number, seq, None, after.version, seq, intake_seq, *state))
        ended, begun = projection.changed_clocks(before, after)
        self.ended_clocks += [(seq, number, *key) for key in ended]
        self.clocks += [(number, kind, round_, seq, None, *row) for kind, round_, row in begun]

    def _append(self, item: BulkStep, number: str) -> None:
        self.flush()
        before: Case = self.work.case(number)
        self.work.append(
            number,
            item.event,
            item.at,
            before=before,
            request_keys=item.request_keys,
            content=item.content,
        )
        self.cases.pop(number, None)
        self.added += 1

    def _next_number(self, year: int) -> str:
        serial = self.serials.get(year)
        if serial is None:
            row = self.work.con.execute(
                "SELECT value FROM counters WHERE name = ?", (f"case/{year}",)
            ).fetchone()
            serial = row[0] if row else 0
        self.serials[year] = serial + 1
        return f"{year}-{serial + 1:06d}"

    def _record(self, number: str, item: BulkStep, version: int, remarks: tuple[str, ...]) -> int:
        work, event = self.work, item.event
        seq, private = work.seq + 1, private_fields_fast(event)
        salt = self._salt() if private or item.content else None
        words = transaction.private_text(private)
        try:
            first = (seq, "case", number, version, event.kind, text_of(item.at))
            last = (
                facts_text(event),
                chain.commitment(salt, words) if salt else None,
                transaction.listed(item.request_keys),
                transaction.listed((*remarks, *self.remarks)),
            )
            encoded = f"{chain.encode(first)}{self.encoded}{chain.encode(last)}"
            digest = chain.link_text(work.prefix, work.hash, encoded)
        except UnicodeEncodeError as error:
            raise BadData("文字里有残缺的编码, 无法保存。", "请重新输入这段文字。") from error
        self.events.append((*first, *self.common, *last, digest))
        if salt:
            self.private.append((seq, salt, words))
        seal = chain.digest(salt, item.content) if salt and item.content else None
        for key in item.request_keys:
            self.requests.append((key, seq, seal))
            self.keys[key] = number
        work.seq, work.hash = seq, digest
        return seq

    def _salt(self) -> bytes:
        if not self.random:
            self.random = os.urandom(chain.SALT_BYTES * BATCH)
        salt, self.random = self.random[: chain.SALT_BYTES], self.random[chain.SALT_BYTES :]
        return salt

    def flush(self) -> None:
        """Write what waits."""
        run = self.work.con.executemany
        run(projection.INSERT_EVENT, self.events)
        run(projection.INSERT_TOLD, self.private)
        run(projection.INSERT_TRACE, self.traces)
        run(projection.INSERT_REQUEST, self.requests)
        run(projection.TOUCH_STATE, self.touched_states)
        run(projection.END_STATE, self.ended_states)
        run(projection.END_CLOCK, self.ended_clocks)
        run(projection.INSERT_STATE, self.states)
        run(projection.INSERT_CLOCK, self.clocks)
        run(
            "INSERT INTO counters (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(f"case/{year}", serial) for year, serial in self.serials.items()],
        )
        for rows in (
            self.events, self.private, self.traces, self.requests, self.states, self.clocks,
            self.touched_states, self.ended_states, self.ended_clocks, self.touched,
        ):  # fmt: skip
            rows.clear()
        self.keys.clear()
        self.serials.clear()


def _replayed(work: Transaction, numbers: list[str]) -> Iterator[tuple[str, tuple[Case, int]]]:
    """Yield each case that exists, replayed, and the seq of its first event."""
    if not numbers:
        return
    for number, entries in log.read_many(work.con, numbers):
        yield number, (fold(number, entries), entries[0].seq)
