"""Each figure of the overdue list, of duty and of grids opens to exactly the rows it counts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from sixping.errors import UnknownName, UsageFault
from sixping.policy.units import DutyMode
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.reports.drill import UNNAMED, Drilled
from sixping.reports.dutycover import Compliance, Duty, Rule, compliance
from sixping.reports.grids import GridReport, Place, Round, Work, grid_lines
from sixping.reports.onlineduty import OnlineAssignment
from sixping.reports.opening import (
    DUTY_FIGURES,
    DUTY_LEVELS,
    GRID_FIGURES,
    GRID_LEVELS,
    OVERDUE_FIGURES,
    OVERDUE_LEVELS,
    named,
    of_duty,
    of_grids,
    of_overdue,
)
from sixping.reports.overdue import KINDS, STANDINGS, Overdue, Waiting, overdue
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar

NOW = datetime(2026, 11, 30, 9, 20, tzinfo=SHANGHAI)
UNITS = (None, "城管执法中队", "城市管理办", "A.B 单位", "司法所")
CASES = 3000


@pytest.fixture(scope="module")
def listed() -> Overdue:
    """Return a list of 3,000 cases in every kind of trouble, one to three at a time."""
    random = Random(13)  # noqa: S311 - examples, not secrets
    kinds = [kind for kind in KINDS if kind not in {"due_soon", "task"}]
    rows = []
    for serial in range(1, CASES + 1):
        for kind in random.sample(kinds, random.randint(1, 3)):
            days = random.randint(-60, 3)
            due = datetime.combine(NOW.date() + timedelta(days=days), time(17), SHANGHAI)
            dated = kind in tuple(ClockKind) or kind in {"urge", "source_due"}
            rows.append(
                Waiting(
                    kind, f"2026-{serial:06}", random.choice(list(Severity)).value, None,
                    UNITS[serial % len(UNITS)], None, "演示", NOW - timedelta(days=70),
                    due if dated else None,
                )
            )  # fmt: skip
    tasks = (Waiting("task", None, None, None, "司法所", None, "任务", NOW, NOW) for _ in range(3))
    return overdue([*rows, *tasks], NOW, load_calendar(), within=3, unsigned_after=1)


def behind(listed: Overdue, key: str) -> list[Drilled]:
    return of_overdue(listed, named(key, OVERDUE_FIGURES, OVERDUE_LEVELS))[1]


def test_every_figure_of_the_list_has_as_many_rows_as_it_says(listed: Overdue) -> None:
    assert len(listed.counts) > 10
    for kind, count in listed.counts.items():
        assert len(behind(listed, kind)) == len(behind(listed, KINDS[kind])) == count
    standings = listed.standings
    for key, word in STANDINGS.items():
        rows = behind(listed, word)
        assert len(rows) == len(standings[key])
        numbers = [row.number for row in rows if row.number]
        assert len(numbers) == len(set(numbers)), "a case is counted once"
    assert len(behind(listed, "件数")) == sum(map(len, standings.values())) == len(listed.cases)
    assert len(behind(listed, "项数")) == len(listed.items)


def test_every_figure_of_a_unit_opens_also_of_those_nobody_has(listed: Overdue) -> None:
    _, groups = listed.by_unit()
    assert [group["name"] for group in groups][-1] is None
    for group in groups:
        name = group["name"] or "指挥室"
        for kind, count in group["counts"].items():
            assert len(behind(listed, f"单位.{name}.{KINDS[kind]}")) == count
            assert len(behind(listed, f"by_unit.{name}.{kind}")) == count
        late = [item for item in listed.standings["late"] if item.unit == group["name"]]
        assert len(behind(listed, f"单位.{name}.超期")) == len(late)


def test_a_figure_nobody_knows_is_answered_with_the_near_ones(listed: Overdue) -> None:
    with pytest.raises(UsageFault) as wrong:
        behind(listed, "未签")
    assert "未签收" in wrong.value.hint
    with pytest.raises(UnknownName) as unknown:
        behind(listed, "单位.成管执法中队.超期")
    assert "城管执法中队" in unknown.value.hint
    with pytest.raises(UsageFault) as half:
        behind(listed, "单位.超期")
    assert "单位.名称.项目" in half.value.hint


# --- duty ---------------------------------------------------------------------------------

RULE = Rule(8 * 60, 17 * 60)
MODES = {
    "城管执法中队": DutyMode.ON_SITE, "派出所": DutyMode.IN_PRINCIPLE, "司法所": DutyMode.ONLINE,
}  # fmt: skip


def a_cover() -> Compliance:
    random = Random(7)  # noqa: S311 - examples, not secrets
    days = []
    for ahead in range(60):
        duties = []
        for agency, mode in MODES.items():
            here = [
                (f"p{n}", 480 + random.randint(0, 90), 1020 - random.choice((0, 0, 60)))
                for n in range(random.randint(0, 3))
            ]
            day = date(2026, 9, 1) + timedelta(days=ahead)
            duties.append(Duty(day, agency, mode, here[:1], here[1:], random.randint(0, 1), 1020))
        days.append(duties)
    cover = compliance(days, RULE)
    given = tuple(
        OnlineAssignment(f"2026-{n:06}", "司法所", NOW, None, random.random() < 0.6)
        for n in range(40)
    )
    agencies = tuple(
        agency._replace(assigned=len(given), answered=sum(bool(one.in_time) for one in given))
        if agency.mode == DutyMode.ONLINE
        else agency
        for agency in cover.agencies
    )
    return cover._replace(agencies=agencies, assignments=given)


def test_every_figure_of_duty_has_as_many_rows_as_it_says() -> None:
    cover = a_cover()

    def rows(key: str) -> list[Drilled]:
        opened = named(key, DUTY_FIGURES, DUTY_LEVELS)
        return of_duty(cover, opened, lambda gap: f"{gap.minutes}")[1]

    for agency in cover.agencies:
        for name in ("workdays", "recorded", "compliant", "breaches", "assigned", "answered"):
            expected = getattr(agency, name) or 0
            assert len(rows(f"单位.{agency.agency}.{DUTY_FIGURES[name]}")) == expected, name
            assert len(rows(f"unit.{agency.agency}.{name}")) == expected
        minutes = rows(f"单位.{agency.agency}.违反分钟")
        assert sum(int(row.what.partition(" ")[0]) for row in minutes) == agency.minutes
    assert len(rows("违反")) == len(cover.breaches) > 0
    assert len(rows("备注")) == len(cover.remarks) > 0
    assert len(rows("缺岗时段")) == len(cover.findings)
    assert len(rows("工作日")) == cover.workdays
    assert [row.at for row in rows("缺岗时段") if row.at is None] == []


# --- grids --------------------------------------------------------------------------------


def some_work() -> Work:
    random = Random(3)  # noqa: S311 - examples, not secrets
    places = [
        Place(f"{home}第{n}网格", home, (f"p{place}{n}",))
        for place, home in enumerate(("江一社区", "江二社区", "无人社区"))
        for n in range(1, 4)
    ]
    grids: list[str | None] = [None, *(place.grid for place in places[:6])]
    reports = []
    for serial in range(CASES):
        grid = random.choice(grids)
        home = next((p.community for p in places if p.grid == grid), None)
        home = home if grid else random.choice((None, "江一社区"))
        workers = [p.workers[0] for p in places if p.community == home]
        accepted = random.choice((True, False, None))
        days = None if accepted is None else random.randint(0, 3)
        worker = random.choice([*workers, None])
        reports.append(GridReport(f"2026-{serial:06}", home, grid, worker, accepted, days))
    rounds = [
        Round((random.choice(places[:5]).grid,), ("p01", "p02"), date(2026, 11, day))
        for day in range(1, 15)
    ]
    staff = [("江一社区", "p9")]
    lines = grid_lines(places, staff, reports, rounds)
    workers_ = [(line.community, line.worker) for line in lines if line.worker]
    return Work(lines, places, workers_, reports, rounds, known=True)


def test_every_figure_of_the_grids_has_as_many_rows_as_it_says() -> None:
    work = some_work()
    people = {"p01": "演示甲"}

    def rows(key: str) -> list[Drilled]:
        return of_grids(work, named(key, GRID_FIGURES, GRID_LEVELS), people)[1]

    for line in work.lines:
        own = getattr(line, line.level) or UNNAMED
        begin = f"{GRID_LEVELS[line.level]}.{own}"
        for name in ("reports", "decided", "accepted", "patrols"):
            assert len(rows(f"{begin}.{GRID_FIGURES[name]}")) == getattr(line, name), (begin, name)
        for name, share in (("有效率", line.valid), ("受理率", line.accepted_share)):
            opened = rows(f"{begin}.{name}")
            assert (sum(row.counted for row in opened), len(opened)) == (share["n"], share["d"])
        if line.level == "community":
            assert len(rows(f"{begin}.网格未填")) == line.without_grid
        if line.covered:
            grids = rows(f"{begin}.巡查覆盖")
            assert sum(row.counted for row in grids) == line.covered["n"]
            assert len(grids) == line.covered["d"]
        reports = [row.number for row in rows(f"{begin}.上报")]
        assert sorted(map(str, reports)) == sorted(line.numbers)
    places = [line for line in work.lines if line.level == "community"]
    assert len(rows("网格未填")) == sum(line.without_grid for line in places) > 0
    nowhere = sum(line.reports or 0 for line in places if not line.community)
    assert len(rows("社区未填")) == nowhere > 0
    assert rows("人员.演示甲.上报") == rows("人员.p01.上报")
    assert (
        of_grids(work._replace(known=False), named("上报", GRID_FIGURES, GRID_LEVELS), people)[1]
        == []
    )
