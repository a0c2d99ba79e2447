"""What users ran into, told as it happened, and what lies right beside it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from sixping.util.text import columns
from tests.conftest import ROOT, Runner
from tests.kit.deadline import killed_after
from tests.kit.street import adopt

pytestmark = pytest.mark.usefixtures("ledger")

NOW = "2026-11-23T09:00:00+08:00"


def closed(ledger: Path, words: str, *, redirect: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line from a shell that closed some of its streams."""
    env = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "SIXPING_NOW": NOW}
    line = f'"{sys.executable}" -m sixping --ledger "{ledger}" {words} {redirect}'
    shell = ["/bin/sh", "-c", line]
    return subprocess.run(shell, env=env, capture_output=True, check=False, timeout=120)


def on_a_terminal(ledger: Path, words: str, width: int, *, now: str) -> list[str]:
    """Return the lines a command writes on a terminal of this width."""
    main, end = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "sixping", "--ledger", str(ledger), *words.split()],
        env={
            "PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "SIXPING_NOW": now,
            "COLUMNS": str(width), "NO_COLOR": "1",
        },
        stdin=subprocess.DEVNULL, stdout=end, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(end)
    seen = b""
    screen = open(main, "rb", buffering=0)  # noqa: PTH123, SIM115 - a descriptor
    with screen, killed_after(120, program), suppress(OSError):
        while part := screen.read(1 << 16):
            seen += part
    assert program.wait(60) == 0
    return seen.decode().split("\r\n")


def test_a_step_recorded_with_stdout_closed_does_not_look_failed(
    ledger: Path, call: Runner
) -> None:
    ran = closed(ledger, "intake 路灯不亮", redirect=">&-")
    assert (ran.returncode, "内部出错" in ran.stderr.decode()) == (0, False)
    silent = closed(ledger, "accept 1", redirect=">&- 2>&-")
    assert silent.returncode == 0
    assert call("show", "1", "--json", now=NOW).json()["status"] == "待分派"


@pytest.mark.parametrize(
    "words", ["list", "list --format csv", "report --month --format md", "calendar ics"]
)
def test_no_result_crashes_where_nobody_takes_it(ledger: Path, call: Runner, words: str) -> None:
    call("intake", "路灯不亮", now=NOW)
    ran = closed(ledger, words, redirect=">&-")
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_refusal_keeps_its_exit_code_when_nobody_listens(ledger: Path) -> None:
    assert closed(ledger, "show 7", redirect=">&- 2>&-").returncode == 1
    assert closed(ledger, "list --limit 0", redirect="2>&-").returncode == 2


def test_a_line_with_an_unknown_field_is_told_every_field_there_is(call: Runner) -> None:
    answer = call("intake", "--jsonl", stdin='{"text": "路灯不亮", "when": "昨天"}\n', now=NOW)
    assert answer.code == 65
    for name in ("text", "anonymous", "received", "request_id"):
        assert name in answer.out


def test_the_log_says_whose_personal_data_were_looked_at(call: Runner) -> None:
    call("intake", "路灯不亮", "--reporter", "演示甲", now=NOW)
    call("show", "1", "--reveal", "--reason", "回访", now=NOW)
    seen = call("log", "--stream", "job", now=NOW).out
    assert "2026-000001" in seen.splitlines()[-1]
    assert "回访" in seen


def test_a_missing_file_is_said_in_chinese(call: Runner, tmp_path: Path) -> None:
    missing = call("calendar", "import", "没有.json", now=NOW)
    folder = call("calendar", "import", str(tmp_path), now=NOW)
    assert (missing.code, folder.code) == (74, 74)
    assert "没有这个文件" in missing.err
    assert "这是文件夹" in folder.err


@pytest.mark.parametrize("width", [80, 120])
def test_no_row_of_the_overdue_list_is_wider_than_the_terminal(
    ledger: Path, call: Runner, width: int
) -> None:
    """Limits beyond the published calendar are the widest: year and 暂定 beside the date."""
    long = "小区西门外流动摊贩占道经营, 夜间油烟扰民, 居民多次反映没有结果"
    call("intake", long, now="2026-11-02T09:00:00+08:00")
    call("intake", long, now="2026-12-31T09:00:00+08:00")
    call("accept", "1", now="2026-11-02T10:00:00+08:00")
    call("assign", "1", "--lead", "城管执法中队", now="2026-11-02T10:00:00+08:00")
    lines = on_a_terminal(ledger, "overdue --within 9", width, now="2026-12-31T10:00:00+08:00")
    rows = [line for line in lines if re.match(r" *\d+  ", line)]
    assert len(rows) > 1
    assert max(map(columns, rows)) <= width


def test_no_number_of_the_notice_is_in_words_of_the_program(call: Runner, tmp_path: Path) -> None:
    """A street that sets the ceiling to twenty working days must not read fifteen."""
    rules = tmp_path / "rules"
    rules.mkdir()
    policy = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    (rules / "policy.toml").write_text(policy.replace("workdays = 15", "workdays = 20"), "utf-8")
    adopt(call, rules)
    call("intake", "路灯不亮", now=NOW)
    later = "2027-03-01T09:00:00+08:00"
    assert "15" not in call("overdue", "--kind", "ceiling", now=later).out.split("\t")[9]
    report = call("report", "--year", "2026", "--json", now=later).json()
    assert not any("15" in rate["cohort"] for rate in report["rates"].values())


def test_a_refusal_offers_only_steps_the_case_can_take(call: Runner) -> None:
    call("intake", "路灯不亮", now=NOW)
    call("accept", "1", now=NOW)
    offered = call("close", "1", now=NOW).err
    for step in ("assign", "regrade", "extend", "suspend", "note"):
        assert f"({step})" in offered
    for step in ("decide", "resume", "answer-urge", "part-done"):
        assert f"({step})" not in offered
    call("suspend", "1", "--reason", "等材料", "--approved-by", "分管领导", now=NOW)
    call("urge", "1", "--level", "普通", "--reason", "催办", now=NOW)
    offered = call("close", "1", now=NOW).err
    assert "(resume)" in offered
    assert "(answer-urge)" in offered
    assert "(suspend)" not in offered


def test_an_option_that_would_be_ignored_is_refused(call: Runner) -> None:
    for option in ("--json", "--no-headers", "--format=csv", "--workdays=5"):
        answered = call("calendar", "due", "--stdin", option, stdin="2026-09-30 5\n", now=NOW)
        assert (answered.code, answered.out) == (2, ""), option
    plain = call("calendar", "due", "--stdin", stdin="2026-09-30 5\n", now=NOW)
    assert plain.out.split() == ["2026-09-30", "5", "2026-10-13", "否"]


def test_a_clock_that_went_back_is_remarked_on_and_stops_nobody(call: Runner) -> None:
    call("intake", "演示路口占道经营", now="2026-11-23T09:00:00+08:00")
    taken = call("accept", "1", "--json", now="2026-11-23T08:00:00+08:00")
    assert taken.code == 0, taken.err
    assert taken.json()["events"][-1]["at"] == "2026-11-23T08:00:00+08:00"
    remarks = {remark["remark"] for remark in call("verify", "--json").json()["remarks"]}
    assert "clock_back" in remarks
    stated = call(
        "note", "1", "更早", "--at", "2026-11-23T08:30:00", "--reason", "补记",
        now="2026-11-23T10:00:00+08:00",
    )  # fmt: skip
    assert stated.code == 1, "a time that somebody states is held against receipt"


def test_a_ledger_cut_short_is_told_in_json_too(ledger: Path, call: Runner) -> None:
    ledger.write_bytes(ledger.read_bytes()[:3000])
    found = call("verify", "--json")
    assert found.code == 78
    answered = json.loads(found.out)
    assert answered["ok"] is False
    assert answered["findings"]


def test_an_overriding_file_with_a_slip_in_its_name_is_not_silently_without_effect(
    tmp_path: Path, run: Runner
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "polcy.toml").write_text("", encoding="utf-8")
    (folder / "our-profile.toml").write_text("", encoding="utf-8")
    desk = {"SIXPING_DATA": str(folder)}
    refused = run("--ledger", "新.db", "init", env=desk)
    assert refused.code == 65
    assert "policy.toml" in refused.err
    assert "policy.toml" in run("intake", "路灯不亮", env=desk).err
    assert run("overdue", env=desk).code == 0, "the ledger has its own"
    (folder / "polcy.toml").rename(folder / "other.toml")
    assert run("policy", "diff", env=desk).code == 0
    (folder / "policy.toml").mkdir()
    assert run("policy", "diff", env=desk).code == 65
