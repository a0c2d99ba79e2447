"""The failures of a period, gathered from the ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.reports.lapses import Lapse
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: cases replayed at a time: memory stays flat over a year
_AT_ONCE = 500


def failures(
    con: Connection, rulebooks: Rulebooks, first: date, last: date, now: datetime
) -> Iterator[Lapse]:
    """Yield every failure that belongs to a period of whole days, case by case."""
    from sixping.office.organisation import organisation_at
    from sixping.office.streams import entries
    from sixping.queries.lapses import candidates
    from sixping.reports.lapses import lapses as judge
    from sixping.reports.lapses import task_lapses
    from sixping.reports.responsibility import Ground, trail
    from sixping.store.log import read_many
    from sixping.util.clock import SHANGHAI, to_text

    start = datetime.combine(first, time(), SHANGHAI)
    end = datetime.combine(last, time(23, 59, 59), SHANGHAI)
    readings = [edition.readings for edition in rulebooks.policy.editions]
    reach = max(max(r.unsigned_after_workdays, r.feedback_workdays or 0) for r in readings)
    back = start - timedelta(days=2 * reach + 20)  # no run of days off is that long
    feedback_late = any(r.feedback_workdays for r in readings)
    bounds = {"first": start, "last": end, "back": back, "now": now}
    texts = {name: to_text(value) for name, value in bounds.items()}
    numbers = candidates(con, **texts, feedback_late=feedback_late)
    room = organisation_at(con, now.date()).units.room
    for place in range(0, len(numbers), _AT_ONCE):
        for number, log in read_many(con, numbers[place : place + _AT_ONCE]):
            rules = rulebooks.rules(log[0].at.date())
            for lapse in judge(trail(number, log, room), Ground(rules, room, now)):
                if start <= lapse.since <= min(end, now):
                    yield lapse
    for lapse in task_lapses(entries(con, "meeting"), rulebooks.rules(now.date()), now):
        if start <= lapse.since <= min(end, now):
            yield lapse
