"""Several telephones or several people in one field, told apart: each is a whole value."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

#: what stands between two numbers, or two people, that are written one behind the other
_BETWEEN = re.compile(r"[、,;/\\|&。\n\r\t]|或|和|及|与")
_BETWEEN_NAMES = re.compile(r"[、,，;；/／\\＼|｜&＆\n\r\t]")
_RUN = re.compile(r"\d+")
_EXTENSION = re.compile(r"转|分机|内线|#|ext|x", re.IGNORECASE)
#: an extension that stands behind a hyphen has as many digits at most
_SHORT = 5
_WHOLE = re.compile(
    r"(?:00)?86(?:1[3-9]\d{9}|0?[1-9]\d{1,2}[2-9]\d{6,7})|0?1[3-9]\d{9}"
    r"|0\d{2,3}[2-9]\d{6,7}|[48]00\d{7}|[2-9]\d{6,7}"
)
_HOTLINE = re.compile(r"\d{3,6}")
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_MOST_PIECES = 24  # of a field that holds numbers; a text is none


def numbers(value: str) -> list[str]:
    """Return the digits of each telephone in a field, in order; of one that is no usual one all.

    An extension belongs to its number: ``0571-87654321 转 2`` is one.
    """
    parts = (_of_part(part) for part in _BETWEEN.split(unicodedata.normalize("NFKC", value)))
    return list(dict.fromkeys(number for part in parts for number in part))


def names(value: str) -> list[str]:
    """Return the people in a field, in order: the whole of it where it names one."""
    if not _BETWEEN_NAMES.search(value):
        return [value]
    kept = [part.strip() for part in _BETWEEN_NAMES.split(value) if part.strip()]
    return list(dict.fromkeys(kept)) if len(kept) > 1 else [value]


class _Digits(NamedTuple):
    """Digits in one piece; ``hangs``: they may be the extension of what stands before them."""

    digits: str
    hangs: bool


def _of_part(part: str) -> list[str]:
    """Return the numbers of what blanks and signs only keep apart: as few as may be."""
    pieces: list[_Digits] = []
    end = 0
    for found in _RUN.finditer(part):
        digits = "".join(str(int(sign)) for sign in found.group())
        gap = part[end : found.start()].strip()
        short = gap in _HYPHENS and len(digits) <= _SHORT
        pieces.append(_Digits(digits, short or _EXTENSION.search(gap) is not None))
        end = found.end()
    together = "".join(piece.digits for piece in pieces)
    if len(pieces) < 2 or len(pieces) > _MOST_PIECES or _is_one(pieces):  # noqa: PLR2004
        return [together] if together else []
    return _divided(pieces) or [together]


def _divided(pieces: list[_Digits]) -> list[str]:
    """Return the fewest numbers that the pieces make up; none where they make up none."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(pieces) + 1):
        ways = [
            [*before, "".join(piece.digits for piece in pieces[start:end])]
            for start, before in enumerate(best)
            if before is not None and _is_one(pieces[start:end])
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or []


def _is_one(pieces: list[_Digits]) -> bool:
    """Tell whether pieces are one telephone, with its extension or without."""
    together = "".join(piece.digits for piece in pieces)
    if _WHOLE.fullmatch(together) or (len(pieces) == 1 and _HOTLINE.fullmatch(together)):
        return True
    last = pieces[-1]
    return last.hangs and bool(_WHOLE.fullmatch(together.removesuffix(last.digits)))
