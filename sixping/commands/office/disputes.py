"""``dispute``, ``disputes`` (附1.3): of which kind a 矛盾纠纷 is, and whether it was mediated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.disputes import Mediated
from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.days import period_of
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.console.recording import reading
from sixping.console.stepcommand import step, units_of
from sixping.errors import UsageFault
from sixping.office import registers
from sixping.policy.vocabulary import MEDIATED
from sixping.render.table import Column

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.console.answers import Wish
    from sixping.services.taking import Build, Situation

#: how it may be said → what is recorded
_SAID = {
    **{key: key for key in MEDIATED},
    **{word: key for key, word in MEDIATED.items()},
    "是": "yes", "否": "no", "部分": "partly",
}  # fmt: skip
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


@step()
def dispute(
    kind: Annotated[
        str, typer.Option("--kind", metavar="种类", help="邻里 婚姻家庭 物业 劳动争议 …")
    ],
    mediated: Annotated[
        str, typer.Option("--mediated", metavar="是|否|部分", help="调处了没有 (yes no partly)")
    ],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="由哪个单位调处; 不写即牵头单位")
    ] = None,
) -> Build:
    """登记矛盾纠纷的种类和是否调处; 不改变状态, 以最后一次为准 (附1.3)。

    示例:
      sixping dispute 123 --kind 邻里 --mediated 是 --unit 司法所
      sixping dispute 123 --kind 物业 --mediated 部分
    """
    state = _SAID.get(mediated.strip())
    if state is None:
        raise UsageFault(
            f"看不懂的 --mediated: {mediated}", f"可用: 是、否、部分, 或 {' '.join(MEDIATED)}。"
        )

    def build(situation: Situation) -> Step:
        from sixping.policy.meetings import MEETINGS, load_rules
        from sixping.services.office.disputes import refuse_other
        from sixping.store.documents import rule_on

        con, case = situation.work.con, situation.case
        refuse_other(con, case.number, case.category)
        sort = rule_on(con, MEETINGS, load_rules).dispute_kind(kind)
        by = units_of(situation).find(unit).name if unit else case.lead
        return Mediated(sort=sort, mediated=state, unit=by)

    return build


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
        registers.require(con, counting.KEY)
        parts = counting.figure_named(con, drill) if drill else []
        first, last = period_of(context, None, stated).span
        found = counting.disputes(con, first, last)
        document = counting.disputes_json(con, found, first, last)
    if parts:
        rows = counting.drilled(found, parts)
        publish(context, wish, rows, _CASES, rows, leaving=("community", "by", "category"))
        return
    publish(context, wish, document["kinds"], _KINDS, document)
    if context.terminal.isatty:
        context.say(
            f"收到 {document['received']} 件, 没有登记的 {document['unrecorded']} 件"
            f" (自 {document['begun']} 起登记)。",
            "打开一个数: sixping disputes --drill 未调处",
        )
