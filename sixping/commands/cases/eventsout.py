"""All events of a ledger out of it, and into a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.console.handing import record_export
from sixping.console.progress import progress
from sixping.console.stepcommand import stamp_of
from sixping.render.formats import text_on
from sixping.services.exporting import transfer

if TYPE_CHECKING:
    from pathlib import Path

    from sixping.console.context import Context
    from sixping.console.handing import Order

_FORMAT = ("jsonl",)


def export_events(order: Order) -> None:
    """Write every event, whole or not at all, and record that it was taken out."""
    from sixping.store.sqlite import opened

    order.choose(_FORMAT)
    context, stamp = order.context, stamp_of(order.context)
    with order.wish.drafting(context) as out:
        with opened(context.ledger) as con, text_on(out) as text:
            count, lines = transfer.event_lines(con, stamp, reveal=order.wish.reveal)
            with progress(context, count, "导出", unit="条") as done:
                for line in lines:
                    text.write(f"{line}\n")
                    done(1)
        record_export(order, "events", "jsonl", count, "")
    context.say(
        f"已导出流水 {count} 条{order.target}。",
        "接收到新台账: 用 --ledger 写明新的文件, 先 sixping init, 再 sixping import 文件。",
    )


def take_over(context: Context, file: Path, *, dry_run: bool = False) -> None:
    """Take a file of events into a new ledger and say what came of it."""
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        total = transfer.origin_of(con, file).seq
    with progress(context, total, "接收", unit="条") as done:
        told = transfer.take_over(context.ledger, file, stamp_of(context), done, dry_run=dry_run)
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
