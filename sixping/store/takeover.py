"""The events of another ledger taken into a new one: as they were recorded, under its own chain.

Numbers of events are this ledger's: what refers to one by its seq is moved along. Nothing
pretends to be the old chain; an event of its own says which ledger it was and where it stood.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import private_text
from sixping.errors import NotAllowed
from sixping.store import chain, ddl, documents, replay, requests
from sixping.store.rescue import numbers
from sixping.store.writer import Sealed

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KIND = "taken_over"
#: what a ledger without a life of its own may hold
_BEFORE = ("initialised", "adopted", "migrated", "rebuilt", "exported", "revealed")
BATCH = 2000


class ForeignEvent(NamedTuple):
    """An event as another ledger recorded it; ``seal`` without ``words``: they were erased.

    ``salt``: that of the words as they were sealed there, None where they are masked.
    """

    seq: int
    stream: str
    subject: str
    version: int
    kind: str
    at: str
    recorded_at: str
    by: str | None
    user: str
    host: str
    program: str
    facts: dict[str, Any]
    words: dict[str, Any] | None
    salt: bytes | None
    seal: bytes | None
    remarks: tuple[str, ...]


class Origin(NamedTuple):
    """The ledger that was exported: its name, its last event, and whether words are masked."""

    ledger: str
    seq: int
    head: str
    masked: bool


def refuse_used(con: Connection) -> None:
    """Refuse a ledger that has a life of its own; raises ``NotAllowed``."""
    marks = ", ".join("?" * len(_BEFORE))
    row = con.execute(
        f"SELECT e.seq FROM events e WHERE e.kind NOT IN ({marks}) ORDER BY e.seq LIMIT 1", _BEFORE
    ).fetchone()
    if row is not None:
        raise NotAllowed(
            f"这个台账里已经有自己的记录 (第 {row[0]} 号), 不能再接收另一台账。",
            "请用 --ledger 写明新的文件, 先 sixping init, 再 sixping import 文件。",
        )


class Takeover:
    """Takes events in, in the order of their seq, within one transaction."""

    def __init__(self, work: Transaction) -> None:
        """Begin behind what the new ledger holds. Raises ``NotAllowed``."""
        refuse_used(work.con)
        self._work = work
        self._offset = work.seq
        self._count = 0
        self._versions: dict[tuple[str, str], int] = {
            (stream, subject): version
            for stream, subject, version in work.con.execute(
                "SELECT stream, subject, max(version) FROM events GROUP BY stream, subject"
            )
        }

    def rule(self, digest: str, text: str) -> None:
        """Take the text of a document in that some event adopts."""
        documents.keep(self._work.con, digest, text)

    def take(self, event: ForeignEvent) -> None:
        """Link an event to the chain of this ledger."""
        version = event.version + self._versions.get((event.stream, event.subject), 0)
        envelope = (event.stream, event.subject, version, event.kind, event.at)
        recorded = (event.recorded_at, event.by, event.user, event.host, event.program)
        facts = shifted(event.kind, event.facts, self._offset)
        if "kept" in facts and event.kind == ERASED:
            facts["kept"] = self._kept(facts["kept"])
        moved = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        self._work.writer.take_over(envelope, recorded, moved, self._sealed(event), event.remarks)
        if event.stream == "case" and event.version == 1:
            self._work.number_given(event.subject)
        elif numbers.are_in(event.stream, event.kind):
            self._work.numbers_lost(event.facts)
        self._count += 1
        if self._count % BATCH == 0:
            self._work.writer.flush()

    def _kept(self, kept: Mapping[str, str]) -> dict[str, str]:
        """Return the seals of what an erasure let stay as they are here: masked words have new."""
        self._work.writer.flush()
        rows = self._work.con.execute(
            "SELECT e.seq, e.sealed FROM events e JOIN told t ON t.seq = e.seq"
            " WHERE e.seq IN (SELECT value FROM json_each(?))", (json.dumps([*map(int, kept)]),),
        )  # fmt: skip
        here = {str(seq): seal.hex() for seq, seal in rows}
        return {seq: here.get(seq, seal) for seq, seal in kept.items()}

    def _sealed(self, event: ForeignEvent) -> Sealed | bytes | None:
        if event.words is None:
            return event.seal
        return self._work.writer.seal(private_text(event.words), event.salt or b"")

    def finish(self, origin: Origin) -> int:
        """Make the tables that reports read, and say what was taken from where; return its seq."""
        self._work.writer.flush()
        secret = replay.rewrite(self._work)  # the other ledger's last word is of its own secret
        said: dict[str, Any] = {
            "ledger": origin.ledger, "seq": origin.seq, "head": origin.head,
            "events": self._count, "first": self._offset + 1, "last": self._work.seq,
            "format": len(ddl.MIGRATIONS), requests.COMMITMENT: secret,
        }  # fmt: skip
        said |= {"masked": True} if origin.masked else {}
        return self._work.note("organisation", "ledger", KIND, said)


def shifted(kind: str, facts: Mapping[str, Any], by: int) -> dict[str, Any]:
    """Return facts with every event they name moved by as many numbers.

    ``seq`` and ``seqs`` name what is voided, erased or swept, the keys of ``kept`` what an erasure
    let stay, the last of a date of ``dues`` the step it is an answer to, the first of ``taken`` the
    merge it corrects. What a paper says (``ledger_seq`` of minutes and frozen reports) stays: it
    goes with the check code of the old chain.
    """
    moved = dict(facts)
    for name in NAMING.get(kind, ()):
        if name in facts:
            moved[name] = _by(facts[name], by)
    if "dues" in facts:
        moved["dues"] = [_due(due, by) for due in facts["dues"]]
    if "taken" in facts:
        moved["taken"] = [[seq + by, *rest] for seq, *rest in facts["taken"]]
    return moved


ERASED = "erased"
#: kind → the facts that are numbers of events of the same ledger, or have them as keys
NAMING: Mapping[str, tuple[str, ...]] = {
    "voided": ("seq",), ERASED: ("seqs", "kept"), "swept": ("seq",), KIND: ("first", "last"),
    "report_frozen": ("seq",),
}  # fmt: skip
_OF = 7  # where ``cases.dates.Due`` has the step it is an answer to


def _by(value: Any, by: int) -> Any:  # noqa: ANN401 - a number, numbers, or what is said of them
    if isinstance(value, Mapping):
        return {str(int(seq) + by): said for seq, said in value.items()}
    return [seq + by for seq in value] if isinstance(value, list) else value + by


def _due(due: list[Any], by: int) -> list[Any]:
    return [*due[:_OF], due[_OF] + by] if len(due) > _OF else due


def link(prefix: str, previous: bytes, event: ForeignEvent, facts: str) -> bytes:
    """Return the hash that the other ledger gave the event, from all that was hashed of it."""
    remarks = list(event.remarks)
    listed = json.dumps(remarks, ensure_ascii=False, separators=(",", ":")) if remarks else None
    return chain.link(prefix, previous, (
        event.seq, event.stream, event.subject, event.version, event.kind, event.at,
        event.recorded_at, event.by, event.user, event.host, event.program, facts, event.seal,
        listed,
    ))  # fmt: skip
