"""A safety test that cannot fail is none: take each guard away and see a test turn red.

``guards.toml`` lists the guards. ``python -m tests.anomaly.guards`` copies the tree, removes one
guard at a time, runs the tests that are named for it and demands that one fails. The ordinary run
only holds the list: each text stands in its file exactly once, each test is there.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from tests.conftest import ROOT
from tests.kit.forks import WITHOUT_END, Ended, forked

LIST = Path(__file__).with_name("guards.toml")
_COPIED = ("sixping", "data", "docs", "tests", "pyproject.toml", "noxfile.py", "README.zh-CN.md",
           "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "constraints.txt")  # fmt: skip
_DEADLINE = 180  # seconds of one test
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)
#: what is left does not work at all: no test that fails then says anything of the guard
_BROKEN = re.compile(r": (?:NameError|UnboundLocalError|ImportError|SyntaxError)\b")


class Guard(NamedTuple):
    """A guard: the ``text`` that is it, and what stands there ``without`` it."""

    name: str
    file: str
    text: str
    without: str
    tests: tuple[str, ...]
    why: str


def guards() -> list[Guard]:
    """Return the list, in its order."""
    read = tomllib.loads(LIST.read_text(encoding="utf-8"))["guard"]
    return [Guard(**{**each, "tests": tuple(each["tests"])}) for each in read]


def wrong_in_list() -> list[str]:
    """Return what has rotted: texts that moved, tests that are gone, names given twice."""
    found: list[str] = []
    known: set[str] = set()
    for guard in guards():
        path = ROOT / guard.file
        times = path.read_text(encoding="utf-8").count(guard.text) if path.is_file() else 0
        if times != 1:
            found.append(f"{guard.name}: its text stands {times} times in {guard.file}")
        if guard.text == guard.without:
            found.append(f"{guard.name}: nothing is removed")
        if times == 1 and not _is_module(path.read_text("utf-8"), guard):
            found.append(f"{guard.name}: without it the module cannot be loaded: all tests fail")
        if guard.name in known:
            found.append(f"{guard.name}: named twice")
        known.add(guard.name)
        found += [f"{guard.name}: no test {test}" for test in guard.tests if not _is_there(test)]
        found += [] if guard.tests else [f"{guard.name}: no test"]
    return found


def _is_module(text: str, guard: Guard) -> bool:
    try:
        ast.parse(text.replace(guard.text, guard.without))
    except SyntaxError:
        return False
    return True


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    plain = name.partition("[")[0].rpartition("::")[2]
    return not name or f"def {plain}(" in path.read_text(encoding="utf-8")


def copied(folder: Path) -> Path:
    """Copy the tree to where guards may be removed."""
    tree = folder / "tree"
    tree.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, tree / name)
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (folder / "shared").symlink_to(shared.resolve())
    return tree


def red_without(tree: Path, guard: Guard, run: Callable[[str], Ended]) -> str:
    """Return the test that turns red without a guard; nothing when none does."""
    path = tree / guard.file
    before = path.read_text(encoding="utf-8")
    _put(path, before.replace(guard.text, guard.without))
    try:
        return next(filter(None, (_red(run, test) for test in guard.tests)), "")
    finally:
        _put(path, before)


def _put(path: Path, text: str) -> None:
    """Write a module, under a later time than before: what was compiled of it is stale."""
    later = path.stat().st_mtime + 2
    path.write_text(text, encoding="utf-8")
    os.utime(path, (later, later))


def _red(run: Callable[[str], Ended], test: str) -> str:
    ended = run(test)
    if ended.code == WITHOUT_END:
        return f"{test} (without end)"
    if _BROKEN.search(ended.said):
        return ""
    if ended.code == 1 and (named := _FAILED.search(ended.said)):
        return named[1]
    if ended.code not in {0, 1, 5} and "ERROR: not found" not in ended.said:
        return f"{test} (does not start)"
    return ""


def tried(names: Iterable[str] = ()) -> list[tuple[Guard, str]]:
    """Remove the guards one by one; return each with the test that turned red."""
    wanted = set(names)
    found = []
    with tempfile.TemporaryDirectory(prefix="sixping-guards-") as folder:
        tree = copied(Path(folder))
        with forked(tree, _DEADLINE) as run:
            for guard in guards():
                if not wanted or guard.name in wanted:
                    begun = monotonic()
                    red = red_without(tree, guard, run)
                    became = f"{'red  ' if red else 'GREEN'} {monotonic() - begun:5.1f} s"
                    print(f"{became} {guard.name}: {red}", file=sys.stderr, flush=True)
                    found.append((guard, red))
    return found


def answer(names: Iterable[str] = ()) -> dict[str, Any]:
    """Try the guards; return counts and those that no test misses."""
    results = tried(names)
    green = [f"no test misses the guard: {guard.name}" for guard, red in results if not red]
    return {
        "what": "guards",
        "seed": None,
        "counts": {"guards": len(results), "red": len(results) - len(green)},
        "found": green + wrong_in_list(),
    }


def run(names: Iterable[str] = ()) -> int:
    """Try the guards and say what came of it; return the exit code."""
    result = answer(names)
    for what in result["found"]:
        print(what)
    print(f"{result['counts']['red']} of {result['counts']['guards']} turn a test red")
    return int(bool(result["found"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.anomaly.guards", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    sys.exit(run(parser.parse_args().only))
