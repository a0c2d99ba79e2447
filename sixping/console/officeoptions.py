"""Options of the office: days, hours, spans; and what is said when a change is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.errors import BadData, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sixping.console.context import Context
    from sixping.importing.convert import RowError

#: what a bare --month stands for
LAST = "last"
_TODAYS_HOUR = re.compile(r"\d{1,2}[:\uff1a]\d{2}")


def moment_of(context: Context, value: str | None) -> datetime:
    """Return the minute that was written, now by default; ``8:05`` means today's."""
    if value is None:
        return context.now.replace(second=0)
    from sixping.util.dates import parse_moment, understood

    moment = parse_moment(
        f"今天{value}" if _TODAYS_HOUR.fullmatch(value.strip()) else value, context.now
    )
    moment = moment.replace(second=0)
    if moment > context.now:
        raise UsageFault(f"时间晚于现在: {understood(moment)}。", "考勤只能记已经发生的事。")
    context.say(f"时间: {understood(moment)}")
    return moment


def span_of(context: Context, day: str | None, month: str | None) -> tuple[date, date]:
    """Return the days asked for: ``--date``, ``--month``, else today."""
    if day and month:
        raise UsageFault("--date 与 --month 不能同用。", "请二者取一。")
    if month:
        from sixping.util.dates import parse_month

        return parse_month("上月" if month == LAST else month, context.now)

    one = day_of(context, day, past=True, echo=False)
    return one, one


#: how many faulty rows are listed on the screen
SHOWN = 20
FINDINGS = 3
From = Annotated[
    str | None, typer.Option("--from", metavar="日期", help="自哪一天起 (含), 默认今天")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="哪一天的情况, 默认今天")]
Why = Annotated[
    str | None, typer.Option("--reason", metavar="理由", help="查看个人信息 (--reveal) 的理由")
]
Seq = Annotated[int, typer.Argument(metavar="序号", min=1, help="要撤销的记录, 见 sixping log")]


def day_of(context: Context, value: str | None, *, past: bool = False, echo: bool = True) -> date:
    """Return the day that was written, today by default, and echo how it was understood."""
    if value is None:
        return context.now.date()
    from sixping.util.dates import parse_day, understood_day

    day = parse_day(value, context.now, past=past)
    if echo:
        context.say(f"日期: {understood_day(day)}")
    return day


def short(value: str | None, field: str) -> str | None:
    """Let a short field in; raises ``UsageFault`` when it is empty."""
    if value is None:
        return None
    from sixping.util.text import accept_text

    if not value.strip():
        raise UsageFault(f"{field}是空的。", "请写出内容, 或不用这个选项。")
    return accept_text(value.strip(), field=field, limit=100)


def nothing_said() -> UsageFault:
    """Return the fault of a change that says nothing."""
    return UsageFault("没有写明要改什么。", "请至少写一个要改的选项, 见 --help。")


def refuse_faults(context: Context, faults: Sequence[RowError]) -> None:
    """List what is wrong with a file and refuse it as a whole (``BadData``)."""
    if not faults:
        return
    for fault in sorted(faults)[:SHOWN]:
        where = f"第 {fault.row} 行" + (f" {fault.column}" if fault.column else "")
        context.say(f"{where}: {fault.what} {fault.hint}")
    if len(faults) > SHOWN:
        context.say(f"有问题的共 {len(faults)} 处, 以上是前 {SHOWN} 处。")
    raise BadData(
        f"有 {len(faults)} 处不能导入, 整个文件都没有导入。", "请改正后重试; 已导入的行不会重复。"
    )


def reveal_people(context: Context, what: str, reason: str | None, *, asked: bool) -> None:
    """Record who looks at personal data of which list, and why, before it is shown."""
    if not asked:
        if reason is not None:
            raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
        return
    if not reason:
        raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 排班联系")
    from sixping.console.stepcommand import require_text, stamp_of
    from sixping.ledger import transaction

    why = require_text(reason, "理由 (--reason)")
    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        tx.note("job", "reveal", "revealed", {"list": what}, {"reason": why})


def void_entry(context: Context, stream: str, seq: int, reason: str, check: Any) -> None:  # noqa: ANN401
    """Void an entry of a stream and say so; ``check(con)`` makes the judge of what remains."""
    from sixping.console.stepcommand import require_text, stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.render.casesheet import kind_name

    why = require_text(reason, "理由 (--reason)")
    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        gone = streams.void(tx, stream, seq, why, check(tx.con))
    context.say(f"已撤销第 {seq} 号 ({kind_name(gone.event.kind)}), 两条记录都保留在台账里。")


_HOUR = re.compile(r"(\d{1,2})[:\uff1a](\d{2})")
_HOURS, _MINUTES = 24, 60
Start = Annotated[str | None, typer.Option("--from", metavar="时刻", help="自几点, 如 14:00")]
End = Annotated[str | None, typer.Option("--to", metavar="时刻", help="至几点, 如 16:00")]
OnDate = Annotated[str, typer.Option("--date", metavar="日期", help="如 2026-12-01、明天")]
Id = Annotated[str, typer.Argument(metavar="编号", help="如 m3, 见 meeting list")]


def hours(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Return both hours as ``08:05``, or neither. Raises ``UsageFault``."""
    if start is None and end is None:
        return None, None
    if start is None or end is None:
        raise UsageFault("--from 与 --to 须同时写明。", "例如: --from 14:00 --to 16:00")
    first, last = _hour(start), _hour(end)
    if last <= first:
        raise UsageFault(f"结束 {last} 不晚于开始 {first}。", "请核对 --from 和 --to。")
    return first, last


def _hour(value: str) -> str:
    found = _HOUR.fullmatch(value.strip())
    if not found or int(found[1]) >= _HOURS or int(found[2]) >= _MINUTES:
        raise UsageFault(f"看不懂的时刻: {value}", "请写成 8:05、14:00。")
    return f"{int(found[1]):02}:{found[2]}"
