"""``register``: which registers the street keeps beside its cases, each from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of, then_of
from sixping.console.options import AsJson, Reason, answering
from sixping.console.recording import Seq, reading, recording, void_event
from sixping.office.registers import STREAM
from sixping.policy.registers import REGISTERS, register_named
from sixping.render.table import Column
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Sequence

Names = Annotated[list[str], typer.Argument(metavar="名称", help="见 register list")]
_COLUMNS = (
    Column("title", "登记簿"),
    Column("since", "自", "day"),
    Column("clause", "条款"),
    Column("what", "内容", elastic=True),
)


@answering
def list_(
    ctx: typer.Context,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出登记簿: 记什么、依据哪一条、自哪一天启用; 没有启用的不出现在清单和材料里。

    示例:
      sixping register list
      sixping register list --no-headers
    """
    from sixping.services.office.registering import rows as rows_of

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        rows = rows_of(con, then_of(context, con, as_of).seq)
    publish(context, wish, rows, _COLUMNS, rows)
    if context.terminal.isatty and not any(row["since"] for row in rows):
        context.say("启用: sixping register on 登记簿")


def on(
    ctx: typer.Context,
    names: Names,
    day: Annotated[str | None, dated.REGISTER_FROM.option] = None,
    as_json: AsJson = False,
) -> None:
    """启用登记簿, 自某日起计; 此前的日子没有记录, 不作判断。

    停用后再启用的: 以前记录、还没有答复的照常列出; 由没有记录推出的 (如来源未回复、
    例会没有开) 只从新的日期起计。

    示例:
      sixping register on 经办人
      sixping register on 领导批示 协办要求 --from 2026-12-01
    """
    from sixping.services.office.registering import lacking, open_registers

    context, keys = Context.of(ctx), _keys(names)
    first = day_of(context, day, dated.REGISTER_FROM)
    with recording(context) as tx:
        seqs = open_registers(tx, keys, first)
        remarks = list(lacking(tx.con, keys))
    context.say(
        f"已启用{_titles(keys)}, 自{understood_day(first)}起计 ({_numbers(seqs)})。",
        f"记错了: sixping register void {seqs[-1]} --reason 理由",
        *remarks,
    )
    _answer(context, keys, as_json=as_json)


def off(ctx: typer.Context, names: Names, as_json: AsJson = False) -> None:
    """停用登记簿: 不再记录, 清单和材料不再列它; 已有的记录保留在台账里。

    再启用以后, 还没有答复的又列出来。

    示例:
      sixping register off 领导批示
    """
    from sixping.services.office.registering import close_registers

    context, keys = Context.of(ctx), _keys(names)
    with recording(context) as tx:
        seqs = close_registers(tx, keys)
    context.say(f"已停用{_titles(keys)} ({_numbers(seqs)}), 已有的记录保留。")
    _answer(context, keys, as_json=as_json)


def void(ctx: typer.Context, seq: Seq, reason: Reason, as_json: AsJson = False) -> None:
    """撤销一条记错的启用或停用; 两条都保留在台账里。

    启用以后已有记录的不能撤销启用, 请用 register off。

    示例:
      sixping register void 45 --reason 日期写错
    """
    context = Context.of(ctx)
    entry = void_event(context, STREAM, seq, reason)
    _answer(context, [entry.event.register], as_json=as_json)


def _answer(context: Context, keys: Sequence[str], *, as_json: bool) -> None:
    """Answer with the registers as the list has them."""
    from sixping.services.office.registering import rows as rows_of

    if not as_json:
        return
    with reading(context) as con:
        rows = [row for row in rows_of(con) if row["key"] in keys]
    publish(context, Wish(as_json=True), rows, _COLUMNS, rows)


def _numbers(seqs: Sequence[int]) -> str:
    """Return ``第 45 号``, or ``第 45 至 47 号`` of those recorded one after another."""
    return f"第 {seqs[0]} 号" if len(seqs) == 1 else f"第 {seqs[0]} 至 {seqs[-1]} 号"


def _keys(names: list[str]) -> list[str]:
    return list(dict.fromkeys(map(register_named, names)))


def _titles(keys: list[str]) -> str:
    return "、".join(REGISTERS[key].title for key in keys)
