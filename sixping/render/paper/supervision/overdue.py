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
    Figure,
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
from sixping.reports.opening import CASES, DUE, STILL_DUE
from sixping.reports.overdue import KINDS, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sixping.reports.overdue import Overdue, OverdueItem

NAME = "督办清单"
#: the figures of the list by which cases are grouped, each counted once at its worst
GROUPS = ("late", DUE, "waiting")
#: what registers list that is no case
UNNUMBERED = ("accountability", "consent", "opinion", "promised")


class Line(NamedTuple):
    """A case, or a task of a meeting: where it stands worst, and how long it is late.

    ``group``: one of ``GROUPS``.
    """

    group: str
    cells: tuple[Cell, ...]
    late: int | None


class Sheet(NamedTuple):
    """What a unit has to see to, what is late first.

    ``key``: what its figures open by begins so; None: they do not open.
    """

    unit: str
    lines: tuple[Line, ...]
    key: str | None = ""

    def of(self, group: str) -> list[Line]:
        """Return the cases that stand so."""
        return [line for line in self.lines if line.group == group]

    def figure(self, name: str) -> Figure:
        """Return how many stand so, or all (``CASES``), as a figure that opens."""
        number = len(self.lines if name == CASES else self.of(name))
        key = None if self.key is None else f"{self.key}{name}"
        return count(number, key, late=name == "late")

    @property
    def longest(self) -> int | None:
        """Return the working days of what is late longest; None: nothing is."""
        return max((line.late for line in self.lines if line.late is not None), default=None)


def paper(
    found: Overdue, places: Mapping[str, Place], origin: Origin, room: str, within: int
) -> Paper:
    """Return the paper of what ``overdue`` lists; what nobody holds is the ``room``'s own."""
    sheets = _sheets(found, places, room)
    return Paper(
        title=NAME,
        office=origin.office,
        period="",
        as_of=origin.as_of,
        blocks=tuple(_blocks(sheets, within)),
        seal=origin.seal,
        landscape=True,
    )


def _sheets(found: Overdue, places: Mapping[str, Place], room: str) -> list[Sheet]:
    """Return a sheet a unit: who has most that is late first, then what is late longest."""
    units: dict[str, list[OverdueItem]] = {}
    for item in found.items:
        units.setdefault(item.unit or room, []).append(item)
    sheets = [
        Sheet(unit, tuple(_lines(found._replace(items=tuple(own)), places)), _key(own))
        for unit, own in units.items()
    ]
    return sorted(sheets, key=lambda s: (-len(s.of("late")), -(s.longest or 0), s.unit))


def _key(items: Sequence[OverdueItem]) -> str | None:
    """Return how the keys of a unit's figures begin; None where others' cases are among them."""
    names = {item.unit for item in items}
    return f"by_unit.{names.pop() or UNNAMED}." if len(names) == 1 else None


def _lines(found: Overdue, places: Mapping[str, Place]) -> list[Line]:
    """Return a line a case, grouped by where it stands worst, the latest and the nearest first."""
    today, lines = found.as_of.date(), []
    for row, own in zip(rows(found.items), found.lines, strict=True):
        late = max((item.workdays_late or 0 for item in own if is_late(item)), default=None)
        stands = {standing(item, today, found.within) for item in own}
        near = DUE if stands.intersection(STILL_DUE) else "waiting"
        place = places.get(row["number"] or "", Place(None, row["community"]))
        named: tuple[Cell, ...] = (
            (row["number"], place.category or UNNAMED, place.where or UNNAMED)
            if row["number"]
            else _unnumbered(own[0])
        )
        due = day(row["due"].date(), today.year) if row["due"] else ""
        cells = (*named, row[SITUATION], due, row["severity"] or "", "")
        lines.append(Line("late" if late is not None else near, cells, late))
    return sorted(lines, key=lambda line: (GROUPS.index(line.group), -(line.late or 0)))


def _unnumbered(item: OverdueItem) -> tuple[Cell, ...]:
    """Name what is no case: a task by its words, what a register lists by its kind.

    Of a promise only which one it is: its words are those of a call.
    """
    if item.kind == "task":
        return (TASK, item.summary, "")
    said = "、".join(item.remarks) if item.kind == "promised" else item.summary
    return (KINDS[item.kind], said, "")


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
    if late := sheet.of("late"):
        longest: Runs = (days(sheet.longest),) if sheet.longest else ("不足1",)
        most = "" if len(late) == 1 else "最长"
        said.append(("超期", sheet.figure("late"), f"件，{most}超期", *longest, "个工作日"))
    for words, group in ((_ahead(within), DUE), ("等候办理", "waiting")):
        if sheet.of(group):
            said.append((words, sheet.figure(group), "件"))
    return listed(said, "；")


def _front(sheets: Sequence[Sheet], every: Sheet, within: int, numbers: Numbers) -> Table:
    """Return the sum by unit."""

    def cells(sheet: Sheet, name: str) -> tuple[Cell, ...]:
        late = sheet.of("late")
        longest: Cell = "" if not late else days(sheet.longest) if sheet.longest else "不足1"
        return (name, sheet.figure("late"), longest, *map(sheet.figure, (DUE, "waiting", CASES)))

    heads = ("超期", "最长超期（工作日）", _ahead(within), "等候办理", "合计")
    return Table(
        "合计",
        numbers.caption("表", "各单位件数"),
        (Head("单位"), *(Head(head, "figure") for head in heads)),
        tuple(cells(sheet, sheet.unit) for sheet in sheets),
        total=cells(every, "合计"),
        notes=((f"一件只计一次，按最要紧的情形；{_apart(every)}各计一件。",),),
    )


def _apart(every: Sheet) -> str:
    """Name what is no case and counts by itself: tasks, and what registers list."""
    words = (word for kind, word in KINDS.items() if kind in UNNUMBERED)
    listed_here = {line.cells[0] for line in every.lines}
    return "、".join([TASK, *(word for word in words if word in listed_here)])


def _table(sheet: Sheet, within: int, numbers: Numbers) -> Table:
    names = {"late": "超期", DUE: _ahead(within), "waiting": "等候办理"}
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
