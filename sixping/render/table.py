"""The columns of a table, and how each kind of cell becomes text, whatever the format.

People (terminal, Markdown) read titles, ``11月24日(周二) 17:00`` and ``是``; sheets and
scripts (tsv, csv, json) read English keys and ISO times and are never cut. Citizen
text passes ``util/text.py`` here and nowhere later: a column of kind ``text`` is masked
first, if it names a mask, and then made harmless for the target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sixping.documents import phrases
from sixping.policy.units import PLAIN, Naming
from sixping.util import masking
from sixping.util.clock import from_text, to_text

Row: TypeAlias = Mapping[str, Any]
Kind = Literal["text", "list", "platform", "time", "day", "number", "int", "rate", "bool"]
Mask = Literal["name", "phone", "id", "text"]
Tone = Literal["late", "soon", "grave"]
Cell: TypeAlias = Callable[[Any], str]

_MASKS: Final[Mapping[Mask, Callable[[str], str]]] = {
    "name": masking.mask_name,
    "phone": masking.mask_phone,
    "id": masking.mask_id,
    "text": masking.mask_text,
}
_AS_TEXT = len("2026-11-24T17:00:00+08:00")
_YES_NO = {True: "是", False: "否"}


class Column(NamedTuple):
    """One column. Values by kind; None is always allowed.

    ``text``: citizen or own text; ``list``: texts; ``platform``: one of the four words or
    several, which people read as the street's own names; ``time``: an aware datetime or its
    ledger text; ``day``: a date or ISO text; ``number``: of a case, as it is said; ``int``;
    ``rate``: percent, or a mapping
    with ``rate``; ``bool``. Only an ``elastic`` column may be wrapped or shortened on
    a terminal; ``one_line`` has it shortened, so that a row stays a line; ``under``: it has a line
    of its own below the others. ``mask`` hides
    personal data unless the page reveals it.
    """

    key: str
    title: str
    kind: Kind = "text"
    elastic: bool = False
    mask: Mask | None = None
    one_line: bool = False
    under: bool = False

    @property
    def right(self) -> bool:
        """Whether cells stand at the right, as figures do."""
        return self.kind in ("int", "rate", "number")


class Page(NamedTuple):
    """What a table is written on.

    ``width``: terminal columns, None where nothing bounds a line; ``this_year``: the
    year people need not be told; ``tone``: which cells of a row press how much, for their colour;
    ``people``: a sheet is for people, who read titles and not keys; ``kept``: it is a file that a
    spreadsheet may open, not a stream for a program.
    """

    headers: bool = True
    width: int | None = None
    color: bool = False
    reveal: bool = False
    this_year: int | None = None
    tone: Callable[[Row], Mapping[str, Tone]] | None = None
    naming: Naming = PLAIN
    people: bool = False
    kept: bool = False


def cells_for_people(
    columns: Sequence[Column], page: Page, escape: Callable[[str], str]
) -> list[Cell]:
    """Return what turns a value of each column into text for people."""
    return [_for_people(column, page, escape) for column in columns]


def _for_people(column: Column, page: Page, escape: Callable[[str], str]) -> Cell:
    year = page.this_year
    own: dict[str, Cell] = {
        "time": lambda value: phrases.moment(moment_of(value), year),
        "day": lambda value: phrases.day(day_of(value), year),
        "int": str,
        "bool": lambda value: _YES_NO[bool(value)],
        "platform": lambda value: escape("、".join(map(page.naming.platform, _several(value)))),
    }
    if column.kind == "rate":
        return lambda value: phrases.rate(percent_of(value))
    return _or_empty(own.get(column.kind) or _texts(column, page, escape))


def cells_for_sheets(
    columns: Sequence[Column], page: Page, escape: Callable[[str], str]
) -> list[Cell]:
    """Return what turns a value of each column into text for a sheet or a script."""
    return [_for_sheets(column, page, escape) for column in columns]


def _for_sheets(column: Column, page: Page, escape: Callable[[str], str]) -> Cell:
    own: dict[str, Cell] = {
        "time": _iso,
        "day": lambda value: day_of(value).isoformat(),
        "int": str,
        "bool": lambda value: _YES_NO[bool(value)],
        "rate": lambda value: "" if percent_of(value) is None else f"{percent_of(value):.2f}",
    }
    return _or_empty(own.get(column.kind) or _texts(column, page, escape))


def values_for_json(columns: Sequence[Column], page: Page) -> list[Callable[[Any], Any]]:
    """Return what turns a value of each column into a JSON value (masked, ISO times)."""
    return [_for_json(column, page) for column in columns]


def _for_json(column: Column, page: Page) -> Callable[[Any], Any]:
    hide = _mask(column, page)
    forms: dict[str, Callable[[Any], Any]] = {
        "text": lambda value: hide(str(value)),
        "list": lambda value: [hide(str(each)) for each in value],
        "time": _iso,
        "day": lambda value: day_of(value).isoformat(),
        "bool": bool,
    }
    form = forms.get(column.kind, lambda value: value)
    return lambda value: None if value is None else form(value)


def _texts(column: Column, page: Page, escape: Callable[[str], str]) -> Cell:
    hide = _mask(column, page)
    if column.kind in ("list", "platform"):
        return lambda value: escape("、".join(hide(str(each)) for each in _several(value)))
    return lambda value: escape(hide(str(value)))


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _mask(column: Column, page: Page) -> Callable[[str], str]:
    return str if page.reveal or column.mask is None else _MASKS[column.mask]


def _or_empty(form: Cell) -> Cell:
    return lambda value: "" if value is None else form(value)


def moment_of(value: datetime | str) -> datetime:
    """Return an instant of a column of kind ``time``."""
    return from_text(value) if isinstance(value, str) else value


def day_of(value: date | str) -> date:
    """Return a day of a column of kind ``day``."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _iso(value: datetime | str) -> str:
    if isinstance(value, str) and len(value) == _AS_TEXT and value.endswith("+08:00"):
        return value  # as the ledger has it
    return to_text(moment_of(value))


def percent_of(value: float | Mapping[str, Any] | None) -> float | None:
    """Return the percent of a column of kind ``rate``."""
    return value["rate"] if isinstance(value, Mapping) else value
