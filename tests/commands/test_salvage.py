"""salvage as an office needs it on the worst day: what can be read comes back, the rest is said."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sixping.errors import LedgerUnusable
from sixping.ledger import transaction
from sixping.services import adoption
from sixping.services.upkeep import salvaging
from sixping.services.upkeep.salvaging import Result, salvage
from sixping.store import ddl, verify
from sixping.store.files import create
from tests.conftest import Runner
from tests.kit import events as ev
from tests.kit.deadline import killed_after
from tests.kit.ledgerkit import DAY, NOW, PHONE, do, raw, rows, stamp, take_in

SIZE = ddl.PAGE_SIZE
EVENTS = "SELECT * FROM events ORDER BY seq"
WORDS = "SELECT * FROM told ORDER BY seq"
PARTS = 3


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its rules and fifty cases, some handled, one erased."""
    return street(tmp_path_factory.mktemp("street") / "street.db", adoption.offered())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without rules, whose text takes most pages."""
    return street(tmp_path_factory.mktemp("bare") / "street.db", {})


def street(path: Path, rules: Mapping[str, str]) -> Path:
    create(path, stamp(), {}, rules)
    numbers = [take_in(path, f"演示路口占道经营, 第 {n} 处") for n in range(50)]
    for number in numbers[:8]:
        do(path, number, ev.Accepted(standard=True), ev.Noted(text="已到现场"), at=NOW + DAY)
    with transaction(path, stamp(NOW + DAY)) as work:
        work.erase([entry.seq for entry in work.entries(numbers[9])], "本人申请")
    do(path, numbers[0], ev.Noted(text="又去了一次"), at=NOW + 2 * DAY)
    assert verify.verify(path)["ok"]
    return path


def damaged(sound: Path, target: Path, *pages: int) -> Path:
    """Copy a ledger with some pages, counted from 1, filled with zeros."""
    data = bytearray(sound.read_bytes())
    for page in pages:
        data[(page - 1) * SIZE : page * SIZE] = bytes(SIZE)
    target.write_bytes(data)
    return target


def pages_of(path: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(path)) as con:
        try:
            found = con.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,)).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot say which pages a table has")
    return sorted(page for (page,) in found)


def leaves(path: Path, table: str) -> list[int]:
    """Return the pages that hold rows, in the order of the rows."""
    with closing(sqlite3.connect(path)) as con:
        sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        return [page for (page,) in con.execute(sql, (table,))]


def salvaged_or_refused(file: Path, target: Path) -> Result | None:
    """Return what came of a salvage; None where the beginning of the chain is lost."""
    try:
        return salvage(file, target, stamp())
    except LedgerUnusable as fault:
        return None if "接不成台账" in fault.what else pytest.fail(fault.what)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_page_zeroed_gives_a_ledger_that_verifies_and_loses_nothing_before_the_break(
    bare: Path, tmp_path: Path, part: int
) -> None:
    events, words = rows(bare, EVENTS), rows(bare, WORDS)
    count, pages = len(events), bare.stat().st_size // SIZE
    headless = 0
    for page in range(1 + part, pages + 1, PARTS):
        file, target = damaged(bare, tmp_path / "bad.db", page), tmp_path / f"{page}.db"
        before = file.read_bytes()
        result = salvaged_or_refused(file, target)
        if result is None:  # the page of the first events, or of the id
            headless += 1
            lines = (tmp_path / f"{page}.rest.jsonl").read_text(encoding="utf-8")
            assert lines.count("\n") > 10
            continue
        assert file.read_bytes() == before
        made = result.made
        assert verify.verify(target)["ok"], page
        assert rows(target, EVENTS)[: made.seq] == events[: made.seq], page
        first = result.gaps[0][0] if result.gaps else count + 1
        assert made.seq == first - 1, page
        assert result.read + sum(b - a + 1 for a, b in result.gaps) == count, page
        kept = [row for row in words if int(str(row[0])) <= made.seq and row[0] not in made.words]
        assert rows(target, f"{WORDS} LIMIT {len(kept)}") == kept, page
        target.unlink()
    assert headless < 3


def test_an_older_backup_fills_every_gap_it_has(sound: Path, tmp_path: Path) -> None:
    """Any table's pages gone, all at once: what the backup holds comes back by its proof."""
    for table in ("events", "told", "sources", "meta", "documents"):
        file = damaged(sound, tmp_path / "bad.db", *pages_of(sound, table))
        target = tmp_path / f"{table}.db"
        result = salvage(file, target, stamp(), more=[sound])
        assert not result.gaps, table
        assert not result.made.words, table
        assert not result.made.documents, table
        assert rows(target, WORDS)[:-1] == rows(sound, WORDS)[: len(rows(target, WORDS)) - 1]
        assert rows(target, EVENTS)[:-1] == rows(sound, EVENTS)


def test_who_recorded_is_found_again_on_the_same_machine(sound: Path, tmp_path: Path) -> None:
    file = damaged(sound, tmp_path / "bad.db", *pages_of(sound, "sources"))
    assert not salvage(file, tmp_path / "a.db", stamp()).gaps
    other = stamp()
    other = type(other)(other.now, "别人", "x(1)", "elsewhere", "sixping 9", other.stated_now)
    with pytest.raises(LedgerUnusable, match="开头的记录"):
        salvage(file, tmp_path / "b.db", other)


def test_lost_words_are_recorded_as_lost_and_the_case_goes_on(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    page = leaves(sound, "told")[0]
    damaged(sound, tmp_path / "bad.db", page)
    said = call("salvage", "bad.db", "--to", "新.db", "--json").json()
    assert said["lost_words"]
    assert (said["seq"], said["beyond"]) == (len(rows(sound, EVENTS)), 0)
    for command in (("verify",), ("list", "--all"), ("show", "2026-000001"), ("rebuild", "--check"),
                    ("report", "--month", "2026-11")):  # fmt: skip
        answer = call("--ledger", "新.db", *command)
        assert answer.code == 0, answer.err
    ((facts,),) = rows(tmp_path / "新.db", "SELECT facts FROM events WHERE kind = 'erased'")[1:]
    assert json.loads(str(facts))["seqs"] == said["lost_words"]
    assert "抢救台账" in call("--ledger", "新.db", "log").out
    assert call("--ledger", "新.db", "note", "2026-000001", "接着办").code == 0


def test_what_is_readable_behind_the_break_is_written_for_people(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    page = leaves(sound, "events")[1]
    damaged(sound, tmp_path / "bad.db", page)
    answer = call("salvage", "bad.db", "--to", "新.db")
    assert answer.code == 0, answer.err
    rest = tmp_path / "新.rest.jsonl"
    lines = [json.loads(line) for line in rest.read_text(encoding="utf-8").splitlines()]
    told = [line["words"]["text"] for line in lines if line.get("kind") == "reported"]
    assert told
    assert any(line.keys() == {"seq", "words"} for line in lines)  # the event went, they did not
    assert lines[-1]["seq"] == len(rows(sound, EVENTS))
    assert any(PHONE in str(line["words"]) for line in lines)
    assert not rest.stat().st_mode & 0o077
    assert "姓名和电话" in answer.err
    assert PHONE not in answer.out + answer.err
    assert "读不出的记录" in answer.out
    assert f"{len(lines)} 条" in answer.out
    assert call("--ledger", "新.db", "verify").code == 0


def test_words_that_were_erased_do_not_come_back_from_a_backup(sound: Path, tmp_path: Path) -> None:
    """Also where the record of the erasure lies behind the break."""
    old = Path(shutil.copy(sound, tmp_path / "old.db"))
    number, copy = "2026-000029", Path(shutil.copy(sound, tmp_path / "now.db"))
    with transaction(copy, stamp(NOW + 3 * DAY)) as work:
        seqs = [entry.seq for entry in work.entries(number)]
        work.erase(seqs, "本人申请")
    do(copy, "2026-000001", *[ev.Noted(text=f"第 {n} 次") for n in range(40)], at=NOW + 4 * DAY)
    (last,) = rows(copy, "SELECT max(seq) FROM events WHERE kind = 'erased'")
    edit = f"UPDATE events SET at = 'x' WHERE seq = {last[0]}"  # noqa: S608
    raw(copy, "DROP TRIGGER events_no_update", edit)
    result = salvage(copy, tmp_path / "new.db", stamp(), more=[old])
    assert result.made.seq == int(str(last[0])) - 1
    assert result.made.seq >= seqs[-1]
    held = rows(tmp_path / "new.db", "SELECT seq FROM told")
    assert not {seq for (seq,) in held} & set(seqs)


def test_an_edit_by_hand_breaks_the_chain_there(sound: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(sound, tmp_path / "bad.db"))
    raw(file, "DROP TRIGGER events_no_update", "UPDATE events SET at = '2020-01-01' WHERE seq = 20")
    result = salvage(file, tmp_path / "new.db", stamp())
    assert (result.made.seq, result.beyond) == (19, len(rows(sound, EVENTS)) - 19)


def test_words_that_were_changed_do_not_come_back(sound: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(sound, tmp_path / "bad.db"))
    ((seq,),) = rows(file, "SELECT min(seq) FROM told")
    raw(file, f"UPDATE told SET fields = replace(fields, '占道', '合法') WHERE seq = {seq}")  # noqa: S608
    result = salvage(file, tmp_path / "new.db", stamp())
    assert result.made.words == (seq,)


def test_a_document_that_was_changed_does_not_come_back(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "offered", dict)
    file = Path(shutil.copy(sound, tmp_path / "bad.db"))
    ((digest,),) = rows(file, "SELECT min(digest) FROM documents")
    raw(file, f"UPDATE documents SET content = 'a = 1' WHERE digest = '{digest}'")  # noqa: S608
    result = salvage(file, tmp_path / "new.db", stamp())
    assert result.made.documents == (digest,)


def test_a_ledger_that_came_out_wrong_is_not_kept(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    monkeypatch.setattr(
        salvaging, "verify", lambda _: {"ok": False, "findings": [{"what": "演示的不符"}]}
    )
    with pytest.raises(LedgerUnusable, match="演示的不符"):
        salvage(file, tmp_path / "new.db", stamp())
    assert [one.name for one in tmp_path.iterdir()] == ["bad.db"]


def test_where_the_new_ledger_does_not_come_about_nothing_lies_beside_it(
    call: Runner, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    plain = os.link

    def full(source: str, target: str) -> None:
        if str(target).endswith(".db"):
            raise OSError(errno.ENOSPC, "full", target)
        plain(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", full)
        assert call("salvage", "bad.db", "--to", "新.db").code == 74
    assert not list(tmp_path.glob("新*"))
    assert call("salvage", "bad.db", "--to", "新.db").code == 0


def test_nothing_is_begun_where_there_is_no_room(
    call: Runner, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    need = 2 * file.stat().st_size
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=need - 1))
    answer = call("salvage", "bad.db", "--to", "新.db")
    assert (answer.code, "没有抢救" in answer.err) == (74, True), answer.err
    assert f"需要 {need / 2**20:.1f} MB" in answer.err
    assert [one.name for one in tmp_path.iterdir()] == ["bad.db"]
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=need))
    assert call("salvage", "bad.db", "--to", "新.db").code == 0


def test_what_a_killed_salvage_left_is_written_anew(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    assert call("salvage", "bad.db", "--to", "新.db").code == 0
    (tmp_path / "新.db").unlink()  # as a kill before it got its name leaves it
    left = (tmp_path / "新.rest.jsonl").read_bytes()
    assert left
    again = call("salvage", "bad.db", "--to", "新.db")
    assert again.code == 0, again.err
    assert (tmp_path / "新.rest.jsonl").read_bytes() == left
    (tmp_path / "新.db").unlink()
    more = call("salvage", "bad.db", "--to", "新.db", "--with", str(sound))
    assert more.code == 0, more.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bad.db", "新.db"]


def test_lines_that_are_none_of_ours_are_kept(call: Runner, sound: Path, tmp_path: Path) -> None:
    damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    rest = tmp_path / "新.rest.jsonl"
    for text in ("别人的文件", "[" * 100_000):
        rest.write_text(text, encoding="utf-8")
        refused = call("salvage", "bad.db", "--to", "新.db")
        assert (refused.code, str(rest.name) in refused.err) == (1, True), refused.err
        assert rest.read_text(encoding="utf-8") == text


def test_what_came_without_a_ledger_does_not_refuse_the_next_try_with_a_backup(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    damaged(sound, tmp_path / "bad.db", *pages_of(sound, "meta"))
    first = call("salvage", "bad.db", "--to", "新.db")
    assert (first.code, "--with" in first.err) == (78, True), first.err
    assert (tmp_path / "新.rest.jsonl").exists()
    second = call("salvage", "bad.db", "--to", "新.db", "--with", str(sound))
    assert second.code == 0, second.err


@pytest.mark.parametrize("what", ["more", "other", "link"])
def test_lines_beside_the_target_that_cannot_be_told_again_are_not_overwritten(
    call: Runner, sound: Path, tmp_path: Path, what: str
) -> None:
    damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    assert call("salvage", "bad.db", "--to", "新.db").code == 0
    (tmp_path / "新.db").unlink()
    rest = tmp_path / "新.rest.jsonl"
    if what == "link":
        rest.rename(tmp_path / "别处")
        rest.symlink_to(tmp_path / "别处")
    else:
        more = b'{"seq": 1}\n' if what == "more" else b"\xff\n"
        rest.write_bytes(rest.read_bytes() + more)
    before = rest.read_bytes()
    answer = call("salvage", "bad.db", "--to", "新.db")
    assert (answer.code, str(rest) in answer.err or rest.name in answer.err) == (1, True)
    assert "移走" in answer.err
    assert rest.read_bytes() == before
    assert not (tmp_path / "新.db").exists()


class FullOnce(io.FileIO):
    """A file on a disk that was full for one write, of which a part was written."""

    been = False

    def write(self, content: Any, /) -> int:
        if FullOnce.been or self.mode == "rb":
            return super().write(content)
        FullOnce.been = True
        super().write(memoryview(content)[: len(memoryview(content)) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_no_unreadable_file_and_the_new_file_is_named(
    call: Runner, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged(sound, tmp_path / "bad.db", leaves(sound, "events")[1])
    plain = Path.open

    def opened(path: Path, mode: str = "r", *args: Any, **more: Any) -> Any:
        if path.name == "copy.sqlite3":
            return FullOnce(path, mode.replace("b", ""))
        return plain(path, mode, *args, **more)

    monkeypatch.setattr(FullOnce, "been", False)
    monkeypatch.setattr(Path, "open", opened)
    done = call("salvage", "bad.db", "--to", "新.db")
    assert (done.code, "新.db (磁盘已满)" in done.err) == (74, True), done
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".db"] == ["bad.db"]


@pytest.mark.parametrize("folder", ["", ".", "/"])
def test_a_folder_is_no_new_file(call: Runner, sound: Path, folder: str) -> None:
    done = call("salvage", str(sound), "--to", folder)
    assert (done.code, "这是一个文件夹" in done.err) == (74, True), done


@pytest.mark.parametrize(
    ("what", "code", "says"),
    [("sound", 1, "没有要抢救的"), ("empty", 65, "空的"), ("noise", 78, "读不出任何一条"),
     ("text", 78, "读不出任何一条"), ("other", 78, "读不出任何一条"),
     ("missing", 78, "没有这个文件"), ("taken", 1, "不会覆盖"), ("id", 78, "台账的标识")],
)  # fmt: skip
def test_what_cannot_or_need_not_be_salvaged_is_said(
    call: Runner, sound: Path, tmp_path: Path, what: str, code: int, says: str
) -> None:
    file = tmp_path / "bad.db"
    if what == "sound":
        shutil.copy(sound, file)
    elif what == "other":
        with closing(sqlite3.connect(file)) as con:
            con.execute("CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT)")
    elif what == "id":
        damaged(sound, file, *pages_of(sound, "meta"))
    elif what != "missing":
        noise = {"empty": b"", "noise": os.urandom(40_000), "text": b"a" * 50}
        file.write_bytes(noise.get(what, sound.read_bytes()[:SIZE]))
    if what == "taken":
        (tmp_path / "新.db").write_text("别的", encoding="utf-8")
    answer = call("salvage", "bad.db", "--to", "新.db")
    assert (answer.code, says in answer.err) == (code, True), answer.err
    assert (tmp_path / "新.db").exists() is (what == "taken")
    assert not list(tmp_path.glob(".sixping-*"))


def test_a_lost_id_is_found_in_a_manifest_or_an_anchor(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    damaged(sound, tmp_path / "bad.db", *pages_of(sound, "meta"))
    assert call("--ledger", str(sound), "backup", "--to", "备份").code == 0
    (manifest,) = (tmp_path / "备份").glob("*.json")
    answer = call("salvage", "bad.db", "--to", "a.db", "--anchor", str(manifest))
    assert answer.code == 0, answer.err
    shutil.copy(manifest, tmp_path)
    assert call("salvage", "bad.db", "--to", "b.db").code == 0
    assert call("--ledger", "b.db", "verify").code == 0
    secrets = [rows(one, "SELECT value FROM meta ORDER BY key") for one in
               (sound, tmp_path / "a.db")]  # fmt: skip
    assert secrets[0][1] == secrets[1][1]  # the id
    assert secrets[0][0] != secrets[1][0]  # a key nobody could read is made anew


def test_rules_nobody_can_read_are_named_and_the_ledger_still_verifies(
    call: Runner, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ones in force are replaced by those of the folder, on the record."""
    others = {name: text + "\n" for name, text in adoption.offered().items()}
    monkeypatch.setattr(adoption, "offered", lambda: others)
    file = damaged(sound, tmp_path / "bad.db", *pages_of(sound, "documents"))
    result = salvage(file, tmp_path / "new.db", stamp())
    assert len(result.made.documents) == len(result.made.adopted) == 8
    monkeypatch.undo()
    for command in (("verify",), ("list",), ("accept", "2026-000020"), ("policy", "show"),
                    ("rebuild", "--check")):  # fmt: skip
        answer = call("--ledger", "new.db", *command)
        assert answer.code == 0, answer.err
    raw(
        tmp_path / "new.db",
        "DELETE FROM documents WHERE digest IN (SELECT"
        " json_extract(facts, '$.digest') FROM events WHERE kind = 'adopted' AND seq > 20)",
    )
    found = verify.verify(tmp_path / "new.db")["findings"]
    assert sum("不见了" in one["what"] for one in found) == 8  # only those it says are excused


def test_a_ledger_that_is_being_written_is_left_alone(
    call: Runner, sound: Path, tmp_path: Path
) -> None:
    """Another process holds it: this one's own locks would go with the file it reads."""
    import subprocess
    import sys

    file = Path(shutil.copy(sound, tmp_path / "bad.db"))
    raw(file, "UPDATE counters SET value = 1 WHERE name = 'seq'")
    holding = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        with killed_after(60, other):
            assert other.stdout.readline() == b"1\n"
        answer = call("salvage", "bad.db", "--to", "新.db")
        other.communicate(timeout=30)
    assert answer.code == 75, answer.err
    assert call("salvage", "bad.db", "--to", "新.db").code == 0


def test_what_a_killed_writer_left_is_rolled_back_in_the_copy_alone(
    sound: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(sound, tmp_path / "live.db"))
    with closing(sqlite3.connect(file, isolation_level=None)) as con:
        con.execute("PRAGMA cache_size=1")
        con.execute("BEGIN IMMEDIATE")
        con.execute('UPDATE told SET fields = \'{"text": "没有提交"}\'')
        con.execute("UPDATE case_moves SET status = '已归档'")
        torn = Path(shutil.copy(file, tmp_path / "torn.db"))
        journal = Path(shutil.copy(f"{file}-journal", tmp_path / "torn.db-journal"))
        con.rollback()
    raw_bytes, left = torn.read_bytes(), journal.read_bytes()
    if raw_bytes == sound.read_bytes():
        pytest.skip("nothing was spilled into the file")
    with pytest.raises(Exception, match="没有要抢救的"):
        salvage(torn, tmp_path / "new.db", stamp())  # rolled back, it is sound
    assert (torn.read_bytes(), journal.read_bytes()) == (raw_bytes, left)
