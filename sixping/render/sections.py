"""A page of titled tables: Markdown for the file, aligned tables for the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from sixping.render.formats import emit
from sixping.render.table import Column, Page
from sixping.util.text import clean, md_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sixping.render.terminal import Terminal


class Section(NamedTuple):
    """One table of a page with its heading; ``note`` stands beneath it."""

    title: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


class SectionPage(NamedTuple):
    """A whole page; ``slots`` are headings that people fill in, in the Markdown only."""

    title: str
    sections: Iterable[Section]
    anchor: str
    slots: tuple[str, ...] = ()


def anchor(seq: int, head: str, as_of: datetime) -> str:
    """Return the line that anchors a page to the ledger it was made from (decision 5)."""
    return f"台账第 {seq} 条, 校验码 {head[-16:]}, 截至 {as_of:%Y-%m-%d %H:%M:%S}"


def page_md(page: SectionPage) -> str:
    """Return a page as Markdown, ready to be edited."""
    lines = [f"# {page.title}", ""]
    for section in page.sections:
        lines += [f"## {section.title}", "", *_markdown_table(section), ""]
        lines += [section.note, ""] if section.note else []
    for slot in page.slots:
        lines += [f"## {slot}", "", "(由会商补充)", ""]
    return "\n".join([*lines, f"*{page.anchor}*", ""])


def _markdown_table(section: Section) -> list[str]:
    rows = [section.headers, ("---",) * len(section.headers)]
    body = [tuple(md_cell(cell) for cell in row) for row in section.rows]
    return [f"| {' | '.join(row)} |" for row in (*rows, *body)]


def page_screen(page: SectionPage, terminal: Terminal) -> str:
    """Return a page for a terminal; the last column of each table may wrap."""
    out = io.StringIO()
    out.write(f"{clean(page.title)}\n")
    sheet = Page(width=terminal.width, color=terminal.color)
    for section in page.sections:
        out.write(f"\n[{section.title}]\n")
        last = len(section.headers) - 1
        columns = [
            Column(str(i), head, elastic=i == last) for i, head in enumerate(section.headers)
        ]
        rows = [{str(i): cell for i, cell in enumerate(row)} for row in section.rows]
        emit(rows, columns, fmt="table", out=out, page=sheet)
        out.write(f"{section.note}\n" if section.note else "")
    out.write(f"\n{page.anchor}\n")
    return out.getvalue()
