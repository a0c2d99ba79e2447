"""Repeats are offered where a report comes in, from candidates that an index finds."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sixping.ledger import transaction
from sixping.queries import similar
from sixping.services.upkeep import books
from sixping.store import verify
from sixping.store.bulk import BulkStep, append_many
from sixping.store.sqlite import reading
from sixping.util.clock import to_text
from tests.kit.ledgerkit import DAY, NOW, PHONE, governing, make, report, rows, stamp
from tests.kit.street import adopt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import Runner

MONDAY = "2026-11-23T09:00:00+08:00"
BARBECUE = "演示大道68号门口每晚有人摆烧烤摊, 油烟呛人, 一直吵到半夜, 请尽快处理。"
AGAIN = "演示大道68号的烧烤摊每天晚上出来, 油烟大, 吵到半夜, 请处理一下"
POTHOLE = "演示路口的窨井盖没了, 夜里看不清, 有人摔倒"


def intake(call: Runner, text: str, *more: str, now: str = MONDAY) -> dict[str, Any]:
    found: dict[str, Any] = call("intake", text, *more, "--json", now=now).json()
    return found


@pytest.mark.usefixtures("ledger")
def test_a_repeat_is_offered_with_score_reasons_and_the_way_to_merge(call: Runner) -> None:
    intake(call, BARBECUE, "--phone", PHONE)
    intake(call, POTHOLE)
    result = call("intake", AGAIN, "--phone", "+86 138-0000-0000", now=MONDAY)
    assert "2026-000001" in result.err
    assert "同一电话, 同一门牌, 内容相近" in result.err
    assert "sixping merge 2026-000003 --into 2026-000001" in result.err
    assert "2026-000002" not in result.err
    assert PHONE not in result.err + result.out


@pytest.mark.usefixtures("ledger")
def test_json_of_intake_and_show_carry_the_same_duplicates(call: Runner) -> None:
    assert intake(call, BARBECUE)["duplicates"] == []
    (offer,) = intake(call, AGAIN)["duplicates"]
    assert offer.keys() == {"number", "score", "reasons", "status", "received_at"}
    assert (offer["number"], offer["status"]) == ("2026-000001", "待受理")
    assert offer["received_at"] == MONDAY
    assert 60 <= offer["score"] <= 100
    assert call("show", "2", "--json", now=MONDAY).json()["duplicates"] == [offer]
    assert "2026-000001 " in call("show", "2", now=MONDAY).out
    (back,) = call("show", "1", "--json", now=MONDAY).json()["duplicates"]
    assert back["number"] == "2026-000002"


@pytest.mark.usefixtures("ledger")
def test_every_line_of_a_bulk_intake_is_held_against_those_before_it(call: Runner) -> None:
    lines = "".join(json.dumps({"text": t}) + "\n" for t in (BARBECUE, POTHOLE, AGAIN))
    out = call("intake", "--jsonl", stdin=lines, now=MONDAY).out
    offered = [[d["number"] for d in json.loads(line)["duplicates"]] for line in out.splitlines()]
    assert offered == [[], [], ["2026-000001"]]


@pytest.mark.usefixtures("ledger")
def test_a_case_that_just_ended_is_named_but_not_to_be_merged_into(call: Runner) -> None:
    intake(call, BARBECUE)
    assert call("decline", "1", "--reason", "不属本街道", now=MONDAY).code == 0
    result = call("intake", AGAIN, now=MONDAY)
    assert "不予受理" in result.err
    assert "merge" not in result.err
    assert call("show", "1", "--json", now=MONDAY).json()["duplicates"] == []


@pytest.mark.usefixtures("ledger")
def test_a_text_alone_counts_for_a_month_an_open_case_of_the_same_phone_longer(
    call: Runner,
) -> None:
    intake(call, BARBECUE, now="2026-10-01T09:00:00+08:00")
    assert intake(call, AGAIN)["duplicates"] == []
    intake(call, BARBECUE, "--phone", PHONE, now="2026-10-02T09:00:00+08:00")
    offered = intake(call, AGAIN, "--phone", PHONE)["duplicates"]
    assert {d["number"] for d in offered} == {"2026-000002", "2026-000003"}


@pytest.mark.usefixtures("ledger")
def test_a_street_sets_its_own_threshold(call: Runner, tmp_path: Path) -> None:
    from sixping.util.datafiles import read

    text, _ = read("policy.toml")
    own = tmp_path / "own"
    own.mkdir()
    before = "[edition.readings.repeat_score]\nvalue = 60"
    assert before in text
    (own / "policy.toml").write_text(text.replace(before, before.replace("60", "99")))
    intake(call, BARBECUE)
    adopt(call, own)
    assert call("intake", AGAIN, "--json", now=MONDAY).json()["duplicates"] == []


@pytest.mark.usefixtures("ledger")
def test_a_step_that_shows_no_repeats_does_not_look_for_them(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake(call, BARBECUE)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(similar, "report", never)
    assert call("accept", "1", now=MONDAY).code == 0


# --- candidates ------------------------------------------------------------------------


def near(path: Path, number: str, cap: int = 200) -> list[str]:
    with reading(path) as con:
        own = similar.report(con, number)
        assert own is not None
        found = similar.candidates(
            con, own, since=to_text(NOW - 30 * DAY), until=to_text(NOW + 30 * DAY), cap=cap
        )
    return sorted(side.number for side in found)


def filled(folder: Path, *values: Mapping[str, object]) -> Path:
    path = make(folder)
    minute = timedelta(minutes=1)
    with transaction(path, stamp()) as work:
        append_many(
            work,
            (
                BulkStep(report(**more), NOW - (len(values) - n) * minute)  # type: ignore[arg-type]
                for n, more in enumerate(values)
            ),
            governing,
        )
    return path


def test_another_community_is_no_candidate_but_none_at_all_may_be_any(tmp_path: Path) -> None:
    said: dict[str, object] = {"phone": None, "place": None}
    path = filled(
        tmp_path,
        said | {"community": "江一社区"},
        said | {"community": "江二社区"},
        said | {"community": None},
        said | {"community": "江一社区"},
    )
    assert near(path, "2026-000004") == ["2026-000001", "2026-000003"]
    assert near(path, "2026-000003") == ["2026-000001", "2026-000002", "2026-000004"]


def test_the_same_phone_and_place_are_found_in_any_community(tmp_path: Path) -> None:
    path = filled(
        tmp_path,
        {"community": "江二社区", "phone": "138 0000 0000"},
        {"community": "江二社区", "phone": None, "place": "演示大道 68号"},
        {"community": "江二社区", "phone": None, "place": "演示大道86号"},
        {"community": "江一社区", "phone": PHONE, "place": "演示大道68号"},
    )
    assert near(path, "2026-000004") == ["2026-000001", "2026-000002"]


def test_the_candidates_are_capped_and_a_hotline_number_does_not_fill_them(
    tmp_path: Path,
) -> None:
    hotline: dict[str, object] = {"community": "江二社区", "phone": "057112345000"}
    path = filled(
        tmp_path,
        *({"community": "江一社区", "phone": None} for _ in range(30)),
        *(hotline for _ in range(60)),
        hotline | {"community": "江一社区"},
    )
    found = near(path, "2026-000091", cap=20)
    assert len(found) == 20
    assert "2026-000030" in found
    assert "2026-000090" in found


def test_erasing_what_was_told_erases_the_comparable_forms(tmp_path: Path) -> None:
    path = filled(tmp_path, {"place": "演示大道68号"}, {"community": "江二社区"})
    assert rows(path, "SELECT seq, form FROM traces ORDER BY seq, form") == [
        (2, f"tel:{PHONE}"),
        (2, "演示大道68号"),
        (3, f"tel:{PHONE}"),
    ]
    assert near(path, "2026-000002") == ["2026-000001"]
    with transaction(path, stamp()) as work:
        work.erase([2], "本人申请删除")
    assert rows(path, "SELECT seq FROM traces") == [(3,)]
    assert near(path, "2026-000002") == []
    assert verify.verify(path)["ok"]
    assert "演示大道68号".encode() not in path.read_bytes()


def test_one_by_one_and_in_bulk_leave_the_same_traces(tmp_path: Path) -> None:
    bulk = filled(tmp_path, {"place": "演示大道 68号"})
    single = make(tmp_path / "single")
    with transaction(single, stamp()) as work:
        at = NOW - timedelta(minutes=1)
        number, event = work.next_number(2026), report(place="演示大道 68号")
        work.append(number, event, at, before=None, rules=governing)
    assert rows(bulk, "SELECT * FROM traces") == rows(single, "SELECT * FROM traces")
    raised = shutil.copy(bulk, tmp_path / "copy.db")
    assert books.rebuild(raised, stamp()) == []


def test_every_way_to_a_candidate_is_an_index(tmp_path: Path) -> None:
    path = filled(tmp_path, {"place": "演示大道68号"})
    with reading(path) as con:
        own = similar.report(con, "2026-000001")
        assert own is not None
        seen: list[str] = []
        con.set_trace_callback(seen.append)
        similar.candidates(con, own, since=MONDAY, until=MONDAY, cap=5)
        con.set_trace_callback(None)
        plans = [row[3] for sql in seen for row in con.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(seen) == 8
    assert not [plan for plan in plans if "SCAN" in plan or "TEMP B-TREE" in plan]
