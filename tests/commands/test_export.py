"""What is handed out: whole, masked, in the format asked for, and on record."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from sixping.commands.cases.exporting import FORMATS
from sixping.console.handing import _FOR_PEOPLE
from sixping.errors import LedgerBusy
from sixping.render import handout, sheet, workbook
from sixping.services import exporting
from sixping.services.exporting import transfer
from sixping.store.sqlite import reading
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Runner

NOW, LATER, LAST = (
    "2026-11-23T09:00:00+08:00",
    "2026-11-25T10:00:00+08:00",
    "2026-12-20T09:00:00+08:00",
)
PHONE, NAME = "13900001234", "欧阳演示"
LONG = f"江南大道占道经营, 请回电 {PHONE}。\n" + "很长的内容" * 200


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Callable[..., Any]:  # noqa: ARG001
    """Lend a desk with four cases: settled, open, merged into the first, refused."""

    def do(*argv: str, now: str = NOW) -> Any:
        done = call(*argv, now=now)
        assert done.code == 0, (argv, done.err)
        return done

    do("intake", LONG, "--reporter", NAME, "--phone", PHONE, "--channel", "微信公众号",
       "--source-no", "0071", "--severity", "一般", "--community", "江一社区")  # fmt: skip
    do("intake", "演示: 还在办", "--severity", "一般")
    do("intake", "演示: 同一件", "--channel", "微信公众号", "--source-no", "0072",
       "--severity", "一般")  # fmt: skip
    do("intake", "演示: 不归街道", "--channel", "微信公众号", "--source-no", "0073",
       "--severity", "一般")  # fmt: skip
    do("accept", "1")
    do("assign", "1", "--lead", "城管执法中队")
    do("merge", "3", "--into", "1")
    do(
        "extend",
        "1",
        "--workdays",
        "2",
        "--reason",
        "等材料",
        "--approved-by",
        "分管领导",
        now=LATER,
    )
    do("decline", "4", "--category", "内容不明", "--reason", "说不清楚是哪里", now=NOW)
    do("resolve", "1", "--outcome", f"已清理, 已告诉 {PHONE}", now=LATER)
    do("feedback", "1", "已电话告知", "--all", "--satisfaction", "5", now=LATER)
    do("close", "1", now=LATER)
    return do


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def lines_of(text: str) -> list[dict[str, str]]:
    head, *lines = (line.split("\t") for line in text.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def recorded(ledger: Path) -> list[dict[str, Any]]:
    with reading(ledger) as con:
        found = con.execute("SELECT facts FROM events WHERE kind = 'exported' ORDER BY seq")
        return [json.loads(facts) for (facts,) in found.fetchall()]


# --- cases -----------------------------------------------------------------------------


def test_an_export_is_of_all_cases_ended_ones_too_uncut_and_masked(
    desk: Callable[..., Any],
) -> None:
    done = desk("export", now=LAST)
    rows = lines_of(done.out)
    assert [row["number"] for row in rows] == [f"2026-00000{n}" for n in range(1, 5)]
    first = rows[0]
    assert list(first) == [column.key for column in handout.CASES]
    assert first["text"].endswith("很长的内容" * 200)
    assert PHONE not in done.out
    assert NAME not in done.out
    assert first["source_no"] == "0071"
    assert first["fed_back_at"] == first["closed_at"] == "2026-11-25T10:00:00+08:00"
    assert (first["finish_due"], first["finish_late"]) == ("2026-12-02T17:00:00+08:00", "否")
    assert (first["extensions"], first["extended_workdays"]) == ("1", "2")
    assert rows[1]["finish_late"] == rows[1]["late"] == "是"
    assert (rows[2]["status"], rows[2]["merged_into"]) == ("已并入", "2026-000001")
    assert rows[3]["outcome"] == "说不清楚是哪里"


def test_the_filters_of_list_and_open_ones_alone(desk: Callable[..., Any], ledger: Path) -> None:
    for argv, count in (
        (("--open",), 1),
        (("--unit", "城管执法中队"), 1),
        (("--channel", "微信公众号"), 3),
        (("--status", "已归档"), 1),
        (("--from", "2026-11-24"), 0),
        (("--community", "江一社区", "--severity", "一般"), 1),
    ):
        got = json.loads(desk("export", "--json", *argv, now=LATER).out)
        assert len(got) == count, argv
    said = [facts.get("filters") for facts in recorded(ledger)]
    assert said[0] == "在办"
    assert said[1] == "单位 城管执法中队"
    assert said[4] == "自 2026年11月24日(周二)"


def test_json_and_json_lines_and_csv_say_the_same(desk: Callable[..., Any]) -> None:
    whole = json.loads(desk("export", "--json", now=LATER).out)
    lines = [json.loads(x) for x in desk("export", "--format", "jsonl", now=LATER).out.splitlines()]
    assert whole == lines
    assert whole[0]["assist"] == []
    assert whole[1]["suspended"] is False
    table = rows_of(desk("export", "--format", "csv", now=LATER).out)
    assert [row["number"] for row in table] == [row["number"] for row in whole]
    assert json.loads(desk("export", "--json", "--status", "待上报").out) == []


def test_for_people_chinese_heads_and_dates_that_sort(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "交办.xlsx"
    desk("export", "--for-people", "-o", str(file), now=LATER)
    page = load_workbook(file)["Sheet1"]
    heads = [cell.value for cell in page[1]]
    assert heads[:4] == ["编号", "渠道", "来源编号", "收到时间"]
    row = dict(zip(heads, page[2], strict=True))
    assert row["收到时间"].value == datetime(2026, 11, 23, 9)  # noqa: DTZ001 - a sheet has no zone
    assert row["来源编号"].value == "0071"
    assert row["来源编号"].number_format == "@"
    assert (page.freeze_panes, page.auto_filter.ref is not None) == ("A2", True)
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$1:$1")
    table = desk("export", "--for-people", "--format", "csv", now=LATER).out
    assert rows_of(table)[0]["收到时间"] == "2026年11月23日(周一) 09:00"
    assert desk("export", "--format", "csv", now=LATER).out.startswith("number,")


def test_a_sheet_for_programs_has_keys_and_iso_times(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "x.xlsx"
    desk("export", "-o", str(file), now=LATER)
    book = load_workbook(file, read_only=True)
    rows = list(book["Sheet1"].values)
    book.close()
    assert list(rows[0]) == [column.key for column in handout.CASES]
    assert rows[1][3] == "2026-11-23T09:00:00+08:00"
    assert len(rows) == 5


def test_a_list_a_search_and_what_is_overdue_may_be_a_workbook_too(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    for argv in (("list", "--all"), ("search", "演示"), ("overdue",)):
        file = tmp_path / f"{argv[0]}.xlsx"
        desk(*argv, "-o", str(file), now=LAST)
        rows = list(load_workbook(file)["Sheet1"].values)
        assert rows[0][0] == "编号"
        assert len(rows) > 1


def test_open311_has_the_target_as_expected_datetime_and_nobody_in_it(
    desk: Callable[..., Any],
) -> None:
    done = desk("export", "--open311", now=LATER)
    first, second, *_ = json.loads(done.out)
    assert (first["status"], second["status"]) == ("closed", "open")
    assert second["expected_datetime"] == "2026-11-30T17:00:00+08:00"
    assert first["agency_responsible"] == "城管执法中队"
    assert first["updated_datetime"] == "2026-11-25T10:00:00+08:00"
    assert PHONE not in done.out
    assert NAME not in done.out
    assert done.out == desk("export", "--format", "open311", now=LATER).out


# --- who took out what -----------------------------------------------------------------


def test_every_export_is_on_record_and_a_revealed_one_says_why(
    desk: Callable[..., Any], ledger: Path, call: Runner
) -> None:
    assert call("export", "--reveal", now=LATER).code == 2
    assert call("export", "--reason", "x", now=LATER).code == 2
    desk("export", now=LATER)
    shown = desk("export", "--reveal", "--reason", "移交区级", now=LATER).out
    assert PHONE in shown
    assert NAME in shown
    first, second = recorded(ledger)
    assert first == {"what": "cases", "format": "tsv", "count": 4}
    assert second == {"what": "cases", "format": "tsv", "count": 4, "revealed": True}
    log = desk("log", "--stream", "job", "--json", now=LATER).out
    assert "移交区级" in log
    assert desk("verify", now=LATER).code == 0


def test_where_it_cannot_be_recorded_masked_goes_on_and_revealed_does_not(
    desk: Callable[..., Any], ledger: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sixping.errors import NoPermission
    from sixping.services import exporting

    def refused(*_: object) -> None:
        raise NoPermission("没有写台账的权限。", "")

    monkeypatch.setattr(exporting, "record", refused)
    done = desk("export", now=LATER)
    assert done.out.count("\n") == 5
    assert "没有记入台账" in done.err
    revealed = call("export", "--reveal", "--reason", "移交", now=LATER)
    assert (revealed.code, revealed.out) == (77, "")
    assert recorded(ledger) == []


def test_a_file_is_whole_or_not_there_its_owners_alone_and_never_replaced_unasked(
    desk: Callable[..., Any], call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.csv"
    desk("export", "-o", str(file), now=LATER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert call("export", "-o", str(file), now=LATER).code == 1
    assert file.read_bytes() == before
    desk("export", "-o", str(file), "--force", "--open", now=LATER)
    assert file.read_bytes() != before
    from sixping.services import exporting

    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "case_row", broken)
    for name in ("y.csv", "y.xlsx", "y.json"):
        assert call("export", "-o", str(tmp_path / name), now=LATER).code == 130
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(("y.", ".sixping"))]


def test_what_makes_no_sense_is_refused_with_what_does(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    for argv, said in (
        (("--format", "xlsx"), "-o 文件.xlsx"),
        (("--json", "--for-people"), "只用于表格"),
        (("--since", "2026-11-01"), "--answers"),
        (("--answers",), "渠道"),
        (("--answers", "--channel", "微信公众号"), "渠道和时间"),
        (("--answers", "--since", "2026-11-20"), "渠道和时间"),
        (("--answers", "--open", "--channel", "微信公众号", "--since", "2026-11-20"), "不能与"),
        (("events", "--unit", "司法所"), "不能与"),
        (("events", "-o", "x.csv"), "jsonl"),
        (("--format", "docx"), "可用的格式"),
        (("--columns", "编号,办结期"), "是否指: 办结期限"),
        (("--columns", " , "), "没有列名"),
        (("--columns", "编号", "--open311"), "不能选列"),
        (("events", "--columns", "编号"), "不能与"),
    ):
        done = call("export", *argv, now=LATER)
        assert done.code == 2, argv
        assert said in done.err, (argv, done.err)
    assert set(_FOR_PEOPLE) < set(FORMATS)


def test_the_page_of_exports_names_every_column() -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    cases, _, answers = page.partition("答复的列")
    named = set(re.findall(r"`([a-z_]+)`", cases))
    assert {column.key for column in handout.of_cases(handout.OF_REGISTERS)} <= named
    assert {column.key for column in handout.ANSWERS} == set(
        re.findall(r"`([a-z_]+)`", answers.partition(";")[0])
    )


def test_the_page_of_exports_names_every_field_of_open311_and_what_sheets_for_people_leave_out(
    desk: Callable[..., Any],
) -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    section = page.partition("## Open311 的字段")[2].partition("\n## ")[0]
    (request, *_) = json.loads(desk("export", "--open311", now=LATER).out)
    assert set(request) == set(re.findall(r"`([a-z0-9_]+)`", section))
    nothing = section.rpartition("办理结果")[2]
    assert all(request[key] is None for key in re.findall(r"`(\w+)`", nothing))
    shown = page.partition("`--for-people` 写其中 ")[2].partition("。")[0]
    masked, revealed = (handout.needed(handout.CASES, reveal=each) for each in (False, True))
    count, _, told = shown.partition(" 列: ")
    told, _, more = told.partition("; 加 `--reveal` 的还有")
    assert (int(count), told.replace("\n", "").split("、")) == (
        len(masked), [column.title for column in masked],
    )  # fmt: skip
    assert more.split("、") == [c.title for c in revealed if c not in masked]


def test_the_page_of_exports_tells_of_an_erasure_meanwhile_and_by_what_since_goes() -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    assert "这次导出作废" in page
    assert f"(退出码 {LedgerBusy.exit_code})" in page.partition("这次导出作废")[2][:60]
    since = page.partition("`--since` 按")[2].partition("\n\n")[0]
    assert all(word in since for word in ("记入台账的时间", "含那一刻", "`--at`", "下次"))


# --- columns ----------------------------------------------------------------------------


def test_a_sheet_for_people_has_what_a_unit_needs_and_says_what_it_leaves_out(
    desk: Callable[..., Any],
) -> None:
    done = desk("export", "--for-people", "--format", "csv", now=LATER)
    first = rows_of(done.out)[0]
    assert list(first) == [column.title for column in handout.needed(handout.CASES, reveal=False)]
    for word in ("编号", "来源编号", "内容", "社区", "牵头单位", "状态", "办结期限", "办理结果"):
        assert word in first
    assert not {"反映人", "电话"} & set(first)
    said = next(line for line in done.err.splitlines() if line.startswith("没有写出"))
    left = {column.title for column in handout.CASES} - set(first)
    assert f"没有写出 {len(left)} 列" in said
    assert all(title in said for title in left)
    assert "--columns 全部" in said
    shown = desk("export", "--for-people", "--format", "csv", "--reveal", "--reason", "回访",
                 now=LATER)  # fmt: skip
    assert rows_of(shown.out)[0]["反映人"] == NAME
    every = desk("export", "--for-people", "--columns", "全部", "--format", "csv", now=LATER)
    assert list(rows_of(every.out)[0]) == [column.title for column in handout.CASES]
    assert "没有写出" not in every.err


def test_who_answers_is_a_column_while_the_street_keeps_who_does(
    desk: Callable[..., Any],
) -> None:
    asleep = desk("export", "--format", "csv", now=LATER).out
    desk("register", "on", "经办人", "服务事项", now=LATER)
    person = ("units", "person", "add", "演示丙", "--unit", "城管执法中队", "--from", "2026-01-01")
    desk(*person, now=LATER)
    number = rows_of(asleep)[0]["number"]
    desk("intake", "演示: 占道", "--severity", "一般", now=LATER)
    new = rows_of(desk("export", "--format", "csv", now=LATER).out)[-1]["number"]
    desk("accept", new, now=LATER)
    desk("assign", new, "--lead", "城管执法中队", "--person", "演示丙", now=LATER)
    rows = {r["number"]: r for r in rows_of(desk("export", "--format", "csv", now=LATER).out)}
    assert list(rows[new])[-2:] == ["person", "service"]
    assert (rows[number]["person"], rows[new]["person"]) == ("", "演示丙")
    people = rows_of(desk("export", "--for-people", "--format", "csv", now=LATER).out)
    assert people[-1]["经办人"] == "演示丙"
    assert json.loads(desk("export", "--json", now=LATER).out)[-1]["person"] == "演示丙"
    desk("register", "off", "经办人", "服务事项", now=LATER)
    again = rows_of(desk("export", "--format", "csv", now=LATER).out)
    assert list(again[0]) == [column.key for column in handout.CASES]


def test_columns_are_chosen_by_heading_or_key_in_the_order_named(desk: Callable[..., Any]) -> None:
    done = desk("export", "--columns", "内容, number、办结期限,内容", "--json", now=LATER)
    assert list(json.loads(done.out)[0]) == ["text", "number", "finish_due"]
    assert "没有写出" not in done.err
    whole = desk("export", "--format", "csv", now=LATER)
    assert list(rows_of(whole.out)[0]) == [column.key for column in handout.CASES]
    assert "没有写出" not in whole.err, "who cuts by position gets every column as before"
    argv = ("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-20")
    answer = desk(*argv, "--columns", "来源编号,办理结果", "--for-people", "--format", "csv",
                  now=LATER)  # fmt: skip
    assert answer.out.splitlines()[0] == "来源编号,办理结果"


# --- answers to a source ---------------------------------------------------------------


def answers(desk: Callable[..., Any], since: str, now: str = LAST) -> list[dict[str, Any]]:
    argv = ("export", "--answers", "--channel", "微信公众号", "--since", since, "--json")
    found: list[dict[str, Any]] = json.loads(desk(*argv, now=now).out)
    return found


def test_a_source_is_answered_what_was_settled_refused_or_merged(
    desk: Callable[..., Any],
) -> None:
    got = answers(desk, "2026-11-20")
    assert [row["source_no"] for row in got] == ["0071", "0072", "0073"]
    first, merged, refused = got
    assert first["outcome"] == "已清理, 已告诉 139****1234"
    assert (first["feedback"], first["satisfaction"]) == ("已电话告知", 5)
    assert (merged["merged_into"], merged["outcome"]) == ("2026-000001", first["outcome"])
    assert merged["status"] == "已归档"
    assert (refused["status"], refused["outcome"]) == ("不予受理", "说不清楚是哪里")


def test_between_two_runs_nothing_is_lost_and_the_next_since_is_said(
    desk: Callable[..., Any],
) -> None:
    argv = ("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-20", "--json")
    done = desk(*argv, now="2026-11-24T12:00:00+08:00")
    # that of the last event it knew: whoever had taken the time before recorded behind it
    since = re.findall(r"--since (\S+)", done.err)[0]
    assert since == "2026-11-25T10:00:00"
    later = answers(desk, since)
    assert {row["source_no"] for row in later} == {"0071", "0072", "0073"}  # behind it in the log
    assert answers(desk, "2026-11-26") == []


def test_a_report_without_a_number_at_its_source_is_not_answered_there(
    desk: Callable[..., Any],
) -> None:
    desk("intake", "演示: 没有来源编号", "--channel", "微信公众号", "--severity", "一般")
    desk("decline", "5", "--category", "内容不明", "--reason", "说不清楚是哪里")
    assert [row["source_no"] for row in answers(desk, "2026-11-20")] == ["0071", "0072", "0073"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_is_read_page_by_page_is_given_out_whole(
    desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = [desk("export", *argv, now=LATER).out for argv in _WAYS]
    monkeypatch.setattr(exporting, "BATCH", size)
    monkeypatch.setattr(transfer, "BATCH", size)
    assert [desk("export", *argv, now=LATER).out for argv in _WAYS] == whole
    assert [row["source_no"] for row in answers(desk, "2026-11-20")] == ["0071", "0072", "0073"]
    lines = [json.loads(line) for line in desk("export", "events", now=LATER).out.splitlines()]
    seqs = [line["seq"] for line in lines[1:] if "seq" in line]
    assert seqs == list(range(1, lines[0]["seq"] + 1))


_WAYS = (("--json",), ("--open311",), ("--open", "--json"))


def test_answers_for_people_have_chinese_heads(desk: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "答复.csv"
    desk("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-20", "--for-people",
         "-o", str(file), now=LATER)  # fmt: skip
    head, first, *_ = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
    assert head[:3] == ["来源编号", "编号", "状态"]
    assert first[0] == "'0071"  # a spreadsheet would make 71 of it


# --- sheets ----------------------------------------------------------------------------


def test_a_cell_that_is_too_long_for_a_sheet_says_so(tmp_path: Path) -> None:
    from sixping.render.table import Column, Page

    file = tmp_path / "x.xlsx"
    texts = ["字" * 32_767, "字" * 32_768, "𠮷" * 20_000, "x" * 100_000]
    with file.open("wb") as out:
        sheet.write([{"a": text} for text in texts], [Column("a", "甲")], out, Page())
    got = [row[0] for row in load_workbook(file)["Sheet1"].iter_rows(min_row=2, values_only=True)]
    assert got[0] == texts[0]
    for text in got[1:]:
        assert isinstance(text, str)
        assert text.endswith(workbook.TOO_LONG)
        assert len(text.encode("utf-16-le")) // 2 <= workbook.MOST_SIGNS


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sixping.errors import NotAllowed
    from sixping.render.table import Column, Page

    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    with (tmp_path / "x.xlsx").open("wb") as out, pytest.raises(NotAllowed, match="最多 2 行"):
        sheet.write([{"a": "x"}] * 3, [Column("a", "甲")], out, Page())


def test_without_xlsxwriter_it_says_how_to_get_it(
    desk: Callable[..., Any], call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    desk("list", now=LATER)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    done = call("export", "-o", str(tmp_path / "x.xlsx"), now=LATER)
    assert done.code == 1
    assert 'pip install "sixping[office]"' in done.err
    assert not (tmp_path / "x.xlsx").exists()


def test_a_long_text_is_wrapped_in_a_sheet_for_people(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    desk("intake", "占道经营" * 20, now=LATER)
    file = tmp_path / "交办.xlsx"
    desk("export", "--for-people", "-o", str(file), now=LATER)
    texts = [row[4] for row in load_workbook(file)["Sheet1"].iter_rows(min_row=2)]
    wrapped = {cell.value: bool(cell.alignment.wrap_text) for cell in texts}
    assert wrapped["占道经营" * 20]
    assert not all(wrapped.values())
