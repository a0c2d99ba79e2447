"""Who held a case when, and who answers for what was missed (五.2): from hand-over to hand-over.

Pure, over the entries of one case. Instants are Shanghai time. Time used is the office
time of working days (一.2) between two hand-overs; who is answerable is a reading of the
policy (``room_answers_for``, ``fair_part_workdays``), as the notice does not say.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.deadlines import union
from sixping.cases.lifecycle import replayed
from sixping.cases.model import Case, Held
from sixping.cases.steps.intake import Accepted
from sixping.cases.steps.repeats import Absorbed
from sixping.cases.steps.source import SourceStated
from sixping.policy.vocabulary import ClockKind, Status
from sixping.workdays import office_time, workdays_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sixping.cases.model import Clock
    from sixping.cases.rules import Rules
    from sixping.cases.step import CaseEntry
    from sixping.policy.units import Roles

_MINUTE = timedelta(minutes=1)
_NONE = timedelta(0)


class Role(StrEnum):
    """In what capacity somebody holds a case; the words are what people read."""

    ROOM = "指挥室"
    UNIT = "单位"
    MEETING = "会商"
    DISTRICT = "区级"


_BY_STATUS = {
    Status.REPORTED: Role.ROOM,
    Status.ACCEPTED: Role.ROOM,
    Status.REFERRAL: Role.ROOM,
    Status.HANDLING: Role.UNIT,
    Status.DECISION: Role.MEETING,
    Status.DISTRICT: Role.DISTRICT,
}


class Ground(NamedTuple):
    """What a case is judged by: its rules, who stands for what in the street, the moment.

    ``there`` tells whether somebody was of a unit on a day; without it all were.
    """

    rules: Rules
    roles: Roles
    now: datetime
    there: Callable[[str, str, date], bool] | None = None

    @property
    def room(self) -> str:
        """Return the name of the command room."""
        return self.roles.room

    def office(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time between two instants (一.2)."""
        return office_time(start, end, self.rules.calendar, self.rules.hours)

    def by_name(self, person: str | None, unit: str | None, day: date) -> str | None:
        """Return who of a unit answers by name for a day: who had left it answers no more."""
        gone = person and unit and self.there and not self.there(person, unit, day)
        return None if gone else person

    def workdays(self, start: datetime, end: datetime) -> int:
        """Return the working days after the day of ``start`` up to that of ``end``."""
        return workdays_between(start.date(), end.date(), self.rules.calendar)

    @property
    def fair(self) -> timedelta:
        """Return the office time left below which a receiver is not answerable (五.2)."""
        days = self.rules.edition.readings.fair_part_workdays or 0
        return self.rules.hours.length * days


class Snapshot(NamedTuple):
    """A case as it stood from an entry on, and who held it; ``at`` never runs back.

    Order is by ``seq``: a step stated to lie before an earlier one counts from that one.
    ``last`` held it, or had held it when it ended; None: it came in ended.
    """

    at: datetime
    entry: CaseEntry
    case: Case
    holder: tuple[Role, str | None] | None
    last: tuple[Role, str | None] | None

    @property
    def hands(self) -> tuple[tuple[Role, str | None] | None, str | None]:
        """Return who holds it, and who of a unit by name."""
        return self.holder, self.person

    @property
    def person(self) -> str | None:
        """Return who of the unit that holds it answers by name (附2.1)."""
        return self.case.person if self.holder and self.holder[0] is Role.UNIT else None


class Segment(NamedTuple):
    """One stretch in which the same hands held a case: [start, end), ``end`` None: still.

    ``unit`` is None where nobody is named (a meeting), ``person`` where the unit has it and
    nobody in it answers by name. ``opened`` and ``closed`` are the seqs of the hand-overs.
    ``used`` is office time, less what the target stood still.
    """

    role: Role
    unit: str | None
    start: datetime
    end: datetime | None
    opened: int
    closed: int | None
    workdays: int
    used: timedelta
    person: str | None = None

    @property
    def minutes(self) -> int:
        """Return the whole minutes of office time used."""
        return self.used // _MINUTE


class Breach(NamedTuple):
    """A limit that was missed and who answers for it; ``evidence`` are seqs.

    ``role`` None: the ledger does not know who held the case. ``passed`` names who held it
    at the due instant where that one had got it too late to answer for it. ``person``: who
    of the unit answered for it by name then (附2.1).
    """

    clock: Clock
    role: Role | None
    unit: str | None
    coordinator: str | None
    passed: str | None
    workdays_late: int
    evidence: tuple[int, ...]
    person: str | None = None


def trail(number: str, entries: Iterable[CaseEntry], roles: Roles) -> list[Snapshot]:
    """Return the case and its holder after each entry that counts, oldest first.

    ``roles`` name the room and the district's platform, where a case may be.
    """
    path: list[Snapshot] = []
    for entry, case in replayed(number, list(entries)):
        dated = _since_dated(path, entry, roles)
        at = max(entry.at, path[-1].at) if path else entry.at
        holder = _holder(case, roles)
        if dated and entry.event.kind == Accepted.kind:
            holder = path[-1].holder  # who had it then is told by the step that follows
        if getattr(entry.event, "by_file", None) and getattr(entry.event, "unit", None):
            _had_it_before(path, case.lead)
        last = holder or (path[-1].last if path else None)
        path.append(Snapshot(at, entry, case, holder, last))
    if path and path[-1].case.received_at != path[0].case.received_at:  # it was amended
        path[0] = path[0]._replace(at=path[-1].case.received_at)
    return path


def _holder(case: Case, roles: Roles) -> tuple[Role, str | None] | None:
    return holder_of(case, roles.room, roles.district_platform if case.to_platform else None)


def _since_dated(path: list[Snapshot], entry: CaseEntry, roles: Roles) -> bool:
    """Take back what a file stated without a time, where a later one dates what came before."""
    whole = len(path)
    while entry.event.by_file and len(path) > 1 and entry.at < path[-1].at:
        if not isinstance(path[-1].entry.event, SourceStated):
            break
        path.pop()
    if len(path) < whole:
        path[:] = [point._replace(holder=_holder(point.case, roles)) for point in path]
    return len(path) < whole


def _had_it_before(path: list[Snapshot], lead: str | None) -> None:
    """Give a case to the unit a file names and does not say since when, as far as files tell."""
    for place in range(len(path) - 1, -1, -1):
        point = path[place]
        of_desk = place > 0 and point.entry.event.by_file is None
        if of_desk or point.holder is None or point.holder[0] is not Role.ROOM:
            return
        path[place] = point._replace(holder=(Role.UNIT, lead), last=(Role.UNIT, lead))


def holder_of(case: Case, room: str, addressee: str | None) -> tuple[Role, str | None] | None:
    """Return in what capacity who holds a case as it stands; None: it has ended."""
    role = _BY_STATUS.get(case.status)
    if role is None:
        return None
    if case.imported and case.lead and case.status is Status.REPORTED:
        role = Role.UNIT  # the file says who has it; nobody accepted it here
    if role is Role.UNIT and not case.lead:
        role = Role.ROOM  # a file does not say which unit handles it: the room has to find out
    names = {Role.ROOM: room, Role.UNIT: case.lead, Role.DISTRICT: addressee}
    return role, names.get(role)


def held(number: str, entries: Iterable[CaseEntry], roles: Roles) -> tuple[Held, ...]:
    """Return who had a case from when on, as a main case keeps it of a report merged in."""
    found: list[Held] = []
    for point in trail(number, entries, roles):
        if point.holder and (not found or found[-1].unit != point.holder[1]):
            found.append(Held(point.holder[1], point.at))
    return tuple(found)


# --- segments --------------------------------------------------------------------------


def segments(path: Sequence[Snapshot], ground: Ground) -> list[Segment]:
    """Return who held the case from receipt on; where a round had ended nobody did."""
    if not path:
        return []
    return [*_past_of(path, ground), *_segments(path, ground)]


def _segments(path: Sequence[Snapshot], ground: Ground) -> Iterator[Segment]:
    still = _still(path[-1].case, ground.now)
    begun = path[0]
    for point in path[1:]:
        if point.hands != begun.hands:
            if begun.holder:
                yield _segment(begun, point, still, ground)
            begun = point
    if begun.holder:
        yield _segment(begun, None, still, ground)


def _segment(
    begun: Snapshot,
    ended: Snapshot | None,
    still: Sequence[tuple[datetime, datetime]],
    ground: Ground,
) -> Segment:
    start, end = begun.at, ended.at if ended else ground.now
    role, unit = begun.holder or (Role.ROOM, None)
    stood = (ground.office(max(start, a), min(end, b)) for a, b in still)
    return Segment(
        role=role,
        unit=unit,
        start=start,
        end=ended.at if ended else None,
        opened=begun.entry.seq,
        closed=ended.entry.seq if ended else None,
        workdays=max(ground.workdays(start, end), 0),
        used=ground.office(start, end) - sum(stood, _NONE),
        person=begun.person,
    )


def _still(case: Case, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when a clock stood still, as a union of stretches."""
    times = [stretch for clock in case.clocks for stretch in clock.holds]
    return list(union([*times, *((c.held_at, now) for c in case.clocks if c.held_at)]))


def _past_of(path: Sequence[Snapshot], ground: Ground) -> Iterator[Segment]:
    """Give a record that came in ended to its unit, where file and result are known.

    When one of unknown end was settled, somebody may have said later.
    """
    case, seq = path[0].case, path[0].entry.seq
    if case.status is Status.UNKNOWN:
        later = (point.case for point in path if point.case.status is not Status.UNKNOWN)
        case = next(later, case)
    if case.imported and case.lead and case.resolved_at:
        start, end = case.received_at, case.resolved_at
        yield Segment(
            Role.UNIT, case.lead, start, end, seq, seq,
            ground.workdays(start, end), ground.office(start, end),
        )  # fmt: skip


# --- who answers -----------------------------------------------------------------------


def breaches(path: Sequence[Snapshot], ground: Ground) -> list[Breach]:
    """Return every limit missed by now, in the order of the clocks, and who answers for it."""
    segments_held = segments(path, ground)
    clocks = path[-1].case.clocks if path else ()
    return [
        _breach(clock, path, segments_held, ground) for clock in clocks if clock.late(ground.now)
    ]


def _breach(
    clock: Clock, path: Sequence[Snapshot], segments_held: Sequence[Segment], ground: Ground
) -> Breach:
    assert clock.due is not None  # noqa: S101 - nothing else is late
    segments_held = _with_inherited(clock, path, segments_held, ground)
    during = answerable(clock, segments_held, ground)
    had = next((s for s in reversed(segments_held) if s.start < clock.due), None)
    seqs = {*turns(path, clock.kind, clock.round)}
    role, unit, passed, person = None, None, None, None
    room = ground.rules.edition.readings.room_answers_for
    if clock.born_late or clock.kind in room:
        role, unit = Role.ROOM, ground.room
    elif during:
        role, unit, person = during.role, during.unit, during.person
        seqs |= {during.opened, _got_by_unit(segments_held, during).opened}
        if had and had is not during:
            seqs.add(had.opened)
            passed = had.unit or had.role if had.unit != during.unit else None
    return Breach(
        clock=clock,
        role=role,
        unit=unit,
        coordinator=coordinator(path, during, clock.due) if role is not Role.ROOM else None,
        passed=passed,
        workdays_late=ground.workdays(clock.due, clock.stopped or ground.now),
        evidence=tuple(sorted(seqs)),
        person=person,
    )


def _got_by_unit(segments_held: Sequence[Segment], during: Segment) -> Segment:
    """Return the stretch with which the unit of another got the case: persons hand over within."""
    got = during
    for segment in reversed(segments_held[: segments_held.index(during)]):
        if segment[:2] != got[:2] or segment.end != got.start:
            break
        got = segment
    return got


def _with_inherited(
    clock: Clock, path: Sequence[Snapshot], segments_held: Sequence[Segment], ground: Ground
) -> Sequence[Segment]:
    """Return who held what a limit is of: until a merge, those who had the report it came with.

    Where they are the same as take it over there was no hand-over.
    """
    came = _source(clock, path)
    if came is None:
        return segments_held
    event, until = came.entry.event, came.at
    assert isinstance(event, Absorbed)  # noqa: S101 - by its source
    before = [
        Segment(_role(unit, ground), unit, start, min(end, until), came.entry.seq, came.entry.seq,
                0, _NONE)
        for (unit, start), end in zip(
            event.held, [*(h.since for h in event.held[1:]), until], strict=True
        )
        if start < until
    ]  # fmt: skip
    after = [
        s._replace(start=max(s.start, until))
        for s in segments_held
        if s.end is None or s.end > until
    ]
    taken_over = after[0] if after and after[0].person is None else None
    if before and taken_over and before[-1][:2] == taken_over[:2]:
        after[0] = taken_over._replace(start=before.pop().start)
    return [*before, *after]


def _source(clock: Clock, path: Sequence[Snapshot]) -> Snapshot | None:
    """Return where the report came in that a limit counts from; None: it is the case's own."""
    shared = [s for s in clock.shared if s.promise.started == clock.started]
    if clock.started == path[0].at or any(s.number is None for s in shared):
        return None
    numbers = {s.number for s in shared}
    for point in reversed(path):
        event = point.entry.event
        if not isinstance(event, Absorbed) or not event.held:
            continue
        if event.number in numbers or (not shared and event.since == clock.started):
            return point
    return None


def _role(unit: str | None, ground: Ground) -> Role:
    if unit is None:
        return Role.MEETING
    named = {ground.room: Role.ROOM, ground.roles.district_platform: Role.DISTRICT}
    return named.get(unit, Role.UNIT)


def answerable(clock: Clock, segments_held: Sequence[Segment], ground: Ground) -> Segment | None:
    """Return whose stretch a missed target or ceiling falls to, None where nobody is known.

    The holder at the due instant, unless less than the fair part of office time was left
    when it got the case: then the one before it, back to whoever had it when the clock
    started. A hand-over at the due instant itself does not count any more, and who got the
    case after the limit had ended answers for nothing.
    """
    if clock.due is None:
        return None
    started = clock.started or segments_held[0].start if segments_held else clock.due
    could = [s for s in segments_held if s.start < clock.due and (s.end is None or s.end > started)]
    for segment in reversed(could):
        if ground.office(max(segment.start, started), clock.due) >= ground.fair:
            return segment
    first = next(iter(could or segments_held), None)
    late_for_it = first and clock.stopped and clock.stopped < first.start
    return None if late_for_it else first


def coordinator(path: Sequence[Snapshot], during: Segment | None, at: datetime) -> str | None:
    """Return who coordinated in a stretch, as it last stood before an instant (四.2)."""
    if during is None:
        return None
    name = None
    for point in path:
        ended = during.closed is not None and point.entry.seq >= during.closed
        if point.entry.seq >= during.opened and not ended and point.at < at:
            name = point.case.coordinator
    return name


def turns(path: Iterable[Snapshot], kind: ClockKind, round_: int) -> Iterator[int]:
    """Return the seqs at which a clock began, moved, stood still or ended."""
    before = None
    for point in path:
        now = next((c for c in point.case.clocks if (c.kind, c.round) == (kind, round_)), None)
        if now != before:
            yield point.entry.seq
        before = now
