"""What a step did to the limits of a case, in words: what moved, left, came back or is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.phrases import moment
from sixping.policy.vocabulary import LIMITS, ClockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.step import CaseEntry, Step

#: steps that change limits beside those they meet
_ANEW = frozenset({"voided", "relimited"})
_TELLING = _ANEW | {
    "regraded", "unmerged", "absorbed", "released", "extended", "amended", "decided",
}  # fmt: skip
_OF_ROUTE = _TELLING - {"extended", "absorbed", "released", "amended", "decided"}


def moved(
    before: Case, after: Case, event: Step, at: datetime, log: Sequence[CaseEntry]
) -> list[str]:
    """Return what people have to know of the limits after a step, one sentence each."""
    year = at.year
    said = [*_redated(event, log, year), *_released(before, after, event, at)]
    if event.kind in _TELLING:
        for kind in ClockKind:
            said += _changed(before.running(kind), after, kind, event, year)
    if event.kind in _ANEW or event.kind == "amended":
        said += _judged_anew(before, after, year)
    return said


#: steps that may begin a limit that is past already → what they are called here, and why so
BEGINS_LATE = {
    "accepted": ("受理", "定级更正"),
    "regraded": ("改级", "定级更正"),
    "amended": ("更正", "更正收到的时间"),
    "absorbed": ("并入", "并入的反映收到更早"),
}


def born_late(before: Case, after: Case, event: Step, year: int) -> list[str]:
    """Return which limits would be past due from the first, and whose that is (定级更正)."""
    if event.kind not in BEGINS_LATE:
        return []
    did, why = BEGINS_LATE[event.kind]
    known = {(c.kind, c.round) for c in before.clocks if c.born_late}
    return [
        f"{LIMITS[c.kind]} {moment(c.due, year)} 已经过去, {did}后立即计为超期"
        f" ({why}, 由指挥室负责)"
        for c in after.clocks
        if c.born_late and c.due and c.running and (c.kind, c.round) not in known
    ]


#: steps by which a case may leave limits that run
LEAVES = frozenset({"accepted", "regraded", "referred", "merged"})


def leaving(before: Case, after: Case, heir: Case, year: int) -> Iterator[str]:
    """Yield which running limits a step would end otherwise than by being met.

    ``heir`` is the case that is handled on: the main case of one merged, else ``after``.
    Whether to accept a report is decided for itself.
    """
    for clock in before.clocks:
        now, due = heir.running(clock.kind), clock.due
        if not clock.running or due is None or clock.kind is ClockKind.ACCEPT or _met(clock, after):
            continue
        limit = f"{LIMITS[clock.kind]} {moment(due, year)}"
        if now is None:
            yield f"{limit} {'已经超期, 仍计' if _stays(clock, after) else '不再计'}"
        elif heir is not after and now.due and now.due > due:
            yield f"{limit} 不再计, 改按 {heir.number} 的 {moment(now.due, year)}"


def _met(clock: Clock, after: Case) -> bool:
    return any(c.stopped and not c.dropped for c in _rows(clock, after))


def _stays(clock: Clock, after: Case) -> bool:
    return any(c.missed for c in _rows(clock, after))


def _rows(clock: Clock, case: Case) -> list[Clock]:
    return [c for c in case.clocks if (c.kind, c.round) == (clock.kind, clock.round)]


def _redated(event: Step, log: Sequence[CaseEntry], year: int) -> Iterator[str]:
    """Say which later steps a void gave other dates."""
    for due in event.dues if event.kind in _ANEW else ():
        entry = next((e for e in log if e.seq == due.of), None)
        if entry is None:
            continue
        old = next((d.due for d in entry.event.dues if d.kind is due.kind), None)
        was = f"由 {moment(old, year)} 改为" if old else "为"
        step = f"第 {due.of} 号({entry.event.label})"
        yield f"{step}的{LIMITS[due.kind]}{was} {moment(due.due, year)}"


def _changed(
    old: Clock | None, after: Case, kind: ClockKind, event: Step, year: int
) -> Iterator[str]:
    new = after.running(kind)
    was, due = (clock and clock.due for clock in (old, new))
    if old and was and due and was != due and event.kind == "decided":
        yield _redecided(was, due, after, year)
    elif old and was and due and was != due:
        late = new and new.born_late and not old.born_late
        past = ", 已经过去, 由指挥室负责" if late else ""
        yield f"{LIMITS[old.kind]}由 {moment(was, year)} 改为 {moment(due, year)}{past}"
    elif old and was and not new and event.kind in _OF_ROUTE - LEAVES:
        stays = "已经超期, 仍计" if _stays(old, after) else "不再计"
        yield f"{LIMITS[old.kind]} {moment(was, year)} {stays}"
    elif new and due and not old and event.kind in _OF_ROUTE:
        yield f"{LIMITS[new.kind]} {moment(due, year)}"


def _redecided(was: datetime, due: datetime, after: Case, year: int) -> str:
    """Say what became of a decided date that another one replaced (三.2)."""
    former, new = moment(was, year), moment(due, year)
    if any(clock.missed and clock.due == was for clock in after.clocks):
        return f"办结期限 {former} 已经超期, 仍计; 新的期限 {new}"
    listed = "; 原期限列入限内转出 (改定期限)" if due > was else ""
    return f"办结期限由 {former} 改为 {new}{listed}"


def _judged_anew(before: Case, after: Case, year: int) -> Iterator[str]:
    """Say of limits that have ended what a void made of their dates and verdicts."""
    were = {(c.kind, c.round): c for c in before.clocks if c.stopped}
    for clock in after.clocks:
        was = were.get((clock.kind, clock.round))
        if was is None or not clock.stopped or not clock.due or not was.due:
            continue
        due = f"{LIMITS[clock.kind]} {moment(clock.due, year)}"
        if was.due != clock.due:
            due = f"{LIMITS[clock.kind]}由 {moment(was.due, year)} 改为 {moment(clock.due, year)}"
        verdict = ""
        if was.missed != clock.missed:
            ended = moment(clock.stopped, year)
            verdict = f", {ended} 结束, {'按此已经超期' if clock.missed else '按此没有超期'}"
        if verdict or was.due != clock.due:
            yield f"{due}{verdict}"


def _released(before: Case, after: Case, event: Step, at: datetime) -> Iterator[str]:
    """Say by how much a target moved that stood still, and what governs where that is not all."""
    held, year = before.suspended, at.year
    if held is None or event.kind in _ANEW:
        return
    clock = next((c for c in after.clocks if (c.kind, c.round) == (held.kind, held.round)), None)
    if clock is None or clock.held_at or clock.due is None or held.due is None:
        return
    days = (clock.workdays or 0) - (held.workdays or 0)
    if clock.due == held.due:
        yield f"中止不满 1 个工作日, 办结期限仍是 {moment(clock.due, year)}"
    else:
        span = f"由 {moment(held.due, year)} 到 {moment(clock.due, year)}"
        yield f"中止满 {days} 个工作日, 办结期限{span}"
    ceiling = after.running(ClockKind.CEILING)
    if clock.running and ceiling and ceiling.due and clock.due > ceiling.due:
        yield f"办结期限已在最长时限之后, 以最长时限 {moment(ceiling.due, year)} 为准"
    if clock.running and clock.late(at):
        yield "恢复之时办结期限已过"
