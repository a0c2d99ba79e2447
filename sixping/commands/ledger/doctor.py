"""doctor: every promise this machine cannot keep now."""

from __future__ import annotations

from typing import Annotated

import typer

from sixping.console.answers import FINDINGS, Wish, publish
from sixping.console.context import Context
from sixping.console.options import answering
from sixping.render.table import Column

COLUMNS = (
    Column("state", "状态"),
    Column("label", "项目"),
    Column("what", "情况", elastic=True),
    Column("hint", "怎么办", elastic=True),
)
_STATES = {True: "好", False: "有问题", None: "不确定"}


@answering
def doctor(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="也列出没有问题的和不能确定的")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有问题时退出码为 3, 供定时任务使用")
    ] = False,
    *,
    wish: Wish,
) -> int:
    """检查这台机器: 备份、锚点、权限、磁盘、时钟、日历和规则, 每项写明怎么办。

    示例:
      sixping doctor
      sixping doctor --all
      sixping doctor --exit-code || echo 需要处理
    """
    from sixping.services.upkeep.health import CHECKS, examine

    context = Context.of(ctx)
    told = examine(context.ledger, context.now, stated_now=context.clock_replaced)
    document = [
        {"check": name, "ok": one.ok, "what": one.what, "hint": one.hint}
        for name, one in told.items()
    ]
    rows = [
        line | {"state": _STATES[one.ok], "label": CHECKS[name].label}
        for line, (name, one) in zip(document, told.items(), strict=True)
        if every or one.ok is False
    ]
    publish(context, wish, rows, COLUMNS, document)
    wrong = [one for one in told.values() if one.ok is False]
    unsure = sum(one.ok is None for one in told.values())
    found = f"{len(wrong)} 项有问题" if wrong else "没有发现问题"
    more = "" if every or not unsure else " (--all 可看)"
    context.say(f"检查了 {len(told)} 项: {found}, {unsure} 项不能确定{more}。")
    return FINDINGS if exit_code and wrong else 0
