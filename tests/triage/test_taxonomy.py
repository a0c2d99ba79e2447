"""The categories: deep enough, routed to units that exist, refused when broken."""

from __future__ import annotations

from collections import Counter

import pytest

from sixping.errors import BadData, NotFound
from sixping.policy.units import load_units
from sixping.policy.vocabulary import Platform
from sixping.triage.taxonomy import load_taxonomy, parse_taxonomy
from sixping.util import datafiles

UNITS = load_units()
TAXONOMY = load_taxonomy()
SMALL = '''
[scoring]
sure_score = 7
sure_ratio = 1.3
head_chars = 40
head_factor = 2.0
share = 0.5
pair_chars = 10

[[category]]
name = "占道经营"
code = "0901"
head = "市容街面"
platform = "综合执法"
lead = "综合执法"
severity = "一般"
keywords = """
8 占道经营 流动摊贩
5 占道
"""
pairs = "8 水果店 小店 / 门外 人行道"
excludes = "占道施工"

[[nature]]
name = "咨询"
words = "请问 咨询"
excludes = "咨询公司"

[[nature]]
name = "投诉"
words = "投诉"
'''


def test_the_taxonomy_is_deep_and_covers_every_platform() -> None:
    assert len(TAXONOMY) >= 60
    assert len({category.head for category in TAXONOMY}) >= 15
    by_platform = Counter(category.platform for category in TAXONOMY)
    assert set(by_platform) == set(Platform)
    assert min(by_platform.values()) >= 10


def test_each_lead_belongs_to_the_platform_of_its_category() -> None:
    for category in TAXONOMY:
        unit = UNITS.holder(category.lead)
        assert unit is not None, category.name
        assert unit.platform in (category.platform, None), category.name


def test_a_category_is_found_by_name_or_code_and_suggested_by_a_word_of_it() -> None:
    for right in ("0901", " 占道经营 ", "占道"):
        assert TAXONOMY.find(right).name == "占道经营"
    for wrong in ("占路经营", "流动摊贩"):
        with pytest.raises(NotFound) as caught:
            TAXONOMY.find(wrong)
        assert "占道经营" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('platform = "综合执法"', 'platform = "执法"', "category[1].platform"),
        ('"一般"', '"轻微"', "category[1].severity"),
        ("8 占道经营", "重 占道经营", "权重"),
        ("8 占道经营", "-1 占道经营", "category[1].keywords"),
        ("8 占道经营", "nan 占道经营", "category[1].keywords"),
        ("8 占道经营", "8 占", "至少两个字"),
        ("5 占道\n", "5 占道经营\n", "重复: 占道经营"),
        ('"占道施工"', '"夜间施工"', "没有作用: 夜间施工"),
        ('head = "市容街面"\n', "", "category[1].head 缺失"),
        ('head = "市容街面"', 'head = "市容街面"\nhaed = "x"', "category[1].haed"),
        ("8 水果店", "重 水果店", "category[1].pairs 每行须以权重"),
        (" / ", " ", "category[1].pairs 每行须为"),
        ("门外 人行道", "", "category[1].pairs 每行须为"),
        ("门外 人行道", "门", "至少两个字"),
        ("门外 人行道", "小店", "重复: 小店"),
        ("sure_ratio = 1.3", "sure_ratio = true", "scoring.sure_ratio"),
        ('words = "投诉"', 'words = "请问"', "nature 重复: 请问"),
        ('name = "投诉"', 'name = "咨询"', "nature 重复: 咨询"),
        ('name = "投诉"', 'nam = "投诉"', "nature[2].name 缺失"),
        ('words = "投诉"', 'words = "诉"', "至少两个字"),
        ('"咨询公司"', '"教育公司"', "没有作用: 教育公司"),
    ],
)
def test_a_broken_taxonomy_is_refused_naming_file_key_and_fault(
    old: str, new: str, said: str
) -> None:
    assert old in SMALL
    with pytest.raises(BadData) as caught:
        parse_taxonomy(SMALL.replace(old, new, 1), "我的taxonomy.toml")
    assert said in caught.value.what
    assert "我的taxonomy.toml" in caught.value.what


def test_a_category_named_twice_is_refused() -> None:
    twice = SMALL + SMALL[SMALL.index("[[category]]") :]
    with pytest.raises(BadData, match="重复: 占道经营"):
        parse_taxonomy(twice, "重复")


def test_the_shipped_signals_and_taxonomy_name_no_person_and_no_regular_expression() -> None:
    for name in ("taxonomy.toml", "signals.toml"):
        text, _ = datafiles.read(name)
        data = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        assert not set(data) & set("\\*+?^$|{}")
