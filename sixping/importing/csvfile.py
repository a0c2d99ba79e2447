"""CSV and TSV files read for an import: the encoding is found before the first row is given."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from sixping.errors import BadData
from sixping.importing.rows import Row, first_bytes, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 1 << 15  # what is decoded stays in the nearest cache
_LONGEST = 1 << 22  # bytes without a line break: no table, and it would fill the memory
_DELIMITERS = ",\t;"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: bytes of long characters that no other encoding puts together as UTF-8 by accident
_PROOF = 4096
_STRICT = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
_RESAVE = "请在 Excel 或 WPS 中另存为 “CSV UTF-8” 或 .xlsx; 也可用 encoding 指明编码。"


def read_csv(path: Path, encoding: str | None, delimiter: str | None) -> Iterator[Row]:
    """Yield the rows of a separated text file that are not blank.

    Raises ``BadData`` naming the row for text that breaks the format (a quote that is
    never closed), and for an encoding that does not fit anywhere in the file.
    """
    encoding = decide_encoding(path, encoding)
    delimiter = delimiter or decide_delimiter(path, encoding)
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for number, cells in enumerate(_reader(file, delimiter), 1):
                if any(cells):
                    yield Row(number, cells)
    except UnicodeDecodeError:
        what = f"{path.name} 第 {number + 1} 行附近有字节不是 {encoding} 编码"
        raise BadData(what, _RESAVE) from None
    except csv.Error as error:
        raise _broken(path, number + 1, error) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _reader(file: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    try:
        return csv.reader(file, delimiter=delimiter, strict=True)
    except TypeError:
        raise BadData(
            f"分隔符应为一个字符, 现为 {delimiter!r}", "可用: 逗号、分号、制表符。"
        ) from None


def decide_encoding(path: Path, stated: str | None) -> str:
    """Return the encoding that decodes the file: mark, UTF-8, then GB18030.

    Of UTF-8 some thousand characters are proof enough: what does not decode after them is
    damage, told with its row. Other encodings have to decode the whole file.
    A ladder and not a guess by statistics: short GB18030 files are taken for Korean by
    detectors. Raises ``BadData`` when none fits or the stated one does not.
    """
    start = first_bytes(path)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    candidates = [stated or marked] if stated or marked else ["utf-8", "gb18030"]
    for candidate in candidates:
        if candidate and _decodes(path, candidate):
            # One NUL is one bad cell, told with its row; many are no text at all.
            if start.count(0) * 20 > len(start) and candidate not in ("utf-16", stated):
                raise BadData(f"{path.name} 含许多 NUL 字节, 不是文本表格", _RESAVE)
            return candidate
    tried = "、".join(str(name) for name in candidates)
    raise BadData(f"{path.name} 的编码不是 {tried}", _RESAVE)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        "".encode(encoding)  # refuses codecs that are no text encoding (rot13, base64)
        decoder = codecs.getincrementaldecoder(encoding)()
        name = codecs.lookup(encoding).name
        strict, utf8 = name in _STRICT, name.startswith("utf-8")
    except LookupError:
        raise BadData(f"不认识的编码: {encoding}", "可用: utf-8、gb18030、utf-16。") from None
    try:
        with path.open("rb") as file:
            unbroken, beyond = 0, 0
            while chunk := file.read(_CHUNK):
                if beyond < _PROOF:
                    text = decoder.decode(chunk)
                    beyond += len(chunk) - len(text) if utf8 else 0
                    if not strict:
                        text.encode()  # half a character is none (utf-7 lets it pass)
                unbroken = 0 if b"\n" in chunk or b"\r" in chunk else unbroken + len(chunk)
                if unbroken > _LONGEST:
                    raise BadData(f"{path.name} 有超过 4 MB 的一行", "请确认这是表格文件。")
            if beyond < _PROOF:
                decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def decide_delimiter(path: Path, encoding: str) -> str:
    """Return the separator under which the first rows agree best on their width."""
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(iter(lambda: file.readline(1 << 16), ""), 50))
    return max(_DELIMITERS, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for cells in islice(csv.reader(lines, delimiter=delimiter), 10):
            if len(cells) > 1:
                widths[len(cells)] += 1
    except csv.Error:
        return (0, 0)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _broken(path: Path, number: int, error: csv.Error) -> BadData:
    words = str(error)
    if "unexpected end" in words or "field larger" in words:
        what = "有一个引号没有闭合 (或单元格过长)"
    elif "expected after" in words:
        what = "引号之后还有多余的字符"
    else:
        what = "不符合 CSV 格式"
    return BadData(
        f"{path.name} 第 {number} 行{what}", "请改正该行的引号, 或用 Excel、WPS 另存为 .xlsx。"
    )
