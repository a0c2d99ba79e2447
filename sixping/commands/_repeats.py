"""Offer the cases that a report may repeat; whether it does is for people to say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.clock import from_text, to_text
from sixping.model import Status

if TYPE_CHECKING:
    from sixping.commands._frame import Desk
    from sixping.storage import Connection

#: offers listed after an intake; JSON and ``show`` have them all
_LISTED = 5


def repeats_of(
    con: Connection, number: str, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Return ``duplicates`` of a case, best first; none for one that has ended."""
    from sixping import similarviews
    from sixping.commands._books import books_on

    own = similarviews.report(con, number, as_of)
    if own is None or not Status(own["status"]).open:
        return []
    at = from_text(own["received_at"])
    readings = books_on(con).policy.edition_at(at.date()).readings
    span = timedelta(days=readings.repeat_days)
    others = similarviews.candidates(
        con,
        own,
        since=to_text(at - span),
        until=to_text(at + span),
        cap=readings.repeat_candidates,
        as_of=as_of,
    )
    if not others:
        return []
    from sixping.similar import Side, offers

    found = offers(Side(*own), (Side(*row) for row in others), readings.repeat_score)
    return [offer._asdict() | {"reasons": list(offer.reasons)} for offer in found]


def tell_repeats(desk: Desk, case: dict[str, Any]) -> None:
    """Name the likely repeats after an intake, and the command that merges into the best."""
    from sixping.pages.people import moment

    found = case["duplicates"]
    if not found:
        return
    desk.say("可能与下列事项重复:")
    for offer in found[:_LISTED]:
        received = moment(from_text(offer["received_at"]), desk.now.year)
        why = ", ".join(offer["reasons"])
        desk.say(f"  {offer['number']}  {offer['score']} 分  {offer['status']}  {received}  {why}")
    number = case["number"]
    if len(found) > _LISTED:
        desk.say(f"  另有 {len(found) - _LISTED} 件, 见 sixping show {number}")
    best = next((o["number"] for o in found if Status(o["status"]).open), None)
    if best:
        desk.say(f"确是同一件的, 请并入: sixping merge {number} --into {best}")
