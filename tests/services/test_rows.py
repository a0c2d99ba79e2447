"""Rows of a file as they are prepared for the ledger, each by itself: what they say and why not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from functools import cache
from random import Random
from typing import Any, cast

import pytest

from sixping.cases.codec import private_text
from sixping.cases.intake import load_intake_data
from sixping.cases.rules import Rules as Governing
from sixping.cases.steps import read_event
from sixping.errors import BadData
from sixping.importing.convert import ImportedRow, RowError
from sixping.importing.profiles import Profile, parse_profile
from sixping.importing.sheets import Sheets
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.services import importing, resolver
from sixping.services.importing import Rows
from sixping.services.resolver import RowResolver
from sixping.store.prepared import Prepared
from sixping.store.recognition import ImportResult
from sixping.store.requests import by_number
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import NOW, governing, stamp

S = Status
CHANNEL = "投诉举报电话"
NOW_TEXT = to_text(NOW)
RECEIVED = "2026-11-02T09:00:00+08:00"
LATE = "2026-11-02T17:00:01+08:00"  # after office hours
RESOLVED = "2026-11-05T10:00:00+08:00"
FUTURE = "2026-11-23T09:00:01+08:00"
TEAM, GRID, COMMUNITY = "城管执法中队", "江一社区第一网格", "江一社区"
COLUMNS = (
    "source_no", "text", "received", "resolved", "place", "community", "grid", "reporter", "phone",
    "anonymous", "outcome", "feedback", "satisfaction", "severity", "category", "platform", "unit",
    "status", "source_due", "accepted", "withdrawn",
)  # fmt: skip
WORDS = {
    "severity": '"普通" = "一般"\n"大" = "较大"\n"急" = "重大"', "status": '"办结" = "已办结"',
    "platform": '"综治" = "综合治理"', "satisfaction": '"好" = 5', "anonymous": '"是" = true',
}  # fmt: skip


class File(list[ImportedRow | RowError]):
    """The rows of a file as they were read."""

    sheet, base = "", 0
    columns = {"received": "C 收到", "unit": "Q 单位", "community": "F 社区"}  # noqa: RUF012


@cache
def profile_of(mode: str, numbering: str) -> Profile:
    names = "\n".join(f'{name} = "{name}"' for name in COLUMNS)
    words = "\n".join(f"[values.{name}]\n{each}" for name, each in WORDS.items())
    head = f'name = "own"\ntitle = "自己的"\nmode = "{mode}"\nnumbering = "{numbering}"\n'
    text = f'{head}optional = ["source_no"]\n[columns]\n{names}\n{words}\n'
    return parse_profile(f'{text}[defaults]\nchannel = "{CHANNEL}"\n', "own.toml")


data = cache(load_intake_data)


def prepare(
    rows: Iterable[ImportedRow | RowError],
    mode: str = "history",
    numbering: str = "唯一",
    *,
    triage: bool = False,
) -> Rows:
    names, file = RowResolver(data(), triage=triage), cast("Sheets", File(rows))
    return Rows(file, profile_of(mode, numbering), names, governing, stamp())


def row(number: str | None = "1", received: str | None = RECEIVED, **said: Any) -> ImportedRow:
    return ImportedRow(2, number, CHANNEL, "演示占道经营", received, **said)


def event_of(record: Prepared) -> ev.Step:
    """Return the event that a prepared row becomes."""
    template = record.template
    words = json.loads(template.private(record.private, ""))
    assert words.pop("digest") == ""
    return read_event(template.kind, template.facts % template.fill(record.values), words)


def one(*rows: ImportedRow, mode: str = "history", **more: Any) -> Any:
    found = list(prepare(rows, mode, **more))
    assert len(found) == len(rows)
    return event_of(found[-1])


def faults(rows: Rows) -> list[tuple[str, str]]:
    assert list(rows) == []
    return [(error.column, error.what) for error in rows.errors]


# --- what a row says is what is recorded ---------------------------------------------------


def test_a_record_of_the_past_says_what_its_row_says_and_no_more() -> None:
    said: dict[str, Any] = {
        "resolved": RESOLVED, "place": "江南大道", "reporter": "演示甲", "phone": "13800000000",
        "outcome": "已清理", "feedback": "已告知", "satisfaction": 5, "source_due": RESOLVED,
    }  # fmt: skip
    event = one(
        row(**said, community="江一", unit="城管", category="占道经营", severity=Severity("较大"),
            platform=Platform("综合执法"), status=S.CLOSED, anonymous=True)
    )  # fmt: skip
    for name, value in said.items():
        found = getattr(event, "resolved_at" if name == "resolved" else name)
        assert (to_text(found) if name in ("resolved", "source_due") else found) == value, name
    assert (event.source_no, event.text, event.channel) == ("1", "演示占道经营", CHANNEL)
    assert (event.community, event.unit, event.category) == (COMMUNITY, TEAM, "占道经营")
    assert (event.severity, event.platform, event.status) == ("较大", "综合执法", S.CLOSED)
    assert (event.answered, event.anonymous, event.profile) == (True, True, "own")
    assert event.given == ("severity",)
    assert event.row is None
    bare = one(row())
    for name in (*said, "community", "unit", "category", "status", "answered"):
        assert getattr(bare, "resolved_at" if name == "resolved" else name) is None, name
    assert (bare.severity, bare.given, bare.kept) == ("一般", None, False)


@pytest.mark.parametrize("mode", ["history", "live"])
def test_words_are_sealed_as_the_same_bytes_whether_their_fast_library_is_installed_or_not(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = [chr(sign) for sign in range(1, 0x110000) if not 0xD800 <= sign < 0xE000]
    long = row(reporter="演示甲", place="".join(signs[:300]), outcome="".join(signs))

    def sealed(*, triage: bool) -> bytes:
        (record,) = prepare([long], mode, triage=triage)
        return bytes(record.template.private(record.private, "00"))

    (fast, read) = sealed(triage=False), sealed(triage=True)
    assert b"reasons" in read or mode == "history"
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert (sealed(triage=False), sealed(triage=True)) == (fast, read)
    (record,) = prepare([long], mode)
    words = dict(zip(record.template.names, record.private, strict=True)) | {"digest": "00"}
    assert fast.decode() == private_text(words)


def test_of_a_new_report_what_follows_is_not_recorded_with_it() -> None:
    said: dict[str, Any] = {"outcome": "已清理", "feedback": "已告知", "resolved": RESOLVED}
    event = one(row(**said, unit=TEAM, severity=Severity("重大")), mode="live")
    assert isinstance(event, ev.Reported)
    assert not isinstance(event, ev.Imported)
    assert (event.lead, event.severity, event.suggested, event.from_file) == (
        TEAM, "重大", False, True,
    )  # fmt: skip
    assert event.given == ("channel", "severity", "lead")
    assert event == one(row(unit=TEAM, severity=Severity("重大")), mode="live")


def test_one_reply_that_is_outcome_and_feedback_is_kept_once() -> None:
    event = one(row(resolved=RESOLVED, outcome="已清理", feedback="已清理"))
    assert (event.outcome, event.feedback, event.answered) == ("已清理", None, True)
    assert one(row(resolved=RESOLVED, outcome="已清理")).answered is None
    assert one(row(resolved=RESOLVED, untold=True)).answered is False


def test_an_open_state_is_kept_and_one_with_a_time_of_its_end_is_no_open_one() -> None:
    assert one(row(status=S.HANDLING)).kept is True
    assert one(row(status=S.HANDLING, resolved=RESOLVED)).kept is False
    assert one(row(status=S.RESOLVED)).kept is False


def test_what_was_withdrawn_on_a_day_comes_in_as_what_it_was_before() -> None:
    event = one(row(status=S.RECALLED, withdrawn=RESOLVED))
    assert (event.status, event.kept) == (None, False)
    assert one(row(status=S.RECALLED)).status is S.RECALLED
    assert one(row(status=S.RESOLVED, withdrawn=RESOLVED)).status is S.RESOLVED


def test_a_grade_read_into_a_new_report_is_suggested_and_one_of_the_past_is_none() -> None:
    text = row()._replace(text="江南大道路面坍塌, 有人员伤亡")
    event = one(text, mode="live", triage=True)
    assert (event.severity, event.suggested) == ("较大", True)
    stated = one(text._replace(severity=Severity("较大")), mode="live", triage=True)
    assert (stated.severity, stated.suggested) == ("较大", False)
    assert one(text, triage=True).severity is Severity.ORDINARY
    assert one(text, triage=True).confidence is None
    assert one(text, mode="live").severity is Severity.ORDINARY


def test_a_new_report_without_a_grade_is_an_ordinary_one_that_goes_its_usual_way() -> None:
    event = one(row(category="占道经营"), mode="live")
    usual = data().taxonomy.find("占道经营").lead
    assert (event.severity, event.suggested, event.lead) == ("一般", False, usual)
    assert usual


def test_what_is_read_into_a_text_is_its_own() -> None:
    texts = ("江南大道占道经营", "小区火灾多人受伤, 需要消防救援", "路灯不亮")
    given = [row(str(n))._replace(text=text) for n, text in enumerate(texts)]
    found = [event_of(record) for record in prepare(given, "live", triage=True)]
    assert found == [one(each, mode="live", triage=True) for each in given]


LAMP = "江南大道路灯不亮, 江一社区第二网格附近"


@pytest.mark.parametrize(
    ("said", "found", "beside"),
    [
        ({}, {}, None),
        ({"category": "占道经营"}, {"category": "占道经营", "lead": TEAM},
         {"category": "道路照明", "lead": "城市管理办"}),
        ({"severity": Severity("重大")}, {"severity": "重大"}, {"severity": "一般"}),
        ({"platform": Platform("综合治理")}, {"platform": "综合治理"}, {"platform": "综合执法"}),
        ({"unit": "市场监管所"}, {"lead": "市场监管所"}, {"lead": "城市管理办"}),
        ({"community": "江二社区"}, {"community": "江二社区", "grid": None, "located": None}, None),
        ({"grid": GRID}, {"grid": GRID, "located": None}, None),
        ({"text": "路灯不亮", "place": "江一社区第二网格"}, {"located": "place"}, None),
        ({"text": "路灯不亮", "place": "江三社区", "community": COMMUNITY},
         {"grid": None, "located": None}, None),
    ],
)  # fmt: skip
def test_what_a_file_says_wins_and_what_its_text_suggests_stands_beside_it(
    said: dict[str, Any], found: dict[str, Any], beside: dict[str, str] | None
) -> None:
    usual = {
        "category": "道路照明", "platform": "综合执法", "lead": "城市管理办", "severity": "一般",
        "community": COMMUNITY, "grid": "江一社区第二网格", "located": "text",
    }  # fmt: skip
    event = one(row()._replace(**({"text": LAMP} | said)), mode="live", triage=True)
    assert {name: getattr(event, name) for name in usual} == usual | found
    suggested = event.suggestion
    assert (json.loads(suggested) if isinstance(suggested, str) else suggested) == beside
    assert event.suggested is False
    assert event.reasons


def test_a_place_alone_may_tell_what_a_report_is_about() -> None:
    event = one(row(place="占道经营")._replace(text="随便说说"), mode="live", triage=True)
    assert event.category == "占道经营"


def test_platform_and_grade_of_a_file_go_before_those_of_its_category() -> None:
    for said in ({"platform": Platform("综合治理")}, {"severity": Severity("较大")}):
        event = one(row(category="占道经营", **said), mode="live")
        assert [getattr(event, name) for name in said] == [*said.values()]


def test_a_grid_nobody_knows_is_told_with_the_other_words() -> None:
    rows = prepare([row(grid="无此网格", unit="无此单位")])
    assert (list(rows), rows.faulty) == ([], 2)


def test_due_dates_follow_the_hour_of_receipt_and_the_grade() -> None:
    for received in (RECEIVED, LATE, NOW_TEXT):
        for grade in Severity:
            event = one(row(received=received, severity=grade), mode="live")
            alone = one(
                row("2", RECEIVED), row("3", LATE, severity=Severity("重大")),
                row(received=received, severity=grade), mode="live",
            )  # fmt: skip
            assert event == alone
            kinds = {due.kind for due in event.dues}
            assert ("refer" in kinds) is (grade == "重大")
            assert ("finish" in kinds) is (grade == "一般")


def rows_at_random(rng: Random, mode: str) -> ImportedRow:
    some: dict[str, tuple[Any, ...]] = {
        "resolved": (RESOLVED, LATE), "place": ("江南大道", "春晓路"), "reporter": ("演示甲",),
        "phone": ("13800000000", "87654321"), "anonymous": (True,), "outcome": ("已清理", "%s"),
        "feedback": ("已告知", "已清理"), "satisfaction": (1, 5), "severity": (*Severity,),
        "category": ("占道经营",), "platform": (*Platform,), "unit": (TEAM, "市场监管所"),
        "status": (S.REPORTED, S.HANDLING, S.RESOLVED, S.CLOSED, S.DECLINED, S.RECALLED),
        "untold": (True,), "source_due": (RESOLVED, FUTURE), "withdrawn": (RESOLVED,),
        "accepted": (LATE,), "community": (COMMUNITY, "江二社区"),
    }  # fmt: skip
    said = {name: rng.choice(words) for name, words in some.items() if rng.random() < 0.3}
    if rng.random() < 0.2:
        said |= {"community": COMMUNITY, "grid": GRID}
    number = rng.choice(("1", "2", None))
    received: str | None = rng.choice((RECEIVED, LATE, NOW_TEXT, "2026-03-02T09:00:00+08:00"))
    if mode == "live" and rng.random() < 0.2:
        received = None
    return row(number, received, **said, unnumbered=None if number else "[1]")


@pytest.mark.parametrize("mode", ["live", "history"])
@pytest.mark.parametrize("numbering", ["唯一", "按月", "按年", "多行"])
def test_what_is_recorded_of_a_row_is_the_same_whatever_rows_came_before(
    mode: str, numbering: str
) -> None:
    rng = Random(7)  # noqa: S311 - examples, not secrets
    given = [rows_at_random(rng, mode)._replace(row=n) for n in range(2, 82)]
    together = prepare(given, mode, numbering)
    found = {record.row: record for record in together}
    assert len(found) > 40
    for each in given:
        alone = list(prepare([each], mode, numbering))
        assert bool(alone) is (each.row in found)
        for record in alone:
            other = found[each.row]
            assert event_of(record) == event_of(other), each
            assert record[1:] == other[1:], each


# --- what cannot be ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["received", "resolved", "accepted", "withdrawn"])
def test_what_is_yet_to_come_is_refused_by_its_column(name: str) -> None:
    said = {name: FUTURE}
    column = "C 收到" if name == "received" else ""
    what = "时间 2026-11-23 09:00:01 晚于现在。"
    assert faults(prepare([row(**said)])) == [(column, what)]
    assert len(list(prepare([row(**{name: NOW_TEXT})]))) == 1, "this very moment is not to come"


def test_of_two_times_the_one_that_is_yet_to_come_is_named() -> None:
    rows = prepare([row(received=NOW_TEXT, resolved=FUTURE)])
    assert list(rows) == []
    assert [error.field for error in rows.errors] == ["resolved"]


def test_a_limit_may_be_yet_to_come() -> None:
    assert to_text(one(row(source_due=FUTURE)).source_due) == FUTURE


@pytest.mark.parametrize(
    ("state", "grade"), [(S.DISTRICT, "重大"), (S.REFERRAL, "重大"), (S.DECISION, "较大")]
)
def test_a_state_of_another_grade_is_refused_unless_it_ended(state: Status, grade: str) -> None:
    ((_, what),) = faults(prepare([row(status=state)]))
    assert what == f"状态“{state}”只用于{grade}事件, 这一行的等级是“一般”。"
    assert one(row(status=state, severity=Severity(grade))).kept
    assert one(row(status=state, resolved=RESOLVED)).kept is False


def test_a_grid_of_another_community_is_refused_and_a_short_one_is_found_in_its_own() -> None:
    assert one(row(community=COMMUNITY, grid="第一网格")).grid == GRID
    event = one(row(grid=GRID))
    assert (event.community, event.grid) == (COMMUNITY, GRID)
    ((_, what),) = faults(prepare([row(community="江二社区", grid=GRID)]))
    assert what == "江一社区第一网格属于江一社区, 不属于江二社区。"


def test_all_words_of_a_row_that_nobody_knows_are_told_at_once() -> None:
    rows = prepare([row(community="无此社区", unit="无此单位", category="无此类别")] * 3)
    assert list(rows) == []
    assert rows.errors == []
    words = {(g.field, w.word): n for g in rows.unknown_words.groups() for n, w in g.words}
    assert words == {
        ("community", "无此社区"): 3, ("unit", "无此单位"): 3, ("category", "无此类别"): 3,
    }  # fmt: skip
    assert rows.faulty == 9


def test_what_is_known_of_a_row_that_was_read_in_part_is_judged_too() -> None:
    partly = row(unit="无此单位", received=None)
    rows = prepare([RowError(2, "C 收到", "看不懂时间", "", "received", partly=partly)])
    assert faults(rows) == [("C 收到", "看不懂时间")]
    assert [g.field for g in rows.unknown_words.groups()] or rows.unknown_words.alone()
    assert rows.faulty == 2


def test_a_row_of_which_nothing_was_read_is_one_fault() -> None:
    rows = prepare([RowError(2, "C 收到", "看不懂时间", "", "received")])
    assert (faults(rows), rows.faulty) == ([("C 收到", "看不懂时间")], 1)


def test_an_unknown_word_is_told_also_where_the_moment_of_import_counts() -> None:
    rows = prepare([row(received=None, unit="无此单位")], "live")
    assert (list(rows), rows.errors, rows.faulty) == ([], [], 1)


def test_a_day_that_no_rules_govern_is_a_fault_of_the_time_received() -> None:
    def none_before(day: date) -> Governing:
        if day.year < 2026:
            raise BadData(f"{day} 没有可用的规则。", "请核对。")
        return governing(day)

    file = cast("Sheets", File([row(received="2025-11-02T09:00:00+08:00"), row("2")]))
    names = RowResolver(data(), triage=False)
    rows = Rows(file, profile_of("live", "唯一"), names, none_before, stamp())
    assert [record.at for record in rows] == [RECEIVED]
    assert [(e.column, e.field, e.what) for e in rows.errors] == [
        ("C 收到", "received", "2025-11-02 没有可用的规则。")
    ]


def test_only_the_first_faults_and_remarks_are_kept_and_all_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "MOST", 2)
    rows = prepare([row(received=FUTURE)] * 5)
    assert (len(faults(rows)), rows.faulty) == (2, 5)
    rows = prepare([row(str(n), remarks=("办结早于收到",)) for n in range(5)])
    assert len(list(rows)) == 5
    assert (len(rows.remarks), rows.remarked) == (2, 5)
    rows = prepare([row()])
    assert len(list(rows)) == 1
    assert (rows.remarks, rows.remarked) == ([], 0)


def test_many_kinds_of_rows_are_kept_apart_also_where_some_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "MOST", 1)
    units = (TEAM, "市场监管所", TEAM)
    found = prepare([row(str(n), unit=unit, resolved=RESOLVED) for n, unit in enumerate(units)])
    assert [event_of(each).unit for each in found] == [*units]  # type: ignore[attr-defined]


# --- names -------------------------------------------------------------------------------------


def test_places_of_another_name_are_counted_by_rows_and_field() -> None:
    said = [row(str(n), community="江一居委会", grid="第1网格") for n in range(3)]
    rows = prepare([*said, row("8", community=COMMUNITY, grid="第1网格"), row("9", unit=TEAM)])
    found = [event_of(record) for record in rows]
    assert [getattr(event, "grid", None) for event in found] == [GRID] * 4 + [None]
    assert rows._resolver.called == {
        ("community", "江一居委会", COMMUNITY): 3, ("grid", "第1网格", GRID): 4,
    }  # fmt: skip


def test_a_name_that_is_near_is_offered_and_not_looked_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolver, "_SEARCHED", 1)
    rows = prepare([row(unit="城管执法中"), row(unit="市场监管"), row(unit="市场监管站")])
    list(rows)
    said = {w.word: w.near for g in rows.unknown_words.groups() for _, w in g.words}
    assert TEAM in said["城管执法中"]
    assert said["市场监管站"] == ()


def test_a_unit_may_be_of_any_kind_and_a_community_only_one() -> None:
    assert one(row(unit=COMMUNITY)).unit == COMMUNITY
    rows = prepare([row(community=TEAM), row(community=GRID), row(grid=TEAM)])
    assert list(rows) == []
    assert rows.faulty == 3


# --- what a row is recognised by ----------------------------------------------------------------


def test_numbers_are_kept_apart_as_the_profile_counts_them() -> None:
    other = row(received="2026-10-02T09:00:00+08:00")
    for numbering, apart, plain, period, several in (
        ("唯一", None, False, "", False), ("按月", "2026-11", True, "2026-11", False),
        ("按年", "2026", True, "2026", False), ("多行", "1", False, "", True),
    ):  # fmt: skip
        first, second = prepare([row(), other], numbering=numbering)
        assert first.key == by_number(CHANNEL, "1", apart)
        assert (first.key == second.key) is (numbering != "按月")
        assert (first.plain == by_number(CHANNEL, "1")) is plain
        assert (first.period, first.apart) == (period, several)
        assert getattr(event_of(first), "row", None) == apart


def test_a_row_without_a_number_is_known_by_its_words_and_is_one_of_many() -> None:
    (first,) = prepare([row(None, unnumbered="[1]")])
    (monthly,) = prepare([row(None, unnumbered="[1]")], numbering="按月")
    assert [(each.apart, each.plain) for each in (first, monthly)] == [(True, None)] * 2
    for name, other in (("reporter", "演示乙"), ("phone", "13900000000"), ("place", "春晓路")):
        (second,) = prepare([row(None, unnumbered="[1]", **{name: other})])
        assert second.key != first.key, name


def test_a_caller_and_a_place_can_be_found_again_each_without_the_other() -> None:
    kept = [
        bool(record.contacts)
        for record in prepare([
            row(phone="13800000000"), row(place="江南大道 1 号"),
            row(phone="13800000000", place="江南大道 1 号"), row(),
        ])
    ]  # fmt: skip
    assert kept == [True, True, True, False]


# --- what nobody said ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "unclear"),
    [
        ({}, (1, 0)), ({"status": S.HANDLING}, (0, 0)), ({"resolved": RESOLVED}, (0, 1)),
        ({"withdrawn": RESOLVED}, (0, 0)), ({"status": S.CLOSED}, (0, 1)),
        ({"status": S.DECLINED}, (0, 0)), ({"status": S.DECLINED, "resolved": RESOLVED}, (0, 0)),
        ({"status": S.HANDLING, "resolved": RESOLVED}, (0, 1)),
        ({"resolved": RESOLVED, "anonymous": True}, (0, 0)),
        ({"resolved": RESOLVED, "feedback": "已告知"}, (0, 0)),
        ({"resolved": RESOLVED, "untold": True}, (0, 0)),
    ],
)  # fmt: skip
def test_records_that_leave_open_how_they_ended_or_who_was_told_are_counted(
    said: dict[str, Any], unclear: tuple[int, int]
) -> None:
    for mode, expected in (("history", unclear), ("live", (0, 0))):
        rows = prepare([row(**said)], mode)
        (record,) = rows
        result = ImportResult(1, 0, 0, 0, 0, 0, [], {record.template: 3})
        assert rows.unclear(result) == tuple(3 * count for count in expected)
