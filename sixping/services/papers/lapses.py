"""The paper of a period's failures, and what its figures open to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.queries import handled
from sixping.queries.periods import AsOf
from sixping.render.paper.blocks import Cell, Details, Head, Paper, keys_of
from sixping.render.paper.supervision.lapses import TASK, Listed, Place, paper
from sixping.reports.drill import SEEN, PartKey, of_seen, part_named
from sixping.reports.lapsedrill import FIGURES, opened
from sixping.reports.period import DIMENSIONS
from sixping.services.papers import origin_of
from sixping.services.papers.period import HEADS, cells
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sixping.queries.handled import CaseLine
    from sixping.reports.lapses import Lapse
    from sixping.store.sqlite import Connection


def lines_of(con: Connection, now: datetime, numbers: Iterable[str | None]) -> list[CaseLine]:
    """Return what a list shows of cases, as they are now."""
    return handled.lines(con, AsOf.present(con, to_text(now)), filter(None, numbers))


def place_of(line: CaseLine) -> Place:
    """Return the category of a case, and its grid or community."""
    grid = line.keys[tuple(DIMENSIONS).index("grid")]
    return Place(line.category, grid or line.community)


def paper_of(con: Connection, of: Listed, now: datetime, whose: str, *, details: bool) -> Paper:
    """Return the paper; with ``details`` what every figure in it opens to."""
    numbers = {lapse.number for lapse in of.failures} | {row.number for row in of.beside}
    lines = lines_of(con, now, numbers)
    of = of._replace(places={line.number: place_of(line) for line in lines})
    made = paper(of, origin_of(con, now), whose)
    return made._replace(details=_details(of, made, lines)) if details else made


def _details(of: Listed, made: Paper, lines: Iterable[CaseLine]) -> Details:
    named = {key: part_named(key, FIGURES) for key in keys_of(made)}
    tasks = {_name(lapse): _task(lapse) for lapse in of.failures if lapse.number is None}
    return Details(
        tuple(map(Head, HEADS)),
        {line.number: cells(line, of.span.last.year) for line in lines} | tasks,
        {key: _behind(of, each) for key, each in named.items()},
        {
            key: ", ".join(filter(None, (each.name, FIGURES[each.figure])))
            for key, each in named.items()
        },
    )


def _behind(of: Listed, key: PartKey) -> list[str]:
    if key.figure in SEEN:
        return [row.number or "" for row in of_seen(of.beside, key.figure)]
    return [_name(lapse) for lapse in opened(of.failures, key)]


def _name(lapse: Lapse) -> str:
    return lapse.number or f"{TASK} {lapse.evidence[0]}"


def _task(lapse: Lapse) -> tuple[Cell, ...]:
    """Return a task of a meeting as a line among the cases."""
    return (TASK, "", "", lapse.unit or "", "", lapse.why, "")
