"""A command that a message names can be run as written: it has all that it requires.

Placeholders such as 理由 and 编号 count as given.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from sixping import cli
from sixping.commands import TABLE
from sixping.console.frame import Group
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = re.compile(r"sixping ((?:[a-z][a-z-]* ?)+)([^;,。、()”\n]*)")
FILES = sorted((ROOT / "sixping").rglob("*.py"))


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module but its docstrings; what is put in is called 某."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "某" for p in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, re.sub(r"\{\w*\}", "某", node.value)


@cache
def command(words: str) -> tuple[Any, int] | None:
    """Return the command that words begin with, and how many of them name it."""
    table = TABLE
    for place, word in enumerate(words.split()):
        entry = table.get(word)
        if isinstance(entry, Group):
            table = entry.entries
        else:
            return None if entry is None else (cli.build(word, entry), place + 1)
    return None


def lacking(text: str) -> Iterator[str]:
    """Yield every command of a text that lacks a required option or argument."""
    for match in COMMAND.finditer(text):
        known = command(match[1].strip())
        if known is None:
            continue
        made, place = known
        given = f"{match[1]}{match[2]}".split()[place:]
        needed = {p.opts[0]: p for p in made.params if p.required and p.opts[0].startswith("-")}
        missing = [name for name, p in needed.items() if not set(p.opts) & set(given)]
        plain = [p for p in made.params if p.required and not p.opts[0].startswith("-")]
        words = [
            w
            for w, before in zip(given, ["", *given], strict=False)
            if not w.startswith("-") and not before.startswith("--")
        ]
        if missing or len(words) < len(plain):
            yield f"{match[0]}: {missing} {[p.name for p in plain]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_commands_in_messages_have_what_they_require(path: Path) -> None:
    found = [f"{line}: {what}" for line, text in sentences(path) for what in lacking(text)]
    assert not found, "\n".join(found)
