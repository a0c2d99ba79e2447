"""What a result came to, and what waits without a limit, in report and assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Desk, desk_on

MONDAY = "2026-11-02T09:00:00+08:00"
DECEMBER = "2026-12-10T09:00:00+08:00"


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Desk:  # noqa: ARG001 - there must be one
    """Steps that must succeed, each answered as JSON."""
    return desk_on(call, MONDAY)


def accepted(desk: Desk, severity: str = "一般", now: str = MONDAY) -> str:
    number: str = desk("intake", "演示: 占道经营", "--severity", severity, now=now)["number"]
    desk("accept", number, "--told", now=now)
    return number


def resolved(desk: Desk, *more: str) -> Any:
    number = accepted(desk)
    desk("assign", number, "--lead", "城管执法中队")
    return desk("resolve", number, "--outcome", "演示", *more)


def november(desk: Desk) -> Any:
    return desk("report", "--month", "2026-11", now=DECEMBER)


def test_what_a_result_came_to_is_the_policys_word_or_unsaid(desk: Desk, call: Runner) -> None:
    assert resolved(desk, "--kind", "已解决")["outcome_kind"] == "已解决"
    assert resolved(desk, "--kind", "部分")["outcome_kind"] == "部分解决"
    number = resolved(desk)["number"]
    assert desk("show", number)["outcome_kind"] is None
    accepted(desk)
    call("assign", "4", "--lead", "城管执法中队", now=MONDAY)
    unsaid = call("resolve", "4", "--outcome", "演示", now=MONDAY)
    assert "统计为“未注明”" in unsaid.err
    assert "无法核实" in unsaid.err


@pytest.mark.parametrize(("kind", "near"), [("解决", "部分解决"), ("已解释", "解释说明"), ("", "")])
def test_an_unknown_kind_is_refused_with_the_nearest(
    desk: Desk, call: Runner, kind: str, near: str
) -> None:
    accepted(desk)
    desk("assign", "1", "--lead", "城管执法中队")
    made = call("resolve", "1", "--outcome", "演示", "--kind", kind, now=MONDAY)
    assert made.code == 2
    assert ("没有这个结果类型" if kind != "解决" else "“解决”不是唯一的") in made.err
    assert near in made.err
    assert desk("show", "1")["status"] == "办理中"


def test_results_are_split_by_what_they_came_to(desk: Desk, call: Runner) -> None:
    for more in (("--kind", "已解决"), ("--kind", "已解决"), ("--kind", "解释说明"), ()):
        resolved(desk, *more)
    report = november(desk)
    assert report["outcomes"] == {
        "已解决": 2, "部分解决": 0, "解释说明": 1, "转其他渠道": 0, "无法核实": 0, "未注明": 1,
    }  # fmt: skip
    solved = report["solved"]
    assert (solved["n"], solved["d"], solved["rate"]) == (2, 3, 66.67)
    page = call("report", "--month", "2026-11", "--format", "md", now=DECEMBER).out
    assert "写明结果的3件次中，解决率66.67%" in page
    flat = call("report", "--month", "2026-11", "--format", "csv", now=DECEMBER).out
    assert "solved,,rate,66.67" in flat
    assert "outcomes,,未注明,1" in flat


def test_a_result_that_was_withdrawn_is_none(desk: Desk) -> None:
    one, other = resolved(desk, "--kind", "已解决"), resolved(desk, "--kind", "已解决")
    desk("reopen", one["number"], "--reason", "又出现")
    assert desk("show", one["number"])["outcome_kind"] is None
    desk("void", other["number"], str(other["events"][-1]["seq"]), "--reason", "误记")
    report = november(desk)
    assert (set(report["outcomes"].values()), report["solved"]["d"]) == ({0}, 0)


def test_the_districts_answer_has_a_kind_too(desk: Desk, call: Runner) -> None:
    number = accepted(desk, "重大")
    desk("refer", number, "--to", "区级平台", "--content", "演示", "--told")
    reply = ("refer-reply", number, "--outcome", "已修复", "--kind", "已解决")
    assert call(*reply, "--returned", now=MONDAY).code == 2
    assert desk(*reply)["outcome_kind"] == "已解决"
    assert november(desk)["solved"]["d"] == 1


def test_what_waits_without_a_limit_is_counted_with_its_longest_age(
    desk: Desk, call: Runner
) -> None:
    accepted(desk, "较大")
    accepted(desk, "较大", now="2026-11-20T09:00:00+08:00")
    accepted(desk, now="2026-11-25T09:00:00+08:00")
    number = accepted(desk, "重大", now="2026-11-26T09:00:00+08:00")
    refer = ("refer", number, "--to", "区级平台", "--content", "演示", "--told")
    desk(*refer, now="2026-11-26T09:00:00+08:00")
    back = accepted(desk)
    desk("assign", back, "--lead", "城管执法中队")
    desk("return", back, "--reason", "不属于本单位")
    report = november(desk)
    assert report["decisions_waiting"] == {"n": 2, "longest": 20}
    assert report["unassigned"] == {"n": 1, "longest": 3}
    assert report["district"] == {"n": 1, "longest": 2}
    assert desk("assess", "show", "--month", "2026-11", now=DECEMBER)["decisions_waiting"] == {
        "n": 2, "longest": 20,
    }  # fmt: skip
    for argv in (("report",), ("assess", "show")):
        page = call(*argv, "--month", "2026-11", "--format", "md", now=DECEMBER).out
        assert "待联席会议研究2件，最长已等20个工作日" in page


def test_a_past_period_keeps_what_waited_then(desk: Desk) -> None:
    accepted(desk, "较大")
    before = november(desk)["decisions_waiting"]
    decided = ("decide", "1", "--lead", "平安建设办", "--due", "2026-12-20")
    desk(*decided, "--leader", "分管领导", now="2026-12-02T09:00:00+08:00")
    assert november(desk)["decisions_waiting"] == before == {"n": 1, "longest": 20}
    later = desk("report", "--month", "2026-12", now=DECEMBER)["decisions_waiting"]
    assert later == {"n": 0, "longest": None}


def test_before_the_ledger_nobody_knows_what_waited(desk: Desk) -> None:
    accepted(desk, "较大")
    report = desk("report", "--month", "2026-10", now=DECEMBER)
    for what in ("decisions_waiting", "unassigned", "district"):
        assert report[what] == {"n": None, "longest": None}
