"""``units grids`` (附3.2): the work of communities, grids and grid workers in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.answers import publish, publish_drilled
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import revealing
from sixping.console.recording import reading, record_seen
from sixping.documents.eventwords import person_words
from sixping.documents.phrases import first_of, other_ways, rate
from sixping.office.organisation import organisation_at
from sixping.policy.units import UnitKind
from sixping.queries.office import keeps
from sixping.render.table import Column
from sixping.reports.grids import ACCEPTED, VALID
from sixping.reports.opening import GRID_FIGURES, GRID_LEVELS, named, of_grids
from sixping.reports.period import percent
from sixping.reports.spans import LAST, chosen_period
from sixping.util.daytext import understood_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.answers import Wish
    from sixping.office.organisation import Organisation
    from sixping.reports.grids import Line, Work
    from sixping.reports.opening import Opened

_COLUMNS = (
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


#: what leaves where the rows are too wide, in this order
_LEAVING = (
    "feedback_workdays", "accepted", "decided", "accepted_share", "worker", "covered",
)  # fmt: skip


@bare_values(month=LAST)
@revealing
def grids(
    ctx: typer.Context,
    month: Annotated[str | None, dated.GRIDS_MONTH.option] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill", metavar="项目", help="列出一个数背后的每一条, 如 社区.江一社区.上报"
        ),
    ] = None,
    *,
    wish: Wish,
) -> None:
    """网格工作: 各社区、网格、网格员的上报、有效率、受理反馈用时和巡查 (附3.2)。

    示例:
      sixping units grids --month
      sixping units grids --month 2026-10 --community 江一社区 --json
      sixping units grids --month --drill 社区.江一社区.有效率
    """
    from sixping.services.grids import grid_work, lacking, with_leavers

    context = Context.of(ctx)
    wish.choose(context)
    opened = named(drill, GRID_FIGURES, GRID_LEVELS) if drill else None
    _, span = chosen_period(context.now, {"month": month})
    with reading(context) as con:
        organisation = organisation_at(con, span.last)
        only = organisation.units.find(community, UnitKind.COMMUNITY).name if community else None
        everybody = with_leavers(con, span, organisation)
        work = grid_work(con, span, everybody, only)
        awake = keeps(con, "persons")
        without = lacking(con, work, organisation).items()
        organisation = everybody
    if opened:
        _show_rows(context, wish, work, opened, organisation)
        return
    lines = work.lines
    context.say(f"时段: {understood_span(*span)}。有效率: {VALID}; 受理率: {ACCEPTED}。")
    context.say(_unfilled(lines))
    context.say(
        *filter(None, [other_ways(work.otherwise)]),
        *(_without(role, them) for role, them in without),
    )
    record_seen(context, wish, "people", [line for line in lines if line.worker])
    rows = [_row(line, organisation, reveal=wish.reveal) for line in lines]
    document = [
        line._asdict() | {"worker": row["worker"]} | ({"role": row["role"]} if awake else {})
        for line, row in zip(lines, rows, strict=True)
    ]
    columns = (*_COLUMNS, Column("role", "职务")) if awake else _COLUMNS
    publish(context, wish, rows, columns, document, leaving=_LEAVING)
    if context.terminal.isatty and wish.choose(context) == "table":
        of = f" --community {community}" if community else ""
        when = f"{span.first:%Y-%m}"
        context.say(f"打开一个数: sixping units grids --month {when}{of} --drill 网格未填")


#: grids named in a remark
_NAMED = 5


def _without(role: str, grids: Sequence[str]) -> str:
    return f"没有{role}的网格 {len(grids)} 个 (附3.2): {first_of(grids, _NAMED)}。"


def _show_rows(
    context: Context, wish: Wish, work: Work, opened: Opened, organisation: Organisation
) -> None:
    """Write the rows behind one figure, with people as the lines of the table have them."""
    names = {who: person.name for who, person in organisation.people.items() if person.name}
    opened, found = of_grids(work, opened, names)
    record_seen(context, wish, "people", [row.by for row in found if row.by])

    def said(people: str) -> str:
        each = (_person(who, organisation, reveal=wish.reveal) for who in people.split("、"))
        return "、".join(each)

    rows = [row._replace(by=row.by and said(row.by)) for row in found]
    publish_drilled(context, wish, rows, opened.title)


def _person(who: str, organisation: Organisation, *, reveal: bool) -> str:
    known = organisation.people.get(who)
    if known is None:
        return who
    return person_words(known.id, known.name, phone=known.phone if reveal else None)


def _unfilled(lines: Sequence[Line]) -> str:
    """Say how many of the reports name no community, and how many no grid."""
    places = [line for line in lines if line.level == "community"]
    if any(line.reports is None for line in places):
        return "社区未填 —, 网格未填 —。"  # before the first day nothing is known
    whole = sum(line.reports or 0 for line in places)
    nowhere = sum(line.reports or 0 for line in places if not line.community)
    gridless = sum(line.without_grid or 0 for line in places)
    said = ((nowhere, "社区"), (gridless, "网格"))
    return ", ".join(f"{what}未填 {n} 件 ({rate(percent(n, whole))})" for n, what in said) + "。"


def _row(line: Line, organisation: Organisation, *, reveal: bool) -> dict[str, Any]:
    worker = line.worker and _person(line.worker, organisation, reveal=reveal)
    days = line.feedback_workdays
    return line._asdict() | {
        "level": GRID_LEVELS[line.level],
        "community": line.community or "(未填)",
        "worker": worker,
        "feedback_workdays": None if days is None else f"{days:g}",
        "covered": line.covered,
        "role": organisation.people[line.worker].role if line.worker else None,
    }
