"""Promises when the calendar changes: what moves, what stands, and what stays on record."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sixping.calendar.layers import NamedDay, PublishedYear
from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.queries.clocks import CountedClock
from sixping.services.recount import moves
from sixping.services.rulebooks import Rulebooks, rulebooks_of
from sixping.store.bulk import BulkStep, append_many
from sixping.store.files import create
from sixping.store.verify import verify
from sixping.util.clock import to_text
from sixping.workdays import load_calendar
from tests.calendar.test_holiday_notice_wordings import NOTICES, TITLE
from tests.conftest import Result, Runner
from tests.kit import events as ev
from tests.kit.ledgerkit import CLOCKS, STATES, governing, rows, stamp

# Invented for these tests: in 2027 no such notice exists yet. Each weekday is right, and
# the two days after New Year with the Saturday worked are as plausible as others.
NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
(虚构, 仅供测试)
一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。
二、春节：2月5日至11日放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假。
六、中秋节：9月15日（周三）放假。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""
EXTENSION = """国务院办公厅关于延长2020年春节假期的通知
国办发明电〔2020〕1号
一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。
"""


def intake(call: Runner, at: str, text: str = "江南大道路灯不亮", **more: Any) -> dict[str, Any]:
    done = call("intake", text, "--severity", "一般", "--json", now=at, **more)
    found: dict[str, Any] = done.json()
    return found


def enter(call: Runner, tmp_path: Path, notice: str, now: str) -> Result:
    (tmp_path / "notice.txt").write_text(notice, encoding="utf-8")
    done = call("calendar", "import", "--notice", "notice.txt", "--yes", now=now)
    assert done.code == 0, done.err
    return done


def apply(call: Runner, now: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("calendar", "apply", "--json", *options, now=now).json()
    return found


def clocks(call: Runner, number: str, now: str) -> dict[str, dict[str, Any]]:
    document = call("show", number, "--json", now=now).json()
    return {clock["kind"]: clock for clock in document["clocks"]}


@pytest.mark.usefixtures("ledger")
def test_the_spring_of_2020_is_lived_through(call: Runner, tmp_path: Path) -> None:
    published = TITLE.format(2020) + NOTICES[2020]
    enter(call, tmp_path, published, "2020-01-02T09:00:00+08:00")
    first = intake(call, "2020-01-22T10:00:00+08:00")
    done = intake(call, "2020-01-22T10:05:00+08:00", "窨井盖缺失, 行人绕行")
    for case in (first, done):
        due = {c["kind"]: c["due"][:10] for c in case["clocks"]}
        assert due == {"accept": "2020-01-23", "finish": "2020-02-04", "ceiling": "2020-02-18"}
    unit = "城管执法中队"
    for argv in (
        ("accept", done["number"]),
        ("assign", done["number"], "--lead", unit),
        ("resolve", done["number"], "--outcome", "已修复"),
    ):
        code = call(*argv, now="2020-01-23T11:00:00+08:00")
        assert code.code == 0, code.err
    before = clocks(call, done["number"], "2020-01-28T09:00:00+08:00")

    now = "2020-01-28T09:00:00+08:00"
    said = enter(call, tmp_path, EXTENSION, now)
    assert "有 1 件的期限要相应调整" in said.err
    planned = apply(call, now, "--dry-run")
    moved = apply(call, now)
    assert planned == moved
    assert {(m["number"], m["clock"], m["old"][:10], m["new"][:10]) for m in moved} == {
        (first["number"], "finish", "2020-02-04", "2020-02-06"),
        (first["number"], "ceiling", "2020-02-18", "2020-02-20"),
    }
    assert all("国办发明电〔2020〕1号" in m["why"] for m in moved)
    assert clocks(call, done["number"], now) == before

    after = clocks(call, first["number"], now)
    assert after["finish"]["due"] == "2020-02-06T17:00:00+08:00"
    # the promise missed already is left alone: 01-23 was no holiday
    assert after["accept"]["due"] == "2020-01-23T17:00:00+08:00"
    record = call("show", first["number"], "--json", now=now).json()["events"]
    assert [e["kind"] for e in record] == ["reported", "rescheduled"]
    promises = [{s["clock"]: s["due"][:10] for s in e["dues"]} for e in record]
    assert (promises[0]["finish"], promises[1]["finish"]) == ("2020-02-04", "2020-02-06")
    assert call("verify", now=now).code == 0


@pytest.mark.usefixtures("ledger")
def test_applying_the_same_calendar_again_writes_nothing(
    call: Runner, tmp_path: Path, ledger: Path
) -> None:
    intake(call, "2026-12-28T10:00:00+08:00")
    now = "2026-12-29T09:00:00+08:00"
    enter(call, tmp_path, NOTICE_2027, now)
    assert apply(call, now)
    seq = rows(ledger, "SELECT max(seq) FROM events")
    assert apply(call, now) == []
    assert apply(call, now, "--dry-run") == []
    assert rows(ledger, "SELECT max(seq) FROM events") == seq


@pytest.mark.usefixtures("ledger")
def test_an_extension_does_not_hide_that_its_base_was_counted_by_another_calendar(
    call: Runner, tmp_path: Path
) -> None:
    """01-04 becomes a day off, so the base is a day short; Saturday 01-09 is worked."""
    intake(call, "2026-12-28T10:00:00+08:00")
    now = "2026-12-29T09:00:00+08:00"
    assert clocks(call, "1", now)["finish"]["due"][:10] == "2027-01-05"
    enter(call, tmp_path, NOTICE_2027, now)
    number = ("2026-000001", "--workdays", "3", "--reason", "待料", "--approved-by", "分管领导")
    assert call("accept", number[0], now=now).code == 0
    assert call("extend", *number, now=now).code == 0
    assert clocks(call, number[0], now)["finish"]["due"][:10] == "2027-01-08"
    moved = {m["clock"]: m["new"][:10] for m in apply(call, now)}
    assert moved["finish"] == "2027-01-09"


@pytest.mark.usefixtures("ledger")
def test_a_dry_run_leaves_the_ledger_as_it_is(call: Runner, tmp_path: Path, ledger: Path) -> None:
    intake(call, "2026-12-28T10:00:00+08:00")
    enter(call, tmp_path, NOTICE_2027, "2026-12-29T09:00:00+08:00")
    before = ledger.read_bytes()
    assert apply(call, "2026-12-29T09:00:00+08:00", "--dry-run")
    assert ledger.read_bytes() == before


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_every_day_around_a_missing_notice_is_marked_and_then_confirmed(
    call: Runner, tmp_path: Path, ledger: Path
) -> None:
    known = load_calendar()
    numbers = {}
    for day in days("2026-12-01", "2027-01-15"):
        case = intake(call, f"{day}T10:00:00+08:00", f"{day} 演示道路积水")
        numbers[case["number"]] = day
        for clock in case["clocks"]:
            due = date.fromisoformat(clock["due"][:10])
            assert (
                known.between(day, due) == {"accept": 1, "finish": 5, "ceiling": 15}[clock["kind"]]
            )
            assert clock["provisional"] == (due >= date(2027, 1, 1)), (day, clock)
    now = "2027-01-15T18:00:00+08:00"
    enter(call, tmp_path, NOTICE_2027, now)
    moved = apply(call, now)
    assert rows(ledger, "SELECT count(*) FROM clocks WHERE provisional = 1") == [(0,)]
    fresh = rulebooks_of(ledger).calendar
    for line in moved:
        start, count = numbers[line["number"]], known.between
        right = fresh.after(start, count(start, date.fromisoformat(line["old"][:10])))
        in_time = f"{right}T17:00:00+08:00" >= now
        assert line["stands"] == (not in_time and right.isoformat() != line["old"][:10])
        assert line["new"][:10] == (right.isoformat() if in_time else line["old"][:10])
    assert any(line["stands"] for line in moved)
    assert any(line["old"] != line["new"] for line in moved)
    only_mark = [m for m in moved if m["old"] == m["new"] and not m["stands"]]
    assert only_mark
    assert all(m["old_provisional"] and not m["provisional"] for m in only_mark)
    assert verify(ledger, ())["ok"]


@pytest.mark.usefixtures("ledger")
def test_nothing_is_moved_into_the_past_and_that_is_said(call: Runner, tmp_path: Path) -> None:
    case = intake(call, "2026-12-25T10:00:00+08:00")  # five days on: 01-04, assumed
    now = "2027-01-04T16:00:00+08:00"
    line = next(each for each in NOTICE_2027.splitlines() if "元旦" in each)
    worked = "元旦：1月1日放假。1月2日（周六）、3日（周日）上班。"
    enter(call, tmp_path, NOTICE_2027.replace(line, worked), now)
    finish = next(m for m in apply(call, now) if m["clock"] == "finish")
    assert finish["stands"]
    assert finish["old"] == finish["new"] == "2027-01-04T17:00:00+08:00"
    assert "重算为 2027-01-02, 已经过去, 原期限不变" in finish["why"]
    assert not clocks(call, case["number"], now)["finish"]["provisional"]


def test_a_case_all_of_whose_promises_stand_has_no_step_recorded(
    call: Runner, ledger: Path
) -> None:
    """Received on a Friday, due on Monday; on Monday the Saturday is said to have been worked."""
    friday, monday = "2026-11-27T10:00:00+08:00", "2026-11-30T09:00:00+08:00"
    for severity in ("重大", "一般"):
        assert call("intake", f"演示{severity}", "--severity", severity, now=friday).code == 0
    words = ("--work", "2026-11-28", "--document", "演字3号", "--scope", "滨江区", "--yes")
    assert call("calendar", "add-local", *words, now=monday).code == 0
    moved = apply(call, monday)
    assert [(m["number"][-1], m["clock"], m["new"][:10], m["stands"]) for m in moved] == [
        ("1", "accept", "2026-11-30", True), ("1", "refer", "2026-11-30", True),
        ("2", "accept", "2026-11-30", True), ("2", "finish", "2026-12-03", False),
        ("2", "ceiling", "2026-12-17", False),
    ]  # fmt: skip
    steps = "SELECT subject, json_extract(facts, '$.why') FROM events WHERE kind = 'rescheduled'"
    assert rows(ledger, steps) == [("2026-000002", "演字3号")], "why it moved, not what stood"
    assert call("verify", now=monday).code == 0


@pytest.mark.usefixtures("ledger")
def test_a_date_set_by_a_decision_is_never_recounted(call: Runner, tmp_path: Path) -> None:
    case = call(
        "intake", "三个社区交界处积水", "--severity", "较大", "--json",
        now="2026-12-28T10:00:00+08:00",
    ).json()  # fmt: skip
    at = "2026-12-28T11:00:00+08:00"
    assert call("accept", case["number"], now=at).code == 0
    decided = call(
        "decide", case["number"], "--lead", "城管执法中队", "--due", "2027-01-04",
        "--leader", "分管领导", now=at,
    )  # fmt: skip
    assert decided.code == 0, decided.err
    enter(call, tmp_path, NOTICE_2027, "2026-12-29T09:00:00+08:00")
    assert apply(call, "2026-12-29T09:00:00+08:00") == []
    finish = clocks(call, case["number"], at)["finish"]
    assert finish["due"] == "2027-01-04T17:00:00+08:00"


@pytest.mark.usefixtures("ledger")
def test_a_local_order_moves_what_it_touches_and_nothing_else(call: Runner) -> None:
    near = intake(call, "2026-11-30T10:00:00+08:00")
    early = intake(call, "2026-11-20T10:00:00+08:00", "演示路灯闪烁")
    now = "2026-12-01T09:00:00+08:00"
    done = call(
        "calendar", "add-local", "--off", "2026-12-04", "--work", "2026-12-05",
        "--document", "演字〔2026〕1号", "--scope", "滨江区", "--yes", now=now,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert apply(call, now) == []  # one off, one worked: no due date of these changes
    done = call(
        "calendar", "add-local", "--off", "2026-12-03", "--document", "演字〔2026〕2号",
        "--scope", "长河街道", "--yes", now=now,
    )  # fmt: skip
    moved = apply(call, now)
    assert {m["number"] for m in moved} == {near["number"], early["number"]}
    assert {m["why"] for m in moved} == {"演字〔2026〕2号"}


def test_a_piped_list_names_its_columns_and_an_empty_one_prints_nothing(
    call: Runner, tmp_path: Path, ledger: Path
) -> None:
    assert ledger.is_file()
    now = "2026-12-29T09:00:00+08:00"
    nothing = call("calendar", "apply", now=now)
    assert (nothing.code, nothing.out) == (0, "")
    assert "没有需要调整的期限" in nothing.err
    intake(call, "2026-12-28T10:00:00+08:00")
    enter(call, tmp_path, NOTICE_2027, now)
    head, *lines = call("calendar", "apply", now=now).out.splitlines()
    assert head.split("\t") == ["number", "label", "old", "new", "mark", "why"]
    assert [line.split("\t")[1] for line in lines] == ["办结", "最长时限"]


# --- the bulk path ---------------------------------------------------------------------


def two_ledgers(tmp_path: Path) -> tuple[Path, Path]:
    made = []
    for name in ("one", "many"):
        path = tmp_path / name / "ledger.sqlite3"
        create(path, stamp(), {})
        with transaction(path, stamp()) as work:
            for n in range(3):
                received = stamp().now - timedelta(days=n)
                event = ev.Reported(channel="投诉举报电话", text="演示")
                work.append(work.next_number(2026), event, received, before=None, rules=governing)
        made.append(path)
    return made[0], made[1]


def going_on() -> list[tuple[str, ev.Step]]:
    return [
        ("2026-000001", ev.Rescheduled(why="演示")),
        ("2026-000002", ev.Accepted(feedback="已受理")),
        ("2026-000001", ev.Accepted()),
        ("2026-000002", ev.Noted(text="记事")),
        ("2026-000003", ev.Rescheduled(why="演示")),
        ("2026-000002", ev.Assigned(lead="城管中队")),
    ]


def test_steps_in_bulk_make_the_rows_that_single_steps_make(tmp_path: Path) -> None:
    one, many = two_ledgers(tmp_path)
    now = stamp().now
    with transaction(one, stamp()) as work:
        for number, event in going_on():
            work.append(number, event, now, before=work.case(number), rules=governing)
    with transaction(many, stamp()) as work:
        count = append_many(
            work, (BulkStep(event, now, number) for number, event in going_on()), governing
        )
    assert count == 6
    for table in (STATES, CLOCKS):
        assert rows(one, table) == rows(many, table)
    facts = "SELECT seq, subject, version, kind, at, facts, remarks FROM events WHERE seq > 1"
    assert rows(one, facts) == rows(many, facts)
    assert verify(many, ())["ok"]


def test_a_step_in_bulk_that_may_not_happen_takes_all_of_them_back(tmp_path: Path) -> None:
    _, many = two_ledgers(tmp_path)
    before = rows(many, STATES)
    wrong = [*going_on(), ("2026-000003", ev.Closed())]
    with pytest.raises(NotAllowed), transaction(many, stamp()) as work:
        append_many(
            work, (BulkStep(event, stamp().now, number) for number, event in wrong), governing
        )
    assert rows(many, STATES) == before


# --- planning --------------------------------------------------------------------------


def row(due: str, provisional: int = 0, workdays: int = 5) -> CountedClock:
    started = "2026-12-28T10:00:00+08:00"
    return CountedClock("2026-000001", "finish", 1, started, due, workdays, provisional, 5, started)


def plan(due: str, now: str, provisional: int = 0) -> list[Any]:
    day = NamedDay(date(2027, 1, 4), working=False, name="演示")
    rulebooks = rulebooks_of(None)
    layer = PublishedYear(2027, "演示通知", (NamedDay(date(2027, 1, 1), False, "元旦"), day))
    known = rulebooks.known._replace(layers=((9, layer),))
    fresh = Rulebooks(rulebooks.policy, load_calendar(extra=[layer]), known)
    return list(moves([row(due, provisional)], fresh, datetime.fromisoformat(now)))


def test_a_promise_is_recounted_from_its_own_start() -> None:
    (move,) = plan("2027-01-05T17:00:00+08:00", "2026-12-29T09:00:00+08:00", provisional=1)
    assert to_text(move.due) == "2027-01-06T17:00:00+08:00"
    assert (move.was_provisional, move.provisional, move.kept) == (True, False, False)
    assert move.why == "演示通知"


def test_the_second_that_separates_moving_from_keeping() -> None:
    for now, kept in (("17:00:00", False), ("17:00:01", True)):
        (move,) = plan("2027-01-08T17:00:00+08:00", f"2027-01-06T{now}+08:00")
        assert move.kept is kept
        assert (move.due == move.old) is kept


def test_a_promise_that_agrees_is_not_mentioned() -> None:
    assert plan("2027-01-06T17:00:00+08:00", "2026-12-29T09:00:00+08:00") == []


def test_what_was_applied_and_imported_reads_back_as_written(
    call: Runner, tmp_path: Path, ledger: Path
) -> None:
    now = "2026-12-29T09:00:00+08:00"
    enter(call, tmp_path, NOTICE_2027, now)
    apply(call, now)
    found = rows(ledger, "SELECT kind, facts FROM events WHERE stream = 'calendar' ORDER BY seq")
    assert [kind for kind, _ in found] == ["year_imported", "applied"]
    imported, applied = (json.loads(str(facts)) for _, facts in found)
    ((told,),) = rows(ledger, "SELECT fields FROM told t JOIN events e ON e.seq = t.seq"
        " WHERE e.kind = 'year_imported'")  # fmt: skip
    assert json.loads(str(told))["file"] == "notice.txt"
    assert not {"file", "sha256"} & set(imported)
    assert (
        imported["calendar"]
        == applied["calendar"]
        == rulebooks_of(ledger).calendar.fingerprint[:16]
    )


# --- what is said ----------------------------------------------------------------------

WINTER = "2026-12-28T10:00:00+08:00"
LATER = "2027-01-11T09:00:00+08:00"
PROVISIONAL, WAITING = "注意: 有的期限为暂定", "件的期限还没有相应调整"


@pytest.mark.usefixtures("ledger")
def test_explain_shows_every_promise_and_why_it_moved(call: Runner, tmp_path: Path) -> None:
    number = intake(call, WINTER)["number"]
    enter(call, tmp_path, NOTICE_2027, "2026-12-29T09:00:00+08:00")
    apply(call, "2026-12-29T09:00:00+08:00")
    document = call("explain", number, "--json", now=LATER).json()
    clock = next(each for each in document["clocks"] if each["kind"] == "finish")
    first, second = clock["promises"]
    assert (first["step"], first["due"][:10], first["provisional"]) == (
        "reported", "2027-01-05", True,
    )  # fmt: skip
    assert (second["step"], second["due"][:10], second["provisional"]) == (
        "rescheduled", "2027-01-06", False,
    )  # fmt: skip
    assert "2027年部分节假日安排" in second["why"]
    accept = next(each for each in document["clocks"] if each["kind"] == "accept")
    assert len(accept["promises"]) == 1
    kinds = {day["date"]: (day["kind"], day["source"]) for day in clock["days"]}
    assert kinds["2027-01-04"][0] == "holiday"
    assert "2027年部分节假日安排" in kinds["2027-01-04"][1]
    page = call("explain", number, "--format", "table", now=LATER).out
    assert "办结曾定 1月5日(周二) 17:00 (暂定), 2026年12月28日(周一) 10:00 登记" in page
    assert "期限调整: 国务院办公厅关于2027年部分节假日安排的通知" in page


@pytest.mark.usefixtures("ledger")
def test_intake_warns_once_on_stderr_and_only_where_a_mark_is_shown(call: Runner) -> None:
    for more in ([], ["--json"]):
        done = call("intake", "演示路灯不亮", "--severity", "一般", *more, now=WINTER)
        assert done.err.count(PROVISIONAL) == 1
        assert PROVISIONAL not in done.out
    lines = '{"text": "演示道路积水"}\n{"text": "演示井盖松动"}\n'
    assert call("intake", "--jsonl", "-", stdin=lines, now=WINTER).err.count(PROVISIONAL) == 1
    done = call("intake", "演示噪声扰民", "--severity", "一般", now="2026-11-23T10:00:00+08:00")
    assert "注意" not in done.err


@pytest.mark.usefixtures("ledger")
def test_overdue_and_report_warn_until_the_calendar_is_applied(
    call: Runner, tmp_path: Path
) -> None:
    intake(call, WINTER)
    late = call("overdue", now=LATER)
    assert late.err.count(PROVISIONAL) == 1
    assert WAITING not in late.err
    enter(call, tmp_path, NOTICE_2027, LATER)
    for argv in (["overdue"], ["overdue", "--json"], ["report", "--month", "--json"]):
        done = call(*argv, now=LATER)
        assert done.err.count(f"1 {WAITING}") == 1, argv
        assert "注意" not in done.out
    apply(call, LATER)
    for argv in (["overdue"], ["report", "--month"]):
        assert "注意" not in call(*argv, now=LATER).err


@pytest.mark.usefixtures("ledger")
def test_cron_hears_nothing_where_nothing_is_shown(call: Runner, tmp_path: Path) -> None:
    intake(call, WINTER)
    enter(call, tmp_path, NOTICE_2027, WINTER)
    done = call("overdue", "--within", "0", "--exit-code", now=WINTER)
    assert (done.code, done.out, done.err) == (0, "", "")
    other = call("overdue", "--kind", "feedback", now=LATER)
    assert (other.out, other.err) == ("", "")


@pytest.mark.usefixtures("ledger")
def test_a_moved_promise_remembers_which_one_it_was_counted_against(
    call: Runner, tmp_path: Path
) -> None:
    number = intake(call, WINTER)["number"]
    enter(call, tmp_path, NOTICE_2027, WINTER)
    apply(call, WINTER)
    (event,) = (
        each
        for each in call("show", number, "--json", now=WINTER).json()["events"]
        if each["kind"] == "rescheduled"
    )
    assert {s["clock"]: (s["was"][:10], s["due"][:10]) for s in event["dues"]} == {
        "finish": ("2027-01-05", "2027-01-06"),
        "ceiling": ("2027-01-19", "2027-01-19"),
    }


@pytest.mark.usefixtures("ledger")
def test_a_move_that_was_wrong_can_be_taken_back_openly(call: Runner, tmp_path: Path) -> None:
    number = intake(call, WINTER)["number"]
    before = clocks(call, number, WINTER)
    enter(call, tmp_path, NOTICE_2027, WINTER)
    apply(call, WINTER)
    seq = call("show", number, "--json", now=WINTER).json()["events"][-1]["seq"]
    done = call("void", number, str(seq), "--reason", "演示撤销", now=WINTER)
    assert done.code == 0, done.err
    after = clocks(call, number, WINTER)
    assert {k: c["due"] for k, c in after.items()} == {k: c["due"] for k, c in before.items()}
    assert call("verify", now=WINTER).code == 0
