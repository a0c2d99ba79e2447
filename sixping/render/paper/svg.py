"""Charts and bars as SVG of our own: drawn from 0 on, every scale taken from the numbers.

A chart with words in it is drawn once for each medium, at its own size: one drawing shrunk to a
phone or to A4 would have words of six pixels. Bars in cells have no words and stretch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from sixping.render.paper.blocks import Chart, Series
from sixping.render.paper.markup import esc
from sixping.util.text import clean, cut

#: what parts of a stacked bar that are not late are filled with, by how many they are
CALM = (("data2",), ("data2", "mid"), ("data", "mid", "data2"), ("data", "mid", "data2", "data3"))
#: what the first, second … series of a chart are drawn with
SERIES = ("data", "data2", "mid", "ref")
_DASHES = ("", "5 4", "2 3", "8 3 2 3")
_DIGIT = 0.57  # of the font's size: how broad a digit is; a Chinese character is 1
_WIDE_FROM = "\u2e80"
_WIDEST_SHARE = 0.4  # of a drawing that names at the ends of lines may take


class Medium(NamedTuple):
    """What a drawing is made for: class name (``d`` desk, ``m`` phone, ``p`` paper), pixels."""

    name: str
    width: int
    height: int
    size: float


def media(*, half: bool, landscape: bool) -> tuple[Medium, ...]:
    """Return the sizes a chart is drawn in, for the whole width of a page or half of it."""
    paper = (470 if half else 984) if landscape else (309 if half else 656)
    return (
        Medium("d", 476 if half else 1008, 240, 13.5),
        Medium("m", 358, 210, 13),
        Medium("p", paper, 136, 12),
    )


def parts_fill(count: int, *, late: bool) -> tuple[str, ...]:
    """Return the tokens of the parts of a bar, in their order; the last one is ``late`` or not."""
    calm = count - late
    if not calm:
        return ("late",)
    chosen = CALM[min(calm, len(CALM)) - 1] if count > 1 else ("data",)
    fills = tuple(chosen[place % len(chosen)] for place in range(calm))
    return (*fills, "late") if late else fills


def stacked(
    parts: Sequence[float], fills: Sequence[str], scale: float, before: float | None = None
) -> str:
    """Return a bar of parts out of ``scale``; what is late is taller and set apart by a gap.

    ``before``: the period before, a tick. The words stand in the row, so it is hidden.
    """
    several = len(parts) > 1
    room = (98 if several else 100) / (scale or 1)
    x, rects = 0.0, []
    for value, fill in zip(parts, fills, strict=True):
        if not value:
            continue
        wide, y, high = value * room, 3, 10
        if fill == "late" and several:
            x, wide, y, high = min(x + 0.4, 99), max(wide, 1), -1, 18
        rects.append(_rect(x, y, wide, high, fill))
        x += wide
    if before is not None and scale:
        at_tick = min(before * room, 99)
        if 0 < at_tick < x:  # within the bar it stands clear of it
            rects.append(_rect(at_tick - 0.4, 0, 1.8, 16, "paper"))
        rects.append(_rect(at_tick, 0, 1, 16, "ref"))
    return _hidden(100, 16, "".join(rects))


def beside(values: Sequence[float], fills: Sequence[str], scale: float) -> str:
    """Return bars of the same thing one under another, as thick as there is room."""
    thick = 12 / len(values)
    rects = [
        _rect(0, 2 + place * thick, value * 100 / (scale or 1), thick - 0.5, fill)
        for place, (value, fill) in enumerate(zip(values, fills, strict=True))
        if value
    ]
    return _hidden(100, 16, "".join(rects))


def swatch(fill: str, dashes: str = "") -> str:
    """Return what stands before a word of a legend; a line where it is dashed."""
    if dashes:
        return _hidden(16, 12, f'<path d="M0 6H16" {_stroke(fill, 1.6, dashes)}/>')
    return _hidden(
        16, 12, _rect(0, 0 if fill == "late" else 1, 16, 12 - 2 * (fill != "late"), fill)
    )


def columns_chart(chart: Chart, medium: Medium) -> str:
    """Return standing columns, those of one category side by side."""
    values = [value for one in chart.series for value in one.values if value is not None]
    plot = _Plot.around(medium, values, chart, right=8)
    if not values:
        return _svg(medium, chart, plot.axis(chart.unit) + _no_data(plot))
    wide = min(44.0, plot.slot * 0.72 / len(chart.series))
    most = max(values)
    labels_fit = max(_breadth(said(value), medium.size) for value in values) <= wide + 1
    drawn = []
    for place, _ in enumerate(chart.categories):
        left = plot.x(place) - wide * len(chart.series) / 2
        for nth, (one, fill) in enumerate(zip(chart.series, fills_of(chart), strict=True)):
            value = at(one, place)
            if not value:
                continue
            x, y = left + nth * wide, plot.y(value)
            drawn.append(_rect(x + 0.5, y, wide - 1, plot.bottom - y, fill))
            if labels_fit or value == most:
                drawn.append(_text(x + wide / 2, y - 5, said(value), "middle"))
                most = most if labels_fit else float("inf")  # one label says it
    return _svg(medium, chart, plot.axis(chart.unit) + "".join(drawn))


def lines_chart(chart: Chart, medium: Medium) -> str:
    """Return lines over months: the first one strong, its highest value said, names at the ends.

    A value that nobody knows is a gap, never 0.
    """
    known = [one for one in chart.series if any(value is not None for value in one.values)]
    names = [(one, _end_words(one, medium)) for one in known]
    right = max([64.0, *(_breadth(words, medium.size) + 14 for _, words in names)])
    values = [value for one in known for value in one.values if value is not None]
    plot = _Plot.around(medium, values, chart, right=right)
    drawn = [plot.axis(chart.unit)]
    for nth, one in reversed(list(enumerate(known))):
        drawn.append(_line(one, nth, plot))
    drawn += [_highest(known[0], plot)] if known else [_no_data(plot)]
    drawn += _end_labels(names, plot)
    return _svg(medium, chart, "".join(drawn))


def small(series: Series, most: float, chart: Chart, words: str) -> str:
    """Return the small columns of one series on a scale shared by all; the last one is dark."""
    last, rects = len(series.values) - 1, []
    for place, value in enumerate(series.values):
        if not value:
            continue
        high = value * 56 / (most or 1)
        now = "late" if series.late else "data"
        rects.append(_rect(place * 10, 60 - high, 8.4, high, now if place == last else "data2"))
    width = max(len(series.values) * 10 - 1.6, 1)
    axis = f'<path d="M0 60H{_n(width)}" {_stroke("ref", 1)} vector-effect="non-scaling-stroke"/>'
    return (
        f'<svg role="img" viewBox="0 0 {_n(width)} 60" preserveAspectRatio="none">'
        f"<title>{esc(series.name)}</title><desc>{esc(chart.caption)}: {esc(words)}</desc>"
        f"{''.join(rects)}{axis}</svg>"
    )


def said(value: float) -> str:
    """Return a number of a chart: whole, or with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def fills_of(chart: Chart) -> tuple[str, ...]:
    """Return what the series of a chart are filled with, in their order."""
    if chart.kind == "stacked":
        return parts_fill(len(chart.series), late=bool(chart.series) and chart.series[-1].late)
    return tuple(
        "late" if one.late else SERIES[nth % len(SERIES)] for nth, one in enumerate(chart.series)
    )


def legend_of(chart: Chart) -> list[tuple[str, str]]:
    """Return what the colours of a chart are, the late one only where something is late.

    One alone needs no legend; lines are named at their ends.
    """
    if chart.kind == "lines" or len(chart.series) < 2:  # noqa: PLR2004
        return []
    named = zip(fills_of(chart), chart.series, strict=True)
    return [(fill, one.name) for fill, one in named if fill != "late" or any(one.values)]


def in_words(one: Series, categories: Sequence[str]) -> str:
    """Return the last value of a series and its highest, and when that was."""
    known = [(value, place) for place, value in enumerate(one.values) if value is not None]
    if not known:
        return "没有记录"
    most, at = max(known, key=lambda pair: pair[0])
    last, end = known[-1]
    ending = f"{month(categories[end])} {said(last)}"
    return ending if last == most else f"{ending}，最多 {said(most)}（{month(categories[at])}）"


def month(category: str, *, year: bool = False) -> str:
    """Return ``2026-10`` as people say it; anything else as it is."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", category)
    if not found:
        return category
    return f"{found[1]}年{int(found[2])}月" if year else f"{int(found[2])}月"


class _Plot(NamedTuple):
    """The field of a chart between its axes."""

    medium: Medium
    left: float
    right: float
    top: float
    bottom: float
    step: float
    most: float
    categories: tuple[str, ...]
    pointed: bool  # values stand at points (lines), not within slots (columns)

    @classmethod
    def around(
        cls, medium: Medium, values: Sequence[float], chart: Chart, *, right: float
    ) -> _Plot:
        step, most = _steps(max(values, default=0))
        left = max(34.0, _breadth(said(most), medium.size) + 10)
        pointed = chart.kind == "lines"
        plot = cls(
            medium, left, medium.width - right, medium.size * 2 + 4, 0, step, most,
            tuple(clean(month(one)) for one in chart.categories), pointed,
        )  # fmt: skip
        lines = max((len(words) for _, words in plot.labels()), default=1)
        return plot._replace(bottom=medium.height - 8 - lines * medium.size * 1.35)

    @property
    def slot(self) -> float:
        count = max(len(self.categories), 1)
        return (self.right - self.left) / (max(count - 1, 1) if self.pointed else count)

    def x(self, place: int) -> float:
        return self.left + (place if self.pointed else place + 0.5) * self.slot

    def y(self, value: float) -> float:
        return self.bottom - value * (self.bottom - self.top) / self.most

    def labels(self) -> list[tuple[int, list[str]]]:
        """Return which categories are named and in which lines: as many as fit, the last always."""
        size = self.medium.size
        widest = max((_breadth(one, size) for one in self.categories), default=0)
        need = min(widest, size * (6 if self.pointed else 2.5)) + size * 0.6
        apart = max(1, ceil(need / self.slot))
        room = apart * self.slot - size * 0.5
        named = range(len(self.categories) - 1, -1, -apart)
        return [(place, _folded(self.categories[place], room, size)) for place in named]

    def axis(self, unit: str) -> str:
        """Return the lines of the scale, its numbers, what is counted, and the categories."""
        drawn, value = [], 0.0
        while value <= self.most:
            y, colour = self.y(value), "rule" if value else "ref"
            ends = f"M{_n(self.left)} {_n(y)}H{_n(self.right)}"
            drawn.append(f'<path d="{ends}" {_stroke(colour, 1)}/>')
            drawn.append(_text(self.left - 8, y + self.medium.size * 0.35, said(value), "end"))
            value += self.step
        drawn.append(_text(0, self.medium.size - 1, unit, "start"))
        for place, words in self.labels():
            for nth, line in enumerate(words):
                y = self.bottom + 4 + (nth + 1) * self.medium.size * 1.3
                drawn.append(_text(self.x(place), y, line, "middle"))
        return "".join(drawn)


def _steps(most: float) -> tuple[float, float]:
    """Return the distance of the lines of a scale and its end: at most five lines over 0."""
    step, turn = 1.0, 0
    while step * 5 < most:
        step *= (2, 2.5, 2)[turn % 3]
        turn += 1
    return step, step * max(1, ceil(most / step))


def _folded(words: str, room: float, size: float) -> list[str]:
    """Return a name in two lines at most, cut where it is longer."""
    if _breadth(words, size) <= room:
        return [words]
    each = max(2, int(room / size))
    first, rest = words[:each], words[each:]
    return [first, cut(rest, each * 2)] if rest else [first]


def _line(one: Series, nth: int, plot: _Plot) -> str:
    """Return one line, broken where nobody knows; a value alone is a point."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((plot.x(place), plot.y(value)))
    colour, wide, dashes = _look(one, nth)
    ends = [run[-1] for run in runs if run][-1:]
    points = ends + [run[0] for run in runs if len(run) == 1]
    path = "".join(
        "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in run) for run in runs if len(run) > 1
    )
    drawn = f'<path d="{path}" {_stroke(colour, wide, dashes)}/>' if path else ""
    return drawn + "".join(
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.5" style="fill:var(--{colour})"/>'
        for x, y in points
    )


def _look(one: Series, nth: int) -> tuple[str, float, str]:
    """Return colour, width and dashes of a line; the late colour only where something is late."""
    colour = ("data", "ref", "mid", "ink2")[nth % 4]
    if one.late and any(one.values):
        colour = "late"
    return colour, 2.6 if nth == 0 else 1.6, _DASHES[nth % 4]


def _highest(one: Series, plot: _Plot) -> str:
    """Say the highest value of a line, unless its end says it."""
    known = [(value, place) for place, value in enumerate(one.values) if value is not None]
    value, at = max(known, key=lambda pair: pair[0])
    return "" if at == known[-1][1] else _text(plot.x(at), plot.y(value) - 8, said(value), "middle")


def _end_words(one: Series, medium: Medium) -> str:
    last = said([value for value in one.values if value is not None][-1])
    room = int(medium.width * _WIDEST_SHARE / medium.size * 2) - len(last) - 1
    return f"{cut(clean(one.name), room)} {last}"


def _end_labels(names: Sequence[tuple[Series, str]], plot: _Plot) -> list[str]:
    """Return the names of the lines beside their ends, pushed apart where they would meet."""
    size, ends = plot.medium.size, []
    for nth, (one, words) in enumerate(names):
        last = [value for value in one.values if value is not None][-1]
        ends.append((plot.y(last), nth, words))
    ends.sort()
    apart, drawn, lowest = size * 1.5, [], plot.bottom
    tops = [y for y, _, _ in ends]
    for place in range(1, len(tops)):
        tops[place] = max(tops[place], tops[place - 1] + apart)
    for place in range(len(tops) - 1, -1, -1):
        tops[place] = min(tops[place], lowest)
        lowest = tops[place] - apart
    for y, (_, nth, words) in zip(tops, ends, strict=True):
        strong = "s" if nth == 0 else ""
        drawn.append(_text(plot.right + 9, y + size * 0.35, words, "start", strong))
    return drawn


def _no_data(plot: _Plot) -> str:
    middle = (plot.left + plot.right) / 2
    return _text(middle, (plot.top + plot.bottom) / 2, "没有数据", "middle")


def at(one: Series, place: int) -> float | None:
    """Return a value of a series, None where it is shorter than others."""
    return one.values[place] if place < len(one.values) else None


def _svg(medium: Medium, chart: Chart, inside: str) -> str:
    return (
        f'<svg class="{medium.name}" role="img" width="{medium.width}" height="{medium.height}" '
        f'viewBox="0 0 {medium.width} {medium.height}" style="--fs:{_n(medium.size)}px">'
        f"<title>{esc(chart.caption)}</title><desc>{esc(chart.says)}</desc>{inside}</svg>"
    )


def _hidden(width: int, height: int, inside: str) -> str:
    return (
        f'<svg aria-hidden="true" viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
        f"{inside}</svg>"
    )


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
        f'style="fill:var(--{fill})"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, name: str = "") -> str:
    marked = f' class="{name}"' if name else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{marked}>{esc(words)}</text>'


def _stroke(colour: str, width: float, dashes: str = "") -> str:
    dashed = f";stroke-dasharray:{dashes}" if dashes else ""
    return f'style="fill:none;stroke:var(--{colour});stroke-width:{_n(width)}{dashed}"'


def _breadth(words: str, size: float) -> float:
    return size * sum(1 if sign >= _WIDE_FROM else _DIGIT for sign in words)


def _n(value: float) -> str:
    """Return a coordinate with two decimals at most, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
