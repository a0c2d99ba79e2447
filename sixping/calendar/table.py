"""The calendar as an index: layers laid over each other into a prefix-count table.

Three layers, later ones on top: provisional years from the statute, published years,
local orders. Days are plain dates of Shanghai; no clock, no file; the n-th working day is
one look-up, never a loop.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from importlib import import_module
from itertools import accumulate, compress
from typing import TYPE_CHECKING, NamedTuple

from sixping.calendar.layers import FIRST_YEAR, LAST_YEAR, LocalOrder, PublishedYear
from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.calendar.layers import Layer, Statute

_Mark = tuple[str, str, str]  # kind, name, source
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKLY_REST = "国务院关于职工工作时间的规定第七条"
_SATURDAY = 5
_ORIGIN_DAY = dt.date(FIRST_YEAR, 1, 1)
_ORIGIN = _ORIGIN_DAY.toordinal()
# Years around the last notice that are indexed at once; the rest on the first question.
_BEHIND, _AHEAD = 4, 2


class Day(NamedTuple):
    """What a day is: kind, name of the rest (or swap), where that comes from, worked or not."""

    kind: str
    name: str
    source: str
    working: bool


class Calendar:
    """The days of 2004 to 2100: which are worked, since when that is certain, and why.

    Indexed at once for the years around the last notice, where nearly all questions fall;
    a question about other days indexes the rest.
    """

    __slots__ = (
        "_confirmed_year",
        "_counts",
        "_dates",
        "_fingerprint",
        "_flags",
        "_marks",
        "_statute",
        "_years",
        "orders",
        "published",
    )

    def __init__(
        self, years: Iterable[PublishedYear], orders: Iterable[LocalOrder], statute: Statute
    ) -> None:
        """Lay the layers over each other; of two naming one day the later in order holds.

        Raises ``BadData`` when a year is left without a working day.
        """
        # Ascending: a day of December named by two notices belongs to the later one.
        self._years = sorted(years, key=lambda notice: notice.year)
        self.orders = tuple(orders)
        self._statute = statute
        self.published: Mapping[int, str] = {notice.year: notice.source for notice in self._years}
        self._fingerprint = ""
        self._marks: dict[int, _Mark] | None = None
        year = FIRST_YEAR
        while year in self.published:
            year += 1
        self._confirmed_year = year - 1
        first = max(self._confirmed_year - _BEHIND, FIRST_YEAR)
        self._build(first, min(self.named_until.year + _AHEAD, LAST_YEAR))

    @property
    def confirmed_until(self) -> dt.date:
        """Return the last day up to which every year is published."""
        return dt.date(self._confirmed_year, 12, 31)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of which days are worked and which years are published.

        Days up to ``named_until`` count as they are, later ones by the statute they follow.
        """
        if not self._fingerprint:
            years = ",".join(map(str, sorted(self.published)))
            head = f"sixping calendar 1;{FIRST_YEAR}-{LAST_YEAR};{years};{self._statute[2:5]};"
            flags = self._flags[: _span(self.named_until.year)]
            self._fingerprint = sha256_hex(head.encode() + flags)
        return self._fingerprint

    @property
    def named_until(self) -> dt.date:
        """Return the last day of the last year a published notice or a local order names."""
        last = max([FIRST_YEAR, *self.published])
        return dt.date(max([last, *(o.days[-1].date.year for o in self.orders)]), 12, 31)

    def year(self, number: int) -> PublishedYear | None:
        """Return the notice in force for a year, None where none is known."""
        return next((notice for notice in self._years if notice.year == number), None)

    def statutory_days(self) -> list[tuple[dt.date, str]]:
        """Return the statutory days since the law in force, with their names."""
        days = [day for year in self._statute.festivals for day in self._statute.days(year)]
        return [(dt.date.fromordinal(ordinal), name) for ordinal, name in days]

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether a day is worked. Raises ``BadData`` outside 2004 to 2100."""
        place = day.toordinal() - _ORIGIN
        if not 0 <= place < len(self._flags):
            self._reach(day.year)
        return self._flags[place] == 1

    def day(self, day: dt.date) -> Day:
        """Return kind, name and source of a day. Raises ``BadData`` outside 2004 to 2100.

        Every day of an unpublished year is ``provisional``, except by a local order.
        """
        working = self.is_workday(day)
        if self._marks is None:  # why a day is what it is: only explanations ask
            self._marks = self._lay()
        mark = self._marks.get(day.toordinal())
        if mark:
            return Day(*mark, working)
        name = "" if working else _WEEKDAYS[day.weekday()]
        if day.year not in self.published:
            return Day("provisional", name, "暂定: 放假通知尚未公布, 按平常周推算", working)
        return Day("workday" if working else "weekend", name, _WEEKLY_REST, working)

    def provisional(self, start: dt.date, end: dt.date) -> bool:
        """Tell whether a day in (start, end] lies in a year whose notice is not known."""
        return self._missing(start, end) is not None

    def require_confirmed(self, start: dt.date, end: dt.date) -> None:
        """Raise ``BadData`` naming the first unpublished year in (start, end]."""
        year = self._missing(start, end)
        if year is not None:
            raise BadData(
                f"{year} 年的放假通知尚未导入, 不能给出确定的日期",
                "请先用 sixping calendar import 导入该年的放假安排, 或接受暂定日期。",
            )

    def after(self, start: dt.date, count: int) -> dt.date:
        """Return the ``count``-th (1 or more) working day after ``start``.

        Raises ``BadData`` outside 2004 to 2100.
        """
        try:
            return self._dates[self._counts[start.toordinal()] + count]
        except LookupError:
            self._reach(start.year)
        try:
            return self._dates[self._counts[start.toordinal()] + count]
        except IndexError:
            raise _beyond(LAST_YEAR + 1) from None

    def between(self, start: dt.date, end: dt.date) -> int:
        """Return the working days in (start, end]; negative when ``end`` is earlier.

        Raises ``BadData`` outside 2004 to 2100.
        """
        try:
            return self._counts[end.toordinal()] - self._counts[start.toordinal()]
        except KeyError:
            self._reach(start.year, end.year)
        return self._counts[end.toordinal()] - self._counts[start.toordinal()]

    def _missing(self, start: dt.date, end: dt.date) -> int | None:
        if end.year <= self._confirmed_year or end <= start:
            return None
        first = (start + dt.timedelta(days=1)).year
        return next((y for y in range(first, end.year + 1) if y not in self.published), None)

    def _reach(self, *years: int) -> None:
        for year in years:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise _beyond(year)
        if len(self._flags) < _span(LAST_YEAR) or len(self._counts) < len(self._flags):
            self._build(FIRST_YEAR, LAST_YEAR)

    def _build(self, first_year: int, last_year: int) -> None:
        self._marks = None
        self._flags = flags = self._paint(last_year)
        # _counts[d] + n is the place in _dates of the n-th working day after d.
        skip = _span(first_year - 1)
        days, flags = range(_ORIGIN + skip, _ORIGIN + len(flags)), flags[skip:]
        counts = accumulate(flags, initial=-1)
        next(counts)
        self._counts = dict(zip(days, counts, strict=True))
        self._dates = list(map(dt.date.fromordinal, compress(days, flags)))

    def _paint(self, last_year: int) -> bytes:
        """Lay the layers over ordinary weeks, in the order of ``_lay``."""
        span = _span(last_year)
        shift = (_ORIGIN - 1) % 7  # ordinal 1 was a Monday
        flags = bytearray((b"\1\1\1\1\1\0\0" * (span // 7 + 2))[shift : shift + span])
        for year in self._assumed(last_year):
            for ordinal in self._statute.days_off(year):
                flags[ordinal - _ORIGIN] = 0
        layers: tuple[Layer, ...] = (*self._years, *self.orders)
        for layer in layers:
            for day, working, _, _ in layer.days:
                flags[day.toordinal() - _ORIGIN] = working
        for year in range(FIRST_YEAR, last_year + 1):
            if not any(flags[_span(year - 1) : _span(year)]):
                raise BadData(
                    f"日历 {year} 年没有一个工作日 (来自 {self._blame(year)})",
                    "请改正或移除这一层数据。",
                )
        return bytes(flags)

    def _assumed(self, last_year: int) -> list[int]:
        years = range(self._confirmed_year + 1, last_year + 1)
        return [year for year in years if year not in self.published]

    def _lay(self) -> dict[int, _Mark]:
        """Say of each day a layer names what it is; later layers over earlier ones."""
        marks: dict[int, _Mark] = {}
        assumed = self._statute.source
        for year in self._assumed((_ORIGIN_DAY + dt.timedelta(len(self._flags) - 1)).year):
            for ordinal, name in self._statute.days_off(year).items():
                marks[ordinal] = ("provisional", name, assumed)
        for layer in self._years:
            source = layer.source
            for day, working, name, own in layer.days:
                ordinal = day.toordinal()
                if not working:
                    kind = "holiday"
                else:
                    kind = "make_up" if (ordinal - 1) % 7 >= _SATURDAY else "workday"
                marks[ordinal] = (kind, name, own or source)
        for order in self.orders:
            for day, _, name, _ in order.days:
                marks[day.toordinal()] = ("local", name, order.document)
        return marks

    def _blame(self, year: int) -> str:
        named = [
            order.source or order.document
            for order in self.orders
            if any(day.date.year == year for day in order.days)
        ]
        return "、".join([*named, self.published.get(year, "法定节假日")])


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hex."""
    # hashlib loads OpenSSL, at a fifth of the cost of a whole start; random does the same.
    for name in ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            return str(import_module(name).sha256(content).hexdigest())
    raise ImportError(name)


def _span(last_year: int) -> int:
    return dt.date(last_year, 12, 31).toordinal() - _ORIGIN + 1


def _beyond(year: int) -> BadData:
    return BadData(
        f"{year} 年超出日历范围 ({FIRST_YEAR}-{LAST_YEAR} 年)", "请检查日期或工作日数是否写错。"
    )
