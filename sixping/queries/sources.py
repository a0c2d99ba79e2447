"""Which results the sources of reports were told, from the rows of cases and their steps.

Every function takes a connection of ``store.sqlite.reading``; ``as_of`` is a seq (None: now).
Instants are the fixed-width text of the ledger.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Status
from sixping.queries.cases import events_of
from sixping.queries.conditions import has_status, holds
from sixping.queries.kinds import of_kinds
from sixping.store.rows import NO_END

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sixping.store.rows import EventRow
    from sixping.store.sqlite import Connection


class Result(NamedTuple):
    """A report with a result, its own or that of the case ``main`` it was merged into.

    ``answered_at``: when its source was told this result, None: nobody said so. ``stated``: its
    own source stated the result, and needs not be told.
    """

    number: str
    main: str
    channel: str
    received_at: str
    resolved_at: str
    unit: str | None
    community: str | None
    platform: str | None
    answered_at: str | None = None
    stated: bool = False


class _Told(NamedTuple):
    """That a source was told: when, by which event, of which report (``""``: of all)."""

    at: str
    seq: int
    whose: str


_ANSWERED = "source_answered"
#: the kinds of events that give a case its result
ENDINGS = ("imported", "resolved", "refer_replied")
_RESULT = f"{has_status('p', Status.RESOLVED, Status.CLOSED)} AND p.resolved_at >= :start"
_COLUMNS = "c.number, p.number, c.channel, c.received_at, p.resolved_at, p.lead, c.community"


def results(
    con: Connection, channels: Collection[str], start: str, end: str, as_of: int | None = None
) -> list[Result]:
    """Return the reports of these channels that have a result of ``start <= instant < end``."""
    found = _found(con, "c.channel", channels, (start, end), as_of)
    told = of_kinds(con, (_ANSWERED,), as_of, start) if found else []
    return _judged(con, found, told, as_of)


def of_reports(con: Connection, numbers: Collection[str], as_of: int | None = None) -> list[Result]:
    """Return those of these reports that have a result now."""
    found = _found(con, "c.number", numbers, ("", "~"), as_of)
    mains = list({row.main for row in found})
    told = events_of(con, mains, (_ANSWERED,), NO_END if as_of is None else as_of)
    return _judged(con, found, [event for events in told.values() for event in events], as_of)


def _found(
    con: Connection,
    column: str,
    values: Collection[str],
    period: tuple[str, str],
    as_of: int | None,
) -> list[Result]:
    of = "c.merged_into"
    found = [
        f"SELECT {_COLUMNS}, c.platform FROM case_states c JOIN case_states p ON p.number = {whose}"
        f" WHERE {holds('c', as_of)} AND {holds('p', as_of)}"
        f" AND {column} IN (SELECT value FROM json_each(:values))"
        f" AND {which} AND {_RESULT} AND p.resolved_at < :end"
        for whose, which in (("c.number", f"{of} IS NULL"), (of, f"{of} IS NOT NULL"))
    ]
    start, end = period
    rows = con.execute(
        f"{' UNION ALL '.join(found)} ORDER BY 1",
        {"values": json.dumps(list(values)), "start": start, "end": end, "seq": as_of},
    ).fetchall()
    return [Result(*row) for row in rows]


def _told(events: Iterable[EventRow]) -> dict[str, list[_Told]]:
    """Return by case when the source of which report was told; of all its reports: ``""``."""
    found: dict[str, list[_Told]] = {}
    for event in events:
        facts = json.loads(event.facts)
        whose = "" if facts.get("everyone") else facts.get("to") or event.subject
        found.setdefault(event.subject, []).append(_Told(event.at, event.seq, whose))
    return found


def _judged(
    con: Connection, rows: list[Result], events: Iterable[EventRow], as_of: int | None
) -> list[Result]:
    told = _told(events)
    ties = {
        row.main for row in rows for each in told.get(row.main, ()) if each.at == row.resolved_at
    }
    ended = _ends(con, list(ties), as_of)
    answered = [
        row._replace(answered_at=_answered_at(row, told.get(row.main, ()), ended.get(row.main, ())))
        for row in rows
    ]
    open_ = [row.number for row in answered if row.answered_at is None and row.number == row.main]
    stated = _stated(con, open_, as_of)
    return [row._replace(stated=row.number in stated) for row in answered]


def _answered_at(row: Result, told: Iterable[_Told], ends: Iterable[EventRow]) -> str | None:
    """Return when the source was told; of one moment, what was recorded after the result."""
    result = (row.resolved_at, max((e.seq for e in ends if e.at == row.resolved_at), default=0))
    mine = (each for each in told if each.whose in ("", row.number))
    return max((each.at for each in mine if (each.at, each.seq) >= result), default=None)


def _ends(con: Connection, numbers: list[str], as_of: int | None) -> Mapping[str, list[EventRow]]:
    """Return by case the events that gave it a result."""
    return events_of(con, numbers, ENDINGS, NO_END if as_of is None else as_of)


def _stated(con: Connection, numbers: list[str], as_of: int | None) -> set[str]:
    """Return the cases whose present result a file stated."""
    ends = _ends(con, numbers, as_of)
    final = ((number, events[-1]) for number, events in ends.items())
    return {n for n, e in final if e.kind == "imported" or json.loads(e.facts).get("by_file")}
