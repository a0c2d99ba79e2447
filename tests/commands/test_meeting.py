"""``meeting`` from the command line (三.2, 附1, 附3.1): called, attended, minuted, followed up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sixping.ledger import transaction
from sixping.store.transaction import Transaction
from tests.conftest import Runner
from tests.kit.fieldkit import Street, a_street
from tests.kit.ledgerkit import stamp


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


LATER = "2026-12-01T09:00:00+08:00"
OFFICE = ("--convener", "领导小组办公室")


# --- who calls which meeting, and when -------------------------------------------------


def test_the_first_working_day_of_the_month_is_proposed(street: Street) -> None:
    rows = street.do("meeting", "propose", "--month", "2026-10", "--json").json()
    days = {(row["kind"], row["platform"]): row["date"] for row in reversed(rows)}
    assert days["集体会商", None] == "2026-10-08"  # after the National Day holiday
    assert days["领导小组会议", None] is None  # the notice names no day
    weekly = [row["date"] for row in rows if row["platform"] == "综合执法"]
    # the holiday week begins on Thursday; the week of 10-01 has its first day in September
    assert weekly == ["2026-10-08", "2026-10-12", "2026-10-19", "2026-10-26"]


def test_another_day_needs_a_reason_which_is_kept(street: Street) -> None:
    words = ("meeting", "plan", "集体会商", "--date", "2026-12-03", *OFFICE)
    assert "拟定2026年12月1日(周二)" in street.no(*words)
    planned = street.do(*words, "--reason", "防汛值守", "--json").json()
    assert (planned["date"], planned["reason"]) == ("2026-12-03", "防汛值守")


def test_a_second_one_in_the_month_is_an_extraordinary_one(street: Street) -> None:
    street.plan(kind="集体会商", day="2026-12-01")
    words = ("meeting", "plan", "集体会商", "--date", "2026-12-10", *OFFICE)
    assert "已有集体会商 m1" in street.no(*words, "--reason", "演示")
    assert "--reason" in street.no(*words, "--extraordinary")
    street.do(*words, "--extraordinary", "--reason", "群体性事件研判")
    rows = street.do("meeting", "list", "--json").json()
    assert [(row["id"], row["extraordinary"]) for row in rows] == [("m1", False), ("m2", True)]


def test_an_extraordinary_meeting_does_not_stand_for_the_regular_one(street: Street) -> None:
    street.plan("--extraordinary", "--reason", "演示", kind="集体会商", day="2026-12-01")
    street.plan(kind="集体会商", day="2026-12-01")


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("集体会商", (), "没有写明召集人"),
        ("集体会商", ("--convener", " "), "没有写明召集人"),
        ("集体会商", ("--convener", "街道领导"), "不能召集"),
        ("集体会商", ("--convener", "领导小组办公室", "--grave", "--reason", "演示"), "常务副组长"),
        ("平台协调组例会", ("--convener", "平台牵头单位"), "须写明是哪个平台"),
        ("平台协调组例会", ("--platform", "综合执法", "--convener", "市场监管所"), "不能召集"),
        ("联席会议", ("--platform", "综合执法", *OFFICE), "不分平台"),
        ("茶话会", OFFICE, "集体会商"),
    ],
)
def test_who_may_not_call_a_meeting_is_told_who_may(
    street: Street, kind: str, options: tuple[str, ...], said: str
) -> None:
    assert said in street.no("meeting", "plan", kind, "--date", "2026-12-01", *options)


def test_the_gravest_matters_are_called_by_the_head_or_the_executive_deputy(
    street: Street,
) -> None:
    grave = ("--grave", "--reason", "特别重大事项", "--convener", "常务副组长")
    planned = street.do(
        "meeting", "plan", "集体会商", "--date", "2026-11-25", *grave, "--json"
    ).json()
    assert (planned["grave"], planned["extraordinary"]) == (True, True)


def test_each_platform_meets_once_a_week_called_by_its_lead_unit(street: Street) -> None:
    words = ("meeting", "plan", "平台协调组例会", "--date", "2026-11-30", "--json")
    market = ("--platform", "市场监管", "--convener", "市场监管所")
    assert street.do(*words, *market).json()["convener"] == "平台牵头单位"
    assert "本周已有" in street.no(*words, *market)
    street.do(*words, "--platform", "综合执法", "--convener", "城管执法中队")


def test_a_meeting_is_moved_with_a_reason_until_somebody_came(street: Street) -> None:
    name = street.plan()
    moved = street.do("meeting", "move", name, "--date", "2026-11-23", "--reason", "演示", "--json")
    assert moved.json()["date"] == "2026-11-23"
    street.do("meeting", "attend", name, "p1")
    assert "不能改期" in street.no(
        "meeting", "move", name, "--date", "2026-11-25", "--reason", "演示"
    )


def test_members_are_roles_of_the_agencies_of_that_day(street: Street) -> None:
    before = street.do("meeting", "show", street.plan(kind="集体会商", day="2026-12-01"), "--json")
    units = [m["unit"] for m in before.json()["members"]]
    assert units[0] is None
    assert {"城管执法中队", "派出所", "司法所"} <= set(units)
    street.do("units", "end", "规划资源所", "--from", "2026-11-30")
    after = street.do("meeting", "show", "m1", "--json").json()["members"]
    assert set(units) - {m["unit"] for m in after} == {"规划资源所"}


# --- who came --------------------------------------------------------------------------


def test_nobody_is_in_two_places_at_once(street: Street) -> None:
    street.do("duty", "in", "p1", "--at", "8:00")
    first = street.plan("--from", "9:00", "--to", "11:00")
    assert "尚未签退" in street.no("meeting", "attend", first, "p1")
    street.do("duty", "out", "p1", "--at", "9:00")
    street.do("meeting", "attend", first, "p1")
    second = street.plan("--from", "10:30", "--to", "12:00")
    assert f"联席会议 {first}" in street.no("meeting", "attend", second, "p2", "p1")
    assert "不能又在别处" in street.no("duty", "in", "p1", "--at", "10:00")
    street.do("meeting", "attend", second, "p2")


def test_attendance_is_of_people_who_are_there_and_not_on_leave(street: Street) -> None:
    name = street.plan()
    street.do("duty", "leave", "p2", "--from", "2026-11-24", "--reason", "年休假")
    assert "请假" in street.no("meeting", "attend", name, "p2")
    assert "没有这个人" in street.no("meeting", "attend", name, "p1", "演示无")
    ahead = street.plan(kind="集体会商", day="2026-12-01")
    assert "还没有开" in street.no("meeting", "attend", ahead, "p1")
    assert "没有写明到会人员" in street.no("meeting", "attend", name)


def test_staff_and_units_are_named_and_other_guests_are_masked(street: Street) -> None:
    name = street.plan()
    done = street.do("meeting", "attend", name, "p1", "--invite", "演示戊", "--invite", "区住建局",
                     "--invite", "演示乙")  # fmt: skip
    assert "演示戊" not in done.out + done.err
    shown = street.do("meeting", "show", name, "--json").json()
    assert shown["guests"] == ["演*", "区住建局", "演示乙"]
    assert shown["present"] == ["p1 演示甲 (城管执法中队)"]
    assert "演示戊" not in street.do("log").out


def test_names_and_phones_are_shown_for_a_reason_that_is_recorded(street: Street) -> None:
    name = street.plan("--reason", "演示 13800000000")
    street.do("meeting", "attend", name, "p1", "--invite", "演示戊")
    words = ("--decision", "电话 13800000000", "--unit", "城管", "--due", "2026-12-10")
    street.do("meeting", "minutes", name, *words, "--slot", "存在的问题", "找 13800000000")
    street.do("meeting", "agenda", name, "--add", "2", "问 13800000000")
    for form in ("json", "tsv", "md"):
        hidden = street.do("meeting", "show", name, "--format", form)
        assert not [w for w in ("13800000000", "演示戊") if w in hidden.out]
        assert "演示甲" in hidden.out
    assert "13800000000" not in street.do("meeting", "task", "list", "--json").out
    assert street.no("meeting", "show", name, "--reveal")
    shown = street.do("meeting", "show", name, "--reveal", "--reason", "印发纪要", "--format", "md")
    assert not [word for word in ("演示甲", "演示戊", "13800000000") if word not in shown.out]
    assert street.do("log", "--json").json()[-1]["kind"] == "revealed"


def test_what_was_erased_is_said_to_be(street: Street, tmp_path: Path) -> None:
    name = street.plan()
    words = ("--decision", "电话 13800000000", "--unit", "城管", "--due", "2026-12-10")
    street.do("meeting", "minutes", name, *words, "--slot", "存在的问题", "找演示甲")
    street.do("meeting", "attend", name, "--invite", "演示戊")
    path = next(tmp_path.rglob("ledger.sqlite3"))
    seqs = [e["seq"] for e in street.do("log", "--json").json()][-4:]
    with transaction(path, stamp()) as work:
        work.erase(seqs, "依申请")
    shown = street.do("meeting", "show", name).out
    assert shown.count("(已删除)") == 3
    assert "None" not in shown
    assert "m1.1" in street.do("overdue", "--within", "30").out
    assert street.do("verify").code == 0


# --- the agenda ------------------------------------------------------------------------


def agenda(street: Street, name: str, *options: str, now: str = LATER) -> dict[int, list[Any]]:
    made = street.do("meeting", "agenda", name, *options, "--json", now=now).json()
    return {h["no"]: h["items"] for h in made["headings"]}


def test_the_agenda_stands_under_eight_headings_from_the_ledger(street: Street) -> None:
    name = street.plan(kind="集体会商", day="2026-12-01")
    quarrel = street.case("邻居吵架, 吵得不可开交", "--place", "演示路1号")
    again = street.case("两户人家又吵架", "--place", "演示路 1 号")
    serious = street.case("跨社区的停车纠纷", severity="较大")
    other = street.plan()
    task = ("--decision", "排查井盖", "--unit", "城市管理办", "--due", "2026-11-25")
    street.do("meeting", "minutes", other, *task)
    assert "duty_breaches" not in {i["source"] for i in agenda(street, name)[8]}
    street.do("duty", "begin", "2026-11-23")
    street.do("duty", "in", "p1", "--at", "8:00")
    found = agenda(street, name)
    assert list(found) == list(range(1, 9))
    assert found[1] == []  # nothing in the ledger: a slot to fill in
    by_source = {i["source"]: i for items in found.values() for i in items}
    assert by_source["totals"]["text"].startswith("接收 3 件, 办结 0 件, 期末在办 3 件")
    assert quarrel in [no for i in found[3] for no in i["numbers"]]
    assert by_source["repeated_places"]["numbers"] == [quarrel, again]
    assert by_source["rising"]["text"] == "邻里纠纷: 本期 2 件, 上期 0 件"
    assert by_source["waiting_decision"]["numbers"] == [serious]
    assert "m2.1 城市管理办 2026年11月25日(周三)前 (已超期)" in by_source["undone_tasks"]["text"]
    assert [i["source"] for i in found[8]][-2:] == ["duty_breaches"] * 2
    assert not {"duty_breaches", "undone_tasks"} & {i["source"] for i in found[4]}


def test_lapses_and_unanswered_demands_stand_under_the_sixth(street: Street) -> None:
    number = street.case()
    street.do("assign", number, "--lead", "城管执法中队")
    street.do("urge", number, "--level", "普通", "--reason", "进展缓慢")
    name = street.plan("--reason", "演示", kind="集体会商", day="2026-12-03")
    found = agenda(street, name, now="2026-12-03T09:00:00+08:00")[6]
    assert {i["source"] for i in found} == {"lapses", "unanswered_urges"}
    assert all(i["numbers"] == [number] for i in found)
    lapses = street.do("lapses", "--from", "2026-11-01", "--to", "2026-11-30", "--json",
                       now="2026-12-03T09:00:00+08:00").json()["items"]  # fmt: skip
    assert len(lapses) == sum(i["source"] == "lapses" for i in found)


def test_a_task_not_done_in_time_is_a_failure_without_a_case(street: Street) -> None:
    task(street, due="2026-11-26")
    found = agenda(street, street.plan(kind="集体会商", day="2026-12-01"))[6]
    assert [(i["text"], i["numbers"]) for i in found] == [("城市管理办: 会议任务逾期 1 件", [])]


def test_places_are_those_of_the_period_and_merged_reports_do_not_count(
    street: Street,
) -> None:
    name = street.plan(kind="集体会商", day="2026-12-01")
    place = ("--place", "演示路1号")
    kept, merged = street.case("路灯不亮", *place), street.case("路灯又不亮", *place)
    street.do("merge", merged, "--into", kept)
    street.do("intake", "路灯还不亮", *place, now=LATER)
    assert "repeated_places" not in {i["source"] for i in agenda(street, name)[4]}


def test_undone_decisions_are_those_of_earlier_meetings_of_the_same_platform(
    street: Street,
) -> None:
    weekly = ("--platform", "综合执法", "--convener", "平台牵头单位", "--reason", "演示", "--json")
    names = [street.plan("--reason", "演示", kind="集体会商")]
    for day in ("2026-11-24", "2026-12-01"):
        planned = street.do("meeting", "plan", "例会", "--date", day, *weekly)
        names.append(planned.json()["id"])
    words = ("--decision", "演示", "--unit", "城管", "--due", "2026-12-10")
    for name in names[:2]:
        street.do("meeting", "minutes", name, *words)
    undone = [i["text"] for i in agenda(street, names[2])[2]]
    assert [text.split()[0] for text in undone] == ["m2.1"]
    assert agenda(street, names[0])[8] == []  # its own decision is no earlier one


def test_free_items_are_added_by_number_or_by_words(street: Street) -> None:
    name = street.plan(kind="集体会商", day="2026-12-01")
    street.do("meeting", "agenda", name, "--add", "8", "春节值班安排")
    found = agenda(street, name, "--add", "平安创建", "创建自查")
    assert [found[7][-1]["text"], found[8][-1]["text"]] == ["创建自查", "春节值班安排"]
    assert "没有这个议题" in street.no("meeting", "agenda", name, "--add", "9", "演示")
    assert "没有这个议题" in street.no("meeting", "agenda", name, "--add", "工作", "演示")


def test_the_agenda_is_the_same_page_from_the_same_ledger(street: Street, tmp_path: Path) -> None:
    name = street.plan(kind="集体会商", day="2026-12-01")
    street.case("邻居吵架\n# 13800000000 <script>", "--place", "演示路1号")
    paths = [tmp_path / f"{n}.md" for n in range(2)]
    for path in paths:
        street.do("meeting", "agenda", name, "-o", str(path), now=LATER)
    first, second = (path.read_text(encoding="utf-8") for path in paths)
    assert first == second
    assert "13800000000" not in first
    assert "<script>" not in first
    assert first.count("\n## ") == 8


def test_a_platforms_meeting_sees_its_own_last_week(street: Street) -> None:
    street.case("江南大道占道经营", "--category", "占道经营", "--received", "2026-11-17")
    street.case("邻居吵架", "--received", "2026-11-17")
    options = ("--platform", "综合执法", "--convener", "平台牵头单位", "--json")
    words = ("meeting", "plan", "平台协调组例会", "--date", "2026-11-24")
    name = street.do(*words, *options).json()["id"]  # a Tuesday: the notice names no day
    made = street.do("meeting", "agenda", name, "--json").json()
    assert made["period"] == {"from": "2026-11-16", "to": "2026-11-22"}
    assert made["headings"][0]["items"][0]["text"].startswith("接收 1 件")


# --- minutes, decisions, tasks ---------------------------------------------------------


def test_a_decision_on_cases_is_the_cases_own_step_in_one_transaction(street: Street) -> None:
    cases = [street.case(text, severity="较大") for text in ("跨社区停车纠纷", "跨社区排水")]
    name = street.plan()
    words = ("--decision", "由城建牵头", "--unit", "城市建设办", "--due", "2026-12-10",
             "--assist", "城市管理办")  # fmt: skip
    done = street.do(
        "meeting", "minutes", name, *words, "--case", cases[0], "--case", cases[1], "--json"
    ).json()
    assert [d["number"] for d in done["decisions"]] == cases
    for number in cases:
        shown = street.do("show", number, "--json").json()
        assert (shown["lead"], shown["assist"]) == ("城市建设办", ["城市管理办"])
        finish = next(c for c in shown["clocks"] if c["kind"] == "finish")
        assert (finish["due"], finish["clause"]) == ("2026-12-10T17:00:00+08:00", "三.2")
        decided = next(e for e in shown["events"] if e["kind"] == "decided")
        assert decided["decided_by"] == f"联席会议 {name} (2026-11-24)"
    assert not street.do("overdue", "--kind", "task", "--within", "30").out


def test_all_that_a_meeting_decided_is_in_its_minutes_and_counted(street: Street) -> None:
    serious = [street.case(f"跨社区纠纷{n}, 联系13800000000", severity="较大") for n in range(3)]
    name = street.plan()
    words = ("--unit", "城市建设办", "--due", "2026-12-12")
    said = street.do("meeting", "minutes", name, "--decision", "由城建牵头", *words,
                     "--case", serious[0], "--case", serious[2])  # fmt: skip
    assert f"牵头单位签收 sixping sign {serious[0]}" in said.err
    assert said.err.count("是休息日") == 1
    street.do("decide", serious[1], "--lead", "城市建设办", "--due", "2026-12-10",
              "--meeting", name)  # fmt: skip
    street.do("register", "on", "会议到会和例会")
    street.do("undo", serious[2], "--reason", "会上没有定")
    done = street.do("meeting", "minutes", name, "--json").json()
    assert [(d["number"], d["unit"], d["due"], d["alone"]) for d in done["decisions"]] == [
        (serious[0], "城市建设办", "2026-12-12", False),
        (serious[1], "城市建设办", "2026-12-10", True),
    ]
    screen = street.do("meeting", "show", name).out
    assert f"会商决定\t{serious[1]} 城市建设办 2026-12-10 前 (记在事项上): 跨社区纠纷1" in screen
    assert "13800000000" not in screen
    assert street.do("meeting", "list", "--json").json()[0]["decisions"] == 2


def test_nothing_is_half_recorded_when_one_case_cannot_be_decided(street: Street) -> None:
    serious, ordinary = street.case("跨社区排水", severity="较大"), street.case()
    name = street.plan()
    words = ("--decision", "演示", "--unit", "城市建设办", "--due", "2026-12-10")
    street.no("meeting", "minutes", name, *words, "--case", serious, "--case", ordinary)
    street.no("meeting", "minutes", name, *words, "--case", "2026-000099")
    assert street.do("show", serious, "--json").json()["lead"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--decision", "演示"), "缺少: --unit, --due"),
        (("--case", "1"), "缺少: --decision"),
        (("--decision", "演示", "--unit", "无此单位", "--due", "2026-12-10"), "没有这个单位"),
        (("--decision", "演示", "--unit", "城管", "--due", "2026-11-23"), "已经过去"),
        (("--decision", "演", "--unit", "城管", "--due", "明天", "--assist", "城管"), "--assist"),
    ],
)
def test_a_decision_says_who_does_what_by_when(
    street: Street, options: tuple[str, ...], said: str
) -> None:
    assert said in street.no("meeting", "minutes", street.plan(), *options)


def test_the_minutes_carry_their_texts_and_the_head_of_the_ledger(
    street: Street, tmp_path: Path
) -> None:
    name = street.plan()
    seq = len(street.do("log", "--json").json())
    head = street.do("verify", "--json").json()["head"]
    done = street.do(
        "meeting", "minutes", name, "--slot", "存在的问题", "夜间巡查不足", "--json"
    ).json()
    assert done["ledger"] == {"seq": seq, "head": head}
    assert done["slots"]["存在的问题"] == "夜间巡查不足"
    assert done["slots"]["下步工作打算"] is None
    page = tmp_path / "纪要.md"
    street.do("meeting", "minutes", name, "-o", str(page))
    text = page.read_text(encoding="utf-8")
    assert text.index("## 二、存在的问题\n\n夜间巡查不足") < text.index("## 三、下步工作打算")
    assert "## 三、下步工作打算\n\n(由会议填写。)" in text
    assert f"校验码 {street.do('verify', '--json').json()['head'][-16:]}" in text
    ahead = street.plan(kind="集体会商", day="2026-12-01")
    assert "还没有开" in street.no("meeting", "minutes", ahead, "--slot", "存在的问题", "演示")


def test_a_column_of_the_minutes_is_a_known_one(street: Street) -> None:
    name = street.plan()
    said = street.no("meeting", "minutes", name, "--slot", "乱写", "演示")
    assert "没有这个栏目 (--slot): 乱写" in said
    assert "情况分析、存在的问题、下步工作打算" in said
    done = street.do("meeting", "minutes", name, "--slot", "下步", "演示", "--json").json()
    assert done["slots"]["下步工作打算"] == "演示"


def test_a_kind_of_meeting_goes_by_a_short_name_and_an_unknown_one_is_usage(
    street: Street,
) -> None:
    street.plan(kind="领导小组会议", day="2026-11-24")
    assert len(street.do("meeting", "list", "--kind", "领导", "--json").json()) == 1
    done = street.call("meeting", "list", "--kind", "茶话会", now=street.now)
    assert (done.code, "可用: 集体会商" in done.err) == (2, True)


def test_a_report_about_somebody_stands_on_an_agenda_without_its_words(street: Street) -> None:
    street.case("市场监管所李一收钱不办事", "--about", "市场监管所", severity="较大")
    street.case("小区围墙要倒", severity="较大")
    found = [i for part in agenda(street, street.plan()).values() for i in part]
    lines = {i["numbers"][0]: i["text"] for i in found if i["source"] == "waiting_decision"}
    assert "李一" not in str(found)
    assert "围墙" in lines["2026-000002"]
    assert lines["2026-000001"].endswith("(有被反映对象, 内容不列)")


def task(street: Street, due: str = "2026-11-26") -> str:
    words = ("--decision", "排查井盖", "--unit", "城市管理办", "--due", due)
    done = street.do("meeting", "minutes", street.plan(), *words, "--json").json()
    name: str = done["tasks"][0]["task"]
    return name


def overdue(street: Street, now: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = street.do("overdue", *options, "--json", now=now).json()["items"]
    return found


def test_a_task_stands_in_the_overdue_list_until_it_is_done(street: Street) -> None:
    name = task(street)
    assert overdue(street, "2026-11-24T16:00:00+08:00") == []  # two working days ahead
    (soon,) = overdue(street, "2026-11-26T17:00:00+08:00")
    assert (soon["kind"], soon["number"], soon["clock"]) == ("task", None, None)
    assert (soon["workdays_left"], soon["workdays_late"]) == (0, None)
    (late,) = overdue(street, "2026-11-30T09:00:00+08:00", "--unit", "城市管理办")
    assert (late["workdays_late"], late["unit"], late["due"]) == (
        2, "城市管理办", "2026-11-26T17:00:00+08:00",
    )  # fmt: skip
    assert late["summary"] == f"{name} 排查井盖"
    assert overdue(street, "2026-11-30T09:00:00+08:00", "--unit", "城管执法中队") == []
    assert street.do("overdue", "--exit-code", now="2026-11-30T09:00:00+08:00").code == 3
    done = street.do("meeting", "task", "done", name, "排查完成", "--json").json()
    assert [(t["state"], t["outcome"]) for t in done] == [("已完成", "排查完成")]
    assert overdue(street, "2026-11-30T09:00:00+08:00") == []
    assert "已完成" in street.no("meeting", "task", "done", name, "又完成")


def test_a_task_is_put_off_or_dropped_with_a_reason_and_a_void_takes_it_back(
    street: Street,
) -> None:
    name = task(street)
    street.no("meeting", "task", "postpone", name, "--due", "2026-11-25", "--reason", "演示")
    street.do("meeting", "task", "postpone", name, "--due", "2026-12-30", "--reason", "设备未到")
    assert overdue(street, "2026-12-01T09:00:00+08:00") == []
    seq = street.do("log", "--json").json()[-1]["seq"]
    street.do("meeting", "void", str(seq), "--reason", "误记")
    assert overdue(street, "2026-12-01T09:00:00+08:00")[0]["kind"] == "task"
    for day in ("2026-12-30", "2026-12-31"):
        street.do("meeting", "task", "postpone", name, "--due", day, "--reason", "设备未到")
    assert overdue(street, "2026-12-31T17:00:01+08:00")[0]["workdays_late"] == 0
    assert overdue(street, "2026-12-31T17:00:00+08:00")[0]["workdays_left"] == 0
    street.do("meeting", "task", "drop", name, "--reason", "已由区里实施")
    assert overdue(street, "2026-12-31T17:00:01+08:00") == []
    assert street.do("meeting", "task", "list", "--json").json() == []
    assert len(street.do("meeting", "task", "list", "--all", "--json").json()) == 1
    assert "没有这个会议任务" in street.no("meeting", "task", "done", "m9.1", "演示")


def test_what_later_entries_rest_on_is_not_voided(street: Street) -> None:
    name = street.plan()
    seq = street.do("log", "--json").json()[-1]["seq"]
    street.do("meeting", "attend", name, "p1")
    assert "以它为据" in street.no("meeting", "void", str(seq), "--reason", "误记")
    assert street.do("verify").code == 0


def test_a_fault_after_the_first_event_leaves_nothing(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, name = street.case("跨社区排水", severity="较大"), street.plan()
    before = street.log()
    original = Transaction.note

    def failing(self: Transaction, stream: str, subject: str, kind: str, *rest: Any) -> int:
        if kind == "case_decided":
            raise OSError(28, "No space left on device")
        return original(self, stream, subject, kind, *rest)

    monkeypatch.setattr(Transaction, "note", failing)
    words = ("--decision", "演示", "--unit", "城市建设办", "--due", "2026-12-10")
    done = street.call("meeting", "minutes", name, *words, "--case", number, now=street.now)
    monkeypatch.undo()
    assert done.code != 0
    assert street.log() == before
