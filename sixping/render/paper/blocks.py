"""What a paper is made of: blocks that Word, Excel, the page, Markdown and the terminal share.

Pure data. A paper is built once from figures and rendered by whoever is asked, so all forms agree.
Text in blocks is as it is meant to be read: each renderer makes it harmless for its own form, once.
Citizen text is masked by who puts it into a block.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sixping.documents.phrases import NO_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

Kind = Literal["int", "rate", "signed", "points", "days", "score"]
EQUAL = "持平"


class Figure(NamedTuple):
    """A number as it is printed; ``key``: what it opens by (``--drill``), None: it does not open.

    ``value``: the number itself (a rate in percent), None where nobody knows or nothing is counted.
    ``late``: it counts what is late and open, which stands out wherever it is over 0.
    """

    text: str
    value: float | None
    kind: Kind
    key: str | None = None
    late: bool = False

    @property
    def urgent(self) -> bool:
        """Return whether there is something late behind it."""
        return self.late and bool(self.value)


def count(n: int | None, key: str | None = None, *, late: bool = False) -> Figure:
    """Return a number of things; ``—`` where nobody knows."""
    return Figure(NO_RATE if n is None else str(n), n, "int", key, late)


def percent(rate: float | None, key: str | None = None) -> Figure:
    """Return a rate or share in percent, two decimals; ``—`` where nothing was counted."""
    return Figure(NO_RATE if rate is None else f"{rate:.2f}%", rate, "rate", key)


def days(length: float | None, key: str | None = None, *, mean: bool = False) -> Figure:
    """Return a length in working days, one decimal where it is a ``mean``."""
    if length is None:
        return Figure(NO_RATE, None, "days", key)
    return Figure(f"{length:.1f}" if mean else f"{length:.0f}", length, "days", key)


def moved(now: int | None, before: int | None) -> Figure:
    """Return by how many things a count moved: ``+3``, ``-2``, ``持平``; ``—`` without either."""
    if now is None or before is None:
        return Figure(NO_RATE, None, "signed")
    return Figure(EQUAL if now == before else f"{now - before:+d}", now - before, "signed")


def points(now: float | None, before: float | None) -> Figure:
    """Return by how many percentage points a rate moved: ``+2.10``, ``-0.50``, ``持平``."""
    if now is None or before is None:
        return Figure(NO_RATE, None, "points")
    exact = Decimal(str(now)) - Decimal(str(before))
    value = float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
    return Figure(f"{value:+.2f}" if value else EQUAL, value, "points")


def score(value: Decimal | None) -> Figure:
    """Return a score, exact to what is shown; ``—`` where there is none."""
    if value is None:
        return Figure(NO_RATE, None, "score")
    return Figure(f"{value:f}", float(value), "score")


class Bar(NamedTuple):
    """A bar in a cell: its parts one after another, out of the largest of its column (``of``).

    ``parts`` are as many as the table's ``legend``, the last one of several is what is late and
    open; ``before``: the same of the period before, a tick. A form without drawings leaves it out.
    ``late``: the only part is what is late.
    """

    parts: tuple[float, ...]
    of: float
    before: float | None = None
    late: bool = False


class Ratio(NamedTuple):
    """How many of what is counted (``1/3``), after their share; ``rate`` None: too few for one.

    Excel has a column for each of the three.
    """

    n: Figure
    d: Figure
    rate: Figure | None = None

    @property
    def text(self) -> str:
        """Return ``53.85% 7/13``, ``1/3``, or ``—`` where nothing is counted."""
        if not self.d.value:
            return NO_RATE
        share = f"{self.rate.text} " if self.rate else ""
        return f"{share}{self.n.text}/{self.d.text}"


Cell: TypeAlias = str | Figure | Ratio | Bar | None
#: a sentence: text and the figures in it
Runs: TypeAlias = tuple[str | Figure, ...]


class Heading(NamedTuple):
    """A heading; level 1 is a section (一、), 2 a part of it ((一)). Its number is in the text."""

    text: str
    level: int = 1


class Sentence(NamedTuple):
    """A paragraph; ``lead``: the one to read aloud, at the head."""

    runs: Runs
    lead: bool = False


class Card(NamedTuple):
    """One of the few figures that a reader sees first, with what it is compared with."""

    title: str
    figure: Figure
    unit: str
    beside: tuple[tuple[str, Figure], ...] = ()


class Cards(NamedTuple):
    """The few figures that stand first. A form for reading aloud leaves them to the sentences."""

    cards: tuple[Card, ...]


class Head(NamedTuple):
    """A column of a table. ``write``: it is empty and wide, for people to write in.

    ``short``: what it is called where there is little room, empty: as everywhere.
    """

    title: str
    kind: Literal["text", "figure", "bar", "write"] = "text"
    short: str = ""


class Table(NamedTuple):
    """A table. ``name`` is what its sheet is called; ``caption`` has its number (表1).

    ``rows`` are all there are. Of more than ``shown`` a form to read shows the first ones and
    ``rest`` (其他) in place of the others; Excel has them all. ``legend``: what the parts of bars
    are. ``groups``: headings of rows, by the place of the first row of each. ``whole``: it is
    read as a whole: a terminal cuts no cell of it, on paper many rows are set smaller.
    """

    name: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    shown: int | None = None
    rest: tuple[Cell, ...] | None = None
    notes: tuple[Runs, ...] = ()
    legend: tuple[str, ...] = ()
    groups: Mapping[int, str] | None = None
    whole: bool = False

    @property
    def read(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the rows of a form to read, 其他 at the end where some are left out."""
        if self.shown is None or len(self.rows) <= self.shown:
            return self.rows
        return self.rows[: self.shown] + ((self.rest,) if self.rest else ())


class Pair(NamedTuple):
    """Two blocks that belong side by side where there is room, the first one first elsewhere."""

    left: Table | Chart
    right: Table | Chart


class Series(NamedTuple):
    """One line or set of bars; None is what nobody knows and is not drawn. ``late``: it is late."""

    name: str
    values: tuple[float | None, ...]
    late: bool = False


class Chart(NamedTuple):
    """A chart from 0 on; ``caption`` has its number (图1), ``unit`` is what is counted.

    ``columns`` stand, ``bars`` lie (long names), ``stacked`` are bars of parts, ``lines`` run over
    ``categories`` (months), ``multiples`` are small columns of one series each on one scale, the
    last one dark. ``says`` is the chart in words, for who cannot see it.
    """

    kind: Literal["columns", "bars", "stacked", "lines", "multiples"]
    caption: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    says: str
    notes: tuple[Runs, ...] = ()


class Slot(NamedTuple):
    """What people write (附1.3): never generated. ``facts``: what bears on it, beside."""

    prompt: str
    facts: tuple[Runs, ...] = ()
    lines: int = 3


class Pick(NamedTuple):
    """A case that may be chosen as typical; ``text`` is masked."""

    number: str
    facts: str
    text: str


class Picks(NamedTuple):
    """Cases to choose from (□); nobody but the meeting chooses."""

    prompt: str
    picks: tuple[Pick, ...]


class Fields(NamedTuple):
    """A form: labels and what stands in them; None is an empty field to fill in.

    Two pairs a row, but for those in ``wide``.
    """

    pairs: tuple[tuple[str, str | None], ...]
    wide: frozenset[str] = frozenset()


class Signature(NamedTuple):
    """Who issues a paper and its date, at the right below the text."""

    office: str
    date: str


class SignOff(NamedTuple):
    """Lines for names to be written on: 填报, 审核, 签发."""

    labels: tuple[str, ...]


class Note(NamedTuple):
    """Small print: what is counted, and how."""

    runs: Runs


class PageBreak(NamedTuple):
    """What follows begins on a page of its own."""


Block: TypeAlias = (
    Heading | Sentence | Cards | Table | Pair | Chart | Slot | Picks | Fields | Signature | SignOff
    | Note | PageBreak
)  # fmt: skip


class Records(NamedTuple):
    """Every thing that figures count, a row each: what a reader recounts them from in Excel.

    ``rows`` may be many and are read once, as they come.
    """

    heads: tuple[Head, ...]
    rows: Iterable[tuple[Cell | datetime, ...]]


class Details(NamedTuple):
    """What figures open to: the cases, and which of them stand behind which figure.

    ``cases``: number → what is shown of it under ``heads``, in the order of the list. ``behind``:
    key of a figure → the numbers behind it, one for each thing it counts (a case returned twice
    stands there twice). ``titles``: key → what the figure is called. No word of a reporter.
    """

    heads: tuple[Head, ...]
    cases: Mapping[str, tuple[Cell, ...]]
    behind: Mapping[str, Sequence[str]]
    titles: Mapping[str, str]
    records: Records | None = None


class Paper(NamedTuple):
    """A whole paper.

    ``office`` issues it; ``issue`` is its number (第10期), None: a slot to fill in, empty: it has
    none. ``period`` and ``as_of`` in words; ``addressees``: 送 whom, empty: nobody is named.
    ``seal``: the 校验码, once at the end. ``draft``: what every page has to say (草稿), or empty.
    ``annex`` follows the text: full tables. ``table_only``: it is one wide table (landscape).
    """

    title: str
    office: str
    period: str
    as_of: str
    blocks: tuple[Block, ...]
    seal: str
    issue: str | None = ""
    addressees: str = ""
    annex: tuple[Block, ...] = ()
    details: Details | None = None
    draft: str = ""
    landscape: bool = False


def plain(runs: Runs) -> str:
    """Return a sentence as text."""
    return "".join(run.text if isinstance(run, Figure) else run for run in runs)


def text_of(cell: Cell) -> str:
    """Return a cell as text; a bar says nothing that its row does not."""
    if isinstance(cell, Figure | Ratio):
        return cell.text
    return cell if isinstance(cell, str) else ""


def keys_of(of: object) -> list[str]:
    """Return by what the figures of a paper, a block or a cell open, each once."""
    return list(dict.fromkeys(figure.key for figure in figures(of) if figure.key))


def figures(of: object) -> Iterator[Figure]:
    """Yield every figure of a paper, a block or a cell, in the order in which they stand."""
    if isinstance(of, Figure):
        yield of
    elif isinstance(of, tuple):
        for part in of:
            yield from figures(part)
