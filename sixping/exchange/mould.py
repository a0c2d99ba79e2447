"""Records of one make: what they share is worked out once, what differs is filled in.

A mould is made from a sample event whose blanks hold marks, by the functions that record
any event (``facts_of``, ``told_by``, ``evolve``, ``state_of``, ``terms_of``). Where the
marks turn up in the result, the values of a record go: a cast is by construction what
the ledger would have written for it, several times as fast (a test holds them together).
"""

# ruff: noqa: S608 - statements are put together from the schema's own names

from __future__ import annotations

import re
from datetime import datetime
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping import projection
from sixping.clock import SHANGHAI, to_text
from sixping.events import Entry, facts_of, told_by
from sixping.lifecycle import admit, evolve
from sixping.model import ClockKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sixping.events import Reported
    from sixping.traces import Trace

INSTANTS = ("at", "resolved", *(kind.value for kind in ClockKind))
TEXTS = ("source_no", "community", "grid", "category", "lead", "suggestion")
BLANKS = (*INSTANTS, *TEXTS)
"""What differs between records of one make, in the order of ``Cast.values``."""

AT = {name: datetime(1, 1, 1 + day, tzinfo=SHANGHAI) for day, name in enumerate(INSTANTS)}
SAID = {name: f"\ue000{name}\ue000" for name in TEXTS}  # private use: nothing quotes them
_NUMBER = "\ue000number\ue000"
_SEQ = -1


class Cast(NamedTuple):
    """One record on its way into the ledger.

    ``at`` is when it was received; ``values`` are the blanks' texts, ``fills`` the same
    as they stand inside the JSON of the facts (instants without, words with their
    quotes); anything where the mould has no blank. ``told`` is in the order of the
    event's fields, ``trace`` what of it can be compared; ``content`` is what makes two
    records with one ``key`` the same; ``row`` is where the file has it.
    """

    mould: Mould
    at: str
    values: Sequence[str | None]
    fills: Sequence[str | None]
    told: tuple[str, ...]
    trace: Trace | None
    key: str
    content: bytes
    row: int


class Mould:
    """What the records of one make share."""

    def __init__(self, event: Reported, now: datetime, by: str | None) -> None:
        """Make the mould of a sample event, as recorded ``now`` on behalf of ``by``."""
        admit(None, event, AT["at"])
        entry = Entry(seq=_SEQ, at=AT["at"], recorded_at=now, event=event, by=by)
        case = evolve(None, entry, _NUMBER)
        self.kind = event.kind
        self._facts(facts_of(event))
        self._told(tuple(told_by(event)))
        state = (_NUMBER, _SEQ, None, case.version, _SEQ, _SEQ, *projection.state_of(case))
        clocks = [
            (_NUMBER, clock.kind.value, clock.round, _SEQ, None, *projection.terms_of(clock))
            for clock in case.clocks
        ]
        self.insert_state, self.state = _insert("case_states", projection.CASE_COLUMNS, [state])
        self.insert_clocks, self.clocks = _insert("clock_states", projection.CLOCK_COLUMNS, clocks)

    def _facts(self, text: str) -> None:
        marks = {quoted(mark): BLANKS.index(name) for name, mark in SAID.items()}
        marks |= {to_text(mark): BLANKS.index(name) for name, mark in AT.items()}
        pieces = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        self.facts = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self.fill = _picker([marks[mark] for mark in pieces[1::2]])

    def _told(self, names: tuple[str, ...]) -> None:
        order = sorted(range(len(names)), key=names.__getitem__)
        self._sorted = _picker(order)
        self._heads = tuple(f"s{len(names[place])}:{names[place]}s" for place in order)
        self._plain = "{" + ",".join(f'"{name}":"%s"' for name in names) + "}"

    def sealing(self, told: Sequence[str]) -> bytes:
        """Return what ``chain.commitment`` hashes after the salt."""
        words = zip(self._heads, self._sorted(told), strict=True)
        return "".join([f"{head}{len(word)}:{word}" for head, word in words]).encode()

    def told_text(self, told: tuple[str, ...]) -> str:
        """Return what ``ledger.told_text`` returns; most words need no escape."""
        joined = "".join(told)
        if len(quoted(joined)) != len(joined) + 2:
            told = tuple([quoted(word)[1:-1] for word in told])
        return self._plain % told


def _insert(
    table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]
) -> tuple[str, Callable[[Sequence[Any]], tuple[Any, ...]]]:
    """Return the statement that writes the rows of a record, and what it takes of it.

    Only what differs is a parameter, and each once: binding is what inserting costs.
    """
    places: dict[object, int] = {_NUMBER: 0, _SEQ: 1}
    places |= {to_text(mark): 2 + BLANKS.index(name) for name, mark in AT.items()}
    places |= {mark: 2 + BLANKS.index(name) for name, mark in SAID.items()}
    used: dict[int, int] = {}

    def term(value: object) -> str:
        if value in places:
            return f"?{used.setdefault(places[value], len(used) + 1)}"
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        return "NULL" if value is None else str(value)

    lines = [f"({', '.join(map(term, row))})" for row in rows]
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(lines)}"
    return (sql if rows else ""), _picker(list(used))


def _picker(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)
