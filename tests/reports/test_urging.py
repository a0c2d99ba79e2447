"""The ladder of demands by policy: which grade is due when, and what cron records."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sixping.reports.urging import drafted, in_office
from sixping.util import datafiles
from tests.conftest import Runner
from tests.kit.street import adopt
from tests.kit.trailkit import FIRST, Told, at, rules

LADDER = {"urge_auto_workdays": (1, 3, 5)}
AUTO = "[edition.readings.urge_auto_workdays]\n"


def handled() -> Told:
    """Due on Monday the 23rd of November at 17:00."""
    private = Told(at("11-16 09:00"))
    private.accept(at("11-16 10:00"))
    private.assign(FIRST, at("11-16 11:00"))
    return private


def grade(private: Told, when: str, **readings: object) -> str | None:
    found = drafted(private.case, rules(**(readings or LADDER)), at(when))
    return found.level if found else None


def test_without_days_in_the_policy_nothing_is_due() -> None:
    assert drafted(handled().case, rules(), at("12-10 09:00")) is None


def test_each_grade_waits_for_its_days_and_none_for_an_answer() -> None:
    private = handled()
    assert [grade(private, when) for when in ("11-23 17:00", "11-23 18:00", "11-24 08:00")] == [
        None, None, "普通",
    ]  # fmt: skip
    private.urge(at("11-24 08:00"))
    assert [grade(private, when) for when in ("11-24 08:00", "11-25 09:00", "11-26 08:00")] == [
        None, None, "黄牌",
    ]  # fmt: skip
    private.urge(at("11-26 08:00"))
    assert [grade(private, when) for when in ("11-27 16:00", "11-30 08:00")] == [None, "红牌"]
    private.urge(at("11-30 08:00"))
    assert grade(private, "12-31 09:00") is None


def test_after_days_without_cron_the_grades_still_follow_one_another() -> None:
    """Nobody asked for two weeks: 普通 first, 黄牌 only two working days after it."""
    private = handled()
    assert grade(private, "12-07 09:00") == "普通"
    private.urge(at("12-07 09:00"))
    assert [grade(private, when) for when in ("12-07 10:00", "12-08 09:00", "12-09 09:00")] == [
        None, None, "黄牌",
    ]  # fmt: skip


def test_the_oldest_missed_limit_sets_the_pace() -> None:
    """Never accepted: due on Tuesday the 17th, five working days before the target's first."""
    found = drafted(Told(at("11-16 09:00")).case, rules(**LADDER), at("11-24 09:00"))
    assert found
    assert (found.clock.kind, found.workdays_late) == ("accept", 5)


def test_what_is_settled_or_stands_still_is_not_urged() -> None:
    private = handled()
    private.suspend(at("11-20 09:00"))
    assert grade(private, "12-01 09:00") is None
    private = handled()
    private.resolve(at("12-01 09:00"))
    assert grade(private, "12-02 09:00") is None


@pytest.mark.parametrize(
    ("when", "open_"),
    [
        ("11-24 07:59", False), ("11-24 08:00", True), ("11-24 17:00", True),
        ("11-24 17:01", False), ("11-28 10:00", False), ("02-14 10:00", True),
    ],
)  # fmt: skip
def test_office_hours_are_those_of_working_days_make_up_days_included(
    when: str, open_: bool
) -> None:
    assert in_office(rules(), at(when)) is open_


def test_asked_every_hour_for_a_month_each_grade_comes_once_in_order() -> None:
    private = handled()
    moment, given = at("11-16 12:00"), []
    while moment < at("12-31 00:00"):
        found = drafted(private.case, rules(**LADDER), moment)
        if found and in_office(rules(), moment):
            private.urge(moment)
            given.append((found.level, moment.date(), found.workdays_late))
        moment += timedelta(hours=1)
    assert given == [
        ("普通", date(2026, 11, 24), 1),
        ("黄牌", date(2026, 11, 26), 3),
        ("红牌", date(2026, 11, 30), 5),
    ]


# --- the command ------------------------------------------------------------------------


@pytest.fixture
def cron(call: Runner, ledger: Path, tmp_path: Path) -> Runner:  # noqa: ARG001
    """Two cases in a unit's hands since Monday the 16th, and a policy with days."""
    text, _ = datafiles.read("policy.toml")
    (tmp_path / "data").mkdir()
    ladder = text.replace(AUTO, f"{AUTO}value = [1, 3, 5]\n")
    (tmp_path / "data" / "policy.toml").write_text(ladder, encoding="utf-8")
    adopt(call, tmp_path / "data")

    def step(*argv: str, now: str = "2026-11-16T09:00:00+08:00", **more: Any) -> Any:
        return call(*argv, now=now, **more)

    for number in ("1", "2"):
        for argv in (
            ("intake", "演示: 占道经营", "--severity", "一般"),
            ("accept", number),
            ("assign", number, "--lead", "城管执法中队"),
        ):
            made = step(*argv)
            assert made.code == 0, made.err
    return step


TUESDAY = "2026-11-24T09:00:00+08:00"


def levels(cron: Runner, number: str = "1") -> list[str]:
    log = cron("show", number, "--json", now="2026-12-31T09:00:00+08:00").json()["events"]
    return [e["level"] for e in log if e["kind"] == "urged"]


def test_cron_records_each_grade_once_however_often_it_runs(cron: Runner) -> None:
    first = cron("urge", "--auto", "--json", now=TUESDAY).json()
    assert first["recorded"] is True
    assert [(i["number"][-1], i["level"], i["workdays_late"]) for i in first["items"]] == [
        ("1", "普通", 1), ("2", "普通", 1),
    ]  # fmt: skip
    for _ in range(2):
        again = cron("urge", "--auto", now=TUESDAY)
        assert (again.code, again.out, again.err) == (0, "", "")
    assert levels(cron) == ["普通"]
    cron("urge", "--auto", now="2026-11-26T09:00:00+08:00")
    assert levels(cron) == ["普通", "黄牌"]


def test_a_dry_run_shows_the_same_and_records_nothing(cron: Runner) -> None:
    shown = cron("urge", "--auto", "--dry-run", "--json", now=TUESDAY).json()
    assert (shown["recorded"], len(shown["items"]), levels(cron)) == (False, 2, [])
    made = cron("urge", "--auto", "--json", now=TUESDAY).json()
    assert made["items"] == shown["items"]


def test_at_night_and_on_a_rest_day_cron_is_silent(cron: Runner) -> None:
    for now in ("2026-11-24T20:00:00+08:00", "2026-11-28T10:00:00+08:00"):
        made = cron("urge", "--auto", now=now)
        assert (made.code, made.out, made.err) == (0, "", "")
    assert levels(cron) == []


def test_a_policy_without_days_says_so_and_does_nothing(cron: Runner, call: Runner) -> None:
    adopt(call, datafiles.shipped())
    made = cron("urge", "--auto", "--json", now=TUESDAY)
    assert (made.code, made.json()["items"]) == (0, [])
    assert "urge_auto_workdays" in made.err


def test_auto_takes_no_case_and_by_hand_names_everything_missing(cron: Runner) -> None:
    mixed = cron("urge", "1", "--auto", "--level", "普通")
    assert (mixed.code, "编号、--level" in mixed.err) == (2, True)
    assert cron("urge", "1", "--dry-run", "--level", "普通", "--reason", "演示").code == 2
    bare = cron("urge")
    assert (bare.code, "缺少: 编号, --level, --reason" in bare.err) == (2, True)
