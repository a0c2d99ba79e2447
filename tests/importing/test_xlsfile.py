"""Old workbooks (.xls): read in a child behind a guard, hostile ones refused with the reason."""

from __future__ import annotations

import struct
import sys
import time
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import package, xlsfile
from sixping.importing.reader import contents_of, read_rows
from sixping.importing.rows import Row, kind_of
from tests.kit import oldbook
from tests.kit.oldbook import book, container, record, sheet

pytest.importorskip("python_calamine", reason="the office extra is not installed")

HEAD: list[object] = ["编号", "时间", "内容", "社区"]
TABLE: list[list[object]] = [
    HEAD,
    ["A1", (46113.378472, 2), "占道经营", "江一社区"],
    ["A2", 46114, "噪音", None],
]


def write(folder: Path, stream: bytes, name: str = "a.xls", *others: str) -> Path:
    path = folder / name
    path.write_bytes(container(stream, "Workbook", *others))
    return path


def plain(folder: Path) -> Path:
    return write(folder, book(("台账", 0, sheet(TABLE))))


def refusal(path: Path) -> str:
    started = time.perf_counter()
    with pytest.raises(BadData) as caught:
        list(read_rows(path))
    assert time.perf_counter() - started < 20
    assert caught.value.hint
    return caught.value.what


def test_a_real_old_workbook_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = plain(tmp_path).rename(tmp_path / "named.xlsx")
    assert kind_of(path) == "xls"
    assert list(read_rows(path)) == [
        Row(1, ["编号", "时间", "内容", "社区"]),
        Row(2, ["A1", "2026-04-01 09:05:00", "占道经营", "江一社区"]),
        Row(3, ["A2", "46114", "噪音", ""]),
    ]


def test_merged_cells_hold_for_all_their_rows_and_titles_are_left_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [["登记表", None, None, None], *TABLE, ["合并", None, None, None]]
    path = write(tmp_path, book(("台账", 0, sheet(rows, [(0, 0, 0, 3), (2, 3, 3, 3)]))))
    read = list(read_rows(path))
    assert [row.number for row in read] == [2, 3, 4, 5]
    assert [row.cells[3] for row in read] == ["社区", "江一社区", "江一社区", ""]


def test_a_row_of_error_values_alone_is_a_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEAD, ["#DIV/0!", None], ["A2", "x"], [None, "#N/A"]]
    _, first, second, third = read_rows(write(tmp_path, book(("一", 0, sheet(rows)))))
    assert [(row.number, row.cells, row.broken[0][0]) for row in (first, third)] == [
        (2, ["#DIV/0!"], 0), (4, ["", "#N/A"], 1),
    ]  # fmt: skip
    assert (second.number, second.broken) == (3, ())


def test_error_values_are_named_though_the_library_leaves_them_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEAD, ["A1", "#VALUE!", "占道", None], ["A2", "x", "#N/A", "y"]]
    formula = oldbook.broken_formula(1, 3)
    first, second = sheet(rows, extra=formula), sheet([HEAD, ["B1", "#DIV/0!", "c", "d"]])
    path = write(tmp_path, book(("一", 0, first), ("二", 0, second)))
    _, one, two = read_rows(path)
    assert one.cells == ["A1", "#VALUE!", "占道", "#DIV/0!"]
    assert [column for column, _ in one.broken] == [1, 3]
    assert two.broken == ((2, "是表格的错误值 #N/A, 不是原来的内容"),)
    assert [row.broken[0][0] for row in read_rows(path, sheet="二") if row.broken] == [1]


def test_error_values_and_merged_ranges_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsfile, "MAX_RANGES", 1)
    wrong = sheet([HEAD, ["A1", "#VALUE!", "占道", "#N/A"]])
    assert "错误值超过" in refusal(write(tmp_path, book(("一", 0, wrong))))
    cells = sheet(TABLE, ((1, 2, 0, 0), (1, 2, 1, 1)))
    assert "合并单元格超过" in refusal(write(tmp_path, book(("一", 0, cells))))


def test_a_book_says_from_which_year_its_days_count(tmp_path: Path) -> None:
    body = sheet([HEAD, ["A1", (44651.378472, 2), "占道", "江一社区"]])
    late = write(tmp_path, book(("一", 0, body), from_1904=True))
    assert contents_of(late).from_1904
    assert list(read_rows(late))[1].cells[1] == "2026-04-01 09:05:00"
    assert not contents_of(plain(tmp_path)).from_1904


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    body = sheet(TABLE)
    stream = book(("草稿", 1, sheet([["x"]])), ("台账", 0, body), ("底稿", 2, body))
    path = write(tmp_path, stream)
    assert contents_of(path).sheets == (["台账"], ["草稿", "底稿"])
    assert next(iter(read_rows(path))).cells == HEAD
    with pytest.raises(BadData, match="隐藏") as caught:
        list(read_rows(path, sheet="草稿"))
    assert "台账" in caught.value.hint
    with pytest.raises(BadData, match="没有可见"):
        list(read_rows(write(tmp_path, book(("草稿", 1, body)))))


def test_a_number_longer_than_a_spreadsheet_keeps_is_marked(tmp_path: Path) -> None:
    body = sheet([HEAD, [330106199001011234.0, "x", "y", "z"]])
    assert list(read_rows(write(tmp_path, book(("一", 0, body)))))[1].lossy == (0,)


@pytest.mark.parametrize("size", [(1 << 31, 256), (65_536, 256)])
def test_a_far_reach_is_refused_before_the_library_sees_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    far = write(tmp_path, book(("一", 0, sheet(TABLE, size=size))))
    assert f"{size[0]} 行 x 256 列" in refusal(far)


def test_a_far_cell_counts_whatever_the_sheet_says_of_its_size(tmp_path: Path) -> None:
    cell = oldbook.cell(65_535, 255, "远")
    assert "65536 行 x 256 列" in refusal(write(tmp_path, book(("一", 0, sheet(TABLE, (), cell)))))


def test_encrypted_books_and_books_with_macros_are_said_to_be_so(tmp_path: Path) -> None:
    secret = book(("一", 0, sheet(TABLE)), extra=record(0x002F, bytes(6)))
    assert "加密" in refusal(write(tmp_path, secret))
    body = book(("一", 0, sheet(TABLE)))
    assert "带有宏" in refusal(write(tmp_path, body, "a.xls", "_VBA_PROJECT_CUR"))


def test_other_office_files_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(container(b"text", "WordDocument"))
    assert "不是 Excel 表格" in refusal(path)


def test_damage_is_said_to_be_damage(tmp_path: Path) -> None:
    whole = plain(tmp_path).read_bytes()
    path = tmp_path / "b.xls"
    for content in (whole[:600], whole[:700], whole[:512], whole[:20]):
        path.write_bytes(content)
        assert refusal(path)
    path.write_bytes(whole[:512] + struct.pack("<I", 0) * 128 + whole[1024:])  # bites its tail
    assert "损坏" in refusal(path)
    beyond = struct.pack("<128I", *([3] * 128))  # turns in a circle outside the file
    path.write_bytes(whole[:512] + beyond + whole[1024:1600])
    assert refusal(path)


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_FILE", 100)
    assert "最多 0 MB" in refusal(plain(tmp_path))


# --- the child ----------------------------------------------------------------------------

SAID = 'print(\'{"sheets": [["a", true, 0]]}\\n{"merged": []}\\n[1, ["a"], []]\', flush=True)\n'


def test_a_reader_that_dies_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = tmp_path / "killer.py"
    killer.write_text(f"import os\n{SAID}os.abort()\n")
    monkeypatch.setattr(xlsfile, "_READER", killer)
    rows = read_rows(plain(tmp_path))
    assert next(rows).cells == ["a"]
    with pytest.raises(BadData, match="进程被终止"):
        next(rows)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by RLIMIT_AS")
def test_what_passes_the_guard_is_still_held_to_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greedy = tmp_path / "greedy.py"
    source = xlsfile._READER.read_text(encoding="utf-8")
    greedy.write_text(
        source.replace("        book = ", "        x = bytes(1 << 30)\n        book = ")
    )
    monkeypatch.setattr(xlsfile, "_READER", greedy)
    assert "进程被终止" in refusal(plain(tmp_path))


def test_without_the_library_the_line_to_install_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python_calamine.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BadData) as caught:
        list(read_rows(plain(tmp_path)))
    assert 'pip install "sixping[office]"' in caught.value.hint


def test_the_reader_imports_nothing_from_the_folder_it_is_called_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python_calamine.py").write_text("raise ImportError\n")
    monkeypatch.chdir(tmp_path)
    assert list(read_rows(plain(tmp_path)))


def test_a_caller_who_stops_early_leaves_no_reader_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text(f"{SAID}while True: print('[1, [\"a\"], []]', flush=True)\n")
    monkeypatch.setattr(xlsfile, "_READER", endless)
    rows = read_rows(plain(tmp_path))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
