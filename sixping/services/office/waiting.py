"""What waits in the registers a street keeps: each adds its lines to the overdue list (五.3)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sixping.queries.office import registers_begun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from sixping.queries.meetings import OpenTask
    from sixping.reports.overdue import Waiting
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
    """Yield what waits in the registers that are kept and have begun, each from its day on."""
    for register, begun in registers_begun(con).items():
        if register in OF_REGISTERS and begun <= now.date():
            module, _, name = OF_REGISTERS[register].partition(":")
            lister: Lister = getattr(import_module(module), name)
            yield from lister(con, now, keep, rulebooks, begun)
