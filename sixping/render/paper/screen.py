"""A paper on a terminal (research/screens.md): sentences, and tables whose figures stand first.

Left of the last column stand only signs whose width every console agrees on. Nothing is wider than
the terminal: a table that would be is split by columns, the first one again in each part. What is
to be filled in is left to the files. The caller adds what to type next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sixping.render.paper.blocks import (
    Block,
    Card,
    Cards,
    Cell,
    Chart,
    Fields,
    Head,
    Heading,
    Note,
    Pair,
    Picks,
    Runs,
    Sentence,
    Signature,
    Slot,
    Table,
)
from sixping.render.paper.screenchart import stands_in, table_of
from sixping.render.paper.screentable import (
    HEADING,
    lines,
    paint,
    plain_lines,
    shortened,
)
from sixping.util.text import columns, narrow, pad

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sixping.render.paper.blocks import Paper
    from sixping.render.terminal import Terminal

_INDENT: Final = "  "


def text(paper: Paper, terminal: Terminal, annexed: Collection[str] = ()) -> str:
    """Return the paper for a terminal, or as lines without end where ``width`` is None.

    ``annexed``: the names of tables of the annex that are shown, too.
    """
    shown = [b for b in _flat(paper.annex) if isinstance(b, Table) and b.name in annexed]
    left = tuple(block for block in _flat(paper.annex) if block not in shown)
    paper = paper._replace(blocks=(*paper.blocks, *shown), annex=left)
    screen = _Screen(paper, terminal)
    seal = screen.say((paper.seal,)) if paper.seal else []
    parts = [screen.title(), *screen.parts(), seal]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


class _Screen:
    """Lays blocks out for one terminal."""

    def __init__(self, paper: Paper, terminal: Terminal) -> None:
        self._paper = paper
        self._width, self._color = terminal.width, terminal.color
        self._tables = [block for block in _flat(paper.blocks) if isinstance(block, Table)]

    def title(self) -> list[str]:
        """Return what the paper is: its name, of whom, of when."""
        paper = self._paper
        draft = (f"[{paper.draft}] ",) if paper.draft else ()
        whose = "  ".join(filter(None, (paper.office, paper.issue)))
        until = f"截至 {paper.as_of}" if paper.as_of else ""
        when = "  ".join(filter(None, (paper.period, until)))
        return [
            line for said in ((*draft, paper.title), (whose,), (when,)) for line in self.say(said)
        ]

    def say(self, runs: Runs) -> list[str]:
        """Return a sentence as lines."""
        return plain_lines(runs, self._width, color=self._color)

    def parts(self) -> list[list[str]]:
        """Return what stands apart: headings with what follows them, tables; nothing empty."""
        parts: list[list[str]] = []
        headings: list[Heading] = []
        before: Block | None = None
        for block in _flat(self._paper.blocks):
            if isinstance(block, Heading):
                headings = [each for each in headings if each.level < block.level] + [block]
                continue
            if isinstance(block, Slot):
                headings = []  # it is written on paper, and so is what it is called
                continue
            if not (said := self._lines(block)):
                continue
            if not parts or headings or not _follows(before, block):
                parts.append([line for each in headings for line in self._heading(each)])
            parts[-1] += said
            headings, before = [], block
        return [*parts, self._annexed()]

    def _annexed(self) -> list[str]:
        """Say what is only in the files: full tables."""
        names = [block.caption for block in _flat(self._paper.annex) if isinstance(block, Table)]
        return self.say((f"只在文件里的附表: {'、'.join(names)}。",)) if names else []

    def _heading(self, block: Heading) -> list[str]:
        said = [f"[{block.text}]"] if block.level == 1 else [block.text]
        return [paint(line, HEADING, color=self._color) for line in self.say(tuple(said))]

    def _lines(self, block: Block) -> list[str]:
        writer = _WRITERS.get(type(block))
        return writer(self, block) if writer else []

    def sentence(self, block: Sentence | Note) -> list[str]:
        """Return a sentence or a note."""
        return self.say(block.runs)

    def table(self, block: Table) -> list[str]:
        """Return a table."""
        return list(lines(block, self._width, color=self._color))

    def chart(self, block: Chart) -> list[str]:
        """Return a chart as rows of figures and bars, unless a table has these figures."""
        if any(stands_in(block, table) for table in self._tables):
            return []
        shown = table_of(block)
        return self.table(shown) if shown.rows else []

    def cards(self, block: Cards) -> list[str]:
        """Return the first figures as a table, each with what it is compared with."""
        rows = tuple(map(_card, block.cards))
        beside = any(row[2] for row in rows)
        heads = (Head("指标"), Head("本期", "figure"), *([Head("对照")] if beside else []))
        return self.table(Table("", "", heads, rows))

    def picks(self, block: Picks) -> list[str]:
        """Return cases to choose from, what was said of each below it."""
        said = self.say((block.prompt,)) if block.picks else []
        for pick in block.picks:
            said += self.say((f"{pick.number}  {pick.facts}",))
            room = None if self._width is None else self._width - len(_INDENT)
            said += [f"{_INDENT}{line}" for line in shortened(pick.text, room)]
        return said

    def fields(self, block: Fields) -> list[str]:
        """Return what stands in a form; what is to be filled in is left to the files."""
        filled = [(narrow(label), value) for label, value in block.pairs if value]
        wide = max((columns(label) for label, _ in filled), default=0)
        room = None if self._width is None else self._width - wide - 2
        said: list[str] = []
        for label, value in filled:
            for nth, line in enumerate(plain_lines((value,), room, color=False)):
                said.append(f"{pad('' if nth else label, wide)}  {line}")
        return said

    def signature(self, block: Signature) -> list[str]:
        """Return who issues the paper, and when."""
        return self.say((f"{block.office}  {block.date}",))


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield from block if isinstance(block, Pair) else (block,)


def _follows(before: Block | None, block: Block) -> bool:
    """Return whether a block stands directly below the one before it."""
    return isinstance(block, Note) or (
        isinstance(before, Sentence | Note) and isinstance(block, Sentence)
    )


def _card(card: Card) -> tuple[Cell, ...]:
    figure = card.figure
    if figure.value is not None and figure.kind != "rate":
        figure = figure._replace(text=f"{figure.text}{card.unit}")
    beside = "  ".join(f"{title} {narrow(each.text)}" for title, each in card.beside)
    return card.title, figure, beside


_WRITERS: Final[dict[type[Any], Callable[[Any, Any], list[str]]]] = {
    Sentence: _Screen.sentence,
    Note: _Screen.sentence,
    Table: _Screen.table,
    Chart: _Screen.chart,
    Cards: _Screen.cards,
    Picks: _Screen.picks,
    Fields: _Screen.fields,
    Signature: _Screen.signature,
}
