"""``assess``: how offices, communities and agencies did, each figure open to its cases (五.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.errors import UsageFault

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import Row

KINDS = ("office", "community", "agency")


@bare_values(month="last", quarter="last", year="last")
@answering
def show(
    ctx: typer.Context,
    *,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="[月]", help="一个月, 如 2026-10; 不写月份即上月"),
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar="[季度]", help="一个季度, 如 2026Q3")
    ] = None,
    year: Annotated[
        str | None,
        typer.Option("--year", metavar="[年]", help="一年, 附派驻机构的年度考核表 (附3.5)"),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="对象", help="office 机关, community 社区, agency 派驻机构"),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看一个单位")] = None,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill",
            metavar="指标",
            help="列出一个数背后的每一件; 指标的代号、扣分项的代号, 或 cases、people",
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="时间", help="按台账在那一刻的记录出表")
    ] = None,
    wish: Wish,
) -> None:
    """出考核表: 各项指标的件数和率, 每个数都能用 --drill 打开到事项 (五.2)。

    示例:
      sixping assess --month
      sixping assess --quarter 2026Q3 --kind agency -o 考核.md
      sixping assess --month 2026-10 --drill finish_on_time --unit 城管执法中队
    """
    from sixping.queries import cases
    from sixping.queries.periods import AsOf
    from sixping.services import assessment
    from sixping.services.periods import chosen_period, state_of
    from sixping.util.clock import to_text

    context = Context.of(ctx)
    wish.choose(context)
    _check(kind, drill)
    moment, said = state_of(as_of, context.now)
    sort, span = chosen_period(moment, {"month": month, "quarter": quarter, "year": year})
    if said:
        context.say(said)
    take = AsOf.recorded if as_of is not None else AsOf.present
    with cases.reading(context.existing_ledger()) as con:
        state = take(con, to_text(moment))
        found, rows = assessment.gather(con, sort, span, state)
    found = _chosen(found, kind, unit)
    if drill:
        _show_rows(context, wish, found, rows, drill)
    else:
        _show_page(context, wish, found)


def _check(kind: str | None, drill: str | None) -> None:
    """Refuse a kind or a figure nobody knows before anything is read."""
    from sixping.policy.assessment import load_scheme

    if kind and kind not in KINDS:
        raise UsageFault(f"没有这类考核对象: {kind}", f"可用: {'、'.join(KINDS)}。")
    known = [*load_scheme().ids, "cases", "people"]
    if drill and drill not in known:
        raise UsageFault(f"没有这个指标: {drill}", f"可用: {'、'.join(known)}。")


def _chosen(found: Assessment, kind: str | None, unit: str | None) -> Assessment:
    """Leave the subjects asked for; their ranks stay those among all."""
    subjects = [one for one in found.subjects if not kind or one.kind == kind]
    if unit:
        subjects = [one for one in subjects if one.name == unit.strip()]
        if not subjects:
            names = "、".join(one.name for one in found.subjects)
            raise UsageFault(f"考核对象里没有这个单位: {unit}", f"考核对象: {names}。")
    if not kind and not unit:
        return found
    names_left = {one.name for one in subjects}
    sheets = tuple(sheet for sheet in found.sheets if sheet.agency in names_left)
    return found._replace(subjects=tuple(subjects), others=(), sheets=sheets)


def _show_page(context: Context, wish: Wish, found: Assessment) -> None:
    from sixping.console.answers import publish, write_text
    from sixping.render import assessment as page
    from sixping.render.sections import page_md, page_screen
    from sixping.render.table import Column

    fmt = wish.choose(context)
    parts = (page.title(found), page.sections(found), page.anchor(found))
    if fmt == "md":
        write_text(wish, page_md(*parts))
    elif fmt == "table":
        write_text(wish, page_screen(*parts, context.terminal))
    else:
        columns = (
            Column("kind", "对象"),
            Column("name", "单位"),
            Column("measure", "项目"),
            Column("value", "数值"),
        )
        rows = list(page.flat_rows(found))
        publish(
            context, wish, rows, columns, rows if fmt == "jsonl" else page.assessment_json(found)
        )


def _show_rows(
    context: Context, wish: Wish, found: Assessment, rows: list[Row], measure: str
) -> None:
    from sixping.console.answers import publish
    from sixping.render.assessment import drilled
    from sixping.render.table import Column

    columns = (
        Column("unit", "单位"),
        Column("number", "编号"),
        Column("day", "日期", "day"),
        Column("counted", "计入", "bool"),
        Column("what", "情况", elastic=True),
        Column("by", "人员"),
    )
    lines = drilled(found, rows, measure)
    publish(context, wish, lines, columns, lines)
    counted = sum(line["counted"] for line in lines)
    if context.terminal.isatty:
        context.say(f"共 {len(lines)} 件, 计入 {counted} 件。")
