"""Which community and grid a report names: exact names only, and none where two are named."""

from __future__ import annotations

import pytest

from sixping.policy.units import Unit, UnitKind, Units, load_units
from sixping.triage.places import Located, locate

UNITS = load_units()


def found(text: str, place: str = "", stated: str | None = None) -> tuple[str | None, ...]:
    spot = locate(text, place, UNITS, stated)
    return spot.community, spot.grid, spot.by


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("江一社区3幢电梯困人", "", ("江一社区", None, "text")),
        ("电梯困人", "江一社区3幢", ("江一社区", None, "place")),
        ("江一社区电梯困人", "江一社区3幢", ("江一社区", None, "place")),
        ("江一社区\n第二网格路灯不亮", "", ("江一社区", "江一社区第二网格", "text")),
        ("江一社区第二网格路灯不亮", "", ("江一社区", "江一社区第二网格", "text")),
        ("路灯不亮, 江一社区的第二网格", "", ("江一社区", "江一社区第二网格", "text")),
        ("第二网格路灯不亮", "江一社区", ("江一社区", "江一社区第二网格", "place")),
    ],
)
def test_an_exact_name_in_place_or_text_is_taken(
    text: str, place: str, expected: tuple[str | None, ...]
) -> None:
    assert found(text, place) == expected


@pytest.mark.parametrize(
    "text",
    [
        "江一3幢电梯困人",  # no whole name
        "第一网格路灯不亮",  # sixteen communities have one
        "从江一社区到江二社区的路灯不亮",  # two: people are asked
        "江一社区居委会不接电话",  # another name, that of a body
        "江一社区卫生服务站排队太长",
        "",
    ],
)
def test_what_is_no_exact_name_of_one_community_is_not_guessed(text: str) -> None:
    assert found(text) == (None, None, None)


def test_two_communities_are_named_for_whoever_asks() -> None:
    assert locate("从江一社区到江二社区", "", UNITS).others == ("江一社区", "江二社区")


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("第二网格路灯不亮", "江一社区第二网格"),
        ("第一网格和第二网格都停水", None),
        ("第十二网格路灯不亮", None),
        ("江一社区第二网格", "江一社区第二网格"),
        ("江二社区第二网格", None),
    ],
)
def test_a_grid_is_looked_for_within_the_stated_community(text: str, grid: str | None) -> None:
    assert found(text, stated="江一社区") == (None, grid, "text" if grid else None)


def test_a_text_that_names_another_community_than_was_stated_is_told() -> None:
    assert locate("江二社区停水", "", UNITS, "江一社区") == Located(others=("江二社区",))
    assert locate("江二社区和江一社区停水", "", UNITS, "江一社区") == Located()


def _units(*more: Unit) -> Units:
    return Units([*UNITS, *more], UNITS.roles)


def test_the_longest_name_wins_whatever_kind_of_unit_it_is() -> None:
    longer = Unit("江一社区物业办", UnitKind.OFFICE, None)
    assert locate("江一社区物业办不管", "", _units(longer)).community is None
    new = Unit("新江一社区", UnitKind.COMMUNITY, None)
    assert locate("新江一社区停水", "", _units(new)).community == "新江一社区"


def test_an_alias_is_an_exact_name_and_says_whose_it_is() -> None:
    known = Unit("望江社区", UnitKind.COMMUNITY, None, aliases=("望江小区",))
    spot = locate("望江小区停水", "", _units(known))
    assert spot.community == "望江社区"
    assert spot.mentions == (("社区", "望江小区", "望江社区", "text"),)


def test_a_short_grid_name_inside_a_longer_number_is_not_that_grid() -> None:
    town = Unit("望江社区", UnitKind.COMMUNITY, None)
    grids = [Unit(f"望江社区{n}网格", UnitKind.GRID, None, "望江社区") for n in ("一", "二")]
    known = _units(town, *grids)
    assert locate("望江社区十一网格停水", "", known).grid is None
    assert locate("望江社区的一网格停水", "", known).grid == "望江社区一网格"
