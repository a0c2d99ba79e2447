"""``register``: which registers the street keeps beside its cases, each from a day on."""

from __future__ import annotations

from typing import Annotated

import typer

from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.options import Json, Reason
from sixping.console.recording import Seq, reading, recording, void_event
from sixping.office.registers import STREAM, kept
from sixping.policy.registers import REGISTERS, register_named
from sixping.render.table import Column
from sixping.util.daytext import understood_day

Names = Annotated[list[str], typer.Argument(metavar="名称", help="见 register list")]
_COLUMNS = (
    Column("title", "登记簿"),
    Column("since", "自", "day"),
    Column("clause", "条款"),
    Column("what", "内容", elastic=True),
)


def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """列出登记簿: 记什么、依据哪一条、自哪一天启用; 没有启用的不出现在清单和材料里。

    示例:
      sixping register list
    """
    context = Context.of(ctx)
    with reading(context) as con:
        since = {key: entry.event.day for key, entry in kept(con).items()}
    rows = [
        {
            "key": key,
            "title": register.title,
            "since": since[key].isoformat() if key in since else None,
            "clause": register.clause,
            "what": register.what,
        }
        for key, register in REGISTERS.items()
    ]
    publish(context, Wish(as_json=as_json), rows, _COLUMNS, rows)
    if not since and context.terminal.isatty:
        context.say("启用: sixping register on 登记簿")


def on(
    ctx: typer.Context,
    names: Names,
    day: Annotated[str | None, dated.REGISTER_FROM.option] = None,
) -> None:
    """启用登记簿, 自某日起计; 此前的日子没有记录, 不作判断。

    示例:
      sixping register on 经办人
      sixping register on 领导批示 协办要求 --from 2026-12-01
    """
    from sixping.services.office.registering import lacking, open_registers

    context, keys = Context.of(ctx), _keys(names)
    first = day_of(context, day, dated.REGISTER_FROM)
    with recording(context) as tx:
        seq = open_registers(tx, keys, first)
        remarks = list(lacking(tx.con, keys))
    context.say(
        f"已启用{_titles(keys)}, 自{understood_day(first)}起计 (第 {seq} 号)。",
        f"记错了: sixping register void {seq} --reason 理由",
        *remarks,
    )


def off(ctx: typer.Context, names: Names) -> None:
    """停用登记簿: 不再记录, 清单和材料不再列它; 已有的记录保留在台账里。

    示例:
      sixping register off 领导批示
    """
    from sixping.services.office.registering import close_registers

    context, keys = Context.of(ctx), _keys(names)
    with recording(context) as tx:
        seq = close_registers(tx, keys)
    context.say(f"已停用{_titles(keys)} (第 {seq} 号), 已有的记录保留。")


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的启用或停用; 两条都保留在台账里。

    示例:
      sixping register void 45 --reason 日期写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)


def _keys(names: list[str]) -> list[str]:
    return list(dict.fromkeys(map(register_named, names)))


def _titles(keys: list[str]) -> str:
    return "、".join(REGISTERS[key].title for key in keys)
