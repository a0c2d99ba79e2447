"""The rules a command works by: those its ledger adopted; without a ledger, those of the data.

A ledger of before its first adoption (only tests make one) works by the data too.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sixping.calendar.files import load_layers
from sixping.calendar.layers import CALENDAR, Layers, parse_holiday_cn, parse_local_order
from sixping.cases.rules import Rules
from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission
from sixping.policy.editions import POLICY, load_policy
from sixping.policy.units import UNITS, load_units
from sixping.queries.calendar import APPLIED, ORDER, YEAR, calendar_events
from sixping.store.documents import adoptions, latest, read, rule_on, whole_digest
from sixping.store.sqlite import reading
from sixping.workdays import laid

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sixping.calendar.layers import Layer
    from sixping.calendar.table import Calendar
    from sixping.cases.rules import RulesOf
    from sixping.policy.editions import Policy
    from sixping.policy.units import Naming
    from sixping.store.documents import Adopted
    from sixping.store.sqlite import Connection

T = TypeVar("T")


class LedgerCalendar(NamedTuple):
    """What a ledger says of the calendar: its layers with their seq, and the last ``applied``."""

    layers: tuple[tuple[int, Layer], ...] = ()
    applied_seq: int = 0
    applied: str = ""  # fingerprint of the calendar that was applied

    def settled(self, calendar: Calendar) -> int:
        """Return up to which seq due dates were brought in line with this calendar."""
        return self.applied_seq if self.applied == calendar.fingerprint[:16] else 0


class Rulebooks(NamedTuple):
    """Policy and calendar by which a ledger, or a desk without one, works.

    ``digest`` is that of all rules adopted (hex; empty: none); ``counting_seq`` the last event
    with which periods came to be counted otherwise; ``base`` the layers adopted.
    """

    policy: Policy
    calendar: Calendar
    known: LedgerCalendar = LedgerCalendar()
    digest: str = ""
    counting_seq: int = 0
    base: Layers | None = None

    def rules(self, day: date) -> Rules:
        """Return what governs a case received on a day."""
        return Rules(self.policy.edition_at(day), self.calendar, self.digest)


def rulebooks_of(ledger: Path | None) -> Rulebooks:
    """Return policy and calendar of a ledger; without one, or before it is made, of the data.

    Raises ``BadData`` for faulty data, and what ``store.sqlite.reading`` raises.
    """
    if ledger is None or not ledger.exists():
        return _of_the_data(LedgerCalendar(), os.environ.get("SIXPING_DATA"))
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


def rulebooks_on(con: Connection, as_of: int | None = None) -> Rulebooks:
    """Return the same over an open connection, as of what it sees or of a seq."""
    known = _known(tuple(map(tuple, calendar_events(con, as_of))))
    every = adoptions(con, as_of)
    adopted = latest(every)
    if not {POLICY.name, CALENDAR.name} <= adopted.keys():
        return _of_the_data(known, os.environ.get("SIXPING_DATA"))
    base = read(con, CALENDAR, adopted[CALENDAR.name].digest)
    return Rulebooks(
        read(con, POLICY, adopted[POLICY.name].digest),
        _laid(adopted[CALENDAR.name].digest, known, base),
        known,
        digest_of(adopted),
        max((one.seq for one in every if one.recount), default=0),
        base,
    )


def digest_of(adopted: dict[str, Adopted]) -> str:
    """Return the digest of the rules in force."""
    return whole_digest({name: one.digest for name, one in adopted.items()})


def naming_of(ledger: Path, day: date) -> Naming:
    """Return the names of the street and its platforms on a day; of the data without a ledger."""
    if ledger.exists():
        with suppress(LedgerUnusable, LedgerBusy, NoPermission), reading(ledger) as con:
            return naming_on(con, day)
    return load_units().naming


def naming_on(con: Connection, day: date, as_of: int | None = None) -> Naming:
    """Return the same over an open connection, by the rules as of a seq."""
    units = rule_on(con, UNITS, load_units, as_of)
    return units.naming_on(day) if units.renamed else units.naming


_calendars: dict[tuple[str, LedgerCalendar], Calendar] = {}


def _laid(digest: str, known: LedgerCalendar, base: Layers) -> Calendar:
    """Return the calendar of adopted layers and the ledger's own, built once a process."""
    key = (digest, known)
    if key not in _calendars:
        if len(_calendars) > 8:  # noqa: PLR2004
            _calendars.clear()
        _calendars[key] = laid(base, [layer for _, layer in known.layers])
    return _calendars[key]


def rules_in(con: Connection) -> RulesOf:
    """Return what answers for the dates of steps; the rules are read when it is first asked."""
    rulebooks = cache(lambda: rulebooks_on(con))
    return lambda day: rulebooks().rules(day)


@lru_cache(maxsize=8)
def _of_the_data(known: LedgerCalendar, _data: str | None) -> Rulebooks:
    base = load_layers()
    calendar = laid(base, [layer for _, layer in known.layers])
    return Rulebooks(load_policy(), calendar, known, base=base)


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
