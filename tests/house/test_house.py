"""Who may know whom, read off the imports; and what a command must not load."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sixping.ledger
import sixping.workdays
from sixping.commands import TABLE
from sixping.console.frame import CommandSpec, Group, Table
from tests.conftest import ROOT, Runner
from tests.kit import housekit as house
from tests.kit.housekit import Import, Spread

PACKAGE = ROOT / "sixping"

# The house from the ground up: a room imports what stands lower, nothing else; types too.
FLOORS = tuple(
    frozenset(rooms.split())
    for rooms in (
        "errors version",
        "util",
        "policy calendar",
        "workdays",
        "triage",
        "cases",
        "store reports",
        "ledger queries office importing documents",
        "render",
        "services",
        "console",
        "commands",
        "cli",
        "__main__ __init__",
    )
)
MOST_MODULES = 25  # of a folder
FUNCTIONS = Spread(median=8, nine_tenths=25, longest=60)
INSIDE = 0.05  # of all imports; heavy libraries only
INSIDE_CONSOLE = 0.30  # in commands/ and console/
ACCEPT_FILES = 45  # whose functions one `accept` enters

# What touches the world: whole rooms, and the two that read data and clock for pure ones.
WORLD = {
    "__main__", "cli", "commands", "console", "services", "importing", "render", "store",
    "ledger", "queries",
}  # fmt: skip
WORLD_FILES = {
    "util/clock.py", "util/datafiles.py", "util/files.py", "util/mounts.py", "calendar/files.py",
}  # fmt: skip
READS_THE_LOG = {"office/streams.py"}  # office folds what the streams of the ledger hold
DATABASE = {"store", "queries"}
WORLDLY_LIBRARIES = {
    "apprise", "docx", "getpass", "openpyxl", "platform", "platformdirs", "python_calamine",
    "rich", "shutil", "socket", "sqlalchemy", "sqlite3", "sqlmodel", "subprocess", "sys",
    "tempfile", "time", "typer", "xlsxwriter",
}  # fmt: skip
HEAVY = {
    "apprise", "chinese_calendar", "docx", "jinja2", "openpyxl", "orjson", "platformdirs",
    "prompt_toolkit", "pydantic", "pygal", "python_calamine", "rapidfuzz", "rich", "sqlalchemy",
    "sqlmodel", "xlsxwriter",
}  # fmt: skip
HEAVY_AT_MODULE_LEVEL = {  # imported lazily as a whole
    "store/orm.py": {"sqlmodel", "sqlalchemy", "pydantic"},
    "store/opened.py": {"sqlmodel", "sqlalchemy"},
}
# Of the standard library: what a start from cron would pay for and never use.
HEAVY_INSIDE = HEAVY | {
    "csv", "difflib", "hashlib", "resource", "subprocess", "tempfile", "tomllib",
}  # fmt: skip
WAITS = {  # imports in functions that load nothing heavy, and why
    "__init__.py",  # loads what programs read a ledger with when they ask for it
    "cli.py",  # loads the one command it runs
    "importing/reader.py",  # the child process is started for workbooks alone
    "services/overdue.py",  # mostly no task of a meeting is due: its words are not veiled then
    "services/taking.py",  # most steps need nobody's approval: the office is not read for them
    "services/filters.py",  # looks a name up that the ledger does not know
}

SOURCES = house.read(PACKAGE)
EVERY_IMPORT = [one for file, text in SOURCES.items() for one in house.imports(text, file)]
IMPORTS = [one for one in EVERY_IMPORT if not one.for_types]
CONSOLE = {"commands", "console"}


def test_the_graph_sees_the_house() -> None:
    assert any(found.file == "cli.py" and found.to_room == "commands" for found in IMPORTS)
    assert any(not found.top_level for found in IMPORTS)


def test_cli_is_a_file_and_no_package_hides_it() -> None:
    assert (PACKAGE / "cli.py").is_file()
    assert not (PACKAGE / "cli").exists()


def test_nothing_imports_the_commands_but_the_command_line() -> None:
    wrong = [
        found
        for found in IMPORTS
        if (found.to_room == "commands" and found.room not in {"cli", "commands"})
        or (found.to_room == "cli" and found.room != "__main__")
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_pure_rooms_know_no_clock_file_database_or_terminal() -> None:
    wrong = [
        found
        for found in IMPORTS
        if found.room not in WORLD
        and found.file not in WORLD_FILES | READS_THE_LOG
        and (
            found.to_room in WORLD
            or found.target == "sixping.util.clock.now"
            or found.library in WORLDLY_LIBRARIES
        )
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_pure_rooms_read_files_in_their_loaders_alone() -> None:
    """``load_policy()`` and its like read a file by name; the parsers beside them do not."""
    readers = {"sixping." + name.removesuffix(".py").replace("/", ".") for name in WORLD_FILES}
    readers -= {"sixping.util.clock"}
    wrong, loaders = [], 0
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        if relative.parts[0].removesuffix(".py") in WORLD or str(relative) in WORLD_FILES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if f"{node.module}.{alias.name}".startswith(tuple(readers))
        }
        allowed = {
            id(name)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("load_")
            for name in ast.walk(node)
        }
        uses = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in names]
        loaders += sum(id(name) in allowed for name in uses)
        wrong += [f"{relative}:{n.lineno} {n.id}" for n in uses if id(n) not in allowed]
    assert not wrong, "\n".join(wrong)
    assert loaders > 5  # it sees them


def test_every_room_has_a_floor_and_every_floor_a_room() -> None:
    rooms = {
        path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[0] not in "_."
    }
    assert rooms - {"py.typed", "data"} == set().union(*FLOORS) - {"__main__", "__init__"}


def test_a_room_imports_what_stands_lower_nothing_else_types_too() -> None:
    wrong = house.upward(EVERY_IMPORT, FLOORS)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("from sixping.cases.model import Case", False),
        ("from sixping.reports.period import report", False),
        ("from sixping.store import chain", True),  # the same floor
        ("from sixping.console.context import Context", True),
        ("def f():\n    from sixping import cli", True),
        ("if TYPE_CHECKING:\n    from sixping.console.context import Context", True),
    ],
)
def test_a_room_that_looks_up_is_found_out(line: str, wrong: bool) -> None:
    assert bool(house.upward(house.imports(line, "reports/planted.py"), FLOORS)) is wrong


def test_no_modules_import_one_another_in_a_circle() -> None:
    found = house.circle(EVERY_IMPORT, SOURCES)
    assert not found, " -> ".join(found)


def test_a_circle_is_found_out_in_functions_too_but_not_in_types() -> None:
    one = "from sixping.util import two"
    for two, there in (
        ("from sixping.util.one import name", True),
        ("def f():\n    from sixping.util.one import name", True),
        ("if TYPE_CHECKING:\n    from sixping.util.one import Name", False),
    ):
        found = [*house.imports(one, "util/one.py"), *house.imports(two, "util/two.py")]
        assert bool(house.circle(found, ["util/one.py", "util/two.py"])) is there, two


def test_no_folder_is_crowded() -> None:
    assert not house.crowded(SOURCES, MOST_MODULES)


def test_a_crowded_folder_is_found_out() -> None:
    files = ["cases/__init__.py", *(f"cases/m{n}.py" for n in range(26)), "util/one.py"]
    assert house.crowded(files, 26) == {}
    assert house.crowded(files, 25) == {"cases": 26}


def test_functions_are_short() -> None:
    lengths = [found for text in SOURCES.values() for found in house.lengths(text)]
    now = house.spread(lines for lines, _ in lengths)
    assert now.median <= FUNCTIONS.median
    assert now.nine_tenths <= FUNCTIONS.nine_tenths
    longest = FUNCTIONS.longest
    assert now.longest <= longest, sorted(found for found in lengths if found[0] > longest)


def test_a_long_function_is_found_out() -> None:
    source = "def short():\n    pass\n\n\nasync def long():\n" + "    pass\n" * 60
    assert list(house.lengths(source)) == [(2, "short"), (61, "long")]
    assert house.spread([2] * 9 + [61]) == Spread(2, 61, 61)


def test_imports_stand_at_the_top_of_their_file() -> None:
    within, all_ = house.inside(one for one in IMPORTS if one.room not in CONSOLE)
    assert within <= INSIDE * all_, f"{within} of {all_}"
    within, all_ = house.inside(one for one in IMPORTS if one.room in CONSOLE)
    assert within <= INSIDE_CONSOLE * all_, f"{within} of {all_}"


def light(found: list[Import]) -> list[Import]:
    """Return what is imported inside functions outside the console and costs nothing to load."""
    return [
        one
        for one in found
        if not one.top_level
        and one.room not in CONSOLE
        and one.library not in HEAVY_INSIDE
        and one.file not in WAITS
    ]


def test_outside_the_console_only_heavy_libraries_wait_in_functions() -> None:
    waiting = light(IMPORTS)
    places = {(one.file, one.line) for one in waiting}
    assert not places, "\n".join(map(str, waiting))


def test_an_import_in_a_function_is_counted() -> None:
    source = (
        "import os, sys\n"
        "if TYPE_CHECKING:\n    from typing import Any\n"
        "class C:\n    import re\n"
        "def f():\n    import json\n    import rapidfuzz\n"
    )
    found = list(house.imports(source, "reports/planted.py"))
    assert house.inside(found) == (2, 4)
    assert [one.target for one in light(found)] == ["json"]
    assert not light(list(house.imports(source, "console/planted.py")))


ENTERED = """
import sys
files = set()
def enter(frame, event, arg):
    code = frame.f_code
    function = code.co_flags & 1  # bodies of modules and classes are none
    if event == "call" and "/sixping/" in code.co_filename and function:
        files.add(code.co_filename.rpartition("/sixping/")[2])
sys.setprofile(enter)
from sixping.cli import main
code = main(sys.argv[1:])
sys.setprofile(None)
print(code, *sorted(files), file=sys.stderr)
"""


def test_an_accept_is_read_in_few_files(call: Runner, ledger: Path, tmp_path: Path) -> None:
    assert call("intake", "占道经营").code == 0
    done = subprocess.run(
        [sys.executable, "-c", ENTERED, "--ledger", str(ledger), "accept", "1"],
        env={"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    code, *files = done.stderr.splitlines()[-1].split(" ")
    assert code == "0", done.stderr
    assert {"cli.py", "ledger.py"} <= set(files)
    assert "triage/suggest.py" not in files, "a step suggests nothing"
    assert len(files) <= ACCEPT_FILES, files


def test_what_others_import_by_name_stays_where_it_is() -> None:
    assert {"transaction", "Transaction", "Stamp"} <= set(vars(sixping.ledger))
    public = {
        "Hours", "CountedDay", "load_calendar", "add_workdays", "workdays_between", "office_time",
        "due_at", "counted_from", "explain_days",
    }  # fmt: skip
    assert public <= set(vars(sixping.workdays))
    assert (PACKAGE / "workdays.py").is_file()
    assert (PACKAGE / "ledger.py").is_file()
    for folder in ("data", "tests", "docs", "bench"):
        assert (ROOT / folder).is_dir()


@pytest.mark.parametrize(
    ("libraries", "rooms"),
    [
        ({"sqlite3", "sqlmodel", "sqlalchemy"}, DATABASE),
        ({"chinese_calendar"}, {"calendar"}),
        ({"typer"}, {"cli", "commands", "console"}),
        ({"platformdirs"}, {"console", "store"}),
    ],
)
def test_a_library_has_one_room(libraries: set[str], rooms: set[str]) -> None:
    wrong = [found for found in IMPORTS if found.library in libraries and found.room not in rooms]
    assert not wrong, "\n".join(map(str, wrong))


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    wrong = [
        found
        for found in IMPORTS
        if found.top_level and found.library in HEAVY - HEAVY_AT_MODULE_LEVEL.get(found.file, set())
    ]
    assert not wrong, "\n".join(map(str, wrong))


def _loaded(*argv: str, home: Path) -> set[str]:
    """Run a command in a process of its own, piped; return the modules it loaded."""
    return _loaded_by([list(argv)], home)


def _loaded_by(lines: list[list[str]], home: Path) -> set[str]:
    """Run commands one after another in one process; return the modules they loaded."""
    probe = (
        "import json, sys; from sixping.cli import main;"
        "codes = {main(argv) for argv in json.loads(sys.argv[1])};"
        "print(max(codes), *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, json.dumps(lines)],
        env={"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    code, *modules = done.stderr.splitlines()[-1].split(" ")
    assert code in {"0", "2", "3"}, done.stderr
    return set(modules)


def _leaves(table: Table = TABLE) -> list[list[str]]:
    found: list[list[str]] = []
    for name, entry in table.items():
        inner = _leaves(entry.entries) if isinstance(entry, Group) else []
        found.extend([name, *rest] for rest in inner)
        found.append([name])
    return found


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["--nonsense"], ["nonsense"]])
def test_the_frame_alone_loads_nothing_heavy(argv: list[str], tmp_path: Path) -> None:
    loaded = _loaded(*argv, home=tmp_path)
    assert not loaded & {*HEAVY, "sqlite3", "typer.rich_utils"}
    assert not [name for name in loaded if name.startswith("sixping.commands.")]


def test_no_help_page_loads_the_database_or_what_draws(tmp_path: Path) -> None:
    loaded = _loaded_by([[*argv, "--help"] for argv in _leaves()], tmp_path)
    assert not loaded & {*HEAVY, "sqlite3", "typer.rich_utils"}


READING = [["overdue"], ["overdue", "--json"], ["list"], ["report", "--month", "--json"]]


@pytest.mark.parametrize("argv", [argv for argv in READING if argv[0] in TABLE])
def test_reading_from_cron_loads_neither_orm_nor_terminal_library(
    argv: list[str], tmp_path: Path, ledger: Path
) -> None:
    loaded = _loaded(*argv, "--ledger", str(ledger), home=tmp_path)
    assert not loaded & {"sqlmodel", "sqlalchemy", "pydantic", "rich", "platformdirs"}


def test_the_list_of_what_is_late_loads_no_case_and_nothing_that_makes_dates(
    tmp_path: Path, ledger: Path
) -> None:
    """It reads rows; the fold and the making of dates would cost it a twentieth."""
    loaded = _loaded("overdue", "--ledger", str(ledger), home=tmp_path)
    assert not loaded & {"sixping.cases.model", "sixping.cases.dates", "sixping.cases.deadlines"}


def test_the_tables_help_is_the_docstrings_first_line(call: Runner) -> None:
    for argv in _leaves():
        entry = TABLE[argv[0]]
        for name in argv[1:]:
            assert isinstance(entry, Group)
            entry = entry.entries[name]
        page = call(*argv, "--help")
        assert page.code == 0, page.err
        assert page.out.splitlines()[0] == entry.help, argv
        assert isinstance(entry, Group) or "\n示例:\n  sixping" in page.out, argv


def test_every_entry_names_its_panel() -> None:
    for name, entry in TABLE.items():
        assert entry.panel, name
        assert not isinstance(entry, CommandSpec) or not entry.module.startswith("_")
