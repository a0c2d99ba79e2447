"""Who of a case handled together still owes what (四.1): parts of units, materials."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import materials_json, summary_of
from sixping.documents.phrases import GONE
from sixping.queries import cases
from sixping.queries.office import keeps
from sixping.reports.overdue import Waiting
from sixping.services.office.waiting import close_of, waiting_case
from sixping.services.personal.named import Named
from sixping.util.clock import from_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.services.office.waiting import Keep
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

KEY = "services"
KIND = "material"
APPLICANT = "申请人"
#: what is owed → what people call it
WHAT = {"part": "分工", KIND: "材料"}


def waiting(
    con: Connection, now: datetime, keep: Keep, rulebooks: Rulebooks, _: date
) -> Iterator[Waiting]:
    """Yield the materials that a unit owes, and those whose day has passed.

    What an applicant has not brought yet is no lapse of anybody before its day.
    """
    for row, owed in cases.owing(con, KIND):
        unit = owed.unit or row.lead
        here = keep(row._replace(lead=unit, assist="[]"))
        if not row.open or not here:
            continue
        due = close_of(row, owed.due, rulebooks) if owed.due else None
        if owed.unit is None and (due is None or due >= now):
            continue
        yield waiting_case(row, KIND, owed.since)._replace(
            unit=unit,
            due=due,
            remarks=(f"{owed.unit or APPLICANT}: {_name(con, row, owed.n)}",),
        )


def _name(con: Connection, row: CaseRow, n: int, as_of: int | None = None) -> str:
    """Return what a material is called: as the catalogue has it, else in masked words."""
    people = Named(con, as_of).of_case(row)
    lacking = materials_json(row, cases.events(con, row.number, as_of), people)
    return next((str(each["name"]) for each in lacking if each["n"] == n), GONE)


def owes(
    con: Connection, now: datetime, rulebooks: Rulebooks, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Return what is still owed on open cases: ``what`` is ``part`` or ``material``.

    As it stood after seq ``as_of``; nothing while the register sleeps.
    ``by``: who owes it, None: the applicant; ``age`` in working days; oldest first.
    """
    if not keeps(con, KEY, as_of):
        return []

    def late(row: CaseRow, due: str | None) -> bool:
        return due is not None and close_of(row, due, rulebooks) < now

    found = [
        _row(row, "part", part["unit"], part["set_at"], part["due"])
        | {"late": late(row, part["due"])}
        for row in cases.with_parts(con, as_of)
        for part in json.loads(row.parts)
        if part["done_at"] is None
    ]
    found += [
        _row(row, KIND, owed.unit, owed.since, owed.due)
        | {
            "n": owed.n,
            "name": _name(con, row, owed.n, as_of),
            "late": late(row, owed.due),
        }
        for row, owed in cases.owing(con, KIND, as_of)
        if row.open
    ]
    calendar = rulebooks.calendar
    for line in found:
        line["age"] = workdays_between(from_text(line["since"]).date(), now.date(), calendar)
    return sorted(found, key=lambda line: (line["since"], line["number"]))


def _row(row: CaseRow, what: str, by: str | None, since: str, due: str | None) -> dict[str, Any]:
    return {
        "number": row.number, "service": row.service, "what": what, "n": None, "name": None,
        "by": by,
        "since": since, "due": due, "unit": row.lead, "summary": summary_of(row.private),
    }  # fmt: skip
