"""Which period a report is about, and its figures gathered from the ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from sixping.errors import UsageFault
from sixping.reports import period as figures
from sixping.reports.period import Span
from sixping.util.clock import SHANGHAI, from_text, to_text

if TYPE_CHECKING:
    from sixping.queries.periods import AsOf
    from sixping.store.sqlite import Connection

LAST = "last"
_LAST_SECOND = time(23, 59, 59)
_BACK = {
    "month": relativedelta(months=1),
    "week": relativedelta(weeks=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def chosen_period(now: datetime, given: dict[str, str | None]) -> tuple[str, Span]:
    """Return the kind of period and its days; without one, the last full month before ``now``."""
    named = {kind: value for kind, value in given.items() if value is not None}
    if len(named) > 1:
        options = "、".join(f"--{kind}" for kind in named)
        raise UsageFault(f"一次只能报一个时段, 给出了 {options}。", "请只留一个。")
    kind, value = next(iter(named.items())) if named else ("month", LAST)
    span = _span(kind, value, now)
    if span.first > now.date():
        raise UsageFault(
            f"时段 {span.first} 至 {span.last} 在 {now:%Y-%m-%d} 还没有开始。", "请核对时段。"
        )
    return kind, span


def state_of(text: str | None, now: datetime) -> tuple[datetime, str]:
    """Return the moment a report is made as of, and what was understood; a day means its end."""
    from sixping.util.dates import parse_day, parse_moment, understood

    if text is None:
        return now, ""
    try:
        day = parse_day(text, now)
    except UsageFault:
        moment = parse_moment(text, now)
    else:
        moment = min(now, datetime.combine(day, _LAST_SECOND, SHANGHAI))
        if day > now.date():
            moment = datetime.combine(day, time(), SHANGHAI)
    if moment > now:
        raise UsageFault(f"--as-of 的时间晚于现在: {understood(moment)}。", "请写过去的时间。")
    return moment, f"按 {understood(moment)} 时的记录。"


def _span(kind: str, value: str, now: datetime) -> Span:
    from sixping.util import dates

    parse = {
        "month": dates.parse_month,
        "week": dates.parse_week,
        "quarter": dates.parse_quarter,
        "year": dates.parse_year,
    }[kind]
    if value != LAST:
        return Span(*parse(value, now))
    day = now.date()
    present = {
        "month": f"{day:%Y-%m}",
        "week": day.isoformat(),
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }[kind]
    return before(kind, Span(*parse(present, now)))


def before(kind: str, span: Span, periods: int = 1) -> Span:
    """Return the period of the same kind that many before."""
    first = span.first - _BACK[kind] * periods
    return Span(first, first + _BACK[kind] - timedelta(days=1))


def a_year_earlier(kind: str, span: Span) -> Span:
    """Return the same period of the year before; a week by its number of days (52 weeks)."""
    if kind == "week":
        return before("week", span, 52)
    first = span.first - relativedelta(years=1)
    return Span(first, first + _BACK[kind] - timedelta(days=1))


def bounds(span: Span) -> tuple[str, str]:
    """Return the first and the last second of a span as ledger text."""
    return (
        to_text(datetime.combine(span.first, time(), SHANGHAI)),
        to_text(datetime.combine(span.last, _LAST_SECOND, SHANGHAI)),
    )


def gather(
    con: Connection, kind: str, span: Span, as_of: AsOf, *, satisfied: int
) -> figures.Report:
    """Read every figure of a report as of a state of the ledger."""
    from sixping.queries import periods as period_queries

    def tallies(of: Span) -> list[figures.Tally]:
        return period_queries.tallies(con, as_of, bounds(of), satisfied=satisfied)

    def compared(of: Span) -> tuple[Span, figures.Figures]:
        return of, figures.figures(tallies(of))

    found = tallies(span)
    total = figures.figures(found)
    return figures.Report(
        period=span,
        as_of=from_text(as_of.moment),
        seq=as_of.seq,
        head=as_of.head,
        totals=total.totals,
        rates=total.rates,
        by={name: figures.breakdown(found, name) for name in figures.DIMENSIONS},
        trend=_trend(con, span, as_of),
        cases=_cases(con, span, as_of),
        previous=compared(before(kind, span)),
        last_year=compared(a_year_earlier(kind, span)),
    )


def _trend(con: Connection, span: Span, as_of: AsOf) -> list[figures.Month]:
    """Return the twelve months up to and including the one the period ends in."""
    from sixping.queries import periods as period_queries

    this = date(span.last.year, span.last.month, 1)
    firsts = [this - relativedelta(months=back) for back in range(11, -1, -1)]
    months = [Span(first, first + _BACK["month"] - timedelta(days=1)) for first in firsts]
    counts = period_queries.months(con, as_of, [bounds(month) for month in months])
    return [
        figures.Month(f"{month.first:%Y-%m}", *row)
        for month, row in zip(months, counts, strict=True)
    ]


def _cases(con: Connection, span: Span, as_of: AsOf) -> list[dict[str, Any]]:
    from sixping.documents.cases import summary_of
    from sixping.queries import periods as period_queries

    return [
        {
            "number": row.case.number,
            "received_at": row.case.received_at,
            "category": row.case.category,
            "platform": row.case.platform,
            "severity": row.case.severity,
            "status": row.case.status,
            "unit": row.case.lead,
            "community": row.case.community,
            "resolved_at": row.case.resolved_at,
            "open": row.open,
            "overdue": row.overdue,
            "summary": summary_of(row.case.private),
        }
        for row in period_queries.cases(con, as_of, bounds(span))
    ]
