"""Duty (一): rosters, leave and swaps, who was in the room from when to when.

Pure. Attendance is kept in whole minutes of Shanghai time: a sign-in holds from its
minute up to the minute of the sign-out, and without one to the end of its day. Rosters
and attendance of a month are one subject, leave another, the beginning of the count a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import LedgerUnusable, NotAllowed
from sixping.office import streams
from sixping.office.organisation import history
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sixping.office.organisation import History, Organisation
    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "duty"
LEAVE, BEGIN = "leave", "begin"
DAY_END = 24 * 60
_OUT, _ROW, _IN = 0, 1, 2

Line = Sequence[str]
"""Person, from, to: ``["p12", "08:00", "12:00"]``, as JSON has it: a year holds many."""


Lines = list[tuple[str, int, int]]
"""Person, from minute, to minute of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Recorded):
    """Who is on duty for an agency on a day; replaces what was planned before."""

    kind: ClassVar[str] = "planned"

    day: date = fact(date.fromisoformat)
    agency: str
    people: tuple[str, ...] = fact(words, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped(Recorded):
    """Somebody took another's place on the roster of a day."""

    kind: ClassVar[str] = "swapped"

    day: date = fact(date.fromisoformat)
    agency: str
    out: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTaken(Recorded):
    """Somebody is away, from the first to the last day."""

    kind: ClassVar[str] = "leave_taken"

    person: str
    first: date = fact(date.fromisoformat)
    last: date = fact(date.fromisoformat)
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Recorded):
    """Somebody came on duty, at the minute of the entry."""

    kind: ClassVar[str] = "signed_in"

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Recorded):
    """Somebody left, at the minute of the entry."""

    kind: ClassVar[str] = "signed_out"

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended(Recorded):
    """Attendance of one day, written up or taken from a file."""

    kind: ClassVar[str] = "attended"

    day: date = fact(date.fromisoformat)
    rows: Sequence[Line] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WasOutside(Recorded):
    """Somebody was out for the room and counts as present: on a case, or by the room's leave."""

    kind: ClassVar[str] = "was_outside"

    day: date = fact(date.fromisoformat)
    person: str
    start: str
    end: str
    case: str | None = None
    approver: str | None = None  # of the register; None beside a role: nobody has it (未登记)
    approver_role: str | None = None
    allowed_by: str | None = private()
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyBegun(Recorded):
    """The room declared from which day on duty is counted; nothing is known of days before."""

    kind: ClassVar[str] = "duty_begun"

    day: date = fact(date.fromisoformat)


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (
        Planned, Swapped, LeaveTaken, SignedIn, SignedOut, Attended, WasOutside, DutyBegun,
    )
}  # fmt: skip


class Spell(NamedTuple):
    """Somebody present, in minutes of the day; ``open``: the sign-out is missing."""

    person: str
    start: int
    end: int
    open: bool = False


@dataclass(slots=True)
class DayBook:
    """What is on record of one day: rosters by agency, lines and marks of attendance.

    ``outside``: who was out for the room in these minutes.
    """

    rosters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Lines = field(default_factory=list)
    marks: Lines = field(default_factory=list)
    outside: Lines = field(default_factory=list)

    def present(self) -> Lines:
        """Return who counts as present: in the room, or out for it; nobody twice at a time."""
        if not self.outside:
            return self.spells()
        lines: Lines = []
        for who, start, end in sorted([*self.spells(), *self.outside]):
            if lines and lines[-1][0] == who and start <= lines[-1][2]:
                lines[-1] = (who, lines[-1][1], max(end, lines[-1][2]))
            else:
                lines.append((who, start, end))
        return lines

    def spells(self) -> Lines:
        """Return who was present from when to when.

        What is on record was judged before: raises ``LedgerUnusable`` where it makes no sense now.
        """
        if not self.marks:
            return self.lines
        marked = {person for person, _, _ in self.marks}
        lines = [line for line in self.lines if line[0] not in marked]
        for person in sorted(marked):
            lines += [(person, spell.start, spell.end) for spell in self._recorded(person)]
        return lines

    def unsigned(self) -> list[str]:
        """Return whose sign-out is missing."""
        marked = {person for person, _, _ in self.marks}
        return sorted(who for who in marked if any(spell.open for spell in self._recorded(who)))

    def _recorded(self, person: str) -> list[Spell]:
        try:
            return self.of(person)
        except NotAllowed as error:
            raise LedgerUnusable(
                f"{person} 的考勤记录读不懂, 已被改动: {error.what}", "请运行 sixping verify。"
            ) from error

    def of(self, person: str) -> list[Spell]:
        """Return the spells of a person in order of time.

        Raises ``NotAllowed``: out before in, in twice, in two places at once.
        """
        steps = [(start, _ROW, end) for who, start, end in self.lines if who == person]
        steps += [(minute, which, minute) for who, minute, which in self.marks if who == person]
        spells: list[Spell] = []
        present = False
        for minute, which, end in sorted(steps):
            if which == _OUT:
                if not present or minute <= spells[-1].start:
                    raise _out_before_in(person, minute, spells)
                spells[-1] = Spell(person, spells[-1].start, minute)
            else:
                if spells and (present or minute < spells[-1].end):
                    raise _twice(spells[-1], minute)
                until = end if which == _ROW else DAY_END
                if until <= minute:
                    raise NotAllowed(
                        f"{person} 的签退 {clock(until)} 不晚于签到 {clock(minute)}。",
                        "请核对时间。",
                    )
                spells.append(Spell(person, minute, until, which == _IN))
            present = which == _IN
        return spells

    def check(self) -> None:
        """Raise ``NotAllowed`` when somebody's attendance makes no sense."""
        for person in {who for who, _, _ in (*self.lines, *self.marks)}:
            self.of(person)


def _out_before_in(person: str, minute: int, spells: Sequence[Spell]) -> NotAllowed:
    last = spells[-1] if spells else None
    if last and not last.open:
        return NotAllowed(
            f"{person} {clock(last.start)} 签到, {clock(last.end)} 已签退,"
            f" {clock(minute)} 不能再签退。",
            f"此后又到岗的, 请先补记签到: sixping duty in {person} --at 时间;"
            " 签退记错了: sixping duty void 序号 --reason 理由。",
        )
    return NotAllowed(
        f"{person} 在 {clock(minute)} 之前没有签到, 不能签退。",
        f"请先补记签到: sixping duty in {person} --at 时间。",
    )


def _until(spell: Spell) -> str:
    return "尚未签退" if spell.open else f"至 {clock(spell.end)}"


def _twice(before: Spell, minute: int, end: int | None = None) -> NotAllowed:
    when = clock(minute) if end is None else f"{clock(minute)}-{clock(end)}"
    return NotAllowed(
        f"{before.person} 已自 {clock(before.start)} 在岗 ({_until(before)}),"
        f" {when} 不能再签到: 一个人不能同时在两处。",
        f"请先签退 (sixping duty out {before.person}), 或核对人员和时间。",
    )


def refuse_second(spells: Sequence[Spell], person: str, start: int, end: int | None = None) -> None:
    """Refuse what does not go with what is on record already, which is named as being there first.

    A stretch from ``start`` to ``end``, or a sign-in at ``start`` (``end`` None); of a sign-out
    ``DayBook.of`` judges. Raises ``NotAllowed``.
    """
    until = start + 1 if end is None else end
    met = next((s for s in spells if s.start < until and start < s.end), None)
    if met is None and end is None:
        met = next((spell for spell in spells if spell.start > start), None)
        if met:
            raise NotAllowed(
                f"{person} 已自 {clock(met.start)} 在岗 ({_until(met)}), {clock(start)} 的签到"
                "没有写到几点为止。",
                f"请同时写明签退: sixping duty in {person} --at 时间 --until 时间。",
            )
    if met:
        raise _twice(met, start, end)


@cache
def _minutes() -> dict[str, int]:
    return {clock(minute): minute for minute in range(DAY_END + 1)}


def clock(minute: int) -> str:
    """Return a minute of the day as ``08:05``; the end of the day is ``24:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def fold(entries: Iterable[StreamEntry]) -> dict[date, DayBook]:
    """Return the days of the entries. Raises ``NotAllowed`` for a swap of nobody's place."""
    days: dict[date, DayBook] = {}
    minutes = _minutes()
    for entry in entries:
        event = entry.event
        day = entry.at.date() if isinstance(event, SignedIn | SignedOut) else event.day
        book = days.get(day)
        if book is None:
            book = days[day] = DayBook()
        if isinstance(event, Attended):
            book.lines += [(who, minutes[start], minutes[end]) for who, start, end in event.rows]
        elif isinstance(event, Planned):
            book.rosters[event.agency] = event.people
        elif isinstance(event, Swapped):
            book.rosters[event.agency] = swapped(book, event)
        elif isinstance(event, WasOutside):
            book.outside.append((event.person, minutes[event.start], minutes[event.end]))
        else:
            which = _IN if isinstance(event, SignedIn) else _OUT
            book.marks.append((event.person, entry.at.hour * 60 + entry.at.minute, which))
    return days


def swapped(book: DayBook, event: Swapped) -> tuple[str, ...]:
    """Return the roster after a swap. Raises ``NotAllowed`` when it cannot be."""
    roster = book.rosters.get(event.agency, ())
    if event.out not in roster:
        raise NotAllowed(
            f"{understood_day(event.day)} {event.agency} 的排班里没有 {event.out}。",
            f"排班见: sixping duty roster --date {event.day}",
        )
    if event.into in roster:
        raise NotAllowed(f"{event.into} 当日已在排班里。", "请换另一个人。")
    return tuple(event.into if who == event.out else who for who in roster)


def check(subject: str, entries: list[StreamEntry]) -> None:
    """Judge the entries of a subject. Raises ``NotAllowed`` naming what makes no sense."""
    if subject not in {LEAVE, BEGIN}:
        for book in fold(entries).values():
            book.check()


class DutyRecord:
    """The duty of some months as a ledger knows it, with the people of each day."""

    def __init__(self, con: Connection, first: date, last: date, as_of: int | None = None) -> None:
        """Read rosters, attendance and leave of the months from ``first`` to ``last``."""
        self.history: History = history(con, as_of)
        self.days: dict[date, DayBook] = {}
        for subject in months(first, last):
            self.days |= streams.stored(fold, streams.iterate(con, STREAM, subject, as_of))
        self.leaves = [entry.event for entry in streams.entries(con, STREAM, LEAVE, as_of)]
        self.begun = begun(con, as_of)

    def at(self, day: date) -> DayBook:
        """Return what is on record of a day."""
        return self.days.get(day) or DayBook()

    def people(self, day: date) -> Organisation:
        """Return the organisation of a day."""
        return self.history.at(day)

    def away(self, person: str, day: date) -> bool:
        """Tell whether a person is on leave on a day."""
        return any(
            leave.person == person and leave.first <= day <= leave.last for leave in self.leaves
        )

    def present(self, day: date) -> dict[str, tuple[Lines, Lines]]:
        """Return by unit who was present on a day: with a licence valid that day, and without."""
        people = self.history.at(day).people
        units: dict[str, tuple[Lines, Lines]] = {}
        takers: dict[str, Callable[[tuple[str, int, int]], None]] = {}
        for line in self.at(day).present():
            take = takers.get(line[0])
            if take is None:
                person = people.get(line[0])
                if person is None:
                    continue
                licensed, others = units.setdefault(person.unit, ([], []))
                take = (licensed if person.licensed(day) else others).append
                takers[person.id] = take
            take(line)
        return units


def begun(con: Connection, as_of: int | None = None) -> date | None:
    """Return the day from which duty is counted (一.2); None: the room has not declared it."""
    declared = [entry.event.day for entry in streams.entries(con, STREAM, BEGIN, as_of)]
    return declared[-1] if declared else None


def months(first: date, last: date) -> list[str]:
    """Return the subjects of the months from one day to another: ``2026-11``."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month
    return [month_of(date(n // 12, n % 12 + 1, 1)) for n in range(start, end)]


def month_of(day: date) -> str:
    """Return the subject that holds rosters and attendance of a day."""
    return f"{day.year}-{day.month:02}"
