"""A running period is compared with the same days of the earlier one."""

from __future__ import annotations

from datetime import date

import pytest

from sixping.reports.period import Span
from sixping.reports.spans import a_year_earlier, before, same_days

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("kind", "span", "earlier", "year"),
    [
        ("month", ("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-28"),
         ("2025-11-01", "2025-11-28")),
        ("quarter", ("2026-10-01", "2026-12-31"), ("2026-07-01", "2026-08-28"),
         ("2025-10-01", "2025-11-28")),
        ("year", ("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-11-28"),
         ("2025-01-01", "2025-11-28")),
        ("week", ("2026-11-23", "2026-11-29"), ("2026-11-16", "2026-11-21"),
         ("2025-11-24", "2025-11-29")),
        ("month", ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30"),
         ("2025-10-01", "2025-10-31")),
    ],
)  # fmt: skip
def test_only_the_days_that_have_come_are_compared(
    kind: str, span: tuple[str, str], earlier: tuple[str, str], year: tuple[str, str]
) -> None:
    own, last, former = (Span(*map(date.fromisoformat, days)) for days in (span, earlier, year))
    assert same_days(own, before(kind, own), TODAY) == last
    assert same_days(own, a_year_earlier(kind, own), TODAY) == former


def test_on_its_last_day_a_period_is_compared_as_a_whole() -> None:
    own = Span(date(2026, 11, 1), date(2026, 11, 30))
    assert same_days(own, before("month", own), date(2026, 11, 30)).last == date(2026, 10, 31)


def test_a_quarter_is_compared_by_the_day_of_the_month() -> None:
    own = Span(date(2026, 4, 1), date(2026, 6, 30))
    assert same_days(own, before("quarter", own), date(2026, 5, 20)).last == date(2026, 2, 20)


def test_a_day_the_shorter_month_has_not_is_its_last() -> None:
    march = Span(date(2027, 3, 1), date(2027, 3, 31))
    assert same_days(march, before("month", march), date(2027, 3, 30)).last == date(2027, 2, 28)
