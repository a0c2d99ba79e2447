"""Triage: short reports as officers type them, severity that only rises, honest doubt."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from sixping.errors import BadData, NotFound
from sixping.importing.reader import read_rows
from sixping.policy.units import Units, load_units
from sixping.policy.vocabulary import Platform, Severity
from sixping.triage.signals import load_signals, parse_signals
from sixping.triage.suggest import Suggestion, suggest
from sixping.triage.taxonomy import load_taxonomy
from sixping.triage.wordmatch import Lexicon, squash

UNITS = load_units()
TAXONOMY = load_taxonomy()
SIGNALS = load_signals()
LABELLED = Path(__file__).parents[3] / "shared" / "data" / "labelled_messages.csv"
MESSAGES = LABELLED.with_name("messages.xlsx")
LABEL_PLATFORM = {
    "商贸旅游": Platform.MARKET,
    "城乡建设": Platform.ENFORCEMENT,
    "环境保护": Platform.ENFORCEMENT,
    "交通运输": Platform.ENFORCEMENT,
    "劳动和社会保障": Platform.SERVICE,
    "教育文体": Platform.SERVICE,
    "卫生计生": Platform.SERVICE,
}


def ask(text: str, **given: str) -> Suggestion:
    """Triage with the shipped data."""
    return suggest(text, TAXONOMY, SIGNALS, UNITS, place=given.get("place", ""))


@pytest.mark.parametrize(
    ("text", "category", "platform"),
    [
        ("江南大道占道经营", "占道经营", "综合执法"),
        ("3幢电梯困人", "电梯安全", "市场监管"),
        ("河道有异味", "水污染与河道", "综合执法"),
        ("小区门口烧烤油烟", "露天烧烤", "综合执法"),
        ("工地半夜施工噪音", "施工噪声扰民", "综合执法"),
        ("拖欠工资", "拖欠工资", "便民服务"),
        ("超市卖过期食品", "食品质量安全", "市场监管"),
        ("井盖缺失", "井盖与窨井", "综合执法"),
        ("楼上漏水和邻居吵架", "邻里纠纷", "综合治理"),
        ("棋牌室聚众赌博", "黄赌毒", "综合治理"),
        ("出租屋里有传销窝点", "传销窝点与人身控制", "综合治理"),
        ("村民集体上访", "信访事项", "综合治理"),
        ("某公司非法集资老板跑路", "非法集资", "综合治理"),
        ("接到冒充公检法电话被骗5万元", "电信网络诈骗", "综合治理"),
        ("流动人口未登记", "流动人口管理", "综合治理"),
        ("精神障碍患者在小区游荡", "精神障碍患者", "综合治理"),
        ("社区矫正对象失联", "社区矫正与安置帮教", "综合治理"),
        ("健身房关门跑路预付卡不退", "预付卡与健身美容", "市场监管"),
        ("低保怎么办理", "低保与社会救助", "便民服务"),
        ("小孩上学学区划分", "入学招生", "便民服务"),
        ("占 道\n经营", "占道经营", "综合执法"),
    ],
)
def test_a_short_report_is_recognised_and_sure(text: str, category: str, platform: str) -> None:
    answer = ask(text)
    assert (answer.category, answer.platform, answer.unsure) == (category, platform, False)
    assert answer.lead
    said = {reason.what for reason in answer.reasons}
    assert said - {"性质"} == {"类别", "平台", "牵头单位", "等级"}
    assert all(reason.matched and reason.rule for reason in answer.reasons)


@pytest.mark.parametrize("text", ["", "你好", "这件事请领导管一管", "12345", "[b]\x1b[2J"])
def test_a_text_that_says_nothing_gets_no_platform(text: str) -> None:
    answer = ask(text)
    assert (answer.category, answer.platform, answer.lead) == (None, None, None)
    assert answer.unsure
    assert answer.severity is Severity.ORDINARY


def test_little_evidence_is_unsure_but_still_proposes_the_best() -> None:
    answer = ask("孩子的事")
    assert answer.unsure
    assert answer.platform is Platform.SERVICE
    assert answer.candidates[0][0] == answer.category


def test_equal_evidence_for_two_platforms_is_unsure() -> None:
    answer = ask("赌博, 占道经营")
    assert answer.unsure
    assert {name for name, _ in answer.candidates} == {"黄赌毒", "占道经营"}


def test_an_excluding_phrase_takes_the_word_from_its_category_only_where_it_stands() -> None:
    assert "占道经营" not in dict(ask("占道施工").candidates)
    assert "占道经营" in dict(ask("占道施工, 另有摊贩占道").candidates)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("路灯不亮", "一般"),
        ("3幢电梯困人", "较大"),
        ("小区地下车库着火", "重大"),
        ("燃气泄漏", "重大"),
        ("围墙倒塌", "重大"),
        ("业主扬言跳楼", "重大"),
        ("租户扬言要上门理论", "较大"),
        ("学校食堂食物中毒", "较大"),
        ("小孩被邻居家的狗咬, 孩子受伤", "较大"),
        ("30多人聚集讨薪", "较大"),
        ("上百人围堵售楼部", "重大"),
        ("二十余名业主拉横幅", "较大"),
        ("几百名工人被拖欠工资", "重大"),
        ("5人聚集聊天", "一般"),
        ("我厂有300人, 想咨询公积金", "一般"),
        ("楼道堆物有火灾隐患, 一旦发生火灾后果严重", "一般"),
        ("精神受到严重伤害", "一般"),
        ("贫困人口办理低保", "一般"),
        ("未造成人受伤, 路灯杆倒了", "一般"),
    ],
)
def test_signals_raise_the_severity_and_warnings_do_not(text: str, severity: str) -> None:
    assert ask(text).severity == severity


def test_a_signal_says_what_it_saw_and_by_which_rule() -> None:
    reasons = [reason for reason in ask("上百人围堵售楼部").reasons if reason.what == "等级"]
    assert [reason.matched for reason in reasons] == ["上百人"]
    assert "50 人以上" in reasons[0].rule


def test_a_signal_never_lowers_what_the_category_says() -> None:
    usual = TAXONOMY.find("扬言与个人极端").severity
    assert usual is Severity.SERIOUS
    assert ask("寻短见").severity is Severity.SERIOUS


def test_the_officers_choice_wins_and_the_text_keeps_its_say() -> None:
    answer = suggest(
        "燃气泄漏", TAXONOMY, SIGNALS, UNITS, category="0901", severity=Severity.ORDINARY
    )
    assert (answer.category, answer.lead) == ("占道经营", "城管执法中队")
    assert (answer.severity, answer.unsure) == (Severity.ORDINARY, False)
    assert answer.candidates[0][0] == "供气供暖"
    rules = [reason.rule for reason in answer.reasons if reason.what in ("类别", "等级")]
    assert rules[:2] == ["值班员指定", "值班员指定"]
    assert "提示重大" in rules[2]
    with pytest.raises(NotFound):
        suggest("x", TAXONOMY, SIGNALS, UNITS, category="无此类")


def test_the_place_speaks_only_where_the_text_is_silent() -> None:
    assert ask("请来看看", place="农贸市场").platform is Platform.MARKET
    assert ask("井盖缺失", place="农贸市场").candidates == ask("井盖缺失").candidates


def test_a_lead_unit_the_office_does_not_have_is_replaced_by_the_platforms() -> None:
    fewer = Units([unit for unit in UNITS if unit.name != "交警中队"], UNITS.roles)
    answer = suggest("小区外乱停车", TAXONOMY, SIGNALS, fewer)
    assert answer.lead == "城管执法中队"


@pytest.mark.parametrize(
    "text", ["占道" * 50_000, "孩子" * 50_000, "孩子打伤" * 25_000, "拖欠30多人工资" * 12_500]
)
def test_a_hundred_thousand_characters_cost_time_in_proportion(text: str) -> None:
    def cost(sample: str) -> float:
        start = time.process_time()
        ask(sample)
        return time.process_time() - start

    part, whole = min(cost(text[:10_000]) for _ in range(3)), cost(text[:100_000])
    assert whole < 40 * part


def test_the_longest_word_at_a_place_is_found_once() -> None:
    lexicon = Lexicon(["占道", "占道施工", "施工噪音", "工地"])
    assert lexicon.scan(squash("占道 施工噪音, 工地占道")) == [
        (0, "占道施工"),
        (7, "工地"),
        (9, "占道"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('severity = "较大"', 'severity = "大"', "signal[1].severity"),
        ('words = "困人"', 'words = "困"', "至少两个字"),
        ('words = "困人"', 'words = "困人 困人"', "重复: 困人"),
        ('excludes = "贫困人"', 'excludes = "困难"', "没有作用: 困难"),
        ("major = 50", "major = 10", "crowd.major"),
        ("major = 50", "", "crowd.major 缺失"),
        ('words = "困人"', 'words = "困人"\nnear = "电梯"', "signal[1].within 缺失"),
    ],
)
def test_broken_signals_are_refused_naming_file_key_and_fault(
    old: str, new: str, said: str
) -> None:
    text = """
[[signal]]
name = "被困"
severity = "较大"
clause = "三.2"
words = "困人"
excludes = "贫困人"

[calm]
before = "怕"
after = "隐患"

[crowd]
words = "聚集"
units = "人 名"
people = "工人"
within = 20
clause = "三.2-3"
serious = 10
major = 50
"""
    parse_signals(text, "好")
    assert old in text
    with pytest.raises(BadData) as caught:
        parse_signals(text.replace(old, new, 1), "我的signals.toml")
    assert said in caught.value.what
    assert "我的signals.toml" in caught.value.what


@pytest.mark.skipif(
    not LABELLED.exists(), reason="the labelled messages are not beside the project"
)
def test_the_platform_is_right_for_at_least_four_in_five_real_messages() -> None:
    with LABELLED.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    right = sum(
        ask(f"{row['title']}\n{row['text']}").platform is LABEL_PLATFORM[row["label"]]
        for row in rows
    )
    assert right / len(rows) >= 0.85


@pytest.mark.skipif(not MESSAGES.exists(), reason="the messages are not beside the project")
def test_a_suggested_nature_is_the_one_that_the_title_of_a_real_message_says() -> None:
    """A title often begins with its nature: what the body alone suggests is held against it."""
    names = [nature.name for nature in TAXONOMY.natures]
    pairs = [
        (title, TAXONOMY.nature_in(squash(body))[:1])
        for _, _, title, _, body, *_ in (row.cells for row in read_rows(MESSAGES))
    ]
    said = [(title, found[0]) for title, found in pairs if found and title.startswith((*names,))]
    right = sum(title.startswith(nature) for title, nature in said)
    assert len(said) > 200
    assert right / len(said) >= 0.92


def test_words_of_a_pair_speak_only_together_and_say_so() -> None:
    apart = "电瓶车" + "请社区的同志有空来看一看" * 3 + "不见了"
    assert "治安案件" not in dict(ask(apart).candidates)
    answer = ask("楼下电瓶车昨晚不见了")
    assert (answer.category, answer.unsure) == ("治安案件", False)
    assert any("电瓶车 … 不见" in reason.matched for reason in answer.reasons)


def test_a_word_of_a_pair_does_not_hide_a_keyword_inside_it() -> None:
    hidden = [word for word in TAXONOMY.sides if word not in TAXONOMY.weights and "电梯" in word]
    assert hidden
    for word in hidden:
        assert "电梯" in {keyword for _, keyword in TAXONOMY.read(word).keywords}, word


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("没有砸到人", "一般"),
        ("怕起火", "一般"),
        ("火灾演练, 模拟起火", "一般"),
        ("起火了", "重大"),
        ("他说会跳楼", "较大"),
    ],
)
def test_calm_words_count_only_right_beside_and_never_against_a_threat(
    text: str, severity: str
) -> None:
    assert ask(text).severity == severity
