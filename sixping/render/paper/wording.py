"""Sentences built from figures: right for none, one, many, equal, and for nothing to compare with.

Pure. A sentence is ``Runs``: its numbers stay figures, so that they open wherever they stand.
Nothing is said of what nobody knows, and no percentage of what was 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.render.paper.blocks import Figure, Heading, Runs, count, days, percent, points
from sixping.reports.period import change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sixping.reports.period import Span

_QUARTERS = "一二三四"


_NUMERALS = "一二三四五六七八九十"


def seal(seq: int, head: str, as_of: datetime) -> str:
    """Return the line from which ``verify`` reads the state a paper was made from (decision 5)."""
    return f"台账第 {seq} 条, 校验码 {head[-16:]}, 截至 {as_of:%Y-%m-%d %H:%M:%S}"


_HALF: Final = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）"})
_COMMAND: Final = re.compile(r" ?\([a-z -]+\)")  # a command that a sentence of the screen names
_BLANK: Final = re.compile(
    r"(?<=[，；：（）\u4e00-\u9fff]) (?=[（）\u4e00-\u9fff])|(?<=[，；：（）]) "
)


def punctuated(text: str) -> str:
    """Return a sentence of the program's own in the signs of a Chinese paper, without commands.

    Screens and JSON keep half-width signs; what people wrote must never pass through here.
    """
    return _BLANK.sub("", _COMMAND.sub("", text).translate(_HALF).replace(" （", "（"))


class Origin(NamedTuple):
    """Who issues a paper, when, and from which state of the ledger; Shanghai time."""

    street: str
    room: str
    at: datetime
    seq: int
    head: str

    @property
    def office(self) -> str:
        """The command room of the street."""
        return f"{self.street}{self.room}"

    @property
    def as_of(self) -> str:
        """Return until when it counts, in words."""
        return f"{self.date} {self.at:%H:%M}"

    @property
    def date(self) -> str:
        """Return the day it is issued."""
        return full_day(self.at.date())

    @property
    def seal(self) -> str:
        """Return the line that ``verify`` reads."""
        return seal(self.seq, self.head, self.at)


def full_day(day: date) -> str:
    """Return ``2026年11月24日``."""
    return f"{day.year}年{day_words(day)}"


def section(number: int, words: str) -> str:
    """Return the heading of a section: ``三、…``."""
    return f"{_numeral(number)}、{words}"


def part(number: int, words: str) -> str:
    """Return the heading of a part of one: ``（二）…``."""
    return f"（{_numeral(number)}）{words}"


def _numeral(number: int) -> str:
    ones = _NUMERALS[number % 10 - 1] if number % 10 else ""
    if number <= len(_NUMERALS):
        return _NUMERALS[number - 1]
    tens = _NUMERALS[number // 10 - 1] if number >= 2 * len(_NUMERALS) else ""
    return f"{tens}十{ones}"


class Numbers:
    """Numbers the tables, charts and sections of a paper, each sort for itself."""

    def __init__(self) -> None:
        """Begin before the first of each sort."""
        self._numbers: dict[str, int] = {}

    def caption(self, sort: str, words: str) -> str:
        """Return a caption with the next number of its sort: ``表3 …``."""
        return f"{sort}{self._next(sort)} {words}"

    def section(self, words: str) -> Heading:
        """Return the heading of the next section: ``三、…``."""
        return Heading(section(self._next("节"), words))

    def _next(self, sort: str) -> int:
        self._numbers[sort] = self._numbers.get(sort, 0) + 1
        return self._numbers[sort]


class PeriodWords(NamedTuple):
    """What a period and those it is compared with are called in sentences."""

    title: str
    this: str
    before: str
    year_before: str


def words_of(kind: str, period: Span, as_of: datetime) -> PeriodWords:
    """Return the words for a period of a kind; a running one compares the same days."""
    first = period.first
    same = "同期" if period.last > as_of.date() else ""
    half = "上" if first.month == 1 else "下"
    known = {
        "day": PeriodWords(
            f"{first.year}年{first.month}月{first.day}日", "当日", "前一日", "上年同日"
        ),
        "week": PeriodWords(_days_title(period), "本周", "上周", "上年同周"),
        "month": PeriodWords(f"{first.year}年{first.month}月", "本月", "上月", "上年同月"),
        "quarter": PeriodWords(
            f"{first.year}年第{_QUARTERS[(first.month - 1) // 3]}季度",
            "本季度",
            "上季度",
            "上年同期",
        ),
        "half": PeriodWords(f"{first.year}年{half}半年", f"{half}半年", "前一半年", "上年同期"),
        "year": PeriodWords(f"{first.year}年", "本年", "上年", ""),
    }
    words = known.get(kind) or PeriodWords(_days_title(period), "本期", "前一时段", "上年同期")
    return words._replace(before=f"{words.before}{same}")


def _days_title(span: Span) -> str:
    first, last = span
    return f"{first.year}年{day_words(first)}至{day_words(last, than=first)}"


def day_words(day: date, than: date | None = None) -> str:
    """Return ``10月8日``; the year stands before it where it is another one than of ``than``."""
    year = f"{day.year}年" if than is not None and than.year != day.year else ""
    return f"{year}{day.month}月{day.day}日"


def compared(now: int | None, before: int | None, with_what: str, unit: str = "件") -> Runs:
    """Return ``，比上月增加13件（上升27.08%）``; nothing where there is nothing to compare with."""
    if now is None or before is None or not with_what:
        return ()
    if now == before:
        return (f"，与{with_what}持平",)
    more = now > before
    said: Runs = (f"，比{with_what}{'增加' if more else '减少'}", count(abs(now - before)), unit)
    moved = change(now, before)
    if moved is None:
        return said
    return (*said, f"（{'上升' if more else '下降'}", percent(abs(moved)), "）")


def rate_compared(now: float | None, before: float | None, with_what: str) -> Runs:
    """Return ``，比上月下降2.13个百分点``; nothing where there is nothing to compare with."""
    if now is None or before is None or not with_what:
        return ()
    moved = points(now, before)
    if not moved.value:
        return (f"，与{with_what}持平",)
    way = "上升" if moved.value > 0 else "下降"
    size = Figure(f"{abs(moved.value):.2f}", abs(moved.value), "points")
    return (f"，比{with_what}{way}", size, "个百分点")


def listed(parts: Iterable[Runs], between: str = "、") -> Runs:
    """Return sentences' parts one after another."""
    joined: list[str | Figure] = []
    for part in parts:
        joined += [*([between] if joined else []), *part]
    return tuple(joined)


def waiting_words(what: str, n: Figure, longest: int | None) -> Runs:
    """Return ``待联席会议研究2件，最长已等20个工作日``."""
    return (what, n, "件，最长已等", days(longest), "个工作日")


class Ranked(NamedTuple):
    """The first and the last of those that are many enough to be ranked, equal ones together."""

    first: tuple[tuple[str, float], ...]
    last: tuple[tuple[str, float], ...]
    n: int


def ranked(rates: Sequence[tuple[str, float]]) -> Ranked:
    """Return the first and last three by their rate: never more than half, none under two.

    Who is equal to the last one named is named too (并列), so long as nobody stands in both.
    """
    ordered = sorted(rates, key=lambda each: (-each[1], each[0]))
    most = min(3, len(ordered) // 2)
    if not most or ordered[0][1] == ordered[-1][1]:
        return Ranked((), (), len(ordered))
    bound, floor = ordered[most - 1][1], ordered[-most][1]
    first = tuple(each for each in ordered if each[1] >= bound)
    last = tuple(reversed([each for each in ordered if each[1] <= floor]))
    if bound <= floor:  # all between are equal: only those that truly lead or trail
        first = tuple(each for each in first if each[1] > floor)
        last = tuple(each for each in last if each[1] < bound)
    return Ranked(first, last, len(ordered))


def names_with(rates: Sequence[tuple[str, float]]) -> Runs:
    """Return ``应急管理站100.00%、市场监管所95.00%``; equal ones share their rate (并列)."""
    groups: dict[float, list[str]] = {}
    for name, rate in rates:
        groups.setdefault(rate, []).append(name)
    return listed(
        (
            "、".join(names) + ("并列" if len(names) > 1 else ""),
            percent(rate),
        )
        for rate, names in groups.items()
    )
