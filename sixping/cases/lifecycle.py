"""The life of a case: ``evolve`` applies an event, ``fold`` replays, ``refold`` leaves one out.

Below that: what each event changes in a case, and how its recorded steps turn the clocks.
What may happen is in ``transitions``. Nothing is judged and no due date computed here: events
carry them as steps (decision 2), so a replay gives the same promises whatever calendar or
policy is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases import codec
from sixping.cases import steps as ev
from sixping.cases.model import STEP_LABELS, Case, Clock, Op, Part, Report, Urge
from sixping.cases.transitions import check_transition
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ENDED, ClockKind, Severity, Status
from sixping.util.records import made, revised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sixping.cases.model import ClockStep
    from sixping.cases.rules import Terms

#: steps that stand in two cases at once: taking one back would leave half a pair
_PAIRED = frozenset({"merged", "absorbed", "unmerged", "released"})


def evolve(case: Case | None, entry: ev.CaseEntry, number: str) -> Case:
    """Return the case after an entry; what passed ``check_transition`` never raises here."""
    event = entry.event
    if isinstance(event, ev.Reported):
        return opened(event, entry, number)
    if case is None:
        raise ValueError(number)
    change = CHANGES.get(event.kind)
    changes = change(case, event, entry.at) if change else {}
    if event.steps:
        round_ = changes.get("round", case.round)
        changes["clocks"] = apply_ops(case.clocks, event.steps, round_, entry.at, event.terms)
    return revised(case, {"version": case.version + 1, **changes})


def fold(number: str, entries: Sequence[ev.CaseEntry]) -> Case:
    """Replay a case from its log, leaving out the entries that were voided."""
    case: Case | None = None
    for entry in effective(entries):
        case = evolve(case, entry, number)
    if case is None:
        raise ValueError(number)
    return case if case.version == len(entries) else revised(case, {"version": len(entries)})


def effective(entries: Iterable[ev.CaseEntry]) -> list[ev.CaseEntry]:
    """Return the entries that count: neither voided nor a voiding."""
    entries = list(entries)
    gone = {e.event.seq for e in entries if isinstance(e.event, ev.Voided)}
    return [e for e in entries if e.seq not in gone and not isinstance(e.event, ev.Voided)]


def refold(number: str, entries: Sequence[ev.CaseEntry], without: int) -> Case:
    """Replay without one entry; ``NotAllowed`` names the first later step this would break."""
    rest = effective(entries)
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
    if target.event.kind in _PAIRED:
        raise NotAllowed(
            f"第 {without} 号({STEP_LABELS[target.event.kind][1]})在两件事项里成对记录, "
            "不能单独撤销。",
            "并错的用 sixping unmerge 拆出; 拆错的用 sixping merge 再并入。",
        )
    rest.remove(target)
    case: Case | None = None
    for entry in rest:
        try:
            check_transition(case, entry.event, entry.at, stated=entry.at < entry.recorded_at)
            check_steps(case, entry.event.steps)
            case = evolve(case, entry, number)
            check_ended(case)
        except NotAllowed as error:
            name = STEP_LABELS[entry.event.kind][1]
            raise NotAllowed(
                f"撤销第 {without} 号后, 第 {entry.seq} 号({name})就不成立了: {error.what}",
                f"请先撤销第 {entry.seq} 号。",
            ) from None
    if case is None:
        raise ValueError(number)
    return revised(case, {"version": len(entries) + 1})


def check_steps(case: Case | None, steps: Iterable[ClockStep]) -> None:
    """Refuse a replay in which a step finds its clock otherwise than when it was taken.

    Its due date would be lost or kept without a word: a promise is kept or taken back openly.
    """
    at_hand = {c.kind: c for c in case.clocks if c.running} if case else {}
    running, suspended = set(at_hand), {kind for kind, c in at_hand.items() if c.held_at}
    for step in steps:
        if step.op in _BEGIN:
            running.add(step.kind)
            continue
        if step.kind not in running:
            raise NotAllowed("它所依据的期限随之消失。")
        if step.was and step.kind in at_hand and at_hand[step.kind].due != step.was:
            raise NotAllowed("它是从被撤销的期限起算的。")
        if step.op is not Op.MOVE and (step.op is Op.RELEASE) != (step.kind in suspended):
            raise NotAllowed("它所依据的中止或恢复随之消失。")
        _follow(step, running, suspended)


def check_ended(case: Case) -> None:
    """Refuse a replay that leaves a clock running in a case that has ended."""
    if not case.open and any(clock.running for clock in case.clocks):
        raise NotAllowed("它结束时还有期限在计。")


def _follow(step: ClockStep, running: set[ClockKind], suspended: set[ClockKind]) -> None:
    if step.op is Op.HOLD:
        suspended.add(step.kind)
    elif step.op is not Op.MOVE:
        suspended.discard(step.kind)
        if step.op is not Op.RELEASE:
            running.discard(step.kind)


# --- what each event changes ------------------------------------------------------------

S = Status

#: where a case of each severity goes once it is accepted (三.1-3)
ROUTE = {
    Severity.ORDINARY: S.ACCEPTED,
    Severity.SERIOUS: S.DECISION,
    Severity.MAJOR: S.REFERRAL,
}


def opened(event: ev.Reported, entry: ev.CaseEntry, number: str) -> Case:
    """Return the case as its first event makes it."""
    past = _past_of(event) if isinstance(event, ev.Imported) else {}
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
        "community": event.community,
        "grid": event.grid,
        "anonymous": event.anonymous,
        "clocks": apply_ops((), event.steps, 1, entry.at, event.terms),
    }
    return made(Case, values | past)


def _past_of(event: ev.Imported) -> dict[str, Any]:
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


def _units(case: Case, event: ev.Assigned | ev.Decided, at: datetime) -> dict[str, Any]:
    return {
        "parts": _done_or_of(case.parts, event.lead, *event.assist),
        "status": S.HANDLING,
        "lead": event.lead,
        "assist": event.assist,
        "coordinator": event.coordinator,
        "assigned_at": at,
        "signed_at": None,
        "returned_at": None,
    }


def _done_or_of(parts: Iterable[Part], *units: str) -> tuple[Part, ...]:
    """Return the parts that still count: done, or of a unit that still takes part."""
    return tuple(part for part in parts if part.done_at or part.unit in units)


def _decided(case: Case, event: ev.Decided, at: datetime) -> dict[str, Any]:
    changes = _units(case, event, at) | {"decided_at": at}
    return changes | {"round": case.round + 1, "round_at": at} if event.anew else changes


def _signed(_: Case, __: ev.Signed, at: datetime) -> dict[str, Any]:
    return {"signed_at": at}


_UNHELD: dict[str, Any] = {
    "lead": None, "assist": (), "coordinator": None, "assigned_at": None, "signed_at": None,
}  # fmt: skip


def _returned(case: Case, _: ev.Returned, at: datetime) -> dict[str, Any]:
    return {
        **_UNHELD, "status": S.ACCEPTED, "returned_at": at, "returns": case.returns + 1,
        "parts": _done_or_of(case.parts),
    }  # fmt: skip


def _regraded(case: Case, event: ev.Regraded, _: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "severity": event.severity,
        "category": event.category,
        "platform": event.platform,
        "unsure": case.unsure and not event.confirmed,
    }
    if event.severity is not case.severity and case.status is not S.REPORTED:
        route = ROUTE[event.severity]
        with_lead = route is S.ACCEPTED and case.lead is not None
        changes |= {"status": S.HANDLING if with_lead else route, "decided_at": None}
    return changes


def _consulted(case: Case, _: ev.Consulted, at: datetime) -> dict[str, Any]:
    waiting = case.severity is Severity.SERIOUS and case.decided_at is None
    return {"consulted_at": at, "status": S.DECISION if waiting else case.status}


def _referred(case: Case, event: ev.Referred, at: datetime) -> dict[str, Any]:
    return {
        "status": S.DISTRICT, "referred_at": at, "severity": event.severity,
        "received": case.received or event.received,
    }  # fmt: skip


def _refer_replied(case: Case, event: ev.ReferReplied, at: datetime) -> dict[str, Any]:
    if event.returned:
        changes = {"round": case.round + 1, "round_at": at, "received": False}
        return {"status": S.REFERRAL, **changes}
    return _resolved(case, event, at) | {"received": True}


def _resolved(case: Case, __: codec.CaseEvent, at: datetime) -> dict[str, Any]:
    return {
        "status": S.RESOLVED, "resolved_at": at, "ended_at": at, "fed_back": False,
        "verified": None, "satisfaction": None, "others": _answered_all(case, answered=False),
    }  # fmt: skip


def _answered_all(case: Case, *, answered: bool) -> tuple[Report, ...]:
    """Return the repeat reports as all answered (who can be reached), or none."""
    return tuple(r._replace(answered=answered and (r.answered or r.reachable)) for r in case.others)


def _fed_back(case: Case, event: ev.FedBack, _: datetime) -> dict[str, Any]:
    score = event.satisfaction if event.satisfaction is not None else case.satisfaction
    changes: dict[str, Any] = {"satisfaction": score}
    if event.everyone:
        own = case.fed_back or not case.anonymous
        return changes | {"fed_back": own, "others": _answered_all(case, answered=True)}
    if event.to is None:
        return changes | {"fed_back": True}
    answered = (r._replace(answered=r.answered or r.number == event.to) for r in case.others)
    return changes | {"others": tuple(answered)}


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
        "assigned_at": at if route is S.HANDLING else None, "received": False,
        "others": _answered_all(case, answered=False), "parts": _done_or_of(case.parts),
    }  # fmt: skip


# --- repeats, supervision, parts -------------------------------------------------------


def _merged(case: Case, event: ev.Merged, at: datetime) -> dict[str, Any]:
    return {
        "status": S.MERGED, "merged_into": event.into, "merged_from": case.status, "ended_at": at,
    }  # fmt: skip


def _unmerged(case: Case, _: ev.Unmerged, __: datetime) -> dict[str, Any]:
    return {
        "status": case.merged_from, "merged_into": None, "merged_from": None, "ended_at": None,
    }  # fmt: skip


def _absorbed(case: Case, event: ev.Absorbed, _: datetime) -> dict[str, Any]:
    return {"others": (*case.others, Report(event.number, event.reachable))}


def _released(case: Case, event: ev.Released, _: datetime) -> dict[str, Any]:
    return {"others": tuple(r for r in case.others if r.number != event.number)}


def _urged(case: Case, event: ev.Urged, at: datetime) -> dict[str, Any]:
    return {"urges": (*case.urges, Urge(event.level, at, event.answer_by))}


def _urge_answered(case: Case, event: ev.UrgeAnswered, at: datetime) -> dict[str, Any]:
    urges = (u._replace(answered_at=at) if u.level == event.level else u for u in case.urges)
    return {"urges": tuple(urges)}


def _part_set(case: Case, event: ev.PartSet, at: datetime) -> dict[str, Any]:
    others = (part for part in case.parts if part.unit != event.unit)
    return {"parts": (*others, Part(event.unit, at, event.due))}


def _part_done(case: Case, event: ev.PartDone, at: datetime) -> dict[str, Any]:
    done = (p._replace(done_at=at) if p.unit == event.unit else p for p in case.parts)
    return {"parts": tuple(done)}


CHANGES: dict[str, Callable[[Case, Any, datetime], dict[str, Any]]] = {
    "accepted": _accepted,
    "declined": _declined,
    "assigned": _units,
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
    "merged": _merged,
    "unmerged": _unmerged,
    "absorbed": _absorbed,
    "released": _released,
    "urged": _urged,
    "urge_answered": _urge_answered,
    "part_set": _part_set,
    "part_done": _part_done,
}


# --- clocks as recorded steps leave them -------------------------------------------------

_BEGIN = frozenset({Op.START, Op.UNKNOWN})
_ORDER = {kind: place for place, kind in enumerate(ClockKind)}


def apply_ops(
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
            before = table.get((round_, step.kind))
            table[(round_, step.kind)] = _started(step, round_, terms, before)
            continue
        running = next((k for k, c in table.items() if c.kind is step.kind and c.running), None)
        if running:
            table[running] = _turned(table[running], step, at, terms)
    return tuple(table[k] for k in sorted(table, key=lambda k: (k[0], _ORDER[k[1]])))


def _started(step: ClockStep, round_: int, terms: Terms | None, before: Clock | None) -> Clock:
    """Start a clock; one that comes back in its round remembers when it stood still."""
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
    if before:
        values["holds"] = before.holds
    if terms:
        values |= {
            "profile": terms.profile, "edition": terms.edition, "calendar": terms.calendar,
        }  # fmt: skip
    return made(Clock, values)


def _turned(clock: Clock, step: ClockStep, at: datetime, terms: Terms | None) -> Clock:
    if step.op is Op.HOLD:
        return revised(clock, {"held_at": at})
    if step.op is Op.MOVE:
        return revised(clock, _moved(clock, step, terms))
    if step.op is Op.RELEASE:
        ended = ((clock.held_at, at),) if clock.held_at and clock.held_at < at else ()
        changes = {"held_at": None, "holds": clock.holds + ended}
        return revised(clock, changes | _moved(clock, step, terms))
    return revised(clock, {"stopped": at, "dropped": step.op is Op.DROP, "held_at": None})


def _moved(clock: Clock, step: ClockStep, terms: Terms | None) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "due": step.due,
        "provisional": step.provisional,
        "calendar": terms.calendar if terms else clock.calendar,
    }
    return changes if step.workdays is None else changes | {"workdays": step.workdays}
