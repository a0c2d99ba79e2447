"""A person answers for a case (附2.1, 五.2): named, changed, late, assessed, gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any

import pytest

from tests.conftest import Result, Runner, begin_with

CITY, MARKET, PLACE, GRID = "城管执法中队", "市场监管所", "江一社区", "江一社区第一网格"
AFTER = "2026-12-03T09:00:00+08:00"
#: of November 2026 every Monday to Friday is worked; 8:00 to 17:00 (一.2)
OPENS, CLOSES = timedelta(hours=8), timedelta(hours=17)
FAIR = CLOSES - OPENS  # one working day (五.2)


class Office:
    """A street of November 2026 that keeps the register of persons from the first day on."""

    def __init__(self, call: Runner) -> None:
        self.call = call

    def at(self, now: str, *argv: str) -> Result:
        """Do something in November; it has to succeed."""
        done = self.call("--by", "演示主任", *argv, now=f"2026-11-{now}:00+08:00")
        assert done.code == 0, (argv, done.err)
        return done

    def no(self, *argv: str, now: str = AFTER) -> str:
        """Try something; it has to be refused with what to do, and nothing may be recorded."""
        before = self.call("log", "--json", now=AFTER).out
        done = self.call(*argv, now=now)
        assert done.code in {1, 2}, (argv, done.out)
        assert self.call("log", "--json", now=AFTER).out == before
        what, _, hint = done.err.partition("错误: ")[2].partition("\n")
        assert hint.strip(), what
        return f"{what}\n{hint}"

    def json(self, *argv: str, now: str = AFTER) -> Any:
        done = self.call(*argv, "--json", now=now)
        assert done.code == 0, done.err
        return done.json()

    def case(self, day: str, number: str, lead: str, *person: str) -> None:
        self.at(f"{day}T09:00", "intake", f"演示{number}: 占道经营", "--severity", "一般")
        self.at(f"{day}T10:00", "accept", number)
        self.at(f"{day}T11:00", "assign", number, "--lead", lead, *person)

    def live(self) -> None:
        """Live the month: five cases of four people; two limits late, at a hand-over and after."""
        self.at("02T08:00", "init")
        for name, unit in (("甲", CITY), ("乙", CITY), ("丙", MARKET), ("丁", GRID)):
            self.at("02T08:01", "units", "person", "add", f"演示{name}", "--unit", unit)
        self.at("02T08:05", "register", "on", "经办人")
        self.case("02", "1", CITY, "--person", "演示甲")
        self.case("02", "2", CITY, "--person", "p1")
        self.case("02", "3", CITY, "--person", "p1")
        self.case("02", "4", CITY, "--person", "p1")
        self.case("03", "5", PLACE, "--person", "演示丁")
        self.at("04T09:00", "resolve", "1", "--outcome", "已清理", "--kind", "已解决")
        self.at("04T10:00", "assign", "4", "--lead", MARKET)
        self.at("05T09:00", "handover", "2", "--to", "演示乙", "--reason", "演示甲轮休")
        self.at("06T09:00", "resolve", "5", "--outcome", "已清理", "--kind", "已解决")
        self.at("09T16:50", "handover", "3", "--to", "p2", "--reason", "演示甲轮休")
        self.at("11T09:00", "resolve", "2", "--outcome", "已清理", "--kind", "已解决")


@pytest.fixture
def office(call: Runner) -> Office:
    street = Office(call)
    begin_with(call, "persons", street.live)
    return street


# --- an independent count ------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the working days of November from one instant to another, each at midnight."""
    day = start.replace(hour=0, minute=0, second=0)
    while day <= end:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def office_time(start: datetime, end: datetime) -> timedelta:
    spent = (min(end, day + CLOSES) - max(start, day + OPENS) for day in days(start, end))
    return sum((each for each in spent if each > timedelta()), timedelta())


def limit(received: datetime, workdays: int) -> datetime:
    """Return the close of the n-th working day after that of receipt."""
    after = (day for day in days(received + timedelta(days=1), received + timedelta(days=60)))
    return [day for day, _ in zip(after, range(workdays), strict=False)][-1] + CLOSES


def stretches(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who had a case from when to when, from the plain entries of its log."""
    found: list[dict[str, Any]] = []
    for event in events:
        if event["kind"] in {"assigned", "handed_over", "returned", "resolved"}:
            if found and found[-1]["end"] is None:
                found[-1] |= {"end": at(event["at"]), "by": event["kind"]}
            lead = event.get("lead") or (found[-1]["lead"] if found else None)
            if event["kind"] in {"assigned", "handed_over"}:
                found.append(
                    {"lead": lead, "who": event.get("person"), "start": at(event["at"]),
                     "end": None, "by": None}
                )  # fmt: skip
    return found


def counted(office: Office, until: datetime) -> dict[str, dict[str, Any]]:
    """Count what each person had, settled and was late with, from the logs alone."""
    tally: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"cases": set(), "open": 0, "resolved": [], "late": 0}
    )
    for number in range(1, 6):
        case = office.json("show", str(number))
        had = stretches(case["events"])
        received = at(case["received_at"])
        ended = next((s["end"] for s in had if s["by"] == "resolved"), None)
        for one in had:
            if one["who"]:
                own = tally[one["who"]]
                own["cases"].add(number)
                own["open"] += one["end"] is None
                if one["by"] == "resolved":
                    own["resolved"].append(len([*days(one["start"], one["end"])]) - 1)
        for due in (limit(received, 5), limit(received, 15)):
            if (ended or until) > due and due <= until:
                before = [s for s in had if s["start"] < due]
                fair = [s for s in before if office_time(s["start"], due) >= FAIR]
                who = (fair[-1] if fair else before[0])["who"]
                if who:
                    tally[who]["late"] += 1
    return tally


# --- the story -----------------------------------------------------------------------------


def test_the_assessment_lists_persons_as_an_independent_count_does(office: Office) -> None:
    found = office.json("assess", "--month", "2026-11")
    assert found["persons_since"] == "2026-11-02"
    listed = {s["name"]: s["persons"] for s in found["subjects"] if s["persons"]}
    assert {unit: [p["id"] for p in own] for unit, own in listed.items()} == {
        CITY: ["p1", "p2"], PLACE: ["p4"],
    }  # fmt: skip
    own = {p["id"]: p for persons in listed.values() for p in persons}
    tally = counted(office, at("2026-11-30T23:59:59+08:00"))
    assert set(own) == set(tally)
    for who, said in own.items():
        mine = tally[who]
        assert said["cases"] == len(mine["cases"])
        assert (said["open"], said["late"]) == (mine["open"], mine["late"])
        assert said["resolved"] == said["workdays"]["n"] == len(mine["resolved"])
        if mine["resolved"]:
            assert said["workdays"]["mean"] == round(fmean(mine["resolved"]), 1)
            assert said["workdays"]["median"] == median(mine["resolved"])
        assert not {"rank", "score", "total", "rate"} & set(said)
    lapses = office.json("lapses", "--from", "2026-11-01", "--to", "2026-11-30")["items"]
    for who, said in own.items():
        assert said["lapses"] == sum(each.get("person") == who for each in lapses)


def test_late_falls_to_whose_hands_it_was_in_and_not_to_who_got_it_at_the_last_hour(
    office: Office,
) -> None:
    def late(who: str) -> list[str]:
        rows = office.json("assess", "--month", "2026-11", "--drill", f"人员.{who}.本人手中超期")
        return [row["number"][-1] for row in rows]

    assert late("演示甲") == ["3"], "who passed it on ten minutes before answers for the 5 days"
    assert sorted(late("p2")) == ["2", "3"], "who had it for days, and at the longest limit"
    items = office.json("lapses", "--from", "2026-11-01", "--to", "2026-11-30")["items"]
    market = [i for i in items if i["unit"] == MARKET and i["kind"] in {"finish", "ceiling"}]
    assert market
    assert all("person" not in item for item in market), "nobody was named there"


def test_every_count_of_a_person_opens_to_as_many_rows(office: Office) -> None:
    found = office.json("assess", "--month", "2026-11")
    titles = {
        "cases": "经办件数", "open": "期末在手", "resolved": "经办办结", "late": "本人手中超期",
        "lapses": "本人手中超期及不规范",
    }  # fmt: skip
    for subject in found["subjects"]:
        for person in subject["persons"]:
            for key, title in titles.items():
                drill = f"人员.{subject['name']}.{person['id']}.{title}"
                rows = office.json("assess", "--month", "2026-11", "--drill", drill)
                assert len(rows) == person[key], drill
                assert {row["by"] for row in rows} <= {person["id"]}
    other = f"人员.{found['subjects'][0]['name']}.p1.件数"
    assert "人员的项目可用" in office.no("assess", "--month", "2026-11", "--drill", other)
    every = office.json("assess", "--month", "2026-11", "--drill", "经办件数")
    assert len(every) == sum(p["cases"] for s in found["subjects"] for p in s["persons"])


def test_a_paper_that_goes_round_names_nobody_and_the_one_of_a_unit_says_that_it_stays(
    office: Office,
) -> None:
    def paper(*more: str) -> str:
        return office.call("assess", "--month", "2026-11", "--format", "md", *more, now=AFTER).out

    _, _, table = paper().partition("责任到人")
    assert "| p1 |" in table.partition("附表")[0]
    assert "演示甲" not in table.partition("附表")[0]
    _, _, own = paper("--unit", CITY).partition("责任到人")
    assert "演示甲（p1）" in own
    assert "不传阅" in own
    _, _, typed = paper().partition("记录步骤的人员")
    assert "| 单位 | 人数 | 步数 |" in typed  # who typed is counted in what goes round
    _, _, typed = own.partition("记录步骤的人员")
    assert "| 单位 | 人员 | 步数 | 事项 |" in typed


def test_who_answers_is_shown_listed_and_changed(office: Office) -> None:
    shown = office.json("show", "3")
    assert (shown["person"], shown["person_id"]) == ("演示乙", "p2")
    held = [s.get("person") for s in shown["segments"] if s["unit"] == CITY]
    assert held == ["p1", "p2"]
    again = office.at("24T09:00", "assign", "4", "--lead", MARKET, "--assist", CITY)
    assert "没有写经办人" in again.err
    lost = office.json("show", "4")
    assert (lost["person"], lost["person_id"]) == (None, None), "another unit leads it"
    assert [c["number"][-1] for c in office.json("list", "--person", "演示乙")] == ["3"]
    every = office.json("list", "--all", "--person", "p1")
    assert [c["number"][-1] for c in every] == ["1"], "who has it now, or had it at the end"
    listed = office.json("overdue", "--person", "演示乙")["items"]
    assert {item["number"][-1] for item in listed} == {"2", "3"}, "2 is still to be fed back"
    assert "经办人 演示乙(p2); 演示甲轮休" in office.call("log", "3", now=AFTER).out
    assert office.call("list", now=AFTER).out.splitlines()[0].endswith("\tperson")


def test_a_person_who_leaves_is_listed_with_what_he_holds_and_found_by_name(
    office: Office,
) -> None:
    leave = office.at("25T09:00", "units", "person", "leave", "p2", "--from", "2026-11-25")
    assert "p2 还经办着 1 件在办的" in leave.err
    gone = office.json("overdue", "--kind", "经办人已离开")["items"]
    assert [(i["number"][-1], i["unit"], i["kind"]) for i in gone] == [("3", CITY, "person_left")]
    assert "演示乙(p2) 已离开" in gone[0]["summary"]
    assert gone[0]["age"] == 6, "since the day he left"
    assert [c["number"][-1] for c in office.json("list", "--person", "演示乙")] == ["3"]
    assert "当日没有这个人" in office.no("handover", "2026-3", "--to", "演示乙", "--reason", "演示")
    done = office.call("handover", "2026-3", "--to", "p1", "--reason", "接替", now=AFTER)
    assert done.code == 0, done.err
    assert office.json("overdue", "--kind", "person_left")["items"] == []
    moved = office.call("units", "person", "change", "p1", "--unit", MARKET, now=AFTER)
    assert moved.code == 0
    assert "p1 还经办着 1 件在办的" in moved.err
    again = office.call("units", "person", "change", "p1", "--role", "队员", now=AFTER)
    assert "还经办着" not in again.err
    gone = office.json("overdue", "--kind", "person_left")["items"]
    assert [i["number"][-1] for i in gone] == ["3"], "who is of another unit now is gone too"


def test_what_falls_due_after_somebody_has_left_is_his_unit_s_alone(office: Office) -> None:
    """Both run out on the 9th; the one of the market office moves away the day after."""
    office.case("02", "6", MARKET, "--person", "演示丙")
    office.at("06T09:00", "units", "person", "leave", "p1", "--from", "2026-11-09")
    office.at("09T18:00", "units", "person", "change", "p3", "--unit", CITY, "--from", "2026-11-10")
    items = office.json("lapses", "--from", "2026-11-01", "--to", "2026-11-30")["items"]
    late = {(i["number"][-1], i["unit"], i.get("person")) for i in items if i["kind"] == "finish"}
    assert {("3", CITY, None), ("6", MARKET, "p3")} <= late
    people = office.json("assess", "--month", "2026-11")["subjects"]
    (gone,) = (own for each in people for own in each["persons"] if own["id"] == "p1")
    assert gone["late"] == 0


def test_what_cannot_be_is_refused_with_what_to_do(office: Office) -> None:
    who = office.no("assign", "2026-3", "--lead", CITY, "--person", "演示甲")
    assert "sixping handover 2026-000003 --to p1" in who
    assert "是市场监管所的人" in office.no("handover", "2026-3", "--to", "p3", "--reason", "演示")
    assert "经办人现在就是" in office.no("handover", "2026-3", "--to", "p2", "--reason", "演示")
    assert "不能作市场监管所的经办人" in office.no(
        "assign", "2026-3", "--lead", MARKET, "--person", "演示甲"
    )
    early = ("--at", "2026-11-01 09:00", "--reason", "演示")
    assert "登记自" in office.no("handover", "2026-3", "--to", "p1", *early)
    assert "没有登记过这个人" in office.no("list", "--person", "演示戊")
    version = office.no("handover", "2026-3", "--to", "p1", "--reason", "演示", "--if-version", "1")
    assert "已从第 1 版变为" in version
    office.at("25T09:00", "intake", "演示6: 占道经营", "--severity", "一般")
    office.at("25T09:00", "accept", "6")
    assert "还没有分派" in office.no("handover", "2026-6", "--to", "p1", "--reason", "演示")
    office.at("25T09:00", "units", "person", "add", "演示甲", "--unit", MARKET)
    assert "有 2 个人叫 演示甲: p1" in office.no("list", "--person", "演示甲")


def test_whom_a_report_is_about_does_not_answer_for_it(office: Office) -> None:
    office.at("16T09:00", "intake", "反映演示丙态度不好", "--severity", "一般", "--about", "演示丙")
    office.at("16T09:05", "accept", "6")
    lead = ("assign", "2026-6", "--lead", MARKET, "--person", "演示丙")
    assert "被反映" in office.no(*lead)
    office.at("16T09:10", "assign", "6", "--lead", CITY, "--person", "p1")
    why = ("--reason", "演示")
    office.at("16T09:15", "amend", "6", "--about", "演示甲", *why)
    told_late = office.no("handover", "2026-6", "--to", "p2", *why)
    assert "应当回避, 不能在它内部换经办人" in told_late, "the unit has to be replaced"
    word = ("--leader", "分管领导")
    office.at("16T09:20", "assign", "6", "--lead", CITY, "--person", "p2", *word)
    assert "是被反映的人" in office.no("handover", "2026-6", "--to", "p1", *why)
    shown = office.json("show", "6")
    assert (shown["person"], shown["person_id"]) == ("演示乙", "p2")
    office.at("16T09:30", "assign", "6", "--lead", CITY, "--person", "p1", *word)
    shown = office.json("show", "6")
    assert shown["person_id"] == "p1", "by a leader's word"
    assert shown["person"] != "演示甲", "whom it is about is not named in it"


def test_what_lies_before_the_register_began_counts_for_nobody(office: Office) -> None:
    office.call("register", "off", "经办人", now=AFTER)
    office.call("register", "on", "经办人", "--from", "2026-11-10", now=AFTER)
    found = office.json("assess", "--month", "2026-11")
    assert found["persons_since"] == "2026-11-10"
    own = {p["id"]: p for s in found["subjects"] for p in s["persons"]}
    assert set(own) == {"p2"}
    assert (own["p2"]["cases"], own["p2"]["resolved"], own["p2"]["late"]) == (2, 1, 1)


def test_a_return_loses_the_person_and_the_same_unit_keeps_him(office: Office) -> None:
    office.case("16", "6", CITY, "--person", "p1")
    office.at("16T12:00", "assign", "6", "--lead", CITY, "--assist", MARKET)
    assert office.json("show", "6")["person_id"] == "p1"
    office.at("16T13:00", "resolve", "6", "--outcome", "已清理", "--kind", "已解决")
    office.at("16T14:00", "reopen", "6", "--reason", "又来了")
    assert office.json("show", "6")["person_id"] == "p1", "reopened to the same unit"
    office.at("16T15:00", "return", "6", "--reason", "不属本单位")
    assert office.json("show", "6")["person_id"] is None


def test_asleep_nothing_of_it_is_there(call: Runner, office: Office) -> None:
    call("register", "off", "经办人", now=AFTER)
    for argv in (
        ("assign", "2026-3", "--lead", MARKET, "--person", "p3"),
        ("handover", "2026-3", "--to", "p1", "--reason", "演示"),
        ("list", "--person", "p1"),
        ("overdue", "--person", "p1"),
    ):
        assert "经办人登记还没有启用" in office.no(*argv)
    assert not call("list", now=AFTER).out.splitlines()[0].endswith("person")
    found = office.json("assess", "--month", "2026-11")
    assert "persons_since" not in found
    assert all("persons" not in subject for subject in found["subjects"])
    assert "经办件数" not in call("assess", "--month", "2026-11", "--drill", "无", now=AFTER).err
    assert "责任到人" not in call("assess", "--month", "2026-11", "--format", "md", now=AFTER).out


# --- grids -----------------------------------------------------------------------------------


def grids(office: Office, level: str, name: str) -> Any:
    lines = office.json("units", "grids", "--month", "2026-11")
    return next(line for line in lines if line["level"] == level and name in str(line[level]))


def test_what_a_grid_worker_enters_himself_is_his_with_the_share_that_held(office: Office) -> None:
    def enters(by: str, number: str, day: str) -> None:
        words = (f"演示{number}", "--channel", "基础网格", "--community", PLACE, "--grid", GRID)
        done = office.call(
            "--by", by, "intake", *words, "--severity", "一般", now=f"2026-11-{day}T09:00:00+08:00"
        )
        assert done.code == 0, done.err

    enters("演示丁", "6", "16")
    enters("p4", "7", "16")
    enters("演示丁 (江一社区)", "8", "16")
    enters("演示主任", "9", "16")
    office.at("17T09:00", "accept", "6")
    office.at("17T09:00", "decline", "7", "--reason", "不实", "--category", "不予受理")
    line = grids(office, "worker", "p4")
    assert (line["reports"], line["decided"], line["accepted"]) == (3, 2, 1)
    assert line["valid"]["rate"] == 50.0
    assert len(office.json("units", "grids", "--month", "2026-11", "--drill", "人员.p4.上报")) == 3
    assert grids(office, "grid", GRID)["reports"] == 4
    office.call("register", "off", "经办人", now=AFTER)
    assert grids(office, "worker", "p4")["reports"] == 0
    office.call("register", "on", "经办人", "--from", "2026-11-20", now=AFTER)
    assert grids(office, "worker", "p4")["reports"] == 0, "before the register began"


def test_what_a_worker_enters_is_his_wherever_it_is_and_when_he_has_left(office: Office) -> None:
    words = ("--channel", "基础网格", "--severity", "一般")
    for number, place in ((6, ("--community", "江二社区")), (7, ()), (8, ("--community", PLACE))):
        office.at("16T09:00", "intake", f"演示{number}", *words, *place, "--reporter", "演示主任")
        assert office.call("--by", "演示丁", "intake", f"演示丁{number}", *words, *place,
                           now="2026-11-16T09:30:00+08:00").code == 0  # fmt: skip

    def own(*options: str) -> tuple[int, int]:
        listed = office.json("units", "grids", "--month", "2026-11", *options)
        (line,) = [line for line in listed if str(line["worker"]).startswith("p4")]
        drilled = (*options, "--drill", "人员.p4.上报")
        return line["reports"], len(office.json("units", "grids", "--month", "2026-11", *drilled))

    assert own() == (3, 3)
    assert own("--community", PLACE) == (3, 3)
    of_place = office.json("units", "grids", "--month", "2026-11", "--community", PLACE)
    assert {line["community"] for line in of_place} == {PLACE}
    office.at("20T09:00", "units", "person", "leave", "p4", "--from", "2026-11-20")
    assert own() == (3, 3), "what he did before he left stays his"
    said = office.call("units", "grids", "--month", "2026-11", now=AFTER).err
    assert "没有网格长的网格" in said
    office.call("register", "off", "经办人", now=AFTER)
    asleep = office.json("units", "grids", "--month", "2026-11")
    assert not any(line["worker"] for line in asleep)


def test_a_grid_without_head_or_worker_is_named(office: Office) -> None:
    said = office.call("units", "grids", "--month", "2026-11", now=AFTER).err
    assert "没有网格长的网格" in said
    office.at("10T09:00", "units", "person", "change", "p4", "--role", "网格长、专职网格员",
              "--from", "2026-11-10")  # fmt: skip
    again = office.call("units", "grids", "--month", "2026-11", now=AFTER).err
    assert GRID in said
    assert GRID not in again
    assert grids(office, "worker", "p4")["role"] == "网格长、专职网格员"


def test_an_inspection_is_counted_beside_the_patrols_and_covers_no_grid(office: Office) -> None:
    words = (
        "patrol",
        "record",
        "--grid",
        GRID,
        "--member",
        "p4",
        "--from",
        "9:00",
        "--to",
        "10:00",
    )
    day = ("--date", "2026-11-16")
    assert "巡查队伍不合要求" in office.no(*words, *day)
    assert "巡查、检查、督查" in office.no(*words, *day, "--kind", "抽查")
    made = office.at("16T15:00", *words, *day, "--kind", "督查", "--json").json()
    assert made[0]["kind"] == "督查"
    gaps = office.call("patrol", "gaps", "--json", now=AFTER)
    own = next(each for each in gaps.json() if each["grid"] == GRID)
    assert (own["patrols"], own["last"]) == (0, None)
    assert "另有督查 1 次" in gaps.err
    found = office.call("units", "grids", "--month", "2026-11", "--json", now=AFTER)
    assert "另有督查 1 次" in found.err
    assert all(line["patrols"] == 0 for line in found.json())
    assert "督查" in office.call("log", "--stream", "巡查", now=AFTER).out
    office.call("register", "off", "经办人", now=AFTER)
    assert "还没有启用" in office.no(*words, *day, "--kind", "检查")
    assert "kind" not in office.json("patrol", "list")[0]
