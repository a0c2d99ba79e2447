"""Days, hours and minutes as commands take them: the options, and how they are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.errors import UsageFault
from sixping.reports.spans import LAST
from sixping.util.dates import parse_day, parse_moment, parse_month, understood, understood_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.console.context import Context
    from sixping.office.conflicts import Hours

From = Annotated[
    str | None, typer.Option("--from", metavar="日期", help="自哪一天起 (含), 默认今天")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="哪一天的情况, 默认今天")]
OnDate = Annotated[str, typer.Option("--date", metavar="日期", help="如 2026-12-01、明天")]
Start = Annotated[str | None, typer.Option("--from", metavar="时刻", help="自几点, 如 14:00")]
End = Annotated[str | None, typer.Option("--to", metavar="时刻", help="至几点, 如 16:00")]
_HOUR = re.compile(r"(\d{1,2})[:\uff1a](\d{2})")
_HOURS, _MINUTES = 24, 60


def day_of(context: Context, value: str | None, *, past: bool = False, echo: bool = True) -> date:
    """Return the day that was written, today by default, and echo how it was understood."""
    if value is None:
        return context.now.date()
    day = parse_day(value, context.now, past=past)
    if echo:
        context.say(f"日期: {understood_day(day)}")
    return day


def span_of(context: Context, day: str | None, month: str | None) -> tuple[date, date]:
    """Return the days asked for: ``--date``, ``--month``, else today."""
    if day and month:
        raise UsageFault("--date 与 --month 不能同用。", "请二者取一。")
    if month:
        return parse_month("上月" if month == LAST else month, context.now)
    only = day_of(context, day, past=True, echo=False)
    return only, only


def moment_of(context: Context, value: str | None) -> datetime:
    """Return the minute that was written, now by default; ``8:05`` means today's."""
    if value is None:
        return context.now.replace(second=0)
    today = f"今天{value}" if _HOUR.fullmatch(value.strip()) else value
    moment = parse_moment(today, context.now).replace(second=0)
    if moment > context.now:
        raise UsageFault(f"时间晚于现在: {understood(moment)}。", "考勤只能记已经发生的事。")
    context.say(f"时间: {understood(moment)}")
    return moment


def hours(start: str | None, end: str | None) -> Hours:
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
    parts = _HOUR.fullmatch(value.strip())
    if not parts or int(parts[1]) >= _HOURS or int(parts[2]) >= _MINUTES:
        raise UsageFault(f"看不懂的时刻: {value}", "请写成 8:05、14:00。")
    return f"{int(parts[1]):02}:{parts[2]}"
