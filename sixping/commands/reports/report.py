"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import publish_page
from sixping.console.calendarnote import remark
from sixping.console.context import Context
from sixping.console.days import period_of
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.documents.period import report_json
from sixping.render.period import HEADS, flat_rows, page
from sixping.util.clock import from_text
from sixping.util.dates import understood_day

if TYPE_CHECKING:
    from sixping.console.answers import Wish


@bare_values(month="last", week="last", quarter="last", year="last")
@answering
def report(
    ctx: typer.Context,
    *,
    month: Annotated[str | None, dated.REPORT_MONTH.option] = None,
    week: Annotated[str | None, dated.REPORT_WEEK.option] = None,
    quarter: Annotated[str | None, dated.REPORT_QUARTER.option] = None,
    year: Annotated[str | None, dated.REPORT_YEAR.option] = None,
    as_of: Annotated[str | None, dated.REPORT_AS_OF.option] = None,
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
    request = period_of(context, as_of, periods)
    with reading(context.existing_ledger()) as con:
        figures, caveats = gather(con, request)
        naming = naming_on(con, figures.seq)
    remark(context, provisional=caveats.provisional, recounting=caveats.recounting)
    if caveats.begins:
        began = understood_day(from_text(caveats.begins).date())
        first, last = map(understood_day, request.span)
        context.say(f"台账自{began}起, {first} 至 {last} 没有记录, 不是 0 件。")
    if caveats.ahead:
        context.say(f"注意: 其中 {caveats.ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")
    rows = list(flat_rows(figures))
    publish_page(context, wish, page(figures, naming), rows, HEADS, report_json(figures))
