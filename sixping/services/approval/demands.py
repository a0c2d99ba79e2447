"""When a step needs an approval: who only gains by it may not take it alone (三, 五.1).

What worsens a verdict, or leaves it as it is, is free; so is writing up within the hours of the
policy. A statement about the past is held against the same step taken now, a void against the
case as it stands.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.cases.lifecycle import LOOKING_BACK
from sixping.cases.steps.ending import FedBack
from sixping.cases.steps.intake import Declined
from sixping.documents.phrases import moment
from sixping.errors import NotAllowed
from sixping.office.organisation import organisation_at
from sixping.policy.vocabulary import LIMITS, ClockKind, Severity, Status
from sixping.services.approval import approval, how_to, last_in_round, stranger
from sixping.util.dates import understood_day
from sixping.workdays import office_time, workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.rules import Rules
    from sixping.cases.step import Step
    from sixping.services.taking import Situation, Steps

_HANDLED = (ClockKind.FINISH, ClockKind.CEILING)
_OPTION = "请加 --approved-by 姓名"


class Demand(NamedTuple):
    """An approval that is needed: of what (``fact``), by which rule, and who gains.

    ``leader``: only by who may grant a second extension or an exception.
    """

    rule: str
    gains: tuple[str, ...]
    fact: str = ""
    leader: bool = False
    option: str = _OPTION
    told: bool = False  # the step says the fact itself


def approved(situation: Situation, steps: Steps, name: str | None) -> Steps:
    """Return the steps with who approved them on the first, the one people take.

    A name nobody asked for is checked and kept. Raises ``NotAllowed`` where an approval is
    needed and none is given, or the one given does not hold; ``NotFound`` for nobody.
    """
    demands = list(chain.from_iterable(_demands(situation, *step) for step in steps))
    for of, event in steps if demands else ():
        situation.foresee(event, of)  # what is not possible at all is said first
    gains = tuple(dict.fromkeys(unit for demand in demands for unit in demand.gains))
    leader = any(demand.leader for demand in demands)
    (case, first), *rest = steps
    if name is None:
        for demand in demands:
            what = f"{demand.fact}, {demand.rule}" if demand.fact else demand.rule
            raise NotAllowed(
                f"{case.number} 不能{first.label}: {what}。",
                f"{demand.option}。{how_to(situation, gains, leader=leader)}",
            )
        return steps
    given = approval(situation, name, gains, leader=leader)
    unknown = stranger(situation) if demands else ""
    facts = (f"{each.fact}, 经批准办理" for each in demands if each.fact and not each.told)
    for words in (*facts, given.remark, unknown):
        if words:
            situation.hint(words)
    return [(case, given.put_on(first)), *rest]


def _demands(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    """Yield what in a step needs an approval."""
    if isinstance(event, LOOKING_BACK):
        yield from _undone(situation, of, event)
        return
    yield from _signed(situation, of, event)
    if isinstance(event, Declined):
        yield from _declined_late(situation, of, event)
    if event.kind in {"accepted", "regraded", "referred"}:
        yield from _graded(situation, of, event)
    yield from _stated(situation, of, event)


def _signed(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    """Yield what is never taken without somebody who signs for it (五.1c)."""
    if event.signed:
        again = event.kind == "extended" and last_in_round(situation, of, "extended") is not None
        leader = again or getattr(event, "beyond_ceiling", False)
        gains = _handling(situation, of)
        if event.kind == "amended":  # the room answers for the limits that count from the receipt
            gains = tuple(dict.fromkeys((*gains, _room(situation))))
        yield Demand(event.signed, gains, leader=leader)


def _declined_late(situation: Situation, of: Case, event: Declined) -> Iterator[Demand]:
    """Yield the limit that a report is not taken on after, whatever becomes of it (五.1a)."""
    clock = of.running(ClockKind.ACCEPT)
    if clock is None or clock.due is None or not clock.late(situation.at):
        return
    calendar = _rules(situation, of).calendar
    days = workdays_between(clock.due.date(), situation.at.date(), calendar)
    late = f" {days} 个工作日" if days else ""
    yield Demand(
        f"逾期{event.label}须经批准 (五.1a)",
        _answering(situation, of, clock),
        f"{_named(situation, clock)} 已过{late}",
        told=True,
    )


def _graded(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    grade = getattr(event, "severity", Severity.MAJOR)
    if grade is None:
        return
    if grade.rank > of.severity.rank:
        yield from _raised(situation, of)
    elif grade is not of.severity and getattr(event, "meeting", None) is None:
        yield from _lowered(situation, of)


def _raised(situation: Situation, of: Case) -> Iterator[Demand]:
    """Yield the limits that a case would leave within their last working day (三)."""
    rules = _rules(situation, of)
    days = rules.edition.readings.raising_approved_workdays
    for clock in of.clocks if days else ():
        if clock.running and clock.kind in _HANDLED and _ends_soon(situation, clock, days, rules):
            yield Demand(
                "这时升级须经批准 (三)",
                _answering(situation, of, clock),
                f"{_named(situation, clock)} 只剩最后 {days} 个工作日",
            )


def _ends_soon(situation: Situation, clock: Clock, days: int | None, rules: Rules) -> bool:
    """Return whether a limit has so little office time left, when it is taken or recorded."""
    due, length = clock.due, rules.hours.length * (days or 0)
    for at in (situation.at, situation.work.stamp.now):
        since = clock.held_at or at
        if due and since <= due and office_time(since, due, rules.calendar, rules.hours) <= length:
            return True
    return False


def _lowered(situation: Situation, of: Case) -> Iterator[Demand]:
    """Yield the decision that only who took it may set aside (三.2)."""
    decision = last_in_round(situation, of, "decided")
    if decision:
        yield Demand(
            "降级须由联席会议或领导决定 (三.2)",
            _handling(situation, of),
            f"{moment(decision.at, situation.at.year)} 已有会商决定",
            option=f"请加 --meeting 会议编号 (联席会议), 或 {_OPTION.removeprefix('请加 ')}",
        )


def _stated(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    """Yield the verdicts that get better by when a step is said to have happened."""
    now = situation.work.stamp.now
    if situation.at >= now:
        return  # nearly every step: no rules are read for it
    hours = _rules(situation, of).edition.readings.writing_up_hours
    if situation.at >= now - timedelta(hours=hours):
        return
    stated = situation.foresee(event, of)
    try:
        taken_now = situation.foresee(event, of, now)
    except NotAllowed:  # only possible as a statement about the past
        taken_now = of
    for late in (*_better(situation, taken_now, stated), *_told_late(situation, of, event)):
        yield Demand(
            f"补记使它不算超期, 且已过 {hours} 小时, 须经批准",
            late.gains,
            f"按现在记, {late.words} 已经超期",
        )


def _undone(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    """Yield the late verdicts that would be gone."""
    after = situation.foresee(event, of)
    for late in _better(situation, of, after):
        yield Demand(
            "撤销后它不再是超期, 须经批准", late.gains, f"{of.number} 的{late.words} 原记超期"
        )


class _Late(NamedTuple):
    """Something of a case that was or is late by now, and who answers for it."""

    key: tuple[str, object]
    words: str
    gains: tuple[str, ...]


def _better(situation: Situation, before: Case, after: Case) -> list[_Late]:
    """Return what is late in the one and not in the other."""
    late = {one.key for one in _lates(situation, after)}
    return [one for one in _lates(situation, before) if one.key not in late]


def _lates(situation: Situation, case: Case) -> Iterator[_Late]:
    """Yield what of a case is late by now: limits, signature, demands (五.3), parts (四.1)."""
    now, units = situation.work.stamp.now, _handling(situation, case)
    for clock in case.clocks:
        if clock.missed_by(now):
            gains = _answering(situation, case, clock)
            yield _Late((clock.kind, clock.round), _named(situation, clock), gains)
    for urge in case.urges:
        if urge.answer_by and _day_late(situation, case, urge.answer_by, urge.answered_at):
            words = f"{urge.level}督办的答复期限 {understood_day(urge.answer_by)}"
            yield _Late(("urge", urge.at), words, units)
    for part in case.parts:
        if part.due and _day_late(situation, case, part.due, part.done_at):
            words = f"{part.unit}的分工期限 {understood_day(part.due)}"
            yield _Late(("part", (part.unit, part.set_at)), words, (part.unit,))
    yield from _signed_late(situation, case)


def _signed_late(situation: Situation, case: Case) -> Iterator[_Late]:
    """Yield the signature of the present assignment, where it is or was waited for too long."""
    sent = case.assigned_at
    ended = case.signed_at or (None if case.status is Status.HANDLING else case.resolved_at)
    if sent is None or case.lead is None or not (ended or case.status is Status.HANDLING):
        return
    rules = _rules(situation, case)
    due = rules.due(sent, rules.edition.readings.unsigned_after_workdays)
    if is_late(due, situation.work.stamp.now, ended):
        words = f"{case.lead}的签收期限 {moment(due, situation.at.year)}"
        yield _Late(("signature", sent), words, (case.lead,))


def _told_late(situation: Situation, case: Case, event: Step) -> Iterator[_Late]:
    """Yield the telling of the result that is late by now, and not as it is stated (三.1)."""
    workdays = _rules(situation, case).edition.readings.feedback_workdays
    if workdays is None or case.resolved_at is None or not isinstance(event, FedBack):
        return
    due = _rules(situation, case).due(case.resolved_at, workdays)
    if is_late(due, situation.work.stamp.now) and not is_late(due, situation.at):
        words = f"反馈期限 {moment(due, situation.at.year)}"
        yield _Late(("feedback", case.resolved_at), words, _handling(situation, case))


def _day_late(situation: Situation, case: Case, day: date, ended: datetime | None) -> bool:
    return is_late(_rules(situation, case).close_of(day), situation.work.stamp.now, ended)


# --- who answers -------------------------------------------------------------------------


def _rules(situation: Situation, of: Case) -> Rules:
    return situation.rules_of(of.received_at.date())


def _answering(situation: Situation, of: Case, clock: Clock) -> tuple[str, ...]:
    """Return who answers for a limit: the room, or the units that handle the case (五.2)."""
    room = clock.kind in _rules(situation, of).edition.readings.room_answers_for
    return (_room(situation),) if room or clock.born_late else _handling(situation, of)


def _handling(situation: Situation, of: Case) -> tuple[str, ...]:
    return (of.lead, *of.assist) if of.lead else (_room(situation),)


def _room(situation: Situation) -> str:
    return organisation_at(situation.work.con, situation.at.date()).units.roles.room


def _named(situation: Situation, clock: Clock) -> str:
    due = moment(clock.due, situation.at.year) if clock.due else ""
    return f"{LIMITS[clock.kind]} {due}"
