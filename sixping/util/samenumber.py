"""One number of a person, told again in words however it is spaced and in whatever script."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sixping.util import several
from sixping.util.numbermask import BETWEEN, SIGN, digit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: fewer digits mean other things too: they are the number only where they stand alone
_LEAST, _UNMISTAKEN = 7, 10
#: what may stand before a local number without a break
_BEFORE = re.compile(r"(?:(?:00)?86)?(?:0?(?:10|2\d|[3-9]\d\d))?")
_COUNTRY = re.compile(r"(?:00)?86(?=\d{10,12}\Z)")
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d\d)(?=\d{7,8}\Z)")
_SIGN = re.compile(SIGN)
_RUN = re.compile(rf"{SIGN}(?:{BETWEEN}{{0,8}}{SIGN})*")
#: what two numbers in one field, or a number and its extension, are written apart with
_APART = re.compile(r"[^\s\d()\uff08\uff09+\-\u2010-\u2015\u2212.]+|\s{2,}|\n")


def numbers_in(phone: str) -> list[str]:
    """Return the digits by which a telephone may be told: whole, each of several, without area."""
    plain = unicodedata.normalize("NFKC", phone)
    parts = [digits_in(part) for part in (plain, *_APART.split(plain))]
    parts += several.numbers(plain)
    parts += [_COUNTRY.sub("", part) for part in parts]
    parts += [_AREA.sub("", part) for part in parts]
    return sorted({part for part in parts if len(part) >= 5}, key=lambda n: (-len(n), n))  # noqa: PLR2004


def digits_in(text: str) -> str:
    """Return the digits of a text, of any script, one behind the other."""
    return "".join(map(digit_of, _SIGN.findall(text)))


def hide_number(text: str, number: str, shown: str) -> str:
    """Return a text with ``shown`` wherever it tells this number (its digits)."""
    out, at = [], 0
    for start, end in _places(text, number):
        out += [text[at:start], shown]
        at = end
    return "".join([*out, text[at:]]) if out else text


def _places(text: str, number: str) -> Iterator[tuple[int, int]]:
    """Yield where a number stands, from the first to the last, never within a longer one."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < len(number):
            continue
        signs = [found.start() for found in _SIGN.finditer(text, *run.span())]
        digits = "".join(digit_of(text[place]) for place in signs)
        first = digits.find(number)
        while first >= 0:
            last = first + len(number) - 1
            if _stands(digits, signs, first, last):
                yield signs[first], signs[last] + 1
                first = digits.find(number, last + 1)
            else:
                first = digits.find(number, first + 1)


def _stands(digits: str, signs: list[int], first: int, last: int) -> bool:
    """Return whether these digits are a number by themselves."""
    length = last + 1 - first
    if length >= _UNMISTAKEN:
        return True
    if last + 1 < len(signs) and signs[last + 1] == signs[last] + 1:
        return False
    begin = first
    while begin and signs[begin] == signs[begin - 1] + 1:
        begin -= 1
    if length < _LEAST:
        return begin == first
    return _BEFORE.fullmatch(digits[begin:first]) is not None
