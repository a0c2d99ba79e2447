"""A paper's workbook, read by another library: types, texts that stay texts, charts, recounting."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sixping.errors import SixpingError
from sixping.render.paper import book
from sixping.render.paper.blocks import (
    Bar,
    Cell,
    Chart,
    Details,
    Figure,
    Head,
    Heading,
    Paper,
    Records,
    Sentence,
    Series,
    Table,
    count,
    days,
    moved,
    percent,
    points,
    text_of,
)
from sixping.util.clock import SHANGHAI
from tests.conftest import ROOT
from tests.kit.papers import HOSTILE, LONG, UNITS, paper

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter", reason="the office extra is not installed")

CASES = (0, 1, 30, 3000)
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TEXTS = (
    "=1+1", "@SUM(A1)", "+86 138", "-2", "13800000000", "013800000000", "00123", "2026-000001",
    "1e5", "3/4", "TRUE", "http://a.b", "mailto:a@b", "{=1+1}", "_x000B_", "<r><t>x</t></r>",
    "A&B<c>\"'", "  前后  ", "#REF!", "一\n二", "100%",
)  # fmt: skip


def written(made: Paper) -> bytes:
    out = io.BytesIO()
    book.write(made, out)
    return out.getvalue()


@cache
def content(cases: int) -> bytes:
    return written(paper(cases))


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def of(*blocks: object) -> Paper:
    return Paper("月报", "指挥室", "10月", "今天", blocks, "校验码 0")  # type: ignore[arg-type]


def one_sheet(table: Table) -> Any:
    return opened(written(of(table))).worksheets[1]


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def plain(value: object) -> object:
    """Return a text as a reader shows it that knows how workbooks spell control signs."""
    return re.sub(r"_x005F_", "_", value) if isinstance(value, str) else value


# --- cells -----------------------------------------------------------------------------

FIGURES: tuple[tuple[Figure, object, str], ...] = (
    (count(12), 12, "0"),
    (count(0), 0, "0"),
    (count(None), "—", "@"),
    (percent(89.4), 0.894, "0.00%"),
    (percent(None), "—", "@"),
    (moved(5, 3), 2, '+0;-0;"持平"'),
    (moved(3, 3), 0, '+0;-0;"持平"'),
    (moved(None, 3), "—", "@"),
    (points(89.4, 91.53), -2.13, '+0.00;-0.00;"持平"'),
    (points(1.0, 1.0), 0, '+0.00;-0.00;"持平"'),
    (days(3.5, mean=True), 3.5, "0.0"),
    (days(3), 3, "0"),
    (days(None), "—", "@"),
)


def test_a_figure_is_a_number_of_its_kind_and_what_nobody_knows_is_no_0() -> None:
    rows = tuple((figure.kind, figure) for figure, _, _ in FIGURES)
    page = one_sheet(Table("表", "表1", (Head("种"), Head("数", "figure")), rows))
    for at, (_, value, form) in enumerate(FIGURES, 3):
        cell = page.cell(at, 2)
        assert (cell.value, cell.number_format) == (pytest.approx(value), form)
        assert cell.data_type == ("s" if isinstance(value, str) else "n")


@pytest.mark.parametrize("text", TEXTS)
def test_what_somebody_wrote_is_a_text_wherever_it_stands(text: str) -> None:
    table = Table(
        text, text, (Head(text), Head("数", "figure")), ((text, count(1)),), (text, count(1)),
        notes=((text,),), groups={0: text},
    )  # fmt: skip
    chart = Chart("bars", text, text, (text, "乙"), (Series(text, (1, 2)),), text, ((text,),))
    details = Details(
        (Head(text),), {"1": (text,)}, {"k": ["1"]}, {"k": text}, Records((Head(text),), [(text,)])
    )
    made = of(Heading(text), Sentence((text,)), table, chart)._replace(
        title=text, office=text, period=text, as_of=text, addressees=text, draft=text,
        details=details,
    )  # fmt: skip
    data = written(made)
    cells = [cell for page in opened(data) for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    numbers = [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None]
    assert sorted(numbers) == [1, 1, 1, 2]
    wanted = text.rstrip() if text.startswith("<r>") else text
    exact = [cell for cell in cells if str(plain(cell.value)).rstrip() == wanted.rstrip()]
    assert len(exact) >= 11
    for name, xml in parts(data).items():
        if name.startswith("xl/worksheets/"):
            assert re.search(r"<(f|hyperlinks?)\b", xml) is None
        assert "TargetMode" not in xml
        ET.fromstring(xml)  # noqa: S314 - our own


def test_hidden_signs_are_seen_and_too_long_a_text_is_cut_and_says_so() -> None:
    rows = (("\x0b\u202e\x1b[2J",), ("字" * 40_000,))
    page = one_sheet(Table("表", "表1", (Head("内容"),), rows))
    assert page["A3"].value == "<U+000B><U+202E><U+001B>[2J"
    assert len(page["A4"].value) == 32_767
    assert "以下略去" in page["A4"].value


def test_a_long_text_is_wrapped_in_its_column() -> None:
    page = one_sheet(Table("表", "表1", (Head("内容"),), (("字" * 10_000,),)))
    assert page["A3"].alignment.wrap_text
    assert page.column_dimensions["A"].width <= 61


# --- sheets ----------------------------------------------------------------------------


def tables_of(made: Paper) -> dict[str, Table]:
    """Return the sheets that are expected: the annex's table instead of the cut one."""
    return {"渠道": _table(made, "渠道"), "单位全表": _table(made, "单位全表")}


def _table(made: Paper, name: str) -> Table:
    for block in (*made.blocks, *made.annex):
        for each in block if type(block).__name__ == "Pair" else (block,):
            if isinstance(each, Table) and each.name == name:
                return each
    raise AssertionError(name)


def shown(cell: Cell) -> object:
    if isinstance(cell, Figure) and cell.value is not None:
        return pytest.approx(cell.value / 100 if cell.kind == "rate" else cell.value)
    return text_of(cell) or None


@pytest.mark.parametrize("cases", CASES)
def test_a_sheet_a_table_with_all_rows_heads_total_and_notes(cases: int) -> None:
    made, read = paper(cases), opened(content(cases))
    assert read.sheetnames == ["总览", "渠道", "单位全表", "图表", "明细", "计数明细"]
    for name, table in tables_of(made).items():
        page = read[name]
        kept = [place for place, head in enumerate(table.heads) if head.kind != "bar"]
        lines = [[cell.value for cell in row] for row in page.iter_rows(max_col=len(kept))]
        assert lines[0][0] == table.caption
        assert lines[1] == [table.heads[place].title for place in kept]
        every = [*table.rows, *([table.total] if table.total else [])]
        for row, line in zip(every, lines[2:], strict=False):
            assert line == [shown(row[place]) for place in kept]
        assert (page.freeze_panes, page.print_title_rows) == ("B3", "$1:$2")
        last = openpyxl.utils.get_column_letter(len(kept))
        assert page.auto_filter.ref == f"A2:{last}{2 + len(table.rows)}"
        for runs in table.notes:
            assert [list(runs)] == [[line[0]] for line in lines if line[0] == runs[0]]


def test_the_total_is_bold_and_stays_out_of_the_filter() -> None:
    page = opened(content(30))["单位全表"]
    total = 2 + len(UNITS) + 1
    assert [page.cell(total, place).value for place in (1, 2, 3)] == ["合计", 30, 6]
    assert all(page.cell(total, place).font.bold for place in (1, 2, 3))
    assert not page.cell(total - 1, 1).font.bold


def test_what_is_late_and_open_is_red_and_bold_only_over_0() -> None:
    late = opened(content(30))["单位全表"]["C3"]
    assert (late.font.bold, late.font.color.rgb) == (True, "FFB3261E")
    calm = opened(content(0))["单位全表"]["C3"]
    assert not calm.font.bold


def test_without_an_annex_a_cut_table_has_all_its_rows() -> None:
    made = paper(30)._replace(annex=())
    page = opened(written(made))["单位"]
    assert [page.cell(at, 1).value for at in range(3, 3 + len(UNITS))] == list(UNITS)
    assert not any("其他" in str(cell.value) for row in page.iter_rows() for cell in row)


def test_groups_are_a_column_to_filter_by_and_bars_are_none() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("", "bar"), Head("签收", "write"))
    rows = tuple((name, count(1), Bar((1,), 1), None) for name in "甲乙丙")
    table = Table(
        "超期", "表1", heads, rows, ("合计", count(3), None, None), groups={0: "超", 2: "临"}
    )
    lines = [[c.value for c in row] for row in one_sheet(table).iter_rows(min_row=2)]
    assert lines == [
        ["分组", "单位", "件", "签收"],
        ["超", "甲", 1, None], ["超", "乙", 1, None], ["临", "丙", 1, None],
        [None, "合计", 3, None],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ("a[b]:*?/\\c", "a(b)", ""),
        ("很长的名字" * 12, "很长的名字" * 12 + "二", "很长的名字" * 12),
        ("ABC", "abc", "Abc"),
        ("'引号'", "'引号'"),
        ("𠮷" * 40, "𠮷" * 40),
        ("总览", "明细", "图表", "计数明细"),
        ("\x1b\u202e", "\n"),
    ],
)
def test_names_of_sheets_are_as_a_workbook_takes_them_and_each_once(names: tuple[str, ...]) -> None:
    made = paper(1)
    tables = [Table(name, "表", (Head("甲"),), ((name,),)) for name in names]
    read = opened(written(made._replace(blocks=(*made.blocks, *tables))))
    assert len({name.casefold() for name in read.sheetnames}) == len(read.sheetnames)
    for name in read.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name


def test_a_sheet_is_set_up_for_paper() -> None:
    made = paper(30)._replace(title="A&B 月报", draft="草稿")
    for page in opened(written(made)):
        assert page.page_setup.paperSize == 9
        assert (page.oddFooter.right.text or "") == "第 &P 页, 共 &N 页"
        assert (page.oddHeader.left.text, page.oddHeader.center.text) == ("草稿", None)
        assert page.oddHeader.right.text == "A&&B 月报", "the mark and the title do not meet"
    read = opened(content(30))
    assert read["渠道"].page_setup.orientation == "portrait"
    assert read["单位全表"].page_setup.orientation == "landscape"
    assert all(page.sheet_properties.pageSetUpPr.fitToPage for page in read if page.title != "图表")


def test_the_front_has_the_paper_and_says_where_the_rest_is() -> None:
    page = opened(content(30)).worksheets[0]
    texts = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    said = "\n".join(texts)
    for words in (
        "演示街道“基层治理四平台”2026年10月运行情况", "第    期", "截至 2026年11月2日 09:00",
        "送: 演示街道各领导", "10月收到30件, 期末超期未办结6件, 比上月+3件。", "一、各单位办理情况",
        "表1 各单位办理情况 (见工作表“单位全表”)", "附表1 各单位办理情况 (见工作表“单位全表”)",
        "图4 高发类别: 最多的类别 (见工作表“图表”)", "表2 按渠道 (见工作表“渠道”)", "(由会商填写)",
        "· 超期未办结6件。", "□ 2026-000001", "签收人", "填报:", "注: 平均办理3.5个工作日",
    ):  # fmt: skip
        assert words in said
    assert sum("校验码" in text for text in texts) == 1
    assert texts[-1].startswith("校验码")
    numbers = [c.value for row in page.iter_rows() for c in row if c.data_type == "n" and c.value]
    assert numbers == [6, 3, 0.894, pytest.approx(0.9153), 30, 3]


def test_a_sentence_over_several_columns_is_seen_whole() -> None:
    page = opened(written(of(Sentence(("收到" * 200,))))).worksheets[0]
    (row,) = (c.row for line in page.iter_rows() for c in line if c.value == "收到" * 200)
    assert any(str(merged) == f"A{row}:G{row}" for merged in page.merged_cells.ranges)
    assert page.row_dimensions[row].height >= 15 * 800 / 80


# --- charts ----------------------------------------------------------------------------


def charts(data: bytes) -> list[ET.Element]:
    found = [(n, x) for n, x in parts(data).items() if n.startswith("xl/charts/chart")]
    found.sort(key=lambda pair: int(re.findall(r"\d+", pair[0])[0]))
    return [ET.fromstring(xml) for _, xml in found]  # noqa: S314 - our own


def _range(read: Any, reference: str) -> list[object]:
    sheet, _, cells = reference.rpartition("!")
    found = read[sheet.strip("'").replace("''", "'")][cells.replace("$", "")]
    if not isinstance(found, tuple):
        return [found.value]
    return [cell.value for row in found for cell in (row if isinstance(row, tuple) else (row,))]


def _cached(element: ET.Element, kind: str) -> tuple[str, dict[int, str], int]:
    reference = element.find(f"./{C}{kind}Ref")
    assert reference is not None
    cached = reference.find(f"{C}{kind}Cache")
    assert cached is not None
    size = cached.find(f"{C}ptCount")
    assert size is not None
    values = {int(p.attrib["idx"]): p.findtext(f"{C}v") or "" for p in cached.iter(f"{C}pt")}
    return reference.findtext(f"{C}f") or "", values, int(size.attrib["val"])


def _series(data: bytes) -> Iterator[ET.Element]:
    for chart in charts(data):
        yield from chart.iter(f"{C}ser")


@pytest.mark.parametrize("cases", CASES)
def test_what_a_chart_has_stored_is_what_its_cells_have_and_a_gap_is_a_gap(cases: int) -> None:
    data = content(cases)
    read, seen = opened(data), 0
    for series in _series(data):
        for tag, kind in (("tx", "str"), ("cat", "str"), ("val", "num")):
            element = series.find(f"{C}{tag}")
            assert element is not None
            reference, cached, size = _cached(element, kind)
            cells = _range(read, reference)
            assert size == len(cells)
            as_text = {at: c for at, c in enumerate(cells) if c is not None}
            if kind == "num":
                assert {at: float(v) for at, v in cached.items()} == as_text
            else:
                assert cached == as_text
            seen += 1
    assert seen == 3 * (2 + 1 + 2 + 1 + len(UNITS))
    gap = charts(data)[1].find(f".//{C}dispBlanksAs")
    assert gap is not None
    assert gap.attrib["val"] == "gap"
    lines = next(iter(charts(data)[1].iter(f"{C}ser")))
    assert set(_cached(lines.find(f"{C}val"), "num")[1]) == set(range(2, 10))  # type: ignore[arg-type]


def test_every_kind_of_chart_is_of_its_type_and_starts_at_0() -> None:
    found = charts(content(30))
    types = [
        (next(kind for kind in ("barChart", "lineChart") if list(chart.iter(f"{C}{kind}"))),
         *(e.attrib["val"] for tag in ("barDir", "grouping") for e in chart.iter(f"{C}{tag}")))
        for chart in found
    ]  # fmt: skip
    assert types[:4] == [
        ("barChart", "bar", "stacked"), ("lineChart", "standard"),
        ("barChart", "col", "clustered"), ("barChart", "bar", "clustered"),
    ]  # fmt: skip
    assert types[4:] == [("barChart", "col", "clustered")] * len(UNITS)
    for chart in found:
        low = [e.attrib["val"] for e in chart.findall(f".//{C}valAx/{C}scaling/{C}min")]
        assert low == ["0"]
    scales = [e.attrib["val"] for c in found[4:] for e in c.iter(f"{C}max")]
    assert scales == ["10.0"] * len(UNITS), "one scale for all"


def test_series_are_told_apart_in_black_and_white() -> None:
    many = tuple(Series(f"系列{n}", (n, n + 1), late=n == 5) for n in range(6))
    data = written(
        of(*(Chart(kind, "图", "件", ("甲", "乙"), many, "说") for kind in ("columns", "lines")))
    )
    bars, lines = charts(data)
    looks = []
    for series in bars.iter(f"{C}ser"):
        fill = series.find(f"{C}spPr/{A}pattFill")
        solid = series.find(f"{C}spPr/{A}solidFill/{A}srgbClr")
        assert (fill is None) != (solid is None)
        looks.append(fill.attrib["prst"] if fill is not None else solid.attrib["val"])  # type: ignore[union-attr]
    assert len(set(looks)) == 6
    assert sum(not re.fullmatch("[0-9A-F]{6}", look) for look in looks) == 4, "patterns"
    dashes = [
        (s.find(f".//{A}prstDash").attrib["val"] if s.find(f".//{A}prstDash") is not None else "",  # type: ignore[union-attr]
         s.find(f".//{C}symbol").attrib["val"])  # type: ignore[union-attr]
        for s in lines.iter(f"{C}ser")
    ]  # fmt: skip
    assert len(set(dashes)) == 6


def test_charts_are_said_in_words_and_set_in_chinese() -> None:
    data = content(30)
    drawing = parts(data)["xl/drawings/drawing1.xml"]
    described = re.findall(r'descr="([^"]*)"', drawing)
    assert described[:4] == [
        "各单位按时办结和超期未办结的件数", "近十个月每月收到的件数, 一月二月没有记录",
        "四个平台的收到和办结件数", "最多的类别",
    ]  # fmt: skip
    assert len(described) == 4 + len(UNITS)
    for name, xml in parts(data).items():
        if name.startswith("xl/charts/chart"):
            fonts = [re.findall(rf'<a:{tag} typeface="([^"]+)"', xml) for tag in ("latin", "ea")]
            assert fonts[0] == fonts[1] == ["宋体"] * len(fonts[0])
            assert len(fonts[0]) >= 3


def test_years_are_names_and_not_numbers_of_a_chart() -> None:
    chart = Chart("columns", "图1", "件", ("2025", "2026"), (Series("收到", (1, 2)),), "说")
    (series,) = _series(written(of(chart)))
    assert _cached(series.find(f"{C}cat"), "str")[1] == {0: "2025", 1: "2026"}  # type: ignore[arg-type]


def test_a_chart_without_a_figure_is_not_drawn_and_its_cells_are_empty() -> None:
    data = written(of(Chart("lines", "图1", "件", ("1月",), (Series("今年", (None,)),), "说")))
    assert charts(data) == []
    assert opened(data)["图表"]["B3"].value is None


# --- recounting ------------------------------------------------------------------------


@pytest.mark.parametrize("cases", CASES)
def test_every_figure_can_be_counted_again_from_the_cases(cases: int) -> None:
    made, read = paper(cases), opened(content(cases))
    assert made.details
    heads, *rows = read["明细"].iter_rows(values_only=True)
    assert list(heads) == [*(head.title for head in made.details.heads), "计入"]
    assert [row[0] for row in rows] == list(made.details.cases)
    counted: Counter[str] = Counter()
    for row in rows:
        for said in str(row[-1] or "").split("; "):
            title, _, times = said.partition("×")
            counted[title] += int(times or 1)
    for key, numbers in made.details.behind.items():
        assert counted[made.details.titles[key]] == len(numbers), key
    for row in _table(made, "单位全表").rows:
        for cell in row:
            if isinstance(cell, Figure) and cell.key:
                assert counted[made.details.titles[cell.key]] == cell.value


@pytest.mark.parametrize("cases", CASES)
def test_every_unit_can_be_counted_again_from_what_is_counted(cases: int) -> None:
    heads, *rows = opened(content(cases))["计数明细"].iter_rows(values_only=True)
    assert heads == ("项目", "编号", "单位", "计入")
    counted: Counter[object] = Counter()
    for row in rows:
        counted[row[2]] += row[3]
    table = _table(paper(cases), "单位全表")
    assert {text_of(row[0]): row[1].value for row in table.rows} == {  # type: ignore[union-attr]
        unit: counted[unit] for unit in UNITS
    }
    assert sum(counted.values()) == cases


def test_what_is_counted_is_typed_and_can_be_filtered() -> None:
    at = datetime(2026, 10, 9, 8, 30, tzinfo=SHANGHAI)
    rows = ((at, percent(50.0), None, "00123"), (at, percent(None), count(2), LONG))
    heads = (Head("时间"), Head("率", "figure"), Head("件", "figure"), Head("编号"))
    made = paper(1)
    assert made.details
    details = made.details._replace(records=Records(heads, iter(rows)))
    page = opened(written(made._replace(details=details)))["计数明细"]
    first, second = page.iter_rows(min_row=2)
    assert [cell.value for cell in first] == [at.replace(tzinfo=None), 0.5, None, "00123"]
    assert [cell.value for cell in second] == [at.replace(tzinfo=None), "—", 2, LONG]
    assert first[0].number_format == "yyyy-mm-dd hh:mm"
    assert (page.auto_filter.ref, page.freeze_panes) == ("A1:D3", "B2")
    assert page.print_title_rows == "$1:$1"


def test_more_rows_than_a_sheet_holds_go_onto_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 11)
    read = opened(written(paper(25)))
    names = [name for name in read.sheetnames if "明细" in name]
    assert names == ["明细", "明细(2)", "明细(3)", "计数明细", "计数明细(2)", "计数明细(3)"]
    assert [read[name].max_row - 1 for name in names] == [10, 10, 5] * 2
    assert len({row[1] for n in names[3:] for row in read[n].iter_rows(2, values_only=True)}) == 25


def test_a_paper_without_details_has_no_sheets_of_them() -> None:
    read = opened(written(paper(3)._replace(details=None)))
    assert read.sheetnames == ["总览", "渠道", "单位全表", "图表"]


# --- the file --------------------------------------------------------------------------


def test_the_same_paper_is_the_same_file() -> None:
    assert written(paper(30)) == content(30)
    assert "1980-01-01T00:00:00Z</dcterms:created>" in parts(content(30))["docProps/core.xml"]


def test_a_paper_that_fails_while_it_is_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[tuple[Cell, ...]]:
        yield ("一",)
        raise KeyboardInterrupt

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    details = Details((), {}, {}, {}, Records((Head("编号"),), broken()))
    out = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        book.write(of()._replace(details=details), out)
    assert out.getvalue() == b""
    assert list((tmp_path / "temporary").iterdir()) == []


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(SixpingError) as caught:
        written(paper(1))
    assert 'pip install "sixping[office]"' in caught.value.hint


MEASURE = r"""
import re, sys
from sixping.render.paper import book
from sixping.render.paper.blocks import Details, Head, Paper, Records, count
rows = ((f"2026-{n:06}", "城管执法中队", count(1)) for n in range(int(sys.argv[1])))
heads = (Head("编号"), Head("单位"), Head("计入", "figure"))
details = Details((), {}, {}, {}, Records(heads, rows))
with open(sys.argv[2], "wb") as out:
    book.write(Paper("月报", "指挥室", "10月", "今天", (), "校验码", details=details), out)
print(int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
def test_200000_counted_things_take_no_memory(tmp_path: Path) -> None:
    def taken(rows: int) -> int:
        file = tmp_path / f"{rows}.xlsx"
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(rows), str(file)],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=240,
        )  # fmt: skip
        return int(done.stdout)

    few, many = taken(100), taken(200_000)
    assert many - few < 12, f"{few} MB, {many} MB"
    assert many < 100
    sheet = zipfile.ZipFile(tmp_path / "200000.xlsx").read("xl/worksheets/sheet3.xml")
    assert sheet.count(b"<row ") == 200_001


# --- LibreOffice -----------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None,
    reason="LibreOffice and poppler are not installed",
)
def test_libreoffice_prints_it_without_an_empty_page_and_without_a_page_beside(
    tmp_path: Path,
) -> None:
    (tmp_path / "月报.xlsx").write_bytes(content(30))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "月报.xlsx")],
        capture_output=True, check=True, timeout=180,
    )  # fmt: skip
    pages = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "月报.pdf"), "-"],
        capture_output=True, check=True, timeout=60,
    ).stdout.decode().split("\f")[:-1]  # fmt: skip
    assert len(pages) <= 9
    for at, page in enumerate(pages, 1):
        lines = [line for line in page.splitlines() if line.strip()]
        assert len(lines) > 3, f"第 {at} 页是空的"
        assert f"第 {at} 页, 共 {len(pages)} 页" in page
    text = "\n".join(pages)
    for words in ("附表1", "—", HOSTILE, "图1", "合计", "计入"):
        assert words in text
