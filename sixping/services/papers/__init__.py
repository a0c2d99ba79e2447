"""Papers gathered from the ledger: their figures with what each opens to, and the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office.organisation import organisation_at
from sixping.queries.cases import head
from sixping.render.paper.wording import Origin
from sixping.services.rulebooks import naming_on

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.store.sqlite import Connection


def origin_of(con: Connection, now: datetime) -> Origin:
    """Return who issues a paper of this minute, and from which state of the ledger."""
    room = organisation_at(con, now.date()).units.room
    return Origin(naming_on(con, now.date()).street, room, now, *head(con))
