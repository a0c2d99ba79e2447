"""Names of communities and grids as other systems write them: which of ours is meant.

The street's name before (``长河街道江一社区``), another word for the body (``江一居委会``) or none,
other numerals, widths and blanks do not matter. Pure; one meaning or none, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sixping.util.names import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: what people call the body of a community, longest first; a village keeps its 村
_BODIES = ("社区居民委员会", "社区居委会", "居民委员会", "社区村委会", "居委会", "社区")
_VILLAGES = ("村民委员会", "村委会")
_STREETS = ("街道办事处", "街道", "镇", "乡")
_NUMERALS = dict(zip("〇零一二三四五六七八九", [0, *range(10)], strict=True))
_NUMERAL = re.compile(f"[十百{''.join(_NUMERALS)}]+")
#: the number of a grid: 1网格, 第01网格, 网格1, 1号网格; a bare 1 or a 微网格 may be others
_NUMBERED = re.compile(r"第?0*(\d+)号?网格|网格第?0*(\d+)号?")
_SEPARATOR = re.compile(r"(?<!\d)[-_/·.、,—|]+|[-_/·.、,—|]+(?!\d)")


class PlaceNames:
    """The communities of a street and their grids, by whatever they may be called."""

    def __init__(
        self, street: str, communities: Mapping[str, tuple[Iterable[str], Iterable[str]]]
    ) -> None:
        """Index them: community → its other names, and the full names of its grids."""
        self._street = squeezed(street)
        self._communities: dict[str, set[str]] = {}
        self._grids: dict[str, dict[str, str]] = {}
        for name, (aliases, grids) in communities.items():
            for known in (name, *aliases):
                for core in self._cores(known):
                    self._communities.setdefault(core, set()).add(name)
            own = self._grids[name] = {}
            for grid in grids:
                own[squeezed(grid.removeprefix(name))] = grid

    def community(self, name: str) -> str | None:
        """Return the only community this may mean."""
        found = [self._communities.get(core, set()) for core in self._cores(name)]
        return _only(set().union(*found))

    def grid(self, name: str, within: str | None = None) -> str | None:
        """Return the only grid this may mean; ``within`` a community its short name will do."""
        if within and (own := _only(self._own(within, {squeezed(name)}))):
            return own
        found: set[str] = set()
        for whole in self._without_street(squeezed(name)):
            for core, communities in self._communities.items():
                if whole.startswith(core):
                    rest = whole[len(core) :]
                    tails = {rest.removeprefix(body) for body in ("", *_BODIES, *_VILLAGES)}
                    found.update(*(self._own(community, tails - {""}) for community in communities))
        return _only(found)

    def _own(self, community: str, names: set[str]) -> set[str]:
        """Return the grids of a community that go by such names, else by such numbers."""
        grids = self._grids.get(community, {})
        if found := {grid for short, grid in grids.items() if short in names}:
            return found
        numbers = {*map(_number, names)} - {None}
        return {grid for short, grid in grids.items() if _number(short) in numbers}

    def near(self, name: str) -> list[str]:
        """Return communities, three at most, whose names come near."""
        words = {core: full for core, names in self._communities.items() for full in names}
        core = min(self._cores(name), key=len, default="")
        return near(core, words, most=3, cutoff=0.5) if core else []

    def _cores(self, name: str) -> set[str]:
        """Return what may be left of a community's name without the street and its body."""
        cores = set()
        for whole in self._without_street(squeezed(name)):
            cores.add(whole)
            cores |= {whole[: -len(body)] for body in _BODIES if whole.endswith(body)}
            for body in _VILLAGES:
                if whole.endswith(body):
                    cores |= {whole[: -len(body)], f"{whole[: -len(body)]}村"}
        return cores - {"", "村"}

    def _without_street(self, name: str) -> Iterator[str]:
        """Yield a name from the street's own name on; whole where that is not in it."""
        _, street, rest = name.rpartition(self._street) if self._street else ("", "", name)
        if street:
            yield rest
            return
        yield name
        for word in _STREETS:
            short = self._street.removesuffix(word)
            if name.startswith(short):
                yield name[len(short) :]


def squeezed(name: str) -> str:
    """Return a name without what does not tell places apart: width, blanks, kind of numerals."""
    text = "".join(unicodedata.normalize("NFKC", name).split())
    return _NUMERAL.sub(_figures, _SEPARATOR.sub("", text))


def _number(name: str) -> str | None:
    """Return the number by which a grid goes; None where its name has more than that."""
    found = _NUMBERED.fullmatch(name)
    return next((part for part in found.groups() if part), None) if found else None


def _figures(match: re.Match[str]) -> str:
    """Return Chinese numerals as figures: 二十一 is 21, 二一 too."""
    total, digit = 0, ""
    if not {"十", "百"} & {*match.group()}:
        return "".join(str(_NUMERALS[sign]) for sign in match.group())
    for sign in match.group():
        if sign in _NUMERALS:
            digit = str(_NUMERALS[sign])
        else:
            total += int(digit or 1) * (10 if sign == "十" else 100)
            digit = ""
    return str(total + int(digit or 0))


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
