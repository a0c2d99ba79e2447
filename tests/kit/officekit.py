"""What the tests of the office share: a ledger with invented people, entries without a ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sixping.ledger import transaction
from sixping.office import streams
from sixping.office.organisation import PEOPLE, PersonJoined
from sixping.policy.units import load_units
from sixping.store.files import create
from sixping.util.clock import SHANGHAI
from tests.kit.ledgerkit import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CITY, MARKET, POLICE, JUSTICE = "城管执法中队", "市场监管所", "派出所", "司法所"
SEED = load_units()
DAY = date(2026, 11, 24)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def entries(*events: Any) -> list[streams.StreamEntry]:
    """Number events as a ledger would; marks of attendance come as (event, moment)."""
    made = []
    for seq, item in enumerate(events, 2):
        event, at = item if isinstance(item, tuple) else (item, noon(DAY))
        made.append(streams.StreamEntry(seq, "", at, at, event))
    return made


def joined(number: int, unit: str = CITY, **more: Any) -> PersonJoined:
    values: dict[str, Any] = {
        "day": date(2020, 1, 1),
        "stationed": True,
        "name": f"演示{number}",
    } | more
    return PersonJoined(person=f"p{number}", unit=unit, **values)


def office(folder: Path, people: Iterable[PersonJoined]) -> Path:
    """Make a ledger with these people in it."""
    path = folder / "office.db"
    create(path, stamp(), {})
    with transaction(path, stamp()) as work:
        for person in people:
            streams.record(work, "organisation", PEOPLE, person, work.stamp.now)
    return path
