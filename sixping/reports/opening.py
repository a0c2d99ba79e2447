"""What the figures of the overdue list, of duty and of grids open to: exactly the rows counted.

Pure. A figure is named by its JSON key or by the word people read; of one unit, community, grid
or person it is written ``单位.城管执法中队.超期``.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sixping.errors import UsageFault
from sixping.policy.vocabulary import CLOCKS, Outcome
from sixping.reports.drill import UNNAMED, Drilled, figure_named
from sixping.reports.overdue import KINDS, STANDINGS
from sixping.util.clock import SHANGHAI
from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sixping.reports.dutycover import AgencyDay, Compliance, Finding
    from sixping.reports.grids import GridReport, Place, Round, Work
    from sixping.reports.overdue import Overdue, OverdueItem


class Opened(NamedTuple):
    """A figure to open and its word, of one row of a table where it stands in one.

    ``level``: the key of ``unit community grid worker`` and ``of`` its word, empty for the whole;
    ``name``: the row as it was written, None: that of those that have none.
    """

    figure: str
    word: str
    level: str = ""
    of: str = ""
    name: str | None = None

    @property
    def title(self) -> str:
        """What people call the figure."""
        return f"{self.of} {self.name or UNNAMED}, {self.word}" if self.level else self.word


#: a figure and exactly the rows that it counts
Behind: TypeAlias = tuple[Opened, list[Drilled]]


def named(text: str, figures: Mapping[str, str], levels: Mapping[str, str]) -> Opened:
    """Return the figure that is meant; ``levels``: key → word. Raises ``UsageFault``."""
    plain = text.strip()
    for key, word in levels.items():
        for begin in (f"{word}.", f"by_{key}.", f"{key}."):
            if plain.startswith(begin):
                name, _, last = plain.removeprefix(begin).rpartition(".")
                if not name:
                    raise UsageFault(
                        f"没有这个数: {text}",
                        f"写成 {word}.名称.项目, 项目可用: {'、'.join(figures.values())}。",
                    )
                figure = figure_named(last, figures)
                return Opened(figure, figures[figure], key, word, name)
    figure = figure_named(plain, figures)
    return Opened(figure, figures[figure])


def _found(opened: Opened, names: Iterable[str | None], nobody: Iterable[str] = ()) -> Opened:
    """Return the figure with its row as the table has it; raises ``UnknownName``.

    ``nobody``: what the row is called of those that have no name.
    """
    if not opened.level:
        return opened
    known = {name: name for name in names if name}
    words = known | dict.fromkeys(nobody, UNNAMED)
    hint = f"表里有: {'、'.join(known) or '没有'}。"
    found = meant(opened.name or "", words, opened.of, hint)
    return opened._replace(name=None if found == UNNAMED else found)


# --- the overdue list ----------------------------------------------------------------------

CASES, ITEMS, DUE = "cases", "items", "due"
#: what a case stands at that is due, within the days asked for
STILL_DUE = ("today", "tomorrow", "ahead")
OVERDUE_FIGURES: Mapping[str, str] = {
    CASES: "件数",
    ITEMS: "项数",
    DUE: "到期",
    **STANDINGS,
    **KINDS,
}
OVERDUE_LEVELS: Mapping[str, str] = {"unit": "单位"}
#: what the row of the cases is called that no unit has in hand
ROOM_WORDS = ("指挥室", "区级", "未分派", UNNAMED)


def of_overdue(listed: Overdue, opened: Opened) -> Behind:
    """Return the rows behind a figure of the list: of cases the worst item of each."""
    opened = _found(opened, (item.unit for item in listed.items), ROOM_WORDS)
    if opened.level:
        own = (item for item in listed.items if item.unit == opened.name)
        listed = listed._replace(items=tuple(own))
    key, stands = opened.figure, listed.standings
    if key == CASES:
        items: Iterable[OverdueItem] = (item for found in stands.values() for item in found)
    elif key == DUE:
        items = (item for stand in STILL_DUE for item in stands[stand])
    elif key in STANDINGS:
        items = stands[key]
    else:
        items = (item for item in listed.items if key in {ITEMS, item.kind})
    return opened, [_of_item(item) for item in items]


def _of_item(item: OverdueItem) -> Drilled:
    if item.workdays_late is not None:
        verdict = f"超{item.workdays_late}个工作日" if item.workdays_late else "已超期"
    elif item.due is not None:
        verdict = f"剩{item.workdays_left}个工作日" if item.workdays_left else "今天到期"
    else:
        verdict = f"等{item.age}个工作日"
    label = CLOCKS[item.clock] if item.clock else KINDS[item.kind]
    return Drilled(
        item.number, item.unit, label, item.due, None, item.summary, None, True, None,
        item.community, verdict,
    )  # fmt: skip


# --- duty ----------------------------------------------------------------------------------

DUTY_FIGURES: Mapping[str, str] = {
    "days": "工作日",
    "workdays": "应到",
    "recorded": "有记录",
    "compliant": "达标",
    "breaches": "违反",
    "minutes": "违反分钟",
    "remarks": "备注",
    "findings": "缺岗时段",
    "assigned": "分派",
    "answered": "按时应答",
}
DUTY_LEVELS: Mapping[str, str] = {"unit": "单位"}


def of_duty(cover: Compliance, opened: Opened, lacks: Callable[[Finding], str]) -> Behind:
    """Return the rows behind a figure of ``duty check``: days, stretches or assignments.

    ``minutes`` are those of the stretches it opens to. ``lacks`` says what a stretch lacked.
    """
    agencies = [agency.agency for agency in cover.agencies]
    opened = _found(opened, agencies)
    only = {opened.name} if opened.level else set(agencies)
    return opened, _of_agencies(cover, opened.figure, only, lacks)


def _of_agencies(
    cover: Compliance, key: str, only: Collection[str | None], lacks: Callable[[Finding], str]
) -> list[Drilled]:
    if key == "days":
        return [_day(day, None, "工作日") for day in cover.days]
    if key in {"workdays", "recorded", "compliant"}:
        days = [each for each in cover.judged if each.agency in only]
        return [_of_day(day) for day in days if key == "workdays" or getattr(day, key)]
    if key in {"assigned", "answered"}:
        rows = [each for each in cover.assignments if each.agency in only]
        return [
            Drilled(
                row.number, row.agency, None, None, row.at, "分派", None, True, None,
                verdict="按时应答" if row.in_time else "未按时应答",
            )
            for row in rows if key == "assigned" or row.in_time
        ]  # fmt: skip
    wanted = {"remarks": (False,), "findings": (True, False)}.get(key, (True,))
    return [
        _day(
            finding.day, finding.agency, f"{lacks(finding)} ({finding.minutes} 分钟)",
            finding.start, "违反" if finding.breach else "备注",
        )
        for finding in cover.findings if finding.agency in only and finding.breach in wanted
    ]  # fmt: skip


def _of_day(day: AgencyDay) -> Drilled:
    said = "有记录" if day.recorded else "没有记录"
    verdict = {True: "达标", False: "未达标", None: None}[day.compliant]
    return _day(day.day, day.agency, said, verdict=verdict)


def _day(
    day: date, unit: str | None, what: str, minute: int = 0, verdict: str | None = None
) -> Drilled:
    at = datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)
    return Drilled(None, unit, None, None, at, what, None, True, None, verdict=verdict)


# --- grids ---------------------------------------------------------------------------------

GRID_FIGURES: Mapping[str, str] = {
    "reports": "上报",
    "valid": "有效率",
    "decided": "已决定",
    "accepted": "受理",
    "accepted_share": "受理率",
    "feedback_workdays": "反馈用时",
    "patrols": "巡查",
    "covered": "巡查覆盖",
    "without_community": "社区未填",
    "without_grid": "网格未填",
}
GRID_LEVELS: Mapping[str, str] = {"community": "社区", "grid": "网格", "worker": "人员"}


def of_grids(work: Work, opened: Opened, people: Mapping[str, str]) -> Behind:
    """Return the rows behind a figure of the grids: reports, patrols or grids.

    A rate gives its denominator, the numerator marked. ``people``: id → name.
    """
    if opened.level == "worker":
        words = {who: who for _, who in work.workers} | {
            people[who]: who for _, who in work.workers if who in people
        }
        hint = f"表里有: {'、'.join(words) or '没有'}。"
        opened = opened._replace(name=meant(opened.name or "", words, opened.of, hint))
    else:
        lines = [line for line in work.lines if line.level == opened.level]
        opened = _found(opened, (getattr(line, opened.level) for line in lines), (UNNAMED,))
    return opened, _of_work(work, opened) if work.known else []


def _of_work(work: Work, opened: Opened) -> list[Drilled]:
    level, name, figure = opened.level, opened.name, opened.figure
    if figure == "patrols":
        return [_of_round(each) for each in work.rounds_of(level, name)]
    if figure == "covered":
        seen = {grid for each in work.rounds for grid in each.grids}
        return [
            _of_place(place, seen=place.grid in seen)
            for place in work.places
            if not level or (level == "community" and place.community == name)
        ]
    return [_of_report(report, figure) for report in _counted(work.reports_of(level, name), figure)]


def _of_place(place: Place, *, seen: bool) -> Drilled:
    said = "巡查过" if seen else "没有巡查"
    return Drilled(None, place.grid, None, None, None, said, None, seen, None, place.community)


def _counted(reports: Sequence[GridReport], figure: str) -> list[GridReport]:
    tests: Mapping[str, Callable[[GridReport], bool]] = {
        "valid": lambda report: report.accepted is not None,
        "decided": lambda report: report.accepted is not None,
        "accepted": lambda report: report.accepted is True,
        "feedback_workdays": lambda report: report.workdays is not None,
        "without_community": lambda report: not report.community,
        "without_grid": lambda report: not report.grid,
    }
    test = tests.get(figure)
    return [report for report in reports if test is None or test(report)]


def _of_report(report: GridReport, figure: str) -> Drilled:
    said = {True: "受理", False: Outcome.DECLINED.value, None: "没有决定受理与否"}[report.accepted]
    days = "" if report.workdays is None else f", 反馈用 {report.workdays} 个工作日"
    counts = figure not in {"valid", "accepted_share"} or report.accepted is True
    return Drilled(
        report.number, report.grid, None, None, None, f"{said}{days}", report.worker, counts, None,
        report.community,
    )  # fmt: skip


def _of_round(each: Round) -> Drilled:
    at = datetime.combine(each.day, time(), SHANGHAI) if each.day else None
    return Drilled(
        None, None, None, None, at, "、".join(each.grids), "、".join(each.people), True, None
    )
