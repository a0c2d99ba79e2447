"""Feedback is a telling that happened: by word, by a channel that answers, or not yet (五.1a)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Desk, desk_on

MONDAY = "2026-11-23T09:00:00+08:00"
WHO = ("--reason", "等待鉴定", "--approved-by", "分管领导")


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Desk:  # noqa: ARG001 - there must be one
    """Steps that must succeed, each answered as JSON."""
    return desk_on(call, MONDAY)


def intake(desk: Desk, *more: str) -> None:
    desk("intake", "演示: 占道经营", "--severity", "一般", *more)


def handled(desk: Desk, *more: str) -> None:
    """One case in the hands of a unit, its acceptance told by word."""
    intake(desk, *more)
    desk("accept", "1", "--told")
    desk("assign", "1", "--lead", "城管执法中队")


def untold(case: Any) -> list[str]:
    return [each["kind"] for each in case["untold"]]


def test_a_standard_text_by_telephone_has_reached_nobody_until_it_is_told(
    desk: Desk, call: Runner
) -> None:
    intake(desk)
    accepted = call("accept", "1", now=MONDAY)
    assert "sixping told 2026-000001" in accepted.err
    case = desk("show", "1")
    assert (untold(case), case["events"][-1]["told"]) == (["accepted"], False)
    sheet = call("show", "1", now=MONDAY).out
    assert "待告知" in sheet
    assert "未实际送达" in sheet
    after = desk("told", "1", "--how", "已打电话告知")
    assert (untold(after), after["events"][-1]["how"]) == ([], "已打电话告知")
    assert "待告知" not in call("show", "1", now=MONDAY).out


def test_told_without_anything_to_tell_is_refused(desk: Desk, call: Runner) -> None:
    intake(desk)
    made = call("told", "1", now=MONDAY)
    assert made.code == 1
    assert "没有待告知的内容" in made.err
    assert desk("show", "1")["version"] == 1


@pytest.mark.parametrize(
    ("more", "standard"), [(("--told",), True), (("--feedback", "今天派人查看"), False)]
)
def test_the_officers_word_is_a_telling(desk: Desk, more: tuple[str, ...], standard: bool) -> None:
    intake(desk)
    case = desk("accept", "1", *more)
    entry = case["events"][-1]
    assert (entry.get("standard", False), entry["told"]) == (standard, True)
    assert untold(case) == []


def test_a_channel_that_answers_by_itself_needs_no_other_telling(desk: Desk, call: Runner) -> None:
    intake(desk, "--channel", "微信公众号")
    accepted = call("accept", "1", "--json", now=MONDAY)
    entry = accepted.json()["events"][-1]
    assert (entry["standard"], entry["told"], untold(accepted.json())) == (True, True, [])
    assert "sixping told" not in accepted.err


def test_nobody_waits_to_be_told_who_cannot_be(desk: Desk, call: Runner) -> None:
    intake(desk, "--anonymous")
    case = desk("accept", "1")
    assert (case["events"][-1].get("told"), untold(case)) == (None, [])
    assert call("told", "1", now=MONDAY).code == 1
    desk("assign", "1", "--lead", "城管执法中队")
    moved = desk("extend", "1", "--workdays", "3", *WHO)["events"][-1]
    assert {"standard", "told", "feedback"}.isdisjoint(moved)


def test_extension_suspension_and_referral_tell_the_reporter_too(desk: Desk) -> None:
    handled(desk)
    entries = [
        desk(*argv)["events"][-1]
        for argv in (
            ("extend", "1", "--workdays", "3", *WHO),
            ("suspend", "1", *WHO),
            ("refer", "1", "--to", "区级平台", "--content", "演示"),
        )
    ]
    said = [entry["feedback"] for entry in entries]
    assert "办理期限延长至 2026年12月3日(周四) 17:00" in said[0]
    assert "暂停" in said[1]
    assert "已上报区级平台" in said[2]
    assert {(entry["standard"], entry["told"]) for entry in entries} == {(True, False)}
    case = desk("show", "1")
    assert untold(case) == ["extended", "suspended", "referred"]


@pytest.mark.parametrize("more", [("--told",), ("--feedback", "已打电话说明")])
@pytest.mark.parametrize(
    "argv",
    [
        ("extend", "1", "--workdays", "3", *WHO),
        ("suspend", "1", *WHO),
        ("refer", "1", "--to", "区级平台", "--content", "演示"),
    ],
    ids=lambda argv: argv[0],
)
def test_they_are_told_by_word(desk: Desk, argv: tuple[str, ...], more: tuple[str, ...]) -> None:
    handled(desk)
    case = desk(*argv, *more)
    assert (case["events"][-1]["told"], untold(case)) == (True, [])


def test_a_later_telling_makes_up_for_what_was_only_written(desk: Desk) -> None:
    intake(desk)
    desk("accept", "1")
    desk("assign", "1", "--lead", "城管执法中队")
    assert untold(desk("extend", "1", "--workdays", "1", *WHO)) == ["accepted", "extended"]
    desk("resolve", "1", "--outcome", "已清理")
    assert untold(desk("feedback", "1", "已电话告知")) == []


def test_a_telling_that_was_voided_is_owed_again(desk: Desk) -> None:
    intake(desk)
    desk("accept", "1")
    told = desk("told", "1")["events"][-1]
    case = desk("void", "1", str(told["seq"]), "--reason", "没有打通")
    assert untold(case) == ["accepted"]


def test_what_stands_in_the_way_of_an_extension_is_said_first(desk: Desk, call: Runner) -> None:
    handled(desk)
    late = call("extend", "1", "--workdays", "3", *WHO, now="2026-12-03T09:00:00+08:00")
    assert late.code == 1
    assert "已过" in late.err
    again = desk("suspend", "1", *WHO)
    assert again["version"] == 4
    assert call("suspend", "1", *WHO, now=MONDAY).code == 1
