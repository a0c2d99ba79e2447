"""What is no breach but has to be seen: its title, its words, its lines of the flat table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


TITLE = "不是超期, 但须看到"


def flat(document: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str, object]]:
    """Yield ``table name measure value`` of the JSON of what stands beside the figures."""
    for kind, n in document[LEFT].items():
        yield LEFT, kind, "n", n
    for name, figure in document["with_transferred"].items():
        for part, value in figure.items():
            yield "with_transferred", name, part, value
    for part, value in document[STATED].items():
        yield STATED, None, part, value
    for part, value in document[EXTENDED].items():
        if isinstance(value, dict):
            for inner, number in value.items():
                yield EXTENDED, part, inner, number
        else:
            yield EXTENDED, None, part, value
    for family in (UNDONE, EXCEPTIONS, UNSENT, FAILED):
        yield family, None, "n", document[family]
