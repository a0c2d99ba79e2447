"""A paper as a page: whole, harmless, readable, and every figure opens to what it counts."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sixping.render.paper import svg, web, webcases
from sixping.render.paper.blocks import (
    Bar,
    Block,
    Card,
    Cards,
    Cell,
    Chart,
    Details,
    Fields,
    Figure,
    Head,
    Heading,
    PageBreak,
    Pair,
    Paper,
    Pick,
    Picks,
    Sentence,
    Series,
    Slot,
    Table,
    count,
    days,
    percent,
)
from sixping.render.paper.webstyle import TOKENS
from tests.kit import papers
from tests.kit.browserkit import Frame, heard, measured, needs_browser, needs_pdf, printed
from tests.kit.htmlkit import Node, contrast, lightness, number, parsed
from tests.kit.papers import HOSTILE, LONG

CASES = (0, 1, 30, 3000)


def page_of(paper: Paper) -> str:
    out = io.StringIO()
    web.write(paper, out)
    return out.getvalue()


def paper_of(*blocks: Block, details: Details | None = None, **more: Any) -> Paper:
    whole = Paper("运行情况", "指挥室", "10月", "11月2日", blocks, "校验码 0", details=details)
    return whole._replace(**more)


def body_of(*blocks: Block, **more: Any) -> Node:
    return parsed(page_of(paper_of(*blocks, **more))).one("main")


@pytest.fixture(scope="module", params=CASES)
def page(request: pytest.FixtureRequest) -> str:
    return page_of(papers.paper(request.param, text=HOSTILE))


@pytest.fixture(scope="module")
def tree(page: str) -> Node:
    return parsed(page)


def rows_of(tree: Node, name: str) -> list[Node]:
    return [row for led in tree.all("table", name="led") for row in led.all("tr", name=name)]


# --- harmless ---------------------------------------------------------------------------


def test_nothing_runs_and_nothing_is_loaded(page: str, tree: Node) -> None:
    assert not list(tree.all("script", "iframe", "object", "embed", "form", "img", "base"))
    assert not [a for node in tree.all() for a in node.attrs if a.startswith("on") or a == "src"]
    links = {node.attrs["href"] for node in tree.all() if "href" in node.attrs}
    assert all(link.startswith("#") or link == "data:," for link in links)
    style = "".join(node.text for node in tree.all("style"))
    assert not re.search(r"url\s*\(|@import|expression", style + str(
        [node.attrs.get("style", "") for node in tree.all()]
    ))  # fmt: skip
    assert "://" not in page
    policy = [n for n in tree.all("meta") if n.attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0].attrs["content"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert [n.attrs["href"] for n in tree.all("link") if n.attrs["rel"] == "icon"] == ["data:,"]
    assert tree.one("html").attrs["lang"] == "zh-CN"


def test_hostile_names_stand_literal_and_are_escaped_once(page: str, tree: Node) -> None:
    assert HOSTILE in tree.text
    assert not list(tree.all("c"))
    assert "&amp;amp;" not in page
    assert "&amp;lt;" not in page
    assert not re.search(r"&(?!(?:amp|lt|gt|quot|#x27);)", page)


def test_what_is_hidden_is_shown_and_closes_no_style() -> None:
    evil = '</style><script>alert(1)</script>\u202e\x1b"\\'
    details = Details((Head("编号"), Head(evil)), {"1": ("1", evil)}, {evil: ["1"]}, {evil: evil})
    text = page_of(
        paper_of(Sentence((evil, count(1, evil))), details=details, draft=evil, title=evil)
    )
    tree = parsed(text)
    assert not list(tree.all("script"))
    assert len(list(tree.all("style"))) == 1
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "<U+202E>" in tree.one("h1").text
    assert tree.one("style").text.count("{") == tree.one("style").text.count("}")


def test_line_breaks_of_a_text_stay_and_a_long_one_is_whole() -> None:
    long = "字" * 10_000
    form = Fields((("要点", long), ("签收", None)))
    tree = body_of(Picks("请选", (Pick("1", "一般", "甲\n乙"),)), form)
    assert "甲\n乙" in tree.text
    assert long in tree.text


@pytest.mark.parametrize("word", ["None", "nan", "NaN", "inf", "链尾", "锚点", "undefined"])
def test_no_word_of_a_machine(tree: Node, word: str) -> None:
    assert word not in tree.one("main").text
    assert not [n for n in tree.all("rect", "path", "text") if word in str(n.attrs)]


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert page_of(papers.paper(30)) == page_of(papers.paper(30))


# --- structure --------------------------------------------------------------------------


def test_one_title_and_no_level_is_left_out(tree: Node) -> None:
    levels = [int(node.tag[1]) for node in tree.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_paper_that_leaves_a_level_out_does_not() -> None:
    tree = body_of(Heading("(一)", 2), Heading("一", 1), Heading("(一)", 2))
    assert [node.tag for node in tree.all("h1", "h2", "h3")] == ["h1", "h2", "h2", "h3"]


def test_no_id_twice_and_no_fragment_that_leads_nowhere(tree: Node) -> None:
    ids = [node.attrs["id"] for node in tree.all() if "id" in node.attrs]
    assert len(set(ids)) == len(ids)
    aims = {node.attrs["href"][1:] for node in tree.all("a")}
    assert aims <= set(ids)
    assert all(re.fullmatch(r"[a-z]+\d*", one) for one in ids)


def test_every_head_has_a_scope_and_every_table_a_caption(tree: Node) -> None:
    heads = list(tree.all("th"))
    assert {node.attrs.get("scope") for node in heads} <= {"col", "row", "rowgroup"}
    assert all(node.text for node in heads)
    for table in tree.all("table"):
        assert table.children[0].tag == "caption"
        assert table.children[0].text


def test_every_drawing_is_named_or_hidden(tree: Node) -> None:
    drawings = list(tree.all("svg"))
    assert len(drawings) > 20
    for drawing in drawings:
        if drawing.attrs.get("aria-hidden") == "true":
            assert not drawing.text
            continue
        assert drawing.attrs["role"] == "img"
        assert [child.tag for child in drawing.children[:2]] == ["title", "desc"]
        assert all(child.text for child in drawing.children[:2])


def test_what_a_chart_says_in_words_is_there_for_every_kind() -> None:
    for kind in ("columns", "bars", "stacked", "lines", "multiples"):
        tree = body_of(_chart(kind))
        assert "图中的话" in tree.text, kind


def test_every_block_leaves_its_words() -> None:
    text = parsed(page_of(papers.paper(30))).one("main").text
    for words in (
        "10月收到30件, 期末超期未办结6件", "89.40", "上年同月 —", "其他2个", "合计",
        "应办结不足10件的不列率。", "请选择典型案例 (打勾):",
        "由会商填写", "签收人", "2026年11月2日",
        "填报", "平均办理3.5个工作日", "附表1 各单位办理情况", "送：演示街道各领导", "同一刻度。",
        "统计期 10月1日至10月31日", "截至 2026年11月2日 09:00", "投诉举报电话", "机动车违停",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("校验码") == 1


def test_the_issue_is_a_number_a_slot_or_nothing() -> None:
    for issue, said in (("第10期", "第10期"), (None, "第期"), ("", "")):
        top = body_of(issue=issue).one("div", name="top")
        assert top.children[1].text == said
        assert bool(list(top.all(name="blank"))) is (issue is None)


def test_rows_beyond_those_shown_are_one_row_and_groups_have_their_heading() -> None:
    rows = tuple((f"单位{n}", count(n)) for n in range(6))
    table = Table("表", "表1", (Head("单位"), Head("件", "figure")), rows, shown=4,
                  rest=("其他2个", count(9)), groups={0: "超期", 3: "到期", 5: "没有"})  # fmt: skip
    tree = body_of(table)
    assert [n.text for n in tree.all("th") if n.attrs["scope"] == "row"] == [
        "单位0", "单位1", "单位2", "单位3", "其他2个",
    ]  # fmt: skip
    groups = [n for n in tree.all("th") if n.attrs["scope"] == "rowgroup"]
    assert [(n.text, n.attrs["colspan"]) for n in groups] == [("超期", "2"), ("到期", "2")]
    assert all(len(body.children) > 1 for body in list(tree.all("tbody"))[:2])
    assert len(list(tree.all("tbody"))) == 3


def test_a_column_to_write_in_is_empty() -> None:
    table = Table("表", "表1", (Head("编号"), Head("办理情况", "write")), (("1", "不应印出"),))
    tree = body_of(table)
    assert "不应印出" not in tree.text
    assert tree.one("td", name="w").text == ""


def test_a_number_and_its_measure_stay_on_one_line() -> None:
    told = body_of(Sentence(("收到", count(7), "件，比", count(3), "个工作日。"))).all(name="u")
    assert [node.text for node in told] == ["7件", "3个工作日"]


# --- what figures open to ---------------------------------------------------------------


def test_the_number_in_a_link_is_the_number_of_its_rows(tree: Node) -> None:
    links = list(tree.all("a", name="n"))
    for link in links:
        rows = rows_of(tree, link.attrs["href"][1:])
        assert number(link.text) == len(rows)
    body = len(rows_of(tree, ""))
    assert bool(links) is (body > 1)


@pytest.mark.parametrize("cases", [1, 30, 3000])
def test_every_figure_with_cases_behind_it_is_a_link(cases: int) -> None:
    paper = papers.paper(cases)
    tree = parsed(page_of(paper))
    assert paper.details
    behind = paper.details.behind
    keys = {f.key for f in webcases._figures(paper.blocks + paper.annex) if f.key}
    opening = [key for key in keys if behind.get(key)]
    heads = list(tree.all("h3", name="k"))
    assert len(heads) == len(opening) == len({a.attrs["href"] for a in tree.all("a", name="n")})
    for head in heads:
        key = next(key for key in keys if paper.details.titles[key] in head.text)
        numbers = Counter(row.children[0].text for row in rows_of(tree, head.attrs["id"]))
        assert numbers == Counter(behind[key]), key


def test_what_a_figure_counts_twice_stands_there_twice_for_that_figure_alone() -> None:
    tree = parsed(page_of(papers.paper(30)))
    again = rows_of(tree, "again")
    assert [row.children[0].text for row in again] == ["2026-000001"]
    (only,) = (name for name in again[0].names if name != "again")
    heading = next(node for node in tree.all("h3") if node.attrs.get("id") == only)
    assert "returned" in heading.text
    style = tree.one("style").text
    assert f"#{only}:target~.led .again.{only}" in style
    assert ".again{display:none}" in style


def test_a_figure_without_a_key_or_without_cases_is_no_link() -> None:
    details = Details((Head("编号"),), {"1": ("1",)}, {"a": ["1"], "none": []}, {"a": "甲"})
    told = Sentence((count(1, "a"), "件", count(0, "none"), "件", count(5, "other"), count(4)))
    tree = body_of(told, details=details)
    assert [node.text for node in tree.all("a", name="n")] == ["1"]


def big(cases: int, late: int) -> Paper:
    numbers = [f"2026-{n:06}" for n in range(cases)]
    behind = {"all": numbers, "late": numbers[:late], "unit": numbers[:3]}
    details = Details(
        (Head("编号"),), {n: (n,) for n in numbers}, behind, {key: key for key in behind}
    )
    return paper_of(
        Sentence((count(cases, "all"), "件", count(3, "unit"), "件")),
        Cards((Card("超期", count(late, "late", late=True), "件"),)),
        details=details,
    )


def test_of_many_cases_only_what_is_late_is_listed_and_the_rest_is_in_excel() -> None:
    most = webcases.MOST
    assert most == 5000
    whole = parsed(page_of(big(most, 2)))
    assert len(rows_of(whole, "")) == most + 1
    assert len(list(whole.all("a", name="n"))) == 3
    part = parsed(page_of(big(most + 1, 2)))
    assert len(rows_of(part, "")) == 3
    assert [node.text for node in part.all("a", name="n")] == ["2"]
    said = part.one("section", name="cases").text
    assert f"共 {most + 1} 件" in said
    assert f"其余 {most - 1} 件请看同期 Excel 文件的明细表" in said
    none = parsed(page_of(big(most + 2, most + 1)))
    assert not rows_of(none, "")
    assert not list(none.all("a", name="n"))
    assert f"共 {most + 2} 件，本页不逐件列出" in none.text


def test_a_second_row_counts_towards_the_most() -> None:
    paper = big(webcases.MOST, 1)
    assert paper.details
    twice = {**paper.details.behind, "unit": ["2026-000000"] * 2}
    paper = paper._replace(details=paper.details._replace(behind=twice))
    assert len(rows_of(parsed(page_of(paper)), "")) == 2


# --- colours and drawings ---------------------------------------------------------------


def test_words_have_contrast_and_so_have_drawings() -> None:
    white = TOKENS["paper"]
    for name in ("ink", "ink2", "ink3", "late", "data"):
        assert contrast(TOKENS[name], white) >= 4.5, name
    for name in ("ref", "mid"):
        assert contrast(TOKENS[name], white) >= 3, name


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("parts", range(1, 6))
def test_neighbours_in_a_stacked_bar_differ_in_lightness(parts: int, late: bool) -> None:
    fills = svg.parts_fill(parts, late=late)
    assert len(fills) == parts
    assert (fills[-1] == "late") is late
    for one, other in pairwise(fills):
        assert abs(lightness(TOKENS[one]) - lightness(TOKENS[other])) >= 12, fills


def test_the_late_colour_is_where_something_is_late_and_nowhere_else() -> None:
    for cases in CASES:
        tree = parsed(page_of(papers.paper(cases))).one("main")
        marked = list(tree.all(name="late"))
        assert all((number(re.sub(r"\D", "", node.text)) or 0) > 0 for node in marked)
        drawn = [node for node in tree.all("rect") if "late" in node.attrs["style"]]
        assert bool(marked) is bool(drawn) is (cases > 0)


def test_a_row_of_the_table_is_red_in_its_late_figure_only() -> None:
    tree = parsed(page_of(papers.paper(30))).one("main")
    row = next(row for row in tree.all("tr") if row.children[0].text == "城市管理办")
    assert [node.text for node in row.all(name="late")] == ["1"]
    assert "late" not in row.names


def test_no_bar_leaves_its_drawing(tree: Node) -> None:
    rects = 0
    for drawing in tree.all("svg"):
        _, _, width, height = map(float, drawing.attrs["viewbox"].split())
        for rect in drawing.all("rect"):
            x, y, w, h = (float(rect.attrs[name]) for name in ("x", "y", "width", "height"))
            rects += 1
            assert min(w, h) >= 0
            assert x >= 0
            assert y >= -1
            assert x + w <= width + 0.01, (x, w, width)
            assert y + h <= height + 1.01
    assert rects > 20


def widths(svg_node: Node) -> list[float]:
    return [float(rect.attrs["width"]) for rect in svg_node.all("rect")]


def fills(drawn: Node) -> list[str]:
    return [rect.attrs["style"][len("fill:var(--") : -1] for rect in drawn.all("rect")]


def test_bars_in_cells_are_as_long_as_their_numbers() -> None:
    rows = tuple((f"甲{n}", Bar(parts, 40, before)) for n, (parts, before) in enumerate(
        [((30.0, 6.0, 4.0), None), ((10.0, 0.0, 0.0), 20.0), ((0.0, 0.0, 0.1), None)]
    ))  # fmt: skip
    legend = ("按时", "超期办结", "超期未办结")
    tree = body_of(Table("表", "表1", (Head("单位"), Head("", "bar")), rows, legend=legend))
    first, second, third = (next(td.all("svg")) for td in tree.all("td", name="b") if td.children)
    assert widths(first) == [round(part * 98 / 40, 2) for part in (30, 6, 4)]
    assert widths(second) == [round(10 * 98 / 40, 2), 1]
    assert widths(third) == [1], "what is late is seen however small"
    red = list(first.all("rect"))[-1].attrs
    assert (red["y"], red["height"], red["style"]) == ("-1", "18", "fill:var(--late)")
    assert float(red["x"]) == pytest.approx(36 * 98 / 40 + 0.4, abs=0.01)
    assert tree.one("caption").text == "表1按时超期办结超期未办结"


def test_the_period_before_is_a_tick_that_stands_clear_of_the_bar() -> None:
    heads = (Head("单位"), Head("", "bar"))
    rows = tuple(
        (f"甲{n}", Bar((40.0,), 40, float(before))) for n, before in enumerate((20, 40, 0))
    )
    first, second, third = body_of(Table("表", "表1", heads, rows)).all("svg")
    assert fills(first) == ["data", "paper", "ref"]
    assert [rect.attrs["x"] for rect in first.all("rect")] == ["0", "49.6", "50"]
    assert [rect.attrs["x"] for rect in second.all("rect")][-1] == "99"
    assert fills(third) == ["data", "ref"]


def test_a_bar_of_what_is_late_alone_is_red() -> None:
    heads = (Head("单位"), Head("", "bar"))
    rows = (("甲", Bar((6.0,), 6, late=True)), ("乙", Bar((0.0,), 6, late=True)))
    drawn = [fills(node) for node in body_of(Table("表", "表1", heads, rows)).all("svg")]
    assert drawn == [["late"], []]


def test_a_scale_is_that_of_the_largest_even_where_the_paper_says_less() -> None:
    rows = tuple((f"甲{n}", Bar((float(n),), 22)) for n in (31, 11))
    tree = body_of(Table("表", "表1", (Head("单位"), Head("", "bar")), rows))
    assert [widths(node) for node in tree.all("svg")] == [[100], [round(1100 / 31, 2)]]


def _chart(kind: Any, **more: Any) -> Chart:
    months = tuple(f"2026-{n:02}" for n in range(1, 13))
    values = tuple(float(n * 10) for n in range(12))
    chart = Chart(
        kind, "图1", "件", months, (Series("今年", values), Series("上年", (5.0,) * 12)), "图中的话"
    )
    return chart._replace(**more)  # fmt: skip


def drawings(chart: Chart) -> list[Node]:
    return [node for node in body_of(chart).all("svg") if node.attrs.get("role") == "img"]


def test_a_chart_with_words_is_drawn_for_each_medium_at_its_own_size() -> None:
    for kind in ("lines", "columns"):
        drawn = drawings(_chart(kind))
        assert [node.names for node in drawn] == [["d"], ["m"], ["p"]]
        sizes = [(node.attrs["width"], node.attrs["height"]) for node in drawn]
        assert sizes[:2] == [("1008", "240"), ("358", "210")]
        assert sizes[2][0] == "656"
        for node in drawn:
            assert node.attrs["viewbox"].split()[2:] == [node.attrs["width"], node.attrs["height"]]


def test_no_word_of_a_chart_leaves_it_or_meets_another() -> None:
    many = tuple(Series(f"{LONG}{n}", (1.0, float(n))) for n in range(3))
    charts = [
        _chart("lines"), _chart("columns"),
        _chart("lines", series=many, categories=("2026-01", "2026-02")),
        _chart("columns", categories=(LONG, HOSTILE, *"甲乙丙丁戊己庚辛壬癸")),
        _chart("columns", categories=tuple(map(str, range(1, 32))), series=(
            Series("收到", tuple(float(100 + n) for n in range(31))),)),
        _chart("lines", series=(Series("今年", (0.0,) * 12), Series("上年", (0.0,) * 12))),
        _chart("lines", series=(Series("今年", (None,) * 12),)),
        _chart("lines", series=tuple(Series(name, (100.0,) * 12) for name in "甲乙丙")),
        _chart("lines", series=()),
        _chart("columns", series=(), categories=()),
    ]  # fmt: skip
    for chart in charts:
        for drawn in drawings(chart):
            boxes = [_box(node, drawn) for node in drawn.all("text")]
            for at, (left, right, top, bottom) in enumerate(boxes):
                assert left >= -1, (chart.kind, boxes[at])
                assert right <= float(drawn.attrs["width"]) + 1
                assert top >= -1
                assert bottom <= float(drawn.attrs["height"]) + 1
                for other in boxes[at + 1 :]:
                    apart = left >= other[1] or right <= other[0]
                    assert apart or top >= other[3] - 2 or bottom <= other[2] + 2, drawn.text


def _box(node: Node, drawn: Node) -> tuple[float, float, float, float]:
    size = float(drawn.attrs["style"].removeprefix("--fs:").removesuffix("px"))
    wide = svg._breadth(node.text, size)
    x, y = float(node.attrs["x"]), float(node.attrs["y"])
    left = x - {"start": 0, "middle": wide / 2, "end": wide}[node.attrs["text-anchor"]]
    return left, left + wide, y - size * 0.88, y + size * 0.12


def test_lines_start_at_nought_and_break_where_nobody_knows() -> None:
    values = (None, 3.5, 7.0, None, 1.75, None)
    drawn = drawings(_chart("lines", series=(Series("今年", values),)))[0]
    assert drawn.text.count("今年 1.75") == 1
    assert "7" in [node.text for node in drawn.all("text")], "the highest is said"
    paths = [node.attrs["d"] for node in drawn.all("path") if "L" in node.attrs["d"]]
    assert [path.count("M") for path in paths] == [1], "a value alone is a point, no line"
    points = [float(node.attrs["cy"]) for node in drawn.all("circle")]
    across = [n.attrs["d"] for n in drawn.all("path") if "H" in n.attrs["d"]]
    nought = max(float(path.split(" ")[1].partition("H")[0]) for path in across)
    ys = [float(pair.split(" ")[1]) for pair in paths[0][1:].split("L")]
    assert len(ys) == 2
    assert (nought - ys[0]) * 2 == pytest.approx(nought - ys[1], abs=0.05)
    assert (nought - points[0]) * 2 == pytest.approx(nought - ys[0], abs=0.05)


def test_columns_are_as_high_as_their_numbers() -> None:
    series = (Series("收到", (271.0, 0.0)), Series("超期", (27.1, None), late=True))
    drawn = drawings(_chart("columns", categories=("甲", "乙"), series=series))[0]
    tall, short = (float(node.attrs["height"]) for node in drawn.all("rect"))
    assert tall == pytest.approx(short * 10, abs=0.1)
    assert fills(drawn) == ["data", "late"]


def test_multiples_share_one_scale_taken_from_the_numbers_and_the_last_one_is_dark() -> None:
    series = (Series("甲", (31.0, 2.0, 10.0)), Series("乙", (0.0, None, 5.0)))
    tree = body_of(_chart("multiples", categories=("2025-11", "2025-12", "2026-01"), series=series))
    first, second = tree.all("svg")
    heights = [[float(rect.attrs["height"]) for rect in one.all("rect")] for one in (first, second)]
    assert heights == [[56, round(2 * 56 / 31, 2), round(560 / 31, 2)], [round(280 / 31, 2)]]
    assert fills(first) == ["data2", "data2", "data"]
    assert "1月 10，最多 31（11月）" in tree.text
    assert "2025年11月" in tree.text


def test_lying_bars_say_every_number_as_text() -> None:
    series = (Series("本月", (30.0, None)), Series("上月", (12.5, 0.0)))
    tree = body_of(_chart("bars", categories=(LONG, HOSTILE), series=series))
    rows = [[node.text for node in row.children] for row in tree.all("tr")]
    assert rows == [["", "", "本月", "上月"], [LONG, "", "30", "12.5"], [HOSTILE, "", "—", "0"]]
    assert widths(next(tree.one("tbody").all("svg"))) == [100, round(1250 / 30, 2)]


# --- in a browser -----------------------------------------------------------------------


def wide_paper() -> Paper:
    """A paper of what is hardest to fit: wide tables, long heads, long names."""
    names = (LONG, HOSTILE, "司法所")
    titles = ("按时办结率", "首次分派准确率") * 6
    heads = (Head("承办单位"), *(Head(title, "figure") for title in titles[:11]))
    rates: tuple[Cell, ...] = (percent(100.0),) * 11
    rows = tuple((name, *rates) for name in names)
    eight = Table("八", "表2", heads[:8], tuple(row[:8] for row in rows))
    units = tuple(Head(f"{LONG}{n}") for n in range(9))
    staff: tuple[Cell, ...] = ("陈某某* 李某某",) * 31
    roster = Table("值班", "表3", (Head("日期"), *units), (("12月1日(周二)", *staff[:9]),))
    month = Table(
        "月", "表5", (Head("单位"), *(Head(f"{n}日") for n in range(31))), ((LONG, *staff),)
    )
    to_write = (Head("编号"), Head("类别"), Head("办理情况", "write"))
    sheet = Table("清单", "表4", to_write, (("2026-000001", LONG, None),))
    form = Fields((("承办单位", LONG), ("要点", HOSTILE * 20)))
    slot = Slot("请填写", ((LONG, count(3), "件"),))
    table = Table("十二", "表1", heads, rows)
    late = (Head("编号"), Head("类别"), Head("承办单位"), Head("超期(工作日)", "figure"))
    cases = tuple((f"00252{n}", "公共设施与健身器材", "城管执法中队", days(20)) for n in range(3))
    pair = Pair(_chart("columns"), Table("最久", "表6 超期最久", late, cases))
    return paper_of(
        *(table, eight, roster, sheet, month, form, slot, pair),
        title=LONG * 2,
        office=LONG,
        issue=LONG,
    )


FITS = (
    "return [d.documentElement.scrollWidth<=w.innerWidth,"
    "[...d.querySelectorAll('th,td,dt,dd')].filter(e=>e.scrollWidth>e.clientWidth+1)"
    ".map(e=>e.textContent.slice(0,20)),"
    "[...d.querySelectorAll('table')].filter(e=>!e.parentNode.matches('.scroll')&&"
    "e.getBoundingClientRect().right>e.parentNode.getBoundingClientRect().right+1).length]"
)


@needs_browser
def test_a_page_fits_a_phone_a_tablet_and_a_desk(tmp_path: Path) -> None:
    pages = [page_of(papers.paper(30, text=HOSTILE * 40)), page_of(wide_paper())]
    frames = [Frame(page, width, 800, FITS) for page in pages for width in (390, 768, 1366)]
    assert measured(tmp_path, *frames) == [[True, [], 0]] * 6


def test_a_table_of_six_columns_of_text_folds_on_a_phone_and_names_its_values() -> None:
    heads = tuple(map(Head, ("编号", "类别", "网格", "情形", "最早到期", "等级")))
    due = "10月9日(周五)"
    rows = (("2026-000012", "占道经营", "江二社区", "受理超37 办结超33", due, "一般"),)
    page = page_of(papers.paper(1)._replace(blocks=(Table("督办", "表1 督办", heads, rows),)))
    table = next(one for one in parsed(page).all("table") if "督办" in one.text)
    assert "c7" in table.names
    cell = next(one for one in table.all("td") if one.text == due)
    assert cell.attrs["data-h"] == "最早到期"


@needs_browser
def test_a_wide_table_folds_into_values_with_their_labels(tmp_path: Path) -> None:
    asked = (
        "return [...d.querySelectorAll('.c7')].slice(0,2).map(t=>{"
        "const cell=t.querySelector('td');return [w.getComputedStyle(t.tHead).display=='none',"
        "w.getComputedStyle(cell,'::before').content,w.getComputedStyle(cell.parentNode).display]})"
    )
    page = page_of(wide_paper())
    folded, whole = [True, '"按时办结率"', "grid"], [False, "none", "table-row"]
    frames = [Frame(page, width, 800, asked) for width in (390, 768, 1366)]
    assert measured(tmp_path, *frames) == [[folded, folded], [folded, whole], [whole, whole]]


@needs_browser
def test_a_figure_opens_to_as_many_rows_as_it_says(tmp_path: Path) -> None:
    asked = (
        "return [null,...d.querySelectorAll('a.n')].map(a=>{"
        "w.location.hash=a?a.getAttribute('href'):'#cases';"
        "const seen=e=>e.getClientRects().length>0;"
        "return [a&&a.textContent,[...d.querySelectorAll('.led tbody tr')].filter(seen).length,"
        "[...d.querySelectorAll('.k,.all')].filter(seen).length]})"
    )
    page = page_of(papers.paper(30))
    for told in measured(tmp_path, *(Frame(page, width, 800, asked) for width in (390, 1366))):
        assert told[0] == [None, 30, 1], "every case once where nothing is chosen"
        assert len(told) > 20
        for said, rows, headings in told[1:]:
            assert (int(said), 1) == (rows, headings)


@needs_browser
def test_a_page_asks_for_nothing_and_the_console_stays_empty(tmp_path: Path) -> None:
    assert heard(tmp_path, page_of(papers.paper(30, text=HOSTILE))) == []
    planted = '<!doctype html><img src="http://127.0.0.1:9/x.png"><script>console.log(1)</script>'
    assert len(heard(tmp_path, planted)) >= 2, "it would be heard"


def _holes(sheets: list[Any]) -> list[int]:
    """Return the pages but the last whose lowest third holds nothing but the page number."""
    return [
        at
        for at, sheet in enumerate(sheets[:-1], 1)
        if max(word.end for word in sheet.words if word.y < sheet.height - 50) < sheet.height * 0.64
    ]


@needs_pdf
@pytest.mark.parametrize("cases", [0, 30, 3000])
def test_a_printed_paper_has_numbered_pages_without_holes(cases: int, tmp_path: Path) -> None:
    paper = papers.paper(cases, text="占道经营" * 200)._replace(draft="草稿")
    sheets = printed(tmp_path, page_of(paper))
    assert 3 <= len(sheets) <= 5
    for at, sheet in enumerate(sheets, 1):
        assert (round(sheet.width), round(sheet.height)) == (595, 842)
        foot = [word.text for word in sheet.words if word.y > sheet.height - 50]
        assert "".join(foot) == f"{at}/{len(sheets)}"
        assert "草稿" in [word.text for word in sheet.words if word.y < 50]
        assert all(40 < word.x < 545 for word in sheet.words)
    assert not _holes(sheets)
    said = "".join(word.text for word in sheets[-1].words)
    assert "校验码" in said
    assert "附：明细" not in "".join(word.text for sheet in sheets for word in sheet.words)


@needs_pdf
def test_a_sheet_to_write_on_is_printed_across_and_its_head_repeats(tmp_path: Path) -> None:
    rows = tuple((f"2026-{n:06}", "占道经营", "江二社区第三网格", None) for n in range(60))
    heads = (Head("编号"), Head("类别"), Head("网格"), Head("办理情况", "write"))
    paper = paper_of(
        Table("清单", "清单", heads, rows, groups={0: "超期", 20: "到期"}), landscape=True
    )
    sheets = printed(tmp_path, page_of(paper))
    assert len(sheets) > 3
    for sheet in sheets:
        assert sheet.width > sheet.height
        words = [word.text for word in sheet.words]
        assert "办理情况" in words
        assert any(word.startswith("2026-") for word in words), "no page of heads alone"
    assert not _holes(sheets)


@needs_pdf
def test_a_page_break_breaks_the_printed_page(tmp_path: Path) -> None:
    sheets = printed(tmp_path, page_of(paper_of(Heading("甲"), PageBreak(), Heading("乙"))))
    assert len(sheets) == 2
    assert "乙" in [word.text for word in sheets[1].words]


def test_a_rate_opens_to_its_cases_too() -> None:
    details = Details((Head("编号"),), {"1": ("1",)}, {"a": ["1"]}, {"a": "甲"})
    figure = Figure("100.00%", 100.0, "rate", "a")
    tree = body_of(Cards((Card("率", figure, "%"),)), details=details)
    assert tree.one("dd", name="big").text == "100.00%"
    assert tree.one("a", name="n").text == "100.00"
