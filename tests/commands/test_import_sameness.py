"""What is the same in a file, what the ledger has, what is new: a look ahead says it of the run."""

from __future__ import annotations

import csv
import itertools
import random
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Result, Runner

NOW = "2026-11-23T09:00:00+08:00"
NAMES = ("编号", "内容", "时间", "社区", "状态")
PROFILE = """
name = "own"
title = "自己的"
mode = "history"
optional = ["source_no"]
[columns]
source_no = "编号"
text = "内容"
received = "时间"
community = "社区"
status = "状态"
[values.status]
"办完" = "已归档"
"不详" = ""
[defaults]
channel = "投诉举报电话"
"""
LIVE = """
name = "live"
title = "来电"
mode = "live"
[columns]
text = "内容"
received = "时间"
[defaults]
channel = "投诉举报电话"
"""

Row = tuple[str, str, str, str, str]


def row(number: str, text: str = "路灯不亮", day: str = "2026-03-02", state: str = "") -> Row:
    return (number, text, f"{day} 09:00:00", "江一社区", state)


@pytest.fixture
def take(call: Runner, tmp_path: Path) -> Any:
    """Import rows: ``take(rows, "--partial", profile=…)``; a list of lists is a sheet each."""
    assert call("init", now=NOW).code == 0

    def run(rows: list[Any], *options: str, profile: str = PROFILE, numbering: str = "") -> Result:
        scheme, file = tmp_path / "方案.toml", tmp_path / "来件.csv"
        said = f'numbering = "{numbering}"\n' if numbering else ""
        scheme.write_text(said + profile, encoding="utf-8")
        if rows and isinstance(rows[0], list):
            file, options = tmp_path / "来件.xlsx", (*options, "--sheet", "全部")
            _write_book(file, rows)
        else:
            with file.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([NAMES, *rows])
        argv = ("import", str(file), "--profile", str(scheme), "--no-triage", *options)
        return call(*argv, now=NOW)

    return run


def _write_book(file: Path, sheets: list[list[Row]]) -> None:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(f"{index + 1}月")
        for each in [NAMES, *rows]:
            sheet.append(each)
    book.save(file)


def counts(told: Result) -> list[int]:
    """Return new, known, repeated, and of other content, as they were said."""
    found = re.search(
        r"导入 (\d+) 件, 台账中已有 (\d+) 件, 同一文件内重复 (\d+) 件(?:, 内容不同 (\d+) 个编号)?",
        told.err,
    )
    assert found, told.err
    return [int(group or 0) for group in found.groups()]


def said(told: Result) -> list[str]:
    """Return what was said of the rows, without what only a run or only a look ahead says."""
    lines = [line.removeprefix("检查完毕, 没有导入: ") for line in told.err.splitlines()]
    return [line.replace("可导入", "导入") for line in lines if not line.startswith(_OWN)]


_OWN = ("下一步", "错误: 整个文件", "请改正后重试", "有一处问题, 整个文件")


def cases(ledger_in: Path) -> int:
    ledger = next(ledger_in.rglob("ledger.sqlite3"))
    with closing(sqlite3.connect(ledger)) as con:
        (count,) = con.execute("SELECT count(*) FROM cases").fetchone()
    return int(count)


# --- rows alike ------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [PROFILE, LIVE], ids=["history", "live"])
def test_rows_alike_without_a_number_are_each_a_report_and_found_again(
    take: Any, call: Runner, tmp_path: Path, profile: str
) -> None:
    alike = [row("")] * 3
    for options, expected in (("-n", [3, 0, 0, 0]), ("", [3, 0, 0, 0]), ("", [0, 3, 0, 0])):
        done = take(alike, *filter(None, [options]), profile=profile)
        assert (done.code, counts(done)) == (0, expected)
        assert "与前面的行一字不差的 2 行, 各算一件" in done.err
    assert counts(take([*alike, row("")], profile=profile)) == [1, 3, 0, 0]
    assert cases(tmp_path) == 4
    assert call("rebuild", now=NOW).code == 0
    assert counts(take([row("")] * 4, profile=profile)) == [0, 4, 0, 0]
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_an_alike_row_far_below_is_one_more(take: Any) -> None:
    rows = [row(""), *(row("", f"别的{n}") for n in range(1200)), row(""), row(""), row("别")]
    assert counts(take(rows, "-n")) == counts(take(rows)) == [1204, 0, 0, 0]
    assert counts(take(rows)) == [0, 1204, 0, 0]


def test_occurrences_are_counted_anew_where_there_are_too_many_to_keep(
    take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sixping.store.recognition._MOST_TIMES", 2)
    rows = [row("", f"第{n % 7}种") for n in range(700)]
    assert counts(take(rows, "-n")) == counts(take(rows)) == [700, 0, 0, 0]
    assert counts(take(rows)) == [0, 700, 0, 0]


# --- numbers ---------------------------------------------------------------------------------


def test_one_number_of_many_rows_is_said_once_with_its_rows(take: Any) -> None:
    rows = [row("D1"), *(row("D1", f"另一件{n}") for n in range(7)), row("D2")]
    for options in ((), ("-n",), ("--partial",)):
        done = take(rows, *options)
        assert done.code == 65
        assert done.err.count("D1") == 1
        assert "第 2 行已有, 第 3 行、第 4 行、第 5 行、第 6 行、第 7 行 等 7 行的内容" in done.err
    assert counts(done) == [2, 0, 0, 1]


def test_numbers_that_begin_anew_each_month_are_other_reports(take: Any, tmp_path: Path) -> None:
    march, april = row("1"), row("1", "井盖缺失", "2026-04-01")
    assert take([march]).code == 0
    refused = take([march, april])
    assert refused.code == 65
    assert "numbering" in refused.err
    for options in (("-n",), ()):  # the first came in before the profile said so
        done = take([march, april, april], *options, numbering="按月")
        assert (done.code, counts(done)) == (0, [1, 1, 1, 0])
    assert cases(tmp_path) == 2
    assert counts(take([march, april], numbering="按月")) == [0, 2, 0, 0]
    other = take([march, (*april[:1], "改过", *april[2:])], numbering="按月")
    assert other.code == 65
    assert "来源编号 1: 已登记为 2026-000002, 第 3 行的内容" in other.err


def test_numbers_that_begin_anew_each_year(take: Any) -> None:
    rows = [row("1"), row("1", "井盖", "2025-04-01"), row("1", day="2026-09-01")]
    done = take(rows, "--partial", numbering="按年")
    assert counts(done) == [2, 0, 0, 1]
    assert counts(take(rows[:2], numbering="按年")) == [0, 2, 0, 0]


def test_several_rows_of_one_number_are_reports_of_their_own(
    take: Any, call: Runner, tmp_path: Path
) -> None:
    rows = [row("1"), row("1", "井盖"), row("2"), row("1", "树倒")]
    assert counts(take(rows[:1])) == [1, 0, 0, 0]  # before the profile said so
    for options, expected in ((("-n",), [3, 1, 0, 0]), ((), [3, 1, 0, 0]), ((), [0, 4, 0, 0])):
        assert counts(take(rows, *options, numbering="多行")) == expected
    assert call("rebuild", now=NOW).code == 0
    assert counts(take(rows, numbering="多行")) == [0, 4, 0, 0]
    assert cases(tmp_path) == 4
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_one_of_several_rows_is_found_again_after_its_number_was_amended(
    take: Any, call: Runner
) -> None:
    rows = [row("1"), row("1", "井盖")]
    take(rows, numbering="多行")
    amended = ("amend", "2", "--source-no", "9", "--reason", "来源更正编号")
    assert call(*amended, now=NOW).code == 0
    found = take([*rows, row("9", "树倒"), row("9", "井盖")], numbering="多行")
    assert counts(found) == [1, 3, 0, 0]
    assert call("rebuild", now=NOW).code == 0
    assert call("verify", "--json", now=NOW).json()["ok"]


def test_a_number_amended_at_the_desk_is_found_by_the_file(take: Any, call: Runner) -> None:
    assert call("intake", "路灯不亮", "--received", "2026-03-02 09:00", now=NOW).code == 0
    assert call("amend", "1", "--source-no", "A1", "--reason", "补记", now=NOW).code == 0
    assert counts(take([row("A1")])) == [0, 1, 0, 0]
    assert take([row("A1", "井盖")]).code == 65


def test_a_number_amended_at_the_desk_is_none_of_the_month_it_was_amended_in(
    take: Any, call: Runner
) -> None:
    assert call("intake", "路灯不亮", "--received", "2026-03-02 09:00", now=NOW).code == 0
    assert call("amend", "1", "--source-no", "1", "--reason", "补记", now=NOW).code == 0
    done = take([row("1", "井盖", NOW[:10])], numbering="按月")
    assert (done.code, counts(done)) == (0, [1, 0, 0, 0])


@pytest.mark.parametrize("numbering", ["按月", "按年"])
def test_a_number_written_down_at_the_desk_later_is_found_by_its_month(
    take: Any, call: Runner, tmp_path: Path, numbering: str
) -> None:
    assert call("intake", "路灯不亮", "--received", "2026-03-02 09:00", now=NOW).code == 0
    assert call("amend", "1", "--source-no", "1", "--reason", "补记", now=NOW).code == 0
    for options in (("-n",), (), ("--update",)):
        assert counts(take([row("1")], *options, numbering=numbering)) == [0, 1, 0, 0]
    for day in ("2026-03-02", "2026-03-20"):
        other = take([row("1", "井盖", day)], numbering=numbering)
        assert other.code == 65
        assert "来源编号 1: 已登记为 2026-000001, 第 2 行的内容" in other.err
    assert cases(tmp_path) == 1


@pytest.mark.parametrize(
    ("numbering", "came", "moved"),
    [("按月", "2026-03-01", "2026-02-28"), ("按年", "2026-01-01", "2025-12-31")],
)
def test_a_receipt_amended_into_another_month_is_found_by_either(
    take: Any, call: Runner, tmp_path: Path, numbering: str, came: str, moved: str
) -> None:
    why = ("--reason", "来源写错了时间", "--approved-by", "分管领导")
    at = f"{moved} 09:00"
    assert counts(take([row("1", day=came)], numbering=numbering)) == [1, 0, 0, 0]
    assert call("amend", "1", "--received", at, *why, now=NOW).code == 0
    desk = ("intake", "窨井盖松动", "--source-no", "2", "--received", f"{came} 09:00")
    assert call(*desk, now=NOW).code == 0
    assert call("amend", "2", "--received", at, *why, now=NOW).code == 0
    for day in (came, moved):
        rows = [row("1", day=day), row("2", "窨井盖松动", day)]
        for options in (("-n",), (), ("--update",)):
            done = take(rows, *options, numbering=numbering)
            assert (done.code, counts(done)) == (0, [0, 2, 0, 0]), (day, options, done.err)
    both = take([row("1", day=came), row("1", day=moved)], numbering=numbering)
    assert counts(both) == [0, 1, 1, 0]
    assert cases(tmp_path) == 2
    assert call("rebuild", now=NOW).code == 0
    assert call("verify", "--json", now=NOW).json()["ok"]
    done = take([row("1", "另一件", moved.replace("-2", "-1").replace("-3", "-1"))],
                numbering=numbering)  # fmt: skip
    assert counts(done) == [1, 0, 0, 0], "another report bears the number there"
    same_time = take([row("2", "另一件", moved)], numbering=numbering)
    assert same_time.code == 65
    assert "来源编号 2: 已登记为 2026-000002, 第 2 行的内容" in same_time.err


def test_number_and_receipt_both_amended_are_found(take: Any, call: Runner, tmp_path: Path) -> None:
    why = ("--reason", "来源写错", "--approved-by", "分管领导")
    take([row("1", day="2026-03-01")], numbering="按月")
    call("amend", "1", "--source-no", "7", *why, now=NOW)
    call("amend", "1", "--received", "2026-02-28 09:00", *why, now=NOW)
    for number, day in itertools.product("17", ("2026-03-01", "2026-02-28")):
        done = take([row(number, day=day)], numbering="按月")
        assert (done.code, counts(done)) == (0, [0, 1, 0, 0]), (number, day, done.err)
    assert cases(tmp_path) == 1


def test_what_the_desk_amended_and_its_source_then_too_is_the_same(take: Any, call: Runner) -> None:
    why = ("--reason", "来源写错", "--approved-by", "分管领导")
    take([row("A1"), row("A2")])
    call("amend", "1", "--text", "路灯不亮三盏", "--received", "2026-03-01 09:00", *why, now=NOW)
    call("amend", "2", "--received", "2026-03-01 09:00", *why, now=NOW)
    mended = [row("A1", "路灯不亮三盏", "2026-03-01"), row("A2", day="2026-03-01")]
    for rows in (mended, [row("A1"), row("A2")]):
        for options in (("-n",), (), ("--update",)):
            assert counts(take(rows, *options)) == [0, 2, 0, 0]
    assert take([row("A1", "路灯不亮三盏", "2026-03-03")]).code == 65


@pytest.mark.parametrize("numbering", ["按月", "按年"])
def test_a_number_of_the_month_is_known_at_the_desk(
    take: Any, call: Runner, tmp_path: Path, numbering: str
) -> None:
    day = NOW[:10]
    take([row("1", day=day)], numbering=numbering)
    again = call("intake", "路灯不亮", "--source-no", "1", now=NOW)
    assert again.code == 65
    assert "已登记为 2026-000001" in again.err.replace("已经", "已")
    assert cases(tmp_path) == 1
    assert call("intake", "路灯不亮", now=NOW).code == 0
    named = call("amend", "2", "--source-no", "1", "--reason", "补记", now=NOW)
    assert (named.code, "这个来源编号已经登记为 2026-000001" in named.err) == (1, True)
    early = call("intake", "树倒", "--source-no", "1", "--received", "2025-03-01 09:00", now=NOW)
    assert early.code == 0


def test_intake_and_bulk_intake_and_import_refuse_other_content_alike(
    take: Any, call: Runner
) -> None:
    assert call("intake", "路灯不亮", "--source-no", "A1", now=NOW).code == 0
    one = call("intake", "井盖缺失", "--source-no", "A1", now=NOW)
    line = '{"text": "井盖缺失", "source_no": "A1"}\n'
    bulk = call("intake", "--jsonl", now=NOW, stdin=line)
    file = take([row("A1", "井盖缺失")])
    assert [one.code, bulk.code, file.code] == [65, 65, 65]
    assert all("2026-000001" in told.out + told.err for told in (one, bulk, file))


# --- a look ahead says what the run says ------------------------------------------------------


class Expected(NamedTuple):
    new: int
    known: int
    repeated: int
    clashed: int


class Office:
    """What a careful clerk would say of files, row by row, with a book of what is registered."""

    def __init__(self) -> None:
        self.numbers: dict[str, tuple[str, str]] = {}
        self.alike: Counter[Row] = Counter()

    def expect(self, rows: list[Row], *, keep: bool) -> Expected:
        numbers, new, known, repeated = dict(self.numbers), 0, 0, 0
        clashed: set[str] = set()
        met: set[str] = set()
        here: Counter[Any] = Counter()
        for each in rows:
            number, text, when, *_ = each
            if not number:
                here[text, when] += 1
                fresh = here[text, when] > self.alike[text, when]  # type: ignore[index]
                new, known = new + fresh, known + (not fresh)
            elif number not in numbers:
                numbers[number] = (text, when)
                met.add(number)
                new += 1
            elif numbers[number] != (text, when):
                clashed.add(number)
            elif number in met:
                repeated += 1
            else:
                met.add(number)
                known += 1
        if keep:
            self.numbers = numbers
            self.alike |= here
        return Expected(new, known, repeated, len(clashed))


def _rows(dice: random.Random, count: int) -> list[Row]:
    """Return rows of which many are the same, near each other and far apart."""
    pool = max(3, count // dice.choice([1, 2, 20]))
    found = []
    for _ in range(count):
        at = dice.randrange(pool)
        text = "改过" if dice.random() < 0.01 else f"第{at % 40}件"
        number = "" if at % 3 == 0 else f"N{at}"
        found.append(row(number, text, state=dice.choice(["", "", "办完", "不详"])))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_look_ahead_says_what_the_run_says_to_the_number(take: Any, seed: int) -> None:
    dice, office = random.Random(seed), Office()  # noqa: S311
    for sheets in (1, dice.choice([1, 3])):
        rows = _rows(dice, dice.choice([30, 499, 501, 1300]))
        parts: Any = rows
        if sheets > 1:
            at = sorted(dice.sample(range(len(rows)), 2))
            parts = [rows[: at[0]], rows[at[0] : at[1]], rows[at[1] :]]
        expected = office.expect(rows, keep=True)
        ahead = take(parts, "-n", "--partial")
        assert counts(ahead) == list(expected)
        alone = take(parts, "-n")
        assert counts(alone) == list(expected)
        if expected.clashed:
            refused = take(parts)
            assert (refused.code, said(refused)) == (65, said(alone))
        done = take(parts, "--partial")
        assert (done.code, said(done)) == (ahead.code, said(ahead))
        again = office.expect(rows, keep=False)
        assert counts(take(parts, "--partial")) == list(again)
        assert again.new == 0


# --- sheets ----------------------------------------------------------------------------------


def test_a_text_has_no_sheet_to_name(take: Any) -> None:
    done = take([row("1")], "--sheet", "甲")
    assert (done.code, "没有工作表, 不能指明 甲" in done.err) == (65, True)
    assert counts(take([row("1")], "--sheet", "全部")) == [1, 0, 0, 0]


def test_further_sheets_are_named_and_taken_when_asked_for(call: Runner, take: Any) -> None:
    assert counts(take([[row("1")], [row("2"), row("3", state="什么")]], "--partial")) == [
        2,
        0,
        0,
        0,
    ]
    argv = ("import", "来件.xlsx", "--profile", "方案.toml", "--no-triage")
    for options in ((), ("-n",)):
        done = call(*argv, *options, now=NOW)
        assert done.code == 0
        assert "另有工作表 2月 没有导入; 全部导入: --sheet 全部" in done.err
        assert counts(done) == [0, 1, 0, 0]
    second = call(*argv, "--sheet", "2月", now=NOW)
    assert second.code == 65
    assert "另有工作表 1月" in second.err


def test_rows_of_a_sheet_are_named_by_it(take: Any) -> None:
    sheets = [[row("1"), row("2")], [row("3", state="什么"), row("1", "别的")]]
    done = take(sheets)
    assert done.code == 65
    assert "工作表 2月 第 2 行 E 状态" in done.err
    assert "来源编号 1: 工作表 1月 第 2 行已有, 工作表 2月 第 3 行的内容与之不同" in done.err


def test_a_first_sheet_without_the_header_names_the_others(
    take: Any, call: Runner, tmp_path: Path
) -> None:
    import openpyxl

    take([[row("1")]], "-n")
    book = openpyxl.load_workbook(tmp_path / "来件.xlsx")
    book.create_sheet("说明", 0).append(["填表说明"])
    book.save(tmp_path / "来件.xlsx")
    done = call("import", "来件.xlsx", "--profile", "方案.toml", now=NOW)
    assert done.code == 65
    assert "文件另有工作表 1月: 用 --sheet 表名 指明要导入的一张。" in done.err


def test_an_empty_sheet_is_passed_over_and_one_without_the_header_is_an_error(
    take: Any, call: Runner, tmp_path: Path
) -> None:
    import openpyxl

    assert take([[row("1")], [row("2")]]).code == 0
    book = openpyxl.load_workbook(tmp_path / "来件.xlsx")
    book.create_sheet("空")
    book.save(tmp_path / "来件.xlsx")
    argv = ("import", "来件.xlsx", "--profile", "方案.toml", "--sheet", "全部")
    done = call(*argv, now=NOW)
    assert (done.code, counts(done)) == (0, [0, 2, 0, 0])
    assert "空 (空表)" in done.err
    book.create_sheet("说明").append(["填表说明"])
    book.save(tmp_path / "来件.xlsx")
    refused = call(*argv, now=NOW)
    assert refused.code == 65
    assert "工作表 说明" in refused.err
    assert "加 --partial 略过" in refused.err
    partly = call(*argv, "--partial", now=NOW)
    assert (partly.code, counts(partly)) == (0, [0, 2, 0, 0])
    assert "说明 (没有方案的表头)" in partly.err
