"""Only a sound ledger of this program, opened with every protection, is written to."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

import pytest

from sixping.errors import LedgerUnusable, NoPermission, NotAllowed
from sixping.queries import cases
from sixping.services.upkeep import backups
from sixping.store import ddl, sqlite, verify
from sixping.store.sqlite import reading
from sixping.util import files
from tests.conftest import Public
from tests.kit import events as ev
from tests.kit.ledgerkit import do, lived, make, raw, rows, stamp, take_in

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


PROMISED = {
    "foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "recursive_triggers": 1,
    "secure_delete": 1, "mmap_size": 0, "temp_store": 2, "synchronous": 3,
}  # fmt: skip


def test_every_connection_has_the_profile(tmp_path: Path) -> None:
    path = make(tmp_path)
    for opened in (sqlite.open_writer(path), sqlite.open_reader(path)):
        with closing(opened) as con:
            for pragma, expected in PROMISED.items():
                assert con.execute(f"PRAGMA {pragma}").fetchone() in {(expected,), None}, pragma
            assert con.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_writers_wait_half_a_minute() -> None:
    assert sqlite.WAIT_SECONDS == 30


class Deaf:
    """A connection that ignores one pragma, as some builds do."""

    def __init__(self, con: sqlite3.Connection, pragma: str) -> None:
        self.con, self.pragma = con, pragma

    def execute(self, sql: str) -> sqlite3.Cursor:
        ignored = sql.startswith(f"PRAGMA {self.pragma}=")
        return self.con.execute("SELECT 1" if ignored else sql)


@pytest.mark.parametrize(
    "pragma",
    ["foreign_keys", "trusted_schema", "cell_size_check", "recursive_triggers", "secure_delete",
     "temp_store", "synchronous"],
)  # fmt: skip
def test_a_pragma_that_does_not_take_is_refused(pragma: str) -> None:
    with closing(sqlite3.connect(":memory:")) as con:
        con.execute("PRAGMA secure_delete=OFF")
        con.execute("PRAGMA trusted_schema=ON")
        con.execute("PRAGMA synchronous=NORMAL")
        with pytest.raises(LedgerUnusable, match=pragma):
            sqlite.apply_profile(Deaf(con, pragma), writing=False)  # type: ignore[arg-type]


def test_a_journal_that_is_not_a_file_of_its_own_is_refused() -> None:
    memory = closing(sqlite3.connect(":memory:"))
    with memory as con, pytest.raises(LedgerUnusable, match="journal_mode"):
        sqlite.apply_profile(con, writing=True)


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with (
        closing(sqlite.open_reader(make(tmp_path))) as con,
        pytest.raises(sqlite3.OperationalError),
    ):
        con.execute("INSERT INTO meta VALUES ('a', 'b')")


def test_erased_bytes_are_gone_from_the_file(tmp_path: Path) -> None:
    """secure_delete: without it the deleted text stays in free space."""
    from sixping.ledger import transaction

    path = make(tmp_path)
    take_in(path, "绝密内容甲乙丙丁")
    with transaction(path, stamp()) as work:
        work.erase([2], "本人申请")
    assert "绝密内容甲乙丙丁".encode() not in path.read_bytes()


def test_what_is_no_ledger_is_refused_untouched(tmp_path: Path) -> None:
    browser, text, empty = (tmp_path / n for n in ("History", "a.txt", "empty"))
    raw(browser, "PRAGMA journal_mode=WAL", "CREATE TABLE urls (url)")
    text.write_text("不是数据库" * 500, encoding="utf-8")
    empty.touch()
    for path in (browser, text, empty):
        before = path.read_bytes()
        for opener in (sqlite.open_reader, sqlite.open_writer):
            with pytest.raises(LedgerUnusable, match="不是"):
                opener(path)
        assert path.read_bytes() == before


def test_a_missing_ledger_names_the_path_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match=r"nothing\.db") as caught:
        sqlite.open_reader(tmp_path / "nothing.db")
    assert "sixping init" in caught.value.hint
    assert "sixping demo" in caught.value.hint
    with pytest.raises(LedgerUnusable, match="不是文件"):
        sqlite.open_reader(tmp_path)


def test_a_ledger_with_two_names_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    os.link(path, tmp_path / "second.db")
    with pytest.raises(LedgerUnusable, match="硬链接"):
        sqlite.open_writer(path)


@pytest.mark.parametrize("opener", [sqlite.open_reader, sqlite.open_writer, verify.verify])
def test_a_second_name_that_a_kill_left_is_taken_away(
    tmp_path: Path, opener: Callable[[Path], object]
) -> None:
    """Killed between link and unlink, a ledger or a backup has the name of its draft too."""
    path = make(tmp_path)
    draft = path.with_name(f".{path.name}.{'ab' * 6}.tmp")
    other = draft.with_name(f".other.db.{'cd' * 6}.tmp")
    other.touch()
    os.link(path, draft)
    opened = opener(path)
    assert isinstance(opened, dict) or opened.close() is None  # type: ignore[attr-defined]
    assert (draft.exists(), other.exists(), path.stat().st_nlink) == (False, True, 1)


def test_a_foreign_second_name_is_refused_and_named_where_it_is_seen(tmp_path: Path) -> None:
    path = make(tmp_path)
    draft = path.with_name(f".{path.name}.{'ab' * 6}.tmp")
    beside, away = path.with_name("second.db"), tmp_path / "away" / "second.db"
    away.parent.mkdir()
    for place, named in ((beside, True), (away, False)):
        os.link(path, place)
        os.link(path, draft)
        with pytest.raises(LedgerUnusable, match="有 2 个名字") as refused:
            sqlite.open_reader(path)
        assert (str(place) in refused.value.what) is named
        assert not draft.exists()
        place.unlink()
    assert verify.verify(path)["ok"]


def test_a_draft_s_name_that_cannot_be_taken_away_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    draft = path.with_name(f".{path.name}.{'ab' * 6}.tmp")
    os.link(path, draft)

    def forbid(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", forbid)
        sqlite.open_reader(path).close()
    assert draft.exists()


def test_a_symbolic_link_leads_to_the_one_file(tmp_path: Path) -> None:
    path = make(tmp_path)
    (tmp_path / "link.db").symlink_to(path)
    assert take_in(tmp_path / "link.db") == "2026-000001"
    assert verify.verify(path)["events"] == 2


def test_a_newer_ledger_is_neither_read_nor_written(tmp_path: Path) -> None:
    path = make(tmp_path)
    raw(path, f"PRAGMA user_version={len(ddl.MIGRATIONS) + 1}")
    for opener in (sqlite.open_reader, sqlite.open_writer):
        with pytest.raises(LedgerUnusable, match="更新的 sixping"):
            opener(path)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE TRIGGER softer AFTER INSERT ON events BEGIN SELECT 1; END", "softer"),
        ("DROP TRIGGER events_no_update", "events_no_update"),
        ("DROP INDEX case_open", "case_open"),
        ("ALTER TABLE events ADD COLUMN more TEXT", "events"),
        ("CREATE TABLE mine (a)", "mine"),
    ],
)
def test_a_changed_schema_is_named_and_refused(tmp_path: Path, statement: str, named: str) -> None:
    path = make(tmp_path)
    raw(path, statement)
    with pytest.raises(LedgerUnusable, match=named):
        sqlite.open_reader(path)
    with pytest.raises(LedgerUnusable, match=named):
        take_in(path)
    result = verify.verify(path)
    assert {f["layer"] for f in result["findings"]} == {"schema"}


def test_tables_are_strict(tmp_path: Path) -> None:
    path = make(tmp_path)
    strict = rows(path, "SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    assert {n for n, s in strict if not s} <= {"sqlite_schema", "sqlite_temp_schema"}
    with pytest.raises(sqlite3.IntegrityError):
        raw(path, "INSERT INTO voids VALUES ('eins', 2)")


def test_network_shares_are_refused_for_writing(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:5 / /mnt/share\\040one rw - cifs //srv/x rw\n"
        "3 2 8:2 / /mnt/share\\040one/local rw - ext4 /dev/b rw\n"
    )
    with pytest.raises(LedgerUnusable, match="网络共享"):
        sqlite.refuse_network("/mnt/share one/a.db", str(mounts))
    sqlite.refuse_network("/mnt/share one/local/a.db", str(mounts))
    sqlite.refuse_network("/home/a.db", str(mounts))
    sqlite.refuse_network("/home/a.db", str(tmp_path / "absent"))


def test_percent_and_question_marks_in_a_path_are_only_characters(tmp_path: Path) -> None:
    folder = tmp_path / "100%?#é台账"
    assert take_in(make(folder)) == "2026-000001"


AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[1])
from sixping.cases import lifecycle
from sixping.queries import cases
from sixping.store.sqlite import reading
from sixping.errors import SixpingError
os.setgid(65534)
os.setuid(65534)
try:
    with reading(sys.argv[2]) as con:
        print(len(cases.list_cases(con)[0]), cases.head(con)[0])
except SixpingError as error:
    print(type(error).__name__, error.what, error.hint)
"""


def as_nobody(public: Public, path: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(public.program), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def test_a_supervisor_without_write_permission_reads(public: Public) -> None:
    path, _ = lived(public.folder)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    assert as_nobody(public, path) == "1 7\n"


def test_a_waiting_rollback_is_explained_to_who_cannot_do_it(public: Public) -> None:
    path, _ = lived(public.folder)
    half_written(path)
    path.chmod(0o444)
    path.parent.chmod(0o755)
    Path(f"{path}-journal").chmod(0o444)
    path.parent.chmod(0o555)
    said = as_nobody(public, path)
    assert said.startswith("NoPermission")
    assert "回滚" in said
    path.chmod(0o600)
    path.parent.chmod(0o700)
    with reading(path) as con:  # who may write rolls back by reading
        assert cases.head(con)[0] == 7
    assert not Path(f"{path}-journal").exists()


HALF = """
import os, sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.execute("PRAGMA cache_size=1")
con.execute("PRAGMA cache_spill=1")
con.execute("BEGIN IMMEDIATE")
con.execute("UPDATE told SET fields = hex(zeroblob(20000))")
con.execute("CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"
            " WHERE i < 2000) SELECT i, hex(zeroblob(500)) AS b FROM n")
os.kill(os.getpid(), 9)
"""


def half_written(path: Path) -> None:
    """Leave a hot journal: a process killed after pages of its transaction reached the file."""
    subprocess.run([sys.executable, "-c", HALF, str(path)], check=False, timeout=120)
    assert Path(f"{path}-journal").stat().st_size > 0


def test_a_killed_writer_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    half_written(path)
    assert verify.verify(path)["ok"]
    assert take_in(path) == "2026-000003"


def test_a_file_nobody_may_write_is_no_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)
    with pytest.raises(NoPermission, match="没有写台账的权限"):
        take_in(path)


def test_damage_is_reported_and_the_file_left_alone(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    page = bytearray(path.read_bytes())
    page[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    path.write_bytes(page)
    result = verify.verify(path)
    assert not result["ok"]
    assert path.read_bytes() == bytes(page)


# --- backup and migration ----------------------------------------------------------------


def test_a_backup_is_a_verified_private_copy(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    made = backups.backup(path, tmp_path / "copies" / "a.db")
    copy = tmp_path / "copies" / "a.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in copy.parent.iterdir()] == ["a.db"]
    assert verify.verify(copy, [(made.seq, made.head)])["statement"].startswith("自锚点")
    with pytest.raises(NotAllowed, match="已经存在"):
        backups.backup(path, copy)
    do(path, "2026-000002", ev.Noted(text="x"))
    assert backups.backup(path, copy, force=True).seq == 8
    with pytest.raises(NotAllowed, match="台账本身"):
        backups.backup(path, path, force=True)


def test_a_copy_that_does_not_verify_is_thrown_away(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    raw(path, "UPDATE case_facts SET severity = '重大'")
    with pytest.raises(LedgerUnusable, match="没有通过核对"):
        backups.backup(path, tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()
    assert [p for p in tmp_path.iterdir() if p.is_file()] == []


def test_a_copy_of_a_changed_structure_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is copied: nobody waits for a copy that is thrown away."""
    path, _ = lived(tmp_path)
    raw(path, "DROP INDEX case_open")
    monkeypatch.setattr(sqlite, "copy", lambda *_: pytest.fail("copied"))
    with pytest.raises(LedgerUnusable, match="case_open"):
        backups.backup(path, tmp_path / "a.db")


def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = lived(tmp_path)
    target = tmp_path / "a.db"
    monkeypatch.setattr(files, "_sync_file", lambda _: target.write_text("别人的"))
    with pytest.raises(NotAllowed, match="已经存在"):
        backups.backup(path, target)
    assert target.read_text() == "别人的"


def test_a_new_file_and_its_name_are_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: synced.append(S_ISDIR(os.fstat(handle).st_mode))
    )
    make(tmp_path)
    assert synced == [False, True]


def test_backups_under_load_all_verify(tmp_path: Path) -> None:
    path = make(tmp_path)
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}]\n"
        "from tests.kit.ledgerkit import take_in\nfrom pathlib import Path\n"
        "while True: take_in(Path(sys.argv[1]))"
    )
    desk = subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.DEVNULL)
    try:
        copies = [backups.backup(path, tmp_path / f"{i}.db") for i in range(5)]
    finally:
        desk.kill()
        desk.wait(timeout=120)
    heads = [(made.seq, made.head) for made in copies]
    assert verify.verify(path, heads)["ok"]  # each copy is a prefix of the chain


STEP = (
    "CREATE TABLE later (a INTEGER PRIMARY KEY) STRICT",
    "ALTER TABLE meta ADD COLUMN more TEXT",
)


def test_an_older_ledger_is_brought_up_after_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = lived(tmp_path)
    monkeypatch.setattr(ddl, "MIGRATIONS", (*ddl.MIGRATIONS, STEP))
    with pytest.raises(LedgerUnusable, match="格式是旧的"):
        sqlite.open_reader(path)
    assert take_in(path) == "2026-000003"
    result = verify.verify(path)
    assert result["ok"], result
    assert rows(path, "SELECT kind FROM events WHERE seq = 8") == [("migrated",)]
    (copy,) = path.parent.glob("*.bak")
    monkeypatch.undo()
    assert verify.verify(copy)["events"] == 7
