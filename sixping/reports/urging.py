"""Which demand a case is due by the policy's ladder (五.3), where the policy sets one.

Pure. Days are working days; instants are Shanghai time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.steps.urging import Urged
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind
from sixping.workdays import add_workdays, workdays_between

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.rules import Rules
    from sixping.cases.step import Step

#: the limits whose breach demands action; the ceiling only follows the target
WATCHED = (ClockKind.ACCEPT, ClockKind.REFER, ClockKind.FINISH)


class Draft(NamedTuple):
    """The next grade of a case and the limit it missed by so many working days."""

    level: str
    clock: Clock
    workdays_late: int


def next_level(case: Case, rules: Rules) -> str | None:
    """Return the next grade of the ladder for a case; None after the last one."""
    ladder, done = rules.edition.readings.urge_ladder, {urge.level for urge in case.urges}
    return next((level for level in ladder[len(done) :] if level not in done), None)


def drafted(case: Case, rules: Rules, now: datetime) -> Draft | None:
    """Return the demand that is due at ``now``; None: none, or the policy sets no days.

    A grade is due when the oldest missed limit is late by its working days, and as many
    working days after the grade before it as lie between their days: however often it is
    asked, one grade follows another at the pace of the ladder.
    """
    days = rules.edition.readings.urge_auto_workdays
    level = next_level(case, rules)
    late = [c for c in case.clocks if c.kind in WATCHED and c.due_before(now)]
    if days is None or level is None or not late:
        return None
    clock = min(late, key=lambda c: c.due or now)
    behind = workdays_between((clock.due or now).date(), now.date(), rules.calendar)
    place = rules.edition.readings.urge_ladder.index(level)
    if behind < days[place]:
        return None
    if case.urges:
        since = workdays_between(case.urges[-1].at.date(), now.date(), rules.calendar)
        if since < days[place] - (days[place - 1] if place else 0):
            return None
    return Draft(level, clock, behind)


def in_office(rules: Rules, now: datetime) -> bool:
    """Return whether ``now`` lies within the office hours of a working day (一.2)."""
    return rules.calendar.is_workday(now.date()) and rules.hours.hold(now.time())


def urging(
    case: Case, level: str, at: datetime, rules: Rules, *, why: str | None, by: date | None
) -> Step:
    """Return the demand of a grade; ``by`` None: the policy's day, or none where it has none.

    Raises ``NotAllowed`` for a grade that is not the next of the ladder.
    """
    due = next_level(case, rules)
    if level != due:
        ladder = " → ".join(rules.edition.readings.urge_ladder)
        hint = f"下一级是“{due}”。" if due else "最高一级已经督办过, 请按五.3追责。"
        last = f"最近一次是“{case.urges[-1].level}”" if case.urges else "还没有督办过"
        raise NotAllowed(f"{case.number} 不能作“{level}”督办: {last} ({ladder}, 五.3)。", hint)
    return Urged(
        level=level,
        follows=case.urges[-1].level if case.urges else None,
        answer_by=by or answer_day(at, rules),
        reason=why,
    )


def answer_day(at: datetime, rules: Rules) -> date | None:
    """Return the day by which the policy wants an answer; None: it sets none (五.3)."""
    days = rules.edition.readings.urge_answer_workdays
    return None if days is None else add_workdays(at.date(), days, rules.calendar)
