"""How commands read days, months and minutes: by their row of ``dated``, and echoed at once."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from datetime import time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.console import dated as rows
from sixping.errors import UsageFault
from sixping.util.dates import parse_day, parse_moment, parse_month
from sixping.util.daytext import understood, understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from sixping.console.context import Context
    from sixping.console.dated import Dated
    from sixping.office.conflicts import Hours
    from sixping.reports.spans import ReportRequest
    from sixping.store.sqlite import Connection

_HOUR = re.compile(r"(\d{1,2})[:\uff1a](\d{2})")
_HOURS, _MINUTES = 24, 60


def read_day(value: str, now: datetime, dated: Dated, say: Callable[[str], None]) -> date:
    """Return the day that was written and echo how it was understood, before anything is done.

    ``now`` is the instant it is written at, that of a statement about the past included. Raises
    ``UsageFault`` naming the option.
    """
    with _named(dated):
        day = parse_day(value, now, dated.direction)
    say(f"{dated.label}: {understood_day(day)}")
    return day


def day_of(context: Context, value: str | None, dated: Dated) -> date:
    """Return the day that was written, today by default, and echo how it was understood."""
    if value is None:
        return context.now.date()
    return read_day(value, context.now, dated, context.say)


def read_instant(value: str, now: datetime, dated: Dated, say: Callable[[str], None]) -> datetime:
    """Return the instant that was written, as ``read_day`` a day."""
    with _named(dated):
        moment = parse_moment(value, now, dated.direction)
    say(f"{dated.label}: {understood(moment)}")
    return moment


def read_end(value: str, now: datetime, dated: Dated, say: Callable[[str], None]) -> date:
    """Return by when something is wanted: the instant that was written, or the day alone."""
    with _named(dated):
        moment = parse_moment(value, now, dated.direction)
        with suppress(UsageFault):
            day = parse_day(value, now, dated.direction)
            say(f"{dated.label}: {understood_day(day)}24:00 前")
            return day
    say(f"{dated.label}: {understood(moment)}")
    return moment


def read_moment(context: Context, value: str, dated: Dated) -> datetime:
    """Return the instant that was written and echo how it was understood."""
    return read_instant(value, context.now, dated, context.say)


class Then(NamedTuple):
    """The state of a ledger that a list is asked of; ``seq`` None: the present one."""

    seq: int | None
    now: datetime


def then_of(context: Context, con: Connection, as_of: str | None) -> Then:
    """Return the state that ``--as-of`` asks a list of: what was on record at that moment."""
    if as_of is None:
        return Then(None, context.now)
    from sixping.queries.periods import AsOf
    from sixping.util.clock import to_text

    moment = read_moment(context, as_of, rows.LISTED_AS_OF)
    return Then(AsOf.recorded(con, to_text(moment)).seq, moment)


def month_of(context: Context, value: str, dated: Dated) -> tuple[date, date]:
    """Return first and last day of the month that was written, and echo it.

    Raises ``UsageFault`` for one that is over, or has not begun, where that makes no sense.
    """
    today = context.now.date()
    with _named(dated):
        from sixping.reports.spans import LAST

        first, last = parse_month("上月" if value == LAST else value, context.now, dated.direction)
        month = f"{first.year}年{first.month}月"
        if dated.direction == "past" and first > today:
            raise UsageFault(f"{month}还没有开始。", "请写已经开始的月份。")
        if dated.direction == "future" and last < today:
            raise UsageFault(f"{month}已经过去。", "请写本月或以后的月份, 如 2026-12。")
    context.say(f"{dated.label}: {month}")
    return first, last


def span_of(
    context: Context, day: str | None, month: str | None, days: Dated, months: Dated
) -> tuple[date, date]:
    """Return the days asked for: ``--date``, ``--month``, else today."""
    if day and month:
        raise UsageFault("--date 与 --month 不能同用。", "请二者取一。")
    if month:
        return month_of(context, month, months)
    only = day_of(context, day, days)
    return only, only


def moment_of(
    context: Context, value: str | None, dated: Dated, shift: tuple[date, time] | None = None
) -> datetime:
    """Return the minute that was written, now by default; ``8:05`` means today's.

    ``shift``: the day whose hour it is instead, and the hour before which it is the night after.
    """
    if value is None:
        return context.now.replace(second=0)
    if _HOUR.fullmatch(value.strip()):
        day = "今天"
        if shift:
            night = time.fromisoformat(_hour(value)) < shift[1]
            day = f"{shift[0] + timedelta(days=night)} "
        value = f"{day}{value.strip()}"
    return read_moment(context, value, dated).replace(second=0)


def period_of(
    context: Context,
    as_of: str | None,
    stated: Mapping[str, str | None],
    days: tuple[date, date] | None = None,
) -> ReportRequest:
    """Return what a report is asked for; what was written of it is echoed."""
    from sixping.reports.spans import LAST, requested

    request = requested(context.now, as_of, stated, days)
    if any(value not in {None, LAST} for value in stated.values()):
        first, last = map(understood_day, request.span)
        context.say(f"时段: {first} 至 {last}")
    if request.past:
        context.say(request.understood)
    return request


@contextmanager
def _named(dated: Dated) -> Iterator[None]:
    """Say in a refusal which option it is about."""
    try:
        yield
    except UsageFault as fault:
        raise UsageFault(f"{dated.name} {fault.what}".strip(), fault.hint) from None


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
