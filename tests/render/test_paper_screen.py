"""A paper on a terminal fits it, drops no figure and says without colour all that it says with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.render.paper import screen
from sixping.render.paper.blocks import (
    Bar,
    Cell,
    Chart,
    Figure,
    Head,
    Heading,
    Pair,
    Paper,
    Sentence,
    Series,
    Slot,
    Table,
    count,
    percent,
    text_of,
)
from sixping.render.terminal import Terminal
from tests.kit.papers import HOSTILE, LONG, paper

WIDTHS = (60, 80, 100, 120, 160)
CASES = (0, 1, 30, 3000)
COLOR = re.compile(r"\x1b\[[\d;]*m")


def shown(made: Paper, width: int | None, *, color: bool = False) -> str:
    return screen.text(made, Terminal(isatty=True, width=width, color=color))


def of(*blocks: object) -> Paper:
    return Paper("月报", "指挥室", "10月", "今天", blocks, "校验码 0")  # type: ignore[arg-type]


def cells(text: str, ambiguous: int) -> int:
    """Count cells without the program's own measure."""
    wide = {"W": 2, "F": 2, "A": ambiguous}
    return sum(
        wide.get(unicodedata.east_asian_width(c), 1) for c in text if not unicodedata.combining(c)
    )


def ambiguous(text: str) -> list[str]:
    return [sign for sign in text if unicodedata.east_asian_width(sign) == "A"]


def wide_table(rows: int, columns: int) -> Table:
    """Return a table each of whose figures is another number."""
    heads = (Head("承办单位"), *(Head(f"第{n}栏件数", "figure") for n in range(columns)))

    def line(name: str, first: int) -> tuple[Cell, ...]:
        return name, *(count(first + n) for n in range(columns))

    names = [LONG if row == 2 else f"单位{row:02}" for row in range(rows)]
    made = tuple(line(name, 10_000 + row * 100) for row, name in enumerate(names))
    total = line("合计", 20_000)
    return Table("表", "表1 很宽的表", heads, made, total)


def tables(made: Paper) -> Iterator[Table]:
    for block in made.blocks:
        for each in block if isinstance(block, Pair) else (block,):
            if isinstance(each, Table):
                yield each


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("cases", CASES)
def test_nothing_is_wider_than_the_terminal_however_it_draws_ambiguous_signs(
    cases: int, width: int
) -> None:
    text = "“沿街店铺”夜间灯箱太亮——影响休息…" * 40
    lines = shown(paper(cases, text), width).splitlines()
    assert max(cells(line, 1) for line in lines) <= width
    assert max(cells(line, 2) for line in lines) <= width
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("wide", ["1", "2"])
def test_it_fits_too_where_the_user_says_how_ambiguous_signs_are_drawn(
    monkeypatch: pytest.MonkeyPatch, wide: str
) -> None:
    from sixping.util import text

    monkeypatch.setenv("SIXPING_AMBIGUOUS", wide)
    monkeypatch.setattr(text, "_widths", text._Widths())
    for width in WIDTHS:
        lines = shown(paper(30, "“灯箱”——太亮…" * 50), width).splitlines()
        assert max(cells(line, int(wide)) for line in lines) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_left_of_the_last_column_every_console_agrees_on_the_width(width: int) -> None:
    rows = (("“甲”·办—①", percent(None), "“乙”…"), ("Ⅱ科", percent(50.0), "丙"))
    heads = (Head("“单位”"), Head("率", "figure"), Head("内容"))
    made = paper(30)
    made = made._replace(blocks=(*made.blocks, Table("表", "表9", heads, rows)))
    for line in shown(made, width).splitlines():
        left = line.rstrip().rpartition("  ")[0]
        assert ambiguous(left) == [], line


@pytest.mark.parametrize("width", WIDTHS)
def test_an_old_chinese_console_can_show_it(width: int) -> None:
    assert shown(paper(30), width, color=True).encode("gbk")


@pytest.mark.parametrize("width", [40, *WIDTHS, 300])
@pytest.mark.parametrize("columns", [1, 3, 12])
def test_no_figure_is_dropped_and_each_stands_below_its_head_beside_its_name(
    width: int, columns: int
) -> None:
    table = wide_table(7, columns)
    lines = shown(of(table), width).splitlines()
    heads: list[str] = []
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for line in lines[lines.index("表1 很宽的表") + 1 :]:
        if line.startswith("承办单位"):
            heads = line.split()[1:]
            ends = [cells(line[: m.end()], 1) for m in re.finditer(r"\S+", line)][1:]
            continue
        numbers = list(re.finditer(r"\b[12]\d{4}\b", line))
        if not numbers:
            name += line.strip()
            continue
        name = line[: numbers[0].start()].strip() or name
        assert [cells(line[: m.end()], 1) for m in numbers] == ends
        for head, number in zip(heads, numbers, strict=True):
            assert number.group() not in found
            found[number.group()] = (name, head)
        name = ""
    assert found == {
        text_of(cell): (text_of(row[0]), head.title)
        for row in (*table.rows, table.total or ())
        for head, cell in zip(table.heads[1:], row[1:], strict=True)
    }


WORDS = st.text("中街办，。、“”（）—…·×①Ⅱ℃é a1-+.%|<\t\n\u202e\x1b🚨𠮷", max_size=40)
COLUMNS = st.lists(st.tuples(WORDS, st.sampled_from(["figure", "text"])), max_size=6)


@given(WORDS, COLUMNS, st.lists(WORDS, max_size=3), st.integers(40, 160))
def test_whatever_somebody_wrote_nothing_is_wider_and_no_figure_is_lost(
    said: str, columns: list[tuple[str, Any]], names: list[str], width: int
) -> None:
    heads = (Head(said[:9]), *(Head(title[:9], kind) for title, kind in columns))
    rows = tuple(
        (
            name,
            *(
                count(10_000 + 100 * at + n) if kind == "figure" else title + name
                for n, (title, kind) in enumerate(columns)
            ),
        )
        for at, name in enumerate(names)
    )
    text = shown(of(Sentence((said, count(7), said)), Table("表", said, heads, rows)), width)
    for line in text.splitlines():
        assert max(cells(line, 1), cells(line, 2)) <= width
    for row in rows:
        assert [cell for cell in row if isinstance(cell, Figure) and cell.text not in text] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("cases", CASES)
def test_every_figure_of_the_paper_is_there(cases: int, width: int) -> None:
    made = paper(cases)
    said = re.findall(r"[-+]?\d+(?:\.\d+)?%?|持平|-", shown(made, width))
    for table in tables(made):
        for row in (*table.read, table.total or ()):
            figures = [cell.text.replace("—", "-") for cell in row if isinstance(cell, Figure)]
            assert set(figures) <= set(said)
    for block in made.blocks:
        if isinstance(block, Sentence):
            assert {run.text for run in block.runs if isinstance(run, Figure)} <= set(said)


@pytest.mark.parametrize("width", [*WIDTHS, None])
@pytest.mark.parametrize("cases", CASES)
def test_colour_says_nothing_that_the_text_does_not(cases: int, width: int | None) -> None:
    plain, painted = shown(paper(cases), width), shown(paper(cases), width, color=True)
    assert "\x1b" not in plain
    assert COLOR.sub("", painted) == plain


def test_only_what_is_late_is_red_and_only_where_there_is_some() -> None:
    red = re.compile(r"\x1b\[1;31m(.*?)\x1b\[0m")
    assert red.findall(shown(paper(0), 80, color=True)) == []
    painted = shown(paper(300), 80, color=True)
    found = {each.strip("!") for each in red.findall(painted)} - {""}
    assert found == {"48", "48件", "8"}
    assert set(COLOR.findall(painted)) == {"\x1b[1;31m", "\x1b[4m", "\x1b[0m"}


def test_a_late_figure_is_red_also_where_its_sentence_is_broken_before_it() -> None:
    for before in range(20, 44):
        runs = ("收" * before, count(12345, late=True), "件超期")
        painted = shown(of(Sentence(runs)), 60, color=True)
        assert "\x1b[1;31m12345\x1b[0m" in painted, "a number is on one line"


def test_bars_only_lengthen_and_the_longest_is_said() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("", "bar"))
    sizes = (400, 200, 1, 0)
    rows = tuple((f"单位{n}", count(n), Bar((n,), 400)) for n in sizes)
    before = ""
    for width in (40, *WIDTHS):
        text = shown(of(Table("表", "表1 单位", heads, rows)), width)
        assert "表1 单位  (条: 最长 400)" in text
        lengths = [line.count("#") for line in text.splitlines() if line.startswith("单位")][1:]
        room = width - len("单位400") - 2 - len("  400  ")
        assert lengths == [room, round(room / 2), 1, 0]
        bare = re.sub(r" *#+", "", text)
        assert before in ("", bare), "a bar moves nothing"
        before = bare


def test_the_parts_of_a_bar_are_told_apart_without_colour() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("", "bar"))
    rows = (("甲", count(100), Bar((60, 30, 10), 100)), ("乙", count(1), Bar((0, 0, 1), 100)))
    legend = ("按时", "超期办结", "超期未办结")
    text = shown(of(Table("表", "表1", heads, rows, legend=legend)), 80)
    assert "(条: #=按时, ==超期办结, !=超期未办结, 最长 100)" in text
    assert re.search(r"甲.*100  #+=+!+\n", text)
    assert re.search(r"乙.* 1  !\n", text)


@pytest.mark.parametrize("width", [60, 80])
def test_names_are_whole_and_a_very_long_one_has_a_line_to_itself(width: int) -> None:
    lines = shown(paper(30), width).splitlines()
    assert LONG in lines
    assert lines[lines.index(LONG) + 1].startswith(" ")
    assert any(line.startswith(HOSTILE) for line in lines)


def test_the_total_stands_on_its_line_also_where_every_name_is_very_long() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("超期未办结", "figure"))
    table = Table("表", "表1", heads, ((LONG, count(1), count(2)),), ("合计", count(1), count(2)))
    lines = shown(of(table), 60).splitlines()
    at = lines.index("单位  件  超期未办结")
    assert lines[at + 1 : at + 4] == [LONG, "       1           2", "合计   1           2"]


def test_what_is_to_be_written_in_is_left_out_with_its_heading() -> None:
    made = of(
        Heading("一、收到"), Sentence(("共", count(3), "件。")),
        Heading("二、存在问题"), Heading("(一) 难点", 2), Slot("由会商填写", (("事实",),)),
        Heading("三、说明"), Sentence(("按收到的日子计。",)),
    )  # fmt: skip
    text = shown(made, 80)
    assert "[一、收到]\n共3件。" in text
    assert "[三、说明]\n按收到的日子计。" in text
    for left in ("存在问题", "难点", "由会商填写", "事实"):
        assert left not in text


def chart(kind: str, *values: float | None) -> Chart:
    categories = tuple(f"2026-{n:02}" for n in range(1, len(values) + 1))
    return Chart(kind, "图1 收到", "件", categories, (Series("收到", values),), "说")  # type: ignore[arg-type]


def test_a_chart_is_rows_of_figures_with_bars_without_the_months_nobody_knows() -> None:
    text = shown(of(chart("lines", None, 3, 6)), 40)
    assert "图1 收到 (件)  (条: 最长 6)" in text
    assert "2026-01" not in text
    assert re.search(r"2026-02     3  #{12}\n2026-03     6  #{25}\n", text)


def test_a_chart_whose_figures_stand_in_a_table_is_left_out() -> None:
    heads = (Head("月份"), Head("收到", "figure"))
    same = tuple((f"2026-0{n}", count(n + 1)) for n in (1, 2))
    drawn = chart("columns", 2, 3)
    assert "图1" not in shown(of(Table("表", "表1", heads, same), drawn), 80)
    assert "图1" in shown(of(Table("表", "表1", heads, same), chart("columns", 2, 4)), 80)
    cut = Table("表", "表1", heads, same, shown=1, rest=("其他", count(3)))
    assert "图1" in shown(of(cut, drawn), 80), "not in the rows that are read"


def test_the_annex_is_said_and_not_repeated() -> None:
    text = shown(paper(30), 80)
    assert "只在文件里的附表: 附表1 各单位办理情况。" in text
    assert text.count("应办结不足10件的不列率。") == 1
    assert text.rstrip().splitlines()[-1].startswith("校验码")


def test_a_long_text_is_cut_after_some_lines_and_elsewhere_not_at_all() -> None:
    long = "沿街店铺夜间灯箱太亮, " * 1000
    lines = shown(paper(30, long), 80).splitlines()
    picked = [at for at, line in enumerate(lines) if line.startswith("2026-0000")]
    assert len(picked) == 3
    assert lines[picked[0] + 3].endswith("..")
    assert picked[1] - picked[0] == 4
    assert long.strip() in shown(paper(30, long), None)


def test_rows_to_read_are_shown_with_their_groups() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("签收", "write"))
    rows = (("甲", count(1), None), ("乙", count(2), None))
    text = shown(of(Table("超期", "表1", heads, rows, groups={0: "超期", 1: "临期"})), 80)
    assert text.split("表1\n")[1].splitlines()[:5] == [
        "单位  件",
        "超期",
        "甲     1",
        "临期",
        "乙     2",
    ]


def test_no_row_is_said_in_words() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("", "bar"))
    assert "表1\n没有。" in shown(of(Table("超期", "表1", heads, ())), 80)


def test_hidden_signs_are_seen_and_move_nothing() -> None:
    made = paper(30, "\x1b[2J\u202e改写", ("甲\x1b[31m", "乙\u200b"))
    text = shown(made, 120)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<U+001B>[2J<U+202E>改写" in text
