"""Who held a case when, and who answers for what was missed: stories, and a recount."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from sixping.cases.book import promises
from sixping.cases.lifecycle import effective, evolve
from sixping.cases.model import Case
from sixping.policy.vocabulary import ClockKind, Severity, Status
from sixping.reports import responsibility
from sixping.reports.lapses import lapses
from sixping.reports.responsibility import Breach, Ground, Role, Segment, breaches, segments
from sixping.services.importing import dues_at
from sixping.util.clock import SHANGHAI
from sixping.workdays import office_time
from tests.kit import events as ev
from tests.kit.trailkit import FIRST, NUMBER, OFFICE, ROLES, ROOM, SECOND, Told, at, rules, wander

SEEDS = range(150)
LATER = at("12-31 12:00")


def held(private: Told, now: datetime = LATER) -> list[tuple[str, str | None, int]]:
    return [(s.role, s.unit, s.minutes) for s in segments(private.path(), private.ground(now))]


def blamed(private: Told, kind: str, now: datetime = LATER, **readings: object) -> Breach:
    found = breaches(private.path(), private.ground(now, **readings))
    return next(b for b in found if b.clock.kind == kind)


def taken() -> Told:
    """Received Monday the 16th of November at 9, accepted at 10, due Monday the 23rd, 17:00."""
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    return private


def test_the_room_has_it_until_assigned_and_the_unit_until_it_is_done() -> None:
    """Monday 9:00 to Tuesday 8:30 the room (8:00 and 0:30 of office hours), then the unit."""
    private = taken()
    private.assign(FIRST, at("11-17 08:30"))
    private.resolve(at("11-17 18:00"))
    assert held(private) == [(Role.ROOM, ROOM, 8 * 60 + 30), (Role.UNIT, FIRST, 8 * 60 + 30)]
    path = segments(private.path(), private.ground(LATER))
    assert [(s.opened, s.closed, s.workdays) for s in path] == [(1, 3, 1), (3, 4, 0)]


def test_a_hand_over_in_the_last_ten_minutes_does_not_pass_the_blame_on() -> None:
    """甲队 has it from Monday on; on the last day at 16:50 it goes to 乙所, settled next day."""
    private = taken()
    first = private.assign(FIRST, at("11-16 11:00"))
    second = private.assign(SECOND, at("11-23 16:50"))
    ended = private.resolve(at("11-24 10:00"))
    found = blamed(private, "finish")
    assert (found.unit, found.passed, found.workdays_late) == (FIRST, SECOND, 1)
    assert found.evidence == (1, first, second, ended)
    assert blamed(private, "finish", fair_part_workdays=None).unit == SECOND


def test_returning_it_in_the_last_ten_minutes_does_not_either() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.give_back(at("11-23 16:50"))
    found = blamed(private, "finish")
    assert (found.role, found.unit, found.passed) == (Role.UNIT, FIRST, ROOM)


# --- a report merged in --------------------------------------------------------------------


def merged_late(handed: str, takes: str) -> Told:
    """A case received on the last day with a unit, and at 16:55 a report that 甲队 had for days."""
    report = taken()
    report.assign(handed, at("11-16 11:00"))
    main = Told(at("11-23 09:00"))
    main.accept(at("11-23 09:00"))
    main.assign(takes, at("11-23 09:00"))
    event = taken_in(report)
    assert event.held == ((ROOM, at("11-16 09:00")), (handed, at("11-16 11:00")))
    main.add(event, at("11-23 16:55"))
    return main


def taken_in(report: Told) -> ev.Absorbed:
    """What a merge of a report records in the main case."""
    case, had = report.case, responsibility.held(NUMBER, report.entries, ROLES)
    return ev.Absorbed(
        number="2026-000009", since=case.counts_from, limits=promises(case), held=had
    )


def test_a_merge_within_one_unit_is_no_hand_over() -> None:
    found = blamed(merged_late(FIRST, FIRST), "finish")
    assert found.clock.due == at("11-23 17:00")
    assert (found.role, found.unit, found.passed) == (Role.UNIT, FIRST, None)


def test_who_had_the_report_answers_where_it_was_merged_too_late() -> None:
    found = blamed(merged_late(FIRST, SECOND), "finish")
    assert (found.unit, found.passed) == (FIRST, SECOND)


def test_who_had_the_main_case_answers_for_its_own_limit_as_before() -> None:
    main = merged_late(FIRST, SECOND)
    main.add(ev.Released(number="2026-000009"), at("11-24 10:00"))
    found = blamed(main, "finish")
    assert (found.clock.due, found.unit) == (at("11-30 17:00"), SECOND)


def test_with_a_fair_part_left_who_takes_a_report_over_answers() -> None:
    report = taken()
    report.assign(FIRST, at("11-16 11:00"))
    main = Told(at("11-17 09:00"))
    main.accept(at("11-17 09:00"))
    main.assign(SECOND, at("11-17 09:00"))
    main.add(taken_in(report), at("11-18 09:00"))
    assert blamed(main, "finish").unit == SECOND


def test_what_comes_back_to_the_same_unit_is_not_said_to_be_handed_over() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.give_back(at("11-23 16:00"))
    private.assign(FIRST, at("11-23 16:50"))
    found = blamed(private, "finish")
    assert (found.unit, found.passed) == (FIRST, None)


def test_a_room_that_assigns_on_the_last_day_answers_itself() -> None:
    private = taken()
    private.assign(FIRST, at("11-23 16:50"))
    assert (blamed(private, "finish").role, blamed(private, "finish").unit) == (Role.ROOM, ROOM)


@pytest.mark.parametrize(("when", "unit"), [("11-20 17:00", SECOND), ("11-23 08:01", FIRST)])
def test_a_fair_part_is_a_whole_working_day_of_office_hours(when: str, unit: str) -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.assign(SECOND, at(when))
    assert blamed(private, "finish").unit == unit


def test_through_several_late_hands_it_falls_to_the_last_who_had_time() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.give_back(at("11-23 09:00"))
    private.assign(SECOND, at("11-23 10:00"))
    assert blamed(private, "finish").unit == FIRST


def test_target_and_ceiling_may_fall_to_different_units() -> None:
    """Target Monday 11-23, ceiling Monday 12-07; 乙所 gets it in between and is late too."""
    private = taken()
    private.assign(FIRST, at("11-16 11:00"), SECOND)
    private.assign(SECOND, at("11-25 09:00"))
    target, ceiling = blamed(private, "finish"), blamed(private, "ceiling")
    assert (target.unit, target.coordinator) == (FIRST, OFFICE)
    assert (ceiling.unit, ceiling.coordinator, ceiling.passed) == (SECOND, None, None)


def test_accepting_and_referring_late_are_the_rooms() -> None:
    private = Told(at("11-16 09:00"), Severity.MAJOR)
    private.accept(at("11-18 09:00"))
    private.refer(at("11-18 10:00"))
    for kind in ("accept", "refer"):
        found = blamed(private, kind)
        assert (found.role, found.unit, found.coordinator) == (Role.ROOM, ROOM, None)
    assert blamed(private, "accept", room_answers_for=("refer",)).unit == ROOM  # it held it


def test_the_policy_says_for_what_the_room_answers() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    assert blamed(private, "finish", room_answers_for=("finish",)).unit == ROOM


def test_the_meeting_answers_where_it_decided_too_late() -> None:
    """较大: decided on Friday the 20th at 16:50, to be done by 17:00 the same day."""
    private = Told(at("11-16 09:00"), Severity.SERIOUS)
    private.accept(at("11-16 10:00"))
    private.decide(FIRST, date(2026, 11, 20), at("11-20 16:50"))
    found = blamed(private, "finish")
    assert (found.role, found.unit, found.passed) == (Role.MEETING, None, FIRST)


def test_the_district_holds_what_was_referred_to_it() -> None:
    private = Told(at("11-16 09:00"), Severity.MAJOR)
    private.accept(at("11-16 10:00"))
    private.refer(at("11-16 11:00"))
    private.reply(at("11-18 11:00"), returned=True)
    assert [(s.role, s.unit) for s in segments(private.path(), private.ground(LATER))] == [
        (Role.ROOM, ROOM), (Role.DISTRICT, "区级平台"), (Role.ROOM, ROOM),
    ]  # fmt: skip


def test_a_round_begun_anew_is_answered_for_by_who_had_it_in_that_round() -> None:
    """Settled in time on the 18th, reopened on the 25th, settled late on the 10th of December."""
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.resolve(at("11-18 09:00"))
    private.reopen(at("11-25 09:00"))
    private.assign(SECOND, at("11-25 10:00"))
    private.resolve(at("12-10 09:00"))
    found = breaches(private.path(), private.ground(LATER))
    assert [(b.clock.kind, b.clock.round, b.unit) for b in found] == [("finish", 2, SECOND)]
    assert [s.unit for s in segments(private.path(), private.ground(LATER))] == [
        ROOM, FIRST, FIRST, SECOND,
    ]  # fmt: skip


def test_the_time_a_target_stood_still_is_not_used_by_anybody() -> None:
    private = taken()
    private.assign(FIRST, at("11-17 08:00"))
    private.suspend(at("11-17 10:00"))
    private.resume(at("11-18 12:00"))
    private.resolve(at("11-18 13:00"))
    assert held(private)[-1] == (Role.UNIT, FIRST, 2 * 60 + 60)


def test_what_is_held_breaks_nothing_while_it_is() -> None:
    private = taken()
    private.assign(FIRST, at("11-17 08:00"))
    private.suspend(at("11-18 10:00"))
    assert [b.clock.kind for b in breaches(private.path(), private.ground(LATER))] == ["ceiling"]


# --- recounted --------------------------------------------------------------------------


def by_day(start: datetime, end: datetime) -> timedelta:
    """Add up office time day by day."""
    calendar, total, day = rules().calendar, timedelta(), start.date()
    while day <= end.date():
        opens = datetime.combine(day, time(8), SHANGHAI)
        closes = datetime.combine(day, time(17), SHANGHAI)
        if calendar.is_workday(day):
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_office_time_is_what_adding_it_up_by_day_gives(seed: int) -> None:
    start = at("01-20 00:00") + timedelta(minutes=seed * 1777)
    for step in (0, 1, 59, 600, 1440, 9999, 60 * 24 * 40):
        end = start + timedelta(minutes=step)
        found = office_time(start, end, rules().calendar, rules().hours)
        assert found == by_day(start, end)
    assert office_time(start, start - timedelta(1), rules().calendar, rules().hours) == timedelta()


WHO = {
    Status.REPORTED: Role.ROOM, Status.ACCEPTED: Role.ROOM, Status.REFERRAL: Role.ROOM,
    Status.HANDLING: Role.UNIT, Status.DECISION: Role.MEETING, Status.DISTRICT: Role.DISTRICT,
}  # fmt: skip
Hands = tuple[Role, str | None]


def timeline(private: Told) -> list[tuple[datetime, Hands | None]]:
    """Return from when on who had it, one point an entry, times never running back."""
    found: list[tuple[datetime, Hands | None]] = []
    case: Case | None = None
    for entry in effective(private.entries):
        case = evolve(case, entry, NUMBER)
        when = max([entry.at, *(t for t, _ in found)])
        role = WHO.get(case.status)
        unit = {Role.ROOM: ROOM, Role.UNIT: case.lead, Role.DISTRICT: "区级平台"}
        found.append((when, (role, unit.get(role)) if role else None))
    return found


def had_it(points: list[tuple[datetime, Hands | None]], moment: datetime) -> Hands | None:
    return [hands for when, hands in points if when <= moment][-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_segments_are_the_life_of_the_case_instant_by_instant(seed: int) -> None:
    private, now = wander(seed)
    ground = private.ground(now)
    found, points = segments(private.path(), ground), timeline(private)
    end = max(now, points[-1][0])
    moment = points[0][0]
    while moment <= end:
        here = [s for s in found if s.start <= moment and (s.end is None or moment < s.end)]
        assert [(s.role, s.unit) for s in here] == [h for h in [had_it(points, moment)] if h]
        moment += timedelta(minutes=17)
    for one, other in pairwise(found):
        assert one.end is not None
        assert one.end <= other.start
        assert (one.role, one.unit) != (other.role, other.unit) or one.closed != other.opened
    stood = [h for c in private.case.clocks for h in c.holds]
    if not stood and not private.case.suspended:
        for s in found:
            assert s.used == by_day(s.start, s.end or now)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_breach_falls_to_who_is_found_by_walking_back_from_the_due_instant(seed: int) -> None:
    private, now = wander(seed)
    ground = private.ground(now)
    late = [c for c in private.case.clocks if c.late(now)]
    found = breaches(private.path(), ground)
    assert [b.clock for b in found] == late
    for breach in found:
        assert set(breach.evidence) <= {e.seq for e in effective(private.entries)}
        assert (breach.role, breach.unit) == walked_back(private, breach)


def walked_back(private: Told, breach: Breach) -> tuple[Role | None, str | None]:
    clock = breach.clock
    assert clock.due
    assert clock.started
    if clock.born_late or clock.kind in {ClockKind.ACCEPT, ClockKind.REFER}:
        return Role.ROOM, ROOM
    spans: list[tuple[datetime, Hands]] = []  # since when who had it, one after another
    last: Hands | None = None
    points = timeline(private)
    for place, (when, hands) in enumerate(points):
        if hands != last and hands is not None:
            until = next((t for t, other in points[place:] if other != hands), None)
            if when < clock.due and (until is None or until > clock.started):
                spans.append((max(when, clock.started), hands))
        last = hands
    for since, hands in reversed(spans):
        if by_day(since, clock.due) >= timedelta(hours=9):
            return hands
    return spans[0][1] if spans else (None, None)


def test_the_random_lives_are_rich_enough() -> None:
    roles: set[str] = set()
    passed = 0
    for seed in SEEDS:
        private, now = wander(seed)
        found: list[Segment] = segments(private.path(), private.ground(now))
        roles |= {s.role for s in found}
        passed += sum(b.passed is not None for b in breaches(private.path(), private.ground(now)))
    assert roles == set(Role)
    assert passed > 3


def test_the_coordinator_named_is_the_one_of_that_time() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"), SECOND)
    private.assign(FIRST, at("11-24 09:00"))  # alone from now on: nobody coordinates any more
    assert blamed(private, "finish").coordinator == OFFICE
    assert blamed(private, "finish", room_answers_for=("finish",)).coordinator is None


def test_who_gets_it_at_the_due_instant_does_not_answer_whatever_the_policy() -> None:
    private = taken()
    private.assign(FIRST, at("11-16 11:00"))
    private.assign(SECOND, at("11-23 17:00"))
    assert blamed(private, "finish", fair_part_workdays=None).unit == FIRST


def imported(
    done: datetime | None, status: Status | None, unit: str | None = FIRST
) -> tuple[Told, Ground]:
    """A record of the past in the hands of 甲队, as a file tells it."""
    private, received = Told(at("11-16 09:00")), at("11-16 09:00")
    dues = dues_at(Severity.ORDINARY, received, private.rules)
    record = ev.Imported(
        channel="网格员", profile="演示", unit=unit, status=status, resolved_at=done, dues=dues
    )
    private.entries = [ev.CaseEntry(seq=1, at=received, recorded_at=LATER, event=record)]
    return private, private.ground(LATER)


def test_a_record_from_a_file_is_its_units_as_far_as_the_file_goes() -> None:
    private, ground = imported(at("11-24 09:00"), Status.CLOSED)
    (held_by,) = segments(private.path(), ground)
    assert (held_by.unit, held_by.end) == (FIRST, at("11-24 09:00"))
    assert [(b.clock.kind, b.unit) for b in breaches(private.path(), ground)] == [("finish", FIRST)]
    assert [each.kind for each in lapses(private.path(), ground)] == ["finish"]
    private, ground = imported(None, None)  # nobody wrote down whether it was settled
    assert segments(private.path(), ground) == []
    assert lapses(private.path(), ground) == []
    private, ground = imported(None, Status.REPORTED)
    assert [(s.role, s.unit) for s in segments(private.path(), ground)] == [(Role.UNIT, FIRST)]


def test_who_takes_a_record_up_again_does_not_answer_for_what_was_done_before() -> None:
    private, ground = imported(at("11-24 09:00"), Status.CLOSED, unit=None)
    assert [(b.clock.kind, b.unit) for b in breaches(private.path(), ground)] == [("finish", None)]
    private.now_case = private.path()[-1].case
    private.reopen(at("11-25 09:00"))
    first = next(iter(breaches(private.path(), ground)))
    assert (first.clock.round, first.unit) == (1, None)
