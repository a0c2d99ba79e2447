"""Duty: attendance that makes sense, gaps to the minute, a fair draft."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.office import duty, streams
from sixping.office.roster import Open, draft
from sixping.policy.units import DutyMode
from sixping.reports.dutycover import Duty, Rule, compliance, gaps
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar
from tests.kit.ledgerkit import NOW, stamp
from tests.kit.officekit import CITY, DAY, JUSTICE, MARKET, POLICE, entries, joined, office

OPENS, CLOSES = 8 * 60, 17 * 60
RULE = Rule(OPENS, CLOSES)


def mark(event: Any, hour: int, minute: int = 0) -> tuple[Any, datetime]:
    return event, datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=SHANGHAI)


def came(hour: int, minute: int = 0, who: str = "p1") -> tuple[Any, datetime]:
    return mark(duty.SignedIn(person=who), hour, minute)


def went(hour: int, minute: int = 0, who: str = "p1") -> tuple[Any, datetime]:
    return mark(duty.SignedOut(person=who), hour, minute)


def wrote(start: str, end: str, who: str = "p1") -> duty.Attended:
    return duty.Attended(day=DAY, rows=((who, start, end),))


def day_of(*events: Any) -> duty.DayBook:
    return duty.fold(entries(*events))[DAY]


# --- attendance ------------------------------------------------------------------------


def test_attendance_is_the_same_in_whatever_order_it_was_written_up() -> None:
    marks = [came(8), went(12), came(13, 30), went(17), wrote("18:00", "19:00")]
    random.Random(5).shuffle(marks)  # noqa: S311
    found = day_of(*marks).of("p1")
    assert [(s.start, s.end, s.open) for s in found] == [
        (480, 720, False), (810, 1020, False), (1080, 1140, False),
    ]  # fmt: skip


def test_a_sign_in_holds_to_the_end_of_the_day_and_says_so() -> None:
    (spell,) = day_of(came(8)).of("p1")
    assert (spell.start, spell.end, spell.open) == (480, 24 * 60, True)


def test_a_spell_may_begin_in_the_minute_the_last_one_ended() -> None:
    assert len(day_of(came(8), went(12), came(12), went(13)).of("p1")) == 2
    assert len(day_of(wrote("08:00", "12:00"), wrote("12:00", "13:00")).of("p1")) == 2


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([went(8)], "没有签到"),
        ([came(9), went(8)], "没有签到"),
        ([came(9), went(9)], "没有签到"),
        ([came(8), went(12), went(13)], "08:00 签到, 12:00 已签退, 13:00 不能再签退"),
        ([came(8), went(12, 10), went(12, 10)], "12:10 已签退, 12:10 不能再签退"),
        ([came(8), came(9)], "两处"),
        ([came(8), wrote("09:00", "10:00")], "两处"),
        ([wrote("08:00", "12:00"), came(11, 59)], "两处"),
        ([wrote("08:00", "12:00"), wrote("11:59", "13:00")], "两处"),
        ([wrote("08:00", "12:00"), wrote("08:00", "12:00")], "两处"),
        ([wrote("12:00", "12:00")], "不晚于"),
    ],
)
def test_attendance_that_makes_no_sense_is_refused(events: list[Any], said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        duty.check("2026-11", entries(*events))


def test_a_later_roster_replaces_the_earlier_and_a_swap_changes_one_place() -> None:
    plan = duty.Planned(day=DAY, agency=CITY, people=("p1", "p2"))
    again = duty.Planned(day=DAY, agency=CITY, people=("p3", "p2"))
    swap = duty.Swapped(day=DAY, agency=CITY, out="p2", into="p1")
    assert day_of(plan, again, swap).rosters == {CITY: ("p3", "p1")}
    with pytest.raises(NotAllowed, match="没有 p2"):
        day_of(swap)
    with pytest.raises(NotAllowed, match="p1"):
        day_of(plan, swap)


# --- gaps ------------------------------------------------------------------------------

PRESENCE = st.tuples(st.integers(450, 1050), st.integers(0, 300), st.booleans()).map(
    lambda p: (p[0], p[0] + p[1], p[2])
)


def brute(presences: list[tuple[int, int, bool]], staff: int, licensed: int) -> list[Any]:
    """Count minute by minute, then join neighbours that lack the same."""
    lacking = []
    for minute in range(OPENS, CLOSES):
        here = [valid for start, end, valid in presences if start <= minute < end]
        lack = (max(staff - len(here), 0), max(licensed - sum(here), 0))
        lacking.append((minute, lack))
    found = []
    for lack, run in groupby(lacking, key=lambda pair: pair[1]):
        minutes = [minute for minute, _ in run]
        if any(lack):
            found.append((minutes[0], minutes[-1] + 1, *lack))
    return found


@given(st.lists(PRESENCE, max_size=12), st.integers(1, 3), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_the_gaps_are_those_of_a_count_minute_by_minute(
    presences: list[tuple[int, int, bool]], staff: int, licensed: int
) -> None:
    found = gaps(on(CITY, DutyMode.ON_SITE, *presences), staff, licensed, OPENS, CLOSES)
    short = [(g.start, g.end, g.short, g.unlicensed) for g in found]
    assert short == brute(presences, staff, licensed)


def test_one_minute_is_a_gap_and_a_handover_in_the_same_minute_is_none() -> None:
    whole = (OPENS, CLOSES, True)
    at_once = on(CITY, DutyMode.ON_SITE, whole, (OPENS, 720, False), (720, CLOSES, False))
    assert gaps(at_once, 2, 1, OPENS, CLOSES) == []
    late = on(CITY, DutyMode.ON_SITE, whole, (OPENS, 720, False), (721, CLOSES, False))
    (gap,) = gaps(late, 2, 1, OPENS, CLOSES)
    assert (gap.start, gap.end, gap.present, gap.short, gap.unlicensed) == (720, 721, 1, 1, 0)


def on(agency: str, mode: str, *presences: Any, roster: int = 0, until: int = CLOSES) -> Duty:
    lines = {v: [("p1", a, b) for a, b, valid in presences if valid is v] for v in (True, False)}
    return Duty(DAY, agency, mode, lines[True], lines[False], roster, until)


def test_the_police_are_remarked_and_online_nobody_has_to_sit_there() -> None:
    whole = (OPENS, CLOSES, True)
    day = [
        on(CITY, DutyMode.ON_SITE, whole, whole),
        on(POLICE, DutyMode.IN_PRINCIPLE),
        on(JUSTICE, DutyMode.ONLINE),
    ]
    found = compliance([day], RULE)
    assert not found.breaches
    assert [(f.agency, f.kind, f.clause) for f in found.remarks] == [(POLICE, "absent", "一.3")]
    stands = {s.agency: (s.workdays, s.recorded, s.compliant) for s in found.agencies}
    assert stands == {CITY: (1, 1, 1), POLICE: (1, 0, 0), JUSTICE: (1, 0, None)}
    strict = compliance([day], RULE._replace(absence_is_breach=True))
    assert {f.agency for f in strict.breaches} == {POLICE}
    (rostered,) = compliance([[on(JUSTICE, DutyMode.ONLINE, roster=1)]], RULE).agencies
    assert rostered.recorded == 1


def test_no_record_is_not_present_whatever_is_tolerated() -> None:
    lenient = RULE._replace(tolerance=24 * 60)
    (nobody,) = compliance([[on(CITY, DutyMode.ON_SITE)]], lenient).agencies
    assert (nobody.recorded, nobody.compliant, nobody.breaches) == (0, 0, 0)


@given(st.lists(PRESENCE, max_size=8), st.integers(0, 20))
@settings(max_examples=80, deadline=None)
def test_only_what_is_short_for_longer_than_tolerated_is_a_breach(
    presences: list[tuple[int, int, bool]], tolerance: int
) -> None:
    duty_of = on(CITY, DutyMode.ON_SITE, *presences)
    lacking = {m for start, end, *_ in brute(presences, 2, 1) for m in range(start, end)}
    runs = [
        [m for _, m in run]
        for _, run in groupby(enumerate(sorted(lacking)), lambda pair: pair[1] - pair[0])
    ]
    grave = {m for run in runs if len(run) > tolerance for m in run}
    found = compliance([[duty_of]], RULE._replace(tolerance=tolerance))
    assert {m for f in found.breaches for m in range(f.start, f.end)} == grave
    assert {m for f in found.findings for m in range(f.start, f.end)} == lacking


def test_short_for_exactly_as_long_as_tolerated_is_remarked_on_only() -> None:
    day = [on(CITY, DutyMode.ON_SITE, (OPENS, CLOSES, True), (OPENS, 600, False),
              (605, CLOSES, False))]  # fmt: skip
    assert not compliance([day], RULE._replace(tolerance=5)).breaches
    assert len(compliance([day], RULE._replace(tolerance=4)).breaches) == 1


def test_nobody_has_to_come_for_lunch() -> None:
    rule = RULE._replace(staff=1, lunch=(690, 780), lunch_staff=2)
    assert not compliance([[on(CITY, DutyMode.ON_SITE, (OPENS, CLOSES, True))]], rule).findings


def test_they_eat_by_turns_where_the_policy_says_so() -> None:
    """One of two eats from half past eleven to one; ten minutes longer is a gap."""
    rule = RULE._replace(lunch=(690, 780), lunch_staff=1)
    day = [on(CITY, DutyMode.ON_SITE, (OPENS, CLOSES, True), (OPENS, 680, False),
              (790, CLOSES, False))]  # fmt: skip
    found = compliance([day], rule).breaches
    assert [(f.start, f.end) for f in found] == [(680, 690), (780, 790)]
    unlicensed = [on(CITY, DutyMode.ON_SITE, (OPENS, CLOSES, False), (OPENS, 690, True),
                     (780, CLOSES, True))]  # fmt: skip
    (gap,) = compliance([unlicensed], rule).breaches
    assert (gap.start, gap.end, gap.short, gap.unlicensed) == (690, 780, 0, 1)


def test_who_is_out_for_the_room_is_present_but_never_twice() -> None:
    out = duty.WasOutside(day=DAY, person="p1", start="10:00", end="12:00", case="2026-000001")
    book = day_of(wrote("08:00", "11:00"), wrote("13:00", "17:00"), out)
    assert book.present() == [("p1", 480, 720), ("p1", 780, 1020)]
    assert book.spells() == [("p1", 480, 660), ("p1", 780, 1020)]


def test_two_agencies_may_be_read_as_two_people_together() -> None:
    whole = (OPENS, CLOSES, True)
    day = [on(CITY, DutyMode.ON_SITE, whole), on(MARKET, DutyMode.ON_SITE, whole)]
    assert len(compliance([day], RULE).breaches) == 2
    assert not compliance([day], RULE._replace(per_agency=False)).findings


def test_a_day_is_judged_up_to_the_minute_it_has_reached() -> None:
    assert not compliance([[on(CITY, DutyMode.ON_SITE, until=OPENS)]], RULE).findings
    (gap,) = compliance([[on(CITY, DutyMode.ON_SITE, until=OPENS + 5)]], RULE).findings
    assert (gap.start, gap.end) == (OPENS, OPENS + 5)


# --- a seeded year against a brute-force count -------------------------------------------

YEAR = 2026
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
STAFF = {CITY: ("p1", "p2", "p3"), MARKET: ("p4", "p5", "p6")}
LICENCES = {"p1": date(2026, 5, 14), "p2": LAST, "p4": date(2026, 9, 15), "p5": date(2026, 9, 16)}


def _year() -> Iterator[tuple[date, list[tuple[str, int, int]]]]:
    rng = random.Random(20200316)  # noqa: S311
    for n in range((LAST - FIRST).days + 1):
        lines = []
        for agency in STAFF.values():
            for who in rng.sample(agency, rng.choice((2, 2, 2, 3))):
                start = OPENS + rng.choice((0, 0, 0, -10, 1))
                end = CLOSES + rng.choice((0, 0, 30, -1))
                if rng.random() < 0.2:  # off at noon, back at once, a minute or an hour later
                    lines.append((who, start, 720))
                    start = 720 + rng.choice((0, 1, 60))
                lines.append((who, start, end))
        yield FIRST + timedelta(days=n), lines


def _record(path: Path) -> dict[date, list[tuple[str, int, int]]]:
    """Write the year up, every third day by sign-in and sign-out; return it."""
    days = dict(_year())
    with transaction(path, stamp(datetime(2027, 1, 4, 9, tzinfo=SHANGHAI))) as work:
        for day, lines in days.items():
            subject = duty.month_of(day)
            if day.toordinal() % 3:
                rows = tuple((who, duty.clock(a), duty.clock(b)) for who, a, b in lines)
                event = duty.Attended(day=day, rows=rows)
                streams.record(work, "duty", subject, event, NOW)
                continue
            for who, start, end in lines:
                for kind, minute in ((duty.SignedIn, start), (duty.SignedOut, end)):
                    at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
                    at += timedelta(minutes=minute)
                    streams.record(work, "duty", subject, kind(person=who), at)
    return days


def _duty_of(book: duty.DutyRecord, day: date, agency: str) -> Duty:
    licensed, others = book.present(day).get(agency, ([], []))
    return Duty(day, agency, DutyMode.ON_SITE, licensed, others, 0, CLOSES)


def test_a_year_of_attendance_gives_the_gaps_of_a_count_minute_by_minute(tmp_path: Path) -> None:
    """Gaps of a minute, changes at noon, licences that end in mid-month, make-up Saturdays."""
    people = [
        joined(int(who[1:]), agency, licence_until=LICENCES.get(who))
        for agency, members in STAFF.items()
        for who in members
    ]
    path = office(tmp_path, people)
    days = _record(path)
    calendar = load_calendar()
    worked = [day for day in days if calendar.is_workday(day)]
    assert date(2026, 2, 14) in worked  # a make-up Saturday
    assert date(2026, 10, 1) not in worked
    expected = []
    for day in worked:
        for agency, members in STAFF.items():
            own = [
                (start, end, who in LICENCES and day <= LICENCES[who])
                for who, start, end in days[day]
                if who in members
            ]
            expected += [(day, agency, *gap) for gap in brute(own, 2, 1)]
    with reading(path) as con:
        book = duty.DutyRecord(con, FIRST, LAST)
    judged = compliance(([_duty_of(book, day, agency) for agency in STAFF] for day in worked), RULE)
    found = [(f.day, f.agency, f.start, f.end, f.short, f.unlicensed) for f in judged.findings]
    assert found == expected
    assert {end - start for _, _, start, end, *_ in found} >= {1, 60}
    assert {lack for *_, lack in found} == {0, 1}


# --- the draft ---------------------------------------------------------------------------

MONTH = [DAY + timedelta(days=n) for n in range(22)]


def drafted(people: dict[str, bool], **away: set[date]) -> list[Any]:
    days = [
        Open(day, {w: v for w, v in people.items() if day not in away.get(w, ())}) for day in MONTH
    ]
    return draft(days, 2, 1)


def turns(found: list[Any]) -> Counter[str]:
    return Counter(who for turn in found for who in turn.people)


@given(st.integers(4, 9), st.data())
@settings(max_examples=25, deadline=None)
def test_turns_are_even_licensed_and_never_twice_in_a_row(count: int, data: st.DataObject) -> None:
    holders = data.draw(st.integers((count + 1) // 2, count))
    found = drafted({f"p{n}": n <= holders for n in range(1, count + 1)})
    assert not any(turn.short or turn.unlicensed for turn in found)
    assert not any(set(a.people) & set(b.people) for a, b in pairwise(found))
    counts = turns(found).values()
    assert max(counts) - min(counts) <= 1


def test_two_licences_take_turns_and_are_not_spent_on_one_day() -> None:
    found = drafted({"p1": True, "p2": True, "p3": False, "p4": False, "p5": False})
    assert not any(turn.unlicensed for turn in found)
    assert not any(set(a.people) & set(b.people) for a, b in pairwise(found))


def test_who_is_on_leave_gets_no_turn_and_impossible_days_are_named() -> None:
    away = set(MONTH[3:6])
    found = drafted({"p1": True, "p2": False, "p3": False}, p1=away)
    assert [t.day for t in found if t.unlicensed] == MONTH[3:6]
    assert not any("p1" in t.people for t in found if t.day in away)
    alone = drafted({"p1": True})
    assert {(t.short, t.unlicensed) for t in alone} == {(1, 0)}
    assert {(t.people, t.short, t.unlicensed) for t in drafted({})} == {((), 2, 1)}


def test_a_roster_that_stands_is_kept_and_counts() -> None:
    days = [Open(day, dict.fromkeys(("p1", "p2", "p3", "p4"), True)) for day in MONTH[:4]]
    days[1] = days[1]._replace(fixed=("p1", "p2"))
    found = draft(days, 2, 1, frozenset({"p3", "p4"}))
    assert [turn.fixed for turn in found] == [False, True, False, False]
    assert found[1].people == ("p1", "p2")
    assert [set(t.people) for t in (found[0], found[2])] == [{"p3", "p4"}] * 2
    (first,) = draft(days[:1], 2, 1, frozenset({"p1", "p2"}))
    assert set(first.people) == {"p3", "p4"}  # p1 and p2 came on the day before the month
