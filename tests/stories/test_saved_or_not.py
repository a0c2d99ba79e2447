"""Whatever fails at or after COMMIT: the sentence says of the step what is true of the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sixping.store import sqlite, transaction
from tests.conftest import Runner
from tests.kit.ledgerkit import rows

NOW = "2026-11-23T09:00:00+08:00"
CSV = """编号,内容,收到时间,办结,状态,单位,等级
演1,演示路灯不亮,2026-03-02 09:00,,在办,城管执法中队,普通
"""
PROFILE = """
name = "file"
title = "演示"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
resolved = "办结"
status = "状态"
unit = "单位"
severity = "等级"
[values.severity]
"普通" = "一般"
[values.status]
"在办" = "办理中"
[defaults]
channel = "投诉举报电话"
"""
#: of one event each, and of many
COMMANDS = {
    "intake": ("intake", "演示路灯不亮", "--severity", "一般"),
    "note": ("note", "1", "演示"),
    "import": ("import", "file.csv", "--profile", "file.toml"),
    "retention": ("retention", "hold", "1", "--reason", "演示"),
    "units": ("units", "person", "add", "演示丙", "--unit", "党政综合办"),
    "reveal": ("show", "1", "--reveal", "--reason", "演示"),
}


@pytest.fixture
def desk(call: Runner, ledger: Path, tmp_path: Path) -> Path:
    (tmp_path / "file.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "file.toml").write_text(PROFILE, encoding="utf-8")
    made = call("intake", "江南大道占道经营", "--severity", "一般", now=NOW)
    assert made.code == 0, made.err
    return ledger


def disk_error(*_: object) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    raise error


def saving_first(con: sqlite3.Connection) -> None:
    con.execute("COMMIT")
    disk_error()


def last(path: Path) -> int:
    ((seq,),) = rows(path, "SELECT max(seq) FROM events")
    assert isinstance(seq, int)
    return seq


@pytest.mark.parametrize("argv", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("saved", [True, False])
def test_a_commit_that_fails_says_whether_the_step_was_saved(
    call: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...], saved: bool
) -> None:
    before = last(desk)
    monkeypatch.setattr(sqlite, "commit", saving_first if saved else disk_error)
    done = call(*argv, now=NOW)
    assert done.code == 74, done.err
    assert (last(desk) > before) == saved
    assert ("已经保存, 不要重做" in done.err) == saved, done.err
    assert ("没有保存" in done.err) != saved, done.err
    assert "损坏" not in done.err


@pytest.mark.usefixtures("desk")
def test_a_commit_nobody_can_look_at_is_called_unknown(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "commit", saving_first)
    monkeypatch.setattr("sixping.ledger.log.link_at", disk_error)
    done = call("note", "1", "演示", now=NOW)
    assert done.code == 74
    assert "不知道这一步是否已保存" in done.err
    assert "没有保存" not in done.err


def test_what_fails_before_the_commit_is_not_saved(
    call: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = last(desk)
    monkeypatch.setattr(transaction.Transaction, "finish", disk_error)
    for argv in COMMANDS.values():
        done = call(*argv, now=NOW)
        assert done.code == 74, done.err
        assert "这一步没有保存" in done.err
    assert last(desk) == before


def raising(fault: BaseException) -> Callable[..., None]:
    def run(*_: object, **__: object) -> None:
        raise fault

    return run


@pytest.mark.parametrize(
    "fault", [ValueError(), OSError(28, "full"), KeyboardInterrupt(), MemoryError()], ids=repr
)
def test_what_fails_after_the_commit_says_that_it_was_recorded(
    call: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    before = last(desk)
    monkeypatch.setattr("sixping.commands.ledger.retention.Context.say", raising(fault))
    done = call("retention", "hold", "1", "--reason", "演示", now=NOW)
    assert done.code in {1, 74, 130}, done.err
    assert last(desk) == before + 1
    assert f"已经记入台账 (到第 {before + 1} 号)" in done.err
    assert "不要直接重做" in done.err
    monkeypatch.undo()
    assert "已经记入" not in call("show", "99", now=NOW).err, "the next command begins anew"


def test_ctrl_c_heard_when_the_commit_is_done_says_that_it_was_recorded(
    call: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(con: sqlite3.Connection) -> None:
        con.execute("COMMIT")
        raise KeyboardInterrupt

    before = last(desk)
    monkeypatch.setattr(sqlite, "commit", commit)
    done = call("note", "1", "演示", now=NOW)
    assert done.code == 130
    assert f"已经记入台账 (到第 {before + 1} 号)" in done.err


@pytest.mark.usefixtures("desk")
def test_a_result_that_cannot_be_written_names_the_case_and_once(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sixping.console.receipt.show", raising(OSError(28, "full")))
    done = call("note", "1", "演示", now=NOW)
    assert done.code == 74
    assert "2026-000001 已经记入台账" in done.err
    assert done.err.count("已经记入台账") == 1


@pytest.mark.usefixtures("desk")
def test_a_look_that_changes_nothing_is_not_called_recorded(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sixping.console.answers.emit", raising(OSError(28, "full")))
    done = call("list", now=NOW)
    assert done.code == 74
    assert "记入台账" not in done.err
