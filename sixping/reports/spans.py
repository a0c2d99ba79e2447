"""Which period a report is about, and as of which moment of the ledger it is made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from dateutil.relativedelta import relativedelta

from sixping.errors import UsageFault
from sixping.reports.period import Narrow, Span
from sixping.util import dates, daytext
from sixping.util.clock import SHANGHAI, to_text
from sixping.util.daytext import understood_day, understood_span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

LAST = "last"
"""What a bare ``--month`` stands for: the last full one."""
DAYS = "days"
"""The kind of a period that is stated by its first and last day."""
_LAST_SECOND = time(23, 59, 59)


def _one_day(value: str, now: datetime) -> tuple[date, date]:
    day = dates.parse_day(value, now, "past")
    return day, day


#: kind of period → how people write one, how long it is
_KINDS = {
    "day": (_one_day, relativedelta(days=1)),
    "month": (dates.parse_month, relativedelta(months=1)),
    "week": (dates.parse_week, relativedelta(weeks=1)),
    "quarter": (dates.parse_quarter, relativedelta(months=3)),
    "half": (dates.parse_half, relativedelta(months=6)),
    "year": (dates.parse_year, relativedelta(years=1)),
}


PERIODS: Sequence[str] = tuple(_KINDS)
"""The kinds of period that have a name of their own."""
KIND_WORDS: Mapping[str, str] = {
    "day": "日", "week": "周", "month": "月", "quarter": "季", "half": "半年", "year": "年",
    DAYS: "时段",
}  # fmt: skip
"""What people call a paper of a kind of period."""


def calendar_kind(span: Span) -> str | None:
    """Return the kind of period, longest first, that some days are the whole of; None: of none."""
    last = datetime.combine(span.last, _LAST_SECOND, SHANGHAI)
    for kind, (parse, _) in reversed(_KINDS.items()):
        if Span(*parse(_present(kind, span.first), last)) == span:
            return kind
    return None


class ReportRequest(NamedTuple):
    """What a report is about: a period, and the moment it is made as of, Shanghai time.

    ``past`` says that later events are to be left out, ``narrow`` of whom it is.
    """

    kind: str
    span: Span
    moment: datetime
    past: bool
    narrow: Narrow = Narrow()

    @property
    def option(self) -> str:
        """Return the option that asks for this period."""
        first, last = self.span
        if self.kind == DAYS:
            return f"--from {first} --to {last}"
        return option_of(self.kind, first)

    @property
    def understood(self) -> str:
        """Return how the moment was understood, for people."""
        return f"按 {daytext.understood(self.moment)} 时的记录。"


def option_of(kind: str, first: date) -> str:
    """Return the option that asks for the period of a kind that begins on a day."""
    return f"--{kind} {_present(kind, first)}"


def requested(
    now: datetime,
    as_of: str | None,
    stated: Mapping[str, str | None],
    days: tuple[date, date] | None = None,
) -> ReportRequest:
    """Return what the options ask for; ``days``: a first and last day in place of a period.

    Raises ``UsageFault`` as ``chosen_period`` does.
    """
    moment = now if as_of is None else _moment_of(as_of, now)
    if days is None:
        kind, span = chosen_period(moment, stated)
    elif any(stated.values()):
        _refuse_two([name for name, value in stated.items() if value] + ["from"])
    else:
        kind, span = DAYS, days_asked(moment, *days)
    return ReportRequest(kind, span, moment, past=as_of is not None)


def _refuse_two(names: Sequence[str]) -> NoReturn:
    options = "、".join(f"--{name}" for name in names)
    raise UsageFault(f"一次只能报一个时段, 给出了 {options}。", "请只留一个。")


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
        _refuse_two(list(named))
    kind, value = next(iter(named.items())) if named else ("month", LAST)
    parse, _ = _KINDS[kind]
    if value == LAST:
        span = before(kind, Span(*parse(_present(kind, now.date()), now)))
    else:
        span = Span(*parse(value, now))
    return kind, _begun(span, now)


def _present(kind: str, now: date) -> str:
    """Return the period that a day lies in, as people write it."""
    return {
        "day": now.isoformat(),
        "month": f"{now:%Y-%m}",
        "week": now.isoformat(),
        "quarter": f"{now.year}Q{(now.month + 2) // 3}",
        "half": f"{now.year}H{(now.month + 5) // 6}",
        "year": f"{now.year}",
    }[kind]


def days_asked(now: datetime, first: date, last: date) -> Span:
    """Return a period of stated days. Raises ``UsageFault`` for days that cannot be."""
    if first > last:
        raise UsageFault(
            f"时段自{understood_day(first)}至{understood_day(last)}, 起在止之后。",
            "请核对 --from 和 --to。",
        )
    return _begun(Span(first, last), now)


def _begun(span: Span, now: datetime) -> Span:
    if span.first > now.date():
        raise UsageFault(
            f"时段 {understood_span(*span)} 在{understood_day(now.date())}还没有开始。",
            "请核对时段。",
        )
    return span


def before(kind: str, span: Span, periods: int = 1) -> Span:
    """Return the period of the same kind that many before; of stated days as many days."""
    if kind == DAYS:
        back = timedelta(days=((span.last - span.first).days + 1) * periods)
        return Span(span.first - back, span.last - back)
    _, length = _KINDS[kind]
    first = span.first - length * periods
    return Span(first, first + length - timedelta(days=1))


def a_year_earlier(kind: str, span: Span) -> Span:
    """Return the same period of the year before; a week by its number of days (52 weeks)."""
    if kind == "week":
        return before("week", span, 52)
    if kind == DAYS:
        year = relativedelta(years=1)
        return Span(span.first - year, span.last - year)
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
