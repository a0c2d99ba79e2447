"""What an import says of words nobody knows, places called otherwise, rows that are no reports."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from sixping.policy.vocabulary import Status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Result, Runner

NOW = "2026-11-23T09:00:00+08:00"
NAMES = ("编号", "时间", "内容", "社区", "网格", "单位", "状态", "归档")
PROFILE = """
name = "own"
title = "自己的"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "时间"
community = "社区"
grid = "网格"
unit = "单位"
status = "状态"
closed = "归档"
[values.status]
"办完" = "已办结"
[defaults]
channel = "投诉举报电话"
"""


@pytest.fixture
def take(call: Runner, tmp_path: Path) -> Any:
    """Import rows given by what they say beside number, time and text."""
    assert call("init", now=NOW).code == 0
    scheme, file = tmp_path / "方案.toml", tmp_path / "来件.csv"
    scheme.write_text(PROFILE, encoding="utf-8")

    def run(rows: list[dict[str, str]], *options: str) -> Result:
        usual = {"时间": "2026-03-02 09:00", "内容": "路灯不亮"}
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, NAMES, restval="")
            writer.writeheader()
            for number, row in enumerate(rows, 1):
                writer.writerow({"编号": f"A{number}"} | usual | row)
        argv = ("import", str(file), "--profile", str(scheme), "--no-triage", *options)
        return call(*argv, now=NOW)

    return run


def lines(done: Result, start: str) -> list[str]:
    return [line for line in done.err.splitlines() if line.startswith(start)]


def test_all_words_nobody_knows_are_told_at_once_each_with_its_count(take: Any) -> None:
    rows = [{"状态": "办完"}, *[{"状态": "已转办"}] * 30, {"状态": "挂起"}, {"状态": "退单"}]
    rows += [{"状态": "挂起", "社区": "江九居委会"}] * 2 + [{"社区": "13800000000"}]
    done = take(rows)
    assert done.code == 65
    (told,) = lines(done, "G 状态 列")
    words = "已转办 (30 行, 首见第 3 行)、挂起 (3 行, 首见第 33 行)、退单 (第 34 行)"
    assert told.startswith(
        f"G 状态 列: 方案没有说明的词 3 个: {words}。请在方案的 [values.status] 中写明各指什么, "
    )
    (told,) = lines(done, "D 社区 列")
    assert "组织目录中没有的名称 2 个: 江九居委会 (2 行, 首见第 35 行; 是否指" in told
    assert "、138****0000 (第 37 行)" in told
    assert "第 3 行" not in "".join(lines(done, "第"))
    assert "13800000000" not in done.err


def test_names_that_are_near_stand_beside_those_the_office_does_not_have(take: Any) -> None:
    done = take([{"社区": "江九居委会", "单位": "城管大队"}] * 2)
    (told,) = lines(done, "D 社区 列")
    assert "江九居委会 (2 行, 首见第 2 行; 是否指: " in told
    assert "江一社区" in told
    assert "全部名称见 sixping units list" in told
    (told,) = lines(done, "F 单位 列")
    assert "城管大队 (2 行, 首见第 2 行; 是否指: 城管执法中队" in told
    assert "有问题 4 处" in done.err


def test_it_is_said_where_the_names_stand_that_the_rules_know(take: Any, tmp_path: Path) -> None:
    (tmp_path / "方案.toml").write_text(
        PROFILE.replace('unit = "单位"', 'category = "单位"').replace(
            'community = "社区"', 'channel = "社区"'
        ),
        encoding="utf-8",
    )
    done = take([{"社区": "抖音", "单位": "乱写"}, {"社区": "电报", "单位": "瞎写"}])
    (told,) = lines(done, "F 单位 列")
    assert "乱写 (第 2 行)、瞎写 (第 3 行)" in told
    assert "[values.category]" in told
    assert "全部类别见 sixping policy show taxonomy" in told
    (told,) = lines(done, "D 社区 列")
    assert "全部渠道见 sixping policy show policy" in told


def test_one_wrong_word_in_one_row_is_told_by_its_row(take: Any) -> None:
    done = take([{}, {"状态": "挂起"}])
    (told,) = lines(done, "第 3 行 G 状态")
    assert "[values.status]" in told


def test_what_is_wrong_with_a_row_is_told_in_the_order_of_its_columns(take: Any) -> None:
    wrong = {"时间": "昨天下午", "社区": "远方社区", "单位": "没有的所", "状态": "挂着"}
    done = take([{}, wrong])
    said = [line.split(":")[0] for line in lines(done, "第 3 行")]
    assert said == sorted(said, key=lambda line: line.split()[3])
    assert len(said) == len(wrong)


def test_a_state_nobody_knows_is_told_with_those_there_are(take: Any) -> None:
    usable = "可用: 待受理、不予受理、"
    (alone,) = lines(take([{"状态": "挂着"}]), "第 2 行")
    assert usable in alone
    (grouped,) = lines(take([{"状态": "挂着"}, {"状态": "悬着"}]), "G 状态 列")
    assert usable in grouped
    assert all(state in grouped for state in Status)


def test_more_words_than_can_be_told_are_counted(take: Any) -> None:
    done = take([{"状态": f"词{n}"} for n in range(205)])
    (told,) = lines(done, "G 状态 列")
    assert "200 个以上" in told
    assert "等, 另有 5 行" in told
    assert "有问题 205 处" in done.err


def test_places_called_otherwise_are_taken_and_said_once(take: Any, call: Runner) -> None:
    rows = [
        *[{"社区": "江一居委会", "网格": "第1网格"}] * 3, {"社区": "滨江区长河街道江二社区"},
        {"社区": "江一社区", "网格": "第一网格"}, {"网格": "江三第二网格"},
    ]  # fmt: skip
    done = take(rows)
    assert done.code == 0, done.err
    (told,) = lines(done, "社区按组织目录对应: ")
    assert "江一居委会 → 江一社区 (3 行)、滨江区长河街道江二社区 → 江二社区 (1 行)。" in told
    (told,) = lines(done, "网格按组织目录对应: ")
    assert "第1网格 → 江一社区第一网格 (3 行)、江三第二网格 → 江三社区第二网格 (1 行)。" in told
    cases = {c["number"][-1]: c for c in json.loads(call("list", "--all", "--json", now=NOW).out)}
    assert [(cases[n]["community"], cases[n]["grid"]) for n in "1456"] == [
        ("江一社区", "江一社区第一网格"), ("江二社区", None), ("江一社区", "江一社区第一网格"),
        ("江三社区", "江三社区第二网格"),
    ]  # fmt: skip


def test_a_grid_of_another_community_is_refused_whatever_it_is_called(take: Any) -> None:
    done = take([{"社区": "江一居委会", "网格": "江二第一网格"}])
    assert "江二社区第一网格属于江二社区, 不属于江一社区" in done.err
    assert done.code == 65


def test_rows_that_are_no_reports_are_counted_and_named(take: Any) -> None:
    total = {"编号": "合计", "时间": "", "内容": "2件"}
    done = take([{}, total, {"编号": "制表人: 甲", "时间": "", "内容": ""}])
    assert done.code == 0, done.err
    assert lines(done, "略去 2 行") == ["略去 2 行: 合计 (第 3 行)、制表人 (第 4 行)。"]
    assert "导入 1 件" in done.err


def cells(kind: str, rows: list[list[str]]) -> bytes:
    """Return a sheet of three columns; a row of one cell is merged over all of them."""
    if kind == "html":
        lines = (
            f"<td colspan=3>{row[0]}</td>" if len(row) == 1
            else "".join(f"<td>{cell}</td>" for cell in row) for row in rows
        )  # fmt: skip
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(out := io.BytesIO())
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.merge_range(at, 0, at, 2, row[0]) if len(row) == 1 else page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_a_row_merged_to_one_cell_is_counted_and_named(
    take: Any, call: Runner, tmp_path: Path, kind: str
) -> None:
    take([])
    rows = [
        ["来电登记表"], ["编号", "时间", "内容"], ["江一社区"],
        ["B1", "2026-03-02 09:00", "路灯不亮"], ["合计 1 件"], ["江二社区"],
    ]  # fmt: skip
    file = tmp_path / f"表.{kind}"
    file.write_bytes(cells(kind, rows))
    done = call("import", str(file), "--profile", str(tmp_path / "方案.toml"), now=NOW)
    assert done.code == 0, done.err
    assert lines(done, "略去 3 行") == [
        "略去 3 行: 合并成一格的行 (2 行, 首见第 3 行)、合计 (第 5 行)。"
    ]
    assert "导入 1 件" in done.err


def test_a_row_merged_over_some_columns_and_with_the_rows_above_is_no_title(
    take: Any, call: Runner, tmp_path: Path
) -> None:
    take([])
    page = (
        "<table><tr><td>编号<td>时间<td>内容<td>社区</tr>"
        "<tr><td>B1<td rowspan=2>2026-03-02 09:00<td>路灯不亮<td>江一社区</tr>"
        "<tr><td><td colspan=2>第二件占道</tr></table>"
    )
    file = tmp_path / "表.html"
    file.write_text(page, encoding="utf-8")
    done = call("import", str(file), "--profile", str(tmp_path / "方案.toml"), now=NOW)
    assert "导入 2 件" in done.err, done.err


def test_a_later_time_in_the_future_is_an_error_of_its_row(take: Any) -> None:
    done = take([{}, {"归档": "2027-01-02 09:00"}])
    (told,) = lines(done, "第 3 行 H 归档")
    assert "晚于现在" in told


def test_a_row_closed_before_it_was_received_is_taken_with_a_remark(
    take: Any, call: Runner
) -> None:
    done = take([{"归档": "2026-03-01 09:00"}])
    assert done.code == 0, done.err
    assert "早于收到时间" in done.err
    assert call("show", "1", "--json", now=NOW).json()["status"] == "已归档"


def test_the_desk_understands_the_same_names(call: Runner) -> None:
    assert call("init", now=NOW).code == 0
    argv = ("intake", "路灯不亮", "--community", "江一居委会", "--grid", "第1网格", "--json")
    case = call(*argv, now=NOW).json()
    assert (case["community"], case["grid"]) == ("江一社区", "江一社区第一网格")
    listed = call("list", "--community", "长河街道江一社区", "--grid", "第1网格", "--json", now=NOW)
    assert [c["number"] for c in listed.json()] == [case["number"]]
    reason = ("--reason", "登记有误", "--json")
    amended = call("amend", "1", "--grid", "第二网格", *reason, now=NOW).json()
    assert amended["grid"] == "江一社区第二网格"
    amended = call(
        "amend", "1", "--community", "江二", "--grid", "第1网格", *reason, now=NOW
    ).json()
    assert (amended["community"], amended["grid"]) == ("江二社区", "江二社区第一网格")
