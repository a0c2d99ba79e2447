"""Rates and changes as published reports print them; the order of breakdowns."""

from __future__ import annotations

import pytest

from sixping.documents.phrases import rate
from sixping.reports.period import Tally, breakdown, change, figures, percent


@pytest.mark.parametrize(
    ("n", "d", "printed"),
    [  # bulletins of several cities, recomputed (domain notes 2.3)
        (911, 972, "93.72%"),
        (737, 972, "75.82%"),
        (953, 996, "95.68%"),
        (6507, 6523, "99.75%"),
        (15300, 15308, "99.95%"),
        (15289, 15308, "99.88%"),
        (0, 7, "0.00%"),
        (7, 7, "100.00%"),
        (0, 0, "—"),
        (1, 800, "0.13%"),  # exactly 0.125: half up, where binary floats go down
        (3, 800, "0.38%"),
        (1, 32, "3.13%"),  # exactly 3.125: round() of a float gives 3.12
    ],
)
def test_rates_are_half_up_to_two_decimals(n: int, d: int, printed: str) -> None:
    assert rate(percent(n, d)) == printed


def test_changes_against_an_earlier_count() -> None:
    assert change(19117, 24575) == -22.21
    assert change(19117, 16788) == 13.87
    assert change(5, 0) is None
    assert change(0, 5) == -100.0


def _tally(measure: str, unit: str | None, n: int, severity: str = "一般") -> Tally:
    return Tally(measure, ("综合执法", unit, None, None, "网格员", None, severity, None), n)


def test_breakdowns_stand_largest_first_and_the_unnamed_last() -> None:
    tallies = [
        _tally("received", None, 2),
        _tally("received", "乙", 2),
        _tally("received", "甲", 1),
        _tally("received", "甲", 4, "较大"),
        _tally("open", "丙", 3),
    ]
    rows = breakdown(tallies, "unit")
    assert [(row["name"], row["received"], row["open"]) for row in rows] == [
        ("甲", 5, 0), ("乙", 2, 0), (None, 2, 0), ("丙", 0, 3),
    ]  # fmt: skip


def test_totals_are_the_sum_over_all_names() -> None:
    found = figures(
        [
            _tally("received", "甲", 3),
            _tally("received", None, 1),
            _tally("received_accepted", "甲", 3),
            _tally("received_accepted", None, 1),
            _tally("received_resolved", "甲", 1),
        ]
    )
    assert found.totals["received"] == 4
    assert found.totals["merged"] == 0
    rate = found.rates["finish_rate"]
    assert (rate["n"], rate["d"], rate["rate"]) == (1, 4, 25.0)
    assert "截至报告时" in rate["cohort"]
