"""``assess`` from the command line (五.2, 附3.5): figures that open, scores by the street."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Result, Runner
from tests.kit.histories import Life
from tests.kit.street import adopt

AFTER = "2026-12-03T09:00:00+08:00"
CITY, MARKET, ROOM = "城管执法中队", "市场监管所", "综合信息指挥室"
PLACE = "江一社区"
#: a moment as a paper says it
WORDS = ("%Y年%-m月%-d日 %H:%M", "%Y年%-m月%-d日")


def ok(result: Result) -> Result:
    assert result.code == 0, result.err
    return result


def subject(result: Result, name: str) -> Any:
    return next(one for one in result.json()["subjects"] if one["name"] == name)


def pair(result: Result, name: str, indicator: str) -> tuple[int, int]:
    rate = subject(result, name)["rates"][indicator]
    return rate["n"], rate["d"]


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:
    """Return ``call`` on a ledger with three matters of November, one late at a hand-over."""
    assert ledger.exists()

    def step(now: str, *argv: str) -> None:
        ok(call("--by", "演示甲", *argv, now=f"2026-11-{now}:00+08:00"))

    for number in ("1", "2", "3"):
        step("02T09:00", "intake", "演示: 占道经营", "--severity", "一般", "--community", PLACE)
        step("02T10:00", "accept", number)
        step("02T11:00", "assign", number, "--lead", CITY)
    step("02T12:00", "sign", "1")
    step("04T09:00", "resolve", "1", "--outcome", "已清理")
    step("04T10:00", "feedback", "1", "已告知", "--satisfaction", "5")
    # Due on the 9th: handed over in the last ten minutes of that day, too late for MARKET.
    step("09T16:50", "assign", "2", "--lead", MARKET)
    step("12T09:00", "resolve", "2", "--outcome", "已清理")
    step("12T10:00", "feedback", "2", "已告知", "--satisfaction", "2")
    step("03T09:00", "return", "3", "--reason", "不属本单位")
    step("03T10:00", "assign", "3", "--lead", MARKET)
    step("05T09:00", "urge", "3", "--level", "普通", "--reason", "请抓紧")
    return call


@pytest.fixture
def weights(call: Runner, street: Runner, tmp_path: Path) -> None:  # noqa: ARG001
    """Have the street adopt weights, two points a lapse, and no minimum."""
    folder = tmp_path / "own"
    folder.mkdir()
    shipped = (ROOT / "data" / "assessment.toml").read_text(encoding="utf-8")
    blocks = shipped.split("\n\n")
    for place, block in enumerate(blocks):
        if 'id = "finish_on_time"' in block:
            blocks[place] = f"{block.rstrip()}\nweight = 60"
        if 'id = "returned_rate"' in block:
            blocks[place] = f"{block.rstrip()}\nweight = 40"
        if 'id = "lapses"' in block:
            blocks[place] = f"{block.rstrip()}\npoints = 2"
    (folder / "assessment.toml").write_text("\n\n".join(blocks), encoding="utf-8")
    policy = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    before, _, rest = policy.partition("[edition.readings.small_sample]\nvalue = 10")
    assert rest
    policy = f"{before}[edition.readings.small_sample]\nvalue = 2{rest}"
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    adopt(call, folder)


# --- figures ---------------------------------------------------------------------------


def test_a_breach_falls_to_the_unit_that_passed_it_on_too_late(street: Runner) -> None:
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(found, CITY, "finish_on_time") == (1, 2)
    # The third matter, in its hands since the 3rd, is MARKET's; the second is not.
    assert pair(found, MARKET, "finish_on_time") == (0, 1)
    rows = street(
        "assess", "--month", "2026-11", "--drill", "finish_on_time", "--json", now=AFTER
    ).json()
    late = {r["number"]: (r["unit"], r["what"]) for r in rows if not r["counted"]}
    assert late["2026-000002"][0] == CITY
    assert f"到期时在{MARKET}" in late["2026-000002"][1]
    assert late["2026-000003"][0] == MARKET


def test_returns_signatures_answers_and_demands_stand_with_their_unit(street: Runner) -> None:
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(found, CITY, "signed_rate") == (1, 3)
    assert pair(found, CITY, "returned_rate") == (1, 3)
    assert pair(found, MARKET, "returned_rate") == (0, 2)
    assert pair(found, CITY, "satisfied") == (1, 1)
    assert pair(found, MARKET, "satisfied") == (0, 1)
    assert pair(found, MARKET, "urge_answered") == (0, 1)
    assert subject(found, MARKET)["deductions"]["urges_open"]["n"] == 1
    assert pair(found, ROOM, "accept_on_time") == (3, 3)
    assert pair(found, PLACE, "place_resolved") == (2, 3)
    ok(street("answer-urge", "3", "已安排", now=AFTER))
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(found, MARKET, "urge_answered") == (1, 1)


def test_the_work_of_a_grid_counts_for_its_community(street: Runner) -> None:
    before = street("assess", "--month", "2026-11", "--json", now=AFTER)
    place, grid = "江二社区", "江二社区第一网格"
    n, d = pair(before, place, "finish_on_time")
    at = {"now": "2026-11-10T09:00:00+08:00"}
    ok(street("intake", "演示: 垃圾堆放", "--severity", "一般", **at))
    ok(street("accept", "4", **at))
    ok(street("assign", "4", "--lead", grid, **at))
    late = ("--at", "2026-11-11T09:00", "--reason", "补记", "--approved-by", "分管领导")
    ok(street("resolve", "4", "--outcome", "已清理", *late, now="2026-11-12T09:00:00+08:00"))
    found = street("assess", "--month", "2026-11", "--json", now="2026-12-02T09:00:00+08:00")
    assert pair(found, place, "finish_on_time") == (n + 1, d + 1)
    assert subject(found, place)["beside"]["stated"] == 1
    assert found.json()["nobody"]["beside"]["stated"] == 0
    assert grid not in {other["name"] for other in found.json()["others"]}
    drill = ("assess", "--month", "2026-11", "--json", "--unit", place, "--drill")
    rows = street(*drill, "finish_on_time", now="2026-12-02T09:00:00+08:00").json()
    assert any(grid in row["what"] for row in rows)


def test_the_people_who_acted_stand_beneath_their_own_unit(street: Runner) -> None:
    ok(street("units", "person", "add", "演示乙", "--unit", MARKET, "--from", "2026-01-01",
              now="2026-11-12T10:00:00+08:00"))  # fmt: skip
    ok(street("--by", "演示乙", "sign", "3", now="2026-11-12T11:00:00+08:00"))
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    people = {p["by"]: p["cases"] for p in subject(found, MARKET)["people"]}
    assert people["演示乙"] == 1
    assert pair(found, CITY, "signed_rate") == (1, 3)  # what the next unit signed is not its own
    ok(street("--by", "演示乙", "note", "1", "协查", now="2026-11-12T12:00:00+08:00"))
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert "演示乙" not in {p["by"] for p in subject(found, CITY)["people"]}
    assert people["演示甲"] == 2  # a stranger stands where the matter was when he acted
    rows = street("assess", "--month", "2026-11", "--drill", "people", "--unit", MARKET, "--json",
                  now=AFTER).json()  # fmt: skip
    assert [r["what"] for r in rows if r["by"] == "演示乙"] == ["记事", "签收"]
    ok(street("units", "person", "add", "演示乙", "--unit", ROOM, "--from", "2026-01-01",
              now="2026-11-12T13:00:00+08:00"))  # fmt: skip
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    # Two of that name: each step stands with the matter again.
    assert {p["by"] for p in subject(found, CITY)["people"]} == {"演示甲", "演示乙"}


def test_a_demand_is_answered_by_its_day_and_by_its_own_answer(street: Runner) -> None:
    def answered(now: str) -> tuple[int, int]:
        found = street("assess", "--month", "2026-11", "--json", now=f"2026-11-{now}:00+08:00")
        return pair(found, MARKET, "urge_answered")

    def urge(now: str, level: str, day: str) -> None:
        ok(street("urge", "3", "--level", level, "--reason", "请抓紧", "--answer-by", day,
                  now=f"2026-11-{now}:00+08:00"))  # fmt: skip

    assert answered("05T10:00") == (0, 1)  # without a day: open from the first
    ok(street("answer-urge", "3", "已安排", now="2026-11-05T11:00:00+08:00"))
    urge("06T09:00", "黄牌", "2026-11-10")
    assert answered("10T17:00") == (1, 1)  # five sharp of its day has not passed
    assert answered("10T17:01") == (1, 2)
    ok(street("answer-urge", "3", "已安排", now="2026-11-11T09:00:00+08:00"))
    assert answered("12T09:00") == (1, 2)  # too late is not answered
    urge("12T09:00", "红牌", "2026-11-16")
    ok(street("answer-urge", "3", "已到场", now="2026-11-16T17:00:00+08:00"))
    assert answered("30T09:00") == (2, 3)


def test_telling_only_who_repeated_it_is_not_telling_who_reported_it(street: Runner) -> None:
    def step(*argv: str) -> None:
        ok(street(*argv, now="2026-11-16T09:00:00+08:00"))

    for number in ("4", "5"):
        step("intake", "演示: 店外经营", "--severity", "一般")
        step("accept", number)
    step("assign", "4", "--lead", CITY)
    step("merge", "5", "--into", "4")
    step("resolve", "4", "--outcome", "已清理")
    step("feedback", "5", "已告知")
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(found, CITY, "feedback_rate") == (2, 3)
    step("feedback", "4", "已告知")
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(found, CITY, "feedback_rate") == (3, 3)
    assert subject(found, CITY)["cases"] == 4  # the repeat is no case of its own


def test_what_is_missed_in_a_month_without_any_step_is_found(street: Runner) -> None:
    for argv in (
        ("intake", "演示: 违章搭建", "--severity", "一般"),
        ("accept", "4"),
        ("assign", "4", "--lead", MARKET),
        ("part", "4", "--unit", MARKET, "--due", "2027-01-11", "--task", "核查证照"),
    ):
        # once both limits have passed nothing bounds the date of a part
        ok(street(*argv, now=f"2026-{12 if argv[0] == 'part' else 11}-16T09:00:00+08:00"))
    later = "2027-02-03T09:00:00+08:00"
    found = street("assess", "--month", "2027-01", "--json", now=later)
    assert subject(found, MARKET)["deductions"]["lapses"]["n"] == 1


def test_every_number_is_the_count_of_what_drill_lists(call: Runner, tmp_path: Path) -> None:
    life = Life(tmp_path / "life.sqlite3", 3)
    life.live()
    now = life.moments[-1].at.isoformat()

    def assess(*argv: str) -> Any:
        return call("--ledger", str(life.path), "assess", "--year", "2026", *argv, now=now).json()

    found = assess("--json")
    seen = 0
    for measure in [one["id"] for one in (*found["indicators"], *found["deductions"])]:
        rows = assess("--drill", measure, "--json")
        for one in found["subjects"]:
            own = [row for row in rows if row["unit"] == one["name"]]
            counted = sum(row["counted"] for row in own)
            if measure in one["rates"]:
                figure = one["rates"][measure]
                assert (figure["n"], figure["d"]) == (counted, len(own)), (measure, one["name"])
            elif measure in one["deductions"]:
                assert one["deductions"][measure]["n"] == counted == len(own)
            else:
                continue
            seen += counted
    cases, people = assess("--drill", "cases", "--json"), assess("--drill", "people", "--json")
    for one in found["subjects"]:
        assert one["cases"] == len({r["number"] for r in cases if r["unit"] == one["name"]})
        steps = sum(p["steps"] for p in one["people"])
        assert steps == sum(r["unit"] == one["name"] for r in people)
    assert seen > 100


def test_the_same_ledger_gives_the_same_page_byte_for_byte(street: Runner) -> None:
    """But for the moment it says it was made at."""
    later = "2027-03-08T11:11:11+08:00"
    for fmt in ("md", "json", "tsv", "table"):
        argv = ("assess", "--month", "2026-11", "--format", fmt)
        made, again = (unescape(ok(street(*argv, now=at)).out) for at in (AFTER, later))
        for form in ("%Y-%m-%dT%H:%M:%S+08:00", "%Y-%m-%d %H:%M:%S", *WORDS):
            moment, then = (datetime.fromisoformat(at).strftime(form) for at in (later, AFTER))
            again = again.replace(moment, then)
        assert made == again
        assert made


def test_a_page_says_when_it_was_made_until_when_it_counts_and_when_it_judges(
    street: Runner,
) -> None:
    """A step of December counts in November's page; what is late is judged at November's end."""
    argv = ("assess", "--month", "2026-11")
    before = street(*argv, "--json", now=AFTER)
    assert (before.json()["made_at"], before.json()["counts_until"]) == (AFTER, AFTER)
    assert before.json()["as_of"] == "2026-11-30T23:59:59+08:00"
    assert pair(before, MARKET, "urge_answered") == (0, 1)
    then, later = "2026-12-04T10:00:00+08:00", "2026-12-05T09:00:00+08:00"
    ok(street("answer-urge", "3", "已到现场", now=then))
    after = street(*argv, "--json", now=later)
    assert pair(after, MARKET, "urge_answered") == (1, 1)
    past = street(*argv, "--as-of", "2026-12-03 09:00", "--json", now=later)
    assert (past.json()["made_at"], past.json()["counts_until"]) == (later, AFTER)
    assert past.json()["subjects"] == before.json()["subjects"]
    page = unescape(street(*argv, "--format", "md", now=later).out)
    assert "截至 2026-12-05 09:00:00 的记录都计入" in page
    assert "是否超期按 2026-11-30 23:59:59 判定; 2026-12-05 09:00:00 生成" in page


def test_the_past_page_is_that_of_then(street: Runner) -> None:
    later = "2027-03-08T11:11:11+08:00"
    before = street("assess", "--month", "2026-11", "--json", now=AFTER).json()
    ok(street("resolve", "2026-000003", "--outcome", "已清理", now=later))
    past = street("assess", "--month", "2026-11", "--as-of", "2026-12-03", "--json", now=later)
    assert past.json()["subjects"] == before["subjects"]


def test_a_period_that_runs_says_the_moment_it_stands_at(street: Runner) -> None:
    found = street("assess", "--quarter", "2026Q4", "--json", now=AFTER).json()
    assert found["as_of"] == AFTER
    assert found["period"] == {"from": "2026-10-01", "to": "2026-12-31"}
    early = street("assess", "--month", "2026-11", "--json", now="2026-11-06T09:00:00+08:00")
    assert pair(early, MARKET, "finish_on_time") == (0, 0)  # open, and not due before the 9th


def test_duty_compliance_is_what_duty_check_says(street: Runner) -> None:
    silent = street("assess", "--month", "2026-11", "--json", now=AFTER)
    assert pair(silent, CITY, "duty_compliance") == (0, 0)  # nobody declared the beginning
    ok(street("duty", "begin", "2026-11-02", now=AFTER))
    for who in ("演示丙", "演示丁"):
        ok(street("units", "person", "add", who, "--unit", CITY, "--from", "2026-01-01",
                  "--licence", "A1", "--licence-until", "2027-12-31", "--phone", "13800000000",
                  now=AFTER))  # fmt: skip
        ok(street("duty", "in", who, "--at", "2026-11-24 8:00", now=AFTER))
        ok(street("duty", "out", who, "--at", "2026-11-24 17:00", now=AFTER))
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    checked = street("duty", "check", "--month", "2026-11", "--json", now=AFTER).json()
    for one in checked["agencies"]:
        online = one["compliant"] is None
        own = pair(found, one["agency"], "online_answered" if online else "duty_compliance")
        counts = ("answered", "assigned") if online else ("compliant", "workdays")
        assert own == tuple(one[count] for count in counts)
        if not online:
            recorded = pair(found, one["agency"], "duty_recorded")
            assert recorded == (one["recorded"], one["workdays"])
    assert pair(found, CITY, "duty_compliance") == (1, 21)


# --- scores ----------------------------------------------------------------------------


def test_without_weights_the_page_shows_figures_and_says_why_nobody_is_ranked(
    street: Runner,
) -> None:
    page = ok(street("assess", "--month", "2026-11", "--format", "md", now=AFTER)).out
    assert "只列数，不计分、不排名" in page
    assert "办结期限在本期内届满的，以件次计" in page  # the cohort is printed beside its rate
    row = next(line for line in page.splitlines() if line.startswith(f"| {CITY} "))
    assert "| 1/2 |" in row
    assert "%" not in row  # of two nobody says a rate
    found = street("assess", "--month", "2026-11", "--json", now=AFTER).json()
    assert {(s["rank"], s["total"]) for s in found["subjects"]} == {(None, None)}


def test_the_streets_own_file_scores_and_ranks_and_few_cases_are_not_ranked(
    street: Runner,
    weights: None,  # noqa: ARG001
) -> None:
    found = street("assess", "--month", "2026-11", "--json", now=AFTER)
    city, market = subject(found, CITY), subject(found, MARKET)
    # CITY: 60 x 1/2 + 40 x 2/3 less its lapses; MARKET: 60 x 0 + 40 x 1.
    lost = 2 * city["deductions"]["lapses"]["n"]
    assert lost > 0
    assert city["total"] == f"{56.67 - lost:.2f}"
    assert market["rates"]["returned_rate"]["score"] == "40.00"
    assert {city["rank"], market["rank"]} == {1, 2}
    idle = subject(found, "派出所")
    assert (idle["cases"], idle["rank"], idle["unranked"]) == (0, None, "件数过少")
    page = street("assess", "--month", "2026-11", "--format", "md", now=AFTER).out
    assert "少于 2 件的只列数、不排名" in page
    assert "一两件之差" in page


def test_points_by_hand_bear_reason_and_author_and_can_be_voided(
    street: Runner,
    weights: None,  # noqa: ARG001
) -> None:
    def total() -> float:
        found = street("assess", "--month", "2026-11", "--json", now=AFTER)
        return float(subject(found, MARKET)["total"])

    before = total()
    given = ("--unit", "市监所", "--points=-1.5", "--date", "2026-11-20")
    why = ("--reason", "材料迟交, 联系 13800000000")
    ok(street("--by", "演示乙", "assess", "item", "add", *given, *why, now=AFTER))
    assert total() == before - 1.5
    past = street("assess", "--month", "2026-11", "--as-of", "2026-12-02", "--json", now=AFTER)
    assert subject(past, MARKET)["items"] == []
    (item,) = street("assess", "item", "list", "--json", now=AFTER).json()
    assert (item["unit"], item["points"], item["by"]) == (MARKET, "-1.5", "演示乙")
    page = street("assess", "--month", "2026-11", "--format", "md", now=AFTER).out
    assert "材料迟交" in page
    assert "13800000000" not in page
    ok(street("assess", "void", str(item["seq"]), "--reason", "记错单位", now=AFTER))
    assert total() == before
    log = street("log", "--stream", "assessment", now=AFTER).out
    assert "考核加减分" in log
    ok(street("verify", now=AFTER))


# --- the year --------------------------------------------------------------------------


def test_the_year_has_a_sheet_for_each_agency_with_what_the_street_wrote(street: Runner) -> None:
    empty = ok(street("assess", "--year", "2026", "--unit", MARKET, "--format", "md", now=AFTER))
    assert "| 对干部的书面意见 | (未填) |" in empty.out
    ok(street("assess", "opinion", "市监所", "--year", "2026", "--text", "履职良好", now=AFTER))
    ok(street("assess", "consent", MARKET, "--text", "同意拟任人选", "--date", "2026-10-20",
              now=AFTER))  # fmt: skip
    page = street("assess", "--year", "2026", "--unit", MARKET, "--format", "md", now=AFTER).out
    assert f"## 年度考核表：{MARKET}（附3.5）" in page
    assert "| 对干部的书面意见 | 12月3日(周四) |" in page
    assert "| 任免事先同意 | 10月20日(周二) |" in page
    assert "履职良好" not in page  # it goes round: the days alone
    assert "同意拟任人选" not in page
    assert CITY not in page
    (own,) = street("assess", "--year", "2026", "--unit", MARKET, "--json", now=AFTER).json()[
        "sheets"
    ]
    assert own["opinions"][0]["text"] == "履职良好"
    again = street("assess", "opinion", MARKET, "--year", "2026", "--text", "另一份", now=AFTER)
    assert again.code == 1
    assert "assess void" in again.err
    sheets = street("assess", "--year", "2026", "--json", now=AFTER).json()["sheets"]
    assert len(sheets) == 7
    assert street("assess", "--month", "2026-11", "--json", now=AFTER).json()["sheets"] == []


def test_an_agency_that_ended_within_the_year_is_still_assessed(street: Runner) -> None:
    ok(street("units", "end", "规划资源所", "--from", "2026-11-20", now=AFTER))
    kept = street("assess", "--year", "2026", "--json", now=AFTER).json()["subjects"]
    gone = street("assess", "--month", "2026-12", "--json", now=AFTER).json()["subjects"]
    assert "规划资源所" in {one["name"] for one in kept}
    assert "规划资源所" not in {one["name"] for one in gone}


# --- refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["--month", "2026-11", "--kind", "grid"], 2, "机关 (office)、社区 (community)、派驻"),
        (["--month", "2026-11", "--drill", "speed"], 2, "按时办结率"),
        (["--month", "2026-11", "--unit", "第九所"], 2, MARKET),
        (["--month", "2027-02"], 2, "还没有开始"),
        (["--month", "2026-11", "--year", "2026"], 2, "只留一个"),
        (["item", "add", "--unit", MARKET, "--points", "0", "--reason", "无"], 2, "不为 0"),
        (["item", "add", "--unit", MARKET, "--points", "nan", "--reason", "无"], 2, "用不了"),
        (["item", "add", "--unit", MARKET, "--points", "1.005", "--reason", "无"], 2, "两位小数"),
        (["item", "add", "--unit", MARKET, "--points", "1"], 2, "--reason"),
        (["item", "add", "--unit", MARKET, "--points", "1", "--reason", " "], 2, "空的"),
        (["item", "add", "--unit", "江一社区第一网格", "--points", "1", "--reason", "甲"], 2,
         "不是考核对象"),
        (["item", "add", "--unit", "第九所", "--points", "1", "--reason", "甲"], 2, "没有这个单位"),
        (["item", "add", "--unit", MARKET, "--points", "1", "--reason", "甲", "--date",
          "2026-12-04"], 2, "还没有到"),
        (["opinion", "平安建设办", "--text", "甲"], 2, "不是派驻机构"),
        (["opinion", MARKET, "--year", "2027", "--text", "甲"], 2, "还没有开始"),
        (["consent", MARKET, "--text", ""], 2, "空的"),
        (["void", "3", "--reason", "错"], 1, "log --stream assessment"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do_and_leaves_nothing(
    street: Runner, argv: list[str], code: int, said: str
) -> None:
    before = len(street("log", "--json").json())
    found = street("assess", *argv, now=AFTER)
    assert (found.code, said in found.err) == (code, True), found.err
    assert len(street("log", "--json").json()) == before


def test_help_names_what_runs_without_a_word(call: Runner) -> None:
    page = ok(call("assess", "--help")).out
    assert "不写命令时即 sixping assess show" in page
    assert "--drill" in ok(call("assess", "show", "--help")).out


def test_a_unit_goes_by_its_short_name_as_everywhere(street: Runner) -> None:
    whole = ok(street("assess", "--month", "2026-11", "--unit", CITY, "--json", now=AFTER)).json()
    short = ok(street("assess", "--month", "2026-11", "--unit", "城管", "--json", now=AFTER)).json()
    assert [one["name"] for one in short["subjects"]] == [CITY]
    assert short["subjects"] == whole["subjects"]
