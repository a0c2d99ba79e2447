"""The slips of an office as papers: a head with the number, a form, lines to sign. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sixping.render.paper.blocks import Block, Heading, PageBreak, Paper, Sentence
from sixping.render.paper.office.minutes import minutes_paper
from sixping.render.paper.slips import forms, meeting
from sixping.render.paper.slips.facts import (
    Answer,
    Assignment,
    Contact,
    Demand,
    Extension,
    Minuted,
    Notice,
    Referral,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sixping.render.paper.slips.facts import Facts, Slip


def paper(slips: Sequence[Slip[Any]]) -> Paper:
    """Return one slip, or several of one kind, each beginning a page, as a paper."""
    first = slips[0]
    if isinstance(first.facts, Minuted):
        minutes, issued = first.facts
        made = minutes_paper(minutes, issued, first.head.number)
        return made._replace(draft="  ".join(first.head.marks))
    marks = first.head.marks if len(slips) == 1 else ()
    return Paper(
        title=_title(first),
        office=first.head.office,
        period=first.head.day,
        as_of="",
        blocks=tuple(_blocks(slips)),
        seal="",
        issue=first.head.number if len(slips) == 1 else f"{first.head.number}等{len(slips)}份",
        draft="  ".join((*marks, *_own_marks(first.facts))),
    )


def _title(slip: Slip[Any]) -> str:
    if isinstance(slip.facts, Notice):
        return slip.head.title.replace("联席会议", slip.facts.sort)
    return slip.head.title


def _own_marks(facts: Facts) -> Iterator[str]:
    if isinstance(facts, Extension) and facts.approved is None:
        yield "未批准"


def _blocks(slips: Sequence[Slip[Any]]) -> Iterator[Block]:
    for place, slip in enumerate(slips):
        if place:
            yield PageBreak()
            yield Heading(_title(slip))
        if len(slips) > 1:
            yield Sentence(("  ".join((slip.head.number, *slip.head.marks)),))
        yield from _MAKERS[type(slip.facts)](slip)


_MAKERS: Final[dict[type[Any], Callable[[Slip[Any]], Iterator[Block]]]] = {
    Assignment: forms.assignment,
    Demand: forms.demand,
    Extension: forms.extension,
    Referral: forms.referral,
    Answer: forms.answer,
    Contact: forms.contact,
    Notice: meeting.notice,
}
