"""Times as files write them, compiled once for each column: no guessing, no parser library.

ISO (``2026-10-08 15:00:00``) is always understood; anything else must be named by the
profile, because ``8/10/2026`` has two readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from sixping.util.clock import SHANGHAI, instant, to_text

Moment = tuple[datetime, bool]
"""An instant, and whether the file gives the day only (the instant is then its 0:00)."""

_PARTS = {"Y": r"(\d{4})"} | dict.fromkeys("mdHMS", r"(\d{1,2})")
_NUMBER = re.compile(r"\d{1,14}(?:\.\d+)?")
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_EXCEL_1904 = 1462  # days: 1904-01-01
_EXCEL_LAST = 2_958_465  # 9999-12-31
_DAY, _FULL = len("2026-10-08"), len("2026-10-08 15:00:00")
_MEMO = 10_000  # days; a column with more of them is read all the same
_CLOCK = re.compile(r" %H:%M:%S$")
_UNIX_LAST = 253_402_214_400

NAMED = ("iso", "excel", "unix", "unix-ms")


def compile_times(
    formats: Sequence[str], zone: timezone = SHANGHAI, *, from_1904: bool = False
) -> Callable[[str], Moment]:
    """Return the reader of a column: text to instant, trying the formats in order.

    ``zone`` is what times without an offset are in; the result is Shanghai time, whole
    seconds. ``from_1904``: the serial days of ``excel`` count from 1904. The reader raises
    ``ValueError`` for what no format reads; ``compile_times``
    itself does for a format it does not know.
    """
    readers = [_reader(name, zone, from_1904=from_1904) for name in formats if name != "iso"]
    parse = datetime.fromisoformat
    home = zone == SHANGHAI

    def read(text: str) -> Moment:
        if home and len(text) == _FULL and text[4] == text[7] == "-":
            # The usual case: one C call, six times as fast as replacing the zone afterwards.
            return parse(text + "+08:00"), False
        if text[4:5] == "-":  # fromisoformat alone also takes 20190408 and Unix-like digits
            try:
                moment = parse(text)
            except ValueError:  # 2026-1-5 is for the formats named
                pass
            else:
                return _settle(moment, zone), len(text) <= _DAY
        for reader in readers:
            understood = reader(text)
            if understood is not None:
                return understood
        raise ValueError(text)

    return read


def compile_texts(
    formats: Sequence[str], zone: timezone = SHANGHAI, *, from_1904: bool = False
) -> Callable[[str], tuple[str, bool]]:
    """Return the same reader, giving the fixed-width text of the instant (``clock.to_text``).

    Files repeat their days: each is taken apart once, and the clock's text put behind it.
    """
    read = compile_times(formats, zone, from_1904=from_1904)
    if zone != SHANGHAI or any("%H" in name and not _CLOCK.search(name) for name in formats):
        return lambda text: _text(*read(text))
    days: dict[int, dict[str, str]] = {len("9:00:00"): {}, len("09:00:00"): {}}
    parse = datetime.fromisoformat

    def quick(text: str) -> tuple[str, bool]:
        day, _, clock = text.rpartition(" ")
        known = days.get(len(clock))  # what reads 09:00:00 need not read 9:00:00
        if known is None or clock[-3] != ":" or clock[-6] != ":":
            return _text(*read(text))
        if head := known.get(day):
            full = f"{head}{clock:0>8}+08:00"
            try:
                parse(full)
            except ValueError:
                return _text(*read(text))
            if full[_DAY + 1 :] < "24":  # newer Pythons take 24:00:00 for the next day's start
                return full, False
        answer = _text(*read(text))
        if len(known) < _MEMO:
            known[day] = answer[0][: _DAY + 1]
        return answer

    return quick


def _text(moment: datetime, day_only: bool) -> tuple[str, bool]:  # noqa: FBT001 - of ``Moment``
    return to_text(moment), day_only


def offset(text: str) -> timezone:
    """Read ``+08:00``. Raises ``ValueError``."""
    match = re.fullmatch(r"([+-])(\d{2}):([0-5]\d)", text)
    if not match:
        raise ValueError(text)
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(span if match[1] == "+" else -span)


def _settle(moment: datetime, zone: timezone) -> datetime:
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _reader(name: str, zone: timezone, *, from_1904: bool) -> Callable[[str], Moment | None]:
    if name == "excel":
        return lambda text: _excel(text, _EXCEL_1904 if from_1904 else 0)
    if name in ("unix", "unix-ms"):
        return lambda text: _unix(text, 1000 if name == "unix-ms" else 1)
    return _pattern(name, zone)


def _excel(text: str, later: int) -> Moment | None:
    """Read the serial day of a spreadsheet, counted ``later`` days on, to the nearest second."""
    if not _NUMBER.fullmatch(text) or not 1 <= float(text) + later <= _EXCEL_LAST:
        return None
    seconds = round((float(text) + later) * 86_400)
    return _EXCEL_ZERO + timedelta(seconds=seconds), seconds % 86_400 == 0


def _unix(text: str, unit: int) -> Moment | None:
    """Read seconds (or milliseconds) since 1970-01-01 UTC."""
    if not _NUMBER.fullmatch(text):
        return None
    seconds = int(float(text)) // unit
    return (datetime.fromtimestamp(seconds, SHANGHAI), False) if seconds < _UNIX_LAST else None


def _pattern(name: str, zone: timezone) -> Callable[[str], Moment | None]:
    pieces = re.split(r"%(.)", name)
    letters = pieces[1::2]
    if not set("Ymd") <= set(letters) <= set(_PARTS) or len(set(letters)) < len(letters):
        raise ValueError(name)
    if ("M" in letters and "H" not in letters) or ("S" in letters and "M" not in letters):
        raise ValueError(name)
    source = "".join(
        _PARTS[piece] if odd else re.sub(r"\\?\s+", r"\\s+", re.escape(piece))
        for odd, piece in zip([0, 1] * len(pieces), pieces, strict=False)
    )
    match = re.compile(source).fullmatch
    order = [letters.index(part) for part in "YmdHMS" if part in letters]
    padding = [0] * (6 - len(order))
    day_only = "H" not in letters
    home = zone == SHANGHAI

    def read(text: str) -> Moment | None:
        parts = match(text)
        if parts is None:
            return None
        groups = parts.groups()
        numbers = [int(groups[place]) for place in order]
        year, month, day, hour, minute, second = numbers + padding
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return (moment if home else instant(moment)), day_only

    return read
