"""Bringing the promises of open cases in line with the calendar in force (``calendar apply``).

What moves is counted by ``services/recount``; here it is recorded, an event a case.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sixping.cases.steps.timing import Rescheduled
from sixping.queries.calendar import APPLIED, STREAM, SUBJECT
from sixping.services.recount import moves, outdated_promises
from sixping.services.rulebooks import rulebooks_on
from sixping.store.bulk import BulkStep, append_many
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.services.recount import Move
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


def planned(con: Connection, now: datetime) -> list[Move]:
    """Return what ``apply`` would do now."""
    rulebooks = rulebooks_on(con)
    return list(moves(outdated_promises(con, rulebooks), rulebooks, now))


def apply(tx: Transaction, now: datetime) -> list[Move]:
    """Record every promise that changes, and the calendar applied; return what was looked at.

    The same calendar applied again writes nothing.
    """
    rulebooks = rulebooks_on(tx.con)
    planned_moves = list(moves(outdated_promises(tx.con, rulebooks), rulebooks, now))
    settled = rulebooks.known.settled(rulebooks.calendar)
    if planned_moves or settled <= rulebooks.counting_seq:
        append_many(tx, _steps(planned_moves, now), rulebooks.rules)
        facts = {
            "calendar": rulebooks.calendar.fingerprint[:16],
            "rules": rulebooks.digest[:16],
            "confirmed_until": rulebooks.calendar.confirmed_until.isoformat(),
            "moved": sum(move.old != move.due for move in planned_moves),
            "marks": sum(move.was_provisional != move.provisional for move in planned_moves),
            "stood": sum(move.kept for move in planned_moves),
        }
        tx.note(STREAM, SUBJECT, APPLIED, facts)
    return planned_moves


def _steps(planned_moves: Iterable[Move], now: datetime) -> Iterator[BulkStep]:
    """Yield one event a case for those promises that change; the fold asks for the dates."""
    for number, group in groupby(planned_moves, lambda move: move.number):
        changing = [move for move in group if move.changes]
        if not changing:
            continue
        event = Rescheduled(why="; ".join(dict.fromkeys(move.why for move in changing)))
        yield BulkStep(event, max(now, from_text(changing[0].received)), number)
