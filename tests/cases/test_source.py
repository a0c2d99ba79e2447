"""What a source states without a time: it moves the case on, and gives no verdict."""

from __future__ import annotations

import pytest

from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from tests.kit import events as ev
from tests.kit.storykit import Story, at, shipped

S = Status
FIRST, NEXT, THEN = "2020-03-17T10:00:00", "2020-03-18T10:00:00", "2020-03-19T10:00:00"
YEARS_LATER = at("2030-01-01T00:00:00")


def begun(severity: str = "一般") -> Story:
    return Story(shipped(), "2020-03-16T15:00:00", Severity(severity))


def past(**said: object) -> Story:
    story = begun()
    story.entries.clear()
    story.private = None
    values: dict[str, object] = {"channel": "投诉举报电话", "severity": Severity.ORDINARY}
    story.step(ev.Imported(**values | {"profile": "p"} | said), at(FIRST))  # type: ignore[arg-type]
    return story


def stated(story: Story, when: str = NEXT, **said: object) -> None:
    story.step(ev.SourceStated(by_file="p", **said), at(when))  # type: ignore[arg-type]


def verdicts(story: Story) -> dict[str, bool | None]:
    return {c.kind.value: c.late(YEARS_LATER) for c in story.case.clocks}


def test_what_ended_nobody_knows_when_has_no_verdict_and_was_told_to_nobody_known() -> None:
    story = begun()
    stated(story, status=S.RESOLVED)
    assert set(verdicts(story).values()) == {None}
    known = [story.case.fed_back]
    for when, said in ((THEN, {"answered": True}), (THEN, {"satisfaction": 4}), (THEN, {})):
        stated(story, when, **said)
        known.append(story.case.fed_back)
    assert known == [None, True, True, True], "what is not said is unchanged"
    assert story.case.satisfaction == 4


def test_what_has_not_ended_runs_on() -> None:
    story = begun()
    stated(story, status=S.HANDLING)
    assert verdicts(story) == {"accept": None, "finish": True, "ceiling": True}


def test_what_the_source_did_not_take_on_was_never_to_be_finished() -> None:
    story = begun()
    stated(story, status=S.DECLINED)
    assert verdicts(story) == {"accept": None}


def test_a_grave_case_at_the_district_was_referred_nobody_knows_when() -> None:
    story = begun("重大")
    stated(story, status=S.DISTRICT)
    assert story.clock("refer").late(YEARS_LATER) is None
    assert not any(c.running for c in story.case.clocks)


def test_a_record_of_unknown_end_runs_once_it_is_said_to_be_open() -> None:
    dues = tuple(begun().entries[0].event.dues)
    for state, running in (
        (S.HANDLING, {ClockKind.FINISH, ClockKind.CEILING}),
        (S.REPORTED, {ClockKind.ACCEPT, ClockKind.FINISH, ClockKind.CEILING}),
    ):
        story = past(dues=dues)
        assert not any(c.running for c in story.case.clocks)
        stated(story, status=state)
        assert {c.kind for c in story.case.clocks if c.running} == running


def test_another_unit_begins_without_the_former_ones_signature() -> None:
    story = begun()
    story.accept(FIRST)
    story.step(ev.Assigned(lead="甲单位", assist=("丙单位",), coordinator="丁"), at(FIRST))
    story.step(ev.Signed(), at(FIRST))
    stated(story, unit="甲单位")
    assert story.case.signed_at == at(FIRST)
    assert story.case.assist == ("丙单位",)
    stated(story, THEN, unit="乙单位")
    case = story.case
    assert (case.lead, case.assist, case.coordinator, case.signed_at) == ("乙单位", (), None, None)


@pytest.mark.parametrize(
    ("severity", "state", "said"),
    [
        ("一般", S.DISTRICT, "只用于重大事件"),
        ("一般", S.REPORTED, "它已经是“待受理”"),
        ("重大", S.DECISION, "只用于较大事件"),
    ],
)
def test_a_state_that_leads_back_or_is_of_another_grade_is_refused(
    severity: str, state: Status, said: str
) -> None:
    with pytest.raises(NotAllowed, match=said):
        stated(begun(severity), status=state)


def test_a_grade_that_was_only_suggested_has_no_state_of_its_own() -> None:
    story = begun()
    story.entries.clear()
    story.private = None
    grave = Severity("重大")
    story.step(ev.Reported(channel="投诉举报电话", severity=grave, suggested=True), at(FIRST))
    with pytest.raises(NotAllowed, match="只用于重大事件"):
        stated(story, status=S.DISTRICT)


def test_a_result_of_a_file_keeps_what_was_known_of_satisfaction() -> None:
    story = begun()
    stated(story, status=S.RESOLVED, satisfaction=4)
    story.step(ev.Resolved(by_file="p"), at(FIRST))
    assert story.case.satisfaction == 4
    other = begun()
    other.step(ev.Resolved(by_file="p", satisfaction=2), at(FIRST))
    assert other.case.satisfaction == 2
    with pytest.raises(NotAllowed, match="已经办结"):
        other.step(ev.Resolved(by_file="p"), at(NEXT))


def test_what_the_desk_referred_is_answered_by_the_district_not_by_a_file() -> None:
    story = begun("重大")
    story.accept(FIRST)
    story.refer(FIRST)
    with pytest.raises(NotAllowed, match="已上报区级"):
        story.step(ev.Resolved(by_file="p"), at(NEXT))


def test_a_file_may_tell_later_when_a_unit_got_what_it_has() -> None:
    story = begun()
    stated(story, status=S.HANDLING, unit="甲单位")
    story.step(ev.Assigned(lead="甲单位", by_file="p"), at(FIRST))
    assert (story.case.status, story.case.assigned_at) == (S.HANDLING, at(FIRST))
    with pytest.raises(NotAllowed, match="没有变化"):
        story.step(ev.Assigned(lead="甲单位", by_file="p"), at(NEXT))
    ended = begun()
    stated(ended, status=S.RESOLVED)
    ended.step(ev.Assigned(lead="甲单位", by_file="p"), at(FIRST))
    assert (ended.case.status, ended.case.assigned_at) == (S.RESOLVED, at(FIRST))


def test_what_a_source_does_not_say_stays_as_it_was() -> None:
    story = begun()
    story.accept(FIRST)
    story.assign(FIRST)
    told, lead = story.case.fed_back, story.case.lead
    stated(story, satisfaction=3)
    assert (story.case.fed_back, story.case.lead) == (told, lead)
    story.step(ev.Resolved(outcome="已清理"), at(NEXT))
    untold = story.case.fed_back
    stated(story, THEN, status=S.CLOSED)
    assert (story.case.fed_back, story.case.lead) == (untold, lead)
    story.step(ev.FedBack(text="已告知", by_file="p"), at(THEN))
    stated(story, "2020-03-20T10:00:00", answered=False)
    assert story.case.fed_back is True


def test_a_state_on_the_way_says_nothing_of_feedback() -> None:
    story = begun()
    before = story.case.fed_back
    stated(story, status=S.HANDLING)
    assert story.case.fed_back is before


def test_an_end_that_is_told_later_gives_its_verdict_and_says_nothing_of_acceptance() -> None:
    dues = tuple(begun().entries[0].event.dues)
    for when, late in ((NEXT, False), ("2020-06-01T10:00:00", True)):
        story = past(dues=dues)
        story.step(ev.Resolved(by_file="p"), at(when))
        assert verdicts(story) == {"accept": None, "finish": late, "ceiling": late}
        assert story.clock("finish").stopped == at(when)


def test_what_was_left_before_keeps_when_it_was_left() -> None:
    story = begun()
    story.accept(FIRST)
    story.assign(FIRST)
    story.regrade(NEXT, Severity("较大"))
    story.decide(THEN, at("2020-03-30T10:00:00").date())
    story.step(ev.Resolved(outcome="已清理"), at("2020-03-20T10:00:00"))
    assert {c.stopped for c in story.case.clocks if c.dropped} == {at(NEXT)}


def test_what_ended_with_its_limits_met_keeps_its_verdict_when_it_is_filed_without_a_time() -> None:
    story = begun()
    story.accept(FIRST)
    story.assign(FIRST)
    story.resolve(NEXT)
    met = verdicts(story)
    stated(story, THEN, status=S.CLOSED)
    assert verdicts(story) == met == {"accept": False, "finish": False, "ceiling": False}


def test_that_somebody_was_told_stays_when_the_end_is_stated() -> None:
    story = past()
    stated(story, answered=True)
    stated(story, THEN, status=S.RESOLVED)
    assert story.case.fed_back is True


def test_a_limit_of_the_source_is_taken_over_and_moves_no_clock() -> None:
    story = begun()
    clocks = story.case.clocks
    stated(story, source_due=at(THEN))
    assert (story.case.source_due, story.case.clocks) == (at(THEN), clocks)
    stated(story, THEN, satisfaction=4)
    assert story.case.source_due == at(THEN), "what is not said is unchanged"


def test_an_acceptance_that_was_missed_stays_missed_when_the_report_is_withdrawn() -> None:
    story = begun()
    story.step(ev.SourceWithdrawn(by_file="p"), at("2020-06-01T10:00:00"))
    assert story.clock("accept").missed


def test_a_grave_record_that_waits_to_be_referred_has_no_verdict_of_it() -> None:
    grave = Severity("重大")
    story = past(severity=grave, dues=tuple(begun("重大").entries[0].event.dues))
    stated(story, status=S.REFERRAL)
    assert verdicts(story)["refer"] is None


def test_what_was_withdrawn_in_time_has_no_verdict_and_a_breach_stays() -> None:
    for when, late in ((NEXT, False), ("2020-06-01T10:00:00", True)):
        story = begun()
        story.accept(FIRST)
        story.step(ev.SourceWithdrawn(by_file="p"), at(when))
        assert (story.case.status, story.case.ended_at) == (S.RECALLED, at(when))
        assert not any(c.running for c in story.case.clocks)
        assert [c.missed for c in story.case.clocks if c.dropped] == [late, late]


def test_of_a_record_of_unknown_end_the_withdrawal_is_the_end() -> None:
    story = past(dues=tuple(begun().entries[0].event.dues))
    story.step(ev.SourceWithdrawn(by_file="p"), at("2020-06-01T10:00:00"))
    assert verdicts(story) == {"accept": None, "finish": True, "ceiling": True}


def test_what_others_wait_for_is_not_withdrawn_with_one_report() -> None:
    story = begun()
    story.step(ev.Absorbed(number="2020-000002", since=at(FIRST)), at(NEXT))
    with pytest.raises(NotAllowed, match="2020-000002 已并入这一件"):
        story.step(ev.SourceWithdrawn(by_file="p"), at(THEN))
