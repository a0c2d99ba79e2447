"""The work of grids (附3.2): what was reported, how much of it held, how soon it was answered.

Pure. A volume never stands without the share that was valid; working days are whole.
"""

from __future__ import annotations

from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.reports.period import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

VALID = "已决定受理与否的上报中, 予以受理的"
ACCEPTED = "全部上报中, 予以受理的"


class GridReport(NamedTuple):
    """One report of a grid: ``accepted`` None while undecided, ``workdays`` to that answer."""

    number: str
    community: str | None
    grid: str | None
    worker: str | None
    accepted: bool | None
    workdays: int | None


class Round(NamedTuple):
    """One patrol: the grids it covered, who went, on which day."""

    grids: tuple[str, ...]
    people: tuple[str, ...]
    day: date | None = None


class Place(NamedTuple):
    """A grid of the street, with those who work in it."""

    grid: str
    community: str
    workers: tuple[str, ...] = ()


class Line(NamedTuple):
    """One row: a community, one of its grids, or one of its workers.

    Counts are None in a period before the ledger's first day.
    """

    level: str  # community, grid, worker
    community: str | None
    grid: str | None
    worker: str | None
    reports: int | None
    decided: int | None
    accepted: int | None
    valid: dict[str, Any]
    accepted_share: dict[str, Any]
    feedback_workdays: float | None
    patrols: int | None
    covered: dict[str, Any] | None
    """Share of a community's grids that were patrolled; None for the other levels."""
    numbers: tuple[str, ...]
    without_grid: int = 0
    """Reports of a community that name none of its grids; 0 for the other levels."""


class Work(NamedTuple):
    """The lines of a period and what they count; ``known``: the ledger reaches back to it.

    ``rounds`` are patrols that cover grids (附2.3); ``otherwise``: how often teams went in a way
    that does not (附3.2).
    """

    lines: Sequence[Line]
    places: Sequence[Place]
    workers: Sequence[tuple[str | None, str]]
    """Everybody who has a line, as (community, id)."""
    reports: Sequence[GridReport]
    rounds: Sequence[Round]
    known: bool
    otherwise: Mapping[str, int] = MappingProxyType({})

    def reports_of(self, level: str, name: str | None) -> list[GridReport]:
        """Return the reports that a line counts; without a level those of all communities."""
        if level == "worker":
            return [report for report in self.reports if report.worker == name]
        if level == "grid":
            homes = {place.community for place in self.places if place.grid == name}
            return [r for r in self.reports if r.grid == name and r.community in homes]
        communities = {line.community for line in self.lines if not level or line.community == name}
        return [r for r in self.reports if (r.community or None) in communities]

    def rounds_of(self, level: str, name: str | None) -> list[Round]:
        """Return the patrols that a line counts; without a level those of all grids."""
        if level == "worker":
            return [each for each in self.rounds if name in each.people]
        grids = {p.grid for p in self.places if not level or getattr(p, level) == name}
        return [each for each in self.rounds if not grids.isdisjoint(each.grids)]


def grid_lines(
    places: Sequence[Place],
    staff: Sequence[tuple[str, str]],
    reports: Sequence[GridReport],
    rounds: Sequence[Round],
    *,
    whole: bool = True,
) -> list[Line]:
    """Return communities with their grids and workers, in the order of ``places``.

    ``staff`` are the workers of communities themselves, as (community, worker). Reports
    that name no community stand under None, where the ``whole`` street is told. A worker's are
    his wherever they are of.
    """
    communities = dict.fromkeys(place.community for place in places)
    communities |= dict.fromkeys(c for c, _ in staff)
    lines: list[Line] = []
    for community in [*communities, None] if whole else communities:
        own = [r for r in reports if (r.community or None) == community]
        inside = [place for place in places if place.community == community]
        if community is None and not own:
            continue
        went = [r for r in rounds if any(place.grid in r.grids for place in inside)]
        seen = sum(any(place.grid in r.grids for r in rounds) for place in inside)
        total = _line("community", own, len(went), community)
        covered = _share(seen, len(inside), "本社区网格中, 巡查过的")
        nameless = sum(not report.grid for report in own)
        lines.append(total._replace(covered=covered, without_grid=nameless))
        for place in inside:
            at_grid = [report for report in own if report.grid == place.grid]
            patrols = sum(place.grid in each.grids for each in rounds)
            lines.append(_line("grid", at_grid, patrols, community, place.grid))
            lines += [
                _of_worker(community, place.grid, worker, reports, rounds)
                for worker in place.workers
            ]
        for where, worker in staff:
            if where == community:
                lines.append(_of_worker(community, None, worker, reports, rounds))
    return lines


def unknown(line: Line, *, patrolled: bool) -> Line:
    """Return a line of a period before the first day: nothing is known of it, it is not 0.

    ``patrolled``: patrols of the period are on record all the same.
    """
    line = line._replace(reports=None, decided=None, accepted=None)
    if patrolled:
        return line
    none = line.covered and _share(0, 0, line.covered["cohort"])
    return line._replace(patrols=None, covered=none)


def _of_worker(
    community: str | None, grid: str | None, worker: str, reports: Iterable[GridReport],
    rounds: Iterable[Round],
) -> Line:  # fmt: skip
    own = [report for report in reports if report.worker == worker]
    patrols = sum(worker in each.people for each in rounds)
    return _line("worker", own, patrols, community, grid, worker)


def _line(
    level: str,
    reports: Sequence[GridReport],
    patrols: int,
    community: str | None,
    grid: str | None = None,
    worker: str | None = None,
) -> Line:
    decided = sum(report.accepted is not None for report in reports)
    accepted = sum(report.accepted is True for report in reports)
    days = [report.workdays for report in reports if report.workdays is not None]
    return Line(
        level, community, grid, worker, len(reports), decided, accepted,
        _share(accepted, decided, VALID), _share(accepted, len(reports), ACCEPTED),
        float(median(days)) if days else None, patrols, None,
        tuple(report.number for report in reports),
    )  # fmt: skip


def _share(n: int, d: int, cohort: str) -> dict[str, Any]:
    return {"n": n, "d": d, "rate": percent(n, d), "cohort": cohort}
