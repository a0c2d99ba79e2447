"""Approval means something (五.1c, 三.2): by whom it holds, when it is demanded, what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.fieldkit import Street, empty_street
from tests.kit.street import adopt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

MONDAY = "2026-11-16T10:00:00+08:00"
#: id → who: a leader, the head of the unit that handles, one of the room, a man of no such role
PEOPLE = (
    ("演示领导", "党政综合办", "党工委委员、分管领导"),
    ("演示队长", "城管执法中队", "分管领导"),
    ("演示主任", "综合信息指挥室", "分管领导"),
    ("演示干部", "党政综合办", "科员"),
)
EXTEND = ("extend", "1", "--workdays", "2", "--reason", "等配件", "--approved-by")


@pytest.fixture
def bare(call: Runner) -> Street:
    """A case received on Monday 11-16 with the 城管: target 11-23, ceiling 12-07; no people."""
    made = empty_street(call, MONDAY)
    made.case("路灯不亮")
    made.do("assign", "1", "--lead", "城管执法中队")
    return made


@pytest.fixture
def street(bare: Street) -> Street:
    """The same with people of the register."""
    for name, unit, role in PEOPLE:
        bare.do("units", "person", "add", name, "--unit", unit, "--role", role)
    return bare


def last(street: Street, number: str = "1") -> dict[str, Any]:
    event: dict[str, Any] = street.do("show", number, "--json").json()["events"][-1]
    return event


def finish(street: Street, number: str = "1") -> dict[str, Any]:
    clocks = street.do("show", number, "--json").json()["clocks"]
    clock: dict[str, Any] = [c for c in clocks if c["kind"] == "finish"][-1]
    return clock


# --- by whom ---------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["演示领导", "p1"])
def test_a_leader_of_the_register_approves_by_name_or_id(street: Street, named: str) -> None:
    street.do(*EXTEND, named)
    event = last(street)
    assert (event["approver"], event["approver_role"]) == ("p1", "分管领导")
    assert event["approved_by"] == "演示领导"
    assert "批准: 演示领导 (p1, 分管领导)" in street.do("show", "1").out
    assert "批准: 演示领导 (p1, 分管领导)" in street.do("log", "1").out
    assert street.do("verify").code == 0


def test_a_leader_who_is_the_reporter_is_masked_there_as_anybody(street: Street) -> None:
    street.do("units", "person", "add", "演示壬", "--unit", "党政综合办", "--role", "分管领导",
              "--from", "2026-01-01")  # fmt: skip
    street.do("amend", "1", "--reporter", "演示壬", "--reason", "补登")
    street.do(*EXTEND, "演示壬")
    case = street.do("show", "1", "--json").json()
    assert (case["reporter"], case["events"][-1]["approved_by"]) == ("演*", "演*")
    assert "演示壬" not in street.do("show", "1").out + street.do("log", "1").out


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("张三", "2026年11月16日(周一)的在册人员中没有“张三”"),
        ("演示干部", "职务是“科员”, 不能批准"),
        ("演示队长", "是城管执法中队的人, 得益的单位的人不能批准"),
        ("分管领导", "请写是哪一位, 不写职务"),
    ],
)
def test_nobody_else_does_and_who_can_is_named(street: Street, named: str, said: str) -> None:
    refused = street.no(*EXTEND, named)
    assert said in refused
    assert "可以写: p1 演示领导 (分管领导, 党政综合办)、p3" in refused
    assert "sixping units person add 姓名 --unit 单位 --role 分管领导" in refused


@pytest.mark.parametrize("operator", ["演示领导", "p1", " 演示领导 ", "P1"])
@pytest.mark.parametrize("named", ["演示领导", "p1"])
def test_nobody_approves_what_is_done_for_himself(
    street: Street, operator: str, named: str
) -> None:
    refused = street.no("--by", operator, *EXTEND, named)
    assert "经办人自己不能批准" in refused
    assert "p1" not in refused, "he is not offered either"
    street.do("--by", "演示干部", *EXTEND, named)


@pytest.mark.parametrize("operator", ["党政综合办 演示领导", "演示领导(党政综合办)", "办公室、p1"])
def test_nor_where_he_wrote_his_unit_beside_his_name(street: Street, operator: str) -> None:
    assert "经办人自己不能批准" in street.no("--by", operator, *EXTEND, "p1")
    street.do("--by", "演示领导人", *EXTEND, "p1")


def test_an_operator_whom_the_register_does_not_know_is_remarked(street: Street) -> None:
    assert "经办人未登记" not in street.do("--by", "城管 演示队长", *EXTEND, "p1").err
    assert "经办人未登记" in street.do("--by", "路人", *EXTEND, "p1").err


def test_the_account_is_an_operator_too(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sixping.store.writer._account", lambda: "演示领导(1000)")
    assert "经办人自己不能批准" in street.no("--by", "演示干部", *EXTEND, "p1")


def test_a_community_and_its_grid_gain_together(street: Street) -> None:
    grid = ("江一社区第一网格", "--role", "分管领导")
    street.do("units", "person", "add", "演示网格长", "--unit", *grid)
    street.do("assign", "1", "--lead", "江一社区")
    assert "得益" in street.no(*EXTEND, "演示网格长")
    street.do("assign", "1", "--lead", "江二社区")
    street.do(*EXTEND, "演示网格长")


def test_an_assisting_unit_gains_too(street: Street) -> None:
    street.do("assign", "1", "--lead", "市场监管所", "--assist", "城管执法中队")
    assert "得益" in street.no(*EXTEND, "演示队长")


def test_the_register_of_the_day_of_the_step_holds(street: Street) -> None:
    street.do("units", "person", "leave", "p1", "--from", "2026-11-18")
    assert "没有“p1”" in street.no(*EXTEND, "p1", now="2026-11-18T10:00:00+08:00")
    street.do(*EXTEND, "p1", "--at", "2026-11-17 10:00", now="2026-11-18T10:00:00+08:00")


def test_while_nobody_has_a_role_the_role_is_named_and_remarked(bare: Street) -> None:
    refused = bare.no(*EXTEND, "张三")
    assert "登记之前可写职务, 如 --approved-by 分管领导" in refused
    assert "经办人自己不能批准" in bare.no("--by", "分管领导", *EXTEND, "分管领导")
    said = bare.do(*EXTEND, "分管领导").err
    assert "按职务“分管领导”记录, 未登记是哪一位" in said
    event = last(bare)
    assert "approver" not in event
    assert (event["approver_role"], event["approved_by"]) == ("分管领导", "分管领导")
    assert "批准: 分管领导 (未登记)" in bare.do("show", "1").out


def test_somebody_of_no_approving_role_leaves_the_role_to_be_named(bare: Street) -> None:
    bare.do("units", "person", "add", "演示干部", "--unit", "党政综合办", "--role", "科员")
    assert "职务" in bare.no(*EXTEND, "演示干部")
    bare.do(*EXTEND, "主要领导")


def test_an_approval_nobody_asked_for_is_checked_and_kept(street: Street) -> None:
    assert "职务是“科员”" in street.no("note", "1", "记一笔", "--approved-by", "演示干部")
    street.do("note", "1", "记一笔", "--approved-by", "演示领导")
    assert last(street)["approver"] == "p1"
    street.do("note", "1", "又一笔")
    assert "approver" not in last(street)


# --- leaders ---------------------------------------------------------------------------

_LEADERS = '[edition.readings.leaders]\nvalue = ["主要领导"]\n'


def test_a_second_extension_and_an_exception_are_a_leaders_where_the_policy_names_them(
    street: Street, tmp_path: Path
) -> None:
    adopt(street.call, _with(tmp_path, "[edition.readings.leaders]\n", _LEADERS))
    street.do(*EXTEND, "p1")
    assert "登记之前可写职务, 如 --approved-by 主要领导" in street.no(*EXTEND, "p1")
    street.do("units", "person", "add", "演示书记", "--unit", "党政综合办", "--role", "主要领导")
    assert "不能批准" in street.no(*EXTEND, "p1"), "a second one"
    street.do(*EXTEND, "演示书记")
    assert "不能批准" in street.no(*EXTEND[:-1], "--beyond-ceiling", "--approved-by", "p1")
    street.do("suspend", "1", "--reason", "等", "--approved-by", "p1")


def _with(folder: Path, old: str, new: str) -> Path:
    from sixping.util import datafiles

    text, _ = datafiles.read("policy.toml")
    rules = folder / "规则"
    rules.mkdir()
    page = text.replace(old, new)
    (rules / "policy.toml").write_text(page, encoding="utf-8")
    return rules


# --- when it is demanded -----------------------------------------------------------------


def test_a_late_refusal_to_accept_says_by_how_much_and_needs_one(street: Street) -> None:
    street.do("intake", "反映外区公交", "--severity", "一般")
    words = ("decline", "2", "--reason", "不属于本街道")
    refused = street.no(*words, now="2026-11-19T09:00:00+08:00")
    assert "受理期限 11月17日(周二) 17:00 已过 2 个工作日" in refused
    assert "--approved-by" in refused
    by = ("--approved-by", "p3")
    assert "综合信息指挥室" in street.no(*words, *by, now="2026-11-19T09:00:00+08:00")
    said = street.do(*words, "--approved-by", "p2", now="2026-11-19T09:00:00+08:00").err
    assert "已过, 超 2 个工作日" in said
    assert (
        "不予受理由 p2 分管领导 批准"
        in street.do("lapses", "--from", "2026-11-01", now="2026-11-20T09:00:00+08:00").out
    )


@pytest.mark.parametrize(
    ("category", "to"), [("移送", "110"), ("引导", "区信访局"), ("退回补充", None)]
)
def test_so_does_every_other_way_of_not_taking_it_on(
    street: Street, category: str, to: str | None
) -> None:
    street.do("intake", "反映外区公交", "--severity", "一般", "--channel", "网格员")
    where = ("--to", to) if to else ()
    words = ("decline", "2", "--reason", "不属于本街道", "--category", category, *where)
    now = "2026-11-19T09:00:00+08:00"
    assert f"逾期{category}须经批准" in street.no(*words, now=now)
    assert "综合信息指挥室" in street.no(*words, "--approved-by", "p3", now=now)
    street.do(*words, "--approved-by", "p2", now=now)


def test_in_time_it_needs_none(street: Street) -> None:
    street.do("intake", "反映外区公交", "--severity", "一般")
    street.do("decline", "2", "--reason", "不属于本街道", now="2026-11-17T17:00:00+08:00")


def test_a_refusal_written_up_within_the_hours_was_in_time_too(street: Street) -> None:
    street.do("intake", "人行道积水", "--severity", "一般")
    past = ("--reason", "不属实", "--at", "2026-11-17 16:00")
    street.do("decline", "2", *past, now="2026-11-17T18:00:00+08:00")
    assert street.do("show", "2", "--json").json()["status"] == "不予受理"


RAISE = ("regrade", "1", "--severity", "较大", "--reason", "复杂")
REFER = ("refer", "1", "--to", "区级平台", "--content", "请处理")


@pytest.mark.parametrize("step", [RAISE, REFER])
@pytest.mark.parametrize(
    ("now", "demanded"),
    [
        ("2026-11-20T16:59:59", False),
        ("2026-11-20T17:00:00", True),
        ("2026-11-22T12:00:00", True),
        ("2026-11-23T16:55:00", True),
        ("2026-11-23T17:00:01", False),  # it is late, and stays so
    ],
)
def test_raising_within_the_last_working_day_needs_one(
    street: Street, step: tuple[str, ...], now: str, *, demanded: bool
) -> None:
    if not demanded:
        street.do(*step, now=f"{now}+08:00")
        return
    refused = street.no(*step, now=f"{now}+08:00")
    assert "办结期限 11月23日(周一) 17:00 只剩最后 1 个工作日, 这时升级须经批准" in refused
    assert "得益" in street.no(*step, "--approved-by", "p2", now=f"{now}+08:00")
    street.do(*step, "--approved-by", "p1", now=f"{now}+08:00")


def test_raising_may_not_be_put_back_before_the_last_day_nor_hidden_in_a_suspension(
    street: Street,
) -> None:
    now = "2026-11-23T16:55:00+08:00"
    assert "只剩最后 1 个工作日" in street.no(*RAISE, "--at", "2026-11-20 16:58", now=now)
    street.do("suspend", "1", "--reason", "等", "--approved-by", "p1", now=now)
    assert "只剩最后 1 个工作日" in street.no(*RAISE, now="2026-11-24T16:55:00+08:00")


def test_the_ceiling_is_such_a_limit_and_a_decided_day_too(street: Street) -> None:
    late = "2026-12-07T09:00:00+08:00"
    assert "最长时限 12月7日(周一) 17:00 只剩" in street.no(*RAISE, now=late)
    street.do(*RAISE, "--approved-by", "p1", now=late)
    street.do("decide", "1", "--lead", "城管", "--due", "2026-12-11", "--leader", "p1", now=late)
    day = "2026-12-11T09:00:00+08:00"
    assert "办结期限 12月11日(周五) 17:00 只剩" in street.no(*REFER, now=day)


RAISED = ("accept", "2", "--severity", "较大")


def test_raising_a_suggestion_by_accepting_needs_one_too(street: Street) -> None:
    street.do("intake", "人行道积水")
    now = "2026-11-23T16:55:00+08:00"
    assert "只剩最后 1 个工作日, 这时升级须经批准" in street.no(*RAISED, now=now)
    street.do(*RAISED, "--approved-by", "p1", now=now)
    assert last(street, "2")["approver"] == "p1"


def test_confirming_a_grade_is_free(street: Street) -> None:
    street.do("intake", "跨区河道污染")
    street.do("intake", "人行道积水")
    street.do("accept", "2", "--severity", "较大", now="2026-11-23T16:55:00+08:00")
    street.do("accept", "3", "--severity", "一般", now="2026-11-23T16:55:00+08:00")


MERGE = ("merge", "1", "--into", "2")


def a_main_case(street: Street, *options: str, now: str = MONDAY) -> None:
    """A second case with its unit, signed for."""
    street.do("intake", "电梯困人", *options, now=now)
    street.do("accept", "2", now=now)
    if "较大" not in options:
        street.do("assign", "2", "--lead", "市场监管所", now=now)


def test_merging_into_a_graver_case_on_the_last_day_is_raising(street: Street) -> None:
    street.do("sign", "1")
    now = "2026-11-23T16:55:00+08:00"
    a_main_case(street, "--severity", "较大", now="2026-11-23T09:00:00+08:00")
    refused = street.no(*MERGE, now=now)
    assert "办结期限 11月23日(周一) 17:00 只剩最后 1 个工作日" in refused
    assert "这时并入较大的 2026-000002 即为升级, 须经批准 (三)" in refused
    assert "得益" in street.no(*MERGE, "--approved-by", "p2", now=now)
    said = street.do(*MERGE, "--approved-by", "p1", now=now).err
    for limit in ("办结期限 11月23日(周一) 17:00", "最长时限 12月7日(周一) 17:00"):
        assert said.index(f"{limit} 不再计") < said.index("已记录")
    report = ("report", "--month", "2026-11", "--drill", "限内转出(并件)", "--json")
    rows = street.do(*report, now="2026-11-26T15:00:00+08:00").json()
    assert [row["due"][:10] for row in rows] == ["2026-11-23", "2026-12-07"]


def test_merging_before_the_last_day_or_into_a_case_that_keeps_the_limit_is_free(
    street: Street,
) -> None:
    a_main_case(street, "--severity", "一般", now="2026-11-19T09:00:00+08:00")
    said = street.do(*MERGE, now="2026-11-23T16:55:00+08:00").err
    assert "不再计" not in said
    street.do("unmerge", "1", "--reason", "不是", now="2026-11-23T16:56:00+08:00")
    street.do("intake", "又不亮", "--severity", "一般", now="2026-11-23T09:00:00+08:00")
    street.do("accept", "3", now="2026-11-23T09:00:00+08:00")
    street.do("intake", "又一处", "--severity", "较大", now="2026-11-23T09:00:00+08:00")
    street.do("merge", "3", "--into", "4", now="2026-11-23T16:55:00+08:00")


def test_merging_on_the_last_day_into_a_case_whose_limit_stands_still_needs_one(
    street: Street,
) -> None:
    a_main_case(street, "--severity", "一般", now="2026-11-19T09:00:00+08:00")
    street.do("suspend", "2", "--reason", "等", "--approved-by", "p1",
              now="2026-11-19T10:00:00+08:00")  # fmt: skip
    now = "2026-11-23T16:55:00+08:00"
    assert "这时并入 2026-000002 使它不再照计, 须经批准 (三)" in street.no(*MERGE, now=now)
    street.do(*MERGE, "--approved-by", "p1", now=now)


def test_merging_a_decided_case_into_one_less_grave_lowers_it(street: Street) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    back = ("merge", "2", "--into", "1")
    refused = street.no(*back)
    assert "已有会商决定, 降级须由联席会议或领导决定" in refused
    assert "--meeting" not in refused
    street.do(*back, "--approved-by", "p1")


LOWER = ("regrade", "2", "--severity", "一般", "--reason", "核实")
DECIDE = ("decide", "2", "--lead", "城管执法中队", "--due", "2026-12-11")


def serious(street: Street) -> None:
    street.case("跨社区排水", severity="较大")


def test_before_a_decision_lowering_is_free(street: Street) -> None:
    serious(street)
    street.do(*LOWER)


@pytest.mark.parametrize("by", ["--approved-by", "--leader"])
def test_after_a_decision_only_a_leader_lowers(street: Street, by: str) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    refused = street.no(*LOWER)
    assert "11月16日(周一) 10:00 已有会商决定, 降级须由联席会议或领导决定" in refused
    assert "--meeting" in refused
    assert "--approved-by" in refused
    assert "得益" in street.no(*LOWER, by, "p2")
    street.do(*LOWER, by, "p1")
    assert last(street, "2")["approver"] == "p1"


def test_or_a_joint_meeting(street: Street) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    other = street.plan("--reason", "演示", kind="集体会商", day="2026-11-16")
    assert "不是联席会议" in street.no(*LOWER, "--meeting", other)
    meeting = street.plan(day="2026-11-16")
    street.do(*LOWER, "--meeting", meeting)
    assert last(street, "2")["meeting"] == meeting


def test_raised_again_the_decision_is_not_forgotten(street: Street) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    street.do("regrade", "2", "--severity", "重大", "--reason", "核实")
    assert "已有会商决定" in street.no(*LOWER)


# --- statements about the past -----------------------------------------------------------

RESOLVE = ("resolve", "1", "--outcome", "已修好", "--reason", "补记", "--at")


def test_a_result_stated_later_that_cures_a_limit_needs_one(street: Street) -> None:
    now = "2026-12-17T09:00:00+08:00"
    refused = street.no(*RESOLVE, "2026-11-20 16:00", now=now)
    assert "按现在记, 办结期限 11月23日(周一) 17:00 已经超期" in refused
    assert "24 小时" in refused
    assert "得益" in street.no(*RESOLVE, "2026-11-20 16:00", "--approved-by", "p2", now=now)
    street.do(*RESOLVE, "2026-11-20 16:00", "--approved-by", "p1", now=now)
    assert finish(street)["late"] is False
    assert last(street)["approver"] == "p1"


def test_one_that_cures_the_ceiling_only_names_the_ceiling(street: Street) -> None:
    refused = street.no(*RESOLVE, "2026-11-26 16:00", now="2026-12-17T09:00:00+08:00")
    assert "最长时限 12月7日(周一) 17:00 已经超期" in refused
    assert "办结期限" not in refused


def test_writing_up_within_the_hours_of_the_policy_is_free(street: Street) -> None:
    street.no(*RESOLVE, "2026-11-23 16:59", now="2026-11-24T16:59:01+08:00")
    street.do(*RESOLVE, "2026-11-23 16:59", now="2026-11-24T16:59:00+08:00")
    assert finish(street)["late"] is False


def test_what_improves_nothing_is_free(street: Street) -> None:
    street.do(*RESOLVE, "2026-11-25 16:00", now="2026-11-30T09:00:00+08:00")
    assert finish(street)["late"] is True


def test_accepting_in_the_past_belongs_to_the_room(street: Street) -> None:
    street.do("intake", "人行道积水", "--severity", "一般")
    words = ("accept", "2", "--at", "2026-11-17 10:00", "--reason", "补记")
    now = "2026-11-19T10:00:00+08:00"
    assert "按现在记, 受理期限 11月17日(周二) 17:00 已经超期" in street.no(*words, now=now)
    assert "综合信息指挥室" in street.no(*words, "--approved-by", "p3", now=now)
    street.do(*words, "--approved-by", "p2", now=now)


def test_a_limit_that_was_late_as_it_began_is_the_rooms_whoever_has_the_case(
    street: Street,
) -> None:
    street.do("sign", "1")
    street.do("regrade", "1", "--severity", "较大", "--reason", "跨部门")
    found = "2026-11-30T10:00:00+08:00"
    street.do("regrade", "1", "--severity", "一般", "--reason", "核实", now=found)
    void = ("void", "1", str(last(street)["seq"]), "--reason", "记错了")
    now = "2026-11-30T11:00:00+08:00"
    assert "办结期限 11月23日(周一) 17:00 原记超期" in street.no(*void, now=now)
    assert "是综合信息指挥室的人" in street.no(*void, "--approved-by", "p3", now=now)
    street.do(*void, "--approved-by", "p2", now=now)


def test_reporting_to_the_district_in_the_past_belongs_to_the_room_whoever_has_the_case(
    street: Street,
) -> None:
    found = "2026-11-17T09:00:00+08:00"
    street.do("regrade", "1", "--severity", "重大", "--reason", "跨区", now=found)
    words = (*REFER, "--at", "2026-11-18 10:00", "--reason", "补记")
    now = "2026-12-01T09:00:00+08:00"
    assert "上报期限 11月18日(周三) 17:00 已经超期" in street.no(*words, now=now)
    assert "综合信息指挥室" in street.no(*words, "--approved-by", "p3", now=now)
    street.do(*words, "--approved-by", "p2", now=now)


def test_leaving_a_limit_in_the_past_improves_too(street: Street) -> None:
    now = "2026-12-01T09:00:00+08:00"
    stated = ("--at", "2026-11-18 10:00")
    assert "已经超期" in street.no(*RAISE, *stated, now=now)
    assert "已经超期" in street.no(*REFER, *stated, "--reason", "补记", now=now)
    street.do("intake", "又不亮", "--severity", "一般")
    merge = ("merge", "2", "--into", "1", "--at", "2026-11-17 10:00", "--reason", "补记")
    assert "受理期限 11月17日(周二) 17:00 已经超期" in street.no(*merge, now=now)
    street.do(*merge, "--approved-by", "p2", now=now)
    assert last(street, "2")["approver"] == "p2"


def test_a_decision_stated_before_the_day_it_replaces_was_missed_needs_one(
    street: Street,
) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    again = ("decide", "2", "--lead", "城管", "--due", "2026-12-31", "--leader", "p1",
             "--at", "2026-12-10 10:00", "--reason", "补记")  # fmt: skip
    now = "2026-12-21T09:00:00+08:00"
    assert "办结期限 12月11日(周五) 17:00 已经超期" in street.no(*again, now=now)
    street.do(*again, "--approved-by", "p1", now=now)


def test_a_step_only_possible_in_the_past_is_held_against_the_case_as_it_is(
    street: Street,
) -> None:
    """An extension after the day: it is signed for, and who signed sees what it cures."""
    stated = ("--at", "2026-11-20 10:00")
    said = street.do(*EXTEND[:3], "5", *EXTEND[4:], "p1", *stated, now="2026-11-26T09:00:00+08:00")
    assert "按现在记, 办结期限 11月23日(周一) 17:00 已经超期" in said.err


def test_an_answer_and_a_part_stated_in_time_are_verdicts_too(street: Street) -> None:
    street.do("urge", "1", "--level", "普通", "--reason", "请抓紧", "--answer-by", "2026-11-17")
    street.do("part", "1", "--unit", "城管", "--due", "2026-11-17")
    stated = ("--at", "2026-11-17 10:00", "--reason", "补记")
    now = "2026-11-19T10:00:00+08:00"
    answer, done = ("answer-urge", "1", "已到场"), ("part-done", "1", "--unit", "城管",
                                                 "--outcome", "好")  # fmt: skip
    assert "普通督办的答复期限 2026年11月17日(周二)" in street.no(*answer, *stated, now=now)
    assert "城管执法中队的分工期限 2026年11月17日(周二)" in street.no(*done, *stated, now=now)
    for step in (answer, done):
        street.do(*step, *stated, "--approved-by", "p1", now=now)


def test_a_signature_stated_in_time_is_one_too_and_so_is_a_result_before_it(street: Street) -> None:
    stated = ("--at", "2026-11-17 10:00", "--reason", "补记")
    now = "2026-11-19T10:00:00+08:00"
    for step in (("sign", "1"), ("resolve", "1", "--outcome", "好", "--kind", "已解决")):
        refused = street.no(*step, *stated, now=now)
        assert "城管执法中队的签收期限 11月17日(周二) 17:00 已经超期" in refused
    street.do("sign", "1", "--at", "2026-11-18 10:00", "--reason", "补记", now=now)  # still late
    street.do("void", "1", str(last(street)["seq"]), "--reason", "记错", now=now)
    street.do("sign", "1", *stated, "--approved-by", "p1", now=now)


def test_where_the_policy_sets_a_time_to_tell_the_result_a_telling_stated_in_it_is_one(
    street: Street, tmp_path: Path
) -> None:
    term = "[edition.readings.feedback_workdays]\n"
    adopt(street.call, _with(tmp_path, term, f"{term}value = 1\n"))
    street.do("intake", "占道经营", "--severity", "一般")
    for step in (("accept",), ("assign", "--lead", "城管执法中队"), ("sign",),
                 ("resolve", "--outcome", "好")):  # fmt: skip
        street.do(step[0], "2", *step[1:])
    told = ("feedback", "2", "已劝离", "--at", "2026-11-17 16:00", "--reason", "补记")
    now = "2026-11-19T10:00:00+08:00"
    assert "反馈期限 11月17日(周二) 17:00 已经超期" in street.no(*told, now=now)
    late = (*told[:4], "2026-11-17 17:01", *told[5:])
    street.do(*late, now=now)
    street.do("void", "2", str(last(street, "2")["seq"]), "--reason", "记错", now=now)
    street.do(*told, "--approved-by", "p1", now=now)


def test_a_void_that_takes_a_late_verdict_away_needs_one(street: Street) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    seq = str(last(street, "2")["seq"])
    void = ("void", "2", seq, "--reason", "记错了")
    late = "2026-12-14T09:00:00+08:00"
    refused = street.no(*void, now=late)
    assert "2026-000002 的办结期限 12月11日(周五) 17:00 原记超期, 撤销后它不再是超期" in refused
    street.do(*void, "--approved-by", "p1", now=late)


def test_an_undo_that_takes_a_late_verdict_away_needs_one_and_takes_it(street: Street) -> None:
    serious(street)
    street.do(*DECIDE, "--leader", "p1")
    late = "2026-12-14T09:00:00+08:00"
    assert "--approved-by 姓名" in street.no("undo", "2", now=late)
    street.do("undo", "2", "--approved-by", "p1", "--reason", "误记决定", now=late)
    event = last(street, "2")
    assert (event["approver"], event["reason"], event["undone"]) == ("p1", "误记决定", True)


# --- verdicts that become another's ---------------------------------------------------------

THURSDAY = "2026-11-26T15:00:00+08:00"
STATED = ("--at", "2026-11-20 10:00", "--reason", "补记")
ROOM, UNIT = "综合信息指挥室", "城管执法中队"


def late_ones(street: Street, now: str = THURSDAY) -> set[tuple[str, str]]:
    """Every failure with a date: its kind, and who answers for it."""
    found = street.do("lapses", "--from", "2026-11-01", "--json", now=now).json()["items"]
    return {(one["kind"], one["unit"]) for one in found}


def opened(street: Street, name: str, now: str = THURSDAY) -> list[dict[str, Any]]:
    """The rows behind a figure of November; the figure is their number, and lapses has them."""
    report = ("report", "--month", "2026-11")
    rows: list[dict[str, Any]] = street.do(*report, "--drill", name, "--json", now=now).json()
    figures = street.do(*report, "--json", now=now).json()
    counted = {"补录改判": figures["stated"]["changed"], "超期记录取消": figures["overdue_undone"]}
    beside = street.do("lapses", "--from", "2026-11-01", "--json", now=now).json()["beside"]
    family = {"补录改判": "stated", "超期记录取消": "overdue_undone"}[name]
    listed = [one for one in beside if one["family"] == family and one["verdict"] != "未改判"]
    assert counted[name] == len(rows) == len(listed)
    return rows


def test_a_return_stated_before_the_day_moves_a_breach_off_a_unit_and_needs_one(
    street: Street,
) -> None:
    street.do("sign", "1")
    assert late_ones(street) == {("finish", UNIT)}
    refused = street.no("return", "1", *STATED, now=THURSDAY)
    assert f"办结期限 11月23日(周一) 17:00 已经超期, 由{UNIT}负责" in refused
    assert f"补记使它改由{ROOM}负责, 且已过 24 小时, 须经批准" in refused
    assert "得益" in street.no("return", "1", *STATED, "--approved-by", "p2", now=THURSDAY)
    street.do("return", "1", *STATED, "--approved-by", "p3", now=THURSDAY)
    assert late_ones(street) == {("finish", ROOM)}
    (row,) = opened(street, "补录改判")
    assert (row["unit"], row["due"]) == (UNIT, "2026-11-23T17:00:00+08:00")
    assert f"超期改由{ROOM}负责" in row["what"]


def test_an_assignment_stated_before_the_day_moves_the_rooms_onto_the_unit_and_needs_one(
    street: Street,
) -> None:
    street.case("又不亮")
    street.do("note", "1", "不相干", "--at", "2026-11-20 10:00", "--reason", "补记", now=THURSDAY)
    assign = ("assign", "2", "--lead", UNIT, *STATED)
    assert f"由{ROOM}负责, 补记使它改由{UNIT}负责" in street.no(*assign, now=THURSDAY)
    assert "得益" in street.no(*assign, "--approved-by", "p3", now=THURSDAY)
    street.do(*assign, "--approved-by", "p2", now=THURSDAY)
    (row,) = opened(street, "补录改判")
    assert (row["number"], row["unit"]) == ("2026-000002", ROOM)


def test_written_up_within_the_hours_it_is_free_and_still_counted(street: Street) -> None:
    street.do("sign", "1")
    now = "2026-11-24T10:00:00+08:00"
    street.do("return", "1", "--at", "2026-11-23 10:30", "--reason", "补记", now=now)
    assert opened(street, "补录改判") == []  # it was too late to hand over by then
    street.do("undo", "1", now=now)
    street.do("return", "1", "--at", "2026-11-20 10:00", "--reason", "补记", "--approved-by", "p1",
              now=now)  # fmt: skip
    assert len(opened(street, "补录改判")) == 1


def test_a_limit_stated_to_have_been_left_in_time_is_counted_too(street: Street) -> None:
    street.do("intake", "反映外区公交", "--severity", "一般")
    words = ("decline", "2", "--reason", "不属于本街道", "--at", "2026-11-23 16:00")
    street.do(*words, "--approved-by", "p2", now="2026-11-24T10:00:00+08:00")
    (row,) = opened(street, "补录改判")
    assert (row["clock"], row["due"]) == ("办结期限", "2026-11-23T17:00:00+08:00")


def test_a_return_stated_before_the_day_to_sign_takes_that_breach_away(street: Street) -> None:
    stated = ("--at", "2026-11-17 10:00", "--reason", "补记")
    refused = street.no("return", "1", *stated, now="2026-11-19T10:00:00+08:00")
    assert f"{UNIT}的签收期限 11月17日(周二) 17:00 已经超期" in refused


def test_a_part_stated_to_have_been_given_anew_before_its_day_is_cured_by_it(
    street: Street,
) -> None:
    street.do("part", "1", "--unit", UNIT, "--due", "2026-11-17")
    again = ("part", "1", "--unit", UNIT, "--due", "2026-11-23")
    stated = ("--at", "2026-11-17 10:00", "--reason", "补记")
    now = "2026-11-19T10:00:00+08:00"
    assert f"{UNIT}的分工期限 2026年11月17日(周二) 已经超期" in street.no(*again, *stated, now=now)
    street.do(*again, now=now)


def test_a_grade_stated_to_have_been_lowered_in_time_moves_the_rooms_breach(
    street: Street,
) -> None:
    """Lowered now, the limit is late as it begins, and the room's; lowered then, the unit's."""
    street.do(*RAISE)
    lower = ("regrade", "1", *LOWER[2:], "--at", "2026-11-20 10:00")
    assert f"由{ROOM}负责, 补记使它改由{UNIT}负责" in street.no(*lower, now=THURSDAY)


def test_a_merge_stated_in_time_moves_the_rooms_breach_onto_the_unit_of_the_main_case(
    street: Street,
) -> None:
    later = "2026-11-19T10:00:00+08:00"
    street.do("intake", "又不亮", "--severity", "一般", now=later)
    street.do("accept", "2", now=later)
    street.do("assign", "2", "--lead", "市场监管所", now=later)
    street.do("sign", "2", now=later)
    street.do("sign", "1")
    merge = ("merge", "1", "--into", "2", *STATED)
    refused = street.no(*merge, now=THURSDAY)
    assert "办结期限 11月23日(周一) 17:00 已经超期" in refused
    street.do(*merge, "--approved-by", "p1", now=THURSDAY)
    rows = opened(street, "补录改判")
    assert {(row["number"], row["unit"]) for row in rows} == {
        ("2026-000001", UNIT), ("2026-000002", ROOM),
    }  # fmt: skip


def test_merging_at_five_to_five_leaves_the_breach_with_the_unit_that_had_it(
    street: Street,
) -> None:
    """Both cases are with one unit: there was no hand-over, so it does not fall to the room."""
    street.do("sign", "1")
    begun = "2026-11-23T09:00:00+08:00"
    for step in (("intake", "又不亮", "--severity", "一般"), ("accept", "2"),
                 ("assign", "2", "--lead", UNIT), ("sign", "2")):  # fmt: skip
        street.do(*step, now=begun)
    street.do(*MERGE, now="2026-11-23T16:55:00+08:00")
    found = street.do("lapses", "--from", "2026-11-01", "--json", now=THURSDAY).json()
    assert [(one["number"], one["unit"]) for one in found["items"]] == [("2026-000002", UNIT)]
    assert "接手时" not in found["items"][0]["why"]
    left = [one["unit"] for one in found["beside"] if one["family"] == "transferred_out"]
    assert left == [UNIT] * len(left)
    assert street.do("verify").code == 0


def assigned(street: Street) -> str:
    log = street.do("show", "1", "--json").json()["events"]
    return str(next(e["seq"] for e in log if e["kind"] == "assigned"))


@pytest.mark.parametrize("command", ["void", "undo"])
def test_an_assignment_taken_back_moves_the_units_breaches_and_needs_one(
    street: Street, command: str
) -> None:
    assert late_ones(street) == {("finish", UNIT), ("unsigned", UNIT)}
    seq = (assigned(street),) if command == "void" else ()
    back = (command, "1", *seq, "--reason", "派错")
    refused = street.no(*back, now=THURSDAY)
    assert (
        f"办结期限 11月23日(周一) 17:00 原记超期, 由{UNIT}负责, 撤销后它改由{ROOM}负责" in refused
    )
    assert "得益" in street.no(*back, "--approved-by", "p2", now=THURSDAY)
    street.do(*back, "--approved-by", "p1", now=THURSDAY)
    assert late_ones(street) == {("finish", ROOM)}
    rows = opened(street, "超期记录取消")
    assert {(row["unit"], row["due"]) for row in rows} == {
        (UNIT, "2026-11-23T17:00:00+08:00"), (UNIT, "2026-11-17T17:00:00+08:00"),
    }  # fmt: skip


def test_one_taken_back_before_anything_was_late_is_free(street: Street) -> None:
    street.do("void", "1", assigned(street), "--reason", "派错", now="2026-11-17T16:00:00+08:00")
    assert opened(street, "超期记录取消") == []


def test_one_that_takes_none_away_is_free(street: Street) -> None:
    street.do("note", "1", "记错")
    street.do("void", "1", str(last(street)["seq"]), "--reason", "记错了")


# --- who decides -------------------------------------------------------------------------


def test_nobody_of_the_unit_it_names_decides(street: Street) -> None:
    serious(street)
    assert "是城管执法中队的人, 得益的单位的人" in street.no(*DECIDE, "--leader", "p2")


def test_a_decision_names_the_meeting_or_the_leader(street: Street) -> None:
    serious(street)
    done = street.call(*DECIDE, "--decided-by", "会议", now=MONDAY)
    assert done.code == 2
    assert all(word in done.err for word in ("--meeting", "--leader"))
    assert "不能作决定" in street.no(*DECIDE, "--leader", "演示干部")
    assert "经办人自己不能作决定" in street.no("--by", "p1", *DECIDE, "--leader", "演示领导")
    said = street.do(*DECIDE, "--leader", "演示领导", "--json").json()["events"][-1]
    assert (said["leader"], said["leader_role"]) == ("p1", "分管领导")
    assert said["decided_by"] == "演示领导"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"kind": "联席会议", "day": "2026-11-17"}, "还没有开"),
        ({"kind": "领导小组会议", "day": "2026-11-16"}, "不是联席会议"),
    ],
)
def test_only_a_joint_meeting_that_was_held_decides(
    street: Street, plan: dict[str, str], said: str
) -> None:
    serious(street)
    words = ("--date", plan["day"], "--convener", "领导小组组长")
    street.do("meeting", "plan", plan["kind"], *words)
    assert said in street.no(*DECIDE, "--meeting", "m1")
    assert "没有这个会议" in street.no(*DECIDE, "--meeting", "m9")


def test_one_later_that_day_or_voided_does_not(street: Street) -> None:
    serious(street)
    street.plan("--from", "14:00", "--to", "15:00", day="2026-11-16")
    assert "还没有开" in street.no(*DECIDE, "--meeting", "m1")
    street.do("meeting", "void", planned(street), "--reason", "没有开成")
    assert "没有这个会议" in street.no(*DECIDE, "--meeting", "m1")


def planned(street: Street) -> str:
    log = street.do("log", "--json", "--stream", "meeting").json()
    return str(next(e["seq"] for e in log if e["kind"] == "meeting_planned"))


def test_the_meeting_shows_the_case_and_stays_as_long_as_its_decision(street: Street) -> None:
    serious(street)
    meeting = street.plan(day="2026-11-16")
    event = street.do(*DECIDE, "--meeting", meeting, "--json").json()["events"][-1]
    assert event["meeting"] == meeting
    assert event["decided_by"] == f"联席会议 {meeting} (2026-11-16)"
    shown = street.do("meeting", "show", meeting, "--json").json()
    assert shown["cases"] == ["2026-000002"]
    assert "2026-000002" in street.do("meeting", "show", meeting).out
    void = ("meeting", "void", planned(street), "--reason", "没有开成")
    assert "2026-000002 的会商决定" in street.no(*void)
    move = ("meeting", "move", meeting, "--date", "2026-12-01", "--reason", "改期")
    assert "2026-000002 的会商决定" in street.no(*move)
    street.do("void", "2", str(event["seq"]), "--reason", "误记")
    assert street.do("meeting", "show", meeting, "--json").json()["cases"] == []
    street.do(*void)


def test_whom_the_case_was_put_before_in_this_round_decides(street: Street) -> None:
    serious(street)
    assert "不能作决定" in street.no("consult", "2", "--leader", "演示干部")
    street.do("consult", "2", "--leader", "演示领导")
    event = street.do(*DECIDE, "--json").json()["events"][-1]
    assert (event["leader"], event["decided_by"]) == ("p1", "演示领导")
    street.do("resolve", "2", "--outcome", "好")
    street.do("reopen", "2", "--reason", "又出现")
    assert "--meeting" in street.no(*DECIDE)


def test_put_before_the_meeting_it_waits_for_who_is_named(street: Street) -> None:
    serious(street)
    street.do("consult", "2")
    assert "--leader" in street.no(*DECIDE)


def test_minutes_of_another_meeting_decide_on_no_case(street: Street) -> None:
    serious(street)
    street.plan("--reason", "演示", kind="集体会商", day="2026-11-16")
    words = ("--decision", "由城管牵头", "--unit", "城管", "--due", "2026-12-11", "--case", "2")
    assert "不是联席会议" in street.no("meeting", "minutes", "m1", *words)


def test_the_breach_that_went_away_at_five_to_five(street: Street) -> None:
    """G7: raised on the last afternoon, decided by 会议 until the end of next year."""
    now = "2026-11-23T16:55:00+08:00"
    street.no(*RAISE, now=now)
    street.do(*RAISE, "--approved-by", "p1", now=now)
    decide = ("decide", "1", "--lead", "城管", "--due", "2027-12-31", "--decided-by", "会议")
    assert street.call(*decide, now=now).code == 2
    assert street.do("show", "1", "--json", now=now).json()["status"] == "待联席会议研究"


# --- another receipt, and whom a report is about ---------------------------------------------

AMEND = ("amend", "1", "--received", "2026-11-13T16:00", "--reason", "来电时间记错")


def test_another_receipt_always_needs_an_approval(street: Street) -> None:
    refused = street.no(*AMEND)
    assert "更正收到的时间须经批准" in refused
    assert "p1" in refused


def test_who_approves_another_receipt_stays_on_the_event(street: Street) -> None:
    case = street.do(*AMEND, "--approved-by", "演示领导", "--json").json()
    assert case["received_at"] == "2026-11-13T16:00:00+08:00"
    event = case["events"][-1]
    assert (event["approver"], event["approver_role"]) == ("p1", "分管领导")
    assert event["approved_by"] == "演示领导"
    assert street.do("verify").code == 0


def test_a_person_of_the_room_approves_no_receipt_of_what_the_room_answers_for(
    street: Street,
) -> None:
    street.do("intake", "人行道积水", "--severity", "一般")
    amend = ("amend", "2", *AMEND[2:])
    assert "综合信息指挥室" in street.no(*amend, "--approved-by", "p3")
    street.do(*amend, "--approved-by", "p2")


def test_nor_does_one_of_the_unit_that_handles_the_case(street: Street) -> None:
    assert "得益" in street.no(*AMEND, "--approved-by", "p2")


def test_nobody_else_approves_another_receipt(street: Street) -> None:
    assert "不能批准" in street.no(*AMEND, "--approved-by", "演示干部")
    assert "经办人自己不能批准" in street.no("--by", "演示领导", *AMEND, "--approved-by", "p1")


def test_other_words_of_a_report_need_none(street: Street) -> None:
    street.do("amend", "1", "--place", "演示路1号", "--reason", "地点记错")
    assert "approver_role" not in last(street)


def test_the_reported_person_approves_nothing_and_is_not_offered(street: Street) -> None:
    street.do("intake", "演示: 态度差", "--severity", "一般", "--about", "演示领导")
    street.do("accept", "2")
    street.do("assign", "2", "--lead", "平安建设办")
    extend = ("extend", "2", *EXTEND[2:])
    refused = street.no(*extend, "演示领导")
    assert "是被反映的人, 应当回避, 不能批准" in refused
    assert "p1" not in refused.partition("可以写")[2]
    street.do(*extend, "p3")


def test_a_reported_unit_gets_the_case_by_the_word_of_a_leader_of_another(street: Street) -> None:
    street.do("intake", "演示: 乱罚款", "--severity", "一般", "--about", "城管执法中队")
    street.do("accept", "2")
    assign = ("assign", "2", "--lead", "城管执法中队")
    assert "是被反映的单位, 应当回避" in street.no(*assign)
    assert "得益" in street.no(*assign, "--leader", "演示队长")
    assert "不能" in street.no(*assign, "--leader", "演示干部")
    assert "经办人自己" in street.no("--by", "p1", *assign, "--leader", "p1")
    street.do(*assign, "--leader", "p1")
    event = last(street, "2")
    assert (event["approver"], event["approver_role"]) == ("p1", "分管领导")
    assert street.do("show", "2", "--json").json()["lead"] == "城管执法中队"
    street.do("return", "2", "--reason", "回避")
    street.do("assign", "2", "--lead", "市场监管所")
    assert "approver" not in last(street, "2"), "another unit needs no word"
    assert "应当回避" in street.no(
        "assign", "2", "--lead", "市场监管所", "--assist", "城管执法中队"
    )
