"""The rows behind an assessment (五.2): every thing counted, who answers for it, its marks.

Pure, over the entries of one case at a time. A row belongs to one cohort and to the unit
that answers for it; a figure is the number of rows, so it opens down to them.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.cases.step import Relimited
from sixping.cases.steps.ending import Reopened, Resolved, Verified
from sixping.cases.steps.handling import Assigned, Returned, Signed
from sixping.cases.steps.intake import Imported
from sixping.cases.steps.referral import Decided, ReferReplied
from sixping.cases.steps.repeats import Absorbed, Released
from sixping.cases.steps.timing import Rescheduled
from sixping.cases.steps.urging import UrgeAnswered, Urged
from sixping.policy.units import DutyMode
from sixping.policy.vocabulary import LIMITS, TAKEN_ON, Severity, Status
from sixping.reports.lapses import lapses
from sixping.reports.responsibility import Role, breaches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sixping.cases.model import Case, Clock, Report
    from sixping.cases.step import Step
    from sixping.reports.dutycover import Compliance, Duty
    from sixping.reports.lapses import Lapse
    from sixping.reports.onlineduty import OnlineAssignment
    from sixping.reports.responsibility import Breach, Ground, Snapshot
    from sixping.reports.watched import Watched

ACT = "act"
"""The cohort of the steps people took."""
LEFT_OUT = "left_out"
"""What is in no cohort, as nobody wrote down how it ended (``period.OMITTED``).

A limit is marked by the kind of its clock, anything else by its rate.
"""
PAST = "past"
"""The results that files told: nobody knows whether they were taken up again before."""

_HANDED = (Assigned, Decided)
_DONE = frozenset({Status.RESOLVED, Status.CLOSED})
#: entries that nobody took as a step of his own
_BY_ITSELF = (Rescheduled, Absorbed, Released, Relimited)


class AssessmentRow(NamedTuple):
    """One thing that counts; ``key`` is a case's number or a day, ``unit`` None: nobody's.

    ``days``: whole working days somebody had what he settled; else None.
    """

    cohort: str
    unit: str | None
    key: str
    marks: frozenset[str]
    at: datetime | date
    what: str
    by: str | None = None
    clock: str | None = None
    due: datetime | None = None
    verdict: str | None = None
    days: int | None = None


class Scope(NamedTuple):
    """By what a case is judged, and the period: both instants belong to it.

    ``home`` returns the unit a person belonged to on a day, None for a stranger; ``satisfied``
    is the least score that counts as satisfied. ``mains`` are the cases that answer for reports
    merged into them: where they stand, their grade, and whether a check withdrew their result.
    """

    ground: Ground
    first: datetime
    last: datetime
    home: Callable[[str, date], str | None]
    satisfied: int
    mains: Mapping[str, tuple[Status, Severity, bool]] = {}

    def holds(self, at: datetime | None) -> bool:
        """Tell whether an instant lies in the period."""
        return at is not None and self.first <= at <= self.last


def case_rows(path: Sequence[Snapshot], scope: Scope) -> list[AssessmentRow]:
    """Return everything about a case that counts in the period."""
    return [row for find in _FINDERS for row in find(path, scope)] if path else []


def _row(
    cohort: str, unit: str | None, point: Snapshot, what: str, *marks: str,
    at: datetime | None = None,
) -> AssessmentRow:  # fmt: skip
    borne = frozenset(filter(None, marks))
    return AssessmentRow(cohort, unit, point.case.number, borne, at or point.entry.at, what)


# --- limits ----------------------------------------------------------------------------


def _limits(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the limits that fell due: the missed ones are whose the responsibility is."""
    missed = {(b.clock.kind, b.clock.round): b for b in breaches(path, scope.ground)}
    for clock in path[-1].case.clocks:
        breach = missed.get((clock.kind, clock.round))
        if not scope.holds(clock.due) or not (breach or _kept(clock)):
            continue
        unit = breach.unit if breach else _keeper(clock, path, scope.ground)
        met = "" if breach else f"{clock.kind}_met"
        what = _missed(breach) if breach else f"{LIMITS[clock.kind]}内完成"
        row = _row(f"{clock.kind}_due", unit, path[-1], what, met, at=clock.due)
        yield row._replace(clock=LIMITS[clock.kind], due=clock.due)


def _left_out(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the limits due in the period of which nobody wrote down how they ended."""
    for clock in path[-1].case.clocks:
        if clock.unknown and scope.holds(clock.due):
            room = clock.kind in scope.ground.rules.edition.readings.room_answers_for
            unit = scope.ground.room if room or clock.born_late else path[-1].case.lead
            what = f"{LIMITS[clock.kind]}: 时间不详, 未纳入统计"
            yield _row(LEFT_OUT, unit, path[-1], what, clock.kind, at=clock.due)


def _kept(clock: Clock) -> bool:
    """Tell whether a limit was kept: not running, not of unknown end, not left in time."""
    return bool(clock.stopped and clock.due) and not (clock.unknown or clock.dropped)


def _missed(breach: Breach) -> str:
    done = f"超期 {breach.workdays_late} 个工作日" if breach.clock.stopped else "至期末未完成"
    passed = f", 到期时在{breach.passed}" if breach.passed else ""
    return f"{LIMITS[breach.clock.kind]}: {done}{passed}"


def _keeper(clock: Clock, path: Sequence[Snapshot], ground: Ground) -> str | None:
    """Return who kept a limit: the room where it answers, else who had the case at its end."""
    if clock.kind in ground.rules.edition.readings.room_answers_for:
        return ground.room
    kept = (clock.kind, clock.round, clock.stopped)  # it may have been left and come back
    ended = (
        point.case.lead
        for point in path
        if any((c.kind, c.round, c.stopped) == kept for c in point.case.clocks)
    )
    return next(ended, None)


def _unit_of(point: Snapshot) -> str | None:
    """Return the unit that held a case, or ended it; None where no unit of the street did."""
    if point.last is None:
        return point.case.lead  # a record that came in ended
    role, name = point.last
    return name if role in {Role.ROOM, Role.UNIT} else None


# --- handling --------------------------------------------------------------------------


def _assigned(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the assignments of the period; each lasts until the next one."""
    for place, point in enumerate(path):
        event = point.entry.event
        if not isinstance(event, _HANDED) or not scope.holds(point.entry.at):
            continue
        own = _until(path[place + 1 :], _HANDED)
        signed = "signed" if any(isinstance(e, Signed) for e in own) else ""
        back = "returned" if any(isinstance(e, Returned) for e in own) else ""
        what = "退回" if back else "已签收" if signed else "未签收"
        yield _row("assigned", event.lead, point, what, signed, back)


def _until(points: Iterable[Snapshot], kinds: tuple[type, ...]) -> list[Step]:
    events = (point.entry.event for point in points)
    return list(takewhile(lambda event: not isinstance(event, kinds), events))


def _resolved(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the results of the period, with what was told and said until the case was reopened."""
    for place, point in enumerate(path):
        event = point.entry.event
        if isinstance(event, Resolved) or (isinstance(event, ReferReplied) and not event.returned):
            at = point.entry.at
        elif isinstance(event, Imported) and event.resolved_at and _ended(point.case):
            at = event.resolved_at
        else:
            continue
        unit = _unit_of(point)
        if scope.holds(at):
            rest = path[place + 1 :]
            after = list(takewhile(lambda p: not isinstance(p.entry.event, Reopened), rest))
            again = "reopened" if len(after) < len(rest) else ""
            if isinstance(event, Imported):
                yield _row(PAST, unit, point, "办结 (历史记录)", at=at)
                what = "历史记录此前是否重办不详, 未纳入统计"
                yield _row(LEFT_OUT, unit, point, what, "reopened_rate", at=at)
            else:
                yield _row("resolved", unit, point, "此后重办" if again else "办结", again, at=at)
            blank = _row("", unit, point, "", at=at)
            last = [point, *after][-1].case
            withdrawn = bool(again) or last.check_failed
            now = path[-1].case  # who can be told is a present fact
            reports = (last.reports[0]._replace(reachable=not now.anonymous), *last.others)
            yield from _feedback_rows(reports, blank, withdrawn=withdrawn)
            yield from _score_rows(last, blank, scope.satisfied)


def _ended(case: Case) -> bool:
    return case.status in _DONE


def _feedback_rows(
    reports: Iterable[Report], row: AssessmentRow, *, withdrawn: bool
) -> Iterator[AssessmentRow]:
    """Find the reporters of a result, those merged in too; withdrawn, it owes them no more."""
    for report in reports:
        if report.reachable and report.answered is None:
            what = f"{report.number} 的反映人是否反馈不详, 未纳入统计"
            yield row._replace(cohort=LEFT_OUT, what=what, marks=frozenset({"feedback_rate"}))
        elif report.reachable and (report.answered or not withdrawn):
            what = f"{report.number} 的反映人{'已' if report.answered else '未'}反馈"
            marks = frozenset({"fed_back"} if report.answered else ())
            yield row._replace(cohort="owing", what=what, marks=marks)


def _score_rows(case: Case, row: AssessmentRow, satisfied: int) -> Iterator[AssessmentRow]:
    """Find what the reporter of a result thought of it."""
    if case.satisfaction is not None:
        pleased = case.satisfaction >= satisfied
        marks = frozenset({"satisfied"} if pleased else ())
        yield row._replace(cohort="scored", what=f"满意度 {case.satisfaction}", marks=marks)


def _checked(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the checks of results; each counts for the unit whose result it was."""
    for point in path:
        event = point.entry.event
        if isinstance(event, Verified) and scope.holds(point.entry.at):
            what = "核查通过" if event.passed else "核查不通过"
            unit = _unit_of(point)
            yield _row("checked", unit, point, what, "passed" if event.passed else "")


# --- supervision -----------------------------------------------------------------------


def _urged(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the demands of the period; one whose day has not passed yet gives no verdict."""
    for place, point in enumerate(path):
        event = point.entry.event
        if not isinstance(event, Urged) or not scope.holds(point.entry.at):
            continue
        rules = scope.ground.rules
        due = rules.close_of(event.answer_by) if event.answer_by else None
        answers = (
            later.entry.at
            for later in path[place + 1 :]
            if isinstance(later.entry.event, UrgeAnswered)
            and later.entry.event.level == event.level
        )
        answered = next(answers, None)
        late = due is not None and is_late(due, scope.ground.now, answered)
        if answered is None and due and not late:
            continue
        kept = answered is not None and not late
        verdict = "已答复" if kept else "逾期答复" if answered else "未答复"
        unit = _unit_of(point)
        mark = "urge_answered" if kept else "urge_open"
        yield _row("urged", unit, point, f"{event.level}督办, {verdict}", mark)


def _lapses(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    for lapse in lapses(path, scope.ground):
        if scope.holds(lapse.since):
            yield _row("lapse", lapse.unit, path[-1], lapse.why, lapse.kind, at=lapse.since)


# --- places and people -----------------------------------------------------------------


def _placed(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find what came in from a community, whoever handles it (附3.2); a merged one as its main."""
    case = path[-1].case
    if case.status is Status.WITHDRAWN or not scope.holds(case.received_at):
        return
    at = case.received_at
    main = scope.mains.get(case.merged_into) if case.merged_into else None
    status, severity, failed = main or (case.status, case.severity, case.check_failed)
    if status in TAKEN_ON and severity is not Severity.MAJOR:
        done = "place_resolved" if status in _DONE and not failed else ""
        yield _row("place_received", case.community, path[-1], str(case.status), done, at=at)
    elif status is Status.UNKNOWN and severity is not Severity.MAJOR:
        what = "是否办结不详, 未纳入统计"
        yield _row(LEFT_OUT, case.community, path[-1], what, "finish_rate", at=at)
    taken = case.accepted_at is not None
    if taken or case.status is Status.DECLINED:
        what, mark = ("受理", "place_accepted") if taken else (Status.DECLINED.value, "")
        yield _row("place_decided", case.community, path[-1], what, mark, at=at)


def _acts(path: Sequence[Snapshot], scope: Scope) -> Iterator[AssessmentRow]:
    """Find the steps people took, under their own unit or the one that held the case."""
    holder_unit = scope.ground.room
    for point in path:
        entry = point.entry
        if entry.by and scope.holds(entry.at) and not isinstance(entry.event, _BY_ITSELF):
            unit = scope.home(entry.by, entry.at.date()) or holder_unit
            label = entry.event.label
            yield _row(ACT, unit, point, label, entry.event.kind)._replace(by=entry.by)
        holder_unit = _unit_of(point) or holder_unit


_FINDERS = (
    _limits, _left_out, _assigned, _resolved, _checked, _urged, _lapses, _placed, _acts,
)  # fmt: skip


def seen_rows(seen: Iterable[Watched]) -> Iterator[AssessmentRow]:
    """Return one row each of what has to be seen: counted for its unit, never scored."""
    for row in seen:
        marks = frozenset({row.kind, "counted"} if row.counted else {row.kind})
        clock = LIMITS[row.clock] if row.clock else None
        yield AssessmentRow(
            row.family, row.unit, row.number, marks, row.at, row.what, row.by, clock, row.due,
            row.verdict,
        )  # fmt: skip


# --- tasks and duty ------------------------------------------------------------------------------


def task_rows(
    failures: Iterable[Lapse], first: datetime, last: datetime
) -> Iterator[AssessmentRow]:
    """Return one row a decision of a meeting that was not carried out by its day (附1.3)."""
    for lapse in failures:
        if first <= lapse.since <= last:
            key, marks = f"{lapse.evidence[0]:09}", frozenset({lapse.kind})
            yield AssessmentRow("task", lapse.unit, key, marks, lapse.since, lapse.why)


def online_rows(
    found: Iterable[OnlineAssignment], scope: Scope, online: Callable[[str, date], bool]
) -> Iterator[AssessmentRow]:
    """Return one row an assignment to an agency that is on duty online that day (一.3)."""
    for one in found:
        judged = one.in_time is not None and scope.holds(one.at)
        if judged and online(one.agency, one.at.date()):
            what = "按时应答" if one.in_time else "逾期应答" if one.answered_at else "未应答"
            marks = frozenset({"online_answered"} if one.in_time else ())
            yield AssessmentRow("online", one.agency, one.number, marks, one.at, what)


def duty_rows(days: Iterable[Sequence[Duty]], judged: Compliance) -> Iterator[AssessmentRow]:
    """Return one row an agency and working day: whether the room was staffed (一.2, 一.3).

    A day of which nothing is on record was not kept; online nobody has to sit there.
    """
    minutes: dict[tuple[date, str], int] = {}
    for gap in judged.breaches:
        for agency in gap.agency.split("、"):  # several taken together stand in one finding
            key = (gap.day, agency)
            minutes[key] = minutes.get(key, 0) + gap.minutes
    for duties in days:
        together = not judged.rule.per_agency and any(
            duty.recorded for duty in duties if duty.mode == DutyMode.ON_SITE
        )
        for duty in duties:
            if duty.mode == DutyMode.ONLINE:
                continue
            recorded = duty.recorded or (together and duty.mode == DutyMode.ON_SITE)
            short = minutes.get((duty.day, duty.agency), 0)
            what = f"违反 {short} 分钟" if short else "符合"
            marks = frozenset({"duty_recorded"} if short else {"duty_recorded", "duty_met"})
            if not recorded:
                what, marks = "没有记录", frozenset()
            yield AssessmentRow("duty", duty.agency, duty.day.isoformat(), marks, duty.day, what)
