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
     "王先生反映", "王 先生反映", "王女士家", "smith anna 反映", "ＳＭＩＴＨ ＡＮＮＡ反映"],
)  # fmt: skip
def test_the_reporters_name_is_refused_however_it_is_written(words: str) -> None:
    assert "姓名" in refused(words) or "称呼" in refused(words)


@pytest.mark.parametrize(
    "words", ["501室", "５０１室", "五〇一室", "2单元501", "3-2-501", "5 0 1室"]
)
def test_the_door_that_the_reporter_gave_is_refused(words: str) -> None:
    assert "门牌" in refused(f"到{words}核查")


def test_the_number_at_the_source_and_the_minute_are_refused() -> None:
    assert "来源编号" in refused("来源１２３４５演示88号")
    assert "来源编号" in refused("来源12345 - 演示 - 88")
    assert "时刻" in refused("8:07来电反映")
    assert "时刻" in refused("８点０７分来电反映")


@pytest.mark.parametrize(
    "words",
    [
        "门口的夜宵摊每天晚上都吵",
        "门口的夜宵摊，每天晚上，都吵到凌晨",
        "门 口 的 夜 宵 摊 每 天 晚 上 都 吵",
        "江一社区门口的夜宵摊每天晚上都吵, 请整治",
        "【反映】门口的夜宵摊每天晚上都吵",
        "先核实。希望尽快处理并且答复我本人",
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
    ],
)
def test_what_the_room_says_in_its_own_words_may_be_said(words: str) -> None:
    roomwords.check(words, SAID, [AT], KNOWN, "办理要点")


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
