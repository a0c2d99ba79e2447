"""A paper as Markdown says all that is in it, and whatever somebody wrote is literal."""

from __future__ import annotations

import re

import pytest

from sixping.render.paper import markdown
from sixping.render.paper.blocks import (
    Card,
    Cards,
    Chart,
    Fields,
    Figure,
    Head,
    Heading,
    Note,
    Paper,
    Pick,
    Picks,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
    moved,
    text_of,
)
from tests.kit.papers import HOSTILE, paper

WORDS = (
    "# 演示街道", "## 一、各单位办理情况", "### (一) 逐月", "**图5 各单位逐月超期**",
    "(由会商填写)", "填报: ＿", "附表1 各单位办理情况", "应办结不足10件的不列率。",
)  # fmt: skip


def of(*blocks: object, **more: object) -> Paper:
    plain = {
        "title": "月报",
        "office": "指挥室",
        "period": "10月",
        "as_of": "今天",
        "seal": "校验码 0",
    }
    return Paper(**{**plain, "blocks": blocks, **more})  # type: ignore[arg-type]


def figures(made: Paper) -> set[str]:
    """Return what each figure in tables and sentences of the text is printed as."""
    found: set[str] = set()
    for block in made.blocks:
        if isinstance(block, Table):
            cells = [*block.read, *([block.total] if block.total else [])]
            found |= {text_of(c) for row in cells for c in row if isinstance(c, Figure)}
        elif isinstance(block, Sentence | Note):
            found |= {run.text for run in block.runs if isinstance(run, Figure)}
    return found


@pytest.mark.parametrize("cases", [0, 1, 30, 3000])
def test_every_block_is_there_and_every_figure(cases: int) -> None:
    made = paper(cases)
    text = markdown.text(made)
    said = set(re.findall(r"[-+]?\d+(?:\.\d+)?%?|持平|—", text))
    assert figures(made) <= said
    assert [words for words in WORDS if words not in text] == []
    assert text.count("校验码") == 1
    assert text.rstrip().splitlines()[-1].startswith("*校验码")
    for wrong in ("None", "nan", "Figure(", "Bar(", "\x1b"):
        assert wrong not in text


def test_a_table_is_a_table_whose_rows_have_as_many_cells_as_its_head() -> None:
    lines = markdown.text(paper(30)).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert "| 承办单位 | 收到 | 超期未办结 | 按时办结率 |" in tables
    assert "| --- | ---: | ---: | ---: |" in tables
    cells = [len(re.split(r"(?<!\\)\|", line)) - 2 for line in tables]
    assert set(cells) == {4, 3, 2}


def test_the_rest_stands_for_the_rows_left_out_and_the_annex_has_all() -> None:
    first, annex = markdown.text(paper(30)).split("## 附表")
    assert "| 其他2个 | 10 | 0 | — |" in first
    assert "司法所" not in first
    assert "| 司法所 | 5 | **1** | — |" in annex
    assert "其他2个" not in annex


@pytest.mark.parametrize(
    ("wrote", "shown"),
    [
        (HOSTILE, "A&amp;B&lt;c&gt;\"'=1+1&#64;SUM(A1)"),
        ("# 标题", "\\# 标题"),
        ("- 项", "\\- 项"),
        ("1. 项", "1\\. 项"),
        ("2) 项", "2\\) 项"),
        ("[x](http://a.b) |", "\\[x\\](http&#58;//a.b) \\|"),
        ("甲\n\n# 乙", "甲  \\# 乙"),
        ("\u202e\x1b[2J", "&lt;U+202E&gt;&lt;U+001B&gt;\\[2J"),
    ],
)
def test_what_somebody_wrote_is_literal_wherever_it_stands(wrote: str, shown: str) -> None:
    heads = (Head(wrote),)
    blocks = (
        Sentence((wrote,)), Heading(wrote), Note((wrote,)), Slot(wrote, ((wrote,),)),
        Fields(((wrote, wrote),)), Table(wrote, wrote, heads, ((wrote,),), groups={0: wrote}),
        Picks(wrote, (Pick(wrote, wrote, wrote),)), Signature(wrote, wrote), SignOff((wrote,)),
        Chart("bars", wrote, wrote, (), (), wrote), Cards((Card(wrote, count(1), wrote),)),
    )  # fmt: skip
    text = markdown.text(of(*blocks, addressees=wrote, draft=wrote))
    heading = re.compile(r"^[0-9]+[.)]", re.MULTILINE)
    assert heading.search(text) is None, "no list of numbers"
    assert text.count(shown) >= 7
    bare = wrote.rsplit("\n", 1)[-1]
    if not bare[0].isdigit():
        assert bare not in text.replace(shown, ""), "literal in every block"


def test_what_is_late_stands_out_and_nothing_else_does() -> None:
    text = markdown.text(of(Sentence(("超期", count(3, late=True), "件, 收到", count(3), "件"))))
    assert "超期**3**件, 收到3件" in text
    assert "**0**" not in markdown.text(of(Sentence((count(0, late=True),))))


def test_what_moved_is_no_list() -> None:
    text = markdown.text(of(Sentence(("比上月", moved(5, 3), "件")), Sentence((moved(1, 3), "件"))))
    assert "比上月+2件" in text
    assert "\n-2件" in text


def test_groups_and_empty_columns_to_write_in_stay() -> None:
    heads = (Head("单位"), Head("件", "figure"), Head("签收", "write"))
    rows = (("甲", count(1), None), ("乙", count(2), None))
    table = Table("超期", "表1", heads, rows, groups={0: "超期", 1: "临期"})
    lines = markdown.text(of(table)).splitlines()
    assert lines.index("| **临期** |  |  |") == lines.index("| 乙 | 2 |  |") - 1
    assert "| --- | ---: | --- |" in lines


def test_an_open_number_is_a_slot_and_a_draft_says_so() -> None:
    text = markdown.text(of(issue=None, draft="草稿"))
    assert "第＿＿＿＿＿＿＿＿期" in text
    assert "**草稿**" in text
    assert "期" not in markdown.text(of(issue="", title="周报", period="周"))
