"""What may happen to a case now: one table of states; ``guards`` where a state is not all.

``admit`` judges and changes nothing. Every refusal says what is in the way and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping import events as ev
from sixping.errors import NotAllowed
from sixping.guards import GUARDS, precluded
from sixping.model import STEPS, Status

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.model import Case

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


def admit(case: Case | None, event: ev.CaseEvent, at: datetime, *, stated: bool = True) -> None:
    """Refuse with ``NotAllowed`` what may not happen to this case now.

    ``stated``: somebody said when it happened; what the clock says is only remarked on.
    """
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
        STEPS[kind]
        for kind, states in AFTER.items()
        if case.status in states and STEPS[kind][0] and not precluded(kind, case)
    ]


def _what_is_possible(case: Case) -> str:
    steps = "、".join(f"{command}({name})" for command, name in possible(case))
    into = f"它已并入 {case.merged_into}。" if case.merged_into else ""
    return f"{into}这个状态下可以: {steps}。"
