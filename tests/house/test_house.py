"""Who may know whom, read off the imports; and what a command must not load."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sixping.commands import TABLE
from sixping.console.frame import CommandSpec, Group, Table
from tests.conftest import ROOT, Runner

PACKAGE = ROOT / "sixping"

# The house from the ground up: a room may know only those on lower floors.
FLOORS = (
    {"errors", "version"},
    {"util"},
    {"policy", "calendar"},
    {"workdays"},
    {"triage"},
    {"cases"},
    {"store", "reports"},
    {"ledger", "queries", "office", "importing", "documents"},
    {"render"},
    {"services"},
    {"console"},
    {"commands"},
    {"cli"},
    {"__main__", "__init__"},
)
# What touches the world: whole rooms, and the two that read data and clock for pure ones.
WORLD = {
    "__main__", "cli", "commands", "console", "services", "importing", "render", "store",
    "ledger", "queries",
}  # fmt: skip
WORLD_FILES = {"util/clock.py", "util/datafiles.py", "calendar/files.py"}
READS_THE_LOG = {"office/streams.py"}  # office folds what the streams of the ledger hold
DATABASE = {"store", "queries"}
WORLDLY_LIBRARIES = {
    "apprise", "docx", "getpass", "openpyxl", "platform", "platformdirs", "python_calamine",
    "rich", "shutil", "socket", "sqlalchemy", "sqlite3", "sqlmodel", "subprocess", "sys",
    "tempfile", "time", "typer", "xlsxwriter",
}  # fmt: skip
HEAVY = {
    "apprise", "chinese_calendar", "docx", "jinja2", "openpyxl", "platformdirs", "pydantic",
    "pygal", "python_calamine", "rapidfuzz", "rich", "sqlalchemy", "sqlmodel", "xlsxwriter",
}  # fmt: skip
HEAVY_AT_MODULE_LEVEL = {  # imported lazily as a whole
    "store/orm.py": {"sqlmodel", "sqlalchemy", "pydantic"},
}


class Import(NamedTuple):
    room: str  # "reports" for sixping/reports/period.py
    file: str
    line: int
    target: str  # dotted, with the imported name
    top_level: bool

    @property
    def library(self) -> str:
        return self.target.partition(".")[0]

    @property
    def to_room(self) -> str | None:
        parts = self.target.split(".")
        return parts[1] if parts[0] == "sixping" and len(parts) > 1 else None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


def _imports(path: Path) -> Iterator[Import]:
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, top_level in _statements(tree, top_level=True):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative}:{node.lineno}: relative import"
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            yield Import(room, str(relative), node.lineno, name, top_level)


def _statements(
    node: ast.AST, *, top_level: bool
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield imports that run, and whether importing the module runs them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, top_level
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _statements(child, top_level=top_level and not inside)


IMPORTS = [found for path in sorted(PACKAGE.rglob("*.py")) for found in _imports(path)]


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


def test_a_room_knows_only_lower_floors() -> None:
    height = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    rooms = {
        path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[0] not in "_."
    }
    assert rooms - {"py.typed", "data"} == set(height) - {"__main__", "__init__"}
    wrong = [
        found
        for found in IMPORTS
        if found.to_room in height
        and found.to_room != found.room
        and height[found.to_room] >= height[found.room]
    ]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("libraries", "rooms"),
    [
        ({"sqlite3", "sqlmodel", "sqlalchemy"}, DATABASE),
        ({"chinese_calendar"}, {"calendar"}),
        ({"typer"}, {"cli", "commands", "console"}),
        ({"platformdirs"}, {"console"}),
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
    probe = (
        "import sys; from sixping.cli import main; code = main(sys.argv[1:]);"
        "print(code, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *argv],
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
    for argv in _leaves():
        loaded = _loaded(*argv, "--help", home=tmp_path)
        assert not loaded & {*HEAVY, "sqlite3", "typer.rich_utils"}, argv


READING = [["overdue"], ["overdue", "--json"], ["list"], ["report", "--month", "--json"]]


@pytest.mark.parametrize("argv", [argv for argv in READING if argv[0] in TABLE])
def test_reading_from_cron_loads_neither_orm_nor_terminal_library(
    argv: list[str], tmp_path: Path, ledger: Path
) -> None:
    loaded = _loaded(*argv, "--ledger", str(ledger), home=tmp_path)
    assert not loaded & {"sqlmodel", "sqlalchemy", "pydantic", "rich", "platformdirs"}


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
