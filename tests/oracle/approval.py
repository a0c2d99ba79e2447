"""Who has to approve a step, and who may: only where a verdict gets better, never by oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.oracle.days import Calendar
from tests.oracle.late import WORKDAY, Verdict, rid_of
from tests.oracle.model import GRADES, ORDER, ROOM, Case, Refused, Row, Step

ROLES = ("分管领导", "主要领导", "街道主任", "党工委书记", "街道副主任", "党工委副书记")
OPERATOR = "演示甲"
WRITING_UP = timedelta(hours=24)
Units = tuple[str | None, ...]


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
    if GRADES.index(severity) > GRADES.index(case.severity):
        yield from (handling_of(case, row) for row in case.rows if ends_soon(row, step, calendar))


def ends_soon(row: Row, step: Step, calendar: Calendar) -> bool:
    """Is it within the last working day of a limit of the handling, when taken or recorded?"""
    if not row.live or row.kind not in {"finish", "ceiling"}:
        return False
    moments = [row.held or at for at in (step.at, step.recorded)]
    ends = [calendar.office_time(at, row.due) for at in moments if at <= row.due]
    return any(left <= WORKDAY for left in ends)


def handling_of(case: Case, row: Row) -> Units:
    late = row.taken_late or (row.born is not None and row.born > row.due)
    return (ROOM,) if late else handling(case)


def merging(
    child: Case, main: Case, after: Case, step: Step, calendar: Calendar
) -> Iterator[Units]:
    """三: into a graver case it is raised, into a less grave one lowered; a limit may be lost."""
    own, other = GRADES.index(child.severity), GRADES.index(main.severity)
    for row in child.rows:
        now = after.running(row.kind)
        kept = now is not None and now.due <= row.due and (now.held is None or bool(row.held))
        if ends_soon(row, step, calendar) and (other > own or not kept):
            yield handling_of(child, row)
    if other < own and child.decided_once:
        yield handling(child)


def stated(
    case: Case, step: Step, calendar: Calendar, take: Callable[[Case, Step], Case]
) -> Iterator[Units]:
    """Yield who gains by a statement about the past: what were late, or theirs, were it now."""
    if step.at < step.recorded - WRITING_UP:
        yield from better(case, as_now(case, step, take), take(case, step), step, calendar)


def as_now(case: Case, step: Step, take: Callable[[Case, Step], Case]) -> Case:
    """What a case would be, had the step happened when it was written down."""
    now = replace(deepcopy(step), at=step.recorded, answers={}, freed={}, base=None, taken=False)
    try:
        return take(case, now)
    except Refused:
        return case


def better(
    case: Case, before: Case, after: Case, step: Step, calendar: Calendar
) -> Iterator[Units]:
    """Yield who is rid of what is late by now."""
    for late, _to in rid_of(before, after, calendar, step.recorded):
        yield gains(case, late)


def gains(case: Case, late: Verdict) -> Units:
    """A limit, a demand is of all who handle the case; a signature or part of its unit alone."""
    shared = late.unit == case.lead and late.kind in {*ORDER, "urge"}
    return handling(case) if late.unit is None or shared else (late.unit,)
