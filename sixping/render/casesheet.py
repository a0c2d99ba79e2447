"""One case on one sheet for people: what was said, what was promised, what happened."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents import phrases
from sixping.documents.eventwords import kind_name
from sixping.policy.units import PLAIN, Naming
from sixping.policy.vocabulary import CLOCKS, ENDED
from sixping.render import screen
from sixping.render.besides import besides
from sixping.render.caselist import UNFILLED
from sixping.render.explain import grown_words
from sixping.render.stepwords import on_day, step_words
from sixping.render.table import Column, Page
from sixping.util.clock import from_text
from sixping.util.text import clean, columns, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sixping.render.table import Row, Tone

_LABEL = 10
_OVER = {status.value for status in ENDED}


class Sheet(NamedTuple):
    """How a case is shown: when, how wide and in colour, what waits and what comes next.

    ``width`` None leaves long lines whole; ``naming``: what the street calls the platforms;
    ``waits``: how long it waits where no limit runs; ``following``: the next step, if it is told.
    """

    now: datetime
    width: int | None = None
    color: bool = False
    naming: Naming = PLAIN
    waits: str = ""
    following: str = ""

    @property
    def page(self) -> Page:
        """What the tables of the sheet are written on."""
        return Page(width=self.width, color=self.color, tone=_tones)


def sheet(case: Mapping[str, Any], how: Sheet) -> str:
    """Return a case as a sheet of lines."""
    case = {**case, "platform": how.naming.platform(case["platform"])}
    lines = [
        *_head(case, how),
        "",
        *_clocks(case, how),
        *_folded(_at_source(case, how.now), how.width),
        "",
        *_folded(_segments(case, how.now), how.width),
        "",
        *_log(case, how),
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


def _head(case: Mapping[str, Any], how: Sheet) -> Iterator[str]:
    running = (clock for clock in case["clocks"] if clock["running"])
    limits = ", ".join(
        f"{CLOCKS[clock['kind']]}{stands}"
        for clock in sorted(running, key=lambda clock: clock["due"])
        if (stands := _standing(case, clock, how.now))
    )
    grade = phrases.grade_word(case["severity"], confirmed=case["confirmed"])
    holder = "" if case["status"] in _OVER else phrases.holder(case["lead"], case["status"])
    about = (
        case["number"], case["status"], grade, limits or how.waits, clean(holder),
        f"第 {case['version']} 版",
    )  # fmt: skip
    yield from _folded(iter(["  ".join(word for word in about if word)]), how.width)
    if how.following:
        yield from _folded(iter([f"下一步: {how.following}"]), how.width)
        yield ""
    for label, value in _facts(case, how.now).items():
        if value:
            yield from _wrapped(label, value, how.width)


def _standing(case: Mapping[str, Any], clock: Mapping[str, Any], now: datetime) -> str:
    """Say how a running limit stands in working days; nothing while it stands still."""
    if clock["held_at"] or clock["late"] is None:
        return ""
    own = (clock["kind"], clock["round"])
    days = {(each["kind"], each["round"]): each for each in (*case["late"], *case["left"])}
    each = days.get(own, {})
    tomorrow = from_text(clock["due"]).date() == now.date() + timedelta(days=1)
    return phrases.standing(each.get("workdays_late"), each.get("workdays_left"), tomorrow=tomorrow)


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
        "社区": " / ".join(case[name] for name in ("community", "grid") if case[name]) or UNFILLED,
        "地点": case["place"] or UNFILLED,
        "反映人": "匿名 (无法反馈)" if case["anonymous"] else joined("reporter", "phone"),
        "被反映": case["about"] or "",
        "回避": "; ".join(_avoid(each, case["number"]) for each in case["avoid"]),
        "来源": joined("channel", "source_no"),
        "收到": time("received_at"),
        "登记": "" if case["recorded_at"] == case["received_at"] else time("recorded_at"),
        "类别": category + (" 把握不大, 请核对" if case["unsure"] else ""),
        "服务": _service(case.get("service") or {}),
        "待补": "; ".join(map(_material, case.get("materials", ()))),
        "性质": case["nature"] or _suggested_nature(case),
        "等级": _grade(case, now),
        "应急": _emergency(case),
        "牵头": case["lead"] or suggested,
        "经办人": _person(case),
        "协办": "、".join(case["assist"]),
        "协调": case["coordinator"] or "",
        "分工": "; ".join(map(_part, case["parts"])),
        "督办": "; ".join(map(_urge, case["urges"])),
        "并入": case["merged_into"] or "",
        "删除": "; ".join(_erased(each, now) for each in case["erased"]),
        "暂缓": "暂缓删除, 依法须保留" if case["held"] else "",
        "反映": "; ".join(map(_report, case["reports"])) if len(case["reports"]) > 1 else "",
        "结果": case["outcome_kind"] or "",
        **besides(case),
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


def _person(case: Mapping[str, Any]) -> str:
    """Say who of the lead answers for the case (附2.1); empty: nobody was named."""
    who = case.get("person_id")
    return f"{case['person'] or ''}({who})" if who else ""


def _service(service: Mapping[str, Any]) -> str:
    """Say which item of the catalogue was applied for, its own limit, and what was answered."""
    if not service:
        return ""
    days = f"承诺 {service['workdays']} 个工作日" if service["workdays"] else ""
    about = ", ".join(filter(None, (service["catalogue"], days)))
    answers = [f"{key}: {words}" for key, words in service["answers"].items()]
    answers += (service["replies"] or "").splitlines()
    return "; ".join([service["name"] + (f" ({about})" if about else ""), *answers])


def _material(owed: Mapping[str, Any]) -> str:
    by = f", {on_day(owed['due'])}前" if owed["due"] else ""
    return f"第 {owed['n']} 样 {owed['name']} ({owed['unit'] or '申请人'}{by})"


def _suggested_nature(case: Mapping[str, Any]) -> str:
    """Say the nature that the words suggest, where nobody stated one."""
    suggested = (case["suggestion"] or {}).get("nature")
    return f"未定, 建议 {suggested}" if suggested else ""


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
    due = f" {on_day(part['due'])}前" if part["due"] else ""
    done = f"{on_day(part['done_at'])}完成" if part["done_at"] else "未完成"
    return f"{part['unit']}{due} {done}"


def _urge(urge: Mapping[str, Any]) -> str:
    by = f", {on_day(urge['answer_by'])}前答复" if urge["answer_by"] else ""
    answered = f"{on_day(urge['answered_at'])}已答复" if urge["answered_at"] else "未答复"
    return f"{urge['level']} {on_day(urge['at'])}{by}, {answered}"


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


_CLOCK_COLUMNS = (
    Column("kind", "期限"),
    Column("count", "限"),
    Column("due", "到期"),
    Column("verdict", "结果"),
    Column("clause", "条款"),
)


def _tones(row: Row) -> Mapping[str, Tone]:
    return {"verdict": "late"} if "超" in (row.get("verdict") or "") else {}


def _table(rows: Sequence[Row], heads: Sequence[Column], how: Sheet) -> Iterator[str]:
    out = io.StringIO()
    screen.write(rows, heads, out, how.page)
    yield from out.getvalue().splitlines()


def _clocks(case: Mapping[str, Any], how: Sheet) -> Iterator[str]:
    yield "[时限]"
    rows = [_clock(case, clock, how.now) for clock in case["clocks"]]
    wide = screen.full_widths(rows, _CLOCK_COLUMNS, how.now.year) if rows else []
    if how.width is None or sum(wide) + len(wide) * len(screen.GAP) <= how.width:
        yield from _table(rows, _CLOCK_COLUMNS, how)
        return
    yield from _folded(("  ".join(filter(None, row.values())) for row in rows), how.width)


def _clock(case: Mapping[str, Any], clock: Mapping[str, Any], now: datetime) -> dict[str, str]:
    grown = {(each["kind"], each["round"]): each for each in case.get("grown", ())}
    due = phrases.moment(from_text(clock["due"]), now.year) if clock["due"] else "未知"
    round_ = f"第{clock['round']}轮 " if case["clocks"][-1]["round"] > 1 else ""
    mark = f" {phrases.PROVISIONAL}" if clock["provisional"] else ""
    own = grown.get((clock["kind"], clock["round"]), {})
    return {
        "kind": f"{round_}{CLOCKS[clock['kind']]}",
        "count": grown_words(clock | own) if clock["workdays"] else "",
        "due": f"{due}{mark}",
        "verdict": _verdict(case, clock, now),
        "clause": clock["clause"] or "",
    }


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


def _verdict(case: Mapping[str, Any], clock: Mapping[str, Any], now: datetime) -> str:
    if clock["held_at"]:
        return f"{phrases.moment(from_text(clock['held_at']), now.year)} 起中止"
    if clock["late"] is None:
        return "原始记录没有写明"
    if clock["running"]:
        return _standing(case, clock, now) or "进行中"
    ended = phrases.moment(from_text(clock["stopped"]), now.year)
    if clock["stopped"][:16] == clock["due"][:16]:  # on the last minute the second decides
        ended += clock["stopped"][16:19]
    late = _standing(case, clock, now) if clock["late"] else ""
    if clock["dropped"]:
        return ", ".join(filter(None, ("转出", late, ended)))
    return f"{late or '按时'}, {ended}"


def _segments(case: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """Say who held the case from hand-over to hand-over, and the office time used (五.2)."""
    yield "[承办]"
    names = {e["person"]: e["person_name"] for e in case["events"] if e.get("person_name")}
    for segment in case["segments"]:
        start, end = (
            phrases.moment(from_text(segment[name]), now.year) if segment[name] else "现在"
            for name in ("from", "to")
        )
        hours, minutes = divmod(segment["minutes"], 60)
        who = clean(segment["unit"] or segment["role"])
        who += f" {names.get(by, '')}({by})" if (by := segment.get("person")) else ""
        yield f"{start} 至 {end}  {who}  办公时间 {hours}小时{minutes}分"


_LOG_COLUMNS = (
    Column("seq", "流水号", "int"),
    Column("at", "时间"),
    Column("step", "步骤"),
    Column("by", "经办"),
    Column("words", "说明", elastic=True),
)
#: the cells that the words of a step need beside the rest, else they stand below
_WORDS_ROOM = 24


def _log(case: Mapping[str, Any], how: Sheet) -> Iterator[str]:
    yield "[经过]"
    rows = [_step(event, how.now) for event in case["events"]]
    rest = screen.full_widths(rows, _LOG_COLUMNS[:-1], how.now.year)
    narrow = sum(rest) + len(rest) * len(screen.GAP) + _WORDS_ROOM
    if how.width is None or narrow <= how.width:
        yield from _table(rows, _LOG_COLUMNS, how)
        return
    for row in rows:
        yield from _folded(
            iter([f"{row['seq']}  {row['at']}  {row['step']}  {row['by']}"]), how.width
        )
        for part in wrap(row["words"], max(how.width - 4, 20)) if row["words"] else ():
            yield f"    {part}"


def _step(event: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    of_file = event["kind"] == "imported" or event.get("by_file")
    noted = ""
    if event["at"] != event["recorded_at"] and not of_file:
        noted = f"({phrases.moment(from_text(event['recorded_at']), now.year)} 补记) "
    gone = " (已撤销)" if event["voided_by"] else ""
    gone += " (文字已删除)" if event["erased_by"] else ""
    words = step_words(event) if event["kind"] not in {"reported", "imported"} else ""
    return {
        "seq": event["seq"],
        "at": phrases.moment(from_text(event["at"]), now.year),
        "step": f"{kind_name(event['kind'])}{gone}",
        "by": clean(event["by"] or ""),
        "words": f"{noted}{words}".rstrip(),
    }
