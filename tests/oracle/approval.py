"""Who has to approve a step, and who may: only where a verdict gets better, never by oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tests.oracle.days import CLOSES, OPENS, Calendar
from tests.oracle.model import GRADES, ROOM, Case, Refused, Step

ROLES = ("分管领导", "主要领导", "街道主任", "党工委书记", "街道副主任", "党工委副书记")
OPERATOR = "演示甲"
DAY = datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)
WRITING_UP = timedelta(hours=24)
Units = tuple[str | None, ...]
Late = dict[tuple[str, object], Units]


@dataclass(frozen=True)
class Person:
    """Somebody of the register, from a day on."""

    name: str
    unit: str
    role: str
    since: date


def check(people: list[Person], day: date, name: str | None, gains: set[str | None]) -> None:
    """Refuse who may not approve; while nobody of an approving role is known, a role may."""
    known = {person.name: person for person in people if person.since <= day}
    if name is None or name == OPERATOR:
        raise Refused("not without somebody else")
    if not any(person.role in ROLES for person in known.values()):
        if name not in ROLES:
            raise Refused("no such role")
        return
    who = known.get(name)
    if who is None or who.role not in ROLES or who.unit in gains:
        raise Refused("may not approve")


def handling(case: Case) -> Units:
    return (case.lead, *case.assist) if case.lead else (ROOM,)


def demands(case: Case, step: Step, calendar: Calendar) -> Iterator[Units]:
    """Yield who gains by each thing in a step that is not to be taken alone."""
    if step.kind in {"extend", "suspend"}:
        yield handling(case)
    if step.kind == "amend" and "received" in step.args:
        yield (*handling(case), ROOM)
    accept = case.running("accept")
    if step.kind == "decline" and accept is not None and accept.late(step.at):
        yield (ROOM,)
    severity = "重大" if step.kind == "refer" else step.args.get("severity")
    if severity and step.kind in {"regrade", "refer", "accept"}:
        yield from graded(case, step, severity, calendar)


def graded(case: Case, step: Step, severity: str, calendar: Calendar) -> Iterator[Units]:
    """三, 三.2: raised within the last working day; lowered after it was decided."""
    if GRADES.index(severity) < GRADES.index(case.severity) and case.decided_once:
        yield handling(case)
    for row in case.rows:
        raised = GRADES.index(severity) > GRADES.index(case.severity)
        if raised and row.live and row.kind in {"finish", "ceiling"}:
            moments = [row.held or at for at in (step.at, step.recorded)]
            ends = [calendar.office_time(at, row.due) for at in moments if at <= row.due]
            if any(left <= DAY for left in ends):
                born_late = row.born is not None and row.born > row.due
                yield (ROOM,) if born_late else handling(case)


def stated(case: Case, step: Step, take: Callable[[Case, Step], Case]) -> Iterator[Units]:
    """Yield who gains by a statement about the past: what were late, were it done now."""
    if step.at >= step.recorded - WRITING_UP:
        return
    told = take(case, step)
    try:
        now = take(case, replace(deepcopy(step), at=step.recorded))
    except Refused:
        now = case
    yield from better(now, told, step.recorded)


def better(before: Case, after: Case, now: datetime) -> Iterator[Units]:
    late = lates(after, now)
    yield from (units for key, units in lates(before, now).items() if key not in late)


def lates(case: Case, now: datetime) -> Late:
    """What is late of a case by now, and who answers for it."""
    found: Late = {}
    for row in case.rows:
        if row.late(now):
            room = row.kind in {"accept", "refer"} or (row.born is not None and row.born > row.due)
            found[row.kind, row.round] = (ROOM,) if room or row.taken_late else handling(case)
    handled = case.status == "办理中"
    signed = case.signed or (None if handled else case.resolved)
    asked = case.lead and case.assigned and (signed or handled)
    if case.assigned and asked and (signed or now) > case.calendar.due(case.assigned, 1):
        found["signature", case.assigned] = (case.lead,)
    for urge in case.urges:
        if urge.due and (urge.answered or now) > urge.due:
            found["urge", urge.at] = handling(case)
    for part in case.parts:
        if part.due and (part.ended or now) > part.due:
            found["part", (part.unit, part.at)] = (part.unit,)
    return found
