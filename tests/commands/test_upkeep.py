"""init, verify, backup and rebuild as people and cron call them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sixping.ledger import transaction
from sixping.store import verify as verification
from tests.conftest import ROOT, Public, Runner
from tests.kit.ledgerkit import lived, raw, rows, stamp


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return lived(tmp_path)[0]


def test_a_name_too_long_for_the_journal_beside_it_is_refused(call: Runner, tmp_path: Path) -> None:
    name = tmp_path / ("账" * 80 + ".sqlite3")  # 248 bytes; with -journal 256
    answer = call("--ledger", str(name), "init")
    assert answer.code == 1
    assert "文件名太长" in answer.err
    assert not list(tmp_path.iterdir())


def test_verify_tells_the_head_as_the_report_does(call: Runner, path: Path) -> None:
    said = call("--ledger", str(path), "verify", "--json").json()
    assert {"ok", "events", "seq", "head", "statement", "findings", "remarks"} == said.keys()
    digest = rows(path, "SELECT lower(hex(hash)) FROM events WHERE seq = 7")
    assert [(said["head"],)] == digest
    assert (said["ok"], said["seq"], said["events"]) == (True, 7, 7)


def test_findings_are_exit_78_and_name_layer_and_case(call: Runner, path: Path) -> None:
    raw(path, "UPDATE case_moves SET lead = '别处' WHERE from_seq = 6")
    answer = call("--ledger", str(path), "verify")
    assert answer.code == 78
    assert "projection 2026-000001" in answer.out
    assert call("--ledger", str(path), "rebuild", "--check").code == 78
    assert call("--ledger", str(path), "rebuild").code == 0
    assert call("--ledger", str(path), "verify").code == 0


def test_a_retry_while_its_handle_was_gone_does_not_stop_a_rebuild(
    call: Runner, path: Path
) -> None:
    intake = ("--ledger", str(path), "intake", "演示路口占道经营", "--request-id", "甲", "--json")
    first = call(*intake).json()["number"]
    raw(path, "DELETE FROM requests")
    assert call(*intake).json()["number"] != first
    assert call("--ledger", str(path), "verify").code == 78
    assert call("--ledger", str(path), "rebuild").code == 0
    assert call(*intake).json()["number"] == first
    assert call("--ledger", str(path), "verify").code == 0


def test_statistics_of_another_program_are_told_and_a_rebuild_drops_them(
    call: Runner, path: Path
) -> None:
    raw(path, "ANALYZE")
    on = ("--ledger", str(path))
    assert call(*on, "list", "--all").code == 0
    told = call(*on, "verify")
    assert (told.code, "可用 sixping rebuild 去掉" in told.out) == (78, True)
    assert call(*on, "rebuild", "--check").code == 78
    assert call(*on, "rebuild").code == 0
    assert call(*on, "verify").code == 0
    assert rows(path, "SELECT kind FROM events ORDER BY seq DESC LIMIT 1") == [("rebuilt",)]


def test_anchors_come_one_by_one_or_in_a_file(call: Runner, path: Path, tmp_path: Path) -> None:
    heads = rows(path, "SELECT seq, lower(hex(hash)) FROM events")
    kept = tmp_path / "锚点.txt"
    lines = [f"{seq}:{head}" for seq, head in heads]
    kept.write_text("\ufeff# 每天一行\n\n" + "\r\n".join(lines) + "\n", encoding="utf-8")
    verify = ("--ledger", str(path), "verify", "--anchor")
    answer = call(*verify, str(kept), "--anchor", f"3:{str(heads[2][1])[-16:].upper()}")
    assert answer.code == 0
    assert "自锚点 (第 7 号" in answer.err
    kept.write_text(f"{lines[0]}\n6:{'0' * 64}\n", encoding="utf-8")
    answer = call(*verify, str(kept))
    assert answer.code == 78
    assert "anchor 6" in answer.out


@pytest.mark.parametrize(
    ("words", "code"),
    [("", 65), ("1:9f2c51ab\n2;9f2c51ab", 65), ("1:short", 65), ("1:９f2c51ab", 65)],
)
def test_a_file_without_sound_anchors_is_refused(
    call: Runner, path: Path, tmp_path: Path, words: str, code: int
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(words, encoding="utf-8")
    assert call("--ledger", str(path), "verify", "--anchor", str(kept)).code == code
    assert call("--ledger", str(path), "verify", "--anchor", "nowhere").code == 2


def test_a_ledger_every_account_may_read_is_remarked_not_refused(call: Runner, path: Path) -> None:
    assert "chmod" not in call("--ledger", str(path), "verify").err
    path.chmod(0o644)
    answer = call("--ledger", str(path), "verify")
    assert answer.code == 0
    assert "chmod o-r" in answer.err


def test_what_a_command_writes_is_the_owners_alone(run: Runner, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert run("--ledger", "new/own/a.sqlite3", "init").code == 0
        assert run("--ledger", "new/own/a.sqlite3", "backup", "copy/b.sqlite3").code == 0
        out = ("report", "--month", "2026-10", "-o", "c.csv")
        assert run("--ledger", "new/own/a.sqlite3", *out).code == 0
    finally:
        os.umask(before)
    for made in ("new", "new/own", "new/own/a.sqlite3", "copy", "copy/b.sqlite3", "c.csv"):
        assert not (tmp_path / made).stat().st_mode & 0o077, made


def test_cron_with_an_empty_environment_is_silent(ledger: Path) -> None:
    command = [sys.executable, "-m", "sixping", "overdue", "--exit-code", "--ledger", str(ledger)]
    done = subprocess.run(command, env={}, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_answer_that_cannot_be_written_is_74_and_the_number_is_kept(
    ledger: Path, tmp_path: Path
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sixping", "intake", "演示路口占道经营", "--json"],
            env={"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 74, done.stderr.decode()
    ((number,),) = rows(ledger, "SELECT number FROM cases")
    assert str(number) in done.stderr.decode()
    assert verification.verify(ledger)["ok"]


FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from sixping.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("room", [0, 4096, 20_000])
def test_a_disk_without_room_saves_nothing_and_says_so(
    ledger: Path, tmp_path: Path, room: int
) -> None:
    """A limit on file size stands in for a full disk: the journal or the ledger cannot grow."""
    text = "演示路口占道经营" * 1000
    before = rows(ledger, "SELECT max(seq) FROM events")
    done = subprocess.run(
        [sys.executable, "-B", "-c", FULL_DISK, str(room), "intake", text],  # no cut-off .pyc
        env={"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 74, done.stderr.decode()
    assert "没有保存" in done.stderr.decode()
    assert rows(ledger, "SELECT max(seq) FROM events") == before
    assert verification.verify(ledger)["ok"]


def test_a_request_repeated_after_an_erasure_is_a_new_one(call: Runner, ledger: Path) -> None:
    intake = ("intake", "演示路口占道经营", "--request-id", "r1", "--json")
    number = call(*intake).json()["number"]
    with transaction(ledger, stamp()) as work:
        work.erase([work.entries(number)[0].seq], "本人申请")
    again = call(*intake)
    assert again.code == 0
    assert again.json()["number"] != number
    assert len(rows(ledger, "SELECT 1 FROM cases")) == 2


AS_NOBODY = """
import os, sys
from sixping.cli import main
import sixping.console.faults
COMMANDS = (["list", "--all"], ["verify"], ["intake", "x"])
for words in COMMANDS:  # load what they need while Python's own files may be read
    main(["--ledger", sys.argv[2], *words])
os.setgid(65534)
os.setuid(65534)
os.chdir("/")
print("nobody:")
for words in COMMANDS:
    print(main(["--ledger", sys.argv[1], *words]))
"""


def test_a_read_only_ledger_in_a_read_only_folder_is_read_and_not_written(
    tmp_path: Path, public: Public
) -> None:
    path, number = lived(public.folder)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(path), str(lived(tmp_path)[0])],
        env={"PATH": os.defpath, "PYTHONPATH": str(public.program), "HOME": "/"},
        cwd="/",
        capture_output=True,
        check=False,
        timeout=60,
    )
    out = done.stdout.decode().partition("nobody:")[2].splitlines()
    assert any(number in line for line in out), done.stderr.decode()
    assert [line for line in out if line.isdigit()] == ["0", "0", "77"], done.stderr.decode()
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("room", [0, 4096])
@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.xlsx"])
def test_an_answer_the_disk_has_no_room_for_leaves_the_old_file(
    ledger: Path, tmp_path: Path, room: int, name: str
) -> None:
    file = tmp_path / "out" / name
    file.parent.mkdir()
    file.write_text("原来的", encoding="utf-8")
    line = ("export" if name.endswith("xlsx") else "log", "-o", str(file), "--force")
    assert ledger.exists()
    done = subprocess.run(
        [sys.executable, "-B", "-c", FULL_DISK, str(room), *line],
        env={"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 0:  # it had room
        assert file.stat().st_size <= room
    else:
        assert done.returncode == 74, done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()
        assert file.read_text(encoding="utf-8") == "原来的"
    assert [path.name for path in file.parent.iterdir()] == [name]


KILLED = """
import os, signal, sys
from sixping import cli
name, really = sys.argv.pop(1), None
def die(*given, **named):
    really(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
really = getattr(os, name)
setattr(os, name, die)
sys.exit(cli.main(sys.argv[1:]))
"""


def killed(tmp_path: Path, call: str, *line: str) -> None:
    """Run a command that is killed right after it made this call for the first time."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, call, *line],
        env={"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_killed_right_after_it_has_its_name_a_ledger_and_a_backup_are_used_on(
    call: Runner, tmp_path: Path
) -> None:
    """A kill between link and unlink leaves two names of one file."""
    books, copies = tmp_path / "books", tmp_path / "copies"
    ledger, backup = books / "l.db", copies / "b.db"
    killed(tmp_path, "link", "--ledger", str(ledger), "init")
    assert ledger.stat().st_nlink == 2
    assert call("--ledger", str(ledger), "intake", "井盖缺失", "--severity", "一般").code == 0
    assert [path.name for path in books.iterdir()] == ["l.db"]
    killed(tmp_path, "link", "--ledger", str(ledger), "backup", str(backup))
    assert backup.stat().st_nlink == 2
    assert len(call("--ledger", str(backup), "list", "--json").json()) == 1
    assert [path.name for path in copies.iterdir()] == ["b.db"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_what_killed_commands_left_goes_with_the_next_backup(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "copies"
    killed(tmp_path, "fsync", "backup", str(copies / "a.db"))
    killed(tmp_path, "fsync", "log", "-o", str(copies / "a.csv"))
    (left,) = copies.iterdir()
    for at in range(150):
        shutil.copy(ledger, left.with_name(f".a.db.{at:012x}.tmp"))
    assert call("backup", str(copies / "b.db")).code == 0
    assert [path.name for path in copies.iterdir()] == ["b.db"]
