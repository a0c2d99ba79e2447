"""The paper of attendance and of meetings not held, from one state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.office import registers
from sixping.render.paper.office import attendance as drawn
from sixping.services.office.attendance import KEY, missed
from sixping.services.papers import origin_of
from sixping.services.rulebooks import naming_on, rulebooks_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sixping.render.paper.blocks import Paper
    from sixping.store.sqlite import Connection


def paper(
    con: Connection,
    document: Mapping[str, Any],
    period: tuple[date, date],
    now: datetime,
    as_of: int | None = None,
) -> Paper:
    """Return the paper of a period; ``document``: what ``attendance_json`` says of it then."""
    first, last = period
    naming, begun = naming_on(con, now.date(), as_of), registers.require(con, KEY, as_of)
    calendar = rulebooks_on(con, as_of).calendar
    told = drawn.Attended(
        first=first,
        last=last,
        begun=begun,
        meetings=document["meetings"],
        recorded=document["recorded"],
        unfilled=document["unfilled"],
        afterwards=document["excused_afterwards"],
        units={row["unit"]: row for row in document["units"]},
        not_held=[
            drawn.NotHeld(one.sort, naming.platform(one.platform), one.first, one.last)
            for one in missed(con, first, last, now.date(), calendar, as_of)
        ],
    )
    return drawn.paper(told, origin_of(con, now))
