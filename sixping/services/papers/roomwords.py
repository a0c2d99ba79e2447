"""What the room writes for a unit says nothing by which the reporter could be known. Pure.

A slip leaves the office with what somebody typed, so it is judged before it is printed, and
refused with what to change: masking would leave a unit with half a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Final

from sixping.errors import BadData
from sixping.services.papers.spoken import addressed, minute_told
from sixping.util.masking import hide_names, mask_text, own_names
from sixping.util.numbermask import SIGN, digit_of
from sixping.util.samenumber import digits_in
from sixping.util.text import cut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    #: what was said of a report by field: text, place, reporter, phone, source_no
    Said = Mapping[str, Sequence[str]]

#: signs in a row that are somebody's own words, whatever stands between them
RUN: Final = 12
#: digits in a row that are a number of theirs
_DIGITS: Final = 7
_LEAST_SOURCE = 4
#: digits of a date, which a number at the source may begin with
_DATE = 8
_SHOWN = 24
#: a household's door, as people write one: 501室, 2单元501, 3-2-501
_DOOR = re.compile(
    r"(\d{2,4})[A-Z]?号?[室房]|\d{1,2}单元(\d{2,4})"
    r"|(?:[幢栋座#]|号楼)(\d{3,4})(?![\d米元平方年])|(?<!\d)\d{1,3}[-/]\d{1,2}[-/](\d{3,4})(?!\d)"
    r"|(?<!\d)(\d{1,2}[楼层]\d{2})[室房]"
)
#: the end of a telephone, said or as the one door leaves it
_TAIL = re.compile(rf"(?:(?:尾号|[后末]四位|[后末]4位)\D{{0,4}}?|\*{{2,}})({SIGN}{{4}})(?!\d)")
#: signs that are put between the words of another without changing them
_PARTICLES = str.maketrans("", "", "的了着过")
#: signs of a unit's or place's name by which it is meant; a longer place tells more than where
_PIECE, _PLACE = 4, 30
_HIDDEN = re.compile(r"[^\s,，.。;；、]{0,8}\*+[^\s,，.。;；、]{0,4}")


#: how the room says it instead
REWORD: Final = (
    "请用自己的话写要点 (--points): 什么问题、在哪个路段、要办什么; 确需联系反映人的, 另出联系单。"
)


def check(
    words: str,
    said: Said,
    received: Iterable[datetime],
    known: Collection[str],
    what: str,
    way: str = REWORD,
) -> None:
    """Raise ``BadData`` for words that tell the reporter, with all there is to change.

    ``received``: when the reports came in; ``known``: names of units and places, which anybody
    may write; ``what``: what the words are; ``way``: how they are put right.
    """
    found = list(dict.fromkeys(_faults(words, said, received, known)))
    if found:
        raise BadData(f"{what}里有会认出反映人的内容, 不能出单: {'; '.join(found)}。", way)


def _faults(
    words: str, said: Said, received: Iterable[datetime], known: Collection[str]
) -> Iterator[str]:
    plain = _plain(words)
    yield from _hidden(words)
    yield from _numbers(plain, said)
    yield from _names(words, plain, said)
    yield from _doors(plain, said)
    if minute_told(plain, received):
        yield "有反映的时刻, 最多写到日"
    places = [each for each in _each(said, "place", "about") if len(each) <= _PLACE]
    named = [*known, *places]
    if copied := longest_copied(words, _each(said, "text"), named):
        yield f"照抄了反映人的原话{_quoted(copied, said)}, 请改写"


def _quoted(copied: str, said: Said) -> str:
    """Return what was copied as may be said; of what could name somebody how long it is."""
    names = list(_each(said, "reporter", "about"))
    if digits_in(copied) or copied.isascii() or hide_names(copied, names) != copied:
        return f" (连续 {len(copied)} 字)"
    return f"“{cut(mask_text(copied), _SHOWN)}”"


def _plain(text: str) -> str:
    """Return a text in one form of letters and digits, without signs that nobody sees."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Mn"})


def squeezed(text: str) -> str:
    """Return the letters and digits of a text alone, of one form and case."""
    return "".join(sign for sign in _plain(text).casefold() if sign.isalnum())


def _in_figures(text: str) -> str:
    """Return a text with every digit as a figure, sign for sign."""
    return re.sub(SIGN, lambda sign: digit_of(sign.group()), text)


def _each(said: Said, *fields: str) -> Iterator[str]:
    return chain.from_iterable(said.get(name, ()) for name in fields)


def _hidden(words: str) -> Iterator[str]:
    """Yield what the one door would hide: telephones, documents, addresses, introduced names."""
    shown = mask_text(words)
    if shown != words:
        for token in _HIDDEN.findall(shown)[:3] or ["***"]:
            yield f"有电话、证件号或账号、姓名一类的内容“{token}”, 请删去"


def _numbers(plain: str, said: Said) -> Iterator[str]:
    """Yield what repeats a telephone or a number at the source, however it is spaced."""
    digits = digits_in(plain)
    for phone in _each(said, "phone"):
        own = digits_in(_plain(phone))
        if any(own[at : at + _DIGITS] in digits for at in range(len(own) - _DIGITS + 1)):
            yield "有反映人的电话号码, 请删去"
        if any(own.endswith(digits_in(tail)) for tail in _TAIL.findall(plain)):
            yield "有反映人电话的尾号, 请删去"
    mine = squeezed(plain)
    for number in map(squeezed, _each(said, "source_no")):
        core = digits_in(number)
        if (len(number) >= _LEAST_SOURCE and number in mine) or (
            len(core) > _DATE and core in digits
        ):
            yield "有来源编号, 请删去"


def _names(words: str, plain: str, said: Said) -> Iterator[str]:
    fields = list(_each(said, "reporter"))
    places = list(_each(said, "place"))
    texts = (words, plain, squeezed(plain))
    if any(hide_names(text, fields, places) != text for text in texts):
        yield "有反映人的姓名, 请删去"
    for name in chain.from_iterable(map(own_names, fields)):
        if called := addressed(name, plain):
            yield f"有对反映人的称呼“{called}”, 请改为“反映人”"


def _doors(plain: str, said: Said) -> Iterator[str]:
    given = {room for text in _each(said, "text", "place") for room, _ in _doors_in(_plain(text))}
    for room, door in _doors_in(plain):
        if room in given:
            yield f"有反映人写过的门牌“{door}”, 请写到楼幢或路段"


def _doors_in(plain: str) -> Iterator[tuple[str, str]]:
    """Yield the number of each household's room, and its door as written."""
    text = _in_figures(re.sub(r"\s", "", plain.upper()))
    for found in _DOOR.finditer(text):
        yield _room_of(found), found.group()


def _room_of(door: re.Match[str]) -> str:
    return re.sub(r"\D", "", next(filter(None, door.groups())))


def without_doors(text: str, given: Iterable[str]) -> str:
    """Return a text in which the doors that reporters gave are hidden."""
    rooms = {room for each in given for room, _ in _doors_in(_plain(each))}
    for found in reversed([*_DOOR.finditer(_in_figures(text))]):
        if _room_of(found) in rooms:
            text = f"{text[: found.start()]}***{text[found.end() :]}"
    return text


def longest_copied(words: str, texts: Iterable[str], known: Collection[str] = ()) -> str:
    """Return the longest run of signs that words share with texts, if it is long enough.

    Signs between letters and digits do not count, nor does how a digit is written, nor what is of
    ``known`` names in a run.
    """
    longest, theirs = "", [*map(_alike, texts)]
    for dropped in ({}, _PARTICLES):
        mine = _alike(words).translate(dropped)
        named = _named(mine, [_alike(name).translate(dropped) for name in known])
        for text in (each.translate(dropped) for each in theirs):
            pieces = {text[at : at + RUN] for at in range(len(text) - RUN + 1)}
            for start, end in _shared(mine, pieces):
                if len(set(range(start, end)) - named) >= RUN and end - start > len(longest):
                    longest = mine[start:end]
    return longest


def _alike(text: str) -> str:
    """Return the letters and digits of a text, every digit as a figure."""
    return _in_figures(squeezed(text))


def _named(mine: str, names: Iterable[str]) -> set[int]:
    """Return where the words name what anybody may name."""
    found: set[int] = set()
    for name in filter(None, names):
        size = min(len(name), _PIECE)
        pieces = {name[at : at + size] for at in range(len(name) - size + 1)}
        for start, end in _shared(mine, pieces, size):
            found.update(range(start, end))
    return found


def _shared(mine: str, pieces: Collection[str], size: int = RUN) -> Iterator[tuple[int, int]]:
    """Yield where the runs of a text stand of which every piece of ``size`` signs is of these."""
    start = None
    for at in range(len(mine) - size + 2):
        within = mine[at : at + size] in pieces
        if within and start is None:
            start = at
        elif not within and start is not None:
            yield start, at + size - 1
            start = None
