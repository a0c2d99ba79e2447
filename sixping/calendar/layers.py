"""What the calendar is made of: the days off by law, published years, local orders.

Pure parsing: each function gets data already read and the name to complain with. Published
years and local orders name days and say of each whether it is worked; everything else of
the year is an ordinary week. Both round-trip through ``as_data``, so events can carry them.
Where no notice is out yet, ``Statute`` gives the days the law has off; weekends are assumed
ordinary: which of them will be made working days nobody knows before the notice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData
from sixping.util.toml import RuleFile, Table, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_YEAR, LAST_YEAR = 2004, 2100
_ADVICE = "请改正后重试; 原来的日历没有改动。"
_STATUTE_ADVICE = "请改正这一行后重试。"
_WAIT = "请等国务院办公厅公布该年放假安排后再导入; 原来的日历没有改动。"
_SATURDAY = 5
_FARTHEST = 14
# Statutory days off a year since each change of the law (放假办法 1999, 2007, 2024).
_USUAL_NET = ((2025, 13), (2008, 11), (0, 10))
# The holiday lengthened on 2020-01-27 added two.
_KNOWN_NET = {2020: 13}


class NamedDay(NamedTuple):
    """One day a layer names: date, worked or not, what for; ``source`` if not the layer's."""

    date: date
    working: bool
    name: str
    source: str = ""


class PublishedYear(NamedTuple):
    """One yearly notice: the days it names, those of the December before included."""

    year: int
    source: str
    days: tuple[NamedDay, ...]
    warnings: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the form ``parse_holiday_cn`` reads back (JSON-ready)."""
        days = [
            {"name": day.name, "date": day.date.isoformat(), "isOffDay": not day.working}
            for day in self.days
        ]
        return {"year": self.year, "papers": [self.source], "days": days}


class LocalOrder(NamedTuple):
    """An order of a local government: days off and days worked, and where it holds."""

    title: str
    document: str
    scope: tuple[str, ...]
    entered_by: str
    entered_on: date
    days: tuple[NamedDay, ...]
    source: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the form ``parse_local_order`` reads back (JSON-ready)."""
        return {
            "title": self.title,
            "document": self.document,
            "scope": list(self.scope),
            "entered_by": self.entered_by,
            "entered_on": self.entered_on.isoformat(),
            "off": [day.date.isoformat() for day in self.days if not day.working],
            "worked": [day.date.isoformat() for day in self.days if day.working],
        }


class Statute(NamedTuple):
    """The statutory days of each year of the festival table: what an unpublished year has off.

    Days are ordinals (``date.toordinal``), for the calendar is built at every start.
    ``fixed``: name, month, day. ``moving``: name, column of the table, offset in days.
    """

    title: str
    document: str
    fixed: tuple[tuple[str, int, int], ...]
    moving: tuple[tuple[str, int, int], ...]
    festivals: dict[int, str]
    table: str

    @property
    def source(self) -> str:
        """Return what a provisional day is based on."""
        return f"暂定: 《{self.title}》({self.document})"

    def days(self, year: int) -> list[tuple[int, str]]:
        """Return ordinal and name of the statutory days (one date can carry two)."""
        days = [(date(year, month, day).toordinal(), name) for name, month, day in self.fixed]
        festivals = self._moon_and_sun(year)
        days += [(festivals[column] + offset, name) for name, column, offset in self.moving]
        return sorted(days)

    def _moon_and_sun(self, year: int) -> list[int]:
        # Read when asked: a start needs two of a hundred years.
        line = self.festivals[year]
        try:
            return [date.fromisoformat(f"{year}-{day}").toordinal() for day in line.split()]
        except ValueError:
            raise BadData(
                f"{self.table}: table 这一行有误: {year} {line}", _STATUTE_ADVICE
            ) from None

    def days_off(self, year: int) -> dict[int, str]:
        """Return statutory days and the weekday taken for each that falls on a weekend."""
        statutory = self.days(year)
        off: dict[int, str] = {}
        for day, name in statutory:
            off[day] = f"{off[day]}、{name}" if day in off else name
        for day, name in statutory:
            if (day - 1) % 7 >= _SATURDAY:
                taken = day + 1
                while taken in off or (taken - 1) % 7 >= _SATURDAY:
                    taken += 1
                off[taken] = f"{name}补假"
        return off


Layer = PublishedYear | LocalOrder


class Layers(NamedTuple):
    """The layers as read, before they are laid over each other."""

    years: dict[int, PublishedYear]
    orders: tuple[LocalOrder, ...]
    statute: Statute
    places: frozenset[str]


def layers_data(layers: Layers) -> dict[str, Any]:
    """Return layers as the data of one document, the same for the same layers."""
    years = [
        [year.year, year.source, [_day_data(day) for day in year.days], list(year.warnings)]
        for _, year in sorted(layers.years.items())
    ]
    orders = [[order.as_data(), order.source] for order in layers.orders]
    statute = layers.statute._asdict()
    festivals = [[year, line] for year, line in sorted(layers.statute.festivals.items())]
    return {
        "years": years, "orders": orders, "statute": statute | {"festivals": festivals},
        "places": sorted(layers.places),
    }  # fmt: skip


def read_layers(top: Table) -> Layers:
    """Return layers from the data ``layers_data`` made."""
    data = dict(top.items())
    day_of = date.fromisoformat
    years = [
        PublishedYear(
            year,
            source,
            tuple([NamedDay(day_of(day), bool(works), *more) for day, works, *more in days]),
            tuple(warnings),
        )
        for year, source, days, warnings in data["years"]
    ]
    statute = data["statute"]
    kept: dict[str, Any] = {
        name: tuple([tuple(day) for day in statute[name]]) for name in ("fixed", "moving")
    }
    return Layers(
        {year.year: year for year in years},
        tuple(parse_local_order(order, source) for order, source in data["orders"]),
        Statute(**(statute | kept | {"festivals": dict(statute["festivals"])})),
        frozenset(data["places"]),
    )


CALENDAR = RuleFile("calendar", read_layers)


def _day_data(day: NamedDay) -> list[str | int]:
    return [day.date.isoformat(), int(day.working), day.name, *([day.source] if day.source else [])]


def parse_holiday_cn(data: dict[str, Any], source: str) -> PublishedYear:
    """Read a published year: the holiday-cn JSON shape or our TOML shape.

    Ours is ``year``, ``document`` and ``[[holiday]]`` with ``name``, ``off``, ``worked``.
    Raises ``BadData`` for a placeholder (no papers or no days), a day outside the year and
    the December before, a day named twice, a year without working days.
    """
    table = Table(data, source, "")
    year = table.whole("year", least=FIRST_YEAR, most=LAST_YEAR)
    if "days" in data:
        papers = _papers(table)
        days = [_json_day(n, entry) for n, entry in enumerate(table.tables("days"), 1)]
    else:
        papers = table.text("document")
        _only(table, {"year", "document", "holiday"})
        holidays = enumerate(table.tables("holiday"), 1)
        days = [day for n, entry in holidays for day in _our_days(n, entry)]
    return published_year(year, papers, days, source)


def published_year(
    year: int, document: str, days: Iterable[tuple[str, NamedDay]], source: str
) -> PublishedYear:
    """Check the days of a notice, each with the key (or line) it came from.

    Raises ``BadData`` naming source, key and day.
    """
    seen: dict[date, NamedDay] = {}
    for key, day in days:
        if day.date in seen:
            raise BadData(f"{source}: {key} {day.date} 重复出现", _ADVICE)
        if day.date.year != year and (day.date.year, day.date.month) != (year - 1, 12):
            raise BadData(
                f"{source}: {key} {day.date} 不在 {year} 年, 也不在上一年的 12 月", _ADVICE
            )
        seen[day.date] = day
    if not seen:
        raise BadData(f"{source}: days 为空: 这是尚未公布的占位文件, 不是没有假日的年份", _WAIT)
    net = net_days_off(seen.values())
    if net >= _weekdays(year):
        raise BadData(f"{source}: days 使 {year} 年没有一个工作日", _ADVICE)
    ordered = tuple(sorted(seen.values()))
    return PublishedYear(year, document, ordered, _net_warning(year, net, source))


def parse_local_order(data: dict[str, Any], source: str) -> LocalOrder:
    """Read a local order (``data/calendar/local/*.toml`` or the payload of an event).

    Raises ``BadData`` naming source and key for missing keys, a day named twice, no days.
    """
    table = Table(data, source, "")
    title, document = table.text("title"), table.text("document")
    scope, entered_by = table.texts("scope"), table.text("entered_by")
    entered_on = _date(table, "entered_on", table.raw("entered_on"))
    if not scope:
        raise table.fault("scope", "至少写一个适用的地方")
    days: dict[date, NamedDay] = {}
    for key, working in (("off", False), ("worked", True)):
        for day in _dates(table, key):
            if day in days:
                raise table.fault(key, f"{day} 重复出现")
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise table.fault(key, f"{day} 超出日历范围 {FIRST_YEAR}-{LAST_YEAR} 年")
            days[day] = NamedDay(day, working, title)
    if not days:
        raise table.fault("off", "与 worked 都没有日期")
    _only(table, {*LocalOrder._fields, "off", "worked"} - {"days", "source"})
    ordered = tuple(sorted(days.values()))
    return LocalOrder(title, document, scope, entered_by, entered_on, ordered, source)


def net_days_off(days: Iterable[NamedDay]) -> int:
    """Return weekdays off less weekend days worked among the named days."""
    total = 0
    for day in days:
        weekend = day.date.weekday() >= _SATURDAY
        total += (not day.working and not weekend) - (day.working and weekend)
    return total


def _net_warning(year: int, net: int, source: str) -> tuple[str, ...]:
    # A swap across New Year moves one of them.
    usual = next(days for since, days in _USUAL_NET if year >= since)
    if abs(net - usual) <= 1 or net == _KNOWN_NET.get(year):
        return ()
    what = f"{source}: {year} 年工作日放假减去周末上班为 {net} 天, 通常为 {usual} 天"
    return (f"{what}, 请与通知原文核对。",)


def _papers(table: Table) -> str:
    papers = table.raw("papers")
    if not isinstance(papers, list) or not all(isinstance(x, str) for x in papers):
        raise table.fault("papers", "应为通知出处的列表")
    if not papers:
        raise BadData(
            f"{table.source}: papers 为空: 这是尚未公布的占位文件, 不是没有假日的年份", _WAIT
        )
    return " ".join(papers)


def _json_day(number: int, entry: Table) -> tuple[str, NamedDay]:
    day = _date(entry, "date", entry.raw("date"))
    return f"days[{number}]", NamedDay(day, not entry.flag("isOffDay"), entry.text("name"))


def _our_days(number: int, entry: Table) -> list[tuple[str, NamedDay]]:
    name = entry.text("name")
    days = [
        (f"holiday[{number}].{key}", NamedDay(day, working, name))
        for key, working in (("off", False), ("worked", True))
        for day in _dates(entry, key)
    ]
    _only(entry, {"name", "off", "worked"})
    return days


def _dates(table: Table, key: str) -> list[date]:
    value = table.raw(key, [])
    if not isinstance(value, list):
        raise table.fault(key, "应为日期的列表")
    return [_date(table, key, each) for each in value]


def _date(table: Table, key: str, value: object) -> date:
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-01"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise table.fault(key, f"不是日期 (如 2026-01-01): {value!r}")


def _only(table: Table, known: set[str]) -> None:
    for key in dict(table.items()):
        if key not in known:
            raise table.fault(key, f"不是可用的键 (可用: {'、'.join(sorted(known))})")


def _weekdays(year: int) -> int:
    first = date(year, 1, 1).toordinal()
    days = range(first, date(year + 1, 1, 1).toordinal())
    return sum((day - 1) % 7 < _SATURDAY for day in days)


# --- the days off by law ----------------------------------------------------------------


def parse_statute(text: str, source: str, table_text: str, table_source: str) -> Statute:
    """Read ``statute.toml`` and ``festivals.toml``.

    Raises ``BadData`` naming file and key.
    """
    columns, festivals = _festivals(parse(table_text, table_source))
    table = parse(text, source)
    fixed: list[tuple[str, int, int]] = []
    moving: list[tuple[str, int, int]] = []
    for line in filter(None, table.text("days").splitlines()):
        name, *words = line.split()
        try:
            if words[0] in columns:
                column = columns.index(words[0])
                moving += [(name, column, _offset(word)) for word in words[1:]]
            else:
                fixed += [(name, *_month_day(word)) for word in words]
        except (ValueError, IndexError):
            hint = f"应为节名和月-日 (如 05-01), 或节名、{'、'.join(columns)} 之一和相差天数"
            raise table.fault("days", f"这一行有误: {line} ({hint})") from None
    title, document = table.text("title"), table.text("document")
    table.finish()
    return Statute(title, document, tuple(fixed), tuple(moving), festivals, table_source)


def _offset(word: str) -> int:
    offset = int(word)
    if abs(offset) > _FARTHEST:
        raise ValueError(word)
    return offset


def _month_day(word: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2001-{word}")  # no leap year: 02-29 is no yearly day
    return day.month, day.day


def _festivals(table: Table) -> tuple[tuple[str, ...], dict[int, str]]:
    columns = table.texts("columns")
    lines = table.text("table").splitlines()
    table.finish()
    rows: dict[int, str] = {}
    for line in filter(None, lines):
        year, _, days = line.partition(" ")
        wrong = not year.isdigit() or len(days.split()) != len(columns)
        if wrong or int(year) in rows:
            raise table.fault("table", f"这一行有误或年份重复: {line}")
        rows[int(year)] = days
    return columns, rows
