"""Rows of a file, whatever its kind: text cells, numbered as a spreadsheet numbers them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData, InputOutput, system_reason
from sixping.importing.decoding import marked, wide

if TYPE_CHECKING:
    from pathlib import Path

Broken = tuple[int, str]
"""A 0-based column (-1: the whole row) and why what it says cannot be trusted."""

MAX_CELLS = 30_000_000  # of the rectangle a sheet spans; what is empty costs as well
MAX_COLUMNS = 16_384
LAST_ROW = 1_048_576
MAX_ROW = 1 << 22  # characters

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(r"<[!?/A-Za-z]")
_JSON = re.compile(r"""\[\s*[\[\]{]|\{\s*["}]""")
_BEFORE = "\ufeff \t\r\n\x0b\x0c"
_TO_XLSX = "请用 Excel 或 WPS 打开后另存为 .xlsx, 再导入。"


class Row(NamedTuple):
    """One row: 1-based number, cells from column A on, and what is wrong with them.

    ``lossy``: columns whose digits were lost; ``broken``: columns that do not say what was
    once written there (an error value, a byte of no encoding), each with the reason.
    ``title``: all it says is one cell merged over others, as a title or the name of a section is.
    """

    number: int
    cells: list[str]
    lossy: tuple[int, ...] = ()
    broken: tuple[Broken, ...] = ()
    title: bool = False


#: what a spreadsheet writes where it has no value, or no room to show it
_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!")
) | {"#" * width for width in range(3, 256)}


def error_words(raw: str) -> str:
    """Return why an error value of a spreadsheet says nothing."""
    return f"是表格的错误值 {raw[:20]}, 不是原来的内容"


def with_errors(row: Row) -> Row:
    """Return a row whose error values are named as broken."""
    if "#" not in [cell[:1] for cell in row.cells] or _ERRORS.isdisjoint(row.cells):
        return row  # so each begins; hashing long cells is what would cost
    found = [(at, error_words(cell)) for at, cell in enumerate(row.cells) if cell in _ERRORS]
    return row._replace(broken=tuple(sorted({*row.broken, *found})))


class SheetNames(NamedTuple):
    """The names of the worksheets of a file in order; hidden ones are never read."""

    visible: list[str]
    hidden: list[str]


class Contents(NamedTuple):
    """What a file says of itself: its worksheets, and whether its serial days count from 1904."""

    sheets: SheetNames
    from_1904: bool = False


def letter(index: int) -> str:
    """Return the spreadsheet's name of a 0-based column: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def kind_of(path: Path) -> str:
    """Return ``xlsx xls ods html csv json`` by the content alone, never by the name.

    ``csv`` is separated text of any kind, ``json`` an array, lines, or an object with one
    list of objects. Raises ``BadData`` for what is none of these, ``InputOutput``.
    """
    start = first_bytes(path)
    if start.startswith(_ZIP):
        return _package(path, start)
    if start.startswith(_OLE):
        _refuse_encrypted(path, start)
        return "xls"
    if start.startswith(b"PK"):
        raise BadData(f"{path.name} 是空的或分卷的压缩包", "请重新导出为 .xlsx 或 .csv。")
    if not start:
        raise BadData(f"{path.name} 是空文件", "请重新导出。")
    return _text_kind(path.name, start)


def _text_kind(file: str, start: bytes) -> str:
    encoding = marked(start) or wide(start) or "latin-1"
    opening = start.decode(encoding, "replace").lstrip(_BEFORE)
    if opening.startswith("%PDF-"):
        raise BadData(f"{file} 是 PDF 文件, 不是表格", "请从来源系统导出 .xlsx 或 .csv。")
    if opening[:13].casefold() == "mime-version:":
        raise BadData(f"{file} 是网页存档 (.mht)", _TO_XLSX)
    if _MARKUP.match(opening):
        if "urn:schemas-microsoft-com:office:spreadsheet" in opening[:4096] and (
            "<html" not in opening.casefold()
        ):
            raise BadData(f"{file} 是 2003 版的 XML 表格", _TO_XLSX)
        return "html"
    return "json" if _JSON.match(opening) else "csv"


def first_bytes(path: Path) -> bytes:
    """Return the first 64 KiB of an ordinary file. Raises ``InputOutput``."""
    try:
        if path.is_dir():
            raise InputOutput(f"{path} 是文件夹, 不是文件", "请写明文件夹里的哪个文件。")
        if path.exists() and not path.is_file():
            raise InputOutput(f"{path} 不是普通文件", "导入要读两遍, 请先存成文件。")
        with path.open("rb") as file:
            return file.read(1 << 16)
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> InputOutput:
    """Return the complaint about a file the system does not hand out."""
    return InputOutput(f"无法读取 {path}: {system_reason(error)}", "请检查路径和读取权限。")


def choose_sheet(file: str, sheets: SheetNames, wanted: str | None) -> str:
    """Return the sheet that is read: the wanted or the first visible one. Raises ``BadData``."""
    name = wanted or next(iter(sheets.visible), "")
    if name not in sheets.visible:
        raise _no_such_sheet(file, name, sheets)
    return name


def _no_such_sheet(file: str, name: str, sheets: SheetNames) -> BadData:
    """Return the complaint about a worksheet that is not there or is hidden."""
    hidden = f"; 隐藏的不读: {'、'.join(sheets.hidden)}" if sheets.hidden else ""
    listed = f"可选: {'、'.join(sheets.visible) or '无'}{hidden}。"
    if name in sheets.hidden:
        return BadData(f"{file} 的工作表 {name} 是隐藏的", f"请先在表格软件中取消隐藏。{listed}")
    if not name:
        return BadData(f"{file} 没有可见的工作表", f"请在表格软件中取消隐藏后保存。{listed}")
    return BadData(f"{file} 没有这个工作表: {name}", listed)


def _package(path: Path, start: bytes) -> str:
    """Tell the two kinds of packages apart; what is neither is refused by its reader."""
    if _ODS in start[:256]:
        return "ods"
    tail = _last_bytes(path)
    other = b"[Content_Types].xml" in tail
    return "ods" if b"META-INF/manifest.xml" in tail and not other else "xlsx"


def _last_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        return file.read()


def _refuse_encrypted(path: Path, start: bytes) -> None:
    # An encrypted workbook is an OLE container; its directory may lie beyond the first bytes.
    if _ENCRYPTED not in start:
        start = _last_bytes(path)
    if _ENCRYPTED in start:
        raise BadData(f"{path.name} 已加密", "请打开后取消密码保护, 另存为 .xlsx 再导入。")
