"""Meetings: their proposed days, what is refused, lists and one meeting as they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed, UsageFault
from sixping.policy.meetings import Every, Kind, load_rules, seats
from sixping.policy.vocabulary import Platform
from sixping.services import conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, time

    from sixping.console.context import Context
    from sixping.office.meetings import Meeting, Task
    from sixping.office.organisation import Organisation
    from sixping.services.rulebooks import Rulebooks

#: what stands for words after a lawful erasure
GONE = "(已清除)"


def span(kind: Kind, day: date) -> tuple[date, date]:
    """Return the month or week a regular meeting belongs to; the day itself for others."""
    if kind.every is Every.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if kind.every is Every.MONTH:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        return first, after - timedelta(days=1)
    return day, day


def proposed(kind: Kind, day: date, rulebooks: Rulebooks) -> date | None:
    """Return the day proposed in the month or week of a day; None where nothing says which.

    A week with fewer working days proposes its last one.
    """
    reading = rulebooks.policy.edition_at(day).readings.meeting_workday
    nth = reading if kind.policy_workday else kind.workday
    if nth is None or kind.every is Every.ANY:
        return None
    first, last = span(kind, day)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [each for each in days if rulebooks.calendar.is_workday(each)]
    return working[min(nth, len(working)) - 1] if working else None


def regular(
    kind: Kind, day: date, platform: Platform | None, meetings: Iterable[Meeting]
) -> Meeting | None:
    """Return the regular meeting already called in the month or week of a day."""
    if kind.every is Every.ANY:
        return None
    first, last = span(kind, day)
    for meeting in meetings:
        same = (meeting.sort, meeting.platform) == (kind.name, platform)
        if same and not meeting.extraordinary and first <= meeting.day <= last:
            return meeting
    return None


def refuse_unfit(
    kind: Kind, day: date, want: date | None, before: Meeting | None, why: str | None
) -> None:
    """Raise for a second regular meeting, or another day than 附1.1 has it without a reason.

    The notice says when in the month the consultation is; for the others it does not.
    """
    if before is not None:
        raise NotAllowed(
            f"{'本周' if kind.every is Every.WEEK else '本月'}已有{kind.name} {before.id}"
            f" ({before.day}) ({kind.clause})。",
            "改期: sixping meeting move 编号; 临时召集: 加 --extraordinary --reason 理由。",
        )
    if kind.policy_workday and want is not None and day != want and why is None:
        raise UsageFault(
            f"{kind.name}拟定 {want}, 写的是 {day}。", "改在别的日子须写明 --reason 理由。"
        )


def platform_of(kind: Kind, platform: Platform | None) -> Platform | None:
    """Return the platform of a meeting. Raises ``UsageFault`` where it is missing or too much."""
    if kind.per_platform and platform is None:
        raise UsageFault(f"{kind.name}须写明是哪个平台。", "请加 --platform, 如 综合执法。")
    if platform is not None and not kind.per_platform:
        raise UsageFault(f"{kind.name}不分平台。", "请去掉 --platform。")
    return platform


def meeting_json(
    meeting: Meeting, organisation: Organisation, now: datetime, *, reveal: bool = False
) -> dict[str, Any]:
    """Return a meeting as ``meeting show --json`` answers it, masked unless revealed."""
    from sixping.services.conflicts import named

    rules = load_rules()
    kind = rules.kind(meeting.sort)
    people = organisation.people
    written = {slot: text or GONE for slot, text in meeting.slots.items()}
    return {
        "id": meeting.id,
        "kind": meeting.sort,
        "date": meeting.day.isoformat(),
        "from": meeting.start,
        "to": meeting.end,
        "platform": meeting.platform,
        "convener": meeting.convener,
        "extraordinary": meeting.extraordinary,
        "grave": meeting.grave,
        "reason": said(meeting.reason, reveal=reveal),
        "clause": kind.clause,
        "members": [
            {"role": role, "unit": unit}
            for role, unit in seats(kind, organisation, meeting.platform)
        ],
        "guests": [
            guest if reveal else _guest(guest, organisation) for guest in meeting.guests
        ],
        "present": [named(people, who, reveal=reveal) for who in meeting.people],
        "items": [
            {"heading": n, "text": said(text, reveal=reveal)} for n, text in meeting.items
        ],
        "slots": {
            slot: said(written.get(slot), reveal=reveal)
            for slot in dict.fromkeys((*rules.slots, *written))
        },
        "decisions": [
            {"number": number, "unit": unit, "due": due.isoformat(),
             "text": said(text, reveal=reveal)}
            for number, unit, due, text in meeting.decided
        ],
        "tasks": [task_json(task, now, reveal=reveal) for task in meeting.tasks.values()],
        "ledger": (
            {"seq": meeting.ledger[0], "head": meeting.ledger[1]} if meeting.ledger else None
        ),
    }  # fmt: skip


def _guest(guest: str | None, organisation: Organisation) -> str | None:
    """Return a guest as may be said: a unit by its name, a person masked."""
    from sixping.util.text import mask_name

    units = organisation.units
    known = guest is not None and (guest in units.district or units.get(guest) is not None)
    return guest if guest is None or known else mask_name(guest)


def said(text: str | None, *, reveal: bool) -> str | None:
    """Return what was said as it may be shown; None is what nobody said or was erased."""
    from sixping.util.text import mask_text

    return text if text is None or reveal else mask_text(text)


def closes_at(now: datetime) -> time:
    """Return the close of business in force (一.2), by which a task is due on its day."""
    from sixping.policy.editions import load_policy

    return load_policy().edition_at(now.date()).counting.closes


def task_json(task: Task, now: datetime, *, reveal: bool = False) -> dict[str, Any]:
    """Return a task as ``meeting task list --json`` answers it."""
    return {
        "task": task.id,
        "meeting": task.meeting,
        "unit": task.unit,
        "due": task.due.isoformat(),
        "state": task.state,
        "late": task.late(now, closes_at(now)),
        "text": said(task.text, reveal=reveal),
        "outcome": said(task.outcome, reveal=reveal),
        "ended": task.ended.date().isoformat() if task.ended else None,
    }


def told_rows(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a meeting as lines of label and text, for people."""
    rows = [(label, document[key]) for key, label in _LABELS if document[key]]
    rows += [("参加对象", f"{m['unit'] or ''}{m['role']}") for m in document["members"]]
    rows += [("邀请", guest or GONE) for guest in document["guests"]]
    rows += [("到会", who) for who in document["present"]]
    rows += [(f"议题{i['heading']}", i["text"] or GONE) for i in document["items"]]
    rows += [(slot, text or "(由会议填写)") for slot, text in document["slots"].items()]
    rows += [
        ("决定", f"{d['number']} {d['unit']} {d['due']} 前: {d['text'] or GONE}")
        for d in document["decisions"]
    ]
    rows += [
        ("任务", f"{t['task']} {t['unit']} {t['due']} 前 ({t['state']}): {t['text'] or GONE}")
        for t in document["tasks"]
    ]
    if ledger := document["ledger"]:
        rows.append(("台账", f"第 {ledger['seq']} 号 {ledger['head'][-16:]}"))
    return [{"label": label, "text": "是" if text is True else str(text)} for label, text in rows]


_LABELS = (
    ("id", "编号"), ("kind", "会议"), ("platform", "平台"), ("date", "日期"), ("from", "自"),
    ("to", "至"), ("convener", "召集人"), ("extraordinary", "临时"), ("grave", "特别重大"),
    ("reason", "理由"),
)  # fmt: skip
NEXT = "next"


def proposals(context: Context, month: str | None) -> list[dict[str, Any]]:
    """Return the regular meetings of a month, with the day proposed and the one called."""
    from sixping.queries import cases
    from sixping.services.rulebooks import rulebooks_of

    first, last = _month(context, month)
    rulebooks = rulebooks_of(context.existing_ledger())
    with cases.reading(context.ledger) as con:
        meetings = list(conflicts.meetings_on(con).values())
    rows = []
    for kind in load_rules().kinds:
        if kind.every is Every.ANY:
            continue
        for day in _starts(kind.every, first, last):
            want = proposed(kind, day, rulebooks)
            if want is not None and not first <= want <= last:
                continue
            for platform in tuple(Platform) if kind.per_platform else (None,):
                called = regular(kind, want or day, platform, meetings)
                rows.append(
                    {
                        "kind": kind.name, "platform": platform, "date": want,
                        "meeting": called and called.id, "held": called and called.day,
                        "conveners": list(kind.conveners), "clause": kind.clause,
                        "note": kind.note,
                    }
                )  # fmt: skip
    return rows


def _month(context: Context, month: str | None) -> tuple[date, date]:
    from sixping.util.dates import parse_month

    if month is not None and month != NEXT:
        return parse_month(month, context.now)
    after = (context.now.date().replace(day=1) + timedelta(days=31)).replace(day=1)
    return parse_month(f"{after:%Y-%m}", context.now)


def _starts(every: Every, first: date, last: date) -> list[date]:
    if every is Every.MONTH:
        return [first]
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)]


def listed(meetings: Iterable[Meeting]) -> list[dict[str, Any]]:
    """Return meetings as rows, in order of their days."""
    from sixping.office.meetings import TaskState

    return [
        {
            "id": meeting.id,
            "date": meeting.day,
            "kind": meeting.sort,
            "platform": meeting.platform,
            "convener": meeting.convener,
            "extraordinary": meeting.extraordinary,
            "present": len(meeting.people),
            "minuted": meeting.ledger is not None,
            "decisions": len(meeting.decided),
            "tasks": len(meeting.tasks),
            "open_tasks": sum(t.state is TaskState.OPEN for t in meeting.tasks.values()),
        }
        for meeting in sorted(meetings, key=lambda one: (one.day, one.id))
    ]
