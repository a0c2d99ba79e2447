"""Who must be on a patrol or an operation, and what counts as a grid's report: data.

Pure but for ``load_field_rules``; ``data/patrol.toml`` (附2.3, 四.3, 附3.2).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.units import Unit, UnitKind
from sixping.util import datafiles, toml

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


class FieldRules(NamedTuple):
    """The needs of a patrol and of an operation, and the channels of grid workers."""

    patrol: tuple[Need, ...]
    operation: tuple[Need, ...]
    patrol_channel: str
    grid_channels: tuple[str, ...]


def load_field_rules() -> FieldRules:
    """Load the rules in force. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("patrol.toml")
    return parse_field_rules(text, str(path))


@cache
def parse_field_rules(text: str, source: str) -> FieldRules:
    """Parse and validate the file. Raises ``BadData`` naming source, key, fault."""
    top = toml.parse(text, source)
    found = FieldRules(
        tuple(map(_need, top.tables("patrol"))),
        tuple(map(_need, top.tables("operation", optional=True))),
        top.text("patrol_channel"),
        top.texts("grid_channels"),
    )
    top.finish()
    return found


def _need(entry: Table) -> Need:
    kinds = entry.texts("kinds")
    known = tuple(UnitKind)
    for kind in kinds:
        if kind not in known:
            raise entry.fault("kinds", f"没有这个种类: {kind} (可用: {'、'.join(known)})")
    found = Need(
        entry.text("what"),
        entry.whole("least", least=1, most=100),
        kinds,
        entry.flag("licensed", default=False),
        entry.text("clause"),
    )
    entry.finish()
    return found
