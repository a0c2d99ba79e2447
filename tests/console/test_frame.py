"""The frame of the command line: help, usage faults, the error boundary, global options."""

from __future__ import annotations

import errno
import io
import os
import sqlite3
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from sixping import cli
from sixping.console.context import Context
from sixping.console.frame import CommandSpec, Group, bare_values, complete_bare
from sixping.errors import BadData, LedgerBusy
from sixping.util.text import columns
from sixping.version import __version__
from tests.conftest import ROOT, Runner

NOW = "2026-11-23T09:00:00+08:00"


class Shade(StrEnum):
    LIGHT = "浅"
    DEEP = "深"


def paint(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="编号", help="哪一件")],
    reason: Annotated[str, typer.Option("--reason", help="为什么" * 30)],
    content: Annotated[str, typer.Option("--content")],
    shade: Annotated[Shade, typer.Option("--shade", help="深浅")] = Shade.LIGHT,
    grade: Annotated[int | None, typer.Option("--grade", min=1, max=5)] = None,
    loud: Annotated[bool, typer.Option("--loud", help="大声")] = False,
) -> None:
    """试一试各种参数。

    示例:
      sixping paint 1 --reason 因为   一行不动
    """
    print(number, reason, content, shade, grade, loud, Context.of(ctx).by)


def desk(ctx: typer.Context) -> int:
    """显示工作台。"""
    at = Context.of(ctx)
    print(at.ledger, at.by, at.now.isoformat(), at.clock_replaced, at.interactive, sep="|")
    return 3


@bare_values(month="last", week="")
def tally(
    month: Annotated[str | None, typer.Option("--month")] = None,
    week: Annotated[str | None, typer.Option("--week")] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
    note: Annotated[str, typer.Option("--note", "-n")] = "",
) -> None:
    """合计。"""
    print(month, week, json, note, sep="|")


fault: list[BaseException] = []


def fail() -> None:
    """出错。"""
    raise fault[0]


def speak(ctx: typer.Context) -> None:
    """说一句。"""
    Context.of(ctx).say("已登记 \x1b[2J")
    print("done")


def missing(ctx: typer.Context) -> None:
    """找台账。"""
    Context.of(ctx).existing_ledger()


@pytest.fixture(autouse=True)
def trial_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put commands of this file in the table, where the frame finds them by name."""
    monkeypatch.setitem(sys.modules, "sixping.commands.trial", sys.modules[__name__])
    table: dict[str, CommandSpec | Group] = {
        name: CommandSpec("trial", name, summary, "试验")
        for name, summary in {
            "paint": "试一试各种参数。",
            "desk": "显示工作台。",
            "tally": "合计。",
            "fail": "出错。",
            "speak": "说一句。",
            "missing": "找台账。",
        }.items()
    }
    table["kit"] = Group("一组。", "成组", {"desk": table["desk"]})
    table["absent"] = CommandSpec("no_such_module", "f", "只列出, 不导入。", "试验")
    monkeypatch.setattr(cli, "TABLE", table)


def test_version_and_help_go_to_stdout(call: Runner) -> None:
    assert call("--version") == (0, f"sixping {__version__}\n", "")
    assert call("-h").out == call("--help").out


def test_the_list_of_commands_imports_none_of_them(call: Runner) -> None:
    page = call("--help")
    assert page.code == 0
    assert "试验:\n  paint" in page.out
    assert "只列出, 不导入。" in page.out
    assert "成组:\n  kit" in page.out


def test_examples_stand_before_the_options_and_stay_as_written(call: Runner) -> None:
    page = call("paint", "--help").out
    assert "\n  sixping paint 1 --reason 因为   一行不动\n" in page
    assert page.index("示例:") < page.index("用法:") < page.index("选项:") < page.index("全局选项:")
    assert call("--help").out.index("示例:") < call("--help").out.index("用法:")


def test_help_speaks_chinese_and_fits_eighty_columns(call: Runner) -> None:
    page = call("paint", "--help").out
    assert "用法: sixping paint [选项] 编号" in page
    assert "浅|深" in page
    assert "[默认 浅]" in page
    for english in ("Usage", "Options", "Show this", "default", "required", "INTEGER"):
        assert english not in page
    assert max(columns(line) for line in page.splitlines()) <= 80


def test_everything_missing_is_named_at_once(call: Runner) -> None:
    answered = call("paint")
    assert answered.code == 2
    assert answered.out == ""
    for name in ("参数 编号", "选项 --reason", "选项 --content"):
        assert name in answered.err


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["pain"], "没有这个命令: pain\n是否要用: paint"),
        (["kit", "dsk"], "没有这个命令: dsk\n是否要用: desk"),
        (["tally", "--moth"], "没有这个选项: --moth\n是否要用: --month"),
        (["tally", "--note"], "选项 --note 后面缺少值"),
        (["tally", "--json=1"], "选项 --json 不带值"),
        (["tally", "a b", "c"], "多出的参数: a b c"),
        (["paint", "x1"], "参数 编号 的值不对: 'x1', 应为整数"),
        (["paint", "1", "--grade", "7"], "选项 --grade 的值不对: 7, 应在 1 到 5 之间"),
        (["paint", "1", "--shade", "红"], "选项 --shade 的值不对: '红', 可选: 浅、深"),
        (["tally", "--ledger", ""], "选项 --ledger 的路径是空的"),
        ([], "没有写明命令"),
        (["kit"], "没有写明命令"),
    ],
)
def test_a_slip_in_the_command_line_is_explained_in_chinese(
    call: Runner, argv: list[str], sentence: str
) -> None:
    answered = call(*argv)
    assert answered.code == 2
    assert answered.out == ""
    assert answered.err.startswith("错误: ")
    assert sentence in answered.err
    for english in ("Error", "Usage", "Invalid", "No such", "Got "):
        assert english not in answered.err


def test_control_characters_of_the_command_line_do_not_reach_the_terminal(call: Runner) -> None:
    for argv in (["\x1b[2J"], ["tally", "--\x1b[2J"], ["tally", "\u202e"], ["paint", "\x9b"]):
        answered = call(*argv)
        assert answered.code == 2
        assert not {"\x1b", "\u202e", "\x9b"} & set(answered.err)


@pytest.mark.parametrize(
    "argv", [["--ledger", "a.db", "--by", "甲", "desk"], ["desk", "--by=甲", "--ledger", "a.db"]]
)
def test_global_options_stand_before_or_behind_the_command(call: Runner, argv: list[str]) -> None:
    assert call(*argv, now=NOW) == (3, f"a.db|甲|{NOW}|True|False\n", "")


def test_global_options_reach_a_command_in_a_group(call: Runner) -> None:
    assert call("--by", "甲", "kit", "desk", "--ledger", "b.db", now=NOW).out.startswith("b.db|甲|")


def test_environment_stands_in_for_global_options(call: Runner, tmp_path: Path) -> None:
    env = {"SIXPING_LEDGER": "env.db", "SIXPING_BY": "乙"}
    assert call("desk", env=env, now=NOW).out.startswith("env.db|乙|")
    assert call("desk", "--ledger", "o.db", env=env, now=NOW).out.startswith("o.db|乙|")
    assert call("desk", now=NOW).out.startswith(str(tmp_path))


def test_a_missing_ledger_names_the_path_and_both_ways_out(call: Runner) -> None:
    answered = call("missing", "--ledger", "nowhere.db")
    assert answered.code == 78
    for word in ("nowhere.db", "sixping init", "sixping demo"):
        assert word in answered.err


@pytest.mark.parametrize(
    ("argv", "months"),
    [
        (["--month"], "last|None|False|"),
        (["--month", "--json"], "last|None|True|"),
        (["--json", "--month"], "last|None|True|"),
        (["--month", "2019-06", "--json"], "2019-06|None|True|"),
        (["--month=2019-06"], "2019-06|None|False|"),
        (["--week", "--month"], "last||False|"),
        (["--note", "--month"], "None|None|False|--month"),
        ([], "None|None|False|"),
    ],
)
def test_an_option_may_stand_without_its_value(call: Runner, argv: list[str], months: str) -> None:
    assert call("tally", *argv) == (0, f"{months}\n", "")


def test_nothing_is_completed_behind_two_dashes() -> None:
    assert complete_bare(["--", "--month"], {"--month": "last"}, set()) == ["--", "--month"]


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked 某某投诉某某")
    error.sqlite_errorcode = 261  # SQLITE_BUSY_RECOVERY
    return error


def _wrapped() -> Exception:
    error = RuntimeError("(sqlite3.OperationalError) 某某投诉某某")
    error.orig = _busy()  # type: ignore[attr-defined]
    return error


def _corrupt() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("malformed 某某投诉某某")
    error.sqlite_errorcode = 11
    return error


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (BadData("第 3 行不对。", "改正。"), 65),
        (LedgerBusy("忙。"), 75),
        (_busy(), 75),
        (_wrapped(), 75),
        (_corrupt(), 74),  # of a file that cannot be looked at again: not called damaged
        (PermissionError(errno.EACCES, "Permission denied", "x.db"), 77),
        (FileNotFoundError(errno.ENOENT, "No such file", "x.csv"), 74),
        (OSError(errno.ENOSPC, "No space left"), 74),
        (BrokenPipeError(errno.EPIPE, "a helper's pipe, not our output's"), 74),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), 65),
        (MemoryError(), 74),
        (RecursionError("maximum recursion depth"), 65),
        (KeyboardInterrupt(), 130),
        (EOFError(), 130),
        (ZeroDivisionError("某某投诉某某"), 1),
        (AssertionError("某某投诉某某"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_every_fault_ends_as_a_chinese_sentence_and_its_code(
    call: Runner, raised: BaseException, code: int
) -> None:
    fault[:] = [raised]
    answered = call("fail")
    assert answered.code == code
    assert answered.out == ""
    assert answered.err.startswith("错误: ")
    assert "Traceback" not in answered.err
    assert "某某投诉某某" not in answered.err


def test_a_fault_of_the_program_keeps_its_id(call: Runner) -> None:
    fault[:] = [ZeroDivisionError("a")]
    first = call("fail").err
    fault[:] = [ZeroDivisionError("b")]
    assert call("fail").err == first
    assert "编号" in first


def test_a_traceback_is_shown_only_to_who_asks_for_it(call: Runner) -> None:
    fault[:] = [ZeroDivisionError("a")]
    assert "Traceback" in call("fail", env={"SIXPING_DEBUG": "1"}).err


def test_a_traceback_says_where_and_not_what_anybody_said(call: Runner) -> None:
    outer = ValueError("13912348765")
    outer.__cause__ = KeyError("某某投诉某某")
    fault[:] = [outer]
    err = call("fail", env={"SIXPING_DEBUG": "1"}).err
    assert "Traceback (ValueError)" in err
    assert "Traceback (KeyError)" in err
    assert "test_frame.py" in err
    assert [said for said in ("13912348765", "某某") if said in err] == []


def test_the_commands_answer_is_the_exit_code(call: Runner) -> None:
    assert call("desk", now=NOW).code == 3
    assert call("tally").code == 0


def test_confirmations_go_cleaned_to_stderr(call: Runner) -> None:
    answered = call("speak")
    assert answered.out == "done\n"
    assert answered.err.startswith("已登记 ")
    assert "\x1b" not in answered.err


@pytest.mark.parametrize("stderr", [None, io.StringIO()])
def test_a_confirmation_nobody_can_read_does_not_undo_the_command(
    stderr: io.StringIO | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if stderr is not None:
        stderr.close()
    monkeypatch.setattr(sys, "stderr", stderr)
    assert cli.main(["speak"]) == 0
    assert capsys.readouterr().out == "done\n"


def _process(*argv: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "sixping", *argv],
        check=False,
        timeout=60,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        **settings,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_said_and_not_swallowed() -> None:
    with Path("/dev/full").open("wb") as full:
        answered = _process("--help", stdout=full)
    assert answered.returncode == 74
    assert answered.stderr.decode().startswith("错误: 磁盘已满")
    assert b"Traceback" not in answered.stderr
    assert b"Exception ignored" not in answered.stderr


def test_a_closed_pipe_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        answered = _process("--help", stdout=writing)
    finally:
        os.close(writing)
    assert (answered.returncode, answered.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp936"])
def test_no_output_encoding_crashes_it(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PATH": os.defpath}
    answered = _process("--help", stdout=subprocess.PIPE, env=env)
    assert answered.returncode == 0
    answered = _process("\U0001f6a8", stdout=subprocess.PIPE, env=env)
    assert answered.returncode == 2
    assert b"Traceback" not in answered.stderr


def test_it_starts_with_an_empty_environment_and_closed_streams() -> None:
    answered = _process("--version", stdout=subprocess.PIPE, env={})
    assert (answered.returncode, answered.stdout.decode()) == (0, f"sixping {__version__}\n")
    shell = f'"{sys.executable}" -m sixping --version >&- 2>&- <&-'
    done = subprocess.run(shell, shell=True, check=False, cwd=ROOT, timeout=120)  # noqa: S602
    assert done.returncode == 0


def test_the_shell_completes_commands_without_importing_them(call: Runner) -> None:
    env = {
        "_SIXPING_COMPLETE": "complete_bash",
        "COMP_WORDS": "sixping a",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "sixping a",
    }
    assert call(env=env) == (0, "absent\n", "")
