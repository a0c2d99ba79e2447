"""No list of the office is wider than the terminal; what leaves it stands in other formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sixping.render.terminal import Terminal
from sixping.util.text import columns
from tests.kit.fieldkit import GRID, Street, a_street

if TYPE_CHECKING:
    from tests.conftest import Runner

UNIT = "高新产业园区联合执法中队"
TABLES = (
    "units grids --month 2026-11",
    "units people",
    "units list",
    "patrol list",
    "operation list",
    "meeting list",
    "meeting propose",
    "meeting task list",
    "meeting agenda m1",
    "meeting minutes m1",
    "duty today",
    "duty roster",
    "duty check --month 2026-11",
    "duty draft --month 2026-12",
    "duty attendance",
    "shift show",
    "shift promised",
    "shift list",
    "assess --month 2026-11",
    "assess --year 2026 --cohorts",
    "assess --month 2026-11 --drill 件数",
    "assess item list",
    "list --all",
    "show 1",
    "meeting decisions m1",
    "service owes",
    "register show 行刑衔接 --all",
)


@pytest.fixture
def street(call: Runner) -> Street:
    made = a_street(call)
    one = made.case("小区围墙要倒", "--grid", GRID, "--channel", "网格员")
    made.do("assign", one, "--lead", "城管执法中队")
    made.do("extend", one, "--workdays", "2", "--reason", "等材料", "--approved-by", "分管领导")
    made.do("patrol", "record", "--grid", GRID, "--grid", "江一社区第二网格", "--member", "p1",
            "--member", "p2", "--member", "p3", "--from", "9:00", "--to", "11:00", "--unit",
            "城管执法中队", "--unit", "平安建设办", "--found", "人行道堆放建筑垃圾")  # fmt: skip
    made.do("operation", "plan", "夜市油烟专项整治", "--date", "2026-12-05", "--from", "19:00",
            "--to", "22:00", "--unit", "城管执法中队", "--unit", "平安建设办", "--person", "p1",
            "--case", one)  # fmt: skip
    made.plan()
    made.do("units", "add", UNIT, "--kind", "agency", "--duty", "on-site")
    made.do("meeting", "minutes", "m1", "--decision", "清理" * 60, "--unit", UNIT, "--due",
            "2026-12-10")  # fmt: skip
    made.do("assess", "item", "add", "--unit", "江一社区", "--points", "2", "--reason", "表扬" * 30)
    made.do("duty", "begin", "2026-11-23")
    made.do("duty", "plan", "今天", "p1")
    made.do("duty", "in", "p1", "--at", "8:00")
    made.do("register", "on", "shifts", "transfers", "services", "disputes", "meetings")
    made.do("transfer", one, "--to", "区公安分局" * 9, "--content", "线索" * 40, "--receipt",
            "收文12号" * 9)  # fmt: skip
    made.do("service", "need", one, "--material", "证明" * 40)
    made.do("operation", "plan", "整治" * 40, "--date", "2026-12-06", "--unit", "城管执法中队",
            "--person", "p1")  # fmt: skip
    made.do("meeting", "task", "done", "m1.1", "清理" * 60)
    made.do("meeting", "task", "add", "清理" * 60, "--kind", "措施", "--unit", UNIT, "--due",
            "2026-12-10")  # fmt: skip
    made.do("shift", "note", "区平台来电" * 20, "--promised", "2026-12-10", "--to", UNIT)
    made.do("shift", "handover", "等抢修" * 20, "--to", "p1")
    return made


def test_no_table_of_the_office_is_wider_than_the_terminal(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=80, color=False))
    for argv in TABLES:
        out = street.do(*argv.split()).out
        assert out, argv
        assert [line for line in out.splitlines() if columns(line) > 80] == [], argv
    for figures in ("disputes --month 2026-11", "meeting attendance --month 2026-11"):
        assert f"sixping {figures} --drill" in street.do(*figures.split()).err
