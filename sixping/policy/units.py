"""Units by name and role: platforms, agencies, offices, communities, grids.

Pure but for ``load_units``. No persons: who holds a role is the ledger's to know.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.placenames import PlaceNames
from sixping.policy.vocabulary import Platform
from sixping.util import datafiles, toml
from sixping.util.names import meant, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sixping.util.toml import Table


class UnitKind(StrEnum):
    """The kinds of unit; the values are promised to scripts."""

    PLATFORM = "platform"
    AGENCY = "agency"
    OFFICE = "office"
    COMMUNITY = "community"
    GRID = "grid"


#: kind → what people call it
KIND_WORDS: Mapping[UnitKind, str] = MappingProxyType(
    {
        UnitKind.PLATFORM: "平台",
        UnitKind.AGENCY: "派驻机构",
        UnitKind.OFFICE: "机关",
        UnitKind.COMMUNITY: "社区",
        UnitKind.GRID: "网格",
    }
)


def kind_named(name: str, kinds: Iterable[UnitKind] = UnitKind) -> UnitKind:
    """Return the kind of a word or value, or the only one begun so. Raises ``UnknownName``."""
    words: dict[str, str] = {word: kind for kind in kinds for word in (KIND_WORDS[kind], kind)}
    known = "、".join(f"{KIND_WORDS[kind]} ({kind})" for kind in kinds)
    return UnitKind(meant(name, words, "种类", f"可用: {known}。"))


class DutyMode(StrEnum):
    """How an agency is on duty: 一.2 every working day, 一.3 in principle on site, 一.3 online."""

    ON_SITE = "on-site"
    IN_PRINCIPLE = "in-principle"
    ONLINE = "online"


class Unit(NamedTuple):
    """One unit; ``parent`` is a grid's community, ``lead_of`` the platform it leads (四.2).

    ``duty`` is how an agency is on duty in the command room (一), None: not at all.
    ``functions`` (职能) are the street-independent names by which other rules mean it.
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
    functions: tuple[str, ...] = ()


class Naming(NamedTuple):
    """What people read: the street's name, and its own names of the four platforms.

    Files, JSON and the ledger keep the four words of ``Platform``. ``present``: what a platform is
    called by now, which stands beside its name of 2020 in ``platforms``; ``earlier``: the platform
    of each other name: of 2020, its aliases (综治工作平台), those in use in between.
    """

    street: str = ""
    platforms: Mapping[str, str] = MappingProxyType({})
    present: Mapping[str, str] = MappingProxyType({})
    earlier: Mapping[str, str] = MappingProxyType({})

    def platform(self, word: str | None) -> str:
        """Return what the street calls a platform; empty for none."""
        return self.platforms.get(word, word) if word else ""


_CALLED: Mapping[UnitKind | None, str] = {UnitKind.COMMUNITY: "社区", UnitKind.GRID: "网格"}
_ALL = "全部单位见 sixping units list。"
#: the four words as they are
PLAIN = Naming()


class Roles(NamedTuple):
    """Who stands for what in this street, said once: other rules name the role.

    ``coordinator`` acts when several platforms are involved (四.2); ``district`` names where
    重大 cases go (三.3, 五.1b), ``district_platform`` the 区级平台 among them.
    """

    street: str
    room: str
    coordinator: str
    district: tuple[str, ...] = ()
    district_platform: str = ""


Renamed = tuple[date, Platform, str]
"""From a day on, a platform is called by another name than that of 2020."""


class Units:
    """All units in file order, with the roles of the street and its platforms' later names."""

    def __init__(
        self, units: Iterable[Unit], roles: Roles, renamed: Iterable[Renamed] = ()
    ) -> None:
        """Index the units."""
        self.renamed = tuple(renamed)
        self._units = {unit.name: unit for unit in units}
        self._alias = {alias: unit for unit in self for alias in unit.aliases}
        self._holders = {function: unit for unit in self for function in unit.functions}
        self.roles = roles
        self.room, self.coordinator = roles.room, roles.coordinator
        self.district = roles.district

    def __iter__(self) -> Iterator[Unit]:
        """Iterate in file order: platforms, agencies, offices, communities with their grids."""
        return iter(self._units.values())

    def __len__(self) -> int:
        """Count the units."""
        return len(self._units)

    def get(self, name: str) -> Unit | None:
        """Return the unit of this name or alias, or ``None``."""
        return self._units.get(name) or self._alias.get(name)

    def find(self, name: str, kind: UnitKind | None = None, *, within: str | None = None) -> Unit:
        """Return the unit of this name or alias, or the only one begun so.

        Of a ``kind`` where one is asked for: a community or grid goes by what others call it too
        (``place``). Raises ``UnknownName`` naming near ones.
        """
        unit = self.get(name.strip())
        if unit and kind in {None, unit.kind}:
            return unit
        if kind and (called := self.place(name, kind, within=within)):
            return called
        known = [unit for unit in self if kind in {None, unit.kind}]
        if within:
            known = [unit for unit in known if unit.parent == within]
        words = {word: unit.name for unit in known for word in (unit.name, *unit.aliases)}
        if within:
            words |= {unit.name.removeprefix(within): unit.name for unit in known}
        what = _CALLED.get(kind, "单位")
        hint = f"{what}有: {'、'.join(unit.name for unit in known)}。" if kind else _ALL
        spoken = self.places.near(name) if kind is UnitKind.COMMUNITY else ()
        return self._units[meant(name, words, what, hint, spoken)]

    def place(self, name: str, kind: UnitKind, *, within: str | None = None) -> Unit | None:
        """Return the only community or grid that others call so (``PlaceNames``), or ``None``.

        Grids ``within`` a community go by their short names too; other kinds have no such names.
        """
        if kind is UnitKind.COMMUNITY:
            return self.get(self.places.community(name) or "")
        return self.get(self.places.grid(name, within) or "") if kind is UnitKind.GRID else None

    @cached_property
    def places(self) -> PlaceNames:
        """What the communities and grids of the street may be called."""
        communities = [unit for unit in self if unit.kind is UnitKind.COMMUNITY]
        named = {
            unit.name: (unit.aliases, [grid.name for grid in self.grids(unit.name)])
            for unit in communities
        }
        return PlaceNames(self.roles.street, named)

    def lead(self, platform: Platform) -> str | None:
        """Return the lead unit of a platform (四.2)."""
        for unit in self:
            if unit.lead_of is platform:
                return unit.name
        return None

    def holder(self, function: str) -> Unit | None:
        """Return the unit that carries a function (职能), which is how other rules name it."""
        return self._holders.get(function)

    @property
    def naming(self) -> Naming:
        """Return what the street calls itself and the four platforms."""
        own = [unit for unit in self if unit.kind is UnitKind.PLATFORM and unit.platform]
        names = {str(unit.platform): unit.name.removesuffix("平台") for unit in own}
        spoken = {
            name.removesuffix("平台"): str(unit.platform)
            for unit in own
            for name in (unit.name, *unit.aliases)
        }
        return Naming(self.roles.street, names, earlier=spoken)

    def naming_on(self, day: date) -> Naming:
        """Return the same with the names in use on a day beside those of 2020."""
        begun = [(str(word), name) for start, word, name in sorted(self.renamed) if start <= day]
        present = dict(begun)
        own = self.naming
        both = {word: f"{name}\uff08现{present[word]}\uff09" if word in present else name
                for word, name in own.platforms.items()}  # fmt: skip
        earlier = {name: word for word, name in begun if present[word] != name}
        return Naming(own.street, both, present, {**own.earlier, **earlier})

    def grids(self, community: str) -> list[Unit]:
        """Return the grids of a community in file order."""
        return [unit for unit in self if unit.kind is UnitKind.GRID and unit.parent == community]

    def near(self, name: str) -> list[str]:
        """Return units, five at most, that a name may mean: it is near theirs, or holds it."""
        words = {word: unit.name for unit in self for word in (unit.name, *unit.aliases)}
        return near(name, words, cutoff=0.5) if name else []


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
    """Load the units of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("units.toml")
    return parse_units(text, str(path))


@lru_cache(maxsize=4)  # read once a process, as a ledger's documents are
def parse_units(text: str, source: str) -> Units:
    """Parse and validate the units file. Raises ``BadData`` naming source, key, fault."""
    return read_units(toml.parse(text, source))


def read_units(top: Table) -> Units:
    """Validate the units file. Raises ``BadData`` naming source, key, fault."""
    leads: dict[str, Platform] = {}
    renamed: list[Renamed] = []
    units = _platforms(top, leads, renamed)
    units += top.each("agency", lambda entry: _member(entry, UnitKind.AGENCY, leads))
    units += top.each("office", lambda entry: _member(entry, UnitKind.OFFICE, leads))
    for both in top.each("community", _community):
        units += both
    top.refuse_twice("name", [name for unit in units for name in (unit.name, *unit.aliases)])
    top.refuse_twice("functions", [name for unit in units for name in unit.functions])
    platforms = {unit.name: unit.platform for unit in units}
    for lead, platform in leads.items():
        if platforms.get(lead) is not platform:
            mine = [name for name, own in platforms.items() if own is platform]
            what = f"不是这个平台的单位: {lead}{near_name(lead, mine)}"
            top.refuse(f"platform[{platform}].lead", what)
    roles = _roles(top, platforms)
    top.finish()
    return Units(units, roles, renamed)


UNITS = toml.RuleFile("units", read_units)


def near_name(name: str, names: Iterable[str]) -> str:
    """Return a question after the name that was perhaps meant, empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(names), 1, 0.6)
    return f", 是否指“{near[0]}”?" if near else ""


def _roles(top: Table, names: Iterable[str]) -> Roles:
    roles = Roles(
        top.text("street"),
        top.text("room"),
        top.text("coordinator"),
        top.texts("district", ()),
        top.text("district_platform", ""),
    )
    for key, name in (("room", roles.room), ("coordinator", roles.coordinator)):
        if name not in names:
            top.refuse(key, f"不是已列出的单位: {name}{near_name(name, names)}")
    if roles.district_platform and roles.district_platform not in roles.district:
        top.refuse("district_platform", f"不在 district 之中: {roles.district_platform}")
    return roles


def _platforms(top: Table, leads: dict[str, Platform], renamed: list[Renamed]) -> list[Unit]:
    def read(entry: Table) -> Unit:
        platform = entry.choice("platform", Platform)
        leads[entry.text("lead")] = platform
        name, aliases = entry.text("name"), entry.texts("aliases", ())
        for start, later in entry.each("named", _later_name, optional=True):
            if any(start == other and platform is named for other, named, _ in renamed):
                entry.refuse("named", f"{start} 有两个名称")
            renamed.append((start, platform, later))
        entry.finish()
        return Unit(name, UnitKind.PLATFORM, platform, aliases=aliases)

    units = top.each("platform", read)
    if sorted(filter(None, (unit.platform for unit in units))) != sorted(Platform):
        top.refuse("platform", f"须各有一个: {'、'.join(Platform)}")
    return units


def _later_name(entry: Table) -> tuple[date, str]:
    start, name = entry.day("from"), entry.text("name")
    entry.finish()
    return start, name.removesuffix("平台")


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
        functions=entry.texts("functions", ()),
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
