"""Patrols: who must be in the team, which grids wait, nobody in two places at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sixping.errors import BadData, NotAllowed
from sixping.office.conflicts import Engagement, engagements, refuse_clash
from sixping.office.duty import DAY_END, DayBook, clock
from sixping.office.meetings import Meeting
from sixping.office.operations import Operation, OperationPlanned
from sixping.office.organisation import History, Organisation
from sixping.office.patrols import Patrolled, check_team, check_units, coverage
from sixping.policy.teams import Need, load_field_rules, parse_field_rules
from sixping.workdays import load_calendar, workdays_between
from tests.kit.officekit import CITY, DAY, SEED, entries, joined

GRID = "江一社区第一网格"
SHIPPED = (Path(__file__).parents[2] / "data" / "patrol.toml").read_text(encoding="utf-8")
CALENDAR = load_calendar()


def street() -> Organisation:
    people = (
        joined(1, licence_until=DAY),
        joined(2, "平安建设办"),
        joined(3, GRID),
        joined(4, "江一社区"),
        joined(5, "市场监管所", licence_until=DAY - timedelta(days=1)),
    )
    return History(SEED, entries(*people)).at(DAY)


# --- the team --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "fits"),
    [("123", True), ("124", True), ("523", False), ("12", False), ("13", False), ("23", False)],
)
def test_a_team_is_an_officer_a_street_worker_and_a_community_worker(who: str, fits: bool) -> None:
    organisation = street()
    team = [organisation.people[f"p{number}"] for number in who]
    needs = load_field_rules().patrol
    if fits:
        check_team(team, needs, organisation.units, DAY)
    else:
        with pytest.raises(NotAllowed, match="巡查队伍不合要求"):
            check_team(team, needs, organisation.units, DAY)


def test_a_street_may_ask_for_more() -> None:
    organisation = street()
    needs = (Need("派驻机构人员", 2, ("agency",), licensed=False, clause="附2.3"),)
    check_team([organisation.people["p1"], organisation.people["p5"]], needs,
               organisation.units, DAY)  # fmt: skip
    with pytest.raises(NotAllowed, match="派驻机构人员缺 1 名"):
        check_team([organisation.people["p1"]], needs, organisation.units, DAY)


def test_units_concerned_are_there() -> None:
    organisation = street()
    concerned = [organisation.units.find(name) for name in (CITY, "派出所")]
    with pytest.raises(NotAllowed, match="派出所") as fault:
        check_units([organisation.people["p1"]], concerned)
    assert CITY not in fault.value.what


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('kinds = ["office"]', 'kinds = ["offices"]', "没有这个种类"),
        ("least = 1", "least = 0", "整数"),
        ('what = "街道工作人员"', 'name = "街道工作人员"', "缺失"),
    ],
)
def test_a_faulty_file_names_the_key(before: str, after: str, said: str) -> None:
    with pytest.raises(BadData, match=said):
        parse_field_rules(SHIPPED.replace(before, after, 1), "patrol.toml")


# --- coverage --------------------------------------------------------------------------


def went(day: date, *grids: str) -> Patrolled:
    return Patrolled(day=day, start="09:00", end="10:00", grids=grids)


@settings(deadline=None, max_examples=40)
@given(
    days=st.lists(st.dates(date(2026, 9, 1), date(2026, 12, 31)), max_size=6),
    interval=st.one_of(st.none(), st.integers(0, 20)),
)
@example(days=[date(2026, 11, 23)], interval=1)
@example(days=[date(2026, 11, 20)], interval=1)
def test_coverage_is_what_counting_by_hand_gives(days: list[date], interval: int | None) -> None:
    found = coverage(street().units, [went(day, GRID) for day in days], DAY, CALENDAR, interval)
    one = next(each for each in found if each.grid == GRID)
    past = [day for day in days if day <= DAY]
    since = min((workdays_between(day, DAY, CALENDAR) for day in past), default=None)
    assert (one.last, one.workdays, one.patrols) == (max(past, default=None), since, len(past))
    if interval is None:
        assert {each.beyond for each in found} == {None}
    else:
        assert one.beyond is (since is None or since > interval)
    lasts = [each.last or date.min for each in found]
    assert lasts == sorted(lasts)


def test_rest_days_do_not_count_against_a_grid() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    found = coverage(street().units, [went(friday, GRID)], monday, CALENDAR, 1)
    assert next(each for each in found if each.grid == GRID).workdays == 1


# --- one place at a time ---------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(a=st.tuples(st.integers(0, DAY_END - 1), st.integers(1, 600)),
       b=st.tuples(st.integers(0, DAY_END - 1), st.integers(1, 600)))  # fmt: skip
@example((540, 60), (600, 60))
@example((600, 60), (540, 60))
@example((540, 61), (600, 60))
def test_two_stretches_clash_when_they_share_a_minute(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    first, second = ((start, min(start + length, DAY_END)) for start, length in (a, b))
    shared = set(range(*first)) & set(range(*second))
    known = [Engagement("p1", *first, "巡查")]
    words = (clock(second[0]), clock(second[1]))
    refuse_clash(known, ["p2"], *words)
    if shared:
        with pytest.raises(NotAllowed, match="两处"):
            refuse_clash(known, ["p2", "p1"], *words)
    else:
        refuse_clash(known, ["p2", "p1"], *words)


def test_whatever_has_hours_on_a_day_holds_its_people() -> None:
    book = DayBook(lines=[("p1", 480, 720)])
    patrol = went(DAY, GRID).__class__(
        day=DAY, start="13:00", end="14:00", grids=(GRID,), people=("p1", "p2")
    )
    plan = OperationPlanned(operation="o1", day=DAY, start="19:00", end="20:00", people=("p3",))
    meeting = Meeting("m1", "联席会议", DAY, "街道领导", "15:00", "16:00", people=("p4",))
    other = Meeting("m2", "联席会议", DAY, "街道领导", people=("p5",))
    later = Meeting("m3", "联席会议", DAY + timedelta(days=1), "街道领导", "15:00", "16:00",
                    people=("p6",))  # fmt: skip
    found = list(engagements(DAY, book, [patrol], [Operation("o1", plan)], [meeting, other, later]))
    assert [(one.person, one.what, one.id) for one in found] == [
        ("p1", "值守", ""), ("p1", "巡查", ""), ("p2", "巡查", ""), ("p3", "联合执法", "o1"),
        ("p4", "联席会议", "m1"),
    ]  # fmt: skip
    refuse_clash(found, ["p4"], "15:30", "15:45", but="m1")
