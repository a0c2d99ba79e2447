"""Which of many backups stay: the newest of each of the last days, weeks and months."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

EXAMPLE = "例如: --keep days=7,weeks=5,months=12 (可只写其中几项)。"
_PART = re.compile(r"\s*(days|weeks|months)\s*=\s*([0-9]{1,4})\s*")
#: of an instant, the day, ISO week or month it lies in
_SPANS: dict[str, Callable[[datetime], tuple[int, ...]]] = {
    "days": lambda at: (at.year, at.month, at.day),
    "weeks": lambda at: at.isocalendar()[:2],
    "months": lambda at: (at.year, at.month),
}


class Keep(NamedTuple):
    """How many days, weeks and months keep a backup, of those that have one."""

    days: int = 0
    weeks: int = 0
    months: int = 0


def read_keep(text: str) -> Keep:
    """Read ``days=7,weeks=5,months=12``. Raises ``UsageFault`` with an example."""
    found: dict[str, int] = {}
    for part in text.replace("，", ",").split(","):
        match = _PART.fullmatch(part)
        if match is None or match[1] in found or not int(match[2]):
            raise UsageFault(f"--keep 看不懂: {text}", EXAMPLE)
        found[match[1]] = int(match[2])
    return Keep(**found)


def kept(moments: Iterable[datetime], keep: Keep) -> set[datetime]:
    """Return the moments whose backups stay: of each span the newest."""
    newest_first = sorted(set(moments), reverse=True)
    stay: set[datetime] = set()
    for name, count in keep._asdict().items():
        stay.update(_newest(newest_first, _SPANS[name], count))
    return stay


def _newest(
    moments: Sequence[datetime], span: Callable[[datetime], tuple[int, ...]], count: int
) -> list[datetime]:
    first: dict[tuple[int, ...], datetime] = {}
    for at in moments:
        first.setdefault(span(at), at)
    return list(first.values())[:count]
