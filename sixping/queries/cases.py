"""Cases, lists and logs read from the ledger by plain SQL: fetched, closed, then rendered.

Every function takes a connection of ``store.sqlite.reading`` and returns complete lists of
typed rows. ``as_of`` is a seq: rows as they stood after that event (None: now).
Instants are the fixed-width text of the ledger; ``start <= x < end``. Rows that carry
``private`` hold the JSON of what people said (see ``private_of``; None after an erasure).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import LedgerUnusable, NotFound
from sixping.policy.vocabulary import UNCONFIRMED, Severity, Status
from sixping.queries.conditions import (
    WORDS,
    check_failed,
    clocks,
    counting,
    due_before,
    has_status,
    holds,
    is_open,
    not_voided,
    words,
)
from sixping.queries.office import keeps
from sixping.store import sqlite
from sixping.store.rows import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    EVENT_RECORDED_AT,
    NO_END,
    SAID_COLUMNS,
    CaseRow,
    EventRow,
    OwedRow,
    event_term,
    of_kind,
)
from sixping.util.text import year_and_serial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sixping.store.sqlite import Connection

FILTERS = {
    "community", "grid", "platform", "category", "severity", "status", "channel", "nature",
    "person",
}  # fmt: skip
SEARCHED = (
    "text", "place", "source_no", "outcome", "feedback", "reason", "content", "receipt", "basis",
)  # fmt: skip
#: steps whose standard words are a fact, for they name nobody
_SPOKEN = ("accepted", "extended", "suspended")
#: what is said of a case at intake and amended: as it holds now
SAID = ("text", "place", "source_no")
_AMENDED = (
    "case_words w JOIN case_facts a ON a.seq = w.seq"
    " JOIN case_moves m ON m.number = a.number AND m.to_seq IS NULL"
    " JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.words_seq = w.seq"
)

#: a case ``c`` with what its reporter said ``t``, as ``CaseRow`` has them
CASE_FIELDS = ", ".join([*(f"c.{name}" for name in CASE_COLUMNS), WORDS])

#: the same for who starts all day: the view's text costs as much to compile as to run
_ELSE = {"recorded_at": "f.received_at", "last_seq": "m.from_seq", "round_at": "f.received_at",
    "ended_at": "m.resolved_at", "assist": "'[]'", "others": "'[]'", "urges": "'[]'",
    "parts": "'[]'", "owed": "'[]'"}  # fmt: skip


def _field(name: str) -> str:
    term = f"{'f' if name in SAID_COLUMNS else 'm'}.{name}"
    return f"coalesce({term}, {_ELSE[name]})" if name in _ELSE else term


_FIELDS = ", ".join(map(_field, CASE_COLUMNS))
_SAID = "JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.number = m.number"
_WHOLE = f"{_SAID} {words('m', 'f')}"


class Asked(NamedTuple):
    """What a list is asked: ``unit start end`` and the filters; ``every``: ended cases too."""

    filters: Mapping[str, str | None]
    every: bool = True


class Running(NamedTuple):
    """A clock that counts, and its case."""

    case: CaseRow
    kind: str
    started: str
    due: str
    provisional: bool


def private_of(row: CaseRow | EventRow) -> dict[str, str]:
    """Return what people said with a row, empty after an erasure."""
    return json.loads(row.private) if row.private else {}


def head(con: Connection, as_of: int | None = None) -> tuple[int, str]:
    """Return the last seq (up to ``as_of``) and its hash in hex."""
    row = con.execute(
        "SELECT seq, hash FROM events WHERE seq <= :seq ORDER BY seq DESC LIMIT 1",
        {"seq": NO_END if as_of is None else as_of},
    ).fetchone()
    return (row[0], row[1].hex()) if row else (0, "")


# --- single cases ----------------------------------------------------------------------


def case(con: Connection, number: str, as_of: int | None = None) -> CaseRow:
    """Return a case with what the reporter said; an unknown number raises ``NotFound``.

    A number that only the events know raises ``LedgerUnusable``: its rows are gone.
    """
    row = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m {_WHOLE}"
        f" WHERE m.number = :number AND {holds('m', as_of)}",
        {"number": number, "seq": as_of},
    ).fetchone()
    if row is None:
        _refuse_lost(con, number, as_of)
        hint = "用 sixping list --all 或 search 查找。"
        raise NotFound(f"没有编号为 {number} 的件。", f"{_last_years(con, number)}{hint}")
    return CaseRow(*row)


def _refuse_lost(con: Connection, number: str, as_of: int | None) -> None:
    """Raise ``LedgerUnusable`` where events tell of a case that the tables do not know."""
    row = con.execute(
        "SELECT min(seq) FROM events WHERE subject = ? AND stream = 'case' AND seq <= ?",
        (number, NO_END if as_of is None else as_of),
    ).fetchone()
    if row[0] is not None:
        raise LedgerUnusable(
            f"台账里 {number} 的记录还在 (第 {row[0]} 号起), 汇总表里的却不见了或被改动过。",
            sqlite.DAMAGED,
        )


def counts(con: Connection) -> tuple[int, int]:
    """Return how many cases are open, and how many the ledger knows in all."""
    row = con.execute(
        f"SELECT COALESCE(SUM({is_open('m')}), 0), COUNT(*) FROM case_moves m WHERE {holds('m')}"
    ).fetchone()
    return int(row[0]), int(row[1])


def next_due(con: Connection) -> str | None:
    """Return the nearest due date of all open cases, as ledger text."""
    rows, _ = list_cases(con, limit=1)
    return rows[0].next_due if rows else None


def _last_years(con: Connection, number: str) -> str:
    """Name the open case of the same serial of the year before, if there is one."""
    year, _, serial = number.partition("-")
    former = f"{int(year) - 1:04}-{serial}"
    row = con.execute(
        f"SELECT 1 FROM case_moves m WHERE m.number = ? AND {holds('m')} AND {is_open('m')}",
        (former,),
    ).fetchone()
    return f"去年的 {former} 还在办理, 请写 {year_and_serial(former)}。" if row else ""


#: an event ``e`` with what was said ``t``, as ``EventRow`` has them
EVENT = (
    f"SELECT {', '.join(map(event_term, EVENT_COLUMNS))}, t.fields, v.by_seq, x.by_seq"
    " FROM events e JOIN sources o ON o.id = e.source LEFT JOIN told t ON t.seq = e.seq"
    " LEFT JOIN voids v ON v.seq = e.seq LEFT JOIN erasures x ON x.seq = e.seq"
)


def events(
    con: Connection, number: str, as_of: int | None = None, *, kinds: Sequence[str] = ()
) -> list[EventRow]:
    """Return the log of a case, oldest first; ``kinds``: of these steps alone.

    Voided is what was so by ``as_of``; what was erased since is erased.
    """
    words = ", ".join(f"'{kind}'" for kind in kinds)
    of = f" AND +e.kind IN ({words})" if kinds else ""
    rows = con.execute(
        f"{EVENT} WHERE e.subject = :number AND e.stream = 'case' AND e.seq <= :seq{of}"
        " ORDER BY e.version",
        {"number": number, "seq": NO_END if as_of is None else as_of},
    ).fetchall()
    found = [EventRow(*row) for row in rows]
    if as_of is None:
        return found
    return [row._replace(voided_by=_known_by(row, as_of).voided_by) for row in found]


def page_of_events(
    con: Connection, after: int, last: int, until: int
) -> list[tuple[EventRow, bytes | None]]:
    """Return the events behind ``after`` up to ``last``, each with the salt of its words.

    By whom one was voided or erased is said where that was not later than ``until``.
    """
    rows = con.execute(
        f"{EVENT.replace(' FROM', ', t.salt FROM', 1)} WHERE e.seq > :after AND e.seq <= :last"
        " ORDER BY e.seq",
        {"after": after, "last": last},
    ).fetchall()
    return [(_known_by(EventRow(*row), until), salt) for *row, salt in rows]


def _known_by(row: EventRow, until: int) -> EventRow:
    voided = row.voided_by if (row.voided_by or 0) <= until else None
    erased = row.erased_by if (row.erased_by or 0) <= until else None
    return row._replace(voided_by=voided, erased_by=erased)


def recorded_at(con: Connection, seq: int) -> str:
    """Return when an event was recorded."""
    row = con.execute(
        f"SELECT {EVENT_RECORDED_AT} FROM events e WHERE e.seq = ?", (seq,)
    ).fetchone()
    return str(row[0])


def erased_since(con: Connection, seq: int) -> bool:
    """Return whether anything was erased after an event."""
    found = con.execute(
        f"SELECT 1 FROM events e WHERE {of_kind('e', 'erased')} AND e.seq > ? LIMIT 1", (seq,)
    ).fetchone()
    return found is not None


def events_of(
    con: Connection, numbers: Sequence[str], kinds: Sequence[str], as_of: int = NO_END
) -> dict[str, list[EventRow]]:
    """Return the entries of these kinds in the logs of cases that were effective after ``as_of``.

    By number, oldest first.
    """
    rows = con.execute(
        f"{EVENT} WHERE e.stream = 'case' AND e.subject IN (SELECT value FROM json_each(:numbers))"
        " AND +e.kind IN (SELECT value FROM json_each(:kinds)) AND e.seq <= :as_of"
        " AND (v.by_seq IS NULL OR v.by_seq > :as_of) ORDER BY e.subject, e.version",
        {"numbers": json.dumps(list(numbers)), "kinds": json.dumps(list(kinds)), "as_of": as_of},
    )
    found: dict[str, list[EventRow]] = {}
    for row in rows:
        found.setdefault(row[2], []).append(EventRow(*row))
    return found


def updated_at(con: Connection, rows: Sequence[CaseRow]) -> dict[str, str]:
    """Return when something was last recorded of each case, by number."""
    found = con.execute(
        f"SELECT e.subject, {EVENT_RECORDED_AT} FROM events e"
        " WHERE e.seq IN (SELECT value FROM json_each(:seqs))",
        {"seqs": json.dumps([row.last_seq for row in rows])},
    )
    return dict(found.fetchall())


def answered_since(con: Connection, channel: str, since: str, kinds: Sequence[str]) -> list[str]:
    """Return the numbers, in order, of a channel's cases of which such a step was recorded since.

    What a file of the channel stated of its own report is no news to it. A case that is merged
    into another counts by the other's steps too, from when it was merged on; who stated those
    does not matter: of this number its source does not know it.
    """
    # Who took the time first may record last: what stands behind an event of that very second
    # is later too, and a run is told to go on from the last event it knew.
    recorded = EVENT_RECORDED_AT.replace("e.", "l.")
    behind = f"(SELECT min(l.seq) FROM events l WHERE {recorded} = :since)"
    later = f"({EVENT_RECORDED_AT} >= :since OR e.seq > {behind})"
    told = (
        "SELECT e.subject, instr(e.facts, '\"by_file\":') = 0 FROM events e"
        f" WHERE e.stream = 'case' AND {later}"
        " AND e.kind IN (SELECT value FROM json_each(:kinds))"
    )
    rows = con.execute(
        f"WITH told(number, ours) AS ({told}) SELECT m.number FROM case_moves m {_SAID}"
        f" WHERE {holds('m')} AND f.channel = :channel"
        " AND (m.number IN (SELECT number FROM told WHERE ours)"
        " OR m.merged_into IN (SELECT number FROM told) OR (m.merged_into IN (SELECT n.number"
        f" FROM case_moves n WHERE {holds('n')} AND NOT {is_open('n')}) AND EXISTS"
        " (SELECT 1 FROM events e WHERE e.subject = m.number AND e.stream = 'case'"
        f" AND e.kind = 'merged' AND {later}))) ORDER BY m.number",
        {"channel": channel, "since": since, "kinds": json.dumps(list(kinds))},
    )
    return [number for (number,) in rows.fetchall()]


def _logged(stream: str | None, subject: str | None) -> str:
    """Return the condition of a log; one subject is found by its index, not by reading all."""
    asked = ["e.seq > :since" if subject is None else "+e.seq > :since"]
    asked += ["e.stream = :stream"] if stream is not None else []
    asked += ["e.subject = :subject"] if subject is not None else []
    return " AND ".join(asked)


def log(
    con: Connection,
    *,
    since: int = 0,
    stream: str | None = None,
    subject: str | None = None,
    limit: int | None = None,
) -> tuple[list[EventRow], int]:
    """Return the newest events after a seq, oldest first, and how many were left out."""
    where, asked = _logged(stream, subject), {"since": since, "stream": stream, "subject": subject}
    rows = con.execute(
        f"{EVENT} WHERE {where} ORDER BY e.seq DESC LIMIT :limit",
        {**asked, "limit": NO_END if limit is None else limit},
    ).fetchall()
    (total,) = con.execute(f"SELECT count(*) FROM events e WHERE {where}", asked).fetchone()
    return [EventRow(*row) for row in reversed(rows)], total - len(rows)


# --- lists -----------------------------------------------------------------------------


def list_cases(
    con: Connection,
    *,
    unit: str | None = None,
    start: str | None = None,
    end: str | None = None,
    every: bool = False,
    limit: int | None = None,
    as_of: int | None = None,
    pressing: bool = False,
    **filters: str | None,
) -> tuple[list[CaseRow], int]:
    """Return cases, nearest running due first (``next_due``), and how many were left out.

    ``pressing``: before them the open ones of grade 重大 and those that wait for a decision.
    ``filters``: community grid platform category severity status channel nature.
    ``unit`` matches the lead and those who assist; ``every`` takes ended cases too.
    """
    index, where, values = _asked(con, unit, start, end, every=every, as_of=as_of, filters=filters)
    return _limited(con, index, where, values, limit, as_of, _PRESSING if pressing else "")


_PRESSING = (
    f"CASE WHEN NOT {is_open('m')} THEN 2 WHEN f.severity = '{Severity.MAJOR}' THEN 0"
    f" WHEN {has_status('m', Status.DECISION)} THEN 1 ELSE 2 END, "
)


def count_cases(con: Connection, as_of: int, asked: Asked) -> int:
    """Return how many cases fit what ``list_cases`` is asked, as they stood after an event."""
    index, where, values = _asked_of(con, asked, as_of)
    (count,) = con.execute(
        f"SELECT count(*) FROM case_moves m {index} {_SAID} WHERE {where}", values
    ).fetchone()
    return int(count)


def page_of_cases(
    con: Connection, after: str, most: int, as_of: int, asked: Asked
) -> list[CaseRow]:
    """Return the next ``most`` of them by number, behind ``after``."""
    index, where, values = _asked_of(con, asked, as_of)
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m {index} {_WHOLE}"
        f" WHERE m.number > :after AND {where} ORDER BY m.number LIMIT :most",
        {**values, "after": after, "most": most},
    ).fetchall()
    return [_as_then(con, CaseRow(*row), as_of) for row in rows]


def _as_then(con: Connection, row: CaseRow, as_of: int) -> CaseRow:
    """Return a case with the version and the last entry it had: a note moves no row."""
    if row.last_seq <= as_of:
        return row
    version, last = con.execute(
        "SELECT max(e.version), max(e.seq) FROM events e WHERE e.subject = ? AND e.stream = 'case'"
        " AND e.seq <= ?", (row.number, as_of),
    ).fetchone()  # fmt: skip
    return row._replace(version=version, last_seq=last)


def _asked_of(con: Connection, asked: Asked, as_of: int) -> tuple[str, str, dict[str, object]]:
    filters = dict(asked.filters)
    unit, start, end = (filters.pop(name, None) for name in ("unit", "start", "end"))
    return _asked(con, unit, start, end, every=asked.every, as_of=as_of, filters=filters)


def _asked(
    con: Connection,
    unit: str | None,
    start: str | None,
    end: str | None,
    *,
    every: bool,
    as_of: int | None,
    filters: Mapping[str, str | None],
) -> tuple[str, str, dict[str, object]]:
    """Return the index to go by, the condition and its values of what a list is asked."""
    where = [holds("m", as_of)]
    values: dict[str, object] = {"seq": as_of}
    index = ""
    if not every and filters.get("status") is None:
        where.append(is_open("m"))
        index = "INDEXED BY case_open" if as_of is None else ""
    for name, value in filters.items():
        if name not in FILTERS:
            raise TypeError(name)
        if name == "severity" and value is not None:
            where.append(_of_grade(value))
            values[name] = value
        elif value is not None:
            where.append(f"{'f' if name in SAID_COLUMNS else 'm'}.{name} = :{name}")
            values[name] = value
    if unit is not None:
        asked = f" OR {_ASKED_OF_UNIT}" if keeps(con, "demands", as_of) else ""
        where.append(f"(m.lead = :unit OR instr(m.assist, :quoted) > 0{asked})")
        values |= {"unit": unit, "quoted": json.dumps(unit, ensure_ascii=False)}
    for sign, name, value in ((">=", "start", start), ("<", "end", end)):
        if value is not None:
            where.append(f"f.received_at {sign} :{name}")
            values[name] = value
    return index, " AND ".join(where), values


#: a unit was asked for something on a case and owes the answer (附3.3)
_ASKED_OF_UNIT = (
    "EXISTS (SELECT 1 FROM json_each(m.owed) o WHERE json_extract(o.value, '$.kind') = 'demand'"
    " AND json_extract(o.value, '$.unit') = :unit)"
)


def _of_grade(grade: str) -> str:
    """Return that a case has a grade somebody found, or (``UNCONFIRMED``) none yet."""
    return (
        "f.confirmed = 0" if grade == UNCONFIRMED else "f.severity = :severity AND f.confirmed = 1"
    )


def _limited(
    con: Connection,
    index: str,
    where: str,
    values: Mapping[str, object],
    limit: int | None,
    as_of: int | None,
    before: str = "",
) -> tuple[list[CaseRow], int]:
    valid = holds("k", as_of)
    due = f"SELECT min(k.due) FROM {clocks(as_of)} k WHERE k.number = m.number AND {counting('k')}"
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS}, ({due} AND {valid}) AS next_due"
        f" FROM case_moves m {index} {_WHOLE}"
        f" WHERE {where} ORDER BY {before}next_due NULLS LAST, m.number LIMIT :limit",
        {**values, "limit": NO_END if limit is None else limit},
    ).fetchall()
    limited = [CaseRow(*row) for row in rows]
    if limit is None or len(limited) < limit:
        return limited, 0
    counted = f"SELECT count(*) FROM case_moves m {index} {_SAID} WHERE {where}"
    (total,) = con.execute(counted, values).fetchone()
    return limited, total - len(limited)


def search(
    con: Connection, terms: Sequence[str], limit: int | None = None
) -> tuple[list[CaseRow], int]:
    """Return cases in which every term occurs, in the report or in any step, and the rest's count.

    Literal, ASCII letters in either case; never in names, phones or triage reasons.
    """
    like = "lower({0}) LIKE lower({{0}}) ESCAPE '\\'"

    def occurs(row: str, names: Sequence[str]) -> str:
        return " OR ".join(like.format(f"json_extract({row}.fields, '$.{name}')") for name in names)

    said, steps = occurs("t", SAID), occurs("t", [n for n in SEARCHED if n not in SAID])
    standard = like.format("json_extract(e.facts, '$.feedback')")
    one = (
        f"m.number IN (SELECT n.number FROM case_moves n WHERE {like.format('n.number')}"
        " UNION SELECT e.subject FROM told t"
        f" JOIN events e ON e.seq = t.seq WHERE e.stream = 'case' AND ({steps} OR ({said}) AND NOT"
        " (e.kind = 'amended' OR e.kind IN ('reported', 'imported')"
        f" AND e.subject IN (SELECT m.number FROM {_AMENDED})))"
        f" UNION SELECT m.number FROM {_AMENDED} WHERE {occurs('w', SAID)}"
        f" UNION SELECT e.subject FROM events e WHERE {of_kind('e', *_SPOKEN)} AND {standard})"
    )
    where = [holds("m"), *(one.format(f":term{i}") for i in range(len(terms)))]
    values = {f"term{i}": f"%{_literal(term)}%" for i, term in enumerate(terms)}
    return _limited(con, "", " AND ".join(where), values, limit, None)


def _literal(term: str) -> str:
    for sign in "\\%_":
        term = term.replace(sign, "\\" + sign)
    return term


def names(con: Connection, field: str) -> set[str]:
    """Return the names of a field that cases bear now (``unit community grid category nature``)."""
    column = {"unit": "lead"}.get(field, field)
    if column not in CASE_COLUMNS:
        raise TypeError(field)
    rows = con.execute(f"SELECT DISTINCT {column} FROM case_states WHERE to_seq IS NULL")
    return {row[0] for row in rows if row[0]}


# --- what supervisors watch ------------------------------------------------------------


def running(con: Connection, before: str, as_of: int | None = None) -> list[Running]:
    """Return the counting clocks of open cases that fall due before an instant, nearest first."""
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS}, k.kind, k.started, k.due, k.provisional"
        f" FROM {clocks(as_of)} k JOIN case_moves m ON m.number = k.number {_WHOLE}"
        f" WHERE {holds('k', as_of)} AND {due_before('k', ':before')}"
        f" AND {holds('m', as_of)} AND {is_open('m')} ORDER BY k.due, k.number, k.kind",
        {"before": before, "seq": as_of},
    ).fetchall()
    return [
        Running(CaseRow(*row), kind, started, due, bool(provisional))
        for *row, kind, started, due, provisional in rows
    ]


#: a file told of the assignment, and does not tell whether anybody signed for it
_TOLD_BY_FILE = (
    "EXISTS (SELECT 1 FROM events b WHERE b.subject = m.number AND b.stream = 'case'"
    " AND b.kind = 'assigned' AND b.at = m.assigned_at AND instr(b.facts, '\"by_file\":') > 0)"
)
_UNSIGNED = f"m.signed_at IS NULL AND m.assigned_at IS NOT NULL AND NOT {_TOLD_BY_FILE}"
#: what a case ``m`` waits for → the condition, and the index that holds such cases alone
WAITING: Mapping[str, tuple[str, str]] = {
    "grade": (f"{is_open('m')} AND f.confirmed = 0", "case_open"),
    "emergency": (
        f"m.emergency = 1 AND NOT {has_status('m', Status.DECLINED, Status.WITHDRAWN)}",
        "case_emergency",
    ),
    "decision": (f"{is_open('m')} AND {has_status('m', Status.DECISION)}", "case_open"),
    "unsigned": (
        f"{is_open('m')} AND {has_status('m', Status.HANDLING)} AND {_UNSIGNED}",
        "case_open",
    ),
    "returned": (
        f"{is_open('m')} AND {has_status('m', Status.ACCEPTED)} AND m.returned_at IS NOT NULL",
        "case_open",
    ),
    "unassigned": (
        f"{is_open('m')} AND {has_status('m', Status.ACCEPTED)} AND m.returned_at IS NULL",
        "case_open",
    ),
    "district": (f"{is_open('m')} AND {has_status('m', Status.DISTRICT)}", "case_open"),
    "urge": ("m.urge_level IS NOT NULL", "case_urged"),
    "failed": (f"m.owes_feedback = 1 AND {check_failed('m')}", "case_owing"),
    "feedback": (f"m.owes_feedback = 1 AND NOT {check_failed('m')}", "case_owing"),
}


def waiting(con: Connection, what: str, as_of: int | None = None) -> list[CaseRow]:
    """Return the cases that wait for something (``WAITING``), oldest first.

    A ``grade`` that a person finds (三), the report of an ``emergency``, a ``decision`` (三.2),
    a unit (``unassigned``, 二.2) or another one (``returned``), a signature (``unsigned``), the
    ``district`` (三.3), an answer to a demand (``urge``), to be taken up again after a check that
    ``failed``, ``feedback`` (三.1).
    """
    condition, index = WAITING[what]
    # Without statistics the planner may walk all cases in some order; of the past it has to.
    few = f"INDEXED BY {index}" if as_of is None else ""
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m {few} {_WHOLE}"
        f" WHERE {holds('m', as_of)} AND {condition} ORDER BY f.received_at, m.number",
        {"seq": as_of},
    ).fetchall()
    return [CaseRow(*row) for row in rows]


def held_by_name(con: Connection) -> list[CaseRow]:
    """Return the open cases for which somebody of their unit answers by name (附2.1)."""
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m INDEXED BY case_in_hand {_WHOLE}"
        f" WHERE {holds('m')} AND m.person IS NOT NULL AND {is_open('m')}"
        " ORDER BY f.received_at, m.number"
    ).fetchall()
    return [CaseRow(*row) for row in rows]


def owing(
    con: Connection, kind: str, as_of: int | None = None
) -> Iterator[tuple[CaseRow, OwedRow]]:
    """Yield what of a kind is owed on cases beside their limits, oldest receipt first."""
    few = "INDEXED BY case_due_besides" if as_of is None else ""
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m {few} {_WHOLE}"
        f" WHERE {holds('m', as_of)} AND m.owed IS NOT NULL ORDER BY f.received_at, m.number",
        {"seq": as_of},
    ).fetchall()
    for row in (CaseRow(*row) for row in rows):
        for owed in json.loads(row.owed):
            if owed["kind"] == kind:
                yield row, OwedRow(**owed)


def with_parts(con: Connection, as_of: int | None = None) -> list[CaseRow]:
    """Return the open cases in which units have parts of their own, oldest receipt first."""
    few = "INDEXED BY case_open" if as_of is None else ""
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m {few} {_WHOLE}"
        f" WHERE {holds('m', as_of)} AND {is_open('m')} AND m.parts IS NOT NULL"
        " ORDER BY f.received_at, m.number",
        {"seq": as_of},
    )
    return [CaseRow(*row) for row in rows.fetchall()]


def services_of(con: Connection, seq: int) -> dict[str, str]:
    """Return the item that each application was for, by number, up to an event."""
    sql = "SELECT number, service FROM case_facts WHERE service IS NOT NULL AND seq <= ?"
    return dict(con.execute(sql, (seq,)).fetchall())


def wanted_at_source(con: Connection, before: str) -> list[tuple[CaseRow, str, str]]:
    """Return the open cases whose source wants the result before an instant, by when, of which.

    It may be the date of a report that was merged into the case.
    """
    rows = con.execute(
        f"SELECT {_FIELDS}, {WORDS} FROM case_moves m INDEXED BY case_open {_WHOLE}"
        f" WHERE {holds('m')} AND {is_open('m')}"
        " AND (f.source_due < :before OR m.others IS NOT NULL) ORDER BY m.number",
        {"before": before},
    ).fetchall()
    found = []
    for row in (CaseRow(*row) for row in rows):
        merged = (case(con, report["number"]) for report in json.loads(row.others))
        dues = [(report.source_due, report.number) for report in (row, *merged)]
        found += [(row, due, number) for due, number in dues if due and due < before]
    return found


def failed_at(con: Connection, number: str) -> str | None:
    """Return when the last check of a case, by the order of the log, was made."""
    row = con.execute(
        "SELECT e.at FROM events e WHERE e.subject = :number AND e.kind = 'verified'"
        f" AND e.stream = 'case' AND {not_voided('e')} ORDER BY e.seq DESC LIMIT 1",
        {"number": number},
    ).fetchone()
    return str(row[0]) if row else None
