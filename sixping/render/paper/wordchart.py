"""Charts of a Word paper: DrawingML of our own with a workbook inside, so that they stay editable.

What a chart shows is kept twice, as its cache and as its workbook; both are made of the same
``_Data``. Patterns, dashes and marks tell series apart in black and white.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Final, NamedTuple

from sixping.errors import SixpingError
from sixping.render.paper.blocks import Chart
from sixping.render.paper.wordparts import LATE, LATIN, SONGTI, XML_NAMES, literal
from sixping.util.text import clean, cut

_DARK, _CALM, _REST = "1F4E79", "A9BFD6", "707B87"
_LONGEST: Final = 40  # columns of a name in a chart: the table beside has all of it
_EMU: Final = 36_000  # a millimetre
_LABELS: Final = 40  # bars in the width of a page from which on their values would touch
_CROWDED: Final = (8, 12)  # categories that lie closer than 9 pt, than 7 pt
_MADE: Final = datetime(1980, 1, 1, tzinfo=UTC)  # a workbook has to say when: never now
_HUNDRED: Final = 100


class _Data(NamedTuple):
    """What a chart shows and its workbook holds: names, and values where there are any."""

    kind: str
    categories: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    late: tuple[bool, ...]

    @property
    def known(self) -> list[float]:
        """Return all values there are."""
        return [value for values in self.values for value in values if value is not None]

    @property
    def number_format(self) -> str:
        """Return how values are written: whole ones without decimals, none for 0 of a part."""
        whole = all(float(value).is_integer() for value in self.known)
        shown = "0" if whole else "0.00" if max(self.known) <= _HUNDRED else "0.0"
        return f"{shown};-{shown};" if self.kind == "stacked" else shown


class Drawing(NamedTuple):
    """A chart ready to be put into a package."""

    xml: bytes
    workbook: bytes


def drawn(chart: Chart, width: int) -> Drawing | None:
    """Return a chart ``width`` mm wide, None where there is nothing but 0 to draw.

    Raises ``SixpingError`` without XlsxWriter.
    """
    data = _data(chart)
    if not any(data.known):
        return None
    return Drawing(_chart_space(data, width).encode(), _workbook(data))


def inline(relation: str, number: int, chart: Chart, size: tuple[float, float]) -> str:
    """Return the run that shows a chart, with its alternative text; ``size`` in mm."""
    wide, high = (int(length * _EMU) for length in size)
    name, says = literal(cut(clean(chart.caption), 60)), literal(chart.says.replace("\n", " "))
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="{name}"'
        f' descr="{says}"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def _data(chart: Chart) -> _Data:
    """Return what of a chart is drawn; a series nobody knows anything of is left out."""
    series = [one for one in chart.series if any(value is not None for value in one.values)]
    return _Data(
        chart.kind,
        tuple(_name(name) for name in chart.categories),
        tuple(_name(one.name) for one in series),
        tuple(
            tuple(None if value is None else round(value, 6) for value in one.values)
            for one in series
        ),
        tuple(one.late for one in series),
    )


def _name(text: str) -> str:
    return cut(clean(text), _LONGEST)


# --- the workbook inside -------------------------------------------------------------------


def _workbook(data: _Data) -> bytes:
    """Return the workbook a chart is edited by: names in the first row and column."""
    try:
        import xlsxwriter
    except ImportError as fault:
        raise SixpingError(
            "图表要附带 Excel 数据, 需要 XlsxWriter, 尚未安装",
            '请运行: python -m pip install "sixping[office]"',
        ) from fault
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet("Sheet1")
    for line, name in enumerate(data.categories, 1):
        sheet.write_string(line, 0, name)
    for place, (name, values) in enumerate(zip(data.names, data.values, strict=True), 1):
        sheet.write_string(0, place, name)
        for line, value in enumerate(values, 1):
            if value is not None:
                sheet.write_number(line, place, value)
    book.close()
    return out.getvalue()


# --- the drawing -------------------------------------------------------------------------------


def _chart_space(data: _Data, width: int) -> str:
    half = width < _HUNDRED
    legend = (
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/>'
        f"{_text(800 if half else 900)}</c:legend>"
    )
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        f'<c:chartSpace {XML_NAMES}><c:date1904 val="0"/><c:lang val="zh-CN"/>'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f"{_plot(data, half=half)}</c:plotArea>{legend if len(data.names) > 1 else ''}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{_text(_points(data, half=half))}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _points(data: _Data, *, half: bool) -> int:
    """Return the size of type in hundredths of a point: smaller where lines are close."""
    bars = len(data.categories) if data.kind in ("bars", "stacked") else 0
    if bars > _CROWDED[0]:
        return 600 if bars > _CROWDED[1] else 700
    return 800 if half else 900


def _text(size: int, colour: str = "000000") -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="0">'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:latin typeface="{LATIN}"/>'
        f'<a:ea typeface="{SONGTI}"/><a:cs typeface="{LATIN}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="zh-CN" altLang="en-US"/></a:p></c:txPr>'
    )


def _plot(data: _Data, *, half: bool) -> str:
    lines, lying = data.kind == "lines", data.kind in ("bars", "stacked")
    bars = len(data.categories) * len(data.names)
    labels = not lines and (lying or bars <= (_LABELS // 2 if half else _LABELS))
    series = "".join(
        _series(data, place, labels=labels, size=_points(data, half=half))
        for place in range(len(data.names))
    )
    axes = '<c:axId val="1"/><c:axId val="2"/>'
    if lines:
        plot = (
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f'{series}<c:marker val="1"/>{axes}</c:lineChart>'
        )
    else:
        grouping = "stacked" if data.kind == "stacked" else "clustered"
        overlap = '<c:overlap val="100"/>' if data.kind == "stacked" else ""
        plot = (
            f'<c:barChart><c:barDir val="{"bar" if lying else "col"}"/>'
            f'<c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
            f'<c:gapWidth val="60"/>{overlap}{axes}</c:barChart>'
        )
    return plot + _axes(data, lying=lying, labels=labels)


_AXIS_LINE: Final = (
    '<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="707B87"/></a:solidFill></a:ln></c:spPr>'
)
_GRID: Final = (
    '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D3D8DE"/>'
    "</a:solidFill></a:ln></c:spPr></c:majorGridlines>"
)
_NO_TICKS: Final = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'


def _axes(data: _Data, *, lying: bool, labels: bool) -> str:
    """Return both axes; values begin at 0, and have no axis where each bar says its own."""
    least = '<c:min val="0"/>' if min(data.known) >= 0 else ""
    whole = all(float(value).is_integer() for value in data.known)
    unit = '<c:majorUnit val="1"/>' if whole and max(data.known) < 6 else ""  # noqa: PLR2004
    order, places = ("maxMin", ("l", "b")) if lying else ("minMax", ("b", "l"))
    each = '<c:tickLblSkip val="1"/>' if lying else ""
    return (
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{places[0]}"/><c:numFmt formatCode="@"'
        f' sourceLinked="0"/>{_NO_TICKS}<c:tickLblPos val="low"/>{_AXIS_LINE}'
        '<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="100"/>{each}<c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>'
        f'{least}</c:scaling><c:delete val="{int(labels)}"/><c:axPos val="{places[1]}"/>'
        f'{"" if labels else _GRID}<c:numFmt formatCode="General" sourceLinked="0"/>{_NO_TICKS}'
        '<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        f'<c:crossAx val="1"/><c:crosses val="{"max" if lying else "autoZero"}"/>'
        f'<c:crossBetween val="between"/>{unit}</c:valAx>'
    )


def _series(data: _Data, place: int, *, labels: bool, size: int) -> str:
    column = chr(ord("B") + place) if place < 25 else f"A{chr(ord('A') + place - 25)}"  # noqa: PLR2004
    last = len(data.categories) + 1
    title = _cache("strCache", [data.names[place]])
    names = _cache("strCache", data.categories)
    values = _cache("numCache", [_number(value) for value in data.values[place]])
    late = data.late[place]
    if data.kind == "lines":
        look, after = _line_look(place, late=late), '<c:smooth val="0"/>'
    else:
        look, after = _bar_look(data, place), ""
        look += '<c:invertIfNegative val="0"/>'
        look += _labels(data, place, size) if labels else ""
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f"<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>{title}</c:strRef></c:tx>{look}"
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f>{names}</c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f>{values}</c:numRef>"
        f"</c:val>{after}</c:ser>"
    )


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.16G}"


def _cache(kind: str, points: tuple[str, ...] | list[str | None] | list[str]) -> str:
    """Return what is kept of a range; a point that is not there is a gap, never 0."""
    code = "<c:formatCode>General</c:formatCode>" if kind == "numCache" else ""
    made = "".join(
        f'<c:pt idx="{place}"><c:v>{literal(point)}</c:v></c:pt>'
        for place, point in enumerate(points)
        if point is not None
    )
    return f'<c:{kind}>{code}<c:ptCount val="{len(points)}"/>{made}</c:{kind}>'


def _labels(data: _Data, place: int, size: int) -> str:
    stacked = data.kind == "stacked"
    white = data.late[place] or (not any(data.late) and place == 0)
    colour = "FFFFFF" if stacked and white else "000000"
    shown = "".join(
        f'<c:show{what} val="{int(what == "Val")}"/>'
        for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    return (
        f'<c:dLbls><c:numFmt formatCode="{data.number_format}" sourceLinked="0"/>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text(size, colour)}"
        f'<c:dLblPos val="{"ctr" if stacked else "outEnd"}"/>{shown}</c:dLbls>'
    )


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _pattern(name: str, colour: str) -> str:
    return (
        f'<a:pattFill prst="{name}"><a:fgClr><a:srgbClr val="{colour}"/></a:fgClr>'
        '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>'
    )


def _bar_look(data: _Data, place: int) -> str:
    """Return a fill that is told from its neighbours without colour: dark, hatched, light."""
    fills = [_solid(_DARK), _pattern("wdUpDiag", _DARK), _solid(_CALM), _pattern("pct20", _DARK)]
    if any(data.late):  # what is late is the dark one
        fills = [fills[2], fills[1], fills[3]]
    fill = _solid(LATE) if data.late[place] else fills[place % len(fills)]
    # an edge round a part of 0 would be seen
    edge = "<a:noFill/>" if data.kind == "stacked" else _solid(LATE if data.late[place] else _DARK)
    return f'<c:spPr>{fill}<a:ln w="9525">{edge}</a:ln></c:spPr>'


def _line_look(place: int, *, late: bool) -> str:
    colour = LATE if late else (_DARK, _REST, _DARK, _REST)[place % 4]
    dash = ("solid", "sysDash", "lgDashDot", "sysDot")[place % 4]
    mark = ("circle", "square", "triangle", "diamond")[place % 4]
    return (
        f'<c:spPr><a:ln w="{22225 if place == 0 else 15875}">{_solid(colour)}'
        f'<a:prstDash val="{dash}"/></a:ln></c:spPr><c:marker><c:symbol val="{mark}"/>'
        f'<c:size val="5"/><c:spPr>{_solid(colour if place % 2 == 0 else "FFFFFF")}'
        f'<a:ln w="9525">{_solid(colour)}</a:ln></c:spPr></c:marker>'
    )
