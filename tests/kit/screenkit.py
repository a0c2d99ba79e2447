"""The program before somebody: a screen of some width, both streams on it, in this process.

``a_desk`` makes a ledger of some weeks: cases late, due, referred, returned, urged, waiting for a
decision, with a grade nobody has found, told in people's own words.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from sixping import cli

if TYPE_CHECKING:
    from pathlib import Path

FIRST, NOW = "2026-09-07T08:00:00+08:00", "2026-11-30T09:20:00+08:00"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: (day and hour, what is reported, options, steps)
_LIFE: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "09-07T12:30", "沿街店铺夜间灯箱太亮, 影响休息",
        "--community 江二社区 --grid 江二社区第三网格",
        ("accept {}", "assign {} --lead 城管执法中队", "sign {}"),
    ),
    (
        "09-14T09:30", "停车场收费没有明码标价", "--community 滨兴社区",
        ("accept {}", "assign {} --lead 城市管理办"),
    ),
    (
        "09-18T09:30", "老旧小区要求加装电梯, 居民意见不一",
        "--community 晶都社区 --severity 较大",
        ("accept {}",),
    ),
    (
        "10-27T09:30", "小区门口堆着装修垃圾没人运", "--community 江一社区",
        (
            "accept {}", "assign {} --lead 城市管理办", "resolve {} --outcome 已清运",
            "feedback {} 已清运 --satisfaction 5", "close {}",
        ),
    ),
    ("11-20T16:30", "江南大道占道经营", "", ()),
    ("11-20T18:00", "演示公司拖欠十余名工人两个月工资", "--severity 较大", ("accept {}",)),
    (
        "11-23T09:00", "地下管道破裂, 污水流入河道, 涉及相邻街道的管网",
        "--community 汤家桥社区 --severity 重大",
        ("accept {}", "refer {} --to 区住建局 --content 请牵头处置"),
    ),
    (
        "11-23T09:30", "菜场后门口那些摆摊的又把路占啦, 推车都过不去", "--community 闻涛社区",
        ("accept {}", "assign {} --lead 城管执法中队", "sign {}"),
    ),
    (
        "11-23T09:40", "消防门口长期停了辆依维柯, 堵住了“消防通道”——没人管…",
        "--community 月明社区",
        ("accept {}", "assign {} --lead 交警中队"),
    ),
    (
        "11-24T09:40", "楼下烧烤店油烟直往家里灌, 孩子咳嗽一周了", "--community 月明社区",
        (
            "accept {}", "assign {} --lead 城管执法中队", "sign {}",
            "resolve {} --outcome 已责令整改",
        ),
    ),
    (
        "11-26T09:40", "公厕冲水坏掉, 脏得没法下脚", "--community 江二社区",
        ("accept {}", "assign {} --lead 城市管理办", "return {} --reason 不归我们管"),
    ),
    ("11-27T09:40", "幼儿园门口的井盖没了, 旁边只放了个纸箱子", "--community 闻涛社区", ()),
    ("11-27T20:40", "江南大道油罐车侧翻, 汽油流了一地, 请快来人", "", ()),
    ("11-30T08:40", "电话13800000000, 小区电梯坏了三天没人修", "", ("accept {}",)),
)  # fmt: skip


class _Screen(io.TextIOWrapper):
    """A stream that says it is a terminal; ``COLUMNS`` says how wide."""

    def isatty(self) -> bool:
        return True


def plain(text: str) -> str:
    """Return what is read where no colour is drawn."""
    return _COLOUR.sub("", text)


def width(text: str, ambiguous: int) -> int:
    """Return the cells of a line, counted here anew."""
    cells = 0
    for char in text:
        kind = unicodedata.east_asian_width(char)
        cells += {"W": 2, "F": 2, "A": ambiguous}.get(kind, 1)
    return cells


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


class Desk:
    """A ledger, and what its screens say."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(
        self,
        line: str,
        *,
        columns: int | None = None,
        color: bool = False,
        now: str = NOW,
        answer: bool = False,
    ) -> tuple[int, str]:
        """Run a command line; return its code and all it said, on a terminal of some columns.

        ``answer``: only what it wrote to stdout.
        """
        kind = io.TextIOWrapper if columns is None else _Screen
        out = kind(io.BytesIO(), encoding="utf-8", write_through=True)
        env = {"SIXPING_NOW": now, "SIXPING_BY": "演示甲", "SIXPING_LEDGER": str(self.path)}
        env |= {"COLUMNS": str(columns)} if columns else {}
        with pytest.MonkeyPatch.context() as patch:
            for name in [*os.environ]:
                if name.startswith(("SIXPING_", "CLICOLOR", "NO_COLOR")):
                    patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            patch.setenv("TERM", "xterm" if color else "dumb")
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
            with redirect_stdout(out), redirect_stderr(io.StringIO() if answer else out):
                code = cli.main(line.split())
        return code, _written(out)

    def json(self, line: str) -> Any:
        """Return what a command answers in JSON."""
        return json.loads(self.run(f"{line} --json", answer=True)[1])

    def screen(self, line: str, columns: int, *, color: bool = False) -> list[str]:
        """Return the lines of a screen."""
        return self.run(line, columns=columns, color=color)[1].splitlines()


def a_desk(path: Path) -> Desk:
    """Make a ledger and live its life."""
    desk = Desk(path)
    assert desk.run("init", now=FIRST)[0] == 0
    for number, (at, text, options, steps) in enumerate(_LIFE, 1):
        words = f"intake {text.replace(' ', '')} {options}"
        for minute, line in enumerate((words, *(step.format(number) for step in steps))):
            code, said = desk.run(line, now=f"2026-{at}:{minute:02}+08:00")
            assert code == 0, said
    code, said = desk.run(
        "urge 1 --level 普通 --reason 仍未办结 --answer-by 2026-12-01",
        now="2026-11-30T09:00:00+08:00",
    )
    assert code == 0, said
    return desk
