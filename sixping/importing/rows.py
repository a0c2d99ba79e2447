"""Rows of a file, whatever its kind: text cells, numbered as a spreadsheet numbers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData, InputOutput, system_reason

if TYPE_CHECKING:
    from pathlib import Path

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Row(NamedTuple):
    """One row: 1-based number, cells from column A on, columns whose digits were lost."""

    number: int
    cells: list[str]
    lossy: tuple[int, ...] = ()


def letter(index: int) -> str:
    """Return the spreadsheet's name of a 0-based column: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def kind_of(path: Path) -> str:
    """Return ``xlsx`` or ``csv`` by the first bytes; raise ``BadData`` for other kinds."""
    start = first_bytes(path)
    if start.startswith(_ZIP):
        return "xlsx"
    if start.startswith(_OLE):
        raise _ole_fault(path, start)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise BadData(
            f"{path.name} 内容是网页而不是表格 (部分系统导出的 .xls 如此)",
            "请用 Excel 或 WPS 打开后另存为 .xlsx, 再导入。",
        )
    if start.startswith(b"PK"):
        raise BadData(f"{path.name} 是空的或分卷的压缩包", "请重新导出为 .xlsx 或 .csv。")
    if not start:
        raise BadData(f"{path.name} 是空文件", "请重新导出。")
    return "csv"


def first_bytes(path: Path) -> bytes:
    """Return the first 64 KiB of an ordinary file. Raises ``InputOutput``."""
    try:
        if path.exists() and not path.is_file():
            raise InputOutput(f"{path} 不是普通文件", "导入要读两遍, 请先存成文件。")
        with path.open("rb") as file:
            return file.read(1 << 16)
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> InputOutput:
    """Return the complaint about a file the system does not hand out."""
    return InputOutput(f"无法读取 {path}: {system_reason(error)}", "请检查路径和读取权限。")


def _ole_fault(path: Path, start: bytes) -> BadData:
    # An encrypted workbook is an OLE container; its directory may lie beyond the first bytes.
    encrypted = _ENCRYPTED in start
    if not encrypted:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - (1 << 20)))
            encrypted = _ENCRYPTED in file.read()
    if encrypted:
        return BadData(f"{path.name} 已加密", "请打开后取消密码保护, 另存为 .xlsx 再导入。")
    return BadData(
        f"{path.name} 是旧版 Office 格式 (.xls)", "请用 Excel 或 WPS 另存为 .xlsx, 再导入。"
    )
