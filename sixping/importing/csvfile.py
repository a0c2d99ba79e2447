"""CSV and TSV files read for an import: the encoding is found before the first row is given."""

from __future__ import annotations

import csv
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from sixping.errors import BadData
from sixping.importing.decoding import MARK, Damage, decide_encoding, open_lines, why_broken
from sixping.importing.rows import Row, first_bytes, unreadable, with_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DELIMITERS = ",\t;"
#: ``Row`` of a tuple with all its values
_ROW = partial(tuple.__new__, Row)
_SOUND = Row(0, [])[2:]


def read_csv(path: Path, encoding: str | None, delimiter: str | None) -> Iterator[Row]:
    """Yield the rows of a separated text file that are not blank.

    A cell with a byte of no encoding is marked as broken. Raises ``BadData`` naming the row
    for text that breaks the format (a quote that is never closed), and for an encoding that
    does not fit anywhere in the file.
    """
    encoding = decide_encoding(path, first_bytes(path), encoding)
    delimiter = delimiter or decide_delimiter(path, encoding)
    number, before = 0, Damage.count
    try:
        with open_lines(path, encoding) as file:
            for number, cells in enumerate(_reader(file, delimiter), 1):
                if any(cells):
                    row = with_errors(_ROW((number, cells) + _SOUND))  # noqa: RUF005 - no list between
                    yield row if Damage.count == before else without_marks(row, encoding)
    except csv.Error as error:
        raise _broken(path, number + 1, error) from None
    except OSError as error:
        raise unreadable(path, error) from None


def without_marks(row: Row, encoding: str) -> Row:
    """Return a row whose damaged cells are named and carry the usual sign for it."""
    places = [index for index, cell in enumerate(row.cells) if MARK in cell]
    if not places:
        return row
    why = why_broken(encoding)
    cells = [cell.replace(MARK, "\ufffd") for cell in row.cells]
    return row._replace(cells=cells, broken=(*row.broken, *((index, why) for index in places)))


def _reader(file: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    try:
        return csv.reader(file, delimiter=delimiter, strict=True)
    except (TypeError, ValueError):
        raise BadData(
            f"分隔符应为一个字符, 现为 {delimiter!r}", "可用: 逗号、分号、制表符。"
        ) from None


def decide_delimiter(path: Path, encoding: str) -> str:
    """Return the separator under which the first rows agree best on their width."""
    with open_lines(path, encoding) as file:
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
