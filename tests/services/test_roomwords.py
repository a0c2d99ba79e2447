"""What the room writes for a unit never tells who reported (decision 93)."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.errors import BadData
from sixping.services.papers import roomwords
from sixping.services.papers.roomwords import RUN, longest_copied

TEXT = (
    "江一社区门口的夜宵摊每天晚上都吵到凌晨两点, 我家在3幢2单元501室, 电话13800000000, "
    "希望尽快处理并且答复我本人"
)
SAID = {
    "text": (TEXT,),
    "reporter": ("王小明", "Smith Anna"),
    "phone": ("13800000000", "0571-86427531"),
    "place": ("江一社区3幢2单元501室",),
    "source_no": ("12345-演示-88",),
}
AT = datetime.fromisoformat("2026-11-23T08:07:00+08:00")
KNOWN = ("江一社区", "城管执法中队", "演示街道")


def refused(words: str) -> str:
    with pytest.raises(BadData) as fault:
        roomwords.check(words, SAID, [AT], KNOWN, "办理要点")
    assert "--points" in fault.value.hint
    return fault.value.what


def refused_of(said: roomwords.Said, words: str) -> str:
    with pytest.raises(BadData) as fault:
        roomwords.check(words, said, [AT], KNOWN, "办理要点")
    return fault.value.what


@pytest.mark.parametrize(
    "words",
    [
        "请联系13800000000",
        "请联系138 0000 0000",
        "请联系138-0000-0000",
        "请联系１３８００００００００",
        "请联系１３８ ００００ ００００",
        "请联系1 3 8 0 0 0 0 0 0 0 0",
        "请联系一三八零零零零零零零零",
        "请联系幺三八，零零零零，零零零零",
        "请联系138\u200b0000\u200b0000",
        "请联系138转0000再转0000",
        "请联系86427531",
        "请联系8642 7531",
        "末尾是0000000",
        "另一人的手机13912345678",
        "身份证330106199001012379",
        "身份证３３０１０６１９９００１０１２３７９",
        "身份证330106 19900101 2379",
        "发到 anna@example.com",
    ],
)
def test_a_number_by_which_somebody_is_found_is_refused_however_it_is_written(words: str) -> None:
    refused(f"到现场核查. {words}")


@pytest.mark.parametrize(
    "words",
    ["王小明反映", "王 小 明反映", "王·小·明反映", "王/小/明反映", "找王\u200b小明核实",
     "王先生反映", "王 先生反映", "王女士家", "smith anna 反映", "ＳＭＩＴＨ ＡＮＮＡ反映",
     "小王反映", "老王反映", "姓王的居民", "王姓居民", "王奶奶", "王大伯", "王总", "王某反映",
     "小明同志", "王*反映"],
)  # fmt: skip
def test_the_reporters_name_is_refused_however_it_is_written(words: str) -> None:
    assert "姓名" in refused(words) or "称呼" in refused(words)


@pytest.mark.parametrize(
    "words",
    [
        "501室",
        "５０１室",
        "五〇一室",
        "2单元501",
        "3-2-501",
        "5 0 1室",
        "3幢501",
        "3号楼501",
        "501房",
        "501号房",
        "5楼01室",
        "3#501",
    ],
)
def test_the_door_that_the_reporter_gave_is_refused(words: str) -> None:
    assert "门牌" in refused(f"到{words}核查")


def test_the_number_at_the_source_and_the_minute_are_refused() -> None:
    assert "来源编号" in refused("来源１２３４５演示88号")
    assert "来源编号" in refused("来源12345 - 演示 - 88")
    assert "来源编号" in refused_of(
        {**SAID, "source_no": ("WX-2026112800-917",)}, "单号2026112800917"
    )


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("08:07", "8:07来电反映"), ("08:07", "８点０７分来电反映"), ("08:07", "八点零七分来电"),
        ("08:07", "早上8:07来电"), ("08:07", "11月23日8:07来电"), ("14:42", "14:42来电"),
        ("14:42", "下午2点42分来电"), ("14:42", "2:42 PM 来电"), ("14:42", "十四时四十二分来电"),
        ("14:42", "下午两点四十二来电"), ("14:42", "2:42来电"), ("15:15", "下午三点一刻"),
        ("14:30", "两点半来电"), ("14:42", "14:42前来反映"), ("14:42", "14:42后来又来电"),
    ],
)  # fmt: skip
def test_the_minute_of_the_report_is_refused_however_it_is_told(at: str, words: str) -> None:
    told = AT.replace(hour=int(at[:2]), minute=int(at[3:]))
    with pytest.raises(BadData, match="时刻"):
        roomwords.check(words, SAID, [told], KNOWN, "办理要点")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("17:00", "12月5日17:00前书面反馈"), ("17:00", "今日17:00之前到场"),
        ("17:00", "2026年12月4日17时00分前报指挥室"), ("17:00", "2026-12-04 17:00 到场"),
        ("09:00", "11月30日9:00到现场"), ("09:00", "周一9:00联合执法"), ("09:00", "每天9:00巡查"),
        ("21:30", "夜间(21:30至23:00)巡查"), ("19:00", "17:00-19:00定点值守"),
        ("22:00", "22:00后不得施工"), ("14:42", "上午2:42"), ("10:30", "12月3日上午10点半会同核查"),
    ],
)  # fmt: skip
def test_a_time_by_which_something_is_done_is_no_minute_of_a_report(at: str, words: str) -> None:
    told = AT.replace(hour=int(at[:2]), minute=int(at[3:]))
    roomwords.check(words, SAID, [told], KNOWN, "办理要点")


@pytest.mark.parametrize("words", ["尾号7531", "手机尾号为七五三一", "后四位7531", "139****7531"])
def test_the_end_of_the_reporters_telephone_is_refused(words: str) -> None:
    said = {**SAID, "phone": ("13912347531",)}
    assert "尾号" in refused_of(said, words)
    roomwords.check(words.replace("1", "2").replace("一", "二"), said, [AT], KNOWN, "要点")


@pytest.mark.parametrize(
    "words",
    [
        "门口的夜宵摊每天晚上都吵",
        "门口的夜宵摊，每天晚上，都吵到凌晨",
        "门 口 的 夜 宵 摊 每 天 晚 上 都 吵",
        "江一社区门口的夜宵摊每天晚上都吵, 请整治",
        "【反映】门口的夜宵摊每天晚上都吵",
        "先核实。希望尽快处理并且答复我本人",
        "门口的夜宵摊的每天的晚上了都吵到着凌晨",
        "门口的夜宵摊每天晚上都吵到凌晨2点",
    ],
)
def test_a_long_run_of_the_reporters_own_words_is_refused(words: str) -> None:
    assert "原话" in refused(words)


@pytest.mark.parametrize(
    "words",
    [
        "夜宵摊扰民, 请到现场整治",
        "门口的夜宵摊每天晚上",  # ten signs
        "江一社区, 城管执法中队夜间巡查; 3幢一带",
        "请在2026年11月30日前整治, 面积3000平方米, 罚款5000元",
        "到502室核查渗水",
        "8:30 到现场",
        "第1项: 核查; 第2项: 复查",
        "王家弄、小明路口一带",
        "小高层、老路、小黄车、小程序; 资金总额、由于某些原因、方总面积",
        "请城管执法中队3日内到江一社区现场核查, 12月5日17:00前书面反馈",
        "1.现场核查; 2.责令整改; 3.11月30日前书面报告",
        "请派2名持证人员巡查, 连续7天, 走访居民不少于5户, 罚款2000元以下当场处理",
        "值班电话0571-12345; 坐标30.2084,120.2102; 滨盛路128号门前",
        "按《浙江省城市市容和环境卫生管理条例》第二十三条处理, 编号JG-0042",
        "对2026-000052一并处理, 与前次(2026-000003)同一商户",
        "噪声监测值62分贝, 3号楼120米处, 涉及501户",
    ],
)
def test_what_the_room_says_in_its_own_words_may_be_said(words: str) -> None:
    roomwords.check(words, SAID, [AT], KNOWN, "办理要点")


def test_where_it_is_and_whom_it_is_about_may_be_written() -> None:
    """A slip shows no place of its own: the unit has to be told where to go."""
    place, firm = "滨盛路与江陵路交叉口东北角烧烤店", "演示餐饮管理有限公司江陵路店"
    said = {**SAID, "place": (place,), "about": (firm,), "text": (f"{place}油烟太大, {firm}不管",)}
    for words in (f"到{place}核查", f"到{place[4:]}核查", f"核查{firm}的净化设备"):
        roomwords.check(words, said, [AT], KNOWN, "要点")
    whole = {**said, "place": (TEXT,), "text": (TEXT,)}
    assert "原话" in refused_of(whole, "门口的夜宵摊每天晚上都吵到凌晨")


def test_names_of_units_and_places_make_no_copy() -> None:
    text = "演示街道城管执法中队江一社区没有人管"
    assert longest_copied("演示街道城管执法中队江一社区请巡查", [text], KNOWN) == ""
    assert longest_copied("演示街道城管执法中队江一社区请巡查", [text]) != ""


def test_a_refusal_says_all_there_is_to_change_and_repeats_nobody() -> None:
    said = refused("王小明, 13800000000, 门口的夜宵摊每天晚上都吵到凌晨两点, 501室")
    assert [word in said for word in ("姓名", "电话", "原话", "门牌")] == [True] * 4
    assert "王小明" not in said
    assert "13800000000" not in said
    named = {**SAID, "text": ("王小明住在楼上, 每天半夜装修敲墙",)}
    with pytest.raises(BadData) as fault:
        roomwords.check("王小明住在楼上每天半夜装修敲墙", named, [AT], KNOWN, "要点")
    assert "小明" not in fault.value.what


SIGNS = st.text(alphabet="甲乙丙丁ab1 ，,。", min_size=RUN, max_size=60)


@given(
    before=SIGNS,
    copied=st.text(alphabet="子丑寅卯辰巳午未", min_size=RUN, max_size=30),
    after=SIGNS,
)
def test_any_run_of_twelve_signs_is_found_wherever_it_stands(
    before: str, copied: str, after: str
) -> None:
    found = longest_copied(f"庚{copied}辛", [f"{before}壬{copied}癸{after}"])
    assert found == copied


@given(words=SIGNS, text=st.text(alphabet="子丑寅卯辰巳午未", max_size=60))
def test_words_that_share_no_sign_are_no_copy(words: str, text: str) -> None:
    assert longest_copied(words, [text]) == ""
