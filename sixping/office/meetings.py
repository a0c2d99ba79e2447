"""Meetings (三.2, 附1, 附3.1): who called them, who came, what was decided, what became of it.

Pure: meetings are the fold of their events. The subject of each is the id of the meeting
(``m3``); facts name people by id; what was said, guests and reasons are private, so they can be
erased.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.cases.lateness import is_late
from sixping.errors import NotAllowed, NotFound
from sixping.office import registers, streams
from sixping.policy.vocabulary import Platform
from sixping.util.clock import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import time

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "meeting"
#: the subject of work plans and measures that no meeting set (附1.3)
PLANS = "w"
_A_GUEST = "邀请的人员或单位"


class TaskState(StrEnum):
    """Where a task stands; the word is what people read."""

    OPEN = "办理中"
    DONE = "已完成"
    DROPPED = "已取消"


@dataclass(slots=True)
class Task:
    """Something a unit was given to do; ``ended`` is when it was done or dropped.

    ``sort``: a work plan, a plan of a stage, a measure (附1.3); None: a decision of a meeting.
    """

    id: str
    meeting: str
    unit: str
    due: date
    text: str | None
    since: date
    state: TaskState = TaskState.OPEN
    outcome: str | None = None
    ended: datetime | None = None
    sort: str | None = None

    def late(self, now: datetime, closes: time) -> bool:
        """Tell whether it was or is done after the close of business of its day."""
        due = datetime.combine(self.due, closes, SHANGHAI)
        return is_late(due, now, self.ended) and self.state is not TaskState.DROPPED


@dataclass(slots=True)
class Meeting:
    """One meeting as it stands; texts are None after a lawful erasure.

    ``excused``: who has leave, by id, with the reason; of ``guests``, by the seq of their
    invitations, who came (``came``) and who has leave (``excused_guests``). ``leave_on``: of both,
    the day on which the leave was recorded.
    """

    id: str
    sort: str
    day: date
    convener: str
    start: str | None = None
    end: str | None = None
    platform: Platform | None = None
    extraordinary: bool = False
    grave: bool = False
    reason: str | None = None
    people: tuple[str, ...] = ()
    guests: list[str | None] = field(default_factory=list)
    items: list[tuple[int, str | None]] = field(default_factory=list)
    slots: dict[str, str | None] = field(default_factory=dict)
    ledger: tuple[int, str] | None = None
    decided: list[tuple[str, str, date, str | None]] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    slips: list[MeetingSlipPrinted] = field(default_factory=list)
    excused: dict[str, str | None] = field(default_factory=dict)
    invitations: list[int] = field(default_factory=list)
    excused_guests: dict[int, str | None] = field(default_factory=dict)
    came: set[int] = field(default_factory=set)
    leave_on: dict[str | int, date] = field(default_factory=dict)

    @property
    def recorded(self) -> bool:
        """Return whether who came is on record: without it nobody is absent."""
        return bool(self.people or self.came)

    @property
    def held(self) -> bool:
        """Return whether it was held: somebody recorded who came, or its minutes."""
        return self.recorded or self.ledger is not None

    def task(self, name: str) -> Task:
        """Return a task of this meeting. Raises ``NotFound``."""
        if name not in self.tasks:
            raise _no_task(name)
        return self.tasks[name]


def fold(entries: Iterable[StreamEntry]) -> dict[str, Meeting]:
    """Return the meetings by id, oldest first. Raises ``NotAllowed`` or ``NotFound``."""
    meetings: dict[str, Meeting] = {}
    for entry in entries:
        event = entry.event
        if event.meeting == PLANS and PLANS not in meetings:
            meetings[PLANS] = Meeting(PLANS, "", entry.at.date(), "")
        if event.kind == "meeting_planned":
            if event.meeting in meetings:
                raise NotAllowed(f"{event.meeting} 已经登记过。")
            meetings[event.meeting] = _planned(event)
            continue
        meeting = find(meetings, event.meeting)
        if isinstance(event, OfTask) and event.kind != "task_set":
            _open_task(meeting.task(event.task))
        if isinstance(event, GuestInvited):
            meeting.invitations.append(entry.seq)
        _CHANGES[event.kind](meeting, event, entry.at)
    return meetings


def meetings_on(
    con: Connection, name: str | None = None, as_of: int | None = None
) -> dict[str, Meeting]:
    """Return the meetings of a ledger by id, oldest first: all, or the one of an id.

    As they stood after seq ``as_of``; without plans and measures while their register sleeps.

    What is no meeting's (``PLANS``) comes by its own name only.
    """
    found = streams.stored(fold, streams.entries(con, STREAM, name, as_of))
    if name != PLANS:
        found.pop(PLANS, None)
    sorts = any(task.sort for meeting in found.values() for task in meeting.tasks.values())
    if sorts and registers.begun(con, "meetings", as_of) is None:
        for meeting in found.values():
            meeting.tasks = {n: task for n, task in meeting.tasks.items() if not task.sort}
    return found


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a meeting. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def find(meetings: Mapping[str, Meeting], name: str) -> Meeting:
    """Return a meeting by its id. Raises ``NotFound``."""
    meeting = meetings.get(name.strip().lower())
    if meeting is None:
        raise NotFound(f"没有这个会议: {name}", "会议编号 (如 m3) 见: sixping meeting list")
    return meeting


def find_task(meetings: Mapping[str, Meeting], name: str) -> Task:
    """Return a task by its id (``m3.1``). Raises ``NotFound``."""
    name = name.strip().lower()
    meeting = meetings.get(name.partition(".")[0])
    if meeting is None:
        raise _no_task(name)
    return meeting.task(name)


def _no_task(name: str) -> NotFound:
    return NotFound(f"没有这个会议任务: {name}", "任务编号 (如 m3.1) 见: sixping meeting task list")


def _planned(event: MeetingPlanned) -> Meeting:
    return Meeting(
        event.meeting, event.sort, event.day, event.convener, event.start, event.end,
        event.platform, event.extraordinary, event.grave, event.reason,
    )  # fmt: skip


def _moved(meeting: Meeting, event: MeetingMoved, _: datetime) -> None:
    if meeting.people or meeting.ledger:
        raise NotAllowed(f"{meeting.id} 已有到会或纪要记录, 不能改期。", "请另登记一次会议。")
    meeting.day, meeting.start, meeting.end = event.day, event.start, event.end
    meeting.reason = event.reason


def _attended(meeting: Meeting, event: MeetingAttended, _: datetime) -> None:
    meeting.people = tuple(dict.fromkeys((*meeting.people, *event.people)))
    for who in event.people:
        if who in meeting.excused:
            raise _is_excused(meeting, who)


def _is_excused(meeting: Meeting, who: str) -> NotAllowed:
    return NotAllowed(
        f"{who} 已向 {meeting.id} 请假。",
        "请假记错了: sixping meeting void 序号 --reason 理由 (序号见 sixping log)。",
    )


def _has_come(meeting: Meeting, who: str) -> NotAllowed:
    return NotAllowed(
        f"{who} 已有 {meeting.id} 的到会记录, 不能再记请假。",
        "到会记错了: sixping meeting void 序号 --reason 理由 (序号见 sixping log)。",
    )


def _excuse(meeting: Meeting, event: MeetingExcused, at: datetime) -> None:
    if event.invitation is not None:
        _is_invited(meeting, event.invitation)
        if event.invitation in meeting.came:
            raise _has_come(meeting, _A_GUEST)
        if event.invitation in meeting.excused_guests:
            raise _is_excused(meeting, _A_GUEST)
        meeting.excused_guests[event.invitation] = event.reason
        meeting.leave_on[event.invitation] = at.date()
    elif event.person is not None:
        if event.person in meeting.people:
            raise _has_come(meeting, event.person)
        if event.person in meeting.excused:
            raise _is_excused(meeting, event.person)
        meeting.excused[event.person] = event.reason
        meeting.leave_on[event.person] = at.date()


def _guest_came(meeting: Meeting, event: GuestCame, _: datetime) -> None:
    _is_invited(meeting, event.invitation)
    if event.invitation in meeting.excused_guests:
        raise _is_excused(meeting, _A_GUEST)
    meeting.came.add(event.invitation)


def _is_invited(meeting: Meeting, invitation: int) -> None:
    if invitation not in meeting.invitations:
        raise NotFound(
            f"{meeting.id} 没有第 {invitation} 号邀请。",
            f"邀请见 sixping meeting show {meeting.id}。",
        )


def _invited(meeting: Meeting, event: GuestInvited, _: datetime) -> None:
    meeting.guests.append(event.guest)


def _item(meeting: Meeting, event: AgendaAdded, _: datetime) -> None:
    meeting.items.append((event.heading, event.text))


def _minuted(meeting: Meeting, event: Minuted, _: datetime) -> None:
    meeting.ledger = (event.ledger_seq, event.ledger_head)
    if event.slot is not None:
        meeting.slots[event.slot] = event.text


def _decided(meeting: Meeting, event: CaseDecided, _: datetime) -> None:
    meeting.decided.append((event.number, event.unit, event.due, event.text))


def _set(meeting: Meeting, event: TaskSet, at: datetime) -> None:
    if event.task in meeting.tasks:
        raise NotAllowed(f"{event.task} 已经登记过。")
    meeting.tasks[event.task] = Task(
        event.task, meeting.id, event.unit, event.due, event.text, at.date(), sort=event.sort
    )


def _open_task(task: Task) -> None:
    if task.state is not TaskState.OPEN:
        raise NotAllowed(
            f"{task.id} {task.state}, 不能再改。", "记错了: sixping meeting void 序号 --reason 理由"
        )


def _put_off(meeting: Meeting, event: TaskMoved, _: datetime) -> None:
    meeting.task(event.task).due = event.due


def _done(meeting: Meeting, event: TaskDone, at: datetime) -> None:
    _end(meeting.task(event.task), TaskState.DONE, event.text, at)


def _dropped(meeting: Meeting, event: TaskDropped, at: datetime) -> None:
    _end(meeting.task(event.task), TaskState.DROPPED, event.reason, at)


def _printed(meeting: Meeting, event: MeetingSlipPrinted, _: datetime) -> None:
    meeting.slips.append(event)


def _end(task: Task, state: TaskState, why: str | None, at: datetime) -> None:
    task.state, task.outcome, task.ended = state, why, at


_CHANGES: dict[str, Any] = {
    "meeting_moved": _moved,
    "meeting_attended": _attended,
    "meeting_excused": _excuse,
    "guest_came": _guest_came,
    "guest_invited": _invited,
    "agenda_added": _item,
    "minuted": _minuted,
    "case_decided": _decided,
    "task_set": _set,
    "task_moved": _put_off,
    "task_done": _done,
    "task_dropped": _dropped,
    "meeting_slip_printed": _printed,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMeeting(Recorded):
    """What every event of a meeting has: its id."""

    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(OfMeeting):
    """A meeting was called by a role entitled to; ``grave``: 特别重大 (附1.1)."""

    kind: ClassVar[str] = "meeting_planned"

    sort: str
    day: date = fact(date.fromisoformat)
    convener: str
    start: str | None = None
    end: str | None = None
    platform: Platform | None = fact(Platform)
    extraordinary: bool = False
    grave: bool = False
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMoved(OfMeeting):
    """A meeting was put on another day, with the reason."""

    kind: ClassVar[str] = "meeting_moved"

    day: date = fact(date.fromisoformat)
    start: str | None = None
    end: str | None = None
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAttended(OfMeeting):
    """Who was there."""

    kind: ClassVar[str] = "meeting_attended"

    people: tuple[str, ...] = fact(words, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestInvited(OfMeeting):
    """Somebody who is no member was asked to come (附1.2)."""

    kind: ClassVar[str] = "guest_invited"

    guest: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCame(OfMeeting):
    """A guest was there; ``invitation`` is the seq by which he was invited."""

    kind: ClassVar[str] = "guest_came"

    invitation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingExcused(OfMeeting):
    """Somebody of the staff, or a guest by his invitation, asked leave of a meeting (请假)."""

    kind: ClassVar[str] = "meeting_excused"

    person: str | None = None
    invitation: int | None = None
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaAdded(OfMeeting):
    """A free item was put under a heading."""

    kind: ClassVar[str] = "agenda_added"

    heading: int
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class Minuted(OfMeeting):
    """The minutes were written, on what state of the ledger; one slot's text at a time."""

    kind: ClassVar[str] = "minuted"

    ledger_seq: int
    ledger_head: str
    slot: str | None = None
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided(OfMeeting):
    """The meeting decided on a case; the case's own step was recorded with it (三.2)."""

    kind: ClassVar[str] = "case_decided"

    number: str
    unit: str
    due: date = fact(date.fromisoformat)
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTask(OfMeeting):
    """What every event of a task has: its id (``m3.1``)."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet(OfTask):
    """A unit was given something to do by a day (附1.3), by a meeting or as a plan (``sort``)."""

    kind: ClassVar[str] = "task_set"

    unit: str
    due: date = fact(date.fromisoformat)
    sort: str | None = None
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMoved(OfTask):
    """The day of a task was put off, with the reason."""

    kind: ClassVar[str] = "task_moved"

    due: date = fact(date.fromisoformat)
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(OfTask):
    """The unit did it."""

    kind: ClassVar[str] = "task_done"

    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDropped(OfTask):
    """It need not be done any more, with the reason."""

    kind: ClassVar[str] = "task_dropped"

    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSlipPrinted(OfMeeting):
    """A slip about the meeting was printed for a unit (None: for all), or ``again``.

    Fields as of ``cases.steps.slips.SlipPrinted``.
    """

    kind: ClassVar[str] = "meeting_slip_printed"

    slip: str
    year: int
    no: int
    doc_no: str
    to: str | None = None
    again: bool = False
    digest: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (
        MeetingPlanned, MeetingMoved, MeetingAttended, GuestInvited, GuestCame, MeetingExcused,
        AgendaAdded, Minuted, CaseDecided, TaskSet, TaskMoved, TaskDone, TaskDropped,
        MeetingSlipPrinted,
    )
}  # fmt: skip
