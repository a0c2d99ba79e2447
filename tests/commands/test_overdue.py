"""The overdue list as supervisors and cron run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sixping.render.terminal import Terminal
from sixping.util.text import columns
from tests.conftest import ROOT, Runner

LATER = "2026-11-19T09:00:00+08:00"
MONDAY = "2026-11-16T09:00:00+08:00"
FIELDS = [
    "number", "kind", "clock", "due", "age", "workdays_late", "workdays_left", "severity",
    "platform", "unit", "community", "summary", "provisional",
    "remarks", "confirmed",
]  # fmt: skip


@pytest.fixture
def done(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """Run a step that must succeed; the ledger of the test is the default."""

    def step(*argv: str, now: str = MONDAY, **more: Any) -> Any:
        made = call(*argv, now=now, **more)
        assert made.code == 0, made.err
        return made

    return step


def items(call: Runner, *argv: str, now: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("overdue", "--json", *argv, now=now).json()["items"]
    return found


def kinds(call: Runner, *argv: str, now: str) -> list[tuple[str, str]]:
    return [(each["number"][-1], each["kind"]) for each in items(call, *argv, now=now)]


def intake(done: Runner, severity: str = "一般", now: str = MONDAY, *more: str) -> None:
    done("intake", "演示: 江南大道占道经营", "--severity", severity, *more, now=now)


def test_cron_prints_nothing_and_exits_0_when_nothing_is_due(tmp_path: Path) -> None:
    path = str(tmp_path / "street.db")

    def cron(*argv: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "sixping", "--ledger", path, *argv],
            cwd=ROOT,
            env={"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )

    assert cron("init").returncode == 0
    quiet = cron("overdue", "--exit-code")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")


def test_findings_exit_3_only_when_asked(done: Runner, call: Runner) -> None:
    intake(done)
    late = "2026-11-18T09:00:00+08:00"
    assert call("overdue", now=late).code == 0
    found = call("overdue", "--exit-code", now=late)
    assert (found.code, found.err) == (3, "")
    assert found.out.splitlines()[0].split("\t")[:3] == ["number", "unit", "label"]
    assert call("overdue", "--exit-code", "--kind", "decision", now=late).code == 0
    assert call("overdue", "--exit-code", "--json", now=late).code == 3


@pytest.mark.usefixtures("ledger")
def test_an_empty_list_is_still_a_json_document(call: Runner) -> None:
    assert call("overdue", "--json", now=MONDAY).json() == {
        "as_of": MONDAY, "items": [], "counts": {},
    }  # fmt: skip
    for fmt in ("tsv", "csv", "md", "table", "jsonl"):
        assert call("overdue", "--format", fmt, now=MONDAY).out == ""


def test_each_item_has_the_promised_fields_in_order(done: Runner, call: Runner) -> None:
    intake(done)
    document = call("overdue", "--json", now="2026-11-18T09:00:00+08:00").json()
    (item,) = document["items"]
    assert list(item) == FIELDS
    assert item | {"summary": "", "platform": None} == {
        "number": "2026-000001", "kind": "accept", "clock": "accept",
        "due": "2026-11-17T17:00:00+08:00", "age": 2, "workdays_late": 1, "workdays_left": None,
        "severity": "一般", "platform": None, "unit": None, "community": None, "summary": "",
        "provisional": False, "remarks": [], "confirmed": True,
    }  # fmt: skip
    assert document["counts"] == {"accept": 1}


def test_a_second_past_five_is_late(done: Runner, call: Runner) -> None:
    intake(done)
    assert kinds(call, now="2026-11-17T17:00:00+08:00") == [("1", "due_soon")]
    assert kinds(call, now="2026-11-17T17:00:01+08:00") == [("1", "accept")]


def test_within_counts_working_days_ahead(done: Runner, call: Runner) -> None:
    """The target falls due on Monday the 23rd; on Thursday that is two working days off."""
    intake(done)
    done("accept", "1")
    done("assign", "1", "--lead", "城管执法中队")
    done("sign", "1")
    thursday = "2026-11-19T09:00:00+08:00"
    assert kinds(call, now=thursday) == []
    (item,) = items(call, "--within", "2", now=thursday)
    assert (item["kind"], item["clock"], item["workdays_left"]) == ("due_soon", "finish", 2)
    saturday = "2026-11-21T09:00:00+08:00"
    assert kinds(call, now=saturday) == [("1", "due_soon")]
    assert kinds(call, "--within", "0", now=saturday) == []
    assert kinds(call, "--within", "0", now="2026-11-23T16:59:59+08:00") == [("1", "due_soon")]


def test_the_gravest_come_first(done: Runner, call: Runner) -> None:
    """Ceiling before refer before accept before finish; then who waits; last what is near."""
    intake(done)
    intake(done, "重大")
    intake(done, "较大")
    for number in ("1", "3"):
        done("accept", number)
    done("assign", "1", "--lead", "城管执法中队")
    intake(done, "一般", "2026-12-09T09:00:00+08:00")
    found = kinds(call, now="2026-12-09T10:00:00+08:00")
    assert found == [
        ("1", "ceiling"), ("2", "refer"), ("2", "accept"), ("1", "finish"), ("3", "decision"),
        ("1", "unsigned"), ("4", "due_soon"),
    ]  # fmt: skip


def test_a_decision_has_an_age_and_no_due_date(done: Runner, call: Runner) -> None:
    intake(done, "较大")
    done("accept", "1", now="2026-11-17T09:00:00+08:00")
    (item,) = items(call, now="2026-11-20T09:00:00+08:00")
    assert (item["kind"], item["due"], item["clock"], item["age"]) == ("decision", None, None, 3)


def test_returned_and_resolved_without_feedback_wait_too(done: Runner, call: Runner) -> None:
    for number in ("1", "2"):
        intake(done)
        done("accept", number)
        done("assign", number, "--lead", "城管执法中队")
    done("return", "1", "--reason", "演示")
    done("sign", "2")
    done("resolve", "2", "--outcome", "已清理")
    now = "2026-11-18T09:00:00+08:00"
    assert kinds(call, now=now) == [("1", "returned"), ("2", "feedback")]
    done("feedback", "2", "已告知")
    assert kinds(call, now=now) == [("1", "returned")]


def test_filters_find_cases_a_unit_only_assists_in(done: Runner, call: Runner) -> None:
    intake(done)
    done("accept", "1")
    done("assign", "1", "--lead", "城管执法中队", "--assist", "平安建设办")
    intake(done)
    late = "2026-11-30T09:00:00+08:00"
    assert {n for n, _ in kinds(call, "--unit", "平安建设办", now=late)} == {"1"}
    assert {n for n, _ in kinds(call, "--unit", "城管执法中队", now=late)} == {"1"}
    assert {n for n, _ in kinds(call, now=late)} == {"1", "2"}
    assert kinds(call, "--severity", "较大", now=late) == []
    assert kinds(call, "--kind", "accept", now=late) == [("2", "accept")]
    both = kinds(call, "--kind", "accept", "--kind", "finish", now=late)
    assert both == [("2", "accept"), ("1", "finish"), ("2", "finish")]


@pytest.mark.usefixtures("ledger")
def test_a_mistyped_filter_is_refused_and_not_silently_empty(call: Runner) -> None:
    wrong = call("overdue", "--unit", "城管执法中对", now=MONDAY)
    assert wrong.code == 2
    assert "没有这个单位" in wrong.err
    assert "城管" in wrong.err.partition("是否指")[2]
    wrong = call("overdue", "--kind", "late", now=MONDAY)
    assert wrong.code == 2
    assert "临期 (due_soon)" in wrong.err
    assert call("overdue", "--platform", "城管", now=MONDAY).code == 2


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ("list --community 江一", 0, ""),
        ("list --community 江一社区 --grid 第一", 0, ""),
        ("list --unit 江一", 2, "“江一”不是唯一的: 江一社区, 江一社区第一网格"),
        ("list --community 江九社区", 2, "是否指: 江"),
        ("list --channel 微心公众号", 2, "是否指: 微信公众号"),
        ("list --category 道占经营", 2, "是否指: 占道经营"),
        ("overdue --kind 未签", 0, ""),
        ("overdue --kind 末签收", 2, "是否指: 未签收"),
        ("overdue --unit 司法所所", 2, "是否指: 司法所"),
        ("lapses --unit 司法所所", 2, "是否指: 司法所"),
    ],
)
def test_a_short_name_is_taken_where_it_is_the_only_one(
    call: Runner, argv: str, code: int, said: str
) -> None:
    made = call(*argv.split(), now=MONDAY)
    assert (made.code, said in made.err) == (code, True), made.err


def test_a_date_beyond_the_last_notice_is_marked(done: Runner, call: Runner) -> None:
    received = "2026-12-31T09:00:00+08:00"
    intake(done, now=received)
    done("accept", "1", now=received)
    done("assign", "1", "--lead", "城管执法中队", now=received)
    done("sign", "1", now=received)
    late = "2027-03-01T09:00:00+08:00"
    assert {each["provisional"] for each in items(call, now=late)} == {True}
    assert "(暂定)" in call("overdue", now=late).out


def test_a_file_takes_its_format_from_its_name(done: Runner, call: Runner, tmp_path: Path) -> None:
    intake(done)
    late = "2026-11-30T09:00:00+08:00"
    for ending, first in (("csv", "number,unit,label"), ("md", "# 督办清单"), ("json", "{")):
        target = tmp_path / f"out.{ending}"
        assert call("overdue", "-o", str(target), now=late).out == ""
        assert target.read_text(encoding="utf-8-sig").startswith(first)
    bare = call("overdue", "--no-headers", now=late)
    assert bare.out.startswith("2026-000001\t")
    lines = call("overdue", "--format", "jsonl", now=late).out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith('{"number"') for line in lines)


def test_a_case_stands_on_one_line_and_in_json_on_one_a_kind(done: Runner, call: Runner) -> None:
    intake(done)
    late = "2026-11-30T09:00:00+08:00"
    (line,) = call("overdue", "--no-headers", now=late).out.splitlines()
    assert line.split("\t")[:4] == ["2026-000001", "", "受理超9 办结超5", "一般"]
    assert line.split("\t")[6] == "9"
    assert len(items(call, now=late)) == 2
    assert len(call("overdue", "--format", "jsonl", now=late).out.splitlines()) == 2


@pytest.mark.parametrize("width", [60, 80, 120])
def test_number_unit_days_and_grade_are_on_a_terminal_of_any_width(
    done: Runner, call: Runner, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    intake(done, "较大", MONDAY, "--community", "江一社区")
    done("accept", "1")
    done("decide", "1", *["--lead", "城管执法中队", "--due", "2026-11-18", "--leader", "分管领导"])
    done(
        "urge",
        "1",
        *["--level", "普通", "--reason", "演示", "--answer-by", "2026-11-20"],
        now=LATER,
    )
    screen = Terminal(isatty=True, width=width, color=False)
    monkeypatch.setattr(Terminal, "detect", lambda: screen)
    said = call("overdue", now="2026-11-30T09:00:00+08:00")
    line = " ".join(said.out.splitlines()[1:])
    for word in ("   1  ", "城管执法中队", "办结超8", "较大"):
        assert word in line
    assert max(columns(each) for each in said.out.splitlines()) <= width
    assert "[较大]" in line or "等级" in said.out.splitlines()[0]
    assert "合计: 1 件, 3 项: " in said.err


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "argv",
    ["list --all", "lapses --from 2026-11-01", "report --month 2026-11 --drill finish_on_time"],
)
def test_no_list_is_wider_than_the_terminal(
    done: Runner, call: Runner, monkeypatch: pytest.MonkeyPatch, width: int, argv: str
) -> None:
    intake(done, "较大", MONDAY, "--community", "江一社区", "--category", "占道经营")
    intake(done, "一般", MONDAY, "--community", "江一社区", "--category", "占道经营")
    done("accept", "1")
    done("accept", "2")
    done("assign", "2", "--lead", "江一社区第一网格")
    screen = Terminal(isatty=True, width=width, color=False)
    monkeypatch.setattr(Terminal, "detect", lambda: screen)
    lines = call(*argv.split(), now="2026-11-30T09:00:00+08:00").out.splitlines()
    assert len(lines) > 1
    assert max(map(columns, lines)) <= width
    assert "" not in [line.strip() for line in lines]


def urged(done: Runner) -> None:
    """Two cases in the hands of two units, late; the first demanded twice."""
    for number, unit in (("1", "城管执法中队"), ("2", "市场监管所")):
        intake(done)
        done("accept", number)
        done("assign", number, "--lead", unit)
        done("sign", number)
    why = ("--reason", "演示")
    done("urge", "1", "--level", "普通", *why, now="2026-11-24T09:00:00+08:00")
    yellow = ("--level", "黄牌", "--answer-by", "2026-11-26")
    done("urge", "1", *yellow, *why, now="2026-11-25T09:00:00+08:00")


def test_a_demand_is_listed_until_it_is_answered_the_oldest_first(
    done: Runner, call: Runner
) -> None:
    urged(done)
    thursday = "2026-11-26T17:00:00+08:00"
    (item,) = items(call, "--kind", "urge", now=thursday)
    assert (item["due"], item["age"], item["clock"]) == (None, 2, None)
    assert item["summary"].startswith("[普通]")
    done("answer-urge", "1", "明日完成", now=thursday)
    (item,) = items(call, "--kind", "urge", now=thursday)
    assert (item["due"], item["workdays_late"], item["workdays_left"]) == (thursday, None, 0)
    assert item["summary"].startswith("[黄牌]")
    (item,) = items(call, "--kind", "urge", now="2026-11-27T09:00:00+08:00")
    assert (item["kind"], item["clock"], item["workdays_late"]) == ("urge", None, 1)
    done("answer-urge", "1", "今日完成", now="2026-11-27T09:00:00+08:00")
    assert items(call, "--kind", "urge", now="2026-11-27T09:00:00+08:00") == []


def test_a_demand_is_listed_however_far_its_date(done: Runner, call: Runner) -> None:
    intake(done)
    done("accept", "1")
    done("assign", "1", "--lead", "城管执法中队")
    far = ("--level", "普通", "--reason", "演示", "--answer-by", "2026-12-31")
    done("urge", "1", *far)
    (item,) = items(call, "--kind", "urge", now=MONDAY)
    assert (item["due"][:10], item["workdays_late"]) == ("2026-12-31", None)


def test_a_case_just_sent_is_not_waited_for_yet(done: Runner, call: Runner) -> None:
    intake(done)
    done("accept", "1")
    done("assign", "1", "--lead", "城管执法中队")
    assert kinds(call, "--kind", "unsigned", now=MONDAY) == []
    assert kinds(call, "--kind", "unsigned", now="2026-11-18T09:00:00+08:00") == [("1", "unsigned")]


def test_a_new_round_waits_from_its_own_beginning(done: Runner, call: Runner) -> None:
    intake(done, "较大")
    done("accept", "1")
    later = "2026-11-30T09:00:00+08:00"
    (item,) = items(call, "--kind", "decision", now=later)
    assert item["age"] == 10
    decided = ("decide", "1", "--lead", "城管执法中队", "--due", "2026-12-30")
    done(*decided, "--leader", "分管领导")
    done("sign", "1")
    done("resolve", "1", "--outcome", "已清理", now="2026-11-27T09:00:00+08:00")
    done("feedback", "1", "已告知", now="2026-11-27T09:00:00+08:00")
    done("reopen", "1", "--reason", "演示", now="2026-11-27T10:00:00+08:00")
    (item,) = items(call, "--kind", "decision", now=later)
    assert item["age"] == 1


def test_by_unit_keeps_each_units_cases_together_the_gravest_unit_first(
    done: Runner, call: Runner
) -> None:
    urged(done)
    intake(done)
    now = "2026-11-26T09:00:00+08:00"
    document = call("overdue", "--by-unit", "--json", now=now).json()
    assert [each["unit"] for each in document["items"]] == [
        "城管执法中队", "城管执法中队", "市场监管所", None, None,
    ]  # fmt: skip
    assert document["by_unit"] == [
        {"name": "城管执法中队", "counts": {"finish": 1, "urge": 1}},
        {"name": "市场监管所", "counts": {"finish": 1}},
        {"name": None, "counts": {"accept": 1, "finish": 1}},
    ]
    assert call("overdue", "--by-unit", now=now).out.splitlines()[0].startswith("unit\tnumber")
    assert "by_unit" not in call("overdue", "--json", now=now).json()


def test_a_target_that_stands_still_is_not_listed_and_its_ceiling_is(
    done: Runner, call: Runner
) -> None:
    intake(done)
    done("accept", "1")
    done("assign", "1", "--lead", "城管执法中队")
    done("sign", "1")
    done("suspend", "1", "--reason", "演示", "--approved-by", "分管领导")
    assert kinds(call, now="2026-11-24T09:00:00+08:00") == []
    assert kinds(call, now="2026-12-08T09:00:00+08:00") == [("1", "ceiling")]


def test_the_case_owes_feedback_until_every_merged_reporter_is_told(
    done: Runner, call: Runner
) -> None:
    for number in ("1", "2"):
        intake(done)
        done("accept", number)
    done("assign", "1", "--lead", "城管执法中队")
    done("sign", "1")
    done("merge", "2", "--into", "1")
    done("resolve", "1", "--outcome", "已清理")
    done("feedback", "1", "已告知")
    assert kinds(call, now=MONDAY) == [("1", "feedback")]
    done("feedback", "2", "已告知")
    assert kinds(call, now=MONDAY) == []
