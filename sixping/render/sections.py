"""The period report as text: Markdown for the file, aligned tables for the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sixping.render.formats import emit
from sixping.render.period import anchor, sections, title
from sixping.render.table import Column, Page
from sixping.util.text import clean, md_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sixping.render.period import Section
    from sixping.render.terminal import Terminal
    from sixping.reports.period import Report

#: what no data supports is left for people to write (附1.3)
SLOTS = ("存在的问题", "下步工作打算")


def markdown(report: Report) -> str:
    """Return the page as Markdown, ready to be edited."""
    return page_md(title(report), sections(report), anchor(report), SLOTS)


def screen(report: Report, terminal: Terminal) -> str:
    """Return the page for a terminal."""
    return page_screen(title(report), sections(report), anchor(report), terminal)


def page_md(heading: str, parts: Iterable[Section], foot: str, slots: Iterable[str] = ()) -> str:
    """Return any page of sections as Markdown; ``slots`` are headings left to be filled in."""
    lines = [f"# {heading}", ""]
    for section in parts:
        lines += [f"## {section.title}", "", *_markdown_table(section), ""]
        lines += [section.note, ""] if section.note else []
    for slot in slots:
        lines += [f"## {slot}", "", "(由会商补充)", ""]
    return "\n".join([*lines, f"*{foot}*", ""])


def _markdown_table(section: Section) -> list[str]:
    rows = [section.headers, ("---",) * len(section.headers)]
    body = [tuple(md_cell(cell) for cell in row) for row in section.rows]
    return [f"| {' | '.join(row)} |" for row in (*rows, *body)]


def page_screen(heading: str, parts: Iterable[Section], foot: str, terminal: Terminal) -> str:
    """Return any page of sections for a terminal; the last column of each table may wrap."""
    out = io.StringIO()
    out.write(f"{clean(heading)}\n")
    page = Page(width=terminal.width, color=terminal.color)
    for section in parts:
        out.write(f"\n[{section.title}]\n")
        last = len(section.headers) - 1
        columns = [
            Column(str(i), head, elastic=i == last) for i, head in enumerate(section.headers)
        ]
        rows = [{str(i): cell for i, cell in enumerate(row)} for row in section.rows]
        emit(rows, columns, fmt="table", out=out, page=page)
        out.write(f"{section.note}\n" if section.note else "")
    out.write(f"\n{foot}\n")
    return out.getvalue()
