"""Workbooks, read in a child process (``sheetreader``) behind a guard (``inspect``).

The library is compiled code that aborts its whole process when memory runs out, which
no ``except`` catches: a 4.6 kB file with one cell at XFD1048576 makes it ask for gigabytes,
and so do zip bombs. The guard reads the archive as a stream and refuses what is known to be
hostile, with the reason; the child, with limits on memory and processor time, contains what
is not known yet. It costs about 30 ms a file; the parent keeps one row in memory.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.errors import BadData
from sixping.importing.rows import Row, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE = 64 << 20
MAX_MEMBERS = 2_000
MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
RATIO_FROM = 1 << 20  # small members compress as they like
MAX_CELLS = 30_000_000  # the reader's grid is dense: 32 bytes a cell, used or not

_CHUNK = 1 << 20
_OVERLAP = 1 << 10  # a reference cut in two by a chunk's edge is seen whole in the next
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]{0,900}?\sr\s*=\s*[\"'](\d{1,19})")
# Only far references are looked at one by one: two letters on, or seven digits on.
_FAR = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{2,9}|[A-Za-z](?=\d{7}))(\d{1,19})")
_COPY = "请只把数据区域复制到新的工作簿, 另存为 .xlsx 再导入。"
_AGAIN = "请重新导出或重新下载该文件。"
_READER = Path(__file__).with_name("sheetreader.py")


def read_workbook(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet that are not blank.

    Raises ``BadData``: refused by the guard, no such sheet, ``office`` extra missing,
    or the reader died.
    """
    import subprocess

    try:
        inspect(path)
    except OSError as error:
        raise unreadable(path, error) from None
    command = [sys.executable, "-P", str(_READER), str(path.resolve()), sheet or ""]
    with subprocess.Popen(  # noqa: S603 - our own file, by its path, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield from _rows(path, child.stdout or ())
        finally:
            child.kill()  # a caller who stops early leaves no reader behind


def _rows(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401
    for line in lines:
        try:
            answer = json.loads(line)
        except ValueError:  # killed in the middle of a line
            break
        if isinstance(answer, dict):
            if answer.get("end"):
                return
            raise _fault(path, answer)
        number, cells, lossy = answer
        yield Row(number, cells, tuple(lossy))
    raise BadData(
        f"{path.name} 读到一半时读取进程被终止 (内存或时间超限, 或内容已损坏)",
        "请只把数据区域复制到新的工作簿, 另存为 .xlsx 再导入。",
    )


def _fault(path: Path, answer: dict[str, Any]) -> BadData:
    kind, words = answer["fault"], answer["words"]
    if kind == "missing":
        return BadData(
            "读取 .xlsx 需要 python-calamine, 尚未安装",
            '请运行: python -m pip install "sixping[office]" ; 也可另存为 CSV 再导入。',
        )
    if kind == "sheet":
        return BadData(f"{path.name} 没有这个工作表", f"可选: {'、'.join(words)}")
    if kind == "encrypted":
        return BadData(f"{path.name} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    return BadData(f"{path.name} 无法读取: {words[0]}", "请用 Excel 或 WPS 打开后另存为 .xlsx。")


# --- what a workbook must pass before any library opens it --------------------------------


def inspect(path: Path) -> None:
    """Refuse a workbook that is hostile, damaged or encrypted. Raises ``BadData``."""
    size = path.stat().st_size
    if size > MAX_FILE:
        raise BadData(
            f"{path.name} 有 {size >> 20} MB, 最多 {MAX_FILE >> 20} MB", "请分成几个文件导入。"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _inspect_members(path.name, archive)
            for member in archive.infolist():
                _inspect_content(path.name, archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise BadData(f"{path.name} 不完整或已损坏", _AGAIN) from None


def _inspect_members(file: str, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadData(f"{file} 内有 {len(members)} 个部件, 最多 {MAX_MEMBERS}", _COPY)
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise BadData(f"{file} 内有重名的部件", _COPY)
    if any(_slips(name) for name in names):
        raise BadData(f"{file} 内有指向文件夹之外的路径", "该文件不安全, 请勿使用。")
    if any(member.flag_bits & 1 for member in members):
        raise BadData(f"{file} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    if "xl/workbook.xml" not in names:
        raise BadData(f"{file} 不是 .xlsx 工作簿", "请用 Excel 或 WPS 另存为 .xlsx。")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise BadData(f"{file} 解压后超过 {MAX_UNPACKED >> 20} MB (疑似压缩炸弹)", _COPY)
    for member in members:
        swollen = member.file_size > MAX_RATIO * max(member.compress_size, 1)
        if member.file_size > RATIO_FROM and swollen:
            raise BadData(f"{file} 的压缩比超过 {MAX_RATIO} (疑似压缩炸弹)", _COPY)


def _slips(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name


def _inspect_content(file: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read one part to its end (which also checks its CRC), looking for what is refused."""
    is_sheet = member.filename.startswith("xl/worksheets/")
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    rows, columns, tail = 1, 26, b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            if not is_xml:
                continue
            text = tail + chunk
            if _DECLARATION.search(text) or b"\x00" in chunk:
                raise BadData(f"{file} 内含 DTD 或实体声明", "该文件不安全, 请勿使用。")
            if is_sheet:
                rows, columns = _reach(text, rows, columns)
            tail = text[-_OVERLAP:]
    if rows * columns > MAX_CELLS:
        raise BadData(f"{file} 有远处的单元格: {rows} 行 x {columns} 列, 超出可读范围", _COPY)


def _reach(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    rows = max([rows, *map(int, _ROW.findall(text))])
    for letters, digits in set(_FAR.findall(text)):
        column = 0
        for code in letters.upper():
            column = column * 26 + code - 64
        rows, columns = max(rows, int(digits)), max(columns, column)
    return rows, columns
