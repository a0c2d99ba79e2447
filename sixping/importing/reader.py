"""From a file to reports: its rows, the header among them, each row converted by the profile.

One pass, flat memory, errors as values.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.importing.convert import Converter
from sixping.importing.csvfile import read_csv
from sixping.importing.jsonfile import read_json
from sixping.importing.profiles import TITLES, check_format
from sixping.importing.rows import SheetNames, kind_of, letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sixping.importing.convert import ImportedRow, RowError
    from sixping.importing.profiles import Profile
    from sixping.importing.rows import Row

_LOOK = 10
_NOISE = re.compile(r"[\s*]+")


class Reports:
    """The reports of one file, to be iterated once, and how its columns were understood.

    ``columns``: field to column label; ``absent``: fields the profile maps and the file
    lacks; ``unused``: columns of the file that nobody reads.
    """

    def __init__(
        self, header: Header, rows: Iterator[Row], profile: Profile, *, from_1904: bool = False
    ) -> None:
        """Bind the rows after the header to the profile."""
        self.header_row = header.row
        self.columns = header.columns
        self.absent = tuple(name for name in profile.columns if name not in header.places)
        self.unused = header.unused
        self._rows = rows
        self._converter = Converter(header, profile, from_1904=from_1904)

    def __iter__(self) -> Iterator[ImportedRow | RowError]:
        """Yield a report or the errors of each row. Raises ``BadData`` as ``read_rows``."""
        convert = self._converter.convert
        for row in self._rows:
            try:
                yield convert(row)
            except (BadData, ValueError, OverflowError):
                yield from self._converter.reread(row)


def read_reports(
    path: Path,
    profile: Profile,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Reports:
    """Open a file by a profile; options override what the profile says.

    Raises ``BadData`` when the file cannot be read or has no header of this profile.
    """
    check_format(profile, kind_of(path), path.name)
    rows = read_rows(
        path,
        sheet=sheet or profile.sheet,
        encoding=encoding or profile.encoding,
        delimiter=delimiter or profile.delimiter,
    )
    header, rest = find_header(rows, profile, path.name)
    return Reports(header, rest, profile, from_1904=dates_from_1904(path))


def read_rows(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[Row]:
    """Yield the rows of a file that are not blank; memory stays flat.

    The kind is told by the content, never by the name (``kind_of``). ``sheet`` is for
    workbooks and pages (default: the first visible one), ``encoding`` and ``delimiter`` are
    for text (default: found out). Whole numbers come as their digits, dates as ISO text,
    cells verbatim otherwise; merged cells hold for all their rows.
    Raises ``BadData`` (hostile, damaged, encrypted, undecodable) or ``InputOutput``.
    """
    kind = kind_of(path)
    if kind == "csv":
        yield from read_csv(path, encoding, delimiter)
    elif kind == "json":
        yield from read_json(path, encoding)
    else:
        # zipfile, expat, html.parser: for these alone
        from sixping.importing.worksheets import read_sheet

        yield from read_sheet(path, kind, sheet, encoding)


def sheets_of(path: Path) -> list[str]:
    """Return the visible worksheets of a workbook, or the tables of a page, in order.

    Empty for text, which has none. Raises as ``read_rows``.
    """
    return _all_sheets(path).visible


def hidden_sheets_of(path: Path) -> list[str]:
    """Return the worksheets that are hidden: they are not read. Raises as ``read_rows``."""
    return _all_sheets(path).hidden


def _all_sheets(path: Path) -> SheetNames:
    kind = kind_of(path)
    if kind in ("csv", "json"):
        return SheetNames([], [])
    from sixping.importing.worksheets import all_sheets

    return all_sheets(path, kind)


def dates_from_1904(path: Path) -> bool:
    """Tell whether the serial days of a workbook count from 1904. Raises as ``read_rows``."""
    kind = kind_of(path)
    if kind not in ("xlsx", "xls"):
        return False
    from sixping.importing.worksheets import from_1904

    return from_1904(path, kind)


# --- the header ---------------------------------------------------------------------------


class Header(NamedTuple):
    """The header row and where each field is: 0-based columns, joined ones in order."""

    row: int
    names: list[str]
    places: dict[str, tuple[int, ...]]

    def label(self, index: int) -> str:
        """Return how people find a column: ``D 留言时间``; nothing for -1."""
        if index < 0:
            return ""
        name = " ".join(self.names[index].split()) if index < len(self.names) else ""
        return f"{letter(index)} {name}".rstrip()

    @property
    def columns(self) -> dict[str, str]:
        """Return for each field found the labels of its columns."""
        return {field: "、".join(map(self.label, places)) for field, places in self.places.items()}

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the labels of the named columns the profile does not use."""
        used = set(chain.from_iterable(self.places.values()))
        named = (index for index, name in enumerate(self.names) if name.strip())
        return tuple(self.label(index) for index in named if index not in used)


def plain(name: str) -> str:
    """Return a column name for comparison: width, spaces and required-marks do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).rstrip(":").casefold()


def find_header(rows: Iterator[Row], profile: Profile, file: str) -> tuple[Header, Iterator[Row]]:
    """Return the header, within the first ten rows, and the rows after it.

    Raises ``BadData`` naming the columns that the closest row lacks.
    """
    best: Header | None = None
    for row in islice(rows, _LOOK):
        header = _bind(row, profile)
        if all(field in header.places for field in profile.required):
            _refuse_doubles(header, file)
            return header, rows
        if best is None or len(header.places) > len(best.places):
            best = header
    raise _missing(best, profile, file)


def _bind(row: Row, profile: Profile) -> Header:
    index_of: dict[str, int] = {}
    for index, name in enumerate(row.cells):
        if key := plain(name):
            index_of.setdefault(key, index)
    places = {}
    for field, columns in profile.columns.items():
        indexes = [_first(index_of, names) for names in columns]
        if None not in indexes:
            places[field] = tuple(index for index in indexes if index is not None)
    return Header(row.number, row.cells, places)


def _first(index_of: dict[str, int], names: Iterable[str]) -> int | None:
    keys = (plain(name) for name in names)
    return next((index_of[key] for key in keys if key in index_of), None)


def _refuse_doubles(header: Header, file: str) -> None:
    keys = [plain(name) for name in header.names]
    for index in chain.from_iterable(header.places.values()):
        if keys.count(keys[index]) > 1:
            raise BadData(
                f"{file} 第 {header.row} 行有两列同名: {header.label(index)}",
                "请改名或删去其中一列再导入。",
            )


def _missing(closest: Header | None, profile: Profile, file: str) -> BadData:
    bound = closest.places if closest else {}
    lacking = [
        f"{'/'.join(names[0] for names in profile.columns[field])} ({TITLES[field]})"
        for field in profile.required
        if field not in bound
    ]
    where = f"; 最接近的是第 {closest.row} 行" if closest and bound else ""
    return BadData(
        f"{file} 前 {_LOOK} 行中没有方案 {profile.name} 的表头{where}, "
        f"缺少列: {'、'.join(lacking)}",
        f"请核对导出的列名, 或复制 {profile.source} 改好列名后用 --profile 指定。",
    )
