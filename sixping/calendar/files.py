"""Reading the calendar's data: the library's years, its corrections, files of the office."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sixping.calendar.layers import (
    Layers,
    LocalOrder,
    NamedDay,
    PublishedYear,
    parse_holiday_cn,
    parse_local_order,
    parse_statute,
)
from sixping.errors import BadData
from sixping.util import datafiles
from sixping.util.toml import parse

if TYPE_CHECKING:
    from pathlib import Path


#: the file of the places this office belongs to, and what it was called before
_PLACES, _PLACES_ONCE = "places.toml", "here.toml"


def load_layers(folder: Path | None = None, root: Path | None = None) -> Layers:
    """Read library and files; ``folder`` stands in for the shipped ``calendar``.

    ``root`` is a data folder in place of the one ``SIXPING_DATA`` names. Raises ``BadData``
    naming file and key, and for a folder with ``places.toml`` under both its names: what one
    of them says would be lost in silence.
    """
    statute = parse_statute(
        *_read(folder, "statute.toml", root=root), *_read(folder, "festivals.toml", root=root)
    )
    years = _corrected(*_read(folder, "corrections.toml", root=root))
    for path in _folder(folder, "years", root):
        year = parse_holiday_cn(read_data(path), path.name)
        years[year.year] = year
    paths = _folder(folder, "local", root)
    orders = [parse_local_order(read_data(path), path.name) for path in paths]
    _refuse_contradiction(orders)
    table = parse(*_read(folder, _PLACES, _PLACES_ONCE, root))
    places = frozenset(table.texts("places"))
    table.finish()
    return Layers(years, tuple(orders), statute, places)


def read_data(path: Path) -> dict[str, Any]:
    """Return the content of a JSON or TOML file of the calendar.

    Raises ``BadData`` naming the file; ``InputOutput`` when it cannot be read.
    """
    return parse_data(datafiles.read_path(path), path.name)


def parse_data(text: str, name: str) -> dict[str, Any]:
    """Return what a text holds: JSON where its name ends in ``.json``, else TOML.

    Raises ``BadData`` with the name.
    """
    if not name.lower().endswith(".json"):
        return dict(parse(text, name).items())
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise BadData(f"{name} 不是有效的 JSON 对象", "请重新取得该文件。")
    return data


@cache
def library_years() -> dict[int, tuple[NamedDay, ...]]:
    """Return the days chinese-calendar names, by the year of the notice that named them.

    A day of December named after New Year stands in the next year's notice.
    """
    from chinese_calendar.constants import Holiday, holidays, workdays

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    new_year = Holiday.new_years_day.value
    years: dict[int, list[NamedDay]] = {}
    for table, working in ((holidays, False), (workdays, True)):
        for day, english in table.items():
            year = day.year + (day.month == 12 and english == new_year)  # noqa: PLR2004
            years.setdefault(year, []).append(NamedDay(day, working, names[english]))
    return {year: tuple(days) for year, days in years.items()}


def _corrected(text: str, source: str) -> dict[int, PublishedYear]:
    days = dict(library_years())
    table = parse(text, source)
    for entry in table.tables("day", optional=True):
        year, day = entry.whole("notice_of", least=1, most=9999), entry.day("date")
        named = NamedDay(day, entry.flag("working"), entry.text("name"), entry.text("source"))
        if year not in days:
            raise entry.fault("notice_of", f"{year} 年没有可更正的数据")
        days[year] = (*(other for other in days[year] if other.date != day), named)
        entry.finish()
    table.finish()
    return {
        year: PublishedYear(year, f"国务院办公厅{year}年放假通知 (chinese-calendar)", named)
        for year, named in days.items()
    }


def _refuse_contradiction(orders: list[LocalOrder]) -> None:
    seen: dict[date, tuple[NamedDay, str]] = {}
    for order in orders:
        for day in order.days:
            first, where = seen.setdefault(day.date, (day, order.source))
            if where != order.source:
                raise BadData(
                    f"{order.source}: {day.date} 已由 {where} ({first.name}) 规定",
                    "同一天只能由一个文件规定, 请删去其中之一。",
                )


def _read(
    folder: Path | None, name: str, old_name: str = "", root: Path | None = None
) -> tuple[str, str]:
    path = folder and datafiles.in_folder(folder, name, old_name)
    if path is None:
        path = datafiles.locate(f"calendar/{name}", old_name and f"calendar/{old_name}", root)
    return datafiles.read_path(path), path.name


def _folder(folder: Path | None, name: str, root: Path | None) -> list[Path]:
    if folder is None:
        return [p for p in datafiles.folder(f"calendar/{name}", root) if _is_layer(p)]
    place = folder / name
    return sorted(filter(_is_layer, place.iterdir())) if place.is_dir() else []


def _is_layer(path: Path) -> bool:
    return path.suffix.lower() in {".toml", ".json"}
