"""Suggestion and finding apart at the desk: who confirms a grade, what waits until then (三)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sixping.policy.vocabulary import UNCONFIRMED
from sixping.reports.overdue import KINDS
from tests.kit.fieldkit import Street, empty_street

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

MONDAY = "2026-11-16T10:00:00+08:00"
TUESDAY = "2026-11-17T10:00:00+08:00"
#: what the program takes for 重大, and for a 突发事件; obviously invented
GRAVE = "演示街化工厂爆炸有人受伤"


@pytest.fixture
def street(call: Runner) -> Street:
    """An empty ledger; the clock stands on Monday."""
    return empty_street(call, MONDAY)


@pytest.fixture
def suspected(street: Street) -> Street:
    """One report that is only suggested to be 重大."""
    street.do("intake", GRAVE, "--channel", "投诉举报电话")
    return street


def case(street: Street, number: str = "1") -> dict[str, Any]:
    shown: dict[str, Any] = street.do("show", number, "--json").json()
    return shown


def clocks(street: Street, number: str = "1") -> dict[str, str]:
    """Return the clocks that count, each with the instant it began."""
    return {c["kind"]: c["started"] for c in case(street, number)["clocks"] if not c["dropped"]}


def kinds(street: Street, *argv: str) -> list[tuple[str | None, str]]:
    items = street.do("overdue", "--json", *argv).json()["items"]
    return [(item["number"], item["kind"]) for item in items]


# --- who confirms ------------------------------------------------------------------------


def test_a_suggested_grave_grade_runs_the_accept_clock_only_and_waits_on_top(
    suspected: Street,
) -> None:
    shown = case(suspected)
    assert shown["grade"] == {
        "suggested": "重大", "confidence": shown["grade"]["confidence"],
        "confirmed_at": None, "confirmed_by": None,
    }  # fmt: skip
    assert shown["confirmed"] is False
    assert list(clocks(suspected)) == ["accept"]
    assert kinds(suspected)[0] == ("2026-000001", "grade")


def test_accept_without_a_grade_is_refused_with_both_ways(suspected: Street) -> None:
    refused = suspected.no("accept", "1")
    assert all(f"accept 2026-000001 --severity {grade}" in refused for grade in ("重大", "一般"))
    assert case(suspected)["version"] == 1


def test_a_suggested_ordinary_grade_is_confirmed_in_silence(street: Street) -> None:
    street.do("intake", "江南大道占道经营")
    street.now = TUESDAY
    street.do("--by", "演示甲", "accept", "1")
    grade = case(street)["grade"]
    assert (grade["suggested"], grade["confirmed_at"]) == ("一般", TUESDAY)
    assert grade["confirmed_by"] == "演示甲"


def test_who_grades_and_when_is_told_and_a_void_gives_back_what_stood_before(
    suspected: Street,
) -> None:
    suspected.now = TUESDAY
    suspected.do("--by", "演示甲", "regrade", "1", "--severity", "较大", "--reason", "核实")
    grade = case(suspected)["grade"]
    assert (grade["suggested"], case(suspected)["severity"]) == ("重大", "较大")
    assert (grade["confirmed_at"], grade["confirmed_by"]) == (TUESDAY, "演示甲")
    seq = str(case(suspected)["events"][-1]["seq"])
    suspected.do("void", "1", seq, "--reason", "误记")
    shown = case(suspected)
    assert (shown["severity"], shown["confirmed"]) == ("重大", False)
    assert (shown["grade"]["confirmed_at"], shown["grade"]["confirmed_by"]) == (None, None)
    assert list(clocks(suspected)) == ["accept"]
    assert ("2026-000001", "grade") in kinds(suspected)


def test_taking_a_found_grade_on_leaves_who_found_it(suspected: Street) -> None:
    suspected.do("--by", "演示甲", "regrade", "1", "--severity", "重大", "--reason", "核实")
    found = case(suspected)["grade"]
    suspected.now = TUESDAY
    suspected.do("--by", "演示乙", "accept", "1")
    assert case(suspected)["grade"] == found
    suspected.do("--by", "演示乙", "refer", "1", "--to", "区级平台", "--content", "演示")
    assert case(suspected)["grade"] == found
    assert found["confirmed_by"] == "演示甲"


def test_voiding_the_acceptance_that_confirmed_a_grade_takes_the_finding_back(
    suspected: Street,
) -> None:
    suspected.do("accept", "1", "--severity", "一般")
    assert case(suspected)["confirmed"] is True
    suspected.do("void", "1", str(case(suspected)["events"][-1]["seq"]), "--reason", "误记")
    shown = case(suspected)
    assert (shown["severity"], shown["confirmed"], shown["status"]) == ("重大", False, "待受理")


def test_the_same_grade_said_again_confirms_it(suspected: Street) -> None:
    suspected.do("regrade", "1", "--severity", "重大", "--reason", "核实")
    assert case(suspected)["confirmed"] is True
    assert "没有变化" in suspected.no("regrade", "1", "--severity", "重大", "--reason", "核实")


def test_a_category_alone_confirms_no_grade(suspected: Street) -> None:
    suspected.do("regrade", "1", "--category", "占道经营", "--reason", "核实")
    assert case(suspected)["confirmed"] is False
    assert ("2026-000001", "grade") in kinds(suspected)


# --- lists -------------------------------------------------------------------------------


def test_unconfirmed_ones_are_listed_by_that_word_and_never_under_a_grade(
    suspected: Street,
) -> None:
    suspected.do("intake", "江南大道占道经营")
    suspected.do("intake", "演示: 跨区排污", "--severity", "重大")

    def listed(grade: str) -> list[str]:
        found = suspected.do("list", "--severity", grade, "--json").json()
        return [each["number"] for each in found]

    assert listed(UNCONFIRMED) == ["2026-000001"]
    assert listed("重大") == ["2026-000003"]
    assert listed("一般") == ["2026-000002"], "a suggested 一般 counts as 一般"


def test_no_figure_rests_on_an_unconfirmed_grade(suspected: Street) -> None:
    suspected.now = "2026-12-01T09:00:00+08:00"
    report = suspected.do("report", "--month", "2026-11", "--json").json()
    assert {row["name"]: row["received"] for row in report["by_severity"]} == {UNCONFIRMED: 1}
    assert report["rates"]["refer_on_time"]["d"] == 0
    assert report["cases"][0]["severity"] == UNCONFIRMED
    assessed = suspected.do("assess", "--month", "2026-11", "--json").json()
    assert assessed["nobody"]["rates"]["refer_on_time"]["d"] == 0
    assert not [s for s in assessed["subjects"] if s["rates"].get("refer_on_time", {"d": 0})["d"]]
    assert assessed["decisions_waiting"] == {"n": 0, "longest": None}


def test_the_agenda_of_a_meeting_names_only_what_somebody_found_grave(street: Street) -> None:
    street.do("intake", GRAVE)
    street.do("intake", "演示: 跨区排污", "--severity", "较大")
    street.do("accept", "2")
    meeting = street.plan(day="2026-11-17")
    agenda = street.do("meeting", "agenda", meeting, "--json").out
    assert "2026-000002" in agenda
    assert "2026-000001" not in agenda
    street.do("regrade", "1", "--severity", "较大", "--reason", "核实")
    street.do("accept", "1")
    assert "2026-000001" in street.do("meeting", "agenda", meeting, "--json").out


# --- kinds by their words ------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_kind_is_named_in_chinese_or_by_its_code(suspected: Street, kind: str) -> None:
    suspected.do("intake", "演示: 路灯不亮", "--severity", "一般")
    suspected.now = "2026-11-19T09:00:00+08:00"
    everything = kinds(suspected)
    assert kinds(suspected, "--kind", KINDS[kind]) == kinds(suspected, "--kind", kind)
    assert kinds(suspected, "--kind", kind) == [each for each in everything if each[1] == kind]


def test_the_words_of_all_kinds_are_different_and_an_unknown_one_names_them() -> None:
    assert len(set(KINDS.values())) == len(KINDS)


def test_an_unknown_kind_names_the_known_ones(suspected: Street) -> None:
    assert kinds(suspected, "--kind", "等级") == kinds(suspected, "--kind", "grade")  # in short
    refused = suspected.no("overdue", "--kind", "等机")
    assert all(f"{word} ({kind})" in refused for kind, word in KINDS.items())


def test_the_list_shows_that_a_grade_is_only_suggested(suspected: Street) -> None:
    assert "等级待确认" in suspected.do("overdue", "--kind", "等级待确认").out
    assert kinds(suspected, "--severity", "重大") == []
    numbers = {number for number, _ in kinds(suspected, "--severity", UNCONFIRMED)}
    assert numbers == {"2026-000001"}


# --- the report by the emergency rules -------------------------------------------------------


def test_it_is_said_first_until_somebody_records_it(street: Street) -> None:
    said = street.do("intake", GRAVE).err
    assert said.lstrip().startswith("2026-000001 可能是突发事件")
    assert "可能是突发事件" in street.do("show", "1").out
    listed = street.do("overdue")
    assert "可能是突发事件" in listed.err
    assert ("2026-000001", "emergency") in kinds(street)
    street.now = TUESDAY
    done = street.do("emergency", "1", "--to", "区应急管理局", "--how", "电话", "--json").json()
    assert done["emergency"]["reported_at"] == TUESDAY
    assert (done["emergency"]["to"], done["emergency"]["how"]) == ("区应急管理局", "电话")
    assert "emergency" not in dict(map(reversed, kinds(street)))  # type: ignore[arg-type]
    assert "可能是突发事件" not in street.do("overdue").err + street.do("show", "1").out
    assert "已报告 区应急管理局 电话" in street.do("show", "1").out
    assert list(clocks(street)) == ["accept"], "no limit of the case counts it"


def test_somebody_finds_that_it_is_none_and_says_why(suspected: Street) -> None:
    assert "--reason" in suspected.no("emergency", "1", "--none")
    both = ("--none", "--to", "区应急管理局", "--reason", "演示")
    assert "--none 不能与 --to" in suspected.no("emergency", "1", *both)
    assert "--how" in suspected.no("emergency", "1", "--to", "区应急管理局")
    suspected.do("emergency", "1", "--none", "--reason", "现场核实是烧烤冒烟")
    assert case(suspected)["emergency"]["dismissed"] is True
    assert "emergency" not in [kind for _, kind in kinds(suspected)]
    assert "已核实不是突发事件" in suspected.do("show", "1").out


def test_the_first_report_of_an_emergency_is_the_one_that_counts(suspected: Street) -> None:
    suspected.do("emergency", "1", "--to", "区应急管理局", "--how", "电话")
    first = case(suspected)["emergency"]
    suspected.now = TUESDAY
    suspected.do("emergency", "1", "--to", "区消防救援大队", "--how", "书面")
    assert case(suspected)["emergency"] == first
    assert first["reported_at"] < TUESDAY


def test_what_was_recorded_stays_recorded_and_a_void_brings_it_back(suspected: Street) -> None:
    suspected.do("emergency", "1", "--to", "区应急管理局", "--how", "电话")
    seq = str(case(suspected)["events"][-1]["seq"])
    suspected.do("void", "1", seq, "--reason", "没有打通")
    assert ("2026-000001", "emergency") in kinds(suspected)
    assert case(suspected)["emergency"]["reported_at"] is None


@pytest.mark.parametrize(
    "step", [("decline", "1", "--reason", "不属实"), ("undo", "1")], ids=["declined", "withdrawn"]
)
def test_what_is_not_taken_on_has_nothing_to_report(
    suspected: Street, step: tuple[str, ...]
) -> None:
    suspected.do(*step)
    assert kinds(suspected) == []


def test_a_repeat_that_was_merged_still_waits_for_its_report(suspected: Street) -> None:
    suspected.do("intake", "演示: 路灯不亮", "--severity", "一般")
    suspected.do("merge", "1", "--into", "2")
    assert ("2026-000001", "emergency") in kinds(suspected)


def test_it_may_be_recorded_whatever_the_state_and_is_no_answer(suspected: Street) -> None:
    suspected.do("accept", "1", "--severity", "一般")
    suspected.do("assign", "1", "--lead", "城管执法中队")
    suspected.do("resolve", "1", "--outcome", "好")
    before = case(suspected)["status"]
    suspected.do("emergency", "1", "--to", "119", "--how", "电话")
    assert case(suspected)["status"] == before


# --- when the limit to report to the district begins (五.1b) ---------------------------------

RECEIVED, ACCEPTED, FOUND = (f"2026-11-{day}T10:00:00+08:00" for day in (16, 17, 18))


def refer_clock(street: Street) -> str | None:
    return clocks(street).get("refer")


@pytest.fixture
def ordinary(street: Street) -> Street:
    """Received on Monday as 一般."""
    street.do("intake", "演示: 排水管网外溢", "--severity", "一般")
    return street


def test_found_before_acceptance_it_counts_from_receipt(ordinary: Street) -> None:
    ordinary.do("regrade", "1", "--severity", "重大", "--reason", "跨区", now=ACCEPTED)
    assert refer_clock(ordinary) == RECEIVED


def test_found_at_acceptance_it_counts_from_receipt(ordinary: Street) -> None:
    ordinary.do("accept", "1", "--severity", "重大", now=ACCEPTED)
    assert refer_clock(ordinary) == RECEIVED


def test_found_after_acceptance_it_counts_from_the_finding(ordinary: Street) -> None:
    ordinary.do("accept", "1", now=ACCEPTED)
    ordinary.do("regrade", "1", "--severity", "重大", "--reason", "跨区", now=FOUND)
    assert refer_clock(ordinary) == FOUND


def test_a_finding_stated_later_counts_from_when_it_was_made(ordinary: Street) -> None:
    ordinary.do("accept", "1", now=RECEIVED)
    stated = ("--at", "2026-11-17 10:00", "--reason", "跨区, 补记")
    ordinary.do("regrade", "1", "--severity", "重大", *stated, now=FOUND)
    assert refer_clock(ordinary) == ACCEPTED


def test_confirmed_after_an_acceptance_it_is_the_finding_that_counts(suspected: Street) -> None:
    suspected.do("accept", "1", "--severity", "一般", now=ACCEPTED)
    suspected.do("regrade", "1", "--severity", "重大", "--reason", "核实", now=FOUND)
    assert refer_clock(suspected) == FOUND


def test_reopened_the_new_round_counts_from_its_beginning(ordinary: Street) -> None:
    ordinary.do("accept", "1", "--severity", "重大", now=ACCEPTED)
    ordinary.do("refer", "1", "--to", "区级平台", "--content", "演示", now=ACCEPTED)
    ordinary.do("refer-reply", "1", "--outcome", "好", now=ACCEPTED)
    ordinary.do("reopen", "1", "--reason", "又外溢", now=FOUND)
    rounds = {c["round"]: c["started"] for c in case(ordinary)["clocks"] if c["kind"] == "refer"}
    assert rounds == {1: RECEIVED, 2: FOUND}


# --- what came from a file -------------------------------------------------------------------

NOTHING = {"suggested": None, "confidence": None, "confirmed_at": None, "confirmed_by": None}
PAST = """
name = "past"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
status = "状态"
severity = "等级"
[values.status]
"在办" = "办理中"
[values.severity]
"大" = "重大"
[defaults]
channel = "投诉举报电话"
"""


@pytest.fixture
def history(street: Street, tmp_path: Path) -> Street:
    """Two open records of the past: of one the file states the grade, of the other nothing."""
    (tmp_path / "方案.toml").write_text(PAST, "utf-8")
    rows = ("编号,内容,收到时间,状态,等级", f"A1,{GRAVE},2026-11-02 09:00:00,在办,大",
            f"A2,{GRAVE},2026-11-02 09:00:00,在办,")  # fmt: skip
    (tmp_path / "旧.csv").write_text("\n".join(rows), "utf-8")
    street.do("import", "旧.csv", "--profile", "方案.toml")
    return street


def test_a_grade_stated_by_a_file_is_confirmed_by_it_at_no_known_time(history: Street) -> None:
    shown = case(history)
    assert (shown["severity"], shown["confirmed"]) == ("重大", True)
    assert shown["grade"] == NOTHING | {"confirmed_by": "文件所写"}
    assert "文件所写" in history.do("show", "1").out


def test_history_without_a_grade_has_none_and_is_never_an_item(history: Street) -> None:
    assert case(history, "2")["grade"] == NOTHING
    waiting = [kind for number, kind in kinds(history) if number == "2026-000002"]
    assert not {"grade", "emergency"} & set(waiting)
    assert kinds(history, "--kind", "等级待确认") == []


def test_a_live_file_that_states_a_grade_confirms_it_and_else_it_is_a_suggestion(
    street: Street, tmp_path: Path
) -> None:
    live = PAST.replace('"history"', '"live"').replace('status = "状态"\n', "")
    live = live.replace('[values.status]\n"在办" = "办理中"\n', "")
    (tmp_path / "方案.toml").write_text(live, "utf-8")
    rows = ("编号,内容,收到时间,等级", f"A1,{GRAVE},2026-11-16 09:00:00,大",
            f"A2,{GRAVE},2026-11-16 09:00:00,")  # fmt: skip
    (tmp_path / "新.csv").write_text("\n".join(rows), "utf-8")
    street.do("import", "新.csv", "--profile", "方案.toml")
    stated, suggested = case(street, "1"), case(street, "2")
    assert (stated["confirmed"], suggested["confirmed"]) == (True, False)
    assert stated["grade"]["confirmed_by"] == "文件所写"
    assert kinds(street, "--kind", "grade") == [("2026-000002", "grade")]
