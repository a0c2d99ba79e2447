"""The paper of what a meeting decided (三.2, 附1.3): who does what by when, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.render.paper.blocks import (
    Block,
    Fields,
    Head,
    Paper,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
)
from sixping.render.paper.office.minutes import meeting_words, time_words
from sixping.render.paper.wording import Numbers, day_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sixping.render.paper.wording import Origin

_TITLE = "决定事项"


class Resolved(NamedTuple):
    """One thing that was decided. ``text`` None: it stands on the case. ``state``: in words."""

    name: str
    kind: str
    text: str | None
    unit: str
    assist: Sequence[str]
    due: date
    state: str
    open: bool = False
    late: bool = False


class Decided(NamedTuple):
    """A meeting and all it decided; what was said in it is masked already."""

    name: str
    sort: str
    platform: str
    day: date
    start: str | None
    end: str | None
    convener: str
    resolved: Sequence[Resolved]


def paper(of: Decided, origin: Origin) -> Paper:
    """Return the paper; it lies, for its table is wide."""
    called = meeting_words(of.sort, of.platform)
    return Paper(
        title=f"{origin.street}“基层治理四平台”{called}{_TITLE}",
        office=origin.office,
        period="",
        as_of=origin.as_of,
        blocks=tuple(_blocks(of, origin)),
        seal=origin.seal,
        landscape=True,
    )


def _blocks(of: Decided, origin: Origin) -> Iterator[Block]:
    yield Fields(
        (
            ("会议", f"{meeting_words(of.sort, of.platform)}（{of.name}）"),
            ("时间", time_words(of.day, of.start, of.end)),
            ("召集人", of.convener),
        )
    )
    if of.resolved:
        going = sum(one.open for one in of.resolved)
        yield Sentence(
            (
                "决定事项", count(len(of.resolved)), "项，办理中", count(going), "项，其余",
                count(len(of.resolved) - going), "项。",
            ),
            lead=True,
        )  # fmt: skip
        yield _table(of)
    else:
        yield Slot("由会议填写：事项、责任单位、完成期限。")
    yield Signature(origin.office, origin.date)
    yield SignOff(("拟稿", "审核", "签发"))


def _table(of: Decided) -> Table:
    heads = (
        Head("序号", "figure"),
        *map(Head, ("编号", "种类", _TITLE, "责任单位", "协办单位", "完成期限", "进展")),
    )
    rows = tuple(
        (
            count(place),
            one.name,
            one.kind,
            one.text or f"（对{one.name}作出决定，内容见该事项）",
            one.unit,
            "、".join(one.assist),
            day_words(one.due, than=of.day),
            one.state,
        )
        for place, one in enumerate(of.resolved, 1)
    )
    return Table(_TITLE, Numbers().caption("表", f"{_TITLE}（{len(rows)}项）"), heads, rows)
