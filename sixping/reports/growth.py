"""How a limit came to its working days: what it began with, what an extension or a pause added.

Pure, over the trail of one case: what a void took back has added nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.cases.model import Clock
    from sixping.reports.responsibility import Snapshot


class Growth(NamedTuple):
    """The working days of a limit: at first, added by extensions, added as it stood still."""

    first: int
    extended: int = 0
    stood: int = 0

    @property
    def words(self) -> str:
        """Return how many working days it counts, and what was added to those it began with."""
        added = {"延期": self.extended, "中止": self.stood}
        more = "".join(f"+{days}" for days in added.values() if days)
        why = ", ".join(f"{name} {days} 个工作日" for name, days in added.items() if days)
        return f"{self.first}{more}个工作日" + (f" ({why})" if why else "")


def growth(path: Sequence[Snapshot], clock: Clock) -> Growth | None:
    """Return how a limit counted in working days came to them; None where a day was decided.

    What else changed the count (it runs to the promise of a report merged in) is a new beginning.
    """
    found: Growth | None = None
    before: Clock | None = None
    for point in path:
        now = _of(point, clock)
        if now is None or now.workdays is None or now == before:
            continue
        days = now.workdays - (before.workdays or 0) if before else 0
        if found is None:
            found = Growth(now.workdays)
        elif point.entry.event.kind == "extended":
            found = found._replace(extended=found.extended + days)
        elif before and before.held_at and not now.held_at:
            found = found._replace(stood=found.stood + days)
        elif days:
            found = Growth(now.workdays)
        before = now
    return found


def _of(point: Snapshot, clock: Clock) -> Clock | None:
    same = (c for c in point.case.clocks if (c.kind, c.round) == (clock.kind, clock.round))
    return next(same, None)
