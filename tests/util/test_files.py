"""The one writer of files: whole or not at all, on the disk, the owner's, never over what is kept.

Each guard of the writer has a test here that turns red without it.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sixping.errors import InputOutput, NoPermission, NotAllowed, SixpingError, UsageFault
from sixping.util import files
from sixping.util.files import Kept, append_line, published, sweep, writing
from tests.conftest import ROOT

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no such modes, links or locks there")
AGES_AGO = (1_500_000_000, 1_500_000_000)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, text: str = "新", **how: Any) -> None:
    with writing(path, **how) as file:
        file.write(text.encode())


def database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE notes (text)")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which nothing is but what the writer makes."""
    made = tmp_path / "folder"
    made.mkdir()
    return made


# --- whole, on the disk, the owner's alone --------------------------------------------------


def test_a_file_is_there_when_all_is_written_and_nothing_beside_it(folder: Path) -> None:
    with writing(folder / "a.csv") as file:
        file.write(b"half")
        assert not (folder / "a.csv").exists()
    assert (folder / "a.csv").read_bytes() == b"half"
    assert names(folder) == ["a.csv"]


@pytest.mark.parametrize("force", [False, True])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(folder: Path, force: bool) -> None:
    path = folder / "a.md"
    if force:
        path.write_text("old", encoding="utf-8")

    def write_half() -> None:
        with writing(path, force=force) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert names(folder) == (["a.md"] if force else [])
    assert not force or path.read_text(encoding="utf-8") == "old"


@POSIX
@pytest.mark.parametrize("force", [False, True])
def test_content_and_name_are_on_the_disk_in_this_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    """The content is synced before the file gets its name, the folder afterwards."""
    seen: list[tuple[str, bool, bytes]] = []
    path = folder / "a.csv"
    before, fsync = os.fsync, os.fsync

    def record(handle: int) -> None:
        state = os.fstat(handle)
        is_folder = stat.S_ISDIR(state.st_mode)
        content = b"" if is_folder else os.pread(handle, 9, 0)
        seen.append(("folder" if is_folder else "file", path.exists(), content))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", record)
    write(path, force=force)
    assert before is fsync
    assert seen == [("file", False, "新".encode()), ("folder", True, b"")]


@POSIX
def test_a_line_that_is_added_is_on_the_disk_and_so_is_a_new_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: seen.append(stat.S_ISDIR(os.fstat(handle).st_mode))
    )
    append_line(folder / "a.txt", "甲")
    append_line(folder / "a.txt", "乙")
    assert seen == [False, True, False]


@POSIX
def test_a_file_is_the_owners_alone_whatever_the_mask(folder: Path) -> None:
    before = os.umask(0)
    try:
        write(folder / "a.csv")
        append_line(folder / "b.txt", "甲")
        with published(folder / "c.db") as draft:
            assert stat.S_IMODE(Path(draft).stat().st_mode) == 0o600
    finally:
        os.umask(before)
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@POSIX
def test_a_draft_that_is_there_already_is_another_s_and_is_not_written_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda count: b"\xab" * count)
    foreign = folder / f".a.csv.{'ab' * 6}.tmp"
    foreign.write_text("别人的", encoding="utf-8")
    with pytest.raises(InputOutput):
        write(folder / "a.csv")
    assert foreign.read_text(encoding="utf-8") == "别人的"
    assert names(folder) == [foreign.name]


@POSIX
def test_a_draft_changed_for_a_link_is_not_written_through(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may write to the folder could put a link in the place of the draft."""
    victim = tmp_path / "victim"
    victim.write_text("别人的", encoding="utf-8")

    def change(where: str) -> None:
        (draft,) = Path(where).iterdir()
        draft.unlink()
        draft.symlink_to(victim)

    monkeypatch.setattr(files, "sweep", change)
    with pytest.raises(InputOutput, match="链接"):
        write(folder / "a.csv")
    with pytest.raises(OSError, match="symbolic"), published(folder / "a.csv"):
        pass
    assert (victim.read_text(encoding="utf-8"), names(folder)) == ("别人的", [])


@POSIX
def test_a_line_is_not_added_through_a_link_put_there_meanwhile(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("别人的", encoding="utf-8")
    (folder / "a.txt").symlink_to(victim)
    with pytest.raises(NotAllowed, match="链接"):
        append_line(folder / "a.txt", "甲")
    monkeypatch.setattr(files, "check_target", lambda *_, **__: None)
    with pytest.raises(InputOutput, match="链接"):
        append_line(folder / "a.txt", "甲")
    assert victim.read_text(encoding="utf-8") == "别人的"


def test_a_name_as_long_as_a_file_system_takes_is_written(folder: Path) -> None:
    path = folder / f"{'表' * 83}.csv"  # 253 bytes
    write(path)
    assert names(folder) == [path.name]


# --- an existing file, links, devices -------------------------------------------------------


def test_a_file_is_replaced_only_by_force_also_one_that_appears_meanwhile(folder: Path) -> None:
    path = folder / "a.csv"

    def race() -> None:
        with writing(path) as file:
            file.write(b"late")
            path.write_text("meanwhile", encoding="utf-8")

    with pytest.raises(NotAllowed, match="已经存在"):
        race()
    with pytest.raises(NotAllowed, match="已经存在"):
        write(path)
    assert path.read_text(encoding="utf-8") == "meanwhile"
    write(path, force=True)
    assert path.read_text(encoding="utf-8") == "新"
    assert names(folder) == ["a.csv"]


@POSIX
def test_a_file_that_is_there_is_refused_before_anything_is_written(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(NotAllowed, match="已经存在"), published(path):
        pytest.fail("begun")


def test_a_file_that_appears_after_the_last_look_is_not_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.csv"
    check = files.check_target
    looks: list[int] = []

    def look(*args: Any, **named: Any) -> None:
        check(*args, **named)
        looks.append(1)
        if len(looks) == 2:
            path.write_text("meanwhile", encoding="utf-8")

    monkeypatch.setattr(files, "check_target", look)
    with pytest.raises(NotAllowed, match="已经存在"):
        write(path)
    assert path.read_text(encoding="utf-8") == "meanwhile"


def test_a_file_system_without_links_gets_its_files_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    write(folder / "a.csv")
    with pytest.raises(NotAllowed):
        write(folder / "a.csv", "again")
    assert (folder / "a.csv").read_text(encoding="utf-8") == "新"
    assert names(folder) == ["a.csv"]


def test_without_links_a_file_that_appears_last_of_all_is_not_replaced_either(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(_: str, target: str) -> None:
        Path(target).write_text("meanwhile", encoding="utf-8")
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(NotAllowed, match="已经存在"):
        write(folder / "a.csv")
    assert (folder / "a.csv").read_text(encoding="utf-8") == "meanwhile"


@POSIX
def test_a_link_is_not_followed_but_one_among_the_folders_is(folder: Path, tmp_path: Path) -> None:
    target = folder / "target.md"
    target.write_text("old", encoding="utf-8")
    for name, leads in (("to", target), ("dangling", folder / "none"), ("beside", folder)):
        link = tmp_path / name
        link.symlink_to(leads)
        with pytest.raises(NotAllowed, match="链接"):
            write(link, force=True)
    write(tmp_path / "beside" / "b.md")
    assert names(folder) == ["b.md", "target.md"]
    assert target.read_text(encoding="utf-8") == "old"


@POSIX
def test_a_device_and_a_pipe_are_written_to_as_they_are(folder: Path) -> None:
    null = folder / "null"
    null.symlink_to(os.devnull)
    for path in (Path(os.devnull), null):
        write(path)
        with pytest.raises(InputOutput, match="不是普通文件"), published(path, force=True):
            pass
    assert Path(os.devnull).is_char_device()
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe)
        assert os.read(end, 9) == "新".encode()
    finally:
        os.close(end)
    assert names(folder) == ["null", "pipe"]


def test_a_folder_is_no_file(folder: Path) -> None:
    for path in (folder, folder / ".", folder / ".."):
        with pytest.raises(InputOutput, match="文件夹"):
            write(path, force=True)
    with pytest.raises(InputOutput, match="文件夹"):
        files.check_target(f"{folder}/new.csv/")
    with pytest.raises(InputOutput, match="没有这个文件夹"):
        write(folder / "none" / "a.csv")


@POSIX
def test_a_full_disk_is_told_and_leaves_the_old_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.csv"
    path.write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputOutput, match="磁盘已满") as told:
        write(path, force=True)
    assert "未改动" in told.value.hint
    assert (path.read_text(encoding="utf-8"), names(folder)) == ("old", ["a.csv"])
    if Path("/dev/full").exists():
        with pytest.raises(InputOutput, match="磁盘已满"):
            write(Path("/dev/full"))


def test_a_forbidden_place_is_no_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(os, "open", forbid)
    with pytest.raises(NoPermission, match=r"a\.csv"):
        write(folder / "a.csv")


@POSIX
def test_a_name_the_disk_did_not_confirm_is_not_said_to_be_unwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(code: int) -> Any:
        def sync(handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(code, "no")

        return sync

    monkeypatch.setattr(os, "fsync", fail(errno.EINVAL))
    write(folder / "a.csv")
    monkeypatch.setattr(os, "fsync", fail(errno.EIO))
    with pytest.raises(InputOutput, match="已写好, 但磁盘没有确认"):
        write(folder / "b.csv")
    assert names(folder) == ["a.csv", "b.csv"]


# --- what is kept ---------------------------------------------------------------------------


@POSIX
def test_the_ledger_is_known_by_every_name_it_has_or_would_have(
    folder: Path, tmp_path: Path
) -> None:
    ledger = database(folder / "L.db")
    (tmp_path / "link").symlink_to(ledger)
    (tmp_path / "beside").symlink_to(folder)
    hard = tmp_path / "hard.db"
    os.link(ledger, hard)
    before = ledger.read_bytes()
    for name in ("L.db", "L.db-journal", "L.db-wal", "L.db-shm", "l.DB-Journal", "l.db"):
        for way in (folder / name, tmp_path / "beside" / name, folder / ".." / "folder" / name):
            with pytest.raises(UsageFault, match="台账"):
                write(way, force=True, kept=Kept((tmp_path / "link",)))
    for way in (hard, tmp_path / "link"):
        with pytest.raises(UsageFault, match="台账本身"):
            write(way, force=True, kept=Kept((ledger,)))
    assert ledger.read_bytes() == before
    assert names(folder) == ["L.db"]


def test_a_ledger_that_is_not_there_yet_keeps_its_name(folder: Path) -> None:
    with pytest.raises(UsageFault, match="台账"):
        write(folder / "l.db", kept=Kept((folder / "l.db",)))
    assert names(folder) == []


@POSIX
@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd here")
@pytest.mark.parametrize("way", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_an_open_file_is_known_through_its_descriptor(folder: Path, way: str) -> None:
    ledger, other = database(folder / "l.db"), folder / "other.csv"
    other.write_text("old", encoding="utf-8")
    for path, fault in ((ledger, UsageFault), (other, NotAllowed)):
        before = path.read_bytes()
        handle = os.open(path, os.O_RDWR)
        try:
            if not Path(way.format(handle)).exists():
                pytest.skip("no such folder here")
            with pytest.raises(fault):
                write(Path(way.format(handle)), force=True, kept=Kept((ledger,)))
        finally:
            os.close(handle)
        assert path.read_bytes() == before


@POSIX
def test_the_ledger_itself_is_never_opened_to_be_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing a second descriptor of a file drops the locks a process has on it."""
    ledger = database(folder / "l.db")
    os.link(ledger, folder / "hard.db")

    def opened(path: Any, *_: object, **__: object) -> Any:
        raise AssertionError(path)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr("builtins.open", opened)
    for name in ("l.db", "hard.db", "l.db-wal", "hard.db-wal"):
        with pytest.raises(SixpingError):
            files.check_target(folder / name, force=True, kept=Kept((ledger,)))


def test_a_database_is_never_replaced_nor_given_a_journal(folder: Path) -> None:
    foreign = database(folder / "others.db")
    before = foreign.read_bytes()
    for name in ("others.db", "others.db-journal", "others.db-wal"):
        with pytest.raises(NotAllowed, match="数据库"):
            write(folder / name, force=True)
        with pytest.raises(NotAllowed, match="数据库"):
            append_line(folder / name, "甲")
    write(folder / "notes-journal")
    assert (foreign.read_bytes(), names(folder)) == (before, ["notes-journal", "others.db"])


def test_it_is_looked_again_right_before_a_file_gets_its_name(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("old", encoding="utf-8")

    def race() -> None:
        with writing(path, force=True) as file:
            file.write(b"late")
            path.unlink()
            database(path)

    with pytest.raises(NotAllowed, match="数据库"):
        race()
    assert files.is_database(path)
    assert names(folder) == ["a.csv"]


@POSIX
def test_a_source_and_a_file_of_the_rules_are_kept(folder: Path, tmp_path: Path) -> None:
    source, rule = tmp_path / "来件.csv", folder / "calendar" / "local.toml"
    rule.parent.mkdir()
    for path in (source, rule):
        path.write_text("原来的", encoding="utf-8")
    os.link(rule, tmp_path / "hard.toml")
    kept = Kept(sources=(source,), folders=(folder, tmp_path / "none"))
    for path in (source, rule, tmp_path / "hard.toml"):
        with pytest.raises(UsageFault, match=r"要读的文件|规则"):
            write(path, force=True, kept=kept)
        assert path.read_text(encoding="utf-8") == "原来的"
    write(folder / "new.toml", kept=kept)
    write(tmp_path / "other.csv", kept=kept)


# --- a line at the end ----------------------------------------------------------------------


def test_lines_are_added_whole_and_a_torn_one_is_ended(folder: Path) -> None:
    path = folder / "anchors.jsonl"
    append_line(path, "甲")
    with path.open("ab") as torn:
        torn.write(b"half")
    append_line(path, "乙")
    assert path.read_text(encoding="utf-8") == "甲\nhalf\n乙\n"


@POSIX
def test_a_line_that_found_no_room_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.txt"
    append_line(path, "甲")
    really = os.write

    def full(handle: int, content: bytes) -> int:
        if len(content) < 5:
            raise OSError(errno.ENOSPC, "full")
        return really(handle, content[:4])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InputOutput, match="磁盘已满"):
        append_line(path, "乙丙")
    assert path.read_text(encoding="utf-8") == "甲\n"


@pytest.mark.parametrize("there", [False, True])
def test_a_first_line_that_found_no_room_leaves_no_empty_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    path = folder / "a.txt"
    if there:
        path.touch()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InputOutput, match="磁盘已满"):
        append_line(path, "甲")
    assert names(folder) == (["a.txt"] if there else [])


# --- leftovers ------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from sixping.util.files import published
for moment in range(1000):
    with published(sys.argv[1]) as draft:
        open(draft, "w").write("half")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(target: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(target)],
        env={"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL


@POSIX
def test_what_a_kill_left_goes_with_the_next_file_of_that_folder(folder: Path) -> None:
    killed(folder / "a.csv")
    killed(folder / "b.db")
    left = names(folder)
    assert all(map(files.is_leftover, left))
    assert len(left) == 1, "the second swept what the first left"
    (folder / f"{left[0]}-journal").touch()
    write(folder / "c.csv")
    assert names(folder) == ["c.csv"]


@POSIX
def test_a_draft_somebody_writes_is_let_alone_however_old(folder: Path) -> None:
    with writing(folder / "a.csv") as file:
        (draft,) = folder.iterdir()
        Path(f"{draft}-journal").touch()
        os.utime(draft, AGES_AGO)
        write(folder / "b.csv")
        assert sweep(folder) == files.abandoned(folder) == []
        file.write(b"whole")
    assert names(folder) == ["a.csv", "b.csv"]


@POSIX
def test_a_draft_swept_before_it_was_locked_is_begun_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = files._lock
    swept: list[Path] = []

    def late(handle: int) -> bool | None:
        if not swept:
            swept.extend(folder.iterdir())
            for draft in swept:
                draft.unlink()
        return lock(handle)

    monkeypatch.setattr(files, "_lock", late)
    write(folder / "a.csv")
    assert names(folder) == ["a.csv"]


def test_without_locks_a_draft_is_left_until_it_is_old(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_can_lock", lambda _: False)
    old, young = (folder / f".a.csv.{sign * 12}.tmp" for sign in "ab")
    for path in (old, young):
        path.touch()
    os.utime(old, AGES_AGO)
    write(folder / "b.csv")
    assert names(folder) == [young.name, "b.csv"]


@POSIX
def test_a_link_is_no_draft_also_where_nothing_can_be_locked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_can_lock", lambda _: False)
    link = folder / f".a.{'a' * 12}.tmp"
    link.symlink_to(tmp_path / "anything")
    os.utime(link, AGES_AGO, follow_symlinks=False)
    assert sweep(folder) == []
    assert link.is_symlink()


@POSIX
def test_what_only_looks_like_a_leftover_is_not_swept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    (folder / f".a.{'a' * 12}.tmp").symlink_to(kept)
    (folder / f".b.{'b' * 12}.tmp").mkdir()
    (folder / ".notes.tmp").touch()
    (folder / f".c.{'c' * 12}.tmp").touch()
    monkeypatch.setattr(files, "account", lambda: kept.stat().st_uid + 1)
    before = names(folder)
    assert (sweep(folder), names(folder)) == ([], before)
    with pytest.raises(NotAllowed, match="没有写完"):
        write(folder / f".d.{'d' * 12}.tmp")


@POSIX
def test_a_link_put_in_the_place_of_a_draft_is_not_opened(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, draft = tmp_path / "victim", folder / f".a.{'a' * 12}.tmp"
    victim.touch()
    draft.touch()

    def change(_: str) -> bool:
        draft.unlink()
        draft.symlink_to(victim)
        return True

    monkeypatch.setattr(files, "_can_lock", change)
    assert sweep(folder) == []
    assert draft.is_symlink()


@POSIX
def test_a_draft_that_is_a_second_name_goes_without_being_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = database(folder / "l.db")
    os.link(ledger, folder / f".l.db.{'a' * 12}.tmp")

    def opened(path: Any, *_: object) -> int:
        raise AssertionError(path)

    monkeypatch.setattr(os, "open", opened)
    assert [path.name for path in sweep(folder)] == [f".l.db.{'a' * 12}.tmp"]
    assert names(folder) == ["l.db"]
