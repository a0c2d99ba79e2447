"""After a restore: what was kept and noted before is judged by it, and nothing cries wolf."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.ledgerkit import rows

NOW = "2026-11-23T09:00:00+08:00"
LATER = "2026-11-23T11:00:00+08:00"


def doctor(call: Runner) -> dict[str, dict[str, Any]]:
    return {line["check"]: line for line in call("doctor", "--json", now=LATER).json()}


@pytest.fixture
def lived(call: Runner, ledger: Path) -> Path:
    """A ledger with a backup, and behind it two anchors, a newer backup and a check."""
    for text in ("演示路口占道经营", "窨井盖缺失"):
        assert call("intake", text, now=NOW).code == 0
    assert call("backup", "备份.db", now=NOW).code == 0
    for text in ("道路积水", "电梯停用"):
        assert call("intake", text, now=NOW).code == 0
        assert call("anchor", "--append", "锚点.jsonl", now=NOW).code == 0
    assert call("backup", "--to", "备份", now=NOW).code == 0
    assert call("verify", now=NOW).code == 0
    assert call("intake", "路灯不亮", now=NOW).code == 0
    return ledger


@pytest.fixture(params=["there", "gone"])
def back(call: Runner, lived: Path, request: pytest.FixtureRequest) -> Path:
    """The ledger after a restore of its first backup, over itself or where nothing was left."""
    if request.param == "gone":
        lived.unlink()
    answer = call("restore", "备份.db", "--yes", now=LATER)
    assert answer.code == 0, answer.err
    return lived


@pytest.mark.usefixtures("back")
def test_every_anchor_of_what_was_lost_is_accounted_for_and_the_file_goes_on(call: Runner) -> None:
    for argv in ((), ("--since-last",), ("--anchor", "锚点.jsonl")):
        answer = call("verify", *argv, now=LATER)
        assert (answer.code, "上次核验" in answer.out) == (0, False), answer.out
    assert "给出的锚点都属于恢复时失去的一段" in answer.err
    assert call("intake", "补登", now=LATER).code == 0
    assert call("anchor", "--append", "锚点.jsonl", now=LATER).code == 0
    answer = call("verify", "--anchor", "锚点.jsonl", now=LATER)
    assert (answer.code, "以来一致" in answer.err) == (0, True)


def test_an_anchor_nobody_knew_of_is_still_a_contradiction(call: Runner, lived: Path) -> None:
    call("intake", "另一件", now=NOW)
    seq, head = rows(lived, "SELECT seq, lower(hex(hash)) FROM events ORDER BY seq DESC")[1]
    call("restore", "备份.db", "--yes", now=LATER)
    answer = call("verify", "--anchor", f"{seq}:{head}", now=LATER)
    assert (answer.code, "属于失去的那一段" in answer.out) == (78, True)


@pytest.mark.usefixtures("back")
def test_doctor_wants_a_new_backup_and_raises_no_alarm(call: Runner) -> None:
    told = doctor(call)
    assert told["witness"]["ok"]
    assert told["verify"]["ok"]
    assert (told["backup"]["ok"], "不在现在的台账里" in told["backup"]["what"]) == (False, True)
    assert "--keep" in told["backup"]["hint"]
    assert call("backup", "--to", "备份", now=LATER).code == 0
    assert call("anchor", now=LATER).code == 0
    told = doctor(call)
    assert told["backup"]["ok"]
    assert told["anchor"]["ok"]


@pytest.mark.usefixtures("back")
def test_a_drill_of_a_backup_from_before_passes_and_says_what_it_did_not_hold_it_against(
    call: Runner,
) -> None:
    answer = call("backup", "drill", "备份", now=LATER)
    assert (answer.code, "恢复以前做的" in answer.err) == (0, True), answer.err


def test_another_account_is_told_once_and_goes_on(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noted = "platformdirs.user_state_path"
    with monkeypatch.context() as other:
        other.setattr(noted, lambda *_, **__: tmp_path / "admin")
        assert call("restore", "备份.db", "--yes", now=LATER).code == 0
    assert lived.exists()
    answer = call("verify", "--since-last", now=LATER)
    assert answer.code == 0, answer.out
    assert "恢复以前的" in answer.err
    assert "这次全部核验" in answer.err
    again = call("verify", "--since-last", now=LATER)
    assert (again.code, "恢复以前的" in again.err) == (0, False)


def test_an_old_copy_put_back_by_hand_is_a_finding_until_a_restore_accounts_for_it(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    shutil.copy(tmp_path / "备份.db", lived)
    for argv in ((), ("--since-last",), ()):
        answer = call("verify", *argv, now=LATER)
        assert (answer.code, "换成了旧的" in answer.err) == (78, True)
    assert "sixping restore" in answer.err
    answer = call("restore", "备份.db", "--yes", now=LATER)
    assert (answer.code, "现在的台账只到" in answer.err) == (0, True)
    assert call("verify", now=LATER).code == 0


def test_a_restore_by_mistake_is_taken_back_and_says_what_goes(call: Runner, lived: Path) -> None:
    last = rows(lived, "SELECT max(seq) FROM events")[0][0]
    call("restore", "备份.db", "--yes", now=LATER)
    call("intake", "换错以后登记", now=LATER)
    (aside,) = lived.parent.glob("ledger.sqlite3.replaced-*")
    refused = call("restore", str(aside), "--yes", now=LATER)
    assert (refused.code, "分了岔" in refused.err) == (2, True)
    answer = call("restore", str(aside), "--yes", "--reason", "换错了", "--json", now=LATER)
    assert answer.code == 0, answer.err
    assert answer.json()["lost"]["events"] == 2  # the restore itself and the case after it
    assert "2026-000006" in answer.err  # five were given before: none of them is again
    assert rows(lived, "SELECT max(seq) FROM events")[0][0] == int(str(last)) + 1
    for argv in ((), ("--since-last",), ("--anchor", "锚点.jsonl")):
        assert call("verify", *argv, now=LATER).code == 0


def test_the_backup_of_a_ledger_that_is_gone_is_still_found(call: Runner, lived: Path) -> None:
    lived.unlink()
    assert "sixping restore" in call("list", now=LATER).err
    answer = call("backup", "drill", now=LATER)
    assert (answer.code, "没有与它对数" in answer.err) == (0, True), answer.err
    told = doctor(call)
    assert told["ledger"]["ok"] is False
    (newest,) = (lived.parents[3] / "备份").glob("*.sqlite3")
    assert f"sixping restore {newest}" in told["ledger"]["hint"]
    assert "上次备份" in told["backup"]["what"]


def test_nothing_is_begun_where_there_is_no_room(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = lived.read_bytes()
    there = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=4096))
    for argv in (
        ("backup", "新.db"), ("backup", "--to", "备份"), ("restore", "备份.db", "--yes"),
        ("backup", "drill", "备份"),
    ):  # fmt: skip
        answer = call(*argv, now=LATER)
        assert (answer.code, "磁盘空间不够" in answer.err) == (74, True), answer.err
    assert lived.read_bytes() == before
    assert sorted(tmp_path.rglob("*")) == there


def test_what_the_chain_keeps_of_the_lost_end_names_every_anchor_once(
    call: Runner, lived: Path
) -> None:
    call("restore", "备份.db", "--yes", now=LATER)
    facts = rows(lived, "SELECT facts FROM events WHERE kind = 'restored'")[0][0]
    lost = json.loads(str(facts))["lost"]
    assert len(lost["known"]) == 2
    assert all(len(head) == 16 for _, head in lost["known"])


def test_what_an_earlier_restore_accounts_for_is_not_said_again(call: Runner, back: Path) -> None:
    assert back.exists()
    assert call("backup", "新.db", now=LATER).code == 0
    said = call("restore", "新.db", "--dry-run", now=LATER).err
    assert "不会失去什么" in said
    assert "曾记到" not in said
