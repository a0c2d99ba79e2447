"""What a report of a month reads does not grow with the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixping.queries import periods
from sixping.queries.periods import AsOf
from sixping.store.sqlite import reading

MONTH = ("2026-10-01T00:00:00+08:00", "2026-10-31T23:59:59+08:00")


@pytest.mark.parametrize("past", [False, True])
def test_what_came_in_is_found_without_reading_every_case(ledger: Path, *, past: bool) -> None:
    with reading(ledger) as con:
        state = AsOf.present(con, MONTH[1])._replace(past=past)
        sql = "EXPLAIN QUERY PLAN " + periods._received(state)
        plan = [row[3] for row in con.execute(sql, periods.bound(state, MONTH))]
    assert not [step for step in plan if step.startswith(("SCAN", "MATERIALIZE"))], plan
