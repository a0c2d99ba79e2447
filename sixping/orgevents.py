"""What can happen to units and people: one small type each, valid from a day on (一, 附3.5).

Facts name people by an id (``p12``); names, phones and licence numbers are told, so they
can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sixping.events import Recorded, fact, told
from sixping.model import Platform
from sixping.units import DutyMode, UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping


def _words(value: list[str]) -> tuple[str, ...]:
    return tuple(value)


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
    aliases: tuple[str, ...] = fact(_words, ())
    role: str = ""
    duty: DutyMode | None = fact(DutyMode)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChanged(Dated):
    """Something of a unit changed; None is what stayed. ``leads``: now leads its platform."""

    kind: ClassVar[str] = "unit_changed"

    name: str
    platform: Platform | None = fact(Platform)
    parent: str | None = None
    stationed: bool | None = None
    aliases: tuple[str, ...] | None = fact(_words)
    role: str | None = None
    duty: DutyMode | None = fact(DutyMode)
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
    name: str | None = told()
    phone: str | None = told()
    licence: str | None = told()


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
    name: str | None = told()
    phone: str | None = told()
    licence: str | None = told()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(Dated):
    """Somebody works here no more, from this day on."""

    kind: ClassVar[str] = "person_left"

    person: str


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t for t in (UnitAdded, UnitChanged, UnitEnded, PersonJoined, PersonChanged, PersonLeft)
}
