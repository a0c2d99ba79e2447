"""One case on one sheet for people: what was said, what was promised, what happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sixping.documents import phrases
from sixping.documents.eventwords import field_words, kind_name, stream_words
from sixping.policy.units import PLAIN, Naming
from sixping.policy.vocabulary import CLOCKS, ENDED
from sixping.render.explain import grown_words
from sixping.util.clock import from_text
from sixping.util.text import clean, columns, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LABEL = 10
_WORDS = (
    "text", "how", "outcome", "feedback", "reason", "content", "receipt", "stated_why", "basis",
    "why", "points",
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
    words = [name for name in _WORDS if event.get(name)]
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
    elif event["kind"] == "consulted":
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


_OVER = {status.value for status in ENDED}
_INSTANTS = ("received_at", "source_due")
#: what an amendment may say anew, by its names
_ANEW = {
    "received_at": "收到", "channel": "渠道", "source_no": "来源编号", "text": "内容",
    "community": "社区", "grid": "网格", "place": "地点", "reporter": "反映人", "phone": "电话",
    "about": "被反映", "source_due": "来源期限",
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
        "noted": (event.get("to") and f"致{event['to']}",),
        "fed_back": (event.get("to"), event.get("everyone") and "全部反映人"),
        "extended": (days, event.get("beyond_ceiling") and "超过最长时限 (特批)"),
        "merged": (event.get("into"),),
        "absorbed": (event.get("number"), event.get("reachable") is False and "匿名"),
        "released": (event.get("number"),),
        "relimited": (event.get("number"),),
        "urged": (
            event.get("level"),
            event.get("answer_by") and f"{_on(event['answer_by'])}前答复",
        ),
        "urge_answered": (event.get("level"),),
        "slip_printed": (
            event.get("slip"),
            event.get("doc_no"),
            event.get("again") and "重印",
            event.get("to") and f"致{event['to']}",
        ),
        "part_set": (event.get("unit"), event.get("due") and f"{_on(event['due'])}前"),
        "part_done": (event.get("unit"),),
        "emergency_reported": (
            event.get("dismissed") and "不是突发事件",
            event.get("to"),
            event.get("how"),
        ),
        "revealed": (event.get("list"), *_some(event.get("numbers", ()))),
    }
    return [word for word in said.get(event["kind"], ()) if word]


#: cases named in an entry about a look at personal data
_NAMED = 5


def _some(numbers: Sequence[str]) -> list[str]:
    """Return the first numbers, and how many they are in all."""
    more = [f"等 {len(numbers)} 件"] if len(numbers) > _NAMED else []
    return [*numbers[:_NAMED], *more]


def sheet(case: Mapping[str, Any], now: datetime, width: int | None, naming: Naming = PLAIN) -> str:
    """Return a case as a sheet of lines; ``width`` None leaves long lines whole.

    ``naming``: what the street calls the platforms.
    """
    case = {**case, "platform": naming.platform(case["platform"])}
    lines = [
        *_head(case, now, width),
        "",
        *_folded(_clocks(case, now), width),
        "",
        *_folded(_segments(case, now), width),
        "",
        *_log(case, now, width),
    ]
    return "\n".join(lines) + "\n"


def _folded(lines: Iterator[str], width: int | None) -> Iterator[str]:
    """Yield lines that a terminal holds; what is left of one stands under it, indented."""
    for line in lines:
        fits = width is None or columns(line) <= width
        first, *rest = [line] if fits or width is None else wrap(line, width - 4)
        yield first
        for part in rest:
            yield f"    {part}"


def _head(case: Mapping[str, Any], now: datetime, width: int | None) -> Iterator[str]:
    yield f"{case['number']}  {case['status']}  第 {case['version']} 版"
    for label, value in _facts(case, now).items():
        if value:
            yield from _wrapped(label, value, width)


def _facts(case: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what is known of a case by label, in the order of the sheet."""

    def joined(*names: str) -> str:
        return " ".join(case[name] for name in names if case[name])

    def time(key: str) -> str:
        return phrases.moment(from_text(case[key]), now.year)

    category = f"{case['category'] or '未定'} ({case['platform'] or '未定平台'})"
    suggested = f"未分派, 建议 {case['suggested_lead']}" if case["suggested_lead"] else "未分派"
    return {
        "内容": case["text"] or phrases.GONE,
        "地点": joined("community", "grid", "place"),
        "反映人": "匿名 (无法反馈)" if case["anonymous"] else joined("reporter", "phone"),
        "被反映": case["about"] or "",
        "回避": "; ".join(_avoid(each, case["number"]) for each in case["avoid"]),
        "来源": joined("channel", "source_no"),
        "收到": time("received_at"),
        "登记": "" if case["recorded_at"] == case["received_at"] else time("recorded_at"),
        "类别": category + (" 把握不大, 请核对" if case["unsure"] else ""),
        "等级": _grade(case, now),
        "应急": _emergency(case),
        "牵头": case["lead"] or suggested,
        "协办": "、".join(case["assist"]),
        "协调": case["coordinator"] or "",
        "分工": "; ".join(map(_part, case["parts"])),
        "督办": "; ".join(map(_urge, case["urges"])),
        "并入": case["merged_into"] or "",
        "删除": "; ".join(_erased(each, now) for each in case["erased"]),
        "暂缓": "暂缓删除, 依法须保留" if case["held"] else "",
        "反映": "; ".join(map(_report, case["reports"])) if len(case["reports"]) > 1 else "",
        "结果": case["outcome_kind"] or "",
        "上报": _referral(case),
        "待告知": "、".join(dict.fromkeys(kind_name(e["kind"]) for e in case["untold"]))
        + (" (格式化告知, 未实际送达)" if case["untold"] else ""),
        "满意度": str(case["satisfaction"] or ""),
        "理由": _of_intake(case)
        + "; ".join(
            f"{r['what']}: {r['matched']}" if r.get("matched") else r["what"]
            for r in case["reasons"]
        ),
        "疑似": "; ".join(
            f"{d['number']} {d['score']} 分 ({d['status']}; {', '.join(d['reasons'])})"
            for d in case["duplicates"]
        ),
    }


def _erased(erasure: Mapping[str, Any], now: datetime) -> str:
    """Say when what was erased."""
    what = "联系信息" if erasure["track"] == "contact" else "全部文字"
    when = phrases.moment(from_text(erasure["at"]), now.year)
    return f"{when} 依法删除{what} (第 {erasure['seq']} 号)"


def _of_intake(case: Mapping[str, Any]) -> str:
    """Say that the reasons rest on the words at intake, where these were amended since."""
    amended = any(
        event["kind"] == "amended"
        and not event["voided_by"]
        and (event.get("text") or event.get("place") or "place" in event.get("cleared", ()))
        for event in case["events"]
    )
    return "(按登记时的内容) " if amended and case["reasons"] else ""


def _avoid(each: Mapping[str, Any], number: str) -> str:
    """Say which unit stays out of a case and why, and whether it handles it all the same."""
    why = f"被反映人 {each['person']} 所在的单位" if each["person"] else "被反映的单位"
    of = "" if each["number"] == number else f", 并入的 {each['number']}"
    must = "、".join(clean(unit) for unit in each["handling"])
    return f"{each['unit']} ({why}{of})" + (f", {must}正在办理, 须改派 (回避)" if must else "")


def _referral(case: Mapping[str, Any]) -> str:
    """Say what the present referral lacks (三.3, 五.1b)."""
    return "、".join(case["remarks"])


def _grade(case: Mapping[str, Any], now: datetime) -> str:
    """Say the grade, what was suggested and how surely, and who found it when."""
    grade = case["grade"]
    suggested = grade["suggested"]
    parts = []
    if suggested:
        other = suggested if suggested != case["severity"] else ""
        sure = f", 把握{grade['confidence']}" if grade["confidence"] else ""
        parts.append(f"建议{other}{sure}")
    if grade["confirmed_at"]:
        when = phrases.moment(from_text(grade["confirmed_at"]), now.year)
        parts.append(f"{clean(grade['confirmed_by'] or '')} {when} 确认".strip())
    elif grade["confirmed_by"]:
        parts.append(grade["confirmed_by"])
    elif not case["confirmed"]:
        parts.append("未确认")
    return f"{case['severity']} ({'; '.join(parts)})" if parts else case["severity"]


def _emergency(case: Mapping[str, Any]) -> str:
    """Say what of the case may be a 突发事件, and what became of it."""
    known = case["emergency"]
    if known["reported_at"]:
        to = " ".join(clean(word) for word in (known["to"], known["how"]) if word)
        return f"{phrases.moment(from_text(known['reported_at']))} 已报告 {to}".strip()
    if known["dismissed"]:
        return "已核实不是突发事件"
    if known["suggested"]:
        return phrases.report_first(case["number"], known["suggested"])
    return ""


def _part(part: Mapping[str, Any]) -> str:
    due = f" {_on(part['due'])}前" if part["due"] else ""
    done = f"{_on(part['done_at'])}完成" if part["done_at"] else "未完成"
    return f"{part['unit']}{due} {done}"


def _urge(urge: Mapping[str, Any]) -> str:
    by = f", {_on(urge['answer_by'])}前答复" if urge["answer_by"] else ""
    answered = f"{_on(urge['answered_at'])}已答复" if urge["answered_at"] else "未答复"
    return f"{urge['level']} {_on(urge['at'])}{by}, {answered}"


def _on(text: str) -> str:
    """Return the day of a date or an instant of JSON as people read it."""
    return phrases.day(date.fromisoformat(text[:10]))


def _report(report: Mapping[str, Any]) -> str:
    if report["reachable"] and report["answered"] is None:
        return f"{report['number']} 是否反馈不详"
    private = (
        "已反馈" if report["answered"] else "未反馈" if report["reachable"] else "匿名, 无法反馈"
    )
    return f"{report['number']} {private}"


def _wrapped(label: str, value: str, width: int | None) -> Iterator[str]:
    lines = clean(value, multiline=True).split("\n")
    if width:
        lines = [part for line in lines for part in wrap(line, max(width - _LABEL, 20)) or [""]]
    for i, line in enumerate(lines):
        yield f"{pad(label if i == 0 else '', _LABEL)}{line}"


def _clocks(case: Mapping[str, Any], now: datetime) -> Iterator[str]:
    yield "[时限]"
    days = {(late["kind"], late["round"]): late["workdays_late"] for late in case["late"]}
    grown = {(each["kind"], each["round"]): each for each in case.get("grown", ())}
    for clock in case["clocks"]:
        due = phrases.moment(from_text(clock["due"]), now.year) if clock["due"] else "未知"
        round_ = f"第{clock['round']}轮 " if case["clocks"][-1]["round"] > 1 else ""
        mark = f" {phrases.PROVISIONAL}" if clock["provisional"] else ""
        own = grown.get((clock["kind"], clock["round"]), {})
        count = f"{grown_words(clock | own)} " if clock["workdays"] else ""
        yield (
            f"{round_}{CLOCKS[clock['kind']]}  {count}{clock['clause'] or ''}"
            f"  {due}{mark}  {_verdict(clock, now, days.get((clock['kind'], clock['round'])))}"
        )
    yield from _at_source(case, now)


def _at_source(case: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """Say by when the source of the report wants the result, and how that stands."""
    if not case["source_due"]:
        return
    due = from_text(case["source_due"])
    done = case["resolved_at"] and from_text(case["resolved_at"])
    if done:
        stands = f"{phrases.moment(done, now.year)} 办结" + (", 已过来源期限" if done > due else "")
    else:
        stands = "" if case["status"] in _OVER else "已过" if now > due else "未到"
    said = f"来源期限  {phrases.moment(due, now.year)}  {stands}".rstrip()
    yield f"{said} (来源渠道所定, 不计入街道的时限)"


def _verdict(clock: Mapping[str, Any], now: datetime, days: int | None) -> str:
    if clock["held_at"]:
        return f"{phrases.moment(from_text(clock['held_at']), now.year)} 起中止"
    if clock["late"] is None:
        return "原始记录没有写明"
    if clock["running"]:
        return f"已超期{_by_days(days)}" if clock["late"] else "进行中"
    ended = phrases.moment(from_text(clock["stopped"]), now.year)
    if clock["stopped"][:16] == clock["due"][:16]:  # on the last minute the second decides
        ended += clock["stopped"][16:19]
    if clock["dropped"]:
        return f"{ended} 转出" + (f", 已超期{_by_days(days)}" if clock["late"] else "")
    return f"{ended} " + (f"超期{_by_days(days)}" if clock["late"] else "按时")


def _by_days(days: int | None) -> str:
    """Return by how many working days a limit is late; nothing within its day."""
    return f" {days} 个工作日" if days else ""


def _segments(case: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """Say who held the case from hand-over to hand-over, and the office time used (五.2)."""
    yield "[承办]"
    for segment in case["segments"]:
        start, end = (
            phrases.moment(from_text(segment[name]), now.year) if segment[name] else "现在"
            for name in ("from", "to")
        )
        hours, minutes = divmod(segment["minutes"], 60)
        who = clean(segment["unit"] or segment["role"])
        yield f"{start} 至 {end}  {who}  办公时间 {hours}小时{minutes}分"


def _log(case: Mapping[str, Any], now: datetime, width: int | None) -> Iterator[str]:
    yield "[经过]"
    for event in case["events"]:
        when = phrases.moment(from_text(event["at"]), now.year)
        late = ""
        of_file = event["kind"] == "imported" or event.get("by_file")
        if event["at"] != event["recorded_at"] and not of_file:
            late = f" ({phrases.moment(from_text(event['recorded_at']), now.year)} 补记)"
        gone = " (已撤销)" if event["voided_by"] else ""
        gone += " (文字已删除)" if event["erased_by"] else ""
        words = step_words(event) if event["kind"] not in {"reported", "imported"} else ""
        line = f"{event['seq']}  {when}{late}  {kind_name(event['kind'])}{gone}"
        by = f"  {clean(event['by'])}" if event["by"] else ""
        first, *rest = (wrap(words, max(width - 4, 20)) if width and words else [words]) or [""]
        yield f"{line}{by}"
        for part in (first, *rest):
            if part:
                yield f"    {part}"
