"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.answers import publish_page
from sixping.console.calendarnote import remark
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.documents.period import report_json
from sixping.render.period import HEADS, flat_rows, page
from sixping.reports.spans import requested

if TYPE_CHECKING:
    from sixping.console.answers import Wish


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
    from sixping.services.report import gather
    from sixping.services.rulebooks import naming_on
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    wish.choose(context)
    periods = {"month": month, "week": week, "quarter": quarter, "year": year}
    request = requested(context.now, as_of, periods)
    if request.past:
        context.say(request.understood)
    with reading(context.existing_ledger()) as con:
        figures, caveats = gather(con, request)
        naming = naming_on(con, figures.seq)
    remark(context, provisional=caveats.provisional, recounting=caveats.recounting)
    if caveats.ahead:
        context.say(f"注意: 其中 {caveats.ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")
    rows = list(flat_rows(figures))
    publish_page(context, wish, page(figures, naming), rows, HEADS, report_json(figures))
