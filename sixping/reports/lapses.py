"""The failures of a period, each with its evidence (五.3): what was late, unanswered, undone.

Pure, over the entries of one case at a time. A failure belongs to the period in which its
date passed, or in which it happened where there is no date. Whether something is late is
``Clock.late`` for limits, and ``is_late`` against the close of business for days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lateness import is_late
from sixping.cases.steps.handling import Returned, Signed
from sixping.cases.steps.parts import PartSet
from sixping.cases.steps.urging import UrgeAnswered, Urged
from sixping.policy.vocabulary import LAPSES, Status, found_grade, grade_rank
from sixping.reports.growth import growth
from sixping.reports.responsibility import breaches, coordinator, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sixping.cases.model import Case
    from sixping.cases.rules import Rules
    from sixping.cases.step import Step
    from sixping.policy.editions import Readings
    from sixping.reports.growth import Growth
    from sixping.reports.responsibility import Breach, Ground, Segment, Snapshot

_GRAVITY = {kind: place for place, kind in enumerate(LAPSES)}


class Lapse(NamedTuple):
    """One failure: who answers for it and the seqs of the events that show it.

    ``due`` None: the notice sets no date. ``happened``: when it was done after all, or
    when the failure itself happened where there is no date; None: still undone.
    ``since`` places it in a period.
    """

    number: str | None  # None: no case, but a task of a meeting
    kind: str
    unit: str | None
    coordinator: str | None
    due: datetime | None
    happened: datetime | None
    workdays_late: int | None
    evidence: tuple[int, ...]
    why: str
    since: datetime
    severity: str | None = None
    community: str | None = None
    person: str | None = None  # of the unit, by name (附2.1)


#: the unit, the coordinator and the person who answer for a failure, where the ledger knows them
Answerable = tuple[str | None, str | None, str | None]


class Examined(NamedTuple):
    """One case under examination: its trail, who held it, and what it is judged by."""

    path: Sequence[Snapshot]
    segments: Sequence[Segment]
    ground: Ground

    @property
    def now(self) -> datetime:
        """Return the moment of judgement."""
        return self.ground.now

    @property
    def readings(self) -> Readings:
        """Return what the governing edition reads where the notice is silent."""
        return self.ground.rules.edition.readings

    def holder(self, at: datetime) -> Segment | None:
        """Return who held the case at an instant, or last before it."""
        return next((s for s in reversed(self.segments) if s.start <= at), None)

    def holder_when(self, seq: int) -> Segment | None:
        """Return who held the case when an entry was recorded, or last before it."""
        return next((s for s in reversed(self.segments) if s.opened <= seq), None)

    def after(self, start: datetime, workdays: int) -> datetime:
        """Return the close of business of the n-th working day after an instant."""
        return self.ground.rules.due(start, workdays)

    def late(self, due: datetime, ended: datetime | None) -> bool:
        """Return whether something was late when it ended, or is by now."""
        return is_late(due, self.now, ended)

    def lapse(
        self, kind: str, why: str, evidence: Iterable[int], *, who: Answerable = (None, None, None),
        due: datetime | None = None, happened: datetime | None = None,
        since: datetime | None = None,
    ) -> Lapse:  # fmt: skip
        """Return a failure of this case; late working days follow from due and happened."""
        case = self.path[-1].case
        unit, coordinated, person = who
        begun = due or since or happened or case.received_at
        return Lapse(
            number=case.number,
            kind=kind,
            unit=unit,
            coordinator=coordinated,
            due=due,
            happened=happened,
            workdays_late=self.ground.workdays(due, happened or self.now) if due else None,
            evidence=tuple(sorted(set(evidence))),
            why=why,
            since=begun,
            severity=found_grade(case.severity, confirmed=case.confirmed),
            community=case.community,
            person=self.ground.by_name(person, unit, begun.date()),
        )

    def owed(
        self, kind: str, why: str, begun: Snapshot, ended: Snapshot | None, *,
        who: Answerable, due: datetime | None, since: datetime | None = None,
    ) -> Lapse:  # fmt: skip
        """Return a failure that lasted from one entry to another (None: to this day)."""
        evidence = [point.entry.seq for point in (begun, ended) if point]
        happened = ended.entry.at if ended else None
        return self.lapse(kind, why, evidence, who=who, due=due, happened=happened, since=since)

    def answers(self, segment: Segment | None, at: datetime) -> Answerable:
        """Return who held the case in a stretch and who coordinated it before an instant."""
        coordinated = coordinator(self.path, segment, at)
        return (segment.unit, coordinated, segment.person) if segment else (None, coordinated, None)


def lapses(path: Sequence[Snapshot], ground: Ground) -> list[Lapse]:
    """Return every failure of one case as it stands now, gravest kind first."""
    if not path:
        return []
    examined = Examined(path, segments(path, ground), ground)
    return sorted((lapse for find in _FINDERS for lapse in find(examined)), key=gravity)


def gravity(lapse: Lapse) -> tuple[int, int, datetime, str]:
    """Order by kind, then severity, then the oldest, then the number."""
    rank = grade_rank(lapse.severity)
    return (_GRAVITY[lapse.kind], -rank, lapse.since, lapse.number or "")


# --- limits ----------------------------------------------------------------------------


def _limits(examined: Examined) -> Iterator[Lapse]:
    for breach in breaches(examined.path, examined.ground):
        clock = breach.clock
        late = _why_late(breach, growth(examined.path, clock))
        why = ", ".join([late, *_approvals(examined.path, breach)])
        yield examined.lapse(
            clock.kind, why, breach.evidence, due=clock.due, happened=clock.stopped,
            who=(breach.unit, breach.coordinator, breach.person),
        )  # fmt: skip


def _why_late(breach: Breach, grown: Growth | None) -> str:
    clock = breach.clock
    limit = grown.words if grown else "会商决定的期限"
    ended = "转出" if clock.dropped else "完成"
    words = [f"{limit} ({clock.clause})" if clock.clause else limit]
    words.append(f"超期后{ended}" if clock.stopped else "至今未完成")
    if clock.round > 1:
        words.append(f"第{clock.round}轮")
    if breach.role is None:
        words.append("台账没有写明由谁承办")
    elif breach.unit is None:
        words.append(f"由{breach.role}承办")
    if breach.passed:
        words.append(f"到期时在{breach.passed}, 接手时剩余时间不足, 由移交的一方负责 (五.2)")
    return ", ".join(words)


def _approvals(path: Sequence[Snapshot], breach: Breach) -> Iterator[str]:
    """Say who approved what is the evidence of a breach: by id and role, a role alone 未登记."""
    for point in path:
        event = point.entry.event
        if point.entry.seq in breach.evidence and event.approver_role:
            yield f"{event.label}由 {event.approver or '未登记的'} {event.approver_role} 批准"


# --- supervision and parts -------------------------------------------------------------


def _urges(examined: Examined) -> Iterator[Lapse]:
    """Find demands not answered by the close of their day; one without a day is never late."""
    for urge in examined.path[-1].case.urges:
        if urge.answer_by is None:
            continue
        due = examined.ground.rules.close_of(urge.answer_by)
        if not examined.late(due, urge.answered_at):
            continue
        seqs = [p.entry.seq for p in examined.path if _concerns(p.entry.event, urge.level)]
        segment = examined.holder_when(seqs[0])
        done = "逾期后答复" if urge.answered_at else "至今未答复"
        yield examined.lapse(
            "urge", f"{urge.level}督办, {done} (五.3)", seqs, due=due, happened=urge.answered_at,
            who=examined.answers(segment, due),
        )  # fmt: skip


def _concerns(event: Step, level: str) -> bool:
    return isinstance(event, Urged | UrgeAnswered) and event.level == level


def _parts(examined: Examined) -> Iterator[Lapse]:
    """Find the parts of units not done by the close of its day (四.1)."""
    for place, point in enumerate(examined.path):
        event = point.entry.event
        if not isinstance(event, PartSet) or event.due is None:
            continue
        due = examined.ground.rules.close_of(event.due)
        mine = (event.unit, point.entry.at, event.due)
        rest = examined.path[place:]
        last = max((n for n, p in enumerate(rest) if _waits(p.case, mine)), default=-1)
        ended = rest[last + 1] if last + 1 < len(rest) else None  # what a merge ended came back
        if examined.late(due, ended.entry.at if ended else None):
            yield examined.owed(
                "part", f"分工, {'逾期后完成或变更' if ended else '至今未完成'} (四.1)",
                point, ended, due=due,
                who=(event.unit, point.case.coordinator, _by_name(examined, event.unit, due)),
            )  # fmt: skip


def _by_name(examined: Examined, unit: str, at: datetime) -> str | None:
    """Return who of a unit had the case at an instant; a unit that assists names nobody."""
    segment = examined.holder(at)
    return segment.person if segment and segment.unit == unit else None


def _waits(case: Case, part: tuple[str, datetime, date]) -> bool:
    waits = any((p.unit, p.set_at, p.due) == part and p.done_at is None for p in case.parts)
    return case.open and waits


# --- returns, feedback, signatures -----------------------------------------------------


def _returns(examined: Examined) -> Iterator[Lapse]:
    """Find every return from the one on that the policy counts as too many (四.2)."""
    seqs: list[int] = []
    before = None
    for point in examined.path:
        event = point.entry.event
        if isinstance(event, Returned):
            seqs.append(point.entry.seq)
            if len(seqs) >= examined.readings.returns_before_coordinator:
                yield examined.lapse(
                    "returned", f"第 {len(seqs)} 次退回 (四.2)", seqs, happened=point.entry.at,
                    who=(event.unit, *_before(before)),
                )  # fmt: skip
        before = point


def _before(point: Snapshot | None) -> tuple[str | None, str | None]:
    """Return who coordinated, and who answered by name, before a return."""
    return (point.case.coordinator, point.case.person) if point else (None, None)


def _feedback(examined: Examined) -> Iterator[Lapse]:
    """Find reporters not told the result in time, or not at all where no time is set (三.1)."""
    workdays = examined.readings.feedback_workdays
    for owing, ended in _stretches(examined, _owing):
        resolved = owing.case.resolved_at or owing.at
        due = examined.after(resolved, workdays) if workdays else None
        done = ended.entry.at if ended else None
        if due is None and ended:
            continue
        if due and not (examined.late(due, done) and examined.late(due, None)):
            continue
        last = owing if ended else examined.path[-1]
        whom = [r.number for r in last.case.reports if r.waits]
        whose = "" if whom == [last.case.number] else f" ({'、'.join(whom)})"
        segment = examined.holder_when(owing.entry.seq)
        yield examined.owed(
            "feedback", f"办结后{'逾期才' if ended else '至今没有'}向反映人反馈{whose} (三.1)",
            owing, ended, due=due, since=resolved, who=examined.answers(segment, resolved),
        )  # fmt: skip


def _owing(case: Case) -> datetime | None:
    if case.check_failed:
        return None  # the check withdrew the result
    # a file may not say when: then in no period
    return case.resolved_at if case.owes_feedback else None


def _unsigned(examined: Examined) -> Iterator[Lapse]:
    """Find assignments that nobody signed for in the time the policy gives (五.1).

    A file that tells of an assignment does not tell whether anybody signed for it.
    """
    for sent, ended in _stretches(examined, _waiting_for_signature):
        if sent.entry.event.by_file is not None:
            continue
        due = examined.after(sent.entry.at, examined.readings.unsigned_after_workdays)
        if examined.late(due, ended.entry.at if ended else None):
            signed = ended is not None and isinstance(ended.entry.event, Signed)
            done = "逾期签收" if signed else "一直没有签收" if ended else "至今未签收"
            yield examined.owed(
                "unsigned", f"分派后{done} (五.1)", sent, ended, due=due,
                who=(sent.case.lead, sent.case.coordinator, sent.case.person),
            )  # fmt: skip


def _waiting_for_signature(case: Case) -> tuple[datetime, str | None] | None:
    if case.status is not Status.HANDLING or case.signed_at or case.assigned_at is None:
        return None
    return case.assigned_at, case.lead


def _stretches(
    examined: Examined, since: Callable[[Case], object | None]
) -> Iterator[tuple[Snapshot, Snapshot | None]]:
    """Return where something began to be owed, and where that ended (None: not yet)."""
    begun: Snapshot | None = None
    for point in examined.path:
        owed = since(point.case)
        if begun and owed != since(begun.case):
            yield begun, point
            begun = None
        if begun is None and owed:
            begun = point
    if begun:
        yield begun, None


_FINDERS: tuple[Callable[[Examined], Iterator[Lapse]], ...] = (
    _limits, _urges, _parts, _returns, _feedback, _unsigned,
)  # fmt: skip
_OF_TASKS = frozenset({"task_set", "task_moved", "task_done", "task_dropped"})


def task_lapses(entries: Iterable[Any], rules: Rules, now: datetime) -> Iterator[Lapse]:
    """Yield the tasks done, put off or still open after their day.

    ``entries`` are those of the stream, oldest first. A task that was dropped is none; one
    put off after its day had passed remains one, whatever its new day.
    """
    tasks: dict[str, list[Any]] = {}
    for entry in entries:
        if entry.event.kind in _OF_TASKS:
            tasks.setdefault(entry.event.task, []).append(entry)
    for name, log in tasks.items():
        yield from _task_lapses(name, log, rules, now)


def _task_lapses(name: str, log: list[Any], rules: Rules, now: datetime) -> Iterator[Lapse]:
    begun, unit = log[0], log[0].event.unit
    for ended in [*log[1:], None]:
        due = rules.close_of(begun.event.due)
        done = ended.event.kind if ended else ""
        happened = ended.at if ended else None
        if done != "task_dropped" and is_late(due, now, happened):
            what = {"task_done": "逾期完成", "task_moved": "逾期后改期"}.get(done, "至今未完成")
            evidence = (begun.seq, *([ended.seq] if ended else ()))
            late = rules.calendar.between(due.date(), (happened or now).date())
            why = f"会议任务 {name}, {what} (附1.3)"
            yield Lapse(None, "task", unit, None, due, happened, late, evidence, why, since=due)
        if done in {"task_done", "task_dropped"}:
            return
        begun = ended or begun
