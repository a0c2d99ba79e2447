"""The work of grids (附3.2): counts by hand, shares half-up, no volume without its share."""

from __future__ import annotations

from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from sixping.reports.grids import GridReport, Line, Place, Round, grid_lines

PLACES = [Place("甲一", "甲", ("p1", "p2")), Place("甲二", "甲"), Place("乙一", "乙", ("p3",))]
STAFF = [("乙", "p4")]
HOME = {"甲一": "甲", "甲二": "甲", "乙一": "乙"}


def report(number: int, **more: object) -> GridReport:
    values: dict[str, object] = {
        "number": f"n{number}", "community": "甲", "grid": "甲一", "worker": None,
        "accepted": None, "workdays": None,
    }  # fmt: skip
    return GridReport(**(values | more))  # type: ignore[arg-type]


REPORTS = st.lists(
    st.builds(
        lambda grid, known, worker, accepted, days: report(
            0,
            community=HOME.get(grid, "乙") if known else None,
            grid=grid if known else None,
            worker=worker,
            accepted=accepted,
            workdays=None if accepted is None else days,
        ),
        st.sampled_from(["甲一", "甲二", "乙一", None]),
        st.booleans(),
        st.sampled_from([None, "p1", "p2", "p3", "p4"]),
        st.sampled_from([None, True, False]),
        st.integers(0, 9),
    ),
    max_size=12,
)


def matches(line: Line, one: GridReport) -> bool:
    if line.level == "worker":
        return one.worker == line.worker  # his own, wherever it is of
    if line.level == "grid":
        return one.grid == line.grid
    return one.community == line.community


@settings(deadline=None, max_examples=80)
@given(found=REPORTS)
def test_every_row_is_what_counting_by_hand_gives(found: list[GridReport]) -> None:
    reports = [one._replace(number=f"n{i}") for i, one in enumerate(found)]
    lines = grid_lines(PLACES, STAFF, reports, [Round(("甲一",), ("p1",))])
    for line in lines:
        own = [one for one in reports if matches(line, one)]
        assert list(line.numbers) == [one.number for one in own]
        assert line.reports == len(own)
        assert line.decided == sum(one.accepted is not None for one in own)
        assert line.accepted == sum(one.accepted is True for one in own)
        assert (line.valid["n"], line.valid["d"]) == (line.accepted, line.decided)
        assert (line.valid["rate"] is None) == (line.decided == 0)
        assert (line.accepted_share["n"], line.accepted_share["d"]) == (line.accepted, len(own))
        days = [one.workdays for one in own if one.workdays is not None]
        assert line.feedback_workdays == (median(days) if days else None)
    total = sum(line.reports or 0 for line in lines if line.level == "community")
    assert total == len(reports)


def test_shares_are_rounded_half_up() -> None:
    found = [report(n, accepted=n == 0) for n in range(3)]
    line = grid_lines(PLACES, [], found, [])[0]
    assert line.valid["rate"] == 33.33
    found = [report(n, accepted=n > 0) for n in range(3)]
    assert grid_lines(PLACES, [], found, [])[0].valid["rate"] == 66.67


def test_patrols_count_for_community_grid_and_worker() -> None:
    rounds = [Round(("甲一", "乙一"), ("p1",)), Round(("甲一",), ("p2", "p4"))]
    lines = grid_lines(PLACES, STAFF, [], rounds)
    found = {(line.level, line.community, line.grid, line.worker): line for line in lines}
    assert found["community", "甲", None, None].patrols == 2
    covered = found["community", "甲", None, None].covered
    assert covered is not None
    assert (covered["n"], covered["d"], covered["rate"]) == (1, 2, 50.0)
    assert found["grid", "甲", "甲一", None].patrols == 2
    assert found["grid", "甲", "甲二", None].patrols == 0
    assert found["worker", "甲", "甲一", "p2"].patrols == 1
    assert found["worker", "乙", None, "p4"].patrols == 1


def test_reports_without_a_community_stand_last_and_only_when_there_are_any() -> None:
    assert [line.community for line in grid_lines(PLACES, [], [], [])][-1] == "乙"
    lost = report(1, community=None, grid=None)
    last = grid_lines(PLACES, [], [lost], [])[-1]
    assert (last.level, last.community, last.numbers) == ("community", None, ("n1",))
