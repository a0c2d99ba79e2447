"""The registers of a street sleep until it switches them on, each from a day (``register``)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sixping.errors import NotAllowed
from sixping.office import registers
from sixping.policy.registers import REGISTERS
from sixping.queries.cases import head
from sixping.queries.office import _RECORDS, registers_begun
from sixping.store.sqlite import reading
from tests.conftest import Runner
from tests.kit.fieldkit import PEOPLE, Street
from tests.kit.street import adopt
from tests.kit.street import street as another_street


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    return Street(call)


def test_a_register_sleeps_until_it_is_switched_on_and_again_afterwards(
    street: Street, ledger: Path
) -> None:
    street.do("register", "on", "领导批示", "persons", "--from", "2026-12-01")
    with reading(ledger) as con:
        opened, _ = head(con)
        assert registers.begun(con, "persons") == date(2026, 12, 1)
        assert registers.begun(con, "demands") is None
        with pytest.raises(NotAllowed, match="协办要求登记还没有启用"):
            registers.require(con, "demands")
    (line,) = [
        x for x in street.do("log", "--stream", "register").out.splitlines() if "经办人" in x
    ]
    assert line.count("2026-12-01") == 1, "the day is said once"
    street.do("register", "off", "经办人")
    with reading(ledger) as con:
        assert registers.begun(con, "persons") is None
        assert registers_begun(con) == {"instructions": date(2026, 12, 1)}
        assert registers.begun(con, "persons", opened), "as it stood then"
    rows = street.do("register", "list", "--json").json()
    assert {row["key"]: row["since"] for row in rows if row["since"]} == {
        "instructions": "2026-12-01"
    }
    assert [row["key"] for row in rows] == list(REGISTERS)


def test_all_registers_named_are_switched_or_none(street: Street) -> None:
    seq = street.do("register", "on", "经办人").err.partition("第 ")[2].partition(" 号")[0]
    said = street.no("register", "on", "领导批示", "经办人")
    assert "已自" in said
    assert f"sixping register void {seq}" in said
    assert "register list" in street.no("register", "off", "领导批示")
    assert "经办人" in street.no("register", "on", "经半人")
    street.do("register", "void", seq, "--reason", "演示")
    street.do("register", "on", "领导批示", "经办人")


def test_a_register_without_its_rules_says_that_it_lists_nothing(
    street: Street, call: Runner, tmp_path: Path
) -> None:
    assert "edition.source" not in street.do("register", "on", "来源反馈").err
    street.do("register", "off", "来源反馈")
    adopt(call, another_street(tmp_path / "another"))
    assert "edition.source" in street.do("register", "on", "来源反馈").err
    assert "edition.source" not in street.do("register", "on", "领导批示").err


def last(street: Street) -> str:
    return str(street.do("log", "--stream", "register", "--json").json()[-1]["seq"])


def test_an_opening_with_records_under_it_is_closed_and_not_voided(
    street: Street, ledger: Path
) -> None:
    street.case()
    street.do("register", "on", "协办要求", "领导批示")
    demands, instructions = int(last(street)) - 1, last(street)
    street.do("demand", "1", "请核查", "--to", "市场监管所")
    refused = street.no("register", "void", str(demands), "--reason", "演示")
    assert "已有 1 条记录" in refused
    assert "sixping register off 协办要求" in refused
    street.do("register", "void", instructions, "--reason", "没有记录")
    street.do("register", "off", "协办要求", now="2026-11-25T09:00")
    closed = last(street)
    assert "后面的记录" in street.no("register", "void", str(demands), "--reason", "演示")
    (row,) = street.do("register", "void", closed, "--reason", "还在登记", "--json").json()
    assert row["since"] == "2026-11-24", "a mistaken closing leaves no gap"
    street.do("undo", "1")
    street.do("register", "void", str(demands), "--reason", "登记错的已撤")
    with reading(ledger) as con:
        assert registers_begun(con) == {}


def test_on_and_off_answer_the_registers_as_the_list_has_them(street: Street) -> None:
    on = street.do("register", "on", "协办要求", "附件", "--from", "昨天", "--json").json()
    listed = street.do("register", "list", "--json").json()
    assert on == [row for row in listed if row["since"]]
    assert [row["since"] for row in on] == ["2026-11-23"] * 2
    (off,) = street.do("register", "off", "附件", "--json").json()
    assert off == {**on[1], "since": None}


def test_each_register_knows_what_is_recorded_in_it() -> None:
    assert set(_RECORDS) == set(REGISTERS)


def test_a_list_of_then_has_neither_what_came_nor_what_went_later(street: Street) -> None:
    """What was recorded or voided after a moment is no part of the state of that moment."""
    for name, unit, *_ in PEOPLE:
        street.do("units", "person", "add", name, "--unit", unit, "--from", "2026-10-01")
    street.do("units", "person", "add", "演示戊", "--unit", *PEOPLE[0][1:])
    street.case()
    titles = [register.title for register in REGISTERS.values()]
    street.do("register", "on", *titles, "--from", "2026-10-01", now="2026-11-24T15:01")
    lines = {
        "shift list": ("shift note 记事", "shift void"),
        "shift promised": ("shift note 回电 --promised 明天", "shift void"),
        "groups list": ("groups enter 帮教在册 3 --unit 江一社区 --month 2026-11", "groups void"),
        "inspection list":
            ("inspection enter --month 2026-11 --kind 抽检 --value 批次=3", "inspection void"),
        "assess letters": ("assess ask 市场监管所 --bureau 区局 --cadre p4", "assess void"),
        "service owes": ("service need 1 --material 照片 --unit 江一社区", "void 1"),
        "operation list":
            ("operation plan 整治 --date 明天 --unit 城管执法中队 --person p1 --person p5",
             "operation void"),
        "disputes --month 2026-11": ("dispute 2 --kind 邻里 --mediated 是", "void 2"),
        "meeting missing": ("meeting attend m1 p1", "meeting void"),
        "assess procedure": ("", ""),
        "register list": ("", ""),
    }  # fmt: skip

    def asked(now: str, *more: str) -> dict[str, object]:
        return {line: street.do(*line.split(), "--json", *more, now=now).json() for line in lines}

    street.case("楼上漏水吵架", "--category", "邻里纠纷")
    street.do("meeting", "plan", "集体会商", "--date", "2026-10-27", "--convener", "领导小组办公室",
              "--reason", "演示")  # fmt: skip
    before = asked("2026-11-24T15:04")
    voids = []
    for record, void in lines.values():
        if record:
            street.do(*record.split(), now="2026-11-24T15:05")
            seq = max(e["seq"] for e in street.do("log", "--json").json())
            voids.append((*void.split(), str(seq)))
    then = asked("2026-11-24T15:06")
    for words in voids:
        street.do(*words, "--reason", "记错", now="2026-11-26T09:00")
    street.do("register", "off", *titles, now="2026-11-26T10:00")
    now, at = asked("2026-11-26T11:00"), ("--as-of", "2026-11-24 15:06")
    past = asked("2026-11-26T11:00", *at)
    early = asked("2026-11-26T11:00", "--as-of", "2026-11-24 15:04")
    for line, (record, _) in lines.items():
        assert past[line] == then[line], line
        assert early[line] == before[line], line
        assert (before[line] != then[line]) is bool(record), line
        assert not record or now[line] != then[line], line
