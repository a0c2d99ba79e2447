"""When a step needs an approval: who only gains by it may not take it alone (三, 五.1).

What worsens a verdict, or leaves it as it is, is free; so is writing up within the hours of the
policy. A statement about the past is held against the same step taken now, a void against the
case as it stands. A verdict is what is late and who answers for it: who is rid of one gains.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.dates import Ask, Question
from sixping.cases.deadlines import limit_of
from sixping.cases.lifecycle import LOOKING_BACK
from sixping.cases.steps.intake import Declined
from sixping.cases.steps.repeats import Absorbed
from sixping.documents.phrases import moment
from sixping.errors import NotAllowed
from sixping.office.organisation import organisation_at
from sixping.policy.vocabulary import LIMITS, ClockKind, Severity
from sixping.reports.responsibility import Ground
from sixping.reports.verdicts import gone, verdicts
from sixping.services.approval import approval, how_to, last_in_round, stranger
from sixping.util.daytext import understood_day
from sixping.workdays import office_time, workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.cases.model import Case, Clock
    from sixping.cases.rules import Rules
    from sixping.cases.step import CaseEntry, Step
    from sixping.reports.verdicts import Gone, Verdict
    from sixping.services.taking import Situation, Steps

_HANDLED = (ClockKind.FINISH, ClockKind.CEILING)
_OPTION = "请加 --approved-by 姓名"
_NOBODY = "(不详)"
#: what a unit is rid of with those that assist it; the others are its own alone
_WITH_ASSIST = frozenset({*ClockKind, "urge", "feedback"})


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
    if isinstance(event, Absorbed):
        yield from _merged(situation, of, event)
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
    yield from _recategorised(situation, of, getattr(event, "category", None))
    grade = getattr(event, "severity", Severity.MAJOR)
    if grade is None:
        return
    if grade.rank > of.severity.rank:
        yield from _raised(situation, of)
    elif grade is not of.severity and getattr(event, "meeting", None) is None:
        yield from _lowered(situation, of)


def _recategorised(situation: Situation, of: Case, category: str | None) -> Iterator[Demand]:
    """Yield the limits that another category would lengthen within their last working day."""
    rules = _rules(situation, of)
    if category in {None, of.category} or of.own or not rules.edition.by_category:
        return
    for clock in of.clocks:
        asked = Question(Ask.FRESH, clock.kind, of.since, of.since, of.severity)
        was, now = (
            limit_of(asked._replace(category=name), rules) for name in (of.category, category)
        )
        longer = was and now and (now.workdays or 0) > (was.workdays or 0)
        if longer and not clock.late(situation.at):
            yield from _left_late(situation, of, clock, "这时改类使期限变长须经批准 (三)")


def _raised(situation: Situation, of: Case) -> Iterator[Demand]:
    """Yield the limits that a case would leave within their last working day (三)."""
    for clock in of.clocks:
        yield from _left_late(situation, of, clock, "这时升级须经批准 (三)")


def _left_late(situation: Situation, of: Case, clock: Clock, rule: str) -> Iterator[Demand]:
    """Yield a limit of the handling that would be left within its last working day."""
    rules = _rules(situation, of)
    days = rules.edition.readings.raising_approved_workdays
    handled = clock.running and clock.kind in _HANDLED
    if days and handled and _ends_soon(situation, clock, days, rules):
        fact = f"{_named(situation, clock)} 只剩最后 {days} 个工作日"
        yield Demand(rule, _answering(situation, of, clock), fact)


def _merged(situation: Situation, main: Case, event: Absorbed) -> Iterator[Demand]:
    """Yield what a report would leave by being merged: into a graver case it is raised (三).

    A limit that the main case does not keep is left too, whatever its grade; into one less
    grave the report is lowered.
    """
    of, after = situation.other(event.number), situation.foresee(event, main)
    graver = main.severity.rank > of.severity.rank
    rule = f"这时并入{main.severity}的 {main.number} 即为升级, 须经批准 (三)"
    if not graver:
        rule = f"这时并入 {main.number} 使它不再照计, 须经批准 (三)"
    for clock in of.clocks:
        if graver or not _keeps(after, clock):
            yield from _left_late(situation, of, clock, rule)
    if main.severity.rank < of.severity.rank:
        for demand in _lowered(situation, of):
            yield demand._replace(option=_OPTION)


def _keeps(main: Case, clock: Clock) -> bool:
    """Return whether a main case is held to a limit, or an earlier one, of a report merged in."""
    own = main.running(clock.kind)
    if own is None or own.due is None or clock.due is None:
        return False
    return own.due <= clock.due and (own.held_at is None or clock.held_at is not None)


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
    stated = situation.told(event, of)
    try:
        taken_now = situation.told(event, of, now)
    except NotAllowed:  # only possible as a statement about the past
        taken_now = list(situation.log_of(of.number))
    for late in _gone(situation, of, taken_now, stated):
        yield Demand(
            f"补记使它{_becomes(late, '不算超期')}, 且已过 {hours} 小时, 须经批准",
            _gains(situation, of, late.verdict),
            f"按现在记, {_named_late(situation, late)} 已经超期{_whose(late)}",
        )


def _undone(situation: Situation, of: Case, event: Step) -> Iterator[Demand]:
    """Yield the late verdicts that would be gone, or another's."""
    for late in _gone(situation, of, situation.log_of(of.number), situation.told(event, of)):
        yield Demand(
            f"撤销后它{_becomes(late, '不再是超期')}, 须经批准",
            _gains(situation, of, late.verdict),
            f"{of.number} 的{_named_late(situation, late)} 原记超期{_whose(late)}",
        )


def _gone(
    situation: Situation, of: Case, before: Sequence[CaseEntry], after: Sequence[CaseEntry]
) -> list[Gone]:
    """Return the late verdicts by now of the one log that somebody is rid of by the other."""
    roles = organisation_at(situation.work.con, situation.at.date()).units.roles
    ground = Ground(_rules(situation, of), roles, situation.work.stamp.now)
    return gone(*(verdicts(of.number, log, ground) for log in (before, after)))


def _named_late(situation: Situation, late: Gone) -> str:
    """Name what is late, with its date: the day alone where people named a day."""
    verdict, due = late.verdict, late.verdict.due
    by_day = verdict.kind in {"urge", "part"}
    said = understood_day(due.date()) if by_day else moment(due, situation.at.year)
    return f"{verdict.name} {said}"


def _whose(late: Gone) -> str:
    """Say who answers for what would be another's; of what would be late no more, nothing."""
    return "" if late.to is None else f", 由{late.verdict.who or _NOBODY}负责"


def _becomes(late: Gone, cured: str) -> str:
    return cured if late.to is None else f"改由{late.to or _NOBODY}负责"


# --- who answers -------------------------------------------------------------------------


def _rules(situation: Situation, of: Case) -> Rules:
    return situation.rules_of(of.received_at.date())


def _answering(situation: Situation, of: Case, clock: Clock) -> tuple[str, ...]:
    """Return who answers for a limit: the room, or the units that handle the case (五.2)."""
    room = clock.kind in _rules(situation, of).edition.readings.room_answers_for
    return (_room(situation),) if room or clock.born_late else _handling(situation, of)


def _handling(situation: Situation, of: Case) -> tuple[str, ...]:
    return (of.lead, *of.assist) if of.lead else (_room(situation),)


def _gains(situation: Situation, of: Case, verdict: Verdict) -> tuple[str, ...]:
    """Return who answers for a verdict, and gains by being rid of it (五.2)."""
    unit = verdict.unit
    if unit is None or (unit == of.lead and verdict.kind in _WITH_ASSIST):
        return _handling(situation, of)
    return (unit,)


def _room(situation: Situation) -> str:
    return organisation_at(situation.work.con, situation.at.date()).units.roles.room


def _named(situation: Situation, clock: Clock) -> str:
    due = moment(clock.due, situation.at.year) if clock.due else ""
    return f"{LIMITS[clock.kind]} {due}"
