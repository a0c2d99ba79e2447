"""What a row of a newer export comes to for one case: taken, listed, or passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sixping.importing.convert import ImportedRow
from sixping.policy.units import load_units
from sixping.policy.vocabulary import Severity, Status
from sixping.services.updating.advancing import Ground, Moved, moved
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import stamp
from tests.kit.storykit import NUMBER, Story, at, shipped

S = Status
GRAVE = Severity("重大")
TEAM, OTHER = "城管执法中队", "市场监管所"
TIMES = ("accepted", "assigned", "resolved", "fed_back", "closed", "withdrawn")
#: days of the file, each after the one before it
ACCEPTED, ASSIGNED, RESOLVED, TOLD, CLOSED = (f"2020-03-{day}T10:00:00" for day in range(17, 22))
LATER = "2020-03-24T10:00:00"


def begun(severity: Severity = Severity.ORDINARY) -> Story:
    return Story(shipped(), "2020-03-16T15:00:00", severity)


def handled(*, by: str | None = None, lead: str = TEAM) -> Story:
    story = begun()
    story.step(ev.Accepted(by_file=by), at(ACCEPTED))
    story.step(ev.Assigned(lead=lead, by_file=by), at(ASSIGNED))
    return story


def settled(*, by: str | None = None, outcome: str = "已清理", **more: Any) -> Story:
    story = handled(by=by)
    story.step(ev.Resolved(by_file=by, outcome=outcome, **more), at(RESOLVED))
    return story


def told(*, by: str | None = None) -> Story:
    story = settled(by=by)
    story.step(ev.FedBack(text="已告知", satisfaction=4, by_file=by), at(TOLD))
    return story


def says(story: Story, unit: str | None = None, **said: Any) -> Moved:
    """Return what a row comes to; times are given as texts without their zone."""
    said |= {name: to_text(at(said[name])) for name in TIMES if name in said}
    row = ImportedRow(2, "1", "投诉举报电话", "占道", to_text(at("2020-03-16T15:00:00")), **said)
    ground = Ground("pingtai", stamp(), lambda _: shipped(), load_units())
    return moved(NUMBER, story.entries, row._replace(unit=unit), unit, ground)


def kinds(found: Moved) -> list[str]:
    return [event.kind for event, _ in found.steps]


def listed(found: Moved) -> list[tuple[str, str, str, bool]]:
    return [(d.what, d.file, d.ledger, d.of_desk) for d in found.differences]


Listed = list[tuple[str, str, str, bool]]
NOTHING: tuple[list[str], Listed] = ([], [])


def both(found: Moved) -> tuple[list[str], list[tuple[str, str, str, bool]]]:
    return kinds(found), listed(found)


# --- assignments --------------------------------------------------------------------------


def test_an_assignment_before_a_unit_sent_it_back_is_not_taken_again() -> None:
    story = handled()
    story.step(ev.Returned(reason="演示"), at(TOLD))
    found = says(story, TEAM, assigned=ASSIGNED[:-5] + "30:00")
    assert kinds(found) == []
    assert [what for what, *_ in listed(found)] == ["分派时间", "状态"]
    assert kinds(says(story, OTHER, assigned=LATER)) == ["assigned"]


def test_the_unit_of_an_ended_case_is_not_replaced_by_an_assignment() -> None:
    story = begun()
    story.step(ev.SourceStated(status=S.RESOLVED, unit=TEAM, by_file="pingtai"), at(RESOLVED))
    found = says(story, OTHER, assigned=ASSIGNED)
    assert both(found) == ([], [("办理单位", OTHER, TEAM, False)])


def test_when_the_unit_of_an_ended_case_got_it_may_be_told_later() -> None:
    for unit in (None, TEAM):
        story = begun()
        event = ev.SourceStated(status=S.RESOLVED, unit=unit, by_file="pingtai")
        story.step(event, at(RESOLVED))
        assert both(says(story, TEAM, assigned=ASSIGNED)) == (["assigned"], [])


def test_without_a_unit_nobody_was_assigned() -> None:
    assert both(says(begun(), assigned=ASSIGNED)) == NOTHING


def test_an_assignment_of_the_desk_is_not_followed_by_another_one_of_a_file() -> None:
    found = says(handled(), OTHER, assigned=LATER)
    assert both(found) == ([], [("办理单位", OTHER, TEAM, True)])
    assert kinds(says(handled(by="pingtai"), OTHER, assigned=LATER)) == ["assigned"]


def test_an_assignment_not_after_that_of_the_file_before_moves_nothing() -> None:
    for when in (ACCEPTED, ASSIGNED):
        found = says(handled(by="pingtai"), OTHER, assigned=when)
        assert both(found) == ([], [("办理单位", OTHER, TEAM, False)])


def test_what_the_log_has_is_neither_taken_nor_listed() -> None:
    for by in (None, "pingtai"):
        said = {"accepted": ACCEPTED, "assigned": ASSIGNED, "status": S.HANDLING}
        assert both(says(handled(by=by), TEAM, **said)) == NOTHING
        assert both(says(settled(by=by), TEAM, **said, resolved=RESOLVED)) == NOTHING


def test_when_a_unit_that_had_it_already_got_it_is_another_time_of_the_same() -> None:
    found = says(handled(by="pingtai"), TEAM, assigned=LATER)
    assert both(found) == ([], [("分派时间", "2020-03-24 10:00", "2020-03-18 10:00", False)])


def test_an_open_case_whose_unit_nobody_dated_goes_to_the_one_that_is() -> None:
    story = begun()
    story.step(ev.SourceStated(status=S.HANDLING, unit=TEAM, by_file="pingtai"), at(ACCEPTED))
    assert both(says(story, OTHER, assigned=ASSIGNED)) == (["assigned"], [])


def test_what_came_before_a_unit_sent_it_back_is_listed_whoever_had_assigned_it() -> None:
    story = handled(by="pingtai")
    story.step(ev.Returned(reason="演示"), at(TOLD))
    found = says(story, OTHER, assigned=RESOLVED)
    assert both(found)[0] == []
    assert listed(found)[0] == ("办理单位", OTHER, TEAM, False)
    story = begun()
    story.step(ev.SourceStated(status=S.HANDLING, unit=TEAM, by_file="pingtai"), at(ACCEPTED))
    story.step(ev.Returned(reason="演示"), at(TOLD))
    assert kinds(says(story, TEAM, assigned=ASSIGNED)) == []


def test_another_time_of_acceptance_is_listed_by_who_recorded_it() -> None:
    for by, of_desk in ((None, True), ("pingtai", False)):
        found = says(handled(by=by), TEAM, accepted=LATER)
        listing = ("受理时间", "2020-03-24 10:00", "2020-03-17 10:00", of_desk)
        assert both(found) == ([], [listing])


# --- withdrawn ----------------------------------------------------------------------------


def test_what_was_settled_is_not_withdrawn() -> None:
    for story, of_desk in ((settled(), True), (settled(by="pingtai"), False)):
        for said in ({"withdrawn": LATER}, {"status": S.RECALLED}):
            found = says(story, **said)
            assert both(found) == ([], [("状态", "来源撤回", "已办结", of_desk)])


def test_a_withdrawal_is_dated_where_the_file_does_so_and_said_once() -> None:
    assert kinds(says(begun(), withdrawn=ACCEPTED)) == ["source_withdrawn"]
    assert kinds(says(begun(), status=S.RECALLED)) == ["source_stated"]
    story = begun()
    story.step(ev.SourceWithdrawn(by_file="pingtai"), at(ACCEPTED))
    assert both(says(story, withdrawn=LATER, status=S.RECALLED)) == NOTHING


def test_a_record_of_which_nobody_knows_the_end_may_be_withdrawn() -> None:
    story = begun()
    story.entries.clear()
    story.private = None
    past = ev.Imported(channel="投诉举报电话", severity=Severity.ORDINARY, profile="pingtai")
    assert story.step(past, at("2020-03-16T15:00:00")).status is S.UNKNOWN
    assert both(says(story, withdrawn=ACCEPTED)) == (["source_withdrawn"], [])


def test_a_row_that_is_withdrawn_moves_nothing_else() -> None:
    found = says(handled(by="pingtai"), TEAM, withdrawn=LATER, resolved=RESOLVED)
    assert kinds(found) == ["source_withdrawn"]


# --- results ------------------------------------------------------------------------------


def test_another_end_is_listed_by_who_recorded_it() -> None:
    for story, of_desk in ((settled(), True), (settled(by="pingtai"), False)):
        found = says(story, TEAM, resolved=LATER)
        assert both(found) == (
            [], [("办结时间", "2020-03-24 10:00", "2020-03-19 10:00", of_desk)]
        )  # fmt: skip


def test_a_result_of_another_unit_than_the_desk_assigned_is_not_recorded() -> None:
    found = says(handled(), OTHER, resolved=RESOLVED)
    assert both(found) == ([], [("办理单位", OTHER, TEAM, True)])
    found = says(handled(by="pingtai"), OTHER, resolved=RESOLVED)
    assert both(found) == (["resolved"], [("办理单位", OTHER, TEAM, False)])


def test_words_that_differ_by_blanks_only_are_the_same() -> None:
    assert both(says(settled(), resolved=RESOLVED, outcome=" 已清理\n")) == NOTHING
    found = says(settled(), resolved=RESOLVED, outcome="未清理")
    assert both(found) == ([], [("办理结果", "未清理", "已清理", True)])


def test_words_of_a_result_are_held_against_it_without_its_time_too() -> None:
    assert both(says(settled(), outcome="未清理")) == ([], [("办理结果", "未清理", "已清理", True)])
    assert both(says(settled(), outcome="已清理")) == NOTHING


def test_what_was_told_goes_with_the_result_or_with_the_feedback_that_is_dated() -> None:
    said: dict[str, Any] = {"resolved": RESOLVED, "feedback": "已告知", "satisfaction": 4}
    ((alone, _),) = says(handled(), TEAM, **said).steps
    assert isinstance(alone, ev.Resolved)
    assert (alone.answered, alone.feedback, alone.satisfaction) == (True, "已告知", 4)
    (result, _), (telling, _) = says(handled(), TEAM, **said, fed_back=TOLD).steps
    assert isinstance(result, ev.Resolved)
    assert isinstance(telling, ev.FedBack)
    assert (result.answered, result.feedback, result.satisfaction) == (None, None, None)
    assert (telling.text, telling.satisfaction) == ("已告知", 4)
    ((same, _),) = says(handled(), TEAM, **said, outcome="已告知").steps
    assert isinstance(same, ev.Resolved)
    assert (same.outcome, same.feedback) == ("已告知", None), "one reply is kept once"


def test_words_of_a_result_nobody_wrote_down_are_taken_over() -> None:
    story = settled(outcome="")
    story.entries[-1] = replace(story.entries[-1], event=ev.Resolved())
    (stated,) = says(story, resolved=RESOLVED, outcome="已清理").steps
    assert getattr(stated[0], "outcome", None) == "已清理"


def test_what_a_file_says_of_an_earlier_round_is_no_word_of_this_one() -> None:
    story = told(by="pingtai")
    story.reopen(LATER)
    story.step(ev.Resolved(outcome="又办结"), at("2020-03-26T10:00:00"))
    said = {"resolved": RESOLVED, "outcome": "已清理", "fed_back": TOLD, "closed": CLOSED}
    assert both(says(story, TEAM, satisfaction=1, feedback="别的", **said)) == NOTHING
    assert both(says(story, TEAM, satisfaction=1, feedback="别的", outcome="别的")) == NOTHING


# --- feedback and filing ------------------------------------------------------------------


def test_another_time_of_feedback_or_filing_is_listed() -> None:
    story = told()
    found = says(story, resolved=RESOLVED, fed_back=LATER, feedback="已告知")
    assert [d[0] for d in listed(found)] == ["反馈时间"]
    story.step(ev.Closed(), at(CLOSED))
    found = says(story, resolved=RESOLVED, closed=LATER)
    assert both(found)[0] == []
    assert [d[0] for d in listed(found)] == ["归档时间"]
    assert both(says(story, resolved=RESOLVED, closed=CLOSED)) == NOTHING


def test_other_words_and_another_mark_of_feedback_are_listed() -> None:
    found = says(told(), resolved=RESOLVED, fed_back=TOLD, satisfaction=1)
    assert both(found) == ([], [("满意度", "1", "4", True)])
    assert both(says(told(), resolved=RESOLVED, fed_back=TOLD, satisfaction=4)) == NOTHING


def test_a_mark_nobody_had_is_taken_over() -> None:
    story = settled()
    story.step(ev.FedBack(text="已告知"), at(TOLD))
    (stated,) = says(story, resolved=RESOLVED, fed_back=TOLD, satisfaction=3).steps
    assert getattr(stated[0], "satisfaction", None) == 3


def test_what_was_told_in_an_earlier_round_does_not_keep_this_one_from_it() -> None:
    story = told()
    story.step(ev.Closed(), at(CLOSED))
    story.reopen(LATER)
    again, after = "2020-03-26T10:00:00", "2020-03-27T10:00:00"
    story.step(ev.Resolved(outcome="又办结"), at(again))
    found = says(story, resolved=again, fed_back=after, closed=after)
    assert both(found) == (["fed_back", "closed"], [])


def test_feedback_without_its_time_says_that_somebody_was_told() -> None:
    (stated,) = says(settled(by="pingtai"), resolved=RESOLVED, feedback="已告知").steps
    assert getattr(stated[0], "answered", None) is True
    assert getattr(stated[0], "feedback", None) == "已告知"
    assert both(says(told(), resolved=RESOLVED, feedback="别的话")) == NOTHING


def test_nobody_is_told_a_result_that_is_not_there() -> None:
    found = says(handled(), fed_back=TOLD, feedback="已告知", satisfaction=5)
    assert "fed_back" not in kinds(found)
    assert not any(d[0] in ("反馈时间", "归档时间") for d in listed(found))


def test_what_is_filed_was_settled_whether_or_not_its_file_says_when() -> None:
    found = says(handled(), TEAM, closed=CLOSED)
    assert both(found) == (["source_stated", "closed"], [])
    assert [when for _, when in found.steps][1] == at(CLOSED)


def test_a_reply_that_is_outcome_and_dated_feedback_stands_in_both() -> None:
    said: dict[str, Any] = {"outcome": "已清理", "feedback": "已清理", "fed_back": TOLD}
    (result, _), (telling, _) = says(handled(), TEAM, resolved=RESOLVED, **said).steps
    assert (getattr(result, "outcome", None), getattr(telling, "text", None)) == ("已清理",) * 2


# --- times that cannot be -----------------------------------------------------------------


def test_a_time_before_receipt_or_before_the_result_is_left_out_and_remarked() -> None:
    found = says(begun(), accepted="2020-03-16T14:59:00")
    assert both(found) == (["source_stated"], []), "that it was accepted, and not when"
    assert [r.what for r in found.remarks] == [
        "受理时间 2020-03-16 14:59 早于收到时间 2020-03-16 15:00, 按不详处理"
    ]
    found = says(settled(), resolved=RESOLVED, fed_back=ASSIGNED, closed=ASSIGNED)
    assert both(found) == (["source_stated"], []), "that it was filed, and not when"
    assert [r.what.split()[0] for r in found.remarks] == ["反馈时间", "归档时间"]
    assert kinds(says(begun(), accepted="2020-03-16T15:00:00")) == ["accepted"]


# --- states without a time ----------------------------------------------------------------


def test_a_state_that_leads_on_is_taken_over_and_none_that_leads_back() -> None:
    assert kinds(says(begun(), TEAM, status=S.HANDLING)) == ["source_stated"]
    assert both(says(settled(), TEAM, status=S.HANDLING)) == NOTHING
    assert both(says(begun(), status=S.UNKNOWN)) == NOTHING


def test_a_state_of_another_grade_is_listed_and_does_not_keep_the_rest_from_being_taken() -> None:
    found = says(begun(), status=S.DISTRICT, accepted=ACCEPTED)
    assert both(found) == (
        ["accepted"], [("状态", "区级办理中 (只用于重大事件)", "等级一般", False)]
    )  # fmt: skip
    assert kinds(says(begun(GRAVE), status=S.DISTRICT)) == ["source_stated"]


def test_what_the_source_did_not_take_on_ends_only_what_waits() -> None:
    assert kinds(says(begun(), status=S.DECLINED)) == ["source_stated"]
    found = says(handled(), status=S.DECLINED)
    assert both(found) == ([], [("状态", "不予受理", "办理中", True)])
    found = says(handled(by="pingtai"), status=S.DECLINED)
    assert both(found) == ([], [("状态", "不予受理", "办理中", False)])
    found = says(begun(), status=S.MERGED)
    assert both(found) == ([], [("状态", "已并入", "待受理", False)])


def test_a_report_the_desk_declined_stays_declined() -> None:
    story = begun()
    story.step(ev.Declined(reason="演示"), at(ACCEPTED))
    assert both(says(story, status=S.DECLINED)) == NOTHING
    assert both(says(story, status=S.REPORTED)) == NOTHING
    found = says(story, TEAM, status=S.RESOLVED)
    assert both(found) == ([], [("状态", "已办结", "不予受理", True)])


def test_a_unit_nobody_knew_is_taken_over_and_another_one_listed_once() -> None:
    story = begun()
    story.step(ev.SourceStated(status=S.HANDLING, by_file="pingtai"), at(ACCEPTED))
    (stated,) = says(story, TEAM, status=S.HANDLING).steps
    assert getattr(stated[0], "unit", None) == TEAM
    found = says(handled(), OTHER, status=S.HANDLING)
    assert both(found) == ([], [("办理单位", OTHER, TEAM, True)])
    found = says(handled(), OTHER, status=S.HANDLING, assigned=LATER)
    assert [d[0] for d in listed(found)] == ["办理单位"]


def test_a_unit_that_sent_it_back_is_not_given_it_again_by_a_state() -> None:
    story = handled()
    story.step(ev.Returned(reason="演示"), at(TOLD))
    listing: tuple[list[str], Listed] = ([], [("状态", "办理中", "待分派", True)])
    assert both(says(story, TEAM, status=S.HANDLING)) == listing
    assert both(says(story, TEAM, status=S.HANDLING, assigned=ASSIGNED)) == listing


def test_what_is_suspended_is_moved_on_by_the_desk_only() -> None:
    story = handled(by="pingtai")
    story.step(ev.Suspended(approver="演示", approver_role="分管领导"), at(TOLD))
    for said in ({"resolved": LATER}, {"status": S.RESOLVED}):
        found = says(story, TEAM, **said)
        assert kinds(found) == []
        assert listed(found)[0][2:] == ("中止中", True)


def test_a_grave_case_the_desk_holds_is_not_ended_by_a_file() -> None:
    story = begun(GRAVE)
    story.accept(ACCEPTED)
    found = says(story, TEAM, resolved=RESOLVED)
    assert kinds(found) == []
    assert listed(found)[0] == ("办结时间", "2020-03-19 10:00", "待上报", True)


# --- voided -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "again", "other"),
    [
        (ev.Accepted(by_file="pingtai"), {"accepted": ACCEPTED}, {"accepted": LATER}),
        (ev.SourceStated(status=S.ACCEPTED, by_file="pingtai"), {"status": S.ACCEPTED},
         {"status": S.RESOLVED}),
    ],
)  # fmt: skip
def test_what_was_voided_is_not_taken_again_and_what_is_new_is(
    event: ev.Step, again: dict[str, Any], other: dict[str, Any]
) -> None:
    story = begun()
    story.step(event, at(ACCEPTED))
    story.void(2, RESOLVED)
    found = says(story, **again)
    assert kinds(found) == []
    assert listed(found)[0][2:] == ("台账已撤销", True)
    assert kinds(says(story, **other)) != []


def test_what_the_desk_voided_of_its_own_a_file_may_still_state() -> None:
    story = begun()
    story.accept(ACCEPTED)
    story.void(2, RESOLVED)
    assert both(says(story, accepted=ACCEPTED)) == (["accepted"], [])


def test_words_without_a_time_are_taken_one_after_another_and_voided_each_for_itself() -> None:
    story = settled(by="pingtai", outcome="已清理")
    event = ev.SourceStated(satisfaction=4, by_file="pingtai")
    story.step(event, at(LATER))
    said: dict[str, Any] = {"resolved": RESOLVED, "outcome": "已清理", "feedback": "已告知"}
    assert both(says(story, **said, satisfaction=4)) == (["source_stated"], [])
    story.void(5, "2020-03-25T10:00:00")
    assert listed(says(story, resolved=RESOLVED, satisfaction=4))[0][2] == "台账已撤销"
    assert both(says(story, **said)) == (["source_stated"], [])


# --- what a guard keeps out ---------------------------------------------------------------


def past(**said: Any) -> Story:
    """Return a record of the past as its file had it."""
    story = begun()
    story.entries.clear()
    story.private = None
    event = ev.Imported(
        channel="投诉举报电话", severity=Severity.ORDINARY, profile="pingtai", **said
    )
    story.step(event, at("2020-03-16T15:00:00"))
    return story


def stated(story: Story, moment: str, **said: Any) -> Story:
    story.step(ev.SourceStated(by_file="pingtai", **said), at(moment))
    return story


def test_a_record_of_unknown_end_takes_all_that_is_said_of_its_end_at_once() -> None:
    said: dict[str, Any] = {
        "status": S.RESOLVED, "outcome": "已清理", "feedback": "已告知", "satisfaction": 4,
    }  # fmt: skip
    story = past()
    ((event, when),) = says(story, TEAM, **said).steps
    assert isinstance(event, ev.SourceStated)
    assert (event.outcome, event.feedback, event.answered) == ("已清理", "已告知", True)
    story.step(event, when)
    assert both(says(story, TEAM, **said)) == NOTHING, "the same file again"


def test_of_a_record_whose_end_is_stated_nobody_knows_whether_anybody_was_told() -> None:
    assert stated(past(), RESOLVED, status=S.RESOLVED).case.fed_back is None
    assert stated(past(), RESOLVED, status=S.RESOLVED, answered=False).case.fed_back is False
    assert stated(told(), LATER, status=S.CLOSED).case.fed_back is True


def test_words_of_a_result_say_nothing_of_a_case_that_has_none() -> None:
    assert both(says(handled(), TEAM, outcome="正在清理", feedback="已告知")) == NOTHING
    ((event, _),) = says(
        begun(), TEAM, status=S.HANDLING, outcome="正在清理", feedback="已告知", satisfaction=4
    ).steps
    assert isinstance(event, ev.SourceStated)
    assert (event.outcome, event.feedback, event.answered) == (None, None, None)
    assert event.satisfaction is None


def test_words_of_a_part_are_no_words_of_the_result() -> None:
    story = handled()
    story.step(ev.PartSet(unit=TEAM), at(RESOLVED))
    story.step(ev.PartDone(unit=TEAM, outcome="本单位已做完"), at(RESOLVED))
    stated(story, TOLD, status=S.RESOLVED)
    ((event, _),) = says(story, TEAM, outcome="已清理").steps
    assert getattr(event, "outcome", None) == "已清理"


def test_what_was_told_without_a_time_is_held_against_what_is_said_now() -> None:
    story = settled(by="pingtai", answered=True, feedback="已告知")
    assert both(says(story, resolved=RESOLVED, feedback="已告知")) == NOTHING
    found = says(story, resolved=RESOLVED, feedback="没有告知")
    assert both(found) == ([], [("答复", "没有告知", "已告知", False)])


def test_one_reply_that_comes_without_a_time_is_kept_once() -> None:
    said: dict[str, Any] = {"resolved": RESOLVED, "outcome": "已清理", "feedback": "已清理"}
    ((event, _),) = says(settled(by="pingtai"), **said).steps
    assert isinstance(event, ev.SourceStated)
    assert (event.answered, event.feedback) == (True, None)


@pytest.mark.parametrize(
    ("words", "kept"), [("已告知", None), ("已清理", None), ("后来告知", "后来告知")]
)
def test_a_time_of_feedback_that_comes_later_brings_only_words_nobody_had(
    words: str, kept: str | None
) -> None:
    story = settled(by="pingtai", answered=True, feedback="已告知")
    ((event, _),) = says(story, resolved=RESOLVED, fed_back=TOLD, feedback=words).steps
    assert isinstance(event, ev.FedBack)
    assert event.text == kept


def test_a_unit_comes_with_the_result_where_nobody_was_assigned() -> None:
    ((event, _),) = says(begun(), TEAM, resolved=RESOLVED).steps
    assert isinstance(event, ev.Resolved)
    assert event.unit == TEAM


def test_what_is_not_handled_yet_has_no_unit() -> None:
    assert both(says(begun(), TEAM, status=S.REPORTED)) == NOTHING
    ((event, _),) = says(begun(), TEAM, status=S.ACCEPTED).steps
    assert getattr(event, "unit", TEAM) is None


def test_a_unit_of_an_earlier_round_is_not_that_of_this_one() -> None:
    story = stated(begun(), ACCEPTED, status=S.RESOLVED)
    story.reopen(LATER)
    assert both(says(story, TEAM, status=S.HANDLING)) == NOTHING


def test_a_record_whose_end_is_known_and_not_repeated_is_left_as_it_is() -> None:
    story = past(status=S.RESOLVED, resolved_at=at(RESOLVED), outcome="已清理")
    assert both(says(story, status=S.RESOLVED, outcome="已清理")) == NOTHING
    assert both(says(story, resolved=RESOLVED)) == NOTHING
    assert listed(says(story, resolved=LATER))[0][:2] == ("办结时间", "2020-03-24 10:00")


# assignments


def test_an_earlier_assignment_to_another_unit_is_not_that_of_this_one() -> None:
    story = handled(by="pingtai")
    story.step(ev.Assigned(lead=OTHER, by_file="pingtai"), at(LATER))
    found = says(story, OTHER, assigned=ASSIGNED)
    listing = ("分派时间", "2020-03-18 10:00", "2020-03-24 10:00", False)
    assert both(found) == ([], [listing])


def test_an_assignment_at_the_moment_it_was_sent_back_came_before() -> None:
    story = handled()
    story.step(ev.Returned(reason="演示"), at(TOLD))
    found = says(story, TEAM, assigned=TOLD)
    assert kinds(found) == []
    assert listed(found)[0] == ("分派时间", "2020-03-20 10:00", "2020-03-18 10:00", True)


def test_when_a_reopened_case_went_to_its_unit_is_listed_though_nobody_assigned_it() -> None:
    story = stated(begun(), ACCEPTED, status=S.RESOLVED, unit=TEAM)
    story.reopen(LATER)
    found = says(story, TEAM, assigned="2020-03-25T10:00:00")
    assert kinds(found) == []
    assert listed(found)[0][:3] == ("分派时间", "2020-03-25 10:00", "2020-03-24 10:00")


def test_what_was_settled_goes_to_no_other_unit_and_goes_on_all_the_same() -> None:
    story = settled(by="pingtai")
    found = says(story, OTHER, assigned=LATER, resolved=RESOLVED, fed_back=LATER)
    assert both(found) == (["fed_back"], [("办理单位", OTHER, TEAM, False)])


# states


def test_what_a_unit_sent_back_may_be_said_to_be_settled() -> None:
    story = handled()
    story.step(ev.Returned(reason="演示"), at(TOLD))
    found = says(story, TEAM, status=S.RESOLVED)
    assert both(found) == (["source_stated"], [])
    assert getattr(found.steps[0][0], "unit", TEAM) is None, "it is not given it again"


def test_a_grade_that_nobody_found_has_no_state_of_its_own() -> None:
    story = begun()
    story.entries.clear()
    story.private = None
    story.step(
        ev.Reported(channel="投诉举报电话", severity=GRAVE, suggested=True),
        at("2020-03-16T15:00:00"),
    )
    found = says(story, status=S.DISTRICT)
    assert both(found) == ([], [("状态", "区级办理中 (只用于重大事件)", "等级重大", False)])


def test_a_state_the_file_said_before_is_taken_again_where_the_case_went_back() -> None:
    story = stated(begun(), ACCEPTED, status=S.HANDLING)
    story.regrade(ASSIGNED, Severity("较大"))
    story.regrade(RESOLVED, Severity.ORDINARY)
    assert story.case.status is S.ACCEPTED
    assert both(says(story, status=S.HANDLING)) == (["source_stated"], [])


# limits of the source


def test_a_limit_is_taken_over_for_what_was_settled_and_not_for_what_was_declined() -> None:
    due = to_text(at(LATER))
    assert kinds(says(settled(), source_due=due)) == ["source_stated"]
    story = begun()
    story.step(ev.Declined(reason="演示"), at(ACCEPTED))
    assert both(says(story, source_due=due)) == NOTHING


def test_a_limit_is_put_off_though_the_desk_amended_something_else() -> None:
    story = stated(begun(), ACCEPTED, source_due=at(LATER))
    story.step(ev.Amended(place="江南大道"), at(ASSIGNED))
    assert kinds(says(story, source_due=to_text(at("2020-03-30T10:00:00")))) == ["source_stated"]


# what was voided


@pytest.mark.parametrize(
    ("said", "listing"),
    [
        ({"status": S.ACCEPTED}, ("状态", "待分派")),
        ({"satisfaction": 4}, ("满意度", "4")),
        ({"source_due": at(LATER)}, ("来源期限", "2020-03-24 10:00")),
        ({"outcome": "又清理"}, ("办理结果", "又清理")),
        ({"answered": True, "feedback": "已告知"}, ("答复", "已告知")),
    ],
)
def test_what_the_desk_voided_is_listed_by_what_it_is(
    said: dict[str, Any], listing: tuple[str, str]
) -> None:
    story = begun() if "status" in said else settled(by="pingtai", outcome="")
    if "outcome" in said:
        story.entries[-1] = replace(story.entries[-1], event=ev.Resolved(by_file="pingtai"))
    stated(story, LATER, **said)
    story.void(len(story.entries), "2020-03-25T10:00:00")
    row = {name: value for name, value in said.items() if name != "answered"}
    row |= {name: to_text(value) for name, value in row.items() if name == "source_due"}
    found = says(story, **row)
    assert both(found) == ([], [(*listing, "台账已撤销", True)])


def test_what_was_declined_and_taken_up_again_is_not_declined_by_the_same_file() -> None:
    story = begun()
    story.step(ev.Declined(reason="演示"), at(ACCEPTED))
    story.reopen(LATER)
    assert story.case.status is S.REPORTED
    assert both(says(story, status=S.DECLINED)) == (
        [], [("状态", "不予受理", "待受理", True)]
    )  # fmt: skip


def test_what_the_desk_took_out_of_a_merge_is_not_declined_by_a_file() -> None:
    story = begun()
    story.step(ev.Merged(into="2020-000002"), at(ACCEPTED))
    story.step(ev.Unmerged(reason="演示"), at(ASSIGNED))
    assert story.case.status is S.REPORTED
    assert both(says(story, status=S.DECLINED)) == (
        [], [("状态", "不予受理", "待受理", True)]
    )  # fmt: skip


def test_times_the_ledger_has_are_no_other_state_of_what_was_merged() -> None:
    story = handled(by="pingtai")
    story.step(ev.Merged(into="2020-000002"), at(RESOLVED))
    assert both(says(story, TEAM, accepted=ACCEPTED, assigned=ASSIGNED)) == NOTHING
    found = says(story, TEAM, accepted=ACCEPTED, status=S.HANDLING)
    assert both(found) == ([], [("状态", "办理中", "已并入", True)])


def test_that_a_settled_case_was_filed_repeats_nothing_of_its_result() -> None:
    story = settled(by="pingtai", answered=True, feedback="已告知", satisfaction=4)
    said: dict[str, Any] = {"outcome": "已清理", "feedback": "已告知", "satisfaction": 4}
    ((event, _),) = says(story, TEAM, status=S.CLOSED, **said).steps
    assert event == ev.SourceStated(status=S.CLOSED, by_file="pingtai")


def test_feedback_at_the_moment_of_the_result_can_be() -> None:
    found = says(settled(), resolved=RESOLVED, fed_back=RESOLVED, closed=RESOLVED)
    assert (both(found), found.remarks) == ((["fed_back", "closed"], []), [])


def test_feedback_that_was_taken_before_its_result_was_dated_stays_without_a_remark() -> None:
    story = stated(handled(by="pingtai"), RESOLVED, status=S.RESOLVED)
    story.step(ev.FedBack(text="已告知", by_file="pingtai"), at(TOLD))
    story.step(ev.Resolved(by_file="pingtai"), at(CLOSED))
    found = says(story, TEAM, resolved=CLOSED, fed_back=TOLD, feedback="已告知")
    assert (both(found), found.remarks) == (NOTHING, [])


def test_an_end_of_an_earlier_round_that_nobody_knew_ends_no_later_one() -> None:
    story = settled()
    story.reopen(LATER)
    assert both(says(story, TEAM, resolved=RESOLVED[:-5] + "30:00")) == NOTHING


def test_what_came_in_with_its_end_is_filed_though_both_have_one_time() -> None:
    story = past(resolved_at=at(RESOLVED), unit=TEAM)
    said = {"resolved": RESOLVED, "closed": RESOLVED}
    assert both(says(story, TEAM, **said)) == (["closed"], [])


def test_an_end_of_what_the_source_declined_is_listed_and_is_no_word_of_the_desk() -> None:
    found = says(stated(begun(), ACCEPTED, status=S.DECLINED), TEAM, resolved=RESOLVED)
    assert kinds(found) == []
    assert listed(found)[0] == ("办结时间", "2020-03-19 10:00", "不予受理", False)
