"""What is said of duty, meetings, patrols and operations, in the log and in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases.steps import FAMILIES, step_class
from sixping.documents.phrases import GONE
from sixping.policy.registers import REGISTERS
from sixping.policy.vocabulary import Status
from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


#: stream of the log → what people call it
STREAMS: Mapping[str, str] = {
    "case": "事项",
    "organisation": "单位人员",
    "duty": "值班",
    "meeting": "会议",
    "patrol": "巡查",
    "operation": "联合行动",
    "inspection": "检查抽检",
    "group": "月度数字",
    "assessment": "考核",
    "policy": "规则",
    "calendar": "日历",
    "job": "查看与导出",
    "retention": "保管",
    "report": "定稿",
    "procedure": "考核程序",
    "letter": "来函",
    "accountability": "问责",
    "shift": "值班日志",
    "register": "登记簿",
}

#: what an export was of → what people call it
GIVEN_OUT: Mapping[str, str] = {"cases": "事项", "events": "流水", "answers": "答复"}

#: what a handover of the room counts → what people read, in this order
HANDED_OVER: Mapping[str, str] = {
    "accept": Status.REPORTED.value,
    "late": "超期",
    "today": "今天到期",
    "tomorrow": "明天到期",
    "demand": "督办和要求未答复",
    "promised": "答应未办",
}


def stream_named(name: str) -> str:
    """Return the stream people call so; raises ``UnknownName`` naming all."""
    words = {word: stream for stream, word in STREAMS.items()} | {each: each for each in STREAMS}
    return meant(name, words, "种类 (--stream)", f"可用: {'、'.join(STREAMS.values())}。")


def person_words(who: str, name: str | None, unit: str = "", phone: str | None = None) -> str:
    """Return id, name and unit of one of the staff, and a telephone that is to be revealed."""
    said = " ".join(filter(None, [who, name or GONE, phone]))
    return f"{said} ({unit})" if unit else said


def lacks(short: int, unlicensed: int) -> str:
    """Say what a gap in cover lacked (一.2)."""
    parts = []
    if short:
        parts.append(f"缺 {short} 人")
    if unlicensed:
        parts.append("无人具有执法资格" if unlicensed == 1 else f"缺执法资格 {unlicensed} 人")
    return ", ".join(parts)


def stream_words(event: Mapping[str, Any]) -> list[str]:
    """Return what an entry of organisation, duty or assessment says, in parts; else nothing."""
    say = _SAY.get(event["kind"])
    return [part for part in say(event) if part] if say else []


def _unit(event: Mapping[str, Any]) -> tuple[str, ...]:
    return event["name"], event.get("parent") or "", f"自 {event['day']}"


def _person(event: Mapping[str, Any]) -> tuple[str, ...]:
    name, unit = event.get("name") or "", event.get("unit") or ""
    return f"{event['person']} {name}".rstrip(), unit, f"自 {event['day']}"


def _planned(event: Mapping[str, Any]) -> tuple[str, ...]:
    return event["day"], event["agency"], "、".join(event.get("people", ())) or "无人"


def _register(event: Mapping[str, Any]) -> str:
    register = REGISTERS.get(event["register"])
    return register.title if register else str(event["register"])


def _attended(event: Mapping[str, Any]) -> tuple[str, ...]:
    rows = event.get("rows", ())
    if len(rows) == 1:
        return event["day"], f"{rows[0][0]} {rows[0][1]}-{rows[0][2]}"
    return event["day"], f"{len(rows)} 条"


_AGREED: Mapping[bool | None, str] = {None: "", True: "同意", False: "不同意"}


def _inspection(event: Mapping[str, Any]) -> tuple[str, ...]:
    return event["month"], event["platform"], event["sort"]


_SAY: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, ...]]] = {
    "adopted": lambda e: (e["name"], e["digest"][:16]),
    "taken_over": lambda e: (
        f"{e['events']} 条",
        f"原台账 {e['ledger'][:8]} 到第 {e['seq']} 号",
        f"校验码 {e['head'][-16:]}",
        f"本台账第 {e['first']} 到 {e['last']} 号",
    ),
    "restored": lambda e: (f"恢复到第 {e['seq']} 号", f"第 {e['incarnation']} 代"),
    "salvaged": lambda e: (f"接得上的到第 {e['through']} 号", f"断开以后 {e['beyond']} 条"),
    "exported": lambda e: (
        GIVEN_OUT.get(e["what"], e["what"]),
        e["format"],
        f"{e['count']} 条",
        e.get("filters") or "",
        "未遮盖" if e.get("revealed") else "",
    ),
    "unit_added": _unit,
    "unit_changed": _unit,
    "unit_ended": _unit,
    "person_joined": _person,
    "person_changed": _person,
    "person_left": _person,
    "planned": _planned,
    "swapped": lambda e: (e["day"], e["agency"], f"{e['out']} 换为 {e['into']}"),
    "leave_taken": lambda e: (e["person"], f"{e['first']} 至 {e['last']}"),
    "signed_in": lambda e: (e["person"],),
    "signed_out": lambda e: (e["person"],),
    "attended": _attended,
    "was_outside": lambda e: (
        e["person"],
        e["day"],
        f"{e['start']}-{e['end']}",
        e.get("case") or f"经{e.get('approver') or e.get('approver_role') or '指挥室'}同意",
    ),
    "duty_begun": lambda e: (f"自 {e['day']}",),
    "inspected": lambda e: (
        *_inspection(e),
        ", ".join(f"{name} {n}" for name, n in e["values"].items()),
        "、".join(e.get("cases", ())),
    ),
    "inspection_linked": lambda e: (*_inspection(e), "、".join(e.get("cases", ()))),
    "item_added": lambda e: (e["unit"], e["day"], f"{e['points']} 分"),
    "opinion_given": lambda e: (e["agency"], f"{e['year']} 年"),
    "consent_given": lambda e: (e["agency"], e["day"]),
    "assessment_drafted": lambda e: (
        f"{e['first']} 至 {e['last']}",
        f"第 {e['draft']} 稿",
        f"数的校验码 {e['digest'][:16]}",
    ),
    "sheet_handed": lambda e: (e["unit"], f"第 {e['draft']} 稿", e["day"]),
    "assessment_objected": lambda e: (e["objection"], e["unit"], e["day"]),
    "objection_answered": lambda e: (
        e["objection"],
        "采纳" if e["allowed"] else "不采纳",
        e["day"],
        e.get("changed") or "",
    ),
    "assessment_approved": lambda e: (
        e.get("body") or "",
        e["day"],
        f"计入 {e['counts_in']} 年度目标责任制" if e.get("counts_in") else "",
    ),
    "letter_asked": lambda e: (
        e["letter"],
        e["agency"],
        e["about"],
        f"{e['count']} 人",
        e["day"],
        f"要求 {e['answer_by']} 前答复" if e.get("answer_by") else "",
    ),
    "letter_answered": lambda e: (e["letter"], e["body"], e["day"], _AGREED[e.get("agreed")]),
    "cadre_moved": lambda e: (e["letter"], e["day"]),
    "accountability_opened": lambda e: (e["entry"], f"依据 {len(e['lapses'])} 项"),
    "statement_asked": lambda e: (e["entry"], e["day"], f"{e['answer_by']} 前"),
    "statement_given": lambda e: (e["entry"], e["day"]),
    "accountability_decided": lambda e: (
        e["entry"],
        e["sort"],
        e["day"],
        "单位到期未说明" if e.get("unheard") else "",
        f"{e['due']} 前报结果" if e.get("due") else "",
    ),
    "accountability_resulted": lambda e: (e["entry"], e["day"]),
    "review_asked": lambda e: (e["entry"], e["day"]),
    "review_answered": lambda e: (e["entry"], e["day"]),  # the outcome follows
    "accountability_proposed": lambda e: (e["entry"], f"建议{e['sort']}", e["day"]),
    "proposal_answered": lambda e: (e["entry"], e["day"]),
    "looked_up": lambda e: (e.get("phone") or "", e.get("name") or "", f"找到 {e['found']} 件"),
    "erased": lambda e: tuple(e.get("numbers", ())),
    "group_counted": lambda e: (e["month"], e["unit"], f"{e['measure']} {e['count']}"),
    "shift_noted": lambda e: (
        f"第 {e['note']} 条",
        e["day"],
        f"答应 {e['promised']} 前" if e.get("promised") else "",
        f"对{e['to']}" if e.get("to") else "",
    ),
    "shift_done": lambda e: (f"第 {e['note']} 条",),
    "shift_handed_over": lambda e: (
        e["day"],
        f"交给 {e['taker']}",
        "、".join(f"{HANDED_OVER.get(kind, kind)} {n}" for kind, n in e["counts"].items() if n),
    ),
    "register_opened": lambda e: (_register(e), f"自 {e['day']}"),
    "register_closed": lambda e: (_register(e),),
    "report_frozen": lambda e: (
        f"{e['first']} 至 {e['last']}",
        f"第{e['issue']}期 (总第{e['total']}期)",
        f"第{e['correction']}次更正" if e.get("correction") else "",
        f"数的校验码 {e['digest'][:16]}",
    ),
}
NAMES: Mapping[str, str] = {
    "meeting_planned": "召集会议",
    "meeting_moved": "会议改期",
    "meeting_attended": "会议到会",
    "guest_invited": "邀请参会",
    "guest_came": "邀请的到会",
    "meeting_excused": "会议请假",
    "agenda_added": "增加议题",
    "minuted": "会议纪要",
    "case_decided": "会议决定",
    "task_set": "会议任务",
    "task_moved": "任务延期",
    "task_done": "任务完成",
    "task_dropped": "任务取消",
    "meeting_slip_printed": "出会议单据",
    "patrolled": "巡查",
    "operation_planned": "联合执法",
    "operation_staged": "整治阶段",
    "operation_manned": "当日人员",
    "operation_day": "整治每日情况",
    "operation_resulted": "联合执法结果",
}


def field_words(event: Mapping[str, Any]) -> list[str]:
    """Return what an entry says besides its words, in parts; nothing for other kinds."""
    if event["kind"] not in NAMES:
        return []
    kept = {**_UNWRITTEN.get(event["kind"], {}), **event}
    return [part for name in _SAID if (part := _part(name, kept.get(name)))]


#: kind → what an entry says of a fact that it holds by not writing it: 0 is no silence
_UNWRITTEN: Mapping[str, Mapping[str, Any]] = {
    "operation_day": {"checked": 0},
    "operation_manned": {"people": ["不开展"]},
}


#: facts in the order in which they are said
_SAID = (
    "sort", "day", "until", "first", "last", "start", "end", "stage", "objects", "checked",
    "platform", "platforms", "convener", "extraordinary", "grave",
    "heading", "slot", "ledger_seq", "number", "task", "unit", "units", "due", "grids", "people",
    "cases", "guest", "person", "invitation", "slip", "doc_no", "again", "to",
)  # fmt: skip
_FORMS = {
    "convener": "{}召集", "extraordinary": "临时", "grave": "特别重大", "heading": "议题{}",
    "ledger_seq": "台账第 {} 号", "due": "{} 前", "again": "重印", "to": "致{}",
    "until": "至 {}", "first": "自 {}", "last": "至 {}", "objects": "计划检查 {}",
    "checked": "检查 {}", "invitation": "第 {} 号邀请",
}  # fmt: skip


def _part(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a fact is
    if value is None or value is False:
        return ""
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return _FORMS.get(name, "{}").format(text)


_OTHER = {
    "initialised": "新建台账",
    "adopted": "采用规则",
    "register_opened": "启用登记簿",
    "register_closed": "停用登记簿",
    "erased": "删除个人信息",
    "swept": "删除后整理文件",
    "revealed": "查看个人信息",
    "looked_up": "查找来电人",
    "hold_set": "暂缓删除",
    "hold_lifted": "解除暂缓删除",
    "exported": "导出",
    "migrated": "升级台账",
    "taken_over": "接收另一台账",
    "restored": "恢复备份",
    "salvaged": "抢救台账",
    "year_imported": "导入放假安排",
    "order_added": "记入地方文件",
    "applied": "按日历调整期限",
    "unit_added": "增加单位",
    "unit_changed": "更改单位",
    "unit_ended": "撤销单位",
    "person_joined": "登记人员",
    "person_changed": "更改人员",
    "person_left": "人员离开",
    "planned": "排班",
    "swapped": "换班",
    "leave_taken": "请假",
    "signed_in": "签到",
    "signed_out": "签退",
    "attended": "考勤",
    "was_outside": "外出在岗",
    "duty_begun": "开始检查值守",
    "inspected": "检查抽检数",
    "inspection_linked": "抽检不合格连到事项",
    "item_added": "考核加减分",
    "opinion_given": "对派驻干部的意见",
    "consent_given": "任免事先同意",
    "report_frozen": "材料定稿",
    "assessment_drafted": "考核草稿",
    "sheet_handed": "发核对单",
    "assessment_objected": "考核异议",
    "objection_answered": "答复异议",
    "assessment_approved": "考核审定",
    "letter_asked": "来函",
    "letter_answered": "答复来函",
    "cadre_moved": "任免",
    "accountability_opened": "问责立项",
    "statement_asked": "请单位说明",
    "statement_given": "单位说明",
    "accountability_decided": "问责决定",
    "accountability_resulted": "问责结果",
    "review_asked": "申请复核",
    "review_answered": "复核答复",
    "accountability_proposed": "责任查究建议",
    "proposal_answered": "建议的答复",
    "group_counted": "填报月度数字",
    "shift_noted": "值班记事",
    "shift_done": "答应的事办了",
    "shift_handed_over": "交接班",
    **NAMES,
}


def kind_name(kind: str) -> str:
    """Return an event kind as people call it."""
    return step_class(kind).label if kind in FAMILIES else _OTHER.get(kind, kind)
