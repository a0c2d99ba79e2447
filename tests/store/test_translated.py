"""What SQLite raises becomes a sentence that is true of the file: one failing read is no damage."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from sixping import open_ledger
from sixping.errors import InputOutput, LedgerBusy, LedgerUnusable, NoPermission, SixpingError
from sixping.store import sqlite, verify
from sixping.store.layers import secondlook
from tests.conftest import ROOT, Result, Runner
from tests.kit.corruption import loosened, tightened
from tests.kit.ledgerkit import lived, raw, rows
from tests.kit.strace import count, faulted, needs_strace

CALL = "list", "--all"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return lived(tmp_path)[0]


def failed(code: int) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("malformed 某某投诉某某")
    error.sqlite_errorcode = code
    return error


DOUBTFUL = [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_CORRUPT_INDEX]  # fmt: skip


def said(fault: SixpingError | None) -> str:
    assert fault is not None
    return fault.what + fault.hint


@pytest.mark.parametrize("code", DOUBTFUL)
def test_one_failing_read_of_a_sound_file_is_not_called_damage(path: Path, code: int) -> None:
    with pytest.raises(InputOutput, match="复查文件是好的") as caught, sqlite.reading(path):
        raise failed(code)
    assert "损坏" not in said(caught.value)
    assert "备份" not in said(caught.value)


@pytest.mark.parametrize("code", DOUBTFUL)
def test_what_cannot_be_looked_at_again_is_not_called_damaged_either(path: Path, code: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        fault = sqlite.translated(failed(code), str(path))
    assert isinstance(fault, InputOutput)
    assert "没有读成" in said(fault)
    assert "损坏" not in said(fault)
    assert "备份" not in said(fault)


LOOK = "import sys; from sixping.store import sqlite; print(sqlite.look_again(sys.argv[1]).value)"


@pytest.mark.skipif(sys.platform == "win32", reason="links are POSIX")
@pytest.mark.parametrize("what", ["folder", "link"])
def test_what_stands_in_the_place_of_the_journal_is_named(
    call: Runner, path: Path, what: str
) -> None:
    journal = path.with_name(f"{path.name}-journal")
    if what == "folder":
        journal.mkdir()
    else:
        journal.symlink_to(path)
    for line in (["verify"], ["list"], ["intake", "演示路口占道经营"]):
        done = call("--ledger", str(path), *line)
        assert (done.code, str(journal) in done.err) == (74, True), (line, done)
    journal.rmdir() if what == "folder" else journal.unlink()
    assert call("--ledger", str(path), "verify").code == 0


@pytest.mark.parametrize("number", [0, -1])
def test_a_format_that_never_was_is_changed_and_not_old(
    call: Runner, path: Path, number: int
) -> None:
    raw(path, f"PRAGMA user_version = {number}")
    before = path.read_bytes()
    for line in (["list"], ["intake", "演示路口占道经营"], ["rebuild"]):
        done = call("--ledger", str(path), *line)
        assert (done.code, "被改动过" in done.err, "旧" in done.err) == (78, True, False), done
    assert (path.read_bytes(), [one.name for one in path.parent.iterdir()]) == (before, [path.name])


def test_a_second_look_does_not_wait_for_a_file_in_use(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = subprocess.run(
            [sys.executable, "-c", LOOK, str(path)],
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=30,
        )
    assert done.stdout.split() == [b"unread"]


def test_damage_that_is_seen_twice_is_called_so(path: Path) -> None:
    page = bytearray(path.read_bytes())
    page[4096 : 4096 * 9] = b"\xa5" * (4096 * 8)
    path.write_bytes(page)
    fault = sqlite.translated(failed(sqlite3.SQLITE_CORRUPT), str(path))
    assert isinstance(fault, LedgerUnusable)
    assert "已损坏" in said(fault)
    assert "另存" in fault.hint


@pytest.mark.parametrize("bit", range(3, 8))
def test_a_header_of_another_file_format_is_damage_and_no_fault_of_the_program(
    path: Path, call: Runner, bit: int
) -> None:
    header = bytearray(path.read_bytes())
    header[47] ^= 1 << bit  # the schema format number, 4: to SQLite a plain error
    path.write_bytes(header)
    for argv in (("verify",), CALL, ("intake", "演示")):
        refused = call("--ledger", str(path), *argv)
        assert (refused.code, "台账文件已损坏" in refused.err) == (78, True)


def test_a_file_that_is_none_of_ours_is_called_so_at_the_second_look_too(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    fault = sqlite.translated(failed(sqlite3.SQLITE_IOERR), str(path))
    assert "不是 sixping 的台账" in said(fault)


@pytest.mark.parametrize(
    ("harm", "verdict"),
    [("page", "损坏"), ("structure", "损坏"), ("foreign", "不是 sixping")],
    ids=["page", "structure", "foreign"],
)
def test_what_the_second_look_finds_is_damage(path: Path, harm: str, verdict: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        if harm == "structure":
            con.execute("DROP INDEX case_open")
        elif harm == "foreign":
            con.execute("PRAGMA application_id = 1")
        (root,) = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'told'").fetchone()
    if harm == "page":
        page = bytearray(path.read_bytes())
        page[(root - 1) * 4096 : root * 4096] = bytes(4096)
        path.write_bytes(page)
    assert verdict in said(sqlite.translated(failed(sqlite3.SQLITE_IOERR), str(path)))


def test_an_identity_read_wrongly_once_is_not_another_programs_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, read = sqlite._application, [0]
    monkeypatch.setattr(sqlite, "_application", lambda con: read.pop() if read else plain(con))
    with pytest.raises(InputOutput, match="复查文件是好的"):
        sqlite.open_reader(path)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, LedgerBusy), (sqlite3.SQLITE_LOCKED, LedgerBusy),
        (sqlite3.SQLITE_READONLY_ROLLBACK, NoPermission), (sqlite3.SQLITE_PERM, NoPermission),
        (sqlite3.SQLITE_FULL, InputOutput), (sqlite3.SQLITE_NOMEM, InputOutput),
        (sqlite3.SQLITE_CANTOPEN, InputOutput),
    ],
)  # fmt: skip
def test_every_code_has_its_sentence_and_says_what_became_of_the_step(
    path: Path, code: int, kind: type[SixpingError]
) -> None:
    fault = sqlite.translated(failed(code), str(path), "这一步没有保存。")
    assert type(fault) is kind
    assert "这一步没有保存" in said(fault)
    assert "某某" not in said(fault)


@pytest.mark.parametrize(
    ("code", "lacking", "kind"),
    [
        (sqlite3.SQLITE_READONLY, [], InputOutput),  # opened as read-only: too many open files
        (sqlite3.SQLITE_READONLY, [""], NoPermission),
        (sqlite3.SQLITE_READONLY_ROLLBACK, [], NoPermission),
        (sqlite3.SQLITE_CANTOPEN, ["", "/"], InputOutput),  # of an account that may only read
        (sqlite3.SQLITE_CANTOPEN, ["/"], NoPermission),
        (sqlite3.SQLITE_CANTOPEN, ["-journal"], NoPermission),
    ],
)
def test_what_could_not_be_opened_is_no_missing_permission_where_none_is_missing(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    lacking: list[str],
    kind: type[SixpingError],
) -> None:
    closed = {str(path.parent) if each == "/" else f"{path}{each}" for each in lacking}
    if "-journal" in lacking:
        Path(f"{path}-journal").touch()
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda name, way: may(name, way) and (way == os.R_OK or name not in closed)
    )
    assert type(sqlite.translated(failed(code), str(path))) is kind


@needs_strace
def test_too_many_open_files_at_the_first_opening_is_no_missing_permission(path: Path) -> None:
    done = faulted(("note", "1", "演示"), path, "openat:error=EMFILE:when=1")
    assert (done.code, "打开的文件太多" in done.err) == (74, True), done.err


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, None])
def test_what_the_pages_cannot_explain_is_left_to_who_looks_at_the_values(
    path: Path, code: int | None
) -> None:
    error = sqlite3.OperationalError("malformed JSON")
    if code is not None:
        error.sqlite_errorcode = code
    assert sqlite.translated(error, str(path)) is None
    assert sqlite.translated(ValueError("x"), str(path)) is None


def test_programs_that_read_get_the_same_sentences(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputOutput, match="复查文件是好的"), open_ledger(path):
        raise _wrapped(failed(sqlite3.SQLITE_CORRUPT))
    with open_ledger(path) as ledger:
        monkeypatch.setattr(ledger.session, "exec", _raising(failed(sqlite3.SQLITE_IOERR)))
        with pytest.raises(InputOutput, match="复查文件是好的"):
            ledger.cases()
    with pytest.raises(Exception, match="no such column"), open_ledger(path) as ledger:
        ledger.session.connection().execute(text("SELECT missing FROM events"))


def _wrapped(error: sqlite3.Error) -> Exception:
    from sqlalchemy.exc import DatabaseError

    return DatabaseError("SELECT 1", None, error)


def _raising(error: sqlite3.Error) -> Callable[..., object]:
    def run(*_: object) -> object:
        raise _wrapped(error)

    return run


# --- values that no step stores ------------------------------------------------------------


def stored(path: Path, table: str, column: str, value: object, where: str) -> None:
    """Store a value that no step stores, leaving schema and triggers as they were."""
    with closing(loosened(path)) as con:
        con.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))  # noqa: S608
    tightened(path)


@pytest.mark.parametrize(
    ("table", "column", "value", "where", "place"),
    [
        ("case_facts", "received_at", "昨天", "seq = 2", "2026-000001"),
        ("case_moves", "others", "{", "number = '2026-000001'", "2026-000001"),
        ("case_moves", "parts", '{"a":1}', "number = '2026-000001'", "2026-000001"),
        ("told", "fields", "[]", "seq = 2", "第 2 号"),
        ("told", "fields", "{", "seq = 2", "第 2 号"),
        ("events", "facts", "{}", "seq = 2", "第 2 号"),
    ],
)
def test_a_stored_value_that_no_step_stores_is_refused_with_its_place(
    call: Runner, path: Path, table: str, column: str, value: object, where: str, place: str
) -> None:
    stored(path, table, column, value, where)
    before = path.read_bytes()
    done = _shown(call, path)
    assert done.code == 78, done.err
    assert place in done.err
    assert "verify" in done.err
    assert path.read_bytes() == before


def _shown(call: Runner, path: Path) -> Result:
    return call("--ledger", str(path), "show", "1", now="2026-11-24T09:00:00+08:00")


def test_a_case_whose_rows_are_gone_is_not_called_unknown(call: Runner, path: Path) -> None:
    with closing(loosened(path)) as con:
        con.execute("DELETE FROM case_moves WHERE number = '2026-000001'")
    tightened(path)
    done = _shown(call, path)
    assert done.code == 78, done.err
    assert "第 2 号" in done.err
    assert call("--ledger", str(path), "show", "99").code == 1


def test_a_fault_over_a_sound_ledger_stays_one_of_the_program(
    call: Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("某某")

    monkeypatch.setattr("sixping.services.casefile.read_case", broken)
    done = _shown(call, path)
    assert (done.code, "程序内部出错" in done.err) == (1, True), done.err
    assert secondlook.stored_wrongly(path) is None
    assert verify.verify(path)["ok"]


def test_words_that_are_no_utf_8_are_neither_shown_nor_called_a_fault_of_the_program(
    call: Runner, path: Path
) -> None:
    page = bytearray(path.read_bytes())
    words = "江南大道占道经营".encode()
    assert words in page
    at = page.index(words)
    while at >= 0:
        page[at + 4] = 0xFF
        at = page.find(words)
    path.write_bytes(page)
    done = _shown(call, path)
    assert done.code == 78, done.err
    assert "江南" not in done.err
    assert "decode" not in done.err


def test_the_look_at_values_never_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert secondlook.first_finding(tmp_path / "none.db") is None
    path = lived(tmp_path)[0]

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sixping.store.layers.findings", broken)
    assert secondlook.first_finding(path) is None


# --- system calls that fail ----------------------------------------------------------------


@needs_strace
@pytest.mark.parametrize("argv", [("list",), ("note", "1", "演示")])
def test_a_read_that_fails_is_never_called_damage(
    path: Path, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    before = path.read_bytes()
    reads = count(argv, path, "pread64", tmp_path / "log")
    for place in ("1", f"{reads // 2}", f"{reads // 2}+"):
        path.write_bytes(before)
        done = faulted(argv, path, f"pread64:error=EIO:when={place}")
        assert done.code == 74, done.err
        assert [word for word in ("损坏", "备份") if word in done.err] == []
        assert rows(path, "SELECT max(seq) FROM events") == [(7,)]


@needs_strace
def test_a_folder_that_cannot_be_synced_after_the_commit_is_not_called_unsaved(path: Path) -> None:
    before, seen = path.read_bytes(), set()
    for place in (4, 5):  # of the file's own pages, then of the name of the journal that is gone
        path.write_bytes(before)
        fault = f"fdatasync,fsync:error=EIO:when={place}"
        done = faulted(("note", "1", "演示"), path, fault, also=[path.parent])
        saved = rows(path, "SELECT max(seq) FROM events") == [(8,)]
        assert done.code == 74, done.err
        assert saved == ("已经保存" in done.err), done.err
        assert saved != ("没有保存" in done.err), done.err
        seen.add(saved)
    assert seen == {True, False}
