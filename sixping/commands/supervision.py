"""What supervisors run: the overdue list and the period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands._frame import Desk, bare_values
from sixping.commands._options import answering
from sixping.errors import UsageFault
from sixping.model import Platform, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.commands._answers import Wish
    from sixping.figures.period import Report, Span

FINDINGS = 3


@answering
def overdue(
    ctx: typer.Context,
    *,
    within: Annotated[
        int, typer.Option("--within", min=0, max=250, metavar="N", help="临期: 今后几个工作日内")
    ] = 1,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看它牵头或协办的")
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option("--platform", metavar="平台", help="只看一个平台")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="类型", help="只看这几类, 如 finish、due_soon"),
    ] = None,
    severity: Annotated[
        Severity | None, typer.Option("--severity", metavar="等级", help="只看一个等级")
    ] = None,
    by_unit: Annotated[
        bool, typer.Option("--by-unit", help="按单位归拢, 有最要紧事项的单位在前")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    wish: Wish,
) -> int:
    """列出超期、临期和等着办的事项, 最要紧的在前 (五.1, 五.3)。

    示例:
      sixping overdue
      sixping overdue --within 3 --unit 城管执法中队
      sixping overdue --by-unit
      sixping overdue --exit-code || echo 有超期
    """
    from sixping.commands import _overdue
    from sixping.commands._filters import Places

    desk = Desk.of(ctx)
    wish.choose(desk)
    kinds = _kinds(kind)
    found = _overdue.find(
        desk, within, Places(unit, community), platform=platform, severity=severity
    )
    items = tuple(item for item in found.items if not kinds or item.kind in kinds)
    _overdue.show(desk, wish, found._replace(items=items), by_unit=by_unit)
    return FINDINGS if exit_code and items else 0


def _kinds(given: list[str] | None) -> set[str]:
    if not given:
        return set()
    from sixping.figures.overdue import KINDS

    unknown = [kind for kind in given if kind not in KINDS]
    if unknown:
        raise UsageFault(f"没有这个类型: {'、'.join(unknown)}", f"可用: {'、'.join(KINDS)}。")
    return set(given)


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
    from sixping.commands._period import chosen_period, state_of

    desk = Desk.of(ctx)
    wish.choose(desk)
    moment, said = state_of(as_of, desk.now)
    periods = {"month": month, "week": week, "quarter": quarter, "year": year}
    kind, span = chosen_period(moment, periods)
    if said:
        desk.say(said)
    _show_report(desk, wish, _report(desk, kind, span, moment, past=as_of is not None))


def _report(desk: Desk, kind: str, span: Span, moment: datetime, *, past: bool) -> Report:
    from sixping import views
    from sixping.calendarviews import rests_on_provisional
    from sixping.clock import to_text
    from sixping.commands._books import books_on
    from sixping.commands._calendarnotes import remark, waits
    from sixping.commands._period import gather
    from sixping.periodviews import AsOf

    take = AsOf.recorded if past else AsOf.present
    with views.reading(desk.existing_ledger()) as con:
        books = books_on(con)
        readings = books.policy.edition_at(span.last).readings
        if not past:
            provisional = rests_on_provisional(con, to_text(moment))
            remark(desk, provisional=provisional, waiting=waits(con, books, desk))
        state = take(con, to_text(moment))
        ahead = state.ahead(con) if past else 0
        if ahead:
            desk.say(f"注意: 其中 {ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")
        return gather(con, kind, span, state, satisfied=readings.satisfied_from)


def _show_report(desk: Desk, wish: Wish, report: Report) -> None:
    from sixping.commands._answers import publish, write_text
    from sixping.pages.report import report_json, report_rows
    from sixping.pages.reportpage import markdown, screen
    from sixping.pages.table import Column

    fmt = wish.choose(desk)
    if fmt == "md":
        write_text(wish, markdown(report))
    elif fmt == "table":
        write_text(wish, screen(report, desk.terminal))
    else:
        columns = (
            Column("table", "表"),
            Column("name", "名称"),
            Column("measure", "项目"),
            Column("value", "数值"),
        )
        rows = list(report_rows(report))
        document = rows if fmt == "jsonl" else report_json(report)
        publish(desk, wish, rows, columns, document)
