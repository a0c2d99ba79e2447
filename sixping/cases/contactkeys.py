"""What makes two reports comparable: a phone and a place, each in one plain form.

Pure. The forms lie beside the chain (table ``traces``) like the private text, and go with it
when it is erased; never a hash, which would give a phone away to whoever tries them all.
"""

from __future__ import annotations

import re
import unicodedata

from sixping.errors import UsageFault
from sixping.util.text import SHORT, accept_text

#: fewer digits are an extension or a slip; more than one phone is no phone
LEAST_DIGITS, _MOST_DIGITS = 7, 20
_MOBILE = 11
_PLACE = 60
#: a short number, as of a hotline
_LEAST_SAID = 5
_EXTENSION = r"(?:转|分机|内线|#|\bext\.?|(?<=\d)\s*x(?=\s*\d))"
_SIGNS = r"[\d\s+()./,;、·*\-\u2010-\u2015\u2212]"

_TEL = "tel:"  # a place has no colon


def contact_keys(phone: str | None, place: str | None) -> tuple[str, ...]:
    """Return the comparable forms of a report's phone and place, in order."""
    digits = phone_form(phone) if phone else None
    where = place_form(place) if place else None
    return tuple(sorted(filter(None, (digits and f"{_TEL}{digits}", where))))


def phone_form(value: str) -> str | None:
    """Return the digits of a phone without its country code: ``+86 138-…`` is ``138…``."""
    if len(value) == _MOBILE and value.isdecimal() and value.isascii():
        return value
    digits = "".join(sign for sign in bare(value) if sign.isdigit())
    if len(digits) > _MOBILE:
        digits = re.sub("^(?:0086|86)", "", digits)
    return digits if LEAST_DIGITS <= len(digits) <= _MOST_DIGITS else None


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
