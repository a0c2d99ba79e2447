"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import fitted, fitting, publish, publish_page
from sixping.console.context import Context
from sixping.console.days import period_of
from sixping.console.frame import bare_values
from sixping.console.notes import remark
from sixping.console.nothing import before_first_day
from sixping.console.options import revealing
from sixping.documents.period import report_json
from sixping.render.drill import COLUMNS, COLUMNS_FROM, LEAVING, summary
from sixping.render.period import HEADS, flat_rows, page
from sixping.reports.drill import figure_named, title_of

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.reports.spans import ReportRequest


@bare_values(month="last", week="last", quarter="last", year="last")
@revealing
def report(
    ctx: typer.Context,
    *,
    month: Annotated[str | None, dated.REPORT_MONTH.option] = None,
    week: Annotated[str | None, dated.REPORT_WEEK.option] = None,
    quarter: Annotated[str | None, dated.REPORT_QUARTER.option] = None,
    year: Annotated[str | None, dated.REPORT_YEAR.option] = None,
    as_of: Annotated[str | None, dated.REPORT_AS_OF.option] = None,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill", metavar="项目", help="列出一个数背后的每一件, 如 办结、按时办结率、限内转出"
        ),
    ] = None,
    wish: Wish,
) -> None:
    """出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。

    示例:
      sixping report --month
      sixping report --month 2026-10 -o 会商材料.md
      sixping report --week 2026-11-16 --json
      sixping report --month --drill 限内转出
    """
    from sixping.services.report import gather, revealed
    from sixping.services.rulebooks import naming_on
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    wish.choose(context)
    periods = {"month": month, "week": week, "quarter": quarter, "year": year}
    key = figure_named(drill) if drill else None
    request = period_of(context, as_of, periods)
    if key:
        _show_rows(context, wish, request, key)
        return
    with reading(context.existing_ledger()) as con:
        figures, caveats = gather(con, request)
        naming = naming_on(con, figures.seq)
        if wish.reveal:
            figures = revealed(con, figures)
    if wish.reveal:
        from sixping.console.recording import record_seen

        record_seen(context, wish, "report", figures.cases)
    remark(context, provisional=caveats.provisional, recounting=caveats.recounting)
    if caveats.begins and context.terminal.isatty:
        before_first_day(context, caveats.begins, request.span)
    if caveats.ahead:
        context.say(f"注意: 其中 {caveats.ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")
    rows = list(flat_rows(figures))
    publish_page(context, wish, page(figures, naming), rows, HEADS, report_json(figures))


def _show_rows(context: Context, wish: Wish, request: ReportRequest, key: str) -> None:
    """Write the rows behind one figure, as ``list`` writes cases."""
    from sixping.services.report import drill
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        found = drill(con, request, key)
    rows = [row._asdict() for row in found]
    heads = fitting(context, wish, COLUMNS, COLUMNS_FROM)
    publish(context, wish, rows, fitted(context, wish, heads, rows, LEAVING), rows)
    if context.terminal.isatty:
        context.say(summary(found, title_of(key)))
