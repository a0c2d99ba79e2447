"""What waits in the registers a street keeps: each adds its lines to the overdue list (五.3)."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

from sixping.documents.cases import summary_of
from sixping.queries.office import registers_begun
from sixping.reports.overdue import Waiting
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from sixping.queries.meetings import OpenTask
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

    Keep = Callable[[CaseRow | OpenTask], bool]
    Lister = Callable[[Connection, datetime, Keep, Rulebooks, date], Iterator[Waiting]]

#: register → the module and what in it lists what waits: ``(con, now, keep, rulebooks, begun)``
OF_REGISTERS: Mapping[str, str] = {
    "persons": "sixping.services.office.persons:waiting",
    "sources": "sixping.services.office.sources:waiting",
    "demands": "sixping.services.office.owing:demands",
    "instructions": "sixping.services.office.owing:instructions",
    "transfers": "sixping.services.office.owing:transfers",
    "accountability": "sixping.services.office.accountability:waiting",
    "opinions": "sixping.services.office.letters:waiting",
    "services": "sixping.services.office.materials:waiting",
    "shifts": "sixping.services.office.shifts:waiting",
}


def waiting(con: Connection, now: datetime, keep: Keep, rulebooks: Rulebooks) -> Iterator[Waiting]:
    """Yield what waits in the registers that are kept.

    What was recorded and is open is listed, also from before the day of the register; what is
    concluded from silence counts from that day (decision 106).
    """
    for register, begun in registers_begun(con).items():
        if register in OF_REGISTERS:
            module, _, name = OF_REGISTERS[register].partition(":")
            lister: Lister = getattr(import_module(module), name)
            yield from lister(con, now, keep, rulebooks, begun)


def waiting_case(row: CaseRow, kind: str, since: str) -> Waiting:
    """Return a case as it waits for something since an instant, at the unit that leads it."""
    return Waiting(
        kind=kind,
        number=row.number,
        severity=row.severity,
        platform=row.platform,
        unit=row.lead,
        community=row.community,
        text=summary_of(row.private),
        since=from_text(since),
        confirmed=bool(row.confirmed),
    )


def close_of(row: CaseRow, day: str, rulebooks: Rulebooks) -> datetime:
    """Return when a day ends that somebody set for a case, by the rules of its receipt."""
    return rulebooks.rules(from_text(row.received_at).date()).close_of(date.fromisoformat(day))
