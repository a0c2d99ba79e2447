"""Filters of lists: names as people write them, as the ledger knows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sixping.console.context import Context
    from sixping.store.sqlite import Connection


class Places(NamedTuple):
    """Filters of unit and place as given; None is no filter."""

    unit: str | None = None
    community: str | None = None
    grid: str | None = None
    category: str | None = None

    def resolved(self, con: Connection) -> Places:
        """Return the names in full; what neither ledger nor data know raises ``NotFound``."""
        from sixping.queries import cases

        found = {}
        for field, name in self._asdict().items():
            if name is not None:
                known = name in cases.names(con, field)
                found[field] = name if known else _look_up(con, field, name)
        return self._replace(**found)


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
        names = "、".join(each.name for each in units if each.kind is kind)
        raise NotFound(f"{unit.name}不是{label}。", f"{label}有: {names}。")
    return unit.name


def channel(context: Context, name: str | None) -> str | None:
    """Return a channel by its name or alias; raises ``NotFound`` naming all."""
    if name is None:
        return None
    from sixping.policy.editions import load_policy

    return load_policy().edition_at(context.now.date()).channel(name).name


def day_start(value: str | None, now: datetime, after: int = 0) -> str | None:
    """Return the first instant of a day (or of one some days after it) as ledger text."""
    if value is None:
        return None
    from datetime import datetime, time, timedelta

    from sixping.util.clock import SHANGHAI, to_text
    from sixping.util.dates import parse_day

    day = parse_day(value, now) + timedelta(days=after)
    return to_text(datetime.combine(day, time(), SHANGHAI))


def keeps(places: Places, **exact: str | None) -> Callable[[Any], bool]:
    """Return the test of a row; a unit matches the cases it leads or assists in."""
    import json

    wanted = {name: value for name, value in exact.items() if value is not None}
    if places.community is not None:
        wanted["community"] = places.community

    def test(row: Any) -> bool:  # noqa: ANN401 - a row of queries
        if any(row[name] != value for name, value in wanted.items()):
            return False
        unit = places.unit
        return unit is None or row["lead"] == unit or unit in json.loads(row["assist"])

    return test
