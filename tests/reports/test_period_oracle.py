"""Every figure of a report equals a recount in plain Python over random histories."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from sixping.queries import periods, photographs
from sixping.queries.periods import AsOf
from sixping.reports.period import DIMENSIONS, RATES, TOTALS, percent
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI, to_text
from tests.conftest import Runner
from tests.kit.histories import Life, Moment, Told, born_late, lived, measures, standing, tell

ROOM = "综合信息指挥室"
SATISFIED = 4
SEEDS = (7, 10, 12, 14, 17, 18)
PERIODS = [
    (date(2026, 1, 1), date(2026, 12, 31)),
    *((date(2026, m, 1), date(2026, m + 1, 1) - timedelta(days=1)) for m in range(1, 12)),
    (date(2026, 2, 9), date(2026, 2, 15)),
]


@pytest.fixture(scope="module", params=SEEDS)
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


Count = Counter[tuple[str, tuple[str | None, ...]]]


def recounted(
    life: Life, private: list[Told], first: datetime, last: datetime, at: Moment
) -> Count:
    """Count the flows by the cases as they are at a moment, the stock by its photograph."""
    found: Count = Counter()
    cases = {each.case.number: each.case for each in private}
    for each in private:
        main = cases.get(each.case.merged_into or "")
        _add(found, each.keys, measures(each, first, last, at.at, SATISFIED, main))
        platform, _, *rest = each.keys
        _add(found, (platform, ROOM, *rest), born_late(each, first, last, at.at))
    for each in photograph(life, last, at):
        _add(found, each.keys, standing(each, min(last, at.at)))
    return found


def _add(found: Count, keys: tuple[str | None, ...], counts: dict[str, int]) -> None:
    for measure, count in counts.items():
        if count:
            found[measure, keys] += int(count)


def photograph(life: Life, last: datetime, at: Moment) -> list[Told]:
    """Return the cases as they stood when a period ended; as they stand while it runs."""
    by_then = [m.seq for m in life.moments if m.at <= min(last, at.at)]
    return all_told(life, at.seq if last > at.at else max(by_then, default=1))


def all_told(life: Life, seq: int) -> list[Told]:
    with reading(life.path) as con:
        found = [tell(con, number, seq) for number in life.numbers]
    return [each for each in found if each]


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(first, time(), SHANGHAI),
        datetime.combine(last, time(23, 59, 59), SHANGHAI),
    )


def counted(life: Life, as_of: AsOf, first: datetime, last: datetime) -> Counter[Any]:
    with reading(life.path) as con:
        period = (to_text(first), to_text(last))
        (photo,) = photographs.photographs(con, as_of, [period])
        rows = periods.tallies(con, as_of, period, satisfied=SATISFIED, room=ROOM)
        rows += photographs.tallies(con, photo)
    found: Counter[Any] = Counter()
    for measure, keys, count in rows:
        found[measure, keys] += count
    return found


def past(life: Life, at: Moment) -> AsOf:
    with reading(life.path) as con:
        return AsOf.recorded(con, to_text(at.at))


def present(life: Life) -> AsOf:
    with reading(life.path) as con:
        return AsOf.present(con, to_text(life.moments[-1].at))


def test_the_histories_are_rich_enough(life: Life) -> None:
    sums: Counter[str] = Counter()
    for (measure, _), count in counted(life, present(life), *bounds(*PERIODS[0])).items():
        sums[measure] += count
    ways = {"transferred", "guided", "sent_back"}  # rare, each of them
    missing = {t for t in TOTALS if t not in {"merged", *ways}} - set(sums)
    assert ways & set(sums)
    assert len(missing) <= 1, missing  # chance may leave out one of them
    assert sums["accept_due"] > sums["accept_met"] > 0
    assert sums["finish_due"] > sums["finish_met"] > 0
    with reading(life.path) as con:
        assert con.execute("SELECT count(*) FROM voids").fetchone()[0] > 3


@pytest.mark.parametrize("period", PERIODS, ids=lambda p: f"{p[0]}..{p[1]}")
def test_every_figure_equals_a_recount_by_hand(life: Life, period: tuple[date, date]) -> None:
    as_of = present(life)
    private = all_told(life, as_of.seq)
    first, last = bounds(*period)
    expected = recounted(life, private, first, last, life.moments[-1])
    assert counted(life, as_of, first, last) == expected


def test_a_report_of_an_earlier_moment_knows_nothing_later(life: Life) -> None:
    for at in life.moments[::29]:
        as_of = past(life, at)
        assert as_of.seq == at.seq
        private = all_told(life, at.seq)
        for period in PERIODS[:8:3]:
            first, last = bounds(*period)
            expected = recounted(life, private, first, last, at)
            assert counted(life, as_of, first, last) == expected, period


def test_the_present_read_as_a_past_moment_is_the_same(life: Life) -> None:
    first, last = bounds(*PERIODS[0])
    assert counted(life, past(life, life.moments[-1]), first, last) == counted(
        life, present(life), first, last
    )


def test_the_months_of_the_trend_equal_a_recount(life: Life) -> None:
    as_of = present(life)
    private = all_told(life, as_of.seq)
    spans = [bounds(*period) for period in PERIODS]
    texts = [(to_text(a), to_text(b)) for a, b in spans]
    with reading(life.path) as con:
        photos = photographs.photographs(con, as_of, texts)
        late = [photographs.overdue(con, photo) for photo in photos]
        flows = periods.months(con, as_of, texts)
    found = [(*flow, overdue) for flow, overdue in zip(flows, late, strict=True)]
    expected = []
    for first, last in spans:
        sums = Counter[str]()
        for (measure, _), count in recounted(life, private, first, last, life.moments[-1]).items():
            sums[measure] += count
        expected.append((sums["received"], sums["resolved"], sums["overdue"]))
    assert found == expected


def test_the_report_adds_up_to_the_recount(life: Life, call: Runner) -> None:
    """The promised JSON: totals, rates and breakdowns from the same recount."""
    now = life.moments[-1].at
    private = all_told(life, life.moments[-1].seq)
    for month in ("2026-02", "2026-03"):
        made = call(
            "report", "--month", month, "--json", "--ledger", str(life.path), now=now.isoformat()
        ).json()
        first, last = (date.fromisoformat(made["period"][k]) for k in ("from", "to"))
        count = recounted(life, private, *bounds(first, last), life.moments[-1])
        assert made["totals"] == {t: _sum(count, t) for t in TOTALS}
        for name, rate in RATES.items():
            n, d = _sum(count, rate.n), _sum(count, rate.d)
            assert made["rates"][name] == {
                "n": n, "d": d, "rate": percent(n, d), "cohort": rate.cohort
            }  # fmt: skip
        for place, dimension in enumerate(DIMENSIONS):
            _holds(made[f"by_{dimension}"], count, place)
        flagged = {c["number"] for c in made["cases"] if c["overdue"]}
        _, end = bounds(first, last)
        stood = photograph(life, end, life.moments[-1])
        assert flagged == {t.case.number for t in stood if t.late_at(end)}
        assert {c["number"] for c in made["cases"] if c["open"]} == {
            t.case.number for t in stood if t.case.open
        }


def _sum(
    count: Counter[tuple[str, tuple[str | None, ...]]],
    measure: str,
    place: int = 0,
    name: Any = ...,
) -> int:
    return sum(n for (m, keys), n in count.items() if m == measure and name in (..., keys[place]))


def _holds(rows: list[dict[str, Any]], count: Counter[Any], place: int) -> None:
    assert {row["name"] for row in rows} == {keys[place] for _, keys in count}
    assert [r["received"] for r in rows] == sorted((r["received"] for r in rows), reverse=True)
    for row in rows:
        for measure in ("received", "resolved", "open", "overdue"):
            assert row[measure] == _sum(count, measure, place, row["name"]), row["name"]
        for name, rate in RATES.items():
            pair = (row[name]["n"], row[name]["d"])
            assert pair == tuple(_sum(count, m, place, row["name"]) for m in (rate.n, rate.d))
