"""Tables leave whole, harmless and masked in every format."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.documents import phrases
from sixping.errors import UsageFault
from sixping.render import screen, sheet, terminal
from sixping.render.formats import FORMATS, choose_format, emit, save
from sixping.render.table import Column, Page
from sixping.util.clock import SHANGHAI
from sixping.util.files import writing
from sixping.util.text import columns, cut, cut_whole, pad, widest, wrap

PACKAGE = Path(__file__).parents[2] / "sixping"
DUE = datetime(2026, 11, 24, 17, 0, tzinfo=SHANGHAI)
COLUMNS = [
    Column("number", "编号"),
    Column("due", "期限", "time"),
    Column("late", "超期", "int"),
    Column("unit", "单位"),
    Column("assist", "协办", "list"),
    Column("on_time", "按时率", "rate"),
    Column("open", "在办", "bool"),
    Column("day", "日期", "day"),
    Column("reporter", "反映人", mask="name"),
    Column("summary", "事项", elastic=True, mask="text"),
]
ROW: dict[str, Any] = {
    "number": "2026-000123",
    "due": "2026-11-24T17:00:00+08:00",
    "late": 3,
    "unit": "江南街道",
    "assist": ["社区甲", "社区乙"],
    "on_time": {"n": 1, "d": 3, "rate": 33.33, "cohort": "…"},
    "open": True,
    "day": "2026-10-08",
    "reporter": "演示甲",
    "summary": "江南大道占道经营, 请回电13800000000",
}
EMPTY: dict[str, Any] = dict.fromkeys(ROW)
HOSTILE = ["[/]", "[b]", "[link=http://e]", "\x1b[2J", "\u202e", "=1+1", "a\tb\nc", "\ud800", "🚨"]


def printed(fmt: str, rows: list[dict[str, Any]], page: Page = Page()) -> str:  # noqa: B008
    out = io.StringIO()
    emit(rows, COLUMNS, fmt=fmt, out=out, page=page)
    return out.getvalue()


def test_tsv_carries_keys_iso_times_and_masked_text() -> None:
    head, line = printed("tsv", [ROW]).splitlines()
    assert head.split("\t") == [column.key for column in COLUMNS]
    assert line.split("\t") == [
        *("2026-000123", "2026-11-24T17:00:00+08:00", "3", "江南街道", "社区甲、社区乙", "33.33"),
        *("是", "2026-10-08", "演*", "江南大道占道经营, 请回电138****0000"),
    ]


def test_json_carries_types_and_nulls() -> None:
    full, empty = json.loads(printed("json", [ROW, EMPTY]))
    assert full["assist"] == ["社区甲", "社区乙"]
    assert (full["late"], full["open"], full["on_time"]["rate"]) == (3, True, 33.33)
    assert full["reporter"] == "演*"
    assert set(empty.values()) == {None}
    assert [json.loads(line) for line in printed("jsonl", [ROW, EMPTY]).splitlines()] == [
        full,
        empty,
    ]


def test_people_read_titles_weekdays_and_a_dash_for_no_rate() -> None:
    shown = printed("table", [ROW, EMPTY], Page(this_year=2026))
    head, line, empty = shown.splitlines()
    assert head.split() == [column.title for column in COLUMNS]
    assert "11月24日(周二) 17:00" in line
    assert "33.33%" in line
    assert empty.strip() == "-", "of one width in every console, left of the last column"


def test_revealing_shows_what_is_masked_by_default() -> None:
    for fmt in FORMATS:
        assert "13800000000" not in printed(fmt, [ROW])
        assert "演示甲" not in printed(fmt, [ROW])
        assert "13800000000" in printed(fmt, [ROW], Page(reveal=True))
        assert "演示甲" in printed(fmt, [ROW], Page(reveal=True))


def test_no_rows_print_nothing_but_in_json() -> None:
    assert {fmt: printed(fmt, []) for fmt in FORMATS} == dict.fromkeys(FORMATS, "") | {
        "json": "[]\n"
    }


def test_headers_can_be_left_out() -> None:
    for fmt in ("tsv", "csv", "table", "md"):
        assert len(printed(fmt, [ROW], Page(headers=False)).splitlines()) == 1
    on_screen = printed("table", [ROW], Page(headers=False, width=200))
    assert "编号" not in on_screen


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("fmt", FORMATS)
def test_hostile_text_is_harmless_in_every_format(fmt: str, said: str) -> None:
    row = ROW | dict.fromkeys(("unit", "reporter", "summary"), said)
    for page in (Page(reveal=True), Page(reveal=True, width=160, color=True)):
        shown = printed(fmt, [row], page)
        own_colour = re.sub(r"\x1b\[[0-9;]*m", "", shown) if page.color else shown
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", own_colour)
        if said in ("[/]", "[b]") and fmt != "md":
            assert said in shown


@given(
    st.lists(st.text(st.characters(codec=None)) | st.sampled_from(HOSTILE), min_size=1, max_size=9)
)
def test_one_record_is_one_line_of_tsv_and_one_record_of_csv(said: list[str]) -> None:
    rows = [{"number": each, "summary": each} for each in said]
    columns = [Column("number", "编号"), Column("summary", "事项")]
    out = io.StringIO()
    emit(rows, columns, fmt="tsv", out=out)
    lines = out.getvalue().split("\n")
    assert len(lines) == len(said) + 2
    assert all(line.count("\t") == 1 for line in lines[:-1])
    out = io.StringIO()
    emit(rows, columns, fmt="csv", out=out)
    assert len(list(csv.reader(io.StringIO(out.getvalue(), newline="")))) == len(said) + 1


def test_markdown_text_cannot_add_a_column() -> None:
    shown = printed("md", [ROW | {"summary": "a|b\n|c|", "unit": "<b>"}])
    bars = [len(re.findall(r"(?<!\\)[|]", line)) for line in shown.splitlines()]
    assert bars == [len(COLUMNS) + 1] * 3


# --- the terminal ------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_a_narrow_terminal_never_cuts_number_or_due_date(columns: int) -> None:
    row = ROW | {"summary": "很长的事项描述" * 40}
    shown = printed("table", [row] * 2, Page(width=columns, this_year=2026))
    assert shown.count("2026-000123") == 2
    assert shown.count("11月24日(周二) 17:00") == 2


def test_text_is_wrapped_and_cut_only_where_a_row_has_to_stay_one_line() -> None:
    row, page = ROW | {"summary": "事" * 90}, Page(width=160)
    assert printed("table", [row], page).count("事") == 91  # with the title
    out = io.StringIO()
    heads = [*COLUMNS[:-1], COLUMNS[-1]._replace(one_line=True)]
    emit([row], heads, fmt="table", out=out, page=page)
    _, line = out.getvalue().splitlines()
    assert columns(line) <= 160
    assert line.endswith("..")


def test_text_without_room_stands_on_a_line_of_its_own() -> None:
    out = io.StringIO()
    heads = [Column("number", "编号"), Column("summary", "事项", elastic=True, under=True)]
    emit([ROW], heads, fmt="table", out=out, page=Page(width=60))
    assert out.getvalue().splitlines() == [
        "编号", "2026-000123", "      江南大道占道经营, 请回电13800000000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "width", "shown"),
    [
        ("请回电13800000000转12", 12, "请回电.."),
        ("在演示 road 旁边", 12, "在演示.."),
        ("人行道[二楼以上]破损", 13, "人行道.."),
        ("13800000000", 8, "138000.."),
        ("“一”“二”“三”“四”", 12, "“一”.."),
        ("不用省略", 8, "不用省略"),
    ],
)
def test_a_text_is_cut_between_words_and_fits_every_console(
    said: str, width: int, shown: str
) -> None:
    assert cut_whole(said, width) == shown
    assert widest(shown) <= width


def test_columns_line_up_in_east_asian_width() -> None:
    rows = [ROW | {"unit": unit} for unit in ("江南街道", "A单位", "𠮷野家", "e\u0301")]
    for rows_ in (rows, rows * 51):
        for page in (Page(), Page(width=200)):
            lines = printed("table", rows_, page).splitlines()
            places = {columns(line[: line.index("33.33%")]) for line in lines[1:]}
            assert len(places) == 1


def test_left_of_the_last_column_stand_only_signs_of_one_width() -> None:
    said = "①“甲”… — 乙·丙"
    out = io.StringIO()
    heads = [Column("name", "名称", elastic=True), Column("text", "内容", elastic=True)]
    screen.write([{"name": said, "text": said}], heads, out, Page(width=80))
    left, _, last = out.getvalue().splitlines()[1].partition("  ")
    assert left == '1"甲".. - 乙.丙'
    assert last.strip().startswith(said[:5])


def test_colour_only_where_it_is_wanted() -> None:
    def tone(row: Any) -> Any:
        return {"late": "late"} if row["late"] else {}

    coloured = printed("table", [ROW], Page(width=160, color=True, tone=tone))
    assert "\x1b[1;31m3\x1b[0m" in coloured, "a cell, never a row"
    assert coloured.count("\x1b[1;31m") == 1
    for page in (Page(width=160, tone=tone), Page(tone=tone)):
        assert "\x1b" not in printed("table", [ROW], page)


def test_no_table_loads_rich() -> None:
    script = (
        "import sys; from sixping.render.formats import *; from sixping.render.table import *\n"
        "page = Page(width=80, color=True)\n"
        "for fmt in FORMATS: emit([{'a': 'x'}], [Column('a', 'A')], fmt=fmt, out=sys.stderr,"
        " page=page)\n"
        "print('rich' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)
    assert ran.stdout.split() == ["False"]


@pytest.mark.parametrize(
    ("env", "on_terminal", "elsewhere"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colour_conventions_are_honoured(
    env: dict[str, str], on_terminal: bool, elsewhere: bool
) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert terminal.Terminal.detect(Screen(), env).color is on_terminal
    assert terminal.Terminal.detect(io.StringIO(), env).color is elsewhere


def test_columns_bounds_a_terminal_and_nothing_else() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    def seen(columns: str) -> int | None:
        return terminal.Terminal.detect(Screen(), {"COLUMNS": columns}).width

    assert [seen(each) for each in ("120", "5", "", "x", "0", "9" * 9)] == [120, 40, 80, 80, 80, 80]
    assert terminal.Terminal.detect(io.StringIO(), {"COLUMNS": "120"}).width is None


@pytest.mark.parametrize("encoding", ["cp936", "ascii", "utf-8"])
def test_no_character_crashes_a_stream(encoding: str) -> None:
    script = (
        "from sixping.render.terminal import prepare_streams; import sys; prepare_streams()\n"
        "print('\U0001f6a8 \ud800 好'); print('\U0001f6a8', file=sys.stderr)"
    )
    env = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-c", script.encode("unicode_escape").decode().replace("\\n", "\n")]
    ran = subprocess.run(command, capture_output=True, env=env, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(b"?\n" if encoding == "ascii" else "好\n".encode(encoding))


# --- formats and files -----------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "as_json", "path", "isatty", "chosen"),
    [
        (None, False, None, True, "table"),
        (None, False, None, False, "tsv"),
        (None, True, None, True, "json"),
        ("json", True, None, True, "json"),
        ("MD", False, None, True, "md"),
        (None, False, "a.CSV", True, "csv"),
        (None, False, "a.ndjson", True, "jsonl"),
        ("csv", False, "a.txt", True, "csv"),
        (None, True, "a.csv", True, "json"),
        (None, False, "-", False, "tsv"),
    ],
)
def test_the_format_follows_the_wish_then_the_file_then_the_stream(
    wanted: str | None, as_json: bool, path: str | None, isatty: bool, chosen: str
) -> None:
    assert choose_format(wanted, json=as_json, path=path, isatty=isatty) == chosen


@pytest.mark.parametrize(
    ("wanted", "as_json", "path"),
    [("pdf", False, None), ("csv", True, None), (None, False, "a.pdf"), (None, False, "a.docx")],
)
def test_an_impossible_format_is_refused_naming_what_is_possible(
    wanted: str | None, as_json: bool, path: str | None
) -> None:
    with pytest.raises(UsageFault) as refused:
        choose_format(wanted, json=as_json, path=path, isatty=True)
    assert as_json or "table, tsv, csv, json, jsonl, md" in refused.value.hint


def test_a_csv_file_opens_in_a_spreadsheet_and_belongs_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "件.csv"
    with writing(path) as out:
        save([ROW], COLUMNS, fmt="csv", out=out)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfnumber,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


# --- widths and words ----------------------------------------------------------------


def test_widths_count_as_a_terminal_does() -> None:
    assert [columns(each) for each in ("a", "好", "，", "e\u0301", "—", "🚨")] == [
        *(1, 2, 2, 1, 1, 2)
    ]
    assert pad("好", 4) + "|" == "好  |"
    assert pad("3", 4, right=True) == "   3"


@given(st.text(st.sampled_from("ab 好，e\u0301…")), st.integers(2, 20))
def test_cut_and_wrap_stay_within_their_columns(said: str, width: int) -> None:
    assert columns(cut(said, width)) <= width
    lines = wrap(said, width)
    assert all(columns(line.rstrip(" ")) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")


def test_times_for_people_name_the_year_only_when_it_is_another() -> None:
    assert phrases.moment(DUE, 2026) == "11月24日(周二) 17:00"
    assert phrases.moment(DUE, 2027) == phrases.moment(DUE) == "2026年11月24日(周二) 17:00"
    assert phrases.day(date(2026, 10, 8), 2026) == "10月8日(周四)"


def test_lateness_is_told_in_words() -> None:
    private = [phrases.against_due(*each) for each in ((2, None), (0, None), (None, 3), (None, 0))]
    assert private == ["超2日", "已超期", "剩3日", "今日到期"]
    assert phrases.against_due(None, None) == ""
    assert (phrases.rate(None), phrases.rate(33.3)) == ("—", "33.30%")
    assert phrases.workdays(5) == "5个工作日"


# --- the render boundary -------------------------------------------------------------


def calls() -> list[tuple[Path, ast.Call, str]]:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                found.append((path.relative_to(PACKAGE), node, name))
    return found


def test_only_the_pages_know_rich() -> None:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if re.search(r"^\s*(?:from|import) rich\b", source, re.MULTILINE):
            assert path.relative_to(PACKAGE).parts[0] == "render", path


def test_no_text_is_ever_read_as_rich_markup() -> None:
    for path, call, name in calls():
        where = f"{path}:{call.lineno}"
        assert name not in ("from_markup", "render_markup"), where
        if name == "Console":
            switched_off = {
                word.arg
                for word in call.keywords
                if isinstance(word.value, ast.Constant) and word.value.value is False
            }
            assert {"markup", "emoji", "highlight"} <= switched_off, where
        if name in ("print", "add_row", "add_column") and "rich" in ast.dump(call.func):
            assert not any(isinstance(each, ast.JoinedStr) for each in call.args), where


@pytest.mark.parametrize(
    "text",
    ["=1+1", "{=1+1}", "http://example.org", "013800000000", "1e5", "<r><t>甲</t></r>", "<r></r>"],
)
def test_what_somebody_wrote_is_text_in_a_workbook(tmp_path: Path, text: str) -> None:
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    with writing(tmp_path / "x.xlsx") as out:
        sheet.write([{"unit": text}], [Column("unit", text)], out, Page())
    for (cell,) in openpyxl.load_workbook(tmp_path / "x.xlsx")["Sheet1"].iter_rows():
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        assert cell.value.rstrip() in (text, "unit")


def test_a_workbook_that_fails_leaves_no_rows_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xlsxwriter")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"unit": "演示甲"} for _ in range(100))
        raise KeyboardInterrupt

    for made in (rows(), iter([{"unit": "演示甲"}])):
        with suppress(KeyboardInterrupt), writing(tmp_path / "x.xlsx") as out:
            sheet.write(made, [Column("unit", "单位")], out, Page())
        assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["temporary", "x.xlsx"]
