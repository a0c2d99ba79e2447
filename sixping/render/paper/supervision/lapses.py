"""The paper of what was late or irregular in a period, unit by unit (五.2, 五.3). Pure.

No word of a reporter: a case is named by its number, category and place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.documents.phrases import NO_RATE, day, moment
from sixping.policy.vocabulary import LAPSES
from sixping.render.beside import TITLE
from sixping.render.lapses import words_of
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Figure,
    Head,
    Heading,
    Note,
    Paper,
    Runs,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
    days,
)
from sixping.render.paper.wording import Numbers, Origin, day_words, listed, punctuated
from sixping.reports.drill import SEEN, UNNAMED, PartKey
from sixping.reports.lapsedrill import EVERY, UNDONE, by_unit, is_undone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sixping.reports.lapses import Lapse
    from sixping.reports.period import Span
    from sixping.reports.watched import Watched

NAME = "超期及不规范办理清单"
_NOBODY = "（台账没有写明单位）"
TASK = "会议任务"
_LINES = 3  # for a unit to write on


class Place(NamedTuple):
    """What a case is about and where, in no word of a reporter."""

    category: str | None
    where: str | None


class Listed(NamedTuple):
    """What a period has of failures, and of what is none but has to be seen.

    ``known`` False: the period ended before the first report came in.
    """

    span: Span
    failures: Sequence[Lapse]
    beside: Sequence[Watched]
    places: Mapping[str, Place]
    known: bool = True


def paper(of: Listed, origin: Origin, whose: str = "") -> Paper:
    """Return the paper; ``whose``: the unit or community asked for, in its title."""
    first, last = of.span
    return Paper(
        title=NAME + (f"（{whose}）" if whose else ""),
        office=origin.office,
        period=f"{first.year}年{day_words(first)}至{day_words(last, than=first)}",
        as_of=origin.as_of,
        blocks=tuple(_blocks(of, origin)),
        seal=origin.seal,
        landscape=True,
    )


def _blocks(of: Listed, origin: Origin) -> Iterator[Block]:
    numbers, units = Numbers(), by_unit(of.failures)
    if not of.known:
        yield Sentence(("台账里没有这一时段的记录：没有列出的，不等于没有。",))
    yield Sentence(_lead(of, len(units)), lead=True)
    if units:
        yield _sums(units, of.failures, numbers)
    for unit, failures in units:
        yield Heading(unit or _NOBODY)
        yield _table(unit, failures, of, numbers)
        yield Slot("单位说明", lines=_LINES)
    yield from _beside(of, numbers)
    yield Signature(origin.office, origin.date)
    yield SignOff(("填报", "审核", "签发"))


def _lead(of: Listed, units: int) -> Runs:
    """Say how many there are, of what kinds and whose, and how many are still undone."""
    first, last = of.span
    when = f"{day_words(first)}至{day_words(last, than=first)}"
    if not of.failures:
        return (f"{when}没有超期及不规范办理的。",)
    cases = {lapse.number for lapse in of.failures if lapse.number}
    kinds = listed((LAPSES[kind], count(n, kind), "项") for kind, n in _kinds(of.failures).items())
    undone = sum(map(is_undone, of.failures))
    still: Runs = ("；至今未完成的", count(undone, UNDONE, late=True), "项") if undone else ()
    return (
        f"{when}，超期及不规范办理", count(len(of.failures), EVERY), "项，涉及",
        count(len(cases)), "件、", count(units), "个单位：", *kinds, *still, "。",
    )  # fmt: skip


def _kinds(failures: Iterable[Lapse]) -> dict[str, int]:
    """Return how many there are of each kind that occurs, gravest first."""
    every = [lapse.kind for lapse in failures]
    return {kind: every.count(kind) for kind in LAPSES if kind in every}


def _key(unit: str | None, kind: str) -> str:
    return PartKey(kind, "unit", unit or UNNAMED).text


def _sums(
    units: Sequence[tuple[str | None, Sequence[Lapse]]], every: Sequence[Lapse], numbers: Numbers
) -> Table:
    kinds = _kinds(every)

    def cells(unit: str | None, failures: Sequence[Lapse]) -> tuple[Cell, ...]:
        own = _kinds(failures)
        return (
            unit or _NOBODY,
            *(count(own.get(kind, 0), _key(unit, kind)) for kind in kinds),
            count(len(failures), _key(unit, EVERY)),
            count(sum(map(is_undone, failures)), _key(unit, UNDONE), late=True),
        )

    heads = [*(LAPSES[kind] for kind in kinds), "合计", "至今未完成"]
    return Table(
        "合计",
        numbers.caption("表", "各单位项数"),
        (Head("责任单位"), *(Head(head, "figure") for head in heads)),
        tuple(cells(unit, failures) for unit, failures in units),
        total=(
            "合计",
            *(count(n, kind) for kind, n in kinds.items()),
            count(len(every), EVERY),
            count(sum(map(is_undone, every)), UNDONE, late=True),
        ),
        notes=(("一件可以有几项；责任单位为期限届满时承办的单位。",),),
    )


def _table(unit: str | None, failures: Sequence[Lapse], of: Listed, numbers: Numbers) -> Table:
    coordinated = any(lapse.coordinator for lapse in failures)
    year = of.span.last.year

    def cells(lapse: Lapse) -> tuple[Cell, ...]:
        place = of.places.get(lapse.number or "", Place(None, lapse.community))
        own = (
            lapse.number or TASK,
            place.category or UNNAMED if lapse.number else "",
            place.where or UNNAMED if lapse.number else "",
            LAPSES[lapse.kind],
            day(lapse.due.date(), year) if lapse.due else NO_RATE,
            moment(lapse.happened, year) if lapse.happened else "未完成",
            _length(lapse),
            "、".join(map(str, lapse.evidence)),
        )
        coordinator = (lapse.coordinator or "",) if coordinated else ()
        return (*own, *coordinator, punctuated(lapse.why))

    heads = ["编号", "类别", "网格", "情形", "期限", "实际", "超期（工作日）", "依据（流水号）"]
    heads += [*(["协调单位"] if coordinated else []), "说明"]
    return Table(
        unit or "没有写明单位",
        numbers.caption("表", f"{unit or _NOBODY}{len(failures)}项"),
        tuple(Head(head, "figure" if head == "超期（工作日）" else "text") for head in heads),
        tuple(map(cells, failures)),
    )


def _length(lapse: Lapse) -> Cell:
    if lapse.due is None:
        return NO_RATE
    late: Figure = days(lapse.workdays_late)
    late = late._replace(late=is_undone(lapse))
    return late if lapse.workdays_late else late._replace(text="不足1")


def _beside(of: Listed, numbers: Numbers) -> Iterator[Block]:
    """Yield what is no failure but has to be seen."""
    if not of.beside:
        return
    title, year = punctuated(TITLE), of.span.last.year
    families = [row.family for row in of.beside]
    counts = listed(
        (punctuated(SEEN[family]), count(families.count(family), family))
        for family in dict.fromkeys(families)
    )
    yield Heading(title)
    yield Sentence((*counts, "。"))
    heads = ("单位", "编号", "情形", "时间", "期限", "说明")
    yield Table(
        title,
        numbers.caption("表", title),
        tuple(map(Head, heads)),
        tuple(
            (
                row.unit or "", row.number, words_of(row), moment(row.at, year),
                day(row.due.date(), year) if row.due else NO_RATE, row.what,
            )
            for row in of.beside
        ),
    )  # fmt: skip
    yield Note(("只列数，不计为超期及不规范办理。",))
