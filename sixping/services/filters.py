"""Filters of lists: names as people write them, as the ledger knows them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotFound
from sixping.policy.editions import load_policy
from sixping.queries import cases
from sixping.util.clock import SHANGHAI, to_text
from sixping.util.dates import parse_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.queries.meetings import OpenTask
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection


class Places(NamedTuple):
    """Filters of unit and place as given; None is no filter."""

    unit: str | None = None
    community: str | None = None
    grid: str | None = None
    category: str | None = None

    def resolved(self, con: Connection) -> Places:
        """Return the names in full; what neither ledger nor data know raises ``NotFound``."""
        return Places(
            *(
                name
                if name is None or name in cases.names(con, field)
                else _look_up(con, field, name)
                for field, name in self._asdict().items()
            )
        )


def _look_up(con: Connection, field: str, name: str) -> str:
    from sixping.office.organisation import organisation_at
    from sixping.policy.units import UnitKind, load_units

    if field == "category":
        from sixping.triage.taxonomy import load_taxonomy

        return load_taxonomy(load_units()).find(name).name
    units = organisation_at(con, date.max).units
    unit = units.find(name)
    wanted = {"community": (UnitKind.COMMUNITY, "社区"), "grid": (UnitKind.GRID, "网格")}
    kind, label = wanted.get(field, (unit.kind, ""))
    if unit.kind is not kind:
        names = "、".join(other.name for other in units if other.kind is kind)
        raise NotFound(f"{unit.name}不是{label}。", f"{label}有: {names}。")
    return unit.name


def channel(name: str | None, day: date) -> str | None:
    """Return a channel by its name or alias; raises ``NotFound`` naming all."""
    return None if name is None else load_policy().edition_at(day).channel(name).name


def day_start(value: str | None, now: datetime, after: int = 0) -> str | None:
    """Return the first instant of a day (or of one some days after it) as ledger text."""
    if value is None:
        return None
    day = parse_day(value, now) + timedelta(days=after)
    return to_text(datetime.combine(day, time(), SHANGHAI))


def keeps(places: Places, **exact: str | None) -> Callable[[CaseRow | OpenTask], bool]:
    """Return the test of a row; a unit matches the cases it leads or assists in."""
    wanted = {name: value for name, value in exact.items() if value is not None}
    if places.community is not None:
        wanted["community"] = places.community

    def test(row: CaseRow | OpenTask) -> bool:
        if any(getattr(row, name) != value for name, value in wanted.items()):
            return False
        unit = places.unit
        return unit is None or row.lead == unit or unit in json.loads(row.assist)

    return test
