"""The lists of what is late or about to be, a page for each unit to be handed out (五.3). Pure.

What to sign stands at the top, what to write beside each case. A case is named by its number,
category and place, never by a word of a reporter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.documents.phrases import day
from sixping.render.overdue import SITUATION, is_late, rows
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Head,
    Heading,
    PageBreak,
    Paper,
    Runs,
    Sentence,
    SignOff,
    Table,
    count,
    days,
)
from sixping.render.paper.supervision.lapses import TASK, Place
from sixping.render.paper.wording import Numbers, Origin, listed
from sixping.reports.drill import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sixping.reports.overdue import OverdueItem

NAME = "督办清单"
LATE, SOON, WAITING = "超期", "到期", "等候"


class Line(NamedTuple):
    """A case, or a task of a meeting: where it stands worst, and how long it is late."""

    group: str
    cells: tuple[Cell, ...]
    late: int | None


class Sheet(NamedTuple):
    """What a unit has to see to, what is late first."""

    unit: str
    lines: tuple[Line, ...]

    def of(self, group: str) -> list[Line]:
        """Return the cases that stand so."""
        return [line for line in self.lines if line.group == group]

    @property
    def longest(self) -> int | None:
        """Return the working days of what is late longest; None: nothing is."""
        return max((line.late for line in self.lines if line.late is not None), default=None)


def paper(
    items: Sequence[OverdueItem],
    places: Mapping[str, Place],
    origin: Origin,
    room: str,
    within: int,
) -> Paper:
    """Return the paper of what ``overdue`` lists; what nobody holds is the ``room``'s own."""
    sheets = _sheets(items, places, room, within, origin.at.year)
    return Paper(
        title=NAME,
        office=origin.office,
        period="",
        as_of=origin.as_of,
        blocks=tuple(_blocks(sheets, within)),
        seal=origin.seal,
        landscape=True,
    )


def _sheets(
    items: Sequence[OverdueItem], places: Mapping[str, Place], room: str, within: int, year: int
) -> list[Sheet]:
    """Return a sheet a unit: who has most that is late first, then what is late longest."""
    units: dict[str, list[OverdueItem]] = {}
    for item in items:
        units.setdefault(item.unit or room, []).append(item)
    sheets = [Sheet(unit, tuple(_lines(own, places, within, year))) for unit, own in units.items()]
    return sorted(sheets, key=lambda s: (-len(s.of(LATE)), -(s.longest or 0), s.unit))


def _lines(
    items: Sequence[OverdueItem], places: Mapping[str, Place], within: int, year: int
) -> list[Line]:
    """Return a line a case, grouped by where it stands worst, the latest and the nearest first."""
    cases: dict[object, list[OverdueItem]] = {}
    for at, item in enumerate(items):
        cases.setdefault(item.number or at, []).append(item)
    lines = []
    for row, own in zip(rows(items), cases.values(), strict=True):
        ahead = [item.workdays_left for item in own if item.workdays_left is not None]
        late = max((item.workdays_late or 0 for item in own if is_late(item)), default=None)
        near = SOON if any(left <= within for left in ahead) else WAITING
        place = places.get(row["number"] or "", Place(None, row["community"]))
        named: tuple[Cell, ...] = (
            (row["number"], place.category or UNNAMED, place.where or UNNAMED)
            if row["number"]
            else (TASK, row["summary"], "")
        )
        due = day(row["due"].date(), year) if row["due"] else ""
        cells = (*named, row[SITUATION], due, row["severity"] or "", "")
        lines.append(Line(LATE if late is not None else near, cells, late))
    order = (LATE, SOON, WAITING)
    return sorted(lines, key=lambda line: (order.index(line.group), -(line.late or 0)))


def _blocks(sheets: Sequence[Sheet], within: int) -> Iterator[Block]:
    numbers = Numbers()
    if not sheets:
        yield Sentence(("没有超期、到期或等候的事项。",), lead=True)
        return
    every = Sheet("", tuple(line for sheet in sheets for line in sheet.lines))
    yield Sentence((*_counts(every, within), "，涉及", count(len(sheets)), "个单位。"), lead=True)
    yield _front(sheets, every, within, numbers)
    for sheet in sheets:
        yield PageBreak()
        yield Heading(f"{sheet.unit}{NAME}")
        yield SignOff(("签收人", "签收日期", "交回日期"))
        yield Sentence((
            f"{sheet.unit}", *_counts(sheet, within),
            "。请填写办理情况，签字后交回。",
        ))  # fmt: skip
        yield _table(sheet, within, numbers)


def _ahead(within: int) -> str:
    return f"今后{within}个工作日内到期" if within else "今天到期"


def _counts(sheet: Sheet, within: int) -> Runs:
    """Say how many are late, how long at most, how many come due and how many wait."""
    said: list[Runs] = []
    if late := sheet.of(LATE):
        longest: Runs = (days(sheet.longest),) if sheet.longest else ("不足1",)
        most = "" if len(late) == 1 else "最长"
        said.append((
            "超期", count(len(late), late=True), f"件，{most}超期", *longest, "个工作日",
        ))  # fmt: skip
    for words, group in ((_ahead(within), SOON), ("等候办理", WAITING)):
        if found := sheet.of(group):
            said.append((words, count(len(found)), "件"))
    return listed(said, "；")


def _front(sheets: Sequence[Sheet], every: Sheet, within: int, numbers: Numbers) -> Table:
    """Return the sum by unit."""

    def cells(sheet: Sheet, name: str) -> tuple[Cell, ...]:
        late = sheet.of(LATE)
        longest: Cell = "" if not late else days(sheet.longest) if sheet.longest else "不足1"
        return (
            name, count(len(late), late=True), longest, count(len(sheet.of(SOON))),
            count(len(sheet.of(WAITING))), count(len(sheet.lines)),
        )  # fmt: skip

    heads = ("超期", "最长超期（工作日）", _ahead(within), "等候办理", "合计")
    return Table(
        "合计",
        numbers.caption("表", "各单位件数"),
        (Head("单位"), *(Head(head, "figure") for head in heads)),
        tuple(cells(sheet, sheet.unit) for sheet in sheets),
        total=cells(every, "合计"),
        notes=(("一件只计一次，按最要紧的情形；会议任务各计一件。",),),
    )


def _table(sheet: Sheet, within: int, numbers: Numbers) -> Table:
    names = {LATE: LATE, SOON: _ahead(within), WAITING: "等候办理"}
    groups: dict[int, str] = {}
    for at, line in enumerate(sheet.lines):
        if names[line.group] not in groups.values():
            groups[at] = names[line.group]
    heads = ("编号", "类别", "网格", "情形（工作日）", "最早到期", "等级")
    return Table(
        sheet.unit,
        numbers.caption("表", f"{sheet.unit}{len(sheet.lines)}件"),
        (*map(Head, heads), Head("办理情况", "write")),
        tuple(line.cells for line in sheet.lines),
        groups=groups,
    )
