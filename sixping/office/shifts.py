"""The room's own day (附3.4, 附3.5): what was noted, what was promised, who handed over to whom.

Pure. Days are calendar days of Shanghai; what a night brings is of the day on which it happens,
unless whoever writes it up names the day the night began on. The subject of an event is the
month of its day, of what was done that of its promise; notes are numbered through all months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "shift"
#: the register that has to be awake
REGISTER = "shifts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNoted(Recorded):
    """An entry of a day's log; with ``promised`` somebody was promised something by that day.

    ``numbers``: the cases it speaks of, whose reporters its words may not name.
    """

    kind: ClassVar[str] = "shift_noted"

    day: date = fact(date.fromisoformat)
    note: int
    person: str | None = None
    numbers: tuple[str, ...] = fact(words, ())
    promised: date | None = fact(lambda value: value and date.fromisoformat(value))
    text: str | None = private()
    to: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDone(Recorded):
    """What was promised was kept, and how."""

    kind: ClassVar[str] = "shift_done"

    note: int
    numbers: tuple[str, ...] = fact(words, ())
    outcome: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHandedOver(Recorded):
    """Somebody took over, and what stood open then.

    ``counts``: what stood open by kind (``eventwords.HANDED_OVER``); ``listed``: the numbers of
    it, of many the first ones; ``ledger_seq``: the state it was counted in.
    """

    kind: ClassVar[str] = "shift_handed_over"

    day: date = fact(date.fromisoformat)
    taker: str
    giver: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ledger_seq: int = 0
    numbers: tuple[str, ...] = fact(words, ())
    text: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (ShiftNoted, ShiftDone, ShiftHandedOver)}


@dataclass(slots=True)
class Note:
    """An entry of the log as it stands; texts are None after a lawful erasure."""

    seq: int
    at: datetime
    by: str | None
    said: ShiftNoted
    done: datetime | None = None
    outcome: ShiftDone | None = None

    @property
    def open(self) -> bool:
        """Whether something was promised and is not done."""
        return self.said.promised is not None and self.done is None

    def late(self, today: date) -> bool:
        """Whether it was promised by a day that is over, and was not done by then."""
        due = self.said.promised
        return due is not None and (self.done.date() if self.done else today) > due


@dataclass(slots=True)
class Handover:
    """A handover as it stands."""

    seq: int
    at: datetime
    by: str | None
    said: ShiftHandedOver


@dataclass(slots=True)
class ShiftLog:
    """All there is of the room's days, oldest first."""

    notes: dict[int, Note] = field(default_factory=dict)
    handovers: list[Handover] = field(default_factory=list)

    def noted(self, day: date) -> list[Note]:
        """Return the entries of a day, by the time at which they happened."""
        return sorted(
            (note for note in self.notes.values() if note.said.day == day),
            key=lambda note: (note.at, note.seq),
        )

    def handed_over(self, day: date) -> list[Handover]:
        """Return the handovers of a day, by their time."""
        return sorted(
            (one for one in self.handovers if one.said.day == day),
            key=lambda one: (one.at, one.seq),
        )

    def days(self) -> set[date]:
        """Return the days of which something was noted or handed over."""
        return {note.said.day for note in self.notes.values()} | {
            one.said.day for one in self.handovers
        }

    def promised_at(self, moment: datetime) -> list[Note]:
        """Return what was promised by an instant and not done by then, whenever written up."""
        return [
            note
            for note in self.promises(every=True)
            if note.at <= moment and (note.done is None or note.done > moment)
        ]

    def promises(self, *, every: bool = False) -> list[Note]:
        """Return what was promised and is not done, the nearest day first; ``every``: all."""
        found = [note for note in self.notes.values() if note.said.promised]
        return sorted(
            (note for note in found if every or note.open),
            key=lambda note: (note.said.promised or date.max, note.said.note),
        )


def fold(entries: Iterable[StreamEntry]) -> ShiftLog:
    """Return the log of the entries. Raises ``NotAllowed`` or ``NotFound``."""
    log = ShiftLog()
    for entry in entries:
        event = entry.event
        if isinstance(event, ShiftNoted):
            log.notes[event.note] = Note(entry.seq, entry.at, entry.by, event)
        elif isinstance(event, ShiftDone):
            note = find(log, event.note)
            if note.outcome:
                raise NotAllowed(
                    f"第 {event.note} 条已经办过。",
                    "记错了: sixping shift void 序号 --reason 理由 (序号见 sixping shift show)",
                )
            note.done, note.outcome = entry.at, event
        else:
            log.handovers.append(Handover(entry.seq, entry.at, entry.by, event))
    return log


def find(log: ShiftLog, number: int) -> Note:
    """Return the promise of a number. Raises ``NotFound``, ``NotAllowed`` for a plain note."""
    note = log.notes.get(number)
    if note is None:
        raise NotFound(f"没有第 {number} 条值班记事。", "答应的事见: sixping shift promised")
    if note.said.promised is None:
        raise NotAllowed(f"第 {number} 条没有答应什么。", "答应的事见: sixping shift promised")
    return note


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge what is left of the log. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def shifts_on(con: Connection, as_of: int | None = None) -> ShiftLog:
    """Return the log of a ledger, as it was recorded up to ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, None, as_of))
