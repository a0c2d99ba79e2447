"""A disk that fails at any call: whatever is said of the step is true."""

from __future__ import annotations

import pytest

from tests.anomaly.faults import spoken
from tests.anomaly.quick import answer_of
from tests.anomaly.world import Ended

pytestmark = pytest.mark.xdist_group("anomaly")
QUICK = ("reopen", "meeting minutes --case", "restore", "report --month 2026-11")
"""A step, one in two logs, one that keeps files, one that looks; the full run does them all."""


def test_no_failing_call_makes_the_program_lose_break_or_misstate_anything() -> None:
    answer = answer_of("faults", 24, *(f"--only={name}" for name in QUICK))
    assert answer["found"] == []
    assert answer["counts"]["faults"] >= 20


@pytest.mark.parametrize(
    ("end", "there", "wrong"),
    [
        (Ended(74, "", "错误: 磁盘已满: 这一步没有保存。"), True, "called unsaved"),
        (Ended(74, "", "错误: 复查台账, 这一步已经保存, 不要重做。"), False, "called saved"),
        (Ended(78, "", "错误: 台账文件已损坏"), False, "called damaged"),
        (Ended(1, "", "错误: disk is not there"), None, "English"),
        (Ended(1, "", "程序内部出错"), None, "internal"),
        (Ended(-11, "", ""), None, "exit -11"),
    ],
)
def test_what_must_not_be_said_is_seen(end: Ended, *, there: bool | None, wrong: str) -> None:
    assert any(wrong in found for found in spoken(end, there=there))


@pytest.mark.parametrize(
    ("end", "there"),
    [
        (Ended(74, "", "错误: 磁盘已满: 这一步没有保存。"), False),
        (Ended(74, "", "错误: 复查台账, 这一步已经保存, 不要重做。"), True),
        (Ended(75, "", "请用 sixping meeting agenda m1 查看"), None),
    ],
)
def test_what_may_be_said_is_let_pass(end: Ended, *, there: bool | None) -> None:
    assert spoken(end, there=there) == []
