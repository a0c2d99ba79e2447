"""The refusals of the program, read off its source: no module is run.

A refusal is a call of a class of ``sixping/errors.py``, or what a guard returns (a pair of
sentence and hint under ``-> Refusal``). Constants are written out, whoever holds them;
what is known only when the refusal happens stays as its name in braces.
"""  # noqa: INP001 - a folder of pages and what makes them

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef

_GUARD = "{number} 不能{name}: "
_MOST_ALTERNATIVES = 3


class Refusal(NamedTuple):
    """One sentence people may read: the class it is raised as, hint and module."""

    kind: str
    what: str
    hint: str
    module: str


@cache
def refusals(package: Path, kinds: frozenset[str]) -> tuple[Refusal, ...]:
    """Return every refusal of a package once, sorted; ``kinds`` are the classes' names."""
    sources = {
        path.relative_to(package).with_suffix("").as_posix().replace("/", "."): path.read_text(
            encoding="utf-8"
        )
        for path in sorted(package.rglob("*.py"))
        if path.name != "errors.py"
    }
    trees = {name: ast.parse(source) for name, source in sources.items()}
    constants = {name: _constants(tree) for name, tree in trees.items()}
    found: set[Refusal] = set()
    for name, tree in trees.items():
        if not any(word in sources[name] for word in (*kinds, "Refusal")):
            continue
        imported = _imported(tree, package.name, constants)
        _Reader(name, kinds, constants[name] | imported, found).visit(tree)
    return tuple(sorted(found))


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what a module gives its names at the top: words and numbers only."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant | ast.JoinedStr | ast.BinOp)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _imported(
    tree: ast.Module, package: str, constants: dict[str, dict[str, ast.expr]]
) -> dict[str, ast.expr]:
    """Return the constants a module takes from its siblings: ``ASK`` and ``paths.ASK``."""
    found: dict[str, ast.expr] = {}
    for node in _statements(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(package):
            continue
        home = (node.module or "").removeprefix(package).removeprefix(".")
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name in constants.get(home, {}):
                found[name] = constants[home][alias.name]
            for constant, value in constants.get(f"{home}.{alias.name}".lstrip("."), {}).items():
                found[f"{name}.{constant}"] = value
    return found


class _Reader(ast.NodeVisitor):
    """Walks one module and keeps its refusals; knows the function it is in."""

    def __init__(
        self,
        module: str,
        kinds: frozenset[str],
        constants: dict[str, ast.expr],
        found: set[Refusal],
    ) -> None:
        self.module, self.kinds, self.constants, self.found = module, kinds, constants, found
        self.local: dict[str, list[ast.expr]] = {}
        self.guard = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer = self.local, self.guard
        self.local = outer[0] | _assigned(node)
        self.guard = node.returns is not None and ast.unparse(node.returns) == "Refusal"
        self.generic_visit(node)
        self.local, self.guard = outer

    def visit_Return(self, node: ast.Return) -> None:
        if self.guard and isinstance(node.value, ast.Tuple):
            what, hint = node.value.elts
            self._keep("NotAllowed", f"{_GUARD}{self.said(what)}", self.said(hint))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in self.kinds and node.args:
            hint = self.said(node.args[1]) if len(node.args) > 1 else ""
            self._keep(node.func.id, self.said(node.args[0]), hint)
        self.generic_visit(node)

    def _keep(self, kind: str, what: str, hint: str) -> None:
        if what.startswith("{") and what.endswith("}") and what.count("{") == 1:
            return  # passed on whole: it is listed where it is made
        self.found.add(Refusal(kind, what, hint, self.module))

    def said(self, node: ast.expr) -> str:
        """Return an expression as people would read it."""
        if isinstance(node, ast.Constant):
            return "" if node.value is None else str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(map(self.said, node.values))
        if isinstance(node, ast.FormattedValue):
            return self.said(node.value)
        if isinstance(node, ast.IfExp):
            return _either([self.said(node.body), self.said(node.orelse)])
        if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
            words = isinstance(node.right.value, str)
            return self.said(node.left) + (self.said(node.right) if words else "")
        return self._named(node)

    def _named(self, node: ast.expr) -> str:
        name = ast.unparse(node)
        if name in self.constants and name not in self.local:
            return self.said(self.constants[name])
        values = self.local.get(name, ())
        if values and all(isinstance(v, ast.Constant | ast.JoinedStr | ast.IfExp) for v in values):
            known, self.local = self.local, {k: v for k, v in self.local.items() if k != name}
            said = [self.said(value) for value in values]
            self.local = known
            if len(said) <= _MOST_ALTERNATIVES:
                return _either(said)
        return _placeholder(node)


def _assigned(function: Function) -> dict[str, list[ast.expr]]:
    """Return what a function gives its names; a parameter is known to nobody (no values)."""
    found: dict[str, list[ast.expr]] = {arg.arg: [] for arg in ast.walk(function.args)
                                        if isinstance(arg, ast.arg)}  # fmt: skip
    for node in _statements(function):
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name):
            found.setdefault(name.id, []).append(node.value)
    return found


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements within, outer ones first as ``ast.walk`` does; expressions hold none."""
    rest = deque([node])
    while rest:
        for child in ast.iter_child_nodes(rest.popleft()):
            if isinstance(child, ast.stmt):
                yield child
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                rest.append(child)


def _either(said: list[str]) -> str:
    options = [words for words in dict.fromkeys(said) if words]
    if len(options) == 1 and "" not in said:
        return options[0]
    return f"[{' / '.join(options)}]" if options else ""


def _placeholder(node: ast.expr) -> str:
    """Return the name under which a value is known: ``{number}`` for ``case.number``."""
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        return f"{{{name.strip('_').lower()}}}"
    if isinstance(node, ast.Subscript):
        table = isinstance(node.value, ast.Name) and node.value.id.isupper()
        return _placeholder(node.slice if table else node.value)
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _placeholder(node.args[0])
    return "{…}"
