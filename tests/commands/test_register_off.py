"""A register switched off: nothing shows it; on again: what was recorded and is open is back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from sixping.policy.registers import REGISTERS
from tests.conftest import Result, Runner
from tests.ledgers import test_ledgers

SAMPLE = Path(test_ledgers.__file__).with_name("format3.sqlite3")
NOW, LATER, AGAIN = "2026-11-23T15:00", "2026-12-02T09:00", "2026-12-03"
#: what a street has open in its registers
OPEN = """
demand 19 请再核查 --to 市场监管所
instruct 19 请再报结果 --leader p3
assess ask 市场监管所 --bureau 区局 --cadre 演示壬 --date 2026-11-23
accountability open --lapse 2.finish --unit 综合信息指挥室 --text 演示
accountability ask q3 --answer-by 2026-11-24
shift note 值班记事 --promised 2026-11-24 --to 演示
meeting plan 集体会商 --date 2026-12-01 --convener 领导小组办公室 --reason 演示
meeting task add 演示措施 --kind 措施 --unit 平安建设办 --due 2026-11-30
units person leave p4 --from 2026-11-24
intake 请问怎么补办 --channel 浙江政务服务网 --severity 一般
accept 24
assign 24 --lead 平安建设办
resolve 24 --outcome 已告知
"""
#: register → commands, and words that each has while it is kept, and that none has while it is off
SHOWN = {
    "persons": {
        "overdue --json": "person_left", "list --json": '"person_id"', "list": "演示己",
        "show 19 --json": '"person_id"', "show 19": "\n经办人", "patrol list --json": '"kind"',
        "assess --month 2026-11 --json": "persons_since", "units grids --json": '"role"',
    },
    "procedure": {
        "assess --month 2026-03 --json": '"procedure"', "assess procedure --json": "审定",
    },
    "accountability": {
        "overdue --json": '"accountability"', "meeting agenda m3 --json": '"accountability"',
        "accountability list --json": "q1",
    },
    "opinions": {
        "overdue --json": '"opinion"', "assess --year 2026 --json": '"letters"',
        "assess letters --json": '"agency"',
    },
    "sources": {
        "overdue --json": "source_feedback", "show 23 --json": "导出答复",
        "report --month 2026-11 --json": '"sources"', "report --month 2026-11": "registers\tsou",
    },
    "demands": {
        "overdue --json": '"demand"', "show 19 --json": '"demands"', "show 19": "\n要求",
        "list --unit 市场监管所": "2026-000019", "report --month 2026-11 --json": '"demands"',
    },
    "instructions": {
        "overdue --json": '"instruction"', "show 19 --json": '"instructions"', "show 19": "\n批示",
        "report --month 2026-11 --json": '"instructions"',
    },
    "transfers": {
        "overdue --json": '"transfer"', "show 19 --json": '"transfers"', "show 19": "\n行刑衔接",
        "report --month 2026-11 --json": '"transfers"',
    },
    "enclosures": {"show 19 --json": '"enclosures"', "show 19": "\n附件"},
    "inspections": {
        "report --month 2026-11 --json": '"inspections"', "inspection list --json": "抽检",
    },
    "services": {
        "overdue --json": '"material"', "show 22 --json": '"materials"', "show 22": "\n待补",
        "report --month 2026-11 --json": '"services"', "service owes --json": "身份证明",
    },
    "rectification": {
        "operation list --json": '"objects"', "operation show o2 --json": '"stages"',
        "operation show o2 --format md": "演示阶段", "meeting agenda m3 --json": "已查 9/50",
    },
    "meetings": {
        "overdue --json": "w.2", "meeting agenda m3 --json": "missed_meetings",
        "meeting show m2 --json": '"attendance"', "meeting list --json": '"excused"',
        "meeting task list --json": "w.1", "meeting missing --json": "领导小组会议",
        "meeting attendance --month 2026-11 --json": '"unit"',
        "lapses --from 2026-11-01 --json": "w.2",
    },
    "disputes": {"meeting agenda m3 --json": '"mediated"', "disputes --month --json": "邻里"},
    "groups": {"meeting agenda m3 --json": "帮教在册", "groups list --json": "帮教在册"},
    "shifts": {
        "overdue --json": "promised", "shift list --month 2026-11 --json": '"date"',
        "shift promised --all --json": "演示", "shift show --date 2026-11-22 --json": '"note"',
    },
}  # fmt: skip
#: what is concluded from silence, and counts from the day of the register only
OF_SILENCE = {
    "sources": {"overdue --json", "show 23 --json", "report --month 2026-11 --json"}
    | {"report --month 2026-11"},
    "meetings": {"meeting agenda m3 --json", "meeting missing --json"}
    | {"meeting attendance --month 2026-11 --json"},
    "shifts": {"shift list --month 2026-11 --json"},
    "disputes": {"meeting agenda m3 --json", "disputes --month --json"},
}
#: figures of a period that was over before the register began
OF_BEFORE = {
    "assess --month 2026-11 --json",
    "report --month 2026-11 --json",
    "disputes --month --json",
}
Do = Callable[..., Result]


@pytest.fixture
def do(call: Runner, ledger: Path) -> Do:
    """Return a desk on the kept ledger with something open in each register."""
    copyfile(SAMPLE, ledger)
    os.chmod(ledger, 0o600)  # noqa: PTH101

    def step(line: str, now: str = LATER) -> Result:
        done = call(*line.split(), now=f"{now}:00+08:00")
        assert done.code in {0, 3}, (line, done.err)
        return done

    for line in OPEN.strip().splitlines():
        step(line, NOW)
    return step


def test_each_register_is_nowhere_while_it_is_off_and_back_afterwards(do: Do) -> None:
    assert set(SHOWN) == set(REGISTERS)
    wrong: list[tuple[str, str]] = []

    def look(lines: dict[str, str], *, there: bool, now: str = LATER) -> None:
        found = {line: words in do(line, now).out for line, words in lines.items()}
        wrong.extend((key, line) for line, shown in found.items() if shown is not there)

    for key, lines in SHOWN.items():
        silent = OF_SILENCE.get(key, set())
        look(lines, there=True)
        (off,) = do(f"register off {key} --json").json()
        assert (off["key"], off["since"]) == (key, None)
        look(lines, there=False)
        do(f"register on {key} --from {AGAIN}", f"{AGAIN}T08:00")
        kept = {line: lines[line] for line in lines if line not in OF_BEFORE | silent}
        look(kept, there=True, now=f"{AGAIN}T09:00")
        look({line: lines[line] for line in silent}, there=False, now=f"{AGAIN}T09:00")
    assert wrong == []
