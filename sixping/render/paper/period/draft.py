"""What the parts of a period's paper share: its report, its words, the numbers of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.render.paper.blocks import Figure, Runs, count, percent
from sixping.render.paper.wording import Numbers, compared, words_of
from sixping.reports.drill import UNNAMED
from sixping.reports.period import DIMENSIONS
from sixping.reports.period import percent as share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.policy.units import Naming
    from sixping.reports.period import PeriodReport

#: rows of a table that are read; all of them stand in the annex and in Excel
SHOWN = 10
NOBODY = "(未分派)"
ROOM = "综合信息指挥室"


class Draft(Numbers):
    """A paper in the making. ``before`` and ``year``: the figures it is compared with, if any."""

    def __init__(self, report: PeriodReport, naming: Naming, room: str = ROOM) -> None:
        """Take the figures, and how the street calls itself and its platforms."""
        super().__init__()
        self.report, self.naming = report, naming
        self.words = words_of(report.kind, report.period, report.as_of)
        self.office = f"{naming.street}{room}"
        self.before = report.previous[1] if report.previous else None
        self.year = report.last_year[1] if report.last_year and self.words.year_before else None

    def total(self, measure: str, *, late: bool = False) -> Figure:
        """Return a total of the period."""
        return count(self.report.totals[measure], measure, late=late)

    def was(self, measure: str) -> int | None:
        """Return a total of the period before; None: nobody knows."""
        return self.before.totals[measure] if self.before else None

    def year_was(self, measure: str) -> int | None:
        """Return a total of the same period a year before; None: nobody knows."""
        return self.year.totals[measure] if self.year else None

    def both(self, measure: str, unit: str = "件") -> Runs:
        """Return how a total compares with the period before and the year before."""
        now = self.report.totals[measure]
        return (
            *compared(now, self.was(measure), self.words.before, unit),
            *compared(now, self.year_was(measure), self.words.year_before, unit),
        )

    def named(self, dimension: str, name: str | None) -> str:
        """Return what a row of a breakdown is called; what has no name stands in its own row."""
        said = self.naming.platform(name) if dimension == "platform" else name
        return said or (NOBODY if dimension == "unit" else UNNAMED)

    def key(self, dimension: str, name: str | None, figure: str) -> str:
        """Return what a figure in a row of a breakdown opens by."""
        return f"by_{dimension}.{name or UNNAMED}.{figure}"

    def says(self, dimension: str) -> bool:
        """Return whether a breakdown says more than that nobody filled it in."""
        return any(row["name"] is not None and row["received"] for row in self.report.by[dimension])

    def unfilled(self, dimension: str) -> Iterator[Runs]:
        """Say how much of what was received stands in no row of a breakdown by place."""
        n = sum(row["received"] for row in self.report.by[dimension] if row["name"] is None)
        if n:
            figure = count(n, self.key(dimension, None, "received"))
            share = percent(share_of(n, self.report.totals["received"]))
            yield (f"{DIMENSIONS[dimension]}未填", figure, "件，占", share, "。")

    def received_before(self, dimension: str, row: dict[str, Any]) -> int | None:
        """Return how many reports of a row came in in the period before; None: nobody knows."""
        if self.before is None or not self.before.received:
            return None
        return self.before.received[dimension].get(row["name"], 0)
