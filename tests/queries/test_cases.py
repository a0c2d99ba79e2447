"""Reading: filters, search, what supervisors watch, and the past as it was known."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from sixping.cases.model import full_number
from sixping.errors import NotFound, UsageFault
from sixping.ledger import transaction
from sixping.policy.vocabulary import Severity, Status
from sixping.queries import cases, limits
from sixping.queries.cases import WAITING
from sixping.store import chain
from sixping.store.rows import CASE_COLUMNS, CLOCK_COLUMNS, EVENT_COLUMNS
from sixping.store.sqlite import reading
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import (
    DAY,
    NOW,
    do,
    governing,
    lived,
    make,
    report,
    rows,
    stamp,
    take_in,
)

START, END = to_text(NOW - DAY), to_text(NOW + 30 * DAY)


def test_numbers_may_be_short() -> None:
    assert full_number("123", 2026) == "2026-000123"
    assert full_number("2025-000007", 2026) == "2025-000007"
    assert full_number(" 2025-7 ", 2026) == "2025-000007"
    for wrong in ("", "abc", "26-1", "2026-", "2026--1", "１２", "1e3", "-5", "9" * 12):
        with pytest.raises(UsageFault):
            full_number(wrong, 2026)


def test_a_case_is_shown_as_it_stands_and_as_it_stood(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with reading(path) as con:
        assert cases.case(con, number).status == "已办结"
        assert cases.case(con, number, 4).status == "办理中"
        assert cases.private_of(cases.case(con, number))["text"] == "江南大道占道经营"
        assert [c.kind for c in limits.clocks(con, number)] == ["accept", "finish", "ceiling"]
        assert [c.stopped for c in limits.clocks(con, number, 2)] == [None, None, None]
        with pytest.raises(NotFound):
            cases.case(con, number, 1)
        kinds = [e.kind for e in cases.events(con, number)]
        assert kinds == ["reported", "accepted", "assigned", "noted", "resolved"]
        assert len(cases.events(con, number, 3)) == 2
        assert cases.head(con, 3)[0] == 3
        assert [e.seq for e in cases.log(con, since=2, limit=2)[0]] == [6, 7]
        assert [e.kind for e in cases.log(con, stream="organisation")[0]] == ["initialised"]


def test_open_cases_come_nearest_due_first_and_a_limit_says_what_it_left(tmp_path: Path) -> None:
    path = make(tmp_path)
    for days in (9, 3, 6):
        with transaction(path, stamp()) as work:
            received = NOW + timedelta(days=days - 9)
            work.append(work.next_number(2026), report(), received, before=None, rules=governing)
    take_in(path)
    do(path, "2026-000004", ev.Accepted())
    with reading(path) as con:
        found, left = cases.list_cases(con)
        assert [r.number[-1] for r in found] == ["2", "3", "1", "4"]
        assert left == 0
        found, left = cases.list_cases(con, limit=1)
        assert ([r.number[-1] for r in found], left) == (["2"], 3)


def test_each_filter_filters(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with reading(path) as con:
        assert len(cases.list_cases(con)[0]) == 1
        assert len(cases.list_cases(con, every=True)[0]) == 2
        assert len(cases.list_cases(con, every=True, unit="城管中队")[0]) == 1
        assert len(cases.list_cases(con, every=True, unit="江一社区")[0]) == 1  # assists
        assert cases.list_cases(con, every=True, unit="江")[0] == []
        assert [r.number for r in cases.list_cases(con, status="已办结")[0]] == [number]
        assert len(cases.list_cases(con, community="江一社区", severity="一般")[0]) == 1
        assert cases.list_cases(con, channel="x", grid="y", platform="z", category="q")[0] == []
        assert cases.list_cases(con, every=True, end=START)[0] == []
        assert len(cases.list_cases(con, every=True, start=START, end=END)[0]) == 2
        with pytest.raises(TypeError):
            cases.list_cases(con, lead="x")


def test_search_needs_every_term_anywhere_in_the_case_and_takes_signs_literally(
    tmp_path: Path,
) -> None:
    path, number = lived(tmp_path)
    with reading(path) as con:

        def search(*terms: str) -> list[str]:
            return [r.number for r in cases.search(con, terms)[0]]

        assert search("占道") == [number]
        assert search("占道", "现场", "已清理") == [number]  # report, note and result
        assert search("占道", "窨井盖") == []
        assert len(search("2026-0000")) == 2
        assert search("%") == search("_") == search("'") == search("\\") == []
        assert search("13800000000") == search("演示甲") == []  # never by person


def test_running_clocks_of_open_cases_only(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    with reading(path) as con:
        horizon = to_text(NOW + 8 * DAY)
        kinds = [(r.case.number[-1], r.kind) for r in cases.running(con, horizon)]
        assert kinds == [("2", "accept"), ("2", "finish")]
        assert len(cases.running(con, to_text(NOW + 2 * DAY))) == 1
        past = [(r.case.number[-1], r.kind) for r in cases.running(con, horizon, 3)]
        assert past == [("1", "finish")]


def test_what_waits_is_listed_by_what_it_waits_for(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with transaction(path, stamp()) as work:
        serious = work.next_number(2026)
        event = report(severity=Severity.SERIOUS)
        case, _ = work.append(serious, event, NOW, before=None, rules=governing)
        work.append(serious, ev.Accepted(), NOW, before=case, rules=governing)
    do(path, "2026-000002", ev.Accepted(), ev.Assigned(lead="城管中队"))

    def waiting(what: str) -> list[str]:
        with reading(path) as con:
            return [r.number for r in cases.waiting(con, what)]

    assert waiting("decision") == [serious]
    assert waiting("feedback") == [number]
    assert waiting("unsigned") == ["2026-000002"]
    do(path, "2026-000002", ev.Returned(reason="不属本单位"))
    do(path, number, ev.FedBack(text="已告知"), at=NOW + 3 * DAY)
    assert waiting("returned") == ["2026-000002"]
    assert waiting("unsigned") == waiting("feedback") == []


def test_the_states_named_in_sql_are_states_of_the_model() -> None:
    conditions = " ".join(which for which, _ in WAITING.values())
    found = re.findall(r"m\.status IN \('(.+?)'\)", conditions)
    assert len(found) == 6
    words = [word for words in found for word in words.split("', '")]
    assert set(words) <= {str(status) for status in Status}


def test_hot_queries_use_their_partial_indexes(tmp_path: Path) -> None:
    """Flat at a million cases: nothing may scan a whole table."""
    with reading(make(tmp_path)) as con:
        seen: list[str] = []
        con.set_trace_callback(seen.append)
        cases.running(con, END)
        for what in ("decision", "unsigned", "returned", "urge", "feedback"):
            cases.waiting(con, what)
        cases.list_cases(con)
        con.set_trace_callback(None)
        for sql in seen:
            plan = [row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {sql}")]
            for line in plan:
                indexed = "USING" in line or not line.startswith(("SCAN", "SEARCH"))
                of_all = line.startswith("SCAN") and ("case_near" in line or "received" in line)
                assert indexed, (sql, plan)
                assert not of_all, (sql, plan)


def test_readers_import_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import sys, sixping.queries.cases; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    ).stdout.split()
    heavy = {
        "sqlmodel",
        "sqlalchemy",
        "rich",
        "hashlib",
        "socket",
        "sixping.ledger",
        "typing_extensions",
    }
    assert heavy.isdisjoint(loaded)


def test_a_reader_keeps_one_state_while_others_write(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    with reading(path) as con:
        assert cases.head(con)[0] == 7
    take_in(path)
    assert rows(path, "SELECT max(seq) FROM events") == [(8,)]
    with reading(path) as con, pytest.raises(Exception, match="readonly"):
        con.execute("DELETE FROM told")


def test_the_rows_are_typed_as_the_tables_are(tmp_path: Path) -> None:
    assert (*chain.FIELDS, "hash") == EVENT_COLUMNS
    with reading(make(tmp_path)) as con:
        tables = {
            "events e JOIN sources o ON o.id = e.source": (*EVENT_COLUMNS, "id", "source"),
            "case_states": CASE_COLUMNS,
            "clock_states": CLOCK_COLUMNS,
        }
        for table, columns in tables.items():
            found = con.execute(f"SELECT * FROM {table}").description  # noqa: S608
            assert {column[0] for column in found} == set(columns)
