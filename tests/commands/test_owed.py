"""Words of leaders, demands to units, transfers to the police, answers to a source, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import NOW, Street

ALL = ("领导批示", "协办要求", "行刑衔接", "来源反馈")
SLEEPING: tuple[tuple[str, ...], ...] = (
    ("instruct", "1", "请办", "--leader", "分管领导"),
    ("demand", "1", "请核查", "--to", "市场监管所"),
    ("transfer", "1", "--to", "区公安分局", "--content", "线索"),
    ("feedback", "2", "已回", "--to-source"),
    ("export", "--answers", "--channel", "110联动平台", "--since", "2026-11-01", "--mark"),
    ("register", "show", "协办要求"),
)


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    made = Street(call)
    made.case()
    made.case("丙处堆料", "--channel", "110", "--source-no", "源1")
    made.do("assign", "1", "--lead", "城管执法中队")
    made.do("assign", "2", "--lead", "城管执法中队")
    made.do("resolve", "2", "--outcome", "已清运")
    return made


@pytest.fixture
def awake(street: Street) -> Street:
    street.do("register", "on", *ALL)
    return street


def kinds(street: Street, *argv: str) -> list[tuple[str, str, str | None]]:
    items = street.do("overdue", "--json", *argv).json()["items"]
    ours = {"instruction", "demand", "transfer", "source_feedback"}
    return [(i["kind"], i["number"][-1], i["unit"]) for i in items if i["kind"] in ours]


def shown(street: Street, number: str, *argv: str) -> Any:
    return street.do("show", number, "--json", *argv).json()


def test_asleep_nothing_is_recorded_and_nothing_shows(street: Street) -> None:
    for line in SLEEPING:
        assert "登记还没有启用" in street.no(*line), line
    case = shown(street, "2")
    assert not {"instructions", "demands", "transfers", "enclosures", "sources"} & case.keys()
    report = street.do("report", "--day", "2026-11-24", "--json").json()
    assert "registers" not in report
    assert kinds(street) == []


def test_a_register_that_begins_later_judges_nothing_before(street: Street) -> None:
    street.do("register", "on", "来源反馈", "--from", "2026-11-25")
    assert kinds(street) == []
    assert shown(street, "2")["sources"] == []
    street.do("register", "void", str(last(street)), "--reason", "演示")
    street.do("register", "on", "来源反馈", "--from", "2026-11-24")
    assert kinds(street) == [("source_feedback", "2", None)]


def last(street: Street) -> int:
    return int(street.do("log", "--json").json()[-1]["seq"])


def test_a_demand_is_for_its_unit_and_a_note_is_no_demand(awake: Street) -> None:
    awake.do("note", "1", "请知悉", "--to", "派出所")
    awake.do("demand", "1", "请核查证照", "--to", "市场监管所", "--answer-by", "2026-12-04")
    own = ("demand", "1", "市场监管所")
    assert own in kinds(awake)
    assert kinds(awake, "--unit", "市场监管所") == [own]
    assert kinds(awake, "--unit", "派出所") == []
    assert own not in kinds(awake, "--unit", "城管执法中队")
    listed = awake.do("list", "--unit", "市场监管所", "--json").json()
    assert [case["number"][-1] for case in listed] == ["1"]
    late = awake.do("overdue", "--json", "--unit", "市场监管所", now="2026-12-07T09:00:00+08:00")
    assert [item["workdays_late"] for item in late.json()["items"]] == [1]
    awake.do("answer-demand", "1", "证照齐全")
    assert kinds(awake, "--unit", "市场监管所") == []
    assert awake.do("list", "--unit", "市场监管所", "--json").json() == []
    (demand,) = shown(awake, "1")["demands"]
    assert (demand["to"], demand["answer"]) == ("市场监管所", "证照齐全")
    assert "已答复" in awake.do("show", "1").out


def test_of_several_the_one_that_is_answered_has_to_be_named(awake: Street) -> None:
    awake.do("demand", "1", "请核查", "--to", "市场监管所")
    awake.do("demand", "1", "请到场", "--to", "派出所")
    assert "第 1 项 (市场监管所)、第 2 项 (派出所)" in awake.no("answer-demand", "1", "好")
    assert "没有未答复的第 3 项" in awake.no("answer-demand", "1", "3", "好")
    assert "加引号" in awake.no("answer-demand", "1", "已", "到场")
    awake.do("answer-demand", "1", "2", "已到场")
    awake.do("answer-demand", "1", "好")
    assert "没有未答复的协办要求" in awake.no("answer-demand", "1", "好")


def test_a_number_that_was_voided_is_not_given_again(awake: Street) -> None:
    awake.do("demand", "1", "请核查", "--to", "市场监管所")
    awake.do("undo", "1")
    assert ("demand", "1", "市场监管所") not in kinds(awake)
    awake.do("demand", "1", "请到场", "--to", "派出所")
    assert [each["n"] for each in shown(awake, "1")["demands"]] == [2]
    asked = last(awake)
    awake.do("answer-demand", "1", "已到场")
    assert "就不成立了" in awake.no("void", "1", str(asked), "--reason", "演示")
    awake.do("undo", "1")
    assert ("demand", "1", "派出所") in kinds(awake)


def test_what_a_leader_wrote_waits_through_closing_and_is_said_there(awake: Street) -> None:
    awake.do("instruct", "2", "请报结果", "--leader", "分管领导", "--date", "2026-11-23",
             "--due", "2026-12-01")  # fmt: skip
    awake.do("feedback", "2", "已告知")
    closed = awake.do("close", "2").err
    assert "还没有答复: 领导批示 1 项" in closed
    assert " 0 项" not in closed
    assert ("instruction", "2", "城管执法中队") in kinds(awake)
    items = awake.do("overdue", "--json").json()["items"]
    (age,) = [item["age"] for item in items if item["kind"] == "instruction"]
    assert age == 1, "from the day of the leader's word"
    assert "未登记" in awake.do("log", "2").out, "nobody of the register has the role"
    awake.do("reopen", "2", "--reason", "又来")
    assert ("instruction", "2", "城管执法中队") in kinds(awake)
    awake.do("answer-instruct", "2", "已报")
    assert shown(awake, "2")["instructions"][0]["answer"] == "已报"
    assert "职务" in awake.no("instruct", "2", "请办", "--leader", "路人")


def test_a_leader_may_write_down_his_own_word_and_approves_nothing_by_it(awake: Street) -> None:
    leader = ("--unit", "党政综合办", "--role", "分管领导")
    awake.do("units", "person", "add", "演示领导", *leader)
    awake.do("--by", "演示领导", "instruct", "1", "请一周内办结", "--leader", "演示领导")
    assert ("instruction", "1", "城管执法中队") in kinds(awake)
    own = ("extend", "1", "--workdays", "2", "--reason", "演示", "--approved-by", "演示领导")
    assert "经办人自己不能批准" in awake.no("--by", "演示领导", *own)


def test_a_refused_step_is_called_by_what_cannot_be_done(awake: Street) -> None:
    for step in (("feedback", "2", "已告知"), ("close", "2")):
        awake.do(*step)
    said = awake.no("demand", "2", "请核查", "--to", "派出所")
    assert "现在是“已归档”, 不能提出协办要求" in said


def test_a_transfer_stops_no_limit_and_waits_for_receipt_and_result(awake: Street) -> None:
    before = shown(awake, "1")
    awake.do("transfer", "1", "--to", "区公安分局", "--content", "涉嫌犯罪")
    after = shown(awake, "1")
    assert (after["clocks"], after["status"]) == (before["clocks"], before["status"])
    assert "未取得回执" in awake.do("overdue").out
    awake.do("transfer-reply", "1", "--receipt", "收文9号")
    assert "未反馈结果" in awake.do("overdue").out
    assert "已经取得回执" in awake.no("transfer-reply", "1", "--receipt", "收文9号")
    assert "没有未答复的第 9 项" in awake.no("transfer-reply", "1", "9", "--receipt", "收文9号")
    awake.do("transfer-reply", "1", "--outcome", "已立案")
    assert "行刑衔接" not in awake.do("overdue").out
    (entry,) = shown(awake, "1")["transfers"]
    assert (entry["receipt"], entry["outcome"]) == ("收文9号", "已立案")
    awake.do("transfer", "1", "--to", "区检察院", "--content", "线索")
    awake.do("transfer-reply", "1", "--outcome", "不予立案")
    assert ("transfer", "1", "城管执法中队") not in kinds(awake), "who answers has received it"
    assert "--receipt" in awake.no("transfer-reply", "1")
    assert "机关的名称" in awake.no("transfer", "1", "--to", "民警13800000000", "--content", "线索")


def test_a_reported_unit_is_asked_for_nothing_without_a_leader(awake: Street) -> None:
    awake.do("intake", "执法不公", "--about", "市场监管所", "--severity", "一般")
    awake.do("accept", "3")
    assert "回避" in awake.no("demand", "3", "请说明", "--to", "市场监管所")
    awake.do("demand", "3", "请说明", "--to", "市场监管所", "--leader", "分管领导")


def test_a_merged_report_keeps_what_is_owed_on_it(awake: Street) -> None:
    awake.case("又占道")
    awake.do("demand", "3", "请核查", "--to", "市场监管所")
    assert "仍列在它名下" in awake.do("merge", "3", "--into", "1").err
    assert ("demand", "3", "市场监管所") in kinds(awake)
    said = awake.no("demand", "3", "请到场", "--to", "派出所")
    assert "请写 2026-000001" in said
    awake.do("answer-demand", "3", "已核查")
    assert ("demand", "3", "市场监管所") not in kinds(awake)


def test_on_one_line_each_item_says_of_which_kind_it_is(awake: Street) -> None:
    awake.case("又占道")
    for text in ("请办", "再办"):
        awake.do("instruct", "3", text, "--leader", "分管领导")
        awake.do("transfer", "3", "--to", "区公安分局", "--content", text, "--receipt", "收文1号")
    awake.do("merge", "3", "--into", "1")
    (line,) = (each for each in awake.do("overdue").out.splitlines() if "-000003" in each)
    assert "[批示第 1 项、已并入 2026-000001、批示第 2 项、行刑衔接第 1 项、移送区公安分局" in line
    assert line.count("已并入") == 1


def test_words_are_masked_revealed_on_record_and_erased(awake: Street) -> None:
    words = "请联系13912348765核实"
    awake.do("demand", "2", words, "--to", "市场监管所")
    awake.do("instruct", "2", words, "--leader", "分管领导")
    awake.do("transfer", "2", "--to", "区公安分局", "--content", words)
    for line in (("show", "2"), ("register", "show", "协办要求", "--json"), ("log", "2")):
        assert "13912348765" not in awake.do(*line).out, line
    looked = awake.do("register", "show", "协办要求", "--json", "--reveal", "--reason", "核对")
    assert looked.json()[0]["text"] == words
    assert "核对" in awake.do("audit").out
    awake.do("feedback", "2", "已告知")
    awake.do("close", "2")
    awake.do("erase", "2", "--basis", "本人书面申请", "--yes")
    assert {kind for kind, number, _ in kinds(awake) if number == "2"} == {
        "instruction", "demand", "transfer", "source_feedback",
    }  # fmt: skip
    assert "联系" not in awake.do("register", "show", "领导批示", "--all", "--json").out


def test_an_older_state_is_listed_as_it_was(awake: Street) -> None:
    awake.do("demand", "1", "请核查", "--to", "市场监管所")
    later = "2026-11-25T10:00:00+08:00"
    awake.do("answer-demand", "1", "已核查", now=later)
    listed = ("register", "show", "协办要求", "--json")
    assert awake.do(*listed, now=later).json() == []
    (then,) = awake.do(*listed, "--as-of", "2026-11-25 09:00", now=later).json()
    assert then["answered_at"] is None
    before = awake.no(*listed, "--as-of", "2026-10-01 09:00", now=later)
    assert "在那一刻协办要求登记没有启用" in before
    assert "register on" not in before


def test_an_instruction_without_a_day_was_given_on_the_day_it_was_recorded(awake: Street) -> None:
    awake.do("instruct", "1", "请核实", "--leader", "分管领导", now="2026-11-25T10:00:00+08:00")
    (row,) = awake.do("register", "show", "领导批示", "--json").json()
    assert row["day"] == "2026-11-25"


# --- answers to the source ---------------------------------------------------------------------


def test_an_export_marks_what_it_gave_out_once_and_a_new_result_is_owed_anew(
    awake: Street, tmp_path: Path
) -> None:
    assert ("source_feedback", "2", None) in kinds(awake)
    order = ("export", "--answers", "--channel", "110", "--since", "2026-11-01")
    awake.do(*order, "-o", str(tmp_path / "答复1.csv"))
    assert ("source_feedback", "2", None) in kinds(awake), "nobody asked to mark it"
    marking = (*order, "--mark", "-o", str(tmp_path / "答复2.csv"))
    assert "已记为回复来源 1 件" in awake.do(*marking).err
    assert kinds(awake) == []
    event = shown(awake, "2")["events"][-1]
    assert (event["kind"], event["exported"]) == ("source_answered", True)
    assert "已记为回复来源 0 件" in awake.do(*marking, "--force").err
    awake.do("reopen", "2", "--reason", "又来", now="2026-11-25T10:00:00+08:00")
    assert kinds(awake) == []
    awake.do("resolve", "2", "--outcome", "再清", now="2026-11-25T11:00:00+08:00")
    awake.now = "2026-11-25T12:00:00+08:00"
    assert kinds(awake) == [("source_feedback", "2", None)]


def test_a_mark_that_cannot_be_recorded_leaves_no_file(awake: Street, tmp_path: Path) -> None:
    target = tmp_path / "答复.csv"
    said = awake.no("export", "--answers", "--channel", "微信", "--since", "2026-11-01", "--mark",
                    "-o", str(target))  # fmt: skip
    assert "平台自行读取" in said
    assert not target.exists()
    assert "--answers" in awake.no("export", "--mark")


def test_a_result_of_the_same_moment_as_an_older_answer_is_owed_to_the_source(
    awake: Street,
) -> None:
    told = ("feedback", "2", "已回 110", "--to-source")
    awake.do(*told)
    assert kinds(awake) == []
    awake.do("reopen", "2", "--reason", "又反映")
    awake.do("resolve", "2", "--outcome", "再清理")
    assert kinds(awake) == [("source_feedback", "2", None)]
    awake.do(*told)
    assert kinds(awake) == []
    assert "不重复记" in awake.no(*told)


def test_a_channel_without_a_source_is_refused_and_one_nobody_speaks_of_is_not_listed(
    awake: Street,
) -> None:
    awake.do("resolve", "1", "--outcome", "已清")
    assert "没有来源平台" in awake.no("feedback", "1", "已回", "--to-source")
    assert "满意度" in awake.no("feedback", "2", "已回", "--to-source", "--satisfaction", "5")
    awake.case("丁处", "--channel", "其他渠道")
    awake.do("assign", "3", "--lead", "城管执法中队")
    awake.do("resolve", "3", "--outcome", "已清")
    assert ("source_feedback", "3", None) not in kinds(awake)
    assert "规则没有写明" in awake.do("feedback", "3", "已回", "--to-source").err
    assert "不能反馈来源" in awake.no("feedback", awake.case("戊处", "--channel", "110"), "已回",
                                   "--to-source")  # fmt: skip


def test_before_and_after_a_result_the_reporter_is_another_matter(awake: Street) -> None:
    awake.do("feedback", "2", "已回 110", "--to-source")
    assert shown(awake, "2")["fed_back"] is False
    awake.no("close", "2")
    assert NOW[:10] in shown(awake, "2")["sources"][0]["answered_at"]
