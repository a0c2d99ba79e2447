"""Citizen text that would crash, fake, hide, flood or leak: in every command and format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Result, Runner

NOW = "2026-11-23T09:00:00+08:00"
HOSTILE = {
    "rich closing tag": "占道[/]经营",
    "rich markup": "[b]占道[/b] [link=http://x]经营[/link] [red on",
    "clear screen": "\x1b[2J\x1b[H占道经营",
    "hyperlink": "\x1b]8;;http://evil\x1b\\占道\x1b]8;;\x1b\\",
    "window title": "\x1b]0;title\x07占道",
    "c1 controls": "占道\x9b31m经营\x85",
    "formula": "=1+1",
    "formula by at": "@SUM(A1)",
    "formula behind a tab": "\t=cmd|'/c calc'!A0",
    "bidi": "占道\u202e营经\u2066x\u2069",
    "zero width and tags": "占\u200b道\U000e0041经\ufeff营",
    "line separators": "占道\u2028经营\u2029\x0b\x0c\r",
    "emoji": "占道👮\u200d♂️经营🔥",
    "markdown and html": "|占道|`x`<script>alert(1)</script>|\n# 标题\n- [x](javascript:1)",
    "percent and braces": "%s %n {0} {number} ${HOME} \\n",
    "sql": "'; DROP TABLE events; --",
}
#: what may reach a terminal as it is: no control but the line's end and the tab, nothing unseen
RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
READINGS = [
    ["show", "1"],
    *(["list", "--all", "--format", fmt] for fmt in ("table", "tsv", "csv", "json", "jsonl", "md")),
    *(["log", "--format", fmt] for fmt in ("table", "tsv", "csv", "json", "jsonl", "md")),
    *(["overdue", "--within", "9", "--format", fmt] for fmt in ("table", "tsv", "csv", "json")),
    *(["lapses", "--format", fmt] for fmt in ("table", "tsv", "csv", "json", "md")),
    *(["report", "--month", "2026-11", "--format", fmt] for fmt in ("table", "csv", "json", "md")),
    ["show", "1", "--json"],
    ["show", "1", "--reveal", "--reason", "核对"],
    ["search", "占道"],
    ["explain", "1"],
    ["log", "1"],
]  # fmt: skip


def harmless(done: Result) -> None:
    assert "Traceback" not in done.err
    assert "程序内部出错" not in done.err
    for stream in (done.out, done.err):
        assert not RAW.findall(stream), ascii(stream)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("ledger")
def test_what_a_citizen_wrote_is_shown_harmlessly_in_every_command_and_format(
    call: Runner, text: str
) -> None:
    def do(*argv: str) -> Result:
        done = call(*argv, now=NOW)
        harmless(done)
        assert done.code == 0, (argv, done.err)
        return done

    do(
        "intake", text, "--place", text, "--reporter", text, "--source-no", text,
        "--request-id", text, "--severity", "较大", "--by", text,
    )  # fmt: skip
    do("accept", "1", "--feedback", text)
    do("note", "1", text)
    do("units", "person", "add", text, "--unit", "党政综合办", "--role", "分管领导")
    do("consult", "1", "--leader", text)
    do("decide", "1", "--lead", "城管", "--due", "2026-12-10", "--decided-by", text)
    do("refer", "1", "--to", text, "--content", text, "--receipt", text)
    for argv in READINGS:
        do(*argv)
    stored = call("show", "1", "--json", "--reveal", "--reason", text, now=NOW).json()
    assert stored["text"] == text
    assert stored["events"][2]["text"] == text.strip()
    assert call("verify", now=NOW).code == 0


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("ledger")
def test_hostile_words_in_the_wrong_place_are_quoted_harmlessly(call: Runner, text: str) -> None:
    for argv in (
        ["intake", "x", "--channel", text], ["intake", "x", "--category", text],
        ["intake", "x", "--community", text], ["intake", "x", "--severity", text],
        ["intake", "x", "--received", text], ["show", text], ["accept", text],
        ["assign", "1", "--lead", text], ["list", "--from", text], ["list", "--format", text],
        ["report", "--month", text], ["explain", "--from", text, "--workdays", "1"],
        ["x" + text], ["intake", "x", text], ["void", "1", text, "--reason", "x"],
        ["search", text], ["list", "--unit", text], ["intake", "x", "--" + text],
    ):  # fmt: skip
        harmless(call(*argv, now=NOW))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("ledger")
def test_json_lines_carry_hostile_text_both_ways(call: Runner, text: str) -> None:
    lines = json.dumps({"text": text, text: 1}) + "\n" + json.dumps({"text": text})
    for argv in (["intake", "--jsonl"], ["triage", "--jsonl"]):
        done = call(*argv, now=NOW, stdin=lines)
        harmless(done)
        answers = [json.loads(line) for line in done.out.splitlines()]
        assert ["error" in answer for answer in answers] == [True, False]


@pytest.mark.usefixtures("ledger")
def test_spreadsheets_get_no_formula_from_a_citizen(call: Runner) -> None:
    for text in ("=1+1", "@SUM(A1)", "+1", "-1", "\uff1d1+1", "\t=1"):
        assert call("intake", "--", text, now=NOW).code == 0
    for fmt, gap in (("csv", ","), ("tsv", "\t")):
        page = call("list", "--all", "--format", fmt, now=NOW).out
        for row in page.splitlines()[1:]:
            assert not re.match(r'"?[\t=+\-@\uff1d]', row.rsplit(gap, 1)[1]), row


@pytest.mark.usefixtures("ledger")
def test_what_cannot_be_kept_is_refused_by_name_and_place(call: Runner) -> None:
    broken = os.fsdecode(b"\xe5\x8d\xa0\xff")
    for text, said in (("占\x00道", "NUL"), (broken, "UTF-8"), ("字" * 100_001, "100000")):
        for argv in (
            ["intake", text], ["intake", "x", "--place", text], ["intake", "x", "--by", text],
            ["intake", "x", "--request-id", text],
        ):  # fmt: skip
            done = call(*argv, now=NOW)
            harmless(done)
            assert done.code == 65, argv[:3]
        assert said in call("intake", text, now=NOW).err
    by = call("intake", "x", now=NOW, env={"SIXPING_BY": broken})
    assert by.code == 65
    assert call("list", "--all", "--json").json() == []


@pytest.mark.usefixtures("ledger")
def test_the_longest_text_is_taken_whole_and_shown_fast(call: Runner) -> None:
    text = "占道经营" * 25_000
    assert call("intake", "-", "--json", now=NOW, stdin=text).json()["text"] == text
    assert call("intake", "-", now=NOW, stdin=text + "一").code == 65
    assert call("intake", "-", now=NOW, stdin=text * 5).code == 65
    call("accept", "1", now=NOW)
    call("note", "1", text, now=NOW)
    for argv in READINGS:
        harmless(call(*argv, now=NOW))
    assert call("list", now=NOW).out.count(text) == 1  # a pipe gets it whole
    assert len(call("list", "--format", "md", now=NOW).out) > len(text)


# --- people ----------------------------------------------------------------------------

NAME, PHONE, PERSON = "欧阳金丝雀", "13812345678", "330108199001011234"
TEXT = f"{NAME}反映占道经营, 电话{PHONE}, 身份证{PERSON}"


@pytest.fixture
def canary(call: Runner, ledger: Path) -> None:
    """A case whose every text names a person, a phone and an identity number."""
    assert ledger.exists()
    for argv in (
        ["intake", TEXT, "--place", TEXT, "--reporter", NAME, "--phone", PHONE,
         "--severity", "较大", "--request-id", "c1"],
        ["accept", "1", "--feedback", TEXT],
        ["note", "1", TEXT],
        ["units", "person", "add", NAME, "--unit", "党政综合办", "--role", "分管领导"],
        ["consult", "1", "--leader", NAME],
        ["decide", "1", "--lead", "城管", "--due", "2026-12-10", "--decided-by", NAME],
        ["return", "1", "--reason", TEXT],
        ["refer", "1", "--to", "区级平台", "--content", TEXT, "--receipt", TEXT],
        ["refer-reply", "1", "--outcome", TEXT],
        ["feedback", "1", TEXT],
        ["verify-result", "1", "--fail", "--reason", TEXT],
        ["reopen", "1", "--reason", TEXT],
    ):  # fmt: skip
        done = call(*argv, now=NOW)
        assert done.code == 0, done.err
        silent(done, argv)


def silent(done: Result, argv: Any) -> None:
    for secret in (PHONE, PERSON):
        assert secret not in done.out, argv
        assert secret not in done.err, argv


@pytest.mark.usefixtures("canary")
def test_phones_and_identity_numbers_are_masked_everywhere(call: Runner) -> None:
    for argv in READINGS:
        if "--reveal" not in argv:
            silent(call(*argv, now=NOW), argv)
    silent(call("intake", "--jsonl", now=NOW, stdin=json.dumps({"text": TEXT})), "jsonl")
    silent(call("triage", TEXT, "--json", now=NOW), "triage")
    silent(call("triage", TEXT, now=NOW), "triage")


@pytest.mark.usefixtures("canary")
def test_the_reporters_name_is_masked_also_where_texts_of_the_case_repeat_it(
    call: Runner,
) -> None:
    for argv in (["show", "1"], ["show", "1", "--json"], ["list", "--all", "--json"],
                 ["list", "--all"], ["overdue", "--json"]):  # fmt: skip
        done = call(*argv, now=NOW)
        assert NAME not in done.out, argv
        assert "欧阳*" in done.out or argv[0] == "overdue"


@pytest.mark.usefixtures("canary")
def test_what_was_typed_wrongly_is_not_quoted_with_a_phone_in_it(call: Runner) -> None:
    for argv in (
        ["intake", "x", PHONE], ["show", PHONE], ["accept", PERSON],
        ["intake", "x", "--channel", PHONE], ["intake", "x", "--category", PHONE],
        ["intake", "x", "--community", PHONE],
        ["intake", "x", "--severity", PHONE], ["intake", "x", "--received", PHONE],
        ["assign", "1", "--lead", PHONE], [PHONE], ["list", "--format", PHONE],
        ["intake", "另一件", "--request-id", "c1"], ["search", PHONE], ["report", "--month", PHONE],
    ):  # fmt: skip
        silent(call(*argv, now=NOW), argv)
    for line in ({"text": "x", PHONE: 1}, {"text": "x", "severity": PHONE}):
        silent(call("intake", "--jsonl", now=NOW, stdin=json.dumps(line)), line)


@pytest.mark.usefixtures("canary")
def test_revealing_needs_a_reason_and_leaves_a_record(call: Runner) -> None:
    before = len(call("log", "--json", now=NOW).json())
    assert call("show", "1", "--reveal", now=NOW).code == 2
    assert len(call("log", "--json", now=NOW).json()) == before
    shown = call("show", "1", "--reveal", "--reason", f"回访{PHONE}", "--json", now=NOW).json()
    assert (shown["reporter"], shown["phone"], shown["text"]) == (NAME, PHONE, TEXT)
    log = call("log", "--json", now=NOW)
    silent(log, "log")
    last = log.json()[-1]
    assert (last["kind"], last["numbers"]) == ("revealed", ["2026-000001"])


# --- outputs that cannot say everything, or are not there ------------------------------

ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
ENVIRONMENTS = {
    "cp936": {"PYTHONIOENCODING": "gbk"},
    "ascii": ASCII,
    "LC_ALL=C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def process(
    ledger: Path, *argv: str, env: dict[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "sixping", "--ledger", str(ledger), *argv],
        env={"PYTHONPATH": str(ROOT), "SIXPING_NOW": NOW, **(env or {})},
        cwd=ledger.parent,
        stdin=more.get("stdin", subprocess.DEVNULL),
        stdout=more.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    for stream in (done.stdout, done.stderr):
        assert b"Traceback" not in (stream or b"")
        assert b"Exception ignored" not in (stream or b"")
    return done


@pytest.mark.parametrize("env", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_an_output_that_lacks_the_characters_says_less_and_goes_on(
    ledger: Path, env: dict[str, str]
) -> None:
    letter = ledger.parent / "letter"
    letter.write_text(HOSTILE["emoji"] + HOSTILE["bidi"], encoding="utf-8")
    with letter.open("rb") as stdin:
        assert process(ledger, "intake", "-", env=env, stdin=stdin).returncode == 0
    for argv in (["show", "1"], ["show", "1", "--json"], ["list"], ["log"], ["intake", "--help"]):
        done = process(ledger, *argv, env=env)
        assert done.returncode == 0, done.stderr
        assert done.stdout
    assert process(ledger, "accept", "九", env=env).returncode == 2


def test_bytes_that_are_no_text_are_refused_as_arguments(ledger: Path) -> None:
    for locale in ({"PYTHONUTF8": "1"}, {"LC_ALL": "C"}):
        for argv in ([b"intake", b"\xff\xfe"], [b"show", b"\xff"], [b"list", b"--unit", b"\xff"]):
            done = process(ledger, *argv, env=locale)  # type: ignore[arg-type]
            assert done.returncode in {0, 1, 2, 65}, done.stderr


@pytest.fixture
def full() -> Iterator[Any]:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as device:
        yield device


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_full_disk_behind_stdout_says_what_was_saved_all_the_same(
    call: Runner, ledger: Path, full: Any, as_json: list[str]
) -> None:
    for argv in (["intake", "占道经营", "--severity", "一般"], ["accept", "1"]):
        done = process(ledger, *argv, *as_json, stdout=full, env={"PYTHONUTF8": "1"})
        assert done.returncode == 74, done.stderr.decode()
        assert "-000001 已经记入台账" in done.stderr.decode()
        assert "不要重做" in done.stderr.decode()
    assert call("show", "2026-1", "--json", now=NOW).json()["status"] == "待分派"
    assert process(ledger, "list", stdout=full).returncode == 74


def test_a_full_disk_stops_a_bulk_intake_and_says_where(ledger: Path, full: Any) -> None:
    lines = ledger.parent / "lines"
    lines.write_text('{"text": "占道经营"}\n' * 3, encoding="utf-8")
    utf8 = {"PYTHONUTF8": "1"}
    with lines.open("rb") as stdin:
        done = process(ledger, "intake", "--jsonl", stdin=stdin, stdout=full, env=utf8)
    assert done.returncode == 74
    assert "停在第 1 行 (已登记为 2026-000001)" in done.stderr.decode()


def test_a_reader_who_leaves_is_no_fault_and_the_step_stands(call: Runner, ledger: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for argv in (["intake", "占道经营"], ["list"], ["log", "--json"], ["intake", "--help"]):
        assert process(ledger, *argv, stdout=writer).returncode == 0, argv
    os.close(writer)
    assert len(call("list", "--json", now=NOW).json()) == 1


def test_without_anybody_to_ask_nothing_is_asked(ledger: Path) -> None:
    done = process(ledger, "intake", env={"PYTHONUTF8": "1"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert process(ledger, "intake", "-").returncode == 65
    assert process(ledger, "intake", "--jsonl").returncode == 0


def test_closed_streams_are_survived(ledger: Path) -> None:
    script = f'"{sys.executable}" -m sixping --ledger "{ledger}"'
    for tail, code in (("intake - <&-", 2), ("intake 占道经营 2>&-", 0), ("intake --jsonl <&-", 2)):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{script} {tail}"],
            env={"PYTHONPATH": str(ROOT), "SIXPING_NOW": NOW, "PYTHONUTF8": "1"},
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == code, (tail, done.stderr.decode())
        assert b"Traceback" not in done.stderr
