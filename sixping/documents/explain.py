"""Counting a due date day by day, for a case or for any date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.util.clock import from_text, to_text
from sixping.workdays import counted_from, explain_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sixping.cases.rules import Rules
    from sixping.store.rows import Promise

#: what the ledger says of the clock itself, over what a recount gives
_OF_CLOCK = (
    "kind", "round", "started", "due", "stopped", "late", "running", "provisional", "profile",
    "clause", "first_workdays", "extended", "stood",
)  # fmt: skip


def counted(received: datetime, workdays: int, rules: Rules) -> dict[str, Any]:
    """Return the promised document: the due date, its rule and every day up to it."""
    profile = rules.edition.counting.profile
    deemed = counted_from(received, rules.calendar, profile, rules.hours)
    days = explain_days(received.date(), workdays, rules.calendar, deemed=deemed)
    due = rules.due(received, workdays)
    return {
        "from": to_text(received),
        "workdays": workdays,
        "due": to_text(due),
        "profile": profile,
        "provisional": rules.calendar.provisional(received.date(), due.date()),
        "days": [day._asdict() | {"date": day.date.isoformat()} for day in days],
    }


def of_clock(clock: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Explain the promise on record; ``recount`` is what today's calendar would give."""
    own = {name: clock[name] for name in _OF_CLOCK if name in clock}
    if clock["workdays"] is None or clock["started"] is None:
        blank = {"from": clock["started"], "workdays": None, "recount": None, "days": []}
        return blank | own
    counting = rules.edition.counting._replace(profile=clock["profile"])
    as_then = rules._replace(edition=rules.edition._replace(counting=counting))
    document = counted(from_text(clock["started"]), clock["workdays"], as_then)
    return document | {"recount": document["due"]} | own


def promises_of(states: Iterable[Promise], clock: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was promised for one clock, first to last, and the step that promised it.

    ``states`` are those of ``queries.clocks.promises``, of all clocks of the case.
    """
    promises: list[dict[str, Any]] = []
    for state in states:
        same = (state.kind, state.round) == (clock["kind"], clock["round"])
        promise = {"due": state.due, "provisional": bool(state.provisional)}
        if same and (not promises or promise.items() - promises[-1].items()):
            step = {"seq": state.seq, "at": state.at, "step": state.step, "why": state.why}
            promises.append(step | promise)
    return promises
