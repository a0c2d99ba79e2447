"""What people read where a register has nothing, or refuses: one wording, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixping.policy.registers import REGISTERS
from sixping.services.office.entered import LISTED_BY, ON_CASES
from tests.conftest import Runner
from tests.kit.fieldkit import PEOPLE, Street
from tests.kit.screenkit import Desk

#: a list → the register it belongs to
LISTS = {
    "inspection list": "检查抽检",
    "service owes": "服务事项",
    "shift list": "值班日志和交接班",
    "shift promised": "值班日志和交接班",
    "disputes --month": "矛盾纠纷",
    "groups list": "帮教禁毒数字",
    "meeting missing": "会议到会和例会",
    "meeting attendance --month": "会议到会和例会",
    "accountability list": "问责",
    "assess procedure": "考核程序",
}


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    made = Street(call)
    for name, unit, *_ in PEOPLE:
        made.do("units", "person", "add", name, "--unit", unit, "--from", "2026-11-01")
    return made


def test_every_list_of_a_sleeping_register_says_so_and_how_it_is_begun(
    street: Street, ledger: Path
) -> None:
    desk = Desk(ledger)
    for line, title in LISTS.items():
        code, said = desk.run(line, columns=80, now=street.now)
        assert code == 0, line
        assert f"{title}登记还没有启用" in said, line
        assert f"sixping register on {title}" in said, line
        assert street.do(*line.split()).out.strip() == "", "a pipe stays silent"


def test_a_number_that_is_none_is_refused_with_bounds_in_full(street: Street) -> None:
    street.do("register", "on", "帮教禁毒数字")
    refused = street.no("groups", "enter", "帮教在册", "许多", "--unit", "江一社区")
    assert "应在 0 到 999999 之间" in refused
    assert "没有这个项目: 张三" in street.no("groups", "enter", "张三", "3", "--unit", "江一社区",
                                             "--month", "2026-11")  # fmt: skip
    street.do("register", "on", "检查抽检")
    counted = ("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value")
    assert "应为 0 至 100 万的整数" in street.no(*counted, "批次=十")
    early = street.no("groups", "enter", "帮教在册", "3", "--unit", "江一社区")
    assert "register on 帮教禁毒数字 --from" in early


def test_a_roll_without_known_people_is_unknown_and_leave_of_others_is_said(
    street: Street,
) -> None:
    street.do("register", "on", "会议到会和例会")
    street.do("meeting", "plan", "联席会议", "--date", "2026-11-24", "--convener", "街道领导")
    leave = street.do("meeting", "leave", "m1", "p4", "--reason", "外出")
    rows = [line.split("\t") for line in leave.out.splitlines()]
    said = {label: text for label, text in rows if label in {"应到", "没有登记人员"}}
    assert said["应到"] == "参加对象都没有登记人员, 不详"
    assert sum(label == "没有登记人员" for label, _ in rows) == 1
    assert "p4 不在应到的人员里" in leave.err


def test_every_register_is_listed_here_or_named_where(street: Street) -> None:
    assert set(LISTED_BY) == set(REGISTERS) - set(ON_CASES)
    street.do("register", "on", *(REGISTERS[key].title for key in LISTED_BY))
    for key, line in LISTED_BY.items():
        assert f"请用 sixping {line}。" in street.no("register", "show", REGISTERS[key].title)
        street.do(*line.replace("人员", "p1").split())


def test_a_month_without_records_is_one_sentence_and_few_services_have_no_rate(
    street: Street, tmp_path: Path
) -> None:
    street.do("register", "on", "检查抽检", "服务事项", "--from", "2026-11-01")
    folder = tmp_path / "rules"
    folder.mkdir()
    item = 'name = "演示登记"\nclause = "附2.4"\ncategory = "占道经营"\nunit = "江一社区"'
    text = f'edition = "一版"\n[[item]]\n{item}\nworkdays = 3\n'
    (folder / "services.toml").write_text(text, encoding="utf-8")
    street.do("policy", "adopt", str(folder))
    street.do("intake", "申请", "--service", "演示登记")
    page = street.do("report", "--month", "2026-11", "--format", "md", now="2026-12-01T09:00").out
    assert "本期没有检查抽检的记录（自2026年11月1日起登记），不是0。" in page
    assert "| 演示登记 | 1 | 0 | 1 | 0 | — |" in page
