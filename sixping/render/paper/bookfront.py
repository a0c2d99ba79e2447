"""The first sheet of a paper's workbook: the paper in order; tables and charts by their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
    Picks,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    plain,
)
from sixping.render.paper.bookcells import GRID, LINE, Cells, set_up
from sixping.util.text import columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.render.paper.blocks import Paper

FRONT: Final = "总览"
_WIDTHS: Final = (16, 12, 6, 12, 10, 12, 10)
_LAST, _ROOM = len(_WIDTHS) - 1, sum(_WIDTHS)
_HEI: Final = "黑体"


def write_front(page: Any, paper: Paper, cells: Cells, places: Mapping[int, str]) -> None:  # noqa: ANN401
    """Write the first sheet; ``places``: table or chart (by ``id``) → the sheet where it is."""
    for place, wide in enumerate(_WIDTHS):
        page.set_column(place, place, wide)
    set_up(page, paper, wide=False)
    page.hide_gridlines(2)
    front = _Front(page, cells, places)
    front.say(paper.title, font_name=_HEI, font_size=16, align="center")
    front.say(_issued(paper), align="center")
    until = f"截至 {paper.as_of}" if paper.as_of else ""
    front.say("    ".join(filter(None, (paper.period, until))), align="center")
    for text in (paper.draft, f"送: {paper.addressees}" if paper.addressees else ""):
        if text:
            front.say(text)
    for block in (*paper.blocks, *paper.annex):
        front.block(block)
    front.skip()
    front.say(paper.seal, font_size=9, font_color="#5D6772")


def _issued(paper: Paper) -> str:
    number = "第    期" if paper.issue is None else paper.issue
    return f"{paper.office}    {number}" if number else paper.office


class _Front:
    """Writes blocks one below the other."""

    def __init__(self, page: Any, cells: Cells, places: Mapping[int, str]) -> None:  # noqa: ANN401
        self._page, self._cells, self._places = page, cells, places
        self._row = 0

    def skip(self) -> None:
        """Leave a row free."""
        self._row += 1

    def say(self, text: str, **look: object) -> None:
        """Write a paragraph."""
        where = (self._row, 0, self._row, _LAST)
        self._cells.joined(self._page, where, text, room=_ROOM, **look)
        self._row += 1

    def block(self, block: Block) -> None:
        """Write a block in the way of its kind."""
        if isinstance(block, Pair):
            self.block(block.left)
            self.block(block.right)
        elif not isinstance(block, PageBreak):
            _WRITERS[type(block)](self, block)

    def heading(self, block: Heading) -> None:
        """Write a heading."""
        self.skip()
        self.say(block.text, font_name=_HEI, font_size=13 if block.level == 1 else 11)

    def sentence(self, block: Sentence) -> None:
        """Write a sentence."""
        self.say(plain(block.runs), bold=block.lead)

    def note(self, block: Note) -> None:
        """Write small print."""
        self.say(f"注: {plain(block.runs)}", font_size=9)

    def cards(self, block: Cards) -> None:
        """Write the first figures as rows, each with what it is compared with."""
        self.skip()
        for card in block.cards:
            self._card(card)
        self.skip()

    def _card(self, card: Card) -> None:
        unit = "" if card.figure.kind == "rate" else card.unit
        beside = [cell for title, figure in card.beside for cell in (title, figure)]
        for place, cell in enumerate((card.title, card.figure, unit, *beside)):
            look: dict[str, object] = {"bold": True, "font_size": 14} if place == 1 else {}
            where = (self._row, place)
            self._cells.put(self._page, where, cell, valign="vcenter", **GRID, **look)
        self._page.set_row(self._row, LINE * 1.5)
        self._row += 1

    def place(self, block: Table | Chart) -> None:
        """Say where a table or a chart is; the sheets themselves have them."""
        says = f": {block.says}" if isinstance(block, Chart) else ""
        self.say(f"{block.caption}{says} (见工作表“{self._places[id(block)]}”)")

    def slot(self, block: Slot) -> None:
        """Write what people fill in, with the facts that bear on it above an empty field."""
        for runs in block.facts:
            self.say(f"· {plain(runs)}", font_color="#48515C")
        self.say(f"({block.prompt})", **GRID, font_color="#5D6772")
        self._page.set_row(self._row - 1, LINE * (block.lines + 1))

    def picks(self, block: Picks) -> None:
        """Write cases to choose from, a box before each."""
        self.say(block.prompt)
        for pick in block.picks:
            self.say(f"□ {pick.number}  {pick.facts}\n{pick.text}", **GRID)

    def fields(self, block: Fields) -> None:
        """Write a form: what stands in it, and what is to be filled in."""
        for label, text in block.pairs:
            self._cells.put(self._page, (self._row, 0), label, bold=True, **GRID)
            value = (self._row, 1, self._row, _LAST)
            self._cells.joined(self._page, value, text or "", room=_ROOM - _WIDTHS[0], **GRID)
            self._row += 1

    def signature(self, block: Signature) -> None:
        """Write who issues the paper, at the right."""
        self.skip()
        self.say(block.office, align="right")
        self.say(block.date, align="right")

    def sign_off(self, block: SignOff) -> None:
        """Write lines for names."""
        self.skip()
        wide = max(map(columns, block.labels), default=0) + 16
        self.say("".join(f"{label}:{' ' * (wide - columns(label))}" for label in block.labels))


_WRITERS: Final[dict[type[Any], Any]] = {
    Heading: _Front.heading,
    Sentence: _Front.sentence,
    Note: _Front.note,
    Cards: _Front.cards,
    Table: _Front.place,
    Chart: _Front.place,
    Slot: _Front.slot,
    Picks: _Front.picks,
    Fields: _Front.fields,
    Signature: _Front.signature,
    SignOff: _Front.sign_off,
}
