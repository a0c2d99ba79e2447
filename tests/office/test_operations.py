"""Joint operations as the fold of their events (四.3)."""

from __future__ import annotations

import pytest

from sixping.errors import NotAllowed, NotFound
from sixping.office.operations import OperationPlanned, OperationResulted, check, find, fold
from tests.kit.officekit import DAY, entries

PLAN = OperationPlanned(operation="o1", day=DAY, cases=("2026-000001",), text="夜市整治")
RESULT = OperationResulted(
    operation="o1", cases=("2026-000001", "2026-000002"), outcome="检查 8 家"
)


def test_an_operation_has_one_result_for_all_its_cases() -> None:
    one = find(fold(entries(PLAN, RESULT)), " O1 ")
    assert (one.outcome, one.ended, one.cases) == ("检查 8 家", DAY, RESULT.cases)
    with pytest.raises(NotAllowed, match="已经记录结果"):
        fold(entries(PLAN, RESULT, RESULT))


def test_a_plan_alone_has_no_result() -> None:
    one = fold(entries(PLAN))["o1"]
    assert (one.outcome, one.ended, one.cases) == (None, None, PLAN.cases)


def test_no_result_stands_without_its_plan() -> None:
    with pytest.raises(NotFound, match="o1"):
        check("o1", entries(RESULT))
