"""The marked person is in every field and in no answer; in the ledger only where it is sealed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sixping.commands import TABLE
from sixping.console.frame import Group, Table
from tests.conftest import Result, Runner
from tests.kit.fieldkit import NOW, Street
from tests.privacy import canary
from tests.privacy.canary import MOBILE, NAME, SOURCE, TOLD, WORDS, exposed, haunted

REVEAL = ("--reveal", "--reason", f"回访, {WORDS}")
#: where what people said lies beside the chain and goes when it is erased
SEALED = {"told", "case_words", "traces"}
#: are looked at with a person's words typed (below), some with files (``test_given_out``)
TYPED_ONLY = {
    tuple(line.split())
    for line in (
        "triage", "told", "void", "enclose", "assess void", "assess draft",
        "assess sheet", "assess object", "assess answer", "assess approve",
        "accountability void", "duty plan", "duty draft", "duty swap",
        "duty in", "duty out", "duty import", "duty void", "duty begin", "register list",
        "register on", "register off", "register void", "shift list", "shift void",
        "meeting propose", "meeting missing", "groups list", "groups void", "dispute",
        "meeting task drop", "meeting void", "patrol gaps", "patrol void", "operation void",
        "inspection import", "inspection void", "service list", "service show", "service got",
        "units list", "units add", "units change", "units end", "units person add",
        "units person change", "units person leave", "units import", "units void",
        "calendar show", "calendar check", "calendar due", "calendar import",
        "calendar add-local", "calendar apply", "calendar ics", "policy show",
        "policy check", "policy diff", "policy adopt", "init",
        "demo", "rebuild", "retention release",
    )
}  # fmt: skip
#: have tests of their own, with files
GIVEN_OUT = {
    ("import",), ("export",), ("backup", "make"), ("backup", "drill"), ("restore",), ("salvage",),
    ("erase",),
}  # fmt: skip


FILES = {
    "init", "backup", "restore", "salvage", "import", "demo", "enclose",
    ("duty", "import"), ("units", "import"), ("inspection", "import"),
    ("calendar", "import"), ("calendar", "add-local"), ("policy", "check"), ("policy", "diff"),
    ("policy", "adopt"),
}  # fmt: skip


def paths(table: Table = TABLE, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, entry in table.items():
        if isinstance(entry, Group):
            yield from paths(entry.entries, (*before, name))
        else:
            yield (*before, name)


PATHS = tuple(paths())


def path_of(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command of a command line."""
    return next(argv[:n] for n in (3, 2, 1) if argv[:n] in PATHS)


@pytest.fixture
def haunt(call: Runner) -> tuple[Street, list[tuple[tuple[str, ...], Result]]]:
    """A street where the marked person was put into everything."""
    return haunted(call)


def test_no_command_that_takes_the_words_gives_them_back(
    haunt: tuple[Street, list[tuple[tuple[str, ...], Result]]],
) -> None:
    _, answers = haunt
    assert [(argv[:3], made.err) for argv, made in answers if made.code] == []
    leaks = [(argv[:3], exposed(made.out + made.err)) for argv, made in answers]
    assert [leak for leak in leaks if leak[1]] == []


def test_no_command_shows_the_person_in_any_format(
    haunt: tuple[Street, object], call: Runner
) -> None:
    assert haunt
    leaks = []
    for argv in canary.readings():
        made = call(*argv, now=NOW)
        leaks += [(argv, word) for word in exposed(made.out + made.err)]
    assert sorted({str(leak[0]) for leak in leaks}) == []


def test_every_command_is_looked_at() -> None:
    shown = (*canary.SAID, *canary.READ, *canary.RECORDED)
    known = {path_of(argv) for argv in shown} | TYPED_ONLY | GIVEN_OUT
    assert sorted(set(PATHS) - known) == [], "a new command goes into a table of the canary"
    assert sorted(known - set(PATHS)) == []


def test_what_is_typed_wrongly_is_not_echoed(haunt: tuple[Street, object], call: Runner) -> None:
    assert haunt
    leaks = []
    for path in PATHS:
        if path[0] in FILES or path in FILES:
            continue  # a file is named as it is
        for more in ((WORDS,), ("--no-such", WORDS), ("1", "--unit", WORDS), ("--channel", WORDS)):
            made = call(*path, *more, now=NOW, stdin=WORDS)
            leaks += [(path, more[:-1], word) for word in exposed(made.out + made.err)]
    assert sorted({str(leak[0]) for leak in leaks}) == []


def test_what_is_refused_in_this_state_is_not_echoed(
    haunt: tuple[Street, object], call: Runner
) -> None:
    street, _ = haunt
    number = street.case()
    convened = ("meeting", "plan", "联席会议", "--date", "2026-11-28", "--convener", WORDS)
    approved = ("suspend", number, "--reason", "等待材料", "--approved-by", WORDS)
    for argv in (convened, approved):
        made = call(*argv, now=NOW)
        assert made.code in {1, 2}, made.err
        assert exposed(made.out + made.err) == [], argv


def test_every_command_that_masks_reveals_with_a_reason(
    haunt: tuple[Street, object], call: Runner
) -> None:
    assert haunt
    without = []
    for argv in canary.READ:
        if "*" in call(*argv, "--json", now=NOW).out:
            text = call(*path_of(argv), "--help").out
            without += [argv] if "--reveal" not in text or "--reason" not in text else []
    assert without == []


def test_a_reveal_is_recorded_before_anything_is_shown_and_masks_its_own_reason(
    haunt: tuple[Street, object], call: Runner
) -> None:
    assert haunt
    for argv in canary.READ:
        if "--reveal" not in call(*path_of(argv), "--help").out:
            continue
        if "*" not in call(*argv, "--json", now=NOW).out:
            continue
        assert call(*argv, "--reveal", now=NOW).code == 2, argv
        made = call(*argv, "--json", *REVEAL, now=NOW)
        assert made.code in {0, 3}, (argv, made.err)
        last = call("log", "--json", now=NOW).json()[-1]
        assert last["kind"] == "revealed", argv
        assert exposed(str(last)) == []


def test_nothing_is_recorded_where_nothing_is_shown(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    for argv in (("list",), ("overdue",), ("patrol", "list"), ("search", "没有")):
        assert call(*argv, *REVEAL, now=NOW).code == 0
    assert [e["kind"] for e in call("log", "--json", now=NOW).json()].count("revealed") == 0


def test_the_ledger_has_the_person_nowhere_but_where_it_can_be_erased(
    haunt: tuple[Street, object], tmp_path: Path, call: Runner
) -> None:
    assert haunt
    for argv in canary.READ:
        if "--reveal" in call(*path_of(argv), "--help").out:
            call(*argv, *REVEAL, now=NOW)
    path = next(tmp_path.rglob("ledger.sqlite3"))
    found = []
    with closing(sqlite3.connect(path)) as con:
        tables = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table not in SEALED:
                rows = con.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - its own
                text = "\n".join(map(_readable, rows))
                found += [(table, word) for word in exposed(text)]
                found += (
                    [(table, SOURCE)] if SOURCE in text or SOURCE.encode().hex() in text else []
                )
    assert found == []


def _readable(row: tuple[object, ...]) -> str:
    return " ".join(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in row
    )


def test_no_file_is_named_after_anybody(haunt: tuple[Street, object], tmp_path: Path) -> None:
    assert haunt
    assert [path for path in tmp_path.rglob("*") if exposed(path.name)] == []


def test_the_source_number_is_shown(haunt: tuple[Street, object], call: Runner) -> None:
    assert haunt
    assert call("show", "1", "--json", now=NOW).json()["source_no"] == SOURCE
    assert call("search", SOURCE, "--json", now=NOW).json()[0]["number"] == "2026-000001"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_repeats_nobody(haunt: tuple[Street, object], call: Runner, shell: str) -> None:
    assert haunt
    for word in (MOBILE[:6], NAME):
        env = {"_SIXPING_COMPLETE": f"complete_{shell}", "COMP_WORDS": f"sixping show {word}"}
        env |= {"COMP_CWORD": "2", "_TYPER_COMPLETE_ARGS": f"sixping show {word}"}
        made = call(env=env, now=NOW)
        assert exposed(made.out) == []


# --- search: what is hidden is not found ------------------------------------------------------


def found(call: Runner, *argv: str) -> list[str]:
    return [case["number"] for case in call("search", *argv, "--json", now=NOW).json()]


def test_search_finds_no_digit_of_what_is_hidden(
    haunt: tuple[Street, object], call: Runner
) -> None:
    assert haunt
    hidden = ("3912345", "9123487", "86427", "19900101", "wren", "１３９１２３", "58K6", "南雀")
    assert [term for term in (*hidden, NAME) if found(call, term)] == []


def test_search_finds_what_is_shown_as_before(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    call("intake", f"江南大道占道, 请回电{MOBILE}, 江南反映", "--reporter", "江南", now=NOW)
    assert found(call, "大道", "占道") == found(call, "000001") == found(call, "139") != []
    assert found(call, "8765") != []  # its last four are shown
    assert found(call, "江南反映") == []
    assert found(call, "江南大道") != []


@pytest.mark.parametrize(
    "said",
    [
        "我叫王小明", "联系人王小明", "联系人姓名:王小明", "姓名: 王小明", "反映人:王小明",
        "报警人：王小明", "求助人:王小明", "联络人:王小明", "投诉人 :王小明", "举报人:王小明",
        "来电人:王小明", "当事人:王小明", "申请人:王小明", "收件人姓名:王小明", "业主:王小明",
        "法定代表人:王小明", "户主 :王小明",
    ],
)  # fmt: skip
def test_a_name_that_words_introduce_is_not_found_in_the_report_nor_in_a_step(
    call: Runner, ledger: Path, said: str
) -> None:
    assert ledger.exists()
    call("intake", f"井盖缺失, {said}, 请核实", now=NOW)
    call("intake", "路灯不亮", "--reporter", "演示甲", now=NOW)
    call("note", "2", f"{said}, 已到现场", now=NOW)
    assert "王*" in call("show", "1", now=NOW).out
    assert [term for term in ("王小明", "小明", "王小", "明") if found(call, term)] == []
    assert found(call, "已到现场") == ["2026-000002"]
    assert found(call, "请核实") == ["2026-000001"]


def test_a_search_with_a_limit_counts_what_is_shown_and_left_out(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    for text in ("井盖 864 号", "路灯 864 号", "护栏 864 号", "请回电13986427531"):
        call("intake", text, now=NOW)
    done = call("search", "864", "--limit", "1", now=NOW)
    assert done.out.count("2026-0") == 1
    assert "2 件" in done.err
    assert found(call, "864") == ["2026-000001", "2026-000002", "2026-000003"]
    revealed = call("search", "864", "灯", *REVEAL, "--json", now=NOW)
    assert len(revealed.json()) == 1
    assert call("log", "--json", now=NOW).json()[-1]["terms"] == ["号码", "文字"]


def test_what_a_text_said_before_it_was_amended_shows_nothing_of_what_is_hidden_now(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    call("intake", "门前 8642 号占道", now=NOW)
    assert found(call, "8642") == ["2026-000001"]
    call("amend", "1", "--text", "占道, 请回电13986427531", "--reason", "记错", now=NOW)
    assert found(call, "8642") == []
    assert found(call, "占道") == ["2026-000001"]


def test_a_revealing_search_finds_the_whole_and_records_no_word(
    haunt: tuple[Street, object], call: Runner
) -> None:
    assert haunt
    assert call("search", "86427531", *REVEAL, now=NOW).out.count("2026-") > 1
    last = call("log", "--json", now=NOW).json()[-1]
    assert (last["list"], last["terms"]) == ("search", ["号码"])
    assert "86427531" not in str(last)


# --- the telephone on the command line --------------------------------------------------------


def test_a_telephone_is_read_from_standard_input_and_not_from_the_command_line(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    made = call("intake", "演示停车", "--phone", "-", stdin=f"{MOBILE}\n", now=NOW)
    assert (made.code, "命令行" in made.err) == (0, False)
    shown = call("show", "1", "--json", *REVEAL, now=NOW).json()
    assert shown["phone"] == MOBILE
    amended = call("amend", "1", "--phone", "-", "--reason", "补", stdin="86427531\n", now=NOW)
    assert amended.code == 0, amended.err
    assert call("show", "1", "--json", *REVEAL, now=NOW).json()["phone"] == "86427531"


def test_a_telephone_typed_on_a_terminal_is_not_echoed(call: Runner, ledger: Path) -> None:
    pytest.importorskip("pty")
    from tests.kit.ptykit import Terminal

    call("intake", "演示停车", now=NOW)
    seat = Terminal(ledger, NOW, "amend", "1", "--phone", "-", "--reason", "补")
    seat.answer("输入不显示", MOBILE)
    assert seat.end() == 0
    assert MOBILE not in seat.seen
    assert call("show", "1", "--json", *REVEAL, now=NOW).json()["phone"] == MOBILE


def test_one_standard_input_is_not_read_twice(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    made = call("intake", "-", "--phone", "-", stdin=TOLD, now=NOW)
    assert (made.code, "不能同用" in made.err) == (2, True)
    nothing = call("intake", "演示停车", "--phone", "-", now=NOW)
    assert (nothing.code, "没有读到电话" in nothing.err) == (2, True)


def test_a_number_on_the_command_line_is_remarked_on_once(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    made = call("intake", WORDS, "--phone", MOBILE, now=NOW)
    assert made.err.count("写在命令行上") == 1
    assert "--phone -" in made.err
    assert "写在命令行上" not in call("intake", "江南大道占道", now=NOW).err
