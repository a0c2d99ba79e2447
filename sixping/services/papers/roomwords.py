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
from sixping.util.masking import addressed, hide_names, mask_text, own_names
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
_SHOWN = 24
#: a household's door, as people write one: 501室, 2单元501, 3-2-501
_DOOR = re.compile(
    r"(\d{2,4})[A-Z]?室|\d{1,2}单元(\d{2,4})|(?<!\d)\d{1,3}[-/]\d{1,2}[-/](\d{3,4})(?!\d)"
)
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:时点]\s?(\d{2})(?!\d)")
_HIDDEN = re.compile(r"[^\s,，.。;；、]{0,8}\*+[^\s,，.。;；、]{0,4}")


def check(
    words: str, said: Said, received: Iterable[datetime], known: Collection[str], what: str
) -> None:
    """Raise ``BadData`` for words that tell the reporter, with all there is to change.

    ``received``: when the reports came in; ``known``: names of units and places, which anybody
    may write; ``what``: what the words are.
    """
    found = list(dict.fromkeys(_faults(words, said, received, known)))
    if found:
        raise BadData(
            f"{what}里有会认出反映人的内容, 不能出单: {'; '.join(found)}。",
            "请用自己的话写要点 (--points): 什么问题、在哪个路段、要办什么;"
            " 确需联系反映人的, 另出联系单。",
        )


def _faults(
    words: str, said: Said, received: Iterable[datetime], known: Collection[str]
) -> Iterator[str]:
    plain = _plain(words)
    yield from _hidden(words)
    yield from _numbers(plain, said)
    yield from _names(words, plain, said)
    yield from _doors(plain, said)
    yield from _minutes(plain, received)
    if copied := longest_copied(words, _each(said, "text", "place"), known):
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
    mine = squeezed(plain)
    for number in map(squeezed, _each(said, "source_no")):
        if len(number) >= _LEAST_SOURCE and number in mine:
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
    text = re.sub(SIGN, lambda sign: digit_of(sign.group()), re.sub(r"\s", "", plain.upper()))
    for found in _DOOR.finditer(text):
        yield next(filter(None, found.groups())), found.group()


def _minutes(plain: str, received: Iterable[datetime]) -> Iterator[str]:
    told = {(int(hour), int(minute)) for hour, minute in _TIME.findall(plain)}
    if told & {(at.hour, at.minute) for at in received}:
        yield "有反映的时刻, 最多写到日"


def longest_copied(words: str, texts: Iterable[str], known: Collection[str] = ()) -> str:
    """Return the longest run of signs that words share with texts, if it is long enough.

    Signs between letters and digits do not count, nor do ``known`` names in a run.
    """
    mine, longest = squeezed(words), ""
    names = sorted(filter(None, map(squeezed, known)), key=len, reverse=True)
    for text in map(squeezed, texts):
        for run in _shared(mine, {text[at : at + RUN] for at in range(len(text) - RUN + 1)}):
            own = run
            for name in names:
                own = own.replace(name, "")
            if len(own) >= RUN and len(run) > len(longest):
                longest = run
    return longest


def _shared(mine: str, pieces: Collection[str]) -> Iterator[str]:
    """Yield the runs of a text of which every piece of ``RUN`` signs is among these."""
    start = None
    for at in range(len(mine) - RUN + 2):
        within = mine[at : at + RUN] in pieces
        if within and start is None:
            start = at
        elif not within and start is not None:
            yield mine[start : at + RUN - 1]
            start = None
