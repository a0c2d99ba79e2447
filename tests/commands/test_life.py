"""Extensions, suspensions, repeats, demands and parts from the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Runner
from tests.kit.street import adopt

NOW = "2026-11-23T09:00:00+08:00"
WHO = ("--approved-by", "分管领导", "--reason", "等材料")  # nobody of the role is registered
Case = dict[str, Any]
Step = Callable[..., Case]


@pytest.fixture
def step(call: Runner, ledger: Path) -> Step:
    """Take a step and return the case; the ledger is empty to begin with."""
    assert ledger.exists()

    def taken(*argv: str, now: str = NOW) -> Case:
        case: Case = call(*argv, "--json", now=now).json()
        return case

    return taken


def handled(step: Step, number: str = "1") -> Case:
    step("intake", "江南大道占道经营", "--severity", "一般", "--phone", f"1380000000{number}")
    step("accept", number)
    return step("assign", number, "--lead", "城管执法中队", "--assist", "市场监管所")


def clock(case: Case, kind: str) -> Case:
    found: Case = next(c for c in case["clocks"] if c["kind"] == kind)
    return found


# --- time ------------------------------------------------------------------------------


def test_a_held_clock_is_in_no_list_and_has_no_verdict(step: Step, call: Runner) -> None:
    """Target 2026-11-30; held from 11-24, it is not late on 12-02 and not due on 11-30."""
    handled(step)
    held = step("suspend", "1", *WHO, now="2026-11-24T09:00:00")
    assert clock(held, "finish")["held_at"] == "2026-11-24T09:00:00+08:00"
    for now in ("2026-11-30T09:00:00", "2026-12-02T09:00:00"):
        items = call("overdue", "--json", now=now).json()["items"]
        assert "finish" not in {item["clock"] for item in items}
        assert clock(call("show", "1", "--json", now=now).json(), "finish")["late"] is None
    report = call("report", "--month", "2026-11", "--json", now="2026-12-02T09:00:00").json()
    assert (report["rates"]["finish_on_time"]["d"], report["totals"]["overdue"]) == (0, 0)
    feed = call("calendar", "ics", now="2026-12-02T09:00:00").out
    assert ("-finish@" in feed, "-ceiling@" in feed) == (False, True)
    shown = call("show", "1", now="2026-12-02T09:00:00").out
    assert "11月24日(周二) 09:00 起中止" in shown
    assert "演示领导" not in shown
    resumed = call("resume", "1", now="2026-12-02T09:00:00")
    assert "中止满 5 个工作日" in resumed.err
    assert "办结期限由 11月30日(周一) 17:00 到 12月7日(周一) 17:00" in resumed.err


def test_a_held_clock_follows_the_calendar_too(step: Step, call: Runner) -> None:
    """A local day off on 11-27 while the target stands still: 11-30 becomes 12-01, still held;
    two whole days of suspension then make it 12-03."""
    handled(step)
    step("suspend", "1", *WHO, now="2026-11-24T08:00:00")
    order = ("--off", "2026-11-27", "--document", "演字〔2026〕1号", "--scope", "滨江区")
    for argv in (("add-local", *order, "--yes"), ("apply",)):
        done = call("calendar", *argv, now="2026-11-25T09:00:00")
        assert done.code == 0, done.err
    held = clock(call("show", "1", "--json", now=NOW).json(), "finish")
    assert (held["due"][:10], held["held_at"][:10]) == ("2026-12-01", "2026-11-24")
    resumed = step("resume", "1", now="2026-11-25T17:00:00")
    assert clock(resumed, "finish")["due"][:10] == "2026-12-03"


def test_an_extension_says_what_it_may_not_do(step: Step, call: Runner) -> None:
    handled(step)
    late = call("extend", "1", "--workdays", "1", *WHO, now="2026-11-30T17:00:01")
    assert (late.code, "已过" in late.err) == (1, True)
    none = call("extend", "1", "--workdays", "0", *WHO, now=NOW)
    missing = call("extend", "1", "--workdays", "1", now=NOW)
    assert (none.code, missing.code) == (2, 2)
    assert "--approved-by" in missing.err
    done = step("extend", "1", "--workdays", "1", *WHO, now="2026-11-30T17:00:00")
    assert clock(done, "finish")["due"] == "2026-12-01T17:00:00+08:00"
    assert (clock(done, "finish")["workdays"], done["events"][-1]["workdays"]) == (6, 1)


@pytest.mark.parametrize(("second", "late"), [("17:00:00", False), ("17:00:01", True)])
def test_the_last_second_of_an_extended_target_counts_alike(
    step: Step, call: Runner, second: str, late: bool
) -> None:
    handled(step)
    step("extend", "1", "--workdays", "2", *WHO)
    moment = f"2026-12-02T{second}+08:00"
    items = call("overdue", "--within", "0", "--kind", "finish", "--json", now=moment).json()
    assert bool(items["items"]) is late
    assert clock(step("resolve", "1", "--outcome", "好", now=moment), "finish")["late"] is late
    rates = call("report", "--month", "2026-12", "--json", now=moment).json()["rates"]
    assert rates["finish_on_time"] | {"cohort": ""} == {
        "n": int(not late), "d": 1, "rate": 0.0 if late else 100.0, "cohort": "",
    }  # fmt: skip


# --- repeats ---------------------------------------------------------------------------


def test_a_merge_is_recorded_in_both_cases_or_in_none(step: Step, call: Runner) -> None:
    handled(step)
    handled(step, "2")
    step("resolve", "1", "--outcome", "好")
    before = call("show", "2", "--json", now=NOW).json()
    refused = call("merge", "2", "--into", "1", now=NOW)
    assert (refused.code, "不能接收并入" in refused.err) == (1, True)
    assert call("show", "2", "--json", now=NOW).json() == before
    assert call("merge", "2", "--into", "9", now=NOW).code == 1
    step("reopen", "1", "--reason", "又出现")
    merged = step("merge", "2", "--into", "1")
    assert merged["events"][-1]["kind"] == "merged"
    assert not any(c["running"] for c in merged["clocks"])
    main = call("show", "1", "--json", now=NOW).json()
    assert main["events"][-1]["number"] == "2026-000002"
    assert call("verify", now=NOW).code == 0
    assert call("rebuild", "--check", now=NOW).code == 0


def merged_as_extended(step: Step) -> int:
    """Report 1 (11-02) was extended by mistake before 2 (11-04) took it in; return that seq."""
    step("intake", "江南大道占道经营", "--severity", "一般", now="2026-11-02T09:00:00")
    step("accept", "1", now="2026-11-02T10:00:00")
    raised = step("extend", "1", "--workdays", "1", *WHO, now="2026-11-03T09:00:00")
    step("intake", "江南大道占道经营很久", "--severity", "一般", now="2026-11-04T09:00:00")
    step("merge", "1", "--into", "2", now="2026-11-05T09:00:00")
    step("accept", "2", now="2026-11-05T09:10:00")
    step("assign", "2", "--lead", "城管执法中队", now="2026-11-05T09:20:00")
    seq: int = raised["events"][-1]["seq"]
    return seq


def test_a_void_in_a_repeat_gives_the_main_case_the_limits_it_has_without(
    step: Step, call: Runner
) -> None:
    seq = merged_as_extended(step)
    before = call("show", "2", "--json", now="2026-11-06T09:00:00").json()
    assert clock(before, "finish")["due"] == "2026-11-10T17:00:00+08:00"
    done = call("void", "1", str(seq), "--reason", "误改", now="2026-11-06T09:00:00")
    assert done.code == 0, done.err
    assert "2026-000002: 办结期限由 11月10日(周二) 17:00 改为 11月9日(周一) 17:00" in done.err
    after = call("show", "2", "--json", now="2026-11-06T09:00:00").json()
    assert clock(after, "finish")["due"] == "2026-11-09T17:00:00+08:00"
    told = after["events"][-1]
    assert (told["kind"], told["number"], told["reason"]) == ("relimited", "2026-000001", "误改")
    assert call("verify", now="2026-11-06T09:00:00").code == 0
    assert call("rebuild", "--check", now="2026-11-06T09:00:00").code == 0
    apart = call("unmerge", "1", "--reason", "x", now="2026-11-06T10:00:00")
    assert apart.code == 0, apart.err
    own = call("show", "2", "--json", now="2026-11-06T10:00:00").json()
    assert clock(own, "finish")["due"] == "2026-11-11T17:00:00+08:00"


def test_a_void_in_a_repeat_is_refused_where_somebody_signed_for_the_main_cases_date(
    step: Step, call: Runner
) -> None:
    seq = merged_as_extended(step)
    step("extend", "2", "--workdays", "1", *WHO, now="2026-11-05T10:00:00")
    held = call("void", "1", str(seq), "--reason", "误改", now="2026-11-06T09:00:00")
    assert held.code == 1
    assert "2026-000001 并入的期限因撤销而不同, 照此, 2026-000002 的第" in held.err
    assert "sixping void 2026-000002" in held.err
    assert call("log", "1", now="2026-11-06T09:00:00").out.count("撤销") == 0


def test_what_stands_in_the_way_of_a_merge_or_a_void_is_named(step: Step, call: Runner) -> None:
    seq = merged_as_extended(step)
    now = "2026-11-06T09:00:00"
    back = call("merge", "2", "--into", "1", now=now)
    assert back.code == 1
    main = call("unmerge", "2", "--reason", "x", now=now)
    assert (main.code, "sixping unmerge 2026-000001 --reason" in main.err) == (1, True)
    assert call("void", "1", str(seq), "--reason", "x", now=now).code == 0
    void = call("show", "1", "--json", now=now).json()["events"][-1]["seq"]
    again = call("void", "1", str(seq), "--reason", "x", now=now)
    assert f"第 {seq} 号已由第 {void} 号撤销" in again.err
    of_void = call("void", "1", str(void), "--reason", "x", now=now)
    assert (of_void.code, "本身是撤销" in of_void.err) == (1, True)


def test_one_answer_for_all_who_can_be_reached(step: Step, call: Runner) -> None:
    handled(step)
    step("intake", "江南大道占道经营", "--anonymous")
    step("intake", "江南大道占道经营", "--phone", "13800000009")
    for number in "23":
        step("merge", number, "--into", "1")
    step("resolve", "1", "--outcome", "好")
    waiting = call("overdue", "--kind", "feedback", "--json", now=NOW).json()["items"]
    assert [item["number"] for item in waiting] == ["2026-000001"]
    answered = step("feedback", "1", "已劝离", "--all")
    assert [r["answered"] for r in answered["reports"]] == [True, False, True]
    assert call("overdue", "--kind", "feedback", "--json", now=NOW).json()["items"] == []
    closed = call("close", "1", now=NOW)
    assert "匿名, 无法反馈: 2026-000002" in closed.err
    listed = call("list", "--all", "--json", now=NOW).json()
    assert {c["number"]: c["merged_into"] for c in listed} == {
        "2026-000001": None, "2026-000002": "2026-000001", "2026-000003": "2026-000001",
    }  # fmt: skip


def test_an_answer_to_a_repeat_is_kept_with_the_case_that_handles_it(
    step: Step, call: Runner
) -> None:
    handled(step)
    handled(step, "2")
    step("merge", "2", "--into", "1")
    early = call("feedback", "2", "好", now=NOW)
    assert (early.code, "2026-000001 现在是“办理中”" in early.err) == (1, True)
    step("resolve", "1", "--outcome", "好")
    answered = call("feedback", "2", "已劝离", now=NOW)
    assert "由那一件合并办理: 反馈记在那一件, 以下是 2026-000001 的情况" in answered.err
    case = call("show", "1", "--json", now=NOW).json()
    assert (case["fed_back"], case["events"][-1]["to"]) == (False, "2026-000002")


# --- supervision and parts -------------------------------------------------------------


def test_a_demand_has_a_date_where_the_policy_or_the_desk_sets_one(
    step: Step, call: Runner, tmp_path: Path
) -> None:
    handled(step)
    plain = step("urge", "1", "--level", "普通", "--reason", "慢")
    assert plain["urges"][0]["answer_by"] is None
    text = (ROOT / "data" / "policy.toml").read_text("utf-8")
    head = "[edition.readings.urge_answer_workdays]\n"
    assert head in text
    own = tmp_path / "own"
    own.mkdir()
    (own / "policy.toml").write_text(text.replace(head, f"{head}value = 3\n"), "utf-8")
    adopt(call, own)
    urged = call("urge", "1", "--level", "黄牌", "--reason", "慢", "--json", now=NOW).json()
    assert urged["urges"][1]["answer_by"] == "2026-11-26"
    past = call("urge", "1", "--level", "红牌", "--reason", "慢", "--answer-by", "昨天", now=NOW)
    assert past.code == 2


def test_demands_stand_in_the_list_until_each_is_answered(step: Step, call: Runner) -> None:
    handled(step)
    for level in ("普通", "黄牌"):
        step("urge", "1", "--level", level, "--reason", "慢")
    for answer in ("已派人", "已完成"):
        items = call("overdue", "--kind", "urge", "--json", now=NOW).json()["items"]
        assert [item["number"] for item in items] == ["2026-000001"]
        step("answer-urge", "1", answer)
    assert call("overdue", "--kind", "urge", "--json", now=NOW).json()["items"] == []


def test_parts_follow_the_units_and_hold_up_the_resolution(step: Step, call: Runner) -> None:
    handled(step)
    far = call("part", "1", "--unit", "派出所", now=NOW)
    assert (far.code, "现有: 城管执法中队、市场监管所" in far.err) == (1, True)
    part = step("part", "1", "--unit", "市场监管所", "--due", "11月27日", "--task", "查证照")
    assert part["parts"] == [
        {"unit": "市场监管所", "set_at": NOW, "due": "2026-11-27", "done_at": None}
    ]
    held_up = call("resolve", "1", "--outcome", "好", now=NOW)
    assert (held_up.code, "市场监管所" in held_up.err) == (1, True)
    alone = step("assign", "1", "--lead", "城管执法中队")
    assert (alone["parts"], alone["coordinator"]) == ([], None)
    assert step("resolve", "1", "--outcome", "好")["status"] == "已办结"


def test_a_note_to_a_unit_is_kept_under_its_name(step: Step, call: Runner) -> None:
    handled(step)
    noted = step("note", "1", "请核查证照", "--to", "市场监管所")
    assert (noted["events"][-1]["to"], noted["status"]) == ("市场监管所", "办理中")
    assert call("note", "1", "请核查", "--to", "没有的单位", now=NOW).code == 2


def test_each_new_step_can_be_taken_back_while_nothing_rests_on_it(
    step: Step, call: Runner
) -> None:
    before = handled(step)
    for argv in (
        ("extend", "1", "--workdays", "2", *WHO),
        ("suspend", "1", *WHO),
        ("urge", "1", "--level", "普通", "--reason", "慢"),
        ("part", "1", "--unit", "市场监管所"),
        ("note", "1", "请核查", "--to", "市场监管所"),
    ):
        done = step(*argv)
        back = step("void", "1", str(done["events"][-1]["seq"]), "--reason", "误记")
        same = ("status", "parts", "urges", "clocks")
        assert [back[name] for name in same] == [before[name] for name in same], argv
    step("intake", "江南大道占道经营")
    gone = step("merge", "2", "--into", "1")
    half = call("void", "2", str(gone["events"][-1]["seq"]), "--reason", "误记", now=NOW)
    assert (half.code, "sixping unmerge" in half.err) == (1, True)


# --- two people, one case --------------------------------------------------------------


def test_of_two_who_merge_and_resolve_at_once_one_wins(run: Runner, ledger: Path) -> None:
    for _ in range(2):
        run("intake", "占道经营", "--severity", "一般", now=NOW)
    run("accept", "1", now=NOW)
    run("assign", "1", "--lead", "城管执法中队", now=NOW)
    command = [sys.executable, "-m", "sixping", "--ledger", str(ledger)]
    racing = [
        subprocess.Popen(
            [*command, *argv, "--if-version", "3"],
            env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "SIXPING_NOW": NOW},
            cwd=ledger.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for argv in (["merge", "1", "--into", "2"], ["resolve", "1", "--outcome", "好"])
    ]
    said = [process.communicate(timeout=60)[1].decode() for process in racing]
    assert sorted(process.returncode for process in racing) == [0, 1]
    loser = next(words for words, p in zip(said, racing, strict=True) if p.returncode)
    assert "从第 3 版变为第 4 版" in loser
    assert "办结" in loser or "并入" in loser


def test_without_a_version_the_second_step_is_judged_on_what_it_finds(
    step: Step, call: Runner
) -> None:
    handled(step)
    handled(step, "2")
    step("merge", "2", "--into", "1")
    second = call("resolve", "2", "--outcome", "好", now=NOW)
    assert second.code == 1
    assert "2026-000002 现在是“已并入”" in second.err
    assert "它已并入 2026-000001" in second.err
