"""New cases on their way into the tables that follow from the events, many at once.

What differs between the cases of an import is put down once, in a table beside the ledger that
goes with the connection; SQL makes the rows of ``case_facts``, ``case_moves`` and ``clock_moves``
of it. Binding each of these rows from Python costs twice as much (decision 77).
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.store import sqlite
from sixping.store.rows import CLOCK_MOVE_COLUMNS, FACT_COLUMNS, MOVE_COLUMNS
from sixping.store.writer import insert, insert_from, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sixping.store.sqlite import Connection

    Row = tuple[Any, ...]

_CLEAR = "DELETE FROM staged"


class Sample(NamedTuple):
    """The rows of one case, with marks where those of the others differ.

    ``facts``, ``moves``: of these tables; ``clocks``: of ``clock_moves``.
    """

    facts: Row
    moves: Row
    clocks: list[Row]


class _Shape(NamedTuple):
    """How the cases of one sample are put down, which wait, and what makes their rows of that."""

    put: str
    rows: list[Row]
    makes: list[str]


class Staged:
    """The cases of a batch that wait for the rows of their tables.

    ``marks``: where the value of a mark stands in the values of a case.
    """

    def __init__(self, con: Connection, marks: Mapping[object, int]) -> None:
        """Make the table beside; it is of this connection alone."""
        con.execute(sqlite.staged(len(marks)))
        self._con, self._marks = con, marks
        self._shapes: list[_Shape] = []

    def shape(self, sample: Sample) -> Callable[[Sequence[Any]], None]:
        """Return what lets a case of this sample wait, given its values."""
        tables = (
            ("case_facts", FACT_COLUMNS, [sample.facts]),
            ("case_moves", MOVE_COLUMNS, [sample.moves]),
            ("clock_moves", CLOCK_MOVE_COLUMNS, sample.clocks),
        )
        number, makes, taken = len(self._shapes), [], set()
        for table, columns, rows in tables:
            if rows:
                cells = [*zip(*rows, strict=True)]
                taken |= {self._marks[c] for each in cells for c in each if c in self._marks}
                terms = [self._term(each) for each in cells]
                makes.append(insert_from(table, columns, terms, _source(len(rows), number)))
        places = sorted(taken)
        names = ("shape", *[f"v{place}" for place in places])
        terms = [str(number), *"?" * len(places)]
        made = _Shape(insert("staged", names, terms), [], makes)
        self._shapes.append(made)
        pick, wait = itemgetter(*places), made.rows.append
        return lambda values: wait(pick(values))

    def _term(self, cells: Iterable[object]) -> str:
        """Return the SQL of a column: the same in all rows of a case, or by the row."""
        terms = [
            f"s.v{self._marks[cell]}" if cell in self._marks else literal(cell) for cell in cells
        ]
        if len({*terms}) == 1:
            return terms[0]
        return f"CASE n.column1 {' '.join(f'WHEN {i} THEN {t}' for i, t in enumerate(terms))} END"

    def write(self) -> None:
        """Write the rows of what waits."""
        for shape in self._shapes:
            if shape.rows:
                self._con.executemany(shape.put, shape.rows)
                for statement in shape.makes:
                    self._con.execute(statement)
                shape.rows.clear()
        self._con.execute(_CLEAR)


def _source(rows: int, shape: int) -> str:
    """Return where the rows of a table come from, ``rows`` of each case in turn."""
    each = f" CROSS JOIN (VALUES {', '.join(f'({i})' for i in range(rows))}) n" if rows > 1 else ""
    return f"staged s{each} WHERE s.shape = {shape} ORDER BY s.v1"
