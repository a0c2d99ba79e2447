"""The paper of an operation (四.3): plan, stages, each day, what was checked and come upon. Pure.

Of a case it has no word of a reporter: number, category, unit, community and how it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.documents.phrases import GONE
from sixping.render.paper.blocks import (
    Block,
    Fields,
    Head,
    Note,
    Paper,
    Runs,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
)
from sixping.render.paper.office import written
from sixping.render.paper.wording import Numbers, day_words, full_day
from sixping.util.daytext import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sixping.render.paper.wording import Origin

#: what people write, never the program
_LEFT = ("存在的问题", "下一步打算")


class StageTold(NamedTuple):
    """A stage; texts None: erased or not written."""

    name: str | None
    first: date
    last: date
    text: str | None


class DayTold(NamedTuple):
    """What a day came to: how many were checked and took part, of them with a licence."""

    day: date
    checked: int
    people: int
    licensed: int
    cases: int
    text: str | None


class CaseTold(NamedTuple):
    """A case that was come upon or planned, and how it stands."""

    number: str
    category: str
    unit: str
    community: str
    status: str


class Told(NamedTuple):
    """An operation as its paper tells of it; what was said in it is masked already.

    ``unrecorded``: stretches of days nobody wrote down, which is not nothing; ``since``: from when
    the register counts.
    """

    name: str | None
    first: date
    last: date
    hours: str
    platforms: Sequence[str]
    units: Sequence[str]
    coordinator: str | None
    people: int
    objects: int | None
    checked: int | None
    stages: Sequence[StageTold]
    days: Sequence[DayTold]
    unrecorded: Sequence[tuple[date, date]]
    cases: Sequence[CaseTold]
    outcome: str | None
    since: date | None
    long: bool

    @property
    def when(self) -> str:
        """Return its days in words."""
        if self.first == self.last:
            return full_day(self.first)
        return f"{full_day(self.first)}至{day_words(self.last, than=self.first)}"


def paper(of: Told, origin: Origin) -> Paper:
    """Return the paper."""
    return Paper(
        title=f"{origin.street}{of.name or GONE}总结",
        office=origin.office,
        period=of.when,
        as_of=origin.as_of,
        blocks=tuple(_blocks(of, origin)),
        seal=origin.seal,
    )


def _blocks(of: Told, origin: Origin) -> Iterator[Block]:
    numbers = Numbers()
    yield Sentence(_lead(of), lead=True)
    yield numbers.section("安排")
    yield _plan(of)
    if of.long:
        yield numbers.section("阶段")
        yield _stages(of, numbers) if of.stages else Slot("由街道填写：阶段、起止、任务。")
        yield numbers.section("每日情况")
        yield from _days(of, numbers)
    yield numbers.section("涉及和发现的事项")
    yield _cases(of, numbers) if of.cases else Sentence(("没有涉及的事项。",))
    yield numbers.section("结果")
    yield from written(of.outcome, "由牵头单位填写。")
    for words in _LEFT:
        yield numbers.section(words)
        yield Slot("由街道填写。")
    yield Signature(origin.office, origin.date)
    yield SignOff(("拟稿", "审核", "签发"))


def _lead(of: Told) -> Runs:
    begin = f"{of.when}，{'、'.join(of.units)}开展{of.name or GONE}"
    cases: Runs = ("涉及和发现事项", count(len(of.cases)), "件。")
    if not of.long:
        return (f"{begin}，", *cases)
    if of.checked is None:
        return (f"{begin}；每日情况没有记录，检查数不详；", *cases)
    planned: Runs = ("（计划", count(of.objects), "）") if of.objects is not None else ()
    return (
        f"{begin}；有记录的", count(len(of.days)), "天检查", count(of.checked), "家（处）",
        *planned, "，", *cases,
    )  # fmt: skip


def _plan(of: Told) -> Fields:
    return Fields(
        (
            ("时间", f"{of.when} {of.hours}".rstrip()),
            ("协调单位", of.coordinator or "不需要协调"),
            ("平台", "、".join(of.platforms) or None),
            ("计划人员", f"{of.people}人"),
            *([("计划检查", f"{of.objects}家（处）" if of.objects is not None else None)]
              if of.long else []),
            ("参加单位", "、".join(of.units)),
        ),
        frozenset({"时间", "参加单位"}),
    )  # fmt: skip


def _stages(of: Told, numbers: Numbers) -> Table:
    rows = tuple(
        (
            one.name or GONE,
            day_words(one.first, than=of.first),
            day_words(one.last, than=of.first),
            one.text or "",
        )
        for one in of.stages
    )
    heads = tuple(map(Head, ("阶段", "自", "至", "做什么")))
    return Table("阶段", numbers.caption("表", "阶段"), heads, rows)


def _days(of: Told, numbers: Numbers) -> Iterator[Block]:
    if of.days:
        heads = (
            Head("日期"), *(Head(each, "figure") for each in ("检查", "人数", "持证", "发现")),
            Head("情况"),
        )  # fmt: skip
        rows = tuple(
            (
                f"{day_words(one.day, than=of.first)} 周{WEEKDAYS[one.day.weekday()]}",
                count(one.checked), count(one.people), count(one.licensed),
                count(one.cases), one.text or "",
            )
            for one in of.days
        )  # fmt: skip
        total = (
            "合计", count(of.checked), None, None, count(sum(one.cases for one in of.days)), None,
        )  # fmt: skip
        caption = numbers.caption("表", f"每日情况（有记录的{len(rows)}天）")
        yield Table("每日情况", caption, heads, rows, total)
    else:
        yield Sentence(("没有每日记录。",))
    if of.objects is not None and of.checked is not None and of.checked > of.objects:
        yield Note(
            (f"检查数比计划多{of.checked - of.objects}，同一家（处）可能查了几次，不是家数。",)
        )
    if of.unrecorded:
        yield Note(
            (f"没有记录的日子：{'、'.join(map(_stretch, of.unrecorded))}；情况不详，不是0。",)
        )
    if of.since and of.since > of.first:
        yield Note((f"每日情况自{full_day(of.since)}起登记，此前的不详。",))


def _stretch(days: tuple[date, date]) -> str:
    first, last = days
    return day_words(first) if first == last else f"{day_words(first)}至{day_words(last)}"


def _cases(of: Told, numbers: Numbers) -> Table:
    heads = tuple(map(Head, ("编号", "类别", "承办单位", "社区", "现状")))
    return Table(
        "事项",
        numbers.caption("表", f"涉及和发现的事项（{len(of.cases)}件）"),
        heads,
        tuple(of.cases),
    )
