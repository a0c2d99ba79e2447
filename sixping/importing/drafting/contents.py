"""What the cells of a column look like: times and in which form, telephone numbers, words, text.

Looked at for drafting a profile only: nothing here decides how a file is read.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.importing.times import NO_TIME, Gap, clock, compile_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sixping.importing.times import Moment

#: characters of a cell that are looked at; a time, a code, a word of a list is shorter
KEPT = 64
_CLOCKS = (" %H:%M:%S", " %H:%M", " %p%I:%M:%S", " %p%I:%M", " %I:%M:%S %p", " %I:%M %p", "")
#: days whose year is not the first four digits: those are always read
_DAYS = (
    "%y{}%m{}%d", "%d{}%m{}%Y", "%m{}%d{}%Y", "%d{}%m{}%y", "%m{}%d{}%y",
)  # fmt: skip
_MARKS = "/-."
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: what bare numbers may count: seconds and milliseconds from 2000 to 2100, days from 1990 to 2100
_COUNTS = {
    "unix": (946_684_800, 4_102_444_800),
    "unix-ms": (946_684_800_000, 4_102_444_800_000),
    "excel": (32_874, 73_050),
}
_MOST_SHAPES = 4
_SEVERAL = 50  # words of a column that are tried first
_MOSTLY = 0.8


class Times(NamedTuple):
    """How a column writes its times: ``formats`` beside those always read, how many are read.

    ``either``: the formats one of which a person has to choose, where several read them alike;
    ``days``: none says what o'clock.
    """

    formats: tuple[str, ...]
    read: int
    of: int
    either: tuple[str, ...] = ()
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
    if named_time:  # what says that there is none yet is as good as blank
        cells = [cell for cell in cells if cell not in NO_TIME]
    words = Counter(cells)
    some = [word for word in words if len(word) < KEPT]
    return Content(
        filled=len(cells),
        words=words,
        average=sum(lengths) / len(lengths) if lengths else 0,
        longest=max(lengths, default=0),
        times=_times(some, len(words), named=named_time),
        clocks=len(words) > 0 and sum(map(_is_clock, some)) >= _MOSTLY * len(words),
        phones=_most(_PHONE, some, len(words)),
        numbers=_most(_NUMBER, some, len(words)),
        serial=_is_serial(cells),
    )


def _most(pattern: re.Pattern[str], words: Iterable[str], of: int) -> bool:
    return of > 0 and sum(map(bool, map(pattern.fullmatch, words))) >= _MOSTLY * of


def _is_clock(word: str) -> bool:
    """Tell whether a cell says what o'clock, and no day."""
    if not set(":：时点").intersection(word):  # a bare number may be anything
        return False
    try:
        clock(word)
    except ValueError:
        return False
    return True


def _is_serial(cells: Sequence[str]) -> bool:
    """Tell whether a column counts its rows from 0 or 1."""
    if len(cells) < 3 or cells[0] not in ("0", "1"):  # noqa: PLR2004
        return False
    return cells == [str(n) for n in range(int(cells[0]), int(cells[0]) + len(cells))]


# --- times --------------------------------------------------------------------------------


@cache
def _reader(shape: str) -> Callable[[str], Moment] | None:
    """Return what reads times of a shape; None where profiles cannot name it."""
    try:
        return compile_times([shape])
    except ValueError:
        return None


def reads(shape: str, word: str) -> int | None:
    """Return what a cell leaves open (``Gap``) read by a shape; None where it is not read."""
    reader = _reader(shape)
    if reader is None:
        return None
    try:
        return reader(word)[1]
    except (ValueError, OverflowError):
        return None


@cache
def _shapes() -> tuple[str, ...]:
    """Return the shapes to try: the same clock behind every order of the day."""
    days = [day.format(mark, mark) for mark in _MARKS for day in _DAYS]
    usual = [f"{day}{clock}" for clock in _CLOCKS for day in [*days, "%y年%m月%d日"]]
    return tuple(usual)


def _times(words: Sequence[str], of: int, *, named: bool) -> Times:
    """Find the fewest shapes that read the cells of a column."""
    candidates = [word for word in words if any(map(str.isdecimal, word))]
    if len(candidates) < _MOSTLY * of:
        return Times((), 0, of)
    if _most(_NUMBER, candidates, of):
        return _counted(candidates, of) if named else _compact(candidates, of)
    gaps = [reads("iso", word) for word in candidates]
    left = [word for word, gap in zip(candidates, gaps, strict=True) if gap is None]
    clocked = Gap.NONE in gaps
    taken: list[str] = []
    while left and len(taken) < _MOST_SHAPES:
        best = _best(left)
        if len(best) > 1:
            return Times(tuple(taken), len(candidates), of, best, days=not clocked)
        if not best:
            break
        taken += best
        clocked = clocked or "H" in best[0] or "I" in best[0]
        left = [word for word in left if reads(best[0], word) is None]
    if left and named and (serials := [word for word in left if _counts("excel", word)]):
        taken.append("excel")
        left = [word for word in left if word not in serials]
    return Times(tuple(taken), len(candidates) - len(left), of, days=not clocked)


def _best(words: Sequence[str]) -> tuple[str, ...]:
    """Return the shapes that read most of the words: several where the words do not tell."""
    some = words[:_SEVERAL]
    counts = {shape: sum(reads(shape, word) is not None for word in some) for shape in _shapes()}
    most = max(counts.values())
    tied = [shape for shape, count in counts.items() if count == most] if most else []
    if len(tied) > 1:  # the rest of the words may tell
        counts = {s: sum(reads(s, word) is not None for word in words) for s in tied}
        tied = [shape for shape in tied if counts[shape] == max(counts.values())]
    return tuple(tied)


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
