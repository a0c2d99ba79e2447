"""Notices that change a year already published: lengthened, rearranged, or a day of its own.

``关于延长2020年春节假期的通知`` (…至2月2日（星期日），2月3日（星期一）起正常上班),
``关于调整2019年劳动节假期安排的通知`` and the days off for an anniversary
(``关于…纪念日调休放假的通知``). Each is laid over the year as published before and gives
that year anew, so it is imported, compared and recorded like any other.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.calendar.holiday_notice import ADVICE, NUMBER, HolidayLine, tidied
from sixping.calendar.layers import FIRST_YEAR, LAST_YEAR, NamedDay, PublishedYear, published_year
from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Callable

    Base = Callable[[int], PublishedYear | None]

_YEARLY = re.compile(r"部分节假日安排")
_LONGER = re.compile(r"延长(\d{4})年(.{2,4}?)假期至(.+?日(?:（[^（）]*）)?)")
_BACK = re.compile(r"[，。；](.{3,24}?)起正常上班")
_CHANGED = re.compile(r"关于调整(\d{4})年(.{2,6}?)(?:节?假期|放假|假日)(?:安排)?的通知")
_EXTRA = re.compile(r"关于(.{2,60}?)(?:调休)?放假(?:调休)?(?:安排)?的通知")
_YEAR = re.compile(r"[〔（](\d{4})[〕）]\d+号")
_LONGEST = 15


class _Text(NamedTuple):
    lines: list[str]
    whole: str
    source: str

    def fault(self, what: str) -> BadData:
        return BadData(f"{self.source}: {what}", ADVICE)


def is_amendment(text: str) -> bool:
    """Tell whether a notice changes a year rather than arranging it as a whole."""
    whole = "".join(tidied(text))
    if _YEARLY.search(whole):
        return False
    return any(p.search(whole) for p in (_LONGER, _CHANGED, _EXTRA))


def parse_amendment(
    text: str, base_of: Base, year: int | None = None, source: str = "放假通知"
) -> PublishedYear:
    """Return the year as it stands after such a notice.

    ``base_of`` gives the year as published before. ``year`` is needed where neither the
    words nor the document's number name one. Raises ``BadData`` for a weekday, a count or
    a date that does not add up, and for a year nobody published yet.
    """
    lines = tidied(text)
    given = _Text(lines, "".join(lines), source)
    longer, changed = _LONGER.search(given.whole), _CHANGED.search(given.whole)
    stated = next((int(found[1]) for found in (longer, changed) if found), None)
    stated = stated or _numbered(given) or year
    if stated is None:
        raise given.fault("看不出是哪一年, 请加 --year")
    if year not in {None, stated}:
        raise given.fault(f"这是 {stated} 年的通知, 不是 {year} 年")
    base = base_of(stated) if FIRST_YEAR <= stated <= LAST_YEAR else None
    if base is None:
        raise given.fault(f"{stated} 年的放假安排还没有导入, 无从更改")
    if longer:
        days = _lengthened(longer, base, given)
    elif changed:
        days = _arranged(changed[2], base, given, afresh=True)
    else:
        days = _arranged(_occasion(given), base, given, afresh=False)
    named = [(str(day.date), day) for day in days.values()]
    return published_year(stated, f"{base.source} {_title(given)}", named, source)


def _numbered(given: _Text) -> int | None:
    found = _YEAR.search(given.whole)
    return int(found[1]) if found else None


def _title(given: _Text) -> str:
    named = re.search(r"国务院(?:办公厅)?关于.{2,70}?的通知", given.whole)
    number = NUMBER.search(given.whole)
    words = [each[0] for each in (named, number) if each]
    return " ".join(words) or given.source


def _lengthened(found: re.Match[str], base: PublishedYear, given: _Text) -> dict[date, NamedDay]:
    """Take the days after the holiday's last one up to the date named off."""
    name = found[2]
    days = {day.date: day for day in base.days}
    off = [day.date for day in base.days if not day.working and name in day.name]
    if not off:
        raise given.fault(f"{base.year} 年的安排里没有 {name}")
    line = HolidayLine(base.year, name, found[0], given.source)
    (last,) = line.dates(found[3])[-1:]
    if not 0 < (last - off[-1]).days <= _LONGEST:
        raise given.fault(f"{name} 原来放到 {off[-1]}, 不能延长至 {last}")
    for n in range((last - off[-1]).days):
        day = off[-1] + timedelta(days=n + 1)
        days[day] = NamedDay(day, working=False, name=name)
    back = _BACK.search(given.whole, found.end() - 1)
    if back and line.dates(back[1]) != [last + timedelta(days=1)]:
        raise given.fault(f"放假至 {last}, 上班却写为 {back[1]}")
    return days


def _arranged(
    name: str, base: PublishedYear, given: _Text, *, afresh: bool
) -> dict[date, NamedDay]:
    """Lay the sentences that name days over the year; ``afresh`` drops the old arrangement."""
    lines = [
        sentence
        for sentence in re.split("[。；：]", given.whole)
        if re.search(r"\d日", sentence) and re.search("放假|调休|补休|上班", sentence)
    ]
    line = HolidayLine(base.year, name, "。".join(lines), given.source)
    named = list(line.read("。".join(lines)))
    days = {day.date: day for day in base.days if not (afresh and name in day.name)}
    fresh: dict[date, NamedDay] = {}
    for day in named:
        if fresh.setdefault(day.date, day).working != day.working:
            raise given.fault(f"{day.date} 既写放假又写上班")
    return days | fresh


def _occasion(given: _Text) -> str:
    found = _EXTRA.search(given.whole)
    if found is None:
        raise given.fault("看不出是什么放假")
    return found[1].rpartition("年")[2] if found[1].startswith("20") else found[1]
