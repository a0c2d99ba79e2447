"""Documentation that cannot lie: pages against the program, examples against its parser."""

from __future__ import annotations

import re
import shlex
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from docs import generate
from docs.refusals import Refusal, refusals
from sixping import cli, errors
from sixping.commands import TABLE
from sixping.console.context import Context
from sixping.console.frame import CommandSpec, Group, Table
from sixping.errors import SixpingError
from sixping.policy.vocabulary import ClockKind, Platform, Severity, Status
from sixping.store import ddl
from tests.conftest import ROOT, Runner

READMES = ("README.md", "README.zh-CN.md")
NOW = "2026-11-23T09:00:00+08:00"
KINDS: list[type[SixpingError]] = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, SixpingError)
]

Path_ = tuple[str, ...]


def leaves(table: Table = TABLE, path: Path_ = ()) -> Iterator[tuple[Path_, CommandSpec]]:
    for name, entry in table.items():
        if isinstance(entry, Group):
            yield from leaves(entry.entries, (*path, name))
        else:
            yield (*path, name), entry


COMMANDS = dict(leaves())
GROUPS = {path[:end] for path in COMMANDS for end in range(1, len(path))}


def parsed(argv: list[str]) -> Path_:
    """Parse a command line with the real parser, run nothing; return the command's path."""
    context = cli.root_group().make_context("sixping", list(argv), obj=Context())
    while isinstance(context.command, cli.LazyGroup):
        rest = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
    return tuple(context.command_path.split()[1:])


def lines_of(text: str) -> Iterator[str]:
    """Yield the command lines of a text, continued lines joined, up to the shell's signs."""
    for line in re.sub(r"\n {4,}(?=-)", " ", text).splitlines():
        if line.strip().startswith("sixping "):
            yield re.split(r" (?:<|>|\|\|?|&&) | {2,}", line.strip())[0]


def refused(line: str) -> str:
    """Return what the parser has against a command line, empty when nothing."""
    try:
        parsed(shlex.split(line)[1:])
    except Exception as fault:  # noqa: BLE001 - Typer's own tree of exceptions
        return f"{line}: {fault}"
    return ""


# --- pages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("commands.md", generate.commands_page),
        ("errors.md", generate.errors_page),
        ("ledger.md", generate.ledger_page),
    ],
)
def test_a_generated_page_is_what_would_be_generated(
    name: str, made: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = ROOT / "docs" / name
    stands = page.read_text(encoding="utf-8") if page.exists() else ""
    if stands != made():
        pytest.fail(
            f"docs/{name} is out of date. Run: python docs/generate.py, look, and commit it.",
            pytrace=False,
        )


def test_check_names_the_stale_page_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "HERE", tmp_path)
    monkeypatch.setattr(generate, "pages", lambda: {"a.md": "甲\n", "b.md": "乙\n", "c.md": "丙\n"})
    for name, text in {"a.md": "甲\n", "b.md": "旧\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert generate.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[:2] == ["docs/b.md is out of date", "docs/c.md is out of date"]
    assert (tmp_path / "b.md").read_text(encoding="utf-8") == "旧\n"
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


@pytest.fixture
def empty() -> Iterator[sqlite3.Connection]:
    """An empty ledger in memory."""
    con = sqlite3.connect(":memory:")
    for sql in (sql for step in ddl.MIGRATIONS for sql in step):
        con.execute(sql)
    yield con
    con.close()


def test_the_queries_of_the_ledgers_page_run_and_name_every_state(
    empty: sqlite3.Connection,
) -> None:
    page = generate.ledger_page()
    queries = [sql for sql in re.findall(r"```sql\n(.*?)```", page, re.DOTALL) if "VIEW" not in sql]
    queries += re.findall(r'^sqlite3 .*"(SELECT .*)"$', page, re.MULTILINE)
    assert len(queries) == 4
    for sql in queries:
        empty.execute(sql)
    for word in (*Status, *Severity, *Platform, *ClockKind):
        assert word.value in page, word


def test_every_meaning_kept_by_hand_is_of_a_column_there_is(empty: sqlite3.Connection) -> None:
    words = tomllib.loads((ROOT / "docs" / "ledger.toml").read_text(encoding="utf-8"))
    query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
    columns = set(empty.execute(query))
    assert set(words["about"]) <= {table for table, _ in columns}
    kept = {(table, name) for table, names in words["columns"].items() for name in names}
    everywhere = {name for _, name in columns}
    assert not {(t, n) for t, n in kept - columns if t != "common" or n not in everywhere}


def test_the_catalogue_reads_constants_alternatives_and_guards(tmp_path: Path) -> None:
    (tmp_path / "sixping").mkdir()
    (tmp_path / "sixping" / "words.py").write_text('ASK = "请核对。"\n', encoding="utf-8")
    (tmp_path / "sixping" / "room.py").write_text(
        "from sixping.words import ASK\n"
        "def one(case, early):\n"
        '    hint = "甲" if early else ASK\n'
        '    raise NotAllowed(f"{case.number} 的{names[case.kind]}不行", hint)\n'
        "def two(case) -> Refusal:\n"
        '    return f"{case.lead}忙", ASK\n'
        "def three(fault):\n"
        "    raise NotAllowed(fault.what, fault.hint)\n",
        encoding="utf-8",
    )
    assert refusals(tmp_path / "sixping", frozenset({"NotAllowed"})) == (
        Refusal("NotAllowed", "{number} 不能{name}: {lead}忙", "请核对。", "room"),
        Refusal("NotAllowed", "{number} 的{names}不行", "[甲 / 请核对。]", "room"),
    )


def test_every_class_of_error_has_a_chapter() -> None:
    assert set(generate.CLASSES) == {kind.__name__ for kind in KINDS}


# --- help -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_help_page_has_a_summary_and_examples_that_parse(path: Path_) -> None:
    command = cli.build(path[-1], COMMANDS[path])
    summary, _, rest = (command.help or "").partition("\n")
    assert summary.endswith(("。", ";", ":")), summary
    text, found, examples = rest.partition("示例:\n")
    assert found, "no 示例"
    lines = list(lines_of(examples))
    assert lines
    assert not list(filter(None, map(refused, lines))), text
    assert {parsed(shlex.split(line)[1:]) for line in lines} == {path}


@pytest.mark.parametrize("path", sorted(GROUPS), ids=" ".join)
def test_the_help_of_a_group_has_examples_of_its_own_that_parse(call: Runner, path: Path_) -> None:
    page = call(*path, "--help").out
    lines = list(lines_of(page.partition("示例:\n")[2].partition("用法:")[0]))
    assert lines
    assert not list(filter(None, map(refused, lines)))
    assert {parsed(shlex.split(line)[1:])[: len(path)] for line in lines} == {path}


def test_an_example_writes_a_file_in_a_format_that_its_command_offers(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    lines = [
        line
        for path, entry in COMMANDS.items()
        if "fmt" in {param.name for param in cli.build(path[-1], entry).params}
        for line in lines_of((cli.build(path[-1], entry).help or "").partition("示例:\n")[2])
        if " -o " in line
    ]
    assert len(lines) > 20
    wrong = [line for line in lines if "不能用格式" in call(*shlex.split(line)[1:]).err]
    assert not wrong


def test_every_option_and_argument_says_what_it_takes_or_is_for() -> None:
    silent = [
        f"{' '.join(path)} {param.name}"
        for path, entry in COMMANDS.items()
        for param in cli.build(path[-1], entry).params
        if not (param.hidden or param.metavar or getattr(param, "help", None))
    ]
    assert not silent


def test_the_first_pages_examples_parse() -> None:
    assert not list(filter(None, map(refused, lines_of(cli.EXAMPLES))))


def test_what_a_refusal_tells_people_to_run_exists() -> None:
    """``请先用 sixping show {number} 查看``: the command is there, its options are its own."""
    names = frozenset(kind.__name__ for kind in KINDS)
    wrong = [
        f"{one.module}: {advice}"
        for one in refusals(ROOT / "sixping", names)
        for advice in re.findall(r"sixping (?=[a-z-])([^。;,)]*)", f"{one.what} {one.hint}")
        if not _advisable(advice)
    ]
    assert not wrong, "\n".join(wrong)


def _advisable(advice: str) -> bool:
    words = advice.split()
    path: Path_ = ()
    while words and (*path, words[0]) in {*COMMANDS, *GROUPS}:
        path = (*path, words.pop(0))
    if path in GROUPS:
        default = _default(path)
        if not words or words[0] == "--help" or not default:
            return not words or words[0] == "--help"
        path = (*path, default)
    options = set(re.findall(r"--[a-z][a-z-]*", advice)) - {"--help", "--ledger", "--by"}
    return path in COMMANDS and options <= _options(path)


def _default(path: Path_) -> str:
    """Return the command of a group that runs where none is named."""
    table: Any = TABLE
    for word in path:
        group = table[word]
        table = group.entries
    return str(group.default)


def _options(path: Path_) -> set[str]:
    return {
        name
        for param in cli.build(path[-1], COMMANDS[path]).params
        for name in [*param.opts, *param.secondary_opts]
    }


def test_no_sentence_names_a_command_there_is_not() -> None:
    named = {
        (word, path.name)
        for path in (ROOT / "sixping").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search("[一-鿿]", line)
        for word in re.findall(r"sixping ([a-z][a-z-]*)", line)
    }
    assert len(named) > 50
    assert not [found for found in sorted(named) if found[0] not in TABLE]


# --- README -----------------------------------------------------------------------------


class Line(NamedTuple):
    """One line of a README's block: the command, and what is said beside it."""

    command: str
    note: str


def blocks(readme: str) -> list[list[Line]]:
    """Return the command lines of each fenced block."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    found = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [
        [Line(command, note.strip()) for command, _, note in (x.partition("  ") for x in lines)]
        for lines in map(str.splitlines, found)
    ]


def prose(readme: str) -> str:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_only_commands_and_options_there_are(readme: str) -> None:
    shown = [line.command for block in blocks(readme)[1:] for line in block]
    assert len(shown) > 20
    assert all(line.startswith("sixping ") for line in shown)
    assert not list(filter(None, map(refused, shown)))


@pytest.mark.parametrize("page", [*READMES, "CHANGELOG.md"])
def test_words_in_prose_are_commands_and_options_there_are(page: str) -> None:
    known = {name for path in COMMANDS for name in _options(path)} | {"--help"}
    assert set(re.findall(r"--[a-z][a-z-]*", prose(page))) <= known
    words = {" ".join(path) for path in {*COMMANDS, *GROUPS}}
    spans = set(re.findall(r"`([a-z][a-z-]*(?: [a-z][a-z-]*)*)`", prose(page)))
    assert len(spans) > 5
    assert spans <= words
    links = re.findall(r"\]\(([^):]+)\)", prose(page))
    assert all((ROOT / link).is_file() for link in links), links


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_every_exit_code_and_only_variables_there_are(readme: str) -> None:
    text = prose(readme)
    codes = {0, 3, *(kind.exit_code for kind in KINDS)}
    said = re.search(r"(?:Exit codes|退出码): (.*?)[.。]\n", text, re.DOTALL)
    assert said is not None
    assert {int(code) for code in re.findall(r"\b\d+\b", said[1])} == codes
    source = "".join(path.read_text("utf-8") for path in (ROOT / "sixping").rglob("*.py"))
    variables = set(re.findall(r"SIXPING_[A-Z]+", text))
    assert variables
    assert not [name for name in variables if f'"{name}' not in source]


def test_both_readmes_show_the_same_commands_and_states() -> None:
    english, chinese = ([[(x.command, state(x)) for x in b] for b in blocks(r)] for r in READMES)
    assert english == chinese


def state(line: Line) -> str | None:
    """Return the state a note begins with, if it names one."""
    return next((s.value for s in Status if line.note.startswith(s.value)), None)


# --- design -----------------------------------------------------------------------------


def test_the_map_of_rooms_is_complete_and_names_no_room_there_is_not() -> None:
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    drawn = text.partition("```\n")[2].partition("```")[0]
    rooms = set(re.findall(r"^[├└]── (\w+)", drawn, re.MULTILINE))
    there = {path.name.removesuffix(".py") for path in (ROOT / "sixping").iterdir()}
    there -= {"__init__", "__main__", "__pycache__", "py.typed", "data"}
    assert rooms == there, "draw the packages in docs/design.md"
    files = {path.stem for path in (ROOT / "sixping").rglob("*.py")} - {"__init__", "__main__"}
    words = set(re.findall(r"\b[a-z_]+\b", drawn))
    assert not files - words, "name the modules in docs/design.md"


# --- transcript -------------------------------------------------------------------------


def letters(path: Path) -> None:
    """Write a workbook of one invented letter, as ``--profile messages`` reads it."""
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="the office extra is not installed")
    pytest.importorskip("python_calamine", reason="the office extra is not installed")
    head = ("留言编号", "留言主题", "留言详情", "留言用户", "留言时间", "答复时间", "答复意见")
    row = ("演示1", "路灯", "演示路路灯不亮", "演示甲", "2019/3/4 9:00:00", "2019/3/5", "已修复")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, head)
        sheet.write_row(1, 0, row)


def test_the_readmes_sections_run_in_order_and_give_what_they_say(
    call: Runner, tmp_path: Path
) -> None:
    letters(tmp_path / "来信.xlsx")
    stated = 0
    for block in blocks("README.md")[1:]:
        for line in block:
            argv = shlex.split(line.command)[1:]
            done = call(*argv, now=NOW)
            assert done.code in ({0, 3} if "--exit-code" in argv else {0}), f"{line}: {done.err}"
            if expected := state(line):
                number = next((word for word in argv if word.isdecimal()), _newest(call))
                assert call("show", number, "--json", now=NOW).json()["status"] == expected, line
                stated += 1
            for name in argv[argv.index("-o") + 1 :][:1] if "-o" in argv else []:
                assert (tmp_path / name).stat().st_size
    assert stated > 10


def _newest(call: Runner) -> str:
    cases: list[dict[str, Any]] = call("list", "--all", "--json", now=NOW).json()
    return max(str(case["number"]) for case in cases)


def test_intake_answers_with_what_the_readme_names(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    """Number, category, unit, three due dates; the coordinator follows from the units."""
    argv = shlex.split(blocks("README.md")[1][1].command)[1:]
    made = call(*argv, "--json", now=NOW).json()
    assert made["number"] == "2026-000001"
    assert made["category"] == "占道经营"
    assert "城管执法中队" in str(made)
    assert len(call("show", "1", "--json", now=NOW).json()["clocks"]) == 3


def test_overdue_is_silent_and_0_when_nothing_is_due_and_3_when_something_is(
    call: Runner,
    ledger: Path,  # noqa: ARG001
) -> None:
    argv = next(
        shlex.split(line.command)[1:]
        for block in blocks("README.md")
        for line in block
        if "--exit-code" in line.command
    )
    assert call(*argv, now=NOW)[:2] == (0, "")
    assert call("intake", "演示: 江南大道占道经营", now=NOW).code == 0
    late = call(*argv, now="2026-12-23T09:00:00+08:00")
    assert late.code == 3
    assert "2026-000001" in late.out
