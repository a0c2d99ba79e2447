"""A chart of a paper as a table for a terminal: a row a category, its figures, a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.blocks import Bar, Cell, Figure, Head, Table, count, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.render.paper.blocks import Chart, Series


def table_of(chart: Chart) -> Table:
    """Return the figures of a chart; what nobody knows in any series is no row and no column."""
    drawn = [series for series in chart.series if any(v is not None for v in series.values)]
    caption = f"{chart.caption} ({chart.unit})"
    rows: tuple[tuple[Cell, ...], ...]
    if chart.kind == "multiples":
        heads = (Head(""), *(Head(name, "figure") for name in chart.categories))
        rows = tuple(
            (one.name, *_figures(chart, [one] * len(one.values), one.values)) for one in drawn
        )
        return Table("", caption, heads, rows, notes=chart.notes)
    barred = drawn if chart.kind == "stacked" else drawn[:1]
    every = zip(*(series.values for series in drawn), strict=True)
    rows = tuple(
        (name, *_figures(chart, drawn, values), _bar(values[: len(barred)]))
        for name, values in zip(chart.categories, every, strict=False)
        if any(value is not None for value in values)
    )
    heads = (Head(""), *(Head(series.name, "figure") for series in drawn), Head("", "bar"))
    legend = tuple(series.name for series in barred) if len(drawn) > 1 else ()
    return Table("", caption, heads, rows, notes=chart.notes, legend=legend)


def _figures(
    chart: Chart, drawn: Sequence[Series], values: Sequence[float | None]
) -> Iterator[Figure]:
    return (_figure(chart, one, value) for one, value in zip(drawn, values, strict=True))


def _figure(chart: Chart, series: Series, value: float | None) -> Figure:
    if value is None or float(value).is_integer():
        plain = count(None if value is None else int(value), late=series.late)
    else:
        plain = Figure(f"{value:.2f}", value, "days", None, series.late)
    if value is not None and chart.unit == "%":
        return plain._replace(text=f"{value:.2f}%")
    return plain


def _bar(values: Sequence[float | None]) -> Bar:
    parts = tuple(value or 0.0 for value in values)
    return Bar(parts, sum(parts))


def stands_in(chart: Chart, table: Table) -> bool:
    """Return whether a table, as it is read, has every figure of a chart: a column a series."""
    rows = {text_of(row[0]): row for row in table.read}
    if not all(name in rows for name in chart.categories):
        return False
    columns = list(zip(*(map(_value, rows[name]) for name in chart.categories), strict=True))
    return all(series.values in columns for series in chart.series)


def _value(cell: Cell) -> float | None:
    return cell.value if isinstance(cell, Figure) else None
