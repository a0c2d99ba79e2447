"""The room's own day on the command line: log, promises, handovers, days without a log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Runner

ROOM = "综合信息指挥室"
NOW = "2026-11-24T10:00:00+08:00"


@pytest.fixture
def shift(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """A room of two that keeps its log from Friday on, with a case that came in on Monday."""
    for name in ("演示甲", "演示乙"):
        call("units", "person", "add", name, "--unit", ROOM, "--from", "2026-01-01", now=NOW)
    ok(call("register", "on", "值班日志和交接班", "--from", "2026-11-20", now=NOW))
    ok(call("intake", "王小明说路灯不亮", "--reporter", "王小明", "--phone", "13800000000",
            "--severity", "一般", now="2026-11-23T09:00:00+08:00"))  # fmt: skip

    def run(*argv: str, now: str = NOW, **more: Any) -> Result:
        return call("shift", *argv, now=now, **more)

    return run


def ok(result: Result) -> Result:
    assert result.code == 0, result.err
    return result


def events(call: Runner) -> int:
    return len(call("log", "--json").json())


def test_a_day_of_the_room_is_told_with_its_notes_promises_and_handovers(
    shift: Runner, call: Runner
) -> None:
    said = ok(shift("note", "区平台来电要数字", "--at", "9:05", "--person", "演示甲"))
    assert "第 1 条" in said.err
    noted = shift("note", "答应王小明回电, 13800000000", "--at", "9:30", "--case", "1",
                  "--promised", "11月25日", "--to", "区平台", "--json")  # fmt: skip
    assert (noted.json()["note"], noted.json()["promised"]) == (2, "2026-11-25")
    assert "王小明" not in noted.out
    handed = shift(
        "handover", "等抢修", "--from", "演示甲", "--to", "演示乙", "--at", "9:50", "--json"
    )
    day = shift("show", "--json").json()
    assert [(e["note"], e["person"], e["promised"]) for e in day["entries"]] == [
        (1, "p1", None), (2, None, "2026-11-25"),
    ]  # fmt: skip
    assert day["entries"][1]["numbers"] == ["2026-000001"]
    assert "王小明" not in str(day)
    assert "13800000000" not in str(day)
    (over,) = day["handovers"]
    assert (over["from"], over["to"], over["text"]) == ("演示甲", "演示乙", "等抢修")
    assert handed.json() == over
    assert over["counts"] == {
        "accept": 1, "late": 0, "today": 1, "tomorrow": 0, "demand": 0, "promised": 1,
    }  # fmt: skip
    paper = ok(shift("show", "--format", "md")).out
    for words in ("值班日志（2026年11月24日 周二）", "演示甲交班给演示乙。等抢修", "答应区平台"):
        assert words in paper
    captions = [line.strip("*").split()[0] for line in paper.splitlines() if line[:3] == "**表"]
    assert captions == ["表1", "表2", "表3"]  # nobody was on the roster
    log = call("log", "--stream", "值班日志").out
    assert "交给 p2; 待受理 1、今天到期 1、答应未办 1; 等抢修" in log
    assert call("verify").code == 0
    later = "2026-11-26T09:00:00+08:00"
    ok(shift("done", "2", now=later))
    then = ("--date", "2026-11-24", "--as-of", "2026-11-24 23:00", "--json")
    assert ok(shift("show", *then, now=later)).json() == day
    assert ok(shift("show", *then[2:], now=later)).json() == day, "the day of that moment"
    assert ok(shift("show", *then[:2], "--json", now=later)).json()["promised"] == []


def test_what_is_shown_in_full_is_recorded_first(shift: Runner, call: Runner) -> None:
    ok(shift("note", "答应王小明回电, 13800000000", "--case", "1", "--promised", "明天"))
    before = events(call)
    assert "13800000000" in ok(shift("promised", "--reveal", "--reason", "回电", "--json")).out
    assert events(call) == before + 1
    assert "王小明" in ok(shift("show", "--reveal", "--reason", "回电", "--json")).out
    assert events(call) == before + 2


def test_a_handover_freezes_what_is_open_and_later_steps_do_not_change_it(
    shift: Runner, call: Runner
) -> None:
    ok(call("urge", "1", "--level", "普通", "--reason", "催办", now=NOW))
    ok(shift("handover", "--to", "p2"))
    ok(call("accept", "1", now=NOW))
    (first,) = shift("show", "--json").json()["handovers"]
    assert first["numbers"] == {
        "accept": ["2026-000001"], "today": ["2026-000001"], "demand": ["2026-000001"],
    }  # fmt: skip
    ok(shift("handover", "--to", "p1", now="2026-11-24T23:00:00+08:00"))
    later = shift("show", "--json", now="2026-11-25T08:00:00+08:00")
    assert later.json()["handovers"] == []
    again = shift("show", "--date", "昨天", "--json", now="2026-11-25T08:00:00+08:00").json()
    assert again["handovers"][0] == first
    assert again["handovers"][1]["counts"]["accept"] == 0


def test_what_a_handover_written_up_later_counts_is_what_stood_open_then(
    shift: Runner, call: Runner
) -> None:
    """Monday's case is late by Thursday, accepted on Wednesday, and a promise was kept since."""
    ok(shift("note", "答应回电", "--promised", "11月25日", "--at", "9:00"))
    ok(call("accept", "1", now="2026-11-25T09:00:00+08:00"))
    ok(shift("done", "1", "已回", now="2026-11-25T10:00:00+08:00"))
    thursday = "2026-12-03T18:00:00+08:00"
    words = ("handover", "--from", "演示甲", "--to", "演示乙", "--date", "11月24日", "--json")
    (over,) = [ok(shift(*words, "--at", "17:30", now=thursday)).json()]
    assert over["at"] == "2026-11-24T17:30:00+08:00"
    assert {kind: n for kind, n in over["counts"].items() if n} == {
        "accept": 1, "late": 1, "promised": 1,
    }  # fmt: skip
    night = ok(shift(*words, "--at", "6:30", now=thursday)).json()  # before the office opens
    assert night["at"] == "2026-11-25T06:30:00+08:00"
    early = ok(shift("handover", "--to", "p2", "--at", "11月21日9:00", "--json", now=thursday))
    assert early.json()["counts"] == {}  # the ledger knew of nothing yet
    paper = ok(shift("show", "--date", "11月21日", "--format", "md", now=thursday)).out
    assert "未办的件数不详" in paper


def test_nobody_hands_over_to_himself(shift: Runner) -> None:
    for words in (("--from", "p1", "--to", "演示甲"), ("--by", "演示甲", "--to", "p1")):
        refused = shift("handover", *words)
        assert (refused.code, "同一个人" in refused.err) == (2, True)


def test_a_handover_counts_demands_while_the_street_keeps_them(shift: Runner, call: Runner) -> None:
    ok(call("register", "on", "协办要求", now=NOW))
    ok(call("accept", "1", now=NOW))
    ok(call("demand", "1", "请派员", "--to", "市场监管所", now=NOW))
    for kept in ("on", "off"):
        ok(shift("handover", "--to", "p2"))
        counts = shift("show", "--json").json()["handovers"][-1]["counts"]
        assert counts["demand"] == int(kept == "on")
        call("register", "off", "协办要求", now=NOW)


def test_late_cases_stand_once_at_the_worst_of_their_limits(shift: Runner, call: Runner) -> None:
    ok(call("accept", "1", now="2026-11-23T10:00:00+08:00"))
    evening = "2026-12-15T20:00:00+08:00"
    ok(shift("handover", "--to", "p2", now=evening))
    counts = shift("show", "--json", now=evening).json()["handovers"][0]["counts"]
    assert (counts["late"], counts["today"], counts["tomorrow"]) == (1, 0, 0)


def test_what_was_promised_is_listed_until_it_is_done(shift: Runner, call: Runner) -> None:
    ok(shift("note", "答应回电", "--promised", "11月25日", "--to", "区平台"))
    ok(shift("note", "答应送材料", "--promised", "11月24日"))
    assert [row["note"] for row in shift("promised", "--json").json()] == [2, 1]
    later = "2026-11-26T09:00:00+08:00"
    found = call("overdue", "--kind", "答应未办", "--json", now=later).json()["items"]
    assert [(i["kind"], i["workdays_late"], i["unit"]) for i in found] == [
        ("promised", 2, None), ("promised", 1, None),
    ]  # fmt: skip
    mine = call("overdue", "--kind", "promised", "--unit", ROOM, "--json", now=later)
    assert mine.json()["items"] == found
    assert (
        call("overdue", "--kind", "promised", "--unit", "司法所", "--json", now=later).json()[
            "items"
        ]
        == []
    )
    ok(shift("done", "1", "已回电", "--at", "11月25日9:00", now=later))
    (left,) = shift("promised", "--json", now=later).json()
    assert (left["note"], left["late"]) == (2, True)
    both = {row["note"]: row for row in shift("promised", "--all", "--json", now=later).json()}
    assert (both[1]["outcome"], both[1]["late"]) == ("已回电", False)


def test_a_promise_is_kept_in_time_until_the_end_of_its_day(shift: Runner, call: Runner) -> None:
    noted = shift("note", "答应回电", "--promised", "11月25日", "--to", "王小明", "--json")
    assert noted.json()["promised"] == "2026-11-25"
    assert "王小明" not in noted.out
    night = "2026-11-25T23:30:00+08:00"
    (item,) = call("overdue", "--kind", "promised", "--json", now=night).json()["items"]
    assert (item["workdays_late"], item["workdays_left"]) == (None, 0)


def test_days_without_a_log_are_unknown_and_only_from_the_beginning_on(shift: Runner) -> None:
    """From Friday the 20th on; nights belong to the day they are put on."""
    ok(shift("note", "半夜停电", "--at", "2:10"))
    ok(shift("note", "半夜停电", "--at", "2:10", "--date", "11月23日"))
    ok(shift("handover", "--to", "p2", "--at", "11月22日20:00"))
    listed = shift("list", "--json").json()
    assert listed["since"] == "2026-11-20"
    assert [(d["date"][-2:], d["rest"], d["logged"]) for d in listed["days"]] == [
        ("20", False, False), ("21", True, False), ("22", True, True), ("23", False, True),
        ("24", False, True),
    ]  # fmt: skip
    assert shift("list", "--month", "2026-11", "--json").json()["days"] == listed["days"]
    assert "没有日志的 2 天" in shift("list").err
    night = shift("show", "--date", "11月23日", "--format", "md").out
    assert "次日 02:10" in night
    assert "没有登记值班日志" in shift("show", "--date", "11月19日", "--format", "md").out


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["note", " "], 2, "记事"),
        (["note", "x", "--to", "区平台"], 2, "--promised"),
        (["note", "x", "--promised", "昨天"], 2, "--promised"),
        (["note", "x", "--at", "23:00"], 2, "晚于现在"),
        (["note", "x", "--at", "11月19日9:00"], 1, "自2026年11月20日"),
        (["note", "x", "--date", "11月20日"], 2, "--at"),
        (["note", "x", "--case", "99"], 1, "99"),
        (["note", "x", "--person", "演示癸"], 1, "没有这个人"),
        (["handover", "--to", "演示癸"], 1, "没有这个人"),
        (["handover", "--from", "p1", "--to", "演示甲"], 2, "同一个人"),
        (["done", "9"], 1, "没有第 9 条"),
        (["done", "1"], 1, "没有答应"),
        (["done", "2", "--at", "昨天9:00"], 2, "早于答应"),
        (["done", "3"], 1, "已经办过"),
        (["void", "2", "--reason", "x"], 1, "不是可以撤销"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_and_leaves_nothing(
    shift: Runner, call: Runner, argv: list[str], code: int, said: str
) -> None:
    ok(shift("note", "只是记事"))
    ok(shift("note", "答应回电", "--promised", "明天"))
    ok(shift("note", "答应送材料", "--promised", "明天"))
    ok(shift("done", "3"))
    before = events(call)
    done = shift(*argv)
    assert (done.code, said in done.err) == (code, True), done.err
    assert events(call) == before


def test_a_mistake_is_voided_unless_something_rests_on_it(shift: Runner, call: Runner) -> None:
    ok(shift("note", "答应回电", "--promised", "11月25日"))
    ok(shift("done", "1", "已回电"))
    noted, kept = (e["seq"] for e in call("log", "--stream", "shift", "--json").json())
    refused = shift("void", str(noted), "--reason", "写错")
    assert (refused.code, "以它为据" in refused.err) == (1, True)
    ok(shift("void", str(kept), "--reason", "写错"))
    assert [row["note"] for row in shift("promised", "--json").json()] == [1]
    ok(shift("void", str(noted), "--reason", "写错"))
    assert shift("promised", "--all", "--json").json() == []
    assert "第 2 条" in ok(shift("note", "再记")).err


def test_asleep_nothing_is_recorded_and_nothing_shows_it(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    for argv in (("note", "x"), ("handover", "--to", "p1"), ("done", "1")):
        refused = call("shift", *argv, now=NOW)
        assert (refused.code, "还没有启用" in refused.err) == (1, True)
    assert call("shift", "list", "--json", now=NOW).json() == {"since": None, "days": []}
    assert call("overdue", "--json", now=NOW).json()["items"] == []
