"""The minutes of a meeting (附1.3, 三.2): who met, what was said, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.documents.phrases import NO_RATE
from sixping.render.paper.blocks import (
    Block,
    Fields,
    Head,
    Heading,
    Paper,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
)
from sixping.render.paper.office import named, written
from sixping.render.paper.wording import day_words, section
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.render.paper.wording import Origin


DECIDED = "议定事项"


class Resolved(NamedTuple):
    """One thing that was decided: who does what by when, and how it stands.

    ``name``: of the task (``m3.1``) or the number of the case. ``text`` None: it stands there.
    ``due`` and ``unit`` None: unknown. ``state``: in words.
    """

    name: str
    text: str | None
    unit: str | None
    due: date | None
    state: str


class Minutes(NamedTuple):
    """A meeting as its minutes tell of it; whatever was said in it is masked already.

    ``platform``: as the street calls it, empty where it is of all. ``members``: who belongs to it
    (附1.2), ``present``: unit → names of who came, both empty where it is not recorded.
    ``said``: column → text, None: nobody wrote it. Names of guests are None after an erasure.
    ``roll``: how many had to come, came, had leave or none, in words; empty: nobody knows.
    """

    kind: str
    day: date
    convener: str
    name: str = ""
    start: str | None = None
    end: str | None = None
    platform: str = ""
    reason: str | None = None
    members: str = ""
    present: tuple[tuple[str, tuple[str, ...]], ...] = ()
    guests: tuple[str | None, ...] = ()
    said: tuple[tuple[str, str | None], ...] = ()
    resolved: tuple[Resolved, ...] = ()
    roll: str = ""


def minutes_paper(minutes: Minutes, issued: Origin, issue: str | None = "") -> Paper:
    """Return the minutes (会议纪要) as a paper.

    ``issue``: its number as printed (第3期), None: a slot for it, empty: it has none.
    """
    return Paper(
        title=f"{issued.street}“基层治理四平台”{meeting_words(minutes.kind, minutes.platform)}纪要",
        office=issued.office,
        period="",
        as_of=issued.as_of,
        blocks=tuple(_blocks(minutes, issued)),
        seal=issued.seal,
        issue=issue,
    )


def meeting_words(kind: str, platform: str) -> str:
    """Return what a meeting is called in a title: ``综合执法平台协调组例会``."""
    own = f"{platform}{'' if kind.startswith('平台') else '平台'}" if platform else ""
    return f"{own}{kind}"


def time_words(day: date, start: str | None, end: str | None) -> str:
    """Return ``2026年11月24日(周二) 14:00-16:00``."""
    hours = "-".join(filter(None, (start, end)))
    return f"{understood_day(day)} {hours}".rstrip()


def _blocks(minutes: Minutes, issued: Origin) -> Iterator[Block]:
    yield _meeting(minutes)
    number = 0
    for number, (column, text) in enumerate(minutes.said, 1):
        yield Heading(section(number, column))
        yield from written(text)
    yield Heading(section(number + 1, DECIDED))
    yield _decided(minutes) if minutes.resolved else Slot("由会议填写：事项、责任单位、完成期限。")
    yield Signature(issued.office, issued.date)
    yield SignOff(("记录", "审核", "签发"))


def _meeting(minutes: Minutes) -> Fields:
    """Return when and where it was and who was there; empty: to be written in."""
    came = sum(len(names) for _, names in minutes.present)
    units = "；".join(f"{unit}：{named(names)}" for unit, names in minutes.present)
    pairs = [
        ("时间", time_words(minutes.day, minutes.start, minutes.end)),
        ("地点", None),
        ("召集人", minutes.convener),
        ("主持人", None),
        *([("理由", minutes.reason)] if minutes.reason else []),
        *([("参加对象", minutes.members)] if minutes.members else []),
        ("出席", f"{minutes.roll or f'实到{came}人'}。{units}" if came else minutes.roll or None),
        *([("邀请", named(minutes.guests))] if minutes.guests else []),
    ]
    return Fields(tuple(pairs), frozenset({"理由", "参加对象", "出席", "邀请"}))


def _decided(minutes: Minutes) -> Table:
    rows = tuple(
        (
            count(place),
            one.text or f"（对{one.name}作出决定，内容见该事项）",
            one.unit or NO_RATE,
            day_words(one.due, than=minutes.day) if one.due else NO_RATE,
            one.state,
            one.name,
        )
        for place, one in enumerate(minutes.resolved, 1)
    )
    heads = ("序号", DECIDED, "责任单位", "完成期限", "进展", "编号")
    kinds = (Head(heads[0], "figure"), *map(Head, heads[1:]))
    return Table(DECIDED, f"表1 {DECIDED}（{len(rows)}项）", kinds, rows)
