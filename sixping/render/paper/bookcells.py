"""The cells of a paper's workbook: what each kind of figure is as a number, and how it looks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sixping.render.paper.blocks import EQUAL, Bar, Cell, Figure, text_of
from sixping.render.workbook import A4, TIME, fitting, shown
from sixping.util.clock import instant
from sixping.util.text import clean, columns, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.render.paper.blocks import Paper

LATE: Final = "#B3261E"
GRID: Final = {"border": 1, "border_color": "#A6A6A6"}
#: half-width signs that a line of an upright A4 page holds
PAGE_WIDTH: Final = 80
LINE: Final = 15.0  # points of a line, and of a row
_SIZE = 11  # points of a letter
_TALLEST = 400.0  # points of a row that a workbook can have
_NUMBERS: Final = {
    "int": "0",
    "rate": "0.00%",
    "score": "0.00",
    "signed": f'+0;-0;"{EQUAL}"',
    "points": f'+0.00;-0.00;"{EQUAL}"',
}
#: what is no number, by its sort
_SORTS: Final[Mapping[str, Mapping[str, object]]] = {
    "time": {"align": "left", "num_format": TIME},
    "text": {"text_wrap": True, "num_format": "@"},
    "unknown": {"align": "right", "num_format": "@"},
}
_HEAD: Final = {
    "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#EDEDED",
}  # fmt: skip


class Cells:
    """Writes cells; formats are made once each."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        self._book = book
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self._known: dict[tuple[object, ...], Any] = {}

    def look(self, **properties: object) -> Any:  # noqa: ANN401
        """Return the format of these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def _style(self, sort: tuple[str, bool], look: Mapping[str, object]) -> Any:  # noqa: ANN401
        """Return the format of a sort of cells with more properties; asked for with each cell."""
        key = (sort, *look.items())
        if key not in self._known:
            number, late = sort
            own = _SORTS.get(number) or {"align": "right", "num_format": number}
            red = {"bold": True, "font_color": LATE} if late else {}
            self._known[key] = self.look(**{"valign": "top", **own, **look, **red})
        return self._known[key]

    def put(
        self,
        page: Any,  # noqa: ANN401
        at: tuple[int, int],
        cell: Cell | datetime,
        **look: object,
    ) -> None:
        """Write a cell as what it is: a number, an instant, or a text and nothing but a text."""
        if isinstance(cell, Figure) and cell.value is not None:
            value = cell.value / 100 if cell.kind == "rate" else cell.value
            page.write_number(*at, value, self._style((_number(cell), cell.urgent), look))
        elif isinstance(cell, datetime):
            moment = instant(cell).replace(tzinfo=None)
            page.write_datetime(*at, moment, self._style(("time", False), look))
        elif isinstance(cell, Bar) or cell is None:
            page.write_blank(*at, None, self._style(("text", False), look))
        else:
            sort = "unknown" if isinstance(cell, Figure) else "text"
            text = fitting(shown(text_of(cell)))
            page.write_string(*at, text, self._style((sort, False), look))

    def head(self, page: Any, at: tuple[int, int], title: str) -> None:  # noqa: ANN401
        """Write the head of a column."""
        self.put(page, at, title, border=1, **_HEAD)

    def joined(
        self,
        page: Any,  # noqa: ANN401
        where: tuple[int, int, int, int],
        text: str,
        *,
        room: int,
        **look: object,
    ) -> None:
        """Write a text over several columns (``room`` half-width signs), so that all of it is seen.

        A row of joined cells does not grow by itself.
        """
        text = fitting(shown(text))
        size = look.get("font_size", _SIZE)
        larger = size / _SIZE if isinstance(size, int) else 1
        lines = sum(len(wrap(line, int((room - 2) / larger))) for line in text.split("\n"))
        page.set_row(where[0], min(LINE * larger * lines + 4, _TALLEST))
        style = {"num_format": "@", "text_wrap": True, "valign": "top"} | look
        page.merge_range(*where, text, self.look(**style))


def _number(figure: Figure) -> str:
    if figure.kind == "days":
        return "0.0" if "." in figure.text else "0"
    return _NUMBERS[figure.kind]


def set_up(page: Any, paper: Paper, *, wide: bool) -> None:  # noqa: ANN401
    """Set a sheet up for paper: A4, as wide as a page, title at its head, numbers at its foot."""
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes are texts on purpose
    page.set_paper(A4)
    if wide:
        page.set_landscape()
    page.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
    page.fit_to_pages(1, 0)
    page.set_header(_head(paper))
    page.set_footer(f"&L截至 {_said(paper.as_of, 30)}&R第 &P 页, 共 &N 页")


def _head(paper: Paper) -> str:
    """Return the head of each page: title and period; of a draft the mark, and no text across it.

    A head is as large as its sheet is enlarged: three texts would meet.
    """
    if paper.draft:
        return f"&L{_said(paper.draft, 20)}&R{_said(paper.title)}"
    return f"&L{_said(paper.title)}&C&R{_said(paper.period, 30)}"


def _said(text: str, most: int = 60) -> str:
    """Return what is printed on each page as it is meant: ``&`` would begin a command."""
    return clean(text)[:most].replace("&", "&&")


def height(cells: list[tuple[str, int]]) -> float:
    """Return the points of a row of texts in columns of so many half-width signs."""
    lines = max((-(-columns(clean(text)) // max(wide - 2, 2)) for text, wide in cells), default=1)
    return min(LINE * max(lines, 1), _TALLEST)
