"""Finding the header of a file and binding a profile's fields to its columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from sixping.errors import BadData
from sixping.importing.profiles import TITLES, Profile
from sixping.importing.rows import Row, letter

_LOOK = 10
_NOISE = re.compile(r"[\s*]+")


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
    best: tuple[int, Header] | None = None
    for row in islice(rows, _LOOK):
        header = _bind(row, profile)
        if all(field in header.places for field in profile.required):
            _refuse_doubles(header, file)
            return header, rows
        found = len(header.places)
        if best is None or found > best[0]:
            best = (found, header)
    raise _missing(best[1] if best else None, profile, file)


def _bind(row: Row, profile: Profile) -> Header:
    index_of: dict[str, int] = {}
    for index, name in enumerate(row.cells):
        if key := plain(name):
            index_of.setdefault(key, index)
    places = {}
    for field, columns in profile.columns.items():
        found = [_first(index_of, names) for names in columns]
        if None not in found:
            places[field] = tuple(index for index in found if index is not None)
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
    found = closest.places if closest else {}
    lacking = [
        f"{'/'.join(names[0] for names in profile.columns[field])} ({TITLES[field]})"
        for field in profile.required
        if field not in found
    ]
    where = f"; 最接近的是第 {closest.row} 行" if closest and found else ""
    return BadData(
        f"{file} 前 {_LOOK} 行中没有方案 {profile.name} 的表头{where}, "
        f"缺少列: {'、'.join(lacking)}",
        f"请核对导出的列名, 或复制 {profile.source} 改好列名后用 --profile 指定。",
    )
