"""Reading the State Council's holiday notices as they are worded: yearly ones and changes.

The yearly notice (``parse_notice``) has one sentence group a holiday, for instance
``元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。`` and older wordings
(``1月31日至2月6日放假调休``, ``与周末连休``, ``放假1天``). Whatever the notice states twice
(weekday, number of days) is held against the dates; what does not add up is refused with
its line. Sentences that grant nothing (``鼓励…``, ``各地区…``) are passed over.

Other notices change a year already published (``parse_amendment``): a holiday lengthened
(``关于延长2020年春节假期的通知``: …至2月2日（星期日），2月3日（星期一）起正常上班), arranged anew
(``关于调整2019年劳动节假期安排的通知``) or added for an anniversary
(``关于…纪念日调休放假的通知``). Each is laid over the year as published before and gives
that year anew, so it is imported, compared and recorded like any other.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.calendar.layers import FIRST_YEAR, LAST_YEAR, NamedDay, PublishedYear, published_year
from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Base = Callable[[int], PublishedYear | None]

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
_NUMBER = re.compile(r"国办?发[^〔（]{0,4}[〔（]\d{4}[〕）]\d+号")
_RANGE = re.compile(r"^(?:至|到|[-—－~～]+)$")
# The same marks in the half-width forms and brackets copies of the notice come in.
_MARKS = str.maketrans("()[]:;,", "（）〔〕：；，")
_WEEKDAYS = "一二三四五六日"
_ADVICE = "请与通知原文逐字核对后重试; 日历没有改动。"
_MOST_DAYS = 16

_ARRANGES_A_YEAR = re.compile(r"部分节假日安排")
_LENGTHENED = re.compile(r"延长(\d{4})年(.{2,4}?)假期至(.+?日(?:（[^（）]*）)?)")
_WORK_AGAIN = re.compile(r"[，。；](.{3,24}?)起正常上班")
_REARRANGED = re.compile(r"关于调整(\d{4})年(.{2,6}?)(?:节?假期|放假|假日)(?:安排)?的通知")
_ADDED = re.compile(r"关于(.{2,60}?)(?:调休)?放假(?:调休)?(?:安排)?的通知")
_YEAR_OF_NUMBER = re.compile(r"[〔（](\d{4})[〕）]\d+号")
_MOST_DAYS_LONGER = 15


def parse_notice(text: str, year: int | None = None, source: str = "放假通知") -> PublishedYear:
    """Read the wording of a yearly notice into a published year.

    ``year`` is needed where the text has no title (``关于2026年部分节假日安排``). Raises
    ``BadData`` naming the line whose weekday, number of days or date does not add up, and
    for a text without holidays, without a year, or with a day named twice.
    """
    lines = _tidied(text)
    whole = "".join(lines)
    year = _year(whole, year, source)
    days: list[tuple[str, NamedDay]] = []
    for number, line in enumerate(lines, 1):
        holiday = _HOLIDAY.match(line)
        if holiday:
            name = re.sub("[和与]", "、", holiday[1])
            entry = _HolidayLine(year, name, f"第 {number} 行 {line}", source)
            days += [(entry.where, day) for day in entry.read(holiday[2])]
        elif re.search(r"\d日.*(?:放假|补休|上班)", line):
            raise BadData(f"{source}: 第 {number} 行看不出是哪个节日: {line}", _ADVICE)
    if not days:
        raise BadData(f"{source}: 没有一行是“节日：日期”的写法", _ADVICE)
    document = _NUMBER.search(whole)
    title = f"国务院办公厅关于{year}年部分节假日安排的通知"
    return published_year(year, f"{title} {document[0]}" if document else title, days, source)


def _tidied(text: str) -> list[str]:
    """Return the lines of a notice without blanks and with full-width marks."""
    return ["".join(line.split()).translate(_MARKS) for line in text.splitlines()]


def _year(text: str, year: int | None, source: str) -> int:
    title = _TITLE.search(text)
    stated = int(title[1]) if title else year
    if stated is None:
        raise BadData(
            f"{source}: 看不出是哪一年的通知", "请保留标题, 如“关于2026年部分节假日安排的通知”。"
        )
    if year not in {None, stated}:
        raise BadData(f"{source}: 标题是 {stated} 年的通知, 不是 {year} 年", _ADVICE)
    if not FIRST_YEAR <= stated <= LAST_YEAR:
        raise BadData(f"{source}: {stated} 年超出日历范围 {FIRST_YEAR}-{LAST_YEAR} 年", _ADVICE)
    return stated


class _HolidayLine:
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
            named = date(self._year_of(year, number), number, int(day))
        except ValueError:
            raise self._fault(f"没有这一天: {match[0]}") from None
        self.last = named
        stated = _WEEKDAY.search(note or "")
        right = _WEEKDAYS[named.weekday()]
        if stated and stated[1].replace("天", "日") != right:
            raise self._fault(f"{named} 是周{right}, 不是{stated[0]}")
        return named

    def _year_of(self, stated: str | None, month: int) -> int:
        if stated:
            return int(stated)
        # New Year's line names days of the December before without their year.
        return self.year - (self.name.startswith("元旦") and month == 12)  # noqa: PLR2004

    def _fault(self, what: str) -> BadData:
        return BadData(f"{self.source}: {self.where}: {what}", _ADVICE)


# --- notices that change a year ----------------------------------------------------------


class _Notice(NamedTuple):
    """The words of a notice in one line, and the name to complain with."""

    words: str
    source: str

    def fault(self, what: str) -> BadData:
        return BadData(f"{self.source}: {what}", _ADVICE)


def is_amendment(text: str) -> bool:
    """Tell whether a notice changes a year rather than arranging it as a whole."""
    words = "".join(_tidied(text))
    if _ARRANGES_A_YEAR.search(words):
        return False
    return any(change.search(words) for change in (_LENGTHENED, _REARRANGED, _ADDED))


def parse_amendment(
    text: str, base_of: Base, year: int | None = None, source: str = "放假通知"
) -> PublishedYear:
    """Return the year as it stands after such a notice.

    ``base_of`` gives the year as published before. ``year`` is needed where neither the
    words nor the document's number name one. Raises ``BadData`` for a weekday, a count or
    a date that does not add up, and for a year nobody published yet.
    """
    notice = _Notice("".join(_tidied(text)), source)
    lengthened, rearranged = _LENGTHENED.search(notice.words), _REARRANGED.search(notice.words)
    dated = lengthened or rearranged or _YEAR_OF_NUMBER.search(notice.words)
    stated = int(dated[1]) if dated else year
    if stated is None:
        raise notice.fault("看不出是哪一年, 请加 --year")
    if year not in {None, stated}:
        raise notice.fault(f"这是 {stated} 年的通知, 不是 {year} 年")
    base = base_of(stated) if FIRST_YEAR <= stated <= LAST_YEAR else None
    if base is None:
        raise notice.fault(f"{stated} 年的放假安排还没有导入, 无从更改")
    if lengthened:
        days = _lengthened(lengthened, base, notice)
    elif rearranged:
        days = _arranged(rearranged[2], base, notice, afresh=True)
    else:
        days = _arranged(_occasion(notice), base, notice, afresh=False)
    named = [(str(day.date), day) for day in days.values()]
    return published_year(stated, f"{base.source} {_title(notice)}", named, source)


def _title(notice: _Notice) -> str:
    title = re.search(r"国务院(?:办公厅)?关于.{2,70}?的通知", notice.words)
    number = _NUMBER.search(notice.words)
    return " ".join(match[0] for match in (title, number) if match) or notice.source


def _lengthened(
    wording: re.Match[str], base: PublishedYear, notice: _Notice
) -> dict[date, NamedDay]:
    """Take the days after the holiday's last one up to the date named off."""
    name = wording[2]
    days = {day.date: day for day in base.days}
    off = [day.date for day in base.days if not day.working and name in day.name]
    if not off:
        raise notice.fault(f"{base.year} 年的安排里没有 {name}")
    line = _HolidayLine(base.year, name, wording[0], notice.source)
    last = line.dates(wording[3])[-1]
    if not 0 < (last - off[-1]).days <= _MOST_DAYS_LONGER:
        raise notice.fault(f"{name} 原来放到 {off[-1]}, 不能延长至 {last}")
    for n in range((last - off[-1]).days):
        day = off[-1] + timedelta(days=n + 1)
        days[day] = NamedDay(day, working=False, name=name)
    again = _WORK_AGAIN.search(notice.words, wording.end() - 1)
    if again and line.dates(again[1]) != [last + timedelta(days=1)]:
        raise notice.fault(f"放假至 {last}, 上班却写为 {again[1]}")
    return days


def _arranged(
    name: str, base: PublishedYear, notice: _Notice, *, afresh: bool
) -> dict[date, NamedDay]:
    """Lay the sentences that name days over the year; ``afresh`` drops the old arrangement."""
    sentences = "。".join(
        sentence
        for sentence in re.split("[。；：]", notice.words)
        if re.search(r"\d日", sentence) and re.search("放假|调休|补休|上班", sentence)
    )
    named = list(_HolidayLine(base.year, name, sentences, notice.source).read(sentences))
    days = {day.date: day for day in base.days if not (afresh and name in day.name)}
    fresh: dict[date, NamedDay] = {}
    for day in named:
        if fresh.setdefault(day.date, day).working != day.working:
            raise notice.fault(f"{day.date} 既写放假又写上班")
    return days | fresh


def _occasion(notice: _Notice) -> str:
    wording = _ADDED.search(notice.words)
    if wording is None:
        raise notice.fault("看不出是什么放假")
    return wording[1].rpartition("年")[2] if wording[1].startswith("20") else wording[1]
