"""Make the sample ledger again: ``python -m tests.ledgers.make tests/ledgers/format1.sqlite3``.

A street office's days in commands, each at its minute, with the machine's chance, name and account
held fixed: the same program makes the same chain. A ledger kept here is read by every later build.
"""

from __future__ import annotations

import io
import os
import random
import sys
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
)  # fmt: skip


def make(path: Path) -> None:
    """Make the ledger at a path where none is. Raises ``RuntimeError`` when a step is refused."""
    chance = random.Random(SEED)  # noqa: S311 - the same bytes each time, on purpose
    with ExitStack() as held:
        held.enter_context(patch.dict(os.environ, SIXPING_LEDGER=str(path), SIXPING_BY="演示乙"))
        held.enter_context(patch("os.urandom", chance.randbytes))
        held.enter_context(patch("socket.gethostname", lambda: "desk"))
        held.enter_context(patch("sixping.store.writer._account", lambda: "demo(1000)"))
        held.enter_context(patch("sixping.store.writer.__version__", "sample"))
        for minute, argv in DAYS:
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
