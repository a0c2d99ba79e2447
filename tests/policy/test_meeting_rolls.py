"""Who had to come to meetings and did not, which were not held, plans (附1.2, 附3.1, 附1.3)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sixping.policy.vocabulary import Platform
from sixping.workdays import load_calendar
from tests.conftest import Runner
from tests.kit.fieldkit import Street, a_street

OCTOBER, DECEMBER = "2026-10-09T15:00:00+08:00", "2026-12-02T09:00:00+08:00"
ROLE = ("--role", "主要负责人", "--from", "2026-01-01")


@pytest.fixture
def street(call: Runner) -> Street:
    """p1 and p5 head agencies, p2 is of the office, p6 just works there."""
    made = a_street(call)
    made.do("units", "person", "change", "p1", *ROLE)
    made.do("units", "person", "change", "p2", "--role", "领导小组办公室成员", "--from",
            "2026-01-01")  # fmt: skip
    made.do("units", "person", "add", "演示己", "--unit", "派出所", *ROLE)
    made.do("units", "person", "add", "演示庚", "--unit", "党政综合办", "--from", "2026-01-01")
    made.now = OCTOBER
    return made


@pytest.fixture
def kept(street: Street) -> Street:
    street.do("register", "on", "会议到会和例会", "--from", "2026-10-01")
    return street


def held(street: Street, day: str = "2026-10-09") -> str:
    return street.plan("--reason", "顺延", kind="集体会商", day=day)


def weekly(street: Street, platform: str, day: str) -> str:
    words = ("meeting", "plan", "平台协调组例会", "--date", day, "--platform", platform)
    name: str = street.do(*words, "--convener", "平台牵头单位", "--json").json()["id"]
    return name


def test_asleep_nobody_is_absent_and_nothing_is_missed(street: Street) -> None:
    name = held(street)
    street.do("meeting", "attend", name, "p1")
    assert "register on" in street.no("meeting", "leave", name, "p2", "--reason", "培训")
    plan = ("meeting", "task", "add", "演示", "--kind", "措施", "--unit", "平安建设办")
    assert "register on" in street.no(*plan, "--due", "2026-12-20")
    shown = street.do("meeting", "show", name, "--json").json()
    assert "attendance" not in shown
    assert "absent" not in street.do("meeting", "list", "--json").json()[0]
    assert street.do("meeting", "missing", now=DECEMBER).out == ""
    counted = street.do("meeting", "attendance", "--year", "2026", "--json", now=DECEMBER).json()
    assert (counted["begun"], counted["units"]) == (None, [])
    agenda = street.do("meeting", "agenda", held(street, "2026-12-02"), "--json", now=DECEMBER)
    assert not {"plans", "missed_meetings"} & {
        item["source"] for each in agenda.json()["headings"] for item in each["items"]
    }


def test_due_present_excused_and_absent_make_up_the_roll(kept: Street) -> None:
    name = held(kept)
    kept.do("meeting", "attend", name, "--invite", "区住建局", "--invite", "演示公司")
    assert "不在应到" not in kept.do("meeting", "leave", name, "p5", "--reason", "外出培训").err
    assert "p3 不在应到" in kept.do("meeting", "leave", name, "p3", "--reason", "轮休").err
    shown = kept.do("meeting", "show", name, "--json").json()["attendance"]
    assert (shown["due"], shown["present"], shown["absent"]) == (5, None, None)  # nobody knows yet
    kept.do("meeting", "attend", name, "p1", "p6", "--came", "区住建局")
    shown = kept.do("meeting", "show", name, "--json").json()["attendance"]
    assert (shown["due"], shown["present"]) == (5, 2)
    assert shown["excused"] == [
        {"who": "p5 演示己 (派出所)", "reason": "外出培训", "afterwards": False}
    ]
    head, guest = shown["absent"]
    assert head == "p2 演示乙 (平安建设办)"
    assert guest.endswith("(邀请)")
    assert shown["beside"] == ["p6 演示庚 (党政综合办)"]
    assert {"role": "主要负责人", "unit": "市场监管所"} in shown["unfilled"]
    assert shown["due"] == shown["present"] + len(shown["excused"]) + len(shown["absent"])
    (row,) = kept.do("meeting", "list", "--json").json()
    assert (row["due"], row["present"], row["excused"], row["absent"]) == (5, 2, 1, 2)
    paper = kept.do("meeting", "minutes", name, "--format", "md").out
    assert "应到5人，实到2人，请假1人，未请假缺席2人，列席1人" in paper
    assert "演示己" not in paper  # whoever was away is no name in what is handed round
    assert "演示乙" not in paper


def test_leave_written_up_after_the_meeting_is_leave_and_is_said_to_be(kept: Street) -> None:
    name = held(kept)
    kept.do("meeting", "attend", name, "p1")
    kept.do("meeting", "leave", name, "p5", "--reason", "培训")
    said = kept.do("meeting", "leave", name, "p2", "--reason", "补假", now=DECEMBER)
    assert "会后补记" in said.err
    shown = kept.do("meeting", "show", name, "--json").json()["attendance"]
    assert {one["who"][:2]: one["afterwards"] for one in shown["excused"]} == {
        "p5": False, "p2": True,
    }  # fmt: skip
    year = ("meeting", "attendance", "--year", "2026")
    assert kept.do(*year, "--json", now=DECEMBER).json()["excused_afterwards"] == 1
    assert "会后补记的1人次" in kept.do(*year, "--format", "md", now=DECEMBER).out


def test_a_head_goes_by_the_title_people_use_and_where_nobody_does_nothing_is_known(
    kept: Street,
) -> None:
    """p1 is 主要负责人 of his agency, which a platform calls 负责人; 司法所 has a 所长."""
    kept.do("units", "person", "add", "演示辛", "--unit", "司法所", "--role", "所长", "--from",
            "2026-01-01")  # fmt: skip
    monthly, own = held(kept), weekly(kept, "综合执法", "2026-10-09")
    assert kept.do("meeting", "show", monthly, "--json").json()["attendance"]["due"] == 4
    assert kept.do("meeting", "show", own, "--json").json()["attendance"]["due"] == 1
    nobody = weekly(kept, "便民服务", "2026-10-09")
    kept.do("meeting", "attend", nobody, "p6")
    shown = kept.do("meeting", "show", nobody, "--json").json()["attendance"]
    assert (shown["due"], shown["present"], shown["absent"], shown["beside"]) == (
        None, 1, None, [],
    )  # fmt: skip
    row = next(m for m in kept.do("meeting", "list", "--json").json() if m["id"] == nobody)
    assert (row["due"], row["excused"], row["absent"]) == (None, None, None)


def test_who_had_to_come_to_a_meeting_of_nobody_known_is_no_0_on_the_paper(
    kept: Street, tmp_path: Path
) -> None:
    kept.do("meeting", "attend", weekly(kept, "便民服务", "2026-10-09"), "p6")
    counted = kept.do("meeting", "attendance", "--year", "2026", "--json").json()
    assert (counted["recorded"], counted["units"]) == (1, [])
    file = tmp_path / "会议情况.md"
    kept.do("meeting", "attendance", "--year", "2026", "-o", str(file))
    text = file.read_text(encoding="utf-8")
    assert "有到会记录的1次，参加对象都没有登记人员，应到、请假、缺席不详" in text
    assert "0人次" not in text
    assert "没有到会记录。" not in text


def test_nobody_came_to_a_meeting_that_is_yet_to_be(kept: Street) -> None:
    name = held(kept, "2026-12-02")
    kept.do("meeting", "attend", name, "--invite", "区住建局")
    assert "还没有开, 不能记录到会" in kept.no("meeting", "attend", name, "--came", "区住建局")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("meeting", "attend", "m1", "p5"), "已向 m1 请假"),
        (("meeting", "leave", "m1", "p1", "--reason", "病假"), "已有 m1 的到会记录"),
        (("meeting", "leave", "m1", "p5", "--reason", "病假"), "已向 m1 请假"),
        (("meeting", "leave", "m1", "p99", "--reason", "病假"), "没有这个人"),
        (("meeting", "leave", "m1", "p2", "--reason", " "), "理由"),
        (("meeting", "attend", "m1", "--came", "没有邀请的"), "没有邀请过"),
        (("meeting", "leave", "m1", "区住建局", "--reason", "另有会议"), "到会记录"),
        (("meeting", "leave", "m1", "区教育局", "--reason", "另有会议"), "已向 m1 请假"),
        (("meeting", "attend", "m1", "--came", "区教育局"), "已向 m1 请假"),
        (("meeting", "void", "{invited}", "--reason", "记错"), "不能撤销"),
    ],
)
def test_a_roll_that_contradicts_itself_is_refused(
    kept: Street, words: tuple[str, ...], said: str
) -> None:
    held(kept)
    kept.do("meeting", "attend", "m1", "--invite", "区住建局")
    invited = str(kept.do("log", "--json").json()[-1]["seq"])
    kept.do("meeting", "attend", "m1", "--invite", "区教育局")
    kept.do("meeting", "leave", "m1", "区教育局", "--reason", "开学")
    kept.do("meeting", "leave", "m1", "p5", "--reason", "培训")
    kept.do("meeting", "attend", "m1", "p1", "--came", "区住建局")
    assert said in kept.no(*(word.replace("{invited}", invited) for word in words))


def test_attendance_of_a_period_is_the_sum_of_its_rolls_and_opens_to_them(
    kept: Street, tmp_path: Path
) -> None:
    first, second = held(kept), weekly(kept, "综合执法", "2026-10-09")
    # of this one nobody wrote down who came, though somebody was due
    third = kept.plan("--extraordinary", "--reason", "临时", kind="集体会商", day="2026-10-08")
    kept.do("meeting", "attend", first, "--invite", "区住建局")
    kept.do("meeting", "leave", first, "区住建局", "--reason", "另有会议")
    kept.do("meeting", "attend", first, "p1")
    kept.do("meeting", "leave", first, "p5", "--reason", "培训")
    year = ("meeting", "attendance", "--year", "2026")
    counted, known = (kept.do(*year, "--json").json() for _ in range(2))
    assert (counted["meetings"], counted["recorded"]) == (3, 1)
    assert set(counted["unrecorded"]) == {second, third}
    again: dict[str, dict[str, int]] = {}
    for figure in ("due", "present", "excused", "absent"):
        for row in kept.do(*year, "--drill", figure, "--json").json():
            sums = again.setdefault(row["unit"], dict.fromkeys(("due", "present", "excused",
                                                                "absent"), 0))  # fmt: skip
            sums[figure] += 1
    assert {row.pop("unit"): row for row in counted["units"]} == again
    assert again["派出所"] == {"due": 1, "present": 0, "excused": 1, "absent": 0}
    assert again["(邀请)"] == again["派出所"]
    kept.do("meeting", "attend", first, "p2", now=DECEMBER)
    then = (*year, "--as-of", OCTOBER[:10] + " 23:59")
    assert kept.do(*then, "--json", now=DECEMBER).json() == known
    assert len(kept.do(*then, "--drill", "请假", "--json", now=DECEMBER).json()) == 2
    assert "请假" in kept.do(*then, "--format", "md", now=DECEMBER).out
    of_kind = kept.do(*year, "--kind", "集体会商", "--json").json()
    assert (of_kind["meetings"], of_kind["unrecorded"]) == (2, [third])
    other = ("meeting", "attendance", "--month", "2026-09", "--json")
    assert kept.do(*other).json()["meetings"] == 0
    kept.do("register", "off", "会议到会和例会")
    kept.do("register", "on", "会议到会和例会", "--from", "2026-10-10")
    assert kept.do(*year, "--json").json()["meetings"] == 0  # they were held before
    kept.do("register", "off", "会议到会和例会")
    kept.do("register", "on", "会议到会和例会", "--from", "2026-10-09")
    file = tmp_path / "会议情况.md"
    kept.do(*year, "-o", str(file))
    text = file.read_text(encoding="utf-8")
    assert "| 派出所 | 1 | 0 | 1 | 0 |" in text
    assert not [name for name in ("演示甲", "演示乙", "演示己") if name in text]


def recount(begun: date, today: date, meetings: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return the meetings not held, day by day and from no code of the program but the calendar."""
    calendar = load_calendar()
    missed: set[tuple[str, str, str]] = set()
    periods: dict[tuple[str, date], list[date]] = {}
    day = date(begun.year, begun.month, 1) - timedelta(days=7)
    while day < today + timedelta(days=40):
        periods.setdefault(("month", day.replace(day=1)), []).append(day)
        periods.setdefault(("week", day - timedelta(days=day.weekday())), []).append(day)
        day += timedelta(days=1)
    for (every, first), days in periods.items():
        working = [each for each in days if calendar.is_workday(each)]
        whole = len(days) == 7 if every == "week" else len(days) > 27
        if not whole or not working or working[0] < begun or days[-1] >= today:
            continue
        kinds = (
            [("平台协调组例会", each.value) for each in Platform]
            if every == "week"
            else [("集体会商", ""), ("领导小组会议", "")]
        )
        for kind, platform in kinds:
            if not any(
                (one["kind"], one["platform"] or "") == (kind, platform)
                and not one["extraordinary"]
                and (one["present"] or one["minuted"])
                and days[0] <= date.fromisoformat(one["date"]) <= days[-1]
                for one in meetings
            ):
                missed.add((kind, platform, first.isoformat()))
    return missed


def test_meetings_not_held_are_those_of_an_independent_recount(kept: Street) -> None:
    """What is planned only, and what is extraordinary, does not stand for the regular one."""
    first = held(kept)
    kept.do("meeting", "attend", first, "p1")  # October's was held
    called = weekly(kept, "综合执法", "2026-10-09")
    kept.do("meeting", "minutes", called, "--slot", "情况分析", "平稳")
    called = weekly(kept, "市场监管", "2026-10-12")
    extra = kept.plan("--extraordinary", "--reason", "防汛", kind="集体会商", day="2026-11-10")
    kept.do("meeting", "attend", extra, "p1", now=DECEMBER)  # stands beside the regular one
    rows = kept.do("meeting", "missing", "--json", now=DECEMBER).json()
    found = {(row["kind"], row["platform"] or "", row["from"]) for row in rows}
    meetings = kept.do("meeting", "list", "--json", now=DECEMBER).json()
    assert found == recount(date(2026, 10, 1), date(2026, 12, 2), meetings)
    assert len(found) == len(rows) > 25
    (row,) = [one for one in rows if (one["platform"], one["from"]) == ("市场监管", "2026-10-12")]
    assert row["meeting"] == called
    (row,) = [one for one in rows if one["kind"] == "集体会商"]
    assert (row["from"], row["extraordinary"]) == ("2026-11-01", [extra])
    assert ("平台协调组例会", "综合执法", "2026-10-05") not in found
    november = kept.do("meeting", "missing", "--month", "2026-11", "--json", now=DECEMBER).json()
    assert {row["to"][:7] for row in november} == {"2026-11"}


def test_a_week_of_holidays_owes_no_meeting(street: Street) -> None:
    march = "2026-03-05T09:00:00+08:00"
    street.do("register", "on", "会议到会和例会", "--from", "2026-02-01")
    rows = street.do("meeting", "missing", "--json", now=march).json()
    assert "2026-02-16" not in {row["from"] for row in rows}  # 春节: 02-15 至 02-23
    assert {"2026-02-09", "2026-02-23"} <= {row["from"] for row in rows}
    found = {(row["kind"], row["platform"] or "", row["from"]) for row in rows}
    assert found == recount(date(2026, 2, 1), date(2026, 3, 5), [])


def test_a_period_begun_before_the_register_owes_nothing(street: Street) -> None:
    street.do("register", "on", "会议到会和例会", "--from", "2026-11-05")  # a Thursday
    rows = street.do("meeting", "missing", "--json", now=DECEMBER).json()
    assert min(row["from"] for row in rows) == "2026-11-09"
    assert {row["kind"] for row in rows} == {"平台协调组例会"}


def test_plans_and_measures_are_tasks_with_or_without_a_meeting(kept: Street) -> None:
    name = held(kept)
    due = ("--unit", "平安建设办", "--due", "2026-12-20")
    kept.do("meeting", "task", "add", "冬季平安计划", "--kind", "工作计划", *due)
    kept.do("meeting", "task", "add", "夜间巡逻加密", "--kind", "措施", *due, "--meeting", name)
    again = ("meeting", "task", "add", "冬季平安计划", "--kind", "工作计划", *due)
    assert "w.1 的内容、单位、期限都相同" in kept.no(*again)
    said = kept.no("meeting", "task", "add", "演示", "--kind", "外星", *due)
    assert "工作计划、阶段方案、措施" in said
    listed = kept.do("meeting", "task", "list", "--json").json()
    assert [(row["task"], row["kind"]) for row in listed] == [("m1.1", "措施"), ("w.1", "工作计划")]
    assert [row["id"] for row in kept.do("meeting", "list", "--json").json()] == [name]
    kept.do("meeting", "task", "postpone", "w.1", "--due", "2026-12-25", "--reason", "顺延")
    items = kept.do("overdue", "--within", "60", "--json").json()["items"]
    assert {item["summary"] for item in items if item["kind"] == "task"} == {
        "w.1 冬季平安计划", "m1.1 夜间巡逻加密",
    }  # fmt: skip
    agenda = kept.do("meeting", "agenda", held(kept, "2026-11-02"), "--json").json()
    texts = [item["text"] for item in agenda["headings"][0]["items"]]
    assert ["冬季平安计划" in text for text in texts] == [False, True]
    assert "undone_tasks" not in {item["source"] for item in agenda["headings"][7]["items"]}
    kept.do("meeting", "task", "done", "w.1", "已印发")
    assert "没有这个会议" in kept.no("meeting", "show", "w")


def test_what_a_meeting_decided_is_one_paper_with_how_it_stands(
    kept: Street, tmp_path: Path
) -> None:
    number = kept.case("围墙要倒", severity="较大")
    alone = kept.case("井盖缺失", severity="较大")
    name = kept.plan(day="2026-10-09")
    for each in (number, alone):
        kept.do("consult", each)
    decided = ("--unit", "城市管理办", "--due", "2026-10-20")
    kept.do("meeting", "minutes", name, "--decision", "加固围墙", *decided, "--case", number,
            "--assist", "江一社区")  # fmt: skip
    kept.do("decide", alone, "--lead", "城市管理办", "--due", "2026-10-20", "--meeting", name)
    kept.do("meeting", "minutes", name, "--decision", "排查一遍", *decided)
    assert f"{name}.1 的内容" in kept.no(
        "meeting", "minutes", name, "--decision", "排查一遍", *decided
    )
    rows = kept.do("meeting", "decisions", name, "--json", now=DECEMBER).json()
    assert [(row["id"], row["unit"], row["assist"]) for row in rows] == [
        (number, "城市管理办", ["江一社区"]), (alone, "城市管理办", []),
        (f"{name}.1", "城市管理办", []),
    ]  # fmt: skip
    assert "超" in rows[0]["state"]
    assert "已超期" in rows[2]["state"]
    slip = kept.do("slip", name, "联席会议议定事项通知单", "--preview", now=DECEMBER).out
    assert alone in slip  # decided on the case alone, it is the unit's all the same
    kept.do("register", "off", "会议到会和例会", now=DECEMBER)
    asleep = kept.do("slip", name, "联席会议议定事项通知单", "--preview", now=DECEMBER).out
    assert alone not in asleep  # as it was printed before there were registers
    assert number in asleep
    kept.do("register", "on", "会议到会和例会", "--from", "2026-10-01", now=DECEMBER)
    file = tmp_path / "决定事项.md"
    kept.do("meeting", "decisions", name, "-o", str(file), now=DECEMBER)
    text = file.read_text(encoding="utf-8")
    assert "决定事项3项，办理中3项" in text
    assert "加固围墙" in text
