"""The rule books a command works by: policy, calendar, and for intake taxonomy and units."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.queries.calendar import APPLIED, ORDER, YEAR

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sixping.calendar.layers import Layer
    from sixping.calendar.table import Calendar
    from sixping.cases.intake import IntakeData as Data
    from sixping.cases.rules import Rules
    from sixping.console.context import Context
    from sixping.policy.editions import Policy
    from sixping.store.sqlite import Connection


class LedgerCalendar(NamedTuple):
    """What a ledger says of the calendar: its layers with their seq, and the last ``applied``."""

    layers: tuple[tuple[int, Layer], ...] = ()
    applied_seq: int = 0
    applied: str = ""  # fingerprint of the calendar that was applied

    def settled(self, calendar: Calendar) -> int:
        """Return up to which seq due dates were brought in line with this calendar."""
        return self.applied_seq if self.applied == calendar.fingerprint[:16] else 0


class Rulebooks(NamedTuple):
    """Policy and calendar as this desk and this ledger have them."""

    policy: Policy
    calendar: Calendar
    known: LedgerCalendar = LedgerCalendar()

    def rules(self, day: date) -> Rules:
        """Return what governs a case received on a day."""
        from sixping.cases.rules import Rules

        return Rules(self.policy.edition_at(day), self.calendar)


def rulebooks_of(ledger: Path | None) -> Rulebooks:
    """Load policy and calendar for a ledger; without one, or before it is made, the shipped.

    Raises ``BadData`` for faulty data, and what ``cases.reading`` raises.
    """
    if ledger is None or not ledger.exists():
        return _rulebooks(LedgerCalendar(), os.environ.get("SIXPING_DATA"))
    from sixping.queries import cases

    with cases.reading(ledger) as con:
        return rulebooks_on(con)


def rulebooks_here(context: Context) -> Rulebooks:
    """Load the same for a command that needs no ledger: one that cannot be read is told of."""
    from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission

    try:
        return rulebooks_of(context.ledger)
    except (LedgerUnusable, LedgerBusy, NoPermission) as fault:
        context.say(f"注意: 台账读不出, 只用自带的日历。{fault.what}")
        return rulebooks_of(None)


def rulebooks_on(con: Connection) -> Rulebooks:
    """Load the same over an open connection: the calendar as of what it sees."""
    from sixping.queries.calendar import calendar_events

    rows = tuple(map(tuple, calendar_events(con)))
    return _rulebooks(_known(rows), os.environ.get("SIXPING_DATA"))


@lru_cache(maxsize=8)
def _rulebooks(known: LedgerCalendar, _data: str | None) -> Rulebooks:
    from sixping.policy.editions import load_policy
    from sixping.workdays import load_calendar

    return Rulebooks(
        load_policy(), load_calendar(extra=[layer for _, layer in known.layers]), known
    )


@lru_cache(maxsize=8)
def _known(rows: tuple[tuple[Any, ...], ...]) -> LedgerCalendar:
    import json

    layers: list[tuple[int, Layer]] = []
    applied_seq, applied = 0, ""
    for seq, kind, facts, by in rows:
        data = json.loads(facts)
        if kind == APPLIED:
            applied_seq, applied = seq, data["calendar"]
        elif kind in {YEAR, ORDER}:
            layers.append((seq, _layer(kind, data["layer"], by, f"台账第 {seq} 号")))
    return LedgerCalendar(tuple(layers), applied_seq, applied)


def _layer(kind: str, data: dict[str, Any], by: str, source: str) -> Layer:
    from sixping.calendar.layers import parse_holiday_cn, parse_local_order

    if kind == YEAR:
        return parse_holiday_cn(data, source)
    return parse_local_order(data | {"entered_by": by}, source)


def intake_data(ledger: Path | None = None, day: date | None = None) -> Data:
    """Load what a report is judged by: taxonomy, severity signals, units.

    The units are the ledger's on that day; without a ledger the shipped ones.
    """
    data = _shipped()
    if ledger is None or day is None or not ledger.exists():
        return data
    from sixping.office.organisation import organisation_at
    from sixping.queries import cases

    with cases.reading(ledger) as con:
        return data._replace(units=organisation_at(con, day).units)


@cache
def _shipped() -> Data:
    from sixping.cases.intake import IntakeData
    from sixping.policy.units import load_units
    from sixping.triage.signals import load_signals
    from sixping.triage.taxonomy import load_taxonomy

    units = load_units()
    return IntakeData(load_taxonomy(units), load_signals(), units)
