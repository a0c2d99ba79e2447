"""Prepared rows into the ledger: many new cases in one durable transaction, in flat memory.

The rows are those ``Transaction.append`` makes; a test holds them together, and so does
every ``verify``.
"""

# ruff: noqa: S608 - statements are put together from the schema's own names

from __future__ import annotations

import os
from hashlib import sha256
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.steps import Imported
from sixping.store import chain
from sixping.store.projection import INSERT_REQUEST, INSERT_TRACE
from sixping.store.transaction import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sixping.importing.template import Prepared, Template
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

BATCH = 500
_CACHE = 16_000  # KiB
MOST_CONFLICTS = 1000
_YEAR = 4
_IMPORTED = Imported.kind

# What was hashed is bound as the same bytes: encoding a text again costs as much as its hash.
_INSERT_TOLD = "INSERT INTO told (seq, salt, fields) VALUES (?, ?, CAST(? AS TEXT))"
_KNOWN = (
    "SELECT r.key, e.subject, t.salt, r.digest FROM requests r"
    " JOIN events e ON e.seq = r.seq LEFT JOIN told t ON t.seq = r.seq WHERE r.key IN"
)


class Conflict(NamedTuple):
    """A row whose key is in the ledger, as this number, with other content."""

    row: int
    key: str
    number: str


class ImportResult(NamedTuple):
    """What became of the prepared rows; of the conflicts the first thousand."""

    added: int
    known: int
    differing: int
    conflicts: list[Conflict]


def record(work: Transaction, prepared_rows: Iterable[Prepared]) -> ImportResult:
    """Record the rows in order as new cases; one whose key is known is passed over."""
    # The pages that grow at once, some twenty ends of tables and indexes, stay in memory.
    work.con.execute(f"PRAGMA cache_size=-{_CACHE}")
    recorder = Recorder(work)
    deduplicator = Deduplicator(work.con, recorder.next_number)
    for fresh in deduplicator.fresh(prepared_rows):
        recorder.write(fresh)
    recorder.finish()
    return deduplicator.result


def survey(con: Connection, prepared_rows: Iterable[Prepared]) -> ImportResult:
    """Tell what ``record`` would do, from an open connection that need not write.

    Only rows of one batch are held against each other, so that memory stays flat.
    """
    deduplicator = Deduplicator(con, lambda _: "")
    for _ in deduplicator.fresh(prepared_rows):
        pass
    return deduplicator.result


class Deduplicator:
    """Tells what is new from what the ledger, or the file itself, had before."""

    def __init__(self, con: Connection, next_number: Callable[[str], str]) -> None:
        """``next_number`` gives the next number for an instant of receipt."""
        self._con = con
        self._next_number = next_number
        self._added = self._known = self._differing = 0
        self._conflicts: list[Conflict] = []
        (highest,) = con.execute("SELECT max(key) FROM requests").fetchone()
        self._highest: str = highest or ""

    @property
    def result(self) -> ImportResult:
        """Return what became of the rows so far."""
        return ImportResult(self._added, self._known, self._differing, self._conflicts)

    def fresh(self, prepared_rows: Iterable[Prepared]) -> Iterator[list[tuple[Prepared, str]]]:
        """Yield what is new with its number, by batches that are to be written at once."""
        stream = iter(prepared_rows)
        while batch := list(islice(stream, BATCH)):
            fresh = self._fresh(batch)
            if fresh:
                self._added += len(fresh)
                yield list(fresh.values())
                self._highest = max(self._highest, *fresh)

    def _fresh(self, batch: list[Prepared]) -> dict[str, tuple[Prepared, str]]:
        known = self._lookup([prepared.key for prepared in batch if prepared.key <= self._highest])
        fresh: dict[str, tuple[Prepared, str]] = {}
        for prepared in batch:
            key = prepared.key
            if key in known:
                number, salt, digest = known[key]
                # What was erased cannot differ: it stays erased and is not taken in again.
                same = salt is None or digest == chain.digest(
                    salt, prepared.template.content(prepared, salt)
                )
                self._pass(prepared, number, same=same)
            elif key in fresh:
                first, number = fresh[key]
                private = (
                    first.template.content(first, b""),
                    prepared.template.content(prepared, b""),
                )
                self._pass(prepared, number, same=private[0] == private[1])
            else:
                fresh[key] = (prepared, self._next_number(prepared.at))
        return fresh

    def _lookup(self, keys: list[str]) -> dict[str, tuple[str, bytes | None, bytes | None]]:
        """Return number, salt and digest of the keys that are in the ledger.

        Files are mostly in the order of their numbers: a key beyond the highest known
        one needs no look-up.
        """
        if not keys:
            return {}
        marks = ", ".join("?" * len(keys))
        found = self._con.execute(f"{_KNOWN} ({marks})", keys)
        return {key: (number, salt, digest) for key, number, salt, digest in found}

    def _pass(self, prepared: Prepared, number: str, *, same: bool) -> None:
        self._known += 1
        if not same:
            self._differing += 1
            if len(self._conflicts) < MOST_CONFLICTS:
                self._conflicts.append(Conflict(prepared.row, prepared.key, number))


class Recorder:
    """Rows on their way into the database."""

    def __init__(self, work: Transaction) -> None:
        """Begin where the chain of a transaction stands."""
        stamp = work.stamp
        common = (work.now, stamp.by, stamp.user, stamp.host, stamp.program)
        self._work = work
        self._serials: dict[str, int] = {}
        self._prefix = work.prefix
        self._now = work.now
        self._common = chain.encode(common)
        self._insert_event = _event_statement(work, common)
        self._remarks = {past: self._remark(past=past) for past in (False, True)}

    def _remark(self, *, past: bool) -> tuple[str | None, str]:
        notes = (*(("stated_past",) if past else ()), *self._work.common_remarks())
        text = listed(notes)
        return text, chain.encode((text,))

    def next_number(self, at: str) -> str:
        """Take the next number of the year of an instant."""
        year = at[:_YEAR]
        serial = self._serials.get(year)
        if serial is None:
            row = self._work.con.execute(
                "SELECT value FROM counters WHERE name = ?", (f"case/{year}",)
            ).fetchone()
            serial = row[0] if row else 0
        self._serials[year] = serial = serial + 1
        return f"{year}-{serial:06d}"

    def finish(self) -> None:
        """Bring the counters up to the numbers given."""
        self._work.con.executemany(
            "INSERT INTO counters (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(f"case/{year}", serial) for year, serial in self._serials.items()],
        )

    def write(self, fresh: Sequence[tuple[Prepared, str]]) -> None:
        """Write new cases under their numbers."""
        work, size = self._work, chain.SALT_BYTES
        events, private, traces, requests = [], [], [], []
        made: dict[Template, tuple[list[Sequence[object]], list[Sequence[object]]]] = {}
        random = os.urandom(size * len(fresh))
        seq, link = work.seq, work.hash
        for place, (prepared, number) in enumerate(fresh):
            template, at, values, fills, words, trace, key, _, _ = prepared
            seq += 1
            salt = random[place * size : (place + 1) * size]
            said = (template.private % words).encode()
            sealed = sha256(salt + said).digest()
            content = template.content(prepared, salt, sealed)
            event, link = self._event(template, (number, seq, at), fills, key, sealed, link)
            events.append(event)
            private.append((seq, salt, said))
            if trace:
                traces.append((seq, number, at, *trace))
            requests.append((key, seq, sha256(salt + b"content:" + content).digest()))
            row = (number, seq, *values, *template.constants)
            states, clocks = made.get(template) or made.setdefault(template, ([], []))
            states.append(template.state(row))
            clocks += [clock(row) for clock in template.clocks]
        work.seq, work.hash = seq, link
        run = work.con.executemany
        run(self._insert_event, events)
        run(_INSERT_TOLD, private)
        run(INSERT_TRACE, traces)
        run(INSERT_REQUEST, requests)
        for template, (states, clocks) in made.items():
            run(template.insert_state, states)
            if clocks:
                run(template.insert_clock, clocks)

    def _event(
        self,
        template: Template,
        head: tuple[str, int, str],
        fills: Sequence[str | None],
        key: str,
        sealed: bytes,
        link: bytes,
    ) -> tuple[tuple[object, ...], bytes]:
        """Return the row of an event and its link; ``head`` is number, seq and time."""
        number, seq, at = head
        text = template.facts % template.fill(fills)
        facts = text.encode()
        keys = f"[{quoted(key)}]"
        remarks, remarked = self._remarks[template.kind != _IMPORTED and at < self._now]
        digits = str(seq)
        before = (
            f"{self._prefix}b64:{link.hex()}i{len(digits)}:{digits}s4:cases{len(number)}:{number}"
            f"i1:1s{len(template.kind)}:{template.kind}s{len(at)}:{at}{self._common}s{len(text)}:"
        )
        after = f"b64:{sealed.hex()}s{len(keys)}:{keys}{remarked}"
        link = sha256(b"%b%b%b" % (before.encode(), facts, after.encode())).digest()
        return (seq, number, template.kind, at, facts, sealed, keys, remarks, link), link


def _event_statement(work: Transaction, common: tuple[str | None, ...]) -> str:
    """Return the statement with all that is the same in every event of this import.

    The facts are bound as the bytes that were hashed.
    """
    (now, by, user, host, program) = (
        work.con.execute("SELECT quote(?)", (value,)).fetchone()[0] for value in common
    )
    given = {
        "seq": "?1", "stream": "'case'", "subject": "?2", "version": "1", "kind": "?3",
        "at": "?4", "recorded_at": now, "by_name": by, "os_user": user, "host": host,
        "program": program, "facts": "CAST(?5 AS TEXT)", "sealed": "?6", "request_keys": "?7",
        "remarks": "?8", "hash": "?9",
    }  # fmt: skip
    return f"INSERT INTO events ({', '.join(given)}) VALUES ({', '.join(given.values())})"
