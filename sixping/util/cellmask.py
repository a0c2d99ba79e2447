"""A cell of somebody's file as an error or a draft may repeat it: its shape, never a person.

Which column a cell is of was said by a profile, which may be wrong: a name may stand where a
state is looked for, a telephone where a time is. So a name is hidden in any column, as is what
``mask_text`` hides; what is too long for a word or a time is only counted.
"""

from __future__ import annotations

import re

from sixping.util.masking import begins_with_surname, mask_text, names_person
from sixping.util.text import clean, compiled

#: characters of the longest word of a list (a sentence may name anybody), of the longest time
LONGEST_WORD, _TIME = 20, 40
#: signs of words that no given name has
_NO_NAME = frozenset(
    "办结处派审档受退闭决答注级急件类期待未已否不务区县镇乡街巷弄号楼栋幢室村组局所队站厅委部院校"
    "店厂司库灯管费证牌铺摊噪烟垃圾违占拆租屋面口段障网格形况事项单式案量率值额度员工者们民众"
)
#: how ordinary words begin that begin as names do
_ORDINARY = (
    "安全", "安装", "安置", "白天", "柏油", "包装", "柴油", "常规", "车辆", "车祸", "车险", "成功",
    "成立", "程序", "党建", "方便", "方位", "房产", "房屋", "高空", "高温", "高龄", "高发", "关爱",
    "关怀", "和解", "洪水", "黄赌", "计划", "计生", "解除", "解释", "金融", "金属", "康复", "康养",
    "雷电", "连片", "路灯", "路过", "路况", "路基", "麻将", "马路", "马上", "毛坯", "苗木", "明确",
    "宁静", "牛皮", "农业", "农贸", "平安", "钱款", "全部", "全程", "全市", "任意", "沙尘", "沙土",
    "商业", "商品", "施工", "石材", "石化", "时间", "时限", "双方", "水利", "水电", "田间", "万达",
    "危房", "温馨", "文化", "文明", "文物", "项目", "向上", "阳台", "阳光", "易燃", "易涝", "应急",
    "游乐", "游商", "游泳", "于今", "左侧", "党员", "金额", "时段", "包容", "车位", "车库", "乐器",
)  # fmt: skip
_RUN = re.compile(r"[\u4e00-\u9fff]+(?:[·•・][\u4e00-\u9fff]+)*")
#: signs of a name, the longest first
_SIZES = (4, 3, 2)
#: what follows the name of somebody who rang
_SAYING = (
    "反映|投诉|举报|来电|来访|来信|求助|咨询|要求|诉求|诉|称|说"
    "|先生|女士|小姐|太太|师傅|同志|主任|书记|科长|所长|队长|局长|经理|老师"
)
_TELEPHONE = r"(?:\+?86-?)?1[3-9]\d(?:-?\d{4}){2}|0\d{2,3}-\d{7,8}"
#: a number of the case of a day is as long: nobody who rings was born after 2012
_BORN = r"[1-9]\d{5}(?:19\d\d|200\d|201[0-2])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_PINYIN = (
    "zhang|wang|li|liu|chen|yang|zhao|huang|zhou|wu|xu|zhu|hu|guo|lin|gao|luo|zheng|liang|xie"
    "|tang|deng|feng|cao|peng|zeng|xiao|tian|dong|yuan|cai|jiang|yu|du|ye|cheng|wei|su|lu|ding"
    "|ren|shen|yao|zhong|cui|lai|liao|qian|qiu|qin|shi|jia|xia|fu|zou|xiong|bai|meng|qiao|ouyang"
)
_LATIN = rf"(?i)\b({_PINYIN})[ ,]+[a-z]+(?:[ -][a-z]+)?\b"
_CLOCKS = (
    "上午|下午|中午|凌晨|早上|早晨|清晨|午后|傍晚|晚上|夜里|[AaPp]\\.?[Mm]|GMT|UTC|CST"
    "|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun"
)
_OF_TIME = rf"({_CLOCKS}|(?<=\d)\s?[年月日号时点分秒]|(?<=\d)[TZ](?=\d|\Z))|[^\W\d_]"


def word_shown(raw: str) -> str:
    """Return a word of a list as it may be repeated; of what is too long how long it is."""
    bare = clean(raw.strip())
    if len(bare) > LONGEST_WORD:
        return f"({len(bare)} 个字)"
    return people_hidden(bare)


def time_shown(raw: str) -> str:
    """Return what stands where a time should: its digits and signs, its words as stars."""
    bare = clean(raw.strip())
    if len(bare) > _TIME or not any(map(str.isdecimal, bare)):
        return f"({len(bare)} 个字{'' if len(bare) > _TIME else ', 没有数字'})"
    return compiled(_OF_TIME).sub(lambda found: found[0] if found[1] else "*", mask_text(bare))


def number_shown(raw: str) -> str:
    """Return a number at its source, which is shown, unless it is a person's: wrongly mapped."""
    bare = clean(raw.strip())
    digits = bare.isascii() and bare[:1].isdecimal()
    if digits and not (compiled(_TELEPHONE).fullmatch(bare) or compiled(_BORN).fullmatch(bare)):
        return bare
    return people_hidden(bare)


def in_quotes(shown: str) -> str:
    """Return what is shown of a cell in quotes, or as it is where nothing of it is."""
    return shown if shown.startswith("(") else repr(shown)


def people_hidden(text: str) -> str:
    """Return words with numbers of people hidden, and what may be somebody's name in full."""
    text = _callers_hidden(mask_text(text))
    text = compiled(_LATIN).sub(lambda found: f"{found[1]} *", text)
    return _RUN.sub(lambda found: _hidden(found[0]), text)


def _callers_hidden(text: str) -> str:
    """Hide who is said to have rung, written or wanted something."""
    out, done = [], 0
    for found in compiled(_SAYING).finditer(text):
        end = found.start()
        sizes = (size for size in _SIZES if done <= end - size)
        size = next((size for size in sizes if _may_name(text[end - size : end])), 0)
        out += [text[done : end - size], _hidden(text[end - size : end]) if size else ""]
        done = end
    return "".join([*out, text[done:]])


def tells_person(raw: str) -> bool:
    """Return whether a word may tell a person: by a name, a number, an address."""
    return people_hidden(raw) != raw


def _hidden(word: str) -> str:
    return f"{word[: begins_with_surname(word) or 1]}*" if _may_name(word) else word


def _may_name(word: str) -> bool:
    """Return whether all of a word may be a person's name."""
    parts = re.split("[·•・]", word)
    if len(parts) > 1:
        return min(map(len, parts)) > 1
    surname = begins_with_surname(word)
    if not surname or not surname + 1 <= len(word) <= surname + 2:
        return False
    given = word[surname:]
    if not _NO_NAME.isdisjoint(given) or word.startswith(_ORDINARY):
        return False
    return names_person(word)
