"""What the registers have that stand on cases: words of leaders, demands, transfers, enclosures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.besides import SORTS, besides
from sixping.documents.cases import event_json
from sixping.errors import UsageFault
from sixping.office.registers import require
from sixping.policy.registers import REGISTERS
from sixping.queries import cases
from sixping.queries.kinds import of_kinds
from sixping.services.office import sources
from sixping.services.personal.named import Named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: the registers that are kept on cases
ON_CASES = (*SORTS, sources.REGISTER)

#: the other registers → what lists them
LISTED_BY: Mapping[str, str] = {
    "persons": "list --person 人员",
    "procedure": "assess procedure",
    "accountability": "accountability list",
    "opinions": "assess letters",
    "inspections": "inspection list",
    "services": "service owes",
    "rectification": "operation list",
    "meetings": "meeting attendance --month",
    "disputes": "disputes --month",
    "groups": "groups list",
    "shifts": "shift list",
}


class Asked(NamedTuple):
    """Which entries are wanted: opened ``start <= instant < end``, of a unit, answered ones too."""

    start: str | None = None
    end: str | None = None
    unit: str | None = None
    every: bool = False
    reveal: bool = False


def entries(
    con: Connection, rulebooks: Rulebooks, register: str, asked: Asked, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Return the entries of a register, oldest first, as they stood after a seq.

    Raises ``UsageFault`` for a register that does not stand on cases, ``NotAllowed`` while it
    sleeps.
    """
    if register not in ON_CASES:
        title = REGISTERS[register].title
        raise UsageFault(f"{title}不在这里列出。", f"请用 sixping {LISTED_BY[register]}。")
    begun = require(con, register, as_of).isoformat()
    if register == sources.REGISTER:
        found = sources.listed(con, rulebooks, max(begun, asked.start or ""), asked.end, as_of)
    else:
        found = _of_steps(con, register, asked, as_of)
    rows = [row for row in found if asked.unit in {None, row["unit"]}]
    return [row for row in rows if asked.every or not row.get("answered_at")]


def _of_steps(
    con: Connection, register: str, asked: Asked, as_of: int | None
) -> Iterator[dict[str, Any]]:
    sort, named = SORTS[register], Named(con, as_of)
    logs: dict[str, list[dict[str, Any]]] = {}
    kinds = tuple(filter(None, (sort.opens, sort.closes)))
    for row in of_kinds(con, kinds, as_of, asked.start or ""):
        if row.kind != sort.opens or asked.end is None or row.at < asked.end:
            people = named.of(row.stream, row.subject, {}, row.private)
            event = event_json(row, reveal=asked.reveal, people=people)
            logs.setdefault(row.subject, []).append(event | {"voided_by": None})
    found = [
        {"number": number, **entry, "unit": entry.get("to") or cases.case(con, number, as_of).lead}
        for number, log in logs.items()
        for entry in besides(log)[register]
    ]
    return iter(sorted(found, key=lambda entry: entry["seq"]))
