"""What a source is answered where its own files move cases on: the new alone, and all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.stories.test_update import TEAM, Office, row

CHANNEL, OTHER = "投诉举报电话", "微信公众号"
RESOLVED = {"受理": "2026-11-02 09:30", "分派": "2026-11-02 10:00", "单位": TEAM,
            "办结": "2026-11-04 10:00", "结果": "已清理"}  # fmt: skip


@pytest.fixture
def office(call: Runner, tmp_path: Path) -> Office:
    return Office(call, tmp_path)


def exported(office: Office, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(office.ok("export", "--json", *argv))
    return found


def answered(office: Office, channel: str = CHANNEL) -> list[dict[str, Any]]:
    since = ("--since", "2026-11-27T00:00")
    return exported(office, "--answers", "--channel", channel, *since)


def test_what_a_file_states_of_its_own_report_is_no_answer_to_its_source(office: Office) -> None:
    office.take(row("1"), row("2"))
    told = row("1", **RESOLVED, 反馈="2026-11-05 10:00", 答复="已告知")
    office.update(told, row("2", 状态="归档"))
    assert office.case("2")["status"] == "已归档"
    assert answered(office) == []


def test_a_step_of_the_desk_answers_with_what_the_file_stated_before(office: Office) -> None:
    office.take(row("1"), row("2"))
    office.update(row("1", **RESOLVED), row("2", 状态="办结", 结果="已劝离", 单位=TEAM))
    office.ok("feedback", "1", "已电话告知")
    office.ok("feedback", "2", "已当面告知")
    first, second = answered(office)
    assert (first["outcome"], first["feedback"]) == ("已清理", "已电话告知")
    assert first["resolved_at"] == "2026-11-04T10:00:00+08:00"
    assert (second["outcome"], second["feedback"]) == ("已劝离", "已当面告知")
    assert second["resolved_at"] is None


def test_a_report_merged_into_a_case_that_a_file_settled_is_answered(office: Office) -> None:
    office.take(row("1"))
    office.ok("intake", "演示: 同一件", "--channel", OTHER, "--source-no", "W1",
              "--severity", "一般")  # fmt: skip
    office.ok("merge", "2", "--into", "1")
    assert answered(office, OTHER) == []  # nothing came of it yet
    office.update(row("1", **RESOLVED))
    (report,) = answered(office, OTHER)
    assert (report["source_no"], report["outcome"]) == ("W1", "已清理")
    assert answered(office) == []


def test_an_export_has_what_files_state_bit_by_bit(office: Office) -> None:
    office.take(row("1"), row("2"), row("3"))
    office.update(
        row("1", **RESOLVED),
        row("2", 状态="办结", 单位=TEAM),
        row("3", 状态="办结", 结果="已清理", 答复="已答复", 单位=TEAM),
    )
    office.update(
        row("1", **RESOLVED, 反馈="2026-11-05 10:00", 答复="已告知", 归档="2026-11-06 10:00"),
        row("2", 状态="办结", 单位=TEAM, 结果="已劝离"),
    )
    first, second, third = exported(office)
    assert (first["outcome"], first["feedback"]) == ("已清理", "已告知")
    assert first["fed_back_at"] == "2026-11-05T10:00:00+08:00"
    assert first["closed_at"] == "2026-11-06T10:00:00+08:00"
    assert second["outcome"] == "已劝离"
    assert (third["outcome"], third["feedback"]) == ("已清理", "已答复")
    requests = json.loads(office.ok("export", "--open311"))
    assert [r["status_notes"] for r in requests] == ["已清理", "已劝离", "已清理"]


def test_a_result_told_without_words_of_its_own_is_what_the_reporter_was_told(
    office: Office,
) -> None:
    office.take(row("1"))
    office.update(row("1", **RESOLVED, 答复="已清理"))
    (first,) = exported(office)
    assert (first["outcome"], first["feedback"], first["fed_back_at"]) == ("已清理", "已清理", None)


def test_an_answer_says_by_when_its_source_wanted_it(office: Office) -> None:
    office.ok("intake", "演示: 占道", "--channel", OTHER, "--source-no", "W1", "--severity", "一般",
              "--source-due", "2026-12-01T17:00")  # fmt: skip
    office.ok("decline", "1", "--category", "内容不明", "--reason", "说不清楚是哪里")
    (answer,) = answered(office, OTHER)
    assert answer["source_due"] == "2026-12-01T17:00:00+08:00"
