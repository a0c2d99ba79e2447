"""Numbers that units give each month of 安置帮教, 禁毒 and the like (附1.3): numbers only.

Pure. There is no field for a word, so nobody can be named. The subject is the month (``2026-11``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sixping.cases.codec import Recorded
from sixping.errors import NotAllowed
from sixping.office import streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounted(Recorded):
    """A unit gave one number of a month."""

    kind: ClassVar[str] = "group_counted"

    month: str
    unit: str
    measure: str
    count: int


TYPES: Mapping[str, type[Recorded]] = {GroupCounted.kind: GroupCounted}


class Entry(NamedTuple):
    """A number as it stands, with the seq by which it is voided."""

    seq: int
    told: GroupCounted


def fold(entries: Iterable[StreamEntry]) -> list[Entry]:
    """Return the numbers by month, unit and measure. Raises ``NotAllowed`` for one told twice."""
    found: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        told = entry.event
        key = (told.month, told.unit, told.measure)
        if key in found:
            before = found[key]
            raise NotAllowed(
                f"{told.unit} {told.month} 的{told.measure}已填 {before.told.count}。",
                f"填错了先撤销: sixping groups void {before.seq} --reason 理由",
            )
        found[key] = Entry(entry.seq, told)
    return [found[key] for key in sorted(found)]


def groups_on(con: Connection, month: str | None = None, as_of: int | None = None) -> list[Entry]:
    """Return the numbers of a month, or of all, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, month, as_of))


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a month. Raises ``NotAllowed``."""
    fold(rest)
