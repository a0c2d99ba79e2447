"""A unit's part is not due after its case; what was understood is said before it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Result, Runner

NOW = "2026-11-23T09:00:00+08:00"  # target 11-30, ceiling 12-14


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001
    for argv in (
        ("intake", "演示: 店外经营", "--severity", "一般"),
        ("accept", "1"),
        ("assign", "1", "--lead", "城管执法中队"),
    ):
        assert call(*argv, now=NOW).code == 0
    return call


def part(desk: Runner, due: str, now: str = NOW) -> Result:
    return desk("part", "1", "--unit", "城管执法中队", "--due", due, now=now)


def test_a_part_after_the_target_is_refused_with_both_dates_and_what_to_do(desk: Runner) -> None:
    late = part(desk, "12月1日")
    assert late.code == 1
    assert "2026年12月1日(周二)晚于这一件的办结期限 2026年11月30日(周一)" in late.err
    assert "sixping extend 2026-000001 --workdays" in late.err
    assert part(desk, "11月30日").code == 0


def test_once_the_target_has_passed_the_ceiling_bounds_a_part(desk: Runner) -> None:
    now = "2026-12-02T09:00:00+08:00"
    late = part(desk, "12月15日", now)
    assert late.code == 1
    assert "最长时限" not in late.err
    assert "2026年12月14日(周一)" in late.err
    assert "--beyond-ceiling" in late.err
    assert part(desk, "12月14日", now).code == 0
    assert part(desk, "1月4日", "2026-12-20T09:00:00+08:00").code == 0  # nothing bounds it


@pytest.mark.parametrize(
    "argv",
    [
        ("part", "1", "--unit", "城管执法中队", "--due", "11月27日"),
        ("urge", "1", "--level", "普通", "--reason", "请抓紧", "--answer-by", "11月27日"),
    ],
)
def test_what_was_understood_is_said_before_the_deed(desk: Runner, argv: tuple[str, ...]) -> None:
    said = desk(*argv, now=NOW).err
    assert said.index("2026年11月27日(周五)") < said.index("已记录")
    refused = desk("part", "1", "--unit", "派出所", "--due", "11月27日", now=NOW)
    assert refused.code == 1  # also what is then refused had been understood
    assert "分工期限: 2026年11月27日(周五)" in refused.err
