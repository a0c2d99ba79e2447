"""Communities and grids by what other systems call them: one meaning, or none."""

from __future__ import annotations

import pytest

from sixping.errors import UnknownName
from sixping.policy.placenames import PlaceNames, squeezed
from sixping.policy.units import UnitKind, load_units

NAMES = PlaceNames(
    "长河街道",
    {
        "江一社区": (
            ("江边小区一期",),
            ("江一社区第一网格", "江一社区第十一网格", "江一社区01网格"),
        ),
        "江二社区": ((), ("江二社区第一网格", "江二社区第四网格")),
        "江十一社区": ((), ("江十一社区第一网格",)),
        "张家村社区": ((), ()),
        "李家社区": ((), ()),
        "李家村": ((), ()),
        "三村社区": ((), ()),
    },
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("长河街道江一社区", "江一社区"),
        ("滨江区长河街道江一社区", "江一社区"),
        ("长河江一", "江一社区"),
        ("江一居委会", "江一社区"),
        ("江一社区居委会", "江一社区"),
        ("江一社区居民委员会", "江一社区"),
        ("江一", "江一社区"),
        ("江1社区", "江一社区"),
        ("江１ 社区", "江一社区"),
        ("江边小区1期", "江一社区"),
        ("江11社区", "江十一社区"),
        ("张家村村委会", "张家村社区"),
        ("张家村委会", "张家村社区"),
        ("张家村", "张家村社区"),
        ("李家社区居委会", "李家社区"),
    ],
)
def test_a_community_goes_by_what_others_call_it(said: str, meant: str) -> None:
    assert NAMES.community(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "西兴街道江一社区", "江", "江社区", "江九社区", "长河街道", "社区", "居委会", "",
        "江一社区第一网格",
        "李家村委会",  # 李家 and 李家村 are two
        "江一小区", "江一江二",
    ],
)  # fmt: skip
def test_what_may_be_two_or_none_is_none(said: str) -> None:
    assert NAMES.community(said) is None


@pytest.mark.parametrize(
    ("said", "within", "meant"),
    [
        ("第一网格", "江一社区", "江一社区第一网格"),
        ("第1网格", "江二社区", "江二社区第一网格"),
        ("第１１网格", "江一社区", "江一社区第十一网格"),
        ("01网格", "江一社区", "江一社区01网格"),
        ("江一社区第一网格", None, "江一社区第一网格"),
        ("江一第一网格", None, "江一社区第一网格"),
        ("江一居委会第1网格", None, "江一社区第一网格"),
        ("长河街道江一社区-第一网格", None, "江一社区第一网格"),
        ("江一社区 第十一网格", "江一社区", "江一社区第十一网格"),
        ("江二第一网格", "江一社区", "江二社区第一网格"),
        ("江十一第一网格", None, "江十一社区第一网格"),
        ("01网格", "江二社区", "江二社区第一网格"),
        ("网格四", "江二社区", "江二社区第四网格"),
        ("1号网格", "江二社区", "江二社区第一网格"),
        ("江二社区4网格", None, "江二社区第四网格"),
        ("第011网格", "江一社区", "江一社区第十一网格"),
    ],
)
def test_a_grid_is_found_within_its_community_or_with_it(
    said: str, within: str | None, meant: str
) -> None:
    assert NAMES.grid(said, within) == meant


@pytest.mark.parametrize(
    ("said", "within"),
    [
        ("第一网格", None), ("第四网格", None), ("第四网格", "江一社区"), ("1网格", "江一社区"),
        ("1", "江二社区"), ("1微网格", "江二社区"), ("网格", "江一社区"),
        ("江一社区", "江一社区"), ("", "江一社区"),
        ("西兴街道江一社区第一网格", None),
    ],
)  # fmt: skip
def test_a_grid_by_its_short_name_alone_is_none(said: str, within: str | None) -> None:
    assert NAMES.grid(said, within) is None


def test_numerals_of_any_kind_are_one() -> None:
    assert [squeezed(word) for word in ("二十一", "二一", "２１", "百〇五", "十")] == [
        "21", "21", "21", "105", "10"
    ]  # fmt: skip


def test_the_near_ones_of_a_community_are_near_without_its_wrapping() -> None:
    assert set(NAMES.near("滨江区长河街道江九居委会")) == {"江一社区", "江二社区"}
    assert NAMES.near("完全不同的名称") == []


def test_the_desk_finds_them_and_never_a_unit_of_another_kind() -> None:
    units = load_units()
    assert units.find("江一居委会", UnitKind.COMMUNITY).name == "江一社区"
    assert units.find("江一第1网格", UnitKind.GRID).name == "江一社区第一网格"
    assert units.find("第１网格", UnitKind.GRID, within="江一社区").name == "江一社区第一网格"
    for kind in (UnitKind.AGENCY, UnitKind.OFFICE, UnitKind.PLATFORM):
        assert units.place("江一居委会", kind) is None
    for name, kind in (("城管", UnitKind.COMMUNITY), ("第四网格", UnitKind.GRID)):
        assert units.place(name, kind) is None
        with pytest.raises(UnknownName):
            units.find(name, kind)


def test_every_community_and_grid_of_the_data_is_found_by_its_own_name() -> None:
    units = load_units()
    for unit in units:
        if unit.kind in (UnitKind.COMMUNITY, UnitKind.GRID):
            assert units.place(unit.name, unit.kind) == unit
