"""The papers of the office: agenda and minutes of a meeting (附1.3), roster of a month (一.2).

Pure: plain data in, blocks out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.documents.phrases import GONE
from sixping.render.paper.blocks import Block, Sentence, Slot
from sixping.render.paper.wording import day_words
from sixping.render.sections import anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

NUMERALS = "一二三四五六七八九十"
#: who writes what no data support (附1.3)
BY_MEETING = "由会议填写。"


class Issued(NamedTuple):
    """Who issues a paper, when, and from which state of the ledger; Shanghai time."""

    street: str
    room: str
    as_of: datetime
    seq: int
    head: str

    @property
    def office(self) -> str:
        """The command room of the street."""
        return f"{self.street}{self.room}"

    @property
    def until(self) -> str:
        """Up to when its data are."""
        return f"{full_day(self.as_of.date())} {self.as_of:%H:%M}"

    @property
    def seal(self) -> str:
        """The 校验码."""
        return anchor(self.seq, self.head, self.as_of)


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
    ones = NUMERALS[number % 10 - 1] if number % 10 else ""
    if number <= len(NUMERALS):
        return NUMERALS[number - 1]
    tens = NUMERALS[number // 10 - 1] if number >= 2 * len(NUMERALS) else ""
    return f"{tens}十{ones}"


def written(text: str | None) -> Iterator[Block]:
    """Yield what somebody wrote, a paragraph a line; None: a slot to write it in."""
    if text is None:
        yield Slot(BY_MEETING)
        return
    for line in filter(None, map(str.strip, text.split("\n"))):
        yield Sentence((line,))


def named(names: Sequence[str | None]) -> str:
    """Return names one after another; who was erased is said to be."""
    return "、".join(name or GONE for name in names)
