"""``import --list``, ``--guess``, ``--template``: what people need to write a profile."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sixping.importing.eventsfile import is_events_file
from sixping.importing.profiles import list_profiles, load_profile, parse_profile
from sixping.importing.reader import read_reports
from sixping.importing.rows import kind_of
from sixping.util.masking import mask_text
from tests.conftest import ROOT, Runner

NOW = "2026-11-28T10:00:00+08:00"
CALLS = """来电时间,来电内容,社区,来电人,来电号码
2026-11-20 09:00,江南大道占道经营,江一社区,张三丰,13800138000
"""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A file of one call."""
    file = tmp_path / "来电.csv"
    file.write_text(CALLS, encoding="utf-8")
    return file


# --- --list -------------------------------------------------------------------------------


def test_the_profiles_are_listed_without_a_ledger(call: Runner) -> None:
    listed = call("import", "--list", "--json", now=NOW).json()
    assert [row["name"] for row in listed] == [profile.name for profile in list_profiles()]
    telephone = next(row for row in listed if row["name"] == "dianhua")
    assert telephone["title"] == "投诉举报电话"
    assert (telephone["mode"], telephone["channel"]) == ("live", "投诉举报电话")
    assert telephone["columns"] == ["反映内容", "来电时间"]
    assert all(Path(row["path"]).is_file() for row in listed)


def test_an_own_profile_in_the_data_folder_is_listed_with_the_others(
    call: Runner, tmp_path: Path
) -> None:
    own = tmp_path / "data" / "profiles" / "own.toml"
    own.parent.mkdir(parents=True)
    text = Path(load_profile("weixin").source).read_text(encoding="utf-8")
    own.write_text(text.replace('name = "weixin"', 'name = "own"'), encoding="utf-8")
    env = {"SIXPING_DATA": str(tmp_path / "data")}
    listed = call("import", "--list", "--json", now=NOW, env=env).json()
    assert next(row["path"] for row in listed if row["name"] == "own") == str(own)
    assert {"weixin", "dianhua"} < {row["name"] for row in listed}


def test_a_list_is_written_and_never_over_a_file_unasked(call: Runner, tmp_path: Path) -> None:
    argv = ("import", "--list", "-o", "方案.csv")
    assert call(*argv, now=NOW).code == 0
    assert "dianhua" in (tmp_path / "方案.csv").read_text(encoding="utf-8")
    assert call(*argv, now=NOW).code == 1
    assert call(*argv, "--force", now=NOW).code == 0


def test_in_a_pipe_the_list_is_tab_separated_and_whole(call: Runner) -> None:
    lines = call("import", "--list", now=NOW).out.splitlines()
    assert lines[0].split("\t") == ["name", "title", "mode", "channel", "columns", "path"]
    assert {len(line.split("\t")) for line in lines} == {6}


# --- a file without a header -----------------------------------------------------------------


def test_a_draft_says_where_no_name_of_a_header_is_usual(
    call: Runner, tmp_path: Path, calls: Path
) -> None:
    (tmp_path / "无表头.csv").write_text("综合执法,占道经营,摊子把路占了\n综合执法,市容,占了盲道\n")
    for file, doubted in (("无表头.csv", True), (str(calls), False)):
        done = call("import", file, "--guess", now=NOW)
        assert done.code == 0
        assert ("注意: 第 1 行没有一个常见的列名" in done.err) is doubted
        assert ("# 注意: 第 1 行没有一个常见的列名" in done.out) is doubted


# --- what is no file ------------------------------------------------------------------------


@pytest.mark.parametrize("more", [("--profile", "dianhua"), ("--guess",)])
def test_standard_input_is_refused_with_what_to_do(call: Runner, more: tuple[str, ...]) -> None:
    done = call("import", "-", *more, now=NOW, stdin=CALLS)
    assert done.code == 2
    assert "不能从标准输入读" in done.err
    assert "先存成文件" in done.err


def test_a_folder_and_a_pipe_are_no_files_and_nothing_waits_for_them(
    call: Runner, tmp_path: Path
) -> None:
    done = call("import", str(tmp_path), "--profile", "dianhua", now=NOW)
    assert (done.code, "是文件夹" in done.err) == (78, False)
    call("init", now=NOW)
    done = call("import", str(tmp_path), "--profile", "dianhua", now=NOW)
    assert (done.code, "是文件夹, 不是文件" in done.err) == (74, True)
    os.mkfifo(pipe := tmp_path / "管道")
    held = os.open(pipe, os.O_RDWR)  # what is in it could be read without waiting
    os.write(held, b'{"what": "sixping-events"}\n')
    try:
        assert not is_events_file(pipe)
    finally:
        os.close(held)


# --- what an import lacks -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "缺少: 文件"),
        (("--profile", "dianhua"), "缺少: 文件"),
        (("来电.csv",), "缺少: --profile 方案"),
        (("--list", "--guess"), "--list 与 --guess 不能同时使用"),
        (("--guess",), "缺少: 文件"),
        (("--template",), "缺少: -o 文件"),
        (("来电.csv", "--profile", "dianhua", "-o", "a.csv"), "-o"),
        (("--template", "来电.csv", "-o", "a.xlsx"), "--template 不读文件"),
        (("--template", "-o", "a.csv"), "不能写成 a.csv"),
        (("--list", "来电.csv"), "--list 不读文件"),
        (("来电.csv", "--guess", "--profile", "dianhua"), "--guess 不用 --profile"),
        (("来电.csv", "--guess", "--format", "csv"), "--guess 不用 --format"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_what_is_missing_is_said_at_once(call: Runner, argv: tuple[str, ...], said: str) -> None:
    done = call("import", *argv, now=NOW)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize("option", ["--update", "--partial", "-n"])
def test_what_only_an_import_knows_is_refused_beside_a_draft(
    call: Runner, calls: Path, option: str
) -> None:
    done = call("import", str(calls), "--guess", option, now=NOW)
    assert (done.code, done.out) == (2, "")
    assert "只用于导入" in done.err


def test_without_a_profile_those_that_fit_the_header_are_named(call: Runner, calls: Path) -> None:
    done = call("import", str(calls), now=NOW)
    assert done.code == 2
    assert "表头与 dianhua (投诉举报电话) 相符: 加 --profile dianhua" in done.err


def test_where_no_profile_fits_the_way_to_draft_one_is_told(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "甲 乙.csv").write_text("天,地,人\n1,2,3\n", encoding="utf-8")
    done = call("import", "甲 乙.csv", now=NOW)
    assert done.code == 2
    assert 'sixping import "甲 乙.csv" --guess -o 方案.toml' in done.err
    absent = call("import", "没有.csv", now=NOW)
    assert absent.code == 2
    assert "缺少: --profile 方案" in absent.err


# --- --guess ------------------------------------------------------------------------------


def test_a_draft_goes_to_the_output_and_what_was_understood_to_the_screen(
    call: Runner, calls: Path
) -> None:
    done = call("import", str(calls), "--guess", now=NOW)
    assert done.code == 0, done.err
    profile = parse_profile(done.out, "来电")
    assert profile.columns["text"] == (("来电内容",),)
    assert "来电内容" in done.err
    assert "张三丰" not in done.err + done.out
    assert "13800138000" not in done.err + done.out
    assert "张*" in done.err
    assert mask_text("13800138000") in done.err
    assert "--guess -o 方案.toml" in done.err


def test_a_draft_is_written_and_never_over_a_file_unasked(call: Runner, calls: Path) -> None:
    argv = ("import", str(calls), "--guess", "-o", "方案.toml")
    first = call(*argv, now=NOW)
    assert (first.code, first.out) == (0, "")
    assert "待填 1 处" in first.err
    assert "--profile 方案.toml --dry-run" in first.err
    draft = calls.with_name("方案.toml")
    assert parse_profile(draft.read_text(encoding="utf-8"), "x").name == "方案"
    draft.write_text("我的", encoding="utf-8")
    again = call(*argv, now=NOW)
    assert again.code == 1
    assert "文件已经存在, 不会覆盖" in again.err
    assert draft.read_text(encoding="utf-8") == "我的"
    assert call(*argv, "--force", now=NOW).code == 0
    assert draft.read_text(encoding="utf-8") != "我的"


def test_a_draft_never_replaces_the_file_it_is_drawn_from_nor_the_ledger(
    call: Runner, calls: Path, ledger: Path
) -> None:
    for target in (calls, ledger):
        kept = target.read_bytes()
        done = call("import", str(calls), "--guess", "-o", str(target), "--force", now=NOW)
        assert done.code == 2
        assert "本身" in done.err
        assert target.read_bytes() == kept


def test_a_draft_as_it_stands_imports_the_file(call: Runner, calls: Path, ledger: Path) -> None:
    assert ledger.exists()
    assert call("import", str(calls), "--guess", "-o", "方案.toml", now=NOW).code == 0
    done = call("import", str(calls), "--profile", "方案.toml", now=NOW)
    assert done.code == 0, done.err
    assert call("show", "1", "--json", now=NOW).json()["community"] == "江一社区"


def test_names_of_the_ledger_are_known_and_others_are_listed(
    call: Runner, calls: Path, ledger: Path
) -> None:
    assert ledger.exists()
    calls.write_text(CALLS + "2026-11-20,占道,江九十社区,甲,1\n", encoding="utf-8")
    values = tomllib.loads(call("import", str(calls), "--guess", now=NOW).out)["values"]
    assert values == {"community": {"江九十社区": ""}}


def test_a_draft_as_json_says_what_each_column_seems_to_be(call: Runner, calls: Path) -> None:
    document = call("import", str(calls), "--guess", "--json", now=NOW).json()
    assert [column["field"] for column in document["columns"]] == [
        "received", "text", "community", "reporter", "phone",
    ]  # fmt: skip
    assert document["rows"] == 1
    assert parse_profile(document["profile"], "x").mode == document["mode"]


def test_what_was_said_of_the_file_stays_in_the_draft(call: Runner, calls: Path) -> None:
    calls.write_bytes(CALLS.encode("gb18030"))
    done = call("import", str(calls), "--guess", "--encoding", "gb18030", now=NOW)
    assert parse_profile(done.out, "x").encoding == "gb18030"


def test_a_ledger_that_cannot_be_read_is_said(call: Runner, calls: Path) -> None:
    calls.with_name("x.db").write_bytes(b"no ledger")
    argv = ("import", str(calls), "--guess", "--ledger", "x.db")
    done = call(*argv, now=NOW)
    assert done.code == 0
    assert "台账读不出, 只用自带的名称" in done.err


def test_usual_headings_of_a_street_are_checked_with_its_rules(
    call: Runner, calls: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    shipped = (ROOT / "data" / "headings.toml").read_text(encoding="utf-8")
    (folder / "headings.toml").write_text(shipped.replace("text = [", "txet = ["), encoding="utf-8")
    assert "txet" in call("policy", "check", str(folder), now=NOW).out
    calls.write_text("诉求经过,时间\n路灯不亮,2026-11-20\n", encoding="utf-8")
    own = shipped.replace("text = [", 'text = ["诉求经过", ')
    (folder / "headings.toml").write_text(own, encoding="utf-8")
    done = call("import", str(calls), "--guess", now=NOW, env={"SIXPING_DATA": str(folder)})
    assert 'text = "诉求经过"  # A 列: 短词, 1 种\n' in done.out


def test_a_file_without_a_header_is_refused(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    done = call("import", "a.csv", "--guess", now=NOW)
    assert (done.code, done.out) == (65, "")
    assert "看不出哪一行是表头" in done.err


# --- the files of ../shared -----------------------------------------------------------------


def edited(text: str, edits: Mapping[str, str]) -> tuple[str, int]:
    """Replace the lines that begin so; return the text and how many lines were edited."""
    lines, count = text.splitlines(), 0
    for begin, line in edits.items():
        (at,) = [place for place, old in enumerate(lines) if old.startswith(begin)]
        count += lines[at] != line
        lines[at] = line
    return "\n".join(lines) + "\n", count


TICKETS = {
    '"completed" =': '"completed" = "已归档"',
    '"in progress" =': '"in progress" = "办理中"',
    '"received" =': '"received" = "待受理"',
    "channel =": 'channel = "微信公众号"',
}
REQUESTS = {
    "# [leave_out]": "[leave_out]",
    '# "model" =': '"model" = ["issues.jurisdiction"]',
    '"closed" =': '"closed" = "已办结"',
    '"open" =': '"open" = "办理中"',
    "channel =": 'channel = "微信公众号"',
}


def test_a_draft_edited_in_five_lines_imports_the_tickets_of_a_town(
    call: Runner, ledger: Path, shared_data: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    file = shared_data / "hoboken_tickets.csv"
    text, count = edited(call("import", str(file), "--guess", now=NOW).out, TICKETS)
    assert count <= 5
    (tmp_path / "方案.toml").write_text(text, encoding="utf-8")
    done = call("import", str(file), "--profile", "方案.toml", "--no-triage", now=NOW)
    assert done.code == 0, done.err
    cases = call("list", "--all", "--json", now=NOW).json()
    assert len(cases) == 46  # 91 rows, 45 of them twice under one number
    by_number = {case["source_no"]: case for case in cases}
    assert by_number["4622831"]["status"] == "已归档"
    assert by_number["4933221"]["received_at"] == "2018-10-02T23:02:01+08:00"


def test_a_draft_edited_in_five_lines_imports_open311_requests(
    call: Runner, ledger: Path, shared_data: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    file = shared_data / "open311_requests.json"
    if kind_of(file) != "json":
        pytest.skip("JSON files are not read yet")
    text, count = edited(call("import", str(file), "--guess", now=NOW).out, REQUESTS)
    assert count <= 5
    (tmp_path / "方案.toml").write_text(text, encoding="utf-8")
    done = call("import", str(file), "--profile", "方案.toml", "--no-triage", now=NOW)
    assert done.code == 0, done.err
    cases = call("list", "--all", "--json", now=NOW).json()
    assert sorted(case["status"] for case in cases) == ["办理中", "办理中", "已办结", "已办结"]
    assert {case["place"] for case in cases} == {"Helsinki", "SPb"}


LABELLED = """
name = "labelled"
title = "有标签的留言"
mode = "live"
[columns]
text = { join = ["title", "text"] }
[defaults]
channel = "政务咨询投诉举报平台"
"""
HOTLINE = """
name = "hotline"
title = "热线试样"
mode = "live"
delimiter = "制表符"
[columns]
platform = "平台"
category = "类别"
text = "内容"
[defaults]
channel = "投诉举报电话"
"""


@pytest.mark.parametrize(
    ("name", "profile", "head", "rows"),
    [
        ("labelled_messages.csv", LABELLED, "", 2003),
        ("trial_hotline.tsv", HOTLINE, "平台\t类别\t内容\n", 97),
    ],
)
def test_the_other_samples_come_in_by_a_profile_alone(
    shared_data: Path, tmp_path: Path, name: str, profile: str, head: str, rows: int
) -> None:
    """A file without a header gets one line of it; nothing is copied but into the test's folder."""
    file = shared_data / name
    if head:
        file = tmp_path / name
        file.write_text(head + (shared_data / name).read_text(encoding="utf-8"), encoding="utf-8")
    read = list(read_reports(file, parse_profile(profile, name)))
    assert len(read) == rows
    assert not [row for row in read if not hasattr(row, "text")]


def test_the_messages_are_drafted_as_records_of_the_past(call: Runner, shared_data: Path) -> None:
    file = shared_data / "messages.xlsx"
    profile = parse_profile(call("import", str(file), "--guess", now=NOW).out, "x")
    shipped = load_profile("messages")
    assert profile.mode is shipped.mode
    assert profile.columns == {
        field: columns for field, columns in shipped.columns.items() if field != "feedback"
    }


# --- --template -----------------------------------------------------------------------------


def filled(path: Path, rows: list[dict[str, Any]]) -> None:
    """Fill a template in as an office program does."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [cell.value.rstrip("*") for cell in sheet[1]]
    for at, row in enumerate(rows, 2):
        for name, value in row.items():
            sheet.cell(at, names.index(name) + 1).value = value
    book.save(path)


def test_a_form_filled_in_is_imported_as_it_stands(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    pytest.importorskip("python_calamine")
    made = call("import", "--template", "-o", "模板.xlsx", now=NOW)
    assert made.code == 0, made.err
    assert "--profile moban" in made.err
    filled(
        tmp_path / "模板.xlsx",
        [
            {
                "收到时间": datetime(2026, 11, 27, 9, 5),  # noqa: DTZ001 - as a sheet has it
                "反映内容": "江南大道占道经营", "渠道": "投诉举报电话", "社区": "江一社区",
                "网格": "江一社区第一网格", "地点": "江南大道", "类别": "占道经营",
                "反映人": "张三丰", "联系电话": "057187654321", "是否匿名": "否", "来件编号": "007",
            },
            {"收到时间": "2026年11月27日 下午3点", "反映内容": "路灯不亮"},
        ],
    )  # fmt: skip
    done = call("import", "模板.xlsx", "--profile", "moban", now=NOW)
    assert done.code == 0, done.err
    assert "工作表" not in done.err  # its own guide and lists are no news
    one = call("show", "1", "--json", now=NOW).json()
    assert (one["source_no"], one["channel"], one["grid"], one["category"]) == (
        "007", "投诉举报电话", "江一社区第一网格", "占道经营",
    )  # fmt: skip
    assert one["received_at"] == "2026-11-27T09:05:00+08:00"
    two = call("show", "2", "--json", now=NOW).json()
    assert (two["channel"], two["received_at"]) == ("其他渠道", "2026-11-27T15:00:00+08:00")


@pytest.mark.parametrize("name", [p.name for p in list_profiles()])
def test_the_form_of_every_profile_has_its_columns_and_reads_by_it(
    call: Runner, tmp_path: Path, name: str
) -> None:
    pytest.importorskip("python_calamine")
    assert call("import", "--template", "--profile", name, "-o", "模板.xlsx", now=NOW).code == 0
    profile = load_profile(name)
    row = {names[0]: "2026-11-20 09:00" if "时间" in names[0] else "演示"
           for columns in profile.columns.values() for names in columns
           if "匿名" not in names[0]}  # fmt: skip
    filled(tmp_path / "模板.xlsx", [row])
    reports = read_reports(tmp_path / "模板.xlsx", profile)
    assert (reports.absent, reports.unused) == ((), ())
    (read,) = list(reports)
    assert "演示" in str(read)


def test_a_form_keeps_numbers_checks_times_and_offers_the_names_of_the_ledger(
    call: Runner, tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    assert call("import", "--template", "-o", "模板.xlsx", now=NOW).code == 0
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    assert [sheet.title for sheet in book] == ["登记表", "填写说明", "名单"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "hidden"]
    sheet, _, names = book.worksheets
    heads = {cell.value.rstrip("*"): cell.column_letter for cell in sheet[1]}
    assert sheet.freeze_panes == "A2"
    formats = {name: sheet.column_dimensions[at].number_format for name, at in heads.items()}
    assert (formats["联系电话"], formats["来件编号"]) == ("@", "@")
    checks = {str(check.sqref)[0]: check for check in sheet.data_validations.dataValidation}
    assert checks[heads["收到时间"]].type == "date"
    offered = {
        name: checks[heads[name]].formula1 for name in ("渠道", "社区", "网格", "类别", "是否匿名")
    }
    assert f"${heads['社区']}2" in offered["网格"]
    words = {cell.value for row in names.iter_rows() for cell in row}
    assert {"投诉举报电话", "江一社区", "江一社区第一网格", "占道经营", "是"} <= words


def test_a_form_of_a_profile_for_other_files_is_refused(call: Runner, tmp_path: Path) -> None:
    text = Path(load_profile("weixin").source).read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(f'format = "csv"\n{text}', encoding="utf-8")
    done = call("import", "--template", "--profile", "a.toml", "-o", "a.xlsx", now=NOW)
    assert done.code == 65
    assert not (tmp_path / "a.xlsx").exists()
