"""From a file to reports: facts of the file only, errors as values with their place."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing.convert import ImportedRow, RowError
from sixping.importing.profiles import load_profile, parse_profile
from sixping.importing.reader import Reports, read_reports
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.store.requests import by_row
from sixping.util.clock import to_text

DATA = Path(__file__).parents[3] / "shared" / "data"

PROFILE = """
name = "demo"
title = "演示"
mode = "history"
[columns]
source_no = ["编号", "事件编号"]
text = { join = ["主题", ["详情", "内容"]] }
place = "地点"
community = "社区"
reporter = "反映人"
phone = "电话"
anonymous = "匿名"
received = "收到"
resolved = "办结"
outcome = "结果"
severity = "等级"
platform = "平台"
status = "状态"
satisfaction = "满意度"
category = "类别"
[times]
received = ["%Y/%m/%d %H:%M:%S", "%Y/%m/%d"]
resolved = ["%Y/%m/%d %H:%M:%S", "%Y/%m/%d"]
[defaults]
channel = "投诉举报电话"
severity = "一般"
category = "其他"
[values.severity]
"1" = "重大"
"未定" = ""
[values.status]
"完成" = "已办结"
[values.category]
"占道" = "占道经营"
"不明" = ""
"""
FULL = {
    "编号": "A1", "主题": "占道", "详情": "\n\t\t江南大道占道经营", "地点": "江南大道1号",
    "社区": "演示社区", "反映人": "演示甲", "电话": "13800000000", "匿名": "否",
    "收到": "2019/4/8 9:32:09", "办结": "2019/5/10 14:56:53", "结果": "已劝离", "等级": "1",
    "平台": "综合执法", "状态": "完成", "满意度": "5", "类别": "占道",
}  # fmt: skip


def open_rows(folder: Path, *rows: dict[str, str], header: Sequence[str] = tuple(FULL)) -> Reports:
    path = folder / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)
    return read_reports(path, parse_profile(PROFILE, "demo.toml"))


def one(folder: Path, **changes: str) -> ImportedRow:
    (row,) = open_rows(folder, FULL | changes)
    assert isinstance(row, ImportedRow), row
    return row


def errors(folder: Path, **changes: str) -> list[RowError]:
    found = list(open_rows(folder, FULL | changes))
    assert all(isinstance(each, RowError) for each in found), found
    return [each for each in found if isinstance(each, RowError)]


def test_a_full_row_becomes_a_report(tmp_path: Path) -> None:
    assert one(tmp_path) == ImportedRow(
        row=2,
        source_no="A1",
        channel="投诉举报电话",
        text="占道\n江南大道占道经营",
        received="2019-04-08T09:32:09+08:00",
        resolved="2019-05-10T14:56:53+08:00",
        place="江南大道1号",
        community="演示社区",
        reporter="演示甲",
        phone="13800000000",
        anonymous=False,
        outcome="已劝离",
        satisfaction=5,
        severity=Severity.MAJOR,
        category="占道经营",
        platform=Platform.ENFORCEMENT,
        status=Status.RESOLVED,
    )


def test_what_the_file_leaves_blank_is_unknown_or_the_default(tmp_path: Path) -> None:
    only = {name: FULL[name] for name in ("编号", "主题", "收到")}
    (row,) = open_rows(tmp_path, only)
    assert isinstance(row, ImportedRow)
    assert (row.severity, row.category) == (Severity.ORDINARY, "其他")
    assert (row.resolved, row.phone, row.status, row.platform) == (None, None, None, None)


def test_a_word_that_says_nothing_leaves_the_default(tmp_path: Path) -> None:
    row = one(tmp_path, 等级="未定", 类别="不明")
    assert (row.severity, row.category) == (Severity.ORDINARY, "其他")


@pytest.mark.parametrize(("word", "value"), [("是", True), ("TRUE", True), ("实名", False)])
def test_usual_words_for_anonymity_are_known(tmp_path: Path, word: str, *, value: bool) -> None:
    assert one(tmp_path, 匿名=word).anonymous is value


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"收到": "8/4/2019"}, "I 收到", "时间无法识别: '8/4/2019'"),
        ({"收到": "2019/2/30"}, "I 收到", "时间无法识别"),
        ({"收到": ""}, "I 收到", "收到时间为空"),
        ({"收到": "0001-01-01T00:00:00+14:00"}, "I 收到", "时间无法识别"),
        ({"收到": "1948/12/31"}, "I 收到", "年份不在 1949 至 2100 之间"),
        ({"收到": "9999-12-31 00:00:00"}, "I 收到", "年份不在 1949 至 2100 之间"),
        ({"办结": "2101/1/1"}, "J 办结", "年份不在 1949 至 2100 之间"),
        ({"主题": " ", "详情": "\t"}, "B 主题", "内容为空"),
        ({"详情": "a\x00b"}, "B 主题", "NUL"),
        ({"电话": "1.38E+10"}, "G 电话", "科学计数"),
        ({"等级": "2"}, "L 等级", "没有说明的词: '2'"),
        ({"平台": "城管"}, "M 平台", "没有说明的词"),
        ({"状态": "办理"}, "N 状态", "没有说明的词"),
        ({"满意度": "6"}, "O 满意度", "没有说明的词"),
        ({"匿名": "可能"}, "H 匿名", "没有说明的词"),
    ],
)
def test_an_error_names_row_column_and_what(
    tmp_path: Path, changes: dict[str, str], column: str, said: str
) -> None:
    (error,) = errors(tmp_path, **changes)
    assert (error.row, error.column) == (2, column)
    assert said in error.what
    assert error.hint
    assert bool(error.word) == ("没有说明的词" in said), "what is no word is not grouped by it"


def test_all_errors_of_a_row_are_told_at_once_and_others_go_on(tmp_path: Path) -> None:
    found = list(open_rows(tmp_path, FULL, FULL | {"收到": "x", "等级": "9"}, FULL))
    assert [type(each).__name__ for each in found] == [
        "ImportedRow", "RowError", "RowError", "ImportedRow",
    ]  # fmt: skip
    assert [each.row for each in found] == [2, 3, 3, 4]


def test_a_comma_without_quotes_is_not_taken_for_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("内容,收到\n好,2019-04-08\n江南大道,占道,2019-04-08\n", encoding="utf-8")
    text = PROFILE.replace('{ join = ["主题", ["详情", "内容"]] }', '"内容"')
    text = text.replace('source_no = ["编号", "事件编号"]', "").replace('resolved = "办结"', "")
    text = text.replace('resolved = ["%Y/%m/%d %H:%M:%S", "%Y/%m/%d"]', "")
    good, bad = read_reports(path, parse_profile(text, "x"))
    assert isinstance(good, ImportedRow)
    assert isinstance(bad, RowError)
    assert bad.column == "C"
    assert "3 列" in bad.what


def test_short_rows_and_rows_of_blanks_are_no_errors(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    reports = open_rows(tmp_path, FULL)
    head = path.read_text(encoding="utf-8").splitlines()[0]
    cut = 'A1,占道,好,,,,,,2019/4/8 9:32:09\n," ",\n'
    path.write_text(f"{head}\n{cut}", encoding="utf-8")
    (row,) = read_reports(path, parse_profile(PROFILE, "x"))
    assert isinstance(row, ImportedRow)
    assert reports.header_row == 1


def test_a_day_without_an_hour_is_remarked_and_never_before_receipt(tmp_path: Path) -> None:
    later = one(tmp_path, 办结="2019/5/10")
    assert later.resolved == "2019-05-10T00:00:00+08:00"
    same = one(tmp_path, 办结="2019/4/8")
    assert same.resolved == same.received
    assert [row.remarks for row in (later, same)] == [("J 办结 只有日期, 没有几点",)] * 2


def test_a_row_closed_before_it_was_received_comes_in_with_its_end_unknown(tmp_path: Path) -> None:
    row = one(tmp_path, 办结="2019/4/8 9:32:08", 状态="")
    assert (row.received, row.resolved) == ("2019-04-08T09:32:09+08:00", None)
    assert row.status is Status.RESOLVED, "that it was settled is said all the same"
    said = "J 办结 办结时间 2019-04-08 09:32:08 早于收到时间 2019-04-08 09:32:09, 按不详记"
    assert row.remarks == (said,)
    assert one(tmp_path, 办结="2019/4/7").resolved is None


def test_one_column_may_mix_iso_dates_days_and_the_sources_own_text(tmp_path: Path) -> None:
    stated = ["2019/4/8 9:32:09", "2019-04-08 09:32:09", "2019-04-08T09:32:09+08:00"]
    rows = list(open_rows(tmp_path, *[FULL | {"收到": each} for each in stated]))
    assert len({row.received for row in rows if isinstance(row, ImportedRow)}) == 1


@pytest.mark.parametrize("raw", ['="013800000000"', "'013800000000", "\t013800000000"])
def test_what_keeps_zeros_in_a_sheet_is_taken_off_a_phone(tmp_path: Path, raw: str) -> None:
    assert one(tmp_path, 电话=raw).phone == "013800000000"


def identity(row: ImportedRow) -> str:
    return by_row([row.text, row.place, row.reporter, row.phone, row.unnumbered])


def test_a_row_without_number_is_recognised_each_time(tmp_path: Path) -> None:
    first, again = one(tmp_path, 编号=""), one(tmp_path, 编号=" ")
    assert first.source_no is None
    assert identity(first) == identity(again)
    assert one(tmp_path).unnumbered is None


@pytest.mark.parametrize(
    "changes",
    [{"主题": "另"}, {"地点": "2号"}, {"反映人": "演示乙"}, {"电话": "13800000001"},
     {"社区": "甲"}, {"收到": "2019/4/8 9:32:10"}],
)  # fmt: skip
def test_rows_that_differ_are_told_apart(tmp_path: Path, changes: dict[str, str]) -> None:
    first = one(tmp_path, 编号="")
    assert identity(one(tmp_path, **({"编号": ""} | changes))) != identity(first)


def test_duplicate_rows_stay_duplicates_for_the_ledger_to_recognise(tmp_path: Path) -> None:
    rows = list(open_rows(tmp_path, FULL | {"编号": ""}, FULL | {"编号": ""}))
    assert len({identity(row) for row in rows if isinstance(row, ImportedRow)}) == 1


def test_a_long_row_of_admissible_cells_is_admitted(tmp_path: Path) -> None:
    row = one(tmp_path, 详情="长" * 90_000, 结果="长" * 90_000)
    assert len(row.outcome or "") == 90_000
    assert "太长" in errors(tmp_path, 详情="长" * 100_001)[0].what


def test_the_header_is_found_under_a_title_and_by_other_spellings(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    head = "事件编号*,主 题,内容：,收到,办结,备注"
    path.write_text(f"2019年台账,,,,,\n\n{head}\nA1,a,b,2019-04-08,,x\n", encoding="utf-8")
    reports = read_reports(path, parse_profile(PROFILE, "x"))
    (row,) = reports
    assert isinstance(row, ImportedRow)
    assert (row.row, row.text) == (4, "a\nb")
    assert reports.header_row == 3
    assert reports.columns["text"] == "B 主 题、C 内容："
    assert "phone" in reports.absent
    assert reports.unused == ("F 备注",)


def test_a_file_of_another_source_is_refused_by_the_columns_it_lacks(tmp_path: Path) -> None:
    header = [name for name in FULL if name not in ("收到", "主题")]
    with pytest.raises(BadData, match=r"最接近的是第 1 行, 缺少列: 主题/详情 \(内容\)、收到"):
        open_rows(tmp_path, FULL, header=header)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="两列同名: I 收到"):
        open_rows(tmp_path, FULL, header=[*FULL, "收到"])


def test_a_file_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    open_rows(tmp_path, FULL)
    profile = parse_profile('format = "xlsx"\n' + PROFILE, "x")
    with pytest.raises(BadData, match="csv 文件"):
        read_reports(tmp_path / "in.csv", profile)


def test_lost_digits_are_remarked_and_fatal_only_where_they_tell_rows_apart(
    tmp_path: Path,
) -> None:
    pytest.importorskip("python_calamine")
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row("A1", list(FULL))
    page.write_row("A2", list((FULL | {"编号": "A1"}).values()))
    page.write_number("G2", 330106199001011234)
    page.write_row("A3", list(FULL.values()))
    page.write_number("A3", 330106199001011234)
    book.close()
    taken, refused = read_reports(path, parse_profile(PROFILE, "x"))
    assert isinstance(taken, ImportedRow)
    assert taken.remarks == ("G 电话 是数字格式, 第 16 位起的数字已丢失",)
    assert isinstance(refused, RowError)
    assert (refused.row, refused.column) == (3, "A 编号")


CALLS = """
name = "calls"
title = "来电"
mode = "live"
[columns]
source_no = "受理编号"
text = "来电内容"
received = "来电时间"
community = "社区"
reporter = "来电人"
phone = "来电号码"
[times]
received = ["excel", "%Y/%m/%d %H:%M"]
[defaults]
channel = "投诉举报电话"
"""


def finding(name: str) -> list[ImportedRow | RowError]:
    path = DATA.parent / "findings" / "files" / name
    if not path.is_file():
        pytest.skip("../shared/findings is not here")
    return list(read_reports(path, parse_profile(CALLS, "calls.toml")))


def test_a_bare_serial_day_of_a_1904_book_is_the_right_day() -> None:
    first, second = finding("d1904.xlsx")
    assert isinstance(first, ImportedRow)
    assert isinstance(second, ImportedRow)
    assert first.received == second.received == "2026-04-01T09:05:00+08:00"


def test_a_merged_community_belongs_to_every_row_of_it() -> None:
    rows = finding("vmerge.xlsx")
    found = [row.community for row in rows if isinstance(row, ImportedRow)]
    assert found == ["江一社区"] * 3 + ["江二社区"] * 3


def test_what_a_spreadsheet_mangled_is_an_error_of_its_cell_and_never_a_value() -> None:
    first, second = finding("iddate.xlsx")
    assert isinstance(first, RowError)
    assert isinstance(second, RowError)
    assert [(each.row, each.column) for each in (first, second)] == [
        (2, "F 来电号码"), (3, "B 来电时间"),
    ]  # fmt: skip
    assert first.what == second.what == "是日期格式, 存的却不是日期, 原来的号码已被表格软件改掉"


def test_a_bad_byte_is_an_error_of_its_row_and_the_next_goes_on() -> None:
    cut, whole = finding("gbktrunc.csv")
    assert isinstance(cut, RowError)
    assert (cut.row, cut.column) == (2, "C 来电内容")
    assert "gb18030" in cut.what
    assert isinstance(whole, ImportedRow)


def test_damage_in_a_column_nobody_reads_is_no_error(tmp_path: Path) -> None:
    open_rows(tmp_path, FULL | {"等级": "1"})
    path = tmp_path / "in.csv"
    head, row = path.read_bytes().rstrip().split(b"\r\n", 1)
    path.write_bytes(head + ",备注\n".encode() + row + b",\xe5\x8d\n" + row + b",#VALUE!\n")
    rows = list(read_reports(path, parse_profile(PROFILE, "x")))
    assert [type(each).__name__ for each in rows] == ["ImportedRow", "ImportedRow"]


def test_a_line_that_is_no_json_is_an_error_of_the_whole_row(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    good = '{"受理编号": "J1", "来电内容": "占道", "来电时间": "2026-04-01 09:05:00"}\n'
    path.write_text(good + "{oops\n" + good, encoding="utf-8")
    first, bad, last = read_reports(path, parse_profile(CALLS, "calls.toml"))
    assert isinstance(first, ImportedRow)
    assert isinstance(last, ImportedRow)
    assert isinstance(bad, RowError)
    assert (bad.row, bad.column, bad.what) == (3, "", "这一条不是完整的 JSON 对象")


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_the_2816_messages_become_records_of_the_past() -> None:
    pytest.importorskip("python_calamine")
    reports = read_reports(DATA / "messages.xlsx", load_profile("messages"))
    rows = [row for row in reports if isinstance(row, ImportedRow)]
    assert len(rows) == 2816
    assert (reports.absent, reports.unused) == ((), ())
    assert len({row.source_no for row in rows}) == 2816
    assert all((row.source_no or "").isdigit() for row in rows)
    assert all(row.received and row.resolved and row.received <= row.resolved for row in rows)
    assert all(row.text == row.text.strip() and row.outcome == row.feedback for row in rows)
    assert {row.received[-6:] for row in rows if row.received} == {"+08:00"}
    assert rows[0].received == "2019-04-25T09:32:09+08:00"
    assert sum(bool(row.remarks) for row in rows) == 1


HOBOKEN = """
name = "hoboken"
title = "street tickets"
mode = "history"
format = "csv"
[columns]
source_no = "ID"
text = { join = ["Title", "Description"] }
place = "Address"
received = "Date Created"
status = "Status"
reporter = "User"
[times]
received = ["unix"]
[defaults]
channel = "微信公众号"
[values.status]
"received" = "待受理"
"in progress" = "办理中"
"completed" = "已办结"
"""


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_a_foreign_system_is_read_by_a_profile_its_user_writes() -> None:
    rows = list(read_reports(DATA / "hoboken_tickets.csv", parse_profile(HOBOKEN, "h.toml")))
    reports = [row for row in rows if isinstance(row, ImportedRow)]
    assert len(reports) == len(rows) == 91
    assert reports[0].received == to_text(datetime.fromtimestamp(1538492521, UTC))
    assert [row.status for row in reports].count(Status.RESOLVED) == 88
    assert all(row.resolved is None for row in reports)


# --- rows that are no reports -----------------------------------------------------------


def read_text(folder: Path, text: str, profile: str = "", encoding: str = "utf-8") -> Reports:
    path = folder / "in.csv"
    path.write_text(text, encoding=encoding)
    return read_reports(path, parse_profile(profile, "x") if profile else load_profile("dianhua"))


def taken(reports: Reports) -> list[ImportedRow]:
    rows = list(reports)
    assert all(isinstance(row, ImportedRow) for row in rows), rows
    return [row for row in rows if isinstance(row, ImportedRow)]


HEAD = "受理编号,来电时间,来电内容,社区,来电人,来电号码\n"
CALL = "F1,2026-04-01 09:00:00,占道经营,江一社区,甲,13800000000\n"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("合计,,2件", "合计"), ("合    计,,2,,,", "合计"), ("本月小计：,,,12 件", "本月小计"),
        ("制表人: 甲,,审核: 乙", "制表人"), ("制表人：甲  审核人：乙", "制表人"),
        ("填报单位(盖章):,,某街道,,填表日期:,2026-04-30", "填报单位"),
        ("打印时间: 2026-04-30 09:00", "打印时间"), ("共 2 条记录", "共"), ("第1页 共3页", "第"),
        ("审核人,甲,填表人,乙", "审核人"), ("备注: 本表为虚构，不作依据。", "备注"),
        ("总计,2026-04-30,,,,", "总计"), (HEAD.strip(), "表头"), ("合计,,12345件", "合计"),
        ("合计,,,江南大道社区,,", "合计"), (",,制表人: 甲,,,", "制表人"),
        ("合计,,,,,2026年04月30日09:30:00", "合计"), ("合计,1,2,3,4,5,6,7", "合计"),
        ("审核: 乙,,,,,", "审核"), (",,制表人: 某某某某某某,,,", "制表人"),
        ("合计,,,某某某某某某某某某某某某,,", "合计"),
        ("制表人:甲,,,,,审核人(签字盖章):某某某某某某", "制表人"),
        (",,以下空白,,,", "以下空白"), ("——本页以下空白——", "以下空白"), ("（共2件）", "共"),
        ("日期: 2026年4月30日", "日期"), ("制表：甲,,审核：乙,,日期：2026.04.30,", "制表"),
        ("单位（盖章）：某街道,,,,,", "单位(盖章)"),
        ("联系人:甲,,,联系电话:0571-87654321,,", "联系人"),
        ("以上数据截至2026年4月30日", "以上数据"), ("第 1 页/共 3 页", "第"),
        ("汇总,,2,,,", "汇总"), ("====", "="),
        ("数据来源：某系统", "数据来源"), ("—— 完 ——", "完"), ("领导签字", "领导签字"),
        ("主要领导：,,,经办人：,,", "主要领导"), ("记录总数:2", "记录总数"), ("Total,,2", "Total"),
        ("主管：,,复核：,,制表：,", "主管"), ("统计截止时间：2026年4月30日24时", "统计截止时间"),
        ("承办人（签字）", "承办人"), ("总件数：2", "总件数"), ("环比,,10%,,,", "环比"),
        ("查询条件：2026-04-01至2026-04-30", "查询条件"), ("平均,,3.5,,,", "平均"),
    ],
)  # fmt: skip
def test_lines_of_totals_and_signatures_are_left_out_and_counted(
    tmp_path: Path, line: str, word: str
) -> None:
    reports = read_text(tmp_path, f"{HEAD}{CALL}{line}\n{CALL}")
    assert len(taken(reports)) == 2
    assert (reports.left_out, reports.left_first) == ({word: 1}, {word: 3})


@pytest.mark.parametrize(
    "line",
    [
        "F2,,合计三千元的押金不退,江一社区,甲,13800000000", ",,合计三千元的押金不退,,,",
        ",,负责人: 张三收了钱不办事,,,", ",,共 3 条狗在小区乱跑,,,", "F2,,合计,,,",
        ",,以下空白处乱贴广告,,,",
        "合计,,押金三千元, 物业不退,,,", "制表人: 甲,,电话打不通,,,13800000000",
        "审核人,2026-04-01 09:00,门口占道经营, 没人管, ,", "备注,,占道,,,13800000000",
        "合计,,不管。,,,", "合计,,门口占道经营,,,", "备注: 见附页,,,江一社区,甲,",
        "合计,1,2,3,4,5,6,7,8", f"备注: {'长' * 300}", ",,审核: 张三收了钱不办事,,,",
        ",,备注: 门口占道,,,", "合计,,,某某某某某某某某某某某某某,,", "合计,,,电话8765432,,",
        "合计,,,,,13800000000", ",,数据来源不明的短信骚扰,,,", ",,联系电话:0571-87654321,,,",
        ",,领导签字,,,", "日期: 待定,,占道,,,", ",,====,,,", "联系人: 甲,,门口占道经营,,,",
        "数据来源：某系统,,门口占道经营没人管,,,", "--,,占道,,,", "====,,占道,甲,,",
    ],
)  # fmt: skip
def test_a_report_without_its_time_is_an_error_however_it_begins(tmp_path: Path, line: str) -> None:
    reports = read_text(tmp_path, f"{HEAD}{line}\n")
    rows = list(reports)
    assert not reports.left_out, reports.left_out
    assert rows
    assert all(isinstance(row, RowError) for row in rows) or "审核人" in line


def test_a_total_that_ends_before_the_column_of_the_time_is_one(tmp_path: Path) -> None:
    reports = read_text(tmp_path, "受理编号,来电内容,来电时间\n合计,2件\n合计,三件\n")
    assert (taken(reports), reports.left_out) == ([], {"合计": 2})


def test_a_report_with_its_time_is_never_left_out_by_its_first_word(tmp_path: Path) -> None:
    reports = read_text(tmp_path, f"{HEAD}合计,2026-04-01 09:00:00,占道,,,\n")
    assert [row.text for row in taken(reports)] == ["占道"]


@pytest.mark.parametrize("line", ["制表人：甲,2026-11-28,审核人：乙,,,", "合计,2026-11-28,3件,,,"])
def test_a_footer_is_no_report_where_its_date_stands_under_the_time(
    tmp_path: Path, line: str
) -> None:
    reports = read_text(tmp_path, f"{HEAD}{CALL}{line}\n")
    assert [row.source_no for row in taken(reports)] == ["F1"]
    assert reports.left_out.total() == 1


def test_the_footer_of_the_field_is_left_out() -> None:
    path = DATA.parent / "findings" / "files" / "footer.csv"
    if not path.is_file():
        pytest.skip("../shared/findings is not here")
    reports = read_reports(path, load_profile("dianhua"))
    assert [row.source_no for row in taken(reports)] == ["F1", "F2"]
    assert reports.left_first == {"合计": 6, "制表人": 7}


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("ampm.xlsx", ["15:05", "15:05", "15:05", "00:20"]),
        ("splittime.xlsx", ["09:05"]),
        ("tworow.xlsx", ["09:00"]),
    ],
)
def test_the_sheets_of_the_field_are_read_by_the_profile_of_the_hotline(
    name: str, times: list[str]
) -> None:
    pytest.importorskip("python_calamine")
    path = DATA.parent / "findings" / "files" / name
    if not path.is_file():
        pytest.skip("../shared/findings is not here")
    rows = taken(read_reports(path, load_profile("dianhua")))
    assert [row.received for row in rows] == [f"2026-04-01T{time}:00+08:00" for time in times]
    assert all(row.source_no and not row.remarks for row in rows)
    if name == "tworow.xlsx":
        (row,) = rows
        assert (row.community, row.reporter, row.phone) == ("江一社区", "甲", "13800000000")


def test_a_cell_of_any_length_is_answered_at_once(tmp_path: Path) -> None:
    for cell in (
        "2026/4/1" + "9" * 90_000,
        "(" * 90_000,
        "合计" * 45_000,
        "制表人(" + "(" * 90_000,
    ):
        reports = read_text(tmp_path, f"{HEAD},{cell},,,,\n{cell},,,,,\n")
        assert all(isinstance(row, RowError) for row in reports)


OWN = """
name = "own"
title = "自己的"
mode = "live"
[columns]
text = "内容"
community = "社区"
[defaults]
channel = "投诉举报电话"
"""


def test_rows_are_left_out_by_a_word_of_a_column(tmp_path: Path) -> None:
    profile = OWN + '[leave_out]\n"标 题" = ["[作废]", "测试"]\n'
    text = "标题,内容,社区\n噪音[作废],一,\n路灯,二,\n测试件,三,\n[作废],四,\n"
    reports = read_text(tmp_path, text, profile)
    assert [row.text for row in taken(reports)] == ["二"]
    assert reports.left_out == {"[作废]": 2, "测试": 1}
    assert reports.left_first == {"[作废]": 2, "测试": 4}
    assert reports.unused == (), "the column is used"
    with pytest.raises(BadData, match=r"\[leave_out\] 所说的列: 标 题"):
        read_text(tmp_path, "内容,社区\n一,\n", profile)


def test_a_whole_row_with_its_time_is_left_out_by_a_word_too(tmp_path: Path) -> None:
    profile = OWN.replace("[columns]", '[columns]\nreceived = "收到"')
    text = "收到,内容,社区\n2026-04-01 09:00,占道,[作废]\n2026-04-01 10:00,路灯\n"
    reports = read_text(tmp_path, text, profile + '[leave_out]\n"社区" = ["[作废]"]\n')
    assert [row.text for row in taken(reports)] == ["路灯"], "and a short row is none of them"
    assert reports.left_out == {"[作废]": 1}


def test_words_of_every_column_named_leave_a_row_out(tmp_path: Path) -> None:
    profile = OWN + '[leave_out]\n"标题" = ["[作废]"]\n"社区" = ["测试"]\n'
    text = "标题,内容,社区\n噪音,一,测试社区\n路灯,二,江一社区\n[作废],三,江一社区\n"
    reports = read_text(tmp_path, text, profile)
    assert [row.text for row in taken(reports)] == ["二"]
    assert reports.left_out == {"测试": 1, "[作废]": 1}


def test_a_head_that_comes_again_is_no_report_where_rows_have_no_time(tmp_path: Path) -> None:
    reports = read_text(tmp_path, "社区,内容\n江一社区,占道\n社区,内容\n江一社区,路灯\n", OWN)
    assert [row.text for row in taken(reports)] == ["占道", "路灯"]
    assert reports.left_out == {"表头": 1}


def test_totals_are_known_also_where_rows_have_no_time(tmp_path: Path) -> None:
    reports = read_text(tmp_path, "社区,内容\n江一社区,合计三千元不退\n合计,2件\n", OWN)
    assert [row.text for row in taken(reports)] == ["合计三千元不退"]
    assert reports.left_out == {"合计": 1}


# --- a head of two rows -----------------------------------------------------------------


TWO = "来电登记表,,,,,\n受理编号,来电时间,来电内容,来电人情况,,\n,,,社区,来电人,来电号码\n"


def test_the_lower_row_of_a_head_governs_and_the_upper_one_serves_where_it_is_blank(
    tmp_path: Path,
) -> None:
    reports = read_text(tmp_path, TWO + CALL)
    (row,) = taken(reports)
    assert (row.row, row.source_no, row.community) == (4, "F1", "江一社区")
    assert (row.reporter, row.phone) == ("甲", "13800000000")
    assert (reports.header_row, reports.columns["reporter"]) == (3, "E 来电人")
    assert reports.unused == ()


def test_a_lower_row_that_is_complete_governs_too(tmp_path: Path) -> None:
    text = TWO.replace("\n,,,", "\n受理编号,来电时间,来电内容,") + CALL
    assert [row.reporter for row in taken(read_text(tmp_path, text))] == ["甲"]


def test_a_number_that_stands_in_the_upper_row_only_is_not_lost(tmp_path: Path) -> None:
    text = "受理编号,来电情况,,来电人情况,,\n,来电时间,来电内容,社区,来电人,来电号码\n" + CALL
    (row,) = taken(read_text(tmp_path, text))
    assert (row.source_no, row.text) == ("F1", "占道经营")


def test_a_time_in_two_columns_may_stand_under_one_title(tmp_path: Path) -> None:
    text = "受理编号,时间,,来电内容\n,日期,时间,\nF1,2026-04-01,上午9:05,占道\n"
    (row,) = taken(read_text(tmp_path, text))
    assert row.received == "2026-04-01T09:05:00+08:00"


def test_a_lower_row_of_names_nobody_reads_is_no_record_where_the_others_are_merged(
    tmp_path: Path,
) -> None:
    text = "来电时间,来电内容,其他,\n来电时间,来电内容,楼栋,单元\n2026-04-01 09:00,占道,1,2\n"
    reports = read_text(tmp_path, text)
    assert [row.text for row in taken(reports)] == ["占道"]
    assert reports.unused == ("C 楼栋", "D 单元")


@pytest.mark.parametrize(
    "record",
    [
        "F1,2026-04-01,社区,社区,姓名,电话",
        "F1,,占道,社区,姓名,电话",
        "社区,2026-04-01,占道,江一社区,,",
        "F1,,,社区,姓名,电话",
    ],
)
def test_a_record_is_never_taken_for_the_lower_row_of_a_head(tmp_path: Path, record: str) -> None:
    reports = read_text(tmp_path, f"{HEAD}{record}\n{CALL}")
    assert reports.header_row == 1
    assert sorted({row.row for row in reports}) == [2, 3]


def test_a_header_written_twice_is_one_and_a_row_that_is_left_out(tmp_path: Path) -> None:
    reports = read_text(tmp_path, f"{HEAD}{HEAD}{CALL}")
    assert [row.row for row in taken(reports)] == [3]
    assert (reports.header_row, reports.left_out) == (1, {"表头": 1})


def test_the_same_names_under_two_titles_are_told_apart_by_these(tmp_path: Path) -> None:
    text = "内容,反映人情况,,被反映人情况,\n,姓名,电话,姓名,电话\n占道,甲,1,乙,2\n"
    profile = OWN.replace('community = "社区"', 'reporter = "{}"\nphone = ["电话", "{}"]')
    with pytest.raises(BadData, match=r"B 姓名 \(反映人情况\)、D 姓名 \(被反映人情况\)"):
        read_text(tmp_path, text, profile.replace('"{}"', '"姓名"'))
    named = 'reporter = "反映人情况 姓名"\nphone = "反映人情况 电话"'
    (row,) = taken(read_text(tmp_path, text, OWN.replace('community = "社区"', named)))
    assert (row.reporter, row.phone) == ("甲", "1")


def test_columns_are_found_by_their_titles_where_the_lower_row_alone_does_not_do(
    tmp_path: Path,
) -> None:
    text = (
        "编号,来电,,办理,\n,内容,时间,时间,备注\nA1,占道,2026-04-01 09:00,2026-04-02 10:00,作废\n"
    )
    text += "A2,路灯,2026-04-01 09:00,2026-04-02 10:00,\n"
    profile = OWN.replace('community = "社区"', """source_no = "编号"
received = "来电 时间"
resolved = "办理 时间"
[leave_out]
"办理 备注" = ["作废"]""")  # fmt: skip
    reports = read_text(tmp_path, text, profile)
    (row,) = taken(reports)
    assert (row.source_no, row.received, row.resolved) == (
        "A2", "2026-04-01T09:00:00+08:00", "2026-04-02T10:00:00+08:00",
    )  # fmt: skip
    assert reports.left_out == {"作废": 1}


def test_a_damaged_name_of_a_column_is_refused_where_the_profile_misses_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "in.csv"
    text = "编号,内容,备注\nA1,占道,无\n"
    numbered = OWN.replace('community = "社区"', 'source_no = "编号"')
    optional = numbered.replace("[columns]", 'optional = ["source_no"]\n[columns]', 1)
    profile = parse_profile(optional, "x")
    path.write_bytes(text.encode("gb18030").replace("编号".encode("gb18030"), b"\xb1\xe0\xff"))
    with pytest.raises(BadData, match=r"第 1 行 \(表头\) A .*gb18030"):
        read_reports(path, profile)
    path.write_bytes(text.encode("gb18030").replace("备注".encode("gb18030"), b"\xb1\xe0\xff"))
    (row,) = taken(read_reports(path, profile))
    assert row.source_no == "A1"


# --- more times -------------------------------------------------------------------------


LATER = """
name = "later"
title = "多个时间"
mode = "live"
optional = ["received"]
[columns]
text = "内容"
received = { date = "日期", clock = ["钟点", "时刻"] }
accepted = "受理"
assigned = "分派"
resolved = "办结"
fed_back = "反馈"
closed = "归档"
withdrawn = "撤回"
source_due = "期限"
[times]
hour = "09:30"
[defaults]
channel = "投诉举报电话"
"""
NAMES = "日期,时刻,内容,受理,分派,办结,反馈,归档,撤回,期限\n"


def test_all_times_of_a_source_are_read(tmp_path: Path) -> None:
    line = (
        "2026-04-01,9:05,占道,2026-04-01 10:00,2026-04-02,2026-04-03 10:00,2026-04-04 10:00,"
        "2026-04-05 10:00,,2026-04-08"
    )
    (row,) = taken(read_text(tmp_path, NAMES + line, LATER))
    day = "2026-04-0"
    assert row.received == f"{day}1T09:05:00+08:00"
    assert row.accepted == f"{day}1T10:00:00+08:00"
    assert row.assigned == f"{day}2T09:30:00+08:00", "the stated hour of days without one"
    assert row.resolved == f"{day}3T10:00:00+08:00"
    assert (row.fed_back, row.closed) == (f"{day}4T10:00:00+08:00", f"{day}5T10:00:00+08:00")
    assert row.withdrawn is None
    assert row.source_due == f"{day}8T23:59:59+08:00", "a limit that names a day ends with it"
    assert row.remarks == ()


@pytest.mark.parametrize(
    "none",
    ["-", "--", "——", "/", "无", "NULL", " -- ", "0000-00-00", "0000-00-00 00:00:00"],
)
def test_what_systems_write_for_no_time_yet_is_none(tmp_path: Path, none: str) -> None:
    line = f"2026-04-01,{none},占道," + ",".join([none] * 7)
    (row,) = taken(read_text(tmp_path, NAMES + line, LATER))
    assert row.received == "2026-04-01T09:30:00+08:00"
    times = (row.accepted, row.assigned, row.resolved, row.fed_back, row.closed, row.withdrawn)
    assert {*times, row.source_due} == {None}
    (error,) = read_text(tmp_path, f"{NAMES}{none},{none},占道,,,,,,,", LATER)
    assert isinstance(error, RowError)
    assert "收到时间为空" in error.what


def test_no_seconds_since_1970_are_no_time(tmp_path: Path) -> None:
    profile = OWN.replace('community = "社区"', 'received = "收到"\nresolved = "办结"')
    profile += '[times]\nreceived = ["unix"]\nresolved = ["unix"]\n'
    (row,) = taken(read_text(tmp_path, "内容,收到,办结\n占道,1775005200,0\n", profile))
    assert (row.received, row.resolved) == ("2026-04-01T09:00:00+08:00", None)


def test_a_later_time_that_precedes_what_it_follows_is_unknown_and_remarked(
    tmp_path: Path,
) -> None:
    line = (
        "2026-04-02,9:05,占道,2026-04-01 10:00,,2026-04-04 10:00,2026-04-03 10:00,"
        "2026-04-01 09:00,,2020-01-01"
    )
    (row,) = taken(read_text(tmp_path, NAMES + line, LATER))
    assert (row.accepted, row.fed_back, row.closed) == (None, None, None)
    assert row.resolved == "2026-04-04T10:00:00+08:00"
    assert row.source_due == "2020-01-01T23:59:59+08:00", "it may lie before anything"
    assert [remark.split(", ")[0] for remark in row.remarks] == [
        "D 受理 受理时间 2026-04-01 10:00:00 早于收到时间 2026-04-02 09:05:00",
        "G 反馈 反馈时间 2026-04-03 10:00:00 早于办结时间 2026-04-04 10:00:00",
        "H 归档 归档时间 2026-04-01 09:00:00 早于收到时间 2026-04-02 09:05:00",
    ]


def test_a_later_time_whose_forerunner_nobody_wrote_is_read(tmp_path: Path) -> None:
    text = f"{NAMES[6:]}占道,,,,2026-04-03 10:00,2026-04-05 10:00,,\n"
    (row,) = taken(read_text(tmp_path, text, LATER))
    assert (row.fed_back, row.closed) == ("2026-04-03T10:00:00+08:00", "2026-04-05T10:00:00+08:00")


def test_a_clock_without_its_day_is_an_error_also_of_a_time_that_may_be_blank(
    tmp_path: Path,
) -> None:
    profile = LATER.replace('accepted = "受理"', 'accepted = { date = "受理日", clock = "受理钟" }')
    text = NAMES[6:].replace("受理", "受理日,受理钟") + "占道,,9:05,,,,,,\n占道,,,,,,,,\n"
    error, row = read_text(tmp_path, text, profile)
    assert isinstance(error, RowError)
    assert (error.column, error.what) == ("B 受理日", "受理时间只有几点, 没有日期")
    assert isinstance(row, ImportedRow)


def test_a_day_at_the_stated_hour_does_not_precede_what_it_follows_that_day(
    tmp_path: Path,
) -> None:
    line = "2026-04-02,10:05,占道,2026-04-02,,,,,,"
    (row,) = taken(read_text(tmp_path, NAMES + line, LATER))
    assert (row.accepted, row.remarks) == ("2026-04-02T10:05:00+08:00", ())


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("2026-04-02,25:05,占道", "B 时刻", "时间无法识别: '25:05'"),
        ("4/2/2026,9:05,占道", "A 日期", "时间无法识别: '4/2/2026'"),
        (",9:05,占道", "A 日期", "收到时间只有几点, 没有日期"),
        (",,占道", "A 日期", "收到时间为空"),
    ],
)
def test_what_is_wrong_with_a_time_in_two_cells_names_the_cell(
    tmp_path: Path, line: str, column: str, what: str
) -> None:
    (error,) = read_text(tmp_path, f"{NAMES}{line}\n", LATER)
    assert isinstance(error, RowError)
    assert (error.column, error.what) == (column, what)


def test_a_column_of_receipt_that_is_optional_may_be_missing(tmp_path: Path) -> None:
    (row,) = taken(read_text(tmp_path, "内容,办结\n占道,\n", LATER))
    assert row.received is None


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("26040109", "写成 2026-04-01 15:05 这样"),
        ("1.4.26", '"%m.%d.%y" (月在前) 或 "%d.%m.%y" (日在前): 按来源的写法选一种'),
        ("46113.5", '加上 "excel"'),
    ],
)
def test_the_advice_on_a_time_names_what_would_read_it(
    tmp_path: Path, cell: str, advice: str
) -> None:
    (error,) = errors(tmp_path, 收到=cell)
    assert advice in error.hint
    assert "[times]" not in error.hint or "received" in error.hint
