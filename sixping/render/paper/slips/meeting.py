"""The slips about a meeting: what it gave a unit to do, and its minutes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sixping.render.paper.blocks import (
    Block,
    Fields,
    Head,
    Heading,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.slips.facts import Minutes, Notice, Slip

_NUMERALS: Final = "一二三四五六七八九十"


def notice(slip: Slip[Notice]) -> Iterator[Block]:
    """Return 议定事项通知单 (三.2, 附1.3): the tasks of a unit, and room for what came of them."""
    of = slip.facts
    held = f"{of.day}{of.sort}（{of.meeting}，{of.convener}召集）"
    yield Sentence((f"{of.unit}：",))
    yield Sentence((f"{held}议定由你单位办理下列事项，请按期完成并报告结果。",))
    heads = (
        Head("编号"), Head("事项"), Head("期限"), Head("落实情况", "write"),
    )  # fmt: skip
    rows = tuple((item.number, item.text, item.due) for item in of.items)
    yield Table("议定事项", "", heads, tuple((*row, None) for row in rows))
    yield Fields((("签发", None), ("经办", None), ("签收人", None), ("签收时间", None)))


def minutes(slip: Slip[Minutes]) -> Iterator[Block]:
    """Return 会议纪要 (附1.3): when, who, what was said, what was decided."""
    of = slip.facts
    pairs = (
        ("会议编号", of.meeting), ("召集", of.convener), ("时间", of.time),
        ("到会", "、".join(of.present) or None), ("邀请", "、".join(of.guests) or "无"),
    )  # fmt: skip
    yield Fields(pairs, frozenset({"时间", "到会", "邀请"}))
    for place, (title, text) in enumerate(of.slots):
        numeral = _NUMERALS[place] if place < len(_NUMERALS) else str(place + 1)
        yield Heading(f"{numeral}、{title}")
        yield Sentence((text,)) if text else Slot("由会议补充。")
    yield Heading("议定事项")
    rows = tuple((item.number, unit, item.text, item.due) for unit, item in of.decided)
    heads = tuple(map(Head, ("编号", "单位", "事项", "期限")))
    yield Table("议定事项", "", heads, rows)
    yield Signature(slip.head.office, slip.head.day)
    yield SignOff(("记录", "审核", "签发"))
