"""The paper of who came to the meetings of a period, and which were not held (附1.2, 附3.1). Pure.

Counts by unit: it is handed round, so nobody is named in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.office.attendance import WORDS
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Head,
    Note,
    Paper,
    Runs,
    Sentence,
    Signature,
    SignOff,
    Table,
    count,
)
from sixping.render.paper.wording import Numbers, day_words, full_day, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sixping.render.paper.wording import Origin


class NotHeld(NamedTuple):
    """A regular meeting that was not held; ``platform`` as the street calls it, or empty."""

    kind: str
    platform: str
    first: date
    last: date


NOBODY_NAMED = "参加对象都没有登记人员，应到、请假、缺席不详"


class Attended(NamedTuple):
    """Attendance of a period: ``units``: unit → figures by ``WORDS``; ``begun``: counted since."""

    first: date
    last: date
    begun: date
    meetings: int
    recorded: int
    unfilled: int
    afterwards: int
    units: Mapping[str, Mapping[str, int]]
    not_held: Sequence[NotHeld]


def paper(of: Attended, origin: Origin) -> Paper:
    """Return the paper."""
    first, last = of.first, of.last
    return Paper(
        title=f"{origin.street}“基层治理四平台”会议情况",
        office=origin.office,
        period=f"{full_day(first)}至{day_words(last, than=first)}",
        as_of=origin.as_of,
        blocks=tuple(_blocks(of, origin)),
        seal=origin.seal,
    )


def _blocks(of: Attended, origin: Origin) -> Iterator[Block]:
    numbers = Numbers()
    sums = {what: sum(row[what] for row in of.units.values()) for what in WORDS}
    yield Sentence(_lead(of, sums), lead=True)
    yield numbers.section("到会")
    if of.units:
        yield _units(of, sums, numbers)
    else:
        yield Sentence((f"{NOBODY_NAMED if of.recorded else '没有到会记录'}。",))
    yield from _notes(of)
    yield numbers.section("没有召开的定期会议")
    yield _not_held(of, numbers) if of.not_held else Sentence(("没有。",))
    yield Note(("有到会或纪要记录的为召开；全是休息日的一周、没有过完的一周或一月不计。",))
    yield Signature(origin.office, origin.date)
    yield SignOff(("填报", "审核", "签发"))


def _lead(of: Attended, sums: Mapping[str, int]) -> Runs:
    """Say who came, where it is on record, and how many meetings were not held."""
    held: Runs = ("；没有召开的定期会议", count(len(of.not_held)), "次。")
    if not of.recorded:
        return ("会议", count(of.meetings), "次，没有到会记录，到会不详", *held)
    if not of.units:  # who had to come is not known: no 0 of anybody
        return (
            "会议", count(of.meetings), "次，有到会记录的", count(of.recorded), "次，",
            NOBODY_NAMED, *held,
        )  # fmt: skip
    figures = [(f"{word}", count(sums[what]), "人次") for what, word in WORDS.items()]
    return (
        "会议", count(of.meetings), "次，有到会记录的", count(of.recorded), "次：",
        *listed(figures, "，"), *held,
    )  # fmt: skip


def _units(of: Attended, sums: Mapping[str, int], numbers: Numbers) -> Table:
    heads = (Head("单位"), *(Head(word, "figure") for word in WORDS.values()))
    rows = tuple(_counts(unit, row) for unit, row in of.units.items())
    total = _counts("合计", sums)
    return Table("到会", numbers.caption("表", "各单位到会（人次）"), heads, rows, total)


def _counts(name: str, row: Mapping[str, int]) -> tuple[Cell, ...]:
    return name, *(count(row[what]) for what in WORDS)


def _notes(of: Attended) -> Iterator[Note]:
    if of.begun > of.first:
        yield Note((f"自{full_day(of.begun)}起登记，此前的会议不计。",))
    if of.recorded < of.meetings:
        yield Note((f"没有到会记录的{of.meetings - of.recorded}次不计：到会不详，不是缺席。",))
    if of.afterwards:
        yield Note((f"请假中会后补记的{of.afterwards}人次。",))
    if of.unfilled:
        yield Note((f"参加对象中没有登记人员的{of.unfilled}人次不计。",))


def _not_held(of: Attended, numbers: Numbers) -> Table:
    periods: dict[tuple[str, str], list[str]] = {}
    for one in of.not_held:
        days = f"{day_words(one.first, than=of.first)}至{day_words(one.last, than=of.first)}"
        periods.setdefault((one.kind, one.platform), []).append(days)
    rows = tuple(
        (kind, platform, count(len(when)), "、".join(when))
        for (kind, platform), when in periods.items()
    )
    heads = (Head("会议"), Head("平台"), Head("次数", "figure"), Head("时段"))
    caption = numbers.caption("表", f"没有召开的定期会议（{len(of.not_held)}次）")
    return Table("没有召开", caption, heads, rows, whole=True)
