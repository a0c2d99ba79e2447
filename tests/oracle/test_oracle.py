"""The program and the model agree, whatever a street does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from tests.oracle.days import SHANGHAI, Calendar
from tests.oracle.street import Move
from tests.oracle.trial import hunt, trial

HISTORIES = int(os.environ.get("SIXPING_LONG", "20"))


@pytest.mark.lives
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_random_history_comes_out_as_the_texts_say(seed: int) -> None:
    found = hunt(seed)
    assert found is None, str(found)


def told(*deeds: tuple[int, int, str, int | None, dict[str, Any]]) -> list[Move]:
    """Write (day and hour of March 2026, what, of which case, how) as moves, with a last look."""
    return list(moves(*deeds, (30, 9, "look", None, {"back": 0, "last": True})))


def moves(*deeds: tuple[int, int, str, int | None, dict[str, Any]]) -> Iterator[Move]:
    for place, (day, hour, kind, case, how) in enumerate(deeds):
        now = instant(day, hour)
        args = {name: value for name, value in how.items() if name != "at"}
        stated = how.get("at")
        at = instant(*stated) if stated else None
        approved = None if case is None else "分管领导"
        yield Move(place, now, kind, case, at, args, approved)


def instant(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


FIRST = (2, 9, "intake", None, {"severity": "一般"})
LATER = (5, 9, "intake", None, {"severity": "一般"})


@pytest.mark.parametrize("unit", ["派出所", "司法所"])
@pytest.mark.parametrize(("day", "hour"), [(6, 9), (9, 9), (9, 16), (10, 9)])
def test_who_had_a_report_answers_for_what_is_merged_too_late(
    unit: str, day: int, hour: int
) -> None:
    found = trial(
        told(
            FIRST,
            (2, 10, "accept", 0, {"words": True}),
            (3, 9, "assign", 0, {"lead": "派出所"}),
            LATER,
            (5, 10, "accept", 3, {"words": True}),
            (5, 11, "assign", 3, {"lead": unit}),
            (day, hour, "merge", 0, {"into": 3}),
        )
    )
    assert found is None, str(found)


@pytest.mark.parametrize("step", [2, 3, 4, 5])
@pytest.mark.parametrize("at", [(9, 16), (11, 9), (13, 9)])
def test_what_a_statement_or_a_void_cures_is_seen(step: int, at: tuple[int, int]) -> None:
    found = trial(
        told(
            FIRST,
            (2, 10, "accept", 0, {"words": True}),
            (3, 9, "assign", 0, {"lead": "派出所"}),
            (6, 9, "urge", 0, {"level": "普通", "answer_by": date(2026, 3, 9)}),
            (11, 16, "answer-urge", 0, {"at": (9, 9)}),
            (13, 10, "assign", 0, {"lead": "司法所", "at": at}),
            (16, 9, "resolve", 0, {"at": at}),
            (17, 9, "void", 0, {"step": step}),
        )
    )
    assert found is None, str(found)


@pytest.mark.parametrize("grade", ["一般", "较大", "重大"])
@pytest.mark.parametrize("approved", [True, False])
def test_a_merge_that_raises_or_lowers_asks_for_a_word(grade: str, *, approved: bool) -> None:
    written = told(
        (2, 9, "intake", None, {"severity": "较大"}),
        (2, 10, "accept", 0, {"words": True}),
        (2, 11, "decide", 0, {"lead": "派出所", "due": date(2026, 3, 9), "leader": "主要领导"}),
        (5, 9, "intake", None, {"severity": grade}),
        (5, 10, "accept", 3, {"words": True}),
        (9, 9, "merge", 0, {"into": 3}),
    )
    if not approved:
        written[5] = replace(written[5], approved=None)
    found = trial(written)
    assert found is None, str(found)


@pytest.mark.parametrize(
    ("receipt", "one", "five", "fifteen"),
    [
        ("2020-03-16", "2020-03-17", "2020-03-23", "2020-04-07"),
        ("2020-01-23", "2020-02-03", "2020-02-07", "2020-02-21"),
        ("2026-02-13", "2026-02-14", "2026-02-27", "2026-03-12"),
        ("2026-09-30", "2026-10-08", "2026-10-13", "2026-10-27"),
        ("2026-12-10", "2026-12-11", "2026-12-17", "2026-12-31"),
    ],
)
def test_the_model_counts_the_anchor_dates(receipt: str, one: str, five: str, fifteen: str) -> None:
    day = date.fromisoformat(receipt)
    due = [str(Calendar().after(day, count)) for count in (1, 5, 15)]
    assert due == [one, five, fifteen]


def test_a_day_in_an_unpublished_year_makes_a_date_provisional() -> None:
    start = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI)
    calendar = Calendar()
    assert not calendar.provisional(start, calendar.due(start, 3))
    assert calendar.provisional(start, calendar.due(start, 4))
