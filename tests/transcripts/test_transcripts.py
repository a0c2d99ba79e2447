"""Transcripts: what somebody typed, and every line that came back.

A transcript is a ``.txt`` file beside this one. What stands at the margin is prose; what is
indented by two spaces is the session::

      at 2026-11-23 09:00          the clock, from here on
      $ sixping accept 1           a command line
      已记录“受理”…                  its stdout, line by line
      ! 错误: …                     its stderr
      [1]                          its exit code, where it is not 0

Each file begins in an empty home. Hashes differ from run to run and stand as ``<hash>``, the home
as ``<home>``. To write down what comes back now: ``UPDATE_TRANSCRIPTS=1 python -m pytest
tests/transcripts``, then read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Result, Runner

FILES = sorted(Path(__file__).parent.glob("*.txt"))
UPDATE = "UPDATE_TRANSCRIPTS" in os.environ
COMMAND, CLOCK = "  $ sixping ", "  at "

Run = Callable[[str, str], Result]


def session(given: Iterable[str], run: Run) -> Iterator[str]:
    """Yield a transcript as it is told now: prose, clocks and commands, with what came back."""
    now = ""
    for line in given:
        if not line.startswith("  "):
            yield line
        elif line.startswith(CLOCK):
            now = line.removeprefix(CLOCK)
            yield line
        elif line.startswith(COMMAND):
            assert now, f"no clock before {line}"
            yield line
            yield from answer(run(line.removeprefix(COMMAND), now))


def answer(result: Result) -> Iterator[str]:
    for line in result.out.splitlines():
        yield f"  {line}".rstrip() or "  "
    for line in result.err.splitlines():
        yield f"  ! {line}".rstrip()
    if result.code:
        yield f"  [{result.code}]"


@pytest.fixture
def run(call: Runner, tmp_path: Path) -> Run:
    """Run a command line in the home of this test; what differs from run to run is levelled."""

    def level(text: str) -> str:
        return re.sub(r"\b[0-9a-f]{12,64}\b", "<hash>", text.replace(str(tmp_path), "<home>"))

    def runner(line: str, now: str) -> Result:
        moment = f"{now.replace(' ', 'T')}:00+08:00"
        result = call(*shlex.split(line), now=moment, env={"SIXPING_BY": "演示甲"})
        return Result(result.code, level(result.out), level(result.err))

    return runner


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_session_gives_what_is_written_down(path: Path, run: Run) -> None:
    given = path.read_text(encoding="utf-8").splitlines()
    now = list(session(given, run))
    assert sum(line.startswith(COMMAND) for line in now) > 5
    if UPDATE:
        path.write_text("\n".join(now) + "\n", encoding="utf-8", newline="\n")
    else:
        assert now == given


@pytest.mark.parametrize("family", ["cases", "office", "calendar"])
def test_a_family_has_a_session_with_wrong_use_in_it(family: str) -> None:
    text = (Path(__file__).parent / f"{family}.txt").read_text(encoding="utf-8")
    assert {"1", "2"} <= set(re.findall(r"^  \[(\d+)\]$", text, re.MULTILINE))
    assert "\n  ! 错误: " in text


def test_a_session_that_lies_is_found_out() -> None:
    given = ["Prose.", "  at 2026-11-23 09:00", "  $ sixping show 9"]
    given += ["  out", "  ! 错误: x", "  [1]"]
    true = Result(1, "out\n", "错误: x\n")
    assert told(given, true) == given
    for lie in (true._replace(code=0), true._replace(out=""), true._replace(err="错误: y\n")):
        assert told(given, lie) != given


def told(given: list[str], result: Result) -> list[str]:
    return list(session(given, lambda _line, _now: result))


def test_a_command_without_a_clock_is_refused() -> None:
    with pytest.raises(AssertionError, match="no clock before"):
        told(["  $ sixping list"], Result(0, "", ""))
