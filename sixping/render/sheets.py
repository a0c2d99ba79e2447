"""Tables for sheets, scripts and documents: tsv, csv, json, jsonl and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from sixping.render.table import (
    Cell,
    Column,
    Page,
    Row,
    cells_for_people,
    cells_for_sheets,
    values_for_json,
)
from sixping.util.text import csv_cell, dump_json, md_cell, tsv_cell


def write_tsv(rows: Sequence[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one line a row, fields separated by tabs, nothing cut; headers are the keys."""
    cells = _lines(rows, columns, cells_for_sheets(columns, page, tsv_cell))
    if page.headers:
        out.write("\t".join(column.key for column in columns) + "\n")
    out.writelines("\t".join(line) + "\n" for line in cells)


def write_csv(rows: Sequence[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write CSV after RFC 4180; headers are the keys, formulas are disarmed."""
    import csv

    writer = csv.writer(out, lineterminator="\n")
    if page.headers:
        writer.writerow([column.key for column in columns])
    writer.writerows(_lines(rows, columns, cells_for_sheets(columns, page, csv_cell)))


def write_json(rows: Sequence[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one JSON array, an object a line; ``[]`` when there are no rows."""
    objects = ",\n".join(map(dump_json, _objects(rows, columns, page)))
    out.write(f"[\n{objects}\n]\n" if objects else "[]\n")


def write_jsonl(rows: Sequence[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write one JSON object a line."""
    out.writelines(dump_json(found) + "\n" for found in _objects(rows, columns, page))


def write_md(rows: Sequence[Row], columns: Sequence[Column], out: TextIO, page: Page) -> None:
    """Write a Markdown table under Chinese titles; all text is literal."""
    cells = _lines(rows, columns, cells_for_people(columns, page, md_cell))
    if page.headers:
        out.write(_md_line([md_cell(column.title) for column in columns]))
        out.write(_md_line(["---:" if column.right else "---" for column in columns]))
    out.writelines(map(_md_line, cells))


def _md_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _lines(
    rows: Sequence[Row], columns: Sequence[Column], makers: Sequence[Cell]
) -> Iterator[list[str]]:
    pairs = [(column.key, make) for column, make in zip(columns, makers, strict=True)]
    for row in rows:
        yield [make(row.get(key)) for key, make in pairs]


def _objects(
    rows: Sequence[Row], columns: Sequence[Column], page: Page
) -> Iterator[dict[str, Any]]:
    forms = values_for_json(columns, page)
    pairs = [(column.key, form) for column, form in zip(columns, forms, strict=True)]
    for row in rows:
        yield {key: form(row.get(key)) for key, form in pairs}
