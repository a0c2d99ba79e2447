"""The work of grids in a month, gathered from the ledger (附3.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sixping.office import streams
from sixping.office.organisation import PEOPLE, STREAM, PersonLeft, history
from sixping.office.patrols import patrols_on
from sixping.policy.teams import FIELD_RULES, load_field_rules
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import NOT_TAKEN_ON, Status
from sixping.queries import photographs
from sixping.queries.cases import list_cases, private_of
from sixping.queries.office import entered_by, keeps, registers_begun
from sixping.queries.periods import AsOf
from sixping.reports.grids import GridReport, Place, Round, Work, grid_lines, unknown
from sixping.reports.spans import bounds
from sixping.services.approval import is_one_of, roles_of
from sixping.services.fieldwork import covering
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.util.clock import from_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.calendar.table import Calendar
    from sixping.office.organisation import Organisation, Person
    from sixping.reports.period import Span
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection


def grid_work(
    con: Connection, span: Span, organisation: Organisation, community: str | None
) -> Work:
    """Return communities with their grids and workers; only one ``community`` where named."""
    places, staff = _places(organisation, community)
    reports = _reports(con, span, organisation)
    patrols, otherwise = covering(con, patrols_on(con, span.first, span.last))
    rounds = [Round(patrol.grids, patrol.people, patrol.day) for patrol in patrols]
    lines = grid_lines(places, staff, reports, rounds, whole=community is None)
    last = bounds(span)[1]
    first_day = photographs.first_day(con, AsOf.present(con, last))
    known = first_day is not None and first_day <= last
    if not known:
        lines = [unknown(line, patrolled=bool(rounds)) for line in lines]
    workers = [(line.community, line.worker) for line in lines if line.worker]
    return Work(lines, places, workers, reports, rounds, known, otherwise)


def _places(
    organisation: Organisation, only: str | None
) -> tuple[list[Place], list[tuple[str, str]]]:
    """Return the grids with their workers, and the workers of communities themselves."""
    places: list[Place] = []
    staff: list[tuple[str, str]] = []
    for unit in organisation.units:
        people = tuple(person.id for person in organisation.members(unit.name))
        if unit.kind is UnitKind.GRID and unit.parent and only in (None, unit.parent):
            places.append(Place(unit.name, unit.parent, people))
        elif unit.kind is UnitKind.COMMUNITY and only in (None, unit.name):
            staff += [(unit.name, who) for who in people]
    return places, staff


def _reports(con: Connection, span: Span, organisation: Organisation) -> list[GridReport]:
    """Return what came through the channels of grid workers in a period."""
    first, last = bounds(span)
    rows, _ = list_cases(con, every=True, start=first)
    rulebooks = rulebooks_on(con)
    channels = rulebooks.policy.edition_at(span.last).grid_channels
    near, calendar = _near(organisation), rulebooks.calendar
    chosen = [
        row
        for row in sorted(rows, key=lambda row: row.number)
        if row.received_at <= last and row.channel in channels
        if row.status != Status.WITHDRAWN
    ]
    entered = _entered(con, chosen)
    return [_report(row, near, calendar, entered.get(row.intake_seq)) for row in chosen]


def _entered(con: Connection, rows: Sequence[CaseRow]) -> dict[int, str]:
    """Return who entered each report, from the day on which persons answer by name (附2.1)."""
    begun = registers_begun(con).get("persons")
    if begun is None:
        return {}
    own = [row.intake_seq for row in rows if row.received_at >= begun.isoformat()]
    found = entered_by(con, own).items()
    return {seq: by or user.partition("(")[0] for seq, (by, user) in found}


def lacking(con: Connection, work: Work, organisation: Organisation) -> dict[str, list[str]]:
    """Return the roles that each grid has to have (附3.2) → the grids without one.

    Empty while persons do not answer by name (附2.1).
    """
    if not keeps(con, "persons"):
        return {}
    roles = [role for role in rule_on(con, FIELD_RULES, load_field_rules).roles if role.each_grid]
    have = {
        place.grid: {
            part
            for who in place.workers
            if who in organisation.people
            for part in roles_of(organisation.people[who])
        }
        for place in work.places
    }
    found = {role.name: [grid for grid, own in have.items() if role.name not in own]
             for role in roles}  # fmt: skip
    return {role: grids for role, grids in found.items() if grids}


def with_leavers(con: Connection, span: Span, organisation: Organisation) -> Organisation:
    """Return those of the last day, and who left before it: what they did in the period is theirs.

    Only from the day on which persons answer by name (附2.1).
    """
    begun = registers_begun(con).get("persons")
    if begun is None:
        return organisation
    known, people = history(con), dict(organisation.people)
    for entry in streams.entries(con, STREAM, PEOPLE):
        event = entry.event
        if isinstance(event, PersonLeft) and max(span.first, begun) < event.day <= span.last:
            there = known.at(event.day - timedelta(days=1)).people.get(event.person)
            people |= {event.person: there} if there and event.person not in people else {}
    return organisation._replace(people=people)


def _near(organisation: Organisation) -> Mapping[str, list[Person]]:
    """Return the workers of each community, those of its grids included."""
    workers: dict[str, list[Person]] = {}
    for person in organisation.people.values():
        unit = organisation.units.get(person.unit)
        if unit is not None and unit.kind in {UnitKind.COMMUNITY, UnitKind.GRID}:
            workers.setdefault(unit.parent or unit.name, []).append(person)
    return workers


def _report(
    row: CaseRow,
    near: Mapping[str, list[Person]],
    calendar: Calendar,
    entered: str | None,
) -> GridReport:
    elsewhere = row.status in NOT_TAKEN_ON  # only a refusal says that nothing was the matter
    answered = row.ended_at if elsewhere else row.accepted_at
    accepted = None if elsewhere or not answered else True
    accepted = False if row.status == Status.DECLINED else accepted
    days = None
    if answered:
        received = from_text(row.received_at).date()
        days = workdays_between(received, from_text(answered).date(), calendar)
    name = private_of(row).get("reporter")
    workers = near.get(row.community or "", ())
    named = [p.id for p in workers if name and p.name == name]
    anybody = [each for near_by in near.values() for each in near_by]
    for those in () if named else (workers, anybody):  # his own entry is his, wherever (附3.2)
        named = named or [p.id for p in those if is_one_of((entered,), p.id, p.name or p.id)]
    worker = named[0] if len(named) == 1 else None
    return GridReport(row.number, row.community, row.grid, worker, accepted, days)
