"""An import into the ledger: many new cases in one durable transaction, in flat memory.

A template is made from a sample event whose slots hold marks, by the functions that record any
event (``facts_of``, ``private_fields``, ``evolve``, ``state_of``, ``terms_of``). Where the marks
turn up in the result, the values of a record go: a prepared row is by construction what
``Transaction.append`` would have written for it, several times as fast (a test holds them
together, and so does every ``verify``). Linking it to the chain is the writer's alone.
"""

from __future__ import annotations

import gc
import os
import re
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import facts_of, private_fields, private_text
from sixping.cases.lifecycle import evolve
from sixping.cases.step import CaseEntry
from sixping.policy.vocabulary import ClockKind
from sixping.store import chain, projection, requests
from sixping.store.recognition import Deduplicator, Noted, Stored
from sixping.store.sqlite import scratch
from sixping.store.staged import Sample, Staged
from sixping.store.writer import CONTACT_KEY, FirstEvent
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sixping.cases.steps.intake import Reported
    from sixping.store.recognition import ImportResult, Known, New
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

    Row = tuple[Any, ...]
    Picker = Callable[[Sequence[Any]], Row]

INSTANTS = ("at", "resolved", "source_due", *(kind.value for kind in ClockKind))
TEXTS = ("community", "grid", "category", "lead", "suggestion")
SLOTS = (*INSTANTS, *TEXTS)
"""What differs between records of one template, in the order of ``Prepared.values``."""

INSTANT_MARKS = {
    name: datetime(1, 1, 1 + day, tzinfo=SHANGHAI) for day, name in enumerate(INSTANTS)
}
TEXT_MARKS = {name: f"\ue000{name}\ue000" for name in TEXTS}  # private use: nothing quotes them
_NUMBER = "\ue000number\ue000"
_SEQ = -1
#: where the value of a mark stands in what is staged of a case: its number, its seq, the slots
_MARKS: Mapping[object, int] = {
    mark: place
    for place, mark in enumerate(
        (_NUMBER, _SEQ, *map(to_text, INSTANT_MARKS.values()), *TEXT_MARKS.values())
    )
}

#: ``FirstEvent`` of a tuple
_FIRST = partial(tuple.__new__, FirstEvent)

_CACHE = 16_000  # KiB
_YEAR = 4


class Prepared(NamedTuple):
    """One record on its way into the ledger.

    ``at`` is when it was received; ``values`` are the texts of the slots, and behind them those
    of ``TEXTS`` as JSON; anything where the template has no slot. ``private`` are the words in
    the order of the event's fields, ``contacts`` what of them can be compared;
    ``key`` is one of ``requests.identities``; ``rest`` is what beside the words makes two records
    with one key the same, progress aside; ``row`` is where the file has it, ``report`` what it
    says there, ``unit`` its unit by our name. ``apart``: rows of one key are reports of their own.
    ``plain``: the key without the month or year (``period``) in which its number is counted.
    """

    template: Template
    at: str
    values: tuple[str | None, ...]
    private: tuple[Any, ...]
    contacts: tuple[str, ...]
    key: str
    rest: str
    row: int
    report: object = None
    unit: str | None = None
    apart: bool = False
    plain: str | None = None
    period: str = ""

    def again(self, count: int) -> Prepared:
        """Return this record as the ``count``-th of those alike in its file."""
        template = self.template
        words = template.words(self)
        words["row"] = requests.nth(words["row"], count)
        place = template.names.index("row")
        private = (*self.private[:place], words["row"], *self.private[place + 1 :])
        (key,) = requests.identities(template.event.channel, words)
        return self._replace(private=private, key=key)


class Template:
    """What the records of one kind share."""

    def __init__(self, event: Reported, now: datetime, by: str | None, *, at_once: bool) -> None:
        """Make the template of a sample event, as recorded ``now`` on behalf of ``by``.

        ``at_once``: when its records were received is when they are recorded.
        """
        at = INSTANT_MARKS["at"]
        recorded_at = at if at_once else now
        entry = CaseEntry(seq=_SEQ, at=at, recorded_at=recorded_at, event=event, by=by)
        case = evolve(None, entry, _NUMBER)
        self.event = event
        self.kind = event.kind
        self._set_facts(facts_of(event))
        self.names = tuple(private_fields(event))
        self._fields = (*self.names, "digest")
        self._encode = _in_full if "reasons" in self.names else _encoder()
        self._facts_row = (_SEQ, _NUMBER, *projection.said_of(case))
        state = projection.state_of(case)
        self._moves_row = projection.move_row(case, state, _SEQ, _SEQ, _SEQ)
        self._clocks = [
            projection.clock_row(_NUMBER, clock, terms, _SEQ)
            for clock, terms in sorted(projection.clocks_of(case).items())  # the table's key
        ]

    def sample(self, terms: Callable[[Row], int | None]) -> Sample:
        """Return the rows of a case; ``terms`` numbers what clocks have in common."""
        clocks = [projection.clock_move_row(row, terms) for row in self._clocks]
        return Sample(self._facts_row, self._moves_row, clocks)

    def _set_facts(self, text: str) -> None:
        marks = {quoted(mark): len(SLOTS) + at for at, mark in enumerate(TEXT_MARKS.values())}
        marks |= {to_text(mark): SLOTS.index(name) for name, mark in INSTANT_MARKS.items()}
        pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        self.facts = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self.fill = _picker([marks[mark] for mark in pieces[1::2]])

    def private(self, words: tuple[Any, ...], digest: str) -> bytearray:
        """Return the private text of a record, in UTF-8."""
        return bytearray(self._encode(dict(zip(self._fields, (*words, digest), strict=True))))

    def words(self, prepared: Prepared) -> dict[str, str]:
        """Return a record's private words by the names of their fields.

        Not the reasons: they change with our data, not with the file.
        """
        words = dict(zip(self.names, prepared.private, strict=True))
        words.pop("reasons", None)
        return words


def _in_full(private: dict[str, Any]) -> bytes:
    return private_text(private).encode()


def _encoder() -> Callable[[dict[str, str]], bytes]:
    """Return what makes the same JSON of texts, five times as fast where its library is."""
    try:
        from orjson import dumps
    except ImportError:
        return _in_full
    return dumps


def _picker(places: list[int]) -> Picker:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


# --- into the ledger ---------------------------------------------------------------------


def record(
    work: Transaction,
    rows: Iterable[Prepared],
    known: Callable[[Sequence[Known]], None],
    fresh: Callable[[Collection[New]], None] | None,
) -> ImportResult:
    """Record the rows in order as new cases; one whose report is known is passed over.

    ``known`` is told of those, by batches, once what came before them is in the ledger, and
    ``fresh``, where somebody asks, of what is new there.
    """
    with _no_collector():
        return _record(work, rows, known, fresh)


def _record(
    work: Transaction,
    rows: Iterable[Prepared],
    known: Callable[[Sequence[Known]], None],
    fresh: Callable[[Collection[New]], None] | None,
) -> ImportResult:
    # The pages that grow at once, some twenty ends of tables and indexes, stay in memory.
    work.con.execute(f"PRAGMA cache_size=-{_CACHE}")
    sorted_rows = Deduplicator(
        Stored(work.con), lambda: work.seq + 1, lambda at: work.next_number(int(at[:_YEAR]))
    )
    recorder = _Recorder(work)
    for batch in sorted_rows.batches(rows):
        recorder.write(batch.fresh)
        if fresh and batch.fresh:
            fresh(batch.fresh.values())
        if batch.known:
            known(batch.known)
    return sorted_rows.result


@contextmanager
def _no_collector() -> Iterator[None]:
    """Let nobody look for garbage: rows make none, and each search walks all that wait.

    That is a tenth of what an import costs.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def survey(
    con: Connection,
    rows: Iterable[Prepared],
    known: Callable[[Sequence[Known]], None],
    fresh: Callable[[Collection[New]], None],
) -> ImportResult:
    """Tell what ``record`` would do, from an open connection that need not write.

    What is new is noted beside the ledger, so that memory stays flat.
    """
    with scratch() as beside:
        noted = Noted(beside, Stored(con))
        sorted_rows = Deduplicator(noted, lambda: noted.next_seq, lambda _: "")
        for batch in sorted_rows.batches(rows):
            noted.add(batch.fresh)
            if batch.fresh:
                fresh(batch.fresh.values())
            if batch.known:
                known(batch.known)
    return sorted_rows.result


class _Recorder:
    """Records what is new, batch by batch: the hot path of an import."""

    def __init__(self, work: Transaction) -> None:
        self._writer = work.writer
        self._staged = Staged(work.con, _MARKS)
        self._waits: dict[Template, Callable[[Row], None]] = {}

    def write(self, fresh: Mapping[bytes, New]) -> None:
        """Record new cases under their numbers, each to be found again by its handle."""
        writer = self._writer
        writer.add_reports(map(self._report, fresh.items(), _salts(len(fresh))))
        writer.flush()  # contacts, and what clocks have in common
        self._staged.write()

    def _report(self, item: tuple[bytes, New], salt: bytearray) -> FirstEvent:
        handle, (prepared, number, seq) = item
        template, at, values, private, contacts, _, rest, *_ = prepared
        wait = self._waits.get(template) or self._shape(template)
        wait((number, seq) + values)  # noqa: RUF005 - no list between
        if contacts:
            self._writer.put(CONTACT_KEY, *[(form, at, seq) for form in contacts])
        facts = template.facts % template.fill(values)
        words = template.private(private, chain.digest(salt, rest.encode()))
        return _FIRST((template.kind, number, at, facts, words, salt, handle))

    def _shape(self, template: Template) -> Callable[[Row], None]:
        sample = template.sample(self._writer.terms)
        wait = self._waits[template] = self._staged.shape(sample)
        return wait


def _salts(count: int) -> list[bytearray]:
    size = chain.SALT_BYTES
    salts = bytearray(os.urandom(size * count))
    return [salts[place : place + size] for place in range(0, size * count, size)]
