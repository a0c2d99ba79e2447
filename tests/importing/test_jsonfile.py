"""JSON as rows: lines, arrays, objects with one list; keys flattened, digits kept."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.importing import jsonfile
from sixping.importing.reader import contents_of, read_rows
from sixping.importing.rows import Row, kind_of

RECORDS: list[dict[str, object]] = [
    {"编号": "A1", "内容": "占道"},
    {"编号": "A2", "社区": "江一社区"},
]
ROWS = [["编号", "内容", "社区"], ["A1", "占道", ""], ["A2", "", "江一社区"]]


def write(folder: Path, content: str | bytes, name: str = "a.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(folder: Path, content: str | bytes) -> list[Row]:
    return list(read_rows(write(folder, content)))


def cells(folder: Path, content: str | bytes) -> list[list[str]]:
    return [row.cells for row in rows(folder, content)]


def lines(records: list[dict[str, object]]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


ARRAY = json.dumps(RECORDS, ensure_ascii=False)


@pytest.mark.parametrize(
    "content",
    [
        ARRAY,
        json.dumps(RECORDS, indent=2),
        "\ufeff \n" + ARRAY,
        lines(RECORDS),
        "\n\n" + lines(RECORDS).replace("\n", "\r\n\r\n"),
        json.dumps({"total": 2, "requests": RECORDS, "page": {"next": None}}, ensure_ascii=False),
        json.dumps({"code": 0, "data": {"more": [1, 2], "rows": RECORDS}}, indent=1),
    ],
)
def test_every_shape_gives_the_same_rows(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content, "a.txt")
    assert kind_of(path) == "json"
    assert [row.cells for row in read_rows(path)] == ROWS
    assert [row.number for row in read_rows(path)] == [1, 2, 3]
    assert contents_of(path).sheets.visible == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("content", [ARRAY, lines(RECORDS)])
def test_every_encoding_is_found_out(tmp_path: Path, content: str, encoding: str) -> None:
    assert cells(tmp_path, content.encode(encoding)) == ROWS


def test_nested_values_are_flattened_and_digits_are_kept(tmp_path: Path) -> None:
    record = (
        '{"id": 330106199001011234, "lat": 30.10, "big": 1e3, "ok": true, "no": false, "x": null,'
        ' "address": {"street": "江南大道", "no": 1}, "tags": ["占道", "夜间", null, 3],'
        ' "attributes": [{"name": "甲"}, {"name": "乙", "value": 2}], "none": [], "o": {}}'
    )
    head, row = cells(tmp_path, f"[{record}]")
    assert dict(zip(head, row, strict=True)) == {
        "id": "330106199001011234", "lat": "30.10", "big": "1e3", "ok": "TRUE", "no": "FALSE",
        "x": "", "address.street": "江南大道", "address.no": "1", "tags": "占道、夜间、3",
        "attributes.0.name": "甲", "attributes.1.name": "乙", "attributes.1.value": "2", "none": "",
    }  # fmt: skip


def test_a_lone_object_is_one_record(tmp_path: Path) -> None:
    assert cells(tmp_path, '{"编号": "A1", "地址": {"路": "江南大道"}}') == [
        ["编号", "地址.路"], ["A1", "江南大道"],
    ]  # fmt: skip


def test_open311_requests_with_extensions(tmp_path: Path) -> None:
    request = {
        "service_request_id": "r1", "status": "open", "address": None, "lat": 60.1,
        "extended_attributes": {"title": "路灯", "media": [{"url": "x"}]},
    }  # fmt: skip
    head, row = cells(tmp_path, json.dumps([request]))
    assert head[-2:] == ["extended_attributes.title", "extended_attributes.media.0.url"]
    assert row[:4] == ["r1", "open", "", "60.1"]
    assert cells(tmp_path, json.dumps({"service_requests": [request]})) == [head, row]


def test_one_line_that_is_no_json_is_one_broken_row(tmp_path: Path) -> None:
    good = '{"编号": "A1"}\n'
    for bad in ('{"编号": "A2\n', "[1, 2]\n", "x\n", '{"a": NaN}\n'):
        read = rows(tmp_path, good + bad + good)
        assert [row.number for row in read] == [1, 2, 3, 4]
        assert [row.broken[0][0] for row in read if row.broken] == [-1]
        assert read[3].cells == ["A1"]
    first = rows(tmp_path, '{"编号": "A0\n' + good * 2)
    assert [bool(row.broken) for row in first] == [False, True, False, False]


@pytest.mark.parametrize("shape", ['[{}, {{"编号": "A2"}}]', '{}\n{{"编号": "A2"}}'])
def test_a_field_that_says_two_things_breaks_its_record(tmp_path: Path, shape: str) -> None:
    twice = shape.format('{"编号": "A1", "内容": "占道", "内容": "井盖"}')
    assert [row.broken for row in rows(tmp_path, twice)][1] == (
        (-1, "这一条里同一个字段写了两次, 内容不同"),
    )
    same = shape.format('{"编号": "A1", "内容": "占道", "内容": "占道"}')
    assert rows(tmp_path, same)[1].cells[:2] == ["A1", "占道"]


def test_a_bad_byte_names_its_cell(tmp_path: Path) -> None:
    content = lines([{"编号": f"A{n}", "内容": "江南大道"} for n in range(50)]).encode()
    broken = content.replace(
        'A7", "内容": "江'.encode(), b'A7", "\xe5\x86\x85\xe5\xae\xb9": "\xe6\xb1'
    )
    read = rows(tmp_path, broken)
    assert [(row.number, row.broken[0][0]) for row in read if row.broken] == [(9, 1)]
    assert len(read) == 51


def test_half_characters_that_only_json_can_write_are_damage(tmp_path: Path) -> None:
    head, row = rows(tmp_path, '[{"编号": "A1", "内容": "x\\ud800y", "笑": "\\ud83d\\ude00"}]')
    assert [column for column, _ in row.broken] == [1]
    assert row.cells == ["A1", "x\ufffdy", "\U0001f600"]
    assert not head.broken


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "没有记录"),
        ("[{}]", "没有记录"),
        ('{"a": [{"x": 1}], "b": [{"y": 2}]}', "两个对象列表: a、b"),
        ('[{"a": 1}, {"a": 2}', "第 2 条之后不是完整"),
        ('[{"a": 1} {"a": 2}]', "第 1 条之后"),
        ('[{"a": 1}] x', "第 1 条之后"),
        ('[{"a": 01}]', "开头不是完整"),
        ('{"a": [{"x": 1}', "第 1 条之后"),
        ('{"a"', "开头"),
        ("[" * 100_000, "开头"),
        ('{"a":' * 100_000, "开头"),
        ('[{"a": "' + "x" * (5 << 20), "开头"),
    ],
)
def test_what_is_no_list_of_records_is_refused_soon(
    tmp_path: Path, content: str, said: str
) -> None:
    started = time.perf_counter()
    with pytest.raises(BadData, match=said) as caught:
        rows(tmp_path, content)
    assert caught.value.hint
    assert time.perf_counter() - started < 10


def test_a_record_too_deep_or_too_wide_is_one_broken_row(tmp_path: Path) -> None:
    deep = '{"a":' * 50 + "1" + "}" * 50
    read = rows(tmp_path, f'[{{"编号": "A1"}}, {deep}, 3, {{"编号": "A2"}}]')
    assert [bool(row.broken) for row in read] == [False, False, True, True, False]


def test_a_record_of_too_many_fields_is_one_broken_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "MAX_COLUMNS", 5)
    wide = {f"f{n}": "x" for n in range(9)}
    read = rows(tmp_path, json.dumps([{"编号": "A1"}, wide, {"编号": "A2"}]))
    assert [bool(row.broken) for row in read] == [False, False, True, False]


def test_more_fields_in_all_or_cells_than_a_table_may_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = json.dumps([{f"f{n}": "x"} for n in range(9)])
    monkeypatch.setattr(jsonfile, "MAX_CELLS", 50)
    with pytest.raises(BadData, match="记录和字段太多"):
        rows(tmp_path, records)
    monkeypatch.setattr(jsonfile, "MAX_COLUMNS", 5)
    with pytest.raises(BadData, match="字段超过 5 个"):
        rows(tmp_path, records)


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonfile, "MAX_FILE", 10)
    with pytest.raises(BadData, match="MB, 最多"):
        rows(tmp_path, ARRAY)


def test_a_number_at_the_edge_of_what_is_read_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in range(1, 40):
        monkeypatch.setattr(jsonfile, "_CHUNK", size)
        assert cells(tmp_path, '[ {"a" : 12345 , "b":[1, 22]} ,{"a":-1.5e10} ]')[1:] == [
            ["12345", "1、22"], ["-1.5e10", ""],
        ]  # fmt: skip
        assert cells(tmp_path, '{"n": 12, "rows": [{"a": true}], "m": 3}') == [["a"], ["TRUE"]]


@pytest.mark.parametrize("shape", ["[{}]", "{}"])
def test_memory_stays_flat(tmp_path: Path, shape: str) -> None:
    record = json.dumps({"编号": "A1", "内容": "江南大道占道经营" * 20}, ensure_ascii=False)
    mark = "," if shape == "[{}]" else "\n"
    path = write(tmp_path, shape.format(mark.join([record] * 6_000)))
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_rows(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 6_001
    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize("text", ["[作废]编号,内容\n1,2\n", "{编号},内容\n1,2\n", "[1]编号,x\n"])
def test_separated_text_that_begins_with_a_bracket_is_no_json(tmp_path: Path, text: str) -> None:
    assert kind_of(write(tmp_path, text)) == "csv"


def test_what_is_longer_than_a_record_may_be_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "MAX_RECORD", 64)
    long = json.dumps({"内容": "x" * 1_000_000})
    for content in (
        f"[{long}]",
        f'{{"内容": "占道"}}\n{long}\n',
        '{"a": [' + " " * 1_000_000 + '{"内容": "占道"}]}',
    ):
        with pytest.raises(BadData):
            rows(tmp_path, content)


def test_a_line_of_the_full_length_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"a": "1", "b": "2"}\n'
    monkeypatch.setattr(jsonfile, "MAX_RECORD", len(line))
    assert cells(tmp_path, line * 3) == [["a", "b"], *[["1", "2"]] * 3]
