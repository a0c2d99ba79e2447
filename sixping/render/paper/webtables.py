"""Figures, sentences and tables on a page; what each figure opens to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from sixping.documents.phrases import NO_RATE
from sixping.render.paper import svg
from sixping.render.paper.blocks import Bar, Cell, Figure, Head, Ratio, Runs, Table
from sixping.render.paper.markup import esc

#: what stands behind a number and stays on its line
_MEASURE = re.compile(r"\s?(?:个工作日|个百分点|件次|[件个项日天人起条次家名位期宗%])")
#: where the head of a column may go on in a second line
_FOLDS = re.compile(r"(?<=..)(?<!未)(?=未?办结|[(（])")
_LONGEST_PIECE = 4  # characters of such a head that stay together
_NUMBER = re.compile(r"[\d-]+")
_SHORT = 14  # columns of a text that is kept on one line where there is room
_WIDE = 10  # columns to read: folds on a narrow window
_FOLDS_FROM = 7  # columns to read: on a phone such a table folds into labelled values
_TOO_MANY = 16  # columns: such a table scrolls by itself, the page stays
KEEP = 8  # rows of a table that is not broken over two pages: more would leave a hole


class Links:
    """What the figures of one page open to: a key, which may be any text → an id that is safe.

    ``used`` grows as the page is written, in its order.
    """

    def __init__(self, listed: Mapping[str, Sequence[str]]) -> None:
        """Take what is listed on the page: key → the numbers behind it."""
        self._listed = listed
        self.used: dict[str, str] = {}

    def to(self, figure: Figure) -> str | None:
        """Return the id of the list behind a figure, None where there is nothing to open."""
        if figure.key is None or not self._listed.get(figure.key):
            return None
        return self.used.setdefault(figure.key, f"f{len(self.used) + 1}")


def keep(rows: int) -> str:
    """Return the class of what is not broken over two printed pages: it is short."""
    return " keep" if rows <= KEEP else ""


def linked(figure: Figure, links: Links) -> str:
    """Return a figure, a link where it opens."""
    at = links.to(figure)
    return f'<a class="n" href="#{at}">{esc(figure.text)}</a>' if at else esc(figure.text)


def runs_of(runs: Runs, links: Links) -> str:
    """Return a sentence; a number and its measure stay together, what is late stands out."""
    told, rest = [], ""
    for place, run in enumerate(runs):
        if isinstance(run, str):
            told.append(esc(run[len(rest) :]))
            rest = ""
            continue
        after = runs[place + 1] if place + 1 < len(runs) else ""
        found = _MEASURE.match(after) if isinstance(after, str) else None
        rest = found[0] if found else ""
        name, tag = ("u late", "b") if run.urgent else ("u", "span")
        told.append(f'<{tag} class="{name}">{linked(run, links)}{esc(rest)}</{tag}>')
    return "".join(told)


def notes_of(notes: Sequence[Runs], links: Links) -> str:
    """Return the small print under a table or chart."""
    return "".join(f'<p class="notes">{runs_of(note, links)}</p>' for note in notes)


def table_of(table: Table, links: Links, *, whole: bool = True) -> str:
    """Return a table with its head, groups, sum and notes; a short one is printed ``whole``."""
    shown = table.rows if table.shown is None else table.rows[: table.shown]
    rest = table.rest if len(shown) < len(table.rows) else None
    every = [*shown, *([rest] if rest else []), *([table.total] if table.total else [])]
    drawn = _Bars(table, every)
    body = [_body_of(table, shown, drawn, links)]
    for row, name in ((rest, "r"), (table.total, "t")):
        if row:
            body.append(f"<tbody>{_row(table.heads, row, drawn, links, name)}</tbody>")
    kept = keep(len(every)) if whole else ""
    scroll = " scroll" if len(table.heads) >= _TOO_MANY else ""
    return (
        f'<div class="block{kept}{scroll}"><table class="{_class(table.heads)}">'
        f"<caption>{esc(table.caption)}{legend(drawn.legend())}</caption>"
        f"<thead><tr>{''.join(map(head_of, table.heads))}</tr></thead>{''.join(body)}</table>"
        f"{notes_of(table.notes, links)}</div>"
    )


def legend(named: Sequence[tuple[str, str]]) -> str:
    """Return what the colours are, where there is more than one."""
    if not named:
        return ""
    told = "".join(f"<span>{svg.swatch(fill)}{esc(name)}</span>" for fill, name in named)
    return f'<span class="legend">{told}</span>'


class _Bars:
    """The bars of one table: a column has one scale, taken from its numbers."""

    def __init__(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
        self._legend = table.legend
        self._bars = [cell for row in rows for cell in row if isinstance(cell, Bar)]
        sums = [max(bar.of, sum(bar.parts), bar.before or 0) for bar in self._bars]
        self.scale = max(sums, default=0)

    def draw(self, bar: Bar) -> str:
        late = bar.late or len(bar.parts) > 1
        fills = svg.parts_fill(len(bar.parts), late=late)
        return svg.stacked(bar.parts, fills, self.scale, bar.before)

    def legend(self) -> list[tuple[str, str]]:
        """Return what the parts are; the late one only where there is something late."""
        if not self._bars:
            return []
        several = len(self._legend) > 1
        fills = svg.parts_fill(len(self._legend), late=several) if self._legend else ()
        late = several and any(bar.parts[-1] for bar in self._bars if bar.parts)
        named = zip(fills, self._legend, strict=True)
        return [pair for pair in named if pair[0] != "late" or late]


def _class(heads: Sequence[Head]) -> str:
    """Return what a table is called by its columns: how wide, and when it folds."""
    read = _read(heads)
    if len(heads) < 6:  # noqa: PLR2004 - see the style sheet
        return f"c{read}" if read == len(heads) else "cx"
    return " ".join(["c6", *(["c7"] if _folds(heads) else ()), *(["c10"] if read >= _WIDE else ())])


def _folds(heads: Sequence[Head]) -> bool:
    """Tell whether a table folds on a phone; columns of text are wider than those of figures."""
    texts = sum(head.kind == "text" for head in heads)
    return _read(heads) >= _FOLDS_FROM or texts == _FOLDS_FROM - 1


def _read(heads: Sequence[Head]) -> int:
    """Return how many columns have something to read: bars and empty columns leave a phone."""
    return sum(head.kind in ("text", "figure") for head in heads)


def head_of(head: Head) -> str:
    """Return the head of a column; one without a title is an empty cell."""
    name = {"text": "", "figure": "v", "bar": "b", "write": "w"}[head.kind]
    marked = f' class="{name}"' if name else ""
    if not head.title:
        return f"<td{marked}></td>"
    return f'<th scope="col"{marked}>{_folding(head.title)}</th>'


def _folding(title: str) -> str:
    """Return the head of a column with the places where it may be broken."""
    pieces = []
    for piece in _FOLDS.split(title):
        step = len(piece) if len(piece) <= _LONGEST_PIECE + 1 else _LONGEST_PIECE
        pieces += [piece[at : at + step] for at in range(0, len(piece), step or 1)]
    return "<wbr>".join(map(esc, pieces))


def _body_of(table: Table, rows: Sequence[Sequence[Cell]], drawn: _Bars, links: Links) -> str:
    groups = {at: name for at, name in (table.groups or {}).items() if at < len(rows)}
    starts = sorted({0, *groups, len(rows)})
    bodies = []
    for start, end in pairwise(starts):
        lines = [_row(table.heads, row, drawn, links) for row in rows[start:end]]
        if start in groups:
            said = f'<th scope="rowgroup" colspan="{len(table.heads)}">{esc(groups[start])}</th>'
            lines.insert(0, f'<tr class="g">{said}</tr>')
        bodies.append(f"<tbody>{''.join(lines)}</tbody>")
    return "".join(bodies)


def _row(
    heads: Sequence[Head], row: Sequence[Cell], drawn: _Bars, links: Links, name: str = ""
) -> str:
    """Return a row; its first cell is its head where it is text."""
    named = _folds(heads)
    cells = []
    for place, (head, cell) in enumerate(zip(heads, row, strict=True)):
        label = f' data-h="{esc(head.title)}"' if named and place and head.title else ""
        if head.kind == "write":
            cells.append('<td class="w"></td>')
        elif isinstance(cell, Bar):
            cells.append(f'<td class="b">{drawn.draw(cell)}</td>')
        elif place == 0 and isinstance(cell, str):
            cells.append(f'<th scope="row"{_kept(cell)}>{esc(cell)}</th>')
        else:
            cells.append(cell_of(cell, label, links, bar=head.kind == "bar"))
    marked = f' class="{name}"' if name else ""
    return f"<tr{marked}>{''.join(cells)}</tr>"


def cell_of(cell: Cell, label: str, links: Links, *, bar: bool = False) -> str:
    """Return a cell that is no bar: a number to the right, what is late standing out."""
    if isinstance(cell, Figure):
        calm = " z" if not cell.value else ""
        name = "v late" if cell.urgent else f"v{calm}"
        return f'<td class="{name}"{label}>{linked(cell, links)}</td>'
    if isinstance(cell, Ratio):
        return f'<td class="v{"" if cell.d.value else " z"}"{label}>{_ratio(cell, links)}</td>'
    if not isinstance(cell, str):
        return f'<td class="{"b " if bar else ""}none"></td>'
    return f"<td{_kept(cell, 'x')}{label}>{esc(cell)}</td>"


def _ratio(cell: Ratio, links: Links) -> str:
    """Return ``7/13`` as two links, its share before it: on a line of its own where it must."""
    if not cell.d.value:
        return esc(cell.text)
    share = f"{esc(cell.rate.text)}<wbr> " if cell.rate else ""
    return f'{share}<span class="u">{linked(cell.n, links)}/{linked(cell.d, links)}</span>'


def _kept(text: str, name: str = "") -> str:
    """Return the class of a text: a number keeps to one line, a short text where there is room."""
    names = [name, "z" if text == NO_RATE else "i" if _NUMBER.fullmatch(text) else ""]
    names.append("s" if is_short(text) else "")
    return f' class="{" ".join(filter(None, names))}"' if any(names) else ""


def is_short(text: str) -> bool:
    """Return whether a text is not to be broken where there is room."""
    return sum(2 if sign >= "\u2e80" else 1 for sign in text[: _SHORT + 1]) <= _SHORT
