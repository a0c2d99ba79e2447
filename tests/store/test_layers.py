# ruff: noqa: S608 - statements are put together from the schema's own names
"""A check never ends at what it finds: it names it, and goes on with the next row and layer."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from sixping.errors import LedgerUnusable
from sixping.ledger import transaction
from sixping.services.upkeep import books
from sixping.store import ddl, documents, layers, replay
from sixping.store.bulk import BulkStep, append_many
from sixping.store.verify import verify
from tests.kit import events as ev
from tests.kit.ledgerkit import NOW, governing, lived, make, raw, rows, stamp, take_in

if TYPE_CHECKING:
    from tests.conftest import Runner

UNGUARDED = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")
GUARDS = tuple(sql for step in ddl.MIGRATIONS for sql in step if "CREATE TRIGGER" in sql)
PAGE = 1024


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived(tmp_path_factory.mktemp("honest"))[0]


@pytest.fixture
def path(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(honest, tmp_path / "ledger.db"))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger of many small pages, with 300 cases."""
    with patch.object(ddl, "PAGE_SIZE", PAGE):
        path = make(tmp_path_factory.mktemp("long"))
    with transaction(path, stamp()) as work:
        reports = (ev.Reported(channel="网格员", text=f"演示{i}") for i in range(300))
        append_many(work, (BulkStep(report, NOW) for report in reports), governing)
    return path


def edited(path: Path, *statements: str) -> list[dict[str, Any]]:
    raw(path, *UNGUARDED, *statements, *GUARDS)
    found: list[dict[str, Any]] = verify(path)["findings"]
    return found


BROKEN = "CAST(x'e58dff' AS TEXT)"


@pytest.mark.parametrize(
    "value", [BROKEN, "'{'", "'[]'", "'null'", "'[1]'", "printf('%.5000c', '[')"]
)
def test_what_no_program_wrote_is_named_and_the_check_goes_on(path: Path, value: str) -> None:
    found = edited(
        path,
        f"UPDATE events SET remarks = {value}, facts = {value} WHERE seq = 3",
        f"UPDATE told SET fields = {value} WHERE seq = 2",
        f"UPDATE case_moves SET others = {value} WHERE number = '2026-000001'",
        f"UPDATE traces SET form = {value}",
        "DELETE FROM requests",
    )
    places = {(f["layer"], f["seq"], f["number"]) for f in found}
    first = "2026-000001"
    assert {("chain", 3, first), ("chain", 2, first), ("projection", None, first)} <= places
    assert any("比对登记" in f["what"] for f in found)
    assert all(f["what"].isprintable() for f in found)


def test_a_check_that_cannot_go_on_is_a_finding_and_the_next_one_begins(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError

    monkeypatch.setattr(documents, "wrong_documents", fail)
    found = edited(path, "DELETE FROM traces")
    assert ("chain", "规则读不下去: 存有读不懂的内容") in {(f["layer"], f["what"]) for f in found}
    assert "projection" in {f["layer"] for f in found}


def page_of(path: Path, seq: int) -> int:
    """Return the page that holds an event: its hash stands nowhere else."""
    ((link,),) = rows(path, f"SELECT hash FROM events WHERE seq = {seq}")
    assert isinstance(link, bytes)
    return path.read_bytes().index(link) // PAGE


@pytest.mark.parametrize("seq", [2, 150, 301])
def test_a_damaged_page_is_named_by_its_events_and_the_rest_is_read(
    long: Path, tmp_path: Path, seq: int
) -> None:
    path = Path(shutil.copy(long, tmp_path / "torn.db"))
    raw(path, "UPDATE told SET fields = '{}' WHERE seq = 140")
    raw(path, "UPDATE case_facts SET channel = '别处' WHERE seq = 290")
    page = page_of(path, seq)
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(bytes(PAGE))
    found = verify(path)["findings"]
    (torn,) = [f for f in found if f["layer"] == "chain" and "记录读不出来" in f["what"]]
    assert torn["seq"] is not None
    assert torn["seq"] <= seq < torn["seq"] + 20
    assert ("chain", 140) in {(f["layer"], f["seq"]) for f in found}
    assert "integrity" in {f["layer"] for f in found}
    lost = [f["number"] for f in found if "读不出来" in f["what"] and f["layer"] == "projection"]
    assert f"2026-{seq - 1:06d}" in lost
    assert ("projection", "2026-000289") in {(f["layer"], f["number"]) for f in found}


def test_a_damaged_page_of_what_reports_read_names_its_cases(long: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(long, tmp_path / "torn.db"))
    raw(path, "UPDATE case_facts SET channel = '别处' WHERE seq = 290")
    ((status,),) = rows(path, "SELECT status FROM case_moves WHERE number = '2026-000150'")
    good = path.read_bytes()
    pages = [good[at : at + PAGE] for at in range(0, len(good), PAGE)]
    (page,) = [
        number for number, held in enumerate(pages)
        if b"2026-000150" in held and str(status).encode() in held
    ]  # fmt: skip
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(bytes(PAGE))
    found = [f for f in verify(path)["findings"] if f["layer"] == "projection"]
    lost = {f["number"] for f in found if "读不出来" in f["what"]}
    assert "2026-000150" in lost
    assert len(lost) < 30
    assert "2026-000289" in {f["number"] for f in found} - lost


def test_too_many_findings_of_one_layer_do_not_hide_the_next(long: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(long, tmp_path / "long.db"))
    found = edited(path, "UPDATE sources SET host = 'x'", "DELETE FROM case_facts WHERE seq = 290")
    assert 100 < sum(f["layer"] == "chain" for f in found) < 300
    assert [f["number"] for f in found if f["layer"] == "projection"][:1] == ["2026-000289"]


_OF_KEY = "WHERE key = 'handle_key'"
EXTRA: tuple[tuple[str, str], ...] = (
    ("PRAGMA user_version = 0", "schema"),
    ("INSERT INTO meta VALUES ('created_at', '2026')", "schema"),
    ("UPDATE meta SET value = upper(value) WHERE key = 'ledger_id'", "schema"),
    ("DELETE FROM meta WHERE key = 'ledger_id'", "chain"),
    (f"UPDATE meta SET value = upper(value) {_OF_KEY}", "projection"),
    (f"UPDATE meta SET value = hex(randomblob(32)) {_OF_KEY}", "projection"),
    (f"UPDATE meta SET value = lower(hex(randomblob(32))) {_OF_KEY}", "projection"),
    ("INSERT INTO traces VALUES ('x', '2026-11-23T09:00:00+08:00', 3)", "projection"),
    ("INSERT INTO requests VALUES (zeroblob(16), 3)", "projection"),
    ("INSERT INTO case_words VALUES (3, '{}')", "projection"),
    ("INSERT INTO parsed VALUES ('x', '9', '{}')", "projection"),
    ("INSERT INTO documents VALUES ('x', '')", "chain"),
    ("INSERT INTO sources SELECT 9, by_name, os_user, host, program FROM sources", "chain"),
    ("INSERT INTO clock_terms SELECT max(id) + 1, clause, NULL, NULL, NULL FROM clock_terms",
     "projection"),
    ("CREATE TABLE more (a)", "schema"),
    ("CREATE TABLE more (a INTEGER PRIMARY KEY AUTOINCREMENT)", "schema"),
    ("CREATE VIEW more AS SELECT 1", "schema"),
    ("DROP INDEX case_open", "schema"),
    ("ANALYZE", "schema"),
    ("CREATE TRIGGER more AFTER INSERT ON told BEGIN SELECT 1; END", "schema"),
)  # fmt: skip


@pytest.mark.parametrize(("statement", "layer"), EXTRA)
def test_everything_of_account_is_sealed_or_follows_from_what_is(
    path: Path, statement: str, layer: str
) -> None:
    assert layer in {f["layer"] for f in edited(path, statement)}


def test_a_handle_or_a_phone_of_nobody_names_its_event(path: Path) -> None:
    found = edited(
        path,
        "INSERT INTO traces VALUES ('tel:13800000001', '2026-11-23T09:00:00+08:00', 4)",
        "INSERT INTO requests VALUES (zeroblob(16), 5)",
    )
    assert {(f["seq"], f["number"]) for f in found} == {(4, "2026-000001"), (5, "2026-000001")}


def test_another_secret_in_place_of_the_sealed_one_takes_nothing_in(path: Path) -> None:
    raw(path, "UPDATE meta SET value = lower(hex(zeroblob(32))) WHERE key = 'handle_key'")
    with pytest.raises(LedgerUnusable, match="密钥"):
        take_in(path, "占道", key="first")  # it would be a second case for one request
    assert books.rebuild(path, stamp())
    ((secret,),) = rows(path, "SELECT value FROM meta WHERE key = 'handle_key'")
    sealed = sha256(bytes.fromhex(str(secret))).hexdigest()
    assert rows(
        path, "SELECT json_extract(facts, '$.secret') FROM events WHERE kind = 'rebuilt'"
    ) == [(sealed,)]
    assert verify(path)["ok"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET facts = replace(facts, '城管', '城市') WHERE seq = 4",
        "UPDATE events SET remarks = '[]' WHERE seq = 2",
        "UPDATE events SET at = '2026-11-23T09:00:01+08:00' WHERE seq = 3",
        "UPDATE told SET fields = replace(fields, '占道', '合法') WHERE seq = 2",
        "UPDATE told SET salt = zeroblob(16) WHERE seq = 7",
        "DELETE FROM told WHERE seq = 2",
        "UPDATE sources SET by_name = '演示乙'",
        "UPDATE counters SET value = 9 WHERE name = 'case/2026'",
        "INSERT INTO meta VALUES ('a', 'b')",
        "INSERT INTO documents VALUES ('x', '')",
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_rebuild_makes_nothing_tampered_with_look_sound(
    path: Path, statement: str, check: bool
) -> None:
    before = edited(path, statement, "DELETE FROM traces")
    events = rows(path, "SELECT count(*) FROM events")
    with pytest.raises(LedgerUnusable, match="不能由它重建") as refused:
        books.rebuild(path, stamp(), check=check)
    assert any(f["what"] in refused.value.what for f in before)
    assert rows(path, "SELECT count(*) FROM events") == events
    assert verify(path)["findings"] == before


def test_a_rebuild_that_leaves_something_wrong_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = edited(path, "DELETE FROM traces")
    monkeypatch.setattr(books, "rewrite", lambda _: None)
    with pytest.raises(LedgerUnusable, match="重建以后仍不一致"):
        books.rebuild(path, stamp())
    assert verify(path)["findings"] == before
    assert rows(path, "SELECT count(*) FROM events") == [(7,)]


def test_a_rebuild_is_not_written_on_damaged_pages(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = edited(path, "DELETE FROM traces")
    damage = layers.finding("integrity", None, None, "演示的坏处")
    monkeypatch.setattr(layers, "check_integrity", lambda _: iter([damage]))
    with pytest.raises(LedgerUnusable, match="演示的坏处"):
        books.rebuild(path, stamp())
    monkeypatch.undo()
    assert verify(path)["findings"] == before


def test_a_rebuild_leaves_out_no_case(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(path, "DELETE FROM traces")
    lost: tuple[str, None, dict[int, int], str] = ("2026-000001", None, {}, "演示")
    monkeypatch.setattr(replay, "histories", lambda _: iter([lost]))
    with pytest.raises(LedgerUnusable, match="2026-000001 的记录无法重放, 没有重建"):
        books.rebuild(path, stamp())


NOW_TEXT, LATER = "2026-11-23T09:00:00+08:00", "2026-11-24T09:00:00+08:00"


@pytest.mark.parametrize("remarks", ["{", "", "{}", "[1]", "9"])
def test_illegible_remarks_are_refused_by_readers_and_named_by_the_check(
    call: Runner, ledger: Path, tmp_path: Path, remarks: str
) -> None:
    assert call("intake", "占道经营", "--request-id", "1", now=NOW_TEXT).code == 0
    ((seq,),) = rows(ledger, "SELECT max(seq) FROM events")
    edited(ledger, f"UPDATE events SET remarks = '{remarks}' WHERE seq = {seq}")
    for argv in (
        ("show", "1", "--json"), ("log", "1", "--json"),
        ("export", "events", "-o", str(tmp_path / "all.jsonl")),
        ("backup", str(tmp_path / "copy.db")),
    ):  # fmt: skip
        done = call(*argv, now=LATER)
        assert done.code == 78, (argv, done.err)
        assert f"{seq} 号" in done.err, (argv, done.err)
    done = call("verify", "--json", now=LATER)
    assert done.code == 78
    found = json.loads(done.out)["findings"]
    assert ("chain", seq) in {(f["layer"], f["seq"]) for f in found}


def test_a_column_of_another_type_is_named_not_died_of(path: Path) -> None:
    """A row header that was damaged gives values of types that no column has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for guard in UNGUARDED:
            con.execute(guard)
        con.execute("PRAGMA writable_schema = ON")
        con.execute(
            "UPDATE sqlite_master SET sql = replace(replace(sql, ' STRICT', ''), ' NOT NULL', '')"
            " WHERE name IN ('events', 'told')"
        )
    raw(
        path,
        "UPDATE events SET hash = NULL, subject = x'00', version = 'x', at = NULL WHERE seq = 3",
        "UPDATE told SET salt = 'x', fields = x'ff' WHERE seq = 7",
    )
    found = {(f["layer"], f["seq"]) for f in verify(path)["findings"]}
    assert {("chain", 3), ("chain", 7), ("schema", None)} <= found
