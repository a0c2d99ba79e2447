"""The overdue list with registers awake: limits first, whose each line is, no words of calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixping.policy.vocabulary import LATE
from sixping.services.filters import Places
from sixping.services.overdue import found
from sixping.store.sqlite import reading
from sixping.util.clock import from_text
from tests.conftest import Runner
from tests.kit.fieldkit import PEOPLE, Street

LATER = "2026-12-07T09:00:00+08:00"
MARKET = "市场监管所"


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    """A case late by its limits, one that owes an answer only, a promise and a letter."""
    assert ledger.exists()
    made = Street(call)
    for name, unit, *_ in PEOPLE:
        made.do("units", "person", "add", name, "--unit", unit, "--from", "2026-11-01")
    made.do("register", "on", "协办要求", "行刑衔接", "值班日志和交接班", "征求意见和任免同意")
    made.case()
    made.case("丙处堆料")
    made.do("demand", "2", "请核查", "--to", MARKET, "--answer-by", "11月25日")
    made.do("assign", "2", "--lead", "城管执法中队")
    made.do("resolve", "2", "--outcome", "已清运")
    made.do("demand", "1", "请核查", "--to", MARKET)
    made.do("shift", "note", "答应王小明回电", "--promised", "11月24日")
    made.do("assess", "ask", MARKET, "--bureau", "区局", "--cadre", "p4", "--answer-by", "明天")
    made.now = LATER
    return made


def test_on_a_screen_missed_limits_stand_before_what_registers_list(
    street: Street,  # noqa: ARG001 - there must be one
    ledger: Path,
) -> None:
    with reading(ledger) as con:
        listed = found(con, from_text(LATER), 1, Places()).in_order()
    late = [item for item in listed.items if item.workdays_late is not None]
    assert late[0].kind in LATE  # though a demand and a promise are late for longer
    assert max(late, key=lambda item: item.workdays_late or 0).kind == "promised"


def test_what_the_room_sees_to_is_no_line_and_on_no_page_of_an_agency(street: Street) -> None:
    items = street.do("overdue", "--json", "--unit", MARKET).json()["items"]
    assert {item["kind"] for item in items} == {"demand"}
    paper = street.do("overdue", "--format", "md").out
    pages = {page.split("督办清单")[0]: page for page in paper.split("\n## ")[1:]}
    assert "征求意见未复" in pages["综合信息指挥室"]
    assert "征求意见" not in pages[MARKET]


def test_the_list_handed_out_names_registers_and_has_no_word_of_a_call(street: Street) -> None:
    paper = street.do("overdue", "--format", "md").out
    assert "| 答应未办 | 第 1 条 |" in paper
    assert "| 征求意见未复 | l1" in paper
    assert "回电" not in paper
    assert "| 会议任务 |" not in paper
    assert "会议任务、征求意见未复、答应未办各计一件" in paper


def test_the_agenda_says_of_a_case_how_its_own_limits_stand(street: Street) -> None:
    made = street.do("meeting", "plan", "集体会商", "--date", LATER[:10], "--convener",
                     "领导小组办公室", "--reason", "改期", "--json").json()  # fmt: skip
    agenda = street.do("meeting", "agenda", made["id"], "--format", "md").out
    (line,) = [row for row in agenda.splitlines() if "2026-000001" in row and "占道经营" in row]
    assert "办结超" in line, line


def test_one_thing_owed_has_no_ordinal_and_two_have(street: Street) -> None:
    remarks = {i["number"]: i["remarks"] for i in street.do("overdue", "--json").json()["items"]
               if i["kind"] == "demand"}  # fmt: skip
    assert set(map(tuple, remarks.values())) == {()}
    street.do("demand", "1", "请再核查", "--to", MARKET)
    items = street.do("overdue", "--json").json()["items"]
    two = [i["remarks"] for i in items if i["kind"] == "demand" and i["number"].endswith("1")]
    assert two == [["第 1 项"], ["第 2 项"]]
