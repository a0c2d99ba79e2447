"""Which columns of a list of cases a terminal has room for: those of less use fall away first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.screen import GAP, full_widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.render.table import Column, Row

#: the cells the text has to have for a column to stay: one that helps, one that tells
HELPS, TELLS = 32, 16


def staying(
    rows: Sequence[Row],
    heads: Sequence[Column],
    width: int,
    this_year: int,
    leaving: Sequence[tuple[str, int]],
) -> tuple[list[Column], int]:
    """Return the columns that stay on a terminal, fitted over all rows, and the cells for text.

    ``leaving``: columns in the order they fall away, each with the cells that the elastic
    column must have for it to stay. All others stay, however narrow it is.
    """
    wide = {
        head.key: cells
        for head, cells in zip(heads, full_widths(rows, heads, this_year), strict=True)
        if not head.elastic
    }

    def left() -> int:
        return width - sum(wide.values()) - len(GAP) * len(wide)

    for key, least in leaving:
        if key in wide and left() < least:
            del wide[key]
    return [head for head in heads if head.elastic or head.key in wide], left()
