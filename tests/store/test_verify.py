# ruff: noqa: S608 - statements are put together from the schema's own names
"""Whatever is changed behind the ledger's back is named by the layer that sees it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sixping.errors import BadData, SixpingError
from sixping.ledger import transaction
from sixping.services.upkeep import books
from sixping.store import chain, ddl, verify
from sixping.store.rows import FACT_COLUMNS, MOVE_COLUMNS, SOURCE_COLUMNS, event_term
from tests.kit.ledgerkit import CLOCKS, STATES, lived, raw, rows, stamp

UNGUARDED = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")
GUARDS = tuple(sql for step in ddl.MIGRATIONS for sql in step if "CREATE TRIGGER" in sql)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived(tmp_path_factory.mktemp("honest"))[0]


@pytest.fixture
def path(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(honest, tmp_path / "ledger.db"))


def tampered(path: Path, *statements: str) -> list[tuple[str, object]]:
    raw(path, *UNGUARDED, *statements, *GUARDS)
    return [(f["layer"], f["seq"]) for f in verify.verify(path)["findings"]]


def test_an_honest_ledger_is_consistent_and_no_more_is_claimed(path: Path) -> None:
    result = verify.verify(path)
    assert result["ok"]
    assert result["findings"] == []
    assert result["statement"] == "自洽 (未提供锚点)"
    assert result["events"] == result["seq"] == 7
    head = result["head"]
    said = verify.verify(path, [(7, head[-16:])])["statement"]
    assert "以来一致" in said
    assert head[-16:] in said


@pytest.mark.parametrize("tail", ["", "0", "9f2c51ab", "9f2c51ab03de77f"])
def test_too_few_digits_prove_nothing_and_are_refused(path: Path, tail: str) -> None:
    with pytest.raises(BadData, match="至少要 16 位"):
        verify.verify(path, [(7, tail)])


@pytest.mark.parametrize("column", SOURCE_COLUMNS)
def test_an_edit_of_a_source_names_its_events(path: Path, column: str) -> None:
    found = tampered(path, f"UPDATE sources SET {column} = 'other'")
    assert found == [("chain", seq) for seq in range(1, 8)]


def test_a_source_of_no_event_is_seen(path: Path) -> None:
    assert tampered(path, "INSERT INTO sources VALUES (9, 'x', 'a', 'b', 'c')") == [("chain", None)]
    assert ("chain", 3) in tampered(path, "UPDATE events SET source = 9 WHERE seq = 3")


@pytest.mark.parametrize("column", [c for c in chain.FIELDS if c not in ("seq", *SOURCE_COLUMNS)])
def test_an_edit_of_any_column_names_the_event(path: Path, column: str) -> None:
    value = "x'00'" if column == "sealed" else "99" if column == "version" else "'[]'"
    assert ("chain", 3) in tampered(path, f"UPDATE events SET {column} = {value} WHERE seq = 3")


def test_deleting_an_event_is_seen(path: Path) -> None:
    found = tampered(path, "DELETE FROM events WHERE seq = 5")
    assert ("chain", 5) in found
    assert ("chain", 6) in found


def test_swapping_two_events_is_seen(path: Path) -> None:
    found = tampered(
        path,
        "UPDATE events SET seq = -4 WHERE seq = 4",
        "UPDATE events SET seq = 4 WHERE seq = 5",
        "UPDATE events SET seq = 5 WHERE seq = -4",
    )
    assert {("chain", 4), ("chain", 5)} <= set(found)


def test_renumbering_after_a_deletion_is_seen(path: Path) -> None:
    assert tampered(
        path, "DELETE FROM events WHERE seq = 5", "UPDATE events SET seq = seq - 1 WHERE seq > 5"
    )


CUT = (
    "DELETE FROM case_moves WHERE from_seq = 7",
    "DELETE FROM case_facts WHERE seq = 7",
    "DELETE FROM clock_moves WHERE from_seq = 7",
    "DELETE FROM told WHERE seq = 7",
    "DELETE FROM traces WHERE seq = 7",
    "DELETE FROM events WHERE seq = 7",
    "UPDATE counters SET value = 6 WHERE name = 'seq'",
    "UPDATE counters SET value = 1 WHERE name = 'case/2026'",
)


def test_a_careful_truncation_is_seen_only_by_an_anchor(path: Path) -> None:
    kept = verify.verify(path)
    assert tampered(path, *CUT) == []
    (finding,) = verify.verify(path, [(kept["seq"], kept["head"])])["findings"]
    assert finding["layer"] == "anchor"
    assert "截去" in finding["what"]


def test_a_careless_truncation_is_seen_by_the_counter(path: Path) -> None:
    assert ("chain", 6) in tampered(path, *CUT[:6])


HASHED = ", ".join(map(event_term, chain.FIELDS))
LINKED = f"SELECT {HASHED} FROM events e JOIN sources o ON o.id = e.source ORDER BY e.seq"


def rehash(path: Path) -> None:
    """Do what somebody who knows the chain would do after an edit."""
    with closing(sqlite3.connect(path)) as con, con:
        (ledger_id,) = con.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
        previous = chain.GENESIS
        for row in con.execute(LINKED).fetchall():
            previous = chain.link(chain.prefix(ledger_id), previous, row)
            con.execute("UPDATE events SET hash = ? WHERE seq = ?", (previous, row[0]))


def test_a_gap_is_seen_even_when_everything_was_rehashed(path: Path) -> None:
    raw(path, *UNGUARDED, "DELETE FROM told WHERE seq = 5", "DELETE FROM events WHERE seq = 5")
    rehash(path)
    raw(path, *GUARDS)
    assert ("chain", 5) in [(f["layer"], f["seq"]) for f in verify.verify(path)["findings"]]


def test_a_complete_rehash_is_seen_only_by_an_anchor(path: Path) -> None:
    head = verify.verify(path)["head"]
    raw(path, *UNGUARDED, "UPDATE sources SET by_name = '演示乙'")
    rehash(path)
    raw(path, *GUARDS)
    assert verify.verify(path)["ok"]
    (finding,) = verify.verify(path, [(7, head)])["findings"]
    assert (finding["layer"], finding["seq"]) == ("anchor", 7)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_moves SET lead = '别处' WHERE to_seq IS NULL",
        "UPDATE case_facts SET severity = '重大' WHERE seq = 7",
        "UPDATE case_facts SET seq = 99 WHERE seq = 7",
        "DELETE FROM case_facts WHERE seq = 7",
        (
            f"INSERT INTO case_facts SELECT 99, {', '.join(FACT_COLUMNS[1:])}"
            " FROM case_facts WHERE seq = 7"
        ),
        "UPDATE case_moves SET facts_seq = 2 WHERE from_seq = 7",
        "UPDATE case_moves SET from_seq = 99 WHERE from_seq = 7",
        "DELETE FROM case_moves WHERE from_seq = 7",
        "DELETE FROM case_moves",
        (
            f"INSERT INTO case_moves SELECT '2025-000001', {', '.join(MOVE_COLUMNS[1:])} "
            "FROM case_moves WHERE from_seq = 7"
        ),
        "UPDATE clock_moves SET due = '2027-01-01T00:00:00+08:00' WHERE kind = 'finish'",
        "UPDATE clock_moves SET stopped = NULL",
        "DELETE FROM clock_moves WHERE kind = 'accept' AND from_seq = 7",
        "UPDATE clock_terms SET calendar = 'other'",
        "UPDATE clock_moves SET terms = NULL WHERE from_seq = 7",
        "INSERT INTO clock_terms VALUES (9, NULL, NULL, NULL, NULL)",
        "INSERT INTO voids VALUES (3, 6)",
        "DELETE FROM requests",
        "UPDATE requests SET seq = 7",
        "INSERT INTO requests VALUES (zeroblob(16), 7)",
        "UPDATE requests SET handle = zeroblob(16)",
        "DELETE FROM meta WHERE key = 'handle_key'",
        "UPDATE meta SET value = hex(zeroblob(32)) WHERE key = 'handle_key'",
        "INSERT INTO erasures VALUES (2, 3)",
        "DELETE FROM traces WHERE seq = 7",
        "UPDATE traces SET form = 'tel:13900000000'",
    ],
)
def test_an_edit_of_what_reports_read_is_seen_and_rebuilt(path: Path, statement: str) -> None:
    honest = rows(path, STATES), rows(path, CLOCKS)
    found = tampered(path, statement)
    assert found
    assert {layer for layer, _ in found} == {"projection"}
    assert len(books.rebuild(path, stamp(), check=True)) == len(found)
    assert len(books.rebuild(path, stamp())) == len(found)
    assert (rows(path, STATES), rows(path, CLOCKS)) == honest
    assert verify.verify(path)["ok"]
    assert rows(path, "SELECT kind FROM events WHERE seq = 8") == [("rebuilt",)]


def test_a_rebuild_of_a_sound_ledger_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    assert books.rebuild(path, stamp()) == []
    assert rows(path, "SELECT max(seq) FROM events") == [(7,)]
    assert path.stat().st_size == len(before)


def test_a_finding_names_case_and_column(path: Path) -> None:
    raw(path, "UPDATE case_moves SET lead = '别处' WHERE from_seq = 6")
    (finding,) = verify.verify(path)["findings"]
    assert finding["number"] == "2026-000001"
    assert "lead 应为 城管中队, 现为 别处" in finding["what"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE told SET fields = replace(fields, '占道', '合法') WHERE seq = 2",
        "UPDATE told SET fields = 'no json' WHERE seq = 2",
        "UPDATE told SET fields = '[]' WHERE seq = 2",
        "UPDATE told SET salt = zeroblob(16) WHERE seq = 2",
        "DELETE FROM told WHERE seq = 2",
        "INSERT INTO told VALUES (1, zeroblob(16), '{}')",
        "INSERT INTO told VALUES (99, zeroblob(16), '{}')",
    ],
)
def test_what_lies_beside_the_chain_is_sealed_by_it(path: Path, statement: str) -> None:
    assert {layer for layer, _ in tampered(path, statement)} == {"chain"}


def test_a_lawful_erasure_keeps_the_chain_and_differs_from_a_silent_one(path: Path) -> None:
    with transaction(path, stamp()) as work:
        work.erase([2, 7], "本人申请删除")
    assert rows(path, "SELECT count(*) FROM told WHERE seq IN (2, 7)") == [(0,)]
    assert rows(path, "SELECT * FROM requests") == []
    assert verify.verify(path)["ok"]
    with transaction(path, stamp()) as work:
        assert work.entries("2026-000001")[0].event.text is None  # type: ignore[attr-defined]
        assert work.case("2026-000001").version == 5
    raw(path, "INSERT INTO told VALUES (2, zeroblob(16), '{}')")
    (finding,) = verify.verify(path)["findings"]
    assert "又出现" in finding["what"]


@pytest.mark.parametrize(
    "change", ["PRAGMA user_version = 0", "INSERT INTO meta VALUES ('a', 'b')"]
)
def test_what_the_file_says_of_itself_is_held_against_the_chain(path: Path, change: str) -> None:
    assert [layer for layer, _ in tampered(path, change)] == ["schema"]


def test_the_numbers_of_a_year_must_be_gap_free(path: Path) -> None:
    raw(path, "UPDATE counters SET value = 5 WHERE name = 'case/2026'")
    assert "编号" in verify.verify(path)["findings"][0]["what"]
    raw(path, "UPDATE counters SET value = 2 WHERE name = 'case/2026'")
    raw(path, "INSERT INTO counters VALUES ('case/2031', 1)")
    assert "case/2031" in verify.verify(path)["findings"][0]["what"]


CONTENT = ("events", "sources", "told", "case_states")


def content(path: Path) -> list[list[tuple[object, ...]]] | None:
    """Return the rows people rely on; nothing where the file cannot be read any more."""
    try:
        return [rows(path, f"SELECT * FROM {table}") for table in CONTENT]
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def said_sound(path: Path) -> bool:
    try:
        return bool(verify.verify(path)["ok"])
    except SixpingError:  # the flip hit the page with the schema or the identity
        return False


def flipped(good: bytes, place: int) -> bytes:
    return good[:place] + bytes([good[place] ^ 0x11]) + good[place + 1 :]


def occurrences(good: bytes, cell: bytes) -> Iterator[int]:
    """Yield where the file holds a cell: in its table, in an index, on a page given up."""
    place = good.find(cell)
    while place >= 0:
        yield place
        place = good.find(cell, place + 1)


def test_a_flip_in_any_cell_of_the_content_is_seen(path: Path) -> None:
    """Whatever a flip changes, some layer names it; every cell is hit, wherever it lies."""
    good, before = path.read_bytes(), content(path)
    assert before is not None
    values = {value for table in before for row in table for value in row}
    texts = {value.encode() if isinstance(value, str) else value for value in values}
    cells = [cell for cell in texts if isinstance(cell, bytes) and len(cell) >= 8]
    assert len(cells) > 30
    unseen, missed = [], []
    for cell in cells:
        changed = False
        for place in occurrences(good, cell):
            path.write_bytes(flipped(good, place + len(cell) // 2))
            if content(path) != before:
                changed = True
                unseen += [(cell, place)] if said_sound(path) else []
        missed += [] if changed else [cell]
    assert not unseen, f"{len(unseen)} flips changed content that no layer names"
    assert not missed, f"{len(missed)} of {len(cells)} cells were not hit"
