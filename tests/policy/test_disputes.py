"""矛盾纠纷 by kind, mediated or not; monthly numbers of nobody by name (附1.3)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from sixping.errors import BadData, NotAllowed
from sixping.policy.meetings import Disputes, load_rules, parse_rules
from sixping.util import datafiles
from tests.conftest import Runner
from tests.kit.fieldkit import Street, a_street

OF_NOVEMBER = "2026-12-02T09:00:00+08:00"
QUARREL = ("--category", "邻里纠纷")


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


@pytest.fixture
def kept(street: Street) -> Street:
    street.do("register", "on", "矛盾纠纷", "帮教禁毒数字", "--from", "2026-11-01")
    return street


def test_asleep_neither_is_recorded_nor_shown(street: Street) -> None:
    number = street.case("邻里吵架", *QUARREL)
    assert "register on" in street.no("dispute", number, "--kind", "邻里", "--mediated", "是")
    assert "register on" in street.no("groups", "enter", "帮教在册", "3", "--unit", "江一社区")
    assert street.do("disputes", "--month", "2026-11", "--json").json()["kinds"] == []
    assert street.do("groups", "list").out == ""
    agenda = street.do("meeting", "agenda", street.plan("--reason", "顺延", kind="集体会商",
                                                        day="2026-12-02"), "--json")  # fmt: skip
    sources = {i["source"] for each in agenda.json()["headings"] for i in each["items"]}
    assert not {"mediated", "groups"} & sources


def test_disputes_are_counted_as_a_recount_of_their_events_has_them(kept: Street) -> None:
    numbers = [kept.case(f"邻里吵架, 第{n}家", *QUARREL) for n in range(4)]
    kept.case("占道经营")
    for number, kind, state in (
        (numbers[0], "邻里", "是"), (numbers[1], "邻里", "否"), (numbers[1], "物业", "部分"),
        (numbers[2], "邻里", "no"),
    ):  # fmt: skip
        kept.do("dispute", number, "--kind", kind, "--mediated", state, "--unit", "司法所")
    document = kept.do("disputes", "--month", "2026-11", "--json").json()
    last: dict[str, tuple[str, str]] = {}
    for entry in kept.do("log", "--json").json():
        if entry["kind"] == "mediated":
            last[entry["subject"] if "subject" in entry else entry["number"]] = (
                entry["sort"], entry["mediated"],
            )  # fmt: skip
    again = Counter(last.values())
    assert (document["received"], document["unrecorded"]) == (4, 1)
    for row in document["kinds"][:-1]:
        for key, state in (("mediated", "yes"), ("partly", "partly"), ("not_mediated", "no")):
            assert row[key] == again[row["kind"], state]
    assert document["kinds"][-1]["numbers"] == [numbers[3]]
    assert document["kinds"][-1]["not_mediated"] is None  # nobody knows, it is not none
    drilled = kept.do("disputes", "--month", "2026-11", "--drill", "邻里.未调处", "--json").json()
    assert [row["number"] for row in drilled] == [numbers[2]]
    assert "吵架" not in json.dumps(drilled, ensure_ascii=False)  # no word of a reporter
    assert "可用: " in kept.no("disputes", "--month", "2026-11", "--drill", " . ")
    kept.do("undo", numbers[2], "--reason", "记错")
    assert kept.do("disputes", "--month", "2026-11", "--json").json()["unrecorded"] == 2
    agenda = kept.do("meeting", "agenda", kept.plan("--reason", "顺延", kind="集体会商",
                                                    day="2026-12-02"), "--json")  # fmt: skip
    items = [i for i in agenda.json()["headings"][2]["items"] if i["source"] == "mediated"]
    assert items[0]["text"].startswith("合计: 4 件; 已调处 1, 部分调处 1, 未调处 0, 没有登记 2")
    assert {number for item in items for number in item["numbers"]} == set(numbers)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "外星", "--mediated", "是"), "可用: 邻里"),
        (("--kind", "邻里", "--mediated", "也许"), "可用: 是、否、部分"),
        (("--kind", "邻里", "--mediated", "是", "--unit", "外星"), "没有这个单位"),
    ],
)
def test_what_no_rule_knows_is_refused(kept: Street, words: tuple[str, ...], said: str) -> None:
    assert said in kept.no("dispute", kept.case("邻里吵架", *QUARREL), *words)


def test_rules_name_each_monthly_number_once() -> None:
    text, _ = datafiles.read("meetings.toml", datafiles.shipped())
    with pytest.raises(BadData, match=r"measure\.name 重复: 帮教在册"):
        parse_rules(text.replace('name = "帮教走访"', 'name = "帮教在册"'), "meetings.toml")


def test_rules_of_before_there_were_kinds_say_where_newer_ones_come_from() -> None:
    older = load_rules()._replace(measures=(), disputes=Disputes(), task_kinds=())
    for asked in (older.measure, older.dispute_kind, older.task_kind):
        with pytest.raises(NotAllowed, match="规则里没有") as refused:
            asked("帮教在册")
        assert "policy adopt" in refused.value.hint


def test_under_rules_that_know_no_disputes_none_is_not_the_answer(
    kept: Street, tmp_path: Path
) -> None:
    text, _ = datafiles.read("meetings.toml", datafiles.shipped())
    first, rest = text.split("[disputes]")
    older = first + rest[rest.index("[[measure]]") :].replace('"mediated", ', "")
    (tmp_path / "meetings.toml").write_text(older, "utf-8")
    kept.do("policy", "adopt", str(tmp_path))
    kept.case("邻里吵架", *QUARREL)
    refused = kept.no("disputes", "--month", "2026-11")
    assert "没有矛盾纠纷的类别" in refused
    assert "policy adopt" in refused
    kept.do("register", "off", "矛盾纠纷", "帮教禁毒数字")
    said = kept.do("register", "on", "矛盾纠纷", "帮教禁毒数字").err
    assert "meetings.toml 的 disputes" in said
    assert "meetings.toml 的 measure" not in said


def test_another_case_is_no_dispute(kept: Street) -> None:
    words = ("--kind", "邻里", "--mediated", "是")
    assert "不是矛盾纠纷" in kept.no("dispute", kept.case("占道经营"), *words)


def test_monthly_numbers_are_summed_over_the_units_that_gave_them(kept: Street) -> None:
    for unit, count in (("江一社区", "5"), ("江二社区", "0")):
        kept.do("groups", "enter", "帮教在册", count, "--unit", unit, "--month", "2026-11")
    enter = ("groups", "enter")
    november = ("--unit", "江一社区", "--month", "2026-11")
    assert "已填 5" in kept.no(*enter, "帮教在册", "6", *november)
    assert "在这以前" in kept.no(*enter, "帮教在册", "6", "--unit", "江一社区")
    assert "可用: 帮教在册" in kept.no(*enter, "演示甲", "6", *november)  # no word, so no name
    one = kept.do("groups", "list", "--unit", "江二社区", "--json").json()
    assert [row["count"] for row in one] == [0]
    assert kept.do("groups", "list", "--month", "2026-10", "--json").json() == []
    seq = kept.do("groups", "list", "--json").json()[0]["seq"]
    agenda = kept.do("meeting", "agenda", kept.plan("--reason", "顺延", kind="集体会商",
                                                    day="2026-12-02"), "--json")  # fmt: skip
    (item,) = [i for i in agenda.json()["headings"][4]["items"] if i["source"] == "groups"]
    assert item["text"] == "安置帮教 帮教在册: 5 人 (2 个单位填报)"
    kept.do("groups", "void", str(seq), "--reason", "填错")
    kept.do(*enter, "帮教在册", "6", *november)
    listed = kept.do("groups", "list", "--month", "2026-11", "--json").json()
    assert {(row["unit"], row["count"]) for row in listed} == {("江一社区", 6), ("江二社区", 0)}
