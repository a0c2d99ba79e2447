"""Reading the State Council's yearly notice as it is worded.

One sentence group a holiday, for instance
``元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。`` and older wordings
(``1月31日至2月6日放假调休``, ``与周末连休``, ``放假1天``). Whatever the notice states twice
(weekday, number of days) is held against the dates; what does not add up is refused with
its line. Sentences that grant nothing (``鼓励…``, ``各地区…``) are passed over.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sixping.calendar.layers import FIRST_YEAR, LAST_YEAR, NamedDay, PublishedYear, published_year
from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = (
    r"(?:元旦|春节|清明节?|(?:[“\"]?五一[”\"]?(?:国际)?)?劳动节|端午节?|中秋节?|国庆节?|"
    r"中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日)"
)
_HOLIDAY = re.compile(
    rf"^(?:[一二三四五六七八九十]+、|\d+[.、．]|—+)?(?:\d{{4}}年)?({_NAME}(?:[、和与]{_NAME})*)：(.+)$"
)
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^（）]*)）)?")
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
_COUNT = re.compile(r"(?:共|放假)(\d+)天")
_TITLE = re.compile(r"关于(\d{4})年.{0,12}节假日安排")
NUMBER = re.compile(r"国办?发[^〔（]{0,4}[〔（]\d{4}[〕）]\d+号")
_RANGE = re.compile(r"^(?:至|到|[-—－~～]+)$")
# The same marks in the half-width forms and brackets copies of the notice come in.
_MARKS = str.maketrans("()[]:;,", "（）〔〕：；，")
_WEEKDAYS = "一二三四五六日"
ADVICE = "请与通知原文逐字核对后重试; 日历没有改动。"
_MOST_DAYS = 16


def parse_notice(text: str, year: int | None = None, source: str = "放假通知") -> PublishedYear:
    """Read the wording of a yearly notice into a published year.

    ``year`` is needed where the text has no title (``关于2026年部分节假日安排``). Raises
    ``BadData`` naming the line whose weekday, number of days or date does not add up, and
    for a text without holidays, without a year, or with a day named twice.
    """
    lines = tidied(text)
    whole = "".join(lines)
    year = _year(whole, year, source)
    days: list[tuple[str, NamedDay]] = []
    for number, line in enumerate(lines, 1):
        found = _HOLIDAY.match(line)
        if found:
            name = re.sub("[和与]", "、", found[1])
            entry = HolidayLine(year, name, f"第 {number} 行 {line}", source)
            days += [(entry.where, day) for day in entry.read(found[2])]
        elif re.search(r"\d日.*(?:放假|补休|上班)", line):
            raise BadData(f"{source}: 第 {number} 行看不出是哪个节日: {line}", ADVICE)
    if not days:
        raise BadData(f"{source}: 没有一行是“节日：日期”的写法", ADVICE)
    document = NUMBER.search(whole)
    title = f"国务院办公厅关于{year}年部分节假日安排的通知"
    return published_year(year, f"{title} {document[0]}" if document else title, days, source)


def tidied(text: str) -> list[str]:
    """Return the lines of a notice without blanks and with full-width marks."""
    return ["".join(line.split()).translate(_MARKS) for line in text.splitlines()]


def _year(text: str, year: int | None, source: str) -> int:
    found = _TITLE.search(text)
    stated = int(found[1]) if found else year
    if stated is None:
        raise BadData(
            f"{source}: 看不出是哪一年的通知", "请保留标题, 如“关于2026年部分节假日安排的通知”。"
        )
    if year not in {None, stated}:
        raise BadData(f"{source}: 标题是 {stated} 年的通知, 不是 {year} 年", ADVICE)
    if not FIRST_YEAR <= stated <= LAST_YEAR:
        raise BadData(f"{source}: {stated} 年超出日历范围 {FIRST_YEAR}-{LAST_YEAR} 年", ADVICE)
    return stated


class HolidayLine:
    """One holiday's line: carries the month from date to date, as the wording does."""

    def __init__(self, year: int, name: str, where: str, source: str) -> None:
        """Read for the notice of ``year``; ``where`` is the line as complaints quote it."""
        self.year, self.name, self.where, self.source = year, name, where, source
        self.last: date | None = None

    def read(self, text: str) -> Iterator[NamedDay]:
        """Yield the days of all sentences of the line."""
        off: list[date] = []
        worked: list[date] = []
        for sentence in filter(None, re.split("[。；]", text)):
            if "鼓励" in sentence:
                continue  # leave people may take is no day off
            if "上班" in sentence:
                rest, _, work = sentence.rpartition("，" if "放假" in sentence else "\0")
                off += self._off(rest) if rest else []
                worked += self.dates(work)
            elif re.search("公休|法定节假日", sentence):
                self.dates(sentence)  # explains the days already given: weekdays are checked
            elif re.search("放假|补休|连休", sentence):
                off += self._off(sentence)
            elif _DATE.search(sentence):
                raise self._fault(f"看不懂这句: {sentence}")
        if not off:
            raise self._fault("没有写放假的日期")
        yield from (NamedDay(day, False, self.name) for day in off)
        yield from (NamedDay(day, True, self.name) for day in worked)

    def _off(self, sentence: str) -> list[date]:
        days = self.dates(sentence)
        stated = [int(count) for count in _COUNT.findall(sentence)]
        if any(count != len(days) for count in stated):
            raise self._fault(f"写明 {stated[0]} 天, 日期却是 {len(days)} 天")
        return days

    def dates(self, sentence: str) -> list[date]:
        """Return the days a sentence names, ranges written out; weekdays are checked."""
        days: list[date] = []
        end = 0
        for match in _DATE.finditer(sentence):
            day = self._date(match)
            if days and _RANGE.match(sentence[end : match.start()]):
                days += self._up_to(days[-1], day)
            else:
                days.append(day)
            end = match.end()
        if not days:
            raise self._fault(f"没有日期: {sentence}")
        return days

    def _up_to(self, first: date, last: date) -> list[date]:
        length = (last - first).days
        if not 0 < length < _MOST_DAYS:
            raise self._fault(f"起止日期不对: {first} 至 {last}")
        return [first + timedelta(days=n) for n in range(1, length + 1)]

    def _date(self, match: re.Match[str]) -> date:
        year, month, day, note = match.groups()
        if month is None and self.last is None:
            raise self._fault(f"{match[0]} 没有月份")
        number = int(month) if month else self.last.month if self.last else 0
        try:
            found = date(self._year_of(year, number), number, int(day))
        except ValueError:
            raise self._fault(f"没有这一天: {match[0]}") from None
        self.last = found
        stated = _WEEKDAY.search(note or "")
        right = _WEEKDAYS[found.weekday()]
        if stated and stated[1].replace("天", "日") != right:
            raise self._fault(f"{found} 是周{right}, 不是{stated[0]}")
        return found

    def _year_of(self, stated: str | None, month: int) -> int:
        if stated:
            return int(stated)
        # New Year's line names days of the December before without their year.
        return self.year - (self.name.startswith("元旦") and month == 12)  # noqa: PLR2004

    def _fault(self, what: str) -> BadData:
        return BadData(f"{self.source}: {self.where}: {what}", ADVICE)
