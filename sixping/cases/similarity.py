"""Is this report a repeat? Evidence from text, phone, place; a score and its reasons (二.2).

Pure. Each piece of evidence is a probability that both reports mean one matter, and they
are taken as independent: a score of 60 needs a text that is hardly chance, or a phone or
place in common with something beside it. The weights were set on citizens' messages.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.contactkeys import bare, phone_forms, place_form
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable

#: characters of a text that are compared: the matter stands at the beginning
COMPARED = 600

_PHONE, _PLACE, _VAGUE, _NEAR_PLACE, _MENTIONED, _DOOR = 0.5, 0.5, 0.25, 0.3, 0.4, 0.45
_GRID, _COMMUNITY, _CATEGORY = 0.15, 0.1, 0.15
_OTHER_DOOR = 0.4  # the same words about another building are another matter
_NEAR_PLACE_FROM = 80
_ROAD = 3  # characters before a house number that make it the same house
_EXACT_PLACE = 6  # characters; a shorter place without a number is a whole road

# Alike by chance: short texts share their formulas, long ones hardly a third of their signs.
# (length, likeness that says nothing, likeness that says all)
_SHORT, _LONG = (20, 55.0, 85.0), (100, 30.0, 55.0)
_TELLING = 12  # a text of fewer characters names a matter but hardly which one
_WITHIN = 100  # characters of a short report looked for inside a long one

_DOORS = re.compile(r"(\D{0,4})(?<![\d月])(\d+)(号楼|[幢栋弄号])")


class Side(NamedTuple):
    """One of the two reports, as the ledger has it; ``received_at`` as ledger text."""

    number: str
    received_at: str
    status: str
    text: str | None = None
    place: str | None = None
    phone: str | None = None
    community: str | None = None
    grid: str | None = None
    category: str | None = None


class Offer(NamedTuple):
    """An entry of ``duplicates`` (interface.md): score 0-100 and why, in Chinese."""

    number: str
    score: int
    reasons: tuple[str, ...]
    status: str
    received_at: str


class _Read:
    """A side with its comparable forms, each made when first asked for."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.phones = set(phone_forms(side.phone)) if side.phone else set()
        self.place = place_form(side.place) if side.place else None

    @cached_property
    def text(self) -> str:
        return bare((self.side.text or "")[: 2 * COMPARED])[:COMPARED]

    @cached_property
    def doors(self) -> dict[tuple[str, str], str]:
        """What stands before each house or building number, by kind and number."""
        found = _DOORS.findall((self.place or "") + self.text)
        return {(kind, number): before for before, number, kind in found}


def offers(report: Side, others: Iterable[Side], threshold: int) -> list[Offer]:
    """Return what may be repeated by a report, best first; equal scores nearest first."""
    mine = _Read(report)
    offered = [offer for side in others if (offer := _offer(mine, side)).score >= threshold]
    at = from_text(report.received_at)
    offered.sort(key=lambda o: (-o.score, abs(from_text(o.received_at) - at), o.number))
    return offered


def _offer(mine: _Read, side: Side) -> Offer:
    other = _Read(side)
    doubt, reasons = 1.0, []
    for weight, reason in _evidence(mine, other):
        doubt *= 1 - weight
        reasons.append(reason)
    days = abs((from_text(mine.side.received_at) - from_text(side.received_at)).days)
    reasons.append(f"相隔 {days} 天" if days else "相隔不到一天")
    score = round(100 * (1 - doubt))
    return Offer(side.number, score, tuple(reasons), side.status, side.received_at)


def _evidence(mine: _Read, other: _Read) -> Iterable[tuple[float, str]]:
    if mine.phones & other.phones:
        yield _PHONE, "同一电话"
    doors = _same_doors(mine, other)
    yield from _place(mine, other, doors=doors)
    elsewhere = doors is False
    weight, likeness = _alike(mine.text, other.text)
    if weight > 0:
        yield weight * (_OTHER_DOOR if elsewhere else 1), f"内容相近 {likeness:.0f}%"
    if elsewhere:
        yield 0.0, "门牌不同"
    if mine.side.grid and mine.side.grid == other.side.grid:
        yield _GRID, f"同一网格 {mine.side.grid}"
    elif mine.side.community and mine.side.community == other.side.community:
        yield _COMMUNITY, f"同一社区 {mine.side.community}"
    if mine.side.category and mine.side.category == other.side.category:
        yield _CATEGORY, f"同一类别 {mine.side.category}"


def _same_doors(mine: _Read, other: _Read) -> bool | None:
    """Return whether both name one house; None when that cannot be said."""
    common = mine.doors.keys() & other.doors.keys()
    within = mine.side.community or ""
    for door in common:
        short, long = sorted((mine.doors[door], other.doors[door]), key=len)
        if len(short) >= _ROAD and long.endswith(short):
            return True
        if within and within == other.side.community and not short and within.endswith(long):
            return True  # nothing but the community stands before either
    kinds = {kind for kind, _ in mine.doors} & {kind for kind, _ in other.doors}
    return None if common or not kinds else False


def _place(mine: _Read, other: _Read, *, doors: bool | None) -> Iterable[tuple[float, str]]:
    if mine.place and mine.place == other.place:
        yield (_PLACE if _exact(mine.place) else _VAGUE), "同一地点"
    elif _mentions(mine, other) or _mentions(other, mine):
        yield _MENTIONED, "内容提到同一地点"
    elif doors:
        yield _DOOR, "同一门牌"
    elif mine.place and other.place and doors is None:
        from rapidfuzz import fuzz

        if fuzz.ratio(mine.place, other.place) >= _NEAR_PLACE_FROM:
            yield _NEAR_PLACE, "地点相近"


def _mentions(mine: _Read, other: _Read) -> bool:
    return bool(mine.place and _exact(mine.place) and mine.place in other.text)


def _exact(place: str) -> bool:
    return len(place) >= _EXACT_PLACE or any(sign.isdigit() for sign in place)


def _alike(one: str, other: str) -> tuple[float, float]:
    """Return what the likeness of two texts is worth (0-1), and the likeness in per cent."""
    from rapidfuzz import fuzz

    short, long = sorted((one, other), key=len)
    if not short:
        return 0.0, 0.0
    likeness = fuzz.ratio(short, long)
    worth = _worth(likeness, len(short))
    if worth < 1 and _TELLING <= len(short) <= _WITHIN and len(long) > 2 * len(short):
        within = fuzz.partial_ratio(short, long)
        if (worth_within := _worth(within, _SHORT[0])) > worth:
            return worth_within, within
    return worth, likeness


def _worth(likeness: float, length: int) -> float:
    (short, short_floor, short_full), (long, floor, full) = _SHORT, _LONG
    share = min(max((length - short) / (long - short), 0.0), 1.0)
    low = short_floor + share * (floor - short_floor)
    high = short_full + share * (full - short_full)
    worth = min(max((likeness - low) / (high - low), 0.0), 1.0)
    return worth * min(length / _TELLING, 1.0)
