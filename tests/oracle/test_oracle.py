"""The program and the model agree, whatever a street does."""

from __future__ import annotations

import os
from datetime import date, datetime

import pytest

from tests.oracle.days import SHANGHAI, Calendar
from tests.oracle.trial import hunt

HISTORIES = int(os.environ.get("SIXPING_LONG", "20"))


@pytest.mark.lives
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_random_history_comes_out_as_the_texts_say(seed: int) -> None:
    found = hunt(seed)
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
