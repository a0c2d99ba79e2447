"""How a target moves: extended before it passes, or held while it cannot be worked on (五.1c).

Pure: gives the steps an event records (decision 2). A suspension counts in working days
whose office hours (一.2) it covers whole; overlapping and adjoining ones are one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sixping.errors import NotAllowed
from sixping.model import ClockKind, ClockStep, Op
from sixping.workdays import add_workdays, counted_from, workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sixping.model import Case, Clock
    from sixping.rules import Rules
    from sixping.workdays import Calendar, Hours

Span = tuple["datetime", "datetime"]
_DAY = timedelta(days=1)


def freed(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """End a suspension, if one is on: the target moves by the working days that stood still.

    Days count as a union of all suspensions of the round; the ceiling does not move.
    """
    clock = case.held
    if clock is None or clock.due is None or clock.started is None or clock.held_at is None:
        return ()
    days = _still(clock, (*clock.holds, (clock.held_at, at)), rules)
    days -= _still(clock, clock.holds, rules)
    due, counted = clock.due, clock.workdays
    if days:
        due = rules.close_of(add_workdays(due.date(), days, rules.calendar))
    return (_counted_from(clock, Op.RELEASE, due, (counted or 0) + days, rules),)


def _still(clock: Clock, holds: Iterable[Span], rules: Rules) -> int:
    """Return the working days after the clock's start that the suspensions cover whole."""
    counting = rules.edition.counting
    if clock.started is None:
        return 0
    start = counted_from(clock.started, rules.calendar, counting.profile, rules.hours)
    return whole_days(holds, start, rules.calendar, rules.hours)


def _counted_from(
    clock: Clock, op: Op, due: datetime, workdays: int, rules: Rules
) -> ClockStep:
    start = (clock.started or due).date()
    provisional = rules.calendar.provisional(start, due.date())
    return ClockStep(
        op=op, kind=clock.kind, due=due, was=clock.due, workdays=workdays,
        provisional=provisional,
    )  # fmt: skip


def suspended() -> tuple[ClockStep, ...]:
    """Hold the target; the ceiling runs on (五.1c)."""
    return (ClockStep(op=Op.HOLD, kind=ClockKind.FINISH),)


def extended(
    case: Case, workdays: int, at: datetime, rules: Rules, *, beyond: bool
) -> tuple[ClockStep, ...]:
    """Move the target ``workdays`` after the present one, the ceiling only if ``beyond``.

    Empty where no target can be moved (``admit`` says why). Raises ``NotAllowed`` past the
    ceiling without ``beyond``.
    """
    target, ceiling = case.running(ClockKind.FINISH), case.running(ClockKind.CEILING)
    if target is None or target.due is None or target.workdays is None:
        return ()
    if at > target.due or target.held_at:
        return ()
    due = rules.close_of(add_workdays(target.due.date(), workdays, rules.calendar))
    moved = _counted_from(target, Op.MOVE, due, target.workdays + workdays, rules)
    if ceiling is None or ceiling.due is None or due <= ceiling.due:
        return (moved,)
    if not beyond:
        raise NotAllowed(
            f"{case.number} 不能延期到 {due:%Y-%m-%d}: 超过 {ceiling.workdays or ''}"
            f" 个工作日的上限 {ceiling.due:%Y-%m-%d %H:%M} (五.1c)。",
            "请减少 --workdays; 领导特批的, 另加 --beyond-ceiling。",
        )
    more = workdays_between(ceiling.due.date(), due.date(), rules.calendar)
    return (moved, _counted_from(ceiling, Op.MOVE, due, (ceiling.workdays or 0) + more, rules))


def whole_days(holds: Iterable[Span], after: date, calendar: Calendar, hours: Hours) -> int:
    """Return the working days later than ``after`` that the union of ``holds`` covers whole."""
    days = 0
    for start, end in union(holds):
        first = start.date() if start.time() <= hours.opens else start.date() + _DAY
        last = end.date() if end.time() >= hours.closes else end.date() - _DAY
        before = max(first - _DAY, after)
        if before < last:
            days += workdays_between(before, last, calendar)
    return days


def union(holds: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans joined where they overlap or touch, oldest first; empty ones give none."""
    spans = sorted(span for span in holds if span[0] < span[1])
    if not spans:
        return
    start, end = spans[0]
    for one, other in spans[1:]:
        if one > end:
            yield start, end
            start, end = one, other
        end = max(end, other)
    yield start, end
