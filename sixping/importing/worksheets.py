"""The kinds of files that have worksheets or tables: one question to whichever reader it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.importing.htmlfile import html_tables, read_html
from sixping.importing.odsfile import ods_contents, read_ods
from sixping.importing.rows import Contents
from sixping.importing.xlsfile import read_xls, xls_contents
from sixping.importing.xlsxfile import open_xlsx, read_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sixping.importing.rows import Row


def read_sheet(path: Path, kind: str, sheet: str | None, encoding: str | None) -> Iterator[Row]:
    """Yield the rows of one sheet of a file of this kind."""
    if kind == "html":
        return read_html(path, sheet, encoding)
    if kind == "ods":
        return read_ods(path, sheet)
    return read_xls(path, sheet) if kind == "xls" else read_xlsx(path, sheet)


def contents(path: Path, kind: str) -> Contents:
    """Return what a file of this kind says of itself, opened once."""
    if kind == "html":
        return Contents(html_tables(path))
    if kind == "ods":
        return ods_contents(path)
    if kind == "xls":
        return xls_contents(path)
    book = open_xlsx(path)
    return Contents(book.sheets, book.from_1904)
