"""A terminal shortens what it has no room for; a pipe and a file get every word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sixping.render.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW, LATE = "2026-11-23T09:00:00+08:00", "2026-12-20T09:00:00+08:00"
LONG = {
    name: f"{name}: 江南大道占道经营{'很长的内容' * 60}完"
    for name in ("报事", "进展", "结果", "反馈", "退回", "任务", "议题", "督办", "更正")
}
#: a reading command → the long words that it shows
SHOWS = {
    "show 1": ("报事", "进展", "结果", "反馈", "退回", "督办", "更正"),
    "list --all": ("更正", "报事"),
    "search 占道": ("更正", "报事"),
    "log": ("进展", "结果", "反馈", "退回", "督办", "更正"),
    "log 1": ("进展", "结果"),
    "overdue": ("报事", "任务"),
    "export": ("更正", "报事", "结果", "反馈"),
    "export --for-people --format csv": ("更正", "报事", "结果", "反馈"),
    "meeting agenda m1": ("报事", "议题"),
    "meeting show m1": ("任务",),
    "meeting task list": ("任务",),
}
FORMATS = ("tsv", "csv", "json")
FIXED = {line for line in SHOWS if "--format" in line}


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001
    """Lend a desk where everything that may be said is long."""
    for argv in (
        ("intake", LONG["报事"], "--severity", "一般"),
        ("intake", LONG["报事"], "--severity", "一般"),
        ("accept", "1"),
        ("accept", "2"),
        ("assign", "1", "--lead", "城管执法中队"),
        ("return", "1", "--reason", LONG["退回"]),
        ("assign", "1", "--lead", "市场监管所"),
        ("note", "1", LONG["进展"]),
        ("urge", "1", "--level", "普通", "--reason", LONG["督办"]),
        ("amend", "1", "--text", LONG["更正"], "--reason", "更正"),
        ("resolve", "1", "--outcome", LONG["结果"]),
        ("feedback", "1", LONG["反馈"]),
        ("meeting", "plan", "集体会商", "--date", "2026-12-01", "--convener", "领导小组办公室"),
        ("meeting", "agenda", "m1", "--add", "8", LONG["议题"]),
        ("meeting", "minutes", "m1", "--decision", LONG["任务"], "--unit", "城管执法中队",
         "--due", "2026-12-10"),
    ):  # fmt: skip
        now = "2026-12-02T10:00:00+08:00" if argv[:2] == ("meeting", "minutes") else NOW
        done = call(*argv, now=now)
        assert done.code == 0, (argv, done.err)
    return call


def test_a_pipe_and_a_file_get_every_word(desk: Runner, tmp_path: Path) -> None:
    lacking = []
    for line, names in SHOWS.items():
        for fmt in FORMATS:
            if fmt not in {"json", "tsv"} and line in {"show 1", *FIXED}:
                continue
            how = ["--json"] if fmt == "json" else ["--format", fmt]
            if line in FIXED or (line == "show 1" and fmt == "tsv"):
                how = []
            texts = [desk(*line.split(), *how, now=LATE).out]
            if how and line != "show 1":
                file = tmp_path / f"{len(list(tmp_path.iterdir()))}.{fmt}"
                assert desk(*line.split(), "-o", str(file), now=LATE).code == 0
                texts.append(file.read_text(encoding="utf-8-sig"))
            lacking += [
                (line, fmt, name) for text in texts for name in names if LONG[name] not in text
            ]
    assert lacking == []


def test_a_terminal_gets_a_line_a_case(desk: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=80, color=False))
    for line in ("list --all", "overdue", "search 占道"):
        shown = desk(*line.split(), now=LATE).out.splitlines()
        assert len(shown) <= 5, line
        assert all(len(row) <= 80 for row in shown)
