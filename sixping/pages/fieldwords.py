"""What the log says of meetings, patrols and operations; kinds by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "meeting_planned": "召集会议",
    "meeting_moved": "会议改期",
    "meeting_attended": "会议到会",
    "guest_invited": "邀请参会",
    "agenda_added": "增加议题",
    "minuted": "会议纪要",
    "case_decided": "会议决定",
    "task_set": "会议任务",
    "task_moved": "任务延期",
    "task_done": "任务完成",
    "task_dropped": "任务取消",
    "patrolled": "巡查",
    "operation_planned": "联合执法",
    "operation_resulted": "联合执法结果",
}


def field_words(event: Mapping[str, Any]) -> list[str]:
    """Return what an entry says besides its words, in parts; nothing for other kinds."""
    if event["kind"] not in NAMES:
        return []
    return [part for name in _SAID if (part := _part(name, event.get(name)))]


#: facts in the order in which they are said
_SAID = (
    "sort", "day", "start", "end", "platform", "platforms", "convener", "extraordinary", "grave",
    "heading", "slot", "ledger_seq", "number", "task", "unit", "units", "due", "grids", "people",
    "cases", "guest",
)  # fmt: skip
_FORMS = {
    "convener": "{}召集", "extraordinary": "临时", "grave": "特别重大", "heading": "议题{}",
    "ledger_seq": "台账第 {} 号", "due": "{} 前",
}  # fmt: skip


def _part(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a fact is
    if value is None or value is False:
        return ""
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return _FORMS.get(name, "{}").format(text)
