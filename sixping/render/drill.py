"""The rows behind a figure, as people and sheets see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.render.table import Column
from sixping.util.text import spoken_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.reports.drill import Drilled

COLUMNS = (
    Column("number", "编号"),
    Column("unit", "单位"),
    Column("clock", "时限"),
    Column("due", "期限", "time"),
    Column("at", "时间", "time"),
    Column("counted", "计入", "bool"),
    Column("verdict", "判定"),
    Column("by", "经办"),
    Column("what", "情况", elastic=True, one_line=True),
    Column("seq", "流水号", "int"),
    Column("community", "社区"),
)
#: who a row is said to belong to that no unit has in hand
NOBODY = "(未分派)"
#: on a terminal narrower than this the column is left to other formats
COLUMNS_FROM = {"community": 150, "seq": 120, "by": 100, "verdict": 100, "unit": 80}
#: what leaves where the rows are still too wide, in this order
LEAVING = ("community", "seq", "by", "verdict", "at", "clock", "due")


def on_screen(
    rows: Sequence[dict[str, Any]], heads: Sequence[Column], this_year: int
) -> tuple[list[dict[str, Any]], list[Column]]:
    """Return the rows with short numbers, the text last; columns that say nothing leave."""
    said = [head for head in heads if any(row[head.key] is not None for row in rows)]
    if any(row["unit"] for row in rows):
        rows = [row | {"unit": row["unit"] or NOBODY} for row in rows]
    lines = [
        row | {"number": row["number"] and spoken_number(row["number"], this_year)} for row in rows
    ]
    columns = [h._replace(kind="number") if h.key == "number" else h for h in said]
    return lines, sorted(columns, key=lambda head: head.elastic)


def summary(rows: Sequence[Drilled], label: str) -> str:
    """Return how many rows there are, and how many of them count."""
    counted = sum(row.counted for row in rows)
    each = "条" if rows and all(row.number is None for row in rows) else "件"
    return f"{label}: 共 {len(rows)} {each}, 计入 {counted} {each}。"
