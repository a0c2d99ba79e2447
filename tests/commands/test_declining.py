"""``decline`` with its four ways: what is counted, who is told where to turn, how late it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

MONDAY = "2026-11-23T09:00:00+08:00"
WEDNESDAY = "2026-11-25T09:00:00+08:00"
LATER = "2026-12-01T09:00:00+08:00"
#: the category, its addressee, where the case stands then, the total it counts in
WAYS = [
    ("移送", "110", "已移送", "transferred"),
    ("引导", "区信访局", "已引导", "guided"),
    ("退回补充", None, "退回补充", "sent_back"),
    ("内容不明", None, "不予受理", "declined"),
]


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """A report that a grid worker made, and one by telephone."""
    for channel in ("网格员", "投诉举报电话"):
        place = ("--community", "江一社区", "--channel", channel)
        said = ("intake", "演示: 占道经营", "--severity", "一般", *place)
        assert call(*said, now=MONDAY).code == 0
    return call


def declined(street: Runner, number: str, *more: str, now: str = MONDAY) -> dict[str, Any]:
    made = street("decline", number, "--reason", "演示", *more, "--json", now=now)
    assert made.code == 0, made.err
    case: dict[str, Any] = made.json()
    return case


def addressed(to: str | None) -> tuple[str, ...]:
    return ("--to", to) if to else ()


def totals(street: Runner) -> dict[str, int]:
    made = street("report", "--month", "2026-11", "--json", now=LATER).json()
    counted: dict[str, int] = made["totals"]
    return counted


@pytest.mark.parametrize(("category", "to", "status", "total"), WAYS)
def test_each_way_has_a_state_and_a_total_of_its_own(
    street: Runner, category: str, to: str | None, status: str, total: str
) -> None:
    case = declined(street, "1", "--category", category, *addressed(to))
    assert case["status"] == status
    (clock,) = case["clocks"]
    assert (clock["kind"], clock["late"], clock["dropped"]) == ("accept", False, False)
    counted = totals(street)
    ways = {name: counted[name] for _, _, _, name in WAYS}
    assert ways == {name: int(name == total) for name in ways}
    assert counted["open"] == 1


@pytest.mark.parametrize(("category", "to", "status", "total"), WAYS)
def test_what_was_not_taken_on_can_be_taken_up_again(
    street: Runner, category: str, to: str | None, status: str, total: str
) -> None:
    declined(street, "1", "--category", category, *addressed(to))
    early = street("reopen", "1", "--reason", "演示", "--at", "2026-11-23T08:00", now=WEDNESDAY)
    assert (early.code, status) == (1, status)
    again = street("reopen", "1", "--reason", "演示", "--json", now=WEDNESDAY).json()
    assert (again["status"], totals(street)[total]) == ("待受理", 1)
    accepts = [each["due"] for each in again["clocks"] if each["kind"] == "accept"]
    assert accepts == ["2026-11-24T17:00:00+08:00", "2026-11-26T17:00:00+08:00"]


@pytest.mark.parametrize(("category", "to", "status", "total"), WAYS)
def test_only_a_refusal_says_that_a_grid_workers_report_was_not_valid(
    street: Runner, category: str, to: str | None, status: str, total: str
) -> None:
    declined(street, "1", "--category", category, *addressed(to), now="2026-11-24T09:00:00+08:00")
    found = street("units", "grids", "--month", "2026-11", "--json", now=LATER).json()
    line = next(each for each in found if each["community"] == "江一社区")
    assert (line["reports"], line["feedback_workdays"], status) == (1, 1.0, status)
    assert (line["valid"]["n"], line["valid"]["d"]) == (0, int(total == "declined"))


def test_without_a_category_it_is_a_refusal_whose_reason_is_not_listed(street: Runner) -> None:
    made = street("decline", "2", "--reason", "不属于本街道", "--json", now=MONDAY)
    assert made.json()["status"] == "不予受理"
    assert "理由未列入清单" in made.err
    assert "内容不明" in made.err
    entry = made.json()["events"][-1]
    assert (entry["kind"], entry.get("category"), entry["standard"]) == ("declined", None, True)
    assert entry["feedback"].endswith("经审核不予受理, 理由: 不属于本街道")


def test_what_was_passed_on_is_no_refusal_among_the_ways_out(street: Runner) -> None:
    street("decline", "2", "--category", "移送", "--to", "区住建局", "--reason", "演示", now=MONDAY)
    for name in ("限内转出(不予受理)", "限内转出(不予受理等)"):
        opened = street("lapses", "--drill", name, "--json", now=MONDAY).json()
        assert {row["what"].split(",")[0] for row in opened} == {"移送"}


def test_a_listed_reason_is_recorded_by_its_name_also_from_a_short_form(street: Runner) -> None:
    made = street("decline", "2", "--reason", "演示", "--category", "不明", "--json", now=MONDAY)
    assert made.json()["events"][-1]["category"] == "内容不明"
    assert "理由未列入清单" not in made.err
    case = declined(street, "1", "--category", "信访", "--to", "区信访局")
    entry = case["events"][-1]
    assert (entry["kind"], entry["category"], entry["to"]) == ("guided", "信访事项", "区信访局")
    assert "请向区信访局提出" in entry["feedback"]


@pytest.mark.parametrize(
    ("category", "more", "named"),
    [
        ("移动", (), "移送"),
        ("事项", ("--to", "区信访局"), "信访事项"),
        ("", (), "内容不明"),
        ("移送", (), "--to"),
        ("引导", (), "--to"),
        ("内容不明", ("--to", "110"), "移送"),
    ],
)
def test_an_unknown_or_half_named_way_is_refused(
    street: Runner, category: str, more: tuple[str, ...], named: str
) -> None:
    argv = ("decline", "2", "--reason", "演示", "--category", category, *more)
    made = street(*argv, now=MONDAY)
    assert made.code == 2
    assert named in made.err
    assert street("show", "2", "--json", now=MONDAY).json()["version"] == 1


def test_a_citizens_report_is_not_sent_back_to_be_completed(street: Runner) -> None:
    made = street("decline", "2", "--reason", "演示", "--category", "退回补充", now=MONDAY)
    assert made.code == 1
    assert "不是网格员上报的" in made.err
    remarked = street("decline", "1", "--reason", "演示", "--category", "内容不明", now=MONDAY)
    assert "可以退回补充" in remarked.err


@pytest.mark.parametrize(("category", "to", "status", "total"), WAYS)
def test_a_late_one_says_by_how_much_and_is_one_breach(
    street: Runner, category: str, to: str | None, status: str, total: str
) -> None:
    argv = ("decline", "1", "--reason", "演示", "--category", category, *addressed(to))
    approved = ("--approved-by", "分管领导")
    made = street(*argv, *approved, "--json", now="2026-11-26T09:00:00+08:00")
    assert "超 2 个工作日" in made.err, (status, total)
    assert made.json()["late"] == [{"kind": "accept", "round": 1, "workdays_late": 2}]
    found = street("lapses", "--from", "2026-11-01", "--json", now=LATER).json()["items"]
    mine = [each for each in found if each["number"].endswith("1")]
    assert [(each["kind"], each["workdays_late"]) for each in mine] == [("accept", 2)]
    sheet = street("show", "1", now=LATER, env={"COLUMNS": "100"}).out
    assert "超2日" in sheet


def test_states_that_files_and_lists_name_are_understood(street: Runner) -> None:
    declined(street, "1", "--category", "移送", "--to", "110")
    listed = street("list", "--all", "--status", "已移送", "--json", now=MONDAY).json()
    assert [each["status"] for each in listed] == ["已移送"]
    assert street("list", "--status", "待会商", "--json", now=MONDAY).json() == []
    assert street("list", "--status", "待什么", now=MONDAY).code == 2


@pytest.mark.parametrize(("category", "to", "status", "total"), WAYS)
def test_the_ledger_reads_back_what_was_not_taken_on(
    street: Runner, category: str, to: str | None, status: str, total: str
) -> None:
    declined(street, "1", "--category", category, *addressed(to))
    assert street("told", "1", now=MONDAY).code == 0, (status, total)
    assert street("verify", "--json", now=MONDAY).json()["ok"]
    assert street("rebuild", "--check", now=MONDAY).code == 0
    assert "已告知" in street("show", "1", now=MONDAY).out
