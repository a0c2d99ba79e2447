"""How reports were handled: how long, by whom first, what was answered, what comes again.

Plain SQL over an open connection, read as of a ``seq``. A result counts while it holds: it was
not withdrawn by its last check, nor the case taken up again. Instants are the ledger's text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Status
from sixping.queries.conditions import has_status, not_voided
from sixping.queries.periods import CHECKED, KEYS, WIDTH, bound, held, of_keys
from sixping.queries.photographs import OF_STANDING, as_values, standing_cases
from sixping.reports.period import DIMENSIONS
from sixping.store.rows import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sixping.queries.periods import AsOf, Behind, Period
    from sixping.queries.photographs import Photograph
    from sixping.store.sqlite import Connection

Keys = tuple[str | None, ...]
#: what begins a phone among the forms that make reports comparable
_PHONE = "tel:"


class Length(NamedTuple):
    """How long a case was handled, or is: from when its round began and its unit got it.

    ``assigned`` is None where the ledger knows no assignment; ``end`` is the result, or None of a
    case that is open.
    """

    row: Behind
    begun: str
    assigned: str | None
    end: str | None


def lengths(con: Connection, as_of: AsOf, period: Period) -> list[Length]:
    """Return the results of a period that hold, with their beginnings, by number."""
    rows = con.execute(held(as_of, "s.round_at", "s.assigned_at"), bound(as_of, period)).fetchall()
    told = ((of_keys(row, "number", "seq", "at"), row[-2], row[-1]) for row in rows)
    return [Length(row, begun, assigned, row.at) for row, begun, assigned in told]


def ages(con: Connection, photo: Photograph) -> list[Length]:
    """Return the cases that stood open when a period ended, with their beginnings, by number."""
    if not photo.stock.counted:
        return []
    sql = f"""{standing_cases(photo)} SELECT {KEYS}, s.number, s.round_at, s.assigned_at
      {OF_STANDING} ORDER BY s.number"""
    rows = con.execute(sql, as_values(photo)).fetchall()
    return [Length(of_keys(row, "number", "at"), row[-2], row[-1], None) for row in rows]


def first_leads(con: Connection, as_of: AsOf, period: Period) -> list[Behind]:
    """Return the results of a period whose case was assigned, ``counted`` if the first lead held.

    A decision of the meeting and another grade or category begin the counting anew: what they
    move is no error of the first assignment (二.2). What came in as history has none.
    """
    found = [each.row for each in lengths(con, as_of, period)]
    handed = _handed(con, as_of, [row.number for row in found])
    rows = []
    for row in found:
        first = last = None
        for seq, kind, lead in handed.get(row.number, []):
            if seq > (row.seq or 0):
                break
            if kind == "regraded":
                first = None
            elif lead:
                first = lead if first is None or kind == "decided" else first
                last = lead
        if first and last:
            rows.append(row._replace(counted=first == last))
    return rows


def _handed(
    con: Connection, as_of: AsOf, numbers: Sequence[str]
) -> dict[str, list[tuple[int, str, str | None]]]:
    """Return what handed each case on, in order: ``(seq, kind, lead)``."""
    sql = f"""SELECT e.subject, e.seq, e.kind, json_extract(e.facts, '$.lead') FROM events e
      WHERE e.subject IN (SELECT value FROM json_each(:numbers)) AND e.stream = 'case'
      AND {of_kind("e", "assigned", "decided", "regraded")} AND e.seq <= :seq
      AND {not_voided("e", as_of=True)} ORDER BY e.subject, e.version"""
    found: dict[str, list[tuple[int, str, str | None]]] = {}
    for number, seq, kind, lead in con.execute(
        sql, {"numbers": json.dumps(sorted(set(numbers))), "seq": as_of.seq}
    ):
        found.setdefault(number, []).append((seq, kind, lead))
    return found


class Answer(NamedTuple):
    """A result and what was said of it; ``passed``: its last check, None: there was none."""

    row: Behind
    kind: str | None
    outcome: str | None
    passed: bool | None


def answers(con: Connection, as_of: AsOf, period: Period) -> Iterator[Answer]:
    """Yield the results of a period that hold, each with its words, by number.

    ``outcome`` is what the officer wrote, unmasked; None after an erasure, or of a file's record.
    """
    words = "(SELECT json_extract(t.fields, '$.outcome') FROM told t WHERE t.seq = x.seq)"
    sql = held(as_of, "x.kind", words, f"({CHECKED})")
    for row in con.execute(sql, bound(as_of, period)):
        kind, outcome, passed = row[-3:]
        checked = None if passed is None else passed in {"1", "true"}
        yield Answer(of_keys(row, "number", "seq", "at"), kind, outcome, checked)


class Again(NamedTuple):
    """A place or a caller that reported several times; ``place`` is its form, None: a caller."""

    place: str | None
    numbers: tuple[str, ...]


def again(con: Connection, as_of: AsOf, since: str, period: Period, least: int) -> list[Again]:
    """Return the places and callers with ``least`` reports or more from ``since`` on, most first.

    One of them must have come in within the period. What was withdrawn is no report.
    """
    withdrawn = f"{as_of.holds('s')} AND {has_status('s', Status.WITHDRAWN)}"
    sql = f"""SELECT t.form, e.subject, max(t.received_at) FROM traces t
      JOIN events e ON e.seq = t.seq WHERE t.form IN (
        SELECT r.form FROM traces r WHERE r.received_at {{within}} AND r.seq <= :seq
        GROUP BY r.form HAVING count(*) >= :least)
      AND t.received_at {{within}} AND t.seq <= :seq AND NOT EXISTS (
        SELECT 1 FROM case_states s WHERE s.number = e.subject AND {withdrawn})
      GROUP BY t.form, e.subject ORDER BY t.form, e.subject"""
    values = {**bound(as_of, period), "since": since, "least": least}
    found: dict[str, dict[str, str]] = {}
    for form, number, at in con.execute(sql.format(within="BETWEEN :since AND :last"), values):
        found.setdefault(form, {})[number] = at
    kept = [
        Again(None if form.startswith(_PHONE) else form, tuple(numbers))
        for form, numbers in found.items()
        if len(numbers) >= least and max(numbers.values()) >= period[0]
    ]
    return sorted(kept, key=lambda again: (-len(again.numbers), again.numbers))


class CaseLine(NamedTuple):
    """A case in a list of those behind a figure: nothing that a reporter said."""

    keys: Keys
    number: str
    received_at: str
    status: str
    resolved_at: str | None

    @property
    def platform(self) -> str | None:
        """The platform."""
        return self.keys[tuple(DIMENSIONS).index("platform")]

    @property
    def unit(self) -> str | None:
        """The unit that leads."""
        return self.keys[tuple(DIMENSIONS).index("unit")]

    @property
    def community(self) -> str | None:
        """The community."""
        return self.keys[tuple(DIMENSIONS).index("community")]

    @property
    def category(self) -> str | None:
        """The category."""
        return self.keys[tuple(DIMENSIONS).index("category")]


def lines(con: Connection, as_of: AsOf, numbers: Iterable[str]) -> list[CaseLine]:
    """Return what a list shows of cases, by number."""
    sql = f"""SELECT {KEYS}, s.number, s.received_at, s.status, s.resolved_at FROM case_states s
      WHERE {as_of.holds("s")} AND s.number IN (SELECT value FROM json_each(:numbers))
      ORDER BY s.number"""
    values = {"seq": as_of.seq, "numbers": json.dumps(sorted(set(numbers)))}
    return [CaseLine(tuple(row[:WIDTH]), *row[WIDTH:]) for row in con.execute(sql, values)]
