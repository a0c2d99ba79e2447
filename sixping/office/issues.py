"""The reports that were put on the table: their figures as an event each, under an issue number.

A period and its days are frozen once; a correction is a further event of the same issue. Numbers
run per kind of period and year of its last day (第N期), and over all (总第M期).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import Recorded, fact, private
from sixping.office import streams
from sixping.reports.issue import Issue
from sixping.reports.period import Span
from sixping.reports.spans import KIND_WORDS
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

STREAM = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFrozen(Recorded):
    """The figures of a period as they were put on the table.

    ``period`` is its kind, as in ``reports.spans``; ``seq`` the last event they were made from,
    ``ledger_seq`` and ``head`` what the paper says of it; ``digest`` is that of ``figures``
    (``figures_digest``); ``correction`` counts the corrections of an issue, each with a ``reason``.
    """

    kind: ClassVar[str] = "report_frozen"

    period: str
    first: date = fact(date.fromisoformat)
    last: date = fact(date.fromisoformat)
    issue: int
    total: int
    correction: int = 0
    as_of: datetime = fact(from_text)
    seq: int
    ledger_seq: int
    head: str
    digest: str
    figures: dict[str, Any]
    reason: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {ReportFrozen.kind: ReportFrozen}


def subject_of(kind: str, span: Span) -> str:
    """Return the subject under which a period of a kind is frozen: one report is found by it."""
    return f"{KIND_WORDS[kind]} {span.first} {span.last}"


def standing(con: Connection, kind: str, span: Span, as_of: int | None = None) -> Issue | None:
    """Return the report of a period that stands, the last correction of it; None: it is open."""
    found = list(streams.iterate(con, STREAM, subject_of(kind, span), as_of))
    return _issue(found[-1]) if found else None


def every(con: Connection) -> list[Issue]:
    """Return all issues and corrections, in the order in which they were frozen."""
    return [_issue(entry) for entry in streams.iterate(con, STREAM)]


def _issue(entry: StreamEntry) -> Issue:
    return _told(entry.event, entry.recorded_at, entry.by, entry.seq)


def _told(event: ReportFrozen, at: datetime, by: str | None, seq: int) -> Issue:
    return Issue(
        event.period, Span(event.first, event.last), event.issue, event.total, event.correction,
        event.as_of, event.seq, event.ledger_seq, event.head, event.digest, event.figures,
        event.reason, at, by, seq,
    )  # fmt: skip


def next_numbers(issues: Iterable[Issue], kind: str, span: Span) -> tuple[int, int]:
    """Return the next number of a kind of period in its year, and the next of all."""
    own = total = 0
    for issue in issues:
        total = max(total, issue.total)
        if issue.kind == kind and issue.span.last.year == span.last.year:
            own = max(own, issue.number)
    return own + 1, total + 1


def freeze(tx: Transaction, event: ReportFrozen) -> Issue:
    """Record a report as it is put on the table; whether it may be is judged before."""
    span = Span(event.first, event.last)
    subject, now = subject_of(event.period, span), tx.stamp.now
    return _told(event, now, tx.stamp.by, streams.record(tx, STREAM, subject, event, now))
