"""The overdue list as people and sheets see it: one line a case, its kinds joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import THE_DISTRICT, THE_ROOM, grade_mark, grade_word, standing
from sixping.policy.vocabulary import CLOCKS, Status
from sixping.render.caselist import UNFILLED, due_said, is_tomorrow, of_grade
from sixping.render.fitting import HELPS, TELLS, staying
from sixping.render.screen import GAP, full_widths
from sixping.render.table import Column
from sixping.reports.overdue import AT_SOURCE, KINDS, lines_of
from sixping.util.text import columns as cells
from sixping.util.text import spoken_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, time

    from sixping.render.table import Row, Tone
    from sixping.reports.overdue import Overdue, OverdueItem

SITUATION = "label"
COLUMNS = (
    Column("number", "编号"),
    Column("unit", "单位"),
    Column(SITUATION, "超期或等候(工作日)"),
    Column("severity", "等级"),
    Column("due", "最早到期", "time"),
    Column("community", "社区"),
    Column("workdays_late", "最多超期", "int"),
    Column("summary", "内容", elastic=True, one_line=True),
)
#: on a terminal: what falls away, in this order, and the cells the text has to have for it
_LEAVING = (
    ("workdays_late", 1 << 20), ("due", HELPS), ("community", HELPS), ("severity", TELLS),
)  # fmt: skip
_SOME = 8
#: kind → what stands in a joined cell
_SHORT: Mapping[str, str] = {
    **KINDS,
    **CLOCKS,
    "decision": "待联席",
    "urge": "督办",
    "task": "任务",
    "instruction": "批示",
    "demand": "协办要求",
    "source_feedback": "来源待反馈",
    "transfer": "行刑衔接",
    "returned": "退回",
}


def rows(items: Sequence[OverdueItem]) -> list[dict[str, Any]]:
    """Return one row a case and unit, by its worst item; a meeting's task is its own."""
    return [_row(each) for each in lines_of(items)]


def _row(items: Sequence[OverdueItem]) -> dict[str, Any]:
    first = items[0]
    said = next((item for item in items if item.kind == "urge"), first)  # it names its level
    parts = list(dict.fromkeys(_part(item) for item in items))
    return {
        "number": first.number,
        "unit": first.unit,
        "parts": parts,
        SITUATION: " ".join(parts),
        "severity": grade_word(first.severity, confirmed=first.confirmed),
        "due": min((item.due for item in items if item.due), default=None),
        "community": first.community,
        "workdays_late": max(
            (item.workdays_late or 0 for item in items if is_late(item)), default=None
        ),
        "summary": f"{_marks(items)}{said.summary}",
        "soon": any(item.kind in {"due_soon", AT_SOURCE} for item in items),
    }


def _marks(items: Sequence[OverdueItem], room: int | None = None) -> str:
    """Return in brackets what the items lack: as much as leaves room for some of the text."""
    remarks = _remarks(items)
    while remarks:
        mark = f"[{'、'.join(remarks)}] "
        if room is None or cells(mark) + _SOME <= room:
            return mark
        remarks.pop()
    return ""


def _remarks(items: Sequence[OverdueItem]) -> list[str]:
    """Return what is remarked on items of one line: which item of which kind, a merger once."""
    numbered = {item.kind for item in items if any(map(_is_number, item.remarks))}
    found: list[str] = []
    for item in items:
        word = _SHORT[item.kind] if len(numbered) > 1 else ""
        for remark in item.remarks:
            said = f"{word}{remark}" if _is_number(remark) else remark
            if not (said in found and said.startswith(str(Status.MERGED))):
                found.append(said)
    return found


def _is_number(remark: str) -> bool:
    return remark.startswith("第 ") and remark.endswith(" 项")


def is_late(item: OverdueItem) -> bool:
    """Return whether it is past a limit of ours; the date of a source is none."""
    return item.workdays_late is not None and item.kind != AT_SOURCE


def _part(item: OverdueItem) -> str:
    """Say how one of them stands in working days: past due, left, or waiting since."""
    word = _SHORT[item.clock or item.kind] if item.kind == "due_soon" else _SHORT[item.kind]
    if item.due is None:
        said = f"{word}等{item.age}"
    elif item.workdays_late is not None:
        said = f"{word}超{item.workdays_late or '期'}"
    else:
        said = f"{word}剩{item.workdays_left}" if item.workdays_left else f"{word}今天"
    return f"{said}(暂定)" if item.provisional else said


#: the same on a terminal
_SHORTER: Mapping[str, str] = {
    **_SHORT,
    "ceiling": "上限",
    "district": "区级办理",
    "grade": "待定级",
    "emergency": "应急",
    "demand": "协办",
    "source_feedback": "待回来源",
}


def on_screen(
    listed: Overdue, width: int, closes: time, *, unit_first: bool = False
) -> tuple[list[dict[str, Any]], list[Column]]:
    """Return lines and columns that a terminal of this width holds (research/screens.md).

    Number, unit and days stay; where hardly any text is left it has a line of its own.
    """
    year, today = listed.as_of.year, listed.as_of.date()
    lines = [
        _row(items) | {
            "number": items[0].number and spoken_number(items[0].number, year),
            "unit": holder(items[0]),
            "parts": list(dict.fromkeys(_said(item, today) for item in items)),
        }
        for items in listed.lines
    ]  # fmt: skip
    for line in lines:
        line["due"] = line["due"] and due_said(line["due"], closes, year)
        line["community"] = line["community"] or UNFILLED
        line[SITUATION] = " ".join(line["parts"])
    heads = [_on_terminal(head) for head in COLUMNS]
    if unit_first:
        heads.sort(key=lambda head: head.key != "unit")
    heads, room = staying(lines, heads, width, year, _LEAVING)
    graded = any(head.key == "severity" for head in heads)
    if room < TELLS:
        heads, room = [head._replace(under=head.elastic) for head in heads], width
        _shorten(lines, heads, width, year)
    for line, items in zip(lines, listed.lines, strict=True):
        mark = "" if graded else grade_mark(line["severity"])
        said = line["summary"].removeprefix(_marks(items))
        line["summary"] = f"{mark}{_marks(items, room - cells(mark))}{said}"
    return lines, heads


def _on_terminal(head: Column) -> Column:
    if head.key == "number":
        return head._replace(kind="number")
    return head._replace(kind="text") if head.key == "due" else head


def _shorten(
    lines: Sequence[dict[str, Any]], heads: Sequence[Column], width: int, this_year: int
) -> None:
    """Leave of the days what a line without its text has room for, the worst always."""
    fixed = [head for head in heads if not head.elastic]
    wide = dict(zip(fixed, full_widths(lines, fixed, this_year), strict=True))
    over = sum(wide.values()) + len(GAP) * (len(fixed) - 1) - width
    if over > 0:
        room = next(cells for head, cells in wide.items() if head.key == SITUATION) - over
        for line in lines:
            line[SITUATION] = _joined(line["parts"], room)


def holder(item: OverdueItem) -> str:
    """Say who has a case in hand: nobody's is the room's own."""
    return item.unit or (THE_DISTRICT if item.kind == "district" else THE_ROOM)


def _said(item: OverdueItem, today: date) -> str:
    """Say in a joined cell how one of them stands: past due, left, or waiting since."""
    word = _SHORTER[item.clock or item.kind] if item.kind == "due_soon" else _SHORTER[item.kind]
    if item.due is None:
        return f"{word}{item.age or ''}"
    tomorrow = is_tomorrow(item.due, today)
    stands = standing(item.workdays_late, item.workdays_left, tomorrow=tomorrow, unit="")
    return f"{word}{stands}(暂定)" if item.provisional else f"{word}{stands}"


def _joined(parts: Sequence[str], room: int) -> str:
    """Join as many as there is room for, the worst always, and say how many are left out."""
    for kept in range(len(parts), 1, -1):
        left = len(parts) - kept
        said = " ".join([*parts[:kept], *([f"+{left}"] if left else [])])
        if cells(said) <= room:
            return said
    return f"{parts[0]} +{len(parts) - 1}" if len(parts) > 1 else parts[0]


def tones(row: Row) -> Mapping[str, Tone]:
    """Return which cells of a line press how much; their words say it too."""
    said: Mapping[str, Tone] = {}
    if row["workdays_late"] is not None:
        said = {SITUATION: "late"}
    elif row["soon"]:
        said = {SITUATION: "soon"}
    return {**said, **of_grade(row["severity"])}
