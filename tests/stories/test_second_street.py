"""Another street adopts its own rules, and the program follows; nobody's folder matters after."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, Runner
from tests.kit.street import STREET, street

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-11-24T09:00:00+08:00"  # a Tuesday


@pytest.fixture
def there(tmp_path: Path) -> dict[str, str]:
    return {"SIXPING_DATA": str(street(tmp_path / "规则"))}


def test_a_street_with_other_rules_has_its_own_limits_units_channels_and_names(
    call: Runner, there: dict[str, str]
) -> None:
    made = call("init", env=there)
    assert made.code == 0, made.err
    case = call("intake", "江南大道占道经营", "--json", now=NOW).json()
    assert case["channel"] == "民情热线"
    assert (case["platform"], case["suggested_lead"]) == ("综合执法", "执法队")
    due = {clock["kind"]: clock["due"] for clock in case["clocks"]}
    assert due == {
        "accept": "2026-11-26T17:30:00+08:00",
        "finish": "2026-12-03T17:30:00+08:00",
        "ceiling": "2026-12-22T17:30:00+08:00",
    }
    assert {clock["profile"] for clock in case["clocks"]} == {"next-opening"}
    after_hours = call("intake", "路灯不亮", "--json", now="2026-11-24T18:00:00+08:00").json()
    assert after_hours["clocks"][0]["due"] == "2026-11-27T17:30:00+08:00"
    refused = call("intake", "路灯不亮", "--channel", "网格员", now=NOW)
    assert (refused.code, "民情热线" in refused.err) == (2, True)
    assert "平台: 综合巡管" in call("intake", "占道经营", now=NOW).err
    assert "建管办" in call("triage", "井盖缺失").out
    shown = call("show", "1", now=NOW)
    assert shown.code == 0
    assert "占道经营 (综合巡管)" in shown.out
    rules = call("policy", "show", "--json").json()
    assert rules["street"] == STREET
    assert rules["places"] == sorted([STREET, "演示区"])


def test_its_reports_assessment_and_lists_follow(call: Runner, there: dict[str, str]) -> None:
    assert call("init", env=there, now="2026-10-09T08:30:00+08:00").code == 0
    for line in (
        ("intake", "江南大道占道经营", "--grid", "湖东社区1网格", "--channel", "楼栋长"),
        ("accept", "1"),
        ("assign", "1", "--lead", "执法队"),
    ):
        done = call(*line, now="2026-10-09T09:00:00+08:00")
        assert done.code == 0, done.err
    report = call("report", "--month", "2026-10", "--json", now=NOW).json()
    assert [entry["name"] for entry in report["by_platform"] if entry["received"]] == ["综合执法"]
    page = call("report", "--month", "2026-10", "--format", "md", now=NOW).out
    assert page.startswith(f"# {STREET}“基层治理四平台”2026年10月运行情况")
    assert "| 综合巡管 |" in page
    listed = call("list", "--format", "md", now=NOW).out
    assert "综合巡管" in listed
    assert call("list", now=NOW).out.count("综合执法") == 1, "files keep the four words"
    late = call("overdue", "--json", now="2026-10-22T17:30:01+08:00").json()["items"]
    assert ("finish", "执法队") in {(item["kind"], item["unit"]) for item in late}
    assessed = call("assess", "--month", "2026-10", "--json", now=NOW).json()
    assert "执法队" in {subject["name"] for subject in assessed["subjects"]}
    sheet = call("assess", "--month", "2026-10", "--format", "md", now=NOW).out
    assert sheet.startswith(f"# {STREET}“基层治理四平台”2026年10月考核表")
    grids = call("units", "grids", "--month", "2026-10", "--json", now=NOW)
    assert grids.code == 0
    assert "湖东社区1网格" in grids.out


def test_what_goes_to_its_districts_platform_is_held_by_that(
    call: Runner, there: dict[str, str]
) -> None:
    assert call("init", env=there, now="2026-10-09T08:30:00+08:00").code == 0
    for line in (
        ("intake", "跨区排污", "--severity", "重大"),
        ("accept", "1"),
        ("refer", "1", "--to", "演示区中枢", "--content", "请区里牵头"),
        ("intake", "跨区扬尘", "--severity", "重大"),
        ("accept", "2"),
        ("refer", "2", "--to", "区级平台", "--content", "请区里牵头"),
    ):
        done = call(*line, now="2026-10-09T09:00:00+08:00")
        assert done.code == 0, done.err
    held = [call("show", number, "--json").json()["segments"][-1] for number in "12"]
    assert [segment["unit"] for segment in held] == ["演示区中枢", None]


def test_its_demo_lives_by_its_rules(call: Runner, there: dict[str, str]) -> None:
    shown = call("demo", env=there, now=NOW)
    assert shown.code == 0, shown.err
    assert "--channel '楼栋长'" in shown.out
    assert STREET in shown.out
    assert "长河街道" not in shown.out
    assert "城管执法中队" not in shown.out


def test_a_break_at_noon_is_no_office_time(call: Runner, there: dict[str, str]) -> None:
    assert call("init", env=there, now="2026-11-23T08:00:00+08:00").code == 0
    assert call("duty", "begin", "2026-11-23", now=NOW).code == 0
    cover = call("duty", "check", "--date", "2026-11-23", "--json", now=NOW).json()
    assert cover["hours"] == {"opens": "08:30", "closes": "17:30", "rest": ["12:00", "13:30"]}
    assert sum(b["minutes"] for b in cover["breaches"] if b["agency"] == "执法队") == 7 * 60 + 30


def processes(ledger: Path, env: dict[str, str], *argv: str) -> str:
    """Run the program in a process of its own with nothing but this environment."""
    done = subprocess.run(
        [sys.executable, "-m", "sixping", "--ledger", str(ledger), *argv],
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "SIXPING_NOW": NOW, **env},
        cwd=ledger.parent,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    return done.stdout


def test_cron_without_an_environment_and_a_desk_with_another_folder_give_the_same_dates(
    tmp_path: Path, there: dict[str, str]
) -> None:
    ledger = tmp_path / "street.db"
    processes(ledger, there, "init")
    processes(ledger, {}, "intake", "江南大道占道经营")
    processes(ledger, {"SIXPING_DATA": str(ROOT / "data")}, "intake", "路灯不亮")
    desks = [
        processes(ledger, env, "overdue", "--within", "30", "--json")
        for env in (there, {}, {"SIXPING_DATA": str(ROOT / "data")})
    ]
    assert desks[0] == desks[1] == desks[2]
    assert "2026-12-03T17:30:00+08:00" in desks[0]
    assert datetime.fromisoformat(NOW).isoformat() in desks[0]


def test_a_platform_is_given_by_its_word_or_the_streets_own_name(
    call: Runner, there: dict[str, str]
) -> None:
    assert call("init", env=there).code == 0
    assert call("intake", "江南大道占道经营", now=NOW).code == 0
    for name in ("综合执法", "综合巡管", "综合巡管平台"):
        listed = call("list", "--platform", name, "--json", now=NOW).json()
        assert [case["platform"] for case in listed] == ["综合执法"], name
    refused = call("list", "--platform", "无此平台", now=NOW)
    assert refused.code == 2
    assert "综合执法" in refused.err
