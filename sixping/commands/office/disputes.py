"""``disputes`` (附1.3): how many 矛盾纠纷 of which kind there are, and how many were mediated."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.days import period_of, then_of
from sixping.console.frame import bare_values
from sixping.console.nothing import of_sleeping
from sixping.console.options import answering
from sixping.console.recording import reading
from sixping.render.table import Column
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from sixping.console.answers import Wish

_KINDS = (
    Column("kind", "种类"),
    Column("received", "收到", "int"),
    Column("mediated", "已调处", "int"),
    Column("partly", "部分调处", "int"),
    Column("not_mediated", "未调处", "int"),
    Column("numbers", "编号", "list", elastic=True),
)
_CASES = (
    Column("number", "编号"),
    Column("received", "收到", "day"),
    Column("category", "类别"),
    Column("kind", "种类"),
    Column("mediated", "调处"),
    Column("by", "调处单位"),
    Column("community", "社区"),
    Column("status", "状态"),
)


@bare_values(month="last", quarter="last", year="last")
@answering
def disputes(
    ctx: typer.Context,
    month: Annotated[str | None, dated.DISPUTES_MONTH.option] = None,
    quarter: Annotated[str | None, dated.DISPUTES_QUARTER.option] = None,
    year: Annotated[str | None, dated.DISPUTES_YEAR.option] = None,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill", metavar="项目", help="列出一个数背后的每一件, 如 邻里、未调处、邻里.未调处"
        ),
    ] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """矛盾纠纷: 一段时间收到的, 各种类多少件, 调处了多少 (附1.3)。

    没有登记种类和调处的另列一行: 那是不详, 不是没有调处。

    示例:
      sixping disputes --month
      sixping disputes --quarter 2026Q4 --drill 未调处
    """
    from sixping.services.office import disputes as counting

    context = Context.of(ctx)
    wish.choose(context)
    stated = {"month": month, "quarter": quarter, "year": year}
    with reading(context) as con:
        parts = counting.figure_named(con, drill) if drill else []
        period = period_of(context, None, stated)
        first, last = period.span
        seq = then_of(context, con, as_of).seq
        found = counting.disputes(con, first, last, seq)
        document = counting.disputes_json(con, found, first, last, seq)
    if parts:
        rows = counting.drilled(found, parts)
        publish(context, wish, rows, _CASES, rows, leaving=("community", "by", "category"))
    else:
        publish(context, wish, document["kinds"], _KINDS, document)
    if document["begun"] is None:
        of_sleeping(context, counting.KEY)
    elif context.terminal.isatty:
        context.say(
            f"收到 {document['received']} 件, 没有登记的 {document['unrecorded']} 件"
            f" (自{understood_day(date.fromisoformat(str(document['begun'])))}起登记)。",
            f"打开一个数: sixping disputes {period.option} --drill 未调处",
        )
