"""The state machine as one table: what may happen now, and what it changes.

``admit`` judges, ``evolve`` changes and never judges, ``fold`` replays. Due dates are
never computed here: events carry them as steps (decision 2), so a replay gives the
same promises whatever calendar or policy is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping import events as ev
from sixping.errors import NotAllowed
from sixping.model import ENDED, STEPS, Case, Clock, ClockKind, Op, Severity, Status
from sixping.records import made, revised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sixping.model import ClockStep, Terms

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
    "regraded": OPEN,
    "consulted": TAKEN,
    "decided": frozenset({S.DECISION, S.ACCEPTED, S.HANDLING}),
    "referred": TAKEN,
    "refer_replied": frozenset({S.DISTRICT}),
    "resolved": frozenset({S.HANDLING}),
    "fed_back": frozenset({S.RESOLVED, S.CLOSED}),
    "verified": frozenset({S.RESOLVED}),
    "closed": frozenset({S.RESOLVED}),
    "reopened": frozenset({S.RESOLVED, S.CLOSED, S.DECLINED}),
    "noted": frozenset(Status),
    "voided": frozenset(Status),
    "rescheduled": OPEN,
}

#: where a case of each severity goes once it is accepted (三.1-3)
ROUTE = {
    Severity.ORDINARY: S.ACCEPTED,
    Severity.SERIOUS: S.DECISION,
    Severity.MAJOR: S.REFERRAL,
}


# --- admit -----------------------------------------------------------------------------


def admit(case: Case | None, event: ev.CaseEvent, at: datetime) -> None:
    """Refuse with ``NotAllowed`` what may not happen to this case now."""
    if isinstance(event, ev.Reported):
        if case is not None:
            raise NotAllowed(f"{case.number} 已经登记过。", "请另取编号登记。")
        return
    if case is None:
        raise NotAllowed("没有登记的事件不能办理。", "请先用 sixping intake 登记。")
    name = STEPS[event.kind][1]
    if case.status not in AFTER[event.kind]:
        raise NotAllowed(
            f"{case.number} 现在是“{case.status}”, 不能{name}。", _what_is_possible(case)
        )
    if at < case.received_at:
        raise NotAllowed(
            f"{name}的时间早于 {case.number} 收到的时间 {case.received_at:%Y-%m-%d %H:%M:%S}。",
            "请核对 --at 给出的时间。",
        )
    guard = _GUARDS.get(event.kind)
    refusal = guard(case, event) if guard else None
    if refusal:
        raise NotAllowed(f"{case.number} 不能{name}: {refusal[0]}", refusal[1])


def possible(case: Case) -> list[tuple[str, str]]:
    """Return the steps people may take with this case by its state: (command, name)."""
    return [STEPS[k] for k, states in AFTER.items() if case.status in states and STEPS[k][0]]


def _what_is_possible(case: Case) -> str:
    steps = "、".join(f"{command}({name})" for command, name in possible(case))
    return f"这个状态下可以: {steps}。"


Refusal = tuple[str, str] | None


def _closable(case: Case, _: ev.Closed) -> Refusal:
    if case.verified is False:
        return "核查没有通过。", f"请先用 sixping reopen {case.number} 重新办理。"
    if not (case.fed_back or case.anonymous):
        return (
            "办结以后还没有向反映人反馈。",
            f"请先用 sixping feedback {case.number} 记录反馈内容。",
        )
    return None


def _signable(case: Case, _: ev.Signed) -> Refusal:
    if case.signed_at:
        return f"{case.lead}已经签收。", "不需要重复签收。"
    return None


def _assignable(case: Case, event: ev.Assigned) -> Refusal:
    if event.lead in event.assist:
        return f"{event.lead}既是牵头单位又是协办单位。", "请从 --assist 中去掉它。"
    if (event.lead, event.assist) == (case.lead, case.assist):
        return "牵头单位和协办单位都没有变化。", f"现在就由{case.lead}牵头。"
    return None


def _regradable(case: Case, event: ev.Regraded) -> Refusal:
    confirms = event.confirmed and case.unsure
    if (event.severity, event.category) == (case.severity, case.category) and not confirms:
        return "等级和类别都没有变化。", "请给出新的 --severity 或 --category。"
    return None


def _decidable(case: Case, event: ev.Decided) -> Refusal:
    if case.severity is not Severity.SERIOUS:
        return (
            f"它的等级是“{case.severity}”, 会商决定只用于较大事件 (三.2)。",
            f"请先用 sixping regrade {case.number} --severity 较大 改级。",
        )
    if event.lead in event.assist:
        return f"{event.lead}既是牵头单位又是协办单位。", "请从 --assist 中去掉它。"
    return None


_GUARDS: dict[str, Callable[[Case, Any], Refusal]] = {
    "closed": _closable,
    "signed": _signable,
    "assigned": _assignable,
    "regraded": _regradable,
    "decided": _decidable,
}


# --- evolve ----------------------------------------------------------------------------


def evolve(case: Case | None, entry: ev.Entry, number: str) -> Case:
    """Return the case after an entry; what was admitted never raises here."""
    event = entry.event
    if isinstance(event, ev.Reported):
        return _opened(event, entry, number)
    if case is None:
        raise ValueError(number)
    change = _CHANGES.get(event.kind)
    changes = change(case, event, entry.at) if change else {}
    if event.steps:
        round_ = changes.get("round", case.round)
        changes["clocks"] = wind(case.clocks, event.steps, round_, entry.at, event.terms)
    return revised(case, {"version": case.version + 1, **changes})


def fold(number: str, entries: Sequence[ev.Entry]) -> Case:
    """Replay a case from its log, leaving out the entries that were voided."""
    case: Case | None = None
    for entry in standing(entries):
        case = evolve(case, entry, number)
    if case is None:
        raise ValueError(number)
    return case if case.version == len(entries) else revised(case, {"version": len(entries)})


def standing(entries: Iterable[ev.Entry]) -> list[ev.Entry]:
    """Return the entries that count: neither voided nor a voiding."""
    entries = list(entries)
    gone = {e.event.seq for e in entries if isinstance(e.event, ev.Voided)}
    return [e for e in entries if e.seq not in gone and not isinstance(e.event, ev.Voided)]


def refold(number: str, entries: Sequence[ev.Entry], without: int) -> Case:
    """Replay without one entry; ``NotAllowed`` names the first later step this would break."""
    rest = standing(entries)
    target = next((e for e in rest if e.seq == without), None)
    if target is None:
        raise NotAllowed(
            f"{number} 没有可以撤销的第 {without} 号记录。",
            f"用 sixping log {number} 查看这一件的记录和序号。",
        )
    if target is rest[0]:
        raise NotAllowed(
            f"第 {without} 号是 {number} 的登记, 不能撤销。", "登记有误的, 请用 decline 说明原因。"
        )
    rest.remove(target)
    case: Case | None = None
    for entry in rest:
        try:
            admit(case, entry.event, entry.at)
            _wound(case, entry.event)
        except NotAllowed as error:
            name = STEPS[entry.event.kind][1]
            raise NotAllowed(
                f"撤销第 {without} 号后, 第 {entry.seq} 号({name})就不成立了: {error.what}",
                f"请先撤销第 {entry.seq} 号。",
            ) from None
        case = evolve(case, entry, number)
    if case is None:
        raise ValueError(number)
    return revised(case, {"version": len(entries) + 1})


def _wound(case: Case | None, event: ev.CaseEvent) -> None:
    """Refuse a replay in which a step moves or ends a clock that no longer runs.

    Its due date would be lost without a word: a promise is kept or taken back openly.
    """
    runs = {c.kind for c in case.clocks if c.running} if case else set()
    for step in event.steps:
        if step.op in {Op.START, Op.UNKNOWN}:
            runs.add(step.kind)
        elif step.kind not in runs:
            raise NotAllowed("它所依据的期限随之消失。")


def _opened(event: ev.Reported, entry: ev.Entry, number: str) -> Case:
    past = _told_of_the_past(event) if isinstance(event, ev.Imported) else {}
    values: dict[str, Any] = {
        "number": number,
        "version": 1,
        "status": S.REPORTED,
        "channel": event.channel,
        "received_at": entry.at,
        "recorded_at": entry.recorded_at,
        "round_at": entry.at,
        "severity": event.severity,
        "platform": event.platform,
        "category": event.category,
        "unsure": event.unsure,
        "source_no": event.source_no,
        "community": event.community,
        "grid": event.grid,
        "anonymous": event.anonymous,
        "clocks": wind((), event.steps, 1, entry.at, event.terms),
    }
    return made(Case, values | past)


def _told_of_the_past(event: ev.Imported) -> dict[str, Any]:
    """Return what a file says of a record's later life; the rest stays unknown."""
    known: dict[str, Any] = {
        "imported": True, "satisfaction": event.satisfaction, "lead": event.unit
    }  # fmt: skip
    if event.resolved_at or event.status in ENDED:
        known |= {
            "status": event.status if event.status in ENDED else S.RESOLVED,
            "resolved_at": event.resolved_at,
            "ended_at": event.resolved_at,
            "fed_back": event.answered,
        }
    return known


def _accepted(case: Case, _: ev.Accepted, at: datetime) -> dict[str, Any]:
    return {"status": ROUTE[case.severity], "accepted_at": at}


def _declined(_: Case, __: ev.Declined, at: datetime) -> dict[str, Any]:
    return {"status": S.DECLINED, "ended_at": at}


def _units(event: ev.Assigned | ev.Decided, at: datetime) -> dict[str, Any]:
    return {
        "status": S.HANDLING,
        "lead": event.lead,
        "assist": event.assist,
        "coordinator": event.coordinator,
        "assigned_at": at,
        "signed_at": None,
        "returned_at": None,
    }


def _assigned(_: Case, event: ev.Assigned, at: datetime) -> dict[str, Any]:
    return _units(event, at)


def _decided(case: Case, event: ev.Decided, at: datetime) -> dict[str, Any]:
    changes = _units(event, at) | {"decided_at": at}
    return changes | {"round": case.round + 1, "round_at": at} if event.anew else changes


def _signed(_: Case, __: ev.Signed, at: datetime) -> dict[str, Any]:
    return {"signed_at": at}


_UNHELD: dict[str, Any] = {
    "lead": None, "assist": (), "coordinator": None, "assigned_at": None, "signed_at": None,
}  # fmt: skip


def _returned(case: Case, _: ev.Returned, at: datetime) -> dict[str, Any]:
    return {**_UNHELD, "status": S.ACCEPTED, "returned_at": at, "returns": case.returns + 1}


def _regraded(case: Case, event: ev.Regraded, _: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "severity": event.severity,
        "category": event.category,
        "platform": event.platform,
        "unsure": case.unsure and not event.confirmed,
    }
    if event.severity is not case.severity and case.status is not S.REPORTED:
        route = ROUTE[event.severity]
        held = route is S.ACCEPTED and case.lead is not None
        changes |= {"status": S.HANDLING if held else route, "decided_at": None}
    return changes


def _consulted(case: Case, _: ev.Consulted, at: datetime) -> dict[str, Any]:
    waiting = case.severity is Severity.SERIOUS and case.decided_at is None
    return {"consulted_at": at, "status": S.DECISION if waiting else case.status}


def _referred(_: Case, event: ev.Referred, at: datetime) -> dict[str, Any]:
    return {"status": S.DISTRICT, "referred_at": at, "severity": event.severity}


def _refer_replied(case: Case, event: ev.ReferReplied, at: datetime) -> dict[str, Any]:
    if event.returned:
        return {"status": S.REFERRAL, "round": case.round + 1, "round_at": at}
    return _resolved(case, event, at)


def _resolved(_: Case, __: ev.CaseEvent, at: datetime) -> dict[str, Any]:
    return {
        "status": S.RESOLVED, "resolved_at": at, "ended_at": at, "fed_back": False,
        "verified": None, "satisfaction": None,
    }  # fmt: skip


def _fed_back(case: Case, event: ev.FedBack, _: datetime) -> dict[str, Any]:
    score = event.satisfaction if event.satisfaction is not None else case.satisfaction
    return {"fed_back": True, "satisfaction": score}


def _verified(_: Case, event: ev.Verified, __: datetime) -> dict[str, Any]:
    return {"verified": event.passed}


def _closed(_: Case, __: ev.Closed, ___: datetime) -> dict[str, Any]:
    return {"status": S.CLOSED}


def _reopened(case: Case, _: ev.Reopened, at: datetime) -> dict[str, Any]:
    route = S.REPORTED if case.status is S.DECLINED else ROUTE[case.severity]
    if route is S.ACCEPTED and case.lead is not None:
        route = S.HANDLING
    return {
        "status": route, "round": case.round + 1, "round_at": at, "resolved_at": None,
        "ended_at": None, "fed_back": False, "verified": None, "satisfaction": None,
        "signed_at": None, "decided_at": None, "consulted_at": None, "referred_at": None,
        "assigned_at": at if route is S.HANDLING else None,
    }  # fmt: skip


_CHANGES: dict[str, Callable[[Case, Any, datetime], dict[str, Any]]] = {
    "accepted": _accepted,
    "declined": _declined,
    "assigned": _assigned,
    "signed": _signed,
    "returned": _returned,
    "regraded": _regraded,
    "consulted": _consulted,
    "decided": _decided,
    "referred": _referred,
    "refer_replied": _refer_replied,
    "resolved": _resolved,
    "fed_back": _fed_back,
    "verified": _verified,
    "closed": _closed,
    "reopened": _reopened,
}


# --- clocks ----------------------------------------------------------------------------


_BEGIN = frozenset({Op.START, Op.UNKNOWN})
_ORDER = {kind: place for place, kind in enumerate(ClockKind)}


def wind(
    clocks: tuple[Clock, ...],
    steps: Iterable[ClockStep],
    round_: int,
    at: datetime,
    terms: Terms | None,
) -> tuple[Clock, ...]:
    """Apply recorded steps to the clocks; a stop without a running clock changes nothing."""
    table = {(c.round, c.kind): c for c in clocks}
    for step in steps:
        if step.op in _BEGIN:
            table[(round_, step.kind)] = _started(step, round_, terms)
            continue
        running = next((k for k, c in table.items() if c.kind is step.kind and c.running), None)
        if running:
            table[running] = _turned(table[running], step, at, terms)
    return tuple(table[k] for k in sorted(table, key=lambda k: (k[0], _ORDER[k[1]])))


def _started(step: ClockStep, round_: int, terms: Terms | None) -> Clock:
    values = {
        "kind": step.kind,
        "round": round_,
        "started": step.started,
        "due": step.due,
        "stopped": step.stopped,
        "unknown": step.op is Op.UNKNOWN,
        "workdays": step.workdays,
        "clause": step.clause,
        "provisional": step.provisional,
    }
    if terms:
        values |= {
            "profile": terms.profile, "edition": terms.edition, "calendar": terms.calendar,
        }  # fmt: skip
    return made(Clock, values)


def _turned(clock: Clock, step: ClockStep, at: datetime, terms: Terms | None) -> Clock:
    if step.op is Op.MOVE:
        calendar = terms.calendar if terms else clock.calendar
        return revised(
            clock,
            {"due": step.due, "provisional": step.provisional, "calendar": calendar},
        )
    return revised(clock, {"stopped": at, "dropped": step.op is Op.DROP})
