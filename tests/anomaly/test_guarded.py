"""Guards that only a hostile moment asks for: each test turns red when its guard goes."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sixping.errors import InputOutput, LedgerUnusable, SixpingError
from sixping.importing import sheetreader
from sixping.ledger import transaction
from sixping.store import files, sqlite, verify
from sixping.util.text import kept_cell, typed
from tests.conftest import Runner
from tests.kit.ledgerkit import make, stamp, take_in


def test_a_ledger_somebody_set_to_wal_is_set_back_before_it_is_written(tmp_path: Path) -> None:
    path = make(tmp_path)
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    take_in(path)
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not Path(f"{path}-wal").exists()


def test_a_ledger_that_stays_in_wal_is_not_written(tmp_path: Path) -> None:
    path = make(tmp_path)
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA journal_mode=WAL")
        con.execute("SELECT count(*) FROM events").fetchone()  # in use: the mode cannot change
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as writer,
            pytest.raises(LedgerUnusable, match="journal_mode"),
        ):
            sqlite.apply_profile(writer, writing=True)


def test_the_profile_is_the_one_that_was_decided() -> None:
    assert {pragma: value for pragma, _, value in sqlite.PROFILE} == {
        "foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "recursive_triggers": 1,
        "secure_delete": 1, "mmap_size": 0, "temp_store": 2, "synchronous": 3,
    }  # fmt: skip


def test_nothing_is_written_on_a_network_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(sqlite, "mounted_as", lambda *_: "nfs4")
    with pytest.raises(LedgerUnusable, match="网络共享"):
        take_in(path)


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    with (
        closing(sqlite.open_reader(make(tmp_path))) as con,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        con.execute("INSERT INTO counters (name, value) VALUES ('x', 1)")


def test_what_is_written_is_the_owners_alone_whatever_the_account_allows(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    before = os.umask(0o000)
    try:
        call("intake", "演示", "--json")
        folder = tmp_path / "new" / "deep"
        assert call("backup", str(folder / "copy.sqlite3")).code == 0
        allowed = os.umask(0o000)
    finally:
        os.umask(before)
    assert allowed == 0o077, "what a command leaves set is what it worked under"
    for path in (ledger, folder / "copy.sqlite3"):
        assert path.stat().st_mode & 0o077 == 0, path


class Failing:
    """A connection whose COMMIT fails after it was done, or before."""

    def __init__(self, con: sqlite.Connection, *, done: bool) -> None:
        self._con, self._done = con, done

    def commit(self) -> None:
        if self._done:
            self._con.execute("COMMIT")
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error


@pytest.mark.parametrize(("done", "said"), [(True, "已经保存"), (False, "没有保存")])
def test_a_commit_that_fails_says_what_became_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, done: bool, said: str
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(sqlite, "commit", lambda con: Failing(con, done=done).commit())
    with pytest.raises(SixpingError, match=said):
        take_in(path)
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("SELECT count(*) FROM cases").fetchone() == (int(done),)


def test_a_commit_of_nothing_that_fails_claims_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(sqlite, "commit", lambda con: Failing(con, done=True).commit())
    with pytest.raises(SixpingError, match="没有新的记录") as caught, transaction(path, stamp()):
        pass  # as one that only looks
    assert "已经保存" not in caught.value.what


def test_one_read_error_is_no_damage_and_damage_is(tmp_path: Path) -> None:
    path = make(tmp_path)

    def malformed() -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(InputOutput), sqlite.explained(str(path)):
        malformed()
    content = bytearray(path.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(LedgerUnusable, match="损坏"), sqlite.explained(str(path)):
        malformed()


def test_the_child_that_reads_old_workbooks_is_bound_in_memory_and_time(tmp_path: Path) -> None:
    probe = (
        "import resource, runpy, sys; sys.argv = ['x', sys.argv[1], '', '777'];"
        f"runpy.run_path({sheetreader.__file__!r}, run_name='__main__');"
        "print(*(resource.getrlimit(k)[0] for k in (resource.RLIMIT_AS, resource.RLIMIT_CPU)))"
    )
    (tmp_path / "none.xls").write_bytes(b"no workbook")
    done = subprocess.run(
        [sys.executable, "-c", probe, str(tmp_path / "none.xls")],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split()[-2:] == [str(777 << 20).encode(), b"60"]
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != sheetreader.PROCESSOR


class Asked(Exception):
    """Carries how a draft was opened."""


def test_a_draft_is_made_anew_the_owners_alone_and_never_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def opened(path: str, flags: int, mode: int = 0o777) -> int:
        asked.append((flags, mode))
        raise Asked(path)

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(Asked):
        files.create(tmp_path / "new.sqlite3", stamp(), {})
    flags, mode = asked[0]
    assert flags & os.O_EXCL
    assert flags & os.O_NOFOLLOW
    assert mode == 0o600


@pytest.mark.parametrize(
    "argv", [("backup", "copy.sqlite3"), ("list", "--format", "csv", "-o", "copy.csv")]
)
def test_a_file_is_synced_before_it_has_its_name_and_its_folder_after(
    call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    assert ledger.exists()
    happened: list[str] = []
    fsync, link, replace = os.fsync, os.link, os.replace

    def synced(handle: int) -> None:
        happened.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        fsync(handle)

    def linked(*paths: str) -> None:
        happened.append("name")
        link(*paths)

    def replaced(*paths: str) -> None:
        happened.append("name")
        replace(*paths)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "rename", replaced)
    assert call(*argv).code == 0
    whole = ["file", "name", "folder"]
    times = happened.count("folder")  # a backup is noted in the account's own folder besides
    assert times == 1 + (argv[0] == "backup")
    assert happened in (whole * times, ["file", "folder"] * times), "a rename in C is unseen"


@pytest.mark.parametrize("digits", ["013800000000", "330106199001011237", "3/4", "true"])
def test_what_a_spreadsheet_would_change_is_kept_as_text(digits: str) -> None:
    assert kept_cell(digits) == f"'{digits}"


@pytest.mark.parametrize("key", ["\x1b[A", "\x1b[200~", "\x1bOP", "\x1b]0;title\x07"])
def test_what_a_terminal_sends_for_a_key_is_no_part_of_what_was_meant(key: str) -> None:
    assert typed(f"演{key}示") == "演示"


def test_an_index_that_does_not_hold_its_rows_is_found_though_every_row_is_right(
    tmp_path: Path,
) -> None:
    path = make(tmp_path)
    take_in(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        ((one, first), (two, second)) = con.execute(
            "SELECT name, rootpage FROM sqlite_schema"
            " WHERE name IN ('case_received', 'case_near') ORDER BY name"
        )
        con.execute("PRAGMA writable_schema=ON")
        for name, page in ((one, second), (two, first)):
            con.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?", (page, name))
    findings = verify.verify(path)["findings"]
    assert {found["layer"] for found in findings} == {"integrity"}
