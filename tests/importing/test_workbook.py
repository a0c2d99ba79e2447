"""Workbooks: real ones with their oddities, hostile ones refused with the reason."""

from __future__ import annotations

import sys
import time
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import workbook
from sixping.importing.reader import read_rows

pytest.importorskip("python_calamine", reason="the office extra is not installed")
xlsxwriter = pytest.importorskip("xlsxwriter", reason="the office extra is not installed")

SHEET = "xl/worksheets/sheet1.xml"
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    f'relationships"><Relationship Id="r1" Type="{REL}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{NS}" xmlns:r="{REL}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
    f'package/2006/relationships"><Relationship Id="r1" Type="{REL}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def sheet(body: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{NS}"><sheetData>{body}</sheetData></worksheet>'  # noqa: E501


def number(reference: str) -> str:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'


def pack(path: Path, changes: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ({**PARTS, SHEET: sheet(number("A1"))} | dict(changes)).items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    started = time.perf_counter()
    with pytest.raises(BadData) as caught:
        list(read_rows(path))
    assert time.perf_counter() - started < 20
    assert caught.value.hint
    return caught.value.what


def test_the_plain_pack_these_tests_start_from_is_readable(tmp_path: Path) -> None:
    assert [row.cells for row in read_rows(pack(tmp_path / "a.xlsx", {}))] == [["1"]]


def test_a_far_cell_is_refused_by_its_reach(tmp_path: Path) -> None:
    body = number("A1") + number("XFD1048576")
    path = pack(tmp_path / "a.xlsx", {SHEET: sheet(body)})
    assert path.stat().st_size < 10_000
    assert "1048576 行 x 16384 列" in refusal(path)


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A99999999"><v>1</v></c></row>',
        number("A1") + '<row r="2000000"><c r="B2000000"><v>1</v></c></row>',
        number("A1") + "<x:row  spans=\"1:2\"  r = '900000'></x:row>" + number("ZZ9"),
    ],
)
def test_a_far_cell_hides_in_no_other_spelling(tmp_path: Path, body: str) -> None:
    assert "远处的单元格" in refusal(pack(tmp_path / "a.xlsx", {SHEET: sheet(body)}))


def test_a_far_cell_cut_by_the_edge_of_a_chunk_is_still_seen(tmp_path: Path) -> None:
    filler = "<!--" + "0123456789abcdef" * 65_000 + "-->"
    for shift in range(-40, 40, 4):
        head = sheet(filler + "@").index("@")
        pad = " " * (workbook._CHUNK - head + shift)
        body = filler + pad + number("XFD1048576")
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:  # stored: the chunks are as we laid them
            for name, content in ({**PARTS, SHEET: sheet(body)}).items():
                archive.writestr(name, content)
        with pytest.raises(BadData, match="远处的单元格"):
            workbook.inspect(path)


def test_a_bomb_is_refused_by_its_ratio_and_by_its_size(tmp_path: Path) -> None:
    bomb = b"0" * (30 << 20)
    assert "压缩比" in refusal(pack(tmp_path / "a.xlsx", {"xl/media/a.bin": bomb}))


def test_a_bomb_in_many_pieces_is_refused_by_the_sum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    assert "解压后超过" in refusal(pack(tmp_path / "a.xlsx", {"xl/a.bin": b"0" * 900}))


def test_too_many_parts_and_a_file_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"xl/p{n}.xml": "<a/>" for n in range(workbook.MAX_MEMBERS)}
    assert "个部件" in refusal(pack(tmp_path / "a.xlsx", many))
    monkeypatch.setattr(workbook, "MAX_FILE", 100)
    assert "最多 0 MB" in refusal(pack(tmp_path / "b.xlsx", {}))


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "docProps/custom.xml"])
def test_a_dtd_anywhere_is_refused(tmp_path: Path, part: str) -> None:
    dtd = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    path = pack(tmp_path / "a.xlsx", {part: sheet(number("A1"), before=dtd)})
    assert "DTD" in refusal(path)


def test_a_dtd_does_not_hide_in_another_encoding(tmp_path: Path) -> None:
    hidden = sheet(number("A1"), before="<!DOCTYPE x>").encode("utf-16")
    assert "DTD" in refusal(pack(tmp_path / "a.xlsx", {SHEET: hidden}))


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "xl\\..\\evil", "C:evil"])
def test_a_path_that_slips_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "文件夹之外" in refusal(pack(tmp_path / "a.xlsx", {name: "x"}))


def test_a_truncated_or_damaged_workbook_is_said_to_be_so(tmp_path: Path) -> None:
    whole = pack(tmp_path / "a.xlsx", {}).read_bytes()
    for content in (whole[: len(whole) // 2], whole[:300] + b"\xff" * 40 + whole[340:]):
        path = tmp_path / "b.xlsx"
        path.write_bytes(content)
        assert "损坏" in refusal(path)


def test_an_encrypted_workbook_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    entry = "EncryptedPackage".encode("utf-16-le")
    for before in (600, 2 << 20):  # the directory of the container may lie at its end
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(before) + entry + bytes(100))
        assert "加密" in refusal(path)


def test_another_kind_of_package_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "不是 .xlsx" in refusal(path)


def test_a_reader_that_dies_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = tmp_path / "killer.py"
    killer.write_text("import os\nprint('[1, [\"a\"], []]', flush=True)\nos.abort()\n")
    monkeypatch.setattr(workbook, "_READER", killer)
    rows = read_rows(pack(tmp_path / "a.xlsx", {}))
    assert next(rows).cells == ["a"]
    with pytest.raises(BadData, match="进程被终止"):
        next(rows)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by RLIMIT_AS")
def test_what_passes_the_guard_is_still_held_to_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_CELLS", 10**12)
    path = pack(tmp_path / "a.xlsx", {SHEET: sheet(number("A1") + number("XFD1048576"))})
    assert "进程被终止" in refusal(path)


def test_without_the_library_the_line_to_install_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python_calamine.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BadData) as caught:
        list(read_rows(pack(tmp_path / "a.xlsx", {})))
    assert 'pip install "sixping[office]"' in caught.value.hint


def test_the_reader_imports_nothing_from_the_folder_it_is_called_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python_calamine.py").write_text("raise ImportError\n")
    monkeypatch.chdir(tmp_path)
    assert list(read_rows(pack(tmp_path / "a.xlsx", {})))


def test_a_caller_who_stops_early_leaves_no_reader_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: print('[1, [\"a\"], []]', flush=True)\n")
    monkeypatch.setattr(workbook, "_READER", endless)
    rows = read_rows(pack(tmp_path / "a.xlsx", {}))
    next(rows)
    rows.close()  # type: ignore[attr-defined]


def odd_workbook(path: Path) -> Path:
    """Write a sheet that starts at B3 under a merged title, with every kind of cell."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("台账")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.merge_range("B3:F3", "2026年10月事项台账")
    page.write_row("B4", ["编号", "时间", "内容", "电话", "身份证号"])
    page.write_row("B5", [2549])
    page.write_datetime("C5", datetime(2026, 10, 8, 8, 37, 20, 999_600), moment)  # noqa: DTZ001
    page.write_row("D5", ["\n\t\t演示内容", 13800000000, 330106199001011234])
    page.merge_range("B6:F6", "以下为补录")
    page.write_row("B8", [2.5])
    page.write_datetime("C8", datetime(2026, 10, 8), day)  # noqa: DTZ001
    page.write_row("D8", [True, "x"])
    book.add_worksheet("第二页").write("A1", "二")
    book.close()
    return path


def test_a_sheet_that_starts_at_b3_keeps_its_rows_and_letters(tmp_path: Path) -> None:
    rows = list(read_rows(odd_workbook(tmp_path / "a.xlsx")))
    assert [row.number for row in rows] == [4, 5, 8]
    assert rows[0].cells == ["", "编号", "时间", "内容", "电话", "身份证号"]


def test_numbers_come_as_digits_and_dates_as_iso_text(tmp_path: Path) -> None:
    _, first, second = read_rows(odd_workbook(tmp_path / "a.xlsx"))
    assert first.cells[1:5] == ["2549", "2026-10-08 08:37:21", "\n\t\t演示内容", "13800000000"]
    assert second.cells[1:5] == ["2.5", "2026-10-08", "TRUE", "x"]


def test_a_number_longer_than_a_spreadsheet_keeps_is_marked(tmp_path: Path) -> None:
    _, first, second = read_rows(odd_workbook(tmp_path / "a.xlsx"))
    assert first.lossy == (5,)
    assert second.lossy == ()


def test_sheets_are_chosen_by_name_and_a_wrong_name_lists_them(tmp_path: Path) -> None:
    path = odd_workbook(tmp_path / "a.xlsx")
    assert [row.cells for row in read_rows(path, sheet="第二页")] == [["二"]]
    with pytest.raises(BadData) as caught:
        list(read_rows(path, sheet="第三页"))
    assert "台账、第二页" in caught.value.hint
