# ruff: noqa: S608 - statements are put together from the schema's own names
"""One transaction a command: all of it or nothing, whoever else writes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sixping import ledger
from sixping.cases.model import Case, Clock
from sixping.errors import BadData, LedgerBusy, LedgerUnusable, NotAllowed, NotFound
from sixping.policy.vocabulary import Severity, Status
from sixping.services.upkeep import books
from sixping.store import sqlite, verify
from sixping.store.files import create
from sixping.store.requests import identities
from sixping.store.rows import SAID_COLUMNS, STATE_COLUMNS, TERM_COLUMNS
from tests.kit import events as ev
from tests.kit.deadline import killed_after
from tests.kit.ledgerkit import (
    CLOCKS,
    DAY,
    NOW,
    PHONE,
    STATES,
    do,
    governing,
    lived,
    make,
    raw,
    report,
    rows,
    stamp,
    take_in,
)

ROOT = Path(__file__).parents[2]


def test_a_new_ledger_is_private_and_its_first_event_holds_the_seed(tmp_path: Path) -> None:
    path = make(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["street.db"]
    assert rows(path, "SELECT seq, stream, subject, kind FROM events") == [
        (1, "organisation", "ledger", "initialised")
    ]
    ((facts,),) = rows(path, "SELECT facts FROM events")
    ((secret,),) = rows(path, "SELECT value FROM meta WHERE key = 'handle_key'")
    sealed = sha256(bytes.fromhex(str(secret))).hexdigest()
    assert json.loads(str(facts)) == {"format": 3, "secret": sealed, "units": ["城管中队"]}


def test_a_ledger_is_never_overwritten(tmp_path: Path) -> None:
    path = make(tmp_path)
    before = path.read_bytes()
    with pytest.raises(NotAllowed, match="已经存在"):
        create(path, stamp(), {})
    assert path.read_bytes() == before


def test_a_dangling_link_is_not_followed_when_a_ledger_is_made(tmp_path: Path) -> None:
    (tmp_path / "a.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(NotAllowed):
        create(tmp_path / "a.db", stamp(), {})
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_whole_case_is_replayed_from_its_log(tmp_path: Path) -> None:
    """Report, acceptance, assignment, note, result: 办结 after five events."""
    path, number = lived(tmp_path)
    with ledger.transaction(path, stamp()) as work:
        case = work.case(number)
        assert (case.status, case.version, case.lead) == (Status.RESOLVED, 5, "城管中队")
        assert work.entries(number)[0].event.text == "江南大道占道经营"  # type: ignore[attr-defined]
        assert work.head()[0] == 7
    assert verify.verify(path)["ok"]


def test_only_a_record_of_the_past_is_no_statement_about_it(tmp_path: Path) -> None:
    """An imported case lies in the past by nature; an event of that name elsewhere does not."""
    path = make(tmp_path)
    with ledger.transaction(path, stamp()) as work:
        seq = work.note("job", "x", "imported", {}, at=NOW - timedelta(hours=1))
    assert rows(path, f"SELECT remarks FROM events WHERE seq = {seq}") == [('["stated_past"]',)]


def test_rows_hold_from_one_seq_to_the_next_and_a_note_opens_none(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    of = f"WHERE number = '{number}'"
    states = f"SELECT from_seq, to_seq, version, last_seq, status FROM case_states {of}"
    assert rows(path, states) == [
        (2, 3, 1, 2, "待受理"),
        (3, 4, 2, 3, "待分派"),
        (4, 6, 4, 5, "办理中"),  # the note only moved version and last_seq
        (6, None, 5, 6, "已办结"),
    ]
    clocks = f"SELECT kind, from_seq, to_seq, stopped IS NULL FROM clock_states {of} ORDER BY 1, 2"
    assert rows(path, clocks) == [
        ("accept", 2, 3, 1), ("accept", 3, None, 0), ("ceiling", 2, 6, 1), ("ceiling", 6, None, 0),
        ("finish", 2, 6, 1), ("finish", 6, None, 0),
    ]  # fmt: skip


def test_every_field_of_a_case_and_a_clock_is_projected() -> None:
    """A field added to the model must reach the tables, or reports would not see it."""
    derived = {"open", "owes_feedback", "urge_level", "urge_since", "urge_answer_by"}
    columns = {"number", "version", "clocks", *STATE_COLUMNS, *SAID_COLUMNS} - derived
    assert {f.name for f in fields(Case)} == columns | {
        "since",
        "confirmed",
        "own",
    }  # of the replay
    of_the_replay = {"holds", "shared", "born_late", "extended"}
    assert {f.name for f in fields(Clock)} == {"kind", "round", *of_the_replay, *TERM_COLUMNS}


def test_an_exception_in_the_middle_leaves_nothing_and_no_gap(tmp_path: Path) -> None:
    path = make(tmp_path)

    def fail_after_appending() -> None:
        with ledger.transaction(path, stamp()) as work:
            work.append(work.next_number(2026), report(), NOW, before=None, rules=governing)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_appending()
    assert take_in(path) == "2026-000001"
    assert verify.verify(path)["ok"]


def test_a_step_that_is_not_admitted_is_not_recorded(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    with pytest.raises(NotAllowed):
        do(path, number, ev.Resolved())
    assert len(rows(path, "SELECT 1 FROM events")) == 2


def test_a_case_that_moved_on_since_it_was_read_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    with ledger.transaction(path, stamp()) as work:
        stale = work.case(number)
    do(path, number, ev.Noted(text="x"))
    with pytest.raises(NotAllowed, match="改动过"), ledger.transaction(path, stamp()) as work:
        work.append(number, ev.Noted(text="y"), NOW, before=stale, rules=governing)


def test_unknown_numbers_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound), ledger.transaction(make(tmp_path), stamp()) as work:
        work.case("2026-000009")


def test_a_request_is_known_by_its_id_and_its_content(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path, key="a")
    with ledger.transaction(path, stamp()) as work:
        assert work.request("id:a", b"c") == (number, True)
        assert work.request("id:a", b"other") == (number, False)
        assert work.request("id:b", b"c") is None
    with pytest.raises(sqlite3.IntegrityError):
        take_in(path, key="a")  # the handle is unique even if nobody asked
    assert len(rows(path, "SELECT 1 FROM events")) == 2


def test_a_rebuild_knows_a_request_again_with_its_content(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path, key="a")
    for damage in ("DELETE FROM requests", "DELETE FROM meta WHERE key = 'handle_key'"):
        raw(path, damage)
        assert not verify.verify(path)["ok"]
        books.rebuild(path, stamp())
        assert verify.verify(path)["ok"]
        with ledger.transaction(path, stamp()) as work:
            assert work.request("id:a", b"c") == (number, True)
            assert work.request("id:a", b"other") == (number, False)


def test_without_its_secret_a_ledger_takes_in_no_request_it_might_have(tmp_path: Path) -> None:
    path = make(tmp_path)
    take_in(path, key="a")
    for key in ("", "00", "no hex", "' || x'00"):
        raw(
            path,
            "UPDATE meta SET value = '{}' WHERE key = 'handle_key'".format(key.replace("'", "''")),
        )
        with pytest.raises(LedgerUnusable, match="密钥"):
            take_in(path, key="a")
    assert len(rows(path, "SELECT 1 FROM events")) == 2


def test_nothing_personal_or_guessable_stands_in_the_chain(tmp_path: Path) -> None:
    """Only salted or keyed digests of what people said, none of which a guess can try."""
    path = make(tmp_path)
    with ledger.transaction(path, stamp()) as work:
        event = report(source_no="网字88号", request_id="r-13800000001", row='["甲",null]')
        number, case = work.next_number(2026), None
        sent = ev.Referred(to="区演示局演示乙", content="演示", receipt="收文9号")
        for step in (event, ev.Accepted(), ev.Regraded(severity=Severity.MAJOR), sent):
            case, _ = work.append(number, step, NOW, before=case, rules=governing, content=b"c")
    chained = repr(rows(path, "SELECT * FROM events")) + repr(rows(path, STATES))
    said = ["江南大道", PHONE, "网字", "r-138", '甲\\",null', "区演示局", "演示乙", "收文"]
    assert not [word for word in said if word in chained]
    handles = [*rows(path, "SELECT handle FROM requests")]
    assert len(handles) == 2  # of the request and of the number; the row tells numbers apart
    private = json.loads(str(rows(path, "SELECT fields FROM told WHERE seq = 2")[0][0]))
    guesses = [*private.values(), *identities(event.channel, private), "c"]
    blobs = repr(rows(path, "SELECT sealed FROM events") + handles)
    for guess in guesses:
        assert repr(sha256(guess.encode()).digest()[:16])[2:-1] not in blobs
        assert sha256(guess.encode()).hexdigest()[:32] not in private["digest"]


def test_what_is_said_twice_is_sealed_under_two_salts(tmp_path: Path) -> None:
    path = make(tmp_path)
    for _ in range(2):
        take_in(path)
    with ledger.transaction(path, stamp()) as work:
        for _ in range(2):
            work.note("duty", "演示", "noted", {}, {"reason": "演示"})
    told = rows(path, "SELECT salt, length(salt) FROM told")
    assert len(set(told)) == len(told) == 4
    assert {length for _, length in told} == {16}
    sealed = rows(path, "SELECT sealed FROM events WHERE sealed IS NOT NULL")
    assert len(set(sealed)) == 4, "who compares the chain's seals learns of no repeat"


@pytest.mark.parametrize("name", ["text", "place", "reporter", "phone", "row"])
def test_rows_without_a_number_that_differ_in_anything_are_two_reports(name: str) -> None:
    said = {"text": "甲", "place": "乙", "reporter": "丙", "phone": PHONE, "row": "[]"}
    assert identities("网格", said) != identities("网格", said | {name: "13800000001"})


def test_a_void_is_not_stated_before_the_case_was_received(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    do(path, number, ev.Accepted())
    void = ev.Voided(seq=3, reason="演示")
    with ledger.transaction(path, stamp()) as work:
        case = work.case(number)
        with pytest.raises(NotAllowed, match="撤销一步的时间早于"):
            work.append(number, void, NOW - DAY, before=case, rules=governing)
    do(path, number, void)


def test_voiding_replays_without_the_entry_as_of_the_void(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    do(path, number, ev.Accepted(), ev.Assigned(lead="城管中队"))
    do(path, number, ev.Voided(seq=4, reason="派错了"))
    assert rows(path, "SELECT status, lead, from_seq, version FROM cases") == [
        ("待分派", None, 5, 4)
    ]
    assert rows(path, "SELECT * FROM voids") == [(4, 5)]
    assert rows(path, "SELECT kind FROM steps") == [("reported",), ("accepted",), ("voided",)]
    do(path, number, ev.Assigned(lead="江一社区"))
    assert verify.verify(path)["ok"]


def test_remarks_tell_of_stated_clocks_past_times_and_clocks_gone_back(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    with ledger.transaction(path, stamp(NOW - DAY, stated=True)) as work:
        work.append(number, ev.Noted(text="x"), NOW, before=work.case(number), rules=governing)
    with ledger.transaction(path, stamp(NOW + DAY)) as work:
        work.append(number, ev.Noted(text="y"), NOW, before=work.case(number), rules=governing)
    assert rows(path, "SELECT remarks FROM events WHERE seq > 1") == [
        (None,), ('["stated_now","clock_back"]',), ('["stated_past"]',),
    ]  # fmt: skip
    result = verify.verify(path)
    assert result["ok"]
    assert {r["remark"] for r in result["remarks"]} == {
        "stated_now", "clock_back", "stated_past",
    }  # fmt: skip


def test_two_minutes_back_are_no_remark(tmp_path: Path) -> None:
    path = make(tmp_path)
    for back, remark in ((120, None), (121, '["clock_back"]')):
        with ledger.transaction(path, stamp(NOW.replace(minute=30))) as work:
            work.note("job", "x", "ran", {})
        now = NOW.replace(minute=30) - back * (DAY / 86400)
        with ledger.transaction(path, stamp(now)) as work:
            seq = work.note("job", "x", "ran", {})
        assert rows(path, f"SELECT remarks FROM events WHERE seq = {seq}") == [(remark,)]


def test_broken_encoding_is_refused_as_bad_data(tmp_path: Path) -> None:
    path = make(tmp_path)
    with pytest.raises(BadData):
        take_in(path, "坏\udcff字")
    assert take_in(path, "\U0001f600 100,000 字: " + "道" * 100_000) == "2026-000001"
    assert verify.verify(path)["ok"]


def test_bulk_makes_the_rows_that_append_makes(tmp_path: Path) -> None:
    from sixping.store.bulk import BulkStep, append_many

    events = [report(f'第 {i} 件 "引号"\n换行') for i in range(7)]
    events = [replace(event, request_id=f"{i}") for i, event in enumerate(events)]
    events[3] = replace(events[3], anonymous=True, suggestion={"a": [1, None]}, phone=None)
    one, many = make(tmp_path / "one"), make(tmp_path / "many")
    with ledger.transaction(one, stamp()) as work:
        for event in events:
            number = work.next_number(2026)
            case, _ = work.append(number, event, NOW, before=None, rules=governing)
        work.append(number, ev.Accepted(), NOW, before=case, rules=governing)
    with ledger.transaction(many, stamp()) as work:
        items = [BulkStep(e, NOW) for e in events]
        items.append(BulkStep(ev.Accepted(), NOW, "2026-000007"))
        assert append_many(work, items, governing) == 8
    for sql in (
        STATES,
        CLOCKS,
        "SELECT * FROM counters",
        "SELECT seq, json_remove(fields, '$.digest') FROM told",
        "SELECT seq, subject, version, kind, at, facts, remarks FROM events WHERE seq > 1",
        "SELECT count(*) FROM requests",
    ):
        assert rows(one, sql) == rows(many, sql)
    assert verify.verify(many)["ok"]


WRITER = """
import sys
sys.path[:0] = [{root!r}]
from tests.kit.ledgerkit import take_in
from pathlib import Path
for i in range(int(sys.argv[2])):
    print(take_in(Path(sys.argv[1]), key=f"id:{{sys.argv[3]}}-{{i}}"), flush=True)
"""


def writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    code = WRITER.format(root=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(count), name],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_eight_processes_take_in_fifty_each_without_error_or_gap(tmp_path: Path) -> None:
    path = make(tmp_path)
    desks = [writer(path, 50, str(i)) for i in range(8)]
    numbers = [line for desk in desks for line in desk.communicate(timeout=120)[0].split()]
    assert [desk.returncode for desk in desks] == [0] * 8
    assert sorted(numbers) == [f"2026-{i:06d}" for i in range(1, 401)]
    assert verify.verify(path)["ok"]


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = make(tmp_path)
    acknowledged: list[str] = []
    for i in range(8):
        desk = writer(path, 10_000, str(i))
        assert desk.stdout is not None
        with killed_after(120, desk):
            acknowledged += [desk.stdout.readline().strip() for _ in range(2 + i)]
        desk.kill()
        acknowledged += desk.communicate(timeout=120)[0].split()
    kept = {n for (n,) in rows(path, "SELECT number FROM cases")}
    assert set(acknowledged) <= kept
    assert len(set(acknowledged)) == len(acknowledged)
    assert verify.verify(path)["ok"]


def test_a_busy_ledger_says_so_and_nothing_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy, match="没有保存"):
            take_in(path)
    assert take_in(path) == "2026-000001"


def test_a_commit_that_fails_says_what_became_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()  # holds the file at COMMIT
        with pytest.raises(LedgerBusy, match="没有保存"):
            take_in(path)
    assert len(rows(path, "SELECT 1 FROM events")) == 1


def test_a_full_disk_is_input_output_and_loses_nothing(tmp_path: Path) -> None:
    from sixping.errors import InputOutput

    path = make(tmp_path)
    take_in(path)

    def overfill() -> None:
        with ledger.transaction(path, stamp()) as work:
            (pages,) = work.con.execute("PRAGMA page_count").fetchone()
            work.con.execute(f"PRAGMA max_page_count = {pages}")
            number, event = work.next_number(2026), report("长" * 100_000)
            work.append(number, event, NOW, before=None, rules=governing)

    with pytest.raises(InputOutput, match=r"磁盘已满.*没有保存"):
        overfill()
    assert len(rows(path, "SELECT 1 FROM events")) == 2
    assert verify.verify(path)["ok"]


def test_events_are_neither_changed_nor_replaced_nor_deleted_by_us(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    for statement in (
        "UPDATE events SET at = 'x' WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 2",
    ):
        with closing(sqlite.open_writer(path)) as con:
            con.execute("PRAGMA foreign_keys=OFF")  # the triggers alone must hold
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                con.execute(statement)


def test_a_counter_that_disagrees_stops_all_writing(tmp_path: Path) -> None:
    path = make(tmp_path)
    raw(path, "UPDATE counters SET value = 9 WHERE name = 'seq'")
    with pytest.raises(LedgerUnusable, match="对不上"):
        take_in(path)


def test_an_erasure_takes_what_a_request_is_found_by(tmp_path: Path) -> None:
    path = make(tmp_path)
    take_in(path, key="a")
    with ledger.transaction(path, stamp()) as work:
        by = work.erase([1, 2, 99], "本人申请")
        assert work.request("id:a", b"c") is None
    assert rows(path, "SELECT * FROM erasures") == [(2, by)], "where nothing lay, nothing went"
    assert rows(path, "SELECT count(*) FROM told WHERE seq = 2") == [(0,)]
    assert rows(path, "SELECT count(*) FROM requests") == [(0,)]
    assert verify.verify(path)["ok"]
    assert take_in(path, key="a") == "2026-000002"
