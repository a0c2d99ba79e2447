"""What a list of failures opens to: of each kind and unit, and what has to be seen beside. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.vocabulary import LAPSES
from sixping.reports.drill import NO_NAME, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.reports.drill import Drilled, PartKey
    from sixping.reports.lapses import Lapse

EVERY = "all"
"""What opens all failures of a period, or of a unit."""
UNDONE = "undone"
"""What opens those of them that are still not done."""
#: every figure that opens, and what people call it
FIGURES: Mapping[str, str] = {EVERY: "全部", UNDONE: "至今未完成", **LAPSES, **SEEN}


def by_unit(failures: Iterable[Lapse]) -> list[tuple[str | None, list[Lapse]]]:
    """Return the failures of each unit that answers for some, most first, nobody's last."""
    units: dict[str | None, list[Lapse]] = {}
    for lapse in failures:
        units.setdefault(lapse.unit, []).append(lapse)
    return sorted(units.items(), key=lambda each: (each[0] is None, -len(each[1]), each[0] or ""))


def opened(failures: Iterable[Lapse], key: PartKey) -> list[Lapse]:
    """Return the failures behind a figure: of a kind or all, of the unit that answers or of all."""
    return [
        lapse
        for lapse in failures
        if key.figure in {EVERY, lapse.kind, UNDONE if is_undone(lapse) else ""}
        and of_unit(lapse, key)
    ]


def is_undone(lapse: Lapse) -> bool:
    """Tell whether what should have been done is not done to this day."""
    return lapse.happened is None


def of_unit(row: Lapse | Drilled, key: PartKey) -> bool:
    """Tell whether a row is of the unit of a key, or of nobody's; a key without one takes all."""
    return not key.dimension or row.unit == (None if key.name in NO_NAME else key.name)
