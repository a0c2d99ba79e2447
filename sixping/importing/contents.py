"""What the cells of a column look like: times and in which form, telephone numbers, words, text.

Looked at for drafting a profile only: nothing here decides how a file is read.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.importing.times import compile_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: characters of a cell that are looked at; a time, a code, a word of a list is shorter
KEPT = 64
_CLOCKS = ("%H:%M:%S", "%H:%M", "%p%I:%M:%S", "%p%I:%M", "%I:%M:%S %p", "%I:%M %p")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%y/%m/%d", "%y-%m-%d", "%y.%m.%d")
_LESS_USUAL = (
    "%Y年%m月%d日 %H时%M分%S秒", "%Y年%m月%d日 %H时%M分", "%Y年%m月%d日%H时%M分", "%Y年%m月%d日%H:%M",
    "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%Y%m%d",
)  # fmt: skip
_DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y")
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8}")
_CLOCK = re.compile(r"(?:[上下中]午|[AP]M)? ?\d{1,2}[:：]\d{2}(?:[:：]\d{2})? ?(?:AM|PM)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: what bare numbers may count: seconds and milliseconds from 2000 to 2100, days from 1990 to 2100
_COUNTS = {
    "unix": (946_684_800, 4_102_444_800),
    "unix-ms": (946_684_800_000, 4_102_444_800_000),
    "excel": (32_874, 73_050),
}
_MOST_SHAPES = 4
_MOSTLY = 0.8


class Times(NamedTuple):
    """How a column writes its times: ``formats`` beside ISO, those read, of how many.

    ``either``: the formats of day first and of month first, where every time reads as both;
    ``days``: none says what o'clock.
    """

    formats: tuple[str, ...]
    read: int
    of: int
    either: tuple[str, str] | None = None
    days: bool = False

    @property
    def sure(self) -> bool:
        """Whether these are times at all."""
        return self.of > 0 and self.read >= _MOSTLY * self.of


class Content(NamedTuple):
    """What the cells of one column have in common; lengths in characters."""

    filled: int
    words: Counter[str]
    average: float
    longest: int
    times: Times
    clocks: bool
    phones: bool
    numbers: bool
    serial: bool

    @property
    def distinct(self) -> int:
        """Return how many different cells there are."""
        return len(self.words)

    @property
    def short(self) -> bool:
        """Whether they are words of a list rather than text."""
        return self.longest < KEPT and (self.distinct <= 10 or self.distinct * 3 <= self.filled)  # noqa: PLR2004


def content_of(cells: Sequence[str], lengths: Sequence[int], *, named_time: bool) -> Content:
    """Look at the cells of a column, blank ones left out; ``lengths`` before they were cut.

    ``named_time``: the heading speaks of a time, so that bare numbers may be counts of one.
    """
    words = Counter(cells)
    some = [word for word in words if len(word) < KEPT]
    return Content(
        filled=len(cells),
        words=words,
        average=sum(lengths) / len(lengths) if lengths else 0,
        longest=max(lengths, default=0),
        times=_times(some, len(words), named=named_time),
        clocks=_most(_CLOCK, some, len(words)),
        phones=_most(_PHONE, some, len(words)),
        numbers=_most(_NUMBER, some, len(words)),
        serial=_is_serial(cells),
    )


def _most(pattern: re.Pattern[str], words: Iterable[str], of: int) -> bool:
    return of > 0 and sum(map(bool, map(pattern.fullmatch, words))) >= _MOSTLY * of


def _is_serial(cells: Sequence[str]) -> bool:
    """Tell whether a column counts its rows from 0 or 1."""
    if len(cells) < 3 or cells[0] not in ("0", "1"):  # noqa: PLR2004
        return False
    return cells == [str(n) for n in range(int(cells[0]), int(cells[0]) + len(cells))]


# --- times --------------------------------------------------------------------------------


@cache
def _reader(shape: str) -> Callable[[str], tuple[object, bool]] | None:
    """Return what reads times of a shape; None where profiles cannot name it."""
    try:
        return compile_times([shape])
    except ValueError:
        return None


def reads(shape: str, word: str) -> bool | None:
    """Tell whether a shape reads a cell: None no, else whether it says the day only."""
    reader = _reader(shape)
    if reader is None:
        return None
    try:
        return reader(word)[1]
    except (ValueError, OverflowError):
        return None


@cache
def _shapes() -> tuple[str, ...]:
    """Return the shapes to try, those with a clock first."""
    full = [f"{day} {clock}" for day in _DAYS for clock in _CLOCKS]
    known = (*full, *_DAYS, *_LESS_USUAL)
    return tuple(shape for shape in known if _reader(shape))


def _times(words: Sequence[str], of: int, *, named: bool) -> Times:
    """Find the fewest shapes that read the cells of a column."""
    candidates = [word for word in words if any(map(str.isdecimal, word))]
    if len(candidates) < _MOSTLY * of:
        return Times((), 0, of)
    if _most(_NUMBER, candidates, of):
        return _counted(candidates, of) if named else _compact(candidates, of)
    taken, left, clocked = _shaped(candidates)
    if left and named and (serials := [word for word in left if _counts("excel", word)]):
        taken.append("excel")
        left = [word for word in left if word not in serials]
    found = Times(tuple(taken), len(candidates) - len(left), of, days=not clocked)
    return found if found.sure else _ordered(candidates, of) or found


def _shaped(candidates: Sequence[str]) -> tuple[list[str], list[str], bool]:
    """Return the shapes that read most, what none reads, and whether any says what o'clock."""
    left = [word for word in candidates if reads("iso", word) is None]
    clocked = any(reads("iso", word) is False for word in candidates)
    taken: list[str] = []
    while left and len(taken) < _MOST_SHAPES:
        shape = _best(left)
        if shape is None:
            break
        taken.append(shape)
        clocked = clocked or any(reads(shape, word) is False for word in left)
        left = [word for word in left if reads(shape, word) is None]
    return taken, left, clocked


def _best(words: Sequence[str]) -> str | None:
    """Return the shape that reads the first of the words that any reads, and the most others."""
    few = words[:50]
    ranked = ((sum(reads(shape, word) is not None for word in few), shape) for shape in _shapes())
    most, best = max(ranked, key=lambda pair: pair[0], default=(0, ""))
    return best if most else None


def _compact(words: Sequence[str], of: int) -> Times:
    """Read days and moments written as one number: ``20261008``."""
    for shape in ("%Y%m%d%H%M%S", "%Y%m%d"):
        usual = [word for word in words if word[:2] in ("19", "20")]
        read = sum(reads(shape, word) is not None for word in usual)
        if read >= _MOSTLY * of and _reader(shape):
            return Times((shape,), read, of, days=shape == "%Y%m%d")
    return Times((), 0, of)


def _counted(words: Sequence[str], of: int) -> Times:
    """Read numbers under the heading of a time: seconds since 1970, days of a spreadsheet."""
    for shape in _COUNTS:
        counts = [float(word) for word in words if _counts(shape, word)]
        if len(counts) >= _MOSTLY * of:
            whole = shape == "excel" and all(count.is_integer() for count in counts)
            return Times((shape,), len(counts), of, days=whole)
    return _compact(words, of)


def _counts(shape: str, word: str) -> bool:
    """Tell whether a bare number counts seconds or days of our time."""
    first, last = _COUNTS[shape]
    return bool(_NUMBER.fullmatch(word)) and first <= float(word) <= last


def _ordered(words: Sequence[str], of: int) -> Times | None:
    """Read days without the year first; where both orders read all, neither is taken."""
    pairs = [
        (f"{day}{clock}", f"{month}{clock}")
        for day, month in zip(_DAY_FIRST, _MONTH_FIRST, strict=True)
        for clock in (*(f" {clock}" for clock in _CLOCKS), "")
        if _reader(f"{day}{clock}")
    ]
    for day_first, month_first in pairs:
        by_day, by_month = (
            sum(reads(shape, word) is not None for word in words)
            for shape in (day_first, month_first)
        )
        if max(by_day, by_month) < _MOSTLY * of:
            continue
        days = "H" not in day_first and "I" not in day_first
        if by_day == by_month:
            return Times((), by_day, of, (day_first, month_first), days)
        shape = day_first if by_day > by_month else month_first
        return Times((shape,), max(by_day, by_month), of, days=days)
    return None
