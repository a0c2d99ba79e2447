"""The rows behind a figure, as people and sheets see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.table import Column

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
    Column("what", "情况", elastic=True),
    Column("seq", "流水号", "int"),
    Column("community", "社区"),
)
#: on a terminal narrower than this the column is left to other formats
COLUMNS_FROM = {"community": 150, "seq": 120, "by": 100, "verdict": 100, "unit": 80}
#: what leaves where the rows are still too wide, in this order
LEAVING = ("community", "seq", "by", "verdict", "at", "clock", "due")


def summary(rows: Sequence[Drilled], label: str) -> str:
    """Return how many rows there are, and how many of them count."""
    counted = sum(row.counted for row in rows)
    return f"{label}: 共 {len(rows)} 件, 计入 {counted} 件。"
