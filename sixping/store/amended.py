"""What the ledger keeps beside the chain for cases that were amended, made of their logs.

``case_words``: the words of a report as an amendment left them, so that whoever reads a case needs
one row; ``requests``: by a number at its source as amended the report is found again. Both hold
what people said, and go with it when it is erased. Few cases are amended: their logs are read.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.codec import private_fields, private_text
from sixping.cases.contactkeys import contact_keys
from sixping.cases.legible import ILLEGIBLE
from sixping.cases.lifecycle import effective
from sixping.cases.step import Voided
from sixping.errors import LedgerUnusable
from sixping.store.chain import handler
from sixping.store.log import read_entries
from sixping.store.requests import by_number, identities
from sixping.store.rows import of_kind
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeGuard

    from sixping.cases.step import CaseEntry, Step
    from sixping.cases.steps.amending import Amended
    from sixping.store.sqlite import Connection

#: private fields of a report that readers of a case are given
WORDS = ("text", "place", "reporter", "phone", "about", "reasons", "source_no")
FORMER = "former"
"""Names given before an amendment: they may stand in texts, where they are hidden too."""


class Amendment(NamedTuple):
    """What a report said after an amendment, or the void of one, as it stood then.

    ``event`` None: a void left one out. ``effective``: no void left this one out. ``apart``: what
    tells it from other reports of its number, as it came in.
    """

    seq: int
    words: dict[str, Any]
    channel: str
    received_at: str
    event: Amended | None
    effective: bool
    apart: str | None = None

    @property
    def row(self) -> tuple[int, str]:
        """Return the row of ``case_words``."""
        return self.seq, private_text(self.words)

    @property
    def source(self) -> str | None:
        """Return by which number at its source the report is found from here on."""
        event = self.event
        if event is None or not self.effective or not (event.source_no or event.channel):
            return None
        number = self.words.get("source_no")
        return by_number(self.channel, number, self.apart) if number else None


def _amends(event: Step) -> TypeGuard[Amended]:
    """Tell by its kind: its class is loaded where a case was amended, and nowhere else."""
    return event.kind == "amended"


def amendments(entries: Sequence[CaseEntry]) -> list[Amendment]:
    """Return what a case said each time that it was amended, or an amendment voided."""
    voided = {e.event.seq for e in entries if isinstance(e.event, Voided)}
    kept: list[CaseEntry] = []
    found = []
    for entry in entries[1:]:
        event = entry.event
        if _amends(event):
            kept.append(entry)
        elif isinstance(event, Voided) and event.seq in {e.seq for e in kept}:
            kept = [e for e in kept if e.seq != event.seq]
        else:
            continue
        if kept:
            of = event if _amends(event) else None
            found.append(_made(entries[0], kept, entry.seq, of, entry.seq not in voided))
    return found


def words_of(entries: Sequence[CaseEntry]) -> dict[str, Any]:
    """Return what was said of a case as it holds after its whole log."""
    kept = [e for e in effective(entries) if _amends(e.event)]
    return _made(entries[0], kept, 0, None, True).words


def _made(
    first: CaseEntry,
    kept: Sequence[CaseEntry],
    seq: int,
    event: Amended | None,
    counts: bool,  # noqa: FBT001
) -> Amendment:
    """Put what was said at intake and in amendments together."""
    said = private_fields(first.event)
    words = {name: said[name] for name in WORDS if name in said}
    channel, received = getattr(first.event, "channel", ""), first.at
    for entry in kept:
        assert _amends(entry.event)  # noqa: S101 - by the caller
        words = _reworded(words, entry.event)
        channel = entry.event.channel or channel
        received = entry.event.came_in(received)
    apart = said.get("row") if said.get("source_no") else None
    return Amendment(seq, words, channel, to_text(received), event, counts, apart)


def _reworded(words: dict[str, Any], event: Amended) -> dict[str, Any]:
    said = private_fields(event)
    gone = (*event.cleared, *(("about",) if event.about_said else ()))
    after = {k: v for k, v in words.items() if k not in gone}
    after |= {name: said[name] for name in WORDS if name in said}
    names = {words.get("reporter"), *words.get(FORMER, ())} - {None, after.get("reporter")}
    if names:
        after[FORMER] = sorted(names)
    return after


def amended_cases(con: Connection) -> Iterator[list[CaseEntry]]:
    """Yield the logs of the cases that were amended; of an illegible one the chain tells."""
    numbers = con.execute(
        f"SELECT DISTINCT e.subject FROM events e WHERE {of_kind('e', 'amended')}"
        " AND e.stream = 'case' ORDER BY e.subject"
    )
    for (number,) in numbers.fetchall():
        with suppress(LedgerUnusable, *ILLEGIBLE):
            entries = read_entries(con, number)
            amendments(entries)  # what follows from them can be read, or nothing does
            yield entries


def erased(con: Connection) -> set[int]:
    """Return the events whose words were lawfully erased."""
    return {seq for (seq,) in con.execute("SELECT x.seq FROM erasures x").fetchall()}


def word_rows(con: Connection) -> list[tuple[int, str]]:
    """Return the rows of ``case_words``, by seq."""
    gone = erased(con)
    found = (a.row for log in amended_cases(con) for a in amendments(log) if a.seq not in gone)
    return sorted(found)


def contact_rows_of(con: Connection) -> list[tuple[str, str, int]]:
    """Return those of all amendments, in the order of seq and form."""
    found = (row for log in amended_cases(con) for row in contact_rows(amendments(log)))
    return sorted(found, key=lambda row: (row[2], row[0]))


def contact_rows(amended: Iterable[Amendment]) -> Iterator[tuple[str, str, int]]:
    """Yield the comparable forms of phone and place as amendments gave them."""
    for amendment in amended:
        event = amendment.event
        for form in contact_keys(event.phone, event.place) if event else ():
            yield form, amendment.received_at, amendment.seq


def handle_rows(
    entries: Sequence[CaseEntry], gone: Collection[int], handle: Callable[[str], bytes]
) -> Iterator[tuple[bytes, int]]:
    """Yield the handles by which the amendments of a case are found, the first of each.

    ``gone``: those whose words were erased.
    """
    first = entries[0].event
    known = set(identities(getattr(first, "channel", ""), private_fields(first)))
    for amendment in amendments(entries):
        source = amendment.source
        if source and source not in known and amendment.seq not in gone:
            known.add(source)
            yield handle(source), amendment.seq


def request_rows(con: Connection, key: bytes) -> list[tuple[bytes, int]]:
    """Return those of all amendments, under a secret."""
    gone, handle = erased(con), handler(key)
    return [row for log in amended_cases(con) for row in handle_rows(log, gone, handle)]


def given_up(entries: Sequence[CaseEntry]) -> list[str]:
    """Return what a withdrawn registration is no longer found by: its number may come again.

    Its request id stays: a request that is retried is answered as before.
    """
    if not any(entry.event.kind == "withdrawn" for entry in entries):
        return []
    first = entries[0].event
    found = identities(getattr(first, "channel", ""), private_fields(first))
    return [identity for identity in found if not identity.startswith("id:")]
