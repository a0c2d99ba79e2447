"""Reports of one caller, what is private of a case, and who did what with personal data.

A caller is found by whole values only: a phone, whatever its spelling, by its comparable form
(table ``traces``); a name has none, so that the first of its characters chooses the texts that
are read.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.contactkeys import contact_keys
from sixping.queries.conditions import holds, not_voided
from sixping.reports.retention import Ended
from sixping.store.rows import EVENT_RECORDED_AT, of_kind
from sixping.util import several

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sixping.store.sqlite import Connection

_OF_PHONE = (
    "SELECT DISTINCT e.subject FROM traces t JOIN events e ON e.seq = t.seq"
    " WHERE t.form IN (SELECT value FROM json_each(?))"
)
_READ = "instr({0}.fields, ?) > 0 AND json_extract({0}.fields, '$.reporter') IS NOT NULL"
_NAMED = (
    "SELECT f.number, json_extract(t.fields, '$.reporter') FROM case_facts f"
    f" JOIN told t ON t.seq = f.seq WHERE {_READ.format('t')}"
)


def plain_name(name: str) -> str:
    """Return a name without blanks, in one width and case: by that two are the same."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def of_phone(con: Connection, phone: str) -> set[str]:
    """Return the cases that a phone reported, as registered or as amended."""
    forms = json.dumps(contact_keys(phone, None))
    return {number for (number,) in con.execute(_OF_PHONE, (forms,)).fetchall()}


def plain_names(field: str) -> set[str]:
    """Return the names in a field, each as ``plain_name`` has it, and the field as a whole."""
    return {plain_name(name) for name in (field, *several.names(field))}


def of_name(con: Connection, name: str) -> set[str]:
    """Return the cases whose reporter, or one of several, bears or bore this very name."""
    wanted = plain_name(name)
    first = wanted[:1]
    # A letter has other widths and cases: only a Han character stands for itself.
    sign = first if unicodedata.category(first) == "Lo" else ""
    rows = con.execute(_NAMED, (sign,)).fetchall()
    return {number for number, reporter in rows if wanted in plain_names(reporter)}


# --- what is private of a case --------------------------------------------------------------

#: the stream of what is held back from every erasure (legal hold), by the number of the case
HOLDS = "retention"
_OF_CASE = (
    "SELECT t.seq FROM events e JOIN told t ON t.seq = e.seq"
    f" WHERE e.subject = :number AND e.stream IN ('case', '{HOLDS}') ORDER BY t.seq"
)
_MERGED_WITH = (
    "SELECT coalesce(json_extract(e.facts, '$.into'), json_extract(e.facts, '$.number'))"
    f" FROM events e WHERE e.subject = ? AND {of_kind('e', 'merged', 'absorbed')}"
    " AND e.stream = 'case'"
)
_LOOKED_UP = (
    "SELECT e.seq, json_extract(t.fields, '$.phone'), json_extract(t.fields, '$.name')"
    f" FROM events e JOIN told t ON t.seq = e.seq WHERE {of_kind('e', 'looked_up')}"
    " AND e.stream = 'job'"
)
_ELSEWHERE = (
    "SELECT t.seq, e.stream, e.subject FROM told t JOIN events e ON e.seq = t.seq"
    " WHERE t.seq NOT IN (SELECT value FROM json_each(?)) AND EXISTS"
    " (SELECT 1 FROM json_each(?) n WHERE instr(t.fields, n.value) > 0) ORDER BY t.seq"
)
_HELD = f"""SELECT e.subject, max(e.seq), e.kind FROM events e
  WHERE {of_kind("e", "hold_set", "hold_lifted")} AND e.stream = '{HOLDS}' GROUP BY e.subject"""
_SWEPT = (
    f"SELECT coalesce(max(s.seq), 0) FROM events s WHERE {of_kind('s', 'swept')}"
    " AND s.stream = 'organisation'"
)
_UNSWEPT = " UNION ".join(
    f"SELECT CAST(j.{what} AS INTEGER) FROM events e, json_each(e.facts, '$.{name}') j"
    f" WHERE {of_kind('e', 'erased')} AND e.stream = 'organisation' AND e.seq > ({_SWEPT})"
    for name, what in (("seqs", "value"), ("kept", "key"))
)
_ERASURES = (
    "SELECT e.seq, e.at, CASE WHEN EXISTS (SELECT 1 FROM json_each(e.facts, '$.numbers') n"
    " WHERE n.value = :number) THEN 'record' ELSE 'contact' END FROM events e"
    f" WHERE {of_kind('e', 'erased')} AND e.stream = 'organisation' AND (EXISTS"
    " (SELECT 1 FROM json_each(e.facts, '$.numbers') n WHERE n.value = :number) OR EXISTS"
    " (SELECT 1 FROM json_each(e.facts, '$.contacts') n WHERE n.value = :number)) ORDER BY e.seq"
)


class Elsewhere(NamedTuple):
    """A record of something else that says the same name, phone or number."""

    seq: int
    stream: str
    subject: str


def private_seqs(con: Connection, number: str) -> list[int]:
    """Return the events of a case that have private text, its holds among them."""
    return [seq for (seq,) in con.execute(_OF_CASE, {"number": number}).fetchall()]


def merged_with(con: Connection, number: str) -> list[str]:
    """Return the cases that a case was ever merged with, one through another, itself not."""
    found = {number: None}
    for each in (waiting := [number]):
        others = [other for (other,) in con.execute(_MERGED_WITH, (each,)).fetchall()]
        waiting += [other for other in dict.fromkeys(others) if other not in found]
        found |= dict.fromkeys(others)
    return [*found][1:]


def looked_up(con: Connection, phones: Iterable[str], names: Iterable[str]) -> list[int]:
    """Return the look-ups of one of these phones or names."""
    forms = {form for phone in phones for form in contact_keys(phone, None)}
    plain = {plain for name in names for plain in plain_names(name)}
    return [
        seq
        for seq, phone, name in con.execute(_LOOKED_UP).fetchall()
        if forms.intersection(contact_keys(phone, None)) or (name and plain_name(name) in plain)
    ]


def job_texts(con: Connection) -> list[tuple[int, str]]:
    """Return seq and private text of what was looked up, revealed or given out."""
    return con.execute(
        "SELECT e.seq, t.fields FROM events e JOIN told t ON t.seq = e.seq"
        " WHERE e.stream = 'job' ORDER BY e.seq"
    ).fetchall()


def elsewhere(con: Connection, seqs: Sequence[int], needles: Sequence[str]) -> list[Elsewhere]:
    """Return the other events whose private text has one of the needles in it."""
    if not needles:
        return []
    written = [json.dumps(needle, ensure_ascii=False)[1:-1] for needle in needles]
    asked = (json.dumps(list(seqs)), json.dumps(written, ensure_ascii=False))
    return [Elsewhere(*row) for row in con.execute(_ELSEWHERE, asked).fetchall()]


class Beside(NamedTuple):
    """What was recorded beside the cases; ``private``: its words, None where it has none."""

    seq: int
    stream: str
    subject: str
    facts: str
    private: str | None


_BESIDE = (
    "SELECT e.seq, e.stream, e.subject, e.facts, t.fields FROM events e LEFT JOIN told t"
    " ON t.seq = e.seq"
)


def beside(con: Connection) -> list[Beside]:
    """Return what was recorded beside the cases, oldest first."""
    sql = f"{_BESIDE} WHERE e.stream NOT IN ('case', 'job', '{HOLDS}') ORDER BY e.seq"
    return [Beside(*row) for row in con.execute(sql).fetchall()]


def of_subject(con: Connection, stream: str, subject: str) -> list[Beside]:
    """Return what was recorded of one meeting, operation and the like, oldest first."""
    sql = f"{_BESIDE} WHERE e.subject = ? AND e.stream = ? ORDER BY e.seq"
    return [Beside(*row) for row in con.execute(sql, (subject, stream)).fetchall()]


def held(con: Connection) -> set[str]:
    """Return the cases that are held back from every erasure."""
    return {number for number, _, kind in con.execute(_HELD).fetchall() if kind == "hold_set"}


def unfinished(con: Connection) -> list[int]:
    """Return the events whose words went without the file being written anew after it."""
    return [seq for (seq,) in con.execute(_UNSWEPT).fetchall()]


def erasures_of(con: Connection, number: str) -> list[dict[str, Any]]:
    """Return when a case, or the contact data of its reporter, was erased, oldest first.

    ``track``: ``record`` or ``contact``.
    """
    rows = con.execute(_ERASURES, {"number": number}).fetchall()
    return [{"seq": seq, "at": at, "track": track} for seq, at, track in rows]


_CLOSED = f"""(SELECT max(e.at) FROM events e WHERE e.subject = m.number AND e.stream = 'case'
  AND e.kind = 'closed' AND {not_voided("e")})"""
_ARCHIVED = f"""SELECT m.number, m.status, coalesce(m.ended_at, m.resolved_at), {_CLOSED},
  coalesce(f.recorded_at, f.received_at), m.owes_feedback, m.merged_into, f.category,
  f.severity"""
_SAID = "JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.number = m.number"
_OVER = f"{holds('m')} AND m.open = 0"
_ENDED = f"""{_ARCHIVED}, max(CASE WHEN e.kind IN ('reported', 'imported', 'amended') AND (
    json_extract(t.fields, '$.reporter') IS NOT NULL
    OR json_extract(t.fields, '$.phone') IS NOT NULL) THEN 1 ELSE 0 END)
  FROM case_moves m {_SAID} JOIN events e ON e.subject = m.number AND e.stream = 'case'
  JOIN told t ON t.seq = e.seq WHERE {_OVER} GROUP BY m.number"""
_ONE = f"{_ARCHIVED}, 0 FROM case_moves m {_SAID} WHERE {_OVER} AND m.number = ?"


def ended(con: Connection) -> list[Ended]:
    """Return the cases that ended and have private text, by number."""
    return [Ended(*row) for row in con.execute(_ENDED).fetchall()]


def archived(con: Connection, number: str) -> Ended | None:
    """Return one of them, whether it has private text or not; None where it is handled."""
    row = con.execute(_ONE, (number,)).fetchone()
    return Ended(*row) if row else None


_TEXTS = (
    "SELECT e.seq, e.kind, t.fields FROM events e JOIN told t ON t.seq = e.seq"
    f" WHERE e.subject = :number AND e.stream IN ('case', '{HOLDS}') ORDER BY e.seq"
)


def private_texts(con: Connection, number: str) -> list[tuple[int, str, str]]:
    """Return seq, kind and private text of the events of a case, its holds among them."""
    return con.execute(_TEXTS, {"number": number}).fetchall()


# --- who did what -------------------------------------------------------------------------


class Deed(NamedTuple):
    """One time that somebody looked at personal data, gave it out, erased or held it.

    ``facts`` and ``private`` as they are recorded; ``gone``: what was private was erased.
    """

    seq: int
    at: str
    by: str | None
    account: str
    kind: str
    subject: str
    facts: dict[str, Any]
    private: dict[str, Any]
    gone: bool = False


def deeds(con: Connection, kinds: Iterable[str], since: str = "", until: str = "9") -> list[Deed]:
    """Return events of these kinds beside the cases, recorded at ``since <= x < until``."""
    rows = con.execute(
        f"SELECT e.seq, {EVENT_RECORDED_AT}, o.by_name, o.os_user || '@' || o.host, e.kind,"
        " e.subject, e.facts, t.fields, x.seq IS NOT NULL FROM events e"
        " JOIN sources o ON o.id = e.source"
        " LEFT JOIN told t ON t.seq = e.seq LEFT JOIN erasures x ON x.seq = e.seq"
        f" WHERE {of_kind('e', *kinds)} AND e.stream <> 'case'"
        f" AND {EVENT_RECORDED_AT} >= :since AND {EVENT_RECORDED_AT} < :until ORDER BY e.seq",
        {"since": since, "until": until},
    ).fetchall()
    return [_deed(row) for row in rows]


def _deed(row: tuple[Any, ...]) -> Deed:
    *envelope, facts, private, gone = row
    told = json.loads(private) if private else {}
    seq, at, by, account, kind, subject = envelope
    return Deed(seq, at, by, account, kind, subject, json.loads(facts), told, bool(gone))
