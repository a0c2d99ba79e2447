"""The desk as its officers use it: intake, triage, in bulk, twice, late, and on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sixping.console import incoming
from sixping.errors import BadData
from tests.conftest import ROOT, Runner
from tests.kit.street import adopt

NOW = "2026-11-23T09:00:00+08:00"
FIELDS = [
    "number", "version", "channel", "source_no", "text", "place", "community", "grid",
    "received_at", "recorded_at", "category", "platform", "severity", "status", "lead", "assist",
    "coordinator", "unsure", "reasons", "clocks", "duplicates",
]  # fmt: skip
CLOCK = ["kind", "round", "due", "started", "stopped", "late", "provisional", "profile", "clause"]


def take(call: Runner, *argv: str, now: str = NOW, **more: Any) -> Any:
    return call("intake", *argv, "--json", now=now, **more).json()


def dues(case: dict[str, Any]) -> list[str]:
    return [f"{clock['kind']} {clock['due'][:16]}" for clock in case["clocks"]]


def count(call: Runner) -> int:
    return len(call("list", "--all", "--json", now=NOW).json())


@pytest.mark.usefixtures("ledger")
def test_an_intake_answers_with_the_promised_fields(call: Runner) -> None:
    case = take(call, "江南大道占道经营", "--channel", "网格员", "--community", "江一社区")
    assert set(FIELDS) <= case.keys()
    assert all(set(CLOCK) <= clock.keys() for clock in case["clocks"])
    assert (case["number"], case["version"], case["status"]) == ("2026-000001", 1, "待受理")
    assert (case["channel"], case["community"], case["lead"]) == ("网格员", "江一社区", None)
    assert (case["platform"], case["category"]) == ("综合执法", "占道经营")
    assert case["received_at"] == case["recorded_at"] == NOW
    assert {frozenset(reason) for reason in case["reasons"]} == {
        frozenset({"what", "matched", "rule"})
    }
    assert {clock["profile"] for clock in case["clocks"]} == {"civil-code"}
    assert [clock["clause"] for clock in case["clocks"]] == ["五.1a", "五.1c", "五.1c"]


@pytest.mark.usefixtures("ledger")
def test_on_a_pipe_only_the_text_is_needed_and_the_result_alone_is_on_stdout(call: Runner) -> None:
    done = call("intake", "江南大道占道经营", now=NOW)
    head, row = (line.split("\t") for line in done.out.splitlines())
    case = dict(zip(head, row, strict=True))
    assert (case["number"], case["clock"]) == ("2026-000001", "受理")
    assert case["due"] == "2026-11-24T17:00:00+08:00"
    assert "2026-000001 已登记; 受理期限 11月24日(周二) 17:00" in done.err
    assert "下一步: sixping accept 2026-000001" in done.err
    shown = call("show", "1", "--json", now=NOW).json()
    assert shown["channel"] == "投诉举报电话"
    seq, tail = case["anchor"].split(":")
    assert (int(seq), shown["events"][0]["hash"][-16:]) == (shown["events"][0]["seq"], tail)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("severity", "clocks"),
    [
        (
            "一般",
            ["accept 2026-11-24T17:00", "finish 2026-11-30T17:00", "ceiling 2026-12-14T17:00"],
        ),
        ("较大", ["accept 2026-11-24T17:00"]),
        ("重大", ["accept 2026-11-24T17:00", "refer 2026-11-24T17:00"]),
    ],
)
def test_each_severity_runs_its_own_clocks_in_order(
    call: Runner, severity: str, clocks: list[str]
) -> None:
    assert dues(take(call, "占道经营", "--severity", severity)) == clocks


ANCHORS = [
    ("2020-03-16", "03-17", "03-23", "04-07"),
    ("2020-01-23", "02-03", "02-07", "02-21"),
    ("2020-04-30", None, "05-11", None),
    ("2020-06-24", "06-28", None, None),
    ("2020-09-21", None, None, "10-16"),
    ("2020-09-25", None, "10-09", None),
    ("2020-03-21", "03-23", None, None),
    ("2024-02-09", "02-18", "02-22", "03-07"),
    ("2025-01-24", "01-26", "02-07", "02-20"),
    ("2026-02-13", "02-14", "02-27", "03-12"),
    ("2026-09-30", "10-08", "10-13", "10-27"),
]


@pytest.mark.usefixtures("ledger")
def test_the_anchor_dates_of_the_clauses_come_out_through_the_command_line(call: Runner) -> None:
    for received, *expected in ANCHORS:
        case = take(call, "占道经营", "--received", received, "--severity", "一般")
        assert case["number"].startswith(received[:4]), "the year of receipt"
        assert case["received_at"] == f"{received}T00:00:00+08:00"
        for clock, day in zip(case["clocks"], expected, strict=True):
            if day:
                assert clock["due"] == f"{received[:4]}-{day}T17:00:00+08:00", received
            assert not clock["provisional"]


@pytest.mark.usefixtures("ledger")
def test_a_due_date_beyond_the_last_notice_is_marked_provisional(call: Runner) -> None:
    """2026-12-10 ends within the published year; 2026-12-20 has its ceiling in 2027."""
    case = take(call, "占道经营", now="2026-12-10T10:00:00+08:00")
    assert dues(case) == [
        "accept 2026-12-11T17:00", "finish 2026-12-17T17:00", "ceiling 2026-12-31T17:00"
    ]  # fmt: skip
    assert [clock["provisional"] for clock in case["clocks"]] == [False] * 3
    done = call("intake", "占道经营", now="2026-12-20T10:00:00+08:00")
    later = call("show", "2", "--json", now="2026-12-20T10:00:00+08:00").json()
    assert [clock["provisional"] for clock in later["clocks"]] == [False, False, True]
    assert "暂定 (放假安排未公布)" in done.err


@pytest.mark.usefixtures("ledger")
def test_the_officers_choice_is_recorded_beside_the_suggestion(call: Runner) -> None:
    case = take(call, "江南大道占道经营", "--category", "犬只与动物扰民", "--severity", "较大")
    suggested = case["events"][0]["suggestion"]
    assert (case["category"], case["severity"], case["unsure"]) == ("犬只与动物扰民", "较大", False)
    assert (suggested["category"], suggested["severity"]) == ("占道经营", "一般")
    assert [r["rule"] for r in case["reasons"] if r["what"] in {"类别", "等级"}] == [
        "值班员指定", "值班员指定"
    ]  # fmt: skip


@pytest.mark.usefixtures("ledger")
def test_what_matches_little_is_said_to_be_unsure_and_can_be_confirmed(call: Runner) -> None:
    done = call("intake", "请领导关心一下", now=NOW)
    assert "把握不大" in done.err
    case = take(call, "东西坏了")
    assert case["unsure"]
    again = call(
        "regrade", "2", "--category", case["category"], "--reason", "已核实", "--json", now=NOW
    ).json()
    assert (again["category"], again["unsure"]) == (case["category"], False)


# --- once and only once ----------------------------------------------------------------


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    "key", [["--request-id", "r-1"], ["--channel", "12345", "--source-no", "A1"]]
)
def test_the_same_request_is_registered_once(call: Runner, key: list[str]) -> None:
    first = take(call, "江南大道占道经营", "--place", "西头", *key)
    again = call(
        "intake", "江南大道占道经营", "--place", "西头", *key, now="2026-11-24T18:00:00+08:00"
    )
    assert again.code == 0
    assert "没有重复登记" in again.err
    assert first["number"] in again.out
    other = call("intake", "江南大道占道经营", "--place", "东头", *key, now=NOW)
    assert (other.code, other.out) == (65, "")
    assert first["number"] in other.err
    assert all(way in other.err for way in ("sixping note", "sixping amend", "请换一个"))
    assert "--partial" not in other.err, "that is a way of files"
    assert count(call) == 1


@pytest.mark.usefixtures("ledger")
def test_an_alias_does_not_make_another_request(call: Runner) -> None:
    take(call, "占道经营", "--channel", "12345", "--source-no", "A1")
    take(call, "占道经营", "--channel", "政务咨询投诉举报平台", "--source-no", "A1")
    take(call, "占道经营", "--channel", "微信", "--source-no", "A1")
    assert count(call) == 2, "another channel has numbers of its own"


def test_a_retry_from_another_process_wins_nothing(run: Runner, ledger: Path) -> None:
    assert ledger.exists()
    answered = [run("intake", "占道经营", "--request-id", "x", "--json") for _ in range(2)]
    assert {answer.json()["number"] for answer in answered} == {answered[0].json()["number"]}


# --- what comes in ---------------------------------------------------------------------


@pytest.mark.usefixtures("ledger")
def test_a_dash_reads_the_text_from_standard_input(call: Runner) -> None:
    letter = "\ufeff第一行\r\n第二行\n".encode()
    assert take(call, "-", stdin=letter)["text"] == "第一行\n第二行"
    assert call("intake", "-", now=NOW).code == 65
    bad = call("intake", "-", now=NOW, stdin="占道经营".encode("gbk"))
    assert bad.code == 65
    assert "UTF-8" in bad.err


def test_a_chinese_console_may_send_its_own_encoding(call: Runner, ledger: Path) -> None:
    for encoding in ("gbk", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-m", "sixping", "--ledger", str(ledger), "intake", "-"],
            env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "gbk", "SIXPING_NOW": NOW},
            input="占道经营".encode(encoding),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode("gbk")
    cases = call("list", "--json", now=NOW).json()
    assert [case["text"] for case in cases] == ["占道经营"] * 2


@pytest.mark.usefixtures("ledger")
def test_bulk_intake_answers_line_by_line_and_a_bad_line_is_answered_in_its_place(
    call: Runner,
) -> None:
    lines = [
        '{"text": "占道经营", "source_no": "1", "received": "昨天15:00"}',
        "不是 JSON",
        '{"text": "占道经营", "colour": "red"}',
        "",
        '{"text": "占道经营", "channel": "没有的渠道"}',
        '{"text": "占道经营", "community": "江一社区", "anonymous": true}',
        '{"text": "占道经营", "source_no": "1"}',
        '{"text": "变了", "source_no": "1"}',
        "[" * 100_000,
        "1" * 5_000,
        '{"text": ' + "1" * 5_000 + "}",
        '{"text": "占道经营", "severity": "特大"}',
        '{"text": "占道经营", "received": "2030-01-01"}',
        '{"text": "\\u0000"}',
        '{"text": "\\ud800"}',
        '{"text": "占道经营", "request_id": 5}',
        '{"text": "占道经营", "anonymous": true, "phone": "1"}',
    ]
    done = call("intake", "--jsonl", now=NOW, stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 65
    assert [a.get("number") or a["line"] for a in answers] == [
        "2026-000001", 2, 3, 5, "2026-000002", "2026-000001", *range(8, 18)
    ]  # fmt: skip
    assert all(a["error"] and "hint" in a for a in answers if "line" in a)
    assert answers[0]["received_at"] == "2026-11-22T15:00:00+08:00"
    assert answers[0] == call("show", "1", "--json", now=NOW).json()
    assert "共 16 行, 其中 13 行有误" in done.err
    assert count(call) == 2


def test_an_answer_to_a_line_masks_what_the_fault_and_its_advice_quote() -> None:
    def take(*_: object) -> dict[str, Any]:
        raise BadData("听成了 13800000000", "请拨 13800000000")

    answered = incoming._answered(take, 3, '{"text": "占道经营"}')
    assert answered == {"line": 3, "error": "听成了 138****0000", "hint": "请拨 138****0000"}


@pytest.mark.usefixtures("ledger")
def test_a_line_or_a_text_without_end_is_refused(
    call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "LONGEST_LINE", 200)
    monkeypatch.setattr(incoming, "TEXT_LIMIT", 20)
    line = json.dumps({"text": "占道经营", "place": "x" * 200})
    for argv, words in ((("--jsonl",), line), (("-",), "占" * 200)):
        done = call("intake", *argv, now=NOW, stdin=words)
        assert (done.code, "太长" in done.err) == (65, True), done.err
    assert count(call) == 0


@pytest.mark.usefixtures("ledger")
def test_bulk_intake_takes_a_dash_and_refuses_options_beside_the_lines(call: Runner) -> None:
    line = '{"text": "占道经营"}'
    assert call("intake", "--jsonl", "-", now=NOW, stdin=line).code == 0
    assert call("intake", "--jsonl", "文字", now=NOW, stdin=line).code == 2
    assert call("intake", "--jsonl", "--place", "西头", now=NOW, stdin=line).code == 2
    assert call("intake", "--jsonl", now=NOW, stdin="").out == ""
    assert count(call) == 1


def test_a_reader_who_leaves_is_told_how_far_the_registration_went(
    ledger: Path, tmp_path: Path
) -> None:
    lines = '{"text": "占道经营"}\n' * 3
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "sixping", "--ledger", str(ledger), "intake", "--jsonl"],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONUTF8": "1"},
        input=lines.encode(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode == 74
    assert "-000001" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_triage_needs_no_ledger_and_writes_none(call: Runner, tmp_path: Path) -> None:
    lines = '{"text": "烧烤油烟", "place": "西头", "received": "昨天"}\n坏\n{"text": "占道经营"}'
    done = call("triage", "--jsonl", now=NOW, stdin=lines)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 65
    assert [a.get("category") or a["line"] for a in answers] == ["露天烧烤", 2, "占道经营"]
    assert not list(tmp_path.rglob("*.sqlite3"))
    one = call("triage", "占道经营", "--json", now=NOW).json()
    assert one == answers[2]
    assert {"category", "platform", "severity", "lead", "unsure", "reasons"} <= one.keys()
    assert call("triage", now=NOW).code == 2
    assert call("triage", "-", now=NOW, stdin="占道经营").code == 0


@pytest.mark.usefixtures("ledger")
def test_a_received_time_is_echoed_and_may_not_lie_ahead(call: Runner) -> None:
    done = call("intake", "占道经营", "--received", "昨天下午3点", now=NOW)
    assert "收到: 2026年11月22日(周日) 15:00" in done.err
    assert call("intake", "x", "--received", "10.8", now=NOW).code == 2
    assert call("intake", "x", "--received", "明天", now=NOW).code == 2
    assert count(call) == 1


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    "phone",
    [
        "12345", "138 0000 0000", "+86-13800000000", "(0571)8600-0000转12", "0571-86000000 ext. 3",
        "86000000x12", "１３８００００００００", "86000000 分机 5", "13800000000、13900000000",
    ],
)  # fmt: skip
def test_a_telephone_number_is_kept_as_it_was_written(call: Runner, phone: str) -> None:
    call("intake", "路灯不亮", "--phone", phone, now=NOW)
    shown = call("show", "1", "--json", "--reveal", "--reason", "核对", now=NOW).json()
    assert shown["phone"] == phone


@pytest.mark.usefixtures("ledger")
def test_a_line_whose_phone_is_no_number_is_answered_in_its_place(call: Runner) -> None:
    lines = '{"text": "路灯不亮", "phone": "不知道"}\n{"text": "路灯不亮", "phone": "12345"}\n'
    done = call("intake", "--jsonl", stdin=lines, now=NOW)
    assert done.code == 65
    assert "电话 (phone)不像电话号码: 没有数字" in done.err
    assert count(call) == 1


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ([], 2, "没有写明反映的内容"),
        (["  "], 65, "没有写明反映的内容"),
        (["x", "--channel", "微信公号"], 2, "微信公众号"),
        (["x", "--category", "道占经营"], 2, "是否指: 占道经营"),
        (["x", "--community", "一社"], 2, "江一社区"),
        (["x", "--community", "城管"], 2, "社区有: 江一社区"),
        (["x", "--community", "江一社区", "--grid", "第九网格"], 2, "第九网格"),
        (["x", "--severity", "特大"], 2, "一般、较大、重大"),
        (
            ["x", "--anonymous", "--phone", "13800000000"],
            2,
            "请去掉 --anonymous, 或去掉 --reporter、--phone",
        ),
        (
            ["x", "--channel", "微心", "--severity", "特大", "--category", "没有的类"],
            2,
            "没有这个渠道: 微心",
        ),
        (
            ["x", "--channel", "微心", "--severity", "特大", "--category", "没有的类"],
            2,
            "没有这个等级: 特大",
        ),
        (
            ["x", "--channel", "微心", "--severity", "特大", "--category", "没有的类"],
            2,
            "没有这个类别: 没有的类",
        ),
        (["x", "--phone", "3幢楼下"], 2, "电话不像电话号码: 只有 1 位数字"),
        (["x", "--phone", "王女士"], 2, "没有数字"),
        (["x", "--phone", "13800000000abc"], 2, "有数字以外的字"),
        (["x", "--chanel", "微信"], 2, "--channel"),
        (["江南大道", "占道"], 2, "引号"),
        (["x", "--source-no", "9" * 201], 65, "来源编号"),
        (["x", "--request-id", " "], 2, "请求标识"),
    ],
)
def test_a_slip_is_named_with_what_to_write_instead(
    call: Runner, argv: list[str], code: int, said: str
) -> None:
    done = call("intake", *argv, now=NOW)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert count(call) == 0


@pytest.mark.usefixtures("ledger")
def test_what_is_no_number_is_refused_without_a_word_of_english_and_with_a_whole_example(
    call: Runner,
) -> None:
    call("intake", "占道经营", now=NOW).code  # noqa: B018
    for argv in (["intake", "x", "--phone", "abc"], ["amend", "1", "--phone", "12"]):
        done = call(*argv, *(["--reason", "补记"] if "amend" in argv else []), now=NOW)
        assert done.code == 2
        assert "(如 12345 转 2)" in done.err
        assert "(phone)" not in done.err
    assert "请求标识是空的" in call("intake", "x", "--request-id", " ", now=NOW).err


def test_without_a_ledger_the_path_and_both_ways_on_are_named(call: Runner) -> None:
    done = call("intake", "占道经营", now=NOW)
    assert done.code == 78
    assert all(word in done.err for word in ("ledger.sqlite3", "sixping init", "sixping demo"))


@pytest.mark.usefixtures("ledger")
def test_a_grid_tells_its_community(call: Runner) -> None:
    units = call("units", "list", "--json").json()
    grid = next(unit["name"] for unit in units if unit["kind"] == "grid")
    case = take(call, "占道经营", "--grid", grid)
    assert case["grid"] == grid
    assert case["community"]
    elsewhere = next(
        unit["name"] for unit in units
        if unit["kind"] == "community" and unit["name"] != case["community"]
    )  # fmt: skip
    refused = call("intake", "x", "--grid", grid, "--community", elsewhere, now=NOW)
    assert refused.code == 2


# --- where it is -----------------------------------------------------------------------


def places(case: dict[str, Any]) -> tuple[Any, ...]:
    return case["community"], case["grid"], case["events"][0].get("located")


@pytest.mark.usefixtures("ledger")
def test_on_a_pipe_a_place_named_exactly_is_taken_with_its_reason(call: Runner) -> None:
    done = call("intake", "江一社区第二网格路灯不亮", now=NOW)
    assert "网格: 江一社区第二网格  [内容中写明]" in done.err
    case = call("show", "1", "--json", now=NOW).json()
    assert places(case) == ("江一社区", "江一社区第二网格", "text")
    assert {
        "what": "社区",
        "matched": "江一社区第二网格",
        "rule": "内容中写明, 即江一社区",
    } in case["reasons"]
    assert places(take(call, "路灯不亮", "--place", "江二社区3幢")) == ("江二社区", None, "place")


@pytest.mark.usefixtures("ledger")
def test_what_is_stated_wins_and_a_contradiction_is_said(call: Runner) -> None:
    done = call("intake", "江二社区路灯不亮", "--community", "江一社区", now=NOW)
    assert "写到的是江二社区, 已按所给的记为江一社区" in done.err
    assert places(call("show", "1", "--json", now=NOW).json()) == ("江一社区", None, None)
    both = call("intake", "江一社区和江二社区之间路灯不亮", now=NOW)
    assert "写到几个社区: 江一社区、江二社区, 都没有采用" in both.err
    assert places(call("show", "2", "--json", now=NOW).json()) == (None, None, None)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    "argv",
    [
        ["路灯不亮", "--community", "江一社区", "--grid", "第二网格"],
        ["江一社区路灯不亮", "--grid", "第二网格"],
        ["第二网格路灯不亮", "--community", "江一社区"],
    ],
)
def test_a_short_grid_name_is_understood_within_its_community(
    call: Runner, argv: list[str]
) -> None:
    assert take(call, *argv)["grid"] == "江一社区第二网格"


@pytest.mark.usefixtures("ledger")
def test_a_line_of_a_file_is_placed_alike_and_a_retry_is_the_same_request(call: Runner) -> None:
    line = json.dumps({"text": "江一社区路灯不亮", "request_id": "a"}, ensure_ascii=False)
    answers = [call("intake", "--jsonl", now=NOW, stdin=line).json() for _ in range(2)]
    assert [places(answer) for answer in answers] == [("江一社区", None, "text")] * 2
    assert answers[0]["number"] == answers[1]["number"]


@pytest.mark.usefixtures("ledger")
def test_a_caller_who_rang_before_is_counted_by_the_number_alone(call: Runner) -> None:
    first = take(call, "占道经营", "--phone", "138 0000 0000")
    take(call, "路灯不亮", "--phone", "13900000000", "--place", "西头")
    take(call, "井盖没了", "--phone", "+86-13800000000", now="2026-11-23T10:00:00+08:00")
    take(call, "占道经营")
    assert first["caller"] == {"earlier": 0}
    earlier = [
        call("show", number, "--json", now=NOW).json()["caller"] for number in ("1", "2", "3", "4")
    ]
    assert earlier == [{"earlier": 0}, {"earlier": 0}, {"earlier": 1}, None]


@pytest.mark.usefixtures("ledger")
def test_a_report_that_was_withdrawn_is_no_earlier_one_of_its_caller(call: Runner) -> None:
    later, last = "2026-11-23T10:00:00+08:00", "2026-11-23T11:00:00+08:00"
    take(call, "占道经营", "--phone", "13800000000")
    take(call, "井盖没了", "--phone", "13800000000", now=later)
    assert call("undo", "1", now=last).code == 0
    assert call("show", "2", "--json", now=last).json()["caller"] == {"earlier": 0}


# --- rules of another street -----------------------------------------------------------


def _policy(folder: Path, *changes: tuple[str, str]) -> None:
    text = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir()
    (folder / "policy.toml").write_text(text, encoding="utf-8")


def test_the_next_opening_profile_deems_an_evening_report_received_the_next_morning(
    run: Runner, ledger: Path, tmp_path: Path
) -> None:
    """Friday 2026-11-20 at 17:00:01: deemed Monday 23, which is not counted, so due the 24th."""
    assert ledger.exists()
    _policy(tmp_path / "data", ('profile = "civil-code"', 'profile = "next-opening"'))
    adopt(run, tmp_path / "data")
    for second, due in (("17:00:00", "11-23"), ("17:00:01", "11-24")):
        case = take(run, "占道经营", now=f"2026-11-20T{second}+08:00")
        assert case["clocks"][0]["due"] == f"2026-{due}T17:00:00+08:00"
        assert case["clocks"][0]["profile"] == "next-opening"


def test_the_edition_in_force_at_receipt_governs_a_case_to_its_end(
    run: Runner, ledger: Path, tmp_path: Path
) -> None:
    """An edition from 2026-12-01 sets 3 days and other words; a case of November keeps 5."""
    assert ledger.exists()
    _policy(tmp_path / "data")
    path = tmp_path / "data" / "policy.toml"
    text = path.read_text(encoding="utf-8")
    later = text[text.index("\n[[edition]]") :].replace("2020-03-16", "2026-12-01")
    later = later.replace("workdays = 5\n", "workdays = 3\n").replace("已受理", "新版已受理")
    path.write_text(text + "\n" + later, encoding="utf-8")
    adopt(run, tmp_path / "data")
    old = take(run, "占道经营", now="2026-11-30T10:00:00+08:00")
    new = take(run, "占道经营", now="2026-12-01T10:00:00+08:00")
    assert [c["clocks"][1]["due"][:10] for c in (old, new)] == ["2026-12-07", "2026-12-04"]
    texts = []
    for number in ("1", "2"):
        done = run("accept", number, "--json", now="2026-12-01T11:00:00+08:00")
        texts.append(done.json()["events"][-1]["feedback"])
    assert ["新版" in text for text in texts] == [False, True]


@pytest.mark.parametrize(("said", "grade"), [("重", "重大"), (" 较 ", "较大"), ("一般", "一般")])
def test_a_grade_goes_by_a_short_form(call: Runner, ledger: Path, said: str, grade: str) -> None:  # noqa: ARG001
    made = call("intake", "演示: 路灯不亮", "--severity", said, "--json", now=NOW).json()
    assert (made["severity"], made["grade"]["confirmed_by"] is None) == (grade, False)
    refused = call("intake", "演示: 又不亮", "--severity", "大", now=NOW)
    assert (refused.code, "没有这个等级: 大" in refused.err) == (2, True)
