"""The child process that reads one sheet: run by path, knows nothing of sixping.

Arguments: path, sheet name (may be empty). Writes a JSON line for each row that is not
blank, ``[number, cells, columns whose digits were lost]``, then ``{"end": true}``; or
``{"fault": kind, "words": [...]}``.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MEMORY = 3 << 30  # bytes; the guard's largest grid takes about 1 GB
PROCESSOR = 300  # seconds
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number and makes the rest zeros


def limit() -> None:
    """Bound memory and processor time where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, PROCESSOR)):
        try:
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
        except (ValueError, OSError):
            continue


def as_text(value: object) -> str:
    """Return a cell as text: whole numbers as digits, dates as ISO, to the second."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        rounded = value + timedelta(microseconds=500_000)  # 8:37:20 is stored as 8:37:19.999
        return rounded.replace(microsecond=0).isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def titles(sheet: CalamineSheet) -> set[tuple[int, int]]:
    """Return where merged cells begin that span several columns: titles, section lines."""
    ranges = sheet.merged_cell_ranges or ()
    return {start for start, end in ranges if end[1] > start[1]}


def pick(book: CalamineWorkbook, name: str) -> CalamineSheet | None:
    """Return the sheet of this name, or the first visible worksheet; None without one."""
    if name:
        return book.get_sheet_by_name(name) if name in book.sheet_names else None
    for index, data in enumerate(book.sheets_metadata):
        if "Visible" in str(data.visible) and "WorkSheet" in str(data.typ):
            return book.get_sheet_by_index(index)
    return None


def write_rows(sheet: CalamineSheet) -> None:
    """Write the rows of a sheet, counted from row 1 and column A."""
    write = sys.stdout.write
    merged = titles(sheet)
    shift = sheet.start[1] if sheet.start else 0  # iter_rows leaves out empty first columns
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [""] * shift + [as_text(value) for value in values]
        filled = [index for index, cell in enumerate(cells) if cell]
        if not filled or (len(filled) == 1 and (number - 1, filled[0]) in merged):
            continue
        lossy = [
            index + shift
            for index, value in enumerate(values)
            if type(value) is float and abs(value) >= EXACT
        ]
        write(json.dumps([number, cells, lossy]) + "\n")
    write('{"end": true}\n')


def fault(kind: str, *words: str) -> None:
    """Write what went wrong."""
    sys.stdout.write(json.dumps({"fault": kind, "words": words}) + "\n")


def main(path: str, name: str) -> None:
    """Read one sheet of one workbook."""
    limit()
    try:
        import python_calamine as calamine
    except ImportError:
        fault("missing")
        return
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        sheet = pick(book, name)
        if sheet is None:
            fault("sheet", *book.sheet_names)
            return
        write_rows(sheet)
    except calamine.PasswordError:
        fault("encrypted")
    except (calamine.CalamineError, OSError, ValueError) as error:
        fault("broken", str(error))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
