"""What people write for a day, an instant or a period, understood or refused.

Fixed forms only, never a guess: ``2026-10-08 15:00``, ``2026年10月8日 15:00``,
``10月8日下午3点半``, ``昨天15:00``. Dates of two numbers (``10.8``, ``8/10/2026``) do not
say which is the month and are refused, as is ``3点`` without 上午 or 下午. Pure: the
present instant is an argument. All instants are Shanghai time in whole seconds;
everything refused raises ``UsageFault`` naming the accepted forms.

A date without a year is the nearest day. Of two equally near ones it is that on the side that
makes sense, the coming one where both do. 29 February is taken within half a year like any
other day; where the nearest is farther away its year has to be written. What lies on the side
that makes no sense is refused, a date without a year with both its readings.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final, Literal, NoReturn

from sixping.errors import UsageFault
from sixping.util.clock import SHANGHAI, instant
from sixping.util.daytext import WEEKDAYS, understood, understood_day

#: which side of now a date may lie on; today lies on both. ``bound``: where a period that is
#: read about begins or ends, which lies behind unless its year was written
Direction = Literal["past", "future", "any", "bound"]
_FORMS, _BEHIND, _AHEAD = "2026-10-08, 2026年10月8日, 10月8日, 今天", ", 昨天, 前天", ", 明天, 后天"
MOMENT_FORMS: Final = (
    "2026-10-08 15:00, 2026年10月8日 15:00, 10月8日下午3点半, 昨天15:00, 今天上午9点"
)

_LONGEST = 60
_YEARS = range(1900, 2200)
#: half of the longest year: what is nearest lies within it, 29 February aside
HALF_A_YEAR: Final = timedelta(days=183)
_NUMERALS = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_RELATIVE = {"大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨": -1} | {
    "今天": 0,
    "今日": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
}
_MONTH_WORDS = {"本月": 0, "这个月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
_YEAR_WORDS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}

_DAY = (
    r"(?:(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"|(?P<packed>(?:19|20)\d{6})(?!\d)"
    r"|(?:(?:(?P<cyear>\d{4})年|(?P<yword>前年|去年|今年|明年)) ?)?"
    r"(?P<cmonth>\d{1,2})月(?P<cday>\d{1,2})[日号]?"
    r"(?: ?\((?:周|星期)(?P<weekday>[一二三四五六日天])\) ?)?"
    r"|(?P<word>大前天|前天|前日|昨天|昨日|今天|今日|明天|明日|后天|[昨今](?=[早晚])))"
)
_TIME = (
    r"(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里|深夜|半夜)? ?"
    r"(?P<hour>\d{1,2})"
    r"(?:(?P<colon>:)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|(?P<sign>[点时])(?:整|(?P<half>半|[一1]刻|[三3]刻)|(?P<cminute>\d{1,2})分?)?)"
    r" ?(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)


def parse_moment(value: str, now: datetime, direction: Direction = "any") -> datetime:
    """Return the instant that ``value`` names; a day alone means its 00:00.

    ``past``: not after ``now``; ``future``: not before its day. A date without a year is
    completed to the nearest day (see above).
    """
    text = _plain(value)
    match = re.fullmatch(rf"{_DAY}(?:(?:[ T]|(?<=\D)|(?=\D)){_TIME})?", text, re.ASCII)
    if not match:
        _refuse(value, text, MOMENT_FORMS)
    day = _day_of(match, value, now, direction)
    moment = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if match["hour"] is not None:
        moment += _time_of(match, value)
        moment = instant(moment - _offset_of(match["offset"], value))
    if direction == "past" and moment > now:
        raise UsageFault(f"时间晚于现在: {understood(moment)}。", "这里只能写已经过去的时间。")
    return moment


def parse_day(value: str, now: datetime, direction: Direction = "any") -> date:
    """Return the day that ``value`` names; the year is completed as in ``parse_moment``."""
    text = _plain(value)
    match = re.fullmatch(_DAY, text, re.ASCII)
    if not match:
        _refuse(value, text, _FORMS + (_AHEAD if direction == "future" else _BEHIND))
    return _day_of(match, value, now, direction)


def parse_month(value: str, now: datetime, direction: Direction = "past") -> tuple[date, date]:
    """Return first and last day of a month: ``2019-06``, ``2019年6月``, ``6月``, ``上月``.

    Without a year: ``past``, the last one that has begun (a report tells of it, whatever comes);
    ``any``, the nearest, counted in days to its nearer end; ``future``, the nearest, refused
    with both readings where it is over.
    """
    text = _plain(value)
    today = instant(now).date()
    if text in _MONTH_WORDS:
        return _month_around(today.replace(day=15) + timedelta(days=30 * _MONTH_WORDS[text]))
    match = re.fullmatch(
        r"(?P<year>\d{4})-(?P<month>\d{1,2})|(?:(?P<cyear>\d{4})年)?(?P<cmonth>\d{1,2})月",
        text,
        re.ASCII,
    )
    if not match:
        raise UsageFault(f"看不懂的月份: {value}", "请写成 2019-06、2019年6月、6月或上月。")
    month = int(match["month"] or match["cmonth"])
    stated = match["year"] or match["cyear"]
    if stated:
        return _month_around(_calendar_day(int(stated), month, 1, value))
    return _nearest_month(month, value, today, direction)


def _nearest_month(month: int, value: str, today: date, direction: Direction) -> tuple[date, date]:
    """Complete the year of a month."""
    last = _month_around(_calendar_day(today.year - (month > today.month), month, 1, value))
    if direction == "past" or last[1] >= today:
        return last
    coming = _month_around(_calendar_day(last[0].year + 1, month, 1, value))
    if coming[0] - today <= today - last[1]:
        return coming
    if direction == "any":
        return last
    raise UsageFault(
        f"“{value.strip()}”最近的是 {_month_words(last[0])}, 已经过去; "
        f"下一个是 {_month_words(coming[0])}。",
        f"请写明年份: {last[0]:%Y-%m} 或 {coming[0]:%Y-%m}",
    )


def _month_words(first: date) -> str:
    return f"{first.year}年{first.month}月"


def parse_week(value: str, now: datetime) -> tuple[date, date]:
    """Return Monday and Sunday of the week of a day; also ``本周`` and ``上周``.

    The week must have begun; a day without a year whose nearest one has not is refused as in
    ``parse_day``.
    """
    weeks = {"本周": 0, "这周": 0, "上周": 1}.get(_plain(value))
    today = instant(now).date()
    day = parse_day(value, now) if weeks is None else today - timedelta(weeks=weeks)
    monday = day - timedelta(days=day.weekday())
    if monday > today:
        parse_day(value, now, "past")
    return monday, monday + timedelta(days=6)


def parse_quarter(value: str, now: datetime) -> tuple[date, date]:
    """Return first and last day of ``2019Q2``, ``2019年第2季度``, ``第2季度``.

    Without a year it is the last one that has begun.
    """
    today = instant(now).date()
    match = re.fullmatch(
        r"(?:(?P<year>\d{4})(?:-|年)?)?(?:[Qq]|第)?(?P<quarter>[1-4])(?P<word>季度)?",
        _plain(value),
        re.ASCII,
    )
    if not match or not (match["word"] or "q" in value.casefold()):
        raise UsageFault(f"看不懂的季度: {value}", "请写成 2019Q2 或 2019年第2季度。")
    month = int(match["quarter"]) * 3 - 2
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    first = _calendar_day(year, month, 1, value)
    return first, _month_around(first.replace(month=month + 2))[1]


def parse_half(value: str, now: datetime) -> tuple[date, date]:
    """Return first and last day of a half of a year: ``2019H1``, ``2019年上半年``, ``下半年``.

    Without a year it is the last one that has begun.
    """
    today = instant(now).date()
    match = re.fullmatch(
        r"(?:(?P<year>\d{4})(?:-|年)?)?(?:[Hh](?P<half>[12])|(?P<word>[上下])半年)",
        _plain(value),
        re.ASCII,
    )
    if not match:
        raise UsageFault(f"看不懂的半年: {value}", "请写成 2019H1 或 2019年上半年。")
    month = 1 if match["half"] == "1" or match["word"] == "上" else 7
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    first = _calendar_day(year, month, 1, value)
    return first, _month_around(first.replace(month=month + 5))[1]


def parse_year(value: str, now: datetime) -> tuple[date, date]:
    """Return first and last day of ``2019``, ``2019年``, ``今年`` or ``去年``."""
    text = _plain(value)
    if text in _YEAR_WORDS:
        year = instant(now).year + _YEAR_WORDS[text]
    elif match := re.fullmatch(r"(\d{4})年?", text, re.ASCII):
        year = int(match[1])
    else:
        raise UsageFault(f"看不懂的年份: {value}", "请写成 2019、2019年、今年或去年。")
    first = _calendar_day(year, 1, 1, value)
    return first, first.replace(month=12, day=31)


def _plain(value: str) -> str:
    """Narrow full-width signs, turn Chinese numerals before a unit into digits."""
    if len(value) > _LONGEST:
        raise UsageFault(f"看不懂的时间: {value[:20]}…", f"请写成: {MOMENT_FORMS}")
    text = " ".join(value.translate(_FULL_WIDTH).split())
    text = re.sub("(?<=[年月日号天午上晨晚点时]) (?=[^ ])", "", text)
    return re.sub("[零〇一二三四五六七八九十两]+(?=[年月日号点时分季]|$)", _digits, text)


def _digits(match: re.Match[str]) -> str:
    numeral = match.group()
    if "十" not in numeral:
        return "".join(str(_NUMERALS[sign]) for sign in numeral)
    tens, _, units = numeral.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return numeral
    return str(_NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(units, 0))


def _refuse(value: str, text: str, forms: str) -> NoReturn:
    if re.match(r"\d{1,2}[-/. ]\d{1,2}(?!\d*:)", text, re.ASCII):
        what = f"分不清哪个是月, 哪个是日: {value}"
    elif re.fullmatch(_TIME, text, re.ASCII):
        what = f"没有写明是哪一天: {value}"
    else:
        what = f"看不懂的时间: {value}"
    raise UsageFault(what, f"请写成: {forms}")


def _day_of(match: re.Match[str], value: str, now: datetime, direction: Direction) -> date:
    today = instant(now).date()
    if match["word"]:
        day = today + timedelta(days=_RELATIVE[match["word"]])
    elif packed := match["packed"]:
        day = _calendar_day(int(packed[:4]), int(packed[4:6]), int(packed[6:]), value)
    elif match["year"]:
        day = _calendar_day(int(match["year"]), int(match["month"]), int(match["day"]), value)
    else:
        day = _chinese_day(match, value, today, direction)
    if (weekday := match["weekday"]) and weekday.replace("天", "日") != WEEKDAYS[day.weekday()]:
        raise UsageFault(f"日期与星期不符: {value}", f"{understood_day(day)}, 请核对。")
    if direction != "bound" and not _fits(day, today, direction):
        ahead = day > today
        raise UsageFault(
            f"“{value.strip()}”是 {understood_day(day)}, {'还没有到' if ahead else '已经过去'}。",
            f"这里只能写{'已经过去的日期 (今天在内)' if ahead else '今天或以后的日期'}。",
        )
    return day


def _fits(day: date, today: date, direction: Direction) -> bool:
    return direction == "any" or day == today or (day < today) == (direction != "future")


def _chinese_day(match: re.Match[str], value: str, today: date, direction: Direction) -> date:
    month, day = int(match["cmonth"]), int(match["cday"])
    if match["cyear"]:
        return _calendar_day(int(match["cyear"]), month, day, value)
    if match["yword"]:
        return _calendar_day(today.year + _YEAR_WORDS[match["yword"]], month, day, value)
    return _nearest(month, day, value, today, direction)


def _nearest(month: int, day: int, value: str, today: date, direction: Direction) -> date:
    """Complete the year; refused where the nearest day is on the wrong side, or far away."""
    last, coming = _readings(month, day, value, today)
    behind, ahead = today - last, coming - today
    passed = behind < ahead or (behind == ahead and direction in {"past", "bound"})
    nearest, other = (last, coming) if passed else (coming, last)
    if min(behind, ahead) > HALF_A_YEAR:
        raise UsageFault(
            f"“{value.strip()}”前后最近的是 {understood_day(last)}和 {understood_day(coming)}, "
            "都不在半年之内。",
            f"请写明年份: {last} 或 {coming}",
        )
    if not _fits(nearest, today, direction):
        raise UsageFault(
            f"“{value.strip()}”最近的是 {understood_day(nearest)}, "
            f"{'已经过去; 下一个' if passed else '还没有到; 上一个'}是 {understood_day(other)}。",
            f"请写明年份: {nearest} 或 {other}",
        )
    return nearest


def _readings(month: int, day: int, value: str, today: date) -> tuple[date, date]:
    """Return the last such day not after today and the first not before it.

    29 February may lie up to eight years away.
    """
    years = range(today.year - 8, today.year + 9)
    known = [
        _calendar_day(year, month, day, value)
        for year in years
        if year in _YEARS and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]  # noqa: PLR2004
    ]
    if not known or known[0] > today or known[-1] < today:
        raise UsageFault(f"没有这一天: {value}", f"请写成: {_FORMS}")
    return max(d for d in known if d <= today), min(d for d in known if d >= today)


def _calendar_day(year: int, month: int, day: int, value: str) -> date:
    try:
        named = date(year, month, day)
    except ValueError:
        raise UsageFault(f"没有这一天: {value}", "请核对年、月、日。") from None
    if year not in _YEARS:
        raise UsageFault(f"年份不对: {value}", "请核对年份。")
    return named


def _month_around(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _time_of(match: re.Match[str], value: str) -> timedelta:
    hour = _hour_of(match["part"] or "", int(match["hour"]), match["sign"] or ":", value)
    minute = int(match["minute"] or match["cminute"] or 0)
    if half := match["half"]:
        minute = {"半": 30, "一": 15, "1": 15}.get(half[0], 45)
    second = int(match["second"] or 0)
    if minute > 59 or second > 59 or (hour == 24 and minute + second):  # noqa: PLR2004
        raise UsageFault(f"没有这个时刻: {value}", "请按 00:00 至 23:59 填写。")
    return timedelta(hours=hour, minutes=minute, seconds=second)


_HOURS: Final = {
    "凌晨": {12: 0} | {hour: hour for hour in range(7)},
    "上午": {hour: hour for hour in range(13)},
    "中午": {11: 11, 12: 12, 1: 13, 2: 14},
    "下午": {hour: hour % 12 + 12 for hour in range(1, 13)},
    "晚上": {hour: hour + 12 for hour in range(5, 12)},
    "": {hour: hour for hour in range(25)},
}
_PARTS: Final = {
    **dict.fromkeys(("清晨", "早上", "早晨", "早"), "上午"),
    **dict.fromkeys(("晚", "夜里", "深夜", "半夜"), "晚上"),
    "傍晚": "下午",
}


def _hour_of(part: str, hour: int, sign: str, value: str) -> int:
    """Return the hour of the day; refuse what could be either half of it.

    ``8时`` and ``8:00`` are written by the 24-hour clock, ``8点`` is spoken.
    """
    part = _PARTS.get(part, part)
    if not part and sign == "点" and 1 <= hour < 12:  # noqa: PLR2004
        raise UsageFault(f"分不清上午还是下午: {value}", "请加上午、下午, 或按 24 小时制写 15:00。")
    if part in ("下午", "晚上") and 12 < hour < 24:  # noqa: PLR2004
        return hour
    if hour not in _HOURS[part]:
        raise UsageFault(f"时刻说不通: {value}", "请按 24 小时制写, 例如 15:00。")
    return _HOURS[part][hour]


def _offset_of(offset: str | None, value: str) -> timedelta:
    """Return by how much a stated offset stands east of Shanghai."""
    if offset is None:
        return timedelta(0)
    digits = "0000" if offset == "Z" else offset[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:  # noqa: PLR2004
        raise UsageFault(f"时区不对: {value}", "请写 +08:00, 或不写时区。")
    east = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
    return east - timedelta(hours=8)
