"""The wording of the yearly notice: what it states twice must agree."""

from __future__ import annotations

from datetime import date

import pytest

from sixping.calendar.holiday_notice import parse_notice
from sixping.errors import BadData

TITLE = "国务院办公厅关于2026年部分节假日安排的通知\n国办发明电〔2025〕7号\n"
NEW_YEAR = "元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。"


def test_a_line_gives_its_days_off_and_its_day_worked() -> None:
    found = parse_notice(TITLE + "一、" + NEW_YEAR)
    assert [(each.date.day, each.working, each.name) for each in found.days] == [
        (1, False, "元旦"),
        (2, False, "元旦"),
        (3, False, "元旦"),
        (4, True, "元旦"),
    ]
    assert found.source.endswith("国办发明电〔2025〕7号")


@pytest.mark.parametrize(
    "line",
    [
        NEW_YEAR.translate(str.maketrans("：（），", ":(),")),
        "——" + NEW_YEAR,
        "1. " + NEW_YEAR,
        "2026年" + NEW_YEAR,
        "元旦：1 月 1 日（星期四）到 3 日放假，共 3 天，1月4日（星期天）上班。",
        "元旦：1月1日-3日放假调休，共3天；1月4日上班",
        "元旦：1月1日至3日放假，共3天。其中，1月1日（星期四）为法定节假日。1月4日上班。",
    ],
)
def test_copies_in_other_marks_and_older_wordings_read_the_same(line: str) -> None:
    assert parse_notice(TITLE + line).days == parse_notice(TITLE + NEW_YEAR).days


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (NEW_YEAR.replace("周四", "周五"), "2026-01-01 是周四, 不是周五"),
        (NEW_YEAR.replace("周日", "星期六"), "2026-01-04 是周日, 不是星期六"),
        (NEW_YEAR.replace("共3天", "共4天"), "写明 4 天, 日期却是 3 天"),
        ("春节：2月15日（农历腊月二十八、周一）放假。", "2026-02-15 是周日"),
        ("元旦：1月1日放假2天。", "写明 2 天, 日期却是 1 天"),
        ("元旦：1月3日至1日放假。", "起止日期不对"),
        ("元旦：1月32日放假。", "没有这一天"),
        ("元旦：1日放假。", "没有月份"),
        ("元旦：放假。", "没有日期"),
        ("元旦：1月4日（周日）上班。", "没有写放假的日期"),
        ("元旦：1月1日放假。1月2日另行通知。", "看不懂这句"),
        ("元旦：1月1日至3日放假。1月3日上班。", "重复出现"),
        ("植树节：3月12日放假。", "看不出是哪个节日"),
        ("元旦：2027年1月1日放假。", "不在 2026 年"),
    ],
)
def test_what_does_not_add_up_is_refused_with_its_line(line: str, complaint: str) -> None:
    with pytest.raises(BadData) as caught:
        parse_notice(TITLE + line)
    assert complaint in caught.value.what
    assert "第 3 行" in caught.value.what


def test_the_december_before_needs_no_year() -> None:
    text = "元旦：12月30日至1月1日放假调休，共3天。12月29日（星期六）上班。"
    days = parse_notice(text, 2019).days
    assert [str(each.date) for each in days if each.working] == ["2018-12-29"]
    assert days[-1].date == date(2019, 1, 1)


def test_a_text_without_a_year_a_holiday_or_with_another_year_is_refused() -> None:
    for text, year, complaint in [
        (NEW_YEAR, None, "看不出是哪一年"),
        (TITLE, None, "没有一行"),
        (TITLE + NEW_YEAR, 2027, "不是 2027 年"),
        (NEW_YEAR, 1999, "超出日历范围"),
    ]:
        with pytest.raises(BadData, match=complaint):
            parse_notice(text, year)
