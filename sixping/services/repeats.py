"""Offer the cases that a report may repeat; whether it does is for people to say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.cases.model import Status
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection


def repeats_of(con: Connection, number: str, as_of: int | None = None) -> list[dict[str, Any]]:
    """Return ``duplicates`` of a case, best first; none for one that has ended."""
    from sixping.queries import similar
    from sixping.services.rulebooks import rulebooks_on

    own = similar.report(con, number, as_of)
    if own is None or not Status(own["status"]).open:
        return []
    at = from_text(own["received_at"])
    readings = rulebooks_on(con).policy.edition_at(at.date()).readings
    span = timedelta(days=readings.repeat_days)
    others = similar.candidates(
        con,
        own,
        since=to_text(at - span),
        until=to_text(at + span),
        cap=readings.repeat_candidates,
        as_of=as_of,
    )
    if not others:
        return []
    from sixping.cases.similarity import Side, offers

    found = offers(Side(*own), (Side(*row) for row in others), readings.repeat_score)
    return [offer._asdict() | {"reasons": list(offer.reasons)} for offer in found]
