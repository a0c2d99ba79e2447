"""doctor as people and cron call it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import empty_street
from tests.kit.ledgerkit import raw

NOW = "2026-11-24T15:00:00+08:00"
PHONE, PERSON = "13800000000", "演示甲"


@pytest.fixture
def path(call: Runner, tmp_path: Path) -> Path:
    street = empty_street(call, NOW)
    street.case(f"{PERSON} 电话 {PHONE} 反映占道经营", "--reporter", PERSON, "--phone", PHONE)
    return next(tmp_path.rglob("ledger.sqlite3"))


@pytest.mark.usefixtures("path")
def test_only_what_is_wrong_is_listed_and_the_rest_on_request(call: Runner) -> None:
    answer = call("doctor", now=NOW)
    assert answer.code == 0
    head, *lines = [line.split("\t") for line in answer.out.splitlines()]
    assert head == ["state", "label", "what", "hint"]
    assert {line[0] for line in lines} == {"有问题"}
    assert {"备份", "锚点", "备份演练", "核验"} <= {line[1] for line in lines}
    assert all(line[3] for line in lines)
    assert f"{len(lines)} 项有问题" in answer.err
    every = call("doctor", "--all", now=NOW).out.splitlines()
    assert len(every) > len(lines) + 1


@pytest.mark.usefixtures("path")
def test_json_has_every_check_true_false_or_null(call: Runner) -> None:
    document = call("doctor", "--json", now=NOW).json()
    assert all(list(line) == ["check", "ok", "what", "hint"] for line in document)
    assert {line["ok"] for line in document} <= {True, False, None}
    known = {line["check"]: line["ok"] for line in document}
    assert known["ledger"] is True
    assert known["backup"] is False
    lines = call("doctor", "--format", "jsonl", now=NOW).out.splitlines()
    assert [json.loads(line)["check"] for line in lines] == list(known)


@pytest.mark.usefixtures("path")
def test_the_exit_code_tells_cron_on_request_only(call: Runner) -> None:
    assert call("doctor", "--exit-code", now=NOW).code == 3
    assert call("doctor", now=NOW).code == 0
    for argv in (("anchor",), ("verify",)):
        call(*argv, now=NOW)
    still = {line["check"] for line in call("doctor", "--json", now=NOW).json() if not line["ok"]}
    assert not still & {"anchor", "verify"}


def test_without_a_ledger_the_machine_is_still_looked_at(call: Runner) -> None:
    answer = call("doctor", "--exit-code", now=NOW)
    assert answer.code == 3
    assert "sixping init" in answer.out
    assert call("--ledger", "/nowhere/at/all", "doctor", "--exit-code", now=NOW).code == 3


def test_nothing_personal_is_said_and_nothing_is_changed(path: Path, call: Runner) -> None:
    raw(path, "UPDATE case_moves SET lead = '别处' WHERE to_seq IS NULL")
    before = path.read_bytes()
    for argv in (("--all",), ("--json",)):
        said = call("doctor", *argv, now=NOW)
        assert PHONE not in said.out + said.err
        assert PERSON not in said.out + said.err
    assert path.read_bytes() == before


def test_a_pipe_in_the_place_of_the_ledger_is_a_finding(call: Runner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a pipe")
    document = call("--ledger", tmp_path / "a pipe", "doctor", "--json", now=NOW).json()
    assert {line["check"]: line["ok"] for line in document}["ledger"] is False
