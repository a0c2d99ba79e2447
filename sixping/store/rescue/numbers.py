"""Numbers of cases that were given in what a ledger lost: a paper may name one, so none is again.

The event of a restore or a salvage records the last number of each year that may have been given
(fact ``numbered``: year → serial). Numbers go on behind it; up to it there may be none.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sixping.store.sqlite import Connection

FACT: Final = "numbered"
STREAM: Final = "organisation"
KINDS: Final = ("restored", "salvaged")
COUNTER: Final = "case/"
_IN_ANCHOR: Final = "cases_"
_YEAR = re.compile(r"[12]\d{3}")
_MOST: Final = 500_000
"""A street gives some ten thousand in a year: a higher one is a slip or a damaged value."""


class Known(NamedTuple):
    """The last number of each year as something knew it at an event; None where it does not say."""

    seq: int
    numbers: Mapping[str, int] | None


def counted(con: Connection) -> dict[str, int]:
    """Return the last number of each year as a ledger counts them."""
    names = con.execute("SELECT name, value FROM counters").fetchall()
    return _sane({str(name)[len(COUNTER) :]: n for name, n in names if _begins(name, COUNTER)})


def for_anchor(con: Connection) -> dict[str, int]:
    """Return the last number of each year as an anchor names them."""
    return {f"{_IN_ANCHOR}{year}": number for year, number in sorted(counted(con).items())}


def of_anchor(counts: Mapping[str, int] | None) -> dict[str, int] | None:
    """Return the last number of each year as an anchor has them."""
    if counts is None:
        return None
    return _sane(
        {name[len(_IN_ANCHOR) :]: n for name, n in counts.items() if _begins(name, _IN_ANCHOR)}
    )


def are_in(stream: str, kind: str) -> bool:
    """Tell whether an event may say numbers: a restore or a salvage."""
    return stream == STREAM and kind in KINDS


def recorded(facts: Any) -> dict[str, int]:  # noqa: ANN401 - whatever JSON holds
    """Return what the facts of an event of ``KINDS`` say; nothing of what nobody wrote so."""
    said = facts.get(FACT) if isinstance(facts, dict) else None
    return _sane(said) if isinstance(said, dict) else {}


def may_have_been_given(
    kept: Known, known: Iterable[Known], last: int, years: Collection[int]
) -> dict[str, int]:
    """Return the last number of each year that may have been given behind what was kept.

    ``last``: the highest event known to be lost. Behind the last event of which the numbers are
    known each may have given one, in any of ``years`` or of those that have numbers. Years in which
    none may have been given are left out.
    """
    highest, reached = dict(kept.numbers or {}), kept.seq
    for one in known:
        if one.numbers is not None:
            reached = max(reached, one.seq)
            for year, number in one.numbers.items():
                highest[year] = max(highest.get(year, 0), min(number, one.seq))
    unknown = last - reached
    if 0 < unknown <= _MOST:
        for year in {*highest, *map(str, years)}:
            highest[year] = highest.get(year, 0) + unknown
    own = kept.numbers or {}
    return {year: n for year, n in sorted(_sane(highest).items()) if n > own.get(year, 0)}


def _sane(numbers: Mapping[Any, Any]) -> dict[str, int]:
    found = {}
    for year, number in numbers.items():
        with suppress(TypeError):
            if _YEAR.fullmatch(year) and type(number) is int and 0 < number <= _MOST:
                found[year] = number
    return found


def _begins(name: object, start: str) -> bool:
    return isinstance(name, str) and name.startswith(start)
