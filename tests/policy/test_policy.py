"""The notice as data: what it says, in which edition, and how a broken file is refused."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from sixping.errors import BadData, NotFound
from sixping.policy.difference import differences
from sixping.policy.editions import load_policy, parse_policy
from sixping.policy.vocabulary import ClockKind, Outcome, Severity
from sixping.util import datafiles
from sixping.util.toml import plain

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED, _ = datafiles.read("policy.toml")
EDITION = load_policy().edition_at(date(2020, 3, 16))
AUTO = "[edition.readings.urge_auto_workdays]\n"


def later(text: str, start: str) -> str:
    """Add a second edition, equal but for its day."""
    return text + text.replace("from = 2020-03-16", f"from = {start}")


@pytest.mark.parametrize(
    ("clock", "severity", "workdays", "start", "clause"),
    [
        (ClockKind.ACCEPT, Severity.ORDINARY, 1, "receipt", "五.1a"),
        (ClockKind.ACCEPT, Severity.SERIOUS, 1, "receipt", "五.1a"),
        (ClockKind.ACCEPT, Severity.MAJOR, 1, "receipt", "五.1a"),
        (ClockKind.REFER, Severity.MAJOR, 1, "beyond", "五.1b"),
        (ClockKind.FINISH, Severity.ORDINARY, 5, "receipt", "五.1c"),
        (ClockKind.CEILING, Severity.ORDINARY, 15, "receipt", "五.1c"),
        (ClockKind.FINISH, Severity.SERIOUS, None, "decision", "三.2"),
    ],
)
def test_limits_are_those_of_the_notice(
    clock: ClockKind, severity: Severity, workdays: int | None, start: str, clause: str
) -> None:
    limit = EDITION.limit(clock, severity)
    assert limit is not None
    assert (limit.workdays, limit.start, limit.clause) == (workdays, start, clause)


@pytest.mark.parametrize(
    ("clock", "severity"),
    [
        (ClockKind.CEILING, Severity.SERIOUS),
        (ClockKind.FINISH, Severity.MAJOR),
        (ClockKind.CEILING, Severity.MAJOR),
        (ClockKind.REFER, Severity.ORDINARY),
    ],
)
def test_no_limit_is_invented(clock: ClockKind, severity: Severity) -> None:
    assert EDITION.limit(clock, severity) is None


def test_office_hours_and_counting_profile() -> None:
    counting = EDITION.counting
    assert (counting.opens, counting.closes) == (time(8), time(17))
    assert (counting.profile, counting.hours_clause) == ("civil-code", "一.2")


def test_every_channel_of_the_notice_is_there_and_one_is_the_default() -> None:
    named = (
        "省平安信息系统 掌上基层APP 微信公众号 投诉举报电话 浙江政务服务网 "
        "政务咨询投诉举报平台 110联动平台 辖区企业 网格员 基础网格 巡查发现 视频监控"
    )
    assert {EDITION.channel(name).name for name in named.split()} == set(named.split())
    assert EDITION.default_channel.name == "投诉举报电话"


def test_the_grid_worker_and_the_grid_are_two_channels() -> None:
    assert EDITION.channel("专职网格员").name == "网格员"
    assert EDITION.channel("网格员").clause == "五.1a"
    assert EDITION.channel("网格上报").name == EDITION.channel("网格").name == "基础网格"


def test_channels_that_tell_the_reporter_by_themselves_are_named() -> None:
    assert {channel.name for channel in EDITION.channels if EDITION.tells(channel.name)} == {
        "省平安信息系统", "掌上基层APP", "微信公众号", "浙江政务服务网", "政务咨询投诉举报平台",
        "巡查发现", "视频监控", "监督检查",
    }  # fmt: skip
    assert not EDITION.tells("飞鸽")


def test_every_way_of_not_taking_on_is_listed_with_its_reading() -> None:
    assert {entry.outcome for entry in EDITION.declining} == set(Outcome)
    notes = [entry.note for entry in EDITION.declining] + [kind.note for kind in EDITION.outcomes]
    assert all(note.startswith("读法") for note in notes)
    kinds = ["已解决", "部分解决", "解释说明", "转其他渠道", "无法核实"]
    assert [kind.name for kind in EDITION.outcomes] == kinds
    assert EDITION.settling == ("已解决",)


LISTED = """
[[edition]]
from = 2027-01-01

[[edition.declining]]
name = "内容不明"
outcome = "引导"

[[edition.declining]]
name = "110警情"
dropped = true

[[edition.outcome]]
name = "部分解决"
settled = true

[[edition.channel]]
name = "投诉举报电话"
answers = true
"""


def test_a_new_edition_replaces_what_is_listed_by_name() -> None:
    first, second = parse_policy(SHIPPED + LISTED, "两版").editions
    was = {entry.name: entry for entry in first.declining}
    now = {entry.name: entry for entry in second.declining}
    assert was.keys() - now.keys() == {"110警情"}
    assert now["内容不明"] == was["内容不明"]._replace(outcome=Outcome.GUIDED)
    assert now["信访事项"] == was["信访事项"]
    assert second.settling == ("已解决", "部分解决")
    assert (first.tells("投诉举报电话"), second.tells("投诉举报电话")) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('outcome = "移送"', 'outcome = "拒绝"', "以下之一: 不予受理、移送、引导、退回补充"),
        ('name = "信访事项"', 'name = "内容不明"', "重复: 内容不明"),
        ("settled = true", "", "outcome[1].settled 缺失"),
        ("已上报{to}", "已上报{reason}", "只可使用空位 {number}、{to}"),
        ('suspend = "', 'stop = "', "feedback.suspend 缺失"),
        ("answers = true", 'answers = "是"', "应为true 或 false"),
    ],
)
def test_a_mistake_in_what_is_listed_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(BadData) as caught:
        parse_policy(SHIPPED.replace(old, new, 1), "policy.toml")
    assert said in str(caught.value.what)


def test_an_unknown_channel_is_refused_with_the_list() -> None:
    with pytest.raises(NotFound, match="飞鸽") as caught:
        EDITION.channel("飞鸽")
    assert "省平安信息系统" in caught.value.hint


def test_standard_feedback_fills_slots_and_leaves_given_text_alone() -> None:
    text = EDITION.standard_feedback("decline", number="2026-000123", reason="{number} 属区级")
    assert "2026-000123" in text
    assert text.endswith("{number} 属区级")
    assert "2026-000124" in EDITION.standard_feedback("accept", number="2026-000124")


def test_readings_carry_clause_and_note_and_unset_ones_are_none() -> None:
    assert EDITION.readings.returns_before_coordinator == 3
    assert EDITION.readings.urge_ladder == ("普通", "黄牌", "红牌")
    assert EDITION.readings.urge_auto_workdays is None
    assert EDITION.readings.fair_part_workdays == 1
    assert EDITION.readings.patrol_workdays is None
    note = EDITION.reading_notes["urge_ladder"]
    assert (note.clause, "省内" in note.note) == ("五.3", True)


def test_the_edition_in_force_on_the_day_governs_and_the_first_before_it() -> None:
    policy = parse_policy(later(SHIPPED, "2027-01-01"), "两版")
    days = [date(2011, 4, 1), date(2020, 3, 16), date(2026, 12, 31), date(2027, 1, 1)]
    years = [policy.edition_at(day).start.year for day in days]
    assert years == [2020, 2020, 2020, 2027]


SECOND = """
[[edition]]
from = 2027-01-01

[edition.counting]
closes = "17:30"
rest_from = "12:00"
rest_until = "13:30"

[[edition.limit]]
clock = "finish"
severities = ["一般"]
workdays = 4
start = "receipt"
clause = "五.1c"

[[edition.limit]]
clock = "finish"
severities = ["较大"]
dropped = true

[[edition.channel]]
name = "民情热线"
clause = "二.1"
default = true

[[edition.channel]]
name = "其他渠道"
dropped = true

[edition.feedback]
accept = "已受理 {number}"

[edition.readings.small_sample]
value = 20

[edition.readings.repeat_days]
value = 10
note = "改为 10 日"

[edition.readings.fair_part_workdays]
"""


def test_a_new_edition_names_only_what_differs() -> None:
    first, second = parse_policy(SHIPPED + SECOND, "两版").editions
    assert (second.start, second.name) == (date(2027, 1, 1), first.name)
    assert second.counting == first.counting._replace(
        closes=time(17, 30), rest_from=time(12), rest_until=time(13, 30)
    )
    days = {(limit.clock, limit.severity): limit.workdays for limit in second.limits}
    was = {(limit.clock, limit.severity): limit.workdays for limit in first.limits}
    del was[ClockKind.FINISH, Severity.SERIOUS]
    assert days == was | {(ClockKind.FINISH, Severity.ORDINARY): 4}
    assert second.default_channel.name == "民情热线"
    assert first.default_channel.name == "投诉举报电话"
    names = [channel.name for channel in first.channels if channel.name != "其他渠道"]
    assert [channel.name for channel in second.channels] == [*names, "民情热线"]
    assert second.channel("来电").name == "投诉举报电话"
    assert second.feedback["accept"] == "已受理 {number}"
    assert second.feedback["decline"] == first.feedback["decline"]
    assert (second.readings.small_sample, second.readings.repeat_days) == (20, 10)
    assert second.reading_notes["small_sample"].note == first.reading_notes["small_sample"].note
    assert second.reading_notes["repeat_days"].note == "改为 10 日"
    assert second.readings.fair_part_workdays is None, "named without a value: not set"
    assert second.readings.duty_staff == first.readings.duty_staff


def test_a_new_edition_is_told_by_what_it_changes_of_the_one_before() -> None:
    told = list(differences("policy", plain(SHIPPED, ""), plain(SHIPPED + SECOND, "")))
    assert (told[0].key, told[0].what) == ("edition[2027-01-01]", "增加")
    keys = [one.key.removeprefix("edition[2027-01-01].") for one in told[1:]]
    assert keys == [
        "counting.closes", "counting.rest_from", "counting.rest_until",
        "limit[finish 一般].workdays", "limit[finish 较大].dropped",
        "channel[民情热线]", "channel[其他渠道].dropped", "feedback.accept",
        "readings.small_sample.value", "readings.repeat_days.value", "readings.repeat_days.note",
        "readings.fair_part_workdays.value",
    ]  # fmt: skip
    assert [(one.what, one.old, one.new) for one in told[4:6]] == [
        ("改动", "5", "4"), ("增加", "", "true"),
    ]  # fmt: skip
    assert len([*differences("policy", {}, {"edition": [{"from": date(2020, 3, 16)}]})]) == 1


def test_what_an_edition_names_without_a_value_is_told_as_taken_from_it() -> None:
    unset = "\n[[edition]]\nfrom = 2027-01-01\n[edition.readings.fair_part_workdays]\n"
    told = list(differences("policy", plain(SHIPPED, ""), plain(SHIPPED + unset, "")))
    assert [tuple(one)[1:] for one in told[1:]] == [
        ("edition[2027-01-01].readings.fair_part_workdays.value", "删去", "1", "")
    ]


def test_a_key_added_to_an_edition_that_stands_is_held_against_no_other_key() -> None:
    rest = 'closes = "17:00"\nrest_from = "12:00"\nrest_until = "13:30"\n'
    new = SHIPPED.replace('closes = "17:00"\n', rest, 1)
    told = list(differences("policy", plain(SHIPPED, ""), plain(new, "")))
    assert [tuple(one)[1:] for one in told] == [
        ("edition[2020-03-16].counting.rest_from", "增加", "", "12:00"),
        ("edition[2020-03-16].counting.rest_until", "增加", "", "13:30"),
    ]


def test_differences_are_told_entry_by_entry_and_word_by_word() -> None:
    old = {
        "days": 5, "flag": True, "gone": 1, "words": ["甲", "乙"], "order": ["甲", "乙"],
        "text": "一 二\n三", "long": "甲" * 61, "unit": [{"name": "甲", "x": 1}, {"name": "丙"}],
        "limit": [
            {"clock": "finish", "severities": ["一般"], "n": 1},
            {"clock": "finish", "severities": ["较大"], "n": 2},
        ],
        "twice": [{"name": "甲", "n": 1}, {"name": "甲", "n": 2}],
    }  # fmt: skip
    new = {
        "days": 7, "flag": False, "words": ["乙", "丙"], "order": ["乙", "甲"],
        "text": "一 四\n三", "long": "乙" * 61, "unit": [{"name": "乙"}, {"name": "甲", "x": 2}],
        "limit": [
            {"clock": "finish", "severities": ["较大"], "n": 2},
            {"clock": "finish", "severities": ["一般"], "n": 3},
        ],
        "twice": [{"name": "甲", "n": 1}, {"name": "甲", "n": 3}], "fresh": {"x": 1, "y": [1]},
    }  # fmt: skip
    assert [tuple(one)[1:] for one in differences("p", old, new)] == [
        ("days", "改动", "5", "7"),
        ("flag", "改动", "true", "false"),
        ("gone", "删去", "1", ""),
        ("words", "删去", "甲", ""),
        ("words", "增加", "", "丙"),
        ("order", "改动", "", "只是次序或写法"),
        ("text", "删去", "二", ""),
        ("text", "增加", "", "四"),
        ("long", "改动", f"{'甲' * 60} …", f"{'乙' * 60} …"),
        ("unit[甲].x", "改动", "1", "2"),
        ("unit[丙]", "删去", "name = 丙", ""),
        ("unit[乙]", "增加", "", "name = 乙"),
        ("limit[finish 一般].n", "改动", "1", "3"),
        ("twice[甲 2].n", "改动", "2", "3"),
        ("fresh", "增加", "", "x = 1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2027-01-01", "2020-01-01", "edition[2].from 须晚于上一版"),
        (
            'severities = ["较大"]\ndropped',
            'severities = ["较大"]\nworkdays',
            "limit[2].start 缺失",
        ),
        ('clock = "finish"\nseverities = ["较大"]', 'clock = "accept"\nseverities = ["较大"]',
         "edition[2].limit 缺少 较大 的 accept"),
        (
            'name = "民情热线"',
            'name = "民情热线"\naliases = ["来电"]',
            "edition[2].channel 重复: 来电",
        ),
        ('rest_until = "13:30"\n', "", "counting.rest_from 与 rest_until 须同时写明"),
        ('rest_until = "13:30"', 'rest_until = "18:30"', "counting.rest_from 午休须在"),
    ],
)  # fmt: skip
def test_a_broken_new_edition_is_refused_where_it_stands(old: str, new: str, said: str) -> None:
    assert old in SECOND
    with pytest.raises(BadData) as caught:
        parse_policy(SHIPPED + SECOND.replace(old, new, 1), "两版")
    assert said in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("workdays = 5\n", 'workdays = "5"\n', "limit[3].workdays"),
        ("workdays = 5\n", "workdays = true\n", "limit[3].workdays"),
        ("workdays = 5\n", "workdays = 0\n", "limit[3].workdays"),
        ("workdays = 5\n", "", "limit[3].workdays 缺失"),
        ("workdays = 5\n", "workday = 5\nworkdays = 5\n", "limit[3].workday 不是可用的键"),
        ('clock = "finish"', 'clock = "done"', "limit[3].clock"),
        ('start = "beyond"', 'start = "soon"', "limit[2].start"),
        ('start = "decision"', 'start = "decision"\nworkdays = 9', "limit[5].workdays"),
        ('severities = ["重大"]', 'severities = ["特大"]', "limit[2].severities"),
        ('severities = ["重大"]', 'severities = ["重大", "重大"]', "重复: 重大"),
        ('clock = "refer"', 'clock = "accept"', "重复: accept"),
        ('clock = "accept"', 'clock = "refer"', "limit"),
        ('closes = "17:00"', 'closes = "25:00"', "counting.closes"),
        ('closes = "17:00"', 'closes = "07:00"', "counting.closes"),
        ('"civil-code"', '"roman-law"', "counting.profile"),
        ("default = true\n", "", "channel"),
        ('"来电"', '"微信"', "重复: 微信"),
        ("理由: {reason}", "理由: {name}", "feedback.decline"),
        ("编号 {number},", "编号 {number,", "feedback.accept"),
        ("value = 3\n", "", "readings.returns_before_coordinator.value 缺失"),
        ("value = 3\n", "value = 3.5\n", "readings.returns_before_coordinator.value"),
        ("[edition.readings.small_sample]", "[edition.readings.tiny]", "small_sample 缺失"),
        (
            'value = ["accept", "refer"]',
            'value = ["acept"]',
            "readings.room_answers_for 不是时限: acept",
        ),
        (AUTO, f"{AUTO}value = [1, 1, 5]\n", "urge_auto_workdays 应为逐级增大的 3 个数"),
        (AUTO, f"{AUTO}value = [1, 3]\n", "urge_auto_workdays 应为逐级增大的 3 个数"),
        (AUTO, f'{AUTO}value = ["1"]\n', "urge_auto_workdays.value 应为由 1 至 1000 的整数"),
        ("from = 2020-03-16", 'from = "2020-03-16"', "edition[1].from"),
        ("from = 2020-03-16", "from = 2020-03-16T08:00:00", "edition[1].from"),
        ("from = 2020-03-16", "from 2020-03-16", "不是有效的 TOML: 第 8 行第 6 列"),
    ],
)
def test_a_broken_policy_is_refused_naming_file_key_and_fault(
    old: str, new: str, said: str
) -> None:
    assert old in SHIPPED
    with pytest.raises(BadData) as caught:
        parse_policy(SHIPPED.replace(old, new, 1), "我的policy.toml")
    assert said in caught.value.what
    assert "我的policy.toml" in caught.value.what
    assert caught.value.hint


def test_editions_out_of_order_or_none_at_all_are_refused() -> None:
    for text in (later(SHIPPED, "2020-03-16"), later(SHIPPED, "2019-01-01"), "edition = []"):
        with pytest.raises(BadData, match="edition"):
            parse_policy(text, "坏版本")


def test_an_overriding_folder_wins_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policy.toml").write_text("﻿# mine\r\n" + SHIPPED, encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "a.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path))
    assert datafiles.locate("policy.toml") == tmp_path / "policy.toml"
    assert load_policy().editions[0].start == date(2020, 3, 16)
    assert tmp_path not in datafiles.locate("units.toml").parents
    assert tmp_path / "profiles" / "a.toml" in datafiles.folder("profiles")


def test_missing_or_unreadable_data_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadData, match=r"没有的\.toml"):
        datafiles.read("没有的.toml")
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path / "typo"))
    with pytest.raises(BadData, match="SIXPING_DATA"):
        datafiles.locate("policy.toml")
    monkeypatch.setenv("SIXPING_DATA", str(tmp_path))
    (tmp_path / "policy.toml").write_bytes("政策".encode("gbk"))
    with pytest.raises(BadData, match="UTF-8"):
        load_policy()


def test_how_a_source_is_answered_is_inherited_and_goes_with_its_channel() -> None:
    own = """
[[edition]]
from = 2027-01-01

[[edition.source]]
name = "110联动平台"
answered = "export"

[[edition.source]]
name = "掌上基层APP"
dropped = true

[[edition.channel]]
name = "浙江政务服务网"
dropped = true
"""
    first, second = parse_policy(SHIPPED + own, "两版").editions
    assert [(s.name, s.clause) for s in first.sources if s.answered == "telephone"] == [
        ("110联动平台", "附3.4")
    ]
    changed, same = second.source("110联动平台"), second.source("省平安信息系统")
    assert changed is not None
    assert (changed.answered, changed.clause) == ("export", "附3.4")
    assert same == first.source("省平安信息系统")
    assert second.source("掌上基层APP") is second.source("浙江政务服务网") is None
    with pytest.raises(BadData, match="没有这些渠道: 民情热线"):
        parse_policy(SHIPPED + own.replace("110联动平台", "民情热线", 1)
                     .replace('"export"', '"export"\nclause = "三.1"\nnote = "读法: 演示。"'),
                     "两版")  # fmt: skip
    with pytest.raises(BadData, match="answered"):
        parse_policy(SHIPPED.replace('answered = "telephone"', 'answered = "mail"', 1), "一版")


def test_rules_that_do_not_say_how_a_source_is_answered_say_nothing_of_it() -> None:
    first = SHIPPED.index("[[edition.source]]")
    older = SHIPPED[:first] + SHIPPED[SHIPPED.index("# 下列各项") :]
    assert parse_policy(older, "旧版").editions[0].sources == ()
