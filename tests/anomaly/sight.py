"""A ledger seen by other eyes: plain sqlite3, and the rules of the chain written down again.

Nothing of sixping is imported: what the program does wrong twice is seen here once.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

_EVENTS = """
SELECT e.seq, e.stream, e.subject, e.version, e.kind, e.at, coalesce(e.recorded_at, e.at),
       s.by_name, s.os_user, s.host, s.program, e.facts, e.sealed, e.remarks, e.hash,
       t.salt, t.fields
FROM events e LEFT JOIN sources s ON s.id = e.source LEFT JOIN told t ON t.seq = e.seq
ORDER BY e.seq
"""
_SEALED, _HASH, _SALT, _FIELDS = 12, 14, 15, 16


class Event(NamedTuple):
    """What is looked for in an event."""

    seq: int
    subject: str
    kind: str
    facts: str
    private: str


class Sight:
    """What a file holds, and what is wrong with it (``findings``, empty when nothing is)."""

    def __init__(self, path: Path, *, sound: bool = True) -> None:
        self.findings: list[str] = []
        self.events: list[Event] = []
        self.documents: list[str] = []
        try:
            uri = f"file:{path}?mode=rw"  # able to roll back what was interrupted
            with closing(sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)) as con:
                con.execute("BEGIN")
                self._look(con, sound=sound)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self.findings.append(f"not readable: {error}")

    def _look(self, con: sqlite3.Connection, *, sound: bool) -> None:
        if sound:
            check = con.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if check != "ok":
                self.findings.append(f"integrity: {check}")
        ledger = dict(con.execute("SELECT key, value FROM meta").fetchall())["ledger_id"]
        rows = con.execute(_EVENTS).fetchall()
        self._chain(ledger, rows)
        self._counted(con, rows)
        self.events = [
            Event(r[0], r[2], r[4], r[11], r[_FIELDS] if r[_FIELDS] is not None else "")
            for r in rows
        ]
        self.documents = [text for (text,) in con.execute("SELECT content FROM documents")]
        shown = con.execute("SELECT count(*) FROM cases").fetchone()[0]
        opened = sum(r[1] == "case" and r[3] == 1 for r in rows)
        if shown != opened:
            self.findings.append(f"{opened} cases in the events, {shown} in the tables")

    def _chain(self, ledger: str, rows: list[tuple[object, ...]]) -> None:
        erased = _erased(rows)
        start = _encoded("sixping/event/1", ledger)
        previous = bytes(32)
        for place, row in enumerate(rows, 1):
            seq, made = row[0], row[_HASH]
            if seq != place:
                self.findings.append(f"seq {seq} stands at place {place}")
                return
            text = f"{start}b64:{previous.hex()}{_encoded(*row[:_HASH])}"
            if sha256(text.encode()).digest() != made:
                self.findings.append(f"seq {seq} does not follow from what is before it")
            seal, salt, fields = row[_SEALED], row[_SALT], row[_FIELDS]
            if seal is not None and seq not in erased:
                if not isinstance(salt, bytes) or not isinstance(fields, str):
                    self.findings.append(f"seq {seq}: what was told is gone")
                elif sha256(salt + fields.encode()).digest() != seal:
                    self.findings.append(f"seq {seq}: what was told is not what was sealed")
            assert isinstance(made, bytes)
            previous = made

    def _counted(self, con: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
        counters = dict(con.execute("SELECT name, value FROM counters").fetchall())
        if counters.get("seq") != len(rows):
            self.findings.append(f"counter {counters.get('seq')} of {len(rows)} events")
        versions: defaultdict[tuple[object, object], list[object]] = defaultdict(list)
        for row in rows:
            versions[row[1], row[2]].append(row[3])
        for subject, found in versions.items():
            if found != list(range(1, len(found) + 1)):
                self.findings.append(f"versions of {subject}: {found}")
        self._numbered(rows)
        doubled = [n for n, times in Counter(_handles(con)).items() if times > 1]
        if doubled:
            self.findings.append(f"requests known twice: {len(doubled)}")

    def _numbered(self, rows: list[tuple[object, ...]]) -> None:
        """Look for numbers that are not there and that no restore says may have been given."""
        years: defaultdict[str, list[int]] = defaultdict(list)
        lost: Counter[str] = Counter()
        for row in rows:
            if row[1] == "case" and row[3] == 1:
                year, _, serial = str(row[2]).partition("-")
                years[year].append(int(serial))
            elif row[4] in {"restored", "salvaged"}:
                lost |= Counter(json.loads(str(row[11])).get("numbered", {}))
        for year, serials in years.items():
            told = {*serials, *range(1, lost[year] + 1)}
            if len(serials) != len({*serials}) or told != {*range(1, max(told) + 1)}:
                self.findings.append(f"numbers of {year} have a gap")

    def told(self, kind: str, token: str) -> int:
        """Count the events of a kind beside which these words stand."""
        return sum(e.kind == kind and token in e.private for e in self.events)

    def facts(self, kind: str, token: str) -> int:
        """Count the events of a kind whose facts hold these words."""
        return sum(e.kind == kind and token in e.facts for e in self.events)

    def kinds(self, kind: str) -> int:
        """Count the events of a kind."""
        return sum(e.kind == kind for e in self.events)

    def of(self, kind: str, subject: str) -> int:
        """Count the events of a kind of one case."""
        return sum(e.kind == kind and e.subject == subject for e in self.events)

    def number(self, token: str) -> str | None:
        """Return the number of the case that was reported in these words."""
        return next((e.subject for e in self.events if token in e.private), None)


def _handles(con: sqlite3.Connection) -> list[bytes]:
    return [handle for (handle,) in con.execute("SELECT handle FROM requests")]


def _erased(rows: list[tuple[object, ...]]) -> set[object]:
    """Return the events from which words went lawfully: numbers in the facts of an erasure."""
    import json

    gone: set[object] = set()
    for row in rows:
        if row[4] == "erased" and row[1] == "organisation":
            said = json.loads(str(row[11]))
            gone.update(said.get("seqs", ()))
            gone.update(int(seq) for seq in said.get("kept", {}))
    return gone


def _encoded(*values: object) -> str:
    return "".join(map(_one, values))


def _one(value: object) -> str:
    if value is None:
        return "n0:"
    if isinstance(value, bytes):
        return f"b{2 * len(value)}:{value.hex()}"
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    text = str(value)
    return f"i{len(text)}:{text}"
