"""What would be overwritten without a word is refused: a single value given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Runner


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("assign 1 --lead 城管执法中队 --lead 市场监管所",
         "选项 --lead 只能写一次, 给出了 2 次: 城管执法中队、市场监管所。"),
        ("note 1 记事 --reason=甲 --reason 乙", "--reason 只能写一次"),
        ("--by 演示甲 --by 演示乙 list", "--by 只能写一次"),
        ("--by 演示甲 list --by 演示乙", "--by 只能写一次"),
        ("list --by 演示甲 --by 演示乙", "--by 只能写一次"),
        ("list --ledger a.db --ledger b.db", "--ledger 只能写一次"),
        ("units list --kind office --kind grid", "--kind 只能写一次"),
        ("report --month 2026-10 --month", "--month 只能写一次"),
        ("report --month --month", "--month 只能写一次"),
        ("report -o 甲.md --output 乙.md", "-o 只能写一次"),
        ("meeting minutes m1 --slot 甲 乙 --slot 丙 丁", "甲 乙、丙 丁"),
        ("verify-result 1 --pass --fail", "--pass 与 --fail 互相矛盾"),
        ("units person change p1 --stationed --not-stationed", "互相矛盾"),
    ],
)  # fmt: skip
def test_a_single_value_given_twice_is_a_usage_fault(call: Runner, argv: str, said: str) -> None:
    done = call(*argv.split())
    assert (done.code, said in done.err, done.out) == (2, True, ""), done.err


def test_a_reporter_given_twice_is_not_shown(call: Runner) -> None:
    done = call("intake", "甲", "--phone", "13800000000", "--phone", "13800000001")
    assert done.code == 2
    assert "1380000000" not in done.err
    assert "李四" not in call("intake", "甲", "--reporter", "张三", "--reporter", "李四").err


def test_flags_and_what_takes_several_values_may_be_repeated(call: Runner, ledger: object) -> None:  # noqa: ARG001
    assert call("list", "--all", "--all", "--no-headers", "--no-headers").code == 0
    assert call("intake", "演示: 占道经营").code == 0
    assert call("accept", "1").code == 0
    both = ("--assist", "江一社区", "--assist", "平安建设办")
    done = call("assign", "1", "--lead", "城管执法中队", *both, "--json")
    assert done.json()["assist"] == ["江一社区", "平安建设办"]
