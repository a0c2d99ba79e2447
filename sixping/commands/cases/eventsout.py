"""All events of a ledger out of it, and into a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.console.progress import progress
from sixping.console.stepcommand import stamp_of
from sixping.errors import UsageFault
from sixping.render.formats import drafting, text_on
from sixping.services import transfer

if TYPE_CHECKING:
    from pathlib import Path

    from sixping.commands.cases.exporting import Order
    from sixping.console.context import Context

_FORMAT = ("jsonl",)


def export_events(order: Order) -> None:
    """Write every event, whole or not at all, and record that it was taken out."""
    from sixping.commands.cases.exporting import record_export
    from sixping.store.sqlite import reading

    order.choose(_FORMAT)
    context, stamp = order.context, stamp_of(order.context)
    with drafting(order.wish.path) as out:
        with reading(context.ledger) as con, text_on(out) as text:
            count, lines = transfer.event_lines(con, stamp, reveal=order.wish.reveal)
            with progress(context, count, "导出", unit="条") as advance:
                for line in lines:
                    text.write(f"{line}\n")
                    advance(1)
        record_export(order, "events", "jsonl", count, "")
    context.say(
        f"已导出流水 {count} 条{f': {order.wish.path}' if order.wish.path else ''}。",
        "导入新台账: sixping --ledger 新台账.sqlite3 init, 再 sixping --ledger 新台账.sqlite3"
        " import 文件。",
    )


def take_over(context: Context, file: Path, *, dry_run: bool = False) -> None:
    """Take a file of events into a new ledger and say what came of it."""
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        total = transfer.origin_of(con, file).seq
    with progress(context, total, "接收", unit="条") as advance:
        told = transfer.take_over(context.ledger, file, stamp_of(context), advance, dry_run=dry_run)
    origin = told.origin
    head = f"原台账 {origin.ledger[:8]} 到第 {origin.seq} 号, 校验码 {origin.head[-16:]}"
    if dry_run:
        context.say(f"检查完毕: 可接收流水 {told.events} 条 ({head}); 没有导入。")
        return
    context.say(
        f"已接收流水 {told.events} 条 ({head}), 在本台账为第 {told.first} 到 {told.last} 号。"
    )
    if origin.masked:
        context.say("注意: 文件里的姓名、电话等是遮盖的, 电话没有带来; 以后不能据以查找反映人。")
    context.say("下一步: 核验 sixping verify; 按月汇总 sixping report --month。")


def refuse_profile(**given: object) -> None:
    """Refuse options that mean nothing for a file of events."""
    named = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if named:
        raise UsageFault(f"流水文件不用 {'、'.join(named)}。", "请只写: sixping import 文件")
