"""restore as an office needs it after an accident: what is lost is said, nothing is thrown away."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sixping.errors import LedgerUnusable, NotAllowed
from sixping.ledger import transaction
from sixping.services.upkeep import restoring
from sixping.store import sqlite, verify
from sixping.store.rescue import swap
from sixping.util import files
from sixping.util.files import sweep
from tests.conftest import Runner
from tests.kit.killing import killed
from tests.kit.ledgerkit import fail_commit, raw, rows, stamp

NOW = "2026-11-23T09:00:00+08:00"
LATER = "2026-11-24T09:00:00+08:00"
HEADS = "SELECT seq, lower(hex(hash)) FROM events ORDER BY seq"


@pytest.fixture
def lived(call: Runner, ledger: Path) -> Path:
    """A ledger with a backup after two cases, then a third case and a step."""
    for text in ("演示路口占道经营", "窨井盖缺失"):
        assert call("intake", text, "--phone", "13800000000", now=NOW).code == 0
    assert call("backup", "备份.db", now=NOW).code == 0
    assert call("intake", "道路积水", now=NOW).code == 0
    assert call("accept", "1", now=NOW).code == 0
    return ledger


def asides(ledger: Path) -> list[Path]:
    return sorted(ledger.parent.glob("ledger.sqlite3.replaced-*"))


def heads(path: Path) -> list[tuple[int, str]]:
    return [(int(str(seq)), str(head)) for seq, head in rows(path, HEADS)]


def test_what_would_be_lost_is_said_by_number_and_nothing_is_touched(
    call: Runner, lived: Path
) -> None:
    before = lived.read_bytes()
    said = call("restore", "备份.db", "--dry-run", "--json", now=LATER)
    assert said.json()["lost"] == {
        "events": 2, "begun": ["2026-000003"], "moved": ["2026-000001"], "erased": [],
    }  # fmt: skip
    assert "会失去备份以后的 2 条记录" in said.err
    assert "2026-000003" in said.err
    piped = call("restore", "备份.db", now=LATER)
    assert piped.code == 2
    assert "--yes" in piped.err
    assert lived.read_bytes() == before
    assert not asides(lived)


def test_a_restore_is_recorded_and_the_old_ledger_stands_beside(call: Runner, lived: Path) -> None:
    old = heads(lived)
    done = call("restore", "备份.db", "--yes", "--reason", "误删", "--json", now=LATER).json()
    assert heads(lived)[:-1] == old[:-2]
    assert heads(lived)[-1] == (done["seq"], done["head"])
    assert done["incarnation"] == 2
    (aside,) = asides(lived)
    assert str(aside) == done["aside"]
    assert heads(aside) == old
    assert not lived.stat().st_mode & 0o077
    ((facts,),) = rows(lived, "SELECT facts FROM events WHERE kind = 'restored'")
    assert "误删" not in str(facts)  # what people write is sealed beside the chain
    verified = call("verify", "--json", now=LATER).json()
    assert verified["ok"]
    (remark,) = [r for r in verified["remarks"] if r["remark"] == "restored"]
    assert f"备份到第 {old[-3][0]} 号" in remark["what"]
    assert "第 2 代" in remark["what"]
    assert call("intake", "又一件", now=LATER).code == 0
    assert "恢复备份" in call("log", now=LATER).out
    again = call("restore", "备份.db", "--yes", "--reason", "再来", "--json", now=LATER).json()
    assert again["incarnation"] == 3  # the backup knows of no second one, the old ledger does
    assert len(asides(lived)) == 2


def test_the_anchor_of_a_lost_end_is_explained_by_the_restore(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    old = heads(lived)
    assert call("restore", "备份.db", "--yes", now=LATER).code == 0
    last = call("verify", "--anchor", "{}:{}".format(*old[-1]), "--json", now=LATER)
    said = last.json()
    assert said["ok"]
    assert "自锚点" not in said["statement"]  # it is no anchor of this state
    assert [r["what"] for r in said["remarks"] if "自恢复记录" in r["what"]]
    between = call("verify", "--anchor", "{}:{}".format(*old[-2]), now=LATER)
    assert between.code == 78  # nobody can prove it
    assert "自恢复记录可知" in between.out
    before = call("verify", "--anchor", "{}:{}".format(*old[-3]), now=LATER)
    assert before.code == 0
    forged = call("verify", "--anchor", f"{old[-1][0]}:{'0' * 64}", now=LATER)
    assert forged.code == 78
    assert tmp_path.exists()


def test_a_damaged_ledger_is_replaced_and_the_anchors_say_at_least_what_is_lost(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    (seq, head), size = heads(lived)[-1], lived.stat().st_size
    (tmp_path / "锚点").write_text(f"{seq}:{head}\n", encoding="utf-8")
    with lived.open("rb+") as file:
        file.write(os.urandom(size))
    unknown = call("restore", "备份.db", "-n", now=LATER)
    assert "至少有" not in unknown.err or "这台机器上的记录" in unknown.err
    said = call("restore", "备份.db", "-n", "--anchor", "锚点", now=LATER)
    assert "至少有 2 条以后的记录会丢失" in said.err
    damaged = lived.read_bytes()
    done = call("restore", "备份.db", "--anchor", "锚点", "--yes", now=LATER)
    assert done.code == 0, done.err
    assert asides(lived)[0].read_bytes() == damaged
    assert call("verify", "--anchor", f"{seq}:{head}", now=LATER).code == 0


def test_without_anything_to_compare_the_loss_is_unknown(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    lived.unlink()
    shutil.rmtree(tmp_path / ".local" / "state", ignore_errors=True)
    said = call("restore", "备份.db", "-n", now=LATER)
    assert "不知道" in said.err
    done = call("restore", "备份.db", "--yes", "--json", now=LATER).json()
    assert done["aside"] is None
    assert call("verify", now=LATER).code == 0


def test_what_this_machine_remembers_tells_what_is_lost(call: Runner, lived: Path) -> None:
    assert call("backup", "新的.db", now=NOW).code == 0  # and is then lost too
    lived.unlink()
    said = call("restore", "备份.db", "-n", now=LATER)
    assert "这台机器上的记录" in said.err
    assert "至少有 2 条" in said.err


@pytest.mark.parametrize("what", ["other", "diverged"])
def test_a_ledger_that_is_no_continuation_needs_a_reason(
    call: Runner, lived: Path, tmp_path: Path, what: str
) -> None:
    if what == "other":
        assert call("--ledger", "b.db", "init", now=NOW).code == 0
        shutil.copy(tmp_path / "b.db", lived)
    else:
        shutil.copy(tmp_path / "备份.db", lived)
        assert call("intake", "另一件", now=NOW).code == 0
        assert call("backup", "岔.db", now=NOW).code == 0
        shutil.copy(tmp_path / "备份.db", lived)
        assert call("intake", "又一件", now=NOW).code == 0
        assert call("intake", "再一件", now=NOW).code == 0
    file = "备份.db" if what == "other" else "岔.db"
    assert call("restore", file, "--yes", now=LATER).code == 2
    assert call("restore", file, "--reason", "拿错了", now=LATER).code == 2
    assert not asides(lived)
    answer = call("restore", file, "--yes", "--reason", "拿错了", now=LATER)
    assert answer.code == 0, answer.err
    assert call("verify", now=LATER).code == 0


def test_words_erased_since_the_backup_are_named(call: Runner, lived: Path) -> None:
    with transaction(lived, stamp()) as work:
        work.erase([entry.seq for entry in work.entries("2026-000002")], "本人申请")
    said = call("restore", "备份.db", "-n", "--json", now=LATER)
    assert said.json()["lost"]["erased"] == ["2026-000002"]
    assert "erase" in said.err


def test_a_backup_that_does_not_verify_is_not_put_in_place(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    raw(tmp_path / "备份.db", "UPDATE case_moves SET status = '已归档'")
    before = lived.read_bytes()
    answer = call("restore", "备份.db", "--yes", now=LATER)
    assert answer.code == 78
    assert "没有通过核验" in answer.err
    for other in ("没有.db", str(lived)):
        assert call("restore", other, "--yes", now=LATER).code in {1, 78}
    assert lived.read_bytes() == before


def test_an_anchor_the_backup_must_have_is_held_against_it(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    seq = heads(lived)[-3][0]
    (tmp_path / "锚点").write_text(f"{seq}:{'0' * 64}\n", encoding="utf-8")
    answer = call("restore", "备份.db", "--anchor", "锚点", "--yes", now=LATER)
    assert answer.code == 78
    assert not asides(lived)


def test_a_ledger_in_use_is_not_replaced(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.1)
    with closing(sqlite3.connect(lived, isolation_level=None)) as con:
        con.execute("BEGIN IMMEDIATE")
        answer = call("restore", "备份.db", "--yes", now=LATER)
    assert answer.code == 75
    assert not asides(lived)
    assert not list(lived.parent.glob(".*.tmp"))


def test_who_waited_for_the_old_ledger_saves_nothing_in_it(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(lived, isolation_level=None)) as waiting:
        waiting.execute("SELECT count(*) FROM events").fetchone()  # has the file open
        assert call("restore", "备份.db", "--yes", now=LATER).code == 0
        with pytest.raises(sqlite3.OperationalError) as moved:
            waiting.execute("UPDATE counters SET value = 99")
    said = sqlite.translated(moved.value, str(lived))
    assert said is not None
    assert (said.exit_code, "换成另一个" in said.what) == (75, True)
    assert call("--ledger", str(asides(lived)[0]), "verify", now=LATER).code == 0
    assert tmp_path.exists()


def test_a_ledger_is_not_restored_from_itself(call: Runner, lived: Path) -> None:
    answer = call("restore", str(lived), "--yes", now=LATER)
    assert (answer.code, "就是台账本身" in answer.err) == (1, True)


def test_a_backup_changed_while_one_was_asked_is_not_put_in_place(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    agreed = restoring.plan(lived, tmp_path / "备份.db")
    whole = lived.read_bytes()
    assert call("--ledger", "备份.db", "intake", "混进来的一件", now=LATER).code == 0
    with pytest.raises(LedgerUnusable, match="刚被改动过"):
        restoring.restore(lived, agreed, stamp())
    assert (lived.read_bytes(), asides(lived)) == (whole, [])


def test_the_new_ledger_and_the_old_ones_name_are_on_the_disk_before_the_swap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def replaced(one: Path, other: Path) -> Path:
        happened.append("swap")
        return replace(one, other)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    for file in ("l.db", "draft"):
        (tmp_path / file).write_text(file, encoding="utf-8")
    swap.replace(str(tmp_path / "draft"), tmp_path / "l.db", tmp_path / "aside")
    assert happened == ["file", "folder", "folder", "swap", "folder"]


@pytest.mark.parametrize("done", [False, True])
def test_a_restore_that_fails_in_the_copy_says_that_nothing_was_restored(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    before = lived.read_bytes()
    fail_commit(monkeypatch, 1, done=done)
    made = call("restore", "备份.db", "--yes", now=LATER)
    assert (made.code, lived.read_bytes(), asides(lived)) == (74, before, [])
    assert f"没有恢复, 原来的台账没有动: {lived} (读写台账时出了一次错" in made.err
    assert "保存" not in made.err
    assert "已经记入" not in made.err, "what was recorded went with the copy"


def test_a_restore_that_fails_before_the_swap_recorded_nothing(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lived.read_bytes()

    def refuse(_: str, __: Path, ___: Path | None) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(swap, "replace", refuse)
    made = call("restore", "备份.db", "--yes", now=LATER)
    assert (made.code, lived.read_bytes()) == (74, before)
    assert "没有恢复" in made.err
    assert "已经记入" not in made.err


def test_a_restore_that_the_disk_does_not_confirm_is_not_called_undone(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, put, sync = lived.read_bytes(), Path.replace, files.sync_folder

    def replaced(one: Path, other: Path) -> Path:
        def refuse(_: Path) -> None:
            raise OSError(errno.EIO, "no")

        monkeypatch.setattr(swap, "sync_folder", refuse)
        return put(one, other)

    monkeypatch.setattr(Path, "replace", replaced)
    made = call("restore", "备份.db", "--yes", now=LATER)
    monkeypatch.setattr(swap, "sync_folder", sync)
    assert made.code == 74
    assert lived.read_bytes() != before
    assert f"已经换上, 但磁盘没有确认: {lived} (设备出错)" in made.err
    assert "没有恢复" not in made.err
    assert call("verify", now=LATER).code == 0


def test_what_came_in_while_one_was_asked_stops_the_restore(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    agreed = restoring.plan(lived, tmp_path / "备份.db")
    assert call("intake", "刚到的一件", now=LATER).code == 0
    with pytest.raises(NotAllowed, match="刚有新的记录"):
        restoring.restore(lived, agreed, stamp())
    assert not asides(lived)


def test_a_journal_of_the_old_ledger_is_never_rolled_into_the_new(
    call: Runner, lived: Path
) -> None:
    lived.write_bytes(b"\0" * lived.stat().st_size)
    journal = lived.with_name(f"{lived.name}-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 600)
    assert call("restore", "备份.db", "--yes", now=LATER).code == 0
    assert not journal.exists()
    assert call("verify", now=LATER).code == 0


@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_what_belongs_to_the_old_file_is_set_aside_with_it(tmp_path: Path, suffix: str) -> None:
    name, draft, aside = (tmp_path / one for one in ("l.db", "draft", "l.db.replaced-1"))
    for file in (name, draft, tmp_path / f"l.db{suffix}"):
        file.write_text(file.name, encoding="utf-8")
    swap.replace(str(draft), name, aside)
    assert (name.read_text(), aside.read_text()) == ("draft", "l.db")
    assert aside.with_name(aside.name + suffix).read_text() == f"l.db{suffix}"
    assert not name.with_name(name.name + suffix).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_any_step_the_old_or_the_new_ledger_is_in_place(
    call: Runner, lived: Path, tmp_path: Path
) -> None:
    folder, whole = lived.parent, lived.read_bytes()
    old, ended = heads(lived), False
    for stop in range(1, 60):
        shutil.rmtree(folder)
        folder.mkdir()
        lived.write_bytes(whole)
        code = killed(call, stop, "restore", "备份.db", "--yes", now=LATER)
        assert code in {0, -signal.SIGKILL}
        assert lived.exists(), stop
        copy = Path(shutil.copy(lived, tmp_path / "seen.db"))
        assert verify.verify(copy)["ok"]
        replaced = heads(copy) != old
        if replaced:
            assert heads(asides(lived)[0]) == old
        answer = call("list", now=LATER)
        if answer.code:  # between two names and one
            assert answer.code == 78
            assert str(asides(lived)[0]) in answer.err
            assert str(lived) in answer.err
            again = call("restore", "备份.db", "--yes", now=LATER)
            assert again.code == 0, again.err
            assert call("verify", now=LATER).code == 0
            assert [heads(one) for one in asides(lived)] == [old]
        ended = code == 0
        if ended:
            break
    assert ended
    assert stop > 3


def test_a_name_that_is_taken_is_not_overwritten(call: Runner, lived: Path) -> None:
    taken = lived.with_name("ledger.sqlite3.replaced-20261124-090000")
    taken.write_text("别的", encoding="utf-8")
    assert call("restore", "备份.db", "--yes", now=LATER).code == 0
    assert taken.read_text(encoding="utf-8") == "别的"
    assert [one.name[-2:] for one in asides(lived)] == ["00", "-2"]


def test_a_file_system_without_links_is_served_by_renaming(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    old = heads(lived)
    assert call("restore", "备份.db", "--yes", now=LATER).code == 0
    assert heads(asides(lived)[0]) == old


def test_what_was_never_a_ledger_is_not_set_aside(call: Runner, lived: Path) -> None:
    folder = lived.parent / "places"
    (folder / "a folder").mkdir(parents=True)
    os.mkfifo(folder / "a pipe")
    with closing(sqlite3.connect(folder / "another's.db")) as con, con:
        con.execute("CREATE TABLE events (title TEXT)")
    before = sorted((path.name, path.lstat().st_ino) for path in folder.iterdir())
    for name, _ in before:
        said = call("--ledger", folder / name, "restore", "备份.db", "--yes", "--reason", "误删")
        assert said.code == 78, name
        assert "没有恢复" in said.err
    assert sorted((path.name, path.lstat().st_ino) for path in folder.iterdir()) == before


def test_a_ledger_with_damaged_first_bytes_is_not_taken_for_anothers(
    call: Runner, lived: Path
) -> None:
    with lived.open("r+b") as file:
        file.seek(68)  # the application's id
        file.write(b"\0\0\0\7")
    assert call("restore", "备份.db", "--yes", "--reason", "损坏", now=LATER).code == 0
    assert len(asides(lived)) == 1


def test_what_another_process_sweeps_meanwhile_is_not_the_copy_that_is_made(
    call: Runner, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = restoring._record

    def swept_before(draft: str, *given: object) -> restoring.Done:
        assert sweep(lived.parent) == []
        return record(draft, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(restoring, "_record", swept_before)
    done = call("restore", "备份.db", "--yes", now=LATER)
    assert done.code == 0, done.err
