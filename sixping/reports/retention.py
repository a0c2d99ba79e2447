"""Whose words have been kept long enough: the table of terms against the day of archiving. Pure.

Counted from closing (归档); what was never to be handled, from its end; a report merged in, from
the archiving of the case that answered it; a record of the past whose closing nobody wrote down,
from the day it was taken in. Days are Shanghai's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dateutil.relativedelta import relativedelta

from sixping.policy.retention import CONTACT, RECORD, keeping_of
from sixping.policy.vocabulary import NOT_TAKEN_ON, Status
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from sixping.policy.retention import Keeping

_NEVER_HANDLED = {*NOT_TAKEN_ON, Status.WITHDRAWN}


class Ended(NamedTuple):
    """A case that nobody handles and when it ended.

    ``closed_at`` None: it was never closed here; ``contact``: it has a name or a phone of who
    reported it.
    """

    number: str
    status: str
    ended_at: str | None
    closed_at: str | None
    recorded_at: str
    owes: bool
    merged_into: str | None
    category: str | None
    severity: str
    contact: bool


class Due(NamedTuple):
    """Words of a case whose term is over: since ``since``, kept to the end of ``until``."""

    number: str
    track: str
    category: str | None
    severity: str
    since: date
    until: date
    keep: str
    clause: str


class Survey(NamedTuple):
    """What is due, and how many are not: held, without a term, not archived, still to be kept."""

    due: tuple[Due, ...]
    held: tuple[str, ...]
    unset: int
    unarchived: int
    kept: int


def survey(
    rows: Iterable[Ended],
    table: Sequence[Keeping],
    held: Collection[str],
    main_of: Callable[[str], Ended | None],
    today: date,
) -> Survey:
    """Judge every ended case that has words, each by the record first, then by the contact."""
    due: list[Due] = []
    counts = {"held": [], "unset": [], "unarchived": [], "kept": []}  # type: dict[str, list[str]]
    for row in rows:
        since = archived_on(row, main_of)
        found = _due(row, table, since, today)
        if isinstance(found, str):
            counts[found].append(row.number)
        elif _is_held(row, held, main_of):
            counts["held"].append(row.number)
        else:
            due.append(found)
    return Survey(
        tuple(due), tuple(counts["held"]),
        len(counts["unset"]), len(counts["unarchived"]), len(counts["kept"]),
    )  # fmt: skip


def _is_held(row: Ended, held: Collection[str], main_of: Callable[[str], Ended | None]) -> bool:
    """Return whether a case is held back, or the one that it was merged into."""
    if row.number in held:
        return True
    main = main_of(row.merged_into) if row.merged_into else None
    return main is not None and _is_held(main, held, main_of)


def _due(row: Ended, table: Sequence[Keeping], since: date | None, today: date) -> Due | str:
    """Return what is due of a case, or why nothing is."""
    tracks = [RECORD, *([CONTACT] if row.contact else [])]
    entries = [keeping_of(table, track, row.category, row.severity) for track in tracks]
    ending = [entry for entry in entries if entry and entry.term]
    if not ending:
        return "unset"
    if since is None:
        return "unarchived"
    for entry in ending:
        until = kept_until(entry, since)
        if until and today > until:
            return Due(
                row.number, entry.track, row.category, row.severity, since, until,
                entry.keep or "", entry.clause,
            )  # fmt: skip
    return "kept"


def kept_until(entry: Keeping, since: date) -> date | None:
    """Return the last day on which words are kept that are from a day on; None: for ever."""
    if entry.term is None:
        return None
    number, unit = entry.term
    return since + relativedelta(**{unit: number})  # type: ignore[arg-type]


def archived_on(row: Ended, main_of: Callable[[str], Ended | None]) -> date | None:
    """Return the day a case was archived; None: it was not, or somebody waits for an answer."""
    if row.merged_into:
        main = main_of(row.merged_into)
        return archived_on(main, main_of) if main else None
    if row.owes:
        return None
    text = None
    if row.status == Status.CLOSED:
        text = row.closed_at or row.recorded_at
    elif row.status in _NEVER_HANDLED:
        text = row.ended_at
    return from_text(text).date() if text else None
