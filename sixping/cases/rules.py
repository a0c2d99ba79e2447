"""The rules that govern a case: the edition of its day of receipt and the calendar (五.1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sixping.util.clock import SHANGHAI
from sixping.workdays import due_at, hours_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.policy.editions import Edition
    from sixping.workdays import Hours


class Rules(NamedTuple):
    """What due dates are computed with: the governing edition and the calendar.

    ``digest`` is that of all rules the ledger has adopted (hex; empty: it has none).
    """

    edition: Edition
    calendar: Calendar
    digest: str = ""

    @property
    def terms(self) -> Terms:
        """Return what an event records about the rules it used."""
        return Terms(
            profile=self.edition.counting.profile,
            edition=self.edition.start.isoformat(),
            calendar=self.calendar.fingerprint[:16],
            rules=self.digest[:16],
        )

    @property
    def hours(self) -> Hours:
        """Return the office hours of the edition (一.2)."""
        return hours_of(self.edition.counting)

    def due(self, since: datetime, workdays: int) -> datetime:
        """Return the close of business of the n-th working day after ``since``."""
        counting = self.edition.counting
        return due_at(since, workdays, self.calendar, counting.profile, self.hours)

    def close_of(self, day: date) -> datetime:
        """Return the close of business on a day."""
        return datetime.combine(day, self.edition.counting.closes, SHANGHAI)


if TYPE_CHECKING:
    #: gives the rules of a case received on a day; they are read when a date is first asked for
    RulesOf = Callable[[date], Rules]


class Terms(NamedTuple):
    """Under which rules due dates were computed: pinned in the event that used them."""

    profile: str
    edition: str
    calendar: str
    rules: str = ""
