"""Make the sample ledger again: ``python -m tests.ledgers.make tests/ledgers/format1.sqlite3``.

A street office's days in commands, each at its minute, with the machine's chance, name and account
held fixed: the same program makes the same chain. A ledger kept here is read by every later build.
"""

from __future__ import annotations

import io
import os
import random
import sys
from collections.abc import Iterable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from sixping import cli, open_ledger

SEED = 2020_03_16
REPORT = "江南大道滨盛路口每天早晚高峰占道经营, 油烟和噪声影响居民休息, 请到现场查看并答复。"
LAST = "{last}"  # the seq of the event before
DAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("2026-11-02T09:00", ("init",)),
    ("2026-11-02T09:05", (
        "intake", REPORT, "--community", "江一社区", "--place", "江南大道滨盛路口", "--reporter",
        "演示甲", "--phone", "13800000000", "--source-no", "演示1号", "--request-id", "演示-1",
        "--severity", "一般",
    )),
    ("2026-11-02T09:10", ("intake", "窨井盖缺失, 夜里很危险", "--severity", "较大")),
    ("2026-11-02T09:15", ("intake", "工地塌方, 有人受伤", "--severity", "重大", "--anonymous")),
    ("2026-11-02T10:00", ("accept", "1")),
    ("2026-11-02T10:01", ("accept", "2")),
    ("2026-11-02T10:02", ("accept", "3")),
    ("2026-11-02T10:30", (
        "refer", "3", "--to", "区级平台", "--content", "演示", "--receipt", "收文1号",
    )),
    ("2026-11-02T11:00", ("assign", "1", "--lead", "城管执法中队", "--assist", "江一社区")),
    ("2026-11-02T14:00", ("sign", "1")),
    ("2026-11-03T09:00", ("note", "1", "已到现场")),
    ("2026-11-03T09:30", ("intake", "江南大道滨盛路口占道经营", "--severity", "一般")),
    ("2026-11-03T09:40", ("merge", "4", "--into", "1")),
    ("2026-11-04T16:00", ("assign", "1", "--lead", "市场监管所")),
    ("2026-11-04T16:05", ("void", "1", LAST, "--reason", "派错了")),
    ("2026-11-05T15:00", ("resolve", "1", "--outcome", "已劝离, 安排早晚值守")),
    ("2026-11-05T16:00", ("feedback", "1", "已电话告知", "--satisfaction", "5")),
    ("2026-11-05T16:05", ("feedback", "4", "已电话告知")),
    ("2026-11-06T09:00", ("close", "1")),
    ("2026-11-16T09:00", ("reopen", "1", "--reason", "又来了")),
    ("2026-11-16T09:02", (
        "units", "person", "add", "演示丙", "--unit", "党政综合办", "--role", "分管领导",
    )),
    ("2026-11-16T09:05", ("consult", "2", "--leader", "演示丙")),
    ("2026-11-16T09:10", (
        "decide", "2", "--lead", "城市管理办", "--due", "2026-11-25", "--decided-by", "演示会议",
    )),
    ("2026-11-16T10:00", ("intake", "路灯不亮", "--severity", "一般")),
    ("2026-11-16T10:05", ("accept", "5")),
    ("2026-11-16T10:10", ("assign", "5", "--lead", "城市管理办")),
    ("2026-11-17T08:00", (
        "suspend", "5", "--reason", "等待材料", "--approved-by", "演示丙",
    )),
    ("2026-11-18T17:00", ("resume", "5")),
    ("2026-11-18T17:05", ("extend", "5", "--workdays", "2", "--reason", "备件", "--approved-by",
                          "演示丙")),
    ("2026-11-19T09:00", ("urge", "5", "--level", "普通", "--reason", "演示")),
    ("2026-11-19T10:00", ("answer-urge", "5", "已到货")),
    ("2026-11-19T11:00", ("part", "5", "--unit", "城市管理办", "--due", "2026-11-20")),
    ("2026-11-19T12:00", ("part-done", "5", "--unit", "城市管理办", "--outcome", "已装")),
    ("2026-11-19T13:00", ("resolve", "5", "--outcome", "已亮")),
    ("2026-11-19T14:00", ("verify-result", "5", "--pass")),
    ("2026-11-20T09:00", ("intake", "另一处路灯不亮", "--severity", "一般")),
    ("2026-11-20T09:05", ("merge", "6", "--into", "2")),
    ("2026-11-20T09:10", ("unmerge", "6", "--reason", "不是同一处")),
    ("2026-11-20T09:15", ("decline", "6", "--reason", "不属于本街道")),
    ("2026-11-20T09:20", (
        "regrade", "2", "--severity", "一般", "--reason", "演示", "--approved-by", "演示丙",
    )),
    ("2026-11-20T09:25", ("refer-reply", "3", "--outcome", "请街道先行处置", "--returned")),
    ("2026-11-20T09:30", ("return", "2", "--reason", "不属于本单位")),
)  # fmt: skip


def make(path: Path, days: Iterable[tuple[str, tuple[str, ...]]] = DAYS) -> None:
    """Take these steps in the ledger of a path. Raises ``RuntimeError`` when one is refused."""
    chance = random.Random(SEED)  # noqa: S311 - the same bytes each time, on purpose
    with ExitStack() as held:
        held.enter_context(patch.dict(os.environ, SIXPING_LEDGER=str(path), SIXPING_BY="演示乙"))
        held.enter_context(patch("os.urandom", chance.randbytes))
        held.enter_context(patch("socket.gethostname", lambda: "desk"))
        held.enter_context(patch("sixping.store.writer._account", lambda: "demo(1000)"))
        held.enter_context(patch("sixping.store.writer.__version__", "sample"))
        for minute, argv in days:
            held.enter_context(patch.dict(os.environ, SIXPING_NOW=f"{minute}:00+08:00"))
            said = io.StringIO()
            with redirect_stdout(io.StringIO()), redirect_stderr(said):
                code = cli.main([_last(path) if word == LAST else word for word in argv])
            if code:
                raise RuntimeError(f"{' '.join(argv)}: exit {code}\n{said.getvalue()}")


def _last(path: Path) -> str:
    with open_ledger(path) as ledger:
        return str(ledger.seq)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
