"""The overdue list: read at one moment and judged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import summary_of
from sixping.queries import cases
from sixping.queries.meetings import open_tasks
from sixping.reports.overdue import Waiting, overdue
from sixping.services.reschedule import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.util.clock import SHANGHAI, from_text, to_text
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sixping.console.context import Context
    from sixping.reports.overdue import Overdue
    from sixping.services.filters import Places
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: what a case waits for → since when it does
SINCE = {
    "decision": "accepted_at",
    "returned": "returned_at",
    "unsigned": "assigned_at",
    "feedback": "resolved_at",
}


def find(context: Context, within: int, places: Places, **exact: str | None) -> Overdue:
    """Read what waits and judge it; all of it from one state of the ledger."""
    today = context.now.date()
    with cases.reading(context.existing_ledger()) as con:
        keep = _test(con, places, exact)
        rulebooks = rulebooks_on(con)
        horizon = add_workdays(today, within, rulebooks.calendar)
        before = datetime.combine(horizon + timedelta(days=1), time(), SHANGHAI)
        rows = list(_waiting(con, to_text(before), keep, rulebooks))
        closes = rulebooks.policy.edition_at(today).counting.closes
        rows += _tasks(con, before.date(), closes, keep)
        waiting = promises_to_recount(con, rulebooks, context.now) if rows else 0
    found = overdue(
        rows,
        context.now,
        rulebooks.calendar,
        within=within,
        unsigned_after=rulebooks.policy.edition_at(today).readings.unsigned_after_workdays,
    )
    return found._replace(promises_to_recount=waiting)


def _test(
    con: Connection, places: Places, exact: dict[str, str | None]
) -> Callable[[Any], bool] | None:
    if not any(places) and not any(exact.values()):
        return None
    from sixping.services.filters import keeps

    return keeps(places.resolved(con), **exact)


def _waiting(
    con: Connection, before: str, keep: Callable[[Any], bool] | None, rulebooks: Rulebooks
) -> Iterator[Waiting]:
    for row in filter(keep, cases.running(con, before)) if keep else cases.running(con, before):
        yield _wait(row, row["kind"], row["started"])._replace(
            due=from_text(row["due"]), provisional=bool(row["provisional"])
        )
    for what, column in SINCE.items():
        found = cases.waiting(con, what)
        for row in filter(keep, found) if keep else found:
            # Reopening starts anew: nobody waited while the case was settled.
            yield _wait(row, what, max(row[column] or "", row["round_at"]))
    for row in filter(keep, cases.waiting(con, "urge")):
        yield _urged(row, rulebooks)


def _urged(row: Any, rulebooks: Rulebooks) -> Waiting:  # noqa: ANN401 - a row of queries
    """Return the oldest demand nobody answered, with the close of its day if it has one."""
    waiting = _wait(row, "urge", row["urge_since"])
    day, text = row["urge_answer_by"], f"[{row['urge_level']}] {waiting.text}"
    if day is None:
        return waiting._replace(text=text)
    rules = rulebooks.rules(from_text(row["received_at"]).date())
    return waiting._replace(text=text, due=rules.close_of(date.fromisoformat(day)))


def _tasks(
    con: Connection, before: date, closes: time, keep: Callable[[Any], bool] | None
) -> Iterator[Waiting]:
    """Yield what meetings gave units to do, due at the close of business of its day."""
    for row in filter(keep, open_tasks(con, before.isoformat())):
        text = f"{row['task']} {summary_of(row['private'])}".rstrip()
        due = datetime.combine(date.fromisoformat(row["due"]), closes, SHANGHAI)
        yield Waiting(
            "task", None, None, None, row["lead"], None, text, from_text(row["since"]), due
        )


def _wait(row: Any, kind: str, since: str) -> Waiting:  # noqa: ANN401 - a row of queries
    return Waiting(
        kind=kind,
        number=row["number"],
        severity=row["severity"],
        platform=row["platform"],
        unit=row["lead"],
        community=row["community"],
        text=summary_of(row["private"]),
        since=from_text(since),
    )
