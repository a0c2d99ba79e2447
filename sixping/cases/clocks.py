"""Clocks as recorded steps leave them: started, moved, held, stopped; nothing is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases.model import Case, Clock, Op
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind
from sixping.util.records import made, revised

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sixping.cases.model import ClockStep, Terms

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
        held = ((clock.held_at, at),) if clock.held_at and clock.held_at < at else ()
        changes = {"held_at": None, "holds": clock.holds + held}
        return revised(clock, changes | _moved(clock, step, terms))
    return revised(clock, {"stopped": at, "dropped": step.op is Op.DROP, "held_at": None})


def _moved(clock: Clock, step: ClockStep, terms: Terms | None) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "due": step.due,
        "provisional": step.provisional,
        "calendar": terms.calendar if terms else clock.calendar,
    }
    return changes if step.workdays is None else changes | {"workdays": step.workdays}


def check_steps(case: Case | None, steps: Iterable[ClockStep]) -> None:
    """Refuse a replay in which a step finds its clock otherwise than when it was taken.

    Its due date would be lost or kept without a word: a promise is kept or taken back openly.
    """
    found = {c.kind: c for c in case.clocks if c.running} if case else {}
    running, held = set(found), {kind for kind, c in found.items() if c.held_at}
    for step in steps:
        if step.op in _BEGIN:
            running.add(step.kind)
            continue
        if step.kind not in running:
            raise NotAllowed("它所依据的期限随之消失。")
        if step.was and step.kind in found and found[step.kind].due != step.was:
            raise NotAllowed("它是从被撤销的期限起算的。")
        if step.op is not Op.MOVE and (step.op is Op.RELEASE) != (step.kind in held):
            raise NotAllowed("它所依据的中止或恢复随之消失。")
        _follow(step, running, held)


def check_ended(case: Case) -> None:
    """Refuse a replay that leaves a clock running in a case that has ended."""
    if not case.open and any(clock.running for clock in case.clocks):
        raise NotAllowed("它结束时还有期限在计。")


def _follow(step: ClockStep, running: set[ClockKind], held: set[ClockKind]) -> None:
    if step.op is Op.HOLD:
        held.add(step.kind)
    elif step.op is not Op.MOVE:
        held.discard(step.kind)
        if step.op is not Op.RELEASE:
            running.discard(step.kind)
