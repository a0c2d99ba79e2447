"""How a target moves: extensions, suspensions as a union of days, what the ceiling does not do.

Received 2020-03-16 (Monday): target 03-23, ceiling 04-07 (04-06 is a holiday).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.calendar.layers import LocalOrder, NamedDay
from sixping.cases.deadlines import whole_days
from sixping.cases.lifecycle import fold
from sixping.cases.rules import Rules
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import Severity
from sixping.workdays import load_calendar
from tests.kit import events as ev
from tests.kit.storykit import NUMBER, Story, at, shipped, with_day_off

LATER = at("2021-01-01T00:00:00")


def handled(received: str = "2020-03-16T15:00:00") -> Story:
    story = Story(shipped(), received)
    story.accept(received)
    story.assign(received)
    return story


def due(story: Story, kind: str = "finish") -> str:
    found = story.clock(kind).due
    assert found
    return f"{found:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "end", "moved"),
    [
        ("2020-03-20T17:00:00", "2020-03-23T08:00:00", "03-23 17:00"),
        ("2020-03-20T16:59:59", "2020-03-23T08:00:00", "03-23 17:00"),
        ("2020-03-20T08:00:00", "2020-03-20T16:59:59", "03-23 17:00"),
        ("2020-03-20T08:00:00", "2020-03-20T17:00:00", "03-24 17:00"),
        ("2020-03-20T08:00:01", "2020-03-23T17:00:00", "03-24 17:00"),
        ("2020-03-17T12:00:00", "2020-04-07T12:00:00", "04-10 17:00"),
    ],
)
def test_only_whole_office_days_move_the_target(start: str, end: str, moved: str) -> None:
    """Friday 17:00 to Monday 08:00 is no day at all; a day short of a second is none."""
    story = handled()
    story.suspend(start)
    assert story.clock("finish").late(LATER) is None
    story.resume(end)
    assert due(story) == moved
    assert due(story, "ceiling") == "04-07 17:00"
    assert fold(NUMBER, story.entries) == story.case


def test_a_hold_of_no_day_leaves_the_date_as_promised_also_under_other_office_hours() -> None:
    story = handled()
    story.suspend("2020-03-18T09:00:00")
    edition = shipped().edition
    later = edition._replace(counting=edition.counting._replace(closes=time(18)))
    story.rules = shipped()._replace(edition=later)
    story.resume("2020-03-18T10:00:00")
    assert due(story) == "03-23 17:00", "only calendar apply moves it, and says so"


def test_holds_that_touch_or_overlap_count_once() -> None:
    """Tue 09:00-13:00 and 13:00-17:00 leave 08:00-09:00 open: no day. Stated earlier, Mon
    evening to Tue 10:00 closes the gap: one day, not two."""
    story = handled()
    for start, end, moved in (
        ("2020-03-17T09:00:00", "2020-03-17T13:00:00", "03-23 17:00"),
        ("2020-03-17T13:00:00", "2020-03-17T17:00:00", "03-23 17:00"),
        ("2020-03-16T18:00:00", "2020-03-17T10:00:00", "03-24 17:00"),
        ("2020-03-17T08:00:00", "2020-03-17T17:00:00", "03-24 17:00"),
    ):
        story.suspend(start)
        story.resume(end)
        assert due(story) == moved


def test_the_day_that_is_not_counted_cannot_be_won_back() -> None:
    """Received at 07:00, held from 07:30 to the next opening: the day of receipt counts for
    nobody."""
    story = handled("2020-03-16T07:00:00")
    story.suspend("2020-03-16T07:30:00")
    story.resume("2020-03-17T08:00:00")
    assert due(story) == "03-23 17:00"


def test_resolved_while_held_ends_the_hold_first() -> None:
    """Held from 03-18 08:00 to the resolution on 03-26 09:00: six whole days (18, 19, 20, 23,
    24, 25), so the target is 03-31 and the case is in time."""
    story = handled()
    story.suspend("2020-03-18T08:00:00")
    story.resolve("2020-03-26T09:00:00")
    assert (due(story), story.clock("finish").late(LATER)) == ("03-31 17:00", False)
    assert story.clock("finish").held_at is None


def test_the_ceiling_governs_where_the_target_moved_past_it() -> None:
    """Held for twelve days from 03-18: target 04-09, ceiling still 04-07 and missed on 04-08."""
    story = handled()
    story.suspend("2020-03-18T08:00:00")
    story.resume("2020-04-02T17:00:00")
    assert (due(story), due(story, "ceiling")) == ("04-09 17:00", "04-07 17:00")
    story.resolve("2020-04-08T10:00:00")
    assert story.clock("finish").late(LATER) is False
    assert story.clock("ceiling").late(LATER) is True


def test_changing_the_grade_does_not_lose_a_hold_or_an_extension() -> None:
    """Held two days, extended by one: 03-26; raised while held and lowered again: no less."""
    story = handled()
    story.suspend("2020-03-17T08:00:00")
    story.resume("2020-03-18T17:00:00")
    story.extend("2020-03-19T09:00:00", 1)
    assert due(story) == "03-26 17:00"
    story.suspend("2020-03-20T08:00:00")
    story.regrade("2020-03-20T17:00:00", Severity.MAJOR)
    assert story.case.suspended is None
    story.regrade("2020-03-23T09:00:00", Severity.ORDINARY)
    assert due(story) == "03-27 17:00"
    story.suspend("2020-03-20T08:00:00")
    story.resume("2020-03-20T17:00:00")
    assert due(story) == "03-27 17:00"


def test_an_extension_stops_at_the_ceiling_unless_a_leader_excepts_it() -> None:
    story = handled()
    story.extend("2020-03-23T17:00:00", 10)
    assert due(story) == due(story, "ceiling") == "04-07 17:00"
    with pytest.raises(NotAllowed, match=r"超过 15 个工作日的最长时限 2020年4月7日\(周二\)"):
        story.extend("2020-03-24T09:00:00", 1)
    story.extend("2020-03-24T09:00:00", 1, beyond=True)
    assert due(story) == due(story, "ceiling") == "04-08 17:00"
    assert story.clock("finish").workdays == story.clock("ceiling").workdays == 16


def test_a_ceiling_levelled_by_another_calendar_has_the_days_of_its_target() -> None:
    """The target was moved over a day off that the ceiling had not been counted with."""
    story = handled()
    story.rules = with_day_off(date(2020, 3, 25))
    story.extend("2020-03-23T17:00:00", 10, beyond=True)
    assert due(story) == due(story, "ceiling") == "04-08 17:00"
    assert story.clock("finish").workdays == story.clock("ceiling").workdays == 15


def test_a_missed_target_is_neither_extended_nor_suspended() -> None:
    story = handled()
    for step in (lambda w: story.extend(w, 1), story.suspend):
        with pytest.raises(NotAllowed, match="已过"):
            step("2020-03-23T17:00:01")
    story.suspend("2020-03-23T17:00:00")


def test_voiding_an_extension_names_the_date_counted_from_it() -> None:
    """Somebody signed for that date: it is not made again without him."""
    story = handled()
    story.extend("2020-03-17T09:00:00", 2)
    story.extend("2020-03-18T09:00:00", 2)
    with pytest.raises(NotAllowed, match=r"第 5 号\(延期\)就不成立了: 它是从被撤销的期限起算的"):
        story.void(4, "2020-03-19T09:00:00")
    story.void(5, "2020-03-19T09:00:00")
    assert due(story) == "03-25 17:00"
    story.void(4, "2020-03-19T10:00:00")
    assert due(story) == "03-23 17:00"


def test_voiding_a_hold_names_its_release_and_voiding_the_release_holds_again() -> None:
    story = handled()
    story.suspend("2020-03-17T08:00:00")
    story.resume("2020-03-18T17:00:00")
    with pytest.raises(NotAllowed, match="恢复计时"):
        story.void(4, "2020-03-19T09:00:00")
    story.void(5, "2020-03-19T09:00:00")
    held = story.case.suspended
    assert held
    assert held.held_at == at("2020-03-17T08:00:00")


def test_a_result_under_a_voided_release_is_dated_anew() -> None:
    """Held on 03-17, released on 03-18: one whole day each. Resolved on 03-19 without the
    release, it was held till then: two days all the same, recorded in the void."""
    story = handled()
    story.suspend("2020-03-17T08:00:00")
    story.resume("2020-03-17T17:00:00")
    story.resolve("2020-03-19T09:00:00")
    assert due(story) == "03-24 17:00"
    story.void(5, "2020-03-20T09:00:00")
    assert due(story) == "03-25 17:00"
    assert fold(NUMBER, story.entries) == story.case
    void = story.entries[-1].event
    assert [(d.of, d.kind, f"{d.due:%m-%d}") for d in void.dues] == [(6, "finish", "03-25")]


def days_off(*days: date, working: bool = False) -> Rules:
    """Return the shipped rules with days off by an order of the street's own district."""
    named = tuple(NamedDay(day, working=working, name="演示") for day in days)
    order = LocalOrder("演示放假", "演字1号", ("滨江区",), "演示甲", date(2020, 3, 16), named)
    return shipped()._replace(calendar=load_calendar(extra=[order]))


def recounted_ceiling() -> Story:
    """03-31 becomes a day off: the target stays 03-23, the ceiling goes to 04-08."""
    story = handled()
    story.rules = days_off(date(2020, 3, 31))
    story.step(ev.Rescheduled(why="演字1号"), at("2020-03-17T09:00:00"))
    assert (due(story), due(story, "ceiling")) == ("03-23 17:00", "04-08 17:00")
    return story


@pytest.mark.parametrize(
    ("when", "kept"), [("2020-03-20T09:00:00", "03-21"), ("2020-03-23T09:00:00", "03-23")]
)
def test_no_running_promise_is_recounted_into_the_past(when: str, kept: str) -> None:
    """Saturday 03-21 becomes a working day: the target would be 03-21."""
    story = handled()
    story.rules = days_off(date(2020, 3, 21), working=True)
    story.step(ev.Rescheduled(why="演字1号"), at(when))
    assert due(story) == f"{kept} 17:00"
    assert due(story, "ceiling") == "04-03 17:00"
    assert fold(NUMBER, story.entries) == story.case


def test_an_exception_to_a_ceiling_that_is_taken_back_refuses_like_one_to_a_target() -> None:
    story = recounted_ceiling()
    story.extend("2020-03-18T09:00:00", 11, beyond=True)
    assert (due(story), due(story, "ceiling")) == ("04-09 17:00", "04-09 17:00")
    with pytest.raises(NotAllowed, match=r"第 5 号\(延期\).*从被撤销的期限起算"):
        story.void(4, "2020-03-18T10:00:00")


def test_a_promise_a_recount_left_as_it_was_is_not_moved_by_the_void_of_something_else() -> None:
    """03-20 was entered as a day off since, but nobody applied it yet."""
    story = recounted_ceiling()
    story.step(ev.Noted(), at("2020-03-17T10:00:00"))
    story.rules = days_off(date(2020, 3, 20), date(2020, 3, 31))
    story.void(5, "2020-03-17T11:00:00")
    assert (due(story), due(story, "ceiling")) == ("03-23 17:00", "04-08 17:00")
    assert story.entries[-1].event.dues == ()


def test_half_of_a_pair_is_not_voided() -> None:
    story = handled()
    story.step(ev.Merged(into="2020-000002"), at("2020-03-17T09:00:00"))
    with pytest.raises(NotAllowed, match="成对记录"):
        story.void(4, "2020-03-17T10:00:00")


def test_unmerging_gives_back_state_and_promises() -> None:
    """Merged on 03-17, apart again on 03-25: the target of 03-23 was missed meanwhile."""
    story = handled()
    before = story.case
    story.step(ev.Merged(into="2020-000002"), at("2020-03-17T09:00:00"))
    assert not any(c.running for c in story.case.clocks)
    story.step(ev.Unmerged(), at("2020-03-25T09:00:00"))
    assert (story.case.status, story.case.lead) == (before.status, before.lead)
    assert story.case.clocks == before.clocks
    assert story.clock("finish").late(at("2020-03-25T09:00:00")) is True


def test_unmerging_gives_a_suspension_back() -> None:
    story = handled()
    story.suspend("2020-03-17T08:00:00")
    before = story.case
    story.step(ev.Merged(into="2020-000002"), at("2020-03-17T09:00:00"))
    story.step(ev.Unmerged(), at("2020-03-18T09:00:00"))
    assert story.case.clocks == before.clocks
    story.resume("2020-03-18T17:00:00")
    assert due(story) == "03-25 17:00"


MINUTES = st.integers(0, 60 * 24 * 20)
HOLDS = st.lists(st.tuples(MINUTES, MINUTES), max_size=6)


@given(HOLDS)
def test_whole_days_are_those_a_union_covers_minute_by_minute(holds: list[tuple[int, int]]) -> None:
    rules, start = shipped(), at("2020-03-28T00:00:00")
    spans = [(start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in holds]
    expected = 0
    for n in range(20):
        day = date(2020, 3, 28) + timedelta(days=n)
        if rules.calendar.is_workday(day) and _covered(day, spans):
            expected += 1
    after = date(2020, 3, 27)
    assert whole_days(spans, after, rules.calendar, rules.hours) == expected
    twice = [*spans, *reversed(spans)]
    assert whole_days(twice, after, rules.calendar, rules.hours) == expected


def _covered(day: date, spans: list[tuple[datetime, datetime]]) -> bool:
    opens = at(f"{day}T08:00:00")
    minutes = (opens + timedelta(minutes=m) for m in range(9 * 60))
    return all(any(a <= m and m + timedelta(minutes=1) <= b for a, b in spans) for m in minutes)
