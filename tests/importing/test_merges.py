"""What a merged range says of the rows it spans, and which line is a title."""

from __future__ import annotations

import pytest

from sixping.errors import BadData
from sixping.importing import merges
from sixping.importing.merges import Filler, Span
from sixping.importing.rows import Row


def cells(row: Row | None) -> list[str]:
    assert row is not None
    return row.cells


def test_a_value_holds_for_every_row_of_its_range_and_for_none_after_it() -> None:
    filler = Filler("a.xlsx", {2: [Span(0, 3, wide=False)]})
    assert cells(filler.row(Row(2, ["江一社区", "一"]))) == ["江一社区", "一"]
    assert cells(filler.row(Row(3, ["", "二"]))) == ["江一社区", "二"]
    assert cells(filler.row(Row(4, ["", "三"]))) == ["", "三"]


def test_a_range_may_be_told_with_its_first_row() -> None:
    filler = Filler("a.html")
    filler.row(Row(2, ["江一社区", "一"]), [Span(0, 3, wide=False)])
    assert cells(filler.row(Row(3, ["", "二"]))) == ["江一社区", "二"]


def test_a_row_that_ends_before_the_range_is_made_long_enough() -> None:
    filler = Filler("a.xlsx", {2: [Span(2, 4, wide=False)]})
    filler.row(Row(2, ["1", "一", "已办结"]))
    assert cells(filler.row(Row(3, ["2"]))) == ["2", "", "已办结"]


def test_what_a_row_says_itself_stands() -> None:
    filler = Filler("a.xlsx", {2: [Span(0, 4, wide=False)]})
    filler.row(Row(2, ["江一社区", "一"]))
    assert cells(filler.row(Row(3, ["江二社区", "二"]))) == ["江二社区", "二"]


def test_what_is_wrong_with_a_value_is_wrong_in_each_of_its_rows_and_in_no_other_column() -> None:
    filler = Filler("a.xlsx", {2: [Span(0, 3, wide=False), Span(1, 3, wide=False)]})
    filler.row(Row(2, ["1E+17", "甲", "一"], lossy=(0,), broken=((1, "不是数字"),)))
    row = filler.row(Row(3, ["", "", "二"], lossy=(2,), broken=()))
    assert row == Row(3, ["1E+17", "甲", "二"], lossy=(0, 2), broken=((1, "不是数字"),))


def test_a_line_merged_over_columns_with_nothing_else_is_a_title() -> None:
    filler = Filler("a.xlsx", {1: [Span(0, 1, wide=True)]})
    title = filler.row(Row(1, ["来电登记表", "", ""]))
    assert title is not None
    assert title.title
    filler = Filler("a.xlsx", {1: [Span(0, 1, wide=True)]})
    assert cells(filler.row(Row(1, ["情况", "", "备注"]))) == ["情况", "", "备注"]


@pytest.mark.parametrize("span", [Span(0, 3, wide=False), Span(1, 1, wide=True)])
def test_a_line_of_one_cell_is_no_title_where_another_range_is_wide(span: Span) -> None:
    filler = Filler("a.xlsx", {1: [span]})
    assert cells(filler.row(Row(1, ["江一社区", "", ""]))) == ["江一社区", "", ""]


def test_a_blank_row_is_none_also_within_a_range() -> None:
    filler = Filler("a.xlsx", {1: [Span(0, 3, wide=False)]})
    assert filler.row(Row(1, ["", ""])) is None
    filler = Filler("a.xlsx", {1: [Span(0, 3, wide=False)]})
    filler.row(Row(1, ["江一社区", "一"]))
    assert filler.row(Row(2, ["", ""])) is None
    assert cells(filler.row(Row(3, ["", "三"]))) == ["江一社区", "三"]


def test_a_range_that_is_empty_or_beyond_its_row_says_nothing() -> None:
    filler = Filler("a.xlsx", {1: [Span(0, 3, wide=False), Span(7, 3, wide=False)]})
    filler.row(Row(1, ["", "一"]))
    assert cells(filler.row(Row(2, ["", "二"]))) == ["", "二"]


def test_a_wide_cell_within_a_range_is_no_title_and_the_range_goes_on() -> None:
    filler = Filler("a.xlsx", {1: [Span(0, 3, wide=False)], 2: [Span(1, 2, wide=True)]})
    filler.row(Row(1, ["江一社区", "一"]))
    assert cells(filler.row(Row(2, ["", "以下为四月", ""]))) == ["江一社区", "以下为四月", ""]
    assert cells(filler.row(Row(3, ["", "三"]))) == ["江一社区", "三"]


def test_a_sheet_of_ranges_without_end_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(merges, "MAX_FILLED", 4)
    filler = Filler("a.xlsx", {1: [Span(0, 99, wide=False), Span(1, 99, wide=False)]})
    filler.row(Row(1, ["一", "二", "三"]))
    for number in (2, 3):
        filler.row(Row(number, ["", "", "三"]))
    with pytest.raises(BadData, match=r"a\.xlsx 的合并单元格太多"):
        filler.row(Row(4, ["", "", "三"]))
