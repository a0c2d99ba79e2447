"""Units: found by name or alias, suggested when misspelt, coordinated by 四.2."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sixping.errors import BadData, NotFound
from sixping.policy.units import UnitKind, coordinator, load_units, parse_units
from sixping.policy.vocabulary import Platform
from sixping.util import datafiles
from tests.conftest import Runner

SHIPPED, _ = datafiles.read("units.toml")
UNITS = load_units()


def test_every_platform_has_one_lead_unit_of_its_own() -> None:
    for platform in Platform:
        lead = UNITS.get(UNITS.lead(platform) or "")
        assert lead is not None
        assert lead.platform is platform


def test_every_kind_of_unit_is_there_and_grids_know_their_community() -> None:
    assert {unit.kind for unit in UNITS} == set(UnitKind)
    grids = [unit for unit in UNITS if unit.kind is UnitKind.GRID]
    assert {grid.parent for grid in grids} == {
        unit.name for unit in UNITS if unit.kind is UnitKind.COMMUNITY
    }
    assert UNITS.grids("江一社区")[0].name == "江一社区第一网格"


def test_units_come_in_file_order() -> None:
    kinds = [unit.kind for unit in UNITS if unit.kind is not UnitKind.GRID]
    assert kinds == sorted(kinds, key=list(UnitKind).index)
    assert len(UNITS) == len(list(UNITS))


def test_a_unit_is_found_by_alias_and_a_misspelt_one_is_suggested() -> None:
    assert UNITS.find(" 城管 ").name == "城管执法中队"
    with pytest.raises(NotFound) as caught:
        UNITS.find("城管执发中队")
    assert "城管执法中队" in caught.value.hint
    assert UNITS.get("城管执发中队") is None


@pytest.mark.parametrize(
    ("involved", "who"),
    [
        ([], None),
        (["城管执法中队"], None),
        (["城管", "城管执法中队"], None),
        (["城管执法中队", "交警中队"], "城管执法中队"),
        (["公共服务办", "社会事务办"], "便民服务中心"),
        (["城管执法中队", "市场监管所"], "平安建设办"),
        (["城管执法中队", "江一社区"], "城管执法中队"),
        (["江一社区", "江二社区"], "平安建设办"),
    ],
)
def test_coordinator_is_the_platform_lead_or_the_street_office(
    involved: list[str], who: str | None
) -> None:
    assert coordinator(involved, UNITS) == who


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('lead = "市场监管所"', 'lead = "派出所"', "不是这个平台的单位: 派出所"),
        ('lead = "市场监管所"', 'lead = "无此所"', "不是这个平台的单位: 无此所"),
        ('platform = "便民服务"\nlead', 'platform = "市场监管"\nlead', "须各有一个"),
        ('name = "司法所"', 'name = "派出所"', "重复: 派出所"),
        ('aliases = ["司法"]', 'aliases = ["公安"]', "重复: 公安"),
        ('coordinator = "平安建设办"', 'coordinator = "某办"', "coordinator"),
        ("stationed = true\n", "stationed = 1\n", "agency[1].stationed"),
        ('platform = "综合执法"\nstationed', 'platform = "执法"\nstationed', "agency[1].platform"),
        ('"第一网格", "第二网格"', '"第一网格", "第一网格"', "重复: 第一网格"),
    ],
)
def test_a_broken_units_file_is_refused_naming_file_key_and_fault(
    old: str, new: str, said: str
) -> None:
    assert old in SHIPPED
    with pytest.raises(BadData) as caught:
        parse_units(SHIPPED.replace(old, new, 1), "我的units.toml")
    assert said in caught.value.what
    assert "我的units.toml" in caught.value.what


def test_a_later_name_stands_beside_the_one_of_2020_from_its_day_on() -> None:
    text, path = datafiles.read("units.toml")
    named = (
        'named = [{ name = "甲乙平台", from = 2022-07-01 }, { name = "丙丁", from = 2030-01-01 }]'
    )
    line = 'platform = "综合治理"\nlead = "平安建设办"\n'
    units = parse_units(text.replace(line, f"{line}{named}\n", 1), str(path))
    assert units.naming.platform("综合治理") == "综合治理"
    assert units.naming_on(date(2022, 6, 30)) == units.naming
    assert units.naming_on(date(2022, 7, 1)).platform("综合治理") == "综合治理（现甲乙）"
    assert units.naming_on(date(2030, 1, 1)).present == {"综合治理": "丙丁"}
    assert units.naming_on(date(2030, 1, 1)).earlier["甲乙"] == "综合治理"
    twice = named.replace("2030-01-01", "2022-07-01")
    with pytest.raises(BadData, match="两个名称"):
        parse_units(text.replace(line, f"{line}{twice}\n", 1), str(path))


def test_a_name_is_that_of_the_day_or_of_the_end_of_the_period(
    call: Runner,
    ledger: Path,  # noqa: ARG001 - there must be one
    tmp_path: Path,
) -> None:
    """Nothing was recorded since the name changed in the middle of November."""
    text, _ = datafiles.read("units.toml")
    line = 'platform = "综合治理"\nlead = "平安建设办"\n'
    names = '[{ name = "甲乙", from = 2026-11-16 }, { name = "丙丁", from = 2026-12-10 }]'
    (tmp_path / "units.toml").write_text(text.replace(line, f"{line}named = {names}\n", 1), "utf-8")
    before, after = "2026-11-10T10:00:00+08:00", "2026-12-20T10:00:00+08:00"
    assert call("policy", "adopt", str(tmp_path), now=before).code == 0
    words = ("intake", "邻居争吵", "--category", "邻里纠纷", "--severity", "一般")
    assert call(*words, now=before).code == 0
    assert call("list", "--platform", "甲乙", now=before).code == 2
    # one of them in use in between, and as the notice says it (附3.3)
    for name in ("甲乙", "丙丁", "综合治理", "综治工作平台"):
        assert len(call("list", "--platform", name, "--json", now=after).json()) == 1
    november = call("report", "--month", "2026-11", "--format", "md", now=after).out
    assert "综合治理（现甲乙）" in november
    october = call("report", "--month", "2026-10", "--format", "md", now=after).out
    assert "甲乙" not in october
    assert "丙丁" not in october + november
