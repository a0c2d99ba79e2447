"""Filters of lists: names as people write them, as the ledger knows them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.vocabulary import found_grade
from sixping.queries import cases
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.queries.meetings import OpenTask
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection


class Places(NamedTuple):
    """Filters of names as given; None is no filter."""

    unit: str | None = None
    community: str | None = None
    grid: str | None = None
    category: str | None = None
    nature: str | None = None

    def resolved(self, con: Connection) -> Places:
        """Return the names in full; what neither ledger nor data know is ``UnknownName``."""
        names: dict[str, str | None] = {}
        for field, name in self._asdict().items():
            known = name is None or name in cases.names(con, field)
            names[field] = name if known else _look_up(con, field, name, names.get("community"))
        return Places(**names)


def _look_up(con: Connection, field: str, name: str, community: str | None) -> str:
    from sixping.office.organisation import organisation_at
    from sixping.policy.units import UnitKind

    if field in {"category", "nature"}:
        from sixping.store.documents import rule_on
        from sixping.triage.taxonomy import TAXONOMY, load_taxonomy

        taxonomy = rule_on(con, TAXONOMY, load_taxonomy)
        return taxonomy.find(name).name if field == "category" else taxonomy.nature(name)
    kind = {"community": UnitKind.COMMUNITY, "grid": UnitKind.GRID}.get(field)
    units = organisation_at(con, date.max).units
    return units.find(name, kind, within=community if field == "grid" else None).name


def days(start: date | None, end: date | None) -> tuple[str | None, str | None]:
    """Return the first instant of one day and the first after another, as ledger text.

    Raises ``UsageFault`` where they are the wrong way round.
    """
    first, after = (
        None if day is None else to_text(datetime.combine(day, time(), SHANGHAI) + more)
        for day, more in ((start, timedelta()), (end, timedelta(days=1)))
    )
    if first and after and first >= after:
        raise UsageFault("--from 晚于 --to。", "请核对两个日期。")
    return first, after


def person_id(con: Connection, who: str | None) -> str | None:
    """Return the id of the 经办人 (附2.1) that is meant, also of who has left.

    Raises ``NotFound`` for nobody, ``NotAllowed`` for a name of several.
    """
    if who is None:
        return None
    from sixping.services.office.persons import meant

    return meant(con, who)


def keeps(places: Places, **exact: str | None) -> Callable[[CaseRow | OpenTask], bool]:
    """Return the test of a row; a unit matches the cases it leads or assists in."""
    wanted = {name: value for name, value in exact.items() if value is not None}
    grade = wanted.pop("severity", None)
    if places.community is not None:
        wanted["community"] = places.community

    def test(row: CaseRow | OpenTask) -> bool:
        if any(getattr(row, name, None) != value for name, value in wanted.items()):
            return False
        if grade and grade != (
            row.severity and found_grade(row.severity, confirmed=bool(row.confirmed))
        ):
            return False
        unit = places.unit
        return unit is None or row.lead == unit or unit in json.loads(row.assist)

    return test
