"""What people write for a time is understood exactly or refused; never guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.errors import UsageFault
from sixping.util import dates, daytext
from sixping.util.clock import SHANGHAI

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)  # a Monday

MOMENTS = [
    ("2026-10-08", "2026-10-08T00:00:00"),
    ("2026-10-8", "2026-10-08T00:00:00"),
    ("2026/10/8", "2026-10-08T00:00:00"),
    ("2026.10.8", "2026-10-08T00:00:00"),
    ("20261008", "2026-10-08T00:00:00"),
    ("2026-10-08 15:00", "2026-10-08T15:00:00"),
    ("2026-10-08T15:00", "2026-10-08T15:00:00"),
    ("2026-10-08T15:00:59", "2026-10-08T15:00:59"),
    ("2026-10-08T15:00:59.999999", "2026-10-08T15:00:59"),
    ("2026-10-08T15:00:00+08:00", "2026-10-08T15:00:00"),
    ("2026-10-08T15:00:00+0800", "2026-10-08T15:00:00"),
    ("2026-10-08T07:00:00Z", "2026-10-08T15:00:00"),
    ("2026-10-08T20:00:00Z", "2026-10-09T04:00:00"),
    ("2026-10-08T00:30:00-05:30", "2026-10-08T14:00:00"),
    ("2026-10-08 24:00", "2026-10-09T00:00:00"),
    ("2026-10-08下午3点", "2026-10-08T15:00:00"),
    ("2024-02-29", "2024-02-29T00:00:00"),
    ("2026年10月8日", "2026-10-08T00:00:00"),
    ("2026年10月8号", "2026-10-08T00:00:00"),
    ("2026年10月08日 15:00", "2026-10-08T15:00:00"),
    ("2026年10月8日15:00", "2026-10-08T15:00:00"),
    ("2026年10月8日15时", "2026-10-08T15:00:00"),
    ("2026年10月8日8时30分", "2026-10-08T08:30:00"),
    ("2026年 10月 8日 下午 3点", "2026-10-08T15:00:00"),
    ("10月8日", "2026-10-08T00:00:00"),
    ("10月8", "2026-10-08T00:00:00"),
    ("10月8日下午3点半", "2026-10-08T15:30:00"),
    ("10月8日下午3点一刻", "2026-10-08T15:15:00"),
    ("10月8日下午3点三刻", "2026-10-08T15:45:00"),
    ("10月8日下午3点5分", "2026-10-08T15:05:00"),
    ("10月8日下午3:05", "2026-10-08T15:05:00"),
    ("10月8日下午15:05", "2026-10-08T15:05:00"),
    ("10月8日上午9点整", "2026-10-08T09:00:00"),
    ("11月23日", "2026-11-23T00:00:00"),
    ("11月23日下午3点", "2026-11-23T15:00:00"),
    ("11月24日", "2026-11-24T00:00:00"),
    ("12月31日 23:59", "2026-12-31T23:59:00"),
    ("5月25日", "2026-05-25T00:00:00"),
    ("5月24日", "2027-05-24T00:00:00"),
    ("去年10月8日", "2025-10-08T00:00:00"),
    ("今年3月1日上午8点", "2026-03-01T08:00:00"),
    ("今天", "2026-11-23T00:00:00"),
    ("昨天", "2026-11-22T00:00:00"),
    ("前天", "2026-11-21T00:00:00"),
    ("大前天", "2026-11-20T00:00:00"),
    ("明天上午9点", "2026-11-24T09:00:00"),
    ("今天下午3点", "2026-11-23T15:00:00"),
    ("今天上午9点", "2026-11-23T09:00:00"),
    ("昨天15:00", "2026-11-22T15:00:00"),
    ("昨天 15:00", "2026-11-22T15:00:00"),
    ("昨晚8点", "2026-11-22T20:00:00"),
    ("今早7点半", "2026-11-23T07:30:00"),
    ("昨天中午12点", "2026-11-22T12:00:00"),
    ("昨天中午1点", "2026-11-22T13:00:00"),
    ("昨天上午12点", "2026-11-22T12:00:00"),
    ("昨天下午12点半", "2026-11-22T12:30:00"),
    ("昨天凌晨12点10分", "2026-11-22T00:10:00"),
    ("昨天凌晨3点", "2026-11-22T03:00:00"),
    ("昨天晚上11点", "2026-11-22T23:00:00"),
    ("昨天12点", "2026-11-22T12:00:00"),
    ("昨天15点", "2026-11-22T15:00:00"),
    ("昨天0点", "2026-11-22T00:00:00"),
    ("2026-10-08 15:00", "2026-10-08T15:00:00"),
    ("昨天15:00", "2026-11-22T15:00:00"),
    (" 10月8日\n", "2026-10-08T00:00:00"),
    ("二〇二六年十月八日", "2026-10-08T00:00:00"),
    ("二零二六年十月二十三日下午三点半", "2026-10-23T15:30:00"),
    ("2026年10月8日(周四) 15:00", "2026-10-08T15:00:00"),
    ("10月8日(星期四)下午3点", "2026-10-08T15:00:00"),
    ("11月22日(周日)", "2026-11-22T00:00:00"),
    ("十月十日 上午十点", "2026-10-10T10:00:00"),
    ("昨天下午两点二十分", "2026-11-22T14:20:00"),
]

REFUSED = [
    *("10.8", "8/10", "8/10/2026", "10-8", "10 8", "10.8 15:00", "08-10-2026", "10/8/26"),
    *("", " ", "10", "2026", "2026-10", "10月", "8日", "8号", "周三", "上周五", "刚才", "3天前"),
    *("15:00", "下午3点", "上午", "昨天下午", "昨天3点", "昨天8点半", "3个工作日前"),
    *(
        "2026-02-30",
        "2026年2月30日",
        "2月30日",
        "2月29日",
        "13月1日",
        "0月1日",
        "10月0日",
        "2026-13-01",
    ),
    *("昨天25:00", "昨天15:60", "昨天15:5", "昨天24:01", "昨天下午25点", "昨天上午15点"),
    *("昨天晚上12点", "昨天晚上2点", "昨天凌晨8点", "昨天中午9点", "昨天下午0点"),
    *("2026-10-0815:00", "2026-10-115:00", "10月815:00", "2026-10/08", "2026-10-08T"),
    *("0000-01-01", "0001-01-01", "9999-12-31", "1899-12-31", "2026-10-08T15:00+99:00"),
    *("10月8日(周五)", "10月8日(15:00)", "昨天(周日)"),
    *("10月8日前", "约10月8日", "2026-10-08 15:00 或 16:00", "tomorrow", "Oct 8 2026"),
    *("2026-10-08" + " " * 90 + "x", "1" * 100_000, "二十十年十月八日", "\x1b[2J", "\ud800"),
    *("2026-10-08T15:00:00 PM", "٢٠٢٦-10-08", "20261308", "2026年10月8日15:00:61"),
]


@pytest.mark.parametrize(("written", "meant"), MOMENTS)
def test_a_moment_is_understood_exactly(written: str, meant: str) -> None:
    assert dates.parse_moment(written, NOW) == datetime.fromisoformat(f"{meant}+08:00")


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_no_moment_is_refused_with_the_accepted_forms(written: str) -> None:
    with pytest.raises(UsageFault) as refused:
        dates.parse_moment(written, NOW)
    assert refused.value.exit_code == 2
    assert refused.value.hint


@pytest.mark.parametrize("written", ["10.8", "8/10", "8/10/2026", "10-8"])
def test_two_number_dates_are_refused_by_name_also_as_days(written: str) -> None:
    for parse in (dates.parse_moment, dates.parse_day):
        with pytest.raises(UsageFault, match="哪个是月") as refused:
            parse(written, NOW)
        assert "2026-10-08" in refused.value.hint


def test_a_spoken_hour_without_half_of_the_day_is_refused_by_name() -> None:
    with pytest.raises(UsageFault, match="上午还是下午"):
        dates.parse_moment("昨天3点", NOW)


def test_a_date_without_a_year_is_the_nearest_day() -> None:
    assert dates.parse_day("11月24日", NOW) == date(2026, 11, 24)
    assert dates.parse_day("11月22日", NOW) == date(2026, 11, 22)
    assert dates.parse_day("11月22日", NOW, "past") == date(2026, 11, 22)
    assert dates.parse_day("11月23日", NOW, "future") == date(2026, 11, 23)
    assert dates.parse_day("1月3日", NOW, "future") == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("written", "direction", "readings"),
    [
        ("11月22日", "future", ("2026年11月22日(周日), 已经过去; 下一个是 2027年11月22日(周一)",
                                "2026-11-22 或 2027-11-22")),
        ("12月1日", "past", ("2026年12月1日(周二), 还没有到; 上一个是 2025年12月1日(周一)",
                             "2026-12-01 或 2025-12-01")),
        ("12月1日", "bound", ("还没有到; 上一个", "2026-12-01 或 2025-12-01")),
        ("2月29日", "any", ("2024年2月29日(周四)和 2028年2月29日(周二), 都不在半年之内",
                            "2024-02-29 或 2028-02-29")),
    ],
)  # fmt: skip
def test_the_nearest_day_on_the_wrong_side_is_refused_with_both_readings(
    written: str, direction: dates.Direction, readings: tuple[str, str]
) -> None:
    with pytest.raises(UsageFault) as refused:
        dates.parse_day(written, NOW, direction)
    assert readings[0] in refused.value.what
    assert readings[1] in refused.value.hint
    with pytest.raises(UsageFault, match="最近的是"):
        dates.parse_moment(written, NOW, direction)


@pytest.mark.parametrize(
    ("written", "direction"),
    [("昨天", "future"), ("明天", "past"), ("去年11月27日", "future"), ("2026-11-24", "past")],
)
def test_a_word_or_a_written_year_on_the_wrong_side_is_refused(
    written: str, direction: dates.Direction
) -> None:
    with pytest.raises(UsageFault, match=r"已经过去|还没有到"):
        dates.parse_day(written, NOW, direction)


def test_the_bound_of_a_period_may_lie_ahead_where_its_year_is_written() -> None:
    assert dates.parse_day("2026-11-30", NOW, "bound") == date(2026, 11, 30)


def test_of_two_equally_near_days_that_on_the_side_that_makes_sense_is_meant() -> None:
    now = datetime(2027, 8, 31, tzinfo=SHANGHAI)  # 183 days from 1 March on both sides
    assert dates.parse_day("3月1日", now) == date(2028, 3, 1)
    assert dates.parse_day("3月1日", now, "past") == date(2027, 3, 1)
    assert dates.parse_day("3月1日", now, "future") == date(2028, 3, 1)


def test_an_instant_later_today_has_not_passed() -> None:
    assert dates.parse_moment("今天9:30", NOW, "past") == NOW
    with pytest.raises(UsageFault, match="晚于现在"):
        dates.parse_moment("今天9:31", NOW, "past")


def test_today_is_shanghais_today() -> None:
    late_in_utc = datetime.fromisoformat("2026-11-22T17:00:00+00:00")
    assert dates.parse_day("今天", late_in_utc) == date(2026, 11, 23)


def test_a_day_takes_no_time() -> None:
    with pytest.raises(UsageFault):
        dates.parse_day("昨天15:00", NOW)


def test_months_are_whole_and_may_be_named_by_words() -> None:
    june = (date(2019, 6, 1), date(2019, 6, 30))
    for written in ("2019-06", "2019-6", "2019年6月", "二〇一九年六月"):
        assert dates.parse_month(written, NOW) == june
    assert dates.parse_month("上月", NOW) == (date(2026, 10, 1), date(2026, 10, 31))
    assert dates.parse_month("本月", NOW) == (date(2026, 11, 1), date(2026, 11, 30))
    assert dates.parse_month("下月", NOW) == (date(2026, 12, 1), date(2026, 12, 31))
    assert dates.parse_month("12月", NOW) == (date(2025, 12, 1), date(2025, 12, 31))
    assert dates.parse_month("2月", NOW) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_month_without_a_year_is_the_last_begun_the_nearest_or_not_over() -> None:
    december = (date(2026, 12, 1), date(2026, 12, 31))
    assert dates.parse_month("12月", NOW, "any") == december
    assert dates.parse_month("12月", NOW, "future") == december
    assert dates.parse_month("11月", NOW, "future") == (date(2026, 11, 1), date(2026, 11, 30))
    assert dates.parse_month("5月", NOW, "any") == (date(2027, 5, 1), date(2027, 5, 31))
    assert dates.parse_month("6月", NOW, "any") == (date(2026, 6, 1), date(2026, 6, 30))
    with pytest.raises(UsageFault, match="2026年10月, 已经过去; 下一个是 2027年10月") as refused:
        dates.parse_month("10月", NOW, "future")
    assert "2026-10 或 2027-10" in refused.value.hint


@pytest.mark.parametrize("written", ["6", "06-2019", "2019.6.1", "2019-13", "2019", "13月", ""])
def test_what_is_no_month_is_refused(written: str) -> None:
    with pytest.raises(UsageFault):
        dates.parse_month(written, NOW)


def test_weeks_run_from_monday_to_sunday() -> None:
    assert dates.parse_week("2026-11-22", NOW) == (date(2026, 11, 16), date(2026, 11, 22))
    assert dates.parse_week("本周", NOW) == (date(2026, 11, 23), date(2026, 11, 29))
    assert dates.parse_week("上周", NOW) == (date(2026, 11, 16), date(2026, 11, 22))


def test_a_week_that_has_not_begun_is_refused_with_both_readings_of_its_day() -> None:
    assert dates.parse_week("11月29日", NOW)[0] == date(2026, 11, 23)
    with pytest.raises(UsageFault, match="还没有到; 上一个是 2025年11月30日"):
        dates.parse_week("11月30日", NOW)


def test_quarters_and_years_are_whole() -> None:
    second = (date(2019, 4, 1), date(2019, 6, 30))
    for written in ("2019Q2", "2019-Q2", "2019年第2季度", "2019年二季度"):
        assert dates.parse_quarter(written, NOW) == second
    assert dates.parse_quarter("Q4", NOW) == (date(2026, 10, 1), date(2026, 12, 31))
    assert dates.parse_year("2019", NOW) == (date(2019, 1, 1), date(2019, 12, 31))
    assert dates.parse_year("去年", NOW) == (date(2025, 1, 1), date(2025, 12, 31))
    for parse, written in ((dates.parse_quarter, "2"), (dates.parse_year, "19")):
        with pytest.raises(UsageFault):
            parse(written, NOW)


def test_the_echo_names_weekday_and_time() -> None:
    moment = dates.parse_moment("2026-10-08 15:00", NOW)
    assert daytext.understood(moment) == "2026年10月8日(周四) 15:00"
    assert daytext.understood_day(moment.date()) == "2026年10月8日(周四)"


@given(st.integers(min_value=0, max_value=200 * 365 * 86400))
def test_the_echo_is_itself_understood(seconds: int) -> None:
    moment = datetime(1900, 1, 2, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
    assert dates.parse_moment(daytext.understood(moment), NOW) == moment


@given(st.text(max_size=70) | st.from_regex(r"[0-9年月日号点时:. /-]{0,14}", fullmatch=True))
def test_any_text_gives_a_shanghai_instant_or_a_usage_fault(written: str) -> None:
    try:
        moment = dates.parse_moment(written, NOW)
    except UsageFault:
        return
    assert moment.tzinfo is SHANGHAI
    assert moment.microsecond == 0
