"""A paper as Markdown, ready to be edited: all that is in it as text, no drawings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sixping.render.paper.blocks import (
    Block,
    Cards,
    Cell,
    Chart,
    Fields,
    Figure,
    Heading,
    Note,
    PageBreak,
    Pair,
    Picks,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    text_of,
)
from sixping.util.text import md_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sixping.render.paper.blocks import Head, Paper, Runs

#: what would begin a list at the head of a line
_NUMBERED: Final = re.compile(r"^(\d+)([.)])")
_LINE: Final = "＿" * 8  # to write on


def text(paper: Paper) -> str:
    """Return the paper as Markdown; whatever somebody wrote in it is literal."""
    lines = [f"# {_literal(paper.title)}", ""]
    for said in _head(paper):
        lines += [said, ""]
    for block in (*paper.blocks, *paper.annex):
        lines += _block(block)
    return "\n".join([*lines, *([f"*{_literal(paper.seal)}*", ""] if paper.seal else ())])


def _head(paper: Paper) -> Iterator[str]:
    issue = f"第{_LINE}期" if paper.issue is None else _literal(paper.issue)
    yield "  ".join(part for part in (_literal(paper.office), issue) if part)
    until = f"截至 {_literal(paper.as_of)}" if paper.as_of else ""
    yield "  ".join(filter(None, (_literal(paper.period), until)))
    if paper.draft:
        yield f"**{_literal(paper.draft)}**"
    if paper.addressees:
        yield f"送: {_literal(paper.addressees)}"


def _literal(said: str) -> str:
    """Return text as it is meant, also at the head of a line."""
    return _NUMBERED.sub(r"\1\\\2", md_cell(said).strip())


def _runs(runs: Runs) -> str:
    said = "".join(_figure(run) if isinstance(run, Figure) else md_cell(run) for run in runs)
    return _NUMBERED.sub(r"\1\\\2", said.strip())


def _figure(figure: Figure) -> str:
    return f"**{figure.text}**" if figure.urgent else figure.text


def _cell(cell: Cell) -> str:
    return _figure(cell) if isinstance(cell, Figure) else md_cell(text_of(cell))


def _block(block: Block) -> list[str]:
    if isinstance(block, Pair):
        return [*_block(block.left), *_block(block.right)]
    return [*_WRITERS[type(block)](block), ""]


def _heading(block: Heading) -> list[str]:
    return [f"{'#' * (block.level + 1)} {_literal(block.text)}"]


def _sentence(block: Sentence) -> list[str]:
    return [_runs(block.runs)]


def _note(block: Note) -> list[str]:
    return [f"注: {_runs(block.runs)}"]


def _cards(block: Cards) -> list[str]:
    lines = []
    for card in block.cards:
        unit = "" if card.figure.kind == "rate" else _literal(card.unit)
        beside = ", ".join(f"{_literal(title)} {_figure(each)}" for title, each in card.beside)
        said = f"- {_literal(card.title)}: {_figure(card.figure)}{unit}"
        lines.append(f"{said} ({beside})" if beside else said)
    return lines


def _table(block: Table) -> list[str]:
    kept = [place for place, head in enumerate(block.heads) if head.kind != "bar"]
    rows = []
    for at, row in enumerate(block.read):
        if block.groups and at in block.groups:
            rows.append([f"**{md_cell(block.groups[at])}**", *[""] * (len(kept) - 1)])
        rows.append([_cell(row[place]) for place in kept])
    if block.total:
        rows.append([_cell(block.total[place]) for place in kept])
    heads = [block.heads[place] for place in kept]
    caption = [f"**{_literal(block.caption)}**", ""] if block.caption else []
    lines = [*caption, *_grid(heads, rows)]
    for runs in block.notes:
        lines += ["", _runs(runs)]
    return lines


def _grid(heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> list[str]:
    titles = [md_cell(head.title) for head in heads]
    sides = ["---:" if head.kind == "figure" else "---" for head in heads]
    return [f"| {' | '.join(line)} |" for line in (titles, sides, *rows)]


def _chart(block: Chart) -> list[str]:
    """Say a chart in words: its figures are in the tables and the workbook."""
    lines = [f"**{_literal(block.caption)}** ({_literal(block.unit)}): {_literal(block.says)}"]
    for runs in block.notes:
        lines += ["", _runs(runs)]
    return lines


def _slot(block: Slot) -> list[str]:
    facts = [f"- {_runs(runs)}" for runs in block.facts]
    return [*facts, *([""] if facts else []), f"({_literal(block.prompt)})"]


def _picks(block: Picks) -> list[str]:
    picks = [
        f"- [ ] {' '.join(map(md_cell, (pick.number, pick.facts)))}: {md_cell(pick.text)}"
        for pick in block.picks
    ]
    return [_literal(block.prompt), *([""] if picks else []), *picks]


def _fields(block: Fields) -> list[str]:
    rows = [(md_cell(label), md_cell(value or "")) for label, value in block.pairs]
    return [f"| {' | '.join(row)} |" for row in (("项目", "内容"), ("---", "---"), *rows)]


def _signature(block: Signature) -> list[str]:
    return [_literal(block.office), "", _literal(block.date)]


def _sign_off(block: SignOff) -> list[str]:
    return ["  ".join(f"{_literal(label)}: {_LINE}" for label in block.labels)]


def _page_break(_: PageBreak) -> list[str]:
    return ["---"]


_WRITERS: Final[dict[type[Any], Callable[[Any], list[str]]]] = {
    Heading: _heading,
    Sentence: _sentence,
    Note: _note,
    Cards: _cards,
    Table: _table,
    Chart: _chart,
    Slot: _slot,
    Picks: _picks,
    Fields: _fields,
    Signature: _signature,
    SignOff: _sign_off,
    PageBreak: _page_break,
}
