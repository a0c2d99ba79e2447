"""Every count equals its list: whatever a report, an assessment or a list of failures counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sixping.reports.beside import WITH_TRANSFERRED
from sixping.reports.drill import (
    BY_FIRST,
    CHANGED,
    FIGURES,
    LEFT_OUT,
    OUTCOMES,
    SECOND,
    SEEN,
    SETTLED,
)
from sixping.reports.handling import WAITING
from sixping.reports.period import RATES, TOTALS
from sixping.reports.waysout import WAYS
from tests.conftest import Runner
from tests.kit.histories import Life, lived

NOW = "2026-11-28T10:00:00+08:00"


@pytest.fixture(scope="module", params=(7, 12))
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


def figures(made: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return every figure of a report that opens: what is counted, and of how many."""
    found = {name: (n or 0, n or 0) for name, n in made["totals"].items()}
    found |= {name: (rate["n"], rate["d"]) for name, rate in made["rates"].items()}
    for name, rate in made["with_transferred"].items():
        found[f"{name}{SECOND}"] = rate["n"], rate["d"]
    for key, rate in ((BY_FIRST, made["extended"]["by_first_limit"]), (SETTLED, made["solved"])):
        found[key] = rate["n"], rate["d"]
    found |= {f"finish.{part}": (n or 0, n or 0) for part, n in made["finish"].items()}
    found |= {f"scores.{score}": (n or 0, n or 0) for score, n in made["scores"].items()}
    for whose, grades in made["averages"].items():
        for grade, each in grades.items():
            found[f"averages.{whose}.{grade}"] = each["n"], each["n"]
            found[f"averages.{whose}.{grade}.open_n"] = each["open_n"], each["open_n"]
    found |= {f"{OUTCOMES}.{kind}": (n, n) for kind, n in made["outcomes"].items()}
    whole = sum(made["outcomes"].values())
    found |= {OUTCOMES: (whole, whole)}
    return found | {what: (made[what]["n"] or 0,) * 2 for what in WAITING}


def seen(made: dict[str, Any]) -> dict[str, int]:
    """Return what has to be seen, each figure with the number of its rows."""
    ways = {f"transferred_out.{kind}": n for kind, n in made["transferred_out"].items()}
    return {
        "transferred_out": sum(ways.values()), **ways,
        "overdue_undone": made["overdue_undone"], "stated": made["stated"]["n"],
        CHANGED: made["stated"]["changed"], "extended": made["extended"]["n"],
        "exceptions": made["exceptions"], "unsent": made["unsent"],
        **{f"{LEFT_OUT}.{clock}": n or 0 for clock, n in made["left_out"].items()},
        "failed": made["failed"],
        "to_check": len(made["to_check"] or ()),
        **{
            f"repeated.{sort}": sum(len(each["numbers"]) for each in found)
            for sort, found in (made["repeated"] or {"places": (), "callers": ()}).items()
        },
    }  # fmt: skip


def numbers(made: Any, path: str = "") -> list[str]:
    """Return the path of every whole number of a report that counts something."""
    if isinstance(made, dict):
        return [p for key, value in made.items() for p in numbers(value, f"{path}.{key}")]
    return [path[1:]] if isinstance(made, int) and not isinstance(made, bool) else []


#: no counts of the period: the state of the ledger, ages, and other periods
_NO_COUNT = ("ledger.seq", *(f"{what}.longest" for what in WAITING))


def key_of(path: str) -> str:
    """Return by what name a number of a report opens."""
    path = path.removeprefix("totals.").removeprefix("rates.").removesuffix(".n").removesuffix(".d")
    family, _, name = path.partition(".")
    return f"{name}{SECOND}" if family == SECOND[1:] else path


@pytest.mark.parametrize(("month", "back"), [("2026-02", None), ("2026-03", 2)])
def test_every_figure_of_a_report_equals_its_list(
    life: Life, call: Runner, month: str, back: int | None
) -> None:
    now = life.moments[-1].at
    then = (now - (now - life.moments[0].at) / back).isoformat() if back else now.isoformat()
    own = ("report", "--month", month, "--as-of", then, "--json", "--ledger", str(life.path))
    made = call(*own, now=now.isoformat()).json()
    told, listed = figures(made), seen(made)
    counts = [path for path in numbers({**made, "comparison": {}}) if path not in _NO_COUNT]
    assert {key_of(path) for path in counts} <= {*told, *listed}, "every count opens"
    grades = {key for key in FIGURES if key.startswith("averages.")}
    assert {*told, *listed} >= set(FIGURES) - grades
    for key in {*told, *listed}:
        rows = call(*own, "--drill", key, now=now.isoformat()).json()
        if key in listed:
            assert [row["counted"] for row in rows] == [True] * listed[key], key
        else:
            assert (sum(row["counted"] for row in rows), len(rows)) == told[key], key
        if key in {**TOTALS, **RATES}:
            _holds_by_unit(made["by_unit"], key, rows)


def _holds_by_unit(by_unit: list[dict[str, Any]], key: str, rows: list[dict[str, Any]]) -> None:
    count = Counter(row["unit"] for row in rows)
    for each in by_unit:
        if key in RATES:
            assert count[each["name"]] == each[key]["d"], key
        elif key in each:
            assert count[each["name"]] == each[key], key


def test_the_lists_are_rich_enough(life: Life, call: Runner) -> None:
    now = life.moments[-1].at.isoformat()
    made = call("report", "--year", "2026", "--json", "--ledger", str(life.path), now=now).json()
    found = seen(made)
    assert found["transferred_out"] + found["overdue_undone"] > 10
    assert found["stated"] > 5
    assert sum(n > 0 for n in made["transferred_out"].values()) >= 3
    for name in WITH_TRANSFERRED:
        assert made["with_transferred"][name]["d"] >= made["rates"][name]["d"]


def test_what_an_assessment_and_a_list_of_failures_count_equals_its_list(
    life: Life, call: Runner
) -> None:
    now = life.moments[-1].at.isoformat()
    ledger = ("--json", "--ledger", str(life.path))
    asked = ("assess", "--month", "2026-02", *ledger)
    made = call(*asked, now=now).json()
    for key in SEEN:
        shown = call(*asked, "--drill", key, now=now).json()
        assert all(row["counted"] for row in shown)
        rows = Counter(row["unit"] for row in shown)
        counts = {s["name"]: s["beside"][key] for s in made["subjects"]}
        names = set(counts)
        assert {name: n for name, n in rows.items() if name in names} == {
            name: n for name, n in counts.items() if n
        }
        rest = sum(n for name, n in rows.items() if name not in names)
        assert rest == made["nobody"]["beside"][key]
    rows = Counter(row["unit"] for row in call(*asked, "--drill", "others", now=now).json())
    assert rows == {other["name"]: other["cases"] for other in made["others"]}
    period = ("lapses", "--from", "2026-02-01", "--to", "2026-02-28", *ledger)
    made = call(*period, now=now).json()
    families = ("transferred_out", "overdue_undone", "stated", "extended", "exceptions", "unsent")
    for key in (*families, "failed"):
        rows_of = call(*period, "--drill", key, now=now).json()
        assert [row["counted"] for row in rows_of] == [True] * made["beside_counts"].get(key, 0)
    for kind, n in made["counts"].items():
        assert len(call(*period, "--drill", kind, now=now).json()["items"]) == n


# --- told as it happened -----------------------------------------------------------------


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """Four cases of the 2nd of November, all to be settled by the 9th at 17:00."""
    for number in "1234":
        _step(call, "11-02T09:00", "intake", f"演示: 占道经营{number}", "--severity", "一般")
        _step(call, "11-02T10:00", "accept", number)
        _step(call, "11-02T11:00", "assign", number, "--lead", "城管执法中队")
    return call


APPROVED = ("--approved-by", "分管领导")


def _step(call: Runner, at: str, *argv: str) -> None:
    made = call(*argv, "--by", "演示甲", now=f"2026-{at}:00+08:00")
    assert made.code == 0, made.err


def _report(call: Runner, *more: str) -> Any:
    return call("report", "--month", "2026-11", "--json", *more, now=NOW).json()


def test_merging_in_the_last_minutes_into_a_case_received_that_day_is_seen(street: Runner) -> None:
    _step(street, "11-09T09:00", "intake", "演示: 占道经营5", "--severity", "一般")
    _step(street, "11-09T16:55", "merge", "1", "--into", "5")
    made = _report(street)
    assert made["transferred_out"]["merged"] == 2  # target and ceiling
    first, second = made["rates"]["finish_on_time"], made["with_transferred"]["finish_on_time"]
    assert (second["n"] - first["n"], second["d"] - first["d"]) == (0, 1)
    (target, ceiling) = _report(street, "--drill", "并件")
    assert (target["number"], target["clock"], target["due"], target["at"], target["by"]) == (
        "2026-000001", "办结期限", "2026-11-09T17:00:00+08:00", "2026-11-09T16:55:00+08:00",
        "演示甲",
    )  # fmt: skip
    assert ceiling["clock"] == "最长时限"
    page = street("report", "--month", "2026-11", "--format", "md", now=NOW).out
    assert "限内转出）2件：并件2件" in page


def test_raised_in_the_last_minutes_it_waits_in_the_list_for_its_decision(street: Runner) -> None:
    raised = ("regrade", "1", "--severity", "较大", "--reason", "演示")
    _step(street, "11-09T16:55", *raised, *APPROVED)
    (target, _) = _report(street, "--drill", "调级")
    assert "办公时间 5 分" in target["what"]
    assert "至今 14 个工作日没有决定" in target["what"]
    assert (target["counted"], target["verdict"]) == (True, "未转回")
    _step(street, "11-10T09:00", "regrade", "1", "--severity", "一般", "--reason", "演示")
    (target, _) = _report(street, "--drill", "调级")
    assert "已转回" in target["what"]
    assert (target["counted"], target["verdict"]) == (True, "已转回")
    made = _report(street)
    rates = made["rates"]["finish_on_time"], made["with_transferred"]["finish_on_time"]
    assert rates[0]["d"] == rates[1]["d"]


def test_a_result_written_up_in_time_after_the_limit_is_named(street: Runner) -> None:
    late = ("resolve", "1", "--outcome", "已清理", "--at", "2026-11-09 15:00", "--reason", "补记")
    _step(street, "11-20T09:00", *late, *APPROVED)
    in_time = (
        "resolve",
        "2",
        "--outcome",
        "已清理",
        "--at",
        "2026-11-06 15:00",
        "--reason",
        "补记",
    )
    _step(street, "11-06T18:00", *in_time)
    made = _report(street)
    assert made["stated"] == {"n": 2, "changed": 1}
    (row,) = _report(street, "--drill", "补录改判")
    assert row["number"] == "2026-000001"
    stated = [(r["counted"], r["verdict"]) for r in _report(street, "--drill", "事后补录")]
    assert stated == [(True, "未改判"), (True, "改判")]
    asked = ("lapses", "--from", "2026-11-01", "--json")
    assert street(*asked, now=NOW).json()["beside_counts"]["stated"] == 2


def test_a_merge_is_written_up_once_and_a_note_saves_no_limit(street: Runner) -> None:
    past = ("--at", "2026-11-03 15:00", "--reason", "补记")
    _step(street, "11-04T09:00", "merge", "1", "--into", "2", *past)
    late = ("note", "3", "演示: 已到现场", "--at", "2026-11-09 15:00", "--reason", "补记")
    _step(street, "11-20T09:00", *late)
    assert _report(street)["stated"] == {"n": 2, "changed": 1}
    stated = [(r["number"], r["verdict"]) for r in _report(street, "--drill", "事后补录")]
    assert stated == [("2026-000001", "改判"), ("2026-000003", "未改判")]


def test_extended_cases_are_shown_by_their_first_limit(street: Runner) -> None:
    approved = ("--reason", "演示", "--approved-by", "分管领导")
    _step(street, "11-09T09:00", "extend", "1", "--workdays", "3", *approved)
    _step(street, "11-11T09:00", "resolve", "1", "--outcome", "已清理")
    _step(street, "11-09T09:00", "resolve", "2", "--outcome", "已清理")
    made = _report(street)
    first = made["extended"].pop("by_first_limit")
    assert made["extended"] == {"n": 1, "share": 25.0}
    (moved,) = _report(street, "--drill", "延期")
    assert (moved["counted"], moved["verdict"]) == (True, "按原期限超期")
    assert (made["rates"]["finish_on_time"]["n"], first["n"], first["d"]) == (2, 1, 4)
    _step(street, "11-09T09:00", "extend", "3", "--workdays", "12", *approved, "--beyond-ceiling")
    assert _report(street)["exceptions"] == 1
    assert [row["number"] for row in _report(street, "--drill", "特批")] == ["2026-000003"]


def test_what_missed_its_new_date_too_is_not_taken_off_twice(street: Runner) -> None:
    approved = ("--reason", "演示", "--approved-by", "分管领导")
    _step(street, "11-09T09:00", "extend", "1", "--workdays", "1", *approved)
    _step(street, "11-09T09:00", "resolve", "2", "--outcome", "已清理")
    made = _report(street)
    first, own = made["extended"]["by_first_limit"], made["rates"]["finish_on_time"]
    assert (first["n"], first["d"]) == (own["n"], own["d"]) == (1, 4)


def test_suspended_stays_in_the_list_and_counts_by_its_former_limit(street: Runner) -> None:
    approved = ("--reason", "演示", "--approved-by", "分管领导")
    _step(street, "11-05T09:00", "suspend", "1", *approved)
    _step(street, "11-12T09:00", "resume", "1")
    _step(street, "11-13T09:00", "resolve", "1", "--outcome", "已清理")
    made = _report(street)
    assert made["transferred_out"]["suspended"] == 1
    first, second = made["rates"]["finish_on_time"], made["with_transferred"]["finish_on_time"]
    assert (first["n"], first["d"]) == (1, 4)
    assert (second["n"], second["d"]) == (0, 4)


def test_a_case_that_left_several_limits_counts_once_by_the_first(street: Runner) -> None:
    for number in "234":
        _step(street, "11-06T09:00", "resolve", number, "--outcome", "已清理")
    raised = ("regrade", "1", "--severity", "较大", "--reason", "演示")
    _step(street, "11-09T16:55", *raised, *APPROVED)
    decided = ("decide", "1", "--lead", "城管执法中队", "--leader", "分管领导", "--due")
    _step(street, "11-10T09:00", *decided, "2026-11-20")
    _step(street, "11-20T09:00", *decided, "2026-11-27")
    _step(street, "11-27T09:00", "resolve", "1", "--outcome", "已清理")
    made = _report(street)
    first, second = made["rates"]["finish_on_time"], made["with_transferred"]["finish_on_time"]
    assert (first["n"], first["d"]) == (4, 4)
    assert (second["n"], second["d"]) == (3, 4)
    assert "一件一轮只计一次" in second["cohort"]
    rows = _report(street, "--drill", "finish_on_time.with_transferred")
    (late,) = (row for row in rows if not row["counted"])
    assert (late["number"], late["due"][:10]) == ("2026-000001", "2026-11-09")
    assert late["verdict"] == "按原期限超期"
    assert len(rows) == 4


def test_a_limit_taken_from_a_repeat_goes_back_with_it_and_counts_once(street: Runner) -> None:
    """The later case runs to the earlier limit of the repeat, until that leaves again."""
    _step(street, "11-04T09:00", "intake", "演示: 占道经营5", "--severity", "一般")
    _step(street, "11-04T10:00", "merge", "1", "--into", "5")
    _step(street, "11-05T10:00", "unmerge", "1", "--reason", "演示")
    made = _report(street)
    assert made["transferred_out"]["amended"] == 2
    rows = _report(street, "--drill", "改收件时间")
    assert [row["verdict"] for row in rows] == ["已转回", "已转回"]
    first, second = made["rates"]["finish_on_time"], made["with_transferred"]["finish_on_time"]
    assert (first["n"], first["d"]) == (second["n"], second["d"])


def test_a_repeat_is_judged_by_its_main_case(street: Runner) -> None:
    _step(street, "11-05T10:00", "merge", "1", "--into", "2")
    _step(street, "11-06T10:00", "resolve", "2", "--outcome", "已清理")
    made = _report(street)["with_transferred"]["finish_on_time"]
    assert (made["n"], made["d"]) == (2, 4)


def test_declined_reports_are_listed_and_in_no_second_rate(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    _step(call, "11-02T09:00", "intake", "演示: 占道经营", "--severity", "一般")
    _step(call, "11-02T10:00", "decline", "1", "--reason", "演示: 不属实")
    made = _report(call)
    assert made["transferred_out"]["declined"] == 2
    assert made["with_transferred"]["finish_on_time"]["d"] == 0
    assert len(_report(call, "--drill", "限内转出(不予受理)")) == 2


def test_a_breach_that_a_void_takes_away_is_seen(street: Runner) -> None:
    _step(street, "11-04T09:00", "regrade", "1", "--severity", "重大", "--reason", "演示")
    seq = street("show", "1", "--json", now=NOW).json()["events"][-1]["seq"]
    _step(street, "11-06T09:00", "void", "1", str(seq), "--reason", "演示", *APPROVED)
    (row,) = _report(street, "--drill", "超期记录取消")
    assert (row["number"], row["clock"]) == ("2026-000001", "上报期限")


def test_a_breach_taken_away_is_no_way_out_in_any_figure_or_list(street: Runner) -> None:
    _step(street, "11-04T09:00", "regrade", "1", "--severity", "重大", "--reason", "演示")
    seq = street("show", "1", "--json", now=NOW).json()["events"][-1]["seq"]
    _step(street, "11-06T09:00", "void", "1", str(seq), "--reason", "演示", *APPROVED)
    made = _report(street)
    left = sum(made["transferred_out"].values())
    assert made["overdue_undone"] == 1
    assert "overdue_undone" not in made["transferred_out"]
    assert len(_report(street, "--drill", "限内转出")) == left
    page = street("report", "--month", "2026-11", "--format", "md", now=NOW).out
    assert f"限内转出）{left}件" in page if left else "也没有期限未满而转出" in page
    assert "超期记录取消1项" in page
    asked = ("lapses", "--from", "2026-11-01", "--json")
    counts = street(*asked, now=NOW).json()["beside_counts"]
    assert (counts["overdue_undone"], counts["transferred_out"]) == (1, left)
    assessed = ("assess", "--month", "2026-11", "--json", "--drill")
    assert len(street(*assessed, "超期记录取消", now=NOW).json()) == 1
    assert len(street(*assessed, "限内转出", now=NOW).json()) == left


def test_nothing_to_see_is_said(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    _step(call, "11-02T09:00", "intake", "演示: 占道经营", "--severity", "一般")
    page = call("report", "--month", "2026-11", "--format", "md", now=NOW).out
    assert "没有延期的，也没有期限未满而转出（限内转出）的。" in page
    assert "不是超期，但须看到：没有" in page
    made = _report(call)
    assert set(made["transferred_out"]) == set(WAYS)
    assert not any(made["transferred_out"].values())


@pytest.fixture
def eve(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """A case of the last working day of October: every limit of it falls due in November."""
    _step(call, "10-30T09:00", "intake", "演示: 占道经营", "--severity", "一般")
    return call


def test_what_was_told_by_form_only_is_listed_in_the_month_it_was_said(eve: Runner) -> None:
    _step(eve, "10-30T10:00", "accept", "1")
    made = eve("report", "--month", "2026-10", "--json", now=NOW).json()
    assert (made["unsent"], any(made["transferred_out"].values())) == (1, False)


def test_a_limit_left_by_the_grade_found_at_acceptance_is_listed_too(eve: Runner) -> None:
    raised = ("accept", "1", "--severity", "较大", "--told")
    _step(eve, "10-30T10:00", *raised)
    made = eve("report", "--month", "2026-10", "--json", now=NOW).json()
    assert (made["unsent"], made["transferred_out"]["regraded"]) == (0, 2)


def test_a_limit_left_in_the_month_before_counts_in_the_month_it_was_due(
    call: Runner,
    ledger: Path,  # noqa: ARG001
) -> None:
    _step(call, "10-29T09:00", "intake", "演示: 占道经营", "--severity", "一般")
    _step(call, "10-29T10:00", "accept", "1")
    _step(call, "10-30T09:00", "regrade", "1", "--severity", "较大", "--reason", "演示")
    made = _report(call)
    assert not any(made["transferred_out"].values())
    assert made["rates"]["finish_on_time"]["d"] == 0
    second = made["with_transferred"]["finish_on_time"]
    assert (second["n"], second["d"]) == (0, 1)


def test_what_is_written_up_when_no_limit_falls_due_is_listed_too(street: Runner) -> None:
    late = ("note", "3", "演示: 已到现场", "--at", "2026-12-01 15:00", "--reason", "补记")
    _step(street, "12-05T09:00", *late)
    asked = ("report", "--month", "2026-12", "--json")
    made = street(*asked, now="2026-12-10T10:00:00+08:00").json()
    assert made["stated"] == {"n": 1, "changed": 0}


def test_a_figure_nobody_knows_is_refused_with_the_nearest(street: Runner) -> None:
    for command in (["report"], ["lapses"], ["assess"]):
        made = street(*command, "--drill", "限内转", now=NOW)
        assert made.code == 2
        assert "限内转出" in made.err
    assert street("report", "--drill", "按时办结率（含转出）", now=NOW).code == 0


def test_who_reads_a_state_of_the_past_sees_only_what_was_known(street: Runner) -> None:
    raised = ("regrade", "1", "--severity", "较大", "--reason", "演示")
    _step(street, "11-09T16:55", *raised, *APPROVED)
    then = "2026-11-09T16:00:00+08:00"
    past = ("--as-of", then)
    assert not any(_report(street, *past)["transferred_out"].values())
    assert _report(street, *past, "--drill", "限内转出") == []
    after = (*past[:1], "2026-11-09T18:00:00+08:00")
    assert _report(street, *after)["transferred_out"]["regraded"] == 2


def rows_of_units(made: dict[str, Any]) -> dict[str, int]:
    """Return what a row of a breakdown says besides its totals and rates, by key."""
    found = {
        f"by_{sort}.{row['name'] or '(未填)'}.left_out.{what}": n
        for sort in ("unit", "community", "severity")
        for row in made[f"by_{sort}"]
        for what, n in row["left_out"].items()
    }
    for row in made["by_unit"]:
        if row["name"]:
            found[f"by_unit.{row['name']}.days"] = row["days"]["n"]
            found[f"by_unit.{row['name']}.days.open_n"] = row["days"]["open_n"]
    return found


def test_what_a_row_leaves_out_and_its_days_open_to_their_cases(life: Life, call: Runner) -> None:
    argv = ("report", "--half", "2026H1", "--ledger", str(life.path), "--json")
    now = life.moments[-1].at.isoformat()
    said = rows_of_units(call(*argv, now=now).json())
    some = {(key.split(".")[0], key.rpartition(".")[2]): key for key, n in said.items() if n}
    assert len(some) > 5
    for key in some.values():
        assert len(call(*argv, "--drill", key, now=now).json()) == said[key], key


@pytest.mark.parametrize("command", ["report", "lapses"])
def test_a_name_nobody_knows_is_no_empty_list(life: Life, call: Runner, command: str) -> None:
    of = ("--month", "2026-03") if command == "report" else ("--from", "2026-03-01")
    figure = "办结" if command == "report" else "办结超期"
    argv = (command, *of, "--ledger", str(life.path), "--json", "--drill")
    now = life.moments[-1].at.isoformat()
    unknown = call(*argv, f"单位.演示不存在.{figure}", now=now)
    assert (unknown.code, unknown.out) == (2, "")
    assert "没有这个单位: 演示不存在" in unknown.err
    short, full = (
        call(*argv, f"单位.{name}.{figure}", now=now) for name in ("城管执", "城管执法中队")
    )
    assert short.out == full.out != ""
    assert call(*argv, f"单位.司法所.{figure}", now=now).code == 0  # known, and of it nothing


def test_rows_without_a_name_open_under_either_bracket(life: Life, call: Runner) -> None:
    argv = ("report", "--half", "2026H1", "--ledger", str(life.path), "--json", "--drill")
    now = life.moments[-1].at.isoformat()
    plain, wide = (call(*argv, f"类别.{name}.接收", now=now) for name in ("(未填)", "（未填）"))
    assert plain.out == wide.out
    assert plain.json()


@pytest.mark.parametrize(
    ("name", "near"),
    [("等级.一搬", "没有这个等级"), ("渠道.甲", "没有这个渠道"), ("平台.甲", "没有这个平台")],
)
def test_a_row_of_words_of_the_rules_is_looked_up_in_them(
    life: Life, call: Runner, name: str, near: str
) -> None:
    argv = ("report", "--month", "2026-03", "--ledger", str(life.path), "--drill", f"{name}.接收")
    made = call(*argv, now=life.moments[-1].at.isoformat())
    assert (made.code, near in made.err) == (2, True), made.err


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "0000-01"])
def test_no_month_is_no_figure(life: Life, call: Runner, month: str) -> None:
    argv = ("report", "--month", "2026-03", "--ledger", str(life.path))
    made = call(*argv, "--drill", f"trend.{month}.received", now=life.moments[-1].at.isoformat())
    assert (made.code, "没有这个数" in made.err) == (2, True), made.err


def test_failures_nobody_answers_for_open_with_what_has_to_be_seen(
    life: Life, call: Runner
) -> None:
    argv = ("lapses", "--from", "2026-01-01", "--ledger", str(life.path), "--json", "--drill")
    now = life.moments[-1].at.isoformat()
    for figure in SEEN:
        rows = call(*argv, figure, now=now).json()
        nobody = call(*argv, f"单位.(未填).{figure}", now=now).json()
        assert nobody == [row for row in rows if row["unit"] is None], figure
