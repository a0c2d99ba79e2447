"""The only ways citizen text reaches a screen or a sheet.

``accept_text`` guards the way in: what it lets pass is stored verbatim (no Unicode
normalisation: the ledger keeps what was said). The other functions guard the way
out, one for each kind of target: ``clean`` for people, ``csv_cell``, ``tsv_cell``
and ``md_cell`` for sheets and documents, ``dump_json`` for machines. What ``masking`` hides is
hidden before any of them.

``columns``, ``pad``, ``cut`` and ``wrap`` count terminal columns: wide and full-width
characters take two, combining marks none; those of *ambiguous* width (``“ … — ● ※``) take one,
or two where ``SIXPING_AMBIGUOUS=2`` says so (legacy Chinese consoles).

Every function costs time linear in the length of the text.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from bisect import bisect_left
from datetime import date, datetime
from functools import cache
from typing import Final

from sixping.errors import BadData
from sixping.util.clock import to_text

TEXT_LIMIT = 100_000
"""Characters a single field may hold: a very long petition, yet shown in milliseconds."""
#: characters of a name: of a person, a department, a meeting
SHORT = 200

# Format characters that hide, reorder or join what stands around them: soft hyphen,
# bidirectional marks and overrides, zero-width signs, line and paragraph separators,
# interlinear and musical controls, shorthand controls, tags, lone surrogates.
_UNSEEN = (
    "\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff"
)
# Invisible though Python calls them printable; a formula may hide behind them.
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
_FORMULA_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"

_HIDDEN = f"\r?\n|[\x00-\x1f{_UNSEEN}]"
# What a terminal sends for a key, a click or a question: to its final sign, or as far as it came.
_ESCAPES = "\x1b(?:\\[[0-?]*[ -/]*[@-~]?|[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|O.|.)?"
_MISTYPED = f"[\x00-\x08\x0b-\x1f{_UNSEEN}]"
_JOINERS = "\u200c\u200d"  # part of what was meant: they join letters and emoji
_JSON_HIDDEN = f"[{_UNSEEN}]"
_SURROGATE = "[\ud800-\udfff]"
_FORMULA = f"[\t\r\n]|[\\s\x00-\x1f{_UNSEEN}{_FILLERS}]*[{_FORMULA_STARTS}]"
# What a spreadsheet may take for a number, a day, a time or a truth; short counts and our own
# numbers of cases aside.
_COUNTED = (
    r"(?i:(?!(?:0|[1-9]\d{0,9}|\d{4}-\d{6,9})\Z)(?=\D*\d)"
    r"(?:[\d\s.,:/%()e¥$￥€年月日时分秒+-]|[上下]午|[ap]m|星期.|周.|第|季度?|号|jan(?:uary)?|feb(?:ruary)?"
    r"|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)+|true|false|真|假)"
)
_MARKDOWN = r"[\\`*_{}\[\]|~#!$<>&@]|:(?=//|[A-Za-z0-9_+-]{1,64}:)|(?i:(?<=www)\.)|^[+-]"
_HTML_IN_MARKDOWN = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", ":": "&#58;"}
_HTML_IN_MARKDOWN["."] = "&#46;"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile at first use: the patterns together cost a cron job three milliseconds."""
    return re.compile(pattern)


def accept_text(value: str, *, field: str, limit: int = TEXT_LIMIT) -> str:
    """Return ``value`` verbatim if it may enter the ledger.

    ``field`` is the Chinese name of what is read, for the error. Raises ``BadData``
    on NUL, on bytes that were not UTF-8 (lone surrogates) and beyond ``limit``
    characters; everything else is stored as given and made harmless on the way out.
    """
    if len(value) > limit:
        raise BadData(
            f"{field}太长: {len(value)} 字, 最多 {limit} 字",
            "请摘出要点, 其余内容另存为附件。",
        )
    place = value.find("\x00")
    if place >= 0:
        raise BadData(f"{field}第 {place + 1} 个字符是 NUL 控制符", "请删去该字符后重试。")
    if not value.isprintable() and (broken := compiled(_SURROGATE).search(value)):
        raise BadData(
            f"{field}第 {broken.start() + 1} 个字符不是有效的文字",
            "内容多半不是 UTF-8 编码, 请转换为 UTF-8 后重试。",
        )
    return value


def typed(value: str) -> str:
    r"""Return what somebody meant by keys pressed or pasted: no escape sequences, no controls.

    Bidirectional and other hidden signs and broken characters go too; line breaks become
    ``\n``, tabs stay.
    """
    if value.isprintable():
        return value
    plain = compiled(_ESCAPES).sub("", value).replace("\r\n", "\n").replace("\r", "\n")
    return compiled(_MISTYPED).sub(lambda m: m.group() if m.group() in _JOINERS else "", plain)


def clean(value: str, *, multiline: bool = False) -> str:
    """Make text harmless for a terminal: what is hidden becomes a visible sign.

    Controls, escape sequences, bidirectional, zero-width and tag characters, line
    separators and lone surrogates become ``<U+202E>``; a line break or tab becomes a
    space, or stays a line break (a tab four spaces) when ``multiline``.
    """
    if value.isprintable():
        return value
    return compiled(_HIDDEN).sub(_sign_in_text if multiline else _sign, value)


def _sign(match: re.Match[str]) -> str:
    hidden = match.group()
    return " " if hidden in ("\n", "\r\n", "\t") else f"<U+{ord(hidden):04X}>"


def _sign_in_text(match: re.Match[str]) -> str:
    hidden = match.group()
    if hidden in ("\n", "\r\n"):
        return "\n"
    return "    " if hidden == "\t" else f"<U+{ord(hidden):04X}>"


def dump_json(value: object, *, indent: int | None = None) -> str:
    r"""Return JSON text with Chinese readable and everything hidden as ``\uXXXX``.

    Instants leave as ``2026-11-24T17:00:00+08:00``, days as ``2026-11-24``. Raises
    ``ValueError`` on NaN and infinity, which JSON does not know.
    """
    dumped = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, default=_plain)
    if dumped.isprintable():
        return dumped
    return compiled(_JSON_HIDDEN).sub(_json_escape, dumped)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFFFF:  # noqa: PLR2004 - the basic plane
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def csv_cell(value: str) -> str:
    """Make text harmless in a spreadsheet: hidden signs shown, formulas disarmed.

    Line breaks stay (the CSV writer quotes them). Text whose first visible character
    could start a formula, also in full width, gets a leading ``'``. Numbers made by
    our own code do not pass here.
    """
    shown = clean(value, multiline=True)
    return f"'{shown}" if compiled(_FORMULA).match(value) else shown


def kept_cell(value: str) -> str:
    """Make text harmless likewise, in a file: what looks like a number or a day stays text.

    A spreadsheet would drop the zeros of ``0138…``, round an identity number and make a day of
    ``3/4``; a leading ``'`` keeps them. Short whole numbers read the same either way.
    """
    shown = csv_cell(value)
    return f"'{shown}" if compiled(_COUNTED).fullmatch(shown.strip()) else shown


def tsv_cell(value: str) -> str:
    """Make text harmless in one field of a tab-separated line: never a tab or break."""
    shown = clean(value)
    return f"'{shown}" if compiled(_FORMULA).match(value) else shown


def md_cell(value: str) -> str:
    """Make text literal inside a Markdown table: no cell bars, markup, HTML or links."""
    return compiled(_MARKDOWN).sub(_md_literal, clean(value))


def _md_literal(match: re.Match[str]) -> str:
    sign = match.group()
    return _HTML_IN_MARKDOWN.get(sign) or f"\\{sign}"


def shorten(value: str, width: int) -> str:
    """Return clean text on one line of at most ``width`` terminal columns."""
    return cut(clean(value), width)


# --- how many columns a text takes ------------------------------------------------------

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


class _AtMost(dict[str, int]):
    """The same on the console that draws the most ambiguous signs double."""

    def __missing__(self, char: str) -> int:
        double = unicodedata.east_asian_width(char) == "A" and _widths[char] == 1
        self[char] = 2 if double else _widths[char]
        return self[char]


_at_most = _AtMost()


#: signs that some consoles draw double, and what stands for them left of the last column
_PLAINER: Final = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "…": "..", "·": ".", "×": "x",
     "→": "->", "≤": "<=", "≥": ">=", "℃": "度", "°": "度", "±": "+-", "÷": "/"}
)  # fmt: skip


def narrow(text: str) -> str:
    """Return text in signs whose width every console agrees on, where there are any for it."""
    plain = clean(text).translate(_PLAINER)
    return plain if plain.isascii() else "".join(map(_plainer, plain))


@cache
def _plainer(sign: str) -> str:
    kind = unicodedata.category(sign)[0]
    if unicodedata.east_asian_width(sign) != "A" or kind == "M":  # a mark has no width
        return sign
    bare = "".join(c for c in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(c))
    if bare.isascii():
        return bare
    return sign if kind == "L" else "*"  # a Greek letter has no other form


#: a command in a sentence, as far as it is to be typed
_COMMAND = r"\bsixping (?:(?! 或)[^,;:()。、“”])*[^,;:()。、“” ]"


def columns(text: str) -> int:
    """Return the terminal columns of a one-line text."""
    if text.isascii():
        return len(text)
    return sum(map(_widths.__getitem__, text))


def widest(text: str) -> int:
    """Return the columns where a console draws ambiguous signs double, as the old Chinese one."""
    if text.isascii():
        return len(text)
    return sum(map(_at_most.__getitem__, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill with spaces up to ``width`` columns, on the left for numbers (``right``)."""
    fill = " " * (width - columns(text))
    return fill + text if right else text + fill


_CUT = ".."


def cut(text: str, width: int) -> str:
    """Return text of at most ``width`` columns, ending in ``..`` when it was longer.

    Not in ``…``, which takes one cell or two: it may stand left of the last column.
    """
    if len(text) * 2 <= width or columns(text) <= width:
        return text
    room = width - len(_CUT)
    kept = 0
    for char in text:
        room -= _widths[char]
        if room < 0:
            break
        kept += 1
    return text[:kept] + _CUT if width >= len(_CUT) else ""


def cut_whole(text: str, width: int) -> str:
    """Cut likewise, but never within a number, a word of letters or what stands in brackets.

    Where nothing else would be left it is cut as it comes. It fits whatever the console makes of
    ambiguous signs.
    """
    room = width
    short = cut(text, room)
    while (over := widest(short) - width) > 0 and room > 0:
        room -= over
        short = cut(text, room)
    if short == text or not short:
        return short
    kept = short[: -len(_CUT)]
    end = len(kept)
    while end and text[end - 1] in _SPELT and text[end] in _SPELT:
        end -= 1
    if (opened := kept.rfind("[", 0, end)) >= 0 and "]" not in kept[opened:end]:
        end = opened
    whole = kept[:end].rstrip(" ,;:、，(“（《")
    return f"{whole}{_CUT}" if whole else short


_SPELT = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ*")


def wrap(text: str, width: int) -> list[str]:
    """Break a one-line text into lines of at most ``width`` columns.

    Breaks after a space or a stop where one lies in the second half of the line, else between
    any two characters, as Chinese is set; but before a command of ours rather than in it, and
    in a word, number or option only where it has a line to itself. A number stays with its
    measure, and no line begins with a stop. A width below two counts as two, an ambiguous sign
    as two columns, which it takes on some consoles.
    """
    if len(text) * 2 <= width or widest(text) <= width:
        return [text]
    commands = [match.span() for match in compiled(_COMMAND).finditer(text)]
    lines: list[str] = []
    start = used = 0
    for place, char in enumerate(text):
        used += _at_most[char]
        if used > max(width, 2) and place > start:
            end = _line_end(text, start, place, commands)
            lines.append(text[start:end].rstrip(" "))
            start = end
            used = widest(text[start : place + 1])
    return [*lines, text[start:]]


_STOPS = frozenset("、，。；：！？")
_OPENING = frozenset("（《〈【“‘")
_CLOSING = _STOPS | frozenset("）》〉】”’％")


def _parts(text: str, end: int, *, inside: bool) -> bool:
    """Return whether a line may end before a place: after a space, or a stop.

    A count stays with its label and its measure, but inside a command.
    """
    if text[end - 1] in _STOPS:
        return text[end : end + 1] not in _CLOSING
    near = text[max(end - 2, 0) : end - 1] + text[end : end + 1]
    return text[end - 1] == " " and (inside or not any(char.isdigit() for char in near))


def _together(before: str, after: str) -> bool:
    """Return whether two signs stand on one line: of a word, a number and its measure, a date."""
    if "!" <= before <= "~":
        return "!" <= after <= "~" or after in _CLOSING or (before.isdigit() and after != " ")
    return after in _CLOSING or before in _OPENING or (after.isdigit() and before in "第年月")


def _line_end(text: str, start: int, place: int, commands: list[tuple[int, int]]) -> int:
    """Return where a line that has room for ``text[start:place]`` ends."""
    at = bisect_left(commands, (place, 0)) - 1
    first, last = commands[at] if at >= 0 else (0, 0)
    if first < place < last and text[start:first].strip():
        return first
    inside = first <= start < last
    last_end = place + 1 if text[place] == " " else place  # a space there is cut off
    for end in range(last_end, start if inside else start + (place - start) // 2, -1):
        if text[start : end - 1].strip() and _parts(text, end, inside=inside):
            return end
    word = place
    while word > start and _together(text[word - 1], text[word]):
        word -= 1
    fits = columns(text[start:word]) >= columns(text[place])  # what goes onto the next line
    return word if fits and text[start:word].strip() else place


def spoken_number(number: str, this_year: int) -> str:
    """Return a number as it is said: this year's by its serial alone, else ``2025-12``."""
    year, _, serial = number.partition("-")
    return serial.lstrip("0") if year == str(this_year) else year_and_serial(number)


def year_and_serial(number: str) -> str:
    """Return a number as people write that of another year: ``2025-12``."""
    year, _, serial = number.partition("-")
    return f"{year}-{int(serial)}"
