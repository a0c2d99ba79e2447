"""Output over everything: whatever ``-o`` names, what must stay is the same byte for byte."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.kit.damage import FULL
from tests.kit.outputs import NOW, lines, lived, state_of

if TYPE_CHECKING:
    from tests.conftest import Result, Runner

#: what it is that may not be written
REASONS = (
    "错误: (写入的去处是|旁边有另一个数据库的|这是一个(数据库|链接|文件夹)|这是数据库|这样的名字"
    "|文件已经存在|备份的去处就是台账|这不是备份|这是另一个台账|这份备份里|这个数据库文件读不出|这不是本程序能读)"
)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and descriptors of POSIX")


def some_lines() -> list[list[str]]:
    """Return every command line of the full part, else a few, drawn by a seed."""
    every = list(lines())
    return every if FULL else random.Random(12).sample(every, 4)  # noqa: S311 - seeded on purpose


@pytest.fixture
def targets(call: Runner, ledger: Path, tmp_path: Path) -> dict[str, Path]:
    """Everything that output must not touch, by what it is."""
    lived(call)
    backup, foreign = tmp_path / "backup.sqlite3", tmp_path / "browser.db"
    assert call("backup", str(backup)).code == 0
    with closing(sqlite3.connect(foreign)) as con:
        con.execute("CREATE TABLE notes (text)")
    rules, victim = tmp_path / "规则", tmp_path / "别人的.txt"
    shutil.copytree(ROOT / "data", rules)
    victim.write_text("别人的", encoding="utf-8")
    for name, leads in (
        ("to-ledger.csv", ledger), ("to-other.csv", victim), ("dangling.csv", tmp_path / "none"),
        ("to-journal.csv", ledger.with_name("ledger.sqlite3-journal")), ("beside", ledger.parent),
    ):  # fmt: skip
        (tmp_path / name).symlink_to(leads)
    journal = ledger.with_name("ledger.sqlite3-journal")
    return {
        "the ledger": ledger,
        "by ..": ledger.parent / ".." / ledger.parent.name / ledger.name,
        "by a folder that is a link": tmp_path / "beside" / ledger.name,
        "by a link": tmp_path / "to-ledger.csv",
        "its journal": journal,
        "its journal by a link": tmp_path / "to-journal.csv",
        "its journal in another case": journal.with_name("Ledger.SQLITE3-Journal"),
        "its log": ledger.with_name("ledger.sqlite3-wal"),
        "its index": ledger.with_name("ledger.sqlite3-shm"),
        "a backup": backup,
        "a backup's journal": tmp_path / "backup.sqlite3-journal",
        "another database": foreign,
        "a rule in force": rules / "policy.toml",
        "a rule below": rules / "calendar" / "statute.toml",
        "a link to a file of others": tmp_path / "to-other.csv",
        "a link to nothing": tmp_path / "dangling.csv",
        "a folder": rules,
        "a name of drafts": tmp_path / f".x.csv.{'a' * 12}.tmp",
    }


@contextmanager
def untouched(folder: Path, what: object) -> Iterator[None]:
    before = state_of(folder)
    yield
    after = state_of(folder)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert not changed, what


def refused(done: Result, what: object) -> None:
    assert done.code in {1, 2, 74}, (what, done)
    assert re.match(REASONS, done.err), (what, done)
    assert not done.out, (what, done)


def test_no_command_writes_over_what_must_stay(
    call: Runner, targets: dict[str, Path], tmp_path: Path
) -> None:
    env = {"SIXPING_DATA": str(tmp_path / "规则")}
    for line in some_lines():
        with untouched(tmp_path, line):
            for what, target in targets.items():
                done = call(*line, "-o", str(target), "--force", now=NOW, env=env)
                refused(done, (line, what))


@pytest.mark.parametrize("way", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_no_command_writes_into_an_open_ledger_by_its_descriptor(
    call: Runner, ledger: Path, targets: dict[str, Path], tmp_path: Path, way: str
) -> None:
    for path in (ledger, targets["a backup"]):
        handle = os.open(path, os.O_RDWR)
        try:
            target = way.format(handle)
            if not Path(target).exists():
                pytest.skip("no such folder here")
            for line in some_lines():
                with untouched(tmp_path, line):
                    refused(call(*line, "-o", target, "--force", now=NOW), line)
        finally:
            os.close(handle)


def test_a_second_name_of_the_ledger_is_the_ledger(
    call: Runner, ledger: Path, targets: dict[str, Path], tmp_path: Path
) -> None:
    assert targets
    os.link(ledger, tmp_path / "hard.csv")
    with untouched(tmp_path, "hard link"):
        for line in some_lines():
            done = call(*line, "-o", str(tmp_path / "hard.csv"), "--force", now=NOW)
            assert done.code in {2, 78}, (line, done)


def test_a_backup_replaces_an_earlier_one_of_the_same_ledger_and_nothing_else(
    call: Runner, ledger: Path, targets: dict[str, Path], tmp_path: Path
) -> None:
    replaceable = {"a backup", "a backup's journal", "its journal in another case"}
    other, newer, torn = (tmp_path / name for name in ("other.db", "newer.db", "torn.db"))
    assert call("--ledger", str(other), "init", now=NOW).code == 0
    shutil.copy(ledger, newer)
    assert call("--ledger", str(newer), "intake", "井盖缺失", "--severity", "一般").code == 0
    torn.write_bytes(ledger.read_bytes()[: 4096 * 9])
    text = tmp_path / "月报.csv"
    text.write_text("原来的", encoding="utf-8")
    more = {"another ledger": other, "one ahead of it": newer, "a torn one": torn, "text": text}
    why = {"another ledger": "另一个台账", "one ahead of it": "没有的记录", "text": "别的文件"}
    with untouched(tmp_path, "backup"):
        for what, target in (targets | more).items():
            if what not in replaceable:
                done = call("backup", str(target), "--force")
                refused(done, what)
                assert why.get(what, "") in done.err, what
        refused(call("backup", str(targets["its journal in another case"]), "--force"), "case")
    assert call("intake", "路灯不亮", "--severity", "一般", now=NOW).code == 0
    now = call("list", "--all", "--json", now=NOW).json()
    backup = targets["a backup"]
    refused(call("backup", str(backup)), "unasked")
    assert call("backup", str(backup), "--force").code == 0
    listed = call("--ledger", str(backup), "list", "--all", "--json", now=NOW).json()
    assert listed == now


def test_a_journal_that_lies_beside_a_new_name_is_not_played_into_it(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    for line, name in (
        (["backup", "new.db"], "new.db"),
        (["--ledger", "led.db", "init"], "led.db"),
    ):
        (tmp_path / f"{name}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
        with untouched(tmp_path, line):
            refused(call(*line), line)


def test_init_and_demo_replace_nothing(
    call: Runner, targets: dict[str, Path], tmp_path: Path
) -> None:
    with untouched(tmp_path, "init"):
        for what, target in targets.items():
            if os.path.lexists(target):
                for command in ("init", "demo") if what in {"a backup", "by a link"} else ("init",):
                    done = call("--ledger", str(target), command, now=NOW)
                    assert done.code in {1, 2, 74, 78}, (what, done)
                    assert done.err.startswith("错误: "), (what, done)
