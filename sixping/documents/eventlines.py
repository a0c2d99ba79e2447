"""Every event of a ledger as lines of JSON, and the check each line carries.

The first line says what the file is and of which ledger; then come the texts of the rules it
adopted, its events in the order of their seq, and a last line with their count. Each line ends in
a check over itself and all before it, so that a cut or edited file names its first wrong line.
What was hashed of an event is all there, its seal too: the old chain can be checked. Words are
masked unless they are to be revealed; then they come with their salt.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from sixping.cases.legible import remarks_of
from sixping.documents.cases import NOBODY, People, masked, people_in
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from sixping.store.rows import EventRow

MARK: Final = "sixping-events"
FORMAT: Final = 1
_CHECK_DIGITS = 16
_CHECKED = re.compile(r', "check": "([0-9a-f]{16})"\}$')
#: what only a ledger that has all the words can use; of an accountability none goes out masked
_WHOLE_ONLY = frozenset(
    {"reasons", "request_id", "row", "digest", "phone", "matter", "sent_to", "whose"}
)


def header_json(
    ledger: str, seq: int, head: str, *, masked: bool, by: str, at: str, program: str
) -> dict[str, Any]:
    """Return the first line: which ledger, up to which event, exported by whom and when."""
    return {
        "what": MARK, "format": FORMAT, "ledger": ledger, "seq": seq, "head": head,
        "masked": masked, "by": by, "at": at, "program": program,
    }  # fmt: skip


def event_line(
    row: EventRow, salt: bytes | None, *, reveal: bool, people: People = NOBODY
) -> dict[str, Any]:
    """Return an event with its envelope, provenance, facts, words, and all that was hashed.

    ``people`` are hidden in its words unless they are revealed; source numbers stay.
    """
    facts = json.loads(row.facts)
    line: dict[str, Any] = {
        "seq": row.seq, "stream": row.stream, "subject": row.subject, "version": row.version,
        "kind": row.kind, "at": row.at, "recorded_at": row.recorded_at, "by": row.by_name,
        "user": row.os_user, "host": row.host, "program": row.program, "facts": facts,
    }  # fmt: skip
    if as_stored(facts) != row.facts:
        line["facts_text"] = row.facts
    if row.private is not None:
        private: dict[str, Any] = json.loads(row.private)
        hidden = people.joined(people_in(row.private))
        line["words"] = private if reveal else _masked(private, hidden)
        if reveal and salt is not None:
            line["salt"] = salt.hex()
    if row.sealed is not None:
        line["sealed"] = row.sealed.hex()
    said = {
        "voided_by": row.voided_by, "erased_by": row.erased_by,
        "remarks": remarks_of(row.seq, row.remarks) or None, "hash": row.hash.hex(),
    }  # fmt: skip
    return line | {name: value for name, value in said.items() if value is not None}


def _masked(private: dict[str, Any], people: People) -> dict[str, Any]:
    """Return words without whom they tell of; which of its number a report is goes with it."""
    kept = {"source_no", "row"} if "source_no" in private else {"source_no"}
    return {
        name: value if name in kept else masked(name, value, reveal=False, people=people)
        for name, value in private.items()
        if name in kept or name not in _WHOLE_ONLY
    }


def as_stored(facts: dict[str, Any]) -> str:
    """Return facts as the text that a ledger keeps and hashes."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


class Checks:
    """The running check over the lines of a file."""

    def __init__(self) -> None:
        from hashlib import sha256

        self._sha256 = sha256
        self._last = ""

    def sealed(self, line: dict[str, Any]) -> str:
        """Return a line as it is written, with its check."""
        body = dump_json(line)
        return f'{body[:-1]}, "check": "{self._next(body)}"}}'

    def opened(self, text: str) -> dict[str, Any] | None:
        """Return what a line says; None: its check, or that of one before it, is wrong."""
        found = _CHECKED.search(text)
        body = f"{text[: found.start()]}}}" if found else ""
        if found is None or self._next(body) != found[1]:
            return None
        said: dict[str, Any] = json.loads(body)
        return said

    def _next(self, body: str) -> str:
        self._last = self._sha256(f"{self._last}{body}".encode()).hexdigest()[:_CHECK_DIGITS]
        return self._last
