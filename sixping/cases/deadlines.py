"""Deadlines counted by the rules: how many working days, from when, by whose calendar (五.1).

Pure: numbers come from the policy edition in force at receipt, days from the calendar. A
suspension counts in working days whose office hours (一.2) it covers whole; overlapping and
adjoining ones are one. Which clocks run is in ``book``; what is late in ``lateness``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sixping.cases.dates import Answer, Ask, Due
from sixping.cases.lateness import is_late, not_into_the_past
from sixping.cases.rules import Rules
from sixping.policy.vocabulary import ClockKind
from sixping.workdays import Hours, add_workdays, counted_from, workdays_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.cases.dates import Question
    from sixping.cases.model import Clock
    from sixping.cases.rules import Terms
    from sixping.policy.editions import Limit


class Counted:
    """Answers by the rules, and keeps what it answered: that is what a new step records."""

    def __init__(self, rules: Callable[[], Rules]) -> None:
        """``rules`` gives the rules of the case; they are read when a date is first asked for."""
        self._rules_of = rules
        self._rules: Rules | None = None
        self.dues: list[Due] = []

    @property
    def rules(self) -> Rules:
        """Return the rules of the case."""
        self._rules = self._rules or self._rules_of()
        return self._rules

    @cached_property
    def terms(self) -> Terms:
        """Return under which rules the dates were counted."""
        return self.rules.terms

    def __call__(self, question: Question) -> Answer | None:
        """Return the date the rules give; None where they set no number or change nothing."""
        due = _COUNT[question.ask](question, self.rules)
        if due is None:
            return None
        self.dues.append(due)
        return Answer(due, self.terms)


def counted(question: Question, rules: Rules, workdays: int, clause: str | None) -> Due:
    """Return the close of the n-th working day after the start of a question."""
    start = question.start
    due = rules.due(start, workdays)
    return Due(
        question.kind, due, workdays, clause,
        rules.calendar.provisional(start.date(), due.date()),
        None if start == question.at else start, question.was,
    )  # fmt: skip


def limit_of(question: Question, rules: Rules) -> Limit | None:
    """Return the limit of a clock: the item's own, else the category's, else the grade's (五.1c).

    What a decision dates has no other; a ceiling nobody gave otherwise is the notice's.
    """
    limit = rules.edition.limit(question.kind, question.severity)
    if limit is None or limit.workdays is None:
        return limit
    for own in (question.own, rules.edition.by_category.get(question.category or "")):
        days = own and {ClockKind.FINISH: own.workdays, ClockKind.CEILING: own.ceiling}.get(
            question.kind
        )
        if own and days:
            return limit._replace(workdays=days, clause=own.clause)
        if own and own.workdays:  # its target is its own, the ceiling the notice's
            return limit
    return limit


def _fresh(question: Question, rules: Rules) -> Due | None:
    limit = limit_of(question, rules)
    if limit is None or limit.workdays is None:
        return None
    clock = question.clock  # one that counts from another receipt than before
    still = _still(clock, clock.holds, rules) if clock else 0
    return counted(question, rules, limit.workdays + still, limit.clause)


def _again(question: Question, rules: Rules) -> Due | None:
    clock = question.clock
    if clock is None or question.days is None:
        return None
    due = counted(question, rules, question.days, clock.clause)
    start, provisional = question.start.date(), rules.calendar.provisional
    holds, mark = not_into_the_past(
        clock.due,
        (due.due, due.provisional),
        question.at,
        lambda day: provisional(start, day.date()),
    )
    return due._replace(due=holds, provisional=mark)


def _category(question: Question, rules: Rules) -> Due | None:
    """Move a running promise by what the category has of its own; a breach stays as it is.

    None where nothing changes, or the other limit would lie in the past: nobody can keep that.
    One that stands still is judged as of then; the days it stood follow when it runs again.
    """
    clock = question.clock
    now = (clock.held_at if clock else None) or question.at
    limit, was = (
        limit_of(question, rules),
        limit_of(question._replace(category=question.former), rules),
    )
    if clock is None or clock.due is None or is_late(clock.due, now):
        return None
    if limit is None or was is None or limit == was:
        return None
    days = (clock.workdays or 0) + (limit.workdays or 0) - (was.workdays or 0)
    due = _again(question._replace(days=days, at=now), rules) if days > 0 else None
    if due is None or due.due == clock.due:
        return None
    started = None if question.start == question.at else question.start
    return due._replace(clause=limit.clause, started=started)


def _recount(question: Question, rules: Rules) -> Due | None:
    due, clock = _again(question, rules), question.clock
    if due is None or clock is None:
        return None
    return due if (due.due, due.provisional) != (clock.due, clock.provisional) else None


def _fixed(question: Question, rules: Rules) -> Due | None:
    if question.day is None:
        return None
    limit = rules.edition.limit(question.kind, question.severity)
    start = None if question.start == question.at else question.start
    clause = limit.clause if limit else None
    return Due(question.kind, rules.close_of(question.day), clause=clause, started=start)


def _freed(question: Question, rules: Rules) -> Due | None:
    clock = question.clock
    if clock is None or clock.held_at is None:
        return None
    days = _still(clock, (*clock.holds, (clock.held_at, question.at)), rules)
    days -= _still(clock, clock.holds, rules)
    return _after(question, clock, days, rules)


def _later(question: Question, rules: Rules) -> Due | None:
    clock = question.clock
    return None if clock is None else _after(question, clock, question.days or 0, rules)


def _after(question: Question, clock: Clock, days: int, rules: Rules) -> Due | None:
    if clock.due is None:
        return None
    due = clock.due
    if days:
        due = rules.close_of(add_workdays(due.date(), days, rules.calendar))
    return _following(question, clock, due, days, rules)


def _level(question: Question, rules: Rules) -> Due | None:
    clock, upto = question.clock, question.upto
    if clock is None or clock.due is None or upto is None:
        return None
    if question.days is None:
        days = workdays_between(clock.due.date(), upto.date(), rules.calendar)
    else:
        days = question.days - (clock.workdays or 0)
    return _following(question, clock, upto, days, rules)


def _following(question: Question, clock: Clock, due: datetime, days: int, rules: Rules) -> Due:
    start = None if question.start == question.at else question.start
    provisional = rules.calendar.provisional(question.start.date(), due.date())
    workdays = (clock.workdays or 0) + days
    return Due(question.kind, due, workdays, clock.clause, provisional, start, clock.due)


_COUNT: dict[Ask, Callable[[Question, Rules], Due | None]] = {
    Ask.FRESH: _fresh,
    Ask.AGAIN: _again,
    Ask.FIXED: _fixed,
    Ask.FREED: _freed,
    Ask.LATER: _later,
    Ask.LEVEL: _level,
    Ask.UPTO: _level,
    Ask.CATEGORY: _category,
    Ask.RECOUNT: _recount,
}


# --- standing still ----------------------------------------------------------------------

Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)


def _still(clock: Clock, holds: Iterable[Span], rules: Rules) -> int:
    """Return the working days after the clock's start that the suspensions cover whole."""
    counting = rules.edition.counting
    if clock.started is None:
        return 0
    start = counted_from(clock.started, rules.calendar, counting.profile, rules.hours)
    return whole_days(holds, start, rules.calendar, rules.hours)


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
