"""Report and assessment count alike: all subjects and nobody together are the whole street."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.histories import Life, lived

#: a figure of the assessment → the rate of the report it adds up to
ALIKE = {
    "accept_on_time": "accept_on_time",
    "refer_on_time": "refer_on_time",
    "finish_on_time": "finish_on_time",
    "within_ceiling": "within_ceiling",
    "returned_rate": "returned_rate",
    "reopened_rate": "reopened_rate",
    "feedback_rate": "feedback_rate",
    "satisfied": "satisfied",
    "place_resolved": "finish_rate",
}


@pytest.fixture(scope="module", params=(7, 12, 15))
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


def months(life: Life) -> list[str]:
    day, found = date(2025, 11, 1), []
    while day <= life.moments[-1].at.date():
        found.append(f"{day:%Y-%m}")
        day = (day + timedelta(31)).replace(day=1)
    return found


def papers(life: Life, call: Runner, month: str, *more: str) -> tuple[Any, Any]:
    now = life.moments[-1].at.isoformat()
    argv = ("--month", month, "--json", "--ledger", str(life.path), *more)
    made = [call(command, *argv, now=now) for command in ("report", "assess")]
    assert [one.code for one in made] == [0, 0]
    return made[0].json(), made[1].json()


def total(numbers: Iterable[int | None]) -> int | None:
    """Return the sum; None where nobody knows any of them."""
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def whole(assess: Any, figure: str) -> tuple[int | None, int | None]:
    """Return n and d of all subjects and of nobody."""
    rates = [s["rates"][figure] for s in assess["subjects"] if figure in s["rates"]]
    rates.append(assess["nobody"]["rates"][figure])
    return total(r["n"] for r in rates), total(r["d"] for r in rates)


def beside_of(report: Any) -> dict[str, int | None]:
    """Return what a report shows beside its rates, by the names an assessment has."""
    ways = report["transferred_out"]
    return {
        "transferred_out": total(ways.values()),
        **{f"transferred_out.{kind}": n for kind, n in ways.items()},
        "overdue_undone": report["overdue_undone"],
        "stated": report["stated"]["n"],
        "stated.changed": report["stated"]["changed"],
        "extended": report["extended"]["n"],
        "exceptions": report["exceptions"],
        "unsent": report["unsent"],
        "failed": report["failed"],
    }


def seen_of(assess: Any) -> dict[str, int | None]:
    """Return the same of all subjects and of nobody."""
    own = [each["beside"] for each in (*assess["subjects"], assess["nobody"])]
    return {key: total(each[key] for each in own) for key in own[-1]}


@pytest.mark.parametrize("past", [False, True], ids=["now", "as of"])
def test_all_subjects_and_nobody_add_up_to_the_report(
    life: Life, call: Runner, *, past: bool
) -> None:
    seen: set[str] = set()
    beside: set[str] = set()
    more = ("--as-of", life.moments[len(life.moments) // 2].at.isoformat()) if past else ()
    for month in months(life):
        if more and month > more[1][:7]:
            break
        report, assess = papers(life, call, month, *more)
        for figure, rate in ALIKE.items():
            expected = report["rates"][rate]["n"], report["rates"][rate]["d"]
            assert whole(assess, figure) == expected, (month, figure)
            seen |= {figure} if (expected[1] or 0) > (expected[0] or 0) > 0 else set()
        assert seen_of(assess) == beside_of(report), month
        beside |= {key for key, n in seen_of(assess).items() if n}
        assert assess["left_out"] == report["left_out"], month
    assert past or {"accept_on_time", "finish_on_time", "place_resolved"} <= seen
    assert past or {"transferred_out", "stated"} <= beside


def test_what_nobody_answers_for_opens_to_its_rows(life: Life, call: Runner) -> None:
    now, argv = life.moments[-1].at.isoformat(), ("--ledger", str(life.path), "--json")
    found = 0
    for month in months(life)[2:]:
        base = ("assess", "--month", month, *argv)
        nobody = call(*base, now=now).json()["nobody"]
        for figure, rate in nobody["rates"].items():
            if rate["d"]:
                drill = (*base, "--drill", figure, "--unit", "无单位承担")
                rows = call(*drill, now=now).json()
                assert len(rows) == rate["d"], figure
                assert sum(row["counted"] for row in rows) == rate["n"]
                found += 1
    assert found
