"""The clocks a case runs against: which start, move or stop with each step (五.1).

Pure: gives the steps an event records (decision 2); ``lifecycle`` only applies them.
Numbers come from the policy edition in force at receipt, days from the calendar. A target is
extended before it passes, or suspended while it cannot be worked on: a suspension counts in
working days whose office hours (一.2) it covers whole; overlapping and adjoining ones are one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sixping.cases.lateness import is_late
from sixping.cases.model import Case, ClockStep, Op
from sixping.cases.rules import Rules
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from sixping.workdays import Hours, add_workdays, counted_from, workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.cases.model import Clock

ACCEPT, REFER, FINISH, CEILING = ClockKind


def start(kind: ClockKind, severity: Severity, since: datetime, rules: Rules) -> ClockStep | None:
    """Return the step that starts a clock, or None where the notice sets no number."""
    limit = rules.edition.limit(kind, severity)
    if limit is None or limit.workdays is None:
        return None
    due = rules.due(since, limit.workdays)
    return ClockStep(
        op=Op.START,
        kind=kind,
        started=since,
        due=due,
        workdays=limit.workdays,
        clause=limit.clause,
        provisional=rules.calendar.provisional(since.date(), due.date()),
    )


def _starts(
    kinds: tuple[ClockKind, ...], severity: Severity, since: datetime, rules: Rules
) -> tuple[ClockStep, ...]:
    steps = (start(kind, severity, since, rules) for kind in kinds)
    return tuple(s for s in steps if s)


def _ends(case: Case, op: Op, *kinds: ClockKind) -> tuple[ClockStep, ...]:
    ending = (c.kind for c in case.clocks if c.running and c.kind in kinds)
    return tuple(ClockStep(op=op, kind=kind) for kind in ending)


def reported(severity: Severity, received: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Start what runs from receipt: accept always, the others by severity (五.1a-c)."""
    return _starts(tuple(ClockKind), severity, received, rules)


def accepted(case: Case) -> tuple[ClockStep, ...]:
    """Stop the accept clock: the decision was made and fed back (五.1a)."""
    return _ends(case, Op.STOP, ACCEPT)


def declined(case: Case) -> tuple[ClockStep, ...]:
    """Stop the accept clock; the others leave with the case."""
    return accepted(case) + _ends(case, Op.DROP, REFER, FINISH, CEILING)


def merged(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Drop every clock: the report is handled with another case; a breach stays."""
    return (*freed(case, at, rules), *_ends(case, Op.DROP, *ClockKind))


def unmerged(case: Case, dropped: Iterable[ClockKind]) -> tuple[ClockStep, ...]:
    """Give back the promises that merging dropped, with their own due dates."""
    kinds = frozenset(dropped)
    return tuple(_again(c) for c in case.clocks if c.kind in kinds and c.round == case.round)


def regraded(case: Case, severity: Severity, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Change the route: clocks it lacks leave, clocks it has start where they started.

    The refer clock starts when the case is found to be beyond the street (五.1b); the
    others keep the start of the round. A breach stays: a clock that was late when it
    left comes back with the due date it missed.
    """
    if severity is case.severity:
        return ()
    steps: list[ClockStep] = []
    for kind in (REFER, FINISH, CEILING):
        runs = case.running(kind) is not None
        fresh = start(kind, severity, at if kind is REFER else case.round_at, rules)
        if runs and fresh is None:
            steps += freed(case, at, rules) if kind is FINISH else ()
            steps.append(ClockStep(op=Op.DROP, kind=kind))
        elif fresh and not runs:
            steps.append(_missed(case, kind) or _moved_before(case, fresh) or fresh)
    return tuple(steps)


def _again(clock: Clock) -> ClockStep:
    """Return the step that starts a clock again with the promise it had."""
    return ClockStep(
        op=Op.START, kind=clock.kind, started=clock.started, due=clock.due,
        workdays=clock.workdays, clause=clock.clause, provisional=clock.provisional,
    )  # fmt: skip


def _missed(case: Case, kind: ClockKind) -> ClockStep | None:
    for c in case.clocks:
        if c.kind is kind and c.round == case.round and c.stopped and c.late(c.stopped):
            return _again(c)
    return None


def _moved_before(case: Case, fresh: ClockStep) -> ClockStep | None:
    """Return the earlier promise of this round, where it was extended or stood still."""
    for c in case.clocks:
        same = c.kind is fresh.kind and c.round == case.round and c.started == fresh.started
        if same and c.dropped and (c.workdays or 0) > (fresh.workdays or 0):
            return _again(c)
    return None


def decided(case: Case, day: date, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Make the date the meeting or leader fixed the finish limit (三.2).

    Where a limit of this round was missed, the date opens a new round (``missed``), so
    that the breach stays. Raises ``NotAllowed`` for a date before the decision: a limit
    is never born late.
    """
    due = rules.close_of(day)
    if is_late(due, at):
        raise NotAllowed(
            f"会商决定的期限 {day} 早于作出决定的时间。", "请核对 --due; 期限应在决定之后。"
        )
    anew = missed(case, at)
    limit = rules.edition.limit(FINISH, Severity.SERIOUS)
    fixed = ClockStep(
        op=Op.MOVE if case.running(FINISH) and not anew else Op.START,
        kind=FINISH,
        started=at if anew else case.round_at,
        due=due,
        clause=limit.clause if limit else None,
    )
    return (*_ends(case, Op.DROP, FINISH), fixed) if anew else (fixed,)


def missed(case: Case, at: datetime) -> bool:
    """Return whether the finish limit of the present round was missed by ``at``."""
    return any(c.kind is FINISH and c.round == case.round and c.late(at) for c in case.clocks)


def referred(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Stop the refer clock; a case not graded 重大 before becomes so at this moment (三.3)."""
    leaving = (*freed(case, at, rules), *_ends(case, Op.DROP, FINISH, CEILING))
    stop = ClockStep(op=Op.STOP, kind=REFER)
    if case.running(REFER):
        return (stop, *leaving)
    before = next((c for c in case.clocks if c.kind is REFER and c.round == case.round), None)
    if before and not before.dropped:
        return leaving  # reported again in the same round: the first report counts
    late = _missed(case, REFER)
    begin = (late,) if late else _starts((REFER,), Severity.MAJOR, at, rules)
    return (*begin, stop, *leaving)


def refer_replied(
    case: Case, at: datetime, rules: Rules, *, returned: bool
) -> tuple[ClockStep, ...]:
    """Open a new round when the district sends the case back; nothing runs otherwise."""
    return _starts((REFER,), case.severity, at, rules) if returned else ()


def resolved(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Stop target and ceiling (五.1c); a suspension ends at that moment first."""
    stops = _ends(case, Op.STOP, FINISH, CEILING) + _ends(case, Op.DROP, REFER)
    return freed(case, at, rules) + stops


def reopened(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """Start a new round from this moment (reading ``restart_on_reopen``).

    A report that had been declined is to be decided on again, so accept starts too.
    """
    since = at if rules.edition.readings.restart_on_reopen else case.received_at
    again = case.status is Status.DECLINED
    kinds = tuple(ClockKind) if again else (REFER, FINISH, CEILING)
    return _starts(kinds, case.severity, since, rules)


def imported(
    severity: Severity,
    received: datetime,
    resolved_at: datetime | None,
    rules: Rules,
    *,
    ended: bool = False,
) -> tuple[ClockStep, ...]:
    """Give a record of the past its clocks: known ends only, acceptance unknown.

    Nobody recorded an acceptance or a referral, so these have no verdict and enter no
    cohort; target and ceiling ended when the file says the matter was settled, and are
    unknown where it only says that it was (``ended``).
    """
    steps = []
    for step in reported(severity, received, rules):
        known = step.kind in {FINISH, CEILING} and (resolved_at is not None or not ended)
        steps.append(
            ClockStep(
                op=Op.START if known else Op.UNKNOWN,
                kind=step.kind,
                started=step.started,
                due=step.due,
                stopped=resolved_at if known else None,
                workdays=step.workdays,
                clause=step.clause,
                provisional=step.provisional,
            )
        )
    return tuple(steps)


def voided(before: Case, after: Case) -> tuple[ClockStep, ...]:
    """Record the due dates that hold after a step was left out (decision 2)."""
    known = {(c.kind, c.round, c.due) for c in before.clocks if c.running}
    return tuple(
        _again(c) for c in after.clocks if c.running and (c.kind, c.round, c.due) not in known
    )


Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)


def freed(case: Case, at: datetime, rules: Rules) -> tuple[ClockStep, ...]:
    """End a suspension, if one is on: the target moves by the working days that stood still.

    Days count as a union of all suspensions of the round; the ceiling does not move.
    """
    clock = case.suspended
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


def _counted_from(clock: Clock, op: Op, due: datetime, workdays: int, rules: Rules) -> ClockStep:
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

    Empty where no target can be moved (``check_transition`` says why). Raises ``NotAllowed``
    past the ceiling without ``beyond``.
    """
    target, ceiling = case.running(ClockKind.FINISH), case.running(ClockKind.CEILING)
    if target is None or target.due is None or target.workdays is None:
        return ()
    if is_late(target.due, at) or target.held_at:
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
    for opens, closes in spans[1:]:
        if opens > end:
            yield start, end
            start, end = opens, closes
        end = max(end, closes)
    yield start, end
