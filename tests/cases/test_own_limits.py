"""Limits of their own (附2.4): of a service item, and of a category; the ceiling stays (五.1c).

Received 2020-03-16 (Monday): by the notice target 03-23, ceiling 04-07.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixping.cases.lifecycle import fold
from sixping.errors import BadData
from sixping.policy.editions import parse_policy
from sixping.policy.vocabulary import OwnLimit
from sixping.util import datafiles
from tests.kit import events as ev
from tests.kit.storykit import NUMBER, Story, at, shipped
from tests.oracle.days import Calendar

RECEIVED = "2020-03-16T15:00:00"
ITEM = OwnLimit(3, None, "附2.4 演示事项")
SHORT, LONG = OwnLimit(2, None, "附2.4 噪声"), OwnLimit(12, 20, "附2.4 其他")
POLICY = datafiles.read("policy.toml", datafiles.shipped())[0]


class Applied(Story):
    """A case of a category, or for an item with a limit of its own."""

    def __init__(
        self,
        category: str | None = None,
        own: OwnLimit | None = None,
        received: datetime | None = None,
    ) -> None:
        limits = {"噪声": SHORT, "其他": LONG}
        edition = shipped().edition._replace(by_category=limits)
        self.rules = shipped()._replace(edition=edition)
        self.entries, self.private = [], None
        said = ev.Reported(channel="投诉举报电话", category=category, own=own)
        self.step(said, received or at(RECEIVED))

    def promised(self, kind: str = "finish", round_: int = 1) -> tuple[str, int | None, str | None]:
        clock = self.clock(kind, round_)
        assert clock.due
        assert fold(NUMBER, self.entries) == self.case
        return f"{clock.due:%m-%d}", clock.workdays, clock.clause

    def categorise(self, category: str, when: str) -> None:
        self.step(ev.Regraded(category=category), at(when))


def test_an_item_runs_to_its_own_limit_and_the_ceiling_is_the_notices() -> None:
    story = Applied("噪声", ITEM)  # whatever its category has
    assert story.promised() == ("03-19", 3, "附2.4 演示事项")
    assert story.promised("ceiling") == ("04-07", 15, "五.1c")
    assert story.promised("accept") == ("03-17", 1, "五.1a")


def test_a_longer_ceiling_counts_where_the_item_says_so() -> None:
    story = Applied(own=OwnLimit(18, 20, "附2.4 演示事项"))
    assert [story.promised()[0], story.promised("ceiling")[0]] == ["04-10", "04-14"]


def test_reopened_it_counts_anew_by_the_limit_it_was_promised() -> None:
    story = Applied(own=ITEM)
    story.accept(RECEIVED)
    story.assign(RECEIVED)
    story.resolve("2020-03-17T09:00:00")
    story.reopen("2020-03-23T09:00:00")
    assert story.promised(round_=2) == ("03-26", 3, "附2.4 演示事项")


def test_without_one_nothing_is_counted_otherwise() -> None:
    assert Applied("占道经营").promised() == ("03-23", 5, "五.1c")


def test_the_category_that_is_found_gives_its_limit_while_the_old_one_runs() -> None:
    story = Applied("占道经营")
    story.categorise("其他", "2020-03-17T09:00:00")
    assert story.promised() == ("04-01", 12, "附2.4 其他")
    assert story.promised("ceiling") == ("04-14", 20, "附2.4 其他")
    story.categorise("噪声", "2020-03-17T10:00:00")
    assert story.promised() == ("03-18", 2, "附2.4 噪声")
    assert story.promised("ceiling") == ("04-07", 15, "五.1c")
    story.void(3, "2020-03-17T11:00:00")
    assert story.promised()[:2] == ("04-01", 12)


def test_limits_adopted_later_move_no_promise_when_something_else_is_voided() -> None:
    story = Applied("占道经营")
    with_limits, story.rules = story.rules, shipped()
    story.categorise("其他", "2020-03-17T09:00:00")
    story.step(ev.Noted(), at("2020-03-17T10:00:00"))
    story.rules = with_limits
    story.void(3, "2020-03-17T11:00:00")
    assert story.promised() == ("03-23", 5, "五.1c")


def test_no_category_takes_a_breach_back_or_sets_a_limit_in_the_past() -> None:
    late = Applied("噪声")
    late.categorise("其他", "2020-03-19T09:00:00")
    assert late.promised() == ("03-18", 2, "附2.4 噪声")
    story = Applied("占道经营")
    story.categorise("噪声", "2020-03-19T09:00:00")
    assert story.promised() == ("03-23", 5, "五.1c")


def test_an_extension_stays_when_the_category_is_corrected() -> None:
    story = Applied("占道经营")
    story.accept(RECEIVED)
    story.assign(RECEIVED)
    story.extend("2020-03-18T09:00:00", 2)
    assert story.promised()[1] == 7
    story.categorise("其他", "2020-03-18T10:00:00")
    assert story.promised()[1] == 14


def test_a_limit_that_stands_still_follows_the_category_and_then_the_days_it_stood() -> None:
    story = Applied("其他")
    story.accept(RECEIVED)
    story.assign(RECEIVED)
    story.suspend("2020-03-17T09:00:00")
    story.categorise("占道经营", "2020-03-24T09:00:00")
    assert story.promised() == ("03-23", 5, "五.1c")
    assert story.promised("ceiling") == ("04-07", 15, "五.1c")
    story.resume("2020-03-25T09:00:00")  # 03-18, 19, 20, 23 and 24 stood whole
    assert story.promised() == ("03-30", 10, "五.1c")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 320 * 24 * 60), st.integers(1, 15))
def test_own_limits_fall_where_another_calendar_counts_them(minutes: int, days: int) -> None:
    received = at("2020-01-02T00:00:00") + timedelta(minutes=minutes)
    story = Applied(own=OwnLimit(days, None, "附2.4 演示事项"), received=received)
    assert story.clock("finish").due == Calendar().due(received, days)


# --- the policy ----------------------------------------------------------------------------

LIMIT = '\n[[edition.category_limit]]\ncategories = ["噪声污染"]\nworkdays = {}\nclause = "附2.4"\n'
NEXT = '\n[[edition]]\nfrom = 2027-01-01\nname = "第二版"\n'


def test_editions_inherit_the_limits_of_categories_and_drop_them() -> None:
    dropped = '[[edition.category_limit]]\ncategories = ["噪声污染"]\ndropped = true\n'
    third = NEXT.replace("2027", "2028").replace("第二版", "第三版")
    first, second, last = parse_policy(
        POLICY + NEXT + LIMIT.format(3) + third + NEXT.replace("2027", "2029") + dropped,
        "policy.toml",
    ).editions[-3:]
    assert (first.by_category, last.by_category) == (second.by_category, {})
    assert first.by_category["噪声污染"] == OwnLimit(3, None, "附2.4 噪声污染, 第二版")


def test_a_limit_of_no_category_and_one_dropped_that_is_not_there_are_refused() -> None:
    nothing = LIMIT.format(3).replace('"噪声污染"', "")
    with pytest.raises(BadData, match="没有写明哪个类别"):
        parse_policy(POLICY + NEXT + nothing, "policy.toml")
    dropped = '[[edition.category_limit]]\ncategories = ["噪声"]\ndropped = true\n'
    later = NEXT.replace("2027", "2028")
    with pytest.raises(BadData, match="噪声 在前一版没有期限, 无从取消"):
        parse_policy(POLICY + NEXT + LIMIT.format(3) + later + dropped, "policy.toml")


def test_a_category_promises_no_more_than_the_ceiling_unless_it_says_so() -> None:
    with pytest.raises(BadData, match="噪声污染 的 16 个工作日长于 ceiling 的 15 个"):
        parse_policy(POLICY + NEXT + LIMIT.format(16), "policy.toml")
    with pytest.raises(BadData, match="category_limit 重复: 噪声污染"):
        parse_policy(POLICY + NEXT + LIMIT.format(3) + LIMIT.format(4), "policy.toml")
    own = parse_policy(POLICY + NEXT + LIMIT.format(16) + "ceiling = 20\n", "policy.toml")
    assert own.edition_at(date(2027, 1, 4)).by_category["噪声污染"].ceiling == 20
