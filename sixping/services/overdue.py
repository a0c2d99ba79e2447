"""The overdue list: read at one moment and judged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sixping.documents.cases import summary_of
from sixping.documents.phrases import referral_remarks
from sixping.policy.units import UNITS, load_units
from sixping.queries import cases
from sixping.queries.meetings import open_tasks
from sixping.reports.overdue import AT_SOURCE, Waiting, overdue
from sixping.services.filters import keeps
from sixping.services.office.waiting import close_of, waiting_case
from sixping.services.office.waiting import waiting as registers_waiting
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI, from_text, to_text
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from sixping.queries.meetings import OpenTask
    from sixping.reports.overdue import Overdue, OverdueItem
    from sixping.services.filters import Places
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

    Keep = Callable[[CaseRow | OpenTask], bool]

#: what a case waits for → since when it does
SINCE = {
    "grade": "received_at",
    "emergency": "received_at",
    "decision": "accepted_at",
    "returned": "returned_at",
    "unassigned": "accepted_at",
    "unsigned": "assigned_at",
    "failed": "resolved_at",
    "feedback": "resolved_at",
    "district": "referred_at",
}


def find(
    path: str | os.PathLike[str],
    now: datetime,
    within: int,
    places: Places,
    **exact: str | None,
) -> Overdue:
    """Read what waits and judge it; all of it from one state of the ledger.

    ``within`` is in working days ahead; ``exact`` are values that a case must have. Raises
    ``NotFound`` for a place nobody knows, and what ``store.sqlite.reading`` raises.
    """
    with reading(path) as con:
        return found(con, now, within, places, **exact)


def found(
    con: Connection, now: datetime, within: int, places: Places, **exact: str | None
) -> Overdue:
    """Return the same over an open connection."""
    rulebooks = rulebooks_on(con)
    keep = keeps(places.resolved(con), **exact)
    edition = rulebooks.policy.edition_at(now.date())
    horizon = add_workdays(now.date(), within, rulebooks.calendar)
    before = datetime.combine(horizon + timedelta(days=1), time(), SHANGHAI)
    rows = [
        *_waiting(con, to_text(before), keep, rulebooks),
        *_at_source(con, to_text(before), keep),
        *_at_district(con, keep),
        *_tasks(con, before.date(), edition.counting.closes, keep),
        *registers_waiting(con, now, keep, rulebooks),
    ]
    listed = overdue(
        rows,
        now,
        rulebooks.calendar,
        within=within,
        unsigned_after=edition.readings.unsigned_after_workdays,
    )
    outdated = promises_to_recount(con, rulebooks, now) if rows else 0
    return listed._replace(promises_to_recount=outdated, closes=edition.counting.closes)


def revealed(path: str | os.PathLike[str], listed: Overdue) -> Overdue:
    """Return the list with the summaries of its cases as they were said."""
    with reading(path) as con:
        items = tuple(
            item if item.number is None else item._replace(summary=_said(con, item))
            for item in listed.items
        )
    return listed._replace(items=items)


def _said(con: Connection, item: OverdueItem) -> str:
    private = cases.case(con, item.number or "").private
    return item.summary.replace(summary_of(private), summary_of(private, reveal=True))


def _waiting(con: Connection, before: str, keep: Keep, rulebooks: Rulebooks) -> Iterator[Waiting]:
    for clock in cases.running(con, before):
        if keep(clock.case):
            yield waiting_case(clock.case, clock.kind, clock.started)._replace(
                due=from_text(clock.due), provisional=clock.provisional
            )
    for what in SINCE:
        if what != "district":
            yield from _since(con, what, keep)
    for row in filter(keep, cases.waiting(con, "urge")):
        yield _urged(row, rulebooks)


def _since(con: Connection, what: str, keep: Keep) -> Iterator[Waiting]:
    for row in filter(keep, cases.waiting(con, what)):
        # Reopening starts anew: nobody waited while the case was settled.
        since = getattr(row, SINCE[what])
        if what == "failed":
            since = cases.failed_at(con, row.number) or since
        yield waiting_case(row, what, max(since or "", row.round_at))


def _at_source(con: Connection, before: str, keep: Keep) -> Iterator[Waiting]:
    """Yield the cases whose source wants the result: its date, no limit of the street's."""
    for row, due, number in cases.wanted_at_source(con, before):
        if keep(row):
            remarks = () if number == row.number else (f"并入的 {number}",)
            since = waiting_case(row, AT_SOURCE, row.received_at)
            yield since._replace(due=from_text(due), remarks=remarks)


def _at_district(con: Connection, keep: Keep) -> Iterator[Waiting]:
    """Yield the cases with the district, and what their referral lacks (三.3, 五.1b)."""
    rows = list(filter(keep, cases.waiting(con, "district")))
    platform = rule_on(con, UNITS, load_units).roles.district_platform if rows else ""
    for row in rows:
        remarks = referral_remarks(
            to_platform=bool(row.to_platform), received=bool(row.received), platform=platform
        )
        since = max(row.referred_at or "", row.round_at)
        yield waiting_case(row, "district", since)._replace(remarks=tuple(remarks))


def _urged(row: CaseRow, rulebooks: Rulebooks) -> Waiting:
    """Return the oldest demand nobody answered, with the close of its day if it has one."""
    waiting = waiting_case(row, "urge", row.urge_since or row.received_at)
    waiting = waiting._replace(text=f"[{row.urge_level}] {waiting.text}")
    if row.urge_answer_by is None:
        return waiting
    return waiting._replace(due=close_of(row, row.urge_answer_by, rulebooks))


def _tasks(con: Connection, before: date, closes: time, keep: Keep) -> Iterator[Waiting]:
    """Yield what meetings gave units to do, due at the close of business of its day."""
    rows = [*filter(keep, open_tasks(con, before.isoformat()))]
    if not rows:
        return
    from sixping.services.personal.atmeetings import Veil

    veil = Veil(con)
    for row in rows:
        text = f"{row.task} {veil.task(row)}".rstrip()
        due = datetime.combine(date.fromisoformat(row.due), closes, SHANGHAI)
        yield Waiting("task", None, None, None, row.lead, None, text, from_text(row.since), due)
