"""``docs/clauses.md`` cannot lie: every clause is there, with commands and tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sixping.commands import TABLE
from sixping.console.frame import Group, Table
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "clauses.md"
CLAUSES = (
    "一.1", "一.2", "一.3", "二.1", "二.2", "三.1", "三.2", "三.3", "四.1", "四.2", "四.3",
    "五.1a", "五.1b", "五.1c", "五.2", "五.3", "附1.1", "附1.2", "附1.3",
    "附2.1", "附2.2", "附2.3", "附2.4", "附3.1", "附3.2", "附3.3", "附3.4", "附3.5",
)  # fmt: skip


class Line(NamedTuple):
    """One row of the table."""

    clause: str
    said: str
    commands: tuple[str, ...]
    tests: tuple[str, ...]


def lines(page: str) -> list[Line]:
    found = []
    for row in page.splitlines():
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if row.startswith("| ") and len(cells) == 4 and set(cells[0]) != {"-"}:
            commands, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells[2:])
            found.append(Line(cells[0], cells[1], commands, tests))
    return found[1:]


def commands(table: Table = TABLE, before: str = "") -> Iterator[str]:
    for name, entry in table.items():
        if isinstance(entry, Group):
            yield from commands(entry.entries, f"{before}{name} ")
        else:
            yield before + name


def functions(folder: Path) -> set[str]:
    """Return the names of the test functions of a folder, read off the source."""
    return {
        node.name
        for path in folder.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def faults(page: str) -> list[str]:
    """Return what is wrong with a page: a row, a command or a test that is missing."""
    rows, known, tests = lines(page), set(commands()), functions(ROOT / "tests")
    ids = [row.clause for row in rows]
    found = [f"no row: {clause}" for clause in CLAUSES if clause not in ids]
    found += [f"no clause, or twice: {one}" for one in ids if ids.count(one) > 1]
    found += [f"no clause: {one}" for one in ids if one not in CLAUSES]
    for row in rows:
        found += [f"{row.clause}: no {what}" for what in row._fields if not getattr(row, what)]
        found += [f"{row.clause}: no command {one}" for one in row.commands if one not in known]
        found += [f"{row.clause}: no test {one}" for one in row.tests if one not in tests]
    return found


def test_every_clause_names_commands_and_tests_that_exist() -> None:
    assert not faults(PAGE.read_text(encoding="utf-8"))


def test_the_clauses_stand_in_the_order_of_the_notice() -> None:
    assert tuple(row.clause for row in lines(PAGE.read_text(encoding="utf-8"))) == CLAUSES


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("| 一.1 |", "| 一.9 |", "no row: 一.1"),
        ("`units people`", "`units persons`", "一.1: no command units persons"),
        ("`duty check`", "", None),
        ("`test_10_urged_three_times`", "`test_11_urged`", "五.3: no test test_11_urged"),
        ("`duty check`, `duty today`", "", "一.3: no commands"),
    ],
)
def test_a_page_that_lies_is_found_out(before: str, after: str, said: str | None) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert before in page
    found = faults(page.replace(before, after, 1))
    assert found == [] if said is None else said in found


def test_every_command_of_the_table_serves_a_clause_or_the_books() -> None:
    """A command nobody can trace to the notice is named here, with what it is for."""
    served = {one for row in lines(PAGE.read_text(encoding="utf-8")) for one in row.commands}
    groups = {one.split()[0] for one in served}
    keeping = {"init", "demo", "void", "rebuild", "restore", "export", "anchor", "erase", "doctor",
               "policy"}  # fmt: skip
    rest = {one.split()[0] for one in commands()} - groups - keeping
    assert not rest


def test_annex_4_is_stated_as_missing_and_nothing_is_invented_for_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("## 附件4", 1)[1].split("\n## ", 1)[0]
    assert "缺失" in section
    assert not [row for row in lines(page) if row.clause.startswith("附4")]
