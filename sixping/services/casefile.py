"""One case with all the ledger knows of it, as ``show`` answers it, from one connection."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sixping.cases.grade import GRADING, emergency_of, grade_of, suggested_of
from sixping.cases.lifecycle import effective
from sixping.cases.similarity import offers
from sixping.cases.step import CaseEntry
from sixping.cases.steps.intake import suggested_lead
from sixping.cases.telling import undelivered
from sixping.documents.amendwords import before
from sixping.documents.besides import besides
from sixping.documents.cases import (
    People,
    case_json,
    emergency_json,
    event_json,
    grade_json,
    materials_json,
    rounds_json,
    service_json,
    suggestion_json,
)
from sixping.documents.phrases import referral_remarks
from sixping.office.organisation import organisation_at
from sixping.policy.vocabulary import Status
from sixping.queries import cases, limits, similar
from sixping.queries.office import registers_begun
from sixping.queries.privacy import erasures_of, held
from sixping.reports.growth import growth
from sixping.reports.responsibility import Ground, segments, trail
from sixping.services.approval.avoidance import avoided, suggestible
from sixping.services.office.persons import Names, answered_by
from sixping.services.office.sources import of_case
from sixping.services.personal.named import Named
from sixping.services.rulebooks import rulebooks_on
from sixping.store.log import read_stored
from sixping.triage.reasons import Grounds
from sixping.util.clock import from_text, to_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.cases.model import Clock
    from sixping.cases.similarity import Offer, Side
    from sixping.policy.editions import Readings
    from sixping.policy.units import Roles
    from sixping.reports.responsibility import Snapshot
    from sixping.store.rows import CaseRow, EventRow
    from sixping.store.sqlite import Connection


def read_case(
    con: Connection,
    number: str,
    now: datetime,
    *,
    reveal: bool = False,
    as_of: int | None = None,
) -> dict[str, Any]:
    """Return what ``show`` answers, from one connection; raises ``NotFound``."""
    row = cases.case(con, number, as_of)
    clocks = limits.clocks(con, number, as_of)
    events = cases.events(con, number, as_of)
    log = [_entry(event) for event in events]
    rulebooks, day = rulebooks_on(con), from_text(row.received_at).date()
    edition = rulebooks.policy.edition_at(day)
    readings, channel = edition.readings, edition.default_channel.name
    roles = organisation_at(con, now.date()).units.roles
    people = Named(con, as_of).of_case(row)
    rules = rulebooks.rules(day)
    path = trail(number, log, roles)
    case = case_json(row, clocks, now, reveal=reveal)
    awake = registers_begun(con, as_of)
    kept = "services" in awake
    lacking = materials_json(row, events, people, reveal=reveal) if kept else []
    said = _events(events, people, reveal=reveal)
    return (
        case
        | _besides(con, row, said, awake, as_of)
        | {
            "grown": [c for clock in clocks if (c := _grown(path, clock))],
            "suggested_lead": suggestible(con, suggested_lead(log, row.category), row, now.date()),
            "avoid": avoided(con, row, log, now.date()),
            "grade": grade_json(grade_of(log)),
            "suggestion": suggestion_json(suggested_of(log, channel, _suggested_nature(row))),
            "emergency": emergency_json(emergency_of(log), events, people, reveal=reveal),
            "duplicates": _repeats(con, row, readings, as_of),
            "caller": caller_of(con, row, as_of),
            **answered_by(con, row, people, kept="persons" in awake),
            **service_json(events[0], people, reveal=reveal),
            **({"materials": lacking} if lacking else {}),
            "erased": erasures_of(con, number),
            "held": number in held(con),
            "events": Names(con).put_on(said, people),
            "rounds": rounds_json(clocks, now),
            "segments": _segments(path, Ground(rules, roles, now)),
            "late": list(_late(clocks, now, rulebooks.calendar)),
            "left": list(_left(clocks, now, rulebooks.calendar)),
            "untold": _untold(log),
            "remarks": _remarks(row, roles),
        }
    )


def _besides(
    con: Connection,
    row: CaseRow,
    events: Sequence[dict[str, Any]],
    awake: Mapping[str, date],
    as_of: int | None,
) -> dict[str, Any]:
    """Return what the registers that are kept have of a case."""
    found: dict[str, Any] = {
        register: entries for register, entries in besides(events).items() if register in awake
    }
    if "sources" in awake:
        found["sources"] = of_case(con, row, awake["sources"], as_of)
    return found


def _suggested_nature(row: CaseRow) -> str | None:
    recorded: Any = cases.private_of(row).get("reasons")
    nature = Grounds.read(recorded).nature if recorded else ()
    return nature[0] if nature else None


def _events(rows: Sequence[EventRow], people: People, *, reveal: bool) -> list[dict[str, Any]]:
    """Return the log of a case; an amendment with what was said before it."""
    was = before(rows, reveal=reveal, people=people)
    document = [event_json(row, reveal=reveal, people=people) for row in rows]
    return [e | ({"before": was[e["seq"]]} if e["seq"] in was else {}) for e in document]


def _late(clocks: Sequence[Clock], now: datetime, calendar: Calendar) -> Iterator[dict[str, Any]]:
    """Yield the limits that were or are late, and by how many working days."""
    for clock in clocks:
        if clock.due and clock.late(now):
            days = workdays_between(clock.due.date(), (clock.stopped or now).date(), calendar)
            yield {"kind": clock.kind.value, "round": clock.round, "workdays_late": days}


def _left(clocks: Sequence[Clock], now: datetime, calendar: Calendar) -> Iterator[dict[str, Any]]:
    """Yield the limits that run and are not late, and how many working days are left."""
    for clock in clocks:
        if clock.due and clock.counting and not clock.late(now):
            days = workdays_between(now.date(), clock.due.date(), calendar)
            yield {"kind": clock.kind.value, "round": clock.round, "workdays_left": days}


def _remarks(row: CaseRow, roles: Roles) -> list[str]:
    """Return what the referral of a case lacks that is with the district."""
    if row.status != Status.DISTRICT:
        return []
    return referral_remarks(
        to_platform=bool(row.to_platform),
        received=bool(row.received),
        platform=roles.district_platform,
    )


def _untold(log: Sequence[CaseEntry]) -> list[dict[str, Any]]:
    """Return what was said by standard text only, and of which nobody knows that it arrived."""
    return [
        {"seq": entry.seq, "kind": entry.event.kind, "at": to_text(entry.at)}
        for entry in undelivered(effective(log))
    ]


def growths(con: Connection, number: str, now: datetime) -> list[dict[str, Any]]:
    """Return how the limits of a case came to their working days, as ``grown`` of ``show``."""
    log = [_entry(event) for event in cases.events(con, number)]
    path = trail(number, log, organisation_at(con, now.date()).units.roles)
    return [c for clock in limits.clocks(con, number) if (c := _grown(path, clock))]


def _grown(path: Sequence[Snapshot], clock: Clock) -> dict[str, Any] | None:
    """Return what a limit began with and what was added; None where nothing was."""
    grown = growth(path, clock)
    if grown is None or not (grown.extended or grown.stood):
        return None
    return {
        "kind": clock.kind.value, "round": clock.round, "first_workdays": grown.first,
        "extended": grown.extended, "stood": grown.stood,
    }  # fmt: skip


def grade_in(con: Connection, number: str, as_of: int | None = None) -> dict[str, str | None]:
    """Return the ``grade`` of a case, as ``show`` answers it, from the few steps that tell it."""
    rows = cases.events(con, number, as_of, kinds=(*GRADING, "voided"))
    return grade_json(grade_of(map(_entry, rows)))


def _entry(row: EventRow) -> CaseEntry:
    return CaseEntry(
        seq=row.seq,
        at=from_text(row.at),
        recorded_at=from_text(row.recorded_at),
        event=read_stored(row.seq, row.kind, row.facts, None),
        by=row.by_name,
    )


def _repeats(
    con: Connection, row: CaseRow, readings: Readings, as_of: int | None
) -> list[dict[str, Any]]:
    """Return the cases that a report may repeat, best first; none for one that has ended."""
    own = similar.report(con, row.number, as_of)
    if own is None or not Status(row.status).open:
        return []
    best = likely_repeats(con, own, readings, as_of)
    return [offer._asdict() | {"reasons": list(offer.reasons)} for offer in best]


def likely_repeats(
    con: Connection, own: Side, readings: Readings, as_of: int | None = None
) -> list[Offer]:
    """Return what a report may repeat, best first, whether it is in the ledger or not yet.

    Whether it does is for people to say.
    """
    at, span = from_text(own.received_at), timedelta(days=readings.repeat_days)
    others = similar.candidates(
        con,
        own,
        since=to_text(at - span),
        until=to_text(at + span),
        cap=readings.repeat_candidates,
        as_of=as_of,
    )
    return offers(own, others, readings.repeat_score) if others else []


def caller_of(con: Connection, row: CaseRow, as_of: int | None = None) -> dict[str, int] | None:
    """Return how often this caller had reported before; None without a phone to tell by."""
    phone = cases.private_of(row).get("phone")
    earlier = similar.earlier_count(con, phone, row.received_at, row.number, as_of)
    return None if earlier is None else {"earlier": earlier}


def _segments(path: Sequence[Snapshot], ground: Ground) -> list[dict[str, Any]]:
    """Return who held the case when, oldest first (五.2).

    ``to`` null: still there; ``minutes`` of office hours used, less what the target stood
    still; ``evidence``: seqs of the hand-overs; ``person``: who of the unit, where one is named.
    """
    return [
        {
            "role": segment.role.value,
            "unit": segment.unit,
            "from": to_text(segment.start),
            "to": to_text(segment.end) if segment.end else None,
            "workdays": segment.workdays,
            "minutes": segment.minutes,
            "evidence": [seq for seq in (segment.opened, segment.closed) if seq is not None],
            **({"person": segment.person} if segment.person else {}),
        }
        for segment in segments(path, ground)
    ]
