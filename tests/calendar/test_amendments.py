"""Notices that change a published year: facts of 2015, 2019 and 2020, as worded."""

from __future__ import annotations

from datetime import date

import pytest

from sixping.calendar.holiday_notice import is_amendment, parse_amendment, parse_notice
from sixping.calendar.layers import PublishedYear
from sixping.errors import BadData
from sixping.workdays import load_calendar
from tests.calendar.test_holiday_notice_wordings import NOTICES, TITLE

LONGER = """国务院办公厅关于延长2020年春节假期的通知
国办发明电〔2020〕1号
一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。
"""
REMEMBRANCE = """国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知
国发明电〔2015〕1号
9月3日（星期四）至5日（星期六）放假调休，共3天。其中9月3日（星期四）放假，\
9月4日（星期五）调休，9月6日（星期日）上班。
"""
CHANGED = """国务院办公厅关于调整2019年劳动节假期安排的通知
国办发明电〔2019〕3号
2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
"""
MAY_DAY = "四、劳动节：5月1日放假。"


def published(year: int) -> PublishedYear:
    lines = NOTICES[year].splitlines()
    if year == 2019:  # as first published, in December 2018
        lines = [MAY_DAY if "劳动节" in line else line for line in lines]
    return parse_notice(TITLE.format(year) + "\n".join(lines))


@pytest.mark.parametrize(
    ("text", "year"),
    [(LONGER, 2020), (REMEMBRANCE, 2015), (CHANGED, 2019)],
    ids=["longer", "remembrance", "changed"],
)
def test_the_year_after_the_second_notice_is_the_year_as_it_was_lived(text: str, year: int) -> None:
    right = load_calendar()
    first = published(year)
    assert load_calendar(extra=[first]).fingerprint != right.fingerprint
    after = parse_amendment(text, {year: first}.get)
    assert load_calendar(extra=[after]).fingerprint == right.fingerprint
    assert after.source.startswith(first.source)
    assert f"〔{year}〕" in after.source


@pytest.mark.parametrize("text", [LONGER, REMEMBRANCE, CHANGED])
def test_a_change_is_told_from_a_yearly_notice(text: str) -> None:
    assert is_amendment(text)
    assert not is_amendment(TITLE.format(2020) + NOTICES[2020])
    assert not is_amendment("元旦：1月1日放假1天。")


def test_the_day_worked_that_became_a_day_off_is_off() -> None:
    after = parse_amendment(LONGER, published)
    worked = {day.date: day.working for day in after.days}
    assert worked[date(2020, 2, 1)] is False
    assert date(2020, 2, 3) not in worked


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (LONGER.replace("星期日", "星期六"), "2020-02-02 是周日"),
        (LONGER.replace("2月3日（星期一）", "2月4日（星期二）"), "上班却写为 2月4日"),
        (LONGER.replace("2月2日（农历正月初九，星期日）", "1月20日"), "不能延长至 2020-01-20"),
        (LONGER.replace("2月2日（农历正月初九，星期日）", "3月20日"), "不能延长至 2020-03-20"),
        (LONGER.replace("春节假期", "植树节假期"), "没有 植树节"),
        (CHANGED.replace("共4天", "共5天"), "写明 5 天, 日期却是 4 天"),
        (REMEMBRANCE.replace("9月6日（星期日）上班", "9月4日（星期五）上班"), "既写放假又写上班"),
        (REMEMBRANCE.replace("国发明电〔2015〕1号", ""), "看不出是哪一年"),
    ],
)
def test_a_change_that_does_not_add_up_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadData, match=complaint):
        parse_amendment(text, published)


def test_a_change_of_a_year_nobody_published_is_refused() -> None:
    later = LONGER.replace("2020", "2031")
    with pytest.raises(BadData, match="2031 年的放假安排还没有导入"):
        parse_amendment(later, load_calendar().year)
    with pytest.raises(BadData, match="这是 2020 年的通知, 不是 2021 年"):
        parse_amendment(LONGER, published, 2021)
