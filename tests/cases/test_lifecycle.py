"""The state machine: routes, rounds, breaches and voids, told as short stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sixping.cases.lifecycle import check_step, effective, evolve, fold
from sixping.cases.rules import Rules
from sixping.cases.steps.intake import suggested_lead
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from sixping.services.importing import dues_at
from tests.kit import events as ev
from tests.kit.storykit import MOMENT, NUMBER, Story, at, shipped, standing_case


@pytest.fixture(scope="module")
def rules() -> Rules:
    return shipped()


def test_an_ordinary_case_runs_accept_target_and_ceiling_from_receipt(rules: Rules) -> None:
    """2020-03-16 → 03-17 / 03-23 / 04-07, the day of receipt not counted (anchor)."""
    story = Story(rules, "2020-03-16T15:00:00")
    dues = {c.kind: c.due for c in story.case.clocks}
    assert dues == {
        ClockKind.ACCEPT: at("2020-03-17T17:00:00"),
        ClockKind.FINISH: at("2020-03-23T17:00:00"),
        ClockKind.CEILING: at("2020-04-07T17:00:00"),
    }
    story.accept("2020-03-17T09:00:00")
    assert story.case.status is Status.ACCEPTED
    story.assign("2020-03-17T10:00:00")
    assert story.resolve("2020-03-23T17:00:00").status is Status.RESOLVED
    assert story.clock("finish").late(at("2030-01-01T00:00:00")) is False
    assert not any(c.dropped for c in story.case.clocks), "met, each of them, not left"


def test_a_second_past_close_of_business_is_late(rules: Rules) -> None:
    """17:00:00 is in time and 17:00:01 is late: one comparison, also after the end."""
    for moment, verdict in (("2020-03-23T17:00:00", False), ("2020-03-23T17:00:01", True)):
        story = Story(rules, "2020-03-16T15:00:00")
        story.accept("2020-03-17T09:00:00")
        story.assign("2020-03-17T10:00:00")
        story.resolve(moment)
        assert story.clock("finish").late(at("2021-01-01T00:00:00")) is verdict


def test_a_serious_case_has_no_finish_limit_before_the_decision(rules: Rules) -> None:
    """较大: the notice gives no number; the decision's date is the limit (三.2)."""
    story = Story(rules, "2020-03-16T15:00:00", Severity.SERIOUS)
    assert [c.kind for c in story.case.clocks] == ["accept"]
    assert story.accept("2020-03-16T16:00:00").status is Status.DECISION
    story.decide("2020-03-20T10:00:00", date(2020, 4, 30))
    assert story.case.status is Status.HANDLING
    assert story.clock("finish").due == at("2020-04-30T17:00:00")
    assert story.clock("finish").clause == "三.2"


def test_a_decision_cannot_set_a_limit_that_has_passed(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00", Severity.SERIOUS)
    story.accept("2020-03-16T16:00:00")
    with pytest.raises(NotAllowed):
        story.decide("2020-03-20T10:00:00", date(2020, 3, 19))


def test_a_major_case_runs_the_refer_clock_from_receipt(rules: Rules) -> None:
    """重大 at intake: reported to the district within 1 working day of receipt (五.1b)."""
    story = Story(rules, "2020-03-16T15:00:00", Severity.MAJOR)
    assert [c.kind for c in story.case.clocks] == ["accept", "refer"]
    story.accept("2020-03-16T16:00:00")
    assert story.case.status is Status.REFERRAL
    assert story.refer("2020-03-17T16:00:00").status is Status.DISTRICT
    assert story.clock("refer").late(at("2021-01-01T00:00:00")) is False


def test_raising_while_handling_starts_the_refer_clock_and_keeps_a_breach(rules: Rules) -> None:
    """Raised on 03-25 after the target of 03-23: refer due 03-26, the breach stays."""
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.regrade("2020-03-25T10:00:00", Severity.MAJOR)
    later = at("2021-01-01T00:00:00")
    assert story.case.status is Status.REFERRAL
    assert story.clock("refer").due == at("2020-03-26T17:00:00")
    assert story.clock("finish").late(later) is True
    assert story.clock("ceiling").late(later) is False
    lowered = story.regrade("2020-03-25T11:00:00", Severity.ORDINARY)
    assert lowered.status is Status.HANDLING
    assert story.clock("finish").late(later) is True
    assert story.clock("finish").due == at("2020-03-23T17:00:00")
    assert story.clock("refer").stopped == at("2020-03-25T11:00:00")


def test_lowering_after_a_late_referral_and_raising_again_does_not_cure_it(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00", Severity.MAJOR)
    story.accept("2020-03-16T16:00:00")
    story.regrade("2020-03-20T10:00:00", Severity.ORDINARY)
    story.regrade("2020-03-20T11:00:00", Severity.MAJOR)
    assert story.clock("refer").due == at("2020-03-17T17:00:00")
    assert story.clock("refer").late(at("2020-03-20T11:00:00")) is True


def test_referring_an_ordinary_case_raises_it_and_counts_from_that_moment(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.refer("2020-03-18T09:00:00")
    assert story.case.severity is Severity.MAJOR
    assert story.clock("refer").stopped == at("2020-03-18T09:00:00")
    assert story.clock("finish").dropped


def test_reopening_starts_anew_and_the_earlier_breach_stays(rules: Rules) -> None:
    """Resolved late on 03-24, reopened 04-01: a new round due 04-09, round 1 stays late."""
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.resolve("2020-03-24T09:00:00")
    story.reopen("2020-04-01T09:00:00")
    assert story.case.status is Status.HANDLING
    assert story.clock("finish", 2).due == at("2020-04-09T17:00:00")
    assert story.clock("finish", 1).late(at("2021-01-01T00:00:00")) is True
    assert story.case.running(ClockKind.ACCEPT) is None


def test_reopening_a_declined_report_asks_for_a_decision_again(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.step(ev.Declined(), at("2020-03-16T16:00:00"))
    assert not any(c.running for c in story.case.clocks)
    story.reopen("2020-03-18T09:00:00")
    assert story.case.status is Status.REPORTED
    assert story.clock("accept", 2).due == at("2020-03-19T17:00:00")


def test_a_new_round_takes_nothing_over_of_what_the_last_one_did(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00", Severity.SERIOUS)
    story.accept("2020-03-16T16:00:00")
    story.step(ev.Consulted(), at("2020-03-17T09:00:00"))
    story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    story.step(ev.Signed(), at("2020-03-17T11:00:00"))
    story.resolve("2020-03-18T09:00:00")
    story.step(ev.FedBack(satisfaction=5), at("2020-03-18T10:00:00"))
    story.step(ev.Verified(passed=True), at("2020-03-18T11:00:00"))
    case = story.reopen("2020-03-19T09:00:00")
    assert case.status is Status.DECISION
    assert [
        case.consulted_at, case.decided_at, case.assigned_at, case.signed_at, case.resolved_at,
        case.ended_at, case.satisfaction, case.verified, case.fed_back,
    ] == [*(None,) * 8, False]  # fmt: skip
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:00:00")
    story.step(ev.PartSet(unit="甲单位"), at("2020-03-16T17:00:00"))
    story.step(ev.Referred(received=True), at("2020-03-17T09:00:00"))
    case = story.step(ev.ReferReplied(), at("2020-03-18T09:00:00"))
    assert (case.received, len(case.parts)) == (True, 1)
    case = story.reopen("2020-03-19T09:00:00")
    assert (case.referred_at, case.received, case.parts) == (None, False, ())


def test_what_was_once_received_by_the_district_stays_received_until_it_sends_the_case_back(
    rules: Rules,
) -> None:
    story = Story(rules, "2020-03-16T15:00:00", Severity.MAJOR)
    story.accept("2020-03-16T16:00:00")
    story.step(ev.Referred(received=True), at("2020-03-17T09:00:00"))
    story.regrade("2020-03-17T10:00:00", Severity.ORDINARY)
    assert story.refer("2020-03-17T11:00:00").received
    assert not story.step(ev.ReferReplied(returned=True), at("2020-03-18T09:00:00")).received
    story.refer("2020-03-18T10:00:00")
    assert story.step(ev.ReferReplied(), at("2020-03-19T09:00:00")).received


def test_to_tell_everybody_marks_who_can_be_reached_and_forgets_nobody_told_before(
    rules: Rules,
) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:00:00")
    for number in ("2020-000007", "2020-000008", "2020-000009"):
        event = ev.Absorbed(number=number, reachable=number == "2020-000007")
        story.step(event, at("2020-03-17T09:00:00"))
    story.resolve("2020-03-18T09:00:00")
    when = at("2020-03-18T10:00:00")
    story.step(ev.FedBack(to="2020-000008", satisfaction=4), when)
    case = story.step(ev.FedBack(everyone=True), when)
    assert [(r.number[-1], r.answered) for r in case.others] == [
        ("7", True), ("8", True), ("9", False),
    ]  # fmt: skip
    assert (case.fed_back, case.satisfaction) == (True, 4)
    assert not case.owes_feedback
    nameless = replace(standing_case(Status.RESOLVED), anonymous=True, fed_back=False)
    assert ev.FedBack(everyone=True).change(nameless, when)["fed_back"] is False
    case = story.reopen("2020-03-19T09:00:00")
    assert not any(r.answered for r in case.others), "each waits for the next result"


def test_what_a_unit_did_stays_when_it_leaves_and_what_it_had_to_do_goes(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.step(ev.Assigned(lead="甲单位", assist=("乙单位",)), at("2020-03-16T16:00:00"))
    for unit in ("甲单位", "乙单位"):
        story.step(ev.PartSet(unit=unit), at("2020-03-17T09:00:00"))
    anew = story.step(ev.PartSet(unit="甲单位", due=date(2020, 3, 20)), at("2020-03-17T09:30:00"))
    assert [(part.unit, part.due) for part in anew.parts] == [
        ("乙单位", None), ("甲单位", date(2020, 3, 20)),
    ]  # fmt: skip
    story.step(ev.PartDone(unit="甲单位"), at("2020-03-17T10:00:00"))
    case = story.assign("2020-03-17T11:00:00", "丙单位")
    assert [(part.unit, part.done_at) for part in case.parts] == [
        ("甲单位", at("2020-03-17T10:00:00"))
    ]
    assert story.resolve("2020-03-18T09:00:00").status is Status.RESOLVED


def test_a_district_return_opens_a_new_round(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00", Severity.MAJOR)
    story.accept("2020-03-16T16:00:00")
    story.refer("2020-03-17T09:00:00")
    when = at("2020-03-20T09:00:00")
    story.step(ev.ReferReplied(returned=True), when)
    assert (story.case.status, story.case.round) == (Status.REFERRAL, 2)
    assert story.clock("refer", 2).due == at("2020-03-23T17:00:00")


def test_closing_needs_feedback_given_after_the_last_resolve(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.resolve("2020-03-18T09:00:00")
    moment = at("2020-03-18T10:00:00")
    with pytest.raises(NotAllowed, match="反馈"):
        story.step(ev.Closed(), moment)
    story.step(ev.FedBack(text="好了"), moment)
    story.reopen("2020-03-19T09:00:00")
    story.resolve("2020-03-20T09:00:00")
    with pytest.raises(NotAllowed, match="反馈"):
        story.step(ev.Closed(), at("2020-03-20T10:00:00"))
    story.step(ev.FedBack(text="又好了"), at("2020-03-20T10:00:00"))
    assert story.step(ev.Closed(), at("2020-03-20T11:00:00")).status is Status.CLOSED


def test_a_decision_after_a_missed_limit_opens_a_round_and_the_breach_stays(rules: Rules) -> None:
    """Decided for 03-20, decided again on 03-23 for 03-31: round 1 late, round 2 running."""
    story = Story(rules, "2020-03-16T15:00:00", Severity.SERIOUS)
    story.accept("2020-03-16T16:00:00")
    for when, day in (("03-17", date(2020, 3, 20)), ("03-23", date(2020, 3, 31))):
        story.decide(f"2020-{when}T10:00:00", day)
    later = at("2020-03-23T11:00:00")
    assert [story.clock("finish", r).late(later) for r in (1, 2)] == [True, False]
    assert story.clock("finish", 2).due == at("2020-03-31T17:00:00")
    assert fold(NUMBER, story.entries) == story.case


def test_naming_the_category_makes_it_sure_and_changing_the_grade_alone_does_not() -> None:
    case = replace(standing_case(Status.HANDLING), unsure=True, category="占道经营")
    grade, category = ev.Regraded(severity=Severity.ORDINARY), ev.Regraded(category="占道经营")
    for event, unsure in ((grade, True), (category, False)):
        entry = ev.CaseEntry(seq=2, at=MOMENT, recorded_at=MOMENT, event=event)
        assert evolve(case, entry, NUMBER).unsure is unsure
    check_step(case, category, MOMENT)
    with pytest.raises(NotAllowed):
        check_step(replace(case, unsure=False), category, MOMENT)


def test_a_failed_check_keeps_a_case_from_being_filed(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.resolve("2020-03-18T09:00:00")
    moment = at("2020-03-18T10:00:00")
    story.step(ev.FedBack(text="好了"), moment)
    story.step(ev.Verified(passed=False), moment)
    with pytest.raises(NotAllowed, match="核查"):
        story.step(ev.Closed(), moment)


def test_a_return_puts_the_case_back_to_the_room_and_counts(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.step(ev.Signed(), at("2020-03-17T11:00:00"))
    story.step(ev.Returned(unit="甲单位"), at("2020-03-17T12:00:00"))
    assert (story.case.status, story.case.lead, story.case.returns) == (Status.ACCEPTED, None, 1)
    assert (story.case.signed_at, story.case.returned_at) == (None, at("2020-03-17T12:00:00"))
    assert story.case.running(ClockKind.FINISH) is not None
    case = story.assign("2020-03-17T13:00:00", "乙单位")
    assert (case.signed_at, case.returned_at) == (None, None)
    story.step(ev.Signed(), at("2020-03-17T14:00:00"))
    case = story.assign("2020-03-17T15:00:00", "丙单位")
    assert case.signed_at is None, "who has it now has not signed"


def test_voiding_a_step_brings_back_the_promises_it_ended(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    after = story.void(2, "2020-03-17T10:00:00")
    assert after.status is Status.REPORTED
    running = after.running(ClockKind.ACCEPT)
    assert running
    assert running.due == at("2020-03-17T17:00:00")
    assert after.version == 3


def test_voiding_names_the_later_step_it_would_break(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    with pytest.raises(NotAllowed, match="第 3 号"):
        story.void(2, "2020-03-17T11:00:00")
    with pytest.raises(NotAllowed, match="登记"):
        story.void(1, "2020-03-17T11:00:00")


def test_a_voided_entry_stays_out_of_every_later_replay(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-17T09:00:00")
    moment = at("2020-03-17T10:00:00")
    void = ev.CaseEntry(seq=3, at=moment, recorded_at=moment, event=ev.Voided(seq=2))
    case = fold(NUMBER, [*story.entries, void])
    assert (case.status, case.version) == (Status.REPORTED, 3)
    assert len(effective([*story.entries, void])) == 1


def test_a_record_of_a_file_is_filed_without_the_evidence_no_file_has() -> None:
    ours = replace(standing_case(Status.RESOLVED), decided_at=None)
    with pytest.raises(NotAllowed, match="会商决定"):
        check_step(ours, ev.Closed(), MOMENT)
    check_step(replace(ours, imported=True), ev.Closed(), MOMENT)


def test_a_street_may_let_a_new_round_count_from_the_day_it_names(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-16T16:00:00")
    story.resolve("2020-03-17T09:00:00")
    story.step(ev.Reopened(since=story.case.received_at), at("2020-03-18T09:00:00"))
    assert story.clock("finish", 2).due == at("2020-03-23T17:00:00")


def test_a_unit_suggested_at_receipt_is_none_for_another_category(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    event = ev.Reported(channel="网格", category="占道经营", lead="甲单位")
    log = [replace(story.entries[0], event=event)]
    assert suggested_lead(log, "占道经营") == "甲单位"
    assert suggested_lead(log, "噪声扰民") is None


def test_a_unit_that_returned_the_case_is_not_suggested_again(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    event = ev.Reported(channel="网格", category="占道经营", lead="甲单位")
    story.accept("2020-03-17T09:00:00")
    story.assign("2020-03-17T10:00:00")
    story.step(ev.Returned(unit="甲单位"), at("2020-03-17T12:00:00"))
    log = [replace(story.entries[0], event=event), *story.entries[1:]]
    assert suggested_lead(log, "占道经营") is None
    story.void(log[-1].seq, "2020-03-17T13:00:00")
    log = [replace(story.entries[0], event=event), *story.entries[1:]]
    assert suggested_lead(log, "占道经营") == "甲单位"


def test_a_step_before_receipt_is_refused(rules: Rules) -> None:
    story = Story(rules, "2020-03-16T15:00:00")
    with pytest.raises(NotAllowed, match="早于 2020-000001 收到的时间"):
        story.step(ev.Accepted(), at("2020-03-16T14:59:59"), stated=True)


def test_an_event_of_a_newer_version_is_a_fault_not_a_crash() -> None:
    with pytest.raises(ValueError, match="teleported"):
        ev.read_event("teleported", "{}")
    with pytest.raises(ValueError, match="signed"):
        ev.read_event("signed", '{"ink":"red"}')


def test_an_imported_record_has_no_verdict_where_nobody_recorded_one(rules: Rules) -> None:
    """Acceptance unknown, target judged by the reply the file records."""
    received, replied = at("2019-06-03T10:00:00"), at("2019-06-20T10:00:00")
    event = ev.Imported(
        channel="浙江政务服务网",
        profile="messages",
        resolved_at=replied,
        answered=True,
        dues=dues_at(Severity.ORDINARY, received, rules),
        terms=rules.terms,
    )
    entry = ev.CaseEntry(seq=1, at=received, recorded_at=MOMENT, event=event)
    case = evolve(None, entry, "2019-000001")
    verdicts = {c.kind: c.late(MOMENT) for c in case.clocks}
    assert verdicts == {"accept": None, "finish": True, "ceiling": False}
    assert (case.status, case.resolved_at) == (Status.RESOLVED, replied)
    assert MOMENT - received > timedelta(days=1)
    filed = replace(event, status=Status.CLOSED, resolved_at=None, answered=False)
    case = evolve(None, replace(entry, event=filed), "2019-000001")
    assert (case.status, case.resolved_at, {c.late(MOMENT) for c in case.clocks}) == (
        Status.CLOSED, None, {None},
    )  # fmt: skip
