"""The only reader: plain SQL over the ledger to rows; fetched, closed, then rendered.

Open with ``reading``; every function takes that connection and returns complete lists of
``sqlite3.Row``. ``as_of`` is a seq: rows as they stood after that event (None: now).
Instants are the fixed-width text of the ledger; ``start <= x < end``. Rows that carry
``private`` hold the JSON of what people said (see ``private_of``; None after an erasure).
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sixping.errors import NotFound, UsageFault
from sixping.store import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Rows = list[sqlite3.Row]

FILTERS = {"community", "grid", "platform", "category", "severity", "status", "channel"}
SEARCHED = ("text", "place", "outcome", "feedback", "reason", "content", "receipt", "basis")

_NUMBER = re.compile(r"\d{4}-\d{6,9}")
_RUNNING = "k.stopped IS NULL AND k.unknown = 0 AND k.due IS NOT NULL AND k.held_at IS NULL"
_CASE = (
    "SELECT c.*, t.fields AS private FROM case_states c {}LEFT JOIN told t ON t.seq = c.intake_seq"
)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[sqlite3.Connection]:
    """Read one state of the ledger; close before rendering, writers wait for it.

    Raises ``LedgerUnusable``, ``LedgerBusy``, ``NoPermission`` or ``InputOutput``.
    """
    con = sqlite.open_reader(path)
    try:
        con.row_factory = sqlite3.Row
        with sqlite.explained_sqlite(os.fspath(path), ""):
            con.execute("BEGIN")
            yield con
    finally:
        con.close()


def private_of(row: sqlite3.Row) -> dict[str, str]:
    """Return what people said with a row, empty after an erasure."""
    return json.loads(row["private"]) if row["private"] else {}


def full_number(text: str, year: int) -> str:
    """Complete ``123`` to this year's number; anything else that is none is a usage fault."""
    of_year, dash, serial = text.strip().rpartition("-")
    full = f"{of_year if dash else year}-{serial:0>6}"
    if not (full.isascii() and serial and _NUMBER.fullmatch(full)):
        raise UsageFault(f"这不是编号: {text}", "编号形如 2026-000123, 本年的可只写 123。")
    return full


def head(con: sqlite3.Connection, as_of: int | None = None) -> tuple[int, str]:
    """Return the last seq (up to ``as_of``) and its hash in hex."""
    row = con.execute(
        "SELECT seq, hash FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
        (as_of if as_of is not None else 1 << 62,),
    ).fetchone()
    return (row[0], row[1].hex()) if row else (0, "")


def valid(alias: str, as_of: int | None) -> str:
    """Return the condition that a row of a state table held after event ``:seq`` (or holds)."""
    if as_of is None:
        return f"{alias}.to_seq IS NULL"
    return f"{alias}.from_seq <= :seq AND ({alias}.to_seq IS NULL OR {alias}.to_seq > :seq)"


# --- single cases ----------------------------------------------------------------------


def case(con: sqlite3.Connection, number: str, as_of: int | None = None) -> sqlite3.Row:
    """Return a case with what the reporter said; an unknown number raises ``NotFound``."""
    row = con.execute(
        f"{_CASE.format('')} WHERE c.number = :number AND {valid('c', as_of)}",
        {"number": number, "seq": as_of},
    ).fetchone()
    if row is None:
        raise NotFound(f"没有编号为 {number} 的件。", "用 sixping list --all 或 search 查找。")
    found: sqlite3.Row = row
    return found


def clocks(con: sqlite3.Connection, number: str, as_of: int | None = None) -> Rows:
    """Return the clocks of a case: rounds oldest first, in each accept refer finish ceiling."""
    return con.execute(
        f"SELECT k.* FROM clock_states k WHERE k.number = :number AND {valid('k', as_of)}"
        " ORDER BY k.round, CASE k.kind WHEN 'accept' THEN 0 WHEN 'refer' THEN 1"
        " WHEN 'finish' THEN 2 ELSE 3 END",
        {"number": number, "seq": as_of},
    ).fetchall()


_EVENT = (
    "SELECT e.*, t.fields AS private, v.by_seq AS voided_by, x.by_seq AS erased_by"
    " FROM events e LEFT JOIN told t ON t.seq = e.seq"
    " LEFT JOIN voids v ON v.seq = e.seq LEFT JOIN erasures x ON x.seq = e.seq"
)


def events(con: sqlite3.Connection, number: str, as_of: int | None = None) -> Rows:
    """Return the log of a case, oldest first, with ``private``, ``voided_by``, ``erased_by``."""
    return con.execute(
        f"{_EVENT} WHERE e.subject = :number AND e.stream = 'case'"
        " AND (:seq IS NULL OR e.seq <= :seq) ORDER BY e.version",
        {"number": number, "seq": as_of},
    ).fetchall()


def _logged(stream: str | None, subject: str | None) -> str:
    """Return the condition of a log; one subject is found by its index, not by reading all."""
    asked = ["e.seq > :since" if subject is None else "+e.seq > :since"]
    asked += ["e.stream = :stream"] if stream is not None else []
    asked += ["e.subject = :subject"] if subject is not None else []
    return " AND ".join(asked)


def log(
    con: sqlite3.Connection,
    *,
    since: int = 0,
    stream: str | None = None,
    subject: str | None = None,
    limit: int | None = None,
) -> Rows:
    """Return the ledger's events after a seq; the newest ``limit`` of them, oldest first."""
    rows = con.execute(
        f"{_EVENT} WHERE {_logged(stream, subject)} ORDER BY e.seq DESC LIMIT :limit",
        {
            "since": since,
            "stream": stream,
            "subject": subject,
            "limit": -1 if limit is None else limit,
        },
    ).fetchall()
    return rows[::-1]


def log_size(
    con: sqlite3.Connection,
    *,
    since: int = 0,
    stream: str | None = None,
    subject: str | None = None,
) -> int:
    """Return how many events ``log`` would give without a limit."""
    counted = f"SELECT count(*) FROM events e WHERE {_logged(stream, subject)}"
    asked = {"since": since, "stream": stream, "subject": subject}
    row = con.execute(counted, asked).fetchone()
    return int(row[0])


# --- lists -----------------------------------------------------------------------------


def list_cases(
    con: sqlite3.Connection,
    *,
    unit: str | None = None,
    start: str | None = None,
    end: str | None = None,
    every: bool = False,
    limit: int | None = None,
    as_of: int | None = None,
    **filters: str | None,
) -> tuple[Rows, int]:
    """Return cases, nearest running due first (``next_due``), and how many were left out.

    ``filters``: community grid platform category severity status channel. ``unit`` matches
    the lead and those who assist; ``every`` takes ended cases too.
    """
    where = [valid("c", as_of)]
    values: dict[str, object] = {"seq": as_of}
    index = ""
    if not every and filters.get("status") is None:
        where.append("c.open = 1")
        index = " INDEXED BY case_open" if as_of is None else ""
    for name, value in filters.items():
        if name not in FILTERS:
            raise TypeError(name)
        if value is not None:
            where.append(f"c.{name} = :{name}")
            values[name] = value
    if unit is not None:
        where.append("(c.lead = :unit OR instr(c.assist, :quoted))")
        values |= {"unit": unit, "quoted": json.dumps(unit, ensure_ascii=False)}
    for sign, name, value in ((">=", "start", start), ("<", "end", end)):
        if value is not None:
            where.append(f"c.received_at {sign} :{name}")
            values[name] = value
    return _limited(con, f"c{index}", " AND ".join(where), values, limit, as_of)


def _limited(
    con: sqlite3.Connection,
    cases: str,
    where: str,
    values: Mapping[str, object],
    limit: int | None,
    as_of: int | None,
) -> tuple[Rows, int]:
    due = f"SELECT min(k.due) FROM clock_states k WHERE k.number = c.number AND {_RUNNING}"
    rows = con.execute(
        f"SELECT c.*, t.fields AS private, ({due} AND {valid('k', as_of)}) AS next_due"
        f" FROM case_states {cases} LEFT JOIN told t ON t.seq = c.intake_seq"
        f" WHERE {where} ORDER BY next_due IS NULL, next_due, c.number LIMIT :limit",
        {**values, "limit": -1 if limit is None else limit},
    ).fetchall()
    if limit is None or len(rows) < limit:
        return rows, 0
    counted = f"SELECT count(*) FROM case_states {cases} WHERE {where}"
    (total,) = con.execute(counted, values).fetchone()
    return rows, total - len(rows)


def search(
    con: sqlite3.Connection, terms: Sequence[str], limit: int | None = None
) -> tuple[Rows, int]:
    """Return cases in which every term occurs, in the report or in any step, and the rest's count.

    Literal, ASCII letters in either case; never in names, phones or triage reasons.
    """
    fields = " OR ".join(
        f"json_extract(t.fields, '$.{name}') LIKE {{0}} ESCAPE '\\'" for name in SEARCHED
    )
    one = (
        "c.number IN (SELECT number FROM cases WHERE number LIKE {0} ESCAPE '\\'"
        " OR source_no LIKE {0} ESCAPE '\\' UNION SELECT e.subject FROM told t"
        f" JOIN events e ON e.seq = t.seq WHERE e.stream = 'case' AND ({fields}))"
    )
    where = ["c.to_seq IS NULL", *(one.format(f":term{i}") for i in range(len(terms)))]
    values = {f"term{i}": f"%{_literal(term)}%" for i, term in enumerate(terms)}
    return _limited(con, "c", " AND ".join(where), values, limit, None)


def _literal(term: str) -> str:
    for sign in "\\%_":
        term = term.replace(sign, "\\" + sign)
    return term


def names(con: sqlite3.Connection, field: str) -> set[str]:
    """Return the names of a field (``unit community grid category``) that cases bear now."""
    column = {"unit": "lead", "community": "community", "grid": "grid", "category": "category"}
    rows = con.execute(f"SELECT DISTINCT {column[field]} FROM case_states WHERE to_seq IS NULL")
    return {row[0] for row in rows if row[0]}


# --- what supervisors watch ------------------------------------------------------------


def running(con: sqlite3.Connection, before: str, as_of: int | None = None) -> Rows:
    """Return the running clocks of open cases that are due before an instant, with the case.

    Columns of the case plus ``kind clock_round started due workdays clause provisional``.
    """
    return con.execute(
        "SELECT c.*, t.fields AS private, k.kind, k.round AS clock_round, k.started, k.due,"
        " k.workdays, k.clause, k.provisional"
        " FROM clock_states k JOIN case_states c ON c.number = k.number"
        " LEFT JOIN told t ON t.seq = c.intake_seq"
        f" WHERE {valid('k', as_of)} AND {_RUNNING} AND k.due < :before"
        f" AND {valid('c', as_of)} AND c.open = 1 ORDER BY k.due, k.number, k.kind",
        {"before": before, "seq": as_of},
    ).fetchall()


#: what is waited for → the condition, and the index that holds such cases alone
_WAITING = {
    "decision": ("c.open = 1 AND c.status = '待会商'", "case_open"),
    "unsigned": ("c.open = 1 AND c.status = '办理中' AND c.signed_at IS NULL", "case_open"),
    "returned": ("c.open = 1 AND c.status = '待分派' AND c.returned_at IS NOT NULL", "case_open"),
    "urge": ("c.urge_level IS NOT NULL", "case_urged"),
    "feedback": ("c.owes_feedback = 1", "case_owing"),
}


def waiting(con: sqlite3.Connection, what: str, as_of: int | None = None) -> Rows:
    """Return the cases that wait for a ``decision`` (三.2), a signature (``unsigned``), another
    unit (``returned``), an answer to a demand (``urge``) or ``feedback`` (三.1), oldest first.
    """  # noqa: D205 - one sentence
    which, index = _WAITING[what]
    # Without statistics the planner walks an index of all cases; of the past there is none.
    found = _CASE.format("" if as_of is not None else f"INDEXED BY {index} ")
    return con.execute(
        f"{found} WHERE {valid('c', as_of)} AND {which} ORDER BY c.received_at, c.number",
        {"seq": as_of},
    ).fetchall()
