"""backup and its drill as an office keeps them: dated, rotated, tried."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sixping.errors import LedgerUnusable
from sixping.services.upkeep import backups, rotation
from sixping.store import custody
from sixping.util.clock import SHANGHAI
from tests.conftest import Runner
from tests.kit.killing import killed
from tests.kit.ledgerkit import raw, rows, take_in

KEEP = ("--keep", "days=2,weeks=2,months=2")


def names(folder: Path, suffix: str = ".sqlite3") -> list[str]:
    return sorted(file.name[17:25] for file in folder.iterdir() if file.suffix == suffix)


def at(day: str, hour: int = 18) -> str:
    return f"2026-{day}T{hour:02}:00:00+08:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "备份"


def test_a_dated_backup_has_a_manifest_that_fits_it(
    call: Runner, ledger: Path, folder: Path
) -> None:
    made = call("backup", "make", "--to", "备份", "--json", now=at("11-23", 1)).json()
    file = folder.parent / made["file"]
    own = rows(ledger, "SELECT value FROM meta WHERE key = 'ledger_id'")[0][0]
    assert file.name == f"sixping-{str(own)[:8]}-20261123-010000.sqlite3"  # Beijing time
    said = json.loads(file.with_suffix(".json").read_bytes())
    assert said["file"] == file.name
    assert said["sha256"] == made["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert (said["bytes"], said["ledger"]) == (file.stat().st_size, own)
    assert (said["anchor"]["seq"], said["anchor"]["head"]) == (made["seq"], made["head"])
    assert said["made_at"] == "2026-11-23T01:00:00+08:00"
    assert call("--ledger", str(file), "verify").code == 0
    for one in (file, file.with_suffix(".json")):
        assert not one.stat().st_mode & 0o077
    again = call("backup", "--to", "备份", "--json", now=at("11-23", 1)).json()
    assert again["file"] == made["file"].replace(".sqlite3", "-2.sqlite3")
    assert len(names(folder)) == len(names(folder, ".json")) == 2


def test_old_backups_go_and_the_newest_of_each_day_week_and_month_stays(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    for day in ("08-31", "09-15", "09-30", "10-20", "10-28", "11-02", "11-04"):
        assert call("backup", "--to", "备份", now=at(day)).code == 0
    assert call("backup", "--to", "备份", now=at("11-05", 8)).code == 0
    last = call("backup", "--to", "备份", *KEEP, "--json", now=at("11-05"))
    assert names(folder) == ["20261028", "20261104", "20261105"]
    assert names(folder, ".json") == names(folder)
    assert [Path(file).name[17:25] for file in last.json()["deleted"]] == [
        "20261105", "20261102", "20261020", "20260930", "20260915", "20260831",
    ]  # fmt: skip
    assert last.err.count("已删除旧备份") == 6


def test_nothing_but_backups_of_this_ledger_goes(
    call: Runner, ledger: Path, folder: Path, tmp_path: Path
) -> None:
    call("backup", "--to", "备份", now=at("01-01"))
    (old,) = folder.glob("*.sqlite3")
    others = [folder / old.name.replace("20260101", f"2026010{day}") for day in range(2, 7)]
    assert call("--ledger", "b.sqlite3", "init", now=at("01-01")).code == 0
    shutil.copy(tmp_path / "b.sqlite3", others[0])  # by its name ours, another ledger inside
    others[1].write_text("账外的文字", encoding="utf-8")
    others[3].mkdir()
    shutil.copy(old, others[4])
    shutil.copy(old.with_suffix(".json"), others[4].with_suffix(".json"))
    said = json.loads(others[4].with_suffix(".json").read_bytes())
    others[4].with_suffix(".json").write_text(
        json.dumps(said | {"file": others[4].name, "ledger": "0" * 32}), encoding="utf-8"
    )
    plain, inner = folder / "年终.sqlite3", folder / "旧" / old.name
    inner.parent.mkdir()
    for kept in (plain, inner):
        shutil.copy(old, kept)
    others[2].symlink_to(plain)
    made = call("backup", "--to", "备份", "--keep", "days=1", "--json", now=at("11-05")).json()
    assert [Path(file).name for file in made["deleted"]] == [old.name]
    for kept in (*others, plain, inner):
        assert os.path.lexists(kept), kept
    assert ledger.exists()


def test_a_link_named_as_a_backup_is_none(call: Runner, ledger: Path, folder: Path) -> None:
    """Not the newest either: it may lead anywhere."""
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("01-01"))
    (old,) = folder.glob("*.sqlite3")
    aim, link = folder / "年终.sqlite3", folder / old.name.replace("20260101", "20260102")
    shutil.copy(old, aim)
    link.symlink_to(aim)
    made = call("backup", "--to", "备份", "--keep", "days=1", "--json", now=at("11-05")).json()
    assert [Path(file).name for file in made["deleted"]] == [old.name]
    assert link.is_symlink()


def test_a_manifest_of_another_file_does_not_say_whose_this_is(
    call: Runner, ledger: Path, folder: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("01-01"))
    (old,) = folder.glob("*.sqlite3")
    other = folder / old.name.replace("20260101", "20260102")
    assert call("--ledger", "b.sqlite3", "init", now=at("01-01")).code == 0
    shutil.copy(tmp_path / "b.sqlite3", other)
    shutil.copy(old.with_suffix(".json"), other.with_suffix(".json"))
    call("backup", "--to", "备份", "--keep", "days=1", now=at("11-05"))
    assert (other.exists(), old.exists()) == (True, False)


def test_a_backup_that_knows_more_than_the_ledger_is_not_replaced(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    before = ledger.read_bytes()
    call("intake", "演示路口占道经营", now=at("11-02"))
    assert call("backup", "a.db", now=at("11-05")).code == 0
    ledger.write_bytes(before)
    whole = (tmp_path / "a.db").read_bytes()
    answer = call("backup", "a.db", "--force", now=at("11-05"))
    assert (answer.code, "台账现在没有的记录" in answer.err) == (1, True)
    assert (tmp_path / "a.db").read_bytes() == whole


def test_a_backup_in_use_as_the_ledger_is_never_rotated_away(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("01-01"))
    (used,) = folder.glob("*.sqlite3")
    made = call(
        "--ledger", str(used), "backup", "--to", "备份", "--keep", "days=1", now=at("11-05")
    )
    assert made.code == 0
    assert used.exists()


def test_a_backup_that_fails_deletes_nothing_and_says_what_to_do(
    call: Runner, ledger: Path, folder: Path
) -> None:
    for day in ("01-01", "02-01"):
        call("backup", "--to", "备份", now=at(day))
    before = sorted(folder.iterdir())
    raw(ledger, "UPDATE counters SET value = value + 1 WHERE name = 'seq'")
    answer = call("backup", "--to", "备份", "--keep", "days=1", now=at("11-05"))
    assert answer.code == 78
    assert "salvage" in answer.err
    assert "另存" in answer.err
    assert sorted(folder.iterdir()) == before


def test_a_clock_that_went_back_does_not_cost_the_newest(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("11-05"))
    call("backup", "--to", "备份", "--keep", "days=1", now=at("03-01"))
    assert names(folder) == ["20260301", "20261105"]


def test_a_rotation_killed_between_file_and_manifest_is_finished_the_next_time(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("01-01"))
    (old,) = folder.glob("*.sqlite3")
    old.unlink()
    (folder / "sixping-00000000-20260101-180000.json").write_text("{}", encoding="utf-8")
    call("backup", "--to", "备份", "--keep", "days=1", now=at("11-05"))
    assert names(folder, ".json") == ["20260101", "20261105"]  # a stranger's stays
    assert not old.with_suffix(".json").exists()


def test_a_lonely_manifest_that_names_another_ledger_stays(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("01-01"))
    (old,) = folder.glob("*.sqlite3")
    other = folder / old.name.replace("20260101", "20260102")
    other.with_suffix(".json").write_text(f'{{"ledger": "{"0" * 32}"}}', encoding="utf-8")
    call("backup", "--to", "备份", "--keep", "days=1", now=at("11-05"))
    assert names(folder, ".json") == ["20260102", "20261105"]


@pytest.mark.parametrize(
    "text", ["", "days", "days=0", "days=-1", "days=7,days=8", "years=1", "days=7;weeks=2", "7"]
)
def test_a_keep_nobody_understands_is_refused_with_an_example(
    call: Runner, ledger: Path, folder: Path, text: str
) -> None:
    assert ledger.exists()
    answer = call("backup", "--to", "备份", "--keep", text)
    assert answer.code == 2
    assert "days=7,weeks=5,months=12" in answer.err
    assert not folder.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--keep", "days=1"), ("a.db", "--keep", "days=1"), (), ("a.db", "--to", "备份"),
        ("--to", "备份", "--force"),
    ],
)  # fmt: skip
def test_where_the_backup_goes_is_said_once(
    call: Runner, ledger: Path, words: tuple[str, ...]
) -> None:
    assert ledger.exists()
    assert call("backup", *words).code == 2


def test_a_folder_that_is_not_said_or_none_is_refused(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    assert call("backup", "--to", "").code == 2
    folder.write_text("别的", encoding="utf-8")
    answer = call("backup", "--to", "备份")
    assert (answer.code, "不是文件夹" in answer.err) == (74, True)
    assert folder.read_text(encoding="utf-8") == "别的"


def test_days_weeks_and_months_each_keep_their_newest() -> None:
    start = datetime(2026, 1, 1, 18, tzinfo=SHANGHAI)
    moments = [start + timedelta(days=n) for n in range(400)]
    stay = rotation.kept(moments, rotation.Keep(days=7, weeks=5, months=12))
    newest = moments[::-1]
    assert set(newest[:7]) <= stay
    weeks = {m.isocalendar()[:2] for m in newest}
    months = {(m.year, m.month) for m in newest}
    for span, count in ((sorted(weeks)[-5:], 5), (sorted(months)[-12:], 12)):
        assert len(span) == count
    assert {m.isocalendar()[:2] for m in stay} >= set(sorted(weeks)[-5:])
    assert {(m.year, m.month) for m in stay} >= set(sorted(months)[-12:])
    assert len(stay) <= 7 + 5 + 12
    assert rotation.kept(moments, rotation.Keep(days=3)) == set(newest[:3])


def test_a_word_like_drill_is_asked_back_and_a_file_of_that_name_is_written(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    answer = call("backup", "dril")
    assert answer.code == 2
    assert "sixping backup drill" in answer.err
    assert "./dril" in answer.err
    assert call("backup", "./drill").code == 0
    assert (tmp_path / "drill").is_file()
    page = call("backup", "--help").out
    for words in ("backup drill", "backup --to 备份 --keep", "backup 备份/"):
        assert f"sixping {words}" in page


# --- the drill -----------------------------------------------------------------------------


def test_a_drill_takes_the_last_folder_and_leaves_nothing(
    call: Runner, ledger: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "临时"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert call("backup", "drill").code == 2  # nobody knows where
    for text, day in (("演示路口占道经营", "10-09"), ("窨井盖缺失", "11-02")):
        assert call("intake", text, now=at(day)).code == 0
    assert call("backup", "--to", "备份", now=at("11-05")).code == 0
    assert call("accept", "1", now=at("11-06", 9)).code == 0
    before = sorted(folder.iterdir())
    done = call("backup", "drill", "--json", now=at("11-06"))
    said = done.json()
    assert said["ok"]
    assert said["figures"]["cases"] == {"2026": {"待受理": 2}}
    assert said["figures"]["overdue"] == 1
    assert "通过" in done.err
    assert not list(temporary.iterdir())
    assert sorted(folder.iterdir()) == before
    state = next(tmp_path.rglob("custody/*.drill.json"))
    assert json.loads(state.read_bytes())["seq"] == said["seq"]
    assert ledger.exists()


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-100] ^= 1  # of the last page: a row, or what lies free
    file.write_bytes(data)


def test_a_drill_fails_for_a_backup_that_was_changed(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("11-05"))
    (file,) = folder.glob("*.sqlite3")
    sound = file.read_bytes()
    flip(file)
    answer = call("backup", "drill", "备份", now=at("11-06"))
    assert answer.code == 78
    assert "不通过" in answer.err
    file.write_bytes(sound)
    raw(file, "UPDATE counters SET value = 7 WHERE name = 'seq'")
    answer = call("backup", "drill", "备份", now=at("11-06"))
    assert answer.code == 78
    assert "没有通过核验" in answer.err
    file.write_bytes(b"")
    assert call("backup", "drill", "备份", now=at("11-06")).code == 78


def test_a_drill_sees_that_bytes_are_not_those_of_the_manifest(
    call: Runner, ledger: Path, folder: Path
) -> None:
    assert ledger.exists()
    call("backup", "--to", "备份", now=at("11-05"))
    (file,) = folder.glob("*.sqlite3")
    raw(file, "VACUUM")
    answer = call("backup", "drill", "备份", now=at("11-06"))
    assert answer.code == 78
    assert "SHA-256" in answer.err


def test_a_drill_sees_figures_that_are_not_the_ledgers(call: Runner, ledger: Path) -> None:
    call("intake", "演示路口占道经营", now=at("11-02"))
    call("backup", "--to", "备份", now=at("11-05"))
    raw(ledger, "UPDATE case_moves SET status = '已归档'")
    answer = call("backup", "drill", now=at("11-06"))
    assert answer.code == 78
    assert "各年各状态的件数" in answer.err


def test_a_drill_sees_another_chain_in_the_ledger(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    before = ledger.read_bytes()
    call("intake", "演示路口占道经营", now=at("11-02"))
    call("backup", "--to", "备份", now=at("11-05"))
    ledger.write_bytes(before)
    call("intake", "演示路口占道经营", "--phone", "13800000000", now=at("11-02"))
    answer = call("backup", "drill", "备份", now=at("11-06"))
    assert (answer.code, "不是同一条" in answer.err) == (78, True)
    kept = [one.name.split(".")[1] for one in tmp_path.rglob("custody/*.json")]
    assert kept == ["backup"], "a drill that failed is not done"


def test_a_drill_without_the_ledger_says_what_it_did_not_look_at(
    call: Runner, ledger: Path, folder: Path
) -> None:
    call("backup", "--to", "备份", now=at("11-05"))
    (file,) = folder.glob("*.sqlite3")
    file.with_suffix(".json").unlink()
    ledger.unlink()
    answer = call("backup", "drill", "备份", now=at("11-06"))
    assert answer.code == 0
    assert answer.err.count("没有核对: ") == 2
    assert call("backup", "drill", "没有", now=at("11-06")).code == 1


def test_what_was_backed_up_is_known_outside_the_ledger(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    now = datetime(2026, 11, 5, tzinfo=SHANGHAI)
    made = backups.backup(ledger, tmp_path / "a.db", now=now)
    own = str(rows(ledger, "SELECT value FROM meta WHERE key = 'ledger_id'")[0][0])
    done = custody.last(own, "backup")
    assert done is not None
    assert (done.at, done.seq, done.head) == (now, made.seq, made.head)
    assert done.where == str(tmp_path / "a.db")


# --- killed --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_rotation_killed_anywhere_has_the_old_backup_or_the_new(
    call: Runner, ledger: Path, folder: Path, tmp_path: Path
) -> None:
    call("backup", "--to", "备份", now=at("01-01"))
    old = sorted(folder.iterdir())
    kept = {file: file.read_bytes() for file in old}
    words = ("backup", "--to", "备份", "--keep", "days=1")
    for stop in range(1, 100):
        shutil.rmtree(folder)
        folder.mkdir()
        for file, data in kept.items():
            file.write_bytes(data)
        code = killed(call, stop, *words, now=at("11-05"))
        whole = list(folder.glob("sixping-*.sqlite3"))
        assert whole
        for file in whole:
            copy = shutil.copy(file, tmp_path / "copy.sqlite3")
            assert call("--ledger", str(copy), "verify").code == 0, stop
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("it never ended")
    assert stop > 5
    assert [file.name[17:25] for file in whole] == ["20261105"]
    assert ledger.exists()


def test_a_ledger_that_does_not_verify_is_not_backed_up(tmp_path: Path, ledger: Path) -> None:
    take_in(ledger)
    raw(ledger, "UPDATE told SET fields = '{}' WHERE seq = (SELECT max(seq) FROM told)")
    with pytest.raises(LedgerUnusable, match="没有通过核对"):
        backups.backup_to(ledger, tmp_path / "备份", datetime(2026, 11, 5, tzinfo=SHANGHAI))
    assert not list((tmp_path / "备份").iterdir())
