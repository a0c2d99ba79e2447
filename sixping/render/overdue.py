"""The overdue list as people and sheets see it: one line a case, its kinds joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import grade_mark, grade_word, moment
from sixping.policy.vocabulary import CLOCKS
from sixping.render.table import Column
from sixping.reports.overdue import AT_SOURCE, KINDS
from sixping.util.text import clean
from sixping.util.text import columns as cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.reports.overdue import OverdueItem

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
#: what leaves a terminal, in this order, and the cells the text has to have for it to stay
_LEAVING = (("workdays_late", 1 << 20), ("due", 32), ("community", 32), ("severity", 16))
_TEXT, _GAP = 12, 2
#: kind → what stands in a joined cell
_SHORT: Mapping[str, str] = {
    **KINDS,
    **CLOCKS,
    "decision": "待联席",
    "urge": "督办",
    "task": "任务",
    "returned": "退回",
}


def rows(items: Sequence[OverdueItem]) -> list[dict[str, Any]]:
    """Return one row a case, in the order of its worst item; a meeting's task is its own."""
    cases: dict[object, list[OverdueItem]] = {}
    for place, item in enumerate(items):
        cases.setdefault(item.number or place, []).append(item)
    return [_row(each) for each in cases.values()]


def _row(items: Sequence[OverdueItem]) -> dict[str, Any]:
    first = items[0]
    said = next((item for item in items if item.kind == "urge"), first)  # it names its level
    remarks = [remark for item in items for remark in item.remarks]
    parts = [_part(item) for item in items]
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
        "summary": f"[{'、'.join(remarks)}] {said.summary}" if remarks else said.summary,
        "soon": any(item.kind in {"due_soon", AT_SOURCE} for item in items),
    }


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


def on_screen(
    lines: list[dict[str, Any]], heads: Sequence[Column], width: int, this_year: int
) -> tuple[list[dict[str, Any]], list[Column]]:
    """Return rows and columns that a terminal of this width holds (research/screens.md).

    Number, unit and the worst of the days stay; of further ones that have no room it says how
    many. A grade whose column leaves stands before the text.
    """
    wide = {head.key: _widest(lines, head, this_year) for head in heads if not head.elastic}
    for key, least in _LEAVING:
        if key in wide and _left(wide, width) < least:
            del wide[key]
    if "severity" not in wide:
        lines = [
            line | {"summary": f"{grade_mark(line['severity'])}{line['summary']}"} for line in lines
        ]
    room = max(_left(wide, width) + wide[SITUATION] - _TEXT, 0)
    if room < wide[SITUATION]:
        lines = [line | {SITUATION: _joined(line["parts"], room)} for line in lines]
    kept = [
        head._replace(title="情形") if head.key == SITUATION and room < cells(head.title) else head
        for head in heads
        if head.elastic or head.key in wide
    ]
    return lines, kept


def _left(wide: Mapping[str, int], width: int) -> int:
    return width - sum(wide.values()) - _GAP * len(wide)


def _widest(lines: Sequence[Mapping[str, Any]], head: Column, this_year: int) -> int:
    values = [line[head.key] for line in lines if line[head.key] is not None]
    texts = [moment(each, this_year) if head.kind == "time" else str(each) for each in values]
    return max(map(cells, [head.title, *map(clean, texts)]))


def _joined(parts: Sequence[str], room: int) -> str:
    """Join as many as there is room for, the worst always, and say how many are left out."""
    for kept in range(len(parts), 1, -1):
        left = len(parts) - kept
        said = " ".join([*parts[:kept], *([f"+{left}"] if left else [])])
        if cells(said) <= room:
            return said
    return f"{parts[0]} +{len(parts) - 1}" if len(parts) > 1 else parts[0]
