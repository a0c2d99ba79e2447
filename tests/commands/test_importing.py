# ruff: noqa: S608 - statements are put together from our own names
"""Importing from the command line: real files, once each row, nothing lost, nothing made up."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sixping
from sixping.ledger import transaction
from sixping.services.adoption import offered
from sixping.services.rulebooks import rules_in
from sixping.store.files import create
from sixping.store.rows import EVENT_RECORDED_AT
from sixping.store.writer import Stamp
from sixping.util.clock import from_text
from tests.conftest import Result, Runner
from tests.kit import events as ev
from tests.kit.ledgerkit import raw
from tests.kit.street import adopt

SOURCE_NO = "json_extract(fields, '$.source_no')"

NOW = "2026-11-23T09:00:00+08:00"
HISTORY = """
name = "history"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
resolved = "办结时间"
place = "地点"
community = "社区"
grid = "网格"
unit = "单位"
category = "类别"
reporter = "反映人"
phone = "电话"
status = "状态"
severity = "等级"
outcome = "结果"
feedback = "反馈"
satisfaction = "满意度"
anonymous = "匿名"
channel = "渠道"
[values.status]
"办完" = "已归档"
"在办" = "办理中"
"不收" = "不予受理"
[values.severity]
"大" = "较大"
[defaults]
channel = "投诉举报电话"
"""
LIVE = """
name = "live"
title = "新报送"
mode = "live"
[columns]
source_no = "编号"
text = "内容"
received = "时间"
community = "社区"
category = "类别"
phone = "电话"
[defaults]
channel = "微信公众号"
"""


@pytest.fixture
def ledger(call: Runner, tmp_path: Path) -> Path:
    """An empty ledger made at ``NOW``, so that no clock goes back."""
    assert call("init", now=NOW).code == 0
    return next(tmp_path.rglob("ledger.sqlite3"))


@pytest.fixture
def imported(call: Runner, ledger: Path, tmp_path: Path) -> Any:
    """Import rows given as dictionaries: ``imported(rows, HISTORY, "--partial")``."""
    assert ledger.exists()

    def run(rows: list[dict[str, str]], profile: str, *options: str) -> Result:
        file, scheme = tmp_path / "来件.csv", tmp_path / "方案.toml"
        scheme.write_text(profile, encoding="utf-8")
        names = list(dict.fromkeys(name for row in rows for name in row))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return call("import", str(file), "--profile", str(scheme), *options, now=NOW)

    return run


def past(number: str, **more: str) -> dict[str, str]:
    row = {"编号": number, "内容": "演示路路灯不亮", "收到时间": "2026-03-02 09:00:00"}
    return row | {"办结时间": "2026-03-05 10:00:00"} | more


def query(ledger: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(ledger)) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("profile", [LIVE, HISTORY])
def test_a_row_is_placed_by_the_name_it_writes_unless_its_column_says(
    call: Runner, imported: Any, profile: str
) -> None:
    time = "时间" if profile is LIVE else "收到时间"
    rows = [
        {"编号": "1", "内容": "江一社区第二网格路灯不亮", time: "2026-11-20 09:00:00", "社区": ""},
        {"编号": "2", "内容": "江一社区路灯不亮", time: "2026-11-20 09:00:00", "社区": "江二社区"},
        {"编号": "3", "内容": "路灯不亮", time: "2026-11-20 09:00:00", "社区": ""},
    ]
    assert imported([row | {"办结时间": ""} for row in rows], profile).code == 0
    cases = [call("show", number, "--json", now=NOW).json() for number in "123"]
    assert [(c["community"], c["grid"], c["events"][0].get("located")) for c in cases] == [
        ("江一社区", "江一社区第二网格", "text"), ("江二社区", None, None), (None, None, None)
    ]  # fmt: skip
    assert {"内容中写明"} <= {reason["rule"] for reason in cases[0]["reasons"]}
    assert call("verify", now=NOW).code == 0


@pytest.mark.usefixtures("ledger")
def test_without_triage_nothing_is_read_into_a_text(call: Runner, imported: Any) -> None:
    row = {"编号": "1", "内容": "江一社区路灯不亮", "时间": "2026-11-20 09:00:00", "社区": ""}
    assert imported([row], LIVE, "--no-triage").code == 0
    assert call("show", "1", "--json", now=NOW).json()["community"] is None


# --- real files ----------------------------------------------------------------------


def test_messages_become_cases_with_their_own_past_times_and_only_once(
    call: Runner, ledger: Path, shared_data: Path
) -> None:
    argv = ("import", str(shared_data / "messages.xlsx"), "--profile", "messages", "--no-triage")
    first = call(*argv, now=NOW)
    assert (first.code, first.out) == (0, ""), first.err
    assert "导入 2816 件, 台账中已有 0 件, 同一文件内重复 0 件, 有问题 0 处" in first.err
    again = call(*argv, now=NOW)
    assert "导入 0 件, 台账中已有 2816 件, 同一文件内重复 0 件, 有问题 0 处" in again.err
    assert query(ledger, f"SELECT count(*), count(DISTINCT {SOURCE_NO}) FROM told") == [
        (2816, 2816)
    ]
    (span,) = query(ledger, "SELECT min(received_at), max(received_at) FROM cases")
    assert (span[0][:7], span[1][:7]) == ("2011-04", "2020-01")
    # 答复时间 of row 1141 is a day without an hour: said, not guessed
    assert "第 1141 行" in first.err
    assert "只有日期" in first.err
    month = call("report", "--month", "2019-06", "--json", now=NOW).json()
    assert month["totals"]["received"] == 82
    assert month["totals"]["accepted"] is None, "the file does not tell of it"
    assert month["rates"]["accept_on_time"]["d"] == 0
    assert month["rates"]["finish_on_time"]["d"] > 0
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_an_own_profile_reads_unix_times_and_statuses_of_another_town(
    call: Runner, ledger: Path, shared_data: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "tickets.toml"
    profile.write_text(
        """
        name = "tickets"
        title = "街道工单"
        mode = "history"
        format = "csv"
        [columns]
        source_no = "ID"
        text = { join = ["Title", "Description"] }
        received = "Date Created"
        place = "Address"
        status = "Status"
        [times]
        received = ["unix"]
        [values.status]
        "in progress" = "办理中"
        "received" = "待受理"
        "completed" = "已归档"
        [defaults]
        channel = "微信公众号"
        """,
        encoding="utf-8",
    )
    argv = ("import", str(shared_data / "hoboken_tickets.csv"), "--profile", str(profile))
    done = call(*argv, "--no-triage", now=NOW)
    assert done.code == 0, done.err
    # 91 rows, nearly each of them twice
    assert "导入 46 件, 台账中已有 0 件, 同一文件内重复 45 件" in done.err
    assert "来源编号" not in done.err  # and never with another content
    told = f"JOIN told t ON t.seq = intake_seq WHERE {SOURCE_NO} = '4933221'"
    case = query(ledger, f"SELECT received_at, status FROM cases {told}")
    assert case == [("2018-10-02T23:02:01+08:00", "办理中")]
    states = {row[0] for row in query(ledger, "SELECT status FROM cases")}
    assert states == {"待受理", "办理中", "已归档"}
    # completed, but nobody wrote down when: no verdict on it
    ended = "SELECT DISTINCT unknown FROM clocks JOIN cases USING (number) WHERE status = '已归档'"
    assert query(ledger, ended) == [(1,)]


# --- once each row -------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"内容": "演示路路灯又亮了"},
        {"收到时间": "2026-03-02 09:00:01"},
        {"社区": "江二社区"},
        {"等级": "大"},
        {"电话": "13800000001"},
        {"反映人": "演示乙"},
        {"地点": "演示路1号"},
        {"匿名": "是"},
    ],
)
def test_a_row_of_other_content_is_named_once_and_nothing_is_imported(
    imported: Any, ledger: Path, change: dict[str, str]
) -> None:
    rows = [past("A1", 电话="13800000000"), past("A2")]
    assert imported(rows, HISTORY, "--no-triage").code == 0
    before = query(ledger, "SELECT hash FROM events")
    again = imported([rows[0] | change, rows[1], past("A3")], HISTORY, "--no-triage")
    assert again.code == 65, again.err
    assert "可导入 1 件, 台账中已有 1 件, 同一文件内重复 0 件, 内容不同 1 个编号" in again.err
    assert "来源编号 A1: 已登记为 2026-000001, 第 2 行的内容与之不同" in again.err
    assert all(way in again.err for way in ("--update", "numbering", "--partial", "sixping amend"))
    assert "整个文件都没有导入" in again.err
    assert "A2" not in again.err
    assert query(ledger, "SELECT hash FROM events") == before


@pytest.mark.parametrize("options", [(), ("--partial",), ("--update",), ("--update", "--partial")])
def test_only_ways_that_lead_on_are_told(imported: Any, options: tuple[str, ...]) -> None:
    assert imported([past("A1"), past("A2")], HISTORY, "--no-triage").code == 0
    other = [past("A1") | {"内容": "别的事"}, past("A2") | {"满意度": "4"}]
    told = imported(other, HISTORY, "--no-triage", *options).err
    assert ("--update --partial" in told) is ("--update" not in options)
    assert ("加 --partial 导入其余的行" in told) is ("--partial" not in options)
    assert "sixping amend" in told
    own = imported(
        [past("A3"), past("A3") | {"内容": "别的"}], HISTORY, "--no-triage", *options
    ).err
    assert "--update --partial" not in own, "the file contradicts itself: no newer export does"


def test_rows_of_one_number_are_told_by_their_order_and_not_said_to_be_alike(
    imported: Any,
) -> None:
    several = 'numbering = "多行"\n' + HISTORY
    rows = [past("A1") | {"内容": word} for word in ("一", "二", "三")]
    told = imported(rows, several, "--no-triage")
    assert told.code == 0, told.err
    assert "与前面的行同一编号 (没有编号的, 一字不差)的 2 行, 各算一件" in told.err
    again = imported(rows[::-1], several, "--no-triage")
    assert again.code == 65
    assert "请照上次的次序导出, 新的行放在后面" in again.err
    assert "numbering" not in again.err


def test_a_sheet_that_is_not_there_is_answered_once_with_those_that_are(
    call: Runner, imported: Any, tmp_path: Path
) -> None:
    assert imported([past("A1")], HISTORY).code == 0
    page, profile = tmp_path / "a.xls", tmp_path / "p.toml"
    table = "<table><tr><td>内容</td><td>收到时间</td></tr><tr><td>甲</td><td>1</td></tr></table>"
    page.write_text(f"<html>{table}{table}</html>", encoding="utf-8")
    profile.write_text(HISTORY, encoding="utf-8")
    told = call("import", str(page), "--profile", str(profile), "--sheet", "五月")
    assert told.code == 65
    assert told.err.rstrip().endswith("没有这个工作表: 五月\n可选: 表1、表2。"), told.err


@pytest.mark.parametrize(
    "change",
    [{"收到时间": "2099-01-01 09:00:00"}, {"办结时间": "2099-01-01 09:00:00"}],
)
def test_a_fault_ends_with_one_full_stop(imported: Any, change: dict[str, str]) -> None:
    told = imported([past("A1") | change], HISTORY, "--no-triage").err
    assert "晚于现在。请核对" in told


@pytest.mark.parametrize(
    "change",
    [
        {"办结时间": "2026-03-06 10:00:00"},
        {"单位": "城管"},
        {"状态": "办完"},
        {"结果": "已修好"},
        {"反馈": "已电话告知"},
        {"满意度": "4"},
    ],
)
def test_progress_is_no_other_content_and_is_counted(
    imported: Any, ledger: Path, change: dict[str, str]
) -> None:
    rows = [past("A1", 电话="13800000000"), past("A2")]
    assert imported(rows, HISTORY, "--no-triage").code == 0
    before = query(ledger, "SELECT hash FROM events")
    changed = [rows[0] | change, rows[1]]
    for options in (("--dry-run",), ()):
        again = imported(changed, HISTORY, "--no-triage", *options)
        assert again.code == 0, again.err
        assert "台账中已有 2 件, 同一文件内重复 0 件, 有问题 0 处" in again.err
        assert "来源有新进展 1 件, 加 --update 更新" in again.err
    assert query(ledger, "SELECT hash FROM events") == before


def test_that_the_outcome_was_told_is_progress_though_its_words_are_known(imported: Any) -> None:
    assert imported([past("A1", 结果="已修好")], HISTORY, "--no-triage").code == 0
    told = past("A1", 结果="已修好", 反馈="已修好")
    assert "来源有新进展 1 件" in imported([told], HISTORY, "--no-triage").err
    assert "推进 1 件" in imported([told], HISTORY, "--no-triage", "--update").err
    assert "没有变化 1 件" in imported([told], HISTORY, "--no-triage", "--update").err


def test_what_a_newer_file_no_longer_says_is_no_progress(imported: Any) -> None:
    told = past("A1", 状态="办完", 单位="城管", 结果="已修好", 反馈="已修好", 满意度="4")
    assert imported([told], HISTORY, "--no-triage").code == 0
    said_less = told | dict.fromkeys(("办结时间", "状态", "单位", "结果", "反馈", "满意度"), "")
    for row in (told, said_less):
        again = imported([row], HISTORY, "--no-triage")
        assert "台账中已有 1 件" in again.err
        assert "新进展" not in again.err


def test_a_repeat_within_the_file_is_one_case_and_a_contradiction_is_named(
    imported: Any, ledger: Path
) -> None:
    rows = [past("A1"), past("A1"), past("A1", 内容="另一件事"), past("A1", 内容="又一件")]
    done = imported([*rows, past("A2")], HISTORY, "--no-triage")
    assert done.code == 65
    assert "可导入 2 件, 台账中已有 0 件, 同一文件内重复 1 件, 内容不同 1 个编号" in done.err
    assert "来源编号 A1: 第 2 行已有, 第 4 行、第 5 行的内容与之不同" in done.err
    assert query(ledger, "SELECT count(*) FROM cases") == [(0,)]
    rest = imported([*rows, past("A2")], HISTORY, "--no-triage", "--partial")
    assert rest.code == 65
    assert "导入 2 件, 台账中已有 0 件, 同一文件内重复 1 件, 内容不同 1 个编号" in rest.err
    assert query(ledger, "SELECT count(*) FROM cases") == [(2,)]


def test_a_file_known_already_tells_its_own_repeats_from_the_ledgers(imported: Any) -> None:
    rows = [past("A1"), past("A1"), past("A2")]
    assert imported(rows, HISTORY, "--no-triage").code == 0
    again = imported(rows, HISTORY, "--no-triage")
    assert "导入 0 件, 台账中已有 2 件, 同一文件内重复 1 件" in again.err


def test_what_was_erased_leaves_nothing_to_know_a_row_by(imported: Any, ledger: Path) -> None:
    assert imported([past("A1", 电话="13800000000")], HISTORY, "--no-triage").code == 0
    by, user, host, program = "演示甲", "demo", "desk", "test"
    with transaction(ledger, Stamp(from_text(NOW), by, user, host, program)) as work:
        work.erase([work.seq], "演示依据")
    again = imported([past("A1", 内容="改过")], HISTORY, "--no-triage")
    assert "导入 1 件, 台账中已有 0 件" in again.err
    assert "来源编号" not in again.err


def test_triage_does_not_make_an_old_row_look_changed(imported: Any) -> None:
    assert imported([past("A1")], HISTORY, "--no-triage").code == 0
    again = imported([past("A1")], HISTORY)
    assert "已有 1 件" in again.err
    assert "内容" not in again.err


def test_rows_far_apart_and_out_of_order_are_recognised(imported: Any, ledger: Path) -> None:
    rows = [past(f"A{n:04d}") for n in range(1100)]
    mixed = [*rows[550:], *rows[:550], rows[1000], rows[3] | {"内容": "改过"}]
    done = imported(mixed, HISTORY, "--no-triage", "--partial")
    assert "导入 1100 件, 台账中已有 0 件, 同一文件内重复 1 件, 内容不同 1 个编号" in done.err
    assert "来源编号 A0003: 第 555 行已有, 第 1103 行的内容" in done.err
    numbers = query(ledger, "SELECT count(*), min(number), max(number) FROM cases")
    assert numbers == [(1100, "2026-000001", "2026-001100")]


def test_a_file_without_numbers_is_recognised_by_its_content(
    imported: Any, ledger: Path, call: Runner
) -> None:
    profile = LIVE.replace('source_no = "编号"\n', "")
    rows = [{"内容": "垃圾无人清理", "时间": "2026-11-20 10:00:00", "电话": "13800000000"}]
    assert imported(rows, profile).code == 0
    assert "已有 1 件" in imported(rows, profile).err
    changed = imported([rows[0] | {"电话": "13800000001"}], profile)
    assert "导入 1 件" in changed.err
    raw(ledger, "DELETE FROM requests")
    assert call("rebuild", now=NOW).code == 0
    assert "已有 1 件" in imported(rows, profile).err
    assert call("verify", "--json", now=NOW).json()["ok"]


# --- what is wrong with a row --------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "column", "says"),
    [
        ({"渠道": "飞鸽传书"}, "渠道", "投诉举报电话"),
        ({"社区": "江九社区"}, "社区", "江一社区"),
        ({"社区": "城管"}, "社区", "江一社区"),
        ({"网格": "第九十九网格"}, "网格", "江一社区第一网格"),
        ({"单位": "城管大队部"}, "单位", "城管执法中队"),
        ({"类别": "路灯坏"}, "类别", "路灯"),
        ({"状态": "挂起"}, "状态", "[values.status]"),
        ({"收到时间": "3/2/26"}, "收到时间", "无法识别"),
        ({"收到时间": "2027-03-02 09:00:00", "办结时间": ""}, "收到时间", "晚于现在"),
        ({"收到时间": "2003-12-31 09:00:00"}, "收到时间", "工作日历开始的 2004 年以前"),
        ({"办结时间": "2027-03-02 09:00:00"}, "办结时间", "晚于现在"),
        ({"收到时间": "1999-03-02 09:00:00"}, "收到时间", ""),
        ({"内容": ""}, "内容", "为空"),
    ],
)
def test_a_faulty_row_is_named_by_row_and_column_and_nothing_is_half_imported(
    imported: Any, ledger: Path, cell: dict[str, str], column: str, says: str
) -> None:
    done = imported([past("A1"), past("A2", **cell)], HISTORY, "--no-triage")
    assert done.code == 65
    (line,) = [line for line in done.err.splitlines() if line.startswith("第 3 行")]
    assert column in line.split(":")[0]
    assert says in line
    assert "整个文件都没有导入" in done.err
    assert query(ledger, "SELECT count(*) FROM events WHERE stream = 'case'") == [(0,)]


def test_partial_takes_the_good_rows_and_still_exits_with_65(imported: Any, ledger: Path) -> None:
    rows = [past("A1"), past("A2", 社区="江九社区"), past("A3")]
    done = imported(rows, HISTORY, "--no-triage", "--partial")
    assert done.code == 65
    assert "第 3 行" in done.err
    assert "导入 2 件, 台账中已有 0 件, 同一文件内重复 0 件, 有问题 1 处" in done.err
    told = f"SELECT {SOURCE_NO} FROM cases JOIN told t ON t.seq = intake_seq ORDER BY number"
    assert query(ledger, told) == [("A1",), ("A3",)]


def test_a_dry_run_says_the_same_and_writes_nothing(imported: Any, ledger: Path) -> None:
    assert imported([past("A1")], HISTORY, "--no-triage").code == 0
    before = ledger.read_bytes()
    rows = [past("A1", 内容="改过"), past("A2"), past("A3", 单位="无此单位")]
    done = imported(rows, HISTORY, "--no-triage", "--dry-run")
    assert done.code == 65
    assert "没有导入: 可导入 1 件, 台账中已有 0 件, 同一文件内重复 0 件" in done.err
    assert "内容不同 1 个编号" in done.err
    assert "有问题 1 处" in done.err
    assert "来源编号 A1: 已登记为 2026-000001" in done.err
    assert ledger.read_bytes() == before


def test_what_a_fault_quotes_is_masked(imported: Any) -> None:
    done = imported([past("A1", 社区="13800000000")], HISTORY, "--no-triage")
    assert "138****0000" in done.err
    assert "13800000000" not in done.err


def test_a_row_without_a_number_that_changed_is_named_by_its_row(imported: Any) -> None:
    profile = HISTORY.replace('source_no = "编号"\n', "")
    assert imported([past("")], profile, "--no-triage").code == 0
    again = imported([past("", 类别="交通信号与标线")], profile, "--no-triage")
    assert again.code == 65
    assert "没有编号的一件: 已登记为 2026-000001, 第 2 行的内容与之不同" in again.err


def test_many_faults_are_counted_and_only_the_first_are_listed(imported: Any) -> None:
    rows = [past(f"A{n}", 收到时间="3/2/26") for n in range(1300)]
    done = imported(rows, HISTORY, "--no-triage")
    assert "其余有问题的共 1300 处, 以上是前 20 处" in done.err
    assert done.err.count("无法识别") == 20


def test_names_are_taken_over_by_their_aliases_and_a_grid_by_its_own_name(
    imported: Any, ledger: Path
) -> None:
    row = past("A1", 单位="城管", 社区="江一社区", 网格="第一网格")
    assert imported([row], HISTORY, "--no-triage").code == 0
    found = query(ledger, "SELECT lead, community, grid FROM cases")
    assert found == [("城管执法中队", "江一社区", "江一社区第一网格")]


def test_columns_nobody_reads_are_named(imported: Any) -> None:
    assert "B 备注" in imported([{"编号": "1", "备注": "x"} | past("A1")], HISTORY).err


# --- live rows -----------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--triage", "--no-triage"])
def test_a_live_row_enters_the_flow_and_its_accept_clock_runs(
    imported: Any, call: Runner, option: str
) -> None:
    row = {"编号": "W1", "内容": "小区门口垃圾成堆无人清理", "时间": "2026-11-20 10:00:00"}
    assert imported([row], LIVE, option).code == 0
    case = call("show", "1", "--json", now=NOW).json()
    assert case["status"] == "待受理"
    assert case["clocks"][0]["kind"] == "accept"
    assert case["clocks"][0]["due"] == "2026-11-23T17:00:00+08:00"
    assert case["clocks"][0]["stopped"] is None
    assert (case["category"] is None) == (option == "--no-triage")
    items = call("overdue", "--within", "1", "--json", now=NOW).json()["items"]
    assert "2026-000001" in {item["number"] for item in items}
    accepted = call("accept", "1", "--json", now=NOW).json()
    assert accepted["clocks"][0]["late"] is False


def test_a_live_row_of_a_known_category_brings_platform_and_severity(
    imported: Any, call: Runner
) -> None:
    row = {"编号": "W1", "内容": "请看", "时间": "2026-11-20 10:00:00", "类别": "交通信号与标线"}
    assert imported([row], LIVE, "--no-triage").code == 0
    case = call("show", "1", "--json", now=NOW).json()
    assert (case["category"], case["unsure"]) == ("交通信号与标线", False)
    assert case["platform"] == "综合执法"


def test_a_live_row_without_a_time_is_received_now(imported: Any, call: Runner) -> None:
    profile = LIVE.replace('received = "时间"\n', "")
    assert imported([{"编号": "W1", "内容": "井盖缺失"}], profile).code == 0
    assert call("show", "1", "--json", now=NOW).json()["received_at"] == NOW
    assert "已有 1 件" in imported([{"编号": "W1", "内容": "井盖缺失"}], profile).err


def test_a_number_taken_in_at_the_desk_is_not_imported_again(imported: Any, call: Runner) -> None:
    argv = ("intake", "井盖缺失", "--channel", "微信公众号", "--source-no", "W1")
    assert call(*argv, now=NOW).code == 0
    done = imported([{"编号": "W1", "内容": "井盖缺失", "时间": "2026-11-20 10:00:00"}], LIVE)
    assert "导入 0 件, 台账中已有 1 件" in done.err
    other = imported([{"编号": "W1", "内容": "井盖松动", "时间": "2026-11-20 10:00:00"}], LIVE)
    assert other.code == 65
    assert "来源编号 W1: 已登记为 2026-000001" in other.err


def test_what_only_the_file_says_of_a_report_of_the_desk_is_no_other_content(
    imported: Any, call: Runner
) -> None:
    argv = ("intake", "井盖缺失", "--channel", "微信公众号", "--source-no", "W1")
    assert call(*argv, "--place", "江南大道 1 号", now=NOW).code == 0
    row = {"编号": "W1", "内容": "井盖缺失", "时间": "2026-11-20 10:00:00", "电话": "13800000000"}
    done = imported([row], LIVE)
    assert "导入 0 件, 台账中已有 1 件" in done.err


def test_after_hours_counts_where_the_policy_says_so(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    policy = (Path(sixping.__file__).parents[1] / "data" / "policy.toml").read_text("utf-8")
    assert '"civil-code"' in policy
    (tmp_path / "own").mkdir()
    changed = policy.replace('"civil-code"', '"next-opening"')
    (tmp_path / "own" / "policy.toml").write_text(changed, "utf-8")
    (tmp_path / "方案.toml").write_text(LIVE, "utf-8")
    times = ("17:00:00", "17:00:01", "09:00:00")  # Wednesday, 18 November
    lines = [f"W{n},井盖缺失,2026-11-18 {time}" for n, time in enumerate(times)]
    (tmp_path / "来件.csv").write_text("\n".join(["编号,内容,时间", *lines]), "utf-8")
    adopt(call, tmp_path / "own")
    done = call("import", "来件.csv", "--profile", "方案.toml", "--no-triage", now=NOW)
    assert done.code == 0, done.err
    due = query(ledger, "SELECT due FROM clocks WHERE kind = 'accept' ORDER BY number")
    assert [text[8:10] for (text,) in due] == ["19", "20", "19"]


# --- an imported case goes on --------------------------------------------------------


def test_an_imported_case_that_is_not_settled_goes_on(imported: Any, call: Runner) -> None:
    assert imported([past("A1", 办结时间="", 状态="在办")], HISTORY).code == 0
    for argv in (
        ("assign", "1", "--lead", "城管执法中队"),
        ("resolve", "1", "--outcome", "已修好"),
        ("feedback", "1", "已电话告知"),
        ("close", "1"),
    ):
        done = call(*argv, "--json", now=NOW)
        assert done.code == 0, done.err
    case = done.json()
    assert case["status"] == "已归档"
    accept, finish, *_ = case["clocks"]
    assert (accept["kind"], accept["late"], accept["stopped"]) == ("accept", None, None)
    assert (finish["kind"], finish["late"]) == ("finish", True)
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_an_imported_case_that_is_settled_can_be_reopened_and_closed(
    imported: Any, call: Runner
) -> None:
    assert imported([past("A1")], HISTORY).code == 0
    assert call("show", "1", "--json", now=NOW).json()["status"] == "已办结"
    for argv in (
        ("reopen", "1", "--reason", "又不亮了"),
        ("assign", "1", "--lead", "城管执法中队"),
        ("resolve", "1", "--outcome", "已修好"),
        ("feedback", "1", "已电话告知"),
        ("close", "1"),
    ):
        done = call(*argv, "--json", now=NOW)
        assert done.code == 0, done.err
    case = done.json()
    assert {clock["round"] for clock in case["clocks"]} == {1, 2}
    assert [c["late"] for c in case["clocks"] if c["kind"] == "finish"] == [False, False]
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_one_reply_that_is_outcome_and_feedback_is_kept_once_and_shown_as_both(
    imported: Any, ledger: Path, call: Runner
) -> None:
    rows = [past("A1", 结果="已修好", 反馈="已修好"), past("A2", 结果="已修好", 反馈="电话告知")]
    assert imported(rows, HISTORY, "--no-triage").code == 0
    rows_told = query(ledger, "SELECT fields FROM told ORDER BY seq")
    private = [json.loads(fields) for (fields,) in rows_told]
    assert [one.get("feedback") for one in private if "outcome" in one] == [None, "电话告知"]
    assert query(ledger, "SELECT fed_back FROM cases") == [(1,), (1,)]
    for number, feedback in (("1", "已修好"), ("2", "电话告知")):
        (entry,) = call("log", number, "--json", now=NOW).json()
        assert entry["answered"]
        assert (entry["outcome"], entry["feedback"]) == ("已修好", feedback)
    assert call("log", "1", now=NOW).out.count("已修好") == 1
    changed = imported([rows[0] | {"反馈": "另行告知"}, rows[1]], HISTORY, "--no-triage")
    assert "新进展 1 件" in changed.err


# --- the fast way writes what the slow way writes ------------------------------------

ROWS = [
    past("B1"),
    past("B2", 办结时间="", 状态="在办"),
    past("B3", 办结时间="", 状态="办完", 满意度="5"),
    past("B4", 状态="不收", 反映人='演示"甲\\', 电话="13800000000", 匿名="是"),
    past("B5", 社区="江一社区", 网格="第二网格", 单位="城管", 类别="交通信号与标线", 等级="大"),
    past("B6%s", 内容="100% 属实\n第二行\t'单引号'; --", 结果="已处理%d", 反馈="{}", 地点="[/]"),
    past("B7", 收到时间="2025-12-31 18:30:00", 办结时间="2026-01-04 17:00:01", 渠道="基础网格"),
    past("B8", 收到时间="2020-01-03 09:00:00", 办结时间="2020-01-03 09:00:00"),
]
TABLES = (
    "SELECT seq, subject, version, kind, at, recorded_at, facts, remarks FROM events",
    "SELECT seq, json_remove(fields, '$.digest') FROM told",
    "SELECT seq FROM requests ORDER BY seq",
    "SELECT * FROM traces",
    "SELECT * FROM counters",
    "SELECT * FROM case_states ORDER BY number",
    "SELECT * FROM case_facts ORDER BY seq",
    "SELECT * FROM case_moves ORDER BY number",
    "SELECT * FROM clock_states ORDER BY number, round, kind",
)


@pytest.mark.parametrize("option", ["--triage", "--no-triage"])
@pytest.mark.parametrize("profile", [HISTORY, LIVE], ids=["history", "live"])
def test_the_rows_written_are_those_that_append_makes(
    imported: Any, ledger: Path, call: Runner, tmp_path: Path, profile: str, option: str
) -> None:
    live = [{"编号": r["编号"], "内容": r["内容"], "时间": r["收到时间"]} for r in ROWS]
    live += [live[0] | {"编号": "B9", "时间": NOW[:19].replace("T", " ")}]
    live += [live[0] | {"编号": "C1", "社区": "江二社区", "电话": "13800000000"}]
    done = imported(ROWS if profile is HISTORY else live, profile, option)
    assert done.code == 0, done.err
    other = tmp_path / "other" / "ledger.sqlite3"
    _append_again(ledger, other)
    for sql in TABLES:
        rows = query(ledger, sql)
        assert rows
        skip = 1 if "events" in sql or "told" in sql else 0  # the first event is init's own
        assert rows[skip:] == query(other, sql)[skip:], sql
    assert call("verify", "--json", now=NOW).json()["ok"]


def _append_again(source: Path, target: Path) -> None:
    """Take the events of a ledger through ``Transaction.append`` into another one."""
    events = query(
        source,
        f"SELECT e.subject, e.kind, e.at, {EVENT_RECORDED_AT}, o.by_name, o.os_user, o.host,"
        " o.program, e.facts, t.fields FROM events e JOIN sources o ON o.id = e.source"
        " LEFT JOIN told t ON t.seq = e.seq"
        " WHERE e.stream = 'case' ORDER BY e.seq",
    )
    by, user, host, program = events[0][4:8]
    stamp = Stamp(from_text(events[0][3]), by, user, host, program, stated_now=True)
    create(target, stamp, {}, offered())
    with transaction(target, stamp) as work:
        for subject, kind, at, _, _, _, _, _, facts, private in events:
            said = json.loads(private)
            del said["digest"]
            event = ev.read_event(kind, facts, said)
            number = work.next_number(int(at[:4]))
            assert number == subject
            work.append(
                number, event, from_text(at), before=None, rules=rules_in(work.con), content=b"c",
            )  # fmt: skip
