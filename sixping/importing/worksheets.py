"""The kinds of files that have worksheets or tables: one question to whichever reader it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.importing.htmlfile import html_tables, read_html
from sixping.importing.odsfile import ods_sheets, read_ods
from sixping.importing.xlsfile import inspect, read_xls, xls_sheets
from sixping.importing.xlsxfile import open_xlsx, read_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sixping.importing.rows import Row, SheetNames


def read_sheet(path: Path, kind: str, sheet: str | None, encoding: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet of a file of this kind."""
    if kind == "html":
        return read_html(path, sheet, encoding)
    if kind == "ods":
        return read_ods(path, sheet)
    return read_xls(path, sheet) if kind == "xls" else read_xlsx(path, sheet)


def all_sheets(path: Path, kind: str) -> SheetNames:
    """Return the names of the sheets of a file of this kind."""
    if kind == "html":
        return html_tables(path)
    if kind == "ods":
        return ods_sheets(path)
    return xls_sheets(path) if kind == "xls" else open_xlsx(path).sheets


def from_1904(path: Path, kind: str) -> bool:
    """Tell whether the serial days of a workbook count from 1904."""
    return inspect(path).from_1904 if kind == "xls" else open_xlsx(path).from_1904
