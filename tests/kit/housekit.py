"""The house read off its source: imports, floors, circles, lengths. Nothing is run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from statistics import median
from typing import NamedTuple

Floors = Sequence[frozenset[str]]


class Import(NamedTuple):
    """One imported name, and where."""

    file: str  # "reports/period.py" for sixping/reports/period.py
    line: int
    target: str  # dotted, with the imported name
    top_level: bool  # importing the module runs it
    for_types: bool = False  # under TYPE_CHECKING: never runs

    @property
    def room(self) -> str:
        return self.file.partition("/")[0].removesuffix(".py")

    @property
    def library(self) -> str:
        return self.target.partition(".")[0]

    @property
    def to_room(self) -> str | None:
        parts = self.target.split(".")
        return parts[1] if parts[0] == "sixping" and len(parts) > 1 else None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


def imports(source: str, file: str) -> Iterator[Import]:
    """Yield what a module imports, a name each."""
    for node, top_level, for_types in _statements(ast.parse(source)):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            yield Import(file, node.lineno, name, top_level, for_types)


_HOLDS_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def _statements(
    node: ast.AST, *, top_level: bool = True, for_types: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, top_level, for_types
            continue
        if not isinstance(child, _HOLDS_STATEMENTS):
            continue
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from _statements(
            child, top_level=top_level and not inside, for_types=for_types or typing
        )


def upward(found: Iterable[Import], floors: Floors) -> list[Import]:
    """Return the imports of a room that does not stand lower, those for types too."""
    height = {room: floor for floor, rooms in enumerate(floors) for room in rooms}
    return [
        one
        for one in found
        if one.to_room in height
        and one.to_room != one.room
        and height[one.to_room] >= height[one.room]
    ]


def module(file: str) -> str:
    """Return the dotted name of ``reports/period.py``."""
    dotted = PurePosixPath("sixping", file).with_suffix("").as_posix().replace("/", ".")
    return dotted.removesuffix(".__init__")


def circle(found: Iterable[Import], files: Iterable[str]) -> list[str]:
    """Return the modules of one circle of imports, those in functions too; none, nothing."""
    modules = {module(file) for file in files}
    edges: dict[str, set[str]] = {name: set() for name in modules}
    for one in found:
        near = one.target if one.target in modules else one.target.rpartition(".")[0]
        if not one.for_types and near in modules and near != module(one.file):
            edges[module(one.file)].add(near)
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


class Spread(NamedTuple):
    """How long functions are, in lines."""

    median: float
    nine_tenths: int
    longest: int


def lengths(source: str) -> Iterator[tuple[int, str]]:
    """Yield lines and name of each function of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.end_lineno - node.lineno + 1, node.name


def spread(lines: Iterable[int]) -> Spread:
    ordered = sorted(lines)
    return Spread(median(ordered), ordered[int(len(ordered) * 0.9)], ordered[-1])


def inside(found: Iterable[Import]) -> tuple[int, int]:
    """Return how many import statements lie in functions, and how many there are."""
    statements = {(one.file, one.line): one.top_level for one in found if not one.for_types}
    return sum(not top for top in statements.values()), len(statements)


def crowded(files: Iterable[str], most: int) -> dict[str, int]:
    """Return the folders with more modules than that; ``__init__.py`` only makes the folder."""
    names = [PurePosixPath(file) for file in files]
    count = Counter(str(name.parent) for name in names if name.name != "__init__.py")
    return {folder: modules for folder, modules in count.items() if modules > most}


def read(package: Path) -> Mapping[str, str]:
    """Return the source of every module by its path in the package."""
    return {
        path.relative_to(package).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(package.rglob("*.py"))
    }
