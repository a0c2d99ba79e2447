"""What is late, running, counting, due and open is the same in Python and in SQL."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from sixping.cases.lateness import is_late
from sixping.cases.model import Clock
from sixping.policy.vocabulary import ClockKind, Status
from sixping.queries import conditions
from sixping.queries.limits import read_clock
from sixping.store import ddl
from sixping.store.projection import clock_move_row, terms_of
from sixping.store.rows import CLOCK_MOVE_COLUMNS, TERM_COLUMNS
from sixping.store.writer import insert
from sixping.util.clock import SHANGHAI, to_text

DUE = datetime(2026, 11, 24, 17, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)

#: near the due date seconds decide, and so do days
INSTANTS = st.builds(
    lambda seconds, days: DUE + timedelta(seconds=seconds, days=days),
    st.integers(-2, 2),
    st.integers(-1, 1),
)
MAYBE = st.none() | INSTANTS
CLOCKS = st.builds(
    Clock,
    kind=st.sampled_from(ClockKind),
    round=st.just(1),
    started=MAYBE,
    due=MAYBE,
    stopped=MAYBE,
    held_at=MAYBE,
    dropped=st.booleans(),
    unknown=st.booleans(),
    provisional=st.booleans(),
)


def clock(due: datetime = DUE, **values: object) -> Clock:
    return Clock(kind=ClockKind.FINISH, round=1, started=None, due=due, **values)  # type: ignore[arg-type]


def in_sql(clock: Clock, now: datetime) -> dict[str, bool]:
    """Return what the conditions say of a clock in a table as the ledger has it."""
    con = sqlite3.connect(":memory:")
    try:
        for statement in ddl.MIGRATIONS[0]:
            con.execute(statement)
        con.execute(
            insert("clock_moves", CLOCK_MOVE_COLUMNS),
            clock_move_row(
                ("2026-000001", clock.kind, 1, 1, None, None, *terms_of(clock)), lambda _: None
            ),
        )

        def holds(condition: str) -> bool:
            sql = f"SELECT 1 FROM clock_states k WHERE {condition}"  # noqa: S608  # the conditions under test
            return con.execute(sql, {"now": to_text(now)}).fetchone() is not None

        found = {
            "running": holds(conditions.running("k")),
            "counting": holds(conditions.counting("k")),
            "due before": holds(conditions.due_before("k", ":now")),
            "verdict": holds(conditions.has_verdict("k")),
            "late": holds(conditions.late("k", ":now")),
        }
        row = con.execute(f"SELECT kind, round, {', '.join(TERM_COLUMNS)} FROM clocks").fetchone()  # noqa: S608  # the conditions under test
        assert read_clock(row) == clock
    finally:
        con.close()
    return found


@given(CLOCKS, INSTANTS)
@example(clock(), DUE)
@example(clock(), DUE + SECOND)
@example(clock(stopped=DUE), DUE + SECOND)
@example(clock(stopped=DUE + SECOND), DUE)
@example(clock(held_at=DUE - SECOND), DUE + SECOND)
def test_a_clock_is_the_same_in_python_and_in_sql(clock: Clock, now: datetime) -> None:
    assert in_sql(clock, now) == {
        "running": clock.running,
        "counting": clock.counting,
        "due before": clock.due_before(now),
        "verdict": clock.late(now) is not None,
        "late": bool(clock.late(now)),
    }


@given(CLOCKS, INSTANTS)
def test_a_clock_that_counts_is_late_or_due_later(clock: Clock, now: datetime) -> None:
    assert clock.due_before(now) == (clock.counting and bool(clock.late(now)))


def test_at_five_it_is_in_time_and_a_second_later_it_is_late() -> None:
    assert not is_late(DUE, DUE)
    assert is_late(DUE, DUE + SECOND)
    assert not is_late(DUE, DUE + SECOND, DUE)  # ended in time
    assert is_late(DUE, DUE, DUE + SECOND)
    assert is_late(to_text(DUE), to_text(DUE + SECOND))  # as text too
    assert not is_late(to_text(DUE), to_text(DUE))


def test_open_and_the_states_are_words_of_the_model() -> None:
    con = sqlite3.connect(":memory:")
    try:
        con.execute("CREATE TABLE c (status, open)")
        con.executemany("INSERT INTO c VALUES (?, ?)", [(s.value, int(s.open)) for s in Status])
        for status in Status:
            sql = f"SELECT status FROM c WHERE {conditions.has_status('c', status)}"  # noqa: S608  # the conditions under test
            assert con.execute(sql).fetchall() == [(status.value,)]
        found = con.execute(f"SELECT status FROM c WHERE {conditions.is_open('c')}").fetchall()  # noqa: S608  # the conditions under test
    finally:
        con.close()
    assert {word for (word,) in found} == {status.value for status in Status if status.open}
