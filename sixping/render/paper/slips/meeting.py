"""The slip about a meeting: what it gave a unit to do. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.blocks import (
    Block,
    Fields,
    Head,
    Sentence,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.slips.facts import Notice, Slip


def notice(slip: Slip[Notice]) -> Iterator[Block]:
    """Return 议定事项通知单 (三.2, 附1.3): the tasks of a unit, and room for what came of them."""
    of = slip.facts
    held = f"{of.day}{of.sort}（{of.meeting}，{of.convener}召集）"
    yield Sentence((f"{of.unit}：",))
    yield Sentence((f"{held}议定由你单位办理下列事项，请按期完成并报告结果。",))
    heads = (*map(Head, ("编号", "事项", "期限")), Head("落实情况", "write"))
    rows = tuple((item.number, item.text, item.due) for item in of.items)
    yield Table("议定事项", "", heads, tuple((*row, None) for row in rows))
    yield Fields((("签发", None), ("经办", None), ("签收人", None), ("签收时间", None)))
