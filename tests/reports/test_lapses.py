"""What counts as a failure, in which period, and with what evidence: stories, and a recount."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from sixping.cases.lifecycle import effective, evolve
from sixping.cases.model import Case
from sixping.policy.vocabulary import LAPSES, Severity, Status
from sixping.reports.lapses import Lapse, lapses
from sixping.util.clock import SHANGHAI
from tests.kit import events as ev
from tests.kit.trailkit import FIRST, NUMBER, OFFICE, SECOND, Told, at, rules, wander

SEEDS = range(150)
LATER = at("12-31 12:00")
Found = tuple[str, datetime | None, datetime | None]


def of(private: Told, kind: str, now: datetime = LATER, **readings: object) -> list[Lapse]:
    found = lapses(private.path(), private.ground(now, **readings))
    return [each for each in found if each.kind == kind]


def one(private: Told, kind: str, now: datetime = LATER, **readings: object) -> Lapse:
    (found,) = of(private, kind, now, **readings)
    return found


def handled(*assist: str) -> Told:
    """Received Monday 11-16 at 9, assigned and signed that day, due Monday 11-23 at 17."""
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 11:00"), *assist)
    private.sign(at("11-16 12:00"))
    return private


@pytest.mark.parametrize(("second", "late"), [(0, []), (1, ["finish"])])
def test_a_second_past_five_is_a_failure_and_five_sharp_is_not(
    second: int, late: list[str]
) -> None:
    private = handled()
    private.resolve(at("11-23 17:00") + timedelta(seconds=second))
    private.feed_back(at("11-23 17:30"))
    found = lapses(private.path(), private.ground(LATER))
    assert [each.kind for each in found] == late
    assert [each.happened for each in found] == [at("11-23 17:00") + timedelta(seconds=1)] * second


def test_a_limit_still_running_is_a_failure_from_the_next_second_on() -> None:
    private = handled()
    assert of(private, "finish", at("11-23 17:00")) == []
    found = one(private, "finish", at("11-23 17:00") + timedelta(seconds=1))
    assert (found.happened, found.workdays_late, found.unit) == (None, 0, FIRST)
    assert found.evidence == (1, 3)
    assert "至今未完成" in found.why


def test_a_demand_not_answered_by_its_day_is_one_and_one_without_a_day_never() -> None:
    private = handled(SECOND)
    first = private.urge(at("11-24 09:00"), date(2026, 11, 25))
    private.urge(at("11-24 10:00"))
    assert of(private, "urge", at("11-25 17:00")) == []
    found = one(private, "urge", at("11-26 09:00"))
    assert (found.unit, found.coordinator, found.evidence) == (FIRST, OFFICE, (first,))
    answered = private.answer(at("11-26 10:00"))
    found = one(private, "urge")
    assert (found.happened, found.workdays_late) == (at("11-26 10:00"), 1)
    assert found.evidence == (first, answered)


def test_a_demand_answered_in_time_is_none() -> None:
    private = handled()
    private.urge(at("11-24 09:00"), date(2026, 11, 25))
    private.answer(at("11-25 17:00"))
    assert of(private, "urge") == []


def test_the_third_return_and_every_one_after_it_are_failures() -> None:
    private = handled()
    seqs = []
    for day in (17, 18, 19, 20):
        seqs.append(private.give_back(at(f"11-{day} 09:00")))
        private.assign(FIRST, at(f"11-{day} 10:00"))
    found = of(private, "returned")
    assert [(each.happened, each.evidence) for each in found] == [
        (at("11-19 09:00"), tuple(seqs[:3])),
        (at("11-20 09:00"), tuple(seqs)),
    ]
    assert {each.unit for each in found} == {FIRST}
    assert of(private, "returned", returns_before_coordinator=5) == []


def test_a_result_nobody_was_told_is_one_until_they_are() -> None:
    private = handled()
    done = private.resolve(at("11-18 09:00"))
    found = one(private, "feedback")
    assert (found.since, found.due, found.happened) == (at("11-18 09:00"), None, None)
    assert (found.unit, found.evidence) == (FIRST, (done,))
    private.feed_back(at("11-19 09:00"))
    assert of(private, "feedback") == []


def test_a_result_stated_before_its_assignment_is_still_the_units() -> None:
    """Settled at noon, the assignment written up in the evening before it."""
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 20:00"))
    private.resolve(at("11-16 12:00"))
    assert one(private, "feedback").unit == FIRST


def test_with_a_date_for_feedback_it_may_also_come_too_late() -> None:
    private = handled()
    private.resolve(at("11-18 09:00"))
    private.feed_back(at("11-20 17:01"))
    assert of(private, "feedback", feedback_workdays=3) == []
    found = one(private, "feedback", feedback_workdays=2)
    assert (found.due, found.happened) == (at("11-20 17:00"), at("11-20 17:01"))


def test_every_reporter_is_owed_the_result_and_the_anonymous_cannot_be_told() -> None:
    private = handled()
    private.absorb(at("11-17 09:00"))
    private.resolve(at("11-18 09:00"))
    private.add(ev.FedBack(), at("11-18 10:00"))
    found = one(private, "feedback")
    assert private.case.others[0].number in found.why
    assert NUMBER not in found.why
    anonymous = Told(at("11-16 09:00"), anonymous=True)
    anonymous.accept(at("11-16 10:00"))
    anonymous.assign(FIRST, at("11-16 11:00"))
    anonymous.resolve(at("11-16 12:00"))
    assert lapses(anonymous.path(), anonymous.ground(LATER)) == []


def test_not_signing_for_a_working_day_is_one_whoever_settles_it_then() -> None:
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    sent = private.assign(FIRST, at("11-16 11:00"))
    assert of(private, "unsigned", at("11-17 17:00")) == []
    assert one(private, "unsigned", at("11-17 17:01")).happened is None
    done = private.resolve(at("11-18 09:00"))
    found = one(private, "unsigned")
    assert (found.due, found.happened) == (at("11-17 17:00"), at("11-18 09:00"))
    assert (found.unit, found.evidence) == (FIRST, (sent, done))


def test_of_two_assignments_in_one_second_the_second_unit_is_to_sign() -> None:
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 11:00"))
    private.assign(SECOND, at("11-16 11:00"))
    assert one(private, "unsigned", at("11-17 17:01")).unit == SECOND


def test_signing_late_and_in_time() -> None:
    for when, late in (("11-17 17:00", 0), ("11-17 17:01", 1)):
        private = Told(at("11-16 09:00"))
        private.accept(at("11-16 10:00"))
        private.assign(FIRST, at("11-16 11:00"))
        private.sign(at(when))
        assert len(of(private, "unsigned", at("11-20 09:00"))) == late


def test_a_part_not_done_by_its_day_is_its_units() -> None:
    private = handled(SECOND)
    given = private.part(SECOND, at("11-17 09:00"), date(2026, 11, 18))
    private.part(FIRST, at("11-17 09:00"))
    found = one(private, "part", at("11-19 09:00"))
    assert (found.unit, found.coordinator, found.due) == (SECOND, OFFICE, at("11-18 17:00"))
    done = private.done(SECOND, at("11-20 09:00"))
    assert one(private, "part").evidence == (given, done)


def test_a_part_done_or_given_a_later_day_in_time_is_none() -> None:
    private = handled(SECOND)
    private.part(SECOND, at("11-17 09:00"), date(2026, 11, 18))
    private.part(SECOND, at("11-18 17:00"), date(2026, 11, 20))
    private.done(SECOND, at("11-20 17:00"))
    assert of(private, "part") == []


def test_a_part_given_another_day_at_the_same_second_is_owed_once() -> None:
    private = handled(SECOND)
    private.part(SECOND, at("11-17 09:00"), date(2026, 11, 20))
    given = private.part(SECOND, at("11-17 09:00"), date(2026, 11, 18))
    assert one(private, "part").evidence == (given,)


def test_a_part_given_back_by_an_unmerge_is_still_to_be_done() -> None:
    private = handled(SECOND)
    given = private.part(SECOND, at("11-17 09:00"), date(2026, 11, 20))
    private.merge(at("11-18 09:00"))
    assert of(private, "part") == [], "it ended with the case"
    private.unmerge(at("11-19 09:00"))
    assert one(private, "part").evidence == (given,)
    done = private.done(SECOND, at("11-23 09:00"))
    assert one(private, "part").evidence == (given, done)


def test_a_decision_not_carried_out_by_its_date_names_the_decision() -> None:
    private = Told(at("11-16 09:00"), Severity.SERIOUS)
    private.accept(at("11-16 10:00"))
    decided = private.decide(FIRST, date(2026, 11, 25), at("11-17 09:00"))
    private.sign(at("11-17 10:00"))
    found = one(private, "finish")
    assert decided in found.evidence
    assert "会商决定的期限 (三.2)" in found.why


def test_what_was_voided_is_no_evidence() -> None:
    private = handled()
    private.void(private.resolve(at("11-20 09:00")), at("11-20 10:00"))
    found = one(private, "finish")
    assert found.evidence == (1, 3)
    assert of(private, "feedback") == []


# --- recounted --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_failures_of_a_random_life_equal_a_recount(seed: int) -> None:
    private, now = wander(seed)
    for readings in ({}, {"feedback_workdays": 2, "returns_before_coordinator": 1}):
        found = lapses(private.path(), private.ground(now, **readings))
        got = Counter((each.kind, each.due, each.happened) for each in found)
        assert got == recount(private, now, **readings)
        known = {entry.seq for entry in effective(private.entries)}
        for each in found:
            assert each.evidence
            assert set(each.evidence) <= known
            assert each.due is None or each.due < (each.happened or now)


def test_the_random_lives_know_every_kind() -> None:
    kinds = Counter(
        kind for seed in SEEDS for kind, *_ in recount(*wander(seed), returns_before_coordinator=2)
    )
    assert set(kinds) == set(LAPSES) - {"task"}  # no case


def close(day: date) -> datetime:
    return datetime.combine(day, time(17), SHANGHAI)


def later(moment: datetime, workdays: int) -> datetime:
    """Step on day by day."""
    day, calendar = moment.date(), rules().calendar
    while workdays:
        day += timedelta(days=1)
        workdays -= calendar.is_workday(day)
    return close(day)


def recount(private: Told, now: datetime, **readings: Any) -> Counter[Found]:
    """Count failures from the log alone, one obligation after another."""
    given = rules(**readings).edition.readings
    found: Counter[Found] = Counter()
    for clock in private.case.clocks:
        if clock.due and not clock.held_at and (clock.stopped or now) > clock.due:
            found[(clock.kind.value, clock.due, clock.stopped)] += 1
    for urge in private.case.urges:
        if urge.answer_by and (urge.answered_at or now) > close(urge.answer_by):
            found["urge", close(urge.answer_by), urge.answered_at] += 1
    returned = [e for e in effective(private.entries) if e.event.kind == "returned"]
    for entry in returned[given.returns_before_coordinator - 1 :]:
        found["returned", None, entry.at] += 1
    return found + debts(private, now, given)


def debts(private: Told, now: datetime, given: Any) -> Counter[Found]:
    """Follow what is owed from the entry it begins with to the one that ends it."""
    found: Counter[Found] = Counter()
    owed: dict[tuple[Any, ...], datetime | None] = {}  # what is owed → by when
    case: Case | None = None
    for entry in effective(private.entries):
        case = evolve(case, entry, NUMBER)
        due = dues(case)
        for debt in [d for d in owed if d not in due]:
            by = owed.pop(debt)
            if by and entry.at > by:
                found[debt[0], by, entry.at] += 1
        for debt in due:
            if debt not in owed:
                owed[debt] = starts(debt, entry, given)
    for (kind, *_), by in owed.items():
        if (by is None or now > by) and (kind != "part" or by):
            found[kind, by, None] += 1
    return found


def dues(case: Case) -> list[tuple[Any, ...]]:
    """Return what somebody owes in a case as it stands."""
    found: list[tuple[Any, ...]] = []
    if case.status is Status.HANDLING and not case.signed_at:
        found.append(("unsigned", case.assigned_at))
    if case.open:
        found += [("part", p.unit, p.set_at, p.due) for p in case.parts if not p.done_at]
    private = case.fed_back or case.anonymous
    others = all(r.answered or not r.reachable for r in case.others)
    if case.status in {Status.RESOLVED, Status.CLOSED} and not (private and others):
        found.append(("feedback", case.resolved_at))
    return found


def starts(debt: tuple[Any, ...], entry: ev.CaseEntry, given: Any) -> datetime | None:
    if debt[0] == "unsigned":
        return later(entry.at, given.unsigned_after_workdays)
    if debt[0] == "feedback":
        days = given.feedback_workdays
        return later(debt[1], days) if days else None
    return close(debt[3]) if debt[3] else None
