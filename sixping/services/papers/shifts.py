"""The log of a day (附3.5) as a paper, from one state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.office.shift import shift_paper
from sixping.services.papers import origin_of

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.render.paper.blocks import Paper
    from sixping.services.office.shifts import Day
    from sixping.store.sqlite import Connection


def day_paper(con: Connection, day: Day, now: datetime) -> Paper:
    """Return the paper of a day; its words are as ``day`` has them, masked or not."""
    return shift_paper(
        day.day,
        origin_of(con, now),
        rest=day.rest,
        begun=day.begun,
        units=day.units,
        notes=day.notes,
        handovers=day.handovers,
        promises=day.promises,
    )
