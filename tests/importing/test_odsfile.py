"""ODS sheets: repeated cells, merged cells, hidden sheets; hostile ones refused."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import package
from sixping.importing.convert import ImportedRow
from sixping.importing.profiles import parse_profile
from sixping.importing.reader import contents_of, read_reports, read_rows
from sixping.importing.rows import kind_of

NS = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "draw", "calcext")
)
CELL = "<table:table-cell office:value-type='string'>"
HEAD = "".join(
    f"{CELL}<text:p>{name}</text:p></table:table-cell>" for name in ("编号", "时间", "内容", "社区")
)
MANIFEST = "<manifest:manifest xmlns:manifest='urn:m'/>"


def cell(kind: str, value: str = "", text: str = "", more: str = "") -> str:
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(
        kind, "value"
    )
    stated = f" office:{name}='{value}'" if value else ""
    start = f"<table:table-cell office:value-type='{kind}'{stated} {more}>"
    return f"{start}{words(text)}</table:table-cell>"


def words(text: str) -> str:
    return f"<text:p>{text}</text:p>" if text else ""


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def content(*tables: tuple[str, str, str]) -> str:
    """Return the content of a file: name, style and rows of each table."""
    body = "".join(
        f"<table:table table:name='{name}' table:style-name='{style}'>{rows}</table:table>"
        for name, style, rows in tables
    )
    return (
        f"<office:document-content {NS}><office:automatic-styles><style:style style:name='hid' "
        "style:family='table'><style:table-properties table:display='false'/></style:style>"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )


def pack(folder: Path, text: str, changes: Mapping[str, str] | None = None) -> Path:
    path = folder / "a.xls"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {"content.xml": text, "META-INF/manifest.xml": MANIFEST} | dict(changes or {})
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


def one(folder: Path, *rows: str) -> Path:
    return pack(folder, content(("台账", "", "".join(rows))))


def cells(folder: Path, *rows: str) -> list[list[str]]:
    return [each.cells for each in read_rows(one(folder, *rows))]


def refusal(path: Path) -> str:
    started = time.perf_counter()
    with pytest.raises(BadData) as caught:
        list(read_rows(path))
    assert time.perf_counter() - started < 10
    assert caught.value.hint
    return caught.value.what


def test_every_kind_of_cell_comes_as_text(tmp_path: Path) -> None:
    rows = [
        row(cell("float", "13800000000", "1.38E+10"), cell("date", "2026-04-01T09:05:07", "4月1日"),
            cell("time", "PT09H05M00S", "9:05"), cell("boolean", "true", "TRUE")),
        row(cell("float", "2.50", "2.5"), cell("date", "2026-04-02T00:00:00", "x"),
            cell("time", "PT33H00M07.5S", "33:00"), cell("string", "", "江一社区")),
        row(cell("percentage", "0.5", "50%"), cell("date", "2026-04-03", "x"),
            cell("string", "", "两<text:s text:c='2'/>格<text:line-break/>行<text:tab/>"
                 "<text:span>内</text:span>"), "<table:table-cell/>"),
    ]  # fmt: skip
    assert kind_of(one(tmp_path, *rows)) == "ods"
    assert cells(tmp_path, *rows) == [
        ["13800000000", "2026-04-01 09:05:07", "09:05:00", "TRUE"],
        ["2.5", "2026-04-02", "33:00:07", "江一社区"],
        ["0.5", "2026-04-03", "两  格\n行\t内"],
    ]


def test_paragraphs_are_lines_and_comments_no_text(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    text = f"{CELL}{note}{words('一')}{words('二')}</table:table-cell>"
    assert cells(tmp_path, row(text, "<table:table-cell/>")) == [["一\n二"]]


def test_the_kind_is_told_with_or_without_its_first_part(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content(("台账", "", row(HEAD))))
    assert kind_of(path) == "ods"
    assert len(list(read_rows(path))) == 1


def test_merged_cells_hold_for_all_their_rows_and_titles_are_left_out(tmp_path: Path) -> None:
    covered = "<table:covered-table-cell/>"
    title = cell("string", "", "登记表", "table:number-columns-spanned='4'")
    down = cell("string", "", "江一社区", "table:number-rows-spanned='2'")
    a, b, c = (cell("string", "", word) for word in ("A1", "4月1日", "占道"))
    read = list(read_rows(one(tmp_path, row(title, covered * 3), row(HEAD), row(a, b, c, down),
                              row(a, b, c, covered), row(a, b, c))))  # fmt: skip
    assert [each.number for each in read] == [2, 3, 4, 5]
    assert [each.cells[3:] for each in read] == [["社区"], ["江一社区"], ["江一社区"], []]


def test_repeated_rows_and_cells_keep_their_places(tmp_path: Path) -> None:
    gap = "<table:table-cell table:number-columns-repeated='3'/>"
    twice = cell("string", "", "同", "table:number-columns-repeated='2'")
    read = list(read_rows(one(
        tmp_path, row(gap, more="table:number-rows-repeated='9'"),
        row(gap, twice, gap.replace("3", "16000")),
        row(twice, more="table:number-rows-repeated='2'"),
        row(gap, more="table:number-rows-repeated='1048560'"),
    )))  # fmt: skip
    assert [(each.number, each.cells) for each in read] == [
        (10, ["", "", "", "同", "同"]), (11, ["同", "同"]), (12, ["同", "同"]),
    ]  # fmt: skip


def test_error_values_are_named(tmp_path: Path) -> None:
    bad = cell("string", "", "#VALUE!", "calcext:value-type='error'")
    old = cell("float", "0", "#N/A", "table:formula='of:=NA()'")
    (read,) = read_rows(one(tmp_path, row(cell("string", "", "A1"), bad, old)))
    assert [column for column, _ in read.broken] == [1, 2]


def test_a_number_longer_than_a_spreadsheet_keeps_is_marked(tmp_path: Path) -> None:
    (read,) = read_rows(one(tmp_path, row(cell("float", "3.30106199001011E+017", "x"))))
    assert read.lossy == (0,)


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    path = pack(tmp_path, content(("草稿", "hid", row(HEAD)), ("台账", "t", row(HEAD) * 2)))
    assert contents_of(path).sheets == (["台账"], ["草稿"])
    assert len(list(read_rows(path))) == 2
    with pytest.raises(BadData, match="隐藏"):
        list(read_rows(path, sheet="草稿"))
    with pytest.raises(BadData, match="没有这个工作表"):
        list(read_rows(path, sheet="x"))


@pytest.mark.parametrize(
    "rows",
    [
        row(cell("string", "", "x"), more="table:number-rows-repeated='1048576'"),
        row(cell("string", "", "x", "table:number-columns-repeated='16385'")),
        row("<table:table-cell table:number-columns-repeated='99999999'/>", HEAD),
        row(cell("string", "", "x", "table:number-columns-repeated='16000'"),
            more="table:number-rows-repeated='900'") * 3,
        row("<table:table-cell/>", more="table:number-rows-repeated='9999999'")
        + row(cell("string", "", "x")),
    ],
)  # fmt: skip
def test_repetition_is_no_bomb(tmp_path: Path, rows: str) -> None:
    assert "远处的单元格" in refusal(one(tmp_path, rows))


def test_a_cell_of_endless_blanks_is_refused(tmp_path: Path) -> None:
    blanks = cell("string", "", "x<text:s text:c='999999999'/>" * 2)
    assert "400 万字" in refusal(one(tmp_path, row(blanks)))


def test_a_merged_range_of_a_million_cells_costs_nothing(tmp_path: Path) -> None:
    huge = cell(
        "string",
        "",
        "x",
        "table:number-rows-spanned='1048576' table:number-columns-spanned='16384'",
    )
    started = time.perf_counter()
    assert len(cells(tmp_path, row(huge, cell("string", "", "y")), row(HEAD))) == 2
    assert time.perf_counter() - started < 10


SERIALS = """
name = "own"
title = "自己的"
mode = "history"
[columns]
text = "内容"
received = "时间"
[times]
received = ["excel"]
[defaults]
channel = "投诉举报电话"
"""


@pytest.mark.parametrize(
    ("null_date", "serial"),
    [("1904-01-01", "44651.378472"), ("1899-12-30", "46113.378472"), ("", "46113.378472")],
)
def test_a_bare_serial_day_counts_from_the_day_the_file_names(
    tmp_path: Path, null_date: str, serial: str
) -> None:
    head = row(cell("string", "", "时间"), cell("string", "", "内容"))
    rows = head + row(cell("float", serial), cell("string", "", "路灯不亮"))
    rows += row(cell("date", "2026-04-01T09:05:00"), cell("string", "", "占道经营"))
    settings = f"<table:calculation-settings><table:null-date table:date-value='{null_date}'/>"
    whole = content(("台账", "", rows))
    if null_date:
        whole = whole.replace(
            "<table:table ", f"{settings}</table:calculation-settings><table:table ", 1
        )
    path = pack(tmp_path, whole)
    assert contents_of(path).from_1904 is (null_date[:4] == "1904")
    found = list(read_reports(path, parse_profile(SERIALS, "own.toml")))
    assert [isinstance(each, ImportedRow) and each.received for each in found] == [
        "2026-04-01T09:05:00+08:00"
    ] * 2


def test_declarations_encryption_and_damage_are_refused(tmp_path: Path) -> None:
    whole = content(("台账", "", row(HEAD)))
    assert "DTD" in refusal(pack(tmp_path, "<!DOCTYPE x>" + whole))
    assert "DTD" in refusal(pack(tmp_path, whole, {"meta.xml": "<!DOCTYPE x><x/>"}))
    locked = (
        "<manifest:manifest xmlns:manifest='urn:m'><manifest:encryption-data/></manifest:manifest>"
    )
    assert "加密" in refusal(pack(tmp_path, whole, {"META-INF/manifest.xml": locked}))
    for text in (whole[:-30], whole.replace("编号", "&x;"), "", "<a>" * 100_000, "x"):
        assert "损坏" in refusal(pack(tmp_path, text))


def test_a_comment_that_is_very_long_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Well-formed as it is: the parser keeps it whole."""
    monkeypatch.setattr(package, "MAX_RATIO", 10**6)
    comment = f"<!--{'x' * (3 << 20)}-->"
    assert "损坏" in refusal(pack(tmp_path, content(("台账", "", row(HEAD) + comment))))


@pytest.mark.parametrize("kind", ["date", "time", "float"])
def test_a_value_that_is_none_is_damage(tmp_path: Path, kind: str) -> None:
    path = one(tmp_path, row(cell(kind, "x'/><x y='", "x")))
    with pytest.raises(BadData):
        list(read_rows(path))
