"""``refer`` to several: who has it, what is lacking, what a second referral leaves as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Desk, desk_on

MONDAY = "2026-11-23T09:00:00+08:00"
TUESDAY = "2026-11-24T09:00:00+08:00"
THURSDAY = "2026-11-26T09:00:00+08:00"
CONTENT = ("--content", "跨区排污", "--told")


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Desk:  # noqa: ARG001 - there must be one
    """A 重大 case that was accepted; every step answers as JSON."""
    step = desk_on(call, MONDAY)
    step("intake", "演示: 跨区排污", "--severity", "重大")
    step("accept", "1", "--told")
    return step


def waiting(desk: Desk, now: str = THURSDAY, *more: str) -> list[tuple[str, int, list[str]]]:
    items = desk("overdue", *more, now=now)["items"]
    return [(each["kind"], each["age"], each["remarks"]) for each in items]


def test_several_addressees_are_recorded_and_none_is_lost(desk: Desk) -> None:
    case = desk("refer", "1", "--to", "生态环境分局", "--to", "区级平台", *CONTENT)
    entry = case["events"][-1]
    assert entry["addressees"] == ["生态环境分局", "区级平台"]
    assert (entry["to"], entry["to_platform"]) == ("生态环境分局、区级平台", True)
    assert (case["to_platform"], case["remarks"]) == (True, ["未取得回执"])


def test_names_in_one_text_or_given_twice_are_one_list(desk: Desk) -> None:
    case = desk("refer", "1", "--to", "区级平台、生态环境分局", "--to", "区级平台", *CONTENT)
    assert case["events"][-1]["addressees"] == ["区级平台", "生态环境分局"]


def test_a_short_form_is_the_addressee_that_alone_begins_so(desk: Desk) -> None:
    case = desk("refer", "1", "--to", "区级", "--to", "生态环境", *CONTENT)
    assert case["events"][-1]["addressees"] == ["区级平台", "生态环境分局"]
    assert case["to_platform"] is True


def test_every_unknown_addressee_is_named_with_those_like_it(desk: Desk, call: Runner) -> None:
    assert desk("show", "1")["status"] == "待上报"
    made = call("refer", "1", "--to", "区住见局", "--to", "区级平台", *CONTENT, now=MONDAY)
    assert made.code == 0
    assert "没有“区住见局”, 已照写记录。 是否指: 区住建局" in made.err
    assert "没有“区级平台”" not in made.err


@pytest.mark.parametrize("to", ["", "区级平台、", "、"])
def test_an_addressee_without_a_name_is_refused(desk: Desk, call: Runner, to: str) -> None:
    before = desk("show", "1")["version"]
    assert call("refer", "1", "--to", to, *CONTENT, now=MONDAY).code == 2
    assert call("refer", "1", *CONTENT, now=MONDAY).code == 2
    assert desk("show", "1")["version"] == before


def test_what_a_referral_lacks_is_listed_until_a_later_one_adds_it(
    desk: Desk, call: Runner
) -> None:
    made = call("refer", "1", "--to", "生态环境分局", *CONTENT, now=MONDAY)
    assert "没有报区级平台 (五.1b)" in made.err
    assert "没有回执" in made.err
    assert waiting(desk) == [("district", 3, ["未报区级平台", "未取得回执"])]
    assert "[未报区级平台、未取得回执]" in call("overdue", now=THURSDAY).out
    for word, lines in (("未报区级平台", 1), ("未取得回执", 1), ("未签收", 0)):
        argv = ("overdue", "--kind", word, "--no-headers")
        assert len(call(*argv, now=THURSDAY).out.splitlines()) == lines
    desk("refer", "1", "--to", "区级平台", *CONTENT, now=TUESDAY)
    assert waiting(desk) == [("district", 3, ["未取得回执"])]
    assert call("overdue", "--kind", "未报区级平台", now=THURSDAY).out == ""
    case = desk("refer", "1", "--to", "区级平台", *CONTENT, "--receipt", "收文88号", now=TUESDAY)
    assert case["remarks"] == []
    assert waiting(desk) == [("district", 3, [])]


def test_another_department_takes_nothing_from_a_referral_that_reached_the_platform(
    desk: Desk,
) -> None:
    desk("refer", "1", "--to", "区级平台", *CONTENT, "--receipt", "收文88号")
    case = desk("refer", "1", "--to", "区住建局", *CONTENT, now=TUESDAY)
    assert (case["to_platform"], case["received"], case["remarks"]) == (True, True, [])
    desk("refer-reply", "1", "--outcome", "已修复", now=TUESDAY)
    again = desk("reopen", "1", "--reason", "又出现", now=THURSDAY)
    assert (again["to_platform"], again["received"]) == (False, False)


def test_a_second_referral_changes_no_limit_that_was_met(desk: Desk) -> None:
    first = desk("refer", "1", "--to", "生态环境分局", *CONTENT)
    again = desk("refer", "1", "--to", "区级平台", *CONTENT, now=THURSDAY)
    assert again["clocks"] == first["clocks"]
    rate = desk("report", "--month", "2026-11", now="2026-12-01T09:00:00+08:00")["rates"]
    assert (rate["refer_on_time"]["n"], rate["refer_on_time"]["d"]) == (1, 1)
    reply = ("refer-reply", "1", "--outcome", "已修复", "--reason", "补记")
    assert desk(*reply, "--at", "2026-11-25T09:00", now=THURSDAY)["status"] == "已办结"


def test_a_case_that_came_back_is_referred_as_if_for_the_first_time(desk: Desk) -> None:
    desk("refer", "1", "--to", "区级平台", *CONTENT, "--receipt", "收文88号")
    back = desk("refer-reply", "1", "--outcome", "请先处置", "--returned", now=TUESDAY)
    assert (back["to_platform"], back["received"], back["remarks"]) == (False, False, [])
    desk("refer", "1", "--to", "生态环境分局", *CONTENT, now=TUESDAY)
    assert waiting(desk) == [("district", 2, ["未报区级平台", "未取得回执"])]


def test_a_case_taken_back_from_the_district_is_to_reach_the_platform_again(desk: Desk) -> None:
    desk("refer", "1", "--to", "区级平台", *CONTENT)
    desk("regrade", "1", "--severity", "一般", "--reason", "演示")
    case = desk("refer", "1", "--to", "生态环境分局", *CONTENT)
    assert (case["to_platform"], "未报区级平台" in case["remarks"]) == (False, True)


def test_kinds_are_named_as_the_screen_names_them(desk: Desk) -> None:
    desk("refer", "1", "--to", "区级平台", *CONTENT)
    desk("intake", "演示: 占道经营", "--severity", "一般")
    desk("accept", "2", "--told")
    assert waiting(desk, THURSDAY, "--kind", "区级办理中") == [("district", 3, ["未取得回执"])]
    assert waiting(desk, THURSDAY, "--kind", "待分派") == [("unassigned", 3, [])]
    both = waiting(desk, THURSDAY, "--kind", "待分派", "--kind", "district")
    assert [kind for kind, _, _ in both] == ["unassigned", "district"]


def test_a_case_is_unassigned_until_it_is_sent_and_returned_when_it_came_back(
    desk: Desk,
) -> None:
    desk("intake", "演示: 占道经营", "--severity", "一般")
    desk("accept", "2", "--told")
    kinds = ("--kind", "unassigned", "--kind", "returned")
    assert waiting(desk, THURSDAY, *kinds) == [("unassigned", 3, [])]
    desk("assign", "2", "--lead", "城管执法中队", now=TUESDAY)
    assert waiting(desk, THURSDAY, *kinds) == []
    desk("return", "2", "--reason", "不属于本单位", now=TUESDAY)
    assert waiting(desk, THURSDAY, *kinds) == [("returned", 2, [])]
