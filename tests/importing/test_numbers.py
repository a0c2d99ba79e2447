"""What a number of a spreadsheet says, by the format of its cell."""

from __future__ import annotations

import pytest

from sixping.importing.numbers import NOT_A_DATE, Look, look_of, shown


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("General", Look.FIGURE), ("G/通用格式", Look.FIGURE), ("@", Look.FIGURE),
        ("0.00E+00", Look.FIGURE), ('#,##0.00"元/day"', Look.FIGURE), ("[Red]0", Look.FIGURE),
        (r"0\d", Look.FIGURE), ("_ * #,##0_ ", Look.FIGURE), ("[$¥-804]#,##0", Look.FIGURE),
        ('"第"0"日 hm"', Look.FIGURE), ("000000", Look.FIGURE), ("0.0%", Look.FIGURE),
        ("yyyy-mm-dd", Look.DAY), ('[$-804]yyyy"年"m"月"d"日";@', Look.DAY), ("aaaa", Look.DAY),
        ("mmm-yy", Look.DAY), ("[DBNum1][$-804]m月d日", Look.DAY), ("YYYY/M/D", Look.DAY),
        ("yyyy-mm-dd hh:mm:ss", Look.MOMENT), ("h:mm AM/PM", Look.MOMENT), ("mm:ss.0", Look.MOMENT),
        ('上午/下午h"时"mm"分"', Look.MOMENT), ("[h]:mm", Look.LENGTH), ("[mm]:ss", Look.LENGTH),
    ],
)  # fmt: skip
def test_a_format_shows_figures_days_moments_or_lengths(code: str, look: Look) -> None:
    assert look_of(164, code) is look


@pytest.mark.parametrize(
    ("number", "look"), [(0, Look.FIGURE), (2, Look.FIGURE), (14, Look.DAY), (22, Look.MOMENT),
                         (31, Look.DAY), (46, Look.LENGTH), (49, Look.FIGURE), (58, Look.DAY)],
)  # fmt: skip
def test_well_known_formats_need_no_code(number: int, look: Look) -> None:
    assert look_of(number, None) is look


@pytest.mark.parametrize(
    ("value", "look", "text"),
    [
        (46113.378472, Look.MOMENT, "2026-04-01 09:05:00"), (46113.0, Look.MOMENT, "2026-04-01"),
        (46113.5, Look.DAY, "2026-04-01 12:00:00"), (0.5, Look.MOMENT, "12:00:00"),
        (0.0, Look.MOMENT, "00:00:00"), (1.5, Look.LENGTH, "36:00:00"),
        (1.0, Look.DAY, "1900-01-01"), (1.0, Look.MOMENT, "1900-01-01"),
        (59.0, Look.DAY, "1900-02-28"), (61.0, Look.DAY, "1900-03-01"),
        (2958465.0, Look.DAY, "9999-12-31"),
        (12.0, Look.FIGURE, "12"), (0.1, Look.FIGURE, "0.1"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_shown(value: float, look: Look, text: str) -> None:
    assert shown(value, look, from_1904=False) == (text, None)


@pytest.mark.parametrize("value", [0.0, 1.0, 44651.0])
def test_a_1904_book_counts_1462_days_on(value: float) -> None:
    first, _ = shown(value, Look.DAY, from_1904=True)
    assert first == shown(value + 1462, Look.DAY, from_1904=False)[0]


@pytest.mark.parametrize(
    "value", [-1.0, 0.0, 2958466.0, 2958465.9999999, 3.3e17, 1e300, float("inf"), float("nan")]
)
def test_what_is_no_day_is_said_to_be_none(value: float) -> None:
    _, why = shown(value, Look.DAY, from_1904=False)
    assert why


def test_the_last_day_of_a_1904_book_is_that_of_all_books() -> None:
    assert shown(2957003.0, Look.DAY, from_1904=True) == ("9999-12-31", None)
    assert shown(2957004.0, Look.DAY, from_1904=True) == ("2957004", NOT_A_DATE)


@pytest.mark.parametrize(
    ("value", "changed"), [(-1.0, False), (1e14, False), (1e15, True), (-3.3e17, True)]
)
def test_a_number_too_long_for_a_spreadsheet_is_said_to_be_changed(
    value: float, changed: bool
) -> None:
    _, why = shown(value, Look.DAY, from_1904=False)
    assert ("原来的号码已被表格软件改掉" in str(why)) is changed
