"""A paper as a Word file, in the layout of GB/T 9704-2012: what an office prints and edits.

Text is text, figures are in native tables and charts, no link leads out of the file. The same
paper gives the same bytes: no time and no name of a machine gets into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sixping.errors import SixpingError
from sixping.render.paper import wordchart, wordtable
from sixping.render.paper.blocks import (
    Block,
    Cards,
    Chart,
    Fields,
    Heading,
    Note,
    PageBreak,
    Pair,
    Paper,
    Picks,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
)
from sixping.render.paper.wordparts import (
    LANDSCAPE,
    LINE,
    PORTRAIT,
    TAB,
    XML_NAMES,
    Format,
    balanced,
    font_table,
    footer,
    in_lines,
    on_new_page,
    paragraph,
    paragraphs,
    run,
    settings,
    spoken,
    styles,
    twips,
    width_of,
)
from sixping.util.text import clean, cut

if TYPE_CHECKING:
    from docx.document import Document

_DRAWN: Final = 62.0  # mm a chart is high
_TOGETHER: Final = 74.0  # mm that may be kept on one page: more would leave a hole of a third
_LINE, _CAPTION = 10.3, 8.2  # mm of a heading, of a caption
_BAR, _LYING = 11, 3.3  # mm of a bar that lies, in a crowded chart
_DRAFT: Final = 60  # columns of what every page says
_NAME: Final = 255  # characters of a property of the file


def write(paper: Paper, out: BinaryIO) -> None:
    """Write a paper as a docx file.

    Raises ``SixpingError`` without python-docx, or without XlsxWriter where there are charts.
    """
    document = _document()
    page = LANDSCAPE if paper.landscape else PORTRAIT
    body = _Body(document, page)
    body.compose(paper)
    _set_up(document, paper, page)
    _save(document, body.parts, out)


def require() -> None:
    """Raise ``SixpingError`` without python-docx."""
    try:
        import docx  # noqa: F401
    except ImportError as fault:
        raise SixpingError(
            "写 Word 文件 (docx) 需要 python-docx, 尚未安装",
            '请运行: python -m pip install "sixping[office]" ; 也可改用网页 (-o 文件.html)。',
        ) from fault


def _document() -> Document:
    require()
    import docx

    return docx.Document()


class _Body:
    """The text of a paper as it grows, and the charts that it has so far."""

    def __init__(self, document: Document, page: Format) -> None:
        self.parts: list[str] = []
        self._document, self._page = document, page
        self._charts = 0
        self._breaks = False
        self._headings = 0  # that stand right above what comes next
        self._signed = False  # what comes next is a signature: it does not stand alone on a page
        self._makers: dict[type, Any] = {
            Heading: self._heading,
            Sentence: lambda block: self._runs(block, "Body"),
            Note: lambda block: self._runs(block, "Small"),
            Table: lambda block: self._add(wordtable.table(block, self._page.room)),
            Fields: lambda block: self._add(wordtable.form(block, self._page.room)),
            Chart: self._chart,
            Pair: self._pair,
            Slot: self._slot,
            Picks: self._picks,
            Signature: self._signature,
            SignOff: self._sign_off,
            PageBreak: lambda _: self._break(),
            Cards: lambda _: None,  # the sentences say the same
        }

    def compose(self, paper: Paper) -> None:
        """Put down the whole paper."""
        self._head(paper)
        self._blocks(paper.blocks)
        if paper.annex:
            self._break()
            self._blocks(paper.annex)
        self._foot(paper)

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block, following in zip_longest(blocks, blocks[1:]):
            self._signed = isinstance(following, Signature | SignOff)
            self._makers[type(block)](block)
            if not isinstance(block, Heading | Cards | PageBreak):
                self._headings = 0

    def _add(self, xml: str) -> None:
        if xml:
            self.parts.append(on_new_page(xml) if self._breaks else xml)
            self._breaks = False

    def _break(self) -> None:
        self._breaks = bool(self.parts)

    # --- head and foot -----------------------------------------------------------------------

    def _head(self, paper: Paper) -> None:
        """Put down the head: of a numbered paper (简报) with masthead, number and a rule."""
        room = self._page.room
        until = f"数据截至 {paper.as_of}" if paper.as_of else ""
        title = in_lines(clean(paper.title), room, 44)
        aside = "" if "\n" in title else balanced(title, room, 44)
        titled = paragraph(run(title), "Title", keep=True, more=aside)
        if paper.issue == "":
            self._add(titled)
            when = "  ".join(filter(None, (paper.period, until)))
            source = "  ".join(filter(None, (paper.office, when)))
            if width_of(clean(source), 28) > room - 300:
                source = f"{paper.office}\n{when}"
            if source:
                self._add(paragraph(run(source), "Source", keep=True))
            return
        wide = width_of(clean(paper.office), 2) or 1
        size = max(36, min(72, 2 * room // wide))
        self._add(paragraph(run(paper.office, f'<w:sz w:val="{size}"/>'), "Masthead"))
        empty = run("第") + run("      ", '<w:u w:val="single"/>') + run("期")
        self._add(paragraph(empty if paper.issue is None else run(paper.issue), "Issue"))
        stop = f'<w:tabs><w:tab w:val="right" w:pos="{room}"/></w:tabs>'
        line = run(paper.period) + TAB + run(until)
        self._add(paragraph(line, "Rule", more=stop))
        self._add(titled)

    def _foot(self, paper: Paper) -> None:
        if paper.addressees:
            self._add(paragraph(run(f"分送：{paper.addressees}"), "SentTo", keep=True))
        if paper.seal:
            self._add(paragraph(run(paper.seal), "Seal"))

    # --- blocks ------------------------------------------------------------------------------

    def _runs(self, block: Sentence | Note, style: str) -> None:
        self._add(paragraph(spoken(block.runs), style, keep=self._signed))

    def _heading(self, block: Heading) -> None:
        self._add(paragraph(run(block.text), f"Heading{min(block.level, 2)}"))
        self._headings += 1

    def _chart(self, block: Chart) -> None:
        if block.kind != "multiples":  # the table of the same figures stands for them
            self._add(self._chart_xml(block, self._page.room))

    def _chart_xml(self, block: Chart, room: int, *, half: bool = False) -> str:
        """Return a chart, its caption below and its notes, on one page."""
        width = room * 25.4 / 1440
        drawing = wordchart.drawn(block, int(width))
        unit = f"（单位：{block.unit}）" if block.unit else ""
        caption = paragraph(run(f"{block.caption}{unit}"), "Caption", keep=bool(block.notes))
        notes = "".join(paragraph(spoken(note), "Small") for note in block.notes)
        if drawing is None:
            return paragraph(run("(没有可以画图的数据)"), "Chart", keep=True) + caption + notes
        self._charts += 1
        relation = _embed(self._document, drawing, self._charts)
        size = (width - (4 if half else 0), self._height(block))
        picture = wordchart.inline(relation, self._charts, block, size)
        return paragraph(picture, "Chart", keep=True) + caption + notes

    def _height(self, block: Chart) -> float:
        """Return how high a chart is: with the headings above it, it may go to the next page."""
        most = min(_DRAWN, _TOGETHER - _CAPTION - self._headings * _LINE)
        if block.kind not in ("bars", "stacked"):
            return most
        bars, highest = len(block.categories), 190 if self._page is PORTRAIT else 120
        return max(min(most, _BAR * bars + 14), min(_LYING * bars + 14, highest))

    def _pair(self, block: Pair) -> None:
        """Put two charts side by side, anything else one after the other."""
        left, right = block
        drawn = [one for one in block if isinstance(one, Chart) and one.kind != "multiples"]
        if len(drawn) < len(block):
            self._blocks((left, right))
            return
        half = self._page.room // 2
        cells = [wordtable.cell(self._chart_xml(one, half, half=True), half) for one in drawn]
        self._add(wordtable.frame([half, half], [wordtable.row(cells)], ()))

    def _slot(self, block: Slot) -> None:
        facts = "".join(paragraph(spoken(fact), "Fact", keep=True) for fact in block.facts)
        ruled = wordtable.ruled(block.lines, self._page.room, keep=self._signed)
        self._add(paragraph(run(block.prompt), "Prompt") + facts + ruled)

    def _picks(self, block: Picks) -> None:
        self._add(paragraph(run(block.prompt), "Prompt"))
        if not block.picks:
            self._add(paragraph(run("(无)"), "Fact"))
        for pick in block.picks:
            line = f"□ {pick.number}  {pick.facts}"
            self._add(paragraph(run(line, "<w:b/>"), "Fact", keep=True))
            self._add(paragraphs(pick.text, "Fact"))

    def _signature(self, block: Signature) -> None:
        """Put down who issues the paper, with the room that a seal takes above."""
        gap = f'<w:spacing w:before="{2 * LINE}"/>'
        aside = '<w:ind w:rightChars="{0}" w:right="{1}"/>'
        two, four = aside.format(200, 630), aside.format(400, 1260)
        self._add(paragraph(run(block.office), "Signature", keep=True, more=gap + two))
        self._add(paragraph(run(block.date), "Signature", keep=self._signed, more=four))

    def _sign_off(self, block: SignOff) -> None:
        """Put down lines for names, three in a row at most."""
        rows = ceil(len(block.labels) / 3)
        each = ceil(len(block.labels) / max(rows, 1))
        for first in range(0, len(block.labels), each or 1):
            labels = block.labels[first : first + each]
            share = self._page.room // len(labels)
            stops, content = "", ""
            for place, label in enumerate(labels, 1):
                end = place * share
                stops += f'<w:tab w:val="left" w:leader="underscore" w:pos="{end - 240}"/>'
                stops += f'<w:tab w:val="left" w:pos="{end}"/>' if place < len(labels) else ""
                content += run(f"{label}：") + TAB + (TAB if place < len(labels) else "")
            more, keep = f"<w:tabs>{stops}</w:tabs>", first + each < len(block.labels)
            self._add(paragraph(content, "SignOff", keep=keep, more=more))


# --- the package ----------------------------------------------------------------------------------


def _embed(document: Document, drawing: wordchart.Drawing, number: int) -> str:
    """Put a chart and its workbook into the package; return the relation it is shown by."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    package = document.part.package
    chart = Part(
        PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, drawing.xml, package
    )
    book = Part(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        drawing.workbook,
        package,
    )
    chart.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    return document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)


def _fill(element: Any, xml: str) -> None:  # noqa: ANN401 - an element of lxml, which has no types
    """Put parsed text in place of what an element holds."""
    from docx.oxml.parser import parse_xml

    element[:] = list(parse_xml(f"<w:hold {XML_NAMES}>{xml}</w:hold>"))


def _set_up(document: Document, paper: Paper, page: Format) -> None:
    """Set up the page, its number and what every page says, styles and properties."""
    _fill(document.element.body.sectPr, _section(page))
    section = document.sections[0]
    for foot, even in ((section.footer, False), (section.even_page_footer, True)):
        foot.is_linked_to_previous = False
        _fill(foot.part.element, footer(even=even))
    if paper.draft:
        said = paragraph(run(cut(clean(paper.draft), _DRAFT)), "Header")
        for head in (section.header, section.even_page_header):
            head.is_linked_to_previous = False
            _fill(head.part.element, said)
    for part, xml in ((document.styles, styles()), (document.settings, settings())):
        _fill(part.element, xml)
    _strip(document)
    _name(document, paper)


def _section(page: Format) -> str:
    """Return what a page is like: its size, margins and grid of lines."""
    top, bottom, left, right = map(twips, page.margins)
    turned = ' w:orient="landscape"' if page is LANDSCAPE else ""
    return (
        f'<w:pgSz w:w="{twips(page.width)}" w:h="{twips(page.height)}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
        f' w:header="{twips(20)}" w:footer="{twips(page.foot)}" w:gutter="0"/>'
        f'<w:cols w:space="425"/><w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
    )


def _strip(document: Document) -> None:
    """Leave out what the template brings along, and say which fonts stand in for others."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    main, kept = document.part, ("styles", "settings", "chart", "footer", "header")
    package = main.package
    for relations, wanted in (
        (main.rels, kept),
        (package.rels, ("officeDocument", "core-properties")),
    ):
        for name, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[1] not in wanted:
                del relations[name]
    fonts = PackURI("/word/fontTable.xml")
    made = Part(fonts, CONTENT_TYPE.WML_FONT_TABLE, font_table().encode(), package)
    main.relate_to(made, RELATIONSHIP_TYPE.FONT_TABLE)


def _name(document: Document, paper: Paper) -> None:
    """Say whose paper it is and what it is called, and nothing of when or where it was made."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES).element[:] = []
    properties = document.core_properties
    properties.author = clean(paper.office)[:_NAME]
    properties.title = clean(paper.title)[:_NAME]
    properties.language = "zh-CN"


def _save(document: Document, parts: Iterable[str], out: BinaryIO) -> None:
    """Write the package with a fixed date on every part of it.

    The text goes past lxml, where moving thousands of rows takes minutes.
    """
    text = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {XML_NAMES}><w:body>'
        f"{''.join(parts)}{document.element.body.sectPr.xml}</w:body></w:document>"
    ).encode()
    made = BytesIO()
    document.save(made)
    with ZipFile(made) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.create_system = ZIP_DEFLATED, 0
            target.writestr(part, text if name == "word/document.xml" else source.read(name))
