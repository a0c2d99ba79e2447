"""What may happen to a case now: one table of states, and guards where a state is not all.

``check_transition`` judges and changes nothing; a refusal says what is in the way and what to do.
A guard takes the case, the event and when it happens. It knows the case alone: numbers of
the policy are judged where the event is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases import codec
from sixping.cases import steps as ev
from sixping.cases.lateness import is_late
from sixping.cases.model import STEP_LABELS, Case
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sixping.cases.model import Clock

Refusal = tuple[str, str] | None


# --- the end of a case -----------------------------------------------------------------


def _declinable(case: Case, _: ev.Declined, __: datetime) -> Refusal:
    if case.others:
        into = "、".join(report.number for report in case.others)
        return (
            f"{into} 已并入这一件, 反映人还等着答复。",
            f"请先用 sixping unmerge {case.others[0].number} --reason 理由 拆出, 各自决定。",
        )
    return None


def _resolvable(case: Case, _: ev.Resolved, __: datetime) -> Refusal:
    waiting = [part.unit for part in case.parts if part.done_at is None]
    if waiting:
        return (
            f"{'、'.join(waiting)}的分工还没有完成。",
            f"完成后用 sixping part-done {case.number} --unit {waiting[0]} --outcome 结果 记录。",
        )
    return None


def _closable(case: Case, _: ev.Closed, __: datetime) -> Refusal:
    if case.verified is False:
        return "核查没有通过。", f"请先用 sixping reopen {case.number} 重新办理。"
    lacking = _evidence(case)
    if lacking:
        return lacking
    waiting = [report.number for report in case.reports if report.waits]
    if waiting:
        who = "" if waiting == [case.number] else f" ({'、'.join(waiting)} 的反映人)"
        one, every = (case.number, " --all") if len(waiting) > 1 else (waiting[0], "")
        hint = f"请先用 sixping feedback {one} 内容{every} 记录反馈内容。"
        return f"办结以后还没有向反映人反馈{who}。", hint
    return None


def _evidence(case: Case) -> Refusal:
    """Name what the route of the case demands besides feedback (三.2, 三.3)."""
    if case.imported:
        return None  # the file tells of the past as far as it does
    again = f"请先用 sixping reopen {case.number} 重新办理。"
    if case.severity is Severity.SERIOUS and case.decided_at is None:
        return "较大事件没有会商决定 (三.2)。", again
    if case.severity is Severity.MAJOR and not case.received:
        return "重大事件没有区级的回执或答复 (三.3)。", again
    return None


def _answerable(case: Case, event: ev.FedBack, _: datetime) -> Refusal:
    if event.to is not None and event.to not in {r.number for r in case.others}:
        return f"{event.to} 没有并入这一件。", f"用 sixping show {case.number} 查看并入的反映。"
    return None


# --- who handles it --------------------------------------------------------------------


def _signable(case: Case, _: ev.Signed, __: datetime) -> Refusal:
    if case.signed_at:
        return f"{case.lead}已经签收。", "不需要重复签收。"
    return None


def _assignable(case: Case, event: ev.Assigned, _: datetime) -> Refusal:
    if event.lead in event.assist:
        return f"{event.lead}既是牵头单位又是协办单位。", "请从 --assist 中去掉它。"
    if (event.lead, event.assist) == (case.lead, case.assist):
        return "牵头单位和协办单位都没有变化。", f"现在就由{case.lead}牵头。"
    return None


def _regradable(case: Case, event: ev.Regraded, _: datetime) -> Refusal:
    confirms = event.confirmed and case.unsure
    if (event.severity, event.category) == (case.severity, case.category) and not confirms:
        return "等级和类别都没有变化。", "请给出新的 --severity 或 --category。"
    return None


def _decidable(case: Case, event: ev.Decided, _: datetime) -> Refusal:
    if case.severity is not Severity.SERIOUS:
        return (
            f"它的等级是“{case.severity}”, 会商决定只用于较大事件 (三.2)。",
            f"请先用 sixping regrade {case.number} --severity 较大 改级。",
        )
    if event.lead in event.assist:
        return f"{event.lead}既是牵头单位又是协办单位。", "请从 --assist 中去掉它。"
    return None


def _divisible(case: Case, event: ev.PartSet, _: datetime) -> Refusal:
    units = [unit for unit in (case.lead, *case.assist) if unit]
    if event.unit not in units:
        return (
            f"{event.unit}不是这一件的牵头或协办单位。",
            f"现有: {'、'.join(units)}; 增加协办用 sixping assign {case.number} --assist。",
        )
    return None


def _part_finishable(case: Case, event: ev.PartDone, _: datetime) -> Refusal:
    waiting = [part.unit for part in case.parts if part.done_at is None]
    if event.unit not in waiting:
        left = f"未完成的有: {'、'.join(waiting)}。" if waiting else "没有未完成的分工。"
        return f"{event.unit}没有未完成的分工。", left
    return None


# --- time ------------------------------------------------------------------------------


def _counted(case: Case) -> Clock | str:
    """Return the running target that counts in working days, or why there is none."""
    clock = case.running(ClockKind.FINISH)
    if clock is None:
        return "它没有在计的办结期限。"
    if clock.workdays is None:
        return "它的办结期限由会商决定 (三.2)。"
    return clock


def _movable(case: Case, at: datetime) -> Refusal:
    clock = _counted(case)
    if isinstance(clock, str):
        decided = f"请重新会商, 用 sixping decide {case.number} 记录新的期限。"
        serious = case.severity is Severity.SERIOUS
        return clock, decided if serious else f"用 sixping show {case.number} 查看时限。"
    if clock.held_at:
        return (
            f"已自 {clock.held_at:%Y-%m-%d %H:%M} 起中止计时。",
            f"请先用 sixping resume {case.number} 恢复。",
        )
    if clock.due and is_late(clock.due, at):
        return (
            f"办结期限 {clock.due:%Y-%m-%d %H:%M} 已过 (五.1c)。",
            "期限过后不能再延期或中止; 已经超期的仍记为超期。",
        )
    return None


def _extendable(case: Case, event: ev.Extended, at: datetime) -> Refusal:
    refusal = _movable(case, at)
    if refusal or not event.beyond_ceiling:
        return refusal
    ceiling = case.running(ClockKind.CEILING)
    if ceiling is None or ceiling.late(at):
        return "上限已过, 不能再由延期改动 (五.1c)。", "已经超过上限的仍记为超期。"
    return None


def _suspendable(case: Case, _: ev.Suspended, at: datetime) -> Refusal:
    return _movable(case, at)


def _resumable(case: Case, _: ev.Resumed, at: datetime) -> Refusal:
    clock = case.suspended
    if clock is None or clock.held_at is None:
        return "它没有中止计时。", f"用 sixping show {case.number} 查看时限。"
    if at < clock.held_at:
        return f"恢复的时间早于中止的时间 {clock.held_at:%Y-%m-%d %H:%M}。", "请核对 --at。"
    return None


# --- repeats and supervision -----------------------------------------------------------


def _mergeable(case: Case, event: ev.Merged, _: datetime) -> Refusal:
    if event.into == case.number:
        return "不能并入自己。", "请用 --into 写明另一件的编号。"
    if case.others:
        merged = "、".join(report.number for report in case.others)
        other = f"sixping merge {event.into} --into {case.number}"
        apart = f"sixping unmerge {case.others[0].number}"
        return f"{merged} 已并入这一件。", f"可以反过来: {other}; 或先拆出: {apart} --reason 理由。"
    return None


def _absorbable(case: Case, event: ev.Absorbed, _: datetime) -> Refusal:
    if event.number in {report.number for report in case.reports}:
        return f"{event.number} 已在这一件之中。", f"用 sixping show {case.number} 查看。"
    return None


def _separable(case: Case, _: ev.Unmerged, __: datetime) -> Refusal:
    if case.merged_from is None:
        return "台账里没有它并入哪一件的记录。", "导入的记录保持文件所写的状态。"
    return None


def _releasable(case: Case, event: ev.Released, _: datetime) -> Refusal:
    if event.number not in {report.number for report in case.others}:
        return f"{event.number} 没有并入这一件。", f"用 sixping show {case.number} 查看。"
    return None


def _urgeable(case: Case, event: ev.Urged, _: datetime) -> Refusal:
    last = case.urges[-1].level if case.urges else None
    if event.after != last:
        now = f"最近一次督办是“{last}”" if last else "还没有督办过"
        return f"{now}, 督办须逐级进行, 不跳级、不重复 (五.3)。", "请核对 --level。"
    return None


def _urge_answerable(case: Case, event: ev.UrgeAnswered, _: datetime) -> Refusal:
    if event.level not in {urge.level for urge in case.unanswered}:
        return f"没有未答复的“{event.level}”督办。", f"用 sixping show {case.number} 查看督办。"
    return None


def precluded(kind: str, case: Case) -> bool:
    """Return whether the case as it stands rules a step out, whatever is asked of it."""
    if kind in ("extended", "suspended"):
        return isinstance(_counted(case), str) or case.suspended is not None
    return {
        "signed": case.signed_at is not None,
        "decided": case.severity is not Severity.SERIOUS,
        "part_done": all(part.done_at for part in case.parts),
        "resumed": case.suspended is None,
        "closed": case.verified is False,
        "urge_answered": not case.unanswered,
    }.get(kind, False)


GUARDS: dict[str, Callable[[Case, Any, datetime], Refusal]] = {
    "declined": _declinable,
    "resolved": _resolvable,
    "closed": _closable,
    "fed_back": _answerable,
    "signed": _signable,
    "assigned": _assignable,
    "regraded": _regradable,
    "decided": _decidable,
    "part_set": _divisible,
    "part_done": _part_finishable,
    "extended": _extendable,
    "suspended": _suspendable,
    "resumed": _resumable,
    "merged": _mergeable,
    "absorbed": _absorbable,
    "unmerged": _separable,
    "released": _releasable,
    "urged": _urgeable,
    "urge_answered": _urge_answerable,
}
S = Status
OPEN = frozenset(s for s in Status if s.open)
TAKEN = OPEN - {S.REPORTED}

#: event kind → the states it may follow
AFTER: dict[str, frozenset[Status]] = {
    "accepted": frozenset({S.REPORTED}),
    "declined": frozenset({S.REPORTED}),
    "assigned": frozenset({S.ACCEPTED, S.HANDLING}),
    "signed": frozenset({S.HANDLING}),
    "returned": frozenset({S.HANDLING}),
    "part_set": frozenset({S.HANDLING}),
    "part_done": frozenset({S.HANDLING}),
    "regraded": OPEN,
    "consulted": TAKEN,
    "decided": frozenset({S.DECISION, S.ACCEPTED, S.HANDLING}),
    "referred": TAKEN,
    "refer_replied": frozenset({S.DISTRICT}),
    "extended": TAKEN,
    "suspended": TAKEN,
    "resumed": TAKEN,
    "resolved": frozenset({S.HANDLING}),
    "fed_back": frozenset({S.RESOLVED, S.CLOSED}),
    "verified": frozenset({S.RESOLVED}),
    "closed": frozenset({S.RESOLVED}),
    "reopened": frozenset({S.RESOLVED, S.CLOSED, S.DECLINED}),
    "merged": OPEN,
    "absorbed": OPEN,
    "unmerged": frozenset({S.MERGED}),
    "released": frozenset(Status) - {S.MERGED},
    "urged": OPEN | {S.RESOLVED},
    "urge_answered": frozenset(Status),
    "noted": frozenset(Status),
    "voided": frozenset(Status),
    "rescheduled": OPEN,
}


def check_transition(
    case: Case | None, event: codec.CaseEvent, at: datetime, *, stated: bool = True
) -> None:
    """Refuse with ``NotAllowed`` what may not happen to this case now.

    ``stated``: somebody said when it happened; what the clock says is only remarked on.
    """
    if isinstance(event, ev.Reported):
        if case is not None:
            raise NotAllowed(f"{case.number} 已经登记过。", "请另取编号登记。")
        return
    if case is None:
        raise NotAllowed("没有登记的事件不能办理。", "请先用 sixping intake 登记。")
    name = STEP_LABELS[event.kind][1]
    if case.status not in AFTER[event.kind]:
        raise NotAllowed(
            f"{case.number} 现在是“{case.status}”, 不能{name}。", _what_is_possible(case)
        )
    if stated and at < case.received_at:
        raise NotAllowed(
            f"{name}的时间早于 {case.number} 收到的时间 {case.received_at:%Y-%m-%d %H:%M:%S}。",
            "请核对 --at 给出的时间。",
        )
    guard = GUARDS.get(event.kind)
    refusal = guard(case, event, at) if guard else None
    if refusal:
        raise NotAllowed(f"{case.number} 不能{name}: {refusal[0]}", refusal[1])


def possible(case: Case) -> list[tuple[str, str]]:
    """Return the steps people may take with this case as it stands: (command, name)."""
    return [
        STEP_LABELS[kind]
        for kind, states in AFTER.items()
        if case.status in states and STEP_LABELS[kind][0] and not precluded(kind, case)
    ]


def _what_is_possible(case: Case) -> str:
    steps = "、".join(f"{command}({name})" for command, name in possible(case))
    into = f"它已并入 {case.merged_into}。" if case.merged_into else ""
    return f"{into}这个状态下可以: {steps}。"
