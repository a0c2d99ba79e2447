"""A result that a check did not pass, and nobody took up again: seen every day, counted nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.fieldkit import Street, empty_street

if TYPE_CHECKING:
    from tests.conftest import Runner

CHECKED = "2026-11-10T09:00:00+08:00"
LATER = "2026-11-12T09:00:00+08:00"
MONTH = ("--month", "2026-11", "--json")


@pytest.fixture
def street(call: Runner) -> Street:
    """Received on 11-02, said to be settled five minutes before the end, found not to be."""
    made = empty_street(call, "2026-11-02T09:00:00+08:00")
    made.case("江南大道占道经营", "--community", "江一社区")
    made.do("assign", "1", "--lead", "城管执法中队")
    end = "2026-11-09T16:55:00+08:00"
    made.do("resolve", "1", "--outcome", "已劝离", "--kind", "已解决", now=end)
    made.do("verify-result", "1", "--fail", "--reason", "仍在占道", now=CHECKED)
    made.now = LATER
    return made


def kinds(street: Street) -> list[str]:
    return [item["kind"] for item in street.do("overdue", "--json").json()["items"]]


def report(street: Street) -> Any:
    return street.do("report", *MONTH).json()


@pytest.mark.parametrize("told", [False, True])
def test_until_it_is_taken_up_again_it_is_seen_with_its_age(street: Street, told: bool) -> None:
    if told:
        street.do("feedback", "1", "已劝离")
    (item,) = street.do("overdue", "--json").json()["items"]
    assert (item["kind"], item["due"], item["age"]) == ("failed", None, 2)
    assert "核查未通过" in street.do("overdue", "--kind", "核查未通过").out
    street.do("reopen", "1", "--reason", "核查未通过")
    assert "failed" not in kinds(street)


def test_a_second_check_that_passes_makes_it_a_result_again(street: Street) -> None:
    street.do("verify-result", "1", "--pass")
    assert kinds(street) == ["feedback"]
    made = report(street)
    assert made["rates"]["finish_rate"]["n"] == made["solved"]["n"] == 1


def test_no_figure_counts_it_as_settled_and_its_limit_keeps_its_verdict(street: Street) -> None:
    made = report(street)
    assert (made["rates"]["finish_rate"]["n"], made["rates"]["finish_rate"]["d"]) == (0, 1)
    assert (made["solved"]["n"], made["solved"]["d"]) == (0, 0)
    assert sum(made["outcomes"].values()) == 0
    assert (made["rates"]["finish_on_time"]["n"], made["rates"]["finish_on_time"]["d"]) == (1, 1)
    assess = street.do("assess", *MONTH).json()
    place = next(s for s in assess["subjects"] if s["name"] == "江一社区")
    assert (place["rates"]["place_resolved"]["n"], place["rates"]["place_resolved"]["d"]) == (0, 1)


def test_nor_a_report_that_was_merged_into_it(street: Street) -> None:
    street.do("intake", "又占道", "--severity", "一般", "--community", "江二社区")
    street.do("reopen", "1", "--reason", "核查未通过")
    street.do("merge", "2", "--into", "1")
    street.do("resolve", "1", "--outcome", "已劝离")
    street.do("verify-result", "1", "--fail", "--reason", "仍在占道")
    assert report(street)["rates"]["finish_rate"]["n"] == 0
    assess = street.do("assess", *MONTH).json()
    place = next(s for s in assess["subjects"] if s["name"] == "江二社区")
    assert (place["rates"]["place_resolved"]["n"], place["rates"]["place_resolved"]["d"]) == (0, 1)


def test_every_paper_counts_it_and_opens_to_it(street: Street) -> None:
    assert report(street)["failed"] == 1
    assert "核查未通过" in street.do("report", "--month", "2026-11", "--format", "md").out
    for paper in (
        ("report", *MONTH),
        ("lapses", "--from", "2026-11-01", "--json"),
        ("assess", *MONTH),
    ):
        (row,) = street.do(*paper, "--drill", "核查未通过").json()
        assert row["number"] == "2026-000001"
        assert row["counted"] is True
        assert "尚未重新办理" in row["what"]
    street.do("reopen", "1", "--reason", "核查未通过")
    (row,) = street.do("report", *MONTH, "--drill", "failed").json()
    assert (report(street)["failed"], row["counted"]) == (1, True)
    assert "已重新办理" in row["what"]


def test_the_cohort_says_what_it_takes_for_accepted(street: Street) -> None:
    words = "受理 (导入的已办结记录视为受理)"
    assert words in report(street)["rates"]["finish_rate"]["cohort"]
    assess = street.do("assess", *MONTH).json()
    place = next(s for s in assess["subjects"] if s["name"] == "江一社区")
    assert words in str(place) + str(assess)


def test_what_the_district_settled_is_no_failure_of_the_unit_that_had_it_before(
    street: Street,
) -> None:
    street.do("reopen", "1", "--reason", "核查未通过")
    street.do("refer", "1", "--to", "区级平台", "--content", "请处理")
    street.do("refer-reply", "1", "--outcome", "已处理")
    street.do("verify-result", "1", "--fail", "--reason", "仍在占道")
    rows = street.do("lapses", "--from", "2026-11-01", "--json").json()["beside"]
    assert [row["unit"] for row in rows if row["family"] == "failed"] == ["城管执法中队", None]
    assess = street.do("assess", *MONTH).json()
    unit = next(s for s in assess["subjects"] if s["name"] == "城管执法中队")
    assert (unit["beside"]["failed"], assess["nobody"]["beside"]["failed"]) == (1, 1)
