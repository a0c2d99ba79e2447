"""The rule books a command works by: policy and calendar, as the data and the ledger have them."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.calendar.layers import parse_holiday_cn, parse_local_order
from sixping.cases.rules import Rules
from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission
from sixping.policy.editions import load_policy
from sixping.queries.calendar import APPLIED, ORDER, YEAR, calendar_events
from sixping.store.sqlite import reading
from sixping.workdays import load_calendar

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sixping.calendar.layers import Layer
    from sixping.calendar.table import Calendar
    from sixping.cases.rules import RulesOf
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
        return Rules(self.policy.edition_at(day), self.calendar)


def rulebooks_of(ledger: Path | None) -> Rulebooks:
    """Load policy and calendar for a ledger; without one, or before it is made, the shipped.

    Raises ``BadData`` for faulty data, and what ``store.sqlite.reading`` raises.
    """
    if ledger is None or not ledger.exists():
        return _rulebooks(LedgerCalendar(), os.environ.get("SIXPING_DATA"))
    with reading(ledger) as con:
        return rulebooks_on(con)


def rulebooks_or_shipped(ledger: Path) -> tuple[Rulebooks, str]:
    """Load the same for a command that needs no ledger: one that cannot be read is passed over.

    Returns the rulebooks, and why the ledger could not be read (empty: it was).
    """
    try:
        return rulebooks_of(ledger), ""
    except (LedgerUnusable, LedgerBusy, NoPermission) as fault:
        return rulebooks_of(None), fault.what


def rulebooks_on(con: Connection) -> Rulebooks:
    """Load the same over an open connection: the calendar as of what it sees."""
    rows = tuple(map(tuple, calendar_events(con)))
    return _rulebooks(_known(rows), os.environ.get("SIXPING_DATA"))


def rules_in(con: Connection) -> RulesOf:
    """Return what answers for the dates of steps; the rules are read when it is first asked."""
    return lambda day: rulebooks_on(con).rules(day)


@lru_cache(maxsize=8)
def _rulebooks(known: LedgerCalendar, _data: str | None) -> Rulebooks:
    calendar = load_calendar(extra=[layer for _, layer in known.layers])
    return Rulebooks(load_policy(), calendar, known)


@lru_cache(maxsize=8)
def _known(rows: tuple[tuple[Any, ...], ...]) -> LedgerCalendar:
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
    if kind == YEAR:
        return parse_holiday_cn(data, source)
    return parse_local_order(data | {"entered_by": by}, source)
