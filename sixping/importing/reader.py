"""Reports of a file: one pass, flat memory, errors as values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sixping.errors import BadData
from sixping.importing.convert import Converter, ImportedRow, RowError
from sixping.importing.header import Header, find_header
from sixping.importing.profiles import Profile, check_format
from sixping.importing.rows import Row, kind_of


class Reports:
    """The reports of one file, to be iterated once, and how its columns were understood.

    ``columns``: field to column label; ``absent``: fields the profile maps and the file
    lacks; ``unused``: columns of the file that nobody reads.
    """

    def __init__(self, header: Header, rows: Iterator[Row], profile: Profile) -> None:
        """Bind the rows after the header to the profile."""
        self.header_row = header.row
        self.columns = header.columns
        self.absent = tuple(name for name in profile.columns if name not in header.places)
        self.unused = header.unused
        self._rows = rows
        self._converter = Converter(header, profile)

    def __iter__(self) -> Iterator[ImportedRow | RowError]:
        """Yield a report or the errors of each row. Raises ``BadData`` as ``read_rows``."""
        convert = self._converter.convert
        for row in self._rows:
            try:
                yield convert(row)
            except (BadData, ValueError, OverflowError):
                yield from self._converter.reread(row)


def read_reports(
    path: Path,
    profile: Profile,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Reports:
    """Open a file by a profile; options override what the profile says.

    Raises ``BadData`` when the file cannot be read or has no header of this profile.
    """
    check_format(profile, kind_of(path), path.name)
    rows = read_rows(
        path,
        sheet=sheet or profile.sheet,
        encoding=encoding or profile.encoding,
        delimiter=delimiter or profile.delimiter,
    )
    header, rest = find_header(rows, profile, path.name)
    return Reports(header, rest, profile)


def read_rows(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[Row]:
    """Yield the rows of a CSV or XLSX file that are not blank; memory stays flat.

    The kind is told by the content, never by the name. ``sheet`` is for workbooks (default:
    the first visible one), ``encoding`` and ``delimiter`` are for text (default: found out).
    Whole numbers come as their digits, dates as ISO text, cells verbatim otherwise.
    Raises ``BadData`` (hostile, damaged, encrypted, undecodable) or ``InputOutput``.
    """
    if kind_of(path) == "xlsx":
        from sixping.importing.workbook import read_workbook

        yield from read_workbook(path, sheet)
    else:
        from sixping.importing.csvfile import read_csv

        yield from read_csv(path, encoding, delimiter)
