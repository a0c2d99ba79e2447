# ruff: noqa: S608 - statements are put together from the schema's own names
"""Every finding of every layer, by an edit of its own: none relies on others that come along."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sixping.ledger import transaction
from sixping.store import ddl, documents, replay
from sixping.store.verify import verify
from tests.kit.corruption import loosened, tightened
from tests.kit.ledgerkit import lived, raw, rows, stamp

UNGUARDED = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")
GUARDS = tuple(sql for step in ddl.MIGRATIONS for sql in step if "CREATE TRIGGER" in sql)
FIRST, SECOND = "2026-000001", "2026-000002"
RULES = 8
"""The event that adopts the ledger's only document."""


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = lived(tmp_path_factory.mktemp("honest"))[0]
    with transaction(path, stamp()) as work:
        documents.adopt(work, "演示.toml", "a = 1\n")
    return path


@pytest.fixture
def path(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(honest, tmp_path / "ledger.db"))


def found(path: Path) -> list[tuple[Any, ...]]:
    return [tuple(one.values()) for one in verify(path)["findings"]]


def _like(table: str, number: str) -> str:
    """Return the statement that gives a case's rows to a number nobody has."""
    return (
        f"CREATE TEMP TABLE t AS SELECT * FROM {table} WHERE number = '{SECOND}';"
        f"UPDATE t SET number = '{number}';INSERT INTO {table} SELECT * FROM t"
    )


_OF_TERMS = "clause, profile, edition, calendar"
_SCHEMA = "PRAGMA writable_schema = ON;"
_FACTS = "CREATE TEMP TABLE t AS SELECT * FROM case_facts WHERE seq = 7;"

#: what it is → statements, and of the finding layer, seq, number and words
FINDINGS: dict[str, tuple[str, str, int | None, str | None, str]] = {
    "index gone": ("DROP INDEX case_open", "schema", None, None, "结构被改动: case_open"),
    "sequence": (
        "CREATE TABLE x (a INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE x",
        "schema", None, None, "多出 sqlite_sequence",
    ),
    "statistics": ("ANALYZE", "schema", None, None, "统计 sqlite_stat1"),
    "another table": (
        _SCHEMA + "UPDATE sqlite_master SET tbl_name = 'Told' WHERE name = 'told'",
        "schema", None, None, "told 不属于 Told",
    ),
    "format": ("PRAGMA user_version = 0", "schema", 1, None, "格式号 0 与记录不符"),
    "id written otherwise": (
        "UPDATE meta SET value = upper(value) WHERE key = 'ledger_id'",
        "schema", None, None, "(meta 的 ledger_id) 被改动过",
    ),
    "row of meta": ("INSERT INTO meta VALUES ('a', 'b')", "schema", None, None, "meta 多出 a"),
    "id gone": (
        "DELETE FROM meta WHERE key = 'ledger_id'", "chain", None, None, "链无法核对",
    ),
    "event gone": ("DELETE FROM events WHERE seq = 5", "chain", 5, None, "缺少第 5 号记录"),
    "events gone": (
        "DELETE FROM events WHERE seq IN (4, 5)", "chain", 4, None, "缺少第 4 到 5 号记录",
    ),
    "event changed": (
        "UPDATE events SET at = '2026-11-23T09:00:01+08:00' WHERE seq = 3",
        "chain", 3, FIRST, "第 3 号记录或它的前一条被改动过",
    ),
    "first event changed": (
        "UPDATE events SET kind = 'made' WHERE seq = 1", "chain", 1, None, "第 1 号记录被改动过",
    ),
    "words before any event": (
        "INSERT INTO told VALUES (0, zeroblob(16), '{}')", "chain", 0, None, "不存在的第 0 号记录",
    ),
    "words behind any event": (
        "INSERT INTO told VALUES (9, zeroblob(16), '{}')", "chain", 9, None, "不存在的第 9 号记录",
    ),
    "words of an event without": (
        "INSERT INTO told VALUES (1, zeroblob(16), '{}')", "chain", 1, None, "不属于它的内容",
    ),
    "words gone": ("DELETE FROM told WHERE seq = 2", "chain", 2, FIRST, "没有依法删除的记录"),
    "words changed": (
        "UPDATE told SET fields = replace(fields, '占道', '合法') WHERE seq = 2",
        "chain", 2, FIRST, "第 2 号记录旁的内容被改动过",
    ),
    "source of nothing": (
        "INSERT INTO sources VALUES (9, 'x', 'a', 'b', 'c')", "chain", None, None,
        "多出没有记录的来源 9",
    ),
    "source twice": (
        "INSERT INTO sources SELECT 9, by_name, os_user, host, program FROM sources",
        "chain", None, None, "来源 9 与 1 重复",
    ),
    "counter of events": (
        "UPDATE counters SET value = 9 WHERE name = 'seq'", "chain", 8, None, "末尾可能被截去",
    ),
    "counter of numbers": (
        "UPDATE counters SET value = 3 WHERE name = 'case/2026'", "chain", None, None,
        "2026 年的编号不连续",
    ),
    "counter of nothing": (
        "INSERT INTO counters VALUES ('case/2031', 1)", "chain", None, None,
        "计数 case/2031 没有对应的记录",
    ),
    "document gone": (
        "DELETE FROM documents", "chain", RULES, None, "采用的规则 演示.toml 不见了",
    ),
    "document changed": (
        "UPDATE documents SET content = 'a = 2'", "chain", RULES, None, "演示.toml 被改动过",
    ),
    "document of nothing": (
        "INSERT INTO documents VALUES ('x', '')", "chain", None, None, "没有记录采用的规则 x",
    ),
    "document read otherwise": (
        "UPDATE parsed SET data = '{\"a\":2}'", "projection", None, None, "读出内容与原文不符",
    ),
    "document read from nothing": (
        "INSERT INTO parsed VALUES ('x', '9', '{}')", "projection", None, None, "没有原文的规则 x",
    ),
    "case changed": (
        "UPDATE case_moves SET lead = '别处' WHERE from_seq = 6", "projection", None, FIRST,
        "lead 应为 城管中队, 现为 别处",
    ),
    "case row gone": (
        "DELETE FROM case_moves WHERE from_seq = 6", "projection", None, FIRST, "现有",
    ),
    "case before all": (
        _like("case_moves", "2025-000001"), "projection", None, "2025-000001", "多出没有记录的",
    ),
    "case behind all": (
        _like("case_moves", "2027-000001"), "projection", None, "2027-000001", "多出没有记录的",
    ),
    "clock changed": (
        "UPDATE clock_moves SET due = '2027-01-01T00:00:00+08:00' WHERE from_seq = 7",
        "projection", None, SECOND, "due 应为",
    ),
    "clock of nothing": (
        _like("clock_moves", "2025-000001"), "projection", None, "2025-000001", "多出没有记录的",
    ),
    "case not replayed": (
        "UPDATE events SET facts = '[]' WHERE seq = 4", "projection", None, FIRST, "无法重放",
    ),
    "facts of nothing": (
        _FACTS + "UPDATE t SET seq = 99;INSERT INTO case_facts SELECT * FROM t",
        "projection", 99, SECOND, "没有记录的登记内容 (第 99 号)",
    ),
    "facts gone": (
        "DELETE FROM case_facts WHERE seq = 7", "projection", None, None, "登记内容多出或缺少",
    ),
    "terms of nothing": (
        "INSERT INTO clock_terms VALUES (9, 'x', NULL, NULL, NULL)", "projection", None, None,
        "期限的依据多出第 9 种",
    ),
    "terms twice": (
        f"INSERT INTO clock_terms SELECT max(id) + 1, {_OF_TERMS} FROM clock_terms",
        "projection", None, None, "种重复",
    ),
    "terms gone": (
        "DELETE FROM clock_terms WHERE id = 1", "projection", None, None, "期限的依据第 1 种不见了",
    ),
    "void of nothing": (
        "INSERT INTO voids VALUES (3, 6)", "projection", 3, FIRST, "第 3 号的撤销登记与记录不符",
    ),
    "erasure of nothing": (
        "INSERT INTO erasures VALUES (5, 6)", "projection", 5, FIRST, "第 5 号的删除登记与记录不符",
    ),
    "secret gone": (
        "DELETE FROM meta WHERE key = 'handle_key'", "projection", None, None, "密钥不见了或被改动",
    ),
    "another secret": (
        "UPDATE meta SET value = lower(hex(zeroblob(32))) WHERE key = 'handle_key'",
        "projection", None, None, "密钥不见了或被改动",
    ),
    "handle of another event": (
        "UPDATE requests SET seq = 7", "projection", 2, FIRST, "第 2 号识别重复登记的依据不符",
    ),
    "handle of nothing": (
        "INSERT INTO requests VALUES (zeroblob(16), 7)", "projection", 7, SECOND,
        "第 7 号多出识别重复登记的依据",
    ),
    "phone gone": (
        "DELETE FROM traces WHERE seq = 7", "projection", 7, SECOND, "比对登记缺少",
    ),
    "phone of nobody": (
        "INSERT INTO traces VALUES ('tel:13800000001', '2026-11-23T09:00:00+08:00', 4)",
        "projection", 4, FIRST, "比对登记多出",
    ),
    "amended words of nothing": (
        "INSERT INTO case_words VALUES (3, '{}')", "projection", 3, FIRST, "更正后的内容与记录不符",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FINDINGS)
def test_each_edit_is_told_by_the_finding_that_is_meant_for_it(path: Path, what: str) -> None:
    statements, layer, seq, number, words = FINDINGS[what]
    raw(path, *UNGUARDED, *statements.split(";"), *GUARDS)
    told = found(path)
    assert [one for one in told if one[:3] == (layer, seq, number) and words in one[3]], told


def test_the_same_ledger_in_another_encoding_of_text_is_named(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as con, closing(sqlite3.connect(tmp_path / "b.db")) as wide:
        wide.execute("PRAGMA encoding = 'UTF-16le'")
        for pragma in ("application_id", "user_version"):
            (value,) = con.execute(f"PRAGMA {pragma}").fetchone()
            wide.execute(f"PRAGMA {pragma} = {value}")
        wide.executescript("\n".join(con.iterdump()))
    told = found(tmp_path / "b.db")
    assert ("schema", None, None, "文字的编码被改成 UTF-16le") in told


def test_words_of_nothing_take_none_from_the_events_behind_them(path: Path) -> None:
    raw(path, "INSERT INTO told VALUES (0, zeroblob(16), '{}')")
    assert found(path) == [("chain", 0, None, "有内容属于不存在的第 0 号记录")]


def test_words_that_no_program_could_have_sealed_are_named(path: Path) -> None:
    loosened(path)
    raw(path, "UPDATE told SET salt = 'text' WHERE seq = 2")
    tightened(path)
    assert ("chain", 2, FIRST, "第 2 号记录旁的内容读不懂, 被改动过") in found(path)


def test_words_that_were_erased_and_come_back_are_named(path: Path) -> None:
    ((salt, fields),) = rows(path, "SELECT hex(salt), fields FROM told WHERE seq = 2")
    with transaction(path, stamp()) as work:
        work.erase([2], "本人申请删除")
    raw(path, f"INSERT INTO told VALUES (2, x'{salt}', '{fields}')")
    assert ("chain", 2, FIRST, "第 2 号记录旁已依法删除的内容又出现了") in found(path)


def test_a_case_whose_clocks_contradict_its_state_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No step makes such a case: a fault of the program would."""
    monkeypatch.setattr(replay, "unlike_state", lambda case: "办结期限不该在计" * case.open)
    what = f"{SECOND} 的状态与时限不符: 第 7 号之后办结期限不该在计"
    assert ("projection", None, SECOND, what) in found(path)


def test_a_void_beside_the_cases_follows_from_its_event(path: Path) -> None:
    with transaction(path, stamp()) as work:
        work.note("organisation", "演示", "voided", {"seq": 3})
    assert ("projection", 3, FIRST, "第 3 号的撤销登记与记录不符") in found(path)


def test_an_anchor_is_held_against_its_event(path: Path) -> None:
    kept = verify(path)
    head, seq = kept["head"], kept["seq"]
    for wrong, words in ((seq + 1, "台账里已没有"), (seq - 1, "与锚点不同")):
        (one,) = verify(path, [(wrong, head)])["findings"]
        assert (one["layer"], one["seq"]) == ("anchor", wrong)
        assert words in one["what"]
