"""How words speak of a person by a part of the name, or tell the minute somebody called. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sixping.util.masking import begins_with_surname
from sixping.util.numbermask import SIGN, digit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

#: what stands behind a surname or a given name; not 资金总额, 由于某些
_TITLES = (
    "先生", "女士", "小姐", "太太", "同志", "师傅", "大爷", "大妈", "阿姨", "大姐", "大哥", "老师",
    "奶奶", "爷爷", "伯伯", "大伯", "大叔", "叔叔", "阿婆", "婆婆", "大嫂", "嫂子", "大娘", "婶",
    "姐", "哥", "老板", "医生", "律师", "先森", "总(?![额量数体计和共部站会则结面是长督理线])",
    "某(?![些种个处地单公区街社村路店工项类年月日时])",
)  # fmt: skip
#: surnames that make no other word behind 小, 老, 阿: not 小高层, 小程序, 老路
_AFTER_LITTLE: Final = (
    "王李张刘陈赵吴徐孙朱胡郭罗郑梁谢宋唐许韩冯邓曹彭曾肖董袁潘蒋蔡杜魏吕沈姚卢姜崔谭陆汪贾韦"
    "邹孟秦邱尹薛闫侯陶黎贺顾郝龚邵钱戴莫"
)


def addressed(name: str, text: str) -> str:
    """Return how a text speaks of a person by a part of the name: 王先生, 小王, 姓王; or empty."""
    surname = name[: begins_with_surname(name)]
    if not surname:
        return ""
    titles = "|".join(_TITLES)
    ways = [rf"{surname}[ \u3000]?(?:{titles}|\*)", f"姓{surname}", f"{surname}姓"]
    if surname in _AFTER_LITTLE:
        ways.append(f"[小老阿]{surname}")
    given = name.removeprefix(surname)
    if len(given) > 1:
        ways.append(rf"{re.escape(given)}[ \u3000]?(?:{titles})")
    found = re.search("|".join(ways), text)
    return found.group() if found else ""


# --- the minute ------------------------------------------------------------------------------

_N = rf"(?:{SIGN}|十|廿)"
_EARLY, _LATE = "凌晨|清晨|早上|早晨|上午|am", "中午|下午|傍晚|晚上|夜里|当晚|晚|pm"
_TIME = re.compile(
    rf"(?P<half>{_EARLY}|{_LATE})?\s?(?<!\d)(?P<hour>{_N}{{1,3}})\s?(?:[:时點点h]|点钟)\s?"
    rf"(?:(?P<quarter>[一三13]刻|半|整)|(?P<minute>{_N}{{1,3}})(?!\d))(?:\s?分)?"
    r"(?:\s?(?P<behind>am|pm))?",
    re.IGNORECASE,
)
#: behind a time by or from which something is to be done; 前来, 后来 are no such words
_BEFORE = re.compile(
    rf"\s?分?\s?(?:之前|以前|前(?!来|去|往)|之后|以后|后(?!来)|起|(?:至|到|[-~\u2013\u2014])\s?(?:次日|{_N}))"
)
#: in front of one that is not that of the report
_OTHER = re.compile(
    rf"(?:明[天日]|次日|后天|每[天日晚周]|(?:下?周|星期)[一二三四五六日天]|{_N}[点时]?(?:至|到|[-~\u2013\u2014]))\s?\Z"
)
_DAY = re.compile(r"(\d{1,2})(?:月|[-/])(\d{1,2})日?\s?(?:\([^()]{0,6}\))?\s?\Z")
_QUARTERS = {"一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "半": 30, "整": 0}
_NOON = 12


def minute_told(plain: str, received: Iterable[datetime]) -> bool:
    """Return whether words tell the minute of a report, and not when something is to be done.

    ``plain``: of one form of letters and digits; instants are Shanghai time.
    """
    reports = list(received)
    for found in _TIME.finditer(plain):
        before = plain[max(found.start() - 24, 0) : found.start()]
        if _BEFORE.match(plain, found.end()) or _OTHER.search(before):
            continue
        day = _DAY.search(before)
        told = {int(each) for each in day.groups()} if day else None
        for at in reports:
            if told in (None, {at.month, at.day}) and (at.hour, at.minute) in _readings(found):
                return True
    return False


def _readings(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield hour and minute of a time; also of the afternoon where it does not say which half."""
    hour = _number(found["hour"])
    minute = _number(found["minute"]) if found["minute"] else _QUARTERS[found["quarter"]]
    half = f"{found['half'] or ''}{found['behind'] or ''}".lower()
    yield hour, minute
    if hour < _NOON and not (half and half in _EARLY):
        yield hour + _NOON, minute


def _number(said: str) -> int:
    """Return a number under a hundred: 14, 十四, 四十二, 〇五."""
    said = said.replace("廿", "二十")
    tens, ten, ones = said.rpartition("十")
    figures = ["".join(digit_of(sign) for sign in part) for part in (tens, ones)]
    if not ten:
        return int(figures[1])
    return int(figures[0] or 1) * 10 + int(figures[1] or 0)
