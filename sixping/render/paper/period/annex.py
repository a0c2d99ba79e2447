"""The full tables behind a period's paper, and what each rate counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.phrases import NO_RATE, left_words
from sixping.render.paper.blocks import Block, Head, Heading, Table
from sixping.render.paper.period.received import share_table
from sixping.render.paper.period.units import unit_table
from sixping.render.paper.wording import punctuated
from sixping.reports.period import DIMENSIONS, OF_CLOCK, OMITTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.period.draft import Draft

_SORT = "附表"
EXPLAINED = "指标说明"
"""The table of what the rates count."""


def annex(d: Draft) -> Iterator[Block]:
    """Yield every unit, community, grid and category, and what the rates count."""
    yield Heading(_SORT)
    for dimension in ("unit", "community", "grid"):
        rows = [
            row for row in d.report.by[dimension] if row["received"] or row["finish"]["due"]
        ]  # fmt: skip
        if rows and (dimension == "unit" or d.says(dimension)):
            word = DIMENSIONS[dimension]
            table = unit_table(d, f"各{word}办理情况（全部）", rows, dimension, sort=_SORT)
            notes = table.notes if dimension == "unit" else (*table.notes, *d.unfilled(dimension))
            yield table._replace(name=f"{_SORT} {word}", shown=None, rest=None, notes=notes)
    if d.says("category"):
        table = share_table(d, "category", sort=_SORT)
        yield table._replace(name=f"{_SORT} 类别", shown=None, rest=None)
    yield _explained(d)


def _explained(d: Draft) -> Table:
    def left(name: str) -> str:
        key = OF_CLOCK.get(name, name)
        words = left_words(d.report.left_out[key], *OMITTED[key]) if key in OMITTED else ""
        return punctuated(words.removeprefix("; ")) or NO_RATE

    return Table(
        EXPLAINED,
        d.caption(_SORT, EXPLAINED),
        (Head("指标"), Head("计什么"), Head("未纳入统计")),
        tuple(
            (d.report.title_of(name), punctuated(rate["cohort"]), left(name))
            for name, rate in d.report.rates.items()
        ),
    )
