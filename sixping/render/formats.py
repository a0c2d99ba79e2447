"""Which form a result takes, and the one way out for tables of rows.

``choose_format`` reads the user's wish, ``emit`` writes to a stream, ``save`` what becomes a
file. A format is one line in ``FORMATS``; a table for people
is laid out by ``render/screen``, a workbook by ``render/sheet``, what sheets, scripts and
documents read is written here, row by row, so that a hundred thousand need no memory.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TextIO

from sixping.errors import UsageFault
from sixping.render import screen, sheet
from sixping.render.table import (
    Column,
    Page,
    Row,
    cells_for_people,
    cells_for_sheets,
    values_for_json,
)
from sixping.util.text import csv_cell, dump_json, kept_cell, md_cell, tsv_cell


def _write_tsv(rows: Iterable[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one line a row, fields separated by tabs, nothing cut; headers are the keys."""
    if page.headers:
        out.write("\t".join(_heads(columns, page, tsv_cell)) + "\n")
    out.writelines("\t".join(line) + "\n" for line in _lines(rows, columns, page, tsv_cell))


def _write_csv(rows: Iterable[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write CSV after RFC 4180; headers are the keys, formulas are disarmed.

    In a ``page.kept`` file digits too: a spreadsheet would take them for a number or a day.
    """
    import csv  # nothing read from cron needs it

    escape = kept_cell if page.kept else csv_cell
    writer = csv.writer(out, lineterminator="\n")
    if page.headers:
        writer.writerow(_heads(columns, page, csv_cell))
    writer.writerows(_lines(rows, columns, page, escape))


def _heads(columns: Sequence[Column], page: Page, escape: Callable[[str], str]) -> list[str]:
    return [escape(column.title) if page.people else column.key for column in columns]


def _write_json(rows: Iterable[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one JSON array, an object a line; ``[]`` when there are no rows."""
    write_array(_objects(rows, columns, page), out)


def write_array(values: Iterable[Any], out: TextIO) -> None:
    """Write one JSON array, a value a line, as the values come."""
    before = "[\n"
    for value in values:
        out.write(f"{before}{dump_json(value)}")
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def _write_jsonl(rows: Iterable[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one JSON object a line."""
    out.writelines(dump_json(line) + "\n" for line in _objects(rows, columns, page))


def _write_md(rows: Iterable[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write a Markdown table under Chinese titles; all text is literal."""
    cells = _lines(rows, columns, page._replace(people=True), md_cell)
    if page.headers:
        out.write(_md_line([md_cell(column.title) for column in columns]))
        out.write(_md_line(["---:" if column.right else "---" for column in columns]))
    out.writelines(map(_md_line, cells))


def _md_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _lines(
    rows: Iterable[Row], columns: Sequence[Column], page: Page, escape: Callable[[str], str]
) -> Iterator[list[str]]:
    makers = (cells_for_people if page.people else cells_for_sheets)(columns, page, escape)
    pairs = [(col.key, make, make(None)) for col, make in zip(columns, makers, strict=True)]
    for row in rows:
        yield [
            none if (value := row.get(key)) is None else make(value) for key, make, none in pairs
        ]


def _objects(
    rows: Iterable[Row], columns: Sequence[Column], page: Page
) -> Iterator[dict[str, Any]]:
    forms = values_for_json(columns, page)
    pairs = [(column.key, form) for column, form in zip(columns, forms, strict=True)]
    for row in rows:
        yield {key: form(row.get(key)) for key, form in pairs}


class Format(NamedTuple):
    """What writes a text format, and the endings of its files."""

    write: Callable[[Sequence[Row], Sequence[Column], TextIO, Page], None]
    endings: tuple[str, ...]


FORMATS: Final[Mapping[str, Format]] = {
    "table": Format(screen.write, (".txt",)),
    "tsv": Format(_write_tsv, (".tsv", ".tab")),
    "csv": Format(_write_csv, (".csv",)),
    "json": Format(_write_json, (".json",)),
    "jsonl": Format(_write_jsonl, (".jsonl", ".ndjson")),
    "md": Format(_write_md, (".md", ".markdown")),
}
#: the formats of a table, the workbook among them
SHEETS: Final = (*FORMATS, "xlsx")
#: those whose rows are written as they come, so that there may be any number of them
STREAMED: Final[Mapping[str, Callable[[Iterable[Row], Sequence[Column], TextIO, Page], None]]] = {
    "tsv": _write_tsv,
    "csv": _write_csv,
    "json": _write_json,
    "jsonl": _write_jsonl,
}
_ENDINGS: Final[Mapping[str, str]] = {
    ending: name for name, known in FORMATS.items() for ending in known.endings
} | {".html": "html", ".htm": "html", ".docx": "docx", ".xlsx": "xlsx"}


def choose_format(
    wanted: str | None,
    *,
    json: bool,
    path: str | Path | None,
    isatty: bool,
    possible: Sequence[str] = tuple(FORMATS),
) -> str:
    """Return the format: ``--format``, else ``--json``, else by ``-o``, else by the stream.

    Without a wish a terminal gets ``table`` and everything else ``tsv``. ``possible``
    are the formats of this command. Raises ``UsageFault`` listing them.
    """
    listed = f"可用的格式: {', '.join(possible)}"
    if wanted is not None:
        name = wanted.strip().casefold()
        if json and name != "json":
            raise UsageFault(f"--json 与 --format {wanted} 相互矛盾", "请只用其中一个。")
    elif json:
        name = "json"
    elif path is not None and str(path) != "-":
        ending = Path(path).suffix.casefold()
        name = _ENDINGS.get(ending, "")
        if not name:
            raise UsageFault(f"从文件名看不出格式: {path}", f"请加 --format。{listed}")
    else:
        name = "table" if isatty else "tsv"
    if name not in possible:
        raise UsageFault(f"这里不能用格式 {wanted or name}", listed)
    return name


def emit(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    fmt: str,
    out: TextIO,
    page: Page = Page(),  # noqa: B008 - immutable
) -> None:
    """Write rows in a text format to a stream, masked unless ``page.reveal``.

    Without rows nothing is written, no header either (cron mails whatever is printed);
    only JSON still says ``[]``.
    """
    if rows or fmt == "json":
        FORMATS[fmt].write(rows, columns, out, page)


def save(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    fmt: str,
    out: BinaryIO,
    page: Page = Page(),  # noqa: B008 - immutable
) -> None:
    """Write rows as a file has them; CSV with byte order mark and CRLF for spreadsheets."""
    page = page._replace(width=None, color=False)
    if fmt == "xlsx":
        sheet.write(rows, columns, out, page)
        return
    with text_on(out, sheet=fmt == "csv") as text:
        FORMATS[fmt].write(rows, columns, text, page)


@contextmanager
def text_on(raw: BinaryIO, *, sheet: bool = False) -> Iterator[TextIO]:
    """Write UTF-8 text to an open file; ``sheet`` writes BOM and CRLF."""
    encoding, newline = ("utf-8-sig", "\r\n") if sheet else ("utf-8", "\n")
    out = io.TextIOWrapper(raw, encoding=encoding, newline=newline)
    yield out
    out.flush()
    out.detach()


@contextmanager
def spooled() -> Iterator[BinaryIO]:
    """Open what goes to stdout once all of it is written.

    Until then nobody sees any of it, and who reads slowly keeps nobody waiting.
    """
    from tempfile import TemporaryFile

    with TemporaryFile() as draft:
        yield draft
        draft.seek(0)
        with io.TextIOWrapper(draft, encoding="utf-8", newline="") as text:
            while part := text.read(1 << 16):
                sys.stdout.write(part)
