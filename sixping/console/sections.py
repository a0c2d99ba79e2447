"""How a report answers: a page of sections for people, one flat table or a document else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.console.answers import publish, write_text
from sixping.render.sections import page_md, page_screen
from sixping.render.table import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.render.sections import SectionPage
    from sixping.render.table import Row


def publish_page(
    context: Context,
    wish: Wish,
    page: SectionPage,
    rows: Sequence[Row],
    heads: dict[str, str],
    document: dict[str, Any],
) -> None:
    """Write a report: ``rows`` under ``heads`` (key → title) as sheet or JSON lines."""
    fmt = wish.choose(context)
    if fmt == "md":
        write_text(wish, page_md(page))
    elif fmt == "table":
        write_text(wish, page_screen(page, context.terminal))
    else:
        columns = [Column(key, title) for key, title in heads.items()]
        publish(context, wish, rows, columns, rows if fmt == "jsonl" else document)
