"""Late: the one comparison of a due date, and which promise holds against a recount."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

#: an instant as such, or as the ledger's text of it: text order is time order
Instant = TypeVar("Instant", "datetime", str)


def is_late(due: Instant, now: Instant, ended: Instant | None = None) -> bool:
    """Return whether something due ended late, or is late by ``now`` where it has not ended.

    The one comparison: at 17:00:00 it is in time, at 17:00:01 late. Instants are of Shanghai
    time, both as ``datetime`` or both as the ledger's fixed-width text.
    """
    return (ended or now) > due


def not_into_the_past(old: datetime | None, fresh: datetime, now: datetime) -> datetime:
    """Return the earlier promise where a recount would lie in the past: nobody can keep that."""
    return old if old is not None and fresh != old and fresh < now else fresh
