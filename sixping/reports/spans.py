"""Which period a report is about, and as of which moment of the ledger it is made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dateutil.relativedelta import relativedelta

from sixping.errors import UsageFault
from sixping.reports.period import Span
from sixping.util import dates, daytext
from sixping.util.clock import SHANGHAI, to_text
from sixping.util.daytext import understood_day, understood_span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LAST = "last"
"""What a bare ``--month`` stands for: the last full one."""
_LAST_SECOND = time(23, 59, 59)
#: kind of period → how people write one, how long it is
_KINDS = {
    "month": (dates.parse_month, relativedelta(months=1)),
    "week": (dates.parse_week, relativedelta(weeks=1)),
    "quarter": (dates.parse_quarter, relativedelta(months=3)),
    "year": (dates.parse_year, relativedelta(years=1)),
}


class ReportRequest(NamedTuple):
    """What a report is about: a period, and the moment it is made as of, Shanghai time.

    ``past`` says that later events are to be left out.
    """

    kind: str
    span: Span
    moment: datetime
    past: bool

    @property
    def understood(self) -> str:
        """Return how the moment was understood, for people."""
        return f"按 {daytext.understood(self.moment)} 时的记录。"


def requested(now: datetime, as_of: str | None, stated: Mapping[str, str | None]) -> ReportRequest:
    """Return what the options ask for. Raises ``UsageFault`` as ``chosen_period`` does."""
    moment = now if as_of is None else _moment_of(as_of, now)
    kind, span = chosen_period(moment, stated)
    return ReportRequest(kind, span, moment, past=as_of is not None)


def _moment_of(text: str, now: datetime) -> datetime:
    """Return the moment a report is made as of; a day means its end."""
    try:
        day = dates.parse_day(text, now, "past")
    except UsageFault:
        return dates.parse_moment(text, now, "past")
    return min(now, datetime.combine(day, _LAST_SECOND, SHANGHAI))


def chosen_period(now: datetime, stated: Mapping[str, str | None]) -> tuple[str, Span]:
    """Return the kind of period and its days; without one, the last full month before ``now``.

    ``stated``: kind → what people wrote. Raises ``UsageFault`` for two periods, for one that
    has not begun, and for a text that cannot be read.
    """
    named = {kind: value for kind, value in stated.items() if value is not None}
    if len(named) > 1:
        options = "、".join(f"--{kind}" for kind in named)
        raise UsageFault(f"一次只能报一个时段, 给出了 {options}。", "请只留一个。")
    kind, value = next(iter(named.items())) if named else ("month", LAST)
    parse, _ = _KINDS[kind]
    if value == LAST:
        span = before(kind, Span(*parse(_present(kind, now), now)))
    else:
        span = Span(*parse(value, now))
    if span.first > now.date():
        raise UsageFault(
            f"时段 {understood_span(*span)} 在{understood_day(now.date())}还没有开始。",
            "请核对时段。",
        )
    return kind, span


def _present(kind: str, now: datetime) -> str:
    """Return the period that now lies in, as people write it."""
    return {
        "month": f"{now:%Y-%m}",
        "week": now.date().isoformat(),
        "quarter": f"{now.year}Q{(now.month + 2) // 3}",
        "year": f"{now.year}",
    }[kind]


def before(kind: str, span: Span, periods: int = 1) -> Span:
    """Return the period of the same kind that many before."""
    _, length = _KINDS[kind]
    first = span.first - length * periods
    return Span(first, first + length - timedelta(days=1))


def a_year_earlier(kind: str, span: Span) -> Span:
    """Return the same period of the year before; a week by its number of days (52 weeks)."""
    if kind == "week":
        return before("week", span, 52)
    _, length = _KINDS[kind]
    first = span.first - relativedelta(years=1)
    return Span(first, first + length - timedelta(days=1))


def same_days(span: Span, other: Span, today: date) -> Span:
    """Return of an earlier period the days that have come in ``span``: all, once it is over.

    Day by day of the month (28 November: up to 28 October); weeks by their days.
    """
    if span.last <= today:
        return other
    whole = span.first.day == other.first.day == 1
    back = relativedelta(span.first, other.first) if whole else span.first - other.first
    return Span(other.first, min(other.last, today - back))


def instants(span: Span) -> tuple[datetime, datetime]:
    """Return the first and the last second of a span, Shanghai time."""
    return (
        datetime.combine(span.first, time(), SHANGHAI),
        datetime.combine(span.last, _LAST_SECOND, SHANGHAI),
    )


def bounds(span: Span) -> tuple[str, str]:
    """Return the same as ledger text."""
    first, last = instants(span)
    return to_text(first), to_text(last)
