"""``groups`` (附1.3): numbers of 安置帮教, 禁毒 and the like; nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import month_of, then_of
from sixping.console.nothing import of_list, of_sleeping
from sixping.console.options import Json, Reason, answering
from sixping.console.recording import Seq, reading, recording, void_event
from sixping.office import registers
from sixping.office.groups import STREAM, groups_on
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.render.formats import SHEETS
from sixping.render.table import Column
from sixping.reports.spans import LAST
from sixping.services.office import groups as numbers
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.office.groups import GroupCounted
    from sixping.policy.meetings import Measure

_COLUMNS = (
    Column("seq", "序号", "int"),
    Column("month", "月份"),
    Column("unit", "单位"),
    Column("topic", "工作"),
    Column("measure", "项目"),
    Column("count", "数", "int"),
    Column("of", "计数单位"),
)


def enter(
    ctx: typer.Context,
    measure: Annotated[str, typer.Argument(metavar="项目", help="如 帮教在册、禁毒宣传")],
    count: Annotated[int, typer.Argument(metavar="数", min=0, max=999_999)],
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="哪个单位填报")],
    month: Annotated[str | None, dated.GROUPS_MONTH.option] = None,
    as_json: Json = False,
) -> None:
    """填报一个月的帮教、禁毒等的数; 只填数, 不写任何人的姓名 (附1.3)。

    示例:
      sixping groups enter 帮教在册 12 --unit 江一社区 --month 2026-11
      sixping groups enter 禁毒宣传 2 --unit 派出所
    """
    context = Context.of(ctx)
    first, last = month_of(context, month or LAST, dated.GROUPS_MONTH)
    with recording(context) as tx:
        told, of, seq = numbers.enter(tx, unit, first, last, measure, count)
    context.say(
        f"{told.month} {told.unit} {of.name}: {told.count} {of.unit} (第 {seq} 号)。",
        f"填错了: sixping groups void {seq} --reason 理由",
    )
    rows = [_row(seq, told, {of.name: of})]
    publish(context, Wish(as_json=as_json), rows, _COLUMNS, rows)


@answering
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.GROUPS_LISTED.option] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位")] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出各单位按月填报的数; 没有填报的单位是不详, 不是 0 (附1.3)。

    示例:
      sixping groups list --month 2026-11
      sixping groups list --unit 江一社区 -o 数字.xlsx
    """
    context = Context.of(ctx)
    wish.choose(context, SHEETS)
    only = None
    if month is not None:
        first, _ = month_of(context, month, dated.GROUPS_LISTED)
        only = f"{first:%Y-%m}"
    with reading(context) as con:
        seq = then_of(context, con, as_of).seq
        begun = registers.begun(con, numbers.KEY, seq)
        measures = {each.name: each for each in rule_on(con, MEETINGS, load_rules, seq).measures}
        every = groups_on(con, as_of=seq) if begun else []
    chosen = [
        entry
        for entry in every
        if only in (None, entry.told.month) and unit in (None, entry.told.unit)
    ]
    rows = [_row(entry.seq, entry.told, measures) for entry in chosen]
    publish(context, wish, rows, _COLUMNS, rows, leaving=("topic", "seq"))
    if begun is None:
        of_sleeping(context, numbers.KEY)
    elif not rows:
        of_list(
            context, (only, unit), whole=len(every), what="填报的数",
            listing="sixping groups list",
            begin="sixping groups enter 项目 数 --unit 单位 --month 月份",
        )  # fmt: skip


def _row(
    seq: int, told: GroupCounted, measures: Mapping[str, Measure]
) -> dict[str, str | int | None]:
    of = measures.get(told.measure)
    return {
        "seq": seq,
        "month": told.month,
        "unit": told.unit,
        "topic": of.topic if of else None,
        "measure": told.measure,
        "count": told.count,
        "of": of.unit if of else None,
    }


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一个填错的数; 两条都保留在台账里。

    示例:
      sixping groups void 45 --reason 填错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)
