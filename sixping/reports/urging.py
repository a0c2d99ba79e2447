"""Which demand a case is due by the policy's ladder (五.3), where the policy sets one.

Pure. Days are working days; instants are Shanghai time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import ClockKind
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.deadlines import Rules
    from sixping.cases.model import Case, Clock

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
    opens, closes = rules.hours
    return rules.calendar.is_workday(now.date()) and opens <= now.time() <= closes
