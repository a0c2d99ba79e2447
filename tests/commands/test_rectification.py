"""A rectification of days (四.3): plan, stages, people, what each day came to, paper."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import GRID, Street, a_street

CITY = "城管执法中队"
PLAN = ("operation", "plan", "餐饮油烟专项整治", "--unit", CITY, "--person", "p1")
DAYS = ("--date", "2026-11-20", "--until", "2026-12-04")
HOURS = ("--from", "18:00", "--to", "21:00")
LATER = "2026-12-07T09:00:00+08:00"


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


@pytest.fixture
def kept(street: Street) -> Street:
    street.do("register", "on", "专项整治", "--from", "2026-11-01")
    return street


def planned(kept: Street, *more: str) -> str:
    name: str = kept.do(*PLAN, *DAYS, *HOURS, "--objects", "120", *more, "--json").json()["id"]
    return name


def test_asleep_nothing_of_several_days_is_planned_and_one_day_is_as_before(
    street: Street,
) -> None:
    assert "register on 专项整治" in street.no(*PLAN, *DAYS)
    row = street.do(*PLAN, "--date", "2026-11-24", "--json").json()
    assert set(row) == {
        "id", "date", "from", "to", "title", "platforms", "units", "people", "coordinator",
        "cases", "outcome",
    }  # fmt: skip
    assert [set(each) for each in street.do("operation", "list", "--json").json()] == [set(row)]
    assert "until" not in street.do("operation", "list").out
    assert "register on" in street.no("operation", "day", "o1", "--checked", "1")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--date", "2026-11-20", "--until", "2026-11-19"), "早于开始"),
        (("--date", "2026-11-20", "--until", "2027-12-19"), "最长安排一年"),
        (("--date", "2026-11-20", "--objects", "3"), "--until"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(kept: Street, more: tuple[str, ...], said: str) -> None:
    assert said in kept.no(*PLAN, *more)


@pytest.mark.parametrize(
    "target",
    ["罚款20万元专项整治", "专项整治 处罚不少于三十起", "整治, 立案10件", "完成30起处罚的整治",
     "没收 50 件以上", "处罚率达到90%"],
)  # fmt: skip
def test_no_plan_and_no_stage_sets_a_number_of_penalties(kept: Street, target: str) -> None:
    words = ("operation", "plan", target, "--unit", CITY, "--person", "p1", *DAYS)
    assert "不定罚款、处罚的数量" in kept.no(*words)
    stage = ("operation", "stage", planned(kept), "集中整治", "--date", "2026-11-24", "--text")
    assert "不定罚款、处罚的数量" in kept.no(*stage, target)


def test_what_is_checked_may_be_counted(kept: Street) -> None:
    stage = ("operation", "stage", planned(kept), "集中整治", "--date", "2026-11-24", "--text")
    kept.do(*stage, "检查120家餐饮店, 依法处罚; 第3次复查")


def test_a_day_is_told_once_by_people_who_may_and_what_it_found_is_registered(
    kept: Street,
) -> None:
    known = kept.case("演示: 油烟扰民")
    name = planned(kept)
    told = kept.do(
        "operation", "day", name, "--date", "2026-11-23", "--checked", "12", "--text", "整改3家",
        "--case", known, "--found", f"{GRID}:后厨油烟直排", "--json",
    ).json()  # fmt: skip
    (day,) = told["days"]
    assert (day["checked"], day["people"], day["cases"][0]) == (12, ["p1"], known)
    found = kept.do("show", day["cases"][1], "--json").json()
    assert (found["channel"], found["grid"], found["received_at"]) == (
        "巡查发现", GRID, "2026-11-23T21:00:00+08:00",
    )  # fmt: skip
    assert told["cases"] == day["cases"]
    assert "已有" in kept.no("operation", "day", name, "--date", "2026-11-23", "--checked", "1")
    ahead = kept.no("operation", "day", name, "--date", "2026-11-25", "--checked", "1")
    assert "还没有到" in ahead
    assert "不在" in kept.no("operation", "day", name, "--date", "2026-11-19", "--checked", "1")
    kept.do("operation", "day", name, "--checked", "0")
    assert "检查 0;" in kept.do("log", "--limit", "1").out, "nothing checked is said"
    last = kept.do("log", "--stream", "联合行动", "--json").json()
    kept.do("operation", "void", str(last[-1]["seq"]), "--reason", "记错")
    seq = last[-2]["seq"]
    kept.do("operation", "void", str(seq), "--reason", "记错")
    assert kept.do("operation", "show", name, "--json").json()["days"] == []


def test_who_takes_part_changes_by_day_and_is_held_against_licence_leave_and_meetings(
    kept: Street,
) -> None:
    name = planned(kept, "--unit", "市场监管所")
    kept.do("duty", "leave", "p1", "--from", "2026-11-27", "--reason", "年假")
    people = ("operation", "people", name, "--date")
    assert "执法资格" in kept.no(*people, "2026-11-25", "--person", "p4")  # it ran out on the 23rd
    assert "请假" in kept.no(*people, "2026-11-27", "--person", "p1")
    kept.plan("--from", "19:00", "--to", "20:00", day="2026-11-24")
    night = "2026-11-24T22:00:00+08:00"
    assert "联合执法" in kept.no("meeting", "attend", "m1", "p1", now=night)
    assert "人员" in kept.no(*people, "2026-11-25")
    kept.do(*people, "2026-11-24", "--nobody")
    assert "不开展" in kept.do("log", "--limit", "1").out
    assert "没有人员" in kept.no("operation", "day", name, "--checked", "1", now=night)
    kept.do("meeting", "attend", "m1", "p1", now=night)
    assert "在联席会议" in kept.no(*people, "2026-11-24", "--person", "p1", now=night)
    clashes = kept.do("operation", "show", name, "--json").json()["clashes"]
    assert [(one["date"], "请假" in one["what"]) for one in clashes] == [("2026-11-27", True)]
    kept.do("units", "person", "change", "p1", "--licence-until", "2026-12-02")
    clashes = kept.do("operation", "show", name, "--json").json()["clashes"]
    assert [(one["date"], "执法资格" in one["what"]) for one in clashes] == [
        ("2026-11-27", False), ("2026-12-03", True), ("2026-12-04", True),
    ]  # fmt: skip


def test_stages_and_people_are_of_its_own_days_and_not_changed_behind_a_day_that_was_told(
    kept: Street,
) -> None:
    short = kept.do(*PLAN, "--date", "2026-11-18", "--json").json()["id"]
    assert "一天的联合执法" in kept.no("operation", "day", short, "--checked", "1")
    name = planned(kept)
    stage = ("operation", "stage", name, "宣传", "--date")
    assert "早于开始" in kept.no(*stage, "2026-11-24", "--until", "2026-11-23")
    assert "不在" in kept.no(*stage, "2026-11-24", "--until", "2026-12-05")
    kept.do(*stage, "2026-11-24")
    assert "已有这个阶段" in kept.no(*stage, "2026-11-25")
    kept.do("operation", "day", name, "--date", "2026-11-23", "--checked", "1")
    told = ("operation", "people", name, "--date", "2026-11-23", "--nobody")
    assert "不能再改人员" in kept.no(*told)
    kept.do("duty", "leave", "p1", "--from", "2026-11-24", "--reason", "年假")
    assert "请假" in kept.no("operation", "day", name, "--checked", "1")


def test_days_nobody_wrote_down_are_named_and_recounted_one_by_one(kept: Street) -> None:
    name = planned(kept)
    kept.do("operation", "people", name, "--date", "2026-11-28", "--person", "p1")  # a Saturday
    kept.do("operation", "people", name, "--date", "2026-12-01", "--nobody")
    for day in ("2026-11-20", "2026-11-30", "2026-12-04"):
        kept.do("operation", "day", name, "--date", day, "--checked", "5", now=LATER)
    shown = kept.do("operation", "show", name, "--json", now=LATER).json()
    expected, each = [], date(2026, 11, 20)
    while each <= date(2026, 12, 4):
        works = each.weekday() < 5 or each == date(2026, 11, 28)  # no holiday lies in it
        if works and each not in {date(2026, 12, 1), date(2026, 11, 20), date(2026, 11, 30),
                                 date(2026, 12, 4)}:  # fmt: skip
            expected.append(each.isoformat())
        each += timedelta(days=1)
    assert shown["unrecorded"] == expected
    assert (shown["checked"], shown["objects"]) == (15, 120)
    early = kept.do("operation", "show", name, "--json").json()
    assert [each for each in early["unrecorded"] if each >= "2026-11-24"] == []


def test_its_result_goes_to_each_case_and_its_paper_leaves_what_people_write(
    kept: Street, tmp_path: Path
) -> None:
    name = planned(kept)
    kept.do("operation", "stage", name, "宣传", "--date", "2026-11-20", "--until", "2026-11-22")
    told = kept.do("operation", "day", name, "--checked", "7", "--found", "后厨油烟直排", "--json")
    (number,) = told.json()["cases"]
    kept.do("operation", "result", name, "检查7家", now=LATER)
    events = kept.do("show", number, "--json").json()["events"]
    assert events[-1]["text"] == f"专项整治 {name} (2026-11-20 至 2026-12-04): 检查7家"
    assert "已经记录结果" in kept.no("operation", "day", name, "--checked", "1")
    file = tmp_path / "总结.md"
    kept.do("operation", "show", name, "-o", str(file), now=LATER)
    again = ("operation", "show", name, "-o", str(file), "--reveal", "--reason", "核对")
    assert "--force" in kept.no(*again)
    text = file.read_text(encoding="utf-8")
    assert "有记录的1天检查7家（处）（计划120）" in text
    assert "情况不详，不是0" in text
    assert text.count("由街道填写。") == 2
    assert number in text
    assert "后厨" not in text  # no word of a report


def test_an_agenda_has_it_while_it_goes_on(kept: Street) -> None:
    name = planned(kept)
    kept.do("operation", "day", name, "--checked", "7")
    kept.plan("--reason", "顺延", kind="集体会商", day="2026-12-02")
    (heading,) = [
        each
        for each in kept.do("meeting", "agenda", "m1", "--json").json()["headings"]
        if each["no"] == 4
    ]
    (item,) = [each for each in heading["items"] if each["source"] == "operations"]
    assert "已查 7/120" in item["text"]
