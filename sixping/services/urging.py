"""Demands drafted and recorded by the policy's ladder: what ``urge --auto`` does from cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lifecycle import fold
from sixping.ledger import transaction
from sixping.policy.vocabulary import CLOCKS
from sixping.queries.lapses import late_now
from sixping.reports.urging import answer_day, drafted, urging
from sixping.store.log import read_many
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sixping.cases.model import Case
    from sixping.cases.rules import Rules
    from sixping.reports.urging import Draft
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp


class Due(NamedTuple):
    """A case with the demand that is due for it."""

    case: Case
    rules: Rules
    draft: Draft

    @property
    def why(self) -> str:
        """Return the reason that is recorded."""
        clock = self.draft.clock
        clause = f" ({clock.clause})" if clock.clause else ""
        return f"{CLOCKS[clock.kind]}已超期 {self.draft.workdays_late} 个工作日{clause}, 自动督办"

    def row(self, now: datetime) -> dict[str, Any]:
        """Return what is said of it."""
        draft, by = self.draft, answer_day(now, self.rules)
        return {
            "number": self.case.number,
            "level": draft.level,
            "clock": draft.clock.kind.value,
            "due": to_text(draft.clock.due) if draft.clock.due else None,
            "workdays_late": draft.workdays_late,
            "answer_by": by.isoformat() if by else None,
            "unit": self.case.lead,
        }


def due_now(con: Connection, rulebooks: Rulebooks, now: datetime) -> Iterator[Due]:
    """Yield the open cases with a missed limit for which a grade is due."""
    for number, entries in read_many(con, late_now(con, to_text(now))):
        case = fold(number, entries)
        rules = rulebooks.rules(case.received_at.date())
        draft = drafted(case, rules, now)
        if draft:
            yield Due(case, rules, draft)


def record_due(path: Path, stamp: Stamp, rulebooks: Rulebooks) -> list[Due]:
    """Record the demands in one transaction, judged on the state it finds: never twice."""
    with transaction(path, stamp) as tx:
        demands = list(due_now(tx.con, rulebooks, stamp.now))
        for due in demands:
            event = urging(due.case, due.draft.level, stamp.now, due.rules, why=due.why, by=None)
            tx.append(due.case.number, event, stamp.now, before=due.case, rules=rulebooks.rules)
    return demands
