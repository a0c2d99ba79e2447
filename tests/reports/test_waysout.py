"""No way out of a running limit unseen: a search over all chains of three, and stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

import pytest

from sixping.cases.lifecycle import fold
from sixping.cases.model import Case, Clock
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.reports.responsibility import Ground
from sixping.reports.watched import LEFT, STATED, Seen, State, Watch, seen, states
from sixping.reports.waysout import UNDONE, Turn, turns, ways_out
from tests.kit import events as ev
from tests.kit.chains import Chain, chains
from tests.kit.lives import NUMBERS
from tests.kit.storykit import NUMBER, Story, at, shipped, with_day_off
from tests.kit.trailkit import ROLES

#: from which moment a chain begins: accepted on the day before, before acceptance, in the last
#: minutes of a target beside a case received that day; and written down days after receipt
STARTS = {
    "accepted": ("2020-03-17T09:00:00", ("17T10:00:00", "18T10:00:00", "19T10:00:00"), True),
    "reported": ("2020-03-17T09:00:00", ("16T10:00:00", "17T10:00:00", "18T10:00:00"), False),
    "last minutes": ("2020-03-23T09:00:00", ("23T16:55:00", "23T16:57:00", "24T09:00:00"), True),
    "written up": ("2020-03-17T09:00:00", ("17T10:00:00", "20T16:55:00", "23T10:00:00"), True),
    "just written up": (
        "2020-03-16T09:00:00", ("16T09:30:00", "16T16:55:00", "17T10:00:00"), False,
    ),
}  # fmt: skip
ALONE = {"written up", "just written up"}
MANY = {
    "accepted": 100, "reported": 40, "last minutes": 100, "written up": 100,
    "just written up": 40,
}  # fmt: skip


def found_in(start: str, severity: Severity) -> list[Chain]:
    other, moments, accepted = STARTS[start]
    first, second, third = (f"2020-03-{moment}" for moment in moments)
    begun = "2020-03-16T09:00:00"
    days = first, second, third
    return list(chains(begun, other, severity, days, accepted=accepted, alone=start in ALONE))


Key = tuple[ClockKind, int, datetime | None]


def key(clock: Clock) -> Key:
    return clock.kind, clock.round, clock.due


def has_verdict_or_runs(clock: Clock) -> bool:
    """Whether a clock was met or missed, or counts on."""
    return clock.counting or clock.missed or (clock.stopped is not None and not clock.dropped)


def promises_of(states: list[Case]) -> dict[Key, Case]:
    """Every promise that ever counted, with the case after it last did."""
    last: dict[Key, int] = {}
    for place, case in enumerate(states):
        last |= {key(c): place for c in case.clocks if c.counting}
    return {key: states[min(place + 1, len(states) - 1)] for key, place in last.items()}


class Extension(NamedTuple):
    """A target, or a ceiling, moved with somebody's approval (五.1c): before and after."""

    clock: Clock
    moved: Clock


def extensions(path: list[Turn]) -> list[Extension]:
    """Every limit an extension moved, in the order of the steps."""
    found = []
    for turn in path:
        if isinstance(turn.entry.event, ev.Extended):
            for clock in turn.before.clocks:
                now = turn.after.running(clock.kind)
                if clock.running and now and now.due != clock.due:
                    found.append(Extension(clock, now))
    return found


def watched(number: str, logs: dict[str, list[ev.CaseEntry]], **readings: int) -> Seen:
    """What a paper of all of the time has to show of a case, where the policy reads so."""
    rules = shipped()
    own_readings = replace(rules.edition.readings, **readings)  # type: ignore[arg-type]
    rules = rules._replace(edition=rules.edition._replace(readings=own_readings))

    def path(of: str) -> list[State]:
        return states(of, logs[of], list(turns(of, logs[of])))

    ground = Ground(rules, ROLES, at("2020-06-30T17:00:00"))
    period = at("2020-01-01T00:00:00"), at("2020-06-30T17:00:00")
    own = list(turns(number, logs[number]))
    return seen(Watch(number, logs[number], own, path(number), ground, *period, path))


def kept(then: Case, kind: ClockKind, round_: int, due: datetime | None) -> bool:
    """Whether a promise that no longer counts was kept in time, or gave way to a stricter one."""
    judged = [c for c in then.clocks if c.kind is kind and has_verdict_or_runs(c)]
    met = any(c.round == round_ and c.due == due and not (c.counting or c.missed) for c in judged)
    return met or any(c.due and due and c.due < due for c in judged if c.running)


def accounted(number: str, logs: dict[str, list[ev.CaseEntry]], where: str) -> int:
    """Hold every promise against the list; return how many were left and are in it."""
    log = logs[number]
    stood = [fold(number, log[: place + 1]) for place in range(len(log))]
    path = list(turns(number, log))
    ways = ways_out(path)
    shown = watched(number, logs)
    listed = {(r.clock, r.round, r.due) for r in shown.rows if r.family in {LEFT, UNDONE}}
    extended = {key(e.clock) for e in extensions(path)}
    ended = {key(c) for c in stood[-1].clocks if has_verdict_or_runs(c)}
    for (kind, round_, due), then in promises_of(stood).items():
        if (kind, round_, due) not in ended | extended and not kept(then, kind, round_, due):
            assert (kind, round_, due) in listed, f"{where}: {number} {kind} {due}"
    for way in ways:
        if way.back is None:
            assert key(way.clock) not in ended, f"{where}: {number} {way}"
    again = {(s.kind, s.round, s.due) for s in shown.second}
    assert not again & ended, f"{where}: {number} counts twice"
    return len(listed)


@pytest.mark.lives
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("start", list(STARTS))
def test_every_promise_left_in_a_chain_of_three_is_in_the_list(
    start: str, severity: Severity
) -> None:
    found = found_in(start, severity)
    assert len(found) > MANY[start]
    left = 0
    for name, street in found:
        for number in NUMBERS:
            left += accounted(number, street.logs, f"{start}, {severity}: {name}")
    assert left > len(found) / 2


# --- told ----------------------------------------------------------------------------------


def told() -> Story:
    """Received on the 16th of March, accepted, assigned; target the 23rd at 17:00."""
    story = Story(shipped(), "2020-03-16T09:00:00")
    story.accept("2020-03-16T10:00:00")
    story.assign("2020-03-16T11:00:00")
    return story


def left(story: Story) -> list[tuple[str, ClockKind, bool]]:
    """Return kind, clock and whether it was turned back, of every way out."""
    ways = ways_out(list(turns(NUMBER, story.entries)))
    return [(way.kind, way.clock.kind, way.back is not None) for way in ways]


FINISH, CEILING = ClockKind.FINISH, ClockKind.CEILING


def test_what_is_missed_and_then_raised_is_a_breach_and_no_way_out() -> None:
    story = told()
    story.regrade("2020-03-23T17:00:01", Severity.SERIOUS)
    assert left(story) == [("regraded", CEILING, False)]


def test_at_the_due_instant_itself_it_still_leaves_in_time() -> None:
    story = told()
    story.regrade("2020-03-23T17:00:00", Severity.SERIOUS)
    assert left(story) == [("regraded", FINISH, False), ("regraded", CEILING, False)]


def test_lowered_again_the_limit_has_its_own_verdict() -> None:
    story = told()
    story.regrade("2020-03-20T09:00:00", Severity.SERIOUS)
    story.regrade("2020-03-23T09:00:00", Severity.ORDINARY)
    assert left(story) == [("regraded", FINISH, True), ("regraded", CEILING, True)]


def test_a_later_decision_moves_the_date_an_earlier_one_does_not() -> None:
    story = Story(shipped(), "2020-03-16T09:00:00", Severity.SERIOUS)
    story.accept("2020-03-16T10:00:00")
    story.decide("2020-03-17T09:00:00", date(2020, 3, 25))
    story.decide("2020-03-18T09:00:00", date(2020, 3, 24))
    assert left(story) == []
    story.decide("2020-03-19T09:00:00", date(2020, 4, 30))
    assert left(story) == [("redecided", FINISH, False)]


def test_what_stood_still_and_is_resumed_the_same_day_runs_as_before() -> None:
    story = told()
    story.suspend("2020-03-18T09:00:00")
    assert left(story) == [("suspended", FINISH, False)]
    story.resume("2020-03-18T11:00:00")
    assert left(story) == [("suspended", FINISH, True)]


def test_what_stands_still_and_gets_a_later_date_is_left_again() -> None:
    story = told()
    sooner = ev.Amended(received_at=at("2020-03-13T15:00:00"), reason="演示")
    story.step(sooner, at("2020-03-16T12:00:00"))
    story.suspend("2020-03-18T09:00:00")
    story.void(4, "2020-03-18T10:00:00")
    assert left(story) == [
        ("suspended", FINISH, False), ("voided", FINISH, False), ("voided", CEILING, False),
    ]  # fmt: skip


def test_what_stood_still_and_was_settled_by_its_former_date_has_its_own_verdict() -> None:
    for settled, back in (("2020-03-19T09:00:00", True), ("2020-03-24T09:00:00", False)):
        story = told()
        story.suspend("2020-03-18T09:00:00")
        story.resolve(settled)
        assert left(story) == [("suspended", FINISH, back)]


def test_the_same_promise_by_another_calendar_is_back_and_judged_once() -> None:
    """Lowered again after the 20th was given off: five working days from the 16th, now the 24th."""
    story = told()
    story.regrade("2020-03-18T09:00:00", Severity.SERIOUS)
    story.rules = with_day_off(date(2020, 3, 20))
    story.regrade("2020-03-19T09:00:00", Severity.ORDINARY)
    assert story.clock("finish").due == at("2020-03-24T17:00:00")
    assert left(story) == [("regraded", FINISH, True), ("regraded", CEILING, True)]
    story.resolve("2020-03-24T10:00:00")
    assert watched(NUMBER, {NUMBER: story.entries}).second == []


def judged(story: Story) -> list[tuple[ClockKind, bool]]:
    """Return by what former limits a case is judged, and whether it kept them."""
    return [(s.kind, s.met) for s in watched(NUMBER, {NUMBER: story.entries}).second]


def stated(event: ev.Step, when: str, *before: tuple[ev.Step, str], **readings: int) -> bool:
    """Return whether a step written down weeks later made in time what was late by then."""
    story = told()
    for step, moment in before:
        story.step(step, at(moment))
    story.step(event, at(when), stated=True)
    (row,) = watched(NUMBER, {NUMBER: story.entries}, **readings).rows
    assert row.family == STATED
    return row.counted


def test_an_answer_a_part_and_a_signature_stated_in_time_are_changed_verdicts() -> None:
    assert stated(ev.Signed(), "2020-03-17T16:00:00")
    assert not stated(ev.Signed(), "2020-03-17T17:00:01")
    part = ev.PartSet(unit="甲单位", due=date(2020, 3, 18)), "2020-03-17T09:00:00"
    assert stated(ev.PartDone(unit="甲单位"), "2020-03-18T17:00:00", part)
    assert not stated(ev.PartDone(unit="甲单位"), "2020-03-19T09:00:00", part)
    urge = ev.Urged(level="普通", answer_by=date(2020, 3, 18)), "2020-03-17T09:00:00"
    assert stated(ev.UrgeAnswered(level="普通"), "2020-03-18T17:00:00", urge)
    assert not stated(ev.UrgeAnswered(level="普通"), "2020-03-19T09:00:00", urge)


def test_a_result_told_in_time_is_one_only_where_the_policy_sets_a_time() -> None:
    resolved = ev.Resolved(), "2020-03-17T09:00:00"
    assert not stated(ev.FedBack(), "2020-03-18T09:00:00", resolved)
    assert stated(ev.FedBack(), "2020-03-18T09:00:00", resolved, feedback_workdays=1)
    assert not stated(ev.FedBack(), "2020-03-19T09:00:00", resolved, feedback_workdays=1)


def test_what_was_raised_further_waits_for_no_decision() -> None:
    story = told()
    story.regrade("2020-03-18T09:00:00", Severity.SERIOUS)
    waits = watched(NUMBER, {NUMBER: story.entries}).rows
    assert {row.undecided is None for row in waits} == {False}
    story.regrade("2020-03-19T09:00:00", Severity.MAJOR)
    rows = watched(NUMBER, {NUMBER: story.entries}).rows
    assert {row.undecided for row in rows} == {None}


def test_a_former_limit_is_kept_up_to_its_very_second() -> None:
    for settled, met in (("2020-03-23T17:00:00", True), ("2020-03-23T17:00:01", False)):
        story = told()
        story.regrade("2020-03-18T09:00:00", Severity.SERIOUS)
        story.decide("2020-03-19T09:00:00", date(2020, 4, 30))
        story.resolve(settled)
        assert judged(story)[0] == (FINISH, met)


def test_what_was_settled_in_an_earlier_round_keeps_no_limit_of_the_next() -> None:
    story = told()
    story.resolve("2020-03-17T09:00:00")
    story.reopen("2020-03-18T09:00:00")
    story.regrade("2020-03-19T09:00:00", Severity.SERIOUS)
    assert judged(story) == [(FINISH, False), (CEILING, False)]


def test_a_report_merged_after_it_was_raised_is_not_settled_by_that() -> None:
    story = told()
    story.regrade("2020-03-18T09:00:00", Severity.SERIOUS)
    story.step(ev.Merged(into="2020-000002"), at("2020-03-19T09:00:00"))
    assert judged(story) == [(FINISH, False), (CEILING, False)]


def test_a_breach_taken_back_counts_as_late_whatever_is_stated_later() -> None:
    story = told()
    story.regrade("2020-03-16T12:00:00", Severity.MAJOR)
    story.void(len(story.entries), "2020-03-19T10:00:00")
    story.step(ev.Resolved(), at("2020-03-17T09:00:00"), stated=True)
    assert judged(story) == [(ClockKind.REFER, False)]


def test_an_extension_is_a_family_of_its_own() -> None:
    story = told()
    story.extend("2020-03-18T09:00:00", 3)
    assert left(story) == []
    (extension,) = extensions(list(turns(NUMBER, story.entries)))
    assert (extension.clock.due, extension.moved.due) == (
        at("2020-03-23T17:00:00"), at("2020-03-26T17:00:00"),
    )  # fmt: skip


def test_a_reopening_that_is_voided_takes_its_limits_with_it() -> None:
    story = told()
    story.resolve("2020-03-18T09:00:00")
    story.reopen("2020-03-19T09:00:00")
    story.void(len(story.entries), "2020-03-20T09:00:00")
    assert left(story) == [("voided", FINISH, False), ("voided", CEILING, False)]


def test_a_void_takes_a_breach_away_when_it_is_recorded_whenever_it_is_said_to_be() -> None:
    story = told()
    story.regrade("2020-03-16T12:00:00", Severity.MAJOR)
    void = ev.Voided(seq=len(story.entries))
    story.step(void, at("2020-03-17T10:00:00"), stated=True)  # recorded on the 26th of April
    assert left(story)[-1] == ("overdue_undone", ClockKind.REFER, False)


def test_a_breach_that_stands_still_by_a_void_is_taken_away() -> None:
    """Held and running again on its last day, missed; then the running again is voided."""
    story = told()
    story.suspend("2020-03-23T16:50:00")
    story.resume("2020-03-23T16:55:00")
    story.void(len(story.entries), "2020-03-24T09:10:00")
    assert left(story) == [("suspended", FINISH, True), ("overdue_undone", FINISH, False)]
    assert judged(story) == [(FINISH, False)]


def test_what_a_newer_step_does_is_found_and_called_by_its_label() -> None:
    """A kind of step that nobody thought of drops the limits: it is in the list all the same."""

    class Lifted(ev.Regraded):
        kind = "lifted"
        label = "演示: 新的一步"

    story = told()
    story.step(Lifted(severity=Severity.SERIOUS), at("2020-03-18T09:00:00"))
    ways = ways_out(list(turns(NUMBER, story.entries)))
    assert [(way.kind, way.word) for way in ways] == [("other", "演示: 新的一步")] * 2
