"""``-o 文件.xlsx`` of the reading commands is a workbook for people; scripts keep their keys."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sixping.console.listing import CASES
from sixping.render.overdue import COLUMNS
from tests.conftest import Runner

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter", reason="the office extra is not installed")

MONDAY = "2026-11-16T09:00:00+08:00"
LATER = "2026-11-26T09:00:00+08:00"
WRITERS: list[tuple[tuple[str, ...], list[str]]] = [
    (("list",), [column.title for column in CASES]),
    (("search", "演示"), [column.title for column in CASES]),
    (("overdue",), [column.title for column in COLUMNS]),
]


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """Two late cases, the text of one could be a formula."""
    for text in ("=1+1 演示: 江南大道占道经营", "演示: 请回电13800000000"):
        made = call("intake", text, "--severity", "一般", now=MONDAY)
        assert made.code == 0, made.err
    return call


def sheet(street: Runner, tmp_path: Path, *argv: str) -> Any:
    file = tmp_path / "清单.xlsx"
    made = street(*argv, "-o", str(file), now=LATER)
    assert made.code == 0, made.err
    return openpyxl.load_workbook(file).worksheets[0]


@pytest.mark.parametrize(("argv", "titles"), WRITERS)
def test_a_workbook_has_chinese_titles_and_dates_that_can_be_sorted(
    street: Runner, tmp_path: Path, argv: tuple[str, ...], titles: list[str]
) -> None:
    page = sheet(street, tmp_path, *argv)
    heads, *rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert heads == titles
    assert len(rows) == 2
    due = "最早到期" if argv == ("overdue",) else "最近到期"
    assert {row[heads.index(due)] for row in rows} == {datetime(2026, 11, 17, 17, 0)}  # noqa: DTZ001
    text = "内容" if argv == ("overdue",) else "事项"
    said = {row[heads.index(text)] for row in rows}
    assert any(each.startswith("=1+1") for each in said)
    assert not any("13800000000" in each for each in said)
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}


@pytest.mark.parametrize(("argv", "titles"), WRITERS)
def test_a_workbook_is_ready_to_print_and_to_filter(
    street: Runner, tmp_path: Path, argv: tuple[str, ...], titles: list[str]
) -> None:
    page = sheet(street, tmp_path, *argv)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(len(titles))}3"
    assert page.print_title_rows == "$1:$1"
    assert page.sheet_properties.pageSetUpPr.fitToPage  # one page wide is the default
    assert page.page_setup.fitToHeight == 0
    assert "&P" in page.oddFooter.right.text


@pytest.mark.parametrize(("argv", "titles"), WRITERS)
def test_text_for_scripts_keeps_its_keys(
    street: Runner, tmp_path: Path, argv: tuple[str, ...], titles: list[str]
) -> None:
    file = tmp_path / "清单.csv"
    assert street(*argv, "-o", str(file), now=LATER).code == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        keys = next(csv.reader(opened))
    columns = COLUMNS if argv == ("overdue",) else CASES
    assert keys == [column.key for column in columns] != titles
    assert street(*argv, "--format", "tsv", now=LATER).out.splitlines()[0].split("\t") == keys


def test_an_export_keeps_its_keys_unless_it_is_for_people(street: Runner, tmp_path: Path) -> None:
    assert sheet(street, tmp_path, "export")["A1"].value == "number"
    (tmp_path / "清单.xlsx").unlink()
    assert sheet(street, tmp_path, "export", "--for-people")["A1"].value == "编号"


def test_the_days_a_case_is_late_are_a_number(street: Runner, tmp_path: Path) -> None:
    page = sheet(street, tmp_path, "overdue")
    place = [column.key for column in COLUMNS].index("workdays_late") + 1
    assert {type(page.cell(row, place).value) for row in (2, 3)} == {int}


def test_the_same_list_is_the_same_file(street: Runner, tmp_path: Path) -> None:
    files = [tmp_path / "一.xlsx", tmp_path / "二.xlsx"]
    for file in files:
        assert street("list", "-o", str(file), now=LATER).code == 0
    assert files[0].read_bytes() == files[1].read_bytes()
