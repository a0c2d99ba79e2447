"""Figures of the registers that a report has beside its own: of those kept, from their day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sixping.documents.besides import SORTS, besides
from sixping.documents.cases import event_json
from sixping.queries import cases
from sixping.queries.kinds import of_kinds
from sixping.queries.office import registers_begun
from sixping.services.office import sources
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from sixping.reports.period import Narrow, Span
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: what is asked for and answered; the figures of other registers are theirs
_ANSWERED = ("instructions", "demands", "transfers")


def figures(
    con: Connection, rulebooks: Rulebooks, span: Span, narrow: Narrow, as_of: int
) -> dict[str, dict[str, Any]]:
    """Return of each register kept ``{n, d, since, …}``: how many of those of the period."""
    awake = registers_begun(con, as_of)
    found: dict[str, dict[str, Any]] = {}
    if sources.REGISTER in awake and awake[sources.REGISTER] <= span.last:
        since = awake[sources.REGISTER]
        found[sources.REGISTER] = sources.counted(con, rulebooks, span, narrow, since, as_of)
    for register in _ANSWERED:
        if register in awake and awake[register] <= span.last:
            found[register] = _answered(con, register, span, narrow, awake[register], as_of)
    return found


def _answered(
    con: Connection, register: str, span: Span, narrow: Narrow, since: date, as_of: int
) -> dict[str, Any]:
    """Return how many were opened in the period, and how many of those are answered."""
    sort = SORTS[register]
    start, end = to_text(_begin(max(since, span.first))), to_text(_begin(span.last, 1))
    logs: dict[str, list[dict[str, Any]]] = {}
    for row in of_kinds(con, (sort.opens, sort.closes), as_of, start):
        event = event_json(row)
        if row.kind != sort.opens or row.at < end:
            logs.setdefault(row.subject, []).append(event | {"voided_by": None})
    n = d = 0
    for number, log in logs.items():
        entries = besides(log)[register]
        if entries and _takes(con, number, narrow, as_of):
            d += len(entries)
            n += sum(entry["answered_at"] is not None for entry in entries)
    return {"n": n, "d": d, "since": since.isoformat()}


def _begin(day: date, more: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=more), time(), SHANGHAI)


def _takes(con: Connection, number: str, narrow: Narrow, as_of: int) -> bool:
    if not any(narrow):
        return True
    row = cases.case(con, number, as_of)
    return narrow.keeps(unit=row.lead, community=row.community, platform=row.platform)
