"""Layers as files: what is refused, with file and key, and what round-trips."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sixping.calendar.check import check, difference, month_grid
from sixping.calendar.files import load_layers
from sixping.calendar.layers import parse_holiday_cn, parse_local_order
from sixping.errors import BadData
from sixping.workdays import load_calendar

SHARED = Path(__file__).parents[3] / "shared" / "data" / "holiday-cn"
CALENDAR = load_calendar()
ORDER = """
title = "演示调休"
document = "演字3号"
scope = ["滨江区"]
entered_by = "演示甲"
entered_on = 2026-11-01
"""
ELSEWHERE = 'places = ["别处"]'


def year(**changes: Any) -> dict[str, Any]:
    days = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    return {"year": 2027, "papers": ["演示通知"], "days": days, **changes}


def day(text: str, *, off: bool = True) -> dict[str, Any]:
    return {"name": "演示", "date": text, "isOffDay": off}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (year(papers=[]), "papers 为空.*占位"),
        (year(days=[]), "days 为空.*占位"),
        (year(days=[day("2027-01-01"), day("2027-01-01")]), r"days\[2\] 2027-01-01 重复"),
        (year(days=[day("2028-01-01")]), r"days\[1\] 2028-01-01 不在 2027 年"),
        (year(days=[day("2026-11-30")]), r"days\[1\] 2026-11-30 不在 2027 年"),
        (year(days=[day("2027-02-30")]), r"days\[1\]\.date 不是日期"),
        (year(days=[{"date": "2027-01-01"}]), r"days\[1\]\.isOffDay 缺失"),
        (year(year="2027"), "year 应为"),
        ({"papers": [], "days": []}, "year 缺失"),
    ],
)
def test_a_year_that_cannot_be_right_is_refused_with_file_and_key(
    data: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadData, match=rf"2027\.json: {complaint}"):
        parse_holiday_cn(data, "2027.json")


def test_a_year_without_a_working_day_is_refused() -> None:
    first = date(2027, 1, 1).toordinal()
    days = [day(date.fromordinal(first + n).isoformat()) for n in range(365)]
    with pytest.raises(BadData, match="没有一个工作日"):
        parse_holiday_cn(year(days=days), "x")


def test_the_december_before_is_accepted_and_an_odd_balance_is_remarked() -> None:
    found = parse_holiday_cn(year(days=[day("2026-12-31"), day("2027-01-01")]), "x")
    assert "2 天, 通常为 13 天" in found.warnings[0]
    calendar = load_calendar(extra=[found])
    assert not calendar.is_workday(date(2026, 12, 31))
    assert str(calendar.confirmed_until) == "2027-12-31"


@pytest.mark.parametrize("number", [2020, 2024, 2026])
def test_the_widespread_files_give_the_published_calendar(number: int) -> None:
    path = SHARED / f"{number}.json"
    if not path.is_file():
        pytest.skip("needs ../shared/data/holiday-cn")
    found = parse_holiday_cn(json.loads(path.read_text(encoding="utf-8")), path.name)
    assert not found.warnings
    assert load_calendar(extra=[found]).fingerprint == CALENDAR.fingerprint
    assert parse_holiday_cn(json.loads(json.dumps(found.as_data())), "x").days == found.days


def test_the_placeholder_of_2027_is_refused() -> None:
    path = SHARED / "2027.json"
    if not path.is_file():
        pytest.skip("needs ../shared/data/holiday-cn")
    with pytest.raises(BadData, match="占位"):
        parse_holiday_cn(json.loads(path.read_text(encoding="utf-8")), path.name)


def test_our_own_shape_and_a_local_order_are_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "years").mkdir()
    (tmp_path / "years" / "2027.toml").write_text(
        'year = 2027\ndocument = "演示"\n[[holiday]]\nname = "元旦"\n'
        "off = [2027-01-01]\nworked = [2026-12-27]\n",
        encoding="utf-8",
    )
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "a.toml").write_text(ORDER + "off = [2026-11-24]\n", encoding="utf-8")
    calendar = load_calendar(tmp_path)
    assert calendar.day(date(2026, 12, 27)).kind == "make_up"
    assert calendar.day(date(2026, 11, 24))[:3] == ("local", "演示调休", "演字3号")
    assert calendar.is_workday(date(2016, 9, 1))  # the folder's orders, not the shipped ones
    assert calendar.published[2027] == "演示"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("off = [2026-11-24]\nworked = [2026-11-24]\n", "worked 2026-11-24 重复"),
        ("off = [2026-11-24, 2026-11-24]\n", "off 2026-11-24 重复"),
        ("off = []\n", "off .*没有日期"),
        ("off = [2003-01-01]\n", "off 2003-01-01 超出"),
        ("of = [2026-11-24]\noff = [2026-11-24]\n", "of 不是可用的键"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "a.toml").write_text(ORDER + text, encoding="utf-8")
    with pytest.raises(BadData, match=rf"a\.toml: {complaint}"):
        load_calendar(tmp_path)


def test_two_files_that_rule_the_same_day_are_refused(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "local" / name).write_text(ORDER + "off = [2026-11-24]\n", encoding="utf-8")
    with pytest.raises(BadData, match=r"b\.toml: 2026-11-24 已由 a\.toml"):
        load_calendar(tmp_path)


def test_an_order_survives_the_journey_through_an_event() -> None:
    order = load_layers(None).orders[0]
    again = parse_local_order(json.loads(json.dumps(order.as_data())), order.source)
    assert again == order


def test_sixping_data_overrides_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "places.toml").write_text(ELSEWHERE, encoding="utf-8")
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path))
    assert load_calendar().is_workday(date(2016, 9, 1))
    (tmp_path / "calendar" / "statute.toml").write_text('title = "x"', encoding="utf-8")
    with pytest.raises(BadData, match=r"statute\.toml: days 缺失"):
        load_calendar()


@pytest.mark.parametrize("name", ["places.toml", "here.toml"])
def test_the_places_are_read_under_their_name_and_the_former_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    g20 = date(2016, 9, 1)
    assert not load_calendar().is_workday(g20)
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / name).write_text(ELSEWHERE, encoding="utf-8")
    assert load_layers(tmp_path / "calendar").places == {"别处"}
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path))  # before the shipped places.toml
    assert load_layers(None).places == {"别处"}
    assert load_calendar().is_workday(g20)


def test_a_folder_with_both_names_of_the_places_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calendar").mkdir()
    for name in ("places.toml", "here.toml"):
        (tmp_path / "calendar" / name).write_text(ELSEWHERE, encoding="utf-8")
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path))
    for folder in (None, tmp_path / "calendar"):
        with pytest.raises(BadData, match=r"places\.toml 和 here\.toml"):
            load_layers(folder)


def test_a_fault_in_the_places_names_the_file_as_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "here.toml").write_text('place = "别处"', encoding="utf-8")
    with pytest.raises(BadData, match=r"here\.toml: places 缺失"):
        load_layers(tmp_path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("元旦 01-32", "days 这一行有误: 元旦 01-32"),
        ("闰日 02-29", "days 这一行有误"),
        ("春节 spring x", "days 这一行有误"),
        ("春节 spring 99", "days 这一行有误"),
        ("元旦", "days 这一行有误"),
    ],
)
def test_a_statute_that_names_no_day_is_refused_with_its_line(
    tmp_path: Path, line: str, complaint: str
) -> None:
    text = f"title = 'x'\ndocument = 'y'\ndays = '{line}'\n"
    (tmp_path / "statute.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=rf"statute\.toml: {complaint}"):
        load_calendar(tmp_path)


def test_a_wrong_festival_is_refused_when_its_year_is_asked_for(tmp_path: Path) -> None:
    head = "columns = ['spring', 'qingming', 'duanwu', 'zhongqiu']\n"
    for row, year in (("2027 02-30 04-05 06-09 09-15", 2027), ("2027 02-06", 2027)):
        text = f"{head}table = '{row}'\n"
        (tmp_path / "festivals.toml").write_text(text, encoding="utf-8")
        with pytest.raises(BadData, match=rf"festivals\.toml: table 这一行有误.*{year}"):
            load_calendar(tmp_path)


def test_the_difference_of_two_calendars_is_their_days() -> None:
    without = load_calendar(Path(__file__).parent / "nowhere")
    days = difference(without, CALENDAR)
    assert len(days) == 8
    assert all(each.worked for each in days)
    assert difference(CALENDAR, CALENDAR) == []


def test_a_month_is_given_in_whole_weeks_from_monday() -> None:
    weeks = month_grid(CALENDAR, 2026, 10)
    assert [week[0].date.weekday() for week in weeks] == [0] * len(weeks)
    kinds = {
        each.date.day: each.day.kind for week in weeks for each in week if each.inside and each.day
    }
    assert (kinds[1], kinds[8], kinds[10], kinds[11]) == (
        "holiday",
        "workday",
        "make_up",
        "weekend",
    )
    assert month_grid(CALENDAR, 2100, 12)[-1][-1].day is None


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2026, 12, 10), []),
        (date(2026, 12, 11), ["horizon"]),
        (date(2027, 1, 4), ["unpublished"]),
    ],
)
def test_the_horizon_is_reported_from_the_day_it_matters(today: date, kinds: list[str]) -> None:
    assert [each.kind for each in check(CALENDAR, today, 15)] == kinds


def test_a_statutory_day_that_is_worked_and_a_missing_year_are_reported() -> None:
    odd = parse_holiday_cn(year(year=2028, days=[day("2028-01-01")]), "x")
    kinds = {each.kind for each in check(load_calendar(extra=[odd]), date(2026, 11, 23), 15)}
    assert kinds == {"gap", "statute"}
