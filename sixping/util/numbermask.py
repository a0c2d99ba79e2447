"""Numbers of persons inside a text: where they stand, and what is shown in their place.

A run is digits of any script with little between them: blanks, dashes, hidden signs, a line
break. What is seven digits or more is hidden, unless it is something ordinary: a date, an
amount, a numbered thing. What is shaped like a telephone, an identity card or a bank card is
hidden whatever stands beside it. Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.util.text import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDDEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
#: what may stand between the digits of one number
BETWEEN = (
    rf"[\s\x00-\x1f\x7f-\x9f{_HIDDEN}\-_.~/|()"
    "\u2010-\u2015\u2212\u30fb\uff0d\uff3f\uff0e\uff5e\uff0f\uff5c\uff08\uff09\u00b7\u2022\u2027\u30fc]"
)
_GAP = rf"{BETWEEN}{{0,8}}"
#: one sign that joins the halves of a local number (not a bracket, a slash or a line break)
_JOINT = re.compile(rf"[ \u3000\xa0\t{_HIDDEN}\-_.\u2010-\u2015\u2212\uff0d\uff3f\u00b7]{{1,3}}\Z")
_NUMERALS = {
    **{sign: digit for digit, sign in enumerate("零一二三四五六七八九")},
    **{sign: digit for digit, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{sign: digit for digit, sign in enumerate("○弌貳參肆伍陸柒捌玖")},
    "两": 2,
    "幺": 1,
    "弍": 2,
    "弎": 3,
    "叄": 3,
}
_SPOKEN = "".join(_NUMERALS)
_RINGED = (
    "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490"
    "\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\U0001f100-\U0001f10a"
    "\u3220-\u3228\u3280-\u3288"
)
_XS = "xX\uff38\uff58\u00d7\u2169\u2179\u0425\u0445\u2715\u2716"
_X = f"[{_XS}]"

_ODD = 3
"""Numerals that make a number one of several scripts: 一直 behind a number is a word."""
SIGN = rf"[\d{_SPOKEN}{_RINGED}]"
_SPELT = f"[{_SPOKEN}{_RINGED}]"

#: a number as it is hidden: what is shown of it, and the stars
MASKED = rf"((?:(?<!{SIGN}){SIGN}{{3}})?(?:\*{{5,}}(?:{_X}|{SIGN})?|\*{{4}}(?!\*)(?:{SIGN}{{4}})?))"
#: the stars of one with what is shown of it behind them, and whether something is before them
_HIDDEN_ALREADY = (
    rf"\*(?<!\*\*)(?:(?P<led>(?<=(?<!{SIGN}){SIGN}{{3}}\*))\*{{3}}(?:\*+(?:{_X}|{SIGN})?|(?:{SIGN}{{4}})?)"
    rf"|\*{{3}}(?:\*+(?:{_X}|{SIGN})|{SIGN}{{4}}))"
)

#: a mobile number in its three parts, between signs that no other number has between its digits,
#: or of digits of several scripts
_PARTED = (
    rf"([1\uff11一壹幺](?<![\d{_SPOKEN}*].)[3-9\uff13-\uff19三四五六七八九叁肆伍陆柒捌玖]{SIGN})"
    r"(?P<s>[^\w\n*./-]{0,3}|\*)"
    rf"({SIGN}{{4}})(?:(?P=s)|[^\w\n*./-]{{0,3}})({SIGN}{{4}})"
    rf"(?![\d{_SPOKEN}元块万户人室号幢栋])"
)

#: what is no such number: digits of one script, and what stands in any number
_USUAL = rf"(?:\d|{BETWEEN})+"

_DIGIT_OR_STAR = rf"{SIGN}|\*"

_LEAST = 7
_MOBILE, _LONGEST = 11, 19
_MOST_GROUPS, _LONGEST_RUN = 400, 2000
"""Groups of digits of a text that are looked at one by one, and signs of a run; the rest is
hidden whole: no report has that many numbers."""
_MOBILE_SHAPE = r"(?:0|86|086|0086)?1[3-9]\d{9}"
_AREA_SHAPE = r"(?:86|0086)?0?(?:10|2\d|[3-9]\d{2})\d{7,8}"
_AREA_FIRST = r"0(?:10|2\d|[3-9]\d{2})"
#: the beginning of an area code that is broken in two
_AREA_BEGUN = r"0(?:1|2|[3-9]\d?)?"
_FREE_SHAPE = r"[48]00\d{7}"
_ID_SHAPE = (
    r"[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"|[1-8]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
)
_CARD_SHAPE = r"(?:62|4\d|5[1-5]|3[4-7]|9[0-9])\d{13,17}"
_CENTURIES = ("18", "19", "20")
_DAY = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MOMENT = rf"{_DAY}(?:[01]\d|2[0-3])?(?:[0-5]\d){{0,2}}"
_DATE = r"(?:18|19|20)\d\d-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])"
_DATED_NUMBER = r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PERSONAL_INSIDE = re.compile(r"1[3-9]\d{9}")

#: words before a number that make it a telephone or a document of a person
_TELEPHONE = re.compile(
    r"(?:电\s?话|座机|固话|固定电话|手机|手机号|号码|致电|来电|回电|拨打|联系方式|联系我?|传真|短号"
    r"|tel|phone|mobile|fax)[^\d\n*]{0,8}\Z",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?:护\s?照|通行证|身份证|证件|居住证|回乡证|台胞证|银行卡|卡号|账号|帐号|账户|社保|医保|公积金)"
    r"[^\d\n*]{0,8}\Z"
)
_ACCOUNT = re.compile(
    r"(?:(?<![a-z])(?:qq|vx|wx)|扣扣|企鹅|微信|威信|薇信|wechat)[^\d\n*]{0,6}\Z", re.IGNORECASE
)
#: words that make it the number of a thing
_NUMBERED = re.compile(
    r"(?:订单|单号|编号|编码|工单|流水号?|运单|快递|物流|案号|文号|条码|发票|受理|业务号|户号|表号|合同"
    r"|批次|序号|设备|标识|证照|许可证|执照|信用代码|房源|宗地|地块|不动产|监控|点位|杆号|灯杆|井号"
    r"|电表|水表|气表|投诉号|登记号|回执|邮编|工号|案件|事项号|件号|第|№|No\.?)[^\d\n*]{0,6}\Z",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?:[¥\uffe5$\uff04€£]|RMB|CNY|USD|金额|总价|单价|价格|价款|共计|合计|人民币)[:\uff1a ]?\Z",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"[ \u3000]?(?:多|余|来)?(?:元|块|万|亿|千|百|人|户|件|次|吨|米|平|公[里斤顷]|㎡|[mM]2|度|字"
    r"|斤|克|升|年|个|名|辆|套|条|倍|岁|小时|分钟|秒|号楼|幢|栋|室|单元|弄|号房|k[mgwW]|[%％‰℃])"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[EGHMCDPSK][A-Z]?\Z", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z\uff21-\uff3a\uff41-\uff5a]\Z")
_FIRM = re.compile(
    r"9(?<![0-9A-Za-z].)[1-3]\d{6}(?=[0-9A-Z]{10}(?![0-9A-Za-z]))(?=\d*[A-Z])[0-9A-Z]{10}"
)
_EXTENSION = re.compile(
    r"(?P<said>[ \u3000]?[(（]?(?:转|分机号?|内线|ext\.?)[ :：\u3000]?)"
    rf"(?P<no>[\d{_SPOKEN}]{{1,6}})(?![\d{_SPOKEN}])",
    re.IGNORECASE,
)
_BEFORE = 16
"""How far before a number its word is looked for."""


class _Group(NamedTuple):
    """Digits without a break: where they stand, and what they say."""

    start: int
    end: int
    digits: str


class _Hit(NamedTuple):
    start: int
    end: int
    shown: str


def hide_numbers(text: str, *, field: bool = False) -> str:
    """Return the text with the numbers of persons hidden; ``field``: all of it is a telephone."""
    if compiled(_PARTED).search(text):
        text = compiled(_PARTED).sub(_unparted, text)
    text = _hide_runs(text, r"\d", r"\d", field=field)
    return _hide_runs(text, SIGN, _SPELT, field=field)


def _unparted(match: re.Match[str]) -> str:
    """Return what is shown of a number in parts; what is an ordinary run is looked at as such."""
    if compiled(_USUAL).fullmatch(match[0]):
        return match[0]
    return f"{match[1]}****{match[4]}"


def _hide_runs(text: str, sign: str, needed: str, *, field: bool) -> str:
    """Hide in every run of ``sign``; in one of several scripts ``needed`` must occur."""
    run = _run(sign, 5 if field else _LEAST)
    if compiled(needed).search(text) is None or run.search(text) is None:
        return text
    shielded = _hidden_already(text) if "****" in text else []
    shielded += [match.span() for match in _FIRM.finditer(text)]
    out: list[str] = []
    at = 0
    odd = needed != sign
    budget = _MOST_GROUPS
    for match in run.finditer(_without(text, shielded)):
        start, end = match.span()
        if odd and (text[start:end].isascii() or not _several(needed).search(text, start, end)):
            continue
        hits: Iterable[tuple[int, int, str]] = ((start, end, "****"),)  # no report has that many
        if budget > 0 and end - start < _LONGEST_RUN:
            groups = _groups(match, sign)
            budget -= len(groups)
            hits = _hits(text, match, groups, field=field)
        for start, end, shown in hits:
            if end > at:
                out += (text[at:start], shown)
                at = end
    return "".join([*out, text[at:]]) if out else text


@cache
def _run(sign: str, least: int) -> re.Pattern[str]:
    more = rf"(?:{BETWEEN}{{0,8}}+{sign}){{{least - 1},}}"
    return re.compile(rf"{sign}(?<!{sign}{sign}){more}(?:{_GAP}{_X}(?![A-Za-z\d]))?")


@cache
def _several(needed: str) -> re.Pattern[str]:
    return re.compile(f"{needed}(?:[^{needed[1:]}*{needed}){{{_ODD - 1}}}")


def _hidden_already(text: str) -> list[tuple[int, int]]:
    """Return where numbers stand hidden; what is stars alone is none."""
    spans: list[tuple[int, int]] = []
    end = 0
    for match in compiled(_HIDDEN_ALREADY).finditer(text):
        start = match.start()
        led = match["led"] is not None and start - 3 >= end
        end = match.end()
        spans.append((start - 3 if led else start, end))
    return spans


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with what is hidden already, or a firm's, put out of sight."""
    if not spans:
        return text
    out, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            out += [text[at:start], "*" * (end - start)]
            at = end
    return "".join([*out, text[at:]])


def digit_of(sign: str) -> str:
    """Return the digit that one sign is, of whatever script."""
    if sign in _NUMERALS:
        return str(_NUMERALS[sign])
    value = unicodedata.numeric(sign, -1)
    return str(int(value)) if value in range(10) else "0"


@cache
def _digits(sign: str) -> re.Pattern[str]:
    return re.compile(rf"{sign}+")


def _groups(match: re.Match[str], sign: str) -> list[_Group]:
    groups = []
    for found in _digits(sign).finditer(match.string, *match.span()):
        digits = found.group()
        if not (digits.isascii() and digits.isdecimal()):
            digits = "".join(map(digit_of, digits))
        groups.append(_Group(found.start(), found.end(), digits))
    return groups


def _hits(text: str, match: re.Match[str], groups: list[_Group], *, field: bool) -> list[_Hit]:
    """Return what is to be hidden of one run, in order.

    What a hidden number leaves beside it is looked at as if it stood alone: so it will stand.
    """
    before = text[max(match.start() - _BEFORE, 0) : match.start()]
    hits: list[_Hit] = []
    waiting = [_Run(text, match.end(), groups, _Label.of(before, field=field))]
    while waiting:
        run = waiting.pop()
        found, rest = run.parts()
        hits += found
        waiting += rest
    hits += filter(None, [_extension(text, hit.end) for hit in hits])
    return sorted(hits)


def _extension(text: str, end: int) -> _Hit | None:
    """Return the extension behind a number, hidden."""
    found = _EXTENSION.match(text, end)
    return _Hit(*found.span(), f"{found['said']}****") if found else None


class _Label(NamedTuple):
    """What the words before a run say that it is."""

    telephone: bool = False
    document: bool = False
    numbered: bool = False
    field: bool = False

    @classmethod
    def of(cls, before: str, *, field: bool) -> _Label:
        telephone = field or bool(_TELEPHONE.search(before))
        document = bool(_DOCUMENT.search(before) or _ACCOUNT.search(before))
        numbered = not telephone and bool(_NUMBERED.search(before))
        return cls(telephone, document, numbered, field)


class _Run:
    """Groups of digits that stand together, and what stands around them."""

    def __init__(self, text: str, end: int, groups: list[_Group], label: _Label) -> None:
        self.text, self.groups, self.end = text, groups, end
        self.x = end > groups[-1].end
        self.telephone, self.document, self.numbered, self.field = label

    def parts(self) -> tuple[list[_Hit], list[_Run]]:
        """Return what is to be hidden, and the runs that are left beside it."""
        hits: list[_Hit] = []
        kept: list[list[_Group]] = [[]]
        i = 0
        while i < len(self.groups):
            taken, hit = self.at(i)
            if hit:
                hits.append(hit)
                kept.append([])
            else:
                kept[-1] += self.groups[i : i + taken]
            i += taken
        if not hits:
            return [], []
        label = _Label(self.telephone, self.document, self.numbered, self.field)
        bare = _Label(telephone=self.field, field=self.field)
        rest = [
            _Run(
                self.text,
                self.end if n == len(hits) else groups[-1].end,
                groups,
                bare if n else label,
            )
            for n, groups in enumerate(kept)
            if sum(len(group.digits) for group in groups) >= _LEAST
        ]
        return hits, rest

    def at(self, i: int) -> tuple[int, _Hit | None]:
        """Return how many groups stand together from one on, and what of them is hidden."""
        if not (self.telephone and i == 0 and len(self.groups[0].digits) == 8):  # noqa: PLR2004
            dated = self._dated(i)
            if dated:
                return dated, None
        return self._shaped(i) or self._plain(i)

    def _dated(self, i: int) -> int:
        """Return how many groups from one on are a date; 0 for none."""
        if self.groups[i].digits[:2] not in _CENTURIES:
            return 0
        digits = [group.digits for group in self.groups[i : i + 3]]
        if compiled(_MOMENT).fullmatch(digits[0]):
            return 1
        return 3 if compiled(_DATE).fullmatch("-".join(digits)) else 0

    def _shaped(self, i: int) -> tuple[int, _Hit | None] | None:
        """Return the longest telephone, identity or card number that begins at a group."""
        digits = ""
        found = None
        for j in range(i, min(i + _LONGEST, len(self.groups))):
            digits += self.groups[j].digits
            if len(digits) > _LONGEST:
                break
            if len(digits) >= _LEAST and (shown := self._shape(digits, i, j)):
                last = self.groups[j].end
                end = self.end if shown[-1] in _XS else last
                found = (j - i + 1, _Hit(self._start(i, end), end, shown))
        return found

    def _start(self, i: int, end: int) -> int:
        """Return where a number begins, with its plus, and its bracket if that closes in it."""
        whole = start = self.groups[i].start
        if start > 0 and self.text[start - 1] in "(\uff08":
            inside = self.text[start:end]
            start -= ")" in inside or "\uff09" in inside
        if start > 0 and self.text[start - 1] in "+\uff0b":
            start -= 1
        joined = start > 0 and compiled(_DIGIT_OR_STAR).match(self.text[start - 1])
        return whole if joined else start

    def _shape(self, digits: str, i: int, j: int) -> str | None:
        """Return what is shown of digits that have the shape of a person's number."""
        first, last = self.groups[i], self.groups[j]
        if self.x and j == len(self.groups) - 1:
            if compiled(_ID_SHAPE).fullmatch(f"{digits}X"):
                return self._id(first, self.end)
            if i == j and len(digits) in {14, 17}:
                return self._id(first, self.end)
        if len(digits) < 9:  # noqa: PLR2004 - shorter than all but a local number
            return f"****{self._last(j)}" if self._is_local(digits, i, j) else None
        if compiled(_MOBILE_SHAPE).fullmatch(digits):
            return self._mobile(i, j)
        if compiled(_ID_SHAPE).fullmatch(digits) or (
            compiled(_CARD_SHAPE).fullmatch(digits) and (i == j or _regular(self.groups[i : j + 1]))
        ):
            return self._id(first, last.end)
        if self._is_landline(digits, i):
            return f"****{self._last(j)}"
        return None

    def _is_landline(self, digits: str, i: int) -> bool:
        first = self.groups[i].digits
        if compiled(_FREE_SHAPE).fullmatch(digits):
            return len(first) in {3, 10}
        if not compiled(_AREA_SHAPE).fullmatch(digits):
            return False
        if first in {"86", "0086"}:
            return len(digits) >= 12  # noqa: PLR2004
        if compiled(_AREA_BEGUN).fullmatch(first):  # 03 04 05 06 07 08 are things in a row
            return len({len(group.digits) for group in self.groups[i:]}) > 1
        return first.startswith("0") and (
            len(first) >= 10 or compiled(_AREA_FIRST).fullmatch(first) is not None  # noqa: PLR2004
        )

    def _is_local(self, digits: str, i: int, j: int) -> bool:
        """Return whether two halves are a number without its area."""
        if self.telephone and i == 0:
            return True
        if j != i + 1 or len(self.groups) != 2 or digits[0] not in "23456789":  # noqa: PLR2004
            return False
        head, tail = (group.digits for group in self.groups)
        dated = any(compiled("(?:19|20)\\d\\d").fullmatch(each) for each in (head, tail))
        span = head.endswith("00") and tail.endswith("00")
        joint = self.text[self.groups[0].end : self.groups[1].start]
        return (
            len(tail) == 4 and not dated and not span  # noqa: PLR2004
            and _JOINT.match(joint) is not None and not self._measured(j)
        )  # fmt: skip

    def _plain(self, i: int) -> tuple[int, _Hit | None]:
        """Return what becomes of digits without a shape: seven and more are hidden."""
        group = self.groups[i]
        if len(group.digits) < _LEAST:
            return self._one_by_one(i)
        spelt = not self.text[group.start : group.end].isdecimal()
        if self._is_ordinary(i) or (spelt and not self.telephone and _counted(group.digits)):
            return 1, None
        if len(group.digits) >= 12:  # noqa: PLR2004
            return 1, _Hit(group.start, group.end, self._id(group, group.end))
        return 1, _Hit(self._start(i, group.end), group.end, f"****{self._last(i)}")

    def _one_by_one(self, i: int) -> tuple[int, _Hit | None]:
        """Return digits said one by one, seven and more of them, as one number."""
        j = i
        while j < len(self.groups) and len(self.groups[j].digits) == 1:
            j += 1
        if j - i < _LEAST or _counted("".join(group.digits for group in self.groups[i:j])):
            return max(j - i, 1), None
        last = self.groups[j - 1]
        shown = "".join(self.text[g.start : g.end] for g in self.groups[j - 4 : j])
        return j - i, _Hit(self.groups[i].start, last.end, f"****{shown}")

    def _is_ordinary(self, i: int) -> bool:
        """Return whether digits are an amount, a numbered thing, a coordinate, a dated number."""
        group = self.groups[i]
        if self.telephone and i == 0:
            return False
        before = self.text[max(group.start - _BEFORE, 0) : group.start]
        passport = len(group.digits) < 10 and _PASSPORT.search(before)  # noqa: PLR2004
        if self.document or passport:
            return bool(_CURRENCY.search(before))
        if _CURRENCY.search(before) or self._measured(i) or self._coordinate(i):
            return True
        if _PERSONAL_INSIDE.search(group.digits):
            return False
        return bool(
            self.numbered
            or (_LETTER.search(before) and len(group.digits) < _MOBILE)
            or (len(group.digits) == 13 and group.digits[0] != "0")  # noqa: PLR2004 - an order
            or compiled(_DATED_NUMBER).match(group.digits)
        )

    def _measured(self, i: int) -> bool:
        end = self.groups[i].end
        if _MEASURE.match(self.text, end):
            return True
        if i + 1 == len(self.groups):
            return False
        cents = self.groups[i + 1]
        if len(cents.digits) > 2 or self.text[end : cents.start] != ".":  # noqa: PLR2004
            return False
        return _MEASURE.match(self.text, cents.end) is not None

    def _coordinate(self, i: int) -> bool:
        """Return whether digits are the decimals of a number."""
        if i == 0:
            return False
        whole = self.groups[i - 1]
        return self.text[whole.end : self.groups[i].start] == "." and len(whole.digits) < 4  # noqa: PLR2004

    def _id(self, first: _Group, end: int) -> str:
        said = re.sub(BETWEEN, "", self.text[first.start : end])
        return f"{said[:3]}{'*' * (len(said) - 4)}{said[-1]}"

    def _mobile(self, i: int, j: int) -> str:
        signs = "".join(self.text[g.start : g.end] for g in self.groups[i : j + 1])[-_MOBILE:]
        return f"{signs[:3]}****{signs[-4:]}"

    def _last(self, j: int) -> str:
        """Return the last four signs of a number that ends with a group."""
        signs = ""
        while len(signs) < 4:  # noqa: PLR2004
            signs = self.text[self.groups[j].start : self.groups[j].end] + signs
            j -= 1
        return signs[-4:]


def _counted(digits: str) -> bool:
    """Return whether somebody counts: 一二三四五六七, (1)(2)(3)…"""
    return digits in "123456789012"


def _regular(groups: list[_Group]) -> bool:
    """Return whether digits stand in fours, as on a bank card."""
    return all(len(group.digits) == 4 for group in groups[:-1]) and len(groups[-1].digits) <= 4  # noqa: PLR2004
