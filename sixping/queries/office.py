"""Counts and names asked of the events of the office (people, meetings, operations)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from sixping.queries.conditions import not_voided
from sixping.store.rows import NO_END, listed, of_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sixping.queries.periods import Period
    from sixping.store.sqlite import Connection

_JOINED = (
    "SELECT e.facts FROM events e"
    f" WHERE e.stream = 'organisation' AND {of_kind('e', 'person_joined')}"
)
_NAMED = (
    "SELECT 1 FROM events e WHERE e.stream <> 'organisation' AND instr(e.facts, :named) > 0"
    f" AND {not_voided('e')} LIMIT 1"
)
_DECIDED = (
    f"SELECT e.subject, e.facts FROM events e WHERE {of_kind('e', 'decided')}"
    f" AND instr(e.facts, :named) > 0 AND {not_voided('e')} ORDER BY e.subject, e.seq"
)

_LAST_SLIP = (
    "SELECT max(json_extract(e.facts, '$.no')) FROM events e"
    f" WHERE {of_kind('e', 'slip_printed', 'meeting_slip_printed')}"
    " AND json_extract(e.facts, '$.slip') = :slip AND json_extract(e.facts, '$.year') = :year"
)


_SWITCHES = (
    "SELECT e.kind, e.facts FROM events e"
    f" WHERE {of_kind('e', 'register_opened', 'register_closed')} AND e.seq <= :seq"
    f" AND {not_voided('e', as_of=True)} ORDER BY e.seq"
)


def registers_begun(con: Connection, as_of: int | None = None) -> dict[str, date]:
    """Return the registers that are kept → the day from which each counts, at seq ``as_of``.

    What ``office.registers`` judges when it is recorded; without the types of its events, for who
    starts all day.
    """
    kept: dict[str, date] = {}
    seq = NO_END if as_of is None else as_of
    for kind, facts in con.execute(_SWITCHES, {"seq": seq}).fetchall():
        said = json.loads(facts)
        if kind == "register_opened":
            kept[said["register"]] = date.fromisoformat(said["day"])
        else:
            kept.pop(said["register"], None)
    return kept


def keeps(con: Connection, register: str, as_of: int | None = None) -> bool:
    """Tell whether the street keeps a register, or kept it at seq ``as_of``."""
    return register in registers_begun(con, as_of)


#: register → what is recorded in it: a stream of its own (``/``), kinds of events, kinds where they
#: say something that only the register lets them say (``kind.fact``)
_RECORDS: Mapping[str, str] = {
    "persons": "handed_over assigned.person decided.person patrolled.sort",
    "procedure": "/procedure",
    "accountability": "/accountability",
    "opinions": "/letter",
    "sources": "source_answered",
    "demands": "demanded demand_answered",
    "instructions": "instructed instruction_answered",
    "transfers": "justice_transferred transfer_replied",
    "enclosures": "enclosed",
    "inspections": "/inspection",
    "services": "material_owed material_received reported.service",
    "rectification": "operation_staged operation_manned operation_day operation_planned.until",
    "meetings": "meeting_excused guest_came task_set.sort",
    "disputes": "mediated",
    "groups": "/group",
    "shifts": "/shift",
}


def used_since(con: Connection, register: str, seq: int) -> int:
    """Count what was recorded in a register after an event, voided entries aside."""
    sql = (
        "SELECT count(*) FROM events e WHERE e.seq > ? AND e.kind <> 'voided'"
        f" AND ({' OR '.join(map(_recorded_as, _RECORDS[register].split()))})"
        f" AND {not_voided('e')}"
    )
    (count,) = con.execute(sql, (seq,)).fetchone()
    return int(count)


def _recorded_as(what: str) -> str:
    kind, dot, fact = what.partition(".")
    if dot:
        return f"(e.kind = '{kind}' AND json_extract(e.facts, '$.{fact}') IS NOT NULL)"
    return f"e.stream = '{kind[1:]}'" if kind.startswith("/") else f"e.kind = '{kind}'"


def decisions(con: Connection, meeting: str) -> dict[str, tuple[str, date]]:
    """Return the cases whose decision names a meeting → the unit and the day it was given (三.2).

    Those of voided decisions aside; of several on one case the last one.
    """
    rows = con.execute(_DECIDED, {"named": f'"meeting":"{meeting}"'}).fetchall()
    said = ((number, json.loads(facts)) for number, facts in rows)
    return {number: (facts["lead"], date.fromisoformat(facts["due"])) for number, facts in said}


def decided_by(con: Connection, meeting: str) -> list[str]:
    """Return the cases whose decision names a meeting, those of voided decisions aside (三.2)."""
    return list(decisions(con, meeting))


def recorded(con: Connection, kind: str, subject: str | None = None) -> int:
    """Count the events of a kind, of one subject or of all; a voided one keeps its number."""
    of_one = "" if subject is None else " AND e.subject = :subject"
    sql = f"SELECT count(*) FROM events e WHERE e.kind = :kind AND {listed('e')}{of_one}"
    (count,) = con.execute(sql, {"kind": kind, "subject": subject}).fetchone()
    return int(count)


def last_slip(con: Connection, slip: str, year: int) -> int:
    """Return the last number that a kind of slip was given in a year; a voided one keeps its own.

    0: none was. Slips about cases and about meetings are of different kinds.
    """
    (last,) = con.execute(_LAST_SLIP, {"slip": slip, "year": year}).fetchone()
    return int(last or 0)


def assigned_to(con: Connection, units: Collection[str], period: Period) -> list[str]:
    """Return the cases that were sent to one of some units in a period."""
    sql = (
        "SELECT DISTINCT e.subject FROM events e WHERE e.stream = 'case'"
        f" AND {of_kind('e', 'assigned', 'decided')} AND e.at BETWEEN :first AND :last"
        " AND json_extract(e.facts, '$.lead') IN (SELECT value FROM json_each(:units))"
        " ORDER BY e.subject"
    )
    first, last = period
    values = {"units": json.dumps(sorted(units)), "first": first, "last": last}
    return [number for (number,) in con.execute(sql, values).fetchall()]


def joined_people(con: Connection) -> list[str]:
    """Return the ids of everybody who ever joined, those voided included."""
    return [json.loads(facts)["person"] for (facts,) in con.execute(_JOINED).fetchall()]


def is_named(con: Connection, person: str) -> bool:
    """Tell whether a record of duty, meetings or the like names a person."""
    return con.execute(_NAMED, {"named": f'"{person}"'}).fetchone() is not None


def entered_by(con: Connection, seqs: Iterable[int]) -> dict[int, tuple[str | None, str]]:
    """Return on whose behalf, and by which account, entries were recorded."""
    rows = con.execute(
        "SELECT e.seq, s.by_name, s.os_user FROM events e JOIN sources s ON s.id = e.source"
        " WHERE e.seq IN (SELECT value FROM json_each(?))",
        (json.dumps(list(seqs)),),
    )
    return {seq: (by, user) for seq, by, user in rows.fetchall()}
