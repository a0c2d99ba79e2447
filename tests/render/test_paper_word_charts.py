"""Charts of a Word paper: what they show is what the workbook inside holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from sixping.render.paper.blocks import Chart, Head, Heading, Pair, Series, Table
from tests.kit.papers import paper
from tests.kit.wordkit import DRAWN, A, C, W, body, lines, of, parsed, parts, text, written

pytest.importorskip("docx", reason="the office extra is not installed")
openpyxl = pytest.importorskip("openpyxl")

# --- charts -------------------------------------------------------------------------------


def charts(content: bytes) -> Iterator[tuple[Element, list[tuple[object, ...]]]]:
    """Yield every chart with the rows of the workbook inside."""
    package = parts(content)
    for name in sorted(package):
        if not re.fullmatch(r"word/charts/chart\d+\.xml", name):
            continue
        relations = parsed(package[f"word/charts/_rels/{Path(name).name}.rels"])
        target = relations[0].get("Target", "").replace("../", "word/")
        book = openpyxl.load_workbook(BytesIO(package[target]))
        yield parsed(package[name]), list(book.active.iter_rows(values_only=True))


def cached(series: Element, path: str) -> list[str | None]:
    cache = series.find("/".join(f"{C}{name}" for name in path.split("/")))
    assert cache is not None
    size = cache.find(f"{C}ptCount")
    assert size is not None
    points: list[str | None] = [None] * int(size.get("val", "0"))
    for point in cache.iter(f"{C}pt"):
        points[int(point.get("idx", "0"))] = point.findtext(f"{C}v")
    return points


def test_the_workbook_of_every_chart_holds_what_the_chart_shows() -> None:
    seen = 0
    for chart, rows in charts(written(paper(30))):
        all_series = list(chart.iter(f"{C}ser"))
        assert len(rows[0]) == len(all_series) + 1
        for place, series in enumerate(all_series, 1):
            seen += 1
            assert cached(series, "tx/strRef/strCache") == [rows[0][place]]
            assert cached(series, "cat/strRef/strCache") == [row[0] for row in rows[1:]]
            shown = [None if v is None else float(v) for v in cached(series, "val/numRef/numCache")]
            assert shown == [row[place] for row in rows[1:]]
            column = "ABCDEFGH"[place]
            formula = series.findtext(f"{C}val/{C}numRef/{C}f")
            assert formula == f"Sheet1!${column}$2:${column}${len(rows)}"
    assert seen == 6


def test_what_nobody_knows_is_a_gap_and_a_series_of_nothing_is_not_drawn() -> None:
    line = Chart(
        "lines", "图1", "件", ("1月", "2月", "3月"),
        (Series("今年", (1.5, None, 0)), Series("上年", (None, None, None))), "逐月",
    )  # fmt: skip
    ((chart, rows),) = charts(written(of(line)))
    (series,) = chart.iter(f"{C}ser")
    assert cached(series, "val/numRef/numCache") == ["1.5", None, "0"]
    assert rows == [(None, "今年"), ("1月", 1.5), ("2月", None), ("3月", 0)]
    blanks = chart.find(f"{C}chart/{C}dispBlanksAs")
    assert blanks is not None
    assert blanks.get("val") == "gap"
    assert chart.find(f".//{C}min") is not None, "a chart begins at 0"
    empty = line._replace(series=(Series("今年", (None, 0, None)),))
    assert list(charts(written(of(empty)))) == []
    assert "(没有可以画图的数据)" in lines(of(empty))


def test_only_bars_have_labels_and_series_differ_without_colour() -> None:
    both = (Series("收到", (3, 4)), Series("办结", (2, 1)))
    made = [
        Chart(kind, f"图{kind}", "件", ("一", "二"), both, "说")
        for kind in ("columns", "bars", "stacked", "lines")
    ]
    for kind, (chart, _) in zip(made, charts(written(of(*made))), strict=True):
        first, second = chart.iter(f"{C}ser")
        labels = [series.find(f"{C}dLbls") is not None for series in (first, second)]
        axis = chart.find(f".//{C}valAx/{C}delete")
        assert axis is not None
        assert axis.get("val") == ("0" if kind.kind == "lines" else "1")
        if kind.kind == "lines":
            assert labels == [False, False]
            dashes = [one.get("val") for one in chart.iter(f"{A}prstDash")]
            marks = [one.get("val") for one in chart.iter(f"{C}symbol")]
            assert len(set(dashes)) == len(set(marks)) == 2
        else:
            assert labels == [True, True]
            assert first.find(f"{C}spPr/{A}solidFill") is not None
            assert second.find(f"{C}spPr/{A}pattFill") is not None


def test_charts_name_the_chinese_font_and_say_in_words_what_they_show() -> None:
    content = written(paper(30))
    for chart, _ in charts(content):
        fonts = list(chart.iter(f"{C}txPr"))
        assert fonts
        for one in fonts:
            font = one.find(f".//{A}ea")
            assert font is not None
            assert font.get("typeface") == "宋体"
            assert one.find(f".//{A}endParaRPr[@lang='zh-CN']") is not None
    name = f"{DRAWN}docPr"
    said = [one.get("descr") for one in body(content).iter(name)]
    wanted = [one.says for one in paper(30).blocks if isinstance(one, Chart)]
    assert said[:3] == wanted[:3]
    assert len({one.get("id") for one in body(content).iter(name)}) == len(said) == 4


def test_a_chart_stays_with_its_caption_and_with_headings_takes_a_third_of_a_page() -> None:
    one = Chart("columns", "图1 平台", "件", ("一",), (Series("收到", (1,)),), "说")
    found = body(written(of(one, Heading("一"), Heading("(一)", 2), one)))
    extent = f"{DRAWN}extent"
    heights = [int(size.get("cy", "0")) / 36_000 for size in found.iter(extent)]
    assert heights[0] == 62
    assert heights[1] + 2 * 10.2 + 6 < 75
    pictures = [line for line in found.iter(f"{W}p") if line.find(f".//{extent}") is not None]
    assert all(line.find(f"{W}pPr/{W}keepNext") is not None for line in pictures)
    assert lines(of(one)).count("图1 平台（单位：件）") == 1


def test_two_charts_stand_side_by_side_and_a_chart_and_a_table_one_after_the_other() -> None:
    one = Chart("columns", "图1", "件", ("一",), (Series("收到", (1,)),), "说")
    table = Table("表", "表1", (Head("单位"),), (("甲",),))
    found = body(written(of(Pair(one, one._replace(caption="图2")))))
    (row,) = found.iter(f"{W}tr")
    assert [text(cell) for cell in row.iter(f"{W}tc")] == ["图1（单位：件）", "图2（单位：件）"]
    after = [line for line in lines(of(Pair(one, table))) if line]
    assert after[2:5] == ["图1（单位：件）", "表1", "单位"]
