"""anchor and verify: what leaves the machine is read back, whoever printed it and on what."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sixping.services.upkeep import evidence
from sixping.store.anchors import read_anchors
from sixping.util.clock import from_text
from tests.conftest import ROOT, Result, Runner
from tests.kit.fieldkit import Street, a_street, empty_street
from tests.kit.ledgerkit import raw, rows

NOW = "2026-11-24T15:00:00+08:00"
LATER = "2026-11-25T09:00:00+08:00"


@pytest.fixture
def street(call: Runner) -> Street:
    made = empty_street(call, NOW)
    made.case()
    return made


@pytest.fixture
def path(street: Street, tmp_path: Path) -> Path:  # noqa: ARG001 - makes the file
    return next(tmp_path.rglob("ledger.sqlite3"))


# --- every paper ---------------------------------------------------------------------------

Made = Callable[[Street, Path], Result]
MONTH = ("--month", "2026-11")


def _agenda(*form: str) -> Made:
    return lambda street, _: street.do("meeting", "agenda", street.plan(), *form)


def _minutes(street: Street, _: Path) -> Result:
    words = ("--decision", "清理", "--unit", "城管", "--due", "2026-12-10")
    return street.do("meeting", "minutes", street.plan(), *words)


def _minutes_md(street: Street, _: Path) -> Result:
    return street.do("meeting", "minutes", street.plan(), "--format", "md")


def _meeting(street: Street, _: Path) -> Result:
    name = street.plan()
    street.do("meeting", "minutes", name, "--slot", "存在的问题", "夜间巡查不足")
    return street.do("meeting", "show", name)


def _in_file(*argv: str) -> Made:
    def made(street: Street, folder: Path) -> Result:
        street.do(*argv, "-o", str(folder / "paper"), "--format", "md")
        return Result(0, (folder / "paper").read_text(encoding="utf-8"), "")

    return made


def _events(street: Street, folder: Path) -> Result:
    street.do("export", "events", "-o", str(folder / "e.jsonl"))
    return Result(0, (folder / "e.jsonl").read_text(encoding="utf-8"), "")


def _restored(street: Street, folder: Path) -> Result:
    street.do("backup", str(folder / "r.sqlite3"))
    made = street.do("restore", str(folder / "r.sqlite3"), "--yes")
    return made._replace(err=made.err.partition("核验通过")[2].partition("\n")[2])


PAPERS: dict[str, Made] = {
    "receipt": lambda street, _: street.do("intake", "路灯不亮"),
    "receipt of a step": lambda street, _: street.do("note", street.case(), "已到现场"),
    "report md": lambda street, _: street.do("report", *MONTH, "--format", "md"),
    "report json": lambda street, _: street.do("report", *MONTH, "--json"),
    "report file": _in_file("report", *MONTH),
    "assess md": lambda street, _: street.do("assess", "show", *MONTH, "--format", "md"),
    "assess json": lambda street, _: street.do("assess", "show", *MONTH, "--json"),
    "agenda md": _agenda("--format", "md"),
    "minutes": _minutes,
    "minutes md": _minutes_md,
    "meeting": _meeting,
    "roster md": lambda street, _: street.do("duty", "roster", "--format", "md"),
    "backup": lambda street, folder: street.do("backup", str(folder / "b.sqlite3")),
    "restore": _restored,
    "verify": lambda street, _: street.do("verify", "--json"),
    "anchor": lambda street, _: street.do("anchor"),
    "events": _events,
    "new ledger": lambda street, folder: street.do(
        "--ledger", str(folder / "n.sqlite3"), "init", "--json"
    ),
}
#: what prints a state of the ledger, and which paper above shows it is read back
PRINTERS = {
    "services/taking.py": "receipt",
    "render/paper/wording.py": "report md",
    "render/meeting.py": "meeting",
    "commands/office/minutes.py": "minutes",
    "commands/ledger/backups.py": "backup",
    "commands/ledger/restoring.py": "restore",
    "commands/cases/eventsout.py": "",  # of another ledger, see below
    "documents/eventwords.py": "",
    "store/layers/__init__.py": "",
    "services/upkeep/evidence.py": "",  # quotes an anchor that does not hold
}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_is_read_back_and_holds(call: Runner, tmp_path: Path, paper: str) -> None:
    street = a_street(call)
    street.case()
    made = PAPERS[paper](street, tmp_path)
    text = made.out if "{" in made.out[:2] else f"{made.out}\n{made.err}"
    found = read_anchors(text, paper)
    assert len(found) == 1, found
    kept = tmp_path / "kept.txt"
    kept.write_text(text, encoding="utf-8")
    if paper == "new ledger":
        street.do("--ledger", str(tmp_path / "n.sqlite3"), "verify", "--anchor", str(kept))
        return
    answer = street.do("verify", "--anchor", str(kept))
    assert f"第 {found[0].seq} 号" in answer.err
    assert "以来一致" in answer.err
    kept.write_text(text.replace(found[0].head[-16:], "0" * 16), encoding="utf-8")
    assert call("verify", "--anchor", str(kept), now=NOW).code == 78


def test_nothing_prints_a_state_that_no_paper_here_shows() -> None:
    package = ROOT / "sixping"
    printing = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if re.search(r"head\w*\"?'?\]?(?:\[1\])?\[-16:\]", file.read_text(encoding="utf-8"))
    }
    assert printing == PRINTERS.keys()
    assert {paper for paper in PRINTERS.values() if paper} <= PAPERS.keys()


def test_a_receipt_on_a_terminal_is_read_back(path: Path) -> None:
    pytest.importorskip("pty")
    from tests.kit.ptykit import Terminal

    desk = Terminal(path, NOW, "note", "1", "已到现场")
    assert desk.end() == 0
    ((head,),) = rows(path, "SELECT lower(hex(hash)) FROM events ORDER BY seq DESC LIMIT 1")
    assert str(head).endswith(read_anchors(desk.seen, "")[0].head)


def test_a_report_in_the_encoding_of_an_old_machine_is_read(street: Street, tmp_path: Path) -> None:
    paper = street.do("report", *MONTH, "--format", "md").out
    (tmp_path / "gb.md").write_bytes(paper.encode("gb18030"))
    assert "以来一致" in street.do("verify", "--anchor", str(tmp_path / "gb.md")).err


def test_what_is_typed_off_a_paper_is_checked(street: Street, path: Path, call: Runner) -> None:
    (line,) = [row for row in street.do("report", *MONTH, "--format", "md").out.splitlines()
               if "校验码" in row]  # fmt: skip
    assert "以来一致" in street.do("verify", "--receipt", line).err
    seq, head = rows(path, "SELECT seq, lower(hex(hash)) FROM events ORDER BY seq DESC LIMIT 1")[0]
    false = f"台账第 {seq} 条, 校验码 {'0' * 16}"
    assert call("verify", "--receipt", false, now=NOW).code == 78
    assert street.do("verify", "--receipt", f"第{seq}条\uff0c{str(head)[-16:].upper()}").code == 0
    answer = call("verify", "--receipt", "没有", now=NOW)
    assert (answer.code, "16 位" in answer.err) == (2, True)


@pytest.mark.parametrize("words", ["3:9f2c51ab", "3:9f2c51ab03de77f"])
@pytest.mark.usefixtures("street")
def test_fewer_than_sixteen_digits_are_refused_with_the_reason(
    call: Runner, tmp_path: Path, words: str
) -> None:
    answer = call("verify", "--anchor", words, now=NOW)
    assert (answer.code, "凑出" in answer.err) == (2, True)
    (tmp_path / "kept").write_text(words, encoding="utf-8")
    answer = call("verify", "--anchor", str(tmp_path / "kept"), now=NOW)
    assert (answer.code, "凑出" in answer.err) == (65, True)


def test_an_anchor_of_another_ledger_is_named_and_no_finding(
    street: Street, tmp_path: Path
) -> None:
    other = str(tmp_path / "other.sqlite3")
    street.do("--ledger", other, "init")
    kept = tmp_path / "kept.jsonl"
    street.do("--ledger", other, "anchor", "--append", str(kept))
    own = street.do("anchor").out.strip()
    answer = street.do("verify", "--anchor", str(kept), "--receipt", own, "--json").json()
    assert answer["ok"]
    (remark,) = [each for each in answer["remarks"] if each["remark"] == "other_ledger"]
    assert json.loads(kept.read_text())["ledger"][:8] in remark["what"]


def test_a_photograph_or_a_database_is_no_file_of_anchors(
    path: Path, call: Runner, tmp_path: Path
) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff")
    answer = call("verify", "--anchor", str(tmp_path / "p.png"), now=NOW)
    assert (answer.code, "--receipt" in answer.err) == (65, True)
    assert call("verify", "--anchor", str(path), now=NOW).code == 65


# --- anchor --------------------------------------------------------------------------------


def test_an_anchor_is_one_line_and_changes_nothing(street: Street, path: Path) -> None:
    before = path.read_bytes()
    answer = street.do("anchor")
    assert path.read_bytes() == before
    (line,) = answer.out.splitlines()
    said = json.loads(line)
    head = rows(path, "SELECT seq, lower(hex(hash)) FROM events ORDER BY seq DESC LIMIT 1")[0]
    assert list(said) == ["ledger", "seq", "head", "counts", "time"]
    assert (said["seq"], said["head"]) == head
    assert said["counts"] == {"events": head[0], "cases": 1, "cases_2026": 1, "open": 1}
    assert said["time"] == NOW


def test_anchors_are_appended_line_by_line(street: Street, tmp_path: Path) -> None:
    kept = tmp_path / "锚点.jsonl"
    street.do("anchor", "--append", str(kept))
    street.case()
    street.do("anchor", "--append", str(kept))
    assert [each.seq for each in read_anchors(kept.read_text(), "")] == [11, 13]
    assert kept.read_text().count("\n") == 2
    assert not kept.stat().st_mode & 0o077
    assert "以来一致" in street.do("verify", "--anchor", str(kept)).err


@pytest.mark.parametrize("words", ["会议记录\n", "[]", '{"seq": 3, "he', "\x00", "12:9f2c51ab\n"])
@pytest.mark.usefixtures("street")
def test_a_file_that_is_none_of_anchors_is_not_appended_to(
    call: Runner, tmp_path: Path, words: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(words, encoding="utf-8")
    assert call("anchor", "--append", str(kept), now=NOW).code == 65
    assert kept.read_text(encoding="utf-8") == words


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are POSIX")
@pytest.mark.usefixtures("street")
def test_a_pipe_is_refused_before_anything_is_read_from_it(path: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    argv = ["--ledger", str(path), "anchor", "--append", "pipe"]
    done = subprocess.run(
        [sys.executable, "-m", "sixping", *argv],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "不是普通文件" in done.stderr) == (74, True), done


def test_the_ledger_a_link_to_it_and_a_backup_are_not_appended_to(
    street: Street, path: Path, call: Runner, tmp_path: Path
) -> None:
    street.do("backup", str(tmp_path / "b.sqlite3"))
    (tmp_path / "link").symlink_to(path)
    before = path.read_bytes()
    for place in (path, tmp_path / "link", tmp_path / "b.sqlite3"):
        done = call("anchor", "--append", str(place), now=NOW)
        assert (done.code, "这是数据库" in done.err) == (65, True)
    assert path.read_bytes() == before


def test_anchors_of_another_ledger_alone_do_not_pass(
    street: Street, call: Runner, tmp_path: Path
) -> None:
    other, kept = str(tmp_path / "other.sqlite3"), str(tmp_path / "kept.jsonl")
    street.do("--ledger", other, "init")
    street.do("anchor", "--append", kept)
    swapped = call("--ledger", other, "verify", "--anchor", kept, "--json", now=NOW)
    assert swapped.code == 78
    answer = json.loads(swapped.out)
    (finding,) = answer["findings"]
    assert (finding["layer"], "没有一个是这个台账的" in finding["what"]) == ("anchor", True)
    assert "自洽" not in answer["statement"]


def test_an_old_copy_put_back_is_reported_and_not_anchored(
    street: Street, path: Path, call: Runner, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    old = shutil.copy(path, tmp_path / "old")
    street.case()
    street.do("anchor", "--append", str(kept))
    before = kept.read_text()
    shutil.copy(old, path)
    street.case("另一件")
    answer = call("anchor", "--append", str(kept), now=NOW)
    assert (answer.code, answer.out) == (78, "")
    assert "矛盾" in answer.err
    assert kept.read_text() == before
    assert call("verify", "--anchor", str(kept), now=NOW).code == 78


def test_another_ledgers_file_of_anchors_is_not_mixed(
    street: Street, call: Runner, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    street.do("anchor", "--append", str(kept))
    other = str(tmp_path / "other.sqlite3")
    street.do("--ledger", other, "init")
    answer = call("--ledger", other, "anchor", "--append", str(kept), now=NOW)
    assert (answer.code, "另一台账" in answer.err) == (65, True)


# --- since the last check -------------------------------------------------------------------


def test_since_last_is_full_where_nothing_is_known_and_says_so(street: Street) -> None:
    answer = street.do("verify", "--since-last")
    assert "这次全部核验" in answer.err
    assert "自洽" in answer.err


def test_since_last_checks_what_came_after_and_claims_no_more(
    street: Street, path: Path, call: Runner
) -> None:
    street.do("verify")
    street.case()
    answer = street.do("verify", "--since-last", "--json", now=LATER).json()
    assert answer["statement"] == (
        "自上次核验 (2026-11-24 15:00, 第 11 号) 以来一致; 以前的记录和汇总表这次没有重算"
    )
    raw(path, "DROP TRIGGER events_no_update", "UPDATE events SET facts = '{}' WHERE seq = 13")
    assert call("verify", "--since-last", now=LATER).code == 78


def test_since_last_sees_a_new_event_edited_and_not_an_old_one(
    street: Street, path: Path, call: Runner
) -> None:
    street.do("verify")
    street.case()
    trigger = rows(path, "SELECT sql FROM sqlite_master WHERE name = 'events_no_update'")[0][0]
    for seq, code in ((10, 0), (13, 78)):
        edit = f"UPDATE events SET at = '2026-01-01T00:00:00+08:00' WHERE seq = {seq}"  # noqa: S608
        raw(path, "DROP TRIGGER events_no_update", edit, str(trigger))
        assert call("verify", "--since-last", now=LATER).code == code
        assert call("verify", "--full", now=LATER).code == 78


def test_since_last_sees_an_older_ledger_in_its_place(
    street: Street, path: Path, call: Runner, tmp_path: Path
) -> None:
    old = shutil.copy(path, tmp_path / "old")
    street.case()
    street.do("verify")
    shutil.copy(old, path)
    for argv in (("--since-last",), (), ("--since-last",)):  # a full check does not forget it
        answer = call("verify", *argv, now=LATER)
        assert (answer.code, "换成了旧的" in answer.err) == (78, True)
        assert "被改动过" not in answer.out  # no event is blamed


def test_an_anchor_older_than_the_last_check_is_not_claimed_since(
    street: Street,
) -> None:
    before = street.do("anchor").out.strip()
    street.case()
    street.do("verify")
    said = street.do("verify", "--since-last", "--receipt", before).err
    assert "与锚点 (第 11 号" in said
    assert "自锚点" not in said


def test_a_check_of_a_copy_replaces_nothing(street: Street, path: Path, tmp_path: Path) -> None:
    street.do("verify")
    copy = str(shutil.copy(path, tmp_path / "copy.sqlite3"))
    street.do("--ledger", copy, "verify", now=LATER)
    assert "2026-11-24 15:00" in street.do("verify", "--since-last", now=LATER).err


def test_a_check_that_finds_something_is_not_kept(path: Path, call: Runner) -> None:
    raw(path, "UPDATE case_moves SET lead = '别处' WHERE to_seq IS NULL")
    assert call("verify", now=NOW).code == 78
    assert "这次全部核验" in call("verify", "--since-last", now=NOW).err


@pytest.mark.usefixtures("path")
def test_full_and_since_last_contradict_each_other(call: Runner) -> None:
    assert call("verify", "--full", "--since-last", now=NOW).code == 2
    assert call("verify", "--full", now=NOW).code == 0


def test_a_missing_ledger_is_missing_for_since_last_too(call: Runner) -> None:
    assert call("--ledger", "nowhere", "verify", "--since-last", now=NOW).code == 78


def test_progress_goes_through_events_and_cases(path: Path) -> None:
    counted: list[int] = []
    whole: list[int] = []

    class Bar:
        def __enter__(self) -> Callable[[int], None]:
            return counted.append

        def __exit__(self, *_: object) -> None: ...

    def shown(total: int) -> Bar:
        whole.append(total)
        return Bar()

    result, partly = evidence.check(path, [], from_text(NOW), shown)
    assert result["ok"]
    assert not partly
    assert (sum(counted), whole) == (12, [12])  # 11 events, 1 case
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("SELECT count(*) FROM events").fetchone() == (11,)
