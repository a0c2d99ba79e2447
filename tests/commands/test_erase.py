"""``erase``: every word of a case goes, in every byte; the chain and everybody else's stay."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sixping.console.draft import drop_drafts
from sixping.errors import InputOutput, NotAllowed, UsageFault
from sixping.services.personal import erasing
from sixping.services.upkeep import books
from sixping.store import sqlite
from sixping.store.verify import verify
from tests.conftest import ROOT
from tests.kit.canary import NAME, PHONE, PLACE, SOURCE_NO, TEXT, bytes_found, guessed
from tests.kit.ledgerkit import raw, rows, stamp

if TYPE_CHECKING:
    from tests.conftest import Runner

NOW, LATER = "2026-11-23T09:00:00+08:00", "2026-11-23T10:00:00+08:00"
CHANNEL = "投诉举报电话"
BASIS = ("--basis", "本人书面申请", "--yes")

pytestmark = pytest.mark.usefixtures("ledger")


def marked(call: Runner, *more: str) -> dict[str, Any]:
    """Register a report with the canary in every field."""
    case: dict[str, Any] = call(
        "intake", TEXT, "--reporter", NAME, "--phone", PHONE, "--place", PLACE,
        "--source-no", SOURCE_NO, "--request-id", f"req-{PHONE}", "--severity", "一般", "--json",
        *more, now=NOW,
    ).json()  # fmt: skip
    return case


def ended(call: Runner) -> None:
    """Take the case to its end, with its people in the words of the steps."""
    for argv in (
        ("accept", "1", "--feedback", f"已告知{NAME}"),
        ("assign", "1", "--lead", "城管执法中队"),
        ("note", "1", f"{NAME} 再次来电 {PHONE}"),
        ("amend", "1", "--place", f"{PLACE}对面", "--reason", f"{NAME}更正"),
        ("resolve", "1", "--outcome", f"已到{PLACE}处理"),
        ("feedback", "1", f"已电话告知{NAME}"),
        ("close", "1"),
    ):
        done = call(*argv, now=NOW)
        assert done.code == 0, done.err


def erase(call: Runner, *more: str) -> dict[str, Any]:
    done = call("erase", "1", *BASIS, "--json", *more, now=LATER)
    assert done.code == 0, done.err
    document: dict[str, Any] = done.json()
    return document


def sound(ledger: Path) -> None:
    assert verify(ledger)["findings"] == []
    assert books.rebuild(ledger, stamp(), check=True) == []


def test_after_an_erasure_no_byte_of_the_file_knows_a_word_and_no_hash_confirms_a_guess(
    call: Runner, ledger: Path
) -> None:
    marked(call)
    call("intake", "井盖缺失", "--reporter", "演示甲", "--phone", "13800000000", now=NOW)
    ended(call)
    call("lookup", "--phone", PHONE, "--reason", f"{NAME}来电询问", now=NOW)
    call("show", "1", "--reveal", "--reason", f"回访{NAME}", now=NOW)
    assert bytes_found(ledger)
    assert guessed(ledger, CHANNEL), "the handle of the number at its source: the test can see"
    document = erase(call)
    assert document["erased"] == 8, "six steps with words, a look-up and what was revealed"
    assert bytes_found(ledger) == []
    assert guessed(ledger, CHANNEL) == []
    assert [path.name for path in ledger.parent.iterdir()] == [ledger.name], "no journal is left"
    sound(ledger)
    assert rows(ledger, "SELECT count(*) FROM told t JOIN events e USING (seq)"
                " WHERE e.subject = '2026-000001'") == [(0,)]  # fmt: skip


def test_several_people_and_phones_in_one_field_leave_no_byte_and_no_hash_either(
    call: Runner, ledger: Path
) -> None:
    people, phones = ("柯南雀", "王晓鸣", "赵启铭"), (PHONE, "13787654321", "18698761234")
    given = ("--reporter", "柯南雀、王晓鸣", "--phone", f"{PHONE} / {phones[1]}")
    amended = ("--reporter", "赵启铭先生和王晓鸣", "--phone", phones[2], "--reason", "柯南雀改")
    text = f"柯南雀与王晓鸣反映{PLACE}, {phones[1]}"
    assert call("intake", text, *given, "--severity", "一般", now=NOW).code == 0
    for argv in (
        ("accept", "1"), ("assign", "1", "--lead", "城管执法中队"),
        ("amend", "1", *amended),
        ("note", "1", f"赵启铭来电{phones[2]}"), ("undo", "1", "--reason", "赵启铭没来"),
        ("resolve", "1", "--outcome", "王晓鸣认可"), ("feedback", "1", "已告知赵启铭"),
        ("close", "1"),
        *(("lookup", "--phone", phone, "--reason", "来问") for phone in phones),
        *(("lookup", "--name", name, "--reason", f"{name}来问") for name in people),
        ("show", "1", "--reveal", "--reason", "回访赵启铭"),
    ):  # fmt: skip
        done = call(*argv, now=NOW)
        assert done.code == 0, (argv, done.err)
    marks = (*people, *phones, PLACE)
    assert bytes_found(ledger, marks) == sorted(marks)
    erase(call)
    assert bytes_found(ledger, marks) == []
    forms = (*marks, *(f"phone:{phone}" for phone in phones), *(f"name:{name}" for name in people))
    assert guessed(ledger, CHANNEL, *(form.encode() for form in forms)) == []
    sound(ledger)


def test_an_erased_case_is_shown_listed_found_by_number_and_counted(call: Runner) -> None:
    marked(call)
    ended(call)
    before = call("report", "--month", "2026-11", "--json", now=LATER).json()
    erase(call)
    shown = call("show", "1", now=LATER).out
    assert "内容      (已删除)" in shown
    assert "依法删除全部文字 (第" in shown
    assert "登记 (文字已删除)" in shown
    case = call("show", "1", "--json", now=LATER).json()
    assert (case["text"], case["phone"], case["source_no"]) == (None, None, None)
    assert [each["track"] for each in case["erased"]] == ["record"]
    assert "(已删除)" in call("list", "--all", now=LATER).out
    assert call("search", "000001", "--json", now=LATER).json()[0]["number"] == "2026-000001"
    assert call("search", "金丝雀", "--json", now=LATER).json() == []
    assert call("log", "1", now=LATER).code == 0
    after = call("report", "--month", "2026-11", "--json", now=LATER).json()
    assert [after[key] for key in ("totals", "rates")] == [
        before[key] for key in ("totals", "rates")
    ]


def test_it_stays_erased_over_a_rebuild_and_other_requests_stay_honest(
    call: Runner, ledger: Path
) -> None:
    marked(call)
    other = ("intake", "井盖缺失", "--request-id", "r2", "--source-no", "N2", "--json")
    number = call(*other, now=NOW).json()["number"]
    ended(call)
    erase(call)
    raw(ledger, "UPDATE case_facts SET community = '别处'", "DELETE FROM requests")
    assert call("rebuild", now=LATER).code == 0
    assert bytes_found(ledger) == []
    sound(ledger)
    assert call(*other, now=LATER).json()["number"] == number
    again = marked(call)
    assert again["number"] == "2026-000003", "what its source sends again is a new case"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "还在办理 (待受理)"),
        ([("accept", "1"), ("assign", "1", "--lead", "城管执法中队"),
          ("resolve", "1", "--outcome", "已处理")], "还没有反馈完毕"),
        ([("decline", "1", "--reason", "重复", "--told"),
          ("retention", "hold", "1", "--reason", "复议")], "已暂缓删除"),
    ],
    ids=["open", "owes feedback", "held"],
)  # fmt: skip
def test_what_is_still_needed_is_not_erased(
    call: Runner, ledger: Path, steps: list[tuple[str, ...]], said: str
) -> None:
    marked(call)
    for argv in steps:
        done = call(*argv, now=NOW)
        assert done.code == 0, done.err
    done = call("erase", "1", *BASIS, now=LATER)
    assert (done.code, said in done.err) == (1, True), done.err
    assert bytes_found(ledger)


def test_a_report_merged_in_is_needed_as_long_as_its_main_case(
    call: Runner, tmp_path: Path
) -> None:
    marked(call)
    call("intake", "同一件事", "--severity", "一般", now=NOW)
    assert call("merge", "1", "--into", "2", now=NOW).code == 0
    draft = tmp_path / ".local" / "state" / "sixping" / "drafts" / "a.json"
    draft.parent.mkdir(parents=True)
    draft.write_text(f'{{"values": {{"phone": "{PHONE}"}}}}', encoding="utf-8")
    done = call("erase", "1", *BASIS, now=LATER)
    assert (done.code, "由 2026-000002 合并办理, 那一件还在办理" in done.err) == (1, True)
    assert ("将删除" in done.err, draft.exists()) == (False, True), "nothing is begun"
    for argv in (
        ("accept", "2"), ("assign", "2", "--lead", "城管执法中队"),
        ("resolve", "2", "--outcome", "好"), ("feedback", "2", "好", "--all"), ("close", "2"),
        ("retention", "hold", "1", "--reason", "复议"),
    ):  # fmt: skip
        assert call(*argv, now=NOW).code == 0
    held = call("erase", "1", *BASIS, now=LATER)
    assert (held.code, "release 2026-000001" in held.err) == (1, True)
    assert call("retention", "release", "1", "--reason", "复议结束", now=NOW).code == 0
    assert call("erase", "1", *BASIS, now=LATER).code == 0
    assert not draft.exists()


def test_a_pipe_needs_yes_and_the_basis_names_nobody(call: Runner, ledger: Path) -> None:
    marked(call)
    ended(call)
    done = call("erase", "1", "--basis", "本人申请", now=LATER)
    assert (done.code, "--yes" in done.err) == (2, True)
    assert call("erase", "1", "--yes", now=LATER).code == 2
    done = call("erase", "1", "--basis", f"{NAME}申请", "--yes", now=LATER)
    assert (done.code, "依据" in done.err) == (2, True)
    assert NAME not in done.err
    assert bytes_found(ledger)


def test_what_it_does_not_reach_is_named(call: Runner, ledger: Path) -> None:
    marked(call)
    call("intake", "同一件事", "--reporter", NAME, "--phone", PHONE, now=NOW)
    assert call("merge", "2", "--into", "1", now=NOW).code == 0
    ended_main(call)
    assert call("backup", "备份/a.db", now=NOW).code == 0
    shutil.copy(ledger, ledger.parent / "copy.db")
    other = ledger.parent / "other"
    other.mkdir()
    books.make_ledger(other / "street.db", stamp())
    document = erase(call, "--backups", "备份")
    assert document["merged"] == ["2026-000002"]
    assert {each["subject"] for each in document["elsewhere"]} == {"2026-000002"}
    assert sorted(Path(file).name for file in document["backups"]) == ["a.db", "copy.db"]
    assert document["channel"] == CHANNEL
    again = call("erase", "1", *BASIS, now=LATER)
    assert "以前已经删除" in again.err
    assert "再次报送的, 将作为新件登记" in again.err


def ended_main(call: Runner) -> None:
    for argv in (
        ("accept", "1"), ("assign", "1", "--lead", "城管执法中队"),
        ("resolve", "1", "--outcome", "好"), ("feedback", "1", "已告知", "--all"), ("close", "1"),
    ):  # fmt: skip
        done = call(*argv, now=NOW)
        assert done.code == 0, done.err


def test_what_an_erased_case_has_of_standard_words_is_found_as_before(call: Runner) -> None:
    marked(call)
    ended_main(call)
    events = call("show", "1", "--json", now=NOW).json()["events"]
    (standard,) = [event["feedback"] for event in events if event["kind"] == "accepted"]
    erase(call)
    (found,) = call("search", standard[:4], "--json", now=LATER).json()
    assert (found["number"], found["text"]) == ("2026-000001", None)
    assert call("search", TEXT[:4], "--json", now=LATER).json() == []


def test_leftovers_of_killed_backups_are_swept_and_a_running_one_is_let_alone(
    call: Runner, ledger: Path
) -> None:
    marked(call)
    ended(call)
    old, young = (ledger.parent / f".a.db.{sign * 12}.tmp" for sign in "ab")
    foreign = ledger.parent / ".notes.tmp"
    for path in (old, young, foreign):
        shutil.copy(ledger, path)
    fcntl = pytest.importorskip("fcntl")
    with young.open("rb") as running:
        fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
        document = erase(call)
    assert document["swept"] == [str(old)]
    assert not old.exists()
    assert document["unfinished"] == [str(young)]
    assert young.exists()
    assert foreign.exists()


def test_killed_between_the_commit_and_the_new_file_the_next_erasure_finishes(
    call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(call)
    ended(call)

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "compact", killed)
        assert call("erase", "1", *BASIS, now=LATER).code == 130
    sound(ledger)
    kinds = "SELECT kind FROM events WHERE subject = 'erasure' ORDER BY seq"
    assert rows(ledger, kinds) == [("erased",)]
    assert call("erase", "1", *BASIS, now=LATER).code == 0
    assert rows(ledger, kinds) == [("erased",), ("swept",)]
    assert call("erase", "1", *BASIS, now=LATER).code == 0
    assert rows(ledger, kinds) == [("erased",), ("swept",)], "once"
    assert bytes_found(ledger) == []


def test_a_tidying_that_fails_does_not_say_that_nothing_was_saved(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(call)
    ended(call)

    def failing(_: sqlite.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error

    def refused(*_: object) -> None:
        raise InputOutput(f"磁盘已满: {sqlite.UNSAVED}", "请腾出空间后重试。")

    for place, name, fails in ((sqlite, "compact", failing), (erasing, "copies_of", refused)):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, fails)
            done = call("erase", "1", "--basis", "演示申请", "--yes")
        assert done.code == InputOutput.exit_code, done.err
        assert "已经删除并记入台账" in done.err
        assert "没有保存" not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_real_kill_in_the_middle_leaves_nothing_that_the_next_run_does_not_finish(
    call: Runner, ledger: Path
) -> None:
    marked(call)
    for n in range(20):
        call("note", "1", f"{NAME} {PHONE} " + "很长的记事" * 200 + str(n), now=NOW)
    ended(call)
    for moment in ("commit", "before", "within"):
        killed(ledger, moment)
        assert verify(ledger)["findings"] == [], moment
    assert call("erase", "1", *BASIS, now=LATER).code == 0
    assert bytes_found(ledger) == []
    assert [path.name for path in ledger.parent.iterdir()] == [ledger.name]
    sound(ledger)


KILLED = """
import os, signal, sys
from sixping import cli
from sixping.store import sqlite
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def within(con):
    con.set_progress_handler(die, 500)
    con.execute("VACUUM")
moment = sys.argv.pop(1)
if moment == "commit":
    sqlite.commit = die
else:
    sqlite.compact = die if moment == "before" else within
sys.exit(cli.main(sys.argv[1:]))
"""


def killed(ledger: Path, moment: str) -> None:
    """Erase in a process of its own that is killed at a moment."""
    argv = ("--ledger", str(ledger), "erase", "1", *BASIS)
    env = os.environ | {"PYTHONPATH": str(ROOT), "SIXPING_NOW": LATER, "HOME": str(ledger.parent)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment, *argv],
        env=env, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_a_draft_goes_before_the_words_by_which_it_is_found(
    call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(call)
    ended(call)
    draft = tmp_path / ".local" / "state" / "sixping" / "drafts" / "a.json"
    draft.parent.mkdir(parents=True)
    draft.write_text(f'{{"values": {{"phone": "{PHONE[:3]} {PHONE[3:]}"}}}}', encoding="utf-8")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "erase", killed)
        assert call("erase", "1", *BASIS, now=LATER).code == 130
    assert not draft.exists()


def test_who_is_called_as_many_are_is_nobody_elsewhere(call: Runner) -> None:
    call("intake", "井盖缺失", "--reporter", "市民", "--severity", "一般", now=NOW)
    call("intake", "市民反映路灯不亮", now=NOW)
    call("show", "1", "--reveal", "--reason", "市民来访", now=NOW)
    ended(call)
    assert erase(call)["elsewhere"] == []
    assert call("audit", "--json", now=LATER).json()["items"][0]["reason"] == "市民来访"


def test_an_export_that_was_killed_is_swept_too(
    call: Runner, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(call)
    ended(call)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    old, young = temporary / ".sixping-abcd1234", temporary / ".sixping-young_12"
    for folder in (old, young):
        folder.mkdir()
        (folder / "tmp1").write_text(NAME, encoding="utf-8")
    beside = ledger.parent / ".sixping-efgh5678"
    beside.write_text(NAME, encoding="utf-8")
    for path in (old / "tmp1", old, beside):
        os.utime(path, (1_500_000_000, 1_500_000_000))
    document = erase(call)
    assert sorted(document["swept"]) == sorted(map(str, (old, beside)))
    assert document["unfinished"] == [str(young)]
    assert (old.exists(), beside.exists(), young.exists()) == (False, False, True)


def test_a_copy_is_found_in_a_folder_beside_the_ledger_once_and_no_other_file_is_one(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    marked(call)
    ended(call)
    beside, away = ledger.parent / "备份", tmp_path / "away"
    for folder in (beside, away):
        folder.mkdir()
    copies = [ledger.parent / "a.db", ledger.parent / "z.db", beside / "b.db", beside / "c.db"]
    for copy in (*reversed(copies), away / "d.db"):
        shutil.copy(ledger, copy)
    (ledger.parent / "notes.txt").write_text("SQLite", encoding="utf-8")
    with closing(sqlite3.connect(ledger.parent / "others.db")) as con:
        con.execute("CREATE TABLE notes (text)")
    (ledger.parent / "damaged.bin").write_bytes(ledger.read_bytes().replace(b"SQLite", b"Sqlite"))
    (ledger.parent / "link.db").symlink_to(away / "d.db")
    (ledger.parent / "linked").symlink_to(away, target_is_directory=True)
    document = erase(call, "--backups", str(ledger.parent))
    assert document["backups"] == list(map(str, copies))


def test_what_only_bears_the_name_of_a_leftover_is_not_swept(
    call: Runner, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(call)
    ended(call)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    kept = tmp_path / "kept.txt"
    folder = ledger.parent / f".a.db.{'a' * 12}.tmp"
    folder.mkdir()
    foreign = temporary / ".sixping-abcd1234"
    for path in (kept, folder / "mine.txt", foreign):
        path.write_text("自己的文件", encoding="utf-8")
    link = ledger.parent / f".b.db.{'b' * 12}.tmp"
    link.symlink_to(kept)
    for path in (kept, folder / "mine.txt", folder, foreign):
        os.utime(path, (1_500_000_000, 1_500_000_000))
    monkeypatch.setattr(os, "getuid", lambda: foreign.stat().st_uid + 1, raising=False)
    document = erase(call)
    assert (document["swept"], document["unfinished"]) == ([], [])
    assert (folder / "mine.txt").exists()
    assert link.is_symlink()
    assert foreign.exists(), "another account's"


def test_the_ledger_whose_events_were_taken_over_is_a_copy_too(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    marked(call)
    ended(call)
    assert (
        call("export", "events", "--reveal", "--reason", "移交", "-o", "e.jsonl", now=NOW).code == 0
    )
    new = tmp_path / "new" / "l.db"
    for argv in (("init",), ("import", "e.jsonl")):
        done = call("--ledger", str(new), *argv, now=NOW)
        assert done.code == 0, done.err
    folder = ("--backups", str(ledger.parent))
    done = call("--ledger", str(new), "erase", "1", *BASIS, "--json", *folder, now=LATER)
    assert done.json()["backups"] == [str(ledger)]


def test_free_pages_hold_nothing_either(call: Runner, ledger: Path) -> None:
    """Many words, so that pages become free and are used again."""
    marked(call)
    for n in range(40):
        call("note", "1", f"{NAME} {PHONE} " + "很长的记事" * 200 + str(n), now=NOW)
    ended(call)
    with closing(sqlite.open_writer(ledger)) as con:
        con.execute("CREATE TABLE scratch AS SELECT fields FROM told")
        con.execute("DROP TABLE scratch")
    erase(call)
    assert bytes_found(ledger) == []
    assert rows(ledger, "PRAGMA freelist_count") == [(0,)]
    sound(ledger)


def test_words_that_were_erased_and_come_back_are_tampering(call: Runner, ledger: Path) -> None:
    marked(call)
    ended(call)
    erase(call)
    raw(ledger, "INSERT INTO told VALUES (10, x'00', '{\"text\":\"伪造\"}')")
    assert any("又出现" in finding["what"] for finding in verify(ledger)["findings"])


def test_drafts_with_the_same_words_go_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "sixping" / "drafts"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(f'{{"values": {{"phone": "{PHONE}"}}}}', encoding="utf-8")
    (folder / "b.json").write_text('{"values": {"phone": "13800000000"}}', encoding="utf-8")
    assert drop_drafts(lambda said: PHONE in said) == 1
    assert [path.name for path in folder.iterdir()] == ["b.json"]


def test_what_was_planned_is_judged_again_where_it_is_done(call: Runner, ledger: Path) -> None:
    marked(call)
    with pytest.raises(NotAllowed):
        erasing.erase(ledger, stamp(), "2026-000001", "申请")
    ended(call)
    with pytest.raises(UsageFault):
        erasing.erase(ledger, stamp(), "2026-000001", f"{NAME}申请")
    assert bytes_found(ledger)


def test_an_erasure_is_a_plan_first_that_changes_nothing(call: Runner, ledger: Path) -> None:
    marked(call)
    ended(call)
    before = ledger.read_bytes()
    found = erasing.plan(ledger, stamp(), "2026-000001")
    assert found.words["reporter"] == (NAME,)
    assert found.words["place"] == (PLACE, f"{PLACE}对面")
    assert ledger.read_bytes() == before
