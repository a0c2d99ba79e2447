"""The child process that reads one sheet of an old .xls: run by path, knows nothing of sixping.

Arguments: path, sheet name (may be empty: the first visible one), megabytes of memory.
Writes JSON lines: ``{"sheets": [[name, visible, place], …]}``; of the sheet, if it is there,
``{"merged": [[top, left, bottom, right], …]}`` and each row that is not blank as ``[number,
cells, columns whose digits were lost]``; ``{"end": true}``. Or ``{"fault": kind}``: what the
library says of a fault stays here.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

PROCESSOR = 60  # seconds
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number and makes the rest zeros


def limit(megabytes: int) -> None:
    """Bound memory and processor time where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    most = megabytes << 20
    for kind, bound in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CPU, PROCESSOR)):
        try:
            resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))
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
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second,
                          microseconds=value.microsecond)  # fmt: skip
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def sheets_of(book: CalamineWorkbook) -> list[tuple[str, bool, int]]:
    """Return the worksheets in order: name, whether it is visible, place among all sheets."""
    return [
        (data.name, str(data.visible).endswith(".Visible"), place)
        for place, data in enumerate(book.sheets_metadata)
        if "WorkSheet" in str(data.typ)
    ]


def write_rows(sheet: CalamineSheet) -> None:
    """Write the merged ranges and the rows of a sheet, counted from row 1 and column A."""
    write = sys.stdout.write
    merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or ()]
    write(json.dumps({"merged": merged}) + "\n")
    shift = sheet.start[1] if sheet.start else 0  # iter_rows leaves out empty first columns
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [""] * shift + [as_text(value) for value in values]
        if any(cells):
            lossy = [
                index + shift
                for index, value in enumerate(values)
                if isinstance(value, float | int) and abs(value) >= EXACT
            ]
            write(json.dumps([number, cells, lossy]) + "\n")


def answer(**words: object) -> None:
    """Write something that is no row."""
    sys.stdout.write(json.dumps(words) + "\n")


def main(path: str, name: str, megabytes: str) -> None:
    """Read one sheet of one workbook; without a name tell its sheets only."""
    limit(int(megabytes))
    try:
        import python_calamine as calamine
    except ImportError:
        answer(fault="missing")
        return
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
        sheets = sheets_of(book)
        answer(sheets=sheets)
        visible = [(each, place) for each, seen, place in sheets if seen]
        place = next((place for each, place in visible if each == name or not name), None)
        if place is not None:
            write_rows(book.get_sheet_by_index(place))
        answer(end=True)
    except calamine.PasswordError:
        answer(fault="encrypted")
    except (calamine.CalamineError, OSError, ValueError, OverflowError):
        answer(fault="broken")


if __name__ == "__main__":
    main(*sys.argv[1:])
