"""What a report of a month reads does not grow with the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixping.queries import limits, periods
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


def test_a_page_of_an_export_reads_the_clocks_of_its_cases_alone(ledger: Path) -> None:
    with reading(ledger) as con:
        asked: list[str] = []
        con.set_trace_callback(asked.append)
        limits.clocks_of(con, ["2026-000001"], 1)
        con.set_trace_callback(None)
        plan = [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert any(step.startswith("SEARCH k USING PRIMARY KEY") for step in plan), plan
    assert not [step for step in plan if step.startswith(("SCAN k", "SCAN m", "CO-ROUTINE"))], plan
