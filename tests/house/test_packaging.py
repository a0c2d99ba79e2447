"""What is shipped: the wheel, the pins, the Quick start and the CI that runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

from sixping import __version__
from tests.conftest import ROOT

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


def _ci(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of .ci/run on a README of ours."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    block = "\n".join(["# x", "```sh", "exit 9", "```", "## Quick start", "```sh", *lines, "```"])
    (folder / "README.md").write_text(f"{block}\n## Next\n```sh\nexit 8\n```\n", encoding="utf-8")
    return subprocess.run(
        ["bash", folder / ".ci" / "run"], capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="CI runs under bash")
def test_ci_runs_the_second_line_from_the_root_of_the_checkout(tmp_path: Path) -> None:
    done = _ci(tmp_path, "exit 7", "pwd && echo second")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == [str(tmp_path.resolve()), "second"]


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
            [sys.executable, *argv], env=env, capture_output=True, text=True, check=True, cwd="/"
        ).stdout.strip()
        for argv in (["-m", "sixping", "--version"], ["-c", probe])
    ]
    assert private == [f"sixping {__version__}", str(tmp_path / "sixping" / "data" / "policy.toml")]
