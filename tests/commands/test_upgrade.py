"""A ledger of an older format and every command: what records brings it up to date, no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from sixping.store import ddl, sqlite, verify
from sixping.store.upgrade import upgrade
from tests.conftest import ROOT, Public, Result, Runner
from tests.kit.fieldkit import NOW
from tests.kit.ledgerkit import lived, raw, rows, stamp
from tests.kit.nextformat import NEXT
from tests.privacy import canary
from tests.privacy.test_canary import PATHS, REVEAL, path_of

TODAY = len(NEXT) - 1  # the format of this program
SAVED = "升级前的台账: "
DAY = "2026-11-25"
WHY = ("--reason", "演示")
#: take every format as it is
AS_IT_IS = {
    ("verify",), ("backup",), ("backup", "drill"), ("backup", "make"), ("doctor",), ("restore",),
    ("salvage",), ("anchor",),
}  # fmt: skip
#: begin a ledger, or need none
WITHOUT = {
    ("init",), ("demo",), ("triage",), ("calendar", "show"), ("calendar", "check"),
    ("calendar", "due"), ("policy", "show"), ("policy", "check"),
}  # fmt: skip
#: record, and stand in no list of the canary: tried as they are, whatever their answer
MORE: tuple[tuple[str, ...], ...] = (
    ("told", "1", "--how", "演示"),
    ("void", "1", "{last}", *WHY),
    ("assess", "void", "{last}", *WHY),
    ("assess", "draft", "--month", "2026-10"),
    ("assess", "sheet", "--month", "2026-10"),
    ("assess", "object", "--month", "2026-10", "--unit", "平安建设办", "--text", "演示"),
    ("assess", "answer", "y1", "--refused", "--text", "演示"),
    ("assess", "approve", "--month", "2026-10", "--body", "演示"),
    ("accountability", "void", "{last}", *WHY),
    ("accountability", "show", "q1", *WHY),
    ("duty", "plan", DAY, "p1", "p2"),
    ("duty", "draft", "--month", "2026-12", "--write"),
    ("duty", "swap", DAY, "p1", "p2"),
    ("duty", "in", "p1"),
    ("duty", "out", "p1"),
    ("duty", "import", "{file}"),
    ("duty", "begin"),
    ("duty", "void", "{last}", *WHY),
    ("enclose", "1", "{file}"),
    ("register", "on", "经办人"),
    ("register", "off", "领导批示"),
    ("register", "void", "{last}", *WHY),
    ("meeting", "task", "drop", "m1.1", *WHY),
    ("meeting", "void", "{last}", *WHY),
    ("dispute", "1", "--kind", "邻里", "--mediated", "是"),
    ("groups", "void", "{last}", *WHY),
    ("patrol", "void", "{last}", *WHY),
    ("inspection", "import", "{file}"),
    ("inspection", "void", "{last}", *WHY),
    ("service", "got", "1"),
    ("operation", "void", "{last}", *WHY),
    ("shift", "void", "{last}", *WHY),
    ("units", "add", "演示社区", "--kind", "community", "--from", DAY),
    ("units", "change", "平安建设办", "--alias", "演示", "--from", DAY),
    ("units", "end", "平安建设办", "--from", DAY),
    ("units", "person", "add", "演示戊", "--unit", "平安建设办"),
    ("units", "person", "change", "p1", "--role", "演示"),
    ("units", "person", "leave", "p4"),
    ("units", "import", "{file}"),
    ("units", "void", "{last}", *WHY),
    ("calendar", "import", "{file}", "--yes"),
    ("calendar", "add-local", "--off", "2026-12-04", "--document", "演字1号", "--scope", "滨江区",
     "--yes"),
    ("calendar", "apply"),
    ("policy", "adopt"),
    ("import", "{file}", "--profile", "messages"),
    ("report", "--month", "2026-10", "--freeze"),
    ("rebuild",),
    ("erase", "3", "--basis", "本人书面申请", "--yes"),
    ("retention", "release", "2", *WHY),
    ("lookup", "--name", "演示甲", *WHY),
    ("show", "1", *REVEAL),
    ("list", *REVEAL),
    ("meeting", "agenda", "m1", *REVEAL),
    ("export",),
    ("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-01"),
    ("export", "events"),
)  # fmt: skip
#: only look, and stand in no list of the canary
LOOKING: tuple[tuple[str, ...], ...] = (
    ("register", "list"),
    ("duty", "draft", "--month", "2026-12"),
    ("meeting", "propose"),
    ("meeting", "missing"),
    ("groups", "list"),
    ("register", "list"),
    ("patrol", "gaps"),
    ("service", "list"),
    ("service", "show", "演示"),
    ("register", "list"),
    ("shift", "list"),
    ("units", "list"),
    ("calendar", "ics"),
    ("calendar", "apply", "--dry-run"),
    ("policy", "diff"),
    ("policy", "adopt", "--dry-run"),
    ("rebuild", "--check"),
    ("retention", "run", "--dry-run"),
)


class Later:
    """A ledger of today, and the program of a later day with another format."""

    def __init__(self, call: Runner, path: Path) -> None:
        self._call = call
        self.path = path
        self.last = "1"
        self.file = path.with_name("一行.csv")
        self.file.write_text("姓名\n演示\n", encoding="utf-8")

    @property
    def copies(self) -> list[Path]:
        return sorted(self.path.parent.glob("*.bak"))

    @property
    def version(self) -> object:
        return rows(self.path, "PRAGMA user_version")[0][0]

    def count(self) -> object:
        return rows(self.path, "SELECT count(*) FROM events")[0][0]

    def run(self, *argv: str) -> Result:
        """Run a command of the later program."""
        told = [word.replace("{file}", str(self.file)) for word in argv]
        told = [word.replace("{last}", self.last) for word in told]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ddl, "MIGRATIONS", NEXT)
            return self._call(*told, now=NOW, env={"SIXPING_LEDGER": str(self.path)})

    def verified(self) -> dict[str, object]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ddl, "MIGRATIONS", NEXT)
            return verify.verify(self.path)

    def like(self, other: Path) -> None:
        """Take the ledger anew from another file, without the copies."""
        for file in (*self.copies, self.path):
            file.unlink(missing_ok=True)
        shutil.copy(other, self.path)


@pytest.fixture
def today(ledger: Path) -> Path:
    """Where ``call`` has its ledger, of today's format."""
    return ledger


@pytest.fixture
def later(call: Runner, tmp_path: Path) -> Later:
    folder = tmp_path / "later"
    folder.mkdir()
    return Later(call, folder / "street.sqlite3")


def test_every_command_that_records_does_so_in_a_ledger_of_an_older_format(
    call: Runner, tmp_path: Path, later: Later
) -> None:
    from tests.kit.fieldkit import a_street

    a_street(call).do("register", "on", *canary.AWAKE, "--from", "2026-11-01")
    today = next(tmp_path.rglob("ledger.sqlite3"))
    for argv in canary.SAID:
        later.like(today)
        before = later.count()
        made = later.run(*argv)
        assert made.code == 0, (argv, made.err)
        assert (later.version, len(later.copies)) == (len(NEXT), 1), argv
        assert made.err.count(SAVED) == 1, argv
        assert str(later.copies[0]) in made.err.replace("\n", "")
        assert later.count() > before + 1, "the upgrade and the step"  # type: ignore[operator]
        assert call(*argv, now=NOW).code == 0, argv
    assert later.verified()["ok"]

    new_format = later.path.with_name("new.sqlite3")
    later.like(today)
    later.last = str(later.count())
    assert later.run("rebuild").code == 0
    shutil.copy(later.path, new_format)
    for argv in MORE:
        later.like(new_format)
        events = later.count()
        new = later.run(*argv)
        recorded = later.count() != events
        later.like(today)
        old = later.run(*argv)
        assert (old.code, old.out) == (new.code, new.out) or old.code == new.code == 0, argv
        assert old.code != 78, (argv, old.err)
        if recorded:
            assert (later.version, old.err.count(SAVED)) == (len(NEXT), 1), (argv, old.err)

    later.like(today)
    whole = later.path.read_bytes()
    looking = [
        argv
        for argv in (*canary.READ, *canary.RECORDED, *LOOKING)
        if path_of(argv) not in {("lookup",), ("export",), ("accountability", "show"), *AS_IT_IS}
    ]
    answers = [(argv, later.run(*argv).code) for argv in looking]
    assert [answer for answer in answers if answer[1] != 78] == []
    assert later.path.read_bytes() == whole
    assert later.copies == []


def test_every_command_is_tried_on_an_older_ledger() -> None:
    tried = (*canary.SAID, *canary.READ, *canary.RECORDED, *MORE, *LOOKING)
    assert sorted(set(PATHS) - {path_of(argv) for argv in tried} - AS_IT_IS - WITHOUT) == []


def test_a_command_that_is_refused_for_its_words_upgrades_nothing(
    later: Later, today: Path
) -> None:
    later.like(today)
    whole = later.path.read_bytes()
    for path in PATHS:
        assert later.run(*path, "--no-such").code == 2, path
    for argv in (("intake",), ("list", "--reveal"), ("note", "1"), ("export", "--since", "昨天")):
        assert later.run(*argv).code == 2, argv
    assert later.path.read_bytes() == whole
    assert later.copies == []


def test_a_reading_command_says_that_the_format_is_old_and_what_brings_it_up(
    later: Later, today: Path
) -> None:
    later.like(today)
    made = later.run("list")
    assert made.code == 78
    assert f"格式是旧的 ({TODAY}, 现在是 {len(NEXT)})" in made.err
    assert "sixping rebuild" in made.err
    assert later.run("rebuild").code == 0
    assert later.run("list").code == 0


def test_verify_calls_an_older_ledger_old_and_not_tampered(later: Later, today: Path) -> None:
    later.like(today)
    whole = later.path.read_bytes()
    made = later.run("verify", "--json")
    assert made.code == 0
    assert made.json()["findings"] == []
    assert "old_format" in {one["remark"] for one in made.json()["remarks"]}
    assert "格式是旧的" in later.run("verify").out + later.run("verify").err
    assert later.path.read_bytes() == whole


@pytest.mark.parametrize(
    ("change", "layer"),
    [
        ("CREATE TABLE own (a)", "schema"),
        ("DROP INDEX events_kind", "schema"),
        ("UPDATE case_facts SET severity = '重大'", "projection"),
        ("UPDATE told SET fields = '{}'", "chain"),
        (f"PRAGMA user_version = {len(NEXT)}", "schema"),
    ],
)
def test_verify_finds_what_was_changed_in_an_older_ledger(
    call: Runner, later: Later, today: Path, change: str, layer: str
) -> None:
    assert call("intake", "路灯不亮", "--severity", "一般", now=NOW).code == 0
    later.like(today)
    import sqlite3

    con = sqlite3.connect(later.path, isolation_level=None)
    con.execute(change)
    con.close()
    made = later.run("verify", "--json")
    assert made.code != 0
    assert {one["layer"] for one in _findings(made)} == {layer}
    if layer == "schema" and "user_version" not in change:
        refused = later.run("intake", "占道")
        assert refused.code == 78, "no upgrade of a changed structure"
        assert f": {later.path}\n" in refused.err, "the ledger is named, not its copy"
        assert later.version == TODAY


def _findings(made: Result) -> list[dict[str, str]]:
    import json

    found: list[dict[str, str]] = json.loads(made.out)["findings"]
    return found


def test_a_backup_of_an_older_ledger_is_of_that_format(later: Later, today: Path) -> None:
    later.like(today)
    copy = later.path.with_name("copy.sqlite3")
    assert later.run("backup", str(copy)).code == 0
    assert rows(copy, "PRAGMA user_version") == [(TODAY,)]
    assert later.version == TODAY
    assert verify.verify(copy)["ok"]
    assert later.run("--ledger", str(copy), "verify").code == 0


def test_a_backup_of_an_older_format_is_drilled_and_restored(
    later: Later, today: Path, tmp_path: Path
) -> None:
    later.like(today)
    assert later.run("backup", "--to", str(tmp_path / "备份")).code == 0
    (copy,) = (tmp_path / "备份").glob("*.sqlite3")
    whole = copy.read_bytes()
    drilled = later.run("backup", "drill", str(tmp_path / "备份"))
    assert drilled.code == 0, drilled.err
    for gone in (False, True):
        if gone:
            later.path.unlink()
        assert later.run("restore", str(copy), "--dry-run").code == 0
        made = later.run("restore", str(copy), "--yes")
        assert made.code == 0, made.err
        assert later.version == len(NEXT)
        assert later.verified()["findings"] == []
        kinds = [kind for (kind,) in rows(later.path, "SELECT kind FROM events ORDER BY seq")]
        assert kinds[-2:] == ["migrated", "restored"]
    assert later.copies == []  # the backup is what was before
    assert copy.read_bytes() == whole


def test_an_older_ledger_is_anchored_and_a_damaged_one_salvaged(
    later: Later, today: Path, tmp_path: Path
) -> None:
    later.like(today)
    whole = later.path.read_bytes()
    made = later.run("anchor", "--append", str(tmp_path / "锚点"))
    assert made.code == 0, made.err
    assert later.run("verify", "--anchor", str(tmp_path / "锚点")).code == 0
    told = {line["check"]: line for line in later.run("doctor", "--json").json()}
    assert (told["format"]["ok"], "rebuild" in told["format"]["hint"]) == (False, True)
    assert later.path.read_bytes() == whole
    root = rows(today, "SELECT rootpage FROM sqlite_master WHERE name = 'case_moves'")[0][0]
    bad = bytearray(whole)
    start = (int(str(root)) - 1) * ddl.PAGE_SIZE
    bad[start : start + ddl.PAGE_SIZE] = bytes(ddl.PAGE_SIZE)
    later.path.write_bytes(bad)
    saved = later.run("salvage", "--to", str(tmp_path / "新.db"))
    assert saved.code == 0, saved.err
    assert later.run("restore", str(tmp_path / "新.db"), "--yes", "--reason", "演示").code == 0
    assert later.verified()["findings"] == []


def test_a_ledger_is_begun_in_a_format_that_rebuilds_tables(later: Later) -> None:
    made = later.run("init")
    assert made.code == 0, made.err
    assert later.verified()["findings"] == []
    assert rows(later.path, "PRAGMA foreign_key_check") == []


def test_a_newer_ledger_is_not_to_be_replaced_by_a_backup(
    call: Runner, later: Later, today: Path, tmp_path: Path
) -> None:
    assert call("backup", "--to", str(tmp_path / "备份"), now=NOW).code == 0
    later.like(today)
    assert later.run("rebuild").code == 0
    shutil.copy(later.path, today)
    told = {line["check"]: line for line in call("doctor", "--json", now=NOW).json()}
    assert "由更新的 sixping" in told["ledger"]["what"]
    assert "restore" not in told["ledger"]["hint"]


def test_erasing_names_the_copy_that_an_upgrade_left(
    later: Later, call: Runner, today: Path
) -> None:
    assert call("intake", "路灯不亮", "--reporter", "演示甲", now=NOW).code == 0
    assert call("decline", "1", "--reason", "不属于本街道", now=NOW).code == 0
    later.like(today)
    assert later.run("note", "1", "演示").code == 0
    (copy,) = later.copies
    made = later.run("erase", "1", "--basis", "本人书面申请", "--yes")
    assert made.code == 0, made.err
    assert copy.name in made.err + made.out
    assert copy.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("step", ["CREATE TABLE broken (a) STRICT", "DELETE FROM sources"])
def test_the_copy_of_an_upgrade_that_did_not_happen_is_used_again(
    later: Later, today: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    later.like(today)
    broken = (*ddl.MIGRATIONS, (step,))
    monkeypatch.setattr("tests.commands.test_upgrade.NEXT", broken)
    whole = later.path.read_bytes()
    assert later.run("note", "1", "演示").code == 78
    assert later.path.read_bytes() == whole
    (copy,) = later.copies
    monkeypatch.undo()
    made = later.run("rebuild")
    assert made.code == 0
    assert later.copies == [copy]
    assert str(copy) in made.err.replace("\n", "")


def test_nothing_is_begun_where_there_is_no_room(
    later: Later, today: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later.like(today)
    whole = later.path.read_bytes()
    free = 2 * len(whole) - 1
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    done = later.run("note", "1", "演示")
    assert (done.code, "台账没有升级" in done.err) == (74, True), done.err
    assert f"需要 {2 * len(whole) / 2**20:.1f} MB" in done.err
    assert f"剩余 {free / 2**20:.1f} MB" in done.err
    assert later.path.read_bytes() == whole
    assert later.copies == []
    free += 1
    assert later.run("rebuild").code == 0


def test_a_copy_of_another_state_is_neither_used_nor_overwritten(
    call: Runner, later: Later, today: Path
) -> None:
    before = today.read_bytes()
    assert call("intake", "路灯不亮", "--severity", "一般", now=NOW).code == 0
    later.like(today)
    taken = later.path.with_name(f"{later.path.name}.20261124150000.bak")
    taken.write_bytes(before)
    assert later.run("rebuild").code == 0
    assert taken.read_bytes() == before
    assert [copy.name[-6:] for copy in later.copies] == ["-2.bak", "00.bak"]
    assert verify.verify(later.copies[0])["events"] == later.count() - 1  # type: ignore[operator]


@pytest.mark.parametrize("harm", ["damaged", "changed", "link"])
def test_a_copy_that_is_damaged_or_changed_is_no_copy(later: Later, today: Path, harm: str) -> None:
    later.like(today)
    taken = later.path.with_name(f"{later.path.name}.20260101000000.bak")
    shutil.copy(today, taken)
    if harm == "link":
        taken.unlink()
        taken.symlink_to(today)
    elif harm == "changed":
        raw(taken, "DROP INDEX case_open")
    else:
        ((root,),) = rows(taken, "SELECT rootpage FROM sqlite_master WHERE name = 'case_open'")
        page = bytearray(taken.read_bytes())
        at = (int(str(root)) - 1) * ddl.PAGE_SIZE
        page[at : at + ddl.PAGE_SIZE] = bytes(ddl.PAGE_SIZE)
        taken.write_bytes(page)
    assert later.run("rebuild").code == 0
    (copy,) = (one for one in later.copies if one != taken)
    assert verify.verify(copy)["ok"]


def test_an_upgrade_that_makes_another_structure_is_not_kept(
    later: Later, today: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later.like(today)
    whole = later.path.read_bytes()
    run = sqlite.run

    def more(con: sqlite.Connection, statements: Sequence[str]) -> None:
        run(con, statements)
        if statements == NEXT[-1] and con.execute("SELECT count(*) FROM events").fetchone()[0]:
            con.execute("CREATE TABLE more (a INTEGER PRIMARY KEY) STRICT")

    monkeypatch.setattr(sqlite, "run", more)
    assert later.run("rebuild").code == 78
    assert later.path.read_bytes() == whole


def test_who_finds_the_upgrade_done_does_nothing_more(later: Later, today: Path) -> None:
    later.like(today)
    assert later.run("rebuild").code == 0
    whole = later.path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ddl, "MIGRATIONS", NEXT)
        assert upgrade(str(later.path), stamp()) is None
    assert later.path.read_bytes() == whole
    assert len(later.copies) == 1


def test_two_processes_that_upgrade_at_once_both_do_their_work(later: Later, today: Path) -> None:
    later.like(today)
    env = {"PATH": os.defpath, "HOME": str(later.path.parent), "PYTHONPATH": str(ROOT)}
    env |= {"SIXPING_LEDGER": str(later.path), "SIXPING_NOW": NOW}
    argv = [sys.executable, "-m", "tests.kit.nextformat", "intake", "占道", "--severity", "一般"]
    desks = [
        subprocess.Popen(
            [*argv, "--request-id", str(n)], env=env, stderr=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    said = [desk.communicate(timeout=120)[1] for desk in desks]
    assert [desk.returncode for desk in desks] == [0, 0, 0], said
    assert sum(SAVED in one for one in said) == 1
    kinds = [kind for (kind,) in rows(later.path, "SELECT kind FROM events")]
    assert (kinds.count("migrated"), kinds.count("reported")) == (1, 3)
    assert len(later.copies) == 1
    assert later.verified()["ok"]


def test_an_older_program_refuses_what_was_upgraded_under_its_hands(
    later: Later, today: Path
) -> None:
    from sixping.errors import LedgerUnusable

    later.like(today)
    con = sqlite.open_writer(later.path)
    try:
        assert later.run("rebuild").code == 0
        sqlite.begin(con)
        with pytest.raises(LedgerUnusable, match="由更新的 sixping 写成"):
            sqlite.check_schema(con, str(later.path))
    finally:
        con.close()


AS_NOBODY = """
import os, sys
from sixping.cli import main
from sixping.store import ddl
ddl.MIGRATIONS += (("CREATE TABLE later (a INTEGER PRIMARY KEY) STRICT",),)
COMMANDS = (["verify"], ["list"], ["note", "1", "演示"], ["export", "--json"])
for words in (*COMMANDS, *COMMANDS):  # imports what another account may not read
    main(["--ledger", sys.argv[2], *words])
os.setgid(65534)
os.setuid(65534)
print("nobody:")
print("nobody:", file=sys.stderr)
for words in COMMANDS:
    print("code", main(["--ledger", sys.argv[1], *words]), flush=True)
"""


def test_who_may_not_write_is_told_who_may(tmp_path: Path, public: Public) -> None:
    path, number = lived(public.folder)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    whole = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(path), str(lived(tmp_path)[0])],
        env={"PATH": os.defpath, "PYTHONPATH": str(public.program), "HOME": "/"},
        cwd="/",
        capture_output=True,
        check=False,
        timeout=120,
    )
    out, err = (text.decode().partition("nobody:")[2] for text in (done.stdout, done.stderr))
    assert [line for line in out.splitlines() if line.startswith("code")] == [
        "code 0", "code 78", "code 78", "code 0",
    ], err  # fmt: skip
    assert number in out, "the export"
    assert "文件属于 root" in err
    assert "这次导出没有记入台账" in err
    assert path.read_bytes() == whole
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_backup_of_an_older_format_is_restored_and_brought_up_to_date(
    call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = lived(tmp_path)
    assert call("--ledger", str(path), "backup", "--to", str(tmp_path / "backups")).code == 0
    backup = next((tmp_path / "backups").glob("*.sqlite3"))
    before = backup.read_bytes()
    path.unlink()
    monkeypatch.setattr(ddl, "MIGRATIONS", NEXT)
    drilled = call("--ledger", str(path), "backup", "drill", str(backup))
    assert drilled.code == 0, drilled.err
    done = call("--ledger", str(path), "restore", str(backup), "--yes", "--reason", "硬盘损坏")
    assert done.code == 0, done.err
    assert backup.read_bytes() == before
    assert rows(path, "PRAGMA user_version") == [(len(NEXT),)]
    kinds = rows(path, "SELECT kind FROM events ORDER BY seq DESC LIMIT 2")
    assert kinds == [("restored",), ("migrated",)]
    assert call("--ledger", str(path), "verify").code == 0
    assert not [one for one in path.parent.iterdir() if one.suffix in {".bak", ".tmp"}]
