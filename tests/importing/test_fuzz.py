"""Bytes of every kind, mutated, cut, invented: rows, or a refusal in Chinese, and nothing else.

By hand: ``SIXPING_FUZZ=10000 python -m pytest tests/importing/test_fuzz.py``.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sixping.errors import BadData, InputOutput
from sixping.importing.reader import contents_of, read_rows
from sixping.importing.rows import Row
from tests.importing import test_odsfile as ods
from tests.importing import test_xlsxfile as xlsx
from tests.kit import oldbook

ROUNDS = int(os.environ.get("SIXPING_FUZZ", "400"))
SEED = 11
FILE = "in.dat"
#: words of the program's own that are no English of a library
OURS = ("xlsx", "xls", "csv", "json", "html", "ods", "xlsb", "mht", "utf", "gb", "excel", "wps",
        "dtd", "nul", "mb", "pdf", "encoding", "xml", "office", "python", "pip", "install",
        "calamine", "sixping", "in", "dat", "m", "x", "run", "be", "le", "sig")  # fmt: skip
WORDS = ["编号", "A1", "2026-04-01 09:05:00", "江南大道, 占道", '引"号', "1.5E+10", "", "#VALUE!",
         "\u3000", "x" * 50, "<b>", "[1]", "{", "𠮷😀", "'1", "-1", "00123", "\t"]  # fmt: skip


def table(dice: random.Random) -> list[list[str]]:
    width = dice.randrange(1, 8)
    return [[dice.choice(WORDS) for _ in range(width)] for _ in range(dice.randrange(1, 12))]


def text(dice: random.Random) -> bytes:
    mark = dice.choice(",\t;")
    lines = (mark.join(f'"{c}"' if dice.random() < 0.2 else c for c in row) for row in table(dice))
    encodings = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"]
    return dice.choice(["\n", "\r\n", "\r"]).join(lines).encode(dice.choice(encodings), "replace")


def page(dice: random.Random) -> bytes:
    rows = "".join(
        "<tr>" + "".join(
            f"<td rowspan={dice.randrange(4)} colspan='{dice.randrange(4)}'>{cell}"
            for cell in row
        ) for row in table(dice)
    )  # fmt: skip
    meta = dice.choice(["", "<meta charset=gb2312>", "<meta charset='utf-8'>", "<meta charset=x>"])
    return f"<html>{meta}<table>{rows}</table>".encode(dice.choice(["utf-8", "gb18030", "utf-16"]))


def records(dice: random.Random) -> bytes:
    def value(depth: int) -> object:
        kinds: list[Callable[[], object]] = [
            lambda: dice.choice(WORDS), lambda: dice.randrange(10**18), lambda: None,
            dice.random, lambda: dice.random() < 0.5,
        ]  # fmt: skip
        if depth < 3:
            kinds += [lambda: [value(depth + 1) for _ in range(dice.randrange(3))],
                      lambda: {dice.choice(WORDS): value(depth + 1) for _ in range(3)}]  # fmt: skip
        return dice.choice(kinds)()

    many = [{name: value(0) for name in ("编号", "内容")} for _ in range(dice.randrange(6))]
    if dice.random() < 0.4:
        return "\n".join(
            json.dumps(each, ensure_ascii=dice.random() < 0.5) for each in many
        ).encode()
    return json.dumps(many if dice.random() < 0.6 else {"rows": many, "n": 1}, indent=2).encode()


def packed(parts: dict[str, str | bytes], dice: random.Random) -> bytes:
    """Pack parts, one of them broken inside now and then: the package itself is whole."""
    if dice.random() < 0.5:
        name = dice.choice(list(parts))
        part = parts[name]
        parts[name] = mutated(part.encode() if isinstance(part, str) else part, dice)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def book(dice: random.Random) -> bytes:
    kinds = ["n", "str", "inlineStr", "s", "b", "e", "d", "x"]
    rows = "".join(
        f'<row r="{number + dice.choice([1, 1, 1, 2])}">' + "".join(
            f'<c r="{chr(65 + at)}{number + 1}" t="{dice.choice(kinds)}" s="{dice.randrange(3)}">'
            f"<v>{dice.choice(['1', '0', '2.5', '46113.3', '-1', '1e400', 'x', '9'])}</v></c>"
            for at in range(len(row))
        ) + "</row>" for number, row in enumerate(table(dice))
    )  # fmt: skip
    ranges = xlsx.merged(f"A{dice.randrange(1, 4)}:{dice.choice('AB')}{dice.randrange(1, 9)}")
    parts = xlsx.PARTS | xlsx.shared("<t>甲</t>", "<t>乙</t>")
    return packed(parts | {xlsx.SHEET: xlsx.sheet(rows + ranges)}, dice)


def open_document(dice: random.Random) -> bytes:
    kinds = ["string", "float", "date", "time", "boolean", "x"]
    rows = "".join(
        ods.row(*(ods.cell(dice.choice(kinds), dice.choice(["", "1", "2026-04-01", "PT1H"]), "甲",
                           f"table:number-rows-spanned='{dice.randrange(4)}'") for _ in row),
                more=f"table:number-rows-repeated='{dice.choice([1, 1, 2, 5000])}'")
        for row in table(dice)
    )  # fmt: skip
    return packed(
        {"content.xml": ods.content(("甲", "", rows)), "META-INF/manifest.xml": ods.MANIFEST}, dice
    )


def old_book(dice: random.Random) -> bytes:
    rows: list[list[object]] = [
        [dice.choice([cell, 1.5, None, "#N/A", (46113.3, 2), 3.3e17]) for cell in row]
        for row in table(dice)
    ]
    body = oldbook.sheet(rows, [(0, dice.randrange(3), 0, dice.randrange(3))])
    stream = oldbook.book(("甲", dice.choice([0, 0, 1]), body), from_1904=dice.random() < 0.3)
    return oldbook.container(mutated(stream, dice) if dice.random() < 0.5 else stream)


def noise(dice: random.Random) -> bytes:
    start = dice.choice(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<", b"[{", b"\xff\xfe"]
    )
    return start + dice.randbytes(dice.randrange(3_000))


def mutated(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data) + 1)
        way = dice.randrange(5)
        if way == 0:
            del data[at:]
        elif way == 1:
            data[at : at + dice.randrange(40)] = b""
        elif way == 2:
            data[at:at] = dice.randbytes(dice.randrange(20))
        elif way == 3:
            data[at:at] = data[at : at + dice.randrange(200)] * dice.randrange(3)
        elif data:
            data[at % len(data)] = dice.randrange(256)
    return bytes(data)


MAKERS = [text, page, records, book, open_document, noise, text, page, records, book, open_document]
#: the child makes an old book dear: a share of its own
OLD = max(4, ROUNDS // 100)


def check(path: Path) -> None:
    """Read a file by every door; anything but rows and refusals in Chinese is a failure."""
    for door in (read_rows, contents_of):
        try:
            answer = door(path)
            for row in answer if isinstance(answer, Iterator) else ():
                assert isinstance(row, Row)
                whole = "".join(row.cells) + "".join(why for _, why in row.broken)
                whole.encode()  # no half characters
                assert all(-1 <= at < max(1, len(row.cells)) for at, _ in row.broken)
        except (BadData, InputOutput) as fault:
            said = f"{fault.what} {fault.hint}".replace(str(path), "")
            quoted = re.sub(r"有两个对象列表: .*|可选: .*|没有这个工作表: .*", "", said)
            foreign = {word.lower() for word in re.findall("[A-Za-z]+", quoted)} - set(OURS)
            spoken = re.search("[\u4e00-\u9fff]", said)
            if foreign or not spoken:
                raise AssertionError(said) from fault


def run(folder: Path, maker: Callable[[random.Random], bytes], seed: str) -> None:
    dice = random.Random(seed)  # noqa: S311
    content = maker(dice)
    if dice.random() < 0.6:
        content = mutated(content, dice)
    path = folder / FILE
    path.write_bytes(content)
    try:
        check(path)
    except BaseException:
        kept = Path(os.environ.get("SIXPING_FUZZ_KEEP", str(folder))) / f"{maker.__name__}-{seed}"
        kept.write_bytes(content)
        raise


def test_any_bytes_are_rows_or_a_refusal_in_chinese(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        run(tmp_path, MAKERS[number % len(MAKERS)], f"{SEED}-{number}")


def test_any_old_book_is_rows_or_a_refusal_in_chinese(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="the office extra is not installed")
    for number in range(OLD):
        run(tmp_path, old_book, f"{SEED}-old-{number}")
