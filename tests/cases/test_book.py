"""Which clocks a state wants, and what steps of every family do to them (core of the ledger)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sixping.cases.book import promises, unlike_state, wanted
from sixping.cases.dates import Due
from sixping.cases.lifecycle import fold, possible
from sixping.cases.model import Case
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from tests.kit import events as ev
from tests.kit.storykit import (
    NUMBER,
    Story,
    at,
    shipped,
    standing_case,
    with_day_off,
    with_day_worked,
)

FAR = at("2021-01-01T00:00:00")


def handled(severity: Severity = Severity.ORDINARY) -> Story:
    """Received on Monday 2020-03-16: 5 working days end on 03-23, 15 on 04-07."""
    story = Story(shipped(), "2020-03-16T15:00:00", severity)
    story.accept("2020-03-16T16:00:00")
    if severity is Severity.ORDINARY:
        story.assign("2020-03-16T16:00:00")
    return story


def shown(story: Story) -> list[tuple[str, int, str, str]]:
    """Return kind, round, due day and how it stands, of every clock."""
    return [
        (c.kind.value, c.round, f"{c.due:%m-%d}", "runs" if c.running else
         "left" if c.dropped else "ended")
        for c in story.case.clocks
        if c.due and c.kind is not ClockKind.ACCEPT
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "severity", "more", "kinds"),
    [
        (Status.REPORTED, Severity.ORDINARY, {}, "accept finish ceiling"),
        (Status.REPORTED, Severity.MAJOR, {}, "accept refer"),
        (Status.REPORTED, Severity.MAJOR, {"confirmed": False}, "accept"),
        (Status.REPORTED, Severity.SERIOUS, {"decided_at": None}, "accept"),
        (Status.DECISION, Severity.SERIOUS, {"decided_at": None}, ""),
        (Status.HANDLING, Severity.SERIOUS, {}, "finish"),
        (Status.HANDLING, Severity.ORDINARY, {}, "finish ceiling"),
        (Status.REFERRAL, Severity.MAJOR, {}, "refer"),
        (Status.DISTRICT, Severity.MAJOR, {}, ""),
        *((ended, Severity.ORDINARY, {}, "") for ended in Status if not ended.open),
    ],
)
def test_which_clocks_run_follows_from_the_state(
    status: Status, severity: Severity, more: dict[str, object], kinds: str
) -> None:
    case = replace(standing_case(status), severity=severity, **more)  # type: ignore[arg-type]
    assert {kind.value for kind in wanted(case)} == set(kinds.split())


# --- raising and lowering ----------------------------------------------------------------


def test_lowered_on_every_path_a_case_has_its_own_limits_and_the_decisions_date_goes() -> None:
    direct, detour = handled(Severity.SERIOUS), handled(Severity.SERIOUS)
    raised = handled()
    raised.regrade("2020-03-17T09:00:00", Severity.SERIOUS)
    for story in (direct, detour, raised):
        story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    assert shown(raised)[0] == ("finish", 1, "03-23", "left"), "the former limit stays visible"
    detour.regrade("2020-03-18T09:00:00", Severity.MAJOR)
    for story in (direct, detour, raised):
        story.regrade("2020-03-19T09:00:00", Severity.ORDINARY)
        limits = [row for row in shown(story) if row[0] != "refer"]
        assert limits == [("finish", 1, "03-23", "runs"), ("ceiling", 1, "04-07", "runs")]
        assert fold(NUMBER, story.entries) == story.case


def test_a_case_that_comes_back_to_its_unit_is_to_be_signed_for_from_then() -> None:
    story = handled(Severity.MAJOR)
    case = replace(story.case, lead="甲单位", assigned_at=None)
    event = ev.Regraded(severity=Severity.ORDINARY)
    changes = event.change(case, at("2020-03-18T09:00:00"))
    assert (changes["status"], changes["assigned_at"]) == (
        Status.HANDLING, at("2020-03-18T09:00:00"),
    )  # fmt: skip
    signed = replace(case, assigned_at=at("2020-03-17T09:00:00"))
    assert "assigned_at" not in event.change(signed, at("2020-03-18T09:00:00")), "it kept it"


def test_a_decision_does_not_outlive_the_grade_it_was_made_for() -> None:
    story = handled(Severity.SERIOUS)
    story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    story.regrade("2020-03-18T09:00:00", Severity.MAJOR)
    assert shown(story)[1] == ("finish", 1, "04-02", "left"), "the former limit stays visible"
    case = story.regrade("2020-03-19T09:00:00", Severity.SERIOUS)
    assert (case.status, case.decided_at) == (Status.DECISION, None)
    assert not any(c.running for c in case.clocks)


def test_a_target_comes_back_as_it_was_extended() -> None:
    story = handled()
    story.extend("2020-03-17T09:00:00", 3)
    story.regrade("2020-03-18T09:00:00", Severity.SERIOUS)
    story.decide("2020-03-18T10:00:00", date(2020, 4, 20))
    story.regrade("2020-03-19T09:00:00", Severity.ORDINARY)
    assert shown(story)[0] == ("finish", 1, "03-26", "runs")


def test_a_decision_after_the_one_that_was_missed_counts_from_then() -> None:
    story = handled(Severity.SERIOUS)
    story.decide("2020-03-17T10:00:00", date(2020, 3, 18))
    story.decide("2020-03-20T10:00:00", date(2020, 3, 31))
    assert [(r[2], r[3]) for r in shown(story)] == [("03-18", "left"), ("03-31", "runs")]
    assert story.clock("finish", 2).started == at("2020-03-20T10:00:00")
    story.resolve("2020-03-23T09:00:00")
    story.reopen("2020-03-24T09:00:00")
    assert story.decide("2020-03-24T10:00:00", date(2020, 4, 1)).round == 3
    assert [(r[1], r[2]) for r in shown(story)] == [(1, "03-18"), (2, "03-31"), (3, "04-01")]


def test_the_void_of_a_missed_decision_leaves_the_day_of_the_next_as_it_was_decided() -> None:
    story = handled(Severity.SERIOUS)
    story.decide("2020-03-17T10:00:00", date(2020, 3, 18))
    story.decide("2020-03-20T10:00:00", date(2020, 3, 31))
    story.void(3, "2020-03-20T11:00:00")
    assert shown(story) == [("finish", 1, "03-31", "runs")]
    assert story.entries[-1].event.dues == (), "nobody is promised anything anew"


def test_without_its_acceptance_a_finding_counts_from_receipt() -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.regrade("2020-03-17T09:00:00", Severity.MAJOR)
    assert shown(story)[0] == ("refer", 1, "03-18", "runs")
    story.void(2, "2020-03-17T10:00:00")
    assert shown(story)[0] == ("refer", 1, "03-17", "runs")
    story.step(ev.Noted(), at("2020-03-17T10:00:00"))
    story.void(5, "2020-03-17T11:00:00")
    assert story.entries[-1].event.dues == (), "the date that a void gave stands in the next"


def test_a_missed_decision_stays_the_verdict_when_the_case_is_lowered() -> None:
    story = handled(Severity.SERIOUS)
    story.decide("2020-03-17T10:00:00", date(2020, 3, 18))
    story.regrade("2020-03-20T09:00:00", Severity.MAJOR)
    story.regrade("2020-03-20T10:00:00", Severity.ORDINARY)
    assert story.clock("finish").late(at("2020-03-20T10:00:00")) is True
    assert shown(story)[1] == ("finish", 1, "03-18", "runs")


def test_a_limit_born_late_says_so_and_only_that_one() -> None:
    story = handled(Severity.SERIOUS)
    story.regrade("2020-03-25T09:00:00", Severity.ORDINARY)
    assert story.clock("finish").born_late
    assert not story.clock("ceiling").born_late
    story = Story(shipped(), "2020-03-16T15:00:00", Severity.SERIOUS)
    story.step(ev.Accepted(severity=Severity.ORDINARY), at("2020-03-25T09:00:00"))
    assert story.clock("finish").born_late, "found to be 一般 when it was accepted"
    story = handled()
    story.regrade("2020-03-17T09:00:00", Severity.SERIOUS)
    story.regrade("2020-03-25T09:00:00", Severity.ORDINARY)
    assert story.clock("finish").born_late, "left in time, it came back past due"
    assert not story.clock("ceiling").born_late
    story = handled()
    story.step(ev.Merged(into="2020-000002"), at("2020-03-17T09:00:00"))
    story.step(ev.Unmerged(), at("2020-03-25T09:00:00"))
    assert not story.clock("finish").born_late, "it passed while the case was merged"


def test_the_first_report_of_a_round_counts_and_a_second_finding_is_a_limit_of_its_own() -> None:
    story = handled(Severity.MAJOR)
    story.refer("2020-03-17T09:00:00")
    story.regrade("2020-03-18T09:00:00", Severity.ORDINARY)
    story.refer("2020-03-19T09:00:00")
    assert [r for r in shown(story) if r[0] == "refer"] == [("refer", 1, "03-17", "ended")]
    story.regrade("2020-03-20T09:00:00", Severity.ORDINARY)
    story.regrade("2020-03-20T10:00:00", Severity.MAJOR)
    assert shown(story)[-1] == ("refer", 2, "03-23", "runs")
    story.refer("2020-03-20T11:00:00")
    story.step(ev.ReferReplied(returned=True), at("2020-03-24T09:00:00"))
    assert (story.case.round, shown(story)[-1]) == (3, ("refer", 3, "03-25", "runs"))


def test_a_report_that_came_late_stays_ended_when_the_case_is_found_major_again() -> None:
    story = handled(Severity.MAJOR)
    story.refer("2020-03-18T09:00:00")
    story.regrade("2020-03-19T09:00:00", Severity.ORDINARY)
    story.regrade("2020-03-20T09:00:00", Severity.MAJOR)
    reports = [row for row in shown(story) if row[0] == "refer"]
    assert reports == [("refer", 1, "03-17", "ended"), ("refer", 2, "03-23", "runs")]
    assert story.clock("refer").late(FAR) is True


def test_a_limit_to_report_left_in_time_keeps_its_date_beside_that_of_the_next_finding() -> None:
    story = handled(Severity.MAJOR)
    story.regrade("2020-03-17T09:00:00", Severity.ORDINARY)
    story.regrade("2020-03-18T09:00:00", Severity.MAJOR)
    reports = [("refer", 1, "03-17", "left"), ("refer", 2, "03-19", "runs")]
    assert [row for row in shown(story) if row[0] == "refer"] == reports
    story.step(ev.Merged(into="2020-000002"), at("2020-03-18T10:00:00"))
    story.step(ev.Unmerged(), at("2020-03-18T11:00:00"))
    assert [row for row in shown(story) if row[0] == "refer"] == reports, "as it was"


def test_found_before_acceptance_a_case_is_to_be_reported_from_receipt() -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.regrade("2020-03-17T09:00:00", Severity.MAJOR)
    assert story.clock("refer").due == at("2020-03-17T17:00:00")
    assert story.case.status is Status.REPORTED, "whether to accept it is still to be decided"
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.step(ev.Accepted(severity=Severity.MAJOR), at("2020-03-17T09:00:00"))
    assert story.clock("refer").due == at("2020-03-17T17:00:00")
    assert story.case.status is Status.REFERRAL


def test_what_a_program_suggested_runs_acceptance_alone_until_somebody_finds_it() -> None:
    def suggested() -> Story:
        story = Story(shipped(), "2020-03-16T15:00:00")
        story.entries.clear()
        story.private = None
        event = ev.Reported(channel="投诉举报电话", severity=Severity.MAJOR, suggested=True)
        story.step(event, at("2020-03-16T15:00:00"))
        return story

    story = suggested()
    assert [c.kind for c in story.case.clocks] == [ClockKind.ACCEPT]
    with pytest.raises(NotAllowed, match="还没有人确认"):
        story.accept("2020-03-16T16:00:00")
    story.step(ev.Accepted(severity=Severity.ORDINARY), at("2020-03-16T16:00:00"))
    assert [r[:3] for r in shown(story)] == [("finish", 1, "03-23"), ("ceiling", 1, "04-07")]
    story = suggested()
    story.regrade("2020-03-16T16:00:00", Severity.MAJOR)
    assert shown(story) == [("refer", 1, "03-17", "runs")]


def test_a_declined_report_was_never_to_be_finished() -> None:
    for severity in (Severity.MAJOR, Severity.ORDINARY):
        story = Story(shipped(), "2020-03-16T15:00:00", severity)
        story.step(ev.Declined(), at("2020-03-27T09:00:00"))
        (clock,) = story.case.clocks
        assert (clock.kind, clock.late(FAR), clock.dropped) == (ClockKind.ACCEPT, True, False)
    story.reopen("2020-03-30T09:00:00")
    assert [c.round for c in story.case.clocks if c.running] == [2, 2, 2]
    assert story.clock("accept").late(FAR) is True


@pytest.mark.parametrize("then", [ev.Accepted(), ev.Declined()])
def test_a_limit_whose_end_no_file_tells_neither_begins_again_nor_goes(then: ev.Step) -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.entries.clear()
    story.private = None
    due = at("2020-03-17T17:00:00")
    dues = tuple(Due(kind, due, workdays=1) for kind in (ClockKind.ACCEPT, ClockKind.REFER))
    event = ev.Imported(
        channel="网格", profile="网格", severity=Severity.MAJOR, status=Status.REPORTED, dues=dues
    )
    story.step(event, at("2020-03-16T15:00:00"))
    before = story.case.clocks
    assert [c.unknown for c in before] == [True, True]
    story.step(then, at("2020-03-20T09:00:00"))
    assert story.case.clocks == before
    assert not unlike_state(story.case)


# --- repeats -----------------------------------------------------------------------------


def taken_in(main: Story, repeat: Case, when: str) -> None:
    main.step(
        ev.Absorbed(number="2020-000009", since=repeat.counts_from, limits=promises(repeat)),
        at(when),
    )


def test_the_main_case_answers_by_the_earliest_limit_and_has_its_own_back() -> None:
    """The repeat came on 03-12 (target 03-19, ceiling 04-02), the main case on 03-16."""
    earlier = Story(shipped(), "2020-03-12T09:00:00")
    main = handled()
    before = main.case.clocks
    taken_in(main, earlier.case, "2020-03-17T09:00:00")
    assert [r[:3] for r in shown(main)] == [("finish", 1, "03-19"), ("ceiling", 1, "04-02")]
    assert main.case.clocks[0] == before[0], "acceptance is each report's own"
    main.step(ev.Released(number="2020-000009"), at("2020-03-19T09:00:00"))
    assert [r[:3] for r in shown(main)] == [("finish", 1, "03-23"), ("ceiling", 1, "04-07")]
    assert main.case.clocks[1:] == before[1:]
    assert fold(NUMBER, main.entries) == main.case


def test_what_stood_still_while_a_repeat_was_in_is_freed_for_its_own_limit_too() -> None:
    """Suspended from the 17th to the 19th: the 18th is free, on either limit."""
    main = handled()
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-16T17:00:00")
    main.step(ev.Suspended(), at("2020-03-17T09:00:00"))
    main.step(ev.Resumed(), at("2020-03-19T09:00:00"))
    assert shown(main)[0][2] == "03-20"
    main.step(ev.Released(number="2020-000009"), at("2020-03-19T10:00:00"))
    assert shown(main)[0][2] == "03-24"


def test_a_repeat_that_does_not_run_against_a_limit_gives_its_receipt() -> None:
    """Merged before or after the main case is lowered, with a detour or without: one date."""
    earlier = Story(shipped(), "2020-03-12T09:00:00", Severity.SERIOUS).case
    merged_first, lowered_first, detour = (
        Story(shipped(), "2020-03-16T15:00:00", Severity.SERIOUS) for _ in range(3)
    )
    taken_in(merged_first, earlier, "2020-03-17T09:00:00")
    merged_first.regrade("2020-03-17T10:00:00", Severity.ORDINARY)
    lowered_first.regrade("2020-03-17T08:00:00", Severity.ORDINARY)
    taken_in(lowered_first, earlier, "2020-03-17T09:00:00")
    detour.regrade("2020-03-17T08:00:00", Severity.ORDINARY)
    taken_in(detour, earlier, "2020-03-17T09:00:00")
    detour.regrade("2020-03-17T10:00:00", Severity.SERIOUS)
    detour.regrade("2020-03-17T11:00:00", Severity.ORDINARY)
    for story in (merged_first, lowered_first, detour):
        assert [r[2] for r in shown(story)] == ["03-19", "04-02"]
        story.step(ev.Released(number="2020-000009"), at("2020-03-18T09:00:00"))
        assert [r[2] for r in shown(story)] == ["03-23", "04-07"]


def test_a_date_signed_for_while_a_repeat_was_in_holds_and_is_not_added_to_its_own() -> None:
    """Its own target is 03-31 (8 days granted); 9 days after the repeat's 03-19 are 04-01."""
    main = handled()
    main.extend("2020-03-16T16:30:00", 6)
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    main.extend("2020-03-17T10:00:00", 9)
    assert [r[2] for r in shown(main)] == ["04-01", "04-02"]
    main.step(ev.Released(number="2020-000009"), at("2020-03-18T09:00:00"))
    assert [r[2] for r in shown(main)] == ["04-01", "04-07"]
    assert main.clock("finish").workdays == 12


def test_a_date_kept_when_a_repeat_leaves_is_no_signature_of_its_own() -> None:
    """Without its first extension the main case has other dates; nobody signed the unmerge."""
    main = handled()
    main.extend("2020-03-16T16:30:00", 2)
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    main.extend("2020-03-17T10:00:00", 9)
    main.step(ev.Released(number="2020-000009"), at("2020-03-18T09:00:00"))
    assert [r[2] for r in shown(main)] == ["04-01", "04-07"]
    main.void(4, "2020-03-18T10:00:00")
    assert [r[2] for r in shown(main)] == ["04-01", "04-07"]
    assert main.clock("finish").workdays == 12
    assert fold(NUMBER, main.entries) == main.case


def test_another_repeat_takes_no_extension_away_and_one_that_leaves_none_either() -> None:
    main = handled()
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-16T17:00:00")
    main.extend("2020-03-17T10:00:00", 1)
    later = Story(shipped(), "2020-03-13T18:00:00").case
    event = ev.Absorbed(number="2020-000008", since=later.counts_from, limits=promises(later))
    main.step(event, at("2020-03-17T11:00:00"))
    assert shown(main)[0][2] == "03-20"
    main.step(ev.Released(number="2020-000008"), at("2020-03-17T12:00:00"))
    assert shown(main)[0][2] == "03-20"


def test_the_main_case_has_its_own_limit_back_also_while_it_does_not_run() -> None:
    """Left while the repeat's limit ran, missed or not: it comes back with its own."""
    for when in ("2020-03-18T09:00:00", "2020-03-20T09:00:00"):
        main = handled()
        main.extend("2020-03-16T16:30:00", 3)
        taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-16T17:00:00")
        main.regrade(when, Severity.MAJOR)
        main.step(ev.Released(number="2020-000009"), at("2020-03-23T09:00:00"))
        main.regrade("2020-03-23T10:00:00", Severity.ORDINARY)
        assert [r[:3] for r in shown(main)[-2:]] == [
            ("finish", 1, "03-26"),
            ("ceiling", 1, "04-07"),
        ]
        assert fold(NUMBER, main.entries) == main.case


def test_a_report_not_yet_accepted_takes_no_limit_of_acceptance_from_another() -> None:
    main = Story(shipped(), "2020-03-16T15:00:00")
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    assert main.clock("accept").due == at("2020-03-17T17:00:00")
    assert [r[:3] for r in shown(main)] == [("finish", 1, "03-19"), ("ceiling", 1, "04-02")]


def test_a_new_round_is_not_bound_by_what_repeats_were_promised_in_the_last() -> None:
    main = handled()
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    main.resolve("2020-03-18T09:00:00")
    main.reopen("2020-03-30T09:00:00")
    limits = [("finish", 2, "04-07", "runs"), ("ceiling", 2, "04-21", "runs")]
    assert shown(main)[2:] == limits
    later = ev.Absorbed(number="2020-000008", since=at("2020-03-30T10:00:00"))
    main.step(later, at("2020-03-30T11:00:00"))
    assert shown(main)[2:] == limits


def test_an_exception_given_to_the_main_case_moves_its_own_ceiling_too() -> None:
    """14 working days past 03-19 are 04-09: that was signed for, whichever limit runs."""
    main = handled()
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    main.extend("2020-03-18T09:00:00", 14, beyond=True)
    assert [r[:3] for r in shown(main)] == [("finish", 1, "04-09"), ("ceiling", 1, "04-09")]
    main.step(ev.Released(number="2020-000009"), at("2020-03-19T09:00:00"))
    assert [r[:3] for r in shown(main)] == [("finish", 1, "04-09"), ("ceiling", 1, "04-09")]


def test_a_limit_that_begins_after_a_merge_counts_from_the_earliest_report_too() -> None:
    main = handled(Severity.SERIOUS)
    taken_in(main, Story(shipped(), "2020-03-12T09:00:00").case, "2020-03-17T09:00:00")
    assert shown(main) == []
    main.regrade("2020-03-17T10:00:00", Severity.ORDINARY)
    assert [r[:3] for r in shown(main)] == [("finish", 1, "03-19"), ("ceiling", 1, "04-02")]
    main.step(ev.Released(number="2020-000009"), at("2020-03-18T09:00:00"))
    assert [r[:3] for r in shown(main)] == [("finish", 1, "03-23"), ("ceiling", 1, "04-07")]


def test_a_repeat_whose_limit_nobody_took_leaves_without_a_date_being_made_anew() -> None:
    main = handled()
    taken_in(main, Story(shipped(), "2020-03-17T09:00:00").case, "2020-03-17T10:00:00")
    before = [replace(clock, shared=()) for clock in main.case.clocks]
    main.step(ev.Released(number="2020-000009"), at("2020-03-18T09:00:00"))
    assert (list(main.case.clocks), main.entries[-1].event.dues) == (before, ())


def test_what_began_from_the_receipt_of_a_repeat_counts_from_its_own_when_that_leaves() -> None:
    """Running, left or decided meanwhile: as if the repeat had never been in."""
    earlier = Story(shipped(), "2020-03-12T09:00:00", Severity.SERIOUS).case
    for grade in (Severity.ORDINARY, Severity.SERIOUS, Severity.MAJOR):
        main = Story(shipped(), "2020-03-16T15:00:00", Severity.SERIOUS)
        main.accept("2020-03-16T16:00:00")
        taken_in(main, earlier, "2020-03-17T09:00:00")
        main.regrade("2020-03-20T09:00:00", Severity.ORDINARY)
        assert main.clock("finish").missed_by(at("2020-03-20T09:00:00"))
        if grade is not Severity.ORDINARY:
            main.regrade("2020-03-20T10:00:00", grade)
        if grade is Severity.SERIOUS:
            main.decide("2020-03-20T11:00:00", date(2020, 3, 30))
        main.step(ev.Released(number="2020-000009"), at("2020-03-20T12:00:00"))
        first = [row for row in shown(main) if row[0] != "refer" and row[1] == 1]
        assert [row[2] for row in first] == ["03-23", "04-07"]
        assert {c.started for c in main.case.clocks if c.kind is ClockKind.CEILING} == {
            main.case.received_at
        }
        assert not any(c.missed for c in main.case.clocks)


def test_the_mark_of_a_date_that_holds_against_a_recount_is_its_own() -> None:
    """Counted anew it would lie in the past of a published year; what holds is provisional."""
    story = Story(shipped(), "2026-12-24T10:00:00")
    story.accept("2026-12-24T11:00:00")
    assert (story.clock("finish").due, story.clock("finish").provisional) == (
        at("2026-12-31T17:00:00"), False,
    )  # fmt: skip
    story.extend("2026-12-25T09:00:00", 1)
    assert story.clock("finish").provisional
    story.step(ev.Merged(into="2020-000009"), at("2026-12-30T09:00:00"))
    story.rules = with_day_worked(date(2026, 12, 27))
    story.step(ev.Unmerged(), at("2027-01-02T09:00:00"))
    assert (story.clock("finish").due, story.clock("finish").provisional) == (
        at("2027-01-04T17:00:00"), True,
    )  # fmt: skip


def test_a_limit_that_is_taken_is_counted_by_the_calendar_of_today_and_recorded() -> None:
    """The repeat was promised 03-19 by another calendar; taken on 03-17 it is counted anew."""
    earlier = Story(shipped(), "2020-03-12T09:00:00").case
    off = tuple(p._replace(due=p.due + timedelta(days=-1)) for p in promises(earlier))
    main = handled()
    main.step(
        ev.Absorbed(number="2020-000009", since=earlier.counts_from, limits=off),
        at("2020-03-17T09:00:00"),
    )
    assert shown(main)[0][2] == "03-19"
    assert main.clock("finish").calendar == shipped().terms.calendar
    assert [(d.kind, f"{d.was:%m-%d}") for d in main.entries[-1].event.dues] == [
        ("finish", "03-18"),
        ("ceiling", "04-01"),
    ]


def test_the_main_case_has_its_own_limit_back_also_when_that_has_passed_too() -> None:
    earlier = Story(shipped(), "2020-03-12T09:00:00")
    main = handled()
    taken_in(main, earlier.case, "2020-03-17T09:00:00")
    main.step(ev.Released(number="2020-000009"), at("2020-03-25T09:00:00"))
    assert shown(main)[0][2] == "03-23"


def test_when_one_of_two_repeats_leaves_the_limit_of_the_other_holds() -> None:
    main = handled()
    for number, received in (("2020-000008", "2020-03-11"), ("2020-000009", "2020-03-12")):
        repeat = Story(shipped(), f"{received}T09:00:00").case
        event = ev.Absorbed(number=number, since=repeat.counts_from, limits=promises(repeat))
        main.step(event, at("2020-03-17T09:00:00"))
    assert shown(main)[0][2] == "03-18"
    assert main.entries[-1].event.dues == (), "the second took nothing"
    main.step(ev.Released(number="2020-000008"), at("2020-03-25T09:00:00"))
    assert shown(main)[0][2] == "03-19", "also where the limit that leaves was missed"


def test_a_later_limit_a_decided_day_and_a_missed_date_are_not_moved_by_a_repeat() -> None:
    later = Story(shipped(), "2020-03-17T09:00:00")
    main = handled()
    before = main.case.clocks
    taken_in(main, later.case, "2020-03-17T10:00:00")
    assert [replace(c, shared=()) for c in main.case.clocks] == list(before)
    earlier = Story(shipped(), "2020-03-12T09:00:00")
    decided = handled(Severity.SERIOUS)
    decided.decide("2020-03-17T10:00:00", date(2020, 3, 18))
    main = handled()
    taken_in(main, replace(later.case, clocks=decided.case.clocks), "2020-03-17T10:00:00")
    assert main.case.clocks == before, "what was decided of one report is no limit of another"
    decided.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    taken_in(decided, earlier.case, "2020-03-17T11:00:00")
    assert shown(decided)[0][2] == "04-02"
    missed = handled()
    taken_in(missed, earlier.case, "2020-03-24T09:00:00")
    assert shown(missed)[0][2] == "03-23"


def test_a_limit_that_had_passed_when_it_was_taken_is_the_rooms_until_its_own_is_back() -> None:
    """The repeat was to be done by 03-19; nobody who has the main case could keep that."""
    earlier = Story(shipped(), "2020-03-12T09:00:00")
    main = handled()
    taken_in(main, earlier.case, "2020-03-20T09:00:00")
    assert [(c.kind.value, c.born_late) for c in main.case.clocks[1:]] == [
        ("finish", True),
        ("ceiling", False),
    ]
    main.step(ev.Released(number="2020-000009"), at("2020-03-20T10:00:00"))
    assert [c.born_late for c in main.case.clocks[1:]] == [False, False]
    assert fold(NUMBER, main.entries) == main.case


def test_a_promise_that_a_merge_set_aside_is_recounted_when_it_is_taken_apart() -> None:
    """Missed by the calendar of then, in time by that of today: as if it had run on."""
    story = handled()
    story.step(ev.Merged(into="2020-000009"), at("2020-03-24T09:00:00"))
    assert story.clock("finish").missed
    story.rules = with_day_off(date(2020, 3, 23))
    story.step(ev.Unmerged(), at("2020-03-24T10:00:00"))
    assert shown(story)[0][2:] == ("03-24", "runs")


# --- what a time that is stated answers -----------------------------------------------------


ANSWERS: dict[str, ev.Step] = {
    "sign": ev.Signed(),
    "return": ev.Returned(),
    "reply": ev.ReferReplied(),
    "feedback": ev.FedBack(),
    "check": ev.Verified(passed=True),
    "close": ev.Closed(),
    "reopen": ev.Reopened(),
    "unmerge": ev.Unmerged(),
    "resume": ev.Resumed(),
    "part": ev.PartDone(unit="甲单位"),
    "urge": ev.UrgeAnswered(level="普通"),
}
GROUNDS: dict[str, list[ev.Step]] = {
    "sign": [],
    "return": [],
    "reply": [ev.Referred(to="区级平台")],
    "feedback": [ev.Resolved()],
    "check": [ev.Resolved()],
    "close": [ev.Resolved(), ev.FedBack()],
    "reopen": [ev.Resolved()],
    "unmerge": [ev.Merged(into="2020-000002")],
    "resume": [ev.Suspended()],
    "part": [ev.PartSet(unit="甲单位")],
    "urge": [ev.Urged(level="普通")],
}


@pytest.mark.parametrize("name", GROUNDS)
def test_a_step_is_not_stated_before_what_it_answers(name: str) -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-18T10:00:00")
    for ground in GROUNDS[name]:
        story.step(ground, at("2020-03-18T10:00:00"))
    early, step = at("2020-03-18T09:59:59"), ANSWERS[name]
    with pytest.raises(NotAllowed, match="早于"):
        story.step(step, early, stated=True)
    story.step(step, at("2020-03-18T10:00:00"), stated=True)


def test_a_step_is_not_stated_before_its_round_but_a_result_before_its_assignment() -> None:
    story = handled()
    story.step(ev.Resolved(), at("2020-03-16T15:30:00"), stated=True)
    story.reopen("2020-03-20T09:00:00")
    with pytest.raises(NotAllowed, match="这一轮开始的时间"):
        story.step(ev.Noted(), at("2020-03-19T09:00:00"), stated=True)


def test_a_clock_that_went_back_hinders_neither_a_step_nor_the_void_of_another() -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-18T10:00:00")
    story.step(ev.Signed(), at("2020-03-18T09:59:00"))
    story.step(ev.Noted(), at("2020-03-18T11:00:00"))
    story.void(5, "2020-03-18T12:00:00")
    assert story.case.signed_at == at("2020-03-18T09:59:00")


def test_a_void_that_leaves_a_stated_time_before_its_ground_names_the_step() -> None:
    story = Story(shipped(), "2020-03-16T15:00:00")
    story.accept("2020-03-16T16:00:00")
    story.assign("2020-03-18T12:00:00")
    story.step(ev.Assigned(lead="乙单位"), at("2020-03-18T10:00:00"), stated=True)
    story.step(ev.Signed(), at("2020-03-18T11:00:00"), stated=True)
    with pytest.raises(NotAllowed, match=r"第 5 号\(签收\)就不成立了.*早于分派的时间"):
        story.void(4, "2020-03-18T13:00:00")


def test_only_what_makes_sense_for_a_case_as_it_stands_is_offered() -> None:
    def offered() -> str:
        return " ".join(command for command, _ in possible(story.case))

    story = handled()
    assert offered() == (
        "assign sign return part regrade consult refer extend suspend resolve merge urge note"
        " amend void"
    )
    for step in (ev.Signed(), ev.PartSet(unit="甲单位"), ev.Urged(level="普通"), ev.Suspended()):
        story.step(step, at("2020-03-17T09:00:00"))
    assert offered() == (
        "assign return part part-done regrade consult refer resume resolve merge urge answer-urge"
        " note amend void"
    )
    story = handled(Severity.SERIOUS)
    assert offered() == "regrade consult decide refer merge urge note amend void"
    story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    assert "extend" not in offered(), "a day that was decided is decided anew"
    story.resolve("2020-03-18T10:00:00")
    story.step(ev.Verified(passed=False), at("2020-03-18T11:00:00"))
    assert offered() == "feedback verify-result reopen urge note amend void"


# --- the invariant that verify holds -----------------------------------------------------------


def test_a_limit_without_a_number_never_begins() -> None:
    """A street whose meetings name the day for every matter: only the ceiling has a number."""
    edition = shipped().edition
    limits = [
        limit._replace(workdays=None) if limit.clock is ClockKind.FINISH else limit
        for limit in edition.limits
    ]
    rules = shipped()._replace(edition=edition._replace(limits=tuple(limits)))
    story = Story(rules, "2020-03-16T15:00:00")
    assert shown(story) == [("ceiling", 1, "04-07", "runs")]
    assert not unlike_state(story.case)


def test_clocks_that_contradict_the_state_are_named() -> None:
    case = handled().case
    assert not unlike_state(case)
    assert unlike_state(replace(case, status=Status.DISTRICT)) == "办结期限不该在计"
    stopped = tuple(replace(c, stopped=FAR, dropped=True) for c in case.clocks)
    assert unlike_state(replace(case, clocks=stopped)) in {"办结期限没有在计", "最长时限没有在计"}
    past = tuple(replace(c, unknown=True) for c in case.clocks)
    second = tuple(replace(c, round=2) for c in stopped)
    again = replace(case, round=2, clocks=past + second)
    assert unlike_state(again), "what is not known of an earlier round excuses nothing in this one"
    assert not unlike_state(replace(case, clocks=())), "a limit without a number never begins"


@pytest.mark.parametrize("taken", ["decided", "extended", "excepted", "resumed"])
def test_a_step_that_lacks_the_date_it_was_given_cannot_be_replayed(taken: str) -> None:
    story = handled(Severity.SERIOUS if taken == "decided" else Severity.ORDINARY)
    if taken == "decided":
        story.decide("2020-03-17T10:00:00", date(2020, 4, 2))
    elif taken == "resumed":
        story.suspend("2020-03-17T10:00:00")
        story.resume("2020-03-19T10:00:00")
    else:
        story.extend("2020-03-17T10:00:00", 14, beyond=True)
    last = story.entries[-1]
    dues = last.event.dues[:1] if taken == "excepted" else ()
    story.entries[-1] = replace(last, event=replace(last.event, dues=dues))
    with pytest.raises(ValueError, match=r"finish|ceiling"):
        fold(NUMBER, story.entries)
