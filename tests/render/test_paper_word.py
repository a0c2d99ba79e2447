"""Papers as Word files: their pages, styles, tables and texts."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from sixping.errors import SixpingError
from sixping.render.paper.blocks import (
    Block,
    Cards,
    Chart,
    Fields,
    Figure,
    Head,
    Heading,
    Note,
    PageBreak,
    Pair,
    Paper,
    Picks,
    Sentence,
    Series,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
    percent,
    plain,
    text_of,
)
from sixping.render.paper.wordparts import PORTRAIT, in_lines, literal
from tests.kit.papers import HOSTILE, LONG, paper
from tests.kit.wordkit import W, body, lines, of, parsed, parts, text, value, written

docx = pytest.importorskip("docx", reason="the office extra is not installed")
R = "{http://schemas.openxmlformats.org/package/2006/relationships}"

# --- the page -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turned", "size", "margins"),
    [(False, (210, 297), (37, 35, 28, 26)), (True, (297, 210), (28, 26, 37, 35))],
)
def test_a_page_is_a4_with_the_margins_and_the_grid_of_the_standard(
    turned: bool, size: tuple[int, int], margins: tuple[int, ...]
) -> None:
    section = body(written(of(landscape=turned))).find(f"{W}sectPr")
    assert section is not None
    page, edges, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    assert page is not None
    assert edges is not None
    assert grid is not None

    def mm(element: Element, name: str) -> int:
        return round(int(element.get(f"{W}{name}", "0")) / 1440 * 25.4)

    assert (mm(page, "w"), mm(page, "h")) == size
    assert tuple(mm(edges, name) for name in ("top", "bottom", "left", "right")) == margins
    assert (page.get(f"{W}orient") == "landscape") is turned
    assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch")) == ("lines", "579")


def test_every_style_names_the_font_of_chinese_text_and_its_language() -> None:
    styles = parsed(parts(written(of()))["word/styles.xml"])
    default = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert default is not None
    assert value(default, "w:rFonts", "eastAsia") == "仿宋_GB2312"
    assert value(default, "w:rFonts", "hint") == "eastAsia"
    assert value(default, "w:lang", "eastAsia") == "zh-CN"
    assert (value(default, "w:sz"), value(default, "w:spacing")) == ("32", "-5")
    fonts = {
        style.get(f"{W}styleId"): value(style, "w:rPr/w:rFonts", "eastAsia")
        for style in styles.iter(f"{W}style")
    }
    assert fonts["Title"] == "方正小标宋简体"
    assert (fonts["Heading1"], fonts["Heading2"]) == ("黑体", "楷体_GB2312")
    assert fonts["Footer"] == "宋体"
    normal = next(s for s in styles.iter(f"{W}style") if s.get(f"{W}styleId") == "Normal")
    assert value(normal, "w:pPr/w:spacing", "line") == "579"
    assert value(normal, "w:pPr/w:spacing", "lineRule") == "exact"
    used = {
        one.get(f"{W}val")
        for name, content in parts(written(paper(3))).items()
        if re.match(r"word/(document|header|footer)", name)
        for one in parsed(content).iter(f"{W}pStyle")
    }
    assert used <= set(fonts)


def test_every_run_of_text_says_that_it_is_chinese() -> None:
    for run in body(written(paper(3))).iter(f"{W}r"):
        if run.find(f"{W}t") is not None:
            assert value(run, "w:rPr/w:rFonts", "hint") == "eastAsia"


def test_both_feet_hold_a_whole_page_number_at_the_outer_edge() -> None:
    package = parts(written(of()))
    settings = parsed(package["word/settings.xml"])
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    feet = [parsed(package[name]) for name in package if "footer" in name and "rels" not in name]
    assert len(feet) == 2
    for foot in feet:
        marks = [mark.get(f"{W}fldCharType") for mark in foot.iter(f"{W}fldChar")]
        assert marks == ["begin", "separate", "end"]
        assert [(one.text or "").strip() for one in foot.iter(f"{W}instrText")] == ["PAGE"]
        assert re.fullmatch("— [12] —", text(foot))
    sides = {text(foot): value(foot, "w:p/w:pPr/w:jc") for foot in feet}
    assert sides == {"— 1 —": "right", "— 2 —": "left"}
    section = body(written(of())).find(f"{W}sectPr")
    assert section is not None
    kinds = [one.get(f"{W}type") for one in section.iter(f"{W}footerReference")]
    assert sorted(map(str, kinds)) == ["default", "even"]


def test_a_draft_says_so_on_every_page_and_another_paper_nothing() -> None:
    def heads(made: Paper) -> list[str]:
        package = parts(written(made))
        return [text(parsed(package[name])) for name in package if "word/header" in name]

    assert heads(of(draft="草稿 <未审定>")) == ["草稿 <未审定>"] * 2
    assert heads(of()) == []


# --- head and foot ----------------------------------------------------------------------


def test_a_numbered_paper_has_a_masthead_and_an_unnumbered_issue_a_slot() -> None:
    head = lines(of(issue="第10期"))[:4]
    assert head == ["演示街道", "第10期", "10月数据截至 2026年11月2日", "演示情况"]
    assert lines(of(issue=None))[1] == "第      期"
    assert lines(of())[:2] == ["演示情况", "演示街道  10月  数据截至 2026年11月2日"]


def test_addressees_and_the_seal_stand_once_at_the_end_behind_the_annex() -> None:
    made = lines(of(addressees="各社区", annex=(Sentence(("附件。",)),)))
    assert made[-3:] == ["附件。", "分送：各社区", "校验码 0123"]
    assert not any("分送" in line for line in lines(of()))


def test_a_break_and_an_annex_begin_a_page_without_an_empty_line() -> None:
    table = Table("表", "", (Head("单位"),), (("甲",),))
    content = written(
        of(Heading("一"), PageBreak(), Heading("二"), PageBreak(), table, annex=(Heading("附"),))
    )
    broken = [
        line
        for line in body(content).findall(f"{W}p")
        if line.find(f"{W}pPr/{W}pageBreakBefore") is not None
    ]
    assert [text(line) for line in broken] == ["二", "", "附"]
    assert value(broken[1], "w:pPr/w:pStyle") == "Zero"
    assert not [one for one in body(content).iter(f"{W}br") if one.get(f"{W}type") == "page"]


# --- tables -------------------------------------------------------------------------------


def test_heads_are_repeated_rows_stay_whole_and_figures_stand_at_the_right() -> None:
    made = Table(
        "单位",
        "表1 各单位",
        (Head("承办单位"), Head("收到", "figure"), Head("", "bar")),
        (("甲", count(2), None), ("乙", count(3, late=True), None)),
        total=("合计", count(5), None),
        notes=(("注。",),),
    )
    found = body(written(of(made)))
    caption = next(line for line in found.iter(f"{W}p") if text(line) == "表1 各单位")
    assert caption.find(f"{W}pPr/{W}keepNext") is not None
    table = found.find(f"{W}tbl")
    assert table is not None
    rows = table.findall(f"{W}tr")
    assert [[text(cell) for cell in row.iter(f"{W}tc")] for row in rows] == [
        ["承办单位", "收到"], ["甲", "2"], ["乙", "3"], ["合计", "5"],
    ]  # fmt: skip
    heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
    assert heads == [True, False, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    sides = [value(line, "w:pPr/w:jc") for line in rows[1].iter(f"{W}p")]
    assert sides == [None, "right"]
    kept = [row.find(f".//{W}keepNext") is not None for row in rows]
    assert kept == [True, False, True, True], "the head has a row below it, 合计 one above"
    gap, note = [line for line in found.findall(f"{W}p") if text(line) in ("", "注。")]
    assert (text(gap), text(note)) == ("", "注。")
    assert gap.find(f"{W}pPr/{W}keepNext") is not None, "a note stands on the page of its table"
    assert rows[2].find(f".//{W}color") is not None, "what is late stands out"
    assert rows[1].find(f".//{W}color") is None


def test_a_row_taller_than_a_third_of_a_page_may_be_split() -> None:
    made = Table("表", "", (Head("内容"),), (("短",), ("长" * 10_000,)))
    rows = list(body(written(of(made))).iter(f"{W}tr"))
    whole = [row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows]
    assert whole == [True, True, False]


def test_tables_fill_the_type_area_whatever_their_columns_hold() -> None:
    many = tuple(Head(f"{LONG}{n}", "figure" if n % 2 else "text") for n in range(40))
    blocks = (
        Table("窄", "", (Head("单位"), Head("件", "figure")), (("甲", count(1)),)),
        Table("宽", "", many, (tuple(map(str, range(40))),)),
        Table("长", "", (Head("内容"), Head("率", "figure")), (("长" * 900, percent(95.5)),)),
        Fields((("很长的标签" * 20, "值"), ("二", None), ("三", "x" * 500)), frozenset("三")),
    )
    tables = list(body(written(of(*blocks))).iter(f"{W}tbl"))
    assert len(tables) == 4
    for table in tables:
        widths = [int(one.get(f"{W}w", "0")) for one in table.iter(f"{W}gridCol")]
        assert sum(widths) == int(156 * 1440 / 25.4)
        assert min(widths) > 0
        for row in table.iter(f"{W}tr"):
            cells = [int(value(cell, "w:tcPr/w:tcW", "w") or 0) for cell in row.iter(f"{W}tc")]
            assert sum(cells) == sum(widths)


def test_a_head_that_is_repeated_leaves_room_for_rows() -> None:
    heads = tuple(Head("很长的单位名称" * 25) for _ in range(20))
    (row, _) = body(written(of(Table("表", "", heads, (("甲",) * 20,))))).iter(f"{W}tr")
    cells = [text(cell) for cell in row.iter(f"{W}tc")]
    assert all(cell.endswith("..") and len(cell) < 60 for cell in cells[1:])


def test_tables_without_rows_say_so_and_groups_have_headings() -> None:
    head = (Head("单位"), Head("件", "figure"))
    empty, grouped = (
        Table("空", "", head, ()),
        Table("组", "", head, (("甲", count(1)), ("乙", count(2))), groups={0: "超期", 1: "临期"}),
    )
    found = list(body(written(of(empty, grouped))).iter(f"{W}tbl"))
    assert [text(row) for row in found[0].iter(f"{W}tr")] == ["单位件", "(无)"]
    assert [text(row) for row in found[1].iter(f"{W}tr")] == [
        "单位件", "超期", "甲1", "临期", "乙2",
    ]  # fmt: skip


def test_two_tables_never_touch() -> None:
    table = Table("表", "", (Head("单位"),), (("甲",),))
    blocks = (table, table, Fields((("一", None),)), Slot("写", (), 2), table)
    tags = [child.tag for child in body(written(of(*blocks)))]
    assert tags.count(f"{W}tbl") == 5
    assert all(after == f"{W}p" for tag, after in pairwise(tags) if tag == f"{W}tbl")


# --- every block, every text ----------------------------------------------------------


def in_table(block: Table) -> Iterator[str]:
    yield from (block.caption, *(head.title for head in block.heads), *map(plain, block.notes))
    for line in (*block.read, block.total or ()):
        yield from map(text_of, line)


def in_picks(block: Picks) -> Iterator[str]:
    yield block.prompt
    for pick in block.picks:
        yield from (pick.number, pick.facts, *pick.text.split("\n"))


READ: dict[type, Callable[[Any], Iterable[str]]] = {
    Heading: lambda block: [block.text],
    Sentence: lambda block: [plain(block.runs)],
    Note: lambda block: [plain(block.runs)],
    Table: in_table,
    Chart: lambda block: [block.caption] if block.kind != "multiples" else [],
    Pair: lambda block: wanted((block.left, block.right)),
    Slot: lambda block: [block.prompt, *map(plain, block.facts)],
    Picks: in_picks,
    Fields: lambda block: [
        line for pair in block.pairs for part in pair for line in (part or "").split("\n")
    ],
    Signature: list,
    SignOff: lambda block: block.labels,
    Cards: lambda _: [],
}


def wanted(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the texts of blocks that a reader has to find."""
    for block in blocks:
        yield from READ[type(block)](block)


@pytest.mark.parametrize("cases", [0, 1, 30])
def test_every_text_and_figure_of_every_block_is_read_in_word(cases: int) -> None:
    made = paper(cases, text=f"第一行\n{HOSTILE}", units=("城管", LONG, HOSTILE, "甲", "乙", "丙"))
    document = docx.Document(BytesIO(written(made)))
    read = [line.text for line in document.element.body.iter(f"{W}p")]
    assert not [line for line in read if "None" in line or "nan" in line]
    whole = "\n".join(read)
    for one in wanted(made.blocks + made.annex):
        assert one in whole
    for one in (made.office, made.period, made.as_of, made.addressees, made.seal):
        assert one in whole


def test_figures_of_bars_are_left_out_and_nothing_of_a_figure_but_its_text() -> None:
    strange = Figure("<w:b/>12", 12.0, "int", "key&<")
    assert "共<w:b/>12件" in lines(of(Sentence(("共", strange, "件"))))
    document = parts(written(of(Sentence(("共", strange, "件")))))["word/document.xml"]
    assert b"key&" not in document


def test_hidden_signs_are_shown_and_no_sign_there_is_breaks_the_file() -> None:
    every = "".join(chr(code) for code in range(0x110000))
    assert parsed(f"<t>{literal(every)}</t>").text
    bad = "甲\x00\x1b[31m\u202e乙\ufffe\ud800"
    content = written(
        of(
            Sentence((bad,)),
            Fields(((bad, bad),)),
            Chart("bars", bad, bad, (bad,), (Series(bad, (1,)),), bad),
            title=bad, office=bad, period=bad, issue=bad, addressees=bad, draft=bad, seal=bad,
        )
    )  # fmt: skip
    for name, part in parts(content).items():
        if not name.endswith(".xlsx"):
            parsed(part)
    shown = "甲<U+0000><U+001B>[31m<U+202E>乙<U+FFFE><U+D800>"
    assert sum(shown in text(line) for line in body(content).iter(f"{W}p")) == 10
    (book,) = [part for name, part in parts(content).items() if name.endswith(".xlsx")]
    assert b"\xe7\x94\xb2&lt;U+0000&gt;" in parts(book)["xl/sharedStrings.xml"]


def test_a_long_title_is_broken_before_a_year_and_not_in_it() -> None:
    title = "演示街道“基层治理四平台”2026年10月运行情况"
    paragraph = next(
        line for line in body(written(of(title=title))).iter(f"{W}p") if text(line) == title
    )
    assert [one.text for one in paragraph.iter(f"{W}t")] == [
        "演示街道“基层治理四平台”", "2026年10月运行情况",
    ]  # fmt: skip


def test_lines_to_write_on_and_names_to_sign_with_are_there() -> None:
    found = body(written(of(Slot("写", (), 4), SignOff(("填报", "审核", "签发", "会签")))))
    assert len(list(found.iter(f"{W}tr"))) == 3
    assert len(list(found.iter(f"{W}pBdr"))) == 1  # the fourth, on the page of the names
    signed = [line for line in found.iter(f"{W}p") if "填报" in text(line) or "签发" in text(line)]
    assert [text(line) for line in signed] == ["填报：审核：", "签发：会签："]
    leaders = [one.get(f"{W}leader") for line in signed for one in line.iter(f"{W}tab")]
    assert leaders.count("underscore") == 4


def test_a_signature_never_stands_alone_on_a_page() -> None:
    found = body(written(of(Sentence(("末段。",)), Signature("演示街道", "11月2日"))))
    last = [line for line in found.iter(f"{W}p") if text(line) in ("末段。", "演示街道")]
    assert len(last) == 2
    assert all(line.find(f"{W}pPr/{W}keepNext") is not None for line in last)


def test_a_line_to_write_on_stays_with_the_signature_that_would_stand_alone() -> None:
    found = body(written(of(Slot("写", (), 4), Signature("演示街道", "11月2日"))))
    content = list(found)
    place = next(n for n, one in enumerate(content) if text(one) == "演示街道")
    last = content[place - 1]  # a paragraph: a row of a table would not stay in LibreOffice
    assert last.find(f"{W}pPr/{W}keepNext") is not None
    assert last.find(f"{W}pPr/{W}pBdr/{W}bottom") is not None
    assert len(list(found.iter(f"{W}tr"))) == 3


def test_a_title_breaks_neither_in_a_word_nor_in_a_date() -> None:
    four, room = "长河街道“基层治理四平台”", PORTRAIT.room
    for title in (
        f"{four}\n2026年运行情况",  # too long by the room between Han and digits alone
        f"{four}\n2026年11月考核表",
        f"{four}\n2026年11月23日至11月29日\n运行情况（综合执法）",
        "滨江区长河街道高新技术产业园区\n“基层治理四平台”2026年10月1日\n至11月29日运行情况（综合执法）",
    ):
        assert in_lines(title.replace("\n", ""), room, 44) == title
    assert in_lines("督办清单", room, 44) == "督办清单"


def test_a_source_line_too_long_breaks_before_its_date() -> None:
    made = of(as_of="2026年11月30日 09:20", office="演示湖街道综合信息指挥室", issue="")
    for period, broken in (("10月", 0), ("2026年10月1日至11月30日", 1)):
        found = body(written(made._replace(period=period)))
        line = next(one for one in found.iter(f"{W}p") if "数据截至" in text(one))
        assert len(list(line.iter(f"{W}br"))) == broken
        if broken:
            after = list(line.iter(f"{W}t"))[-1].text or ""
            assert after == f"{period}  数据截至 2026年11月30日 09:20"


# --- the file -----------------------------------------------------------------------------


def test_no_relation_leads_out_of_the_file_or_to_nothing() -> None:
    package = parts(written(paper(3)))
    for name, content in package.items():
        if not name.endswith(".rels"):
            continue
        folder = Path(name).parent.parent
        for relation in parsed(content).iter(f"{R}Relationship"):
            assert relation.get("TargetMode") is None
            target = relation.get("Target", "")
            assert (folder / target).as_posix().replace("word/charts/../", "word/") in package
    assert not [
        name for name in package if "custom" in name or "thumb" in name or "app.xml" in name
    ]
    for content in package.values():
        assert (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
            not in content
        )


def test_the_same_paper_gives_the_same_bytes_and_no_time_of_now() -> None:
    content = written(paper(30))
    assert content == written(paper(30))
    with zipfile.ZipFile(BytesIO(content)) as package:
        books = [name for name in package.namelist() if name.endswith(".xlsx")]
        assert books
        files = [package, *(zipfile.ZipFile(BytesIO(package.read(name))) for name in books)]
        dates = {info.date_time for file in files for info in file.infolist()}
        assert dates == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
        inside = files[1].read("docProps/core.xml").decode()
    assert "dcterms" not in re.sub(r'xmlns:\w+="[^"]*"', "", core)
    assert set(re.findall(r"\d{4}-\d\d-\d\dT\S+?Z", inside)) == {"1980-01-01T00:00:00Z"}
    properties = docx.Document(BytesIO(content)).core_properties
    assert (properties.author, properties.last_modified_by) == ("演示街道综合信息指挥室", "")
    assert "python" not in core


@pytest.mark.parametrize("library", ["docx", "xlsxwriter"])
def test_a_missing_library_is_one_chinese_line_with_the_command(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SixpingError) as refused:
        written(paper(3))
    said = str(refused.value)
    assert "需要" in said
    assert 'python -m pip install "sixping[office]"' in f"{said} {refused.value.hint}"
    assert "\n" not in said


def test_a_paper_without_charts_needs_no_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert written(of(Sentence(("一句。",))))
