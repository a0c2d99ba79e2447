"""A ledger made anew of what remains of a damaged one: the same chain, as far as it holds.

The events stand bit for bit as they stood, under the same id, so that receipts and anchors still
fit. What is lost is said by the ledger itself: the words that nobody can read are recorded as
erased, and an event says up to where the chain came back.
"""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.legible import facts_in
from sixping.store import ddl, documents, replay, sqlite
from sixping.store.files import lay_out
from sixping.store.requests import COMMITMENT, SECRET
from sixping.store.rescue import numbers
from sixping.store.rescue.remains import ERASED, Erasures, adopted
from sixping.store.rows import of_kind
from sixping.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.store.rescue.remains import Remains, Words
    from sixping.store.writer import Stamp

KIND = "salvaged"
BASIS = "抢救: 读不出"
_BATCH = 2000
_SEALED = "SELECT seq, sealed FROM events WHERE sealed IS NOT NULL ORDER BY seq"

_FORMAT = (
    "SELECT coalesce(json_extract(e.facts, '$.to'), json_extract(e.facts, '$.format'))"
    f" FROM events e WHERE {of_kind('e', 'initialised', 'migrated', 'taken_over')}"
    " AND e.stream = 'organisation' ORDER BY e.seq DESC LIMIT 1"
)
"""The format that the chain says the ledger had."""


class Salvaged(NamedTuple):
    """The chain that came back: up to which event, how many cases, and what is not beside it.

    ``words``: the events whose words are lost; ``documents``: the digests of rules that are;
    ``adopted``: the names of those that were in force, so that others are adopted in their place.
    """

    ledger: str
    seq: int
    head: str
    cases: int
    words: tuple[int, ...]
    documents: tuple[str, ...]
    adopted: tuple[str, ...]


def salvage(
    draft: str, remains: Remains, ledger_id: str, stamp: Stamp, rules: Mapping[str, str]
) -> Salvaged | None:
    """Write what remains into an empty file; None where not even the first event came back.

    ``rules``: the text of each document by name, in place of one in force that nobody can read.
    Raises ``LedgerUnusable`` when a case of the chain cannot be replayed.
    """
    with closing(sqlite.connect(draft, "rw")) as con:
        own = {"ledger_id": ledger_id} | ({SECRET: remains.secret} if remains.secret else {})
        lay_out(con, own)
        con.execute("PRAGMA defer_foreign_keys=ON")  # who recorded is known when all is linked
        found = _put_back(Transaction(con, stamp), remains, ledger_id)
        if found is None:
            return None
        work = Transaction(con, stamp)  # behind the old chain
        if found.words:
            work.note("organisation", "erasure", ERASED, {"seqs": list(found.words)},
                      {"basis": BASIS})  # fmt: skip
        for name in found.adopted:
            if name in rules:
                documents.adopt(work, name, rules[name])
        _record(work, found, remains, replay.rewrite(work))
        work.finish()
        sqlite.commit(con)
    return found


def _put_back(work: Transaction, remains: Remains, ledger_id: str) -> Salvaged | None:
    erasures, cases = Erasures(), 0
    wanted: dict[str, str | None] = {}
    in_force: dict[str, str] = {}
    run = remains.run(ledger_id)
    while batch := list(islice(run, _BATCH)):
        for event in batch:
            erasures.add(event)
            if rule := adopted(event):
                wanted[rule[1]] = remains.documents.get(rule[1])
                in_force[rule[0]] = rule[1]
            if (event.stream, event.version) == ("case", 1):
                cases += 1
                work.number_given(event.subject)
            elif numbers.are_in(event.stream, event.kind):
                work.numbers_lost(facts_in(event.facts))
        work.writer.put_back(events=batch)
    if not work.writer.seq:
        return None
    work.writer.put_back(sources=remains.sources())
    for digest, text in wanted.items():
        if text is not None:
            documents.keep(work.con, digest, text)
    lost = _put_words(work, remains, erasures)
    work.finish()
    missing = tuple(digest for digest, text in wanted.items() if text is None)
    anew = tuple(name for name, digest in in_force.items() if digest in missing)
    return Salvaged(ledger_id, *work.head(), cases, lost, missing, anew)


def _put_words(work: Transaction, remains: Remains, erasures: Erasures) -> tuple[int, ...]:
    """Put the words beside the events; return the events whose words are lost.

    What an erasure behind the break says went does not come back, if a backup has it.
    """
    gone = remains.erased_behind(work.seq)
    lost: list[int] = []

    def found() -> Iterator[Words]:
        for seq, sealed in work.con.execute(_SEALED).fetchall():
            seal = erasures.seal(seq, sealed)
            if seal is not None:
                words = None if seq in gone else remains.words(seq, seal)
                if words is None:
                    lost.append(seq)
                else:
                    yield words

    work.writer.put_back(words=found())
    return tuple(lost)


def _given(work: Transaction, found: Salvaged, remains: Remains, last: int) -> dict[str, int]:
    """Return the numbers that may have been given behind the break; see ``numbers``."""
    kept = numbers.Known(found.seq, work.last_numbers())
    counters = numbers.Known(remains.last, remains.numbers)
    (since,) = work.con.execute(_LAST_AT, (found.seq,)).fetchone()
    years = range(int(since[:4]), work.stamp.now.year + 1)
    return numbers.may_have_been_given(kept, [counters], last, years)


_LAST_AT = "SELECT coalesce(recorded_at, at) FROM events WHERE seq = ?"


def _record(work: Transaction, found: Salvaged, remains: Remains, secret: str | None) -> None:
    """Record where the chain came back from, and what did not.

    ``secret``: the commitment to the one of the handles, where that had to be a new one.
    """
    beyond = remains.behind(found.seq)
    last = max(remains.last, *beyond, found.seq)
    said: dict[str, Any] = {
        "through": found.seq, "head": found.head, "words": len(found.words), "beyond": len(beyond),
        "last": last, "documents": list(found.documents),
    } | ({COMMITMENT: secret} if secret else {})  # fmt: skip
    if given := _given(work, found, remains, last):
        said[numbers.FACT] = given
    work.note("organisation", "ledger", KIND, said)
    written = work.con.execute(_FORMAT).fetchone()
    if written and written[0] != len(ddl.MIGRATIONS):
        moved = {"from": written[0], "to": len(ddl.MIGRATIONS), "program": work.stamp.program}
        work.note("organisation", "ledger", "migrated", moved)
