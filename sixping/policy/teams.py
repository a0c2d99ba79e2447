"""Who must be on a patrol or an operation, how grids are gone through, what no plan may set: data.

Pure but for ``load_field_rules``; ``data/patrol.toml`` (附2.1, 附2.3, 附3.2, 四.3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.units import Unit, UnitKind
from sixping.util import datafiles, toml
from sixping.util.names import meant

if TYPE_CHECKING:
    from sixping.util.toml import Table


class Need(NamedTuple):
    """How many of what must take part; ``kinds``: kinds of their unit."""

    what: str
    least: int
    kinds: tuple[str, ...]
    licensed: bool
    clause: str

    def fits(self, unit: Unit | None, *, licensed: bool) -> bool:
        """Tell whether somebody of a unit, with a valid licence or without, counts here."""
        return unit is not None and unit.kind in self.kinds and (licensed or not self.licensed)


#: what rules that say nothing of it refuse a number of
_NO_TARGETS = ("罚款", "罚没", "处罚", "立案", "没收")
#: who is handed what may be a crime, where rules say nothing of it
_TRANSFER_TO = ("公安", "派出所", "检察")
_MANY = (
    r"(?:\d[\d,.]*|[一二三四五六七八九十百千万亿两]+)\s*[余多]?\s*"
    r"(?:起|件|次|宗|例|笔|个|人|户|家|万|千|元|%|％)"
)


class Way(NamedTuple):
    """A way of going through grids (附3.2); ``coverage``: with a team of 附2.3, it covers them."""

    name: str
    clause: str
    coverage: bool = False


class Role(NamedTuple):
    """What somebody of a grid is there for; ``each_grid``: the notice wants one in each."""

    name: str
    what: str
    clause: str
    each_grid: bool = False


PATROL = Way("巡查", "附2.3", coverage=True)
"""How a team goes where nothing else is said; the only way that rules without ways know."""


class FieldRules(NamedTuple):
    """The needs of a patrol and of an operation, the ways of patrols, the roles in grids.

    ``no_targets``: what a plan sets no number of; ``transfer_to``: words of the names of those who
    are handed what may be a crime (附2.3).
    """

    patrol: tuple[Need, ...]
    operation: tuple[Need, ...]
    ways: tuple[Way, ...] = (PATROL,)
    roles: tuple[Role, ...] = ()
    no_targets: tuple[str, ...] = _NO_TARGETS
    transfer_to: tuple[str, ...] = _TRANSFER_TO

    @property
    def covering(self) -> frozenset[str]:
        """Return the ways that cover a grid."""
        return frozenset(way.name for way in self.ways if way.coverage)

    def way(self, name: str) -> Way:
        """Return the way people call so. Raises ``UnknownName`` naming all."""
        known = {way.name: way for way in self.ways}
        words = {each: each for each in known}
        return known[meant(name, words, "方式 (--kind)", f"可用: {'、'.join(known)}。")]

    def target_in(self, text: str) -> str | None:
        """Return where a text sets a number of penalties (罚款不少于20万元); None: nowhere."""
        word = "|".join(map(re.escape, self.no_targets))
        if not word:
            return None
        gap = r"[^。;；,，、\n]"
        found = re.search(rf"(?:{word}){gap}{{0,12}}?{_MANY}|{_MANY}{gap}{{0,6}}?(?:{word})", text)
        return found[0] if found else None


def load_field_rules() -> FieldRules:
    """Load the rules of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("patrol.toml")
    return parse_field_rules(text, str(path))


def parse_field_rules(text: str, source: str) -> FieldRules:
    """Parse and validate the file. Raises ``BadData`` naming source, key, fault."""
    return read_field_rules(toml.parse(text, source))


def read_field_rules(top: Table) -> FieldRules:
    """Validate the file. Raises ``BadData`` naming source, key, fault."""
    found = FieldRules(
        tuple(top.each("patrol", _need)),
        tuple(top.each("operation", _need, optional=True)),
        tuple(top.each("way", _way, optional=True)) or (PATROL,),
        tuple(top.each("role", _role, optional=True)),
        top.texts("no_targets", _NO_TARGETS),
        top.texts("transfer_to", _TRANSFER_TO),
    )
    top.finish()
    return found


FIELD_RULES = toml.RuleFile("patrol", read_field_rules)


def _way(entry: Table) -> Way:
    found = Way(entry.text("name"), entry.text("clause"), entry.flag("coverage", default=False))
    entry.finish()
    return found


def _role(entry: Table) -> Role:
    found = Role(
        entry.text("name"),
        entry.text("what"),
        entry.text("clause"),
        entry.flag("each_grid", default=False),
    )
    entry.finish()
    return found


def _need(entry: Table) -> Need:
    kinds = entry.texts("kinds")
    known = tuple(UnitKind)
    for kind in kinds:
        if kind not in known:
            entry.refuse("kinds", f"没有这个种类: {kind} (可用: {'、'.join(known)})")
    found = Need(
        entry.text("what"),
        entry.whole("least", least=1, most=100),
        kinds,
        entry.flag("licensed", default=False),
        entry.text("clause"),
    )
    entry.finish()
    return found
