"""An import into the ledger: many new cases in one durable transaction, in flat memory.

A template is made from a sample event whose slots hold marks, by the functions that record any
event (``facts_of``, ``private_fields``, ``evolve``, ``state_of``, ``terms_of``). Where the marks
turn up in the result, the values of a record go: a prepared row is by construction what
``Transaction.append`` would have written for it, several times as fast (a test holds them
together, and so does every ``verify``). Linking it to the chain is the writer's alone.
"""

from __future__ import annotations

import gc
import json
import os
import re
from contextlib import contextmanager
from datetime import datetime
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import facts_of, private_fields
from sixping.cases.lifecycle import evolve
from sixping.cases.step import CaseEntry
from sixping.policy.vocabulary import ClockKind
from sixping.store import chain, projection, requests
from sixping.store.recognition import Deduplicator, Noted, Stored
from sixping.store.rows import CLOCK_MOVE_COLUMNS, FACT_COLUMNS, MOVE_COLUMNS
from sixping.store.sqlite import scratch
from sixping.store.writer import CONTACT_KEY, insert
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sixping.cases.steps.intake import Reported
    from sixping.store.recognition import ImportResult, Known, New
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Writer

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

_CACHE = 16_000  # KiB
_YEAR = 4


class Prepared(NamedTuple):
    """One record on its way into the ledger.

    ``at`` is when it was received; ``values`` are the texts of the slots, ``fills`` the same
    as they stand inside the JSON of the facts (instants without, words with their
    quotes); anything where the template has no slot. ``private`` are the words as JSON, in the
    order of the event's fields, ``contacts`` what of it can be compared; ``key`` is one of
    ``requests.identities``; ``rest`` is what beside the words makes two records with one key
    the same, progress aside; ``row`` is where the file has it, ``report`` what it says there,
    ``unit`` its unit by our name. ``apart``: rows of one key are reports of their own. ``plain``:
    the key without the month or year (``period``) in which its number is counted.
    """

    template: Template
    at: str
    values: Sequence[str | None]
    fills: Sequence[str | None]
    private: tuple[str, ...]
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
        words = {name: json.loads(word) for name, word in template.words(self).items()}
        words["row"] = requests.nth(words["row"], count)
        place = template.names.index("row")
        private = (*self.private[:place], quoted(words["row"]), *self.private[place + 1 :])
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
        self._set_private(tuple(private_fields(event)))
        facts = (_SEQ, _NUMBER, *projection.said_of(case))
        state = projection.move_row(case, projection.state_of(case), _SEQ, _SEQ, _SEQ)
        clocks = [
            projection.clock_row(_NUMBER, clock, terms, _SEQ)
            for clock, terms in sorted(projection.clocks_of(case).items())  # the table's key
        ]
        self._clocks = clocks
        self.insert_facts, (self.facts_row,), _ = _insert("case_facts", FACT_COLUMNS, [facts])
        self.insert_state, (self.state,), _ = _insert("case_moves", MOVE_COLUMNS, [state])
        self.insert_clocks = ""
        self.clocks: list[Picker] = []
        self.constants: Row = ()
        self.numbered = False

    def number_terms(self, terms: Callable[[Row], int | None]) -> None:
        """Take the numbers under which a ledger keeps what clocks have in common."""
        self.numbered = True
        if not self._clocks:
            return
        rows = [projection.clock_move_row(row, terms) for row in self._clocks]
        made = _insert("clock_moves", CLOCK_MOVE_COLUMNS, rows)
        self.insert_clocks, self.clocks, self.constants = made

    def _set_facts(self, text: str) -> None:
        marks = {quoted(mark): SLOTS.index(name) for name, mark in TEXT_MARKS.items()}
        marks |= {to_text(mark): SLOTS.index(name) for name, mark in INSTANT_MARKS.items()}
        pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        self.facts = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self.fill = _picker([marks[mark] for mark in pieces[1::2]])

    def _set_private(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._private = _pieces((*names, "digest"))

    def private(self, words: tuple[str, ...], digest: str) -> str:
        """Return the private text of a record: joined, long words are copied once only."""
        pieces = self._private.copy()
        pieces[1:-1:2] = (*words, f'"{digest}"')
        return "".join(pieces)

    def words(self, prepared: Prepared) -> dict[str, str]:
        """Return a record's private words as JSON by the names of their fields.

        Not the reasons: they change with our data, not with the file.
        """
        words = dict(zip(self.names, prepared.private, strict=True))
        words.pop("reasons", None)
        return words


def _insert(table: str, columns: Sequence[str], rows: list[Row]) -> tuple[str, list[Picker], Row]:
    """Return the statement that writes one row, what it takes for each of ``rows``, and constants.

    It takes of number, seq, the values and, behind them, the constants (what not all the rows
    say) only what differs, each once: binding is what inserting costs. One statement for all
    the rows of a record measured 4 to 15 % slower (bench rows, clocks beside events).
    """
    marks: dict[object, int] = {_NUMBER: 0, _SEQ: 1}
    marks |= {to_text(mark): 2 + SLOTS.index(name) for name, mark in INSTANT_MARKS.items()}
    marks |= {mark: 2 + SLOTS.index(name) for name, mark in TEXT_MARKS.items()}
    cells = [*zip(*rows, strict=True)]
    taken = [*dict.fromkeys(each for each in cells if len({*each}) > 1 or each[0] in marks)]
    constants = [*dict.fromkeys(c for each in taken for c in each if c not in marks)]
    marks |= {constant: 2 + len(SLOTS) + place for place, constant in enumerate(constants)}
    terms = [f"?{taken.index(e) + 1}" if e in taken else _literal(e[0]) for e in cells]
    pickers = [_picker([marks[cell] for cell in row]) for row in zip(*taken, strict=True)]
    return insert(table, columns, terms), pickers, tuple(constants)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def _pieces(names: Iterable[str]) -> list[str]:
    """Return the JSON object of these fields in pieces, each other one for a quoted word."""
    heads = [f'{"," if place else "{"}"{name}":' for place, name in enumerate(names)]
    return [*[piece for head in heads for piece in (head, "")], "}"]


def _picker(places: list[int]) -> Picker:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


# --- into the ledger ---------------------------------------------------------------------


def record(
    work: Transaction,
    rows: Iterable[Prepared],
    known: Callable[[Sequence[Known]], None] | None = None,
    fresh: Callable[[Collection[New]], None] | None = None,
) -> ImportResult:
    """Record the rows in order as new cases; one whose report is known is passed over.

    ``known`` is told of those, by batches, once what came before them is in the ledger, and
    ``fresh`` of what is new there.
    """
    with _no_collector():
        return _record(work, rows, known, fresh)


def _record(
    work: Transaction,
    rows: Iterable[Prepared],
    known: Callable[[Sequence[Known]], None] | None,
    fresh: Callable[[Collection[New]], None] | None,
) -> ImportResult:
    # The pages that grow at once, some twenty ends of tables and indexes, stay in memory.
    work.con.execute(f"PRAGMA cache_size=-{_CACHE}")
    sorted_rows = Deduplicator(
        Stored(work.con), lambda: work.seq + 1, lambda at: work.next_number(int(at[:_YEAR]))
    )
    for batch in sorted_rows.batches(rows):
        _write(work.writer, batch.fresh)
        work.writer.flush()
        if fresh and batch.fresh:
            fresh(batch.fresh.values())
        if known and batch.known:
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
    known: Callable[[Sequence[Known]], None] | None = None,
    fresh: Callable[[Collection[New]], None] | None = None,
) -> ImportResult:
    """Tell what ``record`` would do, from an open connection that need not write.

    What is new is noted beside the ledger, so that memory stays flat.
    """
    with scratch() as beside:
        noted = Noted(beside, Stored(con))
        sorted_rows = Deduplicator(noted, lambda: noted.next_seq, lambda _: "")
        for batch in sorted_rows.batches(rows):
            noted.add(batch.fresh)
            if fresh and batch.fresh:
                fresh(batch.fresh.values())
            if known and batch.known:
                known(batch.known)
    return sorted_rows.result


def _write(writer: Writer, fresh: Mapping[bytes, New]) -> None:
    """Record new cases under their numbers, each to be found again by its handle.

    The hot path of an import: what is the same for all of them is looked up once.
    """
    size = chain.SALT_BYTES
    salts = os.urandom(size * len(fresh))
    seal, waiting = writer.seal, writer.waiting
    for place, (handle, (prepared, number, _)) in enumerate(fresh.items()):
        template, at, values, fills, private, contacts, _, rest, *_ = prepared
        if not template.numbered:
            template.number_terms(writer.terms)
        salt = salts[place * size : place * size + size]
        sealed = seal(template.private(private, chain.digest(salt, rest.encode())), salt)
        facts = template.facts % template.fill(fills)
        seq = writer.add_event(("case", number, 1, template.kind, at), facts, sealed, (handle,))
        row = (number, seq, *values, *template.constants)
        if contacts:
            writer.put(CONTACT_KEY, *[(form, at, seq) for form in contacts])
        waiting(template.insert_facts).append(template.facts_row(row))
        waiting(template.insert_state).append(template.state(row))
        if template.clocks:
            rows = waiting(template.insert_clocks)
            for clock in template.clocks:
                rows.append(clock(row))
