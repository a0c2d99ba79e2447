"""Times as files write them, compiled once for each column: no guessing, no parser library.

What begins with a year of four digits (ISO, ``2026/4/1 15:05``, ``2026年4月1日 下午3时5分``) has
one reading and is always understood, in any width and any digits; anything else must be named by
the profile, because ``8/10/2026`` has two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta, timezone
from enum import IntEnum
from functools import cache, partial

from sixping.util.clock import SHANGHAI, instant, to_text


class Gap(IntEnum):
    """What a file leaves open of a time: nothing, the clock, or which number is the year."""

    NONE = 0
    HOUR = 1
    YEAR = 2


class YearFault(ValueError):
    """A time that was understood, of a year in which nobody reported anything to the street."""


Moment = tuple[datetime, int]
"""An instant, and the ``Gap`` (the instant of a day without a clock is its 0:00)."""

FIRST_YEAR, LAST_YEAR = 1949, 2100
_OF_1900 = 70  # a year of two digits from here on is of the last century, as POSIX has it
_PARTS = {"Y": r"(\d{4})", "y": r"(\d{2})"} | dict.fromkeys("mdHIMS", r"(\d{1,2})")
_NUMBER = re.compile(r"\d{1,14}(?:\.\d+)?")
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_LATER_1904 = 1462  # days from the zero of one system to that of the other
_EXCEL_LAST = 2_958_465  # 9999-12-31
_DAY, _FULL = len("2026-10-08"), len("2026-10-08 15:00:00")
_BETWEEN = ("", " ", "T", "t")  # a day and its clock
_MIDNIGHT = 24
_LONGEST = 80  # characters: no time is as long
_MEMO = 10_000  # days; a column with more of them is read all the same
_CLOCK = re.compile(r"%[Yymd][^pIHMS]* (?:%H:%M(?::%S)?|%p ?%I:%M(?::%S)?|%I:%M(?::%S)? ?%p)")
_UNIX_LAST = 253_402_214_400

NAMED = ("iso", "excel", "unix", "unix-ms")
#: what ``excel`` means in a workbook that counts its days from 1904
EXCEL_1904 = "excel-1904"

#: parts of the day → the hours that stay as written, and those to which twelve are added;
#: 12 in the first list of a morning is its midnight. What is in neither has two readings.
_MORNING = (range(13), range(0))
_AFTERNOON = (range(12, 24), range(12))
_PERIODS = {
    "AM": _MORNING, "上午": _MORNING, "凌晨": _MORNING,
    "早上": (range(12), range(0)), "早晨": (range(12), range(0)), "清晨": (range(12), range(0)),
    "PM": _AFTERNOON, "下午": _AFTERNOON, "午后": _AFTERNOON,
    "中午": (range(10, 15), range(1, 3)),
    "傍晚": (range(16, 21), range(4, 9)),
    "晚上": (range(17, 24), range(5, 12)), "夜里": (range(18, 24), range(6, 12)),
}  # fmt: skip
_PERIOD = rf"({'|'.join(word for word in _PERIODS if not word.isascii())}|[AaPp]\.?[Mm]\.?)"
_WRITTEN = rf"""(?x:
    {_PERIOD}? [ ]? (\d{{1,2}}) [ ]?
    (?: :[ ]?(\d{{1,2}}) (?: [ ]?:[ ]?(\d{{1,2}}) (?:\.\d+)? )?
      | [时点] (?: 整 | [ ]?(\d{{1,2}}|半|[一三]刻) (?: [ ]?分 (?: [ ]?(\d{{1,2}})[ ]?秒 )? )? )? )
    [ ]? ([AaPp]\.?[Mm]\.?)?
)"""
_ONE_CLOCK = re.compile(_WRITTEN)
_YEAR_FIRST = re.compile(
    rf"""(?x)
    (\d{{4}}) (?: [ ]?([-/.]) [ ]?(\d{{1,2}}) [ ]?\2 [ ]?(\d{{1,2}}) (?!\d)
             | [ ]?年 [ ]?(\d{{1,2}}) [ ]?月 [ ]?(\d{{1,2}}) [ ]?[日号] )
    (?: [ ]? \(? (?:星期|周)[一二三四五六日天] \)? )?
    (?: [ ]? [Tt]? [ ]? {_WRITTEN} [ ]? (Z|[+-]\d{{2}}:?\d{{2}})? )?"""
)
#: what a spreadsheet puts before a clock alone
_NO_DAY = re.compile(r"(?:1899-12-3[01]|1900-01-0[01]|1904-01-01)[ T](?=\d)")
#: what ends a time of a day and says its zone, after a clock
_ZONE = re.compile(
    r"([Tt]?) ?\d{1,2}:\d{2}(:\d{2}(?:[.,]\d+)?)? ?"
    r"(?:[Zz]|([+-])(?:0\d|1[0-4])(?::?(?:00|30|45))?)$"
)
_QUARTERS = {"一刻": 15, "半": 30, "三刻": 45}
_ODD_ORDER = re.compile("%Y.*%d.*%m")


def compile_times(formats: Sequence[str], zone: timezone = SHANGHAI) -> Callable[[str], Moment]:
    """Return the reader of a column: text to instant, trying the formats in order.

    ``zone`` is what times without an offset are in; the result is Shanghai time, whole
    seconds. The reader raises ``ValueError`` for what no format reads, ``YearFault`` for years
    outside 1949 to 2100; ``compile_times`` itself does for a format it does not know.
    """
    attempt = _attempt(formats, zone)

    def read(text: str) -> Moment:
        found = attempt(text)
        if found is None and len(text) <= _LONGEST and (plain := _plain(text)) != text:
            found = attempt(plain)
        if found is None:
            raise ValueError(text)
        if not FIRST_YEAR <= found[0].year <= LAST_YEAR:
            raise YearFault(found[0].year)
        return found

    return read


def _attempt(formats: Sequence[str], zone: timezone) -> Callable[[str], Moment | None]:
    readers = [_reader(name, zone) for name in formats if name != "iso"]
    if not any(map(_ODD_ORDER.search, formats)):
        readers.append(partial(_year_first, zone=zone))
    parse = datetime.fromisoformat
    home = zone == SHANGHAI

    def attempt(text: str) -> Moment | None:
        # fromisoformat alone also takes 20190408, and any sign before a clock: 2026-11-02~03
        if text[4:5] == "-" and text[_DAY : _DAY + 1] in _BETWEEN:
            try:
                if home and len(text) == _FULL and text[7] == "-":
                    # The usual case: one C call, six times as fast as replacing the zone later.
                    return parse(text + "+08:00"), Gap.NONE
                if len(text) <= _DAY:
                    return _settle(parse(text), zone), Gap.HOUR
                if (moment := parse(text)).tzinfo is None or _is_zone(text):
                    return _settle(moment, zone), Gap.NONE
            except ValueError:  # 2026-1-5 is for the formats
                pass
        return next((found for read in readers if (found := read(text)) is not None), None)

    return attempt


#: what systems write into a column of times where there is none yet
NO_TIME = frozenset(
    ("-", "--", "---", "----", "—", "——", "–", "/", "//", "\\", "无", "暂无", "NULL", "null",
     "0000-00-00", "0000-00-00 00:00", "0000-00-00 00:00:00")
)  # fmt: skip


def compile_texts(
    formats: Sequence[str], zone: timezone = SHANGHAI, hour: time | None = None
) -> Callable[[str], tuple[str, int]]:
    """Return the same reader, giving the fixed-width text of the instant (``clock.to_text``).

    ``hour`` is the clock of days without one, which then leave nothing open.
    Files repeat their days: each is taken apart once, and the clock's text put behind it.
    """
    read = compile_times(formats, zone)
    clocked = [name for name in formats if "%H" in name or "%I" in name]
    if zone != SHANGHAI or not all(map(_CLOCK.fullmatch, clocked)):
        return lambda text: _text(read(text), hour)
    days: dict[int, dict[str, str]] = {len("9:00:00"): {}, len("09:00:00"): {}}
    zeros = {len("9:00:00"): "0", len("09:00:00"): ""}
    parse = datetime.fromisoformat

    def quick(text: str) -> tuple[str, int]:
        day, _, clock = text.rpartition(" ")
        known = days.get(len(clock))  # what reads 09:00:00 need not read 9:00:00
        if known is None or clock[-3] != ":" or clock[-6] != ":":
            return _text(read(text), hour)
        if head := known.get(day):
            full = f"{head}{clock}+08:00"
            try:
                parse(full)
            except ValueError:
                return _text(read(text), hour)
            if clock[:2] != "24":  # newer Pythons take 24:00:00 for the next day's start
                return full, Gap.NONE
        answer = _text(read(text), hour)
        # 下午 before a clock is no day to put other clocks behind
        if len(known) < _MEMO and not answer[1] and (day[-1:].isdecimal() or day[-1:] == "日"):
            known[day] = answer[0][: _DAY + 1] + zeros[len(clock)]
        return answer

    return quick


def compile_split(
    formats: Sequence[str], zone: timezone = SHANGHAI, hour: time | None = None
) -> Callable[[str, str], tuple[str, int]]:
    """Return the reader of a time in two cells, of the day and of the clock (may be empty).

    A cell may repeat what the other says. Raises ``ValueError`` as ``compile_times`` does, and
    where the two cells contradict each other.
    """
    read = compile_times(formats, zone)

    def both(day: str, written: str) -> tuple[str, int]:
        moment, gap = read(day)
        local = moment.astimezone(zone)
        if not written:
            return _text((moment, gap), hour)
        try:
            at = clock(written)
        except ValueError:  # the second cell has the day as well
            try:
                whole, gap = read(written)
            except YearFault:  # a number is no day of another century
                raise ValueError(written) from None
            if gap or whole.astimezone(zone).date() != local.date():
                raise
            at = whole.astimezone(zone).time()
        if local.time() not in (time(), at.replace(second=0), at):
            raise ValueError(written)
        return to_text(instant(datetime.combine(local.date(), at, zone))), gap & Gap.YEAR

    return both


def clock(text: str) -> time:
    """Read a clock without a day, to the second: ``9:05``, ``上午9时5分``, a fraction of a day.

    Raises ``ValueError``.
    """
    plain = _NO_DAY.sub("", _plain(text[: _LONGEST + 1]))
    if match := _ONE_CLOCK.fullmatch(plain):
        return time(*_hands(match.groups()))
    if _NUMBER.fullmatch(plain) and float(plain) < 1:
        return (_EXCEL_ZERO + timedelta(seconds=round(float(plain) * 86_400))).time()
    raise ValueError(text)


def _text(moment: Moment, hour: time | None) -> tuple[str, int]:
    at, gap = moment
    if gap == Gap.HOUR and hour is not None:
        at += timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
        gap = Gap.NONE
    return to_text(at), gap


def offset(text: str) -> timezone:
    """Read ``+08:00``. Raises ``ValueError``."""
    match = re.fullmatch(r"([+-])(\d{2}):([0-5]\d)", text)
    if not match:
        raise ValueError(text)
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(span if match[1] == "+" else -span)


def _is_zone(text: str) -> bool:
    """Tell whether a time ends with a zone: 09:30-10:30 is from when to when, in no zone."""
    found = _ZONE.search(text)
    return found is not None and (found[3] != "-" or bool(found[1] or found[2]))


def _settle(moment: datetime, zone: timezone) -> datetime:
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _plain(text: str) -> str:
    """Return a text in the usual width: full-width signs, other digits, hidden signs, blanks."""
    kept = (sign for sign in unicodedata.normalize("NFKC", text) if sign not in _HIDDEN)
    return " ".join("".join(str(unicodedata.decimal(sign, sign)) for sign in kept).split())


_HIDDEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


# --- the readers --------------------------------------------------------------------------


def _reader(name: str, zone: timezone) -> Callable[[str], Moment | None]:
    if name == "excel":
        return _excel
    if name == EXCEL_1904:
        return partial(_excel, later=_LATER_1904)
    if name in ("unix", "unix-ms"):
        return lambda text: _unix(text, 1000 if name == "unix-ms" else 1)
    return _pattern(name, zone)


def _excel(text: str, later: int = 0) -> Moment | None:
    """Read the serial day of a spreadsheet, ``later`` days on, to the nearest second."""
    if not _NUMBER.fullmatch(text) or not 1 <= float(text) + later <= _EXCEL_LAST:
        return None
    seconds = round((float(text) + later) * 86_400)
    gap = Gap.NONE if seconds % 86_400 else Gap.HOUR
    return _EXCEL_ZERO + timedelta(seconds=seconds), gap


def _unix(text: str, unit: int) -> Moment | None:
    """Read seconds (or milliseconds) since 1970-01-01 UTC."""
    if not _NUMBER.fullmatch(text):
        return None
    seconds = int(float(text)) // unit
    return (datetime.fromtimestamp(seconds, SHANGHAI), Gap.NONE) if seconds < _UNIX_LAST else None


def _year_first(text: str, zone: timezone) -> Moment | None:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    year, _, month, day, month_said, day_said, *written, stated = match.groups()
    moment = datetime(int(year), int(month or month_said), int(day or day_said), tzinfo=zone)
    if written[1] is None:
        return instant(moment), Gap.HOUR
    hour, minute, second = _hands(written)
    if hour == _MIDNIGHT and not (minute or second):  # 24:00, as limits are written
        moment, hour = moment + timedelta(days=1), 0
    if stated and not _is_zone(text):
        return None
    if stated:
        sign = stated if stated[-3:-2] in ("", ":") else f"{stated[:3]}:{stated[3:]}"
        moment = moment.replace(tzinfo=offset("+00:00" if stated == "Z" else sign))
    return instant(moment.replace(hour=hour, minute=minute, second=second)), Gap.NONE


def _hands(written: Sequence[str | None]) -> tuple[int, int, int]:
    """Return hour, minute, second of what ``_WRITTEN`` found. Raises ``ValueError``."""
    before, hour, minute, second, minute_said, second_said, after = written
    if before and after:
        raise ValueError(before)
    said = _QUARTERS.get(minute_said or "", minute_said)
    hands = int(minute or said or 0), int(second or second_said or 0)
    return _hour_of(before or after, int(hour or 0)), *hands


def _hour_of(period: str | None, hour: int) -> int:
    """Return the hour of the day. Raises ``ValueError``: 晚上12时 is of which day?"""
    if not period:
        return hour
    stays, added = _PERIODS[period.replace(".", "").upper()]
    if hour in added:
        return hour + 12
    if hour not in stays:
        raise ValueError(hour)
    return 0 if stays is _MORNING[0] and hour == 12 else hour  # noqa: PLR2004 - noon's number


def _pattern(name: str, zone: timezone) -> Callable[[str], Moment | None]:
    pieces = re.split(r"%(.)", name)
    letters = pieces[1::2]
    _check(name, letters)
    match = re.compile("".join(_sources(pieces))).fullmatch
    order = [letters.index(part) for part in "YymdHIMS" if part in letters]
    padding = [0] * (6 - len(order))
    gap = Gap.NONE if {"H", "I"} & set(letters) else Gap.HOUR
    period = letters.index("p") if "p" in letters else None
    short = "y" in letters
    home = zone == SHANGHAI
    swaps = name.startswith("%y") and pieces[2] != "年"

    def read(text: str) -> Moment | None:
        parts = match(text)
        if parts is None:
            return None
        groups = parts.groups()
        numbers = [int(groups[place]) for place in order]
        year, month, day, hour, minute, second = numbers + padding
        if period is not None:
            hour = _hour_of(groups[period], hour)
        unsure = swaps and year <= 12 and day > 12  # noqa: PLR2004 - 10/8/26 is of 2026 to some
        if short:
            year += 1900 if year >= _OF_1900 else 2000
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return (moment if home else instant(moment)), Gap.YEAR if unsure else gap

    return read


def _check(name: str, letters: list[str]) -> None:
    """Raise ``ValueError`` for a format that leaves something open or has it twice."""
    known = set(letters)
    day = {"m", "d"} <= known and len(known & {"Y", "y"}) == 1
    hours = known & {"H", "I"}
    clock = (
        len(hours) <= 1 and ("M" not in known or hours) and ("S" not in known or "M" in known)
        and ("I" not in known or "p" in known) and ("p" not in known or hours)
    )  # fmt: skip
    if not (day and clock and known <= {*_PARTS, "p"}) or len(known) < len(letters):
        raise ValueError(name)


def _sources(pieces: list[str]) -> list[str]:
    """Return the patterns of a format's pieces: literals, and letters at the odd places."""
    made = []
    for place, piece in enumerate(pieces):
        if place % 2:
            part = _PARTS.get(piece, rf"\s*{_PERIOD}\s*")
            made.append(part.replace("{1,2}", "{2}") if _is_packed(pieces, place) else part)
        else:
            text = piece.lstrip() if pieces[place - 1 : place] == ["p"] else piece
            text = text.rstrip() if pieces[place + 1 : place + 2] == ["p"] else text
            made.append(re.sub(r"\\?\s+", r"\\s+", re.escape(text)))
    return made


def _is_packed(pieces: list[str], place: int) -> bool:
    """Tell whether nothing keeps a number from another one: both have two digits (20260108)."""
    beside = ((place + step, place + 2 * step) for step in (-1, 1))
    return any(
        0 < other < len(pieces) and not pieces[between] and pieces[other] != "p"
        for between, other in beside
    )


# --- what would read a time -----------------------------------------------------------------


#: how long the numbers are that are told to be times: any number might be one
_DIGITS = {
    "excel": re.compile(r"\d{5}(\.\d+)?"), "unix": re.compile(r"\d{10}"),
    "unix-ms": re.compile(r"\d{13}"),
}  # fmt: skip


@cache
def _shapes() -> tuple[tuple[str, Callable[[str], Moment]], ...]:
    days = [
        f"{parts[0]}{mark}{parts[1]}{mark}{parts[2]}"
        for parts in (("%y", "%m", "%d"), ("%m", "%d", "%Y"), ("%d", "%m", "%Y"),
                      ("%m", "%d", "%y"), ("%d", "%m", "%y"))
        for mark in "/-."
    ]  # fmt: skip
    clocks = ("", " %H:%M:%S", " %H:%M", " %p%I:%M:%S", " %p%I:%M", " %I:%M:%S %p", " %I:%M %p")
    packed = ("%Y%m%d", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M")
    said = [f"%y年%m月%d日{clock}" for clock in clocks]
    names = [*packed, "excel", "unix", "unix-ms", *said, *(d + c for d in days for c in clocks)]
    return tuple((name, compile_times([name])) for name in names)


def would_read(text: str) -> list[str]:
    """Return the formats, of those we know of, that would read a text: several have to be chosen.

    A profile names one of them under ``times``.
    """
    found = []
    for name, read in _shapes() if len(text) <= _LONGEST else ():
        if name in _DIGITS and not _DIGITS[name].fullmatch(text):
            continue
        try:
            read(text)
        except (ValueError, OverflowError):
            continue
        found.append(name)
    return found
