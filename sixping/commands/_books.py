"""The rule books a command works by: policy, calendar, and for intake taxonomy and units."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from sixping.deadlines import Rules
    from sixping.policy import Policy
    from sixping.registration import Desk
    from sixping.workdays import Calendar


class Books(NamedTuple):
    """Policy and calendar as this desk and this ledger have them."""

    policy: Policy
    calendar: Calendar

    def rules(self, day: date) -> Rules:
        """Return what governs a case received on a day."""
        from sixping.deadlines import Rules

        return Rules(self.policy.edition_at(day), self.calendar)


@cache
def books_of(_ledger: Path | None) -> Books:
    """Load policy and calendar for a ledger, once a process."""
    from sixping.policy import load_policy
    from sixping.workdays import load_calendar

    return Books(load_policy(), load_calendar())


def rules_of(ledger: Path) -> Callable[[date], Rules]:
    """Return the rules in force by day of receipt."""
    return books_of(ledger).rules


@cache
def desk_data() -> Desk:
    """Load what a report is judged by: taxonomy, severity signals, units."""
    from sixping.registration import Desk
    from sixping.signals import load_signals
    from sixping.taxonomy import load_taxonomy
    from sixping.units import load_units

    units = load_units()
    return Desk(load_taxonomy(units), load_signals(), units)
