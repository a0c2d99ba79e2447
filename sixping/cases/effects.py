"""What each event changes in a case; nothing is judged and no date is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases import codec
from sixping.cases import steps as ev
from sixping.cases.clocks import apply_ops
from sixping.cases.model import ENDED, Case, Part, Report, Status, Urge
from sixping.policy.vocabulary import Severity
from sixping.util.records import made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

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
        "source_no": event.source_no,
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


def _assigned(case: Case, event: ev.Assigned, at: datetime) -> dict[str, Any]:
    return _units(case, event, at)


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
        held = route is S.ACCEPTED and case.lead is not None
        changes |= {"status": S.HANDLING if held else route, "decided_at": None}
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
    "merged": _merged,
    "unmerged": _unmerged,
    "absorbed": _absorbed,
    "released": _released,
    "urged": _urged,
    "urge_answered": _urge_answered,
    "part_set": _part_set,
    "part_done": _part_done,
}
