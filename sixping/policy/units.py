"""Units by name and role: platforms, agencies, offices, communities, grids.

Pure but for ``load_units``. No persons: who holds a role is the ledger's to know.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotFound
from sixping.policy.vocabulary import Platform
from sixping.util import datafiles, toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sixping.util.toml import Table


class UnitKind(StrEnum):
    """The kinds of unit; the values are promised to scripts."""

    PLATFORM = "platform"
    AGENCY = "agency"
    OFFICE = "office"
    COMMUNITY = "community"
    GRID = "grid"


class DutyMode(StrEnum):
    """How an agency is on duty: 一.2 every working day, 一.3 in principle on site, 一.3 online."""

    ON_SITE = "on-site"
    IN_PRINCIPLE = "in-principle"
    ONLINE = "online"


class Unit(NamedTuple):
    """One unit; ``parent`` is a grid's community, ``lead_of`` the platform it leads (四.2).

    ``duty`` is how an agency is on duty in the command room (一), None: not at all.
    """

    name: str
    kind: UnitKind
    platform: Platform | None
    parent: str | None = None
    lead_of: Platform | None = None
    stationed: bool = False
    aliases: tuple[str, ...] = ()
    role: str = ""
    duty: DutyMode | None = None


class Units:
    """All units in file order, with the room, the coordinator and the district's addressees."""

    def __init__(
        self, units: Iterable[Unit], *, room: str, coordinator: str, district: tuple[str, ...] = ()
    ) -> None:
        """Index the units.

        ``coordinator`` acts when several platforms are involved (四.2); ``district`` names
        where 重大 cases go (三.3, 五.1b).
        """
        self._units = {unit.name: unit for unit in units}
        self._alias = {alias: unit for unit in self for alias in unit.aliases}
        self.room = room
        self.coordinator = coordinator
        self.district = district

    def __iter__(self) -> Iterator[Unit]:
        """Iterate in file order: platforms, agencies, offices, communities with their grids."""
        return iter(self._units.values())

    def __len__(self) -> int:
        """Count the units."""
        return len(self._units)

    def get(self, name: str) -> Unit | None:
        """Return the unit of this name or alias, or ``None``."""
        return self._units.get(name) or self._alias.get(name)

    def find(self, name: str) -> Unit:
        """Return the unit of this name or alias. Raises ``NotFound`` naming near ones."""
        unit = self.get(name.strip())
        if unit is None:
            near = self._near(name.strip())
            hint = f"是否指: {'、'.join(near)}? " if near else ""
            raise NotFound(f"没有这个单位: {name}", f"{hint}全部单位见 sixping units list。")
        return unit

    def lead(self, platform: Platform) -> str | None:
        """Return the lead unit of a platform (四.2)."""
        for unit in self:
            if unit.lead_of is platform:
                return unit.name
        return None

    def grids(self, community: str) -> list[Unit]:
        """Return the grids of a community in file order."""
        return [unit for unit in self if unit.kind is UnitKind.GRID and unit.parent == community]

    def _near(self, name: str) -> list[str]:
        from difflib import get_close_matches

        inside = [known for known in self._units if name and (name in known or known in name)]
        known = [*self._units, *self._alias]
        close = [self.find(near).name for near in get_close_matches(name, known, 5, 0.5)]
        return list(dict.fromkeys([*inside, *close]))[:5]


def coordinator(involved: Iterable[str], units: Units) -> str | None:
    """Return who coordinates the units involved (四.2), or ``None`` when nobody needs to.

    One unit alone needs none; several units of one platform: that platform's lead unit;
    several platforms: the street's coordinator. Communities and grids belong to no
    platform and count with the others' one. Raises ``NotFound`` for an unknown unit.
    """
    units_involved = {unit.name: unit for unit in map(units.find, involved)}
    platforms = {unit.platform for unit in units_involved.values() if unit.platform}
    if len(units_involved) <= 1:
        return None
    if len(platforms) == 1:
        return units.lead(platforms.pop())
    return units.coordinator


def load_units() -> Units:
    """Load the units in force. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("units.toml")
    return parse_units(text, str(path))


def parse_units(text: str, source: str) -> Units:
    """Parse and validate the units file. Raises ``BadData`` naming source, key, fault."""
    top = toml.parse(text, source)
    leads: dict[str, Platform] = {}
    units = _platforms(top, leads)
    units += [_member(entry, UnitKind.AGENCY, leads) for entry in top.tables("agency")]
    units += [_member(entry, UnitKind.OFFICE, leads) for entry in top.tables("office")]
    for entry in top.tables("community"):
        units += _community(entry)
    top.refuse_twice("name", [name for unit in units for name in (unit.name, *unit.aliases)])
    names = {unit.name: unit.platform for unit in units}
    for lead, platform in leads.items():
        if names.get(lead) is not platform:
            raise top.fault("platform", f"的牵头单位 {lead} 不在本平台的单位之中")
    room, coordinator = top.text("room"), top.text("coordinator")
    for key, name in (("room", room), ("coordinator", coordinator)):
        if name not in names:
            raise top.fault(key, f"不是已列出的单位: {name}")
    district = top.texts("district", ())
    top.finish()
    return Units(units, room=room, coordinator=coordinator, district=district)


def _platforms(top: Table, leads: dict[str, Platform]) -> list[Unit]:
    units: list[Unit] = []
    for entry in top.tables("platform"):
        platform = entry.choice("platform", Platform)
        leads[entry.text("lead")] = platform
        name, aliases = entry.text("name"), entry.texts("aliases", ())
        units.append(Unit(name, UnitKind.PLATFORM, platform, aliases=aliases))
        entry.finish()
    if sorted(filter(None, (unit.platform for unit in units))) != sorted(Platform):
        raise top.fault("platform", f"须各有一个: {'、'.join(Platform)}")
    return units


def _member(entry: Table, kind: UnitKind, leads: dict[str, Platform]) -> Unit:
    name = entry.text("name")
    unit = Unit(
        name,
        kind,
        entry.choice("platform", Platform) if entry.has("platform") else None,
        lead_of=leads.get(name),
        stationed=kind is UnitKind.AGENCY and entry.flag("stationed"),
        aliases=entry.texts("aliases", ()),
        role=entry.text("role", ""),
        duty=_duty(entry) if kind is UnitKind.AGENCY else None,
    )
    entry.finish()
    return unit


def _duty(entry: Table) -> DutyMode | None:
    return entry.choice("duty", DutyMode) if entry.has("duty") else None


def _community(entry: Table) -> list[Unit]:
    name = entry.text("name")
    units = [Unit(name, UnitKind.COMMUNITY, None, aliases=entry.texts("aliases", ()))]
    units += [Unit(name + grid, UnitKind.GRID, None, name) for grid in entry.texts("grids", ())]
    entry.finish()
    return units
