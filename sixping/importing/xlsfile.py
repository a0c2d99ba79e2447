"""Old workbooks (.xls, BIFF): read by a library in a child process, behind a guard.

The library is compiled code that aborts its whole process when memory runs out, which no
``except`` catches. The guard walks the records of the book and refuses what is known to be
hostile, with the reason; the child is bound to the memory that a book of this size needs, so
that what is not known yet dies early and alone.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData
from sixping.importing.merges import MAX_RANGES, Filler, Span, too_many
from sixping.importing.package import AGAIN, damaged, refuse_size
from sixping.importing.rows import Contents, Row, SheetNames, choose_sheet, error_words, unreadable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

MAX_CELLS = 2_000_000  # of the rectangle: the reader's grid is dense
_BASE, _PER_BYTE, _PER_CELL = 120 << 20, 8, 96  # memory of the child
_READER = Path(__file__).with_name("sheetreader.py")
_RESAVE = "请用 Excel 或 WPS 打开后另存为 .xlsx, 再导入。"
_COPY = "请只把数据区域复制到新的工作簿, 另存为 .xlsx 再导入。"


def read_xls(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet that are not blank, merged cells filled downwards.

    Raises ``BadData``: refused by the guard, no such sheet, ``office`` extra missing, or the
    reader died.
    """
    survey = _inspected(path)
    answers = _answers(path, sheet or "", survey)
    name = _chosen(path, next(answers), sheet)
    filler = Filler(path.name, _spans(path, next(answers)))
    rows = (Row(number, cells, tuple(lossy)) for number, cells, lossy in answers)
    for row in _with_errors(rows, survey.errors.get(name, {})):
        if filled := filler.row(row):
            yield filled


def _inspected(path: Path) -> Survey:
    try:
        return inspect(path)
    except OSError as error:
        raise unreadable(path, error) from None


def _with_errors(rows: Iterator[Row], errors: dict[int, dict[int, str]]) -> Iterator[Row]:
    """Put the error values in, and the rows of them alone; the library gives neither."""
    left = sorted(errors)
    for row in rows:
        while left and left[0] < row.number:
            yield _broken(Row(left[0], []), errors[left.pop(0)])
        if left and left[0] == row.number:
            yield _broken(row, errors[left.pop(0)])
        else:
            yield row
    for number in left:
        yield _broken(Row(number, []), errors[number])


def _broken(row: Row, columns: dict[int, str]) -> Row:
    cells = row.cells + [""] * (max(columns) + 1 - len(row.cells))
    for column, said in columns.items():
        cells[column] = said
    broken = tuple((column, error_words(said)) for column, said in sorted(columns.items()))
    return row._replace(cells=cells, broken=broken)


def xls_contents(path: Path) -> Contents:
    """Return what a file says of itself. Raises ``BadData``, ``InputOutput``."""
    survey = _inspected(path)
    answers = _answers(path, "", survey)
    try:
        return Contents(_sheets(next(answers)), survey.from_1904)
    finally:
        answers.close()


def _sheets(answer: Any) -> SheetNames:  # noqa: ANN401
    visible: tuple[list[str], list[str]] = ([], [])
    for name, seen, _ in answer["sheets"]:
        visible[not seen].append(name)
    return SheetNames(*visible)


def _chosen(path: Path, answer: Any, sheet: str | None) -> int:  # noqa: ANN401
    """Return which of all sheets is read: the named or the first visible one."""
    name = choose_sheet(path.name, _sheets(answer), sheet)
    places = [place for each, seen, place in answer["sheets"] if each == name and seen]
    return int(places[0])


def _spans(path: Path, answer: Any) -> dict[int, list[Span]]:  # noqa: ANN401
    ranges = answer["merged"]
    if len(ranges) > MAX_RANGES:
        raise too_many(path.name)
    spans: dict[int, list[Span]] = {}
    for top, left, bottom, right in ranges:
        spans.setdefault(top + 1, []).append(Span(left, bottom + 1, right > left))
    return spans


def _answers(path: Path, sheet: str, survey: Survey) -> Generator[Any, None, None]:
    """Yield what the child says, until it says that it is at the end."""
    import subprocess

    megabytes = survey.memory >> 20
    command = [sys.executable, "-P", str(_READER), str(path.resolve()), sheet, str(megabytes)]
    with subprocess.Popen(  # noqa: S603 - our own file, by its path, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield from _heard(path, child.stdout or ())
        finally:
            child.kill()  # a caller who stops early leaves no reader behind


def _heard(path: Path, lines: Any) -> Iterator[Any]:  # noqa: ANN401
    for line in lines:
        try:
            answer = json.loads(line)
        except ValueError:  # killed in the middle of a line
            break
        if isinstance(answer, dict) and answer.get("end"):
            return
        if isinstance(answer, dict) and "fault" in answer:
            raise _fault(path, answer["fault"])
        yield answer
    raise BadData(f"{path.name} 读到一半时读取进程被终止 (内存或时间超限, 或内容已损坏)", _COPY)


def _fault(path: Path, kind: str) -> BadData:
    if kind == "missing":
        return BadData(
            "读取旧版 .xls 需要 python-calamine, 尚未安装",
            '请运行: python -m pip install "sixping[office]" ; 也可另存为 .xlsx 再导入。',
        )
    if kind == "encrypted":
        return BadData(f"{path.name} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    return BadData(f"{path.name} 无法读取: 内容不完整或不是常见的 .xls", _RESAVE)


# --- what a book must pass before any library opens it ------------------------------------


class Survey(NamedTuple):
    """What the records of a book say: where its days begin, and what reading it may take.

    ``errors``: of each sheet by its place, row (1-based) and column, the error values.
    """

    from_1904: bool
    memory: int
    errors: dict[int, dict[int, dict[int, str]]]


def inspect(path: Path) -> Survey:
    """Refuse an .xls that is hostile, damaged, encrypted or has macros. Raises ``BadData``."""
    size = path.stat().st_size
    refuse_size(path.name, size)
    try:
        stream, names = _book_stream(path.read_bytes())
    except (struct.error, IndexError, ValueError):
        raise damaged(path.name) from None
    if "_vba_project_cur" in names:
        raise BadData(
            f"{path.name} 带有宏", "宏可能带有恶意程序, 不读取。请另存为不带宏的 .xlsx 再导入。"
        )
    if stream is None:
        raise BadData(f"{path.name} 不是 Excel 表格 (是别的 Office 文件)", _RESAVE)
    walk = _Walk()
    walk.through(path.name, stream)
    area = walk.rows * walk.columns
    if area > MAX_CELLS:
        what = f"{path.name} 有远处的单元格: {walk.rows} 行 x {walk.columns} 列, 超出可读范围"
        raise BadData(what, _COPY)
    errors = {place: walk.errors[at] for place, at in enumerate(walk.sheets) if at in walk.errors}
    return Survey(walk.from_1904, _BASE + _PER_BYTE * size + _PER_CELL * area, errors)


_HEADER, _ENTRY = 512, 128
_END = 0xFFFFFFFA  # this and beyond are no sectors
_SMALL = 4096  # streams below lie in the small sectors of 64 bytes


def _book_stream(data: bytes) -> tuple[bytearray | None, set[str]]:
    """Return the stream of the book in an OLE container, and the names of all entries."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError(shift)
    sector = 1 << shift
    first_directory, first_small = (struct.unpack_from("<I", data, at)[0] for at in (48, 60))
    table = _table(data, sector)
    directory = _chain(data, table, first_directory, sector, _HEADER)
    entries: dict[str, tuple[int, int]] = {}
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        entries.setdefault(name.casefold(), struct.unpack_from("<II", directory, at + 116))
    found = entries.get("workbook") or entries.get("book")
    if not found:
        return None, set(entries)
    start, size = found
    if size >= _SMALL:
        return _chain(data, table, start, sector, _HEADER), set(entries)
    small_table = _numbers(_chain(data, table, first_small, sector, _HEADER))
    root = struct.unpack_from("<I", directory, 116)[0]
    small = _chain(data, table, root, sector, _HEADER)
    return _chain(small, small_table, start, 64, 0)[:size], set(entries)


def _table(data: bytes, sector: int) -> tuple[int, ...]:
    """Return which sector follows each."""
    places = list(struct.unpack_from("<109I", data, 76))
    following, most = struct.unpack_from("<I", data, 68)[0], len(data) // sector
    while following < _END and len(places) <= most + 109:
        numbers = _numbers(_sector(data, following, sector, _HEADER))
        places += numbers[:-1]
        following = numbers[-1]
    whole = b"".join(_sector(data, at, sector, _HEADER) for at in places[: most + 109] if at < _END)
    return _numbers(whole)


def _numbers(data: bytes | bytearray) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _sector(data: bytes | bytearray, number: int, size: int, before: int) -> bytes | bytearray:
    at = max(before, size if before else 0) + number * size
    return data[at : at + size]


def _chain(
    data: bytes | bytearray, table: tuple[int, ...], first: int, size: int, before: int
) -> bytearray:
    whole, left, at = bytearray(), len(data) // size + 1, first
    while at < _END:
        whole += _sector(data, at, size, before)
        at, left = table[at], left - 1
        if left < 0:  # it bites its tail
            raise ValueError(at)
    return whole


_BOF, _DIMENSIONS, _DATE_MODE, _FILE_PASS, _SHEET = 0x0809, 0x0200, 0x0022, 0x002F, 0x0085
_FORMULA, _ERROR, _MANY = 0x0006, 0x0205, 0x00BD
_CELLS = {_FORMULA, _MANY, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, _ERROR, 0x027E}
_IS_ERROR = 2
_ERROR_WORDS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_HEAD, _WORD = struct.Struct("<HH"), struct.Struct("<H")


class _Walk:
    """One way through the records of a book."""

    def __init__(self) -> None:
        self.from_1904 = False
        self.rows = self.columns = 1
        self.sheets: list[int] = []  # where each begins in the stream
        self.errors: dict[int, dict[int, dict[int, str]]] = {}
        self._sheet, self._count = 0, 0

    def through(self, file: str, stream: bytearray) -> None:
        """Look at every record. Raises ``BadData``."""
        stream += bytes(16)  # the last record is looked at without asking how long it is
        head, at, end = _HEAD.unpack_from, 0, len(stream) - 20
        if end < 0 or head(stream, 0)[0] != _BOF:
            raise BadData(f"{file} 的 .xls 版本太旧 (早于 1995 年) 或已损坏", AGAIN)
        while at <= end:
            kind, length = head(stream, at)
            if kind in _CELLS:
                self._cell(file, stream, at, kind, length)
            elif kind == _BOF:
                self._sheet = at
            elif kind == _DIMENSIONS and length > _HEAD.size * 2:
                last_row = struct.unpack_from("<I", stream, at + 8)[0]
                self._reach(last_row, _WORD.unpack_from(stream, at + 14)[0])
            elif kind == _DATE_MODE:
                self.from_1904 = stream[at + 4 : at + 6] == b"\x01\x00"
            elif kind == _SHEET:
                self.sheets.append(struct.unpack_from("<I", stream, at + 4)[0])
            elif kind == _FILE_PASS:
                raise BadData(f"{file} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
            at += 4 + length

    def _reach(self, rows: int, columns: int) -> None:
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)

    def _cell(self, file: str, stream: bytearray, at: int, kind: int, length: int) -> None:
        row, column = _HEAD.unpack_from(stream, at + 4)
        last = column
        if kind == _MANY and at + 2 + length < len(stream):
            last = _WORD.unpack_from(stream, at + 2 + length)[0]
        self._reach(row + 1, last + 1)
        if kind == _ERROR and stream[at + 11]:
            self._error(file, row, column, stream[at + 10])
        # A formula's result is a number, or after two bytes of ones something else: 2, an error.
        elif (
            kind == _FORMULA
            and stream[at + 16 : at + 18] == b"\xff\xff"
            and (stream[at + 10] == _IS_ERROR)
        ):
            self._error(file, row, column, stream[at + 12])

    def _error(self, file: str, row: int, column: int, code: int) -> None:
        self._count += 1
        if self._count > MAX_RANGES:
            raise BadData(f"{file} 的错误值超过 {MAX_RANGES} 处", "请改正公式后再导入。")
        rows = self.errors.setdefault(self._sheet, {})
        rows.setdefault(row + 1, {})[column] = _ERROR_WORDS.get(code, "#N/A")
