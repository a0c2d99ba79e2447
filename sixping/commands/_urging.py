"""Demands drafted and recorded by the policy's ladder: what ``urge --auto`` does from cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.clock import to_text
from sixping.figures.urging import drafted, in_office
from sixping.pages.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.commands._books import Books
    from sixping.commands._frame import Desk
    from sixping.deadlines import Rules
    from sixping.figures.urging import Draft
    from sixping.ledger import Transaction
    from sixping.model import Case
    from sixping.storage import Connection

COLUMNS = (
    Column("number", "编号"),
    Column("level", "等级"),
    Column("clock", "时限"),
    Column("due", "到期", "time"),
    Column("workdays_late", "超期工作日", "int"),
    Column("answer_by", "答复期限", "day"),
    Column("unit", "单位"),
)


class Due(NamedTuple):
    """A case with the demand that is due for it."""

    case: Case
    rules: Rules
    draft: Draft

    @property
    def why(self) -> str:
        """Return the reason that is recorded."""
        from sixping.figures.overdue import CLOCKS

        clock = self.draft.clock
        clause = f" ({clock.clause})" if clock.clause else ""
        return f"{CLOCKS[clock.kind]}已超期 {self.draft.workdays_late} 个工作日{clause}, 自动督办"

    def row(self, now: datetime) -> dict[str, Any]:
        """Return what is said of it."""
        from sixping.commands.urging import answer_day

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


def run(desk: Desk, *, dry_run: bool, as_json: bool) -> None:
    """Record what is due by policy, or only show it; outside office hours nothing is due."""
    from sixping import views
    from sixping.commands._answers import Wish, publish
    from sixping.commands._books import books_on

    with views.reading(desk.existing_ledger()) as con:
        books = books_on(con)
        found = list(_due(con, books, desk.now)) if _may(desk, books) else []
    if found and not dry_run:
        found = _record(desk, books)
    items = [due.row(desk.now) for due in found]
    recorded = bool(found) and not dry_run
    document = {"as_of": to_text(desk.now), "recorded": recorded, "items": items}
    publish(desk, Wish(None, as_json), items, COLUMNS, document)
    if found:
        desk.say(f"{'已记录' if recorded else '应作'}督办 {len(found)} 件。")


def _may(desk: Desk, books: Books) -> bool:
    """Say why nothing is done where the policy or the hour allows nothing."""
    rules = books.rules(desk.now.date())
    if all(e.readings.urge_auto_workdays is None for e in books.policy.editions):
        desk.say("policy.toml 没有设 urge_auto_workdays, 不自动督办。")
        return False
    if not in_office(rules, desk.now):
        if desk.terminal.isatty:  # cron runs at night too: silence is the answer
            desk.say("现在不是工作日的办公时间 (一.2), 不督办。")
        return False
    return True


def _due(con: Connection, books: Books, now: datetime) -> Iterator[Due]:
    """Yield the open cases with a missed limit for which a grade is due."""
    from sixping.lapseviews import late_now
    from sixping.lifecycle import fold
    from sixping.logbook import read_many

    for number, entries in read_many(con, late_now(con, to_text(now))):
        case, rules = fold(number, entries), books.rules(entries[0].at.date())
        draft = drafted(case, rules, now)
        if draft:
            yield Due(case, rules, draft)


def _record(desk: Desk, books: Books) -> list[Due]:
    """Record the demands in one transaction, judged on the state it finds: never twice."""
    from sixping.commands._steps import stamp_of
    from sixping.ledger import transaction

    with transaction(desk.existing_ledger(), stamp_of(desk)) as tx:
        found = list(_due(tx.con, books, desk.now))
        for due in found:
            _urge(tx, due, desk.now)
    return found


def _urge(tx: Transaction, due: Due, now: datetime) -> None:
    from sixping.commands.urging import urging

    event = urging(due.case, due.draft.level, now, due.rules, why=due.why, by=None)
    tx.append(due.case.number, event, now, before=due.case)
