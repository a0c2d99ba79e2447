"""A paper as a page: one file that opens anywhere, without script and without network.

The figures open to the list of their cases at the end of the same file (``webcases``). Printed,
it is A4; on a phone it is one column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from sixping.render.paper import webcases
from sixping.render.paper.blocks import (
    Block,
    Card,
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
from sixping.render.paper.markup import HEAD, esc, esc_lines
from sixping.render.paper.webcharts import chart_of
from sixping.render.paper.webstyle import page_style
from sixping.render.paper.webtables import Links, keep, linked, runs_of, table_of

_LINE = 45  # characters of a printed line


def write(paper: Paper, out: TextIO) -> None:
    """Write a paper as one HTML file; the same paper gives the same bytes.

    Where a figure has a key and its cases are listed, it links to them. Of more than
    ``webcases.MOST`` cases only those behind late figures are listed.
    """
    shown = webcases.listing(paper)
    writer = _Writer(Links(shown.behind), landscape=paper.landscape)
    body = writer.blocks(paper.blocks)
    annex = writer.annex(paper.annex)
    style = page_style(landscape=paper.landscape, draft=paper.draft)
    out.write(
        f"{HEAD}"
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{esc(paper.title)}</title>\n"
        f"<style>{style}{webcases.style(shown, writer.links)}</style>\n</head>\n<body>\n<main>\n"
    )
    out.write(_top(paper))
    out.write(body + annex + _end(paper))
    out.writelines(webcases.section(shown, writer.links))
    out.write("</main>\n</body>\n</html>\n")


def _top(paper: Paper) -> str:
    issue = (
        '第<span class="blank"></span>期' if paper.issue is None else esc(paper.issue)
    )  # None: somebody writes it in
    draft = f'<b class="draft">{esc(paper.draft)}</b>' if paper.draft else ""
    said = [paper.period]
    if paper.as_of:
        said = [f"统计期 {paper.period}" if paper.period else "", f"截至 {paper.as_of}"]
    return (
        f'<header id="top"><div class="top"><span>{esc(paper.office)}</span>'
        f"<span>{issue}{draft}</span></div>\n<h1>{esc(paper.title)}</h1>\n"
        f'<p class="meta">{esc("　".join(filter(None, said)))}</p></header>\n'
    )


def _end(paper: Paper) -> str:
    sent = f"<p>送：{esc(paper.addressees)}</p>" if paper.addressees else ""
    seal = f"<p>{esc(paper.seal)}</p>" if paper.seal else ""
    return f'<footer class="end">{sent}{seal}</footer>\n'


class _Writer:
    """Writes blocks one after another; knows what figures open to and how wide there is room."""

    def __init__(self, links: Links, *, landscape: bool) -> None:
        self.links = links
        self._landscape = landscape
        self._half = False
        self._whole = True
        self._level = 1

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "".join(f"{_WAYS[type(block)](self, block)}\n" for block in blocks)

    def annex(self, blocks: Sequence[Block]) -> str:
        """Write full tables; they break anywhere, so that no page before them has a hole."""
        self._whole = False
        return self.blocks(blocks)

    def heading(self, block: Heading) -> str:
        """Write a heading; no level is left out, whatever the paper says."""
        self._level = min(block.level + 1, self._level + 1)
        return f"<h{self._level}>{esc(block.text)}</h{self._level}>"

    def sentence(self, block: Sentence) -> str:
        name = ' class="lead"' if block.lead else ""
        return f"<p{name}>{runs_of(block.runs, self.links)}</p>"

    def cards(self, block: Cards) -> str:
        told = "".join(self._card(card) for card in block.cards)
        return f'<dl class="cards" style="--cards:{max(len(block.cards), 1)}">{told}</dl>'

    def _card(self, card: Card) -> str:
        figure, unit = card.figure, card.unit
        if unit and figure.text.endswith(unit):  # 89.40% with a small %
            figure = figure._replace(text=figure.text.removesuffix(unit))
        elif figure.value is None:
            unit = ""
        late = " late" if figure.urgent else ""
        small = f"<small>{esc(unit)}</small>" if unit else ""
        beside = "".join(
            f"<span>{esc(name)} {linked(other, self.links)}</span>" for name, other in card.beside
        )
        side = f'<dd class="side">{beside}</dd>' if beside else ""
        return (
            f'<div><dt>{esc(card.title)}</dt><dd class="big"><span class="u{late}">'
            f"{linked(figure, self.links)}</span>{small}</dd>{side}</div>"
        )

    def table(self, block: Table) -> str:
        return table_of(block, self.links, whole=self._whole)

    def pair(self, block: Pair) -> str:
        self._half = True
        sides = "".join(
            f"<div>{_WAYS[type(side)](self, side)}</div>" for side in (block.left, block.right)
        )
        self._half = False
        whole = keep(max(map(_length, (block.left, block.right))))
        return f'<div class="pair{whole}">{sides}</div>'

    def chart(self, block: Chart) -> str:
        return chart_of(block, self.links, half=self._half, landscape=self._landscape)

    def slot(self, block: Slot) -> str:
        lines, whole = "<i></i>" * block.lines, keep(block.lines)
        facts = "".join(f"<li>{runs_of(fact, self.links)}</li>" for fact in block.facts)
        beside = f'<ul class="facts">{facts}</ul>' if facts else ""
        return (
            f'<div class="slot{whole}"><div><p class="prompt">{esc(block.prompt)}</p>'
            f'<div class="lines" aria-hidden="true">{lines}</div></div>{beside}</div>'
        )

    def picks(self, block: Picks) -> str:
        told = "".join(
            f'<li class="{keep(len(pick.text) // _LINE)}">{esc(pick.number)}'
            f"<span>{esc(pick.facts)}</span>"
            f'<span class="said">{esc_lines(pick.text)}</span></li>'
            for pick in block.picks
        )
        prompt = f'<p class="prompt">{esc(block.prompt)}</p>'
        return prompt + (f'<ul class="picks">{told}</ul>' if told else "")

    def fields(self, block: Fields) -> str:
        wide = dict.fromkeys(block.wide, ' class="wide"')
        told = "".join(
            f"<div{wide.get(name, '')}><dt>{esc(name)}</dt><dd>{esc_lines(value or '')}</dd></div>"
            for name, value in block.pairs
        )
        return f'<dl class="fields">{told}</dl>'

    def signature(self, block: Signature) -> str:
        return f'<p class="sign"><span>{esc(block.office)}</span><span>{esc(block.date)}</span></p>'

    def sign_off(self, block: SignOff) -> str:
        lines = "".join(f"<li>{esc(label)}</li>" for label in block.labels)
        return f'<ul class="off">{lines}</ul>'

    def note(self, block: Note) -> str:
        return f'<p class="note">{runs_of(block.runs, self.links)}</p>'

    def page_break(self, _: PageBreak) -> str:
        return '<div class="break"></div>'


def _length(block: Table | Chart) -> int:
    rows: Sequence[object] = block.read if isinstance(block, Table) else block.categories
    return len(rows)


_WAYS: Mapping[type[Any], Callable[[_Writer, Any], str]] = {
    Heading: _Writer.heading,
    Sentence: _Writer.sentence,
    Cards: _Writer.cards,
    Table: _Writer.table,
    Pair: _Writer.pair,
    Chart: _Writer.chart,
    Slot: _Writer.slot,
    Picks: _Writer.picks,
    Fields: _Writer.fields,
    Signature: _Writer.signature,
    SignOff: _Writer.sign_off,
    Note: _Writer.note,
    PageBreak: _Writer.page_break,
}
