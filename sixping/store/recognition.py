"""What rows of a file are new, and which report the ledger, or the file itself, had before.

A report is recognised by its handle in ``requests``. An import and the look ahead of it are sorted
by the same code; they differ only in where a new row is put down: the first finds it again in the
ledger (``Stored``), the second in a table beside it that goes with the connection (``Noted``). It
holds keyed handles and digests, nothing that anybody said.
"""

from __future__ import annotations

import json
import os
from array import array
from collections import Counter
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sixping.store import chain, requests, sqlite
from sixping.store.rows import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sixping.store.prepared import Prepared, Template
    from sixping.store.sqlite import Connection

BATCH = 500
#: how many numbers of other content are kept, and of each the first rows
MOST_CONFLICTS = 1000
MOST_ROWS = 20
_MOST_TIMES = 20_000  # identities whose occurrences are counted in memory
_YEAR, _MONTH = len("2026"), len("2026-10")

#: what the words of a report are; later words tell of its progress
CONTENT = ("text", "place", "reporter", "phone")
#: what a row says of the progress of its matter → the fact or the word of the event that has it
PROGRESS: Mapping[str, str] = {
    "status": "status", "unit": "unit", "satisfaction": "satisfaction", "resolved": "resolved_at",
    "outcome": "outcome", "feedback": "feedback", "source_due": "source_due",
    "accepted": "accepted_at", "assigned": "assigned_at", "fed_back": "fed_back_at",
    "closed": "closed_at", "withdrawn": "withdrawn_at",
}  # fmt: skip
_WORDS = ("outcome", "feedback")

_STORED = (
    "SELECT r.handle, r.seq, e.subject, e.kind, e.facts, t.salt,"
    " coalesce(w.fields, t.fields) FROM requests r JOIN events e ON e.seq = r.seq"
    " JOIN told t ON t.seq = r.seq LEFT JOIN case_words w ON w.seq = r.seq WHERE r.handle IN"
)
#: every receipt that a case had, and whether it still has it
_RECEIPTS = (
    "SELECT DISTINCT f.received_at, m.to_seq IS NULL FROM case_moves m JOIN case_facts f"
    " ON f.seq = coalesce(m.facts_seq, m.intake_seq) WHERE m.number = ?"
)
#: the receipt and the words of a case as they were amended
_AMENDED = (
    "SELECT f.received_at, w.fields FROM case_moves m JOIN case_facts f"
    " ON f.seq = coalesce(m.facts_seq, m.intake_seq) JOIN case_words w ON w.seq = f.words_seq"
    " WHERE m.number = ? AND m.to_seq IS NULL"
)
#: the month or year a case came in and the one its receipt was amended to
_MOVED = (
    "SELECT DISTINCT substr(f.received_at, 1, :signs), substr(n.received_at, 1, :signs)"
    " FROM events e JOIN case_moves m ON m.number = e.subject JOIN case_facts f"
    " ON f.seq = coalesce(m.facts_seq, m.intake_seq) JOIN case_moves l ON l.number = e.subject"
    " AND l.to_seq IS NULL JOIN case_facts n ON n.seq = coalesce(l.facts_seq, l.intake_seq)"
    f" WHERE {of_kind('e', 'amended')} AND e.stream = 'case'"
    " AND json_extract(e.facts, '$.received_at') IS NOT NULL"
)
_NOTE = "INSERT INTO firsts (handle, seq, content, progress) VALUES (?, ?, ?, ?)"
_NOTED = "SELECT handle, seq, content, progress FROM firsts WHERE handle IN"


class Earlier(Protocol):
    """A report that was there before a row came: ``number`` is its case, ``seq`` its event."""

    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def number(self) -> str: ...  # noqa: D102
    def means(self, record: Prepared, *, moved: bool) -> bool:
        """Tell whether a row whose number is of its month or year is this report.

        It was found by the number alone; ``moved``: by that of the month it came in before its
        receipt was amended.
        """

    def same(self, record: Prepared) -> bool:
        """Tell whether a row says what this one said, its progress aside."""

    def newer(self, record: Prepared) -> bool:
        """Tell whether a row says of its progress what this one did not."""


class Known(NamedTuple):
    """A row whose report is known, with the same content.

    ``number`` is its case, empty where the row before it stands in the file and is only looked
    at; ``seq`` is the event that reported it, ``newer`` that the row says of its progress what that
    event did not; ``record.report`` is what the file says.
    """

    number: str
    seq: int
    record: Prepared
    newer: bool


class Conflict(NamedTuple):
    """A number under which rows say other things, the first of them ``rows``.

    ``number`` is the case that has it; empty, where the file's own row ``first`` was there before.
    ``many``: how many rows they are.
    """

    key: str
    number: str
    first: int
    rows: list[int]
    many: int


class ImportResult(NamedTuple):
    """What became of the prepared rows.

    ``added`` cases, ``known`` rows that the ledger had, ``repeated`` rows that the file had before;
    ``alike`` rows without a number that read as one before them, each a report of its own;
    ``clashed`` numbers of other content, of which ``conflicts`` has the first thousand, in
    ``differing`` rows; ``made``: how many are new of each template.
    """

    added: int
    known: int
    repeated: int
    alike: int
    clashed: int
    differing: int
    conflicts: list[Conflict]
    made: Mapping[Template, int]


class New(NamedTuple):
    """A row that is a new report, its number and its event."""

    record: Prepared
    number: str
    seq: int


#: ``New`` of a tuple
_NEW = partial(tuple.__new__, New)


class Batch(NamedTuple):
    """Rows sorted: what is new by handle, and what is known."""

    fresh: dict[bytes, New]
    known: list[Known]


# --- what was before ------------------------------------------------------------------------


class _Event:
    """A report in the ledger."""

    def __init__(self, con: Connection, row: tuple[int, str, str, str, bytes, str]) -> None:
        self._con = con
        self.seq, self.number, self._kind, self._facts, self._salt, self._text = row

    def means(self, record: Prepared, *, moved: bool) -> bool:
        found = self._con.execute(_RECEIPTS, (self.number,)).fetchall()
        within = [(at, now) for at, now in found if at.startswith(record.period)]
        if not moved and any(now for _, now in within):
            return True
        # Another report may bear the number in that month: only the same time or words tell.
        times = [at for at, now in within if now or not moved]
        return record.at in times or (bool(times) and _alike(self._stored(), record))

    def same(self, record: Prepared) -> bool:
        facts, stored = json.loads(self._facts), self._stored()
        if self._kind == "imported" or facts.get("from_file"):
            if "digest" not in stored:  # its contact was erased: nothing can be held against it
                return True
            words = record.template.words(record)
            digest = chain.digest(self._salt, record.rest.encode())
            if stored.get("digest") == digest and all(
                stored.get(name) == words.get(name) for name in CONTENT
            ):
                return True
            return self._is_as_amended(record, timed=True)
        return _alike(stored, record) or self._is_as_amended(record, timed=False)

    def _is_as_amended(self, record: Prepared, *, timed: bool) -> bool:
        """Tell whether a row says what the desk amended its case to; ``timed``: its receipt too."""
        row = self._con.execute(_AMENDED, (self.number,)).fetchone()
        if row is None or (timed and row[0] != record.at):
            return False
        return _alike(json.loads(row[1]), record)

    def newer(self, record: Prepared) -> bool:
        facts, stored = json.loads(self._facts), self._stored()
        before = {
            name: str(value)
            for name, where in PROGRESS.items()
            if (value := (stored if name in _WORDS else facts).get(where)) is not None
        }
        if facts.get("answered") and "feedback" not in before and "outcome" in before:
            before["feedback"] = before["outcome"]
        return _says_more(_progress(record), before)

    def _stored(self) -> dict[str, str]:
        words: dict[str, str] = json.loads(self._text)
        return words


class _First(NamedTuple):
    """A row of this file: ``content`` and the words in ``progress`` are digests."""

    seq: int
    number: str
    content: bytes
    progress: Mapping[str, str]
    key: bytes

    def means(self, record: Prepared, *, moved: bool) -> bool:  # noqa: ARG002 - no number alone
        return False

    def same(self, record: Prepared) -> bool:
        return self.content == _content(record, self.key)

    def newer(self, record: Prepared) -> bool:
        return _says_more(_hidden(_progress(record), self.key), self.progress)


def _first(new: New, key: bytes) -> _First:
    event = new.record.template.event
    kept = {
        name: value
        for name, value in _progress(new.record).items()
        if hasattr(event, PROGRESS[name])
    }
    return _First(new.seq, new.number, _content(new.record, key), _hidden(kept, key), key)


def _alike(stored: Mapping[str, str], record: Prepared) -> bool:
    """Tell whether a row says what was taken in at the desk, or amended there.

    The text has to be the same, and nothing else that both say may differ; the time, and where it
    was, are the desk's own.
    """
    words = record.template.words(record)
    both = [name for name in CONTENT if name in stored and name in words]
    return "text" in both and all(stored[name] == words[name] for name in both)


def _content(record: Prepared, key: bytes) -> bytes:
    words = record.template.words(record)
    said = "\0".join([record.rest, *(words.get(name, "") for name in CONTENT)])
    return blake2b(said.encode(), key=key, digest_size=16).digest()


def _progress(record: Prepared) -> dict[str, str]:
    """Return what a row says of the progress of its matter, as the facts of an event have it."""
    found = {
        name: str(value)
        for name in PROGRESS
        if (value := getattr(record.report, name, None)) is not None
    }
    if "unit" in found:
        found["unit"] = record.unit or found["unit"]
    return found


def _hidden(progress: Mapping[str, str], key: bytes) -> dict[str, str]:
    return {
        name: blake2b(value.encode(), key=key, digest_size=8).hexdigest()
        if name in _WORDS
        else value
        for name, value in progress.items()
    }


def _says_more(row: Mapping[str, str], before: Mapping[str, str]) -> bool:
    return any(before.get(name) != value for name, value in row.items())


class Stored:
    """What the ledger has."""

    def __init__(self, con: Connection) -> None:
        """Read the secret of the handles. Raises ``LedgerUnusable`` without it."""
        self._con = con
        self._moved: dict[int, dict[str, list[str]]] = {}
        self.handle = requests.handles(con)
        self.key = os.urandom(16)

    @property
    def last_seq(self) -> int:
        """Return the seq of the last event."""
        (seq,) = self._con.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        return int(seq)

    def lookup(self, handles: Sequence[bytes]) -> dict[bytes, Earlier]:
        """Return the reports of these handles that are there."""
        wanted = [*map(bytearray, handles)]  # the driver looks for an adapter of each bytes
        found = self._con.execute(f"{_STORED} ({_marks(handles)})", wanted)
        return {handle: _Event(self._con, tuple(event)) for handle, *event in found}

    def others(self, period: str) -> list[str]:
        """Return the months (years) in which numbers were given to what is now of this one."""
        signs = len(period)
        if signs not in self._moved:
            moved = self._moved[signs] = {}
            for before, now in self._con.execute(_MOVED, {"signs": signs}):
                if before != now:
                    moved.setdefault(now, []).append(before)
        return self._moved[signs].get(period, [])


class Noted:
    """What the ledger has, and what rows of the file would have added to it."""

    def __init__(self, beside: Connection, stored: Stored) -> None:
        """Note in an empty database of its own; nothing is there yet."""
        self._con, self._stored = beside, stored
        self._con.execute(sqlite.FIRSTS)
        self.handle, self.key, self.others = stored.handle, stored.key, stored.others
        self.next_seq = stored.last_seq + 1

    def lookup(self, handles: Sequence[bytes]) -> dict[bytes, Earlier]:
        """Return the reports of these handles that are there."""
        found = self._con.execute(f"{_NOTED} ({_marks(handles)})", handles)
        noted: dict[bytes, Earlier] = {
            handle: _First(seq, "", content, json.loads(progress), self.key)
            for handle, seq, content, progress in found
        }
        return self._stored.lookup(handles) | noted

    def add(self, fresh: Mapping[bytes, New]) -> None:
        """Note what is new."""
        firsts = [(handle, _first(new, self.key)) for handle, new in fresh.items()]
        rows = [(handle, f.seq, f.content, json.dumps(f.progress)) for handle, f in firsts]
        self._con.executemany(_NOTE, rows)
        self.next_seq += len(fresh)


def _marks(handles: Sequence[bytes]) -> str:
    return ", ".join("?" * len(handles))


# --- sorting --------------------------------------------------------------------------------


class _Marks:
    """A set of seqs, a bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self.count = 0

    def __contains__(self, seq: int) -> bool:
        return seq >> 3 < len(self._bits) and bool(self._bits[seq >> 3] & 1 << (seq & 7))

    def add(self, seq: int) -> bool:
        """Put a seq in; return whether it was not there."""
        if seq in self:
            return False
        if seq >> 3 >= len(self._bits):
            self._bits.extend(bytes((seq >> 3) + 1024 - len(self._bits)))
        self._bits[seq >> 3] |= 1 << (seq & 7)
        self.count += 1
        return True


class Deduplicator:
    """Tells what is new from what the ledger, or the file itself, had before."""

    def __init__(
        self, seen: Stored | Noted, next_seq: Callable[[], int], next_number: Callable[[str], str]
    ) -> None:
        """``next_number`` gives the next number for an instant of receipt."""
        self._seen, self._next_seq, self._next_number = seen, next_seq, next_number
        self._start = next_seq()
        self._places = array("Q")  # of the rows that are new, by seq
        self._met, self._clashed = _Marks(), _Marks()
        self._times: dict[bytes, int] = {}
        self._fresh: dict[bytes, New] = {}
        self._past: dict[bytes, Earlier] = {}
        self._rows: Counter[str] = Counter()
        self._made: Counter[Template] = Counter()
        self._conflicts: dict[int, Conflict] = {}

    @property
    def result(self) -> ImportResult:
        """Return what became of the rows so far."""
        rows = self._rows
        return ImportResult(
            self._made.total(), rows["known"], rows["repeated"], rows["alike"],
            self._clashed.count, rows["differing"], [*self._conflicts.values()], self._made,
        )  # fmt: skip

    def batches(self, rows: Iterable[Prepared]) -> Iterator[Batch]:
        """Yield the rows sorted, by batches; what is new is to be put down before the next."""
        stream = iter(rows)
        while batch := list(islice(stream, BATCH)):
            yield self._sort(batch)

    def _sort(self, batch: list[Prepared]) -> Batch:
        handles = [self._seen.handle(record.key) for record in batch]
        plain = [key for record in batch if record.plain for key in self._ways(record)]
        self._past = self._seen.lookup([*handles, *map(self._seen.handle, plain)])
        fresh = self._fresh = {}
        known: list[Known] = []
        seq = self._next_seq()
        for handle, record in zip(handles, batch, strict=True):
            earlier = self._earlier(handle, record) if self._past or handle in fresh else None
            if earlier and record.apart and self._is_met(earlier):
                self._rows["alike"] += 1
                handle, record = self._again(handle, record)  # noqa: PLW2901 - the next of those alike
                earlier = self._earlier(handle, record)
            if earlier:
                self._pass(record, earlier, known)
                continue
            fresh[handle] = _NEW((record, self._next_number(record.at), seq))
            seq += 1
        self._count(fresh, seq - len(fresh))
        return Batch(fresh, known)

    def _count(self, fresh: Mapping[bytes, New], seq: int) -> None:
        """Count what is new, of which ``seq`` is the first, and keep where it stands."""
        records = [new.record for new in fresh.values()]
        self._made.update([record.template for record in records])
        places = self._places
        places.extend([0] * (seq - self._start - len(places)))  # events besides
        places.extend([record.row for record in records])

    def _earlier(self, handle: bytes, record: Prepared) -> Earlier | None:
        if handle in self._fresh:
            return _first(self._fresh[handle], self._seen.key)
        if earlier := self._past.get(handle):
            return earlier
        if record.plain:  # numbers begin anew: this one without its month names one of that month
            for key in self._ways(record):
                other = self._past.get(self._seen.handle(key))
                if other and other.means(record, moved=key != record.plain):
                    return other
        return None

    def _ways(self, record: Prepared) -> list[str]:
        """Return by what else a number of its month or year may be known."""
        plain = record.plain or ""
        months = self._seen.others(record.period)
        return [plain, *(requests.of_period(plain, month) for month in months)]

    def _is_met(self, earlier: Earlier) -> bool:
        """Tell whether the file had this report before."""
        return earlier.seq >= self._start or earlier.seq in self._met

    def _pass(self, record: Prepared, earlier: Earlier, known: list[Known]) -> None:
        if not earlier.same(record):
            self._clash(record, earlier)
            return
        self._rows["repeated" if self._is_met(earlier) else "known"] += 1
        self._met.add(earlier.seq)
        known.append(Known(earlier.number, earlier.seq, record, earlier.newer(record)))

    def _clash(self, record: Prepared, earlier: Earlier) -> None:
        self._rows["differing"] += 1
        if self._clashed.add(earlier.seq) and len(self._conflicts) < MOST_CONFLICTS:
            own = earlier.seq >= self._start
            number = "" if own else earlier.number
            first = self._place(earlier.seq) if own else 0
            self._conflicts[earlier.seq] = Conflict(record.key, number, first, [], 0)
        if conflict := self._conflicts.get(earlier.seq):
            if conflict.many < MOST_ROWS:
                conflict.rows.append(record.row)
            self._conflicts[earlier.seq] = conflict._replace(many=conflict.many + 1)

    def _place(self, seq: int) -> int:
        """Return where the file has the row of an event."""
        if (own := seq - self._start) < len(self._places):
            return self._places[own]
        return next(new.record.row for new in self._fresh.values() if new.seq == seq)

    # --- rows alike: the first, the second … is each a report of its own ---------------------

    def _again(self, handle: bytes, record: Prepared) -> tuple[bytes, Prepared]:
        """Return the next of the rows that are alike, of which the file had one at least."""
        count = (self._times.get(handle) or self._reached(record)) + 1
        if len(self._times) >= _MOST_TIMES:
            self._times.clear()  # counted anew by ``_reached``
        self._times[handle] = count
        again = record.again(count)
        return self._look(again), again

    def _reached(self, record: Prepared) -> int:
        """Return how many alike the file had: those it met are the first so many."""
        more = 2
        while self._has_met(record.again(more)):
            more *= 2
        least = more // 2
        while more - least > 1:
            middle = (least + more) // 2
            least, more = (middle, more) if self._has_met(record.again(middle)) else (least, middle)
        return least

    def _has_met(self, record: Prepared) -> bool:
        earlier = self._earlier(self._look(record), record)
        return earlier is not None and self._is_met(earlier)

    def _look(self, record: Prepared) -> bytes:
        handle = self._seen.handle(record.key)
        if handle not in self._fresh and handle not in self._past:
            self._past |= self._seen.lookup([handle])
        return handle
