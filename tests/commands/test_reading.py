"""list, search, log, explain and units list, as people and scripts read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

NOW = "2026-11-16T09:00:00+08:00"


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """Three cases: one assigned, one 较大 and waiting, one resolved."""

    def step(*argv: str) -> None:
        made = call(*argv, now=NOW)
        assert made.code == 0, made.err

    ten = "2026-11-10"
    common = ("--channel", "网格员", "--reporter", "演示甲")
    step(
        "intake", "演示: 江南大道占道经营", "--severity", "一般", "--category", "占道经营", *common
    )
    step("intake", "演示: 电梯困人", "--severity", "较大", "--received", ten)
    step("intake", "演示: 100%的垃圾_堆放", "--severity", "一般", "--source-no", "A-77")
    for number in ("1", "2", "3"):
        step("accept", number)
    step("assign", "1", "--lead", "城管执法中队", "--assist", "平安建设办")
    step("assign", "3", "--lead", "城管执法中队")
    step("resolve", "3", "--outcome", "已清运")
    return call


def numbers(call: Runner, *argv: str) -> list[int]:
    made: list[dict[str, Any]] = call(*argv, "--json", now=NOW).json()
    return [int(case["number"][-6:]) for case in made]


def test_a_list_shows_open_cases_nearest_due_first(street: Runner) -> None:
    assert numbers(street, "list") == [1, 2]
    assert numbers(street, "list", "--all") == [1, 2, 3]
    lines = street("list", now=NOW).out.splitlines()
    assert lines[0].split("\t")[:3] == ["number", "status", "next_due"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["2026-000001", "2026-000002"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--unit", "城管执法中队"], [1]),
        (["--unit", "平安建设办"], [1]),
        (["--severity", "较大"], [2]),
        (["--status", "已办结"], [3]),
        (["--status", "办结"], [3]),
        (["--channel", "网格员"], [1]),
        (["--category", "占道经营"], [1]),
        (["--from", "2026-11-16"], [1]),
        (["--to", "2026-11-10"], [2]),
        (["--from", "2026-11-10", "--to", "2026-11-16"], [1, 2]),
        (["--all", "--unit", "城管执法中队"], [1, 3]),
        (["--community", "无此社区"], None),
        (["--unit", "无此单位"], None),
        (["--category", "占道"], [1]),
        (["--category", "占路"], None),
        (["--channel", "鸽子"], None),
    ],
)
def test_filters_narrow_and_unknown_names_are_refused(
    street: Runner, asked: list[str], found: list[int] | None
) -> None:
    if found is None:
        refused = street("list", *asked, now=NOW)
        assert refused.code == 2
        assert refused.out == ""
    else:
        assert numbers(street, "list", *asked) == found


def test_a_period_the_wrong_way_round_is_refused(street: Runner) -> None:
    assert street("list", "--from", "2026-11-16", "--to", "2026-11-15", now=NOW).code == 2


@pytest.mark.parametrize("command", [["list", "--all"], ["search", "演示"], ["log"]])
def test_a_limit_says_how_many_it_left_out(street: Runner, command: list[str]) -> None:
    full = street(*command, "--format", "jsonl", now=NOW)
    assert full.err == ""
    size = len(full.out.splitlines())
    cut = street(*command, "--limit", "2", "--format", "jsonl", now=NOW)
    assert len(cut.out.splitlines()) == 2
    assert f"另有 {size - 2} " in cut.err
    assert street(*command, "--limit", str(size), now=NOW).err == ""


@pytest.mark.usefixtures("ledger")
def test_nothing_to_list_prints_nothing_but_json(call: Runner) -> None:
    for command in (["list"], ["search", "没有"]):
        assert call(*command, now=NOW).out == ""
        assert call(*command, "--json", now=NOW).out == "[]\n"
        assert call(*command, now=NOW).code == 0


def test_cases_in_lists_have_the_fields_of_show(street: Runner) -> None:
    (case,) = street("search", "占道", "--json", now=NOW).json()
    shown = street("show", "1", "--json", now=NOW).json()
    assert case.items() <= shown.items()


def test_search_takes_signs_literally_and_every_word(street: Runner) -> None:
    assert numbers(street, "search", "100%") == [3]
    assert numbers(street, "search", "垃圾_堆") == [3]
    assert numbers(street, "search", "垃圾%堆") == []
    assert numbers(street, "search", "演示", "电梯") == [2]
    assert numbers(street, "search", "演示 电梯") == [2]
    assert numbers(street, "search", "已清运") == [3]
    assert numbers(street, "search", "a-77") == [3]
    assert numbers(street, "search", "2026-000002") == [2]
    assert numbers(street, "search", "演示甲") == []  # names are not searched
    assert street("search", " ", now=NOW).code == 2


def test_the_log_is_told_in_order_and_from_a_seq(street: Runner) -> None:
    log = street("log", "--json", now=NOW).json()
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert {"seq", "at", "recorded_at", "by", "kind", "stream", "subject"} <= set(log[0])
    later = street("log", "--since", "5", "--json", now=NOW).json()
    assert later == log[5:]
    own = street("log", "1", "--json", now=NOW).json()
    assert [entry["kind"] for entry in own] == ["reported", "accepted", "assigned"]
    assert street("log", "999", now=NOW).code == 1
    assert street("log", "--stream", "case", "--json", now=NOW).json() == [
        entry for entry in log if entry["stream"] == "case"
    ]


def test_the_log_masks_a_reporter_in_every_text(street: Runner) -> None:
    street("note", "1", "演示甲说明天再来", now=NOW)
    for argv in (["log", "1"], ["log"], ["log", "--json"]):
        said = street(*argv, now=NOW).out
        assert "说明天再来" in said
        assert "演示甲" not in said.replace('"by": "演示甲"', "")


def test_explain_counts_every_day_and_names_the_rule(call: Runner) -> None:
    made = call("explain", "--from", "2026-09-30", "--workdays", "5", "--json", now=NOW).json()
    assert made["due"] == "2026-10-13T17:00:00+08:00"
    assert list(made) == ["from", "workdays", "due", "profile", "provisional", "days"]
    assert [d["date"] for d in made["days"]] == [
        *(f"2026-10-0{n}" for n in range(1, 10)), *(f"2026-10-1{n}" for n in range(4)),
    ]  # fmt: skip
    assert all(list(d) == ["date", "kind", "name", "source", "counted"] for d in made["days"])
    assert sum(d["counted"] for d in made["days"]) == 5
    kinds = {d["date"]: d["kind"] for d in made["days"]}
    assert kinds["2026-10-01"] == "holiday"
    assert kinds["2026-10-10"] == "make_up"
    assert kinds["2026-10-11"] == "weekend"
    page = call("explain", "--from", "2026-09-30", "--workdays", "5", "--format", "table", now=NOW)
    assert "民法典第201、203条" in page.out
    assert "补班" in page.out


def test_explain_beyond_the_last_notice_says_provisional(call: Runner) -> None:
    made = call("explain", "--from", "2026-12-31", "--workdays", "1", "--json", now=NOW).json()
    assert made["provisional"] is True
    assert made["days"][0]["kind"] == "provisional"


def test_explain_takes_a_case_with_all_its_limits(street: Runner) -> None:
    made = street("explain", "1", "--json", now=NOW).json()
    shown = street("show", "1", "--json", now=NOW).json()["clocks"]
    assert [(c["kind"], c["due"]) for c in made["clocks"]] == [(c["kind"], c["due"]) for c in shown]
    assert (made["kind"], made["workdays"]) == ("finish", 5)
    assert made["due"] == made["recount"]
    assert made["days"][-1]["date"] == made["due"][:10]
    street("decide", "2", "--lead", "平安建设办", "--due", "2026-12-10", "--leader", "分管领导",
           now=NOW)  # fmt: skip
    made = street("explain", "2", "--json", now=NOW).json()
    assert (made["due"], made["workdays"]) == ("2026-12-10T17:00:00+08:00", None)
    assert "会商决定的期限" in street("explain", "2", "--format", "table", now=NOW).out
    tsv = street("explain", "1", now=NOW).out.splitlines()
    assert {line.split("\t")[0] for line in tsv[1:]} == {"受理", "办结", "最长时限"}


@pytest.mark.usefixtures("ledger")
def test_explain_needs_to_know_what(call: Runner) -> None:
    assert call("explain", now=NOW).code == 2
    assert call("explain", "--from", "2026-10-01", now=NOW).code == 2
    assert call("explain", "1", "--workdays", "5", now=NOW).code == 2
    assert call("explain", "1", now=NOW).code == 1


def test_units_are_listed_without_a_ledger(call: Runner) -> None:
    units = call("units", "list", "--json").json()
    assert all({"name", "kind", "platform"} <= set(unit) for unit in units)
    assert {u["kind"] for u in units} == {"platform", "agency", "office", "community", "grid"}
    only = call("units", "list", "--kind", "community", "--json").json()
    assert only == [u for u in units if u["kind"] == "community"]
    assert call("units", "list", "--kind", "people").code == 2
