"""What makes two reports comparable: a phone and a place, each in one plain form.

Pure. The forms lie beside the chain (table ``traces``) like the private text, and go with it
when it is erased; never a hash, which would give a phone away to whoever tries them all.
"""

from __future__ import annotations

import re
import unicodedata

from sixping.errors import UsageFault
from sixping.util import several
from sixping.util.text import SHORT, accept_text

#: fewer digits are an extension or a slip, more are no phone
LEAST_DIGITS, _MOST_DIGITS = 7, 20
_MOBILE = 11
_PLACE = 60
#: a short number, as of a hotline
_LEAST_SAID = 5
_EXTENSION = r"(?:转|分机|内线|#|\bext\.?|(?<=\d)\s*x(?=\s*\d))"
_SIGNS = r"[\d\s+()./,;、·*\-\u2010-\u2015\u2212]"

_TEL = "tel:"  # a place has no colon


def contact_keys(phone: str | None, place: str | None) -> tuple[str, ...]:
    """Return the comparable forms of a report's phones and place, in order."""
    forms = [f"{_TEL}{digits}" for digits in phone_forms(phone)] if phone else []
    where = place_form(place) if place else None
    return tuple(sorted([*forms, where] if where else forms))


def phone_forms(value: str) -> list[str]:
    """Return the digits of each phone in a field, without the country code.

    ``+86 138-…`` is ``138…``; ``138… / 0571-…`` are two.
    """
    if len(value) == _MOBILE and value.isdecimal() and value.isascii():
        return [value]
    forms = (
        re.sub("^(?:0086|86)", "", digits) if len(digits) > _MOBILE else digits
        for digits in several.numbers(value)
    )
    return list(dict.fromkeys(f for f in forms if LEAST_DIGITS <= len(f) <= _MOST_DIGITS))


def accept_phone(value: str, *, field: str) -> str:
    """Return a phone verbatim if it may enter the ledger: digits, signs, an extension.

    Raises ``UsageFault`` for what is no number, ``BadData`` as ``accept_text``.
    """
    plain = unicodedata.normalize("NFKC", accept_text(value, field=field, limit=SHORT))
    bare_of_extension = re.sub(_EXTENSION, " ", plain, flags=re.IGNORECASE)
    digits = sum(sign.isdigit() for sign in plain)
    if digits >= _LEAST_SAID and re.fullmatch(f"{_SIGNS}+", bare_of_extension):
        return value
    what = f"只有 {digits} 位数字" if 0 < digits < _LEAST_SAID else "有数字以外的字"
    raise UsageFault(
        f"{field}不像电话号码: {what if digits else '没有数字'}。",
        "号码至少 5 位, 可带 -、空格、+ 和分机 (如 12345 转 2); 不清楚的不写。",
    )


def place_form(value: str) -> str | None:
    """Return a place without blanks and punctuation, in one width and case."""
    return bare(value)[:_PLACE] or None


def bare(value: str) -> str:
    """Return letters and digits only, full-width ones as half-width, in lower case."""
    plain = unicodedata.normalize("NFKC", value)
    return (plain if plain.isalnum() else re.sub(r"[\W_]+", "", plain)).casefold()
