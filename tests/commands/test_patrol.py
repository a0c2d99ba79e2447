"""``patrol``, ``operation`` and ``units grids`` from the command line (附2.3, 四.3, 附3.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import GRID, Street, a_street
from tests.kit.street import adopt

CITY = "城管执法中队"
TEAM = ("--member", "p1", "--member", "p2", "--member", "p3")
WHEN = ("--from", "13:00", "--to", "14:00")
DECEMBER = "2026-12-01T09:00:00+08:00"


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


# --- patrols ---------------------------------------------------------------------------


def test_what_a_patrol_found_is_registered_with_it(street: Street) -> None:
    other = "江一社区第二网格"
    words = ("patrol", "record", "--grid", GRID, "--grid", other, *TEAM, *WHEN)
    found = ("--found", f"{other}: 人行道堆放建筑垃圾", "--found", "窨井盖缺失")
    (patrol,) = street.do(*words, *found, "--json").json()
    first, second = (street.do("show", number, "--json").json() for number in patrol["cases"])
    assert (first["channel"], first["grid"], first["community"]) == ("巡查发现", other, "江一社区")
    assert first["text"] == "人行道堆放建筑垃圾"
    assert (second["channel"], second["grid"]) == ("巡查发现", None)  # nobody said which of two
    assert first["received_at"] == "2026-11-24T14:00:00+08:00"
    assert first["clocks"][0]["due"] == "2026-11-25T17:00:00+08:00"
    listed = street.do("patrol", "list", "--grid", other, "--json").json()
    assert [row["cases"] for row in listed] == [patrol["cases"]]
    assert street.do("patrol", "list", "--month", "2026-10").out == ""


@pytest.mark.parametrize(
    ("members", "lacks"),
    [
        (("p2", "p3"), "有执法资格的执法队员缺 1 名"),
        (("p4", "p2", "p3"), "有执法资格的执法队员缺 1 名"),  # the licence ran out the day before
        (("p1", "p3"), "街道工作人员缺 1 名"),
        (("p1", "p2"), "社区工作人员缺 1 名"),
        (("p1",), "街道工作人员缺 1 名、社区工作人员缺 1 名"),
    ],
)
def test_a_team_lacking_somebody_is_refused(
    street: Street, members: tuple[str, ...], lacks: str
) -> None:
    team = [part for who in members for part in ("--member", who)]
    assert lacks in street.no("patrol", "record", "--grid", GRID, *team, *WHEN)


def test_a_licence_counts_on_the_day_of_the_patrol(street: Street) -> None:
    team = ("--member", "p4", "--member", "p2", "--member", "p3")
    words = ("patrol", "record", "--grid", GRID, *team, *WHEN)
    street.do(*words, "--date", "2026-11-23")
    street.no(*words, "--date", "2026-11-24")


def test_units_that_take_part_send_somebody(street: Street) -> None:
    words = ("patrol", "record", "--grid", GRID, *TEAM, *WHEN, "--unit")
    assert "市场监管所" in street.no(*words, "市场监管所")
    street.do(*words, CITY)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "14:00", "--to", "13:00"), "不晚于开始"),
        (("--from", "14:00", "--to", "25:00"), "看不懂的时刻"),
        (("--from", "14:00", "--to", "16:00"), "晚于现在"),
        ((*WHEN, "--found", "江一社区第二网格:垃圾"), "不在这次巡查的网格里"),
        ((*WHEN, "--found", " "), "内容"),
        ((*WHEN, "--member", "p99"), "没有这个人"),
        ((*WHEN, "--grid", "江一社区"), "不是网格"),
        ((*WHEN, "--grid", "无此网格"), "没有这个单位"),
    ],
)
def test_a_patrol_that_cannot_be_is_refused_whole(
    street: Street, options: tuple[str, ...], said: str
) -> None:
    words = ("patrol", "record", "--grid", GRID, *TEAM, "--found", "窨井盖缺失")
    assert said in street.no(*words, *options)
    assert street.do("list", "--all", "--json").json() == []


def test_nobody_patrols_while_in_the_room_or_elsewhere(street: Street) -> None:
    words = ("patrol", "record", "--grid", GRID, *TEAM)
    street.do("duty", "in", "p1", "--at", "8:00", "--until", "12:00")
    assert "在值守" in street.no(*words, "--from", "11:59", "--to", "13:00")
    street.do(*words, "--from", "12:00", "--to", "13:00")
    assert "在巡查" in street.no(*words, "--from", "12:59", "--to", "14:00")
    assert "在巡查" in street.no("duty", "in", "p1", "--at", "12:30")
    assert "在巡查" in street.no("duty", "in", "p1", "--at", "12:00", "--until", "14:00")
    street.do("duty", "in", "p1", "--at", "13:00")


def test_attendance_of_a_file_is_refused_where_somebody_patrolled(
    street: Street, tmp_path: Path
) -> None:
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    file = tmp_path / "考勤.csv"
    file.write_text("姓名,日期,签到,签退\n演示甲,2026-11-24,8:00,14:30\n", encoding="utf-8")
    before = street.log()
    done = street.call("duty", "import", str(file), now=street.now)
    assert (done.code, street.log() == before) == (65, True)
    assert "第 2 行" in done.err
    assert "在巡查" in done.err


def test_gaps_without_an_interval_say_so_and_list_every_grid(street: Street) -> None:
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    done = street.do("patrol", "gaps", "--json", "--exit-code", now=DECEMBER)
    rows = done.json()
    assert done.code == 0  # no interval, so nothing can be beyond it
    assert "没有设定" in done.err
    assert len(rows) == len(street.do("units", "list", "--kind", "grid", "--json").json())
    assert rows[-1] == {
        "community": "江一社区", "grid": GRID, "last": "2026-11-24", "workdays": 5, "patrols": 1,
        "beyond": None,
    }  # fmt: skip
    assert {row["last"] for row in rows[:-1]} == {None}


@pytest.mark.parametrize(("days", "beyond"), [("5", False), ("4", True)])
def test_gaps_beyond_an_interval_of_working_days(street: Street, days: str, beyond: bool) -> None:
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    done = street.do("patrol", "gaps", "--days", days, "--json", "--exit-code", now=DECEMBER)
    assert done.code == 3
    assert (GRID in [row["grid"] for row in done.json()]) is beyond


def test_the_interval_of_the_streets_own_policy_is_used(street: Street, tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "data" / "policy.toml").read_text(encoding="utf-8")
    before, head, after = shipped.partition("[edition.readings.patrol_workdays]\n")
    own = tmp_path / "own"
    own.mkdir()
    (own / "policy.toml").write_text(f"{before}{head}value = 4\n{after}", encoding="utf-8")
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    adopt(street.call, own)
    done = street.call("patrol", "gaps", "--json", now=DECEMBER)
    assert "没有设定" not in done.err
    assert {row["grid"]: row["beyond"] for row in done.json()}[GRID] is True


def test_a_voided_patrol_covers_nothing_and_leaves_the_case(street: Street) -> None:
    words = ("patrol", "record", "--grid", GRID, *TEAM, *WHEN, "--found", "窨井盖缺失")
    (patrol,) = street.do(*words, "--json").json()
    street.do("patrol", "void", str(patrol["seq"]), "--reason", "日期写错")
    assert street.do("patrol", "list").out == ""
    assert street.do("show", patrol["cases"][0], "--json").json()["status"] == "待受理"
    assert street.do("verify").code == 0


# --- joint operations ------------------------------------------------------------------


def operation(street: Street, *options: str, unit: str = "市场监管所") -> str:
    words = ("operation", "plan", "夜市油烟整治", "--date", "2026-11-24", "--unit", CITY)
    done = street.do(*words, "--unit", unit, "--person", "p1", *options, "--json").json()
    name: str = done["id"]
    return name


def test_one_result_is_written_to_each_case_and_summed_up_for_the_meeting(
    street: Street,
) -> None:
    cases = [street.case(text) for text in ("夜市油烟", "夜市占道", "夜市噪音")]
    later = ("--date", "2026-12-05", "--unit", CITY, "--person", "p1")
    name = operation(street, "--case", cases[0], "--case", cases[1])
    planned = street.do("operation", "show", name, "--json").json()
    assert planned["platforms"] == ["市场监管", "综合执法"]
    assert planned["coordinator"] == "平安建设办"  # several platforms (四.2)
    street.do("operation", "result", name, "检查 8 家", "--case", cases[2])
    for number in cases:
        events = street.do("show", number, "--json").json()["events"]
        assert [e["text"] for e in events if e["kind"] == "noted"] == [
            f"联合执法 {name} (2026-11-24): 检查 8 家"
        ]
    assert "已经记录结果" in street.no("operation", "result", name, "又检查")
    street.do("operation", "plan", "下月整治", *later)
    meeting = street.plan(kind="集体会商", day="2026-12-01")
    made = street.do("meeting", "agenda", meeting, "--json", now=DECEMBER).json()
    items = [i for h in made["headings"] for i in h["items"] if i["source"] == "operations"]
    assert [i["numbers"] for i in items] == [cases]
    assert "检查 8 家" in items[0]["text"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--unit", CITY, "--person", "p2"), "不在参加的单位里"),
        (("--unit", "平安建设办", "--person", "p2"), "有执法资格的人员缺 1 名"),
        (("--unit", "市场监管所", "--person", "p4"), "有执法资格的人员缺 1 名"),
        (("--unit", "无此单位", "--person", "p1"), "没有这个单位"),
        (("--unit", CITY, "--person", "p1", "--case", "99"), "没有编号"),
        (("--unit", CITY, "--person", "p1", "--from", "9:00"), "须同时写明"),
    ],
)
def test_an_operation_that_cannot_be_is_refused(
    street: Street, options: tuple[str, ...], said: str
) -> None:
    assert said in street.no("operation", "plan", "演示", "--date", "2026-11-24", *options)


def test_a_settled_case_is_no_case_of_an_operation(street: Street) -> None:
    number = street.case()
    street.do("assign", number, "--lead", CITY)
    street.do("resolve", number, "--outcome", "已清理")
    words = ("operation", "plan", "演示", "--date", "2026-11-24", "--unit", CITY, "--person", "p1")
    assert "已经办结" in street.no(*words, "--case", number)


def test_people_of_an_operation_are_nowhere_else(street: Street) -> None:
    operation(street, "--from", "19:00", "--to", "22:00")
    words = ("operation", "plan", "演示", "--date", "2026-11-24", "--unit", CITY, "--person", "p1")
    assert "联合执法 o1" in street.no(*words, "--from", "21:00", "--to", "23:00")
    street.do(*words, "--from", "22:00", "--to", "23:00")


def test_no_result_before_the_day(street: Street) -> None:
    words = ("operation", "plan", "演示", "--date", "2026-12-05", "--unit", CITY, "--person", "p1")
    street.do(*words)
    assert "还没有进行" in street.no("operation", "result", "o1", "检查 8 家")
    assert "没有这次行动" in street.no("operation", "result", "o7", "检查 8 家")


# --- grids -----------------------------------------------------------------------------


def test_the_work_of_a_grid_is_shown_with_its_valid_share(street: Street) -> None:
    def report(text: str, day: str, *more: str) -> str:
        options = ("--channel", "网格员", "--grid", GRID, "--received", day, "--json", *more)
        number: str = street.do("intake", text, *options).json()["number"]
        return number

    mine = report("路灯不亮", "2026-11-19", "--reporter", "演示丙")
    declined = report("天气不好", "2026-11-23", "--reporter", "演示丙")
    open_ = report("窨井盖缺失", "2026-11-24", "--reporter", "演示某")
    street.do("intake", "占道经营", "--grid", GRID)  # by telephone: not a grid's own report
    street.do("accept", mine)
    street.do("decline", declined, "--reason", "不属于受理范围")
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    done = street.do("units", "grids", "--month", "2026-11", "--json", now=DECEMBER)
    rows = [row for row in done.json() if row["community"] == "江一社区"]
    lines = {(row["level"], row["grid"]): row for row in rows}
    grid, worker = lines["grid", GRID], lines["worker", GRID]
    assert grid["numbers"] == [mine, declined, open_]
    assert (grid["reports"], grid["decided"], grid["accepted"], grid["patrols"]) == (3, 2, 1, 1)
    assert (grid["valid"]["rate"], grid["accepted_share"]["rate"]) == (50.0, 33.33)
    assert grid["feedback_workdays"] == 2.0  # 3 and 1
    assert worker["worker"] == "p3 演示丙"
    assert worker["numbers"] == [mine, declined]
    assert lines["community", None]["covered"] | {"cohort": ""} == {
        "n": 1, "d": 3, "rate": 33.33, "cohort": "",
    }  # fmt: skip
    assert lines["grid", "江一社区第二网格"]["valid"]["rate"] is None


def test_a_name_two_workers_share_is_nobodys_and_other_months_do_not_count(
    street: Street,
) -> None:
    same = ("演示丙", "--unit", "江一社区第二网格", "--phone", "13800000000")
    street.do("units", "person", "add", *same, "--from", "2026-01-01")
    words = ("--channel", "网格员", "--grid", GRID, "--reporter", "演示丙", "--received")
    street.do("intake", "路灯不亮", *words, "2026-11-19")
    street.do("intake", "路灯又不亮", *words, "2026-12-01", now=DECEMBER)
    rows = street.do("units", "grids", "--month", "2026-11", "--json", now=DECEMBER).json()
    counts = {(row["level"], row["grid"]): row["reports"] for row in rows if row["reports"]}
    assert counts == {("community", None): 1, ("grid", GRID): 1}


def test_what_names_no_community_or_no_grid_is_said_with_its_share(street: Street) -> None:
    words = ("--channel", "网格员", "--received", "2026-11-19")
    for where in ((), ("--community", "江一社区"), ("--grid", GRID), ("--grid", GRID)):
        street.do("intake", "路灯不亮", *words, *where)
    done = street.do("units", "grids", "--month", "2026-11", now=DECEMBER)
    assert "社区未填 1 件 (25.00%), 网格未填 2 件 (50.00%)" in done.err


def test_of_a_month_before_the_first_report_nothing_is_known(street: Street) -> None:
    month = ("units", "grids", "--month", "2026-08", "--json")
    for taken in ((), ("路灯不亮", "--channel", "网格员", "--received", "2026-11-19")):
        if taken:
            street.do("intake", *taken)
        rows = street.do(*month, now=DECEMBER).json()
        assert {row["reports"] for row in rows} == {row["patrols"] for row in rows} == {None}
        assert {row["covered"]["rate"] for row in rows if row["covered"]} == {None}
    street.do("patrol", "record", "--grid", GRID, *TEAM, *WHEN)
    rows = street.do("units", "grids", "--month", "2026-11", "--json", now=DECEMBER).json()
    assert {row["patrols"] for row in rows} == {0, 1}


def test_a_community_of_the_work_of_grids_goes_by_a_short_name(street: Street) -> None:
    rows = street.do("units", "grids", "--community", "闻涛", "--json").json()
    assert {row["community"] for row in rows} == {"闻涛社区"}


def test_every_table_that_has_the_volume_has_the_share(street: Street) -> None:
    head = street.do("units", "grids", "--month", "2026-10", "--community", "江一社区").out
    columns = head.splitlines()[0].split("\t")
    assert columns.index("valid") == columns.index("reports") + 1
