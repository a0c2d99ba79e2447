"""What was said at intake is said anew: what counted from receipt counts from the true one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sixping.cases.model import Clock, Report
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from tests.kit import events as ev
from tests.kit.storykit import MOMENT, Story, at, shipped, standing_case, with_day_off

MONDAY, TUESDAY = "2020-03-16T15:00:00", "2020-03-17T15:00:00"


def received(story: Story, instant: str, when: str) -> None:
    story.step(ev.Amended(received_at=at(instant), reason="演示"), at(when))


def day(story: Story, kind: str, round_: int = 1) -> str:
    due = story.clock(kind, round_).due
    assert due
    return due.strftime("%m-%d")


def test_every_limit_from_receipt_counts_from_the_true_receipt() -> None:
    story = Story(shipped(), TUESDAY)
    received(story, "2020-03-13T15:00:00", "2020-03-17T16:00:00")
    assert [day(story, kind) for kind in ("accept", "finish", "ceiling")] == [
        "03-16", "03-20", "04-03",
    ]  # fmt: skip
    assert story.case.received_at == story.case.since == at("2020-03-13T15:00:00")


def test_a_limit_that_was_met_is_judged_by_the_true_receipt() -> None:
    story = Story(shipped(), TUESDAY)
    story.accept("2020-03-18T10:00:00")
    assert not story.clock("accept").missed
    received(story, "2020-03-13T15:00:00", "2020-03-18T16:00:00")
    assert story.clock("accept").missed
    story.void(3, "2020-03-18T17:00:00")
    assert not story.clock("accept").missed
    assert day(story, "accept") == "03-18"


def test_a_limit_late_by_the_receipt_alone_is_the_rooms() -> None:
    story = Story(shipped(), TUESDAY)
    story.accept("2020-03-17T16:00:00")
    story.assign("2020-03-17T16:10:00")
    received(story, "2020-03-05T15:00:00", "2020-03-18T09:00:00")
    assert story.clock("finish").born_late
    assert not story.clock("ceiling").born_late
    assert story.clock("finish").late(at("2020-03-18T09:00:00"))


def test_what_was_late_before_stays_with_whoever_was_late() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:10:00")
    received(story, "2020-03-13T15:00:00", "2020-03-30T09:00:00")
    assert story.clock("finish").late(at("2020-03-30T09:00:00"))
    assert not story.clock("finish").born_late


def test_a_date_somebody_signed_for_stands_unless_the_true_receipt_gives_a_later_one() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.extend("2020-03-17T10:00:00", 3)
    assert day(story, "finish") == "03-26"
    received(story, "2020-03-13T15:00:00", "2020-03-17T11:00:00")
    assert day(story, "finish") == "03-26"
    assert day(story, "ceiling") == "04-03"
    story.void(4, "2020-03-17T12:00:00")
    story.void(3, "2020-03-17T12:10:00")
    received(story, "2020-03-13T15:00:00", "2020-03-17T13:00:00")
    assert day(story, "finish") == "03-20"


def test_what_stood_still_stays_free() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.suspend("2020-03-17T08:00:00")
    story.resume("2020-03-19T08:00:00")
    assert day(story, "finish") == "03-25"
    received(story, "2020-03-13T15:00:00", "2020-03-19T11:00:00")
    assert day(story, "finish") == "03-24"
    assert story.clock("finish").workdays == 7


def test_a_day_that_was_decided_stands() -> None:
    story = Story(shipped(), MONDAY, Severity.SERIOUS)
    story.accept("2020-03-16T16:00:00")
    story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    received(story, "2020-03-13T15:00:00", "2020-03-17T11:00:00")
    assert day(story, "finish") == "04-02"
    assert story.clock("finish").started == at("2020-03-13T15:00:00")


def test_a_referral_found_later_counts_from_its_finding_whatever_the_receipt() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.regrade("2020-03-18T10:00:00", Severity.MAJOR)
    received(story, "2020-03-13T15:00:00", "2020-03-18T11:00:00")
    assert day(story, "refer") == "03-19"
    assert day(story, "finish") == "03-20", "it left this one, and is judged by it"


def test_a_round_begun_later_keeps_its_dates() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:10:00")
    story.resolve("2020-03-17T10:00:00")
    story.reopen("2020-03-18T10:00:00")
    received(story, "2020-03-13T15:00:00", "2020-03-18T11:00:00")
    assert day(story, "finish", 2) == "03-25"
    assert day(story, "finish", 1) == "03-20"
    assert story.case.round_at == at("2020-03-18T10:00:00")


def test_an_amendment_replays_by_the_dates_it_recorded() -> None:
    story = Story(shipped(), TUESDAY)
    story.rules = with_day_off(date(2020, 3, 16))
    received(story, "2020-03-13T15:00:00", "2020-03-17T16:00:00")
    assert day(story, "accept") == "03-17"
    assert [due.kind.value for due in story.entries[-1].event.dues] == [
        "accept", "finish", "ceiling",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("2020-03-18T15:00:00", r"晚于登记的时间 2020年3月17日\(周二\) 15:00"),
        ("2020-03-17T16:00:00", "晚于登记的时间"),
    ],
)
def test_no_receipt_is_later_than_its_registration(instant: str, words: str) -> None:
    story = Story(shipped(), TUESDAY)
    with pytest.raises(NotAllowed, match=words):
        received(story, instant, "2020-03-19T16:00:00")


def test_no_receipt_is_later_than_what_answered_it() -> None:
    story = Story(shipped(), MONDAY)
    story.entries[0] = replace(story.entries[0], recorded_at=at("2020-03-18T15:00:00"))
    story.private = replace(story.case, recorded_at=at("2020-03-18T15:00:00"))
    story.accept("2020-03-16T16:00:00")
    with pytest.raises(NotAllowed, match=r"晚于最早一次办理的时间 2020年3月16日\(周一\) 16:00"):
        received(story, "2020-03-16T17:00:00", "2020-03-19T16:00:00")


@pytest.mark.parametrize(("voided", "due"), [(3, "03-20"), (4, "03-25"), (None, "03-30")])
def test_an_extension_voided_after_the_receipt_was_amended_takes_its_days_along(
    voided: int | None, due: str
) -> None:
    """Of two extensions, to the 25th and the 30th of March, the first or the second is voided."""
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.extend("2020-03-17T09:00:00", 2)
    if voided != 3:
        story.extend("2020-03-17T10:00:00", 3)
    received(story, "2020-03-13T09:00:00", "2020-03-18T09:00:00")
    if voided:
        story.void(voided, "2020-03-18T10:00:00")
    (finish,) = [c for c in story.case.clocks if c.kind is ClockKind.FINISH]
    assert f"{finish.due:%m-%d}" == due


def test_what_two_cases_share_is_amended_after_they_are_taken_apart() -> None:
    other = Report("2020-000002", reachable=True)
    main = replace(standing_case(Status.HANDLING), others=(other,))
    repeat = replace(standing_case(Status.MERGED), merged_into="2020-000002")
    anew = ev.Amended(received_at=MOMENT - timedelta(days=9))
    for case in (main, repeat):
        refusal = anew.refuse(case, MOMENT)
        assert refusal
        assert "unmerge" in refusal[1]
    assert ev.Amended(anonymous=True).refuse(repeat, MOMENT)
    assert ev.Amended(anonymous=True).refuse(main, MOMENT) is None
    assert ev.Amended(community="乙社区").refuse(repeat, MOMENT) is None


def test_who_turns_out_to_be_anonymous_is_owed_no_answer() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:10:00")
    story.resolve("2020-03-17T10:00:00")
    owed = [story.case.owes_feedback]
    owed.append(story.step(ev.Amended(anonymous=True), at("2020-03-17T11:00:00")).owes_feedback)
    owed.append(story.void(5, "2020-03-17T12:00:00").owes_feedback)
    assert owed == [True, False, True]


def test_a_registration_withdrawn_leaves_no_limit_and_is_not_restored() -> None:
    story = Story(shipped(), MONDAY)
    story.step(ev.Withdrawn(), at("2020-03-16T15:05:00"))
    assert (story.case.status, story.case.clocks) == (Status.WITHDRAWN, ())
    assert not story.case.open
    with pytest.raises(NotAllowed, match=r"第 2 号\(撤回登记\)不能撤销"):
        story.void(2, "2020-03-16T15:06:00")
    with pytest.raises(NotAllowed, match="不能更正"):
        story.step(ev.Amended(community="乙社区"), at("2020-03-16T15:06:00"))


def test_what_has_missed_a_limit_is_not_withdrawn() -> None:
    story = Story(shipped(), MONDAY)
    with pytest.raises(NotAllowed, match="已有期限超过"):
        story.step(ev.Withdrawn(), at("2020-03-17T17:00:01"))
    story = Story(shipped(), MONDAY)
    story.step(ev.Absorbed(number="2020-000002"), at("2020-03-16T16:00:00"))
    with pytest.raises(NotAllowed, match="2020-000002 已并入这一件"):
        story.step(ev.Withdrawn(), at("2020-03-16T17:00:00"))


def test_what_was_taken_up_again_is_not_withdrawn() -> None:
    story = Story(shipped(), MONDAY)
    story.step(ev.Declined(), at("2020-03-16T15:10:00"))
    story.reopen("2020-03-16T15:20:00")
    assert story.case.status is Status.REPORTED
    with pytest.raises(NotAllowed, match="已经办理过"):
        story.step(ev.Withdrawn(), at("2020-03-16T15:30:00"))


def test_a_clock_knows_that_somebody_signed_for_its_date() -> None:
    story = Story(shipped(), MONDAY)
    story.accept("2020-03-16T16:00:00")
    story.extend("2020-03-17T10:00:00", 12, beyond=True)
    signed: dict[str, Clock] = {c.kind.value: c for c in story.case.clocks if c.extended}
    assert set(signed) == {"finish", "ceiling"}
