"""``docs/clauses.md`` cannot lie: every clause is there, with commands and tests that exist.

And what the program and its data cite, clauses and decisions, is there to be read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
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


@cache
def functions(folder: Path) -> frozenset[str]:
    """Return the names of the test functions of a folder, read off the source."""
    return frozenset(
        node.name
        for path in folder.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


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
               "policy", "register", "amend", "undo", "lookup", "retention", "audit",
               "salvage"}  # fmt: skip
    rest = {one.split()[0] for one in commands()} - groups - keeping
    assert not rest


def test_annex_4_is_stated_as_missing_and_nothing_is_invented_for_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("## 附件4", 1)[1].split("\n## ", 1)[0]
    assert "缺失" in section
    assert not [row for row in lines(page) if row.clause.startswith("附4")]


# --- what is cited ----------------------------------------------------------------------

_DECISION = re.compile(r"\bdecisions? (\d+)", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?<![第一二三四五六七八九十])(?:[一二三四五六七]\.\d+[a-z]?|附件?\d+(?:\.\d+[a-z]?)?)(?![\d.])"
)


def sources() -> dict[str, str]:
    """Return program and data by path: docstrings, comments and what people read."""
    paths = [*(ROOT / "sixping").rglob("*.py"), *(ROOT / "data").rglob("*.toml")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def decisions() -> set[str]:
    page = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    return set(re.findall(r"^(\d+)\. ", page, re.MULTILINE))


def resolves(clause: str) -> bool:
    """Whether a clause, or a whole section of clauses (五.1, 附1), is in the table."""
    clause = clause.replace("附件", "附")
    return any(re.fullmatch(re.escape(clause) + r"(?:[a-z]|\.\d+)?", one) for one in CLAUSES)


def dangling(text: str) -> list[str]:
    """Return what a text cites that nobody can look up."""
    known = decisions()
    return [
        *(f"decision {number}" for number in _DECISION.findall(text) if number not in known),
        *(clause for clause in _CLAUSE.findall(text) if not resolves(clause)),
    ]


def test_what_is_cited_can_be_looked_up() -> None:
    texts = sources()
    cited = {one for text in texts.values() for one in _CLAUSE.findall(text)}
    assert len(cited) > 20
    assert any(_DECISION.search(text) for text in texts.values())
    wrong = {path: found for path, text in texts.items() if (found := dangling(text))}
    assert not wrong


def test_the_numbers_of_the_decisions_have_no_gap() -> None:
    assert decisions() == {str(number) for number in range(1, len(decisions()) + 1)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# the limit of 五.1c (decision 2), 附1 and 附件2", []),
        ('"""Decision 99."""', ["decision 99"]),
        ("# 五.1d and 附3.9, 六.1", ["五.1d", "附3.9", "六.1"]),
        ("# 附4.1: missing from our source", ["附4.1"]),
    ],
)
def test_a_citation_that_leads_nowhere_is_found_out(text: str, found: list[str]) -> None:
    assert dangling(text) == found
