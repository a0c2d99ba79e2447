"""Reading a file that may be damaged: what is wrong becomes a finding, and reading goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sixping.cases import legible
from sixping.cases.legible import ILLEGIBLE
from sixping.errors import SixpingError
from sixping.store import sqlite
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Finding = dict[str, Any]
Row = tuple[Any, ...]
UNREADABLE = (*ILLEGIBLE, MemoryError, SixpingError, sqlite.Error)
"""What reading raises where a file is damaged, or where a value is none that was ever stored."""
_LEAST = -(1 << 63)
MOST = (1 << 63) - 1
"""The highest number that SQLite holds."""


def finding(layer: str, seq: object, number: object, what: str) -> Finding:
    """Return one finding in the form of ``verify --json``; what no ledger has is left out."""
    return {
        "layer": layer,
        "seq": seq if type(seq) is int else None,
        "number": clean(number) if isinstance(number, str) else None,
        "what": clean(what),
    }


def case_of(stream: object, subject: object) -> str | None:
    """Return the number of the case that an event is one of; None for one beside the cases."""
    return subject if stream == "case" and isinstance(subject, str) else None


def _lenient(text: bytes) -> str:
    """Read text whose bytes may be no UTF-8: unlike bytes stay unlike."""
    return text.decode("utf-8", "surrogateescape")


def be_lenient(con: sqlite.Connection) -> bool:
    """Read broken text from here on; False where that is so already.

    Not from the first: reading every text through Python takes a tenth of a check.
    """
    if con.text_factory is _lenient:
        return False
    con.text_factory = _lenient
    return True


def guarded(
    con: sqlite.Connection,
    layer: str,
    what: str,
    check: Callable[[sqlite.Connection], Iterable[Finding]],
) -> Iterator[Finding]:
    """Yield what a check finds; where it cannot go on, that is its last finding."""
    try:
        yield from check(con)
    except UNREADABLE as error:
        if be_lenient(con):
            yield from guarded(con, layer, what, check)  # says again what it said: that is known
        else:
            yield finding(layer, None, None, f"{what}读不下去: {why(error)}")


def why(error: BaseException) -> str:
    """Return why something could not be read, as people may be told."""
    return "文件已损坏" if isinstance(error, sqlite.Error) else legible.why(error)


def rows(con: sqlite.Connection, sql: str, values: Iterable[Any] = ()) -> list[Row]:
    """Return all rows of a question whose answer is small, broken text included."""
    given = tuple(values)
    try:
        return con.execute(sql, given).fetchall()
    except sqlite.Error:
        if not be_lenient(con):
            raise
        return con.execute(sql, given).fetchall()


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows that the file does not give; ``last`` None: all from ``first`` on."""

    first: int
    last: int | None

    def __str__(self) -> str:
        """Say which, as findings do."""
        if self.last is None:
            return f"第 {self.first} 号起"
        return f"第 {self.first} 号" + (f"到第 {self.last} 号" if self.last > self.first else "")


def by_number(con: sqlite.Connection, sql: str, begin: int | None = None) -> Iterator[Row | Gap]:
    """Yield rows in the order of their first column, a whole number; a ``Gap`` for what is lost.

    ``sql`` asks for the rows above a number, its one parameter, in that order; ``begin`` is the
    first such number, without it all are asked for.
    """
    after = _LEAST if begin is None else begin
    while True:
        try:
            for row in con.execute(sql, (after,)):
                yield row
                after = max(after, row[0])  # a damaged number may lead back
        except UNREADABLE:
            if be_lenient(con):
                continue
        else:
            return
        first, behind = max(after + 1, 1), _behind(con, sql, after)
        following = None if behind is None else con.execute(sql, (behind,)).fetchone()
        if behind is None or following is None or following[0] <= behind:
            yield Gap(first, None)  # nothing follows, or not in order: it would never end
            return
        yield Gap(first, following[0] - 1)
        after = following[0] - 1


def _behind(con: sqlite.Connection, sql: str, after: int) -> int | None:
    """Return the least number above which the file can be read again, found by halving."""
    low, step = after, 1
    while not _readable(con, sql, high := min(max(after, 0) + step, MOST)):
        if high == MOST:
            return None
        low, step = high, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _readable(con, sql, middle):
            high = middle
        else:
            low = middle
    return high


def _readable(con: sqlite.Connection, sql: str, after: int) -> bool:
    try:
        con.execute(sql, (after,)).fetchone()
    except UNREADABLE:
        return False
    return True


def unlike(
    found: Iterable[Row], expected: Iterable[Row], key: Callable[[Row], Any]
) -> Iterator[tuple[Row, bool]]:
    """Yield the rows that only one of two has, and whether it is found without being expected.

    Both come in the order of ``key``, which tells every row of a list apart.
    """
    one, other = iter(found), iter(expected)
    has, should = next(one, None), next(other, None)
    while has is not None or should is not None:
        if has == should:
            has, should = next(one, None), next(other, None)
        elif should is None or (has is not None and key(has) <= key(should)):
            assert has is not None  # noqa: S101 - one of the two is there
            yield has, True
            has = next(one, None)
        else:
            yield should, False
            should = next(other, None)


def order(value: object) -> tuple[int, Any]:
    """Return what puts values of any type in the order in which SQLite gives them."""
    if isinstance(value, str):
        return 2, value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return 3, value
    return (0, 0) if value is None else (1, value)
