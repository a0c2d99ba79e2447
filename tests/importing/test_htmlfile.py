"""HTML tables that old systems name .xls: text only, spans filled, nothing run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import htmlfile
from sixping.importing.reader import contents_of, read_rows
from sixping.importing.rows import kind_of

HEAD = "<tr><th>编号</th><th>内容</th><th>社区</th></tr>"
ONE = "<tr><td>A1<td>占道<td>江一社区</tr>"


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.xls") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def cells(folder: Path, text: str, encoding: str = "utf-8") -> list[list[str]]:
    return [row.cells for row in read_rows(write(folder, text, encoding))]


def table(body: str, before: str = "") -> str:
    return f"<html><head>{before}</head><body><table>{HEAD}{body}</table></body></html>"


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.html", "a.csv"])
def test_a_page_is_a_table_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, table(ONE), name=name)
    assert kind_of(path) == "html"
    assert [row.cells for row in read_rows(path)] == [
        ["编号", "内容", "社区"], ["A1", "占道", "江一社区"],
    ]  # fmt: skip


@pytest.mark.parametrize("opening", ["\r\n\r\n" * 400, "\ufeff", "<!DOCTYPE html>", "<?xml ?>"])
def test_what_stands_before_a_page_does_not_hide_it(tmp_path: Path, opening: str) -> None:
    assert cells(tmp_path, opening + table(ONE))[1] == ["A1", "占道", "江一社区"]


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf-8", "utf-8"), ("", "gb18030"),
        ("utf-8", "gb18030"), ("klingon", "utf-8"), ("utf-16", "utf-8"), ("rot13", "gb18030"),
    ],
)  # fmt: skip
def test_the_encoding_is_what_the_page_says_unless_its_bytes_say_otherwise(
    tmp_path: Path, said: str, encoding: str
) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={said}">' if said else ""
    body = "<tr><td>A1<td>江南大道占道经营䶮<td>江一社区</tr>" * 3
    assert cells(tmp_path, table(body, meta), encoding)[1][1] == "江南大道占道经营䶮"


def test_a_mark_wins_over_what_the_page_says(tmp_path: Path) -> None:
    text = table(ONE, '<meta charset="gb2312">')
    for encoding in ("utf-8-sig", "utf-16"):
        assert cells(tmp_path, text, encoding)[1] == ["A1", "占道", "江一社区"]


def test_a_bad_byte_names_its_cell(tmp_path: Path) -> None:
    path = write(tmp_path, table(ONE * 5))
    path.write_bytes(path.read_bytes().replace("占道".encode(), b"\xe5\x8d" + "道".encode(), 1))
    _, first, second, *_ = read_rows(path)
    assert [column for column, _ in first.broken] == [1]
    assert first.cells == ["A1", "\ufffd道", "江一社区"]
    assert not second.broken


def test_tags_in_cells_are_dropped_and_entities_read(tmp_path: Path) -> None:
    body = (
        '<tr><td><font color="red">A&amp;1</font></td><td>第一行<br>第二行<br/>&lt;b&gt;'
        "&#x4E2D;&nbsp;</td><td><p>甲</p><p>乙</p></td></tr>"
        "<tr><td>&nbsp;</td><td>  多  个 \n 空格 </td><td><!-- 注释 -->x</td></tr>"
    )
    assert cells(tmp_path, table(body))[1:] == [
        ["A&1", "第一行\n第二行\n<b>中", "甲\n乙"],
        ["", "多 个 空格", "x"],
    ]


def test_scripts_and_styles_are_no_text(tmp_path: Path) -> None:
    body = "<tr><td>A1<script>document.write('<td>x</td>')</script><td><style>td{}</style>占道</tr>"
    assert cells(tmp_path, table(body))[1] == ["A1", "占道"]


def test_a_row_span_holds_for_all_its_rows(tmp_path: Path) -> None:
    body = (
        "<tr><td rowspan=2>A1</td><td>一</td><td rowspan='3'>江一社区</td></tr>"
        "<tr><td>二</td></tr><tr><td>A3<td>三</tr><tr><td>A4<td>四<td>江二社区</tr>"
    )
    assert cells(tmp_path, table(body))[1:] == [
        ["A1", "一", "江一社区"], ["A1", "二", "江一社区"],
        ["A3", "三", "江一社区"], ["A4", "四", "江二社区"],
    ]  # fmt: skip


def test_a_title_over_several_columns_is_left_out_and_a_span_keeps_its_first(
    tmp_path: Path,
) -> None:
    text = (
        "<table><tr><td colspan=3>登记表</td></tr><tr><td rowspan=2>编号<td colspan=2>来电人</tr>"
        "<tr><td>社区<td>电话</tr><tr><td>A1<td>江一<td>138</tr></table>"
    )
    rows = list(read_rows(write(tmp_path, text)))
    assert [(row.number, row.cells) for row in rows] == [
        (2, ["编号", "来电人", ""]), (3, ["编号", "社区", "电话"]), (4, ["A1", "江一", "138"]),
    ]  # fmt: skip


@pytest.mark.parametrize("span", ["0", "99999999999", "-1", "x", "1048576"])
def test_an_odd_span_costs_nothing(tmp_path: Path, span: str) -> None:
    body = f'<tr><td rowspan="{span}">A1<td colspan="1">x<td>y</tr>' + ONE
    started = time.perf_counter()
    assert cells(tmp_path, table(body))[1][:2] == ["A1", "x"]
    assert time.perf_counter() - started < 10


def test_tables_are_chosen_by_name_number_or_as_the_first_with_columns(tmp_path: Path) -> None:
    text = (
        "<table><tr><td>导出时间 2026-11-28</td></tr></table>"
        f"<table id='main'>{HEAD}{ONE}</table><table><caption> 四月 </caption>{HEAD}</table>"
    )
    path = write(tmp_path, text)
    assert contents_of(path).sheets.visible == ["main", "四月"]
    assert contents_of(path).sheets.hidden == []
    assert len(list(read_rows(path))) == 2
    assert len(list(read_rows(path, sheet="四月"))) == 1
    for name in ("五月", "表1"):
        with pytest.raises(BadData) as caught:
            list(read_rows(path, sheet=name))
        assert "main、四月" in caught.value.hint


def test_a_table_inside_a_layout_is_found(tmp_path: Path) -> None:
    text = f"<table><tr><td>菜单</td></tr><tr><td><table>{HEAD}{ONE}</table></td></tr></table>"
    for page in (text, text.replace("<td><table>", "<td>菜单<td><table>")):
        assert cells(tmp_path, page) == [["编号", "内容", "社区"], ["A1", "占道", "江一社区"]]
        assert contents_of(write(tmp_path, page)).sheets.visible[0] == "表2"
    assert contents_of(write(tmp_path, text)).sheets.visible == ["表2"]
    assert contents_of(write(tmp_path, "<table><tr><td>只有一列")).sheets.visible == ["表1"]


def test_a_number_shown_in_powers_gives_what_the_page_keeps_beside_it(tmp_path: Path) -> None:
    body = "<tr><td x:num='13800000000'>1.38E+10<td x:num='46113'>2026/4/1<td>x</tr>"
    assert cells(tmp_path, table(body))[1] == ["13800000000", "2026/4/1", "x"]


def test_error_values_are_named(tmp_path: Path) -> None:
    row = list(read_rows(write(tmp_path, table("<tr><td>A1<td>#N/A<td>####</tr>"))))[1]
    assert [column for column, _ in row.broken] == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "<html>" + "<table>" * 3_000,
        "<table><tr><td>" + "x" * (5 << 20),
        "<table><tr><td a='" + "x" * (5 << 20),
        "<table><!-- " + "x" * (5 << 20),
        "<table><tr>" + "<td>x" * 20_000,
        "<table><tr>" + "<td rowspan=9999 colspan=1000>x" * 20,
        "<table><tr><td>" + "<div>" * 200_000,
        "<table><tr><td>" + "</b>" * 200_000,
        "<table><tr><td>" + "<!---->" * 200_000,
    ],
)
def test_a_page_that_never_ends_is_refused_soon(tmp_path: Path, text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BadData):
        cells(tmp_path, text)
    assert time.perf_counter() - started < 10


def test_more_cells_than_a_table_may_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(htmlfile, "MAX_CELLS", 20)
    with pytest.raises(BadData, match="单元格太多"):
        cells(tmp_path, table(ONE * 10))


def test_what_a_page_leaves_open_is_ended(tmp_path: Path) -> None:
    assert cells(tmp_path, f"<table>{HEAD}<tr><td>A1<td>占道<td>江一") == [
        ["编号", "内容", "社区"], ["A1", "占道", "江一"],
    ]  # fmt: skip


def test_a_row_ends_where_the_page_says_so_also_without_the_next_one(tmp_path: Path) -> None:
    loose = "<tr><td>A1<td>占道<td>江一</tr><td>A2<td>路灯<td>江二"
    assert cells(tmp_path, table(loose))[1:] == [["A1", "占道", "江一"], ["A2", "路灯", "江二"]]


@pytest.mark.parametrize("span", ["9" * 5000, "9" * 7, "-3", "２"])
def test_a_span_of_nothing_sensible_is_one(tmp_path: Path, span: str) -> None:
    body = f'<tr><td colspan="{span}">A1<td>占道<td>江一</tr>'
    assert cells(tmp_path, table(body))[1] == ["A1", "占道", "江一"]
