"""The assessment: its data, its arithmetic, and a recount by hand over random histories."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sixping.errors import BadData
from sixping.policy.assessment import COHORTS, NO_CASES, Scheme, load_scheme, parse_scheme
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import Severity
from sixping.queries.assessment import touched
from sixping.queries.periods import AsOf
from sixping.reports.assessment import (
    FEW,
    NO_COHORT,
    NO_WEIGHTS,
    ManualItem,
    Subject,
    assess,
    others,
)
from sixping.reports.assessrows import ACT, AssessmentRow, Scope, case_rows, duty_rows
from sixping.reports.dutycover import Duty, Rule, compliance
from sixping.reports.period import OMITTED
from sixping.reports.responsibility import Ground, trail
from sixping.services.rulebooks import rulebooks_of
from sixping.store.log import read_many
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI, to_text
from tests.kit import events as ev
from tests.kit.histories import Life, born_late, lived, measures, tell
from tests.kit.trailkit import FIRST, ROLES, Told, at

DAY = date(2026, 11, 24)

INDICATOR = """
[[indicator]]
id = "finish"
title = "按时办结率"
kinds = ["agency"]
n = "finish_met"
d = "finish_due"
good = "high"
cohort = "到期的"
clause = "五.1c"
"""
RETURNED = """
[[indicator]]
id = "returned"
title = "退回率"
kinds = ["agency"]
n = "returned"
d = "assigned"
good = "low"
cohort = "分派的"
clause = "四.2"
"""
LAPSES = """
[[deduction]]
id = "lapses"
title = "超期及不规范办理"
kinds = ["agency"]
of = "lapse"
where = ["finish", "unsigned"]
clause = "五.3"
"""


def scheme(*parts: str) -> Scheme:
    return parse_scheme("\n".join(parts), "test.toml")


def rows(unit: str, cohort: str, n: int, d: int, mark: str) -> list[AssessmentRow]:
    return [
        AssessmentRow(cohort, unit, f"{unit}-{i}", frozenset({mark} if i < n else ()), DAY, "")
        for i in range(d)
    ]


def judged(
    found: Scheme, *things: list[AssessmentRow], items: tuple[ManualItem, ...] = (), small: int = 1
) -> list[Subject]:
    all_rows = [row for some in things for row in some]
    units = dict.fromkeys(("甲所", "乙所", "丙所"), UnitKind.AGENCY)
    return assess(found, units, all_rows, items, small)


def by_name(subjects: list[Subject]) -> dict[str, Subject]:
    return {one.name: one for one in subjects}


# --- data ------------------------------------------------------------------------------


def test_the_shipped_scheme_invents_no_weight_and_no_points() -> None:
    shipped = load_scheme()
    assert [one.weight for one in shipped.indicators] == [None] * len(shipped.indicators)
    assert [one.points for one in shipped.deductions] == [None] * len(shipped.deductions)
    assert not any(shipped.weighted(kind) for kind in UnitKind)


def test_the_shipped_scheme_has_something_for_every_kind_and_counts_each_lapse_once() -> None:
    shipped = load_scheme()
    for kind in (UnitKind.OFFICE, UnitKind.COMMUNITY, UnitKind.AGENCY):
        assert sum(kind in one.kinds for one in shipped.indicators) > 8
    counted = [mark for one in shipped.deductions for mark in one.where]
    assert len(counted) == len(set(counted))
    # An unanswered demand is counted as such, not once more as a lapse.
    assert set(COHORTS["lapse"]) - set(counted) == {"urge"}
    assert {"duty", "task"} == NO_CASES


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('n = "finish_met"', 'n = "satisfied"', "indicator[1].n 应为以下之一: finish_met"),
        ('d = "finish_due"', 'd = "finished"', "indicator[1].d 应为以下之一"),
        ('kinds = ["agency"]', 'kinds = ["grid"]', "indicator[1].kinds"),
        ('good = "high"', 'good = "more"', "indicator[1].good"),
        ('clause = "五.1c"', 'clause = "五.1c"\nweight = 0', "indicator[1].weight"),
        ('clause = "五.1c"', 'clause = "五.1c"\nwieght = 3', "indicator[1].wieght"),
    ],
)
def test_a_scheme_that_cannot_be_counted_is_refused_by_its_place(
    before: str, after: str, said: str
) -> None:
    with pytest.raises(BadData) as fault:
        scheme(INDICATOR.replace(before, after))
    assert said in fault.value.what


def test_an_id_stands_for_one_figure() -> None:
    with pytest.raises(BadData, match="重复: finish"):
        scheme(INDICATOR, LAPSES.replace('"lapses"', '"finish"'))
    with pytest.raises(BadData, match=r"deduction\[1\].where"):
        scheme(INDICATOR, LAPSES.replace('"unsigned"', '"unheard"'))


# --- arithmetic ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "d", "printed"),
    [
        (911, 972, 93.72), (737, 972, 75.82), (953, 996, 95.68), (6507, 6523, 99.75),
        (15300, 15308, 99.95), (15289, 15308, 99.88), (1, 8, 12.5), (1, 800, 0.13), (0, 5, 0.0),
    ],
)  # fmt: skip
def test_rates_are_those_of_the_published_bulletins(n: int, d: int, printed: float) -> None:
    (one, *_) = judged(scheme(INDICATOR), rows("甲所", "finish_due", n, d, "finish_met"))
    assert (one.rates["finish"].n, one.rates["finish"].d) == (n, d)
    assert one.rates["finish"].rate == printed


def test_nothing_in_the_cohort_is_no_rate() -> None:
    found = judged(scheme(INDICATOR + "weight = 1"))
    assert [(s.rates["finish"].rate, s.total, s.rank) for s in found] == [(None, None, None)] * 3


def test_without_weights_nothing_is_scored_or_ranked() -> None:
    found = judged(scheme(INDICATOR), rows("甲所", "finish_due", 1, 2, "finish_met"))
    assert {(s.total, s.rank, s.unranked) for s in found} == {(None, None, NO_WEIGHTS)}


def test_a_total_is_the_weighted_mean_of_what_has_a_cohort_and_fewer_returns_are_better() -> None:
    weighted = scheme(INDICATOR + "weight = 60", RETURNED + "weight = 40")
    found = by_name(
        judged(
            weighted,
            rows("甲所", "finish_due", 1, 3, "finish_met"),
            rows("甲所", "assigned", 1, 4, "returned"),
            rows("乙所", "finish_due", 2, 3, "finish_met"),
        )
    )
    one = found["甲所"]
    assert (one.rates["finish"].score, one.rates["returned"].score) == (Decimal(20), Decimal(30))
    assert one.total == Decimal("50.00")
    assert found["乙所"].total == Decimal("66.67")
    assert (found["乙所"].rank, one.rank) == (1, 2)
    assert found["丙所"].unranked == FEW


def test_a_unit_without_anything_that_has_a_weight_is_not_scored() -> None:
    weighted = scheme(INDICATOR + "weight = 1", RETURNED)
    (one, *_) = judged(weighted, rows("甲所", "assigned", 1, 4, "returned"))
    assert (one.cases, one.total, one.rank, one.unranked) == (4, None, None, NO_COHORT)


def test_scores_are_rounded_half_up_once() -> None:
    weighted = scheme(INDICATOR + "weight = 0.04")
    (one, *_) = judged(weighted, rows("甲所", "finish_due", 1, 8, "finish_met"))
    assert one.rates["finish"].score == Decimal("0.01")  # 0.005, neither 0.00 nor twice rounded
    assert one.total == Decimal("12.50")


def test_lapses_and_manual_points_change_the_total() -> None:
    weighted = scheme(INDICATOR + "weight = 1", LAPSES + "points = 1.5")
    items = (
        ManualItem(7, "甲所", DAY, Decimal("2.25"), "表扬", "演示甲"),
        ManualItem(9, "甲所", DAY, Decimal(-1), None, "演示乙"),
    )
    lapses = [
        AssessmentRow("lapse", "甲所", "x", frozenset({mark}), DAY, "")
        for mark in ("finish", "unsigned", "urge")
    ]
    found = judged(weighted, rows("甲所", "finish_due", 1, 2, "finish_met"), lapses, items=items)
    one = by_name(found)["甲所"]
    assert (one.counts["lapses"].n, one.counts["lapses"].points) == (2, Decimal(3))
    assert one.total == Decimal("48.25")  # 50 - 3 + 2.25 - 1
    assert one.items == items


def test_equal_totals_share_a_rank_and_the_next_one_is_skipped() -> None:
    weighted = scheme(INDICATOR + "weight = 1")
    found = judged(
        weighted,
        rows("甲所", "finish_due", 1, 2, "finish_met"),
        rows("乙所", "finish_due", 4, 4, "finish_met"),
        rows("丙所", "finish_due", 2, 4, "finish_met"),
    )
    assert [(s.name, s.rank) for s in found] == [("乙所", 1), ("甲所", 2), ("丙所", 2)]


def test_too_few_cases_are_shown_and_take_nobodys_rank() -> None:
    weighted = scheme(INDICATOR + "weight = 1")
    found = by_name(
        judged(
            weighted,
            rows("甲所", "finish_due", 9, 9, "finish_met"),
            rows("乙所", "finish_due", 5, 10, "finish_met"),
            small=10,
        )
    )
    assert (found["甲所"].rank, found["甲所"].unranked) == (None, FEW)
    assert (found["甲所"].total, found["甲所"].cases) == (Decimal(100), 9)
    assert found["乙所"].rank == 1


def test_days_and_mere_steps_are_not_cases() -> None:
    duty = [
        AssessmentRow("duty", "甲所", f"2026-11-{d:02}", frozenset(), DAY, "") for d in range(1, 21)
    ]
    acts = [
        AssessmentRow(ACT, "甲所", f"2026-{i:06}", frozenset(), DAY, "", "演示甲")
        for i in (1, 1, 2)
    ]
    (one, *_) = judged(scheme(INDICATOR), duty, acts)
    assert one.cases == 0
    assert [tuple(p) for p in one.people] == [("演示甲", 3, 2)]


def test_rows_of_nobody_are_told_of() -> None:
    found = others(
        {"甲所": UnitKind.AGENCY},
        [*rows("甲所", "resolved", 0, 2, ""), *rows("旧所", "resolved", 0, 2, "")],
    )
    assert found == [("旧所", 2)]


# --- whose it was ----------------------------------------------------------------------


def whose(private: Told, *cohorts: str) -> list[tuple[str, str | None]]:
    now = at("12-31 12:00")
    scope = Scope(private.ground(now), at("11-01 00:00"), now, lambda *_: None, 4)
    found = case_rows(private.path(), scope)
    return [(row.cohort, row.unit) for row in found if row.cohort in cohorts]


def test_what_the_district_settled_is_no_units_of_the_street_nor_its_check_nor_its_demand() -> None:
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 11:00"))
    private.refer(at("11-17 10:00"))
    private.reply(at("11-18 11:00"), returned=False)
    private.add(ev.Verified(passed=True), at("11-18 12:00"))
    private.urge(at("11-18 13:00"))
    assert whose(private, "resolved", "owing", "checked", "urged") == [
        ("resolved", None), ("owing", None), ("checked", None), ("urged", None),
    ]  # fmt: skip


def test_the_result_of_a_unit_is_checked_and_urged_as_its_own() -> None:
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 11:00"))
    private.resolve(at("11-17 10:00"))
    private.add(ev.Verified(passed=False), at("11-18 12:00"))
    private.urge(at("11-18 13:00"))
    assert whose(private, "resolved", "checked", "urged") == [
        ("resolved", FIRST), ("checked", FIRST), ("urged", FIRST),
    ]  # fmt: skip


def test_a_limit_that_was_left_and_came_back_is_kept_by_who_ended_it() -> None:
    """Raised before anybody had it, lowered again, then settled in time by 甲队."""
    private = Told(at("11-16 09:00"))
    private.regrade(Severity.SERIOUS, at("11-16 09:30"))
    private.regrade(Severity.ORDINARY, at("11-16 10:00"))
    private.accept(at("11-16 10:30"))
    private.assign(FIRST, at("11-16 11:00"))
    private.resolve(at("11-17 10:00"))
    assert whose(private, "finish_due", "ceiling_due") == [
        ("finish_due", FIRST), ("ceiling_due", FIRST),
    ]  # fmt: skip


# --- duty ------------------------------------------------------------------------------


def test_duty_counts_working_days_and_breaches_as_the_check_does() -> None:
    there = [("p1", 480, 1020), ("p2", 480, 1020)]
    days = [
        [Duty(DAY, "甲所", "on-site", there[:1], there[1:], 2, 1020)],
        [Duty(DAY + timedelta(1), "甲所", "on-site", [], there, 2, 1020)],
        [Duty(DAY + timedelta(2), "甲所", "in-principle", [], [], 0, 1020)],
    ]
    found = list(duty_rows(days, compliance(days, Rule(480, 1020))))
    assert [(r.key, sorted(r.marks)) for r in found] == [
        ("2026-11-24", ["duty_met", "duty_recorded"]),
        ("2026-11-25", ["duty_recorded"]),
        ("2026-11-26", []),  # nobody there all day: remarked on, but not kept
    ]


def test_agencies_taken_together_answer_together() -> None:
    days = [
        [
            Duty(DAY, "甲所", "on-site", [("p1", 480, 1020)], [], 1, 1020),
            Duty(DAY, "乙所", "on-site", [], [], 0, 1020),
        ]
    ]
    rule = Rule(480, 1020, per_agency=False)
    found = list(duty_rows(days, compliance(days, rule)))
    assert [(r.unit, "duty_met" in r.marks) for r in found] == [("甲所", False), ("乙所", False)]
    both = [[days[0][0]._replace(others=[("p2", 480, 1020)]), days[0][1]]]
    kept = list(duty_rows(both, compliance(both, rule)))
    assert [(r.unit, "duty_met" in r.marks) for r in kept] == [("甲所", True), ("乙所", True)]


# --- random histories ------------------------------------------------------------------


@pytest.fixture(scope="module", params=(7, 10, 12, 14))
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


def months(life: Life) -> list[tuple[datetime, datetime]]:
    last = life.moments[-1].at.date()
    starts = [date(2026 + m // 12, m % 12 + 1, 1) for m in range(24)]
    starts = [start for start in starts if start <= last]
    ends = [(start + timedelta(31)).replace(day=1) - timedelta(1) for start in starts]
    return [
        (
            datetime.combine(start, time(), SHANGHAI),
            datetime.combine(end, time(23, 59, 59), SHANGHAI),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def counted(life: Life, first: datetime, last: datetime, now: datetime) -> Counter[Any]:
    """Return (cohort, mark) counts of all rows; the mark None counts the cohort."""
    rulebooks = rulebooks_of(None)
    found: Counter[Any] = Counter()
    with reading(life.path) as con:
        logs = list(read_many(con, life.numbers))
    paths = {number: trail(number, log, ROLES) for number, log in logs}
    cases = {number: path[-1].case for number, path in paths.items()}
    mains = {
        number: (case.status, case.severity, case.verified is False)
        for number, case in cases.items()
    }
    for path in paths.values():
        ground = Ground(rulebooks.rules(path[0].case.received_at.date()), ROLES, now)
        for row in case_rows(path, Scope(ground, first, last, lambda *_: None, 4, mains)):
            found[row.cohort, None] += 1
            found.update((row.cohort, mark) for mark in row.marks)
    return found


PAIRS = [
    ("accept_due", "accept_met"), ("refer_due", "refer_met"), ("finish_due", "finish_met"),
    ("ceiling_due", "ceiling_met"),
]  # fmt: skip


def test_the_rows_of_all_units_together_equal_a_recount_by_hand(life: Life) -> None:
    """No limit, result or answer is lost or counted twice between the units."""
    seq, now = life.moments[-1].seq, life.moments[-1].at
    with reading(life.path) as con:
        private = [each for n in life.numbers if (each := tell(con, n, seq))]
    seen: Counter[str] = Counter()
    cases = {each.case.number: each.case for each in private}
    for first, last in months(life):
        own = counted(life, first, last, min(now, last))
        expected: Counter[str] = Counter()
        for each in private:
            main = cases.get(each.case.merged_into or "")
            expected.update(measures(each, first, last, now, 4, main))
            expected.update(born_late(each, first, last, now))
        for cohort, mark in PAIRS:
            pair = own[cohort, None], own[cohort, mark]
            assert pair == (expected[cohort], expected[mark]), (first, cohort)
        assert own["resolved", None] == expected["resolved_here"]
        assert own["past", None] == expected["reopened_rate_left_out"]
        assert own["past", None] + own["resolved", None] == expected["resolved"]
        assert own["resolved", "reopened"] == expected["resolved_reopened"]
        assert own["owing", None] == expected["resolved_owing"]
        assert own["owing", "fed_back"] == expected["resolved_fed_back"]
        assert own["scored", None] == expected["scored"]
        assert own["scored", "satisfied"] == expected["satisfied"]
        assert own["place_received", None] == expected["received_accepted"]
        assert own["place_received", "place_resolved"] == expected["received_resolved"]
        kinds = {key: own["left_out", key] for key in OMITTED}
        assert kinds == {key: expected[f"{key}_left_out"] for key in OMITTED}
        sent = [
            e
            for each in private
            for e in each.entries
            if e.event.kind in {"assigned", "decided"} and first <= e.at <= last
        ]
        assert own["assigned", None] == len(sent)
        seen += expected
    assert seen["finish_due"] > seen["finish_met"] > 0
    assert seen["resolved_fed_back"] > 0


def test_no_case_that_says_something_of_a_month_is_overlooked(life: Life) -> None:
    rulebooks = rulebooks_of(None)
    found = 0
    with reading(life.path) as con:
        as_of = AsOf.present(con, to_text(life.moments[-1].at))
        logs = list(read_many(con, life.numbers))
        for first, last in months(life):
            looked_at = set(touched(con, as_of, (to_text(first), to_text(last))))
            for number, log in logs:
                path = trail(number, log, ROLES)
                ground = Ground(rulebooks.rules(path[0].case.received_at.date()), ROLES, last)
                if case_rows(path, Scope(ground, first, last, lambda *_: None, 4)):
                    assert number in looked_at, (first, number)
                    found += 1
    assert found > 50


def test_every_late_limit_has_the_answer_of_the_lapses(life: Life) -> None:
    """What counts against a unit's rate is what the list of lapses says of it."""
    rulebooks, now = rulebooks_of(None), life.moments[-1].at
    first, last = months(life)[0][0], now
    with reading(life.path) as con:
        logs = list(read_many(con, life.numbers))
    found = 0
    for number, log in logs:
        path = trail(number, log, ROLES)
        ground = Ground(rulebooks.rules(path[0].case.received_at.date()), ROLES, now)
        own = case_rows(path, Scope(ground, first, last, lambda *_: None, 4))
        missed = Counter(
            (row.cohort.removesuffix("_due"), row.unit, row.at)
            for row in own
            if row.cohort.endswith("_due") and not row.marks
        )
        said = Counter(
            (kind, row.unit, row.at)
            for row in own
            if row.cohort == "lapse"
            for kind in row.marks & {"accept", "refer", "finish", "ceiling"}
        )
        assert missed == said
        found += sum(missed.values())
    assert found > 5
