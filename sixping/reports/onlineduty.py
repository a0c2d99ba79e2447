"""Online duty (一.3): an agency that sits elsewhere is measured by the assignments it answered.

Pure, over the trail of one case. Answered is a signature, a return or a result before the case
goes to other hands; in time by the reading ``unsigned_after_workdays``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.cases.steps.ending import Resolved
from sixping.cases.steps.handling import Assigned, Returned, Signed
from sixping.cases.steps.referral import Decided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sixping.reports.responsibility import Ground, Snapshot

_ANSWERS = (Signed, Returned, Resolved)


class OnlineAssignment(NamedTuple):
    """A case sent to an agency; ``in_time`` None: it may still answer in time."""

    number: str
    agency: str
    at: datetime
    answered_at: datetime | None
    in_time: bool | None


def assignments(path: Sequence[Snapshot], ground: Ground) -> Iterator[OnlineAssignment]:
    """Yield every assignment of a case with the answer it got."""
    workdays = ground.rules.edition.readings.unsigned_after_workdays
    for place, point in enumerate(path):
        event = point.entry.event
        if isinstance(event, Assigned | Decided) and event.by_file is None:
            at = point.entry.at
            answered = _answered(path[place + 1 :])
            late = is_late(ground.rules.due(at, workdays), ground.now, answered)
            in_time = None if answered is None and not late else not late
            yield OnlineAssignment(point.case.number, event.lead, at, answered, in_time)


def _answered(later: Sequence[Snapshot]) -> datetime | None:
    for point in later:
        if isinstance(point.entry.event, Assigned | Decided):
            return None
        if isinstance(point.entry.event, _ANSWERS):
            return point.entry.at
    return None
