"""Leaving out an event of the office that was recorded by mistake, whatever its stream."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sixping.errors import NotAllowed
from sixping.office import duty, meetings, operations, streams
from sixping.office.organisation import PEOPLE, STREAM, UNITS, History, base
from sixping.queries.office import is_named, joined_people

if TYPE_CHECKING:
    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

#: what judges the rest of a subject; patrols and marks stand alone, none needs another
_CHECKS = {
    duty.STREAM: duty.check,
    meetings.STREAM: meetings.check,
    operations.STREAM: operations.check,
}


def void(tx: Transaction, stream: str, seq: int, reason: str) -> StreamEntry:
    """Leave an event out if what remains of its stream still makes sense; return it.

    Raises ``NotFound`` or ``NotAllowed`` as ``streams.void``.
    """
    check = partial(_organisation, tx.con) if stream == STREAM else _CHECKS.get(stream, _alone)
    return streams.void(tx, stream, seq, reason, check)


def _alone(_subject: str, _rest: list[StreamEntry]) -> None:
    """Judge what stands alone."""


def _organisation(con: Connection, subject: str, rest: list[StreamEntry]) -> None:
    other = PEOPLE if subject == UNITS else UNITS
    seed, anew = base(con)
    History(seed, [*anew, *rest, *streams.entries(con, STREAM, other)]).check()
    if subject == PEOPLE:
        _refuse_orphans(con, rest)


def _refuse_orphans(con: Connection, rest: list[StreamEntry]) -> None:
    """Raise ``NotAllowed`` when duty records name somebody who never joined."""
    joined = {entry.event.person for entry in rest if entry.event.kind == "person_joined"}
    for person in joined_people(con):
        if person not in joined and is_named(con, person):
            raise NotAllowed(
                f"{person} 已有排班、考勤等记录, 离开请用 sixping units person leave。"
            )
