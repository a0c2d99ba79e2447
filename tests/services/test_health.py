"""doctor, check by check: what is wrong is said with what to do; what is unknown is not wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from sixping.errors import LedgerUnusable
from sixping.services.upkeep import books, health
from sixping.services.upkeep.health import CHECKS, care, examine, files, machine, rules
from sixping.services.upkeep.health.look import Look, Told, looking, manifests
from sixping.store import custody, ddl, sqlite
from sixping.store.custody import What
from sixping.util.clock import SHANGHAI
from tests.kit.ledgerkit import DAY, NOW, lived, raw, stamp

LATER = NOW + 3 * DAY
"""Thursday 2026-11-26, a day after the last event of ``lived``."""
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: folder)
    for name in ("SIXPING_NOW", "SIXPING_DATA"):
        monkeypatch.delenv(name, raising=False)
    lies_on("ext4", tmp_path, monkeypatch)
    return folder


def lies_on(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the table of mounts say so, whatever the tests lie on."""
    table = folder / "mountinfo"
    table.write_text(f"1 1 0:1 / {folder} rw - {kind} x rw\n")
    monkeypatch.setattr(files, "MOUNTS", str(table))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with the shipped rules adopted, as ``init`` makes it."""
    made = tmp_path / "here" / "ledger.sqlite3"
    books.make_ledger(made, stamp(NOW))
    return made


@pytest.fixture
def look(path: Path) -> Iterator[Look]:
    with looking(path, NOW + HOUR) as found:
        assert found.fault is None
        yield found


def done(look: Look, what: What, at: datetime, where: str | None = None) -> None:
    custody.record(look.ledger_id, what, at, look.seq, look.head, where)


def wrong(told: Told, *words: str) -> bool:
    """Return whether it is a finding that says these words, and what to do."""
    return told.ok is False and bool(told.hint) and all(word in told.what for word in words)


# --- the whole -----------------------------------------------------------------------------


def kept_up(look: Look, folder: Path) -> None:
    """Do everything that has to be done again and again."""
    copy = folder / "copy.sqlite3"
    shutil.copy(look.path, copy)
    copy.chmod(0o600)
    for what in care.RHYTHMS:
        done(look, what, look.now, str(copy))


def test_a_ledger_that_is_cared_for_has_no_finding(look: Look, tmp_path: Path) -> None:
    kept_up(look, tmp_path)
    found = {name: told for name, told in examine(look.path, look.now).items() if told.ok is False}
    assert found == {}


def test_every_check_is_named_for_people_and_looked_at_once(path: Path) -> None:
    told = examine(path, NOW)
    assert list(told) == list(CHECKS)
    assert len({check.label for check in CHECKS.values()}) == len(CHECKS)
    assert len({check.look for check in CHECKS.values()}) == len(CHECKS)


def _missing(folder: Path) -> Path:
    return folder / "nowhere" / "ledger.sqlite3"


def _folder(folder: Path) -> Path:
    return folder


def _other(folder: Path) -> Path:
    (folder / "x.sqlite3").write_text("no database")
    return folder / "x.sqlite3"


def _empty(folder: Path) -> Path:
    (folder / "empty").touch()
    return folder / "empty"


def _cut(folder: Path) -> Path:
    whole = lived(folder)[0]
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return whole


def _changed(folder: Path) -> Path:
    whole = lived(folder)[0]
    raw(whole, "DROP TRIGGER events_no_update")
    return whole


def _newer(folder: Path) -> Path:
    whole = lived(folder)[0]
    raw(whole, "PRAGMA user_version = 99")
    return whole


def _foreign(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "f.sqlite3")) as con:
        con.execute("CREATE TABLE t (x)")
    return folder / "f.sqlite3"


@pytest.mark.parametrize(
    "make", [_missing, _folder, _other, _empty, _cut, _changed, _newer, _foreign]
)
def test_a_ledger_that_cannot_be_read_is_a_finding_and_the_rest_is_unknown(
    tmp_path: Path, make: object
) -> None:
    told = examine(make(tmp_path), LATER)  # type: ignore[operator]
    assert told["ledger"].ok is False
    assert told["ledger"].hint
    for name in ("recount", "rules", "witness"):
        assert told[name].ok is None, name
    for name in ("sqlite", "profile", "python", "encoding", "holidays"):
        assert told[name].ok is True, name


def test_a_lost_page_is_a_finding_where_every_list_still_reads(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as con:
        (page,) = con.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'case_moves'"
        ).fetchone()
    whole[(page - 1) * ddl.PAGE_SIZE : page * ddl.PAGE_SIZE] = bytes(ddl.PAGE_SIZE)
    path.write_bytes(whole)
    told = examine(path, LATER)["ledger"]
    assert wrong(told, "损坏")
    assert "sixping restore" in told.hint


def test_a_busy_ledger_is_a_finding(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = examine(path, LATER)
    assert wrong(told["ledger"], "正被另一个程序使用")


def test_an_older_format_is_its_own_finding(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ddl, "MIGRATIONS", (*ddl.MIGRATIONS, ("CREATE TABLE next (x)",)))
    told = examine(path, LATER)
    assert wrong(told["format"], "旧的格式 (3, 现在是 4)")
    assert told["rules"].ok is None
    assert wrong(told["backup"])  # it is still known which ledger it is


@pytest.mark.parametrize("offset", range(100, 28_000, 1500))
def test_a_flipped_byte_is_never_a_crash(tmp_path: Path, offset: int) -> None:
    whole = lived(tmp_path)[0]
    data = bytearray(whole.read_bytes())
    for at in range(offset, offset + 1500, 37):
        data[at] ^= 0x55
    whole.write_bytes(data)
    assert len(examine(whole, LATER)) == len(CHECKS)


def test_a_check_that_breaks_is_unknown_not_a_crash(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Look) -> Told:
        raise LedgerUnusable("第 3 号记录读不懂", "请升级。")

    monkeypatch.setitem(health.CHECKS, "rules", CHECKS["rules"]._replace(look=broken))
    told = examine(path, NOW)["rules"]
    assert told.ok is None
    assert "第 3 号" in told.what


# --- files ---------------------------------------------------------------------------------


def test_a_second_name_is_a_finding(path: Path) -> None:
    os.link(path, path.with_name("second"))
    told = examine(path, NOW)
    assert wrong(told["names"], "2 个名字")
    path.with_name("second").unlink()
    assert examine(path, NOW)["names"].ok


def test_a_ledger_turned_to_wal_is_a_finding_and_so_is_its_sqlite(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "VERSION", "3.40.1")
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA journal_mode=WAL")
    told = examine(path, NOW)
    assert wrong(told["mode"], "WAL")
    assert wrong(told["sqlite"], "3.40.1")


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o660, True), (0o604, False)])
def test_a_ledger_everybody_may_read_is_a_finding(path: Path, mode: int, ok: bool) -> None:
    path.chmod(mode)
    told = examine(path, NOW)["permissions"]
    assert told.ok is ok
    assert ok or wrong(told, str(path))


def test_a_backup_everybody_may_read_is_a_finding(look: Look, tmp_path: Path) -> None:
    kept_up(look, tmp_path)
    assert files.permissions(look).ok
    (tmp_path / "copy.sqlite3").chmod(0o644)
    assert wrong(files.permissions(look), "copy.sqlite3")


def test_a_folder_everybody_may_write_is_a_finding_unless_it_is_sticky(look: Look) -> None:
    look.path.parent.chmod(0o777)
    assert wrong(files.permissions(look), "人人可写")
    look.path.parent.chmod(0o1777)
    assert files.permissions(look).ok
    look.path.parent.chmod(0o700)


@pytest.mark.parametrize(
    ("kind", "ok"),
    [("ext4", True), ("nfs4", False), ("cifs", False), ("tmpfs", False), ("overlay", None)],
)
def test_where_the_ledger_lies_is_told_by_the_mount(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, ok: bool | None
) -> None:
    lies_on(kind, tmp_path, monkeypatch)
    assert files.mount(look).ok is ok
    assert ok or files.mount(look).hint
    monkeypatch.setattr(files, "MOUNTS", "/nowhere")
    assert files.mount(look).ok is None


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="no statvfs here")
def test_a_disk_that_turned_read_only_is_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert wrong(files.mount(look), "只读")


@pytest.mark.parametrize(
    ("free", "size", "ok"),
    [(200, 1, True), (199, 1, False), (299, 100, False), (300, 100, True)],
)
def test_too_little_room_is_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch, free: int, size: int, ok: bool
) -> None:
    with look.path.open("r+b") as stream:
        stream.truncate(size * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free * 2**20))
    assert files.space(look).ok is ok
    assert ok or wrong(files.space(look), f"{free} MB")


def test_leftovers_are_a_finding_once_nobody_can_be_writing_them(look: Look) -> None:
    young, old = (look.path.with_name(f".b.sqlite3.{c * 12}.tmp") for c in "ab")
    fcntl = pytest.importorskip("fcntl")
    old.touch()
    with young.open("wb") as written:
        fcntl.flock(written, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told = files.leftovers(look)
        assert wrong(told, old.name)
        assert young.name not in told.what
        old.unlink()
        assert files.leftovers(look).ok
    assert wrong(files.leftovers(look), young.name)


# --- care ----------------------------------------------------------------------------------


def test_an_account_that_can_keep_no_record_is_told_so(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in (care.anchor, care.drill, care.check):
        assert "sixping " in check(look).hint
    (tmp_path / "file").touch()
    monkeypatch.setattr(custody, "_folder", lambda: tmp_path / "file" / "custody")
    for check in (care.anchor, care.drill, care.check):
        assert wrong(check(look), "记不下来", "file")
        assert "sixping " not in check(look).hint
    monkeypatch.setattr(custody, "_folder", lambda: None)
    assert wrong(care.check(look), "没有主目录")


@pytest.mark.parametrize(
    ("what", "fine", "late"),
    [
        ("backup", NOW - 3 * DAY, NOW - 4 * DAY),  # NOW is a Monday: Friday, Thursday
        ("anchor", NOW - 25 * HOUR, NOW - 28 * HOUR),
        ("drill", NOW - 89 * DAY, NOW - 91 * DAY),
        ("verify", NOW - 7 * DAY, NOW - 9 * DAY),
    ],
)
def test_what_is_not_done_or_long_ago_is_a_finding(
    look: Look, what: What, fine: datetime, late: datetime
) -> None:
    check = {"backup": care.backup, "anchor": care.anchor, "drill": care.drill}
    told = check.get(what, care.check)
    assert wrong(told(look), "没有做过")
    assert care.RHYTHMS[what].how in told(look).hint
    done(look, what, late)
    assert wrong(told(look), "已超过", f"{late:%m-%d %H:%M}")
    done(look, what, fine)
    assert told(look).ok


def test_a_backup_that_is_gone_is_a_finding(look: Look, tmp_path: Path) -> None:
    done(look, "backup", look.now, str(tmp_path / "gone.sqlite3"))
    assert wrong(care.backup(look), "已不在", "gone.sqlite3")


def test_backups_are_found_by_their_manifests_too(look: Look) -> None:
    folder = look.path.parent / "backups"
    folder.mkdir()
    name = f"sixping-{(look.ledger_id or '')[:8]}-20261123-090000"
    said = {
        "file": f"{name}.sqlite3", "made_at": "2026-11-23T09:00:00+08:00",
        "ledger": look.ledger_id,
        "anchor": {"seq": look.seq, "head": look.head},
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(said))
    (folder / f"{name}x.json").write_text("{")
    (folder / f"{name}y.json").write_text("[" * 100_000)  # whoever put it there stops no check
    assert wrong(care.backup(look))  # a manifest of nothing
    (folder / f"{name}.sqlite3").touch()
    assert care.backup(look).ok
    (found,) = manifests(folder, look.ledger_id or "")
    assert (found.seq, found.head) == (look.seq, look.head)
    assert care.witness(look).ok
    (folder / f"{name}.json").write_text(json.dumps(said | {"ledger": "another"}))
    assert not list(manifests(folder, look.ledger_id or ""))


def test_a_ledger_behind_what_was_recorded_of_it_is_a_finding(look: Look) -> None:
    assert care.witness(look).ok is None
    done(look, "anchor", look.now)
    assert care.witness(look).ok
    custody.record(look.ledger_id, "verify", look.now + HOUR, look.seq + 1, look.head)
    assert wrong(care.witness(look), "已经没有")
    custody.record(look.ledger_id, "verify", look.now + HOUR, look.seq, "0" * 64)
    assert wrong(care.witness(look), "另一个样子")


# --- rules and calendar ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "missing"),
    [("2026-11-30", ""), ("2026-12-01", "2027"), ("2027-01-02", "2027"), ("2027-12-01", "2028")],
)
def test_from_december_the_next_years_holidays_are_wanted(
    look: Look, day: str, missing: str
) -> None:
    now = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)
    told = rules.holidays(look._replace(now=now))
    assert wrong(told, missing) if missing else told.ok
    assert rules.holidays(look._replace(now=now, con=None)).ok is told.ok


def test_promises_that_wait_for_the_calendar_are_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rules.recount(look).ok
    monkeypatch.setattr(rules, "promises_to_recount", lambda *_: 3)
    assert wrong(rules.recount(look), "3 件")


def test_a_folder_of_other_rules_is_a_finding(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sixping.util import datafiles

    assert rules.folder(look).ok
    theirs = tmp_path / "rules"
    theirs.mkdir()
    text = (datafiles.shipped() / "signals.toml").read_text(encoding="utf-8")
    (theirs / "signals.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SIXPING_DATA", str(theirs))
    assert rules.folder(look).ok
    (theirs / "signals.toml").write_text(f"{text}\n# 另一个\n", encoding="utf-8")
    assert wrong(rules.folder(look), "signals")
    monkeypatch.delenv("SIXPING_DATA")
    monkeypatch.setattr(rules, "offered", lambda: {"signals": "other"})
    assert rules.folder(look).ok is None  # a newer program, and a street's own rules


# --- the machine -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "wal", "ok"),
    [
        ("3.40.1", False, True), ("3.40.1", True, False), ("3.51.2", True, False),
        ("3.51.3", True, True), ("3.50.7", True, True), ("3.50.6", True, False),
        ("3.44.6", True, True), ("3.44.5", True, False), ("3.7.16", False, False),
        ("3.36.0", False, None),
    ],
)  # fmt: skip
def test_a_sqlite_with_a_fault_that_bites_is_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch, version: str, wal: bool, ok: bool | None
) -> None:
    monkeypatch.setattr(sqlite, "VERSION", version)
    told = machine.database(look._replace(wal=wal))
    assert told.ok is ok
    assert version in told.what
    assert ok or told.hint


def test_a_sqlite_that_ignores_a_setting_is_a_finding(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert examine(path, NOW)["profile"].ok
    monkeypatch.setattr(sqlite, "PROFILE", (*sqlite.PROFILE, ("cache_size", "7", 8)))
    assert wrong(examine(path, NOW)["profile"], "cache_size")


@pytest.mark.parametrize(
    ("version", "day", "ok"),
    [((3, 11), 2027, True), ((3, 11), 2028, False), ((3, 99), 2027, None)],
)
def test_a_python_without_security_fixes_is_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], day: int, ok: bool | None
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert machine.python(look._replace(now=NOW.replace(year=day, month=1))).ok is ok


def test_missing_libraries_are_noted_with_how_to_get_them(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == "xlsxwriter" else name)
    told = machine.libraries(look)
    assert told.ok is None
    assert "xlsxwriter" in told.what
    assert "orjson" not in told.what
    assert "sixping[office]" in told.hint


@pytest.mark.parametrize(("name", "ok"), [("ascii", False), ("gb18030", True), ("utf-8", True)])
def test_an_encoding_without_chinese_is_a_finding(
    look: Look, monkeypatch: pytest.MonkeyPatch, name: str, ok: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding=name))
    assert machine.encoding(look).ok is ok
    assert ok or wrong(machine.encoding(look), "ascii")


def test_fonts_are_a_note_only(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, ok in (("echo Noto", True), ("true", None)):
        program = tmp_path / "fc-list"
        program.write_text(f"#!/bin/sh\n{words}\n")
        program.chmod(0o700)
        monkeypatch.setattr(shutil, "which", lambda _, found=program: str(found))
        assert machine.fonts(look).ok is ok
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert machine.fonts(look).ok is None


@pytest.mark.skipif(not hasattr(__import__("time"), "tzset"), reason="no tzset here")
@pytest.mark.parametrize(("zone", "ok"), [("CST-8", True), ("UTC0", None)])
def test_another_zone_is_a_note_since_it_is_not_counted_by(
    look: Look, monkeypatch: pytest.MonkeyPatch, zone: str, ok: bool | None
) -> None:
    import time

    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        assert machine.zone(look).ok is ok
    time.tzset()


@pytest.mark.parametrize(
    ("passed", "ok"),
    [
        (timedelta(0), True), (timedelta(minutes=-1), True), (timedelta(minutes=-3), False),
        (timedelta(days=30), True), (timedelta(days=40), None),
    ],
)  # fmt: skip
def test_a_clock_behind_the_last_event_is_a_finding(
    look: Look, passed: timedelta, ok: bool | None
) -> None:
    told = machine.clock(look._replace(now=NOW + passed))
    assert told.ok is ok
    assert ok or told.hint


def test_a_clock_replaced_is_a_finding(look: Look) -> None:
    assert wrong(machine.clock(look._replace(stated_now=True)), "SIXPING_NOW")
    assert machine.clock(look._replace(recorded=None)).ok is None
