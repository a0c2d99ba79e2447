"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import fitted, fitting, publish, publish_page
from sixping.console.casefilters import OnPlatform
from sixping.console.context import Context
from sixping.console.days import day_of, period_of
from sixping.console.frame import bare_values
from sixping.console.notes import remark
from sixping.console.nothing import before_first_day
from sixping.console.options import revealing
from sixping.documents.period import report_json
from sixping.errors import UsageFault
from sixping.render.drill import COLUMNS, COLUMNS_FROM, LEAVING, summary
from sixping.render.period import HEADS, flat_rows, page
from sixping.reports.drill import Key, key_named
from sixping.reports.period import Narrow

if TYPE_CHECKING:
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.reports.spans import ReportRequest


Written = Annotated[
    str | None,
    typer.Option(
        "--drill", metavar="项目", help="列出一个数背后的每一件, 如 办结、按时办结率、限内转出"
    ),
]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只计一个单位牵头的")]
OfCommunity = Annotated[
    str | None, typer.Option("--community", metavar="社区", help="只计一个社区的")
]


@bare_values(day="last", month="last", week="last", quarter="last", half="last", year="last")
@revealing
def report(
    ctx: typer.Context,
    *,
    day: Annotated[str | None, dated.REPORT_DAY.option] = None,
    week: Annotated[str | None, dated.REPORT_WEEK.option] = None,
    month: Annotated[str | None, dated.REPORT_MONTH.option] = None,
    quarter: Annotated[str | None, dated.REPORT_QUARTER.option] = None,
    half: Annotated[str | None, dated.REPORT_HALF.option] = None,
    year: Annotated[str | None, dated.REPORT_YEAR.option] = None,
    from_: Annotated[str | None, dated.REPORT_FROM.option] = None,
    to: Annotated[str | None, dated.REPORT_TO.option] = None,
    as_of: Annotated[str | None, dated.REPORT_AS_OF.option] = None,
    unit: OfUnit = None,
    community: OfCommunity = None,
    platform: OnPlatform = None,
    drill: Written = None,
    wish: Wish,
) -> None:
    """出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。

    示例:
      sixping report --month
      sixping report --month 2026-10 -o 会商材料.md
      sixping report --week --platform 综合执法
      sixping report --month --drill 限内转出
      sixping report --month --drill 单位.城管执法中队.期末超期
    """
    context = Context.of(ctx)
    wish.choose(context)
    stated = {
        "day": day, "week": week, "month": month, "quarter": quarter, "half": half, "year": year
    }  # fmt: skip
    key = key_named(drill) if drill else None
    request = period_of(context, as_of, stated, _days(context, from_, to))
    asked = Narrow(unit, community, platform)
    if key:
        _show_rows(context, wish, (request, asked), key)
    else:
        _show_report(context, wish, request, asked)


def _days(context: Context, from_: str | None, to: str | None) -> tuple[date, date] | None:
    """Return the first and last day that were written, the last one today by default."""
    if from_ is None:
        if to is not None:
            raise UsageFault("--to 须与 --from 同用。", "例如: --from 10月8日 --to 10月20日")
        return None
    first = day_of(context, from_, dated.REPORT_FROM)
    return first, day_of(context, to, dated.REPORT_TO)


def _show_report(context: Context, wish: Wish, request: ReportRequest, asked: Narrow) -> None:
    from sixping.services.report import gather, narrowed, revealed
    from sixping.services.rulebooks import naming_on
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        request = narrowed(con, request, asked)
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


def _show_rows(context: Context, wish: Wish, of: tuple[ReportRequest, Narrow], key: Key) -> None:
    """Write the rows behind one figure, as ``list`` writes cases."""
    from sixping.services.drill import drill
    from sixping.services.report import narrowed
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        found = drill(con, narrowed(con, *of), key)
    rows = [row._asdict() for row in found]
    heads = fitting(context, wish, COLUMNS, COLUMNS_FROM)
    publish(context, wish, rows, fitted(context, wish, heads, rows, LEAVING), rows)
    if context.terminal.isatty:
        context.say(summary(found, key.title))
