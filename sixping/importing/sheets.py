"""The sheets of a file, one after another by one profile: each has a header of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sixping.errors import BadData
from sixping.importing.profiles import check_format
from sixping.importing.reader import (
    Reports,
    contents_of,
    find_header,
    read_rows,
)
from sixping.importing.rows import choose_sheet, first_bytes, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sixping.importing.convert import ImportedRow, RowError
    from sixping.importing.profiles import Profile
    from sixping.importing.rows import Row

ALL = "全部"
"""In place of the name of a sheet: every visible one."""
_SHEET = 1 << 32
"""Rows of one sheet are told from those of the next by as much."""
_NAMED = 10  # sheets of a file that a message names
_WORKBOOKS = ("xlsx", "xls", "ods", "html")


class Sheets:
    """The reports of a file, to be iterated once.

    ``sheet`` names the one being read where several are, ``columns`` are its columns; ``base`` +
    row is the place of a row in the file (``where``). ``left_out``: visible sheets nobody reads,
    ``hidden``: hidden ones; ``skipped``: those without a header; ``unused``: columns nobody reads,
    by sheet. ``no_reports``
    counts rows that are none (``Reports.left_out``), ``no_report_first`` has the first of each.
    """

    def __init__(
        self,
        path: Path,
        profile: Profile,
        *,
        sheet: str | None = None,
        encoding: str | None = None,
        partial: bool = False,
        tracked: bool = False,
    ) -> None:
        """Open a file by a profile; options override what the profile says.

        ``partial``: a sheet without a header is left out; ``tracked``: ``track`` may be called.
        Raises ``BadData`` when the file cannot
        be read or its first sheet has no header of this profile.
        """
        kind = kind_of(path)
        check_format(profile, kind, path.name)
        self.workbook = kind in _WORKBOOKS
        self._path, self._profile = path, profile
        self._encoding, self._partial = encoding or profile.encoding, partial
        self._tracks = tracked
        self._counted: Callable[[Row], None] = _uncounted
        if sheet and sheet != ALL and not self.workbook:
            raise BadData(f"{path.name} 没有工作表, 不能指明 {sheet}", "请去掉 --sheet。")
        wanted = sheet or profile.sheet
        sheets, self._from_1904 = contents_of(path)
        if self.workbook and wanted != ALL:
            choose_sheet(path.name, sheets, wanted)
        present, hidden = sheets
        self.hidden = tuple(hidden)
        self._names: list[str | None] = [*present] if wanted == ALL and present else [wanted]
        if wanted == ALL and not self.workbook:
            self._names = [None]
        read = {self._names[0] or (present[0] if present else None), *self._names[1:]}
        self.left_out = tuple(name for name in present if name not in read)
        self.skipped: list[str] = []
        self.unused: dict[str, tuple[str, ...]] = {}
        self.no_reports: Counter[str] = Counter()
        self.no_report_first: dict[str, int] = {}
        self.sheet, self.base = "", 0
        self._reports: Reports | None = None
        self._next = 0
        self._open_next()
        if self._reports is None:
            what = f"{path.name} 没有可以导入的工作表: {'、'.join(self.skipped)}"
            raise BadData(what, "请核对文件与方案。")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the sheets in order, as ``sheet`` names them: the only one by no name."""
        return tuple(name or "" for name in self._names) if len(self._names) > 1 else ("",)

    @property
    def columns(self) -> dict[str, str]:
        """Return field to column label of the sheet being read."""
        return self._reports.columns if self._reports else {}

    def where(self, place: int) -> str:
        """Return in words where a row stands: ``工作表 4月 第 3 行``."""
        index, row = divmod(place, _SHEET)
        named = f"工作表 {self._names[index]} " if len(self._names) > 1 else ""
        return f"{named}第 {row} 行"

    def __iter__(self) -> Iterator[ImportedRow | RowError]:
        """Yield the reports, or what is wrong with a row. Raises ``BadData`` as ``read_rows``."""
        while self._reports is not None:
            yield from self._reports
            self.no_reports += self._reports.left_out
            for word, row in self._reports.left_first.items():
                self.no_report_first.setdefault(word, self.base + row)
            self._open_next()

    def _open_next(self) -> None:
        """Open the next sheet that has anything in it."""
        self._reports = None
        while self._reports is None and self._next < len(self._names):
            index, name = self._next, self._names[self._next]
            self._next += 1
            self.sheet = name or "" if len(self._names) > 1 else ""
            self.base = index * _SHEET
            self._reports = self._opened(name)
        if self._reports is not None and self._reports.unused:
            self.unused[self.sheet] = self._reports.unused

    def _opened(self, name: str | None) -> Reports | None:
        """Return the reports of a sheet, or None for one to be passed over."""
        rows = read_rows(
            self._path, sheet=name, encoding=self._encoding, delimiter=self._profile.delimiter,
            titles=True,
        )  # fmt: skip
        if self._tracks:
            rows = self._tracked(rows)
        file = f"{self._path.name} 工作表 {name}" if self.sheet else self._path.name
        begun = _begun(rows) if self.sheet else rows
        if begun is None:
            self.skipped.append(f"{name} (空表)")
            return None
        try:
            header, rest = find_header(begun, self._profile, file)
        except BadData as fault:
            if not (self.sheet and self._partial):
                raise BadData(fault.what, f"{fault.hint}{self._elsewhere}") from None
            self.skipped.append(f"{name} (没有方案的表头)")
            return None
        return Reports(header, rest, self._profile, from_1904=self._from_1904)

    @property
    def _elsewhere(self) -> str:
        """Return what else to do about a sheet without a header, where a file has several."""
        if self.sheet:
            return "这张表不用导入的, 加 --partial 略过。"
        if not self.left_out:
            return ""
        more = f"等 {len(self.left_out)} 张" if len(self.left_out) > _NAMED else ""
        named = f"{'、'.join(self.left_out[:_NAMED])}{more}"
        return f"文件另有工作表 {named}: 用 --sheet 表名 指明要导入的一张。"

    # --- how far ---------------------------------------------------------------------------

    def track(self, further: Callable[[int], None]) -> None:
        """Tell how much more was read, in ``unit``, from here on."""
        weigh = (lambda _: 1) if self.workbook else _weight(self._path)
        left = 0.0

        def counted(row: Row) -> None:
            nonlocal left
            left += weigh(row)
            if left >= 1:
                further(int(left))
                left -= int(left)

        self._counted = counted

    @property
    def unit(self) -> str:
        """Return in what it is counted how much was read."""
        return "行" if self.workbook else "KB"

    @property
    def total(self) -> int | None:
        """Return how much there is, where that is known."""
        return None if self.workbook else self._path.stat().st_size >> 10

    def _tracked(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._counted(row)
            yield row


def _uncounted(_: Row) -> None:
    """Count nothing yet."""


def _begun(rows: Iterator[Row]) -> Iterator[Row] | None:
    """Return rows with the first of them read, or None where there is none."""
    for first in rows:
        return _chained(first, rows)
    return None


def _chained(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _weight(path: Path) -> Callable[[Row], float]:
    """Return how many KB of its file a row takes: its characters, as long as the first ones are."""
    start = first_bytes(path)
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    try:
        signs = len(start[:-4].decode(encoding))
    except UnicodeDecodeError:
        signs = len(start.decode("gb18030", errors="ignore"))
    each = len(start) / max(signs, 1) / 1024
    return lambda row: (sum(map(len, row.cells)) + len(row.cells)) * each
