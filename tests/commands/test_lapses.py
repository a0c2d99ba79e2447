"""The list of failures as supervisors and cron run it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sixping.reports.lapses import lapses
from sixping.reports.responsibility import Ground, trail
from sixping.services.rulebooks import rulebooks_of
from sixping.store.log import read_entries
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI, from_text, to_text
from tests.conftest import Runner
from tests.kit.histories import Life
from tests.kit.trailkit import ROLES, ROOM

MONDAY = "2026-11-16T09:00:00+08:00"
FIELDS = [
    "number", "kind", "unit", "coordinator", "due", "happened", "workdays_late", "evidence",
    "why", "since", "severity", "community",
]  # fmt: skip
UNIT = "城管执法中队"


@pytest.fixture
def done(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """Run a step that must succeed; the ledger of the test is the default."""

    def step(*argv: str, now: str = MONDAY, **more: Any) -> Any:
        made = call(*argv, now=now, **more)
        assert made.code == 0, made.err
        return made

    return step


def settle(done: Runner, number: str, at: str) -> None:
    done("intake", "演示: 江南大道占道经营", "--severity", "一般", "--community", "江一社区")
    done("accept", number)
    done("assign", number, "--lead", UNIT)
    done("sign", number)
    done("resolve", number, "--outcome", "已清理", now=at)
    done("feedback", number, "已告知", now=at)


SHARP, LATE = "2026-11-23T17:00:00+08:00", "2026-11-23T17:00:01+08:00"


@pytest.mark.parametrize(("at", "late"), [(SHARP, False), (LATE, True)])
def test_show_report_and_lapses_agree_on_the_second(
    done: Runner, call: Runner, at: str, late: bool
) -> None:
    """One comparison: five sharp is in time, a second later is not, wherever it is asked."""
    settle(done, "1", at)
    after = "2026-12-01T09:00:00+08:00"
    clocks = call("show", "1", "--json", now=after).json()["clocks"]
    assert [c["late"] for c in clocks if c["kind"] == "finish"] == [late]
    rate = call("report", "--month", "--json", now=after).json()["rates"]["finish_on_time"]
    assert (rate["n"], rate["d"]) == (int(not late), 1)
    month = ("--from", "2026-11-01", "--to", "2026-11-30")
    found = call("lapses", *month, "--json", now=after).json()["items"]
    assert [each["kind"] for each in found] == ["finish"] * late


def test_overdue_and_lapses_agree_on_the_second_too(done: Runner, call: Runner) -> None:
    done("intake", "演示: 江南大道占道经营", "--severity", "一般")
    for at, late in (("2026-11-17T17:00:00+08:00", 0), ("2026-11-17T17:00:01+08:00", 1)):
        assert call("overdue", "--kind", "accept", "--exit-code", now=at).code == 3 * late
        assert call("lapses", "--exit-code", now=at).code == 3 * late


def test_each_item_has_the_promised_fields_in_order(done: Runner, call: Runner) -> None:
    settle(done, "1", LATE)
    made = call("lapses", "--json", now="2026-11-24T09:00:00+08:00")
    document = made.json()
    assert made.err == ""
    assert list(document) == [
        "period", "as_of", "known", "items", "counts", "beside", "beside_counts",
    ]  # fmt: skip
    assert document["period"] == {"from": "2026-11-01", "to": "2026-11-24"}
    assert document["counts"] == {"finish": 1}
    (item,) = document["items"]
    assert list(item) == FIELDS
    assert item | {"why": ""} == {
        "number": "2026-000001", "kind": "finish", "unit": UNIT, "coordinator": None,
        "due": SHARP, "happened": LATE, "workdays_late": 0, "evidence": [10, 12, 14], "why": "",
        "since": SHARP, "severity": "一般", "community": "江一社区",
    }  # fmt: skip
    log = {e["seq"]: e["kind"] for e in call("show", "1", "--json", now=LATE).json()["events"]}
    assert [log[seq] for seq in item["evidence"]] == ["reported", "assigned", "resolved"]


@pytest.mark.usefixtures("ledger")
def test_nothing_to_list_is_an_empty_document_and_exit_0(call: Runner) -> None:
    made = call("lapses", "--json", "--exit-code", now=MONDAY)
    assert (made.code, made.json()["items"], made.json()["counts"]) == (0, [], {})
    assert call("lapses", "--exit-code", now=MONDAY).out == ""


def test_a_period_is_of_whole_days_and_places_a_failure_by_its_date(
    done: Runner, call: Runner
) -> None:
    settle(done, "1", "2026-12-02T09:00:00+08:00")
    now = "2026-12-31T09:00:00+08:00"

    def found(*argv: str) -> int:
        return len(call("lapses", *argv, "--json", now=now).json()["items"])

    assert found("--from", "2026-11-23", "--to", "2026-11-23") == 1
    assert found("--from", "2026-11-01", "--to", "2026-11-22") == 0
    assert found("--from", "2026-11-24", "--to", "2026-12-31") == 0
    wrong = call("lapses", "--from", "2026-12-02", "--to", "2026-12-01", now=now)
    assert (wrong.code, "--from" in wrong.err) == (2, True)


def test_filters_by_unit_and_community_refuse_what_nobody_knows(done: Runner, call: Runner) -> None:
    settle(done, "1", LATE)
    now = "2026-11-24T09:00:00+08:00"
    for argv, n in (
        (("--unit", UNIT), 1),
        (("--unit", "市场监管所"), 0),
        (("--community", "江一社区"), 1),
    ):
        assert len(call("lapses", *argv, "--json", now=now).json()["items"]) == n
    wrong = call("lapses", "--unit", "城管执法中对", now=now)
    assert wrong.code == 2
    assert "没有这个单位" in wrong.err


def test_a_file_takes_its_format_from_its_name(done: Runner, call: Runner, tmp_path: Path) -> None:
    settle(done, "1", LATE)
    now = "2026-11-24T09:00:00+08:00"
    firsts = {"csv": "number,label,unit", "md": "# 超期及不规范办理清单", "json": "{"}
    for ending, first in firsts.items():
        target = tmp_path / f"out.{ending}"
        assert call("lapses", "-o", str(target), now=now).out == ""
        assert target.read_text(encoding="utf-8-sig").startswith(first)
    assert call("lapses", now=now).out.splitlines()[1].split("\t")[:3] == [
        "2026-000001", "办结超期", UNIT,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_case_of_a_random_ledger_is_overlooked(seed: int, tmp_path: Path, call: Runner) -> None:
    """The command finds by index what judging every single case of the ledger finds."""
    life = Life(tmp_path / "life.sqlite3", seed)
    life.live(200)
    now = life.moments[-1].at + timedelta(days=3)
    rulebooks, expected = rulebooks_of(None), []
    with reading(life.path) as con:
        for number in life.numbers:
            entries = read_entries(con, number)
            ground = Ground(rulebooks.rules(entries[0].at.date()), ROLES, now)
            expected += lapses(trail(number, entries, ROLES), ground)
    assert {each.kind for each in expected} >= {"accept", "finish", "ceiling", "unsigned"}
    firsts = [date(2025, 10 + m, 1) for m in range(3)] + [date(2026, m, 1) for m in range(1, 13)]
    total = 0
    for first, after in zip(firsts, [*firsts[1:], date(2027, 1, 1)], strict=True):
        argv = ["--from", f"{first}", "--to", f"{after - timedelta(days=1)}", "--json"]
        made = call("lapses", *argv, "--ledger", str(life.path), now=to_text(now)).json()
        start, end = (datetime(d.year, d.month, 1, tzinfo=SHANGHAI) for d in (first, after))
        inside = [e for e in expected if start <= e.since < end and e.since <= now]
        total += len(inside)
        assert sorted((i["number"], i["kind"], i["since"]) for i in made["items"]) == sorted(
            (e.number, e.kind, to_text(e.since)) for e in inside
        )
        for item in made["items"]:
            assert item["due"] is None or from_text(item["due"]) < now
    assert total > 10


def test_show_says_who_held_it_and_how_much_office_time_each_used(
    done: Runner, call: Runner
) -> None:
    """In the room from Monday 9:00 to Tuesday 10:00 (8 and 2 hours), since then with the unit."""
    done("intake", "演示: 江南大道占道经营", "--severity", "一般")
    done("accept", "1")
    done("assign", "1", "--lead", UNIT, now="2026-11-17T10:00:00+08:00")
    now = "2026-11-18T09:00:00+08:00"
    first, second = call("show", "1", "--json", now=now).json()["segments"]
    assert first == {
        "role": "指挥室", "unit": ROOM, "from": MONDAY, "to": "2026-11-17T10:00:00+08:00",
        "workdays": 1, "minutes": 600, "evidence": [10, 12],
    }  # fmt: skip
    assert (second["unit"], second["to"], second["minutes"]) == (UNIT, None, 8 * 60)
    assert f"{UNIT}  办公时间 8小时0分" in call("show", "1", now=now).out


def test_a_meetings_decision_not_carried_out_by_its_date_is_one(done: Runner, call: Runner) -> None:
    """Set on Monday to be done by Thursday 17:00; put off too late, then done in time."""
    plan = done(
        "meeting", "plan", "集体会商", "--date", "2026-11-16", "--reason", "演示",
        "--convener", "领导小组办公室", "--json",
    ).json()  # fmt: skip
    words = ("--decision", "排查井盖", "--unit", "城市管理办", "--due", "2026-11-19")
    made = done("meeting", "minutes", plan["id"], *words, "--json").json()
    name = made["tasks"][0]["task"]
    month = ("--from", "2026-11-01", "--to", "2026-11-30", "--json")
    sharp = "2026-11-19T17:00:00+08:00"
    assert call("lapses", *month, now=sharp).json()["items"] == []
    (item,) = call("lapses", *month, now="2026-11-20T09:00:00+08:00").json()["items"]
    assert (item["number"], item["kind"], item["unit"]) == (None, "task", "城市管理办")
    assert (item["due"], item["happened"], item["workdays_late"]) == (sharp, None, 1)
    assert name in item["why"]
    later = "2026-11-23T09:00:00+08:00"
    done("meeting", "task", "postpone", name, "--due", "2026-11-26", "--reason", "演示", now=later)
    done("meeting", "task", "done", name, "完成", now="2026-11-26T16:00:00+08:00")
    (item,) = call("lapses", *month, now="2026-12-01T09:00:00+08:00").json()["items"]
    assert (item["due"], item["happened"], item["workdays_late"]) == (sharp, later, 2)
    assert len(item["evidence"]) == 2
    assert call("lapses", *month, "--unit", "城管执法中队", now=later).json()["items"] == []
    again = done("meeting", "minutes", plan["id"], *words, "--json", now=MONDAY).json()
    other = again["tasks"][-1]["task"]
    done("meeting", "task", "drop", other, "--reason", "演示", now=later)
    assert len(call("lapses", *month, now=later).json()["items"]) == 1
