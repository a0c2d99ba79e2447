"""What remains of a damaged ledger: rows found on its pages, proved by the chain.

Nothing is believed for where it stood: an event counts if its hash follows from the one before it
and from its own columns, words if their seal stands in the event, a document if its digest does.
So rows of an older backup of the same ledger may fill the gaps, and stale rows do no harm.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.store import chain, documents, requests
from sixping.store.layers.chained import erased_by, kept_by
from sixping.store.rescue import numbers
from sixping.store.rescue.pages import Pages, Place, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sixping.store.rescue.pages import Value

    Source = tuple[Value, ...]
    Found = tuple[Pages, Place]

_HASH, _DIGEST, _ID = 32, 64, 32
ERASED = "erased"


class Event(NamedTuple):
    """A row of ``events`` as it stood."""

    seq: int
    stream: str
    subject: str
    version: int
    kind: str
    at: str
    recorded_at: str | None
    source: int
    facts: str
    sealed: bytes | None
    remarks: str | None
    hash: bytes


class Words(NamedTuple):
    """A row of ``told`` as it stood."""

    seq: int
    salt: bytes
    fields: str


class Remains:
    """The rows that were found, by what they are taken for; ``last``: the highest seq heard of.

    ``numbers``: the last of each year, by the counters.
    """

    def __init__(self, given: Iterable[Source] = (), texts: Iterable[str] = ()) -> None:
        """Begin with nothing read; ``given``: who may have recorded, ``texts``: known documents."""
        self._events: dict[int, list[Found]] = defaultdict(list)
        self._words: dict[int, list[Found]] = defaultdict(list)
        self._sources: dict[int, list[Source]] = defaultdict(list)
        self._given = list(given)
        self._proved: dict[int, Source] = {}
        self.documents = {documents.digest_of(text): text for text in texts}
        self.ids: list[str] = []
        self.secret: str | None = None
        self.last = 0
        self.numbers: dict[str, int] = {}

    def add(self, pages: Pages) -> None:
        """Take in what the pages of a file hold."""
        for place, row in pages.rows():
            if row.key is None:
                self._add_pair(row.values)
            elif _is_event(row):
                self._events[row.key].append((pages, place))
            elif _is_words(row):
                self._words[row.key].append((pages, place))
            elif _is_source(row):
                self._sources[row.key].append(row.values[1:])

    def _add_pair(self, values: Sequence[Value]) -> None:
        """Take in a row of a table of names and values."""
        if len(values) != 2 or not isinstance(name := values[0], str):  # noqa: PLR2004
            return
        value = values[1]
        if isinstance(value, int):
            if name == "seq":
                self.last = max(self.last, value)
            elif name.startswith(numbers.COUNTER):
                year = name[len(numbers.COUNTER) :]
                self.numbers[year] = max(self.numbers.get(year, 0), value)
        elif not isinstance(value, str):
            return
        elif name == "ledger_id" and len(value) == _ID:
            self.ids.append(value)
        elif name == requests.SECRET:
            self.secret = self.secret or value
        elif len(name) == _DIGEST and documents.digest_of(value) == name:
            self.documents[name] = value

    @property
    def seqs(self) -> list[int]:
        """Return the numbers of all events that can be read, in order."""
        return sorted(self._events)

    def behind(self, after: int) -> list[int]:
        """Return, in order, the later numbers of which an event or its words can be read."""
        return sorted(seq for seq in self._events.keys() | self._words.keys() if seq > after)

    def erased_behind(self, after: int) -> set[int]:
        """Return whose words went by erasures that lie behind an event."""
        later = Erasures()
        for seq in self.behind(after):
            for event in self.candidates(seq):
                later.add(event)
        return later.gone

    def whose(self, ids: Iterable[str]) -> str | None:
        """Return which of these ids, or of those found, the first event belongs to."""
        for one in dict.fromkeys([*self.ids, *ids]):
            if self._linked(chain.prefix(one), 1, chain.GENESIS):
                return one
        return None

    def run(self, ledger_id: str) -> Iterator[Event]:
        """Yield the events from the first on whose links hold, until one is missing."""
        prefix, previous, seq = chain.prefix(ledger_id), chain.GENESIS, 1
        while (event := self._linked(prefix, seq, previous)) is not None:
            yield event
            previous, seq = event.hash, seq + 1

    def sources(self) -> list[Source]:
        """Return the sources of the events that were yielded, with their numbers."""
        return [(number, *source) for number, source in sorted(self._proved.items())]

    def candidates(self, seq: int) -> Iterator[Event]:
        """Yield what was found of an event, whether or not it is proved."""
        for pages, place in self._events.get(seq, ()):
            row = pages.row(place)
            if row is not None and _is_event(row):
                yield Event(seq, *row.values[1:])  # type: ignore[arg-type]

    def said_by(self, source: int) -> str | None:
        """Return on whose behalf a source recorded, as far as is known."""
        known = [self._proved.get(source), *self._sources.get(source, ())]
        names = [one[0] for one in known if one is not None]
        return str(names[0]) if names and names[0] is not None else None

    def words(self, seq: int, seal: bytes) -> Words | None:
        """Return the words beside an event whose seal this is; None where they are lost."""
        for found in self.words_found(seq):
            if chain.seal(found.salt, found.fields.encode()) == seal:
                return found
        return None

    def words_found(self, seq: int) -> Iterator[Words]:
        """Yield what was found beside an event, whether or not it is proved."""
        for pages, place in self._words.get(seq, ()):
            row = pages.row(place)
            if row is not None and _is_words(row):
                yield Words(seq, row.values[1], row.values[2])  # type: ignore[arg-type]

    def _linked(self, prefix: str, seq: int, previous: bytes) -> Event | None:
        for event in self.candidates(seq):
            for source in self._possible(event.source):
                if chain.link(prefix, previous, _hashed(event, source)) == event.hash:
                    self._proved[event.source] = source
                    return event
        return None

    def _possible(self, number: int) -> list[Source]:
        if number in self._proved:
            return [self._proved[number]]
        return [*self._sources.get(number, ()), *self._given]


class Erasures:
    """What erasures among some events say: whose words went, and the seals of what stayed."""

    def __init__(self) -> None:
        self.gone: set[int] = set()
        self._kept: dict[int, bytes] = {}

    def add(self, event: Event) -> None:
        """Take an event in."""
        if (event.stream, event.kind) == ("organisation", ERASED):
            self.gone.update(erased_by(event.facts))
            self._kept |= kept_by(event.facts)

    def seal(self, seq: int, sealed: bytes) -> bytes | None:
        """Return the seal of the words that belong beside an event; None where none do."""
        return None if seq in self.gone else self._kept.get(seq, sealed)


def adopted(event: Event) -> tuple[str, str] | None:
    """Return name and digest of the document that an event of the chain adopts."""
    if (event.stream, event.kind) != (documents.STREAM, documents.ADOPTED):
        return None
    said: Any = json.loads(event.facts)
    return str(said["name"]), str(said["digest"])


def _hashed(event: Event, source: Source) -> tuple[Value, ...]:
    """Return the columns of an event that are hashed, in their order (``chain.FIELDS``)."""
    return (
        *event[:6], event.recorded_at or event.at, *source,
        event.facts, event.sealed, event.remarks,
    )  # fmt: skip


_TEXT, _MAYBE_TEXT, _MAYBE_BYTES = (str,), (str, type(None)), (bytes, type(None))
_EVENT_TYPES: tuple[tuple[type, ...], ...] = (
    _TEXT, _TEXT, (int,), _TEXT, _TEXT, _MAYBE_TEXT, (int,), _TEXT, _MAYBE_BYTES, _MAYBE_TEXT,
    (bytes,),
)  # fmt: skip
_WORDS_TYPES: tuple[tuple[type, ...], ...] = ((bytes,), _TEXT)
_SOURCE_TYPES: tuple[tuple[type, ...], ...] = (_MAYBE_TEXT, _TEXT, _TEXT, _TEXT)


def _shaped(row: Row, types: Sequence[tuple[type, ...]]) -> bool:
    """Tell a row by the types of its columns behind the number, which is stored as the key."""
    values = row.values[1:]
    return (
        len(values) == len(types)
        and row.values[0] is None
        and all(isinstance(value, kinds) for value, kinds in zip(values, types, strict=True))
    )


def _is_event(row: Row) -> bool:
    return _shaped(row, _EVENT_TYPES) and len(row.values[-1]) == _HASH  # type: ignore[arg-type]


def _is_words(row: Row) -> bool:
    return _shaped(row, _WORDS_TYPES)


def _is_source(row: Row) -> bool:
    """Tell a source by its shape: the terms of clocks are alike, and prove nothing."""
    return _shaped(row, _SOURCE_TYPES)
