"""The steps of a case through the command line, each as its page promises it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Runner

NOW = "2026-11-23T09:00:00+08:00"
Case = dict[str, Any]
Step = Callable[..., Case]

#: step by step through the life of each kind of case; every one answers as ``show`` does
ORDINARY = [
    ["accept", "1"],
    ["assign", "1", "--lead", "城管", "--assist", "市场监管所"],
    ["sign", "1"],
    ["note", "1", "已联系反映人"],
    ["return", "1", "--reason", "不属于本单位"],
    ["assign", "1", "--lead", "市场监管所"],
    ["regrade", "1", "--category", "道路照明", "--reason", "核实"],
    ["resolve", "1", "--outcome", "已处理"],
    ["feedback", "1", "已电话告知", "--satisfaction", "5"],
    ["verify-result", "1", "--pass"],
    ["close", "1"],
    ["reopen", "1", "--reason", "又出现"],
]
SERIOUS = [
    ["accept", "1", "--feedback", "已受理"],
    ["consult", "1", "--leader", "分管领导"],
    ["decide", "1", "--lead", "平安建设办", "--due", "2026-12-10", "--leader", "分管领导"],
    ["resolve", "1", "--outcome", "已处理"],
    ["verify-result", "1", "--fail", "--reason", "现场仍有"],
]
MAJOR = [
    ["accept", "1"],
    ["refer", "1", "--to", "区住建局", "--content", "请区里牵头", "--receipt", "收文88号"],
    ["refer-reply", "1", "--outcome", "请街道先行处置", "--returned"],
    ["refer", "1", "--to", "区级平台", "--content", "再次上报"],
    ["refer-reply", "1", "--outcome", "已修复"],
]
DECLINED = [
    ["decline", "1", "--reason", "不属于本街道"],
    ["reopen", "1", "--reason", "重新核对"],
]


@pytest.fixture
def step(call: Runner, ledger: Path) -> Step:
    """Take a step and return the case; the ledger holds one case to begin with."""
    assert ledger.exists()

    def taken(*argv: str, now: str = NOW) -> Case:
        case: Case = call(*argv, "--json", now=now).json()
        return case

    return taken


def begin(step: Step, severity: str = "一般", **more: Any) -> Case:
    return step("intake", "江南大道占道经营", "--severity", severity, **more)


def clock(case: Case, kind: str, round_: int = 1) -> Case:
    found: Case = next(c for c in case["clocks"] if (c["kind"], c["round"]) == (kind, round_))
    return found


@pytest.mark.parametrize(
    ("severity", "steps"),
    [("一般", ORDINARY), ("较大", SERIOUS), ("重大", MAJOR), ("一般", DECLINED)],
    ids=["ordinary", "serious", "major", "declined"],
)
def test_every_step_answers_with_the_case_as_show_does(
    step: Step, call: Runner, severity: str, steps: list[list[str]]
) -> None:
    begin(step, severity)
    for version, argv in enumerate(steps, 2):
        case = step(*argv)
        assert case == call("show", "1", "--json", now=NOW).json(), argv
        assert (case["version"], len(case["events"])) == (version, version)


def test_a_step_confirms_on_stderr_and_names_the_next_one(step: Step, call: Runner) -> None:
    begin(step)
    spoken = []
    for argv in ORDINARY[:3]:
        done = call(*argv, now=NOW)
        assert done.out.splitlines()[1].startswith("2026-000001\t")
        spoken.append(done.err)
    accepted, assigned, signed = spoken
    assert "已记录“受理”, 现为“待分派”" in accepted
    assert "sixping assign 2026-000001 --lead 城管执法中队" in accepted
    assert "牵头城管执法中队, 协办市场监管所, 由平安建设办协调 (四.2)" in assigned
    assert "sixping sign" in assigned
    assert "sixping sign" not in signed
    assert "sixping resolve" in signed


def test_after_the_feedback_the_next_step_is_to_file(step: Step, call: Runner) -> None:
    begin(step)
    for argv in (ORDINARY[0], ORDINARY[1], ORDINARY[7]):
        step(*argv)
    assert "sixping close" in call(*ORDINARY[8], now=NOW).err
    failed = call("verify-result", "1", "--fail", "--reason", "仍在", now=NOW)
    assert "sixping reopen" in failed.err


def test_the_short_number_is_this_years(step: Step, call: Runner) -> None:
    begin(step)
    assert step("accept", "2026-1")["number"] == "2026-000001"
    done = call("note", "1", "记", now="2027-01-04T09:00:00+08:00")
    assert done.code == 1
    assert "2026-000001 还在办理" in done.err
    assert "往年的请写全" in call("note", "7", "记", now="2027-01-04T09:00:00+08:00").err
    assert call("note", "九号", "记", now=NOW).code == 2


# --- feedback --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "standard", "words"),
    [
        (["accept", "1"], True, "您反映的事项已受理, 编号 2026-000001"),
        (["accept", "1", "--feedback", "今天派人来看"], None, "今天派人来看"),
        (["decline", "1", "--reason", "不归街道管"], True, "不予受理, 理由: 不归街道管"),
        (["decline", "1", "--reason", "x", "--feedback", "请找区里"], None, "请找区里"),
    ],
)
def test_what_the_reporter_was_told_is_recorded_standard_or_own(
    step: Step, argv: list[str], standard: bool | None, words: str
) -> None:
    begin(step)
    event = step(*argv)["events"][-1]
    assert words in event["feedback"]
    assert event.get("standard") is standard
    assert event["channel"] == "投诉举报电话"


def test_filing_needs_feedback_after_the_last_resolve(step: Step, call: Runner) -> None:
    begin(step)
    for argv in (ORDINARY[0], ORDINARY[1], ORDINARY[7], ORDINARY[8], ORDINARY[11], ORDINARY[7]):
        step(*argv)
    refused = call("close", "1", now=NOW)
    assert refused.code == 1
    assert "sixping feedback 2026-000001" in refused.err
    step("feedback", "1", "已再次告知")
    assert step("close", "1")["status"] == "已归档"


def test_an_anonymous_report_is_filed_without_and_marked_unreachable(step: Step) -> None:
    step("intake", "占道经营", "--anonymous", "--severity", "一般")
    for argv in (ORDINARY[0], ORDINARY[1], ORDINARY[7]):
        step(*argv)
    case = step("close", "1")
    assert case["unreachable"]
    assert case["events"][-1]["unreachable"]


def test_feedback_needs_no_check_and_takes_a_satisfaction_of_one_to_five(
    step: Step, call: Runner
) -> None:
    begin(step)
    assert call("feedback", "1", "好", now=NOW).code == 1
    for argv in (ORDINARY[0], ORDINARY[1], ORDINARY[7]):
        step(*argv)
    for wrong in ("0", "6", "很好"):
        assert call("feedback", "1", "好", "--satisfaction", wrong, now=NOW).code == 2
    assert step("feedback", "1", "好", "--satisfaction", "4")["satisfaction"] == 4


# --- not now, not so -------------------------------------------------------------------


def test_what_may_not_happen_names_the_state_and_what_may(step: Step, call: Runner) -> None:
    begin(step)
    done = call("resolve", "1", "--outcome", "好", now=NOW)
    assert (done.code, done.out) == (1, "")
    assert "现在是“待受理”, 不能办结" in done.err
    assert all(word in done.err for word in ("受理(accept)", "不予受理(decline)", "void"))


@pytest.mark.parametrize(
    ("argv", "missing"),
    [
        (["refer"], ["编号", "--to", "--content"]),
        (["decide", "1"], ["--lead", "--due"]),
        (["decline", "1"], ["--reason"]),
        (["void", "1"], ["序号", "--reason"]),
        (["resolve"], ["编号", "--outcome"]),
        (["verify-result", "1"], ["--pass", "--fail"]),
        (["verify-result", "1", "--fail"], ["--reason"]),
        (["regrade", "1", "--reason", "x"], ["--severity", "--category"]),
        (["accept", "1", "--at", "今天8:00"], ["--reason"]),
    ],
)
def test_everything_missing_is_named_at_once(
    step: Step, call: Runner, argv: list[str], missing: list[str]
) -> None:
    begin(step)
    if argv[0] == "verify-result":
        for before in (ORDINARY[0], ORDINARY[1], ORDINARY[7]):
            step(*before)
    done = call(*argv, now=NOW)
    assert done.code == 2
    assert all(word in done.err for word in missing), done.err


def test_a_mistyped_unit_gets_the_nearest_names(step: Step, call: Runner) -> None:
    begin(step)
    step("accept", "1")
    done = call("assign", "1", "--lead", "城管队", now=NOW)
    assert done.code == 2
    assert "是否指: 城管执法中队" in done.err
    twice = call("assign", "1", "--lead", "城管", "--assist", "城管执法中队", now=NOW)
    assert twice.code == 1
    step("refer", "1", "--to", "区住建局", "--content", "x")
    again = call("refer", "1", "--to", "区住房局", "--content", "x", now=NOW)
    assert "是否指: 区住建局" in again.err


def test_an_unknown_number_fails_alike_in_every_step(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    for argv in (*ORDINARY, *SERIOUS, *MAJOR, ["void", "1", "3", "--reason", "x"]):
        done = call(argv[0], "99", *argv[2:], now=NOW)
        assert (done.code, done.out) == (1, ""), argv
        assert "2026-000099" in done.err


# --- units and coordination ------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "assist", "coordinator"),
    [
        ("市场监管所", [], None),
        ("交警中队", ["生态环境所"], "城管执法中队"),
        ("城管执法中队", ["交警中队"], "城管执法中队"),
        ("交警中队", ["市场监管所"], "平安建设办"),
        ("交警中队", ["江一社区"], "城管执法中队"),
    ],
)
def test_who_coordinates_follows_from_the_units(
    step: Step, lead: str, assist: list[str], coordinator: str | None
) -> None:
    begin(step)
    step("accept", "1")
    options = [word for unit in assist for word in ("--assist", unit)]
    case = step("assign", "1", "--lead", lead, *options)
    assert (case["lead"], case["assist"], case["coordinator"]) == (lead, assist, coordinator)
    alone = step("assign", "1", "--lead", "派出所")
    assert (alone["assist"], alone["coordinator"]) == ([], None), "recomputed with the units"


# --- two people, one case --------------------------------------------------------------


def test_of_two_who_saw_the_same_version_one_wins_and_the_other_learns_why(
    step: Step, call: Runner
) -> None:
    seen = begin(step)["version"]
    first = call("accept", "1", "--if-version", str(seen), "--by", "演示甲", now=NOW)
    second = call("decline", "1", "--reason", "x", "--if-version", str(seen), now=NOW)
    assert (first.code, second.code, second.out) == (0, 1, "")
    assert "从第 1 版变为第 2 版: 11月23日(周一) 09:00 演示甲 受理" in second.err
    ahead = call("note", "1", "x", "--if-version", "9", now=NOW)
    assert (ahead.code, "还没有第 9 版" in ahead.err) == (1, True)


def test_exactly_one_of_two_processes_wins(run: Runner, ledger: Path) -> None:
    run("intake", "占道经营", "--severity", "一般")
    command = [sys.executable, "-m", "sixping", "--ledger", str(ledger)]
    racing = [
        subprocess.Popen(
            [*command, *argv, "--if-version", "1"],
            env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            cwd=ledger.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for argv in (["accept", "1"], ["decline", "1", "--reason", "x"])
    ]
    assert sorted(process.wait(60) for process in racing) == [0, 1]


# --- stated after the fact -------------------------------------------------------------


def test_a_step_stated_late_is_judged_by_when_it_happened_and_shows_both_times(
    step: Step, call: Runner
) -> None:
    begin(step)
    done = call(
        "accept", "1", "--at", "11月24日 16:30", "--reason", "当时已电话答复",
        now="2026-11-25T10:00:00+08:00",
    )  # fmt: skip
    assert "时间: 2026年11月24日(周二) 16:30" in done.err
    case = call("show", "1", "--json", now="2026-11-25T10:00:00+08:00").json()
    event = case["events"][-1]
    assert (event["at"], event["recorded_at"]) == (
        "2026-11-24T16:30:00+08:00", "2026-11-25T10:00:00+08:00"
    )  # fmt: skip
    assert event["stated_why"] == "当时已电话答复"
    assert "stated_past" in event["remarks"]
    assert clock(case, "accept")["late"] is False
    page = call("show", "1", now="2026-11-25T10:00:00+08:00").out
    (line,) = [line for line in page.splitlines() if "补记" in line]
    assert "11月24日(周二) 16:30  受理" in line
    assert "(11月25日(周三) 10:00 补记)" in line


def test_a_time_ahead_or_before_receipt_is_refused(step: Step, call: Runner) -> None:
    begin(step)
    ahead = call("accept", "1", "--at", "明天", "--reason", "x", now=NOW)
    before = call("accept", "1", "--at", "昨天15:00", "--reason", "x", now=NOW)
    assert (ahead.code, before.code) == (2, 1)
    assert "早于" in before.err


@pytest.mark.parametrize(("second", "late"), [("17:00:00", False), ("17:00:01", True)])
def test_the_last_second_counts_alike_in_show_overdue_and_report(
    step: Step, call: Runner, second: str, late: bool
) -> None:
    """Received on Monday 2026-11-23, the accept clock is due on Tuesday at 17:00:00."""
    begin(step)
    moment = f"2026-11-24T{second}+08:00"
    items = call("overdue", "--within", "0", "--json", now=moment).json()["items"]
    assert ("accept" in [item["kind"] for item in items]) is late
    running = call("show", "1", "--json", now=moment).json()
    assert clock(running, "accept")["late"] is late
    case = step("accept", "1", now=moment)
    assert clock(case, "accept")["late"] is late
    rates = call("report", "--month", "2026-11", "--json", now=moment).json()["rates"]
    assert (rates["accept_on_time"]["n"], rates["accept_on_time"]["d"]) == (int(not late), 1)


# --- the three routes ------------------------------------------------------------------


def test_the_decisions_date_is_the_limit_and_is_echoed(step: Step, call: Runner) -> None:
    begin(step, "较大")
    assert step("accept", "1")["status"] == "待联席会议研究"
    done = call(
        "decide", "1", "--lead", "平安建设办", "--due", "12月12日", "--leader", "分管领导",
        now=NOW,
    )  # fmt: skip
    assert "2026年12月12日(周六)是休息日" in done.err
    case = call("show", "1", "--json", now=NOW).json()
    assert clock(case, "finish")["due"] == "2026-12-12T17:00:00+08:00"
    assert clock(case, "finish")["clause"] == "三.2"
    assert (case["status"], case["lead"]) == ("办理中", "平安建设办")
    past = call(*SERIOUS[2][:5], "2026-11-20", "--leader", "分管领导", now=NOW)
    assert past.code == 2


def test_a_second_decision_moves_a_limit_that_still_runs(step: Step) -> None:
    begin(step, "较大")
    step("accept", "1")
    step(*SERIOUS[2])
    again = [*SERIOUS[2]]
    again[again.index("2026-12-10")] = "2026-12-20"
    case = step(*again)
    assert [c["round"] for c in case["clocks"] if c["kind"] == "finish"] == [1]
    assert clock(case, "finish")["due"] == "2026-12-20T17:00:00+08:00"


def test_a_second_decision_does_not_cure_the_limit_that_was_missed(step: Step) -> None:
    begin(step, "较大")
    step("accept", "1")
    step(*SERIOUS[2])
    again = [*SERIOUS[2]]
    again[again.index("2026-12-10")] = "2026-12-20"
    case = step(*again, now="2026-12-11T09:00:00+08:00")
    assert (clock(case, "finish")["late"], clock(case, "finish")["dropped"]) == (True, True)
    assert clock(case, "finish", 2)["due"] == "2026-12-20T17:00:00+08:00"


def test_a_target_missed_before_the_case_was_raised_stays_missed(step: Step) -> None:
    """Raised on 12-02 after the target of 11-30; the decision's date opens a round."""
    begin(step)
    step("accept", "1")
    step("assign", "1", "--lead", "城管")
    raised = step(
        "regrade", "1", "--severity", "较大", "--reason", "x", now="2026-12-02T09:00:00+08:00"
    )
    assert (clock(raised, "finish")["late"], raised["status"]) == (True, "待联席会议研究")
    case = step(*SERIOUS[2], now="2026-12-02T10:00:00+08:00")
    assert clock(case, "finish")["late"] is True
    assert clock(case, "finish", 2)["late"] is False


def test_a_return_by_the_district_starts_a_round(step: Step) -> None:
    begin(step, "重大")
    for argv in MAJOR[:2]:
        step(*argv)
    case = step(*MAJOR[2], now="2026-11-25T09:00:00+08:00")
    assert case["status"] == "待上报"
    assert clock(case, "refer", 2)["due"] == "2026-11-26T17:00:00+08:00"
    assert [entry["round"] for entry in case["rounds"]] == [1, 2]


def test_referring_after_raising_and_lowering_is_a_referral_of_its_own(step: Step) -> None:
    """The promise dropped in time when lowered does not stand for the later referral."""
    begin(step, "重大")
    step("accept", "1")
    step("regrade", "1", "--severity", "一般", "--reason", "x")
    case = step(*MAJOR[1], now="2026-11-25T09:00:00+08:00")
    left, reported = [c for c in case["clocks"] if c["kind"] == "refer"]
    assert (left["round"], left["dropped"], left["late"]) == (1, True, False)
    assert (reported["round"], reported["dropped"], reported["late"]) == (2, False, False)
    assert reported["stopped"] == "2026-11-25T09:00:00+08:00"


# --- taking back -----------------------------------------------------------------------


def seq_of(case: Case, kind: str) -> str:
    return str(next(event["seq"] for event in case["events"] if event["kind"] == kind))


def test_a_voided_step_gives_back_the_promise_and_both_records_stay(step: Step) -> None:
    begin(step)
    accepted = step("accept", "1")
    seq = seq_of(accepted, "accepted")
    case = step("void", "1", seq, "--reason", "记错了")
    assert case["status"] == "待受理"
    assert clock(case, "accept")["stopped"] is None
    assert [event["kind"] for event in case["events"]] == ["reported", "accepted", "voided"]
    assert case["events"][1]["voided_by"] == case["events"][2]["seq"]
    assert case["events"][2]["target"] == int(seq)
    assert "dues" not in case["events"][2], "the date that holds again was promised before"


def test_a_void_that_would_break_later_steps_names_the_first(step: Step, call: Runner) -> None:
    begin(step)
    first = step("accept", "1")
    later = step("assign", "1", "--lead", "城管")
    refused = call("void", "1", seq_of(first, "accepted"), "--reason", "x", now=NOW)
    assert refused.code == 1
    assert f"第 {seq_of(later, 'assigned')} 号(分派)就不成立了" in refused.err
    intake = call("void", "1", seq_of(first, "reported"), "--reason", "x", now=NOW)
    other = call("void", "1", "1", "--reason", "x", now=NOW)
    assert (intake.code, other.code) == (1, 1)
    assert "登记" in intake.err


def test_a_second_decision_survives_the_void_of_the_first(step: Step) -> None:
    begin(step, "较大")
    step("accept", "1")
    first = step(*SERIOUS[2])
    step(*[word.replace("2026-12-10", "2026-12-20") for word in SERIOUS[2]])
    case = step("void", "1", seq_of(first, "decided"), "--reason", "x")
    assert (case["status"], clock(case, "finish")["due"][:10]) == ("办理中", "2026-12-20")


# --- who may see what ------------------------------------------------------------------


def test_leaders_are_named_where_they_decide_and_a_look_is_recorded(
    step: Step, call: Runner
) -> None:
    begin(step, "较大")
    step("accept", "1")
    add = ("units", "person", "add", "演示丁", "--unit", "党政综合办", "--role", "分管领导")
    assert call(*add, now=NOW).code == 0
    step("consult", "1", "--leader", "演示丁")
    case = step(*SERIOUS[2][:-2])  # whom it was put before decides
    assert [case["events"][2]["leader"], case["events"][3]["decided_by"]] == ["演示丁", "演示丁"]
    assert call("show", "1", "--reveal", now=NOW).code == 2
    shown = call("show", "1", "--reveal", "--reason", "核对", "--json", now=NOW).json()
    assert shown["events"][2]["leader"] == "演示丁"
    looked = call("log", "--json", now=NOW).json()[-1]
    assert (looked["kind"], looked["numbers"], looked["reason"]) == (
        "revealed", ["2026-000001"], "核对"
    )  # fmt: skip


def test_a_meeting_as_decider_names_nobody(step: Step) -> None:
    begin(step, "较大")
    step("accept", "1")
    case = step(*SERIOUS[2], "--decided-by", "11月联席会议")
    assert case["events"][-1]["decided_by"] == "11月联席会议"


def test_nothing_personal_and_no_free_text_lies_in_the_chained_facts(
    step: Step, call: Runner, ledger: Path
) -> None:
    """Every option that takes words carries a canary; only --to may be found in the facts."""
    canary = "金丝雀"
    step(
        "intake", f"{canary}占道经营", "--place", canary, "--reporter", canary,
        "--phone", "13800000000", "--severity", "较大",
    )  # fmt: skip
    call("units", "person", "add", canary, "--unit", "党政综合办", "--role", "分管领导", now=NOW)
    for argv in (
        ["accept", "1", "--feedback", canary], ["note", "1", canary],
        ["consult", "1", "--leader", canary],
        ["decide", "1", "--lead", "城管", "--due", "2026-12-10", "--decided-by", canary],
        ["return", "1", "--reason", canary], ["assign", "1", "--lead", "城管"],
        ["refer", "1", "--to", "区级平台", "--content", canary, "--receipt", canary],
        ["refer-reply", "1", "--outcome", canary],
        ["feedback", "1", canary], ["verify-result", "1", "--pass", "--reason", canary],
        ["reopen", "1", "--reason", canary],
        ["regrade", "1", "--severity", "一般", "--reason", canary, "--approved-by", canary],
        ["sign", "1", "--at", "2026-11-23 09:00", "--reason", canary],
        ["resolve", "1", "--outcome", canary],
    ):  # fmt: skip
        step(*argv)
    with sqlite3.connect(ledger) as con:
        rows = con.execute("SELECT kind, facts FROM events WHERE stream = 'case'").fetchall()
        private = con.execute("SELECT count(*) FROM told WHERE fields LIKE '%金丝雀%'").fetchone()
    con.close()
    assert private[0] >= 12, "the words are kept, beside the chain"
    for kind, facts in rows:
        assert canary not in facts, kind
        assert "13800000000" not in facts, kind


def test_every_step_takes_the_options_that_all_steps_share(call: Runner) -> None:
    for argv in (*ORDINARY, *SERIOUS, *MAJOR, *DECLINED, ["void"]):
        page = call(argv[0], "--help").out
        shared = ("--at", "--reason", "--if-version", "--json")
        assert all(option in page for option in shared), argv
        assert page.index("示例:") < page.index("用法:")
