"""What of the rules the open cases of a ledger have need of, with how many have."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from sixping.queries.conditions import running

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

_UNITS = ("lead", "coordinator", "community", "grid")


def units_in_use(con: Connection) -> list[tuple[str, int]]:
    """Return the units open cases name, as lead, assisting, coordinating or place."""
    columns = ", ".join((*_UNITS, "assist"))
    counts: Counter[str] = Counter()
    for *names, assist in con.execute(f"SELECT {columns} FROM cases WHERE open = 1"):
        counts.update({name for name in (*names, *json.loads(assist or "[]")) if name})
    return sorted(counts.items())


def categories_in_use(con: Connection) -> list[tuple[str, int]]:
    """Return the categories of open cases."""
    return con.execute(
        "SELECT category, count(*) FROM cases WHERE open = 1 AND category IS NOT NULL"
        " GROUP BY category ORDER BY category"
    ).fetchall()


def editions_in_use(con: Connection) -> list[tuple[str, int]]:
    """Return the first days of the editions by which clocks run, with how many cases."""
    return con.execute(
        "SELECT k.edition, count(DISTINCT k.number) FROM clocks k"
        f" WHERE {running('k')} AND k.edition IS NOT NULL GROUP BY k.edition ORDER BY k.edition"
    ).fetchall()
