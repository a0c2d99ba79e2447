"""What people must know before a step is recorded, and what they are told of it after."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.fieldkit import Street, empty_street

if TYPE_CHECKING:
    from tests.conftest import Runner

MONDAY = "2026-11-02T09:00:00+08:00"
LAST = "2026-11-09T16:55:00+08:00"
AFTER = "2026-11-10T10:00:00+08:00"


@pytest.fixture
def street(call: Runner) -> Street:
    """A street on Monday 11-02."""
    return empty_street(call, MONDAY)


# --- grades ------------------------------------------------------------------------------


def test_accepting_does_not_lower_a_grade_that_a_person_found(street: Street) -> None:
    street.do("--by", "演示甲", "intake", "占道经营", "--severity", "较大")
    refused = street.no("accept", "1", "--severity", "一般")
    assert "已由演*认定为较大" in refused or "已由演示甲认定为较大" in refused
    assert "sixping regrade 2026-000001 --severity 一般" in refused
    street.do("accept", "1", "--severity", "较大")


def test_nor_one_that_was_found_by_regrading(street: Street) -> None:
    street.do("intake", "占道经营")
    street.do("regrade", "1", "--severity", "重大", "--reason", "核实")
    assert "认定为重大" in street.no("accept", "1", "--severity", "一般")


# --- limits born late --------------------------------------------------------------------


def test_accepting_says_before_which_limits_are_past_by_the_grade(street: Street) -> None:
    street.do("intake", "可疑爆炸物")
    case = street.do("show", "1", "--json").json()
    assert not case["grade"]["confirmed_by"]
    assert case["severity"] == "重大"
    said = street.do("accept", "1", "--severity", "一般", now=AFTER).err
    late = "办结期限 11月9日(周一) 17:00 已经过去, 受理后立即计为超期 (定级更正, 由指挥室负责)"
    assert late in said
    assert said.index(late) < said.index("已记录")


def test_a_report_that_came_in_long_ago_is_late_at_once_and_says_so(street: Street) -> None:
    said = street.do("intake", "占道经营", "--received", "2026-11-02 09:00", now=LAST).err
    assert "受理期限 11月3日(周二) 17:00 已经过去, 登记后立即计为超期" in said
    assert "办结期限 11月9日(周一) 17:00 已经过去" not in said
    assert (
        "已经过去"
        not in street.do("intake", "占道", "--received", "2026-11-09 09:00", now=LAST).err
    )


def test_merging_says_before_that_the_main_case_is_late_by_it(street: Street) -> None:
    street.do("intake", "占道经营", "--severity", "一般")
    street.do("intake", "占道经营", "--severity", "一般", now=AFTER)
    said = street.do("merge", "1", "--into", "2", "--reason", "同一件", now=AFTER).err
    assert "2026-000002 的受理期限" in said or "2026-000002 的办结期限" in said
    assert "已经过去, 并入后立即计为超期" in said


# --- what stays, what is taken back ------------------------------------------------------


def test_a_breach_that_stays_is_not_said_to_count_no_more(street: Street) -> None:
    street.do("intake", "占道经营", "--severity", "一般")
    street.do("accept", "1")
    said = street.do("regrade", "1", "--severity", "重大", "--reason", "x", now=AFTER).err
    assert "办结期限 11月9日(周一) 17:00 已经超期, 仍计" in said
    assert "最长时限 11月23日(周一) 17:00 不再计" in said


@pytest.mark.parametrize(
    "step",
    [
        ("accept", "1", "--severity", "较大"),
        ("regrade", "1", "--severity", "较大", "--reason", "核实"),
        ("refer", "1", "--to", "区级平台", "--content", "请处理"),
        ("merge", "1", "--into", "2"),
    ],
)
def test_what_ends_a_running_limit_says_so_before_it_is_recorded(
    street: Street, step: tuple[str, ...]
) -> None:
    street.do("intake", "占道经营", "--severity", "一般")
    if step[0] != "accept":
        street.do("accept", "1")
    street.do("intake", "占道经营", "--severity", "较大")
    street.do("accept", "2")
    said = street.do(*step).err
    for limit in ("办结期限 11月9日(周一) 17:00", "最长时限 11月23日(周一) 17:00"):
        assert said.count(f"{limit} 不再计") == 1
        assert said.index(f"{limit} 不再计") < said.index("已记录")
    assert "受理期限" not in said


def test_a_limit_that_is_met_is_not_said_to_go(street: Street) -> None:
    street.do("intake", "占道经营", "--severity", "重大")
    street.do("accept", "1")
    refer = ("refer", "1", "--to", "区级平台", "--content", "请处理")
    assert "不再计" not in street.do(*refer).err
    street.do("intake", "占道经营", "--severity", "一般")
    assert "不再计" not in street.do("accept", "2").err


def test_a_day_that_a_decision_named_later_is_said_before_a_merge_into_it(street: Street) -> None:
    street.do("units", "person", "add", "演示领导", "--unit", "党政综合办", "--role", "分管领导")
    for severity in ("一般", "较大"):
        street.do("intake", "占道经营", "--severity", severity)
    street.do("accept", "1")
    street.do("accept", "2")
    street.do("decide", "2", "--lead", "城管", "--due", "2026-11-30", "--leader", "p1")
    said = street.do("merge", "1", "--into", "2").err
    instead = "不再计, 改按 2026-000002 的 11月30日(周一) 17:00"
    assert f"办结期限 11月9日(周一) 17:00 {instead}" in said


def test_taking_a_case_back_from_the_district_without_an_answer_is_said(street: Street) -> None:
    street.case(severity="重大")
    street.do("refer", "1", "--to", "区级平台", "--content", "请处理")
    back = ("regrade", "1", "--reason", "核实")
    assert "区级未答复" not in street.do(*back, "--category", "违法建设").err
    assert "区级未答复" in street.do(*back, "--severity", "一般").err


# --- what is another now -----------------------------------------------------------------

DECIDE = ("decide", "1", "--lead", "城管执法中队", "--leader", "分管领导", "--due")


def test_another_decided_date_is_said_with_the_one_before(street: Street) -> None:
    street.case(severity="较大")
    assert "改为" not in street.do(*DECIDE, "2026-11-20").err
    said = street.do(*DECIDE, "2026-12-30").err
    assert "办结期限由 11月20日(周五) 17:00 改为 12月30日(周三) 17:00" in said
    assert "原期限列入限内转出 (改定期限)" in said
    opened = street.do("lapses", "--drill", "限内转出", "--json").json()
    assert [row["what"].split()[0] for row in opened] == ["改定期限"]
    said = street.do(*DECIDE, "2026-12-25").err
    assert "改为 12月25日(周五) 17:00\n" in said, "a stricter date is no way out"


def test_a_decided_date_that_was_missed_stays_so_and_says_it(street: Street) -> None:
    street.case(severity="较大")
    street.do(*DECIDE, "2026-11-06")
    said = street.do(*DECIDE, "2026-11-20", now=LAST).err
    assert "办结期限 11月6日(周五) 17:00 已经超期, 仍计; 新的期限 11月20日(周五) 17:00" in said


def test_another_grade_category_and_lead_are_said_with_those_before(street: Street) -> None:
    street.case()
    street.do("assign", "1", "--lead", "城管执法中队")
    assert "牵头: 城管执法中队 → 市场监管所" in street.do("assign", "1", "--lead", "市场监管所").err
    said = street.do("regrade", "1", "--severity", "较大", "--reason", "核实").err
    assert "等级: 一般 → 较大" in said


def test_a_hold_of_less_than_a_day_moves_nothing_and_says_so(street: Street) -> None:
    street.case()
    street.do("assign", "1", "--lead", "城管执法中队")
    street.do("suspend", "1", "--reason", "等材料", "--approved-by", "分管领导")
    said = street.do("resume", "1").err
    assert "中止不满 1 个工作日, 办结期限仍是 11月9日(周一) 17:00" in said
    assert "满 0 个" not in said


def test_a_late_refusal_is_said_once_and_asks_for_no_grade(street: Street) -> None:
    street.do("intake", "可疑爆炸物")
    said = street.do(
        "decline", "1", "--reason", "不属实", "--approved-by", "分管领导", now=AFTER
    ).err
    assert said.count("受理期限 11月3日(周二) 17:00 已过") == 1
    assert "确认等级" not in said


def test_setting_a_decision_aside_is_a_whole_sentence(street: Street) -> None:
    street.case(severity="较大")
    street.do(*DECIDE, "2026-11-20")
    lower = ("regrade", "1", "--severity", "一般", "--reason", "核实", "--leader", "分管领导")
    said = street.do(*lower, now=LAST).err
    assert "已有会商决定, 经批准办理\n" in said


def test_the_days_of_a_period_are_echoed_in_order(street: Street) -> None:
    said = street.do("lapses", "--to", "11月2日", "--from", "11月1日").err
    assert said.index("时段, 自") < said.index("时段, 至")


# --- dates as people read them ------------------------------------------------------------


def test_no_page_for_people_has_a_date_of_machines(street: Street) -> None:
    street.case()
    street.do("assign", "1", "--lead", "城管执法中队")
    street.do("part", "1", "--unit", "城管执法中队", "--due", "2026-11-05")
    street.do(
        "urge", "1", "--level", "普通", "--reason", "核实", "--answer-by", "2026-11-12", now=AFTER
    )
    street.do("emergency", "1", "--to", "区应急管理局", "--how", "电话", now=AFTER)
    page = street.do("show", "1", now=AFTER).out
    assert "普通 2026年11月10日(周二), 2026年11月12日(周四)前答复, 未答复" in page
    pages = [
        page,
        street.do("report", "--month", "2026-11", "--format", "md", now=AFTER).out.split("截至")[0],
        street.do("assess", "--month", "2026-11", "--format", "md", now=AFTER).out.split("校验")[0],
        street.do("units", "add", "甲办", "--kind", "机关").err,
        street.do("units", "person", "add", "演示甲", "--unit", "甲办").err,
        street.do("meeting", "plan", "联席会议", "--date", "2026-11-05", "--convener",
                  "街道领导").err,
        street.no("extend", "1", "--workdays", "90", "--reason", "等材料", "--approved-by",
                  "分管领导"),
    ]  # fmt: skip
    assert [iso for text in pages for iso in re.findall(r"20\d\d-\d\d-\d\d", text)] == []


# --- lines -------------------------------------------------------------------------------


def test_a_line_without_a_year_is_echoed_as_understood(street: Street) -> None:
    lines = [
        {"text": "占道", "received": "2026-11-02 09:00"},
        {"text": "路灯", "received": "11月2日 9:00"},
    ]
    said = street.call(
        "intake", "--jsonl", now=LAST, stdin="\n".join(json.dumps(line) for line in lines)
    ).err
    assert "第 2 行 收到: 2026年11月2日(周一) 09:00" in said
    assert "第 1 行 收到" not in said
