"""``register show``: the entries of a register that stand on cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.casefilters import OfUnit
from sixping.console.context import Context
from sixping.console.options import revealing
from sixping.console.recording import reading, record_seen
from sixping.policy.registers import REGISTERS, register_named
from sixping.render.table import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.console.answers import Wish

_NUMBER = (Column("number", "编号"), Column("n", "项", "int"))
_ANSWER = (Column("answered_at", "答复", "time"), Column("answer", "答复内容", elastic=True))
COLUMNS: Mapping[str, Sequence[Column]] = {
    "instructions": (
        *_NUMBER, Column("leader", "领导"), Column("day", "批示日期", "day"),
        Column("due", "期限", "day"), Column("unit", "单位"), Column("text", "批示", elastic=True),
        *_ANSWER,
    ),
    "demands": (
        *_NUMBER, Column("unit", "单位"), Column("at", "提出", "time"),
        Column("answer_by", "期限", "day"), Column("text", "要求", elastic=True), *_ANSWER,
    ),
    "transfers": (
        *_NUMBER, Column("to", "机关", elastic=True), Column("at", "移送", "time"),
        Column("content", "内容", elastic=True), Column("received_at", "回执", "time"),
        Column("receipt", "回执号", elastic=True), Column("answered_at", "结果", "time"),
        Column("outcome", "结果内容", elastic=True),
    ),
    "enclosures": (
        *_NUMBER, Column("sort", "种类"), Column("file", "文件"), Column("size", "字节", "int"),
        Column("at", "登记", "time"), Column("kept", "存放处", elastic=True),
        Column("sha256", "校验码", elastic=True),
    ),
    "sources": (
        Column("number", "编号"), Column("channel", "渠道"), Column("how", "怎样回复"),
        Column("resolved_at", "办结", "time"), Column("answered_at", "已回复", "time"),
        Column("main", "合并在", elastic=True),
    ),
}  # fmt: skip
#: what falls away first on a narrow terminal
_LEAVING = ("sha256", "answer", "size", "received_at", "at", "day", "kept", "outcome")


@revealing
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="登记簿", help="如 领导批示, 见 register list")],
    *,
    every: Annotated[bool, typer.Option("--all", help="已答复的也列出")] = False,
    unit: OfUnit = None,
    start: Annotated[str | None, dated.ENTERED_FROM.option] = None,
    end: Annotated[str | None, dated.ENTERED_TO.option] = None,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出一种登记簿里各件的记录: 领导批示、协办要求、行刑衔接、附件、来源反馈。

    示例:
      sixping register show 领导批示
      sixping register show 协办要求 --unit 市场监管所 --all
      sixping register show 行刑衔接 --all --from 2026-11-01 -o 行刑衔接.xlsx
    """
    from sixping.console.days import then_of
    from sixping.services.filters import Places
    from sixping.services.office.entered import Asked, entries
    from sixping.services.rulebooks import rulebooks_on

    context, register = Context.of(ctx), register_named(name)
    first, after = _days(context, start, end)
    with reading(context) as con:
        seq = then_of(context, con, as_of).seq
        asked = Asked(first, after, Places(unit).resolved(con).unit, every, wish.reveal)
        rows = entries(con, rulebooks_on(con, seq), register, asked, seq)
    title = REGISTERS[register].title
    record_seen(context, wish, f"register {title}", rows)
    publish(context, wish, rows, COLUMNS[register], rows, leaving=_LEAVING)
    if context.terminal.isatty:
        whole = every or register == "enclosures"  # nobody answers those
        context.say(f"{title} {len(rows)} 项{'' if whole else ', 未答复的 (全部: --all)'}。")


def _days(context: Context, start: str | None, end: str | None) -> tuple[str | None, str | None]:
    from sixping.console.days import read_day
    from sixping.services.filters import days

    first, last = (
        None if value is None else read_day(value, context.now, row, context.say)
        for value, row in ((start, dated.ENTERED_FROM), (end, dated.ENTERED_TO))
    )
    return days(first, last)
