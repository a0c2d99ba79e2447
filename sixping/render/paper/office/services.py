"""The public list of a street's services (附2.4): one table to hang up, and what each asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.blocks import Block, Head, Note, Paper, Table, days
from sixping.render.paper.wording import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.policy.services import ServiceItem, Services
    from sixping.render.paper.wording import Origin

_NAME = "公开服务事项"


def paper(services: Services, issued: Origin) -> Paper:
    """Return the catalogue as a paper; it names no case and no applicant."""
    return Paper(
        title=f"{issued.street}{_NAME}" + (f"（{services.edition}）" if services.edition else ""),
        office=issued.office,
        period="",
        as_of=issued.as_of,
        blocks=tuple(_blocks(services)),
        seal=issued.seal,
        landscape=True,
    )


def _blocks(services: Services) -> Iterator[Block]:
    numbers = Numbers()
    heads = (
        Head("事项"), Head("办理单位、窗口"), Head("承诺期限（工作日）", "figure"),
        Head("网上办理"), Head("材料"), Head("依据"),
    )  # fmt: skip
    yield Table(
        _NAME,
        numbers.caption("表", _NAME),
        heads,
        tuple(
            (
                item.name,
                "、".join(filter(None, (item.unit, item.window))),
                days(item.workdays),
                (item.link or "可以") if item.online else "",
                "、".join(item.materials),
                item.clause,
            )
            for item in services.items
        ),
        whole=True,
    )
    if any(item.workdays is None for item in services.items):
        yield Note(("没有写明承诺期限的，按实施办法的期限办结（五.1c）。",))
    if longer := [item for item in services.items if item.ceiling]:
        said = "；".join(f"{item.name}最长{item.ceiling}个工作日" for item in longer)
        yield Note((f"{said}。",))
    asked = [item for item in services.items if item.questions]
    if asked:
        yield Table(
            "需要说明的",
            numbers.caption("表", "办理时需要说明的"),
            (Head("事项"), Head("需要说明的")),
            tuple((item.name, _questions(item)) for item in asked),
            whole=True,
        )


def _questions(item: ServiceItem) -> str:
    return "；".join(
        question.text + (f"（{'、'.join(question.choices)}）" if question.choices else "")
        for question in item.questions
    )
