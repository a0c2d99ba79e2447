"""Separated text as the room's sources really export it, and as nobody should."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from sixping.errors import BadData, InputOutput
from sixping.importing import decoding
from sixping.importing.reader import read_rows
from sixping.importing.rows import Row, letter

TABLE = "编号,内容\nA1,江南大道占道经营\n"
FILES = Path(__file__).parents[3] / "shared" / "findings" / "files"
ROWS = [["编号", "内容"], ["A1", "江南大道占道经营"]]


def write(folder: Path, content: bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def cells(path: Path, encoding: str | None = None, delimiter: str | None = None) -> list[list[str]]:
    return [row.cells for row in read_rows(path, encoding=encoding, delimiter=delimiter)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_chinese_offices_is_found_out(tmp_path: Path, encoding: str) -> None:
    assert cells(write(tmp_path, TABLE.encode(encoding))) == ROWS


def test_unicode_text_of_excel_is_tab_separated_utf_16_big_or_little(tmp_path: Path) -> None:
    text = TABLE.replace(",", "\t").replace("\n", "\r\n")
    big = b"\xfe\xff" + text.encode("utf-16-be")
    assert cells(write(tmp_path, big)) == ROWS
    assert cells(write(tmp_path, text.encode("utf-16"))) == ROWS


def test_gb18030_is_found_when_the_first_chinese_character_comes_late(tmp_path: Path) -> None:
    body = "".join(f"{n},plain\n" for n in range(60_000)) + "x,滨江\n"
    assert cells(write(tmp_path, body.encode("gb18030")))[-1] == ["x", "滨江"]


def test_an_encoding_nobody_uses_is_refused_before_any_row_leaves(tmp_path: Path) -> None:
    body = b"a,b\n" * 100_000 + b"\xff\xff,\xff\n"
    rows = read_rows(write(tmp_path, body))
    with pytest.raises(BadData, match="编码"):
        next(rows)


def test_damage_late_in_a_file_is_named_and_does_not_make_it_another_encoding(
    tmp_path: Path,
) -> None:
    body = "".join(f"{n},滨江区\n" for n in range(50_000)).encode()
    broken = body[:-200] + b"\xb1\xf5" + body[-200:]
    rows = list(read_rows(write(tmp_path, broken)))
    (damaged,) = [row for row in rows if row.broken]
    assert 49_000 < damaged.number < 50_000
    assert len(rows) == 50_000
    assert damaged.broken[0][1] == "有字节不是 utf-8 编码, 文字已损坏"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("early", [True, False])
def test_one_bad_byte_names_its_cell_and_the_others_go_on(
    tmp_path: Path, encoding: str, *, early: bool
) -> None:
    lines = [f"{n},江南大道占道,滨江区\n".encode(encoding).removeprefix(b"\xef\xbb\xbf")
             for n in range(3_000)]  # fmt: skip
    at = 1 if early else 2_990
    cut = lines[at].index(b",", 5)
    lines[at] = lines[at][: cut - 1] + lines[at][cut:]  # half a character before the comma
    head = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    rows = list(read_rows(write(tmp_path, head + b"".join(lines))))
    assert len(rows) == 3_000
    assert [(row.number, [column for column, _ in row.broken]) for row in rows if row.broken] == [
        (at + 1, [1])
    ]
    assert rows[at].cells == [str(at), "江南大道占\ufffd", "滨江区"]


def test_the_gb18030_file_of_an_old_system_that_cuts_text_is_read() -> None:
    path = FILES / "gbktrunc.csv"
    if not path.is_file():
        pytest.skip("../shared/findings is not here")
    _, cut, whole = read_rows(path)
    assert [column for column, _ in cut.broken] == [2]
    assert whole.cells[0] == "G4"
    assert not whole.broken


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_seen_by_its_zero_bytes(tmp_path: Path, encoding: str) -> None:
    text = "编号\t内容\r\n" + "A1\t江南大道占道经营路灯不亮已经多日无人处理\r\n" * 50
    read = cells(write(tmp_path, text.encode(encoding)))
    assert len(read) == 51
    assert read[-1] == ["A1", "江南大道占道经营路灯不亮已经多日无人处理"]


def test_half_a_pair_in_utf_16_names_its_row(tmp_path: Path) -> None:
    lines = [f"A{n},江南大道\n".encode("utf-16-le") for n in range(20)]
    lines[7] = lines[7][:-2] + b"\x00\xd8" + lines[7][-2:]
    rows = list(read_rows(write(tmp_path, b"\xff\xfe" + b"".join(lines))))
    assert [(row.number, row.broken[0][0]) for row in rows if row.broken] == [(8, 1)]
    assert len(rows) == 20
    torn = write(tmp_path, b"\xff\xfe" + b"".join(lines[:5]) + b"\x41")
    assert list(read_rows(torn))[-1].broken


def test_a_stated_encoding_bears_one_bad_byte_too(tmp_path: Path) -> None:
    content = TABLE.encode("gbk").replace("经营".encode("gbk"), b"\xbe")
    assert cells(write(tmp_path, content), encoding="gb18030")[1][1] == "江南大道占道\ufffd"


def test_what_fails_at_every_character_is_another_encoding(tmp_path: Path) -> None:
    for text in ("编号,内容\n1,占道\n", "编号,内容,时间\n联通,路灯,1\n"):
        assert cells(write(tmp_path, text.encode("gbk")))[0][0] == "编号"
    latin = "número,descripción\n1,está rota\n".encode("latin-1")
    with pytest.raises(BadData, match="编码"):
        cells(write(tmp_path, latin * 3 + b"\xff\xff\xff\xff\xff\xff\xff\xff"))


def test_values_a_spreadsheet_could_not_show_are_named(tmp_path: Path) -> None:
    _, row = read_rows(write(tmp_path, "编号,内容,时间\n#VALUE!,占#道,######\n".encode()))
    assert [column for column, _ in row.broken] == [0, 2]
    assert "#VALUE!" in row.broken[0][1]


def test_half_a_character_is_none_in_any_encoding(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="utf-7"):
        cells(write(tmp_path, b"a,b\n1,+2D0-\n"), encoding="utf-7")


def test_a_stated_encoding_that_does_not_fit_or_exist_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE.encode("gbk"))
    with pytest.raises(BadData, match="utf-8"):
        cells(path, encoding="utf-8")
    with pytest.raises(BadData, match="不认识的编码"):
        cells(path, encoding="klingon")
    with pytest.raises(BadData, match="不认识的编码"):
        cells(path, encoding="rot13")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_under_which_rows_agree(tmp_path: Path, mark: str) -> None:
    lines = ["title row"] + [mark.join(["id", "what, or; so", str(n)]) for n in range(5)]
    text = "\n".join(line if mark == "\t" else line.replace("what, or; so", "x") for line in lines)
    assert cells(write(tmp_path, text.encode()))[1][0] == "id"
    assert len(cells(write(tmp_path, text.encode()))[1]) == 3


def test_a_stated_separator_wins(tmp_path: Path) -> None:
    assert cells(write(tmp_path, b"a|b\n1|2\n"), delimiter="|") == [["a", "b"], ["1", "2"]]
    with pytest.raises(BadData, match="分隔符"):
        cells(write(tmp_path, b"a|b\n"), delimiter="||")


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = write(tmp_path, '编号,内容\r\n\r\n1,"两\r\n行"\r\n2,x\r\n'.encode())
    assert list(read_rows(path)) == [
        Row(1, ["编号", "内容"]),
        Row(3, ["1", "两\r\n行"]),
        Row(4, ["2", "x"]),
    ]


def test_a_quote_never_closed_names_its_row_and_does_not_swallow_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path, '编号,内容\n1,好\n2,"没有闭合\n3,好\n'.encode())
    with pytest.raises(BadData, match=r"第 3 行.*引号没有闭合"):
        list(read_rows(path))


def test_an_open_quote_in_a_large_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = write(tmp_path, '编号,内容\n1,"开\n'.encode() + b"2,x\n" * 200_000)
    with pytest.raises(BadData, match=r"第 2 行有一个引号没有闭合 \(或单元格过长\)"):
        list(read_rows(path))


def test_a_line_that_fills_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_LONGEST", 1 << 16)
    with pytest.raises(BadData, match="超过 4 MB 的一行"):
        list(read_rows(write(tmp_path, "编号,内容\n".encode() + b"1,x" * 200_000)))


def test_text_after_a_closing_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"第 2 行引号之后"):
        list(read_rows(write(tmp_path, b'a,b\n1,"x"y\n')))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (b"<html><body>login</body></html>", "没有表格"),
        (b"%PDF-1.7\n", "PDF"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "网页存档"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "2003 版",
        ),
        (b"a,b\n\x00\x01,2\n", "NUL"),
        (b"x" * (5 << 20), "4 MB"),
        ("编号,内容\n".encode() * 2000 + b"x" * (5 << 20), "4 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "损坏"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadData, match=said):
        list(read_rows(write(tmp_path, content)))


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InputOutput, match="没有这个文件"):
        list(read_rows(tmp_path / "none.csv"))
    with pytest.raises(InputOutput, match="是文件夹, 不是文件"):
        list(read_rows(tmp_path))


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = write(tmp_path, "编号,江南大道占道经营江南大道占道经营\n".encode() * 150_000)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_rows(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 150_000
    assert peak < path.stat().st_size / 3


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_columns_have_the_letters_of_a_spreadsheet(index: int, name: str) -> None:
    assert letter(index) == name
