"""The roster of the agencies in the command room (一.2, 一.3): day by unit, to hang up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.render.paper.blocks import Block, Head, Note, Paper, Sentence, Table
from sixping.render.paper.wording import full_day
from sixping.util.daytext import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.render.paper.blocks import Cell
    from sixping.render.paper.wording import Origin

#: units beside each other on a page that stands, and on one that lies
_STANDING, _LYING = 5, 8
_NAME: Final = "值班表"


class Served(NamedTuple):
    """Somebody on the roster of a day; ``name``: as people tell them apart."""

    name: str
    licensed: bool = False
    away: bool = False


class Turn(NamedTuple):
    """Who is on the roster of one unit on a day, and what is lacking of what is asked, in words."""

    people: tuple[Served, ...] = ()
    lacks: str = ""


class RosterDay(NamedTuple):
    """A day, or rest days one after another on which nobody is on a roster; a turn a unit.

    ``made_up``: a working day that would be one of rest.
    """

    first: date
    last: date
    rest: bool = False
    made_up: bool = False
    turns: tuple[Turn, ...] = ()


class Roster(NamedTuple):
    """The roster of some days. ``whose``: one unit only; ``asked``: what the rules ask, in words.

    ``phones``: name, unit, telephone, where they are to be shown.
    """

    first: date
    last: date
    units: tuple[str, ...]
    days: tuple[RosterDay, ...]
    asked: tuple[str, ...] = ()
    whose: str = ""
    phones: tuple[tuple[str, str, str], ...] = ()

    @property
    def called(self) -> str:
        """Of when it is: a month, or a day."""
        if self.first == self.last:
            return full_day(self.first)
        return f"{self.first.year}年{self.first.month}月"


def roster_paper(roster: Roster, issued: Origin) -> Paper:
    """Return the roster as a paper; it lies where there are more than a few units."""
    whose = f"（{roster.whose}）" if roster.whose else ""
    return Paper(
        title=f"{issued.street}{roster.called}{_NAME}{whose}",
        office=issued.office,
        period="",
        as_of=issued.as_of,
        blocks=tuple(_blocks(roster)),
        seal=issued.seal,
        landscape=len(roster.units) > _STANDING,
    )


def _blocks(roster: Roster) -> Iterator[Block]:
    if not any(turn.people for day in roster.days for turn in day.turns):
        yield Sentence((f"{roster.called}还没有排班。",), lead=True)
    if roster.units:
        yield from _grids(roster)
    for said in roster.asked:
        yield Note((said,))
    if roster.phones:
        heads = tuple(map(Head, ("姓名", "单位", "电话")))
        yield Table("联系电话", "值守人员联系电话", heads, roster.phones)


def _grids(roster: Roster) -> Iterator[Table]:
    """Yield the grid, in parts of as many units as a page holds."""
    units = roster.units
    most = _STANDING if len(units) <= _STANDING else _LYING
    parts = -(-len(units) // most)
    size = -(-len(units) // parts)
    for number, at in enumerate(range(0, len(units), size), 1):
        named = f"（{number}）" if parts > 1 else ""
        yield Table(
            f"{_NAME}{number}" if parts > 1 else _NAME,
            f"各单位值守人员{named}（* 有执法资格）",
            tuple(map(Head, ("日期", *units[at : at + size]))),
            tuple(_row(day, at, size, len(units)) for day in roster.days),
            whole=True,
        )


def _row(day: RosterDay, at: int, size: int, units: int) -> tuple[Cell, ...]:
    if day.rest and not day.turns:
        return _day_words(day), *("休" for _ in range(min(size, units - at)))
    return _day_words(day), *map(_turn, day.turns[at : at + size])


def _day_words(day: RosterDay) -> str:
    """Return ``12月 1日 二``; days of rest one after another ``12月 5-6日``."""
    first = f"{day.first.month}月{day.first.day:2}"
    if day.last != day.first:
        return f"{first}-{day.last.day}日"
    return f"{first}日 {WEEKDAYS[day.first.weekday()]}{' 上班' if day.made_up else ''}"


def _turn(turn: Turn) -> str:
    people = [
        f"{one.name}{'*' if one.licensed else ''}{'(请假)' if one.away else ''}"
        for one in turn.people
    ]
    return " ".join(filter(None, (*people, turn.lacks)))
