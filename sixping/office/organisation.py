"""Units and people as dated events: who was what on a day (一, 附3.5, 附1.2).

Pure. A ledger begins with the units it adopted; what changed since are events valid from a
day on, in any order of recording, and units adopted anew. Facts name people by an id
(``p12``); names, phones and licence numbers are private, so they can be erased.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams
from sixping.policy.units import UNITS as UNITS_FILE
from sixping.policy.units import DutyMode, Unit, UnitKind, Units, load_units
from sixping.policy.vocabulary import Platform
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.policy.teams import Need
    from sixping.store.sqlite import Connection

STREAM = "organisation"
UNITS, PEOPLE = "units", "people"
State = TypeVar("State", Unit, "Person")


class Person(NamedTuple):
    """Who works in a unit; ``name`` is None after a lawful erasure."""

    id: str
    unit: str
    role: str = ""
    stationed: bool = False
    online: bool = False
    licence_from: date | None = None
    licence_until: date | None = None
    name: str | None = None
    phone: str | None = None
    licence: str | None = None

    def licensed(self, day: date) -> bool:
        """Tell whether an enforcement licence (执法资格, 一.2) is valid on a day."""
        if self.licence_until is None or day > self.licence_until:
            return False
        return self.licence_from is None or day >= self.licence_from


class Organisation(NamedTuple):
    """The units and the people of one day."""

    units: Units
    people: Mapping[str, Person]

    def find(self, who: str) -> Person:
        """Return the person of this id or name.

        Raises ``NotFound`` for nobody and ``NotAllowed`` for a name that several share.
        """
        who = who.strip()
        person = self.people.get(who)
        if person is not None:
            return person
        named = [person for person in self.people.values() if person.name == who]
        if not named:
            raise NotFound(
                f"当日没有这个人: {who}",
                "人员见 sixping units people; 登记: sixping units person add 姓名 --unit 单位。",
            )
        if len(named) > 1:
            which = "、".join(f"{person.id} ({person.unit})" for person in named)
            raise NotAllowed(f"有 {len(named)} 个人叫 {who}: {which}。", "请写编号, 如 p12。")
        return named[0]

    def find_all(self, names: Iterable[str]) -> list[Person]:
        """Return people by id or name, each once. Raises as ``find``."""
        return list({person.id: person for person in map(self.find, names)}.values())

    def called(self, who: str) -> str:
        """Return what people call one of the staff: the name, with the id where others have it too.

        Who is not of this day, or was erased, goes by the id.
        """
        person = self.people.get(who)
        if person is None or person.name is None:
            return who
        twice = sum(other.name == person.name for other in self.people.values()) > 1
        return f"{person.name}({who})" if twice else person.name

    def members(self, unit: str) -> list[Person]:
        """Return the people of a unit, in order of joining."""
        return [person for person in self.people.values() if person.unit == unit]

    def on_duty(self, mode: DutyMode) -> list[str]:
        """Return the agencies that are on duty in this way (一.2, 一.3)."""
        return [unit.name for unit in self.units if unit.duty is mode]


def missing(need: Need, people: Iterable[Person], units: Units, day: date) -> int:
    """Return how many of what a team needs are missing in it on a day (附2.3, 四.3)."""
    fit = sum(need.fits(units.get(p.unit), licensed=p.licensed(day)) for p in people)
    return max(need.least - fit, 0)


class History:
    """The organisation through time; asked in order of days it folds each event once."""

    def __init__(
        self, seed: Units, entries: Iterable[StreamEntry], *, stored: bool = False
    ) -> None:
        """Order the changes by the day they hold from, then as recorded.

        ``stored``: they were judged before, and are not judged again.
        """
        self._seed, self._stored = seed, stored
        self._entries = sorted(entries, key=lambda entry: (entry.event.day, entry.seq))
        self._days = [entry.event.day for entry in self._entries]
        self._fold = _Fold(seed)
        self._done = 0
        self._made: dict[int, Organisation] = {}

    def at(self, day: date) -> Organisation:
        """Return the organisation of a day.

        Raises ``NotAllowed`` or ``NotFound`` where history is none; ``LedgerUnusable`` for a stored
        one: it was changed.
        """
        upto = bisect_right(self._days, day)
        if upto not in self._made:
            if upto < self._done:
                self._fold, self._done = _Fold(self._seed), 0
            new = self._entries[self._done : upto]
            if self._stored:
                streams.stored(self._apply, new)
            else:
                self._apply(new)
            self._done = upto
            self._made[upto] = self._fold.organisation()
        return self._made[upto]

    def _apply(self, entries: Iterable[StreamEntry]) -> None:
        for entry in entries:
            self._fold.apply(entry.event)

    def check(self) -> None:
        """Replay everything. Raises ``NotAllowed`` or ``NotFound`` naming what is impossible."""
        self.at(date.max)


class _Fold:
    """The state while events are applied."""

    def __init__(self, seed: Units) -> None:
        self.roles = seed.roles
        self.units = {unit.name: unit for unit in seed}
        self.people: dict[str, Person] = {}
        self.seen: set[str] = set()

    def organisation(self) -> Organisation:
        places = {name: place for place, name in enumerate(self.units)}
        ranks = {kind: rank for rank, kind in enumerate(UnitKind)}

        def order(unit: Unit) -> tuple[int, int, int]:
            if unit.kind is UnitKind.GRID and unit.parent in places:
                return ranks[UnitKind.COMMUNITY], places[unit.parent], 1
            return ranks[unit.kind], places[unit.name], 0

        return Organisation(
            Units(sorted(self.units.values(), key=order), self.roles), dict(self.people)
        )

    def apply(self, event: Recorded) -> None:
        getattr(self, f"_{event.kind}")(event)

    def _units_adopted(self, event: UnitsAdopted) -> None:
        self.roles = event.units.roles
        self.units = {unit.name: unit for unit in event.units}
        for person in self.people.values():
            self._known(person.unit, event.day)

    def _unit_added(self, event: UnitAdded) -> None:
        taken = {alias for unit in self.units.values() for alias in (unit.name, *unit.aliases)}
        for name in (event.name, *event.aliases):
            if name in taken:
                raise NotAllowed(
                    f"{understood_day(event.day)}已有单位叫 {name}。", "请换一个名称或别名。"
                )
        self._parent(event.unit_kind, event.parent, event.day)
        self._take_over(event.functions)
        unit = Unit(event.name, event.unit_kind, event.platform)
        self.units[event.name] = _merged(unit, event)

    def _unit_changed(self, event: UnitChanged) -> None:
        self._known(event.name, event.day)
        self._take_over(event.functions)
        unit = _merged(self.units[event.name], event)
        if event.parent is not None:
            self._parent(unit.kind, event.parent, event.day)
        if event.leads:
            if unit.platform is None:
                raise NotAllowed(f"{unit.name} 不属于任何平台。", "请同时写 --platform。")
            for other in [u for u in self.units.values() if u.lead_of is unit.platform]:
                self.units[other.name] = other._replace(lead_of=None)
            unit = unit._replace(lead_of=unit.platform)
        elif unit.lead_of not in (None, unit.platform):
            raise NotAllowed(
                f"{unit.name} 是{unit.lead_of}平台的牵头单位, 不能改到别的平台。",
                "请先用 sixping units change 单位 --leads 移交牵头。",
            )
        self.units[unit.name] = unit

    def _take_over(self, functions: tuple[str, ...] | None) -> None:
        """Leave functions (职能) with nobody else: one unit carries each."""
        for unit in list(self.units.values()) if functions else ():
            left = tuple(name for name in unit.functions if name not in (functions or ()))
            self.units[unit.name] = unit._replace(functions=left)

    def _unit_ended(self, event: UnitEnded) -> None:
        unit = self._known(event.name, event.day)
        beneath = [u.name for u in self.units.values() if u.parent == unit.name]
        people = [p.id for p in self.people.values() if p.unit == unit.name]
        if unit.name in (self.roles.room, self.roles.coordinator) or unit.lead_of:
            raise NotAllowed(
                f"{unit.name} 负责汇集、协调或牵头, 不能撤销 (二, 四.2)。",
                "牵头单位请先用 sixping units change 单位 --leads 移交。",
            )
        if beneath or people:
            raise NotAllowed(
                f"{unit.name} 在{understood_day(event.day)}还有:"
                f" {'、'.join([*beneath, *people][:8])}。",
                "请先撤销下属单位, 把人员调出 (units person change) 或注明离开 (leave)。",
            )
        del self.units[unit.name]

    def _person_joined(self, event: PersonJoined) -> None:
        if event.person in self.seen:
            raise NotAllowed(f"{event.person} 已经登记过。")
        self.seen.add(event.person)
        self._known(event.unit, event.day)
        self.people[event.person] = _merged(Person(event.person, event.unit), event)

    def _person_changed(self, event: PersonChanged) -> None:
        person = self._present(event.person, event.day)
        if event.unit is not None:
            self._known(event.unit, event.day)
        self.people[person.id] = _merged(person, event)

    def _person_left(self, event: PersonLeft) -> None:
        del self.people[self._present(event.person, event.day).id]

    def _known(self, name: str, day: date) -> Unit:
        if name not in self.units:
            raise NotFound(
                f"{understood_day(day)}没有这个单位: {name}", "请核对名称和日期 (--from)。"
            )
        return self.units[name]

    def _present(self, person: str, day: date) -> Person:
        if person not in self.people:
            raise NotFound(
                f"{understood_day(day)}没有这个人: {person}", "请核对编号和日期 (--from)。"
            )
        return self.people[person]

    def _parent(self, kind: UnitKind, parent: str | None, day: date) -> None:
        if kind is not UnitKind.GRID:
            if parent is not None:
                raise NotAllowed("只有网格属于社区。", "请去掉 --parent。")
        elif parent is None:
            raise NotAllowed("网格须写明所属社区。", "请加 --parent 社区。")
        elif self._known(parent, day).kind is not UnitKind.COMMUNITY:
            raise NotAllowed(f"{parent} 不是社区。", "网格的 --parent 须是社区。")


def _merged(state: State, event: Recorded) -> State:
    """Return the state with what the event says; None is what it does not say."""
    said: dict[str, Any] = {
        f.name: value
        for f in fields(event)
        if f.name in state._fields and (value := getattr(event, f.name)) is not None
    }
    return state._replace(**said)


def shipped_at(day: date) -> Organisation:
    """Return the organisation of a day where there is no ledger: the units of the data."""
    return History(load_units(), ()).at(day)


def base(con: Connection, as_of: int | None = None) -> tuple[Units, list[StreamEntry]]:
    """Return the units a ledger began with, and those adopted since as changes."""
    adopted = streams.adopted(con, UNITS_FILE, as_of)
    anew = [
        streams.StreamEntry(seq, UNITS, at, at, UnitsAdopted(at.date(), units))
        for seq, at, units in adopted[1:]
    ]
    return adopted[0][2] if adopted else load_units(), anew


def history(con: Connection, as_of: int | None = None) -> History:
    """Return the organisation of a ledger through time, as known at seq ``as_of``."""
    seed, anew = base(con, as_of)
    recorded = (streams.entries(con, STREAM, name, as_of) for name in (UNITS, PEOPLE))
    return History(seed, [*anew, *chain.from_iterable(recorded)], stored=True)


def organisation_at(con: Connection, day: date, as_of: int | None = None) -> Organisation:
    """Return the units and people of a day (units ``Units``-compatible), as of a seq."""
    return history(con, as_of).at(day)


class UnitsAdopted(NamedTuple):
    """The ledger adopted units anew: from that day on they are these."""

    day: date
    units: Units
    kind: str = "units_adopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Recorded):
    """What every change of the organisation has: the day from which it holds."""

    day: date = fact(date.fromisoformat)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAdded(Dated):
    """A unit came to be."""

    kind: ClassVar[str] = "unit_added"

    name: str
    unit_kind: UnitKind = fact(UnitKind)
    platform: Platform | None = fact(Platform)
    parent: str | None = None
    stationed: bool = False
    aliases: tuple[str, ...] = fact(words, ())
    role: str = ""
    duty: DutyMode | None = fact(DutyMode)
    functions: tuple[str, ...] = fact(words, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChanged(Dated):
    """Something of a unit changed; None is what stayed. ``leads``: now leads its platform."""

    kind: ClassVar[str] = "unit_changed"

    name: str
    platform: Platform | None = fact(Platform)
    parent: str | None = None
    stationed: bool | None = None
    aliases: tuple[str, ...] | None = fact(words)
    role: str | None = None
    duty: DutyMode | None = fact(DutyMode)
    functions: tuple[str, ...] | None = fact(words)
    leads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEnded(Dated):
    """A unit is no more, from this day on."""

    kind: ClassVar[str] = "unit_ended"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined(Dated):
    """Somebody began to work in a unit; the licence is valid from and until days (incl.)."""

    kind: ClassVar[str] = "person_joined"

    person: str
    unit: str
    role: str = ""
    stationed: bool = False
    online: bool = False
    licence_from: date | None = fact(date.fromisoformat)
    licence_until: date | None = fact(date.fromisoformat)
    name: str | None = private()
    phone: str | None = private()
    licence: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Dated):
    """Something about a person changed; None is what stayed."""

    kind: ClassVar[str] = "person_changed"

    person: str
    unit: str | None = None
    role: str | None = None
    stationed: bool | None = None
    online: bool | None = None
    licence_from: date | None = fact(date.fromisoformat)
    licence_until: date | None = fact(date.fromisoformat)
    name: str | None = private()
    phone: str | None = private()
    licence: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(Dated):
    """Somebody works here no more, from this day on."""

    kind: ClassVar[str] = "person_left"

    person: str


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t for t in (UnitAdded, UnitChanged, UnitEnded, PersonJoined, PersonChanged, PersonLeft)
}
