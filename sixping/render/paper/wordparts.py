"""The parts of a Word paper as WordprocessingML: measures, styles, paragraphs, page numbers.

Layout of GB/T 9704-2012: A4, 22 lines of 28 characters a page. Everything here is text of XML;
what people wrote passes ``literal``, once.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import ceil
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from sixping.render.paper.blocks import Figure, Runs
from sixping.util.text import clean, columns

XML_NAMES: Final = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{rest}"'
    for prefix, rest in (
        ("w", "wordprocessingml/2006/main"),
        ("r", "officeDocument/2006/relationships"),
        ("wp", "drawingml/2006/wordprocessingDrawing"),
        ("a", "drawingml/2006/main"),
        ("c", "drawingml/2006/chart"),
    )
)
FANGSONG, HEITI, KAITI, SONGTI = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
TITLE_FONT, LATIN = "方正小标宋简体", "Times New Roman"
LATE: Final = "B3261E"
_HEAD_RED: Final = "C00000"
LINE: Final = 579  # twips: 22 lines of 28.95 pt in 225 mm
_CLOSER: Final = -5  # twips between characters: 28 of 15.75 pt in 156 mm


class Format(NamedTuple):
    """A page: its size, margins (top, bottom, left, right) and foot, in mm."""

    width: int
    height: int
    margins: tuple[int, int, int, int]
    foot: int

    @property
    def room(self) -> int:
        """Return the width of the type area in twips."""
        return twips(self.width - self.margins[2] - self.margins[3])


def twips(mm: float) -> int:
    """Return millimetres as twentieths of a point."""
    return int(mm * 1440 / 25.4)


PORTRAIT: Final = Format(210, 297, (37, 35, 28, 26), 22)
#: the same paper turned: what was at the side is above and below
LANDSCAPE: Final = Format(297, 210, (28, 26, 37, 35), 13)


class Size(NamedTuple):
    """A size of small type: half points, and its line in twips."""

    half_points: int
    line: int

    @property
    def style(self) -> str:
        """Return the name of the style of cells in it."""
        return f"Cell{self.half_points}"


#: 小四, 五号, 小五, 六号, 小六: tables take the first one that fits
SIZES: Final = (Size(24, 370), Size(21, 320), Size(18, 270), Size(15, 220), Size(13, 190))


def literal(text: str) -> str:
    """Return text as character data: hidden signs shown, nothing of it markup."""
    return escape(clean(text, multiline=True), {'"': "&quot;"})


def run(text: str, properties: str = "", font: str = "") -> str:
    """Return a run; line breaks stay. ``properties``: more of its ``w:rPr``, in schema order."""
    named = f' w:eastAsia="{font}"' if font else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{line}</w:t>' if line else ""
        for line in literal(text).split("\n")
    )
    return f'<w:r><w:rPr><w:rFonts{named} w:hint="eastAsia"/>{properties}</w:rPr>{lines}</w:r>'


def spoken(runs: Runs) -> str:
    """Return the runs of a sentence; what is late stands out by weight."""
    return "".join(
        run(part.text, "<w:b/>" if part.urgent else "") if isinstance(part, Figure) else run(part)
        for part in runs
    )


def paragraph(content: str, style: str, *, keep: bool = False, more: str = "") -> str:
    """Return a paragraph of runs. ``keep``: on a page with the next one. ``more``: of ``w:pPr``."""
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{more}</w:pPr>{content}</w:p>'


def on_new_page(xml: str) -> str:
    """Return paragraphs and tables of which the first one begins a page."""
    if not xml.startswith("<w:p>"):
        return paragraph("", "Zero", more="<w:pageBreakBefore/>") + xml
    style, end, rest = xml.partition("/>")
    kept = "<w:keepNext/>" if rest.startswith("<w:keepNext/>") else ""
    return f"{style}{end}{kept}<w:pageBreakBefore/>{rest.removeprefix(kept)}"


def paragraphs(
    text: str, style: str, properties: str = "", *, keep: bool = False, more: str = ""
) -> str:
    """Return each line of a text as a paragraph: a break within one would stretch the line."""
    return "".join(
        paragraph(run(line, properties), style, keep=keep, more=more) for line in text.split("\n")
    )


TAB: Final = "<w:r><w:tab/></w:r>"


def width_of(text: str, half_points: int) -> int:
    """Return about how wide a text is in twips; digits are half a character."""
    return columns(text) * half_points * 5


_ENDS: Final = "”》】、，。：,:)） "  # after which a title may be broken without breaking a word
_BEGINS: Final = "“《【（("
_LINES: Final = 4  # of a title at most


def _apart(title: str, place: int) -> bool:
    """Tell whether a title may be broken here: not within a word, not within a date."""
    before, after = title[place - 1], title[place]
    if after.isdigit() or before.isdigit():
        return after.isdigit() and not before.isdigit() and before not in "年月"
    return (
        before in _ENDS
        or after in _BEGINS
        or (before in "年月日" and title[place - 2 : place - 1].isdigit())
    )


def _set_wide(text: str, half_points: int) -> int:
    """Return how wide a title is, with the quarter of a character between Han and Latin."""
    edges = sum(one.isascii() != two.isascii() for one, two in pairwise(text))
    quotes = sum(sign in "“”‘’—…·" for sign in text)  # one column on a screen, a character here
    return width_of(text, half_points) + (2 * quotes + edges) * half_points * 5 // 2


def in_lines(title: str, room: int, half_points: int) -> str:
    """Return a title over few lines of about one length, broken where a word or a date ends."""
    wide = _set_wide(title, half_points)
    if not room < wide <= _LINES * room:
        return title
    places = [at for at in range(1, len(title)) if _apart(title, at)][:40]
    for lines in range(2, _LINES + 1):
        tried = []
        for chosen in combinations(places, lines - 1):
            parts = [title[i:j].strip(" ") for i, j in pairwise((0, *chosen, len(title)))]
            widths = [_set_wide(part, half_points) for part in parts]
            if max(widths) <= room:
                tried.append((max(widths) - min(widths), parts))
        if tried:
            return "\n".join(min(tried)[1])
    return title


def balanced(text: str, room: int, half_points: int) -> str:
    """Return the indents by which a centred text falls into lines of about one length."""
    wide = _set_wide(text, half_points)
    lines = ceil(wide / room)
    if lines < 2:  # noqa: PLR2004 - nothing to balance
        return ""
    aside = max(0, (room - wide // lines - 30 * half_points) // 2)
    return f'<w:ind w:left="{aside}" w:right="{aside}"/>'


# --- page numbers and what every page says -------------------------------------------------


def _field(instruction: str, shown: str) -> str:
    marks = "<w:r><w:rPr>{0}</w:rPr>{1}</w:r>"
    font = '<w:rFonts w:hint="eastAsia"/>'
    return "".join(
        marks.format(font, part)
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            f"<w:t>{shown}</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )


def footer(*, even: bool) -> str:
    """Return the page number, one character from the outer edge: — 1 —."""
    side = "left" if even else "right"
    more = f'<w:ind w:{side}Chars="100" w:{side}="270"/><w:jc w:val="{side}"/>'
    number = run("— ") + _field("PAGE", "2" if even else "1") + run(" —")
    return paragraph(number, "Footer", more=more)


# --- styles ----------------------------------------------------------------------------------


def _fonts(name: str) -> str:
    return (
        f'<w:rFonts w:ascii="{LATIN}" w:eastAsia="{name}" w:hAnsi="{LATIN}" w:cs="{LATIN}"'
        ' w:hint="eastAsia"/>'
    )


def _type(name: str, half_points: int, bold: str = "", colour: str = "") -> str:
    """Return the ``w:rPr`` of a style."""
    weight = f'<w:b w:val="{bold}"/>' if bold else ""
    paint = f'<w:color w:val="{colour}"/>' if colour else ""
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    return f"<w:rPr>{_fonts(name)}{weight}{paint}{size}</w:rPr>"


def _lines(line: int, before: int = 0, after: int = 0, rule: str = "exact") -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="{rule}"/>'


_INDENT: Final = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'
_CENTRED, _LEFT, _RIGHT = (f'<w:jc w:val="{side}"/>' for side in ("center", "left", "right"))
_OFF_GRID: Final = '<w:snapToGrid w:val="0"/>'


def _rule(edge: str, size: int, colour: str = "auto") -> str:
    return f'<w:{edge} w:val="single" w:sz="{size}" w:space="3" w:color="{colour}"/>'


def _boxed(*rules: str) -> str:
    return f"<w:pBdr>{''.join(rules)}</w:pBdr>"


#: id, name people see, properties of the paragraph, of its characters
_STYLES: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("Body", "Normal Indent", _INDENT, ""),
    ("Heading1", "heading 1", f'<w:keepNext/>{_INDENT}<w:outlineLvl w:val="0"/>', _type(HEITI, 32)),
    ("Heading2", "heading 2", f'<w:keepNext/>{_INDENT}<w:outlineLvl w:val="1"/>', _type(KAITI, 32)),
    ("Masthead", "报头", _lines(760, 0, 240) + _CENTRED, _type(TITLE_FONT, 64, "0", _HEAD_RED)),
    ("Issue", "期号", _CENTRED, ""),
    ("Rule", "报头线", _boxed(_rule("bottom", 12, _HEAD_RED)) + _lines(440, 0, 480) + _LEFT,
     _type(FANGSONG, 28)),
    ("Source", "来源行", _lines(440, 0, 290) + _CENTRED, _type(KAITI, 28)),
    ("Title", "Title", _lines(700, 0, 290) + _CENTRED, _type(TITLE_FONT, 44, "0")),
    ("Caption", "caption", _OFF_GRID + _lines(360, 60, 40) + _CENTRED, _type(HEITI, 24)),
    ("Chart", "图", _OFF_GRID + _lines(240, 80, 0, "auto") + _CENTRED, _type(FANGSONG, 21)),
    ("Small", "小字", _OFF_GRID + _lines(330), _type(FANGSONG, 21)),
    ("Fact", "参考", _OFF_GRID + _lines(360) + _INDENT.replace("630", "470"), _type(FANGSONG, 24)),
    ("Prompt", "填写提示", "<w:keepNext/>" + _INDENT, _type(KAITI, 32)),
    ("Gap", "表后", _OFF_GRID + _lines(140), _type(FANGSONG, 10)),
    ("Zero", "换页", _OFF_GRID + _lines(20), _type(FANGSONG, 2)),
    ("Signature", "署名", _RIGHT, ""),
    ("SignOff", "签名行", _lines(LINE, 160, 0) + _LEFT, ""),
    ("SentTo", "分送", _boxed(_rule("top", 8), _rule("bottom", 8))
     + _lines(440, 290, 0) + '<w:ind w:left="840" w:hanging="840"/>',
     _type(FANGSONG, 28)),
    ("Seal", "校验码", _OFF_GRID + _lines(250, 100, 0) + _LEFT, _type(SONGTI, 18)),
    ("Header", "header", _OFF_GRID + _lines(360) + _CENTRED, _type(HEITI, 28)),
    ("Footer", "footer", _OFF_GRID + _lines(340), _type(SONGTI, 28)),
)  # fmt: skip


def _style(name: str, title: str, paragraphs: str, characters: str) -> str:
    based = '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/>{based}'
        f"<w:qFormat/><w:pPr>{paragraphs}</w:pPr>{characters}</w:style>"
    )


def styles() -> str:
    """Return what ``w:styles`` holds: small, and no font or language but ours."""
    cells = (
        _style(size.style, f"表文{size.half_points / 2:g}", _OFF_GRID + _lines(size.line) + _LEFT,
               _type(FANGSONG, size.half_points))
        for size in SIZES
    )  # fmt: skip
    size = '<w:sz w:val="32"/><w:szCs w:val="32"/>'
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(FANGSONG)}"
        f'<w:spacing w:val="{_CLOSER}"/><w:kern w:val="2"/>{size}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        # widow control would leave 21 lines; overflowPunct is what Word does without a word, but
        # LibreOffice reads it the other way round and would set punctuation outside the type area
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        '<w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>'
        f'<w:overflowPunct w:val="1"/>{_lines(LINE)}<w:jc w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/></w:style>'
        f"{''.join(_style(*style) for style in _STYLES)}{''.join(cells)}"
    )


def settings() -> str:
    """Return what ``w:settings`` holds."""
    modern = (
        '<w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    )
    return (
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        f"<w:compat><w:doNotExpandShiftReturn/>{modern}</w:compat>"
        '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/>'
    )


def font_table() -> str:
    """Return ``w:fonts``: what stands in on a machine that has not got the official ones."""
    others = {
        FANGSONG: "仿宋,FangSong",
        KAITI: "楷体,KaiTi",
        TITLE_FONT: "方正小标宋_GBK,宋体",
        HEITI: "SimHei",
        SONGTI: "SimSun",
    }
    fonts = (
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in others.items()
    )
    return f"<w:fonts {XML_NAMES}>{''.join(fonts)}</w:fonts>"
