"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import answering

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.console.answers import Wish
    from sixping.reports.period import Report, Span


@bare_values(month="last", week="last", quarter="last", year="last")
@answering
def report(
    ctx: typer.Context,
    *,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="[月]", help="月报, 如 2026-10; 不写月份即上月"),
    ] = None,
    week: Annotated[
        str | None, typer.Option("--week", metavar="[日期]", help="周报; 不写日期即上周")
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar="[季度]", help="季报, 如 2026Q3")
    ] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="[年]", help="年报")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="时间", help="按台账在那一刻的记录出报告"),
    ] = None,
    wish: Wish,
) -> None:
    """出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。

    示例:
      sixping report --month
      sixping report --month 2026-10 -o 会商材料.md
      sixping report --week 2026-11-16 --json
    """
    from sixping.services.periods import chosen_period, state_of

    context = Context.of(ctx)
    wish.choose(context)
    moment, said = state_of(as_of, context.now)
    periods = {"month": month, "week": week, "quarter": quarter, "year": year}
    kind, span = chosen_period(moment, periods)
    if said:
        context.say(said)
    _show_report(context, wish, _report(context, kind, span, moment, past=as_of is not None))


def _report(context: Context, kind: str, span: Span, moment: datetime, *, past: bool) -> Report:
    from sixping.console.calendarnote import remark
    from sixping.queries import cases
    from sixping.queries.calendar import rests_on_provisional
    from sixping.queries.periods import AsOf
    from sixping.services.periods import gather
    from sixping.services.reschedule import promises_to_recount
    from sixping.services.rulebooks import rulebooks_on
    from sixping.util.clock import to_text

    take = AsOf.recorded if past else AsOf.present
    with cases.reading(context.existing_ledger()) as con:
        rulebooks = rulebooks_on(con)
        readings = rulebooks.policy.edition_at(span.last).readings
        if not past:
            provisional = rests_on_provisional(con, to_text(moment))
            remark(
                context,
                provisional=provisional,
                recounting=promises_to_recount(con, rulebooks, context.now),
            )
        state = take(con, to_text(moment))
        ahead = state.ahead(con) if past else 0
        if ahead:
            context.say(f"注意: 其中 {ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")
        return gather(con, kind, span, state, satisfied=readings.satisfied_from)


def _show_report(context: Context, wish: Wish, report: Report) -> None:
    from sixping.console.answers import publish, write_text
    from sixping.render.period import report_json, report_rows
    from sixping.render.sections import markdown, screen
    from sixping.render.table import Column

    fmt = wish.choose(context)
    if fmt == "md":
        write_text(wish, markdown(report))
    elif fmt == "table":
        write_text(wish, screen(report, context.terminal))
    else:
        columns = (
            Column("table", "表"),
            Column("name", "名称"),
            Column("measure", "项目"),
            Column("value", "数值"),
        )
        rows = list(report_rows(report))
        document = rows if fmt == "jsonl" else report_json(report)
        publish(context, wish, rows, columns, document)
