"""A number that a paper may name is never given to another case: what a restore lost is skipped."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sixping.store import verify
from sixping.store.rescue.numbers import Known, may_have_been_given, recorded
from tests.conftest import Result, Runner
from tests.kit.ledgerkit import rows

NOW = "2026-11-24T15:00:00+08:00"
LATER = "2026-11-25T15:00:00+08:00"


def taken(call: Runner, text: str, now: str = NOW) -> str:
    done = call("intake", f"演示{text}", now=now)
    assert done.code == 0, done.err
    return done.err.split()[0]


@pytest.fixture
def backup(call: Runner, ledger: Path, tmp_path: Path) -> Path:
    """A backup with one case, behind which the ledger got three more."""
    assert ledger.exists()
    taken(call, "占道")
    file = tmp_path / "备份.db"
    assert call("backup", str(file), now=NOW).code == 0
    for text in ("路灯", "噪声", "垃圾"):
        taken(call, text)
    assert call("anchor", "--append", str(tmp_path / "锚点.jsonl"), now=NOW).code == 0
    return file


def restored(call: Runner, file: Path, *more: str) -> Result:
    done = call("restore", str(file), "--yes", "--reason", "演示", *more, now=LATER)
    assert done.code == 0, done.err
    return done


def facts(ledger: Path, kind: str = "restored") -> dict[str, object]:
    events = rows(ledger, "SELECT kind, facts FROM events ORDER BY seq")
    found: dict[str, object] = json.loads([str(text) for each, text in events if each == kind][-1])
    return found


def sound(call: Runner) -> None:
    for argv in (("verify",), ("rebuild", "--check"), ("rebuild",), ("verify",)):
        done = call(*argv, now=LATER)
        assert done.code == 0, done.out + done.err


def test_numbers_go_on_behind_the_last_that_the_lost_end_gave(
    call: Runner, ledger: Path, backup: Path
) -> None:
    done = restored(call, backup)
    assert "到 2026-000004 为止" in done.err
    assert facts(ledger)["numbered"] == {"2026": 4}
    sound(call)
    assert taken(call, "另一件", now=LATER) == "2026-000005"
    assert call("show", "3", now=LATER).code == 1
    sound(call)


def test_what_is_taken_back_goes_on_behind_both(call: Runner, ledger: Path, backup: Path) -> None:
    restored(call, backup)
    taken(call, "另一件", now=LATER)
    (aside,) = ledger.parent.glob("*.replaced-*")
    restored(call, aside)
    assert facts(ledger)["numbered"] == {"2026": 5}
    assert taken(call, "又一件", now=LATER) == "2026-000006"
    sound(call)


def test_an_anchor_that_counts_says_up_to_where_numbers_were_given(
    call: Runner, ledger: Path, backup: Path, tmp_path: Path
) -> None:
    ledger.unlink()
    restored(call, backup, "--anchor", str(tmp_path / "锚点.jsonl"))
    assert facts(ledger)["numbered"] == {"2026": 4}
    assert taken(call, "另一件", now=LATER) == "2026-000005"
    sound(call)


def test_where_only_an_event_is_known_each_may_have_given_a_number(
    call: Runner, ledger: Path, backup: Path, tmp_path: Path
) -> None:
    before = rows(backup, "SELECT max(seq) FROM events")[0][0]
    seq, link = rows(ledger, "SELECT seq, hex(hash) FROM events ORDER BY seq DESC")[0]
    shutil.rmtree(tmp_path / ".local" / "state", ignore_errors=True)
    (tmp_path / "锚点.jsonl").unlink()
    ledger.unlink()
    paper = tmp_path / "回执.txt"
    paper.write_text(f"{seq}:{str(link)[-16:].lower()}\n", encoding="utf-8")
    restored(call, backup, "--anchor", str(paper))
    lost = int(str(seq)) - int(str(before))
    given = facts(ledger)["numbered"]
    assert given == {"2026": 1 + lost}
    sound(call)


def test_where_nothing_is_lost_nothing_is_skipped(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    taken(call, "占道")
    assert call("backup", str(tmp_path / "备份.db"), now=NOW).code == 0
    done = restored(call, tmp_path / "备份.db")
    assert "不再给出" not in done.err
    assert "numbered" not in facts(ledger)
    assert taken(call, "另一件", now=LATER) == "2026-000002"


def test_a_gap_that_no_restore_tells_of_is_a_finding(
    call: Runner, ledger: Path, backup: Path
) -> None:
    restored(call, backup)
    for value in (3, 5):
        with closing(sqlite3.connect(ledger)) as con, con:
            con.execute("UPDATE counters SET value = ? WHERE name = 'case/2026'", (value,))
        what = [one["what"] for one in verify.verify(ledger)["findings"]]
        assert what == ["2026 年的编号不连续或与计数不符"]


def test_a_case_taken_out_between_is_a_finding(call: Runner, ledger: Path, backup: Path) -> None:
    restored(call, backup)
    taken(call, "另一件", now=LATER)
    with closing(sqlite3.connect(ledger)) as con, con:
        con.execute("DROP TRIGGER events_no_update")
        con.execute("UPDATE events SET subject = '2026-000009' WHERE subject = '2026-000001'")
        con.execute("UPDATE counters SET value = 5 WHERE name = 'case/2026'")
    what = [one["what"] for one in verify.verify(ledger)["findings"]]
    assert "2026 年的编号不连续或与计数不符" in what


def test_a_salvage_skips_what_may_have_been_given_behind_the_break(
    call: Runner, ledger: Path, backup: Path, tmp_path: Path
) -> None:
    ((last,),) = rows(backup, "SELECT max(seq) FROM events")
    broken = tmp_path / "bad.db"
    shutil.copy(ledger, broken)
    with closing(sqlite3.connect(broken)) as con, con:
        con.execute("DROP TRIGGER events_no_update")
        con.execute("UPDATE events SET facts = '{}' WHERE seq = ?", (int(str(last)) + 2,))
    made = tmp_path / "新.db"
    done = call("salvage", str(broken), "--to", str(made), now=LATER)
    assert done.code == 0, done.err
    assert facts(made, "salvaged")["numbered"] == {"2026": 4}
    worse, again = tmp_path / "worse.db", tmp_path / "再.db"
    shutil.copy(made, worse)
    with closing(sqlite3.connect(worse)) as con, con:
        con.execute("DELETE FROM counters")
    done = call("salvage", str(worse), "--to", str(again), now=LATER)
    assert done.code == 0, done.err
    for file in (made, again):  # the gap outlives a second salvage
        answer = call("--ledger", str(file), "intake", "演示另一件", now=LATER)
        assert answer.err.split()[0] == "2026-000005"
        assert call("--ledger", str(file), "verify", now=LATER).code == 0


def test_a_ledger_with_skipped_numbers_is_taken_over_with_them(
    call: Runner, backup: Path, tmp_path: Path
) -> None:
    restored(call, backup)
    events = tmp_path / "流水.jsonl"
    out = call("export", "events", "-o", str(events), "--reveal", "--reason", "演示", now=LATER)
    assert out.code == 0, out.err
    other = ("--ledger", str(tmp_path / "接收.db"))
    assert call(*other, "init", now=LATER).code == 0
    done = call(*other, "import", str(events), now=LATER)
    assert done.code == 0, done.err
    assert call(*other, "verify", now=LATER).code == 0
    answer = call(*other, "intake", "演示另一件", now=LATER)
    assert answer.err.split()[0] == "2026-000005"


@pytest.mark.parametrize(
    "said",
    [
        None, [], {"numbered": 7}, {"numbered": {"2026": "7"}}, {"numbered": {"26": 7}},
        {"numbered": {"2026": -1}}, {"numbered": {"2026": 10**9}}, {"numbered": {"2026": True}},
    ],
)  # fmt: skip
def test_what_nobody_recorded_so_skips_nothing(said: object) -> None:
    assert recorded(said) == {}


def test_a_slip_of_a_witness_does_not_carry_the_numbers_away() -> None:
    kept = Known(10, {"2026": 3})
    assert may_have_been_given(kept, [], 10**12, [2026]) == {}
    assert may_have_been_given(kept, [Known(20, {"2026": 5})], 10**12, [2026]) == {"2026": 5}
    assert may_have_been_given(kept, [Known(20, {"2026": 10**6})], 20, [2026]) == {"2026": 20}
    assert may_have_been_given(kept, [Known(20, {"2026": 5})], 22, [2026, 2027]) == {
        "2026": 7, "2027": 2,
    }  # fmt: skip
