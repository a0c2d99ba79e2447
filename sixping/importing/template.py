"""Records of one make: what they share is worked out once, what differs is filled in.

A template is made from a sample event whose slots hold marks, by the functions that record
any event (``facts_of``, ``private_fields``, ``evolve``, ``state_of``, ``terms_of``). Where the
marks turn up in the result, the values of a record go: a prepared row is by construction what
the ledger would have written for it, several times as fast (a test holds them together).
"""

# ruff: noqa: S608 - statements are put together from the schema's own names

from __future__ import annotations

import re
from datetime import datetime
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import facts_of, private_fields
from sixping.cases.lifecycle import evolve
from sixping.cases.steps import CaseEntry
from sixping.cases.transitions import check_transition
from sixping.policy.vocabulary import ClockKind
from sixping.store import projection
from sixping.store.chain import commitment
from sixping.store.rows import CASE_COLUMNS, CLOCK_COLUMNS
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sixping.cases.contactkeys import Trace
    from sixping.cases.steps import Reported

INSTANTS = ("at", "resolved", *(kind.value for kind in ClockKind))
TEXTS = ("source_no", "community", "grid", "category", "lead", "suggestion")
SLOTS = (*INSTANTS, *TEXTS)
"""What differs between records of one make, in the order of ``Prepared.values``."""

AT = {name: datetime(1, 1, 1 + day, tzinfo=SHANGHAI) for day, name in enumerate(INSTANTS)}
SAID = {name: f"\ue000{name}\ue000" for name in TEXTS}  # private use: nothing quotes them
_NUMBER = "\ue000number\ue000"
_SEQ = -1


class Prepared(NamedTuple):
    """One record on its way into the ledger.

    ``at`` is when it was received; ``values`` are the texts of the slots, ``fills`` the same
    as they stand inside the JSON of the facts (instants without, words with their
    quotes); anything where the template has no slot. ``private`` are the words as JSON, in the
    order of the event's fields, ``trace`` what of it can be compared; ``rest`` is what
    beside them makes two records with one ``key`` the same; ``row`` is where the file has it.
    """

    template: Template
    at: str
    values: Sequence[str | None]
    fills: Sequence[str | None]
    private: tuple[str, ...]
    trace: Trace | None
    key: str
    rest: str
    row: int


class Template:
    """What the records of one make share."""

    def __init__(self, event: Reported, now: datetime, by: str | None) -> None:
        """Make the template of a sample event, as recorded ``now`` on behalf of ``by``."""
        check_transition(None, event, AT["at"])
        entry = CaseEntry(seq=_SEQ, at=AT["at"], recorded_at=now, event=event, by=by)
        case = evolve(None, entry, _NUMBER)
        self.kind = event.kind
        self._facts(facts_of(event))
        self._told(tuple(private_fields(event)))
        state = (_NUMBER, _SEQ, None, case.version, _SEQ, _SEQ, *projection.state_of(case))
        clocks = [
            (_NUMBER, clock.kind.value, clock.round, _SEQ, None, *projection.terms_of(clock))
            for clock in sorted(case.clocks, key=lambda clock: clock.kind.value)  # the table's key
        ]
        self.constants: tuple[Any, ...] = ()
        self.insert_state, (self.state,) = self._insert("case_states", CASE_COLUMNS, [state])
        self.insert_clock, self.clocks = self._insert("clock_states", CLOCK_COLUMNS, clocks)

    def _facts(self, text: str) -> None:
        marks = {quoted(mark): SLOTS.index(name) for name, mark in SAID.items()}
        marks |= {to_text(mark): SLOTS.index(name) for name, mark in AT.items()}
        pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        self.facts = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self.fill = _picker([marks[mark] for mark in pieces[1::2]])

    def _told(self, names: tuple[str, ...]) -> None:
        self.private = _object(names)
        self._suggested = names.index("reasons") if "reasons" in names else None
        self._plain = _object(name for name in names if name != "reasons")

    def content(self, prepared: Prepared, salt: bytes, seal: bytes | None = None) -> bytes:
        """Return what makes a record the same again: what was told, under a salt, and the rest.

        Not the reasons: they change with our data, not with the file. ``seal`` is the
        ``chain.commitment`` to what was told, where it is at hand.
        """
        if self._suggested is not None:
            words = prepared.private[: self._suggested] + prepared.private[self._suggested + 1 :]
            seal = commitment(salt, self._plain % words)
        return (seal or commitment(salt, self.private % prepared.private)) + prepared.rest.encode()

    def _insert(
        self, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]
    ) -> tuple[str, list[Callable[[Sequence[Any]], tuple[Any, ...]]]]:
        """Return the statement that writes one row, and for each of ``rows`` what it takes.

        They take it of number, seq, the values of a record and ``constants``. Only what
        differs is a parameter: binding is what inserting costs.
        """
        marks: dict[object, int] = {_NUMBER: 0, _SEQ: 1}
        marks |= {to_text(mark): 2 + SLOTS.index(name) for name, mark in AT.items()}
        marks |= {mark: 2 + SLOTS.index(name) for name, mark in SAID.items()}
        terms: list[str] = []
        taken: list[list[int]] = [[] for _ in rows]
        for cells in zip(*rows, strict=True):
            if cells.count(cells[0]) == len(cells) and cells[0] not in marks:
                terms.append(_literal(cells[0]))
                continue
            terms.append("?")
            for places, cell in zip(taken, cells, strict=True):
                places.append(marks[cell] if cell in marks else self._constant(cell))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(terms)})"
        return (sql if rows else ""), [_picker(places) for places in taken]

    def _constant(self, value: object) -> int:
        self.constants += (value,)
        return 1 + len(SLOTS) + len(self.constants)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def _object(names: Iterable[str]) -> str:
    """Return the JSON object of these fields, to be filled with quoted words."""
    return "{" + ",".join([f'"{name}":%s' for name in names]) + "}"


def _picker(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)
