"""Working days of the model's own: the holiday notices of the years it plays in, as dates.

Written out from the State Council's notices, so that neither the program's tables nor the library
it reads have a part in them. Times are Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
OPENS = time(8, tzinfo=SHANGHAI)
CLOSES = time(17, tzinfo=SHANGHAI)
EVER = datetime(1, 1, 2, tzinfo=SHANGHAI), datetime(9999, 12, 30, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def days_of(year: int, *spans: str) -> frozenset[date]:
    """Read ``1.24-2.2`` and ``4.26`` as days of a year."""
    return frozenset(day for span in spans for day in _span(year, span))


def _span(year: int, span: str) -> Iterator[date]:
    first, _, last = span.partition("-")
    start, end = _day(year, first), _day(year, last or first)
    while start <= end:
        yield start
        start += DAY


def _day(year: int, written: str) -> date:
    month, day = written.split(".")
    return date(year, int(month), int(day))


@dataclass(frozen=True)
class Notice:
    """What one year's notice says: days off that are named, and days worked in lieu."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


NOTICES = {
    2019: Notice(
        off=days_of(
            2019, "1.1", "2.4-2.10", "4.5-4.7", "5.1-5.4", "6.7-6.9", "9.13-9.15", "10.1-10.7"
        ),
        worked=days_of(2019, "2.2-2.3", "4.28", "5.5", "9.29", "10.12"),
    ),
    2025: Notice(
        off=days_of(2025, "1.1", "1.28-2.4", "4.4-4.6", "5.1-5.5", "5.31-6.2", "10.1-10.8"),
        worked=days_of(2025, "1.26", "2.8", "4.27", "9.28", "10.11"),
    ),
    # 2020: the Spring Festival was prolonged to 2 February by a second notice.
    2020: Notice(
        off=days_of(2020, "1.1", "1.24-2.2", "4.4-4.6", "5.1-5.5", "6.25-6.27", "10.1-10.8"),
        worked=days_of(2020, "1.19", "4.26", "5.9", "6.28", "9.27", "10.10"),
    ),
    2026: Notice(
        off=days_of(
            2026,
            "1.1-1.3",
            "2.15-2.23",
            "4.4-4.6",
            "5.1-5.5",
            "6.19-6.21",
            "9.25-9.27",
            "10.1-10.7",
        ),
        worked=days_of(2026, "1.4", "2.14", "2.28", "5.9", "9.20", "10.10"),
    ),
}

# Not yet published: the statutory days (除夕 is 5 February, 清明 5 April, 端午 9 June, 中秋
# 15 September), and the weekday taken for each that falls on a weekend.
PROVISIONAL = {
    2027: Notice(
        off=days_of(
            2027, "1.1", "2.5-2.8", "2.9-2.10", "4.5", "5.1-5.4", "6.9", "9.15", "10.1-10.5"
        )
    ),
}


@dataclass(frozen=True)
class Calendar:
    """The days worked as one knows them at an instant: local orders over years over assumptions."""

    published: dict[int, Notice] = field(default_factory=lambda: dict(NOTICES))
    local: tuple[Notice, ...] = ()

    def with_year(self, year: int, notice: Notice) -> Calendar:
        return Calendar({**self.published, year: notice}, self.local)

    def with_local(self, order: Notice) -> Calendar:
        return Calendar(self.published, (*self.local, order))

    def is_worked(self, day: date) -> bool:
        for order in (*reversed(self.local), *self._years(day)):
            if day in order.worked:
                return True
            if day in order.off:
                return False
        return day.weekday() < 5

    def _years(self, day: date) -> Iterator[Notice]:
        """A year's notice may name days of the December before: they override those days only."""
        for year in (day.year + 1, day.year):
            if year in self.published:
                yield self.published[year]
            elif year == day.year:
                yield PROVISIONAL.get(year, Notice())

    def after(self, day: date, count: int) -> date:
        """The count-th working day after a day, which is itself not counted."""
        while count:
            day += DAY
            count -= self.is_worked(day)
        return day

    def later(self, due: datetime, count: int) -> datetime:
        """So many working days after a due date, at close of business."""
        return datetime.combine(self.after(due.date(), count), CLOSES)

    def due(self, start: datetime, count: int) -> datetime:
        """A period of working days ends on its last at close of business (civil-code)."""
        return datetime.combine(self.after(start.date(), count), CLOSES)

    def provisional(self, start: datetime, due: datetime) -> bool:
        """Does a day after the start, up to and including the due day, lie in an assumed year?"""
        first = start.date() + DAY
        return any(y not in self.published for y in range(first.year, due.year + 1))

    def between(self, earlier: date, later: date) -> int:
        """How many working days lie after one day, up to and including the other."""
        return sum(self.is_worked(day) for day in _range(earlier + DAY, later))

    def whole(self, start: datetime, end: datetime) -> int:
        """How many working days lie, with all their office hours, within two instants."""
        return sum(
            self.is_worked(day)
            and start <= datetime.combine(day, OPENS)
            and datetime.combine(day, CLOSES) <= end
            for day in _range(start.date(), end.date())
        )

    def covered(self, spans: Iterable[tuple[datetime, datetime]]) -> int:
        """How many working days lie whole within spans taken together; none counts twice."""
        days, start, until = 0, EVER[0], EVER[0]
        for opens, closes in sorted(span for span in spans if span[0] < span[1]):
            if opens > until:
                days += self.whole(start, until) if start < until else 0
                start = opens
            until = max(until, closes)
        return days + (self.whole(start, until) if start < until else 0)

    def office_time(self, start: datetime, end: datetime) -> timedelta:
        """How much time of office hours on working days lies between two instants."""
        total = timedelta()
        for day in _range(start.date(), end.date()):
            if self.is_worked(day):
                opens = max(start, datetime.combine(day, OPENS))
                closes = min(end, datetime.combine(day, CLOSES))
                total += max(timedelta(), closes - opens)
        return total


def _range(first: date, last: date) -> Iterable[date]:
    return (first + DAY * n for n in range((last - first).days + 1))


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=SHANGHAI))


def end_of(day: date) -> datetime:
    return start_of(day + DAY) - timedelta(seconds=1)
