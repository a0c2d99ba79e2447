"""Counts of what happened in a period, read as of a ``seq``: a query for each sort of figure.

A case counts under the unit and grade it has as of that seq; what was open when the period
ended is for ``photographs``. Instants are fixed-width text, so text order is time order; no
date functions, plain SQL.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sixping.policy.vocabulary import TAKEN_ON, ClockKind, Severity, Status
from sixping.queries.conditions import (
    check_failed,
    clocks,
    end_unknown,
    ended_in_time,
    flag,
    grade,
    has_status,
    has_verdict,
    holds,
    late,
    not_voided,
    number_of,
)
from sixping.reports.period import DIMENSIONS, Tally
from sixping.reports.worked import SCORES
from sixping.store.rows import EVENT_RECORDED_AT, of_kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sixping.store.sqlite import Connection

#: first and last instant of a period, both included
Period = tuple[str, str]

#: no figure rests on a grade that nobody found (三)
GRADE = grade("s")
KEYS = f"s.platform, s.lead, s.community, s.grid, s.channel, s.category, {GRADE}, s.nature"
_ROOMS_KEYS = KEYS.replace("s.lead", "CASE WHEN k.born_late = 1 THEN :room ELSE s.lead END")
WIDTH = len(DIMENSIONS)
_FIRST_COLUMNS = ", ".join(str(place) for place in range(1, WIDTH + 1))
IN_PERIOD = "BETWEEN :first AND :last"

_NEVER = 1_000_000_000
"""A version that no case reaches."""

_RESOLVED = (Status.RESOLVED, Status.CLOSED)
_HANDED = ("assigned", "decided")

#: event kind → total it counts in; what was resolved has a query of its own
_STEPS = (
    "accepted", "declined", "transferred", "guided", "sent_back", "closed", "referred", "reopened",
    "returned", "merged",
)  # fmt: skip


class AsOf(NamedTuple):
    """The state of the ledger a report is made from.

    ``seq`` is its last event, ``moment`` the instant of the report; ``past`` says that
    later events are to be left out, which costs the indexes of the present state.
    """

    seq: int
    head: str
    moment: str
    past: bool = False

    @classmethod
    def present(cls, con: Connection, moment: str) -> Self:
        """Take the ledger as it is."""
        row = con.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return cls(row[0], row[1].hex(), moment)

    @classmethod
    def recorded(cls, con: Connection, moment: str) -> Self:
        """Take the ledger as it was when its last event up to an instant was recorded.

        Order is by ``seq``, never by time: what stands before that event belongs to it,
        also when its clock was ahead (``ahead`` counts those).
        """
        row = con.execute(
            f"SELECT e.seq, e.hash FROM events e WHERE {EVENT_RECORDED_AT} <= :moment"
            " ORDER BY e.seq DESC LIMIT 1",
            {"moment": moment},
        ).fetchone()
        seq, head = (row[0], row[1].hex()) if row else (0, "")
        return cls(seq, head, moment, past=True)

    def ahead(self, con: Connection) -> int:
        """Return how many events of cases carry a time after this moment."""
        sql = (
            "SELECT count(*) FROM events e"
            f" WHERE e.seq <= :seq AND {EVENT_RECORDED_AT} > :moment AND e.stream = 'case'"
        )
        found = con.execute(sql, {"seq": self.seq, "moment": self.moment}).fetchone()
        return int(found[0])

    @property
    def clocks(self) -> str:
        """Return where the rows of clocks are that ``holds`` is asked of."""
        return clocks(self.seq if self.past else None)

    def holds(self, alias: str) -> str:
        """Return the condition that a row of a state table holds as of ``seq``."""
        return holds(alias, self.seq if self.past else None)


def _effective(alias: str) -> str:
    """Return the condition that an event counts as of ``seq``: recorded and not voided."""
    counts = not_voided(alias, as_of=True)
    return f"{alias}.stream = 'case' AND {alias}.seq <= :seq AND {counts}"


def _later(kind: str, alias: str, than: str) -> str:
    """Return the clauses for a later step of a kind of the same case."""
    return (
        f"FROM events {alias} WHERE {alias}.subject = {than}.number AND {alias}.kind = '{kind}'"
        f" AND {alias}.version > {than}.version AND {_effective(alias)}"
    )


# --- what happened in the period -------------------------------------------------------


def _received(as_of: AsOf, more: str = "") -> str:
    """Count reports, and those that the street took on and can finish: a merged one as its main."""
    # looked up for each that was merged: a join would read every case of the ledger
    main = f"SELECT 1 FROM case_states m WHERE m.number = s.merged_into AND {as_of.holds('m')}"
    street = f"({accepted_by_street('s')} OR EXISTS ({main} AND {accepted_by_street('m')}))"
    done = f"({_settled('s')} OR EXISTS ({main} AND {_settled('m')}))"
    unsaid = f"({_end_unsaid('s')} OR EXISTS ({main} AND {_end_unsaid('m')}))"
    return (
        f"SELECT {KEYS}{more}, count(*) AS received,"
        f" {number_of('s.imported = 1')} AS received_filed,"
        f" {number_of(unsaid)} AS finish_rate_left_out,"
        f" {number_of(street)} AS received_accepted,"
        f" {number_of(f'{street} AND {done}')} AS received_resolved"
        f" FROM case_states s WHERE s.received_at {IN_PERIOD} AND {as_of.holds('s')}"
        f" AND NOT {has_status('s', Status.WITHDRAWN)} GROUP BY {KEYS}{more}"
    )


def _settled(case: str) -> str:
    """Return that a case was resolved, and no check withdrew its result."""
    return f"({has_status(case, *_RESOLVED)} AND NOT {check_failed(case)})"


def _end_unsaid(case: str) -> str:
    """Return that nobody wrote down whether the street settled a case of its own."""
    return f"{has_status(case, Status.UNKNOWN)} AND {case}.severity <> '{Severity.MAJOR}'"


def accepted_by_street(case: str) -> str:
    """Return that a case was accepted and is the street's to finish (三.1, 三.2)."""
    return f"{has_status(case, *TAKEN_ON)} AND {case}.severity <> '{Severity.MAJOR}'"


def _taken(as_of: AsOf, more: str = "") -> str:
    counts = ", ".join(f"""{number_of(f"e.kind = '{kind}'")} AS {kind}""" for kind in _STEPS)
    return (
        f"SELECT {KEYS}{more}, {counts} FROM events e JOIN case_states s ON s.number = e.subject"
        f" WHERE {of_kind('e', *_STEPS)} AND e.at {IN_PERIOD} AND {_effective('e')}"
        f" AND {as_of.holds('s')} GROUP BY {KEYS}{more}"
    )


def _assigned(as_of: AsOf, more: str = "") -> str:
    """Count assignments (件次), and those returned before the next one."""
    again = (
        "SELECT min(n.version) FROM events n WHERE n.subject = e.subject"
        f" AND {of_kind('n', *_HANDED)} AND n.version > e.version AND {_effective('n')}"
    )
    before_next = f"r.version < coalesce(a.again, {_NEVER})"
    returned = f"EXISTS (SELECT 1 {_later('returned', 'r', 'a')} AND {before_next})"
    return (
        f"SELECT {KEYS}{more}, count(*) AS assigned, {number_of(returned)} AS assigned_returned"
        f" FROM (SELECT e.subject AS number, e.version, e.seq, e.at, ({again}) AS again"
        "  FROM events e"
        f"  WHERE {of_kind('e', *_HANDED)} AND e.at {IN_PERIOD} AND {_effective('e')}"
        f") a JOIN case_states s ON s.number = a.number WHERE {as_of.holds('s')}"
        f" GROUP BY {KEYS}{more}"
    )


#: the result of a record of the past that came in later: nobody knows whether anybody was told
_BEFORE_IT_CAME_IN = """EXISTS (SELECT 1 FROM events i WHERE i.subject = e.subject
    AND i.kind = 'imported' AND e.at < coalesce(i.recorded_at, i.at))"""
#: of a result that a file states, what it says of the telling, or nothing
_TOLD_BY_FILE = """WHEN CAST(json_extract(e.facts, '$.answered') AS TEXT) IN ('1', 'true') THEN 1
    WHEN json_extract(e.facts, '$.answered') IS NOT NULL THEN 0
    WHEN json_extract(e.facts, '$.by_file') IS NOT NULL THEN NULL"""
#: what ended a case as resolved: a step, or the line of a file that says so
RESOLUTIONS = f"""
  SELECT e.subject AS number, e.version, 0 AS filed,
    CASE {_TOLD_BY_FILE} WHEN {_BEFORE_IT_CAME_IN} THEN NULL ELSE 0 END AS told,
    CAST(json_extract(e.facts, '$.satisfaction') AS INTEGER) AS score, e.seq, e.at,
    json_extract(e.facts, '$.outcome_kind') AS kind
  FROM events e
  WHERE {of_kind("e", "resolved", "refer_replied")} AND e.at {IN_PERIOD}
    AND {_effective("e")} AND (e.kind = 'resolved' OR json_extract(e.facts, '$.returned') IS NULL)
  UNION ALL SELECT i.number, 1, 1, i.fed_back, i.satisfaction, i.intake_seq, i.ended_at,
    CAST(NULL AS TEXT)
  FROM case_states i
  WHERE i.imported = 1 AND i.from_seq = i.intake_seq AND i.from_seq <= :seq
    AND {has_status("i", *_RESOLVED)} AND i.ended_at {IN_PERIOD}"""

#: a step, or a file that says that the reporter was told, or how satisfied he was
_FED_BACK = """(f.kind = 'fed_back' OR (f.kind = 'source_stated'
  AND (CAST(json_extract(f.facts, '$.answered') AS TEXT) IN ('1', 'true')
    OR json_extract(f.facts, '$.satisfaction') IS NOT NULL)))"""
#: its feedback is what follows before the case is reopened, whatever is the case's present round
_UNTIL_REOPENED = (
    f"FROM events f WHERE f.subject = x.number AND {_FED_BACK} AND {_effective('f')}"
    " AND f.version > x.version AND f.version < x.reopened"
)
_FAILED = "'0', 'false'"  # as the one database and the other gives it
#: told with everybody who can be reached: not who was still anonymous then
_NAMED = f"""coalesce((SELECT CAST(json_extract(m.facts, '$.anonymous') AS TEXT) FROM events m
  WHERE m.subject = x.number AND m.kind IN ('reported', 'imported', 'amended')
  AND {_effective("m")} AND m.version < f.version
  AND json_extract(m.facts, '$.anonymous') IS NOT NULL ORDER BY m.version DESC LIMIT 1), '0')
  IN ({_FAILED})"""
_OWN = (
    "(json_extract(f.facts, '$.to') IS NULL"
    f" AND (json_extract(f.facts, '$.everyone') IS NULL OR {_NAMED}))"
)
#: the repeat reports a case answers for when it is resolved: merged in and not taken out again
_OTHERS = f"""FROM events a WHERE a.subject = x.number AND a.kind = 'absorbed'
  AND {_effective("a")} AND a.version < x.version
  AND json_extract(a.facts, '$.reachable') IS NULL AND NOT EXISTS (SELECT 1 FROM events o
    WHERE o.subject = a.subject AND o.kind = 'released' AND {_effective("o")}
    AND o.version > a.version AND o.version < x.reopened
    AND json_extract(o.facts, '$.number') = json_extract(a.facts, '$.number'))"""
_ANSWERED = f"""EXISTS (SELECT 1 {_UNTIL_REOPENED}
  AND (json_extract(f.facts, '$.everyone') IS NOT NULL
    OR json_extract(f.facts, '$.to') = json_extract(a.facts, '$.number')))"""
#: what the last check of a result found, before the case was reopened
CHECKED = f"""SELECT CAST(json_extract(c.facts, '$.passed') AS TEXT) FROM events c
  WHERE c.subject = x.number AND c.kind = 'verified' AND {_effective("c")}
  AND c.version > x.version AND c.version < x.reopened ORDER BY c.version DESC LIMIT 1"""
_ENDINGS = f"""
  SELECT x.number, x.seq, x.at, x.filed, {flag(f"x.reopened < {_NEVER}")} AS again,
    {flag(f"x.told = 1 OR EXISTS (SELECT 1 {_UNTIL_REOPENED} AND {_OWN})")} AS told,
    {flag(f"x.told IS NULL AND NOT EXISTS (SELECT 1 {_UNTIL_REOPENED} AND {_OWN})")} AS unsaid,
    (SELECT count(*) {_OTHERS}) AS others,
    (SELECT count(*) {_OTHERS} AND {_ANSWERED}) AS others_told,
    coalesce((SELECT CAST(json_extract(f.facts, '$.satisfaction') AS INTEGER) {_UNTIL_REOPENED}
      AND json_extract(f.facts, '$.satisfaction') IS NOT NULL ORDER BY f.version DESC LIMIT 1),
      x.score) AS score,
    {flag(f"x.reopened < {_NEVER} OR ({CHECKED}) IN ({_FAILED})")} AS withdrawn
  FROM (SELECT r.*, coalesce((SELECT min(g.version) {_later("reopened", "g", "r")}), {_NEVER})
    AS reopened FROM ({RESOLUTIONS}) r) x"""


_REPORTERS_TOLD = "(1 - s.anonymous) * x.told + x.others_told"


def _resolved(as_of: AsOf, more: str = "") -> str:
    """Count results (件次), and their reporters (人): one withdrawn owes no more than was told.

    A result that a file told is in no rate of what followed: it is the last one, as far as the
    file goes, and may not say whether the reporter was told.
    """
    return f"""SELECT {KEYS}{more}, count(*) AS resolved,
      {number_of("x.filed = 0")} AS resolved_here,
      {number_of("x.filed = 1")} AS reopened_rate_left_out,
      sum(x.again * (1 - x.filed)) AS resolved_reopened,
      sum(CASE WHEN x.withdrawn = 1 THEN {_REPORTERS_TOLD}
        ELSE (1 - s.anonymous) * (1 - x.unsaid) + x.others END) AS resolved_owing,
      sum((1 - s.anonymous) * x.unsaid) AS feedback_rate_left_out,
      sum({_REPORTERS_TOLD}) AS resolved_fed_back,
      count(x.score) AS scored, {number_of("x.score >= :satisfied")} AS satisfied,
      {", ".join(f"{number_of(f'x.score = {n}')} AS score_{n}" for n in SCORES)}
      FROM ({_ENDINGS}) x JOIN case_states s ON s.number = x.number
      WHERE {as_of.holds("s")} GROUP BY {KEYS}{more}"""


_FINISH = f"k.kind = '{ClockKind.FINISH}'"
#: what became of a finish limit that was missed → its condition among those of the cohort
_LATE = {
    "late_resolved": f"{_FINISH} AND k.dropped = 0 AND k.stopped > k.due",
    "late_open": f"{_FINISH} AND k.dropped = 0 AND k.stopped IS NULL",
    "left_late": f"{_FINISH} AND k.dropped = 1 AND k.stopped > k.due",
}


def _fell_due(as_of: AsOf, more: str = "") -> str:
    """Count clocks due in the period that have ended or are past due.

    One whose case left in time (regraded, declined) gave no verdict; one whose end
    nobody recorded has none, nor has one that stands still. A limit born late is the room's.
    """
    in_time = ended_in_time("k")
    counts = ", ".join(
        f"{number_of(is_kind)} AS {kind}_due, {number_of(f'{is_kind} AND {in_time}')} AS {kind}_met"
        for kind in ClockKind
        for is_kind in [f"k.kind = '{kind}'"]
    )
    counts += "".join(f", {number_of(how)} AS finish_{name}" for name, how in _LATE.items())
    return (
        f"SELECT {_ROOMS_KEYS}{more}, {counts} FROM {as_of.clocks} k"
        " JOIN case_states s ON s.number = k.number"
        f" WHERE k.due {IN_PERIOD} AND {has_verdict('k')}"
        f" AND ({in_time} OR {late('k', ':moment')})"
        f" AND NOT (k.dropped = 1 AND {in_time})"
        f" AND {as_of.holds('k')} AND {as_of.holds('s')} GROUP BY {_FIRST_COLUMNS}{more}"
    )


def _of_unknown_end(as_of: AsOf) -> str:
    """Return what follows FROM of the clocks due in the period that are in no cohort."""
    return (
        f"{as_of.clocks} k JOIN case_states s ON s.number = k.number WHERE k.due {IN_PERIOD}"
        f" AND {end_unknown('k')} AND {as_of.holds('k')} AND {as_of.holds('s')}"
    )


def _left_out(as_of: AsOf, more: str = "") -> str:
    """Count the limits due in the period of which nobody wrote down how they ended."""
    counts = (f"""{number_of(f"k.kind = '{kind}'")} AS {kind}_left_out""" for kind in ClockKind)
    return (
        f"SELECT {_ROOMS_KEYS}{more}, {', '.join(counts)} FROM {_of_unknown_end(as_of)}"
        f" GROUP BY {_FIRST_COLUMNS}{more}"
    )


_MEASURES = (_received, _taken, _assigned, _resolved, _fell_due, _left_out)
#: what tells the rows apart that a statement counts: its figures open by these
_DETAILS: Mapping[Callable[..., str], Mapping[str, str]] = {
    _received: {"number": "s.number", "seq": "s.intake_seq", "at": "s.received_at"},
    _taken: {"number": "s.number", "seq": "e.seq", "at": "e.at"},
    _assigned: {"number": "s.number", "seq": "a.seq", "at": "a.at"},
    _resolved: {"number": "s.number", "seq": "x.seq", "at": "x.at"},
    _fell_due: {
        "number": "s.number", "clock": "k.kind", "round": "k.round", "due": "k.due",
        "at": "k.stopped",
    },
    _left_out: {"number": "s.number", "clock": "k.kind", "round": "k.round", "due": "k.due"},
}  # fmt: skip


def tallies(
    con: Connection, as_of: AsOf, period: Period, *, satisfied: int, room: str
) -> list[Tally]:
    """Return every measure of what happened in a period; ``room`` answers for limits born late."""
    values = bound(as_of, period) | {"satisfied": satisfied, "room": room}
    found: list[Tally] = []
    for measure in _MEASURES:
        found += split(con.execute(measure(as_of), values))
    return found


class Behind(NamedTuple):
    """One thing behind a figure, under the facts it counts by; ``counted``: in the numerator.

    ``keys``: the facts in the order of ``DIMENSIONS``.
    """

    number: str
    unit: str | None
    community: str | None
    counted: bool
    seq: int | None = None
    at: str | None = None
    clock: str | None = None
    round: int | None = None
    due: str | None = None
    keys: tuple[str | None, ...] = ()


class Thing(NamedTuple):
    """One thing that a statement counts, and how often under each of its measures."""

    row: Behind
    counts: Mapping[str, int]


def things(
    con: Connection, as_of: AsOf, period: Period, *, satisfied: int, room: str
) -> Iterator[Thing]:
    """Yield what every measure of ``tallies`` counts, thing by thing, by the same statements."""
    values = bound(as_of, period) | {"satisfied": satisfied, "room": room}
    for measure in _MEASURES:
        details = _DETAILS[measure]
        more = "".join(f", {term}" for term in details.values())
        yield from opened(con.execute(measure(as_of, more), values), tuple(details))


def opened(cursor: sqlite3.Cursor, details: Sequence[str]) -> Iterator[Thing]:
    """Yield what the rows of a query count: ``KEYS``, ``details``, then measures."""
    names = [column[0] for column in cursor.description[WIDTH + len(details) :]]
    for row in cursor:
        measures = zip(names, row[WIDTH + len(details) :], strict=True)
        counts = {name: int(count) for name, count in measures if count}
        if counts:
            yield Thing(of_keys(row, *details), counts)


def of_pair(found: Iterable[Thing], n: str, d: str) -> list[Behind]:
    """Return as many rows as ``d`` counts, those that ``n`` counts marked, by their numbers."""
    rows = (
        thing.row._replace(counted=place < thing.counts.get(n, 0))
        for thing in found
        for place in range(thing.counts.get(d, 0))
    )
    return sorted(rows, key=lambda row: (row.number, row.at or "", row.due or ""))


def names_of(con: Connection, seqs: Iterable[int]) -> dict[int, str | None]:
    """Return on whose behalf events were recorded."""
    rows = con.execute(
        "SELECT e.seq, o.by_name FROM events e JOIN sources o ON o.id = e.source"
        " WHERE e.seq IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(set(seqs))),),
    )
    return {row[0]: row[1] for row in rows}


def bound(as_of: AsOf, period: Period) -> dict[str, Any]:
    """Return the parameters of a period."""
    first, last = period
    return {"first": first, "last": last, "seq": as_of.seq, "moment": as_of.moment}


def split(cursor: sqlite3.Cursor) -> Iterator[Tally]:
    """Yield a tally for each measure of a row, which begins with ``KEYS``; none for 0."""
    names = [column[0] for column in cursor.description[WIDTH:]]
    for row in cursor:
        values = tuple(row)
        for name, count in zip(names, values[WIDTH:], strict=True):
            if count:
                yield Tally(name, values[:WIDTH], int(count))


#: a result that was withdrawn (its last check failed), or after which the case was taken up
#: again, is none
_HELD = (
    f"(SELECT r.*, {_NEVER} AS reopened FROM ({RESOLUTIONS}) r) x"
    f" WHERE NOT EXISTS (SELECT 1 {_later('reopened', 'g', 'x')})"
    f" AND coalesce(({CHECKED}), '') NOT IN ({_FAILED})"
)


def results(con: Connection, as_of: AsOf, period: Period) -> list[tuple[str | None, Behind]]:
    """Return the results of a period that hold, each with what it came to (None: nobody said)."""
    rows = con.execute(held(as_of, "x.kind"), bound(as_of, period)).fetchall()
    return [(row[-1], of_keys(row, "number", "seq", "at")) for row in rows]


def held(as_of: AsOf, *more: str) -> str:
    """Return the query of the results that hold: ``KEYS``, number, seq, instant, then ``more``."""
    columns = ", ".join((KEYS, "x.number", "x.seq", "x.at", *more))
    return f"""SELECT {columns} FROM (SELECT x.* FROM {_HELD}) x
      JOIN case_states s ON s.number = x.number AND {as_of.holds("s")} ORDER BY x.number, x.at"""


def of_keys(row: Sequence[Any], *names: str) -> Behind:
    """Return a row of a query of ``KEYS`` and the columns of these names."""
    keys = tuple(row[:WIDTH])
    told = dict(zip(names, row[WIDTH:], strict=False))
    return Behind(unit=keys[1], community=keys[2], counted=True, keys=keys, **told)


class LeftOut(NamedTuple):
    """A limit of a case that is in no cohort: nobody wrote down how it ended."""

    clock: str
    number: str
    due: str


def left_out(con: Connection, as_of: AsOf, period: Period) -> list[LeftOut]:
    """Return the limits behind ``left_out`` of a report, by clock and number."""
    sql = f"SELECT k.kind, k.number, k.due FROM {_of_unknown_end(as_of)} ORDER BY 1, 2"
    return [LeftOut(*row) for row in con.execute(sql, bound(as_of, period))]


# --- months ----------------------------------------------------------------------------


def months(con: Connection, as_of: AsOf, periods: Iterable[Period]) -> list[tuple[int, int]]:
    """Return ``(received, resolved)`` of each period."""
    sql = (
        f"SELECT (SELECT count(*) FROM case_states s WHERE s.received_at {IN_PERIOD}"
        f" AND {as_of.holds('s')} AND NOT {has_status('s', Status.WITHDRAWN)}),"
        f" (SELECT count(*) FROM ({RESOLUTIONS}) e)"
    )
    rows = (con.execute(sql, bound(as_of, period)).fetchone() for period in periods)
    return [(row[0], row[1]) for row in rows]


def flows(con: Connection, as_of: AsOf, period: Period) -> list[Tally]:
    """Return the same of one period by the facts that the cases count under."""
    values = bound(as_of, period)
    received = f"""SELECT {KEYS}, count(*) AS received FROM case_states s
      WHERE s.received_at {IN_PERIOD} AND {as_of.holds("s")}
      AND NOT {has_status("s", Status.WITHDRAWN)} GROUP BY {KEYS}"""
    resolved = f"""SELECT {KEYS}, count(*) AS resolved FROM ({RESOLUTIONS}) x
      JOIN case_states s ON s.number = x.number WHERE {as_of.holds("s")} GROUP BY {KEYS}"""
    return [tally for sql in (received, resolved) for tally in split(con.execute(sql, values))]
