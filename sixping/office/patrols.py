"""Patrols (附2.3): who went where and when, what was found; which grids wait for one.

Pure. Patrols of a month are one subject; minutes are of a day, Shanghai time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed
from sixping.office import streams
from sixping.office.duty import months
from sixping.office.organisation import missing
from sixping.policy.teams import PATROL
from sixping.policy.units import UnitKind
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sixping.calendar.table import Calendar
    from sixping.office.organisation import Person
    from sixping.policy.teams import Need
    from sixping.policy.units import Unit, Units
    from sixping.store.sqlite import Connection

STREAM = "patrol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrolled(Recorded):
    """A team went through grids; ``cases``: what was found, registered with it.

    ``sort``: in what way it went (附3.2).
    """

    kind: ClassVar[str] = "patrolled"

    day: date = fact(date.fromisoformat)
    start: str
    end: str
    grids: tuple[str, ...] = fact(words, ())
    people: tuple[str, ...] = fact(words, ())
    units: tuple[str, ...] = fact(words, ())
    cases: tuple[str, ...] = fact(words, ())
    sort: str = PATROL.name
    text: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {Patrolled.kind: Patrolled}


class Coverage(NamedTuple):
    """When a grid was last patrolled; ``workdays`` since, None: never."""

    grid: str
    community: str | None
    last: date | None
    workdays: int | None
    patrols: int
    beyond: bool | None
    """Whether the interval has passed; None where no interval is set."""


def patrols_on(
    con: Connection, first: date | None = None, last: date | None = None
) -> list[Patrolled]:
    """Return the patrols of a ledger, of all time or from one day to another."""
    if first is None or last is None:
        return [entry.event for entry in streams.entries(con, STREAM)]
    return [
        entry.event
        for month in months(first, last)  # a month is one subject: the index finds it
        for entry in streams.entries(con, STREAM, month)
        if first <= entry.event.day <= last
    ]


def by_way(patrols: Iterable[Patrolled]) -> dict[str, int]:
    """Return how often teams went in each way."""
    return dict(Counter(patrol.sort for patrol in patrols))


def check_team(people: Sequence[Person], needs: Iterable[Need], units: Units, day: date) -> None:
    """Hold a team against the rule of composition (附2.3).

    Raises ``NotAllowed`` naming everything that is missing.
    """
    lacking = [
        f"{need.what}缺 {short} 名"
        for need in needs
        if (short := missing(need, people, units, day))
    ]
    if lacking:
        raise NotAllowed(
            f"巡查队伍不合要求 (附2.3): {'、'.join(lacking)}。",
            "至少 1 名有执法资格的执法队员、1 名街道工作人员、1 名社区工作人员; "
            "人员见 sixping units people。",
        )


def check_units(people: Sequence[Person], concerned: Sequence[Unit]) -> None:
    """Raise ``NotAllowed`` when a unit concerned sent nobody (附2.3)."""
    present = {person.unit for person in people}
    absent = [unit.name for unit in concerned if unit.name not in present]
    if absent:
        raise NotAllowed(
            f"成员单位没有人参加: {'、'.join(absent)} (附2.3)。",
            "请加上该单位的人员 (--member), 或去掉这个 --unit。",
        )


def coverage(
    units: Units,
    patrols: Iterable[Patrolled],
    today: date,
    calendar: Calendar,
    interval: int | None,
) -> list[Coverage]:
    """Return every grid with its last patrol up to a day, longest ago first.

    ``interval`` in working days: a grid is beyond it when more have passed.
    """
    days: dict[str, list[date]] = {}
    for patrol in patrols:
        if patrol.day <= today:
            for grid in patrol.grids:
                days.setdefault(grid, []).append(patrol.day)
    grids = []
    for unit in units:
        if unit.kind is not UnitKind.GRID:
            continue
        own = days.get(unit.name, [])
        last = max(own, default=None)
        since = None if last is None else workdays_between(last, today, calendar)
        beyond = None if interval is None else since is None or since > interval
        grids.append(Coverage(unit.name, unit.parent, last, since, len(own), beyond))
    return sorted(grids, key=lambda one: one.last or date.min)
