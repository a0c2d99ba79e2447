"""Late, running, counting, open, waited for: each condition said once as SQL.

A function takes the alias of its table (and a parameter with its sign) and returns a condition,
its terms joined by AND; ``flag`` and ``number_of`` make a value of one. The same is said once in
Python by ``Clock`` and ``Status`` in ``cases.model``; ``tests/queries/test_conditions.py`` holds
both together. The planner takes a partial index only where a query says the index's own terms
as they stand in ``store.ddl``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.vocabulary import UNCONFIRMED

if TYPE_CHECKING:
    from sixping.policy.vocabulary import Status

# --- values ----------------------------------------------------------------------------


def flag(condition: str) -> str:
    """Return 1 where a condition holds, else 0: not every database knows truth as a number."""
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def number_of(condition: str) -> str:
    """Return how many rows of a group meet a condition."""
    return f"count(*) FILTER (WHERE {condition})"


def grade(case: str) -> str:
    """Return the grade a figure may rest on (``vocabulary.found_grade``)."""
    return f"CASE WHEN {case}.confirmed = 0 THEN '{UNCONFIRMED}' ELSE {case}.severity END"


# --- clocks: rows of ``clock_moves`` and ``clock_states`` ---------------------------------


def end_known(clock: str) -> str:
    """Return that a clock has a due date, and an end if it ended; the terms of ``clock_due``."""
    return f"{clock}.due IS NOT NULL AND {clock}.unknown = 0"


def end_unknown(clock: str) -> str:
    """Return that nobody wrote down how a clock ended; the terms of ``clock_unknown``."""
    return f"{clock}.unknown = 1"


def running(clock: str) -> str:
    """Return that a clock has not stopped (``Clock.running``); the terms of ``clock_running``."""
    return f"{clock}.stopped IS NULL AND {clock}.unknown = 0 AND {clock}.due IS NOT NULL"


def counting(clock: str) -> str:
    """Return that a clock runs and is not suspended (``Clock.counting``)."""
    return f"{running(clock)} AND {clock}.held_at IS NULL"


def due_before(clock: str, instant: str) -> str:
    """Return that a clock counts and falls due before an instant (``Clock.due_before``)."""
    return f"{counting(clock)} AND {clock}.due < {instant}"


def has_verdict(clock: str) -> str:
    """Return that a clock is late or is not (``Clock.late`` is not None)."""
    return f"{end_known(clock)} AND {clock}.held_at IS NULL"


def late(clock: str, now: str) -> str:
    """Return that a clock ended late, or is late by now (``Clock.late``)."""
    return f"{has_verdict(clock)} AND coalesce({clock}.stopped, {now}) > {clock}.due"


def ended_in_time(clock: str) -> str:
    """Return that a clock stopped by its due date."""
    return f"{clock}.stopped <= {clock}.due"


# --- cases: rows of ``case_states`` ----------------------------------------------------


def is_open(case: str) -> str:
    """Return that somebody still has to handle a case (``Status.open``)."""
    return f"{case}.open = 1"


def has_status(case: str, *statuses: Status) -> str:
    """Return that a case stands in one of these states."""
    words = ", ".join(f"'{status.value}'" for status in statuses)
    return f"{case}.status IN ({words})"


def check_failed(case: str) -> str:
    """Return that the last check withdrew the result of a case (``Case.check_failed``)."""
    return f"coalesce({case}.verified, 1) = 0"


# --- what was said of a case -------------------------------------------------------------

WORDS = "coalesce(w.fields, t.fields)"
"""What a reporter said as it holds: as amended (``w``) or as it came in (``t``)."""


def words(case: str, facts: str) -> str:
    """Return the joins of ``WORDS`` to a row of a case and the facts that hold with it."""
    return (
        f"LEFT JOIN told t ON t.seq = {case}.intake_seq"
        f" LEFT JOIN case_words w ON w.seq = {facts}.words_seq"
    )


# --- rows and events as of a seq -------------------------------------------------------


def holds(row: str, as_of: int | None = None, seq: str = ":seq") -> str:
    """Return that a row of a state table holds now, or held after the event ``seq``, if any."""
    if as_of is None:
        return f"{row}.to_seq IS NULL"
    return f"{row}.from_seq <= {seq} AND ({row}.to_seq IS NULL OR {row}.to_seq > {seq})"


def clocks(as_of: int | None = None) -> str:
    """Return where the rows of clocks are that ``holds`` is asked of.

    In ``clock_moves`` a clock that ran and stopped is one row: right for now, with its indexes.
    """
    return "clock_moves" if as_of is None else "clock_states"


def not_voided(event: str, *, as_of: bool = False) -> str:
    """Return that an event counts: no later one voids it, or (``as_of``) none up to ``:seq``."""
    known = " AND v.by_seq <= :seq" if as_of else ""
    return f"NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = {event}.seq{known})"
