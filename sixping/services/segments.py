"""Who held one case when, read for its sheet and its JSON (五.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.util.clock import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.store.sqlite import Connection


def segments_of(
    con: Connection, number: str, now: datetime, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Return ``{role, unit, from, to, workdays, minutes, evidence}``, oldest first.

    ``to`` null: still there; ``minutes`` of office hours used, less what the target stood
    still; ``evidence``: seqs of the hand-overs.
    """
    from sixping.office.organisation import organisation_at
    from sixping.reports.responsibility import Ground, segments, trail
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.log import read_many

    ((_, log),) = read_many(con, [number])
    entries = [entry for entry in log if as_of is None or entry.seq <= as_of]
    room = organisation_at(con, now.date()).units.room
    ground = Ground(rulebooks_on(con).rules(entries[0].at.date()), room, now)
    return [
        {
            "role": segment.role.value,
            "unit": segment.unit,
            "from": to_text(segment.start),
            "to": to_text(segment.end) if segment.end else None,
            "workdays": segment.workdays,
            "minutes": segment.minutes,
            "evidence": [seq for seq in (segment.opened, segment.closed) if seq is not None],
        }
        for segment in segments(trail(number, entries, room), ground)
    ]
