"""The lists of what is late, a page for each unit, from what ``overdue`` found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office.organisation import organisation_at
from sixping.render.paper.supervision.overdue import paper
from sixping.services.papers import origin_of
from sixping.services.papers.lapses import lines_of, place_of

if TYPE_CHECKING:
    from sixping.render.paper.blocks import Paper
    from sixping.reports.overdue import Overdue
    from sixping.store.sqlite import Connection


def paper_of(con: Connection, listed: Overdue, within: int) -> Paper:
    """Return the paper; a case is shown by its category and place alone."""
    now = listed.as_of
    lines = lines_of(con, now, {item.number for item in listed.items})
    places = {line.number: place_of(line) for line in lines}
    room = organisation_at(con, now.date()).units.room
    return paper(listed, places, origin_of(con, now), room, within)
