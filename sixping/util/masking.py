"""The one door personal data leave by: by field (a name, a telephone, a document), by pattern.

``mask_text`` hides what identifies a person in words anybody wrote: numbers of any script,
e-mail addresses, accounts, car plates; ``hide_names`` the names of the people of a report, as
they are written. Ordinary words stay: places, units, roles, nouns for many people. Masking what
is masked changes nothing, and every function costs time linear in the length of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sixping.util import several
from sixping.util.numbermask import MASKED, SIGN, hide_numbers
from sixping.util.text import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

_STARS = "***"

# --- names ---------------------------------------------------------------------------------

_COMPOUND = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙",
    "宇文", "司徒", "司空", "夏侯", "端木", "南宫", "独孤", "拓跋", "轩辕", "申屠", "太史",
    "淳于", "单于", "钟离", "闻人", "澹台", "公羊", "赫连", "呼延", "完颜", "耶律", "百里",
    "西门", "东郭", "第五",
)  # fmt: skip
#: whoever is meant by these is one of many
_MANY = (
    "市民", "群众", "居民", "村民", "业主", "住户", "租户", "租客", "房东", "商户", "商家",
    "店主", "摊主", "网友", "家长", "学生", "同学", "老师", "乘客", "旅客", "游客", "路人",
    "行人", "司机", "车主", "工人", "民工", "员工", "职工", "老人", "老人家", "大爷", "大妈",
    "阿姨", "邻居", "患者", "顾客", "消费者", "用户", "客户", "反映人", "投诉人", "举报人",
    "来电人", "当事人", "信访人", "申请人", "上访人", "留言人", "代表", "志愿者", "党员", "干部",
    "热心人", "知情人", "有心人", "好心人", "百姓", "老百姓", "公众", "大家", "众人", "多人",
    "数人",
)  # fmt: skip
_NOBODY = frozenset({
    "匿名", "不详", "未知", "不明", "无", "没有", "保密", "隐名", "佚名", "未留名", "不留名",
    "不愿留名", "不愿透露", "不愿透露姓名", "未提供", "不清楚", "待查", "空", "暂无", "自己",
    "本人", "个人",
})  # fmt: skip
_ROLES = (
    "主任", "副主任", "书记", "副书记", "局长", "副局长", "所长", "副所长", "队长", "中队长",
    "副队长", "站长", "科长", "副科长", "处长", "副处长", "部长", "副部长", "院长", "校长",
    "园长", "镇长", "副镇长", "区长", "副区长", "村长", "组长", "副组长", "楼长", "网格长",
    "网格员", "专职网格员", "社工", "民警", "辅警", "协警", "保安", "保洁员", "经理", "总经理",
    "负责人", "值班员", "值班长", "值守人员", "工作人员", "执法员", "执法人员", "城管员",
    "巡查员", "巡逻员", "联络员", "协管员", "调解员", "安全员", "管理员", "指挥长", "委员",
    "主席", "副主席", "秘书", "领导", "常委", "街道领导", "分管领导", "主要领导", "物业",
    "村干部", "社区干部", "机关干部", "副职", "正职",
)  # fmt: skip
#: how a person is spoken of by the surname: no name
_STYLED = (
    "先生", "女士", "小姐", "太太", "同志", "师傅", "大爷", "大妈", "阿姨", "大姐", "大哥",
    "老师", "某某", "某",
)  # fmt: skip
#: how the seat of an office of three signs ends: no name does
_SEATS = ("局", "府", "厅", "办", "队", "处", "站", "所")
_TITLES = tuple(sorted((*_ROLES, *_STYLED), key=len, reverse=True))
#: what stands before a name: 业主王小明
_BEFORE = tuple(sorted((*_MANY, *_ROLES), key=len, reverse=True))
#: what stands between two names in one field, or behind one and names nobody
_JOINED = r"[\s\u3000和与及等—+。(（-]+"
_ASIDE = r"[(（][^()（）]*[)）]?"
_WAYS = tuple("路街巷弄苑幢栋号")
#: signs of a name that can have nothing beside it
_PLAIN = 3
#: signs of the longest name before a title: 欧阳小明先生
_TITLED = 4
#: how an office before a title ends: 党工委书记, 包村干部
_OFFICES = tuple("委办局厅所站队科处部院校组村区市县街镇网格班管片")
#: how units, firms and other bodies are called
BODIES = (
    "公司", "厂", "店", "馆", "超市", "商行", "酒楼", "中心", "合作社", "工作室", "学校",
    "幼儿园", "医院", "诊所", "物业", "工地", "市场", "委员会", "集团", "银行", "协会", "商会",
    "学院", "大学", "中学", "小学", "中队", "大队", "支队", "总队", "分局", "派出所", "司法所",
    "管理所", "监管所", "监督所", "财政所", "居委会", "村委会", "业委会", "街道", "街道办",
    "社区", "办事处", "办公室", "指挥室", "服务站", "工作站", "卫生院", "政府", "党工委", "党委",
    "工委", "纪委", "支部", "团委", "妇联", "工会", "人大", "政协", "法院", "检察院", "管委会",
    "平台", "安办", "综治办", "平安办", "城建办", "党政办", "消防站", "交警队", "项目部", "食堂",
    "餐厅", "饭店", "宾馆", "网吧", "药店", "门诊部",
)  # fmt: skip
_BODY_ENDS = (*BODIES, *_SEATS, *_OFFICES)
#: what makes a word before it the name of a place, a firm or a body: 江南 in 江南大道
_PLACES = (
    "大道", "大街", "中路", "东路", "西路", "南路", "北路", "支路", "公路", "高架", "隧道",
    "立交", "大桥", "桥头", "小区", "花园", "家园", "公寓", "大厦", "广场", "新村", "新城",
    "新苑", "社区", "小学", "中学", "大学", "学校", "医院", "公园", "市场", "超市", "车站",
    "地铁", "酒店", "宾馆", "饭店", "银行", "公司", "集团", "工厂", "工地", "街道", "名苑",
    "名邸", "名城", "华庭", "雅苑", "嘉园", "佳苑", "府邸", "山庄", "别墅", "码头", "水库",
    "中心", "网格", "片区", "园区", "商城", "商场", "影城", "水乡", "一带", "地区", "花苑",
    "豪庭", "农贸", "物业", "幼儿园",
)  # fmt: skip
#: one sign that does so where a number or the end of the phrase follows: 江南路12号, not 江南路过
_PLACE_SIGN = (
    r"[路街巷弄桥村里苑园庭府城湾港河湖](?=[\d\s,，.。;；:：、)）与和到至口上段边旁东南西北]|\Z)"
)
#: a sign that makes a name the beginning of a place's where the place field has it so too
_PLACED = frozenset("路街巷弄桥村里苑园庭府城湾港河湖山坡塘浜埠站大小花新东南西北中")
_AFTER_PLACE = rf"(?:{'|'.join(_PLACES)}|{_PLACE_SIGN})"
_NAME_GAP = r"[\s\u3000\xa0\u200b-\u200f\u2060\ufeff\u00b7\u2022\u2027\u30fb\uff0e.]"
_NAME_SIGNS = _NAME_GAP.replace("[", "[^", 1) + "+"
_WIDEST_GAP = 3
_ALIKE = str.maketrans("ſıςµ", "siσμ")
_NAME_DOTS = r"[\u00b7\u2022\u2027\u30fb\uff0e.]"
_LONGEST_NAME = 40
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包"
    "宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"
    "师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)  # fmt: skip
#: what introduces a name
_INTRODUCING = (
    "[我联姓反报求投举来当申收法业户](?:"
    r"(?:叫(?<=我叫)|系人(?<=联系人))(?:姓名)?[ \u3000]?[:：是为]?[ \u3000]?"
    r"|(?:名(?<=姓名)|\s名(?<=姓\s名)|映人(?<=反映人)|警人(?<=报警人)|助人(?<=求助人)|络人(?<=联络人)|诉人(?<=投诉人)"
    r"|报人(?<=举报人)|电人(?<=来电人)|事人(?<=当事人)|请人(?<=申请人)|件人(?<=收件人)|定代表人(?<=法定代表人)"
    r"|主(?<=[业户]主))(?:姓名)?[ \u3000]?[:：][ \u3000]?)"
)
_INTRODUCED = (
    f"(?P<lead>{_INTRODUCING})"
    f"(?P<name>(?:{'|'.join(_COMPOUND)})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?=[\s,，.。;；、:：(（)）\d/|-]|电话|手机|联系|身份证|\Z)"
)


def mask_name(value: str) -> str:
    """Leave the surname of a person: ``张*`` (its length is hidden too), ``欧阳*``.

    Nouns for many people, roles, bodies and ``张先生`` name nobody and stay as they are.
    """
    bare = value.strip()
    if len(people := several.names(bare)) > 1:
        return "、".join(map(mask_name, people))
    if not bare or not names_person(bare):
        return mask_text(bare)
    return f"{_surname(bare)}*"


def mask_person(value: str) -> str:
    """Leave the surname of somebody known to be a person, as whoever is in the register."""
    bare = value.strip()
    return bare if bare in ("", "匿名") or bare.endswith("*") else f"{_surname(bare)}*"


def _surname(name: str) -> str:
    return name[:2] if len(name) > 2 and name.startswith(_COMPOUND) else name[0]  # noqa: PLR2004


def begins_with_surname(word: str) -> int:
    """Return how many signs of a word may be a person's surname: none, one or two."""
    return 2 if word.startswith(_COMPOUND) else int(word[:1] in _SURNAMES and word != "")


def names_person(value: str) -> bool:
    """Return whether words may be a person's own name, and not a noun, a role or a body."""
    bare = re.sub(r"\s", "", value)
    if not bare or bare in _NOBODY or bare.endswith("*"):
        return False
    if bare.endswith(_MANY) or is_body(bare):
        return False
    if bare.endswith(_TITLES):
        title = next(title for title in _TITLES if bare.endswith(title))
        return _in_full(bare.removesuffix(title))
    return True


def _in_full(name: str) -> bool:
    """Return whether what stands before a title is more than a surname, a place or a body."""
    if name in _COMPOUND or len(name) < 2 or len(name) > _TITLED:  # noqa: PLR2004
        return False
    return name[0] in _SURNAMES and not name.endswith(_OFFICES)


def own_names(field: str) -> list[str]:
    """Return the people in a field, each as it is written there and by the bare name.

    ``王小明先生``, ``业主王小明 (丈夫)``, ``王小明和李建国``: bare only with a surname.
    """
    found = []
    for one in several.names(field):
        found.append(one.strip())
        if len(one) > _PLAIN and _says_more(one):
            pieces = compiled(_JOINED).split(compiled(_ASIDE).sub(" ", one))
            found += filter(_is_own, map(_bare_name, pieces))
    return list(dict.fromkeys(found))


def _says_more(value: str) -> bool:
    return (
        value.endswith(_TITLES)
        or value.startswith(_BEFORE)
        or compiled(_JOINED).search(value) is not None
    )


def _bare_name(value: str) -> str:
    """Return a name without the title behind it and the noun before it."""
    for title in _TITLES:
        if value.endswith(title):
            value = value.removesuffix(title)
            break
    before = next((noun for noun in _BEFORE if value.startswith(noun)), "")
    return value.removeprefix(before)


def _is_own(value: str) -> bool:
    return _in_full(value) and not value.endswith(_WAYS) and names_person(value)


def is_body(value: str) -> bool:
    """Return whether words name a unit, a firm or another body by how they end."""
    if len(value) > 3:  # noqa: PLR2004 - 江一社区
        return value.endswith(_BODY_ENDS) and not value.startswith(_COMPOUND)
    return len(value) == 3 and value.endswith(_SEATS)  # noqa: PLR2004 - 住建局


def mask_addressee(value: str) -> str:
    """Hide the persons among those something was sent to; departments stay.

    Only a whole name that begins with a surname is one: what is called otherwise is an office.
    """
    return "、".join(
        mask_name(part) if _is_plain_name(part.strip()) else mask_text(part)
        for part in value.split("、")
    )


def mask_file(value: str) -> str:
    """Hide in the name of a file what may be a person's, ``张小明-身份证.jpg``, and numbers."""
    return mask_text(compiled(r"[\u4e00-\u9fff]+").sub(_in_file, value))


def _in_file(match: re.Match[str]) -> str:
    return mask_name(match[0]) if _is_plain_name(match[0]) else match[0]


def _is_plain_name(value: str) -> bool:
    named = value.startswith(_COMPOUND) or (len(value) == 3 and value[0] in _SURNAMES)  # noqa: PLR2004
    return named and len(value) in {3, 4} and not value.endswith(_OFFICES) and names_person(value)


def hide_names(text: str, names: Iterable[str], places: Iterable[str] = ()) -> str:
    """Hide the names of persons in a text, however they are spaced.

    A name that begins the name of a place there (or one of ``places``) stays.
    """
    for bare in (own for name in names for own in own_names(name)):
        if len(bare) > 1 and _may_occur(bare, text) and names_person(bare):
            text = _hide_name(text, bare, "\n".join(filter(None, places)))
    return text


def _may_occur(name: str, text: str) -> bool:
    """Return whether a name or a part of it is among the signs of a text; in most none is."""
    if len(name) > _LONGEST_NAME:
        return name in text
    bare = compiled(_NAME_GAP).sub("", text)
    cased = _cased(name)
    return any(
        _signs(part, cased=cased) in (_folded(bare) if cased else bare)
        for part in (name, *_parts(name))
    )


def _hide_name(text: str, name: str, known: str) -> str:
    shown = mask_name(name)
    if len(name) > _LONGEST_NAME:
        return text.replace(name, shown)
    text = _without_name(text, name, shown, known)
    for part in _parts(name):
        text = _without_name(text, part, f"{part[0]}*", "")
    return text


def _without_name(text: str, name: str, shown: str, known: str) -> str:
    """Hide where the signs of a name stand with little between, not within a place's name."""
    cased, latin = _cased(name), name.isascii()
    sought = _signs(name, cased=cased)
    bare, stood = _spread(_folded(text) if cased else text)
    out, done, at = [], 0, bare.find(sought) if len(sought) > 1 else -1
    while at >= 0:
        start, end = stood[at], stood[at + len(sought) - 1] + 1
        if _goes_on(text, start, end, latin=latin):
            at = bare.find(sought, at + 1)
            continue
        following = text[end : end + 2]
        placed = following[:1] in _PLACED and f"{text[start:end]}{following[:1]}" in known
        if not placed or following == "路过":
            out += [text[done:start], shown]
            done = end
        at = bare.find(sought, at + len(sought))
    return "".join([*out, text[done:]])


def _goes_on(text: str, start: int, end: int, *, latin: bool) -> bool:
    """Return whether what reads like a name is a part of a longer word, or of a place's name."""
    if latin:
        near = text[start - 1 : start] + text[end : end + 1]
        return compiled("(?i:[a-z])").search(near) is not None
    return compiled(_AFTER_PLACE).match(text, end) is not None


def _spread(text: str) -> tuple[str, list[int]]:
    """Return the signs of which a name may be, and where they stand.

    A line break is left where more stands between two than in any name.
    """
    signs: list[str] = []
    stood: list[int] = []
    end = 0
    for word in compiled(_NAME_SIGNS).finditer(text):
        if word.start() - end > _WIDEST_GAP:
            signs.append("\n")
            stood.append(end)
        end = word.end()
        signs.append(word.group())
        stood += range(word.start(), end)
    return "".join(signs), stood


def _parts(name: str) -> list[str]:
    """Return the parts of a name of several (``阿不都·热合曼``) that stand for it alone."""
    parts = [part for part in re.split(_NAME_DOTS, name) if len(part) > 2]  # noqa: PLR2004
    return parts if len(parts) > 1 else []


def _signs(name: str, *, cased: bool) -> str:
    signs = compiled(_NAME_GAP).sub("", name)
    return _folded(signs) if cased else signs


def _cased(name: str) -> bool:
    return name.lower() != name.upper()


def _folded(text: str) -> str:
    """Return a text of the same length in which letters of either case are alike."""
    low = text.lower()
    low = low if len(low) == len(text) else "".join(sign.lower()[0] for sign in text)
    return low.translate(_ALIKE)


# --- fields --------------------------------------------------------------------------------


def mask_phone(value: str) -> str:
    """Leave of each number at most the first three and last four digits: ``138****5678``."""
    masked = _hide_addresses(hide_numbers(value, field=True))
    parts = re.split(MASKED, masked)
    return "".join(part if i % 2 else re.sub(SIGN, "*", part) for i, part in enumerate(parts))


def mask_id(value: str) -> str:
    """Leave the first three and the last character of an identity number."""
    bare = value.strip()
    if len(bare) <= 6:  # noqa: PLR2004 - too short to show anything of
        return "*" * len(bare)
    return f"{bare[:3]}{'*' * (len(bare) - 4)}{bare[-1]}"


# --- texts ---------------------------------------------------------------------------------

#: patterns begin with a set of signs: what has none of them is skipped at the speed of a search
_WORD = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９＿－．"
)
_DOMAIN = "[A-Za-z0-9\\-\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0d]"
_DOT = "[.\uff0e\u3002\uff61]"
_AT = (
    "[@\uff20\ufe6b(\\[\uff08\u3010](?:(?<=[@\uff20\ufe6b])"
    "|(?<=[(\\[\uff08\u3010]) ?(?:at|AT|艾特) ?[)\\]\uff09\u3011])"
)
_TAIL = rf"{_AT}[ \u3000]?(?:{_DOMAIN}{{1,63}}{_DOT}){{1,5}}{_DOMAIN}{{2,24}}"
_LONGEST_HEAD = 64
#: the word before an account
_HELD = (
    "[微威薇vVwWqQ短虚扣企支抖钉](?:信(?<=[微威薇vV]信)|号(?<=短号)|拟网(?<=虚拟网)|[eE](?<=[wW].)\\s?(?i:chat)"
    "|[xX](?<=[vVwW].)(?<!(?i:[a-z])..)|[qQ](?<=[qQ].)(?<!(?i:[a-z])..)"
    "|(?=[:：])(?<=[vV])(?<!(?i:[a-z])[vV])"
    "|扣(?<=扣扣)|鹅(?<=企鹅)|付宝(?<=支付宝)|音(?<=抖音)|钉(?<=钉钉)|博(?<=微博))"
)
_ACCOUNT = rf"""(?P<lead>{_HELD}(?xi:
        (?:号码?|id|账号|帐号)?[ \u3000]?(?:是|为|叫)?[ \u3000]?[:：=]?[ \u3000]?))(?xi:
    (?:[a-z](?=[a-z\d_-]{{0,18}}[\d_])[a-z\d_-]{{4,29}}
        |(?:(?<=[:：=])|(?<=[:：=][ \u3000]))[a-z][a-z\d_-]{{4,29}}|\d{{5,6}})
    (?![a-z\d*]))"""
_PLATED = "A-HJ-NP-Za-hj-np-z"
_PLATE = (
    "(?P<where>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼车]"
    f"(?:(?<!车)[ \u3000]?[{_PLATED}\uff21-\uff3a\uff41-\uff5a]"
    f"|(?<=车)牌(?:号码?)?[是为:：]?[ \u3000]?[{_PLATED}]))"
    f"[ \u3000.\u00b7\u2022\u30fb-]?"
    f"(?=[A-Za-z]{{0,3}}\\d)(?=[{_PLATED}]*(?:\\d[{_PLATED}]*){{3}})"
    f"[{_PLATED}\\d]{{3,4}}(?P<last>[{_PLATED}\\d][{_PLATED}\\d挂学警港澳领使])"
    "(?![A-Za-z\\d*]|号楼|号房|[室栋幢]|单元|项目|工程|地块)"
)


def mask_text(value: str) -> str:
    """Hide what identifies a person in free text; names are ``hide_names``' business.

    Identity cards, telephones of all kinds, bank cards, passports and any other seven digits
    that are no date, amount or numbered thing; e-mail addresses, accounts, car plates, and a
    name that somebody introduces.
    """
    if value.isascii() and value.isalpha():
        return value
    value = _hide_addresses(value)
    if compiled(r"\d").search(value) and compiled(_PLATE).search(value):
        value = compiled(_PLATE).sub(r"\g<where>***\g<last>", value)
    value = hide_numbers(value)
    if compiled(_INTRODUCING).search(value):
        value = compiled(_INTRODUCED).sub(_introduced, value)
    return value


def _introduced(match: re.Match[str]) -> str:
    name = match["name"]
    return f"{match['lead']}{mask_name(name)}"


def _hide_addresses(value: str) -> str:
    """Hide e-mail addresses, and accounts after the word that says what they are."""
    if compiled(_AT).search(value):
        value = _hide_mail(value)
    if compiled(_HELD).search(value):
        value = compiled(_ACCOUNT).sub(rf"\g<lead>{_STARS}", value)
    return value


def _hide_mail(value: str) -> str:
    out, at = [], 0
    for tail in compiled(_TAIL).finditer(value):
        end = tail.start()
        if end > at and value[end - 1] in " \u3000":
            end -= 1
        before = value[max(end - _LONGEST_HEAD, at) : end]
        bare = before.rstrip(_WORD)
        start = end - len(before) + len(bare)
        out += [value[at:start], f"{_STARS if bare != before else ''}@{_STARS}"]
        at = tail.end()
    return "".join([*out, value[at:]])
