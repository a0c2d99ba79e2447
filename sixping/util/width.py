"""How many terminal columns a text takes: East-Asian width, padding and cutting.

Wide and full-width characters take two columns, combining marks none. Characters
of *ambiguous* width (``“ … — ● ※``) take one, or two where the terminal says so:
set ``SIXPING_AMBIGUOUS=2`` for legacy Chinese consoles.
"""

from __future__ import annotations

import os
import unicodedata

_WIDE = frozenset("WF")
_UNSPACED = frozenset(("Mn", "Me", "Cf"))


def ambiguous_is_wide() -> bool:
    """Whether the user says that the terminal draws ambiguous characters double."""
    return os.environ.get("SIXPING_AMBIGUOUS") == "2"


class _Widths(dict[str, int]):
    """Columns by character, filled as characters are met (one memo a process)."""

    def __missing__(self, char: str) -> int:
        kind = unicodedata.east_asian_width(char)
        if unicodedata.category(char) in _UNSPACED:
            columns = 0
        elif kind in _WIDE or (kind == "A" and ambiguous_is_wide()):
            columns = 2
        else:
            columns = 1
        self[char] = columns
        return columns


_widths = _Widths()


def columns(text: str) -> int:
    """Return the terminal columns of a one-line text."""
    if text.isascii():
        return len(text)
    return sum(map(_widths.__getitem__, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill with spaces up to ``width`` columns, on the left for numbers (``right``)."""
    fill = " " * (width - columns(text))
    return fill + text if right else text + fill


def cut(text: str, width: int) -> str:
    """Return text of at most ``width`` columns, ending in ``…`` when it was longer."""
    if len(text) * 2 <= width or columns(text) <= width:
        return text
    room = width - _widths["…"]
    kept = 0
    for char in text:
        room -= _widths[char]
        if room < 0:
            break
        kept += 1
    return text[:kept] + "…" if width >= _widths["…"] else ""


def wrap(text: str, width: int) -> list[str]:
    """Break a one-line text into lines of at most ``width`` columns.

    Breaks after a space where one lies in the second half of the line, else between
    any two characters, as Chinese is set. A width below two counts as two.
    """
    lines: list[str] = []
    start = used = 0
    for place, char in enumerate(text):
        used += _widths[char]
        if used > max(width, 2) and place > start:
            space = text.rfind(" ", start + (place - start) // 2, place)
            end = space + 1 if space >= 0 else place
            lines.append(text[start:end].rstrip(" "))
            start = end
            used = columns(text[start : place + 1])
    return [*lines, text[start:]]
