"""What a number in a cell of a spreadsheet says: a figure, a day, a moment, a length of time.

The number alone does not tell; the format of the cell does, and the day the book counts
from (1900 or 1904).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite

EXACT = 10**15  # a spreadsheet keeps 15 digits of a number and makes the rest zeros
DAYS_1904 = 1462
"""By how many days the serial numbers of a 1904 book are less."""

_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_LAST = 2_958_466  # the day after 9999-12-31
_DAY = 86_400
_LEAP = 60  # the 1900 system has a 29 February 1900
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LENGTH = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LONG_DIGITS = "是日期格式, 存的却不是日期, 原来的号码已被表格软件改掉"
NOT_A_DATE = "是日期格式, 存的却不是日期"


class Look(Enum):
    """How a cell shows its number."""

    FIGURE = 0
    DAY = 1
    MOMENT = 2
    LENGTH = 3


_BUILT_IN = (
    dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), Look.DAY)
    | dict.fromkeys((18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 47, 55, 56), Look.MOMENT)
    | {46: Look.LENGTH}
)


def look_of(number: int, code: str | None) -> Look:
    """Return how a number format shows numbers: by its code, or by its well-known number."""
    if code is None:
        return _BUILT_IN.get(number, Look.FIGURE)
    first = code.split(";", 1)[0]
    if _LENGTH.search(first):
        return Look.LENGTH
    letters = set(_QUOTED.sub("", first).casefold())
    if letters & {"h", "s"}:
        return Look.MOMENT
    return Look.DAY if letters & {"y", "m", "d"} or "aaa" in first.casefold() else Look.FIGURE


def number_text(value: float) -> str:
    """Return a figure: whole numbers as their digits."""
    return str(int(value)) if value.is_integer() else repr(value)


def shown(value: float, look: Look, *, from_1904: bool) -> tuple[str, str | None]:
    """Return what a number says, and why it cannot be trusted.

    Days as ISO text, moments to the second, a time of day or a length as 09:05:00. A moment
    at midnight is a day: that is what is typed into a column of moments without an hour.
    """
    if not isfinite(value):
        return "", "不是数字"
    if look is Look.FIGURE:
        return number_text(value), None
    seconds = round(value * _DAY)  # 8:37:20 is stored as 8:37:19.999
    if not 0 <= seconds < (_LAST - (DAYS_1904 if from_1904 else 0)) * _DAY:
        return number_text(value), _LONG_DIGITS if abs(value) >= EXACT else NOT_A_DATE
    if look is Look.LENGTH or (look is Look.MOMENT and seconds < _DAY):
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}", None
    if seconds < _DAY and not from_1904:
        return number_text(value), NOT_A_DATE
    return _moment(seconds, from_1904=from_1904), None


def _moment(seconds: int, *, from_1904: bool) -> str:
    days, clock = divmod(seconds, _DAY)
    days += DAYS_1904 if from_1904 else days < _LEAP
    moment = _ZERO + timedelta(days=days, seconds=clock)
    return moment.isoformat(" ") if clock else moment.date().isoformat()
