"""From a file to reports: its rows, the header among them, each row converted by the profile.

One pass, flat memory, errors as values.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import chain, islice, zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.importing.convert import MEND, Converter
from sixping.importing.csvfile import read_csv
from sixping.importing.jsonfile import read_json
from sixping.importing.leftout import LeftOut
from sixping.importing.profiles import TITLES, check_format, mended
from sixping.importing.rows import Contents, SheetNames, kind_of, letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sixping.importing.convert import ImportedRow, RowError
    from sixping.importing.profiles import Profile
    from sixping.importing.rows import Row

_LOOK = 10
_BOOKS = ("xlsx", "xls", "ods")  # of which some count their days from 1904
_TITLE = "合并成一格的行"
_NOISE = re.compile(r"[\s*]+")
_NONE: Mapping[int, str] = MappingProxyType({})


class Reports:
    """The reports of one file, to be iterated once, and how its columns were understood.

    ``columns``: field to column label; ``absent``: fields the profile maps and the file
    lacks; ``unused``: columns of the file that nobody reads. While they are iterated,
    ``left_out`` counts the rows that are no reports, by the word that tells so, and
    ``left_first`` has the first row of each.
    """

    def __init__(
        self, header: Header, rows: Iterator[Row], profile: Profile, *, from_1904: bool = False
    ) -> None:
        """Bind the rows after the header to the profile."""
        self.header_row = header.row
        self.columns = header.columns
        self.absent = tuple(name for name in profile.columns if name not in header.places)
        self.unused = header.unused
        self.left_out: Counter[str] = Counter()
        self.left_first: dict[str, int] = {}
        self._left = LeftOut(header)
        self._rows = rows
        self._converter = Converter(header, profile, from_1904=from_1904)

    def __iter__(self) -> Iterator[ImportedRow | RowError]:
        """Yield a report or the errors of each row. Raises ``BadData`` as ``read_rows``."""
        convert, always = self._converter.convert, self._left.always
        begins = self._left.begins
        for row in self._rows:
            if (always or begins(row.cells)) and self._leave_out(row):
                continue
            try:
                yield convert(row)
            except (BadData, ValueError, OverflowError):
                if always or not self._leave_out(row):
                    yield from self._converter.reread(row)

    def _leave_out(self, row: Row) -> bool:
        word = self._left.label(row.cells) or (_TITLE if row.title else None)
        if word is None:
            return False
        self.left_out[word] += 1
        self.left_first.setdefault(word, row.number)
        return True


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
    kind = kind_of(path)
    check_format(profile, kind, path.name)
    rows = read_rows(
        path,
        sheet=sheet or profile.sheet,
        encoding=encoding or profile.encoding,
        delimiter=delimiter or profile.delimiter,
        titles=True,
    )
    header, rest = find_header(rows, profile, path.name)
    from_1904 = kind in _BOOKS and contents_of(path).from_1904
    return Reports(header, rest, profile, from_1904=from_1904)


def read_rows(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    titles: bool = False,
) -> Iterator[Row]:
    """Yield the rows of a file that are not blank; memory stays flat.

    The kind is told by the content, never by the name (``kind_of``). ``sheet`` is for
    workbooks and pages (default: the first visible one), ``encoding`` and ``delimiter`` are
    for text (default: found out). Whole numbers come as their digits, dates as ISO text,
    cells verbatim otherwise; merged cells hold for all their rows. ``titles``: also what is
    merged to one cell, marked.
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

        rows = read_sheet(path, kind, sheet, encoding)
        yield from rows if titles else (row for row in rows if not row.title)


def contents_of(path: Path) -> Contents:
    """Return what a file says of itself; text has no sheets. Raises as ``read_rows``."""
    kind = kind_of(path)
    if kind in ("csv", "json"):
        return Contents(SheetNames([], []))
    from sixping.importing.worksheets import contents

    return contents(path, kind)


# --- the header ---------------------------------------------------------------------------


class Header(NamedTuple):
    """The header row and where each field is: 0-based columns, joined ones in order.

    Of a head of two rows it is the lower one; ``groups`` has the titles above its columns, and
    what stands in the upper row alone is among its names. ``leaving``: the columns in which
    words leave a row out.
    """

    row: int
    names: list[str]
    places: dict[str, tuple[int, ...]]
    groups: Mapping[int, str] = _NONE
    leaving: Mapping[int, tuple[str, ...]] = MappingProxyType({})

    def label(self, index: int) -> str:
        """Return how people find a column: ``D 留言时间``; nothing for -1.

        With the title above it where another column has the same name.
        """
        if index < 0:
            return ""
        name = " ".join(self.names[index].split()) if index < len(self.names) else ""
        shared = index in self.groups and self.names.count(self.names[index]) > 1
        above = f" ({' '.join(self.groups[index].split())})" if shared else ""
        return f"{letter(index)} {name}{above}".rstrip()

    def qualified(self, index: int) -> str:
        """Return a column's name with the title above it, for comparison; empty without one."""
        title = self.groups.get(index)
        return plain(title) + plain(self.names[index]) if title else ""

    @property
    def columns(self) -> dict[str, str]:
        """Return for each field found the labels of its columns."""
        return {field: "、".join(map(self.label, places)) for field, places in self.places.items()}

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the labels of the named columns the profile does not use."""
        used = {*chain.from_iterable(self.places.values()), *self.leaving}
        named = (index for index, name in enumerate(self.names) if name.strip())
        return tuple(self.label(index) for index in named if index not in used)


def plain(name: str) -> str:
    """Return a column name for comparison: width, spaces and required-marks do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).rstrip(":").casefold()


def find_header(rows: Iterator[Row], profile: Profile, file: str) -> tuple[Header, Iterator[Row]]:
    """Return the header, within the first ten rows, and the rows after it.

    Of a head of two rows the lower one governs; where it is blank, the upper one serves.
    Raises ``BadData`` naming the columns that the closest row lacks.
    """
    best: Header | None = None
    above: Row | None = None
    known = _known(profile)
    for row in islice((row for row in rows if not row.title), _LOOK):
        header = _bind(row, profile, _upper(above, row, known), _titles(above, row))
        if all(field in header.places for field in profile.required):
            following = next(rows, None)
            lower = _lower_head(header, row, following, profile)
            if following is not None and lower is None:
                rows = chain([following], rows)
            head = following if lower and following else row
            header = _checked(lower or header, profile, file)
            _refuse_damaged(head, header, profile, file)
            return header, rows
        if best is None or len(header.places) > len(best.places):
            best = header
        above = row
    raise _missing(best, profile, file)


def _known(profile: Profile) -> frozenset[str]:
    """Return all the names a profile knows, for comparison."""
    pairs = chain.from_iterable(chain.from_iterable(profile.split.values()))
    choices = chain(chain.from_iterable(profile.columns.values()), pairs, [profile.leave_out])
    return frozenset(map(plain, chain.from_iterable(choices)))


def _upper(above: Row | None, row: Row, known: frozenset[str]) -> dict[int, str]:
    """Return the names of an upper row that serve a lower one: over blanks, and known ones."""
    cells = dict(enumerate(above.cells)) if above else {}
    lower = dict(enumerate(row.cells))
    return {
        index: name for index, name in cells.items()
        if plain(name) in known and not lower.get(index, "").strip()
    }  # fmt: skip


def _titles(above: Row | None, row: Row) -> dict[int, str]:
    """Return the titles in the row above a head, each over its column and those to the right.

    One title over all of them is that of the table, and tells no columns apart.
    """
    titles: dict[int, str] = {}
    title = ""
    for index, (name, over) in enumerate(zip_longest(row.cells, above.cells if above else ())):
        title = over if over and over.strip() else title
        if name and name.strip() and title:
            titles[index] = title
    return titles if len({*titles.values()}) > 1 else {}


def _lower_head(upper: Header, row: Row, following: Row | None, profile: Profile) -> Header | None:
    """Return the head of both rows if the second one is its lower row, None for a record.

    It is where each field of the upper row has the same name in it, another one of its own,
    or nothing, and where it names a column the upper row does not.
    """
    if following is None or following.title:
        return None
    known, cells = _known(profile), [*map(plain, following.cells)]
    names = [*map(plain, row.cells), *[""] * (len(cells) - len(row.cells))]
    over = {at: name for at, name in enumerate(row.cells) if name.strip()}
    groups: dict[int, str] = {}
    for index, cell in enumerate(cells):
        title = over.get(index) or (groups.get(index - 1, "") if not names[index] else "")
        if cell and title:
            groups[index] = title
    bound = {*chain.from_iterable(upper.places.values())}
    repeated = all(cells[at : at + 1] == [names[at]] for at in bound)
    new = [at for at, cell in enumerate(cells) if cell and cell != names[at]]
    named = (known & {cells[at], plain(groups.get(at, "")) + cells[at]} for at in new)
    if not new or not (repeated or any(named)):
        return None
    if any(cells[at] not in ("", names[at], *known) for at in bound if at < len(cells)):
        return None
    blank = {at: name for at, name in over.items() if at >= len(cells) or not cells[at]}
    header = _bind(following, profile, blank, groups)
    return header if all(field in header.places for field in profile.required) else None


def _bind(
    row: Row, profile: Profile, upper: Mapping[int, str], groups: Mapping[int, str] = _NONE
) -> Header:
    names = row.cells + [""] * (max(upper, default=0) + 1 - len(row.cells))
    for index, name in upper.items():
        names[index] = name
    index_of: dict[str, int] = {}
    for index, name in enumerate(names):
        if key := plain(name):
            index_of.setdefault(key, index)
    for index, title in groups.items():
        index_of.setdefault(plain(title) + plain(names[index]), index)
    places = {}
    for field, columns in profile.columns.items():
        pairs = [*profile.split.get(field, ()), columns]
        for choices in pairs:
            indexes = [_first(index_of, names) for names in choices]
            if None not in indexes:
                places[field] = tuple(index for index in indexes if index is not None)
                break
    leaving = {
        index_of[key]: words
        for name, words in profile.leave_out.items() if (key := plain(name)) in index_of
    }  # fmt: skip
    return Header(row.number, names, places, groups, leaving)


def _checked(header: Header, profile: Profile, file: str) -> Header:
    _refuse_doubles(header, profile, file)
    names = {*map(plain, header.names), *map(header.qualified, header.groups)}
    for name in profile.leave_out:
        if plain(name) not in names:
            raise BadData(
                f"{file} 没有方案 {profile.name} 的 [leave_out] 所说的列: {name}",
                f"请核对导出的列名, 或{mended(profile)}。",
            )
    return header


def _refuse_damaged(row: Row, header: Header, profile: Profile, file: str) -> None:
    """Refuse a damaged name of a column where the profile misses one: nobody may lose it."""
    if row.broken and any(field not in header.places for field in profile.columns):
        place, why = row.broken[0]
        raise BadData(
            f"{file} 第 {row.number} 行 (表头) {header.label(place)}: {why}",
            MEND,
        )


def _first(index_of: dict[str, int], names: Iterable[str]) -> int | None:
    keys = (plain(name) for name in names)
    return next((index_of[key] for key in keys if key in index_of), None)


def _refuse_doubles(header: Header, profile: Profile, file: str) -> None:
    keys, known = [plain(name) for name in header.names], _known(profile)
    for index in chain.from_iterable(header.places.values()):
        if keys.count(keys[index]) > 1 and header.qualified(index) not in known:
            same = [at for at, key in enumerate(keys) if key == keys[index] and header.groups]
            raise BadData(
                f"{file} 第 {header.row} 行有两列同名: "
                f"{'、'.join(map(header.label, same or [index]))}",
                "请改名或删去其中一列再导入"
                + ("; 也可在方案中写成“上一行的名称 列名”。" if same else "。"),
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
        f"请核对导出的列名, 或{mended(profile)}。",
    )
