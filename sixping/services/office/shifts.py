"""The room's own day as it is recorded and told: entries, promises, handovers."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.cases import masked
from sixping.documents.eventwords import HANDED_OVER
from sixping.errors import NotAllowed, NotFound, UsageFault
from sixping.office import registers, streams
from sixping.office.duty import DutyRecord, month_of
from sixping.office.organisation import organisation_at
from sixping.office.shifts import (
    REGISTER,
    STREAM,
    Note,
    ShiftDone,
    ShiftHandedOver,
    ShiftLog,
    ShiftNoted,
    find,
    fold,
    shifts_on,
)
from sixping.policy.vocabulary import Status
from sixping.queries import cases
from sixping.queries.meetings import OpenTask
from sixping.queries.office import keeps, recorded
from sixping.reports.overdue import Waiting
from sixping.services.personal.named import NUMBER, Named
from sixping.store.log import last_recorded
from sixping.util.clock import SHANGHAI, from_text, to_text
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.office.organisation import Organisation
    from sixping.office.shifts import Handover
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

#: numbers of each kind that a handover keeps; their count is always whole
_LISTED = 200


class Said(NamedTuple):
    """What is written into the log: on whose day, when it happened, by whom, about which cases."""

    day: date
    at: datetime
    text: str | None = None
    who: str | None = None
    cases: Sequence[str] = ()


# --- recording -----------------------------------------------------------------------------


def note(
    tx: Transaction, said: Said, promised: date | None = None, to: str | None = None
) -> tuple[Note, int]:
    """Record an entry of a day, and what it promises to whom by when; return it and the seq."""
    _refuse_day(tx, said)
    person = organisation_at(tx.con, said.day).find(said.who).id if said.who else None
    number = recorded(tx.con, ShiftNoted.kind) + 1
    event = ShiftNoted(
        day=said.day, note=number, person=person, promised=promised, text=said.text, to=to,
        numbers=_numbers(tx, said.cases, said.text, to),
    )  # fmt: skip
    seq = streams.record(tx, STREAM, month_of(said.day), event, said.at)
    return shifts_on(tx.con).notes[number], seq


def hand_over(tx: Transaction, said: Said, taker: str) -> tuple[Handover, int]:
    """Record who took over from ``said.who``, and what stood open then; return it and the seq."""
    _refuse_day(tx, said)
    people = organisation_at(tx.con, said.day)
    into = people.find(taker)
    giver = people.find(said.who).id if said.who else None
    if into.id == giver or (giver is None and tx.stamp.by in {into.id, into.name}):
        raise UsageFault(f"交班的和接班的是同一个人: {into.id}", "请核对 --to 和 --from (--by)。")
    seq = last_recorded(tx.con, to_text(said.at))
    found = standing(tx.con, said.at, seq) if seq else {}  # before the ledger: nobody knows
    event = ShiftHandedOver(
        day=said.day, taker=into.id, giver=giver, ledger_seq=seq,
        counts={kind: len(numbers) for kind, numbers in found.items()},
        listed={kind: numbers[:_LISTED] for kind, numbers in found.items() if numbers},
        numbers=_numbers(tx, said.cases, said.text), text=said.text,
    )  # fmt: skip
    seq = streams.record(tx, STREAM, month_of(said.day), event, said.at)
    return next(one for one in shifts_on(tx.con).handovers if one.seq == seq), seq


def keep(tx: Transaction, number: int, outcome: str | None, at: datetime) -> tuple[Note, int]:
    """Record that a promise was kept; return it and the seq.

    Raises ``NotFound`` for no promise, ``NotAllowed`` for one that was kept already.
    """
    registers.require(tx.con, REGISTER)
    note = find(shifts_on(tx.con), number)
    if at < note.at:
        raise UsageFault(
            f"时间早于答应的时候 ({understood_day(note.at.date())})。", "请核对 --at。"
        )
    numbers = _numbers(tx, note.said.numbers, outcome)
    event = ShiftDone(note=number, outcome=outcome, numbers=numbers)
    seq = streams.record(tx, STREAM, month_of(note.said.day), event, at)
    return fold(streams.entries(tx.con, STREAM)).notes[number], seq  # which judges it


def _refuse_day(tx: Transaction, said: Said) -> None:
    """Refuse a day before the register was begun, and a time that is of another day."""
    begun = registers.require(tx.con, REGISTER)
    if said.day < begun:
        raise NotAllowed(
            f"值班日志自{understood_day(begun)}起登记, 不能记在{understood_day(said.day)}。",
            "请核对日期; 以前的日子没有记录, 不补造。",
        )
    if said.at.date() not in (said.day, said.day + timedelta(days=1)):
        raise UsageFault(
            f"记在{understood_day(said.day)}的, 时间须在那一天或当夜 (次日), 现为"
            f"{understood_day(said.at.date())}。",
            "请用 --at 写明当时的时间。",
        )


def _numbers(tx: Transaction, given: Iterable[str], *texts: str | None) -> tuple[str, ...]:
    """Return the cases named, which have to be there, and those that the words name."""
    found = dict.fromkeys(tx.case(number).number for number in given)
    for number in NUMBER.findall("\n".join(filter(None, texts))):
        with suppress(NotFound):
            found[tx.case(number).number] = None
    return tuple(found)


def standing(con: Connection, moment: datetime, seq: int) -> dict[str, list[str]]:
    """Return the numbers of what stood open at an instant, as of a seq, by kind.

    A case stands once at the worst of its limits.
    """
    as_of = None if seq == cases.head(con)[0] else seq
    midnight = datetime.combine(moment.date(), time(), SHANGHAI)
    ends = {"late": moment, "today": midnight + timedelta(days=1)}
    ends["tomorrow"] = ends["today"] + timedelta(days=1)
    found: dict[str, list[str]] = {kind: [] for kind in HANDED_OVER}
    taken: set[str] = set()
    for clock in cases.running(con, to_text(ends["tomorrow"]), as_of):
        number, due = clock.case.number, from_text(clock.due)
        if number not in taken:
            taken.add(number)
            found[next(kind for kind, end in ends.items() if due < end)].append(number)
    reported, _ = cases.list_cases(con, as_of=as_of, status=Status.REPORTED)
    found["accept"] = [row.number for row in reported]
    kept = keeps(con, "demands", as_of)
    owed = [row.number for row, _ in cases.owing(con, "demand", as_of)] if kept else []
    urged = [row.number for row in cases.waiting(con, "urge", as_of)]
    found["demand"] = list(dict.fromkeys((*urged, *owed)))
    found["promised"] = [str(one.said.note) for one in shifts_on(con).promised_at(moment)]
    return found


# --- overdue -------------------------------------------------------------------------------


def waiting(
    con: Connection,
    now: datetime,
    keep: Callable[[Any], bool],
    _rulebooks: Rulebooks,
    _begun: date,
) -> Iterator[Waiting]:
    """Yield the promises that nobody kept, each till the end of its day; they are of the room."""
    room = organisation_at(con, now.date()).units.room
    named = Named(con)
    for note in shifts_on(con).promises():
        due = note.said.promised
        if due is None or not keep(OpenTask("", room, "", None, "")):
            continue
        text = shown(named, note.said, note.said.text, reveal=False)
        ends = datetime.combine(due, time(23, 59, 59), SHANGHAI)
        yield Waiting(
            "promised", None, None, None, None, None, text or "", note.at, ends,
            remarks=(f"第 {note.said.note} 条",),
        )  # fmt: skip


# --- telling -------------------------------------------------------------------------------


def shown(named: Named, event: Any, text: str | None, *, reveal: bool) -> str | None:  # noqa: ANN401
    """Return what an event says as it may be shown; who reported its cases is not named."""
    if text is None or reveal:
        return text
    facts = {"numbers": event.numbers, "listed": getattr(event, "listed", {})}
    people = named.of(STREAM, "", facts, json.dumps({"text": text}, ensure_ascii=False))
    return masked("text", text, reveal=False, people=people)


class Day(NamedTuple):
    """A day of the room: who was on duty, what was noted, handed over, promised and not done."""

    day: date
    rest: bool
    begun: date | None
    units: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    handovers: list[dict[str, Any]]
    promises: list[dict[str, Any]]

    def json(self) -> dict[str, Any]:
        """Return it as ``shift show --json`` answers it."""
        return {
            "date": self.day, "rest": self.rest, "since": self.begun, "units": self.units,
            "entries": self.notes, "handovers": self.handovers, "promised": self.promises,
        }  # fmt: skip


def day_of(
    con: Connection, calendar: Calendar, day: date, today: date, *, reveal: bool = False,
    as_of: int | None = None,
) -> Day:  # fmt: skip
    """Return a day as it is shown, as known at seq ``as_of``; ``reveal``: what was said in full.

    While the register sleeps nothing is of it but who is on the roster.
    """
    begun, named = registers.begun(con, REGISTER, as_of), Named(con)
    log = ShiftLog() if begun is None else shifts_on(con, as_of)
    people = organisation_at(con, day, as_of)

    def note(one: Note) -> dict[str, Any]:
        return note_json(one, named, people, today, reveal=reveal)

    return Day(
        day,
        not calendar.is_workday(day),
        begun,
        _units(DutyRecord(con, day, day, as_of), people, day),
        [note(one) for one in log.noted(day)],
        [_handover(one, named, people, reveal=reveal) for one in log.handed_over(day)],
        [note(one) for one in log.promises()],
    )


def _units(record: DutyRecord, people: Organisation, day: date) -> list[dict[str, Any]]:
    """Return by agency who is on the roster of a day and who was there, by name."""
    book = record.at(day)
    here = {who for who, *_ in book.present()}

    return [
        {
            "agency": unit.name,
            "planned": list(map(people.called, book.rosters.get(unit.name, ()))),
            "present": [people.called(p.id) for p in people.members(unit.name) if p.id in here],
        }
        for unit in people.units
        if unit.duty is not None or book.rosters.get(unit.name)
    ]


def note_json(
    note: Note, named: Named, people: Organisation, today: date, *, reveal: bool
) -> dict[str, Any]:
    """Return an entry as it is listed; ``late``: promised by a day that is over."""
    said, outcome = note.said, note.outcome
    return {
        "note": said.note,
        "seq": note.seq,
        "date": said.day,
        "at": note.at,
        "by": people.called(said.person) if said.person else note.by,
        "person": said.person,
        "text": shown(named, said, said.text, reveal=reveal),
        "numbers": list(said.numbers),
        "promised": said.promised,
        "to": masked("to", said.to, reveal=reveal),
        "done": note.done,
        "outcome": outcome and shown(named, outcome, outcome.outcome, reveal=reveal),
        "late": note.late(today),
    }


def _handover(one: Handover, named: Named, people: Organisation, *, reveal: bool) -> dict[str, Any]:
    said = one.said
    return {
        "seq": one.seq,
        "at": one.at,
        "from": people.called(said.giver) if said.giver else one.by,
        "giver": said.giver,
        "to": people.called(said.taker),
        "taker": said.taker,
        "counts": dict(said.counts),
        "numbers": {kind: list(numbers) for kind, numbers in said.listed.items()},
        "ledger_seq": said.ledger_seq,
        "text": shown(named, said, said.text, reveal=reveal),
    }


def entry_json(con: Connection, made: Note | Handover, today: date) -> dict[str, Any]:
    """Return what was just recorded, as the lists have it."""
    named, people = Named(con), organisation_at(con, made.said.day)
    if isinstance(made, Note):
        return note_json(made, named, people, today, reveal=False)
    return _handover(made, named, people, reveal=False)


def promises(
    con: Connection,
    now: datetime,
    *,
    every: bool = False,
    reveal: bool = False,
    as_of: int | None = None,
) -> list[dict[str, Any]]:
    """Return what was promised and is not done, the nearest day first; ``every``: all.

    As it stood after seq ``as_of``; nothing while the register sleeps.
    """
    if registers.begun(con, REGISTER, as_of) is None:
        return []
    named, people = Named(con), organisation_at(con, now.date(), as_of)
    found = shifts_on(con, as_of).promises(every=every)
    return [note_json(one, named, people, now.date(), reveal=reveal) for one in found]


def days(
    con: Connection,
    calendar: Calendar,
    first: date,
    last: date,
    today: date,
    as_of: int | None = None,
) -> list[dict[str, Any]]:
    """Return a row a day of a period from the beginning on; ``logged`` False: nothing is known."""
    begun = registers.begun(con, REGISTER, as_of)
    if begun is None:
        return []
    log = shifts_on(con, as_of)
    known, rows = log.days(), []
    day, end = max(first, begun), min(last, today)
    while day <= end:
        notes = log.noted(day)
        rows.append(
            {
                "date": day,
                "rest": not calendar.is_workday(day),
                "logged": day in known,
                "entries": len(notes),
                "handovers": len(log.handed_over(day)),
                "promised": sum(note.said.promised is not None for note in notes),
                "open": sum(note.open for note in notes),
            }
        )
        day += timedelta(days=1)
    return rows
