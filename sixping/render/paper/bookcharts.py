"""The charts of a paper's workbook: drawn by the office program, over the cells below each.

Patterns and dashes, not colours, tell series apart: a copying machine knows black and white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sixping.render.paper.blocks import plain
from sixping.render.paper.bookcells import GRID, LATE, PAGE_WIDTH, Cells, height, set_up
from sixping.render.workbook import FONT, shown
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.render.paper.blocks import Chart, Paper, Series

CHARTS: Final = "图表"
_INK, _DATA, _MID, _PALE = "#1B2026", "#1F4E79", "#5B8BBD", "#A9BFD6"
_FILLS: Final[tuple[dict[str, Any], ...]] = (
    {"fill": {"color": _DATA}},
    {"fill": {"color": _PALE}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": _DATA, "bg_color": "white"}},
    {"pattern": {"pattern": "small_check", "fg_color": _MID, "bg_color": "white"}},
    {"pattern": {"pattern": "narrow_horizontal", "fg_color": _INK, "bg_color": "white"}},
    {"fill": {"color": "white"}},
)
_LATE_FILL: Final = {
    "pattern": {"pattern": "dark_downward_diagonal", "fg_color": LATE, "bg_color": "white"}
}
_DASHES: Final = ("solid", "dash", "round_dot", "long_dash_dot", "square_dot", "long_dash")
_MARKERS: Final = ("circle", "square", "triangle", "diamond", "x", "plus")
_TYPES: Final[dict[str, dict[str, str]]] = {
    "columns": {"type": "column"},
    "bars": {"type": "bar"},
    "stacked": {"type": "bar", "subtype": "stacked"},
    "lines": {"type": "line"},
    "multiples": {"type": "column"},
}
_PIXELS = 8  # of a half-width sign of the font
_ROW = 21  # pixels of a row: where they are of the usual 20 programs make them smaller
_TALLEST, _SMALL = 900, 170  # pixels: of a drawing at most, of a small one
_ACROSS = 3  # small ones side by side
_MOST_LABELS = 30
_PAGE_ROWS = 46  # of an upright A4 page
_FIRST, _LEAST, _MOST = 26, 8, 14  # widths of the columns: of names, of figures
_SCALE: Final = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D3D8DE"}}}


def write_charts(
    book: Any,  # noqa: ANN401
    page: Any,  # noqa: ANN401
    charts: Sequence[Chart],
    paper: Paper,
    cells: Cells,
) -> None:
    """Write each chart and, below it, the cells that it is drawn from."""
    figures = max(1, *(len(_heads(chart)) - 1 for chart in charts))
    wide = min(max((PAGE_WIDTH - _FIRST) // figures, _LEAST), _MOST)
    page.set_column(0, 0, _FIRST)
    page.set_column(1, figures, wide)
    set_up(page, paper, wide=False)
    page.set_column(figures + 1, figures + 1, max(PAGE_WIDTH - _FIRST - wide * figures, 1))
    page.set_default_row(_ROW * 0.75)
    width = max(_pixels(_FIRST) + _pixels(wide) * figures, _pixels(PAGE_WIDTH))
    scale = 0.88 * PAGE_WIDTH * _PIXELS / width  # other fonts are wider
    page.set_print_scale(int(scale * 100))  # not fitted: then a page would end within a chart
    breaks, top, began = [], 0, 0
    for chart in charts:
        canvas = _Canvas(book, page, chart, top, width)
        if top and canvas.ends - began > _PAGE_ROWS / scale:
            breaks.append(top)
            began = top
        cells.put(page, (top, 0), chart.caption, bold=True, font_size=12, text_wrap=False)
        _draw(canvas)
        _write_cells(canvas, cells)
        top = canvas.ends
    page.set_h_pagebreaks(breaks)
    page.print_area(0, 0, top, figures + 1)


def _pixels(column: int) -> int:
    return column * _PIXELS + 5


class _Canvas(NamedTuple):
    """Where a chart is: caption, drawing (``width`` pixels), cells, notes, one free row."""

    book: Any
    page: Any
    chart: Chart
    top: int
    width: int

    @property
    def head(self) -> int:
        """The row of the heads of its cells."""
        return self.top + 1 + (-(-_height(self.chart) // _ROW) if _is_drawn(self.chart) else 0)

    @property
    def ends(self) -> int:
        """The row where the next one begins."""
        return self.head + 1 + len(_rows(self.chart)) + len(self.chart.notes) + 1

    def cells(self, row: int, column: int, last_row: int, last_column: int) -> list[Any]:
        """Return a range of its cells; rows and columns from 0 at the heads on."""
        return [self.page.name, self.head + row, column, self.head + last_row, last_column]


def _is_drawn(chart: Chart) -> bool:
    return any(value is not None for series in chart.series for value in series.values)


def _heads(chart: Chart) -> list[str]:
    small = chart.kind == "multiples"
    return [f"({chart.unit})", *(chart.categories if small else [s.name for s in chart.series])]


def _rows(chart: Chart) -> list[tuple[str, tuple[float | None, ...]]]:
    """Return the cells of a chart: a row a category, of small ones a row a series."""
    if chart.kind == "multiples":
        return [(series.name, series.values) for series in chart.series]
    every = zip(*(series.values for series in chart.series), strict=True)
    return list(zip(chart.categories, every, strict=True))


def _height(chart: Chart) -> int:
    """Return the pixels of the drawing."""
    if chart.kind == "multiples":
        return -(-len(chart.series) // _ACROSS) * _SMALL
    if chart.kind in ("bars", "stacked"):
        thick = 26 if chart.kind == "stacked" else 10 + 16 * len(chart.series)
        return min(120 + thick * len(chart.categories), _TALLEST)
    return 300


def _write_cells(canvas: _Canvas, cells: Cells) -> None:
    chart, at = canvas.chart, canvas.head
    heads = _heads(chart)
    canvas.page.set_row(at, height([(title, _LEAST) for title in heads[1:]]) + 4)
    for place, title in enumerate(heads):
        cells.head(canvas.page, (at, place), title)
    values = [value for _, line in _rows(chart) for value in line if value is not None]
    whole = all(float(value).is_integer() for value in values)
    style = cells.look(num_format="0" if whole else "0.00", align="right", valign="top", **GRID)
    for name, line in _rows(chart):
        at += 1
        canvas.page.set_row(at, height([(name, _FIRST)]) + 1)
        cells.put(canvas.page, (at, 0), name, **GRID)
        for place, value in enumerate(line, 1):
            if value is None:  # a gap; a text would be drawn as 0
                canvas.page.write_blank(at, place, None, style)
            else:
                canvas.page.write_number(at, place, value, style)
    for runs in chart.notes:
        at += 1
        cells.put(canvas.page, (at, 0), plain(runs), font_size=9, text_wrap=False)


def _draw(canvas: _Canvas) -> None:
    chart = canvas.chart
    if not _is_drawn(chart):
        return
    if chart.kind == "multiples":
        for place, series in enumerate(chart.series):
            _draw_small(canvas, place, series)
        return
    drawing = _drawing(canvas, f"{chart.caption} ({chart.unit})", 11)
    count = len(chart.categories)
    for place, series in enumerate(chart.series):
        if any(value is not None for value in series.values):
            drawing.add_series(
                _name(series, canvas.cells(0, place + 1, 0, place + 1))
                | _values(series, canvas.cells(1, place + 1, count, place + 1))
                | _categories(chart, canvas.cells(1, 0, count, 0))
                | _look(chart, place, series)
            )
    lying = chart.kind in ("bars", "stacked")
    names = {"num_font": _font(10), "reverse": lying, "crossing": "max" if lying else None}
    figures = _SCALE | {"num_font": _font(10)}
    drawing.set_x_axis(figures if lying else names)
    drawing.set_y_axis(names if lying else figures)
    drawing.set_legend(
        {"position": "bottom", "font": _font(10)} if len(chart.series) > 1 else {"none": True}
    )
    drawing.set_size({"width": canvas.width, "height": _height(chart) - _ROW // 2})
    canvas.page.insert_chart(canvas.top + 1, 0, drawing, {"description": clean(chart.says)})


def _draw_small(canvas: _Canvas, place: int, series: Series) -> None:
    """Draw one of the small ones, all on one scale; the last column is dark."""
    chart, count = canvas.chart, len(canvas.chart.categories)
    drawing = _drawing(canvas, series.name, 10)
    most = max((v for one in chart.series for v in one.values if v is not None), default=0)
    drawing.add_series(
        _name(series, canvas.cells(place + 1, 0, place + 1, 0))
        | _values(series, canvas.cells(place + 1, 1, place + 1, count))
        | _categories(chart, canvas.cells(0, 1, 0, count))
        | {"fill": {"color": _PALE}, "border": {"color": _INK, "width": 0.5}, "gap": 30}
        | {"points": [None] * (count - 1) + [{"fill": {"color": _DATA}}]}
    )
    drawing.set_x_axis({"num_font": _font(9)})
    drawing.set_y_axis(_SCALE | {"num_font": _font(9), "max": _round_up(most)})
    drawing.set_legend({"none": True})
    across = canvas.width // _ACROSS
    drawing.set_size({"width": across - 4, "height": _SMALL - 8})
    options = {
        "description": clean(f"{chart.says}: {series.name}"),
        "x_offset": place % _ACROSS * across,
        "y_offset": place // _ACROSS * _SMALL,
    }
    canvas.page.insert_chart(canvas.top + 1, 0, drawing, options)


def _round_up(value: float) -> float:
    """Return the end of a scale from 0 that is easy to read: 1, 2 or 5 times a power of ten."""
    power = 1.0
    while power * 10 < value:
        power *= 10
    return next((power * n for n in (1, 2, 5) if power * n >= value), power * 10)


def _drawing(canvas: _Canvas, title: str, size: int) -> Any:  # noqa: ANN401
    """Return an empty chart with its title."""
    drawing = canvas.book.add_chart(_TYPES[canvas.chart.kind])
    _complete(drawing)
    said = clean(title)
    name = f" {said}" if "!" in said or said.startswith("=") else said  # no address of a cell
    drawing.set_title({"name": name, "name_font": _font(size, bold=True), "overlay": False})
    return drawing


def _complete(drawing: Any) -> None:  # noqa: ANN401
    """Have written what XlsxWriter leaves out: the font of Chinese letters, and that gaps are gaps.

    Without a word on gaps programs may draw them as 0.
    """
    latin, tag = drawing._write_a_latin, drawing._xml_empty_tag  # noqa: SLF001

    def both(attributes: list[tuple[str, object]]) -> None:
        latin(attributes)
        tag("a:ea", attributes)

    drawing._write_a_latin = both  # noqa: SLF001
    drawing._write_disp_blanks_as = lambda: tag("c:dispBlanksAs", [("val", "gap")])  # noqa: SLF001


def _font(size: int, *, bold: bool = False) -> dict[str, object]:
    return {"name": FONT, "size": size, "bold": bold}


def _name(series: Series, where: list[Any]) -> dict[str, Any]:
    return {"name": where[:3], "name_data": [shown(series.name)]}


class _Word(str):
    """A name that is no number, even if its signs are digits (a year)."""

    __slots__ = ()

    def __float__(self) -> float:
        raise ValueError(self)


def _categories(chart: Chart, where: list[Any]) -> dict[str, Any]:
    return {"categories": where, "categories_data": [_Word(shown(c)) for c in chart.categories]}


def _values(series: Series, where: list[Any]) -> dict[str, Any]:
    return {"values": where, "values_data": list(series.values)}


def _look(chart: Chart, place: int, series: Series) -> dict[str, Any]:
    if chart.kind == "lines":
        color = LATE if series.late else (_DATA, _INK)[place % 2]
        return {
            "line": {"color": color, "width": 2.25, "dash_type": _DASHES[place % len(_DASHES)]},
            "marker": {
                "type": _MARKERS[place % len(_MARKERS)],
                "size": 6,
                "fill": {"color": color if place % 2 == 0 else "white"},
                "border": {"color": color},
            },
        }
    fill = _LATE_FILL if series.late else _FILLS[place % len(_FILLS)]
    look = fill | {"border": {"color": _INK, "width": 0.75}, "gap": 60}
    bars = len(chart.series) * len(chart.categories)
    if chart.kind != "stacked" and bars <= _MOST_LABELS:
        look |= {"data_labels": {"value": True, "font": _font(10)}}
    return look
