"""Long work on a terminal shows how far it is; nowhere else, and never before a second."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from sixping.console.context import Context, tell
from sixping.console.progress import progress
from sixping.render.bar import duration, line
from sixping.util.text import columns

pty = pytest.importorskip("pty")

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Clock:
    """Seconds that pass when told so."""

    def __init__(self) -> None:
        self.passed = 1000.0

    def __call__(self) -> float:
        return self.passed


class Screen:
    """What a terminal was sent."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self) -> str:
        sys.stderr.flush()
        os.set_blocking(self._fd, False)
        shown = b""
        with suppress(BlockingIOError):
            while part := os.read(self._fd, 1 << 16):
                shown += part
        return shown.decode()


def rows_of(sent: str) -> list[str]:
    """Return the rows as they stand at the end: what goes up and erases is followed."""
    rows, at = [""], 0
    for part in re.findall(r"\x1b\[[0-?]*[ -/]*[@-~]|\n|\r|[^\x1b\r\n]+", sent):
        if part == "\n":
            at += 1
            rows += [""] * (at == len(rows))
        elif part == "\x1b[1A":
            at -= 1
        elif part == "\x1b[2K":
            rows[at] = ""
        elif not part.startswith(("\x1b", "\r")):
            rows[at] += part
    return rows


@contextmanager
def terminal(patch: pytest.MonkeyPatch, *, encoding: str = "utf-8", **env: str) -> Iterator[Screen]:
    for name in ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        patch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm", "COLUMNS": "80"} | env).items():
        patch.setenv(name, value)
    screen, program = pty.openpty()
    with os.fdopen(program, "w", encoding=encoding) as stderr:
        patch.setattr(sys, "stderr", stderr)
        yield Screen(screen)
    os.close(screen)


def test_nothing_is_drawn_before_a_second_and_then_how_far_how_fast_how_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    with (
        terminal(monkeypatch) as screen,
        progress(Context(), 1000, "导入", seconds=clock) as advance,
    ):
        clock.passed += 0.9
        advance(100)
        assert screen.read() == ""
        clock.passed += 1.1
        advance(100)
        shown = screen.read()
    assert "导入 [" in shown
    assert " 20%  200/1,000 行  每秒 100 行  还需约 8 秒" in shown


def test_short_work_draws_nothing_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with terminal(monkeypatch) as screen:
        with progress(Context(), 10, "导入", seconds=clock) as advance:
            for _ in range(10):
                clock.passed += 0.09
                advance(1)
        assert screen.read() == ""


def test_what_is_said_meanwhile_stands_whole_on_lines_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    with terminal(monkeypatch) as screen:
        with progress(Context(), 100, "导入", seconds=clock) as advance:
            clock.passed += 2
            advance(50)
            tell("第 7 行: [b]时间[/b] 读不懂")
        tell("已导入 100 件。")
        rows = rows_of(screen.read())
    assert rows == ["第 7 行: [b]时间[/b] 读不懂", "已导入 100 件。", ""]


def test_the_line_goes_when_the_work_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with terminal(monkeypatch) as screen:
        with suppress(KeyboardInterrupt), progress(Context(), 9, "导入", seconds=clock) as advance:
            clock.passed += 2
            advance(5)
            raise KeyboardInterrupt
        shown = screen.read()
    assert shown.rstrip().endswith("\x1b[2K")  # the line was erased
    assert "\x1b[?25h" in shown  # the cursor is back


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_dumb_terminal_and_no_terminal_are_let_alone(
    term: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    if term == "dumb":
        with terminal(monkeypatch, TERM="dumb") as screen:
            with progress(Context(), 100, "导入", seconds=clock) as advance:
                clock.passed += 5
                advance(50)
            assert screen.read() == ""
        return
    with progress(Context(), 100, "导入", seconds=clock) as advance:
        clock.passed += 5
        advance(50)
    assert capsys.readouterr().err == ""


def test_no_color_is_kept_and_every_sign_is_in_gbk(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with (
        terminal(monkeypatch, NO_COLOR="1") as screen,
        progress(Context(), 100, "导出", seconds=clock) as advance,
    ):
        clock.passed += 2
        advance(50)
        shown = screen.read()
    assert not re.search(r"\x1b\[[0-9;]*m", shown)
    _ESCAPES.sub("", shown).encode("gbk")


@pytest.mark.parametrize("width", [40, 79, 119])
@pytest.mark.parametrize("total", [None, 0, 100, 123_456_789])
def test_a_line_never_breaks_and_more_than_promised_is_all(width: int, total: int | None) -> None:
    for done in (0, 1, 100, 10**9):
        text = line(("导入", "行"), done, total, passed=2.0, width=width)
        assert "\n" not in text
        assert text.encode("gbk")
        assert "[" not in text or columns(text) <= width


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 秒"), (59.4, "59 秒"), (185, "3 分 5 秒"), (7800, "2 小时 10 分")],
)
def test_a_span_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said
