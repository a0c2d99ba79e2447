"""The papers of the office: agenda and minutes of a meeting (附1.3), roster of a month (一.2).

Pure: plain data in, blocks out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.phrases import GONE
from sixping.render.paper.blocks import Block, Sentence, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: who writes what no data support (附1.3)
BY_MEETING = "由会议填写。"


def written(text: str | None, slot: str = BY_MEETING) -> Iterator[Block]:
    """Yield what somebody wrote, a paragraph a line; None: a slot to write it in."""
    if text is None:
        yield Slot(slot)
        return
    for line in filter(None, map(str.strip, text.split("\n"))):
        yield Sentence((line,))


def named(names: Sequence[str | None]) -> str:
    """Return names one after another; who was erased is said to be."""
    return "、".join(name or GONE for name in names)
