"""``duty`` from the command line (一): a day in the room, a month drafted, a file taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Runner

NOW = "2026-11-24T10:30:20+08:00"
OPENS = "2026-11-20T09:00:00+08:00"
CITY, MARKET, JUSTICE = "城管执法中队", "市场监管所", "司法所"


@pytest.fixture
def duty(call: Runner, ledger: Path) -> Runner:
    """Return ``duty`` on a ledger with p1 to p4 of 城管, p5 of 市场监管, p6 of 司法所."""
    assert ledger.exists()
    for name, unit, *more in (
        ("演示甲", CITY, "--licence", "A1", "--licence-until", "2026-12-15"),
        ("演示乙", CITY, "--licence", "A2", "--licence-until", "2027-12-15"),
        ("演示丙", CITY),
        ("演示丁", CITY),
        ("演示戊", MARKET),
        ("演示己", JUSTICE, "--online"),
    ):
        stationed = () if unit == JUSTICE else ("--stationed",)
        done = call("units", "person", "add", name, "--unit", unit, "--from", "2026-01-01",
                    *stationed, *more, now=NOW)  # fmt: skip
        assert done.code == 0, done.err
    assert call("duty", "begin", "2026-01-01", now=NOW).code == 0

    def run(*argv: str, now: str = NOW, **more: Any) -> Result:
        return call("duty", *argv, now=now, **more)

    return run


def ok(result: Result) -> Result:
    assert result.code == 0, result.err
    return result


def events(call: Runner) -> int:
    return len(call("log", "--json").json())


def breaches(result: Result, agency: str = CITY) -> list[tuple[str, str, str]]:
    found = result.json()["breaches"]
    return [(b["from"], b["to"], b["lacks"]) for b in found if b["agency"] == agency]


def roster(duty: Runner, *argv: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in duty("roster", "--json", *argv).json():
        found.setdefault(f"{row['date']} {row['agency']}", []).append(row["person"])
    return found


def test_a_day_in_the_room_is_told_minute_by_minute(duty: Runner) -> None:
    """Two come at eight, the one with the licence leaves at ten and is back after a minute."""
    for who, at in (("p1", "8:00"), ("演示丙", "8:00")):
        ok(duty("in", who, "--at", at))
    ok(duty("out", "p1", "--at", "10:00"))
    ok(duty("in", "p1", "--at", "10:01"))
    assert breaches(duty("check", "--json")) == [
        ("10:00", "10:01", "缺 1 人, 无人具有执法资格"),
    ]
    ok(duty("out", "p3", "--at", "10:20"))
    assert breaches(duty("check", "--json"))[1:] == [("10:20", "10:30", "缺 1 人")]
    assert breaches(duty("check", "--json", now="2026-11-24T07:59:00+08:00")) == []


def test_the_wall_says_who_is_there_and_what_lacks_now(duty: Runner) -> None:
    ok(duty("plan", "今天", "p1", "p3", "p6"))
    ok(duty("in", "p3"))
    ok(duty("leave", "p2", "--from", "今天", "--reason", "演示"))
    wall = {row["agency"]: row for row in duty("today", "--json").json()}
    assert [p.split()[0] for p in wall[CITY]["planned"]] == ["p1", "p3"]
    assert [p.split()[0] for p in wall[CITY]["present"]] == ["p3"]
    assert [p.split()[0] for p in wall[CITY]["leave"]] == ["p2"]
    assert wall[CITY]["lacks"] == "缺 1 人, 无人具有执法资格"
    assert (wall["派出所"]["lacks"], wall[JUSTICE]["lacks"]) == ("无人驻点", "")
    evening = duty("today", "--json", now="2026-11-24T17:00:00+08:00").json()
    assert not [row for row in evening if row["lacks"]]
    assert "演示甲" in duty("today").out


def test_the_telephones_of_those_on_duty_are_shown_for_a_reason(duty: Runner, call: Runner) -> None:
    change = ("units", "person", "change", "p1", "--phone", "13800000001", "--from", "今天")
    ok(call(*change, now=NOW))
    ok(duty("plan", "今天", "p1"))
    assert "13800000001" not in duty("today").out
    assert "p1 演示甲 13800000001" in duty("today", "--reveal", "--reason", "调度").out
    assert call("log", "--json", now=NOW).json()[-1]["kind"] == "revealed"


def standing(result: Result, agency: str) -> tuple[int, int, int | None]:
    """Return 应到, 有记录, 达标 of an agency."""
    (found,) = [a for a in result.json()["agencies"] if a["agency"] == agency]
    return found["workdays"], found["recorded"], found["compliant"]


def test_police_are_remarked_and_who_was_never_there_did_not_keep_the_day(duty: Runner) -> None:
    found = duty("check", "--date", "昨天", "--json", "--exit-code")
    assert found.code == 3
    assert [r["agency"] for r in found.json()["remarks"]] == ["派出所"]
    assert standing(found, "派出所") == (1, 0, 0)
    assert standing(found, CITY) == (1, 0, 0)


def test_online_duty_is_measured_by_the_assignments_it_answered(duty: Runner, call: Runner) -> None:
    """One minute online does not make the day; a signature by the next working day answers."""

    def sent(text: str, *signed: str) -> None:
        number = call("intake", text, "--severity", "一般", "--json", now=OPENS).json()["number"]
        ok(call("accept", number, now=OPENS))
        ok(call("assign", number, "--lead", JUSTICE, now=OPENS))
        for moment in signed:
            ok(call("sign", number, now=moment))

    sent("演示: 邻里纠纷一", "2026-11-20T16:00:00+08:00")
    sent("演示: 邻里纠纷二", "2026-11-24T09:00:00+08:00")
    sent("演示: 邻里纠纷三")
    found = duty("check", "--month", "2026-11", "--json")
    assert breaches(found, JUSTICE) == []
    assert standing(found, JUSTICE) == (17, 0, None)
    (justice,) = [a for a in found.json()["agencies"] if a["agency"] == JUSTICE]
    assert (justice["assigned"], justice["answered"]) == (3, 1)
    ok(duty("plan", "昨天", "p6"))
    assert standing(duty("check", "--date", "昨天", "--json"), JUSTICE) == (1, 1, None)


def test_online_an_answer_may_still_come_and_anothers_answer_is_none_of_its_own(
    duty: Runner, call: Runner
) -> None:
    """Sent today it is not judged yet; sent on without an answer it was not answered."""
    for number, at in (("1", "2026-11-23T16:00:00+08:00"), ("2", OPENS)):
        ok(call("intake", f"演示: 邻里纠纷{number}", "--severity", "一般", now=OPENS))
        ok(call("accept", number, now=OPENS))
        ok(call("assign", number, "--lead", JUSTICE, now=at))

    def online() -> tuple[int, int]:
        found = duty("check", "--month", "2026-11", "--json").json()["agencies"]
        (justice,) = [a for a in found if a["agency"] == JUSTICE]
        return justice["assigned"], justice["answered"]

    assert online() == (1, 0)
    ok(call("assign", "2", "--lead", CITY, now="2026-11-20T10:00:00+08:00"))
    ok(call("sign", "2", now="2026-11-20T11:00:00+08:00"))
    assert online() == (1, 0)


def test_nobody_is_out_twice_at_a_time_or_out_while_elsewhere(duty: Runner, call: Runner) -> None:
    ok(call("intake", "演示: 占道经营", now=OPENS))
    went = ("outside", "p1", "--case", "1", "--date", "昨天")
    ok(duty(*went, "--from", "10:00", "--to", "11:00"))
    again = duty(*went, "--from", "10:59", "--to", "12:00")
    assert (again.code, "10:00-11:00 已记外出" in again.err) == (1, True), again.err
    ok(duty(*went, "--from", "11:00", "--to", "12:00"))
    ok(duty("leave", "p2", "--from", "昨天", "--reason", "演示"))
    away = duty("outside", "p2", *went[2:], "--from", "10:00", "--to", "11:00")
    assert (away.code, "请假" in away.err) == (1, True), away.err
    for name, unit in (("演示庚", "平安建设办"), ("演示辛", "江一社区")):
        ok(call("units", "person", "add", name, "--unit", unit, "--from", "2026-01-01", now=NOW))
    members = (word for who in ("p1", "p7", "p8") for word in ("--member", who))
    ok(call("patrol", "record", "--grid", "江一社区第一网格", *members, "--date", "昨天",
            "--from", "8:00", "--to", "9:00", now=NOW))  # fmt: skip
    there = duty(*went, "--from", "8:30", "--to", "9:30")
    assert (there.code, "巡查" in there.err) == (1, True), there.err


def test_before_the_declared_beginning_nothing_is_known_and_nothing_is_a_breach(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    silent = ok(call("duty", "check", "--month", "2026-10", "--exit-code", now=NOW))
    assert "还没有开始" in silent.err
    document = call("duty", "check", "--month", "2026-10", "--json", now=NOW).json()
    assert (document["begun"], document["workdays"], document["agencies"]) == (None, 0, [])
    ok(call("duty", "begin", "2026-11-23", now=NOW))
    assert "2026年11月23日(周一)" in call("duty", "begin", "2026-11-24", now=NOW).err
    before = call("duty", "check", "--month", "2026-10", "--json", now=NOW).json()
    assert (before["begun"], before["workdays"], before["breaches"]) == ("2026-11-23", 0, [])
    after = call("duty", "check", "--month", "2026-11", "--json", now=NOW)
    assert standing(after, CITY) == (2, 0, 0)
    assert {b["date"] for b in after.json()["breaches"]} == {"2026-11-23", "2026-11-24"}


def test_out_on_a_case_or_by_leave_of_the_room_is_present(duty: Runner, call: Runner) -> None:
    number = call("intake", "演示: 占道经营", "--json", now=OPENS).json()["number"]
    ok(call("units", "person", "add", "演示庚", "--unit", "综合信息指挥室",
            "--from", "2026-01-01", now=NOW))  # fmt: skip
    for who in ("p1", "p2"):
        ok(duty("in", who, "--at", "昨天8:00", "--until", "昨天10:00"))
        ok(duty("in", who, "--at", "昨天11:00", "--until", "昨天17:00"))
    ok(duty("outside", "p1", "--date", "昨天", "--from", "10:00", "--to", "11:00",
            "--case", number))  # fmt: skip
    assert breaches(duty("check", "--date", "昨天", "--json")) == [("10:00", "11:00", "缺 1 人")]
    ok(duty("outside", "p2", "--date", "昨天", "--from", "9:30", "--to", "11:00",
            "--allowed-by", "演示庚", "--reason", "送达文书"))  # fmt: skip
    found = duty("check", "--date", "昨天", "--json")
    assert breaches(found) == []
    assert standing(found, CITY) == (1, 1, 1)
    out = [row for row in duty("attendance", "--date", "昨天", "--json").json() if row["outside"]]
    assert [(row["person"], row["from"], row["to"]) for row in out] == [
        ("p1", "10:00", "11:00"), ("p2", "09:30", "11:00"),
    ]  # fmt: skip
    assert "外出在岗" in call("log", "--stream", "duty", now=NOW).out


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ((), 2, "--case"),
        (("--case", "1", "--allowed-by", "演示丙"), 2, "二者取一"),
        (("--allowed-by", "演示丙"), 2, "--reason"),
        (("--allowed-by", "演示甲", "--reason", "送达"), 1, "自己"),
        (("--allowed-by", "演示丙", "--reason", "送达"), 1, "不能同意外出"),
        (("--allowed-by", "无此人", "--reason", "送达"), 1, "在册人员中没有"),
        (("--case", "999"), 1, "999"),
    ],
)
def test_an_outing_says_for_what_and_nobody_allows_his_own(
    duty: Runner, call: Runner, more: tuple[str, ...], code: int, said: str
) -> None:
    known = events(call)
    found = duty("outside", "p1", "--from", "8:00", "--to", "9:00", *more)
    assert (found.code, said in found.err) == (code, True), found.err
    assert events(call) == known


def test_an_outing_is_allowed_by_the_room_or_a_leader_and_never_by_the_operator(
    duty: Runner, call: Runner
) -> None:
    went = ("outside", "p1", "--from", "8:00", "--to", "8:30", "--reason", "送达", "--allowed-by")
    said = ok(duty(*went, "分管领导")).err
    assert "未登记是哪一位" in said, "while nobody is of the room or has such a role"
    for name, unit, *role in (
        ("演示庚", "综合信息指挥室"), ("演示辛", "党政综合办", "--role", "分管领导"),
    ):  # fmt: skip
        ok(call("units", "person", "add", name, "--unit", unit, *role, "--from", "2026-01-01",
                now=NOW))  # fmt: skip
    later = ("outside", "p1", "--from", "9:00", "--to", "9:30", "--reason", "送达", "--allowed-by")
    assert "在册人员中没有“分管领导”" in duty(*later, "分管领导").err
    refused = duty(*later, "演示庚", env={"SIXPING_BY": "演示庚"})
    assert (refused.code, "经办人自己不能同意外出" in refused.err) == (1, True), refused.err
    assert "p8" in refused.err
    assert "p7" not in refused.err
    ok(duty(*later, "演示庚"))
    ok(duty(*later[:2], "--from", "9:40", "--to", "9:50", *later[6:], "p8"))
    kept = [e for e in call("log", "--stream", "duty", "--json", now=NOW).json()
            if e["kind"] == "was_outside"]  # fmt: skip
    assert [e.get("approver") for e in kept] == [None, "p7", "p8"]


def test_an_outing_for_a_case_of_another_unit_is_remarked_on(duty: Runner, call: Runner) -> None:
    ok(call("intake", "演示: 占道经营", now=OPENS))
    ok(call("accept", "1", now=OPENS))
    went = ("outside", "p1", "--case", "1")
    assert "没有交城管执法中队办过" in ok(duty(*went, "--from", "8:00", "--to", "8:10")).err
    ok(call("assign", "1", "--lead", CITY, now=OPENS))
    ok(call("assign", "1", "--lead", MARKET, now=OPENS))
    assert "没有交" not in ok(duty(*went, "--from", "9:00", "--to", "9:10")).err


def test_an_outing_that_has_not_ended_yet_is_not_recorded(duty: Runner, call: Runner) -> None:
    known = events(call)
    found = duty("outside", "p1", "--from", "10:00", "--to", "12:00", "--allowed-by", "演示丙",
                 "--reason", "送达")  # fmt: skip
    assert found.code == 2
    assert events(call) == known


def test_rest_days_are_not_judged_and_make_up_days_are(duty: Runner) -> None:
    later = "2027-01-04T09:00:00+08:00"

    def workdays(day: str) -> Any:
        return duty("check", "--date", day, "--json", now=later).json()["workdays"]

    assert [workdays(d) for d in ("2026-11-28", "2026-10-01", "2026-02-14")] == [0, 0, 1]
    rest = ok(duty("plan", "2026-11-28", "p1", "p2"))
    assert "休息日" in rest.err
    assert duty("check", "--date", "2026-11-28", "--exit-code", now=later).code == 0


def test_a_local_order_makes_a_day_off(duty: Runner, call: Runner) -> None:
    """What the ledger's calendar says counts, not only the shipped one."""
    order = call("calendar", "add-local", "--off", "2026-11-23", "--document", "演示通知",
                 "--scope", "长河街道", "--yes", now=NOW)  # fmt: skip
    if order.code == 0:
        assert duty("check", "--date", "2026-11-23", "--json").json()["workdays"] == 0
    else:
        pytest.skip(f"calendar add-local: {order.err}")


def test_a_licence_that_ends_in_mid_month_is_missed_the_day_after(duty: Runner) -> None:
    for day in ("2026-12-15", "2026-12-16"):
        for who in ("p1", "p3"):
            ok(duty("in", who, "--at", f"{day} 08:00", "--until", f"{day} 17:00",
                    now="2026-12-17T09:00:00+08:00"))  # fmt: skip
    later = "2026-12-17T09:00:00+08:00"
    assert breaches(duty("check", "--date", "2026-12-15", "--json", now=later)) == []
    assert breaches(duty("check", "--date", "2026-12-16", "--json", now=later)) == [
        ("08:00", "17:00", "无人具有执法资格")
    ]


def test_a_missing_sign_out_is_said_and_may_be_written_up(duty: Runner) -> None:
    ok(duty("in", "p1", "--at", "昨天8:00"))
    assert "2026年11月23日(周一) p1" in duty("check", "--date", "昨天").err
    ok(duty("out", "p1", "--at", "昨天12:00"))
    assert "未签退" not in duty("check", "--date", "昨天").err
    (row,) = duty("attendance", "--date", "昨天", "--json").json()
    assert (row["from"], row["to"], row["open"], row["name"]) == ("08:00", "12:00", False, "演示甲")


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["in", "p1"], 1, "两处"),
        (["in", "p1", "--at", "8:30", "--until", "8:40"], 1, "两处"),
        (["out", "p1", "--at", "7:00"], 1, "没有签到"),
        (["out", "p2"], 1, "没有签到"),
        (["in", "p2", "--at", "11:00"], 2, "晚于现在"),
        (["in", "p2", "--at", "9:00", "--until", "昨天10:00"], 2, "同一天"),
        (["in", "p4"], 1, "请假"),
        (["in", "演示癸"], 1, "没有这个人"),
        (["in", "p1", "--at", "2025-12-31 09:00"], 1, "没有这个人"),
        (["plan", "今天"], 2, "人员"),
        (["plan", "今天", "p1", "--agency", CITY], 2, "二者取一"),
        (["plan", "今天", "p1", "演示甲"], 2, "两次"),
        (["plan", "今天", "p4"], 1, "请假"),
        (["plan", "今天", "--agency", "派出所"], 1, "没有可排"),
        (["swap", "今天", "p1", "p5"], 1, "不能互换"),
        (["swap", "今天", "p3", "p1"], 1, "没有 p3"),
        (["swap", "今天", "p1", "p2"], 1, "已在排班"),
        (["swap", "今天", "p1", "p4"], 1, "请假"),
        (["leave", "p1", "--from", "今天", "--reason", "x"], 1, "考勤"),
        (["leave", "p4", "--from", "今天", "--reason", "x"], 1, "请假"),
        (["leave", "p3", "--from", "今天"], 2, "--reason"),
        (["leave", "p3", "--from", "今天", "--to", "昨天", "--reason", "x"], 2, "说不通"),
        (["draft", "--month", "2026-10"], 2, "已经过去"),
        (["check", "--date", "今天", "--month", "2026-11"], 2, "二者取一"),
        (["void", "2", "--reason", "x"], 1, "不是可以撤销"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_and_leaves_nothing(
    duty: Runner, call: Runner, argv: list[str], code: int, said: str
) -> None:
    ok(duty("in", "p1", "--at", "8:00"))
    ok(duty("plan", "今天", "p1", "p2"))
    ok(duty("leave", "p4", "--from", "2026-11-24", "--to", "2026-11-26", "--reason", "演示"))
    before = events(call)
    done = duty(*argv)
    assert (done.code, said in done.err) == (code, True), done.err
    assert events(call) == before


def test_leave_names_the_days_to_be_swapped_and_a_swap_fills_them(duty: Runner) -> None:
    ok(duty("plan", "2026-11-25", "p1", "p3"))
    away = ok(duty("leave", "p1", "--from", "2026-11-25", "--to", "2026-11-27", "--reason", "演示"))
    assert "2026年11月25日(周三)" in away.err
    assert "duty swap" in away.err
    ok(duty("swap", "2026-11-25", "p1", "p2"))
    assert roster(duty, "--date", "2026-11-25") == {f"2026-11-25 {CITY}": ["p2", "p3"]}


def test_a_thin_roster_is_recorded_and_said_to_be_thin(duty: Runner) -> None:
    thin = ok(duty("plan", "2026-11-25", "p3"))
    assert "现排 1 人, 0 名有执法资格" in thin.err
    assert "现排" not in ok(duty("plan", "2026-11-25", "p1", "p3")).err
    whole = ok(duty("plan", "2026-11-26", "--agency", "城管"))
    assert "p1" in whole.err
    assert roster(duty, "--date", "2026-11-26")[f"2026-11-26 {CITY}"] == ["p1", "p2", "p3", "p4"]


def test_a_mistake_is_voided_unless_something_rests_on_it(duty: Runner, call: Runner) -> None:
    ok(duty("plan", "今天", "p1", "p3"))
    ok(duty("swap", "今天", "p1", "p2"))
    seqs = {e["kind"]: e["seq"] for e in call("log", "--stream", "duty", "--json").json()}
    plan, swap = seqs["planned"], seqs["swapped"]
    refused = duty("void", str(plan), "--reason", "写错")
    assert (refused.code, "以它为据" in refused.err) == (1, True)
    ok(duty("void", str(swap), "--reason", "写错"))
    assert roster(duty)[f"2026-11-24 {CITY}"] == ["p1", "p3"]
    log = call("log", "--stream", "duty").out
    assert "换班(已撤销)" in log
    assert f"撤销第 {swap} 号" in log
    assert call("verify").code == 0


# --- the draft ---------------------------------------------------------------------------


def test_a_draft_is_fair_kept_and_names_the_days_it_cannot_fill(duty: Runner, call: Runner) -> None:
    """p1's licence ends on the 15th and p2 is away from the 16th to the 18th."""
    ok(duty("leave", "p2", "--from", "2026-12-16", "--to", "2026-12-18", "--reason", "演示"))
    ok(duty("plan", "2026-12-01", "p1", "p2"))
    before = events(call)
    argv = ("draft", "--month", "12月", "--agency", "城管", "--json")
    days = duty(*argv).json()
    assert events(call) == before
    assert len(days) == 23
    assert (days[0]["people"], days[0]["fixed"]) == (["p1", "p2"], True)
    short = [d["date"] for d in days if d["lacks"]]
    assert short == ["2026-12-16", "2026-12-17", "2026-12-18"]
    turns = [sum(p in d["people"] for d in days) for p in ("p1", "p2", "p3", "p4")]
    assert sum(turns) == 46
    assert not any("p2" in d["people"] for d in days if d["date"] in short)
    ok(duty(*argv, "--write"))
    assert events(call) == before + 22
    assert all(day["fixed"] for day in duty(*argv, "--write").json())
    assert events(call) == before + 22
    december = roster(duty, "--month", "2026-12", "--unit", "城管")
    assert len(december) == 23


# --- files -------------------------------------------------------------------------------

HEAD = "编号,姓名,单位,日期,签到,签退\n"


def test_attendance_comes_from_a_file_once(duty: Runner, call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "考勤.csv"
    rows = (
        "p1,演示甲,,2026-11-23,8:00,12:00\n,演示甲,城管,2026/11/23,12:00:00,17:00\n"
        ",演示丙,,2026年11月23日,2026-11-23 08:00:00,17:30\n"
    )
    file.write_text(HEAD + rows, encoding="utf-8")
    assert "导入 3 条" in ok(duty("import", str(file))).err
    assert breaches(duty("check", "--date", "昨天", "--json")) == []
    before = events(call)
    assert "以前已有 3 条" in ok(duty("import", str(file))).err
    assert events(call) == before
    file.write_text(HEAD + rows + ",演示丁,,2026-11-23,8:00,9:00\n", encoding="utf-8")
    assert "导入 1 条" in ok(duty("import", str(file))).err


def test_a_faulty_file_names_each_row_and_leaves_nothing(
    duty: Runner, call: Runner, tmp_path: Path
) -> None:
    ok(duty("in", "p2", "--at", "昨天8:00", "--until", "昨天12:00"))
    ok(duty("leave", "p4", "--from", "昨天", "--reason", "演示"))
    file = tmp_path / "考勤.csv"
    file.write_text(
        HEAD + ",演示甲,,2026-11-23,8:00,12:00\n,演示甲,,2026-11-23,11:00,13:00\n"
        ",演示乙,,2026-11-23,9:00,10:00\n,演示癸,,2026-11-23,8:00,9:00\n"
        ",演示丙,,2026-11-24,8:00,11:00\n,演示丙,,2026-11-23,9:00,8:00\n"
        ",演示丙,,11.23,8:00,9:00\n,演示丙,,2026-11-23,8:00,\n"
        ",演示丁,,2026-11-23,8:00,9:00\n,演示丙,,2026-11-23,8点70分,9:00\n",
        encoding="utf-8",
    )
    before = events(call)
    done = duty("import", str(file))
    assert done.code == 65
    for said in (
        "第 3 行 E 签到", "第 4 行 E 签到", "第 5 行 B 姓名", "第 6 行 F 签退: 晚于现在",
        "第 7 行 E 签到", "第 8 行 D 日期", "第 9 行 F 签退: 是空的", "第 10 行 B 姓名",
        "第 11 行 E 签到: 不是时刻",
    ):  # fmt: skip
        assert said in done.err, done.err
    assert events(call) == before


def test_attendance_is_read_as_people_and_machines_write_it(duty: Runner, tmp_path: Path) -> None:
    """A day without its year, a spreadsheet's number, clocks in words, a machine's own titles."""
    file = tmp_path / "打卡.csv"
    rows = "演示甲,11月23日,上午8:00,下午5点\n演示丙,46349,0.3333333,17:00\n"
    file.write_text("员工,哪天,首次打卡,末次打卡\n" + rows, encoding="utf-8")
    refused = duty("import", str(file))
    assert (refused.code, "首次打卡" in refused.err) == (65, True)
    own = ("姓名=员工", "日期=哪天", "签到=首次打卡", "签退=末次打卡")
    columns = [word for each in own for word in ("--column", each)]
    assert "导入 2 条" in ok(duty("import", str(file), *columns)).err
    listed = duty("attendance", "--date", "11月23日", "--json").json()
    assert [(row["person"], row["from"], row["to"]) for row in listed] == [
        ("p1", "08:00", "17:00"), ("p3", "08:00", "17:00"),
    ]  # fmt: skip
    for argv, said in ((["签到打卡"], "列=表头"), (["工资=x"], "姓名"), (["签到=a"] * 2, "一次")):
        wrong = duty("import", str(file), *[w for each in argv for w in ("--column", each)])
        assert (wrong.code, said in wrong.err) == (2, True), wrong.err
    file.write_text(
        "姓名,日期,签到,签退\n演 示 乙,11月23日,8:00,9:00\n演示乙,11月22日,, \n", encoding="utf-8"
    )
    spaced = ok(duty("import", str(file))).err
    assert "导入 1 条" in spaced
    assert "都是空的 1 行" in spaced  # a day off
    file.write_text("姓名,日期,签到,签退\n演示乙,11月20日,8:00,\n", encoding="utf-8")
    assert "D 签退: 是空的" in duty("import", str(file)).err
    file.write_text("姓名,日期,签到,签退\n演示甲,12月26日,8:00,9:00\n", encoding="utf-8")
    ahead = duty("import", str(file))
    assert (ahead.code, "12月26日" in ahead.err) == (65, True)
    file.write_text("姓名,日期,签到,签退\n演示甲,11月23日,7:00,9:00\n", encoding="utf-8")
    twice = duty("import", str(file))
    assert "已自 08:00 在岗 (至 17:00), 07:00-09:00 不能再签到" in twice.err  # there first


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["in", "p1", "--at", "7:00", "--until", "10:00"], "p1 已自 09:00 在岗 (至 10:30), 07:00-"),
        (["in", "p1", "--at", "8:00"], "p1 已自 09:00 在岗 (至 10:30), 08:00 的签到没有写到几点"),
        (["in", "p1", "--at", "9:30"], "p1 已自 09:00 在岗 (至 10:30), 09:30 不能再签到"),
        (["out", "p1", "--at", "10:00"], "p1 09:00 签到, 10:30 已签退, 10:00 不能再签退"),
    ],
)
def test_what_is_on_record_is_named_as_having_been_there_first(
    duty: Runner, argv: list[str], said: str
) -> None:
    ok(duty("in", "p1", "--at", "9:00", "--until", "10:30", now="2026-11-24T11:00:00+08:00"))
    refused = duty(*argv, now="2026-11-24T11:00:00+08:00")
    assert (refused.code, said in refused.err) == (1, True), refused.err


def test_who_could_stand_in_keeps_the_rule_and_has_had_fewest_turns(
    duty: Runner, call: Runner
) -> None:
    """p1 goes; of p2 and p4 only p2 has a licence, p3 is on the roster, p5 is of another agency."""
    ok(duty("plan", "2026-11-23", "p2", "p3"))
    for day in ("2026-11-25", "2026-11-26"):
        ok(duty("plan", day, "p1", "p3"))
    before = events(call)
    found = duty("swap", "2026-11-25", "p1", "--propose", "--json").json()
    assert [(one["person"], one["keeps"], one["turns"]) for one in found] == [
        ("p2", True, 1), ("p4", False, 0),
    ]  # fmt: skip
    assert events(call) == before
    away = ok(duty("leave", "p1", "--from", "2026-11-25", "--to", "2026-11-26", "--reason", "年假"))
    for words in ("本月 1 次, 有执法资格): sixping duty swap 2026-11-25 p1 p2", "本月 2 次"):
        assert words in away.err
    ok(duty("swap", "2026-11-25", "p1", "p2"))
    assert [o["person"] for o in duty("swap", "11月25日", "p2", "--propose", "--json").json()] == [
        "p4"
    ]
    for argv in (("2026-11-25", "p2"), ("2026-11-25", "p2", "p4", "--propose")):
        assert duty("swap", *argv).code == 2
    assert "没有 p1" in duty("swap", "2026-11-25", "p1", "--propose").err


def test_nobody_stands_in_who_is_out_for_the_room_that_day(duty: Runner, call: Runner) -> None:
    ok(duty("plan", "2026-11-25", "p1", "p3"))
    ok(call("operation", "plan", "整治", "--date", "2026-11-25", "--from", "9:00", "--to", "11:00",
            "--unit", CITY, "--person", "p2", now=NOW))  # fmt: skip
    found = duty("swap", "2026-11-25", "p1", "--propose", "--json").json()
    assert [one["person"] for one in found] == ["p4"]


def test_who_is_on_duty_online_and_not_on_the_roster_is_said_at_the_assignment(
    duty: Runner, call: Runner
) -> None:
    """Duty is checked here: no roster is no record, a roster with somebody on it says nothing."""

    def assigned(number: str, now: str = NOW) -> str:
        ok(call("intake", "演示: 邻里纠纷", "--severity", "一般", now=now))
        ok(call("accept", number, now=now))
        return ok(call("assign", number, "--lead", JUSTICE, now=now)).err

    assert f"{JUSTICE}2026年11月24日(周二)没有排班和签到记录, 不知道有没有人在线值班" in assigned(
        "1"
    )
    ok(duty("plan", "今天", "p6"))
    assert "一.3" not in assigned("2")
    ok(duty("leave", "p6", "--from", "今天", "--reason", "年假"))
    assert "没有人在线值班 (一.3)" in assigned("3")
    ok(call("intake", "演示: 跨社区纠纷", "--severity", "较大", now=NOW))
    ok(call("accept", "4", now=NOW))
    leader = ("units", "person", "add", "演示领导", "--unit", "党政综合办", "--role", "分管领导")
    ok(call(*leader, now=NOW))
    line = ("decide", "4", "--lead", JUSTICE, "--due", "2026-12-01", "--leader", "演示领导")
    assert "没有人在线值班 (一.3)" in ok(call(*line, now=NOW)).err
    assert "一.3" not in assigned("5", "2026-11-28T09:00:00+08:00")  # a Saturday asks for nobody


def test_who_signed_out_is_online_no_more_and_leave_of_all_needs_no_roster(
    duty: Runner, call: Runner
) -> None:
    def assigned(number: str, at: str) -> str:
        for words in (("intake", "演示: 邻里纠纷", "--severity", "一般"), ("accept", number)):
            ok(call(*words, now=at))
        return ok(call("assign", number, "--lead", JUSTICE, now=at)).err

    noon, later = "2026-11-25T12:00:00+08:00", "2026-11-26T09:00:00+08:00"
    ok(duty("plan", "11月25日", "p6", now=noon))
    ok(duty("in", "p6", "--at", "8:00", now=noon))
    assert "一.3" not in assigned("1", noon)
    ok(duty("out", "p6", "--at", "12:00", now=noon))
    assert "已签退, 现在没有人在线值班 (一.3)" in assigned("2", noon)
    ok(duty("leave", "p6", "--from", "11月26日", "--reason", "年假", now=later))
    assert "在线值班的人都请假" in assigned("3", later)


def test_where_no_duty_is_kept_nothing_is_said_of_who_is_online(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    ok(call("intake", "演示: 邻里纠纷", "--severity", "一般", now=NOW))
    ok(call("accept", "1", now=NOW))
    assert "一.3" not in ok(call("assign", "1", "--lead", JUSTICE, now=NOW)).err
