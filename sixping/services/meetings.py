"""Meetings: their proposed days, what is refused, what is recorded of them, and their lists."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed, UsageFault
from sixping.office import registers, streams
from sixping.office.conflicts import Hours, refuse_elsewhere
from sixping.office.meetings import (
    PLANS,
    STREAM,
    AgendaAdded,
    GuestInvited,
    MeetingAttended,
    MeetingMoved,
    MeetingPlanned,
    TaskSet,
    TaskState,
    find,
    find_task,
    fold,
    meetings_on,
)
from sixping.office.organisation import organisation_at
from sixping.policy.editions import POLICY, load_policy
from sixping.policy.meetings import MEETINGS, Every, Kind, load_rules
from sixping.policy.vocabulary import Platform
from sixping.queries.office import decided_by, recorded
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date, datetime, time

    from sixping.office.meetings import Meeting, OfMeeting, OfTask, Task
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


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
    working = [day for day in days if rulebooks.calendar.is_workday(day)]
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
            f" ({understood_day(before.day)}) ({kind.clause})。",
            f"改期: sixping meeting move {before.id} --date 日期 --reason 理由;"
            " 临时召集: 加 --extraordinary --reason 理由。",
        )
    if kind.policy_workday and want is not None and day != want and why is None:
        raise UsageFault(
            f"{kind.name}拟定{understood_day(want)}, 写的是{understood_day(day)}。",
            "改在别的日子须写明 --reason 理由。",
        )


# --- recording -----------------------------------------------------------------------------


def record(tx: Transaction, event: OfMeeting) -> int:
    """Record an event of a meeting and return its seq."""
    return streams.record(tx, STREAM, event.meeting, event, tx.stamp.now)


def _recorded(tx: Transaction, event: OfMeeting) -> tuple[Meeting, int]:
    """Record an event; return the meeting after it, which judges it, and the seq."""
    seq = record(tx, event)
    return judged(tx, event.meeting), seq


def call(
    tx: Transaction,
    rulebooks: Rulebooks,
    kind: Kind,
    day: date,
    hours: Hours,
    *,
    platform: Platform | None,
    convener: str | None,
    extraordinary: bool,
    grave: bool,
    reason: str | None,
) -> tuple[Meeting, int]:
    """Call a meeting (附1.1); return it and the seq. Raises what the rules of its kind refuse."""
    lead = organisation_at(tx.con, day).units.lead(platform) if platform else None
    who = kind.convener(convener, grave=grave, lead=lead)
    if not (extraordinary or grave):
        before = regular(kind, day, platform, meetings_on(tx.con).values())
        refuse_unfit(kind, day, proposed(kind, day, rulebooks), before, reason)
    name = f"m{recorded(tx.con, MeetingPlanned.kind) + 1}"
    event = MeetingPlanned(
        meeting=name, sort=kind.name, day=day, convener=who, start=hours[0], end=hours[1],
        platform=platform, extraordinary=extraordinary or grave, grave=grave, reason=reason,
    )  # fmt: skip
    return _recorded(tx, event)


def move(tx: Transaction, name: str, day: date, hours: Hours, reason: str) -> tuple[Meeting, int]:
    """Put a meeting on another day; return it and the seq."""
    meetings = meetings_on(tx.con)
    meeting = find(meetings, name)
    decided = decided_by(tx.con, meeting.id)
    if decided:
        raise NotAllowed(
            f"{meeting.id} 已作出 {'、'.join(decided)} 的会商决定, 不能改期。", "请另登记一次会议。"
        )
    if not meeting.extraordinary:
        kind = rule_on(tx.con, MEETINGS, load_rules).kind(meeting.sort)
        others = [other for other in meetings.values() if other.id != meeting.id]
        refuse_unfit(kind, day, None, regular(kind, day, meeting.platform, others), None)
    start, end = hours
    event = MeetingMoved(meeting=meeting.id, day=day, start=start, end=end, reason=reason)
    return _recorded(tx, event)


def attend(tx: Transaction, name: str, people: Sequence[str], guests: Iterable[str]) -> Meeting:
    """Record who came and who was invited (附1.2); return the meeting after it."""
    meeting = find(meetings_on(tx.con), name)
    if people:
        refuse_ahead(meeting, tx.stamp.now.date(), "到会")
        members = organisation_at(tx.con, meeting.day).find_all(people)
        new = [person.id for person in members if person.id not in meeting.people]
        hours = (meeting.start, meeting.end)
        refuse_elsewhere(tx.con, meeting.day, new, hours, but=meeting.id)
        if new:
            record(tx, MeetingAttended(meeting=meeting.id, people=tuple(new)))
    for guest in guests:
        record(tx, GuestInvited(meeting=meeting.id, guest=guest))
    return judged(tx, meeting.id)


def judged(tx: Transaction, name: str) -> Meeting:
    """Return a meeting after what was just recorded. Raises what that makes impossible."""
    return fold(streams.entries(tx.con, STREAM, name))[name]


def closes_at(con: Connection, now: datetime) -> time:
    """Return the close of business in force (一.2), by which a task is due on its day."""
    return rule_on(con, POLICY, load_policy).edition_at(now.date()).counting.closes


def refuse_ahead(meeting: Meeting, today: date, what: str) -> None:
    """Raise ``NotAllowed`` for what cannot be recorded before the meeting was held."""
    if meeting.day > today:
        raise NotAllowed(
            f"{meeting.id} 定在{understood_day(meeting.day)}, 还没有开, 不能记录{what}。",
            f"提前开会的先改期: sixping meeting move {meeting.id} --date 日期 --reason 理由",
        )


def add_item(tx: Transaction, name: str, heading: str, text: str) -> tuple[int, int]:
    """Put a free item under a heading (its number or words); return its number and the seq."""
    meeting = find(meetings_on(tx.con), name)
    number = rule_on(tx.con, MEETINGS, load_rules).kind(meeting.sort).heading(heading)
    return number, record(tx, AgendaAdded(meeting=meeting.id, heading=number, text=text))


def add_task(
    tx: Transaction, sort: str, meeting: str | None, unit: str, due: date, text: str
) -> tuple[Task, int]:
    """Record a work plan or measure (附1.3), of a meeting or of none; return it and the seq."""
    registers.require(tx.con, "meetings")
    kind = rule_on(tx.con, MEETINGS, load_rules).task_kind(sort)
    of = PLANS if meeting is None else find(meetings_on(tx.con), meeting).id
    name = f"{of}.{recorded(tx.con, TaskSet.kind, of) + 1}"
    who = organisation_at(tx.con, tx.stamp.now.date()).units.find(unit).name
    event = TaskSet(meeting=of, task=name, unit=who, due=due, sort=kind, text=text)
    refuse_same(tx, event)
    after, seq = _recorded(tx, event)
    return after.task(name), seq


def refuse_same(tx: Transaction, event: TaskSet) -> None:
    """Refuse a task that is one of its meeting already and still to do: told twice is one."""
    if registers.begun(tx.con, "meetings") is None:
        return
    meeting = meetings_on(tx.con, event.meeting).get(event.meeting)
    for task in meeting.tasks.values() if meeting else ():
        same = (task.sort, task.unit, task.due, task.text) == (
            event.sort, event.unit, event.due, event.text,
        )  # fmt: skip
        if same and task.state is TaskState.OPEN:
            raise NotAllowed(
                f"{task.id} 的内容、单位、期限都相同, 还没有完成, 不重复记。",
                f"完成后: sixping meeting task done {task.id} 结果; 另有一项的, 内容写得不同。",
            )


def change_task(tx: Transaction, name: str, build: Callable[[Task], OfTask]) -> tuple[Task, int]:
    """Record the event ``build`` makes of a task; return the task after it and the seq."""
    task = find_task(meetings_on(tx.con, name.strip().lower().partition(".")[0]), name)
    meeting, seq = _recorded(tx, build(task))
    return meeting.task(task.id), seq


# --- lists ---------------------------------------------------------------------------------


def proposals(
    kinds: Iterable[Kind],
    meetings: Collection[Meeting],
    rulebooks: Rulebooks,
    first: date,
    last: date,
) -> list[dict[str, Any]]:
    """Return the regular meetings of a month, with the day proposed and the one called."""
    rows = []
    for kind in kinds:
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


def _starts(every: Every, first: date, last: date) -> list[date]:
    """Return a day in each month or week of a period; none where meetings are not regular."""
    if every is Every.ANY:
        return []
    if every is Every.MONTH:
        return [first]
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)]


def meeting_rows(meetings: Iterable[Meeting]) -> list[dict[str, Any]]:
    """Return meetings as rows, in order of their days."""
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
        for meeting in sorted(meetings, key=lambda meeting: (meeting.day, meeting.id))
    ]
