"""What an entry of the log says to people, on one line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sixping.documents import phrases
from sixping.documents.eventwords import field_words, stream_words
from sixping.policy.vocabulary import MEDIATED
from sixping.util.clock import from_text
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: entries that may name who answers for a case (附2.1)
ANSWERED = ("assigned", "decided", "handed_over")
_WORDS = (
    "text", "how", "outcome", "feedback", "reason", "content", "receipt", "stated_why", "basis",
    "why", "points", "file", "kept",
)  # fmt: skip


def _of_the_calendar(event: Mapping[str, Any]) -> Iterator[str]:
    if event["kind"] == "year_imported":
        yield f"{event['layer']['year']}年 {event.get('file') or ''}".strip()
    elif event["kind"] == "order_added":
        yield event["layer"]["document"]
    elif event["kind"] == "applied":
        yield f"改日期 {event['moved']} 个, 改标记 {event['marks']} 个"


def step_words(event: Mapping[str, Any]) -> str:
    """Return what an entry of the log says, on one line."""
    parts = []
    if event["kind"] in {"assigned", "decided"}:
        parts.append("、".join((event["lead"], *event.get("assist", ()))))
    if event["kind"] in ANSWERED and event.get("person"):
        parts.append(f"经办人 {event.get('person_name') or ''}({event['person']})")
    if event["kind"] == "regraded":
        parts += [event[name] for name in ("severity", "category") if event.get(name)]
    if event["kind"] == "amended":
        parts += _said_anew(event)
    parts += _beside(event)
    if event.get("by_file"):
        parts.append(f"据 {event['by_file']} 导出")
    if event["kind"] == "verified":
        parts.append("通过" if event["passed"] else "不通过")
    parts += _of_telling(event)
    parts += [event[name] for name in ("category", "outcome_kind") if _of_result(event, name)]
    parts += _in_authority(event)
    if event["kind"] == "voided":
        parts.append(f"{'撤回' if event.get('undone') else '撤销'}第 {event['target']} 号")
    parts += _of_the_calendar(event)
    if event.get("satisfaction"):
        parts.append(f"满意度 {event['satisfaction']}")
    parts += stream_words(event)
    parts += field_words(event)
    words = [name for name in _WORDS if event.get(name) and isinstance(event[name], str)]
    if event["kind"] == "amended" and "text" in words:
        words.remove("text")
    parts += dict.fromkeys(event[name] for name in words)
    return clean("; ".join(parts))


def _of_telling(event: Mapping[str, Any]) -> Iterator[str]:
    """Say how the reporter was told, and whether that reached anybody."""
    if event.get("standard"):
        yield "标准文字"
    if event.get("told") is not None:
        yield "已告知" if event["told"] else "未实际送达"
    if event.get("unreachable"):
        yield "反映人匿名, 无法反馈"


def _in_authority(event: Mapping[str, Any]) -> Iterator[str]:
    """Say who decided and who approved: name, id and role; a role alone is 未登记."""
    by = event.get("decided_by") or event.get("meeting")
    if event["kind"] == "decided":
        decided = _person(by, event.get("leader"), event.get("leader_role"))
    elif event["kind"] in {"consulted", "instructed"}:
        decided = _person(event.get("leader"), event.get("leader_person"), event.get("leader_role"))
    else:
        decided = by or ""
    approved = _person(event.get("approved_by"), event.get("approver"), event.get("approver_role"))
    if decided:
        yield decided
    if approved:
        yield f"批准: {approved}"


def _person(name: str | None, who: str | None, role: str | None) -> str:
    """Return a name with what the register has of it; nothing where nobody is meant."""
    if role is None:
        return name or ""
    if who is None:
        return f"{role} (未登记)" if name in (None, role) else f"{name} ({role}, 未登记)"
    return f"{name or phrases.GONE} ({who}, {role})"


def _of_result(event: Mapping[str, Any], name: str) -> bool:
    """Return whether an entry says a listed reason or kind of result."""
    return event["kind"] not in {"regraded", "reported", "imported"} and bool(event.get(name))


_INSTANTS = ("received_at", "source_due")
#: what an amendment may say anew, by its names
_ANEW = {
    "received_at": "收到", "channel": "渠道", "source_no": "来源编号", "text": "内容",
    "community": "社区", "grid": "网格", "place": "地点", "reporter": "反映人", "phone": "电话",
    "about": "被反映", "source_due": "来源期限", "nature": "性质",
}  # fmt: skip


def _said_anew(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an amendment says anew and what was said before, and what it took away."""
    before = event.get("before", {})
    for name, label in _ANEW.items():
        value = event.get(name)
        if value:
            was = f"{_of_field(name, before[name])} → " if before.get(name) else ""
            yield f"{label} {was}{_of_field(name, value)}"
    if event.get("anonymous") is not None:
        yield "匿名" if event["anonymous"] else "不匿名"
    gone = list(event.get("cleared", ()))
    if event.get("about_said") and not event.get("about"):
        gone.append("about")
    if gone:
        yield f"清除{'、'.join(_gone(name, before.get(name)) for name in gone)}"


def _of_field(name: str, value: str) -> str:
    return phrases.moment(from_text(value)) if name in _INSTANTS else value


def _gone(name: str, was: str | None) -> str:
    label = _ANEW.get(name, name)
    return f"{label} (原 {_of_field(name, was)})" if was else label


def _beside(event: Mapping[str, Any]) -> list[str]:
    """Return what the facts of an entry say, where they are names, numbers or days."""
    days = f"{event.get('workdays')} 个工作日"
    said = {
        "reported": (event.get("service") and f"服务事项 {event['service']}",),
        "source_stated": (
            event.get("status"),
            event.get("unit"),
            event.get("answered") and "已反馈",
            event.get("source_due") and f"来源期限 {_of_field('source_due', event['source_due'])}",
        ),
        "resolved": (event.get("unit"),),
        "referred": (event.get("to"),),
        "transferred": (event.get("to"),),
        "guided": (event.get("to"),),
        "mediated": (
            event.get("sort"),
            MEDIATED.get(event.get("mediated", "")),
            event.get("unit"),
        ),
        "noted": (event.get("to") and f"致{event['to']}",),
        "fed_back": (event.get("to"), event.get("everyone") and "全部反映人"),
        "extended": (days, event.get("beyond_ceiling") and "超过最长时限 (特批)"),
        "merged": (event.get("into"),),
        "absorbed": (event.get("number"), event.get("reachable") is False and "匿名"),
        "released": (event.get("number"),),
        "relimited": (event.get("number"),),
        "urged": (
            event.get("level"),
            event.get("answer_by") and f"{on_day(event['answer_by'])}前答复",
        ),
        "urge_answered": (event.get("level"),),
        "slip_printed": (
            event.get("slip"),
            event.get("doc_no"),
            event.get("again") and "重印",
            event.get("to") and f"致{event['to']}",
        ),
        "part_set": (event.get("unit"), event.get("due") and f"{on_day(event['due'])}前"),
        "part_done": (event.get("unit"),),
        "emergency_reported": (
            event.get("dismissed") and "不是突发事件",
            event.get("to"),
            event.get("how"),
        ),
        "revealed": (event.get("list"), *_some(event.get("numbers", ()))),
    }
    words = said.get(event["kind"]) or _of_owed(event)
    return [word for word in words if word]


def _of_owed(event: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return the same of what is owed beside limits, and of what is enclosed."""
    said: dict[str, tuple[str | None, ...]] = {
        "instructed": (
            _nth(event),
            event.get("day") and f"{on_day(event['day'])}批示",
            event.get("due") and f"{on_day(event['due'])}前报结果",
        ),
        "instruction_answered": (_nth(event),),
        "demanded": (
            _nth(event),
            event.get("to") and f"向{event['to']}",
            event.get("answer_by") and f"{on_day(event['answer_by'])}前答复",
        ),
        "demand_answered": (_nth(event),),
        "material_owed": (
            event.get("n") and f"第 {event['n']} 样",
            event.get("listed"),
            event.get("unit") or "申请人",
            event.get("due") and f"{on_day(event['due'])}前",
        ),
        "material_received": (event.get("n") and f"第 {event['n']} 样",),
        "justice_transferred": (_nth(event), event.get("to") and f"移送{event['to']}"),
        "transfer_replied": (_nth(event), event.get("received") and "有回执"),
        "source_answered": (
            event.get("to"),
            event.get("everyone") and "全部来源",
            event.get("exported") and "随导出的答复",
        ),
        "enclosed": (
            _nth(event),
            event.get("sort"),
            event.get("size") and size_said(event["size"]),
            event.get("sha256") and f"校验码 {event['sha256'][:16]}",
        ),
    }
    return said.get(event["kind"], ())


def _nth(event: Mapping[str, Any]) -> str:
    """Return which one of its kind on the case it is of."""
    return f"第 {event['n']} 项" if event.get("n") else ""


def size_said(size: int) -> str:
    """Return the size of a file as people read it."""
    for unit, bytes_ in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size} 字节"


#: cases named in an entry about a look at personal data
_NAMED = 5


def _some(numbers: Sequence[str]) -> list[str]:
    """Return the first numbers, and how many they are in all."""
    more = [f"等 {len(numbers)} 件"] if len(numbers) > _NAMED else []
    return [*numbers[:_NAMED], *more]


def on_day(text: str) -> str:
    """Return the day of a date or an instant of JSON as people read it."""
    return phrases.day(date.fromisoformat(text[:10]))
