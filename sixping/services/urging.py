"""Demands drafted and recorded by the policy's ladder: what ``urge --auto`` does from cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases import steps
from sixping.cases.lifecycle import fold
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import CLOCKS
from sixping.reports.urging import drafted, next_level
from sixping.util.clock import to_text
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    from sixping.cases.codec import CaseEvent
    from sixping.cases.deadlines import Rules
    from sixping.cases.model import Case
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
    from sixping.queries.lapses import late_now
    from sixping.store.log import read_many

    for number, entries in read_many(con, late_now(con, to_text(now))):
        case, rules = fold(number, entries), rulebooks.rules(entries[0].at.date())
        draft = drafted(case, rules, now)
        if draft:
            yield Due(case, rules, draft)


def record_due(path: Path, stamp: Stamp, rulebooks: Rulebooks) -> list[Due]:
    """Record the demands in one transaction, judged on the state it finds: never twice."""
    from sixping.ledger import transaction

    with transaction(path, stamp) as tx:
        demands = list(due_now(tx.con, rulebooks, stamp.now))
        for due in demands:
            event = urging(due.case, due.draft.level, stamp.now, due.rules, why=due.why, by=None)
            tx.append(due.case.number, event, stamp.now, before=due.case)
    return demands


def urging(
    case: Case, level: str, at: datetime, rules: Rules, *, why: str | None, by: date | None
) -> CaseEvent:
    """Return the demand of a grade; ``by`` None: the policy's day, or none where it has none.

    Raises ``NotAllowed`` for a grade that is not the next of the ladder.
    """
    due = next_level(case, rules)
    if level != due:
        ladder = " → ".join(rules.edition.readings.urge_ladder)
        hint = f"下一级是“{due}”。" if due else "最高一级已经督办过, 请按五.3追责。"
        last = f"最近一次是“{case.urges[-1].level}”" if case.urges else "还没有督办过"
        raise NotAllowed(f"{case.number} 不能作“{level}”督办: {last} ({ladder}, 五.3)。", hint)
    return steps.Urged(
        level=level,
        after=case.urges[-1].level if case.urges else None,
        answer_by=by or answer_day(at, rules),
        reason=why,
    )


def answer_day(at: datetime, rules: Rules) -> date | None:
    """Return the day by which the policy wants an answer; None: it sets none (五.3)."""
    days = rules.edition.readings.urge_answer_workdays
    return None if days is None else add_workdays(at.date(), days, rules.calendar)
