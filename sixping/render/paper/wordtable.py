"""Tables and forms of a Word paper: how wide each column is, in which size, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final, NamedTuple

from sixping.render.paper.blocks import Cell, Fields, Figure, Head, Ratio, Table, text_of
from sixping.render.paper.wordparts import (
    HEITI,
    LATE,
    LINE,
    SIZES,
    Size,
    paragraph,
    paragraphs,
    run,
    spoken,
)
from sixping.util.text import clean, columns, cut

_PAD: Final = 70  # twips left and right in a cell
_TALLEST: Final = 3000  # twips a row may be to stay on one page; a taller one would leave a hole
_TOGETHER: Final = 3600  # twips of a form that is kept on one page
_WRITTEN: Final = 567  # twips of a row that people write in
_LONG: Final = 20  # rows from which on a table is set smaller
_READ: Final = SIZES[3]  # the smallest size in which many figures are set
_NONE: Final = "(无)"
_SHORT: Final = 14  # columns of a text that is not broken; as wide as its digits may be:
_NUMBER: Final = 16
_EDGES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


class _Column(NamedTuple):
    """A column: the least it takes and what it would like, in columns of a terminal."""

    least: int
    liked: int
    write: bool


def frame(
    widths: Sequence[int],
    rows: Iterable[str],
    edges: Sequence[str] = _EDGES,
    *,
    keep: bool = False,
) -> str:
    """Return a table of rows and a gap, without which Word would join it with the next table.

    ``edges``: where it has rules. ``keep``: the gap stays with what follows.
    """
    rules = "".join(
        f'<w:{edge} w:val="{"single" if edge in edges else "nil"}" w:sz="4" w:space="0"'
        ' w:color="auto"/>'
        for edge in _EDGES
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{_PAD}" w:type="dxa"/><w:right w:w="{_PAD}" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        f"{paragraph('', 'Gap', keep=keep)}"
    )


def row(cells: Iterable[str], *, head: bool = False, whole: bool = True, height: int = 0) -> str:
    """Return a row. ``head``: repeated on every page; ``whole``: never over two of them."""
    properties = (
        ("<w:cantSplit/>" if whole else "")
        + (f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else "")
        + ("<w:tblHeader/>" if head else "")
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def cell(content: str, width: int, span: int = 1) -> str:
    """Return a cell of paragraphs, over ``span`` columns."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}<w:vAlign w:val="center"/>'
        f"</w:tcPr>{content}</w:tc>"
    )


# --- tables of figures -----------------------------------------------------------------------


def table(block: Table, room: int) -> str:
    """Return a table with its caption above and its notes below, ``room`` twips wide.

    Bars are left out. The head is repeated on every page, 合计 stays with the row before it. More
    figures than there is room for go on below, the first column again.
    """
    parts = _parts(block, room)
    made = ""
    for nth, kept in enumerate(parts):
        more = "（续）" if nth else ""
        noted = bool(block.notes) and nth == len(parts) - 1
        if block.caption:
            made += paragraph(run(f"{block.caption}{more}"), "Caption", keep=True)
        made += _part(block, kept, room, noted=noted)
    return made + "".join(paragraph(spoken(note), "Small") for note in block.notes)


def _parts(block: Table, room: int) -> list[list[int]]:
    """Return the columns of each part: one, unless many figures would be too small to read."""
    kept = [place for place, head in enumerate(block.heads) if head.kind != "bar"]
    lines = [*block.read, *([block.total] if block.total is not None else [])]
    least = {
        place: _twips(_wanted(block.heads[place], [line[place] for line in lines]).least, _READ)
        for place in kept
    }
    only_figures = all(block.heads[place].kind == "figure" for place in kept[1:])
    if sum(least.values()) <= room or not only_figures:
        return [kept]
    name = min(least[kept[0]], room // 4)
    parts, left = [[kept[0]]], room - name
    for place in kept[1:]:
        if least[place] > left and len(parts[-1]) > 1:
            parts.append([kept[0]])
            left = room - name
        parts[-1].append(place)
        left -= least[place]
    return parts


def _part(block: Table, kept: Sequence[int], room: int, *, noted: bool) -> str:
    """Return some columns of a table; ``noted``: its notes follow."""
    heads = [block.heads[place] for place in kept]
    rows = [[line[place] for place in kept] for line in block.read]
    total = [block.total[place] for place in kept] if block.total is not None else None
    sizes: Sequence[Size] = SIZES
    if len(rows) > _LONG:
        sizes = SIZES[2 if block.whole else 1 :]
    size, widths = _fitted(heads, [*rows, total] if total is not None else rows, room, sizes)
    made = [_head_row(heads, widths, size)]
    for at, line in enumerate(rows):
        if block.groups and at in block.groups:
            made.append(_across(block.groups[at], widths, size, bold=True))
        last = at == len(rows) - 1 and (total is not None or noted)
        made.append(_row(line, heads, widths, size, keep=last))
    if total is not None:
        made.append(_row(total, heads, widths, size, bold=True, keep=noted))
    elif not rows:
        made.append(_across(_NONE, widths, size))
    return frame(widths, made, keep=noted)


def _head_row(heads: Sequence[Head], widths: Sequence[int], size: Size) -> str:
    most = _TALLEST // size.line
    cells = []
    for head, width in zip(heads, widths, strict=True):
        a_line = max(2, (width - 2 * _PAD) // (size.half_points * 5))
        # a head over a whole page would be repeated on each, and leave no room for rows
        text = run(cut(clean(head.title), a_line * most), font=HEITI)
        content = paragraph(text, size.style, keep=True, more='<w:jc w:val="center"/>')
        cells.append(cell(content, width))
    return row(cells, head=True)


def _row(
    line: Sequence[Cell],
    heads: Sequence[Head],
    widths: Sequence[int],
    size: Size,
    *,
    keep: bool = False,
    bold: bool = False,
) -> str:
    cells, height = [], 0
    written = _WRITTEN if any(head.kind == "write" for head in heads) else 0
    for value, head, width in zip(line, heads, widths, strict=True):
        urgent = isinstance(value, Figure) and value.urgent
        weight = "<w:b/>" if bold or urgent else ""
        paint = f'<w:color w:val="{LATE}"/>' if urgent else ""
        side = '<w:jc w:val="right"/>' if head.kind == "figure" else ""
        text = _text(value)
        content = paragraphs(text, size.style, weight + paint, keep=keep, more=side)
        cells.append(cell(content, width))
        height = max(height, _height(text, width, size))
    return row(cells, whole=height <= _TALLEST, height=written)


def _text(value: Cell) -> str:
    """Return a cell as text; a share stands above how many of what."""
    text = text_of(value)
    return text.replace(" ", "\n") if isinstance(value, Ratio) else text


def _across(text: str, widths: Sequence[int], size: Size, *, bold: bool = False) -> str:
    """Return a row that is one cell: the heading of the rows below, or that there are none."""
    content = paragraph(run(text, "<w:b/>" if bold else ""), size.style, keep=bold)
    return row([cell(content, sum(widths), len(widths))])


def _height(text: str, width: int, size: Size) -> int:
    """Return about how high a text stands in a cell, in twips."""
    a_line = max(2, (width - 2 * _PAD) // (size.half_points * 5))
    return sum(max(1, ceil(columns(part) / a_line)) for part in text.split("\n")) * size.line


def _fitted(
    heads: Sequence[Head], rows: Sequence[Sequence[Cell]], room: int, sizes: Sequence[Size]
) -> tuple[Size, list[int]]:
    """Return the largest size in which the columns have what they need, and their widths."""
    wanted = [_wanted(head, [line[place] for line in rows]) for place, head in enumerate(heads)]
    for size in sizes:
        least = [_twips(column.least, size) for column in wanted]
        if sum(least) <= room:
            break
    else:
        first = min(least[0], room // 4)  # what a row is about is read first
        return size, [first, *_shared([0] * (len(least) - 1), least[1:], room - first)]
    liked = [_twips(column.liked, size) for column in wanted]
    if sum(liked) > room:
        return size, _shared(least, [a - b for a, b in zip(liked, least, strict=True)], room)
    spare = [int(column.write) for column in wanted]
    return size, _shared(liked, spare if any(spare) else liked, room)


def _twips(wide: int, size: Size) -> int:
    return wide * size.half_points * 5 * 21 // 20 + 2 * _PAD + 40


def _shared(first: Sequence[int], shares: Sequence[int], room: int) -> list[int]:
    """Return widths that fill the room: what each has first, the rest by shares."""
    rest, whole = room - sum(first), sum(shares) or 1
    widths = [have + rest * share // whole for have, share in zip(first, shares, strict=True)]
    widths[-1] += room - sum(widths)
    return widths


def _wanted(head: Head, cells: Sequence[Cell]) -> _Column:
    """Return what a column needs: a figure is never broken, a text may be, a head over three lines.

    ``least`` of a text are six characters, more where that would take many lines; a short
    one, as the number of a case or a day, stays in one piece.
    """
    title = columns(clean(head.title))
    lines = [clean(line) for value in cells for line in _text(value).split("\n")]
    longest = max(map(columns, lines), default=0)
    easy = max(map(_easily, lines), default=0)
    if head.kind == "write":
        return _Column(max(16, ceil(title / 2)), 44, write=True)
    if head.kind == "figure":
        least = max(easy, 4, ceil(title / 3) + ceil(title / 3) % 2)
        return _Column(least, max(least + 2, ceil(title / 2) + 2), write=False)
    short = min(easy, _NUMBER) if longest <= _SHORT else _SHORT
    least = max(4, short, min(12, ceil(title / 3) + 1))
    return _Column(least, max(least, min(easy, 60), min(title, 24)), write=False)


def _easily(text: str) -> int:
    """Return in how many columns a text stands also where its digits are of a wide font."""
    narrow = sum(map(str.isascii, text))
    return columns(text) + (3 * narrow + 9) // 10


# --- forms -------------------------------------------------------------------------------------

_FORM: Final = SIZES[0]
_FORM_ROW: Final = LINE
_GAP: Final = 140  # twips of the gap after a table
_FEW: Final = 4  # lines to write on that stay on one page


def form(block: Fields, room: int) -> str:
    """Return a bordered form: two pairs a row, what is wide across."""
    longest = max((columns(clean(label)) for label, _ in block.pairs), default=0)
    label = min(max(_twips(longest, _FORM), room // 7), room // 4)
    widths = [label, room // 2 - label, label, room - room // 2 - label]
    rows: list[Sequence[tuple[str, str | None]]] = []
    waiting: tuple[str, str | None] | None = None
    for pair in block.pairs:
        if pair[0] in block.wide:
            rows += [[one] for one in (waiting, pair) if one is not None]
            waiting = None
        elif waiting is None:
            waiting = pair
        else:
            rows.append([waiting, pair])
            waiting = None
    if waiting is not None:
        rows.append([waiting])
    heights = [_pairs_height(pairs, widths) for pairs in rows]
    together = sum(heights) <= _TOGETHER
    made = [
        _pairs_row(pairs, widths, whole=height <= _TALLEST, keep=together and at < len(rows))
        for at, (pairs, height) in enumerate(zip(rows, heights, strict=True), 1)
    ]
    return frame(widths, made) if made else ""


def _over(place: int, pairs: Sequence[object], widths: Sequence[int]) -> tuple[int, int]:
    """Return over how many columns a value of a row stands, and how wide that is."""
    span = 1 if len(pairs) > 1 else 3
    return span, sum(widths[2 * place + 1 : 2 * place + 1 + span])


def _pairs_height(pairs: Sequence[tuple[str, str | None]], widths: Sequence[int]) -> int:
    heights = [_FORM_ROW]
    for place, (label, value) in enumerate(pairs):
        heights.append(_height(label, widths[0], _FORM))
        heights.append(_height(value or "", _over(place, pairs, widths)[1], _FORM))
    return max(heights)


def _pairs_row(
    pairs: Sequence[tuple[str, str | None]], widths: Sequence[int], *, whole: bool, keep: bool
) -> str:
    cells = []
    for place, (label, value) in enumerate(pairs):
        span, width = _over(place, pairs, widths)
        named = run(label, font=HEITI)
        centred = '<w:jc w:val="center"/>'
        cells.append(cell(paragraph(named, _FORM.style, keep=keep, more=centred), widths[0]))
        cells.append(cell(paragraphs(value or "", _FORM.style, keep=keep), width, span))
    return row(cells, whole=whole, height=_FORM_ROW)


def ruled(lines: int, room: int, *, keep: bool = False) -> str:
    """Return empty lines to write on; a few of them are never torn apart.

    ``keep``: the last one stays with what follows, as a paragraph: a row of a table would not.
    """
    last = _last_line() if keep and lines else ""
    rows = lines - 1 if last else lines
    made = [
        row([cell(paragraph("", _FORM.style, keep=at < rows - 1 <= _FEW), room)], height=_FORM_ROW)
        for at in range(rows)
    ]
    return (frame([room], made, ("insideH", "bottom")) if made else "") + last


def _last_line() -> str:
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:pBdr>'
    line = f'<w:spacing w:line="{_FORM_ROW - _GAP}" w:lineRule="exact"/>'
    return paragraph("", _FORM.style, keep=True, more=rule + line)
