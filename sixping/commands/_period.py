"""Which period a report is about, and its figures gathered from the ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from sixping.clock import SHANGHAI, to_text
from sixping.errors import UsageFault
from sixping.figures import period as figures
from sixping.figures.period import Span

if TYPE_CHECKING:
    import sqlite3

    from sixping.commands._frame import Desk

LAST = "last"
_BACK = {
    "month": relativedelta(months=1),
    "week": relativedelta(weeks=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def chosen_period(desk: Desk, given: dict[str, str | None]) -> tuple[str, Span]:
    """Return the kind of period and its days; without one, the last full month."""
    named = {kind: value for kind, value in given.items() if value is not None}
    if len(named) > 1:
        options = "、".join(f"--{kind}" for kind in named)
        raise UsageFault(f"一次只能报一个时段, 给出了 {options}。", "请只留一个。")
    kind, value = next(iter(named.items())) if named else ("month", LAST)
    span = _span(kind, value, desk.now)
    if span.first > desk.now.date():
        raise UsageFault(f"时段 {span.first} 至 {span.last} 还没有开始。", "请核对时段。")
    return kind, span


def _span(kind: str, value: str, now: datetime) -> Span:
    from sixping import moments

    parse = {
        "month": moments.parse_month,
        "week": moments.parse_week,
        "quarter": moments.parse_quarter,
        "year": moments.parse_year,
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


def bounds(span: Span) -> dict[str, str]:
    """Return the first and the last second of a span as ledger text."""
    return {
        "first": to_text(datetime.combine(span.first, time(), SHANGHAI)),
        "last": to_text(datetime.combine(span.last, time(23, 59, 59), SHANGHAI)),
    }


def gather(
    con: sqlite3.Connection, kind: str, span: Span, as_of: datetime, *, seq: int, head: str,
    satisfied: int,
) -> figures.Report:  # fmt: skip
    """Read every figure of a report as of a seq."""
    from sixping import periodviews

    common: dict[str, Any] = {"seq": seq, "as_of": to_text(as_of)}

    def tallies(of: Span) -> list[figures.Tally]:
        rows = periodviews.tallies(con, **bounds(of), **common, satisfied=satisfied)
        return [figures.Tally(*row) for row in rows]

    def compared(of: Span) -> tuple[Span, figures.Figures]:
        return of, figures.figures(tallies(of))

    found = tallies(span)
    total = figures.figures(found)
    return figures.Report(
        period=span,
        as_of=as_of,
        seq=seq,
        head=head,
        totals=total.totals,
        rates=total.rates,
        by={name: figures.breakdown(found, name) for name in figures.DIMENSIONS},
        trend=_trend(con, span, common),
        cases=_cases(con, span, common),
        previous=compared(before(kind, span)),
        last_year=compared(a_year_earlier(kind, span)),
    )


def _trend(con: sqlite3.Connection, span: Span, common: dict[str, Any]) -> list[figures.Month]:
    """Return the twelve months up to and including the one the period ends in."""
    from sixping import periodviews

    this = date(span.last.year, span.last.month, 1)
    months = []
    for back in range(11, -1, -1):
        first = this - relativedelta(months=back)
        month = Span(first, first + relativedelta(months=1) - timedelta(days=1))
        counts = periodviews.totals(
            con, ("received", "resolved", "overdue"), **bounds(month), **common
        )
        months.append(figures.Month(f"{first:%Y-%m}", *counts))
    return months


def _cases(con: sqlite3.Connection, span: Span, common: dict[str, Any]) -> list[dict[str, Any]]:
    from sixping import periodviews
    from sixping.pages.case import summary_of

    return [
        {
            "number": row["number"],
            "received_at": row["received_at"],
            "category": row["category"],
            "platform": row["platform"],
            "severity": row["severity"],
            "status": row["status"],
            "unit": row["lead"],
            "community": row["community"],
            "resolved_at": row["resolved_at"],
            "open": bool(row["stood_open"]),
            "overdue": bool(row["stood_overdue"]),
            "summary": summary_of(row["told"]),
        }
        for row in periodviews.cases(con, **bounds(span), **common)
    ]
