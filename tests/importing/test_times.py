"""Times as the field writes them: one reading each, or none."""

from __future__ import annotations

from datetime import time, timedelta, timezone

import pytest

from sixping.importing.times import (
    Gap,
    YearFault,
    clock,
    compile_split,
    compile_texts,
    compile_times,
    would_read,
)

DAY = "2026-04-01T"


def read(text: str, *formats: str, hour: time | None = None) -> tuple[str, int]:
    return compile_texts(formats, hour=hour)(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026/4/1 下午3:05", "15:05:00"),
        ("2026-04-01 03:05:00 PM", "15:05:00"),
        ("2026/4/1 3:05 p.m.", "15:05:00"),
        ("2026年4月1日 上午12时20分", "00:20:00"),
        ("2026年4月1日上午9时", "09:00:00"),
        ("2026-04-01 12:20 AM", "00:20:00"),
        ("2026-4-1 下午12:20", "12:20:00"),
        ("2026-4-1 中午12:20", "12:20:00"),
        ("2026-4-1 中午1:20", "13:20:00"),
        ("2026-4-1 早上7:20", "07:20:00"),
        ("2026-4-1 凌晨12:20", "00:20:00"),
        ("2026-4-1 晚上9点", "21:00:00"),
        ("2026-4-1 下午15:05", "15:05:00"),
        ("2026年4月1日 15时05分", "15:05:00"),
        ("2026年4月1日 15时05分07秒", "15:05:07"),
        ("2026.4.1 15:05", "15:05:00"),
        ("2026-04-01 (星期三) 15:05", "15:05:00"),
        ("2026-04-01T07:05:00Z", "15:05:00"),
        ("2026-04-01T15:05:00+08:00", "15:05:00"),
        ("2026/4/1 16:05 +0900", "15:05:00"),
        ("２０２６／４／１\u3000１５：０５", "15:05:00"),
        ("٢٠٢٦-٠٤-٠١ ١٥:٠٥:٠٠", "15:05:00"),
        ("2026-04-01\u200b 15:05", "15:05:00"),
    ],
)  # fmt: skip
def test_what_begins_with_a_year_of_four_digits_is_always_read(text: str, at: str) -> None:
    assert read(text) == (f"{DAY}{at}+08:00", Gap.NONE)
    assert read(text, "%d.%m.%Y") == (f"{DAY}{at}+08:00", Gap.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01 晚上12:20", "2026-04-01 晚上1:20", "2026-04-01 上午15:05", "2026/4/115:05",
        "2026-04-01 24:30", "2026-13-01", "2026/4-1", "2026年4月", "26/4/1 15:05", "4/1/2026",
        "2026-04-01 AM9:00 PM", "下午3:05", "20260401",
        "2026-04-01~03", "2026-04-01至03", "2026-04-01-03", "2026-04-01/03", "2026-04-01+03",
        "2026-04-01 09:30-10:30", "2026-04-01 09:30-10:00", "2026/4/1 9:30-10:00",
        "2026-04-01 09:30:00-10:00:00", "2026-04-01 09:30 -05", "2026-04-01 24:01",
    ],
)  # fmt: skip
def test_what_has_no_reading_or_two_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the interpreter's
        read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-01T09:30-05:00", "2026-04-01T22:30:00+08:00"),
        ("2026-04-01 09:30:00-05:00", "2026-04-01T22:30:00+08:00"),
        ("2026-04-01 09:30:00+08", "2026-04-01T09:30:00+08:00"),
        ("2026/4/1 09:30:00 +0000", "2026-04-01T17:30:00+08:00"),
    ],
)
def test_a_zone_after_a_clock_is_no_span_of_hours(text: str, expected: str) -> None:
    assert read(text)[0] == expected


@pytest.mark.parametrize("text", ["2026-04-01 24:00", "2026/4/1 24:00:00", "2026年4月1日24时"])
def test_a_day_ends_where_the_next_one_begins(text: str) -> None:
    assert read(text) == ("2026-04-02T00:00:00+08:00", Gap.NONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-01 下午0:30", "12:30"), ("2026-04-01 0:30 PM", "12:30"),
        ("2026-04-01 9点半", "09:30"), ("2026-04-01 下午3点一刻", "15:15"),
        ("2026年4月1日晚上8点三刻", "20:45"),
    ],
)  # fmt: skip
def test_a_clock_is_read_as_people_say_it(text: str, expected: str) -> None:
    assert read(text)[0] == f"{DAY}{expected}:00+08:00"


def test_a_format_with_the_day_before_the_month_is_not_read_the_other_way_round() -> None:
    assert read("2026/1/4", "%Y/%d/%m")[0] == "2026-04-01T00:00:00+08:00"
    with pytest.raises(ValueError):  # noqa: PT011
        read("2026/1/4 9:05", "%Y/%d/%m")


@pytest.mark.parametrize(
    ("text", "fmt", "expected"),
    [
        ("26/4/1 15:05", "%y/%m/%d %H:%M", f"{DAY}15:05:00+08:00"),
        ("99-4-1", "%y-%m-%d", "1999-04-01T00:00:00+08:00"),  # an old hotline, no limit to come
        ("70/4/1 15:05", "%y/%m/%d %H:%M", "1970-04-01T15:05:00+08:00"),
        ("69/4/1 15:05", "%y/%m/%d %H:%M", "2069-04-01T15:05:00+08:00"),
        ("1.4.26 3:05下午", "%d.%m.%y %I:%M %p", f"{DAY}15:05:00+08:00"),
        ("04/01/2026 03:05:00PM", "%m/%d/%Y %I:%M:%S %p", f"{DAY}15:05:00+08:00"),
        ("26/4/1 下午 3:05", "%y/%m/%d %p%I:%M", f"{DAY}15:05:00+08:00"),
        ("20260401150507", "%Y%m%d%H%M%S", f"{DAY}15:05:07+08:00"),
        ("１／４／２０２６", "%d/%m/%Y", f"{DAY}00:00:00+08:00"),
    ],
)
def test_a_profile_names_what_has_two_readings(text: str, fmt: str, expected: str) -> None:
    assert read(text, fmt)[0] == expected


def test_numbers_that_nothing_keeps_apart_have_two_digits_each() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read("2026118", "%Y%m%d")


def test_a_two_digit_year_that_may_be_a_month_is_told() -> None:
    assert read("10/8/26", "%y/%m/%d") == ("2010-08-26T00:00:00+08:00", Gap.YEAR)
    assert read("10年8月26日", "%y年%m月%d日") == ("2010-08-26T00:00:00+08:00", Gap.HOUR)


@pytest.mark.parametrize(
    "fmt",
    [
        "%I:%M %Y-%m-%d", "%Y-%m-%d %p", "%Y-%y-%m-%d", "%H%I%p%Y%m%d", "%Y-%m", "%m-%d",
        "%Y-%m-%d %H:%S", "%Y-%m-%d %M", "%Y-%m-%d %d",
    ],
)  # fmt: skip
def test_formats_that_leave_something_open_are_refused(fmt: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        compile_times([fmt])


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("0001/01/01 00:00", ()), ("9999-12-31 00:00:00", ()), ("1948-12-31 23:59:59", ()),
        ("2101-01-01", ()), ("2", ("excel",)), ("2958465", ("excel",)), ("9999999999", ("unix",)),
    ],
)  # fmt: skip
def test_years_in_which_nobody_reported_are_refused(text: str, formats: tuple[str, ...]) -> None:
    with pytest.raises(YearFault):
        read(text, *formats)


def test_the_first_and_the_last_year_are_read() -> None:
    assert read("1949-01-01 00:00:00")[0][:4] == "1949"
    assert read("2100-12-31 23:59:59")[0][:4] == "2100"


def test_a_part_of_the_day_holds_for_its_own_row_only() -> None:
    texts = compile_texts(("%Y/%m/%d %p%I:%M:%S",))
    written = ["2026/4/1 下午 12:05:00", "2026/4/1 下午 3:05:00", "2026/4/1 3:05:00"]
    assert [texts(each)[0][11:16] for each in written] == ["12:05", "15:05", "03:05"]


def test_a_stated_hour_is_that_of_days_without_one() -> None:
    assert read("2026-04-01", hour=time(9)) == (f"{DAY}09:00:00+08:00", Gap.NONE)
    assert read("2026-04-01 00:00:00", hour=time(9)) == (f"{DAY}00:00:00+08:00", Gap.NONE)
    assert read("46113", "excel", hour=time(9)) == (f"{DAY}09:00:00+08:00", Gap.NONE)
    for written in ("2026-04-01", "2026/4/1", "2026年4月1日"):
        assert read(written) == (f"{DAY}00:00:00+08:00", Gap.HOUR)


@pytest.mark.parametrize(
    ("day", "written", "at"),
    [
        ("2026-04-01", "09:05:00", "09:05:00"),
        ("2026-04-01 00:00:00", "9:05", "09:05:00"),
        ("2026/4/1", "上午9:05", "09:05:00"),
        ("2026年4月1日", "９：０５", "09:05:00"),
        ("46113", "0.378472222", "09:05:00"),
        ("2026-04-01", "1899-12-31 09:05:00", "09:05:00"),
        ("2026-04-01", "2026-04-01 09:05:00", "09:05:00"),
        ("2026-04-01 09:05:00", "09:05", "09:05:00"),
    ],
)
def test_a_day_and_a_clock_in_two_cells_are_one_time(day: str, written: str, at: str) -> None:
    assert compile_split(("excel",))(day, written) == (f"{DAY}{at}+08:00", Gap.NONE)


def test_a_day_whose_clock_is_blank_is_a_day_only() -> None:
    assert compile_split(())("2026-04-01", "") == (f"{DAY}00:00:00+08:00", Gap.HOUR)
    assert compile_split((), hour=time(9))("2026-04-01", "") == (f"{DAY}09:00:00+08:00", Gap.NONE)


@pytest.mark.parametrize(
    ("day", "written"),
    [("2026-04-01", "2026-04-02 09:05"), ("2026-04-01 10:00", "09:05"), ("", "09:05"),
     ("2026-04-01", "25:00"), ("2026-04-01", "1.5"), ("2026-04-01", "上午")],
)  # fmt: skip
def test_two_cells_that_contradict_each_other_are_not_read(day: str, written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        compile_split(())(day, written)


def test_a_split_time_is_of_the_zone_of_its_file() -> None:
    zone = timezone(timedelta(hours=-5))
    assert compile_split((), zone)("2026-03-31", "20:05")[0] == f"{DAY}09:05:00+08:00"


def test_a_clock_is_read_without_a_day() -> None:
    assert (clock("9时5分"), clock("下午3:05"), clock("0.5")) == (time(9, 5), time(15, 5), time(12))


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("26/4/1 15:05", ["%y/%m/%d %H:%M"]),
        ("8/4/2019", ["%m/%d/%Y", "%d/%m/%Y"]),
        ("4/30/2026 3:05 PM", ["%m/%d/%Y %I:%M %p"]),
        ("46113.4", ["excel"]),
        ("1538492521", ["unix"]),
        ("1538492521000", ["unix-ms"]),
        ("20260408", ["%Y%m%d"]),
        ("昨天", []),
        ("2026-13-01", []),
    ],
)
def test_the_formats_that_would_read_a_time_are_known_and_do(text: str, formats: list[str]) -> None:
    assert would_read(text)[: len(formats) or 1] == formats
    for name in formats:
        assert read(text, name)[0]
