"""Rows that are no reports: totals, signatures, a header repeated, what a profile leaves out."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sixping.importing.reader import Header

_MOST = 8  # filled cells of a line of totals or signatures
_LONGEST = 200  # characters of the first cell of such a line
_SHORT = 12  # characters of a cell beside them: a figure, a name
_NAME = 4  # characters of a cell in the column of the text, where people write
_OWN_WORDS = 6  # characters after a label there

_UNITS = "[件条行人次笔项宗起页%]*"
_TOTAL = re.compile(
    rf"((?:本[页月周日]|当[页月日])?(?:合计|总计|小计|累计|共计|汇总|平均|同比|环比|(?:记录)?总数|总[件条行]数))"
    rf"[数件条]*:?\d*{_UNITS}|((?i:total)):?\d*(?:rows?|records?)?"
)
_COUNT = re.compile(rf"\(?(共)计?\d+{_UNITS}(?:记录|数据|事项)?[.。]?\)?|(第)\d+页[,/]?共\d+页")
_BLANK = re.compile(r"[-—─=*(]*(?:[本此]页)?(以下(?:空白|为空|无正文|无内容|无数据))[-—─=*).。]*")
_WHO = (
    "(?:制表|填表|填报|审核|复核|校对|统计|打印|导出|制单|经办|编制|报送|审批|签发|分管|主要|主管"
    "|承办|联系|单位负责|负责)"
)
_SIGNED = re.compile(
    rf"({_WHO}(?:人员|人|单位|部门|领导|日期|时间))(?:签字|签名|盖章)?(?:\(.*\))?(?::|$)"
    r"([^,;。!?]{0,30})|((?:制表|填表|填报|审核|复核|经办|主管|校对|批准)):([^,;。!?]{0,30})"
)
_NOTE = re.compile(r"(备注|注|说明)\d*:.*|[-—─=*._]*(完)[-—─=*._]+|([-—─=*._])[-—─=*._]+")
_FIGURE = re.compile(rf"[-+]?[\d,.]{{1,10}}{_UNITS}")
_DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}[-/.月](?:\d{1,2}日?)?(?:\d{1,2}:\d{2}(?::\d{2})?)?")
_DATED = rf"{_DATE.pattern}|\d{{4}}年\d{{1,2}}月"
#: of when, of what, by whom a table is: never what somebody reports
_ABOUT = re.compile(
    rf"((?:日期|时间)):(?:{_DATED})|(联系电话):[-()\d转]*"
    r"|((?:数据来源|查询条件|统计口径|统计范围|统计周期|统计截止(?:时间|日期)|以上数据))[^,;。!?]{0,40}"
    r"|((?:领导|科长|主任|站长|所长)(?:签字|签名|审批)|单位\(盖章\))(?::[^,;。!?]{0,20}|$)"
)
_BEGINNINGS = frozenset("合总小累共本当第制填审复校统打导经编报签分单负以此(（-—─=*")
_SENTENCE = re.compile("[,;。!?]")


class LeftOut:
    """What tells rows of one file apart that are left out: by a word of the profile, by shape.

    ``always``: every row has to be looked at before it is read, not only when that fails or when
    it begins as a total does (``begins``).
    """

    def __init__(self, header: Header) -> None:
        """Bind to the columns of a file."""
        self._names = [_squeezed(name) for name in header.names]
        self._words = header.leaving
        self._text = header.places.get("text", (-1,))
        self._received = header.places.get("received", ())
        self.always = bool(self._words) or not self._received

    @staticmethod
    def begins(cells: list[str]) -> bool:
        """Tell at a glance whether a row may be a total or a signature."""
        sign = cells[0][:1] if cells else ""
        if not sign.strip():
            sign = next(filter(str.strip, cells), "").lstrip()[:1]
        return sign in _BEGINNINGS

    def label(self, cells: list[str]) -> str | None:
        """Return the word by which a row is left out; None for a report, whole or faulty."""
        return self._by_word(cells) or self._by_shape(cells)

    def _by_word(self, cells: list[str]) -> str | None:
        for index, words in self._words.items():
            cell = cells[index] if index < len(cells) else ""
            found = next((word for word in words if word in cell), None)
            if found:
                return found
        return None

    def _by_shape(self, cells: list[str]) -> str | None:
        """Return the first word of a line without time or text that is no report."""
        squeezed = [_squeezed(cell) for cell in cells]
        filled = [(index, cell) for index, cell in enumerate(squeezed) if cell]
        if not filled:
            return None
        if squeezed[: len(self._names)] == self._names[: len(squeezed)]:
            return "表头"
        (first, head), *rest = filled
        label = _label(head, written=first in self._text, alone=not rest)
        if label is None or len(filled) > _MOST:
            return None
        if not all(_small(cell, _NAME if at in self._text else _SHORT) for at, cell in rest):
            return None
        times = (squeezed[at] for at in self._received if at < len(squeezed))
        is_told = any(at in self._text and not _beside(cell) for at, cell in rest)
        is_told = is_told and any(map(_DATE.fullmatch, times))
        return None if is_told else label


def _squeezed(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split())


def _label(cell: str, *, written: bool, alone: bool) -> str | None:
    """Return the word a line begins with; ``written``: in the column people write in."""
    if len(cell) > _LONGEST:
        return None
    if match := _TOTAL.fullmatch(cell) or _COUNT.fullmatch(cell) or _BLANK.fullmatch(cell):
        return next(word for word in match.groups() if word)
    if match := _SIGNED.fullmatch(cell):
        word, more, short, others = match.groups()
        own = (more or others or "").partition(":")[0]
        return None if written and len(own) > _OWN_WORDS else word or short
    about = (
        None if written else _ABOUT.fullmatch(cell) or (_NOTE.fullmatch(cell) if alone else None)
    )
    return next(word for word in about.groups() if word) if about else None


def _beside(cell: str) -> bool:
    """Tell whether a cell is a figure beside a total, or a further signature."""
    return bool(_FIGURE.fullmatch(cell) or _SIGNED.fullmatch(cell) or _ABOUT.fullmatch(cell))


def _small(cell: str, most: int) -> bool:
    """Tell whether a cell may stand beside a total or a signature: a figure, a name, a date."""
    if _beside(cell) or _DATE.fullmatch(cell):
        return True
    return len(cell) <= most and not _SENTENCE.search(cell) and not re.search(r"\d{7}", cell)
