"""Inspections by the month (附2.2): totals by kind and platform, and the cases of what failed.

Pure. The months are the subjects. A corrected total is a further event with a reason; the one
before stays on record. What nobody said is not in ``values``: it is not 0.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotFound
from sixping.office import streams
from sixping.policy.vocabulary import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "inspection"


class Key(NamedTuple):
    """What a total is of: ``2026-11``, a platform, a kind of inspection by its name."""

    month: str
    platform: Platform
    sort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected(Recorded):
    """The total of a month; ``reason``: why it is another than was recorded before."""

    kind: ClassVar[str] = "inspected"

    month: str
    platform: Platform = fact(Platform)
    sort: str
    values: dict[str, Any]
    cases: tuple[str, ...] = fact(words, ())
    reason: str | None = private()
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLinked(Recorded):
    """Cases of what failed in a month, registered after its total or found to be of it."""

    kind: ClassVar[str] = "inspection_linked"

    month: str
    platform: Platform = fact(Platform)
    sort: str
    cases: tuple[str, ...] = fact(words, ())


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (Inspected, InspectionLinked)}


@dataclass(slots=True)
class Inspection:
    """A total as it stands: the entry that says it last, and the cases of all entries."""

    key: Key
    seq: int
    at: datetime
    event: Inspected
    cases: tuple[str, ...] = ()
    corrected: int = 0
    earlier: list[Mapping[str, int]] = field(default_factory=list)

    @property
    def values(self) -> Mapping[str, int]:
        """Return what is counted by measure; what is not there nobody said."""
        return self.event.values

    @property
    def partial(self) -> bool:
        """Return whether it was said before its month was over."""
        return self.at.date() <= last_day(self.key.month)

    def final_on(self, day: date) -> bool:
        """Return whether the month was over when its total was said, or still goes on then."""
        return not self.partial or day <= last_day(self.key.month)

    def follow(self, before: Inspection) -> None:
        """Stand in place of what was said before; the same figures again correct nothing."""
        self.cases, self.corrected, self.earlier = before.cases, before.corrected, before.earlier
        if dict(before.values) != dict(self.values):
            self.corrected += 1
            self.earlier = [*before.earlier, before.values]


def last_day(month: str) -> date:
    """Return the last day of ``2026-11``."""
    first = date.fromisoformat(f"{month}-01")
    return first.replace(day=monthrange(first.year, first.month)[1])


def fold(entries: Iterable[StreamEntry]) -> dict[Key, Inspection]:
    """Return the totals as they stand, in the order in which each was first said.

    Raises ``NotFound`` for cases of a total that nobody recorded.
    """
    found: dict[Key, Inspection] = {}
    for entry in entries:
        event = entry.event
        key = Key(event.month, event.platform, event.sort)
        known = found.get(key)
        if isinstance(event, Inspected):
            now = Inspection(key, entry.seq, entry.at, event)
            if known:
                now.follow(known)
            found[key] = known = now
        elif known is None:
            raise NotFound(
                f"没有 {key.month} {key.platform} {key.sort} 的记录。",
                "见 sixping inspection list。",
            )
        known.cases = tuple(dict.fromkeys((*known.cases, *event.cases)))
    return found


def inspections_on(
    con: Connection, month: str | None = None, as_of: int | None = None
) -> dict[Key, Inspection]:
    """Return the totals of a ledger, or of one month, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, month, as_of))


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a month. Raises ``NotFound`` where cases hang on nothing."""
    fold(rest)
