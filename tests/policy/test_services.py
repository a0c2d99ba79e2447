"""``service`` and ``intake --service`` (四.1, 附2.4): a catalogue, its questions, its limits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sixping.errors import BadData
from sixping.services import adoption
from tests.conftest import Runner
from tests.kit.fieldkit import Street
from tests.kit.ledgerkit import rows

CATALOGUE = """
edition = "2026年版"

[[item]]
name = "演示登记"
clause = "附2.4"
category = "占道经营"
unit = "江一社区"
window = "综合窗口"
online = true
link = "https://example.invalid/"
workdays = 3
materials = ["申请表", "身份证明"]

[[item.question]]
key = "住所"
text = "自有还是租住?"
choices = ["自有", "租住"]
required = true

[[item.question]]
key = "时间"
text = "什么时候方便?"

[[item]]
name = "演示核查"
clause = "附2.4"
window = "综合窗口"
"""
APPLY = ("intake", "申请办理", "--service", "演示登")
ANSWERED = (*APPLY, "--answer", "住所=自有", "--answer", "时间=晚上打13800000000")


def folder(at: Path, text: str = CATALOGUE) -> Path:
    at.mkdir(exist_ok=True)
    (at / "services.toml").write_text(text, encoding="utf-8")
    return at


@pytest.fixture
def street(call: Runner, ledger: Path, tmp_path: Path) -> Street:
    assert ledger.exists()
    kept = Street(call)
    kept.do("policy", "adopt", str(folder(tmp_path / "rules")))
    kept.do("register", "on", "服务事项", "--from", "2026-11-01")
    return kept


def show(street: Street, number: str, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = street.do("show", number, "--json", *options).json()
    return found


# --- the catalogue -------------------------------------------------------------------------


def test_a_ledger_without_a_catalogue_has_none_and_names_what_to_do(
    call: Runner, ledger: Path
) -> None:
    bare = Street(call)
    assert rows(ledger, "SELECT count(*) FROM events WHERE kind = 'adopted'") == [(8,)]
    assert bare.do("service", "list", "--json").json() == []
    assert "登记还没有启用" in bare.no(*APPLY)
    line = json.dumps({"text": "演示", "service": "演示登记"})
    assert "登记还没有启用" in bare.call("intake", "--jsonl", now=bare.now, stdin=line).out
    bare.do("register", "on", "服务事项")
    assert "policy adopt" in bare.no(*APPLY)


def test_the_catalogue_is_checked_compared_adopted_and_printed(
    street: Street, tmp_path: Path
) -> None:
    changed = folder(tmp_path / "other", CATALOGUE.replace("workdays = 3", "workdays = 4"))
    diff = street.do("policy", "diff", str(changed), "--json").json()
    assert [(d["name"], d["key"], d["new"]) for d in diff] == [
        ("services", "item[演示登记].workdays", "4")
    ]
    assert "services" in {
        d["name"] for d in street.do("policy", "show", "--json").json()["documents"]
    }
    assert [item["name"] for item in street.do("service", "list", "--json").json()] == [
        "演示登记", "演示核查",
    ]  # fmt: skip
    page = street.do("service", "list", "-o", str(tmp_path / "目录.html"))
    assert page.code == 0
    assert "公开服务事项" in (tmp_path / "目录.html").read_text("utf-8")
    assert street.do("service", "show", "演示核", "--json").json()["workdays"] is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('category = "占道经营"', 'category = "无此"', "没有这个类别"),
        ('unit = "江一社区"', 'unit = "无此"', "没有这个单位"),
        ("workdays = 3", "workdays = 16", "长于办法的最长时限 15"),
        ("workdays = 3", "workdays = 3\nceiling = 2", "不应短于"),
        ('clause = "附2.4"\nwindow = "综合窗口"', 'clause = "附2.4"', "须写明由谁办"),
        ('link = "https', 'link = "ftp', "应为网址"),
        ('key = "时间"', 'key = "住所"', "重复"),
        ('key = "时间"', 'key = "时=间"', "不能含有 ="),
        ("online = true", "onlin = true", "不是可用的键"),
    ],
)
def test_a_faulty_catalogue_is_not_adopted(old: str, new: str, said: str) -> None:
    text = CATALOGUE.replace(old, new)
    assert text != CATALOGUE
    checked = adoption.check(adoption.offered() | {"services": text})
    (fault,) = checked.failing
    assert said in fault.what
    with pytest.raises(BadData):
        adoption.require_sound(checked)


# --- applied for ---------------------------------------------------------------------------


def test_an_application_takes_the_limit_of_its_item_and_keeps_what_was_answered(
    street: Street, ledger: Path
) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    case = show(street, number)
    clocks = {clock["kind"]: clock for clock in case["clocks"]}
    assert clocks["finish"]["due"] == "2026-11-27T17:00:00+08:00"
    assert clocks["finish"]["clause"] == "附2.4 演示登记, 2026年版"
    assert clocks["ceiling"]["due"] == "2026-12-15T17:00:00+08:00"
    assert (case["category"], case["suggested_lead"]) == ("占道经营", "江一社区")
    assert case["service"] == {
        "name": "演示登记", "catalogue": "2026年版", "workdays": 3, "ceiling": None,
        "answers": {"住所": "自有"}, "replies": "时间: 晚上打138****0000",
    }  # fmt: skip
    ((facts,),) = rows(ledger, "SELECT facts FROM events WHERE kind = 'reported'")
    assert "13800000000" not in str(facts)
    explained = street.do("explain", number, "--json").json()["clocks"]
    assert "附2.4 演示登记, 2026年版" in {clock["clause"] for clock in explained}
    shown = show(street, number, "--reveal", "--reason", "回访")
    assert shown["service"]["replies"] == "时间: 晚上打13800000000"
    assert rows(ledger, "SELECT service FROM case_states") == [("演示登记",)]


def test_what_the_catalogue_says_later_moves_no_promise(street: Street, tmp_path: Path) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    longer = folder(tmp_path / "rules", CATALOGUE.replace("workdays = 3", "workdays = 9"))
    street.do("policy", "adopt", str(longer))
    street.do("accept", number)
    street.do("assign", number, "--lead", "江一社区")
    street.do("resolve", number, "--outcome", "演示")
    again = street.do("reopen", number, "--reason", "演示", "--json").json()
    assert [c["workdays"] for c in again["clocks"] if c["kind"] == "finish"] == [3, 3]
    assert street.do("verify", "--json").json()["ok"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (APPLY, "还须答: 住所 (自有还是租住?) [自有/租住]"),
        ((*APPLY, "--answer", "住所=买的"), "“住所”应为 自有、租住 之一"),
        ((*APPLY, "--answer", "住=自有"), "没有“住”这一问"),
        (("intake", "申请", "--service", "演示灯记"), "是否指: 演示登记"),
        (("intake", "申请", "--service", "演示"), "不是唯一的"),
        (("intake", "申请", "--answer", "住所=自有"), "没有写是哪个服务事项"),
        ((*APPLY, "--answer", "住所"), "键=值"),
    ],
)
def test_what_is_missing_or_unknown_is_named_at_once(
    street: Street, options: tuple[str, ...], said: str
) -> None:
    assert said in street.no(*options)
    assert street.call(*options, now=street.now).code == 2


def test_on_a_terminal_what_is_missing_is_asked(street: Street, ledger: Path) -> None:
    pytest.importorskip("pty", reason="a terminal of its own needs a Unix")
    from tests.kit.ptykit import Terminal

    place = ("--community", "江一社区", "--grid", "江一社区第一网格", "--place", "演示路")
    apply = (*APPLY, *place, "--anonymous", "--severity", "一般")
    desk = Terminal(ledger, street.now, *apply)
    desk.answer("自有还是租住?", "2")
    desk.answer("什么时候方便?")
    assert desk.end() == 0, desk.seen
    assert show(street, "1")["service"]["answers"] == {"住所": "租住"}
    before = street.log()
    given_up = Terminal(ledger, street.now, *apply)
    given_up.until("自有还是租住?")
    given_up.type("\x03")
    assert given_up.end() == 130
    assert street.log() == before


def test_lines_of_json_apply_too_and_the_same_request_is_one(street: Street) -> None:
    line = {
        "text": "申请办理",
        "service": "演示登记",
        "answers": {"住所": "租住"},
        "request_id": "a",
    }
    as_option = {"text": "申请办理", "service": "演示登记", "request_id": "a"}
    lines = [
        line,
        line,
        line | {"answers": {}},
        as_option | {"answer": ["住所=租住"]},
        as_option | {"answer": {"住所": "租住"}},
        line | {"answer": "住所=租住"},
        as_option | {"answer": "租住"},
    ]
    given = "".join(f"{json.dumps(each)}\n" for each in lines)
    done = street.call("intake", "--jsonl", now=street.now, stdin=given)
    first, second, third, listed, said, twice, bare = map(json.loads, done.out.splitlines())
    assert listed["number"] == said["number"] == first["number"]
    assert "写了两次" in twice["error"]
    assert "键=值" in bare["error"]
    assert first["service"]["answers"] == {"住所": "租住"}
    assert second["number"] == first["number"]
    assert "还须答" in third["error"]
    for answers in (["自有"], {"住所": 1}, {"住所": "\x00"}):
        given = json.dumps(line | {"answers": answers, "request_id": "b"})
        done = street.call("intake", "--jsonl", now=street.now, stdin=given)
        assert re.search("answer|住所", json.loads(done.out)["error"])
    street.do("register", "off", "服务事项")
    asleep = street.call("intake", "--jsonl", now=street.now, stdin=json.dumps(line))
    assert asleep.code != 0


def test_no_application_is_of_before_the_beginning(street: Street) -> None:
    early = ("--received", "2026-10-30T09:00")
    assert "自2026年11月1日" in street.no(*ANSWERED, *early)
    street.do(*ANSWERED, "--received", "2026-11-02T09:00")


def test_no_intake_but_an_application_is_another_than_before(street: Street) -> None:
    case = street.do("intake", "占道经营", "--json").json()
    assert not {"service", "materials"} & case.keys()
    last = json.loads(street.log())[-1]
    assert not {"service", "own", "chosen", "catalogue"} & last.keys()


# --- what is owed --------------------------------------------------------------------------


def test_materials_and_parts_are_owed_until_they_come(street: Street) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    street.do("accept", number)
    street.do("assign", number, "--lead", "江一社区", "--assist", "市场监管所")
    street.do("part", number, "--unit", "市场监管所", "--task", "核查")
    street.do("register", "on", "协办要求")
    street.do("demand", number, "演示", "--to", "市场监管所")  # is no material
    street.do("service", "need", number, "--material", "身份证明", "--due", "2026-11-25")
    street.do("service", "need", number, "--material", "核查意见", "--unit", "市场监管所")
    owed = street.do("service", "owes", "--json").json()
    assert [(o["what"], o["by"], o["n"], o["name"]) for o in owed] == [
        ("part", "市场监管所", None, None), ("material", None, 1, "身份证明"),
        ("material", "市场监管所", 2, "核查意见"),
    ]  # fmt: skip
    only = street.do("service", "owes", "--unit", "市场监管所", "--json").json()
    assert len(only) == 2
    overdue = ("overdue", "--kind", "材料待补", "--json")
    assert [i["unit"] for i in street.do(*overdue).json()["items"]] == ["市场监管所"]
    later = street.do(*overdue, now="2026-11-26T09:00:00+08:00").json()["items"]
    assert [(i["workdays_late"], i["unit"]) for i in later] == [
        (1, "江一社区"),
        (None, "市场监管所"),
    ]
    for unit, numbers in (("市场监管所", [None]), ("江一社区", [1]), ("派出所", [])):
        own = street.do(*overdue, "--unit", unit, now="2026-11-26T09:00:00+08:00").json()
        assert [i["workdays_late"] for i in own["items"]] == numbers, unit
    street.do("service", "need", number, "--material", "户籍证明", "--unit", "派出所")
    assert len(street.do(*overdue, "--unit", "派出所").json()["items"]) == 1  # no part in the case
    street.do("undo", number)
    for moment, late in (("17:00:00", []), ("17:00:01", [1])):
        lines = street.do("service", "owes", "--json", now=f"2026-11-25T{moment}+08:00").json()
        assert [line["n"] for line in lines if line["late"]] == late, moment
    street.do("register", "off", "服务事项")
    street.do("register", "on", "服务事项", "--from", "2026-11-25")
    left = street.do(*overdue, now="2026-11-26T09:00:00+08:00").json()["items"]
    assert len(left) == 2, "what was asked for before the register was off stays owed"
    assert [m["name"] for m in show(street, number)["materials"]] == ["身份证明", "核查意见"]
    assert "可用: 1、2" in street.no("service", "got", number)
    assert "没有待补的“户口本”" in street.no("service", "got", number, "--material", "户口本")
    street.do("service", "got", number, "--material", "核查意见")
    owed = street.do("service", "owes", "--json").json()
    assert [o["name"] for o in owed if o["what"] == "material"] == ["身份证明"]
    street.do("service", "got", number)
    assert "没有待补的材料" in street.no("service", "got", number)
    assert [o["what"] for o in street.do("service", "owes", "--json").json()] == ["part"]
    street.do("register", "off", "服务事项")
    assert "register on" in street.no("service", "need", number, "--material", "演示")
    assert "register on" in street.no("service", "got", number)
    assert street.do("verify", "--json").json()["ok"]


def test_a_void_lets_a_material_be_owed_again_and_its_number_is_not_taken(street: Street) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    street.do("service", "need", number, "--material", "演示甲")
    street.do("undo", number)
    street.do("service", "need", number, "--material", "演示乙")
    street.do("service", "got", number)
    street.do("undo", number)
    assert [(m["n"], m["name"]) for m in show(street, number)["materials"]] == [(2, "演示乙")]
    street.do("service", "got", number)
    log = street.do("log", number, "--json").json()
    asked = str(max(each["seq"] for each in log if each["kind"] == "material_owed"))
    assert "没有第 2 样待补的材料" in street.no("void", number, asked, "--reason", "演示")
    for name, hour in (("演示丙", "17"), ("演示丁", "19")):
        street.do("service", "need", number, "--material", name, now=f"2026-11-24T{hour}:00+08:00")
    early = ("--at", "2026-11-24T18:00", "--reason", "补记")
    evening = "2026-11-24T20:00+08:00"
    refused = street.no("service", "got", number, "--material", "4", *early, now=evening)
    assert "早于待补的时间" in refused
    street.do("service", "got", number, "--material", "3", *early, now=evening)


def test_a_merger_says_that_materials_are_no_longer_listed(street: Street) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    other = street.case("又一件")
    street.do("accept", number)
    street.do("service", "need", number, "--material", "演示甲")
    said = street.do("merge", number, "--into", other).err
    assert f"还缺 1 样材料, 并入以后不再列出; 仍需要的: sixping service need {other}" in said
    assert street.do("service", "owes", "--json").json() == []


# --- the report ----------------------------------------------------------------------------


def test_the_report_counts_applications_by_the_limit_they_were_promised(street: Street) -> None:
    fast, slow = (street.do(*ANSWERED, "--json").json()["number"] for _ in range(2))
    other = street.do("intake", "核查", "--service", "演示核查", "--json").json()["number"]
    for number, day in ((fast, "2026-11-26"), (slow, "2026-11-30"), (other, "2026-11-30")):
        moment = f"{day}T09:00:00+08:00"
        street.do("accept", number)
        street.do("assign", number, "--lead", "江一社区")
        street.do("resolve", number, "--outcome", "演示", now=moment)
    street.do("intake", "占道经营")
    month = ("report", "--month", "2026-11", "--json")
    told = street.do(*month, now="2026-12-01T09:00:00+08:00").json()["services"]
    assert told["since"] == "2026-11-01"
    assert told["rows"] == [
        {"name": "演示登记", "received": 2, "done": 2, "due": 2, "on_time": 1},
        {"name": "演示核查", "received": 1, "done": 1, "due": 0, "on_time": 0},
    ]
    page = street.do("report", "--month", "2026-11", "--format", "md", now="2026-12-01T09:00").out
    assert "| 演示登记 | 2 | 2 | 2 | 1 | — |" in page


def test_another_item_is_registered_anew_and_the_refusal_says_how(street: Street) -> None:
    number = street.do(*ANSWERED, "--json").json()["number"]
    line = ("amend", number, "--service", "演示核查", "--reason", "选错事项")
    assert f"sixping undo {number} --reason 理由, 再 sixping intake" in street.no(*line)
    assert "没有" in street.no("amend", number, "--service", "没有的", "--reason", "选错")
    street.do("accept", number)
    assert f"sixping merge {number} --into" in street.no(*line)
    street.do("register", "off", "服务事项")
    assert "register on" in street.no(*line)


# --- files of other systems ----------------------------------------------------------------

PROFILE = """
name = "banjian"
title = "演示办件"
mode = "live"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
service = "服务事项"
answers = "答复"
[defaults]
channel = "微信公众号"
"""


def test_a_file_applies_for_items_as_an_intake_does(street: Street, tmp_path: Path) -> None:
    profile, file = tmp_path / "办件.toml", tmp_path / "办件.csv"
    profile.write_text(PROFILE, encoding="utf-8")
    good = ["7,申请办理,2026-11-24 15:00,演示登,住所=自有; 时间=晚上打13800000000",
            "8,申请办理二,2026-11-24 15:00,演示核查,",
            "9,普通反映,2026-11-24 15:00,,"]  # fmt: skip

    def take(*lines: str) -> Any:
        file.write_text("\n".join(["编号,内容,收到时间,服务事项,答复", *lines]), encoding="utf-8")
        return street.call("import", str(file), "--profile", str(profile), now=street.now)

    bad = ["10,申请,2026-11-24 15:00,没有的事项,", "11,申请,2026-11-24 15:00,演示登记,",
           "12,申请,2026-10-24 15:00,演示核查,", "13,申请,2026-11-24 15:00,,住所=自有"]  # fmt: skip
    done = take(*good, *bad)
    assert done.code == 65
    for word in ("服务事项", "没有的事项", "第 5 行", "还须答", "第 6 行", "2026-11-01", "第 8 行"):
        assert word in done.err
    assert street.do("list", "--all", "--json").json() == []
    assert take(*good).code == 0
    found = {case["text"]: case for case in street.do("list", "--all", "--json").json()}
    typed = show(street, street.do(*ANSWERED, "--json").json()["number"])
    case = show(street, found["申请办理"]["number"])
    for key in ("service", "category", "suggested_lead"):
        assert case[key] == typed[key], key
    due = {clock["kind"]: (clock["due"], clock["clause"]) for clock in case["clocks"]}
    assert due == {clock["kind"]: (clock["due"], clock["clause"]) for clock in typed["clocks"]}
    assert show(street, found["申请办理二"]["number"])["service"]["name"] == "演示核查"
    assert "service" not in show(street, found["普通反映"]["number"])
    again = take(*good)
    assert (again.code, len(street.do("list", "--all", "--json").json())) == (0, 4)
    assert take(good[0].replace("住所=自有", "住所=租住")).code == 65  # another content
    street.do("verify")
    street.do("register", "off", "服务事项")
    assert "register on 服务事项" in take(*good).err
