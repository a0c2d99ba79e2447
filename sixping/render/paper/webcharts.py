"""Charts on a page: drawings with their caption, or a table of bars where names are long."""

from __future__ import annotations

from collections.abc import Sequence

from sixping.render.paper import svg
from sixping.render.paper.blocks import Chart, Figure, Head, Series, count
from sixping.render.paper.markup import esc
from sixping.render.paper.webtables import Links, cell_of, head_of, keep, legend, notes_of


def chart_of(chart: Chart, links: Links, *, half: bool, landscape: bool) -> str:
    """Return a chart of any kind; ``half``: it has half of the width of the page."""
    if chart.kind in ("bars", "stacked"):
        return _lying(chart, links)
    if chart.kind == "multiples":
        named, drawn, rows = _unseen(chart.says), _many(chart), len(chart.series)
    else:
        draw = svg.lines_chart if chart.kind == "lines" else svg.columns_chart
        media = svg.media(half=half, landscape=landscape)
        named, rows = legend(svg.legend_of(chart)), 0
        drawn = "".join(draw(chart, medium) for medium in media)
    caption = f"<figcaption>{esc(chart.caption)}{named}</figcaption>"
    notes = notes_of(chart.notes, links)
    return f'<figure class="{keep(rows).strip()}">{caption}{drawn}{notes}</figure>'


def _many(chart: Chart) -> str:
    """Return small columns, one drawing a series, all on one scale; the words stay text."""
    values = [value or 0 for one in chart.series for value in one.values]
    most = max(values, default=0)
    ends = [chart.categories[0], chart.categories[-1]] if chart.categories else ["", ""]
    years = ends[0][:4] != ends[1][:4]
    axis = (
        f"<span>{esc(svg.month(ends[0], year=years))}</span><span>{esc(svg.month(ends[1]))}</span>"
    )
    told = []
    for one in chart.series:
        words = svg.in_words(one, chart.categories)
        told.append(
            f"<li><b>{esc(one.name)}</b>{esc(words)}{svg.small(one, most, chart, words)}"
            f'<div class="ax">{axis}</div></li>'
        )
    return f'<ul class="many">{"".join(told)}</ul>'


def _lying(chart: Chart, links: Links) -> str:
    """Return a chart of lying bars: a table, so that long names wrap and every number is text."""
    heads = (Head(""), Head("", "bar"), *(Head(one.name, "figure") for one in chart.series))
    places = range(len(chart.categories))
    values = [[svg.at(one, place) for one in chart.series] for place in places]
    rows = []
    for name, row, bar in zip(chart.categories, values, _bars(chart, values), strict=True):
        figures = [_figure(value, one) for value, one in zip(row, chart.series, strict=True)]
        cells = "".join(cell_of(figure, "", links) for figure in figures)
        rows.append(f'<tr><th scope="row">{esc(name)}</th><td class="b">{bar}</td>{cells}</tr>')
    several = len(chart.series) > 1
    head = f"<thead><tr>{''.join(map(head_of, heads))}</tr></thead>" if several else ""
    return (
        f'<div class="block{keep(len(rows))}"><table class="lying"><caption>{esc(chart.caption)}'
        f"{legend(svg.legend_of(chart))}{_unseen(chart.says)}</caption>"
        f"{head}<tbody>{''.join(rows)}</tbody></table>{notes_of(chart.notes, links)}</div>"
    )


def _bars(chart: Chart, values: Sequence[Sequence[float | None]]) -> list[str]:
    """Return the bars of every row, on one scale."""
    fills = svg.fills_of(chart)
    known = [[value or 0 for value in row] for row in values]
    if chart.kind == "stacked" or len(fills) == 1:
        most = max(map(sum, known), default=0)
        return [svg.stacked(row, fills, most) for row in known]
    most = max((value for row in known for value in row), default=0)
    return [svg.beside(row, fills, most) for row in known]


def _figure(value: float | None, one: Series) -> Figure:
    if value is None:
        return count(None)
    return Figure(svg.said(value), value, "int", None, one.late)


def _unseen(words: str) -> str:
    """Return words for who hears the page."""
    return f'<span class="vh">{esc(words)}</span>'
