"""Which community and grid a report names (附2.1): exact names of the organisation of the day.

Pure. The longest name wins at each place of a text, whatever kind of unit it is, so a community
inside another unit's name is not named. Two communities name none: people are asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.units import UnitKind
from sixping.triage.wordmatch import Lexicon, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sixping.policy.units import Unit, Units

#: what makes a community's name the beginning of another name, that of a body within it
_BODIES = (
    "居委会", "居民委员会", "村委会", "党委", "党总支", "党支部", "党群", "服务", "卫生", "工作站",
    "警务", "文化", "居家养老", "小学", "中学", "幼儿园", "医院",
)  # fmt: skip
_NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百")
_PLACES = (UnitKind.COMMUNITY, UnitKind.GRID)


class Mention(NamedTuple):
    """One place taken: what it is, as it was written, its full name, and where it stood."""

    what: str
    matched: str
    name: str
    by: str


class Located(NamedTuple):
    """Community and grid a report names; None for what it does not.

    ``by``: ``place`` or ``text``, where the name stood. ``others``: communities that are named
    and not taken, because there are several or somebody stated another.
    """

    community: str | None = None
    grid: str | None = None
    by: str | None = None
    mentions: tuple[Mention, ...] = ()
    others: tuple[str, ...] = ()


class _Hit(NamedTuple):
    unit: Unit
    matched: str
    by: str

    @property
    def community(self) -> str:
        return self.unit.parent or self.unit.name


def locate(text: str, place: str, units: Units, stated: str | None = None) -> Located:
    """Return the community and grid that a report's place or text names.

    ``stated``: the community somebody stated, in which only a grid is looked for.
    """
    hits = [*_hits(place, "place", units), *_hits(text, "text", units)]
    named = dict.fromkeys(hit.community for hit in hits)
    if len({*named, stated} - {None}) != 1:
        return Located(others=() if stated in named else tuple(named))
    community = stated or hits[0].community
    grid = _only_grid(hits, place, text, units.grids(community))
    taken = [hits[0]] if stated is None else []
    mentions = [Mention("社区", hit.matched, community, hit.by) for hit in taken]
    mentions += [Mention("网格", grid.matched, grid.unit.name, grid.by)] if grid else []
    return Located(
        community if taken else None,
        grid.unit.name if grid else None,
        mentions[0].by if mentions else None,
        tuple(mentions),
    )


@lru_cache(maxsize=8)
def _known(units: Units) -> tuple[Lexicon, Mapping[str, Unit]]:
    names = {name.lower(): unit for unit in units for name in (unit.name, *unit.aliases)}
    return Lexicon(names), names


def _hits(text: str, by: str, units: Units) -> Iterator[_Hit]:
    if not text:
        return
    lexicon, names = _known(units)
    flat = squash(text)
    for at, word in lexicon.scan(flat):
        unit = names[word]
        after = at + len(word)
        if unit.kind in _PLACES and not flat.text.startswith(_BODIES, after):
            yield _Hit(unit, word, by)


def _only_grid(hits: Iterable[_Hit], place: str, text: str, grids: Iterable[Unit]) -> _Hit | None:
    """Return the grid of a community that is named, in full or by its short name, if one is."""
    found = [hit for hit in hits if hit.unit.kind is UnitKind.GRID]
    short = {grid.name.removeprefix(grid.parent or "").lower(): grid for grid in grids}
    lexicon = Lexicon(short)
    for where, by in ((place, "place"), (text, "text")):
        found += [_Hit(short[word], word, by) for word in _short_names(where, lexicon)]
    return found[0] if len({hit.unit.name for hit in found}) == 1 else None


def _short_names(text: str, lexicon: Lexicon) -> Iterator[str]:
    flat = squash(text)
    for at, word in lexicon.scan(flat):
        if not (word[0] in _NUMERALS and flat.text[at - 1 : at] in _NUMERALS):
            yield word
