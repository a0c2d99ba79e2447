"""An upgrade killed anywhere leaves the old ledger or the new one, and locks nobody out.

A few seconds of it in the normal run; ``SIXPING_ANOMALY=full`` kills at every statement and at
every system call of a kind, and 200 times at random moments of the upgrade of a large ledger
(``SIXPING_ANOMALY_CASES``, 100,000 unless set).
"""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from sixping import cli
from sixping.store import ddl, sqlite, verify
from tests.anomaly import table
from tests.conftest import ROOT
from tests.kit.deadline import reaped
from tests.kit.ledgerkit import rows
from tests.kit.nextformat import NEXT

OLD = Path(__file__).parents[1] / "ledgers" / "format1.sqlite3"
HEAD = 142  # the last event of it
OLDER = {1, len(NEXT) - 1}  # that of the kept ledger, and today's, of the large one
FULL = os.environ.get("SIXPING_ANOMALY") == "full"
NOW = "2026-11-24T15:00:00+08:00"
INTAKE = ("intake", "江南大道占道", "--severity", "一般", "--request-id", "演示-2")
SECONDS = 300.0
#: the calls that change files; the normal run tries one place of the first two
CALLS = ("fsync", "unlink", "fdatasync", "pwrite64", "link", "openat", "fcntl")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need POSIX")


def forked(folder: Path, place: int = 0) -> int:
    """Run the command in a copy of this process, killed at its ``place``-th statement.

    Returns its exit code, negative where a signal ended it; a file has how many there were.
    """
    child = os.fork()
    if child == 0:  # pragma: no cover - the child becomes the program
        code = 70
        try:
            code = _program(folder, place)
        finally:
            os._exit(code)
    return reaped(child, SECONDS)


def _program(folder: Path, place: int) -> int:  # pragma: no cover - in the child
    seen, plain = 0, sqlite3.connect

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        con: sqlite3.Connection = plain(*given, **named)
        con.set_trace_callback(count)
        return con

    os.environ.update(environment(folder))
    sqlite3.connect, ddl.MIGRATIONS = connect, NEXT  # type: ignore[assignment]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        code = cli.main(INTAKE)
    (folder / "count").write_text(str(seen), encoding="ascii")
    return code


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "PYTHONPATH": str(ROOT),
        "SIXPING_LEDGER": str(folder / "street.sqlite3"), "SIXPING_NOW": NOW, "LANG": "C.UTF-8",
    }  # fmt: skip


def child(folder: Path, *before: str) -> subprocess.Popen[str]:
    """Start the program of the later day in a process of its own, behind other words."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "tests.kit.nextformat", *INTAKE],
        env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=folder,
    )  # fmt: skip


def ended(one: subprocess.Popen[str], seconds: float = SECONDS) -> str:
    """Wait for the end of a child; return what it said on stderr."""
    try:
        return one.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        one.kill()
        one.communicate(timeout=SECONDS)
        raise


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(OLD, tmp_path / "street.sqlite3")
    return tmp_path


def anew(folder: Path, old: Path = OLD) -> None:
    """Put the old ledger back as it was, without copies and leftovers."""
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()
    shutil.copy(old, folder / "street.sqlite3")


def old_or_new(folder: Path, before: int, *, whole: bool = True) -> str:
    """Assert that the ledger is the one or the other and that work goes on; return which."""
    path = folder / "street.sqlite3"
    with sqlite3.connect(path) as con:  # rolls back what a killed one left
        (version,) = con.execute("PRAGMA user_version").fetchone()
        (sound,) = con.execute("PRAGMA integrity_check(1)").fetchone()
        kinds = [
            kind for (kind,) in con.execute("SELECT kind FROM events WHERE seq > ?", (before,))
        ]
    con.close()
    assert sound == "ok"
    copies = sorted(folder.glob("*.bak"))
    with pytest.MonkeyPatch.context() as patch:
        if version == len(NEXT):
            patch.setattr(ddl, "MIGRATIONS", NEXT)
            assert kinds[:1] == ["migrated"]
            assert len(copies) == 1, "nothing is changed before a copy is there"
        else:
            assert version in OLDER
            assert kinds == []
        with closing(sqlite3.connect(path)) as con:
            assert sqlite.differences(con, version) == []
        if whole:
            assert verify.verify(path)["ok"]
    for copy in copies:
        assert rows(copy, "PRAGMA user_version")[0][0] in OLDER
        assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
        assert rows(copy, "SELECT max(seq) FROM events") == [(before,)]
        assert copy.stat().st_mode & 0o077 == 0
    return "new" if version == len(NEXT) else "old"


def goes_on(folder: Path) -> None:
    """Assert that the command that was killed does its work when it is run again, once."""
    assert forked(folder) == 0
    path = folder / "street.sqlite3"
    assert rows(path, f"SELECT count(*) FROM requests WHERE seq > {HEAD}") == [(1,)]  # noqa: S608
    assert rows(path, "SELECT count(*) FROM events WHERE kind = 'migrated'") == [(1,)]


def test_a_command_killed_at_any_statement_leaves_the_old_ledger_or_the_new(folder: Path) -> None:
    assert [old_or_new(folder, HEAD), forked(folder), old_or_new(folder, HEAD)] == ["old", 0, "new"]
    anew(folder)  # the caches of this process, which the copies have too, are filled now
    assert forked(folder) == 0
    every = int((folder / "count").read_text(encoding="ascii"))
    assert every > 100, "the upgrade is among them"
    places = list(range(1, every + 1))
    chance = random.Random(0)  # noqa: S311 - the same places each time
    became = []
    for place in places if FULL else sorted(chance.sample(places, 8)):
        anew(folder)
        assert forked(folder, place) == -signal.SIGKILL, place
        became.append(old_or_new(folder, HEAD, whole=FULL or place % 5 == 0))
        if FULL or place % 4 == 0:
            goes_on(folder)
    table.note("升级在每一条语句处杀死", len(became), "次", 0)
    assert {*became} == {"old", "new"}
    assert became == sorted(became, reverse=True), "once new, new for good"


@pytest.mark.parametrize("call", CALLS if FULL else CALLS[:2])
def test_a_command_killed_at_a_system_call_leaves_the_old_ledger_or_the_new(
    folder: Path, call: str
) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("needs strace")
    first = _first(folder, strace, call) if FULL else 2
    for place in range(first, 2000) if FULL else (2,):
        anew(folder)
        kill = f"inject={call}:signal=KILL:when={place}"
        desk = child(folder, strace, "-f", "-qq", "-o", os.devnull, "-e", kill)
        ended(desk)
        if desk.returncode == 0:
            assert place > first, "no such call was made"
            break
        assert place < 1999, "it never ended"
        old_or_new(folder, HEAD)
        goes_on(folder)
        table.note("升级在每一次系统调用处杀死", 1, "次", 0)


def _first(folder: Path, strace: str, call: str) -> int:
    """Return which of these calls is the first on the ledger: before it nothing is at stake."""
    log = folder.parent / f"{call}.log"
    ended(child(folder, strace, "-f", "-qq", "-y", "-o", str(log), "-e", f"trace={call}"))
    calls = [line for line in log.read_text("utf-8", "replace").splitlines() if f"{call}(" in line]
    return next((n for n, line in enumerate(calls, 1) if "street" in line), 1)


def test_a_reader_at_work_during_an_upgrade_reads_one_state(folder: Path) -> None:
    with closing(sqlite.open_reader(folder / "street.sqlite3", checked=False)) as con:
        sqlite.hold_still(con)
        before = con.execute("SELECT count(*) FROM events").fetchone()
        desk = child(folder)
        with pytest.raises(subprocess.TimeoutExpired):
            desk.communicate(timeout=2)  # it waits to commit
        assert con.execute("SELECT count(*) FROM events").fetchone() == before
    said = ended(desk)
    assert desk.returncode == 0, said
    assert old_or_new(folder, HEAD) == "new"


@pytest.mark.skipif(not FULL, reason="SIXPING_ANOMALY=full")
def test_the_upgrade_of_a_large_ledger_killed_at_random_moments(tmp_path: Path) -> None:
    cases = os.environ.get("SIXPING_ANOMALY_CASES", "100000")
    old, folder = tmp_path / "old" / "large.sqlite3", tmp_path / "desk"
    old.parent.mkdir()
    folder.mkdir()
    make = [sys.executable, str(ROOT / "bench" / "make_ledger.py"), str(old), "--cases", cases]
    subprocess.run(make, check=True, timeout=1800, env=os.environ | {"PYTHONPATH": str(ROOT)})
    ((before,),) = rows(old, "SELECT max(seq) FROM events")
    assert isinstance(before, int)
    anew(folder, old)
    started = time.monotonic()
    assert forked(folder) == 0
    whole = time.monotonic() - started
    chance = random.Random(12)  # noqa: S311 - the same moments each time, as far as machines allow
    became = {"old": 0, "new": 0, "done": 0}
    kills = int(os.environ.get("SIXPING_ANOMALY_KILLS", "200"))
    for _ in range(kills):
        anew(folder, old)
        desk = child(folder)
        try:
            desk.communicate(timeout=chance.uniform(0.0, whole))
        except subprocess.TimeoutExpired:
            desk.kill()
            desk.communicate(timeout=SECONDS)
        which = old_or_new(folder, before, whole=False)
        became["done" if desk.returncode == 0 else which] += 1
    table.note(f"{int(cases):,} 件的台账升级, 随时杀死", kills, "次", 0, 12)
    print(f"upgrade of {cases} cases, {whole:.1f} s, killed {kills} times: {became}")
    assert forked(folder) == 0
