"""Duty as it is recorded: rosters, leave, swaps, attendance; a roster drafted for a month."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed, SixpingError, UsageFault
from sixping.office import streams
from sixping.office.conflicts import away_on_business, refuse_away, refuse_clash, refuse_elsewhere
from sixping.office.duty import (
    BEGIN,
    LEAVE,
    STREAM,
    Attended,
    DutyBegun,
    LeaveTaken,
    Planned,
    SignedOut,
    Swapped,
    WasOutside,
    begun,
    clock,
    fold,
    month_of,
    refuse_second,
    swapped,
)
from sixping.office.roster import Open, Turn, draft
from sixping.policy.units import DutyMode
from sixping.services.dutycover import rule_of, workdays
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sixping.cases.codec import Recorded
    from sixping.importing.convert import RowError
    from sixping.importing.officefiles import Record
    from sixping.office.conflicts import Engagement
    from sixping.office.duty import DayBook, DutyRecord, Line, Spell
    from sixping.office.organisation import Person
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

#: how far back the last working day before a month may lie
BEFORE = timedelta(days=14)

Roster = dict[str, list["Person"]]
"""Who is on duty on a day, by agency."""
Drafts = list[tuple[list[str], list[Turn]]]
"""For each group of agencies that is on duty together, the turns of the month."""


def begin(tx: Transaction, day: date) -> int:
    """Declare from which day on duty is counted; return the seq. Raises ``NotAllowed``.

    Another day later on would take recorded breaches away without a word: that is for ``void``.
    """
    first = begun(tx.con)
    if first is not None:
        raise NotAllowed(
            f"已声明自{understood_day(first)}起检查值守。",
            "要改日期请先撤销那一条 (序号见 sixping log --stream duty), 再重新声明。",
        )
    return _record(tx, BEGIN, DutyBegun(day=day))


# --- the roster ----------------------------------------------------------------------------


def roster_of_people(record: DutyRecord, people: Sequence[str], day: date) -> Roster:
    """Return the people named, by id or name, under their agencies."""
    roster: Roster = {}
    for who in people:
        person = record.people(day).find(who)
        members = roster.setdefault(person.unit, [])
        if person in members:
            raise UsageFault(f"{who} 写了两次。", "每人只写一次。")
        members.append(person)
    return roster


def roster_of_agency(record: DutyRecord, agency: str, day: date) -> Roster:
    """Return everybody an agency can send on a day: stationed or online, and not on leave."""
    unit = record.people(day).units.find(agency).name
    members = [person for person in record.people(day).members(unit) if _comes(record, person, day)]
    if not members:
        raise NotAllowed(
            f"{unit} 当日没有可排的驻点或在线人员。",
            "登记: sixping units person add 姓名 --unit 单位 --stationed。",
        )
    return {unit: members}


def _comes(record: DutyRecord, person: Person, day: date) -> bool:
    return (person.stationed or person.online) and not record.away(person.id, day)


def plan(tx: Transaction, record: DutyRecord, day: date, roster: Roster) -> None:
    """Record the rosters of a day, unless they stand so already. Raises ``NotAllowed``."""
    for unit, members in roster.items():
        if record.people(day).units.find(unit).duty is None:
            raise NotAllowed(
                f"{unit} 不是须在指挥室值守的单位。",
                "若应值守: sixping units change 单位 --duty on-site。",
            )
        for person in members:
            refuse_away(record, person.id, day)
        people = tuple(person.id for person in members)
        if record.at(day).rosters.get(unit) != people:
            _record(tx, month_of(day), Planned(day=day, agency=unit, people=people))


def _record(tx: Transaction, subject: str, event: Recorded, at: datetime | None = None) -> int:
    return streams.record(tx, STREAM, subject, event, at or tx.stamp.now)


def swap(tx: Transaction, record: DutyRecord, day: date, out: str, into: str) -> Roster:
    """Record that somebody takes another's place; return the roster after it."""
    people = record.people(day)
    gone, comes = people.find(out), people.find(into)
    if gone.unit != comes.unit:
        raise NotAllowed(
            f"{gone.id} 属于{gone.unit}, {comes.id} 属于{comes.unit}, 不能互换。",
            "请换同一单位的人。",
        )
    refuse_away(record, comes.id, day)
    event = Swapped(day=day, agency=gone.unit, out=gone.id, into=comes.id)
    roster = swapped(record.at(day), event)
    _record(tx, month_of(day), event)
    return {gone.unit: [people.find(who) for who in roster]}


def leave(
    tx: Transaction, record: DutyRecord, who: str, days: Sequence[date], reason: str
) -> tuple[int, str, list[date]]:
    """Record a leave; return seq, the person's id and the days on which others must step in."""
    person = record.people(days[0]).find(who).id
    for day in days:
        refuse_away(record, person, day)
        if record.at(day).of(person):
            raise NotAllowed(
                f"{person} 在{understood_day(day)}有考勤记录, 不能又请假。",
                "请核对日期; 考勤记错了: sixping duty void 序号 --reason 理由。",
            )
    event = LeaveTaken(person=person, first=days[0], last=days[-1], reason=reason)
    seq = _record(tx, LEAVE, event)
    rosters = ((day, record.at(day).rosters.values()) for day in days)
    return seq, person, [day for day, people in rosters if any(person in row for row in people)]


# --- who could stand in ---------------------------------------------------------------------


class StandIn(NamedTuple):
    """Somebody who could take another's place on a day.

    ``keeps``: the roster meets with him what 一.2 asks of it; ``turns``: days on the rosters of
    that month.
    """

    person: Person
    licensed: bool
    keeps: bool
    turns: int


def stand_ins(
    con: Connection,
    rulebooks: Rulebooks,
    record: DutyRecord,
    day: date,
    out: str,
    given: Counter[str] | None = None,
) -> list[StandIn]:
    """Return who of the same agency is free on a day and could take a place, best first.

    Who keeps the rule goes before who does not, then who has had fewer turns; ``given``: turns
    proposed already. Nobody on leave, on the roster, or out for the room that day. Raises
    ``NotFound``, and ``NotAllowed`` where ``out`` is not on the roster.
    """
    people = record.people(day)
    gone = people.find(out)
    roster = record.at(day).rosters.get(gone.unit, ())
    if gone.id not in roster:
        swapped(record.at(day), Swapped(day=day, agency=gone.unit, out=gone.id, into=""))
    busy = {engagement.person for engagement in away_on_business(con).get(day, ())}
    turns = Counter(
        who
        for each, book in record.days.items()
        if month_of(each) == month_of(day)
        for who in book.rosters.get(gone.unit, ())
    )
    turns.update(given or {})
    stay = [people.find(who) for who in roster if who != gone.id and not record.away(who, day)]
    found = []
    for person in people.members(gone.unit):
        if person.id in {gone.id, *roster} or person.id in busy or not _comes(record, person, day):
            continue
        lacking = short_of(rulebooks, record, day, {gone.unit: [*stay, person]})
        found.append(StandIn(person, person.licensed(day), not lacking, turns[person.id]))
    return sorted(found, key=_best)


def _best(one: StandIn) -> tuple[bool, int, int, str]:
    return not one.keeps, one.turns, len(one.person.id), one.person.id


def proposals(
    con: Connection, rulebooks: Rulebooks, record: DutyRecord, days: Sequence[date], out: str
) -> dict[date, StandIn | None]:
    """Return for each day who best takes a place, turns given in the same breath counted."""
    given: Counter[str] = Counter()
    best: dict[date, StandIn | None] = {}
    for day in days:
        found = stand_ins(con, rulebooks, record, day, out, given)
        best[day] = found[0] if found else None
        given.update(one.person.id for one in found[:1])
    return best


# --- attendance ----------------------------------------------------------------------------


def sign(
    tx: Transaction, record: DutyRecord, person: Person, event: Recorded, moment: datetime
) -> int:
    """Record a mark of attendance if the day still makes sense with it; return its seq."""
    day = moment.date()
    refuse_away(record, person.id, day)
    entry = streams.StreamEntry(tx.seq + 1, month_of(day), moment, tx.stamp.now, event)
    before, new = record.at(day), fold([entry])[day]
    known = before.of(person.id)
    for _, start, end in new.lines:
        refuse_second(known, person.id, start, end)
    for _, minute, _ in () if isinstance(event, SignedOut) else new.marks:
        refuse_second(known, person.id, minute)
    before.lines += new.lines
    before.marks += new.marks
    _refuse_elsewhere(tx, day, before.of(person.id), moment.hour * 60 + moment.minute)
    return _record(tx, month_of(day), event, moment)


def outside(
    tx: Transaction, record: DutyRecord, person: Person, event: WasOutside, until: datetime
) -> int:
    """Record that somebody was out for the room from minute to minute; return the seq.

    Raises ``NotAllowed`` on leave, for another stretch outside at the time, and for a place
    where somebody else recorded the person.
    """
    lines = [line for line in record.at(event.day).outside if line[0] == person.id]
    for _, start, end in lines:
        if clock(start) < event.end and event.start < clock(end):
            raise NotAllowed(
                f"{person.id} 在 {clock(start)}-{clock(end)} 已记外出。", "请核对 --from 和 --to。"
            )
    refuse_elsewhere(tx.con, event.day, [person.id], (event.start, event.end), duty=False)
    return _record(tx, month_of(event.day), event, until)


def _refuse_elsewhere(tx: Transaction, day: date, spells: list[Spell], minute: int) -> None:
    """Refuse the stretch a mark makes when its person is on patrol or at a meeting then.

    A sign-in whose sign-out is not yet known is judged at its minute.
    """
    for spell in spells:
        if spell.start <= minute <= spell.end:
            end = clock(spell.start + 1 if spell.open else spell.end)
            hours = (clock(spell.start), end)
            refuse_elsewhere(tx.con, day, [spell.person], hours, duty=False)


def new_lines(
    tx: Transaction, record: DutyRecord, rows: list[Record], faults: list[RowError]
) -> dict[date, list[Line]]:
    """Return what a file of attendance adds, by day; what cannot be goes to the row's faults."""
    elsewhere = away_on_business(tx.con)
    now = tx.stamp.now
    lines: dict[date, list[Line]] = {}
    for row in rows:
        day, start, end = (row.values[name] for name in ("day", "start", "end"))
        if (day, end) > (now.date(), now.hour * 60 + now.minute):
            faults.append(row.fault("end", "晚于现在", "考勤只能记已经发生的事。"))
            continue
        try:
            person = _person(record, row, day)
            refuse_away(record, person, day)
        except SixpingError as fault:
            faults.append(row.fault("name", fault.what, fault.hint))
            continue
        book = record.days.setdefault(day, record.at(day))
        if (person, start, end) in book.lines:
            continue
        try:
            _add(book, (person, start, end), elsewhere.get(day, ()))
        except NotAllowed as fault:
            faults.append(row.fault("start", fault.what, "请改正这一行, 或撤销已有的考勤。"))
        else:
            lines.setdefault(day, []).append([person, clock(start), clock(end)])
    return lines


def _add(book: DayBook, line: tuple[str, int, int], known: Sequence[Engagement]) -> None:
    """Add a line to a day, or raise ``NotAllowed`` and leave the day as it was."""
    person, start, end = line
    refuse_clash(known, [person], clock(start), clock(end))
    refuse_second(book.of(person), person, start, end)
    book.lines.append(line)
    try:
        book.of(person)
    except NotAllowed:
        book.lines.pop()
        raise


def _person(record: DutyRecord, row: Record, day: date) -> str:
    """Return who is meant: by id, else by name, within the unit where one is stated."""
    organisation = record.people(day)
    who = row.values.get("person")
    if who and who in organisation.people:
        return str(who)
    name = row.values["name"]
    if all(person.name != name for person in organisation.people.values()):
        name = "".join(name.split())  # as tables space a name out: 演 示
    if "unit" in row.values:
        unit = organisation.units.find(row.values["unit"]).name
        within = [person for person in organisation.members(unit) if person.name == name]
        if len(within) == 1:
            return within[0].id
    return organisation.find(name).id


def attend(tx: Transaction, lines: Mapping[date, list[Line]]) -> None:
    """Record the attendance of some days, one event a day."""
    for day, rows in sorted(lines.items()):
        _record(tx, month_of(day), Attended(day=day, rows=rows))


# --- the draft -----------------------------------------------------------------------------


def drafted(
    rulebooks: Rulebooks, record: DutyRecord, first: date, last: date, agency: str | None
) -> Drafts:
    """Return for each group of agencies that is on duty together the turns of a month.

    ``record`` reaches back ``BEFORE`` the first day: who was on duty last is not first again.
    """
    rule = rule_of(rulebooks, first)
    days = list(workdays(rulebooks, first, last))
    drafts = []
    for units, on_site in _groups(record, first, agency, together=not rule.per_agency):
        staff, licensed = (rule.staff, rule.licensed) if on_site else (1, 0)
        opened = [_open(record, day, units) for day in days]
        before = _came_before(rulebooks, record, first, units)
        drafts.append((units, draft(opened, staff, licensed, before)))
    return drafts


def _came_before(
    rulebooks: Rulebooks, record: DutyRecord, first: date, units: list[str]
) -> frozenset[str]:
    """Return who was on the roster of the last working day before the month."""
    days = list(workdays(rulebooks, first - BEFORE, first - timedelta(days=1)))
    rosters = record.at(days[-1]).rosters if days else {}
    return frozenset(who for unit in units for who in rosters.get(unit, ()))


def _groups(
    record: DutyRecord, day: date, agency: str | None, *, together: bool
) -> list[tuple[list[str], bool]]:
    """Return the groups to draft for, each with whether it is on site every day (一.2)."""
    organisation = record.people(day)
    chosen = organisation.units.find(agency).name if agency else None
    on_site = organisation.on_duty(DutyMode.ON_SITE)
    groups = [(on_site, True)] if together and on_site else [([unit], True) for unit in on_site]
    groups += [
        ([unit], False)
        for mode in (DutyMode.IN_PRINCIPLE, DutyMode.ONLINE)
        for unit in organisation.on_duty(mode)
    ]
    groups = [(units, daily) for units, daily in groups if chosen is None or chosen in units]
    if not groups:
        raise NotAllowed(
            f"{agency or '组织机构里'} 没有须在指挥室值守的。",
            "请写明值守方式: sixping units change 单位 --duty on-site。",
        )
    return groups


def _open(record: DutyRecord, day: date, units: list[str]) -> Open:
    """Return a day to fill: those stationed or online and not on leave, or the roster it has."""
    rosters = record.at(day).rosters
    fixed = tuple(who for unit in units for who in rosters.get(unit, ()))
    people = {
        person.id: person.licensed(day)
        for unit in units
        for person in record.people(day).members(unit)
        if person.id in fixed or _comes(record, person, day)
    }
    return Open(day, people, fixed or None)


def plan_drafts(tx: Transaction, record: DutyRecord, drafts: Drafts) -> None:
    """Record the turns of a draft that were not on the roster already."""
    for units, turns in drafts:
        for turn in turns:
            if turn.people and not turn.fixed:
                plan(tx, record, turn.day, _members(record, turn, units))


def _members(record: DutyRecord, turn: Turn, units: list[str]) -> Roster:
    people = record.people(turn.day)
    chosen = {
        unit: [person for person in people.members(unit) if person.id in turn.people]
        for unit in units
    }
    return {unit: members for unit, members in chosen.items() if members}


def short_of(rulebooks: Rulebooks, record: DutyRecord, day: date, roster: Roster) -> dict[str, str]:
    """Return by agency what a roster lacks of what 一.2 asks on a day, as said to people."""
    rule = rule_of(rulebooks, day)
    units = record.people(day).units
    lacking = {}
    for unit, members in roster.items():
        licensed = sum(person.licensed(day) for person in members)
        few = len(members) < rule.staff or licensed < rule.licensed
        if few and rule.per_agency and units.find(unit).duty is DutyMode.ON_SITE:
            lacking[unit] = (
                f"注意: 每工作日须 {rule.staff} 人以上, 其中 {rule.licensed} 名具有执法资格"
                f" (一.2); 现排 {len(members)} 人, {licensed} 名有执法资格。"
            )
    return lacking
