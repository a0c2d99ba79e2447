"""Late: the one comparison of a due date, and which promise holds against a recount."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    #: a due date, and whether it is provisional
    Dated = tuple[datetime, bool]

#: an instant as such, or as the ledger's text of it: text order is time order
Instant = TypeVar("Instant", "datetime", str)


def is_late(due: Instant, now: Instant, ended: Instant | None = None) -> bool:
    """Return whether something due ended late, or is late by ``now`` where it has not ended.

    The one comparison: at 17:00:00 it is in time, at 17:00:01 late. Instants are of Shanghai
    time, both as ``datetime`` or both as the ledger's fixed-width text.
    """
    return (ended or now) > due


def not_into_the_past(
    old: datetime | None, fresh: Dated, now: datetime, mark: Callable[[datetime], bool]
) -> Dated:
    """Return the earlier promise where a recount would lie in the past: nobody can keep that.

    ``mark`` tells whether a date is provisional; a recounted one brings its own.
    """
    due, _ = fresh
    if old is None or due == old or due >= now:
        return fresh
    return old, mark(old)
