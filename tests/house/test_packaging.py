"""What is shipped: the wheel, the pins, the Quick start and the CI that runs it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from copy import copy
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from xdist.scheduler import LoadGroupScheduling

from sixping.version import __version__
from tests.conftest import ROOT, keep_together

GATES = ("lint", "types", "pages", "tests", "coverage")
"""As in noxfile.py: nox itself is of the extra ``dev``, which the tests do without."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _quick_start(readme: str, heading: str) -> list[str]:
    section = (ROOT / readme).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    block = re.search(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert block is not None
    return block[1].splitlines()


def test_the_quick_start_is_two_complete_lines() -> None:
    lines = _quick_start("README.md", "Quick start")
    assert len(lines) == 2
    assert lines[0].endswith("sixping demo")
    for line in lines:
        assert line.startswith("python3 -m venv .venv && ")
        assert not line.endswith("\\")
    assert _quick_start("README.zh-CN.md", "快速开始") == lines


STAND_IN = """\
#!/bin/sh
echo "+ python $*"
case "$*" in *nox*"$FAILING"*) exit "$CODE" ;; esac
"""
"""For the interpreter that the Quick start would have made: says what it was asked."""


def _ci(folder: Path, *lines: str, failing: str = "none") -> subprocess.CompletedProcess[str]:
    """Run a copy of .ci/run on a README of ours."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(STAND_IN, encoding="utf-8")
    python.chmod(0o755)
    block = "\n".join(["# x", "```sh", "exit 9", "```", "## Quick start", "```sh", *lines, "```"])
    (folder / "README.md").write_text(f"{block}\n## Next\n```sh\nexit 8\n```\n", encoding="utf-8")
    return subprocess.run(
        ["bash", folder / ".ci" / "run"],
        env=os.environ | {"FAILING": failing, "CODE": "4"},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=120,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="CI runs under bash")
def test_ci_runs_the_second_line_from_the_root_of_the_checkout_then_the_gates(
    tmp_path: Path,
) -> None:
    done = _ci(tmp_path, "exit 7", "pwd && echo 9 passed")
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[1:3] == [str(tmp_path.resolve()), "9 passed"]
    assert said[3].startswith("+ python -m pip install -q -c constraints.txt")
    gates = [
        gate for line in said[4:6] for gate in line.removeprefix("+ python -m nox -s ").split()
    ]
    assert sorted([*gates, "tests"]) == sorted(GATES)
    assert said[6:] == ["9 passed"], "the closing line of the tests is the last one"


@pytest.mark.skipif(sys.platform == "win32", reason="CI runs under bash")
@pytest.mark.parametrize("gate", [gate for gate in GATES if gate != "tests"])
def test_ci_fails_when_a_gate_fails(tmp_path: Path, gate: str) -> None:
    assert _ci(tmp_path, "true", "true", failing=gate).returncode == 4


@pytest.mark.skipif(sys.platform == "win32", reason="CI runs under bash")
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["true", "exit 5"], 5),  # pytest found no tests
        (["true", "false && true"], 1),
        (["true", "false | cat"], 1),
        (["true"], 1),
        (["true", "true", "true"], 1),
    ],
)
def test_ci_fails_when_the_line_fails_or_is_not_there(
    tmp_path: Path, lines: list[str], code: int
) -> None:
    assert _ci(tmp_path, *lines).returncode == code


@pytest.mark.xdist_group("kept")
def test_a_group_of_tests_stays_in_one_process(request: pytest.FixtureRequest) -> None:
    test: pytest.Item = copy(request.node)
    keep_together([test])
    scheduler = object.__new__(LoadGroupScheduling)
    assert scheduler._split_scope(test.nodeid) == "kept"


def _pins() -> dict[str, str]:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {_plain(name): version for name, _, version in (line.partition("==") for line in lines)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_requirement_is_pinned_to_a_version_it_allows() -> None:
    pins = _pins()
    extras = PROJECT["optional-dependencies"].values()
    for text in [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]:
        needed = Requirement(text)
        if needed.name != "sixping":
            assert needed.specifier.contains(pins[_plain(needed.name)]), text


# Which name is imported, or run as a program, where it is not the distribution's own.
IMPORTED = {
    "chinese-calendar": "chinese_calendar", "python-calamine": "python_calamine",
    "python-dateutil": "dateutil", "python-docx": "docx", "xlsxwriter": "xlsxwriter",
    "pytest-xdist": "xdist",
}  # fmt: skip
PLACES = {  # what an extra is for; "" are the dependencies themselves
    "": ("sixping",), "office": ("sixping",), "test": ("tests",),
    "dev": ("bench", "noxfile.py", ".ci"),
}  # fmt: skip
SUBMODULES_OF_OURS = {"sixping", "tests", "docs", "bench", "make_ledger"}
#: what comes with a requirement and is of one piece with it; a name written otherwise
WITH_THEM = {"sqlalchemy": "sqlmodel", "prompt_toolkit": "prompt-toolkit", "_pytest": "pytest"}


@cache
def _imported(place: str) -> set[str]:
    """Return the top names of what a folder imports, also through ``importorskip``."""
    found: set[str] = set()
    paths = [ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*.py"))
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    found |= {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module)):
                    found.add(module.partition(".")[0])
                case ast.Call(
                    func=ast.Attribute(attr="importorskip"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    found.add(name.partition(".")[0])
    return found


@cache
def _run(place: str) -> set[str]:
    """Return the words of what a folder runs as a program: ``-m ruff``, ``sqlite-utils``."""
    paths = [ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*"))
    return {
        word
        for path in paths
        if path.suffix in {".py", ""} and path.is_file()
        for word in re.findall(r"""["' ]([a-z][a-z-]+)["' ,]""", path.read_text(encoding="utf-8"))
    }


def _named(extra: str) -> list[str]:
    lines = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return [_plain(Requirement(line).name) for line in lines if not line.startswith("sixping")]


def unused(names: list[str], places: Sequence[str]) -> list[str]:
    """Return the distributions that no line of their places imports or runs."""
    imported = {name for place in places for name in _imported(place)}
    run = {word for place in places if place not in {"sixping", "tests"} for word in _run(place)}
    return [
        name
        for name in names
        if IMPORTED.get(name, name.replace("-", "_")) not in imported
        and name not in run
        # stubs are read by mypy for what the program imports
        and IMPORTED.get(stubs := name.removeprefix("types-"), stubs) not in _imported("sixping")
    ]


def test_an_extra_is_for_a_place() -> None:
    assert set(PLACES) == {"", *PROJECT["optional-dependencies"]}


@pytest.mark.parametrize("extra", PLACES)
def test_every_dependency_is_imported_where_it_is_for(extra: str) -> None:
    assert not unused(_named(extra), PLACES[extra])


def test_a_dependency_nobody_imports_is_found_out() -> None:
    planted = ["jinja2", "apprise", "types-pygal", "pytest-benchmark"]
    for extra, places in PLACES.items():
        assert unused([*_named(extra), *planted], places) == planted


@pytest.mark.parametrize(
    ("place", "extras"),
    [("sixping", ["", "office"]), ("docs", [""]), ("tests", ["", "office", "test"]),
     ("bench", ["", "office", "test", "dev"])],
)  # fmt: skip
def test_everything_imported_is_named_as_a_dependency(place: str, extras: list[str]) -> None:
    named = {IMPORTED.get(name, name) for extra in extras for name in _named(extra)}
    foreign = _imported(place) - set(sys.stdlib_module_names) - SUBMODULES_OF_OURS
    assert not {WITH_THEM.get(name, name) for name in foreign} - named


def test_hooks_are_local_and_download_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^ *- repo: (.*)$", text, re.MULTILINE) == ["local"]
    assert set(re.findall(r"language: (.*)", text)) == {"system"}


def test_the_gates_are_those_of_the_noxfile() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    sessions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    named = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "GATES"
    )
    assert named == GATES
    assert set(sessions) - {"_python"} == {"check", *GATES}


def test_typer_stays_below_the_version_that_loads_pydantic() -> None:
    typer = next(
        found for found in map(Requirement, PROJECT["dependencies"]) if found.name == "typer"
    )
    assert not typer.specifier.contains("0.29.0")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def test_the_wheel_carries_code_and_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {path.relative_to(ROOT) for path in (ROOT / "data").rglob("*.toml")}
    assert {f"sixping/{path.as_posix()}" for path in shipped} <= set(names)
    assert {name.partition("/")[0] for name in names} == {
        "sixping",
        f"sixping-{__version__}.dist-info",
    }
    assert "sixping/py.typed" in names


def test_the_wheel_runs_by_itself_and_finds_its_own_data(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    env = {"PYTHONPATH": str(tmp_path), "PATH": os.defpath, "HOME": str(tmp_path)}
    probe = "from sixping.util.datafiles import locate; print(locate('policy.toml'))"
    private = [
        subprocess.run(
            [sys.executable, *argv],
            env=env,
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            timeout=120,
        ).stdout.strip()
        for argv in (["-m", "sixping", "--version"], ["-c", probe])
    ]
    assert private == [f"sixping {__version__}", str(tmp_path / "sixping" / "data" / "policy.toml")]
