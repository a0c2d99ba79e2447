"""``units grids`` (附3.2): the work of communities, grids and grid workers in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import Status
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.documents.phrases import masked
from sixping.services import conflicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.calendar.table import Calendar
    from sixping.console.answers import Wish
    from sixping.office.organisation import Organisation, Person
    from sixping.reports.grids import GridReport, Line, Place
    from sixping.reports.period import Span
    from sixping.store.rows import CaseRow

LEVELS = {"community": "社区", "grid": "网格", "worker": "人员"}


@bare_values(month="last")
@answering
def grids(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="[月]", help="如 2026-10; 不写即上月")
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """网格工作: 各社区、网格、网格员的上报、有效率、受理反馈用时和巡查 (附3.2)。

    示例:
      sixping units grids --month
      sixping units grids --month 2026-10 --community 江一社区 --json
    """
    from sixping.console.answers import publish
    from sixping.office.organisation import organisation_at
    from sixping.queries import cases
    from sixping.reports.grids import ACCEPTED, VALID, grid_lines
    from sixping.services.periods import chosen_period
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    _, span = chosen_period(context.now, {"month": month})
    with cases.reading(context.existing_ledger()) as con:
        organisation = organisation_at(con, span.last)
        only = organisation.units.find(community).name if community else None
        places, staff = _places(organisation, only)
        reports = _reports(con, span, organisation, rulebooks_on(con).calendar)
        rounds = _rounds(con, span)
    chosen = [report for report in reports if only in (None, report.community)]
    lines = grid_lines(places, staff, chosen, rounds)
    context.say(f"时段: {span.first} 至 {span.last}。有效率: {VALID}; 受理率: {ACCEPTED}。")
    rows = [_row(line, organisation) for line in lines]
    document = [
        line._asdict() | {"worker": row["worker"]} for line, row in zip(lines, rows, strict=True)
    ]
    publish(context, wish, rows, _columns(), document)


def _places(
    organisation: Organisation, only: str | None
) -> tuple[list[Place], list[tuple[str, str]]]:
    """Return the grids with their workers, and the workers of communities themselves."""
    from sixping.policy.units import UnitKind
    from sixping.reports.grids import Place

    places: list[Place] = []
    staff: list[tuple[str, str]] = []
    for unit in organisation.units:
        people = tuple(person.id for person in organisation.members(unit.name))
        if unit.kind is UnitKind.GRID and unit.parent and only in (None, unit.parent):
            places.append(Place(unit.name, unit.parent, people))
        elif unit.kind is UnitKind.COMMUNITY and only in (None, unit.name):
            staff += [(unit.name, who) for who in people]
    return places, staff


def _reports(
    con: Any,  # noqa: ANN401
    span: Span,
    organisation: Organisation,
    calendar: Calendar,
) -> list[GridReport]:
    """Return what came through the channels of grid workers in a period."""
    from sixping.policy.teams import load_field_rules
    from sixping.queries import cases
    from sixping.services.periods import bounds

    first, last = bounds(span)
    rows, _ = cases.list_cases(con, every=True, start=first)
    channels = load_field_rules().grid_channels
    near = _near(organisation)
    return [
        _report(row, near, calendar)
        for row in sorted(rows, key=lambda row: row.number)
        if row.received_at <= last and row.channel in channels
    ]


def _near(organisation: Organisation) -> Mapping[str, list[Person]]:
    """Return the workers of each community, those of its grids included."""
    found: dict[str, list[Person]] = {}
    for person in organisation.people.values():
        unit = organisation.units.get(person.unit)
        if unit is not None and unit.kind in {"community", "grid"}:
            found.setdefault(unit.parent or unit.name, []).append(person)
    return found


def _report(row: CaseRow, near: Mapping[str, list[Person]], calendar: Calendar) -> GridReport:
    from sixping.queries import cases
    from sixping.reports.grids import GridReport
    from sixping.util.clock import from_text
    from sixping.workdays import workdays_between

    declined = row.status == Status.DECLINED
    answered = row.ended_at if declined else row.accepted_at
    accepted = False if declined else (True if answered else None)
    days = None
    if answered:
        received = from_text(row.received_at).date()
        days = workdays_between(received, from_text(answered).date(), calendar)
    name = cases.private_of(row).get("reporter")
    named = [p.id for p in near.get(row.community or "", ()) if name and p.name == name]
    worker = named[0] if len(named) == 1 else None
    return GridReport(row.number, row.community, row.grid, worker, accepted, days)


def _rounds(con: Any, span: Span) -> list[Any]:  # noqa: ANN401
    from sixping.reports.grids import Round

    made = conflicts.patrols_on(con, span.first, span.last)
    return [Round(patrol.grids, patrol.people) for patrol in made]


def _row(line: Line, organisation: Organisation) -> dict[str, Any]:
    known = organisation.people.get(line.worker or "")
    worker = f"{known.id} {masked(known.name)}" if known else line.worker
    days = line.feedback_workdays
    return line._asdict() | {
        "level": LEVELS[line.level],
        "community": line.community or "(未填)",
        "worker": worker,
        "feedback_workdays": None if days is None else f"{days:g}",
        "covered": line.covered,
    }


def _columns() -> Sequence[Any]:
    from sixping.render.table import Column

    return (
        Column("level", "级"),
        Column("community", "社区"),
        Column("grid", "网格"),
        Column("worker", "人员"),
        Column("reports", "上报", "int"),
        Column("valid", "有效率", "rate"),
        Column("decided", "已决定", "int"),
        Column("accepted", "受理", "int"),
        Column("accepted_share", "受理率", "rate"),
        Column("feedback_workdays", "反馈用时(工作日中位)"),
        Column("patrols", "巡查", "int"),
        Column("covered", "巡查覆盖", "rate"),
    )
