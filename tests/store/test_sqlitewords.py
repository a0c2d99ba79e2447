"""What SQLite says of a damaged file reaches nobody in English; its numbers and names do."""

from __future__ import annotations

import ctypes.util
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from sixping.store.ddl import PAGE_SIZE
from sixping.store.layers import check_integrity
from sixping.store.layers.sqlitewords import in_chinese
from sixping.store.replay import histories
from sixping.store.verify import verify
from tests.conftest import Runner
from tests.kit import corruption
from tests.kit.ledgerkit import lived, raw, rows

ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]+)+|[A-Za-z]{3,}")
"""Words; single names of tables and columns are taken out before."""
SAID = {
    "row 12 missing from index case_near": "第 12 行不在索引 case_near 里",
    "row 12 values differ from index case_near": "第 12 行与索引 case_near 不符",
    "rowid not at end-of-record for row 3 of index case_near": "索引 case_near 第 3 项的行号不对",
    "wrong # of entries in index case_near": "索引 case_near 的项数不对",
    "non-unique entry in index case_near": "索引 case_near 里有重复的项",
    "row not in PRIMARY KEY order for meta": "表 meta 的行次序不对",
    "NULL value in events.at": "表 events 的 at 有空值",
    "non-INTEGER value in events.at": "表 events 的 at 有不该有的一类值",
    "NUMERIC value in events.at": "表 events 的 at 有不该有的一类值",
    "CHECK constraint failed in events": "表 events 有不合规定的值",
    "database disk image is malformed": "文件结构损坏",
    "Tree 5 page 12: btreeInitPage() returns error code 11":
        "第 12 页, 根页 5 的树: 页头读不懂 (代码 11)",
    "Tree 5 page 12 cell 3: Rowid -7 out of order":
        "第 12 页, 根页 5 的树, 第 3 格: 行号 -7 的次序不对",
    "Tree 5 page 12 right child: invalid page number 99":
        "第 12 页, 根页 5 的树, 末枝: 页号 99 不对",
    "On tree page 12 cell 3: 2nd reference to page 7": "第 12 页, 第 3 格: 第 7 页被用了两次",
    "On page 12 at right child: Child page depth differs": "第 12 页, 末枝: 各枝深浅不一",
    "Tree 5: failed to get page 12": "根页 5 的树: 第 12 页磁盘没有给出",
    "Tree 5 page 12: unable to get the page. error code=266":
        "第 12 页, 根页 5 的树: 磁盘没有给出",
    "Tree 5 page 12: unable to get the page. error code=11":
        "第 12 页, 根页 5 的树: 取不到 (代码 11)",
    "Page 7: never used": "第 7 页没有被用到",
    "Page 7 is never used": "第 7 页没有被用到",
    "Page 7: pointer map referenced": "第 7 页不该被用到",
    "Page 7: free space corruption": "第 7 页: 空闲处损坏",
    "Tree 5 page 12 cell 3: Offset 9 out of range 40..4096":
        "第 12 页, 根页 5 的树, 第 3 格: 位置 9 超出 40 到 4096",
    "Tree 5 page 12 cell 3: Extends off end of page":
        "第 12 页, 根页 5 的树, 第 3 格: 内容超出页尾",
    "Multiple uses for byte 9 of page 12": "第 12 页第 9 字节被用了两次",
    "Fragmentation of 4 bytes reported as 0 on page 12": "第 12 页零碎空闲 4 字节, 却记作 0 字节",
    "Main freelist: size is 3 but should be 5": "空页表: 空页有 3 页, 应为 5 页",
    "Freelist: freelist leaf count too big on page 12": "空页表: 第 12 页记的空页数太大",
    "Tree 5 page 12 cell 3: overflow list length is 1 but should be 2":
        "第 12 页, 根页 5 的树, 第 3 格: 续页有 1 页, 应为 2 页",
    "Outstanding page count goes from 1 to 2 during this analysis": "检查中在用的页由 1 变成 2",
    "max rootpage (9) disagrees with header (0)": "最大的根页 9 与文件头的 0 不符",
    "Failed to read ptrmap key=12": "第 12 页的去向读不出来",
    "Bad ptr map entry key=12 expected=(1,2) got=(3,4)": "第 12 页的去向记错",
    "some later trouble with page 12 and row 7": "第 12 页、第 7 行 检查没有通过",
    "Tree 5 page 12: some later trouble": "第 12 页, 根页 5 的树: 检查没有通过",
    "some later trouble": "检查没有通过",
}  # fmt: skip
_NAMES = re.compile(r"(?:表|索引) \w+(?: 的 \w+)?")


@pytest.mark.parametrize(("line", "said"), SAID.items())
def test_every_line_that_sqlite_writes_has_its_chinese(line: str, said: str) -> None:
    assert list(in_chinese(line)) == [said]


def test_each_line_of_an_answer_is_one_fault_and_its_heading_none() -> None:
    answer = "*** in database main ***\nPage 7 is never used\nPage 8 is never used"
    assert list(in_chinese(answer)) == ["第 7 页没有被用到", "第 8 页没有被用到"]
    assert list(in_chinese("ok")) == []


def test_what_this_sqlite_may_say_is_known() -> None:
    """The format strings of the library itself, filled with numbers, are no unknown lines."""
    name = ctypes.util.find_library("sqlite3")
    found = [f for f in Path("/lib").glob(f"*/{name}") if name]
    if not found:
        pytest.skip("needs the library of SQLite as a file of its own")
    texts = re.findall(rb"[ -~]{8,}", found[0].read_bytes())
    begins = ("2nd reference", "failed to get page", "Offset %", "Rowid %", "Multiple uses",
              "Fragmentation of", "btreeInitPage", "unable to get the page", "Page %", "freelist l",
              "Bad ptr map", "Failed to read ptrmap", "Child page", "Extends off", "max rootpage",
              "NULL value", "non-% value", "CHECK constraint failed in", "row not in PRIMARY",
              "invalid page number", "Outstanding page")  # fmt: skip
    lines = [re.sub("%l*[duisz]", "7", each.decode()) for each in texts]
    lines = [
        line for line in lines if line.startswith(tuple(re.sub("%s?", "7", b) for b in begins))
    ]
    lines = [line for line in lines if not line.endswith(": ")]
    assert len(lines) > 10
    assert [line for line in lines if "检查没有通过" in "".join(in_chinese(line))] == []


def test_no_finding_over_spoilt_ledgers_is_english(tmp_path: Path) -> None:
    good, path = lived(tmp_path)[0], tmp_path / "spoilt.db"
    said: set[str] = set()
    for seed in range(150):
        shutil.copy(good, path)
        corruption.spoil(path, Random(seed))  # noqa: S311 - the same every time
        with closing(sqlite3.connect(path)) as con:
            said |= {found["what"] for found in check_integrity(con)}
    assert len(said) > 20
    assert [what for what in said if ENGLISH.search(_NAMES.sub("", what))] == []


def _redefine(path: Path, name: str, sql: str, *then: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA writable_schema=ON")
        con.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
    raw(path, *then)


def test_verify_tells_of_a_lacking_row_of_an_index_in_chinese(call: Runner, tmp_path: Path) -> None:
    path = lived(tmp_path)[0]
    first = rows(path, "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
                             " AND tbl_name = 'events' AND sql NOT LIKE '%WHERE%'")[0]  # fmt: skip
    name, sql = str(first[0]), str(first[1])
    _redefine(path, name, f"{sql} WHERE seq > 1", f"REINDEX {name}")
    _redefine(path, name, sql)
    done = call("--ledger", str(path), "verify")
    assert done.code == 78
    assert f"第 1 行不在索引 {name} 里" in done.out
    assert "missing" not in done.out + done.err


def test_pages_are_named_where_the_check_breaks_off_after_them(tmp_path: Path) -> None:
    path = lived(tmp_path)[0]
    root = int(str(rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'told'")[0][0]))
    pages = bytearray(path.read_bytes())
    pages[(root - 1) * PAGE_SIZE] = 0xFF  # no kind of page
    path.write_bytes(pages)
    said = [found["what"] for found in verify(path)["findings"] if found["layer"] == "integrity"]
    assert any(f"第 {root} 页" in what for what in said)


def test_a_case_that_cannot_be_replayed_is_not_told_of_in_pythons_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lived(tmp_path)[0]

    def broken(*_: object) -> None:
        raise TypeError("'NoneType' object is not iterable")

    monkeypatch.setattr("sixping.store.projection.replay", broken)
    with closing(sqlite3.connect(path)) as con:
        assert {why for *_, why in histories(con)} == {"存有读不懂的内容"}
