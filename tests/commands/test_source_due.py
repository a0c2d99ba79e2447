"""By when the source of a report wants the result: shown and listed, no limit of the street's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sixping.render.terminal import Terminal
from sixping.services.upkeep import books
from sixping.store.verify import verify
from tests.kit.ledgerkit import stamp

PROFILE = """
name = "live"
title = "新报送"
mode = "live"
[columns]
text = "内容"
received = "时间"
source_due = "期限"
[defaults]
channel = "微信公众号"
"""

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

MONDAY, TUESDAY = "2026-11-23T09:00:00+08:00", "2026-11-24T09:00:00+08:00"
FRIDAY = "2026-11-27T09:00:00+08:00"

pytestmark = pytest.mark.usefixtures("ledger")


def begin(call: Runner, *more: str) -> dict[str, Any]:
    case: dict[str, Any] = call(
        "intake", "江南大道占道经营", "--community", "江一社区", "--severity", "一般",
        "--json", *more, now=MONDAY,
    ).json()  # fmt: skip
    return case


def wanted(call: Runner, now: str, *more: str) -> list[tuple[str, str, Any]]:
    found = call("overdue", "--kind", "来源期限", "--json", *more, now=now).json()["items"]
    assert all(item["kind"] == "source_due" and item["clock"] is None for item in found)
    return [(item["number"][-1], item["due"][:16], item["workdays_late"]) for item in found]


def test_a_date_of_the_source_is_kept_to_the_second_and_a_day_means_all_of_it(call: Runner) -> None:
    assert begin(call)["source_due"] is None
    case = begin(call, "--source-due", "2026-11-26 9:30")
    assert case["source_due"] == "2026-11-26T09:30:00+08:00"
    done = call("intake", "井盖缺失", "--source-due", "11月26日", "--json", now=MONDAY)
    assert done.json()["source_due"] == "2026-11-26T23:59:59+08:00"
    assert "来源期限: 2026年11月26日(周四)24:00 前" in done.err
    line = '{"text": "路灯不亮", "source_due": "2026-11-26"}'
    done = call("intake", "--jsonl", now=MONDAY, stdin=line)
    assert done.json()["source_due"] == "2026-11-26T23:59:59+08:00"
    assert "第 1 行 来源期限" in done.err


def test_it_is_shown_beside_our_clocks_and_is_none_of_them(call: Runner) -> None:
    case = begin(call, "--source-due", "2026-11-24 12:00")
    assert [clock["kind"] for clock in case["clocks"]] == ["accept", "finish", "ceiling"]
    line = "来源期限  11月24日(周二) 12:00"
    assert f"{line}  未到" in call("show", "1", now=TUESDAY).out
    assert f"{line}  已过" in call("show", "1", now=FRIDAY).out
    listed = call("list", "--format", "csv", now=TUESDAY).out.splitlines()
    assert listed[0].split(",")[-2:] == ["summary", "source_due"]
    assert "2026-11-24T12:00:00+08:00" in listed[1]


def test_a_list_keeps_the_state_and_marks_a_source_that_wants_it_earlier(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("intake", "演示来源急着要", "--source-due", "2026-11-23 12:00", now=MONDAY)
    call("intake", "演示来源不急", "--source-due", "2026-12-30 12:00", now=MONDAY)
    for width in (80, 120):
        screen = Terminal(isatty=True, width=width, color=False)
        monkeypatch.setattr(Terminal, "detect", lambda screen=screen: screen)
        head, first, second = call("list", now=MONDAY).out.splitlines()
        assert head.split()[-1] == "内容"
        assert "状态" in head
        assert "[来源11月23日]演示" in first
        assert "[来源" not in second


def test_it_is_an_item_of_its_own_until_the_result_and_never_a_breach(call: Runner) -> None:
    begin(call, "--source-due", "2026-11-24 12:00")
    begin(call)
    assert wanted(call, MONDAY, "--within", "0") == []
    assert wanted(call, MONDAY) == [("1", "2026-11-24T12:00", None)]
    assert wanted(call, FRIDAY) == [("1", "2026-11-24T12:00", 3)]
    call("accept", "1", now=MONDAY)
    call("assign", "1", "--lead", "城管执法中队", now=MONDAY)
    document = call("overdue", "--json", now=FRIDAY).json()
    assert document["counts"]["source_due"] == 1
    row = call("overdue", "--format", "csv", now=FRIDAY).out
    first = next(line for line in row.splitlines() if line.startswith("2026-000001"))
    assert "来源期限超3" in first
    assert first.split(",")[6] == "", "days late are those of our own limits"
    call("resolve", "1", "--outcome", "已清理", now=FRIDAY)
    assert wanted(call, FRIDAY) == []
    assert "11月27日(周五) 09:00 办结, 已过来源期限" in call("show", "1", now=FRIDAY).out
    totals = call("report", "--month", "2026-11", "--json", now=FRIDAY).json()["totals"]
    assert totals["overdue"] == 1, "only the second, whose acceptance is past due"


def test_a_merged_report_brings_its_date_to_the_case_that_answers_it(call: Runner) -> None:
    begin(call)
    begin(call, "--source-due", "2026-11-24 12:00")
    assert call("merge", "2", "--into", "1", now=MONDAY).code == 0
    assert wanted(call, TUESDAY) == [("1", "2026-11-24T12:00", None)]
    said = call("overdue", "--kind", "来源期限", now=TUESDAY).out
    assert "[并入的 2026-000002]" in said


def test_it_is_said_anew_and_cleared_and_what_was_said_stays(call: Runner, ledger: Path) -> None:
    begin(call, "--source-due", "2026-11-24 12:00")
    case = call("amend", "1", "--source-due", "11月27日", "--reason", "来源延期", "--json",
                now=TUESDAY).json()  # fmt: skip
    assert case["source_due"] == "2026-11-27T23:59:59+08:00"
    again = call("amend", "1", "--source-due", "2026-11-27", "--reason", "同", now=TUESDAY)
    assert (again.code, "没有变化" in again.err) == (1, True)
    shown = call("show", "1", now=TUESDAY).out
    assert "来源期限 2026年11月24日(周二) 12:00 → 2026年11月27日(周五) 23:59" in shown
    done = call("amend", "1", "--source-due", "", "--reason", "来源撤销期限", "--json", now=TUESDAY)
    assert done.json()["source_due"] is None
    assert "来源期限: 2026年11月27日(周五) 23:59 → (未填)" in done.err
    assert call("void", "1", "12", "--reason", "误清除", now=TUESDAY).code == 0, "the clearing"
    assert call("show", "1", "--json", now=TUESDAY).json()["source_due"][:10] == "2026-11-27"
    assert verify(ledger)["findings"] == []
    assert books.rebuild(ledger, stamp(), check=True) == []


def test_another_date_of_the_source_makes_no_request_another_one(call: Runner) -> None:
    first = begin(call, "--source-no", "N1", "--source-due", "2026-11-24")
    again = begin(call, "--source-no", "N1", "--source-due", "2026-11-26")
    assert (again["number"], again["source_due"]) == (first["number"], first["source_due"])


def test_a_row_of_a_file_brings_its_date_as_a_report_at_the_desk_does(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "f.csv").write_text(
        "内容,时间,期限\n井盖缺失,2026-11-20 09:00,2026-11-24 12:00\n路灯不亮,2026-11-20 09:00,\n",
        encoding="utf-8",
    )
    assert call("import", "f.csv", "--profile", "p.toml", now=MONDAY).code == 0
    assert wanted(call, FRIDAY) == [("1", "2026-11-24T12:00", 3)]
    assert call("show", "2", "--json", now=FRIDAY).json()["source_due"] is None
    assert verify(ledger)["findings"] == []
    assert books.rebuild(ledger, stamp(), check=True) == []


def test_a_day_means_the_same_at_the_desk_and_in_a_file(call: Runner, tmp_path: Path) -> None:
    said = ("--channel", "微信公众号", "--source-no", "N1", "--source-due", "2026-11-26")
    assert call("intake", "占道经营", *said, now=MONDAY).code == 0
    profile = PROFILE.replace("[columns]", '[columns]\nsource_no = "编号"')
    (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
    rows = "N1,占道经营,2026-11-23 09:00,2026-11-26\nN2,井盖缺失,2026-11-23 09:00,2026-11-26"
    (tmp_path / "f.csv").write_text(f"编号,内容,时间,期限\n{rows}\n", encoding="utf-8")
    done = call("import", "f.csv", "--profile", "p.toml", "--update", now=TUESDAY)
    assert "更新: 推进 0 件, 没有变化 1 件" in done.err, "neither put off nor another date"
    due = [call("show", n, "--json", now=TUESDAY).json()["source_due"] for n in ("1", "2")]
    assert due == ["2026-11-26T23:59:59+08:00"] * 2
    assert "23:59  未到" in call("show", "1", now="2026-11-26T18:00:00+08:00").out
    assert "23:59  已过" in call("show", "1", now="2026-11-27T00:00:00+08:00").out
