"""Workbooks: real ones with their oddities, hostile ones refused with the reason."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import merges, package, xlsxfile
from sixping.importing.reader import contents_of, read_rows
from sixping.importing.rows import kind_of

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
        number("A1") + "<row  spans=\"1:2\"  r = '900000'></row>" + number("ZZ900001"),
        number("XFE1"),
        number("AAAA1"),
        number("A" * 5_000 + "1"),
        '<row r="1">' + "<c><v>1</v></c>" * 16_385 + "</row>",
    ],
)
def test_a_far_cell_hides_in_no_other_spelling(tmp_path: Path, body: str) -> None:
    assert "远处的单元格" in refusal(pack(tmp_path / "a.xlsx", {SHEET: sheet(body)}))


def test_far_rows_that_are_only_formatted_are_no_matter(tmp_path: Path) -> None:
    body = number("A1") + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert [row.cells for row in read_rows(pack(tmp_path / "a.xlsx", {SHEET: sheet(body)}))] == [
        ["1"]
    ]


def test_a_bomb_is_refused_by_its_ratio_and_by_its_size(tmp_path: Path) -> None:
    bomb = b"0" * (30 << 20)
    assert "压缩比" in refusal(pack(tmp_path / "a.xlsx", {"xl/media/a.bin": bomb}))


def test_a_bomb_in_many_pieces_is_refused_by_the_sum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MAX_UNPACKED", 1000)
    assert "解压后超过" in refusal(pack(tmp_path / "a.xlsx", {"xl/a.bin": b"0" * 900}))


def test_too_many_parts_and_a_file_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"xl/p{n}.xml": "<a/>" for n in range(package.MAX_MEMBERS)}
    assert "个部件" in refusal(pack(tmp_path / "a.xlsx", many))
    monkeypatch.setattr(package, "MAX_FILE", 100)
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


def test_a_part_that_is_encrypted_is_said_to_be_so(tmp_path: Path) -> None:
    """Its password nobody can be asked for; without it the part would look damaged."""
    path = pack(tmp_path / "a.xlsx", {})
    whole = bytearray(path.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.index(start) + flags
        whole[at] |= 1
    path.write_bytes(whole)
    assert "加密" in refusal(path)


def test_a_list_of_parts_that_is_broken_is_damage(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", {})
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x09"))
    assert "损坏" in refusal(path)


def test_tags_within_tags_without_end_are_damage(tmp_path: Path) -> None:
    """Well-formed as they are: each one open costs memory."""
    deep = shared("<a>" * 300 + "</a>" * 300)
    assert "损坏" in refusal(pack(tmp_path / "a.xlsx", deep))


def test_another_kind_of_package_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "不是 .xlsx" in refusal(path)


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


# --- what a package says of itself --------------------------------------------------------


def test_a_workbook_named_otherwise_is_a_workbook(tmp_path: Path) -> None:
    for name in ("a.xls", "a.csv", "a"):
        path = pack(tmp_path / name, {})
        assert kind_of(path) == "xlsx"
        assert [row.cells for row in read_rows(path)] == [["1"]]


def moved(sheet_part: str, body: str) -> dict[str, str | bytes]:
    """Return a book whose sheet is a part of another name."""
    relation = PARTS["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", sheet_part)
    return {"xl/_rels/workbook.xml.rels": relation, sheet_part.lstrip("/"): sheet(body)}


def test_a_sheet_is_what_the_book_says_and_not_what_a_part_is_called(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", moved("/data/s1.xml", number("B2")))
    assert [row.cells for row in read_rows(path)] == [["", "1"]]
    far = moved("/data/s1.xml", number("A1") + number("XFD1048576"))
    assert "远处的单元格" in refusal(pack(tmp_path / "b.xlsx", far))
    dtd = moved("/data/s1.dat", number("A1"))
    dtd["data/s1.dat"] = sheet(number("A1"), before="<!DOCTYPE x>")
    assert "DTD" in refusal(pack(tmp_path / "c.xlsx", dtd))


TYPES = PARTS["[Content_Types].xml"]
MACRO = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


@pytest.mark.parametrize(
    "changes",
    [
        {"[Content_Types].xml": TYPES.replace(
            "</Types>", f'<Override PartName="/xl/workbook.xml" ContentType="{MACRO}"/></Types>')},
        {"[Content_Types].xml": TYPES.replace(
            "<Default", '<Default Extension="x" ContentType="application/vnd.ms-office.'
            'vbaProject"/><Default')},
        {"xl/vbaProject.bin": "x"},
        {"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace(
            "</Rel", '<Relationship Id="r9" Type="http://schemas.microsoft.com/office/2006/'
            'relationships/vbaProject" Target="hidden.bin"/></Rel')},
    ],
)  # fmt: skip
def test_a_workbook_with_macros_is_refused_however_they_are_named(
    tmp_path: Path, changes: dict[str, str | bytes]
) -> None:
    assert "带有宏" in refusal(pack(tmp_path / "a.xlsx", changes))


def test_a_binary_workbook_is_said_to_be_one(tmp_path: Path) -> None:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    types = TYPES.replace("</T", f'<Override PartName="/xl/workbook.bin" ContentType="{kind}"/></T')
    assert ".xlsb" in refusal(pack(tmp_path / "a.xlsx", {"[Content_Types].xml": types}))


def test_links_to_elsewhere_and_embedded_objects_are_not_read(tmp_path: Path) -> None:
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Rel",
        f'<Relationship Id="r8" Type="{REL}/externalLink" Target="externalLinks/e.xml"/>'
        f'<Relationship Id="r9" Type="{REL}/worksheet" TargetMode="External" '
        'Target="http://example.com/x"/></Rel',
    )
    parts: dict[str, str | bytes] = {
        "xl/_rels/workbook.xml.rels": relations,
        "xl/externalLinks/e.xml": "<not closed",
        "xl/embeddings/o.bin": b"MZ",
    }
    assert list(read_rows(pack(tmp_path / "a.xlsx", parts)))


def test_parts_whose_names_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    assert "重名" in refusal(pack(tmp_path / "a.xlsx", {SHEET.upper(): "x"}))


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_prefixes_and_encodings_of_xml_do_not_matter(
    tmp_path: Path, prefix: str, encoding: str
) -> None:
    p = prefix
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><{p}worksheet xmlns{":x" if p else ""}="{NS}">'
        f'<{p}sheetData><{p}row><{p}c t="inlineStr"><{p}is><{p}r><{p}t>占</{p}t></{p}r>'
        f"<{p}r><{p}t>道</{p}t></{p}r></{p}is></{p}c><{p}c/><{p}c><{p}v>2</{p}v></{p}c></{p}row>"
        f'<{p}row r="3"><{p}c r="B3" t="str"><{p}f>A1</{p}f><{p}v>x</{p}v></{p}c></{p}row>'
        f'</{p}sheetData><{p}mergeCells><{p}mergeCell ref="A1:A3"/></{p}mergeCells></{p}worksheet>'
    )
    rows = list(read_rows(pack(tmp_path / "a.xlsx", {SHEET: text.encode(encoding)})))
    assert rows[0].cells == ["占道", "", "2"]
    assert (rows[1].number, rows[1].cells[-1]) == (3, "x")
    if encoding == "utf-8":
        assert rows[1].cells == ["占道", "x"]


def shared(*items: str) -> dict[str, str | bytes]:
    """Return the parts of texts that cells share."""
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Rel", f'<Relationship Id="r2" Type="{REL}/sharedStrings" Target="ss.xml"/></Rel'
    )
    texts = "".join(f"<si>{item}</si>" for item in items)
    return {
        "xl/_rels/workbook.xml.rels": relations,
        "xl/ss.xml": f'<sst xmlns="{NS}">{texts}</sst>',
    }


def test_shared_texts_are_joined_without_their_reading_aids(tmp_path: Path) -> None:
    long = "江南大道" * 500
    texts = shared(
        "<r><t>占</t></r><r><t xml:space='preserve'>道 </t></r><rPh><t>zhandao</t></rPh>",
        "<t/>", f"<t>{long}</t>", "<t>a_x000D_b_xD800_</t>",
    )  # fmt: skip
    row = "".join(f'<c t="s"><v>{index}</v></c>' for index in (0, 1, 2, 3, 0))
    path = pack(tmp_path / "a.xlsx", texts | {SHEET: sheet(f"<row>{row}</row>")})
    assert next(iter(read_rows(path))).cells == ["占道 ", "", long, "a\rb_xD800_", "占道 "]


@pytest.mark.parametrize(
    "row", ['<c t="s"><v>9</v></c>', '<c t="s"><v>-1</v></c>', '<c t="s"><v>x</v></c>',
            "<c><v>x</v></c>", '<c r="1"><v>1</v></c>', '<c s="9"><v>1</v></c></row><row r="1">'],
)  # fmt: skip
def test_a_cell_that_points_nowhere_is_damage(tmp_path: Path, row: str) -> None:
    path = pack(tmp_path / "a.xlsx", shared("<t>a</t>") | {SHEET: sheet(f"<row>{row}</row>")})
    with pytest.raises(BadData):
        list(read_rows(path))


# --- what a cell says ---------------------------------------------------------------------


def written(path: Path, *, from_1904: bool = False) -> Path:
    """Write what a real program writes: merged cells, a two-row head, times, error values."""
    book = xlsxwriter.Workbook(path, {"date_1904": from_1904})
    page = book.add_worksheet("3月")
    clock, span = (book.add_format({"num_format": each}) for each in ("h:mm", "[h]:mm:ss"))
    moment, day = (book.add_format({"num_format": each})
                   for each in ("yyyy-mm-dd hh:mm:ss", 'yyyy"年"m"月"d"日"'))  # fmt: skip
    money = book.add_format({"num_format": '[Red]#,##0.00"d";General'})
    page.merge_range("A1:F1", "来电登记表")
    for column, name in zip("ABC", ("编号", "时间", "内容"), strict=True):
        page.merge_range(f"{column}2:{column}3", name)
    page.merge_range("D2:F2", "来电人情况")
    page.write_row("D3", ["社区", "来电人", "号码"])
    page.merge_range("D4:D6", "江一社区")
    page.write_row("A4", ["A1"])
    page.write_datetime("B4", datetime(2026, 4, 1, 9, 5), moment)  # noqa: DTZ001
    page.write_number("E4", 9 / 24 + 5 / 1440, clock)
    page.write_number("F4", 33.5 / 24, span)
    page.write_row("A5", ["A2"])
    page.write_number("B5", 46113.378472 - 1462 * from_1904)
    page.write_number("E5", 1234.5, money)
    page.write_formula("F5", "=NA()", None, "#N/A")
    page.write_row("A6", ["A3"])
    page.write_datetime("B6", datetime(2026, 4, 3), day)  # noqa: DTZ001
    page.write_number("E6", 330106199001011234, day)
    page.write_number("F6", -1, day)
    for name in ("底稿", "4月"):
        book.add_worksheet(name).write("A1", name)
    book.worksheets()[1].hide()
    book.close()
    return path


def test_merged_cells_hold_for_all_their_rows_the_lower_row_of_a_head_too(tmp_path: Path) -> None:
    rows = list(read_rows(written(tmp_path / "a.xlsx")))
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert rows[0].cells == ["编号", "时间", "内容", "来电人情况"]
    assert rows[1].cells == ["编号", "时间", "内容", "社区", "来电人", "号码"]
    assert [row.cells[3] for row in rows[2:]] == ["江一社区"] * 3


@pytest.mark.parametrize("from_1904", [False, True])
def test_numbers_say_what_their_format_shows(tmp_path: Path, *, from_1904: bool) -> None:
    path = written(tmp_path / "a.xlsx", from_1904=from_1904)
    rows = [row.cells for row in read_rows(path)][2:]
    assert [row[1] for row in rows[::2]] == ["2026-04-01 09:05:00", "2026-04-03"]
    assert rows[1][1] == ("44651.378472" if from_1904 else "46113.378472")
    assert [row[4:] for row in rows[:2]] == [["09:05:00", "33:30:00"], ["1234.5", "#N/A"]]
    assert contents_of(path).from_1904 is from_1904


def test_what_a_spreadsheet_mangled_is_named(tmp_path: Path) -> None:
    *_, error, dates = read_rows(written(tmp_path / "a.xlsx"))
    assert [column for column, _ in error.broken] == [5]
    assert [column for column, _ in dates.broken] == [4, 5]
    assert "原来的号码已被表格软件改掉" in dates.broken[0][1]


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx")
    assert contents_of(path).sheets == (["3月", "4月"], ["底稿"])
    with pytest.raises(BadData, match="底稿 是隐藏的") as caught:
        list(read_rows(path, sheet="底稿"))
    assert "3月、4月" in caught.value.hint
    with pytest.raises(BadData, match="没有这个工作表") as caught:
        list(read_rows(path, sheet="5月"))
    assert "隐藏的不读: 底稿" in caught.value.hint


def test_an_independent_reader_sees_the_same_cells(tmp_path: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    path = odd_workbook(tmp_path / "a.xlsx")
    theirs = (
        calamine.CalamineWorkbook.from_path(path)
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    for row in read_rows(path):
        for ours, value in zip(row.cells, theirs[row.number - 1], strict=False):
            if isinstance(value, str):
                assert ours == value
            elif isinstance(value, float):
                assert float(ours) == value


# --- what costs nothing -------------------------------------------------------------------


def merged(*ranges: str) -> str:
    listed = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    return f"</sheetData><mergeCells>{listed}</mergeCells><sheetData>"


def test_a_merged_range_of_a_million_cells_costs_nothing(tmp_path: Path) -> None:
    body = number("A1") + number("B1048576").replace("B1048576", "B5").replace(
        'r="1048576"', 'r="5"'
    )
    path = pack(tmp_path / "a.xlsx", {SHEET: sheet(body + merged("A1:XFD1048576"))})
    started = time.perf_counter()
    assert [row.number for row in read_rows(path)] == [5]
    assert time.perf_counter() - started < 10


def test_merged_ranges_that_fill_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merges, "MAX_FILLED", 50)
    body = '<row r="1">' + "".join(f'<c r="{x}1"><v>1</v></c>' for x in "ABCDEFGHIJ") + "</row>"
    body += "".join(number(f"K{row}") for row in range(2, 20))
    ranges = merged(*(f"{x}1:{x}99" for x in "ABCDEFGHIJ"))
    assert "合并单元格太多" in refusal(pack(tmp_path / "a.xlsx", {SHEET: sheet(body + ranges)}))
    monkeypatch.setattr(xlsxfile, "MAX_RANGES", 5)
    assert "合并单元格超过" in refusal(pack(tmp_path / "b.xlsx", {SHEET: sheet(body + ranges)}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<row>" + "<c r='A1'><v>1</v></c>" * 900_000 + "</row>", "最多"),
        ("<x/>" * 4_000_000, "多半不是单元格"),
        ("<a>" * 400_000, "损坏"),
        ("<c t='str'><v>" + "长" * 5_000_000, "超过 1 MB"),
        ("<!--" + "x" * 9_000_000, "超过 1 MB"),
        ("<row r='1' " + "".join(f"a{n}='' " for n in range(900_000)), "超过 1 MB"),
        ("<!--" + "< " * 2_000_000, "损坏"),
        ('<row r="5"></row><row r="4"></row>', "损坏"),
        ("<row/>" * 1_100_000, "最多"),
    ],
)
def test_a_sheet_that_only_costs_is_refused_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    monkeypatch.setattr(package, "MAX_RATIO", 10**6)
    monkeypatch.setattr(xlsxfile, "MAX_VALUES", 800_000)
    path = pack(tmp_path / "a.xlsx", {SHEET: sheet(body)})
    started = time.perf_counter()
    with pytest.raises(BadData, match=said):
        list(read_rows(path))
    assert time.perf_counter() - started < 10


def test_shared_texts_may_not_multiply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shared("<t>" + "长" * 30_000 + "</t>")
    row = "<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>"
    assert "400 万字" in refusal(pack(tmp_path / "a.xlsx", text | {SHEET: sheet(row)}))
    rows = '<row><c t="s"><v>0</v></c></row>' * 200
    monkeypatch.setattr(xlsxfile, "MAX_SHARED", 1_000_000)
    assert "重复太多" in refusal(pack(tmp_path / "c.xlsx", text | {SHEET: sheet(rows)}))
    monkeypatch.setattr(xlsxfile, "MAX_TEXTS", 1_000)
    many = shared(*("<t>a</t>" for _ in range(100)))
    assert "文字太多" in refusal(pack(tmp_path / "b.xlsx", many | {SHEET: sheet(number("A1"))}))


def test_shared_texts_are_counted_before_the_first_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_TEXTS", 1_000)
    monkeypatch.setattr(xlsxfile._Texts, "start", lambda *_: pytest.fail("taken apart"))
    many = shared(*("<t>a</t>" for _ in range(100)))
    with pytest.raises(BadData, match="文字太多"):
        list(read_rows(pack(tmp_path / "a.xlsx", many)))


def test_shared_texts_take_no_more_than_they_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_TEXTS", 1_000)
    texts = shared(*(f"<t>{n}{'长' * 90}</t>" for n in range(6)))
    assert "文字太多" in refusal(pack(tmp_path / "a.xlsx", texts))


def test_merged_ranges_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_RANGES", 5)
    body = number("A1") + merged(*(f"A{n}:B{n}" for n in range(2, 9)))
    assert "合并单元格超过" in refusal(pack(tmp_path / "a.xlsx", {SHEET: sheet(body)}))


def test_a_list_of_a_million_parts_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    whole = pack(path, {}).read_bytes()
    at = whole.rindex(b"PK\x05\x06")
    path.write_bytes(whole[: at + 8] + b"\xff\xff\xff\xff" + whole[at + 12 :])
    assert "个部件" in refusal(path)


def test_more_styles_than_any_spreadsheet_keeps_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_STYLES", 100)
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r2" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
    )
    styles = f'<styleSheet xmlns="{NS}"><cellXfs>{"<xf/>" * 200}</cellXfs></styleSheet>'
    parts = {"xl/_rels/workbook.xml.rels": rels, "xl/styles.xml": styles}
    assert "单元格格式太多" in refusal(pack(tmp_path / "a.xlsx", parts))
