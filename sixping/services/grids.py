"""The work of grids in a month, gathered from the ledger (附3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office.patrols import patrols_on
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import NOT_TAKEN_ON, Status
from sixping.queries import photographs
from sixping.queries.cases import list_cases, private_of
from sixping.queries.periods import AsOf
from sixping.reports.grids import GridReport, Place, Round, Work, grid_lines, unknown
from sixping.reports.spans import bounds
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import from_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    reports = [
        report
        for report in _reports(con, span, organisation)
        if community in (None, report.community)
    ]
    patrols = patrols_on(con, span.first, span.last)
    rounds = [Round(patrol.grids, patrol.people, patrol.day) for patrol in patrols]
    lines = grid_lines(places, staff, reports, rounds)
    last = bounds(span)[1]
    first_day = photographs.first_day(con, AsOf.present(con, last))
    known = first_day is not None and first_day <= last
    if not known:
        lines = [unknown(line, patrolled=bool(rounds)) for line in lines]
    workers = [(line.community, line.worker) for line in lines if line.worker]
    return Work(lines, places, workers, reports, rounds, known)


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
    return [
        _report(row, near, calendar)
        for row in sorted(rows, key=lambda row: row.number)
        if row.received_at <= last and row.channel in channels
        if row.status != Status.WITHDRAWN
    ]


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
    named = [p.id for p in near.get(row.community or "", ()) if name and p.name == name]
    worker = named[0] if len(named) == 1 else None
    return GridReport(row.number, row.community, row.grid, worker, accepted, days)
